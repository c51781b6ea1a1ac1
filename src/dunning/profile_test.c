/* Profiles: the rules that come ready, a company's own, what a person chose, a change recorded. */
#include "base/memory.h"
#include "base/test.h"
#include "db/teststore.h"
#include "dunning/plan_load.h"
#include "dunning/run.h"

static const char *ready_for(struct condition_facts facts)
{
	const struct profile_rule *rule = profile_by_rules(profile_rules_ready(), &facts);
	return rule ? rule->profile : "";
}

static void the_rules_that_come_ready(void)
{
	CHECK_OK(profile_rules_check(profile_rules_ready()));
	static const struct {
		const char *debtor;
		bool key;
		char class;
		const char *profile, *scenario;
	} cases[] = {
		{ "public", true, 'A', "public", "public" },           { "consumer", false, 'D', "consumer", "consumer" },
		{ "professional", true, 'D', "key_account", "key_account" }, { "professional", false, 'A', "good_payer", "good_payer" },
		{ "unknown", false, 'A', "good_payer", "good_payer" }, { "professional", false, 'B', "average", "average" },
		{ "professional", false, 'C', "close_follow_up", "close_follow_up" }, { "professional", false, 'D', "close_follow_up", "close_follow_up" },
		{ "unknown", false, 0, "to_qualify", "average" },      { "professional", false, 0, "new", "average" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		CHECK_TEXT(ready_for((struct condition_facts){ .debtor = cases[i].debtor, .key_account = cases[i].key, .score_class = cases[i].class, .score = 50 }),
			   cases[i].profile);
		CHECK_TEXT(profile_scenario_of(profile_rules_ready(), cases[i].profile), cases[i].scenario);
		/* the scenario is the one that score and class gave before there were rules */
		CHECK_TEXT(profile_scenario(&(struct profile_facts){ "", "", cases[i].debtor, cases[i].key, cases[i].class }), cases[i].scenario);
	}
}

static void rules_that_never_count_are_refused(void)
{
	struct profile_rules rules = *profile_rules_ready();
	rules.rules[2].condition_count = 0;
	CHECK(profile_rules_check(&rules).code == STATUS_INVALID);
	rules = *profile_rules_ready();
	rules.count--; /* the last has a condition now: somebody is nowhere */
	CHECK(profile_rules_check(&rules).code == STATUS_INVALID);
	rules.count = 0;
	CHECK(profile_rules_check(&rules).code == STATUS_INVALID);
}

static struct store *desk;
static struct viewer viewer;
static struct company company;
static int32_t today;

static struct status run_script(struct db *db, void *context) { return db_script(db, context); }
[[gnu::format(printf, 1, 2)]] static void sql(const char *format, ...)
{
	char text[1600];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	CHECK_OK(store_transact(desk, run_script, text));
}

static int64_t number(const char *query)
{
	struct db *db;
	int64_t out = -1;
	CHECK_OK(store_reader(desk, &db));
	CHECK_OK(db_get_int(db, query, DB_NO_ARGS, &out, &(bool){ false }));
	store_release(desk, db);
	return out;
}

static const char *profile_of(int64_t customer, struct arena *arena)
{
	struct db *db;
	const char *profile = "";
	int32_t since;
	CHECK_OK(store_reader(desk, &db));
	CHECK_OK(profile_stored(db, 1, company.id, customer, arena, &profile, &since));
	store_release(desk, db);
	return profile;
}

static struct run_result plan_it(struct arena *arena)
{
	struct run_result result;
	CHECK_OK(run_day(desk, &viewer, company.id, today, (int64_t)today * 86400 + 36000, &(struct run_options){ 0 }, arena, &result));
	return result;
}

static struct status keep(struct db *db, void *context)
{
	struct change change;
	TRY(company_begin(db, &viewer, company.id, today, 1000, &change));
	TRY(profile_rules_keep(&change, context));
	return company_end(&change);
}

static void evaluated_each_day(struct store *store)
{
	cleanup_arena struct arena *arena = arena_new();
	desk = store, viewer = viewer_system(1), today = 20500;
	CHECK_OK(company_create(store, &viewer, (struct company_new){ .name = "Test", .code = "T" }, 1000, &company));
	int of = (int)company.id;
	sql("INSERT INTO run (tenant_id, company_id, day, first_at, last_at, created) VALUES (1, %d, 19000, 0, 0, 0);"
	    "INSERT INTO setting (tenant_id, company_id, name, value) VALUES (1, %d, 'stale.days', '365')", of, of);
	for (int c = 1; c <= 3; c++)
		sql("INSERT INTO customer (tenant_id, company_id, id, code, name, class, group_code, email, created_at, rev, ledger_rev)"
		    " VALUES (1, %d, %d, 'C%d', 'Client', 'professional', '%s', 'c%d@example.org', 0, 1, 1);"
		    "INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, amount,"
		    " open_amount, currency, label, rev) VALUES (1, %d, %d, %d, 'F%d', 'invoice', '411', %d, %d, %d, 'file', 10000, 10000, 'EUR', '', 1)",
		    of, c, c, c == 1 ? "GMS" : "", c, of, c, 100 + c, c, today - 36, today - 36, today - 6);
	struct run_result result = plan_it(arena);
	CHECK_TEXT(profile_of(1, arena), "new");
	CHECK_INT(number("SELECT COUNT(*) FROM event WHERE kind = 'customer.profile'"), 0); /* whoever had none did not change */
	CHECK_INT(plan_it(arena).created, 0);

	/* own rules: the group's members are followed closely */
	struct profile_rules own = { .count = 2, .rules = {
		{ "gms", "close_follow_up", { { .fact = FACT_GROUP, .compare = COMPARE_IS, .text = "GMS" } }, 1 }, { "rest", "good_payer", { { 0 } }, 0 } } };
	CHECK_OK(store_transact(store, keep, &own));
	sql("UPDATE customer SET profile = 'average' WHERE id = 3; UPDATE company SET rev = rev + 1;"
	    "UPDATE customer SET rev = (SELECT MAX(rev) FROM company) WHERE id = 3"); /* by hand */
	today++;
	result = plan_it(arena);
	CHECK_TEXT(profile_of(1, arena), "gms");
	CHECK_TEXT(profile_of(2, arena), "rest");
	CHECK_TEXT(profile_of(3, arena), "new"); /* what a person chose stands, and no rule touches him */
	CHECK_INT(number("SELECT COUNT(*) FROM event WHERE kind = 'customer.profile' AND customer_id = 1"), 1);
	const char *followed[4] = { "", "", "", "" };
	for (size_t a = 0; a < result.action_count; a++) followed[result.actions[a].customer_id] = result.actions[a].scenario;
	CHECK_TEXT(followed[1], "close_follow_up");
	CHECK_TEXT(followed[2], "good_payer");
	CHECK_TEXT(followed[3], "average");
	CHECK_INT(plan_it(arena).created, 0);
	CHECK_INT(number("SELECT COUNT(*) FROM event WHERE kind = 'customer.profile'"), 2);
	CHECK_OK(store_transact(store, keep, NULL)); /* as they come ready */
	today++;
	plan_it(arena);
	CHECK_TEXT(profile_of(1, arena), "new");
}

static void evaluated_each_day_on_both(void) { teststore_each(evaluated_each_day); }

TESTS({ "the rules that come ready", the_rules_that_come_ready }, { "rules that never count are refused", rules_that_never_count_are_refused },
      { "evaluated each day", evaluated_each_day_on_both })
