/* insurance — credit insurers' policies, what they decided for each customer, what they were told of each item: the facts that cover.h
 * computes with. A decision is never edited: the next one replaces it from its day on, one entered by mistake is taken back.
 *
 *     TRY(cover_decide(&change, &(struct cover_decision_new){ .policy_id = p, .customer_id = c, .state = "reduced", .amount = 2000000, .from_day = d }, &id));
 *     TRY(insured_mark(&change, item, "declare", today, 0, ""));        the insurer was told that it is overdue
 *
 * RIGHT_SCENARIO for policies and the insurer's answers, as for credit limits; RIGHT_COLLECT for what is asked and told. */
#ifndef STANDING_INSURANCE_H
#define STANDING_INSURANCE_H

#include "ledger/customer.h"
#include "standing/cover.h"

struct insurance_policy {
	struct cover_policy rule;
	const char *insurer, *number, *email, *note;
	int64_t rev;
};
/* rule.id 0: a new one. */
struct status insurance_policy_save(struct change *change, const struct insurance_policy *policy, int64_t *id);
/* Those in force on `today` first, then by day; *out lives in the arena. */
struct status insurance_policy_list(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena, struct insurance_policy **out, size_t *count);
struct status insurance_policy_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct insurance_policy *out);
bool cover_scope_parse(const char *code, enum cover_scope *out); /* all domestic export */
const char *cover_scope_code(enum cover_scope scope);
const char *cover_counted_code(enum cover_counted counted);      /* due credit */

struct insurer_decision {
	struct cover_decision rule;
	int64_t customer_id, by_user, at;
	const char *customer_code, *customer_name, *insurer, *number, *reference, *note;
	char currency[4];
};
struct cover_decision_new {
	int64_t policy_id, customer_id;
	bool temporary;
	const char *state, *reference, *note;   /* requested granted reduced withdrawn refused */
	int64_t amount;                         /* 0 where there is none any more */
	int32_t from_day, until_day;            /* of deliveries; until DAY_NONE: no end (a temporary one has one) */
};
struct status cover_decide(struct change *change, const struct cover_decision_new *given, int64_t *id);
struct status cover_decision_remove(struct change *change, int64_t id, const char *why);
/* Newest first, those taken back left out; customer_id 0: the portfolio. */
struct status cover_decision_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, struct arena *arena, struct insurer_decision **out,
                                  size_t *count);

struct insured_item {
	int64_t item_id, paid;
	int32_t delivered_day, extended_until, extended_day, declared_day, claimed_day, refused_day, paid_day; /* DAY_NONE: not */
	const char *claim_reference, *refused_why, *tasked;
};
/* step: deliver (on that day), extend (until that day), declare, claim (words: the insurer's reference), paid (amount), refuse (words: why),
 * undo (the last of these but the delivery). */
struct status insured_mark(struct change *change, int64_t item_id, const char *step, int32_t day, int64_t amount, const char *words);
/* By item; all of the company's. */
struct status insured_list(struct db *db, int64_t tenant, int64_t company_id, struct arena *arena, struct insured_item **out, size_t *count);

struct insurer_notice {
	int64_t customer_id;
	int32_t day;
	const char *kind, *note;
};
/* What he was told of a customer as a whole: insolvency, other. */
struct status insurer_told(struct change *change, int64_t customer_id, const char *kind, int32_t day, const char *note);
struct status insurer_notices(struct db *db, int64_t tenant, int64_t company_id, int64_t customer_id, struct arena *arena, struct insurer_notice **out, size_t *count);

#endif
