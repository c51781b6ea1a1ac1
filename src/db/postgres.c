#include "db/internal.h"

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"

#include <inttypes.h>
#include <string.h>

enum { PARAM_LIMIT = 96, OID_BYTEA = 17, OID_INT8 = 20, OID_TEXT = 25 };

struct statement {
	uint64_t hash;
	char *sql;      /* as written, with names */
	char types[PARAM_LIMIT]; /* of the values it was prepared for */
	char name[24];  /* on the server */
	char *params[PARAM_LIMIT];
	int param_count;
};

struct status pg_status(PGconn *pg, const PGresult *result, const char *what)
{
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	if (!state) state = "";
	log_line(state[0] == '4' && state[1] == '0' ? LOG_INFO : LOG_ERROR, "store: %.200s: %s %s", what, state, result ? PQresultErrorMessage(result) : PQerrorMessage(pg));
	if (strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0 || strcmp(state, "55P03") == 0)
		return status_make(STATUS_BUSY, "Another change was made at the same moment. Please try again.");
	if (state[0] == '2' && state[1] == '3') return status_make(STATUS_CONFLICT, "This contradicts what is stored already: nothing was changed.");
	if (state[0] == '5' && state[1] == '3') return status_make(STATUS_UNAVAILABLE, "The database server is out of room: nothing was changed.");
	if (PQstatus(pg) != CONNECTION_OK || strncmp(state, "08", 2) == 0 || strncmp(state, "57P", 3) == 0)
		return status_make(STATUS_UNAVAILABLE, "The database server can't be reached: nothing was changed.");
	if (strcmp(state, "22021") == 0 || strcmp(state, "22P05") == 0)
		return status_make(STATUS_INVALID, "The text holds a character that can't be stored.");
	return status_make(STATUS_INTERNAL, "The store refused the operation: nothing was changed. The log says more.");
}

struct status pg_connect(struct store *store, struct db **out)
{
	struct db *db = xcalloc(1, sizeof *db);
	db->store = store, db->kind = DB_POSTGRESQL;
	db->pg = PQconnectdb(store->where);
	if (PQstatus(db->pg) != CONNECTION_OK) {
		log_line(LOG_ERROR, "store: %s", PQerrorMessage(db->pg));
		pg_disconnect(db);
		return status_make(STATUS_UNAVAILABLE, "The database server can't be reached. Check that it runs and the address given.");
	}
	struct status status = pg_script(db, "SET client_encoding = 'UTF8'; SET client_min_messages = warning; SET lock_timeout = '30s'");
	if (status.code) {
		pg_disconnect(db);
		return status;
	}
	*out = db;
	return STATUS_FINE;
}

void pg_disconnect(struct db *db)
{
	for (size_t i = 0; i < db->cache_count; i++) {
		for (int p = 0; p < db->cache[i]->param_count; p++) free(db->cache[i]->params[p]);
		free(db->cache[i]->sql);
		free(db->cache[i]);
	}
	free(db->cache);
	if (db->pg) PQfinish(db->pg);
	free(db);
}

static bool name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* $name becomes $1, $2 … in order of first appearance; text in quotes and comments stays. */
static bool number_params(struct statement *statement, struct text *out)
{
	for (const char *p = statement->sql; *p;) {
		if (*p == '\'' || *p == '"') {
			const char *end = strchr(p + 1, *p);
			end = end ? end + 1 : p + strlen(p);
			text_add_bytes(out, p, (size_t)(end - p));
			p = end;
		} else if (p[0] == '-' && p[1] == '-') {
			while (*p && *p != '\n') p++;
		} else if (*p == '$' && name_char(p[1])) {
			const char *end = p + 1;
			while (name_char(*end)) end++;
			int index = 0;
			size_t len = (size_t)(end - p - 1);
			while (index < statement->param_count && (strlen(statement->params[index]) != len || strncmp(statement->params[index], p + 1, len) != 0)) index++;
			if (index == PARAM_LIMIT) return false;
			if (index == statement->param_count) statement->params[statement->param_count++] = xstrndup(p + 1, len);
			text_addf(out, "$%d", index + 1);
			p = end;
		} else {
			text_add_char(out, *p++);
		}
	}
	return true;
}

static const struct db_arg *arg_named(const struct db_arg *args, const char *name)
{
	for (const struct db_arg *arg = args; arg->type != DB_END; arg++)
		if (strcmp(arg->name, name) == 0) return arg;
	return NULL;
}

