/* agenda — the day: what to do, replies, what is left out and why (the sums close on the overdue), anomalies. */
#include "web/agenda_page.h"

#include "base/memory.h"
#include "dunning/why.h"
#include "insight/report.h"
#include "ledger/reply.h"
#include "outreach/confirm.h"
#include "web/draw.h"

#include <stdlib.h>

enum { PAGE_ROWS = 100 };

static const struct {
	const char *kind, *icon;
} channels[CHANNEL_COUNT] = {
	[CHANNEL_EMAIL] = { "mail", "mail" },     [CHANNEL_LETTER] = { "letter", "mailbox" },
	[CHANNEL_REGISTERED_LETTER] = { "letter", "mailbox" }, [CHANNEL_SMS] = { "sms", "device-mobile-message" },
	[CHANNEL_CALL] = { "call", "phone" },     [CHANNEL_TASK] = { "task", "checkbox" },
	[CHANNEL_DEPOSIT] = { "task", "building-bank" },  [CHANNEL_BLOCK] = { "task", "lock" },
	[CHANNEL_HANDOVER] = { "task", "gavel" },
};
static const struct {
	const char *code, *label;
} views[] = { { "email", "E-mails" }, { "call", "Calls" }, { "letter", "Letters" }, { "sms", "SMS" }, { "task", "Tasks" } };

struct status agenda_open(struct request *request, struct agenda *out)
{
	*out = (struct agenda){ .request = request };
	TRY(request_book(request, &out->book));
	return scenario_load_all(request->db, request->viewer->tenant_id, request->company.id, request->arena, &out->scenarios,
				 &out->scenario_count);
}

const char *agenda_scenario_name(const struct agenda *agenda, const char *code)
{
	for (size_t i = 0; i < agenda->scenario_count; i++)
		if (strcmp(agenda->scenarios[i].code, code) == 0) return scenario_name(&agenda->scenarios[i], agenda->request->lang);
	return code;
}

bool agenda_waits(const struct action *action, int32_t today)
{
	bool open = action->state == STATE_PLANNED || action->state == STATE_TO_CONFIRM || action->state == STATE_FAILED ||
		    action->state == STATE_UNKNOWN;
	return open && (action->snoozed_until == DAY_NONE || action->snoozed_until <= today);
}

json_t *agenda_why(const struct agenda *agenda, const struct action *action)
{
	const struct scenario *scenario = NULL;
	for (size_t i = 0; i < agenda->scenario_count; i++)
		if (strcmp(agenda->scenarios[i].code, action->scenario) == 0) scenario = &agenda->scenarios[i];
	json_t *out = json_array();
	json_error_t error;
	json_t *why = json_loads(action->why, 0, &error);
	for (size_t w = 0; w < json_array_size(why); w++) {
		struct plan_why one;
		if (!why_from_json(json_array_get(why, w), agenda->request->arena, &one)) continue;
		cleanup_text struct text words = { 0 };
		why_words(&words, agenda->request->lang, &one, scenario, action->currency);
		json_array_append_new(out, json_string(text_cstr(&words)));
	}
	json_decref(why);
	return out;
}

json_t *agenda_reasons(const struct agenda *agenda, const struct action *action)
{
	json_t *out = json_array();
	for (int i = 0; i < YES_COUNT; i++) {
		const char *code = yes_reason_code((enum yes_reason)(1u << i)), *at = strstr(action->reason, code);
		if (!at) continue;
		json_array_append_new(out, json_pack("{s:s, s:s}", "code", code, "label",
						     tr(agenda->request->lang, yes_reason_label((enum yes_reason)(1u << i)))));
	}
	return out;
}

