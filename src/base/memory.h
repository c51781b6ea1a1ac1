/* memory — allocation that does not fail, and cleanups for locals.
 *
 * Out of memory aborts: what comes from outside is bounded before it reaches these functions.
 *
 *     cleanup_free char *name = xstrdup(row_name);
 *     cleanup_file FILE *file = fopen(path, "rb");
 */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

[[gnu::malloc, gnu::returns_nonnull]] void *xmalloc(size_t size);
/* The same for columns of many megabytes: in large pages where the system has them, since a fault per 4 KB costs as much as filling
 * them. Freed by free(); not to be grown. */
[[gnu::malloc, gnu::returns_nonnull]] void *xmalloc_large(size_t size);
[[gnu::malloc, gnu::returns_nonnull]] void *xcalloc(size_t count, size_t size);
[[gnu::returns_nonnull]] void *xrealloc(void *old, size_t count, size_t size); /* aborts on count * size overflow; many megabytes: in large pages */
[[gnu::malloc, gnu::returns_nonnull]] char *xstrdup(const char *text);         /* NULL gives "" */
[[gnu::malloc, gnu::returns_nonnull]] char *xstrndup(const char *text, size_t len);

/* For programs that do big work in many small steps: what one step frees serves the next one, instead of going back to the
 * system to be cleared again (a fifth of the time of an import). */
void memory_keep_freed(void);

/* Makes room for one more element in a growing array: doubles *cap, starts at 16. */
#define GROW(array, count, cap)                                                                                        \
	do {                                                                                                           \
		if ((count) == (cap)) {                                                                                \
			(cap) = (cap) ? (cap) * 2 : 16;                                                                \
			(array) = xrealloc((array), (size_t)(cap), sizeof *(array));                                   \
		}                                                                                                      \
	} while (0)

#define COUNT(array) (sizeof(array) / sizeof *(array))

void memory_free_at(void *pointer_to_pointer);
void memory_close_file_at(FILE **file);
void memory_close_fd_at(int *fd);
#define cleanup_free [[gnu::cleanup(memory_free_at)]]
#define cleanup_file [[gnu::cleanup(memory_close_file_at)]]
#define cleanup_fd   [[gnu::cleanup(memory_close_fd_at)]]

#endif
