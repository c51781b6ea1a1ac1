/* discounts — early-payment discounts that were let go in a period, with the VAT to take back; as a page and as a file. */
#include "web/cash_page.h"

#include "base/memory.h"
#include "cash/discounts.h"
#include "web/draw.h"
#include "web/item_view.h"

#include <string.h>

static struct status discounts_show(struct request *request)
{
	struct discount_taken *list;
	size_t count, late = 0;
	struct civil today = day_civil(request->today);
	int32_t from = day_from_civil(today.year, today.month, 1), to = request->today;
	const char *given_from = request_field(request, "from"), *given_to = request_field(request, "to");
	if (given_from && *given_from && !request_day(request, "from", &from)) return status_make(STATUS_INVALID, "“%s” is not a date.", given_from);
	if (given_to && *given_to && !request_day(request, "to", &to)) return status_make(STATUS_INVALID, "“%s” is not a date.", given_to);
	TRY(discounts_taken(request->db, request->viewer, request->company.id, from, to, request->arena, &list, &count));
	json_t *rows = json_array(), *model = request->model;
	int64_t amount = 0, vat = 0, charge = 0;
	for (size_t i = 0; i < count; i++) {
		const struct discount_taken *one = &list[i];
		late += one->late;
		if (strcmp(one->currency, request->company.currency) == 0) amount += one->amount, vat += one->vat, charge += one->charge;
		json_t *row = json_pack("{s:s, s:s, s:s, s:I, s:s, s:o, s:o, s:I, s:I, s:I, s:I, s:b}", "customer", one->customer_code, "name", one->customer_name, "item", one->number, "item_id",
			(json_int_t)one->item_id, "currency", one->currency, "paid_on", model_day(one->day), "allowed_until", model_day(one->until), "invoice", (json_int_t)one->invoice, "discount",
			(json_int_t)one->amount, "vat", (json_int_t)one->vat, "charge", (json_int_t)one->charge, "late", one->late);
		json_array_append_new(rows, row);
	}
	if (request_field(request, "format")) {
		json_t *file = json_pack("{s:s, s:s, s:s, s:o}", "report", "discounts", "company", request->company.code, "currency", request->company.currency, "rows", rows);
		return viewer_may(request->viewer, RIGHT_EXPORT) ? view_file(request, file, tr(request->lang, "discounts"))
		                                                 : (json_decref(file), status_make(STATUS_FORBIDDEN, "Your role does not allow this."));
	}
	json_object_set_new(model, "tabs", cash_tabs(request, "discounts"));
	json_object_set_new(model, "title", json_string("Early-payment discounts"));
	json_object_set_new(model, "from", model_day(from));
	json_object_set_new(model, "to", model_day(to));
	json_object_set_new(model, "currency", json_string(request->company.currency));
	json_object_set_new(model, "rows", rows);
	json_object_set_new(model, "count", json_integer((json_int_t)count));
	json_object_set_new(model, "late_count", json_integer((json_int_t)late));
	json_object_set_new(model, "total", json_pack("{s:I, s:I, s:I}", "discount", (json_int_t)amount, "vat", (json_int_t)vat, "charge", (json_int_t)charge));
	json_object_set_new(model, "regularised", json_boolean(discount_vat_rate(request->settings) > 0));
	char a[11], b[11];
	day_format(from, a), day_format(to, b);
	json_object_set_new(model, "file", json_string(arena_printf(request->arena, "/cash/discounts?from=%s&to=%s&format=", a, b)));
	return STATUS_FINE;
}

const struct route discounts_routes[] = {
	{ "GET", "/cash/discounts", RIGHT_READ, discounts_show, .template = "cash_discounts", .menu = MENU_CASH, .summary = "Early-payment discounts taken in a period, with their VAT",
	  .fields = "from to format" },
	{ 0 },
};
