/* What a waiting file is taken for, how its columns are read, and what a dry run says of it. */
#include "intake/draft_inside.h"

#include "base/memory.h"
#include "formats/csv.h"
#include "formats/recognise.h"
#include "intake/values.h"

#include <string.h>

enum { PREVIEW_REJECTED = 200, MENDED_ON_SCREEN = 40 };

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
			"target", csv_column_target(csv, column), "words", csv_column_means(column, lang), "confidence",
			column->target == CSV_IGNORED ? 0 : column->confidence, "samples", samples, "is_day", csv_column_is_day(column), "dates",
			date_order_name(column->dates), "is_amount", csv_column_is_amount(column), "decimal", mark, "doubt", column->doubt));
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
	struct csv_options options = values_options(intake, mapping);
	struct status status = csv_look(bytes, len, options, &csv);
	json_t *own = json_array(); /* what a select box offers besides */
	for (size_t i = 0; i < options.own_count; i++)
		json_array_append_new(own, json_pack("{s:o, s:s}", "code", json_sprintf("field.%s", options.own[i].code), "words",
		                                     intake->viewer->lang == LANG_FR ? options.own[i].label_fr : options.own[i].label_en));
	json_object_set_new(preview, "own_fields", own);
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

struct intake draft_with_options(const struct intake *intake, const json_t *options, struct arena *arena)
{
	struct intake made = *intake;
	const json_t *mapping = json_object_get(options, "mapping");
	const char *as_of = said(options, "as_of");
	made.options.mode = said(options, "mode");
	made.options.source = said(options, "source");
	made.options.as_of = DAY_NONE;
	if (as_of && !day_parse(as_of, strlen(as_of), &made.options.as_of)) made.options.as_of = DAY_NONE;
	const json_t *mended = json_object_get(options, "mended");
	if (json_is_object(mended) && json_object_size(mended)) {
		char *text = json_dumps(mended, JSON_SORT_KEYS);
		made.options.mended = arena_strdup(arena, text);
		free(text);
	}
	if (json_is_object(mapping)) {
		char *text = json_dumps(mapping, JSON_SORT_KEYS);
		made.options.mapping = arena_strdup(arena, text);
		free(text);
	}
	return made;
}

/* --- lines that were refused ------------------------------------------------------------------------------------------------------ */
/* Those of the complaints that name a line, each once; malloc'd. */
static int64_t *lines_of(const struct complaints *rejected, size_t most, size_t *count)
{
	int64_t *lines = xmalloc((rejected->count + 1) * sizeof *lines);
	*count = 0;
	for (size_t i = 0; i < rejected->count && *count < most; i++)
		if (rejected->rows[i].line > 0 && (*count == 0 || lines[*count - 1] < rejected->rows[i].line)) lines[(*count)++] = rejected->rows[i].line;
	return lines;
}

static json_t *cells_json(const struct csv *csv, const struct csv_line *line, const struct complaints *rejected)
{
	const char *column = "";
	for (size_t i = 0; i < rejected->count; i++)
		if (rejected->rows[i].line == line->line) column = rejected->rows[i].column;
	json_t *cells = json_array();
	for (size_t c = 0; c < csv->column_count; c++)
		json_array_append_new(cells, json_pack("{s:i, s:s, s:s, s:b}", "index", (int)c, "header", csv->columns[c].header, "value", line->cells[c], "wrong",
			column[0] && strcmp(csv->columns[c].header, column) == 0));
	return cells;
}

static json_t *refused_json(const struct intake *trial, const char *bytes, size_t len, const struct complaints *rejected)
{
	json_t *rows = json_array();
	struct csv *csv = NULL;
	struct csv_options options = values_options(trial, trial->options.mapping);
	options.mended = trial->options.mended;
	if (!rejected->count || csv_look(bytes, len, options, &csv).code) return rows;
	size_t count;
	cleanup_free int64_t *numbers = lines_of(rejected, MENDED_ON_SCREEN, &count);
	struct csv_line *lines;
	struct status status = csv_lines(csv, numbers, count, true, trial->arena, &lines);
	for (size_t i = 0; !status.code && i < count; i++)
		if (lines[i].found)
			json_array_append_new(rows, json_pack("{s:I, s:o}", "line", (json_int_t)lines[i].line, "cells", cells_json(csv, &lines[i], rejected)));
	csv_free(csv);
	return rows;
}

