#include "access/password.h"

#include <assert.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>

/* OWASP's argon2id parameters of 19 MiB, with a pass more */
enum { PASSES = 3, MEMORY = 19 << 20 };
static_assert(PASSWORD_HASH_MAX >= crypto_pwhash_STRBYTES, "room for a hash");

struct status password_hash(const char *password, char out[static PASSWORD_HASH_MAX])
{
	if (crypto_pwhash_str(out, password, strlen(password), PASSES, MEMORY) != 0)
		return status_make(STATUS_UNAVAILABLE, "The server has no memory left to check passwords. Please try again.");
	return STATUS_FINE;
}

static char decoy[PASSWORD_HASH_MAX];

static void make_decoy(void)
{
	char random[24];
	password_make(random, sizeof random);
	if (crypto_pwhash_str(decoy, random, strlen(random), PASSES, MEMORY) != 0) decoy[0] = 0;
}

bool password_fits(const char *hash, const char *password)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, make_decoy);
	bool real = hash && *hash;
	bool fits = crypto_pwhash_str_verify(real ? hash : decoy, password, strlen(password)) == 0;
	return real && fits;
}

bool password_outdated(const char *hash)
{
	return crypto_pwhash_str_needs_rehash(hash, PASSES, MEMORY) != 0;
}

void password_make(char *out, size_t size)
{
	static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
	assert(size >= 20);
	size_t at = 0;
	for (int i = 0; i < 16; i++) {
		if (i && i % 4 == 0) out[at++] = '-';
		out[at++] = letters[randombytes_uniform(sizeof letters - 1)];
	}
	out[at] = 0;
}
