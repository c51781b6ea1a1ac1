/* feed_ask — feeds that are asked: programs over their interface, the gazette's API, a mailbox. Each answer becomes a file. */
#ifndef INTAKE_FEED_ASK_H
#define INTAKE_FEED_ASK_H

#include "intake/feed_place.h"

/* path: a file of this machine's, gone afterwards; NULL: the place said nothing new. */
typedef struct status feed_take(void *context, const struct feed_entry *entry, const char *path);
/* One look; *wait_s: the place asks to be left alone for so long. */
struct status feed_ask(const struct intake *intake, const struct feed *feed, feed_take *take, void *context, int64_t *wait_s);
/* Bytes as a temporary file. */
struct status feed_ask_file(struct arena *arena, const char *bytes, size_t len, const char **path);
/* The feed's secret, opened; *out malloc'd, wipe it. */
struct status feed_ask_secret(const struct intake *intake, const struct feed *feed, char **out);

#endif
