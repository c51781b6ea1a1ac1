#include "ledger/projection_work.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* --- due dates ----------------------------------------------------------------------------------------------------------- */
static struct terms terms_of(const struct projection_input *input, int64_t customer_id, enum due_source *source)
{
	for (size_t i = 0; i < input->party_count; i++) {
		if (input->parties[i].customer_id != customer_id || !input->parties[i].terms.known) continue;
		*source = DUE_TERMS;
		return input->parties[i].terms;
	}
	*source = DUE_ASSUMED;
	return input->company_terms;
}

/* Contract section 3, "Due date", first that is known; what comes from another item was tried before. */
static void date_item(struct work *work, struct node *node)
{
	struct projected_item *item = &node->item;
	if (node->fact->due_day != DAY_NONE) {
		item->due_day = node->fact->due_day, item->due_source = DUE_FILE;
	} else if (node->told_due != DAY_NONE) {
		item->due_day = node->told_due, item->due_source = DUE_FILE;
	} else if (item->kind == ITEM_RETENTION && item->amount >= 0) {
		item->due_day = day_add_months(item->posting_day, 12), item->due_source = DUE_RETENTION;
	} else if (item->kind == ITEM_UNPAID_RETURN) {
		item->due_day = item->posting_day, item->due_source = DUE_ORIGINAL;
	} else if (item->kind == ITEM_OPENING && item->issue_day == item->posting_day) {
		item->due_day = item->posting_day, item->due_source = DUE_OPENING;
	} else if (item->amount < 0) {
		item->due_day = item->issue_day, item->due_source = DUE_ISSUE;
	} else {
		item->due_day = terms_due(terms_of(work->input, item->customer_id, &item->due_source), item->issue_day);
	}
}

static void take_number(struct work *work, int32_t index, const char *number)
{
	struct node *node = &work->nodes[index];
	if (strcmp(node->item.number, number) == 0) return;
	node->item.number = number;
	if (work->taken_count == work->taken_cap) {
		int32_t cap = work->taken_cap ? work->taken_cap * 2 : 16;
		int32_t *bigger = arena_array(work->arena, int32_t, cap);
		if (work->taken_count) memcpy(bigger, work->taken_over, (size_t)work->taken_count * sizeof *bigger);
		work->taken_over = bigger, work->taken_cap = cap;
	}
	work->taken_over[work->taken_count++] = index;
}

/* --- transfers ------------------------------------------------------------------------------------------------------------ */
/* The debit that this credit covered through its lettering group: the one of its number, else of its amount, else the oldest. */
static int32_t settled_debit(const struct work *work, int32_t credit)
{
	const struct node *c = &work->nodes[credit];
	int32_t best = NODE_NONE, best_rank = -1;
	for (int32_t l = c->first_link; l != NODE_NONE; l = work->links[l].next_of_credit) {
		int32_t index = work->links[l].debit;
		const struct node *d = &work->nodes[index];
		int32_t rank = strcmp(d->item.number, c->item.number) == 0 ? 2 : d->item.amount == -c->item.amount ? 1 : 0;
		if (rank > best_rank || (rank == best_rank && index < best)) best = index, best_rank = rank;
	}
	return best;
}

static bool may_be_original(const struct work *work, int32_t credit, int32_t index)
{
	const struct node *c = &work->nodes[credit], *d = &work->nodes[index];
	return index != credit && index != c->other_half && d->left > 0 && d->item.posting_day <= c->item.posting_day
	       && strcmp(d->item.currency, c->item.currency) == 0;
}

