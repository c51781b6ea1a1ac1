/* A workbook as a list: which of its sheets, and that one as text. */
#include "formats/csv_inside.h"

#include "base/memory.h"
#include "formats/fec_header.h"
#include "formats/xlsx.h"

#include <jansson.h>
#include <string.h>

enum { GLANCE_ROWS = 60, GLANCE_SHEETS = 40 };

bool csv_is_workbook(const char *bytes, size_t len)
{
	bool locked;
	return (len > 4 && memcmp(bytes, "PK\x03\x04", 4) == 0) || xlsx_is_ole(bytes, len, &locked);
}

/* What a sheet looks like: points for each column that is recognised, many when it could be read as it is. 0: no list. */
static int glance(const struct csv *csv, struct xlsx *xlsx, size_t sheet)
{
	cleanup_text struct text text = { 0 };
	struct xlsx_notes notes = { 0 };
	struct csv *seen = NULL;
	if (xlsx_text(xlsx, sheet, GLANCE_ROWS, &text, &notes).code || notes.rows < 2) return 0;
	struct csv_options options = { .lang = csv->options.lang, .currency = csv->options.currency, .what = csv->options.what, .sheet_text = true };
	if (csv_look(text_cstr(&text), text.len, options, &seen).code) return 0;
	int points = csv_ready(seen).code ? 1 : 1000;
	for (size_t i = 0; i < seen->column_count; i++) points += seen->columns[i].target != CSV_IGNORED ? seen->columns[i].confidence : 0;
	csv_free(seen);
	return points;
}

static const char *wanted_sheet(const struct csv *csv)
{
	if (!csv->options.mapping) return NULL;
	json_t *json = json_loads(csv->options.mapping, 0, NULL);
	const char *name = json_string_value(json_object_get(json, "sheet"));
	const char *kept = name && *name ? arena_strdup(csv->arena, name) : NULL;
	json_decref(json);
	return kept;
}

static struct status choose(struct csv *csv, struct xlsx *xlsx, size_t *out)
{
	const char *wanted = wanted_sheet(csv);
	int best = 0;
	size_t first = SIZE_MAX, lists = 0;
	csv->sheets = arena_array(csv->arena, const char *, xlsx_sheet_count(xlsx) + 1);
	for (size_t i = 0; i < xlsx_sheet_count(xlsx); i++) {
		const struct xlsx_sheet *sheet = xlsx_sheet(xlsx, i);
		if (!sheet->member) continue;
		csv->sheets[csv->sheet_count++] = arena_strdup(csv->arena, sheet->name);
		if (wanted && strcmp(sheet->name, wanted) == 0) return *out = i, STATUS_FINE;
		if (sheet->hidden || wanted || i >= GLANCE_SHEETS) continue;
		int points = glance(csv, xlsx, i);
		lists += points >= 1000;
		if (first == SIZE_MAX || points > best) first = i, best = points;
	}
	/* a mapping that is kept for a monthly file names last month's sheet: the one that fits is taken then */
	if (wanted && csv->sheet_count == 1) {
		for (size_t i = 0; i < xlsx_sheet_count(xlsx); i++)
			if (xlsx_sheet(xlsx, i)->member) return *out = i, STATUS_FINE;
	}
	if (wanted)
		return status_make(STATUS_NOT_FOUND, "%s", fill(csv->arena, tr(csv->options.lang, "The workbook has no sheet “{name}”."),
			(struct blank[]){ { "name", wanted }, { 0 } }));
	if (first == SIZE_MAX) return status_make(STATUS_INVALID, "%s", tr(csv->options.lang, "No sheet of this workbook holds cells that can be seen."));
	if (lists > 1)
		csv_warn(csv, fill(csv->arena, tr(csv->options.lang, "Several sheets look like lists. “{name}” was read: choose another one if it is not the right one."),
			(struct blank[]){ { "name", xlsx_sheet(xlsx, first)->name }, { 0 } }));
	*out = first;
	return STATUS_FINE;
}

