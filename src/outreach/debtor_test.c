/* The personal link, the account behind it, and what a customer says there. On both stores. */
#include "outreach/debtor_answer.h"

#include "base/day.h"
#include "base/locale.h"
#include "base/memory.h"
#include "base/test.h"
#include "db/teststore.h"
#include "dunning/run.h"
#include "ledger/company.h"
#include "ledger/customer.h"
#include "outreach/confirm.h"
#include "outreach/debtor_account.h"
#include "outreach/outbox.h"
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
		    (int)desk.company.id, 1000 + id, id, id, email);
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


/* --- helpers -------------------------------------------------------------------------------------------------------------- */
static char token[DEBTOR_TOKEN_MAX];

static struct status make_work(struct db *db, void *context)
{
	struct debtor_link_new *link = context;
	int64_t id;
	return debtor_link_make(db, link, token, &id);
}

static const char *link_for(int64_t customer, const char *recipient)
{
	struct debtor_link_new link = { .tenant_id = TENANT, .company_id = desk.company.id, .customer_id = customer, .now = desk.now, .recipient = recipient,
	                                .lang = LANG_EN, .days = 60 };
	CHECK_OK(store_transact(desk.store, make_work, &link));
	return token;
}

static struct status find(const char *what, struct arena *arena, struct debtor_link *out)
{
	struct db *db = NULL;
	CHECK_OK(store_reader(desk.store, &db));
	struct status status = debtor_link_find(db, what, &desk.clock, arena, out);
	store_release(desk.store, db);
	return status;
}

struct saying {
	struct debtor_link link;
	struct answer_new answer;
	struct answer_done done;
	int64_t accept, refuse;
};

static struct status say_work(struct db *db, void *context)
{
	struct saying *saying = context;
	cleanup_arena struct arena *arena = arena_new();
	struct change change;
	TRY(in_change(db, &change));
	if (saying->accept)
		TRY(answer_accept(&change, saying->accept, "fine", arena));
	else if (saying->refuse)
		TRY(answer_refuse(&change, saying->refuse, "no", arena));
	else
		TRY(debtor_answer(&change, &saying->link, &saying->answer, arena, &saying->done));
	return company_end(&change);
}

static struct status say(const char *with, struct answer_new answer, struct answer_done *done)
{
	cleanup_arena struct arena *arena = arena_new();
	struct saying saying = { .answer = answer };
	CHECK_OK(find(with, arena, &saying.link));
	struct status status = store_transact(desk.store, say_work, &saying);
	if (done) *done = saying.done;
	return status;
}

static struct status settle(int64_t accept, int64_t refuse)
{
	struct saying saying = { .accept = accept, .refuse = refuse };
	return store_transact(desk.store, say_work, &saying);
}

static struct debtor_page page_of(int64_t customer, struct arena *arena)
{
	struct debtor_page page;
	const struct settings *settings;
	struct db *db = NULL;
	CHECK_OK(store_reader(desk.store, &db));
	CHECK_OK(settings_load(db, TENANT, desk.company.id, arena, &settings));
	CHECK_OK(debtor_page_load(db, &desk.company, settings, customer, desk.today, arena, &page));
	store_release(desk.store, db);
	return page;
}

#define ITEMS(...) .items = (const int64_t[]){ __VA_ARGS__ }, .count = COUNT(((const int64_t[]){ __VA_ARGS__ }))

