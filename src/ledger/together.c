#include "ledger/together.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/event.h"

#include <ctype.h>
#include <string.h>

enum { TEXT_MAX = 1000, CALLED_MAX = 20, TOLD_MAX = 60 };

#define SCOPE(change) db_int("tenant", (change)->company.tenant_id), db_int("company", (change)->company.id)
#define READER(viewer, company) db_int("tenant", (viewer)->tenant_id), db_int("company", company)

static struct status tidy(const char *given, size_t max, struct slice *out)
{
	*out = slice_trim(slice_of(given ? given : ""));
	if (out->len > max || !utf8_valid(out->bytes, out->len))
		return status_make(STATUS_INVALID, "This text is too long, or not readable: at most %d characters.", (int)max);
	return STATUS_FINE;
}

/* --- who may be told -------------------------------------------------------------------------------------------------------------- */
struct place {
	int64_t collector_id, sales_id;
	char group[80];
};

static struct status place_of(struct db *db, int64_t tenant, int64_t company, int64_t customer_id, struct place *out)
{
	cleanup_rows struct rows *rows = db_query(db, "SELECT collector_id, sales_id, group_code FROM customer WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	                                          DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_int("id", customer_id)));
	*out = (struct place){ 0 };
	bool found = rows_next(rows);
	if (found) {
		out->collector_id = row_int(rows, 0), out->sales_id = row_int(rows, 1);
		snprintf(out->group, sizeof out->group, "%s", row_text(rows, 2));
	}
	TRY(rows_status(rows));
	return found ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "There is no such customer.");
}

static struct status may_see(struct db *db, int64_t tenant, int64_t company, const struct place *place, int64_t user_id, bool *out)
{
	struct viewer viewer;
	struct status status = user_viewer(db, tenant, user_id, &viewer);
	*out = false;
	if (status.code == STATUS_NOT_FOUND || status.code == STATUS_FORBIDDEN) return STATUS_FINE; /* gone, or may not log in any more */
	TRY(status);
	*out = viewer_may(&viewer, RIGHT_READ) && viewer_sees_company(&viewer, company) && viewer_sees_customer(&viewer, place->collector_id, place->sales_id, place->group);
	return STATUS_FINE;
}

static struct status tell(struct change *change, int64_t user_id, const char *kind, int64_t customer_id, int64_t ref, const char *text)
{
	int64_t id = 0;
	size_t len = strlen(text);
	if (len > TEXT_MAX)
		for (len = TEXT_MAX; len && ((unsigned char)text[len] & 0xc0) == 0x80;) len--;
	cleanup_free char *cut = xstrndup(text, len);
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "notification", 1, &id));
	return db_run(change->db,
	              "INSERT INTO notification (tenant_id, company_id, id, user_id, at, kind, customer_id, ref, text, by_user) "
	              "VALUES ($tenant, $company, $id, $user, $now, $kind, $customer, $ref, $text, $by)",
	              DB_ARGS(SCOPE(change), db_int("id", id), db_int("user", user_id), db_int("now", change->now), db_text("kind", kind), db_int("customer", customer_id),
	                      db_int("ref", ref), db_text("text", cut), db_int("by", change->viewer->user_id)));
}

/* --- colleagues, comments ------------------------------------------------------------------------------------------------------------ */
struct status colleague_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, struct arena *arena,
                             struct colleague **out, size_t *count)
{
	struct user *users;
	size_t user_count;
	struct place place;
	*out = NULL, *count = 0;
	TRY(customer_check(db, viewer, company_id, customer_id));
	TRY(place_of(db, viewer->tenant_id, company_id, customer_id, &place));
	struct viewer system = viewer_system(viewer->tenant_id);
	TRY(user_list(db, &system, arena, &users, &user_count));
	*out = arena_array(arena, struct colleague, user_count + 1);
	for (size_t i = 0; i < user_count; i++) {
		bool sees = false;
		if (users[i].disabled) continue;
		TRY(may_see(db, viewer->tenant_id, company_id, &place, users[i].id, &sees));
		if (!sees) continue;
		const char *at = strchr(users[i].email, '@');
		const char *handle = arena_strndup(arena, users[i].email, at ? (size_t)(at - users[i].email) : strlen(users[i].email));
		(*out)[(*count)++] = (struct colleague){ users[i].id, arena_strdup(arena, *users[i].name ? users[i].name : users[i].email), handle };
	}
	return STATUS_FINE;
}

