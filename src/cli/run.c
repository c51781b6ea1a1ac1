/* run [--dry-run], agenda [--for EMAIL], explain item|customer: the day, what is left of it, and why. */
#include "cli/commands.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/words.h"
#include "dunning/run.h"
#include "intake/feed.h"
#include "ledger/customer.h"
#include "ledger/item.h"
#include "outreach/casework.h"
#include "outreach/confirm.h"
#include "outreach/outbox.h"

#include <unistd.h>

static const char *amount_words(struct cli *cli, int64_t amount, const char *currency)
{
	cleanup_text struct text out = { 0 };
	words_amount(&out, cli->lang, amount, currency);
	return arena_strdup(cli->arena, text_cstr(&out));
}

static void actions_print(struct cli *cli, const struct action *actions, size_t count)
{
	if (!count) return;
	struct cli_table *table = cli_table_new(cli, "rllllrl", (const char *const[]){ "ID", "Customer", "Action", "Mode", "State", "Amount", "Items" });
	for (size_t i = 0; i < count; i++) {
		const struct action *action = &actions[i];
		cleanup_text struct text items = { 0 };
		size_t shown = 0;
		for (size_t n = 0; n < action->item_count; n++) {
			if (action->items[n].role != PLAN_CLAIMED && action->items[n].role != PLAN_CREDIT) continue;
			if (++shown <= 3) text_addf(&items, "%s%s", shown > 1 ? ", " : "", action->items[n].number);
		}
		if (shown > 3) text_addf(&items, " +%zu", shown - 3);
		cli_table_row(table, (const char *const[]){
			action->id ? arena_printf(cli->arena, "%lld", (long long)action->id) : "–",
			arena_printf(cli->arena, "%s %s", action->customer_code, action->customer_name),
			action_label(action, cli->lang, cli->arena), cli_tr(cli, mode_label(action->mode)),
			arena_printf(cli->arena, "%s%s%s", action_state_code(action->state), action->reason[0] ? " · " : "", action->reason),
			amount_words(cli, action->amount, action->currency), arena_strdup(cli->arena, text_cstr(&items)) });
	}
	cli_table_print(table);
}

/* What waits in this company's outbox leaves, within its window and limits, as the desk would let it; the lease keeps both from
 * sending one message. The plan is stored already: trouble here is told and leaves it as it is. */
static bool let_leave(struct cli *cli, bool *moved)
{
	char holder[32];
	snprintf(holder, sizeof holder, "run:%ld", (long)getpid());
	struct sender_result sent;
	struct status status = sender_turn(cli->store, cli->viewer.tenant_id,
	                                   &(struct sender_options){ .holder = holder, .clock = cli->clock, .company_id = cli->company.id }, &sent);
	if (status.code) fprintf(stderr, "encours: %s\n", status.text);
	*moved = sent.sent || sent.later || sent.failed || sent.unknown || sent.cancelled || sent.recovered;
	return !status.code && !sent.failed && !sent.unknown;
}

/* What came by itself since the last look; a place that fails is said, and the day goes on. */
static struct status take_feeds(struct cli *cli)
{
	struct feed_turn turn;
	const struct intake intake = { .store = cli->store, .viewer = &cli->viewer, .company_id = cli->company.id, .today = cli_today(cli), .now = cli_now(cli),
		                       .arena = cli->arena };
	TRY(feed_turn_due(&intake, true, &turn));
	if (turn.error[0]) cli_message("%s", turn.error);
	return STATUS_FINE;
}

struct status command_run(struct cli *cli, int *exit_status)
{
	struct run_options options = { .queue = confirm_automatic };
	TRY(cli_options(cli, (const struct cli_option[]){ { "--dry-run", .flag = &options.dry_run }, { 0 } }, NULL, 0, NULL));
	TRY(cli_company(cli));
	cli->viewer.lang = cli->lang;
	struct run_result result;
	if (!options.dry_run) TRY(take_feeds(cli));
	TRY(run_day(cli->store, &cli->viewer, cli->company.id, cli_today(cli), cli_now(cli), &options, cli->arena, &result));
	if (!options.dry_run) { /* who answers for disputes is told; trouble there leaves the plan as it is */
		struct casework_result told;
		struct viewer program = viewer_system(cli->viewer.tenant_id);
		struct status status = casework_day(cli->store, &program, cli->company.id, cli_today(cli), cli_now(cli), cli->arena, &told);
		if (status.code) cli_message("%s", status.text);
	}
	*exit_status = 0;
	if (!options.dry_run) {
		bool moved = false;
		int64_t created = result.created;
		if (!let_leave(cli, &moved)) *exit_status = 1;
		if (moved) { /* the same plan, with what became of it */
			TRY(run_day(cli->store, &cli->viewer, cli->company.id, cli_today(cli), cli_now(cli), &options, cli->arena, &result));
			result.created += created;
		}
	}
	if (cli->json) {
		cli_json(cli, run_to_json(&result, cli->company.code));
		return STATUS_FINE;
	}
	FILE *out = cli_out(cli);
	fprintf(out, cli_tr(cli, "%zu actions, %lld new; %zu items left out.\n"), result.action_count, (long long)result.created,
		result.left_count);
	actions_print(cli, result.actions, result.action_count);
	if (result.left_count) {
		fputc('\n', out);
		struct cli_table *table = cli_table_new(cli, "lllrl", (const char *const[]){ "Customer", "Item", "Reason", "Amount", "Detail" });
		for (size_t i = 0; i < result.left_count; i++)
			cli_table_row(table, (const char *const[]){ result.left[i].customer_code, result.left[i].item,
				cli_tr(cli, left_reason_label(result.left[i].reason)),
				amount_words(cli, result.left[i].amount, result.left[i].currency), result.left[i].detail });
		cli_table_print(table);
	}
	return STATUS_FINE;
}

