/* present_page — the screens of receivables that are not plain: bills and debits, mandates, retentions, assigned claims, set-off, deposits. */
#ifndef WEB_PRESENT_PAGE_H
#define WEB_PRESENT_PAGE_H

#include "web/web.h"

extern const struct route instruments_routes[], mandates_routes[], retentions_routes[], assignments_routes[], set_offs_routes[], deposits_routes[];

/* Both bars of tabs: casework with this group on, and the group's own with one on: "bills", "mandates", "retentions", "assignments",
 * "set_offs". */
void present_tabs(struct request *request, const char *on);
/* The ids in a repeated field, at most `most`; what is no number is left out of none: STATUS_INVALID. */
struct status present_ids(const struct request *request, const char *name, int64_t *out, size_t most, size_t *count);
/* The open items of the customer named in the field "customer", for a form to tick: "items", "customer", "name" in the model. */
struct status present_items(struct request *request, int64_t *customer_id);
const char *present_words(const struct request *request, const char *name);
struct status present_day(struct request *request, const char *name, int32_t fallback, int32_t *out);

#endif
