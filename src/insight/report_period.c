/* Reports over a period: the figures at the end of each of its months, the last one at its end. */
#include "base/memory.h"
#include "insight/inside.h"

bool report_period_asked(const struct report_context *context)
{
	return context->from != 0 || context->to != 0;
}

struct status report_period(const struct report_context *context, report_point *point, json_t **out)
{
	enum { MONTHS_MOST = 120 };
	json_t *list = json_array();
	struct status status = STATUS_FINE;
	int32_t months = 0;
	for (int32_t start = day_month_start(context->from); start <= context->to && !status.code; start = day_add_months(start, 1)) {
		struct report_context at = *context;
		struct civil civil = day_civil(start);
		int32_t end = day_month_end(start);
		at.as_of = end < context->to ? end : context->to;
		json_t *row = json_pack("{s:s, s:o}", "month", arena_printf(context->arena, "%04d-%02d", civil.year, civil.month), "as_of", json_day(at.as_of));
		json_array_append_new(list, row);
		if (++months > MONTHS_MOST) status = status_make(STATUS_INVALID, "A period of reports has at most %d months.", MONTHS_MOST);
		else status = point(&at, row);
	}
	if (status.code) json_decref(list);
	else *out = list;
	return status;
}
