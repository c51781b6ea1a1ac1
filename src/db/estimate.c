/* What SQLite is told of how many rows a value of an indexed column picks out, instead of what it would count.
 *
 * Told nothing, its planner holds the key of a table (tenant_id, company_id, id) for as good as an index by customer, and reads all of
 * a company's rows to find one customer's. Told what ANALYZE counted, it changes its mind with the day the counting was done: a
 * plan that is fine on one store is a scan on another. So the same plain figures for every store: tenant and company pick out nothing,
 * a customer one row in twenty thousand, an id one row. PostgreSQL counts for itself and needs none of this. */
#include "db/internal.h"

#include "base/memory.h"
#include "base/text.h"

#include <string.h>

enum { ROWS = 20000 };
enum { SOME = 100 /* one row in so many is in an index of the rows that wait, are open, … */ };

static const struct {
	const char *table;
	int64_t rows;
} large[] = {
	{ "item", 1000000 },   { "fact", 1000000 },     { "fact_change", 1000000 }, { "settlement", 1000000 }, { "restatement", 100000 },
	{ "action", 1000000 }, { "action_item", 1000000 }, { "left_out", 1000000 }, { "event", 1000000 },      { "bank_line", 100000 },
	{ "tenant", 1 },       { "company", 1 },
};

static const struct {
	const char *column;
	int64_t values; /* different ones */
} known[] = {
	{ "tenant_id", 1 },  { "company_id", 1 },  { "customer_id", 20000 }, { "import_id", 100 }, { "state", 4 }, { "kind", 4 }, { "role", 4 },
	{ "class", 4 },      { "reason", 4 },      { "channel", 4 },         { "mode", 4 },        { "test", 2 },  { "present", 2 },
	{ "currency", 4 },   { "rev", 1000 },      { "ledger_rev", 1000 },   { "account", 100 },
};

static int64_t values_of(const char *column)
{
	size_t len = strlen(column);
	for (size_t i = 0; i < COUNT(known); i++)
		if (strcmp(known[i].column, column) == 0) return known[i].values;
	if ((len >= 3 && strcmp(column + len - 3, "day") == 0) || (len >= 2 && strcmp(column + len - 2, "at") == 0)) return 1000;
	return INT64_MAX; /* ids, numbers, codes, digests */
}

static int64_t rows_of(const char *table)
{
	for (size_t i = 0; i < COUNT(large); i++)
		if (strcmp(large[i].table, table) == 0) return large[i].rows;
	return ROWS;
}

struct estimate { /* of the index that is being described */
	char *table, *index, *shown;
	bool key, unique, some;
	int64_t left;
	struct text stat;
};

static struct status estimate_end(struct db *db, struct estimate *e, bool last_unique)
{
	if (!e->index) return STATUS_FINE;
	if (last_unique) { /* all of its columns together are one row */
		char *space = strrchr(text_cstr(&e->stat), ' ');
		e->stat.len = (size_t)(space - e->stat.bytes);
		text_add(&e->stat, " 1");
	}
	struct status status = db_run(db, "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ($table, $index, $stat)",
	                              DB_ARGS(db_text("table", e->table), db_text("index", e->shown), db_text("stat", text_cstr(&e->stat))));
	free(e->table), free(e->index), free(e->shown);
	e->table = e->index = e->shown = NULL;
	text_clear(&e->stat);
	return status;
}

static void estimate_column(struct estimate *e, const char *column)
{
	e->left /= values_of(column);
	if (e->left < 1) e->left = 1;
	/* where nothing but tenant and company is asked for, the table itself is read rather than an index and then the table */
	bool all = e->key && strcmp(column, "company_id") == 0;
	text_addf(&e->stat, " %lld", (long long)(all && e->left > 1 ? e->left / 2 : e->left));
}

struct status estimates_write(struct db *db)
{
	TRY(db_script(db, "ANALYZE schema_migration; DELETE FROM sqlite_stat1")); /* the first makes the table where there is none */
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT m.name, l.name, l.origin = 'pk' AND m.sql LIKE '%WITHOUT ROWID%', l.\"unique\", l.partial, i.name"
		" FROM sqlite_master m JOIN pragma_index_list(m.name) l JOIN pragma_index_info(l.name) i"
		" WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY m.name, l.name, i.seqno", DB_NO_ARGS);
	struct estimate e = { .unique = false };
	struct status status = STATUS_FINE;
	while (!status.code && rows_next(rows)) {
		if (!e.index || strcmp(e.index, row_text(rows, 1)) != 0) {
			status = estimate_end(db, &e, e.unique);
			e.table = xstrdup(row_text(rows, 0)), e.index = xstrdup(row_text(rows, 1));
			e.key = row_int(rows, 2) != 0, e.unique = row_int(rows, 3) != 0, e.some = row_int(rows, 4) != 0;
			e.shown = xstrdup(e.key ? e.table : e.index); /* a table without rowid is the index of its key */
			e.left = rows_of(e.table) / (e.some ? SOME : 1);
			if (e.left < 1) e.left = 1;
			text_addf(&e.stat, "%lld", (long long)e.left);
		}
		estimate_column(&e, row_text(rows, 5));
	}
	if (!status.code) status = rows_status(rows);
	if (!status.code) status = estimate_end(db, &e, e.unique);
	free(e.table), free(e.index), free(e.shown);
	text_free(&e.stat);
	return status.code ? status : db_script(db, "ANALYZE sqlite_schema"); /* this connection reads them at once */
}

struct status db_estimate(struct db *db)
{
	return db->kind == DB_SQLITE ? estimates_write(db) : STATUS_FINE;
}

struct status estimates_missing(struct db *db, bool *out)
{
	int64_t missing = 0;
	*out = true;
	TRY(db_get_int(db, "SELECT COUNT(*) FROM sqlite_master WHERE name = 'sqlite_stat1'", DB_NO_ARGS, &missing, NULL));
	if (!missing) return STATUS_FINE;
	TRY(db_get_int(db, "SELECT COUNT(*) FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
	               " AND name NOT IN (SELECT idx FROM sqlite_stat1 WHERE idx IS NOT NULL)", DB_NO_ARGS, &missing, NULL));
	*out = missing > 0;
	return STATUS_FINE;
}