/* --- links ---------------------------------------------------------------------------------------------------------------- */
static void a_link_opens_one_account_until_it_ends(struct store *store)
{
	open_desk(store);
	cleanup_arena struct arena *arena = arena_new();
	struct debtor_link link;
	char kept[DEBTOR_TOKEN_MAX];
	snprintf(kept, sizeof kept, "%s", link_for(1, "paul@client.example"));
	CHECK_OK(find(kept, arena, &link));
	CHECK_INT(link.customer_id, 1);
	CHECK_INT(link.state, DEBTOR_LINK_GOOD);
	/* the store has its hash alone */
	CHECK_INT(number("SELECT COUNT(*) FROM debtor_link WHERE recipient LIKE '%%%s%%'", kept), 0);
	CHECK_INT(number("SELECT length(hash) FROM debtor_link"), 32);
	/* one letter wrong, another tenant's number, cut short, no link at all */
	char wrong[DEBTOR_TOKEN_MAX];
	snprintf(wrong, sizeof wrong, "%s", kept);
	wrong[10] = wrong[10] == 'A' ? 'B' : 'A';
	CHECK_INT(find(wrong, arena, &link).code, STATUS_NOT_FOUND);
	snprintf(wrong, sizeof wrong, "2%s", kept + 1);
	CHECK_INT(find(wrong, arena, &link).code, STATUS_NOT_FOUND);
	snprintf(wrong, sizeof wrong, "%.20s", kept);
	CHECK_INT(find(wrong, arena, &link).code, STATUS_NOT_FOUND);
	CHECK_INT(find("", arena, &link).code, STATUS_NOT_FOUND);
	CHECK_INT(find("personal", arena, &link).code, STATUS_NOT_FOUND);
	/* on its sixtieth day it is over */
	desk.clock.today += 59;
	CHECK_OK(find(kept, arena, &link));
	CHECK_INT(link.state, DEBTOR_LINK_GOOD);
	desk.clock.today += 1;
	CHECK_OK(find(kept, arena, &link));
	CHECK_INT(link.state, DEBTOR_LINK_EXPIRED);
	desk.clock.today = desk.today;
	sql("UPDATE debtor_link SET revoked_at = 5");
	CHECK_OK(find(kept, arena, &link));
	CHECK_INT(link.state, DEBTOR_LINK_REVOKED);
}

static void places_are_filled_and_nothing_else(void)
{
	cleanup_arena struct arena *arena = arena_new();
	CHECK(!debtor_link_wanted("see https://x.example/r/personality"));
	CHECK(debtor_link_wanted("see https://x.example/r/personal."));
	CHECK_TEXT(debtor_link_fill("a https://x/r/personal, b https://x/r/personal\n/r/personally", "1.k", arena), "a https://x/r/1.k, b https://x/r/1.k\n/r/personally");
	CHECK_TEXT(debtor_link_fill("nothing", "1.k", arena), "nothing");
}

/* --- the account ---------------------------------------------------------------------------------------------------------- */
static void asked_is_due_undisputed_unpromised_less_credits(struct store *store)
{
	open_desk(store);
	cleanup_arena struct arena *arena = arena_new();
	add_item(2, 1, 50000, 5);    /* disputed in part: 20000 */
	add_item(3, 1, 30000, 4);    /* promised */
	add_item(4, 1, -15000, 20);  /* a credit */
	add_item(5, 1, 77700, -10);  /* later */
	add_item(6, 1, 9900, 2);     /* a direct debit is under way */
	add_item(7, 1, 4000, 0);     /* due today */
	add_item(8, 1, 8000, 3);     /* disputed whole */
	add_customer(2, "");
	add_item(9, 2, 999900, 3);   /* somebody else's */
	sql("INSERT INTO dispute (tenant_id, company_id, id, customer_id, item_id, amount, reason, opened_day) VALUES (1, %d, 1, 1, 2, 20000, 'price', %d);"
	    "INSERT INTO dispute (tenant_id, company_id, id, customer_id, item_id, amount, reason, opened_day) VALUES (1, %d, 2, 1, 8, NULL, 'price', %d);"
	    "INSERT INTO promise (tenant_id, company_id, id, customer_id, day, amount, currency, made_day, state) VALUES (1, %d, 1, 1, %d, 30000, 'EUR', %d, 'expected');"
	    "INSERT INTO promise_item (tenant_id, company_id, promise_id, item_id, amount) VALUES (1, %d, 1, 3, 30000);"
	    "INSERT INTO hold (tenant_id, company_id, id, customer_id, item_id, kind, from_day) VALUES (1, %d, 1, 1, 6, 'direct_debit', %d)",
	    (int)desk.company.id, desk.today - 1, (int)desk.company.id, desk.today - 1, (int)desk.company.id, desk.today + 3, desk.today - 1,
	    (int)desk.company.id, (int)desk.company.id, desk.today - 1);
	struct debtor_page page = page_of(1, arena);
	CHECK_INT(page.account_count, 1);
	struct debtor_account *account = &page.accounts[0];
	CHECK_INT(account->count, 8);
	CHECK_INT(account->asked, 120000 + 30000 + 4000 - 15000);
	CHECK_INT(account->balance, 120000 + 50000 + 30000 - 15000 + 77700 + 9900 + 4000 + 8000);
	/* what is ticked decides, whatever it is; never below zero; what is another's is not there */
	debtor_account_pick(account, (const int64_t[]){ 3, 9 }, 2);
	CHECK_INT(account->asked, 30000);
	debtor_account_pick(account, (const int64_t[]){ 4 }, 1);
	CHECK_INT(account->asked, 0);
	debtor_account_pick(account, NULL, 0);
	CHECK_INT(account->asked, 0);
	/* R11: never more than the balance */
	debtor_account_propose(account);
	CHECK(account->asked <= account->balance);
	/* a claim assigned to a third party is not there */
	sql("INSERT INTO hold (tenant_id, company_id, id, customer_id, item_id, kind, from_day) VALUES (1, %d, 2, 1, 1, 'ceded', %d)",
	    (int)desk.company.id, desk.today - 1);
	page = page_of(1, arena);
	CHECK(page.accounts[0].ceded);
	CHECK_INT(page.accounts[0].count, 7);
}

