/* The rules of the plan, each with its example: reference/letters.md section 2, and the scenarios of reference/pitfalls.md by number. */
#include "dunning/plan_desk.h"

/* 2026: 5 January is a Monday. */
static void the_ladder_in_order(void)
{
	start("average");
	item("F1", 100000, "2026-01-05");
	day("2025-12-29"); /* before D-5 */
	CHECK_INT(desk.plan.action_count + desk.plan.left_count, 0);
	day("2025-12-31");
	CHECK_TEXT(step_today(), "before_due");
	CHECK_INT(action()->mode, MODE_CONFIRM);
	CHECK_INT(action()->state, STATE_TO_CONFIRM);
	day("2026-01-06");
	CHECK_TEXT(fate(1), "too_soon"); /* overdue, its step comes later: nothing vanishes (R8) */
	day("2026-01-08");
	CHECK_TEXT(step_today(), "reminder");
	CHECK_INT(action()->amount, 100000);
	sent("reminder", "2026-01-08", 1, 1);
	day("2026-01-14");
	CHECK_TEXT(fate(1), "too_soon");
	day("2026-01-15");
	CHECK_TEXT(step_today(), "follow_up");
	CHECK_INT(action()->channel, CHANNEL_CALL);
	CHECK_INT(action()->state, STATE_PLANNED);
	sent("follow_up", "2026-01-15", 1, 1);
	day("2026-01-19");
	CHECK_TEXT(fate(1), "too_soon");
	day("2026-01-20"); /* three working days after the call */
	CHECK_TEXT(step_today(), "follow_up_mail");
	sent("follow_up_mail", "2026-01-20", 1, 1);
	day("2026-01-26");
	CHECK_TEXT(fate(1), "too_soon"); /* the follow-up gave five working days */
	day("2026-01-27");
	CHECK_TEXT(step_today(), "firm");
	CHECK_INT(action()->channel, CHANNEL_LETTER);
	CHECK_TEXT(action()->next_step, "formal_notice");
	CHECK(action()->next_day >= on("2026-02-04"));
	sent("firm", "2026-01-27", 1, 1);
	day("2026-02-04");
	CHECK_TEXT(step_today(), "formal_notice");
	CHECK_TEXT(action()->next_step, ""); /* nothing follows: no threat */
	sent("formal_notice", "2026-02-04", 1, 1);
	day("2026-02-20");
	CHECK_TEXT(fate(1), "scenario_done");
}

static void p7_a_gap_of_days_gives_one_notice_of_the_next_step(void)
{
	start("average");
	item("F1", 100000, "2026-01-05");
	day("2026-02-09"); /* nothing ran for a month */
	CHECK_TEXT(step_today(), "reminder");
	CHECK_INT(desk.plan.action_count, 1);
	sent("reminder", "2026-02-09", 1, 1);
	day("2026-02-11");
	CHECK_TEXT(fate(1), "too_soon"); /* later steps keep their gap */
	day("2026-02-12");
	CHECK_TEXT(step_today(), "follow_up");
}

static void p86_a_pre_due_step_lapses(void)
{
	start("average");
	item("F1", 100000, "2026-01-12"); /* Monday */
	day("2026-01-09");
	CHECK_TEXT(step_today(), "before_due");
	day("2026-01-12");
	CHECK_INT(desk.plan.action_count, 0);
	CHECK_INT(desk.plan.left_count, 0);
	day("2026-01-15");
	CHECK_TEXT(step_today(), "reminder");
}

static void p10_11_part_paid_asks_for_the_rest(void)
{
	start("average");
	item("F1", 60000, "2026-01-05"); /* of 1 000.00, 400.00 paid */
	sent("reminder", "2026-01-08", 1, 1);
	day("2026-01-15");
	CHECK_INT(action()->amount, 60000);
	CHECK_TEXT(step_today(), "follow_up");
}

static void p12_credits_are_shown_and_deducted(void)
{
	start("average");
	item("A", 120000, "2026-01-03");
	item("B", 60050, "2026-01-12");
	item("AV", -30050, "2026-01-05");
	day("2026-01-15");
	CHECK_INT(action()->amount, 150000);
	CHECK_TEXT(fate(3), "credit");
	CHECK_TEXT(fate(2), "claimed");
	desk.items[2].open = -180050;
	day("2026-01-15");
	CHECK_INT(desk.plan.action_count, 0);
	CHECK_TEXT(fate(1), "credit_covers");
	CHECK_TEXT(fate(2), "credit_covers");
}

