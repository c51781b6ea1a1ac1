/* item_view — an item as screens show it: the contract's row with what its chip, its square and its links need beside it.
 *
 *     struct report_context context;
 *     TRY(view_context(request, &context));                     takes the book too
 *     json_array_append_new(rows, item_view(&context, index));
 */
#ifndef WEB_ITEM_VIEW_H
#define WEB_ITEM_VIEW_H

#include "insight/report.h"
#include "web/web.h"

/* The context of figures for this request: book, viewer, day of the figures. */
struct status view_context(struct request *request, struct report_context *out);

/* What an item's chip says, first that fits: settled, credit (negative), insolvency, dispute, promise, broken_promise, part_paid,
 * overdue, not_due; withdrawn before all. */
const char *item_status(const struct book_item *item, const struct book_bound *bound, int32_t insolvency_day, int32_t as_of);

/* insight_item_row with: name, status, promised_on, disputed, promised, square ("a0".."a4", null when not aged), late (days, null
 * unless overdue). New reference. */
json_t *item_view(const struct report_context *context, size_t index);
/* Index of the aged balance's column for days late; edges as in book_age_options. */
int ageing_column(int32_t days_late, const int32_t edges[3]);

/* The strip of the aged balance: [{ class, label (msgid), amount, share, href, on }] for the buckets; address NULL: no links.
 * Links set ?bucket=1..5 on this page. */
json_t *ageing_strip(const struct request *request, const struct book_ageing *ageing, const int32_t edges[3], int bucket, bool links);

/* A model's rows as the file that ?format= asks for, csv, xlsx or pdf; takes the model's reference. */
struct status view_file(struct request *request, json_t *model, const char *name);
/* { csv, xlsx, pdf }: addresses of the same list as a file. */
json_t *export_links(const struct request *request, const char *path);

/* Amount typed by a person: "1 234,56", "1234.56"; false when it is none. */
bool field_amount(const char *text, const char *currency, int64_t *out);

/* The fields of a form as they were sent, for showing it again beside what is wrong; names ends with NULL. */
json_t *form_again(const struct request *request, const char *const *names);
/* A page whose form was refused comes back with what was sent and the reason: "form" (the names; null when nothing was refused), "errors"
 * { field: text } beside the field, "problem" above the form where no field is to blame, and 422. refused NULL, or its text: none. */
struct refusal {
	const char *field, *text;
};
void form_refused(struct request *request, const struct refusal *refused, const char *const *names);
/* Whether a person gets his form back; programs and other troubles get the status itself. The text lives in the request's arena. */
bool form_refusal(const struct request *request, struct status status, const char *field, struct refusal *out);

#endif
