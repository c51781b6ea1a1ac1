#include "book/build.h"

#include "base/memory.h"
#include "book/columns.h"
#include "book/moment.h"

#include <stdlib.h>
#include <string.h>

struct raw_item {
	int64_t id, amount;
	int32_t issue, posting, due;
	uint32_t customer, number;
	uint16_t flags;
	uint8_t currency, part;                /* 0 debit, 1 credit, 2 outside the balance */
};
struct raw_settlement {
	int64_t debit_id, credit_id, amount;
	int32_t day;
	uint32_t customer;
};
struct raw_origin {
	int64_t item_id, origin_id;
};

struct book_builder {
	char currency[4];
	char (*currencies)[4];
	size_t currencies_count, currencies_cap;
	bool too_many_currencies;
	/* customers met among items, by hash of their id */
	int64_t *customer_id;
	size_t customers, customers_cap;
	uint32_t *slots;                       /* 1 + index; 0: free */
	size_t slots_count;
	int64_t last_id;
	uint32_t last_customer;
	struct raw_item *items;
	size_t items_count, items_cap;
	struct raw_settlement *settlements;
	size_t settlements_count, settlements_cap;
	struct raw_origin *origins;
	size_t origins_count, origins_cap;
	char *texts;
	size_t texts_len, texts_cap;
	struct book_customer *people;
	size_t people_count, people_cap;
	struct arena *people_texts;
	struct dispute_span *disputes;
	size_t disputes_count, disputes_cap;
	struct promise_span *promises;
	size_t promises_count, promises_cap;
	struct hold_span *holds;
	size_t holds_count, holds_cap;
};

static void currency_copy(char out[4], const char *currency)
{
	size_t len = strnlen(currency, 3);
	memcpy(out, currency, len);
	memset(out + len, 0, 4 - len);
}

struct book_builder *book_builder_new(const char *currency)
{
	struct book_builder *builder = xcalloc(1, sizeof *builder);
	currency_copy(builder->currency, currency);
	builder->people_texts = arena_new();
	builder->last_id = INT64_MIN;
	return builder;
}

static void builder_clear_block(struct book_builder *builder)
{
	free(builder->currencies), free(builder->customer_id), free(builder->slots), free(builder->items);
	free(builder->settlements), free(builder->origins), free(builder->texts);
	builder->currencies = NULL, builder->customer_id = NULL, builder->slots = NULL, builder->items = NULL;
	builder->settlements = NULL, builder->origins = NULL, builder->texts = NULL;
	builder->currencies_count = builder->currencies_cap = builder->customers = builder->customers_cap = 0;
	builder->slots_count = builder->items_count = builder->items_cap = 0;
	builder->settlements_count = builder->settlements_cap = builder->origins_count = builder->origins_cap = 0;
	builder->texts_len = builder->texts_cap = 0;
	builder->last_id = INT64_MIN;
}

void book_builder_free(struct book_builder *builder)
{
	if (!builder) return;
	builder_clear_block(builder);
	free(builder->people), free(builder->disputes), free(builder->promises), free(builder->holds);
	arena_free(builder->people_texts);
	free(builder);
}

/* --- what is given --------------------------------------------------------------------------------------------------- */

static size_t slot_of(int64_t id, size_t count)
{
	uint64_t h = (uint64_t)id * 0x9E3779B97F4A7C15ull;
	return (size_t)(h >> 20) & (count - 1);
}

static uint32_t customer_index(struct book_builder *builder, int64_t id)
{
	if (id == builder->last_id) return builder->last_customer;
	if (2 * (builder->customers + 1) > builder->slots_count) {
		size_t count = builder->slots_count ? builder->slots_count * 2 : 64;
		free(builder->slots);
		builder->slots = xcalloc(count, sizeof *builder->slots);
		builder->slots_count = count;
		for (size_t i = 0; i < builder->customers; i++) {
			size_t slot = slot_of(builder->customer_id[i], count);
			while (builder->slots[slot]) slot = (slot + 1) & (count - 1);
			builder->slots[slot] = (uint32_t)i + 1;
		}
	}
	size_t slot = slot_of(id, builder->slots_count);
	while (builder->slots[slot] && builder->customer_id[builder->slots[slot] - 1] != id)
		slot = (slot + 1) & (builder->slots_count - 1);
	if (!builder->slots[slot]) {
		GROW(builder->customer_id, builder->customers, builder->customers_cap);
		builder->customer_id[builder->customers++] = id;
		builder->slots[slot] = (uint32_t)builder->customers;
	}
	builder->last_id = id;
	return builder->last_customer = builder->slots[slot] - 1;
}

