#include "base/memory.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

void *xmalloc(size_t size)
{
	void *p = malloc(size ? size : 1);
	if (!p) abort();
	return p;
}

void memory_keep_freed(void)
{
	mallopt(M_MMAP_THRESHOLD, 8 << 20);
	mallopt(M_TRIM_THRESHOLD, 32 << 20);
	mallopt(M_TOP_PAD, 1 << 20);
}

enum { PAGE = 4096, LARGE_PAGE = 2 << 20 };

/* All of the mapping that malloc made for it, as one: of a mapping in parts realloc would copy what it can move. A wish: without it the
 * memory is the same, only slower to get. */
static void *in_large_pages(void *memory, size_t size)
{
	if (size < 2 * (size_t)LARGE_PAGE) return memory;
	uintptr_t from = ((uintptr_t)memory - 2 * sizeof(size_t)) & ~(uintptr_t)(PAGE - 1);
	uintptr_t to = ((uintptr_t)memory + malloc_usable_size(memory)) & ~(uintptr_t)(PAGE - 1);
	madvise((void *)from, to - from, MADV_HUGEPAGE);
	return memory;
}

void *xmalloc_large(size_t size)
{
	if (size < 2 * (size_t)LARGE_PAGE || size > SIZE_MAX - LARGE_PAGE) return xmalloc(size);
	size_t whole = (size + LARGE_PAGE - 1) & ~(size_t)(LARGE_PAGE - 1);
	void *memory = aligned_alloc(LARGE_PAGE, whole);
	if (!memory) return xmalloc(size);
	madvise(memory, whole, MADV_HUGEPAGE);
	return memory;
}

void *xcalloc(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);
	if (!p) abort();
	return in_large_pages(p, count * size); /* fresh memory of this size is not touched yet */
}

void *xrealloc(void *old, size_t count, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(count, size, &bytes)) abort();
	void *p = realloc(old, bytes ? bytes : 1);
	if (!p) abort();
	return in_large_pages(p, bytes);
}

char *xstrdup(const char *text)
{
	return xstrndup(text ? text : "", text ? strlen(text) : 0);
}

char *xstrndup(const char *text, size_t len)
{
	char *copy = xmalloc(len + 1);
	memcpy(copy, text, len);
	copy[len] = 0;
	return copy;
}

void memory_free_at(void *pointer_to_pointer)
{
	void *p;
	memcpy(&p, pointer_to_pointer, sizeof p);
	free(p);
}

void memory_close_file_at(FILE **file)
{
	if (*file) fclose(*file);
}

void memory_close_fd_at(int *fd)
{
	if (*fd >= 0) close(*fd);
}
