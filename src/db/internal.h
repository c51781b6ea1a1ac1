/* What the two drivers and the shared parts of db know of each other. Not for other rooms. */
#ifndef DB_INTERNAL_H
#define DB_INTERNAL_H

#include "db/db.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <sqlite3.h>

struct statement; /* a prepared one, in the connection's cache */

struct db {
	struct store *store;
	enum db_kind kind;
	bool writer, in_transaction, broken; /* broken: thrown away at release */
	sqlite3 *lite;
	PGconn *pg;
	struct statement **cache;
	size_t cache_count, cache_cap;
	struct db *next; /* free list */
};

struct store_keepsake {
	const void *name;
	void *value;
	void (*drop)(void *value);
	struct store_keepsake *next;
};

struct store {
	enum db_kind kind;
	char *where;  /* path, or conninfo */
	char *shown;  /* for people: no password */
	pthread_mutex_t lock;
	pthread_cond_t writer_free;
	struct db *readers; /* guarded by lock */
	struct db *writer;  /* SQLite's one writer; guarded by lock */
	bool writer_busy;   /* guarded by lock */
	int hold_fd;        /* SQLite: the lock file while a server runs, -1 otherwise */
	PGconn *hold_pg;
	struct store_keepsake *kept; /* guarded by lock */
};

/* A driver's rows: what rows_next and row_… ask. */
struct rows {
	struct db *db;
	struct status status;
	/* SQLite */
	sqlite3_stmt *stmt;
	struct statement *statement; /* busy flag to clear; NULL: finalize stmt */
	bool started, first_ready;
	/* PostgreSQL */
	PGresult *result;
	bool streaming;
	int row;
	unsigned char *blobs[8]; /* decoded bytea of the current row */
	int blob_count;
};

struct status sqlite_connect(struct store *store, bool create, struct db **out);
void sqlite_disconnect(struct db *db);
struct status sqlite_status(sqlite3 *lite, int rc, const char *what);
void sqlite_query(struct rows *rows, const char *sql, const struct db_arg *args);
bool sqlite_next(struct rows *rows);
void sqlite_finish(struct rows *rows);
struct status sqlite_script(struct db *db, const char *sql);

struct status pg_connect(struct store *store, struct db **out);
void pg_disconnect(struct db *db);
struct status pg_status(PGconn *pg, const PGresult *result, const char *what);
void pg_query(struct rows *rows, const char *sql, const struct db_arg *args, bool stream);
bool pg_next(struct rows *rows);
void pg_finish(struct rows *rows);
struct status pg_script(struct db *db, const char *sql);

/* Brings the schema up to this build, under a lock. */
struct status migration_run(struct db *db);
/* SQLite: tells its planner what an index is worth (estimate.c); after a step that made tables or indexes. */
struct status estimates_write(struct db *db);
/* Whether it was told nothing of some index: an earlier build made indexes anew after a large import and left them so. */
struct status estimates_missing(struct db *db, bool *out);
/* The numbered files as each store reads them; malloc'd. */
char *migration_text(const char *sql, enum db_kind kind);

uint64_t db_hash(const char *text, uint64_t seed);

#endif
