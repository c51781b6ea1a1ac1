/* Mappings that were kept: by name, and found again by the header of the next file. */
#include "intake/draft_inside.h"

#include "base/memory.h"
#include "formats/csv.h"
#include "intake/preset_store.h"
#include "intake/values.h"

#include <string.h>

struct save {
	const struct intake *intake;
	const char *name, *header, *json;
};

#define OWNER(intake) db_int("tenant", (intake)->viewer->tenant_id), db_int("company", (intake)->company_id)

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
	if (!viewer_may(intake->viewer, RIGHT_IMPORT)) return status_make(STATUS_FORBIDDEN, "You may not import files.");
	if (!name || !*name || strlen(name) > 80) return status_make(STATUS_INVALID, "Give the mapping a name of at most 80 characters.");
	return store_transact(intake->store, save, &(struct save){ intake, name, header, json });
}

/* One of the lines of a header, as it is kept: each followed by a line feed. */
static bool header_holds(const char *header, const char *column, size_t len)
{
	for (const char *at = header; *at;) {
		size_t n = strcspn(at, "\n");
		if (n == len && memcmp(at, column, len) == 0) return true;
		at += n + (at[n] == '\n');
	}
	return false;
}

/* Columns of `a` that `b` has not; *same counts the others. */
static json_t *header_less(const char *a, const char *b, size_t *same)
{
	json_t *rows = json_array();
	for (const char *at = a; *at;) {
		size_t n = strcspn(at, "\n");
		if (n && !header_holds(b, at, n)) json_array_append_new(rows, json_stringn(at, n));
		*same += n && header_holds(b, at, n);
		at += n + (at[n] == '\n');
	}
	return rows;
}

struct known {
	const char *name, *header, *columns;
	size_t same;
};

static struct status nearest(struct db *db, const struct intake *intake, const char *header, struct known *out)
{
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT name, header, columns FROM mapping WHERE tenant_id = $tenant AND company_id = $company ORDER BY updated_at DESC, name", DB_ARGS(OWNER(intake)));
	while (rows_next(rows)) {
		size_t same = 0;
		bool exact = strcmp(row_text(rows, 1), header) == 0;
		json_decref(header_less(row_text(rows, 1), header, &same));
		if (!exact && same <= out->same) continue;
		*out = (struct known){ arena_strdup(intake->arena, row_text(rows, 0)), arena_strdup(intake->arena, row_text(rows, 1)),
			arena_strdup(intake->arena, row_text(rows, 2)), exact ? SIZE_MAX : same };
		if (exact) break;
	}
	return rows_status(rows);
}

struct status mapping_known(const struct intake *intake, const char *bytes, size_t len, json_t *options, json_t *preview)
{
	json_object_set_new(preview, "as_last", json_null());
	json_object_set_new(preview, "differs", json_null());
	json_object_set_new(preview, "preset", json_null());
	const char *by_hand;
	if (json_object_get(options, "mapping") || !draft_is_list(intake, bytes, len, &by_hand)) return STATUS_FINE;
	struct csv *csv = NULL;
	if (csv_look(bytes, len, values_options(intake, by_hand), &csv).code) return STATUS_FINE; /* told by the look itself */
	cleanup_text struct text header = { 0 };
	for (size_t i = 0; i < csv->column_count; i++) text_addf(&header, "%s\n", csv->columns[i].header);
	size_t columns = csv->column_count;
	struct preset_row preset;
	const char *by_preset;
	struct status chosen = preset_choose(intake, csv, intake->arena, &preset, &by_preset);
	csv_free(csv);
	TRY(chosen);
	struct db *db;
	struct known known = { 0 };
	TRY(store_reader(intake->store, &db));
	struct status status = nearest(db, intake, text_cstr(&header), &known);
	store_release(intake->store, db);
	TRY(status);
	if (known.same == SIZE_MAX) {
		json_t *mapping = json_loads(known.columns, 0, NULL);
		if (!mapping) return status_make(STATUS_UNAVAILABLE, "The mapping “%s” is damaged.", known.name);
		json_object_set_new(options, "mapping", mapping);
		json_object_set_new(preview, "as_last", json_string(known.name));
	} else if (known.same * 2 > columns) { /* most of it is there: worth a question */
		size_t same = 0;
		json_object_set_new(preview, "differs", json_pack("{s:s, s:o, s:o}", "name", known.name, "gone", header_less(known.header, text_cstr(&header), &same),
			"added", header_less(text_cstr(&header), known.header, &same)));
	}
	if (known.same != SIZE_MAX && by_preset) { /* the file of a program that is known */
		json_object_set_new(options, "mapping", json_loads(by_preset, 0, NULL));
		json_object_set_new(preview, "preset", json_string(preset.preset.name));
	}
	return STATUS_FINE;
}

struct status mapping_get(struct db *db, const struct intake *intake, const char *name, json_t **out)
{
	cleanup_free char *columns = NULL;
	TRY(db_get_text(db, "SELECT columns FROM mapping WHERE tenant_id = $tenant AND company_id = $company AND name = $name",
	                DB_ARGS(OWNER(intake), db_text("name", name)), &columns));
	*out = columns ? json_loads(columns, 0, NULL) : NULL;
	return *out ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "There is no mapping “%s”.", name);
}
