#include "formats/zip_make.h"

#include "base/memory.h"

#include <zip.h>

static struct status failed(zip_t *zip, zip_source_t *source)
{
	struct status status = status_make(STATUS_INTERNAL, "The files could not be put together: %s.", zip ? zip_strerror(zip) : "zip");
	if (zip) zip_discard(zip);
	if (source) zip_source_free(source);
	return status;
}

struct status zip_make(const struct zip_file *files, size_t count, int64_t at, struct text *out)
{
	zip_error_t error;
	zip_error_init(&error);
	zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
	zip_t *zip = source ? zip_open_from_source(source, ZIP_TRUNCATE, &error) : NULL;
	if (!zip) return failed(NULL, source);
	zip_source_keep(source); /* read after the archive is closed */
	for (size_t i = 0; i < count; i++) {
		zip_source_t *file = zip_source_buffer(zip, files[i].bytes, files[i].len, 0);
		zip_int64_t index = file ? zip_file_add(zip, files[i].name, file, ZIP_FL_ENC_UTF_8) : -1;
		if (index < 0) {
			if (file) zip_source_free(file);
			return failed(zip, source);
		}
		if (zip_file_set_mtime(zip, (zip_uint64_t)index, (time_t)at, 0) != 0) return failed(zip, source);
	}
	if (zip_close(zip) != 0) return failed(zip, source);
	zip_stat_t stat;
	if (zip_source_stat(source, &stat) != 0 || zip_source_open(source) != 0) return failed(NULL, source);
	cleanup_free char *bytes = xmalloc_large((size_t)stat.size + 1);
	zip_int64_t got = zip_source_read(source, bytes, stat.size);
	zip_source_close(source);
	zip_source_free(source);
	if (got < 0 || (zip_uint64_t)got != stat.size) return status_make(STATUS_INTERNAL, "The files could not be put together: %s.", "read");
	text_add_bytes(out, bytes, (size_t)got);
	return STATUS_FINE;
}
