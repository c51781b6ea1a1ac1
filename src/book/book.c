#include "book/book.h"

#include "base/memory.h"
#include "book/columns.h"
#include "book/moment.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* --- putting blocks together ------------------------------------------------------------------------------------------- */

size_t people_find(const struct people *people, int64_t id)
{
	size_t low = 0, high = people->count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (people->rows[people->by_id[middle]].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < people->count && people->rows[people->by_id[low]].id == id ? people->by_id[low] : SIZE_MAX;
}

static void currency_add(struct book *book, const char *currency)
{
	for (size_t i = 0; i < book->currencies_count; i++)
		if (strcmp(book->currencies[i], currency) == 0) return;
	if (book->currencies_count < CURRENCIES_MAX) memcpy(book->currencies[book->currencies_count++], currency, 4);
}

static void block_owners(struct book *book, size_t b)
{
	const struct block *block = book->blocks[b];
	for (uint32_t local = 0; local < block->customers; local++) {
		size_t customer = people_find(book->people, block->customer_id[local]);
		book->owner[b][local] = customer == SIZE_MAX ? NOBODY : (uint32_t)customer;
		if (customer == SIZE_MAX) continue;
		struct place *place = &book->places[customer];
		if (place->block != NOBODY) book->owner[place->block][place->customer] = NOBODY;
		*place = (struct place){ (uint32_t)b, local };
	}
}

static void block_currencies(struct book *book, size_t b)
{
	const struct block *block = book->blocks[b];
	bool seen[CURRENCIES_MAX] = { false };
	for (size_t s = 0; s < block->segments_count; s++) {
		if (seen[block->segments[s].currency] || book->owner[b][block->segments[s].customer] == NOBODY) continue;
		seen[block->segments[s].currency] = true;
		currency_add(book, block->currencies[block->segments[s].currency]);
	}
}

struct book *book_assemble(int64_t rev, const char *currency, struct block **blocks, size_t count, struct people *people,
                           struct bounds *bounds, const struct book *old)
{
	assert(count <= BLOCKS_MAX);
	struct book *book = xcalloc(1, sizeof *book);
	atomic_init(&book->readers, 1);
	book->rev = rev, book->people = people, book->bounds = bounds, book->block_count = count;
	memcpy(book->currency, currency, strnlen(currency, 3));
	currency_add(book, book->currency);
	book->places = xmalloc((people->count + 1) * sizeof *book->places);
	if (old)
		memcpy(book->places, old->places, people->count * sizeof *book->places);
	else
		for (size_t c = 0; c < people->count; c++) book->places[c] = (struct place){ NOBODY, 0 };
	size_t same = 0;
	for (size_t b = 0; b < count; b++) {
		struct block *block = book->blocks[b] = blocks[b];
		book->first_item[b + 1] = book->first_item[b] + block->items;
		book->owner[b] = xmalloc((block->customers + 1) * sizeof *book->owner[b]);
		if (old && same == b && b < old->block_count && old->blocks[b] == block) {
			memcpy(book->owner[b], old->owner[b], block->customers * sizeof *book->owner[b]);
			same++;
		}
	}
	/* who was in a block that is gone is in one of those that took its place */
	if (old)
		for (size_t c = 0; c < people->count; c++)
			if (book->places[c].block != NOBODY && book->places[c].block >= same) book->places[c] = (struct place){ NOBODY, 0 };
	for (size_t b = same; b < count; b++) block_owners(book, b);
	for (size_t b = 0; b < count; b++) block_currencies(book, b);
	return book;
}

const struct book *book_hold(const struct book *book)
{
	atomic_fetch_add(&((struct book *)(uintptr_t)book)->readers, 1);
	return book;
}

void book_release(const struct book *shared)
{
	struct book *book = (struct book *)(uintptr_t)shared;
	if (!book || atomic_fetch_sub(&book->readers, 1) != 1) return;
	for (size_t b = 0; b < book->block_count; b++) {
		block_release(book->blocks[b]);
		free(book->owner[b]);
	}
	people_release(book->people);
	bounds_release(book->bounds);
	free(book->places);
	free(book);
}

void book_release_at(const struct book **book)
{
	book_release(*book);
	*book = NULL;
}

int64_t book_rev(const struct book *book)
{
	return book->rev;
}

const char *book_currency(const struct book *book)
{
	return book->currency;
}

size_t book_currencies(const struct book *book)
{
	return book->currencies_count;
}

const char *book_currency_at(const struct book *book, size_t index)
{
	return index < book->currencies_count ? book->currencies[index] : "";
}

size_t book_bytes(const struct book *book)
{
	size_t bytes = book->people->count * sizeof *book->places;
	for (size_t b = 0; b < book->block_count; b++) {
		const struct block *block = book->blocks[b];
		bytes += block->items * (8 + 4 + 4 + 4 + 4 + 2) + block->settlements * (8 + 4 + 4 + 4 + 4);
		bytes += block->segments_count * sizeof *block->segments + block->origins_count * sizeof *block->origins;
		bytes += block->customers * (sizeof *block->customer_id + sizeof *block->customer_segment + sizeof *book->owner[b]);
		if (atomic_load(&block->by_id)) bytes += block->items * sizeof(uint32_t);
		bytes += keepsakes_bytes(book->blocks[b]);
	}
	return bytes;
}

/* --- walking ------------------------------------------------------------------------------------------------------------ */

int block_currency(const struct block *block, const char *currency)
{
	for (size_t i = 0; i < block->currencies_count; i++)
		if (strcmp(block->currencies[i], currency) == 0) return (int)i;
	return -1;
}

struct walk walk_start(const struct book *book, const char *currency, const uint8_t *selected)
{
	return (struct walk){ .book = book, .currency = currency, .selected = selected, .block = SIZE_MAX };
}

struct walk walk_customer(const struct book *book, size_t customer, const char *currency)
{
	return (struct walk){ .book = book, .currency = currency, .block = SIZE_MAX, .only = customer + 1 };
}

struct walk walk_options(const struct book *book, const char *currency, const uint8_t *selected, size_t customer)
{
	const char *wanted = currency ? currency : book->currency;
	return customer ? walk_customer(book, customer - 1, wanted) : walk_start(book, wanted, selected);
}

/* Steps into the next block; false after the last. For one customer the only block is his. */
static bool walk_block(struct walk *walk)
{
	const struct book *book = walk->book;
	if (walk->only) {
		struct place place = book->places[walk->only - 1];
		if (walk->block != SIZE_MAX || place.block == NOBODY) return false;
		walk->block = place.block, walk->columns = book->blocks[place.block];
		walk->segment = walk->columns->customer_segment[place.customer];
		walk->step = walk->columns->customer_segment[place.customer + 1];
	} else {
		walk->block++; /* from SIZE_MAX to 0 */
		if (walk->block >= book->block_count) return false;
		walk->columns = book->blocks[walk->block];
		walk->segment = 0, walk->step = walk->columns->segments_count;
	}
	walk->currency_index = walk->currency ? block_currency(walk->columns, walk->currency) : -1;
	if (walk->currency && walk->currency_index < 0) walk->segment = walk->step; /* nothing here in that currency */
	return true;
}

bool walk_next(struct walk *walk)
{
	for (;;) {
		if (!walk->columns || walk->segment >= walk->step) {
			do
				if (!walk_block(walk)) return false;
			while (walk->segment >= walk->step);
		}
		const struct segment *segment = &walk->columns->segments[walk->segment++];
		if (walk->currency && segment->currency != walk->currency_index) continue;
		uint32_t owner = walk->book->owner[walk->block][segment->customer];
		if (owner == NOBODY || (walk->selected && !walk->selected[owner])) continue;
		walk->now = segment, walk->customer = owner;
		return true;
	}
}

/* --- customers ------------------------------------------------------------------------------------------------------------- */

size_t book_customers(const struct book *book)
{
	return book->people->count;
}

struct book_customer book_customer(const struct book *book, size_t index)
{
	assert(index < book->people->count);
	struct book_customer customer = book->people->rows[index];
	struct place place = book->places[index];
	customer.first_item = customer.item_count = 0;
	if (place.block == NOBODY) return customer;
	const struct block *block = book->blocks[place.block];
	uint32_t from = block->customer_segment[place.customer], to = block->customer_segment[place.customer + 1];
	if (from == to) return customer;
	const struct segment *last = &block->segments[to - 1];
	customer.first_item = book->first_item[place.block] + block->segments[from].first;
	customer.item_count = last->first + last->debits + last->credits + last->outside - block->segments[from].first;
	return customer;
}

size_t book_find_customer(const struct book *book, int64_t customer_id)
{
	return people_find(book->people, customer_id);
}

size_t book_find_customer_code(const struct book *book, const char *code)
{
	size_t low = 0, high = book->people->count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (strcmp(book->people->rows[middle].code, code) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < book->people->count && strcmp(book->people->rows[low].code, code) == 0 ? low : SIZE_MAX;
}

const uint8_t *book_select(const struct book *book, const struct viewer *viewer, struct arena *arena)
{
	if (viewer->portfolio == PORTFOLIO_ALL) return NULL;
	uint8_t *selected = arena_array(arena, uint8_t, book->people->count + 1);
	for (size_t c = 0; c < book->people->count; c++) {
		const struct book_customer *row = &book->people->rows[c];
		selected[c] = viewer_sees_customer(viewer, row->collector_id, row->sales_id, row->group_code);
	}
	return selected;
}

/* --- items --------------------------------------------------------------------------------------------------------------- */

size_t book_items(const struct book *book)
{
	return book->first_item[book->block_count];
}

const struct block *book_block(const struct book *book, size_t index, size_t *block, uint32_t *local)
{
	size_t b = 0;
	while (index >= book->first_item[b + 1]) b++;
	assert(b < book->block_count);
	*block = b;
	*local = (uint32_t)(index - book->first_item[b]);
	return book->blocks[b];
}

const struct segment *block_segment(const struct block *block, uint32_t item)
{
	size_t low = 0, high = block->segments_count;
	while (high - low > 1) {
		size_t middle = (low + high) / 2;
		if (block->segments[middle].first <= item)
			low = middle;
		else
			high = middle;
	}
	return &block->segments[low];
}

int64_t block_origin(const struct block *block, uint32_t item)
{
	if (!(block->flags[item] & FLAG_ORIGIN)) return 0;
	size_t low = 0, high = block->origins_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (block->origins[middle].item < item)
			low = middle + 1;
		else
			high = middle;
	}
	return low < block->origins_count && block->origins[low].item == item ? block->origins[low].id : 0;
}

void segment_open(const struct block *block, const struct segment *segment, int32_t as_of, int64_t *open, int32_t *closed)
{
	uint32_t inside = segment->debits + segment->credits, all = inside + segment->outside;
	for (uint32_t i = 0; i < all; i++) {
		uint32_t item = segment->first + i;
		bool there = block->posting[item] <= as_of && (i < inside || !(block->flags[item] & FLAG_WITHDRAWN));
		open[i] = there ? block->amount[item] : 0;
		if (closed) closed[i] = there && open[i] == 0 ? block->posting[item] : DAY_NONE;
	}
	for (uint32_t s = segment->first_settlement; s < segment->first_settlement + segment->settlements; s++) {
		if (block->settled_day[s] > as_of) continue;
		uint32_t debit = block->debit[s] - segment->first, credit = block->credit[s] - segment->first;
		open[debit] -= block->settled[s];
		open[credit] += block->settled[s];
		if (!closed) continue;
		/* the last settlement's day, kept only where nothing stays open */
		if (block->settled_day[s] > closed[debit]) closed[debit] = block->settled_day[s];
		if (block->settled_day[s] > closed[credit]) closed[credit] = block->settled_day[s];
	}
	if (closed)
		for (uint32_t i = 0; i < all; i++)
			if (open[i] != 0) closed[i] = DAY_NONE;
}

static struct book_item item_at(const struct book *book, const struct block *block, const struct segment *segment,
                                uint32_t owner, uint32_t item, int32_t as_of)
{
	uint16_t flags = block->flags[item];
	struct book_item out = {
		.id = block->id_base + block->id[item], .amount = block->amount[item], .number = block->texts + block->number[item],
		.currency = block->currencies[segment->currency], .customer = owner == NOBODY ? SIZE_MAX : owner,
		.kind = flags_kind(flags), .due_source = flags_source(flags), .issue_day = block->issue[item],
		.posting_day = block->posting[item], .due_day = block->due[item], .closed_day = DAY_NONE,
		.origin_id = block_origin(block, item), .withdrawn = flags & FLAG_WITHDRAWN,
	};
	(void)book;
	out.outside = out.withdrawn || out.kind == ITEM_DEPOSIT_REQUEST;
	out.exists = owner != NOBODY && !out.withdrawn && out.posting_day <= as_of;
	return out;
}

struct book_item book_item(const struct book *book, size_t index, int32_t as_of)
{
	size_t b;
	uint32_t local;
	const struct block *block = book_block(book, index, &b, &local);
	const struct segment *segment = block_segment(block, local);
	struct book_item item = item_at(book, block, segment, book->owner[b][segment->customer], local, as_of);
	if (!item.exists) return item;
	item.open = item.amount;
	int32_t last = item.posting_day;
	for (uint32_t s = segment->first_settlement; s < segment->first_settlement + segment->settlements; s++) {
		if (block->settled_day[s] > as_of || (block->debit[s] != local && block->credit[s] != local)) continue;
		item.open -= block->debit[s] == local ? block->settled[s] : -block->settled[s];
		if (block->settled_day[s] > last) last = block->settled_day[s];
	}
	if (item.open == 0) item.closed_day = last;
	return item;
}

void book_customer_items(const struct book *book, size_t customer, int32_t as_of, struct book_item *out)
{
	struct walk walk = walk_customer(book, customer, NULL);
	while (walk_next(&walk)) {
		const struct segment *segment = walk.now;
		uint32_t count = segment->debits + segment->credits + segment->outside;
		int64_t *open = xmalloc((count + 1) * sizeof *open);
		int32_t *closed = xmalloc((count + 1) * sizeof *closed);
		segment_open(walk.columns, segment, as_of, open, closed);
		for (uint32_t i = 0; i < count; i++) {
			*out = item_at(book, walk.columns, segment, (uint32_t)customer, segment->first + i, as_of);
			out->open = open[i], out->closed_day = out->exists ? closed[i] : DAY_NONE;
			out++;
		}
		free(open), free(closed);
	}
}

void book_open_amounts(const struct book *book, int32_t as_of, int64_t *open, int32_t *closed)
{
	for (size_t b = 0; b < book->block_count; b++) {
		const struct block *block = book->blocks[b];
		for (size_t s = 0; s < block->segments_count; s++) {
			const struct segment *segment = &block->segments[s];
			size_t at = book->first_item[b] + segment->first;
			if (book->owner[b][segment->customer] != NOBODY) {
				segment_open(block, segment, as_of, open + at, closed ? closed + at : NULL);
				continue;
			}
			for (uint32_t i = 0; i < segment->debits + segment->credits + segment->outside; i++) {
				open[at + i] = 0;
				if (closed) closed[at + i] = DAY_NONE;
			}
		}
	}
}

struct book_opens {
	const struct book *book;
	struct keepsake *kept[BLOCKS_MAX];
	const struct moment_open *open[BLOCKS_MAX];
	struct book_open *rows;
	size_t cap;
};

struct book_opens *book_opens(const struct book *book, int32_t as_of)
{
	struct book_opens *opens = xcalloc(1, sizeof *opens);
	opens->book = book_hold(book);
	for (size_t b = 0; b < book->block_count; b++) opens->open[b] = moment_open(book->blocks[b], as_of, &opens->kept[b]);
	return opens;
}

void book_opens_free(struct book_opens *opens)
{
	for (size_t b = 0; b < opens->book->block_count; b++) keepsake_release_at(&opens->kept[b]);
	book_release(opens->book);
	free(opens->rows);
	free(opens);
}

size_t book_opens_of(struct book_opens *opens, size_t customer, const char *currency, const struct book_open **rows)
{
	size_t count = 0;
	struct walk walk = walk_customer(opens->book, customer, currency);
	while (walk_next(&walk)) {
		const struct moment_open *open = opens->open[walk.block];
		size_t segment = (size_t)(walk.now - walk.columns->segments);
		for (uint32_t i = open->first[segment]; i < open->first[segment + 1]; i++) {
			uint32_t item = open->item[i];
			GROW(opens->rows, count, opens->cap);
			opens->rows[count++] = (struct book_open){ book_block_first(&walk) + item, walk.columns->id_base + walk.columns->id[item],
				open->open[i], walk.columns->due[item], flags_source(walk.columns->flags[item]) };
		}
	}
	*rows = opens->rows;
	return count;
}

/* Items in order of id: least significant digit first, 11 bits at a time. */
static uint32_t *block_index(const struct block *block)
{
	uint32_t *from = xmalloc((block->items + 1) * sizeof *from), *to = xmalloc((block->items + 1) * sizeof *to);
	for (size_t i = 0; i < block->items; i++) from[i] = (uint32_t)i;
	for (int shift = 0; shift < 33; shift += 11) {
		size_t starts[2049] = { 0 };
		for (size_t i = 0; i < block->items; i++) starts[(block->id[i] >> shift & 2047) + 1]++;
		for (size_t d = 1; d < 2049; d++) starts[d] += starts[d - 1];
		for (size_t i = 0; i < block->items; i++) to[starts[block->id[from[i]] >> shift & 2047]++] = from[i];
		uint32_t *swap = from;
		from = to, to = swap;
	}
	free(to);
	return from;
}

static size_t block_find_item(struct block *block, int64_t item_id)
{
	if (item_id < block->id_base || item_id - block->id_base >= NOBODY) return SIZE_MAX;
	uint32_t *by_id = atomic_load(&block->by_id);
	if (!by_id) {
		uint32_t *made = block_index(block), *none = NULL;
		if (atomic_compare_exchange_strong(&block->by_id, &none, made)) {
			by_id = made;
		} else {
			free(made); /* another reader was faster */
			by_id = none;
		}
	}
	uint32_t id = (uint32_t)(item_id - block->id_base);
	size_t low = 0, high = block->items;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (block->id[by_id[middle]] < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < block->items && block->id[by_id[low]] == id ? by_id[low] : SIZE_MAX;
}

size_t book_find_item(const struct book *book, int64_t item_id)
{
	for (size_t b = book->block_count; b-- > 0;) {
		size_t local = block_find_item(book->blocks[b], item_id);
		if (local == SIZE_MAX) continue;
		const struct segment *segment = block_segment(book->blocks[b], (uint32_t)local);
		if (book->owner[b][segment->customer] != NOBODY) return book->first_item[b] + local;
	}
	return SIZE_MAX;
}

static int settlement_by_day(const void *left, const void *right)
{
	const struct book_settlement *a = left, *b = right;
	if (a->day != b->day) return a->day < b->day ? -1 : 1;
	if (a->debit != b->debit) return a->debit < b->debit ? -1 : 1;
	return (a->credit > b->credit) - (a->credit < b->credit);
}

size_t book_item_settlements(const struct book *book, size_t index, struct arena *arena, struct book_settlement **out)
{
	size_t b, count = 0;
	uint32_t local;
	const struct block *block = book_block(book, index, &b, &local);
	const struct segment *segment = block_segment(block, local);
	uint32_t end = segment->first_settlement + segment->settlements;
	for (uint32_t s = segment->first_settlement; s < end; s++) count += block->debit[s] == local || block->credit[s] == local;
	*out = arena_array(arena, struct book_settlement, count + 1);
	count = 0;
	for (uint32_t s = segment->first_settlement; s < end; s++)
		if (block->debit[s] == local || block->credit[s] == local)
			(*out)[count++] = (struct book_settlement){ book->first_item[b] + block->debit[s],
				book->first_item[b] + block->credit[s], block->settled_day[s], block->settled[s] };
	qsort(*out, count, sizeof **out, settlement_by_day);
	return count;
}
