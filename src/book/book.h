/* book — one company's ledger as columns in memory; any figure as of any day is one pass over them.
 *
 * Struct of arrays: items clustered by customer, his settlements beside them. An immutable base plus the customers that
 * changed since; book_get refreshes it when the company's revision moved (also by another process). Readers keep their book
 * as long as they hold it, whatever is written meanwhile.
 *
 *     cleanup_book const struct book *book = NULL;
 *     TRY(book_get(store, tenant, company, &book));
 *     struct book_ageing *rows = …; book_age(book, (struct book_age_options){ .as_of = day }, rows, &total);
 *
 * Outside every figure, though listed: deposit requests (memo) and withdrawn items (gone from their source). Several
 * currencies are never added: a figure is of one currency, the company's unless another is named.
 */
#ifndef BOOK_BOOK_H
#define BOOK_BOOK_H

#include "access/viewer.h"
#include "base/arena.h"
#include "base/day.h"
#include "db/db.h"
#include "ledger/item_kind.h"

struct book;

struct status book_get(struct store *store, int64_t tenant, int64_t company, const struct book **out);
void book_release(const struct book *book);
void book_release_at(const struct book **book);
#define cleanup_book [[gnu::cleanup(book_release_at)]]
const struct book *book_hold(const struct book *book); /* one more reader of the same */
int64_t book_rev(const struct book *book);
const char *book_currency(const struct book *book);     /* the company's */
/* Currencies with items, the company's first. */
size_t book_currencies(const struct book *book);
const char *book_currency_at(const struct book *book, size_t index);
size_t book_bytes(const struct book *book);             /* of its columns and what is kept of days; numbers and texts not counted */

/* enum item_kind, enum due_source and their codes: ledger/item_kind.h */

/* --- customers ------------------------------------------------------------------------------------------------------- */
/* Customers are numbered 0 .. book_customers()-1 in order of code (code points). Merged ones are not in the book. */
size_t book_customers(const struct book *book);
struct book_customer {
	int64_t id;
	const char *code, *name, *group_code, *class, *profile, *scenario, *generic;
	int64_t collector_id, sales_id, credit_limit /* -1: none */, supplier_balance;
	bool key_account, stopped;
	bool presented;         /* pays by direct debit or bill of exchange: what we present can come back */
	int32_t insolvency_day; /* DAY_NONE: none */
	/* His items: for each currency debits (amount >= 0), then credits, then what is outside the balance; each part in
	 * order of (due day, posting day, number). */
	size_t first_item, item_count;
};
struct book_customer book_customer(const struct book *book, size_t index); /* texts live as long as the book is held */
/* SIZE_MAX when there is none. */
size_t book_find_customer(const struct book *book, int64_t customer_id);
size_t book_find_customer_code(const struct book *book, const char *code);
/* Customers the viewer may see, one byte each, for `selected`; NULL when he sees all. */
const uint8_t *book_select(const struct book *book, const struct viewer *viewer, struct arena *arena);

/* --- items ------------------------------------------------------------------------------------------------------------ */
/* One item as of a day. */
struct book_item {
	int64_t id, amount, open; /* open as of the day asked: 0 before its posting day and once settled */
	const char *number, *currency;
	size_t customer; /* index */
	enum item_kind kind;
	enum due_source due_source;
	int32_t issue_day, posting_day, due_day, closed_day; /* closed as of the day asked: DAY_NONE while open */
	int64_t origin_id;      /* unpaid_return, transfer: the item it reopens or takes over; 0: none */
	bool exists;            /* posted on or before the day asked, and not withdrawn */
	bool withdrawn;
	bool outside;           /* of the balance: a deposit request, or withdrawn */
};
/* Item indexes run 0 .. book_items()-1; some of them may belong to nobody any more (exists false, customer SIZE_MAX). */
size_t book_items(const struct book *book);
struct book_item book_item(const struct book *book, size_t index, int32_t as_of);
/* As of this day nothing exists yet: what an item is, without the work of what is open of it (a list knows that already). */
enum { BOOK_FACTS = INT32_MIN };
size_t book_find_item(const struct book *book, int64_t item_id); /* SIZE_MAX when there is none */
/* All items of one customer as of a day, in one pass: `out` has room for his item_count. */
void book_customer_items(const struct book *book, size_t customer, int32_t as_of, struct book_item *out);
/* Open amounts of all items as of a day (book_items() entries) and, when closed is given, the day each was closed. */
void book_open_amounts(const struct book *book, int32_t as_of, int64_t *open, int32_t *closed);

/* The open items of a day, customer by customer, without looking at the others.
 *
 *     struct book_opens *opens = book_opens(book, as_of);
 *     const struct book_open *rows; size_t count = book_opens_of(opens, customer, currency, &rows);      true until the next call
 *     book_opens_free(opens); */
struct book_open {
	size_t index;
	int64_t id, open;          /* <> 0; inside the balance */
	int32_t due_day;
	enum due_source due_source;
};
struct book_opens;
struct book_opens *book_opens(const struct book *book, int32_t as_of);
size_t book_opens_of(struct book_opens *opens, size_t customer, const char *currency, const struct book_open **rows);
void book_opens_free(struct book_opens *opens);

/* One settlement, seen from an item. */
struct book_settlement {
	size_t debit, credit; /* item indexes */
	int32_t day;
	int64_t amount;
};
/* Those of one item, by day; *out lives in the arena. */
size_t book_item_settlements(const struct book *book, size_t index, struct arena *arena, struct book_settlement **out);

