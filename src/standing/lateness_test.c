#include "standing/lateness.h"

#include "base/memory.h"
#include "base/test.h"
#include "standing/forest.h"

#include <stdlib.h>

/* Chance with a known beginning: the same invoices on every machine. */
static uint64_t chance;
static double draw(void)
{
	chance = chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (double)(chance >> 40) / (double)(1 << 24);
}
static double around(double deviation) /* nearly normal: twelve draws */
{
	double sum = -6;
	for (int i = 0; i < 12; i++) sum += draw();
	return sum * deviation;
}

enum { CUSTOMERS = 40, MANY = 4000, START = 19000, END = 19800 };

/* Customer c pays c − 15 days late, give or take four; a dispute adds twenty. */
static struct lateness_invoice *true_history(size_t count)
{
	struct lateness_invoice *rows = xcalloc(count, sizeof *rows);
	chance = 7;
	for (size_t i = 0; i < count; i++) {
		uint32_t customer = (uint32_t)(draw() * CUSTOMERS);
		int32_t issue = START + (int32_t)(i * (END - START) / count), disputed = draw() < 0.15;
		int32_t late = (int32_t)customer - 15 + 20 * disputed + (int32_t)around(4);
		rows[i] = (struct lateness_invoice){ .customer = customer, .issue_day = issue, .due_day = issue + 30, .settled_day = issue + 30 + late,
			.amount = (int64_t)(100000 * (1 + draw())), .disputed = (int8_t)disputed };
		if (rows[i].settled_day < issue) rows[i].settled_day = issue;
	}
	return rows;
}

static struct lateness ask(const struct lateness_model *model, uint32_t customer, int disputed)
{
	struct lateness out;
	lateness_predict(model, &(struct lateness_invoice){ .customer = customer, .issue_day = END, .due_day = END + 30, .settled_day = DAY_NONE,
		.amount = 150000, .disputed = (int8_t)disputed }, &out);
	return out;
}

static bool near(int32_t got, int32_t wanted, int32_t by)
{
	if (abs(got - wanted) > by) printf("  %d, expected %d within %d\n", got, wanted, by);
	return abs(got - wanted) <= by;
}

static void each_customer_is_known_by_his_past(void)
{
	cleanup_free struct lateness_invoice *rows = true_history(MANY);
	struct lateness_model *model = lateness_learn(rows, MANY, CUSTOMERS, END);
	CHECK(model != NULL);
	struct lateness early = ask(model, 5, 0), late = ask(model, 35, 0), disputed = ask(model, 5, 1);
	CHECK(near(early.p50, -10, 3));
	CHECK(near(late.p50, 20, 3));
	CHECK(near(disputed.p50, 10, 4));
	CHECK(early.p_late < 0.05 && late.p_late > 0.95 && disputed.p_late > 0.85);
	CHECK(late.p10 < late.p50 && late.p50 < late.p90);
	CHECK(near(late.p90 - late.p10, 10, 4)); /* ±1.28 × 4 */
	CHECK(late.when_late >= 1 && early.when_late >= 1);
	lateness_free(model);
}

static void the_spread_holds_what_comes(void)
{
	cleanup_free struct lateness_invoice *rows = true_history(MANY);
	int32_t split = rows[MANY * 4 / 5].issue_day;
	struct lateness_model *model = lateness_learn(rows, MANY, CUSTOMERS, split);
	CHECK(lateness_calibrated(model));
	size_t asked = 0, within = 0, late_said = 0, late_right = 0;
	for (size_t i = 0; i < MANY; i++) {
		if (rows[i].issue_day < split) continue;
		struct lateness said;
		lateness_predict(model, &rows[i], &said);
		int32_t days = rows[i].settled_day - rows[i].due_day;
		asked++, within += days >= said.p10 && days <= said.p90;
		late_said++, late_right += (said.p_late > 0.5) == (days > 0);
	}
	CHECK(within * 100 >= asked * 75 && within * 100 <= asked * 87);
	CHECK(late_right * 100 >= late_said * 90);
	lateness_free(model);
}

/* Whatever happens from the day on, also to invoices that are known, changes nothing. */
static void what_comes_later_is_not_seen(void)
{
	cleanup_free struct lateness_invoice *rows = true_history(MANY);
	int32_t split = rows[MANY * 4 / 5].issue_day;
	struct lateness_model *model = lateness_learn(rows, MANY, CUSTOMERS, split);
	struct lateness before[CUSTOMERS];
	for (uint32_t c = 0; c < CUSTOMERS; c++) before[c] = ask(model, c, 0);
	lateness_free(model);
	size_t changed = 0;
	for (size_t i = 0; i < MANY; i++)
		if (rows[i].settled_day >= split) rows[i].settled_day = i % 2 ? split + 300 : DAY_NONE, changed++;
	CHECK(changed > 100);
	model = lateness_learn(rows, MANY, CUSTOMERS, split);
	for (uint32_t c = 0; c < CUSTOMERS; c++) {
		struct lateness after = ask(model, c, 0);
		CHECK(after.p50 == before[c].p50 && after.p10 == before[c].p10 && after.p90 == before[c].p90);
		CHECK(after.p_late == before[c].p_late && after.when_late == before[c].when_late);
	}
	lateness_free(model);
}

