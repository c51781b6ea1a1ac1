#include "intake/contactless.h"

#include "base/memory.h"
#include "formats/csv.h"
#include "formats/table.h"

#include <stdlib.h>
#include <string.h>

struct status customers_reached(struct db *db, const struct viewer *viewer, int64_t company_id, const struct book *book, uint8_t *out)
{
	static const char *const queries[] = {
		"SELECT id FROM customer WHERE tenant_id = $tenant AND company_id = $company AND email <> ''",
		"SELECT DISTINCT customer_id FROM contact WHERE tenant_id = $tenant AND company_id = $company AND removed = 0 AND email <> ''"
		" AND bounced_at = 0",
	};
	for (size_t i = 0; i < COUNT(queries); i++) {
		cleanup_rows struct rows *rows = db_query(db, queries[i], DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id)));
		while (rows_next(rows)) {
			size_t at = book_find_customer(book, row_int(rows, 0));
			if (at != SIZE_MAX) out[at] = 1;
		}
		TRY(rows_status(rows));
	}
	return STATUS_FINE;
}

struct owing {
	int64_t open;
	size_t customer;
};

static int most_first(const void *a, const void *b)
{
	const struct owing *x = a, *y = b;
	if (x->open != y->open) return x->open > y->open ? -1 : 1;
	return (x->customer > y->customer) - (x->customer < y->customer); /* the order of their codes */
}

struct status contactless_list(struct db *db, const struct viewer *viewer, int64_t company_id, size_t limit, struct arena *arena,
                               struct contactless **out, size_t *count, int64_t *total)
{
	*out = arena_array(arena, struct contactless, limit + 1);
	*count = 0, *total = 0;
	cleanup_book const struct book *book = NULL;
	TRY(book_get(db_store(db), viewer->tenant_id, company_id, &book));
	size_t customers = book_customers(book), owing = 0;
	uint8_t *reached = arena_array(arena, uint8_t, customers + 1);
	TRY(customers_reached(db, viewer, company_id, book, reached));
	struct owing *rows = arena_array(arena, struct owing, customers + 1);
	struct book_opens *opens = book_opens(book, INT32_MAX);
	for (size_t c = 0; c < customers; c++) {
		struct book_customer who = book_customer(book, c);
		if (reached[c] || strcmp(who.generic, "accepted") == 0) continue;
		if (!viewer_sees_customer(viewer, who.collector_id, who.sales_id, who.group_code)) continue;
		int64_t debits = 0;
		for (size_t k = 0; k < book_currencies(book); k++) {
			const struct book_open *items;
			size_t open = book_opens_of(opens, c, book_currency_at(book, k), &items);
			for (size_t i = 0; i < open; i++) debits += items[i].open > 0 ? items[i].open : 0;
		}
		if (debits > 0) rows[owing++] = (struct owing){ debits, c };
	}
	book_opens_free(opens);
	if (owing) qsort(rows, owing, sizeof *rows, most_first);
	*total = (int64_t)owing;
	for (size_t i = 0; i < owing && *count < limit; i++) {
		struct book_customer who = book_customer(book, rows[i].customer);
		(*out)[(*count)++] = (struct contactless){ .id = who.id, .code = arena_strdup(arena, who.code), .name = arena_strdup(arena, who.name),
			.open = rows[i].open };
	}
	return STATUS_FINE;
}

struct status contacts_paste(const struct intake *intake, const char *text, struct intake_result *out)
{
	size_t len = strlen(text);
	cleanup_text struct text whole = { 0 };
	struct csv *csv = NULL;
	struct intake named = *intake;
	named.options.file_name = named.options.file_name ? named.options.file_name : "contacts";
	/* with a line of names it is a file like any other */
	bool headed = csv_look(text, len, (struct csv_options){ .lang = intake->viewer->lang, .what = CSV_CONTACTS }, &csv).code == STATUS_OK
	              && csv_ready(csv).code == STATUS_OK && csv->header_line == 1;
	csv_free(csv);
	if (!headed) {
		struct table_dialect dialect = table_sniff(text, len);
		struct table table;
		table_open(&table, text, len, dialect);
		int email = -1;
		size_t width = 0;
		while (table_next(&table) == TABLE_ROW && email < 0) {
			width = table.count;
			for (size_t i = 0; i < table.count; i++)
				if (memchr(table.cells[i].bytes, '@', table.cells[i].len)) email = (int)i;
		}
		table_close(&table);
		if (email < 0 || width < 2)
			return status_make(STATUS_INVALID, "%s", tr(intake->viewer->lang, "Paste lines of customer code and e-mail address, as copied from a spreadsheet."));
		/* the customer's code first; what follows the address is the person's name, then the telephone */
		static const char *const after[] = { "Contact", "Tel" };
		size_t next = 0;
		char separator[2] = { dialect.separator, 0 };
		for (size_t i = 0; i < width; i++) {
			if (i) text_add(&whole, separator);
			text_add(&whole, i == 0 && email != 0 ? "Code client" : (int)i == email ? "E-mail" : email == 0 && i == 1 ? "Code client" : next < COUNT(after) ? after[next++] : "");
		}
		text_add(&whole, "\n");
	}
	text_add_bytes(&whole, text, len);
	named.options.format = "csv-contacts";
	named.options.accept_partial = true;
	return intake_import(&named, text_cstr(&whole), whole.len, out);
}
