/* mail — a message that came (RFC 5322, MIME) as what matters to a receivables desk: who writes what, in answer to which message of
 * ours; or which address failed, who is away until when, who complained. Pure: bytes in, plain values out.
 *
 *     struct mail mail;
 *     mail_read(bytes, len, today, arena, &mail);     never fails: what can't be read is a message with little in it
 *
 * Everything is bounded, all text is UTF-8 without control characters, HTML is turned into text and never kept as HTML. */
#ifndef FORMATS_MAIL_H
#define FORMATS_MAIL_H

#include "base/arena.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

enum { MAIL_BYTES_MAX = 40 << 20, MAIL_TEXT_MAX = 200 << 10, MAIL_WORDS_MAX = 19000, MAIL_FILES_MAX = 20, MAIL_IDS_MAX = 60, MAIL_FAILED_MAX = 10 };
enum { MAIL_FILE_MAX = 15 << 20, MAIL_FILES_BYTES_MAX = 25 << 20 };

enum mail_kind {
	MAIL_REPLY,     /* a person wrote, or nothing says otherwise */
	MAIL_BOUNCE,    /* a mail system tells of a message that was not, or not yet, delivered: `failed` */
	MAIL_ABSENCE,   /* away: back_day */
	MAIL_AUTOMATIC, /* a machine's answer: received, ticket opened, read receipt */
	MAIL_COMPLAINT, /* a feedback report (RFC 5965): somebody called a message of ours unwanted */
};
enum mail_verdict {
	MAIL_DELAYED,     /* still trying */
	MAIL_UNDELIVERED, /* given up, or refused: mailbox full, too large, policy; the address may be right */
	MAIL_NO_ADDRESS,  /* there is no such mailbox or domain: not to be used again */
};
struct mail_failed {
	const char *address;    /* lower case; "" when the notice names none */
	enum mail_verdict verdict;
	const char *status;     /* "5.1.1"; "" */
	const char *words;      /* the server's, one line; "" */
};
struct mail_file {
	const char *name, *type;
	const char *bytes;
	size_t len;
};
struct mail {
	enum mail_kind kind;
	const char *message_id;        /* without brackets; "" */
	const char *ids[MAIL_IDS_MAX]; /* messages it answers or speaks of, nearest first, without brackets */
	size_t id_count;
	const char *from, *from_name;  /* lower case address; "" */
	const char *recipients;        /* To, Cc, Delivered-To: addresses, one a line */
	const char *subject, *text, *words; /* text: all of it; words: what was written now */
	int64_t date;                  /* UTC seconds; 0: not said */
	int32_t back_day;              /* ABSENCE: back at work that day; DAY_NONE */
	struct mail_failed failed[MAIL_FAILED_MAX];
	size_t failed_count;
	struct mail_file files[MAIL_FILES_MAX];
	size_t file_count, files_left_out; /* left out: too large, or too many */
};
/* today: dates without a year in an absence are the next ones from there. Texts live in the arena. */
void mail_read(const char *bytes, size_t len, int32_t today, struct arena *arena, struct mail *out);

/* What somebody wrote, without what he quoted, his signature and his telephone's advertisement; all of it (tidied) when nothing
 * else remains. malloc'd. */
char *mail_trim(const char *text);
/* HTML as text: paragraphs, lines, list marks, quoted parts behind ">". Appends at most max bytes. */
void mail_html_text(const char *html, size_t len, size_t max, struct text *out);

#endif
