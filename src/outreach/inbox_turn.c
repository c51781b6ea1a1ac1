/* One look into a company's mailbox (inbox.h). */
#include "base/day.h"
#include "base/log.h"
#include "base/memory.h"
#include "outreach/inbox.h"
#include "outreach/mail_login.h"

#include <string.h>

enum { FETCH_MAX = 30 << 20, BACKOFF_MAX = 3600, LEFT_MAX = 200 };

bool inbox_ready(const struct settings *settings)
{
	return *setting_text(settings, "inbox.host") && *setting_text(settings, "inbox.user");
}

struct imap_server inbox_server(const struct settings *settings)
{
	const char *security = setting_text(settings, "inbox.security"), *ca = getenv("ENCOURS_CA_FILE"); /* a private authority of the house */
	struct imap_server server = { .host = setting_text(settings, "inbox.host"), .port = (int)setting_int(settings, "inbox.port"),
	                             .security = strcmp(security, "none") == 0 ? IMAP_PLAIN : strcmp(security, "starttls") == 0 ? IMAP_STARTTLS : IMAP_TLS,
	                             .user = setting_text(settings, "inbox.user"), .password = setting_text(settings, "inbox.password"), .ca_file = ca && *ca ? ca : NULL,
	                             .timeout_s = 60 };
	mail_login_bearer(settings, "inbox", server.bearer);
	return server;
}

static const char *folder_of(const struct settings *settings)
{
	const char *folder = setting_text(settings, "inbox.folder");
	return *folder ? folder : "INBOX";
}

struct status inbox_try(const struct settings *settings, int64_t *messages)
{
	if (!inbox_ready(settings)) return status_make(STATUS_INVALID, "Enter the mailbox's server and login first, and save.");
	TRY(mail_login_ready(settings, "inbox"));
	struct imap_server server = inbox_server(settings);
	server.timeout_s = 20; /* somebody is waiting */
	cleanup_imap struct imap *imap = NULL;
	struct imap_folder folder;
	TRY(imap_open(&server, &imap));
	TRY(imap_select(imap, folder_of(settings), &folder));
	*messages = folder.messages;
	if (strcmp(setting_text(settings, "inbox.after"), "moved") == 0 && !imap_can_move(imap))
		return status_make(STATUS_UNAVAILABLE, "This mailbox can't move messages: have them marked as read instead.");
	return STATUS_FINE;
}

struct status inbox_state(struct db *db, const struct viewer *viewer, int64_t company_id, const struct settings *settings, int64_t now,
                          struct arena *arena, struct inbox_state *out)
{
	*out = (struct inbox_state){ .error = "", .on = inbox_ready(settings) };
	if (!viewer_sees_company(viewer, company_id) || !out->on) return STATUS_FINE;
	int64_t since = 0;
	cleanup_rows struct rows *rows = db_query(db, "SELECT checked_at, received_at, next_at, failures, error, since_at FROM inbox WHERE tenant_id = $tenant AND company_id = $company",
	        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id)));
	if (rows_next(rows)) {
		out->checked_at = row_int(rows, 0), out->received_at = row_int(rows, 1), out->next_at = row_int(rows, 2), out->failures = row_int(rows, 3);
		out->error = arena_strdup(arena, row_text(rows, 4));
		since = row_int(rows, 5);
	}
	int64_t last = out->checked_at > since ? out->checked_at : since;
	out->late = last > 0 && now - last > setting_int(settings, "inbox.late_hours") * 3600;
	return rows_status(rows);
}

/* --- one look -------------------------------------------------------------------------------------------------------------------- */
struct look {
	const struct inbox_turn *turn;
	struct inbox_result *result;
	const struct settings *settings;
	struct company company;
	struct arena *arena;       /* the message's, reset after it */
	char place[400];
	int64_t uid_validity, last_uid, since_at, next_at, failures; /* as the row says, or 0 */
	bool fresh;                /* nothing is known of this place yet */
	/* the message at hand */
	const struct mail *mail;
	struct inbox_arrival arrival;
	int64_t message_id;
	bool known, bare;          /* bare: kept without what it means, since that could not be noted */
	const char *error;
};

#define SCOPE(look) db_int("tenant", (look)->turn->viewer->tenant_id), db_int("company", (look)->turn->company_id)

static struct status read_state(struct look *look)
{
	struct db *db = NULL;
	TRY(store_reader(look->turn->store, &db));
	struct status status;
	{
		cleanup_rows struct rows *rows = db_query(db, "SELECT place, uid_validity, last_uid, since_at, next_at, failures FROM inbox WHERE tenant_id = $tenant AND company_id = $company",
		                                          DB_ARGS(SCOPE(look)));
		look->fresh = true;
		if (rows_next(rows) && strcmp(row_text(rows, 0), look->place) == 0) {
			look->fresh = false;
			look->uid_validity = row_int(rows, 1), look->last_uid = row_int(rows, 2), look->since_at = row_int(rows, 3), look->next_at = row_int(rows, 4),
			look->failures = row_int(rows, 5);
		}
		status = rows_status(rows);
	}
	store_release(look->turn->store, db);
	if (look->fresh) look->since_at = look->turn->now;
	return status;
}

