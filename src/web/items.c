/* items — every item of the company: filtered, summed, sorted; the list behind each number of the desk. */
#include "web/fields_page.h"

#include "base/money.h"
#include "web/draw.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE_ROWS = 50, PAGE_ROWS_MAX = 500 };

/* The views offered above the list; `soon` is not_due within seven days. */
static const struct { const char *code, *label; } views[] = {
	{ "open", "Open items" },        { "overdue", "Overdue" },          { "to_chase", "To chase" },        { "soon", "Due within 7 days" },
	{ "disputed", "Disputed" },    { "promised", "With a promise" },        { "insolvent", "Insolvency" },     { "unallocated", "Unallocated" },
	{ "closed", "Settled items" },       { "all", "All" },
};

struct items_query {
	struct item_filter filter;
	const char *view, *q, *customer, *kind, *source;
	struct list_page page;
	enum item_sort sort;
	struct field_filters fields;
};

static void read_day(const struct request *request, const char *name, int32_t *out)
{
	int32_t day;
	if (request_day(request, name, &day)) *out = day;
}

static bool given(const char *text)
{
	return text && *text;
}

/* A field that says nothing sensible is left out of the filter and not shown as one. */
/* Customers that both let through; NULL lets all. */
static const uint8_t *both(struct request *request, const struct book *book, const uint8_t *a, const uint8_t *b)
{
	if (!a || !b) return a ? a : b;
	uint8_t *mask = arena_alloc(request->arena, book_customers(book) + 1);
	for (size_t i = 0; i < book_customers(book); i++) mask[i] = a[i] && b[i];
	return mask;
}

static struct status items_read(struct request *request, const struct report_context *context, struct items_query *out)
{
	const struct book *book = context->book;
	struct book_age_options ageing = report_ageing(context);
	*out = (struct items_query){
		.filter = { .as_of = request->as_of, .selected = request_selected(request, book), .state = LIST_OPEN },
		.view = "open", .sort = ITEM_BY_DUE,
	};
	struct item_filter *filter = &out->filter;
	memcpy(filter->edges, ageing.edges, sizeof filter->edges);

	const char *view = request_field(request, "state");
	if (given(view) && strcmp(view, "soon") == 0) {
		out->view = "soon";
		filter->state = LIST_NOT_DUE, filter->due_to = request->as_of + 7;
	} else if (given(view)) {
		if (!item_state_parse(view, &filter->state))
			return status_make(STATUS_INVALID, "There is no list of items called “%.40s”.", view);
		out->view = view;
	}
	int64_t bucket = request_int(request, "bucket", 0);
	if (bucket >= 1 && bucket <= BOOK_BUCKETS) filter->bucket = (int)bucket;
	out->q = request_field(request, "q");
	if (given(out->q)) filter->text = out->q;
	out->customer = request_field(request, "customer");
	if (given(out->customer)) {
		size_t index = book_find_customer_code(book, out->customer);
		if (index == SIZE_MAX) return status_make(STATUS_NOT_FOUND, "There is no customer “%.60s”.", out->customer);
		filter->customer = index + 1;
	}
	enum item_kind kind;
	out->kind = request_field(request, "kind");
	if (given(out->kind) && item_kind_parse(out->kind, &kind)) filter->kinds = 1u << kind;
	else out->kind = NULL;
	enum due_source source;
	out->source = request_field(request, "due_source");
	if (given(out->source) && due_source_parse(out->source, &source)) filter->due_sources = 1u << source;
	else out->source = NULL;
	field_amount(request_field(request, "amount_from"), request->company.currency, &filter->amount_from);
	field_amount(request_field(request, "amount_to"), request->company.currency, &filter->amount_to);
	read_day(request, "due_from", &filter->due_from);
	read_day(request, "due_to", &filter->due_to);
	read_day(request, "issue_from", &filter->issue_from);
	read_day(request, "issue_to", &filter->issue_to);
	read_day(request, "closed_from", &filter->closed_from);
	read_day(request, "closed_to", &filter->closed_to);

	TRY(fields_filter(request, book, true, &out->fields));
	filter->selected = both(request, book, filter->selected, out->fields.customers);
	filter->chosen = out->fields.items;

	const char *sort = request_field(request, "sort");
	if (given(sort)) {
		out->page.descending = *sort == '-';
		if (!item_sort_parse(sort + (*sort == '-'), &out->sort)) out->page.descending = false;
	}
	out->page.sort = (int)out->sort;
	int64_t limit = request_int(request, "limit", PAGE_ROWS), offset = request_int(request, "offset", 0);
	out->page.limit = limit >= 1 && limit <= PAGE_ROWS_MAX ? (size_t)limit : PAGE_ROWS;
	out->page.offset = offset > 0 ? (size_t)offset : 0;
	return STATUS_FINE;
}

