/* Stores and their connections: a free list of readers, SQLite's one writer, transactions and their retries. */
#include "db/internal.h"

#include "base/log.h"
#include "base/memory.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

enum { HOLD_KEY = 0x656e63 }; /* the advisory lock of servers on a PostgreSQL store */

static bool is_url(const char *where)
{
	return strncmp(where, "postgresql://", 13) == 0 || strncmp(where, "postgres://", 11) == 0;
}

/* A URL for people: what stands between ':' and '@' is left out. */
static char *hide_password(const char *where)
{
	const char *at = strchr(where, '@'), *user = strstr(where, "://");
	const char *colon = user ? strchr(user + 3, ':') : NULL;
	if (!is_url(where) || !at || !colon || colon > at) return xstrdup(where);
	size_t head = (size_t)(colon - where);
	char *shown = xmalloc(head + strlen(at) + 5);
	snprintf(shown, head + strlen(at) + 5, "%.*s:***%s", (int)head, where, at);
	return shown;
}

/* The folder of a new file: created, only for its owner (the default store lies in the user's data folder). */
static void make_folder(const char *path)
{
	cleanup_free char *folder = xstrdup(path);
	for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		if (mkdir(folder, 0700) != 0 && errno != EEXIST) return; /* opening the file will say what is wrong */
		*slash = '/';
	}
}

static struct status connect_store(struct store *store, struct db **out)
{
	return store->kind == DB_SQLITE ? sqlite_connect(store, false, out) : pg_connect(store, out);
}

static void disconnect(struct db *db)
{
	if (db->kind == DB_SQLITE)
		sqlite_disconnect(db);
	else
		pg_disconnect(db);
}

struct status store_open(const char *where, struct store **out)
{
	struct store *store = xcalloc(1, sizeof *store);
	store->kind = is_url(where) ? DB_POSTGRESQL : DB_SQLITE;
	store->where = xstrdup(where), store->shown = hide_password(where), store->hold_fd = -1;
	pthread_mutex_init(&store->lock, NULL);
	pthread_cond_init(&store->writer_free, NULL);
	struct db *db = NULL;
	struct status status;
	if (store->kind == DB_SQLITE) {
		make_folder(where);
		mode_t before = umask(0077); /* receivables are nobody else's business */
		status = sqlite_connect(store, true, &db);
		umask(before);
	} else {
		status = pg_connect(store, &db);
	}
	if (!status.code) status = migration_run(db);
	if (!status.code && store->kind == DB_POSTGRESQL) store->readers = db; /* SQLite's writer differs from its readers */
	else if (db) disconnect(db);
	if (status.code) {
		store_close(store);
		return status;
	}
	*out = store;
	return STATUS_FINE;
}

static struct store_keepsake *find_kept(struct store *store, const void *name)
{
	struct store_keepsake *kept = store->kept;
	while (kept && kept->name != name) kept = kept->next;
	return kept;
}

void *store_kept(struct store *store, const void *name)
{
	pthread_mutex_lock(&store->lock);
	struct store_keepsake *kept = find_kept(store, name);
	pthread_mutex_unlock(&store->lock);
	return kept ? kept->value : NULL;
}

void *store_keep(struct store *store, const void *name, void *value, void (*drop)(void *value))
{
	pthread_mutex_lock(&store->lock);
	struct store_keepsake *kept = find_kept(store, name);
	if (!kept) {
		kept = xmalloc(sizeof *kept);
		*kept = (struct store_keepsake){ name, value, drop, store->kept };
		store->kept = kept;
	}
	pthread_mutex_unlock(&store->lock);
	if (kept->value != value) drop(value);
	return kept->value;
}

void store_close(struct store *store)
{
	if (!store) return;
	while (store->kept) {
		struct store_keepsake *next = store->kept->next;
		store->kept->drop(store->kept->value);
		free(store->kept);
		store->kept = next;
	}
	assert(!store->writer_busy);
	store_unhold(store);
	while (store->readers) {
		struct db *next = store->readers->next;
		disconnect(store->readers);
		store->readers = next;
	}
	if (store->writer) disconnect(store->writer);
	pthread_mutex_destroy(&store->lock);
	pthread_cond_destroy(&store->writer_free);
	free(store->where);
	free(store->shown);
	free(store);
}

enum db_kind store_kind(const struct store *store)
{
	return store->kind;
}

const char *store_where(const struct store *store)
{
	return store->shown;
}

struct status store_reader(struct store *store, struct db **out)
{
	pthread_mutex_lock(&store->lock);
	struct db *db = store->readers;
	if (db) store->readers = db->next;
	pthread_mutex_unlock(&store->lock);
	if (db) return *out = db, STATUS_FINE;
	return connect_store(store, out);
}

struct status store_writer(struct store *store, struct db **out)
{
	if (store->kind == DB_POSTGRESQL) return store_reader(store, out);
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 30;
	pthread_mutex_lock(&store->lock);
	while (store->writer_busy)
		if (pthread_cond_timedwait(&store->writer_free, &store->lock, &until) == ETIMEDOUT && store->writer_busy) {
			pthread_mutex_unlock(&store->lock);
			return status_make(STATUS_BUSY, "Another change is still being written. Please try again in a moment.");
		}
	store->writer_busy = true;
	struct db *db = store->writer;
	store->writer = NULL;
	pthread_mutex_unlock(&store->lock);
	struct status status = STATUS_FINE;
	if (!db) status = connect_store(store, &db);
	if (status.code) {
		pthread_mutex_lock(&store->lock);
		store->writer_busy = false;
		pthread_cond_signal(&store->writer_free);
		pthread_mutex_unlock(&store->lock);
		return status;
	}
	db->writer = true;
	*out = db;
	return STATUS_FINE;
}

