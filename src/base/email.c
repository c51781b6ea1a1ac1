#include "base/email.h"

#include "base/text.h"

#include <ctype.h>
#include <string.h>

bool email_plausible(const char *address)
{
	size_t len = strlen(address);
	const char *at = strchr(address, '@');
	if (len > 254 || !at || at == address || at - address > 64 || strchr(at + 1, '@') || !utf8_valid(address, len)) return false;
	for (const char *c = address; *c; c++)
		if ((unsigned char)*c <= ' ' || *c == 0x7F || strchr("<>()[]\\,;:\"", *c)) return false;
	if (address[0] == '.' || at[-1] == '.' || strstr(address, "..")) return false;
	const char *host = at + 1, *dot = strrchr(host, '.');
	if (!dot || dot == host || strlen(dot) < 3 || host[0] == '-' || host[0] == '.') return false;
	for (const char *c = host; *c; c++)
		if (!isalnum((unsigned char)*c) && *c != '.' && *c != '-' && (unsigned char)*c < 0x80) return false;
	return true;
}

bool email_fold(const char *address, char *out, size_t size)
{
	struct slice trimmed = slice_trim(slice_of(address));
	if (trimmed.len + 1 > size) return false;
	for (size_t i = 0; i < trimmed.len; i++) {
		char c = trimmed.bytes[i];
		out[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	out[trimmed.len] = 0;
	return email_plausible(out);
}
