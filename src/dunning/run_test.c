/* The day against a store, SQLite and PostgreSQL: planned once, kept over days, bound by what binds; a shorter durable year. */
#include "dunning/claims.h"
#include "dunning/note.h"
#include "dunning/plan_load.h"
#include "dunning/run_desk.h"
#include "ledger/dispute.h"
#include "ledger/promise.h"

static void a_day_is_planned_once(struct store *store)
{
	open_desk(store, "2026-01-15");
	add_customer(1);
	add_customer(2);
	add_item(1, 1, 120000, on("2026-01-03"));
	add_item(2, 1, 60050, on("2026-01-12"));
	add_item(3, 2, 5000, on("2026-01-14"));
	struct run_result dry = run(true), first = run(false), second = run(false);
	CHECK_INT(first.created, 1);
	CHECK_INT(second.created, 0);
	CHECK_INT(dry.action_count, 1);
	CHECK_INT(dry.actions[0].id, 0);
	json_t *a = run_to_json(&first, "T"), *b = run_to_json(&second, "T");
	json_object_del(a, "created"), json_object_del(b, "created");
	CHECK(json_equal(a, b)); /* a preview equals the run, and so does the next one */
	json_t *preview = run_to_json(&dry, "T");
	json_t *one = json_array_get(json_object_get(preview, "actions"), 0);
	json_object_set(one, "id", json_object_get(json_array_get(json_object_get(a, "actions"), 0), "id"));
	json_object_del(preview, "created");
	CHECK(json_equal(preview, a));
	json_decref(a), json_decref(b), json_decref(preview);
	const struct action *mail = of_customer(&first, "C00001");
	CHECK_TEXT(mail->step, "reminder");
	CHECK_INT(mail->amount, 180050);
	CHECK_INT(mail->item_count, 2);
	CHECK(mail->test);
	CHECK_TEXT(left_of(&first, 3), "too_soon");
	int64_t rev = number("SELECT MAX(rev) FROM company");
	for (int i = 0; i < 3; i++) run(false);
	CHECK_INT(number("SELECT MAX(rev) FROM company"), rev); /* nothing new writes nothing */
	CHECK_INT(number("SELECT COUNT(*) FROM action"), 1);
}

static void what_binds_between_run_and_sending(struct store *store)
{
	open_desk(store, "2026-01-15");
	add_customer(1);
	add_item(1, 1, 120000, on("2026-01-03"));
	add_item(2, 1, 60050, on("2026-01-12"));
	struct run_result result = run(false);
	int64_t id = result.actions[0].id;
	/* paid between the plan and the yes: it no longer stands (pitfall 9) */
	pay(2, 1, 90, 60050, desk.today);
	CHECK_INT(change(queue_it, id).code, STATUS_CONFLICT);
	result = run(false);
	CHECK_INT(result.created, 0);
	CHECK_INT(result.actions[0].id, id); /* the same action, for the rest */
	CHECK_INT(result.actions[0].amount, 120000);
	CHECK_OK(change(queue_it, id));
	result = run(false);
	CHECK_INT(result.actions[0].state, STATE_QUEUED);
	/* the sender's last look: a payment arrived meanwhile */
	struct db *db;
	bool stands;
	const char *reason;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(action_check(db, &desk.viewer, desk.company.id, id, desk.today, desk.arena, &stands, &reason));
	CHECK(stands);
	store_release(store, db);
	pay(1, 1, 91, 120000, desk.today);
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(action_check(db, &desk.viewer, desk.company.id, id, desk.today, desk.arena, &stands, &reason));
	CHECK(!stands);
	CHECK_TEXT(reason, "cleared");
	store_release(store, db);
}

