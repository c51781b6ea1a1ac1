/* What binds the plan through the days: the scenarios of reference/pitfalls.md C, and promises and payment plans to their end. */
#include "base/day.h"
#include "base/memory.h"
#include "base/test.h"
#include "db/teststore.h"
#include "dunning/action.h"
#include "dunning/instalments.h"
#include "dunning/run.h"
#include "ledger/dispute.h"
#include "ledger/hold.h"
#include "ledger/payment_plan.h"
#include "ledger/promise.h"

#include <stdarg.h>

static struct {
	struct store *store;
	struct company company;
	struct viewer viewer;
	int32_t today;
	struct arena *arena;
} desk;

static int32_t on(const char *iso)
{
	int32_t day = DAY_NONE;
	CHECK(day_parse(iso, strlen(iso), &day));
	return day;
}

[[gnu::format(printf, 1, 2)]] static void sql(const char *format, ...)
{
	char text[2000];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	struct db *db;
	CHECK_OK(store_writer(desk.store, &db));
	CHECK_OK(db_begin(db, DB_WRITE));
	CHECK_OK(db_script(db, text));
	CHECK_OK(db_commit(db));
	store_release(desk.store, db);
}

static int64_t number(const char *query)
{
	struct db *db;
	int64_t out = -1;
	CHECK_OK(store_reader(desk.store, &db));
	CHECK_OK(db_get_int(db, query, DB_NO_ARGS, &out, NULL));
	store_release(desk.store, db);
	return out;
}

static void add_item(int id, int64_t amount, int32_t due)
{
	sql("INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, amount, open_amount,"
	    " currency, label, rev) VALUES (1, 1, 1, %d, 'FA%05d', '%s', '411', %d, %d, %d, 'file', %lld, %lld, 'EUR', '', 1); UPDATE company SET rev = rev + 1;"
	    " UPDATE customer SET ledger_rev = (SELECT MAX(rev) FROM company) WHERE id = 1",
	    id, id, amount > 0 ? "invoice" : "payment", due - 30, amount > 0 ? due - 30 : due, due, (long long)amount, (long long)amount);
}

/* A payment today that settles that much of an item. */
static void pay(int item, int payment, int64_t amount)
{
	add_item(payment, -amount, desk.today);
	sql("UPDATE item SET open_amount = open_amount - %lld WHERE id = %d; UPDATE item SET open_amount = 0, closed_day = %d WHERE id = %d;"
	    "INSERT INTO settlement (tenant_id, company_id, customer_id, debit_id, credit_id, day, amount) VALUES (1, 1, 1, %d, %d, %d, %lld);"
	    "UPDATE company SET rev = rev + 1; UPDATE customer SET ledger_rev = (SELECT MAX(rev) FROM company) WHERE id = 1",
	    (long long)amount, item, (int)desk.today, payment, item, payment, (int)desk.today, (long long)amount);
}

static void open_desk(struct store *store, const char *today)
{
	if (desk.arena) arena_free(desk.arena);
	desk.store = store, desk.viewer = viewer_system(1), desk.today = on(today), desk.arena = arena_new();
	CHECK_OK(company_create(store, &desk.viewer, (struct company_new){ .name = "Test", .code = "T" }, 1000, &desk.company));
	sql("INSERT INTO run (tenant_id, company_id, day, first_at, last_at, created) VALUES (1, 1, %d, 0, 0, 0);"
	    "INSERT INTO setting (tenant_id, company_id, name, value) VALUES (1, 1, 'stale.days', '365');"
	    "INSERT INTO customer (tenant_id, company_id, id, code, name, class, email, created_at, rev, ledger_rev)"
	    " VALUES (1, 1, 1, 'C1', 'Client', 'professional', 'c@example.org', 0, 1, 1)", (int)on("2024-01-02"));
}

static struct run_result run(void)
{
	struct run_result result = { 0 };
	CHECK_OK(run_day(desk.store, &desk.viewer, 1, desk.today, (int64_t)desk.today * 86400 + 36000, &(struct run_options){ 0 }, desk.arena, &result));
	return result;
}

static const char *left_of(const struct run_result *result, int64_t item)
{
	for (size_t i = 0; i < result->left_count; i++)
		if (result->left[i].item_id == item) return left_reason_code(result->left[i].reason);
	return "";
}

