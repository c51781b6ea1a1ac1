/* zone — civil time in a named zone, read from the tz database (TZif, RFC 8536), never from the process's own zone.
 *
 *     int32_t today; int minutes;
 *     zone_civil("Europe/Paris", now, &today, &minutes);            what a clock on the wall there shows
 *     int64_t at = zone_instant("Europe/Paris", today, 600);        10:00 there, as UTC seconds
 *
 * Files are read once from $ENCOURS_ZONEINFO or /usr/share/zoneinfo and kept. A zone that can't be read counts as UTC; check
 * names with zone_known when they are set. */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool zone_known(const char *name);
int zone_offset(const char *name, int64_t instant); /* seconds east of UTC */
/* The day and the minutes since midnight there; either may be NULL. */
void zone_civil(const char *name, int64_t instant, int32_t *day, int *minutes);
/* The instant at which clocks there show it. Twice in autumn: the first; never, in spring: as if the clocks had not moved yet. */
int64_t zone_instant(const char *name, int32_t day, int minutes);

/* Pure parts, for tests and fuzzing: a TZif file's bytes, and a POSIX TZ rule ("CET-1CEST,M3.5.0,M10.5.0/3"). */
struct zone;
struct zone *zone_read(const char *bytes, size_t len); /* NULL when it isn't one; the caller frees with zone_free */
void zone_free(struct zone *zone);
int zone_offset_at(const struct zone *zone, int64_t instant);

#endif
