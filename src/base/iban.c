#include "base/iban.h"

#include <ctype.h>
#include <string.h>

/* Letters and digits, in capitals; false when there are more than fit. */
static bool keep(const char *text, char *out, size_t size)
{
	size_t len = 0;
	for (; *text; text++) {
		if (*text == ' ' || *text == '-' || *text == '.' || *text == '\t') continue;
		if (strncmp(text, "\xc2\xa0", 2) == 0) {
			text++;
			continue;
		}
		if (!isalnum((unsigned char)*text) || len + 1 == size) return false;
		out[len++] = (char)toupper((unsigned char)*text);
	}
	out[len] = 0;
	return true;
}

/* The four first characters to the end, letters as numbers, modulo 97 is 1. */
bool iban_read(const char *text, char out[static IBAN_SIZE])
{
	bool fine = keep(text, out, IBAN_SIZE);
	size_t len = fine ? strlen(out) : 0;
	unsigned rest = 0;
	for (size_t i = 0; i < len; i++) {
		char c = out[(i + 4) % len];
		rest = isdigit((unsigned char)c) ? (rest * 10 + (unsigned)(c - '0')) % 97 : (rest * 100 + (unsigned)(c - 'A' + 10)) % 97;
	}
	fine = len >= 15 && rest == 1 && isalpha((unsigned char)out[0]) && isalpha((unsigned char)out[1]) && isdigit((unsigned char)out[2]) &&
	       isdigit((unsigned char)out[3]) && (strncmp(out, "FR", 2) != 0 || len == 27);
	if (!fine) out[0] = 0;
	return fine;
}

bool bic_read(const char *text, char out[static BIC_SIZE])
{
	bool fine = keep(text, out, BIC_SIZE);
	size_t len = fine ? strlen(out) : 0;
	fine = fine && (len == 0 || len == 8 || len == 11);
	for (size_t i = 0; fine && i < len && i < 6; i++) fine = isalpha((unsigned char)out[i]) != 0;
	if (!fine) out[0] = 0;
	return fine;
}