static void two_currencies_are_two_accounts(struct store *store)
{
	open_desk(store);
	cleanup_arena struct arena *arena = arena_new();
	add_item(2, 1, 5000, 3);
	sql("UPDATE item SET currency = 'USD' WHERE id = 2");
	struct debtor_page page = page_of(1, arena);
	CHECK_INT(page.account_count, 2);
	CHECK_INT(page.accounts[0].asked, 120000);
	CHECK_INT(page.accounts[1].asked, 5000);
	CHECK_TEXT(page.accounts[1].currency, "USD");
}

/* --- answers --------------------------------------------------------------------------------------------------------------- */
static void a_promise_is_made_once(struct store *store)
{
	open_desk(store);
	char with[DEBTOR_TOKEN_MAX];
	snprintf(with, sizeof with, "%s", link_for(1, "paul@client.example"));
	struct answer_done first, second;
	struct answer_new promise = { .kind = ANSWER_PROMISE, ITEMS(1), .day = desk.today + 7, .key = "form-1", .text = "From our <b>bank</b>" };
	CHECK_OK(say(with, promise, &first));
	CHECK(!first.again);
	CHECK_OK(say(with, promise, &second)); /* a double tap */
	CHECK(second.again);
	CHECK_INT(second.id, first.id);
	promise.key = "form-2"; /* loaded again, said again at once */
	CHECK_OK(say(with, promise, &second));
	CHECK(second.again);
	CHECK_INT(number("SELECT COUNT(*) FROM promise"), 1);
	CHECK_INT(number("SELECT day FROM promise"), desk.today + 7);
	CHECK_INT(number("SELECT COUNT(*) FROM reply WHERE handled_at = 0"), 1);
	CHECK(is_text("done", "SELECT state FROM answer"));
	CHECK(is_text("From our <b>bank</b>", "SELECT text FROM answer"));
	CHECK_INT(number("SELECT COUNT(*) FROM event WHERE kind = 'answer.received' AND content LIKE '%%From our <b>bank</b>%%'"), 1);
	/* one confirmation, to the address that the link went to */
	CHECK_INT(number("SELECT COUNT(*) FROM outbox WHERE recipient = 'paul@client.example' AND state = 'queued'"), 1);
	/* another day, within days: the first promise gives way */
	promise.day = desk.today + 8, promise.key = "form-3";
	CHECK_OK(say(with, promise, &second));
	CHECK(!second.again);
	CHECK_INT(number("SELECT COUNT(*) FROM promise WHERE state = 'expected'"), 1);
	CHECK_INT(number("SELECT day FROM promise WHERE state = 'expected'"), desk.today + 8);
	/* a third one waits for a person, and the second stands */
	promise.day = desk.today + 12, promise.key = "form-4";
	CHECK_OK(say(with, promise, &second));
	CHECK(is_text("repeated", "SELECT waits FROM answer WHERE id = (SELECT MAX(id) FROM answer)"));
	CHECK_INT(number("SELECT day FROM promise WHERE state = 'expected'"), desk.today + 8);
	CHECK_OK(settle(second.id, 0));
	CHECK_INT(number("SELECT day FROM promise WHERE state = 'expected'"), desk.today + 12);
	CHECK_INT(settle(second.id, 0).code, STATUS_CONFLICT);
	CHECK_INT(number("SELECT COUNT(*) FROM reply WHERE handled_at = 0"), 2);
}