static struct status start_place(struct db *db, void *context)
{
	struct look *look = context;
	TRY(lease_check(db, look->turn->viewer->tenant_id, look->turn->lease, look->turn->token));
	TRY(db_run(db, "DELETE FROM inbox WHERE tenant_id = $tenant AND company_id = $company", DB_ARGS(SCOPE(look))));
	return db_run(db, "INSERT INTO inbox (tenant_id, company_id, place, since_at) VALUES ($tenant, $company, $place, $now)",
	              DB_ARGS(SCOPE(look), db_text("place", look->place), db_int("now", look->since_at)));
}

static struct status move_on(struct look *look, struct db *db)
{
	return db_run(db, "UPDATE inbox SET uid_validity = $validity, last_uid = $uid, received_at = $now WHERE tenant_id = $tenant AND company_id = $company",
	              DB_ARGS(SCOPE(look), db_int("validity", look->arrival.uid_validity), db_int("uid", look->arrival.uid), db_int("now", look->turn->now)));
}

static struct status keep(struct db *db, void *context)
{
	struct look *look = context;
	struct change change;
	TRY(lease_check(db, look->turn->viewer->tenant_id, look->turn->lease, look->turn->token));
	TRY(company_begin(db, look->turn->viewer, look->turn->company_id, look->turn->today, look->turn->now, &change));
	look->known = false;
	struct mail bare = *look->mail;
	if (look->bare) bare.kind = MAIL_REPLY, bare.id_count = 0, bare.from = "", bare.file_count = 0, bare.failed_count = 0;
	TRY(inbox_take(&change, look->settings, look->bare ? &bare : look->mail, &look->arrival, &look->message_id, &look->known));
	TRY(move_on(look, db));
	return look->known ? STATUS_FINE : company_end(&change);
}

static struct status skip(struct db *db, void *context)
{
	struct look *look = context;
	TRY(lease_check(db, look->turn->viewer->tenant_id, look->turn->lease, look->turn->token));
	return move_on(look, db);
}

static struct status filed(struct db *db, void *context)
{
	struct look *look = context;
	return db_run(db, "UPDATE inbox_message SET filed = 1 WHERE tenant_id = $tenant AND company_id = $company AND uid_validity = $validity AND uid = $uid AND filed = 0",
	              DB_ARGS(SCOPE(look), db_int("validity", look->arrival.uid_validity), db_int("uid", look->arrival.uid)));
}

/* Marked or moved only once it is safe. */
static struct status file_one(struct look *look, struct imap *imap, int64_t uid)
{
	const char *after = setting_text(look->settings, "inbox.after");
	if (strcmp(after, "seen") == 0 || strcmp(after, "moved") == 0) TRY(imap_mark_seen(imap, uid));
	if (strcmp(after, "moved") == 0 && imap_can_move(imap)) TRY(imap_move(imap, uid, setting_text(look->settings, "inbox.moved_to")));
	return store_transact(look->turn->store, filed, look);
}

static struct status take_one(struct look *look, struct imap *imap, int64_t uid)
{
	struct imap_message message;
	TRY(imap_fetch(imap, uid, FETCH_MAX, &message));
	look->arrival.uid = uid, look->arrival.received_at = message.received_at;
	look->arrival.old = message.received_at > 0 && message.received_at < look->since_at;
	if (!message.found) return store_transact(look->turn->store, skip, look); /* somebody took it out meanwhile */
	struct mail mail;
	mail_read(text_cstr(&message.bytes), message.bytes.len, look->turn->today, look->arena, &mail);
	if (message.size > (int64_t)message.bytes.len) mail.files_left_out++; /* its end was not fetched */
	text_free(&message.bytes);
	look->mail = &mail, look->bare = false;
	struct status status = store_transact(look->turn->store, keep, look);
	if (status.code == STATUS_INVALID || status.code == STATUS_INTERNAL || status.code == STATUS_NOT_FOUND) {
		log_line(LOG_WARNING, "company=%s mail uid=%lld waits in the tray: %s", look->company.code, (long long)uid, status.text);
		look->bare = true;
		status = store_transact(look->turn->store, keep, look);
	}
	look->mail = NULL;
	TRY(status);
	look->result->read++;
	look->result->known += look->known;
	return file_one(look, imap, uid);
}

/* Those that an earlier turn kept and could not mark any more. */
static struct status file_left(struct look *look, struct imap *imap)
{
	int64_t uids[LEFT_MAX];
	size_t count = 0;
	struct db *db = NULL;
	TRY(store_reader(look->turn->store, &db));
	struct status status;
	{
		cleanup_rows struct rows *rows = db_query(db,
		        "SELECT uid FROM inbox_message WHERE tenant_id = $tenant AND company_id = $company AND filed = 0 AND uid_validity = $validity ORDER BY uid LIMIT 200",
		        DB_ARGS(SCOPE(look), db_int("validity", look->arrival.uid_validity)));
		while (count < LEFT_MAX && rows_next(rows)) uids[count++] = row_int(rows, 0);
		status = rows_status(rows);
	}
	store_release(look->turn->store, db);
	for (size_t i = 0; i < count && !status.code; i++) {
		look->arrival.uid = uids[i];
		status = file_one(look, imap, uids[i]);
	}
	return status;
}

