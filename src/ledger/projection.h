/* projection — items and settlements out of facts: a pure function, the heart of the ledger (contract section 3).
 *
 * Takes the active facts of one customer, or of several that a transfer links, and gives what the tables item and settlement
 * hold for them. The same facts in any order, from files imported in any order, give the same answer.
 *
 *     struct projection result;
 *     projection_compute(&(struct projection_input){ .facts = facts, .fact_count = n, … }, arena, &result);
 *
 * What is made sure of: nothing is settled beyond an amount, across customers or across currencies; as of any day the open
 * amounts of a customer sum up to the facts posted until then, left out opening lines that restate known items and bank lines
 * that the books have posted meanwhile.
 */
#ifndef LEDGER_PROJECTION_H
#define LEDGER_PROJECTION_H

#include "base/arena.h"
#include "ledger/fact.h"

struct projection_input {
	const struct fact *facts; /* in any order */
	size_t fact_count;
	const struct party *parties; /* customers without terms of their own may be left out */
	size_t party_count;
	struct terms company_terms;
	const struct known_opening *openings; /* of the company, by day */
	size_t opening_count;
	const struct fact_link *links; /* by decision, in order */
	size_t link_count;
	const struct fact_posting *postings; /* in any order, also of others */
	size_t posting_count;
	int32_t books_from; /* the first day that a ledger file opens with what was still due then; DAY_NONE: none does */
};

struct projected_item {
	int64_t id, customer_id, origin_id, amount, open_amount;
	enum item_kind kind;
	enum due_source due_source;
	int32_t issue_day, posting_day, due_day, closed_day; /* closed_day: DAY_NONE while open */
	const char *number, *account, *label, *extra, *currency;
};

struct projected_settlement {
	int64_t customer_id, debit_id, credit_id, amount;
	int32_t day; /* the later posting day of the two */
};

/* An opening line that gave way to the item that it restates, or a bank's payment or an
 * electronic invoice to its posting in the books. */
struct projected_restatement {
	int64_t customer_id, fact_id, item_id;
};

/* Opening lines and closing balance differ: one item of the difference stands on the opening day. */
struct projected_difference {
	int64_t customer_id, item_id, opening, closing;
	int32_t day;
	const char *currency;
};

struct projection {
	struct projected_item *items;               /* by customer, id */
	struct projected_settlement *settlements;   /* by customer, debit, credit */
	struct projected_restatement *restatements; /* by customer, fact */
	struct projected_difference *differences;   /* by customer, day */
	size_t item_count, settlement_count, restatement_count, difference_count;
};

/* Texts are borrowed from the facts; everything else lives in the arena. */
void projection_compute(const struct projection_input *input, struct arena *arena, struct projection *out);

/* Openings whose preceding year is in the store, from the active ledger files: another file of the source has earlier days, or
 * the same file begins at least half a year earlier. */
void projection_known_openings(const struct ledger_file *files, size_t count, struct arena *arena,
                               struct known_opening **out, size_t *out_count);

/* The file whose lettering counts for a fact posted that day: the latest active file of the source that covers the day; 0:
 * none does. */
int64_t projection_lettering_file(const struct ledger_file *files, size_t count, uint32_t source, int32_t posting_day);

#endif