static json_t *text_or_null(const char *text)
{
	return given(text) ? json_string(text) : json_null();
}

static void add_filter(struct request *request, json_t *filters, const char *name, const char *label, const char *kind, json_t *value)
{
	json_array_append_new(filters, json_pack("{s:s, s:s, s:o, s:o}", "label", label, "as", kind, "value", value, "href",
	                                         page_link(request, name, NULL)));
}

/* Each filter in force with the address of the list without it. */
static json_t *filters_in_force(struct request *request, const struct items_query *query)
{
	static const struct { const char *name, *label; } days[] = {
		{ "due_from", "Due from" },       { "due_to", "Due until" },         { "issue_from", "Issued from" },
		{ "issue_to", "Issued until" },   { "closed_from", "Settled from" }, { "closed_to", "Settled until" },
	};
	json_t *filters = json_array();
	const struct item_filter *filter = &query->filter;
	if (filter->customer) add_filter(request, filters, "customer", "Customer", "text", json_string(query->customer));
	if (filter->text) add_filter(request, filters, "q", "Contains", "text", json_string(filter->text));
	if (filter->bucket) add_filter(request, filters, "bucket", "Age", "age", json_integer(filter->bucket));
	if (query->kind) add_filter(request, filters, "kind", "Kind", "kind", json_string(query->kind));
	if (query->source) add_filter(request, filters, "due_source", "Due date from", "source", json_string(query->source));
	if (filter->amount_from) add_filter(request, filters, "amount_from", "At least", "money", json_integer(filter->amount_from));
	if (filter->amount_to) add_filter(request, filters, "amount_to", "At most", "money", json_integer(filter->amount_to));
	for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
		int32_t day;
		char iso[11];
		if (!request_day(request, days[i].name, &day)) continue;
		day_format(day, iso);
		add_filter(request, filters, days[i].name, days[i].label, "date", json_string(iso));
	}
	return filters;
}

static void set_heads(struct request *request, const struct items_query *query)
{
	static const struct { enum item_sort sort; bool descending_first; } heads[] = {
		{ ITEM_BY_NUMBER, false }, { ITEM_BY_CUSTOMER, false }, { ITEM_BY_ISSUE, true },  { ITEM_BY_DUE, false },
		{ ITEM_BY_LATE, true },    { ITEM_BY_AMOUNT, true },    { ITEM_BY_OPEN, true },
	};
	json_t *out = json_object();
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		const char *code = item_sort_code(heads[i].sort);
		json_object_set_new(out, code, page_sort(request, code, item_sort_code(query->sort), query->page.descending, heads[i].descending_first));
	}
	json_object_set_new(request->model, "heads", out);
}

static void set_choices(json_t *model, const struct items_query *query)
{
	json_t *kinds = json_array(), *sources = json_array();
	for (int kind = 0; kind < ITEM_KIND_COUNT; kind++)
		json_array_append_new(kinds, json_pack("{s:s, s:b}", "value", item_kind_code((enum item_kind)kind), "on",
		                                       query->filter.kinds == 1u << kind));
	for (int source = 0; source < DUE_SOURCE_COUNT; source++)
		json_array_append_new(sources, json_pack("{s:s, s:b}", "value", due_source_code((enum due_source)source), "on",
		                                         query->filter.due_sources == 1u << source));
	json_object_set_new(model, "kinds", kinds);
	json_object_set_new(model, "sources", sources);
}

/* Words for a list without rows: why, and the one step that helps. */
static json_t *items_empty(struct request *request, const struct items_query *query, size_t filters)
{
	bool first_day = filters == 0 && strcmp(query->view, "open") == 0;
	if (first_day)
		return json_pack("{s:s, s:s, s:s, s:s, s:s}", "icon", "file-import", "title", tr(request->lang, "No item yet"), "text",
		                 tr(request->lang, "Drop a FEC, an aged balance or an export of your software: your figures are there in a minute."),
		                 "href", "/imports", "action", tr(request->lang, "Import a file"));
	if (filters == 0)
		return json_pack("{s:s, s:s, s:s, s:s, s:s}", "icon", "circle-check", "title", tr(request->lang, "Nothing in this list"), "text",
		                 tr(request->lang, "No item is in this state on this day."), "href", "/items", "action",
		                 tr(request->lang, "All open items"));
	return json_pack("{s:s, s:s, s:s, s:o, s:s}", "icon", "filter-off", "title", tr(request->lang, "No item matches"), "text",
	                 tr(request->lang, "Take a filter away to see more."), "href", page_link(request, "q", NULL), "action",
	                 tr(request->lang, "Search without the text"));
}

static struct status items_show(struct request *request)
{
	struct report_context context;
	struct items_query query;
	struct item_list list;
	TRY(view_context(request, &context));
	TRY(items_read(request, &context, &query));
	if (request->json) {
		json_t *face;
		TRY(insight_items(&context, &query.filter, query.page, &face));
		json_object_update(request->model, face);
		json_decref(face);
		return fields_columns(request, CUSTOM_ITEM, context.book, request->model);
	}
	item_list(context.book, &query.filter, query.page, request->arena, &list);

