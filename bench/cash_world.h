/* cash_world — an invented company whose bank statement is known to the last cent: customers, what is open, what was learned, and
 * lines as French banks write them, each with what the payer meant. Deterministic by seed. It knows nothing of how lines are matched.
 *
 *     struct cash_world *world = cash_world_new((struct cash_world_options){ .seed = 7, .customers = 600, .lines = 1000 });
 *     cash_match(index of world->view, &world->lines[i].line, …) beside world->lines[i].parts
 *     cash_world_free(world);
 *
 * The mix of difficulties is the table `kinds` in cash_statement.c.
 */
#ifndef BENCH_CASH_WORLD_H
#define BENCH_CASH_WORLD_H

#include "cash/match.h"

enum world_kind {
	WORLD_NUMBER,        /* one invoice, its number as printed */
	WORLD_MANGLED,       /* its number without prefix, in pieces, without leading zeros */
	WORLD_TYPO,          /* two digits transposed, one wrong, one missing */
	WORLD_BARE,          /* one invoice, no number at all */
	WORLD_SEVERAL,       /* several, each number */
	WORLD_RANGE,         /* "FA2500012 à 15", "FA2500012, 13 et 17" */
	WORLD_SUM,           /* several, no number */
	WORLD_CREDIT,        /* less a credit note, named or not */
	WORLD_DISCOUNT,      /* early payment, within its window */
	WORLD_DISCOUNT_LATE, /* the same after it */
	WORLD_FEE,           /* the bank kept something */
	WORLD_ROUNDING,      /* a few cents */
	WORLD_STRUCTURED,    /* RF reference */
	WORLD_END_TO_END,    /* our own id comes back */
	WORLD_HOLDING,       /* a holding pays for several companies of its group */
	WORLD_THIRD_PARTY,   /* somebody else pays one invoice */
	WORLD_FACTOR,        /* a factor or paying agent */
	WORLD_PART,          /* less than the invoice */
	WORLD_OVER,          /* more than it */
	WORLD_ACCOUNT,       /* a round sum on account */
	WORLD_TIE,           /* no number, two invoices of that amount */
	WORLD_TWINS,         /* two lines of one day, equal amounts, no numbers */
	WORLD_CLOSED,        /* names an invoice paid before */
	WORLD_OTHERS,        /* names the invoice of somebody else, by a slip */
	WORLD_CUT,           /* the bank cut the text within the number */
	WORLD_ORDER,         /* only the purchase order */
	WORLD_SETOFF,        /* less what we owe him */
	WORLD_CHEQUES,       /* a remittance of cheques of several customers in one sum */
	WORLD_REFUND,        /* we paid a credit note back */
	WORLD_OUTSIDE,       /* no customer: interest, tax refund, insurance … */
	WORLD_OUTSIDE_OUT,   /* rent, salaries, suppliers, charges */
	WORLD_KINDS
};
const char *world_kind_name(enum world_kind kind);
int world_kind_share(enum world_kind kind); /* weight in the mix */

struct world_line {
	struct cash_line line;
	enum world_kind kind;
	struct cash_part *parts; /* the truth */
	size_t part_count;
	int64_t customer_id;     /* of the remainder; 0 where nobody's */
	int64_t remainder;
};
struct cash_world_options {
	uint64_t seed;
	size_t customers, lines;
	double learned;          /* share of payers known by IBAN or name from before: 0 is the first day */
	int months;              /* lines are spread over so many months (learning); 0: one */
	bool big;                /* numbers and names for a million items: no line is made */
	size_t items;            /* when big */
};
struct cash_world {
	struct arena *arena;
	struct cash_view view;
	struct cash_customer *customers;
	struct cash_item *items;
	struct cash_learned *learned;
	struct world_line *lines;
	size_t line_count;
	struct world_inside *inside;
};
struct cash_world *cash_world_new(struct cash_world_options options);
void cash_world_free(struct cash_world *world);

#endif
