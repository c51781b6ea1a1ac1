#include "book/census.h"

#include "base/memory.h"
#include "book/columns.h"
#include "book/moment.h"

#include <stdlib.h>
#include <string.h>

enum { EVER = INT32_MAX, WORDS = sizeof(struct book_census_row) / sizeof(int64_t), ALL_WORDS = DUE_SOURCE_COUNT * ITEM_KIND_COUNT * WORDS };

struct room { /* open amounts of the largest segment */
	int64_t *open;
	size_t cap;
};

static void count_segment(const struct block *block, const struct segment *segment, const void *context, int64_t sign, int64_t *sums)
{
	struct room *room = *(struct room *const *)context;
	uint32_t count = segment->debits + segment->credits + segment->outside;
	if (count > room->cap) {
		room->cap = count * 2;
		room->open = xrealloc(room->open, room->cap, sizeof *room->open);
	}
	segment_open(block, segment, EVER, room->open, NULL);
	struct book_census_row (*of)[ITEM_KIND_COUNT] = (struct book_census_row (*)[ITEM_KIND_COUNT])(void *)sums;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t item = segment->first + i;
		uint16_t flags = block->flags[item];
		if (flags & FLAG_WITHDRAWN) continue;
		struct book_census_row *row = &of[flags_source(flags)][flags_kind(flags)];
		int64_t open = room->open[i], amount = block->amount[item];
		row->items += sign;
		row->open_items += open != 0 ? sign : 0;
		row->owed_items += open > 0 ? sign : 0;
		row->owed += open > 0 ? sign * open : 0;
		row->open += sign * open;
		row->credits -= amount < 0 ? sign * amount : 0;
		row->settled += amount < 0 ? sign * (open - amount) : 0;
	}
}

static int32_t last_posting(const struct book *book)
{
	int32_t last = DAY_NONE;
	struct walk walk = walk_start(book, NULL, NULL);
	while (walk_next(&walk)) {
		const struct segment *segment = walk.now;
		uint32_t end = segment->first + segment->debits + segment->credits + segment->outside;
		for (uint32_t i = segment->first; i < end; i++)
			if (walk.columns->posting[i] > last && !(walk.columns->flags[i] & FLAG_WITHDRAWN)) last = walk.columns->posting[i];
	}
	return last;
}

void book_census(const struct book *book, struct book_census *out)
{
	struct room room = { 0 }, *at = &room;
	cleanup_free int64_t *sums = xmalloc(ALL_WORDS * sizeof *sums);
	int64_t *all = (int64_t *)(void *)out->of;
	for (size_t i = 0; i < ALL_WORDS; i++) all[i] = 0;
	for (size_t c = 0; c < book_currencies(book); c++) {
		moment_sum(book, &(struct moment_sum_work){ SUM_CENSUS, EVER, 0, ALL_WORDS, count_segment, &at, book_currency_at(book, c) }, sums);
		for (size_t i = 0; i < ALL_WORDS; i++) all[i] += sums[i];
	}
	free(room.open);
	out->last_posting = last_posting(book);
}

size_t book_paid_parts(const struct book *book, unsigned sources, struct book_paid_part **out)
{
	struct book_paid_part *list = NULL;
	size_t count = 0, cap = 0;
	for (size_t c = 0; c < book_customers(book); c++) {
		struct walk walk = walk_customer(book, c, NULL);
		while (walk_next(&walk)) {
			const struct block *block = walk.columns;
			uint32_t end = walk.now->first_settlement + walk.now->settlements;
			for (uint32_t s = walk.now->first_settlement; s < end; s++) {
				uint16_t debit = block->flags[block->debit[s]], credit = block->flags[block->credit[s]];
				if (flags_kind(debit) != ITEM_INVOICE || !(sources >> flags_source(debit) & 1) || flags_kind(credit) != ITEM_PAYMENT ||
				    (debit & FLAG_WITHDRAWN))
					continue;
				GROW(list, count, cap);
				list[count++] = (struct book_paid_part){ (uint32_t)c, block->issue[block->debit[s]], block->settled_day[s], block->settled[s] };
			}
		}
	}
	*out = list;
	return count;
}

