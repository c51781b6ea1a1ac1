/* inside — what the files of this room share. */
#ifndef INSIGHT_INSIDE_H
#define INSIGHT_INSIDE_H

#include "base/text.h"
#include "insight/report.h"

json_t *json_score(const struct score *score);  /* 2 places; null without one */
json_t *json_class(const struct score *score);
json_t *json_day(int32_t day);                  /* null for DAY_NONE */
json_t *json_cei(const struct book_kpi *kpi);
json_t *json_instant(int64_t at);                /* RFC 3339, UTC */

const char *report_currency(const struct report_context *context);
const uint8_t *report_selected(const struct report_context *context);
unsigned report_no_lateness(const struct report_context *context);
json_t *report_head(const struct report_context *context, const char *name);
void ageing_names(const int32_t edges[3], char names[BOOK_BUCKETS + 1][32]); /* "not_due", "1-30"… "unallocated" */

struct status report_rebate(const struct report_context *context, json_t **out);
struct status report_provisions(const struct report_context *context, json_t **out); /* doubtful_report.c */
struct status report_losses(const struct report_context *context, json_t **out);

bool report_period_asked(const struct report_context *context);
/* "periods": calls point for the end of each month of the period; it adds its figures to the row. */
typedef struct status report_point(const struct report_context *context, json_t *row);
struct status report_period(const struct report_context *context, report_point *point, json_t **out);

struct user_names {
	struct user_row { int64_t id; const char *name; } *rows;
	size_t count;
};
struct status user_names_load(const struct report_context *context, struct user_names *out);
const char *user_name(const struct user_names *users, int64_t id); /* "" when there is none */

#endif
