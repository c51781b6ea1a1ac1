/* The light list of a day against the whole one, after each of many random changes, on both stores. */
#include "base/memory.h"
#include "base/test.h"
#include "db/teststore.h"
#include "dunning/day_list.h"

#include <stdarg.h>
#include <stdlib.h>

enum { DAY = 20000, CUSTOMERS = 6, CHANGES = 60 };

static struct store *store;
static struct viewer viewer;
static struct company company;
static unsigned turn;

static unsigned pick(unsigned below) { return (turn = turn * 1103515245u + 12345u) / 65536u % below; }

static struct status run_script(struct db *db, void *context) { return db_script(db, context); }

[[gnu::format(printf, 1, 2)]] static void sql(const char *format, ...)
{
	char text[2000];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	CHECK_OK(store_transact(store, run_script, text));
}

#define REV "(SELECT MAX(rev) FROM company)"

static void add_action(int id, int day)
{
	static const char *const states[] = { "planned", "to_confirm", "sent", "cancelled", "failed" };
	static const char *const channels[] = { "email", "call", "task", "letter" };
	sql("UPDATE company SET rev = rev + 1;"
	    "INSERT INTO action (tenant_id, company_id, id, customer_id, plan_day, scenario, scenario_version, step, step_rank, channel, mode, state,"
	    " test, currency, amount, priority, reason, created_at, rev) VALUES (1, %d, %d, %u, %d, 'average', 1, 'reminder', 3, '%s', 'confirm',"
	    " '%s', %d, 'EUR', %u, %u, '%s', 0, " REV ");"
	    "INSERT INTO action_item (tenant_id, company_id, action_id, item_id, role, amount) VALUES (1, %d, %d, %u, 'claimed', 100)",
	    (int)company.id, id, 1 + pick(CUSTOMERS), day, channels[pick(4)], states[pick(5)], pick(8) != 0, 100 + pick(900), pick(5),
	    pick(3) ? "" : "takeover,no_contact", (int)company.id, id, 1 + id % 20);
}

/* The same actions in the same order, each the same; sums of what waits too. */
static void check_lists(void)
{
	struct arena *arena = arena_new();
	struct db *db;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(db_begin(db, DB_READ));
	struct action *whole;
	size_t count;
	CHECK_OK(action_list(db, &viewer, company.id, &(struct action_filter){ .day = DAY }, arena, &whole, &count));
	cleanup_day_list const struct day_list *list = NULL;
	CHECK_OK(day_list_get(db, 1, company.id, DAY, &list));
	CHECK_INT((int64_t)list->count, (int64_t)count);
	int64_t *ids = arena_array(arena, int64_t, count + 1);
	for (size_t i = 0; i < count && i < list->count; i++) {
		const struct day_action *a = &list->actions[i];
		CHECK(a->id == whole[i].id && a->customer_id == whole[i].customer_id && a->amount == whole[i].amount &&
		      a->state == whole[i].state && a->channel == whole[i].channel && a->snoozed_until == whole[i].snoozed_until &&
		      a->no_contact == (strstr(whole[i].reason, "no_contact") != NULL));
		ids[i] = a->id;
	}
	struct action *read;
	CHECK_OK(action_read(db, &viewer, company.id, ids, count, arena, &read));
	for (size_t i = 0; i < count; i++) CHECK(read[i].id == whole[i].id && strcmp(read[i].customer_code, whole[i].customer_code) == 0);
	struct run_left *left;
	size_t left_count;
	CHECK_OK(left_out_list(db, &viewer, company.id, DAY, arena, &left, &left_count));
	CHECK_INT((int64_t)list->left_count, (int64_t)left_count);
	int64_t amount = 0, light = 0;
	for (size_t l = 0; l < left_count; l++) amount += left[l].amount, light += list->left[l].amount;
	CHECK_INT(light, amount);
	store_release(store, db);
	arena_free(arena);
}

static int64_t claimed(void)
{
	struct db *db;
	struct day_claimed out;
	cleanup_book const struct book *book = NULL;
	CHECK_OK(book_get(store, 1, company.id, &book));
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(db_begin(db, DB_READ));
	CHECK_OK(day_list_claimed(db, 1, company.id, DAY, book, NULL, "EUR", &out));
	store_release(store, db);
	return out.items;
}

static int64_t claimed_by_sql(void)
{
	struct db *db;
	int64_t out;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(db_get_int(db, "SELECT COUNT(*) FROM action a JOIN action_item n ON n.tenant_id = a.tenant_id AND n.company_id = a.company_id"
		" AND n.action_id = a.id JOIN item i ON i.tenant_id = n.tenant_id AND i.company_id = n.company_id AND i.id = n.item_id"
		" WHERE a.plan_day = $day AND a.test = 1 - (SELECT live FROM company) AND i.due_day < $day",
		DB_ARGS(db_day("day", DAY)), &out, NULL));
	store_release(store, db);
	return out;
}

