/* promises — what customers said they would pay, judged against what came. */
#ifndef DUNNING_PROMISES_H
#define DUNNING_PROMISES_H

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

#endif
