#include "outreach/smtp.h"

#include "base/test.h"
#include "outreach/testmail.h"

static const char letter[] = "From: a@example.org\r\nTo: b@example.org\r\nMessage-Id: <one@example.org>\r\nSubject: x\r\n\r\n.dot first\r\nend\r\n";

static struct smtp_result send_to(int port, struct smtp_server server)
{
	static const char *const to[] = { "b@example.org", NULL };
	server.host = "127.0.0.1", server.port = port;
	if (!server.timeout_s) server.timeout_s = 3;
	struct smtp_result result;
	smtp_send(&server, &(struct smtp_mail){ .from = "a@example.org", .to = to, .bytes = letter, .len = sizeof letter - 1 }, &result);
	return result;
}

static void a_real_server_takes_it(void)
{
	struct testmail mail = testmail_start("/usr/bin/python3", "real.py", NULL);
	struct smtp_result result = send_to(mail.port, (struct smtp_server){ .security = SMTP_PLAIN });
	CHECK_INT(result.outcome, SMTP_SENT);
	cleanup_free char *got = testmail_read(&mail, "0001.eml");
	CHECK(strstr(got, "X-Envelope: a@example.org -> b@example.org\r\n"));
	CHECK(strstr(got, "\r\n\r\n.dot first\r\nend\r\n"));
	testmail_stop(&mail);
}

/* What is known after each way to fail: until the server said 354 it is a refusal, from then on nobody knows. */
static void each_failure_is_told_apart(void)
{
	static const struct {
		const char *mode;
		enum smtp_outcome outcome;
		const char *words;
	} cases[] = {
		{ "accept", SMTP_SENT, "" },
		{ "greet4", SMTP_LATER, "421" },
		{ "mail4", SMTP_LATER, "451" },
		{ "mail5", SMTP_REFUSED, "550" },
		{ "rcpt4", SMTP_LATER, "451 4.3.0 try again later" },
		{ "rcpt5", SMTP_REFUSED, "550 5.1.1 no such mailbox" },
		{ "data4", SMTP_LATER, "451" },
		{ "data5", SMTP_REFUSED, "550" },
		{ "drop_greeting", SMTP_LATER, "" },
		{ "drop_rcpt", SMTP_LATER, "" },
		{ "drop_data", SMTP_LATER, "" },
		{ "drop_before_dot", SMTP_UNKNOWN, "" },
		{ "drop_after_dot", SMTP_UNKNOWN, "" },
		{ "dot4", SMTP_UNKNOWN, "451" },
		{ "dot5", SMTP_UNKNOWN, "550" },
		{ "hang_greeting", SMTP_LATER, "too long" },
		{ "hang_rcpt", SMTP_LATER, "too long" },
		{ "hang_data", SMTP_LATER, "too long" },
		{ "hang_dot", SMTP_UNKNOWN, "too long" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct testmail mail = testmail_hostile(cases[i].mode);
		bool hang = strncmp(cases[i].mode, "hang", 4) == 0;
		struct smtp_result result = send_to(mail.port, (struct smtp_server){ .security = SMTP_PLAIN, .timeout_s = hang ? 1 : 5 });
		if (result.outcome != cases[i].outcome || !strstr(result.words, cases[i].words))
			printf("  %s: outcome %d, code %d, “%s”\n", cases[i].mode, result.outcome, result.code, result.words);
		CHECK_INT(result.outcome, cases[i].outcome);
		CHECK(strstr(result.words, cases[i].words));
		/* never reported as not sent when the server had it */
		if (testmail_logged(&mail, "delivered")) CHECK(result.outcome == SMTP_SENT || result.outcome == SMTP_UNKNOWN);
		testmail_stop(&mail);
	}
}

static void nobody_there_is_for_later(void)
{
	struct smtp_result result = send_to(1, (struct smtp_server){ .security = SMTP_PLAIN });
	CHECK_INT(result.outcome, SMTP_LATER);
	CHECK(strstr(result.words, "does not answer"));
}

static void a_refused_login_is_the_servers_trouble(void)
{
	struct testmail mail = testmail_hostile("auth5");
	struct smtp_server server = { .security = SMTP_PLAIN, .user = "u", .password = "wrong" };
	struct smtp_result result = send_to(mail.port, server);
	CHECK_INT(result.outcome, SMTP_LATER);
	CHECK(strstr(result.words, "refused the login") && !strstr(result.words, "wrong"));
	server.host = "127.0.0.1", server.port = mail.port;
	CHECK(smtp_test(&server).code == STATUS_UNAVAILABLE);
	testmail_stop(&mail);
}

static void encryption_is_kept_to(void)
{
	struct testmail plain = testmail_start("/usr/bin/python3", "real.py", NULL);
	struct smtp_result result = send_to(plain.port, (struct smtp_server){ .security = SMTP_STARTTLS });
	CHECK_INT(result.outcome, SMTP_LATER); /* never falls back to plain text */
	CHECK_INT(testmail_count(&plain), 0);
	char cert[96], key[96], command[512];
	snprintf(cert, sizeof cert, "%s/cert.pem", plain.folder);
	snprintf(key, sizeof key, "%s/key.pem", plain.folder);
	snprintf(command, sizeof command,
	         "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout %s -out %s 2>/dev/null", key, cert);
	CHECK(system(command) == 0);
	static const struct {
		const char *word;
		enum smtp_security security;
	} kinds[] = { { "starttls", SMTP_STARTTLS }, { "tls", SMTP_TLS } };
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct testmail mail = testmail_start("/usr/bin/python3", "real.py", kinds[i].word, cert, key, "auth", "desk", "secret", NULL);
		struct smtp_server server = { .security = kinds[i].security, .user = "desk", .password = "secret" };
		result = send_to(mail.port, server);
		CHECK_INT(result.outcome, SMTP_LATER); /* a certificate nobody vouches for */
		CHECK_INT(testmail_count(&mail), 0);
		server.ca_file = cert;
		result = send_to(mail.port, server);
		if (result.outcome != SMTP_SENT) printf("  %s: %s\n", kinds[i].word, result.words);
		CHECK_INT(result.outcome, SMTP_SENT);
		CHECK_INT(testmail_count(&mail), 1);
		server.host = "127.0.0.1", server.port = mail.port;
		CHECK_OK(smtp_test(&server));
		testmail_stop(&mail);
	}
	testmail_stop(&plain);
}

