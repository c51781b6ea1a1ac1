/* ageing — the aged balance as plain sums of masks (see columns.h).
 *
 * Measured choices (bench/book_bench.c): comparisons become masks, `x & -(int64_t)(due < limit)`, never branches; columns are
 * held in restrict locals, so that gcc keeps the sums in registers and vectorises; items of a customer lie side by side. */
#include "book/book.h"

#include "book/columns.h"
#include "book/moment.h"

#include <string.h>

struct cut ageing_edges(const int32_t edges[3])
{
	struct cut cut = { { 30, 60, 90 } };
	for (int i = 0; i < 3; i++)
		if (edges && edges[i] > 0) cut.edge[i] = edges[i];
	return cut;
}

/* Due days below limit[k] are late by more than edge k (limit[0]: late at all). */
struct limits {
	int32_t as_of, late, first, second, third;
};

static struct limits limits_of(int32_t as_of, struct cut cut)
{
	return (struct limits){ as_of, as_of, as_of - cut.edge[0], as_of - cut.edge[1], as_of - cut.edge[2] };
}

static inline __attribute__((always_inline)) void masked_sums(const int64_t *restrict amount, const int32_t *restrict day,
                                                              const int32_t *restrict due, size_t count, struct limits limits,
                                                              int64_t out[static 5])
{
	int64_t all = 0, late = 0, first = 0, second = 0, third = 0;
	for (size_t i = 0; i < count; i++) {
		int64_t x = amount[i] & -(int64_t)(day[i] <= limits.as_of);
		all += x;
		late += x & -(int64_t)(due[i] < limits.late);
		first += x & -(int64_t)(due[i] < limits.first);
		second += x & -(int64_t)(due[i] < limits.second);
		third += x & -(int64_t)(due[i] < limits.third);
	}
	out[0] = all, out[1] = late, out[2] = first, out[3] = second, out[4] = third;
}

static inline __attribute__((always_inline)) int64_t masked_sum(const int64_t *restrict amount, const int32_t *restrict day,
                                                                size_t count, int32_t as_of)
{
	int64_t sum = 0;
	for (size_t i = 0; i < count; i++) sum += amount[i] & -(int64_t)(day[i] <= as_of);
	return sum;
}

static inline __attribute__((always_inline)) void sums_of(const struct block *block, const struct segment *segment,
                                                          struct limits limits, int64_t sums[static 6])
{
	int64_t items[5], settled[5];
	size_t first = segment->first, from = segment->first_settlement;
	masked_sums(block->amount + first, block->posting + first, block->due + first, segment->debits, limits, items);
	masked_sums(block->settled + from, block->settled_day + from, block->settled_due + from, segment->settlements, limits,
	            settled);
	for (int k = 0; k < 5; k++) sums[k] += items[k] - settled[k];
	sums[5] += settled[0] + masked_sum(block->amount + first + segment->debits, block->posting + first + segment->debits,
	                                   segment->credits, limits.as_of);
}

VECTOR_CLONES void segment_sums(const struct block *block, const struct segment *segment, int32_t as_of, struct cut cut,
                                int64_t sums[6])
{
	sums_of(block, segment, limits_of(as_of, cut), sums);
}

void ageing_of_sums(const int64_t sums[6], enum book_basis basis, struct book_ageing *out)
{
	out->bucket[0] = sums[0] - sums[1];
	out->bucket[1] = sums[1] - sums[2];
	out->bucket[2] = sums[2] - sums[3];
	out->bucket[3] = sums[3] - sums[4];
	out->bucket[4] = sums[4];
	out->unallocated = sums[5];
	if (basis == BASIS_GROSS) return;
	/* Credits cover the oldest due first; the order of items within a bucket does not change its sum. */
	for (int k = BOOK_BUCKETS - 1; k >= 0 && out->unallocated < 0; k--) {
		int64_t covered = out->bucket[k] < -out->unallocated ? out->bucket[k] : -out->unallocated;
		out->bucket[k] -= covered;
		out->unallocated += covered;
	}
}

static void ageing_add(struct book_ageing *to, const struct book_ageing *from)
{
	for (int k = 0; k < BOOK_BUCKETS; k++) to->bucket[k] += from->bucket[k];
	to->unallocated += from->unallocated;
}

/* One block: a customer has one segment of a currency at most, so each row is written once. */
VECTOR_CLONES static void block_age(const struct block *block, const uint32_t *owner, const uint8_t *selected, int currency,
                                    struct limits limits, enum book_basis basis, struct book_ageing *rows,
                                    struct book_ageing *total)
{
	struct book_ageing all = { 0 };
	for (size_t s = 0; s < block->segments_count; s++) {
		const struct segment *segment = &block->segments[s];
		uint32_t customer = owner[segment->customer];
		if (segment->currency != currency || customer == NOBODY || (selected && !selected[customer])) continue;
		int64_t sums[6] = { 0 };
		sums_of(block, segment, limits, sums);
		struct book_ageing one;
		ageing_of_sums(sums, basis, &one);
		if (rows) rows[customer] = one;
		ageing_add(&all, &one);
	}
	ageing_add(total, &all);
}

void book_age(const struct book *book, struct book_age_options options, struct book_ageing *rows, struct book_ageing *total)
{
	struct limits limits = limits_of(options.as_of, ageing_edges(options.edges));
	const char *currency = options.currency ? options.currency : book->currency;
	struct book_ageing all = { 0 };
	if (!rows && options.basis == BASIS_GROSS && !options.selected && !options.customer) { /* a plain sum, and kept as one */
		int64_t sums[6];
		moment_ageing(book, options.as_of, ageing_edges(options.edges), currency, sums);
		ageing_of_sums(sums, BASIS_GROSS, &all);
		if (total) *total = all;
		return;
	}
	if (rows) memset(rows, 0, book->people->count * sizeof *rows);
	if (options.customer) {
		struct walk walk = walk_customer(book, options.customer - 1, currency);
		while (walk_next(&walk)) {
			int64_t sums[6] = { 0 };
			segment_sums(walk.columns, walk.now, options.as_of, ageing_edges(options.edges), sums);
			ageing_of_sums(sums, options.basis, &all);
			if (rows) rows[walk.customer] = all;
		}
	}
	for (size_t b = 0; b < book->block_count && !options.customer; b++) {
		const struct block *block = book->blocks[b];
		for (size_t c = 0; c < block->currencies_count; c++)
			if (strcmp(block->currencies[c], currency) == 0)
				block_age(block, book->owner[b], options.selected, (int)c, limits, options.basis, rows, &all);
	}
	if (total) *total = all;
}

bool book_poorly_lettered(const struct book_ageing *gross, int percent)
{
	/* without positives any credit is 100 % and more of them */
	return gross->unallocated < 0 && (__int128)-gross->unallocated * 100 > (__int128)book_positive(gross) * percent;
}
