/* A mailbox of a real server, read into both stores: whose each mail is, what it does, and that none is read twice or lost. */
#include "outreach/inbox.h"

#include "base/day.h"
#include "base/locale.h"
#include "base/memory.h"
#include "base/test.h"
#include "base/testimap.h"
#include "db/teststore.h"
#include "ledger/reply.h"

#include <stdarg.h>

enum { TENANT = 1 };
#define TOKEN "encours.0123456789abcdef01234567@brevent.example"

struct desk {
	struct store *store;
	struct viewer viewer;
	struct company company;
	struct clock clock;
	int64_t now, token;
	struct testimap imap;
};
static struct desk desk; /* of the test that runs */

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

static int64_t number(const char *query)
{
	struct db *db = NULL;
	int64_t out = -1;
	CHECK_OK(store_reader(desk.store, &db));
	CHECK_OK(db_get_int(db, query, DB_NO_ARGS, &out, NULL));
	store_release(desk.store, db);
	return out;
}

static void is_text(const char *want, const char *query)
{
	struct db *db = NULL;
	cleanup_free char *got = NULL;
	CHECK_OK(store_reader(desk.store, &db));
	CHECK_OK(db_get_text(db, query, DB_NO_ARGS, &got));
	store_release(desk.store, db);
	CHECK_TEXT(got ? got : "(none)", want);
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

/* Customer 1 was written to; 2 and 3 share their accountant; 4 has nothing. Another company has a customer with the same address. */
static void open_desk(struct store *store)
{
	int32_t today = day_from_civil(2026, 1, 15);
	lang_speak(LANG_EN);
	setenv("ENCOURS_KEY", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", 1);
	desk = (struct desk){ .store = store, .viewer = viewer_system(TENANT), .clock = { .forced = true, .today = today, .minutes = 600 } };
	CHECK_OK(company_create(store, &desk.viewer, (struct company_new){ .name = "Brévent", .code = "BRE" }, 1000, &desk.company));
	CHECK_OK(company_create(store, &desk.viewer, (struct company_new){ .name = "Other", .code = "OTH" }, 1000, &(struct company){ 0 }));
	desk.now = company_now(&desk.company, &desk.clock);
	for (int i = 1; i <= 4; i++)
		sql("INSERT INTO customer (tenant_id, company_id, id, code, name, created_at, rev, ledger_rev) VALUES (1, 1, %d, 'C%d', 'Client %d', 0, 1, 1)", i, i, i);
	sql("INSERT INTO customer (tenant_id, company_id, id, code, name, email, created_at, rev, ledger_rev) VALUES (1, 2, 1, 'X1', 'Elsewhere', 'seul@ailleurs.example', 0, 1, 1)");
	static const char *const emails[] = { "paul@client.example", "cabinet@expert.example", "Cabinet@Expert.example", "quatre@quatre.example" };
	for (int i = 0; i < 4; i++)
		sql("INSERT INTO contact (tenant_id, company_id, id, customer_id, name, email, main, rev) VALUES (1, 1, %d, %d, 'P', '%s', 1, 1)", i + 101, i + 1, emails[i]);
	for (int i = 1; i <= 4; i++)
		sql("INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, amount, open_amount, currency, label) "
		    "VALUES (1, 1, %d, %d, 'FA2026-00%d', 'invoice', '411', 1, 1, 1, 'file', 100, 100, 'EUR', '')", i, i, i);
	sql("INSERT INTO outbox (tenant_id, company_id, id, action_id, customer_id, channel, message_id, sender, recipient, subject, body_text, body_html, state, queued_at, sent_at) "
	    "VALUES (1, 1, 7, 0, 1, 'email', '" TOKEN "', 'relances@brevent.example', 'paul@client.example', 'Facture', '', '', 'sent', 1, %lld)", (long long)desk.now - 3600);
	desk.imap = testimap_start(NULL, NULL);
	char port[16];
	snprintf(port, sizeof port, "%d", desk.imap.port);
	set((const char *const[]){ "mail.from", "relances@brevent.example", "inbox.host", "127.0.0.1", "inbox.port", port, "inbox.security", "none", "inbox.user", "desk",
	                           "inbox.password", "secret", NULL });
}

static void close_desk(void)
{
	testimap_stop(&desk.imap);
}

static void deliver(const char *text)
{
	testimap_deliver(&desk.imap, text, strlen(text));
}

static struct status look_with(struct inbox_result *result, const char *holder, bool drop)
{
	bool taken = false;
	CHECK_OK(lease_take(desk.store, TENANT, "inbox:1", holder, 600, &desk.token, &taken));
	CHECK(taken);
	struct status status = inbox_turn(&(struct inbox_turn){ .store = desk.store, .viewer = &desk.viewer, .company_id = desk.company.id, .today = desk.clock.today, .now = desk.now,
	                                                        .lease = "inbox:1", .token = desk.token - (drop ? 1 : 0), .now_please = true }, result);
	CHECK_OK(lease_drop(desk.store, TENANT, "inbox:1", desk.token));
	return status;
}

static struct inbox_result look(void)
{
	struct inbox_result result;
	CHECK_OK(look_with(&result, "one", false));
	if (result.error[0]) printf("  %s\n", result.error);
	return result;
}

static const char thread_answer[] = "From: Jeanne <jeanne@autre.example>\r\nMessage-ID: <a1@autre.example>\r\nIn-Reply-To: <" TOKEN ">\r\nSubject: RE: Facture\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
                                    "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nPayé vendredi.\r\n\r\nLe 14/01/2026 à 09:00, Brévent <relances@brevent.example> a écrit :\r\n> Bonjour\r\n"
                                    "--b\r\nContent-Type: application/pdf; name=avis.pdf\r\nContent-Disposition: attachment\r\n\r\n%PDF-1\r\n--b--\r\n";
static const char dsn[] = "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nMessage-ID: <d1@mx.example>\r\nSubject: Undelivered Mail Returned to Sender\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
                          "--b\r\n\r\nsorry\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; Paul@Client.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
                          "Diagnostic-Code: smtp; 550 5.1.1 user unknown\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <" TOKEN ">\r\nTo: paul@client.example\r\n\r\nx\r\n--b--\r\n";
/* about somebody we never wrote to */
static const char forged[] = "Return-Path: <>\r\nFrom: MAILER-DAEMON@evil.example\r\nMessage-ID: <d2@evil.example>\r\nSubject: Undelivered Mail Returned to Sender\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
                             "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; quatre@quatre.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n";

static void each_mail_finds_its_customer(struct store *store)
{
	open_desk(store);
	deliver(thread_answer);
	deliver("From: quatre@quatre.example\r\nMessage-ID: <a2@q>\r\nSubject: bonjour\r\n\r\nJe regarde.\r\n");
	deliver("From: cabinet@expert.example\r\nMessage-ID: <a3@q>\r\nSubject: Facture FA2026-003\r\n\r\nEn cours.\r\n");
	deliver("From: cabinet@expert.example\r\nMessage-ID: <a4@q>\r\nSubject: question\r\n\r\nDe quoi s'agit-il ?\r\n");
	deliver("From: inconnu@loin.example\r\nMessage-ID: <a5@q>\r\nSubject: promo\r\n\r\nAchetez !\r\n");
	deliver("From: Relances <relances@brevent.example>\r\nMessage-ID: <" TOKEN ">\r\nSubject: Facture\r\n\r\nBonjour\r\n");
	deliver("From: autre@quatre.example\r\nMessage-ID: <a6@q>\r\nSubject: bonjour\r\n\r\nSalut\r\n");
	deliver("From: seul@ailleurs.example\r\nMessage-ID: <a7@q>\r\nSubject: bonjour\r\n\r\nSalut\r\n");
	struct inbox_result result = look();
	CHECK_INT(result.read, 8);
	CHECK_INT(result.tied, 3);
	CHECK_INT(result.waiting, 4);
	is_text("thread", "SELECT how FROM inbox_message WHERE customer_id = 1");
	is_text("address", "SELECT how FROM inbox_message WHERE customer_id = 4");
	is_text("number", "SELECT how FROM inbox_message WHERE customer_id = 3");
	is_text("dismissed", "SELECT state FROM inbox_message WHERE from_address = 'relances@brevent.example'");
	CHECK_INT(number("SELECT suggested_id FROM inbox_message WHERE subject = 'question'"), 2);
	CHECK_INT(number("SELECT suggested_id FROM inbox_message WHERE from_address = 'autre@quatre.example'"), 4);
	CHECK_INT(number("SELECT suggested_id FROM inbox_message WHERE from_address = 'seul@ailleurs.example'"), 0); /* another company's */
	is_text("Payé vendredi.", "SELECT text FROM reply WHERE customer_id = 1 AND kind = 'reply' AND source = 'mail' AND outbox_id = 7 AND handled_at = 0");
	CHECK_INT(number("SELECT day FROM reply WHERE customer_id = 1"), desk.clock.today);
	CHECK_INT(number("SELECT COUNT(*) FROM document d JOIN reply r ON r.id = d.reply_id WHERE d.customer_id = 1 AND d.name = 'avis.pdf'"), 1);
	CHECK_INT(testimap_count(&desk.imap, ".", "S"), 8);
	CHECK_INT(look().read, 0);
	CHECK_INT(number("SELECT COUNT(*) FROM reply"), 3);
	close_desk();
}

static void what_failed_is_marked_once_it_is_believed(struct store *store)
{
	open_desk(store);
	deliver(forged);
	CHECK_INT(look().waiting, 1);
	CHECK_INT(number("SELECT COUNT(*) FROM contact WHERE bounced_at > 0"), 0);
	deliver(dsn);
	struct inbox_result result = look();
	CHECK_INT(result.bounces, 1);
	CHECK_INT(number("SELECT COUNT(*) FROM contact WHERE bounced_at > 0 AND customer_id = 1"), 1);
	is_text("paul@client.example", "SELECT address FROM reply WHERE kind = 'bounce'");
	/* full: said, not marked; and one that names nobody of ours is attached to the notice with its text */
	sql("UPDATE contact SET bounced_at = 0");
	deliver("Return-Path: <>\r\nFrom: postmaster@mx.example\r\nMessage-ID: <d3@mx>\r\nSubject: Undeliverable\r\n\r\npaul@client.example: 552 5.2.2 mailbox full\r\n\r\n--- original message ---\r\nMessage-ID: <" TOKEN ">\r\n");
	deliver("Return-Path: <>\r\nFrom: postmaster@mx.example\r\nMessage-ID: <d4@mx>\r\nSubject: Undeliverable\r\n\r\nparti@maison-mere.example: 550 5.1.1 user unknown\r\n\r\n--- original message ---\r\nMessage-ID: <" TOKEN ">\r\n");
	deliver("From: Paul <paul@client.example>\r\nMessage-ID: <d5@mx>\r\nSubject: Automatic reply\r\n\r\nBack on 20 January.\r\n");
	look();
	CHECK_INT(number("SELECT COUNT(*) FROM contact WHERE bounced_at > 0"), 0);
	CHECK_INT(number("SELECT COUNT(*) FROM reply WHERE kind = 'undelivered' AND customer_id = 1 AND handled_at = 0"), 2);
	CHECK_INT(number("SELECT COUNT(*) FROM reply WHERE kind = 'undelivered' AND text LIKE 'parti@maison-mere.example%'"), 1);
	CHECK_INT(number("SELECT back_day FROM reply WHERE kind = 'absence' AND handled_at > 0"), day_from_civil(2026, 1, 20));
	CHECK_INT(number("SELECT COUNT(*) FROM reply WHERE kind = 'reply'"), 0); /* nothing of it holds a reminder */
	deliver("From: fbl@isp.example\r\nMessage-ID: <d6@mx>\r\nSubject: report\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n\r\n"
	        "--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <" TOKEN ">\r\nTo: x\r\n\r\nx\r\n--b--\r\n");
	look();
	CHECK_INT(number("SELECT COUNT(*) FROM contact WHERE bounced_at > 0 AND customer_id = 1"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM reply WHERE kind = 'complaint' AND handled_at = 0"), 1);
	close_desk();
}

/* Whatever happens between fetching and keeping, or a mailbox that is rebuilt under us. */
static void none_is_read_twice_or_lost(struct store *store)
{
	open_desk(store);
	struct inbox_result result;
	deliver(thread_answer);
	CHECK(look_with(&result, "dead", true).code == STATUS_CONFLICT); /* somebody else has the lease by now */
	CHECK_INT(number("SELECT COUNT(*) FROM inbox_message") + number("SELECT COUNT(*) FROM reply") + number("SELECT COUNT(*) FROM document"), 0);
	CHECK_INT(testimap_count(&desk.imap, ".", "S"), 0);
	CHECK_INT(look().read, 1);
	/* kept, and the program died before it was marked */
	sql("UPDATE inbox_message SET filed = 0");
	CHECK_INT(look().read, 0);
	CHECK_INT(number("SELECT filed FROM inbox_message"), 1);
	/* delivered once more by another way: the same message */
	cleanup_text struct text again = { 0 };
	text_addf(&again, "Received: from elsewhere\r\n%s", thread_answer);
	deliver(text_cstr(&again));
	result = look();
	CHECK_INT(result.read, 1);
	CHECK_INT(result.known, 1);
	CHECK_INT(number("SELECT COUNT(*) FROM reply"), 1);
	/* the server made its index anew: other UIDs, other UIDVALIDITY */
	int64_t validity = number("SELECT uid_validity FROM inbox");
	char command[200];
	snprintf(command, sizeof command, "rm -f %s/mail/dovecot*", desk.imap.folder);
	CHECK(system(command) == 0);
	testimap_pause(1100);
	deliver("From: quatre@quatre.example\r\nMessage-ID: <b2@q>\r\nSubject: encore\r\n\r\nJe regarde.\r\n");
	result = look();
	CHECK(number("SELECT uid_validity FROM inbox") != validity);
	CHECK_INT(result.read - result.known, 1);
	CHECK_INT(number("SELECT COUNT(*) FROM reply"), 2);
	/* moved once kept, never deleted */
	set((const char *const[]){ "inbox.after", "moved", "inbox.moved_to", "Réponses", NULL });
	deliver("From: quatre@quatre.example\r\nMessage-ID: <b3@q>\r\nSubject: encore\r\n\r\nJe regarde encore.\r\n");
	look();
	CHECK_INT(testimap_count(&desk.imap, ".R&AOk-ponses", ""), 1);
	close_desk();
}

static void a_mailbox_that_does_not_answer_is_said(struct store *store)
{
	open_desk(store);
	set((const char *const[]){ "inbox.password", "wrong", NULL });
	struct inbox_result result;
	CHECK_OK(look_with(&result, "one", false));
	CHECK(strstr(result.error, "login"));
	CHECK_OK(look_with(&result, "one", false));
	CHECK_INT(number("SELECT failures FROM inbox"), 2);
	CHECK_INT(number("SELECT next_at FROM inbox"), desk.now + 600);
	struct db *db = NULL;
	cleanup_arena struct arena *arena = arena_new();
	const struct settings *settings;
	struct inbox_state state;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(settings_load(db, TENANT, 1, arena, &settings));
	CHECK_OK(inbox_state(db, &desk.viewer, 1, settings, desk.now + 3 * 3600, arena, &state));
	CHECK(state.on && !state.late && *state.error);
	CHECK_OK(inbox_state(db, &desk.viewer, 1, settings, desk.now + 5 * 3600, arena, &state));
	CHECK(state.late);
	store_release(store, db);
	set((const char *const[]){ "inbox.password", "secret", NULL });
	look();
	CHECK_INT(number("SELECT failures FROM inbox"), 0);
	is_text("", "SELECT error FROM inbox");
	close_desk();
}

struct tie_call {
	int64_t id, customer_id;
	bool dismiss;
	const struct viewer *viewer;
};

static struct status tie_work(struct db *db, void *context)
{
	const struct tie_call *call = context;
	struct change change;
	TRY(company_begin(db, call->viewer ? call->viewer : &desk.viewer, desk.company.id, desk.clock.today, desk.now, &change));
	if (call->dismiss) TRY(inbox_dismiss(&change, call->id));
	else TRY(inbox_tie(&change, call->id, call->customer_id, true));
	return company_end(&change);
}

static struct status tie(struct tie_call call)
{
	return store_transact(desk.store, tie_work, &call);
}

static void what_waits_is_tied_by_hand(struct store *store)
{
	open_desk(store);
	deliver("From: Zoé <zoe@loin.example>\r\nMessage-ID: <c1@q>\r\nSubject: question\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nQui êtes-vous ?\r\n--b\r\nContent-Type: application/pdf; name=x.pdf\r\n\r\n%PDF\r\n--b--\r\n");
	deliver("From: spam@loin.example\r\nMessage-ID: <c2@q>\r\nSubject: promo\r\n\r\nAchetez !\r\n");
	look();
	struct viewer own = desk.viewer;
	own.user_id = 9, own.portfolio = PORTFOLIO_OWN, own.rights = role_rights(ROLE_COLLECTOR);
	struct db *db = NULL;
	cleanup_arena struct arena *arena = arena_new();
	struct inbox_message *list, message;
	struct document *files;
	size_t count = 0;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(inbox_list(db, &desk.viewer, 1, "waiting", arena, &list, &count));
	CHECK_INT(count, 2);
	CHECK_OK(inbox_list(db, &own, 1, "waiting", arena, &list, &count));
	CHECK_INT(count, 0);
	CHECK(inbox_get(db, &own, 1, 1, arena, &message).code == STATUS_NOT_FOUND);
	CHECK(inbox_get(db, &desk.viewer, 2, 1, arena, &message).code == STATUS_NOT_FOUND); /* nor from the other company */
	CHECK_OK(inbox_files(db, &desk.viewer, 1, 1, arena, &files, &count));
	CHECK_INT(count, 1);
	store_release(store, db);
	CHECK(tie((struct tie_call){ 1, 2, .viewer = &own }).code == STATUS_NOT_FOUND);
	CHECK_OK(tie((struct tie_call){ 1, 2, .viewer = NULL }));
	CHECK(tie((struct tie_call){ 1, 2, .viewer = NULL }).code == STATUS_CONFLICT); /* a second click */
	CHECK_INT(number("SELECT COUNT(*) FROM reply WHERE customer_id = 2 AND kind = 'reply'"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM contact WHERE customer_id = 2 AND email = 'zoe@loin.example'"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM document WHERE customer_id = 2 AND reply_id > 0"), 1);
	/* it was somebody else's after all */
	CHECK_OK(tie((struct tie_call){ 1, 4, .viewer = NULL }));
	CHECK_INT(number("SELECT COUNT(*) FROM reply WHERE customer_id = 4"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM reply"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM document WHERE customer_id = 4"), 1);
	CHECK_OK(tie((struct tie_call){ 2, 0, .dismiss = true }));
	CHECK(tie((struct tie_call){ 2, 0, .dismiss = true }).code == STATUS_CONFLICT);
	CHECK_INT(number("SELECT COUNT(*) FROM inbox_message WHERE state = 'waiting'"), 0);
	close_desk();
}

#define BOTH(name)                                                                                                             \
	static void name##_on_both(void)                                                                                       \
	{                                                                                                                      \
		teststore_each(name);                                                                                          \
	}
BOTH(each_mail_finds_its_customer)
BOTH(what_failed_is_marked_once_it_is_believed)
BOTH(none_is_read_twice_or_lost)
BOTH(a_mailbox_that_does_not_answer_is_said)
BOTH(what_waits_is_tied_by_hand)

TESTS({ "each mail finds its customer", each_mail_finds_its_customer_on_both },
      { "what failed is marked once it is believed", what_failed_is_marked_once_it_is_believed_on_both },
      { "none is read twice or lost", none_is_read_twice_or_lost_on_both },
      { "a mailbox that does not answer is said", a_mailbox_that_does_not_answer_is_said_on_both },
      { "what waits is tied by hand", what_waits_is_tied_by_hand_on_both })