typedef struct status work(struct change *change);
static struct status in_change(struct db *db, void *context)
{
	work **run_it = context;
	struct change change;
	TRY(company_begin(db, &desk.viewer, 1, desk.today, (int64_t)desk.today * 86400 + 36000, &change));
	TRY((*run_it)(&change));
	return company_end(&change);
}
static struct status change(work *run_it) { return store_transact(desk.store, in_change, &run_it); }

static struct promise_new promise;
static int64_t made;
static const int64_t first[] = { 1 }, second[] = { 2 };
static struct status make_promise(struct change *c) { return promise_make(c, &promise, &made); }
static struct status promised(const int64_t *item, int64_t amount, const char *day)
{
	promise = (struct promise_new){ .customer_id = 1, .items = item, .item_count = 1, .amount = amount, .day = on(day) };
	return change(make_promise);
}

/* --- C 21, C 23 -------------------------------------------------------------------------------------------------------------------- */
static struct status dispute_part(struct change *c)
{
	return dispute_open(c, &(struct dispute_new){ .item_id = 1, .amount = 4000, .reason = "price", .due_day = DAY_NONE, .credit_expected_day = DAY_NONE }, &made);
}
static struct status dispute_whole(struct change *c)
{
	return dispute_open(c, &(struct dispute_new){ .item_id = 2, .reason = "delivery", .due_day = DAY_NONE, .credit_expected_day = DAY_NONE }, &made);
}
static void c21_the_rest_of_the_account_goes_on(struct store *store)
{
	open_desk(store, "2026-01-15");
	for (int i = 1; i <= 5; i++) add_item(i, 10000, on("2026-01-05"));
	CHECK_OK(change(dispute_part));
	CHECK_OK(change(dispute_whole));
	struct run_result result = run();
	CHECK_INT(result.actions[0].amount, 36000); /* three whole ones, and what is not contested of the first */
	CHECK_TEXT(left_of(&result, 2), "dispute");
	CHECK_TEXT(left_of(&result, 1), "");
}

static struct status hold_it(struct change *c)
{
	return hold_set(c, &(struct hold_new){ .item_id = 1, .kind = HOLD_HOLD, .until_day = on("2026-01-20"), .reason = "Mandatement" }, &made);
}
static void c23_a_hold_ends_by_itself(struct store *store)
{
	open_desk(store, "2026-01-15");
	add_item(1, 10000, on("2026-01-05"));
	CHECK_OK(change(hold_it));
	struct run_result result = run();
	CHECK_TEXT(left_of(&result, 1), "hold");
	desk.today = on("2026-01-20");
	result = run();
	CHECK_TEXT(left_of(&result, 1), "hold"); /* its last day */
	desk.today++;
	result = run();
	CHECK_TEXT(result.actions[0].step, "reminder"); /* where it stopped, not further up */
}

/* --- C 24 and promises in parts -------------------------------------------------------------------------------------------------------- */
static void c24_kept_in_part(struct store *store)
{
	open_desk(store, "2026-01-12");
	add_item(1, 50000, on("2026-01-05"));
	CHECK_OK(promised(first, 50000, "2026-01-15"));
	desk.today = on("2026-01-16");
	pay(1, 91, 30000);
	run();
	CHECK_INT(number("SELECT COUNT(*) FROM promise WHERE state = 'expected'"), 1); /* within the grace */
	desk.today = on("2026-01-20");
	struct run_result result = run();
	CHECK_INT(number("SELECT COUNT(*) FROM promise WHERE state = 'partly_kept' AND received = 30000"), 1);
	CHECK_INT(result.actions[0].amount, 20000); /* reminders resume for the rest, at once */
	CHECK(result.actions[0].broken_promise);
	CHECK_INT(number("SELECT COUNT(*) FROM event WHERE kind = 'promise.partly_kept'"), 1); /* and it stays in the history */
}

