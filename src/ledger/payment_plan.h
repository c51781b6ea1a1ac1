/* payment_plan — instalments agreed for some items (échéancier).
 *
 *   proposed (by us, or by the debtor) ──► agreed ──► kept
 *                                    └──► cancelled └──► broken: what is left is due at once, and its items are chased again
 *
 * While it is agreed its items are held by a hold of kind plan, so nobody reminds of them; dunning/instalments.h judges it each day.
 * Late interest to the day it was made is either part of the instalments or waived, by somebody who is named. */
#ifndef LEDGER_PAYMENT_PLAN_H
#define LEDGER_PAYMENT_PLAN_H

#include "ledger/customer.h"
#include "ledger/item.h"

enum { PLAN_INSTALMENTS = 60, PLAN_ITEMS = 500 };
struct plan_part { /* one instalment */
	int32_t day;
	int64_t amount;
	/* once stored */
	int64_t received;
	const char *state;         /* expected paid missed */
	int32_t settled_day, reminded_day;
};
struct plan_held { /* one item of it */
	int64_t item_id, amount, open; /* amount: open when it was made */
	const char *number;
	int32_t due_day;
};
struct payment_plan {
	int64_t id, customer_id, principal, interest, waived_by, by_user, rev;
	int64_t total, received;   /* of the instalments */
	const char *customer_code, *customer_name, *state, *proposed_by, *currency, *note, *ended_why;
	bool interest_kept, remind, acknowledged, insurer;
	int grace_days;
	int32_t made_day, agreed_day, insurer_day, ended_day, next_day; /* next_day: of the first instalment still expected; DAY_NONE */
	struct plan_part *parts;
	size_t part_count;
	struct plan_held *items;
	size_t item_count;
};
struct payment_plan_new {
	int64_t customer_id;
	const int64_t *items;
	size_t item_count;
	const struct plan_part *parts; /* day and amount, in order of day; their sum is what is open, with the interest if it is kept */
	size_t part_count;
	int64_t interest;              /* late interest to today; 0: none */
	bool interest_kept;            /* part of the instalments; else it is waived */
	bool by_debtor, remind, insurer;
	const char *note;
};
/* Equal instalments, each month from a day on; the cents that are left go to the first. Pure. */
void payment_plan_split(int64_t total, size_t count, int32_t first, struct plan_part *out);

struct status payment_plan_propose(struct change *change, const struct payment_plan_new *plan, int64_t *id);
/* The debtor agreed: its items are held, promises on them give way. acknowledged: the signed letter came back. */
struct status payment_plan_agree(struct change *change, int64_t id, bool acknowledged);
struct status payment_plan_acknowledge(struct change *change, int64_t id); /* the signed letter came back later */
struct status payment_plan_insurer_told(struct change *change, int64_t id);
struct status payment_plan_cancel(struct change *change, int64_t id, const char *why);
/* For dunning/instalments.c: it is over, kept or broken; its items are free again. */
struct status payment_plan_end(struct change *change, const struct payment_plan *plan, bool kept, const char *why, int64_t rest);
struct status payment_plan_reminded(struct change *change, int64_t id, int rank);

struct payment_plan_filter {
	int64_t id, customer_id;   /* 0: any */
	bool open_only;            /* proposed or agreed */
};
/* Open ones first, by their next instalment. *out lives in the arena. */
struct status payment_plan_list(struct db *db, const struct viewer *viewer, int64_t company_id, struct payment_plan_filter filter, struct arena *arena,
                                struct payment_plan **out, size_t *count);
struct status payment_plan_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct payment_plan *out);

#endif
