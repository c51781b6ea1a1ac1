/* customer — one customer's file: the head, and the tab that was asked for. The JSON face is the contract's `customer`. */
#include "web/customer_page.h"

#include "base/day.h"
#include "dunning/action.h"
#include "dunning/note.h"
#include "ledger/contact.h"
#include "ledger/document.h"
#include "ledger/document_kind.h"
#include "ledger/dispute.h"
#include "ledger/dispute_kind.h"
#include "ledger/hold.h"
#include "ledger/payment_plan.h"
#include "ledger/promise.h"
#include "outreach/facts.h"
#include "outreach/outbox.h"
#include "outreach/parts.h"
#include "web/draw.h"
#include "web/casework_page.h"
#include "web/timeline.h"
#include "web/together_page.h"

#include <stdlib.h>
#include <string.h>

enum { TIMELINE_ROWS = 40, LATEST_ROWS = 5, ITEM_ROWS = 200 };

static const struct { const char *code, *label; } tabs[] = {
	{ "items", "Items" }, { "timeline", "Exchanges" }, { "contacts", "Contacts" }, { "bound", "Disputes and promises" },
	{ "documents", "Messages" }, { "settings", "Settings" },
};
static const struct { const char *code, *label; enum item_state state; } lists[] = {
	{ "open", "Open items", LIST_OPEN }, { "overdue", "Overdue", LIST_OVERDUE }, { "closed", "Settled items", LIST_CLOSED }, { "all", "All", LIST_ALL },
};

static const char *address_of(const struct customer_page *page, const char *tab)
{
	return arena_printf(page->request->arena, "/customers/%s?tab=%s", request_escape(page->request, page->customer.code), tab);
}

static json_t *empty(const struct request *request, const char *icon, const char *title, const char *text)
{
	return json_pack("{s:s, s:s, s:s, s:n, s:n}", "icon", icon, "title", tr(request->lang, title), "text", tr(request->lang, text), "href", "action");
}

/* --- contacts ---------------------------------------------------------------------------------------------------------------- */
static json_t *initials_of(const struct request *request, const char *name)
{
	/* the first letters of the first two words, whatever the alphabet */
	cleanup_text struct text out = { 0 };
	int words = 0;
	for (const char *at = name; *at && words < 2; words++) {
		while (*at == ' ') at++;
		size_t len = 1;
		while (((unsigned char)at[len] & 0xc0) == 0x80) len++;
		if (*at) text_add_bytes(&out, at, len);
		while (*at && *at != ' ') at++;
	}
	(void)request;
	return json_string(text_cstr(&out));
}

static struct status set_contacts(struct customer_page *page)
{
	struct request *request = page->request;
	struct contact *contacts;
	size_t count;
	TRY(contact_list(request->db, request->viewer, request->company.id, page->customer.id, request->arena, &contacts, &count));
	json_t *rows = json_array();
	for (size_t i = 0; i < count; i++) {
		const struct contact *c = &contacts[i];
		json_array_append_new(rows, json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:o}", "id", (json_int_t)c->id, "name", c->name, "email",
		                                      c->email, "phone", c->phone, "role", c->role, "language", c->language, "main", c->main, "bounced",
		                                      c->bounced_at != 0 || c->suppressed, "initials", initials_of(request, *c->name ? c->name : c->email)));
		if (c->main && *c->phone) json_object_set_new(request->model, "main_phone", json_string(c->phone));
	}
	json_object_set_new(request->model, "contacts", rows);
	return STATUS_FINE;
}

/* --- what happens today ---------------------------------------------------------------------------------------------------------- */
static const char *channel_icon(enum channel channel)
{
	static const char *const icons[CHANNEL_COUNT] = { "mail", "mailbox", "mailbox", "device-mobile-message", "phone", "checkbox", "building-bank",
							  "lock", "gavel" };
	return icons[channel];
}

