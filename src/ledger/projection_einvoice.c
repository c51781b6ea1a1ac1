/* Electronic invoices against what the books say.
 *
 * The same invoice comes twice: as the document that the customer holds, and days later as a posting in the books (or the other
 * way round). It is one claim. The books say what of it is settled, so their line stands; the document gives way to it and tells
 * it what the books don't know: when it is due, the customer's order. Should the books be taken back, the document stands again.
 *
 * What makes them one is the customer and the number. Amounts may differ (a deposit deducted on one side only, instalments):
 * two items of one number would be chased twice. Numbers begin anew in some firms each year, so the days must be near too. */
#include "ledger/projection_work.h"

#include "base/memory.h"

#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum {
	DAYS_APART = 92,    /* a posting this far from the issue day is another year's invoice of the same number */
	DAYS_OPENING = 1461, /* an opening line may restate an invoice of years ago */
};

/* "FA-2025/001" and "fa2025001" are one number. */
static uint64_t plain_hash(const char *number)
{
	uint64_t hash = 14695981039346656037u;
	for (; *number; number++)
		if (isalnum((unsigned char)*number) || (unsigned char)*number >= 0x80)
			hash = (hash ^ (unsigned char)toupper((unsigned char)*number)) * 1099511628211u;
	return hash;
}

static bool same_number(const char *a, const char *b)
{
	bool any = false;
	while (true) {
		while (*a && !isalnum((unsigned char)*a) && (unsigned char)*a < 0x80) a++;
		while (*b && !isalnum((unsigned char)*b) && (unsigned char)*b < 0x80) b++;
		if (!*a || !*b) return *a == *b && any;
		if (toupper((unsigned char)*a) != toupper((unsigned char)*b)) return false;
		any = true, a++, b++;
	}
}

struct entry {
	uint64_t hash;
	int64_t customer;
	int32_t node;
};

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	if (x->customer != y->customer) return x->customer < y->customer ? -1 : 1;
	if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
	return (x->node > y->node) - (x->node < y->node);
}

/* A line of the books that may be the posting of an invoice or credit note. */
static bool may_be_posting(const struct node *node)
{
	const struct fact *fact = node->fact;
	if (!fact || fact->einvoice || fact->application || fact->closing || node->restating || fact->amount == 0) return false;
	switch (fact->kind) {
	case ITEM_INVOICE: case ITEM_CREDIT_NOTE: case ITEM_OPENING: case ITEM_OTHER: case ITEM_BILL: case ITEM_RETENTION: return true;
	default: return false;
	}
}

static bool meets(const struct node *invoice, const struct node *book)
{
	const struct projected_item *a = &invoice->item, *b = &book->item;
	if ((a->amount < 0) != (b->amount < 0) || strcmp(a->currency, b->currency) != 0) return false;
	if (!same_number(a->number, b->number)) return false;
	int32_t days = b->issue_day - a->issue_day;
	if (b->kind == ITEM_OPENING) return days >= -DAYS_APART && days <= DAYS_OPENING;
	return days >= -DAYS_APART && days <= DAYS_APART;
}

/* What either says of the claim's circumstances; the books' word stands where both speak. */
static const char *joined_extra(struct work *work, const char *books, const char *document)
{
	if (!*document || strcmp(books, document) == 0) return books;
	if (!*books) return document;
	json_t *a = json_loads(books, 0, NULL), *b = json_loads(document, 0, NULL);
	const char *out = books;
	if (json_is_object(a) && json_is_object(b)) {
		json_object_update_missing(a, b);
		char *text = json_dumps(a, JSON_COMPACT | JSON_SORT_KEYS);
		out = arena_strdup(work->arena, text);
		free(text);
	}
	json_decref(a);
	json_decref(b);
	return out;
}

