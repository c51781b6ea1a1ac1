/* agenda_act — acting on the day's actions: planning, confirming one or many, skipping, putting off, calls with one key. */
#include "web/agenda_page.h"

#include "base/memory.h"
#include "ledger/preference.h"
#include "base/words.h"
#include "dunning/call.h"
#include "ledger/contact.h"
#include "ledger/event.h"
#include "dunning/promises.h"
#include "ledger/reply.h"
#include "outreach/confirm.h"
#include "outreach/outbox.h"

#include <stdlib.h>

enum { QUEUE_ROWS = 100 };

enum verb { VERB_CONFIRM, VERB_SKIP, VERB_SNOOZE, VERB_DONE, VERB_REOPEN, VERB_PROMISE, VERB_APPROVE };

struct acting {
	struct request *request;
	enum verb verb;
	int64_t id;
	int32_t until;
	const char *outcome, *note;
	struct confirm_edit edit;
	bool edited;
	/* a promise made on the call */
	int64_t amount;
	int32_t promise_day;
	const char *reason; /* of a call: why he pays late */
	struct confirmed done;
};

static struct status promise_from_call(struct change *change, struct acting *acting)
{
	struct action *action;
	TRY(action_get(change->db, change->viewer, change->company.id, acting->id, acting->request->arena, &action));
	const char *const *ticked = request_fields(acting->request, "item");
	size_t count = 0, room = 0;
	while (ticked[room]) room++;
	int64_t *items = arena_array(acting->request->arena, int64_t, room + 1);
	for (size_t t = 0; t < room; t++)
		if (text_parse_int(ticked[t], strlen(ticked[t]), &items[count])) count++;
	return promises_of_action(change, action, items, count, acting->amount, acting->promise_day, acting->note, acting->request->arena);
}

static struct status act(struct change *change, void *context)
{
	struct acting *acting = context;
	switch (acting->verb) {
	case VERB_CONFIRM:
		return confirm_action(change, acting->id, acting->edited ? &acting->edit : NULL, acting->request->arena, &acting->done);
	case VERB_SKIP: return action_skip(change, acting->id, acting->note);
	case VERB_SNOOZE: return action_snooze(change, acting->id, acting->until);
	case VERB_DONE:
		TRY(confirm_done(change, acting->id, acting->outcome, acting->note, acting->request->arena));
		return acting->reason ? call_reason_set(change, acting->id, acting->reason) : STATUS_FINE;
	case VERB_REOPEN: return action_reopen(change, acting->id);
	case VERB_APPROVE: return action_approve(change, acting->id);
	case VERB_PROMISE:
		TRY(promise_from_call(change, acting));
		TRY(confirm_done(change, acting->id, "promise", acting->note, acting->request->arena));
		return acting->reason ? call_reason_set(change, acting->id, acting->reason) : STATUS_FINE;
	}
	return STATUS_FINE;
}

static struct status id_read(struct request *request, int64_t *id)
{
	const char *text = request_path(request, "id");
	if (!text_parse_int(text, strlen(text), id) || *id <= 0) return status_make(STATUS_NOT_FOUND, "There is no such action.");
	return STATUS_FINE;
}

static struct status act_on_one(struct request *request, enum verb verb)
{
	struct acting acting = { .request = request, .verb = verb, .until = DAY_NONE, .outcome = request_field(request, "outcome"),
				 .note = request_field(request, "note") };
	TRY(id_read(request, &acting.id));
	if (verb == VERB_SNOOZE && !request_day(request, "until", &acting.until)) {
		const struct settings *settings = request->settings;
		struct calendar calendar = calendar_of(settings, request->company.country, request->arena);
		acting.until = calendar_add(&calendar, request->today, 1);
	}
	if (verb == VERB_CONFIRM) {
		acting.edit = (struct confirm_edit){ .contact_id = request_int(request, "contact", 0), .subject = request_field(request, "subject"),
						     .body = request_field(request, "body") };
		acting.edited = acting.edit.contact_id || acting.edit.subject;
	}
	TRY(request_change(request, act, &acting));
	static const char *const notices[] = { "The message leaves in the sending hours.", "The step was passed over.", "Put off.",
					       "Noted.", "Taken up again.", "Promise noted: its items are left in peace until then.",
					       "Approved: somebody else may now send it." };
	request->notice = tr(request->lang, verb == VERB_CONFIRM && acting.done.simulated
		? "Simulated: in test mode it would have left now. The next days are planned as if it had."
		: verb == VERB_CONFIRM && acting.done.held ? "Confirmed; it waits for a mail server." : notices[verb]);
	if (verb == VERB_SKIP || verb == VERB_SNOOZE || (verb == VERB_DONE && strcmp(request_back(request, ""), "") == 0))
		request->undo = arena_printf(request->arena, "/agenda/%lld/reopen", (long long)acting.id);
	request->redirect = request_back(request, "/agenda");
	return STATUS_FINE;
}