static void refused_and_skipped_and_put_off(struct store *store)
{
	open_desk(store, "2026-01-15");
	add_customer(1);
	add_item(1, 1, 120000, on("2026-01-03"));
	int64_t id = run(false).actions[0].id;
	CHECK_OK(change(queue_it, id));
	CHECK_OK(change(refuse_it, id));
	CHECK_INT(number("SELECT COUNT(*) FROM action WHERE done_day IS NOT NULL"), 0); /* no date of what was not sent (pitfall 8) */
	CHECK_INT(run(false).created, 0);
	desk.today++; /* Friday: proposed again, at the same step (pitfall 4) */
	struct run_result result = run(false);
	CHECK_INT(result.created, 1);
	CHECK_TEXT(result.actions[0].step, "reminder");
	id = result.actions[0].id;
	CHECK_OK(change(snooze_it, id));
	result = run(false);
	CHECK_INT(result.actions[0].state, STATE_PLANNED);
	CHECK_INT(result.actions[0].snoozed_until, desk.today + 4);
	desk.today += 1; /* Saturday: the action waits, it is not made anew on Monday */
	result = run(false);
	CHECK_INT(result.action_count, 0);
	CHECK_TEXT(left_of(&result, 1), "closed_day");
	desk.today += 3;
	result = run(false);
	CHECK_INT(result.created, 0);
	CHECK_INT(result.actions[0].id, id);
	CHECK_INT(result.actions[0].state, STATE_TO_CONFIRM);
	CHECK_OK(change(skip_it, id));
	CHECK_INT(run(false).created, 0);
	CHECK_OK(change(reopen_it, id));
	CHECK_INT(run(false).actions[0].state, STATE_TO_CONFIRM);
	CHECK_OK(change(skip_it, id));
	desk.today++;
	result = run(false);
	CHECK_TEXT(result.actions[0].step, "follow_up"); /* passed over: the next one */
}

static struct status dispute_one(struct change *c, int64_t item)
{
	int64_t id;
	return dispute_open(c, &(struct dispute_new){ .item_id = item, .reason = "price", .due_day = DAY_NONE, .credit_expected_day = DAY_NONE }, &id);
}
static struct status promise_one(struct change *c, int64_t item)
{
	int64_t id;
	return promise_make(c, &(struct promise_new){ .customer_id = 1, .items = &item, .item_count = 1, .day = desk.today + 1 }, &id);
}