	json_t *model = request->model, *rows = json_array();
	for (size_t i = 0; i < list.count; i++) json_array_append_new(rows, item_view(&context, list.rows[i].index));
	json_object_set_new(model, "items", rows);
	json_object_set_new(model, "currency", json_string(request->company.currency));
	json_object_set_new(model, "total", json_integer((json_int_t)list.total));
	json_object_set_new(model, "customers", json_integer((json_int_t)list.customers));
	json_object_set_new(model, "amount", json_integer(list.amount));
	json_object_set_new(model, "open", json_integer(list.open));
	json_object_set_new(model, "overdue", json_integer(list.overdue));
	json_object_set_new(model, "several_currencies", json_boolean(list.several_currencies));

	/* the strip is of the same customers, whatever the list shows */
	struct book_age_options options = report_ageing(&context);
	uint8_t *one = NULL;
	if (query.filter.customer) {
		one = arena_alloc(request->arena, book_customers(context.book) + 1);
		size_t index = query.filter.customer - 1;
		one[index] = !query.filter.selected || query.filter.selected[index];
	}
	options.selected = one ? one : query.filter.selected;
	struct book_ageing ageing;
	book_age(context.book, options, NULL, &ageing);
	json_object_set_new(model, "strip", ageing_strip(request, &ageing, options.edges, query.filter.bucket, true));
	json_object_set_new(model, "total_overdue", json_integer(book_overdue(&ageing)));
	json_object_set_new(model, "unallocated", json_integer(ageing.unallocated));
	json_object_set_new(model, "outstanding", json_integer(book_outstanding(&ageing)));

	json_t *tabs = json_array();
	for (size_t i = 0; i < sizeof views / sizeof *views; i++)
		json_array_append_new(tabs, json_pack("{s:s, s:s, s:b, s:o}", "code", views[i].code, "label", views[i].label, "on",
		                                      strcmp(views[i].code, query.view) == 0, "href", page_link(request, "state", views[i].code)));
	json_object_set_new(model, "views", tabs);
	json_object_set_new(model, "state", json_string(query.view));
	json_object_set_new(model, "q", text_or_null(query.q));
	json_object_set_new(model, "customer_code", text_or_null(query.filter.customer ? query.customer : NULL));
	json_object_set_new(model, "customer_name", query.filter.customer
	                    ? json_string(book_customer(context.book, query.filter.customer - 1).name) : json_null());
	static const char *const kept[] = { "kind", "due_source", "amount_from", "amount_to", "due_from", "due_to", "issue_from", "issue_to", "bucket", "sort" };
	json_t *form = json_object();
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		json_object_set_new(form, kept[i], text_or_null(request_field(request, kept[i])));
	json_object_set_new(model, "form", form);
	json_t *filters = filters_in_force(request, &query);
	if (list.total == 0)
		json_object_set_new(model, "empty", items_empty(request, &query, json_array_size(filters) + json_array_size(query.fields.in_force)));
	else json_object_set_new(model, "empty", json_null());
	json_object_set_new(model, "filters", filters);
	json_object_set_new(model, "filter_form", json_string("items-filter"));
	json_object_set_new(model, "field_inputs", fields_filter_form(request, &query.fields, true));
	set_heads(request, &query);
	json_object_set_new(model, "pager", page_pager(request, query.page.offset, query.page.limit, list.total));
	set_choices(model, &query);
	json_object_set_new(model, "exports", export_links(request, "/items/export"));
	return STATUS_FINE;
}

/* The list as filtered, whole, as a file. */
static struct status items_export(struct request *request)
{
	struct report_context context;
	struct items_query query;
	TRY(view_context(request, &context));
	TRY(items_read(request, &context, &query));
	query.page.offset = query.page.limit = 0;
	json_t *model;
	TRY(insight_items(&context, &query.filter, query.page, &model));
	struct status status = fields_columns(request, CUSTOM_ITEM, context.book, model);
	if (status.code) return json_decref(model), status;
	return view_file(request, model, tr(request->lang, "items"));
}

const struct route items_routes[] = {
	{ "GET", "/items", RIGHT_READ, items_show, .template = "items", .menu = MENU_ITEMS, .summary = "Items",
	  .fields = "state bucket q customer kind due_source amount_from amount_to due_from due_to issue_from issue_to closed_from closed_to field.CODE field.CODE.from field.CODE.to sort offset limit" },
	{ "GET", "/items/export", RIGHT_EXPORT, items_export, .menu = MENU_ITEMS, .summary = "Items as a file", .fields = "format state bucket q customer field.CODE field.CODE.from field.CODE.to" },
	{ 0 },
};
