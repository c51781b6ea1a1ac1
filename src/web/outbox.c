/* outbox — messages that wait, left, failed, or of which nobody knows; a person settles the latter. */
#include "web/messages.h"

#include "base/memory.h"
#include "outreach/confirm.h"
#include "outreach/gateway.h"
#include "outreach/outbox.h"
#include "outreach/sms.h"
#include "web/draw.h"

enum { PAGE = 60 };

static const char *const tones[OUTBOX_STATES] = {
	[OUTBOX_QUEUED] = "info", [OUTBOX_SENDING] = "info", [OUTBOX_SENT] = "ok", [OUTBOX_UNKNOWN] = "bad",
	[OUTBOX_FAILED] = "bad",  [OUTBOX_CANCELLED] = "",   [OUTBOX_HELD] = "warn",
	[OUTBOX_SIMULATED] = "info",
};

static json_t *message_row(const struct outbox_row *row)
{
	return json_pack("{s:I,s:I,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:I,s:o,s:o,s:o}", "id", (json_int_t)row->id, "action", (json_int_t)row->action_id,
	                 "customer", row->customer_code, "name", row->customer_name, "to", row->recipient, "subject", row->subject, "state",
	                 outbox_state_code(row->state), "state_label", outbox_state_label(row->state), "tone", tones[row->state], "error", row->error,
	                 "attempts", (json_int_t)row->attempts, "queued_at", model_instant(row->queued_at), "sent_at", model_instant(row->sent_at),
	                 "not_before", model_instant(row->state == OUTBOX_QUEUED ? row->not_before : 0));
}

static struct status outbox_show(struct request *request)
{
	int64_t counts[OUTBOX_STATES], waiting = 0, total = 0, offset = request_int(request, "offset", 0);
	enum outbox_state state = OUTBOX_STATES;
	const char *wanted = request_field(request, "state");
	if (wanted && *wanted && !outbox_state_parse(wanted, &state)) return status_make(STATUS_INVALID, "There is no state “%s”.", wanted);
	TRY(outbox_counts(request->db, request->viewer, request->company.id, counts));
	json_t *states = json_array();
	for (int i = 0; i < OUTBOX_STATES; i++) {
		json_array_append_new(states, json_pack("{s:s,s:s,s:I,s:b}", "code", outbox_state_code((enum outbox_state)i), "label",
		                                        outbox_state_label((enum outbox_state)i), "count", (json_int_t)counts[i], "on", (int)state == i));
		if (i == OUTBOX_QUEUED || i == OUTBOX_SENDING) waiting += counts[i];
		if (state == OUTBOX_STATES || (int)state == i) total += counts[i];
	}
	json_object_set_new(request->model, "states", states);
	json_object_set_new(request->model, "all", json_boolean(state == OUTBOX_STATES));
	json_object_set_new(request->model, "waiting", json_integer(waiting));
	json_object_set_new(request->model, "unknown", json_integer(counts[OUTBOX_UNKNOWN]));
	json_object_set_new(request->model, "failed", json_integer(counts[OUTBOX_FAILED]));
	json_object_set_new(request->model, "held", json_integer(counts[OUTBOX_HELD]));
	json_object_set_new(request->model, "live", json_boolean(request->company.live));
	json_object_set_new(request->model, "mail_ready", json_boolean(mail_ready(request->settings)));

	struct outbox_row *rows;
	size_t count;
	if (offset < 0 || offset > total) offset = 0;
	struct outbox_filter filter = { .states = state < OUTBOX_STATES ? 1u << state : 0, .limit = PAGE, .skip = (size_t)offset, .sought = request_field(request, "q") };
	if (filter.sought && *filter.sought) filter.limit = PAGE + 1; /* whether there is more */
	json_object_set_new(request->model, "q", filter.sought && *filter.sought ? json_string(filter.sought) : json_null());
	TRY(outbox_list(request->db, request->viewer, request->company.id, &filter, request->arena, &rows, &count));
	if (filter.sought && *filter.sought) {
		total = offset + (int64_t)count;
		if (count > PAGE) count = PAGE;
	}
	json_t *messages = json_array();
	for (int pass = 0; pass < 2; pass++) /* what needs somebody comes first */
		for (size_t i = 0; i < count; i++)
			if ((rows[i].state == OUTBOX_UNKNOWN) == (pass == 0)) json_array_append_new(messages, message_row(&rows[i]));
	json_object_set_new(request->model, "messages", messages);
	json_object_set_new(request->model, "pager", page_pager(request, (size_t)offset, PAGE, (size_t)total));
	json_t *empty = json_null();
	if (!count)
		empty = json_pack("{s:s,s:s,s:s,s:s,s:s}", "icon", "mail", "title", tr(request->lang, "No message here"), "text",
		                  tr(request->lang, "Messages come here when an action of the agenda is confirmed."), "href", "/agenda", "action",
		                  tr(request->lang, "Open the agenda"));
	json_object_set_new(request->model, "empty", empty);
	return STATUS_FINE;
}