json_t *agenda_action(const struct agenda *agenda, const struct action *action)
{
	const struct request *request = agenda->request;
	json_t *row = action_to_json(action);
	json_object_set_new(row, "label", json_string(action_label(action, request->lang, request->arena)));
	json_object_set_new(row, "kind", json_string(channels[action->channel].kind));
	json_object_set_new(row, "icon", json_string(channels[action->channel].icon));
	json_object_set_new(row, "channel_label", json_string(channel_label(action->channel)));
	json_object_set_new(row, "scenario_name", json_string(agenda_scenario_name(agenda, action->scenario)));
	json_object_set_new(row, "waiting", json_boolean(agenda_waits(action, request->today)));
	bool open = action->state == STATE_PLANNED || action->state == STATE_TO_CONFIRM;
	json_object_set_new(row, "open", json_boolean(open));
	json_object_set_new(row, "message", json_boolean(channel_needs_address(action->channel) && (open || action->state == STATE_FAILED)));
	json_object_set_new(row, "by_hand", json_boolean(!channel_needs_address(action->channel) && open));
	json_object_set_new(row, "is_call", json_boolean(action->channel == CHANNEL_CALL && open));
	json_object_set_new(row, "snoozed", action->snoozed_until != DAY_NONE && action->snoozed_until > request->today
					     ? model_day(action->snoozed_until) : json_null());
	json_object_set_new(row, "why", agenda_why(agenda, action));
	json_object_set_new(row, "yes", agenda_reasons(agenda, action));
	json_object_set_new(row, "has_yes", json_boolean(action->reason[0] && json_array_size(json_object_get(row, "yes")) > 0));
	json_object_set_new(row, "attempts", json_integer(action->attempts));
	json_object_set_new(row, "late", action->max_days_late > 0 ? json_integer(action->max_days_late) : json_null());
	json_object_set_new(row, "score", json_null());
	json_object_set_new(row, "class", json_null());
	json_object_set_new(row, "days_late", json_null());
	size_t index = book_find_customer(agenda->book, action->customer_id);
	if (index != SIZE_MAX) {
		struct standing standing = standing_one(agenda->book, index, (struct standing_options){ .as_of = request->today });
		if (standing.score.known) {
			char class[2] = { standing.score.class, 0 };
			json_object_set_new(row, "score", json_integer((int64_t)standing.score.value));
			json_object_set_new(row, "class", json_string(class));
		}
		if (standing.behaviour.late_weight > 0)
			json_object_set_new(row, "days_late", json_integer((int64_t)(standing.behaviour.days_late / standing.behaviour.late_weight)));
	}
	return row;
}

/* --- the list -------------------------------------------------------------------------------------------------------------------- */
static bool channel_shown(const char *view, enum channel channel)
{
	if (!view) return true;
	if (strcmp(view, "letter") == 0) return channel == CHANNEL_LETTER || channel == CHANNEL_REGISTERED_LETTER;
	return strcmp(view, channel_code(channel)) == 0;
}

/* High, medium, low: actions down to half of the day's stake, down to four fifths, the rest. */
static const char *level_of(int64_t before, int64_t total)
{
	return before * 2 < total ? "high" : before * 5 < total * 4 ? "medium" : "low";
}

static json_t *tabs_model(const struct request *request, const char *tab, size_t todo, size_t replies, size_t left, size_t anomalies)
{
	const struct {
		const char *code, *label;
		size_t count;
		const char *class;
	} tabs[] = {
		{ "todo", "To do", todo, "" }, { "replies", "Replies to process", replies, "" },
		{ "left", "Not chased, and why", left, "" }, { "anomalies", "Anomalies", anomalies, anomalies ? "bad" : "" },
	};
	json_t *out = json_array();
	for (size_t i = 0; i < COUNT(tabs); i++)
		json_array_append_new(out, json_pack("{s:s, s:s, s:I, s:s, s:s, s:b}", "code", tabs[i].code, "label", tabs[i].label, "count",
			(json_int_t)tabs[i].count, "class", tabs[i].class, "href",
			i ? arena_printf(request->arena, "/agenda?tab=%s", tabs[i].code) : "/agenda", "on", strcmp(tabs[i].code, tab) == 0));
	return out;
}

struct day { /* all the tabs need */
	struct agenda agenda;
	struct action *actions;
	size_t count;
	struct run_left *left;
	size_t left_count;
	struct reply *replies;
	size_t reply_count;
	json_t *anomalies;
	const char *tab;
};

static json_t *customer_row(const struct agenda *agenda, int64_t customer_id)
{
	size_t index = book_find_customer(agenda->book, customer_id);
	if (index == SIZE_MAX) return json_pack("{s:s, s:s}", "customer", "", "name", "");
	struct book_customer who = book_customer(agenda->book, index);
	return json_pack("{s:s, s:s}", "customer", who.code, "name", who.name);
}

