/* gateway — text messages and letters handed to an outside service by HTTP. The service's shape is a setting: address, headers, a
 * template of the body. At most once: what left without an answer is unknown, and a person settles it.
 *
 * In headers and body, {to} {from} {text} {id} {key} stand for the values; a body that begins with { or [ gets them as JSON strings
 * inside its quotes, any other as a form's (percent-encoded). {id} is the same for every try of one message. */
#ifndef OUTREACH_GATEWAY_H
#define OUTREACH_GATEWAY_H

#include "base/hook.h"
#include "outreach/outbox.h"

struct gateway_value {
	const char *name, *value;
};
enum gateway_escape { GATEWAY_RAW, GATEWAY_JSON, GATEWAY_FORM };
/* Pure. A {name} that is none of the values stays as it is (a JSON body is full of braces). */
void gateway_fill(struct text *out, const char *template, const struct gateway_value *values, size_t count, enum gateway_escape escape);
enum gateway_escape gateway_escape_of(const char *body); /* JSON or FORM */
/* A field of a JSON answer by its path: "id", "messages.0.id". NULL when it isn't there. *out lives in the arena. */
const char *gateway_field(const char *json, size_t len, const char *path, struct arena *arena);

bool sms_ready(const struct settings *settings);
bool post_ready(const struct settings *settings); /* a postal service is set */

/* What became of it, in the words of smtp's result: SENT (2xx), REFUSED (4xx), LATER (5xx, 429, nothing left), UNKNOWN. */
void gateway_sms(const struct settings *settings, const struct outbox_row *row, struct arena *arena, struct smtp_result *out,
                 const char **reference);
/* The postal service: docs/operations.md describes the JSON it gets and what it may answer. */
void gateway_post(const struct settings *settings, const struct company *company, const struct outbox_row *row, const struct attachment *pdf,
                  struct arena *arena, struct smtp_result *out, const char **reference);

#endif
