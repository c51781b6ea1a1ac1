/* import FILE…, imports, import undo ID: files in, what came in, and taking one back. */
#include "cli/commands.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/words.h"
#include "intake/intake.h"
#include "intake/statement_batch.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

enum { FILES_MAX = 256, REJECTED_SHOWN = 50 };

/* On a terminal only: a line that is written over. */
static bool show_progress(void *context, double done, const char *what)
{
	const struct cli *cli = context;
	fprintf(stderr, "\r%3.0f %%  %-40s", done * 100, cli_tr(cli, what));
	fflush(stderr);
	return true;
}

static void clear_progress(const struct intake_options *options)
{
	if (options->progress) fprintf(stderr, "\r%50s\r", "");
}

static void count_line(struct cli *cli, FILE *out, const char *what, int64_t count)
{
	cleanup_text struct text number = { 0 };
	words_number(&number, cli->lang, count);
	fprintf(out, "  %-28s %s\n", cli_tr(cli, what), text_cstr(&number));
}

static void show_result(struct cli *cli, const struct intake_result *result)
{
	FILE *out = cli_out(cli);
	fprintf(out, "%s: %s, %s\n", result->file_name, result->format, *result->encoding ? result->encoding : "?");
	if (result->refused)
		fprintf(out, "  %s%s%s\n", result->reason, result->needs_yes ? " " : "",
		        result->needs_yes ? cli_tr(cli, "With --yes it is imported all the same.") : "");
	else if (result->dry_run)
		fprintf(out, "  %s\n", cli_tr(cli, "Dry run: nothing was written."));
	else if (!result->import_id)
		fprintf(out, "  %s\n", cli_tr(cli, "Nothing new: everything in this file is known already."));
	else
		fprintf(out, "  %s %" PRId64 "\n", cli_tr(cli, "Import"), result->import_id);
	count_line(cli, out, "Lines read", result->lines);
	count_line(cli, out, statement_kind(result->format) != FORMAT_UNKNOWN ? "New bank lines" : "New items", result->items_new);
	count_line(cli, out, "Changed", result->items_changed);
	count_line(cli, out, "Unchanged", result->items_unchanged);
	count_line(cli, out, "Closed", result->items_closed);
	count_line(cli, out, "Withdrawn", result->items_withdrawn);
	count_line(cli, out, "Other lines", result->ignored);
	count_line(cli, out, "New customers", result->customers_new);
	count_line(cli, out, "Refused", result->rejected.total);
	if (!result->refused) {
		cleanup_text struct text amount = { 0 };
		words_amount(&amount, cli->lang, result->open_after, cli->company.currency);
		fprintf(out, "  %-28s %s\n", cli_tr(cli, "Outstanding after it"), text_cstr(&amount));
	}
	for (size_t i = 0; i < result->rejected.count && i < REJECTED_SHOWN; i++) {
		const struct complaint *row = &result->rejected.rows[i];
		fprintf(out, "  %s %" PRId64 "%s%s%s%s%s: %s\n", cli_tr(cli, "line"), row->line, *row->column ? ", " : "", row->column,
		        *row->value ? " “" : "", row->value, *row->value ? "”" : "", row->reason);
	}
	if (result->rejected.total > REJECTED_SHOWN)
		fprintf(out, "  %s\n", cli_tr(cli, "… the others are in --json."));
	for (size_t i = 0; i < result->warning_count; i++) fprintf(out, "  ! %s\n", result->warnings[i]);
}

static struct status import_path(struct cli *cli, const struct intake_options *options, const char *path, struct intake_result **results, size_t *count)
{
	struct intake intake = { .store = cli->store, .viewer = &cli->viewer, .company_id = cli->company.id,
		                 .today = cli_today(cli), .now = cli_now(cli), .arena = cli->arena, .options = *options };
	struct status status = intake_import_path_all(&intake, path, results, count);
	clear_progress(options);
	return status;
}

/* A file that can't be used at all, in the shape of the contract. */
static json_t *failure_json(struct cli *cli, const char *path, struct status status)
{
	struct intake_result result = { .refused = true, .reason = status.text, .format = "", .file_name = path };
	struct complaint complaint = { .line = 0, .column = "", .value = "", .reason = status.text };
	result.rejected.arena = cli->arena;
	complaint_add(&result.rejected, complaint);
	json_t *out = intake_result_json(&result);
	complaints_free(&result.rejected);
	return out;
}

