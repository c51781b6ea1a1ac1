/* Deposits: what the rules propose for an order and why; asked, received, used, in this order; late ones give a task. */
#include "base/memory.h"
#include "dunning/deposit.h"
#include "ledger/testcompany.h"

static int64_t made;

static void what_the_rules_propose(void)
{
	const struct deposit_rules rules = { .percent_c = 0, .percent_d = 30, .percent_insolvent = 100, .over_limit = true, .uncovered = true };
	static const struct { const char *what; struct deposit_facts facts; int64_t amount; unsigned why; } cases[] = {
		{ "a good payer", { 1000000, 500000, -1, 0, false, 'A', false }, 0, 0 },
		{ "class C is asked nothing here", { 1000000, 500000, -1, 0, false, 'C', false }, 0, 0 },
		{ "class D", { 1000000, 500000, -1, 0, false, 'D', false }, 300000, DEPOSIT_SCORE },
		{ "rounded half away", { 5, 0, -1, 0, false, 'D', false }, 2, DEPOSIT_SCORE },
		{ "within the limit", { 1000000, 500000, 1500000, 0, false, 'A', false }, 0, 0 },
		{ "beyond the limit by a part", { 1000000, 500000, 1400000, 0, false, 'A', false }, 100000, DEPOSIT_LIMIT },
		{ "over the limit already: all of it", { 1000000, 500000, 400000, 0, false, 'A', false }, 1000000, DEPOSIT_LIMIT },
		{ "a credit in hand is no room", { 1000000, -500000, 400000, 0, false, 'A', false }, 600000, DEPOSIT_LIMIT },
		{ "a limit of nothing", { 1000000, 0, 0, 0, false, 'A', false }, 1000000, DEPOSIT_LIMIT },
		{ "beyond the insurer's", { 1000000, 0, -1, 250000, true, 'A', false }, 750000, DEPOSIT_UNCOVERED },
		{ "no policy, no matter", { 1000000, 0, -1, 0, false, 'A', false }, 0, 0 },
		{ "the most of several", { 1000000, 500000, 1400000, 500000, true, 'D', false }, 500000, DEPOSIT_SCORE | DEPOSIT_LIMIT | DEPOSIT_UNCOVERED },
		{ "proceedings", { 1000000, 0, -1, 0, false, 0, true }, 1000000, DEPOSIT_INSOLVENT },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct deposit_advice advice;
		deposit_advise(&cases[i].facts, &rules, &advice);
		if (advice.amount != cases[i].amount || advice.why != cases[i].why) printf("  %s\n", cases[i].what);
		CHECK_INT(advice.amount, cases[i].amount);
		CHECK_INT(advice.why, cases[i].why);
	}
	struct arena *arena = arena_new();
	CHECK_TEXT(deposit_why_codes(DEPOSIT_SCORE | DEPOSIT_UNCOVERED, arena), "score,uncovered");
	CHECK_INT(deposit_why_parse("score,uncovered"), DEPOSIT_SCORE | DEPOSIT_UNCOVERED);
	CHECK_INT(deposit_why_parse("limits,xscore"), 0);
	arena_free(arena);
}

static struct status ask(struct change *c, void *x) { return deposit_ask(c, x, &made); }
static struct status received(struct change *c, void *x) { return deposit_received(c, made, c->today, *(int64_t *)x); }
static struct status used(struct change *c, void *x) { return deposit_used(c, made, *(int64_t *)x); }
static struct status returned(struct change *c, void *x) { return deposit_returned(c, made, x); }
static struct status cancel(struct change *c, void *x) { return deposit_cancel(c, made, x); }
static struct status tasks(struct change *c, void *x)
{
	struct arena *arena = arena_new();
	const struct settings *settings;
	struct status status = settings_load(c->db, company.tenant_id, company.id, arena, &settings);
	if (!status.code) status = deposit_tasks(c, settings, x);
	arena_free(arena);
	TRY(status);
	return c->events ? STATUS_FINE : status_make(STATUS_CONFLICT, "nothing to do");
}

