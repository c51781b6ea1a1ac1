/* From a planned mail to what became of it, with a real server, a hostile one, and a sender that is killed. On both stores. */
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

static struct desk desk; /* of the test that runs */

static struct status in_change(struct db *db, struct change *change)
{
	return company_begin(db, &desk.viewer, desk.company.id, desk.today, desk.now, change);
}

static struct status run_sql(struct db *db, void *context)
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

static bool is_text(const char *want, const char *query)
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

static struct status set_all(struct db *db, void *context)
{
	const char *const *pairs = context;
	for (; *pairs; pairs += 2) TRY(setting_set(db, TENANT, desk.company.id, pairs[0], pairs[1]));
	return STATUS_FINE;
}

static void set(const char *const *pairs)
{
	CHECK_OK(store_transact(desk.store, set_all, (void *)(uintptr_t)pairs));
}

static void server_is(int port)
{
	char text[16];
	snprintf(text, sizeof text, "%d", port);
	set((const char *const[]){ "mail.host", "127.0.0.1", "mail.port", text, "mail.security", "none", NULL });
}

static void add_customer(int id, const char *email)
{
	sql("INSERT INTO customer (tenant_id, company_id, id, code, name, class, city, postcode, address, created_at, rev, ledger_rev) "
	    "VALUES (1, %d, %d, 'C%05d', 'Client %d', 'professional', 'Lyon', '69001', '1 rue A', 0, 1, 1)",
	    (int)desk.company.id, id, id, id);
	if (*email)
		sql("INSERT INTO contact (tenant_id, company_id, id, customer_id, name, email, role, main, rev) "
		    "VALUES (1, %d, %d, %d, 'Paul %d', '%s', 'billing', 1, 1)",
		    (int)desk.company.id, id, id, id, email);
}

static void add_item(int id, int customer, int64_t amount, int days_late)
{
	int32_t due = desk.today - days_late;
	sql("INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, "
	    "amount, open_amount, currency, label, rev) VALUES (1, %d, %d, %d, 'FA%04d', 'invoice', '411', %d, %d, %d, 'file', %lld, %lld, 'EUR', '', 1);"
	    "UPDATE company SET rev = rev + 1; UPDATE customer SET ledger_rev = (SELECT MAX(rev) FROM company) WHERE id = %d",
	    (int)desk.company.id, customer, id, id, due - 30, due - 30, due, (long long)amount, (long long)amount, customer);
}

/* A live company on Thursday 15 January 2026 at 10:00 with one customer, a contact and an invoice twelve days late. */
static void open_desk(struct store *store)
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
static int64_t plan(void)
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

static struct confirmed confirmed;
static struct status confirm_work(struct db *db, void *context)
{
	cleanup_arena struct arena *arena = arena_new();
	struct change change;
	TRY(in_change(db, &change));
	TRY(confirm_action(&change, *(int64_t *)context, NULL, arena, &confirmed));
	return company_end(&change);
}

static int64_t confirm(int64_t action)
{
	CHECK_OK(store_transact(desk.store, confirm_work, &action));
	return confirmed.outbox_id;
}

static struct sender_result turn(void)
{
	struct sender_result result;
	CHECK_OK(sender_turn(desk.store, TENANT, &(struct sender_options){ .holder = "test", .clock = desk.clock }, &result));
	return result;
}

#define OUTBOX_STATE "SELECT state FROM outbox WHERE id = (SELECT MAX(id) FROM outbox)"
#define ACTION_STATE "SELECT state FROM action WHERE id = (SELECT MAX(action_id) FROM outbox)"

static void a_mail_leaves_once(struct store *store)
{
	open_desk(store);
	struct testmail mail = testmail_start("/usr/bin/python3", "real.py", NULL);
	server_is(mail.port);
	int64_t action = plan();
	CHECK(action);
	confirm(action);
	CHECK(!confirmed.held);
	CHECK(is_text("queued", OUTBOX_STATE) && is_text("queued", ACTION_STATE));
	CHECK_INT(turn().sent, 1);
	CHECK(is_text("sent", OUTBOX_STATE) && is_text("sent", ACTION_STATE));
	CHECK_INT(turn().sent, 0);
	CHECK_INT(testmail_count(&mail), 1);
	cleanup_free char *got = testmail_read(&mail, "0001.eml");
	CHECK(strstr(got, "-> paul@client.example"));
	CHECK(strstr(got, "application/pdf") && strstr(got, "filename=releve-c00001-2026-01-15.pdf"));
	/* confirming the same action again sends nothing */
	struct status again = store_transact(desk.store, confirm_work, &action);
	CHECK_INT(again.code, STATUS_CONFLICT);
	CHECK_INT(number("SELECT COUNT(*) FROM outbox"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM document"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM event WHERE kind = 'action.sent'"), 1);
	testmail_stop(&mail);
}

static void test_mode_sends_nothing(struct store *store)
{
	open_desk(store);
	sql("UPDATE company SET live = 0");
	desk.company.live = false;
	struct testmail mail = testmail_start("/usr/bin/python3", "real.py", NULL);
	server_is(mail.port);
	int64_t action = plan();
	CHECK(action);
	confirm(action);
	CHECK(confirmed.held);
	CHECK(confirmed.simulated);
	CHECK(is_text("simulated", OUTBOX_STATE) && is_text("queued", ACTION_STATE));
	CHECK_INT(turn().sent, 0);
	CHECK_INT(testmail_count(&mail), 0);
	CHECK(number("SELECT length(body_text) FROM outbox") > 100); /* what would leave can be read */
	testmail_stop(&mail);
}

/* What was confirmed in test mode does not stand in the way: the clock goes on, and so does the ladder, with or without a mail server. */
static void a_simulated_message_lets_later_steps_be_seen(struct store *store)
{
	open_desk(store);
	sql("UPDATE company SET live = 0");
	desk.company.live = false;
	set((const char *const[]){ "mail.host", "", "stale.days", "365", NULL });
	int64_t first = plan();
	CHECK(first);
	confirm(first);
	CHECK(confirmed.simulated);
	CHECK_INT(plan(), 0); /* nothing more on that day */
	CHECK(is_text("queued", ACTION_STATE));
	int64_t next = 0;
	for (int i = 0; i < 30 && !next; i++) {
		desk.today++, desk.clock.today++, desk.now += 86400;
		plan();
		next = number("SELECT COALESCE(MAX(id), 0) FROM action WHERE state IN ('planned', 'to_confirm')");
	}
	CHECK(next && next != first);
	CHECK(is_text("sent", "SELECT state FROM action WHERE id = (SELECT MIN(action_id) FROM outbox)"));
	CHECK_INT(number("SELECT done_day FROM action WHERE id = %lld", (long long)first), day_from_civil(2026, 1, 15));
	CHECK_INT(number("SELECT COUNT(*) FROM event WHERE kind = 'action.simulated' AND customer_id = 1"), 1);
	CHECK(number("SELECT step_rank FROM action WHERE id = %lld", (long long)next) >=
	      number("SELECT step_rank FROM action WHERE id = %lld", (long long)first));
	/* going live forgets the trial and sends none of it */
	sql("UPDATE company SET live = 1");
	CHECK_INT(turn().sent, 0);
	CHECK_INT(number("SELECT COUNT(*) FROM outbox WHERE state = 'simulated'"), 1);
}

/* --- a message asked for now ---------------------------------------------------------------------------------------------------- */
struct reminding {
	const int64_t *items;
	size_t count;
	int64_t expected;
};
static struct status remind_work(struct db *db, void *context)
{
	cleanup_arena struct arena *arena = arena_new();
	struct reminding *reminding = context;
	struct change change;
	TRY(in_change(db, &change));
	TRY(remind_send(&change, 1, reminding->items, reminding->count, reminding->expected, NULL, arena, &confirmed));
	return company_end(&change);
}
static struct status remind(const int64_t *items, size_t count, int64_t expected)
{
	return store_transact(desk.store, remind_work, &(struct reminding){ items, count, expected });
}
/* The reason for which the only item asked for is left out; "" when it is in the message. */
static const char *left_code(int64_t item)
{
	cleanup_arena struct arena *arena = arena_new();
	struct remind_preview preview;
	struct db *db = NULL;
	CHECK_OK(store_reader(desk.store, &db));
	CHECK_OK(remind_preview(db, &desk.viewer, desk.company.id, 1, &item, 1, desk.today, arena, &preview));
	store_release(desk.store, db);
	CHECK_INT(preview.proposal.left_count + (preview.proposal.action ? 1 : 0), 1); /* in one place */
	return preview.proposal.left_count ? left_reason_code(preview.proposal.left[0].reason) : "";
}

