/* rebate: steps as people write them, and the sheet's figures worked out by hand. */
#include "ledger/rebate.h"

#include "base/test.h"

static void steps_are_read_or_refused(void)
{
	struct rebate_step steps[REBATE_STEPS];
	size_t count;
	CHECK(rebate_read("0:0.00,100000:1.00,500000:2.5", steps, &count));
	CHECK_INT(count, 3);
	CHECK_INT(steps[2].at, 500000);
	CHECK_INT(steps[2].basis_points, 250);
	CHECK(rebate_read("", steps, &count));
	CHECK_INT(count, 0);
	static const char *const bad[] = { "1", "1:", ":1", "5:1,5:2", "5:1,2:2", "-1:2", "0:101", "0:-1", "0:1,", ",0:1", "0:1:2", "x:1",
		"1:1,2:1,3:1,4:1,5:1,6:1,7:1,8:1,9:1,10:1,11:1,12:1,13:1" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (rebate_read(bad[i], steps, &count)) printf("  %s\n", bad[i]), test_failures++;
}

static void the_rebate_follows_turnover_and_lateness(void)
{
	struct rebate_terms terms = { .unit = 100, .vat = 2000 };
	struct rebate r;
	CHECK(rebate_read("0:0.00,100000:1.00,500000:2.00", terms.tiers, &terms.tier_count));
	CHECK(rebate_read("0:100,15:50", terms.weights, &terms.weight_count));
	rebate_compute(&terms, 12000000, 0, 100, &r); /* 120 000.00 with VAT: 100 000.00 before it; in time */
	CHECK_INT(r.net, 10000000);
	CHECK_INT(r.rate, 100);
	CHECK_INT(r.full, 100000);
	CHECK_INT(r.amount, 100000);
	rebate_compute(&terms, 12000000, 1500, 100, &r); /* 15 days: half */
	CHECK_INT(r.amount, 50000);
	rebate_compute(&terms, 12000000, 1501, 100, &r); /* 15.01 days: nothing */
	CHECK_INT(r.weight, 0);
	CHECK_INT(r.amount, 0);
	CHECK_INT(r.full, 100000);
	rebate_compute(&terms, 11999999, -500, 100, &r); /* a cent below the tier, paid early: rounds to 100 000.00 before VAT */
	CHECK_INT(r.net, 9999999);
	CHECK_INT(r.rate, 0);
	rebate_compute(&terms, 60000000, 0, 0, &r); /* nothing was paid yet: how he pays is not known */
	CHECK_INT(r.weight, -1);
	CHECK_INT(r.full, 1000000);
	CHECK_INT(r.amount, 0);
	rebate_compute(&terms, -5, 0, 1, &r); /* credit notes only */
	CHECK_INT(r.net + r.full + r.amount, 0);
}

TESTS({ "steps are read or refused", steps_are_read_or_refused }, { "the rebate follows turnover and lateness", the_rebate_follows_turnover_and_lateness })
