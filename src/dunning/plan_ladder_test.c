/* Ladders as people set them up: conditions, a last step that comes again, where an account stands, the pressure on a buyer. */
#include "dunning/plan_desk.h"
#include "dunning/plan_work.h"

static void only_if(int step, struct condition condition)
{
	struct step *one = &desk.scenario.steps[step];
	one->conditions[one->condition_count++] = condition;
}

static const char *detail(int number)
{
	for (size_t l = 0; l < desk.plan.left_count; l++)
		if (desk.items[desk.plan.left[l].item].id == number) return desk.plan.left[l].detail.code;
	return "";
}

static int32_t until(int number)
{
	for (size_t l = 0; l < desk.plan.left_count; l++)
		if (desk.items[desk.plan.left[l].item].id == number) return desk.plan.left[l].until;
	return DAY_NONE;
}

static void a_step_whose_conditions_fail_is_passed_over(void)
{
	start("average"); /* reminder 3, call 10, mail 3 after it, firm 20, notice 30 */
	item("F1", 100000, "2026-01-05");
	int call = scenario_step(&desk.scenario, "follow_up");
	only_if(call, (struct condition){ .fact = FACT_SCORE, .compare = COMPARE_AT_MOST, .number = 60 });
	sent("reminder", "2026-01-08", 1, 1);
	desk.view.who.score = 80;
	day("2026-01-15"); /* the call's day: it is not for him; the mail counts from the last step that went out */
	CHECK_TEXT(step_today(), "follow_up_mail");
	desk.view.who.score = 50;
	day("2026-01-15");
	CHECK_TEXT(step_today(), "follow_up");
	CHECK_TEXT(action()->next_step, "follow_up_mail");
	desk.view.who.score = -1; /* unknown: not at most 60 */
	day("2026-01-15");
	CHECK_TEXT(step_today(), "follow_up_mail");

	/* passed over, and what follows is not due yet: said, with its day */
	start("average");
	item("F1", 100000, "2026-01-05");
	only_if(1, (struct condition){ .fact = FACT_GROUP, .compare = COMPARE_IS, .text = "GMS" });
	day("2026-01-08");
	CHECK_TEXT(fate(1), "too_soon");
	CHECK_TEXT(detail(1), "condition");
	CHECK_INT(until(1), on("2026-01-15"));
}

static void a_condition_looks_at_the_amount_asked_and_the_answer(void)
{
	start("good_payer"); /* reminder 5, call 12, firm 22, notice 35 */
	item("F1", 100000, "2026-01-05");
	item("F2", 60000, "2026-01-07");
	only_if(0, (struct condition){ .fact = FACT_AMOUNT, .compare = COMPARE_AT_LEAST, .number = 150000 });
	day("2026-01-12");
	CHECK_TEXT(step_today(), "reminder"); /* 1,600.00 over both items */
	CHECK_INT(action()->amount, 160000);
	desk.items[1].open = 40000;
	day("2026-01-12");
	CHECK_INT(desk.plan.action_count, 0);

	start("good_payer");
	item("F1", 100000, "2026-01-05");
	sent("reminder", "2026-01-12", 1, 1);
	only_if(1, (struct condition){ .fact = FACT_ANSWERED, .compare = COMPARE_IS, .number = 0 });
	day("2026-01-19");
	CHECK_TEXT(step_today(), "follow_up");
	desk.view.replied_day = on("2026-01-13"); /* he wrote since: no call, and the peace after a reply is over */
	day("2026-01-19");
	CHECK_TEXT(detail(1), "condition");
}

static void the_announced_step_is_the_one_that_follows(void)
{
	start("good_payer");
	item("F1", 100000, "2026-01-05");
	sent("reminder", "2026-01-12", 1, 1);
	sent("follow_up", "2026-01-19", 1, 1);
	only_if(3, (struct condition){ .fact = FACT_AMOUNT, .compare = COMPARE_AT_LEAST, .number = 200000 });
	day("2026-01-28");
	CHECK_TEXT(step_today(), "firm");
	CHECK_TEXT(action()->next_step, ""); /* the formal notice is not for this amount: no threat of it */
	desk.items[0].open = 250000;
	day("2026-01-28");
	CHECK_TEXT(action()->next_step, "formal_notice");
}