static void p13_14_what_is_not_due_is_not_asked(void)
{
	start("average");
	item("A", 100000, "2026-01-05");
	item("B", 50000, "2026-03-01");
	day("2026-01-08");
	CHECK_TEXT(fate(1), "claimed");
	CHECK_TEXT(fate(2), "");
	CHECK_INT(action()->amount, 100000);
	start("good_payer");
	item("A", 100000, "2026-02-16"); /* 35 days after, never before */
	day("2026-01-12");
	CHECK_INT(desk.plan.action_count, 0);
}

static void p15_issued_with_a_past_due_date_waits(void)
{
	start("average");
	struct plan_item *late = item("F1", 100000, "2026-01-05");
	late->issue_day = late->posting_day = on("2026-01-12");
	day("2026-01-13");
	CHECK_TEXT(fate(1), "too_soon");
	day("2026-01-19");
	CHECK_TEXT(step_today(), "reminder");
}

static void p16_the_account_stands_at_its_oldest(void)
{
	start("average");
	item("A", 100000, "2026-01-05");
	item("B", 50000, "2026-01-19");
	item("C", 20000, "2026-01-22");
	sent("reminder", "2026-01-08", 1, 1);
	sent("follow_up", "2026-01-15", 1, 1);
	sent("follow_up_mail", "2026-01-26", 1, 3);
	day("2026-02-03");
	CHECK_TEXT(step_today(), "firm");
	CHECK_INT(action()->amount, 170000); /* one message lists all, each at least 8 days late */
	/* A is paid: the account falls to the step of B, named once so far, and no step is jumped over */
	desk.items[0].open = 0;
	day("2026-02-03");
	CHECK_TEXT(step_today(), "follow_up");
	CHECK_TEXT(fate(2), "claimed");
	CHECK_TEXT(fate(3), "claimed");
}

static void p18_92_direct_debit(void)
{
	start("average");
	item("F1", 100000, "2026-01-05")->direct_debit = true;
	day("2026-01-08");
	CHECK_TEXT(fate(1), "direct_debit");
	desk.items[0].direct_debit = false;
	desk.view.pays_by_debit = true;
	day("2026-01-08");
	CHECK_TEXT(fate(1), "direct_debit"); /* time for the collection to come in */
	day("2026-01-14");
	CHECK_TEXT(fate(1), "claimed");
}

static void p92_a_bill_until_the_bank_answers(void)
{
	start("average");
	item("F1", 100000, "2026-01-05")->bill = true;
	for (int32_t d = on("2026-01-06"); d < on("2026-03-31"); d += 7) { /* whatever its age */

		char iso[11];
		day_format(d, iso);
		day(iso);
		CHECK_TEXT(fate(1), "bill");
	}
	desk.items[0].bill = false; /* returned: due since its own day */
	day("2026-03-31");
	CHECK_TEXT(fate(1), "claimed");
}

static void p93_a_message_has_one_payee(void)
{
	start("average");
	item("F1", 100000, "2026-01-05");
	item("F2", 50000, "2026-01-05")->payee_id = 7; /* assigned, and we remind for the factor */
	item("A1", -20000, "2026-01-04");
	day("2026-01-08");
	CHECK_INT(action()->amount, 80000); /* ours, less our credit */
	CHECK_TEXT(fate(1), "claimed");
	CHECK_TEXT(fate(2), "too_soon");
	/* the factor's has its own message, and takes no credit of ours */
	desk.items[0].direct_debit = true;
	day("2026-01-08");
	CHECK_INT(action()->amount, 50000);
	CHECK_INT(action()->item_count, 1);
	desk.items[0].direct_debit = false, desk.items[1].ceded = true; /* it reminds itself */
	day("2026-01-08");
	CHECK_TEXT(fate(2), "ceded");
	CHECK_INT(action()->amount, 80000);
}

static void p21_a_dispute_leaves_its_item_out(void)
{
	start("average");
	for (int i = 0; i < 5; i++) item("F", 10000, "2026-01-05");
	desk.items[2].disputed = 10000;
	day("2026-01-08");
	CHECK_INT(action()->amount, 40000);
	CHECK_TEXT(fate(3), "dispute");
	desk.items[2].disputed = 4000; /* the undisputed rest stays */
	day("2026-01-08");
	CHECK_INT(action()->amount, 46000);
	CHECK_TEXT(fate(3), "claimed");
}

static void p23_after_a_hold_at_the_step_where_it_stopped(void)
{
	start("average");
	struct plan_item *held = item("F1", 100000, "2026-01-05");
	sent("reminder", "2026-01-08", 1, 1);
	held->hold = true, held->hold_until = on("2026-02-10");
	day("2026-02-10");
	CHECK_TEXT(fate(1), "hold");
	held->hold = false;
	day("2026-02-11");
	CHECK_TEXT(step_today(), "follow_up");
}

