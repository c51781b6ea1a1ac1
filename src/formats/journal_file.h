/* journal_file — lines for an accounting program: the eighteen columns of a FEC, tab between them. Marks that would cut a column go
 * (pitfall 73). Pure.
 *
 *     journal_head(&out);
 *     for (…) journal_row_add(&out, &row);
 */
#ifndef FORMATS_JOURNAL_FILE_H
#define FORMATS_JOURNAL_FILE_H

#include "base/text.h"

#include <stdint.h>

struct journal_row {
	const char *journal, *journal_name, *entry; /* entry: its number; lines of one entry share it */
	const char *account, *account_name, *customer_code, *customer_name, *piece, *label, *letter, *currency;
	int32_t day, piece_day, lettered_day; /* lettered_day counts with a letter only */
	int64_t amount;                       /* debit positive, minor units of `currency` */
};
void journal_head(struct text *out);
void journal_row_add(struct text *out, const struct journal_row *row);

void journal_cell(struct text *out, const char *text, char separator);
void journal_amount(struct text *out, int64_t amount, const char *currency); /* 1234,56; never negative */

#endif
