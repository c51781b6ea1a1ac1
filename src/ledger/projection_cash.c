/* What banks said and people decided, against what the books say.
 *
 * The same money comes twice: on the bank's statement, applied by a person, and days later in the books (or the other way round).
 * The bank's fact gives way to the posting. Books post one line for one, several for one (a payment split by invoice), one for
 * several (a remittance), and know nothing of whose decision it was; what they share with the bank is the customer, the amount
 * and about the day. */
#include "ledger/projection_work.h"

#include <stdlib.h>
#include <string.h>

enum {
	DAYS_BEFORE = 5,  /* books post a cheque when it is handed in, a bill when it falls due; the bank books it later */
	DAYS_AFTER = 10,  /* beyond it another payment of the same amount is likelier: subscriptions come every month */
	LATE_DAYS = 400,  /* … but not when the books say that it pays the very invoice that the bank's payment was given to */
	SUBSET_MAX = 12,  /* lines of one day that are tried in any combination: 4096 of them */
};

/* Facts of one decision, customer, currency and sign: what may have been posted as one line. */
struct unit {
	int64_t application;
	int32_t first, count;   /* in `nodes` */
	int32_t day;
	int64_t amount;
	bool met;
};
struct meeting {
	struct work *work;
	int32_t *nodes;         /* of the bank, by unit */
	struct unit *units;
	int32_t unit_count;
	int32_t *books;         /* postings that may be theirs, in order */
	int32_t book_count;
	bool *taken;            /* by index of books */
};

struct bank_key {
	int32_t node;
	const struct node *at;
};

static int64_t sign_of(int64_t amount)
{
	return amount > 0 ? 1 : amount < 0 ? -1 : 0;
}

static int compare_balance(const struct node *x, const struct node *y)
{
	if (x->item.customer_id != y->item.customer_id) return x->item.customer_id < y->item.customer_id ? -1 : 1;
	int order = strcmp(x->item.currency, y->item.currency);
	if (order) return order;
	return (int)(sign_of(x->item.amount) - sign_of(y->item.amount));
}

static int compare_bank(const void *a, const void *b)
{
	const struct bank_key *x = a, *y = b;
	int order = compare_balance(x->at, y->at);
	if (order) return order;
	if (x->at->item.posting_day != y->at->item.posting_day) return x->at->item.posting_day < y->at->item.posting_day ? -1 : 1;
	if (x->at->fact->application != y->at->fact->application) return x->at->fact->application < y->at->fact->application ? -1 : 1;
	if (x->at->fact->difference != y->at->fact->difference) return x->at->fact->difference ? 1 : -1;
	return (x->at->item.id > y->at->item.id) - (x->at->item.id < y->at->item.id);
}

static bool may_be_posting(const struct node *node)
{
	const struct fact *fact = node->fact;
	if (!fact || fact->application || node->restating || fact->opening || fact->amount == 0) return false;
	return fact->kind == ITEM_PAYMENT || fact->kind == ITEM_UNPAID_RETURN || fact->closing;
}

static bool near(int32_t bank_day, int32_t book_day)
{
	return book_day >= bank_day - DAYS_BEFORE && book_day <= bank_day + DAYS_AFTER;
}

static const struct node *book_at(const struct meeting *m, int32_t book)
{
	return &m->work->nodes[m->books[book]];
}

/* Bank facts give way to the postings: the first one stands for them where one is enough. */
static void give_way(struct meeting *m, const int32_t *bank, int32_t bank_count, const int32_t *books, int32_t count)
{
	struct node *nodes = m->work->nodes;
	for (int32_t i = 0; i < count; i++) {
		m->taken[books[i]] = true;
		struct node *book = &nodes[m->books[books[i]]];
		book->next_book = i + 1 < count ? m->books[books[i + 1]] : NODE_NONE;
		for (int32_t b = 0; b < bank_count && !book->reopens; b++)
			if (count == 1 || nodes[bank[b]].item.amount == book->item.amount) book->reopens = nodes[bank[b]].reopens;
	}
	for (int32_t b = 0; b < bank_count; b++) {
		struct node *node = &nodes[bank[b]];
		node->restating = node->resolved = true;
		node->left = 0;
		node->restates = m->books[books[0]];
	}
}

