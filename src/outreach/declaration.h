/* declaration — the claims declared in a customer's collective procedure (C. com. L622-24, R622-23): what they are, and as a draft to sign.
 *
 * Only what came before the judgment is declared; interest stops on that day (L622-28) and the fixed fee is not due for claims of the
 * procedure (L441-10). What came after is asked for in the ordinary way, from the administrator or liquidator.
 */
#ifndef OUTREACH_DECLARATION_H
#define OUTREACH_DECLARATION_H

#include "ledger/customer.h"
#include "ledger/insolvency_file.h"
#include "outreach/compose.h"

struct declaration_item {
	int64_t id, open, interest;
	const char *number;
	int32_t issue_day, due_day;
	bool before;       /* its cause is before the judgment */
	bool due;          /* fell due by then: else to fall due */
};
struct declaration {
	struct customer customer;
	struct insolvency_file file;
	struct declaration_item *items;
	size_t count;
	int64_t due, to_come, interest, credits; /* declared: due + to_come + interest - credits */
	int64_t after;                           /* open, from after the judgment */
	int64_t total;
};
/* The customer must have an opening day: STATUS_CONFLICT otherwise. */
struct status declaration_make(struct db *db, const struct viewer *viewer, const struct company *company, int64_t customer_id, int32_t today,
                               struct arena *arena, struct declaration *out);
struct status declaration_pdf(const struct declaration *declaration, const struct compose_facts *facts, enum lang lang, int32_t today, struct arena *arena,
                              struct attachment *out);

#endif
