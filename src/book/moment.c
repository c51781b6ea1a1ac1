#include "book/moment.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum keepsake_kind { KEPT_OPEN, KEPT_BEHAVIOUR, KEPT_LATE, KEPT_SUM };
struct keepsake {
	atomic_int readers;
	enum keepsake_kind kind;
	int32_t as_of;
	uint64_t key;
	size_t bytes;
	uint64_t used;
	union { /* in front of its arrays */
		struct moment_open open;
		struct moment_late late;
	} head;
	_Alignas(16) unsigned char payload[];
};

static struct keepsake *keepsake_new(size_t bytes)
{
	struct keepsake *kept = xmalloc_large(sizeof *kept + bytes);
	memset(kept, 0, sizeof *kept);
	atomic_init(&kept->readers, 1);
	kept->bytes = sizeof *kept + bytes;
	return kept;
}

static void keepsake_release(struct keepsake *kept)
{
	if (kept && atomic_fetch_sub(&kept->readers, 1) == 1) free(kept);
}

void keepsake_release_at(struct keepsake **kept)
{
	keepsake_release(*kept);
	*kept = NULL;
}

void keepsakes_forget(struct block *block)
{
	pthread_mutex_lock(&block->kept_lock);
	for (size_t i = 0; i < KEEPSAKES_MAX; i++) keepsake_release_at(&block->kept[i]);
	pthread_mutex_unlock(&block->kept_lock);
}

size_t keepsakes_bytes(struct block *block)
{
	size_t bytes = 0;
	pthread_mutex_lock(&block->kept_lock);
	for (size_t i = 0; i < KEEPSAKES_MAX; i++) bytes += block->kept[i] ? block->kept[i]->bytes : 0;
	pthread_mutex_unlock(&block->kept_lock);
	return bytes;
}

void keepsakes_drop(struct block *block)
{
	keepsakes_forget(block);
	pthread_mutex_destroy(&block->kept_lock);
}

/* Puts it in a free place; what was asked for longest ago makes room. Called with the lock. */
static void keep(struct block *block, struct keepsake *fresh)
{
	size_t budget = block->items * 8 > 64u << 20 ? block->items * 8 : 64u << 20;
	if (fresh->bytes > budget) return;
	for (;;) {
		size_t bytes = fresh->bytes, at = KEEPSAKES_MAX, oldest = KEEPSAKES_MAX;
		for (size_t i = 0; i < KEEPSAKES_MAX; i++) {
			if (!block->kept[i]) {
				at = i;
				continue;
			}
			bytes += block->kept[i]->bytes;
			if (oldest == KEEPSAKES_MAX || block->kept[i]->used < block->kept[oldest]->used) oldest = i;
		}
		if (bytes <= budget && at < KEEPSAKES_MAX) {
			atomic_fetch_add(&fresh->readers, 1);
			block->kept[at] = fresh;
			return;
		}
		keepsake_release(block->kept[oldest]);
		block->kept[oldest] = NULL;
	}
}

typedef struct keepsake *make_keepsake(const struct block *block, int32_t as_of, const void *context);

static struct keepsake *kept_or_made(struct block *block, enum keepsake_kind kind, int32_t as_of, uint64_t key, make_keepsake *make,
                                     const void *context)
{
	pthread_mutex_lock(&block->kept_lock);
	struct keepsake *found = NULL;
	for (size_t i = 0; i < KEEPSAKES_MAX && !found; i++) {
		struct keepsake *one = block->kept[i];
		if (one && one->kind == kind && one->as_of == as_of && one->key == key) found = one;
	}
	if (found) {
		atomic_fetch_add(&found->readers, 1);
	} else {
		found = make(block, as_of, context); /* others that ask for the same wait, and find it */
		found->kind = kind, found->as_of = as_of, found->key = key;
		keep(block, found);
	}
	found->used = ++block->kept_turn;
	pthread_mutex_unlock(&block->kept_lock);
	return found;
}

/* --- open items ------------------------------------------------------------------------------------------------------------- */

static size_t largest_segment(const struct block *block)
{
	size_t most = 0;
	for (size_t s = 0; s < block->segments_count; s++) {
		const struct segment *segment = &block->segments[s];
		size_t count = (size_t)segment->debits + segment->credits + segment->outside;
		if (count > most) most = count;
	}
	return most;
}

