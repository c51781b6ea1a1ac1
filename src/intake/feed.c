#include "intake/feed_place.h"

#include "base/http.h"
#include "base/log.h"
#include "base/memory.h"
#include "db/seal.h"
#include "base/memory.h"
#include "formats/recognise.h"
#include "intake/connector.h"
#include "intake/draft.h"
#include "intake/feed_ask.h"
#include "ledger/event.h"
#include "ledger/together.h"

#include <fnmatch.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EVERY_DEFAULT = 15, BACKOFF_MAX = 6 * 3600, LEASE_SECONDS = 3600 };

static const char *const kinds[FEED_KINDS] = { [FEED_FOLDER] = "folder", [FEED_SFTP] = "sftp", [FEED_HTTPS] = "https",
	[FEED_BUSINESS_CENTRAL] = "business-central", [FEED_SAP] = "sap", [FEED_PENNYLANE] = "pennylane", [FEED_ODOO] = "odoo", [FEED_BODACC] = "bodacc", [FEED_MAILBOX] = "mailbox" };

const char *feed_kind_code(enum feed_kind kind)
{
	return kinds[kind];
}

bool feed_kind_parse(const char *code, enum feed_kind *out)
{
	for (int i = 0; code && i < FEED_KINDS; i++)
		if (strcmp(code, kinds[i]) == 0) return *out = (enum feed_kind)i, true;
	return false;
}