static void p24_promises(void)
{
	struct calendar calendar = { 0 };
	int32_t promised = on("2026-01-15"); /* Thursday: grace to Monday 19 */
	CHECK_INT(promise_judge(&calendar, 2, promised, 50000, 30000, on("2026-01-19")), PROMISE_EXPECTED);
	CHECK_INT(promise_judge(&calendar, 2, promised, 50000, 30000, on("2026-01-20")), PROMISE_PARTLY_KEPT);
	CHECK_INT(promise_judge(&calendar, 2, promised, 50000, 0, on("2026-01-20")), PROMISE_BROKEN);
	CHECK_INT(promise_judge(&calendar, 2, promised, 50000, 50000, on("2026-01-10")), PROMISE_KEPT);
	start("average");
	item("F1", 100000, "2026-01-05")->promise_day = promised;
	sent("reminder", "2026-01-08", 1, 1);
	day("2026-01-19");
	CHECK_TEXT(fate(1), "promise");
	/* broken: the next step, with the words for it, without waiting for its day */
	desk.items[0].promise_day = DAY_NONE;
	desk.view.broken_promise = true;
	day("2026-01-13");
	CHECK_TEXT(step_today(), "follow_up");
	CHECK(action()->broken_promise);
}

static void p25_another_scenario_does_not_restart(void)
{
	start("average");
	item("F1", 100000, "2026-01-05");
	sent("reminder", "2026-01-08", 1, 1);
	sent("follow_up", "2026-01-15", 1, 1);
	desk.scenario = *scenario_ready("good_payer");
	day("2026-02-02");
	CHECK_TEXT(step_today(), "firm");
}

static void p26_nothing_sooner_than_the_notice_days(void)
{
	start("good_payer");
	item("F1", 100000, "2025-11-03");
	sent("reminder", "2025-11-10", 1, 1);
	sent("follow_up", "2025-11-17", 1, 1);
	sent("firm", "2026-01-08", 1, 1);
	day("2026-01-15");
	CHECK_TEXT(fate(1), "too_soon"); /* 8 days at least between the firm mail and the formal notice */
	day("2026-01-16");
	CHECK_TEXT(step_today(), "formal_notice");
}

static void p38_currencies_are_apart_and_one_contact_a_day(void)
{
	start("average");
	item("EUR", 100000, "2026-01-05");
	snprintf(item("USD", 70000, "2026-01-02")->currency, 4, "USD");
	day("2026-01-08");
	CHECK_INT(desk.plan.action_count, 1);
	CHECK_TEXT(action()->currency, "USD"); /* waiting for longer */
	CHECK_INT(action()->amount, 70000);
	CHECK_TEXT(fate(1), "too_soon");
	struct plan_past *usd = sent("reminder", "2026-01-08", 2, 2);
	snprintf(usd->currency, 4, "USD");
	day("2026-01-13");
	CHECK_TEXT(action()->currency, "EUR");
	CHECK_TEXT(step_today(), "reminder"); /* the steps of one currency do not use up the other's */
}

static void p49_85_assumed_due_date_waits_for_a_person(void)
{
	start("average");
	for (size_t i = 0; i < desk.scenario.count; i++)
		if (desk.scenario.steps[i].channel == CHANNEL_EMAIL) desk.scenario.steps[i].mode = MODE_AUTOMATIC;
	item("F1", 100000, "2026-01-05");
	day("2026-01-08");
	CHECK_INT(action()->mode, MODE_AUTOMATIC);
	CHECK_INT(action()->state, STATE_PLANNED);
	desk.items[0].due_source = DUE_ASSUMED;
	day("2026-01-08");
	CHECK_INT(action()->mode, MODE_CONFIRM);
	CHECK_TEXT(reasons(), "assumed_due_date");
	desk.items[0].due_source = DUE_OPENING;
	day("2026-01-08");
	CHECK_TEXT(reasons(), "assumed_due_date");
}

static void p50_an_instalment_alone(void)
{
	start("average");
	item("F1", 30000, "2026-01-05");
	item("F1", 30000, "2026-02-05");
	item("F1", 30000, "2026-03-05");
	day("2026-01-08");
	CHECK_INT(action()->amount, 30000);
	CHECK_TEXT(fate(2), "");
}

