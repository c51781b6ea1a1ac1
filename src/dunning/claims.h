/* claims — late interest of a company's items, from the book: what the commands and screens show.
 *
 *     TRY(claims_load(db, viewer, company_id, arena, &claims));          rates, contract clause, formal notices
 *     for (…) if (claims_interest_of(claims, item_index, as_of, arena, &interest)) …
 */
#ifndef DUNNING_CLAIMS_H
#define DUNNING_CLAIMS_H

#include "book/book.h"
#include "dunning/interest.h"
#include "ledger/company.h"

struct claims;
/* Holds the book until claims_close (NULL is fine). */
struct status claims_load(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena, struct claims **out);
void claims_close(struct claims **claims);
#define cleanup_claims [[gnu::cleanup(claims_close)]]
/* False when nothing accrued. An item whose amount a returned payment or a transfer carries on is claimed there, not twice. */
bool claims_interest_of(const struct claims *claims, size_t item, int32_t as_of, struct arena *arena, struct interest *out);
enum interest_order claims_order(const struct claims *claims); /* of part payments: setting interest.order */
const struct rates *claims_rates(const struct claims *claims);

struct claims_filter {
	int64_t customer_id, item_id; /* 0: all */
	int32_t as_of;                /* interest to this day */
};
/* contract section 4, `interest`; with the viewer's portfolio. A new reference. */
struct status claims_interest_report(struct db *db, const struct viewer *viewer, int64_t company_id, const struct claims_filter *filter,
                                     struct arena *arena, json_t **out);

#endif
