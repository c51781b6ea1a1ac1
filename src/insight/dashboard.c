#include "insight/dashboard.h"

#include "base/memory.h"
#include "insight/cover_report.h"
#include "base/words.h"
#include "dunning/day_list.h"
#include "insight/forecast.h"
#include "insight/inside.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MONTHS = 13, TOP = 10, SOON_DAYS = 30, WEEK = 7 };

/* What the open items give in one walk over them. */
struct tally {
	int64_t count[BOOK_BUCKETS + 1];           /* items per column, unallocated last */
	int64_t part[LIST_STATE_COUNT];            /* the overdue, shared out by what stands in the way */
	int64_t part_items[LIST_STATE_COUNT];
	int64_t overdue_customers, chase_customers;
	int64_t chase_three;                       /* of what is to collect, the share of three customers */
	int64_t assumed;                           /* positive amounts whose due date is assumed */
	int64_t promised_week, promised_week_items, broken_items, disputed_items;
	int32_t *oldest;                           /* days late of the oldest item, by customer */
};

struct page {
	const struct report_context *context;
	struct standing_options options;
	struct standing *standings;
	size_t customers;
	struct tally tally;
	struct book_ageing now, before;
	int32_t since;                             /* end of the month before */
};

static int bucket_of(int32_t late, const int32_t edges[3])
{
	return late <= 0 ? 0 : late <= edges[0] ? 1 : late <= edges[1] ? 2 : late <= edges[2] ? 3 : 4;
}

static void tally_item(struct page *page, const struct book_customer *customer, size_t index, const struct book_open *item, int64_t *chase)
{
	const struct report_context *context = page->context;
	struct tally *tally = &page->tally;
	int32_t late = context->as_of - item->due_day;
	if (item->open < 0) {
		tally->count[BOOK_BUCKETS]++;
		return;
	}
	tally->count[bucket_of(late, page->options.edges)]++;
	if (item->due_source == DUE_ASSUMED) tally->assumed += item->open;
	struct book_bound bound = book_item_bound(context->book, item->index, context->as_of, item->open);
	tally->disputed_items += bound.disputed > 0;
	tally->broken_items += bound.broken && bound.promised == 0;
	if (bound.promised > 0 && bound.promised_day <= context->as_of + WEEK)
		tally->promised_week += bound.promised, tally->promised_week_items++;
	if (late <= 0) return;
	if (late > tally->oldest[index]) tally->oldest[index] = late;
	enum item_state state = item_standing(context->book, customer, index, item->index, item->id, item->open, context->as_of);
	tally->part[state] += item->open;
	tally->part_items[state]++;
	if (state != LIST_INSOLVENT) chase[index] += item->open;
}

static void tally_make(struct page *page)
{
	const struct report_context *context = page->context;
	page->tally.oldest = arena_array(context->arena, int32_t, page->customers + 1);
	int64_t *chase = arena_array(context->arena, int64_t, page->customers + 1);
	struct book_opens *opens = book_opens(context->book, context->as_of);
	for (size_t c = 0; c < page->customers; c++) {
		if (page->options.selected && !page->options.selected[c]) continue;
		const struct book_open *rows;
		size_t count = book_opens_of(opens, c, report_currency(context), &rows);
		if (count == 0) continue;
		struct book_customer customer = book_customer(context->book, c);
		for (size_t i = 0; i < count; i++) tally_item(page, &customer, c, &rows[i], chase);
	}
	book_opens_free(opens);
	for (size_t c = 0; c < page->customers; c++) {
		page->tally.overdue_customers += page->tally.oldest[c] > 0;
		page->tally.chase_customers += chase[c] > 0;
	}
	for (int turn = 0; turn < 3; turn++) { /* the three largest */
		size_t most = 0;
		for (size_t c = 1; c < page->customers; c++)
			if (chase[c] > chase[most]) most = c;
		if (page->customers > 0) page->tally.chase_three += chase[most], chase[most] = 0;
	}
}

/* --- the parts of the model -------------------------------------------------------------------------------------------------- */

