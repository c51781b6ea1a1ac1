#include "ledger/projection.h"

#include "base/memory.h"
#include "ledger/projection_work.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_GROW(work, array, count, cap, type)                                                                      \
	do {                                                                                                           \
		if ((count) == (cap)) {                                                                                \
			int32_t new_cap = (cap) ? (cap) * 2 : 16;                                                      \
			type *bigger = arena_array((work)->arena, type, new_cap);                                      \
			if (count) memcpy(bigger, (array), (size_t)(count) * sizeof(type));                            \
			(array) = bigger;                                                                              \
			(cap) = new_cap;                                                                               \
		}                                                                                                      \
	} while (0)

/* --- settlements ------------------------------------------------------------------------------------------------------ */
int64_t work_settle(struct work *work, int32_t a, int32_t b, int64_t limit)
{
	int32_t debit = work->nodes[a].item.amount > 0 ? a : b, credit = debit == a ? b : a;
	struct node *d = &work->nodes[debit], *c = &work->nodes[credit];
	if (a == b || d->left <= 0 || c->left >= 0 || limit <= 0) return 0;
	if (d->item.customer_id != c->item.customer_id || strcmp(d->item.currency, c->item.currency) != 0) return 0;
	int64_t amount = d->left < -c->left ? d->left : -c->left;
	if (amount > limit) amount = limit;
	d->left -= amount, c->left += amount;
	/* one row per pair: a pair that meets again (a second year's lettering) adds to it */
	if (d->link_count <= c->link_count) {
		for (int32_t l = d->first_link; l != NODE_NONE; l = work->links[l].next_of_debit)
			if (work->links[l].credit == credit) return work->links[l].amount += amount, amount;
	} else {
		for (int32_t l = c->first_link; l != NODE_NONE; l = work->links[l].next_of_credit)
			if (work->links[l].debit == debit) return work->links[l].amount += amount, amount;
	}
	ARENA_GROW(work, work->links, work->link_count, work->link_cap, struct link);
	int32_t day = d->item.posting_day > c->item.posting_day ? d->item.posting_day : c->item.posting_day;
	work->links[work->link_count] = (struct link){ .debit = debit, .credit = credit, .next_of_debit = d->first_link,
		                                       .next_of_credit = c->first_link, .day = day, .amount = amount };
	d->first_link = c->first_link = work->link_count++;
	d->link_count++, c->link_count++;
	return amount;
}

static int32_t next_link(const struct work *work, int32_t node, int32_t l)
{
	return work->nodes[node].item.amount > 0 ? work->links[l].next_of_debit : work->links[l].next_of_credit;
}

int64_t work_open_as_of(const struct work *work, int32_t node, int32_t day)
{
	const struct node *n = &work->nodes[node];
	if (n->item.posting_day > day) return 0;
	int64_t settled = 0;
	for (int32_t l = n->first_link; l != NODE_NONE; l = next_link(work, node, l))
		if (work->links[l].day <= day) settled += work->links[l].amount;
	return n->item.amount > 0 ? n->item.amount - settled : n->item.amount + settled;
}

int32_t work_closed_day(const struct work *work, int32_t node)
{
	const struct node *n = &work->nodes[node];
	if (n->left != 0) return DAY_NONE;
	int32_t day = n->item.posting_day;
	for (int32_t l = n->first_link; l != NODE_NONE; l = next_link(work, node, l))
		if (work->links[l].day > day) day = work->links[l].day;
	return day;
}

/* --- nodes and where to find them ------------------------------------------------------------------------------------- */
int work_node_order(const struct node *a, const struct node *b)
{
	if (a->item.posting_day != b->item.posting_day) return a->item.posting_day < b->item.posting_day ? -1 : 1;
	if (a->line != b->line) return a->line < b->line ? -1 : 1;
	if (a->source != b->source) return a->source < b->source ? -1 : 1;
	return (a->item.id > b->item.id) - (a->item.id < b->item.id);
}

static int compare_nodes(const void *a, const void *b)
{
	return work_node_order(a, b);
}

