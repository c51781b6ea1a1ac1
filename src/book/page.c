#include "book/page.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static bool comes_before(const struct page_key *a, const struct page_key *b, bool descending)
{
	if (a->number != b->number) return (a->number < b->number) != descending;
	int texts = a->text && b->text ? strcmp(a->text, b->text) : 0;
	if (texts) return (texts < 0) != descending;
	return a->row < b->row;
}

static int key_compare(const void *left, const void *right, void *context)
{
	const struct page_key *a = left, *b = right;
	return a->row == b->row ? 0 : comes_before(a, b, *(const bool *)context) ? -1 : 1;
}

/* Moves the `wanted` first keys to the front, in any order (Hoare's selection, the middle of three as pivot). */
static void select_first(struct page_key *keys, size_t count, size_t wanted, bool descending)
{
	size_t low = 0, high = count;
	while (high - low > 16 && wanted > low && wanted < high) {
		struct page_key *a = &keys[low], *b = &keys[low + (high - low) / 2], *c = &keys[high - 1];
		struct page_key *middle = comes_before(a, b, descending)
		                                  ? (comes_before(b, c, descending) ? b : comes_before(a, c, descending) ? c : a)
		                                  : (comes_before(a, c, descending) ? a : comes_before(b, c, descending) ? c : b);
		struct page_key pivot = *middle;
		size_t i = low, j = high - 1;
		for (;;) {
			while (comes_before(&keys[i], &pivot, descending)) i++;
			while (comes_before(&pivot, &keys[j], descending)) j--;
			if (i >= j) break;
			struct page_key swap = keys[i];
			keys[i++] = keys[j], keys[j--] = swap;
		}
		if (wanted <= j + 1)
			high = j + 1;
		else
			low = j + 1;
	}
	if (wanted > low && wanted < high) qsort_r(keys + low, high - low, sizeof *keys, key_compare, &descending);
}

size_t page_select(struct page_key *keys, size_t count, struct list_page page)
{
	if (page.offset >= count) return 0;
	size_t end = page.limit && page.limit < count - page.offset ? page.offset + page.limit : count;
	bool descending = page.descending;
	if (page.offset > 0) select_first(keys, count, page.offset, descending);
	select_first(keys + page.offset, count - page.offset, end - page.offset, descending);
	qsort_r(keys + page.offset, end - page.offset, sizeof *keys, key_compare, &descending);
	if (page.offset > 0) memmove(keys, keys + page.offset, (end - page.offset) * sizeof *keys);
	return end - page.offset;
}

/* --- one by one --------------------------------------------------------------------------------------------------------------- */

enum { KEPT_AT_LEAST = 1024 };

struct page_best page_best_start(struct list_page page)
{
	return (struct page_best){ .page = page };
}

/* Twice the page is gathered, then the better half is kept: a row costs one comparison, and rarely more. */
void page_best_offer(struct page_best *best, const struct page_key *key)
{
	bool descending = best->page.descending;
	if (best->full && !comes_before(key, &best->worst, descending)) return;
	GROW(best->keys, best->count, best->cap);
	best->keys[best->count++] = *key;
	size_t wanted = best->page.offset + best->page.limit;
	if (best->page.limit == 0 || best->count < 2 * wanted || best->count < KEPT_AT_LEAST) return;
	select_first(best->keys, best->count, wanted, descending);
	best->count = wanted;
	best->worst = best->keys[0];
	for (size_t i = 1; i < wanted; i++)
		if (comes_before(&best->worst, &best->keys[i], descending)) best->worst = best->keys[i];
	best->full = true;
}

size_t page_best_end(struct page_best *best)
{
	return page_select(best->keys, best->count, best->page);
}
