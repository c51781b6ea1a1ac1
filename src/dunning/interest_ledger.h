/* interest_ledger — what accrued on each item of a customer, what notes claim of it already, and what is left to claim. */
#ifndef DUNNING_INTEREST_LEDGER_H
#define DUNNING_INTEREST_LEDGER_H

#include "dunning/claims.h"
#include "ledger/interest_note.h"

struct interest_entry {
	int64_t item_id, open;
	const char *number;
	int32_t due_day;
	struct interest accrued;           /* to the day asked */
	int64_t claimed_interest, claimed_fee;
	int64_t interest, fee;             /* left to claim; never negative */
};
/* Items of the company's currency with something accrued, paid ones too, oldest due first. */
struct status interest_ledger(struct db *db, const struct viewer *viewer, const struct company *company, int64_t customer_id, int32_t as_of,
                              struct arena *arena, struct interest_entry **out, size_t *count);

#endif
