#include "ledger/company_field.h"

#include "base/money.h"
#include "base/text.h"

#include <ctype.h>
#include <string.h>

/* --- checks of a company's own fields ------------------------------------------------------------------------------- */
struct status company_check_name(const char *name, size_t size)
{
	struct slice trimmed = slice_trim(slice_of(name));
	if (!trimmed.len) return status_make(STATUS_INVALID, "A company needs a name.");
	if (trimmed.len >= size || !utf8_valid(name, strlen(name))) return status_make(STATUS_INVALID, "This company name is too long.");
	for (const char *c = name; *c; c++)
		if ((unsigned char)*c < ' ') return status_make(STATUS_INVALID, "A company's name is one line of text.");
	return STATUS_FINE;
}

struct status company_check_code(const char *code)
{
	size_t len = strlen(code);
	for (const char *c = code; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("-_.", *c)) len = 0;
	if (!len || len > 31)
		return status_make(STATUS_INVALID, "A company's code is at most 31 letters, digits, - or _, as in DEMO; not “%s”.", code);
	return STATUS_FINE;
}

/* Nine digits; of a SIRET, which people have at hand, the first nine. */
struct status company_read_siren(const char *given, char out[static 16])
{
	char digits[20];
	size_t len = 0;
	for (const char *c = given; *c; c++) {
		if (*c == ' ' || *c == '.') continue;
		if (!isdigit((unsigned char)*c) || len == 14) {
			len = 1;
			break;
		}
		digits[len++] = *c;
	}
	if (len && len != 9 && len != 14) return status_make(STATUS_INVALID, "A SIREN has nine digits, not “%s”.", given);
	len = len == 14 ? 9 : len;
	memcpy(out, digits, len);
	out[len] = 0;
	return STATUS_FINE;
}

struct status company_check_currency(const char *currency)
{
	return currency_known(currency) ? STATUS_FINE
	                                : status_make(STATUS_INVALID, "“%s” is no currency code; the euro is EUR.", currency);
}

struct status company_check_country(const char *country)
{
	if (strlen(country) != 2 || !isupper((unsigned char)country[0]) || !isupper((unsigned char)country[1]))
		return status_make(STATUS_INVALID, "A country is two capitals, as in FR or BE; not “%s”.", country);
	return STATUS_FINE;
}
