/* customer_page — the parts of a customer's file, each filling its keys of the model; customer.c puts them together. */
#ifndef WEB_CUSTOMER_PAGE_H
#define WEB_CUSTOMER_PAGE_H

#include "ledger/customer.h"
#include "web/item_view.h"

extern const struct route customer_routes[], customer_edit_routes[], bind_routes[], search_routes[], items_routes[], customers_routes[], duplicates_routes[],
	item_routes[];

/* What every part needs, read once. */
struct customer_page {
	struct request *request;
	struct report_context context;
	struct customer customer;
	size_t index; /* in the book; SIZE_MAX: no items yet */
};
/* The customer of the address; STATUS_NOT_FOUND when the viewer may not see him. */
struct status customer_of(struct request *request, struct customer *out);

/* The bar of tabs with one on, and what the page shows when a tab has nothing to add. */
void customer_tabs(const struct customer_page *page, const char *tab);
/* The head: name, standing, score with its parts, exposure, behaviour. */
struct status customer_head(struct customer_page *page);
/* Settings tab. */
struct status customer_settings(struct customer_page *page);
/* "30 days end of month, the 10th" in the reader's language. */
void terms_words(struct text *out, enum lang lang, int64_t days, const char *month, int64_t day);

#endif