static struct status prepare(struct db *db, const char *sql, const struct db_arg *args, struct statement **out)
{
	char types[PARAM_LIMIT] = { 0 };
	int count = 0;
	for (const struct db_arg *arg = args; arg->type != DB_END && count < PARAM_LIMIT - 1; arg++) types[count++] = (char)('0' + arg->type);
	uint64_t hash = db_hash(types, db_hash(sql, 0));
	for (size_t i = 0; i < db->cache_count; i++) {
		struct statement *known = db->cache[i];
		if (known->hash == hash && strcmp(known->types, types) == 0 && strcmp(known->sql, sql) == 0) return *out = known, STATUS_FINE;
	}
	struct statement *fresh = xcalloc(1, sizeof *fresh);
	fresh->hash = hash, fresh->sql = xstrdup(sql);
	memcpy(fresh->types, types, sizeof types);
	snprintf(fresh->name, sizeof fresh->name, "s%zu", db->cache_count + 1);
	GROW(db->cache, db->cache_count, db->cache_cap);
	db->cache[db->cache_count++] = fresh;
	cleanup_text struct text numbered = { 0 };
	struct status status = STATUS_FINE;
	if (!number_params(fresh, &numbered)) status = status_make(STATUS_INTERNAL, "A statement has too many values.");
	Oid oids[PARAM_LIMIT] = { 0 };
	for (int i = 0; i < fresh->param_count && !status.code; i++) {
		const struct db_arg *arg = arg_named(args, fresh->params[i]);
		if (!arg) {
			log_line(LOG_ERROR, "store: no value for $%s: %s", fresh->params[i], sql);
			status = status_make(STATUS_INTERNAL, "The store refused the operation. The log says more.");
			break;
		}
		oids[i] = arg->type == DB_INT ? OID_INT8 : arg->type == DB_TEXT ? OID_TEXT : arg->type == DB_BLOB ? OID_BYTEA : 0;
	}
	if (!status.code && fresh->param_count != count) {
		log_line(LOG_ERROR, "store: %d values for %d parameters: %s", count, fresh->param_count, sql);
		status = status_make(STATUS_INTERNAL, "The store refused the operation. The log says more.");
	}
	if (!status.code) {
		PGresult *result = PQprepare(db->pg, fresh->name, text_cstr(&numbered), fresh->param_count, oids);
		if (PQresultStatus(result) != PGRES_COMMAND_OK) status = pg_status(db->pg, result, sql);
		PQclear(result);
	}
	if (status.code) {
		fresh->hash = 0, fresh->sql[0] = 0; /* never found again; freed with the connection */
		return status;
	}
	*out = fresh;
	return STATUS_FINE;
}

void pg_query(struct rows *rows, const char *sql, const struct db_arg *args, bool stream)
{
	struct db *db = rows->db;
	struct statement *statement = NULL;
	rows->status = prepare(db, sql, args, &statement);
	if (!statement) return;
	const char *values[PARAM_LIMIT];
	int lengths[PARAM_LIMIT], formats[PARAM_LIMIT];
	char numbers[PARAM_LIMIT][24];
	char *terminated[PARAM_LIMIT] = { 0 };
	for (int i = 0; i < statement->param_count; i++) {
		const struct db_arg *arg = arg_named(args, statement->params[i]);
		lengths[i] = 0, formats[i] = 0;
		switch (arg->type) {
		case DB_INT:
			snprintf(numbers[i], sizeof numbers[i], "%" PRId64, arg->integer);
			values[i] = numbers[i];
			break;
		case DB_TEXT: values[i] = terminated[i] = xstrndup(arg->bytes, arg->len); break;
		case DB_BLOB: values[i] = arg->len ? arg->bytes : "", lengths[i] = (int)arg->len, formats[i] = 1; break;
		default: values[i] = NULL;
		}
	}
	if (stream) {
		if (!PQsendQueryPrepared(db->pg, statement->name, statement->param_count, values, lengths, formats, 0) || !PQsetSingleRowMode(db->pg))
			rows->status = pg_status(db->pg, NULL, sql);
		else
			rows->streaming = true;
	} else {
		rows->result = PQexecPrepared(db->pg, statement->name, statement->param_count, values, lengths, formats, 0);
		ExecStatusType outcome = PQresultStatus(rows->result);
		if (outcome != PGRES_TUPLES_OK && outcome != PGRES_COMMAND_OK) rows->status = pg_status(db->pg, rows->result, sql);
	}
	for (int i = 0; i < statement->param_count; i++) free(terminated[i]);
	rows->row = -1;
}

static void forget_blobs(struct rows *rows)
{
	while (rows->blob_count) free(rows->blobs[--rows->blob_count]);
}

bool pg_next(struct rows *rows)
{
	forget_blobs(rows);
	if (rows->streaming) {
		PQclear(rows->result);
		rows->result = PQgetResult(rows->db->pg);
		if (!rows->result) return rows->streaming = false;
		if (PQresultStatus(rows->result) == PGRES_SINGLE_TUPLE) return rows->row = 0, true;
		if (PQresultStatus(rows->result) != PGRES_TUPLES_OK) rows->status = pg_status(rows->db->pg, rows->result, "rows");
		return false;
	}
	return rows->result && ++rows->row < PQntuples(rows->result);
}

void pg_finish(struct rows *rows)
{
	forget_blobs(rows);
	if (rows->streaming) {
		PGcancel *cancel = PQgetCancel(rows->db->pg);
		bool more = rows->result && PQresultStatus(rows->result) == PGRES_SINGLE_TUPLE;
		char error[256];
		if (cancel && more) PQcancel(cancel, error, sizeof error);
		if (cancel) PQfreeCancel(cancel);
		PQclear(rows->result);
		while ((rows->result = PQgetResult(rows->db->pg))) PQclear(rows->result);
		rows->streaming = false;
	}
	PQclear(rows->result);
	rows->result = NULL;
}

struct status pg_script(struct db *db, const char *sql)
{
	PGresult *result = PQexec(db->pg, sql);
	ExecStatusType outcome = PQresultStatus(result);
	struct status status = outcome == PGRES_COMMAND_OK || outcome == PGRES_TUPLES_OK ? STATUS_FINE : pg_status(db->pg, result, sql);
	PQclear(result);
	return status;
}
