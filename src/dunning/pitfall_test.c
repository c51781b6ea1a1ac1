/* Scenarios of reference/pitfalls.md that no other test of this room holds, by number; docs/scenarios.md tells where each of them is. */
#include "dunning/interest.h"
#include "dunning/plan_desk.h"

/* 6: the last step was reached: whatever runs come later, nothing is begun anew, and it is said once a day and item. */
static void the_end_of_a_scenario_is_the_end(void)
{
	start("average");
	item("F1", 100000, "2026-01-05");
	sent("reminder", "2026-01-08", 1, 1);
	sent("follow_up", "2026-01-15", 1, 1);
	sent("follow_up_mail", "2026-01-20", 1, 1);
	sent("firm", "2026-01-27", 1, 1);
	sent("formal_notice", "2026-02-04", 1, 1);
	for (int32_t today = on("2026-02-20"); today < on("2026-08-20"); today++) {
		plan_day(&desk.view, &desk.scenario, &desk.settings, today, desk.arena, &desk.plan);
		CHECK_INT(desk.plan.action_count, 0);
		CHECK_INT(desk.plan.left_count, 1);
		CHECK_TEXT(fate(1), "scenario_done");
	}
}

/* 22: a person took four of five items out of one notice: the four are still proposed, and at their own step. */
static void what_was_taken_out_of_a_notice_is_proposed_again(void)
{
	start("average");
	for (int i = 1; i <= 5; i++) item((const char *const[]){ "F1", "F2", "F3", "F4", "F5" }[i - 1], 10000, "2026-01-05");
	sent("reminder", "2026-01-08", 5, 5);
	day("2026-01-15");
	for (int i = 1; i <= 4; i++) CHECK_TEXT(fate(i), "claimed");
	CHECK_INT(action()->amount, 50000);
	CHECK(strcmp(step_today(), "firm") != 0 && strcmp(step_today(), "formal_notice") != 0);
}

/* 28: of the two items of a notice the second is paid: the first is still owed, and its ladder goes on where it was. */
static void a_notice_half_paid_is_not_resolved(void)
{
	start("average");
	item("F1", 100000, "2026-01-05");
	item("F2", 50000, "2026-01-05");
	sent("reminder", "2026-01-08", 1, 2);
	desk.items[1].open = 0;
	day("2026-01-15");
	CHECK_TEXT(step_today(), "follow_up");
	CHECK_TEXT(fate(1), "claimed");
	CHECK_TEXT(fate(2), "");
	CHECK_INT(action()->amount, 100000);
}

/* 33: no fee where none is set, and none below what is set. */
static void no_fee_where_none_is_set(void)
{
	struct arena *arena = arena_new();
	struct interest_claim claim = { .amount = 100000, .due_day = on("2025-06-30"), .notice_day = DAY_NONE, .stop_day = DAY_NONE, .fee_once = true, .fee = 0 };
	struct interest out;
	CHECK(interest_compute(&claim, rates_known(), on("2025-07-31"), arena, &out));
	CHECK_INT(out.fee, 0);
	CHECK_INT(out.total, out.interest);
	arena_free(arena);
}

/* 35: an invoice settled in a thousand odd parts is settled: amounts are whole minor units, nothing of a fraction is left. */
static void a_thousand_odd_parts_leave_nothing(void)
{
	struct arena *arena = arena_new();
	enum { PARTS = 1000 };
	struct interest_payment *parts = arena_array(arena, struct interest_payment, PARTS);
	int64_t left = 999999;
	for (int i = 0; i < PARTS; i++) {
		int64_t part = i == PARTS - 1 ? left : 333 + (i * 7919) % 1331;
		if (part > left) part = left;
		parts[i] = (struct interest_payment){ on("2025-07-01") + i % 30, part, false };
		left -= part;
	}
	CHECK_INT(left, 0);
	interest_payments_sort(parts, PARTS);
	struct interest_claim claim = { .amount = 999999, .due_day = on("2025-06-30"), .notice_day = DAY_NONE, .stop_day = DAY_NONE, .payments = parts, .payment_count = PARTS };
	struct interest out;
	CHECK(interest_compute(&claim, rates_known(), on("2025-12-31"), arena, &out));
	CHECK_INT(out.open, 0);
	CHECK_INT(out.paid, 999999);
	arena_free(arena);
}

/* 48: due on 31 March: not late that day, late from 1 April. */
static void late_from_the_day_after(void)
{
	start("average");
	item("F1", 100000, "2026-03-31");
	day("2026-03-31");
	CHECK_TEXT(fate(1), "");
	day("2026-04-01");
	CHECK_TEXT(fate(1), "too_soon"); /* overdue, its step comes later */
}

TESTS({ "pitfall 6: the end of a scenario is the end", the_end_of_a_scenario_is_the_end },
      { "pitfall 22: what was taken out of a notice is proposed again", what_was_taken_out_of_a_notice_is_proposed_again },
      { "pitfall 28: a notice half paid is not resolved", a_notice_half_paid_is_not_resolved },
      { "pitfall 33: no fee where none is set", no_fee_where_none_is_set }, { "pitfall 35: a thousand odd parts leave nothing", a_thousand_odd_parts_leave_nothing },
      { "pitfall 48: late from the day after", late_from_the_day_after }, )
