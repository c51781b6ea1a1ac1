/* table — delimited text, row by row: CSV, tab and bar files, as packages really write them.
 *
 * Works on the file's bytes in memory (map it), copies nothing except cells with doubled quotes, and keeps no row behind.
 * Quotes follow RFC 4180, where they do close; a quote that opens and never closes, or stands inside a cell, is a character.
 * Lines end in LF, CRLF, CR CR LF, or CR alone.
 *
 *     struct table table;
 *     table_open(&table, bytes, len, table_sniff(bytes, len));
 *     while (table_next(&table) == TABLE_ROW) use(table.cells[0], table.line);
 *     table_close(&table);
 */
#ifndef FORMATS_TABLE_H
#define FORMATS_TABLE_H

#include "base/text.h"

enum { TABLE_COLUMNS_MAX = 512, TABLE_LINE_MAX = 1 << 20, TABLE_CELL_LINES_MAX = 40 };

struct table_dialect {
	char separator; /* tab | ; , or 0: one column */
	bool cr_lines;  /* lines end in a CR alone */
	int columns;    /* of most lines looked at, by which a stray quote is told from a cell over several lines; 0: unknown */
	bool one_line;  /* cells never hold a line break (FEC): the quote must close on its line */
};

/* Looks at the first 50 lines: the separator that stands as often outside quotes on each line wins, the header's included. A
 * byte order mark must be cut off before. */
struct table_dialect table_sniff(const char *bytes, size_t len);

enum table_step {
	TABLE_ROW,
	TABLE_END,
	TABLE_TOO_LONG, /* the line at table.line is over TABLE_LINE_MAX bytes: no text file of rows */
	TABLE_TOO_WIDE, /* more than TABLE_COLUMNS_MAX cells */
};

struct table {
	struct slice cells[TABLE_COLUMNS_MAX]; /* raw bytes, quotes taken off, not trimmed; until the next table_next */
	size_t count;
	int64_t line;                          /* of the row's first line, from 1 */
	bool blank;                            /* no cell holds anything but spaces */
	const char *begin, *at, *end;
	int64_t next_line;
	struct table_dialect dialect;
	char *scratch;                         /* cells whose quotes had to be undoubled */
	size_t scratch_cap, scratch_used;
};

/* Borrows the bytes until table_close. A Ctrl-Z (1A) that DOS programs put at the end is no text. */
void table_open(struct table *table, const char *bytes, size_t len, struct table_dialect dialect);
enum table_step table_next(struct table *table);
/* A cell, empty where the row has fewer. */
struct slice table_cell(const struct table *table, int column);
void table_close(struct table *table);

#endif
