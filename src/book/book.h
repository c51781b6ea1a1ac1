/* book — one company's ledger as columns in memory; any figure as of any day is one pass over them.
 *
 * Struct of arrays: items clustered by customer, settlements by item. An immutable base plus the customers that changed since;
 * book_get refreshes it when the company's revision moved (also by another process). Readers keep their book as long as they
 * hold it, whatever is written meanwhile.
 *
 *     const struct book *book;
 *     TRY(book_get(store, tenant, company, &book));
 *     struct book_ageing *rows = …; book_age(book, (struct book_age_options){ .as_of = day }, rows, &total);
 *     book_release(book);
 */
#ifndef BOOK_BOOK_H
#define BOOK_BOOK_H

#include "access/viewer.h"
#include "base/arena.h"
#include "db/db.h"

struct book;

struct status book_get(struct store *store, int64_t tenant, int64_t company, const struct book **out);
void book_release(const struct book *book);
void book_release_at(const struct book **book);
#define cleanup_book [[gnu::cleanup(book_release_at)]]
int64_t book_rev(const struct book *book);

enum item_kind {
	ITEM_INVOICE, ITEM_CREDIT_NOTE, ITEM_PAYMENT, ITEM_UNPAID_RETURN, ITEM_TRANSFER, ITEM_OPENING, ITEM_OTHER, ITEM_BILL,
	ITEM_DEPOSIT_REQUEST, ITEM_RETENTION, ITEM_KIND_COUNT
};
enum due_source { DUE_FILE, DUE_ORIGINAL, DUE_OPENING, DUE_ISSUE, DUE_RETENTION, DUE_TERMS, DUE_ASSUMED, DUE_SOURCE_COUNT };
const char *item_kind_code(enum item_kind kind);       /* "invoice", as in the contract */
bool item_kind_parse(const char *code, enum item_kind *out);
const char *due_source_code(enum due_source source);
bool due_source_parse(const char *code, enum due_source *out);

/* Edges of the aged balance: days late up to which a bucket goes; the last one is open. Default 30, 60, 90. */
enum { BOOK_BUCKETS = 5 }; /* not_due, 1-30, 31-60, 61-90, 90+ */
struct book_ageing {
	int64_t bucket[BOOK_BUCKETS]; /* positive open amounts */
	int64_t unallocated;          /* negative ones: <= 0 */
};
static inline int64_t book_outstanding(const struct book_ageing *a)
{
	return a->bucket[0] + a->bucket[1] + a->bucket[2] + a->bucket[3] + a->bucket[4] + a->unallocated;
}
static inline int64_t book_overdue(const struct book_ageing *a)
{
	return a->bucket[1] + a->bucket[2] + a->bucket[3] + a->bucket[4];
}

enum book_basis { BASIS_GROSS, BASIS_NET };
struct book_age_options {
	int32_t as_of;
	enum book_basis basis;
	const char *currency;      /* NULL: the company's */
	int32_t edges[3];          /* 0: 30, 60, 90 */
	const uint8_t *selected;   /* per customer index, 0 leaves him out; NULL: all */
};

/* Customers are numbered 0 .. book_customers()-1 in order of code. */
size_t book_customers(const struct book *book);
struct book_customer {
	int64_t id;
	const char *code, *name, *group_code, *class, *profile, *scenario, *generic;
	int64_t collector_id, sales_id, credit_limit /* -1: none */, supplier_balance;
	bool key_account, stopped;
	int32_t insolvency_day; /* DAY_NONE: none */
	size_t first_item, item_count; /* his items, in order of (due day, posting day, number) */
};
const struct book_customer *book_customer(const struct book *book, size_t index);
/* SIZE_MAX when there is none. */
size_t book_find_customer(const struct book *book, int64_t customer_id);
size_t book_find_customer_code(const struct book *book, const char *code);

/* One item as of a day. */
struct book_item {
	int64_t id, amount, open /* as of the day asked */;
	const char *number, *currency, *label;
	size_t customer; /* index */
	enum item_kind kind;
	enum due_source due_source;
	int32_t issue_day, posting_day, due_day, closed_day /* as of the day asked; DAY_NONE while open */;
	int64_t origin_id;
};
size_t book_items(const struct book *book);
struct book_item book_item(const struct book *book, size_t index, int32_t as_of);
size_t book_find_item(const struct book *book, int64_t item_id); /* SIZE_MAX when there is none */

/* Per customer (rows: book_customers() entries, or NULL) and in all. */
void book_age(const struct book *book, struct book_age_options options, struct book_ageing *rows, struct book_ageing *total);

#endif