static void p81_unlettered(void)
{
	start("average");
	item("F1", 1000000, "2026-01-05");
	item("R", -920000, "2026-01-05");
	day("2026-01-08");
	CHECK_INT(action()->amount, 80000);
	CHECK_TEXT(reasons(), "unlettered");
	CHECK_INT(action()->mode, MODE_CONFIRM);
}

static void p83_a_returned_payment_keeps_its_step_and_alerts(void)
{
	start("average");
	struct plan_item *back = item("FA25-001", 120000, "2026-01-05");
	back->kind = ITEM_UNPAID_RETURN, back->origin_id = 77, back->posting_day = on("2026-03-05"), back->due_source = DUE_ORIGINAL;
	struct plan_past *old = sent("reminder", "2026-01-08", 1, 1);
	desk.named[0][0] = 77;
	old->done_day = old->plan_day = on("2026-01-08");
	sent("follow_up", "2026-03-04", 1, 1);
	desk.named[1][0] = 77;
	day("2026-03-05"); /* the ladder waits for its gap; the alert does not */
	CHECK_TEXT(step_today(), "unpaid_return");
	CHECK_INT(action()->channel, CHANNEL_TASK);
	CHECK_TEXT(fate(1), "claimed");
	day("2026-03-09");
	CHECK_TEXT(step_today(), "follow_up_mail"); /* the step it had reached, and the next */
	CHECK(action()->reasons & YES_UNPAID_RETURN);
}

static void p83_a_returned_payment_is_no_take_over(void)
{
	start("average");
	struct plan_item *back = item("F1", 100000, "2026-01-05");
	back->kind = ITEM_UNPAID_RETURN, back->origin_id = 77, back->first_seen = back->posting_day = on("2026-01-19");
	day("2026-01-19");
	CHECK(action()->reasons & YES_UNPAID_RETURN);
	CHECK(!(action()->reasons & YES_TAKEOVER));
	back->origin_id = 0; /* nothing is known of what it reopens: an old debt, new to us */
	day("2026-01-19");
	CHECK(action()->reasons & YES_TAKEOVER);
}

static void p84_account_416_leaves_automatic_reminders(void)
{
	start("average");
	desk.scenario.steps[1].mode = MODE_AUTOMATIC;
	item("F1", 100000, "2026-01-05")->doubtful = true;
	day("2026-01-08");
	CHECK_INT(action()->mode, MODE_CONFIRM);
	CHECK_TEXT(reasons(), "doubtful");
}

static void p87_take_over_by_age(void)
{
	static const struct {
		const char *due, *step;
	} cases[] = { { "2026-01-05", "reminder" }, { "2025-12-30", "follow_up_mail" }, { "2025-10-20", "follow_up_mail" },
		      { "2025-10-01", "review" }, { "2023-01-09", "review" } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		start("average");
		desk.settings.takeover_day = on("2026-01-13");
		item("F1", 100000, cases[i].due);
		item("F2", 50000, "2026-01-09");
		day("2026-01-13");
		CHECK_TEXT(step_today(), cases[i].step);
		CHECK_INT(desk.plan.action_count, 1); /* nobody gets two messages */
		CHECK(action()->reasons & YES_TAKEOVER);
		CHECK(action()->mode != MODE_AUTOMATIC);
		CHECK(action()->rank < RANK_FIRM);
		CHECK_INT(action()->first_wave, strcmp(cases[i].step, "review") != 0);
	}
	/* released by a person: it enters at the follow-up */
	struct plan_past *review = sent("review", "2026-01-13", 1, 2);
	review->channel = CHANNEL_TASK, review->state = STATE_DONE, review->contact = false;
	day("2026-01-14");
	CHECK_TEXT(step_today(), "follow_up_mail");
	/* and goes on from there, never starting at firm */
	sent("follow_up_mail", "2026-01-14", 1, 2)->takeover = true;
	day("2026-01-21");
	CHECK_TEXT(step_today(), "firm");
}

static void p88_firm_claims_eight_days_late_only(void)
{
	start("average");
	item("OLD", 120000, "2025-12-06");
	item("NEW", 60050, "2026-01-13");
	sent("reminder", "2025-12-09", 1, 1);
	sent("follow_up", "2025-12-16", 1, 1);
	sent("follow_up_mail", "2025-12-22", 1, 1);
	day("2026-01-15");
	CHECK_TEXT(step_today(), "firm");
	CHECK_INT(action()->amount, 120000);
	CHECK_TEXT(fate(2), "statement+too_soon");
	CHECK_INT(plan_item_step(&desk.view, 1, &desk.scenario), -1);
}

