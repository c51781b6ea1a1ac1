/* instrument — what we present ourselves to be paid: a bill of exchange (LCR, BOR) or a SEPA direct debit, drawn from items.
 *
 *   LCR   drawn ─► sent for acceptance ─► accepted ─► remitted ─► paid
 *           │              └─► refused        └──────────┘ └─► unpaid (returned, with the bank's reason)
 *           └─────────────────────────────────► remitted        not submitted to acceptance
 *   BOR   accepted (the debtor signed it) ─► remitted ─► paid | unpaid
 *   debit drawn (the customer is told) ─► remitted ─► paid ─► unpaid (refund within 8 weeks, 13 months without a mandate)
 *
 * While it is under way its items are held by a hold of kind bill or direct_debit: nobody reminds of them, whatever their due day,
 * until the bank answers. What the books move (411 → 413) is followed. Unpaid: the hold falls, the items are due since their own
 * day. Paid, and not yet in the books: some more days of peace. Rules that decide are pure. */
#ifndef LEDGER_INSTRUMENT_H
#define LEDGER_INSTRUMENT_H

#include "ledger/item.h"
#include "ledger/mandate.h"

enum { INSTRUMENT_ITEMS = 200, INSTRUMENT_REFERENCE = 11 };
struct instrument_item {
	int64_t item_id, amount, open;
	const char *number;
	int32_t due_day;
};
struct instrument {
	int64_t id, customer_id, amount, open /* of its items, now, credits deducted */, left /* of those that he owes */, remittance_id, mandate_id, before_id, by_user, rev;
	char kind[8] /* lcr bor debit */, state[12], currency[4], iban[IBAN_SIZE], scheme[8] /* of its mandate */;
	bool to_accept, discounted;
	int32_t made_day, due_day, sent_day, chased_day, accepted_day, remitted_day, paid_day, back_day; /* DAY_NONE: not */
	int32_t tasked_day;  /* a colleague was given a task for it */
	int attempt;
	const char *back_code, *ended_why, *note, *customer_code, *customer_name;
	struct instrument_item *items;
	size_t item_count;
};
struct instrument_new {
	int64_t customer_id;
	const int64_t *items;
	size_t item_count;
	const char *kind, *iban, *note; /* iban: of the drawee; of a debit it is the mandate's */
	int32_t due_day;
	bool to_accept;         /* lcr */
	int64_t before_id;      /* a presentation that came back: again */
	bool corrected;         /* what the bank complained of is put right */
};

/* --- pure ------------------------------------------------------------------------------------------------------------------------ */
bool instrument_under_way(const struct instrument *one);      /* its items are held */
bool instrument_matured(const struct instrument *one, int32_t today); /* remitted, its day is past, the bank has not answered */
/* Until which day it is not good for certain: a bill until it is paid (DAY_NONE then), a debit until no refund can come: CORE 8
 * weeks after its day, B2B 3 banking days; `unauthorised`: without a valid mandate, 13 months. */
int32_t instrument_risk_until(const struct instrument *one, bool unauthorised);
/* What it waits for too long, and since when: a bill that does not come back accepted, a bank that does not answer. */
enum instrument_wait { INSTRUMENT_WAITS_NOT, INSTRUMENT_NOT_RETURNED, INSTRUMENT_NOT_ANSWERED };
enum instrument_wait instrument_waits(const struct instrument *one, int chase_days, int32_t today, int32_t *since);
/* Whether presenting it again makes sense after this code; STATUS_CONFLICT says why not. attempt: how often it was presented. */
struct status instrument_again_allowed(const char *code, int attempt, int most, bool corrected);
/* What comes back on statements: "EN00000012". */
void instrument_reference(int64_t id, char out[static INSTRUMENT_REFERENCE]);
const char *instrument_state_label(const struct instrument *one, int32_t today); /* English msgid */

/* --- reading ---------------------------------------------------------------------------------------------------------------------- */
struct instrument_filter {
	int64_t id, customer_id, remittance_id; /* 0: any */
	bool open_only;
	int32_t watched_from; /* 0: any; those under way, and those paid since that day */
};
/* Those under way first, by their day. *out lives in the arena. */
struct status instrument_list(struct db *db, const struct viewer *viewer, int64_t company_id, struct instrument_filter filter, struct arena *arena,
                              struct instrument **out, size_t *count);
struct status instrument_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct instrument *out);

/* --- writing: RIGHT_COLLECT ---------------------------------------------------------------------------------------------------------- */
struct status instrument_draw(struct change *change, const struct instrument_new *given, int64_t *id);
struct status instrument_send(struct change *change, int64_t id);           /* for acceptance; of a debit: the customer was told */
struct status instrument_chased(struct change *change, int64_t id);         /* the paper was asked for again */
struct status instrument_accept(struct change *change, int64_t id, int32_t day);
struct status instrument_refuse(struct change *change, int64_t id, const char *why);
struct status instrument_cancel(struct change *change, int64_t id, const char *why);
struct status instrument_paid(struct change *change, int64_t id, int32_t day);
/* The bank's answer: unpaid, its code of either list ("" none given). */
struct status instrument_back(struct change *change, int64_t id, const char *code, int32_t day);
/* For remittance.c. */
struct status instrument_remitted(struct change *change, const struct instrument *one, int64_t remittance_id, bool discount);

/* What the books and the bank say since: paid, come back, moved to 413. Safe to repeat; *changed counts. */
struct status instrument_settle(struct change *change, int64_t *changed);
/* A task for the collector, once for each wait (instrument_task.c); *changed counts. */
struct status instrument_tasks(struct change *change, int64_t *changed);

#endif
