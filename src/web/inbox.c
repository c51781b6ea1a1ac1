/* inbox — mail that waits for its customer, and one answer: what was said, what it answers, writing back, what was done with it. */
#include "web/debtor_page.h"
#include "web/inbox_page.h"

#include "base/memory.h"
#include "ledger/customer.h"
#include "ledger/reply.h"
#include "outreach/answer.h"
#include "outreach/inbox.h"
#include "outreach/outbox.h"

#include <unistd.h>

enum { SHORT = 700 };

static struct status id_of_path(struct request *request, const char *name, int64_t *id)
{
	const char *text = request_path(request, name);
	return text && text_parse_int(text, strlen(text), id) ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "There is no such message.");
}

static const char *shortened(struct request *request, const char *text)
{
	size_t len = strlen(text);
	if (len <= SHORT) return text;
	len = SHORT;
	while (len && ((unsigned char)text[len] & 0xc0) == 0x80) len--;
	return arena_printf(request->arena, "%.*s…", (int)len, text);
}

static json_t *or_null(const char *text)
{
	return text && *text ? json_string(text) : json_null();
}

static const char *kind_label(const char *kind)
{
	enum reply_kind parsed;
	if (strcmp(kind, "delayed") == 0) return "Delivery delayed";
	return reply_kind_parse(kind, &parsed) ? reply_kind_label(parsed) : kind;
}

static json_t *message_model(struct request *request, const struct inbox_message *m, bool whole)
{
	static const struct {
		const char *how, *label;
	} ways[] = { /* msgids */ { "thread", "by the message it answers" }, { "address", "by its sender's address" }, { "number", "by an item's number in it" }, { "hand", "by hand" } };
	json_t *how = json_null();
	for (size_t i = 0; i < COUNT(ways); i++)
		if (strcmp(ways[i].how, m->how) == 0) how = json_string(ways[i].label);
	json_t *row = json_pack("{s:I,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:o}", "id", (json_int_t)m->id, "kind", m->kind, "kind_label", kind_label(m->kind), "state", m->state, "from",
	                        m->from_address, "from_name", *m->from_name ? m->from_name : m->from_address, "subject", m->subject, "words",
	                        whole ? m->words : shortened(request, m->words), "how", how);
	json_object_set_new(row, "text", whole && strcmp(m->text, m->words) != 0 ? or_null(m->text) : json_null());
	json_object_set_new(row, "received_at", model_instant(m->received_at ? m->received_at : m->at));
	json_object_set_new(row, "customer", or_null(m->customer_code));
	json_object_set_new(row, "customer_name", or_null(m->customer_name));
	json_object_set_new(row, "suggested", or_null(m->suggested_code));
	json_object_set_new(row, "suggested_name", or_null(m->suggested_name));
	json_object_set_new(row, "reply", m->reply_id ? json_integer(m->reply_id) : json_null());
	json_object_set_new(row, "waiting", json_boolean(strcmp(m->state, "waiting") == 0));
	json_t *detail = json_loads(m->detail, 0, NULL), *left = json_object_get(detail, "files_left_out");
	json_object_set_new(row, "left_out", left ? json_incref(left) : json_null());
	json_decref(detail);
	return row;
}

static json_t *files_model(struct request *request, const struct document *files, size_t count, const char *base)
{
	json_t *out = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(out, json_pack("{s:s,s:s,s:I}", "name", files[i].name, "href", arena_printf(request->arena, "%s/%lld", base, (long long)files[i].id), "kilobytes",
		                                     (json_int_t)((files[i].size + 1023) / 1024)));
	return out;
}

static struct status state_model(struct request *request)
{
	struct inbox_state state;
	TRY(inbox_state(request->db, request->viewer, request->company.id, request->settings, request->now, request->arena, &state));
	json_object_set_new(request->model, "on", json_boolean(state.on));
	json_object_set_new(request->model, "late", json_boolean(state.on && state.late));
	json_object_set_new(request->model, "trouble", or_null(tr(request->lang, state.error)));
	json_object_set_new(request->model, "checked_at", model_instant(state.checked_at));
	return STATUS_FINE;
}

