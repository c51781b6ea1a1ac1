#include "standing/score.h"

#include <math.h>

static const struct {
	const char *code, *name;
	int weight;
} parts[SCORE_PARTS] = {
	[SCORE_LATENESS] = { "lateness", "Average days late", 35 },
	[SCORE_OVERDUE] = { "overdue_share", "Share overdue", 20 },
	[SCORE_TREND] = { "trend", "Trend of the last 90 days", 10 },
	[SCORE_PROMISES] = { "promises", "Promises kept", 10 },
	[SCORE_REJECTS] = { "rejects", "Rejected and returned payments", 10 },
	[SCORE_DISPUTES] = { "disputes", "Disputed share", 5 },
	[SCORE_AGE] = { "age", "Age of the relation", 5 },
	[SCORE_RATING] = { "rating", "External rating", 5 },
};

const char *score_part_code(enum score_part part)
{
	return parts[part].code;
}

const char *score_part_name(enum score_part part)
{
	return parts[part].name;
}

char score_class(double raw)
{
	return raw >= 80 ? 'A' : raw >= 60 ? 'B' : raw >= 40 ? 'C' : 'D';
}

void score_compute(struct score *score)
{
	int weights = 0;
	double points = 0;
	for (int p = 0; p < SCORE_PARTS; p++) {
		score->parts[p].weight = parts[p].weight;
		score->parts[p].contribution = 0;
		if (!score->parts[p].known) continue;
		weights += parts[p].weight;
		points += score->parts[p].value * parts[p].weight;
	}
	score->known = score->parts[SCORE_LATENESS].known || score->parts[SCORE_OVERDUE].known;
	score->value = score->known ? points / weights : 0;
	score->class = score->known ? score_class(score->value) : 0;
	for (int p = 0; p < SCORE_PARTS && score->known; p++)
		if (score->parts[p].known) score->parts[p].contribution = score->parts[p].value * parts[p].weight / weights;
}

static void part_set(struct score *score, enum score_part part, double value)
{
	score->parts[part].known = true;
	score->parts[part].value = fmin(100, fmax(0, value));
}

struct score score_of(const struct score_facts *facts)
{
	const struct book_behaviour *b = &facts->behaviour;
	struct score score = { 0 };
	double late = b->late_weight > 0 ? (double)b->days_late / (double)b->late_weight : 0;
	int64_t positive = book_positive(&facts->gross);
	if (b->late_weight > 0) part_set(&score, SCORE_LATENESS, 100 - late * 100 / 60);
	if (positive > 0) part_set(&score, SCORE_OVERDUE, 100 * (1 - (double)book_overdue(&facts->gross) / (double)positive));
	if (b->settled_90 > 0) part_set(&score, SCORE_TREND, 100 - ((double)b->days_late_90 / (double)b->settled_90 - late) * 100 / 30);
	if (b->promised > 0) part_set(&score, SCORE_PROMISES, 100 * (double)b->kept / (double)b->promised);
	if (facts->presented && b->collected > 0) part_set(&score, SCORE_REJECTS, 100 * (1 - (double)b->returned / (double)b->collected));
	if (facts->disputes_kept && b->invoiced > 0) part_set(&score, SCORE_DISPUTES, 100 * (1 - (double)b->disputed / (double)b->invoiced));
	if (b->first_day != DAY_NONE) part_set(&score, SCORE_AGE, 100.0 * (facts->as_of - b->first_day) / (5 * 365));
	if (facts->rating >= 0) part_set(&score, SCORE_RATING, facts->rating);
	score_compute(&score);
	return score;
}
