/* apply — what is decided of a bank line, as facts: it pays these items, goes on account, brings a payment back, is no customer's,
 * waits. Everything can be taken back, and leaves open amounts, ageing and reminder steps as they were.
 *
 *     struct cash_decision decision = { .line_id = line, .parts = parts, .part_count = 2, .teach = true };
 *     TRY(cash_apply(&change, &decision, &application));
 *     TRY(cash_undo(&change, line));
 *
 * A decision is checked against what is open at that moment, under the company's lock: of two people who decide about one line
 * the second is told so, and nothing is settled beyond its amount. All of a decision is done or none of it.
 * Needs RIGHT_CASH; items and customers outside the viewer's portfolio are not found.
 */
#ifndef CASH_APPLY_H
#define CASH_APPLY_H

#include "cash/match.h"
#include "ledger/company.h"

enum { CASH_ENTRIES_MAX = 200 }; /* items of one customer that one line settles */

struct cash_decision {
	int64_t line_id;
	const struct cash_part *parts; /* signed as in match.h; of a line that takes money back also items that are open again:
	                                * what comes back of each, negative */
	size_t part_count;
	const struct cash_difference *differences;
	size_t difference_count;
	int64_t customer_id;           /* whose account takes what is left; 0: that of the first part */
	int64_t returns_id;            /* the application whose payment comes back */
	int64_t fees;                  /* what the bank took besides of what comes back: nobody's item */
	bool automatic;                /* certain, applied by itself */
	bool teach;                    /* a person decided: remember who pays for whom */
	double confidence;             /* as shown; kept with the decision */
	const char *const *reasons;
	size_t reason_count;
};
struct status cash_apply(struct change *change, const struct cash_decision *decision, int64_t *application_id);
/* A line that brings a payment back: the items it had settled are open again, on their old due days. `payment`: of cash_matches,
 * an application's id, or of a payment of the books minus its item's id. */
struct status cash_return(struct change *change, int64_t line_id, int64_t payment, bool automatic, int64_t *application_id);
/* The application of a line, or that it was set aside, is taken back. */
struct status cash_undo(struct change *change, int64_t line_id);
struct status cash_ignore(struct change *change, int64_t line_id, const char *reason); /* not a customer's payment */
struct status cash_wait(struct change *change, int64_t line_id, const char *note);     /* nobody knows yet: in suspense since today */

/* Items of a customer's own books settle each other: a manual match. */
struct cash_pair {
	int64_t debit_id, credit_id, amount;
};
struct status cash_settle(struct change *change, const struct cash_pair *pairs, size_t count, int64_t *application_id);
struct status cash_unsettle(struct change *change, int64_t application_id);

/* --- who pays for whom ------------------------------------------------------------------------------------------------------- */
struct cash_payer {
	int64_t id, customer_id, times, by_user;
	const char *iban, *name, *customer_code, *customer_name, *by;
	int32_t last_day;
};
struct status cash_payer_list(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena,
                              struct cash_payer **out, size_t *count);
struct status cash_payer_forget(struct change *change, int64_t id);

#endif
