/* remind — a message about ticked items, now: what would leave to whom, what is left out and why; then it leaves. */
#include "web/customer_page.h"

#include "base/memory.h"
#include "dunning/run.h"
#include "ledger/payer_group.h"
#include "outreach/confirm.h"
#include "web/messages.h"

enum { CUSTOMERS_MAX = 60 };

struct chosen { /* the ticked items of one customer, and of those for whom he is asked: one message */
	int64_t customer_id, *items;
	size_t count;
};

static struct status chosen_read(struct request *request, struct chosen **out, size_t *count)
{
	const struct book *book;
	TRY(request_book(request, &book));
	const uint8_t *selected = request_selected(request, book);
	const char *const *ids = request_fields(request, "item");
	size_t room = 0;
	while (ids[room]) room++;
	if (room == 0) return status_make(STATUS_INVALID, "Tick at least one item first.");
	struct chosen *list = arena_array(request->arena, struct chosen, room);
	*count = 0;
	int64_t owner = 0, customer = 0;
	for (size_t i = 0; i < room; i++) {
		int64_t id;
		size_t index = text_parse_int(ids[i], strlen(ids[i]), &id) ? book_find_item(book, id) : SIZE_MAX;
		struct book_item item = { 0 };
		if (index != SIZE_MAX) item = book_item(book, index, request->today);
		if (index == SIZE_MAX || !item.exists || (selected && !selected[item.customer]))
			return status_make(STATUS_NOT_FOUND, "One of the items is not there any more. Load the list again.");
		if (book_customer(book, item.customer).id != owner) {
			owner = book_customer(book, item.customer).id;
			TRY(payer_group_asked(request->db, &request->company, request->settings, owner, request->today, &customer));
		}
		size_t at = 0;
		while (at < *count && list[at].customer_id != customer) at++;
		if (at == *count) {
			if (*count == CUSTOMERS_MAX)
				return status_make(STATUS_INVALID, "These items belong to more than %d customers: remind them in several goes, or let the agenda do it.", CUSTOMERS_MAX);
			list[(*count)++] = (struct chosen){ .customer_id = customer, .items = arena_array(request->arena, int64_t, room) };
		}
		bool again = false;
		for (size_t k = 0; k < list[at].count; k++) again |= list[at].items[k] == id;
		if (!again) list[at].items[list[at].count++] = id;
	}
	*out = list;
	return STATUS_FINE;
}

/* How these customers are reminded: "email", "letter", "sms" or "call". */
static struct status channel_of(struct request *request, enum channel *out)
{
	const char *asked = request_field(request, "channel");
	*out = CHANNEL_EMAIL;
	if (!asked || !*asked || (channel_parse(asked, out) && (*out <= CHANNEL_LETTER || *out == CHANNEL_SMS || *out == CHANNEL_CALL))) return STATUS_FINE;
	return status_make(STATUS_INVALID, "A reminder goes by email, letter, sms or call.");
}

static json_t *left_rows(const struct run_left *left, size_t count)
{
	json_t *rows = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(rows, json_pack("{s:s, s:I, s:s, s:s, s:s, s:I, s:s, s:o}", "item", left[i].item, "item_id", (json_int_t)left[i].item_id,
		                                      "reason", left_reason_code(left[i].reason), "label", left_reason_label(left[i].reason), "detail",
		                                      left[i].detail, "amount", (json_int_t)left[i].amount, "currency", left[i].currency, "until",
		                                      model_day(left[i].until)));
	return rows;
}

