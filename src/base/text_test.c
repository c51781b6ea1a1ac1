#include "base/text.h"

#include "base/arena.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/test.h"

static void headers_are_compared_without_accents(void)
{
	static const struct { const char *text, *plain; } cases[] = {
		{ "N° Pièce", "n piece" }, { "  Date d'ÉCHÉANCE ", "date d echeance" }, { "Œuvre—Straße", "oeuvre strasse" }, { "", "" }, { "***", "" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		cleanup_free char *plain = text_normalise(cases[i].text, strlen(cases[i].text));
		CHECK_TEXT(plain, cases[i].plain);
	}
}

static void utf8_is_strict(void)
{
	CHECK(utf8_valid("é€😀", strlen("é€😀")));
	CHECK(!utf8_valid("\xC0\x80", 2) && !utf8_valid("\xED\xA0\x80", 3) && !utf8_valid("\xE9t", 2) && !utf8_valid("\xF5\x80\x80\x80", 4));
}

static void integers_do_not_wrap(void)
{
	int64_t n = 0;
	CHECK(text_parse_int("-9223372036854775808", 20, &n));
	CHECK(n == INT64_MIN);
	CHECK(!text_parse_int("9223372036854775808", 19, &n) && !text_parse_int("-", 1, &n) && !text_parse_int("1a", 2, &n));
}

static void a_long_status_ends_at_a_whole_character(void)
{
	char words[400];
	for (int shift = 0; shift < 4; shift++) {
		memset(words, 'x', 400);
		for (size_t i = (size_t)shift; i + 1 < 399; i += 2) memcpy(words + i, "é", 2);
		words[399 - (399 - shift) % 2] = 0;
		struct status status = status_make(STATUS_INVALID, "%s", words);
		CHECK(utf8_valid(status.text, strlen(status.text)));
		CHECK(strlen(status.text) >= 248);
	}
}

static void an_arena_gives_zeroed_memory_of_any_size(void)
{
	cleanup_arena struct arena *arena = arena_new();
	for (size_t size = 1; size < 400000; size = size * 3 + 1) {
		char *p = arena_alloc(arena, size);
		CHECK(p[0] == 0 && p[size - 1] == 0);
		memset(p, 0xAA, size);
	}
	arena_reset(arena);
	CHECK_TEXT(arena_printf(arena, "%d %s", 7, "seven"), "7 seven");
}

static void a_part_is_found_whatever_its_case(void)
{
	static const char *const texts[] = { "", "a", "FA2500012", "fa25", "Facture FA25", "ffa25", "é Fa2", "aab", "aaab" };
	static const char *const parts[] = { "", "A", "fa25", "FA2500012x", "12", "aab", "é f" };
	for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
		for (size_t p = 0; p < sizeof parts / sizeof *parts; p++)
			CHECK_INT(text_holds_fold(texts[t], parts[p]), strcasestr(texts[t], parts[p]) != NULL);
}

TESTS({ "headers are compared without accents", headers_are_compared_without_accents }, { "UTF-8 is strict", utf8_is_strict },
      { "a part is found whatever its case", a_part_is_found_whatever_its_case },
      { "integers do not wrap", integers_do_not_wrap },
      { "a long status ends at a whole character", a_long_status_ends_at_a_whole_character },
      { "an arena gives zeroed memory of any size", an_arena_gives_zeroed_memory_of_any_size }, )
