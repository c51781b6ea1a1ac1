/* rule list|add|edit|move|remove|preview|apply: rules of assignment (intake/assign_store.h), with the same functions as the page. */
#include "cli/commands.h"

#include "base/memory.h"
#include "intake/assign_store.h"

#include <string.h>

struct editing {
	struct assign_rule rule;
	int64_t id;
	int by;
	struct arena *arena;
	struct assign_plan plan;
};

static struct status save(struct change *change, void *context)
{
	struct editing *e = context;
	return assign_rule_save(change, &e->rule, &e->id);
}

static struct status drop(struct change *change, void *context)
{
	return assign_rule_remove(change, ((struct editing *)context)->id);
}

static struct status move(struct change *change, void *context)
{
	struct editing *e = context;
	return assign_rule_move(change, e->id, e->by);
}

static struct status follow(struct change *change, void *context)
{
	struct editing *e = context;
	return assign_apply(change, NULL, 0, e->arena, &e->plan);
}

static struct status which(const char *text, int64_t *out)
{
	if (text && text_parse_int(text, strlen(text), out)) return STATUS_FINE;
	return status_make(STATUS_INVALID, "Which rule? Its number, as “encours rule list” shows it.");
}

static bool of_amount(const char *name)
{
	const struct assign_subject *known = assign_subject(name);
	return (known && known->shape == ASSIGN_AMOUNT) || strcmp(name, "minimum") == 0 || strcmp(name, "credit_limit") == 0;
}

/* Amounts as on any command: "50,00" is decimal, digits alone are minor units. */
static struct status value_of(struct cli *cli, const char *name, const char *given, const char **out)
{
	int64_t minor;
	*out = given;
	if (!of_amount(name) || !*given) return STATUS_FINE;
	TRY(cli_amount(name, given, cli->company.currency, &minor));
	*out = arena_printf(cli->arena, "%lld", (long long)minor);
	return STATUS_FINE;
}

/* "country is FR", "outstanding at_least 1000,00", "siren unknown" */
static struct status condition_of(struct cli *cli, const char *text, struct assign_condition *out)
{
	size_t subject = strcspn(text, " ");
	const char *op = text + subject + strspn(text + subject, " ");
	size_t len = strcspn(op, " ");
	*out = (struct assign_condition){ .subject = arena_strndup(cli->arena, text, subject) };
	if (!assign_op_parse(arena_strndup(cli->arena, op, len), &out->op)) {
		cleanup_text struct text ops = { 0 };
		for (int i = 0; i < ASSIGN_OP_COUNT; i++) text_addf(&ops, "%s%s", i ? ", " : "", assign_op_code((enum assign_op)i));
		return status_make(STATUS_INVALID, "A condition is written “country is FR”; between field and value stands one of: %s.", text_cstr(&ops));
	}
	return value_of(cli, out->subject, op + len + strspn(op + len, " "), &out->value);
}

static struct status read_rule(struct cli *cli, const char *const *when, int when_count, const char *const *then, int then_count, struct assign_rule *rule)
{
	struct cli_pair pairs[ASSIGN_OUTCOMES];
	if (when_count) rule->conditions = arena_array(cli->arena, struct assign_condition, ASSIGN_CONDITIONS), rule->condition_count = 0;
	for (int i = 0; i < when_count; i++) TRY(condition_of(cli, when[i], &rule->conditions[rule->condition_count++]));
	if (!then_count) return STATUS_FINE;
	TRY(cli_pairs(cli, then, then_count, pairs, ASSIGN_OUTCOMES));
	rule->outcomes = arena_array(cli->arena, struct assign_outcome, ASSIGN_OUTCOMES), rule->outcome_count = 0;
	for (int i = 0; i < then_count; i++) {
		struct assign_outcome *outcome = &rule->outcomes[rule->outcome_count++];
		outcome->target = pairs[i].key;
		TRY(value_of(cli, pairs[i].key, pairs[i].value, &outcome->value));
	}
	return STATUS_FINE;
}

static struct status load(struct cli *cli, struct assign_rules *out)
{
	struct db *db;
	TRY(cli_read(cli, &db));
	struct status status = assign_rules_load(db, cli->company.tenant_id, cli->company.id, cli->arena, out);
	cli_release(cli, db);
	return status;
}

