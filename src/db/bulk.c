#include "db/internal.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/text.h"
#include "db/bulk_rows.h"

#include <endian.h>
#include <string.h>

enum {
	FLUSH_AT = 1 << 18,   /* PostgreSQL: bytes of one piece of COPY */
	CELLS_AT = 1 << 13,   /* SQLite: values that one statement writes, so that they stay in the processor's cache */
	TEXT_AT = 1 << 18,
};

struct bulk {
	struct db *db;
	struct status status;
	int columns, filled;
	sqlite3_stmt *stmt; /* SQLite: INSERT … SELECT over rows */
	struct bulk_rows rows;
	struct text buffer; /* PostgreSQL: COPY BINARY */
	bool one_by_one;    /* SQLite: stmt changes one row */
	char *change;       /* PostgreSQL: from the table that the rows were copied into */
	bool copying;
};

/* Each of "a, b" by a pattern where $ stands for the column and # for its place among the row's values, from *place on. */
static void add_each(struct text *sql, const char *columns, const char *pattern, const char *between, int *place)
{
	for (bool first = true; *columns; first = false, ++*place) {
		size_t len = strcspn(columns, ",");
		if (!first) text_add(sql, between);
		for (const char *c = pattern; *c; c++) {
			if (*c == '$')
				text_add_bytes(sql, columns, len);
			else if (*c == '#')
				text_addf(sql, "%d", *place);
			else
				text_add_char(sql, *c);
		}
		columns += len;
		if (*columns) columns += 1 + strspn(columns + 1, " ");
	}
}

/* OR FAIL: a row that can't be written ends the statement, and so the transaction of whoever runs it; to undo the rows of this
 * statement alone SQLite would have to keep a journal of it. */
static struct status begin_sqlite(struct bulk *bulk, const char *table, const char *columns, const char *changes)
{
	if (bulk->columns > BULK_COLUMNS) abort(); /* the program is wrong */
	cleanup_text struct text sql = { 0 };
	int key = 1, place = 1;
	if (changes) {
		for (const char *c = columns; *c; c++) place += *c == ',';
		place++;
		text_addf(&sql, "UPDATE %s SET ", table);
		add_each(&sql, changes, "$ = ?#", ", ", &place);
		text_add(&sql, " WHERE ");
		add_each(&sql, columns, "$ = ?#", " AND ", &key);
		bulk->one_by_one = true;
	} else {
		text_addf(&sql, "INSERT OR FAIL INTO %s (%s) SELECT c0", table, columns);
		for (int i = 1; i < bulk->columns; i++) text_addf(&sql, ", c%d", i);
		text_add(&sql, " FROM bulk_rows WHERE rows = ?1");
	}
	int rc = sqlite3_prepare_v2(bulk->db->lite, text_cstr(&sql), -1, &bulk->stmt, NULL);
	if (rc != SQLITE_OK) return sqlite_status(bulk->db->lite, rc, text_cstr(&sql));
	bulk->rows.columns = bulk->columns;
	if (!changes) sqlite3_bind_pointer(bulk->stmt, 1, &bulk->rows, BULK_POINTER, NULL);
	return STATUS_FINE;
}

