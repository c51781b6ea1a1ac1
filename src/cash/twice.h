/* twice — a payment that the bank told and one of the books, of one customer and amount, too far apart in days to be taken for the same
 * money by themselves (ledger/projection_cash.c does where the books say what it pays): until somebody says which it is, both count,
 * and the customer looks better than he is.
 *
 *     TRY(cash_twice_list(db, viewer, company_id, arena, &rows, &count));
 *     TRY(cash_twice_decide(&change, rows[0].cash_id, rows[0].item_id, true));      the same money: it counts once, as the books' line
 *
 * What was said lasts as long as the decision on the bank line: undoing that forgets it. */
#ifndef CASH_TWICE_H
#define CASH_TWICE_H

#include "ledger/company.h"

#include <jansson.h>

struct cash_twice_row {
	int64_t cash_id, item_id, line_id, customer_id, amount; /* amount of the payment, positive */
	int32_t bank_day, book_day;
	const char *customer_code, *customer_name, *number, *text; /* number of the books' line; text of the bank's */
	char currency[4];
};
/* The nearest in days first; each payment of the bank once. */
struct status cash_twice_list(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena,
                              struct cash_twice_row **out, size_t *count);
json_t *cash_twice_json(const struct cash_twice_row *rows, size_t count);
struct status cash_twice_decide(struct change *change, int64_t cash_id, int64_t item_id, bool same);

#endif
