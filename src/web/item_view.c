#include "web/item_view.h"

#include "base/memory.h"
#include "base/money.h"
#include "insight/sheet.h"
#include "web/draw.h"

#include <stdlib.h>
#include <string.h>

struct status view_context(struct request *request, struct report_context *out)
{
	const struct book *book;
	TRY(request_book(request, &book));
	*out = (struct report_context){
		.db = request->db, .viewer = request->viewer, .company = &request->company, .settings = request->settings, .book = book,
		.arena = request->arena, .lang = request->lang, .as_of = request->as_of, .today = request->today,
	};
	return STATUS_FINE;
}

const char *item_status(const struct book_item *item, const struct book_bound *bound, int32_t insolvency_day, int32_t as_of)
{
	if (item->withdrawn) return "withdrawn";
	if (item->open == 0) return "settled";
	if (item->open < 0) return "credit";
	if (insolvency_day != DAY_NONE && insolvency_day <= as_of) return "insolvency";
	if (bound->disputed > 0) return "dispute";
	if (bound->promised > 0) return "promise";
	if (bound->broken) return "broken_promise";
	if (item->open < item->amount) return "part_paid";
	return as_of > item->due_day ? "overdue" : "not_due";
}

int ageing_column(int32_t days_late, const int32_t edges[3])
{
	static const int32_t usual[3] = { 30, 60, 90 };
	if (days_late <= 0) return 0;
	for (int i = 0; i < 3; i++)
		if (days_late <= (edges[i] ? edges[i] : usual[i])) return i + 1;
	return 4;
}

static json_t *day_or_null(int32_t day)
{
	char iso[11];
	day_format(day, iso);
	return *iso ? json_string(iso) : json_null();
}

json_t *item_view(const struct report_context *context, size_t index)
{
	static const char *const squares[] = { "a0", "a1", "a2", "a3", "a4" };
	struct book_item item = book_item(context->book, index, context->as_of);
	struct book_customer customer = book_customer(context->book, item.customer);
	struct book_bound bound = book_item_bound(context->book, index, context->as_of, item.open);
	struct book_age_options ageing = report_ageing(context);
	int32_t late = context->as_of - item.due_day;
	bool aged = item.open > 0 && !item.outside;

	json_t *row = insight_item_row(context, &item);
	json_object_set_new(row, "name", json_string(customer.name));
	json_object_set_new(row, "status", json_string(item_status(&item, &bound, customer.insolvency_day, context->as_of)));
	json_object_set_new(row, "promised_on", bound.promised > 0 ? day_or_null(bound.promised_day) : json_null());
	json_object_set_new(row, "disputed", json_integer(bound.disputed));
	json_object_set_new(row, "promised", json_integer(bound.promised));
	json_object_set_new(row, "square", aged ? json_string(squares[ageing_column(late, ageing.edges)]) : json_null());
	json_object_set_new(row, "late", aged && late > 0 ? json_integer(late) : json_null());
	return row;
}

json_t *ageing_strip(const struct request *request, const struct book_ageing *ageing, const int32_t edges[3], int bucket, bool links)
{
	static const int32_t usual[3] = { 30, 60, 90 };
	static const char *const squares[] = { "a0", "a1", "a2", "a3", "a4" };
	int32_t e[3];
	for (int i = 0; i < 3; i++) e[i] = edges[i] ? edges[i] : usual[i];
	int64_t whole = book_positive(ageing);
	json_t *strip = json_array();
	for (int i = 0; i < BOOK_BUCKETS; i++) {
		char number[4];
		snprintf(number, sizeof number, "%d", i + 1);
		json_t *part = json_pack("{s:s, s:I, s:b, s:o, s:o, s:o, s:o}", "square", squares[i], "amount", (json_int_t)ageing->bucket[i], "on",
		                         bucket == i + 1, "share", json_ratio(ageing->bucket[i], whole), "from",
		                         i >= 1 ? json_integer(i == 1 ? 1 : e[i - 2] + 1) : json_null(), "to",
		                         i >= 1 && i <= 3 ? json_integer(e[i - 1]) : json_null(), "href",
		                         links ? page_link(request, "bucket", bucket == i + 1 ? NULL : number) : json_null());
		json_object_set_new(part, "over", i == 4 ? json_integer(e[2]) : json_null());
		json_array_append_new(strip, part);
	}
	return strip;
}