struct status command_agenda(struct cli *cli, int *exit_status)
{
	const char *email = NULL;
	TRY(cli_options(cli, (const struct cli_option[]){ { "--for", .value = &email }, { 0 } }, NULL, 0, NULL));
	TRY(cli_company(cli));
	struct db *db;
	TRY(cli_read(cli, &db));
	struct action_filter filter = { .day = cli_today(cli), .items = true };
	struct status status = STATUS_FINE;
	if (email) {
		bool found = false;
		status = db_get_int(db, "SELECT id FROM user_account WHERE tenant_id = $tenant AND email = LOWER(CAST($email AS TEXT))",
			DB_ARGS(db_int("tenant", cli->viewer.tenant_id), db_text("email", email)), &filter.assigned_to, &found);
		if (!status.code && !found) status = status_make(STATUS_NOT_FOUND, "There is no account “%s”.", email);
	}
	struct action *actions = NULL;
	size_t count = 0, done = 0, remaining = 0;
	if (!status.code) status = action_list(db, &cli->viewer, cli->company.id, &filter, cli->arena, &actions, &count);
	cli_release(cli, db);
	TRY(status);
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++) {
		bool waits = actions[i].state == STATE_PLANNED || actions[i].state == STATE_TO_CONFIRM || actions[i].state == STATE_FAILED ||
			     actions[i].state == STATE_UNKNOWN;
		bool later = actions[i].snoozed_until != DAY_NONE && actions[i].snoozed_until > cli_today(cli);
		if (waits && !later)
			remaining++;
		else if (!waits && actions[i].state != STATE_CANCELLED)
			done++;
		json_array_append_new(list, action_to_json(&actions[i]));
	}
	*exit_status = 0;
	char day[11];
	day_format(cli_today(cli), day);
	if (cli->json) {
		cli_json(cli, json_pack("{s:s, s:o, s:I, s:I}", "date", day, "actions", list, "done", (json_int_t)done, "remaining",
					(json_int_t)remaining));
		return STATUS_FINE;
	}
	json_decref(list);
	fprintf(cli_out(cli), cli_tr(cli, "%s: %zu done, %zu remaining.\n"), day, done, remaining);
	actions_print(cli, actions, count);
	return STATUS_FINE;
}

struct status command_explain(struct cli *cli, int *exit_status)
{
	const char *words[2];
	int count;
	TRY(cli_options(cli, (const struct cli_option[]){ { 0 } }, words, 2, &count));
	bool item = count == 2 && strcmp(words[0], "item") == 0, customer = count == 2 && strcmp(words[0], "customer") == 0;
	if (!item && !customer) return status_make(STATUS_INVALID, "Explain what? Usage: encours explain item NUMBER, or explain customer CODE");
	TRY(cli_company(cli));
	cli->viewer.lang = cli->lang;
	struct db *db;
	TRY(cli_read(cli, &db));
	struct item one = { 0 };
	struct customer who = { 0 };
	json_t *out = NULL;
	struct status status = item ? item_find(db, &cli->viewer, cli->company.id, 0, words[1], &one)
				    : customer_find(db, &cli->viewer, cli->company.id, words[1], cli->arena, &who);
	if (!status.code)
		status = run_explain(db, &cli->viewer, cli->company.id, one.id, who.id, cli_today(cli), cli->arena, &out);
	cli_release(cli, db);
	TRY(status);
	*exit_status = 0;
	if (cli->json) {
		cli_json(cli, out);
		return STATUS_FINE;
	}
	FILE *to = cli_out(cli);
	bool action = strcmp(json_string_value(json_object_get(out, "decision")), "action") == 0;
	fprintf(to, "%s: %s (%s)\n", words[1], action ? cli_tr(cli, "in an action of the day") : cli_tr(cli, "left out"),
		json_string_value(json_object_get(out, "reason")));
	size_t index;
	json_t *line;
	json_array_foreach(json_object_get(out, "detail"), index, line) fprintf(to, "  %s\n", json_string_value(line));
	json_decref(out);
	return STATUS_FINE;
}
