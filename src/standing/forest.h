/* forest — how long things take, learned from cases that are over and cases that still last.
 *
 * A forest of decision trees whose leaves keep the cases that fell into them. Asked about a new case it finds the past ones that
 * look like it and gives how their days were spread: a curve, not one number. A case that still lasts counts for the days it has
 * lasted (Kaplan and Meier), so that the slow ones, of which the end is not known yet, are not forgotten.
 *
 *     struct forest *forest = forest_grow(cases, count, (struct forest_options){ 0 });
 *     struct forest_curve curve;
 *     forest_curve(forest, features, &curve);      curve.beyond[i]: the chance of more than FOREST_LOW + i days
 *     forest_free(forest);
 *
 * The same cases give the same forest on every machine: its chance comes from a seed.
 */
#ifndef STANDING_FOREST_H
#define STANDING_FOREST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FOREST_FEATURES = 20, FOREST_LOW = -160, FOREST_SPAN = 512 /* days kept: -160 to 351; others count as the nearest */ };

struct forest_case {
	float features[FOREST_FEATURES];
	int32_t days;
	bool lasting;                  /* not over: more than `days` */
};
struct forest_options {
	int trees, leaf, sample;       /* 0: 96 trees, leaves of 12 cases or more, at most 40,000 cases a tree */
	uint64_t seed;
};
struct forest;
struct forest *forest_grow(const struct forest_case *cases, size_t count, struct forest_options options); /* count > 0 */
void forest_free(struct forest *forest); /* NULL is fine */

struct forest_curve {
	float beyond[FOREST_SPAN];     /* falls from 1; what remains at the end lasts longer than any case did */
};
void forest_curve(const struct forest *forest, const float features[FOREST_FEATURES], struct forest_curve *out);

#endif