static json_t *message_row(struct request *request, const struct chosen *chosen, const struct remind_preview *preview)
{
	const struct action *action = preview->proposal.action;
	const struct run_left *left = preview->proposal.left;
	const char *name = action ? action->customer_name : preview->proposal.left_count ? left[0].customer_name : "";
	const char *code = action ? action->customer_code : preview->proposal.left_count ? left[0].customer_code : "";
	json_t *items = json_array(), *yes = json_array();
	for (size_t i = 0; action && i < action->item_count; i++)
		json_array_append_new(items, json_pack("{s:s, s:I, s:I, s:b}", "number", action->items[i].number, "id", (json_int_t)action->items[i].item_id,
		                                       "amount", (json_int_t)action->items[i].amount, "credit", action->items[i].role == PLAN_CREDIT));
	for (int i = 0; action && i < YES_COUNT; i++)
		if (strstr(action->reason, yes_reason_code((enum yes_reason)(1u << i))))
			json_array_append_new(yes, json_string(tr(request->lang, yes_reason_label((enum yes_reason)(1u << i)))));
	bool leaves = action && !preview->trouble;
	json_t *row = json_pack("{s:s, s:s, s:I, s:b, s:o, s:o, s:o, s:b, s:I, s:s}", "name", name, "customer", code, "customer_id",
	                        (json_int_t)chosen->customer_id, "leaves", leaves, "items", items, "left", left_rows(left, preview->proposal.left_count),
	                        "yes", yes, "has_yes", json_array_size(yes) > 0, "amount", (json_int_t)(action ? action->amount : 0), "currency",
	                        action ? action->currency : request->company.currency);
	json_object_set_new(row, "has_left", json_boolean(preview->proposal.left_count > 0));
	json_object_set_new(row, "trouble", preview->trouble ? json_string(tr(request->lang, preview->trouble)) : json_null());
	json_object_set_new(row, "label", action ? json_string(action_label(action, request->lang, request->arena)) : json_null());
	json_object_set_new(row, "to", leaves ? json_string(preview->message.recipient) : json_null());
	json_object_set_new(row, "to_name", leaves && *preview->message.recipient_name ? json_string(preview->message.recipient_name) : json_null());
	bool call = action && action->channel == CHANNEL_CALL;
	json_object_set_new(row, "written", json_boolean(leaves && !call));
	json_object_set_new(row, "can_edit", json_boolean(leaves && action->channel == CHANNEL_EMAIL));
	json_object_set_new(row, "call", json_boolean(leaves && call));
	json_object_set_new(row, "subject", leaves ? json_string(preview->message.subject) : json_null());
	json_object_set_new(row, "body", leaves ? preview->message.html_body ? json_string(preview->message.html_body) : json_null() : json_null());
	json_object_set_new(row, "text", leaves ? json_string(preview->message.text) : json_null());
	json_object_set_new(row, "lang", json_string(lang_code(leaves ? preview->message.lang : request->lang)));
	return row;
}

/* After a refusal the form keeps what was typed. */
static void kept_words(struct request *request, json_t *row, int64_t customer_id)
{
	static const char *const words[] = { "subject", "body" }, *const into[] = { "edit_subject", "edit_body" }, *const first[] = { "subject", "text" };
	char name[40];
	snprintf(name, sizeof name, "edit.%lld", (long long)customer_id);
	json_object_set_new(row, "edited", json_boolean(request_int(request, name, 0) == 1));
	for (size_t i = 0; i < COUNT(words); i++) {
		snprintf(name, sizeof name, "%s.%lld", words[i], (long long)customer_id);
		const char *typed = request_field(request, name);
		json_object_set(row, into[i], json_object_get(row, first[i]));
		if (typed && json_is_string(json_object_get(row, "subject"))) json_object_set_new(row, into[i], json_string(typed));
	}
}

