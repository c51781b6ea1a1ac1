/* status — an outcome that a person can read.
 *
 * A function that can fail for a reason the user should hear returns a struct status. It travels by value; the code picks
 * the HTTP status or the exit code, the text is shown as it is: what happened and what to do about it.
 *
 *     TRY(import_read(file, &rows));
 *     return status_make(STATUS_INVALID, "Line %d: the amount “%s” is not a number.", line, cell);
 */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

enum status_code {
	STATUS_OK = 0,
	STATUS_INVALID,     /* what was given can't be used: exit 2, HTTP 422 */
	STATUS_NOT_FOUND,   /* exit 2, HTTP 404 */
	STATUS_CONFLICT,    /* somebody else changed it, or it contradicts what is stored: exit 2, HTTP 409 */
	STATUS_FORBIDDEN,   /* exit 2, HTTP 403 */
	STATUS_BUSY,        /* the store asks to try again (serialization, lock): db retries; exit 3, HTTP 503 */
	STATUS_UNAVAILABLE, /* the store or a server can't be reached: exit 3, HTTP 503 */
	STATUS_INTERNAL,    /* exit 3, HTTP 500 */
};

struct [[nodiscard]] status {
	enum status_code code;
	char             text[508]; /* UTF-8, for the user; empty when code is STATUS_OK */
};

#define STATUS_FINE ((struct status){ .code = STATUS_OK })

/* The format is a msgid: the text comes in the language this thread speaks (lang_speak in base/locale.h).
 * Cuts an over-long text at a whole UTF-8 character. */
[[gnu::format(printf, 2, 3)]] struct status status_make(enum status_code code, const char *format, ...);

/* Exit status of the command line for a code: 0, 2 or 3 (contract section 1). */
int status_exit(enum status_code code);
int status_http(enum status_code code);

#define TRY(expr)                                                                                                      \
	do {                                                                                                           \
		struct status try_status = (expr);                                                                     \
		if (try_status.code) return try_status;                                                                \
	} while (0)

#endif