static struct status set_today(struct customer_page *page)
{
	struct request *request = page->request;
	json_t *model = request->model, *rows = json_array();
	json_object_set_new(model, "today_actions", rows);
	json_object_set_new(model, "why_not", json_null());
	if (request->past) return STATUS_FINE;
	struct action *actions;
	size_t count;
	struct action_filter filter = { .day = DAY_NONE, .customer_id = page->customer.id,
	                                .states = 1u << STATE_PLANNED | 1u << STATE_TO_CONFIRM | 1u << STATE_QUEUED | 1u << STATE_SENDING | 1u << STATE_UNKNOWN | 1u << STATE_FAILED,
	                                .items = true };
	TRY(action_list(request->db, request->viewer, request->company.id, &filter, request->arena, &actions, &count));
	static const char *const states[STATE_COUNT] = {
		[STATE_PLANNED] = "To do.", [STATE_TO_CONFIRM] = "Waits for your yes.", [STATE_QUEUED] = "Ready to leave.", [STATE_SENDING] = "Being sent.",
		[STATE_UNKNOWN] = "The sending is uncertain: say what became of it.", [STATE_FAILED] = "Could not be sent.",
	};
	for (size_t i = 0; i < count; i++) {
		const struct action *action = &actions[i];
		const char *state = tr(request->lang, action->snoozed_until != DAY_NONE && action->snoozed_until > request->today ? "Put off to a later day."
		                       : states[action->state] ? states[action->state] : "");
		int64_t amount = action->amount;
		if (action->customer_id != page->customer.id) { /* asked of his payer, also for others: here what is his */
			amount = 0;
			for (size_t k = 0; k < action->item_count; k++)
				if (action->items[k].customer_id == page->customer.id && (action->items[k].role == PLAN_CLAIMED || action->items[k].role == PLAN_CREDIT))
					amount += action->items[k].amount;
			state = arena_printf(request->arena, "%s · %s", state, arena_printf(request->arena, tr(request->lang, "asked of his payer %s"), action->customer_name));
		}
		json_array_append_new(rows, json_pack("{s:I, s:s, s:s, s:s, s:I, s:s}", "id", (json_int_t)action->id, "label",
		                                      action_label(action, request->lang, request->arena), "icon", channel_icon(action->channel),
		                                      "state_text", state, "amount", (json_int_t)amount, "currency", action->currency));
	}

	/* why the rest is not chased, by reason */
	struct run_left *left;
	size_t left_count;
	TRY(left_out_of(request->db, request->viewer, request->company.id, page->customer.id, request->today, request->arena, &left, &left_count));
	int64_t amounts[LEFT_COUNT] = { 0 };
	int counts[LEFT_COUNT] = { 0 };
	int32_t until[LEFT_COUNT];
	for (int i = 0; i < LEFT_COUNT; i++) until[i] = DAY_NONE;
	for (size_t i = 0; i < left_count; i++) {
		if (left[i].customer_id != page->customer.id) continue;
		amounts[left[i].reason] += left[i].amount;
		counts[left[i].reason]++;
		if (left[i].until != DAY_NONE && (until[left[i].reason] == DAY_NONE || left[i].until < until[left[i].reason])) until[left[i].reason] = left[i].until;
	}
	json_t *reasons = json_array();
	for (int i = 0; i < LEFT_COUNT; i++)
		if (counts[i])
			json_array_append_new(reasons, json_pack("{s:s, s:s, s:i, s:I, s:o}", "code", left_reason_code((enum left_reason)i), "label",
			                                         left_reason_label((enum left_reason)i), "count", counts[i], "amount", (json_int_t)amounts[i],
			                                         "until", model_day(until[i])));
	if (json_array_size(reasons)) json_object_set_new(model, "why_not", json_pack("{s:o}", "reasons", reasons));
	else json_decref(reasons);
	return STATUS_FINE;
}

/* --- items -------------------------------------------------------------------------------------------------------------------------- */
/* The last thing that asked for an item, of those already done on the day of the figures: standing in a statement asks nothing. */
static json_t *last_action(const struct customer_page *page, int64_t item_id, const struct action *actions, size_t count)
{
	const struct request *request = page->request;
	const struct action *last = NULL;
	for (size_t i = 0; i < count; i++) {
		if (actions[i].done_day == DAY_NONE || actions[i].done_day > request->as_of || (last && last->done_day >= actions[i].done_day)) continue;
		for (size_t k = 0; k < actions[i].item_count; k++)
			if (actions[i].items[k].item_id == item_id && actions[i].items[k].role == PLAN_CLAIMED) last = &actions[i];
	}
	if (!last) return json_null();
	return json_pack("{s:s, s:o}", "label", action_label(last, request->lang, request->arena), "date", model_day(last->done_day));
}