static struct status agenda_confirm(struct request *request) { return act_on_one(request, VERB_CONFIRM); }
static struct status agenda_skip(struct request *request) { return act_on_one(request, VERB_SKIP); }
static struct status agenda_snooze(struct request *request) { return act_on_one(request, VERB_SNOOZE); }
static struct status agenda_done(struct request *request) { return act_on_one(request, VERB_DONE); }
static struct status agenda_approve(struct request *request) { return act_on_one(request, VERB_APPROVE); }
static struct status agenda_reopen(struct request *request) { return act_on_one(request, VERB_REOPEN); }

/* Ticked actions: messages are confirmed, what is done by hand is left and said so; each in its own transaction (R9). */
static struct status act_on_ticked(struct request *request, enum verb verb)
{
	const char *const *ids = request_fields(request, "action");
	size_t done = 0, refused = 0, by_hand = 0, held = 0, simulated = 0;
	const char *first = "";
	struct acting acting = { .request = request, .verb = verb, .until = DAY_NONE };
	struct calendar calendar = calendar_of(request->settings, request->company.country, request->arena);
	acting.until = calendar_add(&calendar, request->today, 1);
	if (!ids[0]) return status_make(STATUS_INVALID, "Tick at least one action first.");
	for (size_t i = 0; ids[i]; i++) {
		if (!text_parse_int(ids[i], strlen(ids[i]), &acting.id)) continue;
		struct action *action;
		struct status status = action_get(request->db, request->viewer, request->company.id, acting.id, request->arena, &action);
		if (!status.code && verb == VERB_CONFIRM && !channel_needs_address(action->channel)) {
			by_hand++;
			continue;
		}
		acting.done = (struct confirmed){ 0 };
		if (!status.code) status = request_change(request, act, &acting);
		if (status.code == STATUS_UNAVAILABLE) return status;
		if (status.code) {
			if (!refused++) first = arena_strdup(request->arena, status.text);
		} else {
			done++, held += acting.done.held && !acting.done.simulated, simulated += acting.done.simulated;
		}
	}
	cleanup_text struct text words = { 0 };
	static const char *const one[] = { "%zu message confirmed.", "%zu action passed over.", "%zu action put off." };
	static const char *const many[] = { "%zu messages confirmed.", "%zu actions passed over.", "%zu actions put off." };
	const char *format = trn(request->lang, (long)done, one[verb], many[verb]);
	const char *number = strstr(format, "%zu");
	if (number) {
		text_add_bytes(&words, format, (size_t)(number - format));
		text_addf(&words, "%zu%s", done, number + 3);
	}
	if (simulated) text_addf(&words, " %s", tr(request->lang, "Simulated: in test mode nothing leaves."));
	if (held) text_addf(&words, " %s", tr(request->lang, "They wait for a mail server."));
	if (by_hand) text_addf(&words, " %s", tr(request->lang, "Calls, letters and tasks stay: they are done by hand."));
	if (refused) text_addf(&words, " %s %s", tr(request->lang, "Some were refused:"), first);
	request->notice = arena_strdup(request->arena, text_cstr(&words));
	request->redirect = request_back(request, "/agenda");
	return STATUS_FINE;
}

static struct status ticked_confirm(struct request *request) { return act_on_ticked(request, VERB_CONFIRM); }
static struct status ticked_skip(struct request *request) { return act_on_ticked(request, VERB_SKIP); }
static struct status ticked_snooze(struct request *request) { return act_on_ticked(request, VERB_SNOOZE); }

static struct status agenda_plan(struct request *request)
{
	const struct run_options options = { .queue = confirm_automatic };
	struct viewer system = viewer_system(request->viewer->tenant_id);
	system.lang = request->lang;
	struct run_result result;
	TRY(run_day(request->store, &system, request->company.id, request->today, request->now, &options, request->arena, &result));
	request->notice = result.created ? arena_printf(request->arena, "%s (%lld)", tr(request->lang, "The day is planned: new actions"),
							(long long)result.created)
					 : tr(request->lang, "The day is planned: nothing new.");
	request->redirect = request_back(request, "/agenda");
	return STATUS_FINE;
}