static void chosen_items_are_reminded_now(struct store *store)
{
	open_desk(store);
	struct testmail mail = testmail_start("/usr/bin/python3", "real.py", NULL);
	server_is(mail.port);
	add_item(2, 1, 50000, 3);
	add_item(3, 1, 30000, -10);
	int64_t ladder = plan();
	CHECK(ladder);
	const int64_t two[] = { 1, 2 };
	/* what was looked at is not what stands */
	CHECK_INT(remind(two, 2, 1).code, STATUS_CONFLICT);
	CHECK_INT(number("SELECT COUNT(*) FROM outbox"), 0);
	CHECK_INT(number("SELECT COUNT(*) FROM action WHERE step = 'now'"), 0);
	CHECK_OK(remind(two, 2, 170000));
	CHECK(is_text("queued", ACTION_STATE));
	CHECK(is_text("cancelled", "SELECT state FROM action WHERE step <> 'now'")); /* the ladder's own gives way */
	CHECK_INT(number("SELECT COUNT(*) FROM action_item WHERE action_id = %lld", (long long)ladder), 0);
	/* a second click, and a second wish on the same day */
	CHECK_INT(remind(two, 2, 170000).code, STATUS_CONFLICT);
	CHECK_INT(turn().sent, 1);
	CHECK(is_text("sent", ACTION_STATE));
	CHECK_TEXT(left_code(1), "too_soon");
	CHECK_INT(remind(two, 2, -1).code, STATUS_CONFLICT);
	CHECK_INT(testmail_count(&mail), 1);
	cleanup_free char *got = testmail_read(&mail, "0001.eml");
	CHECK(strstr(got, "FA0001") && strstr(got, "FA0002"));
	CHECK_INT(plan(), 0);
	/* nor within the days between two contacts */
	desk.today += 4, desk.clock.today += 4, desk.now += 4 * 86400; /* Monday */
	CHECK_TEXT(left_code(1), "too_soon");
	desk.today += 1, desk.clock.today += 1, desk.now += 86400;
	CHECK_TEXT(left_code(1), "");
	testmail_stop(&mail);
}

static void what_keeps_an_item_out_keeps_it_out_now(struct store *store)
{
	static const struct {
		const char *reason, *script;
	} cases[] = {
		{ "", "" },
		{ "dispute", "INSERT INTO dispute (tenant_id, company_id, id, customer_id, item_id, reason, opened_day) VALUES (1, 1, 1, 1, 1, 'price', 20460)" },
		{ "promise", "INSERT INTO promise (tenant_id, company_id, id, customer_id, day, amount, currency, made_day, state) VALUES (1, 1, 1, 1, 20470, "
		             "120000, 'EUR', 20460, 'expected'); INSERT INTO promise_item (tenant_id, company_id, promise_id, item_id, amount) VALUES (1, 1, 1, 1, 120000)" },
		{ "hold", "INSERT INTO hold (tenant_id, company_id, id, customer_id, item_id, kind, from_day) VALUES (1, 1, 1, 1, 1, 'hold', 20460)" },
		{ "stopped", "UPDATE customer SET stopped = 1; UPDATE company SET rev = rev + 1 WHERE id = 1; UPDATE customer SET rev = (SELECT rev FROM company WHERE id = 1)" },
		{ "replied", "INSERT INTO reply (tenant_id, company_id, id, customer_id, at, day, kind) VALUES (1, 1, 1, 1, 0, 20468, 'reply')" },
		{ "credit_covers", "INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, amount, "
		                   "open_amount, currency, label, rev) VALUES (1, 1, 1, 90, 'AV', 'credit_note', '411', 20467, 20467, 20467, 'issue', -120000, -120000, "
		                   "'EUR', '', 1); UPDATE company SET rev = rev + 1 WHERE id = 1; UPDATE customer SET ledger_rev = (SELECT rev FROM company WHERE id = 1)" },
		{ "in_progress", "INSERT INTO action (tenant_id, company_id, id, customer_id, plan_day, scenario, scenario_version, step, step_rank, channel, mode, state, "
		                 "test, currency, amount, created_at) VALUES (1, 1, 70, 1, 20460, 'average', 0, 'reminder', 3, 'email', 'confirm', 'unknown', 0, 'EUR', 1, 0)" },
		{ "suppressed", "INSERT INTO suppression (tenant_id, address, reason, at) VALUES (1, 'paul@client.example', 'x', 0)" },
	};
	enum db_kind kind = store_kind(store);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct store *fresh = i ? teststore_open(kind) : store;
		open_desk(fresh);
		if (i) sql("%s; UPDATE company SET rev = rev + 1 WHERE code = 'BRE'", cases[i].script);
		CHECK_TEXT(left_code(1), cases[i].reason);
		if (i) {
			CHECK_INT(remind((const int64_t[]){ 1 }, 1, -1).code, STATUS_CONFLICT);
			CHECK_INT(number("SELECT COUNT(*) FROM outbox"), 0);
			CHECK_INT(number("SELECT COUNT(*) FROM action WHERE step = 'now'"), 0);
			teststore_close(fresh);
		}
	}
}

/* --- a call and its notes -------------------------------------------------------------------------------------------------------- */
static struct {
	const char *outcome, *reason;
	struct recap_edit edit;
} calling;
static struct status call_done(struct db *db, void *context)
{
	cleanup_arena struct arena *arena = arena_new();
	struct change change;
	(void)context;
	TRY(in_change(db, &change));
	TRY(confirm_done(&change, 50, calling.outcome, "", arena));
	if (calling.reason) TRY(call_reason_set(&change, 50, calling.reason));
	return company_end(&change);
}
static struct status call_again(struct db *db, void *context)
{
	struct change change;
	(void)context;
	TRY(in_change(db, &change));
	TRY(action_reopen(&change, 50));
	return company_end(&change);
}
static struct status call_notes(struct db *db, void *context)
{
	cleanup_arena struct arena *arena = arena_new();
	struct change change;
	(void)context;
	TRY(in_change(db, &change));
	TRY(recap_send(&change, 50, &calling.edit, arena, &confirmed));
	return company_end(&change);
}
static struct status call_message(struct db *db, void *context)
{
	cleanup_arena struct arena *arena = arena_new();
	struct change change;
	(void)context;
	TRY(in_change(db, &change));
	TRY(recap_missed(&change, 50, arena, &confirmed));
	return company_end(&change);
}
static void add_call(void)
{
	sql("INSERT INTO action (tenant_id, company_id, id, customer_id, plan_day, scenario, scenario_version, step, step_rank, channel, mode, state, test, "
	    "currency, amount, created_at) VALUES (1, 1, 50, 1, %d, 'average', 0, 'follow_up', 4, 'call', 'manual', 'planned', 0, 'EUR', 120000, 0);"
	    "INSERT INTO action_item (tenant_id, company_id, action_id, item_id, role, amount) VALUES (1, 1, 50, 1, 'claimed', 120000)", desk.today);
}

