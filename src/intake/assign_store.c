#include "intake/assign_store.h"

#include "base/memory.h"
#include "base/words.h"
#include "ledger/event.h"
#include "ledger/projection_store.h"

#include <stdlib.h>
#include <string.h>

#define OF_COMPANY(change) db_int("tenant", (change)->company.tenant_id), db_int("company", (change)->company.id)

/* --- rules as they are kept --------------------------------------------------------------------------------------------------------- */
static const struct custom_field *field_of(const struct custom_fields *fields, const char *subject)
{
	if (strncmp(subject, "field.", 6) != 0) return NULL;
	const struct custom_field *field = custom_field_find(fields, CUSTOM_CUSTOMER, subject);
	return field ? field : custom_field_find(fields, CUSTOM_ITEM, subject);
}

static const char *member(struct arena *arena, const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));
	return arena_strdup(arena, text ? text : "");
}

static void conditions_read(const char *text, const struct custom_fields *fields, struct arena *arena, struct assign_rule *rule)
{
	json_t *list = json_loads(text, 0, NULL), *one;
	size_t i;
	rule->conditions = arena_array(arena, struct assign_condition, ASSIGN_CONDITIONS);
	json_array_foreach(list, i, one) {
		if (rule->condition_count == ASSIGN_CONDITIONS) break;
		struct assign_condition *c = &rule->conditions[rule->condition_count++];
		*c = (struct assign_condition){ .subject = member(arena, one, "field"), .value = member(arena, one, "value") };
		assign_op_parse(json_string_value(json_object_get(one, "is")), &c->op);
		c->field = field_of(fields, c->subject);
	}
	json_decref(list);
}

static void outcomes_read(const char *text, struct arena *arena, struct assign_rule *rule)
{
	json_t *object = json_loads(text, 0, NULL), *value;
	const char *name;
	rule->outcomes = arena_array(arena, struct assign_outcome, ASSIGN_OUTCOMES);
	json_object_foreach(object, name, value)
		if (rule->outcome_count < ASSIGN_OUTCOMES && json_is_string(value))
			rule->outcomes[rule->outcome_count++] = (struct assign_outcome){ arena_strdup(arena, name), arena_strdup(arena, json_string_value(value)) };
	json_decref(object);
}

struct status assign_rules_load(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct assign_rules *out)
{
	*out = (struct assign_rules){ .rows = arena_array(arena, struct assign_rule, ASSIGN_RULES + 1) };
	TRY(custom_fields_load(db, tenant, company, arena, &out->fields));
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT id, position, name, enabled, any_of, over_hand, conditions, outcome FROM assign_rule WHERE tenant_id = $tenant AND company_id = $company"
		" ORDER BY position, id", DB_ARGS(db_int("tenant", tenant), db_int("company", company)));
	while (rows_next(rows) && out->count < ASSIGN_RULES) {
		struct assign_rule *rule = &out->rows[out->count++];
		*rule = (struct assign_rule){ .id = row_int(rows, 0), .position = row_int(rows, 1), .name = arena_strdup(arena, row_text(rows, 2)),
			.enabled = row_int(rows, 3) != 0, .any_of = row_int(rows, 4) != 0, .over_hand = row_int(rows, 5) != 0 };
		conditions_read(row_text(rows, 6), &out->fields, arena, rule);
		outcomes_read(row_text(rows, 7), arena, rule);
	}
	return rows_status(rows);
}

static json_t *conditions_json(const struct assign_rule *rule)
{
	json_t *list = json_array();
	for (size_t i = 0; i < rule->condition_count; i++)
		json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "field", rule->conditions[i].subject, "is", assign_op_code(rule->conditions[i].op), "value",
		                                      rule->conditions[i].value));
	return list;
}

