/* rules — rules of assignment: their order, what each would change before it is saved, and applying them on demand. */
#include "web/imports_page.h"

#include "access/user.h"
#include "base/memory.h"
#include "base/money.h"
#include "dunning/plan_load.h"
#include "intake/assign_store.h"
#include "web/fields_page.h"

#include <inttypes.h>
#include <string.h>

enum { SHOWN = 100, SPARE = 2 };

static struct status load(const struct request *request, struct assign_rules *out)
{
	return assign_rules_load(request->db, request->company.tenant_id, request->company.id, request->arena, out);
}

/* --- the list ------------------------------------------------------------------------------------------------------------------------ */
static struct status outcome_words(struct request *request, const struct assign_rules *rules, const struct assign_rule *rule, json_t **out)
{
	struct assign_change *changes = arena_array(request->arena, struct assign_change, rule->outcome_count + 1);
	for (size_t i = 0; i < rule->outcome_count; i++)
		changes[i] = (struct assign_change){ 0, "", "", rule->outcomes[i].target, "", rule->outcomes[i].value, rule };
	struct assign_plan plan = { .changes = changes, .count = rule->outcome_count, .rules = *rules };
	*out = assign_changes_json(request->db, &request->company, &plan, rule->outcome_count, request->lang, request->arena);
	return STATUS_FINE;
}

static struct status rules_show(struct request *request)
{
	struct assign_plan plan;
	TRY(assign_preview(request->db, request->viewer, &request->company, NULL, 0, NULL, request->arena, &plan));
	json_t *rows = json_array();
	for (size_t i = 0; i < plan.rules.count; i++) {
		const struct assign_rule *rule = &plan.rules.rows[i];
		size_t changing = 0;
		for (size_t k = 0; k < plan.count; k++) changing += plan.changes[k].rule == rule;
		cleanup_text struct text words = { 0 };
		assign_words(&words, request->lang, rule, request->company.currency);
		json_t *outcomes;
		TRY(outcome_words(request, &plan.rules, rule, &outcomes));
		json_array_append_new(rows, json_pack("{s:I, s:i, s:s, s:s, s:o, s:b, s:b, s:I, s:I, s:b, s:b}", "id", (json_int_t)rule->id, "place", (int)i + 1, "name", rule->name,
			"words", text_cstr(&words), "outcomes", outcomes, "enabled", rule->enabled, "over_hand", rule->over_hand, "held", (json_int_t)plan.held[i],
			"changes", (json_int_t)changing, "first", i == 0, "last", i + 1 == plan.rules.count));
	}
	json_object_set_new(request->model, "rules", rows);
	json_object_set_new(request->model, "has_rules", json_boolean(plan.rules.count > 0));
	json_object_set_new(request->model, "customers", json_integer((json_int_t)plan.customers));
	json_object_set_new(request->model, "kept", json_integer((json_int_t)plan.kept));
	json_object_set_new(request->model, "changes", assign_changes_json(request->db, &request->company, &plan, SHOWN, request->lang, request->arena));
	json_object_set_new(request->model, "more", json_integer(plan.count > SHOWN ? (json_int_t)(plan.count - SHOWN) : 0));
	json_object_set_new(request->model, "title", json_string(tr(request->lang, "Assignment rules")));
	return STATUS_FINE;
}

/* --- the form ------------------------------------------------------------------------------------------------------------------------ */
static json_t *choice(const char *code, const char *words, const char *chosen)
{
	return json_pack("{s:s, s:s, s:b}", "code", code, "words", words, "on", chosen && strcmp(code, chosen) == 0);
}

static const char *amount_typed(const struct request *request, const char *minor)
{
	int64_t value, unit = 1;
	int decimals = currency_decimals(request->company.currency);
	if (!text_parse_int(minor, strlen(minor), &value)) return minor;
	for (int i = 0; i < decimals; i++) unit *= 10;
	if (value % unit == 0) return arena_printf(request->arena, "%" PRId64, value / unit);
	return arena_printf(request->arena, "%" PRId64 "%c%0*" PRId64, value / unit, request->lang == LANG_EN ? '.' : ',', decimals, value % unit);
}

