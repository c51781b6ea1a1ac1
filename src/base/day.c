#include "base/day.h"

#include <stdio.h>

/* Days from civil: the proleptic Gregorian calendar in eras of 400 years (146 097 days), years starting in March. */
int32_t day_from_civil(int year, int month, int day)
{
	year += (month - 1) / 12, month = (month - 1) % 12 + 1;
	if (month <= 0) month += 12, year--;
	int y = month <= 2 ? year - 1 : year;
	int era = (y >= 0 ? y : y - 399) / 400;
	int year_of_era = y - era * 400;
	int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5;
	int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146097 + day_of_era - 719468 + day - 1;
}

struct civil day_civil(int32_t day)
{
	int64_t z = (int64_t)day + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int day_of_era = (int)(z - era * 146097);
	int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int m = (5 * day_of_year + 2) / 153;
	struct civil civil = {
		.year = (int)(year_of_era + era * 400),
		.month = m < 10 ? m + 3 : m - 9,
		.day = day_of_year - (153 * m + 2) / 5 + 1,
	};
	if (civil.month <= 2) civil.year++;
	return civil;
}

int day_month_length(int year, int month)
{
	static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return month == 2 && leap ? 29 : length[month - 1];
}

bool day_valid(int year, int month, int day)
{
	return year >= 1900 && year <= 2199 && month >= 1 && month <= 12 && day >= 1 && day <= day_month_length(year, month);
}

bool day_parse(const char *text, size_t len, int32_t *out)
{
	if (len != 10 || text[4] != '-' || text[7] != '-') return false;
	int part[3] = { 0 };
	for (size_t i = 0; i < 10; i++) {
		if (i == 4 || i == 7) continue;
		if (text[i] < '0' || text[i] > '9') return false;
		int *p = &part[i < 4 ? 0 : i < 7 ? 1 : 2];
		*p = *p * 10 + (text[i] - '0');
	}
	if (!day_valid(part[0], part[1], part[2])) return false;
	*out = day_from_civil(part[0], part[1], part[2]);
	return true;
}

void day_format(int32_t day, char out[static 11])
{
	out[0] = 0;
	if (day == DAY_NONE) return;
	struct civil c = day_civil(day);
	if (c.year < 0 || c.year > 9999) return;
	out[0] = (char)('0' + c.year / 1000), out[1] = (char)('0' + c.year / 100 % 10);
	out[2] = (char)('0' + c.year / 10 % 10), out[3] = (char)('0' + c.year % 10), out[4] = '-';
	out[5] = (char)('0' + c.month / 10), out[6] = (char)('0' + c.month % 10), out[7] = '-';
	out[8] = (char)('0' + c.day / 10), out[9] = (char)('0' + c.day % 10), out[10] = 0;
}

int day_weekday(int32_t day)
{
	int r = (int)(((int64_t)day + 3) % 7); /* 1970-01-01 was a Thursday */
	return (r < 0 ? r + 7 : r) + 1;
}

int32_t day_month_start(int32_t day)
{
	struct civil c = day_civil(day);
	return day - (c.day - 1);
}

int32_t day_month_end(int32_t day)
{
	struct civil c = day_civil(day);
	return day + day_month_length(c.year, c.month) - c.day;
}

int32_t day_add_months(int32_t day, int months)
{
	struct civil c = day_civil(day);
	int index = c.year * 12 + c.month - 1 + months;
	int year = index / 12, month = index % 12 + 1, length = day_month_length(year, month);
	return day_from_civil(year, month, c.day < length ? c.day : length);
}
