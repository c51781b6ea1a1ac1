#include "privacy/map.h"

#include "base/memory.h"
#include "base/test.h"
#include "base/text.h"
#include "db/teststore.h"

#include <string.h>

/* Whether the list, of one of a table's three kinds, names this column. */
static int named(const char *list, const char *column)
{
	int times = 0;
	struct personal_column one;
	for (const char *at = list; personal_column_next(&at, &one);) times += strcmp(one.name, column) == 0;
	return times;
}

/* A new table or column has to say whether it can hold what is about a person (privacy/map.c). */
static void all_is_declared(struct store *store)
{
	struct db *db;
	CHECK_OK(store_reader(store, &db));
	cleanup_rows struct rows *rows = db_query(db, store_kind(store) == DB_SQLITE
		? "SELECT m.name, c.name, c.type FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY 1, 2"
		: "SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c JOIN information_schema.tables t ON t.table_schema = c.table_schema"
		  " AND t.table_name = c.table_name WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' ORDER BY 1, 2", DB_NO_ARGS);
	size_t seen = 0;
	while (rows_next(rows)) {
		const char *table = row_text(rows, 0), *column = row_text(rows, 1);
		const struct personal_table *declared = personal_table(table);
		seen++;
		if (!declared) printf("%s: can it hold what is about a person? Declare it in src/privacy/map.c\n", table);
		CHECK(declared);
		if (!declared) continue;
		int times = named(declared->names, column) + named(declared->words, column) + named(declared->plain, column) + named(PERSONAL_COMMON, column);
		if (times != 1) printf("%s.%s is declared %d times in src/privacy/map.c: names (what is about a person), words (he may be named in it), or plain\n", table, column, times);
		CHECK_INT(times, 1);
		if (strcmp(column, "rev") == 0 && declared->title) CHECK(declared->rev);
	}
	CHECK_OK(rows_status(rows));
	CHECK(seen > 900);
	rows_close(rows), rows = NULL;
	store_release(store, db);
}

/* What is declared exists, as the kind of column it is said to be, and its rows can be asked for. */
static void all_exists(struct store *store)
{
	struct db *db;
	size_t count;
	const struct personal_table *tables = personal_tables(&count);
	CHECK_OK(store_reader(store, &db));
	for (size_t i = 0; i < count; i++) {
		const struct personal_table *table = &tables[i];
		cleanup_text struct text sql = { 0 };
		text_add(&sql, "SELECT COUNT(*)");
		const char *lists[] = { table->names, table->words, table->plain };
		for (size_t k = 0; k < COUNT(lists); k++) {
			struct personal_column column;
			for (const char *at = lists[k]; personal_column_next(&at, &column);) {
				text_addf(&sql, ", MAX(CAST(%s AS TEXT))", column.type == 'b' ? "''" : column.name);
				CHECK(!column.type || strchr("dtmnb", column.type));
			}
		}
		text_addf(&sql, " FROM %s t", table->name);
		if (table->rev) text_add(&sql, " WHERE rev >= 0");
		if (table->customer || table->user) text_addf(&sql, " %s %s OR %s", table->rev ? "AND" : "WHERE", table->customer ? table->customer : "1 = 0", table->user ? table->user : "1 = 0");
		struct db_arg args[3] = { 0 };
		size_t arg = 0;
		if (table->customer) args[arg++] = db_int("customer", 1);
		if (table->user) args[arg++] = db_int("user", 1);
		struct rows *rows = db_query(db, text_cstr(&sql), args);
		CHECK(rows_next(rows));
		if (rows_status(rows).code) printf("%s: %s\n", table->name, rows_status(rows).text);
		CHECK_OK(rows_status(rows));
		rows_close(rows);
		CHECK((table->title != NULL) == (table->names || table->words || table->customer || table->user));
		if (table->title) CHECK((table->fate == PERSONAL_KEEP) == (table->why != NULL));
	}
	store_release(store, db);
}

static void declared_on_both(void) { teststore_each(all_is_declared); }
static void exists_on_both(void) { teststore_each(all_exists); }

/* What is told to a person has a name on the page. */
static void all_is_named(void)
{
	size_t count;
	const struct personal_table *tables = personal_tables(&count);
	for (size_t i = 0; i < count; i++) {
		if (!tables[i].customer && !tables[i].user) continue;
		struct personal_column column;
		for (const char *at = tables[i].names; personal_column_next(&at, &column);) {
			if (column.type == 'b' || strstr("body_html ultimate_payer mandate moved manager_email error", column.name)) continue;
			if (!personal_label(column.name)) printf("%s.%s has no label\n", tables[i].name, column.name);
			CHECK(personal_label(column.name));
		}
	}
}

TESTS({ "every table and column is declared", declared_on_both }, { "what is declared exists", exists_on_both }, { "what is told has a name", all_is_named }, )