static bool is_amount(const char *subject)
{
	const struct assign_subject *known = assign_subject(subject);
	return (known && known->shape == ASSIGN_AMOUNT) || strcmp(subject, "minimum") == 0 || strcmp(subject, "credit_limit") == 0;
}

static json_t *subjects_of(const struct request *request, const struct custom_fields *fields, const char *chosen)
{
	size_t count;
	const struct assign_subject *subjects = assign_subjects(&count);
	json_t *rows = json_array();
	json_array_append_new(rows, choice("", "–", chosen));
	for (size_t i = 0; i < count; i++) json_array_append_new(rows, choice(subjects[i].name, tr(request->lang, subjects[i].label), chosen));
	for (size_t i = 0; i < fields->count; i++)
		json_array_append_new(rows, choice(arena_printf(request->arena, "field.%s", fields->rows[i].code), custom_label(&fields->rows[i], request->lang), chosen));
	return rows;
}

static json_t *conditions_of(const struct request *request, const struct assign_rule *rule, const struct custom_fields *fields)
{
	json_t *rows = json_array();
	for (size_t i = 0; i < rule->condition_count + SPARE && i < ASSIGN_CONDITIONS; i++) {
		const struct assign_condition *c = i < rule->condition_count ? &rule->conditions[i] : NULL;
		json_t *ops = json_array();
		for (int op = 0; op < ASSIGN_OP_COUNT; op++)
			json_array_append_new(ops, choice(assign_op_code((enum assign_op)op), tr(request->lang, assign_op_label((enum assign_op)op)),
			                                  c ? assign_op_code(c->op) : NULL));
		json_array_append_new(rows, json_pack("{s:i, s:i, s:o, s:o, s:s}", "at", (int)i, "number", (int)i + 1, "subjects", subjects_of(request, fields, c ? c->subject : ""),
			"ops", ops, "value", !c ? "" : is_amount(c->subject) ? amount_typed(request, c->value) : c->value));
	}
	return rows;
}

static const char *outcome_of(const struct assign_rule *rule, const char *target)
{
	for (size_t i = 0; i < rule->outcome_count; i++)
		if (strcmp(rule->outcomes[i].target, target) == 0) return rule->outcomes[i].value;
	return "";
}

/* Each target with its own input: a choice where there is one. */
static struct status outcomes_of(struct request *request, const struct assign_rule *rule, const struct custom_fields *fields, json_t **out)
{
	static const struct {
		const char *target, *choices; /* codes between bars */
	} closed[] = { { "profile", "good_payer|average|close_follow_up|key_account|public|consumer" }, { "class", "professional|public|consumer|unknown" },
		       { "language", "fr|en" }, { "terms.end_of_month", "none|after|before" }, { "payment_means", "transfer|direct_debit|bill|cheque|card" } };
	json_t *rows = json_array();
	*out = rows;
	for (const char *const *target = assign_targets(); *target; target++) {
		const char *value = outcome_of(rule, *target);
		json_t *choices = json_array();
		if (strcmp(*target, "scenario") == 0) {
			struct scenario *scenarios;
			size_t count;
			TRY(scenario_load_all(request->db, request->company.tenant_id, request->company.id, request->arena, &scenarios, &count));
			for (size_t i = 0; i < count; i++) json_array_append_new(choices, choice(scenarios[i].code, scenario_name(&scenarios[i], request->lang), value));
			json_array_append_new(choices, choice("none", tr(request->lang, "Never chased"), value));
		} else if (strcmp(*target, "collector") == 0 || strcmp(*target, "sales") == 0) {
			struct user *users;
			size_t count;
			TRY(user_list(request->db, request->viewer, request->arena, &users, &count));
			for (size_t i = 0; i < count; i++) {
				const char *id = arena_printf(request->arena, "%" PRId64, users[i].id);
				if (!users[i].disabled || strcmp(id, value) == 0) json_array_append_new(choices, choice(id, *users[i].name ? users[i].name : users[i].email, value));
			}
		} else if (strcmp(*target, "key_account") == 0) {
			json_array_append_new(choices, choice("1", tr(request->lang, "yes"), value));
			json_array_append_new(choices, choice("0", tr(request->lang, "no"), value));
		}
		for (size_t i = 0; i < COUNT(closed); i++)
			for (const char *at = closed[i].choices; strcmp(closed[i].target, *target) == 0 && *at;) {
				size_t len = strcspn(at, "|");
				const char *code = arena_strndup(request->arena, at, len);
				json_array_append_new(choices, choice(code, tr(request->lang, code), value));
				at += len + (at[len] != 0);
			}
		json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:b, s:o}", "target", *target, "label", assign_target_label(*target, fields, request->lang, request->arena),
			"value", is_amount(*target) ? amount_typed(request, value) : value, "closed", json_array_size(choices) > 0, "choices", choices));
	}
	for (size_t i = 0; i < fields->count; i++) {
		const struct custom_field *field = &fields->rows[i];
		if (field->subject != CUSTOM_CUSTOMER) continue;
		const char *target = arena_printf(request->arena, "field.%s", field->code), *value = outcome_of(rule, target);
		json_t *choices = json_array();
		for (size_t k = 0; field->choices[k]; k++) json_array_append_new(choices, choice(field->choices[k], field->choices[k], value));
		json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:b, s:o}", "target", target, "label", custom_label(field, request->lang), "value", value, "closed",
		                                      field->kind == CUSTOM_CHOICE, "choices", choices));
	}
	return STATUS_FINE;
}

