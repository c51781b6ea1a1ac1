/* quadra — Cegid Quadra's ASCII file: M lines are movements, C lines accounts (reference page formats, 10.6). Customers are
 * accounts of their own that begin with 01 or 9; they stand on 411 here. */
#include "formats/entry_file.h"

#include "base/memory.h"
#include "formats/keys.h"

#include <string.h>

enum { LINES_LOOKED_AT = 50, SIGN_AND_DIGITS = 13 };

static bool signed_cents(struct slice cell)
{
	if (cell.len < 2 || (cell.bytes[0] != '+' && cell.bytes[0] != '-')) return false;
	for (size_t i = 1; i < cell.len; i++)
		if (cell.bytes[i] < '0' || cell.bytes[i] > '9') return false;
	return true;
}

bool quadra_is(const char *bytes, size_t len)
{
	struct entry_lines lines = entry_lines_open(bytes, len);
	int movements = 0, fit = 0, other = 0;
	for (int looked = 0; looked < LINES_LOOKED_AT && entry_lines_next(&lines);) {
		if (slice_trim(lines.line).len == 0) continue;
		looked++;
		bool credit;
		char type = lines.line.bytes[0];
		if (type == 'M') {
			movements++;
			fit += entry_day(entry_column(&lines, 15, 6), ENTRY_DMY) != DAY_NONE && entry_side(entry_column(&lines, 42, 1), &credit)
			       && signed_cents(entry_column(&lines, 43, SIGN_AND_DIGITS));
		} else if (type != 'C' && type != 'I' && type != 'R') {
			other++;
		}
	}
	return movements > 0 && fit * 10 >= movements * 9 && other == 0;
}

static bool customer_account(struct slice account)
{
	return account.len && (account.bytes[0] == '9' || (account.len > 2 && memcmp(account.bytes, "01", 2) == 0));
}

struct status quadra_read(struct entry_file *entries, const char *bytes, size_t len)
{
	struct keys codes = { 0 };
	struct slice *names = NULL;
	size_t cap = 0, count = 0;
	struct entry_lines lines = entry_lines_open(bytes, len);
	while (entry_lines_next(&lines)) {
		if (lines.line.len == 0 || lines.line.bytes[0] != 'C') continue;
		uint32_t id = keys_take(&codes, entry_column(&lines, 2, 8), 0);
		while (count <= id) {
			GROW(names, count, cap);
			names[count++] = (struct slice){ "", 0 };
		}
		names[id] = entry_column(&lines, 10, 30);
	}
	lines = entry_lines_open(bytes, len);
	while (entry_lines_next(&lines)) {
		if (lines.line.len == 0 || lines.line.bytes[0] == 'C') continue;
		if (lines.line.bytes[0] != 'M') {
			entries->skipped += slice_trim(lines.line).len > 0;
			continue;
		}
		struct entry_row *row = entry_file_add(entries);
		bool credit = false, sided = entry_side(entry_column(&lines, 42, 1), &credit);
		struct slice account = entry_column(&lines, 2, 8), journal = entry_column(&lines, 111, 3);
		int64_t id = keys_find(&codes, account, 0);
		struct slice name = id == KEYS_NONE ? (struct slice){ "", 0 } : names[id];
		row->line = lines.number;
		row->journal = journal.len ? journal : entry_column(&lines, 10, 2);
		row->account = account, row->account_label = name;
		if (customer_account(account))
			row->account = slice_of("411"), row->account_label = slice_of("Clients"), row->customer = account, row->customer_name = name;
		row->raw_day = entry_column(&lines, 15, 6), row->day = entry_day(row->raw_day, ENTRY_DMY);
		row->due_day = entry_day(entry_column(&lines, 64, 6), ENTRY_DMY);
		row->piece = entry_column(&lines, 149, 10);
		if (row->piece.len == 0) row->piece = entry_column(&lines, 100, 8);
		if (row->piece.len == 0) row->piece = entry_column(&lines, 75, 5);
		row->bundle = row->piece;
		row->label = entry_column(&lines, 117, 30);
		if (row->label.len == 0) row->label = entry_column(&lines, 22, 20);
		row->lettering = entry_column(&lines, 70, 2);
		entry_cents(entries, row, entry_column(&lines, 43, SIGN_AND_DIGITS), credit);
		if (!sided) entry_without_side(entries, row, entry_column(&lines, 42, 1));
	}
	keys_free(&codes);
	free(names);
	return STATUS_FINE;
}
