/* bulk_rows — rows gathered in memory until one statement of SQLite writes them (bulk.c), which sees them as the table
 * bulk_rows (bulk_table.c): SELECT c0, c1, … FROM bulk_rows WHERE rows = ?, a pointer bound. Not for other rooms. */
#ifndef DB_BULK_ROWS_H
#define DB_BULK_ROWS_H

#include "base/text.h"
#include "db/db.h"

#include <sqlite3.h>

enum { BULK_COLUMNS = 64 };
#define BULK_POINTER "bulk_rows"

struct bulk_cell {
	enum db_type type;
	uint32_t len;
	int64_t integer; /* or where its text begins */
};

struct bulk_rows {
	struct bulk_cell *cells; /* row after row */
	size_t count, cap;
	int columns;
	struct text text;        /* copies: what was given lives until the row ends */
};

void bulk_rows_add(struct bulk_rows *rows, enum db_type type, int64_t integer, const char *bytes, size_t len);
void bulk_rows_clear(struct bulk_rows *rows);
void bulk_rows_free(struct bulk_rows *rows);
int bulk_table_register(sqlite3 *lite);

#endif