static void formal_notice_claims_only_what_was_reminded(void)
{
	start("good_payer");
	item("A", 120000, "2025-12-01");
	item("B", 60050, "2025-12-15");
	sent("reminder", "2025-12-08", 1, 1);
	sent("follow_up", "2025-12-15", 1, 1);
	sent("firm", "2025-12-24", 1, 1);
	day("2026-01-15");
	CHECK_TEXT(step_today(), "formal_notice");
	CHECK_INT(action()->amount, 120000);
	CHECK_TEXT(fate(2), "statement+too_soon");
	sent("reminder", "2026-01-05", 2, 2);
	day("2026-01-15");
	CHECK_INT(action()->amount, 180050);
}

static void p89_nothing_firm_while_the_fault_is_ours(void)
{
	start("good_payer");
	item("A", 120000, "2025-12-01");
	sent("reminder", "2025-12-08", 1, 1);
	sent("follow_up", "2025-12-15", 1, 1);
	sent("firm", "2025-12-24", 1, 1);
	desk.view.own_fault = true;
	day("2026-01-15");
	CHECK_TEXT(fate(1), "own_fault");
	CHECK_TEXT(step_today(), "own_fault"); /* a task for us, with no item */
	CHECK_INT(action()->channel, CHANNEL_TASK);
	CHECK_INT(action()->item_count, 0);
	/* a reminder of another item goes on */
	item("B", 50000, "2026-01-07");
	day("2026-01-15");
	CHECK_TEXT(step_today(), "reminder");
	CHECK_TEXT(fate(2), "claimed");
}

static void p90_a_reply_gives_two_working_days(void)
{
	start("average");
	item("F1", 100000, "2026-01-05");
	desk.view.replied_day = on("2026-01-08"); /* Thursday */
	day("2026-01-08");
	CHECK_TEXT(fate(1), "replied");
	day("2026-01-12");
	CHECK_TEXT(fate(1), "replied");
	day("2026-01-13");
	CHECK_TEXT(step_today(), "reminder"); /* then the same step */
}

static void p93_94_95_others_money_and_accounts(void)
{
	start("average");
	item("F1", 100000, "2026-01-05")->ceded = true;
	day("2026-01-08");
	CHECK_TEXT(fate(1), "ceded");
	desk.items[0].ceded = false;
	desk.view.supplier_balance = 500000;
	day("2026-01-08");
	CHECK_TEXT(reasons(), "offset");
	CHECK_INT(action()->amount, 100000); /* nothing is netted by the program */
	desk.view.supplier_balance = 0;
	desk.view.generic_proposed = true;
	desk.scenario.steps[1].mode = MODE_AUTOMATIC;
	day("2026-01-08");
	CHECK(action()->mode != MODE_AUTOMATIC);
	desk.view.generic_proposed = false;
	desk.view.generic = true;
	day("2026-01-08");
	CHECK_TEXT(fate(1), "generic_account");
}

static void reasons_come_in_the_contracts_order(void)
{
	start("average");
	struct plan_item *one = item("F1", 100000, "2026-01-05");
	one->hold = true, one->plan = true, one->promise_day = on("2026-01-20"), one->disputed = 100000, one->excluded = true, one->ceded = true;
	one->barred_from = on("2026-01-01");
	desk.view.insolvency_day = on("2026-01-02");
	desk.view.generic = desk.view.stopped = true;
	day("2026-01-08");
	CHECK_TEXT(fate(1), "stopped");
	desk.view.stopped = false, day("2026-01-08");
	CHECK_TEXT(fate(1), "excluded");
	one->excluded = false, day("2026-01-08");
	CHECK_TEXT(fate(1), "generic_account");
	desk.view.generic = false, day("2026-01-08");
	CHECK_TEXT(fate(1), "insolvency");
	one->issue_day = on("2026-01-03"), day("2026-01-08"); /* delivered after the judgment */
	CHECK_TEXT(fate(1), "time_barred");
	one->barred_from = DAY_NONE, day("2026-01-08");
	CHECK_TEXT(fate(1), "dispute");
	one->disputed = 0, day("2026-01-08");
	CHECK_TEXT(fate(1), "promise");
	one->promise_day = DAY_NONE, day("2026-01-08");
	CHECK_TEXT(fate(1), "plan");
	one->plan = false, day("2026-01-08");
	CHECK_TEXT(fate(1), "hold");
	one->hold = false, day("2026-01-08");
	CHECK_TEXT(fate(1), "ceded");
}

