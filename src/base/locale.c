#include "base/locale.h"

#include "base/asset.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

/* A compiled catalogue (.mo, as msgfmt writes it): sorted originals, binary search. */
static struct catalogue {
	const char *bytes;
	size_t len;
	uint32_t count, originals, translations;
} catalogues[2];

static uint32_t u32(const struct catalogue *c, size_t at)
{
	uint32_t value = 0;
	if (at + 4 <= c->len) memcpy(&value, c->bytes + at, 4);
	return value;
}

static void load(void)
{
	static const char *const names[] = { "locale/fr.mo", "locale/en.mo" };
	for (int i = 0; i < 2; i++) {
		struct asset asset;
		if (!asset_find(names[i], &asset)) continue;
		struct catalogue c = { .bytes = asset.bytes, .len = asset.len };
		if (u32(&c, 0) != 0x950412de) continue;
		c.count = u32(&c, 8), c.originals = u32(&c, 12), c.translations = u32(&c, 16);
		catalogues[i] = c;
	}
}

const char *tr(enum lang lang, const char *english)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, load);
	const struct catalogue *c = &catalogues[lang];
	if (!*english) return english; /* the empty id is the catalogue's header */
	uint32_t low = 0, high = c->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const char *original = c->bytes + u32(c, c->originals + 8u * middle + 4);
		int order = strcmp(original, english);
		if (order == 0) {
			const char *found = c->bytes + u32(c, c->translations + 8u * middle + 4);
			return *found ? found : english;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return english;
}

const char *trn(enum lang lang, long count, const char *one, const char *many)
{
	bool single = lang == LANG_FR ? count > -2 && count < 2 : count == 1;
	return tr(lang, single ? one : many);
}

enum lang lang_parse(const char *code, enum lang otherwise)
{
	if (!code) return otherwise;
	if (strncasecmp(code, "fr", 2) == 0) return LANG_FR;
	if (strncasecmp(code, "en", 2) == 0) return LANG_EN;
	return otherwise;
}

const char *lang_code(enum lang lang)
{
	return lang == LANG_FR ? "fr" : "en";
}

static _Thread_local enum lang spoken = LANG_EN;

void lang_speak(enum lang lang)
{
	spoken = lang;
}

enum lang lang_spoken(void)
{
	return spoken;
}