/* --- made and changed ------------------------------------------------------------------------------------------------------------ */
static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static struct status check_place(const struct feed_new *make)
{
	const char *at = make->location ? make->location : "";
	struct stat stat_of;
	if (strlen(at) > 500 || strpbrk(at, "\r\n")) return status_make(STATUS_INVALID, "This is no place that files can come from.");
	switch (make->kind) {
	case FEED_FOLDER:
		if (*at != '/') return status_make(STATUS_INVALID, "The folder is named from the root: /srv/exports.");
		if (stat(at, &stat_of) != 0 || !S_ISDIR(stat_of.st_mode)) return status_make(STATUS_INVALID, "There is no folder %s.", at);
		return STATUS_FINE;
	case FEED_SFTP:
		if (!begins(at, "sftp://") || !strchr(at + 7, '@') || at[strlen(at) - 1] != '/')
			return status_make(STATUS_INVALID, "SFTP wants an address such as sftp://user@host/folder/ with a slash at its end.");
		if (!make->host_key || !*make->host_key)
			return status_make(STATUS_INVALID, "SFTP wants the server's key, so that no other can take its place: --host-key, as “ssh-keyscan HOST | ssh-keygen -lf -” shows it behind SHA256:.");
		if (!make->secret_file || !*make->secret_file) return status_make(STATUS_INVALID, "SFTP wants a file with the password or the private key: --secret-file.");
		break;
	case FEED_HTTPS:
		if (!begins(at, "https://") && !begins(at, "http://127.0.0.1") && !begins(at, "http://localhost") && !begins(at, "http://[::1]"))
			return status_make(STATUS_INVALID, "HTTPS wants an address that begins with https://.");
		break;
	case FEED_BUSINESS_CENTRAL: case FEED_SAP: case FEED_PENNYLANE: case FEED_ODOO: case FEED_BODACC:
		if (!http_url_allowed(at)) return status_make(STATUS_INVALID, "HTTPS wants an address that begins with https://.");
		if (make->kind != FEED_BODACC && (!make->secret || !*make->secret)) return status_make(STATUS_INVALID, "This program wants a password, a key or a token: --secret-file names a file that holds it; it is kept sealed.");
		break;
	case FEED_MAILBOX:
		if ((!begins(at, "imaps://") && !begins(at, "imap://")) || !strchr(at + 7, '@'))
			return status_make(STATUS_INVALID, "A mailbox wants an address such as imaps://user@host/ (or imap:// with STARTTLS).");
		if (!make->secret || !*make->secret) return status_make(STATUS_INVALID, "A mailbox wants its password: --secret-file names a file that holds it; it is kept sealed.");
		return STATUS_FINE;
	case FEED_KINDS: break;
	}
	const char *host = strstr(at, "://") + 3, *colon = strchr(host, ':'), *sign = strchr(host, '@');
	if (sign && colon && colon < sign) return status_make(STATUS_INVALID, "A password does not belong in the address: give a file with it, --secret-file.");
	return STATUS_FINE;
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static struct status record(struct change *change, const char *kind, int64_t id, const char *name, const char *text)
{
	return event_add_json(change, (struct event_new){ .kind = kind, .ref = id }, json_pack("{s:s, s:s}", "feed", name, "text", text));
}

struct status feed_add(struct change *change, const struct feed_new *make, int64_t *id)
{
	enum import_mode mode;
	TRY(change_allows(change, RIGHT_SETTINGS));
	TRY(check_place(make));
	if (make->mode && *make->mode && !import_mode_parse(make->mode, &mode))
		return status_make(STATUS_INVALID, "The mode %s is unknown. There are: ledger, stock, delta.", make->mode);
	int every = make->every_minutes > 0 ? make->every_minutes : EVERY_DEFAULT;
	if (every > 7 * 1440 || make->late_hours < 0 || make->late_hours > 10000) return status_make(STATUS_INVALID, "Every how many minutes? From 1 to 10080.");
	const char *name = make->name && *make->name ? make->name : make->location;
	const char *options = make->options && *make->options ? make->options : "{}";
	json_t *said = json_loads(options, 0, NULL);
	bool fine = json_is_object(said) && strlen(options) < 4000;
	json_decref(said);
	if (!fine) return status_make(STATUS_INVALID, "These options can't be read.");
	cleanup_free char *sealed = NULL;
	if (make->secret && *make->secret) TRY(seal_close(db_store(change->db), make->secret, &sealed));
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "feed", 1, id));
	TRY(db_run(change->db,
	           "INSERT INTO feed (tenant_id, company_id, id, name, kind, location, pattern, secret_file, host_key, format, mode, source, mapping, secret, options,"
	           " every_minutes, late_hours, created_at, received_at, rev) VALUES ($tenant, $company, $id, $name, $kind, $location, $pattern, $secret, $key,"
	           " $format, $mode, $source, $mapping, $sealed, $options, $every, $late, $now, $now, $rev)",
	           DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", *id), db_text("name", name),
	                   db_text("kind", kinds[make->kind]), db_text("location", make->location), db_text("pattern", or_empty(make->pattern)),
	                   db_text("secret", or_empty(make->secret_file)), db_text("key", or_empty(make->host_key)), db_text("format", or_empty(make->format)),
	                   db_text("mode", or_empty(make->mode)), db_text("source", or_empty(make->source)), db_text("mapping", or_empty(make->mapping)), db_text("sealed", sealed ? sealed : ""), db_text("options", options),
	                   db_int("every", every), db_int("late", make->late_hours), db_int("now", change->now), db_int("rev", change->rev))));
	return record(change, "feed.added", *id, name, make->location);
}

static struct status name_of(struct change *change, int64_t id, char **out)
{
	TRY(change_allows(change, RIGHT_SETTINGS));
	TRY(db_get_text(change->db, "SELECT name FROM feed WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	                DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id)), out));
	return *out ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "There is no feed %lld.", (long long)id);
}

struct status feed_remove(struct change *change, int64_t id)
{
	cleanup_free char *name = NULL;
	TRY(name_of(change, id, &name));
	static const char *const statements[] = {
		"DELETE FROM feed_file WHERE tenant_id = $tenant AND company_id = $company AND feed_id = $id",
		"DELETE FROM feed WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	};
	for (size_t i = 0; i < COUNT(statements); i++)
		TRY(db_run(change->db, statements[i], DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id))));
	return record(change, "feed.removed", id, name, "");
}

