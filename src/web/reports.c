/* reports — a report of a day, or month by month over a period, as a table with its chart; computed in insight. */
#include "web/figures_page.h"

#include "insight/sheet.h"
#include "web/draw.h"
#include "web/item_view.h"

#include <stdlib.h>
#include <string.h>

enum { TABLE_ROWS = 500 };

/* The model as rows of cells that are words already; each column says how it is aligned. */
static void set_table(struct request *request, const struct sheet *sheet, const json_t *model)
{
	json_t *heads = json_array(), *rows = json_array(), *row;
	for (size_t c = 0; c < sheet->count; c++)
		json_array_append_new(heads, json_pack("{s:s, s:b}", "title", sheet->columns[c].title, "right", sheet_right(sheet, c)));
	const json_t *all = json_object_get(model, "rows_count");
	size_t i, count = all ? (size_t)json_integer_value(all) : json_array_size(sheet->rows), shown = count < TABLE_ROWS ? count : TABLE_ROWS;
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

/* --- its chart --------------------------------------------------------------------------------------------------------------------- */

enum { CHART_BARS = 12, CHART_BUCKETS = 12 };

/* What a bar of the aged balance is called: its month, or who it is of. */
static json_t *bar_label(const json_t *row)
{
	static const char *const keys[] = { "month", "name", "group", "collector", "sales", "country", "class", "currency", "account", "customer" };
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const char *text = json_string_value(json_object_get(row, keys[i]));
		if (text) return json_string(text);
	}
	return json_string("–");
}

static int by_outstanding(const void *a, const void *b)
{
	int64_t x = json_integer_value(json_object_get(*(json_t *const *)a, "outstanding"));
	int64_t y = json_integer_value(json_object_get(*(json_t *const *)b, "outstanding"));
	return (x < y) - (x > y);
}

/* Bars by age: months in order, or the twelve rows that owe most. The credits are not in it: a bar has no part below nothing. */
static json_t *aged_chart(struct request *request, const json_t *model)
{
	const json_t *periods = json_object_get(model, "periods"), *largest = json_object_get(model, "largest");
	const json_t *rows = periods ? periods : largest ? largest : json_object_get(model, "rows");
	const json_t *columns = json_object_get(model, "columns");
	size_t count = json_array_size(rows), buckets = 0;
	const json_t **sorted = arena_array(request->arena, const json_t *, count + 1);
	json_t *x = json_array(), *series = json_array(), *column;
	size_t i;
	for (i = 0; i < count; i++) sorted[i] = json_array_get(rows, i);
	if (!periods) {
		if (count) qsort(sorted, count, sizeof *sorted, by_outstanding);
		if (count > CHART_BARS) count = CHART_BARS;
	}
	for (i = 0; i < count; i++) json_array_append_new(x, bar_label(sorted[i]));
	json_array_foreach(columns, i, column) {
		const char *key = json_string_value(column);
		if (strcmp(key, "unallocated") == 0 || buckets >= CHART_BUCKETS) continue;
		json_t *values = json_array();
		for (size_t r = 0; r < count; r++) json_array_append_new(values, json_integer(json_integer_value(json_object_get(sorted[r], key))));
		cleanup_text struct text name = { 0 };
		if (strcmp(key, "not_due") == 0) text_add(&name, tr(request->lang, "Not due"));
		else text_addf(&name, "%s %s", key, request->lang == LANG_FR ? "j" : "d");
		json_array_append_new(series, json_pack("{s:s, s:o, s:s, s:b}", "name", text_cstr(&name), "values", values, "color",
		                                        arena_printf(request->arena, "a%zu", buckets < 4 ? buckets : 4), "age", true));
		buckets++;
	}
	return json_pack("{s:s, s:o, s:o, s:s}", "kind", "stack", "x", x, "series", series, "currency",
	                 json_string_value(json_object_get(model, "currency")));
}

static json_t *days_line(struct request *request, const json_t *periods, const char *key, const char *title, bool thin)
{
	json_t *values = json_array(), *row;
	size_t i;
	json_array_foreach(periods, i, row) {
		json_t *value = json_object_get(row, key);
		json_array_append(values, value ? value : json_null());
	}
	return json_pack("{s:s, s:o, s:s, s:b}", "name", tr(request->lang, title), "values", values, "color", thin ? "c3" : "c1", "thin", thin);
}

