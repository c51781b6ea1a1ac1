/* The dates are those of reference/law.md section 12. */
#include "base/calendar.h"
#include "base/day.h"
#include "base/test.h"

static int32_t on(const char *iso)
{
	int32_t day = 0;
	CHECK(day_parse(iso, strlen(iso), &day));
	return day;
}

static void easter_of_every_listed_year(void)
{
	static const struct {
		int year;
		const char *easter, *monday, *ascension, *whit_monday, *good_friday;
	} years[] = {
		{ 2023, "2023-04-09", "2023-04-10", "2023-05-18", "2023-05-29", "2023-04-07" },
		{ 2024, "2024-03-31", "2024-04-01", "2024-05-09", "2024-05-20", "2024-03-29" },
		{ 2025, "2025-04-20", "2025-04-21", "2025-05-29", "2025-06-09", "2025-04-18" },
		{ 2026, "2026-04-05", "2026-04-06", "2026-05-14", "2026-05-25", "2026-04-03" },
		{ 2027, "2027-03-28", "2027-03-29", "2027-05-06", "2027-05-17", "2027-03-26" },
		{ 2028, "2028-04-16", "2028-04-17", "2028-05-25", "2028-06-05", "2028-04-14" },
		{ 2029, "2029-04-01", "2029-04-02", "2029-05-10", "2029-05-21", "2029-03-30" },
		{ 2030, "2030-04-21", "2030-04-22", "2030-05-30", "2030-06-10", "2030-04-19" },
		{ 2035, "2035-03-25", "2035-03-26", "2035-05-03", "2035-05-14", "2035-03-23" },
	};
	struct calendar france = { 0 }, alsace = { .alsace_moselle = true };
	for (size_t i = 0; i < sizeof years / sizeof *years; i++) {
		CHECK_INT(calendar_easter(years[i].year), on(years[i].easter));
		CHECK(calendar_holiday(&france, on(years[i].monday)));
		CHECK(calendar_holiday(&france, on(years[i].ascension)));
		CHECK(calendar_holiday(&france, on(years[i].whit_monday)));
		CHECK(!calendar_holiday(&france, on(years[i].good_friday)));
		CHECK(calendar_holiday(&alsace, on(years[i].good_friday)));
		CHECK(!calendar_holiday(&france, on(years[i].easter) + 2));
	}
	static const struct {
		int year, month, day;
	} edges[] = { { 1818, 3, 22 }, { 1943, 4, 25 }, { 2038, 4, 25 }, { 1954, 4, 18 }, { 1981, 4, 19 },
		      { 2049, 4, 18 }, { 2076, 4, 19 }, { 2285, 3, 22 } };
	for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
		CHECK_INT(calendar_easter(edges[i].year), day_from_civil(edges[i].year, edges[i].month, edges[i].day));
}

static void fixed_holidays(void)
{
	static const char *const days[] = { "2026-01-01", "2026-05-01", "2026-05-08", "2026-07-14",
					    "2026-08-15", "2026-11-01", "2026-11-11", "2026-12-25" };
	struct calendar france = { 0 }, abroad = { .no_holidays = true };
	for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
		CHECK(calendar_holiday(&france, on(days[i])));
		CHECK(!calendar_holiday(&abroad, on(days[i])));
	}
	CHECK_TEXT(calendar_holiday_name(&france, on("2026-07-14")), "National Day");
	CHECK(calendar_works(&abroad, on("2026-07-14")));
	CHECK(!calendar_works(&abroad, on("2026-07-18"))); /* a Saturday is closed everywhere */
	CHECK(calendar_works(&france, on("2026-12-28")));
	struct calendar alsace = { .alsace_moselle = true };
	CHECK(!calendar_works(&alsace, on("2025-12-26")));
	CHECK(calendar_works(&france, on("2025-12-26")));
	CHECK(calendar_holiday(&france, on("2008-05-01"))); /* Ascension on Labour Day: one day off */
}

static void working_days_step_over_what_is_closed(void)
{
	struct calendar france = { 0 };
	CHECK_INT(calendar_next(&france, on("2026-05-10")), on("2026-05-11")); /* law.md section 9: Sunday to Monday */
	CHECK_INT(calendar_next(&france, on("2026-02-28")), on("2026-03-02"));
	CHECK_INT(calendar_next(&france, on("2026-05-01")), on("2026-05-04"));
	CHECK_INT(calendar_previous(&france, on("2026-05-03")), on("2026-04-30"));
	CHECK_INT(calendar_add(&france, on("2025-11-21"), 2), on("2025-11-25")); /* Friday + 2 */
	CHECK_INT(calendar_add(&france, on("2025-11-22"), 1), on("2025-11-24")); /* Saturday + 1 */
	CHECK_INT(calendar_add(&france, on("2025-11-24"), -1), on("2025-11-21"));
	CHECK_INT(calendar_add(&france, on("2025-11-22"), 0), on("2025-11-24"));
	CHECK_INT(calendar_between(&france, on("2025-11-21"), on("2025-11-25")), 2);
	CHECK_INT(calendar_between(&france, on("2025-11-25"), on("2025-11-21")), 0);
	const int32_t closed[] = { on("2025-12-24"), on("2025-12-26"), on("2025-12-29") };
	struct calendar bridge = { .extra = closed, .extra_count = 3 };
	CHECK_INT(calendar_next(&bridge, on("2025-12-24")), on("2025-12-30"));
	CHECK(!calendar_works(&bridge, on("2025-12-26")));
	CHECK(calendar_works(&bridge, on("2025-12-23")));
}

TESTS({ "easter of every listed year", easter_of_every_listed_year }, { "fixed holidays", fixed_holidays },
      { "working days step over what is closed", working_days_step_over_what_is_closed })
