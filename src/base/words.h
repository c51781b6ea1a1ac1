/* words — amounts, dates, percents as people read them, in French and English (shared rules of screens and letters).
 *
 *                     French                    English
 *     amount          1 234,56 €  −381,12 €     €1,234.56  −€381.12      U+00A0 for spaces, U+2212 for minus
 *     other currency  1 234,56 USD              USD 1,234.56
 *     short           697 k€  2,99 M€           €697k  €2.99M
 *     date            21/11/2025                21/11/2025
 *     long date       15 janvier 2026, 1er …    15 January 2026
 *     percent         23,3 %                    23.3%
 *     days            58 j                      58 d
 */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include "base/locale.h"
#include "base/text.h"

#include <stdint.h>

void words_amount(struct text *out, enum lang lang, int64_t minor, const char *currency);
void words_amount_round(struct text *out, enum lang lang, int64_t minor, const char *currency); /* to the unit: KPI cards */
void words_amount_short(struct text *out, enum lang lang, int64_t minor, const char *currency);
void words_number(struct text *out, enum lang lang, int64_t value);                              /* 12 345 */
void words_decimal(struct text *out, enum lang lang, double value, int decimals);               /* 60,8: never an amount */
void words_percent(struct text *out, enum lang lang, double ratio, int decimals);               /* 0.233 gives 23,3 % */
void words_date(struct text *out, enum lang lang, int32_t day);                                 /* 21/11/2025 */
void words_date_short(struct text *out, enum lang lang, int32_t day, int32_t today); /* 21/11 within today's month */
void words_date_long(struct text *out, enum lang lang, int32_t day);                 /* 15 janvier 2026 */
void words_date_full(struct text *out, enum lang lang, int32_t day);                 /* vendredi 21 novembre 2025 */
void words_days(struct text *out, enum lang lang, int64_t days);                     /* 58 j */
const char *words_month(enum lang lang, int month, bool abbreviated);                /* 1..12: "novembre", "nov." */

#endif
