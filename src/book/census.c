#include "book/census.h"

#include "base/memory.h"
#include "book/columns.h"
#include "book/moment.h"

#include <stdlib.h>

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
