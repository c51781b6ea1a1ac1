#include "base/text.h"

#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void reserve(struct text *text, size_t more)
{
	if (more > SIZE_MAX / 4 || text->len > SIZE_MAX / 4) abort();
	size_t need = text->len + more + 1;
	if (need <= text->cap) return;
	size_t cap = text->cap ? text->cap : 64;
	while (cap < need) cap *= 2;
	text->bytes = xrealloc(text->bytes, cap, 1);
	text->cap = cap;
}

void text_add_bytes(struct text *text, const char *bytes, size_t len)
{
	reserve(text, len);
	if (len) memcpy(text->bytes + text->len, bytes, len);
	text->len += len;
	text->bytes[text->len] = 0;
}

void text_add(struct text *text, const char *cstr)
{
	text_add_bytes(text, cstr, strlen(cstr));
}

void text_add_char(struct text *text, char c)
{
	text_add_bytes(text, &c, 1);
}

void text_add_utf8(struct text *text, uint32_t c)
{
	char out[4];
	size_t len;
	if (c < 0x80) {
		out[0] = (char)c, len = 1;
	} else if (c < 0x800) {
		out[0] = (char)(0xC0 | c >> 6), out[1] = (char)(0x80 | (c & 0x3F)), len = 2;
	} else if (c < 0x10000) {
		out[0] = (char)(0xE0 | c >> 12), out[1] = (char)(0x80 | (c >> 6 & 0x3F)), out[2] = (char)(0x80 | (c & 0x3F)), len = 3;
	} else {
		out[0] = (char)(0xF0 | (c >> 18 & 7)), out[1] = (char)(0x80 | (c >> 12 & 0x3F));
		out[2] = (char)(0x80 | (c >> 6 & 0x3F)), out[3] = (char)(0x80 | (c & 0x3F)), len = 4;
	}
	text_add_bytes(text, out, len);
}

void text_addf(struct text *text, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0) abort();
	reserve(text, (size_t)len);
	vsnprintf(text->bytes + text->len, (size_t)len + 1, format, again);
	va_end(again);
	text->len += (size_t)len;
}

const char *text_cstr(const struct text *text)
{
	return text->bytes ? text->bytes : "";
}

char *text_take(struct text *text)
{
	char *bytes = text->bytes ? text->bytes : xstrdup("");
	*text = (struct text){ 0 };
	return bytes;
}

void text_clear(struct text *text)
{
	text->len = 0;
	if (text->bytes) text->bytes[0] = 0;
}

void text_free(struct text *text)
{
	free(text->bytes);
	*text = (struct text){ 0 };
}

struct slice slice_of(const char *cstr)
{
	return (struct slice){ cstr, cstr ? strlen(cstr) : 0 };
}

struct slice slice_trim(struct slice s)
{
	for (;;) {
		if (s.len && (s.bytes[0] == ' ' || (s.bytes[0] >= '\t' && s.bytes[0] <= '\r')))
			s.bytes++, s.len--;
		else if (s.len >= 2 && memcmp(s.bytes, "\xC2\xA0", 2) == 0)
			s.bytes += 2, s.len -= 2;
		else
			break;
	}
	for (;;) {
		char last = s.len ? s.bytes[s.len - 1] : 'x';
		if (last == ' ' || (last >= '\t' && last <= '\r'))
			s.len--;
		else if (s.len >= 2 && memcmp(s.bytes + s.len - 2, "\xC2\xA0", 2) == 0)
			s.len -= 2;
		else
			return s;
	}
}

bool slice_equal(struct slice slice, const char *cstr)
{
	return strlen(cstr) == slice.len && memcmp(slice.bytes, cstr, slice.len) == 0;
}

bool slice_equal_fold(struct slice slice, const char *cstr)
{
	return strlen(cstr) == slice.len && strncasecmp(slice.bytes, cstr, slice.len) == 0;
}

/* Length of the valid sequence at bytes, 0 when there is none (RFC 3629). */
static size_t utf8_sequence(const unsigned char *b, size_t len)
{
	if (b[0] < 0x80) return 1;
	size_t need = b[0] >= 0xC2 && b[0] <= 0xDF ? 2 : (b[0] & 0xF0) == 0xE0 ? 3 : b[0] >= 0xF0 && b[0] <= 0xF4 ? 4 : 0;
	if (!need || need > len) return 0;
	for (size_t i = 1; i < need; i++)
		if ((b[i] & 0xC0) != 0x80) return 0;
	if (b[0] == 0xE0 && b[1] < 0xA0) return 0;
	if (b[0] == 0xED && b[1] > 0x9F) return 0;
	if (b[0] == 0xF0 && b[1] < 0x90) return 0;
	if (b[0] == 0xF4 && b[1] > 0x8F) return 0;
	return need;
}

