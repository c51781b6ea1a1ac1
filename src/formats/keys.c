#include "formats/keys.h"

#include "base/memory.h"

#include <assert.h>
#include <string.h>

/* Multiply and fold, eight bytes at a time. */
static uint64_t fold(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;
	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t hash(const struct keys *keys, struct slice text, uint32_t salt)
{
	uint64_t h = fold((uint64_t)(uintptr_t)keys ^ UINT64_C(0x9E3779B97F4A7C15), (uint64_t)salt + UINT64_C(0xA0761D6478BD642F));
	size_t i = 0;
	for (; i + 8 <= text.len; i += 8) {
		uint64_t word;
		memcpy(&word, text.bytes + i, 8);
		h = fold(h ^ word, UINT64_C(0xE7037ED1A0B428DB));
	}
	uint64_t rest = 0;
	for (size_t j = 0; i + j < text.len; j++) rest |= (uint64_t)(unsigned char)text.bytes[i + j] << 8 * j;
	return fold(h ^ rest, UINT64_C(0x8EBC6AF09C88C6E3) ^ text.len);
}

static bool same(const struct key *key, struct slice text, uint32_t salt)
{
	return key->salt == salt && key->len == text.len && (text.len == 0 || memcmp(key->bytes, text.bytes, text.len) == 0);
}

/* A text's first place comes from the half of its hash that its slot keeps: wider, the texts need not be read again. */
static uint32_t place(const struct keys *keys, uint64_t slot)
{
	return (uint32_t)(slot >> 32) & (keys->slot_count - 1);
}

static void widen(struct keys *keys)
{
	uint64_t *old = keys->slots;
	uint32_t old_count = keys->slot_count;
	keys->slot_count = old_count ? old_count * 2 : 64;
	keys->slots = xcalloc(keys->slot_count, sizeof *keys->slots);
	for (uint32_t i = 0; i < old_count; i++) {
		if (!old[i]) continue;
		uint32_t at = place(keys, old[i]);
		while (keys->slots[at]) at = (at + 1) & (keys->slot_count - 1);
		keys->slots[at] = old[i];
	}
	free(old);
}

uint32_t keys_take(struct keys *keys, struct slice text, uint32_t salt)
{
	assert(text.len <= UINT32_MAX && keys->count < UINT32_MAX / 2);
	/* the lines of an entry follow each other, and its key is cold memory otherwise */
	if (keys->last < keys->count && same(&keys->keys[keys->last], text, salt)) return keys->last;
	if (keys->count * 2 >= keys->slot_count) widen(keys);
	uint64_t h = hash(keys, text, salt);
	uint32_t at = place(keys, h);
	for (; keys->slots[at]; at = (at + 1) & (keys->slot_count - 1)) {
		uint32_t id = (uint32_t)keys->slots[at] - 1;
		if (keys->slots[at] >> 32 == h >> 32 && same(&keys->keys[id], text, salt)) return keys->last = id;
	}
	GROW(keys->keys, keys->count, keys->cap);
	keys->keys[keys->count] = (struct key){ text.bytes, (uint32_t)text.len, salt };
	keys->slots[at] = (h >> 32) << 32 | (keys->count + 1);
	return keys->last = keys->count++;
}

int64_t keys_find(const struct keys *keys, struct slice text, uint32_t salt)
{
	if (!keys->slot_count) return KEYS_NONE;
	uint64_t h = hash(keys, text, salt);
	for (uint32_t at = place(keys, h); keys->slots[at]; at = (at + 1) & (keys->slot_count - 1)) {
		uint32_t id = (uint32_t)keys->slots[at] - 1;
		if (keys->slots[at] >> 32 == h >> 32 && same(&keys->keys[id], text, salt)) return id;
	}
	return KEYS_NONE;
}

struct slice keys_text(const struct keys *keys, uint32_t id)
{
	return (struct slice){ keys->keys[id].bytes, keys->keys[id].len };
}

void keys_free(struct keys *keys)
{
	free(keys->keys);
	free(keys->slots);
	*keys = (struct keys){ 0 };
}
