/* preset list|show|save|remove: what the columns of programs mean (formats/preset.h). */
#include "cli/commands.h"

#include "base/memory.h"
#include "intake/preset_store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct intake intake_of(struct cli *cli)
{
	cli->viewer.lang = cli->lang;
	return (struct intake){ .store = cli->store, .viewer = &cli->viewer, .company_id = cli->company.id, .today = cli_today(cli), .now = cli_now(cli), .arena = cli->arena };
}

static const char *origin(const struct preset_row *row)
{
	return !row->own ? "shipped" : row->shipped ? "shipped, changed here" : "own";
}

struct status command_preset_list(struct cli *cli, int *exit_status)
{
	struct db *db;
	struct preset_row *rows;
	size_t count;
	(void)exit_status;
	TRY(cli_options(cli, NULL, NULL, 0, NULL));
	TRY(cli_company(cli));
	TRY(cli_read(cli, &db));
	struct status status = preset_list(db, cli->company.tenant_id, cli->company.id, cli->arena, &rows, &count);
	cli_release(cli, db);
	TRY(status);
	json_t *list = json_array();
	struct cli_table *table = cli_table_new(cli, "llrll", (const char *const[]){ "Code", "Name", "Columns", "Kind", "From" });
	for (size_t i = 0; i < count; i++) {
		const struct preset_row *row = &rows[i];
		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:I, s:b, s:b}", "code", row->code, "name", row->preset.name, "what", csv_what_name(row->preset.what), "columns",
			(json_int_t)row->preset.count, "shipped", row->shipped, "own", row->own));
		cli_table_row(table, (const char *const[]){ row->code, row->preset.name, arena_printf(cli->arena, "%zu", row->preset.count), csv_what_name(row->preset.what),
			cli_tr(cli, origin(row)) });
	}
	if (cli->json) return cli_json(cli, json_pack("{s:o}", "presets", list)), STATUS_FINE;
	json_decref(list);
	cli_table_print(table);
	return STATUS_FINE;
}

struct status command_preset_show(struct cli *cli, int *exit_status)
{
	const char *words[1] = { NULL };
	int count = 0;
	struct db *db;
	struct preset_row row;
	(void)exit_status;
	TRY(cli_options(cli, NULL, words, 1, &count));
	TRY(cli_company(cli));
	TRY(cli_read(cli, &db));
	struct status status = preset_get(db, cli->company.tenant_id, cli->company.id, words[0], cli->arena, &row);
	cli_release(cli, db);
	TRY(status);
	if (cli->json) cli_json(cli, json_pack("{s:s, s:s, s:b, s:b}", "code", row.code, "text", row.text, "shipped", row.shipped, "own", row.own));
	else fputs(row.text, cli_out(cli));
	return STATUS_FINE;
}

struct status command_preset_save(struct cli *cli, int *exit_status)
{
	const char *words[2] = { NULL, NULL };
	int count = 0;
	(void)exit_status;
	TRY(cli_options(cli, NULL, words, 2, &count));
	if (count < 2) return status_make(STATUS_INVALID, "Which one, and from which file? encours preset save CODE FILE");
	TRY(cli_company(cli));
	cleanup_file FILE *file = fopen(words[1], "re");
	if (!file) return status_make(STATUS_INVALID, "%s can't be read: %s.", words[1], strerror(errno));
	cleanup_free char *bytes = xmalloc(PRESET_BYTES + 1);
	size_t len = fread(bytes, 1, PRESET_BYTES + 1, file);
	struct intake intake = intake_of(cli);
	TRY(preset_save(&intake, words[0], bytes, len));
	if (cli->json) cli_json(cli, json_pack("{s:s}", "preset", words[0]));
	else fprintf(cli_out(cli), cli_tr(cli, "The preset %s is kept: files with its columns are read by it.\n"), words[0]);
	return STATUS_FINE;
}

struct status command_preset_remove(struct cli *cli, int *exit_status)
{
	const char *words[1] = { NULL };
	int count = 0;
	(void)exit_status;
	TRY(cli_options(cli, NULL, words, 1, &count));
	TRY(cli_company(cli));
	struct intake intake = intake_of(cli);
	TRY(preset_remove(&intake, words[0]));
	if (cli->json) cli_json(cli, json_pack("{s:s}", "removed", words[0]));
	return STATUS_FINE;
}