static struct status put(struct cli *cli, bool known)
{
	const char *words[1] = { NULL }, *name = NULL, *when[ASSIGN_CONDITIONS], *then[ASSIGN_OUTCOMES];
	int count = 0, when_count = 0, then_count = 0;
	bool any = false, all = false, over = false, off = false, on = false;
	struct editing editing = { .rule = { .enabled = true } };
	TRY(cli_options(cli, (const struct cli_option[]){
		{ "--name", .value = &name }, { "--when", .list = when, .list_limit = ASSIGN_CONDITIONS, .list_count = &when_count },
		{ "--then", .list = then, .list_limit = ASSIGN_OUTCOMES, .list_count = &then_count }, { "--any", .flag = &any }, { "--all", .flag = &all },
		{ "--over-hand", .flag = &over }, { "--off", .flag = &off }, { "--on", .flag = &on }, { 0 } }, words, 1, &count));
	TRY(cli_company(cli));
	if (known) {
		struct assign_rules rules;
		int64_t id;
		size_t at = 0;
		TRY(which(words[0], &id));
		TRY(load(cli, &rules));
		while (at < rules.count && rules.rows[at].id != id) at++;
		if (at == rules.count) return status_make(STATUS_NOT_FOUND, "There is no rule %lld.", (long long)id);
		editing.rule = rules.rows[at];
	} else {
		name = words[0] ? words[0] : name;
	}
	if (name) editing.rule.name = name;
	if (!editing.rule.name) return status_make(STATUS_INVALID, "Give the rule a name of at most %d characters.", 80);
	editing.rule.any_of = any || (editing.rule.any_of && !all);
	editing.rule.over_hand = over || editing.rule.over_hand;
	editing.rule.enabled = on || (editing.rule.enabled && !off);
	TRY(read_rule(cli, when, when_count, then, then_count, &editing.rule));
	TRY(cli_change(cli, save, &editing));
	if (cli->json) cli_json(cli, json_pack("{s:I}", "rule", (json_int_t)editing.id));
	else fprintf(cli_out(cli), cli_tr(cli, "Rule %lld is kept. “encours rule preview” shows what it would change.\n"), (long long)editing.id);
	return STATUS_FINE;
}

struct status command_rule_add(struct cli *cli, int *exit_status)
{
	(void)exit_status;
	return put(cli, false);
}

struct status command_rule_edit(struct cli *cli, int *exit_status)
{
	(void)exit_status;
	return put(cli, true);
}

struct status command_rule_remove(struct cli *cli, int *exit_status)
{
	const char *words[1] = { NULL };
	int count = 0;
	struct editing editing = { 0 };
	(void)exit_status;
	TRY(cli_options(cli, NULL, words, 1, &count));
	TRY(which(words[0], &editing.id));
	TRY(cli_company(cli));
	TRY(cli_change(cli, drop, &editing));
	if (cli->json) cli_json(cli, json_pack("{s:I}", "removed", (json_int_t)editing.id));
	return STATUS_FINE;
}

struct status command_rule_move(struct cli *cli, int *exit_status)
{
	const char *words[2] = { NULL, NULL };
	int count = 0;
	struct editing editing = { 0 };
	(void)exit_status;
	TRY(cli_options(cli, NULL, words, 2, &count));
	TRY(which(words[0], &editing.id));
	if (count < 2 || (strcmp(words[1], "up") != 0 && strcmp(words[1], "down") != 0)) return status_make(STATUS_INVALID, "Where to? up or down.");
	editing.by = strcmp(words[1], "up") == 0 ? -1 : 1;
	TRY(cli_company(cli));
	TRY(cli_change(cli, move, &editing));
	if (cli->json) cli_json(cli, json_pack("{s:I, s:s}", "rule", (json_int_t)editing.id, "moved", words[1]));
	return STATUS_FINE;
}

static json_t *rule_json(const struct assign_rule *rule)
{
	json_t *conditions = json_array(), *outcomes = json_object();
	for (size_t i = 0; i < rule->condition_count; i++)
		json_array_append_new(conditions, json_pack("{s:s, s:s, s:s}", "field", rule->conditions[i].subject, "is", assign_op_code(rule->conditions[i].op), "value",
		                                            rule->conditions[i].value));
	for (size_t i = 0; i < rule->outcome_count; i++) json_object_set_new(outcomes, rule->outcomes[i].target, json_string(rule->outcomes[i].value));
	return json_pack("{s:I, s:s, s:b, s:b, s:b, s:o, s:o}", "id", (json_int_t)rule->id, "name", rule->name, "enabled", rule->enabled, "any_of", rule->any_of, "over_hand",
	                 rule->over_hand, "conditions", conditions, "outcomes", outcomes);
}