struct status feed_enable(struct change *change, int64_t id, bool on)
{
	cleanup_free char *name = NULL;
	TRY(name_of(change, id, &name));
	TRY(db_run(change->db,
	           "UPDATE feed SET enabled = $on, next_at = 0, failures = 0, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_int("on", on), db_int("rev", change->rev), db_int("tenant", change->company.tenant_id), db_int("company", change->company.id),
	                   db_int("id", id))));
	return record(change, on ? "feed.enabled" : "feed.disabled", id, name, "");
}

/* --- read --------------------------------------------------------------------------------------------------------------------------- */
struct status feed_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t now, struct arena *arena, struct feed **out, size_t *count)
{
	int64_t most = 0;
	if (!viewer_may(viewer, RIGHT_IMPORT)) return status_make(STATUS_FORBIDDEN, "You may not import files.");
	TRY(db_get_int(db, "SELECT count(*) FROM feed WHERE tenant_id = $tenant AND company_id = $company",
	               DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id)), &most, NULL));
	*out = arena_array(arena, struct feed, most + 1), *count = 0;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT id, kind, name, location, pattern, secret_file, host_key, format, mode, source, mapping, etag, error, every_minutes, late_hours, next_at,"
		" checked_at, received_at, failures, created_at, enabled, options, cursor FROM feed WHERE tenant_id = $tenant AND company_id = $company ORDER BY id",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id)));
	while (rows_next(rows) && (int64_t)*count < most) {
		struct feed *feed = &(*out)[(*count)++];
		*feed = (struct feed){ .id = row_int(rows, 0), .every_minutes = row_int(rows, 13), .late_hours = row_int(rows, 14), .next_at = row_int(rows, 15),
			               .checked_at = row_int(rows, 16), .received_at = row_int(rows, 17), .failures = row_int(rows, 18),
			               .created_at = row_int(rows, 19), .enabled = row_int(rows, 20) != 0 };
		if (!feed_kind_parse(row_text(rows, 1), &feed->kind)) return status_make(STATUS_INTERNAL, "Feed %lld is of an unknown kind.", (long long)feed->id);
		const char **texts[] = { &feed->name, &feed->location, &feed->pattern, &feed->secret_file, &feed->host_key, &feed->format, &feed->mode, &feed->source,
			                 &feed->mapping, &feed->etag, &feed->error };
		for (size_t i = 0; i < COUNT(texts); i++) *texts[i] = arena_strdup(arena, row_text(rows, 2 + (int)i));
		feed->options = arena_strdup(arena, row_text(rows, 21)), feed->cursor = arena_strdup(arena, row_text(rows, 22));
		feed->late = feed->enabled && feed->late_hours > 0 && now - feed->received_at > feed->late_hours * 3600;
	}
	return rows_status(rows);
}

struct status feed_files(struct db *db, const struct viewer *viewer, int64_t company_id, size_t limit, struct arena *arena, struct feed_file **out,
                         size_t *count)
{
	if (!viewer_may(viewer, RIGHT_IMPORT)) return status_make(STATUS_FORBIDDEN, "You may not import files.");
	*out = arena_array(arena, struct feed_file, limit + 1), *count = 0;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT f.id, f.feed_id, f.at, f.size, f.changed_at, f.import_id, f.draft_id, f.name, f.state, f.text, e.name FROM feed_file f JOIN feed e"
		" ON e.tenant_id = f.tenant_id AND e.company_id = f.company_id AND e.id = f.feed_id"
		" WHERE f.tenant_id = $tenant AND f.company_id = $company ORDER BY f.id DESC LIMIT $limit",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("limit", (int64_t)limit)));
	while (rows_next(rows) && *count < limit)
		(*out)[(*count)++] = (struct feed_file){
			.id = row_int(rows, 0), .feed_id = row_int(rows, 1), .at = row_int(rows, 2), .size = row_int(rows, 3), .changed_at = row_int(rows, 4),
			.import_id = row_int(rows, 5), .draft_id = row_int(rows, 6), .name = arena_strdup(arena, row_text(rows, 7)),
			.state = arena_strdup(arena, row_text(rows, 8)), .text = arena_strdup(arena, row_text(rows, 9)), .feed = arena_strdup(arena, row_text(rows, 10)),
		};
	return rows_status(rows);
}