static struct status check_condition(const struct assign_condition *c, const struct custom_fields *fields, struct arena *arena)
{
	const struct assign_subject *subject = assign_subject(c->subject);
	const struct custom_field *field = field_of(fields, c->subject);
	if (!subject && !field) return status_make(STATUS_INVALID, "There is no field “%s”.", c->subject);
	bool bare = c->op == ASSIGN_KNOWN || c->op == ASSIGN_UNKNOWN;
	const char *label = subject ? tr(lang_spoken(), subject->label) : custom_label(field, lang_spoken());
	if (!bare && !*c->value) return status_make(STATUS_INVALID, "%s: say which value.", label);
	bool number = subject && (subject->shape == ASSIGN_NUMBER || subject->shape == ASSIGN_AMOUNT);
	int64_t value;
	if (!bare && number && !text_parse_int(c->value, strlen(c->value), &value)) return status_make(STATUS_INVALID, "%s is a number, not “%s”.", label, c->value);
	if (number && (c->op == ASSIGN_BEGINS || c->op == ASSIGN_HOLDS)) return status_make(STATUS_INVALID, "%s is a number: compare it by its size.", label);
	if (subject && !number && (c->op == ASSIGN_AT_LEAST || c->op == ASSIGN_AT_MOST))
		return status_make(STATUS_INVALID, "%s is a text: it is no more or less than another.", label);
	const char *read;
	if (field && !bare && (field->kind == CUSTOM_NUMBER || field->kind == CUSTOM_DATE)) return custom_read(field, c->value, arena, &read);
	return STATUS_FINE;
}

/* Each value is tried on nobody: what customer_set would refuse is refused when the rule is saved. */
static struct status check_outcome(struct change *change, const struct assign_outcome *outcome, const struct custom_fields *fields, struct arena *arena)
{
	if (!assign_target_known(outcome->target)) return status_make(STATUS_INVALID, "A rule can't set “%s”.", outcome->target);
	if (!*outcome->value) return status_make(STATUS_INVALID, "%s: say which value.", outcome->target);
	if (strncmp(outcome->target, "field.", 6) == 0) {
		const struct custom_field *field = custom_field_find(fields, CUSTOM_CUSTOMER, outcome->target);
		const char *read;
		if (!field) return status_make(STATUS_NOT_FOUND, "There is no field “%s”.", outcome->target + 6);
		return custom_read(field, outcome->value, arena, &read);
	}
	return customer_value_check(change, outcome->target, outcome->value);
}

struct status assign_rule_check(struct change *change, const struct assign_rule *rule)
{
	cleanup_arena struct arena *arena = arena_new();
	struct custom_fields fields;
	TRY(custom_fields_load(change->db, change->company.tenant_id, change->company.id, arena, &fields));
	if (!*rule->name || strlen(rule->name) > 80 || !utf8_valid(rule->name, strlen(rule->name)))
		return status_make(STATUS_INVALID, "Give the rule a name of at most %d characters.", 80);
	for (size_t i = 0; i < rule->condition_count; i++) TRY(check_condition(&rule->conditions[i], &fields, arena));
	if (!rule->outcome_count) return status_make(STATUS_INVALID, "Say what the rule assigns.");
	for (size_t i = 0; i < rule->outcome_count; i++) TRY(check_outcome(change, &rule->outcomes[i], &fields, arena));
	return STATUS_FINE;
}