static void one_payment_keeps_one_promise(struct store *store)
{
	open_desk(store, "2026-01-12");
	add_item(1, 100000, on("2026-01-05"));
	CHECK_OK(promised(first, 50000, "2026-01-15"));
	CHECK_INT(promised(first, 0, "2026-01-30").code, STATUS_CONFLICT); /* another part is said with its amount */
	CHECK_OK(promised(first, 50000, "2026-01-30"));
	CHECK_INT(number("SELECT amount FROM promise WHERE id = 2"), 50000);
	CHECK_INT(promised(first, 1, "2026-01-30").code, STATUS_CONFLICT); /* all of it is promised */
	desk.today = on("2026-01-14");
	pay(1, 91, 50000);
	run();
	CHECK_INT(number("SELECT COUNT(*) FROM promise WHERE id = 1 AND state = 'kept'"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM promise WHERE id = 2 AND state = 'expected'"), 1); /* the same money keeps no second one */
	desk.today = on("2026-01-29");
	pay(1, 92, 50000);
	run();
	CHECK_INT(number("SELECT COUNT(*) FROM promise WHERE state = 'kept'"), 2);
}

static void a_broken_one_frees_the_item(struct store *store)
{
	open_desk(store, "2026-01-12");
	add_item(1, 100000, on("2026-01-05"));
	add_item(2, 70000, on("2026-01-05"));
	CHECK_OK(promised(first, 50000, "2026-01-15"));
	CHECK_OK(promised(first, 50000, "2026-01-30"));
	CHECK_OK(promised(second, 70000, "2026-01-30"));
	desk.today = on("2026-01-20");
	struct run_result result = run();
	CHECK_INT(number("SELECT COUNT(*) FROM promise WHERE state = 'broken'"), 1);
	CHECK_INT(result.action_count, 1); /* resumed at once, although the second part is promised for later */
	CHECK_INT(result.actions[0].amount, 100000);
	CHECK_TEXT(left_of(&result, 2), "promise"); /* the other item is promised still */
	CHECK_OK(change(dispute_whole)); /* and other things can bind it */
}

/* --- payment plans ------------------------------------------------------------------------------------------------------------------------ */
static void judged(struct store *store)
{
	(void)store;
	const struct calendar working = { 0 };
	struct plan_part parts[3];
	payment_plan_split(100001, 3, on("2026-01-31"), parts);
	CHECK_INT(parts[0].amount, 33335); /* the cents that are left go first */
	CHECK_INT(parts[1].amount, 33333);
	CHECK_INT(parts[1].day, on("2026-02-28"));
	CHECK_INT(parts[2].day, on("2026-03-31"));
	CHECK_INT(instalments_judge(parts, 3, 0, 0, &working, 5, on("2026-02-06")), PLAN_RUNNING); /* Friday, five working days after Saturday */
	CHECK_INT(instalments_judge(parts, 3, 0, 0, &working, 5, on("2026-02-07")), PLAN_BROKEN);
	CHECK_TEXT(parts[0].state, "missed");
	CHECK_INT(instalments_judge(parts, 3, 0, 33335, &working, 5, on("2026-02-07")), PLAN_RUNNING); /* it may come back: neither */
	CHECK_INT(instalments_judge(parts, 3, 40000, 0, &working, 5, on("2026-02-20")), PLAN_RUNNING);
	CHECK_TEXT(parts[0].state, "paid");
	CHECK_INT(parts[1].received, 6665);
	CHECK_INT(instalments_judge(parts, 3, 100001, 0, &working, 5, on("2026-02-20")), PLAN_KEPT);
}

static struct status propose(struct change *c)
{
	static const int64_t items[] = { 1, 2 };
	struct plan_part parts[3];
	payment_plan_split(90000, 3, on("2026-01-20"), parts);
	return payment_plan_propose(c, &(struct payment_plan_new){ .customer_id = 1, .items = items, .item_count = 2, .parts = parts, .part_count = 3 }, &made);
}
static struct status propose_too_little(struct change *c)
{
	static const int64_t items[] = { 1, 2 };
	struct plan_part parts[1];
	payment_plan_split(89999, 1, on("2026-01-20"), parts);
	return payment_plan_propose(c, &(struct payment_plan_new){ .customer_id = 1, .items = items, .item_count = 2, .parts = parts, .part_count = 1 }, &made);
}
static struct status agree(struct change *c) { return payment_plan_agree(c, 1, true); }
static struct status cancel(struct change *c) { return payment_plan_cancel(c, 1, "autre accord"); }

static void a_plan_is_missed(struct store *store)
{
	open_desk(store, "2026-01-12");
	add_item(1, 60000, on("2026-01-05"));
	add_item(2, 30000, on("2026-01-06"));
	add_item(3, 20000, on("2026-01-05"));
	CHECK_OK(promised(first, 60000, "2026-01-15"));
	CHECK_INT(change(propose_too_little).code, STATUS_INVALID);
	CHECK_OK(change(propose));
	CHECK_INT(change(propose).code, STATUS_CONFLICT); /* an item is in one plan */
	CHECK_INT(change(cancel).code ? 1 : 0, 0);
	CHECK_INT(change(agree).code, STATUS_CONFLICT); /* cancelled */
	sql("DELETE FROM plan_item; DELETE FROM plan_instalment; DELETE FROM payment_plan; DELETE FROM counter WHERE name = 'payment_plan'");
	CHECK_OK(change(propose));
	CHECK_OK(change(agree));
	CHECK_INT(number("SELECT COUNT(*) FROM promise WHERE state = 'cancelled'"), 1); /* what was promised is in the plan */
	struct run_result result = run();
	CHECK_TEXT(left_of(&result, 1), "plan");
	CHECK_TEXT(left_of(&result, 2), "plan");
	CHECK_INT(result.actions[0].amount, 20000); /* the rest of the account goes on */
	desk.today = on("2026-01-21");
	pay(1, 91, 30000);
	run();
	CHECK_INT(number("SELECT COUNT(*) FROM plan_instalment WHERE state = 'paid'"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM event WHERE kind = 'plan.instalment'"), 1);
	desk.today = on("2026-02-27"); /* the second was due on Friday 20: its fifth working day */
	result = run();
	CHECK_TEXT(left_of(&result, 1), "plan");
	desk.today = on("2026-03-02");
	result = run();
	CHECK_INT(number("SELECT COUNT(*) FROM payment_plan WHERE state = 'broken'"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM event WHERE kind = 'plan.missed' AND content LIKE '%60000%'"), 1); /* all of the rest is due */
	CHECK_INT(number("SELECT COUNT(*) FROM hold WHERE lifted_day IS NULL"), 0);
	CHECK_TEXT(left_of(&result, 1), "");
	CHECK_INT(result.actions[0].amount, 80000); /* both items, and the one that was never in it */
	CHECK(result.actions[0].broken_promise); /* and it says that a word was not kept */
	int64_t events = number("SELECT COUNT(*) FROM event");
	run();
	CHECK_INT(number("SELECT COUNT(*) FROM event"), events); /* once */
}

static void a_plan_is_kept(struct store *store)
{
	open_desk(store, "2026-01-12");
	add_item(1, 60000, on("2026-01-05"));
	add_item(2, 30000, on("2026-01-06"));
	CHECK_OK(change(propose));
	CHECK_OK(change(agree));
	desk.today = on("2026-01-20");
	pay(1, 91, 60000);
	pay(2, 92, 30000);
	run();
	CHECK_INT(number("SELECT COUNT(*) FROM payment_plan WHERE state = 'kept'"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM hold WHERE lifted_day IS NULL"), 0);
}

/* --- the plan's late interest, in the ledger of interest -------------------------------------------------------------------------------- */
static bool keep_interest;
static struct status propose_with_interest(struct change *c)
{
	static const int64_t items[] = { 1, 2 };
	struct plan_part parts[3];
	payment_plan_split(90000 + (keep_interest ? 200 : 0), 3, on("2026-01-20"), parts);
	return payment_plan_propose(c, &(struct payment_plan_new){ .customer_id = 1, .items = items, .item_count = 2, .parts = parts, .part_count = 3, .interest = 200,
	                            .interest_kept = keep_interest }, &made);
}
static struct status agree_whole(struct change *c) { return instalments_agree(c, made, true); }
static struct status cancel_whole(struct change *c) { return instalments_cancel(c, made, "autre accord"); }

static void its_interest_is_paid(struct store *store)
{
	open_desk(store, "2026-01-12");
	add_item(1, 60000, on("2026-01-05"));
	add_item(2, 30000, on("2026-01-06"));
	keep_interest = true;
	CHECK_OK(change(propose_with_interest));
	CHECK_INT(number("SELECT COUNT(*) FROM interest_note"), 0); /* nothing is claimed before he agrees */
	CHECK_OK(change(agree_whole));
	CHECK_INT(number("SELECT interest FROM interest_note WHERE plan_id = 1 AND cancelled = 0"), 200);
	CHECK_INT(number("SELECT interest FROM interest_note_item WHERE item_id = 1"), 140); /* 600,00 over 7 days at 12.15 % */
	CHECK_INT(number("SELECT interest FROM interest_note_item WHERE item_id = 2"), 60);
	CHECK_OK(change(cancel_whole));
	CHECK_INT(number("SELECT COUNT(*) FROM interest_note WHERE cancelled = 0"), 0); /* it may be claimed again */
	CHECK_OK(change(propose_with_interest));
	CHECK_OK(change(agree_whole));
	desk.today = on("2026-01-20");
	pay(1, 91, 60000);
	run();
	CHECK_INT(number("SELECT paid FROM interest_note WHERE cancelled = 0"), 0); /* the principal first */
	pay(2, 92, 30000);
	sql("INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, amount, open_amount, currency, label, rev)"
	    " VALUES (1, 1, 1, 93, 'VIR', 'payment', '411', %d, %d, %d, 'issue', -150, -150, 'EUR', '', 1)", desk.today, desk.today, desk.today);
	run();
	CHECK_INT(number("SELECT paid FROM interest_note WHERE cancelled = 0"), 150);
	CHECK_INT(number("SELECT COUNT(*) FROM payment_plan WHERE state = 'kept'"), 0);
	sql("UPDATE item SET amount = -200, open_amount = -200 WHERE id = 93");
	run();
	CHECK_INT(number("SELECT paid FROM interest_note WHERE cancelled = 0 AND settled_day IS NOT NULL"), 200);
	CHECK_INT(number("SELECT COUNT(*) FROM payment_plan WHERE state = 'kept'"), 1);
}

static void its_interest_is_given_up(struct store *store)
{
	open_desk(store, "2026-01-12");
	add_item(1, 60000, on("2026-01-05"));
	add_item(2, 30000, on("2026-01-06"));
	keep_interest = false;
	CHECK_OK(change(propose_with_interest));
	CHECK_OK(change(agree_whole));
	CHECK_INT(number("SELECT waived FROM interest_note WHERE plan_id = 1 AND settled_day IS NOT NULL"), 200);
	CHECK_INT(number("SELECT COUNT(*) FROM event WHERE kind = 'interest.waived'"), 1); /* who and why */
	desk.today = on("2026-03-02");
	run(); /* nothing came: the plan is broken, and what was given up for it may be claimed */
	CHECK_INT(number("SELECT COUNT(*) FROM payment_plan WHERE state = 'broken'"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM interest_note WHERE cancelled = 0"), 0);
}

static void shares_sum_to_the_whole(void)
{
	uint64_t seed = 7;
	for (int turn = 0; turn < 2000; turn++) {
		int64_t weights[8], out[8], sum = 0;
		size_t count = 1 + (size_t)(turn % 8);
		for (size_t i = 0; i < count; i++) seed = seed * 6364136223846793005u + 1442695040888963407u, weights[i] = (int64_t)(seed >> (20 + seed % 40)) % (turn % 3 ? 1000000 : 2);
		int64_t total = (int64_t)(seed >> 30) % 100000000;
		instalments_share(total, weights, count, out);
		for (size_t i = 0; i < count; i++) {
			CHECK(out[i] >= 0);
			sum += out[i];
		}
		CHECK_INT(sum, total);
	}
}

#define BOTH(name) static void name##_on_both(void) { teststore_each(name); }
BOTH(c21_the_rest_of_the_account_goes_on)
BOTH(c23_a_hold_ends_by_itself)
BOTH(c24_kept_in_part)
BOTH(one_payment_keeps_one_promise)
BOTH(a_broken_one_frees_the_item)
BOTH(a_plan_is_missed)
BOTH(a_plan_is_kept)
BOTH(its_interest_is_paid)
BOTH(its_interest_is_given_up)
static void judged_alone(void) { judged(NULL); }

TESTS({ "C21: the rest of the account goes on", c21_the_rest_of_the_account_goes_on_on_both }, { "C23: a hold ends by itself", c23_a_hold_ends_by_itself_on_both },
      { "C24: a promise kept in part", c24_kept_in_part_on_both }, { "one payment keeps one promise", one_payment_keeps_one_promise_on_both },
      { "a broken promise frees its item", a_broken_one_frees_the_item_on_both }, { "instalments are judged", judged_alone },
      { "a plan is missed", a_plan_is_missed_on_both }, { "a plan is kept", a_plan_is_kept_on_both },
      { "the interest of a plan is claimed, and paid after the principal", its_interest_is_paid_on_both },
      { "the interest of a plan is given up, and claimed again once it is broken", its_interest_is_given_up_on_both }, { "shares sum to the whole", shares_sum_to_the_whole })
