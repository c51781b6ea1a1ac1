#include "outreach/smtp.h"

#include "base/memory.h"
#include "base/locale.h"
#include "base/text.h"

#include <curl/curl.h>
#include <pthread.h>

struct session {
	const struct smtp_mail *mail;
	size_t at;
	bool data_started; /* the server said 354 and bytes were handed over */
	bool quitting;     /* the goodbye's own reply says nothing about the message */
	bool naming;       /* the last command named the first recipient: the reply is about his address */
	bool mail_began;   /* MAIL FROM was sent: refusals from here on are about this message */
	char reply[200];   /* the server's last line */
	int code;
};

static void start(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

static size_t give(char *buffer, size_t size, size_t count, void *context)
{
	struct session *session = context;
	size_t room = size * count, left = session->mail->len - session->at;
	size_t len = left < room ? left : room;
	memcpy(buffer, session->mail->bytes + session->at, len);
	session->at += len;
	session->data_started = true;
	return len;
}

static size_t drop(char *buffer, size_t size, size_t count, void *context)
{
	(void)buffer, (void)context;
	return size * count;
}

/* Watches the dialogue: commands and replies, never the login's or the message's bytes. */
static int watch(CURL *curl, curl_infotype type, char *bytes, size_t len, void *context)
{
	(void)curl;
	struct session *session = context;
	if (type == CURLINFO_HEADER_OUT && len >= 10 && memcmp(bytes, "MAIL FROM:", 10) == 0) session->mail_began = true;
	if (type == CURLINFO_HEADER_OUT && len >= 4 && memcmp(bytes, "QUIT", 4) == 0) session->quitting = true;
	if (type == CURLINFO_HEADER_OUT && !session->quitting) {
		const char *first = session->mail ? session->mail->to[0] : "";
		session->naming = len > 9 + strlen(first) && memcmp(bytes, "RCPT TO:<", 9) == 0 && memcmp(bytes + 9, first, strlen(first)) == 0 &&
		                  bytes[9 + strlen(first)] == '>';
	}
	if (type != CURLINFO_HEADER_IN || session->quitting) return 0;
	struct slice line = slice_trim((struct slice){ bytes, len });
	if (line.len < 3) return 0;
	int code = 0;
	for (int i = 0; i < 3; i++) {
		if (line.bytes[i] < '0' || line.bytes[i] > '9') return 0;
		code = code * 10 + (line.bytes[i] - '0');
	}
	session->code = code;
	size_t kept = 0;
	for (size_t i = 0; i < line.len && kept + 1 < sizeof session->reply; i++)
		session->reply[kept++] = (unsigned char)line.bytes[i] < 0x20 ? ' ' : line.bytes[i];
	session->reply[kept] = 0;
	if (!utf8_valid(session->reply, kept)) /* cut in a character, or no UTF-8 at all */
		for (size_t i = 0; i < kept; i++)
			if ((unsigned char)session->reply[i] >= 0x80) session->reply[i] = '?';
	return 0;
}

static CURL *prepare(const struct smtp_server *server, const char *from, struct session *session, char *error)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, start);
	CURL *curl = curl_easy_init();
	if (!curl) return NULL;
	const char *at = from ? strrchr(from, '@') : NULL; /* our name in EHLO */
	cleanup_text struct text url = { 0 };
	text_addf(&url, "%s://%s:%d/%s", server->security == SMTP_TLS ? "smtps" : "smtp", server->host, server->port, at ? at + 1 : "localhost");
	long timeout = server->timeout_s > 0 ? server->timeout_s : 60;
	error[0] = 0;
	curl_easy_setopt(curl, CURLOPT_URL, text_cstr(&url));
	curl_easy_setopt(curl, CURLOPT_USE_SSL, server->security == SMTP_PLAIN ? (long)CURLUSESSL_NONE : (long)CURLUSESSL_ALL);
	if (server->ca_file) curl_easy_setopt(curl, CURLOPT_CAINFO, server->ca_file);
	if (server->user && *server->user) {
		curl_easy_setopt(curl, CURLOPT_USERNAME, server->user);
		if (*server->bearer) {
			curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, server->bearer);
			curl_easy_setopt(curl, CURLOPT_LOGIN_OPTIONS, "AUTH=XOAUTH2");
		} else {
			curl_easy_setopt(curl, CURLOPT_PASSWORD, server->password ? server->password : "");
		}
	}
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* a web proxy of the environment is not for mail */
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, timeout < 20 ? timeout : 20L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, timeout);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
	curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
	curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, watch);
	curl_easy_setopt(curl, CURLOPT_DEBUGDATA, session);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
	return curl;
}

