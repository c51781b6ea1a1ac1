/* money — 64-bit minor units with a currency, checked arithmetic.
 *
 *     struct money total = { 0, "EUR" };
 *     if (!money_add(&total, part)) return status_make(STATUS_INVALID, …);
 */
#ifndef BASE_MONEY_H
#define BASE_MONEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct money {
	int64_t minor;
	char currency[4]; /* ISO 4217 */
};

bool money_add(struct money *total, struct money part); /* false: another currency, or overflow; total untouched */

/* Decimals of a currency (ISO 4217): EUR 2, JPY 0, TND 3; 2 when it is not known. */
int currency_decimals(const char *currency);
bool currency_known(const char *currency); /* three capitals in the ISO list */

/* How one column writes its amounts: decided once for the whole column, never guessed per cell ("1,234" is 1.234 TND in
 * one file and 1 234.00 EUR in another). */
struct amount_style {
	char decimal_mark; /* ',' or '.' */
	int decimals;      /* of the currency: EUR 2, JPY 0, TND 3 */
};

/* Reads a cell as minor units. Accepts a sign before or behind, parentheses for negative, leading zeros, groups of three
 * (space, U+00A0, U+202F, apostrophe, dot or comma), a currency sign or code around. More decimals than the currency has
 * are accepted only when they are zeros. False when the cell does not fit the style; out untouched. */
bool amount_parse(const char *text, size_t len, struct amount_style style, int64_t *out);

/* n / d rounded half away from zero; d > 0. */
int64_t round_div(__int128 n, __int128 d);

#endif
