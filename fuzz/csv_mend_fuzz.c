/* Any words as what a person mended (the first line), over any bytes as a CSV list: a mended cell is read instead of the file's, each row is
 * still counted once, and the list of single lines is a list that can be read again. */
#include "formats/csv.h"

#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static struct status take(void *context, const struct csv_row *row)
{
	*(int64_t *)context += 1;
	if (row->number.len && !utf8_valid(row->number.bytes, row->number.len)) abort();
	return STATUS_FINE;
}

/* The lines asked for, in order, with as many cells as there are columns. */
static void lines_checked(struct csv *csv)
{
	cleanup_arena struct arena *arena = arena_new();
	static const int64_t wanted[] = { 1, 2, 3, 5, 8, 1000 };
	struct csv_line *lines = NULL, *plain = NULL;
	if (csv_lines(csv, wanted, COUNT(wanted), true, arena, &lines).code) return;
	if (csv_lines(csv, wanted, COUNT(wanted), false, arena, &plain).code) return;
	for (size_t i = 0; i < COUNT(wanted); i++) {
		if (lines[i].line != wanted[i] || lines[i].found != plain[i].found) abort();
		for (size_t c = 0; lines[i].found && c < csv->column_count; c++)
			if (!utf8_valid(lines[i].cells[c], strlen(lines[i].cells[c]))) abort();
	}
	cleanup_text struct text list = { 0 };
	csv_list_text(csv, lines, COUNT(wanted), &list);
	struct csv *again = NULL;
	struct status status = csv_look(text_cstr(&list), list.len, (struct csv_options){ .lang = LANG_EN }, &again);
	if (status.code && !status.text[0]) abort();
	csv_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const uint8_t *end = len && len <= 1 << 15 ? memchr(bytes, '\n', len) : NULL;
	if (!end) return 0;
	cleanup_free char *mended = xstrndup((const char *)bytes, (size_t)(end - bytes));
	const char *list = (const char *)end + 1;
	size_t list_len = len - (size_t)(list - (const char *)bytes);
	struct csv *csv = NULL;
	if (csv_look(list, list_len, (struct csv_options){ .lang = LANG_EN, .mended = mended }, &csv).code) return 0;
	int64_t rows = 0;
	struct status status = csv_read(csv, take, &rows);
	if (status.code && !status.text[0]) abort();
	if (!status.code && csv->data_rows != csv->ignored_rows + csv->rejected.total + rows) abort();
	if (!status.code) lines_checked(csv);
	csv_free(csv);
	return 0;
}
