#include "base/words.h"

#include "base/day.h"
#include "base/money.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define NBSP  "\xC2\xA0"
#define MINUS "\xE2\x88\x92"

static void add_grouped(struct text *out, enum lang lang, uint64_t value)
{
	char digits[24];
	int n = snprintf(digits, sizeof digits, "%" PRIu64, value);
	for (int i = 0; i < n; i++) {
		if (i && (n - i) % 3 == 0) text_add(out, lang == LANG_FR ? NBSP : ",");
		text_add_char(out, digits[i]);
	}
}

static uint64_t magnitude(int64_t value)
{
	return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

static const char *symbol(const char *currency)
{
	return strcmp(currency, "EUR") == 0 ? "€" : NULL;
}

static void before(struct text *out, enum lang lang, bool negative, const char *currency)
{
	if (negative) text_add(out, MINUS);
	if (lang == LANG_FR) return;
	if (symbol(currency))
		text_add(out, symbol(currency));
	else
		text_addf(out, "%s" NBSP, currency);
}

static void after(struct text *out, enum lang lang, const char *currency)
{
	if (lang == LANG_FR) text_addf(out, NBSP "%s", symbol(currency) ? symbol(currency) : currency);
}

void words_amount(struct text *out, enum lang lang, int64_t minor, const char *currency)
{
	static const uint64_t units[] = { 1, 10, 100, 1000, 10000 };
	int decimals = currency_decimals(currency);
	uint64_t value = magnitude(minor), unit = units[decimals];
	before(out, lang, minor < 0, currency);
	add_grouped(out, lang, value / unit);
	if (decimals) text_addf(out, "%c%0*" PRIu64, lang == LANG_FR ? ',' : '.', decimals, value % unit);
	after(out, lang, currency);
}

void words_amount_round(struct text *out, enum lang lang, int64_t minor, const char *currency)
{
	static const int64_t units[] = { 1, 10, 100, 1000, 10000 };
	int64_t rounded = round_div(minor, units[currency_decimals(currency)]);
	before(out, lang, rounded < 0, currency);
	add_grouped(out, lang, magnitude(rounded));
	after(out, lang, currency);
}

void words_amount_short(struct text *out, enum lang lang, int64_t minor, const char *currency)
{
	static const int64_t units[] = { 1, 10, 100, 1000, 10000 };
	int64_t unit = units[currency_decimals(currency)];
	int64_t value = round_div(minor, unit);
	uint64_t size = magnitude(value);
	const char *prefix = "";
	char figure[32];
	if (size >= 999500) {
		double millions = (double)size / 1e6;
		snprintf(figure, sizeof figure, millions >= 100 ? "%.0f" : millions >= 10 ? "%.1f" : "%.2f", millions);
		prefix = "M";
	} else if (size >= 1000) {
		snprintf(figure, sizeof figure, "%.0f", (double)size / 1e3);
		prefix = "k";
	} else {
		snprintf(figure, sizeof figure, "%" PRIu64, size);
	}
	char *point = strchr(figure, '.');
	if (point) {
		char *end = figure + strlen(figure);
		while (end[-1] == '0') *--end = 0;
		if (end[-1] == '.') end[-1] = 0;
		if (lang == LANG_FR && (point = strchr(figure, '.'))) *point = ',';
	}
	const char *unit_sign = symbol(currency) ? symbol(currency) : currency;
	if (value < 0) text_add(out, MINUS);
	if (lang == LANG_FR)
		text_addf(out, "%s" NBSP "%s%s", figure, prefix, unit_sign);
	else
		text_addf(out, "%s%s%s%s", unit_sign, symbol(currency) ? "" : NBSP, figure, prefix);
}

void words_number(struct text *out, enum lang lang, int64_t value)
{
	if (value < 0) text_add(out, MINUS);
	add_grouped(out, lang, magnitude(value));
}

void words_decimal(struct text *out, enum lang lang, double value, int decimals)
{
	static const int64_t units[] = { 1, 10, 100, 1000, 10000 };
	int64_t scaled = llround(value * (double)units[decimals]);
	if (scaled < 0) text_add(out, MINUS);
	add_grouped(out, lang, magnitude(scaled) / (uint64_t)units[decimals]);
	if (decimals)
		text_addf(out, "%c%0*" PRIu64, lang == LANG_FR ? ',' : '.', decimals, magnitude(scaled) % (uint64_t)units[decimals]);
}

void words_percent(struct text *out, enum lang lang, double ratio, int decimals)
{
	words_decimal(out, lang, ratio * 100, decimals);
	text_add(out, lang == LANG_FR ? NBSP "%" : "%");
}

void words_date(struct text *out, enum lang lang, int32_t day)
{
	(void)lang; /* the same in both: design README, Formats */
	if (day == DAY_NONE) return;
	struct civil c = day_civil(day);
	text_addf(out, "%02d/%02d/%04d", c.day, c.month, c.year);
}

void words_date_short(struct text *out, enum lang lang, int32_t day, int32_t today)
{
	struct civil c = day_civil(day), t = day_civil(today);
	if (day != DAY_NONE && c.year == t.year && c.month == t.month)
		text_addf(out, "%02d/%02d", c.day, c.month);
	else
		words_date(out, lang, day);
}

static const char *const months[2][12] = {
	{ "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre" },
	{ "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December" },
};
static const char *const short_months[2][12] = {
	{ "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc." },
	{ "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" },
};
static const char *const weekdays[2][7] = {
	{ "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche" },
	{ "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" },
};

const char *words_month(enum lang lang, int month, bool abbreviated)
{
	return (abbreviated ? short_months : months)[lang][month - 1];
}

void words_date_long(struct text *out, enum lang lang, int32_t day)
{
	if (day == DAY_NONE) return;
	struct civil c = day_civil(day);
	text_addf(out, "%d%s %s %d", c.day, lang == LANG_FR && c.day == 1 ? "er" : "", months[lang][c.month - 1], c.year);
}

void words_date_full(struct text *out, enum lang lang, int32_t day)
{
	if (day == DAY_NONE) return;
	text_addf(out, "%s ", weekdays[lang][day_weekday(day) - 1]);
	words_date_long(out, lang, day);
}

void words_days(struct text *out, enum lang lang, int64_t days)
{
	words_number(out, lang, days);
	text_add(out, lang == LANG_FR ? NBSP "j" : NBSP "d");
}