static void days_data_and_addresses(void)
{
	start("average");
	item("F1", 100000, "2026-01-05");
	day("2026-01-10"); /* a Saturday */
	CHECK_TEXT(fate(1), "closed_day");
	desk.settings.stale = true, desk.settings.last_import = on("2025-12-20");
	day("2026-01-08");
	CHECK_TEXT(fate(1), "stale_data");
	desk.settings.stale = false;
	desk.view.address_usable = false;
	day("2026-01-08");
	CHECK_TEXT(step_today(), "reminder");
	CHECK_INT(action()->channel, CHANNEL_TASK); /* to find an address */
	CHECK_TEXT(reasons(), "no_contact");
	/* and finding it is not a reminder: the ladder did not move */
	struct plan_past *found = sent("reminder", "2026-01-08", 1, 1);
	found->no_contact = true, found->contact = false, found->channel = CHANNEL_TASK, found->state = STATE_DONE;
	desk.view.address_usable = true;
	day("2026-01-09");
	CHECK_TEXT(step_today(), "reminder");
	CHECK_INT(action()->channel, CHANNEL_EMAIL);
	start("average");
	item("F1", 100000, "2026-01-05");
	desk.view.address_usable = false, desk.view.address_suppressed = true;
	day("2026-01-08");
	CHECK_TEXT(fate(1), "suppressed");
}

static void minimums(void)
{
	start("average");
	item("F1", 900, "2026-01-05");
	desk.settings.minimum = 1000;
	day("2026-01-08");
	CHECK_TEXT(fate(1), "below_minimum");
	desk.view.minimum = 0; /* his own wins */
	day("2026-01-08");
	CHECK_TEXT(fate(1), "claimed");
	/* a step that is not for this amount is passed over, at the next one's own time */
	start("good_payer");
	desk.scenario.steps[0].minimum = 50000;
	item("F1", 10000, "2026-01-05");
	day("2026-01-12");
	CHECK_TEXT(fate(1), "below_minimum");
	day("2026-01-19");
	CHECK_TEXT(step_today(), "follow_up");
	desk.scenario.steps[0].minimum = 0, desk.scenario.steps[0].maximum = 5000;
	day("2026-01-12");
	CHECK_TEXT(fate(1), "above_maximum");
}

static void what_is_under_way_is_left_alone(void)
{
	start("average");
	item("A", 100000, "2026-01-05");
	item("B", 50000, "2026-01-06");
	struct plan_past *out = sent("reminder", "2026-01-08", 1, 1);
	out->state = STATE_QUEUED, out->done_day = DAY_NONE;
	day("2026-01-08"); /* same day: A is in that action, B waits */
	CHECK_INT(desk.plan.action_count, 0);
	CHECK_TEXT(fate(1), "");
	CHECK_TEXT(fate(2), "in_progress");
	out->state = STATE_UNKNOWN;
	day("2026-01-12");
	CHECK_TEXT(fate(1), "in_progress"); /* outcome unknown: never resent by itself (pitfall 2) */
	out->state = STATE_FAILED;
	day("2026-01-12");
	CHECK_TEXT(step_today(), "reminder"); /* refused: the step has not moved (pitfall 4) */
}

static void thanks_for_a_payment_only(void)
{
	start("average");
	item("F2", 40000, "2026-03-05");
	sent("reminder", "2026-01-08", 9, 9);
	desk.payments[0] = (struct plan_payment){ .item_id = 9, .number = "F1", .currency = "EUR", .day = on("2026-01-12"), .amount = 100000, .closed = true };
	desk.view.payment_count = 1;
	day("2026-01-13");
	CHECK_TEXT(step_today(), "thanks");
	CHECK_INT(action()->amount, 0);
	CHECK_TEXT(fate(9), "paid");
	day("2026-01-09");
	CHECK_INT(desk.plan.action_count, 0); /* not within three working days of the reminder */
	struct plan_item *back = item("F1", 100000, "2026-01-05");
	back->kind = ITEM_UNPAID_RETURN, back->origin_id = 9, back->posting_day = on("2026-01-13");
	day("2026-01-13");
	CHECK(strcmp(step_today(), "thanks") != 0); /* it came back: no thanks (pitfall 83) */
}

static void retention_and_bill(void)
{
	start("average");
	struct plan_item *kept = item("RG", 5000, "2026-01-05");
	kept->kind = ITEM_RETENTION, kept->due_source = DUE_RETENTION;
	day("2026-01-15");
	CHECK_TEXT(fate(1), "retention");
	kept->due_source = DUE_FILE;
	day("2026-01-15");
	CHECK_TEXT(fate(1), "claimed");
	kept->kind = ITEM_TRANSFER, kept->on_bill = true;
	day("2026-01-12");
	CHECK_TEXT(fate(1), "bill");
	day("2026-01-13");
	CHECK_TEXT(fate(1), "claimed");
}

