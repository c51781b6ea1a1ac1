/* subset — which of some amounts make a sum exactly; bounded, and honest about what it did not look at.
 *
 *     struct cash_subsets found = { .limit = 20000 };
 *     cash_subset_find(values, count, target, arena, &found);
 *
 * Looked for in this order: runs of neighbours (values come in order of due date), all but a few, pairs, triples, then any set
 * of up to CASH_SUBSET_SIZE, as far as `limit` steps go.
 */
#ifndef CASH_SUBSET_H
#define CASH_SUBSET_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CASH_SUBSETS = 6, CASH_SUBSET_SIZE = 24 };

struct cash_subset {
	uint32_t *places; /* ascending */
	size_t count;
	bool run;         /* neighbours */
};
struct cash_subsets {
	size_t limit;     /* steps allowed */
	struct cash_subset sets[CASH_SUBSETS];
	size_t count;
	bool more;        /* others exist that are not listed */
	bool exhausted;   /* the steps ran out: there may be others */
};

/* `values` > 0, at least two of them in a set. */
void cash_subset_find(const int64_t *values, size_t count, int64_t target, struct arena *arena, struct cash_subsets *out);

#endif
