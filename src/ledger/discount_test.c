/* The early-payment discount: its amount, its window, the VAT in it. */
#include "base/memory.h"
#include "base/test.h"
#include "ledger/discount.h"

static void amounts(void)
{
	static const struct { int64_t amount; struct discount_terms terms; int64_t want, vat, charge, to_pay; } cases[] = {
		{ 120000, { 200, 10, 2000 }, 2400, 400, 2000, 117600 },       /* 2 % of 1 200.00: 24.00, of which VAT 4.00 */
		{ 120000, { 200, 10, 0 }, 2400, 0, 2400, 117600 },            /* not regularised: all of it is the charge */
		{ 33333, { 150, 8, 550 }, 500, 26, 474, 32833 },              /* 499.995 rounds away from zero; 500 less 500 ÷ 1.055 */
		{ 100, { 1, 0, 2000 }, 0, 0, 0, 0 },                          /* too small to be any */
		{ 100000, { 0, 10, 2000 }, 0, 0, 0, 0 }, { -100000, { 200, 10, 2000 }, 0, 0, 0, 0 }, { 100000, { 10000, 10, 2000 }, 0, 0, 0, 0 },
		{ 900000000000000000, { 200, 10, 2000 }, 18000000000000000, 3000000000000000, 15000000000000000, 882000000000000000 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct discount got;
		CHECK(discount_of(cases[i].amount, 20000, &cases[i].terms, &got) == (cases[i].want > 0));
		CHECK_INT(got.amount, cases[i].want);
		if (!cases[i].want) continue;
		CHECK_INT(got.vat, cases[i].vat);
		CHECK_INT(got.charge, cases[i].charge);
		CHECK_INT(got.to_pay, cases[i].to_pay);
		CHECK_INT(got.until, 20000 + (int32_t)cases[i].terms.days);
	}
	CHECK_INT(discount_vat(-2400, 2000), -400);
	CHECK_INT(discount_vat(2400, 0), 0);
}

TESTS({ "amounts, window and VAT", amounts })
