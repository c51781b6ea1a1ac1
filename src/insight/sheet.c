#include "insight/sheet.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/money.h"
#include "base/words.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

/* --- which columns a model has --------------------------------------------------------------------------------------------- */

static const struct sheet_column behaviour_columns[] = {
	{ "customer", "Customer", SHEET_TEXT }, { "name", "Name", SHEET_TEXT }, { "settled", "Settled", SHEET_AMOUNT },
	{ "average_days_to_pay", "Average days to pay", SHEET_DAYS }, { "average_days_late", "Average days late", SHEET_DAYS },
	{ "on_time_rate", "Paid on time", SHEET_RATIO }, { "score", "Score", SHEET_SCORE }, { "class", "Class", SHEET_TEXT }, { 0 },
};
static const struct sheet_column items_columns[] = {
	{ "number", "Number", SHEET_TEXT }, { "customer", "Customer", SHEET_TEXT }, { "kind", "Kind", SHEET_CODE },
	{ "issue_date", "Issue date", SHEET_DATE }, { "due_date", "Due date", SHEET_DATE }, { "due_source", "Due date from", SHEET_CODE },
	{ "posting_date", "Posting date", SHEET_DATE }, { "amount", "Amount", SHEET_AMOUNT }, { "open", "Open", SHEET_AMOUNT },
	{ "currency", "Currency", SHEET_TEXT }, { "days_late", "Days late", SHEET_COUNT }, { "closed_on", "Closed on", SHEET_DATE },
	{ "id", "Id", SHEET_COUNT }, { 0 },
};
static const struct sheet_column customers_columns[] = {
	{ "customer", "Customer", SHEET_TEXT }, { "name", "Name", SHEET_TEXT }, { "group", "Group", SHEET_TEXT },
	{ "profile", "Profile", SHEET_CODE }, { "outstanding", "Outstanding", SHEET_AMOUNT }, { "overdue", "Overdue", SHEET_AMOUNT },
	{ "unallocated", "Unallocated", SHEET_AMOUNT }, { "score", "Score", SHEET_SCORE }, { "class", "Class", SHEET_TEXT },
	{ "collector", "Collector", SHEET_TEXT }, { "next_action", "Next action", SHEET_TEXT }, { 0 },
};
static const struct sheet_column months_columns[] = {
	{ "month", "Month", SHEET_MONTH }, { "p10", "Low (1 in 10)", SHEET_AMOUNT }, { "p50", "Median", SHEET_AMOUNT },
	{ "p90", "High (1 in 10)", SHEET_AMOUNT }, { 0 },
};
static const struct {
	const char *key, *title;
	enum sheet_type type;
} figures[] = {
	{ "outstanding", "Outstanding", SHEET_AMOUNT }, { "overdue", "Overdue", SHEET_AMOUNT }, { "not_due", "Not due", SHEET_AMOUNT },
	{ "unallocated", "Credit notes and unallocated receipts", SHEET_AMOUNT }, { "overdue_rate", "Overdue rate", SHEET_RATIO },
	{ "sales_365", "Sales over 365 days, VAT included", SHEET_AMOUNT }, { "dso", "DSO", SHEET_DAYS },
	{ "dso_countback", "DSO by countback", SHEET_DAYS }, { "best_possible_dso", "Best possible DSO", SHEET_DAYS },
	{ "average_days_delinquent", "Average days delinquent", SHEET_DAYS }, { "average_days_to_pay", "Average days to pay", SHEET_DAYS },
	{ "average_days_late", "Average days late", SHEET_DAYS }, { "on_time_rate", "Paid on time", SHEET_RATIO },
	{ "cei_90", "Collection effectiveness over 90 days", SHEET_RATIO }, { "disputed", "Disputed", SHEET_AMOUNT },
	{ "promised", "Promised", SHEET_AMOUNT }, { "customers", "Customers with a balance", SHEET_COUNT },
	{ "open_items", "Open items", SHEET_COUNT },
};

