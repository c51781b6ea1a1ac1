/* calls — what surrounds a call: why he paid late before, when he is reached, what to answer; then its notes by mail, or a message left. */
#include "web/agenda_page.h"

#include "base/memory.h"
#include "base/zone.h"
#include "dunning/call.h"
#include "ledger/preference.h"
#include "outreach/recap.h"

/* What customers say, what to answer, and how it is noted (reference/letters.md section 3). msgids */
static const struct {
	const char *says, *answer, *outcome;
} objections[] = {
	{ "“We have not received the invoice.”", "Send it while on the line, confirm the address, ask when it will be approved.", "resent" },
	{ "“It waits for approval.”", "Who approves, until when, what is missing? Note the name.", "approver" },
	{ "“The order number is missing.”", "Who holds it? The invoice is completed the same day.", "po_missing" },
	{ "“We contest it.”", "What exactly, for how much? The rest remains payable: ask for its date.", "dispute" },
	{ "“It goes with the next payment run.”", "On which day? Is this invoice in it? Note the promise.", "promise" },
	{ "“We are short of cash.”", "A first part today, three instalments at most, signed.", "plan" },
	{ "“We set it off against what you owe us.”", "Which documents? Ask for it in writing; a person decides.", "offset" },
	{ "“The cheque is in the post.”", "Number, date, address. Ask for a transfer next time.", "check_in_post" },
	{ "“I don’t decide.”", "Who does? Name, direct line, best time.", "contact" },
	{ "“It is paid already.”", "Date, amount, reference, proof.", "search_bank" },
};

json_t *calls_objections(const struct request *request)
{
	json_t *rows = json_array();
	for (size_t i = 0; i < COUNT(objections); i++)
		json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:s}", "says", tr(request->lang, objections[i].says), "answer",
		                                      tr(request->lang, objections[i].answer), "outcome", objections[i].outcome, "outcome_label",
		                                      action_outcome_label(objections[i].outcome)));
	return rows;
}

/* Reasons to choose from, and those said before: "Third time: waiting for approval". */
struct status calls_reasons(struct request *request, int64_t customer_id, json_t *call)
{
	struct preference preference;
	TRY(preference_get(request->db, request->company.tenant_id, request->company.id, customer_id, request->arena, &preference));
	json_object_set_new(call, "call_hours", *preference.hours ? json_string(preference.hours) : json_null());
	json_object_set_new(call, "call_closed", json_boolean(!preference_open(preference.hours, company_minutes(&request->company, &request->clock))));
	json_object_set_new(call, "call_no_phone", json_boolean(preference.no_phone));
	json_object_set_new(call, "call_note", *preference.note ? json_string(preference.note) : json_null());
	size_t count, known_count;
	const struct late_reason *known = late_reason_list(&known_count);
	struct call_reason *said;
	TRY(call_reasons(request->db, request->viewer, request->company.id, customer_id, request->today, request->arena, &said, &count));
	json_t *choices = json_array(), *before = json_array();
	for (size_t i = 0; i < known_count; i++)
		json_array_append_new(choices, json_pack("{s:s, s:s, s:s}", "code", known[i].code, "label", known[i].label, "key", known[i].key));
	for (size_t i = 0; i < count; i++)
		json_array_append_new(before, json_pack("{s:s, s:s, s:i, s:s, s:o}", "code", said[i].code, "label", said[i].label, "times", said[i].times,
		                                        "words", call_reason_words(&said[i], request->lang, request->arena), "last_date",
		                                        model_day(said[i].last_day)));
	json_object_set_new(call, "reasons", choices);
	json_object_set_new(call, "said_before", before);
	json_object_set_new(call, "has_said", json_boolean(count > 0));
	return STATUS_FINE;
}

struct status calls_hours(struct request *request, struct call_hours_known *out)
{
	struct call_hour *rows;
	int minutes;
	*out = (struct call_hours_known){ 0 };
	TRY(call_hours(request->db, request->viewer, request->company.id, request->today, request->arena, &rows, &out->count));
	zone_civil(request->company.zone, request->now, NULL, &minutes);
	out->rows = rows, out->now = minutes / 60;
	return STATUS_FINE;
}