static uint8_t currency_index(struct book_builder *builder, const char *currency)
{
	for (size_t i = 0; i < builder->currencies_count; i++)
		if (strcmp(builder->currencies[i], currency) == 0) return (uint8_t)i;
	if (builder->currencies_count == CURRENCIES_MAX) {
		builder->too_many_currencies = true;
		return 0;
	}
	GROW(builder->currencies, builder->currencies_count, builder->currencies_cap);
	currency_copy(builder->currencies[builder->currencies_count], currency);
	return (uint8_t)builder->currencies_count++;
}

static uint32_t text_index(struct book_builder *builder, const char *text)
{
	size_t size = strlen(text) + 1;
	if (size == 1 && builder->texts_len > 0) return 0; /* texts start with an empty one */
	if (builder->texts_len == 0) {
		builder->texts_cap = 4096;
		builder->texts = xmalloc(builder->texts_cap);
		builder->texts[0] = 0;
		builder->texts_len = 1;
		if (size == 1) return 0;
	}
	while (builder->texts_len + size > builder->texts_cap) {
		builder->texts_cap *= 2;
		builder->texts = xrealloc(builder->texts, builder->texts_cap, 1);
	}
	memcpy(builder->texts + builder->texts_len, text, size);
	builder->texts_len += size;
	return (uint32_t)(builder->texts_len - size);
}

void builder_touch(struct book_builder *builder, int64_t customer_id)
{
	customer_index(builder, customer_id);
}

void builder_item(struct book_builder *builder, const struct builder_item *item)
{
	GROW(builder->items, builder->items_count, builder->items_cap);
	struct raw_item *raw = &builder->items[builder->items_count++];
	bool outside = item->withdrawn || item->kind == ITEM_DEPOSIT_REQUEST;
	unsigned flags = (unsigned)item->kind | (unsigned)item->due_source << FLAG_SOURCE_SHIFT;
	if (item->withdrawn) flags |= FLAG_WITHDRAWN;
	if (item->origin_id) flags |= FLAG_ORIGIN;
	*raw = (struct raw_item){
		.id = item->id, .amount = item->amount, .issue = item->issue_day, .posting = item->posting_day,
		.due = item->due_day, .customer = customer_index(builder, item->customer_id),
		.number = text_index(builder, item->number ? item->number : ""), .flags = (uint16_t)flags,
		.currency = currency_index(builder, item->currency ? item->currency : builder->currency),
		.part = (uint8_t)(outside ? 2 : item->amount < 0 ? 1 : 0),
	};
	if (item->origin_id) {
		GROW(builder->origins, builder->origins_count, builder->origins_cap);
		builder->origins[builder->origins_count++] = (struct raw_origin){ item->id, item->origin_id };
	}
}

void builder_settlement(struct book_builder *builder, int64_t customer_id, int64_t debit_id, int64_t credit_id, int32_t day,
                        int64_t amount)
{
	GROW(builder->settlements, builder->settlements_count, builder->settlements_cap);
	builder->settlements[builder->settlements_count++] = (struct raw_settlement){
		.debit_id = debit_id, .credit_id = credit_id, .amount = amount, .day = day,
		.customer = customer_index(builder, customer_id) };
}

