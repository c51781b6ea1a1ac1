/* keymap — 64-bit keys to one or more small numbers, for looking up by the million.
 *
 *     for (uint32_t at = keymap_first(&map, key); at != KEYMAP_END; at = keymap_next(&map, at)) … map.entries[at].value
 *
 * Values of one key come in the reverse order of their adding. Two keys that differ never share an entry; two texts with the same
 * 64-bit hash would, one in 10^13 for a million.
 */
#ifndef CASH_KEYMAP_H
#define CASH_KEYMAP_H

#include <stddef.h>
#include <stdint.h>

#define KEYMAP_END UINT32_MAX

struct keymap {
	uint32_t *heads, mask;
	struct keymap_entry {
		uint64_t key;
		uint32_t value, next;
	} *entries;
	uint32_t count, cap;
};

void keymap_make(struct keymap *map, size_t expected);
void keymap_free(struct keymap *map);
void keymap_add(struct keymap *map, uint64_t key, uint32_t value);
/* Many at once, in the order given: each place is fetched while those before it are filled. Ends with a flush. */
struct keymap_batch {
	struct {
		struct keymap *map;
		uint64_t key;
		uint32_t value;
	} adds[64];
	uint32_t count;
};
void keymap_batch_add(struct keymap_batch *batch, struct keymap *map, uint64_t key, uint32_t value);
void keymap_batch_flush(struct keymap_batch *batch);
void keymap_cut(struct keymap *map, uint32_t count); /* what was added after the first `count` goes again */
uint32_t keymap_first(const struct keymap *map, uint64_t key);
uint32_t keymap_next(const struct keymap *map, uint32_t at);
uint64_t key_of(const char *bytes, size_t len, uint64_t family); /* keys of different families never meet */

#endif
