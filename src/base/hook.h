/* hook — one call to an outside service over HTTP, and what is known of it afterwards: answered, never left, or nobody knows.
 *
 *     struct hook_call call = { .url = "https://sms.example/send", .headers = headers, .body = json, .len = strlen(json) };
 *     struct hook_answer answer;
 *     hook_send(&call, &answer);       HOOK_ANSWERED with its code, HOOK_NOT_SENT, HOOK_UNKNOWN
 *     hook_answer_free(&answer);
 *
 * Certificates are checked; no redirect is followed; only http and https. What left and had no answer is never taken for refused. */
#ifndef BASE_HOOK_H
#define BASE_HOOK_H

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

struct hook_call {
	const char *method;               /* NULL: POST */
	const char *url;
	const char *const *headers;       /* "Name: value", 0-terminated; NULL: none */
	const char *body;
	size_t len;
	const char *ca_file;              /* NULL: the system's */
	int timeout_s;                    /* 0: 60 */
};
enum hook_outcome {
	HOOK_ANSWERED,                    /* code and body are there, whole */
	HOOK_NOT_SENT,                    /* no connection, or none that can be trusted: nothing left */
	HOOK_UNKNOWN,                     /* it left, at least in part, and no whole answer came */
};
struct hook_answer {
	enum hook_outcome outcome;
	int code;
	char words[236];                  /* of a person's language-free log: what curl says */
	struct text body;                 /* at most HOOK_BODY_MAX bytes */
};
enum { HOOK_BODY_MAX = 1 << 16 };
void hook_send(const struct hook_call *call, struct hook_answer *out);
void hook_answer_free(struct hook_answer *answer);
#define cleanup_hook_answer [[gnu::cleanup(hook_answer_free)]]
/* An address that may be called: http or https, a host, no blanks or control characters. Plain http only to this machine or when told. */
bool hook_url_fits(const char *url, bool plain_too);

#endif