static struct status remind_model(struct request *request, const char *problem)
{
	struct chosen *chosen;
	size_t count, leaving = 0, left = 0, asked = 0;
	enum channel channel;
	TRY(channel_of(request, &channel));
	TRY(chosen_read(request, &chosen, &count));
	json_t *rows = json_array(), *ids = json_array();
	for (size_t i = 0; i < count; i++) {
		struct remind_preview preview;
		TRY(remind_preview(request->db, request->viewer, request->company.id, chosen[i].customer_id, chosen[i].items, chosen[i].count,
		                   channel, request->today, request->arena, &preview));
		json_t *row = message_row(request, &chosen[i], &preview);
		json_object_set_new(row, "open", json_boolean(count == 1));
		kept_words(request, row, chosen[i].customer_id);
		json_array_append_new(rows, row);
		for (size_t k = 0; k < chosen[i].count; k++) json_array_append_new(ids, json_pack("{s:I}", "id", (json_int_t)chosen[i].items[k]));
		leaving += preview.proposal.action && !preview.trouble;
		left += preview.proposal.left_count;
		asked += chosen[i].count;
	}
	json_t *model = request->model;
	json_object_set_new(model, "messages", rows);
	json_object_set_new(model, "ids", ids);
	json_object_set_new(model, "leaving", json_integer((json_int_t)leaving));
	json_object_set_new(model, "asked", json_integer((json_int_t)asked));
	json_object_set_new(model, "left_out", left ? json_integer((json_int_t)left) : json_null());
	static const enum channel ways[] = { CHANNEL_EMAIL, CHANNEL_LETTER, CHANNEL_SMS, CHANNEL_CALL };
	json_t *way_rows = json_array(), *outcomes = json_array();
	for (size_t i = 0; i < COUNT(ways); i++)
		json_array_append_new(way_rows, json_pack("{s:s, s:s, s:b}", "code", channel_code(ways[i]), "label", channel_label(ways[i]), "on", ways[i] == channel));
	static const char *const codes[] = { "approver", "resent", "po_missing", "check_in_post", "payment_sent", "search_bank", "offset", "refusal", "contact", "wrong_number",
		                             "call_back", "na", "voicemail", "other" };
	for (size_t i = 0; i < COUNT(codes); i++) json_array_append_new(outcomes, json_pack("{s:s, s:s}", "code", codes[i], "label", action_outcome_label(codes[i])));
	json_object_set_new(model, "channel", json_string(channel_code(channel)));
	json_object_set_new(model, "ways", way_rows);
	json_object_set_new(model, "outcomes", outcomes);
	json_object_set_new(model, "live", json_boolean(request->company.live));
	json_object_set_new(model, "problem", problem ? json_string(problem) : json_null());
	json_object_set_new(model, "back", json_string(request_back(request, "/items")));
	request->template = "remind";
	if (problem) request->http_status = 422;
	return STATUS_FINE;
}

static struct status remind_form(struct request *request)
{
	return remind_model(request, NULL);
}

struct sending {
	struct request *request;
	const struct chosen *chosen;
	int64_t expected;
	struct remind_way way;
	const struct confirm_edit *edit; /* NULL: as proposed */
	struct confirmed done;
};

static struct status send_work(struct change *change, void *context)
{
	struct sending *sending = context;
	return remind_send(change, sending->chosen->customer_id, sending->chosen->items, sending->chosen->count, sending->expected, &sending->way, sending->edit,
	                   sending->request->arena, &sending->done);
}

/* "17:123456": the amount that was looked at for that customer; -1 when none was. */
static int64_t expected_of(struct request *request, int64_t customer_id)
{
	const char *const *fields = request_fields(request, "expect");
	for (size_t i = 0; fields[i]; i++) {
		size_t len = strcspn(fields[i], ":");
		int64_t id, amount;
		if (text_parse_int(fields[i], len, &id) && id == customer_id && fields[i][len] == ':' &&
		    text_parse_int(fields[i] + len + 1, strlen(fields[i] + len + 1), &amount))
			return amount;
	}
	return -1;
}

/* "subject.17", "body.17": the words a person changed for that customer, with "edit.17"; without the tick they go as proposed. */
static struct status edit_of(struct request *request, int64_t customer_id, struct confirm_edit *edit, bool *changed)
{
	char name[40];
	snprintf(name, sizeof name, "edit.%lld", (long long)customer_id);
	*changed = request_int(request, name, 0) == 1;
	if (!*changed) return STATUS_FINE;
	snprintf(name, sizeof name, "subject.%lld", (long long)customer_id);
	*edit = (struct confirm_edit){ .subject = request_field(request, name) };
	snprintf(name, sizeof name, "body.%lld", (long long)customer_id);
	edit->body = request_field(request, name);
	return edit->subject && edit->body ? STATUS_FINE : status_make(STATUS_INVALID, "Give the subject and the text.");
}