static const struct sheet_column kpis_months[] = {
	{ "month", "Month", SHEET_MONTH }, { "outstanding", "Outstanding", SHEET_AMOUNT }, { "overdue", "Overdue", SHEET_AMOUNT },
	{ "overdue_rate", "Overdue rate", SHEET_RATIO }, { "dso", "DSO", SHEET_DAYS }, { "dso_countback", "DSO by countback", SHEET_DAYS },
	{ "best_possible_dso", "Best possible DSO", SHEET_DAYS }, { "average_days_to_pay", "Average days to pay", SHEET_DAYS },
	{ "average_days_late", "Average days late", SHEET_DAYS }, { "on_time_rate", "Paid on time", SHEET_RATIO },
	{ "cei_90", "Collection effectiveness over 90 days", SHEET_RATIO }, { 0 },
};

static const struct sheet_column rebate_columns[] = {
	{ "customer", "Customer", SHEET_TEXT }, { "name", "Name", SHEET_TEXT }, { "net_sales", "Sales over 365 days, before VAT", SHEET_AMOUNT },
	{ "average_days_late", "Average days late", SHEET_DAYS }, { "on_time_rate", "Paid on time", SHEET_RATIO }, { "rate", "Rebate rate", SHEET_RATIO },
	{ "weight", "Share kept", SHEET_RATIO }, { "rebate", "Rebate", SHEET_AMOUNT }, { "full_rebate", "If he paid in time", SHEET_AMOUNT }, { 0 },
};

static const struct sheet_column provisions_columns[] = {
	{ "customer", "Customer", SHEET_TEXT }, { "name", "Name", SHEET_TEXT }, { "item", "Item", SHEET_TEXT }, { "due_date", "Due date", SHEET_DATE }, { "open", "Open", SHEET_AMOUNT },
	{ "base", "Before VAT", SHEET_AMOUNT }, { "rate", "Rate", SHEET_RATIO }, { "rule_label", "Why", SHEET_CODE }, { "was", "Written down before", SHEET_AMOUNT },
	{ "allowance", "Written down", SHEET_AMOUNT }, { "change", "Movement", SHEET_AMOUNT }, { 0 },
};
static const struct sheet_column losses_columns[] = {
	{ "customer", "Customer", SHEET_TEXT }, { "name", "Name", SHEET_TEXT }, { "item", "Item", SHEET_TEXT }, { "issue_date", "Issue date", SHEET_DATE },
	{ "lost_on", "Lost on", SHEET_DATE }, { "amount", "Amount", SHEET_AMOUNT }, { "net", "Loss", SHEET_AMOUNT }, { "vat", "VAT taken back", SHEET_AMOUNT },
	{ "proof_label", "Proof", SHEET_CODE }, { "proof_on", "Day of the proof", SHEET_DATE }, { "proof_words", "Reference", SHEET_TEXT },
	{ "duplicate_sent_on", "Duplicate sent on", SHEET_DATE }, { 0 },
};

static void sheet_columns(struct sheet *sheet, const struct sheet_column *columns)
{
	for (; columns->key && sheet->count < SHEET_COLUMNS; columns++) sheet->columns[sheet->count++] = *columns;
}

/* "31-60" becomes "31–60 days late". */
static const char *ageing_title(struct arena *arena, const char *column)
{
	if (strcmp(column, "not_due") == 0) return "Not due";
	if (strcmp(column, "unallocated") == 0) return "Credit notes and unallocated receipts";
	return arena_printf(arena, "%s", column);
}