/* A hold, exclusion, plan, direct debit or assignment stands on the item, or on all of the customer (index). */
bool book_item_held(const struct book *book, size_t customer, int64_t item_id, int32_t as_of);
bool book_has_disputes(const struct book *book); /* the company has recorded at least one, ever */

/* Disputed and promised amounts of an item on a day (intervals, known as of that day): never above its open amount. */
struct book_bound {
	int64_t disputed, promised;
	int32_t promised_day; /* the nearest promised day still expected; DAY_NONE */
	bool broken;          /* a promise on it fell due and was not kept */
};
struct book_bound book_item_bound(const struct book *book, size_t index, int32_t as_of, int64_t open);

/* --- aged balance ------------------------------------------------------------------------------------------------------ */
enum { BOOK_BUCKETS = 5 }; /* not_due, 1-30, 31-60, 61-90, 90+ */
struct book_ageing {
	int64_t bucket[BOOK_BUCKETS]; /* positive open amounts */
	int64_t unallocated;          /* negative ones: <= 0 */
};
static inline int64_t book_positive(const struct book_ageing *a)
{
	return a->bucket[0] + a->bucket[1] + a->bucket[2] + a->bucket[3] + a->bucket[4];
}
static inline int64_t book_outstanding(const struct book_ageing *a)
{
	return book_positive(a) + a->unallocated;
}
static inline int64_t book_overdue(const struct book_ageing *a)
{
	return a->bucket[1] + a->bucket[2] + a->bucket[3] + a->bucket[4];
}
/* Negative open amounts above `percent` % of the positive ones (gross figures). */
bool book_poorly_lettered(const struct book_ageing *gross, int percent);

enum book_basis { BASIS_GROSS, BASIS_NET };
struct book_age_options {
	int32_t as_of;
	enum book_basis basis;
	const char *currency;      /* NULL: the company's */
	int32_t edges[3];          /* days late up to which a bucket goes; 0: 30, 60, 90 */
	const uint8_t *selected;   /* per customer index, 0 leaves him out; NULL: all */
	size_t customer;           /* 1 + index: only his; 0: all */
};
/* Per customer (rows: book_customers() entries, or NULL) and in all. */
void book_age(const struct book *book, struct book_age_options options, struct book_ageing *rows, struct book_ageing *total);

/* --- figures of the whole ------------------------------------------------------------------------------------------------ */
struct book_kpi {
	struct book_ageing ageing;      /* basis gross */
	int64_t sales_365;              /* (D − 365, D] */
	int64_t sales_90, outstanding_90; /* of (D − 90, D], and as of D − 90: for the CEI */
	int64_t disputed, promised;
	int64_t customers, open_items;  /* with a non-zero open amount */
	__int128 countback_days_num;    /* days = num / den */
	int64_t countback_days_den;
	bool countback_min;
};
struct book_behaviour {
	int64_t settled;                /* amount: 0 when nothing is known */
	int64_t late_weight;            /* the part of it whose lateness counts */
	__int128 days_to_pay, days_late; /* amount × days */
	int64_t on_time;
	int64_t settled_90;             /* late_weight of the last 90 days */
	__int128 days_late_90;
	int64_t collected, returned;    /* payments and unpaid returns posted in the year */
	int64_t disputed, invoiced;     /* of the year */
	int64_t promised, kept;         /* fallen due promises, and what came of them in time */
	int32_t first_day;              /* first document; DAY_NONE */
};
struct book_behaviour_options {
	int32_t as_of;
	const char *currency;
	const uint8_t *selected;
	unsigned no_lateness;      /* 1u << enum due_source: left out of lateness; 0: none */
	size_t customer;           /* 1 + index: only his; 0: all */
	int32_t since;             /* settlements from this day on (not with customer); 0: of the 365 days to as_of */
};
/* The KPI set in one pass; countback by calendar months. */
void book_kpi(const struct book *book, struct book_age_options options, struct book_kpi *out);
/* Payment behaviour per customer (rows: book_customers() entries, or NULL) and in all. */
void book_behave(const struct book *book, struct book_behaviour_options options, struct book_behaviour *rows,
                 struct book_behaviour *total);

/* The days late of each customer's settlements that count in his average of the year, and what the average is made of. */
struct book_late {
	const int32_t *days;       /* signed, in order */
	size_t count;
	int64_t weight;            /* amount */
	__int128 sum;              /* amount × days */
};
/* *out: book_customers() entries; all lives in the arena. */
void book_lateness(const struct book *book, struct book_behaviour_options options, struct arena *arena, struct book_late **out);
/* Each invoice issued from a day to as_of, in the order of customers: settled_day is that of the payment that closed it, DAY_NONE
 * while something is open. Those that a credit note took away for the most part are not told. *out: malloc'd, the caller frees. */
struct book_paid {
	uint32_t customer;
	int32_t issue_day, due_day, settled_day;
	int64_t amount;
	int8_t disputed;           /* ever until as_of: 1, 0; -1: the company records no disputes */
};
size_t book_paid(const struct book *book, struct book_behaviour_options options, int32_t issued_from, struct book_paid **out);
int8_t book_item_disputed(const struct book *book, size_t index, int32_t as_of); /* the same, of one item */
/* Sales (VAT included) by day of issue, of count days from first_day on, with posting days up to options.as_of. */
void book_daily_sales(const struct book *book, struct book_age_options options, int32_t first_day, size_t count, int64_t *out);

/* The past at several days at once, in one pass: days ascending, at most BOOK_POINTS. */
enum { BOOK_POINTS = 64 };
struct book_point {
	int64_t outstanding, not_due, unallocated, sales_365;
};
void book_history(const struct book *book, struct book_age_options options, const int32_t *days, size_t count,
                  struct book_point *out);

#endif
