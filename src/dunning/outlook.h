/* outlook — before a scenario is published: what leaves in the next 30 days, to whom, beside what would have left with the one in force.
 *
 * Both are planned by plan_ahead, the rules of the real run, on each customer who follows the scenario: if every action is done on its
 * day and nothing else happens. Of more than OUTLOOK_CUSTOMERS customers, every n-th is looked at, and `share` says so.
 *
 *     struct outlook *outlook;
 *     TRY(outlook_make(db, &company, draft, MIDWAY_STEP, today, visible, arena, &outlook)); */
#ifndef DUNNING_OUTLOOK_H
#define DUNNING_OUTLOOK_H

#include "dunning/plan_load.h"

enum { OUTLOOK_DAYS = 30, OUTLOOK_CUSTOMERS = 3000, OUTLOOK_SHOWN = 200 };
struct outlook_day {
	int64_t before[CHANNEL_COUNT], after[CHANNEL_COUNT]; /* with the one in force; with the draft */
	int64_t before_contacts, after_contacts;
};
struct outlook_row {
	int64_t customer_id, amount; /* amount: of the first action with the draft, else with the one in force */
	const char *code, *name;
	char currency[4], before_step[40], after_step[40]; /* the first action in the 30 days; "" none */
	int32_t before_day, after_day;
	int before_count, after_count; /* contacts in the 30 days */
};
struct outlook {
	struct outlook_day days[OUTLOOK_DAYS];
	int64_t before_contacts, after_contacts; /* in all */
	size_t customers, looked;      /* who follow it; of whom looked at */
	size_t midway;                 /* of whom somewhere in the ladder now */
	size_t changed;                /* of whom something changes */
	int32_t burst_day;             /* a day on which far more leaves than on others; DAY_NONE */
	int64_t burst_contacts, usual_contacts; /* that day; on a usual day */
	struct outlook_row *rows;      /* whom it changes, by how soon; at most OUTLOOK_SHOWN */
	size_t row_count;
};
/* visible: per customer of the book; NULL: all. `in_force` NULL: nothing of that code is in force. */
struct status outlook_make(struct db *db, const struct company *company, const struct scenario *in_force, const struct scenario *draft,
                           enum midway midway, int32_t today, const uint8_t *(*visible)(void *context, const struct book *book), void *context,
                           struct arena *arena, struct outlook **out);
/* A burst: more than BURST_LEAST contacts on a day, and more than twice the usual day with the scenario in force. Pure. */
enum { BURST_LEAST = 20 };
void outlook_burst(struct outlook *outlook, int32_t today);

#endif