void store_release(struct store *store, struct db *db)
{
	if (!db) return;
	if (db->in_transaction) db_rollback(db);
	bool broken = db->broken || (db->pg && PQstatus(db->pg) != CONNECTION_OK), writer = db->writer;
	if (broken) disconnect(db);
	pthread_mutex_lock(&store->lock);
	if (writer) {
		store->writer = broken ? NULL : db;
		store->writer_busy = false;
		pthread_cond_signal(&store->writer_free);
	} else if (!broken) {
		db->next = store->readers;
		store->readers = db;
	}
	pthread_mutex_unlock(&store->lock);
}

struct status db_begin(struct db *db, enum db_mode mode)
{
	assert(!db->in_transaction);
	const char *sql = db->kind == DB_SQLITE ? (mode == DB_WRITE ? "BEGIN IMMEDIATE" : "BEGIN")
	                  : mode == DB_WRITE    ? "BEGIN ISOLATION LEVEL READ COMMITTED"
	                                        : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
	TRY(db_script(db, sql));
	db->in_transaction = true;
	return STATUS_FINE;
}

struct status db_commit(struct db *db)
{
	assert(db->in_transaction);
	struct status status;
	if (db->kind == DB_POSTGRESQL) {
		/* after an error PostgreSQL answers COMMIT with ROLLBACK and calls it a success */
		bool failed = PQtransactionStatus(db->pg) == PQTRANS_INERROR;
		status = db_script(db, "COMMIT");
		if (!status.code && failed) status = status_make(STATUS_INTERNAL, "The change was not saved. The log says more.");
	} else {
		status = db_script(db, "COMMIT");
	}
	if (status.code)
		db_rollback(db);
	else
		db->in_transaction = false;
	return status;
}

void db_rollback(struct db *db)
{
	if (!db->in_transaction) return;
	db->in_transaction = false;
	if (db->kind == DB_SQLITE && sqlite3_get_autocommit(db->lite)) return; /* SQLite rolled back by itself (disk full) */
	if (db_script(db, "ROLLBACK").code) db->broken = true;
}

static struct status transact_once(struct store *store, db_work *work, void *context)
{
	struct db *db;
	TRY(store_writer(store, &db));
	struct status status = db_begin(db, DB_WRITE);
	if (!status.code) status = work(db, context);
	if (!status.code) status = db_commit(db);
	store_release(store, db);
	return status;
}

struct status store_transact(struct store *store, db_work *work, void *context)
{
	struct status status = STATUS_FINE;
	for (int attempt = 0; attempt < 8; attempt++) {
		status = transact_once(store, work, context);
		if (status.code != STATUS_BUSY) return status;
		struct timespec pause = { .tv_nsec = 5000000L << attempt };
		if (pause.tv_nsec > 900000000L) pause.tv_nsec = 900000000L;
		nanosleep(&pause, NULL);
	}
	return status;
}

/* --- a server holds its store ---------------------------------------------------------------------------------------- */
static char *lock_path(const char *where)
{
	size_t size = strlen(where) + 6;
	char *path = xmalloc(size);
	snprintf(path, size, "%s.lock", where);
	return path;
}

struct status store_hold(struct store *store)
{
	if (store->kind == DB_POSTGRESQL) {
		store->hold_pg = PQconnectdb(store->where);
		char sql[80];
		snprintf(sql, sizeof sql, "SELECT pg_advisory_lock_shared(%d)", HOLD_KEY);
		PGresult *result = PQexec(store->hold_pg, sql);
		bool ok = PQresultStatus(result) == PGRES_TUPLES_OK;
		PQclear(result);
		return ok ? STATUS_FINE : pg_status(store->hold_pg, NULL, "hold");
	}
	cleanup_free char *path = lock_path(store->where);
	store->hold_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (store->hold_fd < 0 || flock(store->hold_fd, LOCK_SH | LOCK_NB) != 0)
		return status_make(STATUS_UNAVAILABLE, "A restore of this store is under way. Start the server once it has ended.");
	return STATUS_FINE;
}

void store_unhold(struct store *store)
{
	if (store->hold_fd >= 0) close(store->hold_fd);
	store->hold_fd = -1;
	if (store->hold_pg) PQfinish(store->hold_pg);
	store->hold_pg = NULL;
}

/* For restore: nobody may hold the store meanwhile. */
struct status store_seize(const char *where, int *fd, PGconn **pg);
struct status store_seize(const char *where, int *fd, PGconn **pg)
{
	static const char held[] = "A server is using this store. Stop it first, then restore.";
	if (is_url(where)) {
		*pg = PQconnectdb(where);
		if (PQstatus(*pg) != CONNECTION_OK) return pg_status(*pg, NULL, "restore");
		char sql[80];
		snprintf(sql, sizeof sql, "SELECT pg_try_advisory_lock(%d)", HOLD_KEY);
		PGresult *result = PQexec(*pg, sql);
		bool ok = PQresultStatus(result) == PGRES_TUPLES_OK && strcmp(PQgetvalue(result, 0, 0), "t") == 0;
		PQclear(result);
		return ok ? STATUS_FINE : status_make(STATUS_CONFLICT, "%s", held);
	}
	make_folder(where);
	cleanup_free char *path = lock_path(where);
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (*fd < 0) return status_make(STATUS_UNAVAILABLE, "The store's folder can't be written.");
	if (flock(*fd, LOCK_EX | LOCK_NB) != 0) return status_make(STATUS_CONFLICT, "%s", held);
	return STATUS_FINE;
}

bool store_held(struct store *store)
{
	cleanup_fd int fd = -1;
	PGconn *pg = NULL;
	bool held = store_seize(store->where, &fd, &pg).code == STATUS_CONFLICT;
	if (pg) PQfinish(pg);
	return held;
}
