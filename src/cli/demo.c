/* demo — the desk with a fresh company that looks lived in: six weeks of imports, reminders, calls and answers, made by the same
 * functions that a working company uses, with the clock moved day by day. Nothing leaves: the messages of the past go to a
 * transport that only notes them, and there is no mail server afterwards. */
#include "cli/commands.h"
#include "cli/demo_bank.h"
#include "cli/demo_company.h"

#include "access/user.h"
#include "base/calendar.h"
#include "base/day.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/words.h"
#include "cli/demo_story.h"
#include "dunning/run.h"
#include "intake/intake.h"
#include "ledger/event.h"
#include "outreach/confirm.h"
#include "outreach/outbox.h"
#include "web/web.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum { WEEKS = 6 };
static const char login[] = "demo@encours.example", password[] = "encours-2-essayer";

static bool quiet(void *context, double done, const char *what)
{
	(void)context, (void)done, (void)what;
	return true;
}

enum import_from { EVERYTHING, RUNNING_YEAR, TWO_YEARS };
static struct status import_files(struct demo *demo, int32_t as_of, enum import_from what)
{
	struct demo_files files;
	demo_company_write(demo->today, as_of, &files);
	struct status status = STATUS_FINE;
	/* the running year is what changes; at its end the last export of the year goes with the first one of the next */
	int from = what == RUNNING_YEAR ? files.count - 1 : what == TWO_YEARS ? files.count - 2 : 0;
	for (int i = from; i < files.count && !status.code; i++) {
		cleanup_arena struct arena *arena = arena_new();
		struct intake intake = { .store = demo->cli->store, .viewer = &demo->cli->viewer, .company_id = demo->company.id, .today = as_of,
			                     .now = demo_instant(demo, as_of, 7, 40), .arena = arena,
			                     .options = { .file_name = files.file[i].name, .progress = quiet, .yes = true } };
		struct intake_result result;
		status = intake_import(&intake, files.file[i].text.bytes, files.file[i].text.len, &result);
		if (!status.code && result.refused) status = status_make(STATUS_INTERNAL, "%s: %s", files.file[i].name, result.reason);
		if (!status.code && result.rejected.count)
			status = status_make(STATUS_INTERNAL, "%s: %zu rows refused", files.file[i].name, (size_t)result.rejected.count);
	}
	demo_files_free(&files);
	return status;
}

/* Notes a message as taken, sends nothing. */
static void note_only(void *context, const struct smtp_server *server, const struct smtp_mail *mail, struct smtp_result *out)
{
	(void)context, (void)server, (void)mail;
	*out = (struct smtp_result){ .outcome = SMTP_SENT, .code = 250 };
	snprintf(out->words, sizeof out->words, "250 noted (demo)");
}

struct act_context {
	struct demo *demo;
	const struct action *action;
	int32_t day;
};

/* What the team did with one action of a past day. */
static struct status act(struct change *change, void *opaque)
{
	struct act_context *c = opaque;
	const struct action *action = c->action;
	cleanup_arena struct arena *arena = arena_new();
	struct confirmed confirmed;
	int chance = (int)((uint64_t)action->id * 2654435761u % 100);
	if (action->channel == CHANNEL_EMAIL) {
		if (chance < 6) return action_skip(change, action->id, "Client vu en rendez-vous, règlement annoncé");
		struct status status = confirm_action(change, action->id, NULL, arena, &confirmed);
		/* one whose address is missing stays in the agenda, as it would */
		return status.code == STATUS_INVALID ? action_skip(change, action->id, status.text) : status;
	}
	if (action->channel == CHANNEL_CALL) {
		static const char *const outcomes[] = { "approver", "na", "promise", "po_missing", "resent", "voicemail" };
		static const char *const notes[] = { "En attente de validation du chef de chantier", "", "Virement au prochain lot",
			                                 "Numéro de commande demandé", "Facture renvoyée par e-mail", "Message laissé" };
		int o = chance % 6;
		return action_done(change, action->id, outcomes[o], notes[o]);
	}
	/* put off once for a week, then done */
	if (chance < 50 && action->snoozed_until == DAY_NONE) return action_snooze(change, action->id, c->day + 7);
	return confirm_done(change, action->id, "", "", arena);
}

static struct status one_day(struct demo *demo, int32_t day)
{
	cleanup_arena struct arena *arena = arena_new();
	struct run_result result;
	struct run_options options = { 0 };
	struct store *store = demo->cli->store;
	TRY(run_day(store, &demo->cli->viewer, demo->company.id, day, demo_instant(demo, day, 8, 0), &options, arena, &result));
	for (size_t i = 0; i < result.action_count; i++) {
		const struct action *action = &result.actions[i];
		if (action->state != STATE_TO_CONFIRM && action->state != STATE_PLANNED) continue;
		if (action->snoozed_until != DAY_NONE && action->snoozed_until > day) continue;
		struct act_context context = { demo, action, day };
		struct status status = demo_change(demo, day, 9, (int)(5 + i % 50), act, &context);
		if (status.code && status.code != STATUS_CONFLICT) return status;
	}
	struct sender_options sender = { .holder = "demo", .clock = { .forced = true, .today = day, .minutes = 10 * 60 }, .transport = note_only, .batch = 500 };
	struct sender_result sent;
	return sender_turn(store, demo->company.tenant_id, &sender, &sent);
}

