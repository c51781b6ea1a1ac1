/* view — what matching needs of a company, read once: open items from the book, customers, payers learned, payments of the books
 * that a line may be, and payments that may come back. Used by list.c. */
#ifndef CASH_VIEW_H
#define CASH_VIEW_H

#include "book/book.h"
#include "cash/list.h"
#include "cash/match.h"

struct ids { /* a set, once sorted */
	int64_t *rows;
	size_t count, cap;
};
void ids_add(struct ids *ids, struct arena *arena, int64_t id);
void ids_sort(struct ids *ids);
bool ids_has(const struct ids *ids, int64_t id);

struct book_payment { /* posted by accounting */
	int64_t item_id, customer_id, amount, open; /* amount as it came in */
	size_t index;
	int32_t day;
	const char *currency;
	bool claimed;         /* a bank line gave way to it already */
};

struct view {
	struct db *db;
	int64_t tenant, company;
	int32_t today;
	enum lang lang;
	struct arena *arena;
	const struct book *book;
	struct cash_settings settings;
	struct cash_view matching;
	struct book_payment *book_payments; /* by amount, day */
	size_t book_payment_count;
	struct cash_payment *payments;      /* that may come back */
	size_t payment_count;
};
struct status view_open(struct view *view); /* the book and the settings */
void view_close(struct view *view);
#define cleanup_view [[gnu::cleanup(view_close)]]
struct status view_load_matching(struct view *view);
/* One number for all of it that is not in the book: who pays for whom, what was learned, purchase orders. Other rows, another number. */
struct status view_digest(struct view *view, uint64_t *out);
/* What the books posted and a line may be: before view_book_payments and view_load_payments. */
enum { BOOKS_BEFORE = 5, BOOKS_AFTER = 10 }; /* days from the line to its posting */
struct status view_load_book_payments(struct view *view, const struct cash_line *lines, size_t count);
struct status view_load_payments(struct view *view, const struct cash_line *lines, size_t count);

/* Payments of the books of exactly that amount. */
const struct book_payment *view_book_payments(const struct view *view, int64_t amount, size_t *count);
struct cash_row_item view_item(const struct view *view, int64_t customer_id, int64_t item_id, int64_t amount);
void view_name(const struct view *view, int64_t customer_id, struct cash_choice *choice);
/* Fills what a payment settled, as items open again; false when it is not known. */
bool view_payment_items(const struct view *view, int64_t payment, struct cash_choice *choice);
bool view_sees(const struct view *view, const struct viewer *viewer, int64_t customer_id);

#endif