static struct status begin_postgres(struct bulk *bulk, const char *table, const char *columns, const char *changes)
{
	cleanup_text struct text sql = { 0 };
	int place = 0;
	if (changes) {
		text_addf(&sql, "CREATE TEMPORARY TABLE bulk_rows ON COMMIT DROP AS SELECT %s, %s FROM %s LIMIT 0", columns, changes, table);
		TRY(pg_script(bulk->db, text_cstr(&sql)));
		text_clear(&sql);
		text_addf(&sql, "UPDATE %s t SET ", table);
		add_each(&sql, changes, "$ = b.$", ", ", &place);
		text_add(&sql, " FROM bulk_rows b WHERE ");
		add_each(&sql, columns, "t.$ = b.$", " AND ", &place);
		text_add(&sql, "; DROP TABLE bulk_rows");
		bulk->change = text_take(&sql);
		text_addf(&sql, "COPY bulk_rows (%s, %s) FROM STDIN (FORMAT binary)", columns, changes);
	} else {
		text_addf(&sql, "COPY %s (%s) FROM STDIN (FORMAT binary)", table, columns);
	}
	PGresult *result = PQexec(bulk->db->pg, text_cstr(&sql));
	struct status status = STATUS_FINE;
	if (PQresultStatus(result) != PGRES_COPY_IN) status = pg_status(bulk->db->pg, result, text_cstr(&sql));
	PQclear(result);
	bulk->copying = !status.code;
	text_add_bytes(&bulk->buffer, "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
	return status;
}

static void release(struct bulk *bulk)
{
	if (bulk->stmt) sqlite3_finalize(bulk->stmt);
	bulk_rows_free(&bulk->rows);
	text_free(&bulk->buffer);
	free(bulk->change);
	free(bulk);
}

static struct status begin(struct db *db, const char *table, const char *columns, const char *changes, struct bulk **out)
{
	struct bulk *bulk = xcalloc(1, sizeof *bulk);
	bulk->db = db, bulk->columns = changes ? 2 : 1;
	for (const char *c = columns; *c; c++) bulk->columns += *c == ',';
	for (const char *c = changes ? changes : ""; *c; c++) bulk->columns += *c == ',';
	struct status status = db->kind == DB_SQLITE ? begin_sqlite(bulk, table, columns, changes)
	                                             : begin_postgres(bulk, table, columns, changes);
	if (status.code)
		release(bulk);
	else
		*out = bulk;
	return status;
}

struct status bulk_begin(struct db *db, const char *table, const char *columns, struct bulk **out)
{
	return begin(db, table, columns, NULL, out);
}

struct status bulk_begin_change(struct db *db, const char *table, const char *key, const char *changes, struct bulk **out)
{
	return begin(db, table, key, changes, out);
}

static void start_row(struct bulk *bulk)
{
	if (bulk->filled) return;
	uint16_t count = htobe16((uint16_t)bulk->columns);
	text_add_bytes(&bulk->buffer, (const char *)&count, 2);
}

static void add(struct bulk *bulk, const void *bytes, size_t len)
{
	start_row(bulk);
	bulk->filled++;
	uint32_t size = htobe32((uint32_t)len);
	text_add_bytes(&bulk->buffer, (const char *)&size, 4);
	text_add_bytes(&bulk->buffer, bytes, len);
}

static void gather(struct bulk *bulk, enum db_type type, int64_t value, const char *bytes, size_t len)
{
	bulk->filled++;
	bulk_rows_add(&bulk->rows, type, value, bytes, len);
}

void bulk_int(struct bulk *bulk, int64_t value)
{
	uint64_t wire = htobe64((uint64_t)value);
	if (bulk->stmt)
		gather(bulk, DB_INT, value, NULL, 0);
	else
		add(bulk, &wire, 8);
}

void bulk_day(struct bulk *bulk, int32_t day)
{
	if (day == DAY_NONE)
		bulk_null(bulk);
	else
		bulk_int(bulk, day);
}

void bulk_text(struct bulk *bulk, const char *value, size_t len)
{
	if (bulk->stmt)
		gather(bulk, DB_TEXT, 0, value, len);
	else
		add(bulk, value, len);
}

void bulk_cstr(struct bulk *bulk, const char *value)
{
	if (value)
		bulk_text(bulk, value, strlen(value));
	else
		bulk_null(bulk);
}

void bulk_blob(struct bulk *bulk, const void *bytes, size_t len)
{
	if (bulk->stmt)
		gather(bulk, DB_BLOB, 0, bytes, len);
	else
		add(bulk, bytes, len);
}

void bulk_null(struct bulk *bulk)
{
	if (bulk->stmt) {
		gather(bulk, DB_NULL, 0, NULL, 0);
		return;
	}
	start_row(bulk);
	bulk->filled++;
	uint32_t none = 0xFFFFFFFF;
	text_add_bytes(&bulk->buffer, (const char *)&none, 4);
}

static void bind_row(struct bulk *bulk, const struct bulk_cell *cells)
{
	for (int i = 0; i < bulk->columns; i++) {
		const struct bulk_cell *cell = &cells[i];
		const char *bytes = bulk->rows.text.bytes ? bulk->rows.text.bytes : "";
		switch (cell->type) {
		case DB_INT: sqlite3_bind_int64(bulk->stmt, i + 1, cell->integer); break;
		case DB_TEXT: sqlite3_bind_text(bulk->stmt, i + 1, bytes + cell->integer, (int)cell->len, SQLITE_STATIC); break;
		case DB_BLOB: sqlite3_bind_blob(bulk->stmt, i + 1, bytes + cell->integer, (int)cell->len, SQLITE_STATIC); break;
		default: sqlite3_bind_null(bulk->stmt, i + 1); break;
		}
	}
}

static struct status flush(struct bulk *bulk)
{
	if (bulk->stmt && bulk->rows.count) {
		size_t step = bulk->one_by_one ? (size_t)bulk->columns : bulk->rows.count;
		for (size_t at = 0; at < bulk->rows.count && !bulk->status.code; at += step) {
			if (bulk->one_by_one) bind_row(bulk, &bulk->rows.cells[at]);
			int rc = sqlite3_step(bulk->stmt);
			if (rc != SQLITE_DONE) bulk->status = sqlite_status(bulk->db->lite, rc, sqlite3_sql(bulk->stmt));
			sqlite3_reset(bulk->stmt);
		}
		bulk_rows_clear(&bulk->rows);
	} else if (bulk->buffer.len && PQputCopyData(bulk->db->pg, bulk->buffer.bytes, (int)bulk->buffer.len) != 1) {
		bulk->status = pg_status(bulk->db->pg, NULL, "copy");
	}
	text_clear(&bulk->buffer);
	return bulk->status;
}

struct status bulk_row(struct bulk *bulk)
{
	if (bulk->filled != bulk->columns) abort(); /* the program is wrong: a row has another number of values */
	bulk->filled = 0;
	if (bulk->status.code) return bulk->status;
	bool full = bulk->buffer.len >= FLUSH_AT || bulk->rows.count >= CELLS_AT || bulk->rows.text.len >= TEXT_AT;
	return full ? flush(bulk) : STATUS_FINE;
}

static struct status copy_end(struct bulk *bulk, const char *error)
{
	struct status status = bulk->status;
	bulk->copying = false;
	if (PQputCopyEnd(bulk->db->pg, error) != 1 && !status.code) status = pg_status(bulk->db->pg, NULL, "copy");
	for (PGresult *result; (result = PQgetResult(bulk->db->pg)); PQclear(result))
		if (PQresultStatus(result) != PGRES_COMMAND_OK && !error && !status.code) status = pg_status(bulk->db->pg, result, "copy");
	return status;
}

struct status bulk_end(struct bulk *bulk)
{
	struct status status = bulk->status;
	if (bulk->stmt) {
		if (!status.code) status = flush(bulk);
	} else {
		text_add_bytes(&bulk->buffer, "\xff\xff", 2);
		if (!status.code) status = flush(bulk);
		status = copy_end(bulk, status.code ? "stopped" : NULL);
		if (!status.code && bulk->change) status = pg_script(bulk->db, bulk->change);
	}
	release(bulk);
	return status;
}

void bulk_abort(struct bulk *bulk)
{
	if (!bulk) return;
	if (bulk->copying && copy_end(bulk, "stopped").code) bulk->db->broken = true;
	release(bulk);
}
