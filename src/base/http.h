/* http — one question to a server and its answer, for places that speak HTTP: interfaces of other programs, the gazette's API.
 *
 *     struct http_answer answer;
 *     TRY(http_ask(&(struct http_question){ .url = url, .headers = (const char *[]){ "Accept: application/json", NULL } }, &answer));
 *     if (answer.code == 429) wait(answer.retry_after);
 *     http_answer_free(&answer);
 *
 * https only, but to this machine; no redirect is followed (a token goes nowhere else); size and time are bounded. A status is a
 * connection that failed; any answer of the server is an answer.
 */
#ifndef BASE_HTTP_H
#define BASE_HTTP_H

#include "base/status.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

enum { HTTP_ANSWER_MAX = 64 << 20 };

struct http_question {
	const char *url;
	const char *const *headers;     /* "Name: value", NULL at the end; NULL: none */
	const char *body;               /* NULL: GET; else POST */
	size_t body_len;
	const char *user, *password;    /* basic; NULL: none */
	size_t limit;                   /* of the answer's bytes; 0: HTTP_ANSWER_MAX */
};
struct http_answer {
	long code;
	int64_t retry_after;            /* seconds, as the server asks; 0: it does not */
	struct text body;
};
struct status http_ask(const struct http_question *question, struct http_answer *out);
void http_answer_free(struct http_answer *answer);

bool http_url_allowed(const char *url);  /* https://, or http:// to this machine */
/* The same scheme, host and port. */
bool http_same_place(const char *a, const char *b);
/* Percent-encoded, appended. */
void http_escape(struct text *out, const char *text);

#endif