static void a_promise_has_bounds(struct store *store)
{
	open_desk(store);
	char with[DEBTOR_TOKEN_MAX];
	snprintf(with, sizeof with, "%s", link_for(1, ""));
	struct answer_new promise = { .kind = ANSWER_PROMISE, ITEMS(1), .day = desk.today + 22 };
	CHECK_INT(say(with, promise, NULL).code, STATUS_INVALID);
	promise.day = desk.today - 1;
	CHECK_INT(say(with, promise, NULL).code, STATUS_INVALID);
	promise.day = DAY_NONE;
	CHECK_INT(say(with, promise, NULL).code, STATUS_INVALID);
	promise.day = desk.today + 2; /* Saturday 17: no transfer is made before Monday 19 */
	CHECK_OK(say(with, promise, NULL));
	CHECK_INT(number("SELECT day FROM promise"), desk.today + 4);
	CHECK_INT(number("SELECT COUNT(*) FROM outbox"), 0); /* handed over by a person: nowhere to write to */
	/* nothing, or what is not his */
	CHECK_INT(say(with, (struct answer_new){ .kind = ANSWER_DISPUTE, .text = "x", .day = DAY_NONE }, NULL).code, STATUS_INVALID);
	add_customer(2, "");
	add_item(9, 2, 999900, 3);
	struct status foreign = say(with, (struct answer_new){ .kind = ANSWER_DISPUTE, ITEMS(9), .text = "x", .day = DAY_NONE }, NULL);
	struct status none = say(with, (struct answer_new){ .kind = ANSWER_DISPUTE, ITEMS(12345), .text = "x", .day = DAY_NONE }, NULL);
	CHECK_INT(foreign.code, STATUS_CONFLICT);
	CHECK_TEXT(foreign.text, none.text); /* as if it did not exist */
	CHECK_INT(number("SELECT COUNT(*) FROM dispute"), 0);
}

static void each_kind_starts_its_remedy(struct store *store)
{
	open_desk(store);
	for (int id = 2; id <= 6; id++) add_item(id, 1, 1000 * id, 10);
	char with[DEBTOR_TOKEN_MAX];
	snprintf(with, sizeof with, "%s", link_for(1, ""));
	static const char pdf[] = "%PDF-1.4 something that is long enough";
	struct answer_file file = { .name = "../../etc/pass\x01wd<.exe", .bytes = pdf, .len = sizeof pdf };
	CHECK_OK(say(with, (struct answer_new){ .kind = ANSWER_DISPUTE, ITEMS(2), .reason = "price", .text = "4 % too much", .day = DAY_NONE,
	                                        .files = &file, .file_count = 1 }, NULL));
	CHECK_INT(number("SELECT COUNT(*) FROM dispute WHERE item_id = 2 AND reason = 'price' AND due_day >= %d", desk.today + 1), 1);
	CHECK(is_text("pass_wd_.pdf", "SELECT name FROM document"));
	CHECK(is_text("application/pdf", "SELECT type FROM document"));
	CHECK_OK(say(with, (struct answer_new){ .kind = ANSWER_PAID, ITEMS(3), .day = desk.today - 1, .reference = "VIR 12" }, NULL));
	CHECK_INT(number("SELECT COUNT(*) FROM hold WHERE item_id = 3 AND kind = 'hold' AND until_day = %d", desk.today + 7), 1);
	CHECK_OK(say(with, (struct answer_new){ .kind = ANSWER_DOCUMENT, ITEMS(4), .paper = "purchase_order", .day = DAY_NONE }, NULL));
	CHECK_INT(number("SELECT COUNT(*) FROM dispute WHERE item_id = 4 AND reason = 'purchase_order'"), 1);
	CHECK_OK(say(with, (struct answer_new){ .kind = ANSWER_CREDIT, ITEMS(5), .day = DAY_NONE }, NULL));
	CHECK_INT(number("SELECT COUNT(*) FROM dispute WHERE item_id = 5 AND reason = 'credit_expected'"), 1);
	struct answer_done contact, plan;
	CHECK_OK(say(with, (struct answer_new){ .kind = ANSWER_CONTACT, .name = "Eve", .email = "eve@client.example", .day = DAY_NONE }, &contact));
	CHECK_INT(number("SELECT COUNT(*) FROM contact"), 1); /* an address waits for a person by default */
	CHECK_OK(settle(contact.id, 0));
	CHECK_INT(number("SELECT COUNT(*) FROM contact WHERE email = 'eve@client.example'"), 1);
	CHECK_OK(say(with, (struct answer_new){ .kind = ANSWER_INSTALMENTS, ITEMS(6), .parts = 3, .day = desk.today + 10 }, &plan));
	CHECK_INT(number("SELECT COUNT(*) FROM hold WHERE kind = 'plan'"), 0);
	CHECK_OK(settle(0, plan.id));
	CHECK(is_text("refused", "SELECT state FROM answer WHERE id = (SELECT MAX(id) FROM answer)"));
	CHECK_INT(number("SELECT COUNT(*) FROM hold WHERE kind = 'plan'"), 0);
	/* each is in the list to handle until a person has looked; the two settled ones are */
	CHECK_INT(number("SELECT COUNT(*) FROM reply WHERE handled_at = 0"), 4);
	/* the page shows where each stands: only the first invoice is asked */
	cleanup_arena struct arena *arena = arena_new();
	struct debtor_page page = page_of(1, arena);
	CHECK_INT(page.accounts[0].asked, 120000 + 6000);
	size_t underway = 0;
	for (size_t i = 0; i < page.accounts[0].count; i++) underway += page.accounts[0].items[i].place == DEBTOR_UNDERWAY;
	CHECK_INT(underway, 4);
}