/* What a person has to put right once: no address, no scenario, a message that failed or whose fate is unknown. */
static json_t *anomalies_model(const struct day *day)
{
	json_t *out = json_array();
	for (size_t i = 0; i < day->count; i++) {
		const struct action *action = &day->actions[i];
		bool no_contact = strstr(action->reason, "no_contact") && agenda_waits(action, day->agenda.request->today);
		bool failed = action->state == STATE_FAILED, unknown = action->state == STATE_UNKNOWN;
		if (!no_contact && !failed && !unknown) continue;
		json_t *row = customer_row(&day->agenda, action->customer_id);
		json_object_set_new(row, "kind", json_string(no_contact ? "no_contact" : failed ? "failed" : "unknown"));
		json_object_set_new(row, "id", json_integer(action->id));
		json_object_set_new(row, "amount", json_integer(action->amount));
		json_object_set_new(row, "currency", json_string(action->currency));
		json_object_set_new(row, "detail", json_string(no_contact ? "" : action->reason));
		json_array_append_new(out, row);
	}
	int64_t last = 0;
	for (size_t l = 0; l < day->left_count; l++) {
		const struct run_left *left = &day->left[l];
		bool none = left->reason == LEFT_NO_SCENARIO, suppressed = left->reason == LEFT_SUPPRESSED;
		if ((!none && !suppressed) || left->customer_id == last) continue;
		last = left->customer_id;
		json_t *row = customer_row(&day->agenda, left->customer_id);
		json_object_set_new(row, "kind", json_string(none ? "no_scenario" : "suppressed"));
		json_object_set_new(row, "id", json_null());
		json_object_set_new(row, "amount", json_integer(left->amount));
		json_object_set_new(row, "currency", json_string(left->currency));
		json_object_set_new(row, "detail", json_string(left->detail));
		json_array_append_new(out, row);
	}
	return out;
}

static struct status day_read(struct request *request, struct day *out)
{
	*out = (struct day){ .tab = request_field(request, "tab") };
	if (!out->tab || !*out->tab) out->tab = "todo";
	TRY(agenda_open(request, &out->agenda));
	/* thousands of actions have tens of thousands of items: only what adds them up reads them */
	struct action_filter filter = { .day = request->as_of, .items = request->json || strcmp(out->tab, "left") == 0 };
	const char *mine = request_field(request, "mine");
	if (mine && *mine == '1') filter.assigned_to = request->viewer->user_id;
	TRY(action_list(request->db, request->viewer, request->company.id, &filter, request->arena, &out->actions, &out->count));
	struct viewer viewer = *request->viewer;
	viewer.lang = request->lang;
	TRY(left_out_list(request->db, &viewer, request->company.id, request->as_of, request->arena, &out->left, &out->left_count));
	TRY(reply_list(request->db, request->viewer, request->company.id, 0, true, request->arena, &out->replies, &out->reply_count));
	/* what waits first, then what is put off, then what is done; each in the order of the plan */
	struct action *sorted = arena_array(request->arena, struct action, out->count + 1);
	size_t placed = 0;
	for (int turn = 0; turn < 3; turn++)
		for (size_t i = 0; i < out->count; i++) {
			bool open = out->actions[i].state == STATE_PLANNED || out->actions[i].state == STATE_TO_CONFIRM;
			int group = agenda_waits(&out->actions[i], request->today) ? 0 : open ? 1 : 2;
			if (group == turn) sorted[placed++] = out->actions[i];
		}
	out->actions = sorted;
	out->anomalies = anomalies_model(out);
	return STATUS_FINE;
}

static json_t *replies_model(const struct day *day)
{
	json_t *out = json_array();
	for (size_t i = 0; i < day->reply_count; i++) {
		json_t *row = customer_row(&day->agenda, day->replies[i].customer_id);
		json_object_set_new(row, "id", json_integer(day->replies[i].id));
		json_object_set_new(row, "kind", json_string(reply_kind_code(day->replies[i].kind)));
		json_object_set_new(row, "at", model_instant(day->replies[i].at));
		json_object_set_new(row, "address", json_string(day->replies[i].address));
		json_object_set_new(row, "text", json_string(day->replies[i].text));
		json_array_append_new(out, row);
	}
	return out;
}