static double rate_of(const struct book_ageing *ageing)
{
	int64_t due = book_positive(ageing);
	return due > 0 ? (double)book_overdue(ageing) / (double)due : 0;
}

static int64_t to_collect(const struct page *page)
{
	return book_overdue(&page->now) - page->tally.part[LIST_INSOLVENT];
}

static struct status set_figures(struct page *page, const struct forecast *forecast, json_t *model)
{
	const struct report_context *context = page->context;
	json_t *figures;
	TRY(report_make(context, "kpis", &figures));
	double points = round((rate_of(&page->now) - rate_of(&page->before)) * 1000) / 10;
	int64_t items = 0;
	for (int k = 0; k <= BOOK_BUCKETS; k++) items += page->tally.count[k];
	json_object_set_new(figures, "items", json_integer(items));
	json_object_set_new(figures, "to_collect", json_integer(to_collect(page)));
	json_object_set_new(figures, "to_collect_customers", json_integer(page->tally.chase_customers));
	json_object_set_new(figures, "insolvent", json_integer(page->tally.part[LIST_INSOLVENT]));
	json_object_set_new(figures, "since", json_day(page->since));
	json_object_set_new(figures, "rate_change", json_real(fabs(points)));
	json_object_set_new(figures, "rate_up", json_boolean(points > 0));
	json_object_set_new(figures, "rate_down", json_boolean(points < 0));
	json_object_set_new(figures, "expected_30", json_integer(forecast_within(forecast, context->as_of, SOON_DAYS)));
	json_object_set_new(figures, "promised_week", json_integer(page->tally.promised_week));
	json_object_set_new(figures, "promised_week_items", json_integer(page->tally.promised_week_items));
	json_object_set_new(figures, "broken_items", json_integer(page->tally.broken_items));
	json_object_set_new(figures, "disputed_items", json_integer(page->tally.disputed_items));
	json_object_set_new(model, "figures", figures);
	return STATUS_FINE;
}

static void set_ageing(const struct page *page, json_t *model)
{
	static const char *const squares[] = { "a0", "a1", "a2", "a3", "a4" };
	const int32_t *edges = page->options.edges;
	json_t *rows = json_array();
	for (int k = 0; k < BOOK_BUCKETS; k++)
		json_array_append_new(rows, json_pack("{s:i, s:s, s:I, s:o, s:I, s:I, s:b, s:b, s:o, s:o, s:o}", "bucket", k + 1, "square", squares[k],
			"amount", (json_int_t)page->now.bucket[k], "share", json_ratio(page->now.bucket[k], book_positive(&page->now)), "items",
			(json_int_t)page->tally.count[k], "change", (json_int_t)(page->now.bucket[k] - page->before.bucket[k]), "plus",
			page->now.bucket[k] > page->before.bucket[k], "worse", k > 0 && page->now.bucket[k] > page->before.bucket[k], "from", k == 0 ? json_null() : json_integer(k == 1 ? 1 : edges[k - 2] + 1),
			"to", k >= 1 && k <= 3 ? json_integer(edges[k - 1]) : json_null(), "over", k == 4 ? json_integer(edges[2]) : json_null()));
	json_object_set_new(model, "ageing", json_pack("{s:o, s:I, s:I, s:I, s:I, s:I, s:o}", "rows", rows, "unallocated",
		(json_int_t)page->now.unallocated, "unallocated_items", (json_int_t)page->tally.count[BOOK_BUCKETS], "unallocated_change",
		(json_int_t)(page->now.unallocated - page->before.unallocated), "outstanding", (json_int_t)book_outstanding(&page->now), "change",
		(json_int_t)(book_outstanding(&page->now) - book_outstanding(&page->before)), "since", json_day(page->since)));
}

static json_t *month_text(struct arena *arena, int32_t day)
{
	struct civil civil = day_civil(day);
	return json_string(arena_printf(arena, "%04d-%02d", civil.year, civil.month));
}

