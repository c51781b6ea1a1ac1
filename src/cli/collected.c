/* collected [--format csv|cdar] [--again BATCH] [--dry-run]: what the invoicing platform is to be told. */
#include "cli/commands.h"

#include "base/day.h"
#include "base/words.h"
#include "ledger/collected.h"

#include <string.h>

struct writing {
	struct cli *cli;
	int64_t batch;
};

static struct status write_batch(struct change *change, void *context)
{
	struct writing *writing = context;
	return collected_write(change, writing->cli->arena, &writing->batch);
}

static struct status show_due(struct cli *cli)
{
	struct db *db;
	struct collected_line *lines;
	size_t count;
	TRY(cli_read(cli, &db));
	struct status status = collected_due(db, &cli->viewer, cli->company.id, cli_today(cli), cli->arena, &lines, &count);
	cli_release(cli, db);
	TRY(status);
	json_t *rows = json_array();
	struct cli_table *table = cli_table_new(cli, "llllr", (const char *const[]){ "Customer", "Item", "Paid on", "Payment", "Amount" });
	for (size_t i = 0; i < count; i++) {
		char day[11];
		cleanup_text struct text amount = { 0 };
		day_format(lines[i].day, day);
		words_amount(&amount, cli->lang, lines[i].amount, lines[i].currency);
		json_array_append_new(rows, json_pack("{s:s, s:I, s:s, s:s, s:I, s:s, s:s, s:s}", "item", lines[i].number, "item_id", (json_int_t)lines[i].item_id, "customer",
			lines[i].customer_code, "date", day, "amount", (json_int_t)lines[i].amount, "currency", lines[i].currency, "payment", lines[i].payment, "vat_rate", lines[i].vat_rate));
		cli_table_row(table, (const char *const[]){ lines[i].customer_code, lines[i].number, day, lines[i].payment, arena_strdup(cli->arena, text_cstr(&amount)) });
	}
	if (cli->json) return cli_json(cli, json_pack("{s:n, s:o}", "batch", "lines", rows)), STATUS_FINE;
	json_decref(rows);
	cli_table_print(table);
	return STATUS_FINE;
}

struct status command_collected(struct cli *cli, int *exit_status)
{
	const char *format = NULL, *again = NULL;
	bool dry_run = false;
	struct writing writing = { .cli = cli };
	TRY(cli_options(cli, (const struct cli_option[]){ { "--format", .value = &format }, { "--again", .value = &again }, { "--dry-run", .flag = &dry_run }, { 0 } }, NULL, 0, NULL));
	if (format && strcmp(format, "csv") != 0 && strcmp(format, "cdar") != 0) return status_make(STATUS_INVALID, "The formats are csv and cdar, not “%s”.", format);
	if (again && (!text_parse_int(again, strlen(again), &writing.batch) || writing.batch < 1)) return status_make(STATUS_INVALID, "--again wants the number of a file, not “%s”.", again);
	TRY(cli_company(cli));
	*exit_status = 0;
	if (dry_run) return show_due(cli);
	if (!again) {
		struct status status = cli_change(cli, write_batch, &writing);
		if (status.code == STATUS_CONFLICT) {
			if (cli->json) cli_json(cli, json_pack("{s:n, s:[]}", "batch", "lines"));
			else cli_message("%s", status.text);
			return STATUS_FINE;
		}
		TRY(status);
	}
	struct db *db;
	cleanup_text struct text file = { 0 };
	TRY(cli_read(cli, &db));
	struct status status = collected_file(db, &cli->viewer, cli->company.id, writing.batch, format && strcmp(format, "cdar") == 0 ? COLLECTED_CDAR : COLLECTED_CSV, &file);
	cli_release(cli, db);
	TRY(status);
	if (cli->json && !cli->output) return cli_json(cli, json_pack("{s:I, s:s}", "batch", (json_int_t)writing.batch, "file", format && strcmp(format, "cdar") == 0 ? "" : text_cstr(&file))), STATUS_FINE;
	if (fwrite(file.bytes, 1, file.len, cli_out(cli)) != file.len) return status_make(STATUS_UNAVAILABLE, "The file could not be written.");
	return STATUS_FINE;
}
