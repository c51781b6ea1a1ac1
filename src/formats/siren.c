#include "formats/siren.h"

#include <string.h>

static bool luhn(const char *digits, int count)
{
	int sum = 0;
	for (int i = 0; i < count; i++) {
		int digit = digits[count - 1 - i] - '0';
		if (i % 2) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
		sum += digit;
	}
	return sum % 10 == 0;
}

static bool only_digits(const char *text, size_t count)
{
	return strlen(text) == count && strspn(text, "0123456789") == count && strspn(text, "0") != count;
}

bool siren_valid(const char *digits)
{
	return only_digits(digits, 9) && luhn(digits, 9);
}

bool siret_valid(const char *digits)
{
	if (!only_digits(digits, 14) || !luhn(digits, 9)) return false;
	if (luhn(digits, 14)) return true;
	int sum = 0;
	for (int i = 0; i < 14; i++) sum += digits[i] - '0';
	return strncmp(digits, "356000000", 9) == 0 && sum % 5 == 0;
}