static void sheet_aged(const json_t *model, struct arena *arena, struct sheet *out)
{
	static const struct sheet_column by[] = { { "customer", "Customer", SHEET_TEXT }, { "name", "Name", SHEET_TEXT },
		{ "group", "Group", SHEET_TEXT }, { "collector", "Collector", SHEET_TEXT }, { "sales", "Salesperson", SHEET_TEXT },
		{ "country", "Country", SHEET_TEXT }, { "class", "Class", SHEET_CODE }, { "currency", "Currency", SHEET_TEXT },
		{ "account", "Account", SHEET_TEXT }, { "month", "Month", SHEET_MONTH } };
	const json_t *first = json_array_get(out->rows, 0);
	for (size_t i = 0; i < COUNT(by); i++)
		if (first ? json_object_get(first, by[i].key) != NULL : i < 2) out->columns[out->count++] = by[i];
	out->columns[out->count++] = (struct sheet_column){ "outstanding", "Outstanding", SHEET_AMOUNT };
	size_t i;
	json_t *column;
	json_array_foreach(json_object_get(model, "columns"), i, column)
		if (out->count < SHEET_COLUMNS)
			out->columns[out->count++] = (struct sheet_column){ json_string_value(column),
				ageing_title(arena, json_string_value(column)), SHEET_AMOUNT };
	/* a sum over months, or over currencies, is none */
	bool sums = !first || (!json_object_get(first, "month") && !json_object_get(first, "currency"));
	out->total = sums ? json_object_get(model, "total") : NULL;
}

static void sheet_behaviour(struct sheet *out)
{
	const json_t *first = json_array_get(out->rows, 0);
	bool customers = !first || json_object_get(first, "customer");
	for (const struct sheet_column *column = behaviour_columns; column->key; column++)
		if (customers || (json_object_get(first, column->key) && column->type >= SHEET_AMOUNT)) out->columns[out->count++] = *column;
	static const struct sheet_column by[] = { { "group", "Group", SHEET_TEXT }, { "collector", "Collector", SHEET_TEXT },
		{ "sales", "Salesperson", SHEET_TEXT }, { "country", "Country", SHEET_TEXT }, { "class", "Class", SHEET_CODE } };
	if (customers) return;
	for (size_t i = 0; i < COUNT(by); i++) {
		if (!json_object_get(first, by[i].key)) continue;
		memmove(out->columns + 1, out->columns, out->count++ * sizeof *out->columns);
		out->columns[0] = by[i];
		return;
	}
}

static void sheet_figures(const json_t *model, struct sheet *out)
{
	static const struct sheet_column columns[] = { { "figure", "Figure", SHEET_TEXT }, { "value", "Value", SHEET_TEXT }, { 0 } };
	sheet_columns(out, columns);
	out->rows = out->made = json_array();
	for (size_t i = 0; i < COUNT(figures); i++)
		json_array_append_new(out->made, json_pack("{s:s, s:s, s:O, s:i}", "figure", figures[i].key, "title", figures[i].title,
			"value", json_object_get(model, figures[i].key), "type", figures[i].type));
}

/* Fields of the company's own: "fields" of the model, [{ code, label, kind }], in its rows as field.<code>. */
static void sheet_fields(const json_t *model, struct arena *arena, struct sheet *out)
{
	size_t i;
	json_t *field;
	json_array_foreach(json_object_get(model, "fields"), i, field) {
		if (out->count == SHEET_COLUMNS) return;
		const char *kind = json_string_value(json_object_get(field, "kind"));
		out->columns[out->count++] = (struct sheet_column){ arena_printf(arena, "field.%s", json_string_value(json_object_get(field, "code"))),
			json_string_value(json_object_get(field, "label")), kind && strcmp(kind, "date") == 0 ? SHEET_DATE : SHEET_TEXT };
	}
}

