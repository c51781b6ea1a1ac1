/* search — by name, code, number or amount: what Ctrl+K asks, and a page of its own without it. */
#include "web/customer_page.h"

#include "web/server.h"

#include <stdlib.h>
#include <string.h>

enum { FOUND_CUSTOMERS = 6, FOUND_ITEMS = 8 };

static const struct { const char *path, *label, *icon, *words; } places[] = {
	{ "/agenda", "Agenda", "calendar-event", "agenda today aujourd'hui" },
	{ "/customers", "Customers", "users", "customers clients" },
	{ "/customers?view=overdue", "Overdue customers", "users", "overdue late retard" },
	{ "/items?state=to_chase", "Items to chase", "file-invoice", "items chase pieces relancer" },
	{ "/imports", "Imports", "file-import", "import fichier file fec" },
	{ "/reports", "Reports", "report-analytics", "report rapport balance" },
	{ "/settings", "Settings", "settings", "settings parametres reglages" },
};

/* A screen that is not built, or not for this viewer, is not offered. */
static bool place_exists(const struct request *request, const char *path)
{
	size_t len = strcspn(path, "?"), index;
	bool other;
	struct fields parameters = { 0 };
	const struct route *route = route_match("GET", arena_strndup(request->arena, path, len), request->arena, &parameters, &index, &other);
	return route && viewer_may(request->viewer, route->right);
}

static json_t *find_places(const struct request *request, const char *folded)
{
	json_t *list = json_array();
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		bool fits = !*folded || strstr(places[i].words, folded);
		if (fits && place_exists(request, places[i].path))
			json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "href", places[i].path, "label", places[i].label, "icon", places[i].icon));
	}
	return list;
}

static json_t *group(json_t *list)
{
	if (json_array_size(list)) return json_pack("{s:o}", "list", list);
	json_decref(list);
	return json_null();
}

static void add_items(const struct report_context *context, const struct item_filter *filter, json_t *out)
{
	struct item_list found;
	item_list(context->book, filter, (struct list_page){ .sort = ITEM_BY_OPEN, .descending = true, .limit = FOUND_ITEMS }, context->arena, &found);
	for (size_t i = 0; i < found.count && json_array_size(out) < FOUND_ITEMS; i++) {
		json_t *row = item_view(context, found.rows[i].index);
		bool twice = false;
		for (size_t k = 0; k < json_array_size(out); k++)
			twice |= json_equal(json_object_get(json_array_get(out, k), "id"), json_object_get(row, "id"));
		if (twice) json_decref(row);
		else json_array_append_new(out, row);
	}
}

static struct status search_show(struct request *request)
{
	struct report_context context;
	TRY(view_context(request, &context));
	const char *asked = request_field(request, "q");
	struct slice trimmed = slice_trim(slice_of(asked ? asked : ""));
	const char *q = arena_strndup(request->arena, trimmed.bytes, trimmed.len < 200 ? trimmed.len : 200);
	char *folded = text_normalise(q, strlen(q));
	json_t *model = request->model, *customers = json_array(), *items = json_array();
	if (*folded) {
		struct customer_filter filter = { .text = q };
		json_t *found;
		struct status status = insight_customers(&context, &filter, (struct list_page){ .sort = CUSTOMER_BY_OUTSTANDING, .descending = true, .limit = FOUND_CUSTOMERS }, &found);
		if (status.code) {
			json_decref(customers), json_decref(items), free(folded);
			return status;
		}
		json_array_extend(customers, json_object_get(found, "customers"));
		json_decref(found);
		struct item_filter list = { .as_of = request->as_of, .state = LIST_ALL, .selected = request_selected(request, context.book), .text = q };
		add_items(&context, &list, items);
		/* an amount: what is open for exactly that much, then issued for it */
		int64_t minor;
		if (field_amount(q, request->company.currency, &minor) && minor != 0) {
			list.text = NULL, list.state = LIST_OPEN, list.amount_from = list.amount_to = llabs(minor);
			add_items(&context, &list, items);
		}
	}
	bool nothing = *folded && !json_array_size(customers) && !json_array_size(items);
	json_object_set_new(model, "q", *q ? json_string(q) : json_null());
	json_object_set_new(model, "currency", json_string(request->company.currency));
	if (request->json) {
		json_object_set_new(model, "customers", customers);
		json_object_set_new(model, "items", items);
	} else {
		json_object_set_new(model, "customers", group(customers));
		json_object_set_new(model, "items", group(items));
		json_t *found = find_places(request, folded);
		nothing &= !json_array_size(found);
		json_object_set_new(model, "places", group(found));
		json_object_set_new(model, "nothing", json_boolean(nothing));
	}
	free(folded);
	return STATUS_FINE;
}

const struct route search_routes[] = {
	{ "GET", "/search", RIGHT_READ, search_show, .template = "search", .summary = "Search", .fields = "q" },
	{ 0 },
};
