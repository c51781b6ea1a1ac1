/* Trials: the draw, the figures on data whose truth is known, the stop rule; started and ended against a store. */
#include "base/memory.h"
#include "base/test.h"
#include "db/teststore.h"
#include "dunning/run.h"
#include "dunning/trial.h"

#include <math.h>

static uint64_t dice = 5;
static double chance(void)
{
	dice += 0x9e3779b97f4a7c15u;
	uint64_t z = (dice ^ dice >> 30) * 0xbf58476d1ce4e5b9u;
	return (double)((z ^ z >> 31) >> 11) / 9007199254740992.0;
}

enum { UNITS = 200 };
static struct trial_unit units[UNITS];

static void draw(uint64_t seed)
{
	for (int u = 0; u < UNITS; u++) {
		units[u] = (struct trial_unit){ .customer_id = u + 1 };
		snprintf(units[u].stratum, sizeof units[u].stratum, "%c%d", "ABCD"[u % 4], u % 3 + 1);
	}
	trial_draw(units, UNITS, seed);
}

static void the_draw_is_even_and_can_be_made_again(void)
{
	char first[UNITS], other[UNITS];
	draw(42);
	int sides[12][2] = { { 0 } }, total[2] = { 0 };
	for (int u = 0; u < UNITS; u++) {
		first[units[u].customer_id - 1] = units[u].arm;
		sides[(units[u].stratum[0] - 'A') * 3 + units[u].stratum[1] - '1'][units[u].arm == 'b']++;
		total[units[u].arm == 'b']++;
	}
	CHECK(total[0] == 100 && total[1] == 100);
	for (int s = 0; s < 12; s++) CHECK(abs(sides[s][0] - sides[s][1]) <= 1);
	draw(42);
	for (int u = 0; u < UNITS; u++) CHECK(units[u].arm == first[units[u].customer_id - 1]);
	draw(43);
	int moved = 0;
	for (int u = 0; u < UNITS; u++) other[units[u].customer_id - 1] = units[u].arm;
	for (int u = 0; u < UNITS; u++) moved += other[u] != first[u];
	CHECK(moved > 50);
}

/* Two invoices each: paid after so many days on average, by side; a third not paid yet. */
static void invoices_of(double days_a, double days_b, struct trial_invoice *list)
{
	for (int i = 0; i < 2 * UNITS; i++) {
		double mean = units[i / 2].arm == 'b' ? days_b : days_a, days = -log(1 - chance()) * mean;
		int32_t seen = 5 + i % 56; /* how long ago it was due */
		list[i] = (struct trial_invoice){ (uint32_t)(i / 2), days < seen ? (int32_t)days : seen, days < seen };
	}
}

static void the_figures_find_the_truth(void)
{
	struct trial_invoice list[2 * UNITS];
	struct trial_result result;
	draw(7);
	invoices_of(20, 10, list);
	trial_measure(units, UNITS, list, 2 * UNITS, NULL, NULL, 40, 120, 7, &result);
	/* an exponential with mean 20, cut at 60 days, has 19.0 days; with 10, 9.98: unpaid ones do not pull it down */
	CHECK(fabs(result.arm[0].days - 19.0) < 4 && fabs(result.arm[1].days - 9.98) < 2.5);
	CHECK(result.low < -9 && result.high > -9 && result.high < 0);
	CHECK_INT(result.state, TRIAL_CLEAR);
	struct trial_result again;
	trial_measure(units, UNITS, list, 2 * UNITS, NULL, NULL, 40, 120, 7, &again);
	CHECK(memcmp(again.arm, result.arm, sizeof result.arm) == 0 && again.difference == result.difference && again.low == result.low &&
	      again.high == result.high && again.low99 == result.low99 && again.high99 == result.high99 && again.state == result.state);

	/* no difference: 95 % intervals hold 0 in 95 of 100 trials, and the daily rule hardly ever stops */
	int held = 0, clear = 0;
	for (int t = 0; t < 100; t++) {
		draw((uint64_t)t);
		invoices_of(15, 15, list);
		trial_measure(units, UNITS, list, 2 * UNITS, NULL, NULL, 40, 120, (uint64_t)t, &result);
		held += result.low <= 0 && result.high >= 0;
		clear += result.state == TRIAL_CLEAR;
	}
	CHECK(held >= 88);
	CHECK(clear <= 5);
}