struct status assign_rule_save(struct change *change, const struct assign_rule *rule, int64_t *id)
{
	TRY(change_allows(change, RIGHT_SCENARIO));
	TRY(assign_rule_check(change, rule));
	int64_t known = 0, count = 0, position = rule->position;
	TRY(db_get_int(change->db, "SELECT COUNT(*) FROM assign_rule WHERE tenant_id = $tenant AND company_id = $company", DB_ARGS(OF_COMPANY(change)), &count, NULL));
	if (rule->id) {
		TRY(db_get_int(change->db, "SELECT COUNT(*) FROM assign_rule WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
		               DB_ARGS(OF_COMPANY(change), db_int("id", rule->id)), &known, NULL));
		if (!known) return status_make(STATUS_NOT_FOUND, "There is no such rule.");
		*id = rule->id;
		TRY(db_get_int(change->db, "SELECT position FROM assign_rule WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
		               DB_ARGS(OF_COMPANY(change), db_int("id", rule->id)), &position, NULL));
	} else {
		if (count >= ASSIGN_RULES) return status_make(STATUS_INVALID, "There are %d rules already: remove one first.", ASSIGN_RULES);
		TRY(id_take(change->db, change->company.tenant_id, change->company.id, "assign_rule", 1, id));
		TRY(db_get_int(change->db, "SELECT COALESCE(MAX(position), 0) + 1 FROM assign_rule WHERE tenant_id = $tenant AND company_id = $company",
		               DB_ARGS(OF_COMPANY(change)), &position, NULL));
	}
	json_t *conditions = conditions_json(rule), *outcome = json_object();
	for (size_t i = 0; i < rule->outcome_count; i++) json_object_set_new(outcome, rule->outcomes[i].target, json_string(rule->outcomes[i].value));
	cleanup_free char *conditions_text = json_dumps(conditions, JSON_COMPACT), *outcome_text = json_dumps(outcome, JSON_COMPACT);
	struct status status = db_run(change->db,
		"INSERT INTO assign_rule (tenant_id, company_id, id, position, name, enabled, any_of, conditions, outcome, over_hand, rev)"
		" VALUES ($tenant, $company, $id, $position, $name, $enabled, $any, $conditions, $outcome, $over, $rev)"
		" ON CONFLICT (tenant_id, company_id, id) DO UPDATE SET name = excluded.name, enabled = excluded.enabled, any_of = excluded.any_of,"
		" conditions = excluded.conditions, outcome = excluded.outcome, over_hand = excluded.over_hand, rev = excluded.rev",
		DB_ARGS(OF_COMPANY(change), db_int("id", *id), db_int("position", position), db_text("name", rule->name), db_int("enabled", rule->enabled),
		        db_int("any", rule->any_of), db_text("conditions", conditions_text), db_text("outcome", outcome_text), db_int("over", rule->over_hand),
		        db_int("rev", change->rev)));
	if (!status.code)
		status = event_add_json(change, (struct event_new){ .kind = "rule.saved", .ref = *id },
		                        json_pack("{s:s, s:O, s:O, s:b, s:b, s:b}", "name", rule->name, "conditions", conditions, "outcome", outcome, "any_of", rule->any_of,
		                                  "over_hand", rule->over_hand, "enabled", rule->enabled));
	json_decref(conditions), json_decref(outcome);
	return status;
}

