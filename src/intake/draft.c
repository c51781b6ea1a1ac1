#include "intake/draft.h"

#include "base/memory.h"
#include "formats/csv.h"
#include "formats/recognise.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <zlib.h>

enum { PART = 1 << 20, KEPT_SECONDS = 86400, PREVIEW_REJECTED = 200 };

struct work {
	const struct intake *intake;
	int64_t id;
	const char *bytes;
	size_t len;
	const char *options, *preview;
};

#define OWNER(intake) db_int("tenant", (intake)->viewer->tenant_id), db_int("company", (intake)->company_id)

static struct status may_import(const struct intake *intake)
{
	return viewer_may(intake->viewer, RIGHT_IMPORT) ? STATUS_FINE : status_make(STATUS_FORBIDDEN, "You may not import files.");
}

/* --- what a file is taken for, and what would come of it --------------------------------------------------------------------- */
static json_t *columns_json(const struct csv *csv, enum lang lang)
{
	json_t *rows = json_array();
	for (size_t i = 0; i < csv->column_count; i++) {
		const struct csv_column *column = &csv->columns[i];
		json_t *samples = json_array();
		for (size_t s = 0; s < COUNT(column->samples) && column->samples[s]; s++) json_array_append_new(samples, json_string(column->samples[s]));
		char mark[2] = { column->decimal_mark, 0 };
		json_array_append_new(rows, json_pack("{s:i, s:s, s:s, s:s, s:i, s:o, s:b, s:s, s:b, s:s, s:s?}", "index", (int)i, "header", column->header,
			"target", csv_target_name(column->target), "words", tr(lang, csv_target_words(column->target)), "confidence",
			column->target == CSV_IGNORED ? 0 : column->confidence, "samples", samples, "is_day", csv_target_is_day(column->target), "dates",
			date_order_name(column->dates), "is_amount", csv_target_is_amount(column->target), "decimal", mark, "doubt", column->doubt));
	}
	return rows;
}

static const char *separator_words(char separator, enum lang lang)
{
	return tr(lang, separator == '\t' ? "tabs" : separator == '|' ? "bars" : separator == ';' ? "semicolons" : separator == ',' ? "commas" : "one column");
}

static void look_at_columns(const struct intake *intake, const char *bytes, size_t len, const char *mapping, json_t *preview)
{
	struct csv *csv = NULL;
	struct status status = csv_look(bytes, len, (struct csv_options){ .lang = intake->viewer->lang, .mapping = mapping }, &csv);
	if (status.code) {
		json_object_set_new(preview, "problem", json_string(status.text));
		return;
	}
	json_object_set_new(preview, "name", json_string(csv_what_name(csv->what)));
	json_object_set_new(preview, "grounds", json_string(csv->grounds));
	json_object_set_new(preview, "encoding", json_string(encoding_name(csv->file_encoding)));
	json_object_set_new(preview, "separator", csv->sheet ? json_string("") : json_string(separator_words(csv->dialect.separator, intake->viewer->lang)));
	if (csv->sheet) json_object_set_new(preview, "encoding", json_string("xlsx"));
	json_object_set_new(preview, "sheet", csv->sheet ? json_string(csv->sheet) : json_null());
	json_t *sheets = json_array();
	for (size_t i = 0; i < csv->sheet_count; i++)
		json_array_append_new(sheets, json_pack("{s:s, s:b}", "name", csv->sheets[i], "on", csv->sheet && strcmp(csv->sheets[i], csv->sheet) == 0));
	json_object_set_new(preview, "sheets", sheets);
	json_object_set_new(preview, "columns", columns_json(csv, intake->viewer->lang));
	json_object_set_new(preview, "negative_mostly", json_boolean(csv->negative_mostly && !csv->credits_positive));
	json_object_set_new(preview, "mapping", json_loads(csv_mapping_json(csv), 0, NULL));
	status = csv_ready(csv);
	if (status.code) json_object_set_new(preview, "problem", json_string(status.text));
	csv_free(csv);
}

static const char *said(const json_t *options, const char *name)
{
	const char *text = json_string_value(json_object_get(options, name));
	return text && *text ? text : NULL;
}

static struct intake with_options(const struct intake *intake, const json_t *options, struct arena *arena)
{
	struct intake made = *intake;
	const json_t *mapping = json_object_get(options, "mapping");
	const char *as_of = said(options, "as_of");
	made.options.mode = said(options, "mode");
	made.options.source = said(options, "source");
	made.options.as_of = DAY_NONE;
	if (as_of && !day_parse(as_of, strlen(as_of), &made.options.as_of)) made.options.as_of = DAY_NONE;
	if (json_is_object(mapping)) {
		char *text = json_dumps(mapping, JSON_SORT_KEYS);
		made.options.mapping = arena_strdup(arena, text);
		free(text);
	}
	return made;
}

