/* replay — the last twelve months played again with another scenario, from how these customers reacted to ours.
 *
 * Learned from the company's own data: how likely an invoice is to be paid on a day, by how late it is, with and without a contact of
 * its customer in the ten days before, and how much sooner or later each customer pays than others (drawn towards the others while
 * little is known of him). Then each invoice of the year lives again, day by day, under each scenario with the same luck; the rules that
 * choose the contacts are those of the real plan. What differs between the two is the effect.
 *
 * It is an estimate, and says so: whom one chases is late already, so what follows a contact is no proof of its effect (a trial is:
 * trial.h); every contact counts alike whatever its channel; scores and conditions are those of today.
 *
 *     struct replay *replay;
 *     TRY(replay_make(db, &company, in_force, draft, today, visible, context, arena, &replay)); */
#ifndef DUNNING_REPLAY_H
#define DUNNING_REPLAY_H

#include "dunning/plan_load.h"

enum {
	REPLAY_BUCKETS = 7,     /* not late; 1-7, 8-15, 16-30, 31-60, 61-90, over 90 days late */
	REPLAY_WINDOW = 10,     /* days after a contact in which a payment follows it */
	REPLAY_CUSTOMERS = 120, /* looked at: every n-th of more */
	REPLAY_TIMES = 6,       /* lives of each */
	REPLAY_LEAST = 30,      /* payments within the window, under which nothing is said of an effect */
	REPLAY_MONTHS = 12,
};

/* --- pure ---------------------------------------------------------------------------------------------------------------------- */
struct replay_invoice {
	uint32_t customer;      /* index from 0 */
	int32_t issue_day, due_day, paid_day; /* DAY_NONE: not paid by the end */
	int64_t amount;
};
struct replay_contact {         /* by customer, then day */
	uint32_t customer;
	int32_t day;
};
struct replay_model {
	double hazard[REPLAY_BUCKETS][2]; /* chance of a payment on a day: without, with a contact in the window */
	double *factor;         /* per customer; in the arena */
	int64_t after_contact;  /* payments seen within the window of a contact */
	int64_t payments;
	double observed_days;   /* weighted by amount, from due date to payment or to the end */
};
int replay_bucket(int32_t days_late);
/* Invoices by customer. From `from` to `to`, both included. */
void replay_learn(const struct replay_invoice *invoices, size_t count, const struct replay_contact *contacts, size_t contact_count,
                  size_t customers, int32_t from, int32_t to, struct arena *arena, struct replay_model *out);

struct replay_life {            /* sums over the lives of one customer under one scenario */
	double amount_days, amount; /* days from the due date to payment, weighted */
	double overdue_end;
	double contacts, calls, mails;
	double overdue_month[REPLAY_MONTHS];
};
/* One customer's year under a scenario: `view` gives what he is today, its items and past are not used. */
void replay_live(const struct replay_model *model, const struct plan_view *view, size_t customer, const struct replay_invoice *invoices,
                 size_t count, const struct scenario *scenario, const struct plan_settings *settings, int32_t from, int32_t to, uint64_t seed,
                 struct arena *scratch, struct replay_life *out);

struct replay_effect { double value, low, high; }; /* with its 80 % interval over customers */
struct replay {
	size_t customers, looked;
	int32_t from, to;
	int64_t invoices, payments, after_contact;
	bool known;             /* enough was seen to say something of an effect; else only contacts are counted */
	double observed_days, replayed_days; /* what was, and what the replay of the scenario in force makes of it */
	struct replay_effect days;           /* days to payment after the due date, draft less in force: the effect on these customers' DSO */
	struct replay_effect overdue;        /* overdue at the end of the year, minor units, of those looked at */
	double contacts[2], calls[2], mails[2]; /* in force, draft: of those looked at, in the year */
	double overdue_month[2][REPLAY_MONTHS]; /* at the end of each month: in force, draft */
	double observed_month[REPLAY_MONTHS];
	int32_t month_end[REPLAY_MONTHS];
};
/* Two lives of each customer, one per scenario: differences and their intervals. */
void replay_compare(const struct replay_life *before, const struct replay_life *after, size_t count, uint64_t seed, struct replay *out);

/* --- store ----------------------------------------------------------------------------------------------------------------------- */
struct status replay_make(struct db *db, const struct company *company, const struct scenario *in_force, const struct scenario *draft,
                          int32_t today, const uint8_t *(*visible)(void *context, const struct book *book), void *context,
                          struct arena *arena, struct replay **out);

#endif
