/* projection_index — the indexes of the table item, put aside while very many rows are written into a nearly empty one: sorted
 * afterwards they cost a quarter of what they cost row by row. SQLite only, where nobody else writes meanwhile, and inside the
 * transaction, so that a crash leaves them as they were.
 *
 *     TRY(projection_index_drop(db, rows_to_come, arena, &aside));
 *     …
 *     TRY(projection_index_make(db, &aside));
 */
#ifndef LEDGER_PROJECTION_INDEX_H
#define LEDGER_PROJECTION_INDEX_H

#include "base/arena.h"
#include "db/db.h"

struct projection_index {
	const char *sql[8];
	int count;
	bool by_file; /* so many that sorting them must not be in memory */
};
/* Does nothing where it would not pay. */
struct status projection_index_drop(struct db *db, int64_t rows_to_come, struct arena *arena, struct projection_index *out);
struct status projection_index_make(struct db *db, const struct projection_index *aside);

#endif