static void no_mailbox_is_told_from_no_welcome(void)
{
	static const struct { int code; const char *reply; bool gone; } cases[] = {
		{ 550, "550 5.1.1 The email account that you tried to reach does not exist", true }, { 550, "550 5.1.10 RESOLVER.ADR.RecipientNotFound", true },
		{ 553, "553 5.1.3 bad address", true }, { 550, "550 5.2.1 mailbox disabled", true }, { 550, "550 No such user here", true },
		{ 551, "551 user not local", true }, { 550, "550 5.7.1 Service unavailable; client blocked", false },
		{ 550, "550 relay not permitted", false }, { 554, "554 5.7.1 spam", false }, { 552, "552 5.2.2 mailbox full", false },
		{ 450, "450 4.1.1 try later", false }, { 550, "550", false }, { 550, "550 Rejected by policy", false },
	};
	for (size_t i = 0; i < COUNT(cases); i++)
		if (smtp_no_mailbox(cases[i].code, cases[i].reply) != cases[i].gone) printf("  %s\n", cases[i].reply), test_failures++;
}

TESTS({ "no mailbox is told from no welcome", no_mailbox_is_told_from_no_welcome }, { "a real server takes it", a_real_server_takes_it }, { "each failure is told apart", each_failure_is_told_apart },
      { "nobody there is for later", nobody_there_is_for_later },
      { "a refused login is the server's trouble", a_refused_login_is_the_servers_trouble },
      { "encryption is kept to", encryption_is_kept_to }, )