/* The end of each of the last twelve months, and the day itself. */
static void set_history(const struct page *page, json_t *model)
{
	const struct report_context *context = page->context;
	int32_t days[MONTHS];
	struct book_point points[MONTHS];
	days[MONTHS - 1] = context->as_of;
	for (int m = MONTHS - 2; m >= 0; m--) days[m] = day_month_start(days[m + 1]) - 1;
	struct book_age_options options = report_ageing(context);
	book_history(context->book, options, days, MONTHS, points);
	json_t *rows = json_array(), *months = json_array(), *dso = json_array(), *best = json_array();
	for (int m = 0; m < MONTHS; m++) {
		json_t *value = json_days((__int128)points[m].outstanding * 365, points[m].sales_365);
		json_t *possible = json_days((__int128)points[m].not_due * 365, points[m].sales_365);
		json_array_append_new(months, month_text(context->arena, days[m]));
		json_array_append(dso, value);
		json_array_append(best, possible);
		json_array_append_new(rows, json_pack("{s:o, s:o, s:o, s:I}", "on", json_day(days[m]), "dso", value, "best", possible,
			"outstanding", (json_int_t)points[m].outstanding));
	}
	const json_t *first = json_array_get(dso, 0), *last = json_array_get(dso, MONTHS - 1);
	bool both = json_is_number(first) && json_is_number(last);
	double change = both ? round(json_number_value(last)) - round(json_number_value(first)) : 0;
	enum lang lang = context->lang;
	json_object_set_new(model, "history", json_pack("{s:o, s:b, s:f, s:b, s:b, s:O, s:O, s:o}", "rows", rows, "compared", both, "change",
		fabs(change), "up", change > 0, "down", change < 0, "first", first, "last", last, "chart",
		json_pack("{s:o, s:[{s:s, s:o}, {s:s, s:o, s:b, s:s}], s:s}", "x", months, "series", "name", tr(lang, "DSO"), "values", dso, "name",
		          tr(lang, "Best possible DSO"), "values", best, "thin", 1, "color", "c3", "unit", lang == LANG_FR ? "j" : "d")));
}

static void set_forecast(const struct page *page, const struct forecast *forecast, json_t *model)
{
	const struct report_context *context = page->context;
	enum lang lang = context->lang;
	json_t *rows = json_array(), *x = json_array(), *p10 = json_array(), *p50 = json_array(), *p90 = json_array(), *come = json_array();
	int64_t total = 0, to_come = 0;
	for (size_t m = 0; m < forecast->count; m++) {
		const struct forecast_month *month = &forecast->months[m];
		json_array_append_new(x, month_text(context->arena, month->first_day));
		json_array_append_new(p10, json_integer(month->p10));
		json_array_append_new(p50, json_integer(month->p50));
		json_array_append_new(p90, json_integer(month->p90));
		json_array_append_new(come, json_integer(month->sales_to_come));
		json_array_append_new(rows, json_pack("{s:o, s:I, s:I, s:I, s:I, s:I}", "month", month_text(context->arena, month->first_day), "p10",
			(json_int_t)month->p10, "p50", (json_int_t)month->p50, "p90", (json_int_t)month->p90, "sales_to_come",
			(json_int_t)month->sales_to_come, "both", (json_int_t)(month->p50 + month->sales_to_come)));
		total += month->p50, to_come += month->sales_to_come;
	}
	json_object_set_new(model, "forecast", json_pack("{s:o, s:I, s:I, s:I, s:I, s:I, s:o}", "rows", rows, "total", (json_int_t)total,
		"sales_to_come", (json_int_t)to_come, "disputed", (json_int_t)forecast->disputed, "insolvent", (json_int_t)forecast->insolvent,
		"later", (json_int_t)forecast->later, "chart",
		json_pack("{s:o, s:o, s:o, s:o, s:o, s:s, s:{s:s, s:s}, s:s}", "x", x, "p10", p10, "p50", p50, "p90", p90, "out", come, "out_name",
		          tr(lang, "Sales to come"), "names", "median", tr(lang, "Known items"), "band", tr(lang, "8 cases in 10"), "currency",
		          report_currency(context))));
}

/* --- answers ------------------------------------------------------------------------------------------------------------------ */