/* The action on the right: its message as it would leave, or its items. */
static struct status detail_model(struct request *request, const struct day *day, const struct action *listed, json_t **out)
{
	struct action *action;
	TRY(action_get(request->db, request->viewer, request->company.id, listed->id, request->arena, &action)); /* with its items */
	*out = agenda_action(&day->agenda, action);
	json_t *items = json_array();
	for (size_t i = 0; i < action->item_count; i++) {
		const struct action_item *item = &action->items[i];
		json_t *row = json_pack("{s:s, s:I, s:I, s:s, s:s}", "number", item->number, "id", (json_int_t)item->item_id, "amount",
					(json_int_t)item->amount, "role", plan_role_code(item->role), "currency", action->currency);
		json_object_set_new(row, "due_date", model_day(item->due_day));
		json_object_set_new(row, "days", request->today > item->due_day && item->role == PLAN_CLAIMED
						     ? json_integer(request->today - item->due_day) : json_null());
		json_array_append_new(items, row);
	}
	json_object_set_new(*out, "rows", items);
	json_object_set_new(*out, "mail", json_null());
	json_object_set_new(*out, "trouble", json_null());
	json_object_set_new(*out, "letter", json_boolean(action->channel == CHANNEL_LETTER || action->channel == CHANNEL_REGISTERED_LETTER));
	bool approval;
	int64_t approved_by;
	TRY(action_approval(request->db, request->viewer, request->company.id, action, request->arena, &approval, &approved_by));
	json_object_set_new(*out, "approval", json_boolean(approval && !approved_by));
	json_object_set_new(*out, "approved", json_boolean(approval && approved_by));
	if (!channel_needs_address(action->channel) || action->state == STATE_SENT || action->state == STATE_CANCELLED) return STATUS_FINE;
	struct message message = { 0 };
	struct status status = confirm_preview(request->db, request->viewer, request->company.id, action->id, request->today, request->arena, &message);
	if (status.code == STATUS_UNAVAILABLE || status.code == STATUS_INTERNAL) return status;
	if (status.code) {
		json_object_set_new(*out, "trouble", json_string(status.text));
		return STATUS_FINE;
	}
	json_t *mail = json_pack("{s:s, s:s, s:s, s:s, s:s}", "to", message.recipient ? message.recipient : "", "subject",
				 message.subject ? message.subject : "", "body", message.html_body ? message.html_body : "", "text",
				 message.text ? message.text : "", "lang", lang_code(message.lang));
	json_object_set_new(*out, "mail", mail);
	return STATUS_FINE;
}

static struct status todo_model(struct request *request, const struct day *day, size_t waiting)
{
	json_t *model = request->model;
	const char *view = request_field(request, "channel");
	if (view && !*view) view = NULL;
	int64_t chosen = request_int(request, "action", 0), offset = request_int(request, "offset", 0);
	int64_t total = 0, asked = 0, before = 0;
	size_t per_view[COUNT(views)] = { 0 }, done = 0, later = 0, contacts = 0, mails = 0;
	for (size_t i = 0; i < day->count; i++) {
		const struct action *action = &day->actions[i];
		if (agenda_waits(action, request->today) && strcmp(action->currency, request->company.currency) == 0) total += action->amount;
		if (action->state == STATE_CANCELLED) continue;
		if (!agenda_waits(action, request->today)) {
			bool snoozed = action->state == STATE_PLANNED || action->state == STATE_TO_CONFIRM;
			if (snoozed) later++; else done++;
			continue;
		}
		for (size_t v = 0; v < COUNT(views); v++) per_view[v] += channel_shown(views[v].code, action->channel);
		if (channel_is_contact(action->channel)) {
			contacts++;
			if (strcmp(action->currency, request->company.currency) == 0) asked += action->amount;
		}
		mails += channel_needs_address(action->channel);
	}
	json_t *filters = json_array();
	json_array_append_new(filters, json_pack("{s:s, s:I, s:o, s:b, s:n}", "label", "All", "count", (json_int_t)waiting, "href",
						 page_link(request, "channel", NULL), "on", view == NULL, "icon"));
	for (size_t v = 0; v < COUNT(views); v++) {
		if (!per_view[v]) continue;
		enum channel channel = CHANNEL_LETTER;
		channel_parse(views[v].code, &channel);
		json_array_append_new(filters, json_pack("{s:s, s:I, s:o, s:b, s:s}", "label", views[v].label, "count", (json_int_t)per_view[v],
			"href", page_link(request, "channel", views[v].code), "on", view && strcmp(view, views[v].code) == 0, "icon",
			channels[channel].icon));
	}
	json_object_set_new(model, "filters", filters);

