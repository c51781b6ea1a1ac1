/* Every worked example of reference/law.md by the section and name it has there, on the pure rules that the desk computes with. Late interest
 * (1.3, A to I) stands in interest_test.c; what a person does with them in tests/legal_test.py and tests/insolvency_test.py. */
#include "base/calendar.h"
#include "base/status.h"
#include "base/test.h"
#include "dunning/limitation.h"
#include "ledger/case_file.h"
#include "ledger/insolvency_file.h"
#include "ledger/instrument.h"
#include "ledger/retention.h"
#include "ledger/terms.h"

static int32_t on(const char *iso)
{
	int32_t day = DAY_NONE;
	if (iso) CHECK(day_parse(iso, strlen(iso), &day));
	return day;
}

/* --- 1.2: "45 jours fin de mois", both readings, and days net ---------------------------------------------------------------------- */
static void terms_example(const char *issue, const char *after, const char *before, const char *sixty, const char *thirty)
{
	CHECK_INT(terms_due((struct terms){ .known = true, .days = 45, .month = TERMS_MONTH_AFTER }, on(issue)), on(after));
	CHECK_INT(terms_due((struct terms){ .known = true, .days = 45, .month = TERMS_MONTH_BEFORE }, on(issue)), on(before));
	CHECK_INT(terms_due((struct terms){ .known = true, .days = 60 }, on(issue)), on(sixty));
	CHECK_INT(terms_due((struct terms){ .known = true, .days = 30 }, on(issue)), on(thirty));
}
static void terms_2024_01_15(void) { terms_example("2024-01-15", "2024-02-29", "2024-03-16", "2024-03-15", "2024-02-14"); }
static void terms_2025_01_15(void) { terms_example("2025-01-15", "2025-03-31", "2025-03-17", "2025-03-16", "2025-02-14"); }
static void terms_2025_01_31(void) { terms_example("2025-01-31", "2025-03-31", "2025-03-17", "2025-04-01", "2025-03-02"); }
static void terms_2025_02_10(void) { terms_example("2025-02-10", "2025-03-31", "2025-04-14", "2025-04-11", "2025-03-12"); }
static void terms_2025_04_10(void) { terms_example("2025-04-10", "2025-05-31", "2025-06-14", "2025-06-09", "2025-05-10"); }
static void terms_2025_04_17(void) { terms_example("2025-04-17", "2025-06-30", "2025-06-14", "2025-06-16", "2025-05-17"); }
static void terms_2025_12_20(void) { terms_example("2025-12-20", "2026-02-28", "2026-02-14", "2026-02-18", "2026-01-19"); }
static void terms_2026_09_30(void) { terms_example("2026-09-30", "2026-11-30", "2026-11-14", "2026-11-29", "2026-10-30"); }

/* --- 1.4 ----------------------------------------------------------------------------------------------------------------------------- */
static void retention_example(void) { CHECK_INT(retention_due(on("2025-05-16")), on("2026-05-16")); }

static void debit_example(void)
{
	struct instrument debit = { .kind = "debit", .scheme = "core", .state = "paid", .due_day = on("2026-01-15"), .paid_day = DAY_NONE };
	CHECK_INT(instrument_risk_until(&debit, false), on("2026-03-12"));
	CHECK_INT(instrument_risk_until(&debit, true), on("2027-02-15"));
}

/* --- 3: each half-year's rates in basis points; -1: not known ------------------------------------------------------------------------ */
static void rates_of_every_half_year(void)
{
	static const struct { int year, half, ecb, professional, consumer; } rows[] = {
		{ 2013, 1, 75, 4, 4 },
		{ 2013, 2, 50, 4, 4 },
		{ 2014, 1, 25, 4, 4 },
		{ 2014, 2, 15, 4, 4 },
		{ 2015, 1, 5, 93, 406 },
		{ 2015, 2, 5, 99, 429 },
		{ 2016, 1, 5, 101, 454 },
		{ 2016, 2, 0, 93, 435 },
		{ 2017, 1, 0, 90, 416 },
		{ 2017, 2, 0, 90, 394 },
		{ 2018, 1, 0, 89, 373 },
		{ 2018, 2, 0, 88, 360 },
		{ 2019, 1, 0, 86, 340 },
		{ 2019, 2, 0, 87, 326 },
		{ 2020, 1, 0, 87, 315 },
		{ 2020, 2, 0, 84, 311 },
		{ 2021, 1, 0, 79, 314 },
		{ 2021, 2, 0, 76, 312 },
		{ 2022, 1, 0, 76, 313 },
		{ 2022, 2, 0, 77, 315 },
		{ 2023, 1, 250, 206, 447 },
		{ 2023, 2, 400, 422, 682 },
		{ 2024, 1, 450, 507, 801 },
		{ 2024, 2, 425, 492, 816 },
		{ 2025, 1, 315, 371, 721 },
		{ 2025, 2, 215, 276, 665 },
		{ 2026, 1, 215, 262, 667 },
		{ 2026, 2, 240, -1, -1 },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int32_t day = day_from_civil(rows[i].year, rows[i].half == 1 ? 3 : 9, 15);
		bool confirmed = false;
		CHECK_INT(rate_on(rates_known(), RATE_ECB, day, &confirmed), rows[i].ecb);
		CHECK(confirmed);
		int32_t legal = rate_on(rates_known(), RATE_LEGAL_PROFESSIONAL, day, &confirmed);
		CHECK(confirmed == (rows[i].professional >= 0));
		if (rows[i].professional >= 0) CHECK_INT(legal, rows[i].professional);
		legal = rate_on(rates_known(), RATE_LEGAL_CONSUMER, day, &confirmed);
		CHECK(confirmed == (rows[i].consumer >= 0));
		if (rows[i].consumer >= 0) CHECK_INT(legal, rows[i].consumer);
	}
}

