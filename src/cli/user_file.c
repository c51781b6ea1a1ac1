/* user import FILE: accounts from a list; the passwords that are made are printed once. */
#include "cli/commands.h"

#include "base/memory.h"
#include "intake/user_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 4 << 20 };

struct status command_user_import(struct cli *cli, int *exit_status)
{
	const char *words[1] = { NULL };
	bool dry = false, undo = false;
	int count = 0;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--dry-run", .flag = &dry }, { "--undo", .flag = &undo }, { 0 } }, words, 1, &count));
	if (!count) return status_make(STATUS_INVALID, "Which file? encours user import FILE");
	TRY(cli_open(cli));
	cleanup_file FILE *file = fopen(words[0], "re");
	if (!file) return status_make(STATUS_INVALID, "%s can't be read: %s.", words[0], strerror(errno));
	cleanup_free char *bytes = xmalloc(FILE_MAX + 1);
	size_t len = fread(bytes, 1, FILE_MAX + 1, file), closed = 0;
	if (len > FILE_MAX) return status_make(STATUS_INVALID, "The file is over %d MB.", FILE_MAX >> 20);
	cli->viewer.lang = cli->lang;
	struct intake intake = { .store = cli->store, .viewer = &cli->viewer, .today = cli_today(cli), .now = cli_now(cli), .arena = cli->arena };
	struct user_list list;
	TRY(user_list_look(&intake, bytes, len, &list));
	if (undo) {
		TRY(user_list_undo(&intake, &list, &closed));
		if (cli->json) cli_json(cli, json_pack("{s:I}", "closed", (json_int_t)closed));
		else fprintf(cli_out(cli), cli_tr(cli, "%zu accounts that nobody had used are closed.\n"), closed);
		return STATUS_FINE;
	}
	if (!dry && !list.problems) TRY(user_list_make(&intake, &list));
	*exit_status = list.problems ? 2 : list.failed ? 1 : 0;
	json_t *rows = json_array();
	struct cli_table *table = cli_table_new(cli, "rlllll", (const char *const[]){ "Line", "Address", "Name", "Role", "State", "Password" });
	for (size_t i = 0; i < list.count; i++) {
		const struct user_row *row = &list.rows[i];
		const char *state = row->problem ? row->problem : row->failed ? row->failed : row->known ? "has an account, left as it is" : row->password ? "account added" : "would be added";
		json_array_append_new(rows, json_pack("{s:I, s:s, s:s, s:s, s:s, s:s?}", "line", (json_int_t)row->line, "email", row->email, "name", row->name, "role",
			row->problem ? "" : role_code(row->role), "state", row->problem ? row->problem : row->failed ? row->failed : row->known ? "known" : row->password ? "added" : "new", "password", row->password));
		cli_table_row(table, (const char *const[]){ arena_printf(cli->arena, "%lld", (long long)row->line), row->email, row->name, row->problem ? "" : role_code(row->role),
			row->problem || row->failed ? state : cli_tr(cli, state), row->password ? row->password : "" });
	}
	if (cli->json) return cli_json(cli, json_pack("{s:o, s:I, s:b}", "users", rows, "refused", (json_int_t)list.problems, "dry_run", dry)), STATUS_FINE;
	json_decref(rows);
	cli_table_print(table);
	if (list.problems) cli_message("%s", cli_tr(cli, "Some rows can't be used. No account was made."));
	return STATUS_FINE;
}
