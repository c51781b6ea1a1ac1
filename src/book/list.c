#include "book/list.h"

#include "base/memory.h"
#include "base/text.h"
#include "book/columns.h"
#include "book/page.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const char *const state_codes[LIST_STATE_COUNT] = {
	[LIST_ALL] = "all", [LIST_OPEN] = "open", [LIST_DUE] = "due", [LIST_NOT_DUE] = "not_due", [LIST_OVERDUE] = "overdue",
	[LIST_UNALLOCATED] = "unallocated", [LIST_CLOSED] = "closed", [LIST_DISPUTED] = "disputed",
	[LIST_PROMISED] = "promised", [LIST_TO_CHASE] = "to_chase", [LIST_INSOLVENT] = "insolvent",
	[LIST_BLOCKED] = "blocked", [LIST_IN_DISPUTE] = "in_dispute", [LIST_IN_PROMISE] = "in_promise", [LIST_HELD] = "held",
};
static const char *const sort_codes[ITEM_SORT_COUNT] = {
	[ITEM_BY_DUE] = "due_date", [ITEM_BY_LATE] = "days_late", [ITEM_BY_OPEN] = "open", [ITEM_BY_AMOUNT] = "amount",
	[ITEM_BY_NUMBER] = "number", [ITEM_BY_CUSTOMER] = "customer", [ITEM_BY_ISSUE] = "issue_date",
	[ITEM_BY_POSTING] = "posting_date", [ITEM_BY_CLOSED] = "closed_on",
};

static bool code_parse(const char *const *codes, int count, const char *code, int *out)
{
	for (int i = 0; i < count; i++)
		if (strcmp(codes[i], code) == 0) {
			*out = i;
			return true;
		}
	return false;
}

const char *item_state_code(enum item_state state)
{
	return state_codes[state];
}

bool item_state_parse(const char *code, enum item_state *out)
{
	int found;
	if (!code_parse(state_codes, LIST_STATE_COUNT, code, &found)) return false;
	*out = (enum item_state)found;
	return true;
}

const char *item_sort_code(enum item_sort sort)
{
	return sort_codes[sort];
}

bool item_sort_parse(const char *code, enum item_sort *out)
{
	int found;
	if (!code_parse(sort_codes, ITEM_SORT_COUNT, code, &found)) return false;
	*out = (enum item_sort)found;
	return true;
}

/* --- what fits -------------------------------------------------------------------------------------------------------- */

struct search {
	const struct book *book;
	const struct item_filter *filter;
	struct cut cut;
	const char *text;       /* NULL: any */
	uint8_t *named;         /* per customer: his code or name has the text */
	struct item_row *rows;
	uint32_t *customer_of;  /* of each row */
	size_t count, cap, customers_cap;
};

static bool in_bucket(const struct search *search, int32_t due)
{
	int bucket = search->filter->bucket;
	if (bucket == 0) return true;
	int64_t late = (int64_t)search->filter->as_of - due;
	int64_t above = bucket == 1 ? INT64_MIN : bucket == 2 ? 0 : search->cut.edge[bucket - 3];
	int64_t upto = bucket == 1 ? 0 : bucket == 5 ? INT64_MAX : search->cut.edge[bucket - 2];
	return late > above && late <= upto;
}

static bool is_between(int32_t day, int32_t from, int32_t to)
{
	return (from == 0 || day >= from) && (to == 0 || day <= to);
}

enum item_state item_standing(const struct book *book, const struct book_customer *customer, size_t customer_index, size_t index,
                              int64_t item_id, int64_t open, int32_t as_of)
{
	if (customer->insolvency_day != DAY_NONE && customer->insolvency_day <= as_of) return LIST_INSOLVENT;
	if (customer->stopped || strcmp(customer->generic, "accepted") == 0 || strcmp(customer->scenario, "none") == 0) return LIST_BLOCKED;
	struct book_bound bound = book_item_bound(book, index, as_of, open);
	if (bound.disputed > 0) return LIST_IN_DISPUTE;
	if (bound.promised > 0) return LIST_IN_PROMISE;
	return book_item_held(book, customer_index, item_id, as_of) ? LIST_HELD : LIST_TO_CHASE;
}

