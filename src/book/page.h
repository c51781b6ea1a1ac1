/* page — the rows of one page of a sorted list, without sorting the rest: only what is on the page is put in order.
 *
 *     keys[i] = (struct page_key){ .number = amount, .row = i };
 *     size_t shown = page_select(keys, count, page);        keys[0 .. shown-1] are the page's
 */
#ifndef BOOK_PAGE_H
#define BOOK_PAGE_H

#include "book/list.h"

struct page_key {
	int64_t number;   /* compared first */
	const char *text; /* then this, by code point; NULL: none */
	size_t row;       /* then this, always ascending: pages never overlap */
};
size_t page_select(struct page_key *keys, size_t count, struct list_page page);

#endif
