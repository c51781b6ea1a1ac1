/* Values of reference/law.md section 1.3, tests A to I; amounts in minor units. */
#include "base/test.h"
#include "base/status.h"
#include "dunning/interest.h"

static int32_t on(const char *iso)
{
	int32_t day = 0;
	CHECK(day_parse(iso, strlen(iso), &day));
	return day;
}

struct paid {
	const char *day;
	int64_t amount;
};

static struct interest compute(struct interest_claim claim, const struct paid *paid, size_t count, const char *as_of, struct arena *arena)
{
	struct interest_payment payments[8];
	for (size_t i = 0; i < count; i++) payments[i] = (struct interest_payment){ on(paid[i].day), paid[i].amount };
	claim.payments = payments, claim.payment_count = count;
	if (!claim.notice_day) claim.notice_day = DAY_NONE;
	if (!claim.stop_day) claim.stop_day = DAY_NONE;
	struct interest out;
	interest_compute(&claim, rates_known(), on(as_of), arena, &out);
	return out;
}

static void a_one_half_year_and_the_fee(void)
{
	struct arena *arena = arena_new();
	struct interest r = compute((struct interest_claim){ .amount = 1200000, .due_day = on("2025-03-31"), .fee_once = true, .fee = 4000 },
				    (struct paid[]){ { "2025-05-15", 1200000 } }, 1, "2025-12-31", arena);
	CHECK_INT(r.interest, 19455);
	CHECK_INT(r.total, 23455);
	CHECK_INT(r.days, 45);
	CHECK_INT(r.segment_count, 1);
	CHECK_INT(r.segments[0].from, on("2025-04-01"));
	CHECK_INT(r.segments[0].to, on("2025-05-15"));
	CHECK_INT(r.segments[0].basis_points, 1315);
	char exact[40];
	interest_segment_exact(&r.segments[0], exact, sizeof exact);
	CHECK_TEXT(exact, "19454.7945205479");
	CHECK(!r.rate_unconfirmed);
	arena_free(arena);
}

static void b_three_half_years_rounded_once(void)
{
	struct arena *arena = arena_new();
	struct interest r = compute((struct interest_claim){ .amount = 1000000, .due_day = on("2024-11-30") },
				    (struct paid[]){ { "2025-08-20", 1000000 } }, 1, "2025-12-31", arena);
	CHECK_INT(r.interest, 94289);
	CHECK_INT(r.segment_count, 3);
	CHECK_INT(r.segments[0].days, 31);
	CHECK_INT(r.segments[1].days, 181);
	CHECK_INT(r.segments[2].days, 51);
	CHECK_INT(r.fee, 0);
	arena_free(arena);
}

static void c_two_part_payments(void)
{
	struct arena *arena = arena_new();
	struct interest c = compute((struct interest_claim){ .amount = 600000, .due_day = on("2025-05-31") },
				    (struct paid[]){ { "2025-07-15", 200000 }, { "2025-09-30", 400000 } }, 2, "2025-12-31", arena);
	CHECK_INT(c.interest, 19733);
	CHECK_INT(c.segments[1].days, 15); /* the day of the payment counts on the old balance */
	CHECK_INT(c.segments[2].base, 400000);
	CHECK_INT(c.segments[2].days, 77);
	arena_free(arena);
}

static void d_a_part_payment_on_1_july(void)
{
	struct arena *arena = arena_new();
	struct interest d = compute((struct interest_claim){ .amount = 1000000, .due_day = on("2026-04-30") },
				    (struct paid[]){ { "2026-07-01", 400000 } }, 1, "2026-09-03", arena);
	CHECK_INT(d.interest, 33691);
	CHECK_INT(d.open, 600000);
	CHECK_INT(d.segments[1].days, 1);
	CHECK_INT(d.segments[1].basis_points, 1240);
	arena_free(arena);
}

