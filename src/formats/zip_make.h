/* zip_make — files put together as a ZIP, in memory.
 *
 *     TRY(zip_make(files, count, instant, &out));      out: malloc'd bytes of a struct text
 */
#ifndef FORMATS_ZIP_MAKE_H
#define FORMATS_ZIP_MAKE_H

#include "base/status.h"
#include "base/text.h"

#include <stdint.h>

struct zip_file {
	const char *name;  /* UTF-8, "folder/name.pdf" */
	const char *bytes; /* must live until zip_make returns */
	size_t len;
};
/* Every file bears the instant `at`: the same files give the same bytes. */
struct status zip_make(const struct zip_file *files, size_t count, int64_t at, struct text *out);

#endif
