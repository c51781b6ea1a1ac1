#include "standing/score.h"

#include "base/test.h"
#include "standing/standing.h"

#include <math.h>

#define NEAR(got, want) CHECK(fabs((got) - (want)) < 0.005)

static struct score from(const double values[SCORE_PARTS]) /* < 0: not known */
{
	struct score score = { 0 };
	for (int p = 0; p < SCORE_PARTS; p++) {
		score.parts[p].known = values[p] >= 0;
		score.parts[p].value = values[p];
	}
	score_compute(&score);
	return score;
}

/* KPI reference section 7, both worked examples. */
static void worked_examples(void)
{
	struct score score = from((double[]){ 90, 75, 50, 70, 100, 80, 100, -1 });
	NEAR(score.value, 7750.0 / 95);
	NEAR(score.value, 81.58);
	CHECK_INT(score.class, 'A');
	double sum = 0;
	for (int p = 0; p < SCORE_PARTS; p++) sum += score.parts[p].contribution;
	NEAR(sum, score.value);
	NEAR(score.parts[SCORE_LATENESS].contribution, 3150.0 / 95);
	CHECK(!score.parts[SCORE_RATING].known && score.parts[SCORE_RATING].contribution == 0);

	score = from((double[]){ 90, 75, 50, -1, -1, -1, 100, -1 });
	NEAR(score.value, 80.71);
	CHECK_INT(score.class, 'A');
}

static void class_is_that_of_the_raw_value(void)
{
	static const struct { double raw; char class; } cases[] = {
		{ 100, 'A' }, { 80, 'A' }, { 79.996, 'B' }, { 60, 'B' }, { 59.9999, 'C' }, { 40, 'C' }, { 39.999, 'D' }, { 0, 'D' },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) CHECK_INT(score_class(cases[i].raw), cases[i].class);
}

static void without_lateness_and_overdue_share_there_is_none(void)
{
	struct score score = from((double[]){ -1, -1, -1, 100, 100, 100, 100, 100 });
	CHECK(!score.known && score.class == 0);
	score = from((double[]){ -1, 40, -1, -1, -1, -1, -1, -1 });
	CHECK(score.known);
	NEAR(score.value, 40);
}

static struct score_facts facts_of(int32_t as_of)
{
	return (struct score_facts){ .as_of = as_of, .rating = -1, .behaviour = { .first_day = DAY_NONE } };
}

static void parts_come_from_figures(void)
{
	struct score_facts facts = facts_of(10000);
	struct score score = score_of(&facts);
	CHECK(!score.known);

	facts.behaviour = (struct book_behaviour){ .settled = 100, .late_weight = 100, .days_late = 600, .settled_90 = 50,
		.days_late_90 = 50 * 21, .first_day = 10000 - 365, .collected = 100, .returned = 25, .invoiced = 200, .disputed = 50,
		.promised = 80, .kept = 20 };
	facts.gross = (struct book_ageing){ .bucket = { 75, 25, 0, 0, 0 } };
	score = score_of(&facts);
	NEAR(score.parts[SCORE_LATENESS].value, 90);    /* 6 days of 60 */
	NEAR(score.parts[SCORE_OVERDUE].value, 75);
	NEAR(score.parts[SCORE_TREND].value, 50);       /* 21 against 6: 15 of 30 days worse */
	NEAR(score.parts[SCORE_PROMISES].value, 25);
	NEAR(score.parts[SCORE_AGE].value, 20);
	CHECK(!score.parts[SCORE_REJECTS].known && !score.parts[SCORE_DISPUTES].known);

	facts.presented = facts.disputes_kept = true;
	score = score_of(&facts);
	NEAR(score.parts[SCORE_REJECTS].value, 75);
	NEAR(score.parts[SCORE_DISPUTES].value, 75);
}

static void parts_stay_within_0_and_100(void)
{
	struct score_facts facts = facts_of(10000);
	facts.behaviour = (struct book_behaviour){ .settled = 1, .late_weight = 1, .days_late = 500, .settled_90 = 1,
		.days_late_90 = -500, .first_day = 0, .collected = 1, .returned = 5 };
	facts.presented = true;
	struct score score = score_of(&facts);
	NEAR(score.parts[SCORE_LATENESS].value, 0);
	NEAR(score.parts[SCORE_TREND].value, 100);
	NEAR(score.parts[SCORE_REJECTS].value, 0);
	NEAR(score.parts[SCORE_AGE].value, 100);
}

TESTS({ "worked examples", worked_examples }, { "class is that of the raw value", class_is_that_of_the_raw_value },
      { "without lateness and overdue share there is none", without_lateness_and_overdue_share_there_is_none },
      { "parts come from figures", parts_come_from_figures }, { "parts stay within 0 and 100", parts_stay_within_0_and_100 })