/* law.md 1.3, C. civ. 1343-1: the data of C, the payments going to the interest first, to the fee first. */
static void part_payments_go_where_the_setting_says(void)
{
	struct arena *arena = arena_new();
	struct interest_claim claim = { .amount = 600000, .due_day = on("2025-05-31"), .fee_once = true, .fee = 4000, .order = ORDER_INTEREST };
	struct paid paid[] = { { "2025-07-15", 200000 }, { "2025-09-30", 400000 } };
	struct interest r = compute(claim, paid, 2, "2025-09-30", arena);
	CHECK_INT(r.segments[2].base, 409481);   /* 64.8493 + 29.9589 = 94.81 of the 2 000 went to the interest */
	CHECK_INT(r.interest, 19976);            /* + 77 d @12.15 on 4 094.81 = 104.9561 */
	CHECK_INT(r.to_interest, 19976);
	CHECK_INT(r.to_fee, 0);
	CHECK_INT(r.open, 0);                    /* the books say paid */
	CHECK_INT(r.left, r.interest);           /* what went to the interest is principal still due */
	claim.order = ORDER_INDEMNITY;
	r = compute(claim, paid, 2, "2025-09-30", arena);
	CHECK_INT(r.segments[2].base, 413481);
	CHECK_INT(r.to_fee, 4000);
	CHECK_INT(r.interest, 20079);
	CHECK_INT(r.left, 4000 + r.interest);
	claim.order = ORDER_PRINCIPAL;
	r = compute(claim, paid, 2, "2025-12-31", arena);
	CHECK_INT(r.interest, 19733);            /* as in C */
	CHECK_INT(r.to_interest + r.to_fee + r.left, 0);
	arena_free(arena);
}

/* What a note of late interest brought pays by the same order, and is no payment of the invoice. */
static void a_paid_note_is_no_payment_of_the_invoice(void)
{
	struct arena *arena = arena_new();
	struct interest_payment payments[] = { { on("2025-05-15"), 1000000, false }, { on("2025-05-31"), 10000, true } };
	struct interest_claim claim = { .amount = 1200000, .due_day = on("2025-03-31"), .notice_day = DAY_NONE, .stop_day = DAY_NONE, .order = ORDER_INTEREST,
		                        .payments = payments, .payment_count = 2 };
	struct interest r;
	CHECK(interest_compute(&claim, rates_known(), on("2025-06-30"), arena, &r));
	CHECK_INT(r.paid, 1000000);
	CHECK_INT(r.open, 200000);
	CHECK_INT(r.segments[1].base, 219455);   /* A: 194.55 of the payment went to the interest */
	/* 16 d @13.15 on 2 194.55 = 12.6502 of the note's 100.00; 87.35 lower the principal */
	CHECK_INT(r.segments[2].base, 219455 - 8735);
	CHECK_INT(r.open + r.interest + r.fee - 10000, r.left + r.interest + r.fee - r.to_interest - r.to_fee); /* the same is owed in all */
	arena_free(arena);
}

static void e_public_buyer_keeps_the_first_rate(void)
{
	struct arena *arena = arena_new();
	struct interest r = compute((struct interest_claim){ .amount = 1000000, .due_day = on("2025-05-31"), .debtor = DEBTOR_PUBLIC,
							     .fee_once = true, .fee = 4000 },
				    (struct paid[]){ { "2025-09-30", 1000000 } }, 1, "2025-12-31", arena);
	CHECK_INT(r.interest, 37268);
	CHECK_INT(r.segment_count, 1);
	CHECK_INT(r.segments[0].days, 122);
	CHECK_INT(r.segments[0].basis_points, 1115);
	CHECK_INT(r.fee, 4000);
	arena_free(arena);
}

static void f_one_day(void)
{
	struct arena *arena = arena_new();
	struct interest f = compute((struct interest_claim){ .amount = 100000, .due_day = on("2025-12-31") },
				    (struct paid[]){ { "2026-01-01", 100000 } }, 1, "2026-06-30", arena);
	CHECK_INT(f.interest, 33);
	arena_free(arena);
}

static void g_a_leap_year(void)
{
	struct arena *arena = arena_new();
	struct interest g = compute((struct interest_claim){ .amount = 1000000, .due_day = on("2023-12-31") },
				    (struct paid[]){ { "2024-12-31", 1000000 } }, 1, "2025-06-30", arena);
	CHECK_INT(g.interest, 144137);
	CHECK_INT(g.segments[0].days, 182);
	CHECK_INT(g.segments[1].days, 184);
	arena_free(arena);
}