/* --- one file ------------------------------------------------------------------------------------------------------------------------- */
struct taking {
	const struct intake *intake; /* its arena is the turn's */
	const struct feed *feed;
	const struct feed_entry *entry;
	const char *state, *text, *etag;
	int64_t import_id, draft_id;
};

#define OF_FEED(t) db_int("tenant", (t)->intake->viewer->tenant_id), db_int("company", (t)->intake->company_id), db_int("feed", (t)->feed->id)

/* The row of the file, and what the feed says of itself: one transaction with its event, where the file needs a person. */
static struct status keep(struct db *db, void *context)
{
	struct taking *t = context;
	struct change change;
	int64_t id = 0, same = 0;
	if (t->entry->cursor && strcmp(t->state, "unchanged") == 0) /* a place that was asked says nothing new: only how far it was read */
		return db_run(db, "UPDATE feed SET cursor = $cursor, received_at = $now WHERE tenant_id = $tenant AND company_id = $company AND id = $feed",
		              DB_ARGS(OF_FEED(t), db_text("cursor", t->entry->cursor), db_int("now", t->intake->now)));
	TRY(company_begin(db, t->intake->viewer, t->intake->company_id, t->intake->today, t->intake->now, &change));
	/* one row for what fails again and again, or is offered again and says nothing new */
	TRY(db_get_int(db,
	               "SELECT COALESCE(max(id), 0) FROM feed_file WHERE tenant_id = $tenant AND company_id = $company AND feed_id = $feed AND name = $name"
	               " AND (state = 'failed' OR (state = 'unchanged' AND $state = 'unchanged'))",
	               DB_ARGS(OF_FEED(t), db_text("name", t->entry->name), db_text("state", t->state)), &same, NULL));
	if (same)
		TRY(db_run(db, "DELETE FROM feed_file WHERE tenant_id = $tenant AND company_id = $company AND feed_id = $feed AND id = $id",
		           DB_ARGS(OF_FEED(t), db_int("id", same))));
	TRY(id_take(db, change.company.tenant_id, change.company.id, "feed_file", 1, &id));
	TRY(db_run(db,
	           "INSERT INTO feed_file (tenant_id, company_id, feed_id, id, at, name, size, changed_at, state, import_id, draft_id, text)"
	           " VALUES ($tenant, $company, $feed, $id, $now, $name, $size, $changed, $state, $import, $draft, $text)",
	           DB_ARGS(OF_FEED(t), db_int("id", id), db_int("now", t->intake->now), db_text("name", t->entry->name), db_int("size", t->entry->size),
	                   db_int("changed", t->entry->changed_at), db_text("state", t->state), db_int("import", t->import_id), db_int("draft", t->draft_id),
	                   db_text("text", t->text))));
	if (t->entry->cursor && strcmp(t->state, "failed") != 0) /* what waits for a person is kept as a draft */
		TRY(db_run(db, "UPDATE feed SET cursor = $cursor WHERE tenant_id = $tenant AND company_id = $company AND id = $feed",
		           DB_ARGS(OF_FEED(t), db_text("cursor", t->entry->cursor))));
	bool taken = strcmp(t->state, "imported") == 0 || strcmp(t->state, "unchanged") == 0;
	if (taken)
		TRY(db_run(db,
		           "UPDATE feed SET received_at = $now, etag = $etag, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $feed",
		           DB_ARGS(OF_FEED(t), db_int("now", t->intake->now), db_text("etag", or_empty(t->etag)), db_int("rev", change.rev))));
	json_t *content = json_pack("{s:s, s:s, s:s, s:s}", "feed", t->feed->name, "file", t->entry->name, "state", t->state, "text", t->text);
	TRY(event_add_json(&change, (struct event_new){ .kind = "feed.file", .ref = t->feed->id }, content));
	return company_end(&change);
}

