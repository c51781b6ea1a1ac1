/* What callers see of statements: values, rows, one-liners; each asks the connection's driver. */
#include "db/internal.h"

#include "base/day.h"
#include "base/memory.h"

#include <string.h>

uint64_t db_hash(const char *text, uint64_t seed)
{
	uint64_t hash = seed ^ 0xcbf29ce484222325u; /* FNV-1a */
	for (; *text; text++) hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
	return hash;
}

struct db_arg db_int(const char *name, int64_t value)
{
	return (struct db_arg){ .name = name, .type = DB_INT, .integer = value };
}

struct db_arg db_day(const char *name, int32_t day)
{
	return day == DAY_NONE ? db_null(name) : db_int(name, day);
}

struct db_arg db_text(const char *name, const char *value)
{
	return value ? db_text_len(name, value, strlen(value)) : db_null(name);
}

struct db_arg db_text_len(const char *name, const char *value, size_t len)
{
	return (struct db_arg){ .name = name, .type = DB_TEXT, .bytes = value, .len = len };
}

struct db_arg db_blob(const char *name, const void *bytes, size_t len)
{
	return (struct db_arg){ .name = name, .type = DB_BLOB, .bytes = bytes, .len = len };
}

struct db_arg db_null(const char *name)
{
	return (struct db_arg){ .name = name, .type = DB_NULL };
}

static struct rows *query(struct db *db, const char *sql, const struct db_arg *args, bool stream)
{
	struct rows *rows = xcalloc(1, sizeof *rows);
	rows->db = db;
	if (db->kind == DB_SQLITE)
		sqlite_query(rows, sql, args);
	else
		pg_query(rows, sql, args, stream);
	return rows;
}

struct rows *db_query(struct db *db, const char *sql, const struct db_arg *args)
{
	return query(db, sql, args, false);
}

struct rows *db_scan(struct db *db, const char *sql, const struct db_arg *args)
{
	return query(db, sql, args, true);
}

bool rows_next(struct rows *rows)
{
	if (rows->status.code) return false;
	return rows->db->kind == DB_SQLITE ? sqlite_next(rows) : pg_next(rows);
}

struct status rows_status(const struct rows *rows)
{
	return rows->status;
}

void rows_close(struct rows *rows)
{
	if (!rows) return;
	if (rows->db->kind == DB_SQLITE)
		sqlite_finish(rows);
	else
		pg_finish(rows);
	free(rows);
}

void rows_close_at(struct rows **rows)
{
	rows_close(*rows);
}

bool row_null(struct rows *rows, int column)
{
	if (rows->db->kind == DB_SQLITE) return sqlite3_column_type(rows->stmt, column) == SQLITE_NULL;
	return PQgetisnull(rows->result, rows->row, column);
}

int64_t row_int(struct rows *rows, int column)
{
	if (rows->db->kind == DB_SQLITE) return sqlite3_column_int64(rows->stmt, column);
	return strtoll(PQgetvalue(rows->result, rows->row, column), NULL, 10);
}

int32_t row_day(struct rows *rows, int column)
{
	return row_null(rows, column) ? DAY_NONE : (int32_t)row_int(rows, column);
}

const char *row_text(struct rows *rows, int column)
{
	if (rows->db->kind == DB_POSTGRESQL) return PQgetvalue(rows->result, rows->row, column);
	const unsigned char *text = sqlite3_column_text(rows->stmt, column);
	return text ? (const char *)text : "";
}

const void *row_blob(struct rows *rows, int column, size_t *len)
{
	if (rows->db->kind == DB_SQLITE) {
		const void *bytes = sqlite3_column_blob(rows->stmt, column);
		*len = (size_t)sqlite3_column_bytes(rows->stmt, column);
		return bytes ? bytes : "";
	}
	/* "\x00ff…": decoded at each call; lives until the next row */
	const char *hex = PQgetvalue(rows->result, rows->row, column);
	size_t digits = strlen(hex);
	digits = digits >= 2 ? digits - 2 : 0;
	if (rows->blob_count == (int)COUNT(rows->blobs)) abort(); /* more blobs in a row than any query of ours asks for */
	unsigned char *blob = rows->blobs[rows->blob_count++] = xmalloc(digits / 2 + 1);
	for (size_t i = 0; i < digits / 2; i++) {
		unsigned value = 0;
		for (int j = 0; j < 2; j++) {
			char c = hex[2 + 2 * i + (size_t)j];
			value = value << 4 | (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
		}
		blob[i] = (unsigned char)value;
	}
	*len = digits / 2;
	return blob;
}

struct status db_run_count(struct db *db, const char *sql, const struct db_arg *args, int64_t *changed)
{
	cleanup_rows struct rows *rows = db_query(db, sql, args);
	if (db->kind == DB_SQLITE) {
		int before = sqlite3_total_changes(db->lite);
		while (rows_next(rows)) {}
		*changed = sqlite3_total_changes(db->lite) - before;
	} else if (!rows->status.code) {
		*changed = strtoll(PQcmdTuples(rows->result), NULL, 10);
	}
	return rows->status;
}

void db_some(struct db_arg args[DB_SOME + 1], const int64_t *ids, size_t count)
{
	static const char *const names[DB_SOME] = { "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "s12", "s13", "s14", "s15" };
	for (size_t i = 0; i < DB_SOME; i++) args[i] = db_int(names[i], ids[i < count ? i : count - 1]);
	args[DB_SOME] = (struct db_arg){ .type = DB_END };
}

struct status db_run(struct db *db, const char *sql, const struct db_arg *args)
{
	int64_t changed;
	return db_run_count(db, sql, args, &changed);
}

struct status db_get_int(struct db *db, const char *sql, const struct db_arg *args, int64_t *out, bool *found)
{
	cleanup_rows struct rows *rows = db_query(db, sql, args);
	bool row = rows_next(rows);
	if (row) *out = row_int(rows, 0);
	if (rows->status.code) return rows->status;
	if (found)
		*found = row;
	else if (!row)
		return status_make(STATUS_NOT_FOUND, "What was asked for is not in the store.");
	return STATUS_FINE;
}

struct status db_get_text(struct db *db, const char *sql, const struct db_arg *args, char **out)
{
	cleanup_rows struct rows *rows = db_query(db, sql, args);
	*out = rows_next(rows) ? xstrdup(row_text(rows, 0)) : NULL;
	return rows->status;
}

struct status db_script(struct db *db, const char *sql)
{
	return db->kind == DB_SQLITE ? sqlite_script(db, sql) : pg_script(db, sql);
}

enum db_kind db_kind(const struct db *db)
{
	return db->kind;
}

struct store *db_store(struct db *db)
{
	return db->store;
}

struct status id_take(struct db *db, int64_t tenant, int64_t company, const char *name, int64_t count, int64_t *first)
{
	int64_t last = 0;
	TRY(db_get_int(db,
	               "INSERT INTO counter (tenant_id, company_id, name, value) VALUES ($tenant, $company, $name, $count)"
	               " ON CONFLICT (tenant_id, company_id, name) DO UPDATE SET value = counter.value + $count RETURNING value",
	               DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_text("name", name), db_int("count", count)), &last, NULL));
	*first = last - count + 1;
	return STATUS_FINE;
}
