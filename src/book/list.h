/* list — items of a book filtered, summed and sorted, a page at a time: what every list of items on a screen, in a file or
 * on the command line comes from. Answers in milliseconds on a million items.
 *
 *     struct item_filter filter = { .as_of = today, .state = LIST_OVERDUE, .selected = selected };
 *     struct item_list list;
 *     item_list(book, &filter, (struct list_page){ .sort = ITEM_BY_LATE, .descending = true, .limit = 50 }, arena, &list);
 *     for (size_t i = 0; i < list.count; i++) show(book_item_of(…, list.rows[i].index), list.rows[i].open);
 */
#ifndef BOOK_LIST_H
#define BOOK_LIST_H

#include "book/book.h"

enum item_state {
	LIST_ALL,         /* everything that existed on the day, closed or open */
	LIST_OPEN,        /* open <> 0 */
	LIST_DUE,         /* open > 0: what the aged balance ages */
	LIST_NOT_DUE,     /* open > 0, not late */
	LIST_OVERDUE,     /* open > 0, late */
	LIST_UNALLOCATED, /* open < 0 */
	LIST_CLOSED,
	LIST_DISPUTED,    /* an open dispute on it */
	LIST_PROMISED,    /* a promise still expected on it */
	LIST_TO_CHASE,    /* overdue, and nothing stands in the way: the first of the five below that fits takes an item out */
	LIST_INSOLVENT,   /* overdue, of customers in insolvency proceedings */
	LIST_BLOCKED,     /* overdue, the customer stopped or a generic account */
	LIST_IN_DISPUTE,  /* overdue, disputed */
	LIST_IN_PROMISE,  /* overdue, promised */
	LIST_HELD,        /* overdue, on hold */
	LIST_STATE_COUNT
};
const char *item_state_code(enum item_state state);               /* "overdue" */
/* Why an overdue item is not to chase, as one of the six above: they share out what is overdue, each item in one of them. */
enum item_state item_standing(const struct book *book, const struct book_customer *customer, size_t customer_index, size_t index,
                              int64_t item_id, int64_t open, int32_t as_of);
bool item_state_parse(const char *code, enum item_state *out);    /* "1-30", "31-60"… are not states: see bucket */

enum item_sort {
	ITEM_BY_DUE, ITEM_BY_LATE, ITEM_BY_OPEN, ITEM_BY_AMOUNT, ITEM_BY_NUMBER, ITEM_BY_CUSTOMER, ITEM_BY_ISSUE,
	ITEM_BY_POSTING, ITEM_BY_CLOSED, ITEM_SORT_COUNT
};
const char *item_sort_code(enum item_sort sort);                  /* "due_date", as the JSON keys */
bool item_sort_parse(const char *code, enum item_sort *out);

struct item_filter {
	int32_t as_of;
	enum item_state state;
	int bucket;                  /* 0: any; 1 + index of the aged balance's column: 1 not_due … 5 90+ */
	int32_t edges[3];            /* 0: 30, 60, 90 */
	const char *currency;        /* NULL: every currency is listed; sums are of the company's */
	size_t customer;             /* 1 + index; 0: all */
	const uint8_t *selected;     /* per customer; NULL: all */
	const uint8_t *chosen;       /* per item; NULL: all */
	unsigned kinds;              /* 1u << enum item_kind; 0: all */
	unsigned due_sources;        /* 1u << enum due_source; 0: all */
	int64_t amount_from, amount_to; /* of the open amount (absolute); 0: no bound */
	int32_t due_from, due_to, issue_from, issue_to, closed_from, closed_to; /* inclusive; 0: no bound */
	const char *text;            /* within number, customer code or name: case and accents ignored; NULL or "": any */
	bool outside;                /* also deposit requests; withdrawn ones never */
};
struct list_page {
	int sort;                    /* enum item_sort or enum customer_sort */
	bool descending;
	size_t offset, limit;        /* limit 0: all */
};
struct item_row {
	size_t index;
	int64_t open;
	int32_t closed_day;
};
struct item_list {
	struct item_row *rows;       /* of the page; ties by index, so that pages never overlap */
	size_t count;
	size_t total;                /* of all that fit the filter */
	size_t customers;            /* different ones among them */
	int64_t amount, open, overdue; /* sums over all of them, of one currency */
	bool several_currencies;     /* some rows are of another currency, and not in the sums */
};
void item_list(const struct book *book, const struct item_filter *filter, struct list_page page, struct arena *arena,
               struct item_list *out);

#endif