	/* grouped by customer, in order of what is at stake; done ones at the end of the page stay visible */
	json_t *groups = json_array();
	size_t shown = 0, passed = 0;
	const struct action *detail = NULL;
	bool *taken = arena_array(request->arena, bool, day->count + 1);
	for (size_t i = 0; i < day->count; i++) {
		const struct action *action = &day->actions[i];
		const char *level = action->amount > 0 ? level_of(before, total) : "low";
		if (agenda_waits(action, request->today) && strcmp(action->currency, request->company.currency) == 0) before += action->amount;
		if (action->id == chosen) detail = action;
		if (taken[i] || action->state == STATE_CANCELLED || !channel_shown(view, action->channel)) continue;
		if (passed++ < (size_t)(offset > 0 ? offset : 0) || shown >= PAGE_ROWS) {
			taken[i] = true;
			continue;
		}
		shown++;
		json_t *group = customer_row(&day->agenda, action->customer_id), *rows = json_array();
		int64_t sum = 0;
		for (size_t n = i; n < day->count; n++) {
			const struct action *other = &day->actions[n];
			if (other->customer_id != action->customer_id || taken[n] || other->state == STATE_CANCELLED ||
			    !channel_shown(view, other->channel))
				continue;
			taken[n] = true;
			json_t *row = agenda_action(&day->agenda, other);
			json_object_set_new(row, "level", json_string(level));
			json_object_set_new(row, "href", json_string(page_address(request, "action",
				arena_printf(request->arena, "%lld", (long long)other->id))));
			json_object_set_new(row, "current", json_boolean(other->id == chosen));
			if (strcmp(other->currency, action->currency) == 0) sum += other->amount;
			json_array_append_new(rows, row);
			if (!detail && !chosen && agenda_waits(other, request->today)) detail = other;
		}
		json_object_set_new(group, "several", json_boolean(json_array_size(rows) > 1));
		json_object_set_new(group, "currency", json_string(action->currency));
		json_object_set_new(group, "sum", json_integer(sum));
		json_object_set_new(group, "level", json_string(level));
		json_object_set(group, "score", json_object_get(json_array_get(rows, 0), "score"));
		json_object_set(group, "class", json_object_get(json_array_get(rows, 0), "class"));
		json_object_set(group, "days_late", json_object_get(json_array_get(rows, 0), "days_late"));
		json_object_set(group, "scenario_name", json_object_get(json_array_get(rows, 0), "scenario_name"));
		json_object_set_new(group, "rows", rows);
		json_array_append_new(groups, group);
	}
	json_object_set_new(model, "groups", groups);
	json_object_set_new(model, "pager", page_pager(request, (size_t)(offset > 0 ? offset : 0), PAGE_ROWS, passed));
	json_object_set_new(model, "waiting", json_integer((json_int_t)waiting));
	json_object_set_new(model, "later", json_integer((json_int_t)later));
	json_object_set_new(model, "contacts", json_integer((json_int_t)contacts));
	json_object_set_new(model, "calls", json_integer((json_int_t)per_view[1]));
	json_object_set_new(model, "asked", json_integer(asked));
	json_object_set_new(model, "done_count", json_integer((json_int_t)done));
	json_object_set_new(model, "all_count", json_integer((json_int_t)(done + waiting)));
	json_object_set_new(model, "progress", json_integer(done + waiting ? (json_int_t)(done * 100 / (done + waiting)) : 0));
	json_object_set_new(model, "has_mails", json_boolean(mails > 0));
	json_t *shown_detail = json_null();
	if (detail) TRY(detail_model(request, day, detail, &shown_detail));
	json_object_set_new(model, "detail", shown_detail);
	json_object_set_new(model, "replies", replies_model(day));
	json_object_set_new(model, "empty", json_array_size(groups) ? json_null()
		: json_pack("{s:s, s:s, s:s, s:s, s:s}", "icon", "circle-check", "title", tr(request->lang, "Nothing to do"), "text",
			    tr(request->lang, "The day is planned, and nothing waits for you here."), "href", "/agenda?tab=left", "action",
			    tr(request->lang, "Not chased, and why")));
	return STATUS_FINE;
}