static void customer_copy(struct book_customer *row, const struct book_customer *customer, struct arena *texts)
{
	*row = *customer;
	row->first_item = row->item_count = 0;
	row->code = arena_strdup(texts, customer->code);
	row->name = arena_strdup(texts, customer->name);
	/* most are empty or the same: a shared "" costs nothing */
	row->group_code = customer->group_code && *customer->group_code ? arena_strdup(texts, customer->group_code) : "";
	row->profile = customer->profile && *customer->profile ? arena_strdup(texts, customer->profile) : "";
	row->scenario = customer->scenario && *customer->scenario ? arena_strdup(texts, customer->scenario) : "";
	row->generic = customer->generic && *customer->generic ? arena_strdup(texts, customer->generic) : "";
	row->class = customer->class && *customer->class && strcmp(customer->class, "unknown") != 0
	                     ? arena_strdup(texts, customer->class) : "unknown";
}

void builder_customer(struct book_builder *builder, const struct book_customer *customer)
{
	GROW(builder->people, builder->people_count, builder->people_cap);
	customer_copy(&builder->people[builder->people_count++], customer, builder->people_texts);
}

void builder_dispute(struct book_builder *builder, int64_t customer_id, int64_t item_id, int64_t amount, int32_t opened,
                     int32_t closed)
{
	GROW(builder->disputes, builder->disputes_count, builder->disputes_cap);
	builder->disputes[builder->disputes_count++] = (struct dispute_span){ .item_id = item_id, .customer_id = customer_id,
		.amount = amount, .opened = opened, .closed = closed };
}

void builder_promise(struct book_builder *builder, const struct builder_promise *promise)
{
	GROW(builder->promises, builder->promises_count, builder->promises_cap);
	builder->promises[builder->promises_count++] = (struct promise_span){ .item_id = promise->item_id,
		.customer_id = promise->customer_id, .amount = promise->amount, .made = promise->made_day, .day = promise->day,
		.settled = promise->settled_day, .cancelled = promise->cancelled };
}

void builder_hold(struct book_builder *builder, int64_t customer_id, int64_t item_id, int32_t from, int32_t until, int32_t lifted)
{
	GROW(builder->holds, builder->holds_count, builder->holds_cap);
	builder->holds[builder->holds_count++] = (struct hold_span){ customer_id, item_id, from, until, lifted };
}

/* --- items into columns --------------------------------------------------------------------------------------------------- */

struct order {
	uint64_t key;
	uint32_t row;                          /* of the raw items */
};
struct order_context {
	const struct raw_item *items;
	const char *texts;
};

/* currency, part, due and posting in one number: days are shifted to be positive and fit 24 bits. */
static uint64_t item_key(const struct raw_item *item)
{
	uint64_t due = (uint64_t)((int64_t)item->due + (1 << 23)) & 0xFFFFFF;
	uint64_t posting = (uint64_t)((int64_t)item->posting + (1 << 23)) & 0xFFFFFF;
	return (uint64_t)item->currency << 50 | (uint64_t)item->part << 48 | due << 24 | posting;
}

static int order_compare(const void *left, const void *right, void *context)
{
	const struct order *a = left, *b = right;
	const struct order_context *c = context;
	if (a->key != b->key) return a->key < b->key ? -1 : 1;
	const struct raw_item *x = &c->items[a->row], *y = &c->items[b->row];
	int numbers = strcmp(c->texts + x->number, c->texts + y->number);
	if (numbers) return numbers;
	return (x->id > y->id) - (x->id < y->id);
}

static void order_sort(struct order *order, size_t count, struct order_context *context)
{
	if (count > 64) {
		qsort_r(order, count, sizeof *order, order_compare, context);
		return;
	}
	for (size_t i = 1; i < count; i++) {
		struct order one = order[i];
		size_t j = i;
		for (; j > 0 && order_compare(&order[j - 1], &one, context) > 0; j--) order[j] = order[j - 1];
		order[j] = one;
	}
}

struct id_place {
	int64_t id;
	uint32_t item;
};
static int id_compare(const void *left, const void *right)
{
	const struct id_place *a = left, *b = right;
	return (a->id > b->id) - (a->id < b->id);
}

