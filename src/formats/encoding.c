#include "formats/encoding.h"

#include "base/memory.h"

#include <string.h>

const char *encoding_name(enum encoding encoding)
{
	static const char *const names[] = {
		[ENCODING_UTF8] = "utf-8",           [ENCODING_UTF8_DAMAGED] = "utf-8 (damaged)", [ENCODING_WINDOWS_1252] = "windows-1252",
		[ENCODING_ISO_8859_15] = "iso-8859-15", [ENCODING_CP850] = "cp850",               [ENCODING_UTF16_LE] = "utf-16le",
		[ENCODING_UTF16_BE] = "utf-16be",
	};
	return names[encoding];
}

/* Windows-1252 80..9F; the five bytes it leaves open become U+FFFD. */
static const uint16_t windows_1252[32] = {
	0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD,
	0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178,
};

/* Code page 850, 80..FF. */
static const uint16_t cp850[128] = {
	0xC7,   0xFC,   0xE9,   0xE2,   0xE4,   0xE0,   0xE5,   0xE7,   0xEA,   0xEB,   0xE8,   0xEF,   0xEE,   0xEC,   0xC4,   0xC5,
	0xC9,   0xE6,   0xC6,   0xF4,   0xF6,   0xF2,   0xFB,   0xF9,   0xFF,   0xD6,   0xDC,   0xF8,   0xA3,   0xD8,   0xD7,   0x192,
	0xE1,   0xED,   0xF3,   0xFA,   0xF1,   0xD1,   0xAA,   0xBA,   0xBF,   0xAE,   0xAC,   0xBD,   0xBC,   0xA1,   0xAB,   0xBB,
	0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0xC1,   0xC2,   0xC0,   0xA9,   0x2563, 0x2551, 0x2557, 0x255D, 0xA2,   0xA5,   0x2510,
	0x2514, 0x2534, 0x252C, 0x251C, 0x2500, 0x253C, 0xE3,   0xC3,   0x255A, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256C, 0xA4,
	0xF0,   0xD0,   0xCA,   0xCB,   0xC8,   0x131,  0xCD,   0xCE,   0xCF,   0x2518, 0x250C, 0x2588, 0x2584, 0xA6,   0xCC,   0x2580,
	0xD3,   0xDF,   0xD4,   0xD2,   0xF5,   0xD5,   0xB5,   0xFE,   0xDE,   0xDA,   0xDB,   0xD9,   0xFD,   0xDD,   0xAF,   0xB4,
	0xAD,   0xB1,   0x2017, 0xBE,   0xB6,   0xA7,   0xF7,   0xB8,   0xB0,   0xA8,   0xB7,   0xB9,   0xB3,   0xB2,   0x25A0, 0xA0,
};

uint32_t encoding_code_point(enum encoding encoding, unsigned char byte)
{
	if (byte < 0x80) return byte;
	if (encoding == ENCODING_CP850) return cp850[byte - 0x80];
	if (encoding == ENCODING_ISO_8859_15) {
		switch (byte) {
		case 0xA4: return 0x20AC;
		case 0xA6: return 0x160;
		case 0xA8: return 0x161;
		case 0xB4: return 0x17D;
		case 0xB8: return 0x17E;
		case 0xBC: return 0x152;
		case 0xBD: return 0x153;
		case 0xBE: return 0x178;
		default: return byte;
		}
	}
	return byte < 0xA0 ? windows_1252[byte - 0x80] : byte;
}

/* Length of the well-formed UTF-8 sequence at bytes (first byte >= 80), 0 when there is none (Unicode table 3-7). */
static size_t sequence(const unsigned char *b, size_t len)
{
	if (b[0] >= 0xC2 && b[0] <= 0xDF) return len >= 2 && (b[1] & 0xC0) == 0x80 ? 2 : 0;
	if (b[0] >= 0xE0 && b[0] <= 0xEF) {
		unsigned char low = b[0] == 0xE0 ? 0xA0 : 0x80, high = b[0] == 0xED ? 0x9F : 0xBF;
		return len >= 3 && b[1] >= low && b[1] <= high && (b[2] & 0xC0) == 0x80 ? 3 : 0;
	}
	if (b[0] >= 0xF0 && b[0] <= 0xF4) {
		unsigned char low = b[0] == 0xF0 ? 0x90 : 0x80, high = b[0] == 0xF4 ? 0x8F : 0xBF;
		return len >= 4 && b[1] >= low && b[1] <= high && (b[2] & 0xC0) == 0x80 && (b[3] & 0xC0) == 0x80 ? 4 : 0;
	}
	return 0;
}

