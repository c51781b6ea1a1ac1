/* sage_mecg — Sage 100 text export: blocks that begin with #MECG, one value a line (reference page formats, 10.2). */
#include "formats/entry_file.h"

#include "base/memory.h"

#include <string.h>

enum field { JOURNAL, DAY, ENTRY_DAY, PIECE, INVOICE, TREASURY, ACCOUNT, COUNTERPART, THIRD, THIRD_COUNTERPART, LABEL, PAYMENT, DUE,
	PARITY, QUANTITY, CURRENCY, SIDE, AMOUNT, LETTERING, FIELDS };

static bool begins(struct slice line, const char *mark)
{
	size_t len = strlen(mark);
	return line.len >= len && memcmp(line.bytes, mark, len) == 0;
}

bool sage_mecg_is(const char *bytes, size_t len)
{
	struct entry_lines lines = entry_lines_open(bytes, len);
	if (!entry_lines_next(&lines) || !begins(lines.line, "#")) return false;
	for (int looked = 0; looked < 2000; looked++) {
		if (begins(lines.line, "#MECG")) return true;
		if (!entry_lines_next(&lines)) return false;
	}
	return false;
}

static bool all_digits(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.bytes[i] < '0' || text.bytes[i] > '9') return false;
	return text.len > 0;
}

static void take(struct entry_file *entries, const struct slice *values, int64_t line)
{
	struct entry_row *row = entry_file_add(entries);
	bool credit = slice_equal(values[SIDE], "1");
	row->line = line;
	row->journal = values[JOURNAL], row->account = values[ACCOUNT], row->customer = values[THIRD];
	row->raw_day = values[DAY], row->day = entry_day(values[DAY], ENTRY_DMY);
	row->piece = values[INVOICE].len ? values[INVOICE] : values[PIECE], row->bundle = values[PIECE];
	row->label = values[LABEL], row->due_day = entry_day(values[DUE], ENTRY_DMY);
	entry_amount(entries, row, values[AMOUNT], ',', credit);
	if (!credit && !slice_equal(values[SIDE], "0")) entry_without_side(entries, row, values[SIDE]);
	/* letters there; what else may stand in its place is digits */
	if (values[LETTERING].len && values[LETTERING].len <= 3 && !all_digits(values[LETTERING])) row->lettering = values[LETTERING];
}

struct status sage_mecg_read(struct entry_file *entries, const char *bytes, size_t len)
{
	struct entry_lines lines = entry_lines_open(bytes, len);
	bool inside = false;
	int64_t began = 0;
	int at = 0;
	struct slice values[FIELDS] = { 0 };
	while (entry_lines_next(&lines)) {
		bool mark = begins(lines.line, "#");
		if (!mark) {
			if (inside && at < FIELDS) values[at++] = slice_trim(lines.line);
			continue;
		}
		if (inside) take(entries, values, began);
		inside = begins(lines.line, "#MECG");
		began = lines.number, at = 0;
		memset(values, 0, sizeof values);
	}
	if (inside) take(entries, values, began);
	return STATUS_FINE;
}
