/* profiles — which customers are what, by rules in order; and where an account stands, in plain words with an example of one's own. */
#include "web/scenario_page.h"

#include "base/memory.h"
#include "base/words.h"
#include "dunning/engine.h"
#include "web/agenda_page.h"

static struct status rules_take(struct request *request, struct profile_rules *out)
{
	const struct profile_rules *rules;
	TRY(profile_rules_load(request->db, request->viewer->tenant_id, request->company.id, request->arena, &rules));
	*out = *rules;
	return STATUS_FINE;
}

static json_t *scenario_choices(const struct request *request, const struct scenario *all, size_t count, const char *chosen)
{
	json_t *out = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(out, json_pack("{s:s, s:s, s:b}", "code", all[i].code, "label", scenario_name(&all[i], request->lang), "on",
						     strcmp(all[i].code, chosen) == 0));
	return out;
}

static const char *scenario_label(const struct request *request, const struct scenario *all, size_t count, const char *code)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(all[i].code, code) == 0) return scenario_name(&all[i], request->lang);
	return code;
}

static struct status profiles_show(struct request *request)
{
	struct profile_rules *rules = arena_make(request->arena, struct profile_rules);
	struct scenario *all;
	size_t count, counted;
	struct profile_count *counts;
	TRY(rules_take(request, rules));
	TRY(scenario_load_all(request->db, request->viewer->tenant_id, request->company.id, request->arena, &all, &count));
	TRY(profile_counts(request->db, request->viewer->tenant_id, request->company.id, request->arena, &counts, &counted));
	int64_t chosen = request_int(request, "rule", 0);
	json_t *list = json_array();
	json_object_set_new(request->model, "form", json_null());
	for (size_t i = 0; i < rules->count; i++) {
		const struct profile_rule *rule = &rules->rules[i];
		cleanup_text struct text words = { 0 };
		conditions_words(&words, request->lang, rule->conditions, rule->condition_count, request->company.currency);
		int64_t have = 0;
		for (size_t c = 0; c < counted; c++)
			if (strcmp(counts[c].profile, rule->profile) == 0) have = counts[c].customers;
		json_array_append_new(list, json_pack("{s:i, s:s, s:s, s:s, s:s, s:I, s:b, s:b, s:b}", "number", (int)i + 1, "profile", rule->profile, "label",
			tr(request->lang, profile_label(rule->profile)), "scenario", scenario_label(request, all, count, rule->scenario), "conditions",
			words.len ? text_cstr(&words) : tr(request->lang, "everybody who is left"), "customers", (json_int_t)have, "on", chosen == (int64_t)i + 1,
			"first", i == 0, "last", i + 1 == rules->count));
		if (chosen != (int64_t)i + 1) continue;
		json_t *conditions, *form = json_pack("{s:i, s:s, s:o, s:b}", "number", (int)i + 1, "profile", rule->profile, "scenarios",
						     scenario_choices(request, all, count, rule->scenario), "last", i + 1 == rules->count);
		json_object_set_new(request->model, "form", form);
		TRY(conditions_form(request, rule->conditions, rule->condition_count, &conditions));
		json_object_set_new(form, "conditions", conditions);
	}
	json_object_set_new(request->model, "rules", list);
	json_object_set_new(request->model, "own", json_boolean(rules->own));
	return STATUS_FINE;
}

static struct status keep_work(struct change *change, void *context) { return profile_rules_keep(change, context); }

static struct status rules_keep(struct request *request, struct profile_rules *rules, size_t shown)
{
	TRY(request_change(request, keep_work, rules));
	request->notice = tr(request->lang, "Kept: the next plan follows these rules.");
	request->redirect = shown ? arena_printf(request->arena, "/scenarios/profiles?rule=%zu", shown) : "/scenarios/profiles";
	return STATUS_FINE;
}