static uint32_t id_find(const struct id_place *places, size_t count, int64_t id)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (places[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && places[low].id == id ? places[low].item : NOBODY;
}

/* Starts of each customer's rows after a counting sort; rows[] lists raw indexes in that order. */
static uint32_t *cluster(const uint32_t *customer_of, size_t stride, size_t count, size_t customers, uint32_t **rows)
{
	uint32_t *starts = xcalloc(customers + 2, sizeof *starts);
	const char *bytes = (const char *)customer_of;
	for (size_t i = 0; i < count; i++) starts[*(const uint32_t *)(const void *)(bytes + i * stride) + 2]++;
	for (size_t i = 2; i < customers + 2; i++) starts[i] += starts[i - 1];
	*rows = xmalloc((count + 1) * sizeof **rows);
	for (size_t i = 0; i < count; i++) (*rows)[starts[*(const uint32_t *)(const void *)(bytes + i * stride) + 1]++] = (uint32_t)i;
	return starts; /* starts[c] .. starts[c + 1] */
}

static struct block *block_allocate(size_t items, size_t settlements, size_t customers)
{
	struct block *block = xcalloc(1, sizeof *block);
	atomic_init(&block->readers, 1);
	pthread_mutex_init(&block->kept_lock, NULL);
	block->items = items, block->settlements = settlements, block->customers = customers;
	block->amount = xmalloc_large((items + 1) * sizeof *block->amount);
	block->posting = xmalloc_large((items + 1) * sizeof *block->posting);
	block->due = xmalloc_large((items + 1) * sizeof *block->due);
	block->issue = xmalloc_large((items + 1) * sizeof *block->issue);
	block->id = xmalloc_large((items + 1) * sizeof *block->id);
	block->flags = xmalloc_large((items + 1) * sizeof *block->flags);
	block->number = xmalloc_large((items + 1) * sizeof *block->number);
	block->settled = xmalloc_large((settlements + 1) * sizeof *block->settled);
	block->settled_day = xmalloc_large((settlements + 1) * sizeof *block->settled_day);
	block->settled_due = xmalloc_large((settlements + 1) * sizeof *block->settled_due);
	block->debit = xmalloc_large((settlements + 1) * sizeof *block->debit);
	block->credit = xmalloc_large((settlements + 1) * sizeof *block->credit);
	block->customer_segment = xcalloc(customers + 1, sizeof *block->customer_segment);
	block->customer_id = xmalloc((customers + 1) * sizeof *block->customer_id);
	block->issue_first = INT32_MAX, block->issue_last = INT32_MIN, block->posting_first = INT32_MAX;
	return block;
}

void block_release(struct block *block)
{
	if (!block || atomic_fetch_sub(&block->readers, 1) != 1) return;
	free(block->amount), free(block->posting), free(block->due), free(block->issue), free(block->id), free(block->flags);
	free(block->number), free(block->texts), free(block->settled), free(block->settled_day), free(block->settled_due);
	free(block->debit), free(block->credit), free(block->segments), free(block->customer_segment);
	free(block->customer_id), free(block->origins), free(block->currencies), free(atomic_load(&block->by_id));
	keepsakes_drop(block);
	free(block);
}

/* One customer's rows, in order, into the columns from *at on, cut into segments. */
static void emit_items(struct block *block, const struct raw_item *items, const struct order *order, size_t count,
                       uint32_t customer, size_t at, size_t *segments_cap)
{
	struct segment *segment = NULL;
	for (size_t i = 0; i < count; i++, at++) {
		const struct raw_item *raw = &items[order[i].row];
		if (!segment || segment->currency != raw->currency) {
			GROW(block->segments, block->segments_count, *segments_cap);
			segment = &block->segments[block->segments_count++];
			*segment = (struct segment){ .customer = customer, .currency = raw->currency, .first = (uint32_t)at };
		}
		*(raw->part == 0 ? &segment->debits : raw->part == 1 ? &segment->credits : &segment->outside) += 1;
		block->amount[at] = raw->amount, block->posting[at] = raw->posting, block->due[at] = raw->due;
		block->issue[at] = raw->issue, block->id[at] = (uint32_t)(raw->id - block->id_base);
		block->flags[at] = raw->flags, block->number[at] = raw->number;
		if (raw->issue < block->issue_first) block->issue_first = raw->issue;
		if (raw->issue > block->issue_last) block->issue_last = raw->issue;
		if (raw->posting < block->posting_first) block->posting_first = raw->posting;
	}
}

struct settle_order {
	uint32_t debit, credit, row;
};
static int settle_compare(const void *left, const void *right)
{
	const struct settle_order *a = left, *b = right;
	if (a->debit != b->debit) return a->debit < b->debit ? -1 : 1;
	return (a->credit > b->credit) - (a->credit < b->credit);
}

static void settle_sort(struct settle_order *order, size_t count)
{
	if (count > 64) {
		qsort(order, count, sizeof *order, settle_compare);
		return;
	}
	for (size_t i = 1; i < count; i++) {
		struct settle_order one = order[i];
		size_t j = i;
		for (; j > 0 && settle_compare(&order[j - 1], &one) > 0; j--) order[j] = order[j - 1];
		order[j] = one;
	}
}

static bool segment_holds(const struct segment *segment, uint32_t debit, uint32_t credit)
{
	return debit >= segment->first && debit < segment->first + segment->debits &&
	       credit >= segment->first + segment->debits && credit < segment->first + segment->debits + segment->credits;
}

/* One customer's settlements, by debit; those of items outside the balance say nothing and are left out. */
static struct status emit_settlements(struct block *block, const struct raw_settlement *settlements, const uint32_t *rows,
                                      size_t count, const struct id_place *places, size_t places_count, uint32_t customer,
                                      struct settle_order *order, size_t *at)
{
	size_t kept = 0;
	for (size_t i = 0; i < count; i++) {
		const struct raw_settlement *raw = &settlements[rows[i]];
		uint32_t debit = id_find(places, places_count, raw->debit_id), credit = id_find(places, places_count, raw->credit_id);
		if (debit == NOBODY || credit == NOBODY)
			return status_make(STATUS_INTERNAL, "A settlement names an item that does not exist. Run “encours verify”.");
		order[kept++] = (struct settle_order){ debit, credit, rows[i] };
	}
	settle_sort(order, kept);
	uint32_t s = block->customer_segment[customer], end = (uint32_t)block->segments_count;
	for (size_t i = 0; i < kept; i++) {
		uint32_t debit = order[i].debit;
		while (s < end && debit >= block->segments[s].first + block->segments[s].debits + block->segments[s].credits +
		                                    block->segments[s].outside)
			s++;
		struct segment *segment = &block->segments[s];
		uint32_t outside = segment->first + segment->debits + segment->credits;
		bool memo = debit >= outside || (block->flags[order[i].credit] & FLAG_WITHDRAWN) ||
		            flags_kind(block->flags[order[i].credit]) == ITEM_DEPOSIT_REQUEST;
		if (memo) continue;
		if (!segment_holds(segment, debit, order[i].credit))
			return status_make(STATUS_INTERNAL, "A settlement joins items that can't settle each other. Run “encours verify”.");
		const struct raw_settlement *raw = &settlements[order[i].row];
		if (segment->settlements == 0) segment->first_settlement = (uint32_t)*at;
		segment->settlements++;
		block->settled[*at] = raw->amount, block->settled_day[*at] = raw->day, block->settled_due[*at] = block->due[debit];
		block->debit[*at] = debit, block->credit[*at] = order[i].credit;
		++*at;
	}
	return STATUS_FINE;
}

static void emit_origins(struct block *block, struct raw_origin *origins, size_t count)
{
	struct id_place *places = xmalloc((count + 1) * sizeof *places);
	for (size_t i = 0; i < count; i++) places[i] = (struct id_place){ origins[i].item_id, (uint32_t)i };
	qsort(places, count, sizeof *places, id_compare);
	block->origins = xmalloc((count + 1) * sizeof *block->origins);
	for (size_t item = 0; item < block->items && count > 0; item++) {
		if (!(block->flags[item] & FLAG_ORIGIN)) continue;
		uint32_t found = id_find(places, count, block->id_base + block->id[item]);
		if (found != NOBODY)
			block->origins[block->origins_count++] = (struct origin){ (uint32_t)item, origins[found].origin_id };
	}
	free(places);
}

static struct status builder_limits(const struct book_builder *builder, int64_t *id_base)
{
	int64_t low = INT64_MAX, high = INT64_MIN;
	for (size_t i = 0; i < builder->items_count; i++) {
		if (builder->items[i].id < low) low = builder->items[i].id;
		if (builder->items[i].id > high) high = builder->items[i].id;
	}
	*id_base = builder->items_count ? low : 0;
	if (builder->items_count >= NOBODY || builder->settlements_count >= NOBODY || builder->texts_len >= NOBODY ||
	    (builder->items_count && (uint64_t)high - (uint64_t)low >= NOBODY))
		return status_make(STATUS_INVALID, "One company holds at most four billion items.");
	if (builder->too_many_currencies)
		return status_make(STATUS_INVALID, "One company keeps accounts in at most %d currencies.", CURRENCIES_MAX);
	return STATUS_FINE;
}

struct status builder_block(struct book_builder *builder, struct block **out)
{
	int64_t id_base;
	TRY(builder_limits(builder, &id_base));
	currency_index(builder, builder->currency); /* known even without items */
	struct block *block = block_allocate(builder->items_count, builder->settlements_count, builder->customers);
	block->id_base = id_base;
	uint32_t *rows, *settle_rows;
	uint32_t *starts = cluster(builder->items_count ? &builder->items->customer : NULL, sizeof *builder->items,
	                           builder->items_count, builder->customers, &rows);
	uint32_t *settle_starts = cluster(builder->settlements_count ? &builder->settlements->customer : NULL,
	                                  sizeof *builder->settlements, builder->settlements_count, builder->customers, &settle_rows);
	size_t most = 1, most_settlements = 1, segments_cap = 0, at = 0, settle_at = 0;
	for (size_t c = 0; c < builder->customers; c++) {
		if (starts[c + 1] - starts[c] > most) most = starts[c + 1] - starts[c];
		if (settle_starts[c + 1] - settle_starts[c] > most_settlements) most_settlements = settle_starts[c + 1] - settle_starts[c];
	}
	struct order *order = xmalloc(most * sizeof *order);
	struct id_place *places = xmalloc(most * sizeof *places);
	struct settle_order *settle_order = xmalloc(most_settlements * sizeof *settle_order);
	struct order_context context = { builder->items, builder->texts ? builder->texts : "" };
	struct status status = STATUS_FINE;
	for (uint32_t c = 0; c < builder->customers && !status.code; c++) {
		size_t count = starts[c + 1] - starts[c];
		block->customer_id[c] = builder->customer_id[c];
		block->customer_segment[c] = (uint32_t)block->segments_count;
		for (size_t i = 0; i < count; i++) {
			uint32_t row = rows[starts[c] + i];
			order[i] = (struct order){ item_key(&builder->items[row]), row };
		}
		order_sort(order, count, &context);
		emit_items(block, builder->items, order, count, c, at, &segments_cap);
		size_t settled = settle_starts[c + 1] - settle_starts[c];
		if (settled > 0) {
			for (size_t i = 0; i < count; i++)
				places[i] = (struct id_place){ builder->items[order[i].row].id, (uint32_t)(at + i) };
			qsort(places, count, sizeof *places, id_compare);
			status = emit_settlements(block, builder->settlements, settle_rows + settle_starts[c], settled, places, count,
			                          c, settle_order, &settle_at);
		}
		at += count;
	}
	block->customer_segment[builder->customers] = (uint32_t)block->segments_count;
	block->settlements = settle_at;
	free(order), free(places), free(settle_order), free(rows), free(settle_rows), free(starts), free(settle_starts);
	if (status.code) {
		block_release(block);
		builder_clear_block(builder);
		return status;
	}
	emit_origins(block, builder->origins, builder->origins_count);
	block->texts = builder->texts ? builder->texts : xcalloc(1, 1), block->texts_len = builder->texts_len;
	block->currencies = builder->currencies, block->currencies_count = builder->currencies_count;
	builder->texts = NULL, builder->currencies = NULL;
	builder_clear_block(builder);
	*out = block;
	return STATUS_FINE;
}

void builder_copy_customer(struct book_builder *builder, const struct block *block, uint32_t customer)
{
	int64_t customer_id = block->customer_id[customer];
	builder_touch(builder, customer_id); /* who has nothing left still hides what an older block has of him */
	for (uint32_t s = block->customer_segment[customer]; s < block->customer_segment[customer + 1]; s++) {
		const struct segment *segment = &block->segments[s];
		uint32_t end = segment->first + segment->debits + segment->credits + segment->outside;
		for (uint32_t i = segment->first; i < end; i++) {
			struct builder_item item = {
				.customer_id = customer_id, .id = block->id_base + block->id[i], .amount = block->amount[i],
				.issue_day = block->issue[i], .posting_day = block->posting[i], .due_day = block->due[i],
				.kind = flags_kind(block->flags[i]), .due_source = flags_source(block->flags[i]),
				.withdrawn = block->flags[i] & FLAG_WITHDRAWN, .number = block->texts + block->number[i],
				.currency = block->currencies[segment->currency],
			};
			item.origin_id = block_origin(block, i);
			builder_item(builder, &item);
		}
		for (uint32_t i = segment->first_settlement; i < segment->first_settlement + segment->settlements; i++)
			builder_settlement(builder, customer_id, block->id_base + block->id[block->debit[i]],
			                   block->id_base + block->id[block->credit[i]], block->settled_day[i], block->settled[i]);
	}
}

/* --- people and bounds ------------------------------------------------------------------------------------------------------ */

static int people_compare(const void *left, const void *right)
{
	return strcmp(((const struct book_customer *)left)->code, ((const struct book_customer *)right)->code);
}

static int people_by_id(const void *left, const void *right, void *context)
{
	const struct book_customer *rows = context;
	int64_t a = rows[*(const uint32_t *)left].id, b = rows[*(const uint32_t *)right].id;
	return (a > b) - (a < b);
}

static struct people_texts *texts_new(struct arena *arena, struct people_texts *older)
{
	struct people_texts *texts = xcalloc(1, sizeof *texts);
	atomic_init(&texts->readers, 1);
	texts->arena = arena, texts->older = older, texts->depth = older ? older->depth + 1 : 0;
	if (older) atomic_fetch_add(&older->readers, 1);
	return texts;
}

struct people_texts *people_texts_new(void)
{
	return texts_new(arena_new(), NULL);
}

static void texts_release(struct people_texts *texts)
{
	while (texts && atomic_fetch_sub(&texts->readers, 1) == 1) {
		struct people_texts *older = texts->older;
		arena_free(texts->arena);
		free(texts);
		texts = older;
	}
}

/* The same customers in the same order, some of them with another row: nothing is sorted, and nobody else's texts are copied. */
struct people *people_patch(const struct people *old, const struct book_customer *rows, size_t count)
{
	if (old->texts->depth >= PEOPLE_DEPTH_MAX) return NULL;
	struct people *people = xcalloc(1, sizeof *people);
	atomic_init(&people->readers, 1);
	people->count = old->count, people->stored = old->stored;
	people->texts = texts_new(arena_new(), old->texts);
	people->rows = xmalloc((old->count + 1) * sizeof *people->rows);
	memcpy(people->rows, old->rows, old->count * sizeof *people->rows);
	people->by_id = xmalloc((old->count + 1) * sizeof *people->by_id);
	memcpy(people->by_id, old->by_id, old->count * sizeof *people->by_id);
	for (size_t i = 0; i < count; i++) {
		size_t index = people_find(old, rows[i].id);
		if (index == SIZE_MAX || strcmp(old->rows[index].code, rows[i].code) != 0) {
			people_release(people);
			return NULL;
		}
		customer_copy(&people->rows[index], &rows[i], people->texts->arena);
	}
	return people;
}

const struct book_customer *builder_people_given(const struct book_builder *builder)
{
	return builder->people;
}

struct people *builder_people(struct book_builder *builder)
{
	struct people *people = xcalloc(1, sizeof *people);
	atomic_init(&people->readers, 1);
	people->stored = -1;
	people->count = builder->people_count;
	people->rows = builder->people ? builder->people : xmalloc(1);
	people->texts = texts_new(builder->people_texts, NULL);
	builder->people = NULL, builder->people_count = builder->people_cap = 0;
	builder->people_texts = arena_new();
	if (people->count) qsort(people->rows, people->count, sizeof *people->rows, people_compare);
	people->by_id = xmalloc((people->count + 1) * sizeof *people->by_id);
	for (size_t i = 0; i < people->count; i++) people->by_id[i] = (uint32_t)i;
	qsort_r(people->by_id, people->count, sizeof *people->by_id, people_by_id, people->rows);
	return people;
}

size_t builder_people_count(const struct book_builder *builder)
{
	return builder->people_count;
}

void builder_people_clear(struct book_builder *builder)
{
	builder->people_count = 0;
	arena_reset(builder->people_texts);
}

void people_release(struct people *people)
{
	if (!people || atomic_fetch_sub(&people->readers, 1) != 1) return;
	free(people->rows), free(people->by_id);
	texts_release(people->texts);
	free(people);
}

static int dispute_compare(const void *left, const void *right)
{
	const struct dispute_span *a = left, *b = right;
	return (a->item_id > b->item_id) - (a->item_id < b->item_id);
}
static int promise_compare(const void *left, const void *right)
{
	const struct promise_span *a = left, *b = right;
	return (a->item_id > b->item_id) - (a->item_id < b->item_id);
}

static int hold_compare(const void *left, const void *right)
{
	const struct hold_span *a = left, *b = right;
	return (a->customer_id > b->customer_id) - (a->customer_id < b->customer_id);
}

struct bounds *bounds_new(void)
{
	struct bounds *bounds = xcalloc(1, sizeof *bounds);
	atomic_init(&bounds->readers, 1);
	return bounds;
}

struct bounds *builder_bounds(struct book_builder *builder)
{
	struct bounds *bounds = bounds_new();
	bounds->disputes = builder->disputes, bounds->disputes_count = builder->disputes_count;
	bounds->promises = builder->promises, bounds->promises_count = builder->promises_count;
	builder->disputes = NULL, builder->disputes_count = builder->disputes_cap = 0;
	builder->promises = NULL, builder->promises_count = builder->promises_cap = 0;
	if (bounds->disputes_count) qsort(bounds->disputes, bounds->disputes_count, sizeof *bounds->disputes, dispute_compare);
	if (bounds->promises_count) qsort(bounds->promises, bounds->promises_count, sizeof *bounds->promises, promise_compare);
	bounds->holds = builder->holds, bounds->holds_count = builder->holds_count;
	builder->holds = NULL, builder->holds_count = builder->holds_cap = 0;
	if (bounds->holds_count) qsort(bounds->holds, bounds->holds_count, sizeof *bounds->holds, hold_compare);
	return bounds;
}

void bounds_release(struct bounds *bounds)
{
	if (!bounds || atomic_fetch_sub(&bounds->readers, 1) != 1) return;
	free(bounds->disputes), free(bounds->promises), free(bounds->holds);
	free(bounds);
}

struct status builder_book(struct book_builder *builder, const struct book **out)
{
	struct block *block;
	struct status status = builder_block(builder, &block);
	if (!status.code)
		*out = book_assemble(0, builder->currency, &block, 1, builder_people(builder), builder_bounds(builder), NULL);
	book_builder_free(builder);
	return status;
}