bool sheet_of(const json_t *model, struct arena *arena, struct sheet *out)
{
	*out = (struct sheet){ .currency = json_string_value(json_object_get(model, "currency")) };
	const char *report = json_string_value(json_object_get(model, "report"));
	out->rows = json_object_get(model, "rows");
	out->basis = json_string_value(json_object_get(model, "basis"));
	const json_t *periods = json_object_get(model, "periods");
	if (report && strcmp(report, "kpis") == 0) {
		out->title = "Key figures";
		if (periods) out->rows = periods, out->chart = "overdue", sheet_columns(out, kpis_months);
		else sheet_figures(model, out);
	} else if (report && strcmp(report, "aged-balance") == 0) {
		out->title = "Aged balance", out->chart = periods ? "outstanding" : "ageing";
		if (periods) out->rows = periods;
		sheet_aged(model, arena, out);
	} else if (report && strcmp(report, "behaviour") == 0) {
		out->title = "Payment behaviour";
		sheet_behaviour(out);
	} else if (report && strcmp(report, "rebate") == 0) {
		out->title = "Yearly rebate", out->total = json_object_get(model, "total");
		sheet_columns(out, rebate_columns);
	} else if (report && strcmp(report, "provisions") == 0) {
		out->title = "Provisions on doubtful debts", out->total = json_object_get(model, "total");
		sheet_columns(out, provisions_columns);
	} else if (report && strcmp(report, "losses") == 0) {
		out->title = "Lost debts", out->total = json_object_get(model, "total");
		sheet_columns(out, losses_columns);
	} else if (json_object_get(model, "items") && !json_object_get(model, "months")) {
		out->title = "Items", out->rows = json_object_get(model, "items");
		sheet_columns(out, items_columns);
		sheet_fields(model, arena, out);
	} else if (json_object_get(model, "customers")) {
		out->title = "Customers", out->rows = json_object_get(model, "customers");
		sheet_columns(out, customers_columns);
		sheet_fields(model, arena, out);
	} else if (json_object_get(model, "months")) {
		out->title = "Receipts forecast", out->rows = json_object_get(model, "months"), out->chart = "p50";
		sheet_columns(out, months_columns);
	} else {
		return false;
	}
	return true;
}

void sheet_free(struct sheet *sheet)
{
	json_decref(sheet->made);
	sheet->made = NULL;
}

/* --- cells ------------------------------------------------------------------------------------------------------------------ */

static enum sheet_type cell_type(const struct sheet *sheet, const json_t *row, size_t column)
{
	const json_t *type = json_object_get(row, "type");
	return column > 0 && json_is_integer(type) ? (enum sheet_type)json_integer_value(type) : sheet->columns[column].type;
}

static const char *cell_currency(const struct sheet *sheet, const json_t *row)
{
	const char *currency = json_string_value(json_object_get(row, "currency"));
	return currency ? currency : sheet->currency ? sheet->currency : "EUR";
}

bool sheet_right(const struct sheet *sheet, size_t column)
{
	enum sheet_type type = sheet->columns[column].type;
	return (type >= SHEET_AMOUNT && type != SHEET_DATE && type != SHEET_MONTH) || (sheet->made && column == 1);
}

void sheet_cell(const struct sheet *sheet, const json_t *row, size_t column, enum lang lang, struct text *out)
{
	const json_t *value = json_object_get(row, sheet->columns[column].key);
	if (!value || json_is_null(value)) return;
	const char *text = json_string_value(value);
	int32_t day;
	if (sheet->made && column == 0 && row != sheet->total) {
		text_add(out, tr(lang, json_string_value(json_object_get(row, "title"))));
		return;
	}
	switch (cell_type(sheet, row, column)) {
	case SHEET_TEXT: text_add(out, text ? text : ""); break;
	case SHEET_CODE: text_add(out, tr(lang, text ? text : "")); break;
	case SHEET_AMOUNT: words_amount(out, lang, json_integer_value(value), cell_currency(sheet, row)); break;
	case SHEET_RATIO: words_percent(out, lang, json_number_value(value), 1); break;
	case SHEET_DAYS: words_decimal(out, lang, json_number_value(value), 1); break;
	case SHEET_SCORE: words_decimal(out, lang, json_number_value(value), 0); break;
	case SHEET_COUNT: words_number(out, lang, json_integer_value(value)); break;
	case SHEET_DATE:
		if (text && day_parse(text, strlen(text), &day)) words_date(out, lang, day);
		break;
	case SHEET_MONTH:
		if (text && strlen(text) == 7)
			text_addf(out, "%s %.4s", words_month(lang, (text[5] - '0') * 10 + text[6] - '0', true), text);
		break;
	}
}

