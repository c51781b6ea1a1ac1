/* A desk with customers, items and a mail server, for tests of what leaves it: planned, confirmed, sent. */
#ifndef OUTREACH_SENDING_DESK_H
#define OUTREACH_SENDING_DESK_H

#include "outreach/outbox.h"

#include "access/user.h"
#include "base/day.h"
#include "base/locale.h"
#include "base/memory.h"
#include "base/test.h"
#include "db/teststore.h"
#include "dunning/call.h"
#include "dunning/run.h"
#include "ledger/company.h"
#include "ledger/customer.h"
#include "outreach/confirm.h"
#include "outreach/letters.h"
#include "outreach/proof.h"
#include "outreach/recap.h"
#include "outreach/sms.h"
#include "outreach/testmail.h"

enum { TENANT = 1 };

struct desk {
	struct store *store;
	struct viewer viewer;
	struct company company;
	struct clock clock;
	int32_t today;
	int64_t now;
};

[[maybe_unused]] static struct desk desk; /* of the test that runs */

[[maybe_unused]] static struct status in_change(struct db *db, struct change *change)
{
	return company_begin(db, &desk.viewer, desk.company.id, desk.today, desk.now, change);
}

[[maybe_unused]] static struct status run_sql(struct db *db, void *context)
{
	return db_script(db, context);
}

[[gnu::format(printf, 1, 2)]] static void sql(const char *format, ...)
{
	cleanup_free char *script = NULL;
	va_list args;
	va_start(args, format);
	if (vasprintf(&script, format, args) < 0) abort();
	va_end(args);
	CHECK_OK(store_transact(desk.store, run_sql, script));
}

[[gnu::format(printf, 1, 2)]] static int64_t number(const char *format, ...)
{
	cleanup_free char *query = NULL;
	va_list args;
	va_start(args, format);
	if (vasprintf(&query, format, args) < 0) abort();
	va_end(args);
	struct db *db = NULL;
	int64_t out = -1;
	CHECK_OK(store_reader(desk.store, &db));
	CHECK_OK(db_get_int(db, query, DB_NO_ARGS, &out, NULL));
	store_release(desk.store, db);
	return out;
}

[[maybe_unused]] static bool is_text(const char *want, const char *query)
{
	struct db *db = NULL;
	cleanup_free char *got = NULL;
	CHECK_OK(store_reader(desk.store, &db));
	CHECK_OK(db_get_text(db, query, DB_NO_ARGS, &got));
	store_release(desk.store, db);
	if (got && strcmp(got, want) == 0) return true;
	printf("  “%s” rather than “%s”: %s\n", got ? got : "(none)", want, query);
	return false;
}

[[maybe_unused]] static struct status set_all(struct db *db, void *context)
{
	const char *const *pairs = context;
	for (; *pairs; pairs += 2) TRY(setting_set(db, TENANT, desk.company.id, pairs[0], pairs[1]));
	return STATUS_FINE;
}

[[maybe_unused]] static void set(const char *const *pairs)
{
	CHECK_OK(store_transact(desk.store, set_all, (void *)(uintptr_t)pairs));
}

[[maybe_unused]] static void server_is(int port)
{
	char text[16];
	snprintf(text, sizeof text, "%d", port);
	set((const char *const[]){ "mail.host", "127.0.0.1", "mail.port", text, "mail.security", "none", NULL });
}

[[maybe_unused]] static void add_customer(int id, const char *email)
{
	sql("INSERT INTO customer (tenant_id, company_id, id, code, name, class, city, postcode, address, created_at, rev, ledger_rev) "
	    "VALUES (1, %d, %d, 'C%05d', 'Client %d', 'professional', 'Lyon', '69001', '1 rue A', 0, 1, 1)",
	    (int)desk.company.id, id, id, id);
	if (*email)
		sql("INSERT INTO contact (tenant_id, company_id, id, customer_id, name, email, role, main, rev) "
		    "VALUES (1, %d, %d, %d, 'Paul %d', '%s', 'billing', 1, 1)",
		    (int)desk.company.id, id, id, id, email);
}

