/* The JSON face of the day: contract section 4. */
#include "base/memory.h"
#include "dunning/note.h"
#include "dunning/plan_load.h"
#include "dunning/run.h"
#include "dunning/why.h"

static void put_day(json_t *object, const char *name, int32_t day)
{
	char text[11];
	day_format(day, text);
	json_object_set_new(object, name, day == DAY_NONE ? json_null() : json_string(text));
}

json_t *action_to_json(const struct action *action)
{
	json_t *items = json_array(), *ids = json_array();
	for (size_t i = 0; i < action->item_count; i++)
		if (action->items[i].role == PLAN_CLAIMED || action->items[i].role == PLAN_CREDIT) {
			json_array_append_new(items, json_string(action->items[i].number));
			json_array_append_new(ids, json_integer(action->items[i].item_id));
		}
	json_t *out = json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:s, s:I, s:o, s:s}", "customer", action->customer_code, "step", action->step,
				"channel", channel_code(action->channel), "mode", mode_code(action->mode), "state",
				action_state_code(action->state), "test", action->test, "currency", action->currency, "amount",
				(json_int_t)action->amount, "items", items, "reason", action->reason);
	/* a dry run has no id yet for what it would create */
	json_object_set_new(out, "id", action->id ? json_integer(action->id) : json_null());
	json_object_set_new(out, "item_ids", ids);
	json_object_set_new(out, "name", json_string(action->customer_name));
	json_object_set_new(out, "rank", json_string(rank_code(action->rank)));
	json_object_set_new(out, "priority", json_integer(action->priority));
	put_day(out, "snoozed_until", action->snoozed_until);
	return out;
}

json_t *left_to_json(const struct run_left *left)
{
	json_t *out = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:s}", "customer", left->customer_code, "item", left->item, "reason",
				left_reason_code(left->reason), "detail", left->detail ? left->detail : "", "item_id",
				(json_int_t)left->item_id, "amount", (json_int_t)left->amount, "currency", left->currency);
	put_day(out, "until", left->until);
	return out;
}

json_t *run_to_json(const struct run_result *result, const char *company_code)
{
	json_t *actions = json_array(), *left = json_array();
	for (size_t i = 0; i < result->action_count; i++) json_array_append_new(actions, action_to_json(&result->actions[i]));
	for (size_t i = 0; i < result->left_count; i++) json_array_append_new(left, left_to_json(&result->left[i]));
	json_t *out = json_object();
	put_day(out, "date", result->day);
	json_object_set_new(out, "company", json_string(company_code));
	json_object_set_new(out, "created", json_integer(result->created));
	json_object_set_new(out, "actions", actions);
	json_object_set_new(out, "left_out", left);
	return out;
}

/* --- explain ----------------------------------------------------------------------------------------------------------------------- */
static struct status why_details(struct db *db, const struct viewer *viewer, int64_t company_id, const struct action *action,
				 struct arena *arena, json_t *detail)
{
	const struct scenario *scenario;
	TRY(scenario_load_version(db, viewer->tenant_id, company_id, action->scenario, action->scenario_version, arena, &scenario));
	json_error_t error;
	json_t *why = json_loads(action->why, 0, &error);
	for (size_t w = 0; w < json_array_size(why); w++) {
		struct plan_why one;
		if (!why_from_json(json_array_get(why, w), arena, &one)) continue;
		cleanup_text struct text words = { 0 };
		why_words(&words, viewer->lang, &one, scenario, action->currency);
		json_array_append_new(detail, json_string(text_cstr(&words)));
	}
	json_decref(why);
	return STATUS_FINE;
}

/* The action of that day that claims the item (item 0: any of the customer); NULL: none was noted. New reference. */
static struct status explain_noted(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t item_id, int64_t customer_id, int32_t day,
				   bool ran, struct arena *arena, json_t **out)
{
	json_t *why;
	*out = NULL;
	int64_t noted = 0;
	TRY(db_get_int(db, "SELECT COUNT(*) FROM plan_note WHERE tenant_id = $tenant AND company_id = $company AND day = $day AND customer_id = $customer",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_day("day", day), db_int("customer", customer_id)), &noted, NULL));
	if (!ran || !noted) return STATUS_FINE;
	TRY(why_on_day(db, viewer, company_id, customer_id, day, arena, &why));
	const json_t *actions = json_object_get(why, "actions");
	for (size_t a = 0; a < json_array_size(actions) && !*out; a++) {
		json_t *action = json_array_get(actions, a);
		const json_t *items = json_object_get(action, "items");
		bool claims = !item_id;
		for (size_t i = 0; i < json_array_size(items); i++)
			claims |= json_integer_value(json_object_get(json_array_get(items, i), "item_id")) == item_id;
		if (claims) *out = json_incref(action);
	}
	json_decref(why);
	return STATUS_FINE;
}

