/* db — one door to SQLite and PostgreSQL.
 *
 * A `struct store` is where the data is: a SQLite file or a postgresql:// URL. A `struct db` is one connection of it,
 * used by one thread at a time. The same SQL text runs on both; values are always bound, by name:
 *
 *     cleanup_rows struct rows *rows = db_query(db,
 *         "SELECT id, name FROM customer WHERE tenant_id = $tenant AND company_id = $company AND code = $code",
 *         DB_ARGS(db_int("tenant", 1), db_int("company", 1), db_text("code", code)));
 *     while (rows_next(rows)) use(row_int(rows, 0), row_text(rows, 1));
 *     TRY(rows_status(rows));
 *
 * What both stores share (write only this): TEXT, BIGINT, BYTEA→BLOB, ON CONFLICT, RETURNING, CASE, COALESCE, window
 * functions, CTEs. Days are integers, instants integer UTC seconds, booleans 0/1, JSON is text. No AUTOINCREMENT, no
 * sequences: ids come from id_take().
 *
 * A parameter whose type PostgreSQL cannot infer needs a cast: `CAST($x AS BIGINT)`.
 */
#ifndef DB_DB_H
#define DB_DB_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;
struct db;
struct rows;

enum db_kind { DB_SQLITE, DB_POSTGRESQL };

/* Opens (and for SQLite creates) the store and brings its schema up to this build. STATUS_UNAVAILABLE when it can't be
 * reached or is damaged, STATUS_CONFLICT when its schema is newer than this build. The caller closes it. */
struct status store_open(const char *where, struct store **out);
void store_close(struct store *store); /* NULL is fine; no connection may be in use */
enum db_kind store_kind(const struct store *store);
const char *store_where(const struct store *store); /* path or URL, password hidden */

/* Something kept beside a store and dropped with it (a cache), named by an address; NULL when there is none yet. Of two that
 * keep at once the first wins: store_keep gives what is kept, and drops the other. */
void *store_kept(struct store *store, const void *name);
void *store_keep(struct store *store, const void *name, void *value, void (*drop)(void *value));

/* Borrow a connection and give it back (from any thread). A reader sees a steady snapshot inside db_begin(DB_READ). SQLite
 * has one writer at a time: store_writer waits for its turn (30 s at most, then STATUS_BUSY). */
struct status store_reader(struct store *store, struct db **out);
struct status store_writer(struct store *store, struct db **out);
void store_release(struct store *store, struct db *db); /* NULL is fine; rolls back what was left open */

enum db_mode { DB_READ, DB_WRITE };
struct status db_begin(struct db *db, enum db_mode mode);
struct status db_commit(struct db *db);
void db_rollback(struct db *db);
enum db_kind db_kind(const struct db *db);
struct store *db_store(struct db *db);

/* Runs `work` in a write transaction on a writer connection; a serialization failure or a busy store runs it again from the
 * start, up to 8 times with growing pauses: `work` must not keep results of a failed attempt. */
typedef struct status db_work(struct db *db, void *context);
struct status store_transact(struct store *store, db_work *work, void *context);

/* --- values ------------------------------------------------------------------------------------------------------- */
enum db_type { DB_END = 0, DB_NULL, DB_INT, DB_TEXT, DB_BLOB };
struct db_arg {
	const char *name; /* without the $ */
	enum db_type type;
	int64_t integer;
	const char *bytes; /* borrowed until the statement has run */
	size_t len;
};
struct db_arg db_int(const char *name, int64_t value);
struct db_arg db_day(const char *name, int32_t day);        /* DAY_NONE is NULL */
struct db_arg db_text(const char *name, const char *value); /* NULL is NULL */
struct db_arg db_text_len(const char *name, const char *value, size_t len);
struct db_arg db_blob(const char *name, const void *bytes, size_t len);
struct db_arg db_null(const char *name);
#define DB_ARGS(...) ((const struct db_arg[]){ __VA_ARGS__, { .type = DB_END } })
#define DB_NO_ARGS   ((const struct db_arg[]){ { .type = DB_END } })

/* Some ids in one statement, for the rows of a page: "… AND id IN (" DB_SOME_NAMES ")", with db_some() in the arguments after the
 * others. What is left of DB_SOME repeats the last id; DB_END follows. */
enum { DB_SOME = 16 };
#define DB_SOME_NAMES "$s0, $s1, $s2, $s3, $s4, $s5, $s6, $s7, $s8, $s9, $s10, $s11, $s12, $s13, $s14, $s15"
void db_some(struct db_arg args[DB_SOME + 1], const int64_t *ids, size_t count);

/* --- statements --------------------------------------------------------------------------------------------------- */
/* Statements are prepared once per connection, keyed by the address and text of `sql` (a literal, or text that lives). */
struct status db_run(struct db *db, const char *sql, const struct db_arg *args);
struct status db_run_count(struct db *db, const char *sql, const struct db_arg *args, int64_t *changed);

