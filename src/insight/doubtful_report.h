/* doubtful_report — debts that a rule finds doubtful, or too small to follow, for a person to decide of; the sheet of provisions of a closing; what
 * was lost, with the VAT to take back. */
#ifndef INSIGHT_DOUBTFUL_REPORT_H
#define INSIGHT_DOUBTFUL_REPORT_H

#include "insight/report.h"
#include "ledger/doubtful.h"
#include "ledger/provision.h"

struct doubtful_proposal {
	int64_t item_id, open;
	const char *number, *customer_code, *customer_name;
	const char *reason;     /* of doubtful_reasons; small ones: "small" */
	int32_t due_day, late;
};
/* In the company's currency, the largest first; those decided of already, and those the books have on 416, are left out. Accounts of many
 * customers too. *sum of all. */
struct status doubtful_proposals(const struct report_context *context, struct doubtful_proposal **out, size_t *count, int64_t *sum);
/* At most small.most either way, so many days after their due date. */
struct status small_proposals(const struct report_context *context, struct doubtful_proposal **out, size_t *count, int64_t *sum);

#endif