static bool handle_char(char c)
{
	return isalnum((unsigned char)c) || c == '.' || c == '_' || c == '-' || c == '+' || (unsigned char)c >= 0x80;
}

/* "@claire.lefort," names claire.lefort; two colleagues whose handle is the same are both told. */
static bool names(struct slice text, const char *handle)
{
	size_t len = strlen(handle);
	for (size_t i = 0; len && i + len < text.len; i++) {
		if (text.bytes[i] != '@' || (i && handle_char(text.bytes[i - 1])) || strncasecmp(text.bytes + i + 1, handle, len) != 0) continue;
		size_t end = i + 1 + len;
		if (end == text.len || !handle_char(text.bytes[end]) || (strchr(".-", text.bytes[end]) && (end + 1 == text.len || !handle_char(text.bytes[end + 1])))) return true;
	}
	return false;
}

struct status comment_add(struct change *change, int64_t customer_id, const char *text, int *called)
{
	cleanup_arena struct arena *arena = arena_new();
	struct colleague *colleagues;
	size_t count;
	int told = 0;
	TRY(note_add(change, customer_id, text, NULL, 0));
	TRY(colleague_list(change->db, change->viewer, change->company.id, customer_id, arena, &colleagues, &count));
	struct slice words = slice_of(text);
	int64_t mentioned[CALLED_MAX];
	for (size_t i = 0; i < count && told < CALLED_MAX; i++) {
		if (colleagues[i].id == change->viewer->user_id || !names(words, colleagues[i].handle)) continue;
		TRY(tell(change, colleagues[i].id, "mention", customer_id, 0, text));
		mentioned[told++] = colleagues[i].id;
	}
	if (called) *called = told;
	/* those who follow, and were not called by name */
	cleanup_rows struct rows *rows = db_query(change->db, "SELECT user_id FROM watch WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer ORDER BY user_id",
	                                          DB_ARGS(SCOPE(change), db_int("customer", customer_id)));
	int64_t followers[TOLD_MAX];
	size_t follower_count = 0;
	while (follower_count < TOLD_MAX && rows_next(rows)) followers[follower_count++] = row_int(rows, 0);
	TRY(rows_status(rows));
	rows_close(rows), rows = NULL;
	for (size_t i = 0; i < follower_count; i++) {
		bool skip = followers[i] == change->viewer->user_id, sees = false;
		for (int k = 0; k < told; k++) skip |= mentioned[k] == followers[i];
		for (size_t k = 0; k < count; k++) sees |= colleagues[k].id == followers[i];
		if (!skip && sees) TRY(tell(change, followers[i], "watch", customer_id, 0, text));
	}
	return STATUS_FINE;
}

/* --- tasks ----------------------------------------------------------------------------------------------------------------------------- */
static struct status check_owner(struct change *change, int64_t customer_id, int64_t owner_id)
{
	struct place place;
	bool sees = false;
	TRY(place_of(change->db, change->company.tenant_id, change->company.id, customer_id, &place));
	TRY(may_see(change->db, change->company.tenant_id, change->company.id, &place, owner_id, &sees));
	return sees ? STATUS_FINE : status_make(STATUS_INVALID, "This colleague does not see the customer: choose another one.");
}

struct status task_add(struct change *change, const struct task_new *task, int64_t *id)
{
	struct slice words;
	TRY(change_allows(change, RIGHT_NOTE));
	TRY(tidy(task->text, TEXT_MAX, &words));
	if (!words.len) return status_make(STATUS_INVALID, "What is to be done? Write it in a few words.");
	if (task->due_day == DAY_NONE || task->due_day < change->today || task->due_day > change->today + 730)
		return status_make(STATUS_INVALID, "The day of a task is today or later, within two years.");
	TRY(customer_check(change->db, change->viewer, change->company.id, task->customer_id));
	TRY(check_owner(change, task->customer_id, task->owner_id));
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "task", 1, id));
	cleanup_free char *text = xstrndup(words.bytes, words.len);
	TRY(db_run(change->db,
	           "INSERT INTO task (tenant_id, company_id, id, customer_id, owner_id, due_day, text, by_user, created_at, rev) "
	           "VALUES ($tenant, $company, $id, $customer, $owner, $due, $text, $by, $now, $rev)",
	           DB_ARGS(SCOPE(change), db_int("id", *id), db_int("customer", task->customer_id), db_int("owner", task->owner_id), db_day("due", task->due_day), db_text("text", text),
	                   db_int("by", change->viewer->user_id), db_int("now", change->now), db_int("rev", change->rev))));
	if (task->owner_id != change->viewer->user_id) TRY(tell(change, task->owner_id, "task", task->customer_id, *id, text));
	char due[11];
	day_format(task->due_day, due);
	return event_add_json(change, (struct event_new){ .kind = "task.added", .customer_id = task->customer_id, .ref = *id },
	                      json_pack("{s:s,s:s,s:I}", "day", due, "text", text, "owner", (json_int_t)task->owner_id));
}