/* Never NULL: an error shows in rows_status. Several may be open at once on one connection. */
struct rows *db_query(struct db *db, const char *sql, const struct db_arg *args);
/* The same for very many rows: they are not gathered first, and nothing else may run on the connection until rows_close. */
struct rows *db_scan(struct db *db, const char *sql, const struct db_arg *args);
bool rows_next(struct rows *rows);
struct status rows_status(const struct rows *rows);
void rows_close(struct rows *rows);
void rows_close_at(struct rows **rows);
#define cleanup_rows [[gnu::cleanup(rows_close_at)]]

/* Columns from 0. Text and blobs are borrowed until the next rows_next or rows_close. */
bool row_null(struct rows *rows, int column);
int64_t row_int(struct rows *rows, int column);       /* 0 for NULL */
int32_t row_day(struct rows *rows, int column);       /* DAY_NONE for NULL */
const char *row_text(struct rows *rows, int column);  /* "" for NULL */
const void *row_blob(struct rows *rows, int column, size_t *len);

/* One value: *out gets the first column of the first row; *found says whether there was one (may be NULL; then no row is
 * STATUS_NOT_FOUND). */
struct status db_get_int(struct db *db, const char *sql, const struct db_arg *args, int64_t *out, bool *found);
/* *out is malloc'd, the caller frees; NULL when there is no row. */
struct status db_get_text(struct db *db, const char *sql, const struct db_arg *args, char **out);

/* Runs several statements separated by ; without values (schema, maintenance). */
struct status db_script(struct db *db, const char *sql);
/* After indexes were made anew, in the same transaction: a dropped index takes with it what SQLite was told of it (estimate.c), and
 * one without is held for the best there is. Does nothing on PostgreSQL. */
struct status db_estimate(struct db *db);

/* --- bulk --------------------------------------------------------------------------------------------------------- */
/* Many rows into one table, inside the current transaction: COPY on PostgreSQL, one INSERT for hundreds of rows on SQLite. So
 * an error may show some rows later, or at the end; it ends the transaction.
 *     TRY(bulk_begin(db, "fact", "tenant_id, company_id, id, label", &bulk));
 *     bulk_int(bulk, 1); bulk_int(bulk, 1); bulk_int(bulk, id); bulk_text(bulk, s, len); TRY(bulk_row(bulk));
 *     TRY(bulk_end(bulk));                       frees it, also on error; bulk_abort(bulk) drops it
 * No other statement may run on the connection between begin and end. */
struct bulk;
struct status bulk_begin(struct db *db, const char *table, const char *columns, struct bulk **out);
/* Changes many rows: each has the values of the columns `key`, by which it is found, then those of the columns `changes`. No two
 * rows of one bulk may have the same key. */
struct status bulk_begin_change(struct db *db, const char *table, const char *key, const char *changes, struct bulk **out);
void bulk_int(struct bulk *bulk, int64_t value);
void bulk_day(struct bulk *bulk, int32_t day);
void bulk_text(struct bulk *bulk, const char *value, size_t len);
void bulk_cstr(struct bulk *bulk, const char *value); /* NULL is NULL */
void bulk_blob(struct bulk *bulk, const void *bytes, size_t len);
void bulk_null(struct bulk *bulk);
struct status bulk_row(struct bulk *bulk);
struct status bulk_end(struct bulk *bulk);
void bulk_abort(struct bulk *bulk);

/* --- ids, leases, migrations, backup ------------------------------------------------------------------------------- */
/* Takes a block of `count` ids from the counter `name` of a company (company 0: of the tenant); *first is the lowest. */
struct status id_take(struct db *db, int64_t tenant, int64_t company, const char *name, int64_t count, int64_t *first);

/* A lease on scheduled work, by database time. *token is the fencing token, higher at each taking; *taken false while
 * somebody else holds it. Runs its own transaction. lease_check is called inside the transaction that acts: STATUS_CONFLICT
 * when the token is no longer the newest. */
struct status lease_take(struct store *store, int64_t tenant, const char *name, const char *holder, int seconds,
                         int64_t *token, bool *taken);
struct status lease_check(struct db *db, int64_t tenant, const char *name, int64_t token);
struct status lease_drop(struct store *store, int64_t tenant, const char *name, int64_t token);

struct status store_schema_version(struct store *store, int *out);
/* Consistent copy while serving (SQLite: the backup API; PostgreSQL: every table in one snapshot, written as a SQLite file,
 * so that a backup of either can be restored into either). */
struct status store_backup(struct store *store, const char *file);
/* Replaces everything in `where` by the backup. STATUS_CONFLICT while a server holds the store. */
struct status store_restore(const char *where, const char *file);
/* A number that changes with each restore: what was kept outside of a store under another is of another past. 0: never restored. */
struct status store_life(struct db *db, int64_t *out);
/* A server holds this from start to stop; *out is given to store_unhold. STATUS_CONFLICT is never returned: several servers
 * may hold a PostgreSQL store. */
struct status store_hold(struct store *store);
void store_unhold(struct store *store);
bool store_held(struct store *store); /* by any server */

#endif