/* Where the next byte above 7F is, eight at a time. */
static size_t ascii_run(const char *bytes, size_t len)
{
	size_t i = 0;
	for (; i + 8 <= len; i += 8) {
		uint64_t word;
		memcpy(&word, bytes + i, 8);
		if (word & UINT64_C(0x8080808080808080)) break;
	}
	while (i < len && (unsigned char)bytes[i] < 0x80) i++;
	return i;
}

static bool is_letter(uint32_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0x17F && c != 0xD7 && c != 0xF7);
}

static bool is_lower(uint32_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 0xDF && c <= 0xFF && c != 0xF7) || c == 0x153;
}

/* How well a code point between two others reads as business French (and its neighbours' languages); below 0: hardly ever. */
static int reads_well(uint32_t c, uint32_t before, uint32_t after)
{
	static const uint16_t french[] = { 0xE9, 0xE8, 0xE0, 0xE7, 0xEA, 0xF4, 0xEE, 0xEF, 0xEB, 0xF9, 0xFB, 0xE2, 0xC9, 0xC8, 0xC7,
		0xC0, 0xCA, 0xD4, 0xCE, 0xCB, 0xCF, 0xC2, 0xD9, 0xDB, 0x153, 0x152 };
	static const uint16_t european[] = { 0xE4, 0xF6, 0xFC, 0xDF, 0xF1, 0xE1, 0xED, 0xF3, 0xFA, 0xE5, 0xE6, 0xF8, 0xC4, 0xD6, 0xDC,
		0xD8, 0xC5, 0xD1, 0xC1, 0xCD, 0xD3, 0xDA, 0xE3, 0xF5, 0xE6 };
	bool in_word = is_letter(before) || is_letter(after);
	if (is_letter(c)) {
		int worth = 0;
		for (size_t i = 0; i < COUNT(european); i++)
			if (european[i] == c) worth = 2;
		for (size_t i = 0; i < COUNT(french); i++)
			if (french[i] == c) worth = 8;
		if (worth == 0) return 0;
		if (c == 0xE0 && !in_word) return 7; /* "à" stands alone */
		if (!in_word) return 1;
		/* A capital inside small letters is an accident. So is a small letter after capitals, but some packages write
		 * SOCIéTé: for the letters of French only. */
		if (!is_lower(c) && is_letter(before) && is_lower(before)) return -4;
		if (is_lower(c) && is_letter(before) && !is_lower(before) && (!is_letter(after) || !is_lower(after)))
			return worth == 8 ? 4 : -3;
		return worth;
	}
	switch (c) {
	case 0xB0: return is_letter(before) && is_lower(after) ? -3 : is_letter(before) || (before >= '0' && before <= '9') ? 8 : 3; /* N°, CREAT°, 20° */
	case 0x20AC: return 5;
	case 0x2019: return in_word ? 6 : 2;
	case 0xAB: case 0xBB: case 0xA0: return 3;
	case 0x2013: case 0x2014: case 0x2026: case 0x201C: case 0x201D: return in_word && is_letter(before) && is_letter(after) ? -2 : 3;
	case 0xB2: case 0xB3: case 0xA7: case 0xBD: case 0xBC: case 0xB5: case 0xA3: return 1;
	default: return c == 0xFFFD || c >= 0x2500 || c < 0xA0 ? -8 : -3;
	}
}

static void weigh(const char *bytes, size_t len, struct encoding_guess *guess)
{
	int64_t dos = 0, windows = 0;
	bool c1 = false, euro_15 = false, ligature_15 = false;
	for (size_t i = ascii_run(bytes, len); i < len; i++, i += ascii_run(bytes + i, len - i)) {
		unsigned char before = i ? (unsigned char)bytes[i - 1] : ' ', byte = (unsigned char)bytes[i];
		unsigned char after = i + 1 < len ? (unsigned char)bytes[i + 1] : ' ';
		dos += reads_well(encoding_code_point(ENCODING_CP850, byte), encoding_code_point(ENCODING_CP850, before),
		                  encoding_code_point(ENCODING_CP850, after));
		windows += reads_well(encoding_code_point(ENCODING_WINDOWS_1252, byte),
		                      encoding_code_point(ENCODING_WINDOWS_1252, before),
		                      encoding_code_point(ENCODING_WINDOWS_1252, after));
		c1 |= byte >= 0x80 && byte <= 0x9F;
		euro_15 |= byte == 0xA4; /* nobody writes ¤ */
		ligature_15 |= (byte == 0xBD || byte == 0xBC) && is_letter(before) && is_letter(after);
	}
	if (dos > windows)
		guess->encoding = ENCODING_CP850;
	else
		guess->encoding = !c1 && (euro_15 || ligature_15) ? ENCODING_ISO_8859_15 : ENCODING_WINDOWS_1252;
}