static struct status rule_named(struct change *change, int64_t id, char **name)
{
	TRY(db_get_text(change->db, "SELECT name FROM assign_rule WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	                DB_ARGS(OF_COMPANY(change), db_int("id", id)), name));
	return *name ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "There is no such rule.");
}

struct status assign_rule_remove(struct change *change, int64_t id)
{
	TRY(change_allows(change, RIGHT_SCENARIO));
	cleanup_free char *name = NULL;
	TRY(rule_named(change, id, &name));
	TRY(db_run(change->db, "DELETE FROM assign_rule WHERE tenant_id = $tenant AND company_id = $company AND id = $id", DB_ARGS(OF_COMPANY(change), db_int("id", id))));
	return event_add_json(change, (struct event_new){ .kind = "rule.removed", .ref = id }, json_pack("{s:s}", "name", name));
}

struct status assign_rule_move(struct change *change, int64_t id, int by)
{
	TRY(change_allows(change, RIGHT_SCENARIO));
	cleanup_arena struct arena *arena = arena_new();
	cleanup_free char *name = NULL;
	struct assign_rules rules;
	TRY(rule_named(change, id, &name));
	TRY(assign_rules_load(change->db, change->company.tenant_id, change->company.id, arena, &rules));
	for (size_t i = 0; i < rules.count; i++) {
		size_t to = by < 0 ? i - 1 : i + 1;
		if (rules.rows[i].id != id || to >= rules.count) continue; /* i - 1 of 0 is beyond as well */
		struct assign_rule moved = rules.rows[i];
		rules.rows[i] = rules.rows[to], rules.rows[to] = moved;
		break;
	}
	for (size_t i = 0; i < rules.count; i++)
		TRY(db_run(change->db, "UPDATE assign_rule SET position = $position, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
		           DB_ARGS(OF_COMPANY(change), db_int("position", (int64_t)i + 1), db_int("id", rules.rows[i].id), db_int("rev", change->rev))));
	return event_add_json(change, (struct event_new){ .kind = "rule.saved", .ref = id }, json_pack("{s:s}", "name", name));
}

/* --- what is known of customers ------------------------------------------------------------------------------------------------------- */
struct item_group {
	int64_t customer;
	const char *account, *currency;
	int64_t open, largest, items;
};
struct item_value {
	int64_t customer;
	const char *text;
};
struct looking {
	struct arena *arena;
	struct item_group *groups; /* by customer */
	size_t group_count;
	struct custom_values values;
	/* of fields of items that conditions name: one list each, by customer */
	struct {
		int64_t field;
		struct item_value *rows;
		size_t count;
	} item_fields[ASSIGN_CONDITIONS * 4];
	size_t item_field_count;
	int64_t customer;
};

static struct status read_groups(struct db *db, const struct company *company, struct looking *l)
{
	size_t cap = 0;
	struct item_group *list = NULL;
	struct rows *rows = db_query(db,
		"SELECT customer_id, account, currency, SUM(open_amount), MAX(open_amount), COUNT(*) FROM item WHERE tenant_id = $tenant AND company_id = $company"
		" AND open_amount <> 0 AND withdrawn = 0 GROUP BY customer_id, account, currency ORDER BY customer_id, account, currency",
		DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id)));
	while (rows_next(rows)) {
		GROW(list, l->group_count, cap);
		list[l->group_count++] = (struct item_group){ row_int(rows, 0), arena_strdup(l->arena, row_text(rows, 1)), arena_strdup(l->arena, row_text(rows, 2)),
			row_int(rows, 3), row_int(rows, 4), row_int(rows, 5) };
	}
	struct status status = rows_status(rows);
	rows_close(rows);
	l->groups = arena_array(l->arena, struct item_group, l->group_count + 1);
	if (l->group_count) memcpy(l->groups, list, l->group_count * sizeof *list);
	free(list);
	return status;
}

static struct status read_item_field(struct db *db, const struct company *company, const struct custom_field *field, struct looking *l)
{
	for (size_t i = 0; i < l->item_field_count; i++)
		if (l->item_fields[i].field == field->id) return STATUS_FINE;
	if (l->item_field_count == COUNT(l->item_fields)) return STATUS_FINE;
	struct item_value *list = NULL;
	size_t count = 0, cap = 0;
	struct rows *rows = db_query(db,
		"SELECT DISTINCT i.customer_id, v.value FROM custom_value v JOIN item i ON i.tenant_id = v.tenant_id AND i.company_id = v.company_id AND i.id = v.owner_id"
		" AND i.open_amount <> 0 AND i.withdrawn = 0 WHERE v.tenant_id = $tenant AND v.company_id = $company AND v.field_id = $field ORDER BY 1, 2",
		DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id), db_int("field", field->id)));
	while (rows_next(rows)) {
		GROW(list, count, cap);
		list[count++] = (struct item_value){ row_int(rows, 0), arena_strdup(l->arena, row_text(rows, 1)) };
	}
	struct status status = rows_status(rows);
	rows_close(rows);
	struct item_value *kept = arena_array(l->arena, struct item_value, count + 1);
	if (count) memcpy(kept, list, count * sizeof *list);
	free(list);
	l->item_fields[l->item_field_count].field = field->id;
	l->item_fields[l->item_field_count].rows = kept, l->item_fields[l->item_field_count++].count = count;
	return status;
}

static const char *value_of(void *context, const struct custom_field *field)
{
	const struct looking *l = context;
	return custom_value_of(&l->values, l->customer, field->id);
}

static struct assign_set item_values_of(void *context, const struct custom_field *field)
{
	struct looking *l = context;
	for (size_t i = 0; i < l->item_field_count; i++) {
		if (l->item_fields[i].field != field->id) continue;
		const struct item_value *rows = l->item_fields[i].rows;
		size_t low = 0, high = l->item_fields[i].count;
		while (low < high) {
			size_t middle = low + (high - low) / 2;
			if (rows[middle].customer < l->customer) low = middle + 1;
			else high = middle;
		}
		size_t count = 0;
		while (low + count < l->item_fields[i].count && rows[low + count].customer == l->customer) count++;
		const char **texts = arena_array(l->arena, const char *, count + 1);
		for (size_t k = 0; k < count; k++) texts[k] = rows[low + k].text;
		return (struct assign_set){ texts, count };
	}
	return (struct assign_set){ 0 };
}

