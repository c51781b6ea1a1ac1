#include "dunning/note.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/words.h"
#include "dunning/plan_load.h"
#include "dunning/why.h"

/* --- keeping ----------------------------------------------------------------------------------------------------------------- */
static void note_content(struct text *out, const struct plan_note *note)
{
	const struct plan_action *action = note->action;
	/* codes, numbers and a list that is JSON already: nothing here needs quoting */
	text_addf(out, "{\"step\":\"%s\",\"rank\":\"%s\",\"channel\":\"%s\",\"mode\":\"%s\",\"scenario\":\"%s\",\"version\":%lld,\"currency\":\"%s\",\"amount\":%lld,",
		  action->step, rank_code(action->rank), channel_code(action->channel), mode_code(action->mode), note->scenario ? note->scenario->code : "",
		  (long long)(note->scenario ? note->scenario->version : 0), action->currency, (long long)action->amount);
	text_addf(out, "\"reason\":\"%s\",\"items\":[", note->reason);
	bool first = true;
	for (size_t i = 0; i < action->item_count; i++) {
		if (action->items[i].role != PLAN_CLAIMED && action->items[i].role != PLAN_CREDIT) continue;
		text_addf(out, "%s%lld", first ? "" : ",", (long long)action->items[i].item_id);
		first = false;
	}
	text_addf(out, "],\"why\":%s}", note->why && note->why[0] ? note->why : "[]");
}

struct status notes_write(struct change *change, const struct plan_note *list, size_t count)
{
	struct db_arg tenant = db_int("tenant", change->company.tenant_id), company = db_int("company", change->company.id),
		      today = db_day("today", change->today);
	TRY(db_run(change->db,
		"DELETE FROM plan_note WHERE tenant_id = $tenant AND company_id = $company AND day = $today AND action_id IN (SELECT id FROM action"
		" WHERE tenant_id = $tenant AND company_id = $company AND state IN ('planned','to_confirm','cancelled'))", DB_ARGS(tenant, company, today)));
	if (!count) return STATUS_FINE;
	struct bulk *bulk;
	cleanup_text struct text content = { 0 };
	TRY(bulk_begin(change->db, "plan_note", "tenant_id, company_id, day, customer_id, action_id, content", &bulk));
	for (size_t i = 0; i < count; i++) {
		text_clear(&content);
		note_content(&content, &list[i]);
		bulk_int(bulk, change->company.tenant_id), bulk_int(bulk, change->company.id), bulk_day(bulk, change->today);
		bulk_int(bulk, list[i].customer_id), bulk_int(bulk, list[i].action_id), bulk_cstr(bulk, text_cstr(&content));
		struct status status = bulk_row(bulk);
		if (status.code) {
			bulk_abort(bulk);
			return status;
		}
	}
	return bulk_end(bulk);
}

struct status notes_drop(struct change *change, int32_t from)
{
	const struct db_arg *args = DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_day("from", from));
	TRY(db_run(change->db, "DELETE FROM plan_note WHERE tenant_id = $tenant AND company_id = $company AND day < $from", args));
	return db_run(change->db, "DELETE FROM left_out WHERE tenant_id = $tenant AND company_id = $company AND day < $from", args);
}

/* Whether that day's plan is still here: days before the last run less plan.notes_days were dropped. */
static struct status still_kept(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t day, struct arena *arena, bool *kept)
{
	const struct settings *settings;
	int64_t last = 0;
	TRY(settings_load(db, viewer->tenant_id, company_id, arena, &settings));
	TRY(db_get_int(db, "SELECT COALESCE(MAX(day), 0) FROM run WHERE tenant_id = $tenant AND company_id = $company",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id)), &last, NULL));
	*kept = day >= last - setting_int(settings, "plan.notes_days");
	return STATUS_FINE;
}

/* --- telling ------------------------------------------------------------------------------------------------------------------ */
static void put_day(json_t *object, const char *name, int32_t day)
{
	char text[11];
	day_format(day, text);
	json_object_set_new(object, name, day == DAY_NONE ? json_null() : json_string(text));
}

static const char *text_at(const json_t *json, const char *name)
{
	const char *text = json_string_value(json_object_get(json, name));
	return text ? text : "";
}

