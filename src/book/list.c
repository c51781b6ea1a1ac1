#include "book/list.h"

#include "base/memory.h"
#include "base/text.h"
#include "book/columns.h"
#include "book/moment.h"
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
	enum item_sort sort;
	struct page_best best;
	struct item_list *out;
	size_t last_customer;   /* with a row */
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
	if (filter->chosen && !filter->chosen[book_block_first(walk) + item]) return false;
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

/* --- order -------------------------------------------------------------------------------------------------------------- */

static struct page_key row_key(const struct search *search, const struct walk *walk, uint32_t item, int64_t open, int32_t closed)
{
	const struct block *block = walk->columns;
	struct page_key key = { .row = book_block_first(walk) + item, .open = open, .closed_day = closed };
	switch (search->sort) {
	case ITEM_BY_DUE: key.number = block->due[item]; break;
	case ITEM_BY_LATE: key.number = (int64_t)(closed == DAY_NONE ? search->filter->as_of : closed) - block->due[item]; break;
	case ITEM_BY_OPEN: key.number = open; break;
	case ITEM_BY_AMOUNT: key.number = block->amount[item]; break;
	case ITEM_BY_NUMBER: key.text = block->texts + block->number[item]; break;
	case ITEM_BY_CUSTOMER: key.number = (int64_t)walk->customer; break;
	case ITEM_BY_ISSUE: key.number = block->issue[item]; break;
	case ITEM_BY_POSTING: key.number = block->posting[item]; break;
	case ITEM_BY_CLOSED: key.number = closed; break;
	case ITEM_SORT_COUNT: break;
	}
	return key;
}

/* An item that fits: counted, summed, and perhaps on the page. */
static void search_take(struct search *search, const struct walk *walk, uint32_t item, int64_t open, int32_t closed, bool summed)
{
	struct item_list *out = search->out;
	out->total++;
	if (walk->customer != search->last_customer) out->customers++, search->last_customer = walk->customer;
	if (summed) {
		out->amount += walk->columns->amount[item];
		out->open += open;
		if (open > 0 && walk->columns->due[item] < search->filter->as_of) out->overdue += open;
	} else {
		out->several_currencies = true;
	}
	struct page_key key = row_key(search, walk, item, open, closed);
	page_best_offer(&search->best, &key);
}

static bool segment_summed(const struct search *search, const struct walk *walk)
{
	const char *currency = search->filter->currency ? search->filter->currency : search->book->currency;
	return search->book->currencies_count == 1 || strcmp(walk->columns->currencies[walk->now->currency], currency) == 0;
}

static void search_segment(struct search *search, const struct walk *walk, int64_t *open, int32_t *closed)
{
	const struct segment *segment = walk->now;
	const struct book_customer *customer = &search->book->people->rows[walk->customer];
	uint32_t count = segment->debits + segment->credits + (search->filter->outside ? segment->outside : 0);
	if (search->text && !search->named[walk->customer]) { /* most segments hold no such number: what is open there need not be known */
		uint32_t i = 0;
		while (i < count && !text_holds_fold(walk->columns->texts + walk->columns->number[segment->first + i], search->text)) i++;
		if (i == count) return;
	}
	bool summed = segment_summed(search, walk);
	segment_open(walk->columns, segment, search->filter->as_of, open, closed);
	for (uint32_t i = 0; i < count; i++)
		if (item_fits(search, walk, customer, segment->first + i, open[i], closed[i]))
			search_take(search, walk, segment->first + i, open[i], closed[i], summed);
}

/* Everything of one walk, with what is open worked out as it goes. */
static void search_all(struct search *search, struct walk *walk)
{
	size_t most = 0;
	for (size_t b = 0; b < search->book->block_count; b++)
		for (size_t s = 0; s < search->book->blocks[b]->segments_count; s++) {
			const struct segment *segment = &search->book->blocks[b]->segments[s];
			size_t count = (size_t)segment->debits + segment->credits + segment->outside;
			if (count > most) most = count;
		}
	int64_t *open = xmalloc((most + 1) * sizeof *open);
	int32_t *closed = xmalloc((most + 1) * sizeof *closed);
	while (walk_next(walk)) search_segment(search, walk, open, closed);
	free(open), free(closed);
}

/* Only what is open on the day, which is kept. */
static void search_open(struct search *search, struct walk *walk)
{
	cleanup_keepsake struct keepsake *kept = NULL;
	const struct moment_open *open = NULL;
	size_t block = SIZE_MAX;
	while (walk_next(walk)) {
		if (walk->block != block) {
			keepsake_release_at(&kept);
			block = walk->block;
			open = moment_open(search->book->blocks[block], search->filter->as_of, &kept);
		}
		size_t segment = (size_t)(walk->now - walk->columns->segments);
		if (open->first[segment] == open->first[segment + 1]) continue;
		const struct book_customer *customer = &search->book->people->rows[walk->customer];
		bool summed = segment_summed(search, walk);
		for (uint32_t i = open->first[segment]; i < open->first[segment + 1]; i++)
			if (item_fits(search, walk, customer, open->item[i], open->open[i], DAY_NONE))
				search_take(search, walk, open->item[i], open->open[i], DAY_NONE, summed);
	}
}

void item_list(const struct book *book, const struct item_filter *filter, struct list_page page, struct arena *arena,
               struct item_list *out)
{
	*out = (struct item_list){ 0 };
	struct search search = { .book = book, .filter = filter, .cut = ageing_edges(filter->edges), .sort = (enum item_sort)page.sort,
		.best = page_best_start(page), .out = out, .last_customer = SIZE_MAX };
	if (filter->text && *filter->text) search.text = filter->text, search.named = customers_named(book, filter->text);
	struct walk walk = filter->customer ? walk_customer(book, filter->customer - 1, filter->currency)
	                                    : walk_start(book, filter->currency, filter->selected);
	bool hidden = filter->customer && filter->selected && !filter->selected[filter->customer - 1];
	bool open_only = (filter->state != LIST_ALL && filter->state != LIST_CLOSED) || filter->bucket;
	if (!hidden && open_only && !filter->customer && !filter->outside) search_open(&search, &walk);
	else if (!hidden) search_all(&search, &walk);
	out->count = page_best_end(&search.best);
	out->rows = arena_array(arena, struct item_row, out->count + 1);
	for (size_t i = 0; i < out->count; i++) {
		const struct page_key *key = &search.best.keys[i];
		out->rows[i] = (struct item_row){ key->row, key->open, key->closed_day };
	}
	free(search.best.keys), free(search.named);
}