static bool in_state(const struct search *search, const struct book_customer *customer, size_t customer_index, size_t index,
                     int64_t item_id, int64_t open, int32_t due)
{
	int32_t as_of = search->filter->as_of;
	switch (search->filter->state) {
	case LIST_ALL: return true;
	case LIST_OPEN: return open != 0;
	case LIST_DUE: return open > 0;
	case LIST_NOT_DUE: return open > 0 && due >= as_of;
	case LIST_OVERDUE: return open > 0 && due < as_of;
	case LIST_UNALLOCATED: return open < 0;
	case LIST_CLOSED: return open == 0;
	case LIST_DISPUTED: return open > 0 && book_item_bound(search->book, index, as_of, open).disputed > 0;
	case LIST_PROMISED: return open > 0 && book_item_bound(search->book, index, as_of, open).promised > 0;
	case LIST_TO_CHASE:
	case LIST_INSOLVENT:
	case LIST_BLOCKED:
	case LIST_IN_DISPUTE:
	case LIST_IN_PROMISE:
	case LIST_HELD:
		return open > 0 && due < as_of &&
		       item_standing(search->book, customer, customer_index, index, item_id, open, as_of) == search->filter->state;
	case LIST_STATE_COUNT: break;
	}
	return false;
}

static bool item_fits(const struct search *search, const struct walk *walk, const struct book_customer *customer, uint32_t item,
                      int64_t open, int32_t closed)
{
	const struct item_filter *filter = search->filter;
	const struct block *block = walk->columns;
	if (block->posting[item] > filter->as_of || block->flags[item] & FLAG_WITHDRAWN) return false;
	if (filter->bucket && (open <= 0 || !in_bucket(search, block->due[item]))) return false;
	if (filter->kinds && !(filter->kinds >> flags_kind(block->flags[item]) & 1)) return false;
	if (filter->due_sources && !(filter->due_sources >> flags_source(block->flags[item]) & 1)) return false;
	int64_t size = open < 0 ? -open : open;
	if (filter->amount_from && size < filter->amount_from) return false;
	if (filter->amount_to && size > filter->amount_to) return false;
	if (!is_between(block->due[item], filter->due_from, filter->due_to)) return false;
	if (!is_between(block->issue[item], filter->issue_from, filter->issue_to)) return false;
	if ((filter->closed_from || filter->closed_to) &&
	    (closed == DAY_NONE || !is_between(closed, filter->closed_from, filter->closed_to)))
		return false;
	if (search->text && !search->named[walk->customer] && !text_holds_fold(block->texts + block->number[item], search->text))
		return false;
	return in_state(search, customer, walk->customer, book_block_first(walk) + item, block->id_base + block->id[item], open,
	                block->due[item]);
}

static uint8_t *customers_named(const struct book *book, const char *text)
{
	cleanup_free char *wanted = text_normalise(text, strlen(text));
	uint8_t *named = xcalloc(book_customers(book) + 1, 1);
	for (size_t c = 0; c < book_customers(book) && *wanted; c++) {
		const struct book_customer *row = &book->people->rows[c];
		cleanup_free char *name = text_normalise(row->name, strlen(row->name));
		named[c] = strstr(name, wanted) != NULL || text_holds_fold(row->code, text);
	}
	return named;
}

static void search_segment(struct search *search, const struct walk *walk, int64_t *open, int32_t *closed)
{
	const struct segment *segment = walk->now;
	struct book_customer customer = search->book->people->rows[walk->customer];
	uint32_t count = segment->debits + segment->credits + (search->filter->outside ? segment->outside : 0);
	if (search->text && !search->named[walk->customer]) { /* most segments hold no such number: what is open there need not be known */
		uint32_t i = 0;
		while (i < count && !text_holds_fold(walk->columns->texts + walk->columns->number[segment->first + i], search->text)) i++;
		if (i == count) return;
	}
	segment_open(walk->columns, segment, search->filter->as_of, open, closed);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t item = segment->first + i;
		if (!item_fits(search, walk, &customer, item, open[i], closed[i])) continue;
		GROW(search->rows, search->count, search->cap);
		if (search->cap != search->customers_cap) {
			search->customers_cap = search->cap;
			search->customer_of = xrealloc(search->customer_of, search->customers_cap, sizeof *search->customer_of);
		}
		search->customer_of[search->count] = (uint32_t)walk->customer;
		search->rows[search->count++] = (struct item_row){ book_block_first(walk) + item, open[i], closed[i] };
	}
}