static void the_notes_of_a_call_leave_once_with_copies(struct store *store)
{
	open_desk(store);
	struct testmail mail = testmail_start("/usr/bin/python3", "real.py", NULL);
	server_is(mail.port);
	add_call();
	sql("INSERT INTO contact (tenant_id, company_id, id, customer_id, name, email, role, main, rev) VALUES (1, 1, 9, 1, 'Chef', 'chef@client.example', 'manager', 0, 1)");
	calling.outcome = "na", calling.reason = NULL, calling.edit = (struct recap_edit){ 0 };
	CHECK_OK(store_transact(desk.store, call_done, NULL));
	CHECK_INT(store_transact(desk.store, call_notes, NULL).code, STATUS_INVALID); /* nobody was reached */
	CHECK_OK(store_transact(desk.store, call_again, NULL));
	CHECK_INT(number("SELECT COUNT(*) FROM call_attempt WHERE undone = 0"), 0);
	calling.outcome = "approver";
	CHECK_OK(store_transact(desk.store, call_done, NULL));
	CHECK(is_text("approval", "SELECT reason FROM call_attempt WHERE undone = 0"));
	const char *const stranger[] = { "x@elsewhere.example", NULL }, *const boss[] = { "chef@client.example", NULL };
	calling.edit.copies = stranger;
	CHECK_INT(store_transact(desk.store, call_notes, NULL).code, STATUS_INVALID);
	calling.edit.copies = boss;
	CHECK_OK(store_transact(desk.store, call_notes, NULL));
	CHECK_INT(store_transact(desk.store, call_notes, NULL).code, STATUS_CONFLICT); /* a second click */
	CHECK_INT(turn().sent, 1);
	CHECK_INT(testmail_count(&mail), 1);
	cleanup_free char *got = testmail_read(&mail, "0001.eml");
	CHECK(strstr(got, "paul@client.example") && strstr(got, "Cc: chef@client.example") && strstr(got, "validation"));
	CHECK(!strstr(got, "application/pdf"));
	/* the call stays what it was */
	CHECK(is_text("done", "SELECT state FROM action WHERE id = 50") && is_text("approver", "SELECT outcome FROM action WHERE id = 50"));
	testmail_stop(&mail);
}

static void a_missed_call_leaves_one_message(struct store *store)
{
	open_desk(store);
	add_call();
	calling.outcome = "voicemail", calling.reason = NULL;
	CHECK_INT(store_transact(desk.store, call_message, NULL).code, STATUS_INVALID); /* not called yet */
	CHECK_OK(store_transact(desk.store, call_done, NULL));
	CHECK_OK(store_transact(desk.store, call_message, NULL));
	CHECK(is_text("now", "SELECT step FROM action WHERE id = (SELECT MAX(action_id) FROM outbox)"));
	CHECK(is_text("cancelled", "SELECT state FROM action WHERE id = 50")); /* the call does not come back on top of it */
	CHECK(store_transact(desk.store, call_message, NULL).code == STATUS_CONFLICT || number("SELECT COUNT(*) FROM outbox") == 1);
	CHECK_INT(number("SELECT COUNT(*) FROM outbox"), 1);
}

static void reasons_are_counted(struct store *store)
{
	open_desk(store);
	struct db *db = NULL;
	cleanup_arena struct arena *arena = arena_new();
	for (int i = 1; i <= 3; i++)
		sql("INSERT INTO call_attempt (tenant_id, company_id, customer_id, id, action_id, at, day, minute, outcome, reached, reason) "
		    "VALUES (1, 1, 1, %d, 0, 0, %d, %d, 'approver', 1, '%s')", i, desk.today - 10 * i, 600 + i, i == 2 ? "cash" : "approval");
	sql("INSERT INTO call_attempt (tenant_id, company_id, customer_id, id, action_id, at, day, minute, outcome, reached, reason) "
	    "VALUES (1, 1, 1, 4, 0, 0, %d, 900, 'na', 0, ''), (1, 2, 1, 1, 0, 0, %d, 900, 'approver', 1, 'approval')", desk.today, desk.today);
	struct call_reason *reasons;
	struct call_hour *hours;
	size_t count;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(call_reasons(db, &desk.viewer, 1, 1, desk.today, arena, &reasons, &count));
	CHECK_INT(count, 2);
	CHECK_TEXT(reasons[0].code, "approval");
	CHECK_INT(reasons[0].times, 2);
	CHECK_TEXT(call_reason_words(&reasons[0], LANG_FR, arena), "Deuxième fois\u00a0: en cours de validation");
	CHECK_TEXT(call_reason_words(&reasons[0], LANG_EN, arena), "Second time: waiting for approval");
	CHECK_OK(call_hours(db, &desk.viewer, 1, desk.today, arena, &hours, &count));
	CHECK_INT(count, 1);
	CHECK_INT(hours[0].hour, 10);
	store_release(store, db);
	int reached[24] = { [9] = 1, [14] = 1 }, tried[24] = { [9] = 3, [14] = 1 };
	CHECK_INT(call_best_hour(reached, tried), 14);
}

/* --- text messages and letters by a service ------------------------------------------------------------------------------------------ */
static struct status hand_over_work(struct db *db, void *context)
{
	cleanup_arena struct arena *arena = arena_new();
	struct change change;
	TRY(in_change(db, &change));
	TRY(confirm_post(&change, *(int64_t *)context, arena, &confirmed));
	return company_end(&change);
}
static struct status stop_work(struct db *db, void *context)
{
	struct change change;
	TRY(in_change(db, &change));
	TRY(sms_stop(&change, context, "reply"));
	return company_end(&change);
}
static void gateway_is(const struct testmail *gateway, const char *path)
{
	char url[80];
	setenv("ENCOURS_KEY", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", 1);
	snprintf(url, sizeof url, "http://127.0.0.1:%d/%s", gateway->port, path);
	set((const char *const[]){ "sms.url", url, "post.url", url, "sms.timeout", "2", "sms.from", "BREVENT", "sms.price", "450", "sms.key", "s3cret",
	                           "signature.phone", "04 50 00 00 00", NULL });
}
/* The plan's mail as another channel: what leaves is the matter here, not how it was planned. */
static int64_t plan_as(const char *channel)
{
	int64_t action = plan();
	sql("UPDATE contact SET phone = '06 12 34 56 78'; UPDATE action SET channel = '%s' WHERE id = %lld", channel, (long long)action);
	return action;
}

static void a_text_message_leaves_once(struct store *store)
{
	open_desk(store);
	struct testmail gateway = testmail_start("/usr/bin/python3", "gateway.py", NULL);
	gateway_is(&gateway, "ok");
	int64_t action = plan_as("sms");
	confirm(action);
	CHECK_INT(confirmed.parts, 1);
	CHECK_INT(confirmed.cost, 450);
	CHECK(is_text("+33612345678", "SELECT recipient FROM outbox") && is_text("sms", "SELECT channel FROM outbox"));
	desk.clock.minutes = 8 * 60; /* too early for a telephone, though a person confirmed it */
	CHECK_INT(turn().sent, 0);
	desk.clock.minutes = 600;
	CHECK_INT(turn().sent, 1);
	CHECK_INT(turn().sent, 0);
	CHECK(is_text("sent", OUTBOX_STATE) && is_text("sent", ACTION_STATE) && is_text("ref-1", "SELECT provider_ref FROM outbox"));
	CHECK(is_text("", "SELECT copies FROM outbox"));
	cleanup_free char *got = testmail_read(&gateway, "0001.txt"), *second = testmail_read(&gateway, "0002.txt");
	CHECK(strstr(got, "Authorization: Bearer s3cret") && strstr(got, "\"to\":\"+33612345678\"") && strstr(got, "FA0001") && strstr(got, "STOP"));
	CHECK(!*second);
	struct status again = store_transact(desk.store, confirm_work, &action);
	CHECK_INT(again.code, STATUS_CONFLICT);
	testmail_stop(&gateway);
}

static void each_answer_of_a_gateway_has_its_state(struct store *store)
{
	static const struct { const char *path, *state; } cases[] = { { "hang", "unknown" }, { "drop", "unknown" }, { "broken", "unknown" },
		{ "half", "unknown" }, { "refuse", "failed" }, { "busy", "queued" } };
	enum db_kind kind = store_kind(store);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct store *fresh = i ? teststore_open(kind) : store;
		open_desk(fresh);
		struct testmail gateway = testmail_start("/usr/bin/python3", "gateway.py", NULL);
		gateway_is(&gateway, cases[i].path);
		confirm(plan_as("sms"));
		turn();
		CHECK(is_text(cases[i].state, OUTBOX_STATE) && is_text(cases[i].state, ACTION_STATE));
		turn(); /* what is unknown is not tried again by itself */
		CHECK(is_text(cases[i].state, OUTBOX_STATE));
		cleanup_free char *second = testmail_read(&gateway, "0002.txt");
		CHECK(!*second);
		testmail_stop(&gateway);
		if (i) teststore_close(fresh);
	}
}