/* Instalments a person accepted are a payment plan like any other: kept when they come, broken when one does not. */
static void accepted_instalments_are_a_plan_that_is_followed(struct store *store)
{
	open_desk(store);
	add_item(2, 1, 30001, 20);
	add_item(3, 1, 5000, 20);
	char with[DEBTOR_TOKEN_MAX];
	snprintf(with, sizeof with, "%s", link_for(1, "paul@client.example"));
	struct answer_done answer;
	CHECK_OK(say(with, (struct answer_new){ .kind = ANSWER_INSTALMENTS, ITEMS(1, 2), .parts = 3, .day = desk.today + 1 }, &answer));
	CHECK_INT(number("SELECT COUNT(*) FROM payment_plan"), 0); /* it waits for a person */
	desk.today += 4, desk.now += 4 * 86400;                    /* accepted after its first day: it starts today */
	CHECK_OK(settle(answer.id, 0));
	CHECK_INT(number("SELECT COUNT(*) FROM payment_plan WHERE state = 'agreed' AND proposed_by = 'debtor' AND principal = 150001 AND remind = 1"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM plan_instalment WHERE amount IN (50001, 50000)"), 3);
	CHECK_INT(number("SELECT SUM(amount) FROM plan_instalment"), 150001);
	CHECK_INT(number("SELECT MIN(day) FROM plan_instalment"), desk.today);
	CHECK_INT(number("SELECT COUNT(*) FROM hold WHERE kind = 'plan' AND item_id IN (1, 2) AND until_day IS NULL AND lifted_day IS NULL"), 2);
	CHECK_INT(number("SELECT COUNT(*) FROM answer_item WHERE effect = 'plan' AND effect_id = 1"), 2);
	/* asked again for the same items: nothing is doubled, what is new gets a plan of its own */
	CHECK_OK(say(with, (struct answer_new){ .kind = ANSWER_INSTALMENTS, ITEMS(2, 3), .parts = 2, .day = desk.today + 5 }, &answer));
	CHECK_OK(settle(answer.id, 0));
	CHECK_INT(number("SELECT COUNT(*) FROM payment_plan WHERE state = 'agreed'"), 2);
	CHECK_INT(number("SELECT COUNT(*) FROM plan_item WHERE item_id = 2"), 1);
	/* nothing came: the first is broken and its items are chased again, by the day's run */
	struct arena *arena = arena_new();
	struct run_result result;
	desk.today += 14, desk.now += 14 * 86400;
	CHECK_OK(run_day(desk.store, &desk.viewer, desk.company.id, desk.today, desk.now, &(struct run_options){ 0 }, arena, &result));
	CHECK_INT(number("SELECT COUNT(*) FROM payment_plan WHERE state = 'broken' AND id = 1"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM hold WHERE kind = 'plan' AND item_id IN (1, 2) AND lifted_day IS NULL"), 0);
	arena_free(arena);
}

static void files_are_what_they_are(void)
{
	static const char html[] = "<html><script>alert(1)</script></html>      ";
	CHECK(!answer_file_type(html, sizeof html));
	CHECK(!answer_file_type("%PDF", 4));
	CHECK_TEXT(answer_file_type("\x89PNG\r\n\x1a\n12345678", 16), "image/png");
	cleanup_arena struct arena *arena = arena_new();
	CHECK_TEXT(answer_file_name("C:\\x\\..\\proof.html", "application/pdf", arena), "proof.pdf");
	CHECK_TEXT(answer_file_name("....", "image/png", arena), "document.png");
	CHECK_TEXT(answer_file_name("", "image/png", arena), "document.png");
	CHECK_TEXT(answer_file_name("relevé juin.PDF", "application/pdf", arena), "relevé juin.pdf");
}

static void what_a_customer_sent_refused_leaves_nothing(struct store *store)
{
	open_desk(store);
	char with[DEBTOR_TOKEN_MAX];
	snprintf(with, sizeof with, "%s", link_for(1, "paul@client.example"));
	struct answer_file file = { .name = "a.pdf", .bytes = "<html>no pdf at all</html>", .len = 26 };
	struct status status = say(with, (struct answer_new){ .kind = ANSWER_PAID, ITEMS(1), .day = desk.today, .files = &file, .file_count = 1 }, NULL);
	CHECK_INT(status.code, STATUS_INVALID);
	CHECK_INT(number("SELECT COUNT(*) FROM answer"), 0);
	CHECK_INT(number("SELECT COUNT(*) FROM document"), 0);
	CHECK_INT(number("SELECT COUNT(*) FROM reply"), 0);
	/* a day's answers have a limit */
	for (int i = 0; i < ANSWERS_A_DAY; i++) {
		char text[40];
		snprintf(text, sizeof text, "text %d", i);
		CHECK_OK(say(with, (struct answer_new){ .kind = ANSWER_CONTACT, .text = text, .day = DAY_NONE }, NULL));
	}
	CHECK_INT(say(with, (struct answer_new){ .kind = ANSWER_CONTACT, .text = "more", .day = DAY_NONE }, NULL).code, STATUS_CONFLICT);
}

static void what_was_said_paid_meets_its_bank_line(struct store *store)
{
	open_desk(store);
	char with[DEBTOR_TOKEN_MAX];
	snprintf(with, sizeof with, "%s", link_for(1, ""));
	struct answer_done done;
	CHECK_OK(say(with, (struct answer_new){ .kind = ANSWER_PAID, ITEMS(1), .day = desk.today - 1 }, &done));
	cleanup_arena struct arena *arena = arena_new();
	struct answer answer;
	struct db *db = NULL;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(answer_get(db, &desk.viewer, desk.company.id, done.id, arena, &answer));
	CHECK_INT(answer.bank_line, 0);
	store_release(store, db);
	sql("INSERT INTO bank_line (tenant_id, company_id, id, account_id, import_id, position, occurrence, booking_day, amount, currency, kind) "
	    "VALUES (1, %d, 77, 1, 1, 1, 0, %d, 120000, 'EUR', 'transfer');"
	    "INSERT INTO cash_application (tenant_id, company_id, id, line_id, day, at, state) VALUES (1, %d, 5, 77, %d, 1, 'active');"
	    "INSERT INTO cash_link (tenant_id, company_id, customer_id, application_id, position, debit_id, credit_id, amount) VALUES (1, %d, 1, 5, 0, 1, 900, 120000)",
	    (int)desk.company.id, desk.today, (int)desk.company.id, desk.today, (int)desk.company.id);
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(answer_get(db, &desk.viewer, desk.company.id, done.id, arena, &answer));
	CHECK_INT(answer.bank_line, 77);
	CHECK_INT(answer.bank_amount, 120000);
	store_release(store, db);
}

/* --- on its way ------------------------------------------------------------------------------------------------------------ */
static struct status confirm_work(struct db *db, void *context)
{
	cleanup_arena struct arena *arena = arena_new();
	struct change change;
	struct confirmed confirmed;
	TRY(in_change(db, &change));
	TRY(confirm_action(&change, *(int64_t *)context, NULL, arena, &confirmed));
	return company_end(&change);
}

static void a_message_leaves_with_a_link_that_nobody_kept(struct store *store)
{
	open_desk(store);
	set((const char *const[]){ "debtor.address", "https://compte.brevent.example", NULL });
	struct testmail mail = testmail_start("/usr/bin/python3", "real.py", NULL);
	server_is(mail.port);
	cleanup_arena struct arena *arena = arena_new();
	struct run_result result;
	CHECK_OK(run_day(store, &desk.viewer, desk.company.id, desk.today, desk.now, &(struct run_options){ 0 }, arena, &result));
	CHECK(result.action_count > 0);
	int64_t action = result.actions[0].id;
	CHECK_OK(store_transact(store, confirm_work, &action));
	CHECK_INT(number("SELECT COUNT(*) FROM debtor_link"), 0);
	struct sender_result sent;
	CHECK_OK(sender_turn(store, TENANT, &(struct sender_options){ .holder = "test", .clock = desk.clock }, &sent));
	CHECK_INT(sent.sent, 1);
	CHECK_INT(number("SELECT COUNT(*) FROM debtor_link WHERE recipient = 'paul@client.example' AND customer_id = 1"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM outbox WHERE body_text LIKE '%%/r/personal%%' AND body_html LIKE '%%/r/personal%%'"), 1);
	cleanup_free char *got = testmail_read(&mail, "0001.eml");
	char *to = got; /* quoted-printable: lines broken softly are one */
	for (const char *from = got; *from; from++) {
		if (strncmp(from, "=\r\n", 3) == 0) {
			from += 2;
			continue;
		}
		if (strncmp(from, "=\n", 2) == 0) {
			from += 1;
			continue;
		}
		*to++ = *from;
	}
	*to = 0;
	const char *at = strstr(got, "https://compte.brevent.example/r/1.");
	CHECK(at);
	CHECK(!strstr(got, "/r/personal"));
	char there[DEBTOR_TOKEN_MAX] = "";
	if (at) snprintf(there, 2 + SECRET_TEXT, "%s", at + strlen("https://compte.brevent.example/r/"));
	struct debtor_link link;
	CHECK_OK(find(there, arena, &link));
	CHECK_INT(link.customer_id, 1);
	testmail_stop(&mail);
}

#define BOTH(test)                                          \
	static void test##_on_both(void)                        \
	{                                                       \
		teststore_each(test);                               \
	}
BOTH(a_link_opens_one_account_until_it_ends)
BOTH(asked_is_due_undisputed_unpromised_less_credits)
BOTH(two_currencies_are_two_accounts)
BOTH(a_promise_is_made_once)
BOTH(a_promise_has_bounds)
BOTH(each_kind_starts_its_remedy)
BOTH(accepted_instalments_are_a_plan_that_is_followed)
BOTH(what_a_customer_sent_refused_leaves_nothing)
BOTH(what_was_said_paid_meets_its_bank_line)
BOTH(a_message_leaves_with_a_link_that_nobody_kept)

TESTS({ "places are filled and nothing else", places_are_filled_and_nothing_else },
      { "files are what they are", files_are_what_they_are },
      { "a link opens one account until it ends", a_link_opens_one_account_until_it_ends_on_both },
      { "asked is due undisputed unpromised less credits", asked_is_due_undisputed_unpromised_less_credits_on_both },
      { "two currencies are two accounts", two_currencies_are_two_accounts_on_both },
      { "a promise is made once", a_promise_is_made_once_on_both },
      { "a promise has bounds", a_promise_has_bounds_on_both },
      { "each kind starts its remedy", each_kind_starts_its_remedy_on_both },
      { "accepted instalments are a plan that is followed", accepted_instalments_are_a_plan_that_is_followed_on_both },
      { "what a customer sent refused leaves nothing", what_a_customer_sent_refused_leaves_nothing_on_both },
      { "what was said paid meets its bank line", what_was_said_paid_meets_its_bank_line_on_both },
      { "a message leaves with a link that nobody kept", a_message_leaves_with_a_link_that_nobody_kept_on_both }, )