static struct status form_fill(struct request *request, const struct assign_rule *rule)
{
	struct custom_fields fields;
	json_t *outcomes;
	TRY(custom_fields_load(request->db, request->company.tenant_id, request->company.id, request->arena, &fields));
	TRY(outcomes_of(request, rule, &fields, &outcomes));
	json_t *model = request->model;
	json_object_set_new(model, "rule", json_pack("{s:o, s:s, s:b, s:b, s:b}", "id", rule->id ? json_integer(rule->id) : json_null(), "name", rule->name, "enabled",
	                                             rule->enabled, "any_of", rule->any_of, "over_hand", rule->over_hand));
	json_object_set_new(model, "conditions", conditions_of(request, rule, &fields));
	json_object_set_new(model, "outcomes", outcomes);
	json_object_set_new(model, "title", json_string(*rule->name ? rule->name : tr(request->lang, "New rule")));
	if (!json_object_get(model, "error")) json_object_set_new(model, "error", json_null());
	if (!json_object_get(model, "preview")) json_object_set_new(model, "preview", json_null());
	return STATUS_FINE;
}

static struct status rule_new(struct request *request)
{
	return form_fill(request, &(struct assign_rule){ .name = "", .enabled = true });
}

static struct status rule_show(struct request *request)
{
	struct assign_rules rules;
	int64_t id = request_int(request, "id", 0);
	TRY(load(request, &rules));
	for (size_t i = 0; i < rules.count; i++)
		if (rules.rows[i].id == id) return form_fill(request, &rules.rows[i]);
	return status_make(STATUS_NOT_FOUND, "There is no such rule.");
}

/* --- what the form says ---------------------------------------------------------------------------------------------------------------- */
static const char *given(const struct request *request, const char *name)
{
	const char *value = request_field(request, name);
	struct slice trimmed = slice_trim(slice_of(value ? value : ""));
	return arena_strndup(request->arena, trimmed.bytes, trimmed.len);
}

/* An amount as a person writes it, in minor units; what is none is left for the check to refuse. JSON has minor units already. */
static const char *amount_of(const struct request *request, const char *typed)
{
	int64_t minor;
	if (request->json || !field_amount(typed, request->company.currency, &minor)) return typed;
	return arena_printf(request->arena, "%" PRId64, minor);
}