static void set_blocked(const struct page *page, json_t *answers)
{
	static const struct { enum item_state state; const char *code, *label, *fill; } parts[] = {
		{ LIST_TO_CHASE, "to_chase", "to chase", "f-bad" },       { LIST_IN_PROMISE, "in_promise", "promised", "f-pro" },
		{ LIST_IN_DISPUTE, "in_dispute", "disputed", "f-warn" },  { LIST_HELD, "held", "on hold", "f-info" },
		{ LIST_BLOCKED, "blocked", "never chased", "f-adm" },     { LIST_INSOLVENT, "insolvent", "insolvency", "f-mute" },
	};
	int64_t collect = to_collect(page);
	json_t *rows = json_array();
	for (size_t i = 0; i < COUNT(parts); i++)
		if (page->tally.part[parts[i].state] > 0)
			json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:I, s:I}", "code", parts[i].code, "label", parts[i].label, "fill",
				parts[i].fill, "amount", (json_int_t)page->tally.part[parts[i].state], "items",
				(json_int_t)page->tally.part_items[parts[i].state]));
	json_object_set_new(answers, "blocked", json_pack("{s:b, s:I, s:I, s:o, s:o, s:o}", "any", book_overdue(&page->now) > 0, "customers",
		(json_int_t)(page->tally.chase_customers < 3 ? page->tally.chase_customers : 3), "to_collect", (json_int_t)collect, "share",
		json_ratio(page->tally.chase_three, collect), "free_share", json_ratio(page->tally.part[LIST_TO_CHASE], collect), "parts", rows));
}

struct risk {
	size_t customer;
	bool insolvent;
	double score;
	int64_t overdue;
};
static int riskiest_first(const struct risk *a, const struct risk *b)
{
	if (a->insolvent != b->insolvent) return a->insolvent ? -1 : 1;
	if (a->score != b->score) return a->score < b->score ? -1 : 1;
	return (a->overdue < b->overdue) - (a->overdue > b->overdue);
}

/* Of those shown, what no credit insurer covers; null without a policy. */
static struct status set_uncovered(const struct page *page, json_t *answers)
{
	const struct report_context *context = page->context;
	size_t i;
	json_t *row, *cover, *risky = json_object_get(answers, "risky");
	int64_t sum = 0;
	json_array_foreach(json_object_get(risky, "customers"), i, row) {
		size_t customer = book_find_customer_code(context->book, json_string_value(json_object_get(row, "customer")));
		cover = NULL;
		if (context->db) TRY(cover_line(context->db, context->viewer, context->company->id, context->book, customer, context->as_of, context->arena, &cover));
		json_object_set(row, "uncovered", cover && json_is_object(cover) ? json_object_get(cover, "uncovered") : json_null());
		json_decref(cover);
		sum += json_integer_value(json_object_get(row, "uncovered"));
	}
	json_object_set_new(risky, "uncovered_sum", json_integer((json_int_t)sum));
	return STATUS_FINE;
}

static void set_risky(const struct page *page, json_t *answers)
{
	const struct report_context *context = page->context;
	struct risk *risks = arena_array_raw(context->arena, struct risk, page->customers + 1);
	size_t count = 0;
	int64_t over_limit = 0, together = 0;
	for (size_t c = 0; c < page->customers; c++) {
		const struct standing *standing = &page->standings[c];
		struct book_customer customer = book_customer(context->book, c);
		bool insolvent = customer.insolvency_day != DAY_NONE && customer.insolvency_day <= context->as_of;
		over_limit += customer.credit_limit >= 0 && book_outstanding(&standing->ageing) > customer.credit_limit;
		if (book_outstanding(&standing->ageing) <= 0 || (!insolvent && (!standing->score.known || book_overdue(&standing->ageing) <= 0)))
			continue;
		risks[count++] = (struct risk){ c, insolvent, standing->score.known ? standing->score.value : 0, book_overdue(&standing->ageing) };
	}
	json_t *rows = json_array();
	for (size_t i = 0; i < count && i < 3; i++) {
		size_t next = i;
		for (size_t c = i + 1; c < count; c++)
			if (riskiest_first(&risks[c], &risks[next]) < 0) next = c;
		struct risk risk = risks[next];
		risks[next] = risks[i], risks[i] = risk;
		struct book_customer customer = book_customer(context->book, risks[i].customer);
		const struct standing *standing = &page->standings[risks[i].customer];
		together += book_outstanding(&standing->ageing);
		json_array_append_new(rows, json_pack("{s:s, s:s, s:b, s:o, s:o, s:I}", "customer", customer.code, "name", customer.name, "insolvent",
			risks[i].insolvent, "score", json_score(&standing->score), "class", json_class(&standing->score), "outstanding",
			(json_int_t)book_outstanding(&standing->ageing)));
	}
	json_object_set_new(answers, "risky", json_pack("{s:o, s:I, s:I}", "customers", rows, "outstanding", (json_int_t)together, "over_limit",
		(json_int_t)over_limit));
}