static void each_item_by_itself(void)
{
	start("average");
	desk.settings.per_item = true;
	item("A", 100000, "2025-12-15");
	item("B", 50000, "2026-01-05");
	sent("reminder", "2025-12-18", 1, 1);
	day("2026-01-08");
	CHECK_TEXT(step_today(), "follow_up");
	CHECK_TEXT(fate(1), "claimed");
	CHECK_TEXT(fate(2), "too_soon"); /* its own step, on another day: one contact a day */
	CHECK_INT(action()->amount, 100000);
	sent("follow_up", "2026-01-08", 1, 1);
	day("2026-01-09");
	CHECK_TEXT(step_today(), "reminder");
	CHECK_TEXT(fate(2), "claimed");
}

static void skipped_steps_reminded_nobody(void)
{
	start("good_payer");
	item("A", 100000, "2025-12-01");
	struct plan_past *skip = sent("reminder", "2025-12-08", 1, 1);
	skip->state = STATE_CANCELLED, skip->skipped = true, skip->contact = false;
	day("2025-12-15");
	CHECK_TEXT(step_today(), "follow_up");
	skip = sent("follow_up", "2025-12-15", 1, 1);
	skip->state = STATE_CANCELLED, skip->skipped = true, skip->contact = false;
	day("2026-01-15");
	CHECK_TEXT(step_today(), "reminder"); /* a first contact is never firm */
	/* a call that nobody wrote down is no reminder a firm letter could refer to */
	start("good_payer");
	item("A", 100000, "2025-12-01");
	sent("follow_up", "2025-12-15", 1, 1)->takeover = true;
	day("2026-01-15");
	CHECK_TEXT(step_today(), "reminder");
	sent("reminder", "2026-01-15", 1, 1);
	day("2026-01-22");
	CHECK_TEXT(step_today(), "firm");
}

static void scenarios_are_sound(void)
{
	size_t count;
	const struct scenario *all = scenario_ready_all(&count);
	CHECK_INT(count, 6);
	for (size_t i = 0; i < count; i++) {
		CHECK_OK(scenario_check(&all[i]));
		json_t *json = scenario_to_json(&all[i]);
		struct scenario back = { .version = 3 };
		CHECK_OK(scenario_from_json(json, &back));
		CHECK_INT(back.count, all[i].count);
		for (size_t s = 0; s < back.count; s++) CHECK(memcmp(&back.steps[s], &all[i].steps[s], sizeof back.steps[s]) == 0);
		json_decref(json);
	}
	struct scenario bad = all[1];
	bad.steps[0].offset = 5;
	CHECK_INT(scenario_check(&bad).code, STATUS_INVALID);
	bad = all[1], bad.steps[2].mode = MODE_AUTOMATIC; /* a call */
	CHECK_INT(scenario_check(&bad).code, STATUS_INVALID);
	CHECK_TEXT(profile_scenario(&(struct profile_facts){ "", "", "public", true, 'A' }), "public");
	CHECK_TEXT(profile_scenario(&(struct profile_facts){ "", "", "unknown", true, 'D' }), "key_account");
	CHECK_TEXT(profile_scenario(&(struct profile_facts){ "", "", "unknown", false, 'D' }), "close_follow_up");
	CHECK_TEXT(profile_scenario(&(struct profile_facts){ "", "", "unknown", false, 0 }), "average");
	CHECK_TEXT(profile_scenario(&(struct profile_facts){ "", "good_payer", "consumer", false, 'D' }), "good_payer");
}