static struct status tab_items(struct customer_page *page)
{
	struct request *request = page->request;
	json_t *model = request->model;
	const char *asked = request_field(request, "list");
	size_t which = 0;
	for (size_t i = 0; asked && i < sizeof lists / sizeof *lists; i++)
		if (strcmp(asked, lists[i].code) == 0) which = i;
	json_t *choices = json_array();
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		json_array_append_new(choices, json_pack("{s:s, s:b, s:o}", "label", lists[i].label, "on", i == which, "href",
		                                         page_link(request, "list", i ? lists[i].code : NULL)));
	json_object_set_new(model, "lists", choices);
	json_object_set_new(model, "list", json_string(lists[which].code));

	struct item_list list = { 0 };
	int64_t offset = request_int(request, "offset", 0);
	struct list_page window = { .sort = ITEM_BY_DUE, .descending = lists[which].state == LIST_CLOSED, .limit = ITEM_ROWS,
	                            .offset = offset > 0 ? (size_t)offset : 0 };
	if (page->index != SIZE_MAX) {
		struct item_filter filter = { .as_of = request->as_of, .state = lists[which].state, .customer = page->index + 1, .outside = true };
		item_list(page->context.book, &filter, window, request->arena, &list);
	}
	struct action *actions;
	size_t action_count;
	TRY(action_list(request->db, request->viewer, request->company.id,
	                &(struct action_filter){ .day = DAY_NONE, .customer_id = page->customer.id, .states = 1u << STATE_SENT | 1u << STATE_DONE, .items = true },
	                request->arena, &actions, &action_count));
	json_t *rows = json_array();
	for (size_t i = 0; i < list.count; i++) {
		json_t *row = item_view(&page->context, list.rows[i].index);
		json_object_set_new(row, "last_action", last_action(page, json_integer_value(json_object_get(row, "id")), actions, action_count));
		json_array_append_new(rows, row);
	}
	json_object_set_new(model, "rows", rows);
	json_object_set_new(model, "rows_open", json_integer(list.open));
	json_object_set_new(model, "pager", page_pager(request, window.offset, window.limit, list.total));
	json_object_set_new(model, "empty", list.total ? json_null() : empty(request, "circle-check", "Nothing in this list", "No item is in this state on this day."));
	json_object_set_new(model, "timeline_href", json_string(address_of(page, "timeline")));
	json_object_set_new(model, "contacts_href", json_string(address_of(page, "contacts")));
	json_t *latest;
	int64_t older;
	TRY(timeline_list(request, page->customer.id, NULL, 0, LATEST_ROWS, &latest, &older));
	json_object_set_new(model, "latest", json_array_size(latest) ? json_pack("{s:o}", "entries", latest) : (json_decref(latest), json_null()));
	return set_today(page);
}

/* --- exchanges ------------------------------------------------------------------------------------------------------------------------- */
static struct status tab_timeline(struct customer_page *page)
{
	struct request *request = page->request;
	json_t *model = request->model;
	const char *asked = request_field(request, "kind");
	const struct timeline_kind *kind = NULL;
	json_t *kinds = json_array();
	json_array_append_new(kinds, json_pack("{s:s, s:b, s:o}", "label", "All", "on", !asked || !*asked, "href", page_link(request, "kind", NULL)));
	for (const struct timeline_kind *one = timeline_kinds; one->code; one++) {
		bool on = asked && strcmp(asked, one->code) == 0;
		if (on) kind = one;
		json_array_append_new(kinds, json_pack("{s:s, s:b, s:o}", "label", one->label, "on", on, "href", page_link(request, "kind", one->code)));
	}
	json_object_set_new(model, "kinds", kinds);
	json_t *entries;
	int64_t older;
	const char *sought = request_field(request, "q");
	if (sought && *sought) TRY(timeline_search(request, page->customer.id, kind, sought, TIMELINE_ROWS, &entries, &older));
	else TRY(timeline_list(request, page->customer.id, kind, request_int(request, "before", 0), TIMELINE_ROWS, &entries, &older));
	json_object_set_new(model, "q", sought && *sought ? json_string(sought) : json_null());
	TRY(together_fill(request, page->customer.id));
	bool any = json_array_size(entries) > 0;
	json_object_set_new(model, "entries", any ? json_pack("{s:o}", "list", entries) : (json_decref(entries), json_null()));
	json_object_set_new(model, "empty", any ? json_null() : empty(request, "message-circle", "Nothing here yet", "Messages, replies, promises and comments are kept here."));
	char before[24];
	snprintf(before, sizeof before, "%lld", (long long)older);
	json_object_set_new(model, "older", older ? page_link(request, "before", before) : json_null());

