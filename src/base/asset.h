/* asset — files that travel inside the program: pages/, assets/, schema/, locale/.
 *
 *     struct asset asset;
 *     if (asset_find("pages/agenda.html", &asset)) …
 *
 * With ENCOURS_SOURCE set to a source tree, the file there is read first (edit a page, reload, no build). */
#ifndef BASE_ASSET_H
#define BASE_ASSET_H

#include <stdbool.h>
#include <stddef.h>

struct asset {
	const char *name; /* "pages/agenda.html" */
	const char *bytes; /* lives as long as the program; a 0 follows the last byte */
	size_t len;
};

bool asset_find(const char *name, struct asset *out);
/* The embedded ones whose name starts with prefix, in order of name: *index goes on from 0. */
bool asset_next(const char *prefix, size_t *index, struct asset *out);

#endif