/* Of a period: DSO and its best possible, or the days to pay and late. NULL: the report has nothing to draw. */
static json_t *lines_chart(struct request *request, const json_t *model, bool behaviour)
{
	const json_t *periods = json_object_get(model, "periods");
	if (!periods) return NULL;
	json_t *x = json_array(), *row;
	size_t i;
	json_array_foreach(periods, i, row) json_array_append(x, json_object_get(row, "month"));
	return json_pack("{s:s, s:o, s:[o, o], s:s, s:i}", "kind", "lines", "x", x, "series",
	                 days_line(request, periods, behaviour ? "average_days_to_pay" : "dso", behaviour ? "Average days to pay" : "DSO", false),
	                 days_line(request, periods, behaviour ? "average_days_late" : "best_possible_dso",
	                           behaviour ? "Average days late" : "Best possible DSO", true),
	                 "unit", request->lang == LANG_FR ? "j" : "d", "min", 0);
}

static void set_chart(struct request *request, const struct report_kind *kind, const json_t *model)
{
	json_t *chart = kind->basis ? aged_chart(request, model) : lines_chart(request, model, kind->by);
	if (chart && json_array_size(json_object_get(chart, "x")) > 1) json_object_set_new(request->model, "chart", chart);
	else json_decref(chart);
}

/* --- what was asked ------------------------------------------------------------------------------------------------------------ */

/* The fields of the period, and what else the address holds, so that asking for one keeps the other. */
static void set_period(struct request *request, const struct report_context *context, const struct report_kind *kind)
{
	bool asked = context->to != 0;
	int32_t end = asked ? context->to : context->as_of;
	int32_t start = asked ? context->from : day_add_months(day_month_start(end), -11);
	json_t *kept = json_array();
	static const char *const names[] = { "basis", "by", "currency", "as_of" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *value = request_field(request, names[i]);
		if (value && *value) json_array_append_new(kept, json_pack("{s:s, s:s}", "name", names[i], "value", value));
	}
	json_array_append_new(kept, json_pack("{s:s, s:s}", "name", "report", "value", kind->name));
	char from[11], to[11];
	day_format(start, from);
	day_format(end, to);
	json_object_set_new(request->model, "period", json_pack("{s:b, s:s, s:s, s:o, s:s}", "asked", asked, "from", from, "to", to, "kept", kept,
		"day", arena_printf(request->arena, "/reports?report=%s", kind->name)));
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
	if (!request->json && !request_field(request, "format") && !context.to) context.rows = TABLE_ROWS; /* a period shows its months */
	TRY(report_make(&context, kind->name, &model));
	if (request_field(request, "format")) return view_file(request, model, kind->name);
	if (request->json) {
		json_object_update(request->model, model);
		json_decref(model);
		return STATUS_FINE;
	}
	struct sheet sheet;
	if (sheet_of(model, request->arena, &sheet)) set_table(request, &sheet, model);
	sheet_free(&sheet);
	set_chart(request, kind, model);
	json_decref(model);
	if (kind->point) set_period(request, &context, kind);
	json_object_set_new(request->model, "rebate", json_boolean(strcmp(kind->name, "rebate") == 0));
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
	json_object_set_new(request->model, "bases", bases);
	json_object_set_new(request->model, "dimensions", dimensions);
	json_object_set_new(request->model, "many_currencies", json_boolean(book_currencies(context.book) > 1));
	json_object_set_new(request->model, "currencies", currencies);
	json_object_set_new(request->model, "bar", json_boolean(kind->point || kind->basis || book_currencies(context.book) > 1)); /* something to choose */
	json_object_set_new(request->model, "report", json_string(kind->name));
	json_object_set_new(request->model, "exports", export_links(request, "/reports"));
	return STATUS_FINE;
}

const struct route reports_routes[] = {
	{ "GET", "/reports", RIGHT_READ, reports_show, .template = "reports", .menu = MENU_REPORTS, .kept = true, .summary = "Reports of a day",
	  .fields = "report as_of from to basis by currency format" },
	{ 0 },
};
