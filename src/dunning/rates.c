/* Rates as dated data: reference/law.md sections 2 and 3. What comes later is entered by a person (table `rate`). */
#include "base/memory.h"
#include "dunning/interest.h"

#define D(y, m, d) (int32_t)((y) * 10000 + (m) * 100 + (d)) /* turned into days at first use */

/* European Central Bank, main refinancing operations: first day in force. */
static struct rate ecb[] = {
	{ D(1999, 1, 1), 300 },   { D(1999, 4, 9), 250 },   { D(1999, 11, 5), 300 },  { D(2000, 2, 4), 325 },
	{ D(2000, 3, 17), 350 },  { D(2000, 4, 28), 375 },  { D(2000, 6, 9), 425 },   { D(2000, 9, 1), 450 },
	{ D(2000, 10, 6), 475 },  { D(2001, 5, 11), 450 },  { D(2001, 8, 31), 425 },  { D(2001, 9, 18), 375 },
	{ D(2001, 11, 9), 325 },  { D(2002, 12, 6), 275 },  { D(2003, 3, 7), 250 },   { D(2003, 6, 6), 200 },
	{ D(2005, 12, 6), 225 },  { D(2006, 3, 8), 250 },   { D(2006, 6, 15), 275 },  { D(2006, 8, 9), 300 },
	{ D(2006, 10, 11), 325 }, { D(2006, 12, 13), 350 }, { D(2007, 3, 14), 375 },  { D(2007, 6, 13), 400 },
	{ D(2008, 7, 9), 425 },   { D(2008, 10, 15), 375 }, { D(2008, 11, 12), 325 }, { D(2008, 12, 10), 250 },
	{ D(2009, 1, 21), 200 },  { D(2009, 3, 11), 150 },  { D(2009, 4, 8), 125 },   { D(2009, 5, 13), 100 },
	{ D(2011, 4, 13), 125 },  { D(2011, 7, 13), 150 },  { D(2011, 11, 9), 125 },  { D(2011, 12, 14), 100 },
	{ D(2012, 7, 11), 75 },   { D(2013, 5, 8), 50 },    { D(2013, 11, 13), 25 },  { D(2014, 6, 11), 15 },
	{ D(2014, 9, 10), 5 },    { D(2016, 3, 16), 0 },    { D(2022, 7, 27), 50 },   { D(2022, 9, 14), 125 },
	{ D(2022, 11, 2), 200 },  { D(2022, 12, 21), 250 }, { D(2023, 2, 8), 300 },   { D(2023, 3, 22), 350 },
	{ D(2023, 5, 10), 375 },  { D(2023, 6, 21), 400 },  { D(2023, 8, 2), 425 },   { D(2023, 9, 20), 450 },
	{ D(2024, 6, 12), 425 },  { D(2024, 9, 18), 365 },  { D(2024, 10, 23), 340 }, { D(2024, 12, 18), 315 },
	{ D(2025, 2, 5), 290 },   { D(2025, 3, 12), 265 },  { D(2025, 4, 23), 240 },  { D(2025, 6, 11), 215 },
	{ D(2026, 6, 17), 240 },  { D(2026, 9, 16), 265 },
};

/* Legal interest rate, creditor a professional ("tous autres cas"), and a natural person not acting for professional needs. */
static struct rate professional[] = {
	{ D(2011, 1, 1), 38 },  { D(2012, 1, 1), 71 },  { D(2013, 1, 1), 4 },   { D(2014, 1, 1), 4 },   { D(2015, 1, 1), 93 },
	{ D(2015, 7, 1), 99 },  { D(2016, 1, 1), 101 }, { D(2016, 7, 1), 93 },  { D(2017, 1, 1), 90 },  { D(2017, 7, 1), 90 },
	{ D(2018, 1, 1), 89 },  { D(2018, 7, 1), 88 },  { D(2019, 1, 1), 86 },  { D(2019, 7, 1), 87 },  { D(2020, 1, 1), 87 },
	{ D(2020, 7, 1), 84 },  { D(2021, 1, 1), 79 },  { D(2021, 7, 1), 76 },  { D(2022, 1, 1), 76 },  { D(2022, 7, 1), 77 },
	{ D(2023, 1, 1), 206 }, { D(2023, 7, 1), 422 }, { D(2024, 1, 1), 507 }, { D(2024, 7, 1), 492 }, { D(2025, 1, 1), 371 },
	{ D(2025, 7, 1), 276 }, { D(2026, 1, 1), 262 },
};
static struct rate consumer[] = {
	{ D(2013, 1, 1), 4 },   { D(2014, 1, 1), 4 },   { D(2015, 1, 1), 406 }, { D(2015, 7, 1), 429 }, { D(2016, 1, 1), 454 },
	{ D(2016, 7, 1), 435 }, { D(2017, 1, 1), 416 }, { D(2017, 7, 1), 394 }, { D(2018, 1, 1), 373 }, { D(2018, 7, 1), 360 },
	{ D(2019, 1, 1), 340 }, { D(2019, 7, 1), 326 }, { D(2020, 1, 1), 315 }, { D(2020, 7, 1), 311 }, { D(2021, 1, 1), 314 },
	{ D(2021, 7, 1), 312 }, { D(2022, 1, 1), 313 }, { D(2022, 7, 1), 315 }, { D(2023, 1, 1), 447 }, { D(2023, 7, 1), 682 },
	{ D(2024, 1, 1), 801 }, { D(2024, 7, 1), 816 }, { D(2025, 1, 1), 721 }, { D(2025, 7, 1), 665 }, { D(2026, 1, 1), 667 },
};

static struct rates known;

[[gnu::constructor]] static void rates_prepare(void)
{
	static const struct {
		struct rate *list;
		size_t count;
		int32_t unknown_from;
	} kinds[RATE_KIND_COUNT] = {
		[RATE_ECB] = { ecb, COUNT(ecb), D(2027, 1, 1) },                            /* rate of 1 January 2027: not known yet */
		[RATE_LEGAL_PROFESSIONAL] = { professional, COUNT(professional), D(2026, 7, 1) }, /* order of mid-2026: not found */
		[RATE_LEGAL_CONSUMER] = { consumer, COUNT(consumer), D(2026, 7, 1) },
	};
	for (int k = 0; k < RATE_KIND_COUNT; k++) {
		for (size_t i = 0; i < kinds[k].count; i++) {
			int32_t d = kinds[k].list[i].from_day;
			kinds[k].list[i].from_day = day_from_civil(d / 10000, d / 100 % 100, d % 100);
		}
		int32_t u = kinds[k].unknown_from;
		known.of[k] = kinds[k].list, known.count[k] = kinds[k].count;
		known.unknown_from[k] = day_from_civil(u / 10000, u / 100 % 100, u % 100);
	}
}

const struct rates *rates_known(void) { return &known; }
