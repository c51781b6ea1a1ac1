#include "formats/return_reason.h"

#include "base/locale.h"
#include "base/test.h"

static void both_lists_name_the_same_reason(void)
{
	static const struct {
		const char *iso, *cfonb;
	} pairs[] = { { "AC01", "12" }, { "AC04", "14" }, { "AM04", "20" }, { "MD01", "31" }, { "MD07", "35" }, { "MS03", "59" }, { "RR04", "62" }, { "SL01", "63" } };
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		CHECK(return_reason_find(pairs[i].iso) && return_reason_find(pairs[i].iso) == return_reason_find(pairs[i].cfonb));
	CHECK(return_reason_find("am04") == return_reason_find("AM04"));
	CHECK(!return_reason_find("") && !return_reason_find(NULL) && !return_reason_find("ZZZZ"));
	CHECK(!return_reason_at(return_reason_count()));
}

static void every_reason_has_its_words_once_in_both_languages(void)
{
	for (size_t i = 0; i < return_reason_count(); i++) {
		const struct return_reason *reason = return_reason_at(i);
		CHECK(*reason->iso || *reason->cfonb);
		CHECK(strcmp(tr(LANG_FR, reason->words), reason->words) != 0);
		CHECK(strcmp(tr(LANG_FR, reason->advice), reason->advice) != 0);
		for (size_t j = 0; j < i; j++) {
			const struct return_reason *other = return_reason_at(j);
			CHECK(!*reason->iso || strcmp(reason->iso, other->iso) != 0);
			CHECK(!*reason->cfonb || strcmp(reason->cfonb, other->cfonb) != 0);
		}
	}
	CHECK_TEXT(tr(LANG_FR, return_reason_find("AM04")->words), "Provision insuffisante");
}

static void presenting_again_is_for_lack_of_funds_not_for_a_dispute(void)
{
	CHECK_INT(return_reason_find("AM04")->retry, RETURN_RETRY);
	CHECK_INT(return_reason_find("AC04")->retry, RETURN_CORRECT);
	CHECK_INT(return_reason_find("MD06")->retry, RETURN_NEVER);
	CHECK_INT(return_reason_find("MD06")->effect, RETURN_DISPUTED);
	CHECK_INT(return_reason_find("MD07")->effect, RETURN_DECEASED);
	CHECK_INT(return_reason_find("32")->effect, RETURN_INSOLVENT);
}

TESTS({ "both lists name the same reason", both_lists_name_the_same_reason },
      { "every reason has its words once, in both languages", every_reason_has_its_words_once_in_both_languages },
      { "presenting again is for lack of funds, not for a dispute", presenting_again_is_for_lack_of_funds_not_for_a_dispute }, )
