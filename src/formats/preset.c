#include "formats/preset.h"

#include "base/memory.h"
#include "base/text.h"
#include "formats/csv_inside.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static struct slice trimmed(const char *from, const char *to)
{
	while (from < to && (*from == ' ' || *from == '\t' || *from == '\r')) from++;
	while (to > from && (to[-1] == ' ' || to[-1] == '\t' || to[-1] == '\r')) to--;
	return (struct slice){ from, (size_t)(to - from) };
}

static bool key_is(struct slice line, const char *key, struct slice *value)
{
	size_t len = strlen(key);
	if (line.len <= len || memcmp(line.bytes, key, len) != 0 || line.bytes[len] != ':') return false;
	*value = trimmed(line.bytes + len + 1, line.bytes + line.len);
	return true;
}

static bool target_known(const char *target)
{
	if (strncmp(target, "field.", 6) == 0) return target[6] != 0;
	return strcmp(csv_target_name(csv_target_parse(target)), target) == 0;
}

/* "due_date, dmy": what it means, then how it is written. */
static struct status read_meaning(struct slice text, int line, struct arena *arena, struct preset_column *out)
{
	const char *stop = text.bytes + text.len, *comma = memchr(text.bytes, ',', text.len);
	struct slice target = trimmed(text.bytes, comma ? comma : stop);
	out->target = arena_strndup(arena, target.bytes, target.len);
	if (!target.len || !target_known(out->target)) return status_make(STATUS_INVALID, "Line %d: nothing is called “%s”.", line, out->target);
	if (!comma) return STATUS_FINE;
	struct slice style = trimmed(comma + 1, stop);
	const char *said = arena_strndup(arena, style.bytes, style.len);
	if (strcmp(said, "\",\"") == 0 || strcmp(said, "\".\"") == 0)
		out->decimal = said[1];
	else if ((out->dates = date_order_parse(said)) == DATE_UNDECIDED)
		return status_make(STATUS_INVALID, "Line %d: “%s” is no order of dates (dmy, mdy, ymd) and no decimal mark (\",\" or \".\").", line, said);
	return STATUS_FINE;
}

struct status preset_read(const char *text, size_t len, struct arena *arena, struct preset *out)
{
	*out = (struct preset){ .columns = arena_array(arena, struct preset_column, PRESET_COLUMNS) };
	if (len > PRESET_BYTES) return status_make(STATUS_INVALID, "A preset has at most %d characters.", PRESET_BYTES);
	if (memchr(text, 0, len)) return status_make(STATUS_INVALID, "This is not the text of a preset.");
	size_t needed = 0;
	int line = 0;
	for (const char *at = text, *stop = text + len; at < stop;) {
		const char *end = memchr(at, '\n', (size_t)(stop - at));
		struct slice row = trimmed(at, end ? end : stop), value;
		at = end ? end + 1 : stop;
		line++;
		if (!row.len || row.bytes[0] == '#') continue;
		if (key_is(row, "name", &value)) {
			out->name = arena_strndup(arena, value.bytes, value.len);
			continue;
		}
		if (key_is(row, "what", &value)) {
			out->what = csv_what_parse(arena_strndup(arena, value.bytes, value.len));
			if (out->what == CSV_UNKNOWN) return status_make(STATUS_INVALID, "Line %d: the kinds of lists are csv-items, csv-payments, csv-customers, csv-contacts.", line);
			continue;
		}
		if (key_is(row, "credits_positive", &value)) {
			out->credits_positive = value.len == 3 && memcmp(value.bytes, "yes", 3) == 0;
			continue;
		}
		const char *last = NULL; /* a header may hold the sign itself */
		for (const char *c = row.bytes; c < row.bytes + row.len; c++)
			if (*c == '=') last = c;
		if (!last) return status_make(STATUS_INVALID, "Line %d: a column is written “header = meaning”.", line);
		if (out->count == PRESET_COLUMNS) return status_make(STATUS_INVALID, "A preset names at most %d columns.", PRESET_COLUMNS);
		struct preset_column *column = &out->columns[out->count];
		*column = (struct preset_column){ .needed = row.bytes[0] == '*' };
		struct slice header = trimmed(row.bytes + column->needed, last);
		if (!header.len) return status_make(STATUS_INVALID, "Line %d: a column is written “header = meaning”.", line);
		column->header = arena_strndup(arena, header.bytes, header.len);
		TRY(read_meaning(trimmed(last + 1, row.bytes + row.len), line, arena, column));
		needed += column->needed;
		out->count++;
	}
	if (!out->name || !*out->name || strlen(out->name) > 120) return status_make(STATUS_INVALID, "A preset says its name on a line “name: …”.");
	if (out->what == CSV_UNKNOWN) return status_make(STATUS_INVALID, "A preset says what the list holds on a line “what: csv-items”.");
	if (needed < 2) return status_make(STATUS_INVALID, "At least two columns are marked with a star: a file that has them all is this program's.");
	return STATUS_FINE;
}

