/* moment — what a block comes to on a day, computed once and kept with the block.
 *
 * A block never changes, so what is computed of it for a day stays true: after a change only the small block of the customers that
 * changed is computed anew, and the figures of a company are those of its blocks. What is a plain sum is kept as one sum per block;
 * customers that a later block has taken over are taken off again, one by one (they are few).
 *
 *     cleanup_keepsake struct keepsake *kept = NULL;
 *     const struct moment_open *open = moment_open(block, as_of, &kept);      true as long as `kept` is held
 *
 * What is kept is bounded (8 bytes an item, or 64 MB where that is more): the least recently asked for goes first. Only the book's own files include this.
 */
#ifndef BOOK_MOMENT_H
#define BOOK_MOMENT_H

#include "book/columns.h"

struct keepsake;
void keepsake_release_at(struct keepsake **kept);
#define cleanup_keepsake [[gnu::cleanup(keepsake_release_at)]]
void keepsakes_drop(struct block *block); /* with the block */
void keepsakes_forget(struct block *block);
size_t keepsakes_bytes(struct block *block);

/* Items inside the balance that are open on the day, segment after segment. */
struct moment_open {
	size_t count;
	const uint32_t *first;  /* of each segment; one more at the end */
	const uint32_t *item;   /* of the block */
	const int64_t *open;
};
const struct moment_open *moment_open(struct block *block, int32_t as_of, struct keepsake **kept);

/* Payment behaviour by segment, without what promises and disputes add. */
const struct book_behaviour *moment_behaviour(struct block *block, int32_t as_of, unsigned no_lateness, struct keepsake **kept);

/* Days late of the settlements that count in the averages of the year, in order, by segment. */
struct moment_late {
	size_t count;
	const uint32_t *first;  /* of each segment; one more at the end */
	const int32_t *days;
};
const struct moment_late *moment_late(struct block *block, int32_t as_of, unsigned no_lateness, struct keepsake **kept);

/* Sums of one currency over the selected customers: what each block has, less who is a later block's. */
void moment_ageing(const struct book *book, int32_t as_of, struct cut cut, const char *currency, int64_t sums[6]);
/* Sales by day of issue from sales->first_day to as_of, posted by then, and how many documents made them. */
struct moment_sales {
	int32_t first_day;
	size_t days;
	int64_t *amount;
	int64_t *documents;
};
void moment_sales(const struct book *book, int32_t as_of, const char *currency, const uint8_t *selected, size_t customer,
                  struct moment_sales *out); /* both arrays malloc'd */
void moment_sales_free(struct moment_sales *sales);

/* Sums that are kept per block: `words` numbers, added up by `add` for a segment with a sign. Whole books only. */
enum moment_sum { SUM_AGEING, SUM_SALES, SUM_HISTORY, SUM_CENSUS };
struct moment_sum_work {
	enum moment_sum kind;
	int32_t as_of;
	uint64_t key;           /* of all else that the numbers depend on */
	size_t words;
	void (*add)(const struct block *block, const struct segment *segment, const void *context, int64_t sign, int64_t *sums);
	const void *context;
	const char *currency;
};
void moment_sum(const struct book *book, const struct moment_sum_work *work, int64_t *sums); /* sums: zeroed by it */

#endif
