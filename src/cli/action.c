/* action confirm|skip|snooze|done|approve ID… [--outcome O] [--note T] [--until DATE]: acting on the day's actions. Each in its own
 * transaction: one that is refused is listed and does not stop the others (exit 1). */
#include "cli/commands.h"

#include "base/day.h"
#include "base/memory.h"
#include "outreach/confirm.h"

enum { IDS_MAX = 1000 };
enum verb { VERB_CONFIRM, VERB_SKIP, VERB_SNOOZE, VERB_DONE, VERB_APPROVE };

struct acting {
	enum verb verb;
	int64_t id;
	const char *outcome, *note;
	int32_t until;
	struct arena *arena;
	bool held;
};

static struct status act(struct change *change, void *context)
{
	struct acting *acting = context;
	switch (acting->verb) {
	case VERB_CONFIRM: {
		struct confirmed done = { 0 };
		TRY(confirm_action(change, acting->id, NULL, acting->arena, &done));
		acting->held = done.held;
		return STATUS_FINE;
	}
	case VERB_SKIP: return action_skip(change, acting->id, acting->note);
	case VERB_SNOOZE: return action_snooze(change, acting->id, acting->until);
	case VERB_DONE: return confirm_done(change, acting->id, acting->outcome, acting->note, acting->arena);
	case VERB_APPROVE: return action_approve(change, acting->id);
	}
	return STATUS_FINE;
}

static struct status act_on_all(struct cli *cli, enum verb verb, int *exit_status)
{
	const char *words[IDS_MAX];
	int count;
	struct acting acting = { .verb = verb, .until = DAY_NONE, .arena = cli->arena };
	TRY(cli_options(cli, (const struct cli_option[]){ { "--outcome", .value = &acting.outcome }, { "--note", .value = &acting.note },
		{ "--until", .day = &acting.until }, { 0 } }, words, IDS_MAX, &count));
	if (count == 0) return status_make(STATUS_INVALID, "Which action? Give the ids that “encours agenda” shows.");
	for (int i = 0; i < count; i++) {
		int64_t id;
		if (!text_parse_int(words[i], strlen(words[i]), &id) || id <= 0)
			return status_make(STATUS_INVALID, "“%s” is not the id of an action.", words[i]);
	}
	TRY(cli_company(cli));
	if (verb == VERB_SNOOZE && acting.until == DAY_NONE) acting.until = cli_today(cli) + 1;
	int done = 0;
	json_t *rows = json_array();
	struct status last = STATUS_FINE;
	for (int i = 0; i < count; i++) {
		text_parse_int(words[i], strlen(words[i]), &acting.id);
		acting.held = false;
		struct status status = cli_change(cli, act, &acting);
		if (status.code == STATUS_UNAVAILABLE || status.code == STATUS_INTERNAL) {
			json_decref(rows);
			return status;
		}
		json_t *row = json_pack("{s:I, s:b}", "id", (json_int_t)acting.id, "done", !status.code);
		if (status.code) {
			json_object_set_new(row, "reason", json_string(status.text));
			cli_message("%lld: %s\n", (long long)acting.id, status.text);
			last = status;
		} else {
			if (verb == VERB_CONFIRM) json_object_set_new(row, "held", json_boolean(acting.held));
			done++;
		}
		json_array_append_new(rows, row);
	}
	if (done == 0) {
		json_decref(rows);
		return last; /* nothing changed */
	}
	*exit_status = done < count;
	if (cli->json)
		cli_json(cli, json_pack("{s:o}", "actions", rows));
	else {
		json_decref(rows);
		fprintf(cli_out(cli), cli_tr(cli, "%d done, %d refused.\n"), done, count - done);
	}
	return STATUS_FINE;
}

struct status command_action_confirm(struct cli *cli, int *exit_status) { return act_on_all(cli, VERB_CONFIRM, exit_status); }
struct status command_action_skip(struct cli *cli, int *exit_status) { return act_on_all(cli, VERB_SKIP, exit_status); }
struct status command_action_snooze(struct cli *cli, int *exit_status) { return act_on_all(cli, VERB_SNOOZE, exit_status); }
struct status command_action_done(struct cli *cli, int *exit_status) { return act_on_all(cli, VERB_DONE, exit_status); }
struct status command_action_approve(struct cli *cli, int *exit_status) { return act_on_all(cli, VERB_APPROVE, exit_status); }
