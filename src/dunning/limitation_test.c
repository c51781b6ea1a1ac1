/* Limitation beyond the table of reference/law.md section 6, which is in law_test.c. */
#include "base/test.h"
#include "base/status.h"
#include "dunning/limitation.h"

static int32_t on(const char *iso)
{
	int32_t day = DAY_NONE;
	if (iso) CHECK(day_parse(iso, strlen(iso), &day));
	return day;
}

static void an_unknown_class_warns_of_the_consumers_two_years(void)
{
	struct limitation_claim claim = { .due_day = on("2025-01-31"), .issue_day = on("2025-01-01"), .debtor = DEBTOR_UNKNOWN, .right_day = DAY_NONE };
	struct limitation got = limitation_compute(&claim);
	CHECK_INT(got.barred_from, on("2030-02-01"));
	CHECK_INT(got.warning_from, on("2027-02-01"));
	CHECK_TEXT(got.period, "5 years");
}

/* Each interruption starts a new whole period; one after the last day revives nothing; a suspension in the new period adds to it. */
static void events_one_after_the_other(void)
{
	struct limitation_event events[] = {
		{ .day = on("2023-09-10"), .until = DAY_NONE, .kind = LIMIT_ACKNOWLEDGED, .confirmed = true },
		{ .day = on("2024-01-01"), .until = on("2024-01-31"), .kind = LIMIT_SUSPENSION, .confirmed = true },
		{ .day = on("2029-01-01"), .until = DAY_NONE, .kind = LIMIT_COURT, .confirmed = false },
		{ .day = on("2029-06-01"), .until = DAY_NONE, .kind = LIMIT_ACKNOWLEDGED, .confirmed = true },
	};
	struct limitation_claim claim = { .due_day = on("2021-03-15"), .issue_day = on("2021-02-13"), .debtor = DEBTOR_PROFESSIONAL, .right_day = DAY_NONE,
		                          .events = events, .event_count = 4 };
	struct limitation got = limitation_compute(&claim);
	CHECK_INT(got.last_day, on("2028-10-11")); /* 2028-09-10 and 31 days; what nobody confirmed in time is lost, and the last came too late */
	CHECK_INT(events[3].effect, EFFECT_NONE);
	events[2].day = on("2028-10-11"), events[2].confirmed = true;
	CHECK_INT(limitation_compute(&claim).last_day, on("2034-06-01"));
}

TESTS({ "an unknown class warns of the consumer's two years", an_unknown_class_warns_of_the_consumers_two_years },
      { "events one after the other", events_one_after_the_other }, )
