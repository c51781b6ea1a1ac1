/* text — a growing byte buffer for building text, and small helpers over UTF-8 slices.
 *
 *     cleanup_text struct text out = { 0 };
 *     text_add(&out, "Total: ");
 *     text_addf(&out, "%d", n);
 *     puts(text_cstr(&out));            always ends in 0, borrowed
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	char *bytes; /* malloc'd, 0-terminated once anything was added */
	size_t len, cap;
};

void text_add(struct text *text, const char *cstr);
void text_add_bytes(struct text *text, const char *bytes, size_t len);
void text_add_char(struct text *text, char c);
void text_add_utf8(struct text *text, uint32_t code_point);
[[gnu::format(printf, 2, 3)]] void text_addf(struct text *text, const char *format, ...);
const char *text_cstr(const struct text *text); /* "" when empty */
char *text_take(struct text *text);             /* the caller owns it; text is empty again */
void text_clear(struct text *text);             /* keeps the memory */
void text_free(struct text *text);
#define cleanup_text [[gnu::cleanup(text_free)]]

/* A borrowed piece of text. */
struct slice {
	const char *bytes;
	size_t len;
};
#define SLICE_PRINT(slice) (int)(slice).len, (slice).bytes

struct slice slice_of(const char *cstr);
struct slice slice_trim(struct slice slice); /* spaces, tabs, CR, LF and U+00A0 at both ends */
bool slice_equal(struct slice slice, const char *cstr);
bool slice_equal_fold(struct slice slice, const char *cstr); /* ASCII case ignored */

bool utf8_valid(const char *bytes, size_t len); /* strict: no surrogates, no overlong forms */
size_t utf8_length(const char *cstr);           /* code points */

/* Whether `part` is in `text`, ASCII case ignored: for short texts by the million, where strcasestr sets up more than it searches. */
bool text_holds_fold(const char *text, const char *part);

/* Lower case, accents stripped, every run of anything but a-z 0-9 one space, trimmed: "N° Pièce" gives "n piece".
 * For comparing headers and names. The result is malloc'd, the caller frees. */
char *text_normalise(const char *bytes, size_t len);

bool text_parse_int(const char *text, size_t len, int64_t *out); /* [-]digits, whole text, no overflow */

#endif
