#include "base/arena.h"

#include "base/memory.h"

#include <pthread.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdbool.h>
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

/* --- large blocks: a page over every customer takes some of megabytes, and gives them back when it is sent; getting them from the system
 * each time, page by page, costs more than what is written into them. A few are kept for the next. */
enum { LARGE = 1 << 20, STEP = 2 << 20, SPARE_MAX = 16 };
static const size_t spare_bytes_max = 64u << 20;
static struct {
	pthread_mutex_t lock;
	struct block *blocks[SPARE_MAX]; /* guarded by lock, as the rest */
	size_t count, bytes;
} spare = { .lock = PTHREAD_MUTEX_INITIALIZER };

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
static const bool spare_kept = false; /* a use after the end is to be seen */
#elif defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
static const bool spare_kept = false;
#else
static const bool spare_kept = true;
#endif
#else
static const bool spare_kept = true;
#endif

static struct block *spare_take(size_t size)
{
	struct block *found = NULL;
	pthread_mutex_lock(&spare.lock);
	size_t best = SPARE_MAX;
	for (size_t i = 0; i < spare.count; i++)
		if (spare.blocks[i]->size >= size && spare.blocks[i]->size <= 2 * size + STEP &&
		    (best == SPARE_MAX || spare.blocks[i]->size < spare.blocks[best]->size))
			best = i;
	if (best < SPARE_MAX) {
		found = spare.blocks[best];
		spare.blocks[best] = spare.blocks[--spare.count];
		spare.bytes -= found->size;
	}
	pthread_mutex_unlock(&spare.lock);
	return found;
}

static struct block *block_new(size_t size)
{
	struct block *block = NULL;
	if (size >= LARGE && size <= spare_bytes_max / 2 && spare_kept) {
		size = (size + sizeof *block + STEP - 1) / STEP * STEP - sizeof *block;
		block = spare_take(size);
		if (block) size = block->size;
	}
	if (!block) block = size >= LARGE ? xmalloc_large(sizeof *block + size) : xmalloc(sizeof *block + size);
	*block = (struct block){ .size = size };
	return block;
}

static void block_free(struct block *block)
{
	if (block->size >= LARGE && spare_kept) {
		pthread_mutex_lock(&spare.lock);
		bool kept = spare.count < SPARE_MAX && block->size <= spare_bytes_max - spare.bytes;
		if (kept) spare.blocks[spare.count++] = block, spare.bytes += block->size;
		pthread_mutex_unlock(&spare.lock);
		if (kept) return;
	}
	free(block);
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
		block_free(arena->head);
		arena->head = next;
	}
	arena->head->used = 0;
	arena->total = 0;
}

void arena_free(struct arena *arena)
{
	if (!arena) return;
	arena_reset(arena);
	block_free(arena->head);
	free(arena);
}

void arena_free_at(struct arena **arena)
{
	arena_free(*arena);
}

static void *arena_take(struct arena *arena, size_t size)
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
			return own->bytes;
		}
		block = block_new(BLOCK_SIZE);
		block->next = arena->head;
		arena->head = block;
		start = 0;
	}
	block->used = start + size;
	arena->total += size;
	return block->bytes + start;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	return memset(arena_take(arena, size), 0, size);
}

void *arena_alloc_raw(struct arena *arena, size_t count, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(count, size, &bytes)) abort();
	return arena_take(arena, bytes);
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