/* *at moves on over the groups, as customers come in rising order. */
static void facts_fill(struct looking *l, const struct company *company, size_t *at, const struct customer *customer, struct assign_facts *facts)
{
	while (*at < l->group_count && l->groups[*at].customer < customer->id) ++*at;
	size_t count = 0;
	while (*at + count < l->group_count && l->groups[*at + count].customer == customer->id) count++;
	const char **accounts = arena_array(l->arena, const char *, count + 1), **currencies = arena_array(l->arena, const char *, count + 1);
	*facts = (struct assign_facts){ .customer = customer, .value = value_of, .item_values = item_values_of, .context = l,
		.accounts = { accounts, count }, .currencies = { currencies, count } };
	l->customer = customer->id;
	for (size_t i = 0; i < count; i++) {
		const struct item_group *group = &l->groups[*at + i];
		accounts[i] = group->account, currencies[i] = group->currency;
		facts->items += group->items;
		if (strcmp(group->currency, company->currency) != 0) continue;
		facts->outstanding += group->open;
		if (group->largest > facts->largest) facts->largest = group->largest;
	}
}

/* --- what would change ------------------------------------------------------------------------------------------------------------------- */
static int by_id(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static const char *present(struct looking *l, const struct customer *customer, const char *target, const struct custom_fields *fields, bool *by_hand)
{
	if (strncmp(target, "field.", 6) == 0) {
		const struct custom_field *field = custom_field_find(fields, CUSTOM_CUSTOMER, target);
		const struct custom_value *value = field ? custom_value_find(&l->values, customer->id, field->id) : NULL;
		*by_hand = value && value->by_hand;
		return value ? value->text : "";
	}
	*by_hand = customer_by_hand(customer->hand_made, customer_field_column(target));
	return customer_field_value(customer, target, l->arena);
}

/* "0" and "" are the same of a number that is not set. */
static bool equal(const char *before, const char *after)
{
	bool none = !*before || strcmp(before, "0") == 0, nothing = !*after || strcmp(after, "0") == 0;
	return (none && nothing) || strcmp(before, after) == 0;
}

static void plan_one(struct looking *l, const struct customer *customer, const struct assign_facts *facts, struct assign_plan *plan, size_t *cap,
                     struct assign_change **changes)
{
	struct assign_decision decisions[ASSIGN_DECISIONS];
	size_t count = assign_decide(plan->rules.rows, plan->rules.count, facts, l->arena, decisions), before = plan->count;
	for (size_t r = 0; r < plan->rules.count; r++) plan->held[r] += plan->rules.rows[r].enabled && assign_holds(&plan->rules.rows[r], facts);
	for (size_t i = 0; i < count; i++) {
		bool by_hand;
		const char *now = present(l, customer, decisions[i].target, &plan->rules.fields, &by_hand), *after = decisions[i].value;
		if (strncmp(decisions[i].target, "field.", 6) == 0) {
			const struct custom_field *field = custom_field_find(&plan->rules.fields, CUSTOM_CUSTOMER, decisions[i].target);
			if (!field || custom_read(field, after, l->arena, &after).code) continue; /* removed, or a choice that is no more */
		}
		if (equal(now, after)) continue;
		if (strcmp(decisions[i].target, "payer") == 0 && strcmp(customer->code, after) == 0) continue; /* nobody pays for himself */
		if (by_hand && !decisions[i].rule->over_hand) {
			plan->kept++;
			continue;
		}
		GROW(*changes, plan->count, *cap);
		(*changes)[plan->count++] = (struct assign_change){ customer->id, customer->code, customer->name, decisions[i].target, now, after, decisions[i].rule };
	}
	plan->customers += plan->count > before;
}

static void draft_in(struct assign_rules *rules, const struct assign_rule *draft)
{
	size_t at = rules->count;
	for (size_t i = 0; draft->id && i < rules->count; i++)
		if (rules->rows[i].id == draft->id) at = i;
	if (at == rules->count && rules->count < ASSIGN_RULES) rules->count++;
	rules->rows[at] = *draft;
	for (size_t i = 0; i < draft->condition_count; i++) rules->rows[at].conditions[i].field = field_of(&rules->fields, draft->conditions[i].subject);
}

struct status assign_preview(struct db *db, const struct viewer *viewer, const struct company *company, const int64_t *ids, size_t id_count,
                             const struct assign_rule *draft, struct arena *arena, struct assign_plan *out)
{
	*out = (struct assign_plan){ 0 };
	TRY(assign_rules_load(db, company->tenant_id, company->id, arena, &out->rules));
	if (draft) draft_in(&out->rules, draft);
	out->held = arena_array(arena, size_t, out->rules.count + 1);
	bool any = false;
	for (size_t i = 0; i < out->rules.count; i++) any |= out->rules.rows[i].enabled;
	if (!any || (ids && !id_count)) return STATUS_FINE;
	struct looking *l = arena_make(arena, struct looking);
	struct customer *customers;
	size_t count, cap = 0, at = 0;
	l->arena = arena;
	TRY(read_groups(db, company, l));
	TRY(custom_values_load(db, company->tenant_id, company->id, CUSTOM_CUSTOMER, 0, arena, &l->values));
	for (size_t r = 0; r < out->rules.count; r++)
		for (size_t i = 0; i < out->rules.rows[r].condition_count; i++) {
			const struct custom_field *field = out->rules.rows[r].conditions[i].field;
			if (field && field->subject == CUSTOM_ITEM) TRY(read_item_field(db, company, field, l));
		}
	TRY(customer_all(db, viewer, company->id, arena, &customers, &count));
	struct assign_change *changes = NULL;
	for (size_t c = 0; c < count; c++) {
		struct assign_facts facts;
		if (ids && !bsearch(&customers[c].id, ids, id_count, sizeof *ids, by_id)) continue;
		facts_fill(l, company, &at, &customers[c], &facts);
		plan_one(l, &customers[c], &facts, out, &cap, &changes);
	}
	out->changes = arena_array(arena, struct assign_change, out->count + 1);
	if (out->count) memcpy(out->changes, changes, out->count * sizeof *changes);
	free(changes);
	return STATUS_FINE;
}

/* --- changing ------------------------------------------------------------------------------------------------------------------------------ */
struct status assign_apply(struct change *change, const int64_t *ids, size_t count, struct arena *arena, struct assign_plan *out)
{
	TRY(assign_preview(change->db, change->viewer, &change->company, ids, count, NULL, arena, out));
	int64_t *moved = NULL;
	size_t moved_count = 0, cap = 0;
	struct status status = STATUS_FINE;
	for (size_t i = 0; i < out->count && !status.code; i++) {
		const struct assign_change *one = &out->changes[i];
		bool changed;
		status = customer_assign(change, one->customer_id, one->target, one->after, one->rule->over_hand, &changed);
		/* a rule that can't be followed any more (an account closed, a payer merged) must not stop an import */
		if (status.code == STATUS_INVALID || status.code == STATUS_NOT_FOUND) {
			status = STATUS_FINE;
			continue;
		}
		if (status.code || !changed) continue;
		status = db_run(change->db,
			"INSERT INTO customer_origin (tenant_id, company_id, customer_id, field, source, rule_id, rev) VALUES ($tenant, $company, $customer, $field, '', $rule, $rev)"
			" ON CONFLICT (tenant_id, company_id, customer_id, field) DO UPDATE SET source = '', rule_id = excluded.rule_id, rev = excluded.rev",
			DB_ARGS(OF_COMPANY(change), db_int("customer", one->customer_id), db_text("field", customer_field_column(one->target)), db_int("rule", one->rule->id),
			        db_int("rev", change->rev)));
		if (!status.code)
			status = event_add_json(change, (struct event_new){ .kind = "customer.assigned", .customer_id = one->customer_id, .ref = one->rule->id },
			                        json_pack("{s:s, s:s, s:s, s:s}", "field", one->target, "before", one->before, "after", one->after, "text", one->rule->name));
		if (status.code || !customer_field_moves_dates(one->target) || (moved_count && moved[moved_count - 1] == one->customer_id)) continue;
		GROW(moved, moved_count, cap);
		moved[moved_count++] = one->customer_id;
	}
	if (!status.code && moved_count) status = projection_refresh(change, moved, moved_count);
	free(moved);
	return status;
}

/* --- in words -------------------------------------------------------------------------------------------------------------------------------- */
const char *assign_target_label(const char *target, const struct custom_fields *fields, enum lang lang, struct arena *arena)
{
	static const struct {
		const char *target, *label;
	} labels[] = { { "scenario", "Scenario" }, { "collector", "Collector" }, { "group", "Group" }, { "tags", "Tags" }, { "payer", "Paid for by" }, { "profile", "Profile" },
		       { "class", "Kind of customer" }, { "language", "Language" }, { "key_account", "Key account" }, { "terms.days", "Payment term in days" },
		       { "terms.end_of_month", "End of month" }, { "terms.day", "Day of the month" }, { "payment_means", "Pays by" }, { "minimum", "Never chased below" },
		       { "credit_limit", "Credit limit" }, { "sales", "Salesperson" } };
	for (size_t i = 0; i < COUNT(labels); i++)
		if (strcmp(labels[i].target, target) == 0) return tr(lang, labels[i].label);
	const struct custom_field *field = custom_field_find(fields, CUSTOM_CUSTOMER, target);
	return field ? custom_label(field, lang) : arena_strdup(arena, target);
}

static struct status value_words(struct db *db, const struct company *company, const char *target, const char *value, const struct custom_fields *fields,
                                 enum lang lang, struct arena *arena, const char **out)
{
	int64_t number;
	bool whole = text_parse_int(value, strlen(value), &number);
	*out = value;
	if (!*value) return *out = "–", STATUS_FINE;
	if (whole && (strcmp(target, "collector") == 0 || strcmp(target, "sales") == 0)) {
		cleanup_free char *name = NULL;
		TRY(db_get_text(db, "SELECT CASE WHEN name = '' THEN email ELSE name END FROM user_account WHERE tenant_id = $tenant AND id = $id",
		                DB_ARGS(db_int("tenant", company->tenant_id), db_int("id", number)), &name));
		*out = name ? arena_strdup(arena, name) : "–";
	} else if (whole && (strcmp(target, "minimum") == 0 || strcmp(target, "credit_limit") == 0)) {
		cleanup_text struct text words = { 0 };
		words_amount(&words, lang, number, company->currency);
		*out = arena_strdup(arena, text_cstr(&words));
	} else if (strcmp(target, "key_account") == 0) {
		*out = tr(lang, number ? "yes" : "no");
	} else if (strncmp(target, "field.", 6) == 0) {
		const struct custom_field *field = custom_field_find(fields, CUSTOM_CUSTOMER, target);
		if (field) *out = custom_shown(field, value, lang, arena);
	} else if (strcmp(target, "tags") != 0 && strcmp(target, "group") != 0 && strcmp(target, "payer") != 0) {
		*out = tr(lang, value);
	}
	return STATUS_FINE;
}

json_t *assign_changes_json(struct db *db, const struct company *company, const struct assign_plan *plan, size_t most, enum lang lang, struct arena *arena)
{
	json_t *rows = json_array();
	for (size_t i = 0; i < plan->count && i < most; i++) {
		const struct assign_change *one = &plan->changes[i];
		const char *before, *after;
		if (value_words(db, company, one->target, one->before, &plan->rules.fields, lang, arena, &before).code) before = one->before;
		if (value_words(db, company, one->target, one->after, &plan->rules.fields, lang, arena, &after).code) after = one->after;
		json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "customer", one->code, "name", one->name, "field", one->target, "label",
			assign_target_label(one->target, &plan->rules.fields, lang, arena), "before", before, "after", after, "rule", one->rule->name));
	}
	return rows;
}
