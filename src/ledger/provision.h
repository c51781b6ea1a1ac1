/* provision — by how much doubtful debts are written down at a closing (491): proposed by rule, decided by a person, each movement with
 * its entry. As of any day: an allowance holds from its closing on until a later one, a loss or a payment changes it. */
#ifndef LEDGER_PROVISION_H
#define LEDGER_PROVISION_H

#include "ledger/doubtful_case.h"

struct provision_line {
	const struct doubtful_case *debt;
	int64_t open, base /* before VAT */, was, amount; /* the movement is amount - was */
	int32_t rate;
	const char *rule;      /* a stage, age, person, loss, ended, none */
	bool alone;            /* by age alone: for the tax it wants the single case (CGI 39-1-5°) */
};
/* What the closing of that day asks of debts that are doubtful then, or still written down. In the company's currency. */
struct status provision_propose(struct db *db, const struct viewer *viewer, const struct company *company, int32_t day, struct arena *arena,
                                struct provision_line **out, size_t *count);
struct provision_choice { /* a person's own rate for one debt */
	int64_t root_id;
	int32_t rate;
	const char *why;
};
/* RIGHT_CASH and the whole portfolio: every movement of that closing at once. in_books: they have it already, no entry is asked. *count: movements.
 * STATUS_CONFLICT when nothing moves, or where a later closing was made. */
struct status provision_book(struct change *change, int32_t day, const struct provision_choice *choices, size_t choice_count, bool in_books, int64_t *count);
/* The movements of that closing are taken back, while no later one stands on them. */
struct status provision_take_back(struct change *change, int32_t day, int64_t *count);
/* Of one debt, on a loss: what it is written down by is released on that day. */
struct status provision_release(struct change *change, const struct doubtful_case *debt, const char *rule);
struct status provision_release_undo(struct change *change, int64_t root_id, const char *rule);

struct provision_closing {
	int32_t day;
	int64_t count, allowance /* over all debts, after it */, change;
	bool last;      /* it may be taken back */
};
struct status provision_closings(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena, struct provision_closing **out, size_t *count);
const char *provision_rule_label(const char *rule); /* English msgid */

#endif