bool utf8_valid(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len;) {
		size_t step = utf8_sequence((const unsigned char *)bytes + i, len - i);
		if (!step) return false;
		i += step;
	}
	return true;
}

size_t utf8_length(const char *cstr)
{
	size_t n = 0;
	for (; *cstr; cstr++) n += ((unsigned char)*cstr & 0xC0) != 0x80;
	return n;
}

/* Base letters of U+00C0..U+017F; ligatures give two letters; '?' marks no letter. */
static const char *const latin[] = {
	"A", "A", "A", "A", "A", "A", "AE", "C", "E", "E", "E", "E", "I", "I", "I", "I", "D", "N", "O", "O", "O", "O", "O", " ",
	"O", "U", "U", "U", "U", "Y", "TH", "SS", "A", "A", "A", "A", "A", "A", "AE", "C", "E", "E", "E", "E", "I", "I", "I", "I",
	"D", "N", "O", "O", "O", "O", "O", " ", "O", "U", "U", "U", "U", "Y", "TH", "Y", "A", "A", "A", "A", "A", "A", "C", "C",
	"C", "C", "C", "C", "C", "C", "D", "D", "D", "D", "E", "E", "E", "E", "E", "E", "E", "E", "E", "E", "G", "G", "G", "G",
	"G", "G", "G", "G", "H", "H", "H", "H", "I", "I", "I", "I", "I", "I", "I", "I", "I", "I", "IJ", "IJ", "J", "J", "K", "K",
	"K", "L", "L", "L", "L", "L", "L", "L", "L", "L", "L", "N", "N", "N", "N", "N", "N", "N", "NG", "NG", "O", "O", "O", "O",
	"O", "O", "OE", "OE", "R", "R", "R", "R", "R", "R", "S", "S", "S", "S", "S", "S", "S", "S", "T", "T", "T", "T", "T", "T",
	"U", "U", "U", "U", "U", "U", "U", "U", "U", "U", "U", "U", "W", "W", "Y", "Y", "Y", "Z", "Z", "Z", "Z", "Z", "Z", "S",
};
_Static_assert(sizeof latin / sizeof *latin == 0x180 - 0xC0, "one entry per code point");

char *text_normalise(const char *bytes, size_t len)
{
	struct text out = { 0 };
	bool gap = false;
	for (size_t i = 0; i < len;) {
		const unsigned char *b = (const unsigned char *)bytes + i;
		size_t step = utf8_sequence(b, len - i);
		char one[2] = { 0 };
		const char *letters = "";
		if (step <= 1) {
			one[0] = (char)b[0];
			letters = one;
			step = 1;
		} else if (step == 2) {
			unsigned c = (b[0] & 0x1Fu) << 6 | (b[1] & 0x3Fu);
			if (c >= 0xC0 && c < 0x180) letters = latin[c - 0xC0];
		}
		i += step;
		bool any = false;
		for (const char *c = letters; *c; c++) {
			char low = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
			if ((low < 'a' || low > 'z') && (low < '0' || low > '9')) continue;
			if (gap && out.len) text_add_char(&out, ' ');
			gap = false, any = true;
			text_add_char(&out, low);
		}
		if (!any) gap = true;
	}
	return text_take(&out);
}

bool text_parse_int(const char *text, size_t len, int64_t *out)
{
	bool negative = len > 0 && text[0] == '-';
	int64_t value = 0;
	if (len == (size_t)negative) return false;
	for (size_t i = negative; i < len; i++) {
		if (text[i] < '0' || text[i] > '9') return false;
		if (__builtin_mul_overflow(value, 10, &value)) return false;
		int digit = text[i] - '0';
		if (__builtin_add_overflow(value, negative ? -digit : digit, &value)) return false;
	}
	*out = value;
	return true;
}

static inline unsigned char lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

bool text_holds_fold(const char *text, const char *part)
{
	unsigned char first = lower(*part);
	if (!first) return true;
	for (; *text; text++) {
		if (lower(*text) != first) continue;
		size_t i = 1;
		while (part[i] && lower(text[i]) == lower(part[i])) i++;
		if (!part[i]) return true;
	}
	return false;
}