static void the_last_step_comes_again_up_to_its_limit(void)
{
	start("good_payer");
	desk.scenario.count = 2; /* reminder, call */
	desk.scenario.steps[1] = desk.scenario.steps[0];
	snprintf(desk.scenario.steps[1].code, sizeof desk.scenario.steps[1].code, "again");
	desk.scenario.steps[1].rank = RANK_FOLLOW_UP, desk.scenario.steps[1].offset = 12;
	desk.scenario.steps[1].repeat = 2, desk.scenario.steps[1].repeat_every = 10;
	CHECK_OK(scenario_check(&desk.scenario));
	item("F1", 100000, "2026-01-05");
	sent("reminder", "2026-01-12", 1, 1);
	sent("again", "2026-01-19", 1, 1);
	day("2026-01-28");
	CHECK_TEXT(fate(1), "too_soon");
	day("2026-01-29"); /* ten days after */
	CHECK_TEXT(step_today(), "again");
	sent("again", "2026-01-29", 1, 1);
	day("2026-02-09"); /* the tenth day is a Sunday */
	CHECK_TEXT(step_today(), "again");
	sent("again", "2026-02-09", 1, 1);
	day("2026-03-20"); /* twice more, not three times */
	CHECK_TEXT(fate(1), "scenario_done");
	desk.scenario.steps[0].repeat = 1, desk.scenario.steps[0].repeat_every = 10;
	CHECK(scenario_check(&desk.scenario).code == STATUS_INVALID); /* only the last */
	start("good_payer");
	desk.scenario.steps[3].repeat = 1, desk.scenario.steps[3].repeat_every = 10;
	CHECK(scenario_check(&desk.scenario).code == STATUS_INVALID); /* a formal notice is given once */
}

static void the_account_at_its_highest_step(void)
{
	start("good_payer");
	item("F1", 100000, "2026-01-05"); /* nobody was told of it: it was disputed until today */
	item("F2", 50000, "2026-01-06");
	sent("reminder", "2026-01-12", 2, 2);
	sent("follow_up", "2026-01-19", 2, 2);
	day("2026-01-28");
	CHECK_TEXT(step_today(), "reminder"); /* the oldest leads */
	desk.settings.highest = true;
	day("2026-01-28");
	CHECK_TEXT(step_today(), "firm");
	CHECK_INT(action()->amount, 150000); /* one message lists all */
	/* once what stood highest is paid, the account goes on where its rest stands… */
	desk.items[1].open = 0;
	desk.view.item_count = 1;
	day("2026-01-28");
	CHECK_TEXT(step_today(), "reminder");
	/* …or, by the other rule, keeps its step until nothing is late */
	desk.settings.keep_step = true;
	day("2026-01-28");
	CHECK_TEXT(step_today(), "firm");
	desk.items[0].due_day = on("2026-01-20"); /* late only since after those notices: it starts at the beginning */
	day("2026-01-28");
	CHECK_TEXT(step_today(), "reminder");
}

static void a_buyer_hears_from_the_group_so_often_and_once_a_day(void)
{
	start("average");
	item("F1", 100000, "2026-01-05");
	desk.settings.contacts_max = 3, desk.settings.contacts_days = 30;
	static int32_t days[3];
	days[0] = on("2025-12-12"), days[1] = on("2025-12-22"), days[2] = on("2026-01-05");
	desk.view.buyer_days = days, desk.view.buyer_day_count = 3; /* three times, by other companies */
	day("2026-01-08");
	CHECK_TEXT(fate(1), "too_soon");
	CHECK_TEXT(detail(1), "pressure");
	CHECK_INT(until(1), on("2026-01-12")); /* the first of them is thirty days ago on Sunday the 11th */
	day("2026-01-12");
	CHECK_TEXT(step_today(), "reminder");
	sent("reminder", "2026-01-12", 1, 1);
	day("2026-01-15"); /* his own counts with the others: 22 December, 5 and 12 January */
	CHECK_TEXT(detail(1), "pressure");
	desk.view.past_count = 0, desk.view.buyer_day_count = 0;
	desk.view.buyer_today = true;
	day("2026-01-08");
	CHECK_TEXT(detail(1), "buyer_today");
	CHECK_INT(until(1), on("2026-01-09"));
	desk.scenario.steps[1].channel = CHANNEL_TASK; /* a task of our own does not wait for him */
	day("2026-01-08");
	CHECK_TEXT(step_today(), "reminder");
}

