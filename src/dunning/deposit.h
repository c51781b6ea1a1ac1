/* deposit — money asked before a delivery to a customer who may not pay it (acompte): what the company's rules propose, and what became
 * of what was asked.
 *
 *   asked (request as a letter) ─► received (the books or the bank have it) ─► used (deducted from its invoice)
 *                            └──► cancelled
 *
 * The program proposes, a person asks: nothing is blocked and nothing is booked here. The step "deposit request" of a scenario is done by
 * asking for one. A deposit is no debt: it stands outside the balance until its money is there.
 *
 *     deposit_advise(&facts, &rules, &advice);        pure: at least this, because of that */
#ifndef DUNNING_DEPOSIT_H
#define DUNNING_DEPOSIT_H

#include "book/book.h"
#include "ledger/customer.h"

/* --- the rule ------------------------------------------------------------------------------------------------------------------- */
struct deposit_rules { /* settings deposit.… */
	int32_t percent_c, percent_d, percent_insolvent; /* of the order, by class of score, and in proceedings */
	bool over_limit, uncovered;                      /* at least what goes beyond the credit limit; beyond the insurer's */
};
struct deposit_facts {
	int64_t order, outstanding, credit_limit /* -1: none */, cover_available;
	bool insured;         /* the company has a policy, and he could be covered by it */
	char class;           /* 'A'..'D', 0: no score */
	bool insolvent;
};
enum { DEPOSIT_SCORE = 1, DEPOSIT_LIMIT = 2, DEPOSIT_UNCOVERED = 4, DEPOSIT_INSOLVENT = 8 };
struct deposit_advice {
	int64_t amount;       /* 0: none is proposed */
	unsigned why;         /* of what it rests on, or-ed */
};
void deposit_advise(const struct deposit_facts *facts, const struct deposit_rules *rules, struct deposit_advice *out);
const char *deposit_why_label(unsigned bit);                       /* English msgid */
const char *deposit_why_codes(unsigned why, struct arena *arena);  /* "score,limit" */
unsigned deposit_why_parse(const char *codes);

struct deposit_rules deposit_rules_of(const struct settings *settings);
/* Of one customer today; order in the company's currency. */
struct status deposit_facts_of(struct db *db, const struct viewer *viewer, const struct company *company, const struct settings *settings, const struct book *book, size_t customer,
                               int64_t order, int32_t today, struct arena *arena, struct deposit_facts *out);
/* Those from whom the rules would ask something for an order of any size, the most outstanding first. */
struct deposit_risk {
	size_t customer;
	struct deposit_facts facts;
	unsigned why;
};
struct status deposit_risks(struct db *db, const struct viewer *viewer, const struct company *company, const struct settings *settings, const struct book *book, int32_t today,
                            size_t most, struct arena *arena, struct deposit_risk **out, size_t *count);

/* --- what was asked ---------------------------------------------------------------------------------------------------------------- */
struct deposit {
	int64_t id, customer_id, order_amount, amount, received, used_item, action_id, by_user;
	const char *customer_code, *customer_name, *state, *order_ref, *ended_why, *note, *item_number;
	char currency[4];
	unsigned why;
	int32_t made_day, due_day, received_day, used_day, tasked_day;
};
struct deposit_new {
	int64_t customer_id, order_amount, amount;
	const char *order_ref, *note;
	int32_t due_day;
	unsigned why;
	int64_t action_id;    /* the step of a scenario that it is; 0: none */
};
struct status deposit_ask(struct change *change, const struct deposit_new *given, int64_t *id);          /* RIGHT_COLLECT */
struct status deposit_received(struct change *change, int64_t id, int32_t day, int64_t amount);          /* RIGHT_CASH */
struct status deposit_used(struct change *change, int64_t id, int64_t item_id);                          /* RIGHT_CASH */
struct status deposit_returned(struct change *change, int64_t id, const char *why);                      /* RIGHT_CASH: given back to the customer, no delivery comes */
struct status deposit_cancel(struct change *change, int64_t id, const char *why);                        /* RIGHT_COLLECT */
/* id, customer_id 0: any; open ones first, by day. */
struct status deposit_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, int64_t customer_id, struct arena *arena, struct deposit **out, size_t *count);
/* A task when one has not come by its day, once; *changed counts. */
struct status deposit_tasks(struct change *change, const struct settings *settings, int64_t *changed);

#endif