static void stop_is_honoured(struct store *store)
{
	open_desk(store);
	struct testmail gateway = testmail_start("/usr/bin/python3", "gateway.py", NULL);
	gateway_is(&gateway, "ok");
	int64_t action = plan_as("sms");
	confirm(action);
	CHECK_OK(store_transact(desk.store, stop_work, (void *)(uintptr_t) "+33 6 12 34 56 78"));
	CHECK_INT(turn().cancelled, 1); /* between the yes and the sending */
	cleanup_free char *got = testmail_read(&gateway, "0001.txt");
	CHECK(!*got);
	CHECK_INT(store_transact(desk.store, confirm_work, &(int64_t){ plan_as("sms") }).code, STATUS_INVALID);
	testmail_stop(&gateway);
}

static void a_letter_goes_to_a_postal_service_once(struct store *store)
{
	open_desk(store);
	struct testmail gateway = testmail_start("/usr/bin/python3", "gateway.py", NULL);
	gateway_is(&gateway, "ok");
	int64_t action = plan_as("letter");
	CHECK_OK(store_transact(desk.store, hand_over_work, &action));
	CHECK_INT(store_transact(desk.store, hand_over_work, &action).code, STATUS_CONFLICT);
	CHECK_INT(turn().sent, 1);
	CHECK_INT(turn().sent, 0);
	CHECK(is_text("sent", OUTBOX_STATE) && is_text("sent", ACTION_STATE) && is_text("post-1", "SELECT provider_ref FROM outbox"));
	cleanup_free char *got = testmail_read(&gateway, "0001.txt");
	CHECK(strstr(got, "\"kind\":\"letter\"") && strstr(got, "69001 LYON") && strstr(got, "\"base64\":\"JVBERi0"));
	CHECK(strstr(got, "Idempotency-Key: encours."));
	testmail_stop(&gateway);
}

/* --- letters printed together, posted once ------------------------------------------------------------------------------------------- */
static struct letters_print print;
static struct arena *print_arena;
static int64_t print_ids[4];
static size_t print_count;
static struct status print_work(struct db *db, void *context)
{
	struct change change;
	(void)context;
	TRY(in_change(db, &change));
	TRY(letters_print(&change, print_ids, print_count, print_arena, &print));
	return company_end(&change);
}
static struct status posted_work(struct db *db, void *context)
{
	cleanup_arena struct arena *arena = arena_new();
	struct change change;
	TRY(in_change(db, &change));
	TRY(letter_post(&change, *(int64_t *)context, desk.today, "2C 199 000 0087 4", arena));
	return company_end(&change);
}
static struct status follow_work(struct db *db, void *context)
{
	struct change change;
	TRY(in_change(db, &change));
	TRY(letter_follow(&change, *(int64_t *)context, "delivered", desk.today, ""));
	TRY(letter_scan(&change, *(int64_t *)context, "../AR.pdf", "%PDF-1.4 scan", 13));
	return company_end(&change);
}

static void letters_are_printed_together_and_posted_once(struct store *store)
{
	open_desk(store);
	add_customer(2, "x@y.example");
	add_item(7, 2, 90000, 12);
	sql("UPDATE customer SET city = '' WHERE id = 2");
	plan();
	sql("UPDATE action SET channel = 'registered_letter', state = 'planned', mode = 'manual'");
	print_arena = arena_new();
	print_count = 0;
	for (int64_t id = number("SELECT MIN(id) FROM action"); id <= number("SELECT MAX(id) FROM action"); id++) print_ids[print_count++] = id;
	CHECK_INT(print_count, 2);
	CHECK_OK(store_transact(desk.store, print_work, NULL));
	CHECK_INT(print.printed, 1); /* the other has no address for a letter: said so */
	CHECK_INT(print.refused_count, 1);
	CHECK(memcmp(print.pdf.bytes, "%PDF", 4) == 0 && print.pages >= 2);
	int64_t id = number("SELECT action_id FROM outbox WHERE state = 'held'");
	CHECK(is_text("planned", "SELECT state FROM action WHERE id = (SELECT action_id FROM outbox WHERE state = 'held')"));
	CHECK_OK(store_transact(desk.store, print_work, NULL)); /* again: takes the place of the first */
	CHECK_INT(number("SELECT COUNT(*) FROM outbox WHERE state = 'held'"), 1);
	CHECK_INT(turn().sent + turn().cancelled, 0); /* no mail server's business */
	CHECK_INT(number("SELECT COUNT(*) FROM outbox WHERE state = 'held'"), 1);
	CHECK_INT(store_transact(desk.store, follow_work, &id).code, STATUS_CONFLICT); /* not posted yet */
	CHECK_OK(store_transact(desk.store, posted_work, &id));
	CHECK_INT(store_transact(desk.store, posted_work, &id).code, STATUS_CONFLICT); /* a second click */
	CHECK(is_text("sent", "SELECT state FROM outbox WHERE state <> 'cancelled'") && is_text("done", "SELECT state FROM action WHERE done_day IS NOT NULL"));
	CHECK(is_text("2C 199 000 0087 4", "SELECT number FROM letter"));
	CHECK_OK(store_transact(desk.store, follow_work, &id));
	CHECK(is_text("delivered", "SELECT fate FROM letter"));
	CHECK_INT(number("SELECT COUNT(*) FROM document d JOIN outbox o ON o.id = d.outbox_id WHERE o.state = 'sent'"), 2);
	CHECK(is_text("..AR.pdf", "SELECT name FROM document WHERE type = 'application/pdf' AND length(bytes) = 13"));
	struct db *db = NULL;
	struct attachment file;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(letters_batch(db, &desk.viewer, desk.company.id, print.batch_id, print_arena, &file));
	CHECK(file.len == print.pdf.len);
	store_release(store, db);
	arena_free(print_arena);
}

/* Paid between printing and posting: it is not posted. */
static void a_letter_that_no_longer_stands_is_not_posted(struct store *store)
{
	open_desk(store);
	plan();
	sql("UPDATE action SET channel = 'letter', state = 'planned', mode = 'manual'");
	print_arena = arena_new();
	print_ids[0] = number("SELECT MAX(id) FROM action"), print_count = 1;
	CHECK_OK(store_transact(desk.store, print_work, NULL));
	sql("INSERT INTO dispute (tenant_id, company_id, id, customer_id, item_id, reason, opened_day) VALUES (1, 1, 1, 1, 1, 'price', %d);"
	    "UPDATE company SET rev = rev + 1 WHERE code = 'BRE'", desk.today);
	CHECK_INT(store_transact(desk.store, posted_work, &print_ids[0]).code, STATUS_CONFLICT);
	CHECK(is_text("planned", "SELECT state FROM action"));
	CHECK_INT(number("SELECT COUNT(*) FROM outbox WHERE state = 'sent'"), 0);
	arena_free(print_arena);
}

/* The invoice's own PDF goes along where an import brought it; too many or too heavy, none does. */
static void known_invoices_are_attached(struct store *store)
{
	open_desk(store);
	struct testmail mail = testmail_start("/usr/bin/python3", "real.py", NULL);
	server_is(mail.port);
	sql("INSERT INTO document (tenant_id, company_id, id, customer_id, item_id, import_id, name, type, digest, bytes, at) VALUES "
	    "(1, 1, 900, 1, 1, 1, 'FA0001.pdf', 'application/pdf', %s, %s, 0), (1, 1, 901, 1, 1, 0, 'ours.pdf', 'application/pdf', %s, %s, 0);"
	    "UPDATE counter SET value = 950 WHERE name = 'document' AND company_id = 1;",
	    store_kind(store) == DB_SQLITE ? "x'01'" : "'\\x01'", store_kind(store) == DB_SQLITE ? "x'25504446'" : "'\\x25504446'",
	    store_kind(store) == DB_SQLITE ? "x'02'" : "'\\x02'", store_kind(store) == DB_SQLITE ? "x'25504446'" : "'\\x25504446'");
	confirm(plan());
	CHECK_INT(turn().sent, 1);
	cleanup_free char *got = testmail_read(&mail, "0001.eml");
	CHECK(strstr(got, "FA0001.pdf") && !strstr(got, "ours.pdf") && strstr(got, "releve-c00001"));
	testmail_stop(&mail);
}