/* --- the tray ---------------------------------------------------------------------------------------------------------------------- */
static struct status tray_show(struct request *request)
{
	static const struct {
		const char *code, *label;
	} states[] = { /* msgids */ { "waiting", "To tie" }, { "tied", "Tied to a customer" }, { "dismissed", "Kept aside" } };
	if (!inbox_tray_seen(request->viewer, request->company.id))
		return status_make(STATUS_FORBIDDEN, "Mail of unknown senders is for those who see every customer.");
	const char *wanted = request_field(request, "state");
	size_t on = 0;
	for (size_t i = 0; wanted && i < COUNT(states); i++)
		if (strcmp(states[i].code, wanted) == 0) on = i;
	int64_t waiting = 0;
	TRY(inbox_waiting(request->db, request->viewer, request->company.id, &waiting));
	json_t *tabs = json_array(), *rows = json_array();
	json_object_set_new(request->model, "states", tabs);
	json_object_set_new(request->model, "messages", rows);
	for (size_t i = 0; i < COUNT(states); i++)
		json_array_append_new(tabs, json_pack("{s:s,s:s,s:b,s:o}", "code", states[i].code, "label", states[i].label, "on", i == on, "count",
		                                      i == 0 && waiting ? json_integer(waiting) : json_null()));
	struct inbox_message *list;
	size_t count;
	TRY(inbox_list(request->db, request->viewer, request->company.id, states[on].code, request->arena, &list, &count));
	for (size_t i = 0; i < count; i++) json_array_append_new(rows, message_model(request, &list[i], false));
	json_object_set_new(request->model, "waiting", json_integer(waiting));
	json_object_set_new(request->model, "has_messages", json_boolean(count > 0));
	return state_model(request);
}

static struct status mail_fill(struct request *request, int64_t id, const char *problem)
{
	struct inbox_message message;
	struct document *files;
	size_t count;
	TRY(inbox_get(request->db, request->viewer, request->company.id, id, request->arena, &message));
	TRY(inbox_files(request->db, request->viewer, request->company.id, id, request->arena, &files, &count));
	json_object_set_new(request->model, "mail", message_model(request, &message, true));
	json_object_set_new(request->model, "files", files_model(request, files, count, arena_printf(request->arena, "/inbox/%lld/files", (long long)id)));
	json_object_set_new(request->model, "has_files", json_boolean(count > 0));
	json_object_set_new(request->model, "problem", or_null(problem));
	const char *given = request_field(request, "customer");
	json_object_set_new(request->model, "given", or_null(given ? given : message.suggested_code));
	json_object_set_new(request->model, "title", json_string(*message.subject ? message.subject : tr(request->lang, "Mail received")));
	return STATUS_FINE;
}

static struct status mail_show(struct request *request)
{
	int64_t id;
	TRY(id_of_path(request, "id", &id));
	return mail_fill(request, id, NULL);
}

static struct status mail_file(struct request *request)
{
	int64_t id, document;
	struct document *files;
	size_t count;
	TRY(id_of_path(request, "id", &id));
	TRY(id_of_path(request, "document", &document));
	TRY(inbox_files(request->db, request->viewer, request->company.id, id, request->arena, &files, &count));
	for (size_t i = 0; i < count; i++) {
		if (files[i].id != document) continue;
		struct attachment file;
		TRY(inbox_file(request->db, request->viewer, request->company.id, id, document, request->arena, &file));
		request->file_type = "application/octet-stream", request->file_name = file.name; /* strangers' bytes are saved, never shown */
		text_add_bytes(&request->file, file.bytes, file.len);
		return STATUS_FINE;
	}
	return status_make(STATUS_NOT_FOUND, "There is no document %lld.", (long long)document);
}

struct tying {
	int64_t id, customer_id;
	bool contact;
};