static json_t *preview_json(const struct intake *intake, const char *bytes, size_t len, const json_t *options)
{
	struct recognised found = recognise(bytes, len, intake->viewer->lang, intake->arena);
	json_t *preview = json_pack("{s:b, s:s, s:s, s:n, s:s, s:s, s:[], s:b, s:n, s:n}", "readable", found.readable, "name", found.name, "grounds", found.grounds,
	                            "problem", "encoding", "", "separator", "", "columns", "negative_mostly", 0, "result", "warned");
	json_object_set_new(preview, "sheet", json_null());
	json_object_set_new(preview, "sheets", json_array());
	struct intake trial = with_options(intake, options, intake->arena);
	if (!found.readable) json_object_set_new(preview, "problem", json_string(found.grounds));
	if (found.kind == FORMAT_CSV || found.kind == FORMAT_XLSX) look_at_columns(intake, bytes, len, trial.options.mapping, preview);
	if (json_is_string(json_object_get(preview, "problem"))) return preview;
	struct intake_result result;
	trial.options.dry_run = trial.options.accept_partial = true;
	struct status status = intake_import(&trial, bytes, len, &result);
	bool needs_yes = !status.code && result.refused && result.needs_yes;
	if (needs_yes) { /* what would happen is shown all the same; the yes is asked for beside it */
		json_object_set_new(preview, "warned", json_string(result.reason));
		complaints_free(&result.rejected);
		trial.options.yes = true;
		status = intake_import(&trial, bytes, len, &result);
	}
	if (status.code) {
		json_object_set_new(preview, "problem", json_string(status.text));
	} else {
		if (result.rejected.count > PREVIEW_REJECTED) result.rejected.count = PREVIEW_REJECTED;
		json_t *said_by = intake_result_json(&result);
		json_object_set_new(said_by, "from", json_null());
		json_object_set_new(said_by, "to", json_null());
		char day[11];
		if (result.from_day != DAY_NONE) day_format(result.from_day, day), json_object_set_new(said_by, "from", json_string(day));
		if (result.to_day != DAY_NONE) day_format(result.to_day, day), json_object_set_new(said_by, "to", json_string(day));
		json_object_set_new(said_by, "receivable_balance", json_integer(result.receivable_balance));
		if (found.kind == FORMAT_FEC) json_object_set_new(preview, "encoding", json_string(result.encoding));
		if (result.refused) json_object_set_new(preview, "problem", json_string(result.reason));
		json_object_set_new(preview, "result", said_by);
	}
	complaints_free(&result.rejected);
	return preview;
}

/* --- the store -------------------------------------------------------------------------------------------------------------------- */
static struct status forget_old(struct db *db, const struct intake *intake)
{
	const struct db_arg args[] = { OWNER(intake), db_int("before", intake->now - KEPT_SECONDS), { .type = DB_END } };
	TRY(db_run(db, "DELETE FROM import_draft_part WHERE tenant_id = $tenant AND company_id = $company AND draft_id IN "
		"(SELECT id FROM import_draft WHERE tenant_id = $tenant AND company_id = $company AND at < $before)", args));
	return db_run(db, "DELETE FROM import_draft WHERE tenant_id = $tenant AND company_id = $company AND at < $before", args);
}

static struct status keep(struct db *db, void *context)
{
	struct work *work = context;
	const struct intake *intake = work->intake;
	TRY(forget_old(db, intake));
	TRY(id_take(db, intake->viewer->tenant_id, intake->company_id, "import_draft", 1, &work->id));
	TRY(db_run(db, "INSERT INTO import_draft (tenant_id, company_id, id, at, by_user, file_name, size, options, preview) "
		"VALUES ($tenant, $company, $id, $at, $by, $name, $size, '{}', $preview)",
		DB_ARGS(OWNER(intake), db_int("id", work->id), db_int("at", intake->now), db_int("by", intake->viewer->user_id),
		        db_text("name", intake->options.file_name), db_int("size", (int64_t)work->len), db_text("preview", work->preview))));
	uLong bound = compressBound(PART);
	cleanup_free unsigned char *packed = xmalloc(bound);
	int64_t part = 0;
	for (size_t at = 0; at < work->len; at += PART, part++) {
		size_t take = work->len - at < PART ? work->len - at : PART;
		uLongf len = bound;
		if (compress2(packed, &len, (const unsigned char *)work->bytes + at, take, 1) != Z_OK) return status_make(STATUS_INTERNAL, "The file could not be compressed.");
		TRY(db_run(db, "INSERT INTO import_draft_part (tenant_id, company_id, draft_id, part, size, bytes) VALUES ($tenant, $company, $id, $part, $size, $bytes)",
			DB_ARGS(OWNER(intake), db_int("id", work->id), db_int("part", part), db_int("size", (int64_t)take), db_blob("bytes", packed, len))));
	}
	return STATUS_FINE;
}

