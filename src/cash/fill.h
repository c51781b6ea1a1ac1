/* fill — items that a person chose for a line, filled with its money: credits first, then debits in the order given, each up to
 * what is open; what the last one lacks may be let go. */
#ifndef CASH_FILL_H
#define CASH_FILL_H

#include "cash/apply.h"

struct cash_wish {
	int64_t item_id, amount; /* 0: as much as there is */
};
struct cash_filled {
	struct cash_part *parts;
	size_t part_count;
	struct cash_difference *differences;
	size_t difference_count;
};
/* difference: "discount", "fee", "rounding", or NULL and "": what is missing stays open. */
struct status cash_fill(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t line_id, const struct cash_wish *wishes,
                        size_t count, const char *difference, struct arena *arena, struct cash_filled *out);

#endif
