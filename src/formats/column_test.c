#include "formats/column.h"

#include "base/memory.h"
#include "base/test.h"

static void each_form_of_a_date_is_read(void)
{
	static const struct {
		const char *text;
		enum date_order order;
		const char *day; /* NULL: does not fit */
	} cases[] = {
		{ "20250131", DATE_YMD, "2025-01-31" }, { "31012025", DATE_DMY, "2025-01-31" }, { "310125", DATE_DMY, "2025-01-31" },
		{ "250131", DATE_YMD, "2025-01-31" }, { "2025-01-31", DATE_YMD, "2025-01-31" }, { "31/1/2025", DATE_DMY, "2025-01-31" },
		{ "1/31/2025", DATE_MDY, "2025-01-31" }, { "31.01.25", DATE_DMY, "2025-01-31" }, { "31.01.71", DATE_DMY, "1971-01-31" },
		{ "31-Jan-2025", DATE_DMY, "2025-01-31" }, { "31 janv. 2025", DATE_DMY, "2025-01-31" }, { "8 août 2025", DATE_DMY, "2025-08-08" },
		{ "Jan 31, 2025", DATE_DMY, "2025-01-31" }, { "2025-01-31T00:00:00Z", DATE_YMD, "2025-01-31" },
		{ "31/01/2025 14:05", DATE_DMY, "2025-01-31" }, { "/Date(1735603200000)/", DATE_YMD, "2024-12-31" },
		{ "45658", DATE_SERIAL, "2025-01-01" }, { "45658.5", DATE_SERIAL, "2025-01-01" },
		{ "31/02/2025", DATE_DMY, NULL }, { "31/01/2025", DATE_MDY, NULL }, { "20250231", DATE_YMD, NULL }, { "hier", DATE_DMY, NULL },
		{ "31/01/2025 x", DATE_DMY, NULL }, { "31/01", DATE_DMY, NULL }, { "31/01/20251", DATE_DMY, NULL }, { "31/01/025", DATE_DMY, NULL },
		{ "01/02/2025", DATE_UNDECIDED, NULL }, { "12", DATE_SERIAL, NULL },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		int32_t day = DAY_NONE;
		char got[11];
		bool ok = date_read(slice_of(cases[i].text), cases[i].order, &day);
		day_format(day, got);
		CHECK_TEXT(got, cases[i].day ? cases[i].day : "");
		CHECK(ok == (cases[i].day != NULL));
	}
}

static void a_value_over_12_decides_the_whole_column(void)
{
	static const struct {
		const char *cells[4];
		enum date_order order;
	} cases[] = {
		{ { "01/02/2025", "03/04/2025", "13/04/2025" }, DATE_DMY },
		{ { "01/02/2025", "03/04/2025", "04/13/2025" }, DATE_MDY },
		{ { "01/02/2025", "03/04/2025" }, DATE_UNDECIDED },
		{ { "01.02.2025", "03.04.2025" }, DATE_DMY },
		{ { "20250102", "20250301" }, DATE_YMD },
		{ { "02012025", "01032025", "31122025" }, DATE_DMY },
		{ { "45658", "45700", "" }, DATE_SERIAL },
		{ { "3 mars 2025", "0001-01-01" }, DATE_YMD },
		{ { "2025-01-02", "00/00/0000" }, DATE_YMD },
		{ { "", "  " }, DATE_UNDECIDED },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct date_votes votes = { 0 };
		for (int j = 0; j < 4 && cases[i].cells[j]; j++) date_vote(&votes, slice_of(cases[i].cells[j]));
		CHECK_INT(date_decide(&votes), cases[i].order);
	}
}

static void the_decimal_mark_is_decided_once_for_the_column(void)
{
	static const struct {
		const char *cells[4];
		char mark;
	} cases[] = {
		{ { "1 234,56", "12" }, ',' }, { { "1.234,56" }, ',' }, { { "1,234.56" }, '.' }, { { "1.355,90", "110" }, ',' },
		{ { "1355.9", "-110.7", "(110,70)" }, '.' }, { { "1.234.567" }, ',' }, { { "1,234" }, 0 }, { { "1,234", "5,678" }, 0 },
		{ { "1,234", "5,67" }, ',' }, { { "1,234", "0,500" }, ',' }, { { "1234,567" }, ',' }, { { "12", "-5" }, ',' },
		{ { "1.234,56-", "12 €" }, ',' }, { { "1.234", "1 234,567" }, ',' }, { { "1,5", "1.5" }, 0 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct amount_votes votes = { 0 };
		for (int j = 0; j < 4 && cases[i].cells[j]; j++) amount_vote(&votes, slice_of(cases[i].cells[j]));
		CHECK_INT(amount_decide(&votes), cases[i].mark);
	}
}

TESTS({ "each form of a date is read", each_form_of_a_date_is_read },
      { "a value over 12 decides the whole column", a_value_over_12_decides_the_whole_column },
      { "the decimal mark is decided once for the column", the_decimal_mark_is_decided_once_for_the_column }, )
