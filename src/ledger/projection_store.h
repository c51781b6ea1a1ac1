/* projection_store — the projection of the facts (ledger/projection.h) kept in the tables item and settlement.
 *
 * Whoever changes what is active (an import, an undo, a merge) or a term that due dates come from (a customer's terms, the
 * company's) does it inside his change and then asks for those customers to be recomputed, in the same transaction:
 *
 *     TRY(projection_refresh(&change, &customer_id, 1));
 *     TRY(projection_refresh(&change, NULL, 0));            the company's terms changed: everybody
 *
 * What comes out the same is not written. Items and settlements that differ carry change.rev, and so does the customer's
 * ledger_rev, which tells the book to read him again. Customers linked to these by a transfer between two of them, and those
 * merged into them, are recomputed with them. An item's id is the id of the fact it comes from, so it survives re-exports,
 * undo and a second recomputation. An item that something refers to (an action, a promise, a dispute, a hold) and that no fact
 * carries any more stays as a row with withdrawn = 1 and open_amount 0: it counts in no figure. When opening lines give way to
 * the items they restate, what referred to the opening item refers to that item from then on.
 */
#ifndef LEDGER_PROJECTION_STORE_H
#define LEDGER_PROJECTION_STORE_H

#include "base/arena.h"
#include "ledger/company.h"
#include "ledger/fact_store.h"

/* customers NULL with count 0: all of the company. Reads the terms as they are inside the change's transaction. */
struct status projection_refresh(struct change *change, const int64_t *customers, size_t count);

/* Facts that are in memory still: those of customers of whom the store holds nothing but what this very change wrote, no terms of
 * their own either. They need not be read back. */
struct projection_supply {
	bool (*has)(void *context, int64_t customer_id);
	/* Appends his facts by id, completed (fact_store_complete); texts live in the arena. */
	struct status (*give)(void *context, const struct fact_store *store, int64_t customer_id, struct arena *arena, struct stored_fact **facts,
	                      size_t *count, size_t *cap);
	void *context;
};

/* The same, and what came of it, for the report of an import. Start with { 0 }; arena may be NULL (then no sentences). */
struct projection_outcome {
	const struct projection_supply *supply; /* NULL: everything is read */
	int64_t customers;    /* whose items or settlements were written */
	int64_t closed;       /* items that were open before and are closed now */
	int64_t withdrawn;    /* items that are gone */
	int64_t settlements;  /* of the customers recomputed, after it */
	int64_t open_before, open_after; /* of the customers recomputed, in the company's currency */
	int64_t opening_differences;     /* customers whose opening lines do not equal their closing balance */
	struct arena *arena;
	const char **differences;        /* at most 100 of them in words, in change.viewer's language */
	size_t difference_count;
};
struct status projection_refresh_counted(struct change *change, const int64_t *customers, size_t count,
                                         struct projection_outcome *outcome);

/* Compares what is stored with the facts: *ok and, where it is not, what does not fit in words (arena). Registered in
 * ledger/verify. Checks the contract's identity for every customer, currency and day; that no settlement goes beyond an amount
 * or between customers or currencies; and that a fresh projection of the facts gives the stored rows. */
struct status projection_verify(struct db *db, int64_t tenant, int64_t company, struct arena *arena, bool *ok,
                                const char **detail);

#endif