/* --- CSV -------------------------------------------------------------------------------------------------------------------- */

/* A spreadsheet takes a text that begins so for a formula: an apostrophe keeps it a text (OWASP, CSV injection). */
static bool looks_like_formula(const char *text)
{
	return *text && strchr("=+-@\t\r\n", *text) != NULL;
}

static void csv_text(struct text *out, const char *text)
{
	bool guard = looks_like_formula(text);
	if (!guard && !strpbrk(text, ",\"\r\n;")) {
		text_add(out, text);
		return;
	}
	text_add_char(out, '"');
	if (guard) text_add_char(out, '\'');
	for (; *text; text++) {
		if (*text == '"') text_add_char(out, '"');
		text_add_char(out, *text);
	}
	text_add_char(out, '"');
}

static void csv_amount(struct text *out, int64_t minor, const char *currency)
{
	int decimals = currency_decimals(currency);
	uint64_t unit = 1, size = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor;
	for (int i = 0; i < decimals; i++) unit *= 10;
	text_addf(out, "%s%" PRIu64, minor < 0 ? "-" : "", size / unit);
	if (decimals) text_addf(out, ".%0*" PRIu64, decimals, size % unit);
}

static void csv_cell(const struct sheet *sheet, const json_t *row, size_t column, struct text *out)
{
	const json_t *value = json_object_get(row, sheet->columns[column].key);
	if (!value || json_is_null(value)) return;
	if (json_is_string(value))
		csv_text(out, json_string_value(value));
	else if (cell_type(sheet, row, column) == SHEET_AMOUNT)
		csv_amount(out, json_integer_value(value), cell_currency(sheet, row));
	else if (json_is_integer(value))
		text_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else
		text_addf(out, cell_type(sheet, row, column) == SHEET_RATIO ? "%.6f" : "%.2f", json_number_value(value));
}

void sheet_csv(const struct sheet *sheet, struct text *out)
{
	for (size_t c = 0; c < sheet->count; c++) {
		if (c) text_add_char(out, ',');
		csv_text(out, sheet->columns[c].key);
	}
	text_add(out, "\r\n");
	size_t i;
	json_t *row;
	json_array_foreach(sheet->rows, i, row) {
		for (size_t c = 0; c < sheet->count; c++) {
			if (c) text_add_char(out, ',');
			csv_cell(sheet, row, c, out);
		}
		text_add(out, "\r\n");
	}
}

/* --- XLSX ------------------------------------------------------------------------------------------------------------------- */

struct book_formats {
	lxw_format *head, *amounts[4] /* by decimals */, *ratio, *days, *date, *count;
};

static void xlsx_cell(lxw_worksheet *sheet, lxw_row_t at, const struct sheet *table, const json_t *row, size_t column, enum lang lang,
                      const struct book_formats *formats)
{
	const json_t *value = json_object_get(row, table->columns[column].key);
	lxw_col_t col = (lxw_col_t)column;
	if (!value || json_is_null(value)) return;
	int32_t day;
	const char *text = json_string_value(value);
	switch (cell_type(table, row, column)) {
	case SHEET_AMOUNT: {
		double unit = 1;
		int decimals = currency_decimals(cell_currency(table, row));
		for (int i = decimals; i > 0; i--) unit *= 10;
		worksheet_write_number(sheet, at, col, (double)json_integer_value(value) / unit, formats->amounts[decimals > 3 ? 3 : decimals]);
		return;
	}
	case SHEET_RATIO: worksheet_write_number(sheet, at, col, json_number_value(value), formats->ratio); return;
	case SHEET_DAYS:
	case SHEET_SCORE: worksheet_write_number(sheet, at, col, json_number_value(value), formats->days); return;
	case SHEET_COUNT: worksheet_write_number(sheet, at, col, (double)json_integer_value(value), formats->count); return;
	case SHEET_DATE:
		if (text && day_parse(text, strlen(text), &day)) {
			struct civil civil = day_civil(day);
			lxw_datetime when = { .year = civil.year, .month = civil.month, .day = civil.day };
			worksheet_write_datetime(sheet, at, col, &when, formats->date);
		}
		return;
	case SHEET_TEXT:
	case SHEET_CODE:
	case SHEET_MONTH: {
		cleanup_text struct text words = { 0 };
		sheet_cell(table, row, column, lang, &words);
		/* always a string: libxlsxwriter writes no formula from it */
		worksheet_write_string(sheet, at, col, text_cstr(&words), NULL);
	}
	}
}

