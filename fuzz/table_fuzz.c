/* Any bytes as delimited text: rows that are written again by the book are read as the same cells. */
#include "formats/table.h"

#include "base/memory.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (len > 1 << 16) return 0;
	const char *input = (const char *)bytes;
	struct table_dialect dialect = table_sniff(input, len);
	static struct table table, again;
	struct text written = { 0 };
	size_t rows = 0, cells = 0;
	int64_t last = 0;
	bool plain = true; /* nothing that the second reading treats otherwise */
	enum table_step step;
	table_open(&table, input, len, dialect);
	while ((step = table_next(&table)) == TABLE_ROW) {
		if (table.line <= last || table.count == 0) abort();
		last = table.line;
		rows++;
		for (size_t i = 0; i < table.count; i++, cells++) {
			if (i) text_add_char(&written, ';');
			text_add_char(&written, '"');
			int breaks = 0;
			for (size_t j = 0; j < table.cells[i].len; j++) {
				char c = table.cells[i].bytes[j];
				breaks += c == '\n' || c == '\r';
				if (c == '"') text_add_char(&written, '"');
				text_add_char(&written, c);
			}
			text_add_char(&written, '"');
			plain = plain && breaks == 0;
		}
		text_add_char(&written, '\n');
	}
	if (table.next_line - 1 > (int64_t)len + 1) abort();
	table_close(&table);
	if (step == TABLE_END && plain) {
		table_open(&table, input, len, dialect);
		table_open(&again, text_cstr(&written), written.len, (struct table_dialect){ .separator = ';', .one_line = true });
		while (table_next(&table) == TABLE_ROW) {
			if (table_next(&again) != TABLE_ROW || again.count != table.count) abort();
			for (size_t i = 0; i < table.count; i++)
				if (again.cells[i].len != table.cells[i].len
				    || (table.cells[i].len && memcmp(again.cells[i].bytes, table.cells[i].bytes, table.cells[i].len) != 0))
					abort();
		}
		if (table_next(&again) != TABLE_END) abort();
		table_close(&table);
		table_close(&again);
	}
	text_free(&written);
	return 0;
}
