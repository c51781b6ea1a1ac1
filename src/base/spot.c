#include "base/spot.h"

#include <assert.h>

struct spot spot_of_long(struct slice text, struct arena *arena)
{
	struct slice *kept = arena_make(arena, struct slice);
	*kept = text;
	uint64_t address = (uintptr_t)kept;
	assert(address >> 48 == 0);
	return (struct spot){ (uint64_t)SPOT_LONG << 48 | address };
}