static void left_out_anew(int round)
{
	unsigned item = 1 + pick(6);
	sql("UPDATE company SET rev = rev + 1; DELETE FROM left_out;"
	    "INSERT INTO left_out (tenant_id, company_id, day, customer_id, item_id, reason, detail, amount) VALUES (1, %d, %d, %u, %u, 'dispute',"
	    " '[\"dispute\",%d,0,\"\",\"average\",1]', %d), (1, %d, %d, 3, 8, 'promise', '[]', %u);"
	    "INSERT INTO run (tenant_id, company_id, day, first_at, last_at, created, rev) VALUES (1, %d, %d, 0, 0, 0, " REV ")"
	    " ON CONFLICT (tenant_id, company_id, day) DO UPDATE SET rev = " REV,
	    (int)company.id, DAY, 1 + item % CUSTOMERS, item, round, round, (int)company.id, DAY, 10 + pick(90), (int)company.id, DAY);
}

static void it_follows_every_change(struct store *in)
{
	store = in, viewer = viewer_system(1), turn = 7;
	CHECK_OK(company_create(store, &viewer, (struct company_new){ .name = "Test", .code = "T" }, 1000, &company));
	for (int c = 1; c <= CUSTOMERS; c++)
		sql("INSERT INTO customer (tenant_id, company_id, id, code, name, created_at, rev, ledger_rev) VALUES (1, %d, %d, 'C%d', 'Client %d', 0, 1, 1)",
		    (int)company.id, c, CUSTOMERS - c, c);
	for (int i = 1; i <= 20; i++)
		sql("INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, amount,"
		    " open_amount, currency, label, rev) VALUES (1, %d, %d, %d, 'FA%d', 'invoice', '411', %d, %d, %d, 'file', 100, 100, 'EUR', '', 1)",
		    (int)company.id, 1 + i % CUSTOMERS, i, i, DAY - 60, DAY - 60, DAY - 30 + 2 * i);
	check_lists();
	int next = 1;
	for (int round = 0; round < CHANGES; round++) {
		switch (pick(6)) {
		case 0:
		case 1:
			for (unsigned n = 1 + pick(8); n > 0; n--) add_action(next++, pick(5) ? DAY : DAY - 1);
			break;
		case 2: /* it goes to another day, or comes from one */
			sql("UPDATE company SET rev = rev + 1; UPDATE action SET plan_day = %d, rev = " REV " WHERE id %% 3 = %u", DAY + (int)pick(2), pick(3));
			break;
		case 3:
			sql("UPDATE company SET rev = rev + 1; UPDATE action SET state = 'done', snoozed_until = %d, priority = priority + 1, rev = " REV
			    " WHERE id %% 4 = %u", DAY + 3, pick(4));
			break;
		case 4: left_out_anew(round); break;
		case 5: /* an item taken out of an action */
			sql("UPDATE company SET rev = rev + 1; DELETE FROM action_item WHERE action_id %% 5 = 0;"
			    "UPDATE action SET amount = 0, rev = " REV " WHERE id %% 5 = 0");
			break;
		}
		check_lists();
		CHECK_INT(claimed(), claimed_by_sql());
	}
	/* go-live: what was of the test is gone, and what comes is not */
	sql("UPDATE company SET rev = rev + 1, live = 1; DELETE FROM action WHERE test = 1");
	check_lists();
	CHECK_INT(claimed(), claimed_by_sql());
	/* rows that vanish without a revision are noticed by their number */
	sql("UPDATE company SET rev = rev + 1; DELETE FROM action");
	check_lists();
}

static void another_company_has_its_own(struct store *in)
{
	store = in, viewer = viewer_system(1), turn = 3;
	CHECK_OK(company_create(store, &viewer, (struct company_new){ .name = "Test", .code = "T" }, 1000, &company));
	struct company first = company, second;
	CHECK_OK(company_create(store, &viewer, (struct company_new){ .name = "Other", .code = "U" }, 1000, &second));
	sql("INSERT INTO customer (tenant_id, company_id, id, code, name, created_at, rev, ledger_rev) SELECT 1, %d, id, code, name, 0, 1, 1 FROM"
	    " (SELECT 1 AS id, 'C1' AS code, 'Client' AS name) x", (int)first.id);
	for (int c = 2; c <= CUSTOMERS; c++)
		sql("INSERT INTO customer (tenant_id, company_id, id, code, name, created_at, rev, ledger_rev) VALUES (1, %d, %d, 'C%d', 'Client', 0, 1, 1)",
		    (int)first.id, c, c);
	for (int i = 1; i < 10; i++) add_action(i, DAY);
	check_lists();
	company = second;
	check_lists();
	struct db *db;
	cleanup_day_list const struct day_list *list = NULL;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(day_list_get(db, 1, second.id, DAY, &list));
	CHECK_INT((int64_t)list->count, 0);
	store_release(store, db);
}

static void it_follows_every_change_on_both(void) { teststore_each(it_follows_every_change); }
static void another_company_has_its_own_on_both(void) { teststore_each(another_company_has_its_own); }

TESTS({ "it follows every change", it_follows_every_change_on_both }, { "another company has its own", another_company_has_its_own_on_both })
