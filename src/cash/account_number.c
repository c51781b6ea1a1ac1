#include "cash/account_number.h"

#include "base/iban.h"

#include <ctype.h>
#include <string.h>

/* Where the account's own number stands in the IBANs of a country. Belgium has none apart from the bank's digits. */
static const struct place {
	char country[3];
	int from, to;
} places[] = {
	{ "AT", 9, 20 },  { "BE", 4, 16 },  { "CH", 9, 21 },  { "DE", 12, 22 }, { "DK", 8, 18 }, { "ES", 14, 24 }, { "FI", 10, 18 }, { "FR", 14, 25 },
	{ "GB", 14, 22 }, { "IE", 14, 22 }, { "IT", 15, 27 }, { "LI", 9, 21 },  { "LU", 7, 20 }, { "MC", 14, 25 }, { "NL", 8, 18 },  { "NO", 4, 15 },
	{ "PT", 12, 23 }, { "SE", 7, 24 },  { "SM", 15, 27 },
};
enum { NUMBER_MIN = 6, KEPT = 64 }; /* shorter ones are card ends, agencies, anything */

static void letters_and_digits(const char *text, char out[static KEPT])
{
	size_t len = 0;
	for (; *text && len + 1 < KEPT; text++)
		if (isalnum((unsigned char)*text)) out[len++] = (char)toupper((unsigned char)*text);
	out[len] = 0;
}

static const char *significant(const char *number)
{
	return number + strspn(number, "0");
}

static enum account_likeness within(const char *iban, const char *written)
{
	char other[KEPT], number[KEPT], own[KEPT];
	letters_and_digits(written, other);
	size_t len = strlen(other);
	bool french = strncmp(iban, "FR", 2) == 0 || strncmp(iban, "MC", 2) == 0;
	if (french && len >= 21 && len <= 23 && strncmp(iban + 4, other, len) == 0) return ACCOUNT_SAME; /* bank, branch, number, key */
	if (len == strlen(iban + 4) && strcmp(iban + 4, other) == 0) return ACCOUNT_SAME;
	const struct place *place = NULL;
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (strncmp(places[i].country, iban, 2) == 0 && places[i].to <= (int)strlen(iban)) place = &places[i];
	if (!place) return ACCOUNT_OTHER;
	size_t own_len = (size_t)(place->to - place->from);
	memcpy(own, iban + place->from, own_len), own[own_len] = 0;
	/* “bank/number”, as MT940 writes it: the bank must fit too */
	const char *slash = strchr(written, '/');
	bool bank_fits = false;
	if (slash) {
		char bank[KEPT], head[KEPT];
		size_t head_len = (size_t)(slash - written);
		if (head_len >= sizeof head) return ACCOUNT_OTHER;
		memcpy(head, written, head_len), head[head_len] = 0;
		letters_and_digits(head, bank);
		bank_fits = *bank && strncmp(iban + 4, bank, strlen(bank)) == 0;
		if (!bank_fits) return ACCOUNT_OTHER;
		letters_and_digits(slash + 1, number);
	} else {
		memcpy(number, other, len + 1);
	}
	if (strlen(significant(number)) < NUMBER_MIN) return ACCOUNT_OTHER;
	bool same = strcmp(significant(number), significant(own)) == 0;
	/* with the key that French banks print behind it */
	if (!same && french && strlen(number) == own_len + 2) same = strncmp(number, iban + place->from, own_len + 2) == 0;
	return !same ? ACCOUNT_OTHER : bank_fits ? ACCOUNT_SAME : ACCOUNT_NUMBER;
}

enum account_likeness account_compare(const char *a, const char *b)
{
	char iban[IBAN_SIZE];
	if (strcmp(a, b) == 0) return ACCOUNT_SAME;
	bool a_is = iban_read(a, iban), b_is = iban_read(b, iban);
	if (a_is == b_is) return ACCOUNT_OTHER;
	iban_read(a_is ? a : b, iban);
	return within(iban, a_is ? b : a);
}
