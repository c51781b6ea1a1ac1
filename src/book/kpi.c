/* kpi — outstanding, overdue, sales, DSO by countback, disputed and promised, in one pass over the segments; and the same
 * figures at several days of the past at once. Definitions: contract section 3, KPI reference sections 1 and 4. */
#include "book/book.h"

#include "base/memory.h"
#include "book/columns.h"
#include "book/moment.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Months are counted from year 0, so that neighbours differ by one. */
static int32_t month_of(int32_t day)
{
	struct civil civil = day_civil(day);
	return civil.year * 12 + civil.month - 1;
}

/* Sales by month of issue, from those by day. */
struct months {
	int32_t first_month, last_month;
	int64_t *sales;
	bool *known;                           /* there was a sale at all */
};

static struct months months_of(const struct moment_sales *daily)
{
	int32_t last_day = daily->first_day + (int32_t)daily->days - 1;
	struct months months = { .first_month = month_of(daily->first_day), .last_month = month_of(last_day) };
	size_t count = (size_t)(months.last_month - months.first_month) + 1, month = 0;
	months.sales = xcalloc(count, sizeof *months.sales);
	months.known = xcalloc(count, sizeof *months.known);
	int32_t next = day_month_end(daily->first_day) + 1;
	for (size_t i = 0; i < daily->days; i++) {
		int32_t day = daily->first_day + (int32_t)i;
		if (day == next) month++, next = day_month_end(day) + 1;
		months.sales[month] += daily->amount[i];
		months.known[month] |= daily->documents[i] > 0;
	}
	return months;
}

static void months_free(struct months *months)
{
	free(months->sales), free(months->known);
}

/* Of the last days of them. */
static int64_t sales_of(const struct moment_sales *daily, size_t days)
{
	int64_t sum = 0;
	for (size_t i = daily->days > days ? daily->days - days : 0; i < daily->days; i++) sum += daily->amount[i];
	return sum;
}

/* Months are taken off what is outstanding, the latest first; the one that covers the rest counts in proportion. A month
 * without net sales adds its days and reduces nothing; one of net credit notes raises what remains. */
static void countback(const struct months *months, int32_t as_of, int64_t outstanding, struct book_kpi *kpi)
{
	kpi->countback_days_num = 0, kpi->countback_days_den = 1, kpi->countback_min = false;
	if (outstanding <= 0) return;
	int32_t first = months->first_month;
	while (first <= months->last_month && !months->known[first - months->first_month]) first++;
	int64_t remaining = outstanding, days = 0;
	for (int32_t month = months->last_month; month >= first; month--) {
		int64_t sales = months->sales[month - months->first_month];
		int64_t length = month == months->last_month ? day_civil(as_of).day : day_month_length(month / 12, month % 12 + 1);
		if (sales > 0 && sales >= remaining) {
			kpi->countback_days_num = (__int128)days * sales + (__int128)remaining * length;
			kpi->countback_days_den = sales;
			return;
		}
		days += length;
		remaining -= sales;
	}
	kpi->countback_days_num = days;
	kpi->countback_min = true;
}

static void count_open(const struct book *book, const struct book_age_options *options, const char *currency, struct book_kpi *out)
{
	if (options->customer) {
		struct walk walk = walk_customer(book, options->customer - 1, currency);
		while (walk_next(&walk)) {
			size_t count = (size_t)walk.now->debits + walk.now->credits;
			int64_t *open = xmalloc((count + walk.now->outside + 1) * sizeof *open);
			segment_open(walk.columns, walk.now, options->as_of, open, NULL);
			for (size_t i = 0; i < count; i++) out->open_items += open[i] != 0;
			free(open);
		}
		out->customers = out->open_items > 0;
		return;
	}
	for (size_t b = 0; b < book->block_count; b++) {
		struct block *block = book->blocks[b];
		int index = block_currency(block, currency);
		if (index < 0) continue;
		cleanup_keepsake struct keepsake *kept = NULL;
		const struct moment_open *open = moment_open(block, options->as_of, &kept);
		for (size_t s = 0; s < block->segments_count; s++) {
			uint32_t customer = book->owner[b][block->segments[s].customer];
			if (block->segments[s].currency != index || customer == NOBODY || (options->selected && !options->selected[customer]))
				continue;
			out->open_items += open->first[s + 1] - open->first[s];
			out->customers += open->first[s + 1] > open->first[s];
		}
	}
}

void book_kpi(const struct book *book, struct book_age_options options, struct book_kpi *out)
{
	*out = (struct book_kpi){ 0 };
	struct cut cut = ageing_edges(options.edges);
	const char *currency = options.currency ? options.currency : book->currency;
	int64_t sums[6] = { 0 }, before[6] = { 0 };
	if (options.selected || options.customer) {
		struct walk walk = walk_options(book, currency, options.selected, options.customer);
		while (walk_next(&walk)) {
			segment_sums(walk.columns, walk.now, options.as_of, cut, sums);
			segment_sums(walk.columns, walk.now, options.as_of - 90, cut, before);
		}
	} else {
		moment_ageing(book, options.as_of, cut, currency, sums);
		moment_ageing(book, options.as_of - 90, cut, currency, before);
	}
	count_open(book, &options, currency, out);
	ageing_of_sums(sums, BASIS_GROSS, &out->ageing);
	out->outstanding_90 = before[0] + before[5];
	bounds_sum(book, options, &out->disputed, &out->promised);
	struct moment_sales daily;
	moment_sales(book, options.as_of, currency, options.selected, options.customer, &daily);
	out->sales_365 = sales_of(&daily, 365), out->sales_90 = sales_of(&daily, 90);
	struct months months = months_of(&daily);
	countback(&months, options.as_of, book_outstanding(&out->ageing), out);
	months_free(&months);
	moment_sales_free(&daily);
}

