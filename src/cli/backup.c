/* backup FILE, restore FILE, verify: a consistent copy, putting it back, and checking what must always hold. */
#include "cli/commands.h"

#include "ledger/event.h"
#include "ledger/verify.h"

#include <sys/stat.h>

struct status command_backup(struct cli *cli, int *exit_status)
{
	(void)exit_status;
	const char *files[1] = { NULL };
	int count = 0;
	TRY(cli_options(cli, NULL, files, 1, &count));
	if (!count) return status_make(STATUS_INVALID, "Into which file? Usage: encours backup FILE");
	TRY(cli_open(cli));
	TRY(store_backup(cli->store, files[0]));
	struct stat found;
	if (stat(files[0], &found) != 0) return status_make(STATUS_UNAVAILABLE, "The copy is not there after all: %s.", files[0]);
	if (cli->json)
		cli_json(cli, json_pack("{s:s,s:I}", "backup", files[0], "bytes", (json_int_t)found.st_size));
	else
		fprintf(cli_out(cli), cli_tr(cli, "Copied to %s (%lld kB). “encours restore” puts it back.\n"), files[0],
		        (long long)(found.st_size + 1023) / 1024);
	return STATUS_FINE;
}

struct status command_restore(struct cli *cli, int *exit_status)
{
	(void)exit_status;
	const char *files[1] = { NULL };
	int count = 0;
	TRY(cli_options(cli, NULL, files, 1, &count));
	if (!count) return status_make(STATUS_INVALID, "From which file? Usage: encours restore FILE");
	TRY(store_restore(cli->store_where, files[0]));
	if (cli->json)
		cli_json(cli, json_pack("{s:s}", "restored", files[0]));
	else
		fprintf(cli_out(cli), cli_tr(cli, "%s is put back. “encours verify” checks it.\n"), files[0]);
	return STATUS_FINE;
}

/* Checks of rooms above the ledger go here, a line each. */
static const struct verify_line *const lists[] = { verify_ledger };

static struct status verify_company(struct cli *cli, struct db *db, const struct company *company, bool many, json_t *checks, bool *all_ok)
{
	for (size_t list = 0; list < sizeof lists / sizeof *lists; list++)
		for (const struct verify_line *line = lists[list]; line->name; line++) {
			bool ok = false;
			const char *detail = "";
			TRY(line->check(db, company->tenant_id, company->id, cli->arena, &ok, &detail));
			json_t *check = json_pack("{s:s,s:b,s:s}", "name", line->name, "ok", ok, "detail", cli_tr(cli, detail));
			if (many) json_object_set_new(check, "company", json_string(company->code));
			json_array_append_new(checks, check);
			*all_ok &= ok;
		}
	return STATUS_FINE;
}

struct status command_verify(struct cli *cli, int *exit_status)
{
	TRY(cli_options(cli, NULL, NULL, 0, NULL));
	TRY(cli_open(cli));
	struct db *db = NULL;
	struct company *companies = NULL;
	size_t count = 0;
	bool ok = true;
	json_t *checks = json_array();
	struct status status = cli_read(cli, &db);
	if (!status.code) status = company_list(db, &cli->viewer, cli->arena, &companies, &count);
	bool found = false;
	for (size_t i = 0; !status.code && i < count; i++) {
		if (cli->company_code && strcmp(companies[i].code, cli->company_code) != 0) continue;
		found = true;
		status = verify_company(cli, db, &companies[i], count > 1 && !cli->company_code, checks, &ok);
	}
	if (!status.code && cli->company_code && !found)
		status = status_make(STATUS_NOT_FOUND, "There is no company “%s”.", cli->company_code);
	cli_release(cli, db);
	if (status.code) {
		json_decref(checks);
		return status;
	}
	if (cli->json) {
		cli_json(cli, json_pack("{s:b,s:o}", "ok", ok, "checks", checks));
	} else {
		size_t index = 0;
		json_t *check = NULL;
		struct cli_table *table = cli_table_new(cli, "lll", (const char *const[]){ "Check", "Result", "Detail" });
		json_array_foreach(checks, index, check)
			cli_table_row(table, (const char *const[]){ json_string_value(json_object_get(check, "name")),
			                                            cli_tr(cli, json_is_true(json_object_get(check, "ok")) ? "fits" : "DOES NOT FIT"),
			                                            json_string_value(json_object_get(check, "detail")) });
		cli_table_print(table);
		json_decref(checks);
	}
	/* what does not fit is damage: exit 3, as for a store that can't be read */
	if (!ok) *exit_status = 3;
	return STATUS_FINE;
}