static const struct fact_posting *posting_of(const struct meeting *m, int64_t cash_id, int64_t fact_id)
{
	const struct projection_input *input = m->work->input;
	for (size_t i = 0; i < input->posting_count; i++)
		if (input->postings[i].cash_id == cash_id && input->postings[i].fact_id == fact_id) return &input->postings[i];
	return NULL;
}

/* A person said that this is another payment. */
static bool told_other(const struct meeting *m, const struct unit *unit, int32_t book)
{
	if (!m->work->input->posting_count) return false;
	for (int32_t i = 0; i < unit->count; i++) {
		const struct fact_posting *posting = posting_of(m, m->work->nodes[m->nodes[unit->first + i]].item.id, book_at(m, book)->item.id);
		if (posting && !posting->same) return true;
	}
	return false;
}

static void unit_meets(struct meeting *m, struct unit *unit, const int32_t *books, int32_t count)
{
	unit->met = true;
	give_way(m, m->nodes + unit->first, unit->count, books, count);
}

/* --- one for one, the nearest day first ---------------------------------------------------------------------------------- */
struct pairing {
	int32_t unit, bank, book, distance; /* bank: one fact of a unit; NODE_NONE: all of it */
};

static int compare_pairings(const void *a, const void *b)
{
	const struct pairing *x = a, *y = b;
	if (x->distance != y->distance) return x->distance < y->distance ? -1 : 1;
	if (x->unit != y->unit) return x->unit < y->unit ? -1 : 1;
	if (x->bank != y->bank) return x->bank < y->bank ? -1 : 1;
	return (x->book > y->book) - (x->book < y->book);
}

static void pair_one_for_one(struct meeting *m, bool whole)
{
	struct pairing *rows = NULL;
	int32_t count = 0, cap = 0;
	for (int32_t u = 0; u < m->unit_count; u++) {
		const struct unit *unit = &m->units[u];
		if (unit->met || (!whole && unit->count == 1)) continue;
		for (int32_t b = 0; b < m->book_count; b++) {
			if (m->taken[b]) continue;
			const struct node *book = book_at(m, b);
			if (!near(unit->day, book->item.posting_day) || told_other(m, unit, b)) continue;
			for (int32_t i = 0; i < (whole ? 1 : unit->count); i++) {
				int64_t amount = whole ? unit->amount : m->work->nodes[m->nodes[unit->first + i]].item.amount;
				if (amount != book->item.amount) continue;
				if (count == cap) {
					int32_t bigger_cap = cap ? cap * 2 : 32;
					struct pairing *bigger = arena_array(m->work->arena, struct pairing, bigger_cap);
					if (count) memcpy(bigger, rows, (size_t)count * sizeof *rows);
					rows = bigger, cap = bigger_cap;
				}
				rows[count++] = (struct pairing){ u, whole ? NODE_NONE : m->nodes[unit->first + i], b,
				                                  abs(book->item.posting_day - unit->day) };
			}
		}
	}
	if (count) qsort(rows, (size_t)count, sizeof *rows, compare_pairings);
	for (int32_t i = 0; i < count; i++) {
		struct unit *unit = &m->units[rows[i].unit];
		if (m->taken[rows[i].book] || unit->met) continue;
		if (whole) {
			unit_meets(m, unit, &rows[i].book, 1);
			continue;
		}
		if (m->work->nodes[rows[i].bank].restating) continue;
		give_way(m, &rows[i].bank, 1, &rows[i].book, 1);
		unit->amount -= m->work->nodes[rows[i].bank].item.amount;
	}
	for (int32_t u = 0; !whole && u < m->unit_count; u++) { /* what is left of a unit that met in part */
		struct unit *unit = &m->units[u];
		int32_t kept = 0;
		if (unit->met) continue;
		for (int32_t i = 0; i < unit->count; i++)
			if (!m->work->nodes[m->nodes[unit->first + i]].restating) m->nodes[unit->first + kept++] = m->nodes[unit->first + i];
		unit->count = kept;
		unit->met = kept == 0;
	}
}

