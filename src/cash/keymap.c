#include "cash/keymap.h"

#include "base/memory.h"

void keymap_make(struct keymap *map, size_t expected)
{
	uint32_t size = 64;
	while (size < expected && size < 1u << 30) size *= 2;
	map->mask = size - 1;
	map->heads = xmalloc_large(size * sizeof *map->heads);
	memset(map->heads, 0xFF, size * sizeof *map->heads);
	map->cap = expected < 16 ? 16 : (uint32_t)expected;
	map->count = 0;
	map->entries = xmalloc(map->cap * sizeof *map->entries);
}

void keymap_free(struct keymap *map)
{
	free(map->heads);
	free(map->entries);
	*map = (struct keymap){ 0 };
}

static uint32_t bucket(const struct keymap *map, uint64_t key)
{
	return (uint32_t)(key >> 32 ^ key) & map->mask;
}

void keymap_add(struct keymap *map, uint64_t key, uint32_t value)
{
	GROW(map->entries, map->count, map->cap);
	uint32_t *head = &map->heads[bucket(map, key)];
	map->entries[map->count] = (struct keymap_entry){ .key = key, .value = value, .next = *head };
	*head = map->count++;
}

void keymap_batch_flush(struct keymap_batch *batch)
{
	for (uint32_t i = 0; i < batch->count; i++) keymap_add(batch->adds[i].map, batch->adds[i].key, batch->adds[i].value);
	batch->count = 0;
}

void keymap_batch_add(struct keymap_batch *batch, struct keymap *map, uint64_t key, uint32_t value)
{
	__builtin_prefetch(&map->heads[bucket(map, key)], 1);
	batch->adds[batch->count].map = map, batch->adds[batch->count].key = key, batch->adds[batch->count].value = value;
	if (++batch->count == sizeof batch->adds / sizeof *batch->adds) keymap_batch_flush(batch);
}

void keymap_cut(struct keymap *map, uint32_t count)
{
	while (map->count > count) { /* the last added stands first in its chain */
		const struct keymap_entry *last = &map->entries[--map->count];
		map->heads[bucket(map, last->key)] = last->next;
	}
}

static uint32_t seek(const struct keymap *map, uint32_t at, uint64_t key)
{
	while (at != KEYMAP_END && map->entries[at].key != key) at = map->entries[at].next;
	return at;
}

uint32_t keymap_first(const struct keymap *map, uint64_t key)
{
	return seek(map, map->heads[bucket(map, key)], key);
}

uint32_t keymap_next(const struct keymap *map, uint32_t at)
{
	return seek(map, map->entries[at].next, map->entries[at].key);
}

uint64_t key_of(const char *bytes, size_t len, uint64_t family)
{
	uint64_t hash = 0xcbf29ce484222325ull ^ family * 0x9E3779B97F4A7C15ull;
	for (size_t i = 0; i < len; i++) hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001b3ull;
	hash ^= hash >> 29, hash *= 0xbf58476d1ce4e5b9ull;
	return hash ^ hash >> 32;
}
