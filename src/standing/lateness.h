/* lateness — how late an invoice will be paid, learned from how invoices were paid before it.
 *
 * What is used is what a credit manager has when the invoice leaves: how this customer paid until then (how late, how often late,
 * lately against usually, how steadily; the less is known of him the nearer he is taken to everybody), what he has open and
 * overdue, whether he disputes, the amount against his usual one, terms, month and weekday, how the invoice is sent, country. The
 * facts of a past invoice are those of its own day, never later ones; what is still unpaid counts as "later than today".
 *
 * First the usual lateness of customer, dispute and way of sending is taken as a sum of effects, with the memory (a season, a
 * year, or longer) that would have served best; then two forests (standing/forest.h), one of what remains and one of the days
 * themselves, give how far the days spread. Where there are enough invoices, the model is first built without the last quarter
 * and asked about that: the levels of its curve are then set by what really happened.
 *
 *     struct lateness_model *model = lateness_learn(invoices, count, customers, today);      NULL: too few of them
 *     struct lateness lateness;
 *     lateness_predict(model, &invoice, &lateness);     lateness_free(model) when done
 */
#ifndef STANDING_LATENESS_H
#define STANDING_LATENESS_H

#include "base/day.h"

enum { LATENESS_KINDS = 32, LATENESS_ENOUGH = 50 /* settled invoices under which nothing is learned */ };

struct lateness_invoice {
	uint32_t customer;              /* 0 .. customers - 1 */
	int32_t issue_day, due_day;
	int32_t settled_day;            /* DAY_NONE: not settled */
	int64_t amount;
	int8_t disputed;                /* 1, 0; -1: not said */
	uint8_t sending, country;       /* kinds of the file, 0 .. LATENESS_KINDS - 1; 0: not said */
};
struct lateness_model;

/* Knows only invoices issued before `known_before`, and of them only settlements before it. NULL when fewer than
 * LATENESS_ENOUGH of these are settled. */
struct lateness_model *lateness_learn(const struct lateness_invoice *invoices, size_t count, size_t customers, int32_t known_before);
void lateness_free(struct lateness_model *model);
bool lateness_calibrated(const struct lateness_model *model); /* on invoices it had not learned from */

struct lateness {
	double p_late;                  /* more than no day late */
	int32_t p10, p50, p90;          /* signed days late */
	int32_t when_late;              /* the median of the days late, given that it is late */
};
void lateness_predict(const struct lateness_model *model, const struct lateness_invoice *invoice, struct lateness *out);

/* The whole curve, for sums over months and for what is overdue already. */
struct lateness_curve {
	int32_t first;                  /* beyond[i] is the chance of more than first + i days late */
	size_t count;
	float beyond[1200];
};
void lateness_curve(const struct lateness_model *model, const struct lateness_invoice *invoice, struct lateness_curve *out);
double lateness_beyond(const struct lateness_curve *curve, int32_t days);
/* Days late that a share of such invoices does not exceed, among those that are later than `already` (INT32_MIN: all of them);
 * DAY_NONE when fewer than one in a thousand were later, or the share is never reached. */
int32_t lateness_at(const struct lateness_curve *curve, double share, int32_t already);

#endif
