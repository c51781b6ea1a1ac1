#include "insight/forecast.h"

#include "base/calendar.h"
#include "base/memory.h"
#include "book/page.h"
#include "insight/inside.h"
#include "insight/learned.h"
#include "ledger/setting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ENOUGH_PAYMENTS = 5, SCENARIOS = 9, SOON_DAYS = 90 };

/* Past days late, in order: the customer's own, or everybody's. */
struct habit {
	const int32_t *days;
	size_t count;
	int32_t usual;                         /* the weighted average, rounded half up */
};

static int day_compare(const void *left, const void *right)
{
	int32_t a = *(const int32_t *)left, b = *(const int32_t *)right;
	return (a > b) - (a < b);
}

/* In order. Everybody's days are hundreds of thousands of values within a few thousand: counted rather than compared (40 ms of a
 * million-item dashboard were this sort). */
static void days_sort(int32_t *days, size_t count)
{
	enum { FEW = 512, SPAN = 1 << 14 };
	int32_t low = INT32_MAX, high = INT32_MIN;
	for (size_t i = 0; i < count; i++) {
		if (days[i] < low) low = days[i];
		if (days[i] > high) high = days[i];
	}
	if (count < FEW || (int64_t)high - low >= SPAN) {
		qsort(days, count, sizeof *days, day_compare);
		return;
	}
	cleanup_free size_t *counts = xcalloc(SPAN, sizeof *counts);
	for (size_t i = 0; i < count; i++) counts[days[i] - low]++;
	size_t at = 0;
	for (int32_t day = low; at < count; day++)
		for (size_t left = counts[day - low]; left > 0; left--) days[at++] = day;
}

static struct habit habit_of(struct arena *arena, const struct book_late *late, size_t count)
{
	int32_t *days = arena_array(arena, int32_t, count + 1);
	__int128 sum = 0;
	int64_t weight = 0;
	for (size_t i = 0; i < count; i++) days[i] = late[i].days, sum += (__int128)late[i].amount * late[i].days, weight += late[i].amount;
	days_sort(days, count);
	double mean = weight > 0 ? (double)sum / (double)weight : 0;
	return (struct habit){ days, count, (int32_t)floor(mean + 0.5) };
}