static void rule_read(const struct request *request, struct assign_rule *rule)
{
	*rule = (struct assign_rule){ .id = request_int(request, "id", 0), .name = given(request, "name"), .enabled = *given(request, "enabled") != 0,
		.any_of = strcmp(given(request, "any_of"), "1") == 0, .over_hand = *given(request, "over_hand") != 0,
		.conditions = arena_array(request->arena, struct assign_condition, ASSIGN_CONDITIONS),
		.outcomes = arena_array(request->arena, struct assign_outcome, ASSIGN_OUTCOMES) };
	for (int i = 0; i < ASSIGN_CONDITIONS; i++) {
		const char *subject = given(request, arena_printf(request->arena, "subject-%d", i)), *value = given(request, arena_printf(request->arena, "value-%d", i));
		if (!*subject) continue;
		struct assign_condition *c = &rule->conditions[rule->condition_count++];
		*c = (struct assign_condition){ .subject = subject, .value = is_amount(subject) ? amount_of(request, value) : value };
		if (!assign_op_parse(given(request, arena_printf(request->arena, "op-%d", i)), &c->op)) c->op = ASSIGN_IS;
	}
	struct custom_fields fields;
	for (const char *const *target = assign_targets(); *target; target++) {
		const char *value = given(request, arena_printf(request->arena, "set.%s", *target));
		if (*value && rule->outcome_count < ASSIGN_OUTCOMES)
			rule->outcomes[rule->outcome_count++] = (struct assign_outcome){ *target, is_amount(*target) ? amount_of(request, value) : value };
	}
	if (custom_fields_load(request->db, request->company.tenant_id, request->company.id, request->arena, &fields).code) return;
	for (size_t i = 0; i < fields.count; i++) {
		if (fields.rows[i].subject != CUSTOM_CUSTOMER) continue;
		const char *target = arena_printf(request->arena, "field.%s", fields.rows[i].code), *value = given(request, arena_printf(request->arena, "set.%s", target));
		if (*value && rule->outcome_count < ASSIGN_OUTCOMES) rule->outcomes[rule->outcome_count++] = (struct assign_outcome){ target, value };
	}
}

struct saving {
	struct assign_rule rule;
	int64_t id;
	bool only_check;
};

static struct status save_work(struct change *change, void *context)
{
	struct saving *saving = context;
	return assign_rule_save(change, &saving->rule, &saving->id);
}

/* Checked as saving would, nothing kept. */
static struct status check_work(struct db *db, void *context)
{
	const struct request *request = ((void **)context)[0];
	const struct assign_rule *rule = ((void **)context)[1];
	struct change change = { .db = db, .viewer = request->viewer, .company = request->company, .today = request->today, .now = request->now };
	return assign_rule_check(&change, rule);
}

static struct status rule_refused(struct request *request, const struct assign_rule *rule, struct status status)
{
	if (request->json || (status.code != STATUS_INVALID && status.code != STATUS_NOT_FOUND && status.code != STATUS_CONFLICT)) return status;
	json_object_set_new(request->model, "error", json_string(status.text));
	request->http_status = 422;
	request->template = "rule";
	return form_fill(request, rule);
}

static struct status rule_preview(struct request *request, const struct assign_rule *rule)
{
	void *context[] = { request, (void *)(uintptr_t)rule };
	struct status status = check_work(request->db, context);
	if (status.code) return rule_refused(request, rule, status);
	struct assign_plan plan;
	TRY(assign_preview(request->db, request->viewer, &request->company, NULL, 0, rule, request->arena, &plan));
	size_t held = 0, mine = 0;
	for (size_t i = 0; i < plan.rules.count; i++)
		if (plan.rules.rows[i].id == rule->id) held = plan.held[i];
	for (size_t i = 0; i < plan.count; i++) /* only this one's */
		if (plan.changes[i].rule->id == rule->id) plan.changes[mine++] = plan.changes[i];
	plan.count = mine;
	json_object_set_new(request->model, "preview", json_pack("{s:I, s:I, s:I, s:o, s:I}", "held", (json_int_t)held, "count", (json_int_t)mine, "kept", (json_int_t)plan.kept,
		"changes", assign_changes_json(request->db, &request->company, &plan, SHOWN, request->lang, request->arena), "more",
		(json_int_t)(mine > SHOWN ? mine - SHOWN : 0)));
	request->template = "rule";
	return form_fill(request, rule);
}

static struct status rule_save(struct request *request)
{
	struct saving saving = { 0 };
	rule_read(request, &saving.rule);
	if (strcmp(given(request, "do"), "preview") == 0) return rule_preview(request, &saving.rule);
	struct status status = request_change(request, save_work, &saving);
	if (status.code) return rule_refused(request, &saving.rule, status);
	json_object_set_new(request->model, "id", json_integer(saving.id));
	request->notice = tr(request->lang, "The rule is saved. It is followed at each import.");
	request->redirect = "/imports/rules";
	return STATUS_FINE;
}

