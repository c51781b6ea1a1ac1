/* feed add|list|remove|run: files that come by themselves. Places are named here and not on a page: whoever can run this command
 * can read the server's disk anyway. */
#include "cli/commands.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/zone.h"
#include "intake/feed.h"

#include <errno.h>
#include <string.h>

enum { SETS_MAX = 20, SECRET_MAX = 8192 };

struct adding {
	struct feed_new make;
	int64_t id, remove;
};

static struct status add(struct change *change, void *context)
{
	struct adding *adding = context;
	return feed_add(change, &adding->make, &adding->id);
}

static struct status drop(struct change *change, void *context)
{
	return feed_remove(change, ((struct adding *)context)->remove);
}

/* --set client_id=… --set tenant=…, as JSON. */
static struct status set_options(struct cli *cli, const char *const *sets, int count, const char **out)
{
	struct cli_pair pairs[SETS_MAX];
	TRY(cli_pairs(cli, sets, count, pairs, SETS_MAX));
	json_t *options = json_object();
	for (int i = 0; i < count; i++) json_object_set_new(options, pairs[i].key, json_string(pairs[i].value));
	cleanup_free char *text = json_dumps(options, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(options);
	*out = arena_strdup(cli->arena, text);
	return STATUS_FINE;
}

/* The file's first line; it is kept sealed, the file is needed no more. */
static struct status take_secret(const char *path, char out[SECRET_MAX])
{
	cleanup_file FILE *file = fopen(path, "re");
	if (!file || !fgets(out, SECRET_MAX, file)) return status_make(STATUS_INVALID, "The secret's file can't be read: %s.", strerror(errno));
	out[strcspn(out, "\r\n")] = 0;
	return STATUS_FINE;
}

static struct status number(const char *text, const char *option, int *out)
{
	int64_t value;
	if (!text) return STATUS_FINE;
	if (!text_parse_int(text, strlen(text), &value) || value < 0 || value > 1000000) return status_make(STATUS_INVALID, "%s wants a whole number, not “%s”.", option, text);
	*out = (int)value;
	return STATUS_FINE;
}

struct status command_feed_add(struct cli *cli, int *exit_status)
{
	const char *words[2] = { NULL }, *every = NULL, *late = NULL, *sets[SETS_MAX];
	int count = 0, set_count = 0;
	struct adding adding = { 0 };
	struct feed_new *make = &adding.make;
	(void)exit_status;
	TRY(cli_options(cli, (const struct cli_option[]){
		{ "--name", .value = &make->name }, { "--pattern", .value = &make->pattern }, { "--secret-file", .value = &make->secret_file },
		{ "--host-key", .value = &make->host_key }, { "--format", .value = &make->format }, { "--mode", .value = &make->mode },
		{ "--source", .value = &make->source }, { "--mapping", .value = &make->mapping }, { "--every", .value = &every }, { "--late", .value = &late },
		{ "--set", .list = sets, .list_limit = SETS_MAX, .list_count = &set_count }, { 0 } },
		words, 2, &count));
	if (count == 1 && strcmp(words[0], "bodacc") == 0) words[count++] = "https://bodacc-datadila.opendatasoft.com/api/explore/v2.1/catalog/datasets/annonces-commerciales/exports/json";
	if (count < 2 || !feed_kind_parse(words[0], &make->kind)) return status_make(STATUS_INVALID, "From where? Usage: encours feed add folder|sftp|https|mailbox|bodacc|business-central|sap|pennylane|odoo PLACE");
	TRY(number(every, "--every", &make->every_minutes));
	TRY(number(late, "--late", &make->late_hours));
	make->location = words[1];
	char secret[SECRET_MAX] = "";
	if (make->kind >= FEED_BUSINESS_CENTRAL) {
		TRY(set_options(cli, sets, set_count, &make->options));
		if (make->secret_file) TRY(take_secret(make->secret_file, secret));
		make->secret_file = NULL, make->secret = secret;
	} else if (set_count) {
		return status_make(STATUS_INVALID, "--set goes with programs, the gazette and mailboxes.");
	}
	TRY(cli_company(cli));
	TRY(cli_change(cli, add, &adding));
	if (cli->json) cli_json(cli, json_pack("{s:I}", "feed", (json_int_t)adding.id));
	else fprintf(cli_out(cli), cli_tr(cli, "Feed %lld is there. “encours feed run” looks now; the desk looks by itself.\n"), (long long)adding.id);
	return STATUS_FINE;
}

struct status command_feed_remove(struct cli *cli, int *exit_status)
{
	const char *words[1] = { NULL };
	int count = 0;
	struct adding adding = { 0 };
	(void)exit_status;
	TRY(cli_options(cli, NULL, words, 1, &count));
	if (!count || !text_parse_int(words[0], strlen(words[0]), &adding.remove)) return status_make(STATUS_INVALID, "Which feed? Its number, as “encours feed list” shows it.");
	TRY(cli_company(cli));
	TRY(cli_change(cli, drop, &adding));
	if (cli->json) cli_json(cli, json_pack("{s:I}", "removed", (json_int_t)adding.remove));
	return STATUS_FINE;
}

static const char *when(struct cli *cli, int64_t at)
{
	if (!at) return "";
	int32_t day;
	int minutes;
	char text[11];
	zone_civil(cli->company.zone, at, &day, &minutes);
	day_format(day, text);
	return arena_printf(cli->arena, "%s %02d:%02d", text, minutes / 60, minutes % 60);
}

struct status command_feed_list(struct cli *cli, int *exit_status)
{
	struct db *db;
	struct feed *feeds;
	size_t count;
	(void)exit_status;
	TRY(cli_options(cli, NULL, NULL, 0, NULL));
	TRY(cli_company(cli));
	TRY(cli_read(cli, &db));
	struct status status = feed_list(db, &cli->viewer, cli->company.id, cli_now(cli), cli->arena, &feeds, &count);
	cli_release(cli, db);
	TRY(status);
	json_t *rows = json_array();
	struct cli_table *table = cli_table_new(cli, "rllllll", (const char *const[]){ "Id", "Name", "Kind", "Place", "Looked at", "Received", "State" });
	for (size_t i = 0; i < count; i++) {
		const struct feed *f = &feeds[i];
		const char *state = !f->enabled ? "off" : *f->error ? "failing" : f->late ? "late" : "on";
		json_array_append_new(rows, json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:I}", "id", (json_int_t)f->id, "name", f->name, "kind", feed_kind_code(f->kind),
			"location", f->location, "pattern", f->pattern, "state", state, "error", f->error, "every_minutes", (json_int_t)f->every_minutes));
		cli_table_row(table, (const char *const[]){ arena_printf(cli->arena, "%lld", (long long)f->id), f->name, feed_kind_code(f->kind), f->location,
			when(cli, f->checked_at), when(cli, f->received_at), *f->error ? f->error : cli_tr(cli, state) });
	}
	if (cli->json) return cli_json(cli, json_pack("{s:o}", "feeds", rows)), STATUS_FINE;
	json_decref(rows);
	cli_table_print(table);
	return STATUS_FINE;
}

