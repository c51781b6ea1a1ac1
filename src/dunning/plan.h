/* plan — who hears what today: pure rules over one customer's view.
 *
 * plan_day() takes plain values and gives actions and left-outs, each with its reason. The day's run, a preview, a dry run,
 * "why was this not chased" and the sender's last check all call it: a preview equals the run (reference/pitfalls.md, R6).
 *
 *     struct plan plan;
 *     plan_day(&view, scenario, &settings, today, arena, &plan);
 *     for (size_t i = 0; i < plan.action_count; i++) …
 *
 * Rules: contract section 3 (`run`), reference/letters.md section 2 (ladder rules 1-10), reference/pitfalls.md. */
#ifndef DUNNING_PLAN_H
#define DUNNING_PLAN_H

#include "base/arena.h"
#include "base/calendar.h"
#include "book/book.h"
#include "dunning/scenario.h"

/* --- reasons --------------------------------------------------------------------------------------------------------- */
/* Why an item is left out: the first that applies, in this order (contract section 4). */
enum left_reason {
	LEFT_NONE, LEFT_STOPPED, LEFT_EXCLUDED, LEFT_GENERIC_ACCOUNT, LEFT_INSOLVENCY, LEFT_TIME_BARRED, LEFT_DISPUTE, LEFT_OWN_FAULT,
	LEFT_PROMISE, LEFT_PLAN, LEFT_HOLD, LEFT_MATCH_PENDING, LEFT_DIRECT_DEBIT, LEFT_BILL, LEFT_RETENTION, LEFT_CEDED,
	LEFT_CREDIT_COVERS, LEFT_REPLIED, LEFT_NO_SCENARIO, LEFT_SCENARIO_DONE, LEFT_IN_PROGRESS, LEFT_TOO_SOON, LEFT_BELOW_MINIMUM,
	LEFT_ABOVE_MAXIMUM, LEFT_CLOSED_DAY, LEFT_STALE_DATA, LEFT_SUPPRESSED, LEFT_COUNT
};
const char *left_reason_code(enum left_reason reason);  /* "dispute" */
bool left_reason_parse(const char *code, enum left_reason *out);
const char *left_reason_label(enum left_reason reason); /* English msgid: "Dispute" */

/* Why a person must say yes: bits; in an action's `reason` as codes separated by commas, in this order. */
enum yes_reason {
	YES_TAKEOVER = 1 << 0, YES_ASSUMED_DUE_DATE = 1 << 1, YES_UNLETTERED = 1 << 2, YES_NO_CONTACT = 1 << 3, YES_OFFSET = 1 << 4,
	/* ours, beyond the contract's list */
	YES_GENERIC_ACCOUNT = 1 << 5, /* exclusion proposed, not answered yet */
	YES_DOUBTFUL = 1 << 6,        /* items on account 416 left automatic reminders */
	YES_UNPAID_RETURN = 1 << 7,   /* a returned payment: alert of the same day */
	YES_COUNT = 8
};
const char *yes_reason_code(enum yes_reason one);
const char *yes_reason_label(enum yes_reason one); /* English msgid */
void yes_reasons_format(unsigned reasons, char *out, size_t size); /* "takeover,unlettered"; "" for none */

/* --- the view --------------------------------------------------------------------------------------------------------- */
enum action_state {
	STATE_PLANNED, STATE_TO_CONFIRM, STATE_QUEUED, STATE_SENDING, STATE_SENT, STATE_UNKNOWN, STATE_FAILED, STATE_DONE,
	STATE_CANCELLED, STATE_COUNT
};
const char *action_state_code(enum action_state state);
bool action_state_parse(const char *code, enum action_state *out);

struct plan_item {
	int64_t id;
	const char *number;
	char currency[4];
	int64_t open;          /* as of today; negative: a credit */
	int64_t disputed;      /* part of it in an open dispute: 0..open */
	int32_t issue_day, posting_day, due_day, first_seen; /* first_seen: the civil day of the import that brought it */
	enum item_kind kind;
	enum due_source due_source;
	bool doubtful;         /* account 416 */
	bool on_bill;          /* account 413 */
	int64_t payee_id;      /* assigned, and we go on reminding: for whose account; 0: ours. One message has one payee */
	bool excluded, plan, hold, match_pending, direct_debit, bill, ceded; /* in force today, on the item or the customer */
	int32_t hold_until;    /* last day of what holds it; DAY_NONE: until lifted or not held */
	int32_t promise_day;   /* of an unbroken promise that covers it; DAY_NONE: none */
	bool own_fault;        /* our answer to its dispute, or a credit note promised on it, is overdue */
	int32_t barred_from;   /* limitation; DAY_NONE: not computed */
	int64_t origin_id;     /* unpaid_return, transfer: what it takes over; its history counts */
	uint32_t member;       /* of a payer's view: whose it is, in view.members */
};

