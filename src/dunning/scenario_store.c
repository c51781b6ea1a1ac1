/* Scenarios of a company: the six as shipped, unless it published its own versions of them, and those it made. */
#include "base/memory.h"
#include "base/log.h"
#include "dunning/plan_load.h"
#include "ledger/event.h"

#define SCENARIO_COLUMNS "code, version, name_fr, name_en, steps"

static struct status scenario_row(struct rows *rows, struct scenario *out)
{
	*out = (struct scenario){ .version = row_int(rows, 1) };
	snprintf(out->code, sizeof out->code, "%s", row_text(rows, 0));
	snprintf(out->name_fr, sizeof out->name_fr, "%s", row_text(rows, 2));
	snprintf(out->name_en, sizeof out->name_en, "%s", row_text(rows, 3));
	json_error_t error;
	json_t *json = json_loads(row_text(rows, 4), 0, &error);
	struct status status = json ? scenario_from_json(json, out)
				    : status_make(STATUS_INTERNAL, "The stored scenario “%s” can't be read.", out->code);
	json_decref(json);
	return status;
}

/* The call before the due date is worth its time from an amount that is a setting. */
static void scenario_settle(struct scenario *scenario, const char *minimum_call)
{
	if (scenario->version || !minimum_call) return;
	int64_t minimum = strtoll(minimum_call, NULL, 10);
	for (size_t i = 0; i < scenario->count; i++)
		if (scenario->steps[i].rank == RANK_BEFORE_DUE && scenario->steps[i].minimum) scenario->steps[i].minimum = minimum;
}

struct status scenario_load_all(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct scenario **out,
                                size_t *count)
{
	size_t shipped;
	const struct scenario *ready = scenario_ready_all(&shipped);
	size_t cap = shipped + 16, have = shipped;
	struct scenario *all = xcalloc(cap, sizeof *all);
	memcpy(all, ready, shipped * sizeof *all);
	cleanup_free char *minimum_call = NULL;
	struct status status = db_get_text(
		db, "SELECT value FROM setting WHERE tenant_id = $tenant AND company_id = $company AND name = 'minimum.call'",
		DB_ARGS(db_int("tenant", tenant), db_int("company", company)), &minimum_call);
	for (size_t i = 0; i < shipped; i++) scenario_settle(&all[i], minimum_call);
	struct rows *rows = db_query(db,
		"SELECT " SCENARIO_COLUMNS " FROM scenario s WHERE tenant_id = $tenant AND company_id = $company"
		" AND state = 'published' AND version = (SELECT MAX(version) FROM scenario t WHERE t.tenant_id = s.tenant_id"
		" AND t.company_id = s.company_id AND t.code = s.code AND t.state = 'published') ORDER BY code",
		DB_ARGS(db_int("tenant", tenant), db_int("company", company)));
	while (!status.code && rows_next(rows)) {
		struct scenario own;
		status = scenario_row(rows, &own);
		if (status.code) break;
		size_t at = 0;
		while (at < have && strcmp(all[at].code, own.code) != 0) at++;
		if (at == have) {
			GROW(all, have, cap);
			have++;
		}
		all[at] = own;
	}
	if (!status.code) status = rows_status(rows);
	rows_close(rows);
	if (!status.code) {
		*out = arena_array(arena, struct scenario, have);
		memcpy(*out, all, have * sizeof *all);
		*count = have;
	}
	free(all);
	return status;
}

struct status scenario_load(struct db *db, int64_t tenant, int64_t company, const char *code, struct arena *arena,
                            const struct scenario **out)
{
	struct scenario *all;
	size_t count;
	*out = NULL;
	TRY(scenario_load_all(db, tenant, company, arena, &all, &count));
	for (size_t i = 0; i < count; i++)
		if (strcmp(all[i].code, code) == 0) *out = &all[i];
	return STATUS_FINE;
}

struct status scenario_load_version(struct db *db, int64_t tenant, int64_t company, const char *code, int64_t version,
                                    struct arena *arena, const struct scenario **out)
{
	*out = NULL;
	if (version == 0) {
		*out = scenario_ready(code);
		return STATUS_FINE;
	}
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT " SCENARIO_COLUMNS " FROM scenario WHERE tenant_id = $tenant AND company_id = $company AND code = $code"
		" AND version = $version",
		DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_text("code", code), db_int("version", version)));
	if (rows_next(rows)) {
		struct scenario *scenario = arena_make(arena, struct scenario);
		TRY(scenario_row(rows, scenario));
		*out = scenario;
	}
	return rows_status(rows);
}

/* --- a person's versions ----------------------------------------------------------------------------------------------------------- */
struct status scenario_load_draft(struct db *db, int64_t tenant, int64_t company, const char *code, struct arena *arena,
                                  const struct scenario **out)
{
	*out = NULL;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT " SCENARIO_COLUMNS " FROM scenario WHERE tenant_id = $tenant AND company_id = $company AND code = $code"
		" AND state = 'draft' ORDER BY version DESC",
		DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_text("code", code)));
	if (rows_next(rows)) {
		struct scenario *scenario = arena_make(arena, struct scenario);
		TRY(scenario_row(rows, scenario));
		*out = scenario;
	}
	return rows_status(rows);
}

