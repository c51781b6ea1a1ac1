#include "cash/match_inside.h"

#include "base/memory.h"

uint64_t amount_key(int64_t amount, const char currency[4])
{
	return key_of((const char *)&amount, sizeof amount, KEY_AMOUNT + 16u * (uint64_t)(currency[0] << 16 | currency[1] << 8 | currency[2]));
}

static uint64_t id_key(int64_t id, uint64_t family)
{
	return key_of((const char *)&id, sizeof id, family);
}

uint32_t party_by_id(const struct cash_index *index, int64_t id)
{
	uint32_t at = keymap_first(&index->party_ids, id_key(id, KEY_PARTY));
	return at == KEYMAP_END ? NOBODY : index->party_ids.entries[at].value;
}

/* --- parties and the order of items ---------------------------------------------------------------------------------------- */

struct sorted {
	int64_t customer, id;
	int32_t due, posting;
	uint32_t place;
};

static int in_order(const void *left, const void *right)
{
	const struct sorted *a = left, *b = right;
	if (a->customer != b->customer) return a->customer < b->customer ? -1 : 1;
	if (a->due != b->due) return a->due < b->due ? -1 : 1;
	if (a->posting != b->posting) return a->posting < b->posting ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

static int by_id(const void *left, const void *right)
{
	const struct party *a = left, *b = right;
	return (a->id > b->id) - (a->id < b->id);
}

static void make_parties(struct cash_index *index)
{
	const struct cash_view *view = &index->view;
	index->item_count = (uint32_t)view->item_count;
	struct sorted *sorted = xmalloc((view->item_count + 1) * sizeof *sorted);
	bool ready = true;
	for (size_t i = 0; i < view->item_count; i++) {
		const struct cash_item *item = &view->items[i];
		sorted[i] = (struct sorted){ item->customer_id, item->id, item->due_day, item->posting_day, (uint32_t)i };
		ready = ready && (i == 0 || in_order(&sorted[i - 1], &sorted[i]) <= 0);
	}
	if (!ready) qsort(sorted, view->item_count, sizeof *sorted, in_order);
	struct party *parties = xcalloc(view->customer_count + view->item_count + 1, sizeof *parties);
	uint32_t count = 0;
	for (size_t i = 0; i < view->customer_count; i++)
		parties[count++] = (struct party){ .id = view->customers[i].id, .known = &view->customers[i], .payer = NOBODY };
	qsort(parties, count, sizeof *parties, by_id);
	uint32_t known = count, at = 0;
	index->places = xmalloc((view->item_count + 1) * sizeof *index->places);
	index->party_of = xmalloc((view->item_count + 1) * sizeof *index->party_of);
	index->open = xmalloc((view->item_count + 1) * sizeof *index->open);
	for (uint32_t rank = 0; rank < index->item_count;) {
		int64_t id = sorted[rank].customer;
		while (at < known && parties[at].id < id) at++;
		uint32_t party = at;
		if (at == known || parties[at].id != id) party = count, parties[count++] = (struct party){ .id = id, .payer = NOBODY };
		parties[party].first = rank;
		for (; rank < index->item_count && sorted[rank].customer == id; rank++) {
			index->places[rank] = sorted[rank].place;
			index->party_of[rank] = party;
			index->open[rank] = view->items[sorted[rank].place].open;
			parties[party].count++;
		}
	}
	free(sorted);
	index->parties = parties, index->party_count = count;
	keymap_make(&index->party_ids, count);
	for (uint32_t i = 0; i < count; i++) keymap_add(&index->party_ids, id_key(parties[i].id, KEY_PARTY), i);
	keymap_make(&index->members, 64);
	for (uint32_t i = count; i-- > 0;) {
		const struct cash_customer *customer = parties[i].known;
		if (!customer || !customer->payer_id) continue;
		uint32_t payer = party_by_id(index, customer->payer_id);
		if (payer == NOBODY || payer == i) continue;
		parties[i].payer = payer;
		keymap_add(&index->members, id_key(payer, KEY_MEMBER), i);
	}
}

/* --- keys ------------------------------------------------------------------------------------------------------------------------- */

/* Letters before the digits, or where there are none the first digits (the year, mostly); and how many digits. */
uint64_t shape_key(const char *plain, size_t len, size_t digits)
{
	size_t head = 0;
	while (head < len && (plain[head] < '0' || plain[head] > '9')) head++;
	if (head == 0) head = digits >= 8 ? 4 : 2;
	char shape[CASH_NUMBER_MAX + 1];
	memcpy(shape, plain, head);
	shape[head] = (char)digits;
	return key_of(shape, head + 1, KEY_SHAPE);
}

static void add_number(struct cash_index *index, struct keymap_batch *batch, uint32_t rank, const char *number)
{
	char plain[CASH_NUMBER_MAX], other[CASH_NUMBER_MAX];
	size_t len = cash_canonical(number, false, plain), digits = 0;
	for (size_t i = 0; i < len; i++) digits += plain[i] >= '0' && plain[i] <= '9';
	if (!digits) return;
	uint64_t full = key_of(plain, len, KEY_NUMBER);
	keymap_batch_add(batch, &index->numbers, full, rank);
	size_t other_len = cash_canonical(number, true, other);
	if (other_len != len) keymap_batch_add(batch, &index->numbers, key_of(other, other_len, KEY_NUMBER), rank);
	other_len = cash_canonical_digits(number, false, other);
	const char *bare = other;
	while (other_len > 1 && *bare == '0') bare++, other_len--;
	uint64_t plain_digits = key_of(bare, other_len, KEY_DIGITS);
	keymap_batch_add(batch, &index->numbers, plain_digits, rank);
	size_t stripped = cash_canonical_digits(number, true, other);
	if (stripped != other_len) keymap_batch_add(batch, &index->numbers, key_of(other, stripped, KEY_DIGITS), rank);
	uint64_t key = shape_key(plain, len, digits);
	if (keymap_first(&index->shapes, key) == KEYMAP_END) keymap_add(&index->shapes, key, (uint32_t)digits);
}

static void add_references(struct cash_index *index, struct keymap_batch *batch, uint32_t rank, const char *reference)
{
	while (*reference) {
		size_t len = strcspn(reference, " ,;|");
		if (len >= 4 && len < CASH_NUMBER_MAX) {
			char word[CASH_NUMBER_MAX], plain[CASH_NUMBER_MAX];
			memcpy(word, reference, len), word[len] = 0;
			size_t used = cash_canonical(word, false, plain);
			if (used >= 4) keymap_batch_add(batch, &index->references, key_of(plain, used, KEY_REFERENCE), rank);
		}
		reference += len;
		reference += strspn(reference, " ,;|");
	}
}

static void add_code(struct cash_index *index, uint32_t party, const char *code, uint64_t family)
{
	char plain[CASH_NUMBER_MAX];
	size_t len = cash_canonical(code ? code : "", false, plain);
	if (len >= (family == KEY_SIREN ? 9u : 4u)) keymap_add(&index->codes, key_of(plain, len, family), party);
}

struct cash_index *cash_index_new(const struct cash_view *view)
{
	struct cash_index *index = xcalloc(1, sizeof *index);
	index->view = *view;
	make_parties(index);
	size_t items = view->item_count;
	keymap_make(&index->numbers, items * 3);
	keymap_make(&index->amounts, items);
	keymap_make(&index->ids, items);
	keymap_make(&index->references, items / 8);
	keymap_make(&index->shapes, 64);
	keymap_make(&index->codes, view->customer_count * 2);
	keymap_make(&index->ibans, view->learned_count);
	struct keymap_batch batch = { .count = 0 };
	for (uint32_t rank = index->item_count; rank-- > 0;) { /* backwards, so that the first of equals is met first */
		const struct cash_item *item = item_at(index, rank);
		keymap_batch_add(&batch, &index->ids, id_key(item->id, KEY_ITEM), rank);
		keymap_batch_add(&batch, &index->amounts, amount_key(item->open, item->currency), rank);
		add_number(index, &batch, rank, item->number ? item->number : "");
		add_references(index, &batch, rank, item->reference ? item->reference : "");
	}
	keymap_batch_flush(&batch);
	index->names = cash_names_new();
	for (uint32_t i = 0; i < index->party_count; i++) {
		const struct cash_customer *customer = index->parties[i].known;
		if (!customer) continue;
		add_code(index, i, customer->code, KEY_CODE);
		add_code(index, i, customer->siren, KEY_SIREN);
		cash_names_add(index->names, customer->name ? customer->name : "", i, NOBODY);
	}
	for (size_t i = 0; i < view->learned_count; i++) {
		const struct cash_learned *learned = &view->learned[i];
		uint32_t party = party_by_id(index, learned->customer_id);
		if (learned->times <= 0 || party == NOBODY) continue;
		char iban[CASH_NUMBER_MAX];
		size_t len = cash_canonical(learned->iban ? learned->iban : "", false, iban);
		if (len >= 8) keymap_add(&index->ibans, key_of(iban, len, KEY_IBAN), (uint32_t)i);
		if (learned->name && *learned->name) cash_names_add(index->names, learned->name, party, (uint32_t)i);
	}
	cash_names_ready(index->names);
	index->amounts_whole = index->amounts.count;
	return index;
}

void cash_index_free(struct cash_index *index)
{
	if (!index) return;
	struct keymap *maps[] = { &index->numbers, &index->references, &index->amounts, &index->ids, &index->codes, &index->ibans, &index->shapes, &index->members,
		&index->party_ids };
	for (size_t i = 0; i < COUNT(maps); i++) keymap_free(maps[i]);
	cash_names_free(index->names);
	free(index->parties), free(index->places), free(index->party_of), free(index->open), free(index->taken);
	free(index);
}

size_t cash_index_items(const struct cash_index *index)
{
	return index->item_count;
}

void cash_index_take(struct cash_index *index, int64_t item_id, int64_t amount)
{
	uint32_t at = keymap_first(&index->ids, id_key(item_id, KEY_ITEM));
	if (at == KEYMAP_END) return;
	uint32_t rank = index->ids.entries[at].value;
	int64_t left;
	if (__builtin_sub_overflow(index->open[rank], amount, &left)) return;
	GROW(index->taken, index->taken_count, index->taken_cap);
	index->taken[index->taken_count++] = (struct taken){ rank, index->open[rank] };
	index->open[rank] = left;
	if (left) keymap_add(&index->amounts, amount_key(left, item_at(index, rank)->currency), rank);
}

void cash_index_restore(struct cash_index *index)
{
	while (index->taken_count) {
		const struct taken *last = &index->taken[--index->taken_count];
		index->open[last->rank] = last->open;
	}
	keymap_cut(&index->amounts, index->amounts_whole);
}