/* Who does not want to be called is written to; who has a salesperson in copy has him on each message. */
static void preferences_bind(struct store *store)
{
	open_desk(store);
	sql("UPDATE contact SET phone = '06 12 34 56 78';"
	    "INSERT INTO user_account (tenant_id, id, email, name, role, created_at) VALUES (1, 77, 'vendeur@brevent.example', 'V', 'sales', 0);"
	    "UPDATE customer SET sales_id = 77, scenario = 'close_follow_up' WHERE id = 1; UPDATE company SET rev = rev + 1 WHERE code = 'BRE';"
	    "UPDATE customer SET rev = (SELECT MAX(rev) FROM company) WHERE id = 1");
	plan();
	int64_t calls = number("SELECT COUNT(*) FROM action WHERE channel = 'call' AND state = 'planned'");
	sql("INSERT INTO preference (tenant_id, company_id, customer_id, no_phone, copies) VALUES (1, 1, 1, 1, 'sales')");
	int64_t action = plan();
	CHECK_INT(number("SELECT COUNT(*) FROM action WHERE channel = 'call' AND state = 'planned'"), 0);
	if (calls) CHECK(action && is_text("email", "SELECT channel FROM action WHERE state = 'to_confirm'"));
	CHECK(action);
	confirm(action);
	CHECK(is_text("vendeur@brevent.example", "SELECT copies FROM outbox"));
}

static void without_a_server_it_waits_for_one(struct store *store)
{
	open_desk(store);
	set((const char *const[]){ "mail.host", "", NULL });
	confirm(plan());
	CHECK(confirmed.held);
	CHECK_INT(turn().sent, 0);
	struct testmail mail = testmail_start("/usr/bin/python3", "real.py", NULL);
	server_is(mail.port);
	CHECK_INT(turn().sent, 1); /* on the same day */
	testmail_stop(&mail);
}

static void what_could_not_leave_on_its_day_is_taken_back(struct store *store)
{
	open_desk(store);
	set((const char *const[]){ "mail.host", "", NULL });
	confirm(plan());
	server_is(1);
	desk.clock.today++;
	CHECK_INT(turn().sent, 0);
	CHECK(is_text("cancelled", OUTBOX_STATE) && is_text("cancelled", ACTION_STATE));
}

/* What happens between the yes and the sending is seen by the last check (reference/pitfalls.md 9, 21, 90). */
static void the_last_check_takes_it_back(struct store *store)
{
	static const struct {
		const char *what, *script;
	} cases[] = {
		{ "cleared", "UPDATE item SET open_amount = 0, closed_day = 20468; UPDATE company SET rev = rev + 1 WHERE code = 'BRE';"
		             "UPDATE customer SET ledger_rev = (SELECT MAX(rev) FROM company)" },
		{ "paid", "INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, "
		          "amount, open_amount, currency, label, rev) VALUES (1, 1, 1, 90, 'BQ', 'payment', '411', 20467, 20467, 20467, 'issue', -120000, "
		          "0, 'EUR', '', 1); INSERT INTO settlement (tenant_id, company_id, customer_id, debit_id, credit_id, day, amount) "
		          "VALUES (1, 1, 1, 1, 90, 20467, 120000); UPDATE customer SET ledger_rev = (SELECT MAX(rev) + 1 FROM company)" },
		{ "stopped", "UPDATE customer SET stopped = 1" },
		{ "stop_all", "INSERT INTO setting (tenant_id, company_id, name, value) VALUES (1, 1, 'stop_all', '1')" },
		{ "dispute", "INSERT INTO dispute (tenant_id, company_id, id, customer_id, item_id, reason, opened_day) VALUES (1, 1, 1, 1, 1, 'price', 20468)" },
		{ "hold", "INSERT INTO hold (tenant_id, company_id, id, customer_id, kind, from_day) VALUES (1, 1, 1, 1, 'hold', 20468)" },
		{ "promise", "INSERT INTO promise (tenant_id, company_id, id, customer_id, day, amount, currency, made_day, state) "
		             "VALUES (1, 1, 1, 1, 20475, 120000, 'EUR', 20468, 'expected');"
		             "INSERT INTO promise_item (tenant_id, company_id, promise_id, item_id, amount) VALUES (1, 1, 1, 1, 120000)" },
		{ "replied", "INSERT INTO reply (tenant_id, company_id, id, customer_id, at, day, kind) VALUES (1, 1, 1, 1, 1, 20468, 'reply')" },
		{ "suppressed", "INSERT INTO suppression (tenant_id, address, reason, at) VALUES (1, 'paul@client.example', 'request', 1)" },
		{ "bounced", "UPDATE contact SET bounced_at = 5" },
	};
	enum db_kind kind = store_kind(store);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct store *fresh = i ? teststore_open(kind) : store;
		open_desk(fresh);
		CHECK_INT(desk.company.id, 1);
		CHECK_INT(desk.today, 20468);
		struct testmail mail = testmail_hostile("accept");
		server_is(mail.port);
		confirm(plan());
		sql("%s; UPDATE company SET rev = rev + 1 WHERE code = 'BRE'", cases[i].script);
		struct sender_result result = turn();
		if (result.cancelled != 1) printf("  %s: sent %d cancelled %d\n", cases[i].what, result.sent, result.cancelled);
		CHECK_INT(result.cancelled, 1);
		CHECK_INT(testmail_logged(&mail, "greeting"), 0);
		CHECK(is_text("cancelled", OUTBOX_STATE) && is_text("cancelled", ACTION_STATE));
		CHECK_INT(number("SELECT COUNT(*) FROM action WHERE done_day IS NOT NULL AND state = 'sent'"), 0);
		testmail_stop(&mail);
		if (i) teststore_close(fresh);
	}
}

/* reference/pitfalls.md 2, 4, 8. */
static void each_answer_of_the_server_has_its_state(struct store *store)
{
	static const struct {
		const char *mode, *outbox, *action;
	} cases[] = {
		{ "rcpt4", "queued", "queued" },         { "rcpt5", "failed", "failed" },          { "drop_before_dot", "unknown", "unknown" },
		{ "drop_after_dot", "unknown", "unknown" }, { "dot5", "unknown", "unknown" },      { "greet4", "queued", "queued" },
	};
	enum db_kind kind = store_kind(store);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct store *fresh = i ? teststore_open(kind) : store;
		open_desk(fresh);
		struct testmail mail = testmail_hostile(cases[i].mode);
		server_is(mail.port);
		confirm(plan());
		turn();
		if (!is_text(cases[i].outbox, OUTBOX_STATE)) printf("  mode %s\n", cases[i].mode), test_failures++;
		CHECK(is_text(cases[i].action, ACTION_STATE));
		bool left = strcmp(cases[i].outbox, "unknown") == 0;
		CHECK_INT(number("SELECT COUNT(*) FROM action WHERE done_day IS NOT NULL"), left ? 1 : 0);
		/* nothing of it is tried again at once, whatever it was */
		turn();
		CHECK_INT(testmail_logged(&mail, "greeting"), 1);
		testmail_stop(&mail);
		if (i) teststore_close(fresh);
	}
}

