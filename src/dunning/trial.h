/* trial — two variants of a scenario on comparable customers drawn at random, and what comes of it.
 *
 * The draw: customers who follow the scenario by rule, sorted into strata (score class, size of what they owe); within each stratum half
 * get variant A, half B, at random from a seed that is kept, so that the draw can be made again. What is measured: days from the due
 * date to payment of invoices that fall due during the trial, up to TRIAL_HORIZON days, those still unpaid counted as far as they have
 * gone (Kaplan-Meier); the difference with its interval over customers, who are the units that were drawn.
 *
 * It ends on its day; before, when one variant brings clearly more disputes or complaints (harm), or when the difference is beyond doubt
 * although one looks every day (99 % instead of 95 %, and at least TRIAL_PAID payments on each side). A person may end it at any time.
 *
 *     TRY(trial_start(&change, data, &(struct trial_new){ .name = "J+15 ou J+20", .a = "average", .b = "average_slow" }, &id)); */
#ifndef DUNNING_TRIAL_H
#define DUNNING_TRIAL_H

#include "dunning/plan_load.h"

enum { TRIAL_HORIZON = 60, TRIAL_PAID = 30, TRIAL_LEAST = 10 /* customers on each side */ };

/* --- pure ---------------------------------------------------------------------------------------------------------------------- */
struct trial_unit {
	int64_t customer_id;
	char stratum[24];
	char arm;            /* 'a', 'b': made by the draw */
};
/* Sorts by stratum and customer, then draws. The same units and seed give the same arms. */
void trial_draw(struct trial_unit *units, size_t count, uint64_t seed);

struct trial_invoice {
	uint32_t unit;       /* index of its customer among the units */
	int32_t days;        /* from the due date to payment (0: on time), or to today while unpaid */
	bool paid;
};
struct trial_arm {
	size_t customers, invoices, paid, disputes, complaints; /* the last two: customers with one at least, since the start */
	double days;         /* mean days to payment within the horizon; NAN: nothing yet */
};
enum trial_state { TRIAL_RUNS, TRIAL_OVER, TRIAL_CLEAR, TRIAL_HARM, TRIAL_STOPPED };
struct trial_result {
	struct trial_arm arm[2];
	double difference, low, high;  /* B less A, in days, with its 95 % interval; NAN until both have payments */
	double low99, high99;
	bool harm;                     /* one side has clearly more customers with a dispute or a complaint */
	enum trial_state state;        /* what the stop rule says today */
};
/* disputed, complained: per unit. */
void trial_measure(const struct trial_unit *units, size_t unit_count, const struct trial_invoice *invoices, size_t invoice_count,
                   const bool *disputed, const bool *complained, int32_t day, int32_t days, uint64_t seed, struct trial_result *out);

/* --- store ----------------------------------------------------------------------------------------------------------------------- */
struct trial {
	int64_t id;
	const char *name, *a, *b, *stop_reason;  /* '' running; person time clear harm */
	uint64_t seed;
	int32_t started, days, stopped;          /* DAY_NONE: runs */
};
struct trial_new {
	const char *name, *a, *b;                /* a: the scenario whose customers are drawn */
	int32_t days;                            /* 30..365 */
	uint64_t seed;
};
/* RIGHT_SCENARIO. STATUS_INVALID in words: too few customers, an unknown scenario, another trial on the same. */
struct status trial_start(struct change *change, const struct trial_new *given, int64_t *id, size_t drawn[2]);
struct status trial_stop(struct change *change, int64_t id, const char *reason);
struct status trial_list(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct trial **out, size_t *count);
struct status trial_read(struct db *db, const struct company *company, const struct trial *trial, int32_t today, struct arena *arena,
                         struct trial_result *out);
/* The run's part: ends those that the rule ends. */
struct status trials_of_day(struct change *change, struct arena *arena, size_t *ended);

#endif
