/* census — what the items of a book are, counted: by where their due date comes from and by kind, whatever their day and currency;
 * and passes that pick out few of them.
 *
 *     struct book_census census;
 *     book_census(book, &census);
 *     census.of[DUE_ASSUMED][ITEM_INVOICE].owed
 *
 * Kept with each block as other sums are (moment.h): after a change only the customers that changed are counted anew. Withdrawn items
 * are left out. Amounts of several currencies are added here, for shares and for comparing with accounts that add them too.
 */
#ifndef BOOK_CENSUS_H
#define BOOK_CENSUS_H

#include "book/book.h"

struct book_census_row {
	int64_t items, open_items;     /* open: today or later, nothing was settled of what is left */
	int64_t owed_items, owed;      /* open and to be paid to us */
	int64_t open;                  /* what is open, both ways */
	int64_t credits, settled;      /* amounts the customers' way, and what of them is matched with an item */
};
struct book_census {
	struct book_census_row of[DUE_SOURCE_COUNT][ITEM_KIND_COUNT];
	int32_t last_posting;          /* DAY_NONE: no item */
};
void book_census(const struct book *book, struct book_census *out);

/* Each part of an invoice that a payment settled, in the order of customers. Invoices whose due date has another source than those in
 * `sources` (1u << enum due_source) are left out. *out: malloc'd, the caller frees. */
struct book_paid_part {
	uint32_t customer;
	int32_t issue_day, paid_day;
	int64_t amount;
};
size_t book_paid_parts(const struct book *book, unsigned sources, struct book_paid_part **out);

/* Payments posted in [from_day, to_day] whose amount, as it came in, is in one of the ranges: item indexes. *out: malloc'd, the caller
 * frees. */
struct book_range {
	int64_t least, most;
};
size_t book_payments_of(const struct book *book, int32_t from_day, int32_t to_day, const struct book_range *ranges, size_t range_count, size_t **out);

/* The same open items as of a day in both books, for a customer who has the same index in both. Mostly told without looking at them:
 * whoever did not change is in the same block. */
bool book_same_opens(const struct book *a, const struct book *b, size_t customer, int32_t as_of);

/* Items that reopen or take over another (book_item.origin_id): item indexes. *out: malloc'd, the caller frees. */
size_t book_with_origin(const struct book *book, size_t **out);

#endif
