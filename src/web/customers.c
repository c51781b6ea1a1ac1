/* customers — the list: who owes what, how late, how he stands, and what happens next. */
#include "web/fields_page.h"

#include "ledger/customer.h"
#include "web/draw.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE_ROWS = 50, PAGE_ROWS_MAX = 500 };

static const struct { const char *code, *label; } views[] = {
	{ "open", "With a balance" }, { "overdue", "Overdue" },       { "over_limit", "Over their limit" }, { "poor", "Poorly lettered" },
	{ "insolvent", "Insolvency" }, { "generic", "Generic accounts" }, { "nobody", "Without a collector" }, { "all", "All" },
};
static const struct { const char *code, *label; } classes[] = {
	{ "A", "A, safe" }, { "B", "B, fair" }, { "C", "C, to watch" }, { "D", "D, at risk" }, { "N", "No score" },
};

static bool given(const char *text)
{
	return text && *text;
}

static json_t *text_or_null(const char *text)
{
	return given(text) ? json_string(text) : json_null();
}

/* Of those chosen (NULL: all), the ones who bear a tag. */
static struct status tagged(struct request *request, const struct book *book, const char *tag, const uint8_t **chosen)
{
	uint8_t *mask = arena_alloc(request->arena, book_customers(book) + 1);
	cleanup_rows struct rows *rows = db_query(request->db, "SELECT id, tags FROM customer WHERE tenant_id = $tenant AND company_id = $company AND tags <> ''",
	                                          DB_ARGS(db_int("tenant", request->company.tenant_id), db_int("company", request->company.id)));
	while (rows_next(rows)) {
		size_t index = customer_tagged(row_text(rows, 1), tag) ? book_find_customer(book, row_int(rows, 0)) : SIZE_MAX;
		if (index != SIZE_MAX) mask[index] = !*chosen || (*chosen)[index];
	}
	*chosen = mask;
	return rows_status(rows);
}

struct customers_query {
	struct customer_filter filter;
	struct list_page page;
	enum customer_sort sort;
	const char *view, *class, *group, *tag;
	struct field_filters fields;
};

static struct status customers_read(struct request *request, const struct book *book, struct customers_query *out)
{
	*out = (struct customers_query){ .view = "open", .sort = CUSTOMER_BY_OVERDUE, .page.descending = true };
	struct customer_filter *filter = &out->filter;
	const char *view = request_field(request, "view");
	if (given(view)) out->view = view;
	if (strcmp(out->view, "open") == 0) filter->open = true;
	else if (strcmp(out->view, "overdue") == 0) filter->overdue = true;
	else if (strcmp(out->view, "over_limit") == 0) filter->over_limit = true;
	else if (strcmp(out->view, "poor") == 0) filter->poorly_lettered = true;
	else if (strcmp(out->view, "insolvent") == 0) filter->insolvent = true;
	else if (strcmp(out->view, "generic") == 0) filter->generic = true;
	else if (strcmp(out->view, "nobody") == 0) filter->no_collector = filter->open = true;
	else if (strcmp(out->view, "all") != 0) return status_make(STATUS_INVALID, "There is no list of customers called “%.40s”.", out->view);

	const char *text = request_field(request, "q");
	if (given(text)) filter->text = text;
	out->class = request_field(request, "class");
	if (given(out->class) && strchr("ABCDN", *out->class)) filter->class = *out->class;
	else out->class = NULL;
	out->group = request_field(request, "group");
	if (given(out->group)) filter->group_code = out->group;
	filter->collector_id = request_int(request, "collector", 0);
	TRY(fields_filter(request, book, false, &out->fields));
	filter->chosen = out->fields.customers;
	out->tag = request_field(request, "tag");
	if (given(out->tag)) TRY(tagged(request, book, out->tag, &filter->chosen));

	const char *sort = request_field(request, "sort");
	if (given(sort) && customer_sort_parse(sort + (*sort == '-'), &out->sort)) out->page.descending = *sort == '-';
	out->page.sort = (int)out->sort;
	int64_t limit = request_int(request, "limit", PAGE_ROWS), offset = request_int(request, "offset", 0);
	out->page.limit = limit >= 1 && limit <= PAGE_ROWS_MAX ? (size_t)limit : PAGE_ROWS;
	out->page.offset = offset > 0 ? (size_t)offset : 0;
	return STATUS_FINE;
}

/* What the page shows beside the contract's row. */
static void customer_decorate(const struct report_context *context, const struct standing_options *options, json_t *row)
{
	size_t index = book_find_customer_code(context->book, json_string_value(json_object_get(row, "customer")));
	if (index == SIZE_MAX) return;
	struct book_customer customer = book_customer(context->book, index);
	struct standing standing = standing_one(context->book, index, *options);
	json_object_set_new(row, "bar", draw_ageing(&standing.ageing));
	json_object_set_new(row, "days_late", json_days(standing.behaviour.days_late, standing.behaviour.late_weight));
	json_object_set_new(row, "insolvent", json_boolean(customer.insolvency_day != DAY_NONE && customer.insolvency_day <= context->as_of));
	json_object_set_new(row, "stopped", json_boolean(customer.stopped));
	json_object_set_new(row, "poorly_lettered", json_boolean(standing.poorly_lettered));
	json_object_set_new(row, "generic", json_boolean(strcmp(customer.generic, "accepted") == 0));
	json_object_set_new(row, "over_limit", json_boolean(customer.credit_limit >= 0 && book_outstanding(&standing.ageing) > customer.credit_limit));
}

