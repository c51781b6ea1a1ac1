/* kpi — outstanding, overdue, sales, DSO by countback, disputed and promised, in one pass over the segments; and the same
 * figures at several days of the past at once. Definitions: contract section 3, KPI reference sections 1 and 4. */
#include "book/book.h"

#include "base/memory.h"
#include "book/columns.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static bool is_sale(uint16_t flags)
{
	enum item_kind kind = flags_kind(flags);
	return kind == ITEM_INVOICE || kind == ITEM_CREDIT_NOTE;
}

/* Months are counted from year 0, so that neighbours differ by one. */
static int32_t month_of(int32_t day)
{
	struct civil civil = day_civil(day);
	return civil.year * 12 + civil.month - 1;
}

/* Sales by month of issue; the month of a day comes from a table, not from a division per item. */
struct months {
	int32_t first_day, last_day, first_month, last_month;
	uint16_t *of_day;                      /* month less first_month, by day less first_day */
	int64_t *sales;
	bool *known;                           /* there was a sale at all */
};

static struct months months_new(const struct book *book, int32_t as_of)
{
	struct months months = { .first_day = as_of, .last_day = as_of };
	for (size_t b = 0; b < book->block_count; b++)
		if (book->blocks[b]->items && book->blocks[b]->issue_first < months.first_day)
			months.first_day = book->blocks[b]->issue_first;
	months.first_month = month_of(months.first_day), months.last_month = month_of(as_of);
	size_t days = (size_t)(months.last_day - months.first_day) + 1;
	size_t count = (size_t)(months.last_month - months.first_month) + 1;
	months.of_day = xmalloc(days * sizeof *months.of_day);
	int32_t month = months.first_month, next = day_month_end(months.first_day) + 1;
	for (size_t i = 0; i < days; i++) {
		int32_t day = months.first_day + (int32_t)i;
		if (day == next) month++, next = day_month_end(day) + 1;
		months.of_day[i] = (uint16_t)(month - months.first_month);
	}
	months.sales = xcalloc(count, sizeof *months.sales);
	months.known = xcalloc(count, sizeof *months.known);
	return months;
}

static void months_free(struct months *months)
{
	free(months->of_day), free(months->sales), free(months->known);
}

static void segment_sales(const struct block *block, const struct segment *segment, int32_t as_of, struct months *months,
                          struct book_kpi *kpi)
{
	uint32_t end = segment->first + segment->debits + segment->credits;
	for (uint32_t i = segment->first; i < end; i++) {
		int32_t issue = block->issue[i];
		if (!is_sale(block->flags[i]) || block->posting[i] > as_of || issue > as_of) continue;
		int64_t amount = block->amount[i];
		uint16_t month = months->of_day[issue - months->first_day];
		months->sales[month] += amount;
		months->known[month] = true;
		if (issue > as_of - 365) kpi->sales_365 += amount;
		if (issue > as_of - 90) kpi->sales_90 += amount;
	}
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

void book_kpi(const struct book *book, struct book_age_options options, struct book_kpi *out)
{
	*out = (struct book_kpi){ 0 };
	struct cut cut = ageing_edges(options.edges);
	struct months months = months_new(book, options.as_of);
	int64_t sums[6] = { 0 }, before[6] = { 0 }, *open = NULL;
	size_t open_cap = 0;
	struct walk walk = walk_options(book, options.currency, options.selected, options.customer);
	while (walk_next(&walk)) {
		const struct segment *segment = walk.now;
		size_t count = segment->debits + segment->credits + segment->outside;
		if (count > open_cap) {
			open_cap = count * 2;
			free(open);
			open = xmalloc(open_cap * sizeof *open);
		}
		segment_sums(walk.columns, segment, options.as_of, cut, sums);
		segment_sums(walk.columns, segment, options.as_of - 90, cut, before);
		segment_sales(walk.columns, segment, options.as_of, &months, out);
		segment_open(walk.columns, segment, options.as_of, open, NULL);
		int64_t items = 0;
		for (size_t i = 0; i < (size_t)segment->debits + segment->credits; i++) items += open[i] != 0;
		out->open_items += items;
		out->customers += items > 0;
	}
	free(open);
	ageing_of_sums(sums, BASIS_GROSS, &out->ageing);
	out->outstanding_90 = before[0] + before[5];
	bounds_sum(book, options, &out->disputed, &out->promised);
	countback(&months, options.as_of, book_outstanding(&out->ageing), out);
	months_free(&months);
}

void book_daily_sales(const struct book *book, struct book_age_options options, int32_t first_day, size_t count, int64_t *out)
{
	memset(out, 0, count * sizeof *out);
	struct walk walk = walk_options(book, options.currency, options.selected, options.customer);
	while (walk_next(&walk)) {
		const struct block *block = walk.columns;
		uint32_t end = walk.now->first + walk.now->debits + walk.now->credits;
		for (uint32_t i = walk.now->first; i < end; i++) {
			int64_t day = (int64_t)block->issue[i] - first_day;
			if (day >= 0 && day < (int64_t)count && block->posting[i] <= options.as_of && is_sale(block->flags[i]))
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

static void segment_history(const struct block *block, const struct segment *segment, const struct points *points,
                            struct differences *sums)
{
	uint8_t end = (uint8_t)points->count;
	uint32_t credits = segment->first + segment->debits, last = credits + segment->credits;
	for (uint32_t i = segment->first; i < last; i++) {
		int64_t amount = block->amount[i];
		uint8_t posted = point_from(points, block->posting[i]);
		range_add(i < credits ? sums->debits : sums->credits, posted, end, amount);
		if (i < credits) range_add(sums->not_due, posted, point_from(points, block->due[i] + 1), amount);
		if (is_sale(block->flags[i]))
			range_add(sums->sales, point_from(points, later(block->posting[i], block->issue[i])),
			          point_from(points, block->issue[i] + 365), amount);
	}
	for (uint32_t s = segment->first_settlement; s < segment->first_settlement + segment->settlements; s++) {
		uint8_t from = point_from(points, block->settled_day[s]);
		range_add(sums->debits, from, end, -block->settled[s]);
		range_add(sums->credits, from, end, block->settled[s]);
		range_add(sums->not_due, from, point_from(points, block->settled_due[s] + 1), -block->settled[s]);
	}
}

void book_history(const struct book *book, struct book_age_options options, const int32_t *days, size_t count,
                  struct book_point *out)
{
	if (count == 0) return;
	assert(count <= BOOK_POINTS);
	struct points points = points_new(days, count);
	struct differences sums = { 0 };
	struct walk walk = walk_options(book, options.currency, options.selected, options.customer);
	while (walk_next(&walk)) segment_history(walk.columns, walk.now, &points, &sums);
	int64_t debits = 0, credits = 0, not_due = 0, sales = 0;
	for (size_t k = 0; k < count; k++) {
		debits += sums.debits[k], credits += sums.credits[k], not_due += sums.not_due[k], sales += sums.sales[k];
		out[k] = (struct book_point){ debits + credits, not_due, credits, sales };
	}
	free(points.at);
}
