#include "intake/draft_inside.h"

#include "base/memory.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <zlib.h>

enum { PART = 1 << 20, PARTS_AT_ONCE = 16, KEPT_SECONDS = 86400, HELD_DAYS = 60 };

struct work {
	const struct intake *intake;
	int64_t id;
	const char *bytes;
	size_t len, from; /* from: where the next parts begin */
	const char *options, *preview;
};

#define OWNER(intake) db_int("tenant", (intake)->viewer->tenant_id), db_int("company", (intake)->company_id)

static struct status may_import(const struct intake *intake)
{
	return viewer_may(intake->viewer, RIGHT_IMPORT) ? STATUS_FINE : status_make(STATUS_FORBIDDEN, "You may not import files.");
}

/* --- the store -------------------------------------------------------------------------------------------------------------------- */
/* A day; lines held aside have two months. */
static struct status forget_old(struct db *db, const struct intake *intake)
{
	const int64_t before = intake->now - KEPT_SECONDS, long_before = intake->now - (int64_t)HELD_DAYS * KEPT_SECONDS;
	TRY(db_run(db, "DELETE FROM import_draft WHERE tenant_id = $tenant AND company_id = $company AND at < $before AND"
		" (at < $long_before OR options NOT LIKE '%\"held\":%')",
		DB_ARGS(OWNER(intake), db_int("before", before), db_int("long_before", long_before))));
	TRY(db_run(db, "DELETE FROM import_work WHERE tenant_id = $tenant AND company_id = $company AND asked_at < $before AND draft_id NOT IN"
		" (SELECT id FROM import_draft WHERE tenant_id = $tenant AND company_id = $company)",
		DB_ARGS(OWNER(intake), db_int("before", before))));
	return db_run(db, "DELETE FROM import_draft_part WHERE tenant_id = $tenant AND company_id = $company AND draft_id NOT IN"
		" (SELECT id FROM import_draft WHERE tenant_id = $tenant AND company_id = $company)", DB_ARGS(OWNER(intake)));
}

static struct status begin(struct db *db, void *context)
{
	struct work *work = context;
	const struct intake *intake = work->intake;
	TRY(forget_old(db, intake));
	TRY(id_take(db, intake->viewer->tenant_id, intake->company_id, "import_draft", 1, &work->id));
	return db_run(db, "INSERT INTO import_draft (tenant_id, company_id, id, at, by_user, file_name, size, options, preview) "
		"VALUES ($tenant, $company, $id, $at, $by, $name, $size, '{}', '{}')",
		DB_ARGS(OWNER(intake), db_int("id", work->id), db_int("at", intake->now), db_int("by", intake->viewer->user_id),
		        db_text("name", intake->options.file_name), db_int("size", (int64_t)work->len)));
}

/* Some parts a transaction: others may write in between. */
static struct status keep_parts(struct db *db, void *context)
{
	const struct work *work = context;
	uLong bound = compressBound(PART);
	cleanup_free unsigned char *packed = xmalloc(bound);
	size_t at = work->from;
	for (int i = 0; i < PARTS_AT_ONCE && at < work->len; i++, at += PART) {
		size_t take = work->len - at < PART ? work->len - at : PART;
		uLongf len = bound;
		if (compress2(packed, &len, (const unsigned char *)work->bytes + at, take, 1) != Z_OK) return status_make(STATUS_INTERNAL, "The file could not be compressed.");
		TRY(db_run(db, "INSERT INTO import_draft_part (tenant_id, company_id, draft_id, part, size, bytes) VALUES ($tenant, $company, $id, $part, $size, $bytes)",
			DB_ARGS(OWNER(work->intake), db_int("id", work->id), db_int("part", (int64_t)(at / PART)), db_int("size", (int64_t)take),
			        db_blob("bytes", packed, len))));
	}
	return STATUS_FINE;
}

struct status draft_keep_bytes(const struct intake *intake, const char *bytes, size_t len, int64_t *id)
{
	TRY(may_import(intake));
	if (len == 0) return status_make(STATUS_INVALID, "This file is empty.");
	struct work work = { .intake = intake, .bytes = bytes, .len = len };
	TRY(store_transact(intake->store, begin, &work));
	for (; work.from < len; work.from += (size_t)PARTS_AT_ONCE * PART) TRY(store_transact(intake->store, keep_parts, &work));
	*id = work.id;
	return STATUS_FINE;
}

struct status draft_keep(const struct intake *intake, const char *path, int64_t *id)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat stat;
	if (fd < 0 || fstat(fd, &stat) != 0) return status_make(STATUS_INTERNAL, "The file could not be read. Please send it again.");
	if (stat.st_size == 0) return status_make(STATUS_INVALID, "This file is empty.");
	size_t len = (size_t)stat.st_size;
	char *bytes = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED) return status_make(STATUS_INTERNAL, "The file could not be read. Please send it again.");
	struct status status = draft_keep_bytes(intake, bytes, len, id);
	munmap(bytes, len);
	return status;
}