/* How many of the past days late are at most this. */
static size_t habit_upto(const struct habit *habit, int32_t days)
{
	size_t low = 0, high = habit->count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (habit->days[middle] <= days)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The days late at a share of the past ones, given that the item is later than `already`; DAY_NONE beyond all of them. */
static int32_t habit_at(const struct habit *habit, double share, int32_t already)
{
	size_t below = habit_upto(habit, already), left = habit->count - below;
	if (left == 0) return DAY_NONE;
	size_t at = below + (size_t)(share * (double)left);
	return habit->days[at < habit->count ? at : habit->count - 1];
}

struct forecaster {
	const struct report_context *context;
	struct forecast *out;
	struct calendar calendar;
	struct habit everybody;
	struct learned *learned;               /* NULL: by averages */
	double variance[FORECAST_MONTHS];
	int32_t last_day;                      /* of the last month */
	int32_t *working;                      /* the working day on or after as_of + 1 + i, up to last_day: asked for ten times per item */
};

static int32_t working_day(const struct forecaster *f, int32_t day)
{
	int32_t first = f->context->as_of + 1;
	return day >= first && day <= f->last_day ? f->working[day - first] : calendar_next(&f->calendar, day);
}

static size_t month_of(const struct forecaster *f, int32_t day)
{
	if (day > f->last_day) return SIZE_MAX;
	size_t month = 0;
	while (month + 1 < f->out->count && day >= f->out->months[month + 1].first_day) month++;
	return month;
}

/* How late one item may be: its learned curve, or the customer's past days. */
struct outlook {
	int32_t due;
	const struct habit *habit;
	const struct lateness_curve *curve;    /* NULL: by the habit */
};

/* The days late at a share of what is possible, given that it is later than on as_of. */
static int32_t late_at(const struct forecaster *f, const struct outlook *outlook, double share)
{
	int32_t already = f->context->as_of - outlook->due;
	if (outlook->curve) return lateness_at(outlook->curve, share, already);
	int32_t late = habit_at(outlook->habit, share, already);
	return late != DAY_NONE ? late : habit_at(&f->everybody, share, already);
}

static int32_t expected_day(const struct forecaster *f, const struct outlook *outlook, const struct book_bound *bound, bool *promised)
{
	int32_t as_of = f->context->as_of, day = outlook->due + outlook->habit->usual;
	*promised = bound->promised > 0 && bound->promised_day > as_of;
	if (*promised) {
		day = bound->promised_day;
	} else if (outlook->curve || day <= as_of) {
		int32_t late = late_at(f, outlook, 0.5);
		if (late == DAY_NONE) return DAY_NONE;
		day = outlook->due + late;
	}
	return working_day(f, day > as_of ? day : as_of + 1);
}

/* The month it would fall in at one point of the habit; SIZE_MAX when in none. */
static size_t scenario_month(const struct forecaster *f, const struct outlook *outlook, const struct forecast_item *item, double share)
{
	if (item->promised) return month_of(f, item->expected_day);
	int32_t as_of = f->context->as_of, late = late_at(f, outlook, share);
	if (late == DAY_NONE) return SIZE_MAX;
	return month_of(f, working_day(f, outlook->due + late > as_of ? outlook->due + late : as_of + 1));
}

/* Paid within 90 days, as it is not paid yet; < 0: nothing like it is known. */
static double soon(const struct forecaster *f, const struct outlook *outlook)
{
	int32_t already = f->context->as_of - outlook->due;
	if (outlook->curve) {
		double left = lateness_beyond(outlook->curve, already);
		return left < 0.001 ? -1 : 1 - lateness_beyond(outlook->curve, already + SOON_DAYS) / left;
	}
	const struct habit *habit = outlook->habit;
	if (habit_upto(habit, already) == habit->count) habit = &f->everybody;
	size_t below = habit_upto(habit, already), left = habit->count - below;
	if (left == 0) return -1;
	return (double)(habit_upto(habit, already + SOON_DAYS) - below) / (double)left;
}

/* The items of one customer, in order of due day; his credits cover the first ones. */
static void place_customer(struct forecaster *f, const struct habit *own, const struct item_row *rows, size_t count, int64_t credits)
{
	double sums[SCENARIOS][FORECAST_MONTHS] = { 0 };
	const struct habit *habit = own->count >= ENOUGH_PAYMENTS ? own : &f->everybody;
	int32_t as_of = f->context->as_of;
	for (size_t i = 0; i < count; i++) {
		struct book_item item = book_item(f->context->book, rows[i].index, BOOK_FACTS);
		struct book_bound bound = book_item_bound(f->context->book, rows[i].index, as_of, rows[i].open);
		int64_t amount = rows[i].open - bound.disputed, covered = credits < amount ? credits : amount;
		f->out->disputed += bound.disputed;
		amount -= covered, credits -= covered;
		if (amount <= 0) continue;
		struct forecast_item *one = &f->out->items[f->out->items_count++];
		struct lateness_curve curve;
		struct outlook outlook = { .due = item.due_day, .habit = habit, .curve = f->learned ? &curve : NULL };
		if (f->learned) learned_curve(f->learned, f->context, rows[i].index, &item, &curve);
		*one = (struct forecast_item){ .index = rows[i].index, .amount = amount, .p_90_days = soon(f, &outlook) };
		one->expected_day = expected_day(f, &outlook, &bound, &one->promised);
		if (one->expected_day == DAY_NONE) {
			f->out->undated += amount;
			continue;
		}
		size_t month = month_of(f, one->expected_day);
		if (month == SIZE_MAX) f->out->later += amount;
		else f->out->months[month].p50 += amount;
		for (int s = 0; s < SCENARIOS; s++) {
			month = scenario_month(f, &outlook, one, (s + 0.5) / SCENARIOS);
			if (month != SIZE_MAX) sums[s][month] += (double)amount;
		}
	}
	for (size_t month = 0; month < f->out->count; month++) {
		double mean = 0, squares = 0;
		for (int s = 0; s < SCENARIOS; s++) mean += sums[s][month] / SCENARIOS;
		for (int s = 0; s < SCENARIOS; s++) squares += (sums[s][month] - mean) * (sums[s][month] - mean) / SCENARIOS;
		f->variance[month] += squares;
	}
}

static void set_months(struct forecaster *f, size_t months)
{
	int32_t as_of = f->context->as_of, start = day_month_start(as_of + 1);
	f->out->count = months < FORECAST_MONTHS ? months : FORECAST_MONTHS;
	for (size_t m = 0; m < f->out->count; m++) f->out->months[m].first_day = day_add_months(start, (int)m);
	f->last_day = day_month_end(f->out->months[f->out->count - 1].first_day);
	size_t days = (size_t)(f->last_day - as_of);
	f->working = arena_array(f->context->arena, int32_t, days + 1);
	int32_t next = calendar_next(&f->calendar, f->last_day + 1);
	for (size_t i = days; i-- > 0;) {
		int32_t day = as_of + 1 + (int32_t)i;
		if (calendar_works(&f->calendar, day)) next = day;
		f->working[i] = next;
	}
}

static void set_sales_to_come(struct forecaster *f)
{
	const struct report_context *context = f->context;
	struct book_behaviour behaviour;
	struct book_age_options options = report_ageing(context);
	book_behave(context->book, (struct book_behaviour_options){ .as_of = context->as_of, .currency = context->currency,
		.selected = options.selected }, NULL, &behaviour);
	if (behaviour.settled <= 0) return;
	int32_t wait = (int32_t)((double)behaviour.days_to_pay / (double)behaviour.settled + 0.5);
	int64_t sales[365];
	book_daily_sales(context->book, options, context->as_of - 364, COUNT(sales), sales);
	for (int32_t i = 0; i < (int32_t)COUNT(sales); i++) {
		size_t month = month_of(f, working_day(f, context->as_of + 1 + i + wait));
		if (month != SIZE_MAX) f->out->months[month].sales_to_come += sales[i];
	}
}

void forecast_make(const struct report_context *context, size_t months, struct forecast *out)
{
	*out = (struct forecast){ 0 };
	struct forecaster f = { .context = context, .out = out };
	if (context->settings) f.calendar.alsace_moselle = setting_bool(context->settings, "holidays.alsace_moselle");
	set_months(&f, months);
	const uint8_t *selected = report_selected(context);
	struct book_late *late;
	size_t late_count = book_lateness(context->book, (struct book_behaviour_options){ .as_of = context->as_of,
		.currency = context->currency, .selected = selected, .no_lateness = report_no_lateness(context) }, context->arena, &late);
	f.everybody = habit_of(context->arena, late, late_count);
	size_t customers = book_customers(context->book);
	struct { size_t first, count; } *ranges = arena_alloc_array(context->arena, customers + 1, sizeof *ranges);
	for (size_t i = 0; i < late_count; i++)
		if (ranges[late[i].customer].count++ == 0) ranges[late[i].customer].first = i;
	struct book_ageing *ageing = arena_array(context->arena, struct book_ageing, customers + 1);
	struct book_age_options gross = report_ageing(context);
	gross.basis = BASIS_GROSS;
	book_age(context->book, gross, ageing, NULL);
	struct item_list list;
	item_list(context->book, &(struct item_filter){ .as_of = context->as_of, .state = LIST_DUE,
		.currency = report_currency(context), .selected = selected },
		(struct list_page){ .sort = ITEM_BY_CUSTOMER }, context->arena, &list);
	out->items = arena_array(context->arena, struct forecast_item, list.count + 1);
	if (list.count <= LEARNED_OPEN) f.learned = learned_get(context);
	out->learned = f.learned != NULL;
	for (size_t i = 0, end; i < list.count; i = end) {
		size_t customer = book_item(context->book, list.rows[i].index, BOOK_FACTS).customer;
		struct book_customer row = book_customer(context->book, customer);
		int64_t open = 0;
		for (end = i; end < list.count && list.rows[end].index >= row.first_item &&
		              list.rows[end].index < row.first_item + row.item_count; end++)
			open += list.rows[end].open;
		if (row.insolvency_day != DAY_NONE && row.insolvency_day <= context->as_of) {
			out->insolvent += open;
			continue;
		}
		struct habit own = habit_of(context->arena, late + ranges[customer].first, ranges[customer].count);
		place_customer(&f, &own, list.rows + i, end - i, -ageing[customer].unallocated);
	}
	for (size_t m = 0; m < out->count; m++) {
		double band = 1.2816 * sqrt(f.variance[m]);
		out->months[m].p90 = out->months[m].p50 + (int64_t)(band + 0.5);
		out->months[m].p10 = out->months[m].p50 > (int64_t)(band + 0.5) ? out->months[m].p50 - (int64_t)(band + 0.5) : 0;
	}
	set_sales_to_come(&f);
	learned_release(f.learned);
}

int64_t forecast_within(const struct forecast *forecast, int32_t as_of, int32_t days)
{
	int64_t sum = 0;
	for (size_t i = 0; i < forecast->items_count; i++)
		if (forecast->items[i].expected_day != DAY_NONE && forecast->items[i].expected_day <= as_of + days) sum += forecast->items[i].amount;
	return sum;
}

static json_t *item_model(const struct report_context *context, const struct forecast_item *one, const struct book_item *item)
{
	return json_pack("{s:I, s:s, s:s, s:I, s:o, s:o, s:b}", "id", (json_int_t)item->id, "number", item->number, "customer",
	                 book_customer(context->book, item->customer).code, "amount", (json_int_t)one->amount, "expected_on",
	                 json_day(one->expected_day), "p_90_days",
	                 one->p_90_days < 0 ? json_null() : json_real(round(one->p_90_days * 1e6) / 1e6), "promised", one->promised);
}

/* Everything but the items, which it takes. */
static json_t *forecast_model(const struct report_context *context, const struct forecast *forecast, json_t *items)
{
	json_t *list = json_array();
	for (size_t m = 0; m < forecast->count; m++) {
		const struct forecast_month *month = &forecast->months[m];
		struct civil civil = day_civil(month->first_day);
		json_array_append_new(list, json_pack("{s:s, s:I, s:I, s:I, s:I}", "month",
			arena_printf(context->arena, "%04d-%02d", civil.year, civil.month), "p10", (json_int_t)month->p10, "p50",
			(json_int_t)month->p50, "p90", (json_int_t)month->p90, "sales_to_come", (json_int_t)month->sales_to_come));
	}
	return json_pack("{s:o, s:s, s:s, s:o, s:o, s:I, s:I, s:I, s:I, s:s}", "as_of", json_day(context->as_of), "company",
	                 context->company->code, "currency", report_currency(context), "months", list, "items", items, "disputed",
	                 (json_int_t)forecast->disputed, "insolvent", (json_int_t)forecast->insolvent, "later",
	                 (json_int_t)forecast->later, "undated", (json_int_t)forecast->undated,
	                 "method", forecast->learned ? "learned" : "averages");
}

static struct status check_months(size_t months)
{
	if (months >= 1 && months <= FORECAST_MONTHS) return STATUS_FINE;
	return status_make(STATUS_INVALID, "--months takes 1 to %d.", FORECAST_MONTHS);
}

struct status insight_forecast(const struct report_context *context, size_t months, json_t **out)
{
	struct forecast forecast;
	TRY(check_months(months));
	forecast_make(context, months, &forecast);
	json_t *items = json_array();
	for (size_t i = 0; i < forecast.items_count; i++) {
		struct book_item item = book_item(context->book, forecast.items[i].index, context->as_of);
		json_array_append_new(items, item_model(context, &forecast.items[i], &item));
	}
	*out = forecast_model(context, &forecast, items);
	return STATUS_FINE;
}

struct status insight_forecast_page(const struct report_context *context, size_t months, int32_t days, size_t limit, json_t **out)
{
	struct forecast forecast;
	TRY(check_months(months));
	forecast_make(context, months, &forecast);
	struct page_key *keys = arena_array(context->arena, struct page_key, forecast.items_count + 1);
	size_t count = 0;
	int64_t total = 0;
	for (size_t i = 0; i < forecast.items_count; i++) {
		int32_t day = forecast.items[i].expected_day;
		if (day == DAY_NONE || day > context->as_of + days) continue;
		keys[count++] = (struct page_key){ .number = day, .row = i };
		total += forecast.items[i].amount;
	}
	size_t shown = page_select(keys, count, (struct list_page){ .limit = limit });
	json_t *items = json_array();
	for (size_t i = 0; i < shown; i++) {
		const struct forecast_item *one = &forecast.items[keys[i].row];
		struct book_item item = book_item(context->book, one->index, context->as_of);
		json_t *row = item_model(context, one, &item);
		json_object_set_new(row, "name", json_string(book_customer(context->book, item.customer).name));
		json_object_set_new(row, "due_date", json_day(item.due_day));
		json_array_append_new(items, row);
	}
	*out = forecast_model(context, &forecast, items);
	json_object_set_new(*out, "soon", json_pack("{s:I, s:I, s:I, s:b}", "count", (json_int_t)count, "total", (json_int_t)total, "shown",
	                                            (json_int_t)shown, "cut", shown < count));
	return STATUS_FINE;
}