struct status view_file(struct request *request, json_t *model, const char *name)
{
	const char *format = request_field(request, "format");
	bool xlsx = format && strcmp(format, "xlsx") == 0, pdf = format && strcmp(format, "pdf") == 0;
	struct sheet sheet;
	if (pdf) json_object_del(model, "fields"); /* a page is no wider for them */
	if (!sheet_of(model, request->arena, &sheet)) {
		json_decref(model);
		return status_make(STATUS_INVALID, "This can't be written as a table.");
	}
	struct status status = STATUS_FINE;
	if (xlsx) status = sheet_xlsx(&sheet, request->lang, &request->file);
	else if (pdf)
		status = sheet_pdf(&sheet, &(struct sheet_page){ request->company.name, request->as_of, DAY_NONE, DAY_NONE }, request->lang, request->arena,
		                   &request->file);
	else sheet_csv(&sheet, &request->file);
	char day[11];
	day_format(request->as_of, day);
	request->file_type = xlsx ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" : pdf ? "application/pdf" : "text/csv; charset=utf-8";
	request->file_name = arena_printf(request->arena, "%s-%s-%s.%s", request->company.code, name, day, xlsx ? "xlsx" : pdf ? "pdf" : "csv");
	sheet_free(&sheet);
	json_decref(model);
	return status;
}

json_t *export_links(const struct request *request, const char *path)
{
	static const char *const formats[] = { "csv", "xlsx", "pdf" };
	json_t *links = json_object();
	for (size_t i = 0; i < COUNT(formats); i++)
		json_object_set_new(links, formats[i], json_string(arena_printf(request->arena, "%s%s", path,
			page_address(request, "format", formats[i]) + strlen(request->path))));
	return links;
}

bool field_amount(const char *text, const char *currency, int64_t *out)
{
	if (!text) return false;
	struct slice value = slice_trim(slice_of(text));
	/* the last mark is the decimal one when at most the currency's decimals follow it; otherwise it groups thousands */
	int decimals = currency_decimals(currency);
	char mark = ',';
	for (size_t i = 0; i < value.len; i++)
		if (value.bytes[i] == ',' || value.bytes[i] == '.') {
			bool fraction = value.len - i - 1 <= (size_t)decimals;
			mark = fraction ? value.bytes[i] : value.bytes[i] == ',' ? '.' : ',';
		}
	return value.len > 0 && amount_parse(value.bytes, value.len, (struct amount_style){ mark, decimals }, out);
}

json_t *form_again(const struct request *request, const char *const *names)
{
	json_t *form = json_object();
	for (size_t i = 0; names[i]; i++) {
		const char *value = request_field(request, names[i]);
		json_object_set_new(form, names[i], value && *value ? json_string(value) : json_null());
	}
	return form;
}

void form_refused(struct request *request, const struct refusal *refused, const char *const *names)
{
	bool any = refused && refused->text;
	json_t *model = request->model;
	json_object_set_new(model, "form", any ? form_again(request, names) : json_null());
	json_object_set_new(model, "errors", any && refused->field ? json_pack("{s:s}", refused->field, refused->text) : json_null());
	json_object_set_new(model, "problem", any && !refused->field ? json_string(refused->text) : json_null());
	if (any) request->http_status = 422;
}

bool form_refusal(const struct request *request, struct status status, const char *field, struct refusal *out)
{
	if (request->json || (status.code != STATUS_INVALID && status.code != STATUS_CONFLICT)) return false;
	*out = (struct refusal){ field, arena_strdup(request->arena, status.text) };
	return true;
}
