/* match — which items a bank line, or a customer's own free credit, settles: pure and explainable.
 *
 *     struct cash_index *index = cash_index_new(&view);                      once per run: open items, customers, what was learned
 *     struct cash_match match;
 *     cash_match(index, &line, &settings, lang, arena, &match);
 *     match.state, match.proposals[0].parts …                                texts live in the arena
 *     cash_index_free(index);
 *
 * `certain` means a second, independent signal besides the amount: never by amount alone, never by digits that may be a date, a
 * phone or a company number, never when another reading fits as well (`tie`). Certain lines may be applied without a person;
 * a wrong one is our second worst bug.
 *
 * Sums: parts + differences + remainder = the line, all signed as items are (what the customer owes is positive).
 */
#ifndef CASH_MATCH_H
#define CASH_MATCH_H

#include "base/arena.h"
#include "base/day.h"
#include "base/locale.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- what is known: borrowed for the life of the index ----------------------------------------------------------------- */
struct cash_item {               /* open on the day of the line, whatever its sign */
	int64_t id, customer_id;
	const char *number;      /* as on the invoice */
	const char *reference;   /* other names it goes by: purchase order, structured reference, external id; "" */
	int32_t issue_day, posting_day, due_day;
	int64_t amount, open;    /* minor units; credits negative */
	char currency[4];
	int64_t discount;        /* for early payment, positive; 0: none */
	int32_t discount_until;  /* last day it may be taken */
};
struct cash_customer {
	int64_t id;
	const char *code, *name, *siren;
	int64_t payer_id;        /* another customer that pays for him (holding, factor); 0 */
	int64_t owed_by_us;      /* what we owe him as a supplier (401), positive */
};
struct cash_learned {            /* what persons did before: this payer, written so, paid for that customer; also IBANs known from his file */
	const char *iban;        /* "" when only the name is known */
	const char *name;
	int64_t customer_id;
	int64_t times;           /* confirmed so often; 0 and below: contradicted */
};
struct cash_view {
	const struct cash_item *items;
	size_t item_count;
	const struct cash_customer *customers;
	size_t customer_count;
	const struct cash_learned *learned;
	size_t learned_count;
};

/* --- what came in ---------------------------------------------------------------------------------------------------------- */
struct cash_line {
	int32_t day;
	int64_t amount;          /* positive: came in */
	char currency[4];
	const char *text, *label, *end_to_end, *structured, *payer, *payer_iban, *ultimate_payer;
	int64_t fee;             /* the bank says it kept this */
	int64_t customer_id;     /* known already (a free credit of his own books): only his items; 0 */
	int64_t item_id;         /* that free credit itself, amount = -open: never matched with itself; 0 */
};
struct cash_settings {
	int64_t tolerance;       /* rounding that may be written off, minor units */
	int64_t fee_tolerance;   /* bank charges that may be missing from a transfer from abroad */
	bool oldest_first;       /* an explicit choice: without any reference, the oldest items of a known payer */
};

/* --- what is proposed ------------------------------------------------------------------------------------------------------ */
enum cash_state { CASH_NONE, CASH_TIE, CASH_PROPOSED, CASH_CERTAIN };
const char *cash_state_code(enum cash_state state); /* "none", "tie", "proposed", "certain": contract section 4 */