/* Reasons with colours of the chips. */
static const char *reason_class(enum left_reason reason)
{
	switch (reason) {
	case LEFT_INSOLVENCY: case LEFT_DISPUTE: case LEFT_TIME_BARRED: return "bad";
	case LEFT_OWN_FAULT: case LEFT_STALE_DATA: case LEFT_SUPPRESSED: return "warn";
	case LEFT_PROMISE: return "pro";
	case LEFT_PLAN: case LEFT_DIRECT_DEBIT: case LEFT_BILL: return "info";
	case LEFT_MATCH_PENDING: case LEFT_CREDIT_COVERS: return "ok";
	case LEFT_REPLIED: return "brand";
	default: return "";
	}
}

/* One row per reason, customer and detail; the total and what is in an action make the overdue. */
static void left_model(struct request *request, const struct day *day)
{
	const char *only = request_field(request, "reason");
	if (only && !*only) only = NULL;
	json_t *rows = json_array(), *filters = json_array();
	int64_t total = 0, shown_total = 0, chased = 0, of_reason[LEFT_COUNT] = { 0 };
	size_t items = 0, chased_items = 0, count_of[LEFT_COUNT] = { 0 };
	json_t *current = NULL;
	const struct run_left *first = NULL;
	for (size_t l = 0; l < day->left_count; l++) {
		const struct run_left *left = &day->left[l];
		bool overdue = left->due_day < request->as_of && strcmp(left->currency, request->company.currency) == 0;
		if (overdue) total += left->amount, items++, of_reason[left->reason] += left->amount;
		count_of[left->reason]++;
		if (only && strcmp(only, left_reason_code(left->reason)) != 0) continue;
		if (overdue) shown_total += left->amount;
		bool same = first && first->reason == left->reason && first->customer_id == left->customer_id &&
			    strcmp(first->detail, left->detail) == 0 && strcmp(first->currency, left->currency) == 0;
		if (same) {
			json_object_set_new(current, "amount", json_integer(json_integer_value(json_object_get(current, "amount")) + left->amount));
			json_object_set_new(current, "more", json_integer(json_integer_value(json_object_get(current, "more")) + 1));
			continue;
		}
		bool new_reason = !first || first->reason != left->reason;
		first = left;
		current = json_pack("{s:s, s:s, s:s, s:b, s:s, s:s, s:s, s:I, s:I, s:s, s:s, s:i}", "reason", left_reason_code(left->reason), "label",
				    left_reason_label(left->reason), "class", reason_class(left->reason), "first", new_reason, "customer",
				    left->customer_code, "name", left->customer_name, "item", left->item, "item_id", (json_int_t)left->item_id,
				    "amount", (json_int_t)left->amount, "currency", left->currency, "detail", left->detail, "more", 0);
		json_object_set_new(current, "until", model_day(left->until));
		json_object_set_new(current, "not_due", json_boolean(left->due_day >= request->as_of));
		json_array_append_new(rows, current);
	}
	json_array_append_new(filters, json_pack("{s:s, s:I, s:n, s:o, s:b}", "label", "All reasons", "count", (json_int_t)day->left_count, "amount",
						 "href", page_link(request, "reason", NULL), "on", only == NULL));
	for (int r = LEFT_NONE + 1; r < LEFT_COUNT; r++)
		if (count_of[r])
			json_array_append_new(filters, json_pack("{s:s, s:I, s:I, s:o, s:b}", "label", left_reason_label((enum left_reason)r), "count",
				(json_int_t)count_of[r], "amount", (json_int_t)of_reason[r], "href",
				page_link(request, "reason", left_reason_code((enum left_reason)r)), "on",
				only && strcmp(only, left_reason_code((enum left_reason)r)) == 0));
	for (size_t i = 0; i < day->count; i++)
		for (size_t n = 0; n < day->actions[i].item_count; n++) {
			const struct action_item *item = &day->actions[i].items[n];
			if (item->role != PLAN_CLAIMED || item->due_day >= request->as_of) continue;
			if (strcmp(day->actions[i].currency, request->company.currency) != 0) continue;
			chased += item->open, chased_items++;
		}
	struct book_ageing ageing;
	book_age(day->agenda.book, (struct book_age_options){ .as_of = request->as_of, .selected = request_selected(request, day->agenda.book) },
		 NULL, &ageing);
	json_t *model = request->model;
	json_object_set_new(model, "rows", rows);
	json_object_set_new(model, "reasons", filters);
	json_object_set_new(model, "left_items", json_integer((json_int_t)items));
	json_object_set_new(model, "left_amount", json_integer(total));
	json_object_set_new(model, "shown_amount", json_integer(shown_total));
	json_object_set_new(model, "chased_items", json_integer((json_int_t)chased_items));
	json_object_set_new(model, "chased_amount", json_integer(chased));
	json_object_set_new(model, "overdue", json_integer(book_overdue(&ageing)));
	json_object_set_new(model, "closes", json_boolean(total + chased == book_overdue(&ageing)));
	json_object_set_new(model, "empty", json_array_size(rows) ? json_null()
		: json_pack("{s:s, s:s, s:s, s:n, s:s}", "icon", "circle-check", "title", tr(request->lang, "Nothing is left out"), "text",
			    tr(request->lang, "Every overdue item is in an action of the day."), "href", "action", ""));
}

