/* forecast — the receipts of the coming months as a page; what it says is computed in insight. */
#include "web/figures_page.h"

#include "base/words.h"
#include "insight/forecast.h"
#include "web/item_view.h"

#include <string.h>

enum { MONTHS_SHOWN = 12, ITEMS_SHOWN = 100, SOON = 30 };

static json_t *chart_of(const struct request *request, const json_t *months)
{
	json_t *x = json_array(), *p10 = json_array(), *p50 = json_array(), *p90 = json_array(), *come = json_array(), *month;
	size_t i;
	json_array_foreach(months, i, month) {
		json_array_append(x, json_object_get(month, "month"));
		json_array_append(p10, json_object_get(month, "p10"));
		json_array_append(p50, json_object_get(month, "p50"));
		json_array_append(p90, json_object_get(month, "p90"));
		json_array_append(come, json_object_get(month, "sales_to_come"));
	}
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:s, s:{s:s, s:s}, s:s}", "x", x, "p10", p10, "p50", p50, "p90", p90, "out", come, "out_name",
	                 tr(request->lang, "Sales to come"), "names", "median", tr(request->lang, "Known items"), "band",
	                 tr(request->lang, "8 cases in 10"), "currency", request->company.currency);
}

static struct status forecast_show(struct request *request)
{
	struct report_context context;
	json_t *model;
	TRY(view_context(request, &context));
	int64_t months = request_int(request, "months", MONTHS_SHOWN);
	size_t asked = months < 1 || months > FORECAST_MONTHS ? MONTHS_SHOWN : (size_t)months;
	bool file = request_field(request, "format") != NULL;
	if (request->json) TRY(insight_forecast(&context, asked, &model));
	else TRY(insight_forecast_page(&context, asked, SOON, ITEMS_SHOWN, &model));
	if (file) return view_file(request, model, "forecast");
	json_object_update(request->model, model);
	json_decref(model);
	if (request->json) return STATUS_FINE;
	json_t *month;
	size_t i;
	int64_t known = 0, to_come = 0, contested = 0;
	json_array_foreach(json_object_get(request->model, "months"), i, month) {
		int64_t p50 = json_integer_value(json_object_get(month, "p50")), come = json_integer_value(json_object_get(month, "sales_to_come"));
		known += p50, to_come += come;
		contested += json_integer_value(json_object_get(month, "disputed_to_come"));
		json_object_set_new(month, "both", json_integer(p50 + come));
	}
	json_object_set_new(request->model, "chart", chart_of(request, json_object_get(request->model, "months")));
	json_object_set_new(request->model, "learned", json_boolean(strcmp(json_string_value(json_object_get(request->model, "method")), "learned") == 0));
	json_object_set_new(request->model, "known", json_integer(known));
	json_object_set_new(request->model, "contested", json_integer(contested));
	json_object_set_new(request->model, "sales_to_come", json_integer(to_come));
	json_object_set_new(request->model, "exports", export_links(request, "/forecast"));
	json_object_set_new(request->model, "title", json_string("Receipts forecast"));
	json_object_del(request->model, "items"); /* by the hundred thousand; the page shows the soonest */
	return STATUS_FINE;
}

const struct route forecast_routes[] = {
	{ "GET", "/forecast", RIGHT_READ, forecast_show, .template = "forecast", .menu = MENU_FORECAST, .kept = true,
	  .summary = "Receipts expected in the coming months", .fields = "as_of months format" },
	{ 0 },
};