static struct status items_named(struct db *db, const struct viewer *viewer, int64_t company_id, const json_t *ids, struct arena *arena, json_t *out)
{
	for (size_t i = 0; i < json_array_size(ids); i++) {
		int64_t id = json_integer_value(json_array_get(ids, i));
		cleanup_free char *number = NULL;
		TRY(db_get_text(db, "SELECT number FROM item WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
			DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", id)), &number));
		json_array_append_new(out, json_pack("{s:s, s:I}", "item", number ? number : "", "item_id", (json_int_t)id));
	}
	(void)arena;
	return STATUS_FINE;
}

/* What became of it, since then: "" while it waits. */
static struct status became(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t action_id, struct text *out)
{
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT state, done_day, outcome FROM action WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", action_id)));
	if (rows_next(rows)) {
		/* msgids */
		static const struct { const char *state, *words; } words[] = {
			{ "queued", "Waiting to leave" }, { "sending", "Leaving" }, { "sent", "Sent" }, { "unknown", "Sending uncertain" },
			{ "failed", "Not sent" }, { "done", "Done" }, { "cancelled", "No longer wanted" },
		};
		const char *state = strcmp(row_text(rows, 2), "skipped") == 0 ? "" : row_text(rows, 0);
		if (!*state) text_add(out, tr(viewer->lang, "Passed over by a person"));
		for (size_t i = 0; i < COUNT(words); i++)
			if (strcmp(words[i].state, state) == 0) text_add(out, tr(viewer->lang, words[i].words));
		if (out->len && !row_null(rows, 1)) {
			text_add(out, " · ");
			words_date(out, viewer->lang, row_day(rows, 1));
		}
	}
	return rows_status(rows);
}

static struct status told(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t action_id, const json_t *note,
			  struct arena *arena, json_t **out)
{
	const struct scenario *scenario;
	TRY(scenario_load_version(db, viewer->tenant_id, company_id, text_at(note, "scenario"), json_integer_value(json_object_get(note, "version")),
				  arena, &scenario));
	struct action action = { .step = text_at(note, "step"), .reason = text_at(note, "reason") };
	rank_parse(text_at(note, "rank"), &action.rank);
	channel_parse(text_at(note, "channel"), &action.channel);
	int at = scenario ? scenario_step(scenario, action.step) : -1;
	const char *label = at >= 0 && step_label(&scenario->steps[at], viewer->lang)[0] ? step_label(&scenario->steps[at], viewer->lang)
										       : action_label(&action, viewer->lang, arena);
	json_t *why = json_array(), *reasons = json_array(), *items = json_array();
	const json_t *list = json_object_get(note, "why");
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct plan_why one;
		if (!why_from_json(json_array_get(list, i), arena, &one)) continue;
		cleanup_text struct text words = { 0 };
		why_words(&words, viewer->lang, &one, scenario, text_at(note, "currency"));
		json_array_append_new(why, json_string(text_cstr(&words)));
	}
	for (int i = 0; i < YES_COUNT; i++)
		if (strstr(action.reason, yes_reason_code((enum yes_reason)(1u << i))))
			json_array_append_new(reasons, json_string(tr(viewer->lang, yes_reason_label((enum yes_reason)(1u << i)))));
	cleanup_text struct text since = { 0 };
	struct status status = items_named(db, viewer, company_id, json_object_get(note, "items"), arena, items);
	if (!status.code && action_id) status = became(db, viewer, company_id, action_id, &since);
	*out = json_pack("{s:s, s:s, s:s, s:I, s:s, s:o, s:o, s:o, s:s}", "step", action.step, "label", label, "channel", text_at(note, "channel"), "amount",
			 (json_int_t)json_integer_value(json_object_get(note, "amount")), "currency", text_at(note, "currency"), "items", items, "reasons",
			 reasons, "why", why, "became", text_cstr(&since));
	json_object_set_new(*out, "action", action_id ? json_integer(action_id) : json_null());
	json_object_set_new(*out, "scenario", json_string(scenario ? scenario_name(scenario, viewer->lang) : ""));
	return status;
}

/* Of a day before notes were kept, or planned now: the action as the store has it. */
static json_t *note_of_action(const struct action *action)
{
	json_t *items = json_array();
	for (size_t i = 0; i < action->item_count; i++)
		if (action->items[i].role == PLAN_CLAIMED || action->items[i].role == PLAN_CREDIT)
			json_array_append_new(items, json_integer(action->items[i].item_id));
	json_t *why = json_loads(action->why && action->why[0] ? action->why : "[]", 0, NULL);
	return json_pack("{s:s, s:s, s:s, s:s, s:I, s:s, s:I, s:s, s:o, s:o}", "step", action->step, "rank", rank_code(action->rank), "channel",
			 channel_code(action->channel), "scenario", action->scenario, "version", (json_int_t)action->scenario_version, "currency", action->currency,
			 "amount", (json_int_t)action->amount, "reason", action->state == STATE_CANCELLED ? "" : action->reason, "items", items, "why",
			 why ? why : json_array());
}

static struct status noted(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, int32_t day, struct arena *arena,
			   json_t *actions)
{
	size_t count = 0, cap = 0;
	struct { int64_t id; const char *content; } *list = NULL;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT action_id, content FROM plan_note WHERE tenant_id = $tenant AND company_id = $company AND day = $day AND customer_id = $customer"
		" ORDER BY action_id", DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_day("day", day), db_int("customer", customer_id)));
	while (rows_next(rows)) {
		GROW(list, count, cap);
		list[count].id = row_int(rows, 0), list[count++].content = arena_strdup(arena, row_text(rows, 1));
	}
	struct status status = rows_status(rows);
	for (size_t i = 0; i < count && !status.code; i++) {
		json_t *note = json_loads(list[i].content, 0, NULL), *one = NULL;
		status = told(db, viewer, company_id, list[i].id, note, arena, &one);
		if (one) json_array_append_new(actions, one);
		json_decref(note);
	}
	free(list);
	return status;
}