/* 550 5.1.1 to the recipient: his address has failed, which his file and the next plan know. */
static void a_mailbox_that_is_none_is_marked(struct store *store)
{
	open_desk(store);
	struct testmail mail = testmail_hostile("rcpt5");
	server_is(mail.port);
	confirm(plan());
	turn();
	testmail_stop(&mail);
	CHECK(is_text("failed", OUTBOX_STATE));
	CHECK_INT(number("SELECT COUNT(*) FROM contact WHERE bounced_at > 0"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM event WHERE kind = 'reply.bounced' AND customer_id > 0"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM reply WHERE kind = 'bounce' AND action_id > 0"), 1);
	desk.clock.today = ++desk.today, desk.now += 86400;
	plan();
	CHECK_INT(number("SELECT COUNT(*) FROM action WHERE channel = 'task' AND state <> 'cancelled' AND reason LIKE '%%no_contact%%'"), 1);
}

/* Refused, but not for want of a mailbox: the address stays. */
static void another_refusal_marks_nothing(struct store *store)
{
	open_desk(store);
	struct testmail mail = testmail_hostile("mail5");
	server_is(mail.port);
	confirm(plan());
	turn();
	testmail_stop(&mail);
	CHECK(is_text("failed", OUTBOX_STATE));
	CHECK_INT(number("SELECT COUNT(*) FROM contact WHERE bounced_at > 0"), 0);
}

/* --- the head of the chain, told once a day ---------------------------------------------------------------------------------- */
static struct proof_result tell_head(const char *folder)
{
	cleanup_arena struct arena *arena = arena_new();
	struct proof_result result;
	struct company company;
	struct db *db = NULL;
	CHECK_OK(store_reader(desk.store, &db));
	CHECK_OK(company_find(db, &desk.viewer, "BRE", &company));
	store_release(desk.store, db);
	CHECK_OK(proof_day(desk.store, &desk.viewer, &company, desk.today, desk.now, &(struct proof_options){ .folder = folder }, arena, &result));
	return result;
}

static void the_head_is_told_to_administrators_once_a_day(struct store *store)
{
	open_desk(store);
	static const struct { const char *email; enum role role; } people[] = { { "ada@brevent.example", ROLE_ADMINISTRATOR },
		{ "bea@brevent.example", ROLE_ADMINISTRATOR }, { "cleo@brevent.example", ROLE_COLLECTOR } };
	for (size_t i = 0; i < COUNT(people); i++) {
		char made[64];
		struct user user;
		CHECK_OK(user_add(store, &desk.viewer, (struct user_new){ people[i].email, "X", people[i].role, NULL }, desk.now, made, &user));
	}
	struct testmail mail = testmail_hostile("accept");
	server_is(mail.port);
	struct proof_result told = tell_head(mail.folder);
	CHECK_INT(told.sent, 2);
	CHECK(told.filed && !told.already);
	CHECK_INT(testmail_logged(&mail, "delivered"), 2);
	told = tell_head(mail.folder); /* the other server, or this one again */
	CHECK(told.already && told.sent == 0);
	CHECK_INT(testmail_logged(&mail, "delivered"), 2);
	CHECK_INT(number("SELECT COUNT(*) FROM event WHERE kind = 'chain.published'"), 1);
	cleanup_free char *lines = testmail_read(&mail, "BRE-heads.txt");
	CHECK(strncmp(lines, "2026-01-15 BRE ", 15) == 0 && strlen(lines) > 80 && strchr(lines, '\n') == lines + strlen(lines) - 1);
	desk.today++, desk.now += 86400;
	CHECK_INT(tell_head(NULL).sent, 2);
	set((const char *const[]){ "proof.mail", "0", NULL });
	desk.today++, desk.now += 86400;
	CHECK_INT(tell_head(NULL).sent, 0); /* switched off, and no folder: nothing is noted either */
	CHECK_INT(number("SELECT COUNT(*) FROM event WHERE kind = 'chain.published'"), 2);
	set((const char *const[]){ "proof.mail", "1", NULL });
	sql("UPDATE company SET live = 0 WHERE code = 'BRE'");
	CHECK_INT(tell_head(NULL).sent, 0); /* in test mode nothing leaves */
	testmail_stop(&mail);
}

static void a_refusal_for_now_is_tried_again_and_ends(struct store *store)
{
	open_desk(store);
	struct testmail mail = testmail_hostile("rcpt4");
	server_is(mail.port);
	confirm(plan());
	for (int i = 0; i < OUTBOX_ATTEMPTS; i++) {
		CHECK(is_text("queued", OUTBOX_STATE));
		turn();
		sql("UPDATE outbox SET not_before = 0");
	}
	CHECK(is_text("failed", OUTBOX_STATE) && is_text("failed", ACTION_STATE));
	CHECK_INT(testmail_logged(&mail, "rcpt"), OUTBOX_ATTEMPTS);
	testmail_stop(&mail);
	/* a person tries again with a server that works */
	struct testmail good = testmail_start("/usr/bin/python3", "real.py", NULL);
	server_is(good.port);
	confirm(number("SELECT MAX(action_id) FROM outbox"));
	CHECK_INT(turn().sent, 1);
	CHECK_INT(testmail_count(&good), 1);
	testmail_stop(&good);
}

static bool settle_arrived;
static struct status settle_work(struct db *db, void *context)
{
	struct change change;
	TRY(in_change(db, &change));
	TRY(outbox_settle(&change, *(int64_t *)context, settle_arrived, "asked by telephone"));
	return company_end(&change);
}

static void a_person_settles_what_is_unknown(struct store *store)
{
	enum db_kind kind = store_kind(store);
	for (int arrived = 0; arrived < 2; arrived++) {
		struct store *fresh = arrived ? teststore_open(kind) : store;
		open_desk(fresh);
		struct testmail bad = testmail_hostile("drop_before_dot");
		server_is(bad.port);
		int64_t id = confirm(plan());
		turn();
		CHECK(is_text("unknown", OUTBOX_STATE));
		testmail_stop(&bad);
		struct testmail good = testmail_hostile("accept");
		server_is(good.port);
		CHECK_INT(turn().sent, 0); /* never by itself */
		settle_arrived = arrived;
		CHECK_OK(store_transact(fresh, settle_work, &id));
		CHECK_INT(turn().sent, arrived ? 0 : 1);
		CHECK(is_text("sent", OUTBOX_STATE) && is_text("sent", ACTION_STATE));
		CHECK_INT(testmail_logged(&good, "delivered"), arrived ? 0 : 1);
		CHECK_INT(store_transact(fresh, settle_work, &id).code, STATUS_CONFLICT);
		testmail_stop(&good);
		if (arrived) teststore_close(fresh);
	}
}

/* --- kill -9 ----------------------------------------------------------------------------------------------------------------------- */

static int child_turn(const char *address, const char *holder)
{
	pid_t pid = fork();
	if (pid == 0) { /* a server of its own: connections don't survive a fork */
		struct store *store;
		if (store_open(address, &store).code) _exit(3);
		struct sender_result result;
		struct status status = sender_turn(store, TENANT, &(struct sender_options){ .holder = holder, .clock = desk.clock }, &result);
		_exit(status.code ? 4 : 0);
	}
	return pid;
}

/* The sender is killed at each moment of the dialogue. Whatever happened, one copy at most was taken, and the row says so or says that
 * nobody knows; it is never lost, never sent again by itself. */
static void a_killed_sender_never_sends_twice(struct store *store)
{
	static const struct {
		const char *mode, *stage;
	} cases[] = {
		{ "hang_greeting", "greeting" }, { "hang_rcpt", "rcpt" }, { "hang_data", "data" }, { "hang_dot", "dot" },
	};
	enum db_kind kind = store_kind(store);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct store *fresh = i ? teststore_open(kind) : store;
		open_desk(fresh);
		struct testmail mail = testmail_hostile(cases[i].mode);
		server_is(mail.port);
		confirm(plan());
		pid_t pid = child_turn(teststore_address(fresh), "dies");
		for (int wait = 0; wait < 500 && !testmail_logged(&mail, cases[i].stage); wait++) testmail_pause(20);
		CHECK(testmail_logged(&mail, cases[i].stage));
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		CHECK(is_text("sending", OUTBOX_STATE));
		int delivered = testmail_logged(&mail, "delivered");
		testmail_stop(&mail);
		struct testmail good = testmail_hostile("accept");
		server_is(good.port);
		/* another server waits for the lease to run out; then it finds the row, and leaves it to a person */
		CHECK(turn().idle);
		CHECK(is_text("sending", OUTBOX_STATE));
		sql("UPDATE lease SET until_at = 0");
		struct sender_result result = turn();
		CHECK_INT(result.recovered, 1);
		CHECK_INT(result.sent, 0);
		CHECK(is_text("unknown", OUTBOX_STATE) && is_text("unknown", ACTION_STATE));
		turn();
		delivered += testmail_logged(&good, "delivered");
		CHECK(delivered <= 1);
		CHECK_INT(testmail_logged(&good, "greeting"), 0);
		testmail_stop(&good);
		if (i) teststore_close(fresh);
	}
}

