#include "formats/picture.h"

#include "base/memory.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>

static struct status unreadable(void)
{
	return status_make(STATUS_INVALID, "This picture can't be read: it is damaged, or no PNG or JPEG.");
}

static struct status check_size(long width, long height)
{
	if (width < 1 || height < 1) return unreadable();
	if (width > PICTURE_SIDE_MAX || height > PICTURE_SIDE_MAX || width * height > PICTURE_PIXELS_MAX)
		return status_make(STATUS_INVALID, "This picture is too large: %ld × %ld pixels. 1200 × 600 are plenty.", width, height);
	return STATUS_FINE;
}

static struct status read_png(const char *bytes, size_t len, struct arena *arena, struct picture *out)
{
	png_image image = { .version = PNG_IMAGE_VERSION };
	if (!png_image_begin_read_from_memory(&image, bytes, len)) return unreadable();
	struct status status = check_size((long)image.width, (long)image.height);
	if (status.code) {
		png_image_free(&image);
		return status;
	}
	image.format = PNG_FORMAT_RGBA;
	*out = (struct picture){ (int)image.width, (int)image.height, arena_alloc(arena, PNG_IMAGE_SIZE(image)) };
	int read = png_image_finish_read(&image, NULL, out->rgba, 0, NULL);
	png_image_free(&image);
	return read ? STATUS_FINE : unreadable();
}

struct jpeg_guard {
	struct jpeg_error_mgr errors;
	struct jpeg_progress_mgr progress;
	jmp_buf out;
};

static void jpeg_stop(j_common_ptr jpeg)
{
	longjmp(((struct jpeg_guard *)jpeg->err)->out, 1);
}

static void jpeg_quiet(j_common_ptr jpeg)
{
	(void)jpeg;
}

/* A small file of thousands of scans would keep the decoder busy for hours. */
static void jpeg_scans(j_common_ptr jpeg)
{
	if (jpeg->is_decompressor && ((j_decompress_ptr)jpeg)->input_scan_number > PICTURE_SCANS_MAX) jpeg_stop(jpeg);
}

static struct status read_jpeg(const char *bytes, size_t len, struct arena *arena, struct picture *out)
{
	struct jpeg_decompress_struct jpeg = { 0 };
	struct jpeg_guard guard = { .progress = { .progress_monitor = jpeg_scans } };
	uint8_t *volatile row = NULL;
	jpeg.err = jpeg_std_error(&guard.errors);
	guard.errors.error_exit = jpeg_stop, guard.errors.output_message = jpeg_quiet;
	if (setjmp(guard.out)) {
		jpeg_destroy_decompress(&jpeg);
		free(row);
		return unreadable();
	}
	jpeg_create_decompress(&jpeg);
	jpeg.progress = &guard.progress;
	jpeg.mem->max_memory_to_use = 64 << 20;
	jpeg_mem_src(&jpeg, (const unsigned char *)bytes, len);
	jpeg_read_header(&jpeg, TRUE);
	struct status size = check_size((long)jpeg.image_width, (long)jpeg.image_height);
	if (!size.code && (jpeg.jpeg_color_space == JCS_CMYK || jpeg.jpeg_color_space == JCS_YCCK))
		size = status_make(STATUS_INVALID, "This picture is made for a printing press (CMYK). Save it as RGB, or as PNG.");
	if (size.code) {
		jpeg_destroy_decompress(&jpeg);
		return size;
	}
	jpeg.out_color_space = JCS_RGB;
	jpeg_start_decompress(&jpeg);
	size_t width = jpeg.output_width, height = jpeg.output_height;
	*out = (struct picture){ (int)width, (int)height, arena_alloc(arena, width * height * 4) };
	row = xmalloc(width * 3);
	while (jpeg.output_scanline < jpeg.output_height) {
		uint8_t *to = out->rgba + (size_t)jpeg.output_scanline * width * 4;
		JSAMPROW rows[] = { row };
		if (jpeg_read_scanlines(&jpeg, rows, 1) != 1) jpeg_stop((j_common_ptr)&jpeg);
		for (size_t x = 0; x < width; x++, to += 4) to[0] = row[x * 3], to[1] = row[x * 3 + 1], to[2] = row[x * 3 + 2], to[3] = 255;
	}
	jpeg_finish_decompress(&jpeg);
	jpeg_destroy_decompress(&jpeg);
	free(row);
	return STATUS_FINE;
}

struct status picture_read(const char *bytes, size_t len, struct arena *arena, struct picture *out)
{
	*out = (struct picture){ 0 };
	if (len > PICTURE_FILE_MAX) return status_make(STATUS_INVALID, "A logo is a picture of at most %d MB.", PICTURE_FILE_MAX >> 20);
	if (len >= 8 && memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0) return read_png(bytes, len, arena, out);
	if (len >= 3 && memcmp(bytes, "\xff\xd8\xff", 3) == 0) return read_jpeg(bytes, len, arena, out);
	if (len && memmem(bytes, len > 1000 ? 1000 : len, "<svg", 4))
		return status_make(STATUS_INVALID, "SVG is not taken, for safety. Save the logo as PNG, 600 pixels wide or more.");
	return unreadable();
}

void picture_shrink(struct picture *picture, int width, int height, struct arena *arena)
{
	if (picture->width <= width && picture->height <= height) return;
	int64_t w = width, h = (int64_t)picture->height * width / picture->width;
	if (h > height) h = height, w = (int64_t)picture->width * height / picture->height;
	if (w < 1) w = 1;
	if (h < 1) h = 1;
	uint8_t *small = arena_alloc(arena, (size_t)(w * h * 4)), *to = small;
	for (int64_t y = 0; y < h; y++)
		for (int64_t x = 0; x < w; x++, to += 4) {
			int64_t from_x = x * picture->width / w, end_x = (x + 1) * picture->width / w, from_y = y * picture->height / h, end_y = (y + 1) * picture->height / h;
			uint64_t sums[4] = { 0 }, count = 0;
			for (int64_t sy = from_y; sy < end_y || sy == from_y; sy++)
				for (int64_t sx = from_x; sx < end_x || sx == from_x; sx++, count++) {
					const uint8_t *at = picture->rgba + (sy * picture->width + sx) * 4;
					for (int c = 0; c < 3; c++) sums[c] += (uint64_t)at[c] * at[3];
					sums[3] += at[3];
				}
			for (int c = 0; c < 3; c++) to[c] = sums[3] ? (uint8_t)((sums[c] + sums[3] / 2) / sums[3]) : 255;
			to[3] = (uint8_t)((sums[3] + count / 2) / count);
		}
	*picture = (struct picture){ (int)w, (int)h, small };
}

struct status picture_png(const struct picture *picture, struct arena *arena, const char **bytes, size_t *len)
{
	png_image image = { .version = PNG_IMAGE_VERSION, .width = (png_uint_32)picture->width, .height = (png_uint_32)picture->height, .format = PNG_FORMAT_RGBA };
	png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
	char *out = arena_alloc(arena, size);
	if (!png_image_write_to_memory(&image, out, &size, 0, picture->rgba, 0, NULL))
		return status_make(STATUS_INTERNAL, "The picture could not be written.");
	*bytes = out, *len = size;
	return STATUS_FINE;
}