/* --- replies, uncertain messages ----------------------------------------------------------------------------------------------------- */
struct handling {
	int64_t id;
	const char *how, *note;
};

static struct status handle(struct change *change, void *context)
{
	const struct handling *handling = context;
	return reply_handle(change, handling->id, handling->how, handling->note);
}

static struct status reply_handled(struct request *request)
{
	struct handling handling = { .how = request_field(request, "how"), .note = request_field(request, "note") };
	TRY(id_read(request, &handling.id));
	TRY(request_change(request, handle, &handling));
	request->notice = tr(request->lang, "Reply handled.");
	request->redirect = request_back(request, "/agenda?tab=replies");
	return STATUS_FINE;
}

struct settling {
	int64_t action_id, outbox_id;
	bool arrived;
};
static struct status settle(struct change *change, void *context)
{
	struct settling *settling = context;
	TRY(db_get_int(change->db, "SELECT MAX(id) FROM outbox WHERE tenant_id = $tenant AND company_id = $company AND action_id = $action"
		" AND state = 'unknown'",
		DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("action", settling->action_id)),
		&settling->outbox_id, NULL));
	return outbox_settle(change, settling->outbox_id, settling->arrived, "");
}

static struct status agenda_settle(struct request *request)
{
	struct settling settling = { .arrived = request_int(request, "arrived", 0) == 1 };
	TRY(id_read(request, &settling.action_id));
	struct action *action;
	TRY(action_get(request->db, request->viewer, request->company.id, settling.action_id, request->arena, &action));
	TRY(request_change(request, settle, &settling));
	request->notice = tr(request->lang, settling.arrived ? "Noted as sent." : "It will be sent again.");
	request->redirect = request_back(request, "/agenda?tab=anomalies");
	return STATUS_FINE;
}

/* --- call mode ------------------------------------------------------------------------------------------------------------------------- */
static const struct {
	const char *code, *key, *label, *icon, *tone;
} outcomes[] = {
	{ "promise", "P", "Promise", "hand-stop", "t-pro" },        { "dispute", "L", "Dispute", "message-report", "t-bad" },
	{ "na", "N", "No answer", "phone-off", "" },                { "voicemail", "V", "Voicemail", "message-circle", "" },
	{ "contact", "C", "Wrong contact", "user-x", "" },          { "call_back", "R", "Call back", "repeat", "" },
	{ "payment_sent", "D", "Payment sent", "receipt-2", "t-ok" }, { "resent", "X", "Copy sent", "copy", "" },
};

/* letters.md section 3: who calls, what about, one question. */
static const char *say_words(const struct request *request, const struct action *action)
{
	size_t count = 0;
	const struct action_item *oldest = NULL;
	for (size_t i = 0; i < action->item_count; i++)
		if (action->items[i].role == PLAN_CLAIMED) {
			count++;
			if (!oldest || action->items[i].due_day < oldest->due_day) oldest = &action->items[i];
		}
	if (!oldest) return "";
	cleanup_text struct text amount = { 0 }, day = { 0 };
	words_amount(&amount, request->lang, action->amount, action->currency);
	words_date(&day, request->lang, oldest->due_day);
	if (request->lang == LANG_FR)
		return count == 1
			? arena_printf(request->arena, "« Je vous appelle au sujet de la facture %s de %s, échue le %s. L'avez-vous bien reçue ? Y a-t-il un point qui bloque son règlement ? »", oldest->number, text_cstr(&amount), text_cstr(&day))
			: arena_printf(request->arena, "« Je vous appelle au sujet de %zu factures, %s en tout, dont la plus ancienne (%s) est échue le %s. Les avez-vous bien reçues ? À quelle date le virement sera-t-il émis ? »", count, text_cstr(&amount), oldest->number, text_cstr(&day));
	return count == 1
		? arena_printf(request->arena, "“I'm calling about invoice %s, %s, due %s. Did you receive it? Is anything blocking payment?”", oldest->number, text_cstr(&amount), text_cstr(&day))
		: arena_printf(request->arena, "“I'm calling about %zu invoices, %s in all, the oldest (%s) due %s. Did you receive them? On which date will the transfer leave?”", count, text_cstr(&amount), oldest->number, text_cstr(&day));
}

