/* hold — what keeps an item, or a customer, out of reminders: a hold until a day, an exclusion, a payment plan, a direct debit
 * under way, an assignment to a third party. */
#ifndef LEDGER_HOLD_H
#define LEDGER_HOLD_H

#include "ledger/customer.h"
#include "ledger/item.h"

enum hold_kind { HOLD_HOLD, HOLD_EXCLUSION, HOLD_PLAN, HOLD_DIRECT_DEBIT, HOLD_CEDED,
	HOLD_PLATFORM, /* a platform said so: refused, suspended, payment sent (invoice_status.h) */
	HOLD_BILL,     /* a bill is under way (instrument.h) */
	HOLD_HANDED_OVER, /* in a file handed over (case_file.h); a person's own hold stands beside it */
	HOLD_SET_OFF,  /* until the books have the set-off (set_off.h); likewise */
	HOLD_LOST,     /* written off (doubtful.h) */
	HOLD_KIND_COUNT };
const char *hold_kind_code(enum hold_kind kind); /* "direct_debit" */
bool hold_kind_parse(const char *code, enum hold_kind *out);

struct hold {
	int64_t id, customer_id, item_id /* 0: the customer */, by_user, rev;
	enum hold_kind kind;
	int32_t from_day, until_day /* last day held; DAY_NONE: until lifted */, lifted_day;
	const char *reason, *item_number;
};
struct hold_new {
	int64_t customer_id, item_id; /* item_id 0: the whole customer; with an item the customer may be left 0 */
	enum hold_kind kind;
	int32_t until_day;            /* DAY_NONE: until lifted; not for HOLD_HOLD on a whole customer without a reason */
	const char *reason;
};
/* Setting it again replaces the one in force of the same kind on the same item or customer. Exclusions take RIGHT_SCENARIO, the
 * others RIGHT_COLLECT. */
struct status hold_set(struct change *change, const struct hold_new *hold, int64_t *id);
struct status hold_lift(struct change *change, int64_t id);
/* As a person asks for it: STATUS_CONFLICT names the bill, debit, assignment, file or set-off under way that set it and ends it. */
struct status hold_lift_by_hand(struct change *change, int64_t id);
struct status hold_lift_of_by_hand(struct change *change, int64_t customer_id, int64_t item_id, enum hold_kind kind);
/* Those in force today of that kind on exactly this item or customer: STATUS_NOT_FOUND when there is none. */
struct status hold_lift_of(struct change *change, int64_t customer_id, int64_t item_id, enum hold_kind kind);
/* In force on `day`, or all ever set with DAY_NONE. customer_id 0: all in the portfolio. */
struct status hold_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, int32_t day,
                        struct arena *arena, struct hold **out, size_t *count);

#endif