struct status draft_make(const struct intake *intake, const char *path, int64_t *id)
{
	TRY(may_import(intake));
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat stat;
	if (fd < 0 || fstat(fd, &stat) != 0) return status_make(STATUS_INTERNAL, "The file could not be read. Please send it again.");
	if (stat.st_size == 0) return status_make(STATUS_INVALID, "This file is empty.");
	size_t len = (size_t)stat.st_size;
	char *bytes = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED) return status_make(STATUS_INTERNAL, "The file could not be read. Please send it again.");
	json_t *preview = preview_json(intake, bytes, len, NULL);
	char *text = json_dumps(preview, JSON_COMPACT);
	struct work work = { .intake = intake, .bytes = bytes, .len = len, .preview = text };
	struct status status = store_transact(intake->store, keep, &work);
	free(text);
	json_decref(preview);
	munmap(bytes, len);
	*id = work.id;
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

struct status draft_change(const struct intake *intake, int64_t id, const json_t *options)
{
	TRY(may_import(intake));
	struct draft draft;
	char *bytes;
	size_t len;
	TRY(bytes_of(intake, id, &draft, &bytes, &len));
	struct intake named = *intake;
	named.options.file_name = draft.file_name;
	json_t *preview = preview_json(&named, bytes, len, options);
	char *text = json_dumps(preview, JSON_COMPACT), *chosen = json_dumps(options, JSON_COMPACT);
	struct work work = { .intake = intake, .id = id, .options = chosen, .preview = text };
	struct status status = store_transact(intake->store, write_options, &work);
	free(text);
	free(chosen);
	free(bytes);
	json_decref(preview);
	json_decref(draft.options);
	json_decref(draft.preview);
	return status;
}

static struct status forget(struct db *db, void *context)
{
	const struct work *work = context;
	TRY(db_run(db, "DELETE FROM import_draft_part WHERE tenant_id = $tenant AND company_id = $company AND draft_id = $id",
		DB_ARGS(OWNER(work->intake), db_int("id", work->id))));
	return db_run(db, "DELETE FROM import_draft WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
		DB_ARGS(OWNER(work->intake), db_int("id", work->id)));
}

struct status draft_drop(const struct intake *intake, int64_t id)
{
	TRY(may_import(intake));
	return store_transact(intake->store, forget, &(struct work){ .intake = intake, .id = id });
}

struct status draft_import(const struct intake *intake, int64_t id, bool accept_partial, bool yes, struct intake_result *out)
{
	TRY(may_import(intake));
	struct draft draft;
	char *bytes;
	size_t len;
	TRY(bytes_of(intake, id, &draft, &bytes, &len));
	struct intake chosen = with_options(intake, draft.options, intake->arena);
	chosen.options.file_name = draft.file_name;
	chosen.options.accept_partial = accept_partial, chosen.options.yes = yes;
	struct status status = intake_import(&chosen, bytes, len, out);
	if (!status.code && !out->refused) status = draft_drop(intake, id);
	free(bytes);
	json_decref(draft.options);
	json_decref(draft.preview);
	return status;
}

struct save {
	const struct intake *intake;
	const char *name, *header, *json;
};

static struct status save(struct db *db, void *context)
{
	const struct save *s = context;
	return db_run(db,
		"INSERT INTO mapping (tenant_id, company_id, name, header, columns, updated_at) VALUES ($tenant, $company, $name, $header, $columns, $at) "
		"ON CONFLICT (tenant_id, company_id, name) DO UPDATE SET header = $header, columns = $columns, updated_at = $at",
		DB_ARGS(OWNER(s->intake), db_text("name", s->name), db_text("header", s->header), db_text("columns", s->json), db_int("at", s->intake->now)));
}

struct status mapping_save(const struct intake *intake, const char *name, const char *header, const char *json)
{
	TRY(may_import(intake));
	if (!name || !*name || strlen(name) > 80) return status_make(STATUS_INVALID, "Give the mapping a name of at most 80 characters.");
	return store_transact(intake->store, save, &(struct save){ intake, name, header, json });
}
