/* doubtful_case — the doubtful and lost debts of a company as of a day: what a person decided, what the books say, what is open.
 *
 * A debt is named by the first item of its chain: the invoice on 411. When the books move it to 416 the projection gives it a new item
 * that takes over number, due date and history; the decision is found again by the chain, and nothing is counted twice. Debts that the
 * books moved without us are there too. */
#ifndef LEDGER_DOUBTFUL_CASE_H
#define LEDGER_DOUBTFUL_CASE_H

#include "ledger/doubtful_rule.h"

struct doubtful_case {
	int64_t root_id, item_id /* that holds it now */, customer_id, collector_id;
	int64_t open;            /* now, VAT included */
	int64_t open_then;       /* as of the day */
	int64_t allowance;       /* written down by so much, as of the day */
	int64_t provision_id;    /* the last one */
	bool later_provision;    /* a closing after the day has one */
	bool later_loss;         /* it was lost after the day, and what it was written down by released */
	int32_t vat;             /* rate contained in it */
	const char *number, *account, *customer_code, *customer_name;
	char currency[4];
	int32_t issue_day, due_day;
	int32_t booked_day;      /* on which the books moved it to 416; DAY_NONE */
	struct doubtful_view view; /* on the day */
	/* the decision; id 0: the books' own */
	int64_t id, amount, by_user, lost_amount, lost_vat, lost_by;
	const char *state, *before, *reason, *why, *lost_why, *proof, *proof_words;
	int32_t day, lost_day, proof_day, duplicate_day;
	bool loss_waits;         /* no file for the books has the entry of the loss, or of the small balance, yet */
	int32_t lost_booked_day; /* the books wrote it off: its credit is there, lettered or not; DAY_NONE */
};
struct doubtful_filter {
	int64_t customer_id, root_id, id; /* 0: any */
};
/* In the viewer's portfolio, by customer, due day and id. *out lives in the arena. */
struct status doubtful_cases(struct db *db, const struct viewer *viewer, const struct company *company, int32_t as_of, struct doubtful_filter filter,
                             struct arena *arena, struct doubtful_case **out, size_t *count);
/* The first item of this one's chain: itself, mostly. */
struct status doubtful_root(struct db *db, int64_t tenant, int64_t company, int64_t item_id, int64_t *root);

#endif
