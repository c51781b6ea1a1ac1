/* report_by — the values of a dimension (--by), in order, and which of them each customer has. */
#ifndef INSIGHT_REPORT_BY_H
#define INSIGHT_REPORT_BY_H

#include "insight/report.h"

struct report_groups {
	const char **names;            /* sorted; "" where nothing is set */
	size_t count;
	uint32_t *of;                  /* by customer index */
};
/* context->by: group, collector, sales, country, class. STATUS_INVALID lists what there is. */
struct status report_group(const struct report_context *context, struct report_groups *out);
/* The aged balance by account, gross; *out by group. */
struct status report_age_accounts(const struct report_context *context, struct report_groups *groups, struct book_ageing **out);

#endif