static const char *plain(const char *header, struct arena *arena)
{
	bool minor;
	cleanup_free char *text = csv_header_plain(header, &minor);
	return arena_strdup(arena, text);
}

/* Of each of the file's columns, the line of the preset that names it; NULL: none. */
static const struct preset_column **matched(const struct preset *preset, const struct csv *csv, struct arena *arena)
{
	const struct preset_column **out = arena_array(arena, const struct preset_column *, csv->column_count + 1);
	const char **known = arena_array(arena, const char *, preset->count + 1);
	for (size_t k = 0; k < preset->count; k++) known[k] = plain(preset->columns[k].header, arena);
	for (size_t i = 0; i < csv->column_count; i++) {
		const char *name = plain(csv->columns[i].header, arena);
		for (size_t k = 0; *name && k < preset->count && !out[i]; k++)
			if (strcmp(known[k], name) == 0) out[i] = &preset->columns[k];
	}
	return out;
}

size_t preset_fit(const struct preset *preset, const struct csv *csv)
{
	cleanup_arena struct arena *arena = arena_new();
	const struct preset_column **found = matched(preset, csv, arena);
	size_t count = 0;
	for (size_t i = 0; i < csv->column_count; i++) count += found[i] != NULL;
	for (size_t k = 0; k < preset->count; k++) {
		if (!preset->columns[k].needed) continue;
		bool there = false;
		for (size_t i = 0; i < csv->column_count; i++) there |= found[i] == &preset->columns[k];
		if (!there) return 0;
	}
	return count;
}

/* What the values themselves contradict is not said: a workbook writes its dates as a workbook does. */
static bool dates_fit(const struct csv_column *column, enum date_order order)
{
	for (size_t i = 0; i < COUNT(column->samples); i++) {
		int32_t day;
		struct slice sample = column->samples[i] ? slice_of(column->samples[i]) : (struct slice){ "", 0 };
		if (sample.len && !date_empty(sample) && !date_read(sample, order, &day)) return false;
	}
	return true;
}

const char *preset_mapping(const struct preset *preset, const struct csv *csv, struct arena *arena)
{
	const struct preset_column **found = matched(preset, csv, arena);
	json_t *columns = json_object();
	for (size_t i = 0; i < csv->column_count; i++) {
		if (!found[i]) continue;
		json_t *said = json_pack("{s:s}", "target", found[i]->target);
		if (found[i]->dates != DATE_UNDECIDED && dates_fit(&csv->columns[i], found[i]->dates)) json_object_set_new(said, "dates", json_string(date_order_name(found[i]->dates)));
		if (found[i]->decimal && !csv->columns[i].decimal_mark) json_object_set_new(said, "decimal", json_stringn(&found[i]->decimal, 1));
		json_object_set_new(columns, csv->columns[i].header, said);
	}
	json_t *json = json_pack("{s:s, s:b, s:o}", "what", csv_what_name(preset->what), "credits_positive", preset->credits_positive, "columns", columns);
	cleanup_free char *text = json_dumps(json, JSON_SORT_KEYS);
	json_decref(json);
	return arena_strdup(arena, text);
}