struct encoding_guess encoding_guess(const char *bytes, size_t len)
{
	struct encoding_guess guess = { .encoding = ENCODING_UTF8 };
	if (len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) guess.mark_len = 3;
	if (len >= 2 && memcmp(bytes, "\xFF\xFE", 2) == 0)
		return (struct encoding_guess){ .encoding = ENCODING_UTF16_LE, .mark_len = 2 };
	if (len >= 2 && memcmp(bytes, "\xFE\xFF", 2) == 0)
		return (struct encoding_guess){ .encoding = ENCODING_UTF16_BE, .mark_len = 2 };
	/* UTF-16 without its mark: Latin text has every other byte zero. */
	size_t sample = len < 400 ? len & ~(size_t)1 : 400, even = 0, odd = 0;
	for (size_t i = 0; i < sample; i++)
		if (bytes[i] == 0) *(i % 2 ? &odd : &even) += 1;
	if (sample >= 8 && odd > sample / 2 * 8 / 10 && even == 0) return (struct encoding_guess){ .encoding = ENCODING_UTF16_LE };
	if (sample >= 8 && even > sample / 2 * 8 / 10 && odd == 0) return (struct encoding_guess){ .encoding = ENCODING_UTF16_BE };

	int64_t good = 0, bad = 0;
	size_t from = guess.mark_len;
	for (size_t i = from + ascii_run(bytes + from, len - from); i < len; i += ascii_run(bytes + i, len - i)) {
		size_t n = sequence((const unsigned char *)bytes + i, len - i);
		good += n > 0, bad += n == 0;
		i += n ? n : 1;
	}
	guess.ascii = good == 0 && bad == 0;
	if (bad == 0) return guess;
	/* Some packages paste old labels into a UTF-8 file. Six well-formed sequences for each stray byte do not happen by chance. */
	if (good >= bad * 6 || (guess.mark_len && good >= bad)) {
		guess.encoding = ENCODING_UTF8_DAMAGED, guess.damaged = bad;
		return guess;
	}
	weigh(bytes + from, len - from, &guess);
	return guess;
}

struct slice encoding_text(struct arena *arena, const struct encoding_guess *guess, struct slice raw)
{
	bool control = false;
	for (size_t i = 0; i < raw.len; i++) control |= (unsigned char)raw.bytes[i] < 0x20 || raw.bytes[i] == 0x7F;
	bool ascii = guess->ascii || ascii_run(raw.bytes, raw.len) == raw.len;
	if (!control && (ascii || guess->encoding == ENCODING_UTF8)) return slice_trim(raw);
	cleanup_text struct text out = { 0 };
	for (size_t i = 0; i < raw.len;) {
		unsigned char byte = (unsigned char)raw.bytes[i];
		size_t n = 0;
		if (byte < 0x20 || byte == 0x7F) {
			text_add_char(&out, ' ');
		} else if (byte < 0x80) {
			text_add_char(&out, (char)byte);
		} else if (guess->encoding <= ENCODING_UTF8_DAMAGED
		           && (n = sequence((const unsigned char *)raw.bytes + i, raw.len - i)) > 0) {
			text_add_bytes(&out, raw.bytes + i, n);
			i += n - 1;
		} else {
			text_add_utf8(&out, encoding_code_point(guess->encoding, byte));
		}
		i++;
	}
	struct slice trimmed = slice_trim((struct slice){ text_cstr(&out), out.len });
	return (struct slice){ arena_strndup(arena, trimmed.bytes, trimmed.len), trimmed.len };
}

void encoding_convert_utf16(const char *bytes, size_t len, bool big_endian, char **out, size_t *out_len)
{
	const unsigned char *b = (const unsigned char *)bytes;
	struct text text = { 0 };
	size_t i = len >= 2 && ((b[0] == 0xFF && b[1] == 0xFE) || (b[0] == 0xFE && b[1] == 0xFF)) ? 2 : 0;
	for (; i + 1 < len; i += 2) {
		uint32_t unit = big_endian ? (uint32_t)b[i] << 8 | b[i + 1] : (uint32_t)b[i + 1] << 8 | b[i];
		if (unit >= 0xD800 && unit <= 0xDBFF && i + 3 < len) {
			uint32_t low = big_endian ? (uint32_t)b[i + 2] << 8 | b[i + 3] : (uint32_t)b[i + 3] << 8 | b[i + 2];
			if (low >= 0xDC00 && low <= 0xDFFF) {
				unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
				i += 2;
			}
		}
		if (unit >= 0xD800 && unit <= 0xDFFF) unit = 0xFFFD;
		text_add_utf8(&text, unit);
	}
	*out_len = text.len;
	*out = text_take(&text);
}
