/* paid — each invoice with the day it was paid, for what learns from them. */
#include "book/book.h"

#include "base/memory.h"
#include "book/columns.h"

#include <stdlib.h>
#include <string.h>

static int8_t ever_disputed(const struct book *book, int64_t item_id, int32_t as_of)
{
	const struct bounds *bounds = book->bounds;
	if (bounds->disputes_count == 0) return -1;
	size_t low = 0, high = bounds->disputes_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (bounds->disputes[middle].item_id < item_id) low = middle + 1;
		else high = middle;
	}
	for (; low < bounds->disputes_count && bounds->disputes[low].item_id == item_id; low++)
		if (bounds->disputes[low].opened <= as_of) return 1;
	return 0;
}

int8_t book_item_disputed(const struct book *book, size_t index, int32_t as_of)
{
	size_t b;
	uint32_t local;
	const struct block *block = book_block(book, index, &b, &local);
	return ever_disputed(book, block->id_base + block->id[local], as_of);
}

/* Settlements stand by debit: those of one item are side by side. */
struct settled {
	int64_t all, paid;
	int32_t last;
};

static struct settled take_settlements(const struct block *block, uint32_t item, uint32_t end, int32_t as_of, uint32_t *at)
{
	struct settled out = { .last = DAY_NONE };
	for (; *at < end && block->debit[*at] == item; (*at)++) {
		if (block->settled_day[*at] > as_of) continue;
		out.all += block->settled[*at];
		if (flags_kind(block->flags[block->credit[*at]]) != ITEM_PAYMENT) continue;
		out.paid += block->settled[*at];
		if (block->settled_day[*at] > out.last) out.last = block->settled_day[*at];
	}
	return out;
}

size_t book_paid(const struct book *book, struct book_behaviour_options options, int32_t issued_from, struct book_paid **out)
{
	struct book_paid *list = NULL;
	size_t count = 0, cap = 0;
	struct walk walk = walk_options(book, options.currency, options.selected, options.customer);
	while (walk_next(&walk)) {
		const struct block *block = walk.columns;
		const struct segment *segment = walk.now;
		uint32_t at = segment->first_settlement, end = at + segment->settlements;
		for (uint32_t i = segment->first; i < segment->first + segment->debits; i++) {
			while (at < end && block->debit[at] < i) at++;
			struct settled settled = take_settlements(block, i, end, options.as_of, &at);
			if (flags_kind(block->flags[i]) != ITEM_INVOICE || block->posting[i] > options.as_of || block->issue[i] > options.as_of ||
			    block->issue[i] < issued_from || block->amount[i] <= 0 || options.no_lateness >> flags_source(block->flags[i]) & 1)
				continue;
			bool closed = settled.all >= block->amount[i];
			if (closed && settled.paid * 2 < block->amount[i]) continue; /* a credit note took it away: nobody paid it */
			GROW(list, count, cap);
			list[count++] = (struct book_paid){ .customer = (uint32_t)walk.customer, .issue_day = block->issue[i], .due_day = block->due[i],
				.settled_day = closed ? settled.last : DAY_NONE, .amount = block->amount[i],
				.disputed = ever_disputed(book, block->id_base + block->id[i], options.as_of) };
		}
	}
	*out = list;
	return count;
}
