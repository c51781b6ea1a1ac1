/* Cells that a person mended, by line and column: the file stays as it came, the reading takes what was said instead. And the
 * cells of single lines, to be shown, or kept as a list of their own. */
#include "formats/csv_inside.h"

#include "base/memory.h"

#include <jansson.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
	const struct csv_mend *x = a, *y = b;
	if (x->line != y->line) return x->line < y->line ? -1 : 1;
	return x->column < y->column ? -1 : x->column > y->column;
}

static size_t count_cells(const json_t *lines)
{
	size_t count = 0;
	const char *line;
	json_t *mended;
	json_object_foreach((json_t *)(uintptr_t)lines, line, mended) count += json_object_size(json_object_get(mended, "cells"));
	return count;
}

struct status csv_mends_read(struct csv *csv)
{
	csv->mend_count = 0;
	if (!csv->options.mended || !*csv->options.mended) return STATUS_FINE;
	json_t *lines = json_loads(csv->options.mended, 0, NULL), *mended, *value;
	if (!json_is_object(lines)) {
		json_decref(lines);
		return status_make(STATUS_INVALID, "What was mended is not readable.");
	}
	const char *line, *column;
	csv->mends = arena_array(csv->arena, struct csv_mend, count_cells(lines) + 1);
	json_object_foreach(lines, line, mended) {
		json_object_foreach(json_object_get(mended, "cells"), column, value) {
			int64_t at, of;
			const char *text = json_string_value(value);
			if (!text || !text_parse_int(line, strlen(line), &at) || !text_parse_int(column, strlen(column), &of)) continue;
			if (at <= csv->header_line || of < 0 || of >= (int64_t)csv->column_count) continue;
			csv->mends[csv->mend_count++] = (struct csv_mend){ at, (int)of, slice_trim(slice_of(arena_strdup(csv->arena, text))) };
		}
	}
	json_decref(lines);
	if (csv->mend_count > 1) qsort(csv->mends, csv->mend_count, sizeof *csv->mends, compare);
	return STATUS_FINE;
}

bool csv_mended(const struct csv *csv, int64_t line, int column, struct slice *out)
{
	if (!csv->mend_count) return false;
	const struct csv_mend key = { .line = line, .column = column };
	const struct csv_mend *found = bsearch(&key, csv->mends, csv->mend_count, sizeof key, compare);
	if (found) *out = found->text;
	return found != NULL;
}

static const char *cell_text(struct csv *csv, struct arena *arena, const struct table *table, size_t column, bool mended)
{
	struct slice text;
	if (mended && csv_mended(csv, table->line, (int)column, &text)) return arena_strndup(arena, text.bytes, text.len);
	text = encoding_text(csv->arena, &csv->encoding, table_cell(table, (int)column));
	return arena_strndup(arena, text.bytes, text.len);
}

struct status csv_lines(struct csv *csv, const int64_t *lines, size_t count, bool mended, struct arena *arena, struct csv_line **out)
{
	TRY(csv_mends_read(csv));
	*out = arena_array(arena, struct csv_line, count + 1);
	for (size_t i = 0; i < count; i++) (*out)[i] = (struct csv_line){ .line = lines[i] };
	cleanup_free struct table *table = xcalloc(1, sizeof *table);
	table_open(table, csv->bytes, csv->len, csv->dialect);
	size_t at = 0;
	while (at < count && table_next(table) == TABLE_ROW) {
		if (table->line < lines[at]) continue;
		while (at < count && lines[at] <= table->line) {
			const char **cells = arena_array(arena, const char *, csv->column_count + 1);
			for (size_t c = 0; c < csv->column_count; c++) cells[c] = cell_text(csv, arena, table, c, mended);
			(*out)[at].cells = cells, (*out)[at].found = lines[at] == table->line;
			at++;
		}
	}
	table_close(table);
	return STATUS_FINE;
}

static void cell_put(struct text *out, const char *text, bool last)
{
	bool quoted = strpbrk(text, ";\"\r\n") != NULL;
	if (quoted) text_add_char(out, '"');
	for (; *text; text++) {
		if (*text == '"') text_add_char(out, '"');
		text_add_char(out, *text);
	}
	if (quoted) text_add_char(out, '"');
	text_add(out, last ? "\n" : ";");
}

void csv_list_text(const struct csv *csv, const struct csv_line *lines, size_t count, struct text *out)
{
	for (size_t c = 0; c < csv->column_count; c++) cell_put(out, csv->columns[c].header, c + 1 == csv->column_count);
	for (size_t i = 0; i < count; i++)
		for (size_t c = 0; lines[i].found && c < csv->column_count; c++) cell_put(out, lines[i].cells[c], c + 1 == csv->column_count);
}
