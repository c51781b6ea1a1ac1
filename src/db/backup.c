/* Consistent copies. A backup is always a SQLite file with the same schema, whichever store it was taken from. */
#include "db/internal.h"

#include "base/asset.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"

#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

struct status store_seize(const char *where, int *fd, PGconn **pg);

static struct status sync_file(const char *path)
{
	cleanup_fd int fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0) return status_make(STATUS_UNAVAILABLE, "The copy could not be written to the disk.");
	return STATUS_FINE;
}

static char *beside(const char *path, const char *suffix)
{
	size_t size = strlen(path) + strlen(suffix) + 1;
	char *out = xmalloc(size);
	snprintf(out, size, "%s%s", path, suffix);
	return out;
}

static void remove_sqlite(const char *path)
{
	static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };
	for (size_t i = 0; i < COUNT(suffixes); i++) {
		cleanup_free char *file = beside(path, suffixes[i]);
		unlink(file);
	}
}

/* One SQLite file into another, page by page, while others write. */
static struct status copy_pages(sqlite3 *from, const char *to_path)
{
	sqlite3 *to = NULL;
	int rc = sqlite3_open_v2(to_path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
	sqlite3_backup *backup = rc == SQLITE_OK ? sqlite3_backup_init(to, "main", from, "main") : NULL;
	if (rc == SQLITE_OK && !backup) rc = sqlite3_errcode(to);
	if (backup) {
		/* all pages in one step: a consistent copy even under constant writing */
		rc = sqlite3_backup_step(backup, -1);
		if (rc == SQLITE_DONE) rc = SQLITE_OK;
		int finished = sqlite3_backup_finish(backup);
		if (rc == SQLITE_OK) rc = finished;
	}
	if (rc == SQLITE_OK) rc = sqlite3_exec(to, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
	struct status status = rc == SQLITE_OK ? STATUS_FINE : sqlite_status(to, rc, "backup");
	sqlite3_close(to);
	return status;
}

/* Copies every row of every table between two stores that have the same schema. */
static struct status copy_rows(struct db *from, struct db *to)
{
	struct db *lite = from->kind == DB_SQLITE ? from : to;
	cleanup_text struct text tables = { 0 };
	{
		cleanup_rows struct rows *rows = db_query(lite, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'schema_migration' ORDER BY name", DB_NO_ARGS);
		while (rows_next(rows)) text_add(&tables, row_text(rows, 0)), text_add_char(&tables, 0);
		TRY(rows_status(rows));
	}
	for (const char *table = tables.bytes; table && table < tables.bytes + tables.len; table += strlen(table) + 1) {
		cleanup_text struct text columns = { 0 }, types = { 0 }, sql = { 0 };
		{
			cleanup_rows struct rows *rows = db_query(lite, "SELECT name, type FROM pragma_table_info($name) ORDER BY cid", DB_ARGS(db_text("name", table)));
			while (rows_next(rows)) {
				text_addf(&columns, "%s%s", columns.len ? ", " : "", row_text(rows, 0));
				text_add_char(&types, row_text(rows, 1)[0]); /* I, T or B */
			}
			TRY(rows_status(rows));
		}
		text_addf(&sql, "DELETE FROM %s", table);
		TRY(db_script(to, text_cstr(&sql)));
		text_clear(&sql);
		text_addf(&sql, "SELECT %s FROM %s", text_cstr(&columns), table);
		struct bulk *bulk;
		TRY(bulk_begin(to, table, text_cstr(&columns), &bulk));
		cleanup_rows struct rows *rows = db_scan(from, text_cstr(&sql), DB_NO_ARGS);
		struct status status = STATUS_FINE;
		while (!status.code && rows_next(rows)) {
			for (int i = 0; i < (int)types.len; i++) {
				size_t len;
				const void *bytes;
				if (row_null(rows, i)) bulk_null(bulk);
				else if (types.bytes[i] == 'I') bulk_int(bulk, row_int(rows, i));
				else if (types.bytes[i] == 'T') bulk_cstr(bulk, row_text(rows, i));
				else bytes = row_blob(rows, i, &len), bulk_blob(bulk, bytes, len);
			}
			status = bulk_row(bulk);
		}
		if (!status.code) status = rows_status(rows);
		if (status.code) {
			bulk_abort(bulk);
			return status;
		}
		TRY(bulk_end(bulk));
	}
	return STATUS_FINE;
}

/* Opens both, copies within one transaction on each side. */
static struct status copy_store(struct store *from, struct store *to)
{
	struct db *source = NULL, *target = NULL;
	struct status status = store_reader(from, &source);
	if (!status.code) status = store_writer(to, &target);
	if (!status.code) status = db_begin(source, DB_READ);
	if (!status.code) status = db_begin(target, DB_WRITE);
	if (!status.code) status = copy_rows(source, target);
	if (!status.code) status = db_commit(target);
	if (target) store_release(to, target);
	if (source) store_release(from, source);
	return status;
}

struct status store_backup(struct store *store, const char *file)
{
	cleanup_free char *fresh = beside(file, ".new");
	remove_sqlite(fresh);
	mode_t before = umask(0077);
	struct status status;
	if (store->kind == DB_SQLITE) {
		struct db *db;
		status = store_reader(store, &db);
		if (!status.code) {
			status = copy_pages(db->lite, fresh);
			store_release(store, db);
		}
	} else {
		struct store *target;
		status = store_open(fresh, &target);
		if (!status.code) {
			status = copy_store(store, target);
			struct db *db;
			if (!status.code && !(status = store_writer(target, &db)).code) {
				status = db_script(db, "PRAGMA journal_mode=DELETE");
				store_release(target, db);
			}
			store_close(target);
		}
	}
	umask(before);
	if (!status.code) status = sync_file(fresh);
	if (!status.code && rename(fresh, file) != 0) status = status_make(STATUS_UNAVAILABLE, "The backup could not be put at its place.");
	if (status.code) remove_sqlite(fresh);
	return status;
}

/* A backup is ours, whole, and not newer than this build; checked before anything is touched. */
static struct status check_backup(const char *file)
{
	sqlite3 *lite = NULL;
	sqlite3_stmt *stmt = NULL;
	static const char refused[] = "The file is not a backup of Encours, or it is damaged: nothing was changed.";
	struct status status = STATUS_FINE;
	int rc = sqlite3_open_v2(file, &lite, SQLITE_OPEN_READONLY, NULL);
	if (rc == SQLITE_OK) rc = sqlite3_prepare_v2(lite, "SELECT (SELECT MAX(version) FROM schema_migration), (SELECT quick_check FROM pragma_quick_check LIMIT 1)", -1, &stmt, NULL);
	if (rc == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW && sqlite3_column_int(stmt, 0) > 0) {
		if (strcmp((const char *)sqlite3_column_text(stmt, 1), "ok") != 0) status = status_make(STATUS_INVALID, "%s", refused);
		int version = sqlite3_column_int(stmt, 0), newest = 0;
		size_t index = 0;
		for (struct asset step; asset_next("schema/", &index, &step);) newest = (int)strtol(step.name + 7, NULL, 10);
		if (version > newest) status = status_make(STATUS_CONFLICT, "The backup was made by a newer version of Encours. Update the program first.");
	} else {
		status = status_make(STATUS_INVALID, "%s", refused);
	}
	sqlite3_finalize(stmt);
	sqlite3_close(lite);
	return status;
}

static struct status copy_file(const char *from, const char *to)
{
	sqlite3 *lite = NULL;
	int rc = sqlite3_open_v2(from, &lite, SQLITE_OPEN_READONLY, NULL);
	struct status status = rc == SQLITE_OK ? copy_pages(lite, to) : sqlite_status(lite, rc, "restore");
	sqlite3_close(lite);
	return status;
}

static struct status restore_sqlite(const char *where, const char *file)
{
	cleanup_free char *fresh = beside(where, ".restore");
	remove_sqlite(fresh);
	TRY(copy_file(file, fresh));
	struct status status = sync_file(fresh);
	if (!status.code) {
		/* the old write-ahead log must not be replayed over the new file */
		cleanup_free char *wal = beside(where, "-wal"), *shm = beside(where, "-shm");
		unlink(wal), unlink(shm);
		if (rename(fresh, where) != 0) status = status_make(STATUS_UNAVAILABLE, "The backup could not be put in the store's place.");
	}
	if (status.code) remove_sqlite(fresh);
	return status;
}

static struct status restore_postgresql(const char *where, const char *file)
{
	char fresh[] = "/tmp/encours-restore-XXXXXX";
	cleanup_fd int fd = mkstemp(fresh);
	if (fd < 0) return status_make(STATUS_UNAVAILABLE, "No temporary file could be made.");
	struct store *source = NULL, *target = NULL;
	struct status status = copy_file(file, fresh);
	if (!status.code) status = store_open(fresh, &source); /* brings an older backup's schema up to this build */
	if (!status.code) status = store_open(where, &target);
	if (!status.code) status = copy_store(source, target);
	store_close(source);
	store_close(target);
	remove_sqlite(fresh);
	return status;
}

struct status store_life(struct db *db, int64_t *out)
{
	bool found;
	*out = 0;
	return db_get_int(db, "SELECT value FROM counter WHERE tenant_id = 0 AND company_id = 0 AND name = 'life'", DB_NO_ARGS, out, &found);
}

static struct status begin_life(struct db *db, void *context)
{
	int64_t life = 0;
	(void)context;
	while (life <= 0) randombytes_buf(&life, sizeof life);
	return db_run(db, "INSERT INTO counter (tenant_id, company_id, name, value) VALUES (0, 0, 'life', $life)"
	              " ON CONFLICT (tenant_id, company_id, name) DO UPDATE SET value = excluded.value", DB_ARGS(db_int("life", life)));
}

struct status store_restore(const char *where, const char *file)
{
	TRY(check_backup(file));
	cleanup_fd int fd = -1;
	PGconn *pg = NULL;
	struct status status = store_seize(where, &fd, &pg);
	if (!status.code) status = pg ? restore_postgresql(where, file) : restore_sqlite(where, file);
	struct store *store = NULL;
	if (!status.code) status = store_open(where, &store); /* migrates */
	if (!status.code) status = store_transact(store, begin_life, NULL);
	store_close(store);
	if (pg) PQfinish(pg);
	return status;
}
