/* smtp — hands one message to a mail server, and says exactly what is known of it afterwards.
 *
 * Until the first byte of the message was asked for (the server's 354), nothing can have been delivered: a refusal is final (5xx)
 * or to be tried again (4xx, no connection). From then on only the server's 250 proves delivery; anything else is unknown
 * (reference/pitfalls.md 2). */
#ifndef OUTREACH_SMTP_H
#define OUTREACH_SMTP_H

#include "base/oauth.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

enum smtp_security { SMTP_STARTTLS, SMTP_TLS, SMTP_PLAIN };
struct smtp_server {
	const char *host;
	int port;
	enum smtp_security security;
	const char *user, *password; /* "" : no login */
	char bearer[OAUTH_TOKEN];    /* instead of the password; "": none */
	const char *ca_file;         /* NULL: the system's */
	int timeout_s;               /* 0: 60 */
};
struct smtp_mail {
	const char *from;            /* envelope */
	const char *const *to;       /* envelope recipients, NULL at the end */
	const char *bytes;           /* RFC 5322, CRLF */
	size_t len;
};
enum smtp_outcome { SMTP_SENT, SMTP_LATER, SMTP_REFUSED, SMTP_UNKNOWN };
struct smtp_result {
	enum smtp_outcome outcome;
	int code;                    /* the server's last reply, 0: none */
	bool no_mailbox;             /* refused for good because the first recipient's address does not exist, and only then */
	char words[240];             /* for a person */
};
/* Whether a server's refusal of a recipient says that there is no such mailbox (RFC 3463: 5.1.1 and its like, 5.2.1; a bare 550, 551
 * or 553), rather than that it does not want this mail or this sender (5.7.1, relaying, lists). */
bool smtp_no_mailbox(int code, const char *reply);
void smtp_send(const struct smtp_server *server, const struct smtp_mail *mail, struct smtp_result *out);
/* Connects, secures, logs in and says goodbye; STATUS_UNAVAILABLE with what failed and what to check. */
struct status smtp_test(const struct smtp_server *server);

#endif