static struct status known(struct taking *t, bool *out)
{
	struct db *db;
	int64_t count = 0;
	*out = false;
	if (t->feed->kind == FEED_HTTPS) return STATUS_FINE; /* it says itself whether it changed */
	TRY(store_reader(t->intake->store, &db));
	struct status status = db_get_int(db,
		"SELECT count(*) FROM feed_file WHERE tenant_id = $tenant AND company_id = $company AND feed_id = $feed AND name = $name AND size = $size"
		" AND changed_at = $changed AND state <> 'failed'",
		DB_ARGS(OF_FEED(t), db_text("name", t->entry->name), db_int("size", t->entry->size), db_int("changed", t->entry->changed_at)), &count, NULL);
	store_release(t->intake->store, db);
	*out = count > 0;
	return status;
}

static const char *filled(const char *text)
{
	return text && *text ? text : NULL;
}

/* What needs a person waits among the dropped files, as it is understood. */
static void let_wait(struct taking *t, const struct intake *intake, const char *path, const char *why)
{
	t->state = "waiting", t->text = arena_strdup(t->intake->arena, why);
	struct status status = draft_keep(intake, path, &t->draft_id);
	if (!status.code) status = draft_look(intake, t->draft_id, NULL);
	if (status.code) log_line(LOG_WARNING, "feed=%lld %s is not kept as a draft: %s", (long long)t->feed->id, t->entry->name, status.text);
}

static struct status import_file(struct taking *t, const char *path)
{
	struct intake intake = *t->intake;
	cleanup_arena struct arena *arena = arena_new();
	intake.arena = arena;
	intake.options = (struct intake_options){ .file_name = t->entry->name, .format = filled(t->feed->format), .mode = filled(t->feed->mode),
		                                  .source = filled(t->feed->source), .mapping = filled(t->feed->mapping), .as_of = DAY_NONE };
	const struct feed_entry *entry = t->entry;
	if (entry->file) intake.options.file_name = entry->file;
	if (entry->format) intake.options.format = entry->format;
	if (entry->mapping) intake.options.mapping = entry->mapping;
	if (entry->mode) intake.options.mode = entry->mode;
	if (entry->source && !intake.options.source) intake.options.source = entry->source;
	struct intake_result result = { 0 };
	struct status status = intake_import_path(&intake, path, &result);
	if (status.code == STATUS_BUSY || status.code == STATUS_UNAVAILABLE || status.code == STATUS_INTERNAL || status.code == STATUS_CONFLICT) {
		complaints_free(&result.rejected);
		return status; /* not the file's fault: tried again */
	}
	if (status.code || result.refused) {
		cleanup_text struct text why = { 0 };
		text_add(&why, status.code ? status.text : result.reason);
		if (!status.code && result.rejected.count) {
			const struct complaint *first = &result.rejected.rows[0];
			text_addf(&why, " %lld: %.60s “%.60s” %.150s", (long long)first->line, first->column, first->value, first->reason);
		}
		let_wait(t, &intake, path, text_cstr(&why));
	} else {
		t->state = result.import_id ? "imported" : "unchanged", t->import_id = result.import_id, t->text = "";
	}
	complaints_free(&result.rejected);
	return STATUS_FINE;
}

static struct status take_file(struct taking *t, struct feed_turn *turn)
{
	const char *path = NULL;
	bool temporary = false, nothing = false;
	t->state = "unchanged", t->text = "";
	struct status status = feed_place_fetch(t->feed, t->entry, t->intake->arena, &path, &temporary, &t->etag, &nothing);
	if (!status.code && nothing) { /* the same as last time, says its server: fresh all the same */
		turn->unchanged++;
		return store_transact(t->intake->store, keep, t);
	}
	if (!status.code) status = import_file(t, path);
	if (temporary && path) unlink(path);
	if (status.code) {
		t->state = "failed", t->text = arena_strdup(t->intake->arena, status.text);
		turn->failed++;
		TRY(store_transact(t->intake->store, keep, t));
		return status;
	}
	TRY(store_transact(t->intake->store, keep, t));
	bool waits = strcmp(t->state, "waiting") == 0;
	turn->imported += strcmp(t->state, "imported") == 0, turn->unchanged += strcmp(t->state, "unchanged") == 0, turn->waiting += waits;
	feed_place_put_away(t->feed, t->entry, !waits);
	return STATUS_FINE;
}