/* Same number, else same amount; the account that the credit leaves goes before others, the oldest first. */
static int32_t settle_original(struct work *work, int32_t credit)
{
	const struct projected_item like = work->nodes[credit].item;
	int32_t original = NODE_NONE;
	for (int same_account = 1; same_account >= 0; same_account--) {
		struct cursor cursor = { 0 };
		for (int32_t i; (i = work_next_number(work, like.customer_id, like.number, &cursor)) != NODE_NONE;) {
			if (!may_be_original(work, credit, i)) continue;
			if (same_account && strcmp(work->nodes[i].item.account, like.account) != 0) continue;
			if (work_settle(work, credit, i, INT64_MAX) > 0 && original == NODE_NONE) original = i;
		}
	}
	if (original != NODE_NONE) return original;
	for (int same_account = 1; same_account >= 0; same_account--) {
		struct cursor cursor = { 0 };
		for (int32_t i; (i = work_next_amount(work, like.customer_id, -like.amount, &cursor)) != NODE_NONE;) {
			if (!may_be_original(work, credit, i) || work->nodes[i].left != -like.amount) continue;
			if (same_account && strcmp(work->nodes[i].item.account, like.account) != 0) continue;
			work_settle(work, credit, i, INT64_MAX);
			return i;
		}
	}
	return NODE_NONE;
}

static void resolve_transfer_credit(struct work *work, int32_t index)
{
	struct node *node = &work->nodes[index];
	node->resolved = true;
	date_item(work, node);
	node->original = settled_debit(work, index);
	if (node->original == NODE_NONE) node->original = settle_original(work, index);
}

/* The debit takes over number, issue and due date: the claim is no younger for standing on another account. */
static void resolve_transfer_debit(struct work *work, int32_t index)
{
	struct node *node = &work->nodes[index];
	node->resolved = true;
	date_item(work, node);
	if (node->other_half == NODE_NONE) return;
	struct node *credit = &work->nodes[node->other_half];
	if (!credit->resolved) resolve_transfer_credit(work, node->other_half);
	if (credit->original == NODE_NONE || credit->original == index) return;
	if (!work->nodes[credit->original].resolved) work_resolve(work, credit->original);
	const struct projected_item *original = &work->nodes[credit->original].item;
	node->original = credit->original;
	node->item.origin_id = original->id;
	node->item.issue_day = original->issue_day;
	take_number(work, index, original->number);
	if (node->item.kind != ITEM_RETENTION)
		node->item.due_day = original->due_day, node->item.due_source = DUE_ORIGINAL;
}

/* --- returned payments ------------------------------------------------------------------------------------------------------ */
struct reopened {
	int32_t index;
	int rank;          /* 2: same amount and settled, 1: one of the two, 0: neither */
	int32_t closed;
};

static void consider(const struct work *work, int32_t returned, int32_t index, struct reopened *best)
{
	const struct node *r = &work->nodes[returned], *d = &work->nodes[index];
	if (index >= returned || d->item.amount <= 0 || d->item.posting_day > r->item.posting_day) return;
	if (strcmp(d->item.currency, r->item.currency) != 0) return;
	bool settled = work_open_as_of(work, index, r->item.posting_day) == 0;
	int rank = settled + (d->item.amount == r->item.amount);
	int32_t closed = settled ? work_closed_day(work, index) : DAY_NONE;
	if (closed > r->item.posting_day) closed = DAY_NONE;
	/* several: the one that was paid last, since a payment comes back soon */
	if (best->index == NODE_NONE || rank > best->rank || (rank == best->rank && closed >= best->closed))
		*best = (struct reopened){ index, rank, closed };
}

static void consider_number(struct work *work, int32_t returned, const char *number, struct reopened *best)
{
	struct cursor cursor = { 0 };
	int64_t customer = work->nodes[returned].item.customer_id;
	for (int32_t i; (i = work_next_number(work, customer, number, &cursor)) != NODE_NONE;) consider(work, returned, i, best);
}

/* Words of a label that may be numbers: they hold a digit; punctuation around them is dropped. */
static void consider_label(struct work *work, int32_t returned, struct reopened *best)
{
	const char *label = work->nodes[returned].fact->label;
	while (*label && best->index == NODE_NONE) {
		size_t len = strcspn(label, " \t\n,;:()\"'");
		const char *word = label;
		label += len;
		if (*label) label++;
		while (len > 0 && !isalnum((unsigned char)word[len - 1]) && (unsigned char)word[len - 1] < 0x80) len--;
		while (len > 0 && !isalnum((unsigned char)*word) && (unsigned char)*word < 0x80) word++, len--;
		bool digit = false;
		for (size_t i = 0; i < len; i++) digit |= isdigit((unsigned char)word[i]) != 0;
		if (!digit || len < 2) continue;
		consider_number(work, returned, arena_strndup(work->arena, word, len), best);
	}
}

