/* page — the rows of one page of a sorted list, without sorting or keeping the rest: only what is on the page is put in order.
 *
 *     struct page_best best = page_best_start(page);
 *     … page_best_offer(&best, &(struct page_key){ .number = amount, .row = i }); …
 *     size_t shown = page_best_end(&best);                  best.keys[0 .. shown-1] are the page's, in order
 *     free(best.keys);
 */
#ifndef BOOK_PAGE_H
#define BOOK_PAGE_H

#include "book/list.h"

struct page_key {
	int64_t number;   /* compared first */
	const char *text; /* then this, by code point; NULL: none */
	size_t row;       /* then this, always ascending: pages never overlap */
	int64_t open;     /* carried along */
	int32_t closed_day;
};
size_t page_select(struct page_key *keys, size_t count, struct list_page page);

struct page_best {
	struct list_page page;
	struct page_key *keys; /* malloc'd */
	size_t count, cap;
	bool full;             /* `worst` is the last key of the page so far: what comes after it is not kept */
	struct page_key worst;
};
struct page_best page_best_start(struct list_page page);
void page_best_offer(struct page_best *best, const struct page_key *key);
size_t page_best_end(struct page_best *best);

#endif
