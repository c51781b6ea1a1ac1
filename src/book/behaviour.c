/* behaviour — how customers paid in the last year: settlements of invoices by payments, weighted by amount (contract section 3),
 * and what the score needs besides. */
#include "book/book.h"

#include "base/memory.h"
#include "book/columns.h"

#include <stdlib.h>
#include <string.h>

enum { YEAR = 365, QUARTER = 90 };

static void settled_invoices(const struct block *block, const struct segment *segment, int32_t as_of, unsigned no_lateness,
                             struct book_behaviour *out)
{
	for (uint32_t s = segment->first_settlement; s < segment->first_settlement + segment->settlements; s++) {
		int32_t day = block->settled_day[s];
		if (day > as_of || day <= as_of - YEAR) continue;
		uint16_t debit = block->flags[block->debit[s]];
		if (flags_kind(debit) != ITEM_INVOICE || flags_kind(block->flags[block->credit[s]]) != ITEM_PAYMENT) continue;
		int64_t amount = block->settled[s];
		__int128 late = (__int128)amount * (day - block->settled_due[s]);
		out->settled += amount;
		out->days_to_pay += (__int128)amount * (day - block->issue[block->debit[s]]);
		if (no_lateness >> flags_source(debit) & 1) continue;
		out->late_weight += amount;
		out->days_late += late;
		if (day <= block->settled_due[s]) out->on_time += amount;
		if (day <= as_of - QUARTER) continue;
		out->settled_90 += amount;
		out->days_late_90 += late;
	}
}

static void year_of_items(const struct block *block, const struct segment *segment, int32_t as_of, struct book_behaviour *out)
{
	uint32_t end = segment->first + segment->debits + segment->credits;
	for (uint32_t i = segment->first; i < end; i++) {
		int32_t posting = block->posting[i], issue = block->issue[i];
		if (posting > as_of) continue;
		int32_t document = issue < posting ? issue : posting;
		if (out->first_day == DAY_NONE || document < out->first_day) out->first_day = document;
		enum item_kind kind = flags_kind(block->flags[i]);
		if (kind == ITEM_INVOICE && issue > as_of - YEAR && issue <= as_of) out->invoiced += block->amount[i];
		if (posting <= as_of - YEAR) continue;
		if (kind == ITEM_PAYMENT) out->collected -= block->amount[i];
		if (kind == ITEM_UNPAID_RETURN) out->returned += block->amount[i];
	}
}

static void behaviour_add(struct book_behaviour *to, const struct book_behaviour *from)
{
	to->settled += from->settled, to->late_weight += from->late_weight;
	to->days_to_pay += from->days_to_pay, to->days_late += from->days_late, to->on_time += from->on_time;
	to->settled_90 += from->settled_90, to->days_late_90 += from->days_late_90;
	to->collected += from->collected, to->returned += from->returned, to->invoiced += from->invoiced;
	if (from->first_day != DAY_NONE && (to->first_day == DAY_NONE || from->first_day < to->first_day))
		to->first_day = from->first_day;
}

void book_behave(const struct book *book, struct book_behaviour_options options, struct book_behaviour *rows,
                 struct book_behaviour *total)
{
	struct book_behaviour all = { .first_day = DAY_NONE };
	if (rows)
		for (size_t c = 0; c < book->people->count; c++) rows[c] = all;
	struct walk walk = walk_options(book, options.currency, options.selected, options.customer);
	while (walk_next(&walk)) {
		struct book_behaviour one = { .first_day = DAY_NONE };
		settled_invoices(walk.columns, walk.now, options.as_of, options.no_lateness, &one);
		year_of_items(walk.columns, walk.now, options.as_of, &one);
		if (rows) rows[walk.customer] = one;
		behaviour_add(&all, &one);
	}
	bounds_kept(book, options, rows, &all);
	bounds_disputed(book, options, rows, &all);
	if (total) *total = all;
}

size_t book_lateness(const struct book *book, struct book_behaviour_options options, struct arena *arena, struct book_late **out)
{
	struct book_late *list = NULL;
	size_t count = 0, cap = 0;
	struct walk walk = walk_options(book, options.currency, options.selected, options.customer);
	while (walk_next(&walk)) {
		const struct block *block = walk.columns;
		uint32_t end = walk.now->first_settlement + walk.now->settlements;
		for (uint32_t s = walk.now->first_settlement; s < end; s++) {
			int32_t day = block->settled_day[s];
			uint16_t debit = block->flags[block->debit[s]];
			if (day > options.as_of || day <= options.as_of - YEAR || flags_kind(debit) != ITEM_INVOICE ||
			    flags_kind(block->flags[block->credit[s]]) != ITEM_PAYMENT || options.no_lateness >> flags_source(debit) & 1)
				continue;
			GROW(list, count, cap);
			list[count++] = (struct book_late){ (uint32_t)walk.customer, day - block->settled_due[s], block->settled[s] };
		}
	}
	*out = arena_array(arena, struct book_late, count + 1);
	if (count) memcpy(*out, list, count * sizeof *list);
	free(list);
	return count;
}
