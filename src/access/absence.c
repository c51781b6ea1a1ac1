#include "access/absence.h"

#include "base/day.h"
#include "base/memory.h"

static struct status known(struct db *db, int64_t tenant, int64_t user_id)
{
	int64_t count = 0;
	TRY(db_get_int(db, "SELECT COUNT(*) FROM user_account WHERE tenant_id = $tenant AND id = $id AND disabled = 0",
	               DB_ARGS(db_int("tenant", tenant), db_int("id", user_id)), &count, NULL));
	return count ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "There is no such account.");
}

static struct status may(const struct viewer *viewer, int64_t user_id)
{
	return viewer->user_id == user_id || viewer_may(viewer, RIGHT_USERS)
	               ? STATUS_FINE
	               : status_make(STATUS_FORBIDDEN, "Absences of others are entered by an administrator.");
}

struct status absence_set(struct db *db, const struct viewer *viewer, const struct absence_new *absence, int32_t today, int64_t now, int64_t *id)
{
	TRY(may(viewer, absence->user_id));
	TRY(known(db, viewer->tenant_id, absence->user_id));
	TRY(known(db, viewer->tenant_id, absence->stand_in_id));
	if (absence->user_id == absence->stand_in_id) return status_make(STATUS_INVALID, "Somebody else has to stand in.");
	if (absence->from == DAY_NONE || absence->until == DAY_NONE || absence->until < absence->from || absence->until < today ||
	    absence->until > absence->from + 366)
		return status_make(STATUS_INVALID, "Give the first and the last day away, within a year.");
	int64_t double_one = 0;
	TRY(db_get_int(db,
	        "SELECT COUNT(*) FROM absence WHERE tenant_id = $tenant AND user_id = $user AND ended_at = 0 AND from_day <= $until AND until_day >= $from",
	        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("user", absence->user_id), db_day("from", absence->from), db_day("until", absence->until)),
	        &double_one, NULL));
	if (double_one) return status_make(STATUS_CONFLICT, "An absence is entered for some of these days already.");
	TRY(id_take(db, viewer->tenant_id, 0, "absence", 1, id));
	return db_run(db,
	        "INSERT INTO absence (tenant_id, id, user_id, from_day, until_day, stand_in_id, at, by_user) VALUES ($tenant, $id, $user, $from, $until, "
	        "$stand_in, $now, $by)",
	        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("id", *id), db_int("user", absence->user_id), db_day("from", absence->from),
	                db_day("until", absence->until), db_int("stand_in", absence->stand_in_id), db_int("now", now), db_int("by", viewer->user_id)));
}

struct status absence_end(struct db *db, const struct viewer *viewer, int64_t id, int64_t now)
{
	int64_t user_id = 0;
	bool found = false;
	TRY(db_get_int(db, "SELECT user_id FROM absence WHERE tenant_id = $tenant AND id = $id AND ended_at = 0",
	               DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("id", id)), &user_id, &found));
	if (!found) return status_make(STATUS_NOT_FOUND, "There is no such absence, or it was taken back already.");
	TRY(may(viewer, user_id));
	return db_run(db, "UPDATE absence SET ended_at = $now WHERE tenant_id = $tenant AND id = $id",
	              DB_ARGS(db_int("now", now), db_int("tenant", viewer->tenant_id), db_int("id", id)));
}

struct status absence_list(struct db *db, const struct viewer *viewer, int32_t today, struct arena *arena, struct absence **out, size_t *count)
{
	enum { LISTED = 200 };
	*out = arena_array(arena, struct absence, LISTED), *count = 0;
	cleanup_rows struct rows *rows = db_query(db,
	        "SELECT a.id, a.user_id, a.stand_in_id, a.by_user, a.at, a.from_day, a.until_day, CASE WHEN u.name <> '' THEN u.name ELSE u.email END, "
	        "CASE WHEN s.name <> '' THEN s.name ELSE s.email END FROM absence a JOIN user_account u ON u.tenant_id = a.tenant_id AND u.id = a.user_id "
	        "JOIN user_account s ON s.tenant_id = a.tenant_id AND s.id = a.stand_in_id WHERE a.tenant_id = $tenant AND a.ended_at = 0 "
	        "AND a.until_day >= $today ORDER BY a.from_day, a.id LIMIT 200",
	        DB_ARGS(db_int("tenant", viewer->tenant_id), db_day("today", today)));
	while (*count < LISTED && rows_next(rows))
		(*out)[(*count)++] = (struct absence){ .id = row_int(rows, 0), .user_id = row_int(rows, 1), .stand_in_id = row_int(rows, 2), .by_user = row_int(rows, 3),
			.at = row_int(rows, 4), .from = row_day(rows, 5), .until = row_day(rows, 6), .name = arena_strdup(arena, row_text(rows, 7)),
			.stand_in = arena_strdup(arena, row_text(rows, 8)) };
	return rows_status(rows);
}

struct status absence_extend(struct db *db, int32_t today, struct viewer *viewer)
{
	viewer->stands_for_count = 0;
	if (!viewer->user_id) return STATUS_FINE;
	cleanup_rows struct rows *rows = db_query(db,
	        "SELECT DISTINCT user_id FROM absence WHERE tenant_id = $tenant AND stand_in_id = $user AND ended_at = 0 AND from_day <= $today "
	        "AND until_day >= $today ORDER BY user_id",
	        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("user", viewer->user_id), db_day("today", today)));
	while (viewer->stands_for_count < (int)COUNT(viewer->stands_for) && rows_next(rows)) viewer->stands_for[viewer->stands_for_count++] = row_int(rows, 0);
	return rows_status(rows);
}