void book_daily_sales(const struct book *book, struct book_age_options options, int32_t first_day, size_t count, int64_t *out)
{
	memset(out, 0, count * sizeof *out);
	if (first_day + (int64_t)count - 1 <= options.as_of) {
		struct moment_sales daily;
		moment_sales(book, options.as_of, options.currency, options.selected, options.customer, &daily);
		for (size_t i = 0; i < daily.days; i++) {
			int64_t at = (int64_t)daily.first_day + (int64_t)i - first_day;
			if (at >= 0 && at < (int64_t)count) out[at] = daily.amount[i];
		}
		moment_sales_free(&daily);
		return;
	}
	struct walk walk = walk_options(book, options.currency, options.selected, options.customer);
	while (walk_next(&walk)) {
		const struct block *block = walk.columns;
		uint32_t end = walk.now->first + walk.now->debits + walk.now->credits;
		for (uint32_t i = walk.now->first; i < end; i++) {
			int64_t day = (int64_t)block->issue[i] - first_day;
			if (day >= 0 && day < (int64_t)count && block->posting[i] <= options.as_of && flags_sale(block->flags[i]))
				out[day] += block->amount[i];
		}
	}
}

/* --- the past at several days ------------------------------------------------------------------------------------------- */

/* An amount that counts from day a to day b counts at a range of points: it is added where the range starts and taken off
 * after its end, and one running sum at the end gives every point. at[] gives the first point on or after a day. */
struct points {
	int32_t first_day, last_day;
	size_t count;
	uint8_t *at;
};

static uint8_t point_from(const struct points *points, int32_t day)
{
	if (day <= points->first_day) return 0;
	if (day > points->last_day) return (uint8_t)points->count;
	return points->at[day - points->first_day];
}

static struct points points_new(const int32_t *days, size_t count)
{
	struct points points = { days[0], days[count - 1], count, NULL };
	size_t span = (size_t)(points.last_day - points.first_day) + 1;
	points.at = xmalloc(span);
	uint8_t point = 0;
	for (size_t i = 0; i < span; i++) {
		while (days[point] < points.first_day + (int32_t)i) point++;
		points.at[i] = point;
	}
	return points;
}

/* The running sums before they are summed up: one more entry takes what ends after the last point. */
struct differences {
	int64_t debits[BOOK_POINTS + 2], credits[BOOK_POINTS + 2], not_due[BOOK_POINTS + 2], sales[BOOK_POINTS + 2];
};

static void range_add(int64_t *differences, uint8_t from, uint8_t to, int64_t amount)
{
	if (from >= to) return;
	differences[from] += amount;
	differences[to] -= amount;
}

static int32_t later(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

static void segment_history(const struct block *block, const struct segment *segment, const void *context, int64_t sign, int64_t *words)
{
	const struct points *points = context;
	struct differences *sums = (struct differences *)(void *)words;
	uint8_t end = (uint8_t)points->count;
	uint32_t credits = segment->first + segment->debits, last = credits + segment->credits;
	for (uint32_t i = segment->first; i < last; i++) {
		int64_t amount = sign * block->amount[i];
		uint8_t posted = point_from(points, block->posting[i]);
		range_add(i < credits ? sums->debits : sums->credits, posted, end, amount);
		if (i < credits) range_add(sums->not_due, posted, point_from(points, block->due[i] + 1), amount);
		if (flags_sale(block->flags[i]))
			range_add(sums->sales, point_from(points, later(block->posting[i], block->issue[i])),
			          point_from(points, block->issue[i] + 365), amount);
	}
	for (uint32_t s = segment->first_settlement; s < segment->first_settlement + segment->settlements; s++) {
		int64_t settled = sign * block->settled[s];
		uint8_t from = point_from(points, block->settled_day[s]);
		range_add(sums->debits, from, end, -settled);
		range_add(sums->credits, from, end, settled);
		range_add(sums->not_due, from, point_from(points, block->settled_due[s] + 1), -settled);
	}
}

void book_history(const struct book *book, struct book_age_options options, const int32_t *days, size_t count,
                  struct book_point *out)
{
	if (count == 0) return;
	assert(count <= BOOK_POINTS);
	struct points points = points_new(days, count);
	struct differences sums = { 0 };
	const char *currency = options.currency ? options.currency : book->currency;
	if (options.selected || options.customer) {
		struct walk walk = walk_options(book, currency, options.selected, options.customer);
		while (walk_next(&walk)) segment_history(walk.columns, walk.now, &points, 1, (int64_t *)&sums);
	} else {
		uint64_t key = count;
		for (size_t k = 0; k < count; k++) key = (key ^ (uint32_t)days[k]) * 0x9E3779B97F4A7C15ull;
		moment_sum(book, &(struct moment_sum_work){ SUM_HISTORY, points.last_day, key, sizeof sums / sizeof(int64_t), segment_history,
			&points, currency }, (int64_t *)&sums);
	}
	int64_t debits = 0, credits = 0, not_due = 0, sales = 0;
	for (size_t k = 0; k < count; k++) {
		debits += sums.debits[k], credits += sums.credits[k], not_due += sums.not_due[k], sales += sums.sales[k];
		out[k] = (struct book_point){ debits + credits, not_due, credits, sales };
	}
	free(points.at);
}