static void a_deposit_lives(struct store *given)
{
	store = given, everybody = viewer_system(TENANT_FIRST), today = on("2026-05-12");
	CHECK_OK(company_create(store, &everybody, (struct company_new){ .name = "Essai", .code = "T" }, NOW, &company));
	CHECK_OK(sql("INSERT INTO user_account (tenant_id, id, email, name, role, created_at) VALUES (1, 7, 'c@example.test', 'Claire', 'collector', 0);"
	             "INSERT INTO customer (tenant_id, company_id, id, code, name, collector_id, created_at) VALUES (1, 1, 1, 'C1', 'Dupont', 7, 0), (1, 1, 2, 'C2', 'Martin', 0, 0);"
	             "INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, amount, open_amount, currency, label) VALUES "
	             "(1, 1, 1, 11, 'F1', 'invoice', '411', 20500, 20500, 20530, 'terms', 100000, 100000, 'EUR', ''), (1, 1, 2, 12, 'F2', 'invoice', '411', 20500, 20500, 20530, 'terms', 100000, 100000, 'EUR', '')"));
	struct deposit_new new = { .customer_id = 1, .order_ref = "", .order_amount = 1000000, .amount = 300000, .due_day = today + 8, .why = DEPOSIT_SCORE };
	CHECK_INT(change(ask, &new).code, STATUS_INVALID);
	new.order_ref = "CDE-1", new.amount = 1000001;
	CHECK_INT(change(ask, &new).code, STATUS_INVALID);
	new.amount = 300000, new.due_day = today - 1;
	CHECK_INT(change(ask, &new).code, STATUS_INVALID);
	new.due_day = today + 8, new.action_id = 99;
	CHECK_INT(change(ask, &new).code, STATUS_NOT_FOUND); /* nothing is asked when its step isn't there */
	CHECK_INT(number("SELECT COUNT(*) FROM deposit"), 0);
	new.action_id = 0;
	CHECK_OK(change(ask, &new));
	CHECK_INT(change(ask, &new).code, STATUS_CONFLICT); /* a double click */
	CHECK_INT(number("SELECT COUNT(*) FROM deposit WHERE why = 'score'"), 1);

	int64_t changed = 0, item = 11, other = 12, amount = 300000, none = 0;
	CHECK_INT(change(tasks, &changed).code, STATUS_CONFLICT); /* not late yet */
	today += 9;
	CHECK_OK(change(tasks, &changed));
	CHECK_INT(changed, 1);
	CHECK_INT(change(tasks, &changed).code, STATUS_CONFLICT);
	CHECK_INT(number("SELECT COUNT(*) FROM task WHERE owner_id = 7"), 1);

	CHECK_INT(change(used, &item).code, STATUS_CONFLICT); /* nothing came */
	CHECK_INT(change(received, &none).code, STATUS_INVALID);
	CHECK_OK(change(received, &amount));
	CHECK_INT(change(received, &amount).code, STATUS_CONFLICT);
	CHECK_INT(change(cancel, "too late").code, STATUS_CONFLICT);
	CHECK_INT(change(used, &other).code, STATUS_INVALID); /* another customer's invoice */
	CHECK_OK(change(used, &item));
	CHECK_INT(number("SELECT used_item FROM deposit WHERE state = 'used'"), 11);
	CHECK_INT(number("SELECT open_amount FROM item WHERE id = 11"), 100000); /* the books say what is deducted, not this */
	new.order_ref = "CDE-2";
	CHECK_INT(change(ask, &new).code, STATUS_INVALID); /* its day is past by now */
	new.due_day = today;
	CHECK_OK(change(ask, &new));
	CHECK_OK(change(cancel, "paid in advance"));
	/* given back, with the reason: it no longer stands for a delivery */
	new.order_ref = "CDE-4";
	CHECK_OK(change(ask, &new));
	CHECK_INT(change(returned, "no delivery").code, STATUS_CONFLICT); /* nothing came */
	CHECK_OK(change(received, &amount));
	CHECK_INT(change(returned, "").code, STATUS_INVALID);
	CHECK_OK(change(returned, "no delivery"));
	CHECK_INT(change(returned, "no delivery").code, STATUS_CONFLICT);
	CHECK_INT(change(used, &item).code, STATUS_CONFLICT);
	CHECK_INT(number("SELECT COUNT(*) FROM deposit WHERE state = 'returned' AND ended_why = 'no delivery' AND received = 300000"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM event WHERE kind = 'deposit.returned'"), 1);
	everybody.rights = RIGHT_READ | RIGHT_COLLECT;
	new.order_ref = "CDE-3";
	CHECK_OK(change(ask, &new));
	CHECK_INT(change(received, &amount).code, STATUS_FORBIDDEN);
	everybody.portfolio = PORTFOLIO_OWN, everybody.user_id = 9;
	CHECK_INT(change(cancel, "").code, STATUS_NOT_FOUND);
}
static void a_deposit_lives_on_both(void) { teststore_each(a_deposit_lives); }

TESTS({ "what the rules propose", what_the_rules_propose }, { "a deposit lives", a_deposit_lives_on_both })