static struct status read_back(const char *path, struct text *out)
{
	cleanup_file FILE *file = fopen(path, "rb");
	char chunk[65536];
	size_t len;
	while (file && (len = fread(chunk, 1, sizeof chunk, file)) > 0) text_add_bytes(out, chunk, len);
	if (!file || ferror(file)) return status_make(STATUS_UNAVAILABLE, "The spreadsheet could not be written: is the disk full?");
	return STATUS_FINE;
}

static void xlsx_fill(lxw_workbook *workbook, const struct sheet *table, enum lang lang)
{
	static const char *const amounts[] = { "#,##0", "#,##0.0", "#,##0.00", "#,##0.000" };
	struct book_formats formats = { .head = workbook_add_format(workbook), .ratio = workbook_add_format(workbook),
		.days = workbook_add_format(workbook), .date = workbook_add_format(workbook), .count = workbook_add_format(workbook) };
	for (size_t i = 0; i < COUNT(amounts); i++) {
		formats.amounts[i] = workbook_add_format(workbook);
		format_set_num_format(formats.amounts[i], amounts[i]);
	}
	format_set_bold(formats.head);
	format_set_bottom(formats.head, LXW_BORDER_THIN);
	format_set_num_format(formats.ratio, "0.0%");
	format_set_num_format(formats.days, "0.0");
	format_set_num_format(formats.date, "dd/mm/yyyy");
	format_set_num_format(formats.count, "0");
	lxw_worksheet *sheet = workbook_add_worksheet(workbook, NULL);
	worksheet_freeze_panes(sheet, 1, 0);
	for (size_t c = 0; c < table->count; c++)
		worksheet_set_column(sheet, (lxw_col_t)c, (lxw_col_t)c, table->columns[c].type == SHEET_TEXT ? 22 : 15, NULL);
	for (size_t c = 0; c < table->count; c++)
		worksheet_write_string(sheet, 0, (lxw_col_t)c, tr(lang, table->columns[c].title), formats.head);
	size_t i;
	json_t *row;
	json_array_foreach(table->rows, i, row)
		for (size_t c = 0; c < table->count; c++) xlsx_cell(sheet, (lxw_row_t)i + 1, table, row, c, lang, &formats);
}

struct status sheet_xlsx(const struct sheet *table, enum lang lang, struct text *out)
{
	if (json_array_size(table->rows) >= 1048575)
		return status_make(STATUS_INVALID, "A spreadsheet holds at most 1,048,575 rows. Narrow the list, or take CSV.");
	char path[] = "/tmp/encours-XXXXXX";
	int fd = mkstemp(path);
	if (fd < 0) return status_make(STATUS_UNAVAILABLE, "The spreadsheet could not be written: is the disk full?");
	close(fd);
	lxw_workbook_options options = { .constant_memory = LXW_TRUE };
	lxw_workbook *workbook = workbook_new_opt(path, &options);
	struct status status = STATUS_FINE;
	if (workbook) xlsx_fill(workbook, table, lang);
	if (!workbook || workbook_close(workbook) != LXW_NO_ERROR)
		status = status_make(STATUS_UNAVAILABLE, "The spreadsheet could not be written: is the disk full?");
	if (!status.code) status = read_back(path, out);
	unlink(path);
	return status;
}
