/* One who pays for others is asked for all of them: planned as one, sent as one, in the past of each, seen by whoever sees them. */
#include "dunning/action_member.h"
#include "dunning/now.h"
#include "dunning/promises.h"
#include "dunning/run_desk.h"

/* A holding (3) that pays for two of its companies (1, 2), and a customer by himself (4). */
static void open_group(struct store *store, const char *mode)
{
	open_desk(store, "2026-03-10");
	desk.viewer.lang = LANG_EN;
	for (int id = 1; id <= 4; id++) add_customer(id);
	add_item(101, 1, 10000, on("2026-03-01")), add_item(102, 2, 20000, on("2026-03-03")), add_item(103, 3, 5000, on("2026-03-04"));
	add_item(104, 4, 7000, on("2026-03-01"));
	sql("UPDATE customer SET payer_id = 3 WHERE id IN (1, 2); UPDATE customer SET payer_mode = '%s' WHERE id = 3", mode);
}

static bool names(const struct action *action, int64_t item)
{
	for (size_t i = 0; action && i < action->item_count; i++)
		if (action->items[i].item_id == item) return true;
	return false;
}

static const struct action *payers(const struct run_result *result)
{
	for (size_t i = 0; i < result->action_count; i++)
		if (strcmp(result->actions[i].customer_code, "C00003") == 0 && result->actions[i].rank == RANK_REMINDER &&
		    result->actions[i].state != STATE_CANCELLED)
			return &result->actions[i];
	return NULL;
}

static void one_message_for_all(struct store *store)
{
	open_group(store, "together");
	struct run_result dry = run(true), result = run(false);
	const struct action *all = payers(&result);
	CHECK(all && names(all, 101) && names(all, 102) && names(all, 103) && !names(all, 104) && all->amount == 35000 && all->others == 2);
	CHECK(payers(&dry) && payers(&dry)->amount == 35000 && payers(&dry)->item_count == 3); /* a preview equals the run */
	CHECK(!of_customer(&result, "C00001") && !of_customer(&result, "C00002") && of_customer(&result, "C00004"));
	CHECK(run(false).created == 0);
	if (!all) return;
	CHECK(number("SELECT COUNT(*) FROM action_member WHERE customer_id IN (1, 2)") == 2);
	CHECK_OK(change(queue_it, all->id));
	CHECK_OK(change(send_it, all->id));
	/* in the timeline of each, with his own items */
	CHECK(number("SELECT COUNT(*) FROM event WHERE kind = 'action.sent' AND customer_id = 1 AND content LIKE '%FA00101%' AND content NOT LIKE '%FA00102%'") == 1);
	CHECK(number("SELECT COUNT(*) FROM event WHERE kind = 'action.sent' AND customer_id = 3 AND content LIKE '%FA00103%' AND content NOT LIKE '%FA00101%'") == 1);
	result = run(false);
	CHECK(result.created == 0);
	/* whoever is chased by himself again goes on from there: nobody hears of the first reminder twice, nor tomorrow */
	sql("UPDATE customer SET payer_mode = 'apart' WHERE id = 3");
	desk.today++;
	result = run(false);
	CHECK(!of_customer(&result, "C00001") && !of_customer(&result, "C00002") && !of_customer(&result, "C00003"));
	CHECK_TEXT(left_of(&result, 101), "too_soon");
	desk.today = on("2026-04-20");
	result = run(false);
	size_t goes_on = 0; /* one of them: they are one buyer */
	for (size_t i = 0; i < result.action_count; i++) {
		if (strcmp(result.actions[i].customer_code, "C00004") == 0) continue;
		CHECK(result.actions[i].rank > RANK_REMINDER && result.actions[i].others == 0);
		goes_on++;
	}
	CHECK(goes_on == 1);
}

static void credits_stay_with_their_owner(struct store *store)
{
	open_group(store, "together");
	add_item(201, 1, -12000, on("2026-03-05")); /* more than he owes */
	struct run_result result = run(false);
	const struct action *all = payers(&result);
	CHECK(all && !names(all, 101) && !names(all, 201) && all->amount == 25000);
	CHECK_TEXT(left_of(&result, 101), "credit_covers");
	sql("UPDATE customer SET payer_mode = 'netted' WHERE id = 3");
	result = run(false);
	all = payers(&result);
	CHECK(all && names(all, 101) && names(all, 201) && all->amount == 23000);
	/* nothing is set off against what an insolvent member owes, nor his credits against others */
	sql("UPDATE customer SET insolvency_day = %d, rev = 99 WHERE id = 1; UPDATE company SET rev = rev + 1;"
	    "UPDATE customer SET ledger_rev = (SELECT MAX(rev) FROM company), rev = (SELECT MAX(rev) FROM company) WHERE id = 1", (int)on("2026-03-06"));
	result = run(false);
	all = payers(&result);
	CHECK(all && !names(all, 101) && !names(all, 201) && all->amount == 25000);
	CHECK_TEXT(left_of(&result, 101), "insolvency");
}

