/* encoding — which characters a file's bytes stand for, and the same text as UTF-8.
 *
 * A byte order mark decides; else strict UTF-8; else one of the single-byte sets that French packages write, told apart by
 * which reading gives French: Windows-1252 (with ISO-8859-15 for its €, œ) or DOS code page 850, where é is 82 and ° is F8.
 *
 *     struct encoding_guess guess = encoding_guess(bytes, len);
 *     struct slice name = encoding_text(arena, &guess, cell);     valid UTF-8, trimmed; borrowed where nothing changed
 */
#ifndef FORMATS_ENCODING_H
#define FORMATS_ENCODING_H

#include "base/arena.h"
#include "base/text.h"

#include <stdint.h>

enum encoding {
	ENCODING_UTF8,
	ENCODING_UTF8_DAMAGED, /* UTF-8 nearly throughout; the bytes that are not are read as Windows-1252 */
	ENCODING_WINDOWS_1252,
	ENCODING_ISO_8859_15,
	ENCODING_CP850,
	ENCODING_UTF16_LE,
	ENCODING_UTF16_BE,
};
const char *encoding_name(enum encoding encoding); /* "utf-8", "windows-1252", … as in the contract's import report */

struct encoding_guess {
	enum encoding encoding;
	size_t mark_len;     /* bytes of the byte order mark at the start */
	bool ascii;          /* no byte above 7F: any of them would do */
	int64_t damaged;     /* bytes that are no UTF-8 (ENCODING_UTF8_DAMAGED) */
};
struct encoding_guess encoding_guess(const char *bytes, size_t len);

/* A single-byte set's code point for a byte. */
uint32_t encoding_code_point(enum encoding encoding, unsigned char byte);

/* One cell as valid UTF-8, spaces around it trimmed, control characters and line breaks made spaces. Not for UTF-16. Gives
 * back the slice itself, shortened, where nothing had to change. */
struct slice encoding_text(struct arena *arena, const struct encoding_guess *guess, struct slice raw);

/* A whole UTF-16 file (mark included) as UTF-8; lone surrogates become U+FFFD. *out is malloc'd, the caller frees. */
void encoding_convert_utf16(const char *bytes, size_t len, bool big_endian, char **out, size_t *out_len);

#endif
