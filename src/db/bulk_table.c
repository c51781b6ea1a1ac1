/* The rows that a bulk has gathered, as a table of SQLite: one INSERT … SELECT writes hundreds of them.
 *
 * A prepared INSERT for each row opens the table's tree and its indexes anew, walks from each root to a leaf and closes them
 * again. One statement over many rows keeps its place: a row that follows the one before is written where that one ended.
 * 24,000 instructions a row of 23 columns were 8,000 then (callgrind, a FEC of 120,000 lines). */
#include "db/internal.h"

#include "base/memory.h"
#include "db/bulk_rows.h"

#include <string.h>

void bulk_rows_add(struct bulk_rows *rows, enum db_type type, int64_t integer, const char *bytes, size_t len)
{
	GROW(rows->cells, rows->count, rows->cap);
	struct bulk_cell *cell = &rows->cells[rows->count++];
	*cell = (struct bulk_cell){ .type = type, .len = (uint32_t)len, .integer = integer };
	if (type != DB_TEXT && type != DB_BLOB) return;
	cell->integer = (int64_t)rows->text.len;
	text_add_bytes(&rows->text, bytes, len);
}

void bulk_rows_clear(struct bulk_rows *rows)
{
	rows->count = 0;
	text_clear(&rows->text);
}

void bulk_rows_free(struct bulk_rows *rows)
{
	free(rows->cells);
	text_free(&rows->text);
	*rows = (struct bulk_rows){ 0 };
}

/* --- the table ------------------------------------------------------------------------------------------------------------ */
struct cursor {
	sqlite3_vtab_cursor base;
	const struct bulk_rows *rows;
	size_t at, end; /* the first cell of the row */
};

static int connect_table(sqlite3 *lite, void *aux, int argc, const char *const *argv, sqlite3_vtab **out, char **error)
{
	(void)aux, (void)argc, (void)argv, (void)error;
	cleanup_text struct text sql = { 0 };
	text_add(&sql, "CREATE TABLE x(");
	for (int i = 0; i < BULK_COLUMNS; i++) text_addf(&sql, "c%d, ", i);
	text_add(&sql, "rows HIDDEN)");
	int rc = sqlite3_declare_vtab(lite, text_cstr(&sql));
	if (rc != SQLITE_OK) return rc;
	sqlite3_vtab_config(lite, SQLITE_VTAB_DIRECTONLY);
	*out = sqlite3_malloc(sizeof **out);
	if (!*out) return SQLITE_NOMEM;
	memset(*out, 0, sizeof **out);
	return SQLITE_OK;
}

static int disconnect_table(sqlite3_vtab *table)
{
	sqlite3_free(table);
	return SQLITE_OK;
}

/* It can only be asked for all rows of one bulk: rows = ?. */
static int best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
	(void)table;
	for (int i = 0; i < info->nConstraint; i++) {
		if (info->aConstraint[i].iColumn != BULK_COLUMNS || info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ) continue;
		if (!info->aConstraint[i].usable) return SQLITE_CONSTRAINT;
		info->aConstraintUsage[i].argvIndex = 1, info->aConstraintUsage[i].omit = 1;
		info->estimatedCost = 1000, info->estimatedRows = 1000;
		return SQLITE_OK;
	}
	return SQLITE_CONSTRAINT;
}

static int open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **out)
{
	(void)table;
	struct cursor *cursor = sqlite3_malloc(sizeof *cursor);
	if (!cursor) return SQLITE_NOMEM;
	memset(cursor, 0, sizeof *cursor);
	*out = &cursor->base;
	return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *cursor)
{
	sqlite3_free(cursor);
	return SQLITE_OK;
}

static int filter(sqlite3_vtab_cursor *base, int number, const char *text, int argc, sqlite3_value **argv)
{
	(void)number, (void)text;
	struct cursor *cursor = (struct cursor *)base;
	cursor->rows = argc == 1 ? sqlite3_value_pointer(argv[0], BULK_POINTER) : NULL;
	cursor->at = 0, cursor->end = cursor->rows ? cursor->rows->count : 0;
	return SQLITE_OK;
}

static int next(sqlite3_vtab_cursor *base)
{
	struct cursor *cursor = (struct cursor *)base;
	cursor->at += (size_t)cursor->rows->columns;
	return SQLITE_OK;
}

static int eof(sqlite3_vtab_cursor *base)
{
	const struct cursor *cursor = (const struct cursor *)base;
	return cursor->at >= cursor->end;
}

static int column(sqlite3_vtab_cursor *base, sqlite3_context *context, int index)
{
	const struct cursor *cursor = (const struct cursor *)base;
	if (index >= cursor->rows->columns) return SQLITE_OK; /* NULL */
	const struct bulk_cell *cell = &cursor->rows->cells[cursor->at + (size_t)index];
	const char *bytes = cursor->rows->text.bytes ? cursor->rows->text.bytes : "";
	switch (cell->type) {
	case DB_INT: sqlite3_result_int64(context, cell->integer); break;
	case DB_TEXT: sqlite3_result_text(context, bytes + cell->integer, (int)cell->len, SQLITE_STATIC); break;
	case DB_BLOB: sqlite3_result_blob(context, bytes + cell->integer, (int)cell->len, SQLITE_STATIC); break;
	default: break;
	}
	return SQLITE_OK;
}

static int row_number(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
	*out = (sqlite3_int64)((const struct cursor *)base)->at;
	return SQLITE_OK;
}

int bulk_table_register(sqlite3 *lite)
{
	static const sqlite3_module module = {
		.xConnect = connect_table, .xDisconnect = disconnect_table, .xBestIndex = best_index, .xOpen = open_cursor,
		.xClose = close_cursor, .xFilter = filter, .xNext = next, .xEof = eof, .xColumn = column, .xRowid = row_number,
	};
	return sqlite3_create_module(lite, "bulk_rows", &module, NULL);
}