int calls_hour(const struct call_hours_known *hours, int64_t customer_id)
{
	size_t low = 0, high = hours->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (hours->rows[middle].customer_id < customer_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < hours->count && hours->rows[low].customer_id == customer_id ? hours->rows[low].hour : -1;
}

json_t *calls_hour_words(const struct request *request, int hour)
{
	if (hour < 0) return json_null();
	return json_string(arena_printf(request->arena, request->lang == LANG_FR ? "%d h–%d h" : "%d:00–%d:00", hour, hour + 1));
}

/* --- after the call ------------------------------------------------------------------------------------------------------------------ */
static json_t *recap_model(struct request *request, const struct recap *recap)
{
	json_t *copies = json_array();
	for (size_t i = 0; i < recap->copy_count; i++)
		json_array_append_new(copies, json_pack("{s:s, s:s, s:s, s:b, s:b}", "email", recap->copies[i].email, "name", recap->copies[i].name, "role",
		                                        recap->copies[i].role, "ours", recap->copies[i].ours, "on", recap->copies[i].on));
	bool ready = !recap->trouble;
	json_t *out = json_pack("{s:I, s:s, s:s, s:b, s:s, s:s, s:s, s:o, s:b}", "id", (json_int_t)recap->action->id, "name",
	                        recap->action->customer_name, "customer", recap->action->customer_code, "ready", ready, "points", recap->points, "ours",
	                        recap->ours, "theirs", recap->theirs, "copies", copies, "has_copies", recap->copy_count > 0);
	json_object_set_new(out, "trouble", recap->trouble ? json_string(tr(request->lang, recap->trouble)) : json_null());
	json_object_set_new(out, "to", ready ? json_string(recap->message.recipient) : json_null());
	json_object_set_new(out, "to_name", ready && *recap->message.recipient_name ? json_string(recap->message.recipient_name) : json_null());
	json_object_set_new(out, "subject", ready ? json_string(recap->message.subject) : json_null());
	json_object_set_new(out, "body", ready ? json_string(recap->message.html_body) : json_null());
	json_object_set_new(out, "lang", json_string(lang_code(ready ? recap->message.lang : request->lang)));
	return out;
}

/* The cards above the queue: the call that just ended may be summed up, or a message left. */
struct status calls_after(struct request *request)
{
	int64_t id = request_int(request, "recap", 0), missed = request_int(request, "missed", 0);
	json_object_set_new(request->model, "recap", json_null());
	json_object_set_new(request->model, "missed", json_null());
	if (id > 0) {
		struct recap recap;
		struct status status = recap_make(request->db, request->viewer, request->company.id, id, NULL, request->today, request->arena, &recap);
		if (status.code == STATUS_NOT_FOUND || status.code == STATUS_INVALID || status.code == STATUS_CONFLICT) return STATUS_FINE;
		TRY(status);
		if (!recap.sent) json_object_set_new(request->model, "recap", recap_model(request, &recap));
	}
	if (missed > 0) {
		struct action *action;
		struct status status = action_get(request->db, request->viewer, request->company.id, missed, request->arena, &action);
		if (status.code == STATUS_NOT_FOUND) return STATUS_FINE;
		TRY(status);
		if (action->channel == CHANNEL_CALL && *action->outcome && !call_reached(action->outcome))
			json_object_set_new(request->model, "missed", json_pack("{s:I, s:s, s:s}", "id", (json_int_t)missed, "name", action->customer_name, "customer",
			                                                        action->customer_code));
	}
	return STATUS_FINE;
}

static struct status id_read(struct request *request, int64_t *id)
{
	const char *text = request_path(request, "id");
	if (!text_parse_int(text, strlen(text), id) || *id <= 0) return status_make(STATUS_NOT_FOUND, "There is no such action.");
	return STATUS_FINE;
}

static void edit_read(struct request *request, struct recap_edit *out)
{
	*out = (struct recap_edit){ .contact_id = request_int(request, "contact", 0), .points = request_field(request, "points"),
	                            .ours = request_field(request, "ours"), .theirs = request_field(request, "theirs") };
	/* the form says that its boxes count, ticked or not */
	if (request_field(request, "chosen") || request_field(request, "copy")) out->copies = request_fields(request, "copy");
}

static struct status recap_show(struct request *request)
{
	int64_t id;
	struct recap recap;
	struct recap_edit edit;
	TRY(id_read(request, &id));
	edit_read(request, &edit);
	TRY(recap_make(request->db, request->viewer, request->company.id, id, &edit, request->today, request->arena, &recap));
	json_t *model = recap_model(request, &recap);
	json_object_update(request->model, model);
	json_decref(model);
	json_object_set_new(request->model, "back", json_string(request_back(request, "/agenda/calls")));
	return STATUS_FINE;
}

struct call_work {
	struct request *request;
	int64_t id;
	struct recap_edit edit;
	bool missed;
	struct confirmed done;
};
static struct status work(struct change *change, void *context)
{
	struct call_work *call = context;
	return call->missed ? recap_missed(change, call->id, call->request->arena, &call->done)
	                    : recap_send(change, call->id, &call->edit, call->request->arena, &call->done);
}

static struct status send(struct request *request, bool missed)
{
	struct call_work call = { .request = request, .missed = missed };
	TRY(id_read(request, &call.id));
	edit_read(request, &call.edit);
	TRY(request_change(request, work, &call));
	request->notice = tr(request->lang, call.done.simulated ? "Simulated: in test mode nothing leaves."
	                                    : call.done.held ? "Confirmed; it waits for a mail server."
	                                    : missed ? "The message leaves." : "The notes of the call leave.");
	request->redirect = request_back(request, "/agenda/calls");
	return STATUS_FINE;
}

static struct status recap_post(struct request *request) { return send(request, false); }
static struct status missed_post(struct request *request) { return send(request, true); }

const struct route calls_routes[] = {
	{ "GET", "/agenda/calls/{id}/recap", RIGHT_COLLECT, recap_show, .template = "call_recap", .menu = MENU_AGENDA,
	  .summary = "The notes of a call as they would leave", .fields = "contact points ours theirs copy[] chosen" },
	{ "POST", "/agenda/calls/{id}/recap", RIGHT_COLLECT, recap_post, .menu = MENU_AGENDA, .summary = "Send the notes of a call, with copies",
	  .fields = "contact points ours theirs copy[] chosen back" },
	{ "POST", "/agenda/calls/{id}/message", RIGHT_COLLECT, missed_post, .menu = MENU_AGENDA, .summary = "Leave a message after a missed call", .fields = "back" },
	{ 0 },
};