static struct status rule_number(const struct request *request, const struct profile_rules *rules, size_t *out)
{
	const char *text = request_path(request, "number");
	int64_t number;
	if (!text_parse_int(text, strlen(text), &number) || number < 1 || number > (int64_t)rules->count)
		return status_make(STATUS_NOT_FOUND, "There is no rule %.20s.", text);
	*out = (size_t)number - 1;
	return STATUS_FINE;
}

static struct status rule_save(struct request *request)
{
	struct profile_rules *rules = arena_make(request->arena, struct profile_rules);
	size_t at;
	TRY(rules_take(request, rules));
	TRY(rule_number(request, rules, &at));
	const char *profile = request_field(request, "profile"), *scenario = request_field(request, "scenario");
	if (profile) snprintf(rules->rules[at].profile, sizeof rules->rules[at].profile, "%s", profile);
	if (scenario) snprintf(rules->rules[at].scenario, sizeof rules->rules[at].scenario, "%s", scenario);
	if (request_fields(request, "condition_fact")[0]) TRY(conditions_take(request, rules->rules[at].conditions, &rules->rules[at].condition_count));
	return rules_keep(request, rules, at + 1);
}

/* A rule of its own before the last: it concerns nobody until it is given a condition that does. */
static struct status rule_add(struct request *request)
{
	struct profile_rules *rules = arena_make(request->arena, struct profile_rules);
	TRY(rules_take(request, rules));
	if (rules->count == PROFILE_RULES) return status_make(STATUS_INVALID, "At most %d rules.", PROFILE_RULES);
	size_t at = rules->count - 1;
	rules->rules[rules->count] = rules->rules[at];
	rules->count++;
	rules->rules[at].condition_count = 1;
	rules->rules[at].conditions[0] = (struct condition){ .fact = FACT_GROUP, .compare = COMPARE_IS, .text = "?" };
	return rules_keep(request, rules, at + 1);
}

static struct status rule_remove(struct request *request)
{
	struct profile_rules *rules = arena_make(request->arena, struct profile_rules);
	size_t at;
	TRY(rules_take(request, rules));
	TRY(rule_number(request, rules, &at));
	for (size_t i = at; i + 1 < rules->count; i++) rules->rules[i] = rules->rules[i + 1];
	rules->count--;
	return rules_keep(request, rules, 0);
}

static struct status rule_up(struct request *request)
{
	struct profile_rules *rules = arena_make(request->arena, struct profile_rules);
	size_t at;
	TRY(rules_take(request, rules));
	TRY(rule_number(request, rules, &at));
	if (at == 0) return status_make(STATUS_INVALID, "It is the first rule already.");
	struct profile_rule kept = rules->rules[at];
	rules->rules[at] = rules->rules[at - 1], rules->rules[at - 1] = kept;
	return rules_keep(request, rules, at);
}

static struct status rules_reset(struct request *request)
{
	TRY(request_change(request, keep_work, NULL));
	request->notice = tr(request->lang, "The rules are as they come ready again.");
	request->redirect = "/scenarios/profiles";
	return STATUS_FINE;
}

/* --- where an account stands ---------------------------------------------------------------------------------------------------------- */
static const uint8_t *visible_of(void *context, const struct book *book) { return request_selected(context, book); }

static const char *outcome_words(const struct request *request, const struct engine_example *example, const struct engine_outcome *outcome)
{
	cleanup_text struct text words = { 0 };
	if (outcome->step[0]) {
		int at = scenario_step(example->scenario, outcome->step);
		text_add(&words, at >= 0 ? step_label(&example->scenario->steps[at], request->lang) : tr(request->lang, "Review an old debt"));
		text_add(&words, " · ");
		words_amount(&words, request->lang, outcome->amount, example->currency);
		text_addf(&words, " (%zu)", outcome->items);
	} else {
		text_add(&words, tr(request->lang, "nothing today"));
		if (outcome->next_day != DAY_NONE) {
			text_add(&words, " · ");
			words_date(&words, request->lang, outcome->next_day);
		}
	}
	return arena_strdup(request->arena, text_cstr(&words));
}

