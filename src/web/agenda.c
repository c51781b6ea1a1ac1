/* agenda — the day: what to do, replies, what is left out and why (the sums close on the overdue), anomalies. */
#include "web/agenda_page.h"

#include "access/user.h"
#include "base/memory.h"
#include "base/words.h"
#include "dunning/alert.h"
#include "dunning/priority.h"
#include "dunning/why.h"
#include "insight/report.h"
#include "ledger/reply.h"
#include "outreach/inbox.h"
#include "web/together_page.h"
#include "outreach/confirm.h"
#include "outreach/gateway.h"
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
	json_object_set_new(row, "is_deposit", json_boolean(action->channel == CHANNEL_DEPOSIT && open));
	json_object_set_new(row, "is_call", json_boolean(action->channel == CHANNEL_CALL && open));
	json_object_set_new(row, "snoozed", action->snoozed_until != DAY_NONE && action->snoozed_until > request->today
					     ? model_day(action->snoozed_until) : json_null());
	json_object_set_new(row, "why", agenda_why(agenda, action));
	json_object_set_new(row, "yes", agenda_reasons(agenda, action));
	json_object_set_new(row, "has_yes", json_boolean(action->reason[0] && json_array_size(json_object_get(row, "yes")) > 0));
	json_object_set_new(row, "attempts", json_integer(action->attempts));
	json_object_set_new(row, "late", action->max_days_late > 0 ? json_integer(action->max_days_late) : json_null());
	int score = -1;
	json_object_set_new(row, "score", json_null());
	json_object_set_new(row, "class", json_null());
	json_object_set_new(row, "days_late", json_null());
	size_t index = book_find_customer(agenda->book, action->customer_id);
	if (index != SIZE_MAX) {
		struct standing standing = standing_one(agenda->book, index, (struct standing_options){ .as_of = request->today });
		if (standing.score.known) {
			char class[2] = { standing.score.class, 0 };
			score = (int)standing.score.value;
			json_object_set_new(row, "score", json_integer((int64_t)standing.score.value));
			json_object_set_new(row, "class", json_string(class));
		}
		if (standing.behaviour.late_weight > 0)
			json_object_set_new(row, "days_late", json_integer((int64_t)(standing.behaviour.days_late / standing.behaviour.late_weight)));
	}
	/* the parts of the order, as they were weighed: a returned payment or a broken promise counts half as much again */
	struct priority priority = priority_of(action->amount, score, action->max_days_late);
	cleanup_text struct text urgency = { 0 };
	words_decimal(&urgency, request->lang, priority.urgency / 100.0, 1);
	json_object_set_new(row, "stake", json_integer(priority.stake));
	json_object_set_new(row, "chance", json_real(priority.chance / 100.0));
	json_object_set_new(row, "urgency", json_string(text_cstr(&urgency)));
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

static json_t *tabs_model(const struct request *request, const char *tab, size_t todo, size_t replies, size_t left, size_t anomalies, size_t sent, size_t alerts)
{
	const struct {
		const char *code, *label;
		size_t count;
		const char *class;
	} tabs[] = {
		{ "todo", "To do", todo, "" }, { "replies", "Replies to process", replies, "" },
		{ "alerts", "Alerts", alerts, alerts ? "warn" : "" }, { "sent", "Messages", sent, "" },
		{ "left", "Not chased, and why", left, "" }, { "anomalies", "Anomalies", anomalies, anomalies ? "bad" : "" },
	};
	json_t *out = json_array();
	for (size_t i = 0; i < COUNT(tabs); i++)
		json_array_append_new(out, json_pack("{s:s, s:s, s:I, s:s, s:s, s:b}", "code", tabs[i].code, "label", tabs[i].label, "count",
			(json_int_t)tabs[i].count, "class", tabs[i].class, "href",
			i ? arena_printf(request->arena, "/agenda?tab=%s", tabs[i].code) : "/agenda", "on", strcmp(tabs[i].code, tab) == 0));
	return out;
}

