/* standing — how each customer stands on a day: his balance, his payment behaviour, his score; and the list of customers
 * filtered and sorted, a page at a time.
 *
 *     struct standing *rows;
 *     standing_all(book, (struct standing_options){ .as_of = today }, arena, &rows);     rows[customer index]
 */
#ifndef STANDING_STANDING_H
#define STANDING_STANDING_H

#include "book/list.h"
#include "standing/score.h"

struct standing {
	struct book_ageing ageing;        /* basis gross */
	struct book_behaviour behaviour;
	struct score score;
	bool poorly_lettered;
};
struct standing_options {
	int32_t as_of;
	const char *currency;             /* NULL: the company's */
	const uint8_t *selected;          /* NULL: all; figures of the others are zero */
	unsigned no_lateness;             /* 1u << enum due_source */
	int poor_percent;                 /* poorly lettered above; 0: 20 */
	int32_t edges[3];
};
void standing_all(const struct book *book, struct standing_options options, struct arena *arena, struct standing **rows);
struct standing standing_one(const struct book *book, size_t customer, struct standing_options options);

enum customer_sort {
	CUSTOMER_BY_CODE, CUSTOMER_BY_NAME, CUSTOMER_BY_OUTSTANDING, CUSTOMER_BY_OVERDUE, CUSTOMER_BY_UNALLOCATED,
	CUSTOMER_BY_SCORE, CUSTOMER_BY_LATE, CUSTOMER_BY_OLDEST, CUSTOMER_SORT_COUNT
};
const char *customer_sort_code(enum customer_sort sort);
bool customer_sort_parse(const char *code, enum customer_sort *out);
struct customer_filter {
	const char *text;                 /* within code, name, group: case and accents ignored */
	const char *group_code;           /* NULL: any */
	const uint8_t *chosen;            /* per customer of the book; NULL: all */
	int64_t collector_id;             /* 0: any; -1: none */
	char class;                       /* 'A'..'D', 'N' without a score; 0: any */
	bool overdue, open, poorly_lettered, insolvent, generic, over_limit, no_collector; /* when set, only those */
};
struct customer_list {
	size_t *rows;                     /* customer indexes of the page */
	size_t count, total;
	int64_t outstanding, overdue, unallocated; /* sums over all that fit */
	const struct standing *standings; /* of the rows, in their order */
};
void customer_list(const struct book *book, struct standing_options options, const struct customer_filter *filter,
                   struct list_page page, struct arena *arena, struct customer_list *out);

#endif
