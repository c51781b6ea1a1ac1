/* original — the file as it came in, kept compressed: made on a thread of its own while the file is read, and read back.
 *
 *     struct original original;
 *     original_begin(&original, bytes, len);      packing and digest run beside what follows
 *     …
 *     TRY(original_end(&original));               waits for them
 *     TRY(original_part(&original, part, …));     the parts that table import_file keeps
 *     original_free(&original);                   also after a failure, and before original_end
 *
 * What is packed waits on disk, in a file without a name, so that memory does not grow with the file. Parts are pieces of one
 * zstd frame; what earlier versions stored is a zlib stream and can still be read.
 */
#ifndef INTAKE_ORIGINAL_H
#define INTAKE_ORIGINAL_H

#include "base/status.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { ORIGINAL_DIGEST = 32, ORIGINAL_PART = 1 << 20 };

struct original {
	const char *bytes; /* borrowed */
	size_t len;
	FILE *packed;
	unsigned char digest[ORIGINAL_DIGEST];
	bool running, failed;
	pthread_t thread;
};

void original_begin(struct original *original, const char *bytes, size_t len);
struct status original_end(struct original *original);
/* The next part, ORIGINAL_PART bytes at most, into buffer; *len 0: there is no more. */
struct status original_part(struct original *original, char *buffer, size_t *len);
struct status original_rewind(struct original *original);
void original_free(struct original *original);

#endif