/* In 2024 three times the legal rate was above ECB + 10: the floor is a clause's, without one the + 10 stays. */
static void no_clause_in_2024(void)
{
	struct arena *arena = arena_new();
	struct interest_claim claim = { .amount = 100000, .due_day = on("2024-01-31"), .notice_day = DAY_NONE, .stop_day = DAY_NONE };
	struct interest out;
	CHECK(interest_compute(&claim, rates_known(), on("2024-02-29"), arena, &out));
	CHECK_INT(out.segments[0].basis_points, 1450);
	claim.clause_basis_points = 1450;
	CHECK(interest_compute(&claim, rates_known(), on("2024-02-29"), arena, &out));
	CHECK_INT(out.segments[0].basis_points, 1521);
	CHECK(out.below_floor);
	arena_free(arena);
}

/* --- 6: limitation --------------------------------------------------------------------------------------------------------------------- */
struct limit_case {
	const char *due, *right;
	enum debtor_class debtor;
	bool carriage;
	const char *event, *until;
	enum limitation_kind kind;
	const char *last, *barred;
};
static void limit_example(struct limit_case example)
{
	struct limitation_event event = { .day = on(example.event), .until = on(example.until), .kind = example.kind, .confirmed = true };
	struct limitation_claim claim = { .due_day = on(example.due), .issue_day = on(example.due) - 30, .debtor = example.debtor, .carriage = example.carriage,
		                          .right_day = on(example.right), .events = &event, .event_count = example.event ? 1 : 0 };
	struct limitation got = limitation_compute(&claim);
	CHECK_INT(got.last_day, on(example.last));
	CHECK_INT(got.barred_from, on(example.barred));
	if (!example.event) return;
	event.confirmed = false; /* what nobody confirmed changes nothing */
	struct limitation without = limitation_compute(&claim);
	CHECK_INT(event.effect, EFFECT_NONE);
	claim.event_count = 0;
	CHECK_INT(without.last_day, limitation_compute(&claim).last_day);
}
#define B2B .due = "2021-03-15", .debtor = DEBTOR_PROFESSIONAL
#define PUBLIC_BODY .due = "2022-08-01", .right = "2022-06-15", .debtor = DEBTOR_PUBLIC
#define LAPSES(name, ...) static void name(void) { limit_example((struct limit_case){ __VA_ARGS__ }); }
LAPSES(lapse_b2b, B2B, .last = "2026-03-15", .barred = "2026-03-16")
LAPSES(lapse_b2b_named, B2B, .event = "2023-09-10", .kind = LIMIT_PAYMENT_NAMED, .last = "2028-09-10", .barred = "2028-09-11")
LAPSES(lapse_b2b_allocated, B2B, .event = "2023-09-10", .kind = LIMIT_ALLOCATION, .last = "2026-03-15", .barred = "2026-03-16")
LAPSES(lapse_b2b_notice, B2B, .event = "2026-01-10", .kind = LIMIT_DEMAND, .last = "2026-03-15", .barred = "2026-03-16")
LAPSES(lapse_b2b_too_late, B2B, .event = "2026-03-20", .kind = LIMIT_ACKNOWLEDGED, .last = "2026-03-15", .barred = "2026-03-16")
LAPSES(lapse_consumer, .due = "2025-01-31", .debtor = DEBTOR_CONSUMER, .last = "2027-01-31", .barred = "2027-02-01")
LAPSES(lapse_consumer_leap, .due = "2024-02-29", .debtor = DEBTOR_CONSUMER, .last = "2026-02-28", .barred = "2026-03-01")
LAPSES(lapse_carriage, .due = "2025-07-30", .right = "2025-06-30", .debtor = DEBTOR_PROFESSIONAL, .carriage = true, .last = "2026-06-30", .barred = "2026-07-01")
LAPSES(lapse_public_body, PUBLIC_BODY, .last = "2026-12-31", .barred = "2027-01-01")
LAPSES(lapse_public_demand, PUBLIC_BODY, .event = "2025-05-12", .kind = LIMIT_DEMAND, .last = "2029-12-31", .barred = "2030-01-01")
LAPSES(lapse_suspended, .due = "2020-06-30", .debtor = DEBTOR_PROFESSIONAL, .event = "2024-01-01", .until = "2024-03-31", .kind = LIMIT_SUSPENSION, .last = "2025-09-29", .barred = "2025-09-30")