/* --- sums ----------------------------------------------------------------------------------------------------------------- */
/* Which of at most SUBSET_MAX amounts make the sum: runs side by side first, then any; false: none. */
static bool find_sum(const int64_t *amounts, int32_t count, int64_t sum, int32_t *out, int32_t *out_count)
{
	for (int32_t from = 0; from < count; from++) {
		int64_t total = 0;
		for (int32_t to = from; to < count; to++) {
			total += amounts[to];
			if (total != sum) continue;
			*out_count = 0;
			for (int32_t i = from; i <= to; i++) out[(*out_count)++] = i;
			return true;
		}
	}
	if (count > SUBSET_MAX) return false;
	for (uint32_t set = 1; set < 1u << count; set++) {
		int64_t total = 0;
		for (int32_t i = 0; i < count; i++) total += set & (1u << i) ? amounts[i] : 0;
		if (total != sum) continue;
		*out_count = 0;
		for (int32_t i = 0; i < count; i++)
			if (set & (1u << i)) out[(*out_count)++] = i;
		return true;
	}
	return false;
}

/* Postings of one day, not taken yet. Books stand in order of their day. */
static int32_t books_of_day(const struct meeting *m, int32_t from, int32_t *out, int64_t *amounts, int32_t *next)
{
	int32_t count = 0, day = book_at(m, from)->item.posting_day, b = from;
	for (; b < m->book_count && book_at(m, b)->item.posting_day == day; b++) {
		if (m->taken[b]) continue;
		out[count] = b, amounts[count++] = book_at(m, b)->item.amount;
	}
	*next = b;
	return count;
}

/* One payment, posted by invoice. */
static void one_for_several(struct meeting *m, int32_t *list, int64_t *amounts, int32_t *found)
{
	for (int32_t u = 0; u < m->unit_count; u++) {
		struct unit *unit = &m->units[u];
		for (int32_t b = 0, next; b < m->book_count && !unit->met; b = next) {
			int32_t count = books_of_day(m, b, list, amounts, &next), found_count = 0;
			if (count < 2 || !near(unit->day, book_at(m, b)->item.posting_day)) continue;
			if (!find_sum(amounts, count, unit->amount, found, &found_count)) continue;
			bool other = false;
			for (int32_t i = 0; i < found_count; i++) found[i] = list[found[i]], other |= told_other(m, unit, found[i]);
			if (!other) unit_meets(m, unit, found, found_count);
		}
	}
}

/* Several payments, posted as one remittance. */
static void several_for_one(struct meeting *m, int32_t *list, int64_t *amounts, int32_t *found)
{
	for (int32_t b = 0; b < m->book_count; b++) {
		const struct node *book = book_at(m, b);
		int32_t count = 0, found_count = 0;
		if (m->taken[b]) continue;
		for (int32_t u = 0; u < m->unit_count; u++)
			if (!m->units[u].met && near(m->units[u].day, book->item.posting_day) && !told_other(m, &m->units[u], b))
				list[count] = u, amounts[count++] = m->units[u].amount;
		if (count < 2 || !find_sum(amounts, count, book->item.amount, found, &found_count)) continue;
		for (int32_t i = 0; i < found_count; i++) unit_meets(m, &m->units[list[found[i]]], &b, 1);
	}
}

