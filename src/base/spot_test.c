#include "base/spot.h"

#include "base/memory.h"
#include "base/test.h"

#include <string.h>

static void test_a_text_is_found_again(void)
{
	cleanup_arena struct arena *arena = arena_new();
	static const size_t lengths[] = { 1, 40, 0xFFFE, 0xFFFF, 0x10000, 3 << 20 };
	for (size_t i = 0; i < COUNT(lengths); i++) {
		cleanup_free char *bytes = xmalloc(lengths[i]);
		memset(bytes, 'x', lengths[i]);
		struct spot spot = spot_of((struct slice){ bytes, lengths[i] }, arena);
		CHECK(!spot_empty(spot));
		CHECK(spot_text(spot).bytes == bytes && spot_text(spot).len == lengths[i]);
	}
}

static void test_no_text_is_the_empty_spot(void)
{
	cleanup_arena struct arena *arena = arena_new();
	CHECK(spot_empty(spot_of((struct slice){ "abc", 0 }, arena)));
	CHECK(spot_empty(spot_of((struct slice){ NULL, 0 }, arena)));
	CHECK(spot_text((struct spot){ 0 }).len == 0);
	CHECK_TEXT(spot_text((struct spot){ 0 }).bytes, "");
}

TESTS({ "a text is found again, a long one too", test_a_text_is_found_again },
      { "no text is the empty spot", test_no_text_is_the_empty_spot }, )