/* Who pays for others is asked for all of them in one message (plan_group.c). Each of them stays a customer of his own: what stops one
 * stops him alone, and his credits cover his own items, those of the others only where the setting says netted. What stops the payer
 * himself stops all, for it is he who is written to. */
enum payer_mode { PAYER_APART, PAYER_TOGETHER, PAYER_NETTED, PAYER_MODES };
const char *payer_mode_code(enum payer_mode mode); /* "apart" "together" "netted" */
bool payer_mode_parse(const char *code, enum payer_mode *out);

struct plan_member {
	int64_t customer_id;
	const char *code, *name;
	bool stopped, never, generic, generic_proposed, pays_by_debit, own_fault;
	int32_t insolvency_day;
	int64_t supplier_balance;
};

/* One action of the past that went out (sent, done), was passed over by a person (skipped), or is under way. */
struct plan_past {
	int64_t id;
	const char *scenario, *step;
	enum rank rank;
	enum channel channel;
	enum action_state state;
	bool skipped;          /* a person passed it over: the ladder goes on, but nobody was reminded */
	bool takeover;         /* first contact on an old debt: it may enter above the first step */
	bool contact;          /* the customer heard from us */
	bool no_contact;       /* it was a task to find an address: the ladder did not move */
	int32_t plan_day, done_day; /* done_day DAY_NONE: not yet */
	char currency[4];
	const int64_t *items;  /* claimed ones */
	size_t item_count;
};

/* A payment that arrived for an item somebody was reminded of. */
struct plan_payment {
	int64_t item_id;
	const char *number;
	char currency[4];
	int32_t day;
	int64_t amount;
	bool closed;           /* the item is cleared by it */
};

struct plan_view {
	int64_t customer_id;
	const char *code;
	bool stopped, never;   /* the customer's switch; scenario "none" */
	bool generic, generic_proposed;
	int32_t insolvency_day;
	int64_t supplier_balance; /* what we owe him */
	int64_t minimum;          /* his own; -1: the scenario's */
	bool pays_by_debit;       /* payment means direct_debit */
	bool own_fault;           /* any dispute of his past our own deadline */
	int32_t replied_day;      /* last unhandled or recent reply (absences do not count); DAY_NONE */
	bool broken_promise;      /* his last promise was broken, or kept in part, and nothing was sent since */
	bool address_usable, address_suppressed, phone_usable;
	bool no_phone;            /* he does not want to be called: a call or text message becomes a mail */
	bool prefers;          /* he prefers one way of hearing from us: `preferred`, mail, letter or text message */
	enum channel preferred;
	int score;             /* 0..100 of the standing, -1: unknown; weighs the priority only */
	struct condition_facts who;  /* what conditions look at; amount, days late and answer are the plan's own */
	/* The same buyer at other accounts and companies of the tenant, by SIREN: the days he heard from one of them, ascending, once each;
	 * and whether one of them has today already, or is about to. */
	const int32_t *buyer_days;
	size_t buyer_day_count;
	bool buyer_today;
	const struct plan_item *items; /* in order of (due day, posting day, number); all open ones, posted ≤ today */
	size_t item_count;
	const struct plan_past *past;  /* in order of day */
	size_t past_count;
	const struct plan_payment *payments;
	size_t payment_count;
	const struct plan_member *members; /* of a payer's view: he himself, then those he pays for; NULL: a customer by himself */
	size_t member_count;
	bool netted;                       /* credits of one member cover items of another */
};

struct plan_settings {
	struct calendar calendar;
	bool stop_all;            /* one switch for the whole company */
	bool stale;               /* last import older than the setting */
	int32_t last_import;      /* for the words; DAY_NONE: none */
	int32_t takeover_day;     /* items due before it were late when Encours first saw them; DAY_NONE: no such rule */
	bool per_item;            /* each item stands at its own step */
	bool highest;             /* the account stands at the highest step of its late items, not at that of its oldest */
	bool keep_step;           /* highest: the step reached stays until nothing is late any more */
	int contacts_max, contacts_days; /* pressure: at most so many contacts of one buyer in so many days; 0: no limit */
	int gap_days;             /* working days between two contacts: 3 */
	int reply_days;           /* 2 */
	int promise_grace;        /* 2 */
	int firm_min_late;        /* 8 */
	int issue_gap;            /* days between an item's issue and its first reminder: 5 */
	int unlettered_percent;   /* 20 */
	int review_after;         /* 90 */
	int debit_days;           /* working days a direct debit or a bill takes to come in: 5 */
	int64_t minimum;          /* company's minimum for a reminder; 0: none */
	enum payer_mode payers;   /* what is done with customers for whom another pays, where he has no mode of his own */
};
struct plan_settings plan_settings_default(void);

