/* csv_inside — what the parts of the CSV reader share: csv_target.c knows what columns are called, csv_look.c proposes, csv_read.c
 * reads the rows. Nothing outside these files includes it. */
#ifndef FORMATS_CSV_INSIDE_H
#define FORMATS_CSV_INSIDE_H

#include "formats/csv.h"

/* What the values of a column look like, over the first rows. */
struct csv_profile {
	int64_t filled, dates, amounts, whole, emails, coded, spaced;
	struct date_votes date_votes;
	struct amount_votes amount_votes;
};

/* "invoiceNumber (EUR)" gives "invoice number": lower case, camels cut, currencies and cents taken off; *minor tells of cents.
 * malloc'd. */
char *csv_header_plain(const char *header, bool *minor);
/* How well a plain header names a target in a file of this kind: 0 not at all, 100 by its very name. */
int csv_header_score(const char *plain, enum csv_target target, enum csv_what what);
int csv_header_best(const char *plain); /* for any target, in any kind of file */
/* How well a plain header names one of options.own in a file of this kind: above 100 by its very name. */
const struct csv_own *csv_header_own(const struct csv *csv, const char *plain);
/* True when a target may stand on several columns (address lines, first and last name). */
bool csv_target_many(enum csv_target target);

/* Whether a row is none of the list: a total, a rule of dashes, the header again, a page title. */
bool csv_row_is_total(struct csv *csv, const struct table *table);
bool csv_row_is_header(struct csv *csv, const struct table *table);
/* The column of a row that holds nothing but a text where the customer, number or label stands: in grouped prints the
 * customer whose items follow. -1: it is none. */
int csv_row_head(const struct csv *csv, const struct table *table);
/* options.mended into csv->mends; and what stands in a mended cell. */
struct status csv_mends_read(struct csv *csv);
bool csv_mended(const struct csv *csv, int64_t line, int column, struct slice *out);
void csv_warn(struct csv *csv, const char *words);

/* A workbook: its sheet as text into csv->converted (csv_sheet.c). */
struct status csv_sheet_read(struct csv *csv, const char *bytes, size_t len);
/* A column for a person: its header, and its letter where it has one. */
const char *csv_column_words(const struct csv *csv, int column);

#endif
