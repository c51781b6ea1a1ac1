/* run_desk — a company whose days are planned against a store, for tests of the run. */
#ifndef DUNNING_RUN_DESK_H
#define DUNNING_RUN_DESK_H

#include "base/memory.h"
#include "base/test.h"
#include "base/text.h"
#include "db/teststore.h"
#include "dunning/run.h"

static struct desk {
	struct store *store;
	struct viewer viewer;
	struct company company;
	int32_t today;
	struct arena *arena;
} desk;

[[maybe_unused]] static int32_t on(const char *iso)
{
	int32_t day = DAY_NONE;
	CHECK(day_parse(iso, strlen(iso), &day));
	return day;
}

[[maybe_unused]] static int64_t now_of(int32_t day) { return (int64_t)day * 86400 + 36000; }

[[maybe_unused]] static struct status run_script(struct db *db, void *context) { return db_script(db, context); }

[[gnu::format(printf, 1, 2)]] [[maybe_unused]] static void sql(const char *format, ...)
{
	char text[2000];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	CHECK_OK(store_transact(desk.store, run_script, text));
}

[[maybe_unused]] static int64_t number(const char *query)
{
	struct db *db;
	int64_t out = -1;
	CHECK_OK(store_reader(desk.store, &db));
	CHECK_OK(db_get_int(db, query, DB_NO_ARGS, &out, NULL));
	store_release(desk.store, db);
	return out;
}

[[maybe_unused]] static void add_customer(int id)
{
	sql("INSERT INTO customer (tenant_id, company_id, id, code, name, class, email, created_at, rev, ledger_rev)"
	    " VALUES (1, %d, %d, 'C%05d', 'Client %d', 'professional', 'c%d@example.org', 0, 1, 1)", (int)desk.company.id, id, id, id, id);
}

[[maybe_unused]] static void add_item(int id, int customer, int64_t amount, int32_t due)
{
	sql("INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, amount,"
	    " open_amount, currency, label, rev) VALUES (1, %d, %d, %d, 'FA%05d', '%s', '411', %d, %d, %d, 'file', %lld, %lld, 'EUR', '', 1);"
	    "UPDATE company SET rev = rev + 1; UPDATE customer SET ledger_rev = (SELECT MAX(rev) FROM company) WHERE id = %d",
	    (int)desk.company.id, customer, id, id, amount > 0 ? "invoice" : "payment", due - 30, amount > 0 ? due - 30 : due, due,
	    (long long)amount, (long long)amount, customer);
}

/* A payment of the whole item on a day. */
[[maybe_unused]] static void pay(int item, int customer, int payment, int64_t amount, int32_t day)
{
	add_item(payment, customer, -amount, day);
	sql("UPDATE item SET open_amount = 0, closed_day = %d WHERE id IN (%d, %d);"
	    "INSERT INTO settlement (tenant_id, company_id, customer_id, debit_id, credit_id, day, amount) VALUES (1, %d, %d, %d, %d, %d, %lld);"
	    "UPDATE company SET rev = rev + 1; UPDATE customer SET ledger_rev = (SELECT MAX(rev) FROM company) WHERE id = %d",
	    day, item, payment, (int)desk.company.id, customer, item, payment, day, (long long)amount, customer);
}

[[maybe_unused]] static void open_desk(struct store *store, const char *today)
{
	if (desk.arena) arena_free(desk.arena);
	desk = (struct desk){ .store = store, .viewer = viewer_system(1), .today = on(today), .arena = arena_new() };
	CHECK_OK(company_create(store, &desk.viewer, (struct company_new){ .name = "Test", .code = "T" }, 1000, &desk.company));
	/* it started long ago, and files keep coming */
	sql("INSERT INTO run (tenant_id, company_id, day, first_at, last_at, created) VALUES (1, %d, %d, 0, 0, 0);"
	    "INSERT INTO setting (tenant_id, company_id, name, value) VALUES (1, %d, 'stale.days', '365')",
	    (int)desk.company.id, (int)on("2024-01-02"), (int)desk.company.id);
}

[[maybe_unused]] static struct run_result run(bool dry)
{
	struct run_result result = { 0 };
	CHECK_OK(run_day(desk.store, &desk.viewer, desk.company.id, desk.today, now_of(desk.today), &(struct run_options){ .dry_run = dry },
			 desk.arena, &result));
	return result;
}

[[maybe_unused]] static const struct action *of_customer(const struct run_result *result, const char *code)
{
	for (size_t i = 0; i < result->action_count; i++)
		if (strcmp(result->actions[i].customer_code, code) == 0) return &result->actions[i];
	return NULL;
}

[[maybe_unused]] static const char *left_of(const struct run_result *result, int64_t item)
{
	for (size_t i = 0; i < result->left_count; i++)
		if (result->left[i].item_id == item) return left_reason_code(result->left[i].reason);
	return "";
}

struct change_work {
	struct status (*work)(struct change *change, int64_t id);
	int64_t id;
};
[[maybe_unused]] static struct status change_run(struct db *db, void *context)
{
	struct change_work *work = context;
	struct change change;
	TRY(company_begin(db, &desk.viewer, desk.company.id, desk.today, now_of(desk.today), &change));
	TRY(work->work(&change, work->id));
	return company_end(&change);
}
[[maybe_unused]] static struct status change(struct status (*work)(struct change *change, int64_t id), int64_t id)
{
	return store_transact(desk.store, change_run, &(struct change_work){ work, id });
}

[[maybe_unused]] static struct status queue_it(struct change *c, int64_t id) { return action_queue(c, id, "c1@example.org", 0, "fr"); }
[[maybe_unused]] static struct status send_it(struct change *c, int64_t id)
{
	TRY(action_moved(c, id, STATE_SENDING, ""));
	return action_moved(c, id, STATE_SENT, "");
}
[[maybe_unused]] static struct status refuse_it(struct change *c, int64_t id) { return action_moved(c, id, STATE_FAILED, "550 no such user"); }
[[maybe_unused]] static struct status skip_it(struct change *c, int64_t id) { return action_skip(c, id, ""); }
[[maybe_unused]] static struct status snooze_it(struct change *c, int64_t id) { return action_snooze(c, id, desk.today + 4); }
[[maybe_unused]] static struct status call_it(struct change *c, int64_t id) { return action_done(c, id, "promise", ""); }
[[maybe_unused]] static struct status miss_it(struct change *c, int64_t id) { return action_done(c, id, "na", ""); }
[[maybe_unused]] static struct status reopen_it(struct change *c, int64_t id) { return action_reopen(c, id); }

#endif
