/* terms — payment terms told from what a customer paid: for each usual term, how much of the amount he paid came within a few
 * days of the due date that it gives. A proposal, confirmed by a person, one by one or in bulk.
 *
 *     struct terms_proposal *rows; size_t count;
 *     TRY(terms_propose(db, &viewer, company_id, arena, &rows, &count));
 *     TRY(terms_confirm(&change, ids, n));                  those of them that are still proposed
 */
#ifndef INTAKE_TERMS_H
#define INTAKE_TERMS_H

#include "base/arena.h"
#include "ledger/company.h"
#include "ledger/terms.h"

struct paid_item { /* an invoice and one payment of it */
	int32_t issue_day, paid_day;
	int64_t amount;
};
/* The rule itself: false when no usual term explains enough of what was paid, or there is too little of it. */
bool terms_infer(const struct paid_item *items, size_t count, struct terms *out, double *share);

struct terms_proposal {
	int64_t customer_id;
	const char *code, *name;
	struct terms terms;
	int64_t paid_items;
	double share; /* of the amount paid that came within a few days of that due date */
};
/* Customers without terms of their own and without due dates in their files. By code. */
struct status terms_propose(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena,
                            struct terms_proposal **out, size_t *count);
/* Sets the proposed terms of these customers, marks them as a person's word and recomputes their due dates. */
struct status terms_confirm(struct change *change, const int64_t *customers, size_t count, int64_t *confirmed);

#endif
