#include "insight/report.h"

#include "base/memory.h"
#include "base/test.h"
#include "book/build.h"
#include "insight/dashboard.h"
#include "insight/forecast.h"
#include "insight/sheet.h"

#include <math.h>

static int32_t day(const char *iso)
{
	int32_t out = 0;
	CHECK(day_parse(iso, strlen(iso), &out));
	return out;
}

/* The four invoices of the KPI reference, section 3, all paid by the customer C1, then one open; C2 has only credits. */
struct made {
	struct book_builder *builder;
	int64_t id;
};
static int64_t add(struct made *made, int64_t customer, enum item_kind kind, const char *issue, const char *due, int64_t amount,
                   const char *number)
{
	builder_item(made->builder, &(struct builder_item){ .customer_id = customer, .id = ++made->id, .amount = amount, .kind = kind,
		.issue_day = day(issue), .posting_day = day(issue), .due_day = day(due), .number = number });
	return made->id;
}
static struct made made_new(void)
{
	struct made made = { book_builder_new("EUR"), 0 };
	builder_customer(made.builder, &(struct book_customer){ .id = 1, .code = "C1", .name = "=cmd|' /C calc'!A0", .group_code = "G1",
		.collector_id = 7, .insolvency_day = DAY_NONE, .credit_limit = -1 });
	builder_customer(made.builder, &(struct book_customer){ .id = 2, .code = "C2", .name = "Deux, \"SA\"", .insolvency_day = DAY_NONE,
		.credit_limit = -1 });
	return made;
}
static void add_paid(struct made *made)
{
	static const struct { int64_t amount; const char *issued, *due, *paid; } rows[] = {
		{ 120000, "2025-01-10", "2025-02-09", "2025-02-20" }, { 600000, "2025-01-15", "2025-03-16", "2025-03-10" },
		{ 240000, "2025-02-01", "2025-03-03", "2025-04-02" }, { 60000, "2025-02-10", "2025-03-12", "2025-03-12" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t invoice = add(made, 1, ITEM_INVOICE, rows[i].issued, rows[i].due, rows[i].amount, "F");
		int64_t payment = add(made, 1, ITEM_PAYMENT, rows[i].paid, rows[i].paid, -rows[i].amount, "P");
		builder_settlement(made->builder, 1, invoice, payment, day(rows[i].paid), rows[i].amount);
	}
}
static const struct book *made_book(struct made *made)
{
	const struct book *book = NULL;
	CHECK_OK(builder_book(made->builder, &book));
	return book;
}

static struct viewer everybody;
static struct company company = { .tenant_id = 1, .id = 1, .code = "DEMO", .name = "Demo", .currency = "EUR" };
static struct report_context context_of(const struct book *book, struct arena *arena, const char *as_of)
{
	everybody = viewer_system(1);
	return (struct report_context){ .viewer = &everybody, .company = &company, .book = book, .arena = arena, .lang = LANG_EN,
		.as_of = day(as_of), .today = day(as_of) };
}
static json_t *report_of(const struct report_context *context, const char *name)
{
	json_t *model = NULL;
	CHECK_OK(report_make(context, name, &model));
	return model;
}
#define NUMBER(model, key, want) CHECK(json_is_number(json_object_get(model, key)) && fabs(json_number_value(json_object_get(model, key)) - (want)) < 1e-9)

static void key_figures(void)
{
	struct made made = made_new();
	add_paid(&made);
	add(&made, 1, ITEM_INVOICE, "2025-05-20", "2025-06-19", 500000, "F5");
	add(&made, 2, ITEM_CREDIT_NOTE, "2025-06-01", "2025-06-01", -20000, "A1");
	cleanup_book const struct book *book = made_book(&made);
	cleanup_arena struct arena *arena = arena_new();
	struct report_context context = context_of(book, arena, "2025-06-30");
	json_t *kpis = report_of(&context, "kpis");
	NUMBER(kpis, "outstanding", 480000);
	NUMBER(kpis, "overdue", 500000);
	NUMBER(kpis, "unallocated", -20000);
	NUMBER(kpis, "overdue_rate", 1);
	NUMBER(kpis, "sales_365", 1500000);
	NUMBER(kpis, "dso", 116.8);
	NUMBER(kpis, "average_days_to_pay", 52.47);
	NUMBER(kpis, "average_days_late", 4.82);
	NUMBER(kpis, "on_time_rate", 0.647059);
	/* 90 days before, 1 April: F3 (2 400) still open; sales of the 90 days 5 000 − 200 */
	NUMBER(kpis, "cei_90", 0.333333);    /* (2400 + 4800 − 4800) ÷ (2400 + 4800 − 0) */
	NUMBER(kpis, "customers", 2);
	NUMBER(kpis, "open_items", 2);
	CHECK_TEXT(json_string_value(json_object_get(kpis, "as_of")), "2025-06-30");
	json_decref(kpis);

	context.as_of = day("2024-01-01");   /* before everything: no division */
	kpis = report_of(&context, "kpis");
	static const char *const nulls[] = { "overdue_rate", "dso", "best_possible_dso", "average_days_late", "on_time_rate", "cei_90" };
	for (size_t i = 0; i < COUNT(nulls); i++) CHECK(json_is_null(json_object_get(kpis, nulls[i])));
	NUMBER(kpis, "dso_countback", 0);
	json_decref(kpis);
}

static void ratios_round_half_away_from_zero_once(void)
{
	static const struct { int64_t n, d; double want; } cases[] = { { 438, 534, 0.820225 }, { 1, 3, 0.333333 }, { -1, 2000000, -0.000001 },
		{ 5, 10000000, 0.000001 }, { 49, 100000000, 0 } };
	for (size_t i = 0; i < COUNT(cases); i++) {
		json_t *ratio = json_ratio(cases[i].n, cases[i].d);
		CHECK(fabs(json_number_value(ratio) - cases[i].want) < 1e-12);
		json_decref(ratio);
	}
	json_t *days = json_days(-1005, 200), *none = json_days(1, 0);
	CHECK(fabs(json_number_value(days) + 5.03) < 1e-12); /* −5.025 */
	CHECK(json_is_null(none));
	json_decref(days), json_decref(none);
}

static void aged_balance_by_customer_and_group(void)
{
	struct made made = made_new();
	add(&made, 1, ITEM_INVOICE, "2025-05-01", "2025-05-31", 500000, "F5");
	add(&made, 1, ITEM_PAYMENT, "2025-06-01", "2025-06-01", -100000, "P");
	add(&made, 2, ITEM_CREDIT_NOTE, "2025-06-01", "2025-06-01", -20000, "A1");
	cleanup_book const struct book *book = made_book(&made);
	cleanup_arena struct arena *arena = arena_new();
	struct report_context context = context_of(book, arena, "2025-06-30");
	json_t *model = report_of(&context, "aged-balance");
	json_t *rows = json_object_get(model, "rows");
	CHECK_INT(json_array_size(rows), 2);
	CHECK_TEXT(json_string_value(json_object_get(json_array_get(rows, 0), "customer")), "C1");
	NUMBER(json_array_get(rows, 0), "1-30", 500000);
	NUMBER(json_array_get(rows, 0), "unallocated", -100000);
	NUMBER(json_object_get(model, "total"), "outstanding", 380000);
	CHECK_INT(json_array_size(json_object_get(model, "columns")), 6);
	json_decref(model);
	context.rows = 1; /* a page's: the first, how many there are, and the largest */
	model = report_of(&context, "aged-balance");
	CHECK_INT(json_array_size(json_object_get(model, "rows")), 1);
	NUMBER(model, "rows_count", 2);
	NUMBER(json_object_get(model, "total"), "outstanding", 380000);
	CHECK_INT(json_array_size(json_object_get(model, "largest")), 2);
	NUMBER(json_array_get(json_object_get(model, "largest"), 0), "outstanding", 400000);
	NUMBER(json_array_get(json_object_get(model, "largest"), 1), "outstanding", -20000);
	json_decref(model);
	context.rows = 0;
	context.basis = BASIS_NET;
	model = report_of(&context, "aged-balance");
	NUMBER(json_array_get(json_object_get(model, "rows"), 0), "1-30", 400000);
	NUMBER(json_object_get(model, "total"), "outstanding", 380000);
	json_decref(model);
	context.by = "group";
	model = report_of(&context, "aged-balance");
	CHECK_TEXT(json_string_value(json_object_get(json_array_get(json_object_get(model, "rows"), 1), "group")), "G1");
	json_decref(model);
	context.by = "weather";
	CHECK(report_make(&context, "aged-balance", &model).code == STATUS_INVALID);
	CHECK(report_make(&context, "no-such", &model).code == STATUS_INVALID);
}

static void a_portfolio_sees_only_its_customers(void)
{
	struct made made = made_new();
	add(&made, 1, ITEM_INVOICE, "2025-05-01", "2025-05-31", 500000, "F5");
	add(&made, 2, ITEM_INVOICE, "2025-05-01", "2025-05-31", 900000, "F6");
	cleanup_book const struct book *book = made_book(&made);
	cleanup_arena struct arena *arena = arena_new();
	struct report_context context = context_of(book, arena, "2025-06-30");
	everybody.portfolio = PORTFOLIO_OWN, everybody.user_id = 7, everybody.role = ROLE_COLLECTOR;
	json_t *model = report_of(&context, "kpis"), *list = NULL;
	NUMBER(model, "outstanding", 500000);
	json_decref(model);
	model = report_of(&context, "aged-balance");
	CHECK_INT(json_array_size(json_object_get(model, "rows")), 1);
	json_decref(model);
	CHECK_OK(insight_items(&context, &(struct item_filter){ .state = LIST_OPEN }, (struct list_page){ 0 }, &list));
	NUMBER(list, "sum_open", 500000);
	json_decref(list);
	CHECK_OK(insight_customers(&context, &(struct customer_filter){ 0 }, (struct list_page){ 0 }, &list));
	NUMBER(list, "total", 1);
	json_decref(list);
	CHECK(insight_customer(&context, "C2", &list).code == STATUS_NOT_FOUND);
	CHECK_OK(insight_forecast(&context, 12, &list));
	CHECK_INT(json_array_size(json_object_get(list, "items")), 1);
	json_decref(list);
	CHECK_OK(dashboard_make(&context, &list));
	NUMBER(json_object_get(list, "figures"), "overdue", 500000);
	CHECK_INT(json_array_size(json_object_get(json_object_get(list, "top"), "customers")), 1);
	json_decref(list);
}

static void csv_is_raw_and_safe(void)
{
	struct made made = made_new();
	add(&made, 1, ITEM_INVOICE, "2025-05-01", "2025-05-31", 123456, "+33");
	add(&made, 2, ITEM_INVOICE, "2025-05-01", "2025-05-31", -5, "F6");
	cleanup_book const struct book *book = made_book(&made);
	cleanup_arena struct arena *arena = arena_new();
	struct report_context context = context_of(book, arena, "2025-06-30");
	json_t *model = report_of(&context, "aged-balance");
	struct sheet sheet;
	cleanup_text struct text csv = { 0 }, xlsx = { 0 };
	CHECK(sheet_of(model, arena, &sheet));
	sheet_csv(&sheet, &csv);
	CHECK_TEXT(text_cstr(&csv), "customer,name,outstanding,not_due,1-30,31-60,61-90,90+,unallocated\r\n"
	                            "C1,\"'=cmd|' /C calc'!A0\",1234.56,0.00,1234.56,0.00,0.00,0.00,0.00\r\n"
	                            "C2,\"Deux, \"\"SA\"\"\",-0.05,0.00,0.00,0.00,0.00,0.00,-0.05\r\n");
	CHECK_OK(sheet_xlsx(&sheet, LANG_FR, &xlsx));
	CHECK(xlsx.len > 1000 && memcmp(xlsx.bytes, "PK", 2) == 0);
	sheet_free(&sheet);
	json_decref(model);
}

static void items_as_the_contract_has_them(void)
{
	struct made made = made_new();
	add_paid(&made);
	cleanup_book const struct book *book = made_book(&made);
	cleanup_arena struct arena *arena = arena_new();
	struct report_context context = context_of(book, arena, "2025-06-30");
	json_t *model = NULL;
	CHECK_OK(insight_items(&context, &(struct item_filter){ .state = LIST_ALL, .kinds = 1u << ITEM_INVOICE }, (struct list_page){ 0 }, &model));
	const json_t *item = json_array_get(json_object_get(model, "items"), 0);
	CHECK_TEXT(json_string_value(json_object_get(item, "closed_on")), "2025-02-20");
	NUMBER(item, "days_late", 11);       /* on the day it was closed */
	NUMBER(item, "open", 0);
	CHECK_INT(json_object_size(item), 13);
	json_decref(model);
	context.as_of = day("2025-02-15");
	CHECK_OK(insight_items(&context, &(struct item_filter){ .state = LIST_OPEN }, (struct list_page){ 0 }, &model));
	item = json_array_get(json_object_get(model, "items"), 0);
	CHECK(json_is_null(json_object_get(item, "closed_on")));
	NUMBER(item, "days_late", 6);
	json_decref(model);
}

static void forecast_of_the_reference(void)               /* section 6: due Friday 30 January, habit +4.82: Wednesday 4 February */
{
	struct made made = made_new();
	add_paid(&made);
	for (int i = 0; i < 2; i++) {                     /* a fifth and sixth payment that leave the average at 4.82 days, rounded 5 */
		int64_t invoice = add(&made, 1, ITEM_INVOICE, "2025-04-01", "2025-05-01", 100, "F");
		int64_t payment = add(&made, 1, ITEM_PAYMENT, "2025-05-06", "2025-05-06", -100, "P");
		builder_settlement(made.builder, 1, invoice, payment, day("2025-05-06"), 100);
	}
	int64_t open = add(&made, 1, ITEM_INVOICE, "2025-12-31", "2026-01-30", 500000, "F9");
	int64_t promised = add(&made, 1, ITEM_INVOICE, "2025-12-31", "2026-01-30", 300000, "F10");
	int64_t disputed = add(&made, 1, ITEM_INVOICE, "2025-12-31", "2026-01-30", 70000, "F11");
	builder_promise(made.builder, &(struct builder_promise){ .customer_id = 1, .item_id = promised, .amount = 300000,
		.made_day = day("2026-01-05"), .day = day("2026-03-01"), .settled_day = DAY_NONE });
	builder_dispute(made.builder, 1, disputed, -1, day("2026-01-02"), DAY_NONE);
	cleanup_book const struct book *book = made_book(&made);
	cleanup_arena struct arena *arena = arena_new();
	struct report_context context = context_of(book, arena, "2026-01-15");
	struct forecast forecast;
	forecast_make(&context, 12, &forecast);
	CHECK_INT(forecast.items_count, 2);
	CHECK_INT(forecast.disputed, 70000);
	for (size_t i = 0; i < forecast.items_count; i++) {
		struct book_item item = book_item(book, forecast.items[i].index, context.as_of);
		char iso[11];
		day_format(forecast.items[i].expected_day, iso);
		CHECK_TEXT(iso, item.id == open ? "2026-02-04" : "2026-03-02"); /* 1 March is a Sunday */
	}
	CHECK_INT(forecast.count, 12);
	CHECK_INT(forecast.months[1].p50, 500000);
	CHECK_INT(forecast.months[2].p50, 300000);
	int64_t sum = 0;
	for (size_t m = 0; m < forecast.count; m++) {
		sum += forecast.months[m].p50;
		CHECK(forecast.months[m].p10 <= forecast.months[m].p50 && forecast.months[m].p50 <= forecast.months[m].p90);
	}
	CHECK_INT(sum + forecast.later + forecast.undated, 800000);
	CHECK_INT(forecast_within(&forecast, context.as_of, 30), 500000);
}

static void what_is_later_than_any_payment_has_no_day(void)
{
	struct made made = made_new();
	add_paid(&made);
	add(&made, 1, ITEM_INVOICE, "2024-01-01", "2024-01-31", 500000, "F9");
	cleanup_book const struct book *book = made_book(&made);
	cleanup_arena struct arena *arena = arena_new();
	struct report_context context = context_of(book, arena, "2025-06-30");
	struct forecast forecast;
	forecast_make(&context, 12, &forecast);
	CHECK_INT(forecast.undated, 500000);
	CHECK_INT(forecast.items_count, 1);
	CHECK_INT(forecast.items[0].expected_day, DAY_NONE);
}

static void the_dashboard_adds_up(void)
{
	struct made made = made_new();
	add_paid(&made);
	add(&made, 1, ITEM_INVOICE, "2025-04-01", "2025-05-01", 500000, "F9");
	add(&made, 1, ITEM_INVOICE, "2025-06-01", "2025-06-20", 100000, "F10");
	int64_t disputed = add(&made, 2, ITEM_INVOICE, "2025-05-01", "2025-06-10", 40000, "F11");
	builder_dispute(made.builder, 2, disputed, 10000, day("2025-06-15"), DAY_NONE);
	cleanup_book const struct book *book = made_book(&made);
	cleanup_arena struct arena *arena = arena_new();
	struct report_context context = context_of(book, arena, "2025-06-30");
	json_t *model = NULL, *row;
	CHECK_OK(dashboard_make(&context, &model));
	int64_t sum = 0, items = 0, parts = 0;
	size_t i;
	json_array_foreach(json_object_get(json_object_get(model, "ageing"), "rows"), i, row) {
		sum += json_integer_value(json_object_get(row, "amount"));
		items += json_integer_value(json_object_get(row, "items"));
	}
	CHECK_INT(sum, 640000);
	CHECK_INT(items, 3);
	json_array_foreach(json_object_get(json_object_get(json_object_get(model, "answers"), "blocked"), "parts"), i, row) {
		struct item_filter filter = { .as_of = context.as_of };
		struct item_list list;
		int64_t amount = json_integer_value(json_object_get(row, "amount"));
		CHECK(item_state_parse(json_string_value(json_object_get(row, "code")), &filter.state));
		item_list(book, &filter, (struct list_page){ 0 }, arena, &list); /* the list behind the number totals the number */
		CHECK_INT(list.open, amount);
		parts += amount;
	}
	CHECK_INT(parts, 640000);
	NUMBER(json_object_get(model, "figures"), "disputed", 10000);
	const json_t *history = json_object_get(json_object_get(model, "history"), "rows");
	CHECK_INT(json_array_size(history), 13);
	CHECK_TEXT(json_string_value(json_object_get(json_array_get(history, 11), "on")), "2025-05-31");
	NUMBER(json_array_get(history, 12), "outstanding", 640000);
	json_decref(model);
}

static void an_empty_company_has_a_dashboard(void)
{
	cleanup_book const struct book *book = NULL;
	CHECK_OK(builder_book(book_builder_new("EUR"), &book));
	cleanup_arena struct arena *arena = arena_new();
	struct report_context context = context_of(book, arena, "2025-06-30");
	json_t *model = NULL;
	CHECK_OK(dashboard_make(&context, &model));
	NUMBER(model, "known", 0);
	json_decref(model);
	CHECK_OK(insight_forecast(&context, 12, &model));
	json_decref(model);
	CHECK(insight_forecast(&context, 99, &model).code == STATUS_INVALID);
}

TESTS({ "key figures", key_figures }, { "ratios round half away from zero, once", ratios_round_half_away_from_zero_once },
      { "aged balance by customer and group", aged_balance_by_customer_and_group },
      { "a portfolio sees only its customers", a_portfolio_sees_only_its_customers }, { "csv is raw and safe", csv_is_raw_and_safe },
      { "items as the contract has them", items_as_the_contract_has_them }, { "forecast of the reference", forecast_of_the_reference },
      { "what is later than any payment has no day", what_is_later_than_any_payment_has_no_day },
      { "the dashboard adds up", the_dashboard_adds_up }, { "an empty company has a dashboard", an_empty_company_has_a_dashboard })
