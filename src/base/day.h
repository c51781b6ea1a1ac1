/* day — calendar dates without time zones.
 *
 * A day is the number of days since 1970-01-01 in an int32_t: due dates compare with <, ageing is a subtraction, and a
 * column of ten million of them is 40 MB. Instants (audit log, sessions) are int64_t UTC seconds instead.
 *
 *     int32_t due;
 *     if (day_parse("2024-02-29", 10, &due) && today > due) late_days = today - due;
 */
#ifndef BASE_DAY_H
#define BASE_DAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DAY_NONE INT32_MIN /* "no date", where a date is optional; NULL in the store */
enum { DAY_MIN = -25567 /* 1900-01-01 */, DAY_MAX = 84005 /* 2199-12-31 */ };

struct civil {
	int year, month, day; /* month 1..12 */
};

int32_t day_from_civil(int year, int month, int day); /* no validation: 31 February rolls into March */
struct civil day_civil(int32_t day);
bool day_valid(int year, int month, int day);
bool day_parse(const char *text, size_t len, int32_t *out); /* "YYYY-MM-DD", 1900..2199; out untouched on failure */
void day_format(int32_t day, char out[static 11]);           /* "YYYY-MM-DD"; "" for DAY_NONE */
int day_weekday(int32_t day);                                 /* 1 Monday .. 7 Sunday (ISO 8601) */
int32_t day_month_start(int32_t day);
int32_t day_month_end(int32_t day);
int day_month_length(int year, int month);
int32_t day_add_months(int32_t day, int months); /* the same day number, or the last one of a shorter month */

#endif