static bool viewer_has(const struct page *page, int64_t customer_id)
{
	if (!page->options.selected) return true;
	size_t index = book_find_customer(page->context->book, customer_id);
	return index != SIZE_MAX && (!page->options.selected || page->options.selected[index]);
}

/* The plan of the day and the answers that wait, as the store has them. */
static struct status set_today(const struct page *page, json_t *answers)
{
	const struct report_context *context = page->context;
	int64_t actions = 0, calls = 0, calls_amount = 0, contacts = 0, contacts_amount = 0, replies = 0;
	if (context->db) {
		struct db_arg tenant = db_int("tenant", context->viewer->tenant_id), company = db_int("company", context->company->id);
		cleanup_day_list const struct day_list *list = NULL;
		TRY(day_list_get(context->db, context->viewer->tenant_id, context->company->id, context->as_of, &list));
		for (size_t i = 0; i < list->count; i++) {
			const struct day_action *action = &list->actions[i];
			if (action->state != STATE_PLANNED && action->state != STATE_TO_CONFIRM) continue;
			if (!day_action_waits(action, context->as_of) || !viewer_has(page, action->customer_id)) continue;
			bool call = action->channel == CHANNEL_CALL, task = action->channel == CHANNEL_TASK;
			actions++;
			calls += call, calls_amount += call ? action->amount : 0;
			contacts += !task, contacts_amount += task ? 0 : action->amount;
		}
		cleanup_rows struct rows *waiting = db_query(context->db,
			"SELECT customer_id FROM reply WHERE tenant_id = $tenant AND company_id = $company AND kind = 'reply' AND handled_at = 0 "
			"AND day <= $day", DB_ARGS(tenant, company, db_day("day", context->as_of)));
		while (rows_next(waiting)) replies += viewer_has(page, row_int(waiting, 0));
		TRY(rows_status(waiting));
	}
	json_object_set_new(answers, "today", json_pack("{s:b, s:I, s:I, s:I, s:I, s:I, s:I}", "present", context->as_of == context->today,
		"actions", (json_int_t)actions, "calls", (json_int_t)calls, "calls_amount", (json_int_t)calls_amount, "contacts",
		(json_int_t)contacts, "contacts_amount", (json_int_t)contacts_amount, "replies", (json_int_t)replies));
	return STATUS_FINE;
}

static struct status set_trust(const struct page *page, json_t *answers)
{
	const struct report_context *context = page->context;
	int64_t poor = 0, poor_unallocated = 0, unreachable = 0;
	for (size_t c = 0; c < page->customers; c++)
		if (page->standings[c].poorly_lettered) poor++, poor_unallocated += page->standings[c].ageing.unallocated;
	if (context->db) {
		cleanup_rows struct rows *rows = db_query(context->db,
			"SELECT c.id FROM customer c WHERE c.tenant_id = $tenant AND c.company_id = $company AND c.email = '' AND NOT EXISTS "
			"(SELECT 1 FROM contact k WHERE k.tenant_id = c.tenant_id AND k.company_id = c.company_id AND k.customer_id = c.id "
			"AND k.email <> '' AND k.removed = 0 AND k.bounced_at = 0)",
			DB_ARGS(db_int("tenant", context->viewer->tenant_id), db_int("company", context->company->id)));
		while (rows_next(rows)) {
			size_t index = book_find_customer(context->book, row_int(rows, 0));
			if (index != SIZE_MAX && book_positive(&page->standings[index].ageing) > 0) unreachable++;
		}
		TRY(rows_status(rows));
	}
	json_object_set_new(answers, "trust", json_pack("{s:I, s:I, s:o, s:I, s:I}", "poorly_lettered", (json_int_t)poor, "unallocated",
		(json_int_t)poor_unallocated, "assumed_share", json_ratio(page->tally.assumed, book_positive(&page->now)), "assumed",
		(json_int_t)page->tally.assumed, "unreachable", (json_int_t)unreachable));
	return STATUS_FINE;
}

