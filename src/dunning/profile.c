#include "dunning/profile.h"

#include "base/day.h"
#include "base/memory.h"
#include "ledger/event.h"

#include <stdlib.h>

#define TEXT(what, how, value) { .fact = what, .compare = how, .text = value }
#define YES(what)              { .fact = what, .compare = COMPARE_IS, .number = 1 }
static const struct profile_rules ready = { .count = 8, .rules = {
	{ "public", "public", { TEXT(FACT_DEBTOR, COMPARE_IS, "public") }, 1 },
	{ "consumer", "consumer", { TEXT(FACT_DEBTOR, COMPARE_IS, "consumer") }, 1 },
	{ "key_account", "key_account", { YES(FACT_KEY_ACCOUNT) }, 1 },
	{ "good_payer", "good_payer", { TEXT(FACT_SCORE_CLASS, COMPARE_IS, "A") }, 1 },
	{ "close_follow_up", "close_follow_up", { TEXT(FACT_SCORE_CLASS, COMPARE_IS, "C,D") }, 1 },
	{ "average", "average", { TEXT(FACT_SCORE_CLASS, COMPARE_IS, "B") }, 1 },
	/* no history: a stranger; and one of whom not even is known what he is */
	{ "to_qualify", "average", { TEXT(FACT_DEBTOR, COMPARE_IS, "unknown") }, 1 },
	{ "new", "average", { { 0 } }, 0 },
} };

const struct profile_rules *profile_rules_ready(void) { return &ready; }

const struct profile_rule *profile_by_rules(const struct profile_rules *rules, const struct condition_facts *facts)
{
	for (size_t i = 0; i < rules->count; i++)
		if (conditions_hold(rules->rules[i].conditions, rules->rules[i].condition_count, facts)) return &rules->rules[i];
	return NULL;
}

const char *profile_scenario_of(const struct profile_rules *rules, const char *profile)
{
	for (size_t i = 0; i < rules->count; i++)
		if (strcmp(rules->rules[i].profile, profile) == 0) return rules->rules[i].scenario;
	for (size_t i = 0; i < ready.count; i++)
		if (strcmp(ready.rules[i].profile, profile) == 0) return ready.rules[i].scenario;
	return profile;
}

const char *profile_label(const char *profile)
{
	/* msgids */
	static const struct { const char *code, *label; } labels[] = {
		{ "good_payer", "Good payer" }, { "average", "Average" }, { "close_follow_up", "Close follow-up" }, { "key_account", "Key account" },
		{ "public", "Public sector" }, { "consumer", "Consumer" }, { "new", "New customer" }, { "to_qualify", "To be qualified" },
	};
	for (size_t i = 0; i < COUNT(labels); i++)
		if (strcmp(labels[i].code, profile) == 0) return labels[i].label;
	return profile;
}

static bool code_plain(const char *code)
{
	for (const char *c = code; *c; c++)
		if (!((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '_')) return false;
	return code[0] != 0;
}

struct status profile_rules_check(const struct profile_rules *rules)
{
	if (!rules->count) return status_make(STATUS_INVALID, "Keep at least one rule.");
	for (size_t i = 0; i < rules->count; i++) {
		if (!code_plain(rules->rules[i].profile)) return status_make(STATUS_INVALID, "Rule %zu: a profile's code takes small letters, digits and _ only.", i + 1);
		if (!code_plain(rules->rules[i].scenario)) return status_make(STATUS_INVALID, "Rule %zu: choose the scenario that its customers follow.", i + 1);
		if (i + 1 < rules->count && !rules->rules[i].condition_count)
			return status_make(STATUS_INVALID, "Rule %zu holds everybody: the rules after it would never count. Give it a condition, or put it last.", i + 1);
	}
	if (rules->rules[rules->count - 1].condition_count)
		return status_make(STATUS_INVALID, "The last rule takes everybody who is left: it has no condition.");
	return STATUS_FINE;
}

/* --- store ------------------------------------------------------------------------------------------------------------------- */
struct status profile_rules_load(struct db *db, int64_t tenant, int64_t company, struct arena *arena, const struct profile_rules **out)
{
	*out = &ready;
	struct profile_rules *own = NULL;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT profile, scenario, conditions FROM profile_rule WHERE tenant_id = $tenant AND company_id = $company ORDER BY position",
		DB_ARGS(db_int("tenant", tenant), db_int("company", company)));
	while (rows_next(rows)) {
		if (!own) own = arena_make(arena, struct profile_rules), own->own = true;
		if (own->count == PROFILE_RULES) break;
		struct profile_rule *rule = &own->rules[own->count++];
		snprintf(rule->profile, sizeof rule->profile, "%s", row_text(rows, 0));
		snprintf(rule->scenario, sizeof rule->scenario, "%s", row_text(rows, 1));
		json_t *json = json_loads(row_text(rows, 2), 0, NULL);
		struct status status = conditions_from_json(json, "A rule", rule->conditions, &rule->condition_count);
		json_decref(json);
		TRY(status);
	}
	if (own) *out = own;
	return rows_status(rows);
}