static struct status id_of_path(struct request *request, int64_t *id)
{
	const char *text = request_path(request, "id");
	return text_parse_int(text, strlen(text), id) ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "There is no such message.");
}

static struct status message_show(struct request *request)
{
	int64_t id;
	struct outbox_row row;
	struct outbox_file *files;
	size_t count;
	TRY(id_of_path(request, &id));
	TRY(outbox_get(request->db, request->viewer, request->company.id, id, request->arena, &row));
	TRY(outbox_files(request->db, request->viewer, request->company.id, id, request->arena, &files, &count));
	json_t *model = message_row(&row);
	json_object_update(request->model, model);
	json_decref(model);
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, json_pack("{s:I,s:s,s:I}", "id", (json_int_t)files[i].id, "name", files[i].name, "kilobytes",
		                                      (json_int_t)((files[i].size + 1023) / 1024)));
	json_object_set_new(request->model, "title", json_string(row.subject));
	json_object_set_new(request->model, "files", list);
	json_object_set_new(request->model, "text", json_string(row.text));
	json_object_set_new(request->model, "has_html", json_boolean(*row.html != 0));
	json_object_set_new(request->model, "copies", *row.copies ? json_string(row.copies) : json_null());
	json_object_set_new(request->model, "is_sms", json_boolean(strcmp(row.channel, "sms") == 0));
	json_object_set_new(request->model, "cc", *row.cc ? json_string(row.cc) : json_null());
	json_object_set_new(request->model, "parts", row.parts ? json_integer(row.parts) : json_null());
	json_object_set_new(request->model, "provider_ref", *row.provider_ref ? json_string(row.provider_ref) : json_null());
	json_object_set_new(request->model, "message_id", json_string(row.message_id));
	json_object_set_new(request->model, "can_settle", json_boolean(row.state == OUTBOX_UNKNOWN));
	json_object_set_new(request->model, "can_retry", json_boolean(row.state == OUTBOX_FAILED));
	json_object_set_new(request->model, "can_cancel",
	                    json_boolean(row.state == OUTBOX_QUEUED || row.state == OUTBOX_HELD || row.state == OUTBOX_FAILED ||
	                                 row.state == OUTBOX_SIMULATED));
	return STATUS_FINE;
}

/* The letter of an action, to be printed: as it would go today, or the kept copy once it was posted. */
static struct status letter_show(struct request *request)
{
	int64_t id;
	struct attachment file;
	TRY(id_of_path(request, &id));
	TRY(confirm_letter(request->db, request->viewer, request->company.id, id, request->today, request->arena, &file));
	request->file_type = file.type;
	request->file_name = file.name;
	text_add_bytes(&request->file, file.bytes, file.len);
	return STATUS_FINE;
}

/* As the customer sees it; the server shows it without scripts or forms. */
static struct status message_html(struct request *request)
{
	int64_t id;
	struct outbox_row row;
	TRY(id_of_path(request, &id));
	TRY(outbox_get(request->db, request->viewer, request->company.id, id, request->arena, &row));
	request->file_type = "text/html; charset=utf-8";
	text_add(&request->file, row.html);
	return STATUS_FINE;
}

enum verb { VERB_ARRIVED, VERB_AGAIN, VERB_RETRY, VERB_CANCEL, VERB_POST, VERB_STOP, VERB_ALLOW };
struct call {
	int64_t id;
	enum verb verb;
	const char *note, *phone;
	struct arena *arena;
	struct confirmed done;
};

static struct status work(struct change *change, void *context)
{
	struct call *call = context;
	switch (call->verb) {
	case VERB_ARRIVED: return outbox_settle(change, call->id, true, call->note);
	case VERB_AGAIN: return outbox_settle(change, call->id, false, call->note);
	case VERB_RETRY: return outbox_retry(change, call->id);
	case VERB_CANCEL: return outbox_cancel(change, call->id);
	case VERB_POST: return confirm_post(change, call->id, call->arena, &call->done);
	case VERB_STOP: return sms_stop(change, call->phone, call->note && *call->note ? call->note : "by hand");
	case VERB_ALLOW: return sms_allow(change, call->phone);
	}
	return STATUS_FINE;
}