static struct status agenda_show(struct request *request)
{
	struct day day;
	TRY(day_read(request, &day));
	json_t *model = request->model;
	size_t waiting = 0, done = 0;
	json_t *actions = json_array();
	for (size_t i = 0; i < day.count; i++) {
		bool waits = agenda_waits(&day.actions[i], request->today);
		waiting += waits;
		done += !waits && day.actions[i].state != STATE_CANCELLED && day.actions[i].state != STATE_PLANNED &&
			day.actions[i].state != STATE_TO_CONFIRM;
		if (request->json) json_array_append_new(actions, action_to_json(&day.actions[i]));
	}
	json_object_set_new(model, "date", model_day(request->as_of));
	bool planned;
	TRY(run_done(request->db, request->viewer, request->company.id, request->as_of, &planned));
	json_object_set_new(model, "planned", json_boolean(planned));
	if (request->json) {
		json_object_set_new(model, "actions", actions);
		json_object_set_new(model, "done", json_integer((json_int_t)done));
		json_object_set_new(model, "remaining", json_integer((json_int_t)waiting));
		json_t *left = json_array();
		for (size_t l = 0; l < day.left_count; l++) json_array_append_new(left, left_to_json(&day.left[l]));
		json_object_set_new(model, "left_out", left);
		json_decref(day.anomalies);
		return STATUS_FINE;
	}
	json_decref(actions);
	json_object_set_new(model, "tabs", tabs_model(request, day.tab, waiting, day.reply_count, day.left_count, json_array_size(day.anomalies)));
	json_object_set_new(model, "tab", json_string(day.tab));
	json_object_set_new(model, "mine", json_boolean(request_int(request, "mine", 0) == 1));
	json_object_set_new(model, "mine_href", page_link(request, "mine", request_int(request, "mine", 0) == 1 ? NULL : "1"));
	json_object_set_new(model, "has_anomalies", json_boolean(json_array_size(day.anomalies) > 0));
	json_object_set_new(model, "has_replies", json_boolean(day.reply_count > 0));
	json_object_set_new(model, "anomalies", day.anomalies);
	if (strcmp(day.tab, "left") == 0) {
		left_model(request, &day);
		request->template = "agenda_left";
	} else if (strcmp(day.tab, "replies") == 0) {
		json_object_set_new(model, "replies", replies_model(&day));
		request->template = "agenda_replies";
	} else if (strcmp(day.tab, "anomalies") == 0) {
		request->template = "agenda_anomalies";
	} else {
		TRY(todo_model(request, &day, waiting));
	}
	return STATUS_FINE;
}

const struct route agenda_routes[] = {
	{ "GET", "/agenda", RIGHT_READ, agenda_show, .template = "agenda", .menu = MENU_AGENDA, .summary = "The day's actions",
	  .fields = "tab channel action reason mine offset", .live = true },
	{ 0 },
};
