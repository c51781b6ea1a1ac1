#include "insight/judge.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/test.h"
#include "base/text.h"

#include <math.h>

static json_t *judge(const char *file, double train)
{
	json_t *out = NULL;
	CHECK_OK(judge_file(file, strlen(file), (struct judge_options){ .train = train, .lang = LANG_EN }, &out));
	return out;
}

static double number(const json_t *of, const char *key)
{
	return json_number_value(json_object_get(of, key));
}

static void day_add(struct text *out, int day)
{
	char iso[11];
	day_format(20000 + day, iso);
	text_add(out, iso);
}

/* A on time on the day, B ten days late: both know it always. The last rows are C, without past. */
static void two_habits(struct text *file, int rows, bool last_shifted)
{
	text_add(file, "client,facture,date facture,echeance,montant,date reglement,litige,jours de retard\n");
	for (int i = 0; i < rows; i++) {
		bool slow = i % 2;
		text_addf(file, "%s,F%d,", slow ? "B" : "A", i);
		day_add(file, i), text_add_char(file, ',');
		day_add(file, i + 30), text_add(file, ",100.00,");
		day_add(file, i + 30 + (slow ? 10 : 0) + (last_shifted && i >= rows - 20 ? 7 : 0));
		text_addf(file, ",non,%d\n", i * 37 % 90); /* nonsense on purpose: it is never read */
	}
}

static void habits_are_found_and_measured(void)
{
	cleanup_text struct text file = { 0 };
	two_habits(&file, 500, false);
	json_t *model = judge(text_cstr(&file), 0.8);
	CHECK_INT(number(model, "rows"), 500);
	CHECK_INT(number(model, "train"), 400);
	CHECK_INT(number(model, "test"), 100);
	CHECK_TEXT(json_string_value(json_object_get(model, "split_date")), "2025-11-08"); /* 20400 */
	CHECK(number(model, "late_accuracy") == 1 && number(model, "mae_days") <= 0.2 && number(model, "late_only_mae") <= 0.5);
	const json_t *due = json_object_get(json_object_get(model, "naive"), "due_date"), *median = json_object_get(json_object_get(model, "naive"), "customer_median");
	CHECK(number(due, "late_accuracy") == 0.5 && number(due, "mae_days") == 5 && number(due, "late_only_mae") == 10 && number(due, "bias_days") == -5);
	CHECK(fabs(number(due, "rmse_days") - 7.07) < 0.001 && json_is_null(json_object_get(due, "coverage_80")));
	CHECK(number(median, "late_accuracy") == 1 && number(median, "mae_days") == 0 && number(median, "coverage_80") == 1);
	/* of 400, the last ones are not settled when the test begins: A's are seen more often, so "on time" is the answer without a model */
	CHECK(number(model, "baseline_late_accuracy") == 0.5);
	CHECK(json_object_get(model, "without_disputes") == NULL);
	json_decref(model);
}

/* The same file but for what happened after the split: the model says the same, so only what is measured differs. */
static void nothing_of_the_test_is_learned(void)
{
	cleanup_text struct text file = { 0 }, shifted = { 0 };
	two_habits(&file, 500, false), two_habits(&shifted, 500, true);
	json_t *model = judge(text_cstr(&file), 0.96), *other = judge(text_cstr(&shifted), 0.96);
	CHECK_INT(number(model, "test"), 20);
	CHECK(fabs(number(other, "mae_days") - number(model, "mae_days") - 7) <= 0.21);
	CHECK(number(other, "bias_days") <= -6.5);
	json_decref(model), json_decref(other);
}

static void rows_that_tell_nothing_are_left_out(void)
{
	cleanup_text struct text file = { 0 };
	two_habits(&file, 200, false);
	text_add(&file, "A,F900,2025-01-01,2025-01-31,100.00,,non,3\n");           /* open */
	text_add(&file, "A,F901,2025-01-01,,100.00,2025-02-02,non,3\n");           /* without due date */
	text_add(&file, "A,AV1,2025-01-01,2025-01-31,-50.00,2025-02-02,non,3\n"); /* a credit note */
	text_add(&file, "A,F902,2025-13-45,2025-01-31,100.00,2025-02-02,non,3\n");
	json_t *model = judge(text_cstr(&file), 0.8);
	const json_t *left = json_object_get(model, "left_out");
	CHECK_INT(number(model, "rows"), 200);
	CHECK_INT(number(left, "open"), 1);
	CHECK_INT(number(left, "without_due_date"), 1);
	CHECK_INT(number(left, "not_invoices"), 1);
	CHECK_INT(json_array_size(json_object_get(model, "rejected")), 1);
	json_decref(model);
}

static void what_cannot_be_judged_is_said(void)
{
	cleanup_text struct text few = { 0 };
	two_habits(&few, 40, false);
	json_t *out = NULL;
	struct judge_options options = { .train = 0.8, .lang = LANG_EN };
	CHECK_INT(judge_file(text_cstr(&few), few.len, options, &out).code, STATUS_INVALID);
	CHECK_INT(judge_file("hello", 5, options, &out).code, STATUS_INVALID);
	options.train = 1;
	CHECK_INT(judge_file(text_cstr(&few), few.len, options, &out).code, STATUS_INVALID);
	options.train = NAN;
	CHECK_INT(judge_file(text_cstr(&few), few.len, options, &out).code, STATUS_INVALID);
}

TESTS({ "habits are found and measured", habits_are_found_and_measured }, { "nothing of the test is learned", nothing_of_the_test_is_learned },
      { "rows that tell nothing are left out", rows_that_tell_nothing_are_left_out },
      { "what cannot be judged is said", what_cannot_be_judged_is_said }, )