	/* how often one talks: of the last year's events */
	struct event *events;
	size_t count;
	int64_t messages = 0, calls = 0, replies = 0, promises = 0, disputes = 0;
	TRY(event_list(request->db, request->viewer, request->company.id, page->customer.id, NULL, 0, 2000, request->arena, &events, &count));
	for (size_t i = 0; i < count; i++) {
		if (events[i].day <= request->as_of - 365 || events[i].day > request->as_of) continue;
		messages += strcmp(events[i].kind, "action.sent") == 0;
		calls += strcmp(events[i].kind, "action.done") == 0;
		replies += strcmp(events[i].kind, "reply.noted") == 0;
		promises += strcmp(events[i].kind, "promise.made") == 0;
		disputes += strcmp(events[i].kind, "dispute.opened") == 0;
	}
	json_object_set_new(model, "rhythm", json_pack("{s:I, s:I, s:I, s:I, s:I}", "messages", (json_int_t)messages, "calls", (json_int_t)calls,
	                    "replies", (json_int_t)replies, "promises", (json_int_t)promises, "disputes", (json_int_t)disputes));
	return set_today(page);
}

/* --- disputes, promises, holds ------------------------------------------------------------------------------------------------------------ */
static bool blockage_of(const char *reason)
{
	const struct dispute_kind *kind = dispute_kind(reason);
	return kind && kind->blockage;
}

static struct status tab_bound(struct customer_page *page)
{
	struct request *request = page->request;
	json_t *model = request->model, *rows = json_array();
	struct dispute *disputes;
	struct promise *promises;
	struct hold *holds;
	size_t count, all = 0;
	TRY(dispute_list(request->db, request->viewer, request->company.id, page->customer.id, false, request->arena, &disputes, &count));
	all += count;
	for (size_t i = 0; i < count; i++) {
		const struct dispute *d = &disputes[i];
		size_t at = book_find_item(page->context.book, d->item_id);
		int64_t whole = at != SIZE_MAX ? book_item(page->context.book, at, request->as_of).open : 0;
		json_array_append_new(rows, json_pack("{s:I, s:s, s:I, s:s, s:s, s:s, s:o, s:o, s:b, s:o, s:I}", "id", (json_int_t)d->id, "number",
		                                      arena_printf(request->arena, "%c-%lld", blockage_of(d->reason) ? 'B' : 'L', (long long)d->case_id), "item_id",
		                                      (json_int_t)d->item_id, "item", d->item_number, "reason", dispute_label(d->reason), "note", d->note, "opened_on",
		                                      model_day(d->opened_day), "due_on", model_day(d->due_day), "late",
		                                      d->due_day != DAY_NONE && d->due_day < request->today && d->closed_day == DAY_NONE, "closed_on",
		                                      model_day(d->closed_day), "amount", (json_int_t)(d->amount ? d->amount : whole)));
	}
	json_object_set_new(model, "disputes", count ? json_pack("{s:o}", "list", rows) : (json_decref(rows), json_null()));