struct status draft_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct draft *out)
{
	if (!viewer_may(viewer, RIGHT_IMPORT)) return status_make(STATUS_FORBIDDEN, "You may not import files.");
	*out = (struct draft){ .id = id };
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT at, by_user, file_name, size, options, preview FROM import_draft WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", id)));
	if (!rows_next(rows)) {
		TRY(rows_status(rows));
		return status_make(STATUS_NOT_FOUND, "This file is no longer waiting: drop it again.");
	}
	out->at = row_int(rows, 0), out->by_user = row_int(rows, 1), out->file_name = arena_strdup(arena, row_text(rows, 2)), out->size = row_int(rows, 3);
	out->options = json_loads(row_text(rows, 4), 0, NULL);
	out->preview = json_loads(row_text(rows, 5), 0, NULL);
	if (out->options && out->preview) return STATUS_FINE;
	json_decref(out->options);
	json_decref(out->preview);
	return status_make(STATUS_UNAVAILABLE, "The stored draft %lld is damaged.", (long long)id);
}

struct status draft_list(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena, struct draft **out, size_t *count)
{
	TRY(may_import(&(struct intake){ .viewer = viewer }));
	size_t cap = 8;
	*out = arena_array(arena, struct draft, cap);
	*count = 0;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT id, at, by_user, file_name, size, options, preview FROM import_draft WHERE tenant_id = $tenant AND company_id = $company ORDER BY id DESC LIMIT 50",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id)));
	while (rows_next(rows)) {
		if (*count == cap) {
			struct draft *bigger = arena_array(arena, struct draft, cap *= 2);
			memcpy(bigger, *out, *count * sizeof **out);
			*out = bigger;
		}
		(*out)[(*count)++] = (struct draft){ .id = row_int(rows, 0), .at = row_int(rows, 1), .by_user = row_int(rows, 2), .size = row_int(rows, 4),
			.file_name = arena_strdup(arena, row_text(rows, 3)), .options = json_loads(row_text(rows, 5), 0, NULL), .preview = json_loads(row_text(rows, 6), 0, NULL) };
	}
	return rows_status(rows);
}

static struct status bytes_of(const struct intake *intake, int64_t id, struct draft *draft, char **out, size_t *len)
{
	struct db *db;
	TRY(store_reader(intake->store, &db));
	struct status status = draft_get(db, intake->viewer, intake->company_id, id, intake->arena, draft);
	if (!status.code) {
		*len = 0;
		*out = xmalloc((size_t)draft->size + 1);
		cleanup_rows struct rows *rows = db_query(db,
			"SELECT size, bytes FROM import_draft_part WHERE tenant_id = $tenant AND company_id = $company AND draft_id = $id ORDER BY part",
			DB_ARGS(OWNER(intake), db_int("id", id)));
		while (!status.code && rows_next(rows)) {
			size_t packed_len;
			const void *packed = row_blob(rows, 1, &packed_len);
			uLongf room = (uLongf)((size_t)draft->size - *len);
			if (uncompress((unsigned char *)*out + *len, &room, packed, packed_len) != Z_OK || (int64_t)room != row_int(rows, 0))
				status = status_make(STATUS_UNAVAILABLE, "The stored draft %lld is damaged.", (long long)id);
			else
				*len += room;
		}
		if (!status.code) status = rows_status(rows);
		if (!status.code && *len != (size_t)draft->size) status = status_make(STATUS_UNAVAILABLE, "The stored draft %lld is damaged.", (long long)id);
		if (status.code) {
			json_decref(draft->options);
			json_decref(draft->preview);
			free(*out);
		}
	}
	store_release(intake->store, db);
	return status;
}

static struct status write_options(struct db *db, void *context)
{
	const struct work *work = context;
	return db_run(db, "UPDATE import_draft SET options = $options, preview = $preview WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
		DB_ARGS(OWNER(work->intake), db_int("id", work->id), db_text("options", work->options), db_text("preview", work->preview)));
}

