/* ciel — Ciel and Sage 50: XIMPORT.TXT of fixed columns, RImport.txt with tabs (reference page formats, 10.3). Their customers
 * are accounts of their own (411DUPONT). */
#include "formats/entry_file.h"

#include "base/memory.h"

#include <string.h>

/* --- XIMPORT ----------------------------------------------------------------------------------------------------------------- */
enum { SIDE = 85, AMOUNT = 72, AMOUNT_WIDTH = 13, LINES_LOOKED_AT = 50 };

static bool is_movement(const struct entry_lines *lines)
{
	bool credit;
	int64_t number;
	struct slice movement = entry_column(lines, 1, 5), day = entry_column(lines, 8, 8);
	return entry_width(lines) >= SIDE && text_parse_int(movement.bytes, movement.len, &number) && day.len == 8
	       && entry_day(day, ENTRY_YMD) != DAY_NONE && entry_side(entry_column(lines, SIDE, 1), &credit)
	       && entry_column(lines, 36, 11).len > 0;
}

bool ciel_ximport_is(const char *bytes, size_t len)
{
	struct entry_lines lines = entry_lines_open(bytes, len);
	int looked = 0, fit = 0;
	while (looked < LINES_LOOKED_AT && entry_lines_next(&lines)) {
		if (slice_trim(lines.line).len == 0) continue;
		looked++, fit += is_movement(&lines);
	}
	return looked > 0 && fit * 10 >= looked * 8;
}

/* "0000001200.00", "      1200,00", or "0000000120000": all cells without a mark and filled with zeros are cents. */
static bool writes_cents(const char *bytes, size_t len, char *decimal_mark)
{
	struct entry_lines lines = entry_lines_open(bytes, len);
	bool marked = false, filled = true;
	*decimal_mark = '.';
	while (entry_lines_next(&lines)) {
		if (slice_trim(lines.line).len == 0) continue;
		struct slice cell = entry_column(&lines, AMOUNT, AMOUNT_WIDTH);
		filled = filled && cell.len == AMOUNT_WIDTH;
		if (memchr(cell.bytes, ',', cell.len)) *decimal_mark = ',', marked = true;
		if (memchr(cell.bytes, '.', cell.len)) marked = true;
	}
	return !marked && filled;
}

struct status ciel_ximport_read(struct entry_file *entries, const char *bytes, size_t len)
{
	char mark;
	bool cents = writes_cents(bytes, len, &mark);
	struct entry_lines lines = entry_lines_open(bytes, len);
	while (entry_lines_next(&lines)) {
		if (slice_trim(lines.line).len == 0) continue;
		struct entry_row *row = entry_file_add(entries);
		bool credit = false, sided = entry_side(entry_column(&lines, SIDE, 1), &credit);
		row->line = lines.number;
		row->bundle = entry_column(&lines, 1, 5), row->journal = entry_column(&lines, 6, 2);
		row->raw_day = entry_column(&lines, 8, 8), row->day = entry_day(row->raw_day, ENTRY_YMD);
		row->due_day = entry_day(entry_column(&lines, 16, 8), ENTRY_YMD);
		row->piece = entry_column(&lines, 24, 12), row->account = entry_column(&lines, 36, 11);
		struct slice amount = entry_column(&lines, AMOUNT, AMOUNT_WIDTH);
		row->label = entry_column(&lines, 47, 25);
		if (cents)
			entry_cents(entries, row, amount, credit);
		else
			entry_amount(entries, row, amount, mark, credit);
		if (!sided) entry_without_side(entries, row, entry_column(&lines, SIDE, 1));
		row->lettering = entry_column(&lines, 86, 12);
		row->account_label = entry_column(&lines, 104, 34);
	}
	return STATUS_FINE;
}

/* --- RImport ------------------------------------------------------------------------------------------------------------------- */
enum field { MOVEMENT, JOURNAL, DAY, ACCOUNT, ACCOUNT_LABEL, VALUE, VALUE_SIDE, STATUS, LABEL, PIECE, TYPE, DUE, FIELDS };

static bool begins(struct slice line, const char *words)
{
	size_t len = strlen(words);
	return line.len >= len && memcmp(line.bytes, words, len) == 0;
}

bool ciel_rimport_is(const char *bytes, size_t len)
{
	struct entry_lines lines = entry_lines_open(bytes, len);
	return entry_lines_next(&lines) && begins(lines.line, "##Fichier\tRImport");
}

static int split(struct slice line, struct slice *cells)
{
	int count = 0;
	while (count < FIELDS) {
		const char *tab = memchr(line.bytes, '\t', line.len);
		size_t len = tab ? (size_t)(tab - line.bytes) : line.len;
		struct slice cell = slice_trim((struct slice){ line.bytes, len });
		if (cell.len >= 2 && cell.bytes[0] == '"' && cell.bytes[cell.len - 1] == '"') cell.bytes++, cell.len -= 2;
		cells[count++] = cell;
		if (!tab) break;
		line.bytes += len + 1, line.len -= len + 1;
	}
	return count;
}

struct status ciel_rimport_read(struct entry_file *entries, const char *bytes, size_t len)
{
	struct entry_lines lines = entry_lines_open(bytes, len);
	bool movements = false;
	char mark = ',';
	while (entry_lines_next(&lines)) {
		struct slice line = lines.line;
		if (begins(line, "##Section")) movements = begins(line, "##Section\tMvt");
		const char *said = begins(line, "##DebFmt") ? memmem(line.bytes, line.len, "SepDec=", 7) : NULL;
		if (said && said + 7 < line.bytes + line.len) mark = said[7] == '.' ? '.' : ',';
		if (begins(line, "##") || slice_trim(line).len == 0 || !movements) continue;
		struct slice cells[FIELDS] = { 0 };
		bool credit = false, sided;
		split(line, cells);
		struct entry_row *row = entry_file_add(entries);
		sided = entry_side(cells[VALUE_SIDE], &credit);
		row->line = lines.number, row->bundle = cells[MOVEMENT], row->journal = cells[JOURNAL];
		row->raw_day = cells[DAY], row->day = entry_day(cells[DAY], ENTRY_DMY), row->due_day = entry_day(cells[DUE], ENTRY_DMY);
		row->account = cells[ACCOUNT], row->account_label = cells[ACCOUNT_LABEL];
		row->label = cells[LABEL], row->piece = cells[PIECE];
		entry_amount(entries, row, cells[VALUE], mark, credit);
		if (!sided) entry_without_side(entries, row, cells[VALUE_SIDE]);
	}
	return STATUS_FINE;
}
