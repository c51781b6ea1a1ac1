/* unzip — what is inside a ZIP container (an archive of files, a workbook), read with bounds from bytes in memory.
 *
 *     struct unzip *zip;
 *     TRY(unzip_open(bytes, len, &zip));
 *     for (size_t i = 0; i < unzip_count(zip); i++) … unzip_member(zip, i)->name …
 *     TRY(unzip_read(zip, i, 64 << 20, &content, &content_len));
 *     unzip_close(zip);
 *
 * What a member claims of its size is not believed: reading stops at the limit. Names are words to show, never paths to open.
 */
#ifndef FORMATS_UNZIP_H
#define FORMATS_UNZIP_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UNZIP_MEMBERS_MAX = 10000 };

struct unzip;
struct unzip_member {
	const char *name;        /* as in the archive, UTF-8, folders before slashes; lives as long as the unzip */
	uint64_t size, packed;   /* as claimed */
	bool folder, encrypted;
};

/* Borrows the bytes until unzip_close. STATUS_INVALID: no readable ZIP, or more than UNZIP_MEMBERS_MAX members. */
struct status unzip_open(const char *bytes, size_t len, struct unzip **out);
void unzip_close(struct unzip *zip); /* NULL is fine */
size_t unzip_count(const struct unzip *zip);
const struct unzip_member *unzip_member(const struct unzip *zip, size_t index);
/* By its whole name, ASCII case ignored; -1: there is none. */
int64_t unzip_find(const struct unzip *zip, const char *name);

/* A piece of a member. A status of the taker ends the reading and is returned. */
typedef struct status unzip_take(void *context, const char *bytes, size_t len, bool last);
/* Gives a member piece by piece; STATUS_INVALID when it is damaged, encrypted, or holds more than limit bytes. */
struct status unzip_stream(struct unzip *zip, size_t index, uint64_t limit, unzip_take *take, void *context);
/* The whole of it; *out is malloc'd and ends in a 0 that is not counted. */
struct status unzip_read(struct unzip *zip, size_t index, uint64_t limit, char **out, size_t *len);

#endif