	TRY(promise_list(request->db, request->viewer, request->company.id, page->customer.id, false, request->arena, &promises, &count));
	all += count;
	rows = json_array();
	for (size_t i = 0; i < count; i++) {
		const struct promise *p = &promises[i];
		json_t *items = json_array();
		for (size_t k = 0; k < p->item_count; k++) {
			size_t at = book_find_item(page->context.book, p->items[k]);
			if (at != SIZE_MAX) json_array_append_new(items, json_pack("{s:s}", "number", book_item(page->context.book, at, request->as_of).number));
		}
		json_array_append_new(rows, json_pack("{s:I, s:o, s:I, s:s, s:s, s:s, s:o, s:o}", "id", (json_int_t)p->id, "date", model_day(p->day), "amount",
		                                      (json_int_t)p->amount, "currency", p->currency, "note", p->note, "state", p->state, "made_on",
		                                      model_day(p->made_day), "items", items));
	}
	json_object_set_new(model, "promises", count ? json_pack("{s:o}", "list", rows) : (json_decref(rows), json_null()));

	struct payment_plan *plans;
	TRY(payment_plan_list(request->db, request->viewer, request->company.id, (struct payment_plan_filter){ .customer_id = page->customer.id }, request->arena,
	                      &plans, &count));
	all += count;
	rows = json_array();
	for (size_t i = 0; i < count; i++) json_array_append_new(rows, plan_row(request, &plans[i]));
	json_object_set_new(model, "plans", count ? json_pack("{s:o}", "list", rows) : (json_decref(rows), json_null()));

	TRY(hold_list(request->db, request->viewer, request->company.id, page->customer.id, DAY_NONE, request->arena, &holds, &count));
	all += count;
	static const char *const labels[HOLD_KIND_COUNT] = { "On hold", "Exclusion", "Payment plan", "Direct debit under way", "Assigned to a third party", "Said by a platform" };
	rows = json_array();
	for (size_t i = 0; i < count; i++) {
		const struct hold *h = &holds[i];
		json_array_append_new(rows, json_pack("{s:I, s:I, s:s, s:s, s:s, s:o, s:o, s:o}", "id", (json_int_t)h->id, "item_id", (json_int_t)h->item_id,
		                                      "item", h->item_id ? h->item_number : "", "kind_label", labels[h->kind], "reason", h->reason, "from",
		                                      model_day(h->from_day), "until", model_day(h->until_day), "lifted_on", model_day(h->lifted_day)));
	}
	json_object_set_new(model, "holds", count ? json_pack("{s:o}", "list", rows) : (json_decref(rows), json_null()));
	json_object_set_new(model, "empty", all ? json_null() : empty(request, "circle-check", "Nothing binds this customer", "No dispute, promise, hold or exclusion so far. Tick items to add one."));
	return STATUS_FINE;
}

/* --- messages ----------------------------------------------------------------------------------------------------------------------------------- */
static json_t *document_kinds_model(const char *chosen)
{
	json_t *list = json_array();
	for (const struct document_kind *kind = document_kinds; kind->code; kind++)
		json_array_append_new(list, json_pack("{s:s, s:s, s:b}", "code", kind->code, "label", kind->label, "on", strcmp(kind->code, chosen) == 0));
	return list;
}

/* What a document may belong to: what is open, newest first. */
static struct status items_to_choose(struct customer_page *page)
{
	enum { OFFERED = 60 };
	struct request *request = page->request;
	struct item *items;
	size_t count;
	json_t *list = json_array();
	json_object_set_new(request->model, "choose", list);
	TRY(item_list_open(request->db, request->viewer, request->company.id, page->customer.id, request->arena, &items, &count));
	for (size_t i = count; i-- > 0 && json_array_size(list) < OFFERED;)
		if (items[i].open > 0) json_array_append_new(list, json_pack("{s:I, s:s}", "id", (json_int_t)items[i].id, "number", items[i].number));
	return STATUS_FINE;
}