/* --- the plan ---------------------------------------------------------------------------------------------------------- */
enum plan_role { PLAN_CLAIMED, PLAN_CREDIT, PLAN_STATEMENT, PLAN_PAID };
const char *plan_role_code(enum plan_role role); /* "claimed" "credit" "statement" "paid" */

/* A sentence of "why", as data: dunning/why.h tells it in the reader's language. */
struct plan_why {
	const char *code;    /* "overdue" "reminded" "credits" "too_soon"…: the table in why.c */
	int64_t a, b;        /* counts, amounts or days, by code */
	const char *text;    /* a step's code, an item's number; "" */
};

struct plan_action_item {
	size_t item;         /* index in the view; SIZE_MAX for PLAN_PAID */
	int64_t item_id;
	enum plan_role role;
	int64_t amount;      /* claimed: what is asked of it (a disputed part is off); credit: negative; statement: open */
};

struct plan_action {
	char step[40];       /* the step's code; review, unpaid_return, own_fault, thanks outside the ladder */
	enum rank rank;
	enum channel channel;
	enum mode mode;
	enum action_state state; /* planned or to_confirm: what a new one starts with */
	char currency[4], template[40];
	int64_t amount;      /* sum of claimed and credit items: what is asked */
	unsigned reasons;    /* enum yes_reason */
	bool first_wave;     /* counts against the daily cap of the take-over */
	bool broken_promise; /* say so in the text */
	int64_t priority;    /* higher first: amount at stake, weighed by age and risk */
	int16_t max_days_late;
	char next_step[40];  /* code of the step that really follows; "": none, so no threat */
	int32_t next_day;    /* when it would follow at the earliest; DAY_NONE */
	struct plan_action_item *items;
	size_t item_count;
	struct plan_why *why; /* sentences, in order */
	size_t why_count;
};

struct plan_left {
	size_t item;
	enum left_reason reason;
	int32_t until;       /* promise, hold, reply: the last day it is held; too soon: the day of its step; DAY_NONE: unknown */
	struct plan_why detail;
};

struct plan {
	struct plan_action *actions;
	size_t action_count;
	struct plan_left *left;
	size_t left_count;
};

/* Everything in *out lives in the arena. `scenario` NULL: none could be found (no_scenario). */
void plan_day(const struct plan_view *view, const struct scenario *scenario, const struct plan_settings *settings, int32_t today,
              struct arena *arena, struct plan *out);

/* A person asks for a message about these items now, whatever the ladder waits for. Everything that keeps an item out of the plan
 * keeps it out here as well, with its reason: disputes, promises, holds, a reply, a message under way, the gap between two contacts, a
 * closed day. At most one action (step "now", never above the follow-up: what is firm follows its scenario); `left` has each item
 * that was asked for and is not in it. Late items go before those that are not due. */
#define PLAN_NOW "now"
void plan_now(const struct plan_view *view, const struct scenario *scenario, const struct plan_settings *settings, int32_t today,
              const int64_t *items, size_t count, enum channel channel, struct arena *arena, struct plan *out);

/* The coming days as they would go if every action were done on its day and nothing else happened: for previews of a scenario.
 * *out lives in the arena, in order of day. */
struct plan_coming {
	int32_t day;
	char step[40];
	enum channel channel;
	char currency[4];
	int64_t amount;
};
void plan_ahead(const struct plan_view *view, const struct scenario *scenario, const struct plan_settings *settings, int32_t today,
                int days, struct arena *arena, struct plan_coming **out, size_t *count);

/* The position of an item in a ladder after its history: index of the last step it has passed, -1 for none. */
int plan_item_step(const struct plan_view *view, size_t item, const struct scenario *scenario);

/* A promise at a day: what its items received by payments since it was made. Pure; the daily job stores it. */
enum promise_state { PROMISE_EXPECTED, PROMISE_PARTLY_KEPT, PROMISE_KEPT, PROMISE_BROKEN, PROMISE_CANCELLED };
const char *promise_state_code(enum promise_state state);
enum promise_state promise_judge(const struct calendar *calendar, int grace, int32_t promise_day, int64_t promised, int64_t received,
                                 int32_t today);

#endif