static struct keepsake *make_open(const struct block *block, int32_t as_of, const void *context)
{
	(void)context;
	size_t count = 0, room = block->items / 4 + 64, most = largest_segment(block);
	int64_t *open = xmalloc((room + most) * sizeof *open);
	uint32_t *item = xmalloc((room + most) * sizeof *item), *first = xmalloc((block->segments_count + 1) * sizeof *first);
	int64_t *here = xmalloc((most + 1) * sizeof *here);
	for (size_t s = 0; s < block->segments_count; s++) {
		const struct segment *segment = &block->segments[s];
		first[s] = (uint32_t)count;
		if (count + most > room) {
			room = room * 2 + most;
			open = xrealloc(open, room + most, sizeof *open);
			item = xrealloc(item, room + most, sizeof *item);
		}
		segment_open(block, segment, as_of, here, NULL);
		for (uint32_t i = 0; i < segment->debits + segment->credits; i++) {
			open[count] = here[i], item[count] = segment->first + i;
			count += here[i] != 0;
		}
	}
	first[block->segments_count] = (uint32_t)count;
	struct keepsake *kept = keepsake_new(count * (sizeof *open + sizeof *item) + (block->segments_count + 1) * sizeof *first);
	int64_t *kept_open = (int64_t *)(void *)kept->payload;
	uint32_t *kept_item = (uint32_t *)(void *)(kept_open + count), *kept_first = kept_item + count;
	memcpy(kept_open, open, count * sizeof *open);
	memcpy(kept_item, item, count * sizeof *item);
	memcpy(kept_first, first, (block->segments_count + 1) * sizeof *first);
	kept->head.open = (struct moment_open){ count, kept_first, kept_item, kept_open };
	free(open), free(item), free(first), free(here);
	return kept;
}

const struct moment_open *moment_open(struct block *block, int32_t as_of, struct keepsake **kept)
{
	*kept = kept_or_made(block, KEPT_OPEN, as_of, 0, make_open, NULL);
	return &(*kept)->head.open;
}

/* --- how they paid ------------------------------------------------------------------------------------------------------------ */

static struct keepsake *make_behaviour(const struct block *block, int32_t as_of, const void *context)
{
	unsigned no_lateness = *(const unsigned *)context;
	struct keepsake *kept = keepsake_new(block->segments_count * sizeof(struct book_behaviour));
	struct book_behaviour *rows = (struct book_behaviour *)(void *)kept->payload;
	for (size_t s = 0; s < block->segments_count; s++) segment_behaviour(block, &block->segments[s], as_of, no_lateness, &rows[s]);
	return kept;
}

const struct book_behaviour *moment_behaviour(struct block *block, int32_t as_of, unsigned no_lateness, struct keepsake **kept)
{
	*kept = kept_or_made(block, KEPT_BEHAVIOUR, as_of, no_lateness, make_behaviour, &no_lateness);
	return (const struct book_behaviour *)(const void *)(*kept)->payload;
}

static int days_order(const void *left, const void *right)
{
	int32_t a = *(const int32_t *)left, b = *(const int32_t *)right;
	return (a > b) - (a < b);
}

/* Most customers have a few tens. */
static void days_sort(int32_t *days, size_t count)
{
	if (count > 48) {
		qsort(days, count, sizeof *days, days_order);
		return;
	}
	for (size_t i = 1; i < count; i++) {
		int32_t one = days[i];
		size_t j = i;
		for (; j > 0 && days[j - 1] > one; j--) days[j] = days[j - 1];
		days[j] = one;
	}
}

static struct keepsake *make_late(const struct block *block, int32_t as_of, const void *context)
{
	unsigned no_lateness = *(const unsigned *)context;
	int32_t *days = xmalloc((block->settlements + 1) * sizeof *days);
	uint32_t *first = xmalloc((block->segments_count + 1) * sizeof *first);
	size_t count = 0;
	for (size_t s = 0; s < block->segments_count; s++) {
		const struct segment *segment = &block->segments[s];
		first[s] = (uint32_t)count;
		for (uint32_t i = segment->first_settlement; i < segment->first_settlement + segment->settlements; i++)
			if (settlement_counts_late(block, i, as_of, no_lateness)) days[count++] = block->settled_day[i] - block->settled_due[i];
		days_sort(days + first[s], count - first[s]);
	}
	first[block->segments_count] = (uint32_t)count;
	struct keepsake *kept = keepsake_new(count * sizeof *days + (block->segments_count + 1) * sizeof *first);
	int32_t *kept_days = (int32_t *)(void *)kept->payload;
	uint32_t *kept_first = (uint32_t *)(void *)(kept_days + count);
	memcpy(kept_days, days, count * sizeof *days);
	memcpy(kept_first, first, (block->segments_count + 1) * sizeof *first);
	kept->head.late = (struct moment_late){ count, kept_first, kept_days };
	free(days), free(first);
	return kept;
}

const struct moment_late *moment_late(struct block *block, int32_t as_of, unsigned no_lateness, struct keepsake **kept)
{
	*kept = kept_or_made(block, KEPT_LATE, as_of, no_lateness, make_late, &no_lateness);
	return &(*kept)->head.late;
}