static struct status dispute_it(struct change *c, int64_t id)
{
	return db_run(c->db, "INSERT INTO hold (tenant_id, company_id, id, customer_id, item_id, kind, reason, from_day) VALUES (1, $company, 77, 2, $item, 'hold', '', $day)",
	              DB_ARGS(db_int("company", c->company.id), db_int("item", id), db_day("day", c->today)));
}

static void what_binds_a_member_binds_the_message(struct store *store)
{
	open_group(store, "together");
	struct run_result result = run(false);
	const struct action *all = payers(&result);
	CHECK(all && all->item_count == 3);
	if (!all) return;
	/* between the plan and the sending: what was decided stands no more */
	CHECK_OK(change(dispute_it, 102));
	CHECK(change(queue_it, all->id).code == STATUS_CONFLICT);
	result = run(false);
	all = payers(&result);
	CHECK(all && names(all, 101) && !names(all, 102) && all->amount == 15000);
	CHECK_TEXT(left_of(&result, 102), "hold");
	/* a reply of one of them holds all */
	sql("INSERT INTO reply (tenant_id, company_id, id, customer_id, kind, day, at) VALUES (1, %d, 5, 1, 'reply', %d, 0)", (int)desk.company.id, (int)desk.today);
	result = run(false);
	CHECK(!payers(&result));
	CHECK_TEXT(left_of(&result, 103), "replied");
	sql("DELETE FROM reply");
	sql("UPDATE company SET rev = rev + 1; UPDATE customer SET stopped = 1, rev = (SELECT MAX(rev) FROM company), ledger_rev = (SELECT MAX(rev) FROM company) WHERE id = 1");
	result = run(false);
	all = payers(&result);
	CHECK(all && !names(all, 101) && all->amount == 5000);
	CHECK_TEXT(left_of(&result, 101), "stopped");
}

/* What holds or excludes the payer as a whole holds all: it is he who is written to. What holds one of his own items holds that one. */
static void what_holds_the_payer_holds_all(struct store *store)
{
	static const char *const kinds[] = { "hold", "exclusion" }, *const told[] = { "hold", "excluded" };
	open_group(store, "together");
	CHECK(payers(&(struct run_result[1]){ run(false) }[0]) != NULL);
	for (size_t k = 0; k < COUNT(kinds); k++) {
		sql("DELETE FROM hold; INSERT INTO hold (tenant_id, company_id, id, customer_id, item_id, kind, reason, from_day, until_day) VALUES (1, %d, 78, 3, 0, '%s', '', %d, %d)",
		    (int)desk.company.id, kinds[k], (int)desk.today, (int)desk.today + 3);
		struct run_result result = run(false);
		CHECK(!payers(&result) && of_customer(&result, "C00004"));
		CHECK_TEXT(left_of(&result, 101), told[k]);
		CHECK_TEXT(left_of(&result, 103), told[k]);
		for (size_t l = 0; l < result.left_count; l++)
			if (result.left[l].item_id == 102) CHECK_INT(result.left[l].until, desk.today + 3);
		struct now_proposal proposal;
		struct db *db;
		CHECK_OK(store_reader(desk.store, &db));
		CHECK_OK(now_propose(db, &desk.viewer, desk.company.id, 1, (int64_t[]){ 101 }, 1, CHANNEL_EMAIL, desk.today, desk.arena, &proposal));
		CHECK(!proposal.action && proposal.left_count == 1);
		store_release(desk.store, db);
	}
	sql("UPDATE hold SET item_id = 103, kind = 'hold'");
	struct run_result result = run(false);
	const struct action *all = payers(&result);
	CHECK(all && names(all, 101) && names(all, 102) && !names(all, 103));
}

static int64_t promised;
static struct status promise_it(struct change *c, int64_t id)
{
	struct action *action;
	TRY(action_get(c->db, c->viewer, c->company.id, id, desk.arena, &action));
	return promises_of_action(c, action, NULL, 0, promised, c->today + 2, "", desk.arena);
}

/* What the payer promises is a promise of each of those he was asked for, of the oldest items first as far as it goes. */
static void what_the_payer_promises_is_promised_for_each(struct store *store)
{
	open_group(store, "together");
	struct run_result result = run(false);
	const struct action *all = payers(&result);
	CHECK(all != NULL);
	if (!all) return;
	int64_t id = all->id;
	promised = 90000;
	CHECK(change(promise_it, id).code == STATUS_INVALID); /* more than is open */
	CHECK(number("SELECT COUNT(*) FROM promise") == 0);
	promised = 12000;
	CHECK_OK(change(promise_it, id));
	CHECK(number("SELECT COUNT(*) FROM promise") == 2 && number("SELECT amount FROM promise WHERE customer_id = 1") == 10000);
	CHECK(number("SELECT amount FROM promise WHERE customer_id = 2") == 2000);
	sql("DELETE FROM promise; DELETE FROM promise_item");
	promised = 0;
	CHECK_OK(change(promise_it, id));
	CHECK(number("SELECT COUNT(*) FROM promise") == 3 && number("SELECT SUM(amount) FROM promise") == 35000);
	result = run(false);
	CHECK(!payers(&result));
	CHECK_TEXT(left_of(&result, 102), "promise");
}