/* A person who publishes a changed ladder says what becomes of those midway. */
static void those_midway_as_it_was_said(void)
{
	start("average");
	item("F1", 100000, "2026-01-05");
	sent("reminder", "2026-01-08", 1, 1);
	CHECK_INT(plan_item_step(&desk.view, 0, &desk.scenario), scenario_step(&desk.scenario, "reminder"));
	desk.scenario.restart_day = on("2026-01-08"); /* what was sent that day already is of the new ladder */
	CHECK_INT(plan_item_step(&desk.view, 0, &desk.scenario), scenario_step(&desk.scenario, "reminder"));
	desk.scenario.restart_day = on("2026-01-09");
	CHECK_INT(plan_item_step(&desk.view, 0, &desk.scenario), -1);
	day("2026-01-20");
	CHECK_TEXT(step_today(), "reminder"); /* from the first step that is due, once more */
	day("2026-01-09");
	CHECK_TEXT(fate(1), "too_soon"); /* but not the day after he heard from us */

	/* a formal notice is never taken back */
	start("average");
	item("F1", 100000, "2026-01-05");
	sent("formal_notice", "2026-02-05", 1, 1);
	desk.scenario.restart_day = on("2026-03-01");
	CHECK_INT(plan_item_step(&desk.view, 0, &desk.scenario), scenario_step(&desk.scenario, "formal_notice"));

	/* by rank alone: the step of that name moved up in the new ladder */
	start("average");
	item("F1", 100000, "2026-01-05");
	sent("follow_up", "2026-01-15", 1, 1)->takeover = true;
	int at = scenario_step(&desk.scenario, "follow_up"), last = at;
	for (size_t i = 0; i < desk.scenario.count; i++)
		if (desk.scenario.steps[i].rank <= desk.scenario.steps[at].rank) last = (int)i;
	CHECK(last > at); /* a call and a mail of one rank */
	CHECK_INT(plan_item_step(&desk.view, 0, &desk.scenario), at);
	desk.scenario.rank_day = on("2026-02-01");
	CHECK_INT(plan_item_step(&desk.view, 0, &desk.scenario), last);

	/* and it travels with the scenario */
	json_t *json = scenario_to_json(&desk.scenario);
	struct scenario back = { 0 };
	CHECK_OK(scenario_from_json(json, &back));
	CHECK_INT(back.rank_day, desk.scenario.rank_day);
	CHECK_INT(back.restart_day, 0);
	json_decref(json);
	enum midway midway = MIDWAY_STEP;
	CHECK(midway_parse("restart", &midway) && midway == MIDWAY_RESTART);
	CHECK(!midway_parse("later", &midway) && !midway_parse(NULL, &midway));
}

TESTS({ "those midway in a ladder that changes", those_midway_as_it_was_said },
      { "the ladder in order", the_ladder_in_order }, { "7: a gap gives one notice of the next step", p7_a_gap_of_days_gives_one_notice_of_the_next_step },
      { "86: a pre-due step lapses", p86_a_pre_due_step_lapses }, { "10, 11: part paid", p10_11_part_paid_asks_for_the_rest },
      { "12: credits deducted", p12_credits_are_shown_and_deducted }, { "13, 14: not due is not asked", p13_14_what_is_not_due_is_not_asked },
      { "15: issued with a past due date", p15_issued_with_a_past_due_date_waits }, { "16: the oldest item's step", p16_the_account_stands_at_its_oldest },
      { "18, 92: direct debit", p18_92_direct_debit }, { "21: dispute", p21_a_dispute_leaves_its_item_out },
	{ "92: a bill holds its items until the bank answers", p92_a_bill_until_the_bank_answers },
	{ "93: a message has one payee", p93_a_message_has_one_payee },
      { "23: after a hold", p23_after_a_hold_at_the_step_where_it_stopped }, { "24: promises", p24_promises },
      { "25: another scenario", p25_another_scenario_does_not_restart }, { "26: notice days", p26_nothing_sooner_than_the_notice_days },
      { "38: currencies apart", p38_currencies_are_apart_and_one_contact_a_day }, { "49, 85: assumed due date", p49_85_assumed_due_date_waits_for_a_person },
      { "50: an instalment alone", p50_an_instalment_alone }, { "81: unlettered", p81_unlettered },
      { "83: returned payment", p83_a_returned_payment_keeps_its_step_and_alerts }, { "83: a returned payment is no take-over", p83_a_returned_payment_is_no_take_over }, { "84: account 416", p84_account_416_leaves_automatic_reminders },
      { "87: take-over by age", p87_take_over_by_age }, { "88: firm claims 8 days late only", p88_firm_claims_eight_days_late_only },
      { "formal notice claims only what was reminded", formal_notice_claims_only_what_was_reminded },
      { "89: nothing firm while the fault is ours", p89_nothing_firm_while_the_fault_is_ours },
      { "90: a reply gives two working days", p90_a_reply_gives_two_working_days }, { "93, 94, 95: ceded, offset, generic", p93_94_95_others_money_and_accounts },
      { "reasons in order", reasons_come_in_the_contracts_order }, { "days, data, addresses", days_data_and_addresses }, { "minimums", minimums },
      { "under way is left alone", what_is_under_way_is_left_alone }, { "thanks for a payment only", thanks_for_a_payment_only },
      { "retention and bill", retention_and_bill }, { "each item by itself", each_item_by_itself }, { "skipped steps", skipped_steps_reminded_nobody },
      { "scenarios are sound", scenarios_are_sound })
