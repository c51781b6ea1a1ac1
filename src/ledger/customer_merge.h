/* customer_merge — two customers that are one: an invoice made him known by his name, the books know him by an account; or a person
 * says so.
 *
 * The facts stay where they are and are computed under the one he was merged into (ledger/projection_store.h), so the next export of
 * either account finds them; what persons and the desk did goes over (customer_merge_rows.h). What the other one does not know (SIREN,
 * address, collector, terms, tags) he takes over, and that he is stopped or insolvent. Each row that went over is noted, so that the two
 * can be two again.
 */
#ifndef LEDGER_CUSTOMER_MERGE_H
#define LEDGER_CUSTOMER_MERGE_H

#include "base/arena.h"
#include "ledger/company.h"

/* The caller refreshes the projection of both and adds what it tells. STATUS_CONFLICT when one of them is merged already. */
struct status customer_merge(struct change *change, int64_t from, int64_t into);
/* A person's: checked (right, portfolio, two live customers of one class of books), with the projection; *id names it for taking back. */
struct status customer_merge_by_hand(struct change *change, int64_t from, int64_t into, int64_t *id);
/* What went over goes back; what was added since stays where it is. */
struct status customer_unmerge(struct change *change, int64_t id);
/* These two are not one: not suggested again. */
struct status customer_distinct(struct change *change, int64_t one, int64_t other);

struct customer_merged {
	int64_t id, at, by_user;
	int64_t from_id, into_id;
	const char *from_code, *from_name, *into_code, *into_name;
	size_t moved;       /* rows that went over */
};
/* Active ones, newest first. */
struct status customer_merges(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena, struct customer_merged **out,
                              size_t *count);

struct customer_twin {
	int64_t one_id, other_id;
	const char *one_code, *one_name, *other_code, *other_name;
	const char *siren;  /* the one they share, or "" */
	const char *place;  /* postcode and city they share with their name, or "" */
};
/* Same SIREN, or same name (legal forms aside) and postcode; those said to be two are left out. At most `most`. */
struct status customer_twins(struct db *db, const struct viewer *viewer, int64_t company_id, size_t most, struct arena *arena,
                             struct customer_twin **out, size_t *count);

#endif
