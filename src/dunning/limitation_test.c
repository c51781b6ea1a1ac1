/* The table of reference/law.md section 6. */
#include "base/test.h"
#include "base/status.h"
#include "dunning/limitation.h"

static int32_t on(const char *iso)
{
	int32_t day = DAY_NONE;
	if (iso) CHECK(day_parse(iso, strlen(iso), &day));
	return day;
}

static void the_laws_examples(void)
{
	static const struct {
		const char *what, *due, *right;
		enum debtor_class debtor;
		bool carriage;
		const char *event, *until;
		enum limitation_kind kind;
		const char *last, *barred;
	} cases[] = {
		{ "B2B", "2021-03-15", NULL, DEBTOR_PROFESSIONAL, false, NULL, NULL, 0, "2026-03-15", "2026-03-16" },
		{ "part payment naming it", "2021-03-15", NULL, DEBTOR_PROFESSIONAL, false, "2023-09-10", NULL, LIMIT_PAYMENT_NAMED, "2028-09-10", "2028-09-11" },
		{ "allocated oldest first", "2021-03-15", NULL, DEBTOR_PROFESSIONAL, false, "2023-09-10", NULL, LIMIT_ALLOCATION, "2026-03-15", "2026-03-16" },
		{ "registered notice", "2021-03-15", NULL, DEBTOR_PROFESSIONAL, false, "2026-01-10", NULL, LIMIT_DEMAND, "2026-03-15", "2026-03-16" },
		{ "admission too late", "2021-03-15", NULL, DEBTOR_PROFESSIONAL, false, "2026-03-20", NULL, LIMIT_ACKNOWLEDGED, "2026-03-15", "2026-03-16" },
		{ "consumer", "2025-01-31", NULL, DEBTOR_CONSUMER, false, NULL, NULL, 0, "2027-01-31", "2027-02-01" },
		{ "consumer, leap day", "2024-02-29", NULL, DEBTOR_CONSUMER, false, NULL, NULL, 0, "2026-02-28", "2026-03-01" },
		{ "carriage", "2025-07-30", "2025-06-30", DEBTOR_PROFESSIONAL, true, NULL, NULL, 0, "2026-06-30", "2026-07-01" },
		{ "public body", "2022-08-01", "2022-06-15", DEBTOR_PUBLIC, false, NULL, NULL, 0, "2026-12-31", "2027-01-01" },
		{ "public body, demand", "2022-08-01", "2022-06-15", DEBTOR_PUBLIC, false, "2025-05-12", NULL, LIMIT_DEMAND, "2029-12-31", "2030-01-01" },
		{ "suspended", "2020-06-30", NULL, DEBTOR_PROFESSIONAL, false, "2024-01-01", "2024-03-31", LIMIT_SUSPENSION, "2025-09-29", "2025-09-30" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct limitation_event event = { .day = on(cases[i].event), .until = on(cases[i].until), .kind = cases[i].kind, .confirmed = true };
		struct limitation_claim claim = { .due_day = on(cases[i].due), .issue_day = on(cases[i].due) - 30, .debtor = cases[i].debtor,
						  .carriage = cases[i].carriage, .right_day = on(cases[i].right), .events = &event,
						  .event_count = cases[i].event ? 1 : 0 };
		struct limitation got = limitation_compute(&claim);
		if (got.last_day != on(cases[i].last)) printf("  %s\n", cases[i].what);
		CHECK_INT(got.last_day, on(cases[i].last));
		CHECK_INT(got.barred_from, on(cases[i].barred));
		if (cases[i].event) {
			/* what is not confirmed changes nothing */
			event.confirmed = false;
			struct limitation without = limitation_compute(&claim);
			claim.event_count = 0;
			CHECK_INT(without.last_day, limitation_compute(&claim).last_day);
			CHECK_INT(event.effect, EFFECT_NONE);
		}
	}
}

static void an_unknown_class_warns_of_the_consumers_two_years(void)
{
	struct limitation_claim claim = { .due_day = on("2025-01-31"), .issue_day = on("2025-01-01"), .debtor = DEBTOR_UNKNOWN, .right_day = DAY_NONE };
	struct limitation got = limitation_compute(&claim);
	CHECK_INT(got.barred_from, on("2030-02-01"));
	CHECK_INT(got.warning_from, on("2027-02-01"));
	CHECK_TEXT(got.period, "5 years");
}

TESTS({ "the law's examples", the_laws_examples },
      { "an unknown class warns of the consumer's two years", an_unknown_class_warns_of_the_consumers_two_years })
