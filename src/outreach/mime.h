/* mime — a message as the bytes that SMTP carries: headers, text and HTML parts, attachments; UTF-8 said explicitly. */
#ifndef OUTREACH_MIME_H
#define OUTREACH_MIME_H

#include "base/status.h"
#include "base/text.h"
#include "outreach/compose.h"

struct mime_mail {
	const char *from, *from_name, *to, *to_name; /* names may be "" */
	const char *cc;          /* addresses separated by commas; NULL or "" none */
	const char *reply_to;    /* "" none */
	const char *message_id;  /* without brackets */
	const char *in_reply_to; /* the message before it to the same customer, "" none */
	const char *subject, *text, *html;
	int64_t date;            /* UTC seconds */
	const struct attachment *logo; /* shown in the HTML part as cid:COMPOSE_LOGO; NULL none */
	const struct attachment *attachments;
	size_t attachment_count;
};
/* Appends RFC 5322 bytes with CRLF line ends. STATUS_INVALID over 10 MB of attachments (letters.md section 9). */
struct status mime_build(const struct mime_mail *mail, struct text *out);

#endif