static void an_insolvent_payer_pays_for_nobody(struct store *store)
{
	open_group(store, "together");
	CHECK(payers(&(struct run_result[1]){ run(false) }[0]) != NULL);
	sql("UPDATE company SET rev = rev + 1; UPDATE customer SET insolvency_day = %d, rev = (SELECT MAX(rev) FROM company), ledger_rev = (SELECT MAX(rev) FROM company) WHERE id = 3",
	    (int)on("2026-03-09"));
	struct run_result result = run(false);
	CHECK(!payers(&result) && (of_customer(&result, "C00001") || of_customer(&result, "C00002")));
	CHECK_TEXT(left_of(&result, 103), "insolvency");
}

static void whoever_does_not_see_a_member_sees_nothing_of_him(struct store *store)
{
	open_group(store, "together");
	sql("UPDATE company SET rev = rev + 1; UPDATE customer SET collector_id = 9, rev = (SELECT MAX(rev) FROM company) WHERE id IN (1, 3)");
	struct run_result result = run(false);
	const struct action *all = payers(&result);
	CHECK(all != NULL);
	if (!all) return;
	int64_t id = all->id;
	struct viewer system = desk.viewer;
	desk.viewer = (struct viewer){ .tenant_id = 1, .user_id = 9, .role = ROLE_COLLECTOR, .rights = role_rights(ROLE_COLLECTOR), .portfolio = PORTFOLIO_OWN, .lang = LANG_EN };
	struct db *db;
	struct action *one, *list;
	size_t count;
	CHECK_OK(store_reader(desk.store, &db));
	CHECK_OK(action_get(db, &desk.viewer, desk.company.id, id, desk.arena, &one));
	CHECK(one->partial && one->item_count == 2 && !names(one, 102) && names(one, 101) && one->amount == 15000);
	CHECK_OK(action_list(db, &desk.viewer, desk.company.id, &(struct action_filter){ .day = desk.today, .items = true }, desk.arena, &list, &count));
	CHECK(count == 1 && list[0].partial && list[0].amount == 15000 && !names(&list[0], 102));
	bool whole;
	CHECK_OK(action_seen_whole(db, &desk.viewer, desk.company.id, id, &whole));
	CHECK(!whole);
	struct now_proposal proposal;
	int64_t ids[] = { 101, 102 };
	CHECK(now_propose(db, &desk.viewer, desk.company.id, 1, ids, 2, CHANNEL_EMAIL, desk.today, desk.arena, &proposal).code == STATUS_CONFLICT);
	CHECK_OK(now_propose(db, &desk.viewer, desk.company.id, 1, ids, 1, CHANNEL_EMAIL, desk.today, desk.arena, &proposal));
	CHECK(proposal.action && proposal.action->customer_id == 3 && proposal.action->amount == 10000);
	store_release(desk.store, db);
	CHECK(change(queue_it, id).code == STATUS_CONFLICT);
	CHECK(change(skip_it, id).code == STATUS_CONFLICT);
	desk.viewer = system;
	CHECK_OK(change(queue_it, id));
}

#define ON_BOTH(name) static void name##_on_both(void) { teststore_each(name); }
ON_BOTH(one_message_for_all)
ON_BOTH(credits_stay_with_their_owner)
ON_BOTH(what_binds_a_member_binds_the_message)
ON_BOTH(what_holds_the_payer_holds_all)
ON_BOTH(what_the_payer_promises_is_promised_for_each)
ON_BOTH(an_insolvent_payer_pays_for_nobody)
ON_BOTH(whoever_does_not_see_a_member_sees_nothing_of_him)

TESTS({ "one message for all", one_message_for_all_on_both },
      { "credits stay with their owner", credits_stay_with_their_owner_on_both },
      { "what binds a member binds the message", what_binds_a_member_binds_the_message_on_both },
      { "what holds the payer holds all", what_holds_the_payer_holds_all_on_both },
      { "what the payer promises is promised for each", what_the_payer_promises_is_promised_for_each_on_both },
      { "an insolvent payer pays for nobody", an_insolvent_payer_pays_for_nobody_on_both },
      { "whoever does not see a member sees nothing of him", whoever_does_not_see_a_member_sees_nothing_of_him_on_both })