static void he_hears_from_us_as_he_prefers(void)
{
	start("average");
	desk.view.phone_usable = true;
	const struct step step = { .rank = RANK_REMINDER, .channel = CHANNEL_EMAIL }, call = { .rank = RANK_FOLLOW_UP, .channel = CHANNEL_CALL },
	                  firm = { .rank = RANK_FIRM, .channel = CHANNEL_LETTER }, text = { .rank = RANK_REMINDER, .channel = CHANNEL_SMS },
	                  notice = { .rank = RANK_FORMAL_NOTICE, .channel = CHANNEL_REGISTERED_LETTER }, task = { .channel = CHANNEL_TASK };
	CHECK_INT(plan_channel(&desk.view, &step), CHANNEL_EMAIL);
	desk.view.prefers = true, desk.view.preferred = CHANNEL_LETTER;
	CHECK_INT(plan_channel(&desk.view, &step), CHANNEL_LETTER);
	CHECK_INT(plan_channel(&desk.view, &call), CHANNEL_LETTER);
	CHECK_INT(plan_channel(&desk.view, &notice), CHANNEL_REGISTERED_LETTER);
	CHECK_INT(plan_channel(&desk.view, &task), CHANNEL_TASK);
	desk.view.preferred = CHANNEL_SMS;
	CHECK_INT(plan_channel(&desk.view, &step), CHANNEL_SMS);
	CHECK_INT(plan_channel(&desk.view, &firm), CHANNEL_LETTER); /* nothing firm by text message */
	desk.view.no_phone = true; /* stands over what he prefers */
	CHECK_INT(plan_channel(&desk.view, &step), CHANNEL_EMAIL);
	CHECK_INT(plan_channel(&desk.view, &text), CHANNEL_EMAIL);
	CHECK_INT(plan_channel(&desk.view, &call), CHANNEL_EMAIL);
	desk.view.preferred = CHANNEL_LETTER;
	CHECK_INT(plan_channel(&desk.view, &call), CHANNEL_LETTER);
	desk.view.no_phone = false, desk.view.phone_usable = false, desk.view.preferred = CHANNEL_SMS;
	CHECK_INT(plan_channel(&desk.view, &step), CHANNEL_EMAIL); /* no number to write to */
}

static void new_kinds_of_steps(void)
{
	start("average");
	struct step *step = &desk.scenario.steps[4]; /* firm: now a delivery block, proposed to our own people */
	step->channel = CHANNEL_BLOCK;
	memset(step->template, 0, sizeof step->template);
	CHECK_OK(scenario_check(&desk.scenario));
	CHECK(!channel_is_contact(CHANNEL_BLOCK) && !channel_is_contact(CHANNEL_HANDOVER) && channel_is_contact(CHANNEL_DEPOSIT));
	json_t *json = scenario_to_json(&desk.scenario);
	struct scenario back = desk.scenario;
	CHECK_OK(scenario_from_json(json, &back));
	CHECK(memcmp(&back, &desk.scenario, sizeof back) == 0);
	json_decref(json);
	desk.scenario.steps[1].channel = CHANNEL_BLOCK, desk.scenario.steps[1].mode = MODE_MANUAL;
	CHECK(scenario_check(&desk.scenario).code == STATUS_INVALID); /* no block before anybody was reminded */

	/* all that a step may have is kept as it is */
	start("average");
	step = &desk.scenario.steps[5 - 1];
	snprintf(step->recipient, sizeof step->recipient, "manager"), snprintf(step->fallback, sizeof step->fallback, "none");
	step->copy_sales = step->copy_collector = true, step->sender = SENDER_ESCALATED;
	only_if(4, (struct condition){ .fact = FACT_FIELD, .compare = COMPARE_IS, .text = "Lyon", .field = "agence", .group = 1 });
	json = scenario_to_json(&desk.scenario);
	CHECK_OK(scenario_from_json(json, &back));
	CHECK(memcmp(&back, &desk.scenario, sizeof back) == 0);
	json_decref(json);
	snprintf(step->recipient, sizeof step->recipient, "none");
	CHECK(scenario_check(&desk.scenario).code == STATUS_INVALID);
}

TESTS({ "a step whose conditions fail is passed over", a_step_whose_conditions_fail_is_passed_over },
      { "a condition looks at the amount asked and the answer", a_condition_looks_at_the_amount_asked_and_the_answer },
      { "the announced step is the one that follows", the_announced_step_is_the_one_that_follows },
      { "the last step comes again, up to its limit", the_last_step_comes_again_up_to_its_limit },
      { "the account at its highest step", the_account_at_its_highest_step },
      { "a buyer hears from the group so often, and once a day", a_buyer_hears_from_the_group_so_often_and_once_a_day },
      { "he hears from us as he prefers", he_hears_from_us_as_he_prefers },
      { "new kinds of steps", new_kinds_of_steps })