/* Killed while the row was still queued, or after its end was written: nothing to settle. */
static void a_sender_killed_before_or_after_is_harmless(struct store *store)
{
	open_desk(store);
	struct testmail mail = testmail_hostile("accept");
	server_is(mail.port);
	confirm(plan());
	sql("INSERT INTO lease (tenant_id, name, holder, token, until_at) VALUES (1, 'outbox', 'dead', 7, 0)");
	CHECK_INT(turn().sent, 1);
	CHECK_INT(turn().recovered, 0);
	CHECK_INT(testmail_logged(&mail, "delivered"), 1);
	testmail_stop(&mail);
}

/* A sender that was taken for dead comes back: its token is old, what it wants to claim stays untouched. */
static void two_senders_share_the_work(struct store *store)
{
	open_desk(store);
	for (int i = 2; i <= 6; i++) {
		char email[40];
		snprintf(email, sizeof email, "c%d@client.example", i);
		add_customer(i, email);
		add_item(i, i, 50000, 12);
	}
	struct testmail mail = testmail_hostile("accept");
	server_is(mail.port);
	cleanup_arena struct arena *arena = arena_new();
	struct run_result result;
	CHECK_OK(run_day(store, &desk.viewer, desk.company.id, desk.today, desk.now, &(struct run_options){ 0 }, arena, &result));
	int queued = 0;
	for (size_t i = 0; i < result.action_count; i++)
		if (result.actions[i].state == STATE_TO_CONFIRM) confirm(result.actions[i].id), queued++;
	CHECK_INT(queued, 6);
	pid_t first = child_turn(teststore_address(store), "one"), second = child_turn(teststore_address(store), "two");
	int status;
	waitpid(first, &status, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	waitpid(second, &status, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	turn();
	CHECK_INT(testmail_logged(&mail, "delivered"), 6);
	CHECK_INT(number("SELECT COUNT(DISTINCT message_id) FROM outbox WHERE state = 'sent'"), 6);
	testmail_stop(&mail);
}

static void limits_and_hours_are_kept(struct store *store)
{
	open_desk(store);
	for (int i = 2; i <= 4; i++) {
		char email[40];
		snprintf(email, sizeof email, "c%d@client.example", i);
		add_customer(i, email);
		add_item(i, i, 50000, 12);
	}
	struct testmail mail = testmail_hostile("accept");
	server_is(mail.port);
	set((const char *const[]){ "mail.per_minute", "2", NULL });
	cleanup_arena struct arena *arena = arena_new();
	struct run_result result;
	CHECK_OK(run_day(store, &desk.viewer, desk.company.id, desk.today, desk.now, &(struct run_options){ 0 }, arena, &result));
	for (size_t i = 0; i < result.action_count; i++) confirm(result.actions[i].id);
	CHECK_INT(turn().sent, 2);
	CHECK_INT(turn().sent, 0);
	sql("UPDATE outbox SET sent_at = sent_at - 61 WHERE state = 'sent'");
	sql("UPDATE action SET done_by = 0 WHERE state = 'queued'"); /* automatic ones wait for their hours */
	desk.clock.minutes = 13 * 60;
	CHECK_INT(turn().sent, 0);
	desk.clock.minutes = 14 * 60 + 5;
	CHECK_INT(turn().sent, 2);
	testmail_stop(&mail);

	struct calendar calendar = { 0 };
	static const char hours[] = "09:00-12:30,14:00-17:30";
	CHECK(sending_open(hours, &calendar, desk.today, 9 * 60) && !sending_open(hours, &calendar, desk.today, 12 * 60 + 30));
	CHECK(!sending_open(hours, &calendar, desk.today + 2, 600)); /* Saturday */
	CHECK(!sending_open("", &calendar, desk.today, 600));
}

static void no_address_is_said(struct store *store)
{
	open_desk(store);
	int64_t action = plan();
	sql("UPDATE contact SET bounced_at = 9");
	struct status status = store_transact(desk.store, confirm_work, &action);
	CHECK_INT(status.code, STATUS_INVALID);
	CHECK(strstr(status.text, "no usable address"));
	CHECK_INT(number("SELECT COUNT(*) FROM outbox"), 0);
	CHECK(is_text("to_confirm", "SELECT state FROM action"));
}

static int64_t letter_action;
static struct status post_work(struct db *db, void *context)
{
	cleanup_arena struct arena *arena = arena_new();
	struct change change;
	TRY(in_change(db, &change));
	TRY(confirm_done(&change, *(int64_t *)context, "", "posted", arena));
	return company_end(&change);
}

/* The letter as it was printed is kept: later changes of the customer or the text don't touch it (reference/pitfalls.md 78). */
static void a_posted_letter_is_kept_as_it_was(struct store *store)
{
	open_desk(store);
	sql("INSERT INTO action (tenant_id, company_id, id, customer_id, plan_day, scenario, scenario_version, step, step_rank, channel, mode, state, "
	    "test, currency, amount, done_day, created_at, rev) VALUES (1, 1, 501, 1, 20460, 'average', 0, 'reminder', 3, 'email', 'confirm', 'sent', 0, 'EUR', "
	    "120000, 20460, 1, 1), (1, 1, 502, 1, 20468, 'average', 0, 'firm', 5, 'letter', 'manual', 'planned', 0, 'EUR', 120000, NULL, 1, 1);"
	    "INSERT INTO action_item (tenant_id, company_id, action_id, item_id, role, amount) VALUES (1, 1, 501, 1, 'claimed', 120000), "
	    "(1, 1, 502, 1, 'claimed', 120000)");
	letter_action = 502;
	cleanup_arena struct arena *arena = arena_new();
	struct attachment before = { 0 }, after = { 0 };
	struct db *db = NULL;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(confirm_letter(db, &desk.viewer, desk.company.id, 502, desk.today, arena, &before));
	store_release(store, db);
	CHECK_OK(store_transact(store, post_work, &letter_action));
	sql("UPDATE customer SET name = 'Another name', address = 'elsewhere'");
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(confirm_letter(db, &desk.viewer, desk.company.id, 502, desk.today + 30, arena, &after));
	store_release(store, db);
	CHECK(before.len > 1000 && after.len == before.len && memcmp(after.bytes, before.bytes, before.len) == 0);
	CHECK(is_text("sent", OUTBOX_STATE) && is_text("done", "SELECT state FROM action WHERE id = 502"));
	CHECK(turn().sent == 0);
}

/* Paid by a payment, the plan asks for thanks: the mail names what was received, and asks for nothing. */
static void thanks_name_the_payment(struct store *store)
{
	open_desk(store);
	sql("INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, "
	    "amount, open_amount, currency, label, rev) VALUES (1, 1, 1, 90, 'BQ', 'payment', '411', 20467, 20467, 20467, 'issue', -120000, 0, 'EUR', '', 1);"
	    "INSERT INTO settlement (tenant_id, company_id, customer_id, debit_id, credit_id, day, amount) VALUES (1, 1, 1, 1, 90, 20467, 120000);"
	    "UPDATE item SET open_amount = 0, closed_day = 20467 WHERE id = 1;"
	    "INSERT INTO action (tenant_id, company_id, id, customer_id, plan_day, scenario, scenario_version, step, step_rank, channel, mode, state, "
	    "test, currency, amount, template, created_at, rev) VALUES (1, 1, 601, 1, 20468, 'average', 0, 'thanks', 0, 'email', 'confirm', 'to_confirm', 0, "
	    "'EUR', 0, 'thanks', 1, 1);"
	    "INSERT INTO action_item (tenant_id, company_id, action_id, item_id, role, amount) VALUES (1, 1, 601, 1, 'paid', 120000)");
	cleanup_arena struct arena *arena = arena_new();
	struct message message = { 0 };
	struct db *db = NULL;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(confirm_preview(db, &desk.viewer, desk.company.id, 601, desk.today, arena, &message));
	store_release(store, db);
	CHECK(message.text && strstr(message.text, "1\u00a0200,00\u00a0€ le 14 janvier 2026, affecté à FA0001. Votre compte est à jour."));
	CHECK(message.text && !strstr(message.text, "IBAN"));
}

/* reference/pitfalls.md 41, 44: the contact's language and address, whoever is at the desk. */
static void the_contact_decides_address_and_language(struct store *store)
{
	open_desk(store);
	sql("UPDATE customer SET country = 'DE', email = 'general@client.example'");
	cleanup_arena struct arena *arena = arena_new();
	struct recipient recipient;
	struct db *db = NULL;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(recipient_find(db, TENANT, desk.company.id, 1, 0, arena, &recipient));
	CHECK_TEXT(recipient.email, "paul@client.example");
	CHECK_INT(recipient.lang, LANG_EN); /* by country */
	store_release(store, db);
	sql("UPDATE contact SET language = 'fr'");
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(recipient_find(db, TENANT, desk.company.id, 1, 0, arena, &recipient));
	CHECK_INT(recipient.lang, LANG_FR);
	store_release(store, db);
	sql("UPDATE contact SET bounced_at = 3");
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(recipient_find(db, TENANT, desk.company.id, 1, 0, arena, &recipient));
	CHECK_TEXT(recipient.email, "general@client.example");
	store_release(store, db);
	sql("INSERT INTO suppression (tenant_id, address, reason, at) VALUES (1, 'general@client.example', 'request', 1)");
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(recipient_find(db, TENANT, desk.company.id, 1, 0, arena, &recipient));
	CHECK_TEXT(recipient.reason, "suppressed");
	store_release(store, db);
}

static struct status automatic_work(struct db *db, void *context)
{
	struct change change;
	TRY(in_change(db, &change));
	TRY(confirm_automatic(&change, *(int64_t *)context, NULL));
	return company_end(&change);
}

/* An automatic action is queued by the run itself, and waits for the sending hours; a person's yes doesn't. */
static void automatic_ones_wait_for_their_hours(struct store *store)
{
	open_desk(store);
	struct testmail mail = testmail_hostile("accept");
	server_is(mail.port);
	int64_t action = plan();
	sql("UPDATE action SET mode = 'automatic', state = 'planned'");
	CHECK_OK(store_transact(store, automatic_work, &action));
	CHECK(is_text("queued", OUTBOX_STATE) && is_text("queued", ACTION_STATE));
	desk.clock.minutes = 18 * 60;
	CHECK_INT(turn().sent, 0);
	desk.clock.minutes = 10 * 60;
	CHECK_INT(turn().sent, 1);
	CHECK_INT(testmail_logged(&mail, "delivered"), 1);
	testmail_stop(&mail);
}

#define BOTH(name)                                                                                                             \
	static void name##_on_both(void)                                                                                       \
	{                                                                                                                      \
		teststore_each(name);                                                                                          \
	}
BOTH(a_mail_leaves_once)
BOTH(test_mode_sends_nothing)
BOTH(a_simulated_message_lets_later_steps_be_seen)
BOTH(without_a_server_it_waits_for_one)
BOTH(preferences_bind)
BOTH(known_invoices_are_attached)
BOTH(letters_are_printed_together_and_posted_once)
BOTH(a_letter_that_no_longer_stands_is_not_posted)
BOTH(a_text_message_leaves_once)
BOTH(each_answer_of_a_gateway_has_its_state)
BOTH(stop_is_honoured)
BOTH(a_letter_goes_to_a_postal_service_once)
BOTH(the_notes_of_a_call_leave_once_with_copies)
BOTH(a_missed_call_leaves_one_message)
BOTH(reasons_are_counted)
BOTH(chosen_items_are_reminded_now)
BOTH(what_keeps_an_item_out_keeps_it_out_now)
BOTH(what_could_not_leave_on_its_day_is_taken_back)
BOTH(the_last_check_takes_it_back)
BOTH(each_answer_of_the_server_has_its_state)
BOTH(a_refusal_for_now_is_tried_again_and_ends)
BOTH(a_mailbox_that_is_none_is_marked)
BOTH(another_refusal_marks_nothing)
BOTH(the_head_is_told_to_administrators_once_a_day)
BOTH(a_person_settles_what_is_unknown)
BOTH(a_killed_sender_never_sends_twice)
BOTH(a_sender_killed_before_or_after_is_harmless)
BOTH(two_senders_share_the_work)
BOTH(limits_and_hours_are_kept)
BOTH(no_address_is_said)
BOTH(a_posted_letter_is_kept_as_it_was)
BOTH(thanks_name_the_payment)
BOTH(automatic_ones_wait_for_their_hours)
BOTH(the_contact_decides_address_and_language)

TESTS({ "a mail leaves once", a_mail_leaves_once_on_both }, { "test mode sends nothing", test_mode_sends_nothing_on_both },
      { "a simulated message lets later steps be seen", a_simulated_message_lets_later_steps_be_seen_on_both },
      { "chosen items are reminded now", chosen_items_are_reminded_now_on_both },
      { "what keeps an item out keeps it out now", what_keeps_an_item_out_keeps_it_out_now_on_both },
      { "the notes of a call leave once, with copies", the_notes_of_a_call_leave_once_with_copies_on_both },
      { "a missed call leaves one message", a_missed_call_leaves_one_message_on_both },
      { "reasons are counted", reasons_are_counted_on_both },
      { "a text message leaves once", a_text_message_leaves_once_on_both },
      { "each answer of a gateway has its state", each_answer_of_a_gateway_has_its_state_on_both },
      { "STOP is honoured", stop_is_honoured_on_both },
      { "a letter goes to a postal service once", a_letter_goes_to_a_postal_service_once_on_both },
      { "letters are printed together and posted once", letters_are_printed_together_and_posted_once_on_both },
      { "a letter that no longer stands is not posted", a_letter_that_no_longer_stands_is_not_posted_on_both },
      { "known invoices are attached", known_invoices_are_attached_on_both },
      { "preferences bind", preferences_bind_on_both },
      { "without a server it waits for one", without_a_server_it_waits_for_one_on_both },
      { "what could not leave on its day is taken back", what_could_not_leave_on_its_day_is_taken_back_on_both },
      { "the last check takes it back", the_last_check_takes_it_back_on_both },
      { "each answer of the server has its state", each_answer_of_the_server_has_its_state_on_both },
      { "a refusal for now is tried again and ends", a_refusal_for_now_is_tried_again_and_ends_on_both },
      { "a mailbox that is none is marked", a_mailbox_that_is_none_is_marked_on_both },
      { "another refusal marks nothing", another_refusal_marks_nothing_on_both },
      { "the head is told to administrators once a day", the_head_is_told_to_administrators_once_a_day_on_both },
      { "a person settles what is unknown", a_person_settles_what_is_unknown_on_both },
      { "a killed sender never sends twice", a_killed_sender_never_sends_twice_on_both },
      { "a sender killed before or after is harmless", a_sender_killed_before_or_after_is_harmless_on_both },
      { "two senders share the work", two_senders_share_the_work_on_both },
      { "limits and hours are kept", limits_and_hours_are_kept_on_both }, { "no address is said", no_address_is_said_on_both },
      { "a posted letter is kept as it was", a_posted_letter_is_kept_as_it_was_on_both },
      { "automatic ones wait for their hours", automatic_ones_wait_for_their_hours_on_both },
      { "thanks name the payment", thanks_name_the_payment_on_both },
      { "the contact decides address and language", the_contact_decides_address_and_language_on_both }, )
