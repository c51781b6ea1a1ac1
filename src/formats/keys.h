/* keys — numbers given to texts in order of first sight: customers, accounts, journals, pieces of a file.
 *
 *     struct keys keys = { 0 };
 *     uint32_t id = keys_take(&keys, cell, 0);     the same id for the same text and salt; keys.count grows by one for a new one
 *     keys_free(&keys);
 *
 * Borrows the texts. The hash is salted by the address of the table, so that no file can be made to collide.
 */
#ifndef FORMATS_KEYS_H
#define FORMATS_KEYS_H

#include "base/text.h"

#include <stdint.h>

struct key {
	const char *bytes;
	uint32_t len, salt;
};
struct keys {
	struct key *keys; /* by id */
	uint32_t count, cap;
	uint64_t *slots;  /* hash's high half, id + 1 in the low half; 0: free */
	uint32_t slot_count;
	uint32_t last;    /* the id given last: asked for again more often than not */
};
enum { KEYS_NONE = -1 };

uint32_t keys_take(struct keys *keys, struct slice text, uint32_t salt);
int64_t keys_find(const struct keys *keys, struct slice text, uint32_t salt); /* KEYS_NONE when it was never seen */
struct slice keys_text(const struct keys *keys, uint32_t id);
void keys_free(struct keys *keys);

#endif