static struct status count_kinds(struct look *look, int64_t from)
{
	struct db *db = NULL;
	TRY(store_reader(look->turn->store, &db));
	struct status status;
	{
		cleanup_rows struct rows *rows = db_query(db, "SELECT state, kind, COUNT(*) FROM inbox_message WHERE tenant_id = $tenant AND company_id = $company AND id > $from GROUP BY state, kind",
		                                          DB_ARGS(SCOPE(look), db_int("from", from)));
		while (rows_next(rows)) {
			int count = (int)row_int(rows, 2);
			if (strcmp(row_text(rows, 0), "tied") == 0) look->result->tied += count;
			if (strcmp(row_text(rows, 0), "waiting") == 0) look->result->waiting += count;
			if (strcmp(row_text(rows, 1), "bounce") == 0 || strcmp(row_text(rows, 1), "undelivered") == 0) look->result->bounces += count;
		}
		status = rows_status(rows);
	}
	store_release(look->turn->store, db);
	return status;
}

static struct status read_mailbox(struct look *look)
{
	TRY(mail_login_take(look->turn->store, look->company.tenant_id, look->company.id, look->settings, "inbox"));
	struct imap_server server = inbox_server(look->settings);
	cleanup_imap struct imap *imap = NULL;
	struct imap_folder folder;
	int64_t uids[INBOX_TURN], before = 0;
	size_t count = 0;
	TRY(imap_open(&server, &imap));
	TRY(imap_select(imap, folder_of(look->settings), &folder));
	if (folder.uid_validity != look->uid_validity) look->last_uid = 0; /* the mailbox was rebuilt: what we have is known by what it says */
	look->arrival.uid_validity = folder.uid_validity;
	TRY(file_left(look, imap));
	int32_t since = DAY_NONE;
	if (!look->last_uid) since = (int32_t)(look->since_at / 86400) - (int32_t)setting_int(look->settings, "inbox.first_days");
	TRY(imap_search(imap, look->last_uid, since, uids, COUNT(uids), &count));
	for (size_t i = 0; i < count; i++) {
		if (look->turn->stop && look->turn->stop(look->turn->context)) break;
		TRY(take_one(look, imap, uids[i]));
		arena_reset(look->arena);
		if (!look->known && !before) before = look->message_id;
	}
	return before ? count_kinds(look, before - 1) : STATUS_FINE;
}

static struct status note_look(struct db *db, void *context)
{
	struct look *look = context;
	int64_t pause = setting_int(look->settings, "inbox.every_minutes") * 60;
	if (*look->error)
		for (int64_t i = 0; i < look->failures && pause < BACKOFF_MAX; i++) pause *= 2;
	return db_run(db,
	              "UPDATE inbox SET next_at = $next, error = $error, failures = CASE WHEN CAST($error AS TEXT) = '' THEN 0 ELSE failures + 1 END, "
	              "checked_at = CASE WHEN CAST($error AS TEXT) = '' THEN $now ELSE checked_at END WHERE tenant_id = $tenant AND company_id = $company",
	              DB_ARGS(SCOPE(look), db_int("next", look->turn->now + pause), db_text("error", look->error), db_int("now", look->turn->now)));
}

static struct status load(struct look *look, struct arena *arena)
{
	struct db *db = NULL;
	TRY(store_reader(look->turn->store, &db));
	struct status status = company_get(db, look->turn->viewer, look->turn->company_id, &look->company);
	if (!status.code) status = settings_load(db, look->turn->viewer->tenant_id, look->turn->company_id, arena, &look->settings);
	store_release(look->turn->store, db);
	return status;
}

struct status inbox_turn(const struct inbox_turn *turn, struct inbox_result *out)
{
	*out = (struct inbox_result){ 0 };
	cleanup_arena struct arena *arena = arena_new(), *scratch = arena_new();
	struct look look = { .turn = turn, .result = out, .arena = scratch, .error = "" };
	TRY(load(&look, arena));
	if (!inbox_ready(look.settings)) return STATUS_FINE;
	struct imap_server server = inbox_server(look.settings);
	snprintf(look.place, sizeof look.place, "%.120s@%.120s:%d/%.120s", server.user, server.host, server.port, folder_of(look.settings));
	TRY(read_state(&look));
	if (look.fresh) TRY(store_transact(turn->store, start_place, &look));
	if (!turn->now_please && look.next_at > turn->now) return STATUS_FINE;
	out->due = true;
	struct status status = read_mailbox(&look);
	if (status.code == STATUS_CONFLICT) return status; /* another server reads it now */
	if (status.code) {
		look.error = arena_strdup(arena, status.text);
		snprintf(out->error, sizeof out->error, "%.190s", status.text);
	}
	return store_transact(turn->store, note_look, &look);
}
