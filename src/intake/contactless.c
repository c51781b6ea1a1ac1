#include "intake/contactless.h"

#include "base/memory.h"
#include "formats/csv.h"
#include "formats/table.h"

#include <string.h>

struct status contactless_list(struct db *db, const struct viewer *viewer, int64_t company_id, size_t limit, struct arena *arena,
                               struct contactless **out, size_t *count, int64_t *total)
{
	*out = arena_array(arena, struct contactless, limit + 1);
	*count = 0, *total = 0;
	/* the portfolio of the viewer: all, his own customers, or a group */
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT c.id, c.code, c.name, i.debits FROM customer c JOIN (SELECT customer_id, sum(open_amount) AS debits FROM item"
		" WHERE tenant_id = $tenant AND company_id = $company AND withdrawn = 0 AND open_amount > 0 GROUP BY customer_id) i ON i.customer_id = c.id"
		" WHERE c.tenant_id = $tenant AND c.company_id = $company AND c.merged_into = 0 AND c.email = '' AND c.generic <> 'accepted'"
		" AND ($own = 0 OR c.collector_id = $own OR c.sales_id = $own) AND ($group = '' OR c.group_code = $group)"
		" AND NOT EXISTS (SELECT 1 FROM contact k WHERE k.tenant_id = $tenant AND k.company_id = $company AND k.customer_id = c.id"
		" AND k.removed = 0 AND k.email <> '' AND k.bounced_at = 0) ORDER BY i.debits DESC, c.code",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id),
		        db_int("own", viewer->portfolio == PORTFOLIO_OWN ? viewer->user_id : 0),
		        db_text("group", viewer->portfolio == PORTFOLIO_GROUP ? viewer->portfolio_group : "")));
	while (rows_next(rows)) {
		++*total;
		if (*count == limit) continue;
		(*out)[(*count)++] = (struct contactless){ .id = row_int(rows, 0), .code = arena_strdup(arena, row_text(rows, 1)),
			.name = arena_strdup(arena, row_text(rows, 2)), .open = row_int(rows, 3) };
	}
	return rows_status(rows);
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
