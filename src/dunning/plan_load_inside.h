/* plan_load_inside — what was read for the plan, between the files that read it and the one that makes views of it:
 * plan_load.c (settings, scores, all of it), plan_group.c (who is asked for whom), plan_load_customer.c (people and what they said), plan_load_item.c (what binds items and
 * what went out), plan_view.c. */
#ifndef DUNNING_PLAN_LOAD_INSIDE_H
#define DUNNING_PLAN_LOAD_INSIDE_H

#include "dunning/limitation_load.h"
#include "dunning/plan_load.h"
#include "ledger/custom.h"

/* What one customer needs beside the book, as rows that know their customer (index in the book) or their item. */
struct bind_row { /* a dispute, promise or hold */
	uint32_t customer;
	int64_t item;          /* 0: the customer */
	int64_t amount;        /* dispute: -1 the whole; promise: promised */
	int32_t day;           /* promise: promised for; hold: until (DAY_NONE: lifted by hand) */
	char kind;             /* hold: enum hold_kind; dispute: o our own deadline passed, - not */
};
struct past_row {
	uint32_t customer;
	struct plan_past past;
};
struct payment_row {
	uint32_t customer;
	struct plan_payment payment;
};
struct item_mark {
	int64_t item;
	int32_t value;         /* first seen, or the account: 413, 416 */
};
struct person { /* per customer index */
	int64_t minimum;       /* -1: none */
	int32_t replied_day, broken_day;
	bool by_debit, own_fault, address, suppressed, phone, no_phone, prefers, history;
	enum channel preferred; /* while prefers */
	char score_class;
	int16_t score, promises_kept, promises_broken, disputes;
	int32_t siren, average_late; /* siren 0: none; average INT32_MIN: unknown */
	int64_t payer_id;            /* 0: he pays himself */
	int8_t payer_mode;           /* of a payer: enum payer_mode; -1: the company's */
	const char *language;
};
struct buyer_row { /* a buyer heard from another account or company of the tenant on that day, or is about to */
	int32_t siren, day;
	int64_t company_id, action_id;
};

struct group_row { /* a payer's view: himself first */
	uint32_t head, member;       /* customer indexes */
};

struct trial_row {
	uint32_t customer;
	const char *scenario;
};

struct plan_data {
	const struct book *book;
	const struct company *company;
	struct plan_settings settings;
	int32_t today;
	int cap;
	bool thanks;
	size_t only;           /* customer index, SIZE_MAX: all */
	const char *company_language;
	struct scenario *scenarios;
	size_t scenario_count;
	const struct profile_rules *rules;
	struct trial_row *trials; /* customers of a trial that runs: by customer */
	size_t trial_count;
	struct custom_fields fields; /* read only where a condition looks at one */
	struct custom_values values;
	struct person *people;
	struct group_row *groups;    /* by head, himself first */
	size_t group_count;
	uint32_t *heads;             /* per customer: the payer in whose view he is; NO_HEAD: he is planned by himself */
	struct bind_row *disputes, *promises, *holds;
	size_t dispute_count, promise_count, hold_count;
	struct past_row *pasts;
	size_t past_count;
	struct payment_row *payments;
	size_t payment_count;
	int64_t *pending, *uncollected; /* items a bank line is certain to pay; payments that may come back: ascending */
	size_t pending_count, uncollected_count;
	struct limitation_notes limitation;
	struct buyer_row *buyers; /* by siren, then day */
	size_t buyer_count;
	struct item_mark *accounts, *seen, *payees; /* payees: assigned items, to whom */
	size_t account_count, seen_count, payee_count;
	struct arena *arena;
};

/* --- reading ------------------------------------------------------------------------------------------------------------------- */
/* Each query has three texts: of the whole company, of one customer by an index, and of a payer with those he pays for. */
#define FOR(only, text, ...) FOR_SCOPE(only, text, __VA_ARGS__)
#define FOR_SCOPE(only, text, of_one, of_all, tail) (!(only) ? text tail : load->group ? text of_all tail : text of_one tail)
#define SCOPE(column)                                                                                                          \
	" AND " column " = $customer",                                                                                         \
	" AND " column " IN (SELECT g.id FROM customer g WHERE g.tenant_id = $tenant AND g.company_id = $company AND (g.id = $customer OR (g.payer_id = $customer AND g.payer_id > 0)))"

struct load {
	struct db *db;
	struct plan_data *data;
	const struct company *company;
	int64_t only;          /* 0: everybody */
	bool group;            /* and those he pays for */
	int64_t except;
	int32_t today;
	struct arena *arena;
};
/* The scope's values (tenant, company; the customer last, and only in the text of one), and those of the query; a statement refuses a
 * value it has no place for. */
const struct db_arg *load_args(const struct load *load, bool narrow, const struct db_arg *more);
#define LOAD_ARGS(load, ...) load_args((load), (load)->only != 0, DB_ARGS(__VA_ARGS__))
#define LOAD_NO_ARGS(load)   load_args((load), (load)->only != 0, DB_NO_ARGS)

struct person *person_of(const struct load *load, int64_t customer_id, uint32_t *index);
struct status load_scope(struct load *load);  /* whom `only` takes with him */
void load_groups(struct load *load);
#define NO_HEAD UINT32_MAX
struct status load_people(struct load *load);
struct status load_preferences(struct load *load);
struct status load_replies(struct load *load);
struct status load_history(struct load *load);
struct status load_buyers(struct load *load);
struct status load_disputes(struct load *load);
struct status load_promises(struct load *load);
struct status load_holds(struct load *load);
struct status load_past(struct load *load);
struct status load_taken(struct load *load);
struct status load_cash(struct load *load);
struct status load_payments(struct load *load);
struct status load_items(struct load *load);
void load_items_sort(struct plan_data *data);

/* plan_view.c: a customer by himself, whoever pays for him; and a payer with those he pays for. */
bool plan_view_alone(const struct plan_data *data, size_t customer, struct arena *scratch, struct plan_view *view, const struct scenario **scenario);
bool plan_view_group(const struct plan_data *data, const struct group_row *group, size_t count, bool netted, struct arena *scratch,
		     struct plan_view *view, const struct scenario **scenario);
/* Whether the last promise was broken and nothing was sent since. */
bool plan_promise_broken(const struct plan_view *view, int32_t broken_day);
/* plan_group.c: what is done with those for whom he pays; the views of all of them, his first, as one. */
enum payer_mode plan_payer_mode(const struct plan_data *data, size_t payer);
void plan_group_view(const struct plan_data *data, const struct plan_view *parts, size_t count, bool netted, int32_t broken_day, struct arena *scratch,
                     struct plan_view *out);

const struct item_mark *mark_find(const struct item_mark *marks, size_t count, int64_t item);
bool id_within(const int64_t *ids, size_t count, int64_t id);
int trial_order(const void *a, const void *b);

#endif