static struct status contacts_model(struct request *request, const struct action *action, json_t **out)
{
	struct contact *contacts;
	size_t count;
	TRY(contact_list(request->db, request->viewer, request->company.id, action->customer_id, request->arena, &contacts, &count));
	*out = json_array();
	for (size_t i = 0; i < count; i++)
		if (contacts[i].phone[0])
			json_array_append_new(*out, json_pack("{s:s, s:s, s:s}", "name", contacts[i].name, "phone", contacts[i].phone, "role", contacts[i].role));
	if (json_array_size(*out) == 0) {
		cleanup_free char *phone = NULL;
		TRY(db_get_text(request->db, "SELECT phone FROM customer WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
			DB_ARGS(db_int("tenant", request->viewer->tenant_id), db_int("company", request->company.id), db_int("id", action->customer_id)),
			&phone));
		if (phone && *phone) json_array_append_new(*out, json_pack("{s:s, s:s, s:s}", "name", "", "phone", phone, "role", ""));
	}
	return STATUS_FINE;
}

static struct status exchanges_model(struct request *request, const struct action *action, json_t **out)
{
	struct event *events;
	size_t count;
	TRY(event_list(request->db, request->viewer, request->company.id, action->customer_id, NULL, 0, 6, request->arena, &events, &count));
	*out = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *row = json_pack("{s:s}", "label", event_words(events[i].kind));
		json_object_set_new(row, "date", model_day(events[i].day));
		json_array_append_new(*out, row);
	}
	return STATUS_FINE;
}

/* The calls of the list that wait: how many, their sum, the one to make now and those around it. */
struct queue {
	int64_t ids[QUEUE_ROWS], current, sum;
	size_t count, at, listed;
};

