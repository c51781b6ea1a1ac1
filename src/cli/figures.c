#include "cli/figures.h"

#include "base/memory.h"
#include "base/money.h"
#include "base/words.h"
#include "insight/sheet.h"
#include "ledger/setting.h"

#include <string.h>
#include <unistd.h>

static struct status check_format(const struct figures *figures)
{
	static const char *const formats[] = { "text", "json", "csv", "xlsx", "pdf" };
	if (!figures->format) return STATUS_FINE;
	for (size_t i = 0; i < COUNT(formats); i++)
		if (strcmp(figures->format, formats[i]) == 0) return STATUS_FINE;
	return status_make(STATUS_INVALID, "--format takes text, json, csv, xlsx or pdf, not “%s”.", figures->format);
}

struct status figures_open(struct cli *cli, struct figures *figures)
{
	TRY(check_format(figures));
	if (figures->currency && !currency_known(figures->currency))
		return status_make(STATUS_INVALID, "“%s” is not a currency code, as in EUR.", figures->currency);
	TRY(cli_company(cli));
	const struct settings *settings;
	TRY(book_get(cli->store, cli->viewer.tenant_id, cli->company.id, &figures->book));
	TRY(cli_read(cli, &figures->db));
	TRY(settings_load(figures->db, cli->viewer.tenant_id, cli->company.id, cli->arena, &settings));
	const char *basis = figures->basis ? figures->basis : setting_text(settings, "ageing.basis");
	if (strcmp(basis, "gross") != 0 && strcmp(basis, "net") != 0)
		return status_make(STATUS_INVALID, "--basis takes gross or net, not “%s”.", basis);
	figures->context = (struct report_context){ .db = figures->db, .viewer = &cli->viewer, .company = &cli->company,
		.settings = settings, .book = figures->book, .arena = cli->arena, .lang = cli->lang, .today = cli_today(cli),
		.as_of = figures->as_of == DAY_NONE ? cli_today(cli) : figures->as_of, .currency = figures->currency,
		.basis = strcmp(basis, "net") == 0 ? BASIS_NET : BASIS_GROSS, .by = figures->by };
	return STATUS_FINE;
}

void figures_close(struct cli *cli, struct figures *figures)
{
	if (figures->db) cli_release(cli, figures->db);
	book_release(figures->book);
	figures->db = NULL, figures->book = NULL;
}

static void print_table(struct cli *cli, const struct figures *figures, const struct sheet *sheet)
{
	char aligns[SHEET_COLUMNS + 1] = "";
	const char *heads[SHEET_COLUMNS + 1] = { 0 };
	for (size_t c = 0; c < sheet->count; c++) {
		aligns[c] = sheet_right(sheet, c) ? 'r' : 'l';
		heads[c] = sheet->columns[c].title;
	}
	struct cli_table *table = cli_table_new(cli, aligns, heads);
	size_t rows = json_array_size(sheet->rows);
	for (size_t i = 0; i < rows + (sheet->total ? 1 : 0); i++) {
		const json_t *row = i < rows ? json_array_get(sheet->rows, i) : sheet->total;
		const char *cells[SHEET_COLUMNS + 1] = { 0 };
		for (size_t c = 0; c < sheet->count; c++) {
			cleanup_text struct text cell = { 0 };
			if (i == rows && c == 0) text_add(&cell, cli_tr(cli, "Total"));
			else sheet_cell(sheet, row, c, cli->lang, &cell);
			cells[c] = arena_strdup(cli->arena, text_cstr(&cell));
		}
		cli_table_row(table, cells);
	}
	cleanup_text struct text title = { 0 };
	text_addf(&title, "%s · %s · ", cli->company.name, cli_tr(cli, sheet->title));
	words_date(&title, cli->lang, figures->context.as_of);
	fprintf(cli_out(cli), "%s\n\n", text_cstr(&title));
	cli_table_print(table);
}

struct status figures_print(struct cli *cli, const struct figures *figures, json_t *model)
{
	const char *format = figures->format ? figures->format : cli->json ? "json" : "text";
	struct sheet sheet;
	if (cli->json || strcmp(format, "json") == 0) {
		cli_json(cli, model);
		return STATUS_FINE;
	}
	if (!sheet_of(model, cli->arena, &sheet)) {
		json_decref(model);
		return status_make(STATUS_INVALID, "This comes as JSON only: add --json.");
	}
	struct status status = STATUS_FINE;
	cleanup_text struct text bytes = { 0 };
	if (strcmp(format, "text") == 0) {
		print_table(cli, figures, &sheet);
	} else if (strcmp(format, "csv") == 0) {
		sheet_csv(&sheet, &bytes);
	} else if (!cli->output && isatty(STDOUT_FILENO)) {
		status = status_make(STATUS_INVALID, "This is no text for a terminal: add --output FILE.%s.", format);
	} else if (strcmp(format, "pdf") == 0) {
		status = sheet_pdf(&sheet, &(struct sheet_page){ cli->company.name, figures->context.as_of,
			figures->context.from ? figures->context.from : DAY_NONE, figures->context.to ? figures->context.to : DAY_NONE }, cli->lang, cli->arena, &bytes);
	} else {
		status = sheet_xlsx(&sheet, cli->lang, &bytes);
	}
	if (bytes.len && fwrite(bytes.bytes, 1, bytes.len, cli_out(cli)) != bytes.len)
		status = status_make(STATUS_INVALID, "The file could not be written whole: is the disk full?");
	sheet_free(&sheet);
	json_decref(model);
	return status;
}
