/* kept — lines matched by an index that is kept: a company's open items, customers and payers are put in order once per revision and
 * day, not for every page that shows a line.
 *
 *     TRY(kept_match(&view, lines, count, matches));        as cash_match_lines with an index of its own
 *
 * A revision that leaves open items, customers, payers and purchase orders as they were leaves the index, too.
 *
 * What an answer takes is put back before the next one (cash_index_restore), one answer at a time for each company. Of companies
 * asked for long ago, and of very large ones, nothing is kept.
 */
#ifndef CASH_KEPT_H
#define CASH_KEPT_H

#include "cash/view.h"

struct status kept_match(struct view *view, const struct cash_line *lines, size_t count, struct cash_match *out);

#endif
