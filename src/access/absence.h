/* absence — somebody is away from day to day, and a colleague stands in: for those days the colleague sees his portfolio too, and his
 * agenda is among the colleague's own. Nothing is reassigned, so nothing has to be given back.
 *
 *     TRY(absence_set(db, viewer, &(struct absence_new){ .user_id = u, .stand_in_id = s, .from = f, .until = t }, now, &id));
 *     TRY(absence_extend(db, today, &viewer));          fills viewer.stands_for, once a request
 */
#ifndef ACCESS_ABSENCE_H
#define ACCESS_ABSENCE_H

#include "access/viewer.h"
#include "base/arena.h"
#include "db/db.h"

struct absence {
	int64_t id, user_id, stand_in_id, by_user, at;
	int32_t from, until;
	const char *name, *stand_in; /* as people are shown: name, else address */
};
struct absence_new {
	int64_t user_id, stand_in_id;
	int32_t from, until;
};
/* One's own, or anybody's with RIGHT_USERS. */
struct status absence_set(struct db *db, const struct viewer *viewer, const struct absence_new *absence, int32_t today, int64_t now, int64_t *id);
struct status absence_end(struct db *db, const struct viewer *viewer, int64_t id, int64_t now);
/* Those that last or are to come, by day. */
struct status absence_list(struct db *db, const struct viewer *viewer, int32_t today, struct arena *arena, struct absence **out, size_t *count);
struct status absence_extend(struct db *db, int32_t today, struct viewer *viewer);

#endif
