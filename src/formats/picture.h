/* picture — a company's logo as somebody uploads it: PNG or JPEG, read into plain pixels within bounds, made small, written anew as
 * PNG. What is kept and sent is what we wrote: nothing of the file itself (comments, places, other content) goes any further. SVG is
 * not taken: it is a program.
 *
 *     struct picture picture;
 *     TRY(picture_read(bytes, len, arena, &picture));
 *     picture_shrink(&picture, 600, 300, arena);
 *     TRY(picture_png(&picture, arena, &png, &png_len));
 */
#ifndef FORMATS_PICTURE_H
#define FORMATS_PICTURE_H

#include "base/arena.h"
#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

enum { PICTURE_FILE_MAX = 4 << 20, PICTURE_SIDE_MAX = 6000, PICTURE_PIXELS_MAX = 12 << 20, PICTURE_SCANS_MAX = 100 };

struct picture {
	int width, height;
	uint8_t *rgba; /* row by row, not premultiplied; lives in the arena */
};
struct status picture_read(const char *bytes, size_t len, struct arena *arena, struct picture *out);
/* Into that box, keeping its shape; never larger than it is. Means of the pixels that fall together, by their opacity. */
void picture_shrink(struct picture *picture, int width, int height, struct arena *arena);
struct status picture_png(const struct picture *picture, struct arena *arena, const char **bytes, size_t *len);

#endif