json_t *agenda_customer(const struct agenda *agenda, int64_t customer_id)
{
	size_t index = book_find_customer(agenda->book, customer_id);
	if (index == SIZE_MAX) return json_pack("{s:s, s:s}", "customer", "", "name", "");
	struct book_customer who = book_customer(agenda->book, index);
	return json_pack("{s:s, s:s}", "customer", who.code, "name", who.name);
}

/* --- anomalies: what a person has to put right once ---------------------------------------------------------------------------- */
/* No address, or a message that failed or whose fate is unknown. */
static bool action_wrong(const struct day *day, const struct day_action *action)
{
	return (action->no_contact && day_action_waits(action, day->agenda.request->today)) || action->state == STATE_FAILED ||
	       action->state == STATE_UNKNOWN;
}

/* Without a scenario, or an address that must not be used: once per customer. */
static bool left_wrong(const struct day *day, size_t index, int64_t last)
{
	const struct day_left *left = day->left[index];
	return (left->reason == LEFT_NO_SCENARIO || left->reason == LEFT_SUPPRESSED) && left->customer_id != last;
}

static size_t anomalies_count(const struct day *day)
{
	size_t count = 0;
	int64_t last = 0;
	for (size_t i = 0; i < day->count; i++) count += action_wrong(day, day->actions[i]);
	for (size_t l = 0; l < day->left_count; l++)
		if (left_wrong(day, l, last)) count++, last = day->left[l]->customer_id;
	return count;
}

static json_t *anomaly(const struct day *day, int64_t customer_id, const char *kind, json_t *id, int64_t amount, const char *currency,
		       const char *detail)
{
	json_t *row = agenda_customer(&day->agenda, customer_id);
	json_object_set_new(row, "kind", json_string(kind));
	json_object_set_new(row, "id", id);
	json_object_set_new(row, "amount", json_integer(amount));
	json_object_set_new(row, "currency", json_string(currency));
	json_object_set_new(row, "detail", json_string(detail));
	return row;
}

static struct status anomalies_model(struct request *request, const struct day *day)
{
	int64_t offset = request_int(request, "offset", 0), last = 0, shown[PAGE_ROWS], customers[PAGE_ROWS];
	size_t first = offset > 0 ? (size_t)offset : 0, passed = 0, actions = 0, lefts = 0;
	for (size_t i = 0; i < day->count; i++)
		if (action_wrong(day, day->actions[i]) && passed++ >= first && actions < PAGE_ROWS) shown[actions++] = day->actions[i]->id;
	for (size_t l = 0; l < day->left_count; l++) {
		if (!left_wrong(day, l, last)) continue;
		last = day->left[l]->customer_id;
		if (passed++ >= first && actions + lefts < PAGE_ROWS) customers[lefts++] = last;
	}
	json_t *out = json_array();
	struct action *rows;
	TRY(action_read(request->db, request->viewer, request->company.id, shown, actions, request->arena, &rows));
	for (size_t i = 0; i < actions; i++) {
		if (!rows[i].id) continue;
		bool failed = rows[i].state == STATE_FAILED, unknown = rows[i].state == STATE_UNKNOWN;
		bool no_contact = !failed && !unknown;
		json_array_append_new(out, anomaly(day, rows[i].customer_id, no_contact ? "no_contact" : failed ? "failed" : "unknown",
			json_integer(rows[i].id), rows[i].amount, rows[i].currency, no_contact ? "" : rows[i].reason));
	}
	struct run_left *left;
	size_t left_count;
	struct viewer viewer = *request->viewer;
	viewer.lang = request->lang;
	TRY(left_out_read(request->db, &viewer, request->company.id, request->as_of, customers, lefts, request->arena, &left, &left_count));
	last = 0;
	for (size_t l = 0; l < left_count; l++) {
		bool none = left[l].reason == LEFT_NO_SCENARIO;
		if ((!none && left[l].reason != LEFT_SUPPRESSED) || left[l].customer_id == last) continue;
		last = left[l].customer_id;
		json_array_append_new(out, anomaly(day, last, none ? "no_scenario" : "suppressed", json_null(), left[l].amount, left[l].currency,
						   left[l].detail));
	}
	size_t *orphans, orphan_count = agenda_orphans(request, day, &orphans);
	for (size_t i = 0; i < orphan_count; i++)
		if (passed++ >= first && json_array_size(out) < PAGE_ROWS)
			json_array_append_new(out, anomaly(day, book_customer(day->agenda.book, orphans[i]).id, "no_collector", json_null(), 0,
			                                   request->company.currency, ""));
	json_t *scenarios = json_array();
	for (size_t i = 0; i < day->agenda.scenario_count; i++)
		json_array_append_new(scenarios, json_pack("{s:s, s:s}", "code", day->agenda.scenarios[i].code, "name",
		                                           scenario_name(&day->agenda.scenarios[i], request->lang)));
	json_object_set_new(request->model, "scenarios", scenarios);
	json_object_set_new(request->model, "anomalies", out);
	json_object_set_new(request->model, "pager", page_pager(request, first, PAGE_ROWS, passed));
	return STATUS_FINE;
}