struct moving {
	int64_t id;
	int by; /* 0: remove */
};

static struct status move_work(struct change *change, void *context)
{
	const struct moving *moving = context;
	return moving->by ? assign_rule_move(change, moving->id, moving->by) : assign_rule_remove(change, moving->id);
}

static struct status move(struct request *request, int by, const char *notice)
{
	struct moving moving = { request_int(request, "id", 0), by };
	TRY(request_change(request, move_work, &moving));
	request->notice = tr(request->lang, notice);
	request->redirect = "/imports/rules";
	return STATUS_FINE;
}

static struct status rule_up(struct request *request)
{
	return move(request, -1, "The order is changed.");
}

static struct status rule_down(struct request *request)
{
	return move(request, 1, "The order is changed.");
}

static struct status rule_remove(struct request *request)
{
	return move(request, 0, "The rule is removed. What it assigned stays.");
}

struct applying {
	struct request *request;
	size_t customers, count;
};

static struct status apply_work(struct change *change, void *context)
{
	struct applying *applying = context;
	struct assign_plan plan;
	TRY(assign_apply(change, NULL, 0, applying->request->arena, &plan));
	applying->customers = plan.customers, applying->count = plan.count;
	return STATUS_FINE;
}

static struct status rules_apply(struct request *request)
{
	struct applying applying = { .request = request };
	struct assign_plan plan;
	TRY(assign_preview(request->db, request->viewer, &request->company, NULL, 0, NULL, request->arena, &plan));
	if (plan.count) TRY(request_change(request, apply_work, &applying));
	json_object_set_new(request->model, "customers", json_integer((json_int_t)applying.customers));
	json_object_set_new(request->model, "changes", json_integer((json_int_t)applying.count));
	request->notice = applying.customers ? arena_printf(request->arena, tr(request->lang, "The rules are followed. Customers changed: %zu."), applying.customers)
	                                     : tr(request->lang, "Nothing to change: everybody is as the rules say.");
	request->redirect = "/imports/rules";
	return STATUS_FINE;
}

#define RULE_FIELDS "id name enabled any_of over_hand subject-0 op-0 value-0 set.scenario set.collector set.group set.tags set.payer set.profile set.class " \
	"set.language set.key_account set.terms.days set.terms.end_of_month set.terms.day set.payment_means set.minimum set.credit_limit set.sales set.field.CODE do"
const struct route rules_routes[] = {
	{ "GET", "/imports/rules", RIGHT_SCENARIO, rules_show, .template = "rules", .menu = MENU_IMPORTS, .summary = "Rules of assignment, and what they would change now" },
	{ "POST", "/imports/rules", RIGHT_SCENARIO, rule_save, .menu = MENU_IMPORTS, .summary = "Save a rule, or see what it would change (do=preview)", .fields = RULE_FIELDS },
	{ "GET", "/imports/rules/new", RIGHT_SCENARIO, rule_new, .template = "rule", .menu = MENU_IMPORTS, .summary = "A new rule" },
	{ "GET", "/imports/rules/{id}", RIGHT_SCENARIO, rule_show, .template = "rule", .menu = MENU_IMPORTS, .summary = "A rule" },
	{ "POST", "/imports/rules/apply", RIGHT_SCENARIO, rules_apply, .menu = MENU_IMPORTS, .summary = "Follow the rules now, for everybody" },
	{ "POST", "/imports/rules/{id}/up", RIGHT_SCENARIO, rule_up, .menu = MENU_IMPORTS, .summary = "Move a rule up" },
	{ "POST", "/imports/rules/{id}/down", RIGHT_SCENARIO, rule_down, .menu = MENU_IMPORTS, .summary = "Move a rule down" },
	{ "POST", "/imports/rules/{id}/remove", RIGHT_SCENARIO, rule_remove, .menu = MENU_IMPORTS, .summary = "Remove a rule" },
	{ 0 },
};