/* One index per way of looking: facts by customer, key, order of posting; made when first asked for. */
static int compare_key(const struct node *x, const struct node *y, enum work_key key)
{
	if (x->item.customer_id != y->item.customer_id) return x->item.customer_id < y->item.customer_id ? -1 : 1;
	switch (key) {
	case WORK_NUMBER: return strcmp(x->fact->number, y->fact->number);
	case WORK_EXTERNAL: return strcmp(x->fact->external_id, y->fact->external_id);
	case WORK_AMOUNT: return (x->fact->amount > y->fact->amount) - (x->fact->amount < y->fact->amount);
	case WORK_ID: return (x->fact->id > y->fact->id) - (x->fact->id < y->fact->id);
	case WORK_KEYS: break;
	}
	return 0;
}

struct index_order {
	const struct work *work;
	enum work_key key;
};

static int compare_index(const void *a, const void *b, void *context)
{
	const struct index_order *order = context;
	int32_t left = *(const int32_t *)a, right = *(const int32_t *)b;
	int key = compare_key(&order->work->nodes[left], &order->work->nodes[right], order->key);
	return key ? key : (left > right) - (left < right);
}

static const int32_t *index_of(struct work *work, enum work_key key)
{
	if (work->index[key]) return work->index[key];
	int32_t n = (int32_t)work->input->fact_count;
	int32_t *rows = work->index[key] = arena_array(work->arena, int32_t, n + 1);
	for (int32_t i = 0; i < n; i++) rows[i] = i;
	qsort_r(rows, (size_t)n, sizeof *rows, compare_index, &(struct index_order){ work, key });
	return rows;
}

/* Goes through the facts that equal `like` in customer and key. */
static int32_t next_alike(struct work *work, const struct node *like, enum work_key key, struct cursor *cursor)
{
	const int32_t *rows = index_of(work, key);
	int32_t n = (int32_t)work->input->fact_count;
	if (!cursor->started) {
		int32_t low = 0, high = n;
		while (low < high) {
			int32_t middle = low + (high - low) / 2;
			if (compare_key(&work->nodes[rows[middle]], like, key) < 0)
				low = middle + 1;
			else
				high = middle;
		}
		cursor->at = low, cursor->started = true;
	}
	while (cursor->at < n) {
		int32_t index = rows[cursor->at];
		if (compare_key(&work->nodes[index], like, key) != 0) {
			cursor->at = n;
			break;
		}
		cursor->at++;
		if (!work->nodes[index].restating) return index;
	}
	return NODE_NONE;
}

int32_t work_next_number(struct work *work, int64_t customer_id, const char *number, struct cursor *cursor)
{
	int32_t n = (int32_t)work->input->fact_count;
	const struct fact fact = { .number = number };
	const struct node like = { .fact = &fact, .item = { .customer_id = customer_id } };
	for (int32_t index; cursor->at < n && (index = next_alike(work, &like, WORK_NUMBER, cursor)) != NODE_NONE;)
		if (strcmp(work->nodes[index].item.number, number) == 0) return index;
	while (cursor->at - n < work->taken_count) { /* those that took it over from another item */
		int32_t index = work->taken_over[cursor->at++ - n];
		const struct node *node = &work->nodes[index];
		if (node->item.customer_id == customer_id && strcmp(node->item.number, number) == 0
		    && strcmp(node->fact->number, number) != 0)
			return index;
	}
	return NODE_NONE;
}

int32_t work_next_external(struct work *work, int64_t customer_id, const char *external_id, struct cursor *cursor)
{
	const struct fact fact = { .external_id = external_id };
	return next_alike(work, &(struct node){ .fact = &fact, .item = { .customer_id = customer_id } }, WORK_EXTERNAL, cursor);
}

int32_t work_next_amount(struct work *work, int64_t customer_id, int64_t amount, struct cursor *cursor)
{
	const struct fact fact = { .amount = amount };
	return next_alike(work, &(struct node){ .fact = &fact, .item = { .customer_id = customer_id } }, WORK_AMOUNT, cursor);
}