/* Payments of one day against postings of one day, cut differently on each side. */
static void several_for_several(struct meeting *m, int32_t *list, int64_t *amounts)
{
	for (int32_t u = 0; u < m->unit_count; u++) {
		if (m->units[u].met) continue;
		int64_t total = 0;
		for (int32_t v = u; v < m->unit_count && m->units[v].day == m->units[u].day; v++)
			if (!m->units[v].met) total += m->units[v].amount;
		for (int32_t b = 0, next; b < m->book_count && !m->units[u].met; b = next) {
			int32_t count = books_of_day(m, b, list, amounts, &next);
			int64_t posted = 0;
			for (int32_t i = 0; i < count; i++) posted += amounts[i];
			if (count == 0 || posted != total || !near(m->units[u].day, book_at(m, b)->item.posting_day)) continue;
			bool other = false;
			for (int32_t v = u; v < m->unit_count && m->units[v].day == m->units[u].day; v++)
				for (int32_t i = 0; i < count && !m->units[v].met; i++) other |= told_other(m, &m->units[v], list[i]);
			for (int32_t v = u; !other && v < m->unit_count && m->units[v].day == m->units[u].day; v++)
				if (!m->units[v].met) unit_meets(m, &m->units[v], list, count);
		}
	}
}

/* --- however long after ---------------------------------------------------------------------------------------------------------- */
/* A person said that they are one. */
static void pair_as_told(struct meeting *m)
{
	for (int32_t u = 0; u < m->unit_count && m->work->input->posting_count; u++) {
		struct unit *unit = &m->units[u];
		for (int32_t b = 0; b < m->book_count && !unit->met; b++) {
			if (m->taken[b] || book_at(m, b)->item.amount != unit->amount) continue;
			for (int32_t i = 0; i < unit->count && !unit->met; i++) {
				const struct fact_posting *posting = posting_of(m, m->work->nodes[m->nodes[unit->first + i]].item.id, book_at(m, b)->item.id);
				if (posting && posting->same) unit_meets(m, unit, &b, 1);
			}
		}
	}
}

/* The books say of a line that it pays this item: both are of one lettering, or it bears the item's number. */
static bool pays(const struct node *book, const struct node *item)
{
	const struct fact *paid = item->fact, *fact = book->fact;
	if (!paid) return false;
	if (*fact->lettering && strcmp(fact->lettering, paid->lettering) == 0 && fact->lettered_in == paid->lettered_in && strcmp(fact->account, paid->account) == 0)
		return true;
	return *item->item.number && strcmp(fact->number, item->item.number) == 0;
}

static bool pays_what_it_was_given_to(struct meeting *m, const struct unit *unit, int32_t book)
{
	const struct projection_input *input = m->work->input;
	for (size_t l = 0; l < input->link_count; l++) {
		if (input->links[l].application != unit->application) continue;
		for (int32_t i = 0; i < unit->count; i++) {
			if (m->work->nodes[m->nodes[unit->first + i]].item.id != input->links[l].credit_id) continue;
			int32_t debit = work_standing(m->work, input->links[l].debit_id);
			if (debit == NODE_NONE || book_at(m, book)->item.posting_day < m->work->nodes[debit].item.posting_day - DAYS_BEFORE) continue;
			if (pays(book_at(m, book), &m->work->nodes[debit])) return true;
		}
	}
	return false;
}

/* The bank took it back: the books post both, and one of them alone must not be taken for known. */
static bool came_back(const struct meeting *m, const struct unit *unit)
{
	const struct projection_input *input = m->work->input;
	for (size_t l = 0; l < input->link_count; l++) {
		if (input->links[l].application != unit->application) continue;
		for (size_t i = 0; i < input->fact_count; i++)
			if (input->facts[i].application && input->facts[i].amount > 0 && input->facts[i].reopens == input->links[l].debit_id) return true;
	}
	return false;
}

/* Payments that nobody posted within days, against postings that no bank line explains: an invoice is not paid twice, so a posting
 * that pays the same one is the same money, even when it was written months later. Not one from before the bank told it: that may be
 * a payment that came back. What shares but the amount waits for a person (cash/twice.h). */