static void set_heads(struct request *request, const struct customers_query *query)
{
	static const struct { const char *name; enum customer_sort sort; bool descending_first; } heads[] = {
		{ "name", CUSTOMER_BY_NAME, false },      { "score", CUSTOMER_BY_SCORE, false },     { "overdue", CUSTOMER_BY_OVERDUE, true },
		{ "outstanding", CUSTOMER_BY_OUTSTANDING, true }, { "late", CUSTOMER_BY_LATE, true }, { "unallocated", CUSTOMER_BY_UNALLOCATED, false },
	};
	json_t *out = json_object();
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		json_object_set_new(out, heads[i].name, page_sort(request, customer_sort_code(heads[i].sort), customer_sort_code(query->sort),
		                                                  query->page.descending, heads[i].descending_first));
	json_object_set_new(request->model, "heads", out);
}

static json_t *customers_empty(struct request *request, const struct customers_query *query)
{
	bool filtered = query->filter.text || query->class || query->filter.group_code || query->filter.collector_id || query->filter.chosen;
	if (filtered)
		return json_pack("{s:s, s:s, s:s, s:s, s:s}", "icon", "filter-off", "title", tr(request->lang, "No customer matches"), "text",
		                 tr(request->lang, "Take a filter away to see more."), "href", "/customers", "action",
		                 tr(request->lang, "All with a balance"));
	if (strcmp(query->view, "open") == 0 || strcmp(query->view, "all") == 0)
		return json_pack("{s:s, s:s, s:s, s:s, s:s}", "icon", "file-import", "title", tr(request->lang, "No customer yet"), "text",
		                 tr(request->lang, "Customers come with your first import."), "href", "/imports", "action",
		                 tr(request->lang, "Import a file"));
	return json_pack("{s:s, s:s, s:s, s:s, s:s}", "icon", "circle-check", "title", tr(request->lang, "Nobody in this list"), "text",
	                 tr(request->lang, "No customer is in this state on this day."), "href", "/customers", "action",
	                 tr(request->lang, "All with a balance"));
}

static struct status customers_show(struct request *request)
{
	struct report_context context;
	struct customers_query query;
	TRY(view_context(request, &context));
	TRY(customers_read(request, context.book, &query));
	json_t *found;
	TRY(insight_customers(&context, &query.filter, query.page, &found));
	json_t *model = request->model;
	json_object_update(model, found);
	json_decref(found);
	if (request->json) return fields_columns(request, CUSTOM_CUSTOMER, context.book, model);

	struct standing_options options = report_standing(&context);
	size_t i;
	json_t *row;
	json_array_foreach(json_object_get(model, "customers"), i, row) customer_decorate(&context, &options, row);
	size_t total = (size_t)json_integer_value(json_object_get(model, "total"));

	json_t *tabs = json_array(), *scores = json_array();
	for (i = 0; i < sizeof views / sizeof *views; i++)
		json_array_append_new(tabs, json_pack("{s:s, s:b, s:o}", "label", views[i].label, "on", strcmp(views[i].code, query.view) == 0,
		                                      "href", page_link(request, "view", views[i].code)));
	for (i = 0; i < sizeof classes / sizeof *classes; i++) {
		bool on = query.class && *query.class == *classes[i].code;
		json_array_append_new(scores, json_pack("{s:s, s:s, s:b, s:o}", "code", classes[i].code, "label", classes[i].label, "on", on,
		                                        "href", page_link(request, "class", on ? NULL : classes[i].code)));
	}
	json_object_set_new(model, "views", tabs);
	json_object_set_new(model, "classes", scores);
	json_object_set_new(model, "view", json_string(query.view));
	json_object_set_new(model, "q", text_or_null(query.filter.text));
	json_object_set_new(model, "class", text_or_null(query.class));
	json_object_set_new(model, "group", text_or_null(query.group));
	json_object_set_new(model, "group_off", page_link(request, "group", NULL));
	json_object_set_new(model, "tag", text_or_null(query.tag));
	json_object_set_new(model, "tag_off", page_link(request, "tag", NULL));
	json_object_set_new(model, "filter_form", json_string("customers-filter"));
	json_t *inputs = fields_filter_form(request, &query.fields, false);
	json_object_set_new(model, "has_field_inputs", json_boolean(json_array_size(inputs) > 0));
	json_object_set_new(model, "field_inputs", inputs);
	json_object_set_new(model, "sort", text_or_null(request_field(request, "sort")));
	json_object_set_new(model, "empty", total == 0 ? customers_empty(request, &query) : json_null());
	set_heads(request, &query);
	json_object_set_new(model, "exports", export_links(request, "/customers/export"));
	json_object_set_new(model, "pager", page_pager(request, query.page.offset, query.page.limit, total));
	return STATUS_FINE;
}

/* The list as filtered, whole, as a file. */
static struct status customers_export(struct request *request)
{
	struct report_context context;
	struct customers_query query;
	TRY(view_context(request, &context));
	TRY(customers_read(request, context.book, &query));
	query.page.offset = query.page.limit = 0;
	json_t *model;
	TRY(insight_customers(&context, &query.filter, query.page, &model));
	struct status status = fields_columns(request, CUSTOM_CUSTOMER, context.book, model);
	if (status.code) return json_decref(model), status;
	return view_file(request, model, tr(request->lang, "customers"));
}

const struct route customers_routes[] = {
	{ "GET", "/customers", RIGHT_READ, customers_show, .template = "customers", .menu = MENU_CUSTOMERS, .summary = "Customers",
	  .fields = "view q class group collector tag field.CODE field.CODE.from field.CODE.to sort offset limit" },
	{ "GET", "/customers/export", RIGHT_EXPORT, customers_export, .menu = MENU_CUSTOMERS, .summary = "Customers as a file", .fields = "format view q class group collector tag field.CODE field.CODE.from field.CODE.to" },
	{ 0 },
};
