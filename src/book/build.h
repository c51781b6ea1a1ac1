/* build — makes a book from rows in any order: from the store, from a test, from a bench.
 *
 *     struct book_builder *builder = book_builder_new("EUR");
 *     builder_customer(builder, &(struct book_customer){ .id = 1, .code = "C1", .name = "Dupont" });
 *     builder_item(builder, &(struct builder_item){ .customer_id = 1, .id = 7, .amount = 120000, … });
 *     builder_settlement(builder, 1, 7, 8, day, 50000);
 *     cleanup_book const struct book *book = NULL;
 *     TRY(builder_book(builder, &book));               frees the builder, also on error
 */
#ifndef BOOK_BUILD_H
#define BOOK_BUILD_H

#include "book/book.h"

struct book_builder;

struct builder_item {
	int64_t customer_id, id, amount, origin_id;
	int32_t issue_day, posting_day, due_day;
	enum item_kind kind;
	enum due_source due_source;
	bool withdrawn;
	const char *number, *currency; /* currency NULL: the company's */
};
struct builder_promise {
	int64_t customer_id, item_id /* 0: the account */, amount;
	int32_t made_day, day, settled_day;
	bool cancelled;
};

struct book_builder *book_builder_new(const char *currency);
void book_builder_free(struct book_builder *builder);
void builder_customer(struct book_builder *builder, const struct book_customer *customer); /* texts are copied */
void builder_item(struct book_builder *builder, const struct builder_item *item);
void builder_settlement(struct book_builder *builder, int64_t customer_id, int64_t debit_id, int64_t credit_id, int32_t day,
                        int64_t amount);
void builder_dispute(struct book_builder *builder, int64_t customer_id, int64_t item_id, int64_t amount /* -1: whole */,
                     int32_t opened, int32_t closed);
void builder_promise(struct book_builder *builder, const struct builder_promise *promise);
void builder_hold(struct book_builder *builder, int64_t customer_id, int64_t item_id /* 0: all of his */, int32_t from, int32_t until,
                  int32_t lifted);
struct status builder_book(struct book_builder *builder, const struct book **out);

/* --- the parts, for loading ---------------------------------------------------------------------------------------------- */
struct block;
struct people;
struct bounds;
/* Each takes what the builder was given of its kind; the builder stays usable for the others. */
struct status builder_block(struct book_builder *builder, struct block **out);
struct people *builder_people(struct book_builder *builder);
struct bounds *builder_bounds(struct book_builder *builder);
/* The old people with the rows of some; NULL when one of them is new or has another code, or when it is time to copy all. */
struct people *people_patch(const struct people *old, const struct book_customer *rows, size_t count);
const struct book_customer *builder_people_given(const struct book_builder *builder); /* builder_people_count of them */
size_t builder_people_count(const struct book_builder *builder);
void builder_people_clear(struct book_builder *builder);
/* The builder knows the customer, even without items: an empty one hides what earlier blocks have of him. */
void builder_touch(struct book_builder *builder, int64_t customer_id);
/* Feeds the items and settlements of one customer of a block, or his row, back into a builder. */
void builder_copy_customer(struct book_builder *builder, const struct block *block, uint32_t customer);

#endif
