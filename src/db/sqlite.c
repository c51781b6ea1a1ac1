#include "db/internal.h"

#include "base/log.h"
#include "base/memory.h"
#include "db/bulk_rows.h"
#include "db/page_memory.h"

#include <string.h>

struct statement {
	uint64_t hash;
	char *sql;
	sqlite3_stmt *stmt;
	bool busy;
};

struct status sqlite_status(sqlite3 *lite, int rc, const char *what)
{
	log_line(rc == SQLITE_BUSY ? LOG_WARNING : LOG_ERROR, "store: %s: %s (%d)", what, lite ? sqlite3_errmsg(lite) : sqlite3_errstr(rc), rc);
	switch (rc & 0xFF) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED: return status_make(STATUS_BUSY, "Another program is writing to the store. Please try again in a moment.");
	case SQLITE_FULL: return status_make(STATUS_UNAVAILABLE, "The disk of the store is full: nothing was changed. Free some space and try again.");
	case SQLITE_IOERR: return status_make(STATUS_UNAVAILABLE, "The store's file could not be read or written: nothing was changed. Check the disk.");
	case SQLITE_READONLY: return status_make(STATUS_UNAVAILABLE, "The store's file can't be written. Check its rights.");
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB: return status_make(STATUS_UNAVAILABLE, "The store's file is damaged or is not a store of Encours. Restore a backup.");
	case SQLITE_CANTOPEN: return status_make(STATUS_UNAVAILABLE, "The store's file could not be opened. Check that its folder exists and may be written.");
	case SQLITE_CONSTRAINT: return status_make(STATUS_CONFLICT, "This contradicts what is stored already: nothing was changed.");
	default: return status_make(STATUS_INTERNAL, "The store refused the operation: nothing was changed. The log says more.");
	}
}

struct status sqlite_connect(struct store *store, bool create, struct db **out)
{
	struct db *db = xcalloc(1, sizeof *db);
	db->store = store, db->kind = DB_SQLITE;
	page_memory_use();
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
	int rc = sqlite3_open_v2(store->where, &db->lite, flags, NULL);
	if (rc == SQLITE_OK) {
		sqlite3_busy_timeout(db->lite, 30000);
		sqlite3_extended_result_codes(db->lite, 1);
		/* 64 MB of page cache and a mapped file: the book's first read is one scan */
		rc = sqlite3_exec(db->lite,
		                  "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
		                  "PRAGMA case_sensitive_like=ON; PRAGMA cache_size=-65536; PRAGMA mmap_size=1073741824;"
		                  "PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF;",
		                  NULL, NULL, NULL);
	}
	if (rc == SQLITE_OK) rc = bulk_table_register(db->lite);
	if (rc != SQLITE_OK) {
		struct status status = sqlite_status(db->lite, rc, "open");
		sqlite_disconnect(db);
		return status;
	}
	*out = db;
	return STATUS_FINE;
}

void sqlite_disconnect(struct db *db)
{
	for (size_t i = 0; i < db->cache_count; i++) {
		sqlite3_finalize(db->cache[i]->stmt);
		free(db->cache[i]->sql);
		free(db->cache[i]);
	}
	free(db->cache);
	sqlite3_close(db->lite);
	free(db);
}

/* The cached statement, marked busy; a second use at the same time gets one of its own (*statement NULL). */
static int prepare(struct db *db, const char *sql, struct statement **statement, sqlite3_stmt **stmt)
{
	uint64_t hash = db_hash(sql, 0);
	*statement = NULL;
	for (size_t i = 0; i < db->cache_count; i++) {
		struct statement *known = db->cache[i];
		if (known->hash != hash || strcmp(known->sql, sql) != 0) continue;
		if (known->busy) return sqlite3_prepare_v2(db->lite, sql, -1, stmt, NULL);
		known->busy = true;
		*statement = known, *stmt = known->stmt;
		return SQLITE_OK;
	}
	int rc = sqlite3_prepare_v3(db->lite, sql, -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL);
	if (rc != SQLITE_OK) return rc;
	struct statement *fresh = xcalloc(1, sizeof *fresh);
	*fresh = (struct statement){ .hash = hash, .sql = xstrdup(sql), .stmt = *stmt, .busy = true };
	GROW(db->cache, db->cache_count, db->cache_cap);
	db->cache[db->cache_count++] = fresh;
	*statement = fresh;
	return SQLITE_OK;
}

static int bind(sqlite3_stmt *stmt, const struct db_arg *arg)
{
	char name[64];
	snprintf(name, sizeof name, "$%s", arg->name);
	int index = sqlite3_bind_parameter_index(stmt, name);
	if (index == 0) {
		log_line(LOG_ERROR, "store: the statement has no parameter $%s: %s", arg->name, sqlite3_sql(stmt));
		return SQLITE_RANGE;
	}
	switch (arg->type) {
	case DB_INT: return sqlite3_bind_int64(stmt, index, arg->integer);
	case DB_TEXT: return sqlite3_bind_text64(stmt, index, arg->bytes, arg->len, SQLITE_TRANSIENT, SQLITE_UTF8);
	case DB_BLOB: return sqlite3_bind_blob64(stmt, index, arg->len ? arg->bytes : "", arg->len, SQLITE_TRANSIENT);
	default: return sqlite3_bind_null(stmt, index);
	}
}

void sqlite_query(struct rows *rows, const char *sql, const struct db_arg *args)
{
	int rc = prepare(rows->db, sql, &rows->statement, &rows->stmt);
	int bound = 0;
	for (const struct db_arg *arg = args; rc == SQLITE_OK && arg->type != DB_END; arg++, bound++) rc = bind(rows->stmt, arg);
	if (rc == SQLITE_OK && bound != sqlite3_bind_parameter_count(rows->stmt)) {
		log_line(LOG_ERROR, "store: %d values for %d parameters: %s", bound, sqlite3_bind_parameter_count(rows->stmt), sql);
		rc = SQLITE_MISUSE;
	}
	if (rc != SQLITE_OK) rows->status = sqlite_status(rows->db->lite, rc, sql);
}

bool sqlite_next(struct rows *rows)
{
	if (!rows->stmt) return false;
	int rc = sqlite3_step(rows->stmt);
	if (rc == SQLITE_ROW) return true;
	if (rc != SQLITE_DONE) rows->status = sqlite_status(rows->db->lite, rc, sqlite3_sql(rows->stmt));
	sqlite_finish(rows); /* lets the snapshot go as soon as the last row was read */
	return false;
}

void sqlite_finish(struct rows *rows)
{
	if (!rows->stmt) return;
	if (rows->statement) {
		sqlite3_reset(rows->stmt);
		sqlite3_clear_bindings(rows->stmt);
		rows->statement->busy = false;
	} else {
		sqlite3_finalize(rows->stmt);
	}
	rows->stmt = NULL, rows->statement = NULL;
}

struct status sqlite_script(struct db *db, const char *sql)
{
	int rc = sqlite3_exec(db->lite, sql, NULL, NULL, NULL);
	return rc == SQLITE_OK ? STATUS_FINE : sqlite_status(db->lite, rc, "script");
}