static struct status day_read(struct request *request, struct day *out)
{
	out->tab = request_field(request, "tab");
	if (!out->tab || !*out->tab) out->tab = "todo";
	struct viewer system = viewer_system(request->viewer->tenant_id);
	struct user *users;
	TRY(user_list(request->db, &system, request->arena, &users, &out->user_count));
	out->users = users;
	TRY(agenda_open(request, &out->agenda));
	TRY(day_list_get(request->db, request->company.tenant_id, request->company.id, request->as_of, &out->list));
	const struct book *book = out->agenda.book;
	const uint8_t *selected = request_selected(request, book);
	out->actions = arena_array(request->arena, const struct day_action *, out->list->count + 1);
	for (int turn = 0; turn < 3; turn++)
		for (size_t i = 0; i < out->list->count; i++) {
			const struct day_action *action = &out->list->actions[i];
			bool open = action->state == STATE_PLANNED || action->state == STATE_TO_CONFIRM;
			int group = day_action_waits(action, request->today) ? 0 : open ? 1 : 2;
			if (group != turn || !agenda_of_collector(request, out, action->assigned_to)) continue;
			if (selected) {
				size_t customer = book_find_customer(book, action->customer_id);
				if (customer == SIZE_MAX || !selected[customer]) continue;
			}
			out->actions[out->count++] = action;
		}
	out->left = arena_array(request->arena, const struct day_left *, out->list->left_count + 1);
	for (size_t l = 0; l < out->list->left_count; l++) {
		const struct day_left *left = &out->list->left[l];
		size_t customer = selected ? book_find_customer(book, left->customer_id) : 0;
		if (!selected || (customer != SIZE_MAX && selected[customer])) out->left[out->left_count++] = left;
	}
	return reply_list(request->db, request->viewer, request->company.id, 0, true, request->arena, &out->replies, &out->reply_count);
}

/* Mail that waits for its customer, and whether the mailbox is read at all; null for who does not see it. */
static struct status tray_model(struct request *request)
{
	json_object_set_new(request->model, "tray", json_null());
	if (!inbox_tray_seen(request->viewer, request->company.id)) return STATUS_FINE;
	struct inbox_state state;
	int64_t waiting = 0;
	TRY(inbox_state(request->db, request->viewer, request->company.id, request->settings, request->now, request->arena, &state));
	TRY(inbox_waiting(request->db, request->viewer, request->company.id, &waiting));
	json_object_set_new(request->model, "tray", json_pack("{s:o,s:b,s:b,s:o}", "count", waiting ? json_integer(waiting) : json_null(), "on", state.on, "late", state.on && state.late,
	                                                      "trouble", *state.error ? json_string(tr(request->lang, state.error)) : json_null()));
	return STATUS_FINE;
}

