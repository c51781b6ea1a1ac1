/* arena — memory that is freed together: a request, an import batch, a report.
 *
 *     struct arena *arena = arena_new();
 *     struct row *row = arena_make(arena, struct row);      zeroed
 *     char *name = arena_strdup(arena, cell);
 *     arena_free(arena);
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena);  /* NULL is fine */
void arena_reset(struct arena *arena); /* forgets everything, keeps the first block */
void arena_free_at(struct arena **arena);
#define cleanup_arena [[gnu::cleanup(arena_free_at)]]

[[gnu::returns_nonnull]] void *arena_alloc(struct arena *arena, size_t size); /* zeroed, aligned for any type */
#define arena_make(arena, type)         ((type *)arena_alloc((arena), sizeof(type)))
#define arena_array(arena, type, count) ((type *)arena_alloc_array((arena), (size_t)(count), sizeof(type)))
[[gnu::returns_nonnull]] void *arena_alloc_array(struct arena *arena, size_t count, size_t size);
/* The same without the zeroes, for large arrays that are written whole. */
#define arena_array_raw(arena, type, count) ((type *)arena_alloc_raw((arena), (size_t)(count), sizeof(type)))
[[gnu::returns_nonnull]] void *arena_alloc_raw(struct arena *arena, size_t count, size_t size);
[[gnu::returns_nonnull]] char *arena_strdup(struct arena *arena, const char *text); /* NULL gives "" */
[[gnu::returns_nonnull]] char *arena_strndup(struct arena *arena, const char *text, size_t len);
[[gnu::returns_nonnull, gnu::format(printf, 2, 3)]] char *arena_printf(struct arena *arena, const char *format, ...);
size_t arena_used(const struct arena *arena);

#endif
