#include "base/mustache_filter.h"

#include "base/day.h"
#include "base/money.h"
#include "base/words.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {
	[FILTER_MONEY] = "money",         [FILTER_MONEY0] = "money0",       [FILTER_SHORT] = "short",
	[FILTER_INPUT] = "input",         [FILTER_DATE] = "date",           [FILTER_DATE_SHORT] = "date_short",
	[FILTER_DATE_LONG] = "date_long", [FILTER_DATE_FULL] = "date_full", [FILTER_MONTH] = "month",
	[FILTER_TIME] = "time",           [FILTER_CLOCK] = "clock",         [FILTER_DAYS] = "days",
	[FILTER_PERCENT] = "percent",     [FILTER_NUMBER] = "number",       [FILTER_DECIMAL1] = "decimal1",
	[FILTER_TR] = "tr",               [FILTER_URL] = "url",             [FILTER_JSON] = "json",
};

enum filter filter_parse(const char *name, size_t len)
{
	for (int i = 1; i < FILTER_UNKNOWN; i++)
		if (strlen(names[i]) == len && memcmp(names[i], name, len) == 0) return (enum filter)i;
	return FILTER_UNKNOWN;
}

void filter_plain(const json_t *value, struct text *out)
{
	switch (json_typeof(value)) {
	case JSON_STRING: text_add_bytes(out, json_string_value(value), json_string_length(value)); break;
	case JSON_INTEGER: text_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value)); break;
	case JSON_REAL: {
		char number[40];
		snprintf(number, sizeof number, "%.15g", json_real_value(value));
		if (strtod(number, NULL) != json_real_value(value)) /* 15 digits don't always come back */
			snprintf(number, sizeof number, "%.17g", json_real_value(value));
		text_add(out, number);
		break;
	}
	case JSON_TRUE: text_add(out, "true"); break;
	case JSON_FALSE: text_add(out, "false"); break;
	default: break;
	}
}

/* 1234.5 with the currency's decimals and the language's mark, no groups: what a form field accepts back. */
static void add_input(struct text *out, enum lang lang, int64_t minor, const char *currency)
{
	static const uint64_t units[] = { 1, 10, 100, 1000, 10000 };
	int decimals = currency_decimals(currency);
	uint64_t value = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor, unit = units[decimals];
	text_addf(out, "%s%" PRIu64, minor < 0 ? "-" : "", value / unit);
	if (decimals) text_addf(out, "%c%0*" PRIu64, lang == LANG_FR ? ',' : '.', decimals, value % unit);
}

static bool digits(const char *text, int count, int *out)
{
	int value = 0;
	for (int i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9') return false;
		value = value * 10 + (text[i] - '0');
	}
	*out = value;
	return true;
}

/* "2025-11-21" or "2025-11-21T09:30:00Z", the latter as the civil day and minutes of the reader's zone. */
static bool moment(const char *text, size_t len, const struct mustache_options *options, int32_t *day, int *minutes)
{
	*minutes = 0;
	if (len < 10 || !day_parse(text, 10, day)) return false;
	if (len == 10) return true;
	int hour, minute, second;
	if (len < 19 || text[10] != 'T' || !digits(text + 11, 2, &hour) || !digits(text + 14, 2, &minute) ||
	    !digits(text + 17, 2, &second))
		return false;
	int64_t at = (int64_t)*day * 86400 + hour * 3600 + minute * 60 + second;
	if (options->utc_offset) at += options->utc_offset(options->context, at);
	int64_t whole = at / 86400 - (at % 86400 < 0);
	*day = (int32_t)whole;
	*minutes = (int)((at - whole * 86400) / 60);
	return true;
}

