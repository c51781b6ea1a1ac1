/* spot — where a text lies and how long it is, in eight bytes: what millions of rows keep of each of their cells.
 *
 * A slice takes sixteen. A row of an import has nine of them; three million rows were 700 MB, now 450.
 *
 *     row->label = spot_of(cell, arena);                 borrows the bytes; the arena only keeps the length of very long ones
 *     put_text(spot_text(row->label));
 */
#ifndef BASE_SPOT_H
#define BASE_SPOT_H

#include "base/arena.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

/* An address of a process has 48 bits (x86-64, and arm64 unless more are asked for), the length the other 16. { 0 }: empty. */
struct spot {
	uint64_t word;
};
enum { SPOT_LONG = 0xFFFF }; /* from this length on the address is that of a slice */

struct spot spot_of_long(struct slice text, struct arena *arena);

static inline struct spot spot_of(struct slice text, struct arena *arena)
{
	uint64_t address = (uintptr_t)text.bytes;
	if (text.len == 0) return (struct spot){ 0 };
	if (text.len >= SPOT_LONG || address >> 48) return spot_of_long(text, arena);
	return (struct spot){ (uint64_t)text.len << 48 | address };
}

static inline bool spot_empty(struct spot spot)
{
	return spot.word == 0;
}

static inline struct slice spot_text(struct spot spot)
{
	if (!spot.word) return (struct slice){ "", 0 };
	uint64_t address = spot.word & ((UINT64_C(1) << 48) - 1);
	if (spot.word >> 48 == SPOT_LONG) return *(const struct slice *)(uintptr_t)address;
	return (struct slice){ (const char *)(uintptr_t)address, (size_t)(spot.word >> 48) };
}

#endif