struct status draft_look(const struct intake *intake, int64_t id, const json_t *options)
{
	TRY(may_import(intake));
	struct draft draft;
	char *bytes;
	size_t len;
	TRY(bytes_of(intake, id, &draft, &bytes, &len));
	struct intake named = *intake;
	named.options.file_name = draft.file_name;
	/* what is said anew stands in place of what was said before; what nobody speaks of stays (mended cells, held lines) */
	json_t *wanted = json_deep_copy(draft.options), *known = json_object();
	if (options) json_object_update(wanted, (json_t *)(uintptr_t)options);
	struct status status = mapping_known(&named, bytes, len, wanted, known);
	json_t *preview = draft_preview(&named, bytes, len, wanted);
	json_object_update(preview, known);
	char *text = json_dumps(preview, JSON_COMPACT), *chosen = json_dumps(wanted, JSON_COMPACT);
	json_decref(known);
	json_decref(wanted);
	struct work work = { .intake = intake, .id = id, .options = chosen, .preview = text };
	/* stopped in the middle: what was known of it before stays */
	bool stopped = intake->options.progress && !intake->options.progress(intake->options.progress_context, 1, "Writing");
	if (!status.code) status = stopped ? status_make(STATUS_CONFLICT, "The import was stopped. Nothing was changed.")
	                                   : store_transact(intake->store, write_options, &work);
	free(text);
	free(chosen);
	free(bytes);
	json_decref(preview);
	json_decref(draft.options);
	json_decref(draft.preview);
	return status;
}

struct status draft_forget(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id)
{
	const struct db_arg args[] = { db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", id), { .type = DB_END } };
	TRY(db_run(db, "DELETE FROM import_draft_part WHERE tenant_id = $tenant AND company_id = $company AND draft_id = $id", args));
	return db_run(db, "DELETE FROM import_draft WHERE tenant_id = $tenant AND company_id = $company AND id = $id", args);
}

static struct status drop(struct db *db, void *context)
{
	const struct work *work = context;
	const struct db_arg args[] = { OWNER(work->intake), db_int("id", work->id), { .type = DB_END } };
	TRY(db_run(db, "DELETE FROM import_work WHERE tenant_id = $tenant AND company_id = $company AND draft_id = $id AND state <> 'running'", args));
	TRY(db_run(db, "UPDATE import_work SET state = 'cancelled', seen = 1 WHERE tenant_id = $tenant AND company_id = $company AND draft_id = $id", args));
	return draft_forget(db, work->intake->viewer, work->intake->company_id, work->id);
}

struct status draft_drop(const struct intake *intake, int64_t id)
{
	TRY(may_import(intake));
	return store_transact(intake->store, drop, &(struct work){ .intake = intake, .id = id });
}

/* --- importing, and what is held aside ------------------------------------------------------------------------------------------------ */
struct importing {
	const struct intake *intake; /* as asked: its commit is called first */
	struct intake chosen;
	const json_t *options;
	const char *bytes;
	size_t len;
	int64_t held;
};

static struct status hold_lines(struct db *db, const struct importing *importing, const struct intake_result *result, int64_t *id)
{
	cleanup_text struct text list = { 0 };
	json_t *options = NULL;
	TRY(draft_refused_text(&importing->chosen, importing->bytes, importing->len, importing->options, &result->rejected, &list, &options));
	if (list.len == 0) return STATUS_FINE;
	struct intake held = importing->chosen;
	held.options.file_name = arena_printf(held.arena, tr(held.viewer->lang, "%s (refused lines)"), result->file_name);
	json_object_set_new(options, "held", json_integer(result->import_id));
	char *text = json_dumps(options, JSON_COMPACT);
	json_decref(options);
	struct work work = { .intake = &held, .bytes = list.bytes, .len = list.len, .options = text };
	struct status status = begin(db, &work);
	for (; !status.code && work.from < work.len; work.from += (size_t)PARTS_AT_ONCE * PART) status = keep_parts(db, &work);
	if (!status.code)
		status = db_run(db, "UPDATE import_draft SET options = $options WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
			DB_ARGS(OWNER(&held), db_int("id", work.id), db_text("options", text)));
	free(text);
	*id = work.id;
	return status;
}

static struct status commit(struct db *db, void *context, const struct intake_result *result)
{
	struct importing *importing = context;
	const struct intake_options *asked = &importing->intake->options;
	importing->held = 0;
	if (asked->commit) TRY(asked->commit(db, asked->commit_context, result));
	return result->rejected.total ? hold_lines(db, importing, result, &importing->held) : STATUS_FINE;
}

struct status draft_import(const struct intake *intake, int64_t id, bool accept_partial, bool yes, struct intake_result *out, int64_t *held)
{
	TRY(may_import(intake));
	struct draft draft;
	char *bytes;
	size_t len;
	*held = 0;
	TRY(bytes_of(intake, id, &draft, &bytes, &len));
	struct importing importing = { .intake = intake, .options = draft.options, .bytes = bytes, .len = len };
	importing.chosen = draft_with_options(intake, draft.options, intake->arena);
	struct intake_options *options = &importing.chosen.options;
	options->file_name = draft.file_name;
	options->accept_partial = accept_partial, options->yes = yes;
	options->commit = commit, options->commit_context = &importing;
	struct status status = intake_import(&importing.chosen, bytes, len, out);
	if (!status.code && out->import_id) *held = importing.held;
	free(bytes);
	json_decref(draft.options);
	json_decref(draft.preview);
	return status;
}
