/* sage_pnm — Sage 100 "Format Sage" (PNM): the company's name, then lines of 138 columns (reference page formats, 10.1). */
#include "formats/entry_file.h"

#include "base/memory.h"

enum { WIDTH_LEAST = 104, LINES_LOOKED_AT = 50 };

static bool nature_known(struct slice nature)
{
	static const char *const known[] = { "FC", "AC", "RC", "FF", "AF", "RF", "OD", "OC", "OF", "RD", "OT" };
	for (size_t i = 0; i < COUNT(known); i++)
		if (slice_equal(nature, known[i])) return true;
	return nature.len == 0;
}

static bool is_movement(const struct entry_lines *lines)
{
	bool credit;
	return entry_width(lines) >= WIDTH_LEAST && entry_day(entry_column(lines, 4, 6), ENTRY_DMY) != DAY_NONE
	       && entry_column(lines, 4, 6).len == 6 && nature_known(entry_column(lines, 10, 2))
	       && entry_side(entry_column(lines, 84, 1), &credit) && entry_column(lines, 12, 13).len > 0;
}

bool sage_pnm_is(const char *bytes, size_t len)
{
	struct entry_lines lines = entry_lines_open(bytes, len);
	int looked = 0, fit = 0;
	if (!entry_lines_next(&lines)) return false; /* the company's name */
	while (looked < LINES_LOOKED_AT && entry_lines_next(&lines)) {
		if (slice_trim(lines.line).len == 0) continue;
		looked++, fit += is_movement(&lines);
	}
	return looked > 0 && fit * 10 >= looked * 8;
}

struct status sage_pnm_read(struct entry_file *entries, const char *bytes, size_t len)
{
	struct entry_lines lines = entry_lines_open(bytes, len);
	if (!entry_lines_next(&lines)) return STATUS_FINE;
	while (entry_lines_next(&lines)) {
		if (slice_trim(lines.line).len == 0) continue;
		struct slice type = entry_column(&lines, 25, 1);
		if (slice_equal(type, "A")) { /* analytic: the same amount once more */
			entries->skipped++;
			continue;
		}
		struct entry_row *row = entry_file_add(entries);
		bool credit = false, sided = entry_side(entry_column(&lines, 84, 1), &credit);
		row->line = lines.number;
		row->journal = entry_column(&lines, 1, 3), row->account = entry_column(&lines, 12, 13);
		if (slice_equal(type, "X")) row->customer = entry_column(&lines, 26, 13);
		row->raw_day = entry_column(&lines, 4, 6), row->day = entry_day(row->raw_day, ENTRY_DMY);
		row->piece = entry_column(&lines, 39, 13), row->bundle = entry_column(&lines, 106, 7);
		if (row->piece.len == 0) row->piece = row->bundle;
		row->label = entry_column(&lines, 52, 25);
		row->due_day = entry_day(entry_column(&lines, 78, 6), ENTRY_DMY);
		entry_amount(entries, row, entry_column(&lines, 85, 20), '.', credit);
		if (!sided) entry_without_side(entries, row, entry_column(&lines, 84, 1));
	}
	return STATUS_FINE;
}
