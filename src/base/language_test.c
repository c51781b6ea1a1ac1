#include "base/language.h"

#include "base/memory.h"
#include "base/test.h"

static void tidied(const char *given, const char *expected)
{
	char tag[LANGUAGE_TAG];
	bool good = language_tag(given, tag);
	CHECK(good == (expected != NULL));
	if (good && expected) CHECK_TEXT(tag, expected);
}

static void tags_that_exist_are_tidied(void)
{
	tidied("de", "de"), tidied(" DE ", "de"), tidied("deu", "de"), tidied("ger", "de"), tidied("PT_br", "pt-BR"), tidied("zh-hant-tw", "zh-Hant-TW");
	tidied("sr-LATN", "sr-Latn"), tidied("es-419", "es-419"), tidied("fil", "fil"), tidied("gsw-CH", "gsw-CH"), tidied("fr", "fr"), tidied("en-GB", "en-GB");
}

static void tags_that_do_not_are_refused(void)
{
	static const char *const wrong[] = { "", " ", "-", "d", "xx", "qqq", "de-", "de--AT", "-de", "de-ZZ", "de-Abcd", "de-AT-Latn", "de-AT-AT", "deutsch", "x-private",
		                             "de AT", "de-AT ;", "de-1996", "dé", "\xff\xff", "en-12", "aaa-Latn-419-x", NULL };
	for (size_t i = 0; i < COUNT(wrong); i++) tidied(wrong[i], NULL);
	/* every one of two letters, with anything behind it, stays within its room */
	char text[40], tag[LANGUAGE_TAG];
	for (int a = 1; a < 256; a++)
		for (int b = 1; b < 256; b += 7) {
			snprintf(text, sizeof text, "%c%c-%c%c%c%c-%c%c", a, b, b, a, a, b, b, b);
			if (language_tag(text, tag)) CHECK(strlen(tag) < LANGUAGE_TAG);
		}
}

static void names_and_words(void)
{
	enum lang lang;
	CHECK_TEXT(language_name("de"), "Deutsch");
	CHECK_TEXT(language_name("pt-BR"), "Português");
	CHECK_TEXT(language_name("fil"), "");
	CHECK_TEXT(language_name(""), "");
	CHECK(language_words("fr-CA", LANG_EN, &lang) && lang == LANG_FR);
	CHECK(language_words("en", LANG_FR, &lang) && lang == LANG_EN);
	CHECK(!language_words("fry", LANG_EN, &lang) && lang == LANG_EN); /* Frisian is not French */
	CHECK(!language_words("de", LANG_FR, &lang) && lang == LANG_FR);
	CHECK(!language_words("", LANG_EN, &lang) && lang == LANG_EN);
	char tag[LANGUAGE_TAG] = "zh-Hant-TW";
	CHECK(language_wider(tag));
	CHECK_TEXT(tag, "zh-Hant");
	CHECK(language_wider(tag) && !language_wider(tag));
	CHECK_TEXT(tag, "zh");
}

TESTS({ "tags that exist are tidied", tags_that_exist_are_tidied }, { "tags that do not are refused", tags_that_do_not_are_refused },
      { "names and words", names_and_words }, )