[[maybe_unused]] static void add_item(int id, int customer, int64_t amount, int days_late)
{
	int32_t due = desk.today - days_late;
	sql("INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, "
	    "amount, open_amount, currency, label, rev) VALUES (1, %d, %d, %d, 'FA%04d', 'invoice', '411', %d, %d, %d, 'file', %lld, %lld, 'EUR', '', 1);"
	    "UPDATE company SET rev = rev + 1; UPDATE customer SET ledger_rev = (SELECT MAX(rev) FROM company) WHERE id = %d",
	    (int)desk.company.id, customer, id, id, due - 30, due - 30, due, (long long)amount, (long long)amount, customer);
}

/* A live company on Thursday 15 January 2026 at 10:00 with one customer, a contact and an invoice twelve days late. */
[[maybe_unused]] static void open_desk(struct store *store)
{
	int32_t today = day_from_civil(2026, 1, 15);
	lang_speak(LANG_EN);
	desk = (struct desk){ .store = store, .viewer = viewer_system(TENANT), .clock = { .forced = true, .today = today, .minutes = 600 } };
	CHECK_OK(company_create(store, &desk.viewer, (struct company_new){ .name = "Brévent", .code = "BRE" }, 1000, &desk.company));
	desk.today = today;
	desk.now = company_now(&desk.company, &desk.clock);
	sql("UPDATE company SET live = 1; INSERT INTO import (tenant_id, company_id, id, at, file_name, format, source, mode, digest, state) "
	    "VALUES (1, %d, 1, %lld, 'x', 'fec', 'accounting', 'ledger', %s, 'active')",
	    (int)desk.company.id, (long long)desk.now - 3600, store_kind(store) == DB_SQLITE ? "x'00'" : "'\\x00'");
	set((const char *const[]){ "mail.from", "compta@brevent.example", "mail.from_name", "Brévent", "mail.host", "127.0.0.1", "mail.port", "1",
	                           "mail.security", "none", "legal.city", "Annecy", "bank.iban", "FR7630006000011234567890189", NULL });
	CHECK_OK(company_create(store, &desk.viewer, (struct company_new){ .name = "Other", .code = "OTH" }, 1000, &(struct company){ 0 }));
	struct db *db = NULL;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(company_find(db, &desk.viewer, "BRE", &desk.company));
	store_release(store, db);
	add_customer(1, "paul@client.example");
	add_item(1, 1, 120000, 12);
}

/* Plans the day; the first action that waits, 0 when there is none. */
[[maybe_unused]] static int64_t plan(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct run_result result;
	CHECK_OK(run_day(desk.store, &desk.viewer, desk.company.id, desk.today, desk.now, &(struct run_options){ 0 }, arena, &result));
	for (size_t i = 0; i < result.action_count; i++)
		if (result.actions[i].state == STATE_TO_CONFIRM && result.actions[i].channel == CHANNEL_EMAIL) return result.actions[i].id;
	for (size_t i = 0; i < result.left_count; i++) printf("  left out: %s\n", left_reason_code(result.left[i].reason));
	for (size_t i = 0; i < result.action_count; i++)
		printf("  action %s %s %s\n", result.actions[i].step, channel_code(result.actions[i].channel), action_state_code(result.actions[i].state));
	return 0;
}

[[maybe_unused]] static struct confirmed confirmed;
[[maybe_unused]] static struct status confirm_work(struct db *db, void *context)
{
	cleanup_arena struct arena *arena = arena_new();
	struct change change;
	TRY(in_change(db, &change));
	TRY(confirm_action(&change, *(int64_t *)context, NULL, arena, &confirmed));
	return company_end(&change);
}

[[maybe_unused]] static int64_t confirm(int64_t action)
{
	CHECK_OK(store_transact(desk.store, confirm_work, &action));
	return confirmed.outbox_id;
}

[[maybe_unused]] static struct sender_result turn(void)
{
	struct sender_result result;
	CHECK_OK(sender_turn(desk.store, TENANT, &(struct sender_options){ .holder = "test", .clock = desk.clock }, &result));
	return result;
}

#define OUTBOX_STATE "SELECT state FROM outbox WHERE id = (SELECT MAX(id) FROM outbox)"
#define ACTION_STATE "SELECT state FROM action WHERE id = (SELECT MAX(action_id) FROM outbox)"

#define BOTH(name)                                                                                                             \
	static void name##_on_both(void)                                                                                       \
	{                                                                                                                      \
		teststore_each(name);                                                                                          \
	}

#endif