static const char *beginning(const struct day *day, const char *text)
{
	enum { SHOWN = 500 };
	size_t len = strlen(text);
	if (len <= SHOWN) return text;
	for (len = SHOWN; len && ((unsigned char)text[len] & 0xc0) == 0x80;) len--;
	return arena_printf(day->agenda.request->arena, "%.*s…", (int)len, text);
}

static json_t *replies_model(const struct day *day)
{
	json_t *out = json_array();
	for (size_t i = 0; i < day->reply_count; i++) {
		json_t *row = agenda_customer(&day->agenda, day->replies[i].customer_id);
		json_object_set_new(row, "id", json_integer(day->replies[i].id));
		json_object_set_new(row, "kind", json_string(reply_kind_code(day->replies[i].kind)));
		json_object_set_new(row, "at", model_instant(day->replies[i].at));
		json_object_set_new(row, "address", json_string(day->replies[i].address));
		json_object_set_new(row, "text", json_string(beginning(day, day->replies[i].text)));
		json_object_set_new(row, "kind_label", json_string(reply_kind_label(day->replies[i].kind)));
		json_object_set_new(row, "from", json_string(*day->replies[i].name ? day->replies[i].name : day->replies[i].address));
		size_t topic_count;
		const struct reply_word *topics = reply_topics(&topic_count);
		const char *topic = reply_word_label(topics, topic_count, day->replies[i].topic);
		json_object_set_new(row, "topic", topic ? json_string(topic) : json_null());
		json_array_append_new(out, row);
	}
	return out;
}