static int range_order(const void *a, const void *b)
{
	const struct book_range *x = a, *y = b;
	return (x->least > y->least) - (x->least < y->least);
}

/* In order and apart from one another. */
static size_t join_ranges(struct book_range *ranges, size_t count)
{
	size_t kept = 0;
	if (count) qsort(ranges, count, sizeof *ranges, range_order);
	for (size_t i = 0; i < count; i++) {
		if (ranges[i].most < ranges[i].least) continue;
		if (kept && ranges[i].least <= ranges[kept - 1].most) {
			if (ranges[i].most > ranges[kept - 1].most) ranges[kept - 1].most = ranges[i].most;
			continue;
		}
		ranges[kept++] = ranges[i];
	}
	return kept;
}

static bool in_ranges(const struct book_range *ranges, size_t count, int64_t amount)
{
	size_t low = 0, high = count; /* the first that begins beyond it */
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (ranges[middle].least <= amount)
			low = middle + 1;
		else
			high = middle;
	}
	return low && amount <= ranges[low - 1].most;
}

size_t book_payments_of(const struct book *book, int32_t from_day, int32_t to_day, const struct book_range *ranges, size_t range_count, size_t **out)
{
	size_t *list = NULL, count = 0, cap = 0;
	*out = NULL;
	if (!range_count) return 0;
	cleanup_free struct book_range *joined = xmalloc(range_count * sizeof *joined);
	memcpy(joined, ranges, range_count * sizeof *joined);
	size_t joined_count = join_ranges(joined, range_count);
	struct walk walk = walk_start(book, NULL, NULL);
	while (walk_next(&walk)) {
		const struct block *block = walk.columns;
		uint32_t first = walk.now->first + walk.now->debits, end = first + walk.now->credits;
		for (uint32_t i = first; i < end; i++) {
			if (block->posting[i] < from_day || block->posting[i] > to_day || flags_kind(block->flags[i]) != ITEM_PAYMENT || block->amount[i] >= 0)
				continue;
			if (!in_ranges(joined, joined_count, -block->amount[i])) continue;
			GROW(list, count, cap);
			list[count++] = book_block_first(&walk) + i;
		}
	}
	*out = list;
	return count;
}

size_t book_with_origin(const struct book *book, size_t **out)
{
	size_t *list = NULL, count = 0, cap = 0;
	for (size_t b = 0; b < book->block_count; b++) {
		const struct block *block = book->blocks[b];
		for (size_t i = 0; i < block->origins_count; i++) {
			uint32_t item = block->origins[i].item;
			if (book->owner[b][block_segment(block, item)->customer] == NOBODY) continue;
			GROW(list, count, cap);
			list[count++] = book->first_item[b] + item;
		}
	}
	*out = list;
	return count;
}

static size_t open_items(const struct book *book, size_t customer, int32_t as_of, struct book_item **out)
{
	size_t all = book_customer(book, customer).item_count, count = 0;
	struct book_item *items = xmalloc((all + 1) * sizeof *items);
	book_customer_items(book, customer, as_of, items);
	for (size_t i = 0; i < all; i++)
		if (items[i].open != 0 && !items[i].outside) items[count++] = items[i];
	*out = items;
	return count;
}

static bool same_item(const struct book_item *x, const struct book_item *y)
{
	return x->id == y->id && x->amount == y->amount && x->open == y->open && x->kind == y->kind && x->issue_day == y->issue_day &&
	       x->posting_day == y->posting_day && x->due_day == y->due_day && strcmp(x->currency, y->currency) == 0 && strcmp(x->number, y->number) == 0;
}

bool book_same_opens(const struct book *a, const struct book *b, size_t customer, int32_t as_of)
{
	struct place x = a->places[customer], y = b->places[customer];
	if (x.block == NOBODY && y.block == NOBODY) return true;
	if (x.block != NOBODY && y.block != NOBODY && a->blocks[x.block] == b->blocks[y.block] && x.customer == y.customer) return true;
	cleanup_free struct book_item *before = NULL, *after = NULL;
	size_t count = open_items(a, customer, as_of, &before);
	bool same = open_items(b, customer, as_of, &after) == count;
	for (size_t i = 0; same && i < count; i++) same = same_item(&before[i], &after[i]);
	return same;
}
