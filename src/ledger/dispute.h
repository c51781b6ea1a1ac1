/* dispute — an item, or a part of it, that the customer contests: not asked for until closed. One open dispute an item.
 *
 * Each belongs to a case (ledger/dispute_case.h), which says who answers for it and by when; several items may share one. */
#ifndef LEDGER_DISPUTE_H
#define LEDGER_DISPUTE_H

#include "ledger/customer.h"
#include "ledger/item.h"

extern const char *const dispute_reasons[]; /* price quality delivery … other; NULL at the end */

struct dispute {
	int64_t id, case_id, customer_id, item_id, amount /* 0: the whole item */, by_user, rev;
	const char *reason, *note, *owner, *outcome, *item_number;
	int32_t opened_day, due_day, credit_expected_day, closed_day; /* DAY_NONE: none */
};
struct dispute_new {
	int64_t item_id, amount;  /* 0: the whole item */
	const char *reason, *note, *owner; /* NULL: other, "", "" */
	int64_t case_id;          /* one more item of this case, which says reason and deadline; 0: a case of its own */
	int64_t owner_id;         /* who answers for it: a user; or owner and owner_email of somebody without an account */
	const char *owner_email;  /* NULL: "" */
	int32_t due_day;          /* our own deadline to answer; DAY_NONE: by the type of dispute */
	int32_t credit_expected_day; /* a credit note we promised; DAY_NONE */
};
struct status dispute_open(struct change *change, const struct dispute_new *dispute, int64_t *id);
/* Closes this item's part; the case closes with its last one. outcome: accepted (we were wrong), refused, settled, written_off,
 * or "" */
struct status dispute_close(struct change *change, int64_t id, const char *outcome, const char *note);
/* The open one of an item: STATUS_NOT_FOUND when there is none. */
struct status dispute_of_item(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t item_id, int64_t *id);
/* customer_id 0: all in the portfolio; open only, or all. Newest first. */
struct status dispute_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, bool open_only,
                           struct arena *arena, struct dispute **out, size_t *count);

#endif
