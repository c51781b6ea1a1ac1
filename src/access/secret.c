#include "access/secret.h"

#include "base/text.h"

#include <sodium.h>
#include <string.h>

void secret_make(char out[static SECRET_TEXT])
{
	unsigned char random[32];
	randombytes_buf(random, sizeof random);
	sodium_bin2base64(out, SECRET_TEXT, random, sizeof random, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sodium_memzero(random, sizeof random);
}

void secret_hash(const char *value, uint8_t out[static SECRET_HASH])
{
	crypto_generichash(out, SECRET_HASH, (const unsigned char *)value, strlen(value), NULL, 0);
}

bool secret_tenant(const char *value, const char *prefix, int64_t *tenant)
{
	size_t len = strlen(prefix);
	if (!value || strlen(value) > 100 || strncmp(value, prefix, len) != 0) return false;
	size_t digits = strspn(value + len, "0123456789");
	if (!digits || digits > 12 || value[len + digits] != '.' || strlen(value + len + digits + 1) != SECRET_TEXT - 1) return false;
	return text_parse_int(value + len, digits, tenant);
}
