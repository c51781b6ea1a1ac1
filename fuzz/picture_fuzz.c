#include "formats/picture.h"

#include "base/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	cleanup_arena struct arena *arena = arena_new();
	struct picture picture;
	if (len > 1 << 16) return 0;
	if (picture_read((const char *)bytes, len, arena, &picture).code) return 0;
	const char *png;
	size_t png_len;
	picture_shrink(&picture, 60, 30, arena);
	if (picture.width > 60 || picture.height > 30 || picture_png(&picture, arena, &png, &png_len).code) __builtin_trap();
	return 0;
}
