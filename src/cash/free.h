/* free — credits of a customer's own books that settle nothing yet (payments nobody lettered, credit notes), with what each would
 * settle: for books that are hardly lettered. Applying is a manual match (cash_settle), taken back as a whole. */
#ifndef CASH_FREE_H
#define CASH_FREE_H

#include "cash/list.h"

struct cash_free_row {
	int64_t credit_id, customer_id, open; /* open < 0 */
	const char *number, *kind, *customer_code, *customer_name;
	int32_t day;
	char currency[4];
	enum cash_line_state state;
	struct cash_row_item *items;          /* debits it would settle */
	size_t item_count;
	int64_t settles, overdue;             /* so much of them, and so much of that is late */
	double confidence;
	const char *const *reasons;
	size_t reason_count;
};
struct cash_balance_row {                     /* a customer whom we owe: to be refunded or kept for the next invoice */
	int64_t customer_id, balance;
	const char *customer_code, *customer_name;
};
struct cash_manual_row {                      /* a manual match that stands */
	int64_t id, at, pairs, amount;
	const char *by;
	int32_t day;
};
struct cash_free {
	struct cash_free_row *rows;           /* what is sure first, then the largest */
	size_t count;
	struct cash_balance_row *balances;
	size_t balance_count;
	struct cash_manual_row *manual;       /* newest first */
	size_t manual_count;
	int64_t unallocated, settled, overdue_settled; /* of the company's currency: free now, and what the proposals would settle */
	const char *currency;
};
/* oldest: where a credit names nothing, the oldest items of its customer (an explicit choice). */
struct status cash_free_list(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t today, bool oldest, struct arena *arena,
                             struct cash_free *out);
/* Matches the chosen credits as they are proposed now: one manual match. */
struct status cash_free_match(struct change *change, bool oldest, const int64_t *credits, size_t count, int64_t *application_id, int64_t *amount);
json_t *cash_free_json(const struct cash_free *free);

#endif