/* A bounced cheque, direct debit or bill: what it reopens by number, in its label, else by amount among settled items. */
static void resolve_return(struct work *work, int32_t index)
{
	struct node *node = &work->nodes[index];
	node->resolved = true;
	struct reopened best = { .index = NODE_NONE };
	if (node->reopens) best.index = work_standing(work, node->reopens);
	if (best.index == index) best.index = NODE_NONE;
	if (best.index == NODE_NONE) consider_number(work, index, node->item.number, &best);
	if (best.index == NODE_NONE && node->fact->applies_to[0]) {
		for (const char *name = node->fact->applies_to; *name;) {
			size_t len = strcspn(name, "\n");
			consider_number(work, index, arena_strndup(work->arena, name, len), &best);
			name += len + (name[len] == '\n');
		}
	}
	if (best.index == NODE_NONE) consider_label(work, index, &best);
	if (best.index == NODE_NONE) {
		struct cursor cursor = { 0 };
		for (int32_t i; (i = work_next_amount(work, node->item.customer_id, node->item.amount, &cursor)) != NODE_NONE;)
			if (i < index && work_open_as_of(work, i, node->item.posting_day) == 0) consider(work, index, i, &best);
	}
	date_item(work, node);
	if (best.index == NODE_NONE) return;
	if (!work->nodes[best.index].resolved) work_resolve(work, best.index);
	const struct projected_item *original = &work->nodes[best.index].item;
	node->original = best.index;
	node->item.origin_id = original->id;
	if (node->fact->due_day != DAY_NONE) return;
	node->item.due_day = original->due_day, node->item.due_source = DUE_ORIGINAL;
}

/* --- one item --------------------------------------------------------------------------------------------------------------- */
void work_resolve(struct work *work, int32_t index)
{
	struct node *node = &work->nodes[index];
	if (node->resolved) return;
	bool transfer = node->item.kind == ITEM_TRANSFER || (node->item.kind == ITEM_RETENTION && node->fact->pair != 0);
	if (transfer && node->item.amount < 0) {
		resolve_transfer_credit(work, index);
	} else if (transfer) {
		resolve_transfer_debit(work, index);
	} else if (node->item.kind == ITEM_UNPAID_RETURN && node->item.amount > 0) {
		resolve_return(work, index);
	} else {
		node->resolved = true;
		date_item(work, node);
	}
}

/* --- what a fact names ------------------------------------------------------------------------------------------------------ */
void work_apply_links(struct work *work, int32_t index)
{
	struct node *node = &work->nodes[index];
	const char *names = node->fact->applies_to;
	if (names[0] == '#') { /* what a list of items told of this very one */
		int32_t settled = work_find_fact(work, node->item.customer_id, strtoll(names + 1, NULL, 10));
		if (settled != NODE_NONE) work_settle(work, index, settled, INT64_MAX);
		return;
	}
	if (node->item.kind == ITEM_UNPAID_RETURN) return; /* what it reopens is not what it settles */
	while (*names && node->left != 0) {
		size_t len = strcspn(names, "\n");
		const char *name = arena_strndup(work->arena, names, len);
		names += len + (names[len] == '\n');
		struct cursor cursor = { 0 };
		for (int32_t i; (i = work_next_number(work, node->item.customer_id, name, &cursor)) != NODE_NONE;)
			work_settle(work, index, i, INT64_MAX);
		cursor = (struct cursor){ 0 };
		for (int32_t i; (i = work_next_external(work, node->item.customer_id, name, &cursor)) != NODE_NONE;)
			work_settle(work, index, i, INT64_MAX);
	}
}
