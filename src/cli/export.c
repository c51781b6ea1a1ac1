/* export FOLDER: everything as CSV and documents, with the original files as they came. */
#include "cli/commands.h"

#include "base/memory.h"
#include "insight/export.h"
#include "intake/intake.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

/* An empty folder, or one that is made: nothing of somebody else's is written over. */
static struct status make_folder(const char *folder)
{
	if (mkdir(folder, 0755) == 0) return STATUS_FINE;
	if (errno != EEXIST) return status_make(STATUS_INVALID, "The folder %s can't be made: %s.", folder, strerror(errno));
	DIR *dir = opendir(folder);
	if (!dir) return status_make(STATUS_INVALID, "The folder %s can't be read: %s.", folder, strerror(errno));
	bool empty = true;
	for (const struct dirent *entry = readdir(dir); entry && empty; entry = readdir(dir))
		empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	closedir(dir);
	return empty ? STATUS_FINE : status_make(STATUS_INVALID, "The folder %s is not empty: choose another one.", folder);
}

static struct status export_originals(struct cli *cli, struct db *db, const char *folder, struct export_count *count)
{
	const char *inside = arena_printf(cli->arena, "%s/imports", folder);
	if (mkdir(inside, 0755) != 0) return status_make(STATUS_INVALID, "The folder %s can't be made: %s.", inside, strerror(errno));
	struct intake_row *imports = NULL;
	size_t total = 0;
	TRY(intake_list(db, &cli->viewer, cli->company.id, 0, cli->arena, &imports, &total));
	for (size_t i = 0; i < total; i++) {
		cleanup_free char *bytes = NULL;
		size_t len = 0;
		TRY(intake_original(db, &cli->viewer, cli->company.id, imports[i].id, &bytes, &len));
		cleanup_text struct text name = { 0 };
		text_addf(&name, "%lld-", (long long)imports[i].id);
		export_name(imports[i].file_name, &name);
		TRY(export_write(inside, text_cstr(&name), bytes ? bytes : "", len));
		count->files++;
	}
	return STATUS_FINE;
}

struct status command_export(struct cli *cli, int *exit_status)
{
	(void)exit_status;
	const char *folders[1] = { NULL };
	int given = 0;
	TRY(cli_options(cli, NULL, folders, 1, &given));
	if (!given) return status_make(STATUS_INVALID, "Into which folder? Usage: encours export FOLDER");
	TRY(cli_company(cli));
	TRY(make_folder(folders[0]));
	struct export_count count = { 0 };
	struct db *db = NULL;
	TRY(cli_read(cli, &db));
	struct status status = export_tables(db, &cli->company, folders[0], &count);
	if (!status.code) status = export_documents(db, &cli->company, folders[0], &count);
	if (!status.code) status = export_originals(cli, db, folders[0], &count);
	cli_release(cli, db);
	TRY(status);
	if (cli->json)
		cli_json(cli, json_pack("{s:s,s:I,s:I}", "export", folders[0], "files", (json_int_t)count.files, "rows", (json_int_t)count.rows));
	else
		fprintf(cli_out(cli), cli_tr(cli, "%lld files, %lld rows in %s.\n"), (long long)count.files, (long long)count.rows, folders[0]);
	return STATUS_FINE;
}