/* --- the ten largest ---------------------------------------------------------------------------------------------------------- */

static struct status set_top(const struct page *page, json_t *model)
{
	const struct report_context *context = page->context;
	json_t *list, *row;
	TRY(insight_customers(context, &(struct customer_filter){ .overdue = true },
	                      (struct list_page){ .sort = CUSTOMER_BY_OVERDUE, .descending = true, .limit = TOP }, &list));
	int64_t sum = 0;
	size_t i;
	json_array_foreach(json_object_get(list, "customers"), i, row) {
		size_t c = book_find_customer_code(context->book, json_string_value(json_object_get(row, "customer")));
		const struct standing *standing = &page->standings[c];
		struct book_customer customer = book_customer(context->book, c);
		json_t *buckets = json_array();
		for (int k = 0; k < BOOK_BUCKETS; k++) json_array_append_new(buckets, json_integer(standing->ageing.bucket[k]));
		json_object_set_new(row, "buckets", buckets);
		json_object_set_new(row, "oldest", json_integer(page->tally.oldest[c]));
		json_object_set_new(row, "days_late", json_days(standing->behaviour.days_late, standing->behaviour.late_weight));
		json_object_set_new(row, "insolvent", json_boolean(customer.insolvency_day != DAY_NONE && customer.insolvency_day <= context->as_of));
		sum += book_overdue(&standing->ageing);
	}
	json_object_set_new(model, "top", json_pack("{s:O, s:I, s:o, s:O}", "customers", json_object_get(list, "customers"), "sum",
		(json_int_t)sum, "share", json_ratio(sum, book_overdue(&page->now)), "total", json_object_get(list, "total")));
	json_decref(list);
	return STATUS_FINE;
}

struct status dashboard_make(const struct report_context *asked, json_t **out)
{
	struct report_context gross = *asked;
	gross.basis = BASIS_GROSS;
	struct page page = { .context = &gross, .options = report_standing(&gross), .customers = book_customers(gross.book),
		.since = day_month_start(gross.as_of) - 1 };
	standing_all(gross.book, page.options, gross.arena, &page.standings);
	struct book_age_options ageing = report_ageing(&gross);
	book_age(gross.book, ageing, NULL, &page.now);
	ageing.as_of = page.since;
	book_age(gross.book, ageing, NULL, &page.before);
	tally_make(&page);
	struct forecast forecast;
	forecast_make(&gross, 12, &forecast);
	json_t *model = json_pack("{s:s, s:o, s:s, s:I}", "company", gross.company->code, "as_of", json_day(gross.as_of), "currency",
	                          report_currency(&gross), "known", (json_int_t)book_items(gross.book));
	json_t *answers = json_object();
	json_object_set_new(model, "answers", answers);
	set_ageing(&page, model);
	set_history(&page, model);
	set_forecast(&page, &forecast, model);
	set_blocked(&page, answers);
	set_risky(&page, answers);
	struct status status = set_uncovered(&page, answers);
	if (!status.code) status = set_figures(&page, &forecast, model);
	if (!status.code) status = set_today(&page, answers);
	if (!status.code) status = set_trust(&page, answers);
	if (!status.code) status = set_top(&page, model);
	if (status.code)
		json_decref(model);
	else
		*out = model;
	return status;
}