struct status why_on_day(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, int32_t day,
                         struct arena *arena, json_t **out)
{
	char code[128] = "", name[256] = "";
	{
		cleanup_rows struct rows *rows = db_query(db,
			"SELECT code, name, collector_id, sales_id, group_code FROM customer WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
			DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", customer_id)));
		bool found = viewer_sees_company(viewer, company_id) && rows_next(rows) &&
			     viewer_sees_customer(viewer, row_int(rows, 2), row_int(rows, 3), row_text(rows, 4));
		if (found) snprintf(code, sizeof code, "%s", row_text(rows, 0)), snprintf(name, sizeof name, "%s", row_text(rows, 1));
		TRY(rows_status(rows));
		if (!found) return status_make(STATUS_NOT_FOUND, "There is no such customer.");
	}
	struct run_result result = { .day = day };
	bool ran, kept = true;
	json_t *actions = json_array(), *left = json_array();
	struct status status = run_done(db, viewer, company_id, day, &ran);
	if (!status.code && ran) status = still_kept(db, viewer, company_id, day, arena, &kept);
	if (!status.code && ran) status = noted(db, viewer, company_id, customer_id, day, arena, actions);
	if (!status.code && ran) status = left_out_of(db, viewer, company_id, customer_id, day, arena, &result.left, &result.left_count);
	struct action_filter filter = { .day = day, .customer_id = customer_id, .items = true };
	if (!status.code && ran && !json_array_size(actions)) status = action_list(db, viewer, company_id, &filter, arena, &result.actions, &result.action_count);
	if (!status.code && !ran) status = run_preview(db, viewer, company_id, customer_id, day, arena, &result);
	for (size_t a = 0; a < result.action_count && !status.code; a++) {
		const struct action *action = &result.actions[a];
		if (action->customer_id != customer_id || (action->state == STATE_CANCELLED && strcmp(action->outcome, "skipped") != 0)) continue;
		json_t *note = note_of_action(action), *one = NULL;
		status = told(db, viewer, company_id, action->id, note, arena, &one);
		if (one) json_array_append_new(actions, one);
		json_decref(note);
	}
	for (size_t l = 0; l < result.left_count && !status.code; l++) {
		const struct run_left *from = &result.left[l];
		if (from->customer_id != customer_id) continue;
		json_t *row = json_pack("{s:s, s:I, s:I, s:s, s:s, s:s, s:s}", "item", from->item, "item_id", (json_int_t)from->item_id, "amount",
					(json_int_t)from->amount, "currency", from->currency, "reason", left_reason_code(from->reason), "label",
					tr(viewer->lang, left_reason_label(from->reason)), "detail", from->detail ? from->detail : "");
		put_day(row, "until", from->until);
		json_array_append_new(left, row);
	}
	if (status.code) {
		json_decref(actions), json_decref(left);
		return status;
	}
	*out = json_pack("{s:s, s:s, s:b, s:b, s:o, s:o}", "customer", code, "name", name, "ran", ran, "kept", kept, "actions", actions, "left_out", left);
	put_day(*out, "date", day);
	return STATUS_FINE;
}