static struct status tie_work(struct change *change, void *context)
{
	const struct tying *tying = context;
	return inbox_tie(change, tying->id, tying->customer_id, tying->contact);
}

static struct status mail_tie(struct request *request)
{
	struct tying tying = { .contact = request_int(request, "contact", 0) == 1 };
	struct customer customer;
	const char *code = request_field(request, "customer");
	TRY(id_of_path(request, "id", &tying.id));
	/* "C00012 · Dupont" as the list of names gives it, or the code alone */
	struct slice typed = slice_trim(slice_of(code ? code : ""));
	const char *dot = strstr(typed.bytes, " · ");
	if (dot && dot < typed.bytes + typed.len) typed.len = (size_t)(dot - typed.bytes);
	struct status status = customer_find(request->db, request->viewer, request->company.id, arena_strndup(request->arena, typed.bytes, typed.len), request->arena, &customer);
	tying.customer_id = status.code ? 0 : customer.id;
	if (!status.code) status = request_change(request, tie_work, &tying);
	if (status.code && !request->json && status.code != STATUS_FORBIDDEN) {
		request->http_status = status_http(status.code);
		request->template = "inbox_mail";
		return mail_fill(request, tying.id, status.text);
	}
	TRY(status);
	request->notice = arena_printf(request->arena, "%s %s", tr(request->lang, "The mail is tied to"), customer.name);
	struct inbox_message message;
	TRY(inbox_get(request->db, request->viewer, request->company.id, tying.id, request->arena, &message));
	request->redirect = arena_printf(request->arena, "/replies/%lld", (long long)message.reply_id);
	return STATUS_FINE;
}

static struct status dismiss_work(struct change *change, void *context)
{
	return inbox_dismiss(change, *(const int64_t *)context);
}

static struct status mail_dismiss(struct request *request)
{
	int64_t id;
	TRY(id_of_path(request, "id", &id));
	TRY(request_change(request, dismiss_work, &id));
	request->notice = tr(request->lang, "Set aside. It can still be tied from the list of what was set aside.");
	request->redirect = "/inbox";
	return STATUS_FINE;
}

static struct status look_now(struct request *request)
{
	char lease[64], holder[64];
	int64_t token = 0;
	bool taken = false;
	if (!inbox_tray_seen(request->viewer, request->company.id))
		return status_make(STATUS_FORBIDDEN, "Mail of unknown senders is for those who see every customer.");
	if (!inbox_ready(request->settings)) return status_make(STATUS_INVALID, "Enter the mailbox's server and login first, and save.");
	struct viewer system = viewer_system(request->viewer->tenant_id);
	snprintf(lease, sizeof lease, "inbox:%lld", (long long)request->company.id);
	snprintf(holder, sizeof holder, "page-%ld-%lld", (long)getpid(), (long long)request->viewer->user_id);
	TRY(lease_take(request->store, system.tenant_id, lease, holder, 600, &token, &taken));
	if (!taken) return status_make(STATUS_CONFLICT, "The mailbox is being read at this moment. Look again in a minute.");
	struct inbox_result result;
	struct status status = inbox_turn(&(struct inbox_turn){ .store = request->store, .viewer = &system, .company_id = request->company.id, .today = request->today, .now = request->now,
	                                                        .lease = lease, .token = token, .now_please = true }, &result);
	struct status dropped = lease_drop(request->store, system.tenant_id, lease, token);
	TRY(status);
	TRY(dropped);
	if (result.error[0]) return status_make(STATUS_UNAVAILABLE, "%s", result.error);
	json_object_update_new(request->model, json_pack("{s:i,s:i,s:i,s:i}", "read", result.read - result.known, "tied", result.tied, "waiting", result.waiting, "bounces", result.bounces));
	request->notice = arena_printf(request->arena, tr(request->lang, "Mailbox read: %d new, %d tied to a customer, %d waiting here."), result.read - result.known, result.tied,
	                               result.waiting);
	request->redirect = "/inbox";
	return STATUS_FINE;
}

