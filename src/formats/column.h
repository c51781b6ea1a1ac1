/* column — how one column of a file writes its dates and its amounts: decided once, over all its cells, by vote.
 *
 * "03/04/2025" is two different days and "1,234" two different amounts; no single cell can say which. A column of them
 * usually can, and where it can't, the answer is "undecided" and somebody is asked.
 *
 *     struct date_votes votes = { 0 };
 *     for each cell: date_vote(&votes, cell);
 *     enum date_order order = date_decide(&votes);              DATE_UNDECIDED: ask
 *     if (!date_read(cell, order, &day)) …                      a cell that does not fit is refused, not read another way
 */
#ifndef FORMATS_COLUMN_H
#define FORMATS_COLUMN_H

#include "base/day.h"
#include "base/money.h"
#include "base/text.h"

enum date_order { DATE_UNDECIDED, DATE_YMD, DATE_DMY, DATE_MDY, DATE_SERIAL /* Excel: 45658 is 2025-01-01 */ };

struct date_votes {
	int64_t cells, ymd, dmy, mdy, serial; /* cells that can be read so; 31.12.2025 is never month first */
};
/* Accepted: 20250131, 31012025, 310125, 2025-01-31, 31/1/2025, 31.01.25, 31 janv. 2025, 31-Jan-2025, a time behind it,
 * /Date(1735603200000)/, 45658. Two-digit years: 70..99 are 19xx. Empty cells don't vote. */
void date_vote(struct date_votes *votes, struct slice cell);
/* The order that reads the most cells; day or month first alike in every cell: undecided. */
enum date_order date_decide(const struct date_votes *votes);
/* Cells that hold no date: empty, only zeros and marks, 0001-01-01. Trimmed cells. */
bool date_empty(struct slice cell);
bool date_read(struct slice cell, enum date_order order, int32_t *out);
const char *date_order_name(enum date_order order); /* "dmy"… for mappings */
enum date_order date_order_parse(const char *name); /* DATE_UNDECIDED when unknown */

struct amount_votes {
	int64_t cells, comma, dot; /* cells that can only be read with this decimal mark */
	int64_t open;              /* one mark and exactly three digits behind it: 1,234 */
};
void amount_vote(struct amount_votes *votes, struct slice cell);
/* ',' or '.'; 0 when undecided: every cell with a mark has one, and three digits behind it. Without any mark: ','. */
char amount_decide(const struct amount_votes *votes);

#endif
