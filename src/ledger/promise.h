/* promise — a payment announced for a day: its items are left in peace until that day and the grace after it.
 *
 * An item may be promised in parts, for several days, as long as no more is promised than is open. A payment keeps one promise, the
 * earliest that waits; when one is broken, the others made before on the same items hold nothing back any more (dunning/promises.h,
 * dunning/plan_load.c). */
#ifndef LEDGER_PROMISE_H
#define LEDGER_PROMISE_H

#include "ledger/customer.h"
#include "ledger/item.h"

struct promise {
	int64_t id, customer_id, amount, by_user, rev;
	int64_t received;         /* of one that is over: what came by then */
	const char *customer_code, *customer_name;
	const char *currency, *means, *note, *state; /* expected partly_kept kept broken cancelled */
	int32_t day, made_day, settled_day;
	const int64_t *items;
	size_t item_count;
};
struct promise_new {
	int64_t customer_id;
	const int64_t *items;     /* none: the customer's overdue items, oldest first, as far as the amount goes; */
	size_t item_count;        /*   all his open ones when nothing is overdue */
	int64_t amount;           /* 0: all that is open of them */
	int32_t day;              /* today or later, not beyond the setting promise.max_days */
	const char *means, *note; /* NULL: "" */
};
/* More than what other expected promises leave of the items is STATUS_CONFLICT. */
struct status promise_make(struct change *change, const struct promise_new *promise, int64_t *id);
struct status promise_cancel(struct change *change, int64_t id, const char *note);
struct status promise_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, bool expected_only,
                           struct arena *arena, struct promise **out, size_t *count);

#endif
