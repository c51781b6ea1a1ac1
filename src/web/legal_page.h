/* legal_page — the screens of what comes after reminders: limitation, collective procedures, files handed over. */
#ifndef WEB_LEGAL_PAGE_H
#define WEB_LEGAL_PAGE_H

#include "insight/report.h"
#include "web/item_view.h"
#include "web/web.h"

extern const struct route limitation_routes[], cases_routes[], insolvency_routes[], interest_routes[], insurance_routes[];

/* The tabs of the legal desk with one on ("limitation"). */
void legal_tabs(struct request *request, const char *on);
/* What was refused of a form about an item's limitation; event_id 0: of the form for a new event. NULL: nothing was. */
struct limitation_refusal {
	struct refusal refusal;
	int64_t event_id;
};
/* Of an item's page: "limitation" in the model, null when nothing of it is open. */
struct status limitation_of_item(struct request *request, const struct report_context *context, size_t index, int64_t customer_id,
                                 const struct limitation_refusal *refused);
/* The whole page of an item (web/item.c). */
struct status item_page(struct request *request, int64_t item_id, const struct limitation_refusal *refused);

#endif