static bool add_date(enum filter filter, const json_t *value, const struct mustache_options *options, struct text *out)
{
	const char *text = json_string_value(value);
	size_t len = json_string_length(value);
	int32_t day;
	int minutes, year, month;
	if (!text) return false;
	if (filter == FILTER_MONTH && len == 7 && digits(text, 4, &year) && text[4] == '-' && digits(text + 5, 2, &month) &&
	    month >= 1 && month <= 12) {
		text_addf(out, "%s %d", words_month(options->lang, month, false), year);
		return true;
	}
	if (!moment(text, len, options, &day, &minutes)) return false;
	switch (filter) {
	case FILTER_DATE: words_date(out, options->lang, day); break;
	case FILTER_DATE_SHORT: words_date_short(out, options->lang, day, options->today); break;
	case FILTER_DATE_LONG: words_date_long(out, options->lang, day); break;
	case FILTER_DATE_FULL: words_date_full(out, options->lang, day); break;
	case FILTER_MONTH: {
		struct civil civil = day_civil(day);
		text_addf(out, "%s %d", words_month(options->lang, civil.month, false), civil.year);
		break;
	}
	case FILTER_TIME:
		words_date(out, options->lang, day);
		text_addf(out, " %02d:%02d", minutes / 60, minutes % 60);
		break;
	default: text_addf(out, "%02d:%02d", minutes / 60, minutes % 60); break;
	}
	return true;
}

static bool add_number(enum filter filter, const json_t *value, const char *currency, enum lang lang, struct text *out)
{
	if (!json_is_number(value)) return false;
	int64_t whole = json_is_integer(value) ? json_integer_value(value) : llround(json_real_value(value));
	switch (filter) {
	case FILTER_MONEY: words_amount(out, lang, whole, currency); break;
	case FILTER_MONEY0: words_amount_round(out, lang, whole, currency); break;
	case FILTER_SHORT: words_amount_short(out, lang, whole, currency); break;
	case FILTER_INPUT: add_input(out, lang, whole, currency); break;
	case FILTER_DAYS: words_days(out, lang, whole); break;
	case FILTER_PERCENT: words_percent(out, lang, json_number_value(value), 1); break;
	case FILTER_NUMBER: words_number(out, lang, whole); break;
	default: words_decimal(out, lang, json_number_value(value), 1); break;
	}
	return true;
}

static void add_url(const char *text, size_t len, struct text *out)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-._~", c)))
			text_add_char(out, (char)c);
		else
			text_addf(out, "%%%02X", c);
	}
}

/* No < > & in it, so it can neither close its script element nor open a comment. */
static void add_json(const json_t *value, struct text *out)
{
	char *dump = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	if (!dump) return;
	for (const char *c = dump; *c; c++) {
		if (*c == '<' || *c == '>' || *c == '&')
			text_addf(out, "\\u%04x", *c);
		else
			text_add_char(out, *c);
	}
	free(dump);
}

void filter_apply(enum filter filter, const json_t *value, const char *currency, const struct mustache_options *options,
                  struct text *out)
{
	bool known = false;
	if (filter == FILTER_JSON) {
		if (value) add_json(value, out);
		else text_add(out, "null");
		return;
	}
	if (!value || json_is_null(value)) {
		if (filter != FILTER_NONE && filter != FILTER_INPUT && filter != FILTER_TR && filter != FILTER_URL)
			text_add(out, "–"); /* no data: contract section 2 */
		return;
	}
	switch (filter) {
	case FILTER_MONEY: case FILTER_MONEY0: case FILTER_SHORT: case FILTER_INPUT: case FILTER_DAYS: case FILTER_PERCENT:
	case FILTER_NUMBER: case FILTER_DECIMAL1: known = add_number(filter, value, currency, options->lang, out); break;
	case FILTER_DATE: case FILTER_DATE_SHORT: case FILTER_DATE_LONG: case FILTER_DATE_FULL: case FILTER_MONTH:
	case FILTER_TIME: case FILTER_CLOCK: known = add_date(filter, value, options, out); break;
	case FILTER_TR:
		if ((known = json_is_string(value))) text_add(out, tr(options->lang, json_string_value(value)));
		break;
	case FILTER_URL: {
		cleanup_text struct text plain = { 0 };
		filter_plain(value, &plain);
		add_url(text_cstr(&plain), plain.len, out);
		known = true;
		break;
	}
	default: break;
	}
	if (!known) filter_plain(value, out);
}