/* --- 8: the routes' limits and days ---------------------------------------------------------------------------------------------------- */
static void routes(void)
{
	CHECK_INT(case_route_find("small_claims")->most, 500000);
	CHECK_INT(case_route_deadline(case_route_find("small_claims"), on("2026-05-04")), on("2026-06-04"));
	/* décret 2026-96: three months for orders made from 1 April 2026, six before */
	CHECK_INT(case_route_deadline(case_route_find("order_for_payment"), on("2026-03-31")), on("2026-09-30"));
	CHECK_INT(case_route_deadline(case_route_find("order_for_payment"), on("2026-04-01")), on("2026-07-01"));
	CHECK_INT(case_route_deadline(case_route_find("lawyer"), on("2026-04-01")), DAY_NONE);
}

/* --- 9: declaration, two months after the BODACC; a closed day moves to the next working one (CPC 642) --------------------------------- */
static void declare_by(const char *published, const char *by)
{
	struct insolvency_file file = { .published_day = on(published) };
	insolvency_deadlines(&file);
	CHECK_INT(file.declare_by, on(by));
}
static void declare_sunday(void) { declare_by("2026-03-10", "2026-05-11"); }
static void declare_short_month(void) { declare_by("2025-12-31", "2026-03-02"); }

/* --- 12: moving holidays ----------------------------------------------------------------------------------------------------------------- */
static void ascension_on_the_first_of_may(void)
{
	struct calendar france = { 0 };
	CHECK_INT(calendar_easter(2008) + 39, on("2008-05-01"));
	CHECK(!calendar_works(&france, on("2008-05-01")));
	CHECK(calendar_works(&france, on("2008-05-02")));
}

TESTS({ "law 1.2: an invoice of 2024-01-15, 45 days end of month in both readings, 60 and 30 days net", terms_2024_01_15 },
      { "law 1.2: an invoice of 2025-01-15, 45 days end of month in both readings, 60 and 30 days net", terms_2025_01_15 },
      { "law 1.2: an invoice of 2025-01-31, 45 days end of month in both readings, 60 and 30 days net", terms_2025_01_31 },
      { "law 1.2: an invoice of 2025-02-10, 45 days end of month in both readings, 60 and 30 days net", terms_2025_02_10 },
      { "law 1.2: an invoice of 2025-04-10, 45 days end of month in both readings, 60 and 30 days net", terms_2025_04_10 },
      { "law 1.2: an invoice of 2025-04-17, 45 days end of month in both readings, 60 and 30 days net", terms_2025_04_17 },
      { "law 1.2: an invoice of 2025-12-20, 45 days end of month in both readings, 60 and 30 days net", terms_2025_12_20 },
      { "law 1.2: an invoice of 2026-09-30, 45 days end of month in both readings, 60 and 30 days net", terms_2026_09_30 },
      { "law 1.4: a retention accepted on 2025-05-16 is due on 2026-05-16", retention_example },
      { "law 1.4: a debit of 2026-01-15 may come back until 2026-03-12, without mandate until 2027-02-15", debit_example },
      { "law 3: the rates of every half-year from 2013", rates_of_every_half_year },
      { "law 3: in 2024 the floor was above ECB + 10; without a clause the + 10 stays", no_clause_in_2024 },
      { "law 6: a B2B invoice due 2021-03-15", lapse_b2b },
      { "law 6: the same, a part-payment naming it on 2023-09-10", lapse_b2b_named },
      { "law 6: the same, that payment allocated oldest first", lapse_b2b_allocated },
      { "law 6: the same, a registered notice of 2026-01-10", lapse_b2b_notice },
      { "law 6: the same, the debt admitted on 2026-03-20, too late", lapse_b2b_too_late },
      { "law 6: a consumer's invoice due 2025-01-31", lapse_consumer },
      { "law 6: a consumer's invoice due 2024-02-29", lapse_consumer_leap },
      { "law 6: carriage, goods delivered 2025-06-30", lapse_carriage },
      { "law 6: a public body, right born in 2022", lapse_public_body },
      { "law 6: the same, a written demand of 2025-05-12", lapse_public_demand },
      { "law 6: B2B due 2020-06-30, suspended for 91 days", lapse_suspended },
      { "law 8.1, 8.2: how long a way gives, and for how much", routes },
      { "law 9: BODACC of 2026-03-10, declare by Monday 2026-05-11", declare_sunday },
      { "law 9: BODACC of 2025-12-31, declare by 2026-03-02", declare_short_month },
      { "law 12: in 2008 Ascension fell on 1 May", ascension_on_the_first_of_may }, )
