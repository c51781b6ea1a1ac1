#include "base/calendar.h"

#include "base/day.h"
#include "base/memory.h"

/* The anonymous Gregorian algorithm (reference/law.md section 12). */
int32_t calendar_easter(int year)
{
	int a = year % 19, b = year / 100, c = year % 100;
	int d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
	int h = (19 * a + b - d - g + 15) % 30;
	int i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7;
	int m = (a + 11 * h + 22 * l) / 451;
	return day_from_civil(year, (h + l - 7 * m + 114) / 31, (h + l - 7 * m + 114) % 31 + 1);
}

/* Days from Easter Sunday. */
static const struct {
	int after_easter;
	bool alsace_moselle;
	const char *name;
} moving[] = {
	{ -2, true, "Good Friday" },
	{ 1, false, "Easter Monday" },
	{ 39, false, "Ascension Day" },
	{ 50, false, "Whit Monday" },
};

static const struct {
	int month, day;
	bool alsace_moselle;
	const char *name;
} fixed[] = {
	{ 1, 1, false, "New Year's Day" },     { 5, 1, false, "Labour Day" },    { 5, 8, false, "Victory Day" },
	{ 7, 14, false, "National Day" },      { 8, 15, false, "Assumption" },   { 11, 1, false, "All Saints' Day" },
	{ 11, 11, false, "Armistice Day" },    { 12, 25, false, "Christmas" },   { 12, 26, true, "Saint Stephen's Day" },
};

const char *calendar_holiday_name(const struct calendar *calendar, int32_t day)
{
	if (calendar->no_holidays) return NULL;
	struct civil civil = day_civil(day);
	for (size_t i = 0; i < COUNT(fixed); i++)
		if (fixed[i].month == civil.month && fixed[i].day == civil.day &&
		    (calendar->alsace_moselle || !fixed[i].alsace_moselle))
			return fixed[i].name;
	/* Easter falls between 22 March and 25 April: nothing moves before 20 March or after 14 June */
	if (civil.month < 3 || civil.month > 6) return NULL;
	int32_t easter = calendar_easter(civil.year);
	for (size_t i = 0; i < COUNT(moving); i++)
		if (day - easter == moving[i].after_easter && (calendar->alsace_moselle || !moving[i].alsace_moselle))
			return moving[i].name;
	return NULL;
}

bool calendar_holiday(const struct calendar *calendar, int32_t day)
{
	return calendar_holiday_name(calendar, day) != NULL;
}

static bool calendar_extra(const struct calendar *calendar, int32_t day)
{
	size_t low = 0, high = calendar->extra_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (calendar->extra[middle] < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low < calendar->extra_count && calendar->extra[low] == day;
}

bool calendar_works(const struct calendar *calendar, int32_t day)
{
	return day_weekday(day) <= 5 && !calendar_extra(calendar, day) && !calendar_holiday(calendar, day);
}

/* A company closed for good would loop for ever: after a year the day itself is given back. */
enum { SEARCH_DAYS = 366 };

int32_t calendar_next(const struct calendar *calendar, int32_t day)
{
	for (int32_t d = day; d < day + SEARCH_DAYS; d++)
		if (calendar_works(calendar, d)) return d;
	return day;
}

int32_t calendar_previous(const struct calendar *calendar, int32_t day)
{
	for (int32_t d = day; d > day - SEARCH_DAYS; d--)
		if (calendar_works(calendar, d)) return d;
	return day;
}

int32_t calendar_add(const struct calendar *calendar, int32_t day, int count)
{
	if (count == 0) return calendar_next(calendar, day);
	int32_t d = day;
	for (; count > 0; count--) d = calendar_next(calendar, d + 1);
	for (; count < 0; count++) d = calendar_previous(calendar, d - 1);
	return d;
}

int calendar_between(const struct calendar *calendar, int32_t from, int32_t to)
{
	int count = 0;
	for (int32_t d = from + 1; d <= to; d++) count += calendar_works(calendar, d);
	return count;
}
