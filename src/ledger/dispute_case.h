/* dispute_case — the file behind a dispute: who answers for it, by when, what was said, how it ended.
 *
 * A case holds one dispute row (ledger/dispute.h) for each item it is about; the rows are what the plan and the book read, so a case
 * keeps its deadline on them: while our answer, or a credit note that we promised, is overdue, nothing firm goes to the customer.
 *
 *   open ──► analysis ──► credit ──► closed          the chain of its type says which step follows (dispute_advance);
 *                └──► customer (the countdown stands still until he answers)      a person may move it anywhere (dispute_move)
 *
 * Who may: RIGHT_RESOLVE or RIGHT_COLLECT; saying something takes RIGHT_NOTE. */
#ifndef LEDGER_DISPUTE_CASE_H
#define LEDGER_DISPUTE_CASE_H

#include "ledger/customer.h"
#include "ledger/dispute_kind.h"

enum dispute_state { CASE_OPEN, CASE_ANALYSIS, CASE_CUSTOMER, CASE_CREDIT, CASE_CLOSED, CASE_STATES };
const char *dispute_state_code(enum dispute_state state);  /* "analysis" */
const char *dispute_state_label(enum dispute_state state); /* English msgid: "Being looked into" */
bool dispute_state_parse(const char *code, enum dispute_state *out);

struct dispute_part { /* one item of it */
	int64_t id, item_id, open, contested; /* contested: still withheld; of a closed one, what it was */
	const char *number;
	int32_t due_day;
	bool closed;
};
struct dispute_case {
	int64_t id, customer_id, owner_id, by_user, rev;
	int64_t amount;            /* contested now; of a closed case, what was contested */
	int64_t opened_amount, credit_amount, credit_item_id, granted;
	const char *customer_code, *customer_name, *currency, *reason, *note;
	const char *owner_name, *owner_email; /* of the account, or as typed; "" */
	const char *manager_email, *outcome, *closing, *cause, *remedy, *credit_number;
	const char *chain;
	enum dispute_state state;
	const struct dispute_kind *kind; /* never NULL: "other" for a type of a later build */
	int step;                  /* index in the chain; -1: nobody has taken it up */
	int32_t opened_day, due_day, paused_day, answered_day, credit_day, proposed_day, closed_day, reminded_day, escalated_day;
	struct dispute_part *parts;
	size_t part_count;
};
struct dispute_case_filter {
	int64_t id, customer_id, owner_id; /* 0: any */
	const char *reason;                /* NULL or "": any */
	bool open_only;
	int32_t since;                     /* closed ones: from this day on; opened ones all. 0 or DAY_NONE: all */
};
/* In order of our deadline, then id; closed ones last. *out lives in the arena. */
struct status dispute_case_list(struct db *db, const struct viewer *viewer, int64_t company_id, struct dispute_case_filter filter,
                                struct arena *arena, struct dispute_case **out, size_t *count);
/* By the id of the case, or of one of its dispute rows. */
struct status dispute_case_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena,
                               struct dispute_case *out);
const char *dispute_case_number(const struct dispute_case *one, char out[static 24]); /* "L-213"; "B-214" for a blockage */
/* Days until our answer is due: negative when late; false when the countdown stands still or nothing was set. */
bool dispute_case_left(const struct dispute_case *one, int32_t today, int *days);

/* --- working on it ------------------------------------------------------------------------------------------------------------- */
struct dispute_owner {
	int64_t user_id;           /* an account; its address is used */
	const char *name, *email;  /* somebody without one; NULL or "": nobody */
};
struct status dispute_assign(struct change *change, int64_t id, const struct dispute_owner *owner);
struct status dispute_advance(struct change *change, int64_t id, const char *note); /* the next step of its chain */
struct status dispute_move(struct change *change, int64_t id, enum dispute_state state, const char *note);
struct status dispute_set_due(struct change *change, int64_t id, int32_t day);
/* A credit note that we promise: amount (0: what is contested) and day (DAY_NONE: not said). The case waits for it. */
struct status dispute_promise_credit(struct change *change, int64_t id, int64_t amount, int32_t day);
struct status dispute_learn(struct change *change, int64_t id, const char *cause, const char *remedy);

struct dispute_closing {
	const char *outcome;       /* accepted refused settled written_off, or "" */
	int64_t granted;           /* credited or written off; -1: what is contested when accepted or written off, else nothing */
	const char *note, *cause, *remedy; /* NULL: as they are */
};
struct status dispute_case_close(struct change *change, int64_t id, const struct dispute_closing *closing);
struct status dispute_reopen(struct change *change, int64_t id);
/* Credit notes that came for cases that wait for one: closing is proposed, and our promise counts as kept. *found: how many. */
struct status dispute_find_credits(struct change *change, int64_t *found);

/* --- what was said --------------------------------------------------------------------------------------------------------------- */
struct dispute_said {
	int64_t id, at, by_user, outbox_id;
	bool debtor;               /* with the customer; false: among us */
	const char *direction;     /* in out note */
	const char *author, *text;
};
/* debtor: the conversation with the customer; direction "in" (he said), "out" (we said), "note". An answer from him to a case that
 * waits for him takes it up again. author: of somebody without an account, else NULL. outbox_id 0: it left otherwise. */
struct status dispute_say(struct change *change, int64_t id, bool debtor, const char *direction, const char *author, const char *text,
                          int64_t outbox_id);
struct status dispute_conversation(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena,
                                   struct dispute_said **out, size_t *count);

/* For outreach: what was written to the owner or his manager. */
struct status dispute_reminded(struct change *change, int64_t id, bool escalated);

/* For ledger/dispute.c alone: the file of a new dispute row, and what is left of it when a row is closed. */
struct dispute_new;
struct status dispute_case_make(struct change *change, int64_t id, int64_t customer_id, const char *currency, const struct dispute_kind *kind,
                                const struct dispute_new *given, int32_t *due_day);
struct status dispute_case_row_closed(struct change *change, int64_t case_id, const char *outcome, const char *note, int64_t granted);

#endif