/* What failed, in words, with the server's own behind it. */
static void describe(const struct session *session, CURLcode code, const char *error, char *out, size_t size)
{
	const char *words;
	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST: words = "The mail server's name is not known."; break;
	case CURLE_COULDNT_CONNECT: words = "The mail server does not answer."; break;
	case CURLE_LOGIN_DENIED: words = "The mail server refused the login."; break;
	case CURLE_USE_SSL_FAILED: words = "The mail server offers no encryption (STARTTLS)."; break;
	case CURLE_SSL_CONNECT_ERROR: words = "The encrypted connection could not be set up."; break;
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE: words = "The mail server's certificate is not trusted."; break;
	case CURLE_OPERATION_TIMEDOUT: words = "The mail server took too long to answer."; break;
	default: words = session->code >= 400 ? "The mail server refused." : "The connection to the mail server broke."; break;
	}
	words = tr(lang_spoken(), words);
	if (session->code >= 400)
		snprintf(out, size, "%s %s", words, session->reply);
	else if (code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_OPERATION_TIMEDOUT || !error[0])
		snprintf(out, size, "%s", words);
	else
		snprintf(out, size, "%s (%.150s)", words, error);
}

bool smtp_no_mailbox(int code, const char *reply)
{
	static const char *const gone[] = { "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1" };
	static const char *const unwanted[] = { "relay", "spam", "block", "polic", "denied", "list", "reject", "authent" };
	if (code < 550 || code > 559 || strlen(reply) < 4) return false;
	const char *at = reply + 4;
	size_t len = strspn(at, "0123456789.");
	if (len >= 5 && at[1] == '.') { /* an enhanced code: it alone counts */
		for (size_t i = 0; i < COUNT(gone); i++)
			if (strlen(gone[i]) == len && memcmp(at, gone[i], len) == 0) return true;
		return false;
	}
	if (code != 550 && code != 551 && code != 553) return false;
	for (size_t i = 0; i < COUNT(unwanted); i++)
		if (strcasestr(at, unwanted[i])) return false;
	return true;
}

void smtp_send(const struct smtp_server *server, const struct smtp_mail *mail, struct smtp_result *out)
{
	struct session session = { .mail = mail };
	char error[CURL_ERROR_SIZE];
	*out = (struct smtp_result){ .outcome = SMTP_LATER };
	CURL *curl = prepare(server, mail->from, &session, error);
	if (!curl) {
		snprintf(out->words, sizeof out->words, "%s", tr(lang_spoken(), "The connection to the mail server broke."));
		return;
	}
	struct curl_slist *to = NULL;
	for (const char *const *address = mail->to; *address; address++) to = curl_slist_append(to, *address);
	curl_easy_setopt(curl, CURLOPT_MAIL_FROM, mail->from);
	curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
	curl_easy_setopt(curl, CURLOPT_READDATA, &session);
	CURLcode code = curl_easy_perform(curl);
	if (code == CURLE_OK) {
		out->outcome = SMTP_SENT;
		snprintf(out->words, sizeof out->words, "%s", session.reply);
	} else {
		if (session.data_started)
			out->outcome = SMTP_UNKNOWN;
		else if (session.mail_began && session.code >= 500) /* before that it is the server's trouble, not this message's */
			out->outcome = SMTP_REFUSED;
		out->no_mailbox = out->outcome == SMTP_REFUSED && session.naming && smtp_no_mailbox(session.code, session.reply);
		describe(&session, code, error, out->words, sizeof out->words);
	}
	out->code = session.code;
	curl_slist_free_all(to);
	curl_easy_cleanup(curl);
}

struct status smtp_test(const struct smtp_server *server)
{
	struct session session = { 0 };
	char error[CURL_ERROR_SIZE], words[240];
	if (!server->host || !*server->host) return status_make(STATUS_INVALID, "No mail server is set.");
	CURL *curl = prepare(server, NULL, &session, error);
	if (!curl) return status_make(STATUS_UNAVAILABLE, "The connection to the mail server broke.");
	curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L); /* greeting, encryption and login, then goodbye */
	CURLcode code = curl_easy_perform(curl);
	curl_easy_cleanup(curl);
	if (code == CURLE_OK) return STATUS_FINE;
	describe(&session, code, error, words, sizeof words);
	return status_make(STATUS_UNAVAILABLE, "%s", words);
}
