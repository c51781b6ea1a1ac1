/* projection_work — what the parts of the projection share: projection.c (order of things, settlements, openings),
 * projection_item.c (what an item takes over from another: transfers, returned payments, due dates) and projection_cash.c (bank
 * lines: where the books posted them too, and what they settle). */
#ifndef LEDGER_PROJECTION_WORK_H
#define LEDGER_PROJECTION_WORK_H

#include "ledger/projection.h"

#include <stdbool.h>

enum { NODE_NONE = -1 };

struct node {
	const struct fact *fact;   /* NULL: a difference of openings */
	struct projected_item item;
	int64_t left;              /* not settled yet; the sign of amount, moves to 0 */
	int64_t line;
	uint32_t source;
	int32_t restates;          /* opening line or bank line that gave way: the node it restates */
	int32_t next_book;         /* of a node that bank lines gave way to, posted as several: the next one */
	int32_t told_due;          /* by the document that gave way to it: when it is due, where the books don't say; DAY_NONE */
	int64_t reopens;           /* returned payment: the id of the item that is open again, when somebody said so */
	int32_t other_half;        /* of a transfer */
	int32_t original;          /* what a transfer's credit settled, or an unpaid return reopens */
	int32_t first_link;        /* its settlements */
	uint32_t link_count;
	bool restating;            /* an opening line of a known year, or a bank line that gave way: no item of its own */
	bool resolved;
};

struct link {                      /* a settlement, in the lists of both its sides */
	int32_t debit, credit, next_of_debit, next_of_credit, day;
	int64_t amount;
};

enum work_key { WORK_NUMBER, WORK_EXTERNAL, WORK_AMOUNT, WORK_ID, WORK_KEYS };

struct work {
	const struct projection_input *input;
	struct arena *arena;
	struct node *nodes;        /* by posting day, line, id; differences at the end */
	int32_t count, cap;
	struct link *links;
	int32_t link_count, link_cap;
	int32_t *index[WORK_KEYS]; /* of facts, by customer and key */
	int32_t *by_id;            /* of facts, made when first asked for */
	int32_t *taken_over;       /* nodes whose number is another's */
	int32_t taken_count, taken_cap;
};

/* Settles what both sides have left, at most `limit`; 0 when there is nothing, or customers or currencies differ. */
int64_t work_settle(struct work *work, int32_t a, int32_t b, int64_t limit);
int64_t work_open_as_of(const struct work *work, int32_t node, int32_t day);
int32_t work_closed_day(const struct work *work, int32_t node); /* DAY_NONE while open */

/* The next node of this customer with that number (also one taken over), id in its source's words, or amount; start with { 0 }.
 * NODE_NONE when there is no more. */
struct cursor {
	int32_t at;
	bool started;
};
int32_t work_next_number(struct work *work, int64_t customer_id, const char *number, struct cursor *cursor);
int32_t work_next_external(struct work *work, int64_t customer_id, const char *external_id, struct cursor *cursor);
int32_t work_next_amount(struct work *work, int64_t customer_id, int64_t amount, struct cursor *cursor);
int32_t work_find_fact(struct work *work, int64_t customer_id, int64_t id);
int32_t work_find_restating(struct work *work, int64_t customer_id, int64_t id); /* one that gave way, by its fact */
/* Documents give way to their postings (projection_einvoice.c). */
void work_meet_documents(struct work *work);
int work_node_order(const struct node *a, const struct node *b); /* posting day, line, source, id */

/* Kind, number, days and due date of a node; settles what an unlettered transfer credit stands for. */
void work_resolve(struct work *work, int32_t node);
/* Settles what a fact names: numbers, external ids, the fact that a stock file closed. */
void work_apply_links(struct work *work, int32_t node);

/* Bank lines that the books posted too give way to that posting: before anything is settled. */
void work_meet_books(struct work *work);
/* Settles what was decided, as far as both sides have anything left after the books' own lettering. */
void work_settle_decided(struct work *work);
/* The node that stands for a fact now: itself, or what it gave way to. NODE_NONE when there is none. */
int32_t work_standing(struct work *work, int64_t fact_id);

#endif