struct cash_part {
	int64_t item_id, customer_id;
	int64_t amount;          /* all that is settled of it, its sign, by money or by a difference; never beyond its open amount */
};
enum cash_difference_kind { CASH_DISCOUNT, CASH_FEE, CASH_ROUNDING, CASH_SETOFF };
struct cash_difference {         /* posted as an item of its own, kind other, that settles (or is settled with) item_id */
	enum cash_difference_kind kind;
	int64_t item_id, amount; /* of the item posted: negative a credit, settled without money; positive a debit, money beyond
	                          * what was open. 100.00 open, 98.00 came in: part 100.00, discount -2.00.
	                          * CASH_SETOFF (what we owe him, 401) is only ever proposed: a person books both sides */
};
struct cash_proposal {
	int64_t customer_id;     /* whose account; of the first part where several customers are paid at once */
	struct cash_part *parts;
	size_t part_count;
	struct cash_difference *differences;
	size_t difference_count;
	int64_t remainder;       /* left on the customer's account, the line's sign; no parts and a customer: all on account */
	double confidence;       /* 0..1, calibrated on generated statements; no amount is computed from it */
	unsigned signals;        /* CASH_SIGNAL_… that speak for it */
	const char **reasons;    /* in words, most telling first */
	size_t reason_count;
};
enum cash_signal {
	CASH_SIGNAL_STRUCTURED = 1 << 0, /* RF or end-to-end id of ours */
	CASH_SIGNAL_NUMBER = 1 << 1,     /* every item's number stands in the text */
	CASH_SIGNAL_AMOUNT = 1 << 2,     /* the items' open amounts make the line exactly */
	CASH_SIGNAL_IBAN = 1 << 3,       /* learned */
	CASH_SIGNAL_NAME = 1 << 4,       /* the payer's name is the customer's, or learned */
	CASH_SIGNAL_PAYER = 1 << 5,      /* holding, third party or factor that is known to pay for him */
	CASH_SIGNAL_REFERENCE = 1 << 6,  /* purchase order, SIREN, customer code in the text */
	CASH_SIGNAL_ONLY = 1 << 7,       /* no other set of his items makes that amount */
	CASH_SIGNAL_OLDEST = 1 << 8,     /* only by age: never certain */
	CASH_SIGNAL_ACCOUNT = 1 << 9,    /* the line is a free credit on his own account */
};
struct cash_match {
	enum cash_state state;
	struct cash_proposal *proposals; /* best first; [0] is what is proposed, the others are alternatives, at most 5 */
	size_t proposal_count;
	const char *doubt;               /* in words, why it is not certain; "" when it is */
};

struct cash_index;
struct cash_index *cash_index_new(const struct cash_view *view);
void cash_index_free(struct cash_index *index);
/* Thread-safe for readers. Bounded work: a line never takes more than some ten thousand steps of search. */
void cash_match(const struct cash_index *index, const struct cash_line *line, const struct cash_settings *settings,
                enum lang lang, struct arena *arena, struct cash_match *out);

/* So much of the item (its sign) is settled now: what is matched next sees the rest. Not while others read. */
void cash_index_take(struct cash_index *index, int64_t item_id, int64_t amount);

size_t cash_index_items(const struct cash_index *index);

/* Everything that was taken is put back, as if the index were new. Not while others read. */
void cash_index_restore(struct cash_index *index);

/* Many lines that compete for the same items: a statement, or all that waits. Each certain line takes its items, those that name
 * them first; what then is left is matched against what is left, so that two lines are never both certain of one item. The index
 * ends with the certain lines taken. `out` is an array of line_count, in the order of the lines. */
void cash_match_lines(struct cash_index *index, const struct cash_line *lines, size_t line_count,
                      const struct cash_settings *settings, enum lang lang, struct arena *arena, struct cash_match *out);

/* --- what comes back ---------------------------------------------------------------------------------------------------------- */
struct cash_payment {            /* applied earlier, or presented as a direct debit */
	int64_t id, customer_id;
	int32_t day;
	int64_t amount;          /* as it came in, positive */
	char currency[4];
	const char *numbers;     /* of the items it settled, a space between; "" */
	const char *references;  /* end-to-end id, bank reference, mandate, cheque number, a space between; "" */
	const char *payer, *payer_iban, *customer_name;
};
struct cash_return {
	enum cash_state state;   /* certain: the amount and a reference or an item's number, and no other payment fits as well */
	int64_t payment_id;      /* 0 when none */
	int64_t fee;             /* the bank took so much more than the payment was, ≥ 0 */
	double confidence;
	unsigned signals;
	const char **reasons;
	size_t reason_count;
	const int64_t *others;   /* payments that fit too, best first, at most 5 */
	size_t other_count;
};
/* A line that takes money back (rejected debit, unpaid cheque or bill): which payment it undoes. line->amount < 0; a payment
 * fits when it came at most 14 months before. */
void cash_match_return(const struct cash_payment *payments, size_t payment_count, const struct cash_line *line,
                       const struct cash_settings *settings, enum lang lang, struct arena *arena, struct cash_return *out);

#endif
