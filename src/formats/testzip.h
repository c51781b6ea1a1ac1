/* testzip — small ZIP containers made in memory by tests.
 *
 *     size_t len;
 *     char *bytes = testzip((struct testzip_part[]){ { "xl/workbook.xml", "<workbook/>" }, { 0 } }, &len);      malloc'd
 */
#ifndef FORMATS_TESTZIP_H
#define FORMATS_TESTZIP_H

#include "base/memory.h"

#include <string.h>
#include <zip.h>

struct testzip_part {
	const char *name, *content;
	size_t len; /* 0: strlen */
};

static inline char *testzip(const struct testzip_part *parts, size_t *len)
{
	zip_error_t error;
	zip_error_init(&error);
	zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
	zip_t *zip = zip_open_from_source(source, ZIP_TRUNCATE, &error);
	if (!zip) abort();
	zip_source_keep(source);
	for (; parts->name; parts++)
		if (zip_file_add(zip, parts->name, zip_source_buffer(zip, parts->content, parts->len ? parts->len : strlen(parts->content), 0), ZIP_FL_ENC_UTF_8) < 0)
			abort();
	if (zip_close(zip) != 0) abort();
	zip_stat_t stat;
	if (zip_source_stat(source, &stat) != 0 || zip_source_open(source) != 0) abort();
	char *bytes = xmalloc((size_t)stat.size + 1);
	*len = (size_t)zip_source_read(source, bytes, stat.size);
	zip_source_close(source);
	zip_source_free(source);
	return bytes;
}

#endif