int32_t work_find_fact(struct work *work, int64_t customer_id, int64_t id)
{
	const struct fact fact = { .id = id };
	struct cursor cursor = { 0 };
	return next_alike(work, &(struct node){ .fact = &fact, .item = { .customer_id = customer_id } }, WORK_ID, &cursor);
}

int32_t work_find_restating(struct work *work, int64_t customer_id, int64_t id)
{
	const int32_t *rows = index_of(work, WORK_ID);
	const struct fact fact = { .id = id };
	const struct node like = { .fact = &fact, .item = { .customer_id = customer_id } };
	int32_t low = 0, high = (int32_t)work->input->fact_count;
	while (low < high) {
		int32_t middle = low + (high - low) / 2;
		if (compare_key(&work->nodes[rows[middle]], &like, WORK_ID) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	bool found = low < (int32_t)work->input->fact_count && compare_key(&work->nodes[rows[low]], &like, WORK_ID) == 0;
	return found && work->nodes[rows[low]].restating ? rows[low] : NODE_NONE;
}

/* --- lettering groups ------------------------------------------------------------------------------------------------- */
struct membership { /* of a node in the group (file, customer, account, currency, code) */
	int64_t file, customer_id;
	const char *account, *currency, *code;
	int32_t node;
};

static int compare_groups(const struct membership *x, const struct membership *y)
{
	if (x->file != y->file) return x->file < y->file ? -1 : 1;
	if (x->customer_id != y->customer_id) return x->customer_id < y->customer_id ? -1 : 1;
	int order = strcmp(x->code, y->code);
	if (!order) order = strcmp(x->account, y->account);
	if (!order) order = strcmp(x->currency, y->currency);
	return order;
}

static int compare_memberships(const void *a, const void *b)
{
	const struct membership *x = a, *y = b;
	int order = compare_groups(x, y);
	return order ? order : (x->node > y->node) - (x->node < y->node); /* nodes stand in order of posting */
}

struct groups {
	struct membership *rows;
	int32_t count, cap;
	bool sorted;
};

static void groups_add(struct work *work, struct groups *groups, const struct fact *fact, int32_t node)
{
	if (!fact->lettering[0]) return;
	ARENA_GROW(work, groups->rows, groups->count, groups->cap, struct membership);
	groups->rows[groups->count++] = (struct membership){
		.file = fact->lettered_in, .customer_id = fact->customer_id, .account = fact->account,
		.currency = fact->currency, .code = fact->lettering, .node = node,
	};
	groups->sorted = false;
}

/* Credits settle debits first to first, by (posting date, line), until one side is used up. `before`: only what was posted
 * earlier; a later call goes on where this one stopped. */
static void settle_groups(struct work *work, struct groups *groups, int32_t before)
{
	if (!groups->sorted && groups->count)
		qsort(groups->rows, (size_t)groups->count, sizeof *groups->rows, compare_memberships);
	groups->sorted = true;
	for (int32_t start = 0, end; start < groups->count; start = end) {
		end = start + 1;
		while (end < groups->count && compare_groups(&groups->rows[start], &groups->rows[end]) == 0) end++;
		int32_t debit = start, credit = start;
		while (true) {
			while (debit < end && work->nodes[groups->rows[debit].node].left <= 0) debit++;
			while (credit < end && work->nodes[groups->rows[credit].node].left >= 0) credit++;
			if (debit == end || credit == end) break;
			int32_t d = groups->rows[debit].node, c = groups->rows[credit].node;
			if (work->nodes[d].item.posting_day >= before || work->nodes[c].item.posting_day >= before) break;
			if (work_settle(work, d, c, INT64_MAX) == 0) break;
		}
	}
}

/* --- opening entries --------------------------------------------------------------------------------------------------- */
static const struct known_opening *opening_of(const struct projection_input *input, const struct fact *fact)
{
	if (!fact->opening && fact->kind != ITEM_OPENING) return NULL;
	for (size_t i = 0; i < input->opening_count; i++) {
		const struct known_opening *opening = &input->openings[i];
		if (opening->source == fact->source && opening->day <= fact->ledger_day && fact->ledger_day < opening->until)
			return opening;
	}
	return NULL;
}

/* An id of its own for a difference of a customer who has no opening line at all: above every id that is given out, still
 * within the 32 bits that the book keeps; one for each customer (two million of them) and month of an opening. */
static int64_t difference_id(int64_t customer_id, int32_t day)
{
	struct civil civil = day_civil(day);
	return ((int64_t)3 << 30) + customer_id % (1 << 21) * 512 + ((civil.year - 1900) * 12 + civil.month) % 512;
}

struct opening_work {
	int32_t *lines, *known; /* nodes of one customer and currency */
	int32_t line_count, known_count;
};

enum { MATCH_ACCOUNT = 1, MATCH_NUMBER = 2 };

static void match_openings(struct work *work, struct groups *groups, struct opening_work *opening, int how)
{
	for (int32_t i = 0; i < opening->line_count; i++) {
		struct node *line = &work->nodes[opening->lines[i]];
		if (line->restates != NODE_NONE || line->item.amount == 0) continue;
		for (int32_t k = 0; k < opening->known_count; k++) {
			int32_t index = opening->known[k];
			if (index == NODE_NONE) continue;
			struct node *known = &work->nodes[index];
			if (known->left != line->item.amount) continue;
			if ((how & MATCH_NUMBER) && strcmp(known->item.number, line->item.number) != 0) continue;
			if ((how & MATCH_ACCOUNT) && strcmp(known->item.account, line->item.account) != 0) continue;
			line->restates = index;
			opening->known[k] = NODE_NONE; /* one line restates one item */
			groups_add(work, groups, line->fact, index);
			break;
		}
	}
}

static int compare_opening_nodes(const void *a, const void *b, void *context)
{
	const struct work *work = context;
	int32_t left = *(const int32_t *)a, right = *(const int32_t *)b;
	const struct node *x = &work->nodes[left], *y = &work->nodes[right];
	if (x->item.customer_id != y->item.customer_id) return x->item.customer_id < y->item.customer_id ? -1 : 1;
	int order = strcmp(x->item.currency, y->item.currency);
	return order ? order : work_node_order(x, y);
}

static bool same_balance(const struct work *work, int32_t a, int32_t b)
{
	return work->nodes[a].item.customer_id == work->nodes[b].item.customer_id
	       && strcmp(work->nodes[a].item.currency, work->nodes[b].item.currency) == 0;
}

struct differences {
	struct projected_difference *rows;
	int32_t count, cap;
};

/* The opening total of one customer against his closing balance: what differs becomes one item on the opening day. */
static void add_difference(struct work *work, const struct known_opening *opening, const struct opening_work *balance,
                           int64_t opened, int64_t closing, int32_t sample, struct differences *differences)
{
	if (opened == closing) return;
	const struct node *first = balance->line_count ? &work->nodes[balance->lines[0]] : NULL;
	const struct projected_item like = work->nodes[sample].item;
	ARENA_GROW(work, work->nodes, work->count, work->cap, struct node);
	struct node *node = &work->nodes[work->count++];
	*node = (struct node){ .left = opened - closing, .line = INT64_MAX, .source = opening->source, .restates = NODE_NONE,
		               .next_book = NODE_NONE, .other_half = NODE_NONE, .original = NODE_NONE, .first_link = NODE_NONE, .resolved = true };
	node->item = (struct projected_item){
		.id = first ? first->fact->id : difference_id(like.customer_id, opening->day),
		.customer_id = like.customer_id, .amount = opened - closing, .kind = ITEM_OPENING, .due_source = DUE_OPENING,
		.issue_day = opening->day, .posting_day = opening->day, .due_day = opening->day,
		.number = first ? first->item.number : "AN", .account = like.account, .label = first ? first->item.label : "",
		.extra = "", .currency = like.currency,
	};
	ARENA_GROW(work, differences->rows, differences->count, differences->cap, struct projected_difference);
	differences->rows[differences->count++] = (struct projected_difference){
		.customer_id = like.customer_id, .item_id = node->item.id, .opening = opened, .closing = closing,
		.day = opening->day, .currency = like.currency,
	};
}

static void restate(struct work *work, struct groups *groups, const struct known_opening *opening,
                    struct differences *differences)
{
	int32_t *lines = arena_array(work->arena, int32_t, work->count), *known = arena_array(work->arena, int32_t, work->count);
	int32_t line_count = 0, known_count = 0;
	for (int32_t i = 0; i < work->count; i++) {
		const struct node *n = &work->nodes[i];
		if (n->source != opening->source) continue;
		if (n->restating) {
			if (opening_of(work->input, n->fact) == opening) lines[line_count++] = i;
		} else if (n->item.posting_day < opening->day && n->left != 0) {
			known[known_count++] = i;
		}
	}
	qsort_r(lines, (size_t)line_count, sizeof(int32_t), compare_opening_nodes, work);
	qsort_r(known, (size_t)known_count, sizeof(int32_t), compare_opening_nodes, work);
	for (int32_t l = 0, k = 0; l < line_count || k < known_count;) {
		int32_t sample = l == line_count ? known[k] : k == known_count ? lines[l] : NODE_NONE;
		if (sample == NODE_NONE) { /* the lesser of the two heads, by customer and currency */
			const struct projected_item *x = &work->nodes[lines[l]].item, *y = &work->nodes[known[k]].item;
			bool line_first = x->customer_id != y->customer_id ? x->customer_id < y->customer_id
			                                                   : strcmp(x->currency, y->currency) < 0;
			sample = line_first ? lines[l] : known[k];
		}
		struct opening_work balance = { .lines = lines + l, .known = known + k };
		int64_t opened = 0, closing = 0;
		for (; l < line_count && same_balance(work, lines[l], sample); l++, balance.line_count++)
			opened += work->nodes[lines[l]].item.amount;
		for (; k < known_count && same_balance(work, known[k], sample); k++, balance.known_count++)
			closing += work->nodes[known[k]].left;
		/* contract: number and open amount, then amount. Within each the same account goes first: after a transfer two
		 * accounts may show the same number and amount. */
		match_openings(work, groups, &balance, MATCH_NUMBER | MATCH_ACCOUNT);
		match_openings(work, groups, &balance, MATCH_NUMBER);
		match_openings(work, groups, &balance, MATCH_ACCOUNT);
		match_openings(work, groups, &balance, 0);
		add_difference(work, opening, &balance, opened, closing, sample, differences);
	}
}

/* --- the whole ------------------------------------------------------------------------------------------------------------ */
struct pair_row {
	int64_t file, pair;
	int32_t node;
};

static int compare_pairs(const void *a, const void *b)
{
	const struct pair_row *x = a, *y = b;
	if (x->file != y->file) return x->file < y->file ? -1 : 1;
	if (x->pair != y->pair) return x->pair < y->pair ? -1 : 1;
	return (x->node > y->node) - (x->node < y->node);
}

static void join_halves(struct work *work)
{
	size_t count = 0;
	for (int32_t i = 0; i < work->count; i++) count += work->nodes[i].fact->pair != 0;
	if (count == 0) return;
	struct pair_row *rows = arena_array(work->arena, struct pair_row, count);
	size_t at = 0;
	for (int32_t i = 0; i < work->count; i++)
		if (work->nodes[i].fact->pair)
			rows[at++] = (struct pair_row){ work->nodes[i].fact->file, work->nodes[i].fact->pair, i };
	qsort(rows, count, sizeof *rows, compare_pairs);
	for (size_t i = 0; i + 1 < count; i++) {
		if (rows[i].file != rows[i + 1].file || rows[i].pair != rows[i + 1].pair) continue;
		struct node *x = &work->nodes[rows[i].node], *y = &work->nodes[rows[i + 1].node];
		if (x->item.amount != -y->item.amount) continue;
		x->other_half = rows[i + 1].node, y->other_half = rows[i].node;
		i++;
	}
}

static void make_nodes(struct work *work)
{
	const struct projection_input *input = work->input;
	assert(input->fact_count < INT32_MAX / 2);
	work->cap = (int32_t)input->fact_count + 16;
	work->nodes = arena_array(work->arena, struct node, work->cap);
	for (size_t i = 0; i < input->fact_count; i++) {
		const struct fact *fact = &input->facts[i];
		struct node *node = &work->nodes[work->count++];
		*node = (struct node){ .fact = fact, .left = fact->amount, .line = fact->line, .source = fact->source,
			               .restates = NODE_NONE, .next_book = NODE_NONE, .told_due = DAY_NONE, .reopens = fact->reopens,
			               .other_half = NODE_NONE, .original = NODE_NONE, .first_link = NODE_NONE };
		node->item = (struct projected_item){
			.id = fact->id, .customer_id = fact->customer_id, .amount = fact->amount, .kind = fact->kind,
			.issue_day = fact->piece_day == DAY_NONE ? fact->posting_day : fact->piece_day,
			.posting_day = fact->posting_day, .due_day = fact->posting_day, .due_source = DUE_ASSUMED,
			.number = fact->number, .account = fact->account, .label = fact->label, .extra = fact->extra,
			.currency = fact->currency,
		};
		node->restating = opening_of(input, fact) != NULL;
		if (node->restating) node->left = 0, node->resolved = true;
	}
	qsort(work->nodes, (size_t)work->count, sizeof *work->nodes, compare_nodes);
	join_halves(work);
}

/* Groups and what an item takes over, for all that was posted in [from, before). */
static void run_segment(struct work *work, struct groups *groups, int32_t *next, int32_t before)
{
	settle_groups(work, groups, before);
	for (; *next < (int32_t)work->input->fact_count && work->nodes[*next].item.posting_day < before; (*next)++)
		if (!work->nodes[*next].resolved) work_resolve(work, *next);
}

static int compare_items(const void *a, const void *b)
{
	const struct projected_item *x = a, *y = b;
	if (x->customer_id != y->customer_id) return x->customer_id < y->customer_id ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

static int compare_settlements(const void *a, const void *b)
{
	const struct projected_settlement *x = a, *y = b;
	if (x->customer_id != y->customer_id) return x->customer_id < y->customer_id ? -1 : 1;
	if (x->debit_id != y->debit_id) return x->debit_id < y->debit_id ? -1 : 1;
	return (x->credit_id > y->credit_id) - (x->credit_id < y->credit_id);
}

static int compare_restatements(const void *a, const void *b)
{
	const struct projected_restatement *x = a, *y = b;
	if (x->customer_id != y->customer_id) return x->customer_id < y->customer_id ? -1 : 1;
	return (x->fact_id > y->fact_id) - (x->fact_id < y->fact_id);
}

static void write_result(struct work *work, struct projection *out)
{
	out->items = arena_array(work->arena, struct projected_item, work->count + 1);
	out->restatements = arena_array(work->arena, struct projected_restatement, work->count + 1);
	out->settlements = arena_array(work->arena, struct projected_settlement, work->link_count + 1);
	for (int32_t i = 0; i < work->count; i++) {
		struct node *node = &work->nodes[i];
		if (node->restating) {
			if (node->restates == NODE_NONE) continue;
			out->restatements[out->restatement_count++] = (struct projected_restatement){
				node->item.customer_id, node->item.id, work->nodes[node->restates].item.id,
			};
			continue;
		}
		if (node->item.kind == ITEM_DEPOSIT_REQUEST) continue; /* a memo, outside the balance */
		node->item.open_amount = node->left;
		node->item.closed_day = work_closed_day(work, i);
		out->items[out->item_count++] = node->item;
	}
	for (int32_t i = 0; i < work->link_count; i++) {
		const struct link *link = &work->links[i];
		const struct projected_item *debit = &work->nodes[link->debit].item;
		out->settlements[out->settlement_count++] = (struct projected_settlement){
			debit->customer_id, debit->id, work->nodes[link->credit].item.id, link->amount, link->day,
		};
	}
	qsort(out->items, out->item_count, sizeof *out->items, compare_items);
	qsort(out->settlements, out->settlement_count, sizeof *out->settlements, compare_settlements);
	qsort(out->restatements, out->restatement_count, sizeof *out->restatements, compare_restatements);
}

void projection_compute(const struct projection_input *input, struct arena *arena, struct projection *out)
{
	struct work work = { .input = input, .arena = arena };
	struct groups groups = { 0 };
	struct differences differences = { 0 };
	*out = (struct projection){ 0 };
	make_nodes(&work);
	work_meet_documents(&work);
	work_meet_books(&work);
	for (int32_t i = 0; i < work.count; i++)
		if (!work.nodes[i].restating && work.nodes[i].item.kind != ITEM_DEPOSIT_REQUEST)
			groups_add(&work, &groups, work.nodes[i].fact, i);
	int32_t next = 0;
	for (size_t i = 0; i < input->opening_count; i++) {
		run_segment(&work, &groups, &next, input->openings[i].day);
		restate(&work, &groups, &input->openings[i], &differences);
	}
	run_segment(&work, &groups, &next, INT32_MAX);
	for (int32_t i = 0; i < (int32_t)input->fact_count; i++)
		if (work.nodes[i].fact->applies_to[0] && !work.nodes[i].restating) work_apply_links(&work, i);
	work_settle_decided(&work);
	write_result(&work, out);
	out->differences = differences.rows;
	out->difference_count = (size_t)differences.count;
}

/* --- files ------------------------------------------------------------------------------------------------------------------ */
int64_t projection_lettering_file(const struct ledger_file *files, size_t count, uint32_t source, int32_t posting_day)
{
	int64_t latest = 0;
	for (size_t i = 0; i < count; i++)
		if (files[i].source == source && files[i].from_day <= posting_day && posting_day <= files[i].to_day
		    && files[i].id > latest)
			latest = files[i].id;
	return latest;
}

enum { OWN_HISTORY_DAYS = 180 }; /* a file that begins this long before an opening holds the year before it */

static bool preceding_known(const struct ledger_file *files, size_t count, const struct ledger_file *file, int32_t day)
{
	if (file->from_day <= day - OWN_HISTORY_DAYS) return true;
	for (size_t i = 0; i < count; i++)
		if (&files[i] != file && files[i].source == file->source && files[i].from_day < file->from_day
		    && files[i].from_day < day)
			return true;
	return false;
}

static int compare_openings(const void *a, const void *b)
{
	const struct known_opening *x = a, *y = b;
	if (x->day != y->day) return x->day < y->day ? -1 : 1;
	return (x->source > y->source) - (x->source < y->source);
}

void projection_known_openings(const struct ledger_file *files, size_t count, struct arena *arena,
                               struct known_opening **out, size_t *out_count)
{
	size_t total = 0, known = 0;
	for (size_t i = 0; i < count; i++) total += files[i].opening_count;
	struct known_opening *rows = arena_array(arena, struct known_opening, total + 1);
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < files[i].opening_count; k++) {
			int32_t day = files[i].opening_days[k];
			/* what a later file of the same days says of its openings replaces this one's word */
			if (projection_lettering_file(files, count, files[i].source, day) != files[i].id) continue;
			if (!preceding_known(files, count, &files[i], day)) continue;
			rows[known++] = (struct known_opening){ .source = files[i].source, .day = day, .until = INT32_MAX };
		}
	}
	qsort(rows, known, sizeof *rows, compare_openings);
	for (size_t i = 0; i < known; i++)
		for (size_t k = i + 1; k < known; k++)
			if (rows[k].source == rows[i].source && rows[k].day > rows[i].day && rows[k].day < rows[i].until)
				rows[i].until = rows[k].day;
	*out = rows, *out_count = known;
}