struct status draft_refused_text(const struct intake *intake, const char *bytes, size_t len, const json_t *options,
                                 const struct complaints *rejected, struct text *out, json_t **held_options)
{
	struct intake chosen = draft_with_options(intake, options, intake->arena);
	*held_options = NULL;
	/* entries of a ledger are whole or wrong: they are put right where they were written */
	const char *by_hand;
	if (!draft_is_list(intake, bytes, len, &by_hand) || (size_t)rejected->total > rejected->count) return STATUS_FINE;
	struct csv *csv = NULL;
	struct csv_options with = values_options(intake, chosen.options.mapping);
	with.mended = chosen.options.mended;
	TRY(csv_look(bytes, len, with, &csv));
	size_t count;
	cleanup_free int64_t *numbers = lines_of(rejected, rejected->count, &count);
	struct csv_line *lines;
	struct status status = csv_lines(csv, numbers, count, true, intake->arena, &lines);
	if (!status.code && count) {
		csv_list_text(csv, lines, count, out);
		json_t *mapping = json_loads(csv_mapping_json(csv), 0, NULL); /* how the whole file was read: few lines say little of themselves */
		json_object_del(mapping, "sheet");
		*held_options = json_pack("{s:s, s:o}", "mode", "delta", "mapping", mapping);
		const char *source = json_string_value(json_object_get(options, "source"));
		if (source) json_object_set_new(*held_options, "source", json_string(source));
	}
	csv_free(csv);
	return status;
}

bool draft_is_list(const struct intake *intake, const char *bytes, size_t len, const char **by_hand)
{
	static const char items[] = "{\"what\":\"csv-items\"}";
	struct recognised found = recognise(bytes, len, intake->viewer->lang, intake->arena);
	*by_hand = NULL;
	if (found.kind == FORMAT_XLSX) return true;
	if (found.kind != FORMAT_CSV) return false;
	for (int try = 0; try < 2; try++) {
		struct csv *csv = NULL;
		struct status status = csv_look(bytes, len, values_options(intake, try ? items : NULL), &csv);
		if (status.code) continue;
		csv_free(csv);
		*by_hand = try ? items : NULL;
		break;
	}
	return true;
}

json_t *draft_preview(const struct intake *intake, const char *bytes, size_t len, const json_t *options)
{
	struct recognised found = recognise(bytes, len, intake->viewer->lang, intake->arena);
	const char *by_hand;
	bool list = draft_is_list(intake, bytes, len, &by_hand);
	if (by_hand) found.grounds = tr(intake->viewer->lang, "A table, but its columns are not known by their names: say below what they hold.");
	json_t *preview = json_pack("{s:b, s:s, s:s, s:n, s:s, s:s, s:[], s:b, s:n, s:n}", "readable", found.readable, "name", found.name, "grounds", found.grounds,
	                            "problem", "encoding", "", "separator", "", "columns", "negative_mostly", 0, "result", "warned");
	json_object_set_new(preview, "refused_lines", json_array());
	json_object_set_new(preview, "sheet", json_null());
	json_object_set_new(preview, "sheets", json_array());
	struct intake trial = draft_with_options(intake, options, intake->arena);
	/* a bank's file whose dates may be read in two ways: the order is chosen for the whole file */
	if (found.kind == FORMAT_QIF || found.kind == FORMAT_BANK_CSV) {
		const char *order = json_string_value(json_object_get(json_object_get(options, "mapping"), "dates"));
		json_object_set_new(preview, "bank_dates", json_string(order ? order : ""));
	}
	if (!found.readable) json_object_set_new(preview, "problem", json_string(found.grounds));
	if (!trial.options.mapping) trial.options.mapping = by_hand;
	if (list) look_at_columns(intake, bytes, len, trial.options.mapping, preview);
	if (by_hand && trial.options.mapping == by_hand) json_object_set_new(preview, "grounds", json_string(found.grounds));
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
		if (list)
			json_object_set_new(preview, "refused_lines", refused_json(&trial, bytes, len, &result.rejected));
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
