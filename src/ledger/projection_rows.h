/* projection_rows — the rows of item, settlement and restatement of a range of customers: what stands, what should stand, and
 * writing the difference. Used by projection_store only. */
#ifndef LEDGER_PROJECTION_ROWS_H
#define LEDGER_PROJECTION_ROWS_H

#include "ledger/projection.h"
#include "ledger/projection_store.h"

#include <stdbool.h>

/* Rows of customers, by customer, id. */
struct projection_rows {
	struct projected_item *items;
	bool *withdrawn; /* per item, of stored rows */
	struct projected_settlement *settlements;
	struct projected_restatement *restatements;
	size_t item_count, item_cap, settlement_count, settlement_cap, restatement_count, restatement_cap;
};

void projection_rows_add(struct projection_rows *rows, struct arena *arena, const struct projection *projection);
struct status projection_rows_read(struct db *db, int64_t tenant, int64_t company, int64_t low, int64_t high,
                                   struct arena *arena, struct projection_rows *out);

/* Ids that an action, a dispute, a promise or a hold refers to. */
struct references {
	bool loaded;
	int64_t *ids; /* ascending */
	size_t count;
};
struct status references_load(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct references *out);

/* Makes the rows of these customers (ascending, all that `fresh` and `stored` speak of) what `fresh` says. */
struct status projection_rows_write(struct change *change, const int64_t *customers, size_t count,
                                    const struct projection_rows *stored, const struct projection_rows *fresh,
                                    struct references *references, struct arena *kept /* for references */,
                                    struct arena *arena, struct projection_outcome *outcome);

/* The first row that differs, in words; NULL: none. */
const char *projection_rows_compare(const struct projection_rows *stored, const struct projection_rows *fresh,
                                    struct arena *arena);

#endif
