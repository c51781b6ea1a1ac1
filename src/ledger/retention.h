/* retention — money kept back on works (retenue de garantie, account 4117): until when, and what releases it.
 *
 * Due one year after the acceptance of the works, with or without reserves (loi 71-584, art. 2); while no acceptance is known nothing
 * is asked. A bank's guarantee in its place releases it at once (art. 1); a reasoned opposition by registered letter within the year
 * keeps it. The due day goes where platforms' dates go (platform_due), so that a re-import keeps it. */
#ifndef LEDGER_RETENTION_H
#define LEDGER_RETENTION_H

#include "ledger/item.h"
#include "ledger/customer.h"

struct retention {
	int64_t item_id, customer_id, amount, open;
	const char *number, *customer_code, *customer_name, *guarantee, *opposed_why;
	char currency[4];
	int32_t posting_day, due_day;
	int64_t of_amount;       /* of the invoice it was kept back from, with it; 0: not known */
	bool known;              /* its day is known: acceptance, guarantee, or the file's */
	int32_t accepted_day, guarantee_day, opposed_day, claimed_day, tasked_day; /* DAY_NONE: not */
};
/* More than 5 % of what was to be paid was kept back (loi 71-584, art. 1): pure, false while the invoice is not known. */
bool retention_too_much(const struct retention *one);
int32_t retention_due(int32_t accepted_day); /* pure: 2025-05-16 gives 2026-05-16 */

/* Those with something open, the next due first; those without a day last. customer_id 0: the portfolio. */
struct status retention_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, struct arena *arena, struct retention **out,
                             size_t *count);
/* RIGHT_COLLECT. Each recomputes the customer. */
struct status retention_accept(struct change *change, int64_t item_id, int32_t day);
struct status retention_guarantee(struct change *change, int64_t item_id, int32_t day, const char *which);
/* Holds the item until the hold is lifted. */
struct status retention_oppose(struct change *change, int64_t item_id, int32_t day, const char *why);
struct status retention_claimed(struct change *change, int64_t item_id); /* its release was asked for */
/* A task 30 days before each is due, once; *changed counts. */
struct status retention_tasks(struct change *change, int64_t *changed);

#endif
