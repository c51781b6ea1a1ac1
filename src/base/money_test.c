#include "base/money.h"

#include "base/test.h"
#include "base/words.h"

static void amounts_are_read_by_the_style_of_their_column(void)
{
	static const struct {
		const char *text;
		struct amount_style style;
		bool ok;
		int64_t minor;
	} cases[] = {
		{ "1 234,56", { ',', 2 }, true, 123456 },     { "-1.234,56", { ',', 2 }, true, -123456 },
		{ "1234.5", { '.', 2 }, true, 123450 },       { "1,234", { '.', 2 }, true, 123400 },
		{ "1,234", { ',', 3 }, true, 1234 },          { "1,234", { ',', 2 }, false, 0 },
		{ "1.234.567", { ',', 2 }, true, 123456700 }, { "1 234", { ',', 0 }, true, 1234 },
		{ "1.2.3", { ',', 2 }, false, 0 },            { "99999999999999999999", { ',', 2 }, false, 0 },
		{ "", { ',', 2 }, false, 0 },                 { "12€", { ',', 2 }, true, 1200 },
		{ "1\xC2\xA0" "234,56 €", { ',', 2 }, true, 123456 }, { "1\xE2\x80\xAF" "234,56", { ',', 2 }, true, 123456 },
		{ "1234.56-", { '.', 2 }, true, -123456 },    { "(1 234,56)", { ',', 2 }, true, -123456 },
		{ "-1234,56 €", { ',', 2 }, true, -123456 },  { "0000000069,60", { ',', 2 }, true, 6960 },
		{ "1'234.50", { '.', 2 }, true, 123450 },     { "12,5000", { ',', 2 }, true, 1250 },
		{ "--5", { ',', 2 }, false, 0 },              { "1e5", { '.', 2 }, false, 0 },
		{ "NaN", { '.', 2 }, false, 0 },              { ",50", { ',', 2 }, true, 50 },
		{ "5,", { ',', 2 }, false, 0 },               { "+3,00", { ',', 2 }, true, 300 },
		{ "12,505", { ',', 2 }, false, 0 },           { "-", { ',', 2 }, false, 0 },
		{ "−12,00", { ',', 2 }, true, -1200 },        { "1 23 456", { ',', 2 }, false, 0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t minor = 0;
		bool ok = amount_parse(cases[i].text, strlen(cases[i].text), cases[i].style, &minor);
		if (ok != cases[i].ok || minor != cases[i].minor) {
			printf("  “%s”: %d %" PRId64 "\n", cases[i].text, ok, minor);
			CHECK(false);
		}
	}
}

static void two_currencies_do_not_add(void)
{
	struct money total = { 100, "EUR" };
	CHECK(!money_add(&total, (struct money){ 1, "USD" }));
	CHECK(!money_add(&total, (struct money){ INT64_MAX, "EUR" }));
	CHECK(money_add(&total, (struct money){ -250, "EUR" }));
	CHECK_INT(total.minor, -150);
}

static void currencies_have_their_decimals(void)
{
	CHECK_INT(currency_decimals("EUR"), 2);
	CHECK_INT(currency_decimals("JPY"), 0);
	CHECK_INT(currency_decimals("TND"), 3);
	CHECK(currency_known("CHF") && !currency_known("EUX") && !currency_known("UR ") && !currency_known(""));
}

static void amounts_are_written_for_people(void)
{
	static const struct {
		enum lang lang;
		int64_t minor;
		const char *currency, *text;
	} cases[] = {
		{ LANG_FR, 123456, "EUR", "1\xC2\xA0" "234,56\xC2\xA0€" }, { LANG_EN, 123456, "EUR", "€1,234.56" },
		{ LANG_FR, -38112, "EUR", "−381,12\xC2\xA0€" },            { LANG_EN, -38112, "EUR", "−€381.12" },
		{ LANG_FR, 1234, "JPY", "1\xC2\xA0" "234\xC2\xA0JPY" },    { LANG_EN, 123456, "USD", "USD\xC2\xA0" "1,234.56" },
		{ LANG_FR, 5, "EUR", "0,05\xC2\xA0€" },                    { LANG_FR, INT64_MIN, "JPY", "−9\xC2\xA0" "223\xC2\xA0" "372\xC2\xA0" "036\xC2\xA0" "854\xC2\xA0" "775\xC2\xA0" "808\xC2\xA0JPY" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		cleanup_text struct text out = { 0 };
		words_amount(&out, cases[i].lang, cases[i].minor, cases[i].currency);
		CHECK_TEXT(text_cstr(&out), cases[i].text);
	}
	cleanup_text struct text out = { 0 };
	words_amount_short(&out, LANG_FR, 69760142, "EUR"), text_add(&out, "|");
	words_amount_short(&out, LANG_EN, 299031304, "EUR"), text_add(&out, "|");
	words_percent(&out, LANG_FR, 0.2327, 1), text_add(&out, "|");
	words_date_long(&out, LANG_FR, 20454), text_add(&out, "|"), words_date_full(&out, LANG_FR, 20413);
	CHECK_TEXT(text_cstr(&out), "698\xC2\xA0k€|€2.99M|23,3\xC2\xA0%|1er janvier 2026|vendredi 21 novembre 2025");
}

TESTS({ "amounts are read by the style of their column", amounts_are_read_by_the_style_of_their_column },
      { "two currencies do not add", two_currencies_do_not_add },
      { "currencies have their decimals", currencies_have_their_decimals },
      { "amounts are written for people", amounts_are_written_for_people }, )