/* --- one answer ------------------------------------------------------------------------------------------------------------------------ */
static json_t *words_model(const struct reply_word *words, size_t count)
{
	json_t *out = json_array();
	for (size_t i = 0; i < count; i++) json_array_append_new(out, json_pack("{s:s,s:s}", "code", words[i].code, "label", words[i].label));
	return out;
}

static struct status answers_model(struct request *request, const struct reply *reply, const struct customer *customer)
{
	/* the message it answers */
	json_t *about = json_null();
	if (reply->outbox_id) {
		struct outbox_row row;
		struct status status = outbox_get(request->db, request->viewer, request->company.id, reply->outbox_id, request->arena, &row);
		if (status.code && status.code != STATUS_NOT_FOUND) return status;
		if (!status.code) about = json_pack("{s:I,s:s,s:o}", "id", (json_int_t)row.id, "subject", row.subject, "sent_at", model_instant(row.sent_at));
	}
	json_object_set_new(request->model, "about", about);
	json_object_set_new(request->model, "mail", json_null());
	json_object_set_new(request->model, "files", json_array());
	json_object_set_new(request->model, "has_files", json_false());
	if (reply->inbox_id) {
		struct inbox_message message;
		struct document *files;
		size_t count;
		TRY(inbox_get(request->db, request->viewer, request->company.id, reply->inbox_id, request->arena, &message));
		TRY(inbox_files(request->db, request->viewer, request->company.id, reply->inbox_id, request->arena, &files, &count));
		json_object_set_new(request->model, "mail", message_model(request, &message, true));
		json_object_set_new(request->model, "files", files_model(request, files, count, arena_printf(request->arena, "/inbox/%lld/files", (long long)reply->inbox_id)));
		json_object_set_new(request->model, "has_files", json_boolean(count > 0));
	}
	json_object_set_new(request->model, "customer", json_string(customer->code));
	json_object_set_new(request->model, "customer_name", json_string(customer->name));
	json_object_set_new(request->model, "note", or_null(customer->note));
	return STATUS_FINE;
}

static struct status reply_fill(struct request *request, int64_t id, const char *problem)
{
	struct reply reply;
	struct customer customer;
	TRY(reply_get(request->db, request->viewer, request->company.id, id, request->arena, &reply));
	TRY(customer_get(request->db, request->viewer, request->company.id, reply.customer_id, request->arena, &customer));
	size_t topic_count, outcome_count;
	const struct reply_word *topics = reply_topics(&topic_count), *outcomes = reply_outcomes(&outcome_count);
	const char *topic = reply_word_label(topics, topic_count, reply.topic), *how = reply_word_label(outcomes, outcome_count, reply.handled_how);
	json_t *row = json_pack("{s:I,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "id", (json_int_t)reply.id, "kind", reply_kind_code(reply.kind), "kind_label", reply_kind_label(reply.kind), "from",
	                        reply.address, "name", *reply.name ? reply.name : reply.address, "subject", reply.subject, "text", reply.text, "source", reply.source, "topic", reply.topic);
	json_object_set_new(row, "topic_label", or_null(topic));
	json_object_set_new(row, "at", model_instant(reply.at));
	json_object_set_new(row, "back", model_day(reply.back_day));
	json_object_set_new(row, "handled_at", model_instant(reply.handled_at));
	json_object_set_new(row, "handled_how", or_null(how));
	json_object_set_new(row, "handled_note", or_null(reply.handled_note));
	json_object_set_new(row, "can_answer", json_boolean(*reply.address && (reply.kind == REPLY_REPLY || reply.kind == REPLY_ABSENCE || reply.kind == REPLY_AUTOMATIC)));
	json_object_set_new(row, "dead", json_boolean(reply.kind == REPLY_UNDELIVERED));
	json_object_set_new(request->model, "reply", row);
	json_object_set_new(request->model, "outcomes", words_model(outcomes, outcome_count));
	TRY(answers_model(request, &reply, &customer));
	cleanup_text struct text subject = { 0 };
	answer_subject(*reply.subject ? reply.subject : tr(request->lang, "Your answer"), &subject);
	const char *given = request_field(request, "body"), *line = request_field(request, "subject");
	json_object_set_new(request->model, "answer", json_pack("{s:s,s:s}", "subject", problem && line ? line : text_cstr(&subject), "body", problem && given ? given : ""));
	json_object_set_new(request->model, "problem", or_null(problem));
	json_object_set_new(request->model, "title", json_string(tr(request->lang, "Answer")));
	json_object_set_new(request->model, "live", json_boolean(request->company.live));
	return STATUS_FINE;
}

