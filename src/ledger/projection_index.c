#include "ledger/projection_index.h"

#include "base/memory.h"

/* Worth it while a row that is there already costs less in sorting than a third of what a new one costs in a grown index. */
enum { ROWS_LEAST = 100000, KNOWN_FACTOR = 3 };

struct status projection_index_drop(struct db *db, int64_t rows_to_come, struct arena *arena, struct projection_index *out)
{
	*out = (struct projection_index){ 0 };
	if (db_kind(db) != DB_SQLITE || rows_to_come < ROWS_LEAST) return STATUS_FINE;
	int64_t known = 0;
	TRY(db_get_int(db, "SELECT count(*) FROM (SELECT 1 FROM item LIMIT $limit) x",
	               DB_ARGS(db_int("limit", rows_to_come * KNOWN_FACTOR)), &known, NULL));
	if (known >= rows_to_come * KNOWN_FACTOR) return STATUS_FINE;
	const char *names[COUNT(out->sql)];
	{
		cleanup_rows struct rows *rows = db_query(db,
			"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'item' AND sql IS NOT NULL AND name <> 'item_id'"
			" ORDER BY name",
			DB_NO_ARGS);
		while (rows_next(rows) && out->count < (int)COUNT(out->sql)) {
			names[out->count] = arena_strdup(arena, row_text(rows, 0));
			out->sql[out->count++] = arena_strdup(arena, row_text(rows, 1));
		}
		TRY(rows_status(rows));
	}
	for (int i = 0; i < out->count; i++) TRY(db_script(db, arena_printf(arena, "DROP INDEX \"%s\"", names[i])));
	return STATUS_FINE;
}

struct status projection_index_make(struct db *db, const struct projection_index *aside)
{
	for (int i = 0; i < aside->count; i++) TRY(db_script(db, aside->sql[i]));
	return STATUS_FINE;
}