struct status command_import(struct cli *cli, int *exit_status)
{
	struct intake_options options = { .as_of = DAY_NONE };
	const char *paths[FILES_MAX];
	int count = 0, done = 0;
	TRY(cli_options(cli, (struct cli_option[]){
		{ "--format", .value = &options.format }, { "--mode", .value = &options.mode }, { "--source", .value = &options.source },
		{ "--mapping", .value = &options.mapping }, { "--as-of", .day = &options.as_of }, { "--dry-run", .flag = &options.dry_run },
		{ "--accept-partial", .flag = &options.accept_partial }, { "--yes", .flag = &options.yes }, { 0 } },
		paths, FILES_MAX, &count));
	if (count == 0) return status_make(STATUS_INVALID, "Name the file to import.");
	TRY(cli_company(cli));
	if (isatty(STDERR_FILENO) && !cli->json) options.progress = show_progress, options.progress_context = cli;
	json_t *all = json_array();
	*exit_status = 0;
	struct status failed = STATUS_FINE;
	bool archive = false;
	for (int i = 0; i < count && !failed.code && *exit_status != 2; i++) {
		struct intake_result *results = NULL;
		size_t found = 0;
		int worst = 0;
		failed = import_path(cli, &options, paths[i], &results, &found);
		archive |= found > 1;
		for (size_t r = 0; r < found; r++) {
			int code = intake_result_exit(&results[r]);
			if (code > worst) worst = code;
			done += code != 2;
			if (!cli->json) show_result(cli, &results[r]);
			json_array_append_new(all, intake_result_json(&results[r]));
			complaints_free(&results[r].rejected);
		}
		if (failed.code) json_array_append_new(all, failure_json(cli, paths[i], failed));
		if (worst > *exit_status) *exit_status = worst;
	}
	if (cli->json) cli_json(cli, json_array_size(all) == 1 && !archive ? json_incref(json_array_get(all, 0)) : json_pack("{s:O}", "imports", all));
	json_decref(all);
	if (failed.code && status_exit(failed.code) == 3) return failed;
	if (failed.code) {
		cli_message("%s\n", failed.text);
		*exit_status = 2;
	}
	/* several files: those before the refused one are in, so something was done */
	if (*exit_status == 2 && done) *exit_status = 1;
	return STATUS_FINE;
}

struct status command_imports(struct cli *cli, int *exit_status)
{
	(void)exit_status;
	TRY(cli_options(cli, NULL, NULL, 0, NULL));
	TRY(cli_company(cli));
	struct db *db = NULL;
	struct intake_row *rows = NULL;
	size_t count = 0;
	TRY(cli_read(cli, &db));
	struct status status = intake_list(db, &cli->viewer, cli->company.id, 0, cli->arena, &rows, &count);
	cli_release(cli, db);
	TRY(status);
	json_t *list = json_array();
	struct cli_table *table = cli_table_new(cli, "rlllrll", (const char *const[]){ "Id", "Date", "File", "Format", "Lines", "Source",
	                                                                              "State", NULL });
	for (size_t i = 0; i < count; i++) {
		const struct intake_row *row = &rows[i];
		char at[32], id[24];
		time_t seconds = (time_t)row->at;
		struct tm utc;
		gmtime_r(&seconds, &utc);
		strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", &utc);
		snprintf(id, sizeof id, "%" PRId64, row->id);
		json_array_append_new(list, json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:s}", "id", (json_int_t)row->id, "at", at,
		                                      "by", row->by, "file", row->file_name, "format", row->format, "source", row->source,
		                                      "mode", row->mode, "lines", (json_int_t)row->lines, "state", row->state));
		cleanup_text struct text lines = { 0 };
		words_number(&lines, cli->lang, row->lines);
		cli_table_row(table, (const char *const[]){ id, arena_strdup(cli->arena, at), row->file_name, row->format,
		                                            text_cstr(&lines), row->source, cli_tr(cli, row->state) });
	}
	if (cli->json)
		cli_json(cli, json_pack("{s:o}", "imports", list));
	else
		json_decref(list), cli_table_print(table);
	return STATUS_FINE;
}

struct status command_import_undo(struct cli *cli, int *exit_status)
{
	(void)exit_status;
	const char *text = NULL;
	int count = 0;
	int64_t id = 0;
	TRY(cli_options(cli, NULL, &text, 1, &count));
	if (count != 1 || !text_parse_int(text, strlen(text), &id)) return status_make(STATUS_INVALID, "Name the import by its id: encours imports lists them.");
	TRY(cli_company(cli));
	struct intake intake = { .store = cli->store, .viewer = &cli->viewer, .company_id = cli->company.id,
		                 .today = cli_today(cli), .now = cli_now(cli), .arena = cli->arena };
	struct intake_undone undone;
	TRY(intake_undo(&intake, id, &undone));
	if (cli->json)
		cli_json(cli, json_pack("{s:I, s:s, s:I, s:I, s:I}", "import", (json_int_t)id, "state", "undone", "customers",
		                        (json_int_t)undone.customers, "withdrawn", (json_int_t)undone.withdrawn, "applications",
		                        (json_int_t)undone.applications));
	else
		fprintf(cli_out(cli), cli_tr(cli, "Import %s was taken back.\n"), text);
	if (!cli->json && undone.applications)
		fprintf(cli_out(cli), cli_tr(cli, "%lld applications of its bank lines went with it.\n"), (long long)undone.applications);
	return STATUS_FINE;
}
