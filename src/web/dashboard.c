/* dashboard, forecast and reports — the figures of the desk as pages; what they say is computed in insight. */
#include "web/figures_page.h"

#include "base/words.h"
#include "insight/dashboard.h"
#include "insight/forecast.h"
#include "insight/sheet.h"
#include "web/draw.h"
#include "web/item_view.h"

#include <string.h>

/* --- dashboard ------------------------------------------------------------------------------------------------------------ */

/* "Vendredi 21 novembre 2025": a title starts with a capital. */
static json_t *day_title(const struct request *request)
{
	cleanup_text struct text title = { 0 };
	words_date_full(&title, request->lang, request->as_of);
	if (title.len && title.bytes[0] >= 'a' && title.bytes[0] <= 'z') title.bytes[0] = (char)(title.bytes[0] - 'a' + 'A');
	return json_string(text_cstr(&title));
}

static void draw_rows(json_t *model)
{
	size_t i;
	json_t *row;
	struct book_ageing ageing = { 0 };
	json_t *aged = json_object_get(model, "ageing");
	json_array_foreach(json_object_get(aged, "rows"), i, row)
		if (i < BOOK_BUCKETS) ageing.bucket[i] = json_integer_value(json_object_get(row, "amount"));
	json_object_set_new(aged, "bar", draw_ageing(&ageing));
	json_array_foreach(json_object_get(json_object_get(model, "top"), "customers"), i, row) {
		for (size_t k = 0; k < BOOK_BUCKETS; k++)
			ageing.bucket[k] = json_integer_value(json_array_get(json_object_get(row, "buckets"), k));
		json_object_set_new(row, "bar", draw_ageing(&ageing));
	}
	json_t *blocked = json_object_get(json_object_get(model, "answers"), "blocked"), *part;
	int64_t amounts[8];
	const char *fills[8];
	size_t count = 0;
	json_array_foreach(json_object_get(blocked, "parts"), i, part)
		if (count < 8) {
			amounts[count] = json_integer_value(json_object_get(part, "amount"));
			fills[count++] = json_string_value(json_object_get(part, "fill"));
		}
	json_object_set_new(blocked, "bar", draw_bar(amounts, fills, count, 0));
}

static struct status dashboard_show(struct request *request)
{
	struct report_context context;
	json_t *model;
	TRY(view_context(request, &context));
	TRY(dashboard_make(&context, &model));
	json_object_update(request->model, model);
	json_decref(model);
	if (request->json) return STATUS_FINE;
	draw_rows(request->model);
	json_object_set_new(request->model, "title", json_string("Dashboard"));
	json_object_set_new(request->model, "day_title", day_title(request));
	return STATUS_FINE;
}

const struct route dashboard_routes[] = {
	{ "GET", "/dashboard", RIGHT_READ, dashboard_show, .template = "dashboard", .menu = MENU_DASHBOARD, .kept = true, .summary = "The day's figures and answers",
	  .fields = "as_of" },
	{ 0 },
};

/* --- forecast ----------------------------------------------------------------------------------------------------------------- */

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
	int64_t known = 0, to_come = 0;
	json_array_foreach(json_object_get(request->model, "months"), i, month) {
		int64_t p50 = json_integer_value(json_object_get(month, "p50")), come = json_integer_value(json_object_get(month, "sales_to_come"));
		known += p50, to_come += come;
		json_object_set_new(month, "both", json_integer(p50 + come));
	}
	json_object_set_new(request->model, "chart", chart_of(request, json_object_get(request->model, "months")));
	json_object_set_new(request->model, "learned", json_boolean(strcmp(json_string_value(json_object_get(request->model, "method")), "learned") == 0));
	json_object_set_new(request->model, "known", json_integer(known));
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

/* --- reports -------------------------------------------------------------------------------------------------------------------- */

/* The model as rows of cells that are words already; each column says how it is aligned. */
static void set_table(struct request *request, const struct sheet *sheet)
{
	json_t *heads = json_array(), *rows = json_array(), *row;
	for (size_t c = 0; c < sheet->count; c++)
		json_array_append_new(heads, json_pack("{s:s, s:b}", "title", sheet->columns[c].title, "right", sheet_right(sheet, c)));
	size_t i, count = json_array_size(sheet->rows), shown = count < 500 ? count : 500;
	for (i = 0; i < shown + (sheet->total ? 1 : 0); i++) {
		row = i < shown ? json_array_get(sheet->rows, i) : (json_t *)(uintptr_t)sheet->total;
		json_t *cells = json_array();
		for (size_t c = 0; c < sheet->count; c++) {
			cleanup_text struct text cell = { 0 };
			const char *key = sheet->columns[c].key, *code = json_string_value(json_object_get(row, "customer"));
			if (i == shown && c == 0) text_add(&cell, tr(request->lang, "Total"));
			else sheet_cell(sheet, row, c, request->lang, &cell);
			const json_t *value = json_object_get(row, key);
			/* most cells of an aged balance are nothing: a dash reads better */
			if (sheet->columns[c].type == SHEET_AMOUNT && i < shown && json_integer_value(value) == 0) {
				text_clear(&cell);
				text_add(&cell, "–");
			}
			bool link = code && i < shown && (strcmp(key, "name") == 0 || strcmp(key, "customer") == 0);
			json_array_append_new(cells, json_pack("{s:s, s:b, s:o, s:b}", "text", text_cstr(&cell), "right", sheet_right(sheet, c), "customer",
			                                       link ? json_string(code) : json_null(), "bold", c > 0 && strcmp(key, "outstanding") == 0));
		}
		json_array_append_new(rows, json_pack("{s:o, s:b}", "cells", cells, "total", i == shown));
	}
	json_object_set_new(request->model, "table", json_pack("{s:o, s:o, s:I, s:b}", "heads", heads, "rows", rows, "count", (json_int_t)count,
	                                                       "cut", shown < count));
}

