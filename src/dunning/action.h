/* action — one thing to do for one customer on one day: reading it, and a person acting on it.
 *
 * Life: planned (calls, letters, tasks: to do by hand; automatic mails: to leave by themselves) or to_confirm (mails)
 *   → queued → sending → sent | unknown | failed      a message, moved by outreach
 *   → done                                            a call, a letter, a task
 *   → cancelled                                       skipped by a person, or no longer wanted by the plan
 *
 * `confirm` of a mail needs its text, so it is done by outreach (outreach/confirm.h): it composes, writes the outbox row and calls
 * action_queue() in the same transaction. Everything here runs inside company_begin … company_end. */
#ifndef DUNNING_ACTION_H
#define DUNNING_ACTION_H

#include "dunning/plan.h"
#include "ledger/company.h"

struct action_item {
	int64_t item_id, amount; /* claimed: what is asked of it; credit: negative; statement: open, outside the total; paid */
	enum plan_role role;
	const char *number;
	enum item_kind kind;
	int32_t issue_day, due_day;
	int64_t total, open;     /* the item's amount, and open now */
	int64_t customer_id;     /* whose it is: of a payer's action not always his */
};

struct action {
	int64_t id, customer_id, scenario_version, amount, priority, contact_id, assigned_to, done_by;
	const char *customer_code, *customer_name, *scenario, *step, *template, *recipient, *language, *outcome, *note, *reason, *why;
	enum rank rank;
	enum channel channel;
	enum mode mode;
	enum action_state state;
	bool test;
	char currency[4];
	int32_t plan_day, snoozed_until, done_day, next_day; /* DAY_NONE: none */
	const char *next_step;   /* code of the step that follows, "" none */
	const char *next_fr, *next_en; /* its words, "" none: then no threat may be printed (letters.md, ladder rule 9) */
	bool takeover, broken_promise;
	const struct step *of_step; /* as its version says it; NULL: outside a ladder (only from action_get) */
	int max_days_late, attempts;
	size_t others;           /* other customers it names: its customer pays for them (action_member.h) */
	bool partial;            /* the viewer does not see all of them: amount and items are those he sees, and he can't act on it */
	int64_t done_at, created_at, rev;
	struct action_item *items;
	size_t item_count;
};

struct action_filter {
	int32_t day;             /* plan day; DAY_NONE: any */
	int64_t customer_id;     /* 0: any */
	int64_t assigned_to;     /* 0: anyone */
	unsigned states;         /* 1u << STATE_…, or-ed; 0: any */
	bool items;              /* fill items */
};
/* Narrowed to the viewer's portfolio, highest priority first; lives in the arena. */
struct status action_list(struct db *db, const struct viewer *viewer, int64_t company_id, const struct action_filter *filter,
                          struct arena *arena, struct action **out, size_t *count);
/* How many actions of a day wait for a person: not done, not put off beyond today. What the menu shows, so without reading them. */
struct status action_waiting(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t day, int32_t today, int64_t *count);
/* With its items. STATUS_NOT_FOUND also when the viewer may not see its customer. */
struct status action_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena,
                         struct action **out);

/* Those with these ids, without their items: the rows that a page shows. (*out)[i] is of ids[i]; its id is 0 where the viewer may not
 * see it, or it is gone. */
struct status action_read(struct db *db, const struct viewer *viewer, int64_t company_id, const int64_t *ids, size_t count,
                          struct arena *arena, struct action **out);

/* Moves a mail or SMS that was confirmed, or is automatic, to `queued`. The caller writes its outbox row in the same transaction.
 * STATUS_CONFLICT when it is not waiting any more, or no longer stands (cleared, disputed, promised, held, stopped). */
struct status action_queue(struct change *change, int64_t id, const char *recipient, int64_t contact_id, const char *language);
/* outreach reports how the sending went: to sending, sent, unknown, failed, back to queued, or cancelled. `why` is kept as reason. */
struct status action_moved(struct change *change, int64_t id, enum action_state to, const char *why);
/* The sender's last check, in the transaction that moves queued → sending: plans this customer anew as of today.
 * *stands: every item it claims may still be claimed, for the same amount. Otherwise *reason is a left_out code or "cleared". */
struct status action_check(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, int32_t today,
                           struct arena *arena, bool *stands, const char **reason);

/* Where the setting formal_notice.two_persons asks for it, a formal notice leaves (is confirmed, or done) only after somebody else has
 * approved it, for the amount it has then. Any account that may chase may approve; the one who approved can't be the one who sends. */
struct status action_approve(struct change *change, int64_t id);
/* *wanted: this action needs a second person's yes; *by: who gave it, other than the viewer; 0: nobody yet. */
struct status action_approval(struct db *db, const struct viewer *viewer, int64_t company_id, const struct action *action, struct arena *arena,
                              bool *wanted, int64_t *by);

/* A person passes the step over: the ladder goes on to the next one at its own time. */
struct status action_skip(struct change *change, int64_t id, const char *note);
struct status action_snooze(struct change *change, int64_t id, int32_t until); /* not before this day */
/* Somebody else does it: an account that is not disabled; 0: nobody in particular. */
struct status action_assign(struct change *change, int64_t id, int64_t user_id);
/* A call, letter or task is done. outcome: a code of letters.md section 3 in lower case (promise, dispute, resent, approver,
 * po_missing, plan, offset, check_in_post, payment_sent, contact, search_bank, na, voicemail, call_back, refusal, wrong_number, insolvency, release, other)
 * or "".
 * `na`, `voicemail` and `call_back` count an attempt and come back the next working day; the third ends it. */
struct status action_done(struct change *change, int64_t id, const char *outcome, const char *note);
/* Undo of skip, snooze or done on the same day. */
struct status action_reopen(struct change *change, int64_t id);
bool action_outcome_known(const char *code);
const char *action_outcome_label(const char *code); /* English msgid */
/* "Follow-up · call" in the reader's language, also for what is outside a ladder ("Returned payment"). */
const char *action_label(const struct action *action, enum lang lang, struct arena *arena);

#endif
