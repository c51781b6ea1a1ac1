#include "intake/preset_store.h"

#include "base/asset.h"
#include "base/memory.h"
#include "db/db.h"

#include <stdlib.h>
#include <string.h>

#define FOLDER "assets/presets/"
#define ENDING ".preset"

static int by_code(const void *a, const void *b)
{
	return strcmp(((const struct preset_row *)a)->code, ((const struct preset_row *)b)->code);
}

struct status preset_list(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct preset_row **out, size_t *count)
{
	struct preset_row *list = NULL;
	size_t cap = 0, index = 0;
	struct asset asset;
	*count = 0;
	while (asset_next(FOLDER, &index, &asset)) {
		size_t len = strlen(asset.name), head = strlen(FOLDER), tail = strlen(ENDING);
		if (len <= head + tail || strcmp(asset.name + len - tail, ENDING) != 0) continue;
		GROW(list, *count, cap);
		list[(*count)++] = (struct preset_row){ .code = arena_strndup(arena, asset.name + head, len - head - tail),
			.text = arena_strndup(arena, asset.bytes, asset.len), .shipped = true };
	}
	struct rows *rows = db_query(db, "SELECT code, content FROM preset WHERE tenant_id = $tenant AND company_id = $company ORDER BY code",
	                             DB_ARGS(db_int("tenant", tenant), db_int("company", company)));
	while (rows_next(rows)) {
		size_t at = 0;
		while (at < *count && strcmp(list[at].code, row_text(rows, 0)) != 0) at++;
		if (at == *count) {
			GROW(list, *count, cap);
			list[(*count)++] = (struct preset_row){ .code = arena_strdup(arena, row_text(rows, 0)) };
		}
		list[at].text = arena_strdup(arena, row_text(rows, 1)), list[at].own = true;
	}
	struct status status = rows_status(rows);
	rows_close(rows);
	for (size_t i = 0; i < *count && !status.code; i++) status = preset_read(list[i].text, strlen(list[i].text), arena, &list[i].preset);
	if (!status.code && *count) qsort(list, *count, sizeof *list, by_code);
	*out = arena_array(arena, struct preset_row, *count + 1);
	if (*count) memcpy(*out, list, *count * sizeof *list);
	free(list);
	return status;
}

struct status preset_get(struct db *db, int64_t tenant, int64_t company, const char *code, struct arena *arena, struct preset_row *out)
{
	struct preset_row *rows;
	size_t count;
	TRY(preset_list(db, tenant, company, arena, &rows, &count));
	for (size_t i = 0; i < count; i++)
		if (code && strcmp(rows[i].code, code) == 0) return *out = rows[i], STATUS_FINE;
	return status_make(STATUS_NOT_FOUND, "There is no preset “%s”.", code ? code : "");
}

struct saving {
	const struct intake *intake;
	const char *code, *name, *text;
	int64_t removed;
};

static struct status save(struct db *db, void *context)
{
	const struct saving *s = context;
	return db_run(db,
		"INSERT INTO preset (tenant_id, company_id, code, name, content, updated_at, by_user) VALUES ($tenant, $company, $code, $name, $content, $at, $by)"
		" ON CONFLICT (tenant_id, company_id, code) DO UPDATE SET name = excluded.name, content = excluded.content, updated_at = excluded.updated_at, by_user = excluded.by_user",
		DB_ARGS(db_int("tenant", s->intake->viewer->tenant_id), db_int("company", s->intake->company_id), db_text("code", s->code), db_text("name", s->name),
		        db_text("content", s->text), db_int("at", s->intake->now), db_int("by", s->intake->viewer->user_id)));
}

static struct status drop(struct db *db, void *context)
{
	struct saving *s = context;
	return db_run_count(db, "DELETE FROM preset WHERE tenant_id = $tenant AND company_id = $company AND code = $code",
		DB_ARGS(db_int("tenant", s->intake->viewer->tenant_id), db_int("company", s->intake->company_id), db_text("code", s->code)), &s->removed);
}

struct status preset_save(const struct intake *intake, const char *code, const char *text, size_t len)
{
	struct preset preset;
	if (!viewer_may(intake->viewer, RIGHT_IMPORT)) return status_make(STATUS_FORBIDDEN, "You may not import files.");
	size_t letters = code ? strspn(code, "abcdefghijklmnopqrstuvwxyz0123456789-") : 0;
	if (!letters || code[letters] || letters > 60) return status_make(STATUS_INVALID, "A preset's code has small letters, digits and dashes, at most 60.");
	TRY(preset_read(text, len, intake->arena, &preset));
	return store_transact(intake->store, save, &(struct saving){ .intake = intake, .code = code, .name = preset.name, .text = arena_strndup(intake->arena, text, len) });
}

struct status preset_remove(const struct intake *intake, const char *code)
{
	struct saving saving = { .intake = intake, .code = code ? code : "" };
	if (!viewer_may(intake->viewer, RIGHT_IMPORT)) return status_make(STATUS_FORBIDDEN, "You may not import files.");
	TRY(store_transact(intake->store, drop, &saving));
	return saving.removed ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "“%s” is no preset of your own; those that come with Encours stay.", saving.code);
}

struct status preset_choose(const struct intake *intake, const struct csv *csv, struct arena *arena, struct preset_row *out, const char **mapping)
{
	struct db *db;
	struct preset_row *rows;
	size_t count, best = 0;
	*out = (struct preset_row){ 0 }, *mapping = NULL;
	TRY(store_reader(intake->store, &db));
	struct status status = preset_list(db, intake->viewer->tenant_id, intake->company_id, arena, &rows, &count);
	store_release(intake->store, db);
	TRY(status);
	for (size_t i = 0; i < count; i++) {
		size_t fit = preset_fit(&rows[i].preset, csv);
		/* of two that fit alike, the company's own */
		if (!fit || fit < best || (fit == best && !(rows[i].own && !out->own))) continue;
		best = fit, *out = rows[i];
	}
	if (best) *mapping = preset_mapping(&out->preset, csv, arena);
	return STATUS_FINE;
}
