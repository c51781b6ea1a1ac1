/* cegid_tra — Cegid's TRA exchange file, standard and extended movements (reference page formats, 10.5). */
#include "formats/entry_file.h"

#include "base/memory.h"
#include "formats/keys.h"

#include <string.h>

enum { MOVEMENT_WIDTH = 150 };

static bool begins(struct slice line, const char *words)
{
	size_t len = strlen(words);
	return line.len >= len && memcmp(line.bytes, words, len) == 0;
}

bool cegid_tra_is(const char *bytes, size_t len)
{
	struct entry_lines lines = entry_lines_open(bytes, len);
	if (!entry_lines_next(&lines)) return false;
	return begins(lines.line, "***S") && lines.line.len >= 8 && lines.line.bytes[4] >= '0' && lines.line.bytes[4] <= '9';
}

/* Names of third parties (***CAE) and accounts (***CGE), wherever in the file they stand. */
struct names {
	struct keys codes;
	struct slice *names;
	size_t cap, count;
};

static void names_gather(struct names *names, const char *bytes, size_t len)
{
	struct entry_lines lines = entry_lines_open(bytes, len);
	while (entry_lines_next(&lines)) {
		if (!begins(lines.line, "***CAE") && !begins(lines.line, "***CGE")) continue;
		struct slice code = entry_column(&lines, 7, 17), name = entry_column(&lines, 24, 35);
		if (code.len == 0) continue;
		uint32_t id = keys_take(&names->codes, code, begins(lines.line, "***CAE"));
		while (names->count <= id) {
			GROW(names->names, names->count, names->cap);
			names->names[names->count++] = (struct slice){ "", 0 };
		}
		if (names->names[id].len == 0) names->names[id] = name;
	}
}

static struct slice name_of(const struct names *names, struct slice code, bool third)
{
	int64_t id = keys_find(&names->codes, code, third);
	return id == KEYS_NONE ? (struct slice){ "", 0 } : names->names[id];
}

/* 01011900 stands for no date. */
static int32_t due_day_of(struct slice text)
{
	return slice_equal(text, "01011900") ? DAY_NONE : entry_day(text, ENTRY_DMY);
}

struct status cegid_tra_read(struct entry_file *entries, const char *bytes, size_t len)
{
	struct names names = { 0 };
	names_gather(&names, bytes, len);
	struct entry_lines lines = entry_lines_open(bytes, len);
	while (entry_lines_next(&lines)) {
		if (begins(lines.line, "***") || slice_trim(lines.line).len == 0) continue;
		struct slice type = entry_column(&lines, 31, 1), kind = entry_column(&lines, 151, 1);
		/* analytic lines say the amount again; simulations and budgets (S, U, P) are no entries */
		if (slice_equal(type, "A") || (kind.len && !slice_equal(kind, "N"))) {
			entries->skipped++;
			continue;
		}
		struct entry_row *row = entry_file_add(entries);
		bool credit = false, sided = entry_width(&lines) >= MOVEMENT_WIDTH && entry_side(entry_column(&lines, 130, 1), &credit);
		row->line = lines.number;
		row->journal = entry_column(&lines, 1, 3), row->account = entry_column(&lines, 14, 17);
		row->account_label = name_of(&names, row->account, false);
		if (slice_equal(type, "X")) {
			row->customer = entry_column(&lines, 32, 17);
			row->customer_name = name_of(&names, row->customer, true);
		}
		row->raw_day = entry_column(&lines, 4, 8), row->day = entry_day(row->raw_day, ENTRY_DMY);
		row->piece = entry_column(&lines, 49, 35), row->bundle = entry_column(&lines, 152, 8);
		if (row->piece.len == 0) row->piece = row->bundle;
		row->label = entry_column(&lines, 84, 35), row->due_day = due_day_of(entry_column(&lines, 122, 8));
		row->opening = slice_equal(entry_column(&lines, 302, 1), "N");
		entry_amount(entries, row, entry_column(&lines, 131, 20), ',', credit);
		if (!sided) entry_without_side(entries, row, entry_column(&lines, 130, 1));
	}
	keys_free(&names.codes);
	free(names.names);
	return STATUS_FINE;
}
