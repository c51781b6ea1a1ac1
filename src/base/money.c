#include "base/money.h"

#include "base/memory.h"

#include <string.h>

bool money_add(struct money *total, struct money part)
{
	int64_t sum;
	if (strcmp(total->currency, part.currency) != 0 || __builtin_add_overflow(total->minor, part.minor, &sum)) return false;
	total->minor = sum;
	return true;
}

/* ISO 4217, active codes; those without two decimals carry their number. */
static const char codes[] =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD3 BIF0 BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP0 "
    "CNY COP CRC CUP CVE CZK DJF0 DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF0 GTQ GYD HKD HNL HTG HUF IDR "
    "ILS INR IQD3 IRR ISK0 JMD JOD3 JPY0 KES KGS KHR KMF0 KPW KRW0 KWD3 KYD KZT LAK LBP LKR LRD LSL LYD3 MAD MDL MGA MKD MMK "
    "MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR3 PAB PEN PGK PHP PKR PLN PYG0 QAR RON RSD RUB RWF0 SAR "
    "SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND3 TOP TRY TTD TWD TZS UAH UGX0 USD UYU UZS VES "
    "VND0 VUV0 WST XAF0 XCD XOF0 XPF0 YER ZAR ZMW ZWG ";

static const char *find(const char *currency)
{
	if (!currency || strlen(currency) != 3) return NULL;
	for (int i = 0; i < 3; i++)
		if (currency[i] < 'A' || currency[i] > 'Z') return NULL;
	return strstr(codes, currency);
}

bool currency_known(const char *currency)
{
	return find(currency) != NULL;
}

int currency_decimals(const char *currency)
{
	const char *at = find(currency);
	if (!at || at[3] == ' ') return 2;
	return strncmp(at, "AFN", 4) == 0 ? 2 : at[3] - '0';
}

/* Length of a group mark at text: space, apostrophe, U+00A0, U+202F, U+2019; the plain character goes to *mark. */
static size_t group_mark(const char *text, size_t len, char *mark)
{
	if (text[0] == ' ' || text[0] == '.' || text[0] == ',' || text[0] == '\'') return *mark = text[0], 1;
	if (len >= 2 && memcmp(text, "\xC2\xA0", 2) == 0) return *mark = ' ', 2;
	if (len >= 3 && (memcmp(text, "\xE2\x80\xAF", 3) == 0 || memcmp(text, "\xE2\x80\x89", 3) == 0)) return *mark = ' ', 3;
	if (len >= 3 && memcmp(text, "\xE2\x80\x99", 3) == 0) return *mark = '\'', 3;
	return 0;
}

static bool space_at(const char *text, size_t len, size_t *step)
{
	char mark;
	size_t n = group_mark(text, len, &mark);
	if (n && mark == ' ') return *step = n, true;
	if (text[0] == '\t') return *step = 1, true;
	return false;
}

static void trim(const char **text, size_t *len)
{
	size_t step;
	while (*len && space_at(*text, *len, &step)) *text += step, *len -= step;
	for (;;) {
		if (*len && ((*text)[*len - 1] == ' ' || (*text)[*len - 1] == '\t')) {
			--*len;
		} else if (*len >= 2 && memcmp(*text + *len - 2, "\xC2\xA0", 2) == 0) {
			*len -= 2;
		} else if (*len >= 3 && memcmp(*text + *len - 3, "\xE2\x80\xAF", 3) == 0) {
			*len -= 3;
		} else {
			return;
		}
	}
}

static bool starts(const char *text, size_t len, const char *what)
{
	return len >= strlen(what) && memcmp(text, what, strlen(what)) == 0;
}

static bool ends(const char *text, size_t len, const char *what)
{
	size_t n = strlen(what);
	return len >= n && memcmp(text + len - n, what, n) == 0;
}

bool amount_parse(const char *text, size_t len, struct amount_style style, int64_t *out)
{
	static const char *const signs[] = { "€", "$", "£", "EUR", "USD", "GBP", "CHF" };
	bool negative = false, sign_seen = false, bracket = false;
	for (bool again = true; again;) {
		again = false;
		trim(&text, &len);
		for (size_t i = 0; i < COUNT(signs); i++) {
			if (starts(text, len, signs[i])) text += strlen(signs[i]), len -= strlen(signs[i]), again = true;
			if (ends(text, len, signs[i])) len -= strlen(signs[i]), again = true;
		}
		if (len >= 2 && text[0] == '(' && text[len - 1] == ')' && !bracket && !sign_seen)
			text++, len -= 2, bracket = again = true;
		const char *minus = starts(text, len, "\xE2\x88\x92") ? "\xE2\x88\x92" : starts(text, len, "-") ? "-" : starts(text, len, "+") ? "+" : NULL;
		if (minus && !sign_seen && !bracket) {
			text += strlen(minus), len -= strlen(minus);
			sign_seen = again = true, negative = *minus != '+';
		}
		if (len && text[len - 1] == '-' && !sign_seen && !bracket) len--, sign_seen = again = negative = true;
	}
	bool fraction = false;
	char group = 0;
	int64_t minor = 0;
	int whole = 0, run = 0; /* run: digits since the last mark */
	for (size_t i = 0; i < len;) {
		char c = text[i], mark = 0;
		size_t step;
		if (c >= '0' && c <= '9') {
			i++;
			if (fraction && run >= style.decimals) {
				if (c != '0') return false;
				run++;
				continue;
			}
			if (__builtin_mul_overflow(minor, 10, &minor) || __builtin_add_overflow(minor, c - '0', &minor)) return false;
			run++, whole += !fraction;
		} else if (c == style.decimal_mark && !fraction && (!group || run == 3) && (whole > 0 || i == 0)) {
			fraction = true, run = 0, i++;
		} else if (!fraction && whole > 0 && (step = group_mark(text + i, len - i, &mark)) > 0) {
			if ((group && (run != 3 || mark != group)) || (!group && run > 3)) return false;
			group = mark, run = 0, i += step;
		} else {
			return false;
		}
	}
	if ((whole == 0 && !(fraction && run > 0)) || (fraction && run == 0 && whole == 0) || (!fraction && group && run != 3)) return false;
	if (fraction && run == 0) return false;
	for (int decimals = fraction ? run : 0; decimals < style.decimals; decimals++)
		if (__builtin_mul_overflow(minor, 10, &minor)) return false;
	*out = negative || bracket ? -minor : minor;
	return true;
}

int64_t round_div(__int128 n, __int128 d)
{
	return (int64_t)((n + (n < 0 ? -d : d) / 2) / d);
}
