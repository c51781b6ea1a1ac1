/* dispute_figures — what a company's disputes say: where the contested money comes from, how long an answer takes, what it costs.
 *
 * Pure over the cases (ledger/dispute_case.h) opened in a period. Blockages are counted apart: nothing is contested in them. Days are
 * calendar days from opening to closing; "in time" means that our answer left our hands by the deadline. */
#ifndef INSIGHT_DISPUTE_FIGURES_H
#define INSIGHT_DISPUTE_FIGURES_H

#include "base/arena.h"
#include "ledger/dispute_case.h"

struct dispute_group {         /* a type, or an owner */
	const char *code, *label;  /* of a type: code and English msgid; of an owner: his name */
	bool blockage;
	int64_t amount, granted;   /* contested when opened; given away */
	size_t count, open, closed, answered, in_time;
	int64_t days;              /* of the closed ones, summed */
	int32_t median;            /* of the closed ones; -1: none closed */
};
struct dispute_month {
	int32_t first_day;
	size_t opened, closed;
	int64_t amount, granted, days; /* opened in it; of those closed in it */
};
enum { DISPUTE_MONTHS = 12, DISPUTE_OWNERS = 30, DISPUTE_TYPES = 20 };
struct dispute_figures {
	struct dispute_group types[DISPUTE_TYPES]; /* real disputes by amount, largest first, then blockages */
	struct dispute_group owners[DISPUTE_OWNERS]; /* by count */
	size_t type_count, owner_count;
	struct dispute_month months[DISPUTE_MONTHS]; /* the last one is that of `to` */
	struct dispute_group all, blockages;
	size_t accepted, refused, settled, written_off; /* how real disputes ended */
	int64_t funds_cost;        /* what the money that waited cost, at the rate */
	int64_t handling_cost;
};
struct dispute_figures_options {
	const char *currency;      /* cases in others are left out */
	int32_t from, to;          /* opened in this period */
	int64_t handling;          /* of one case */
	int funds_rate;            /* hundredths of a percent a year */
};
void dispute_figures(const struct dispute_case *cases, size_t count, const struct dispute_figures_options *options, struct dispute_figures *out);
/* How long one of this type takes: the mean of those closed; else of all that were; else the days its company gives itself. */
int32_t dispute_usual_days(const struct dispute_figures *figures, const struct dispute_case *one);
/* The share of what is contested that is not given away, in hundredths of a percent: of the type's closed ones, else of all; else 100 %. */
int dispute_kept_share(const struct dispute_figures *figures, const struct dispute_case *one);

#endif