static struct status tab_documents(struct customer_page *page)
{
	struct request *request = page->request;
	struct outbox_row *messages;
	size_t count;
	TRY(outbox_list(request->db, request->viewer, request->company.id, &(struct outbox_filter){ .customer_id = page->customer.id, .limit = 100 },
	                request->arena, &messages, &count));
	static const char *const tones[OUTBOX_STATES] = { "info", "info", "ok", "warn", "bad", "", "" };
	json_t *rows = json_array();
	for (size_t i = 0; i < count; i++) {
		struct outbox_row whole;
		struct outbox_file *files;
		size_t file_count;
		TRY(outbox_get(request->db, request->viewer, request->company.id, messages[i].id, request->arena, &whole));
		TRY(outbox_files(request->db, request->viewer, request->company.id, messages[i].id, request->arena, &files, &file_count));
		json_t *attached = json_array();
		for (size_t k = 0; k < file_count; k++)
			json_array_append_new(attached, json_pack("{s:I, s:s}", "id", (json_int_t)files[k].id, "name", files[k].name));
		json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "subject", whole.subject, "recipient", whole.recipient, "text",
		                                      whole.text, "state_label", outbox_state_label(whole.state), "tone", tones[whole.state], "error", whole.error,
		                                      "at", model_instant(whole.sent_at ? whole.sent_at : whole.queued_at), "files", attached));
	}
	struct document *documents;
	size_t document_count;
	json_t *received = json_array();
	TRY(document_list(request->db, request->viewer, request->company.id, page->customer.id, 0, request->arena, &documents, &document_count));
	for (size_t i = 0; i < document_count; i++) {
		const struct document_kind *kind = document_kind_find(documents[i].kind);
		json_array_append_new(received, json_pack("{s:I, s:s, s:o, s:o, s:s, s:o, s:o}", "id", (json_int_t)documents[i].id, "name", documents[i].name, "at",
			model_instant(documents[i].at), "item", documents[i].item_id ? json_integer(documents[i].item_id) : json_null(), "kind", documents[i].kind, "kind_label",
			kind ? json_string(kind->label) : json_null(), "kinds", document_kinds_model(documents[i].kind)));
	}
	TRY(items_to_choose(page));
	json_object_set_new(request->model, "kinds", document_kinds_model(""));
	json_object_set_new(request->model, "has_received", json_boolean(document_count > 0));
	json_object_set_new(request->model, "received", received);
	json_object_set_new(request->model, "messages", rows);
	json_object_set_new(request->model, "empty", count ? json_null() : empty(request, "mail", "No message yet", "What leaves for this customer is kept here, with its documents."));
	return STATUS_FINE;
}

/* The statement of his account as of today, as the customer would get it. */
static struct status statement_show(struct request *request)
{
	struct compose_facts facts;
	struct attachment file;
	TRY(facts_of_customer(request->db, request->viewer, &request->company, request->settings, request_path(request, "code"), "reminder",
	                      request->today, request->arena, &facts));
	if (facts.item_count == 0) return status_make(STATUS_NOT_FOUND, "Nothing is open on this account: there is no statement to print.");
	TRY(statement_pdf(&facts, request->arena, &file));
	request->file_type = file.type, request->file_name = file.name;
	text_add_bytes(&request->file, file.bytes, file.len);
	return STATUS_FINE;
}

static struct status document_show(struct request *request)
{
	struct attachment file;
	TRY(outbox_file(request->db, request->viewer, request->company.id, request_int(request, "id", 0), request->arena, &file));
	request->file_type = file.type, request->file_name = file.name;
	text_add_bytes(&request->file, file.bytes, file.len);
	return STATUS_FINE;
}

void customer_tabs(const struct customer_page *page, const char *tab)
{
	json_t *bar = json_array(), *model = page->request->model;
	for (size_t i = 0; i < sizeof tabs / sizeof *tabs; i++)
		json_array_append_new(bar, json_pack("{s:s, s:b, s:s, s:n}", "label", tabs[i].label, "on", strcmp(tabs[i].code, tab) == 0, "href",
		                                     address_of(page, tabs[i].code), "count"));
	json_object_set_new(model, "tabs", bar);
	json_object_set_new(model, "tab", json_string(tab));
	json_object_set_new(model, "empty", json_null());
	json_object_set_new(model, "pager", json_null());
}