static void pair_late(struct meeting *m, int32_t *list, int64_t *amounts, int32_t *found)
{
	for (int32_t u = 0; u < m->unit_count; u++) {
		struct unit *unit = &m->units[u];
		if (unit->met || unit->amount >= 0 || came_back(m, unit)) continue;
		int32_t count = 0, best = NODE_NONE, found_count = 0;
		for (int32_t b = 0; b < m->book_count; b++) {
			int32_t after = book_at(m, b)->item.posting_day - unit->day;
			if (m->taken[b] || after < -DAYS_BEFORE || after > LATE_DAYS || told_other(m, unit, b) || !pays_what_it_was_given_to(m, unit, b)) continue;
			list[count] = b, amounts[count++] = book_at(m, b)->item.amount;
			if (book_at(m, b)->item.amount != unit->amount) continue;
			if (best == NODE_NONE || abs(after) < abs(book_at(m, best)->item.posting_day - unit->day)) best = b;
		}
		if (best != NODE_NONE) {
			unit_meets(m, unit, &best, 1);
		} else if (count > 1 && find_sum(amounts, count, unit->amount, found, &found_count)) {
			for (int32_t i = 0; i < found_count; i++) found[i] = list[found[i]];
			unit_meets(m, unit, found, found_count);
		}
	}
}

/* One customer, currency and sign. */
static void meet(struct work *work, const struct bank_key *bank, int32_t bank_count, int32_t *books, int32_t book_count)
{
	struct meeting m = { .work = work, .books = books, .book_count = book_count };
	int32_t most = bank_count > book_count ? bank_count : book_count;
	m.nodes = arena_array(work->arena, int32_t, bank_count + 1);
	m.units = arena_array(work->arena, struct unit, bank_count + 1);
	m.taken = arena_array(work->arena, bool, book_count + 1);
	for (int32_t i = 0; i < bank_count; i++) {
		const struct node *node = bank[i].at;
		m.nodes[i] = bank[i].node;
		struct unit *unit = m.unit_count ? &m.units[m.unit_count - 1] : NULL;
		if (!unit || unit->application != node->fact->application || unit->day != node->item.posting_day)
			unit = &m.units[m.unit_count++],
			*unit = (struct unit){ .application = node->fact->application, .first = i, .day = node->item.posting_day };
		unit->count++, unit->amount += node->item.amount;
	}
	int32_t *list = arena_array(work->arena, int32_t, most + 1), *found = arena_array(work->arena, int32_t, most + 1);
	int64_t *amounts = arena_array(work->arena, int64_t, most + 1);
	pair_as_told(&m);
	pair_one_for_one(&m, true);
	pair_one_for_one(&m, false);
	one_for_several(&m, list, amounts, found);
	several_for_one(&m, list, amounts, found);
	several_for_several(&m, list, amounts);
	pair_late(&m, list, amounts, found);
}

static int compare_books(const void *a, const void *b, void *context)
{
	const struct work *work = context;
	int32_t left = *(const int32_t *)a, right = *(const int32_t *)b;
	int order = compare_balance(&work->nodes[left], &work->nodes[right]);
	return order ? order : work_node_order(&work->nodes[left], &work->nodes[right]);
}

