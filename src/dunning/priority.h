/* priority — what comes first in the day: what is at stake × the chance that acting helps × how urgent it is. Pure; the same parts are
 * stored as an order and shown as words.
 *
 *     struct priority p = priority_of(123456, 60, 20);     1 234,56 € × 60 % × 1,7
 *     order by priority_value(&p)
 */
#ifndef DUNNING_PRIORITY_H
#define DUNNING_PRIORITY_H

#include <stdint.h>

struct priority {
	int64_t stake;   /* minor units */
	int chance;      /* percent: a good payer (score 100) pays by himself, so acting helps in a third of the cases; the worst needs it */
	int urgency;     /* hundredths: 100 on the due date, +100 for each 30 days late, at most 700 */
};
/* score 0..100, below 0 unknown (taken as 60); days late below 0 counts as 0. */
struct priority priority_of(int64_t stake, int score, int days_late);
int64_t priority_value(const struct priority *priority); /* the product, held within 64 bits */

#endif
