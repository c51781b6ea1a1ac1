/* mail_inside — between the files of mail.h: the pieces of a message that tell what kind it is. */
#ifndef FORMATS_MAIL_INSIDE_H
#define FORMATS_MAIL_INSIDE_H

#include "formats/mail.h"

struct mail_pieces {
	const char *from, *from_name, *subject, *return_path /* NULL: no such header */, *auto_submitted, *precedence, *auto_response, *failed_recipients;
	const char *report_type; /* of multipart/report; "" */
	const char *notice;      /* text outside the message that came back */
	const char *status;      /* fields of delivery-status and feedback-report parts, blocks apart by blank lines */
	const char *returned;    /* headers of the message that came back, as text; "" */
	const char *recipients;  /* ours: one a line */
	bool feedback, disposition;
};
/* Each fills its part of the mail, and says whether it is of that kind. */
bool mail_bounce_read(const struct mail_pieces *pieces, struct arena *arena, struct mail *mail);
bool mail_automatic_read(const struct mail_pieces *pieces, int32_t today, struct mail *mail);
/* The day somebody is back, from his own words; DAY_NONE when they don't say. */
int32_t mail_back_day(const char *text, int32_t today);
/* The next plausible address from `at` on, lower case into out; where it ends, or NULL. */
const char *mail_address_next(const char *at, const char **start, char *out, size_t size);
bool mail_holds(const char *text, const char *const *words, size_t count); /* any of them, ASCII case ignored */

#endif