struct status command_rule_list(struct cli *cli, int *exit_status)
{
	struct assign_rules rules;
	(void)exit_status;
	TRY(cli_options(cli, NULL, NULL, 0, NULL));
	TRY(cli_company(cli));
	TRY(load(cli, &rules));
	json_t *rows = json_array();
	struct cli_table *table = cli_table_new(cli, "rllll", (const char *const[]){ "Id", "Rule", "When", "Then", "State" });
	for (size_t i = 0; i < rules.count; i++) {
		const struct assign_rule *rule = &rules.rows[i];
		cleanup_text struct text when = { 0 }, then = { 0 };
		assign_words(&when, cli->lang, rule, cli->company.currency);
		for (size_t k = 0; k < rule->outcome_count; k++)
			text_addf(&then, "%s%s = %s", k ? ", " : "", assign_target_label(rule->outcomes[k].target, &rules.fields, cli->lang, cli->arena), rule->outcomes[k].value);
		json_array_append_new(rows, rule_json(rule));
		cli_table_row(table, (const char *const[]){ arena_printf(cli->arena, "%lld", (long long)rule->id), rule->name, arena_strdup(cli->arena, text_cstr(&when)),
			arena_strdup(cli->arena, text_cstr(&then)), cli_tr(cli, rule->enabled ? "on" : "off") });
	}
	if (cli->json) return cli_json(cli, json_pack("{s:o}", "rules", rows)), STATUS_FINE;
	json_decref(rows);
	cli_table_print(table);
	return STATUS_FINE;
}

static void print_changes(struct cli *cli, json_t *changes, const struct assign_plan *plan)
{
	if (cli->json) {
		cli_json(cli, json_pack("{s:I, s:I, s:I, s:o}", "customers", (json_int_t)plan->customers, "changed", (json_int_t)plan->count, "kept", (json_int_t)plan->kept,
		                        "changes", changes));
		return;
	}
	struct cli_table *table = cli_table_new(cli, "llllll", (const char *const[]){ "Customer", "Name", "Field", "Before", "After", "Rule" });
	size_t i;
	json_t *row;
	json_array_foreach(changes, i, row) {
		const char *cells[6];
		static const char *const names[] = { "customer", "name", "label", "before", "after", "rule" };
		for (int c = 0; c < 6; c++) {
			const char *text = json_string_value(json_object_get(row, names[c]));
			cells[c] = arena_strdup(cli->arena, text ? text : "");
		}
		cli_table_row(table, cells);
	}
	json_decref(changes);
	cli_table_print(table);
	fprintf(cli_out(cli), cli_tr(cli, "%zu customers, %zu changes; %zu choices made by hand stay.\n"), plan->customers, plan->count, plan->kept);
}

struct status command_rule_preview(struct cli *cli, int *exit_status)
{
	struct db *db;
	struct assign_plan plan;
	json_t *changes = NULL;
	(void)exit_status;
	TRY(cli_options(cli, NULL, NULL, 0, NULL));
	TRY(cli_company(cli));
	TRY(cli_read(cli, &db));
	struct status status = assign_preview(db, &cli->viewer, &cli->company, NULL, 0, NULL, cli->arena, &plan);
	if (!status.code) changes = assign_changes_json(db, &cli->company, &plan, plan.count, cli->lang, cli->arena);
	cli_release(cli, db);
	TRY(status);
	print_changes(cli, changes, &plan);
	return STATUS_FINE;
}

struct status command_rule_apply(struct cli *cli, int *exit_status)
{
	struct db *db;
	struct editing editing = { .arena = cli->arena };
	(void)exit_status;
	TRY(cli_options(cli, NULL, NULL, 0, NULL));
	TRY(cli_company(cli));
	TRY(cli_change(cli, follow, &editing));
	TRY(cli_read(cli, &db));
	json_t *changes = assign_changes_json(db, &cli->company, &editing.plan, editing.plan.count, cli->lang, cli->arena);
	cli_release(cli, db);
	print_changes(cli, changes, &editing.plan);
	return STATUS_FINE;
}
