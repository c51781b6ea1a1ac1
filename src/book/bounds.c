/* bounds — disputes and promises as intervals: what bound an item on a day, and what promises came to. */
#include "book/book.h"

#include "base/calendar.h"
#include "book/columns.h"

#include <stdlib.h>
#include <string.h>

static size_t dispute_first(const struct bounds *bounds, int64_t item_id)
{
	size_t low = 0, high = bounds->disputes_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (bounds->disputes[middle].item_id < item_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static size_t promise_first(const struct bounds *bounds, int64_t item_id)
{
	size_t low = 0, high = bounds->promises_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (bounds->promises[middle].item_id < item_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool dispute_stands(const struct dispute_span *span, int32_t as_of)
{
	return span->opened <= as_of && (span->closed == DAY_NONE || span->closed > as_of);
}

static bool promise_stands(const struct promise_span *span, int32_t as_of)
{
	return span->made <= as_of && (span->settled == DAY_NONE || span->settled > as_of);
}

static struct book_bound item_bound(const struct bounds *bounds, int64_t id, int32_t as_of, int64_t open)
{
	struct book_bound bound = { .promised_day = DAY_NONE };
	if (open <= 0) return bound;
	for (size_t i = dispute_first(bounds, id); i < bounds->disputes_count && bounds->disputes[i].item_id == id; i++)
		if (dispute_stands(&bounds->disputes[i], as_of))
			bound.disputed += bounds->disputes[i].amount < 0 ? open : bounds->disputes[i].amount;
	for (size_t i = promise_first(bounds, id); i < bounds->promises_count && bounds->promises[i].item_id == id; i++) {
		const struct promise_span *span = &bounds->promises[i];
		if (promise_stands(span, as_of)) {
			bound.promised += span->amount;
			if (bound.promised_day == DAY_NONE || span->day < bound.promised_day) bound.promised_day = span->day;
		} else if (span->made <= as_of && !span->cancelled && span->day < as_of) {
			bound.broken = true; /* it is settled, and the item is still open */
		}
	}
	if (bound.disputed > open) bound.disputed = open;
	if (bound.promised > open) bound.promised = open;
	return bound;
}

bool book_has_disputes(const struct book *book)
{
	return book->bounds->disputes_count > 0;
}

struct book_bound book_item_bound(const struct book *book, size_t index, int32_t as_of, int64_t open)
{
	const struct bounds *bounds = book->bounds;
	if (bounds->disputes_count == 0 && bounds->promises_count == 0) return (struct book_bound){ .promised_day = DAY_NONE };
	size_t b;
	uint32_t local;
	const struct block *block = book_block(book, index, &b, &local);
	return item_bound(bounds, block->id_base + block->id[local], as_of, open);
}

bool book_item_held(const struct book *book, size_t customer, int64_t item_id, int32_t as_of)
{
	const struct bounds *bounds = book->bounds;
	if (bounds->holds_count == 0) return false;
	int64_t id = book->people->rows[customer].id;
	size_t low = 0, high = bounds->holds_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (bounds->holds[middle].customer_id < id)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < bounds->holds_count && bounds->holds[low].customer_id == id; low++) {
		const struct hold_span *span = &bounds->holds[low];
		if ((span->item_id == 0 || span->item_id == item_id) && span->from <= as_of &&
		    (span->until == DAY_NONE || span->until >= as_of) && (span->lifted == DAY_NONE || span->lifted > as_of))
			return true;
	}
	return false;
}

static bool wanted(size_t customer, const uint8_t *selected, size_t only)
{
	return only ? customer == only - 1 : !selected || selected[customer];
}

static bool counts(const struct book *book, const struct book_item *item, const char *currency, const uint8_t *selected,
                   size_t only)
{
	return item->exists && !item->outside && strcmp(item->currency, currency ? currency : book->currency) == 0 &&
	       wanted(item->customer, selected, only);
}

static int64_t customer_positive(const struct book *book, size_t customer, const char *currency, int32_t as_of)
{
	int64_t sums[6] = { 0 };
	struct walk walk = walk_customer(book, customer, currency);
	while (walk_next(&walk)) segment_sums(walk.columns, walk.now, as_of, ageing_edges(NULL), sums);
	return sums[0];
}

void bounds_sum(const struct book *book, struct book_age_options options, int64_t *disputed, int64_t *promised)
{
	const struct bounds *bounds = book->bounds;
	const char *currency = options.currency ? options.currency : book->currency;
	*disputed = *promised = 0;
	for (size_t i = 0; i < bounds->disputes_count; i++) {
		int64_t id = bounds->disputes[i].item_id;
		if (i > 0 && bounds->disputes[i - 1].item_id == id) continue; /* one item, whatever its disputes */
		size_t index = book_find_item(book, id);
		if (index == SIZE_MAX) continue;
		struct book_item item = book_item(book, index, options.as_of);
		if (counts(book, &item, currency, options.selected, options.customer))
			*disputed += item_bound(bounds, id, options.as_of, item.open).disputed;
	}
	for (size_t i = 0; i < bounds->promises_count; i++) {
		const struct promise_span *span = &bounds->promises[i];
		if (span->item_id == 0) {
			size_t customer = book_find_customer(book, span->customer_id);
			if (customer == SIZE_MAX || !promise_stands(span, options.as_of)) continue;
			if (!wanted(customer, options.selected, options.customer)) continue;
			int64_t open = customer_positive(book, customer, currency, options.as_of);
			*promised += span->amount < open ? span->amount : open;
			continue;
		}
		if (i > 0 && bounds->promises[i - 1].item_id == span->item_id) continue;
		size_t index = book_find_item(book, span->item_id);
		if (index == SIZE_MAX) continue;
		struct book_item item = book_item(book, index, options.as_of);
		if (counts(book, &item, currency, options.selected, options.customer))
			*promised += item_bound(bounds, span->item_id, options.as_of, item.open).promised;
	}
}

/* --- promises kept --------------------------------------------------------------------------------------------------------- */

/* Payments that settled an item after the promise was made, up to its grace. */
static int64_t received_on_item(const struct book *book, size_t index, int32_t after, int32_t until)
{
	size_t b;
	uint32_t local;
	const struct block *block = book_block(book, index, &b, &local);
	const struct segment *segment = block_segment(block, local);
	int64_t received = 0;
	for (uint32_t s = segment->first_settlement; s < segment->first_settlement + segment->settlements; s++)
		if (block->debit[s] == local && block->settled_day[s] >= after && block->settled_day[s] <= until &&
		    flags_kind(block->flags[block->credit[s]]) == ITEM_PAYMENT)
			received += block->settled[s];
	return received;
}

static int64_t received_from_customer(const struct book *book, size_t customer, const char *currency, int32_t after, int32_t until)
{
	int64_t received = 0;
	struct walk walk = walk_customer(book, customer, currency);
	while (walk_next(&walk))
		for (uint32_t i = 0; i < walk.now->credits; i++) {
			uint32_t item = walk.now->first + walk.now->debits + i;
			if (flags_kind(walk.columns->flags[item]) == ITEM_PAYMENT && walk.columns->posting[item] >= after &&
			    walk.columns->posting[item] <= until)
				received -= walk.columns->amount[item];
		}
	return received;
}

void bounds_kept(const struct book *book, struct book_behaviour_options options, struct book_behaviour *rows,
                 struct book_behaviour *total)
{
	const struct bounds *bounds = book->bounds;
	const char *currency = options.currency ? options.currency : book->currency;
	const struct calendar calendar = { 0 };
	for (size_t i = 0; i < bounds->promises_count; i++) {
		const struct promise_span *span = &bounds->promises[i];
		int32_t until = calendar_add(&calendar, span->day, 2);  /* two working days of grace */
		if (span->cancelled || span->made > options.as_of || until >= options.as_of || until <= options.as_of - 365) continue;
		size_t customer = book_find_customer(book, span->customer_id), index = SIZE_MAX;
		if (customer == SIZE_MAX || !wanted(customer, options.selected, options.customer)) continue;
		if (span->item_id) {
			index = book_find_item(book, span->item_id);
			if (index == SIZE_MAX) continue;
			struct book_item item = book_item(book, index, options.as_of);
			if (!counts(book, &item, currency, options.selected, options.customer)) continue;
		}
		int64_t received = index == SIZE_MAX ? received_from_customer(book, customer, currency, span->made, until)
		                                     : received_on_item(book, index, span->made, until);
		int64_t kept = received < span->amount ? received : span->amount;
		if (rows) rows[customer].promised += span->amount, rows[customer].kept += kept;
		total->promised += span->amount, total->kept += kept;
	}
}

void bounds_disputed(const struct book *book, struct book_behaviour_options options, struct book_behaviour *rows,
                     struct book_behaviour *total)
{
	const struct bounds *bounds = book->bounds;
	for (size_t i = 0; i < bounds->disputes_count; i++) {
		const struct dispute_span *span = &bounds->disputes[i];
		if (span->opened > options.as_of || span->opened <= options.as_of - 365) continue;
		size_t index = book_find_item(book, span->item_id);
		if (index == SIZE_MAX) continue;
		struct book_item item = book_item(book, index, options.as_of);
		if (!counts(book, &item, options.currency, options.selected, options.customer)) continue;
		int64_t amount = span->amount < 0 || span->amount > item.amount ? item.amount : span->amount;
		if (amount < 0) continue;
		if (rows) rows[item.customer].disputed += amount;
		total->disputed += amount;
	}
}