/* --- sums ----------------------------------------------------------------------------------------------------------------------- */

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * 0x9E3779B97F4A7C15ull;
	return hash ^ hash >> 29;
}

struct sum_context {
	const struct moment_sum_work *work;
	int currency;
};

static struct keepsake *make_sum(const struct block *block, int32_t as_of, const void *context)
{
	(void)as_of;
	const struct sum_context *sum = context;
	struct keepsake *kept = keepsake_new(sum->work->words * sizeof(int64_t));
	int64_t *sums = (int64_t *)(void *)kept->payload;
	memset(sums, 0, sum->work->words * sizeof *sums);
	for (size_t s = 0; s < block->segments_count; s++)
		if (block->segments[s].currency == sum->currency) sum->work->add(block, &block->segments[s], sum->work->context, 1, sums);
	return kept;
}

void moment_sum(const struct book *book, const struct moment_sum_work *work, int64_t *sums)
{
	memset(sums, 0, work->words * sizeof *sums);
	for (size_t b = 0; b < book->block_count; b++) {
		struct block *block = book->blocks[b];
		int currency = block_currency(block, work->currency);
		if (currency < 0) continue;
		uint64_t key = mix(mix(mix((uint64_t)work->kind + 1, work->key), (uint64_t)currency), work->words);
		struct sum_context context = { work, currency };
		cleanup_keepsake struct keepsake *kept = kept_or_made(block, KEPT_SUM, work->as_of, key, make_sum, &context);
		const int64_t *whole = (const int64_t *)(const void *)kept->payload;
		for (size_t i = 0; i < work->words; i++) sums[i] += whole[i];
		for (size_t c = 0; c < block->customers; c++) { /* not his any more */
			if (book->owner[b][c] != NOBODY) continue;
			for (uint32_t s = block->customer_segment[c]; s < block->customer_segment[c + 1]; s++)
				if (block->segments[s].currency == currency) work->add(block, &block->segments[s], work->context, -1, sums);
		}
	}
}

struct ageing_context {
	int32_t as_of;
	struct cut cut;
};

static void add_ageing(const struct block *block, const struct segment *segment, const void *context, int64_t sign, int64_t *sums)
{
	const struct ageing_context *c = context;
	int64_t one[6] = { 0 };
	segment_sums(block, segment, c->as_of, c->cut, one);
	for (int k = 0; k < 6; k++) sums[k] += sign * one[k];
}

void moment_ageing(const struct book *book, int32_t as_of, struct cut cut, const char *currency, int64_t sums[6])
{
	struct ageing_context context = { as_of, cut };
	uint64_t key = mix(mix(mix(1, (uint32_t)cut.edge[0]), (uint32_t)cut.edge[1]), (uint32_t)cut.edge[2]);
	moment_sum(book, &(struct moment_sum_work){ SUM_AGEING, as_of, key, 6, add_ageing, &context, currency }, sums);
}

struct sales_context {
	int32_t as_of, first_day;
	size_t days;
};

static void add_sales(const struct block *block, const struct segment *segment, const void *context, int64_t sign, int64_t *sums)
{
	const struct sales_context *c = context;
	uint32_t end = segment->first + segment->debits + segment->credits;
	for (uint32_t i = segment->first; i < end; i++) {
		int32_t issue = block->issue[i];
		if (!flags_sale(block->flags[i]) || block->posting[i] > c->as_of || issue > c->as_of) continue;
		sums[issue - c->first_day] += sign * block->amount[i];
		sums[c->days + (size_t)(issue - c->first_day)] += sign;
	}
}

void moment_sales(const struct book *book, int32_t as_of, const char *currency, const uint8_t *selected, size_t customer,
                  struct moment_sales *out)
{
	int32_t first = as_of;
	for (size_t b = 0; b < book->block_count; b++)
		if (book->blocks[b]->items && book->blocks[b]->issue_first < first) first = book->blocks[b]->issue_first;
	struct sales_context context = { as_of, first, (size_t)(as_of - first) + 1 };
	int64_t *sums = xcalloc(2 * context.days, sizeof *sums);
	if (selected || customer) {
		struct walk walk = walk_options(book, currency, selected, customer);
		while (walk_next(&walk)) add_sales(walk.columns, walk.now, &context, 1, sums);
	} else {
		moment_sum(book, &(struct moment_sum_work){ SUM_SALES, as_of, (uint32_t)first, 2 * context.days, add_sales, &context,
			currency ? currency : book->currency }, sums);
	}
	*out = (struct moment_sales){ first, context.days, sums, sums + context.days };
}

void moment_sales_free(struct moment_sales *sales)
{
	free(sales->amount);
	sales->amount = sales->documents = NULL;
}
