#include "base/language.h"

#include "base/language_codes.h"
#include "base/memory.h"

#include <ctype.h>
#include <string.h>

static bool all(const char *text, size_t len, int (*kind)(int))
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] > 0x7f || !kind((unsigned char)text[i])) return false;
	return true;
}

static void lower(const char *from, size_t len, char *to)
{
	for (size_t i = 0; i < len; i++) to[i] = (char)tolower((unsigned char)from[i]);
	to[len] = 0;
}

/* One of codes of that many letters, written without anything between them. */
static bool among(const char *packed, const char *code, size_t size)
{
	for (; *packed; packed += size)
		if (memcmp(packed, code, size) == 0) return true;
	return false;
}

static bool read_language(const char *part, size_t len, char out[static 4])
{
	if ((len != 2 && len != 3) || !all(part, len, isalpha)) return false;
	lower(part, len, out);
	for (size_t i = 0; i < COUNT(short_codes); i++)
		if (strcmp(len == 2 ? short_codes[i].code : short_codes[i].longer, out) == 0) return memcpy(out, short_codes[i].code, 3), true;
	if (len == 2) return false;
	for (size_t i = 0; i < COUNT(other_codes); i++)
		if (strcmp(other_codes[i].older, out) == 0) return memcpy(out, other_codes[i].code, 3), true;
	return among(long_codes[out[0] - 'a'], out + 1, 2);
}

static bool read_script(const char *part, size_t len, char out[static 5])
{
	if (len != 4 || !all(part, len, isalpha)) return false;
	lower(part, len, out);
	out[0] = (char)toupper((unsigned char)out[0]);
	return among(scripts, out, 4);
}

static bool read_region(const char *part, size_t len, char out[static 4])
{
	if (len == 3 && all(part, len, isdigit)) return memcpy(out, part, 3), out[3] = 0, true;
	if (len != 2 || !all(part, len, isalpha)) return false;
	for (size_t i = 0; i < len; i++) out[i] = (char)toupper((unsigned char)part[i]);
	out[len] = 0;
	return among(regions, out, 2);
}

bool language_tag(const char *given, char out[static LANGUAGE_TAG])
{
	out[0] = 0;
	if (!given) return false;
	while (*given == ' ') given++;
	size_t whole = strlen(given);
	while (whole && given[whole - 1] == ' ') whole--;
	size_t at = 0, len = strcspn(given, "-_ ");
	char language[4], script[5] = "", region[4] = "";
	if (len > whole || !read_language(given, len, language)) return false;
	for (int part = 0; len < whole - at; part++) {
		at += len;
		if (given[at] == ' ' || part == 2) return false;
		at++;
		len = strcspn(given + at, "-_ ");
		if (len > whole - at) len = whole - at;
		if (*region || (read_script(given + at, len, script) ? part != 0 : !read_region(given + at, len, region))) return false;
	}
	char *to = stpcpy(out, language);
	if (*script) to = stpcpy(stpcpy(to, "-"), script);
	if (*region) stpcpy(stpcpy(to, "-"), region);
	return true;
}

bool language_wider(char tag[static LANGUAGE_TAG])
{
	char *last = strrchr(tag, '-');
	if (last) *last = 0;
	return last != NULL;
}

const char *language_name(const char *tag)
{
	size_t len = tag ? strcspn(tag, "-") : 0;
	for (size_t i = 0; len && i < COUNT(short_codes); i++)
		if (strlen(short_codes[i].code) == len && memcmp(short_codes[i].code, tag, len) == 0) return short_codes[i].name;
	return "";
}

bool language_words(const char *tag, enum lang otherwise, enum lang *out)
{
	char tidy[LANGUAGE_TAG];
	bool known = language_tag(tag, tidy);
	while (known && language_wider(tidy));
	bool french = known && strcmp(tidy, "fr") == 0, english = known && strcmp(tidy, "en") == 0;
	*out = french ? LANG_FR : english ? LANG_EN : otherwise;
	return french || english;
}