/* The bank told of the last working day what the books do not know yet. */
static struct status import_statement(struct demo *demo)
{
	int32_t day = demo->today - 1;
	while (day_weekday(day) > 5) day--;
	cleanup_book const struct book *book = NULL;
	cleanup_text struct text file = { 0 };
	cleanup_arena struct arena *arena = arena_new();
	TRY(book_get(demo->cli->store, demo->company.tenant_id, demo->company.id, &book));
	demo_bank_write(book, day, demo->today, &file);
	char iso[11], name[40];
	day_format(day, iso);
	snprintf(name, sizeof name, "releve-%s.xml", iso);
	struct intake intake = { .store = demo->cli->store, .viewer = &demo->cli->viewer, .company_id = demo->company.id, .today = demo->today,
	                         .now = demo_instant(demo, demo->today, 7, 45), .arena = arena, .options = { .file_name = name, .progress = quiet } };
	struct intake_result result;
	TRY(intake_import(&intake, file.bytes, file.len, &result));
	return result.refused || result.rejected.count ? status_make(STATUS_INTERNAL, "%s: rows refused", name) : STATUS_FINE;
}

static struct status build(struct demo *demo)
{
	int32_t start = demo->today - 7 * WEEKS;
	while (day_weekday(start) != 1) start--;
	TRY(demo_company_make(demo, start, login, password));
	TRY(import_files(demo, start, EVERYTHING));
	TRY(demo_story_start(demo, start));
	int year = day_civil(start).year;
	for (int32_t day = start; day < demo->today; day++) {
		bool new_year = day_civil(day).year != year;
		if (day > start && (day_weekday(day) == 1 || new_year)) TRY(import_files(demo, day, new_year ? TWO_YEARS : RUNNING_YEAR));
		year = day_civil(day).year;
		TRY(demo_story_day(demo, day));
		if (day_weekday(day) <= 5) TRY(one_day(demo, day));
	}
	TRY(import_files(demo, demo->today, day_civil(demo->today).year == year ? RUNNING_YEAR : TWO_YEARS));
	TRY(import_statement(demo));
	TRY(demo_story_today(demo));
	cleanup_arena struct arena *arena = arena_new();
	struct run_result result;
	struct run_options options = { 0 };
	return run_day(demo->cli->store, &demo->cli->viewer, demo->company.id, demo->today, demo_instant(demo, demo->today, 8, 0), &options, arena, &result);
}

/* A store of its own beside the usual one, made anew at each start; --db must name an empty one. */
static struct status fresh_store(struct cli *cli, const char *given)
{
	if (given) return STATUS_FINE;
	static char path[4096];
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
	int len = data && *data ? snprintf(path, sizeof path, "%s/encours/demo.db", data)
	                        : snprintf(path, sizeof path, "%s/.local/share/encours/demo.db", home ? home : "/tmp");
	if (len >= (int)sizeof path) return status_make(STATUS_INVALID, "The data folder's path is too long.");
	if (access(path, F_OK) == 0) {
		struct store *old = NULL;
		if (!store_open(path, &old).code) {
			bool held = store_held(old);
			store_close(old);
			if (held) return status_make(STATUS_CONFLICT, "A demo is running already. Stop it first, or give this one a store of its own with --db.");
		}
	}
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	for (size_t i = 0; i < COUNT(suffixes); i++) {
		char file[4200];
		snprintf(file, sizeof file, "%s%s", path, suffixes[i]);
		if (unlink(file) != 0 && errno != ENOENT) return status_make(STATUS_UNAVAILABLE, "The last demo's store could not be removed.");
	}
	cli->store_where = path;
	return STATUS_FINE;
}

struct status command_demo(struct cli *cli, int *exit_status)
{
	(void)exit_status;
	const char *listen = "127.0.0.1:8080";
	bool prepare_only = false;
	TRY(cli_options(cli, (struct cli_option[]){ { "--listen", .value = &listen }, { "--prepare-only", .flag = &prepare_only }, { 0 } }, NULL, 0, NULL));
	TRY(fresh_store(cli, cli->store_given ? cli->store_where : NULL));
	TRY(cli_open(cli));
	struct demo demo = { .cli = cli };
	bool asked = cli->clock.forced;
	log_level_set(LOG_WARNING);
	fprintf(stderr, "%s\n", cli_tr(cli, "Preparing the demo company…"));
	TRY(demo_open(&demo));
	TRY(build(&demo));
	log_level_set(LOG_INFO);
	if (!asked && cli->clock.forced) {
		cleanup_text struct text day = { 0 };
		words_date(&day, cli->lang, demo.today);
		fprintf(stderr, "%s %s.\n", cli_tr(cli, "Today nobody works: the demo shows the last working day,"), text_cstr(&day));
	}
	fprintf(stderr, "\n  http://%s\n  %s: %s\n  %s: %s\n\n", listen, cli_tr(cli, "E-mail"), login, cli_tr(cli, "Password"), password);
	if (prepare_only) return STATUS_FINE;
	struct serve_options options = { .listen = listen, .clock = cli->clock, .demo = true };
	return web_serve(cli->store, &options);
}