/* "3 messages, one a day · €4,210.00" */
static const char *payer_words(const struct request *request, const struct payer_example *example, const struct payer_outcome *outcome)
{
	cleanup_text struct text words = { 0 }, amount = { 0 };
	if (!outcome->messages) return tr(request->lang, "nothing today");
	words_amount(&amount, request->lang, outcome->amount, example->currency);
	if (outcome->messages == 1)
		text_addf(&words, tr(request->lang, "one message · %s"), text_cstr(&amount));
	else
		text_addf(&words, tr(request->lang, "%zu messages, one a day · %s"), outcome->messages, text_cstr(&amount));
	text_addf(&words, " (%zu)", outcome->customers);
	return arena_strdup(request->arena, text_cstr(&words));
}

static struct status payers_show(struct request *request)
{
	/* msgids */
	static const struct { const char *label, *help; } words[PAYER_MODES] = {
		{ "Apart", "Each customer is reminded by himself, at his own contact; the payer counts as one buyer, so never two on one day." },
		{ "Together", "The payer gets one message with the items of each of them. The credits of a customer are deducted from his own items only." },
		{ "Netted", "One message as well, and the credits of one are deducted from what is asked for the others." },
	};
	struct payer_example example;
	TRY(payer_example(request->db, &request->company, request->today, visible_of, request, request->arena, &example));
	const char *now = setting_text(request->settings, "engine.payer");
	json_t *modes = json_array();
	for (int mode = 0; mode < PAYER_MODES; mode++) {
		const char *code = payer_mode_code((enum payer_mode)mode);
		json_t *row = json_pack("{s:s, s:s, s:s, s:b}", "code", code, "label", tr(request->lang, words[mode].label), "help", tr(request->lang, words[mode].help),
					"on", strcmp(code, now) == 0);
		json_object_set_new(row, "outcome", example.found ? json_string(payer_words(request, &example, &example.outcomes[mode])) : json_null());
		json_array_append_new(modes, row);
	}
	json_object_set_new(request->model, "payer_modes", modes);
	json_object_set_new(request->model, "payer_example", example.found ? json_pack("{s:s, s:s, s:I}", "customer", example.code, "name", example.name, "others",
		(json_int_t)example.members - 1) : json_null());
	return STATUS_FINE;
}

static struct status engine_show(struct request *request)
{
	/* msgids */
	static const struct { const char *label, *help; } words[ENGINE_COUNT] = {
		{ "The account at the step of its oldest item", "One message lists all that is late; its tone follows the oldest item. When that one is paid, the next oldest leads, at its own step." },
		{ "The account at its highest step", "One message lists all that is late; its tone follows the item that is furthest in the ladder." },
		{ "Item by item", "Each item follows its own steps. A customer with many items hears from you more often." },
	};
	const struct settings *settings = request->settings;
	const char *model_now = setting_text(settings, "engine.model");
	enum engine now = setting_bool(settings, "item_mode") ? ENGINE_ITEM : ENGINE_OLDEST;
	for (int e = 0; e < ENGINE_COUNT; e++)
		if (strcmp(model_now, engine_code((enum engine)e)) == 0) now = (enum engine)e;
	struct engine_example example;
	TRY(engine_example(request->db, &request->company, request->today, visible_of, request, request->arena, &example));
	json_t *models = json_array();
	for (int e = 0; e < ENGINE_COUNT; e++) {
		json_t *row = json_pack("{s:s, s:s, s:s, s:b}", "code", engine_code((enum engine)e), "label", tr(request->lang, words[e].label), "help",
					tr(request->lang, words[e].help), "on", (int)now == e);
		json_object_set_new(row, "outcome", example.found ? json_string(outcome_words(request, &example, &example.outcomes[e])) : json_null());
		json_array_append_new(models, row);
	}
	json_object_set_new(request->model, "models", models);
	json_object_set_new(request->model, "example", example.found ? json_pack("{s:s, s:s, s:I, s:I}", "customer", example.code, "name", example.name, "late_items",
		(json_int_t)example.late_items, "oldest_days", (json_int_t)example.oldest_days) : json_null());
	TRY(payers_show(request));
	json_object_set_new(request->model, "restart_clear", json_boolean(strcmp(setting_text(settings, "engine.restart"), "clear") == 0));
	json_object_set_new(request->model, "contacts", json_integer(setting_int(settings, "contact.max")));
	json_object_set_new(request->model, "contacts_days", json_integer(setting_int(settings, "contact.max_days")));
	json_object_set_new(request->model, "notes_days", json_integer(setting_int(settings, "plan.notes_days")));
	json_object_set_new(request->model, "two_persons", json_boolean(setting_bool(settings, "formal_notice.two_persons")));
	json_object_set_new(request->model, "sender", json_string(setting_text(settings, "escalation.sender")));
	return STATUS_FINE;
}