struct status command_feed_run(struct cli *cli, int *exit_status)
{
	const char *words[1] = { NULL };
	int count = 0;
	int64_t id = 0;
	struct feed_turn turn;
	TRY(cli_options(cli, NULL, words, 1, &count));
	if (count && !text_parse_int(words[0], strlen(words[0]), &id)) return status_make(STATUS_INVALID, "Which feed? Its number, as “encours feed list” shows it.");
	TRY(cli_company(cli));
	cli->viewer.lang = cli->lang;
	struct intake intake = { .store = cli->store, .viewer = &cli->viewer, .company_id = cli->company.id, .today = cli_today(cli), .now = cli_now(cli),
		                 .arena = cli->arena };
	TRY(count ? feed_turn(&intake, id, &turn) : feed_turn_due(&intake, true, &turn));
	*exit_status = turn.waiting || turn.failed || turn.error[0] ? 1 : 0;
	if (cli->json)
		cli_json(cli, json_pack("{s:i, s:i, s:i, s:i, s:s}", "imported", turn.imported, "unchanged", turn.unchanged, "waiting", turn.waiting, "failed", turn.failed,
		                        "error", turn.error));
	else
		fprintf(cli_out(cli), cli_tr(cli, "%d imported, %d unchanged, %d waiting for a person, %d failed.\n"), turn.imported, turn.unchanged, turn.waiting,
		        turn.failed);
	if (turn.error[0]) cli_message("%s", turn.error);
	return STATUS_FINE;
}
