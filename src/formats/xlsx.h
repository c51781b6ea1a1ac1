/* xlsx — a sheet of an Excel workbook as delimited text, which the reader of lists (csv.h) takes like any other.
 *
 * One line of text per row of the sheet, so that line numbers are row numbers; one cell per column from A, so that columns are
 * letters; tabs between. What Excel knows for sure is written so that nobody can misread it: dates as 2025-01-31 (in either
 * epoch), numbers with their decimals as the sheet shows them, without the dust of binary fractions. Where a column also holds
 * dates or amounts typed as text, the true ones are written the way that those are.
 *
 *     struct xlsx *xlsx;
 *     TRY(xlsx_open(bytes, len, &xlsx));                    words for .xls, .xlsb, a password, a damaged file
 *     TRY(xlsx_text(xlsx, 0, 0, &text, &notes));            the first sheet, all rows
 *     xlsx_close(xlsx);
 *
 * Macros are never run, formulas never computed: what Excel computed last is read.
 */
#ifndef FORMATS_XLSX_H
#define FORMATS_XLSX_H

#include "base/status.h"
#include "base/text.h"

enum { XLSX_SHEETS_MAX = 200, XLSX_ROWS_MAX = 1 << 20 };

struct xlsx_sheet {
	const char *name; /* UTF-8 */
	bool hidden;
	const char *member; /* of the container; NULL: a chart or a macro sheet, no cells */
};

struct xlsx;
/* Borrows the bytes until xlsx_close. */
struct status xlsx_open(const char *bytes, size_t len, struct xlsx **out);
void xlsx_close(struct xlsx *xlsx); /* NULL is fine */
size_t xlsx_sheet_count(const struct xlsx *xlsx);
const struct xlsx_sheet *xlsx_sheet(const struct xlsx *xlsx, size_t index);
bool xlsx_has_macros(const struct xlsx *xlsx);

struct xlsx_notes {
	int64_t rows;            /* that hold something */
	int64_t hidden_rows;     /* of these: read too, nothing is lost by a filter that was left on */
	int64_t uncomputed;      /* formulas without a result: written as "=…", so that they are refused where they matter */
};
/* rows_max 0: all. Adds to text. */
struct status xlsx_text(struct xlsx *xlsx, size_t sheet, int64_t rows_max, struct text *out, struct xlsx_notes *notes);

/* "A", "Z", "AA"… */
void xlsx_column_letters(size_t column, char out[static 4]);
/* Whether bytes are an OLE container (.xls, or an .xlsx behind a password), and the words for it. */
bool xlsx_is_ole(const char *bytes, size_t len, bool *locked);

#endif