/* Of invoices sent lately only those paid early are settled: the others must not be forgotten. */
static void what_is_still_unpaid_counts(void)
{
	enum { ROWS = 1200 };
	cleanup_free struct lateness_invoice *rows = xcalloc(ROWS, sizeof *rows);
	chance = 11;
	for (size_t i = 0; i < ROWS; i++) {
		int32_t issue = START + (int32_t)(i % 60);
		rows[i] = (struct lateness_invoice){ .customer = (uint32_t)(i % 3), .issue_day = issue, .due_day = issue + 10,
			.settled_day = issue + (int32_t)(draw() * 80), .amount = 1000, .disputed = -1 };
	}
	/* half of the truth is not known on this day: the median of what is settled lies well under it */
	struct lateness_model *model = lateness_learn(rows, ROWS, 3, START + 60);
	struct lateness said;
	lateness_predict(model, &rows[ROWS - 1], &said);
	CHECK(near(said.p50, 30, 10));
	lateness_free(model);
}

static void a_customer_without_past_is_everybody(void)
{
	cleanup_free struct lateness_invoice *rows = true_history(MANY);
	struct lateness_model *model = lateness_learn(rows, MANY, CUSTOMERS + 1, END);
	struct lateness said = ask(model, CUSTOMERS, 0);
	CHECK(near(said.p50, 4, 8));
	CHECK(said.p90 - said.p10 > 20);
	lateness_free(model);
	CHECK(lateness_learn(rows, LATENESS_ENOUGH - 1, CUSTOMERS, END) == NULL);
	CHECK(lateness_learn(rows, 0, 0, END) == NULL);
}

static void later_than_already_is_later(void)
{
	cleanup_free struct lateness_invoice *rows = true_history(MANY);
	struct lateness_model *model = lateness_learn(rows, MANY, CUSTOMERS, END);
	struct lateness_curve curve;
	lateness_curve(model, &(struct lateness_invoice){ .customer = 20, .issue_day = END, .due_day = END + 30, .settled_day = DAY_NONE, .amount = 1 },
	               &curve);
	CHECK(lateness_beyond(&curve, -1000) == 1 && lateness_beyond(&curve, 5000) >= 0);
	for (int32_t day = -200; day < 400; day++) CHECK(lateness_beyond(&curve, day) >= lateness_beyond(&curve, day + 1));
	CHECK(lateness_at(&curve, 0.5, INT32_MIN) < lateness_at(&curve, 0.5, 8));
	CHECK(lateness_at(&curve, 0.5, 8) > 8);
	CHECK(lateness_at(&curve, 0.5, 5000) == DAY_NONE || lateness_beyond(&curve, 5000) >= 0.001);
	lateness_free(model);
}

static void odd_days_break_nothing(void)
{
	enum { ROWS = 400 };
	cleanup_free struct lateness_invoice *rows = xcalloc(ROWS, sizeof *rows);
	for (size_t i = 0; i < ROWS; i++) {
		int32_t issue = START + (int32_t)i;
		rows[i] = (struct lateness_invoice){ .customer = (uint32_t)(i % 7), .issue_day = issue, .due_day = issue - (int32_t)(i % 50),
			.settled_day = i % 5 == 0 ? issue - 400 : i % 5 == 1 ? DAY_MAX : issue + (int32_t)i % 9, .amount = i % 2 ? INT64_MAX / 4 : 0,
			.disputed = (int8_t)((int)(i % 3) - 1), .sending = LATENESS_KINDS - 1, .country = LATENESS_KINDS - 1 };
	}
	struct lateness_model *model = lateness_learn(rows, ROWS, 7, START + ROWS);
	CHECK(model != NULL);
	for (size_t i = 0; i < ROWS; i++) {
		struct lateness said;
		lateness_predict(model, &rows[i], &said);
		CHECK(said.p10 <= said.p50 && said.p50 <= said.p90 && said.p_late >= 0 && said.p_late <= 1 && said.when_late >= 1);
	}
	lateness_free(model);
}

/* Reference page kpi, section 6: delays 2, 5, 5, 8 and longer, 10. */
static void a_leaf_is_read_as_kaplan_and_meier_do(void)
{
	static const struct forest_case cases[] = { { .days = 2 }, { .days = 5 }, { .days = 5 }, { .days = 8, .lasting = true }, { .days = 10 } };
	struct forest_case many[5 * 3];
	for (size_t i = 0; i < 15; i++) many[i] = cases[i % 5];
	struct forest *forest = forest_grow(many, 15, (struct forest_options){ .trees = 400, .leaf = 15 });
	struct forest_curve curve;
	forest_curve(forest, many[0].features, &curve);
	CHECK(curve.beyond[1 - FOREST_LOW] == 1);
	CHECK(curve.beyond[2 - FOREST_LOW] > 0.77F && curve.beyond[2 - FOREST_LOW] < 0.83F);
	CHECK(curve.beyond[5 - FOREST_LOW] > 0.37F && curve.beyond[5 - FOREST_LOW] < 0.43F);
	CHECK(curve.beyond[9 - FOREST_LOW] > 0.37F && curve.beyond[10 - FOREST_LOW] < 0.02F);
	forest_free(forest);
}

TESTS({ "each customer is known by his past", each_customer_is_known_by_his_past }, { "the spread holds what comes", the_spread_holds_what_comes },
      { "what comes later is not seen", what_comes_later_is_not_seen }, { "what is still unpaid counts", what_is_still_unpaid_counts },
      { "a customer without past is everybody", a_customer_without_past_is_everybody }, { "later than already is later", later_than_already_is_later },
      { "odd days break nothing", odd_days_break_nothing },
      { "a leaf is read as Kaplan and Meier do", a_leaf_is_read_as_kaplan_and_meier_do }, )