struct status run_explain(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t item_id, int64_t customer_id,
                          int32_t day, struct arena *arena, json_t **out)
{
	char number[256] = "", code[128] = "";
	if (item_id) {
		cleanup_rows struct rows *rows = db_query(db,
			"SELECT i.customer_id, i.number, i.open_amount, i.due_day FROM item i WHERE i.tenant_id = $tenant AND i.company_id = $company"
			" AND i.id = $id", DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", item_id)));
		if (!rows_next(rows)) {
			TRY(rows_status(rows));
			return status_make(STATUS_NOT_FOUND, "There is no item %lld.", (long long)item_id);
		}
		customer_id = row_int(rows, 0);
		snprintf(number, sizeof number, "%s", row_text(rows, 1));
	}
	{
		cleanup_rows struct rows *rows = db_query(db,
			"SELECT code, collector_id, sales_id, group_code FROM customer WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
			DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", customer_id)));
		bool found = rows_next(rows) && viewer_sees_customer(viewer, row_int(rows, 1), row_int(rows, 2), row_text(rows, 3));
		if (found) snprintf(code, sizeof code, "%s", row_text(rows, 0));
		TRY(rows_status(rows));
		if (!found) return status_make(STATUS_NOT_FOUND, "There is no such customer.");
	}
	/* what the day's run stored; a day without a run is planned now, as it would be on that day */
	struct run_result result = { .day = day };
	bool ran;
	TRY(run_done(db, viewer, company_id, day, &ran));
	if (ran) {
		struct action_filter filter = { .day = day, .customer_id = customer_id, .items = true };
		TRY(action_list(db, viewer, company_id, &filter, arena, &result.actions, &result.action_count));
		TRY(left_out_list(db, viewer, company_id, day, arena, &result.left, &result.left_count));
	} else {
		TRY(run_preview(db, viewer, company_id, customer_id, day, arena, &result));
	}
	const struct action *found = NULL;
	json_t *noted = NULL;
	TRY(explain_noted(db, viewer, company_id, item_id, customer_id, day, ran, arena, &noted));
	for (size_t a = 0; a < result.action_count && !found && !noted; a++) {
		const struct action *action = &result.actions[a];
		bool his = action->customer_id == customer_id; /* or asked of the one who pays for him */
		for (size_t n = 0; n < action->item_count && !his; n++)
			his = action->items[n].customer_id == customer_id && action->items[n].role == PLAN_CLAIMED;
		if (!his) continue;
		if (!item_id && action->state != STATE_CANCELLED) found = action;
		for (size_t n = 0; item_id && n < action->item_count && !found; n++)
			if (action->items[n].item_id == item_id && (action->items[n].role == PLAN_CLAIMED || action->items[n].role == PLAN_CREDIT))
				found = action;
	}
	json_t *detail = json_array();
	const char *reason = "", *decision = "left_out";
	struct status status = STATUS_FINE;
	if (noted) { /* as it stood on that day, whatever became of it since */
		decision = "action";
		reason = arena_strdup(arena, json_string_value(json_object_get(noted, "step")));
		json_array_extend(detail, json_object_get(noted, "why"));
		json_decref(noted);
	} else if (found) {
		decision = "action";
		reason = found->reason[0] ? found->reason : found->step;
		status = why_details(db, viewer, company_id, found, arena, detail);
	} else {
		for (size_t l = 0; l < result.left_count; l++) {
			const struct run_left *left = &result.left[l];
			if (left->customer_id != customer_id || (item_id && left->item_id != item_id)) continue;
			if (!reason[0]) reason = left_reason_code(left->reason);
			cleanup_text struct text words = { 0 };
			if (!item_id) text_addf(&words, "%s: ", left->item);
			text_addf(&words, "%s — %s", tr(viewer->lang, left_reason_label(left->reason)), left->detail);
			json_array_append_new(detail, json_string(text_cstr(&words)));
		}
		if (!reason[0]) {
			reason = "nothing_due";
			json_array_append_new(detail, json_string(tr(viewer->lang, "Nothing of it is late, and no step is within reach.")));
		}
	}
	*out = json_object();
	json_object_set_new(*out, item_id ? "item" : "customer", json_string(item_id ? number : code));
	if (item_id) json_object_set_new(*out, "item_id", json_integer(item_id));
	put_day(*out, "date", day);
	json_object_set_new(*out, "decision", json_string(decision));
	json_object_set_new(*out, "reason", json_string(reason));
	json_object_set_new(*out, "detail", detail);
	return status;
}
