#include "base/arena.h"

#include "base/memory.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 64 * 1024 - 64 };

struct block {
	struct block *next;
	size_t used, size;
	alignas(max_align_t) char bytes[];
};

struct arena {
	struct block *head; /* the block that is being filled; older ones behind it */
	size_t total;
};

static struct block *block_new(size_t size)
{
	struct block *block = xmalloc(sizeof *block + size);
	*block = (struct block){ .size = size };
	return block;
}

struct arena *arena_new(void)
{
	struct arena *arena = xcalloc(1, sizeof *arena);
	arena->head = block_new(BLOCK_SIZE);
	return arena;
}

void arena_reset(struct arena *arena)
{
	while (arena->head->next) {
		struct block *next = arena->head->next;
		free(arena->head);
		arena->head = next;
	}
	arena->head->used = 0;
	arena->total = 0;
}

void arena_free(struct arena *arena)
{
	if (!arena) return;
	arena_reset(arena);
	free(arena->head);
	free(arena);
}

void arena_free_at(struct arena **arena)
{
	arena_free(*arena);
}

void *arena_alloc(struct arena *arena, size_t size)
{
	const size_t align = alignof(max_align_t);
	struct block *block = arena->head;
	size_t start = (block->used + align - 1) & ~(align - 1);
	if (start > block->size || size > block->size - start) {
		if (size > BLOCK_SIZE / 4) {
			/* a big piece gets a block of its own, behind the one being filled */
			struct block *own = block_new(size);
			own->used = size;
			own->next = block->next;
			block->next = own;
			arena->total += size;
			return memset(own->bytes, 0, size);
		}
		block = block_new(BLOCK_SIZE);
		block->next = arena->head;
		arena->head = block;
		start = 0;
	}
	block->used = start + size;
	arena->total += size;
	return memset(block->bytes + start, 0, size);
}

void *arena_alloc_array(struct arena *arena, size_t count, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(count, size, &bytes)) abort();
	return arena_alloc(arena, bytes);
}

char *arena_strndup(struct arena *arena, const char *text, size_t len)
{
	char *copy = arena_alloc(arena, len + 1);
	if (len) memcpy(copy, text, len);
	return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return text ? arena_strndup(arena, text, strlen(text)) : arena_strndup(arena, "", 0);
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0) abort();
	char *text = arena_alloc(arena, (size_t)len + 1);
	vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	return text;
}

size_t arena_used(const struct arena *arena)
{
	return arena->total;
}