static struct status engine_work(struct change *change, void *context)
{
	struct request *request = context;
	static const struct { const char *field, *setting; } fields[] = {
		{ "model", "engine.model" }, { "restart", "engine.restart" }, { "contacts", "contact.max" }, { "contacts_days", "contact.max_days" },
		{ "notes_days", "plan.notes_days" }, { "payers", "engine.payer" },
	};
	for (size_t i = 0; i < COUNT(fields); i++) {
		const char *value = request_field(request, fields[i].field);
		if (value) TRY(setting_change(change, fields[i].setting, value));
	}
	/* who watches over late steps, and who signs them, is not chosen by whoever works under it */
	if (!viewer_may(change->viewer, RIGHT_SETTINGS)) return STATUS_FINE;
	if (request_field(request, "sender")) TRY(setting_change(change, "escalation.sender", request_field(request, "sender")));
	if (request_field(request, "boxes")) TRY(setting_change(change, "formal_notice.two_persons", request_field(request, "two_persons") ? "1" : "0"));
	return STATUS_FINE;
}

static struct status engine_post(struct request *request)
{
	TRY(request_change(request, engine_work, request));
	request->notice = tr(request->lang, "Kept: the next plan follows it.");
	request->redirect = "/scenarios/engine";
	return STATUS_FINE;
}

const struct route profiles_routes[] = {
	{ "GET", "/scenarios/profiles", RIGHT_READ, profiles_show, .template = "profiles", .menu = MENU_SCENARIOS, .summary = "Profiles by rule", .fields = "rule" },
	{ "POST", "/scenarios/profiles", RIGHT_SCENARIO, rule_add, .summary = "Add a rule of profiles" },
	{ "POST", "/scenarios/profiles/reset", RIGHT_SCENARIO, rules_reset, .summary = "Rules of profiles as they come ready" },
	{ "POST", "/scenarios/profiles/{number}", RIGHT_SCENARIO, rule_save, .summary = "Change a rule of profiles",
	  .fields = "profile scenario condition_fact[] condition_compare[] condition_value[] condition_join[]" },
	{ "POST", "/scenarios/profiles/{number}/remove", RIGHT_SCENARIO, rule_remove, .summary = "Take a rule of profiles out" },
	{ "POST", "/scenarios/profiles/{number}/up", RIGHT_SCENARIO, rule_up, .summary = "Put a rule of profiles before the one above" },
	{ "GET", "/scenarios/engine", RIGHT_READ, engine_show, .template = "engine", .menu = MENU_SCENARIOS, .summary = "Where an account stands" },
	{ "POST", "/scenarios/engine", RIGHT_SCENARIO, engine_post, .summary = "Choose where an account stands, and the pressure on a buyer",
	  .fields = "model restart payers contacts contacts_days notes_days sender boxes two_persons" },
	{ 0 },
};
