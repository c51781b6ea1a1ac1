/* feed_place — where a feed's files are: what is there, bringing one here, putting it away. */
#ifndef INTAKE_FEED_PLACE_H
#define INTAKE_FEED_PLACE_H

#include "intake/feed.h"

struct feed_entry {
	const char *name;    /* as the place names it, no slash */
	int64_t size, changed_at;
	/* of places that are asked: what the file is, and how far they were read once it is taken; NULL: as the feed says */
	const char *format, *mapping, *mode, *source, *cursor;
	const char *file;    /* the file's name where `name` is more than that; NULL */
};
/* What is there now, oldest change first; of an address one file, whose size and time show only when it is fetched. */
struct status feed_place_list(const struct feed *feed, struct arena *arena, struct feed_entry **out, size_t *count);
/* A file of this machine's with its bytes; *temporary: the caller unlinks it. *nothing_new: an address says that it is what was
 * taken last; *etag is its mark of what it gave. */
struct status feed_place_fetch(const struct feed *feed, const struct feed_entry *entry, struct arena *arena, const char **path, bool *temporary,
                               const char **etag, bool *nothing_new);
/* A folder that may be written: into its folder "done" or "waiting". Elsewhere nothing happens. */
void feed_place_put_away(const struct feed *feed, const struct feed_entry *entry, bool done);

#endif
