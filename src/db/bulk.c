#include "db/internal.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/text.h"

#include <endian.h>
#include <string.h>

enum { FLUSH_AT = 1 << 18 };

struct bulk {
	struct db *db;
	struct status status;
	int columns, filled;
	sqlite3_stmt *stmt; /* SQLite */
	struct text buffer; /* PostgreSQL: COPY BINARY */
};

struct status bulk_begin(struct db *db, const char *table, const char *columns, struct bulk **out)
{
	struct bulk *bulk = xcalloc(1, sizeof *bulk);
	bulk->db = db, bulk->columns = 1;
	for (const char *c = columns; *c; c++) bulk->columns += *c == ',';
	cleanup_text struct text sql = { 0 };
	if (db->kind == DB_SQLITE) {
		text_addf(&sql, "INSERT INTO %s (%s) VALUES (?", table, columns);
		for (int i = 1; i < bulk->columns; i++) text_add(&sql, ", ?");
		text_add(&sql, ")");
		int rc = sqlite3_prepare_v2(db->lite, text_cstr(&sql), -1, &bulk->stmt, NULL);
		if (rc != SQLITE_OK) bulk->status = sqlite_status(db->lite, rc, text_cstr(&sql));
	} else {
		text_addf(&sql, "COPY %s (%s) FROM STDIN (FORMAT binary)", table, columns);
		PGresult *result = PQexec(db->pg, text_cstr(&sql));
		if (PQresultStatus(result) != PGRES_COPY_IN) bulk->status = pg_status(db->pg, result, text_cstr(&sql));
		PQclear(result);
		text_add_bytes(&bulk->buffer, "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
	}
	if (bulk->status.code) {
		struct status status = bulk->status;
		if (bulk->stmt) sqlite3_finalize(bulk->stmt);
		text_free(&bulk->buffer);
		free(bulk);
		return status;
	}
	*out = bulk;
	return STATUS_FINE;
}

static void start_row(struct bulk *bulk)
{
	if (bulk->filled || bulk->db->kind == DB_SQLITE) return;
	uint16_t count = htobe16((uint16_t)bulk->columns);
	text_add_bytes(&bulk->buffer, (const char *)&count, 2);
}

static void add(struct bulk *bulk, const void *bytes, size_t len)
{
	uint32_t size = htobe32((uint32_t)len);
	text_add_bytes(&bulk->buffer, (const char *)&size, 4);
	text_add_bytes(&bulk->buffer, bytes, len);
}

void bulk_int(struct bulk *bulk, int64_t value)
{
	start_row(bulk);
	bulk->filled++;
	if (bulk->stmt) {
		sqlite3_bind_int64(bulk->stmt, bulk->filled, value);
	} else {
		uint64_t wire = htobe64((uint64_t)value);
		add(bulk, &wire, 8);
	}
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
	start_row(bulk);
	bulk->filled++;
	if (bulk->stmt)
		sqlite3_bind_text64(bulk->stmt, bulk->filled, value, len, SQLITE_STATIC, SQLITE_UTF8);
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
	start_row(bulk);
	bulk->filled++;
	if (bulk->stmt)
		sqlite3_bind_blob64(bulk->stmt, bulk->filled, len ? bytes : "", len, SQLITE_STATIC);
	else
		add(bulk, bytes, len);
}

void bulk_null(struct bulk *bulk)
{
	start_row(bulk);
	bulk->filled++;
	if (bulk->stmt) {
		sqlite3_bind_null(bulk->stmt, bulk->filled);
	} else {
		uint32_t none = 0xFFFFFFFF;
		text_add_bytes(&bulk->buffer, (const char *)&none, 4);
	}
}

static struct status flush(struct bulk *bulk)
{
	if (bulk->buffer.len && PQputCopyData(bulk->db->pg, bulk->buffer.bytes, (int)bulk->buffer.len) != 1)
		bulk->status = pg_status(bulk->db->pg, NULL, "copy");
	text_clear(&bulk->buffer);
	return bulk->status;
}

struct status bulk_row(struct bulk *bulk)
{
	if (bulk->filled != bulk->columns) abort(); /* the program is wrong: a row has another number of values */
	bulk->filled = 0;
	if (bulk->status.code) return bulk->status;
	if (bulk->stmt) {
		int rc = sqlite3_step(bulk->stmt);
		if (rc != SQLITE_DONE) bulk->status = sqlite_status(bulk->db->lite, rc, sqlite3_sql(bulk->stmt));
		sqlite3_reset(bulk->stmt);
		return bulk->status;
	}
	return bulk->buffer.len >= FLUSH_AT ? flush(bulk) : STATUS_FINE;
}

static void release(struct bulk *bulk)
{
	if (bulk->stmt) sqlite3_finalize(bulk->stmt);
	text_free(&bulk->buffer);
	free(bulk);
}

static struct status copy_end(struct bulk *bulk, const char *error)
{
	struct status status = bulk->status;
	if (PQputCopyEnd(bulk->db->pg, error) != 1 && !status.code) status = pg_status(bulk->db->pg, NULL, "copy");
	for (PGresult *result; (result = PQgetResult(bulk->db->pg)); PQclear(result))
		if (PQresultStatus(result) != PGRES_COMMAND_OK && !error && !status.code) status = pg_status(bulk->db->pg, result, "copy");
	return status;
}

struct status bulk_end(struct bulk *bulk)
{
	struct status status = bulk->status;
	if (!bulk->stmt) {
		text_add_bytes(&bulk->buffer, "\xff\xff", 2);
		if (!status.code) status = flush(bulk);
		status = copy_end(bulk, status.code ? "stopped" : NULL);
	}
	release(bulk);
	return status;
}

void bulk_abort(struct bulk *bulk)
{
	if (!bulk) return;
	if (!bulk->stmt && copy_end(bulk, "stopped").code) bulk->db->broken = true;
	release(bulk);
}
