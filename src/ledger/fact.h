/* fact — one receivable line as its source gave it, in the state that the active imports leave it in.
 *
 * The rows of the table `fact` are never edited. A later import of the same source says what it has to say of a known fact in
 * `fact_change`: its lettering now, that it is gone, that it is back. A fact's state is what the latest active import that
 * speaks of it says; none active: the fact is not there. Undoing an import is therefore only its state, and the fact keeps its
 * id, which is its item's id.
 *
 * Table columns that need a word: `class` is item_kind_code() of the kind its entry gives it, or "closing" (mode stock: a
 * credit of kind other made by the import). A closing, or a payment that a list tells of one of its items, names the fact that
 * it settles in applies_to: "#" and its id. `pair` is shared by the two halves of a transfer within the import that says so;
 * 0: none.
 *
 * What was decided of a bank line (src/cash) brings facts too, in a table of their own: a payment, a returned one, a difference
 * that was let go, and links that say how much of which item they settle. When the books bring the posting of the same money,
 * the bank's fact gives way to it (projection_cash.c): counted once, settling what the link says.
 */
#ifndef LEDGER_FACT_H
#define LEDGER_FACT_H

#include "base/day.h"
#include "ledger/item_kind.h"
#include "ledger/terms.h"

#include <stddef.h>
#include <stdint.h>

#define FACT_CLOSING "closing"
#define FACT_OPENING_RETENTION "opening_retention" /* a line of an opening journal on 4117 */

struct fact {
	int64_t id;
	int64_t customer_id;          /* merges applied */
	int64_t file;                 /* import whose word counts: `pair` is within it */
	int64_t lettered_in;          /* file whose lettering this is: groups form within one file */
	uint32_t source;              /* what the file speaks for, numbered */
	enum item_kind kind;
	bool closing;
	bool einvoice;                /* of an electronic invoice: it gives way to its posting in the books (projection_einvoice.c) */
	bool opening;                 /* of an opening journal: restates what the preceding year holds, when it is known */
	int32_t posting_day, piece_day, due_day; /* the last two may be DAY_NONE */
	int32_t ledger_day;           /* posting day within what its file covers: openings may carry the dates of older years */
	int64_t line, pair;
	int64_t amount;               /* debit positive */
	const char *account, *number, *lettering, *label, *applies_to, *external_id, *extra, *currency;
	int64_t application;          /* of a bank line: the decision that brought it; 0: a file did */
	bool difference;              /* of a decision: money that never came, let go */
	int64_t reopens;              /* of a decision, a returned payment: the item that is open again */
};

#define FACT_SOURCE_CASH UINT32_MAX /* the source of what decisions brought: no file speaks for it */

/* So much of this debit is settled by that credit, somebody decided: of a bank line, or of two items of the books. */
struct fact_link {
	int64_t customer_id, application, debit_id, credit_id, amount;
};

/* What a person said of a bank's fact and a line of the books: the same money, or not. */
struct fact_posting {
	int64_t cash_id, fact_id;
	bool same;
};

/* A ledger file (mode ledger) that is active: what it covers and where its fiscal years open. */
struct ledger_file {
	int64_t id;
	uint32_t source;
	int32_t from_day, to_day;
	const int32_t *opening_days; /* first day of each group of opening lines, ascending */
	size_t opening_count;
};

/* An opening whose preceding year is in the store: its lines restate known items. */
struct known_opening {
	uint32_t source;
	int32_t day;      /* the opening day */
	int32_t until;    /* opening lines posted from day up to the day before this belong to it */
};

/* Terms of a customer of the projection. */
struct party {
	int64_t customer_id;
	struct terms terms;
};

#endif
