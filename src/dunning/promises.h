/* promises — what customers said they would pay, judged against what came. */
#ifndef DUNNING_PROMISES_H
#define DUNNING_PROMISES_H

#include "dunning/action.h"
#include "dunning/plan.h"
#include "ledger/company.h"

struct promise_due { /* one still expected in the store whose outcome is known today */
	int64_t id, customer_id, amount, received;
	char currency[4];
	int32_t day;
	enum promise_state state; /* partly_kept, kept or broken */
};
/* Promises whose state changes today; payments count (settlements by items of kind payment), a disappearance from a file does not. */
struct status promises_judge(struct db *db, int64_t tenant, int64_t company, int64_t only_customer, const struct calendar *calendar,
                             int grace, int32_t today, struct arena *arena, struct promise_due **out, size_t *count);
/* Stores them, each with its event. */
struct status promises_settle(struct change *change, const struct promise_due *due, size_t count);
/* What was promised when this action was done, of those of its claimed items that are named (0: all): a promise of each customer it names.
 * Of an amount (0: all of it) the oldest items have theirs first, customer by customer. */
struct status promises_of_action(struct change *change, const struct action *action, const int64_t *items, size_t item_count, int64_t amount,
                                 int32_t day, const char *note, struct arena *arena);

#endif