/* --- order -------------------------------------------------------------------------------------------------------------- */

static struct page_key row_key(const struct book *book, const struct item_row *row, size_t position, uint32_t customer,
                               enum item_sort sort, int32_t as_of)
{
	size_t b;
	uint32_t local;
	const struct block *block = book_block(book, row->index, &b, &local);
	struct page_key key = { .row = position };
	switch (sort) {
	case ITEM_BY_DUE: key.number = block->due[local]; break;
	case ITEM_BY_LATE: key.number = (int64_t)(row->closed_day == DAY_NONE ? as_of : row->closed_day) - block->due[local]; break;
	case ITEM_BY_OPEN: key.number = row->open; break;
	case ITEM_BY_AMOUNT: key.number = block->amount[local]; break;
	case ITEM_BY_NUMBER: key.text = block->texts + block->number[local]; break;
	case ITEM_BY_CUSTOMER: key.number = customer; break;
	case ITEM_BY_ISSUE: key.number = block->issue[local]; break;
	case ITEM_BY_POSTING: key.number = block->posting[local]; break;
	case ITEM_BY_CLOSED: key.number = row->closed_day; break;
	case ITEM_SORT_COUNT: break;
	}
	return key;
}

static void list_sum(const struct search *search, struct item_list *out)
{
	const struct book *book = search->book;
	const char *currency = search->filter->currency ? search->filter->currency : book->currency;
	uint32_t last = NOBODY;
	bool one = book->currencies_count == 1;
	for (size_t i = 0; i < search->count; i++) {
		size_t b;
		uint32_t local;
		const struct block *block = book_block(book, search->rows[i].index, &b, &local);
		if (search->customer_of[i] != last) out->customers++, last = search->customer_of[i];
		if (!one && strcmp(block->currencies[block_segment(block, local)->currency], currency) != 0) {
			out->several_currencies = true;
			continue;
		}
		out->amount += block->amount[local];
		out->open += search->rows[i].open;
		if (search->rows[i].open > 0 && block->due[local] < search->filter->as_of) out->overdue += search->rows[i].open;
	}
}

void item_list(const struct book *book, const struct item_filter *filter, struct list_page page, struct arena *arena,
               struct item_list *out)
{
	*out = (struct item_list){ 0 };
	struct search search = { .book = book, .filter = filter, .cut = ageing_edges(filter->edges) };
	if (filter->text && *filter->text) search.text = filter->text, search.named = customers_named(book, filter->text);
	size_t most = 0;
	for (size_t b = 0; b < book->block_count; b++)
		for (size_t s = 0; s < book->blocks[b]->segments_count; s++) {
			const struct segment *segment = &book->blocks[b]->segments[s];
			size_t count = (size_t)segment->debits + segment->credits + segment->outside;
			if (count > most) most = count;
		}
	int64_t *open = xmalloc((most + 1) * sizeof *open);
	int32_t *closed = xmalloc((most + 1) * sizeof *closed);
	struct walk walk = filter->customer ? walk_customer(book, filter->customer - 1, filter->currency)
	                                    : walk_start(book, filter->currency, filter->selected);
	bool hidden = filter->customer && filter->selected && !filter->selected[filter->customer - 1];
	while (!hidden && walk_next(&walk)) search_segment(&search, &walk, open, closed);
	free(open), free(closed);
	out->total = search.count;
	list_sum(&search, out);
	struct page_key *keys = xmalloc((search.count + 1) * sizeof *keys);
	for (size_t i = 0; i < search.count; i++)
		keys[i] = row_key(book, &search.rows[i], i, search.customer_of[i], (enum item_sort)page.sort, filter->as_of);
	out->count = page_select(keys, search.count, page);
	out->rows = arena_array(arena, struct item_row, out->count + 1);
	for (size_t i = 0; i < out->count; i++) out->rows[i] = search.rows[keys[i].row];
	free(keys), free(search.rows), free(search.customer_of), free(search.named);
}