static void warn_count(struct csv *csv, int64_t count, const char *pattern)
{
	if (count) csv_warn(csv, fill(csv->arena, pattern, (struct blank[]){ { "count", arena_printf(csv->arena, "%lld", (long long)count) }, { 0 } }));
}

static struct status read_sheet(struct csv *csv, struct xlsx *xlsx)
{
	size_t sheet = 0;
	struct xlsx_notes notes = { 0 };
	cleanup_text struct text text = { 0 };
	TRY(choose(csv, xlsx, &sheet));
	TRY(xlsx_text(xlsx, sheet, 0, &text, &notes));
	csv->sheet = arena_strdup(csv->arena, xlsx_sheet(xlsx, sheet)->name);
	if (notes.rows == 0)
		return status_make(STATUS_INVALID, "%s", fill(csv->arena, tr(csv->options.lang, "The sheet “{name}” is empty."),
			(struct blank[]){ { "name", csv->sheet }, { 0 } }));
	warn_count(csv, notes.hidden_rows, tr(csv->options.lang, "{count} rows of the sheet are hidden, by a filter or by hand. They are read too."));
	warn_count(csv, notes.uncomputed, tr(csv->options.lang, "{count} cells hold a formula without its result. Open the workbook in Excel and save it."));
	if (xlsx_has_macros(xlsx)) csv_warn(csv, tr(csv->options.lang, "This workbook has macros. They were not run."));
	csv->sheet_len = text.len;
	csv->converted = text_take(&text);
	return STATUS_FINE;
}

struct status csv_sheet_read(struct csv *csv, const char *bytes, size_t len)
{
	struct xlsx *xlsx = NULL;
	TRY(xlsx_open(bytes, len, &xlsx));
	struct status status = read_sheet(csv, xlsx);
	xlsx_close(xlsx);
	return status;
}

const char *csv_column_words(const struct csv *csv, int column)
{
	const char *header = csv->columns[column].header;
	char letters[4];
	if (!csv->sheet) return header;
	xlsx_column_letters((size_t)column, letters);
	return *header ? arena_printf(csv->arena, "%s (%s)", header, letters) : arena_strdup(csv->arena, letters);
}

/* --- a FEC that somebody opened in Excel and saved as a workbook ------------------------------------------------------------------ */
static struct status fec_sheet(struct xlsx *xlsx, enum lang lang, char **out, size_t *out_len)
{
	for (size_t i = 0; i < xlsx_sheet_count(xlsx) && i < GLANCE_SHEETS; i++) {
		cleanup_text struct text top = { 0 }, all = { 0 };
		cleanup_arena struct arena *arena = arena_new();
		struct xlsx_notes notes = { 0 };
		struct fec_header header;
		int64_t line;
		const struct encoding_guess utf8 = { .encoding = ENCODING_UTF8 };
		if (!xlsx_sheet(xlsx, i)->member || xlsx_text(xlsx, i, GLANCE_ROWS / 3, &top, &notes).code || !top.len) continue;
		if (fec_header_read(top.bytes, top.len, (struct table_dialect){ .separator = '\t', .one_line = true }, &utf8, lang, arena, &header, &line).code) continue;
		if (!out) return STATUS_FINE;
		TRY(xlsx_text(xlsx, i, 0, &all, &notes));
		*out_len = all.len;
		*out = text_take(&all);
		return STATUS_FINE;
	}
	return status_make(STATUS_NOT_FOUND, "No sheet of this workbook is a FEC.");
}

struct status csv_workbook_fec(const char *bytes, size_t len, enum lang lang, char **out, size_t *out_len)
{
	struct xlsx *xlsx = NULL;
	TRY(xlsx_open(bytes, len, &xlsx));
	struct status status = fec_sheet(xlsx, lang, out, out_len);
	xlsx_close(xlsx);
	return status;
}