/* The items that were not written about go back to the day's plan. */
static struct status plan_again(struct request *request)
{
	bool planned;
	TRY(run_done(request->db, request->viewer, request->company.id, request->today, &planned));
	if (!planned) return STATUS_FINE;
	const struct run_options options = { .queue = confirm_automatic };
	struct viewer system = viewer_system(request->viewer->tenant_id);
	system.lang = request->lang;
	struct run_result result;
	return run_day(request->store, &system, request->company.id, request->today, request->now, &options, request->arena, &result);
}

static struct status remind_send_all(struct request *request)
{
	struct chosen *chosen;
	size_t count, sent = 0, refused = 0, simulated = 0, held = 0;
	const char *first = "";
	struct remind_way way = { 0 };
	TRY(channel_of(request, &way.channel));
	TRY(chosen_read(request, &chosen, &count));
	json_t *results = json_array();
	for (size_t i = 0; i < count; i++) {
		struct sending sending = { .request = request, .chosen = &chosen[i], .expected = expected_of(request, chosen[i].customer_id), .way = way };
		sending.way.outcome = request_field(request, arena_printf(request->arena, "outcome.%lld", (long long)chosen[i].customer_id));
		sending.way.note = request_field(request, arena_printf(request->arena, "note.%lld", (long long)chosen[i].customer_id));
		struct confirm_edit edit;
		bool changed = false;
		struct status status = edit_of(request, chosen[i].customer_id, &edit, &changed);
		if (changed && way.channel == CHANNEL_EMAIL) sending.edit = &edit;
		if (!status.code) status = request_change(request, send_work, &sending);
		if (status.code == STATUS_UNAVAILABLE || status.code == STATUS_FORBIDDEN || status.code == STATUS_INTERNAL) {
			json_decref(results);
			return status;
		}
		if (status.code && !refused++) first = arena_strdup(request->arena, status.text);
		if (!status.code) sent++, simulated += sending.done.simulated, held += sending.done.held && !sending.done.simulated;
		json_array_append_new(results, json_pack("{s:I, s:b, s:s, s:I}", "customer_id", (json_int_t)chosen[i].customer_id, "confirmed", !status.code,
		                                         "reason", status.code ? status.text : "", "message", (json_int_t)sending.done.outbox_id));
	}
	json_object_set_new(request->model, "results", results);
	if (sent == 0) {
		if (request->json) return status_make(STATUS_CONFLICT, "%s", first);
		return remind_model(request, first);
	}
	TRY(plan_again(request));
	cleanup_text struct text words = { 0 };
	const char *format = way.channel == CHANNEL_CALL     ? trn(request->lang, (long)sent, "%zu call noted.", "%zu calls noted.")
	                     : way.channel == CHANNEL_LETTER ? trn(request->lang, (long)sent, "%zu letter is made: print it from the customer's documents.",
	                                                           "%zu letters are made: print them from the customers' documents.")
	                                                     : trn(request->lang, (long)sent, "%zu message confirmed.", "%zu messages confirmed.");
	const char *number = strstr(format, "%zu");
	if (number) {
		text_add_bytes(&words, format, (size_t)(number - format));
		text_addf(&words, "%zu%s", sent, number + 3);
	}
	if (simulated) text_addf(&words, " %s", tr(request->lang, "Simulated: in test mode nothing leaves."));
	if (held) text_addf(&words, " %s", tr(request->lang, "They wait for a mail server."));
	if (refused) text_addf(&words, " %s %s", tr(request->lang, "Some were refused:"), first);
	request->notice = arena_strdup(request->arena, text_cstr(&words));
	request->redirect = request_back(request, "/items");
	return STATUS_FINE;
}

const struct route remind_routes[] = {
	{ "GET", "/items/remind", RIGHT_COLLECT, remind_form, .template = "remind", .menu = MENU_ITEMS, .summary = "What a reminder of chosen items would say",
	  .fields = "item[]* channel back" },
	{ "POST", "/items/remind", RIGHT_COLLECT, remind_send_all, .template = "remind", .menu = MENU_ITEMS, .summary = "Remind of chosen items now",
	  .fields = "item[]* channel expect[] edit.CUSTOMER subject.CUSTOMER body.CUSTOMER outcome.CUSTOMER note.CUSTOMER back" },
	{ 0 },
};