struct asking {
	const struct intake *intake;
	const struct feed *feed;
	struct feed_turn *turn;
};

/* --- one look ------------------------------------------------------------------------------------------------------------------------- */
struct outcome {
	const struct intake *intake;
	const struct feed *feed;
	const char *error;
	int64_t next_at;
};

static struct status note_look(struct db *db, void *context)
{
	struct outcome *o = context;
	return db_run(db,
	              "UPDATE feed SET checked_at = $now, next_at = $next, error = $error, failures = CASE WHEN CAST($error AS TEXT) = '' THEN 0 ELSE failures + 1 END"
	              " WHERE tenant_id = $tenant AND company_id = $company AND id = $feed",
	              DB_ARGS(OF_FEED(o), db_int("now", o->intake->now), db_int("next", o->next_at), db_text("error", o->error)));
}

/* Twice as late after each failure, never later than six hours. */
static int64_t pause_of(const struct feed *feed, bool failed)
{
	int64_t pause = feed->every_minutes * 60;
	if (!failed) return pause;
	for (int64_t i = 0; i < feed->failures && pause < BACKOFF_MAX; i++) pause *= 2;
	return pause < BACKOFF_MAX || pause == feed->every_minutes * 60 ? pause : BACKOFF_MAX;
}

/* Places that are asked: each answer is a file of its own, taken at once. */
static struct status take_answer(void *context, const struct feed_entry *entry, const char *path)
{
	struct asking *a = context;
	struct taking t = { .intake = a->intake, .feed = a->feed, .entry = entry, .state = "unchanged", .text = "" };
	struct status status = path ? import_file(&t, path) : STATUS_FINE; /* without: nothing new was said */
	if (status.code) t.state = "failed", t.text = arena_strdup(a->intake->arena, status.text), a->turn->failed++;
	TRY(store_transact(a->intake->store, keep, &t));
	if (!*entry->name) return status; /* only how far it was read */
	a->turn->imported += strcmp(t.state, "imported") == 0, a->turn->unchanged += strcmp(t.state, "unchanged") == 0, a->turn->waiting += strcmp(t.state, "waiting") == 0;
	return status;
}

static struct status look(const struct intake *intake, const struct feed *feed, struct feed_turn *turn)
{
	if (feed->kind >= FEED_BUSINESS_CENTRAL) {
		struct asking asking = { intake, feed, turn };
		int64_t wait_s = 0;
		struct status status = feed_ask(intake, feed, take_answer, &asking, &wait_s);
		if (status.code) snprintf(turn->error, sizeof turn->error, "%s", status.text);
		int64_t pause = pause_of(feed, status.code != STATUS_OK);
		struct outcome outcome = { intake, feed, status.text, intake->now + (wait_s > pause ? wait_s : pause) };
		return store_transact(intake->store, note_look, &outcome);
	}
	struct feed_entry *entries = NULL;
	size_t count = 0;
	int taken = 0;
	struct status status = feed_place_list(feed, intake->arena, &entries, &count);
	for (size_t i = 0; !status.code && i < count && taken < FEED_FILES_MAX; i++) {
		struct taking t = { .intake = intake, .feed = feed, .entry = &entries[i] };
		bool before = false;
		status = known(&t, &before);
		if (status.code || before) continue;
		taken++;
		status = take_file(&t, turn);
	}
	if (status.code) snprintf(turn->error, sizeof turn->error, "%s", status.text);
	struct outcome outcome = { intake, feed, status.text, intake->now + pause_of(feed, status.code != STATUS_OK) };
	return store_transact(intake->store, note_look, &outcome);
}

