/* sheet — a model's rows as a table: text for people, CSV and XLSX with raw numbers, PDF for who prints or sends it.
 *
 *     struct sheet sheet;
 *     if (sheet_of(model, arena, &sheet)) sheet_csv(&sheet, &out);
 *
 * CSV is the same in every language, for programs: UTF-8, commas, decimal points, ISO dates, the JSON keys as heads, amounts in
 * whole units with their decimals. XLSX has the reader's words, real numbers and dates. In both a text can't become a formula.
 */
#ifndef INSIGHT_SHEET_H
#define INSIGHT_SHEET_H

#include "base/arena.h"
#include "base/locale.h"
#include "base/status.h"
#include "base/text.h"

#include <jansson.h>

enum sheet_type { SHEET_TEXT, SHEET_CODE /* a word of ours, translated for people */, SHEET_AMOUNT, SHEET_RATIO, SHEET_DAYS, SHEET_SCORE,
                  SHEET_DATE, SHEET_COUNT, SHEET_MONTH };
struct sheet_column {
	const char *key;        /* in the row's object */
	const char *title;      /* English msgid */
	enum sheet_type type;   /* a row's "type" wins: the key figures are one column of several kinds */
};
enum { SHEET_COLUMNS = 80 }; /* a report's own are fewer than 20; then come fields of the company's own */
struct sheet {
	const char *title;      /* English msgid */
	const char *currency;   /* a row's "currency" wins */
	struct sheet_column columns[SHEET_COLUMNS];
	size_t count;
	const char *basis;      /* "gross", "net"; NULL */
	const char *chart;      /* of the PDF: "ageing", the total's buckets; else the amount column drawn over the rows; NULL: none */
	const json_t *rows;     /* borrowed from the model, or made for it in `made` */
	const json_t *total;    /* NULL: none */
	json_t *made;
};
bool sheet_of(const json_t *model, struct arena *arena, struct sheet *out); /* false: this model is no table */
void sheet_free(struct sheet *sheet);
bool sheet_right(const struct sheet *sheet, size_t column);                 /* aligned right */
/* One cell as people read it; appends. */
void sheet_cell(const struct sheet *sheet, const json_t *row, size_t column, enum lang lang, struct text *out);
void sheet_csv(const struct sheet *sheet, struct text *out);
/* A4, lying where it is wide; company, date and currency at the head of each page, its number at the foot. */
struct sheet_page {
	const char *company;
	int32_t as_of, from, to; /* from, to: of a period; DAY_NONE */
};
struct status sheet_pdf(const struct sheet *sheet, const struct sheet_page *page, enum lang lang, struct arena *arena, struct text *out);
struct status sheet_xlsx(const struct sheet *sheet, enum lang lang, struct text *out);

#endif
