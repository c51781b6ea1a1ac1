/* judge — the learned lateness (standing/lateness.h) put to the test on a file of invoice histories, split by time.
 *
 * Rows: the file's invoices that have an issue date, a due date and a settlement date, in order of issue date, then of the file.
 * The first share of them is learned from, and of those only what was settled before the first row that is asked about was
 * issued; the others are asked about. A file's own column of days late, or of days to settle, is never read.
 *
 * Days late are floored at 0 in MAE, RMSE and bias (the forecast's median less what came); `late_only_mae` is over rows that were
 * late, with the median given lateness; coverage is how often the signed days lie within p10 and p90. Beside the model stand two
 * ways without one, under the same measures: everything on its due date, and the customer's past median (everybody's for a
 * customer without past). `baseline_late_accuracy`: the more frequent answer of what is learned from, always.
 *
 * A dispute that the file notes on a row is taken as known. As it bears no date, `without_disputes` gives the same figures for a
 * model that has never heard of any.
 */
#ifndef INSIGHT_JUDGE_H
#define INSIGHT_JUDGE_H

#include "base/arena.h"
#include "base/locale.h"
#include "base/status.h"
#include "formats/complaint.h"

#include <jansson.h>

struct judge_options {
	double train;                  /* 0 < share < 1 */
	const char *currency;          /* of rows that name none; NULL: EUR */
	enum lang lang;                /* of complaints about rows */
};
/* *out: as contract section 4, with "left_out" { "open", "without_due_date", "without_issue_date", "not_invoices" }, "rejected"
 * and "calibrated"; the caller's reference. */
struct status judge_file(const char *bytes, size_t len, struct judge_options options, json_t **out);

#endif