static struct status look_in_turn(const struct intake *intake, const struct feed *feed, struct feed_turn *turn)
{
	char name[64], holder[64];
	int64_t token = 0;
	bool taken = false;
	snprintf(name, sizeof name, "feed/%lld/%lld", (long long)intake->company_id, (long long)feed->id);
	snprintf(holder, sizeof holder, "%ld/%lx", (long)getpid(), (unsigned long)pthread_self());
	TRY(lease_take(intake->store, intake->viewer->tenant_id, name, holder, LEASE_SECONDS, &token, &taken));
	if (!taken) return status_make(STATUS_BUSY, "This feed is being looked at already.");
	struct status status = look(intake, feed, turn);
	struct status dropped = lease_drop(intake->store, intake->viewer->tenant_id, name, token);
	return status.code ? status : dropped;
}

static struct status read_feeds(const struct intake *intake, struct feed **feeds, size_t *count)
{
	struct db *db;
	TRY(store_reader(intake->store, &db));
	struct status status = feed_list(db, intake->viewer, intake->company_id, intake->now, intake->arena, feeds, count);
	store_release(intake->store, db);
	return status;
}

struct status feed_turn(const struct intake *intake, int64_t id, struct feed_turn *out)
{
	struct feed *feeds;
	size_t count;
	*out = (struct feed_turn){ 0 };
	TRY(read_feeds(intake, &feeds, &count));
	for (size_t i = 0; i < count; i++)
		if (feeds[i].id == id) return look_in_turn(intake, &feeds[i], out);
	return status_make(STATUS_NOT_FOUND, "There is no feed %lld.", (long long)id);
}

/* --- a feed that is late: told once, until something comes again ---------------------------------------------------------------------- */
struct lateness {
	const struct intake *intake;
	const struct feed *feed;
};

static struct status tell_late(struct db *db, void *context)
{
	const struct lateness *l = context;
	const struct feed *feed = l->feed;
	struct change change;
	int64_t told = 0;
	TRY(db_get_int(db,
	               "SELECT COUNT(*) FROM event WHERE tenant_id = $tenant AND company_id = $company AND kind = 'feed.late' AND ref = $feed AND at >= $since",
	               DB_ARGS(db_int("tenant", l->intake->viewer->tenant_id), db_int("company", l->intake->company_id), db_int("feed", feed->id),
	                       db_int("since", feed->received_at)), &told, NULL));
	if (told) return STATUS_FINE;
	TRY(company_begin(db, l->intake->viewer, l->intake->company_id, l->intake->today, l->intake->now, &change));
	struct status words = status_make(STATUS_OK, "%s: nothing has come for more than %lld hours.", *feed->name ? feed->name : feed->location, (long long)feed->late_hours);
	TRY(notify_entitled(&change, RIGHT_IMPORT, "feed", feed->id, words.text));
	TRY(event_add_json(&change, (struct event_new){ .kind = "feed.late", .ref = feed->id }, json_pack("{s:s, s:I}", "feed", *feed->name ? feed->name : feed->location, "hours",
	                                                                                                   (json_int_t)feed->late_hours)));
	return company_end(&change);
}

static void tell_all_late(const struct intake *intake)
{
	struct feed *feeds;
	size_t count;
	if (read_feeds(intake, &feeds, &count).code) return; /* the next turn tells it */
	for (size_t i = 0; i < count; i++) {
		if (!feeds[i].late) continue;
		struct status status = store_transact(intake->store, tell_late, &(struct lateness){ intake, &feeds[i] });
		if (status.code) log_line(LOG_WARNING, "feed=%lld is late, which could not be told: %s", (long long)feeds[i].id, status.text);
	}
}

struct status feed_turn_due(const struct intake *intake, bool all, struct feed_turn *out)
{
	struct feed *feeds;
	size_t count;
	*out = (struct feed_turn){ 0 };
	TRY(read_feeds(intake, &feeds, &count));
	for (size_t i = 0; i < count; i++) {
		if (!feeds[i].enabled || (!all && feeds[i].next_at > intake->now)) continue;
		struct status status = look_in_turn(intake, &feeds[i], out);
		if (status.code && status.code != STATUS_BUSY) {
			log_line(LOG_WARNING, "feed=%lld %s", (long long)feeds[i].id, status.text);
			snprintf(out->error, sizeof out->error, "%s", status.text);
		}
	}
	tell_all_late(intake);
	return STATUS_FINE;
}