static struct status scenario_event(struct change *change, const char *kind, const char *code, int64_t version)
{
	char content[120];
	snprintf(content, sizeof content, "{\"scenario\":\"%.40s\",\"version\":%lld}", code, (long long)version);
	return event_add(change, &(struct event_new){ .kind = kind, .ref = version, .content = content });
}

struct status scenario_draft(struct change *change, const struct scenario *scenario)
{
	if (!viewer_may(change->viewer, RIGHT_SCENARIO)) return status_make(STATUS_FORBIDDEN, "You may not change scenarios.");
	for (const char *c = scenario->code; *c; c++)
		if (!((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '_'))
			return status_make(STATUS_INVALID, "A scenario's code takes small letters, digits and _ only.");
	if (!scenario->code[0] || !scenario->name_fr[0] || !scenario->name_en[0])
		return status_make(STATUS_INVALID, "A scenario needs a code and a name in both languages.");
	TRY(scenario_check(scenario));
	int64_t version = 0;
	struct db_arg tenant = db_int("tenant", change->company.tenant_id), company = db_int("company", change->company.id),
		      code = db_text("code", scenario->code);
	TRY(db_get_int(change->db, "SELECT COALESCE(MAX(version), 0) FROM scenario WHERE tenant_id = $tenant AND company_id = $company"
		" AND code = $code AND state = 'published'", DB_ARGS(tenant, company, code), &version, NULL));
	json_t *json = scenario_to_json(scenario);
	char *text = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	struct status status = db_run(change->db,
		"INSERT INTO scenario (tenant_id, company_id, code, version, state, name_fr, name_en, steps, by_user, rev) VALUES ($tenant, $company,"
		" $code, $version, 'draft', $fr, $en, $steps, $by, $rev) ON CONFLICT (tenant_id, company_id, code, version) DO UPDATE"
		" SET name_fr = $fr, name_en = $en, steps = $steps, by_user = $by, rev = $rev",
		DB_ARGS(tenant, company, code, db_int("version", version + 1), db_text("fr", scenario->name_fr), db_text("en", scenario->name_en),
			db_text("steps", text), db_int("by", change->viewer->user_id), db_int("rev", change->rev)));
	free(text);
	TRY(status);
	return scenario_event(change, "scenario.changed", scenario->code, version + 1);
}

struct status scenario_publish(struct change *change, const char *code, enum midway midway)
{
	if (!viewer_may(change->viewer, RIGHT_SCENARIO)) return status_make(STATUS_FORBIDDEN, "You may not change scenarios.");
	struct arena *arena = arena_new();
	const struct scenario *draft;
	struct status status = scenario_load_draft(change->db, change->company.tenant_id, change->company.id, code, arena, &draft);
	int64_t version = draft ? draft->version : 0;
	if (!status.code && !draft) status = status_make(STATUS_CONFLICT, "There is no draft of “%s” to publish.", code);
	if (!status.code) status = scenario_check(draft);
	cleanup_free char *steps = NULL;
	if (!status.code) {
		struct scenario published = *draft;
		if (midway == MIDWAY_RESTART) published.restart_day = change->today;
		if (midway == MIDWAY_RANK) published.rank_day = change->today;
		json_t *json = scenario_to_json(&published);
		steps = json_dumps(json, JSON_COMPACT);
		json_decref(json);
	}
	if (!status.code)
		status = db_run(change->db, "UPDATE scenario SET state = 'published', steps = $steps, published_at = $now, by_user = $by, rev = $rev"
			" WHERE tenant_id = $tenant AND company_id = $company AND code = $code AND version = $version AND state = 'draft'",
			DB_ARGS(db_text("steps", steps), db_int("now", change->now), db_int("by", change->viewer->user_id), db_int("rev", change->rev),
				db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_text("code", code),
				db_int("version", version)));
	arena_free(arena);
	TRY(status);
	char content[160];
	snprintf(content, sizeof content, "{\"scenario\":\"%.40s\",\"version\":%lld,\"midway\":\"%s\"}", code, (long long)version, midway_code(midway));
	return event_add(change, &(struct event_new){ .kind = "scenario.published", .ref = version, .content = content });
}

struct status scenario_discard(struct change *change, const char *code)
{
	if (!viewer_may(change->viewer, RIGHT_SCENARIO)) return status_make(STATUS_FORBIDDEN, "You may not change scenarios.");
	TRY(db_run(change->db, "DELETE FROM scenario WHERE tenant_id = $tenant AND company_id = $company AND code = $code AND state = 'draft'",
		DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_text("code", code))));
	return scenario_event(change, "scenario.changed", code, 0);
}