/* ?from= and ?to=, as the command line has them: one alone, and the other is a year before, or the day shown. */
static struct status read_period(const struct request *request, struct report_context *context)
{
	int32_t days[2] = { DAY_NONE, DAY_NONE };
	static const char *const names[2] = { "from", "to" };
	for (int i = 0; i < 2; i++) {
		const char *text = request_field(request, names[i]);
		if (text && *text && !day_parse(text, strlen(text), &days[i]))
			return status_make(STATUS_INVALID, "“%s” is not a date written YYYY-MM-DD.", text);
	}
	if (days[0] == DAY_NONE && days[1] == DAY_NONE) return STATUS_FINE;
	context->to = days[1] != DAY_NONE ? days[1] : context->as_of;
	context->from = days[0] != DAY_NONE ? days[0] : day_add_months(day_month_start(context->to), -11);
	context->as_of = context->to;
	return STATUS_FINE;
}

static struct status reports_show(struct request *request)
{
	struct report_context context;
	json_t *model;
	TRY(view_context(request, &context));
	const char *name = request_field(request, "report"), *basis = request_field(request, "basis"), *by = request_field(request, "by");
	const char *currency = request_field(request, "currency");
	const struct report_kind *kind = name && *name ? report_find(name) : &report_kinds[0];
	if (!kind) return report_make(&context, name, &model);
	if (kind->basis && basis) context.basis = strcmp(basis, "net") == 0 ? BASIS_NET : BASIS_GROSS;
	if (kind->basis && by && *by && strcmp(by, "customer") != 0) context.by = by;
	if (kind->by && !kind->basis && by && *by && strcmp(by, "customer") != 0) context.by = by;
	TRY(read_period(request, &context));
	if (currency && *currency) context.currency = arena_strdup(request->arena, currency);
	TRY(report_make(&context, kind->name, &model));
	if (request_field(request, "format")) return view_file(request, model, kind->name);
	if (request->json) {
		json_object_update(request->model, model);
		json_decref(model);
		return STATUS_FINE;
	}
	struct sheet sheet;
	if (sheet_of(model, request->arena, &sheet)) set_table(request, &sheet);
	sheet_free(&sheet);
	json_decref(model);
	json_t *kinds = json_array(), *bases = json_array(), *dimensions = json_array(), *currencies = json_array();
	for (const struct report_kind *one = report_kinds; one->name; one++)
		json_array_append_new(kinds, json_pack("{s:s, s:s, s:b, s:o}", "code", one->name, "label", one->title, "on", one == kind, "href",
		                                       page_link(request, "report", one->name)));
	static const struct { const char *code, *label; } dims[] = {
		{ "customer", "By customer" }, { "group", "By group" }, { "collector", "By collector" }, { "sales", "By salesperson" },
		{ "country", "By country" }, { "class", "By class" },
	};
	for (size_t i = 0; i < sizeof dims / sizeof *dims; i++)
		json_array_append_new(dimensions, json_pack("{s:s, s:b, s:o}", "label", dims[i].label, "on",
			strcmp(dims[i].code, context.by ? context.by : "customer") == 0, "href", page_link(request, "by", i ? dims[i].code : NULL)));
	json_array_append_new(bases, json_pack("{s:s, s:b, s:o}", "label", "Gross", "on", context.basis == BASIS_GROSS, "href",
	                                       page_link(request, "basis", "gross")));
	json_array_append_new(bases, json_pack("{s:s, s:b, s:o}", "label", "Net of credits", "on", context.basis == BASIS_NET, "href",
	                                       page_link(request, "basis", "net")));
	for (size_t i = 0; i < book_currencies(context.book); i++)
		json_array_append_new(currencies, json_pack("{s:s, s:b, s:o}", "label", book_currency_at(context.book, i), "on",
			strcmp(book_currency_at(context.book, i), context.currency ? context.currency : book_currency(context.book)) == 0, "href",
			page_link(request, "currency", i ? book_currency_at(context.book, i) : NULL)));
	json_object_set_new(request->model, "kinds", kinds);
	json_object_set_new(request->model, "title", json_string(kind->title));
	json_object_set_new(request->model, "has_basis", json_boolean(kind->basis));
	json_object_set_new(request->model, "choices", json_boolean(kind->basis || book_currencies(context.book) > 1));
	json_object_set_new(request->model, "bases", bases);
	json_object_set_new(request->model, "dimensions", dimensions);
	json_object_set_new(request->model, "many_currencies", json_boolean(book_currencies(context.book) > 1));
	json_object_set_new(request->model, "currencies", currencies);
	json_object_set_new(request->model, "report", json_string(kind->name));
	json_object_set_new(request->model, "exports", export_links(request, "/reports"));
	return STATUS_FINE;
}

const struct route reports_routes[] = {
	{ "GET", "/reports", RIGHT_READ, reports_show, .template = "reports", .menu = MENU_REPORTS, .kept = true, .summary = "Reports of a day",
	  .fields = "report as_of from to basis by currency format" },
	{ 0 },
};
