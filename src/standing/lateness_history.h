/* lateness_history — what was known of each customer on the day an invoice left, for standing/lateness.c alone.
 *
 * Invoices, settlements and due days are replayed in order of day; before each invoice leaves, its customer's past is written
 * down. After the last one, what is known on the day asked remains. */
#ifndef STANDING_LATENESS_HISTORY_H
#define STANDING_LATENESS_HISTORY_H

#include "standing/forest.h"
#include "standing/lateness.h"

enum { MEMORIES = 3 };
struct memory {
	double weight, sum, squares, late; /* of days late without effects; older ones count less and less */
};
struct past {
	struct memory memory[MEMORIES];
	double fast, amounts;              /* the last ones; sum of log amounts */
	double disputed, told;             /* disputes among the invoices of which it is known */
	int32_t last_day;
	uint32_t settled, issued, open, overdue;
};
/* What is learned once over all known invoices, apart from any customer: days to add. */
struct effects {
	double disputed[3], sending[LATENESS_KINDS], country[LATENESS_KINDS];
	double pull;                       /* as many payments everybody's past weighs against the customer's own */
	int memory;                        /* the one that would have served best */
};
struct history {
	const struct effects *effects;
	struct past *pasts;                /* by customer */
	struct past everybody;
	double errors[MEMORIES];           /* of the expectation, over the replay */
};
double history_effect(const struct effects *effects, const struct lateness_invoice *invoice);
double history_clamp(double days);         /* no single payment outweighs a year of them */
/* The features of an invoice as the history stands, and the days late expected of it by customer and effects. */
double history_features(const struct history *history, const struct lateness_invoice *invoice, float features[FOREST_FEATURES]);
/* Replays; `take` (may be NULL) hears each invoice issued before known_before, with its features, in order of issue. */
typedef void history_take(void *context, size_t index, const float features[FOREST_FEATURES], double expected);
void history_replay(struct history *history, const struct lateness_invoice *invoices, size_t count, int32_t known_before,
                    history_take *take, void *context);

#endif
