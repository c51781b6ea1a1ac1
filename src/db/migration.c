/* Numbered files of schema/, applied in order, each in one transaction, recorded with a checksum, never edited after release.
 *
 * One text for both stores: BIGINT, TEXT and BYTEA become what each calls them; SQLite tables become STRICT and, unless a line
 * "-- @rowid" stands before them, WITHOUT ROWID (clustered by their key). Between "-- @sqlite" or "-- @postgresql" and
 * "-- @both" a part is for one store only. */
#include "db/internal.h"

#include "base/asset.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

enum { MIGRATION_KEY = 0x656e64 };

static bool word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static void add_word(struct text *out, const char *word, size_t len, enum db_kind kind)
{
	static const struct {
		const char *word, *sqlite, *postgresql;
	} types[] = { { "BIGINT", "INTEGER", "BIGINT" }, { "TEXT", "TEXT", "TEXT COLLATE \"C\"" }, { "BYTEA", "BLOB", "BYTEA" } };
	for (size_t i = 0; i < COUNT(types); i++)
		if (strlen(types[i].word) == len && strncmp(word, types[i].word, len) == 0) {
			text_add(out, kind == DB_SQLITE ? types[i].sqlite : types[i].postgresql);
			return;
		}
	text_add_bytes(out, word, len);
}

char *migration_text(const char *sql, enum db_kind kind)
{
	struct text out = { 0 };
	bool skip = false, rowid = false, in_table = false;
	while (*sql) {
		const char *end = strchr(sql, '\n');
		end = end ? end + 1 : sql + strlen(sql);
		size_t len = (size_t)(end - sql);
		if (strncmp(sql, "-- @", 4) == 0) {
			if (strncmp(sql + 4, "sqlite", 6) == 0) skip = kind != DB_SQLITE;
			else if (strncmp(sql + 4, "postgresql", 10) == 0) skip = kind != DB_POSTGRESQL;
			else if (strncmp(sql + 4, "both", 4) == 0) skip = false;
			else if (strncmp(sql + 4, "rowid", 5) == 0) rowid = true;
		} else if (!skip) {
			if (strncmp(sql, "CREATE TABLE", 12) == 0) in_table = true;
			if (in_table && kind == DB_SQLITE && strncmp(sql, ");", 2) == 0) {
				text_add(&out, rowid ? ") STRICT;\n" : ") STRICT, WITHOUT ROWID;\n");
				in_table = rowid = false;
			} else {
				const char *comment = strstr(sql, "--");
				const char *stop = comment && comment < end ? comment : end;
				for (const char *p = sql; p < stop;) {
					const char *word = p;
					while (p < stop && word_char(*p)) p++;
					if (p > word) add_word(&out, word, (size_t)(p - word), kind);
					else text_add_char(&out, *p++);
				}
				if (stop < end) text_add_char(&out, '\n');
			}
			(void)len;
		}
		sql = end;
	}
	return text_take(&out);
}

static struct status apply(struct db *db, int version, const struct asset *file)
{
	cleanup_free char *sql = migration_text(file->bytes, db->kind);
	int64_t checksum = (int64_t)(db_hash(file->bytes, 0) >> 1);
	struct status status = db_script(db, sql);
	if (!status.code)
		status = db_run(db, "INSERT INTO schema_migration (version, name, checksum, at) VALUES ($version, $name, $checksum, $at)",
		                DB_ARGS(db_int("version", version), db_text("name", file->name + 7), db_int("checksum", checksum), db_int("at", time(NULL))));
	return status;
}

static struct status run(struct db *db)
{
	TRY(db_script(db, db->kind == DB_SQLITE
	                      ? "CREATE TABLE IF NOT EXISTS schema_migration (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum INTEGER NOT NULL, at INTEGER NOT NULL) STRICT"
	                      : "CREATE TABLE IF NOT EXISTS schema_migration (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum BIGINT NOT NULL, at BIGINT NOT NULL)"));
	int64_t done = 0, newest = 0;
	TRY(db_get_int(db, "SELECT COALESCE(MAX(version), 0) FROM schema_migration", DB_NO_ARGS, &done, NULL));
	size_t index = 0;
	for (struct asset file; asset_next("schema/", &index, &file);) {
		int version = (int)strtol(file.name + 7, NULL, 10);
		if (version <= 0) continue;
		newest = version;
		if (version > done) {
			TRY(apply(db, version, &file));
			if (done) log_line(LOG_INFO, "store: schema brought to %s", file.name + 7);
		} else {
			int64_t checksum = 0;
			TRY(db_get_int(db, "SELECT checksum FROM schema_migration WHERE version = $version", DB_ARGS(db_int("version", version)), &checksum, NULL));
			if (checksum != (int64_t)(db_hash(file.bytes, 0) >> 1))
				return status_make(STATUS_CONFLICT, "The store was made by a build whose schema step %d is another one. Use that build, or restore a backup.", version);
		}
	}
	if (db->kind == DB_SQLITE) {
		bool missing = done < newest;
		if (!missing) TRY(estimates_missing(db, &missing));
		if (missing) TRY(estimates_write(db));
	}
	if (done > newest)
		return status_make(STATUS_CONFLICT, "The store was made by a newer version of Encours (schema %" PRId64 ", this build knows %" PRId64 "). Update the program.", done, newest);
	return STATUS_FINE;
}

struct status migration_run(struct db *db)
{
	/* two programs that start together: one migrates, the other waits */
	TRY(db_begin(db, DB_WRITE));
	struct status status = STATUS_FINE;
	if (db->kind == DB_POSTGRESQL) {
		char lock[64];
		snprintf(lock, sizeof lock, "SELECT pg_advisory_xact_lock(%d)", MIGRATION_KEY);
		status = db_script(db, lock);
	}
	if (!status.code) status = run(db);
	if (status.code) {
		db_rollback(db);
		return status;
	}
	return db_commit(db);
}

struct status store_schema_version(struct store *store, int *out)
{
	struct db *db;
	TRY(store_reader(store, &db));
	int64_t version = 0;
	struct status status = db_get_int(db, "SELECT COALESCE(MAX(version), 0) FROM schema_migration", DB_NO_ARGS, &version, NULL);
	store_release(store, db);
	*out = (int)version;
	return status;
}
