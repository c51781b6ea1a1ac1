/* behaviour — how customers paid in the last year: settlements of invoices by payments, weighted by amount (contract section 3),
 * and what the score needs besides. */
#include "book/book.h"

#include "base/memory.h"
#include "book/columns.h"
#include "book/moment.h"

#include <stdlib.h>
#include <string.h>

enum { YEAR = 365, QUARTER = 90 };

bool settlement_counts_late(const struct block *block, uint32_t settlement, int32_t as_of, unsigned no_lateness)
{
	int32_t day = block->settled_day[settlement];
	if (day > as_of || day <= as_of - YEAR) return false;
	uint16_t debit = block->flags[block->debit[settlement]];
	return flags_kind(debit) == ITEM_INVOICE && flags_kind(block->flags[block->credit[settlement]]) == ITEM_PAYMENT &&
	       !(no_lateness >> flags_source(debit) & 1);
}

static void settled_invoices(const struct block *block, const struct segment *segment, int32_t since, int32_t as_of, unsigned no_lateness,
                             struct book_behaviour *out)
{
	for (uint32_t s = segment->first_settlement; s < segment->first_settlement + segment->settlements; s++) {
		int32_t day = block->settled_day[s];
		if (day > as_of || day < since) continue;
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

void segment_behaviour(const struct block *block, const struct segment *segment, int32_t as_of, unsigned no_lateness,
                       struct book_behaviour *out)
{
	*out = (struct book_behaviour){ .first_day = DAY_NONE };
	settled_invoices(block, segment, as_of - YEAR + 1, as_of, no_lateness, out);
	year_of_items(block, segment, as_of, out);
}

/* Everybody's, from what is kept of each block. */
static void behave_all(const struct book *book, const struct book_behaviour_options *options, const char *currency,
                       struct book_behaviour *rows, struct book_behaviour *all)
{
	for (size_t b = 0; b < book->block_count; b++) {
		struct block *block = book->blocks[b];
		int index = block_currency(block, currency);
		if (index < 0) continue;
		cleanup_keepsake struct keepsake *kept = NULL;
		const struct book_behaviour *known = moment_behaviour(block, options->as_of, options->no_lateness, &kept);
		for (size_t s = 0; s < block->segments_count; s++) {
			uint32_t customer = book->owner[b][block->segments[s].customer];
			if (block->segments[s].currency != index || customer == NOBODY || (options->selected && !options->selected[customer]))
				continue;
			if (rows) rows[customer] = known[s];
			behaviour_add(all, &known[s]);
		}
	}
}

/* A period of its own: nothing is kept of it. */
static void behave_since(const struct book *book, const struct book_behaviour_options *options, struct book_behaviour *rows,
                         struct book_behaviour *all)
{
	struct walk walk = walk_options(book, options->currency, options->selected, 0);
	while (walk_next(&walk)) {
		struct book_behaviour one = { .first_day = DAY_NONE };
		settled_invoices(walk.columns, walk.now, options->since, options->as_of, options->no_lateness, &one);
		year_of_items(walk.columns, walk.now, options->as_of, &one);
		if (rows) rows[walk.customer] = one;
		behaviour_add(all, &one);
	}
}

void book_behave(const struct book *book, struct book_behaviour_options options, struct book_behaviour *rows,
                 struct book_behaviour *total)
{
	struct book_behaviour all = { .first_day = DAY_NONE };
	const char *currency = options.currency ? options.currency : book->currency;
	if (rows)
		for (size_t c = 0; c < book->people->count; c++) rows[c] = all;
	if (options.customer) {
		struct walk walk = walk_customer(book, options.customer - 1, currency);
		while (walk_next(&walk)) {
			segment_behaviour(walk.columns, walk.now, options.as_of, options.no_lateness, &all);
			if (rows) rows[walk.customer] = all;
		}
	} else if (options.since) {
		behave_since(book, &options, rows, &all);
	} else {
		behave_all(book, &options, currency, rows, &all);
	}
	bounds_kept(book, options, rows, &all);
	bounds_disputed(book, options, rows, &all);
	if (total) *total = all;
}

void book_lateness(const struct book *book, struct book_behaviour_options options, struct arena *arena, struct book_late **out)
{
	const char *currency = options.currency ? options.currency : book->currency;
	*out = arena_array(arena, struct book_late, book->people->count + 1);
	for (size_t b = 0; b < book->block_count; b++) {
		struct block *block = book->blocks[b];
		int index = block_currency(block, currency);
		if (index < 0) continue;
		cleanup_keepsake struct keepsake *kept = NULL, *kept_sums = NULL;
		const struct moment_late *late = moment_late(block, options.as_of, options.no_lateness, &kept);
		const struct book_behaviour *sums = moment_behaviour(block, options.as_of, options.no_lateness, &kept_sums);
		int32_t *days = arena_array_raw(arena, int32_t, late->count + 1);
		if (late->count) memcpy(days, late->days, late->count * sizeof *days);
		for (size_t s = 0; s < block->segments_count; s++) {
			uint32_t customer = book->owner[b][block->segments[s].customer];
			if (block->segments[s].currency != index || customer == NOBODY || (options.selected && !options.selected[customer]))
				continue;
			(*out)[customer] = (struct book_late){ days + late->first[s], late->first[s + 1] - late->first[s], sums[s].late_weight,
				sums[s].days_late };
		}
	}
}