static void give_way(struct work *work, int32_t invoice, int32_t book)
{
	struct node *from = &work->nodes[invoice];
	from->restating = from->resolved = true;
	from->left = 0;
	from->restates = book;
	if (book == NODE_NONE) return;
	struct node *to = &work->nodes[book];
	int32_t due = from->fact->due_day;
	if (due != DAY_NONE && (to->told_due == DAY_NONE || due > to->told_due)) to->told_due = due; /* of instalments posted as one: the last */
	to->item.extra = joined_extra(work, to->item.extra, from->item.extra);
	if (!*to->item.label) to->item.label = from->item.label;
}

static int32_t posting_of(const struct work *work, const struct entry *entries, size_t count, int32_t invoice)
{
	const struct node *node = &work->nodes[invoice];
	const struct entry key = { plain_hash(node->item.number), node->item.customer_id, INT32_MIN };
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare_entries(&entries[middle], &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	int32_t best = NODE_NONE, best_rank = INT32_MAX;
	for (; low < count && entries[low].customer == key.customer && entries[low].hash == key.hash; low++) {
		const struct node *book = &work->nodes[entries[low].node];
		if (!meets(node, book)) continue;
		int32_t rank = abs(book->item.issue_day - node->item.issue_day) + (book->item.amount == node->item.amount ? 0 : 1 << 20);
		if (rank < best_rank) best = entries[low].node, best_rank = rank;
	}
	return best;
}

/* One document that came under two customers who are one now. */
static int32_t same_document(const struct work *work, int32_t invoice)
{
	const struct node *node = &work->nodes[invoice];
	for (int32_t i = 0; i < (int32_t)work->input->fact_count; i++) {
		const struct node *other = &work->nodes[i];
		const struct projected_item *a = &node->item, *b = &other->item;
		if (i == invoice || !other->fact->einvoice || other->restating || other->fact->closing || other->fact->id >= node->fact->id) continue;
		if (a->customer_id == b->customer_id && a->amount == b->amount && a->issue_day == b->issue_day && a->kind == b->kind
		    && node->fact->due_day == other->fact->due_day && strcmp(a->currency, b->currency) == 0 && same_number(a->number, b->number))
			return i;
	}
	return NODE_NONE;
}

/* What a document told of its own settling goes with it: the books know what was paid. */
static void closings_give_way(struct work *work)
{
	for (int32_t i = 0; i < (int32_t)work->input->fact_count; i++) {
		struct node *node = &work->nodes[i];
		if (!node->fact->einvoice || node->restating || node->fact->applies_to[0] != '#') continue;
		int32_t about = work_find_restating(work, node->item.customer_id, strtoll(node->fact->applies_to + 1, NULL, 10));
		if (about != NODE_NONE) give_way(work, i, work->nodes[about].restates);
	}
}

void work_meet_documents(struct work *work)
{
	int32_t n = (int32_t)work->input->fact_count;
	size_t documents = 0, count = 0;
	for (int32_t i = 0; i < n; i++) documents += work->nodes[i].fact->einvoice;
	if (!documents) return;
	struct entry *entries = arena_array(work->arena, struct entry, n + 1);
	for (int32_t i = 0; i < n; i++)
		if (may_be_posting(&work->nodes[i])) entries[count++] = (struct entry){ plain_hash(work->nodes[i].item.number), work->nodes[i].item.customer_id, i };
	qsort(entries, count, sizeof *entries, compare_entries);
	for (int32_t i = 0; i < n; i++) {
		struct node *node = &work->nodes[i];
		if (!node->fact->einvoice || node->fact->applies_to[0] == '#') continue;
		int32_t book = posting_of(work, entries, count, i);
		if (book != NODE_NONE) {
			give_way(work, i, book);
		} else if (node->item.posting_day < work->input->books_from) {
			/* Older than the books, and not among what they opened with: paid by then, or inside a sum they carried over. */
			give_way(work, i, NODE_NONE);
		} else {
			int32_t other = same_document(work, i);
			if (other != NODE_NONE) give_way(work, i, other);
		}
	}
	closings_give_way(work);
}
