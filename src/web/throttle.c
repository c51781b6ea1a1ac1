/* throttle — how often the same caller may ask, in this server's memory: a bucket a key that fills with time.
 *
 * A fixed table: a flood of callers takes no more memory, it only makes old ones forgotten. Keys are hashed with a secret of this
 * start, so nobody can choose whom he collides with. */
#include "web/server.h"

#include <pthread.h>
#include <sodium.h>

enum { SETS = 2048, WAYS = 4 };

static struct bucket {
	uint64_t key;
	int64_t at_ns;
	double left;
} buckets[SETS][WAYS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned char secret[crypto_shorthash_KEYBYTES];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_secret(void)
{
	crypto_shorthash_keygen(secret);
}

bool throttle_allow(const char *key, int each_minute, int64_t now_ns)
{
	pthread_once(&once, make_secret);
	uint64_t hash = 0;
	unsigned char digest[crypto_shorthash_BYTES];
	crypto_shorthash(digest, (const unsigned char *)key, strlen(key), secret);
	memcpy(&hash, digest, sizeof hash);
	if (!hash) hash = 1;
	pthread_mutex_lock(&lock);
	struct bucket *set = buckets[hash % SETS], *found = &set[0];
	for (int i = 0; i < WAYS; i++) {
		if (set[i].key == hash) {
			found = &set[i];
			break;
		}
		if (set[i].at_ns < found->at_ns) found = &set[i];
	}
	if (found->key != hash) *found = (struct bucket){ .key = hash, .at_ns = now_ns, .left = each_minute };
	double full = each_minute;
	found->left += (double)(now_ns - found->at_ns) / 60e9 * full;
	if (found->left > full) found->left = full;
	found->at_ns = now_ns;
	bool allowed = found->left >= 1;
	if (allowed) found->left -= 1;
	pthread_mutex_unlock(&lock);
	return allowed;
}