struct waiting_call {
	int64_t id;
	bool closed;     /* not at this hour: he is called when his own hours have come */
	int wait, index; /* hours until he is best reached; 24: not known */
};
static int call_order(const void *a, const void *b)
{
	const struct waiting_call *x = a, *y = b;
	if (x->closed != y->closed) return x->closed ? 1 : -1;
	if (x->wait != y->wait) return x->wait < y->wait ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static int hours_order(const void *key, const void *row)
{
	int64_t wanted = *(const int64_t *)key, at = ((const struct preference_hours *)row)->customer_id;
	return wanted < at ? -1 : wanted > at;
}

static struct status queue_read(struct request *request, const struct agenda *agenda, const struct day_list *list, const struct call_hours_known *hours,
		       struct queue *out)
{
	const char *order = request_field(request, "order");
	bool by_hour = order && strcmp(order, "hour") == 0;
	const uint8_t *selected = request_selected(request, agenda->book);
	int64_t chosen = request_int(request, "action", 0);
	struct waiting_call *calls = arena_array(request->arena, struct waiting_call, list->count + 1);
	*out = (struct queue){ .count = 0 };
	struct preference_hours *own;
	size_t own_count;
	bool any_closed = false;
	int minutes = company_minutes(&request->company, &request->clock);
	TRY(preference_hours(request->db, request->company.tenant_id, request->company.id, request->arena, &own, &own_count));
	for (size_t i = 0; i < list->count; i++) {
		const struct day_action *action = &list->actions[i];
		if (action->channel != CHANNEL_CALL || !day_action_waits(action, request->today)) continue;
		size_t customer = selected ? book_find_customer(agenda->book, action->customer_id) : 0;
		if (selected && (customer == SIZE_MAX || !selected[customer])) continue;
		if (strcmp(action->currency, request->company.currency) == 0) out->sum += action->amount;
		int hour = by_hour ? calls_hour(hours, action->customer_id) : -1;
		const struct preference_hours *his = own_count ? bsearch(&action->customer_id, own, own_count, sizeof *own, hours_order) : NULL;
		bool closed = his && !preference_open(his->hours, minutes);
		any_closed |= closed;
		calls[out->count] = (struct waiting_call){ action->id, closed, hour < 0 ? 24 : (hour - hours->now + 24) % 24, (int)out->count };
		out->count++;
	}
	if ((by_hour || any_closed) && out->count) qsort(calls, out->count, sizeof *calls, call_order);
	for (size_t i = 0; i < out->count; i++)
		if (calls[i].id == chosen) out->current = chosen, out->at = i + 1;
	if (!out->current && out->count) out->current = calls[0].id, out->at = 1; /* none is chosen, or it is done: the first */
	size_t first = out->at > QUEUE_ROWS / 2 ? out->at - QUEUE_ROWS / 2 : 0;
	for (size_t i = first; i < out->count && out->listed < QUEUE_ROWS; i++) out->ids[out->listed++] = calls[i].id;
	return STATUS_FINE;
}

static struct status calls_show(struct request *request)
{
	struct agenda agenda;
	TRY(agenda_open(request, &agenda));
	cleanup_day_list const struct day_list *list = NULL;
	TRY(day_list_get(request->db, request->company.tenant_id, request->company.id, request->today, &list));
	struct queue calls;
	struct call_hours_known hours;
	TRY(calls_hours(request, &hours));
	TRY(queue_read(request, &agenda, list, &hours, &calls));
	struct action *rows, *current = NULL;
	TRY(action_read(request->db, request->viewer, request->company.id, calls.ids, calls.listed, request->arena, &rows));
	if (calls.current) TRY(action_get(request->db, request->viewer, request->company.id, calls.current, request->arena, &current));
	json_t *queue = json_array(), *model = request->model;
	for (size_t i = 0; i < calls.listed; i++) {
		if (!rows[i].id) continue;
		json_t *row = agenda_action(&agenda, &rows[i]);
		json_object_set_new(row, "current", json_boolean(rows[i].id == calls.current));
		json_object_set_new(row, "best_hour", calls_hour_words(request, calls_hour(&hours, rows[i].customer_id)));
		json_array_append_new(queue, row);
	}
	json_object_set_new(model, "queue", queue);
	json_object_set_new(model, "count", json_integer((json_int_t)calls.count));
	json_object_set_new(model, "at", json_integer((json_int_t)calls.at));
	json_object_set_new(model, "sum", json_integer(calls.sum));
	TRY(calls_after(request));
	bool by_hour = request_field(request, "order") && strcmp(request_field(request, "order"), "hour") == 0;
	json_object_set_new(model, "by_hour", json_boolean(by_hour));
	json_object_set_new(model, "order", by_hour ? json_string("hour") : json_null());
	json_t *call = json_null();
	if (current) {
		call = agenda_action(&agenda, current);
		json_object_set_new(call, "best_hour", calls_hour_words(request, calls_hour(&hours, current->customer_id)));
		json_t *items = json_array(), *contacts, *exchanges, *keys = json_array();
		for (size_t i = 0; i < current->item_count; i++) {
			const struct action_item *item = &current->items[i];
			if (item->role == PLAN_STATEMENT) continue;
			json_t *one = json_pack("{s:s, s:I, s:I, s:b, s:s}", "number", item->number, "id", (json_int_t)item->item_id, "amount",
						(json_int_t)item->amount, "credit", item->role == PLAN_CREDIT, "currency", current->currency);
			json_object_set_new(one, "due_date", model_day(item->due_day));
			json_object_set_new(one, "days", request->today > item->due_day ? json_integer(request->today - item->due_day) : json_null());
			json_array_append_new(items, one);
		}
		TRY(contacts_model(request, current, &contacts));
		TRY(exchanges_model(request, current, &exchanges));
		for (size_t o = 0; o < COUNT(outcomes); o++)
			json_array_append_new(keys, json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "code", outcomes[o].code, "key", outcomes[o].key, "label",
				outcomes[o].label, "icon", outcomes[o].icon, "tone", outcomes[o].tone, "promise", o == 0));
		struct calendar calendar = calendar_of(request->settings, request->company.country, request->arena);
		json_object_set_new(call, "rows", items);
		json_object_set_new(call, "has_contacts", json_boolean(json_array_size(contacts) > 0));
		json_object_set_new(call, "has_exchanges", json_boolean(json_array_size(exchanges) > 0));
		json_object_set_new(call, "contacts", contacts);
		json_object_set_new(call, "exchanges", exchanges);
		json_object_set_new(call, "outcomes", keys);
		json_object_set_new(call, "say", json_string(say_words(request, current)));
		json_object_set_new(call, "objections", calls_objections(request));
		TRY(calls_reasons(request, current->customer_id, call));
		json_object_set_new(call, "promise_date", model_day(calendar_next(&calendar, request->today + 7)));
	}
	json_object_set_new(model, "call", call);
	json_object_set_new(model, "empty", current ? json_null()
		: json_pack("{s:s, s:s, s:s, s:s, s:s}", "icon", "phone-check", "title", tr(request->lang, "No call is left"), "text",
			    tr(request->lang, "Every call of the day is done or put off."), "href", "/agenda", "action",
			    tr(request->lang, "Back to the agenda")));
	return STATUS_FINE;
}