void work_meet_books(struct work *work)
{
	int32_t bank_count = 0, book_count = 0;
	for (int32_t i = 0; i < work->count; i++) bank_count += work->nodes[i].fact->application != 0;
	if (bank_count == 0) return;
	struct bank_key *bank = arena_array(work->arena, struct bank_key, bank_count);
	int32_t *books = arena_array(work->arena, int32_t, work->count + 1);
	bank_count = 0;
	for (int32_t i = 0; i < work->count; i++) {
		if (work->nodes[i].fact->application)
			bank[bank_count++] = (struct bank_key){ i, &work->nodes[i] };
		else if (may_be_posting(&work->nodes[i]))
			books[book_count++] = i;
	}
	qsort(bank, (size_t)bank_count, sizeof *bank, compare_bank);
	qsort_r(books, (size_t)book_count, sizeof *books, compare_books, work);
	for (int32_t i = 0, b = 0; i < bank_count;) {
		int32_t end = i + 1;
		while (end < bank_count && compare_balance(bank[i].at, bank[end].at) == 0) end++;
		while (b < book_count && compare_balance(&work->nodes[books[b]], bank[i].at) < 0) b++;
		int32_t to = b;
		while (to < book_count && compare_balance(&work->nodes[books[to]], bank[i].at) == 0) to++;
		if (to > b) meet(work, bank + i, end - i, books + b, to - b);
		i = end, b = to;
	}
}

/* --- what was decided ------------------------------------------------------------------------------------------------------- */
static int compare_ids(const void *a, const void *b, void *context)
{
	const struct work *work = context;
	int64_t x = work->nodes[*(const int32_t *)a].item.id, y = work->nodes[*(const int32_t *)b].item.id;
	return (x > y) - (x < y);
}

int32_t work_standing(struct work *work, int64_t fact_id)
{
	int32_t n = (int32_t)work->input->fact_count;
	if (!work->by_id) {
		work->by_id = arena_array(work->arena, int32_t, n + 1);
		for (int32_t i = 0; i < n; i++) work->by_id[i] = i;
		qsort_r(work->by_id, (size_t)n, sizeof *work->by_id, compare_ids, work);
	}
	int32_t low = 0, high = n;
	while (low < high) {
		int32_t middle = low + (high - low) / 2;
		if (work->nodes[work->by_id[middle]].item.id < fact_id)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == n || work->nodes[work->by_id[low]].item.id != fact_id) return NODE_NONE;
	int32_t node = work->by_id[low];
	return work->nodes[node].restating ? work->nodes[node].restates : node;
}

/* The claim went on under another account: what took it over. */
static int32_t successor(const struct work *work, int32_t node)
{
	int64_t id = work->nodes[node].item.id;
	for (int32_t i = 0; i < (int32_t)work->input->fact_count; i++) {
		const struct projected_item *item = &work->nodes[i].item;
		if (item->origin_id == id && item->amount > 0 && (item->kind == ITEM_TRANSFER || item->kind == ITEM_RETENTION)) return i;
	}
	return NODE_NONE;
}

static int64_t settle_debit(struct work *work, int32_t debit, int32_t credit, int64_t amount)
{
	int64_t settled = 0;
	for (int hops = 0; debit != NODE_NONE && settled < amount && hops < 8; hops++) {
		settled += work_settle(work, debit, credit, amount - settled);
		if (settled < amount) debit = successor(work, debit);
	}
	return settled;
}

static void settle_link(struct work *work, const struct fact_link *link)
{
	int32_t debit = work_standing(work, link->debit_id), credit = work_standing(work, link->credit_id);
	int64_t left = link->amount;
	if (debit == NODE_NONE || credit == NODE_NONE) return;
	for (int32_t d = debit; d != NODE_NONE && left > 0; d = work->nodes[d].next_book)
		for (int32_t c = credit; c != NODE_NONE && left > 0; c = work->nodes[c].next_book)
			left -= settle_debit(work, d, c, left);
}

void work_settle_decided(struct work *work)
{
	const struct projection_input *input = work->input;
	for (size_t i = 0; i < input->link_count; i++) settle_link(work, &input->links[i]);
	if (!input->link_count) return;
	/* what came back may reopen what only a decision had settled */
	for (int32_t i = 0; i < (int32_t)input->fact_count; i++) {
		struct node *node = &work->nodes[i];
		if (node->restating || node->item.kind != ITEM_UNPAID_RETURN || node->item.amount <= 0 || node->original != NODE_NONE) continue;
		node->resolved = false;
		work_resolve(work, i);
	}
}
