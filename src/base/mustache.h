/* mustache — templates compiled once, rendered many times over jansson models.
 *
 * The language is Mustache (the public specification: interpolation, sections, inverted sections, comments, partials,
 * delimiters; no lambdas), values HTML-escaped unless told otherwise. A section is left out for a value that is missing,
 * null, false, "", 0 or [].
 *
 * Our own pages (MUSTACHE_PAGE) have a little more:
 *
 *     {{_ Nothing is overdue}}                  translated (base/locale.h), then escaped
 *     {{_ [count|number] items for [amount|money]}}    translated as a whole, then each [name|filter] filled in
 *     {{_n count; [count] item; [count] items}}        singular or plural by the value of count
 *     {{amount|money}}                          a filter; a null or missing value prints "–"
 *     {{#state=queued}}…{{/state}}  {{^state=queued}}…{{/state}}     compared as text
 *     {{@index}} {{#@first}}…{{/@first}} {{#@last}}…{{/@last}}       of the innermost list, index from 1
 *
 * Filters: money money0 short (currency: the key `currency` looked up in the context, else the option), input (1234,56 for a
 * form field), date date_short date_long date_full month (ISO dates; month also "2025-11"), time clock (RFC 3339 instants, in
 * the company's zone), days percent number decimal1, tr (the value as a message id), url, json (for the inside of a
 * <script type="application/json">; the value of any type).
 *
 * Templates that users write (MUSTACHE_USER) have less: no raw values, partials, delimiters, filters or translations; a name
 * that is not known is refused at compile time with its place; a value that is missing or empty at render time refuses the
 * rendering and is named. Their own text is escaped for the medium too.
 *
 *     struct mustache *template;
 *     TRY(mustache_compile(bytes, len, NULL, &template));
 *     TRY(mustache_render(template, model, &(struct mustache_options){ .lang = LANG_FR, .today = today }, &out));
 *     mustache_free(template);
 */
#ifndef BASE_MUSTACHE_H
#define BASE_MUSTACHE_H

#include "base/locale.h"
#include "base/status.h"
#include "base/text.h"

#include <jansson.h>

struct mustache; /* immutable once compiled: any number of threads may render it */

enum { MUSTACHE_SOURCE_MAX = 1 << 20, MUSTACHE_DEPTH_MAX = 40, MUSTACHE_OUTPUT_MAX = 64 << 20 };

/* What went wrong and where, for words in the reader's language; `name` also holds the list of missing values. */
enum mustache_trouble {
	MUSTACHE_FINE = 0,
	MUSTACHE_UNCLOSED_TAG,     /* {{ without }} */
	MUSTACHE_EMPTY_TAG,
	MUSTACHE_UNCLOSED_SECTION, /* {{#name}} never closed */
	MUSTACHE_WRONG_CLOSE,      /* {{/name}} that closes nothing, or another section */
	MUSTACHE_BAD_DELIMITER,
	MUSTACHE_NOT_ALLOWED,      /* raw value, partial, delimiter, filter, translation in a user's template */
	MUSTACHE_UNKNOWN_NAME,
	MUSTACHE_BLOCK_HERE,       /* a block in a subject */
	MUSTACHE_UNKNOWN_FILTER,
	MUSTACHE_TOO_DEEP,
	MUSTACHE_TOO_LONG,
	MUSTACHE_MISSING_VALUE,
	MUSTACHE_LINE_BREAK,       /* in a value of a subject */
};
struct mustache_problem {
	enum mustache_trouble trouble;
	int line, column; /* from 1; column in characters */
	char name[200];
};

enum mustache_mode { MUSTACHE_PAGE = 0, MUSTACHE_USER };
enum mustache_name { MUSTACHE_NAME_UNKNOWN = 0, MUSTACHE_NAME_VALUE, MUSTACHE_NAME_TEST, MUSTACHE_NAME_BLOCK };

struct mustache_rules {
	enum mustache_mode mode;
	/* MUSTACHE_USER: what a name is; NULL accepts every name. */
	enum mustache_name (*name)(void *context, const char *name);
	void *context;
	bool no_blocks; /* a subject */
	struct mustache_problem *problem; /* filled on failure; may be NULL */
};

/* rules NULL: a page. *out is freed with mustache_free; NULL on failure. The source is copied. */
struct status mustache_compile(const char *source, size_t len, const struct mustache_rules *rules, struct mustache **out);
void mustache_free(struct mustache *template); /* NULL is fine */
void mustache_free_at(struct mustache **template);
#define cleanup_mustache [[gnu::cleanup(mustache_free_at)]]

/* The names a template uses, each once, in order of first use: values, tests and blocks alike. Borrowed from the template. */
struct slice mustache_uses(const struct mustache *template, size_t index); /* bytes NULL after the last */

enum mustache_medium { MUSTACHE_HTML = 0, MUSTACHE_TEXT, MUSTACHE_SUBJECT, MUSTACHE_MARKUP };

struct mustache_options {
	enum mustache_medium medium;
	enum lang lang;
	int32_t today;         /* for date_short */
	const char *currency;  /* where the model has none; NULL: EUR */
	/* Pages: {{> name}}; NULL or a NULL result prints nothing. */
	const struct mustache *(*partial)(void *context, const char *name);
	/* Seconds to add to UTC at that instant; NULL: none. */
	int (*utc_offset)(void *context, int64_t at);
	void *context;
	const json_t *blocks;  /* object: name to text that is in the medium already, put in as it is */
	struct mustache_problem *problem; /* filled on failure; may be NULL */
};

/* Appends to out; on failure out holds what came before and should be dropped. */
struct status mustache_render(const struct mustache *template, const json_t *model, const struct mustache_options *options,
                              struct text *out);

/* & < > " ' as entities, as {{name}} does for HTML and markup. */
void mustache_escape(struct text *out, const char *bytes, size_t len);

#endif