static const char *dispute_address(struct request *request)
{
	cleanup_text struct text address = { 0 };
	text_add(&address, "/items/dispute?back=%2Fagenda%2Fcalls");
	const char *const *items = request_fields(request, "item");
	for (size_t i = 0; items[i]; i++) text_addf(&address, "&item=%s", request_escape(request, items[i]));
	return items[0] ? arena_strdup(request->arena, text_cstr(&address)) : "/agenda/calls";
}

/* One key: the outcome is noted, and the next call is shown. */
static struct status call_outcome(struct request *request)
{
	const char *outcome = request_field(request, "outcome");
	struct acting acting = { .request = request, .verb = VERB_DONE, .outcome = outcome, .note = request_field(request, "note"), .promise_day = DAY_NONE };
	TRY(id_read(request, &acting.id));
	if (!outcome || !action_outcome_known(outcome)) return status_make(STATUS_INVALID, "Choose how the call ended.");
	if (strcmp(outcome, "promise") == 0) {
		acting.verb = VERB_PROMISE;
		if (!request_day(request, "promise_date", &acting.promise_day))
			return status_make(STATUS_INVALID, "For which day is the payment promised? Write a date.");
		const char *amount = request_field(request, "amount");
		struct action *action;
		TRY(action_get(request->db, request->viewer, request->company.id, acting.id, request->arena, &action));
		if (amount && *amount && !field_amount(amount, action->currency, &acting.amount))
			return status_make(STATUS_INVALID, "“%.40s” is not an amount.", amount);
	}
	const char *reason = request_field(request, "reason");
	if (reason && *reason) acting.reason = reason;
	TRY(request_change(request, act, &acting));
	request->notice = tr(request->lang, acting.verb == VERB_PROMISE ? "Promise noted: its items are left in peace until then." : "Noted.");
	request->undo = acting.verb == VERB_DONE ? arena_printf(request->arena, "/agenda/%lld/reopen", (long long)acting.id) : NULL;
	/* a dispute is opened on the ticked items right away; the form comes back to the queue */
	request->redirect = strcmp(outcome, "dispute") == 0 ? dispute_address(request) : arena_printf(request->arena, "/agenda/calls?%s=%lld", call_reached(outcome) ? "recap" : "missed", (long long)acting.id);
	return STATUS_FINE;
}

const struct route agenda_act_routes[] = {
	{ "GET", "/agenda/calls", RIGHT_COLLECT, calls_show, .template = "agenda_calls", .menu = MENU_AGENDA, .summary = "Call mode", .fields = "action order recap missed", .live = true },
	{ "POST", "/agenda/calls/{id}", RIGHT_COLLECT, call_outcome, .summary = "Note how a call ended", .fields = "outcome* reason note promise_date amount item[]" },
	{ "POST", "/agenda/plan", RIGHT_COLLECT, agenda_plan, .summary = "Plan the day again" },
	{ "POST", "/agenda/confirm", RIGHT_COLLECT, ticked_confirm, .summary = "Confirm ticked messages", .fields = "action[]*" },
	{ "POST", "/agenda/skip", RIGHT_COLLECT, ticked_skip, .summary = "Pass ticked actions over", .fields = "action[]*" },
	{ "POST", "/agenda/snooze", RIGHT_COLLECT, ticked_snooze, .summary = "Put ticked actions off", .fields = "action[]*" },
	{ "POST", "/agenda/{id}/confirm", RIGHT_COLLECT, agenda_confirm, .summary = "Confirm a message", .fields = "contact subject body" },
	{ "POST", "/agenda/{id}/skip", RIGHT_COLLECT, agenda_skip, .summary = "Pass a step over", .fields = "note" },
	{ "POST", "/agenda/{id}/snooze", RIGHT_COLLECT, agenda_snooze, .summary = "Put an action off", .fields = "until" },
	{ "POST", "/agenda/{id}/done", RIGHT_COLLECT, agenda_done, .summary = "A call, letter or task is done", .fields = "outcome note" },
	{ "POST", "/agenda/{id}/reopen", RIGHT_COLLECT, agenda_reopen, .summary = "Take an action up again" },
	{ "POST", "/agenda/{id}/approve", RIGHT_COLLECT, agenda_approve, .summary = "Approve a formal notice as the second person" },
	{ "POST", "/agenda/{id}/settle", RIGHT_COLLECT, agenda_settle, .summary = "Say what became of an uncertain message", .fields = "arrived*" },
	{ "POST", "/agenda/replies/{id}/handled", RIGHT_NOTE, reply_handled, .summary = "A reply is handled", .fields = "how note back" },
	{ 0 },
};
