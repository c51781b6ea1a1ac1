/* calendar — working days: weekends, French public holidays (C. trav. L3133-1), a company's own closed days.
 *
 *     struct calendar calendar = { .alsace_moselle = true };
 *     int32_t send = calendar_next(&calendar, due + 10);        that day, or the next working one
 *     int32_t until = calendar_add(&calendar, promise_day, 2);  two working days later
 *
 * Source: reference/law.md section 12. Contract due dates do not move; only what we send does. */
#ifndef BASE_CALENDAR_H
#define BASE_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct calendar {
	bool alsace_moselle;  /* Good Friday and 26 December (L3134-13) */
	bool no_holidays;     /* a company outside France: weekends and its extra days only */
	const int32_t *extra; /* sorted, borrowed: the company's own closed days */
	size_t extra_count;
};

int32_t calendar_easter(int year); /* Gregorian, 1583 onwards */
bool calendar_holiday(const struct calendar *calendar, int32_t day);
/* English msgid of the holiday's name; NULL when the day is none (a weekend or an extra day has no name here). */
const char *calendar_holiday_name(const struct calendar *calendar, int32_t day);
bool calendar_works(const struct calendar *calendar, int32_t day); /* neither weekend, holiday nor closed */
int32_t calendar_next(const struct calendar *calendar, int32_t day);     /* the day itself when it works */
int32_t calendar_previous(const struct calendar *calendar, int32_t day); /* idem, backwards */
/* `count` working days later (earlier when negative); 0 is calendar_next. From a closed day the first working day counts 1. */
int32_t calendar_add(const struct calendar *calendar, int32_t day, int count);
/* Working days d with from < d <= to; 0 when to <= from. */
int calendar_between(const struct calendar *calendar, int32_t from, int32_t to);

#endif
