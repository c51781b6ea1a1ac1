/* fields_page — fields of the company's own: where they are defined, and as every form, list and filter shows them. */
#ifndef WEB_FIELDS_PAGE_H
#define WEB_FIELDS_PAGE_H

#include "ledger/custom.h"
#include "web/item_view.h"

extern const struct route fields_routes[];

/* For pages/custom_inputs.html: [{ name "field.sector", label, shape, value, shown, by_hand, choices, error }]. Values given in the
 * request win (a form that comes back); owner 0: empty. */
struct status fields_inputs(struct request *request, enum custom_subject subject, int64_t owner, json_t **out);
/* { "sector": "Retail", … }: the JSON face; null where there is no value. */
struct status fields_values(struct request *request, enum custom_subject subject, int64_t owner, json_t **out);
/* Sets what the form gave and differs; several in one change. *set: how many. */
struct status fields_save(struct request *request, enum custom_subject subject, int64_t owner, size_t *set);

/* --- filters of lists --------------------------------------------------------------------------------------------------------
 * ?field.sector=Retail: is (text: contains). ?field.sector=- : not filled. Numbers and dates: ?field.size.from= and .to= */
struct field_filters {
	struct custom_fields fields;
	const uint8_t *customers; /* of the book, chosen by customers' fields; NULL: no such filter */
	const uint8_t *items;     /* of the book, by items' fields; NULL: no such filter */
	json_t *in_force;         /* [{ label, value, name }]; of the request's model */
};
/* Narrows by the request's field.… parameters. `items`: also those of items. */
struct status fields_filter(struct request *request, const struct book *book, bool items, struct field_filters *out);
/* For pages/custom_filter.html: [{ name, label, shape, value, from, to, choices }], of customers, and of items too. */
json_t *fields_filter_form(struct request *request, const struct field_filters *filters, bool items);
/* Adds "field.<code>" to rows of a list (keys "customer" or "id"), and the model's "fields" for sheets. */
struct status fields_columns(struct request *request, enum custom_subject subject, const struct book *book, json_t *model);

#endif
