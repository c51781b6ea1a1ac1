/* Conditions: groups, what is not known, what a person writes. */
#include "base/memory.h"
#include "base/test.h"
#include "dunning/condition.h"

static const struct custom_field contracts = { .code = "plafond", .kind = CUSTOM_NUMBER };
static const struct condition_field own[] = { { "agence", "Lyon", NULL }, { "contrat", "", NULL }, { "plafond", "12.5", &contracts } };
static const struct condition_facts someone = {
	.amount = 150000, .days_late = 12, .score = 55, .score_class = 'C', .debtor = "professional", .group = "GMS", .language = "fr",
	.promises_broken = 2, .disputes = 1, .average_late = 9, .history = true, .fields = own, .field_count = COUNT(own),
};

static struct condition made(const char *fact, const char *compare, const char *value, const char *field, int group)
{
	struct condition out = { .group = (uint8_t)group };
	CHECK_OK(condition_read(fact, compare, value, field, "EUR", &out));
	return out;
}

static void one_condition(void)
{
	static const struct {
		const char *fact, *compare, *value, *field;
		bool holds;
	} cases[] = {
		{ "amount", "at_least", "1 500,00", "", true }, { "amount", "at_least", "1500.01", "", false }, { "amount", "at_most", "1500", "", true },
		{ "days_late", "at_least", "12", "", true },    { "days_late", "at_least", "13", "", false },   { "score", "at_most", "60", "", true },
		{ "score_class", "is", "C, D", "", true },      { "score_class", "is_not", "C,D", "", false },  { "debtor", "is", "public", "", false },
		{ "group", "is", "gms", "", true },             { "group", "is_not", "", "", true },            { "language", "is", "en,de", "", false },
		{ "key_account", "is", "no", "", true },        { "key_account", "is_not", "oui", "", true },   { "field", "is", "lyon,Paris", "agence", true },
		{ "field", "is", "", "contrat", true },         { "field", "is", "", "unknown", true },         { "promises_broken", "at_least", "2", "", true },
		{ "promises_kept", "at_least", "1", "", false },{ "disputes", "is", "1", "", true },            { "answered", "is", "yes", "", false },
		{ "field", "at_least", "9", "plafond", true },  { "field", "at_most", "9", "plafond", false },  { "field", "is", "3;, 12,50", "plafond", false },
		{ "field", "is", "12.50", "plafond", true },    { "field", "at_least", "A", "agence", false },
		{ "average_late", "at_most", "9", "", true },   { "history", "is", "yes", "", true },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct condition condition = made(cases[i].fact, cases[i].compare, cases[i].value, cases[i].field, 0);
		if (condition_holds(&condition, &someone) != cases[i].holds) printf("  %s %s %s\n", cases[i].fact, cases[i].compare, cases[i].value);
		CHECK(condition_holds(&condition, &someone) == cases[i].holds);
	}
}

static void what_is_not_known_is_neither_above_nor_below(void)
{
	struct condition_facts stranger = { .score = -1, .average_late = INT32_MIN };
	struct condition above = made("score", "at_least", "0", "", 0), below = made("score", "at_most", "100", "", 0),
			 other = made("score", "is_not", "50", "", 0), late = made("average_late", "at_most", "900", "", 0);
	CHECK(!condition_holds(&above, &stranger) && !condition_holds(&below, &stranger) && !condition_holds(&late, &stranger));
	CHECK(condition_holds(&other, &stranger));
}

static void all_of_one_group_or_all_of_another(void)
{
	struct condition list[] = { made("amount", "at_least", "9000", "", 0), made("group", "is", "GMS", "", 0),
				    made("promises_broken", "at_least", "2", "", 1), made("score", "at_most", "60", "", 1) };
	CHECK(conditions_hold(list, 4, &someone));       /* the second group */
	CHECK(!conditions_hold(list, 2, &someone));      /* the first alone: the amount is short */
	CHECK(conditions_hold(list, 0, &someone));       /* no condition */
	list[3].number = 50;
	CHECK(!conditions_hold(list, 4, &someone));
	json_t *json = conditions_to_json(list, 4);
	struct condition back[CONDITIONS];
	size_t count;
	CHECK_OK(conditions_from_json(json, "Step 1", back, &count));
	CHECK(count == 4 && memcmp(back, list, sizeof list) == 0);
	json_decref(json);
	cleanup_text struct text words = { 0 };
	conditions_words(&words, LANG_EN, list, 4, "EUR");
	CHECK_TEXT(text_cstr(&words), "Amount asked at least €9,000.00 and Group is GMS, or Promises broken in 12 months at least 2 and Score at most 50");
}

static void what_is_wrong_is_said(void)
{
	struct condition out = { 0 };
	CHECK(condition_read("weather", "is", "fine", "", "EUR", &out).code == STATUS_INVALID);
	CHECK(condition_read("amount", "at_least", "twelve", "", "EUR", &out).code == STATUS_INVALID);
	CHECK(condition_read("group", "at_least", "A", "", "EUR", &out).code == STATUS_INVALID);
	CHECK(condition_read("score", "at_most", "101", "", "EUR", &out).code == STATUS_INVALID);
	CHECK(condition_read("field", "is", "x", "", "EUR", &out).code == STATUS_INVALID);
	CHECK(condition_read("answered", "is", "perhaps", "", "EUR", &out).code == STATUS_INVALID);
	static const char *const broken[] = { "{}", "[1]", "[{\"fact\":\"amount\",\"compare\":\"is\",\"value\":\"1\"}]",
		"[{\"fact\":\"group\",\"compare\":\"is\",\"value\":\"A\",\"group\":2},{\"fact\":\"group\",\"compare\":\"is\",\"value\":\"A\",\"group\":1}]" };
	for (size_t i = 0; i < COUNT(broken); i++) {
		json_t *json = json_loads(broken[i], 0, NULL);
		struct condition list[CONDITIONS];
		size_t count;
		CHECK(conditions_from_json(json, "Step 2", list, &count).code == STATUS_INVALID);
		json_decref(json);
	}
}

TESTS({ "one condition", one_condition },
      { "what is not known is neither above nor below", what_is_not_known_is_neither_above_nor_below },
      { "all of one group, or all of another", all_of_one_group_or_all_of_another }, { "what is wrong is said", what_is_wrong_is_said })