static struct status task_open(struct change *change, int64_t id, int64_t *customer_id, int64_t *owner_id, char **text)
{
	cleanup_rows struct rows *rows = db_query(change->db, "SELECT customer_id, owner_id, text FROM task WHERE tenant_id = $tenant AND company_id = $company AND id = $id AND done_at = 0",
	                                          DB_ARGS(SCOPE(change), db_int("id", id)));
	bool found = rows_next(rows);
	if (found) *customer_id = row_int(rows, 0), *owner_id = row_int(rows, 1), *text = xstrdup(row_text(rows, 2));
	TRY(rows_status(rows));
	if (!found) return status_make(STATUS_NOT_FOUND, "There is no task %lld that waits.", (long long)id);
	return customer_check(change->db, change->viewer, change->company.id, *customer_id);
}

struct status task_done(struct change *change, int64_t id, const char *outcome)
{
	int64_t customer = 0, owner = 0;
	cleanup_free char *text = NULL;
	struct slice words;
	TRY(change_allows(change, RIGHT_NOTE));
	TRY(tidy(outcome, TEXT_MAX, &words));
	TRY(task_open(change, id, &customer, &owner, &text));
	cleanup_free char *said = xstrndup(words.bytes, words.len);
	TRY(db_run(change->db, "UPDATE task SET done_at = $now, done_by = $by, outcome = $outcome, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(SCOPE(change), db_int("now", change->now), db_int("by", change->viewer->user_id), db_text("outcome", said), db_int("rev", change->rev), db_int("id", id))));
	/* who gave it hears that it is done */
	int64_t giver = 0;
	TRY(db_get_int(change->db, "SELECT by_user FROM task WHERE tenant_id = $tenant AND company_id = $company AND id = $id", DB_ARGS(SCOPE(change), db_int("id", id)), &giver, NULL));
	struct place place;
	bool sees = false;
	TRY(place_of(change->db, change->company.tenant_id, change->company.id, customer, &place));
	if (giver && giver != change->viewer->user_id) TRY(may_see(change->db, change->company.tenant_id, change->company.id, &place, giver, &sees));
	if (sees) TRY(tell(change, giver, "task", customer, id, *said ? said : text));
	return event_add_json(change, (struct event_new){ .kind = "task.done", .customer_id = customer, .ref = id }, json_pack("{s:s,s:s}", "label", text, "note", said));
}

struct status task_move(struct change *change, int64_t id, int32_t due_day, int64_t owner_id)
{
	int64_t customer = 0, owner = 0;
	cleanup_free char *text = NULL;
	TRY(change_allows(change, RIGHT_NOTE));
	TRY(task_open(change, id, &customer, &owner, &text));
	if (due_day != DAY_NONE && (due_day < change->today || due_day > change->today + 730))
		return status_make(STATUS_INVALID, "The day of a task is today or later, within two years.");
	if (owner_id) TRY(check_owner(change, customer, owner_id));
	TRY(db_run(change->db,
	           "UPDATE task SET due_day = COALESCE($due, due_day), owner_id = CASE WHEN CAST($owner AS BIGINT) > 0 THEN $owner ELSE owner_id END, rev = $rev "
	           "WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(SCOPE(change), db_day("due", due_day), db_int("owner", owner_id), db_int("rev", change->rev), db_int("id", id))));
	if (owner_id && owner_id != owner && owner_id != change->viewer->user_id) TRY(tell(change, owner_id, "task", customer, id, text));
	char due[11];
	day_format(due_day, due);
	return event_add_json(change, (struct event_new){ .kind = "task.changed", .customer_id = customer, .ref = id }, json_pack("{s:s,s:s}", "label", text, "day", due));
}

struct status task_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, int64_t owner_id, bool open_only,
                        struct arena *arena, struct task **out, size_t *count)
{
	enum { LISTED = 300 };
	*out = arena_array(arena, struct task, LISTED), *count = 0;
	if (!viewer_sees_company(viewer, company_id)) return STATUS_FINE;
	cleanup_rows struct rows *rows = db_query(db,
	        "SELECT t.id, t.customer_id, t.owner_id, t.by_user, t.created_at, t.done_at, t.done_by, t.due_day, t.text, t.outcome, c.code, c.name, c.collector_id, c.sales_id, "
	        "c.group_code, u.name, u.email FROM task t JOIN customer c ON c.tenant_id = t.tenant_id AND c.company_id = t.company_id AND c.id = t.customer_id "
	        "LEFT JOIN user_account u ON u.tenant_id = t.tenant_id AND u.id = t.owner_id "
	        "WHERE t.tenant_id = $tenant AND t.company_id = $company AND ($customer = 0 OR t.customer_id = $customer) AND ($owner = 0 OR t.owner_id = $owner) "
	        "AND ($all = 1 OR t.done_at = 0) ORDER BY CASE WHEN t.done_at = 0 THEN 0 ELSE 1 END, t.due_day, t.id",
	        DB_ARGS(READER(viewer, company_id), db_int("customer", customer_id), db_int("owner", owner_id), db_int("all", !open_only)));
	while (*count < LISTED && rows_next(rows)) {
		if (!viewer_sees_customer(viewer, row_int(rows, 12), row_int(rows, 13), row_text(rows, 14))) continue;
		struct task *task = &(*out)[(*count)++];
		*task = (struct task){ .id = row_int(rows, 0), .customer_id = row_int(rows, 1), .owner_id = row_int(rows, 2), .by_user = row_int(rows, 3), .created_at = row_int(rows, 4),
			               .done_at = row_int(rows, 5), .done_by = row_int(rows, 6), .due_day = row_day(rows, 7) };
		task->text = arena_strdup(arena, row_text(rows, 8)), task->outcome = arena_strdup(arena, row_text(rows, 9));
		task->customer_code = arena_strdup(arena, row_text(rows, 10)), task->customer_name = arena_strdup(arena, row_text(rows, 11));
		const char *name = row_text(rows, 15);
		task->owner = *name ? arena_strdup(arena, name) : arena_strdup(arena, row_text(rows, 16));
	}
	return rows_status(rows);
}

struct status task_due(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t today, int64_t *count)
{
	*count = 0;
	return db_get_int(db, "SELECT COUNT(*) FROM task WHERE tenant_id = $tenant AND company_id = $company AND owner_id = $owner AND done_at = 0 AND due_day <= $today",
	                  DB_ARGS(READER(viewer, company_id), db_int("owner", viewer->user_id), db_day("today", today)), count, NULL);
}

/* --- following ---------------------------------------------------------------------------------------------------------------------------- */
struct status watch_is(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, bool *on)
{
	int64_t count = 0;
	TRY(db_get_int(db, "SELECT COUNT(*) FROM watch WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer AND user_id = $user",
	               DB_ARGS(READER(viewer, company_id), db_int("customer", customer_id), db_int("user", viewer->user_id)), &count, NULL));
	*on = count > 0;
	return STATUS_FINE;
}

struct status watch_set(struct change *change, int64_t customer_id, bool on)
{
	bool now = false;
	TRY(customer_check(change->db, change->viewer, change->company.id, customer_id));
	if (!change->viewer->user_id) return status_make(STATUS_INVALID, "Only a person follows a customer.");
	TRY(watch_is(change->db, change->viewer, change->company.id, customer_id, &now));
	if (now == on) return status_make(STATUS_CONFLICT, "That is so already.");
	TRY(db_run(change->db,
	           on ? "INSERT INTO watch (tenant_id, company_id, customer_id, user_id, at) VALUES ($tenant, $company, $customer, $user, $now)"
	              : "DELETE FROM watch WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer AND user_id = $user AND CAST($now AS BIGINT) > 0",
	           DB_ARGS(SCOPE(change), db_int("customer", customer_id), db_int("user", change->viewer->user_id), db_int("now", change->now))));
	return event_add(change, &(struct event_new){ .kind = on ? "watch.started" : "watch.stopped", .customer_id = customer_id });
}

/* --- what somebody should know --------------------------------------------------------------------------------------------------------------- */
struct status notify_customer(struct change *change, int64_t customer_id, const char *kind, int64_t ref, const char *text)
{
	int64_t users[TOLD_MAX];
	size_t count = 0;
	struct place place;
	TRY(place_of(change->db, change->company.tenant_id, change->company.id, customer_id, &place));
	if (place.collector_id) users[count++] = place.collector_id;
	{
		cleanup_rows struct rows *rows = db_query(change->db, "SELECT user_id FROM watch WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer ORDER BY user_id",
		                                          DB_ARGS(SCOPE(change), db_int("customer", customer_id)));
		while (count < TOLD_MAX && rows_next(rows))
			if (row_int(rows, 0) != place.collector_id) users[count++] = row_int(rows, 0);
		TRY(rows_status(rows));
	}
	for (size_t i = 0; i < count; i++) {
		bool sees = false;
		if (users[i] == change->viewer->user_id) continue;
		TRY(may_see(change->db, change->company.tenant_id, change->company.id, &place, users[i], &sees));
		if (sees) TRY(tell(change, users[i], kind, customer_id, ref, text));
	}
	return STATUS_FINE;
}

struct status notify_entitled(struct change *change, enum right right, const char *kind, int64_t ref, const char *text)
{
	int64_t users[TOLD_MAX];
	size_t count = 0;
	{
		cleanup_rows struct rows *rows = db_query(change->db, "SELECT id FROM user_account WHERE tenant_id = $tenant AND disabled = 0 ORDER BY id",
		                                          DB_ARGS(db_int("tenant", change->company.tenant_id)));
		while (count < TOLD_MAX && rows_next(rows)) users[count++] = row_int(rows, 0);
		TRY(rows_status(rows));
	}
	for (size_t i = 0; i < count; i++) {
		struct viewer viewer;
		struct status status = user_viewer(change->db, change->company.tenant_id, users[i], &viewer);
		if (status.code == STATUS_NOT_FOUND || status.code == STATUS_FORBIDDEN) continue;
		TRY(status);
		if (viewer_may(&viewer, right) && viewer_sees_company(&viewer, change->company.id)) TRY(tell(change, users[i], kind, 0, ref, text));
	}
	return STATUS_FINE;
}

struct status notification_list(struct db *db, const struct viewer *viewer, int64_t company_id, bool unseen_only, size_t limit, struct arena *arena,
                                struct notification **out, size_t *count)
{
	*out = arena_array(arena, struct notification, limit + 1), *count = 0;
	if (!viewer_sees_company(viewer, company_id) || !viewer->user_id) return STATUS_FINE;
	cleanup_rows struct rows *rows = db_query(db,
	        "SELECT n.id, n.at, n.customer_id, n.ref, n.by_user, n.seen_at, n.kind, n.text, u.name, u.email, c.code, c.name, c.collector_id, c.sales_id, c.group_code "
	        "FROM notification n LEFT JOIN customer c ON c.tenant_id = n.tenant_id AND c.company_id = n.company_id AND c.id = n.customer_id "
	        "LEFT JOIN user_account u ON u.tenant_id = n.tenant_id AND u.id = n.by_user "
	        "WHERE n.tenant_id = $tenant AND n.company_id = $company AND n.user_id = $user AND ($all = 1 OR n.seen_at = 0) ORDER BY n.id DESC",
	        DB_ARGS(READER(viewer, company_id), db_int("user", viewer->user_id), db_int("all", !unseen_only)));
	while (*count < limit && rows_next(rows)) {
		if (row_int(rows, 2) && !viewer_sees_customer(viewer, row_int(rows, 12), row_int(rows, 13), row_text(rows, 14))) continue;
		struct notification *n = &(*out)[(*count)++];
		*n = (struct notification){ .id = row_int(rows, 0), .company_id = company_id, .at = row_int(rows, 1), .customer_id = row_int(rows, 2), .ref = row_int(rows, 3),
			                    .by_user = row_int(rows, 4), .seen_at = row_int(rows, 5) };
		n->kind = arena_strdup(arena, row_text(rows, 6)), n->text = arena_strdup(arena, row_text(rows, 7));
		n->by = *row_text(rows, 8) ? arena_strdup(arena, row_text(rows, 8)) : arena_strdup(arena, row_text(rows, 9));
		n->customer_code = arena_strdup(arena, row_text(rows, 10)), n->customer_name = arena_strdup(arena, row_text(rows, 11));
	}
	return rows_status(rows);
}

struct status notification_count(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t *count)
{
	*count = 0;
	if (!viewer->user_id) return STATUS_FINE;
	return db_get_int(db, "SELECT COUNT(*) FROM notification WHERE tenant_id = $tenant AND user_id = $user AND seen_at = 0 AND company_id = $company",
	                  DB_ARGS(READER(viewer, company_id), db_int("user", viewer->user_id)), count, NULL);
}

struct status notification_seen(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, int64_t now)
{
	return db_run(db, "UPDATE notification SET seen_at = $now WHERE tenant_id = $tenant AND company_id = $company AND user_id = $user AND seen_at = 0 AND ($id = 0 OR id = $id)",
	              DB_ARGS(READER(viewer, company_id), db_int("user", viewer->user_id), db_int("id", id), db_int("now", now)));
}

/* --- a portfolio changes hands --------------------------------------------------------------------------------------------------------------------- */
struct status portfolio_hand(struct change *change, int64_t from, int64_t to, const char *note, int64_t *count)
{
	struct user giver, taker;
	struct slice words;
	*count = 0;
	TRY(change_allows(change, RIGHT_SCENARIO));
	TRY(tidy(note, TEXT_MAX, &words));
	if (from == to) return status_make(STATUS_INVALID, "Choose two different colleagues.");
	struct viewer system = viewer_system(change->viewer->tenant_id);
	TRY(user_get(change->db, &system, from, &giver));
	TRY(user_get(change->db, &system, to, &taker));
	if (taker.disabled || !(role_rights(taker.role) & RIGHT_COLLECT)) return status_make(STATUS_INVALID, "%s does not collect: choose a colleague who may.", *taker.name ? taker.name : taker.email);
	cleanup_free char *said = xstrndup(words.bytes, words.len);
	int64_t *ids = NULL;
	size_t found = 0, cap = 0;
	{
		cleanup_rows struct rows *rows = db_query(change->db,
		        "SELECT id, collector_id, sales_id, group_code FROM customer WHERE tenant_id = $tenant AND company_id = $company AND collector_id = $from AND merged_into = 0 ORDER BY id",
		        DB_ARGS(SCOPE(change), db_int("from", from)));
		while (rows_next(rows)) {
			if (!viewer_sees_customer(change->viewer, row_int(rows, 1), row_int(rows, 2), row_text(rows, 3))) continue;
			GROW(ids, found, cap);
			ids[found++] = row_int(rows, 0);
		}
		struct status status = rows_status(rows);
		if (status.code) return free(ids), status;
	}
	cleanup_free int64_t *owned = ids;
	if (!found) return status_make(STATUS_NOT_FOUND, "%s has no customers here.", *giver.name ? giver.name : giver.email);
	static const char *const moves[] = {
		"UPDATE task SET owner_id = $to, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $id AND owner_id = $from AND done_at = 0",
		"UPDATE action SET assigned_to = $to, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $id AND assigned_to = $from AND state IN ('planned', 'to_confirm')",
	};
	for (size_t i = 0; i < found; i++) {
		TRY(customer_set(change, owned[i], "collector", taker.email)); /* a person's choice, that no import or rule takes back */
		for (size_t m = 0; m < COUNT(moves); m++)
			TRY(db_run(change->db, moves[m], DB_ARGS(SCOPE(change), db_int("to", to), db_int("from", from), db_int("rev", change->rev), db_int("id", owned[i]))));
		TRY(event_add_json(change, (struct event_new){ .kind = "customer.handed", .customer_id = owned[i], .ref = to },
		                   json_pack("{s:s,s:s,s:s,s:s}", "field", "collector", "before", *giver.name ? giver.name : giver.email, "after", *taker.name ? taker.name : taker.email, "note", said)));
	}
	*count = (int64_t)found;
	cleanup_text struct text told = { 0 };
	text_addf(&told, "%s → %s", *giver.name ? giver.name : giver.email, *taker.name ? taker.name : taker.email);
	if (*said) text_addf(&told, "\n%s", said);
	if (to != change->viewer->user_id) TRY(tell(change, to, "handover", 0, (int64_t)found, text_cstr(&told)));
	return event_add_json(change, (struct event_new){ .kind = "portfolio.handed", .ref = to },
	                      json_pack("{s:s,s:I,s:s}", "label", text_cstr(&told), "count", (json_int_t)found, "note", said));
}
