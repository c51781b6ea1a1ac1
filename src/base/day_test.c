#include "base/day.h"

#include "base/test.h"

static void every_day_round_trips(void)
{
	for (int32_t day = DAY_MIN; day <= DAY_MAX; day++) {
		char text[11];
		int32_t back = 0;
		day_format(day, text);
		if (!day_parse(text, 10, &back) || back != day) {
			CHECK_INT(back, day);
			return;
		}
	}
}

static void known_days(void)
{
	CHECK_INT(day_from_civil(1970, 1, 1), 0);
	CHECK_INT(day_from_civil(2000, 3, 1), 11017);
	CHECK_INT(day_weekday(day_from_civil(2025, 11, 21)), 5);
	CHECK_INT(day_month_end(day_from_civil(2024, 2, 3)), day_from_civil(2024, 2, 29));
	CHECK_INT(day_add_months(day_from_civil(2025, 1, 31), 1), day_from_civil(2025, 2, 28));
	CHECK_INT(day_add_months(day_from_civil(2025, 1, 31), -11), day_from_civil(2024, 2, 29));
}

static void what_is_no_date_is_refused(void)
{
	static const char *const bad[] = { "2025-02-29", "2025-13-01", "2025-00-10", "25-01-01", "2025/01/01", "0000-00-00", "2025-01-0a", "1899-12-31" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		int32_t day = 7;
		CHECK(!day_parse(bad[i], strlen(bad[i]), &day));
		CHECK_INT(day, 7);
	}
}

TESTS({ "every day from 1900 to 2199 round-trips", every_day_round_trips }, { "known days", known_days },
      { "what is no date is refused", what_is_no_date_is_refused }, )