static struct status reply_show(struct request *request)
{
	int64_t id;
	TRY(id_of_path(request, "id", &id));
	/* what he said on his own page has its parts, and may wait for a yes */
	struct answer *answers;
	size_t count;
	TRY(answer_list(request->db, request->viewer, request->company.id, 0, id, false, request->arena, &answers, &count));
	json_object_set_new(request->model, "page_answer", count ? answer_model(request, &answers[0]) : json_null());
	return reply_fill(request, id, NULL);
}

struct answering {
	int64_t id;
	const struct settings *settings;
	const char *subject, *body;
	bool handle;
	struct answer_sent sent;
};

static struct status answer_work(struct change *change, void *context)
{
	struct answering *a = context;
	return answer_send(change, a->settings, a->id, a->subject, a->body, a->handle, &a->sent);
}

static struct status reply_answer(struct request *request)
{
	struct answering a = { .settings = request->settings, .subject = request_field(request, "subject"), .body = request_field(request, "body"),
		               .handle = request_int(request, "handle", 0) == 1 };
	TRY(id_of_path(request, "id", &a.id));
	struct status status = request_change(request, answer_work, &a);
	if ((status.code == STATUS_INVALID || status.code == STATUS_CONFLICT) && !request->json) {
		request->http_status = status_http(status.code);
		request->template = "reply_page";
		return reply_fill(request, a.id, status.text);
	}
	TRY(status);
	json_object_set_new(request->model, "message", json_integer(a.sent.outbox_id));
	json_object_set_new(request->model, "held", json_boolean(a.sent.held));
	request->notice = tr(request->lang, a.sent.held ? "The answer is kept and does not leave: test mode, or no mail server." : "The answer leaves now.");
	request->redirect = arena_printf(request->arena, "/replies/%lld", (long long)a.id);
	return STATUS_FINE;
}

const struct route inbox_routes[] = {
	{ "GET", "/inbox", RIGHT_COLLECT, tray_show, .template = "inbox", .menu = MENU_AGENDA, .summary = "Mail that waits for its customer", .fields = "state", .live = true },
	{ "POST", "/inbox/look", RIGHT_COLLECT, look_now, .menu = MENU_AGENDA, .summary = "Read the mailbox now" },
	{ "GET", "/inbox/{id}", RIGHT_READ, mail_show, .template = "inbox_mail", .menu = MENU_AGENDA, .summary = "A mail that came" },
	{ "GET", "/inbox/{id}/files/{document}", RIGHT_READ, mail_file, .menu = MENU_AGENDA, .summary = "A file that came with a mail" },
	{ "POST", "/inbox/{id}/tie", RIGHT_COLLECT, mail_tie, .template = "inbox_mail", .menu = MENU_AGENDA, .summary = "Tie a mail to a customer", .fields = "customer* contact" },
	{ "POST", "/inbox/{id}/dismiss", RIGHT_COLLECT, mail_dismiss, .menu = MENU_AGENDA, .summary = "Set a mail aside" },
	{ "GET", "/replies/{id}", RIGHT_READ, reply_show, .template = "reply_page", .menu = MENU_AGENDA, .summary = "An answer" },
	{ "POST", "/replies/{id}/answer", RIGHT_COLLECT, reply_answer, .template = "reply_page", .menu = MENU_AGENDA, .summary = "Write back to an answer",
	  .fields = "subject* body* handle" },
	{ 0 },
};
