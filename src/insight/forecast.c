#include "insight/forecast.h"

#include "base/calendar.h"
#include "base/memory.h"
#include "book/page.h"
#include "insight/dispute_figures.h"
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
	int32_t low;                           /* with upto: the first of the days */
	size_t span;
	const size_t *upto;                    /* everybody's: how many are at most low + i; NULL: looked for */
};

static int day_compare(const void *left, const void *right)
{
	int32_t a = *(const int32_t *)left, b = *(const int32_t *)right;
	return (a > b) - (a < b);
}

static int32_t usual_of(__int128 sum, int64_t weight)
{
	double mean = weight > 0 ? (double)sum / (double)weight : 0;
	return (int32_t)floor(mean + 0.5);
}

static struct habit habit_of(const struct book_late *late)
{
	return (struct habit){ .days = late->days, .count = late->count, .usual = usual_of(late->sum, late->weight) };
}

/* Everybody's days are hundreds of thousands of values within a few thousand: counted rather than compared. */
static struct habit habit_of_all(struct arena *arena, const struct book_late *late, size_t customers)
{
	enum { SPAN = 1 << 14 };
	__int128 sum = 0;
	int64_t weight = 0;
	size_t count = 0, at = 0;
	int32_t low = INT32_MAX, high = INT32_MIN;
	for (size_t c = 0; c < customers; c++) {
		if (late[c].count == 0) continue;
		sum += late[c].sum, weight += late[c].weight, count += late[c].count;
		if (late[c].days[0] < low) low = late[c].days[0];
		if (late[c].days[late[c].count - 1] > high) high = late[c].days[late[c].count - 1];
	}
	int32_t *days = arena_array_raw(arena, int32_t, count + 1);
	struct habit habit = { .days = days, .count = count, .usual = usual_of(sum, weight) };
	if (count == 0) return habit;
	if ((int64_t)high - low >= SPAN) {
		for (size_t c = 0; c < customers; c++) {
			if (late[c].count) memcpy(days + at, late[c].days, late[c].count * sizeof *days);
			at += late[c].count;
		}
		qsort(days, count, sizeof *days, day_compare);
		return habit;
	}
	habit.low = low, habit.span = (size_t)(high - low) + 1;
	size_t *upto = arena_array(arena, size_t, habit.span);
	for (size_t c = 0; c < customers; c++)
		for (size_t i = 0; i < late[c].count; i++) upto[late[c].days[i] - low]++;
	for (size_t d = 0; d < habit.span; d++) {
		for (size_t left = upto[d]; left > 0; left--) days[at++] = low + (int32_t)d;
		upto[d] = at;
	}
	habit.upto = upto;
	return habit;
}

