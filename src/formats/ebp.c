/* ebp — EBP's text export without a header: commas, one movement a line (reference page formats, 10.4). Its newer exports have
 * a header and are read as any table. */
#include "formats/entry_file.h"

#include "base/memory.h"
#include "formats/table.h"

#include <string.h>

enum field { NUMBER, DAY, JOURNAL, ACCOUNT, AUTO_LABEL, LABEL, PIECE, AMOUNT, SIDE, DUE, CURRENCY, FIELDS };
enum { LINES_LOOKED_AT = 50 };

static struct table_dialect dialect(void)
{
	return (struct table_dialect){ .separator = ',', .columns = FIELDS };
}

static bool is_account(struct slice cell)
{
	return cell.len >= 3 && cell.bytes[0] >= '1' && cell.bytes[0] <= '9' && cell.bytes[1] >= '0' && cell.bytes[1] <= '9';
}

static bool is_movement(const struct table *table)
{
	bool credit;
	int64_t number;
	struct slice first = slice_trim(table_cell(table, NUMBER)), day = slice_trim(table_cell(table, DAY));
	return table->count > SIDE && text_parse_int(first.bytes, first.len, &number) && (day.len == 6 || day.len == 8)
	       && entry_day(day, ENTRY_DMY) != DAY_NONE && is_account(slice_trim(table_cell(table, ACCOUNT)))
	       && entry_side(table_cell(table, SIDE), &credit);
}

bool ebp_is(const char *bytes, size_t len)
{
	struct encoding_guess guess = encoding_guess(bytes, len < 65536 ? len : 65536);
	struct table table;
	int looked = 0, fit = 0;
	table_open(&table, bytes + guess.mark_len, len - guess.mark_len, dialect());
	while (looked < LINES_LOOKED_AT && table_next(&table) == TABLE_ROW) {
		if (table.blank) continue;
		looked++, fit += is_movement(&table);
	}
	table_close(&table);
	return looked > 0 && fit * 10 >= looked * 8;
}

/* Cells whose doubled quotes were undone lie in the table's scratch. */
static struct slice kept(struct entry_file *entries, const struct table *table, enum field field)
{
	struct slice cell = slice_trim(table_cell(table, (int)field));
	if (cell.len == 0 || (cell.bytes >= table->begin && cell.bytes < table->end)) return cell;
	return (struct slice){ arena_strndup(entries->arena, cell.bytes, cell.len), cell.len };
}

struct status ebp_read(struct entry_file *entries, const char *bytes, size_t len)
{
	struct table table;
	enum table_step step;
	table_open(&table, bytes + entries->guess.mark_len, len - entries->guess.mark_len, dialect());
	while ((step = table_next(&table)) == TABLE_ROW) {
		if (table.blank) continue;
		struct entry_row *row = entry_file_add(entries);
		bool credit = false, sided = entry_side(table_cell(&table, SIDE), &credit);
		row->line = table.line;
		row->raw_day = kept(entries, &table, DAY), row->day = entry_day(row->raw_day, ENTRY_DMY);
		row->journal = kept(entries, &table, JOURNAL), row->account = kept(entries, &table, ACCOUNT);
		row->label = kept(entries, &table, LABEL);
		if (row->label.len == 0) row->label = kept(entries, &table, AUTO_LABEL);
		row->piece = kept(entries, &table, PIECE), row->bundle = row->piece;
		row->due_day = entry_day(kept(entries, &table, DUE), ENTRY_DMY);
		entry_amount(entries, row, kept(entries, &table, AMOUNT), '.', credit);
		if (!sided) entry_without_side(entries, row, table_cell(&table, SIDE));
		struct slice currency = kept(entries, &table, CURRENCY);
		if (currency.len == 3) row->currency = currency;
	}
	int64_t line = table.line;
	table_close(&table);
	if (step == TABLE_END) return STATUS_FINE;
	return status_make(STATUS_INVALID, "Line %lld is too long or too wide for a file of entries.", (long long)line);
}
