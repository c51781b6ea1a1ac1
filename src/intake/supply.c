#include "intake/supply.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static int by_id(const void *a, const void *b)
{
	const struct batch_customer *x = *(const struct batch_customer *const *)a, *y = *(const struct batch_customer *const *)b;
	return (x->id > y->id) - (x->id < y->id);
}

static const struct batch_customer *find(const struct supply *supply, int64_t id)
{
	size_t low = 0, high = supply->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (supply->customers[middle]->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < supply->count && supply->customers[low]->id == id ? supply->customers[low] : NULL;
}

static bool has(void *context, int64_t customer_id)
{
	return find(context, customer_id) != NULL;
}

/* Texts end with 0 from here on; the same place is the same text. */
static const char *text_of(struct arena *arena, struct spot spot, struct spot last, const char *last_text)
{
	if (spot_empty(spot)) return "";
	if (last_text && spot.word == last.word) return last_text;
	struct slice text = spot_text(spot);
	return arena_strndup(arena, text.bytes, text.len);
}

static struct status give(void *context, const struct fact_store *store, int64_t customer_id, struct arena *arena,
                          struct stored_fact **facts, size_t *count, size_t *cap)
{
	const struct supply *supply = context;
	const struct batch_customer *customer = find(supply, customer_id);
	const struct import_row *import = fact_store_import(store, supply->import_id);
	if (!customer || !import) return status_make(STATUS_INTERNAL, "The lines of customer %lld are not at hand.", (long long)customer_id);
	if (*count + customer->count > *cap) {
		size_t bigger_cap = (*count + customer->count) * 2;
		struct stored_fact *bigger = arena_array(arena, struct stored_fact, bigger_cap);
		if (*count) memcpy(bigger, *facts, *count * sizeof *bigger);
		*facts = bigger, *cap = bigger_cap;
	}
	const struct batch_row *last = NULL;
	const struct stored_fact *last_fact = NULL;
	for (uint32_t i = 0; i < customer->count; i++) {
		const struct batch_row *row = &supply->batch->rows[customer->first + i];
		struct stored_fact *out = &(*facts)[(*count)++];
		struct spot none = { 0 };
		*out = (struct stored_fact){
			.entry = row->entry, .stored_customer = customer_id,
			.journal = text_of(arena, row->journal, last ? last->journal : none, last ? last_fact->journal : NULL),
		};
		out->fact = (struct fact){
			.id = row->fact_id, .customer_id = customer_id, .line = row->line, .pair = row->pair, .posting_day = row->posting_day,
			.account = text_of(arena, row->account, last ? last->account : none, last ? last_fact->fact.account : NULL),
			.number = text_of(arena, row->number, none, NULL), .piece_day = row->piece_day, .due_day = row->due_day,
			.amount = row->amount, .currency = row->currency, .lettering = text_of(arena, row->lettering, none, NULL),
			.label = text_of(arena, row->label, none, NULL), .applies_to = text_of(arena, row->applies_to, none, NULL),
			.external_id = text_of(arena, row->external_id, none, NULL), .extra = text_of(arena, row->extra, none, NULL),
		};
		out->piece = text_of(arena, row->piece, row->number, out->fact.number);
		fact_store_complete(store, import, fact_class(row->kind, row->opening), out);
		last = row, last_fact = out;
	}
	return STATUS_FINE;
}

const struct projection_supply *supply_open(struct supply *supply, const struct batch *batch, int64_t import_id, bool first_import,
                                            struct arena *arena)
{
	if (!first_import || batch->settling_count || !batch->row_count) return NULL;
	*supply = (struct supply){ .projection = { .has = has, .give = give, .context = supply }, .batch = batch, .import_id = import_id };
	supply->customers = arena_array(arena, const struct batch_customer *, batch->customer_count + 1);
	for (size_t i = 0; i < batch->customer_count; i++)
		if (batch->customers[i].is_new && batch->customers[i].count) supply->customers[supply->count++] = &batch->customers[i];
	if (supply->count) qsort(supply->customers, supply->count, sizeof *supply->customers, by_id);
	return &supply->projection;
}