/* The action on the right: its message as it would leave, or its items. */
static struct status detail_model(struct request *request, const struct day *day, int64_t id, json_t **out)
{
	struct action *action;
	TRY(action_get(request->db, request->viewer, request->company.id, id, request->arena, &action)); /* with its items */
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
	json_object_set_new(*out, "post_ready", json_boolean(post_ready(request->settings)));
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
		const struct day_action *action = day->actions[i];
		bool waits = day_action_waits(action, request->today), ours = strcmp(action->currency, request->company.currency) == 0;
		if (waits && ours) total += action->amount;
		if (action->state == STATE_CANCELLED) continue;
		if (!waits) {
			bool snoozed = action->state == STATE_PLANNED || action->state == STATE_TO_CONFIRM;
			if (snoozed) later++; else done++;
			continue;
		}
		for (size_t v = 0; v < COUNT(views); v++) per_view[v] += channel_shown(views[v].code, (enum channel)action->channel);
		if (channel_is_contact((enum channel)action->channel)) {
			contacts++;
			if (ours) asked += action->amount;
		}
		mails += channel_needs_address((enum channel)action->channel);
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
	size_t first = offset > 0 ? (size_t)offset : 0, groups_shown = 0, passed = 0, listed = 0;
	struct listed {
		const struct day_action *action;
		const char *level;
		bool opens; /* the first of its customer */
	} *rows = arena_array(request->arena, struct listed, day->count + 1);
	int64_t *ids = arena_array(request->arena, int64_t, day->count + 1), detail = 0, waiting_first = 0;
	bool *taken = arena_array(request->arena, bool, day->count + 1);
	for (size_t i = 0; i < day->count; i++) {
		const struct day_action *action = day->actions[i];
		const char *level = action->amount > 0 ? level_of(before, total) : "low";
		if (day_action_waits(action, request->today) && strcmp(action->currency, request->company.currency) == 0) before += action->amount;
		if (action->id == chosen) detail = action->id;
		if (taken[i] || action->state == STATE_CANCELLED || !channel_shown(view, (enum channel)action->channel)) continue;
		if (passed++ < first || groups_shown >= PAGE_ROWS) {
			taken[i] = true;
			continue;
		}
		groups_shown++;
		for (size_t n = i; n < day->count; n++) {
			const struct day_action *other = day->actions[n];
			if (other->customer_id != action->customer_id || taken[n] || other->state == STATE_CANCELLED ||
			    !channel_shown(view, (enum channel)other->channel))
				continue;
			taken[n] = true;
			ids[listed] = other->id;
			rows[listed++] = (struct listed){ other, level, n == i };
			if (!waiting_first && day_action_waits(other, request->today)) waiting_first = other->id;
		}
	}
	if (!detail && !chosen) detail = waiting_first;
	struct action *whole;
	TRY(action_read(request->db, request->viewer, request->company.id, ids, listed, request->arena, &whole));
	json_t *groups = json_array(), *group = NULL;
	for (size_t i = 0; i < listed; i++) {
		const struct action *action = &whole[i];
		if (rows[i].opens) {
			group = json_pack("{s:s, s:s, s:b, s:s, s:I, s:s, s:[]}", "customer", action->id ? action->customer_code : "", "name",
				action->id ? action->customer_name : "", "several", 0, "currency", rows[i].action->currency, "sum", (json_int_t)0, "level",
				rows[i].level, "rows");
			json_array_append_new(groups, group);
		}
		if (!action->id) continue; /* gone since the list was made */
		json_t *row = agenda_action(&day->agenda, action), *others = json_object_get(group, "rows");
		json_object_set_new(row, "level", json_string(rows[i].level));
		json_object_set_new(row, "href", json_string(page_address(request, "action", arena_printf(request->arena, "%lld", (long long)action->id))));
		json_object_set_new(row, "current", json_boolean(action->id == chosen));
		if (json_array_size(others) == 0) {
			json_object_set(group, "score", json_object_get(row, "score"));
			json_object_set(group, "class", json_object_get(row, "class"));
			json_object_set(group, "days_late", json_object_get(row, "days_late"));
			json_object_set(group, "scenario_name", json_object_get(row, "scenario_name"));
		}
		if (strcmp(action->currency, json_string_value(json_object_get(group, "currency"))) == 0)
			json_object_set_new(group, "sum", json_integer(json_integer_value(json_object_get(group, "sum")) + action->amount));
		json_array_append_new(others, row);
		json_object_set_new(group, "several", json_boolean(json_array_size(others) > 1));
	}
	json_object_set_new(model, "groups", groups);
	json_object_set_new(model, "pager", page_pager(request, first, PAGE_ROWS, passed));
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

/* The due days of the left-outs that are in the company's currency; DAY_NONE: in another. Most are open, so the open items have them. */
static int32_t *left_dues(struct request *request, const struct day *day)
{
	const struct book *book = day->agenda.book;
	int32_t *due = arena_array(request->arena, int32_t, day->left_count + 1);
	struct book_opens *opens = book_opens(book, request->as_of);
	for (size_t l = 0; l < day->left_count; l++) {
		const struct day_left *left = day->left[l];
		const struct book_open *rows;
		size_t customer = book_find_customer(book, left->customer_id);
		size_t count = customer == SIZE_MAX ? 0 : book_opens_of(opens, customer, request->company.currency, &rows);
		due[l] = DAY_NONE;
		for (size_t o = 0; o < count && due[l] == DAY_NONE; o++)
			if (rows[o].id == left->item_id) due[l] = rows[o].due_day;
		if (due[l] != DAY_NONE) continue;
		size_t index = book_find_item(book, left->item_id);
		if (index == SIZE_MAX) continue;
		struct book_item item = book_item(book, index, BOOK_FACTS);
		if (strcmp(item.currency, request->company.currency) == 0) due[l] = item.due_day;
	}
	book_opens_free(opens);
	return due;
}

struct left_group { /* one row: a reason, a customer and a detail */
	const struct day_left *left;
	size_t more;
	int64_t amount;
};

/* The words of the rows shown: each named by the item that fell due first. */
static struct status left_rows(struct request *request, const struct left_group *groups, size_t count, json_t **out)
{
	int64_t *customers = arena_array(request->arena, int64_t, count + 1);
	for (size_t g = 0; g < count; g++) customers[g] = groups[g].left->customer_id;
	struct viewer viewer = *request->viewer;
	viewer.lang = request->lang;
	struct run_left *all;
	size_t all_count;
	TRY(left_out_read(request->db, &viewer, request->company.id, request->as_of, customers, count, request->arena, &all, &all_count));
	const char *reason_before = NULL;
	*out = json_array();
	for (size_t g = 0; g < count; g++) {
		const struct day_left *wanted = groups[g].left;
		const struct run_left *found = NULL;
		for (size_t l = 0; l < all_count && !found; l++)
			if (all[l].customer_id == wanted->customer_id && all[l].item_id == wanted->item_id) found = &all[l];
		const char *reason = left_reason_code(wanted->reason);
		bool first = !reason_before || strcmp(reason_before, reason) != 0;
		reason_before = reason;
		if (!found) continue;
		json_t *row = json_pack("{s:s, s:s, s:s, s:b, s:s, s:s, s:s, s:I, s:I, s:s, s:s, s:I}", "reason", reason, "label",
			left_reason_label(wanted->reason), "class", reason_class(wanted->reason), "first", first, "customer", found->customer_code,
			"name", found->customer_name, "item", found->item, "item_id", (json_int_t)found->item_id, "amount", (json_int_t)groups[g].amount,
			"currency", found->currency, "detail", found->detail, "more", (json_int_t)groups[g].more);
		json_object_set_new(row, "until", model_day(found->until));
		json_object_set_new(row, "not_due", json_boolean(found->due_day >= request->as_of));
		json_array_append_new(*out, row);
	}
	return STATUS_FINE;
}

/* One row per reason, customer and detail; the total and what is in an action make the overdue. */
static struct status left_model(struct request *request, const struct day *day)
{
	const char *only = request_field(request, "reason");
	if (only && !*only) only = NULL;
	json_t *rows, *filters = json_array();
	int64_t total = 0, shown_total = 0, of_reason[LEFT_COUNT] = { 0 }, offset = request_int(request, "offset", 0);
	size_t items = 0, count_of[LEFT_COUNT] = { 0 }, first = offset > 0 ? (size_t)offset : 0, passed = 0, shown = 0;
	const int32_t *due = left_dues(request, day);
	struct left_group groups[PAGE_ROWS], *current = NULL;
	const struct day_left *before = NULL;
	int32_t current_due = 0;
	for (size_t l = 0; l < day->left_count; l++) {
		const struct day_left *left = day->left[l];
		bool overdue = due[l] != DAY_NONE && due[l] < request->as_of;
		if (overdue) total += left->amount, items++, of_reason[left->reason] += left->amount;
		count_of[left->reason]++;
		if (only && strcmp(only, left_reason_code(left->reason)) != 0) continue;
		if (overdue) shown_total += left->amount;
		bool same = before && before->reason == left->reason && before->customer_id == left->customer_id && before->detail == left->detail;
		before = left;
		if (!same) {
			bool here = passed++ >= first && shown < PAGE_ROWS;
			current = here ? &groups[shown++] : NULL;
			if (here) *current = (struct left_group){ .left = left, .amount = left->amount };
			current_due = due[l];
		} else if (current) {
			current->more++, current->amount += left->amount;
			if (due[l] != DAY_NONE && due[l] < current_due) current->left = left, current_due = due[l];
		}
	}
	TRY(left_rows(request, groups, shown, &rows));
	json_array_append_new(filters, json_pack("{s:s, s:I, s:n, s:o, s:b}", "label", "All reasons", "count", (json_int_t)day->left_count, "amount",
						 "href", page_link(request, "reason", NULL), "on", only == NULL));
	for (int r = LEFT_NONE + 1; r < LEFT_COUNT; r++)
		if (count_of[r])
			json_array_append_new(filters, json_pack("{s:s, s:I, s:I, s:o, s:b}", "label", left_reason_label((enum left_reason)r), "count",
				(json_int_t)count_of[r], "amount", (json_int_t)of_reason[r], "href",
				page_link(request, "reason", left_reason_code((enum left_reason)r)), "on",
				only && strcmp(only, left_reason_code((enum left_reason)r)) == 0));
	struct day_claimed chased;
	const uint8_t *selected = request_selected(request, day->agenda.book);
	TRY(day_list_claimed(request->db, request->company.tenant_id, request->company.id, request->as_of, day->agenda.book, selected,
			     request->company.currency, &chased));
	struct book_ageing ageing;
	book_age(day->agenda.book, (struct book_age_options){ .as_of = request->as_of, .selected = selected }, NULL, &ageing);
	json_t *model = request->model;
	json_object_set_new(model, "rows", rows);
	json_object_set_new(model, "pager", page_pager(request, first, PAGE_ROWS, passed));
	json_object_set_new(model, "reasons", filters);
	json_object_set_new(model, "left_items", json_integer((json_int_t)items));
	json_object_set_new(model, "left_amount", json_integer(total));
	json_object_set_new(model, "shown_amount", json_integer(shown_total));
	json_object_set_new(model, "chased_items", json_integer(chased.items));
	json_object_set_new(model, "chased_amount", json_integer(chased.amount));
	json_object_set_new(model, "overdue", json_integer(book_overdue(&ageing)));
	json_object_set_new(model, "closes", json_boolean(total + chased.amount == book_overdue(&ageing)));
	json_object_set_new(model, "empty", json_array_size(rows) ? json_null()
		: json_pack("{s:s, s:s, s:s, s:n, s:s}", "icon", "circle-check", "title", tr(request->lang, "Nothing is left out"), "text",
			    tr(request->lang, "Every overdue item is in an action of the day."), "href", "action", ""));
	return STATUS_FINE;
}

/* For programs: everything of the day, whole. */
static struct status agenda_json(struct request *request)
{
	struct action *actions;
	struct run_left *left;
	size_t count, left_count, waiting = 0, done = 0;
	struct action_filter filter = { .day = request->as_of, .items = true };
	TRY(action_list(request->db, request->viewer, request->company.id, &filter, request->arena, &actions, &count));
	struct viewer system = viewer_system(request->viewer->tenant_id);
	struct user *users;
	struct day people = { 0 };
	size_t kept = 0;
	TRY(user_list(request->db, &system, request->arena, &users, &people.user_count));
	people.users = users;
	for (size_t i = 0; i < count; i++)
		if (agenda_of_collector(request, &people, actions[i].assigned_to)) actions[kept++] = actions[i];
	count = kept;
	struct viewer viewer = *request->viewer;
	viewer.lang = request->lang;
	TRY(left_out_list(request->db, &viewer, request->company.id, request->as_of, request->arena, &left, &left_count));
	json_t *model = request->model, *rows = json_array(), *left_rows_model = json_array();
	/* what waits first, then what is put off, then what is done; each in the order of the plan */
	for (int turn = 0; turn < 3; turn++)
		for (size_t i = 0; i < count; i++) {
			bool open = actions[i].state == STATE_PLANNED || actions[i].state == STATE_TO_CONFIRM;
			bool waits = agenda_waits(&actions[i], request->today);
			if ((waits ? 0 : open ? 1 : 2) != turn) continue;
			waiting += waits;
			done += !waits && !open && actions[i].state != STATE_CANCELLED;
			json_array_append_new(rows, action_to_json(&actions[i]));
		}
	for (size_t l = 0; l < left_count; l++) json_array_append_new(left_rows_model, left_to_json(&left[l]));
	bool planned;
	TRY(run_done(request->db, request->viewer, request->company.id, request->as_of, &planned));
	json_object_set_new(model, "date", model_day(request->as_of));
	json_object_set_new(model, "planned", json_boolean(planned));
	json_object_set_new(model, "actions", rows);
	json_object_set_new(model, "done", json_integer((json_int_t)done));
	json_object_set_new(model, "remaining", json_integer((json_int_t)waiting));
	json_object_set_new(model, "left_out", left_rows_model);
	return STATUS_FINE;
}

static struct status agenda_page(struct request *request, struct day *day)
{
	TRY(day_read(request, day));
	json_t *model = request->model, *collectors, *teams, *people;
	size_t *orphans, waiting = 0, anomalies = anomalies_count(day) + agenda_orphans(request, day, &orphans), alerts = 0;
	struct alert *alert_rows;
	TRY(alert_list(request->db, request->viewer, request->company.id, day->agenda.book, request_selected(request, day->agenda.book), request->settings,
	               request->company.currency, request->as_of, request->arena, &alert_rows, &alerts));
	TRY(agenda_collectors(request, day, &collectors));
	TRY(agenda_teams(request, day, &teams));
	json_object_set_new(model, "teams", teams);
	json_object_set_new(model, "several_teams", json_boolean(json_array_size(teams) > 0));
	TRY(agenda_people(request, &people));
	json_object_set_new(model, "collectors", collectors);
	json_object_set_new(model, "many_collectors", json_boolean(json_array_size(collectors) > 1));
	json_object_set_new(model, "people", people);
	json_object_set_new(model, "stands_in", json_boolean(request->viewer->stands_for_count > 0));
	for (size_t i = 0; i < day->count; i++) waiting += day_action_waits(day->actions[i], request->today);
	json_object_set_new(model, "date", model_day(request->as_of));
	json_object_set_new(model, "planned", json_boolean(day->list->planned));
	json_object_set_new(model, "tabs", tabs_model(request, day->tab, waiting, day->reply_count, day->left_count, anomalies, agenda_sent_count(day), alerts));
	json_object_set_new(model, "tab", json_string(day->tab));
	json_object_set_new(model, "mine", json_boolean(request_int(request, "mine", 0) == 1));
	json_object_set_new(model, "mine_href", page_link(request, "mine", request_int(request, "mine", 0) == 1 ? NULL : "1"));
	json_object_set_new(model, "has_anomalies", json_boolean(anomalies > 0));
	json_object_set_new(model, "has_replies", json_boolean(day->reply_count > 0));
	if (strcmp(day->tab, "left") == 0) {
		request->template = "agenda_left";
		return left_model(request, day);
	}
	if (strcmp(day->tab, "replies") == 0) {
		json_object_set_new(model, "replies", replies_model(day));
		TRY(tray_model(request));
		request->template = "agenda_replies";
		return STATUS_FINE;
	}
	if (strcmp(day->tab, "alerts") == 0) {
		request->template = "agenda_alerts";
		return agenda_alerts_model(request, day);
	}
	if (strcmp(day->tab, "sent") == 0) {
		request->template = "agenda_sent";
		return agenda_sent_model(request, day);
	}
	if (strcmp(day->tab, "anomalies") == 0) {
		request->template = "agenda_anomalies";
		return anomalies_model(request, day);
	}
	TRY(together_due(request));
	return todo_model(request, day, waiting);
}

static struct status agenda_show(struct request *request)
{
	if (request->json) return agenda_json(request);
	struct day day = { .count = 0 };
	struct status status = agenda_page(request, &day);
	day_list_release(day.list);
	return status;
}

const struct route agenda_routes[] = {
	{ "GET", "/agenda", RIGHT_READ, agenda_show, .template = "agenda", .menu = MENU_AGENDA, .summary = "The day's actions",
	  .fields = "tab channel action reason mine collector team offset", .live = true },
	{ 0 },
};