static struct status act(struct request *request, enum verb verb, const char *notice)
{
	struct call call = { .verb = verb, .note = request_field(request, "note") };
	TRY(id_of_path(request, &call.id));
	TRY(request_change(request, work, &call));
	request->notice = tr(request->lang, notice);
	request->redirect = request_back(request, "/outbox");
	return STATUS_FINE;
}

static struct status message_settle(struct request *request)
{
	const char *arrived = request_field(request, "arrived");
	if (!arrived || (strcmp(arrived, "1") != 0 && strcmp(arrived, "0") != 0))
		return status_make(STATUS_INVALID, "Say whether the message arrived, or is to be sent again.");
	return *arrived == '1' ? act(request, VERB_ARRIVED, "Noted: the message arrived.") : act(request, VERB_AGAIN, "The message is sent again.");
}

static struct status message_retry(struct request *request)
{
	return act(request, VERB_RETRY, "The message is tried again; it is checked once more before it leaves.");
}

static struct status message_cancel(struct request *request)
{
	return act(request, VERB_CANCEL, "The message is taken back; the next plan decides anew.");
}

/* The postal service prints and posts the letter of an action. */
static struct status letter_post(struct request *request)
{
	struct call call = { .verb = VERB_POST, .arena = request->arena };
	TRY(id_of_path(request, &call.id));
	TRY(request_change(request, work, &call));
	request->notice = tr(request->lang, call.done.simulated ? "Simulated: in test mode nothing leaves." : "The letter is handed to the postal service.");
	request->redirect = request_back(request, "/agenda");
	return STATUS_FINE;
}

/* STOP, by hand or by the gateway's webhook (with a token). A text that doesn't say STOP changes nothing. */
static struct status phone_stop(struct request *request, bool allow)
{
	struct call call = { .verb = allow ? VERB_ALLOW : VERB_STOP, .phone = request_field(request, "phone"), .note = request_field(request, "reason") };
	const char *text = request_field(request, "text");
	if (!call.phone || !*call.phone) return status_make(STATUS_INVALID, "Which number? Write it as +33612345678.");
	if (!text || sms_says_stop(text)) TRY(request_change(request, work, &call));
	request->notice = tr(request->lang, allow ? "Text messages may go to this number again." : "No more text messages to this number.");
	request->redirect = request_back(request, "/outbox");
	return STATUS_FINE;
}

static struct status sms_stop_post(struct request *request) { return phone_stop(request, false); }
static struct status sms_allow_post(struct request *request) { return phone_stop(request, true); }

const struct route outbox_routes[] = {
	{ "GET", "/outbox", RIGHT_READ, outbox_show, .template = "outbox", .menu = MENU_AGENDA, .summary = "Messages", .fields = "state offset q" },
	{ "GET", "/outbox/{id}", RIGHT_READ, message_show, .template = "message", .menu = MENU_AGENDA, .summary = "A message" },
	{ "GET", "/outbox/{id}/html", RIGHT_READ, message_html, .menu = MENU_AGENDA, .summary = "A message as its reader sees it" },
	{ "GET", "/letters/{id}", RIGHT_COLLECT, letter_show, .menu = MENU_AGENDA, .summary = "The letter of an action as PDF" },
	{ "POST", "/letters/{id}/post", RIGHT_COLLECT, letter_post, .menu = MENU_AGENDA, .summary = "Hand a letter to the postal service", .fields = "back" },
	{ "POST", "/sms/stop", RIGHT_COLLECT, sms_stop_post, .menu = MENU_AGENDA, .summary = "A number wants no more text messages",
	  .fields = "phone* text reason back" },
	{ "POST", "/sms/allow", RIGHT_COLLECT, sms_allow_post, .menu = MENU_AGENDA, .summary = "A number may get text messages again", .fields = "phone* back" },
	{ "POST", "/outbox/{id}/settle", RIGHT_COLLECT, message_settle, .menu = MENU_AGENDA, .summary = "Say what became of an uncertain message",
	  .fields = "arrived* note back" },
	{ "POST", "/outbox/{id}/retry", RIGHT_COLLECT, message_retry, .menu = MENU_AGENDA, .summary = "Try a message again", .fields = "back" },
	{ "POST", "/outbox/{id}/cancel", RIGHT_COLLECT, message_cancel, .menu = MENU_AGENDA, .summary = "Take a message back", .fields = "back" },
	{ 0 },
};