struct status profile_rules_keep(struct change *change, const struct profile_rules *rules)
{
	if (!viewer_may(change->viewer, RIGHT_SCENARIO)) return status_make(STATUS_FORBIDDEN, "You may not change the rules of profiles.");
	if (rules) TRY(profile_rules_check(rules));
	struct db_arg tenant = db_int("tenant", change->company.tenant_id), company = db_int("company", change->company.id);
	TRY(db_run(change->db, "DELETE FROM profile_rule WHERE tenant_id = $tenant AND company_id = $company", DB_ARGS(tenant, company)));
	for (size_t i = 0; rules && i < rules->count; i++) {
		json_t *json = conditions_to_json(rules->rules[i].conditions, rules->rules[i].condition_count);
		cleanup_free char *text = json_dumps(json, JSON_COMPACT);
		json_decref(json);
		TRY(db_run(change->db, "INSERT INTO profile_rule (tenant_id, company_id, position, profile, scenario, conditions, by_user, rev)"
			" VALUES ($tenant, $company, $position, $profile, $scenario, $conditions, $by, $rev)",
			DB_ARGS(tenant, company, db_int("position", (int64_t)i + 1), db_text("profile", rules->rules[i].profile),
				db_text("scenario", rules->rules[i].scenario), db_text("conditions", text), db_int("by", change->viewer->user_id),
				db_int("rev", change->rev))));
	}
	char content[60];
	snprintf(content, sizeof content, "{\"rules\":%zu}", rules ? rules->count : 0);
	return event_add(change, &(struct event_new){ .kind = "profile.rules", .content = content });
}

struct status profile_stored(struct db *db, int64_t tenant, int64_t company, int64_t customer_id, struct arena *arena, const char **profile,
			     int32_t *since)
{
	*profile = "", *since = DAY_NONE;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT profile, since_day FROM customer_profile WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer",
		DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_int("customer", customer_id)));
	if (rows_next(rows)) *profile = arena_strdup(arena, row_text(rows, 0)), *since = row_day(rows, 1);
	return rows_status(rows);
}

struct status profile_counts(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct profile_count **out, size_t *count)
{
	enum { MOST = 100 };
	*out = arena_array(arena, struct profile_count, MOST);
	*count = 0;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT profile, COUNT(*) FROM customer_profile WHERE tenant_id = $tenant AND company_id = $company GROUP BY profile ORDER BY COUNT(*) DESC, profile",
		DB_ARGS(db_int("tenant", tenant), db_int("company", company)));
	while (*count < MOST && rows_next(rows)) (*out)[(*count)++] = (struct profile_count){ arena_strdup(arena, row_text(rows, 0)), row_int(rows, 1) };
	return rows_status(rows);
}

struct kept_profile {
	int64_t customer_id;
	const char *profile;
};
static int kept_order(const void *a, const void *b)
{
	const struct kept_profile *x = a, *y = b;
	return x->customer_id < y->customer_id ? -1 : x->customer_id > y->customer_id;
}

static struct status kept_load(struct change *change, struct arena *arena, struct kept_profile **out, size_t *count)
{
	size_t cap = 0;
	struct kept_profile *list = NULL;
	*count = 0;
	cleanup_rows struct rows *rows = db_query(change->db,
		"SELECT customer_id, profile FROM customer_profile WHERE tenant_id = $tenant AND company_id = $company ORDER BY customer_id",
		DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id)));
	while (rows_next(rows)) {
		GROW(list, *count, cap);
		list[(*count)++] = (struct kept_profile){ row_int(rows, 0), arena_strdup(arena, row_text(rows, 1)) };
	}
	*out = arena_array(arena, struct kept_profile, *count + 1);
	if (*count) memcpy(*out, list, *count * sizeof *list);
	free(list);
	return rows_status(rows);
}

struct status profiles_settle(struct change *change, const struct profile_now *list, size_t count, struct arena *arena, size_t *changed)
{
	struct kept_profile *kept;
	size_t kept_count;
	*changed = 0;
	TRY(kept_load(change, arena, &kept, &kept_count));
	struct db_arg tenant = db_int("tenant", change->company.tenant_id), company = db_int("company", change->company.id),
		      rev = db_int("rev", change->rev), today = db_day("today", change->today);
	struct bulk *bulk = NULL;
	struct status status = STATUS_FINE;
	/* new ones in bulk: whoever had no profile did not change it */
	for (size_t i = 0; i < count && !status.code; i++) {
		if (!list[i].profile) continue;
		struct kept_profile key = { .customer_id = list[i].customer_id };
		if (kept_count && bsearch(&key, kept, kept_count, sizeof key, kept_order)) continue;
		if (!bulk) TRY(bulk_begin(change->db, "customer_profile", "tenant_id, company_id, customer_id, profile, since_day, rev", &bulk));
		bulk_int(bulk, change->company.tenant_id), bulk_int(bulk, change->company.id), bulk_int(bulk, list[i].customer_id);
		bulk_cstr(bulk, list[i].profile), bulk_day(bulk, change->today), bulk_int(bulk, change->rev);
		status = bulk_row(bulk);
		++*changed;
	}
	if (bulk && status.code) bulk_abort(bulk);
	if (bulk && !status.code) status = bulk_end(bulk);
	TRY(status);
	for (size_t i = 0; i < count; i++) {
		if (!list[i].profile) continue;
		struct kept_profile key = { .customer_id = list[i].customer_id };
		const struct kept_profile *before = kept_count ? bsearch(&key, kept, kept_count, sizeof key, kept_order) : NULL;
		if (!before || strcmp(before->profile, list[i].profile) == 0) continue;
		TRY(db_run(change->db, "UPDATE customer_profile SET profile = $profile, since_day = $today, rev = $rev WHERE tenant_id = $tenant"
			" AND company_id = $company AND customer_id = $customer",
			DB_ARGS(tenant, company, rev, today, db_int("customer", list[i].customer_id), db_text("profile", list[i].profile))));
		TRY(event_add_json(change, (struct event_new){ .kind = "customer.profile", .customer_id = list[i].customer_id },
				   json_pack("{s:s, s:s}", "from", before->profile, "to", list[i].profile)));
		++*changed;
	}
	return STATUS_FINE;
}
