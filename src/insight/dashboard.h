/* dashboard — the day at a glance: figures, aged balance, DSO over thirteen months, answers, forecast, the ten largest overdue.
 * Every figure is computed from the items of the book on the day; keys stand beside pages/dashboard.html.
 *
 *     json_t *model;
 *     TRY(dashboard_make(&context, &model));
 */
#ifndef INSIGHT_DASHBOARD_H
#define INSIGHT_DASHBOARD_H

#include "insight/report.h"

struct status dashboard_make(const struct report_context *context, json_t **out);

#endif