/* --- the page --------------------------------------------------------------------------------------------------------------------------------------- */
static struct status customer_show(struct request *request)
{
	struct customer_page page = { .request = request };
	TRY(customer_of(request, &page.customer));
	TRY(view_context(request, &page.context));
	page.index = book_find_customer(page.context.book, page.customer.id);
	if (request->json) {
		json_t *model;
		TRY(insight_customer(&page.context, page.customer.code, &model));
		json_object_update(request->model, model);
		json_decref(model);
		return STATUS_FINE;
	}
	const char *tab = request_field(request, "tab");
	size_t which = 0;
	for (size_t i = 0; tab && i < sizeof tabs / sizeof *tabs; i++)
		if (strcmp(tab, tabs[i].code) == 0) which = i;
	customer_tabs(&page, tabs[which].code);
	TRY(customer_head(&page));
	TRY(set_contacts(&page));
	switch (which) {
	case 1: return tab_timeline(&page);
	case 2:
		if (json_array_size(json_object_get(request->model, "contacts")) == 0)
			json_object_set_new(request->model, "empty", empty(request, "user-plus", "No contact yet", "Without an address a reminder becomes a task for you."));
		return STATUS_FINE;
	case 3: return tab_bound(&page);
	case 4: return tab_documents(&page);
	case 5: return customer_settings(&page);
	default: return tab_items(&page);
	}
}

/* Why he was, or was not, chased on a day: what that day's plan said, as it was kept. */
static struct status why_show(struct request *request)
{
	struct customer customer;
	json_t *why;
	TRY(customer_find(request->db, request->viewer, request->company.id, request_path(request, "code"), request->arena, &customer));
	int32_t day = request->as_of > request->today ? request->today : request->as_of;
	request_day(request, "date", &day);
	if (day > request->today) return status_make(STATUS_INVALID, "Choose today or a day before it.");
	int64_t item = request_int(request, "item", 0);
	TRY(why_on_day(request->db, request->viewer, request->company.id, customer.id, day, request->arena, &why));
	json_t *actions = json_object_get(why, "actions");
	for (size_t a = 0; a < json_array_size(actions); a++) {
		json_t *action = json_array_get(actions, a);
		enum channel channel = CHANNEL_TASK;
		channel_parse(json_string_value(json_object_get(action, "channel")), &channel);
		json_object_set_new(action, "icon", json_string(channel_icon(channel)));
	}
	/* the item that was asked about stands out */
	json_t *left = json_object_get(why, "left_out");
	for (size_t l = 0; l < json_array_size(left); l++)
		json_object_set_new(json_array_get(left, l), "chosen", json_boolean(item && json_integer_value(json_object_get(json_array_get(left, l), "item_id")) == item));
	json_object_set_new(why, "has_left", json_boolean(json_array_size(left) > 0));
	json_object_set_new(why, "nothing", json_boolean(!json_array_size(actions) && !json_array_size(left)));
	json_object_set_new(why, "title", json_string(customer.name));
	json_object_set_new(why, "item", item ? json_integer(item) : json_null());
	const char *base = arena_printf(request->arena, "/customers/%s/why?%s%sdate=", request_escape(request, customer.code),
					item ? arena_printf(request->arena, "item=%lld", (long long)item) : "", item ? "&" : "");
	char text[11];
	day_format(day - 1, text);
	json_object_set_new(why, "before", json_string(arena_printf(request->arena, "%s%s", base, text)));
	day_format(day + 1, text);
	json_object_set_new(why, "after", day < request->today ? json_string(arena_printf(request->arena, "%s%s", base, text)) : json_null());
	json_object_update(request->model, why);
	json_decref(why);
	return STATUS_FINE;
}

const struct route customer_routes[] = {
	{ "GET", "/customers/{code}/why", RIGHT_READ, why_show, .template = "why", .menu = MENU_CUSTOMERS, .summary = "Why a customer was, or was not, chased on a day",
	  .fields = "date item" },
	{ "GET", "/customers/{code}", RIGHT_READ, customer_show, .template = "customer", .menu = MENU_CUSTOMERS, .summary = "A customer's file",
	  .fields = "tab list kind before q" },
	{ "GET", "/customers/{code}/statement.pdf", RIGHT_READ, statement_show, .menu = MENU_CUSTOMERS, .summary = "A customer's statement as PDF" },
	{ "GET", "/documents/{id}", RIGHT_READ, document_show, .menu = MENU_CUSTOMERS, .summary = "A document that went with a message" },
	{ 0 },
};
