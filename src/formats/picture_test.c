#include "formats/picture.h"

#include "base/memory.h"
#include "base/test.h"

#include <stdio.h>

#include <jpeglib.h>

static struct picture checks(struct arena *arena, int width, int height)
{
	struct picture picture = { width, height, arena_alloc(arena, (size_t)width * (size_t)height * 4) };
	for (int i = 0; i < width * height; i++) {
		bool dark = (i % width / 10 + i / width / 10) % 2;
		memcpy(picture.rgba + (size_t)i * 4, dark ? (uint8_t[]){ 200, 30, 40, 255 } : (uint8_t[]){ 10, 90, 200, 0 }, 4);
	}
	return picture;
}

static void a_png_comes_back(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct picture made = checks(arena, 120, 40), read;
	const char *png;
	size_t len;
	CHECK_OK(picture_png(&made, arena, &png, &len));
	CHECK_OK(picture_read(png, len, arena, &read));
	CHECK_INT(read.width, 120);
	CHECK_INT(read.height, 40);
	CHECK(memcmp(read.rgba, made.rgba, 120 * 40 * 4) == 0);
	picture_shrink(&read, 60, 60, arena);
	CHECK_INT(read.width, 60);
	CHECK_INT(read.height, 20);
	CHECK(read.rgba[3] == 0 && read.rgba[(0 * 60 + 7) * 4] == 200 && read.rgba[(0 * 60 + 7) * 4 + 3] == 255);
	picture_shrink(&read, 600, 600, arena); /* never larger */
	CHECK_INT(read.width, 60);
	for (size_t cut = 0; cut < len; cut += 7) /* cut short anywhere: refused or read, never beyond its bytes */
		(void)picture_read(memcpy(arena_alloc(arena, cut + 1), png, cut), cut, arena, &read).code;
}

static void a_jpeg_is_read(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct jpeg_compress_struct jpeg = { 0 };
	struct jpeg_error_mgr errors;
	unsigned char *bytes = NULL, row[90 * 3];
	unsigned long len = 0;
	jpeg.err = jpeg_std_error(&errors);
	jpeg_create_compress(&jpeg);
	jpeg_mem_dest(&jpeg, &bytes, &len);
	jpeg.image_width = 90, jpeg.image_height = 30, jpeg.input_components = 3, jpeg.in_color_space = JCS_RGB;
	jpeg_set_defaults(&jpeg);
	jpeg_start_compress(&jpeg, TRUE);
	memset(row, 120, sizeof row);
	for (int y = 0; y < 30; y++) jpeg_write_scanlines(&jpeg, (JSAMPROW[]){ row }, 1);
	jpeg_finish_compress(&jpeg);
	jpeg_destroy_compress(&jpeg);
	struct picture read;
	CHECK_OK(picture_read((char *)bytes, len, arena, &read));
	CHECK_INT(read.width, 90);
	CHECK(read.rgba[0] > 115 && read.rgba[0] < 125 && read.rgba[3] == 255);
	(void)picture_read((char *)bytes, len / 2, arena, &read).code;
	bytes[len / 2] ^= 0x55;
	(void)picture_read((char *)bytes, len, arena, &read).code;
	free(bytes);
}

static void refused(const char *bytes, size_t len, const char *words)
{
	cleanup_arena struct arena *arena = arena_new();
	struct picture read;
	struct status status = picture_read(bytes, len, arena, &read);
	CHECK(status.code == STATUS_INVALID);
	if (!strstr(status.text, words)) printf("  %s\n", status.text);
	CHECK(strstr(status.text, words));
}

static void others_are_refused_in_words(void)
{
	refused("", 0, "can't be read");
	refused("GIF89a", 6, "can't be read");
	refused("\x89PNG\r\n\x1a\n", 8, "can't be read");
	refused("\xff\xd8\xff\xe0", 4, "can't be read");
	refused("<?xml version='1.0'?><svg onload='x()'/>", 40, "SVG is not taken");
	/* a header that promises 60000 x 60000 pixels takes no memory */
	static const char bomb[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xea\x60\0\0\xea\x60\x08\x06\0\0\0\xa2\x4e\x5c\x60";
	refused(bomb, sizeof bomb - 1, "");
	cleanup_free char *big = xmalloc(PICTURE_FILE_MAX + 1);
	memset(big, 0, PICTURE_FILE_MAX + 1);
	refused(big, PICTURE_FILE_MAX + 1, "at most 4 MB");
}

TESTS({ "a png comes back", a_png_comes_back }, { "a jpeg is read", a_jpeg_is_read }, { "others are refused in words", others_are_refused_in_words }, )