static void disputes_and_promises_bind(struct store *store)
{
	open_desk(store, "2026-01-15"); /* Thursday */
	add_customer(1);
	for (int i = 1; i <= 5; i++) add_item(i, 1, 10000, on("2026-01-05"));
	CHECK_OK(change(dispute_one, 3));
	struct run_result result = run(false);
	CHECK_INT(result.actions[0].amount, 40000);
	CHECK_TEXT(left_of(&result, 3), "dispute");
	CHECK_OK(change(promise_one, 1));
	result = run(false);
	CHECK_INT(result.actions[0].amount, 30000);
	CHECK_TEXT(left_of(&result, 1), "promise");
	/* kept in part: reminders resume for the rest, and the history says so (pitfall 24) */
	desk.today = on("2026-01-21"); /* Friday + 2 working days is Tuesday 20 */
	result = run(false);
	CHECK_INT(number("SELECT COUNT(*) FROM promise WHERE state = 'broken'"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM event WHERE kind = 'promise.broken'"), 1);
	CHECK(result.actions[0].broken_promise);
	CHECK_INT(result.actions[0].amount, 40000);
	desk.today++;
	run(false);
	CHECK_INT(number("SELECT COUNT(*) FROM event WHERE kind = 'promise.broken'"), 1);
}

static void calls_are_tried_three_times(struct store *store)
{
	open_desk(store, "2026-01-15");
	add_customer(1);
	sql("UPDATE customer SET profile = 'key_account'; UPDATE company SET rev = rev + 1; UPDATE customer SET rev = (SELECT MAX(rev) FROM company)");
	add_item(1, 1, 120000, on("2026-01-08"));
	struct run_result result = run(false);
	CHECK_INT(result.actions[0].channel, CHANNEL_CALL);
	int64_t id = result.actions[0].id;
	CHECK_OK(change(miss_it, id));
	desk.today = on("2026-01-16");
	CHECK_INT(run(false).actions[0].id, id);
	CHECK_OK(change(miss_it, id));
	desk.today = on("2026-01-19");
	CHECK_INT(run(false).actions[0].id, id);
	CHECK_OK(change(miss_it, id));
	CHECK_INT(run(false).actions[0].state, STATE_DONE);
	CHECK_INT(number("SELECT attempts FROM action"), 3);
	(void)call_it;
}

static int64_t waiting_on(int32_t day)
{
	struct db *db;
	int64_t count = -1;
	CHECK_OK(store_reader(desk.store, &db));
	CHECK_OK(action_waiting(db, &desk.viewer, desk.company.id, day, desk.today, &count));
	store_release(desk.store, db);
	return count;
}

static void thanks_after_a_payment_and_explained(struct store *store)
{
	open_desk(store, "2026-01-15");
	add_customer(1);
	add_item(1, 1, 120000, on("2026-01-05"));
	add_item(2, 1, 70000, on("2026-04-05"));
	int64_t id = run(false).actions[0].id;
	CHECK_INT(waiting_on(desk.today), 1);
	CHECK_INT(waiting_on(desk.today - 1), 0);
	desk.viewer.portfolio = PORTFOLIO_OWN, desk.viewer.user_id = 7; /* nobody's customers are his */
	CHECK_INT(waiting_on(desk.today), 0);
	desk.viewer.portfolio = PORTFOLIO_ALL, desk.viewer.user_id = 0;
	CHECK_OK(change(queue_it, id));
	CHECK_INT(waiting_on(desk.today), 0);
	CHECK_OK(change(send_it, id));
	pay(1, 1, 90, 120000, on("2026-01-19"));
	desk.today = on("2026-01-20");
	struct run_result result = run(false);
	CHECK_TEXT(result.actions[0].step, "thanks");
	CHECK_INT(result.actions[0].amount, 0);
	CHECK_INT(run(false).created, 0);
	CHECK_OK(change(queue_it, result.actions[0].id));
	CHECK_OK(change(send_it, result.actions[0].id));
	desk.today = on("2026-01-26");
	CHECK_INT(run(false).action_count, 0); /* thanked once */
	struct db *db;
	json_t *why = NULL;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(run_explain(db, &desk.viewer, desk.company.id, 2, 0, desk.today, desk.arena, &why));
	CHECK_TEXT(json_string_value(json_object_get(why, "decision")), "left_out");
	json_decref(why);
	CHECK_OK(run_explain(db, &desk.viewer, desk.company.id, 1, 0, on("2026-01-15"), desk.arena, &why));
	CHECK_TEXT(json_string_value(json_object_get(why, "decision")), "action");
	json_decref(why);
	json_t *interest = NULL;
	struct claims_filter filter = { .as_of = desk.today };
	CHECK_OK(claims_interest_report(db, &desk.viewer, desk.company.id, &filter, desk.arena, &interest));
	json_t *row = json_array_get(json_object_get(interest, "rows"), 0);
	CHECK_INT(json_integer_value(json_object_get(row, "interest")), 559); /* 1 200.00 x 12.15 % x 14 / 365 = 5.5923 */
	CHECK_INT(json_integer_value(json_object_get(row, "fee")), 4000);
	json_decref(interest);
	store_release(store, db);
}

/* Weeks of a few customers against the store: no step twice, one contact a day, each item in one place. */
static void weeks_against_the_store(struct store *store)
{
	open_desk(store, "2026-01-05");
	uint64_t dice = 42;
	for (int c = 1; c <= 12; c++) {
		add_customer(c);
		for (int i = 0; i < 4; i++) add_item(c * 10 + i, c, 10000 * (i + 1), desk.today + (int32_t)((c * 7 + i * 13) % 50) - 5);
	}
	for (int d = 0; d < 45; d++, desk.today++) {
		arena_reset(desk.arena);
		struct run_result result = run(false);
		CHECK_INT(run(false).created, 0);
		for (size_t a = 0; a < result.action_count; a++) {
			const struct action *action = &result.actions[a];
			int64_t sum = 0;
			for (size_t n = 0; n < action->item_count; n++) {
				if (action->items[n].role == PLAN_CLAIMED || action->items[n].role == PLAN_CREDIT) sum += action->items[n].amount;
				for (size_t l = 0; l < result.left_count; l++)
					CHECK(action->items[n].role != PLAN_CLAIMED || result.left[l].item_id != action->items[n].item_id);
			}
			CHECK_INT(sum, action->amount);
			dice = dice * 6364136223846793005u + 1442695040888963407u;
			bool waits = action->state == STATE_PLANNED || action->state == STATE_TO_CONFIRM;
			if (!waits || dice >> 60 < 3) continue;
			if (channel_needs_address(action->channel)) {
				CHECK_OK(change(queue_it, action->id));
				CHECK_OK(change(dice >> 60 == 5 ? refuse_it : send_it, action->id));
			} else {
				CHECK_OK(change(call_it, action->id));
			}
		}
	}
	CHECK_INT(number("SELECT COUNT(*) FROM (SELECT customer_id, done_day FROM action WHERE channel <> 'task' AND done_day IS NOT NULL"
			 " GROUP BY customer_id, done_day HAVING COUNT(*) > 1) x"), 0);
	CHECK_INT(number("SELECT COUNT(*) FROM (SELECT i.item_id, a.step FROM action a JOIN action_item i ON i.tenant_id = a.tenant_id AND"
			 " i.company_id = a.company_id AND i.action_id = a.id WHERE i.role = 'claimed' AND a.state IN ('sent', 'done') AND a.step ="
			 " 'formal_notice' GROUP BY i.item_id, a.step HAVING COUNT(*) > 1) x"), 0);
	CHECK(number("SELECT COUNT(*) FROM action WHERE state IN ('sent', 'done')") > 40);
}

#define ON_BOTH(name) static void name##_on_both(void) { teststore_each(name); }
ON_BOTH(a_day_is_planned_once)
ON_BOTH(what_binds_between_run_and_sending)
ON_BOTH(refused_and_skipped_and_put_off)
ON_BOTH(disputes_and_promises_bind)
ON_BOTH(calls_are_tried_three_times)
ON_BOTH(thanks_after_a_payment_and_explained)
ON_BOTH(weeks_against_the_store)

/* Two companies of a tenant, one buyer: he hears from one of them a day, whoever is first; what waits says so. */
static void a_buyer_of_two_companies_once_a_day(struct store *store)
{
	open_desk(store, "2026-03-10"); /* a Tuesday */
	desk.viewer.lang = LANG_EN;
	struct company first = desk.company, second;
	CHECK_OK(company_create(store, &desk.viewer, (struct company_new){ .name = "Second", .code = "T2" }, 1000, &second));
	sql("INSERT INTO run (tenant_id, company_id, day, first_at, last_at, created) VALUES (1, %d, %d, 0, 0, 0)", (int)second.id, (int)on("2024-01-02"));
	sql("INSERT INTO setting (tenant_id, company_id, name, value) VALUES (1, %d, 'stale.days', '365')", (int)second.id);
	add_customer(1), add_customer(2), add_item(101, 1, 10000, on("2026-03-05")), add_item(102, 2, 20000, on("2026-03-05"));
	desk.company = second;
	add_customer(3), add_item(103, 3, 30000, on("2026-03-05"));
	sql("UPDATE customer SET siren = '552081317'");
	desk.company = first;
	struct run_result result = run(false); /* two accounts of his in the first company: the larger one */
	const struct action *one = of_customer(&result, "C00002");
	CHECK(one && !of_customer(&result, "C00001"));
	CHECK_TEXT(left_of(&result, 101), "too_soon");
	CHECK(strstr(result.left[0].detail, "another account or company"));
	struct run_result again = run(false);
	CHECK_INT(again.created, 0);
	desk.company = second;
	result = run(false);
	CHECK_INT(result.created, 0);
	CHECK_TEXT(left_of(&result, 103), "too_soon");
	/* both were planned at the same moment: the first to leave is the only one */
	desk.company = first;
	sql("UPDATE action SET plan_day = plan_day - 1 WHERE company_id = %d", (int)first.id);
	desk.company = second;
	result = run(false);
	const struct action *two = of_customer(&result, "C00003");
	CHECK(two);
	desk.company = first;
	CHECK_OK(change(queue_it, one->id));
	desk.company = second;
	if (two) CHECK_INT(change(queue_it, two->id).code, STATUS_CONFLICT);
	desk.company = first;
	CHECK_OK(change(send_it, one->id));
	CHECK_INT(number("SELECT COUNT(*) FROM buyer_contact"), 1);
	desk.company = second;
	result = run(false);
	CHECK_TEXT(left_of(&result, 103), "too_soon");
	desk.today++; /* tomorrow it is the other's turn */
	result = run(false);
	two = of_customer(&result, "C00003");
	CHECK(two);
	if (two) CHECK_OK(change(queue_it, two->id));
	if (two) CHECK_OK(change(refuse_it, two->id)); /* refused by the server: it was no contact */
	CHECK_INT(number("SELECT COUNT(*) FROM buyer_contact"), 1);
	/* the budget counts what the others sent */
	sql("INSERT INTO setting (tenant_id, company_id, name, value) VALUES (1, %d, 'contact.max', '1')", (int)second.id);
	desk.today++;
	result = run(false);
	CHECK_TEXT(left_of(&result, 103), "too_soon");
	bool told = false;
	for (size_t l = 0; l < result.left_count; l++) told |= strstr(result.left[l].detail, "the most that is allowed") != NULL;
	CHECK(told);
}

/* A holding pays for two of its companies: chased apart, and never twice on one day. */
static void a_payer_hears_once_a_day(struct store *store)
{
	open_desk(store, "2026-03-10");
	desk.viewer.lang = LANG_EN;
	add_customer(1), add_customer(2), add_customer(3), add_item(101, 1, 10000, on("2026-03-05")), add_item(102, 2, 20000, on("2026-03-05"));
	add_item(103, 3, 5000, on("2026-03-05"));
	sql("UPDATE customer SET payer_id = 3 WHERE id IN (1, 2)");
	struct run_result result = run(false);
	CHECK(of_customer(&result, "C00002") && !of_customer(&result, "C00001") && !of_customer(&result, "C00003"));
	CHECK_TEXT(left_of(&result, 101), "too_soon");
	CHECK_TEXT(left_of(&result, 103), "too_soon");
	sql("UPDATE customer SET payer_id = 0");
	result = run(false);
	CHECK(of_customer(&result, "C00001") && of_customer(&result, "C00002") && of_customer(&result, "C00003"));
}

static struct status approve_it(struct change *c, int64_t id) { return action_approve(c, id); }

static void a_formal_notice_wants_two_persons(struct store *store)
{
	open_desk(store, "2026-03-10");
	sql("INSERT INTO setting (tenant_id, company_id, name, value) VALUES (1, %d, 'formal_notice.two_persons', '1')", (int)desk.company.id);
	add_customer(1), add_item(101, 1, 10000, on("2026-01-05"));
	sql("INSERT INTO action (tenant_id, company_id, id, customer_id, plan_day, scenario, scenario_version, step, step_rank, channel, mode, state, test,"
	    " currency, amount, done_day, created_at) VALUES (1, %d, 900, 1, %d, 'average', 0, 'firm', 5, 'letter', 'manual', 'done', 1, 'EUR', 10000, %d, 0);"
	    "INSERT INTO action_item (tenant_id, company_id, action_id, item_id, role, amount) VALUES (1, %d, 900, 101, 'claimed', 10000)",
	    (int)desk.company.id, (int)on("2026-02-20"), (int)on("2026-02-20"), (int)desk.company.id);
	for (int n = 0; n < 3; n++) { /* the steps before it */
		static const char *const steps[] = { "reminder", "follow_up", "follow_up_mail" };
		sql("INSERT INTO action (tenant_id, company_id, id, customer_id, plan_day, scenario, scenario_version, step, step_rank, channel, mode, state, test,"
		    " currency, amount, done_day, created_at) VALUES (1, %d, %d, 1, %d, 'average', 0, '%s', %d, 'email', 'confirm', 'sent', 1, 'EUR', 10000, %d, 0);"
		    "INSERT INTO action_item (tenant_id, company_id, action_id, item_id, role, amount) VALUES (1, %d, %d, 101, 'claimed', 10000)",
		    (int)desk.company.id, 800 + n, (int)on("2026-01-12") + 7 * n, steps[n], n ? 4 : 3, (int)on("2026-01-12") + 7 * n, (int)desk.company.id, 800 + n);
	}
	struct run_result result = run(false);
	const struct action *notice = of_customer(&result, "C00001");
	CHECK(notice && notice->rank == RANK_FORMAL_NOTICE);
	if (!notice) return;
	struct viewer first = viewer_system(1), second = viewer_system(1);
	first.user_id = 11, second.user_id = 12;
	desk.viewer = first;
	CHECK_INT(change(call_it, notice->id).code, STATUS_CONFLICT);
	CHECK_OK(change(approve_it, notice->id));
	CHECK_INT(change(call_it, notice->id).code, STATUS_CONFLICT); /* one's own yes is not a second one */
	desk.viewer = second;
	sql("UPDATE action SET amount = 9000 WHERE id = %d", (int)notice->id);
	CHECK_INT(change(call_it, notice->id).code, STATUS_CONFLICT); /* another amount than the one approved */
	sql("UPDATE action SET amount = 10000 WHERE id = %d", (int)notice->id);
	CHECK_OK(change(call_it, notice->id));
	desk.viewer = viewer_system(1);
	CHECK_INT(number("SELECT COUNT(*) FROM event WHERE kind = 'action.approved'"), 1);
}

/* An action that waits is told anew each day; what was said on a past day stays, with what became of it. */
static void why_on_any_past_day(struct store *store)
{
	open_desk(store, "2026-03-10");
	desk.viewer.lang = LANG_EN;
	add_customer(1), add_item(101, 1, 10000, on("2026-03-05")), add_item(102, 1, 30000, on("2026-03-07"));
	struct run_result result = run(false);
	const struct action *one = of_customer(&result, "C00001");
	CHECK(one && one->amount == 40000);
	pay(102, 1, 202, 30000, desk.today); /* one of the two is paid in the afternoon */
	desk.today++;
	result = run(false);
	CHECK(of_customer(&result, "C00001") && of_customer(&result, "C00001")->amount == 10000);
	CHECK_OK(change(queue_it, one ? one->id : 0));
	CHECK_OK(change(send_it, one ? one->id : 0));
	desk.today++;
	run(false);
	struct db *db;
	json_t *first, *second, *third, *explained;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(why_on_day(db, &desk.viewer, desk.company.id, 1, desk.today - 2, desk.arena, &first));
	CHECK_OK(why_on_day(db, &desk.viewer, desk.company.id, 1, desk.today - 1, desk.arena, &second));
	CHECK_OK(why_on_day(db, &desk.viewer, desk.company.id, 1, desk.today, desk.arena, &third));
	CHECK_OK(run_explain(db, &desk.viewer, desk.company.id, 102, 0, desk.today - 2, desk.arena, &explained));
	store_release(store, db);
	const json_t *then = json_array_get(json_object_get(first, "actions"), 0), *next = json_array_get(json_object_get(second, "actions"), 0);
	CHECK_INT(json_integer_value(json_object_get(then, "amount")), 40000);
	CHECK_INT(json_array_size(json_object_get(then, "items")), 2);
	CHECK_TEXT(json_string_value(json_object_get(then, "became")), "Sent · 11/03/2026");
	CHECK_TEXT(json_string_value(json_array_get(json_object_get(then, "why"), 1)), "2 overdue items, the oldest by 5 days.");
	CHECK_INT(json_integer_value(json_object_get(next, "amount")), 10000);
	CHECK_INT(json_array_size(json_object_get(third, "actions")), 0);
	CHECK_TEXT(json_string_value(json_object_get(json_array_get(json_object_get(third, "left_out"), 0), "reason")), "too_soon");
	CHECK_TEXT(json_string_value(json_object_get(explained, "decision")), "action"); /* though it is paid, and no action claims it any more */
	CHECK_TEXT(json_string_value(json_object_get(explained, "reason")), "reminder");
	json_decref(first), json_decref(second), json_decref(third), json_decref(explained);
}

static struct status keep_short(struct change *c, int64_t id) { (void)id; return setting_change(c, "plan.notes_days", "31"); }

/* What is older than the days it is kept for is dropped by a day's run, and "why" says so; what was sent is told for ever. */
static void old_reasons_are_dropped_and_said_so(struct store *store)
{
	open_desk(store, "2026-03-10");
	CHECK_OK(change(keep_short, 0));
	add_customer(1), add_item(101, 1, 10000, on("2026-03-05"));
	add_customer(2), add_item(102, 2, 10000, on("2026-03-09"));
	struct run_result result = run(false);
	const struct action *one = of_customer(&result, "C00001");
	CHECK_OK(change(queue_it, one ? one->id : 0));
	CHECK_OK(change(send_it, one ? one->id : 0));
	int32_t first = desk.today;
	char notes[80], left[80];
	snprintf(notes, sizeof notes, "SELECT COUNT(*) FROM plan_note WHERE day = %d", first), snprintf(left, sizeof left, "SELECT COUNT(*) FROM left_out WHERE day = %d", first);
	CHECK(number("SELECT COUNT(*) FROM plan_note") > 0);
	CHECK(number("SELECT COUNT(*) FROM left_out") > 0);
	desk.today = first + 31; /* still kept on its last day */
	run(false);
	CHECK(number(left) > 0);
	desk.today = first + 32;
	run(false);
	CHECK_INT(number(notes), 0);
	CHECK_INT(number(left), 0);
	struct db *db;
	json_t *then, *now;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(why_on_day(db, &desk.viewer, desk.company.id, 1, first, desk.arena, &then));
	CHECK_OK(why_on_day(db, &desk.viewer, desk.company.id, 1, desk.today, desk.arena, &now));
	store_release(store, db);
	CHECK(json_is_true(json_object_get(then, "ran")) && json_is_false(json_object_get(then, "kept")));
	CHECK_INT(json_array_size(json_object_get(then, "actions")), 1); /* what was sent */
	CHECK(json_is_true(json_object_get(now, "kept")));
	json_decref(then), json_decref(now);
}

ON_BOTH(old_reasons_are_dropped_and_said_so)
ON_BOTH(a_payer_hears_once_a_day)
ON_BOTH(why_on_any_past_day)
ON_BOTH(a_buyer_of_two_companies_once_a_day)
ON_BOTH(a_formal_notice_wants_two_persons)

TESTS({ "a day is planned once", a_day_is_planned_once_on_both }, { "what binds between run and sending", what_binds_between_run_and_sending_on_both },
      { "refused, skipped, put off", refused_and_skipped_and_put_off_on_both }, { "disputes and promises bind", disputes_and_promises_bind_on_both },
      { "calls are tried three times", calls_are_tried_three_times_on_both }, { "thanks, explained, with interest", thanks_after_a_payment_and_explained_on_both },
      { "weeks against the store", weeks_against_the_store_on_both },
      { "a buyer of two companies, once a day", a_buyer_of_two_companies_once_a_day_on_both },
      { "a payer hears once a day", a_payer_hears_once_a_day_on_both },
      { "why, on any past day", why_on_any_past_day_on_both },
      { "old reasons are dropped, and said so", old_reasons_are_dropped_and_said_so_on_both },
      { "a formal notice wants two persons", a_formal_notice_wants_two_persons_on_both })
