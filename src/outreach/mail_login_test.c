/* Signing in without a password, against a provider of our own: its token endpoint, its SMTP and its IMAP server. */
#include "outreach/mail_login.h"

#include "base/imap.h"
#include "base/memory.h"
#include "base/test.h"
#include "db/teststore.h"
#include "outreach/smtp.h"
#include "outreach/testmail.h"

static const char letter[] = "From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\n\r\nhello\r\n";

static struct testmail provider(const char *kind) { return testmail_start("/usr/bin/python3", "oauth.py", kind, NULL); }

static void a_token_opens_both_and_is_asked_for_once(void)
{
	struct testmail http = provider("http"), smtp = provider("smtp"), imap = provider("imap");
	char endpoint[64];
	snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%d/token", http.port);
	struct oauth_client client = { .endpoint = endpoint, .client = "desk-app", .secret = "s&cret", .refresh = "good", .scope = "mail offline_access" };
	struct smtp_server server = { .host = "127.0.0.1", .port = smtp.port, .security = SMTP_PLAIN, .user = "desk", .password = "", .timeout_s = 5 };
	oauth_token(&client, server.bearer);
	CHECK_TEXT(server.bearer, "");
	CHECK_OK(oauth_ready(&client));
	CHECK_OK(oauth_ready(&client)); /* it holds: the provider is not asked again */
	CHECK_INT(testmail_logged(&http, "asked desk-app"), 1);
	oauth_token(&client, server.bearer);
	CHECK_TEXT(server.bearer, "fresh");
	CHECK_OK(smtp_test(&server));
	struct smtp_result result;
	static const char *const to[] = { "b@example.org", NULL };
	smtp_send(&server, &(struct smtp_mail){ .from = "a@example.org", .to = to, .bytes = letter, .len = sizeof letter - 1 }, &result);
	CHECK_INT(result.outcome, SMTP_SENT);
	CHECK_INT(testmail_logged(&smtp, "taken"), 1);
	CHECK_INT(testmail_logged(&smtp, "smtp XOAUTH2 yes"), 2);
	struct imap_server mailbox = { .host = "127.0.0.1", .port = imap.port, .security = IMAP_PLAIN, .user = "desk", .password = "", .timeout_s = 5 };
	memcpy(mailbox.bearer, server.bearer, sizeof mailbox.bearer);
	cleanup_imap struct imap *box = NULL;
	struct imap_folder folder = { 0 };
	CHECK_OK(imap_open(&mailbox, &box));
	if (box) CHECK_OK(imap_select(box, "INBOX", &folder));
	CHECK_INT(folder.messages, 3);
	CHECK_INT(testmail_logged(&imap, "imap XOAUTH2 yes"), 1);
	/* a token that ended is the server's trouble, never the message's: it waits */
	snprintf(server.bearer, sizeof server.bearer, "stale");
	smtp_send(&server, &(struct smtp_mail){ .from = "a@example.org", .to = to, .bytes = letter, .len = sizeof letter - 1 }, &result);
	CHECK_INT(result.outcome, SMTP_LATER);
	CHECK_INT(testmail_logged(&smtp, "taken"), 1);
	testmail_stop(&http), testmail_stop(&smtp), testmail_stop(&imap);
}

static void what_the_provider_refuses_is_said(void)
{
	struct testmail http = provider("http");
	char endpoint[64], token[OAUTH_TOKEN];
	snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%d/token", http.port);
	struct oauth_client client = { .endpoint = endpoint, .client = "desk-app", .secret = "s&cret", .refresh = "withdrawn", .scope = "" };
	struct status status = oauth_ready(&client);
	CHECK(status.code == STATUS_UNAVAILABLE && strstr(status.text, "sign in there again"));
	oauth_token(&client, token);
	CHECK_TEXT(token, "");
	client.refresh = "";
	CHECK(oauth_ready(&client).code == STATUS_INVALID);
	client.refresh = "good", client.endpoint = "http://provider.example/token"; /* a secret goes nowhere in clear */
	CHECK(oauth_ready(&client).code == STATUS_INVALID);
	client.endpoint = endpoint;
	testmail_stop(&http);
	CHECK(oauth_ready(&client).code == STATUS_UNAVAILABLE);
}

/* The new one outlives the process, sealed; the old one, which the provider may refuse by now, is not asked with again. */
static const char *refresh_now;
static struct company company;

static const struct settings *settings_now(struct store *store, struct arena *arena)
{
	const struct settings *settings = NULL;
	struct db *db = NULL;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(settings_load(db, 1, company.id, arena, &settings));
	store_release(store, db);
	return settings;
}

static struct status set_up(struct db *db, void *endpoint)
{
	TRY(setting_set(db, 1, company.id, "oauth.endpoint", endpoint));
	TRY(setting_set(db, 1, company.id, "oauth.client", "desk-app"));
	TRY(setting_set(db, 1, company.id, "oauth.secret", "s&cret"));
	TRY(setting_set(db, 1, company.id, "mail.auth", "oauth"));
	return setting_set(db, 1, company.id, "oauth.refresh", refresh_now);
}

static void a_new_refresh_token_is_kept(struct store *store)
{
	struct viewer viewer = viewer_system(1);
	cleanup_arena struct arena *arena = arena_new();
	struct testmail http = provider("http");
	char endpoint[64], token[OAUTH_TOKEN];
	snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%d/token", http.port);
	CHECK_OK(company_create(store, &viewer, (struct company_new){ .name = "Test", .code = "T" }, 1000, &company));
	setenv("ENCOURS_KEY", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", 1);
	refresh_now = "turn-1";
	CHECK_OK(store_transact(store, set_up, endpoint));
	CHECK_OK(mail_login_take(store, 1, company.id, settings_now(store, arena), "mail"));
	const struct settings *settings = settings_now(store, arena);
	CHECK_TEXT(setting_text(settings, "oauth.refresh"), "turn-2");
	CHECK_OK(mail_login_take(store, 1, company.id, settings, "mail")); /* the token at hand is known by the new one */
	CHECK_INT(testmail_logged(&http, "asked desk-app"), 1);
	mail_login_bearer(settings, "mail", token);
	CHECK_TEXT(token, "fresh");
	struct db *db = NULL;
	cleanup_free char *stored = NULL;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(db_get_text(db, "SELECT value FROM setting WHERE tenant_id = $tenant AND name = 'oauth.refresh'", DB_ARGS(db_int("tenant", 1)), &stored));
	store_release(store, db);
	CHECK(stored && strncmp(stored, "sealed:", 7) == 0);
	refresh_now = "good"; /* a person enters another one: it stays */
	CHECK_OK(store_transact(store, set_up, endpoint));
	CHECK_OK(mail_login_take(store, 1, company.id, settings, "mail"));
	CHECK_TEXT(setting_text(settings_now(store, arena), "oauth.refresh"), "good");
	testmail_stop(&http);
}
static void a_new_refresh_token_is_kept_on_both(void) { teststore_each(a_new_refresh_token_is_kept); }

TESTS({ "a token opens both, and is asked for once", a_token_opens_both_and_is_asked_for_once },
      { "what the provider refuses is said", what_the_provider_refuses_is_said },
      { "a new refresh token is kept", a_new_refresh_token_is_kept_on_both })