static void what_ends_it(void)
{
	struct trial_invoice list[2 * UNITS];
	struct trial_result result;
	bool disputed[UNITS] = { 0 };
	draw(3);
	invoices_of(15, 15, list);
	for (int u = 0; u < UNITS; u++) disputed[u] = units[u].arm == 'b' ? u % 5 == 0 : u % 50 == 0;
	trial_measure(units, UNITS, list, 2 * UNITS, disputed, NULL, 10, 120, 3, &result);
	CHECK_INT(result.state, TRIAL_HARM);
	trial_measure(units, UNITS, list, 2 * UNITS, NULL, NULL, 10, 120, 3, &result);
	CHECK_INT(result.state, TRIAL_RUNS);
	trial_measure(units, UNITS, list, 2 * UNITS, NULL, NULL, 120, 120, 3, &result);
	CHECK_INT(result.state, TRIAL_OVER);
	trial_measure(units, UNITS, list, 0, NULL, NULL, 3, 120, 3, &result); /* nothing was paid yet */
	CHECK_INT(result.state, TRIAL_RUNS);
	CHECK(isnan(result.difference) && isnan(result.arm[0].days));
}

static struct store *desk;
static struct viewer viewer;
static struct company company;
static int32_t today;
static struct trial_new wanted;
static int64_t made;
static size_t drawn[2];

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
static struct status start_it(struct db *db, void *context)
{
	(void)context;
	struct change change;
	TRY(company_begin(db, &viewer, company.id, today, 1000, &change));
	TRY(trial_start(&change, &wanted, &made, drawn));
	return company_end(&change);
}

static void against_a_store(struct store *store)
{
	cleanup_arena struct arena *arena = arena_new();
	desk = store, viewer = viewer_system(1), today = 20500;
	CHECK_OK(company_create(store, &viewer, (struct company_new){ .name = "Test", .code = "T" }, 1000, &company));
	int of = (int)company.id;
	sql("INSERT INTO run (tenant_id, company_id, day, first_at, last_at, created) VALUES (1, %d, 19000, 0, 0, 0);"
	    "INSERT INTO setting (tenant_id, company_id, name, value) VALUES (1, %d, 'stale.days', '365')", of, of);
	for (int c = 1; c <= 30; c++)
		sql("INSERT INTO customer (tenant_id, company_id, id, code, name, class, scenario, email, created_at, rev, ledger_rev)"
		    " VALUES (1, %d, %d, 'C%02d', 'Client', 'professional', '%s', 'c%d@example.org', 0, 1, 1);"
		    "INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, amount,"
		    " open_amount, currency, label, rev) VALUES (1, %d, %d, %d, 'F%d', 'invoice', '411', %d, %d, %d, 'file', %d, %d, 'EUR', '', 1)",
		    of, c, c, c > 25 ? "average" : "", c, of, c, 100 + c, c, today - 36, today - 36, today - 6, 1000 * c, 1000 * c);
	wanted = (struct trial_new){ .name = "Essai", .a = "average", .b = "good_payer", .days = 60, .seed = 99 };
	CHECK_OK(store_transact(store, start_it, NULL));
	CHECK_INT(drawn[0] + drawn[1], 25); /* those set by hand are no matter of chance */
	CHECK_INT(store_transact(store, start_it, NULL).code, STATUS_CONFLICT); /* one at a time */
	today++;
	struct run_result result;
	CHECK_OK(run_day(store, &viewer, company.id, today, 2000, &(struct run_options){ 0 }, arena, &result));
	size_t followed[2] = { 0 };
	for (size_t a = 0; a < result.action_count; a++) {
		followed[strcmp(result.actions[a].scenario, "good_payer") == 0]++;
		if (result.actions[a].customer_id > 25) CHECK_TEXT(result.actions[a].scenario, "average");
	}
	CHECK_INT(followed[1], drawn[1]); /* each follows the variant he drew */
	today += 60;
	CHECK_OK(run_day(store, &viewer, company.id, today, 3000, &(struct run_options){ 0 }, arena, &result));
	struct db *db;
	struct trial *trials;
	size_t count;
	struct trial_result figures;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(trial_list(db, 1, company.id, arena, &trials, &count));
	CHECK_INT(count, 1);
	CHECK_TEXT(trials[0].stop_reason, "time");
	CHECK_OK(trial_read(db, &company, &trials[0], today, arena, &figures));
	CHECK_INT(figures.arm[0].customers + figures.arm[1].customers, 25);
	CHECK_INT(figures.state, TRIAL_STOPPED);
	store_release(store, db);
	wanted.a = "public";
	CHECK_INT(store_transact(store, start_it, NULL).code, STATUS_INVALID); /* nobody follows it: chance would decide */
}
static void against_a_store_on_both(void) { teststore_each(against_a_store); }

TESTS({ "the draw is even and can be made again", the_draw_is_even_and_can_be_made_again }, { "the figures find the truth", the_figures_find_the_truth },
      { "what ends it", what_ends_it }, { "against a store", against_a_store_on_both })