/* How many of the past days late are at most this. */
static size_t habit_upto(const struct habit *habit, int32_t days)
{
	if (habit->upto) {
		if (days < habit->low) return 0;
		size_t at = (size_t)(days - habit->low);
		return at < habit->span ? habit->upto[at] : habit->count;
	}
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

/* The past days late that are still possible for an item that is late by `already`: the customer's, else everybody's. */
struct chance {
	const struct habit *habit;
	size_t below, left;                    /* left 0: later than anybody ever was */
};

static struct chance chance_of(const struct habit *habit, const struct habit *everybody, int32_t already)
{
	size_t below = habit_upto(habit, already);
	if (below < habit->count || habit == everybody) return (struct chance){ habit, below, habit->count - below };
	below = habit_upto(everybody, already);
	return (struct chance){ everybody, below, everybody->count - below };
}

/* The days late at a share of them; DAY_NONE without any. */
static int32_t chance_at(const struct chance *chance, double share)
{
	if (chance->left == 0) return DAY_NONE;
	size_t at = chance->below + (size_t)(share * (double)chance->left);
	return chance->habit->days[at < chance->habit->count ? at : chance->habit->count - 1];
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
	uint8_t *month;                        /* the month of as_of + 1 + i */
};

static int32_t working_day(const struct forecaster *f, int32_t day)
{
	int32_t first = f->context->as_of + 1;
	return day >= first && day <= f->last_day ? f->working[day - first] : calendar_next(&f->calendar, day);
}

static size_t month_of(const struct forecaster *f, int32_t day)
{
	if (day > f->last_day) return SIZE_MAX;
	return day > f->context->as_of ? f->month[day - f->context->as_of - 1] : 0; /* before: what was paid ahead, on average */
}

/* How late one item may be: its learned curve, or past days late. */
struct outlook {
	int32_t due, already;                  /* already: days late on as_of */
	const struct habit *habit;
	struct chance chance;
	const struct lateness_curve *curve;    /* NULL: by the chance */
};

/* The days late at a share of what is possible, given that it is later than on as_of. */
static int32_t late_at(const struct outlook *outlook, double share)
{
	return outlook->curve ? lateness_at(outlook->curve, share, outlook->already) : chance_at(&outlook->chance, share);
}

static int32_t expected_day(const struct forecaster *f, const struct outlook *outlook, const struct book_bound *bound, bool *promised)
{
	int32_t as_of = f->context->as_of, day = outlook->due + outlook->habit->usual;
	*promised = bound->promised > 0 && bound->promised_day > as_of;
	if (*promised) {
		day = bound->promised_day;
	} else if (outlook->curve || day <= as_of) {
		int32_t late = late_at(outlook, 0.5);
		if (late == DAY_NONE) return DAY_NONE;
		day = outlook->due + late;
	}
	return working_day(f, day > as_of ? day : as_of + 1);
}

/* The month it would fall in at one point of the habit; SIZE_MAX when in none. */
static size_t scenario_month(const struct forecaster *f, const struct outlook *outlook, const struct forecast_item *item, double share)
{
	if (item->promised) return month_of(f, item->expected_day);
	int32_t as_of = f->context->as_of, late = late_at(outlook, share);
	if (late == DAY_NONE) return SIZE_MAX;
	int32_t day = outlook->due + late > as_of ? outlook->due + late : as_of + 1;
	return day > f->last_day ? SIZE_MAX : month_of(f, working_day(f, day));
}

/* Paid within 90 days, as it is not paid yet; < 0: nothing like it is known. */
static double soon(const struct outlook *outlook)
{
	if (outlook->curve) {
		double left = lateness_beyond(outlook->curve, outlook->already);
		return left < 0.001 ? -1 : 1 - lateness_beyond(outlook->curve, outlook->already + SOON_DAYS) / left;
	}
	const struct chance *chance = &outlook->chance;
	if (chance->left == 0) return -1;
	return (double)(habit_upto(chance->habit, outlook->already + SOON_DAYS) - chance->below) / (double)chance->left;
}

/* The items of one customer, in order of due day; his credits cover the first ones. */
static void place_customer(struct forecaster *f, const struct habit *own, const struct book_open *rows, size_t count, int64_t credits)
{
	double sums[FORECAST_MONTHS][SCENARIOS];
	memset(sums, 0, f->out->count * sizeof *sums);
	const struct habit *habit = own->count >= ENOUGH_PAYMENTS ? own : &f->everybody;
	int32_t as_of = f->context->as_of;
	for (size_t i = 0; i < count; i++) {
		if (rows[i].open < 0) continue;
		struct book_bound bound = book_item_bound(f->context->book, rows[i].index, as_of, rows[i].open);
		int64_t amount = rows[i].open - bound.disputed, covered = credits < amount ? credits : amount;
		f->out->disputed += bound.disputed;
		amount -= covered, credits -= covered;
		if (amount <= 0) continue;
		int32_t already = as_of - rows[i].due_day;
		struct lateness_curve curve;
		struct outlook outlook = { .due = rows[i].due_day, .already = already, .habit = habit, .curve = f->learned ? &curve : NULL };
		if (f->learned) {
			struct book_item item = book_item(f->context->book, rows[i].index, BOOK_FACTS);
			learned_curve(f->learned, f->context, rows[i].index, &item, &curve);
		} else {
			outlook.chance = chance_of(habit, &f->everybody, already);
		}
		struct forecast_item *one = &f->out->items[f->out->items_count++];
		*one = (struct forecast_item){ .index = rows[i].index, .amount = amount, .p_90_days = soon(&outlook) };
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
			if (month != SIZE_MAX) sums[month][s] += (double)amount;
		}
	}
	for (size_t month = 0; month < f->out->count; month++) {
		double mean = 0, squares = 0;
		for (int s = 0; s < SCENARIOS; s++) mean += sums[month][s] / SCENARIOS;
		for (int s = 0; s < SCENARIOS; s++) squares += (sums[month][s] - mean) * (sums[month][s] - mean) / SCENARIOS;
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
	f->month = arena_array(f->context->arena, uint8_t, days + 1);
	for (size_t i = 0, month = 0; i < days; i++) {
		while (month + 1 < f->out->count && as_of + 1 + (int32_t)i >= f->out->months[month + 1].first_day) month++;
		f->month[i] = (uint8_t)month;
	}
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

/* Disputes of the portfolio that are open on the day, in the report's currency; none where only figures were given. */
static void set_disputed_to_come(struct forecaster *f)
{
	const struct report_context *context = f->context;
	if (!context->db || !f->out->disputed) return;
	struct dispute_case *cases;
	size_t count;
	if (dispute_case_list(context->db, context->viewer, context->company->id, (struct dispute_case_filter){ .since = context->as_of - 365 },
	                      context->arena, &cases, &count).code)
		return; /* the rest of the forecast stands without it */
	struct dispute_figures *figures = arena_make(context->arena, struct dispute_figures);
	const char *currency = report_currency(context);
	dispute_figures(cases, count, &(struct dispute_figures_options){ .currency = currency, .from = context->as_of - 365, .to = context->as_of }, figures);
	int32_t usual = f->everybody.usual > 0 ? f->everybody.usual : 0;
	for (size_t i = 0; i < count; i++) {
		const struct dispute_case *one = &cases[i];
		if (one->state == CASE_CLOSED || one->opened_day > context->as_of || strcmp(one->currency, currency) != 0) continue;
		int32_t day = one->opened_day + dispute_usual_days(figures, one);
		if (day <= context->as_of) day = context->as_of + 1;
		size_t month = month_of(f, working_day(f, day + usual));
		int64_t kept = (int64_t)((__int128)one->amount * dispute_kept_share(figures, one) / 10000);
		if (month != SIZE_MAX) f->out->months[month].disputed_to_come += kept;
	}
}

static size_t due_count(const struct report_context *context, struct book_opens *opens, const uint8_t *selected)
{
	size_t due = 0;
	for (size_t c = 0; c < book_customers(context->book); c++) {
		const struct book_open *rows;
		if (selected && !selected[c]) continue;
		size_t count = book_opens_of(opens, c, report_currency(context), &rows);
		for (size_t i = 0; i < count; i++) due += rows[i].open > 0;
	}
	return due;
}

void forecast_make(const struct report_context *context, size_t months, struct forecast *out)
{
	*out = (struct forecast){ 0 };
	struct forecaster f = { .context = context, .out = out };
	if (context->settings) f.calendar.alsace_moselle = setting_bool(context->settings, "holidays.alsace_moselle");
	set_months(&f, months);
	const uint8_t *selected = report_selected(context);
	struct book_late *late;
	book_lateness(context->book, (struct book_behaviour_options){ .as_of = context->as_of, .currency = context->currency,
		.selected = selected, .no_lateness = report_no_lateness(context) }, context->arena, &late);
	size_t customers = book_customers(context->book);
	f.everybody = habit_of_all(context->arena, late, customers);
	struct book_opens *opens = book_opens(context->book, context->as_of);
	size_t due = due_count(context, opens, selected);
	out->items = arena_array_raw(context->arena, struct forecast_item, due + 1);
	if (due <= LEARNED_OPEN) f.learned = learned_get(context);
	out->learned = f.learned != NULL;
	for (size_t c = 0; c < customers; c++) {
		if (selected && !selected[c]) continue;
		const struct book_open *rows;
		size_t count = book_opens_of(opens, c, report_currency(context), &rows);
		int64_t open = 0, credits = 0;
		for (size_t i = 0; i < count; i++) *(rows[i].open > 0 ? &open : &credits) += rows[i].open;
		if (open == 0) continue;
		int32_t insolvency_day = book_customer(context->book, c).insolvency_day;
		if (insolvency_day != DAY_NONE && insolvency_day <= context->as_of) {
			out->insolvent += open;
			continue;
		}
		struct habit own = habit_of(&late[c]);
		place_customer(&f, &own, rows, count, -credits);
	}
	book_opens_free(opens);
	for (size_t m = 0; m < out->count; m++) {
		double band = 1.2816 * sqrt(f.variance[m]);
		out->months[m].p90 = out->months[m].p50 + (int64_t)(band + 0.5);
		out->months[m].p10 = out->months[m].p50 > (int64_t)(band + 0.5) ? out->months[m].p50 - (int64_t)(band + 0.5) : 0;
	}
	set_sales_to_come(&f);
	set_disputed_to_come(&f);
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
		json_array_append_new(list, json_pack("{s:s, s:I, s:I, s:I, s:I, s:I}", "month",
			arena_printf(context->arena, "%04d-%02d", civil.year, civil.month), "p10", (json_int_t)month->p10, "p50",
			(json_int_t)month->p50, "p90", (json_int_t)month->p90, "sales_to_come", (json_int_t)month->sales_to_come, "disputed_to_come",
			(json_int_t)month->disputed_to_come));
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