static void h_a_clause_under_the_floor(void)
{
	struct arena *arena = arena_new();
	struct interest r = compute((struct interest_claim){ .amount = 500000, .due_day = on("2025-08-31"), .clause_basis_points = 500 },
				    NULL, 0, "2025-09-30", arena);
	CHECK_INT(r.interest, 3403);
	CHECK(r.below_floor);
	struct interest above = compute((struct interest_claim){ .amount = 500000, .due_day = on("2025-08-31"), .clause_basis_points = 1000 },
					NULL, 0, "2025-09-30", arena);
	CHECK_INT(above.segments[0].basis_points, 1000);
	CHECK(!above.below_floor);
	arena_free(arena);
}

static void i_consumer_from_the_formal_notice(void)
{
	struct arena *arena = arena_new();
	struct interest_claim claim = { .amount = 80000, .due_day = on("2025-08-01"), .debtor = DEBTOR_CONSUMER,
					.notice_day = on("2025-09-15"), .fee_once = true, .fee = 4000 };
	struct interest r = compute(claim, NULL, 0, "2026-02-28", arena);
	CHECK_INT(r.interest, 986);
	CHECK_INT(r.segments[0].days, 107);
	CHECK_INT(r.segments[1].days, 59);
	CHECK_INT(r.fee, 0); /* never from a consumer */
	claim.notice_day = DAY_NONE;
	struct interest none;
	claim.stop_day = DAY_NONE;
	CHECK(!interest_compute(&claim, rates_known(), on("2026-02-28"), arena, &none)); /* no notice, no interest */
	arena_free(arena);
}

static void nothing_accrues_in_time_or_after_the_judgment(void)
{
	struct arena *arena = arena_new();
	struct interest in_time = compute((struct interest_claim){ .amount = 100000, .due_day = on("2025-06-30"), .fee_once = true, .fee = 4000 },
					  (struct paid[]){ { "2025-06-30", 100000 } }, 1, "2025-12-31", arena);
	CHECK_INT(in_time.segment_count, 0);
	CHECK_INT(in_time.fee, 0);
	struct interest stopped = compute((struct interest_claim){ .amount = 100000, .due_day = on("2025-06-30"), .stop_day = on("2025-07-11") },
					  NULL, 0, "2025-12-31", arena);
	CHECK_INT(stopped.segments[0].days, 10);
	CHECK_INT(stopped.segment_count, 1);
	arena_free(arena);
}

static void a_half_year_without_a_rate_says_so(void)
{
	struct arena *arena = arena_new();
	struct interest r = compute((struct interest_claim){ .amount = 100000, .due_day = on("2026-12-31") }, NULL, 0, "2027-01-10", arena);
	CHECK(r.rate_unconfirmed);
	CHECK_INT(r.segments[0].basis_points, 1265);
	struct rate entered[] = { { on("2026-09-16"), 265 }, { on("2027-01-01"), 300 } };
	struct rates rates = *rates_known();
	rates.of[RATE_ECB] = entered, rates.count[RATE_ECB] = 2, rates.unknown_from[RATE_ECB] = on("2027-07-01");
	struct interest_claim claim = { .amount = 100000, .due_day = on("2026-12-31"), .notice_day = DAY_NONE, .stop_day = DAY_NONE };
	struct interest known;
	CHECK(interest_compute(&claim, &rates, on("2027-01-10"), arena, &known));
	CHECK(!known.rate_unconfirmed);
	CHECK_INT(known.segments[0].basis_points, 1300);
	arena_free(arena);
}

TESTS({ "law 1.3 A: one half-year and the fee", a_one_half_year_and_the_fee }, { "law 1.3 B: rounded once", b_three_half_years_rounded_once },
      { "law 1.3 C: two part payments", c_two_part_payments }, { "law 1.3 D: a part payment on 1 July", d_a_part_payment_on_1_july },
      { "part payments go where the setting says (C. civ. 1343-1)", part_payments_go_where_the_setting_says },
      { "a paid note is no payment of the invoice", a_paid_note_is_no_payment_of_the_invoice }, { "law 1.3 E: public buyer keeps the first rate", e_public_buyer_keeps_the_first_rate },
      { "law 1.3 F: one day", f_one_day }, { "law 1.3 G: a leap year on 365 days", g_a_leap_year }, { "law 1.3 H: clause under the floor", h_a_clause_under_the_floor },
      { "law 1.3 I: consumer from the formal notice", i_consumer_from_the_formal_notice },
      { "nothing accrues in time or after the judgment", nothing_accrues_in_time_or_after_the_judgment },
      { "a half-year without a rate says so", a_half_year_without_a_rate_says_so })
