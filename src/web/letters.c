/* letters — paper of the day: printed together with a posting list, marked as posted once, registered ones followed with their scans. */
#include "web/messages.h"

#include "base/memory.h"
#include "outreach/gateway.h"
#include "outreach/letters.h"
#include "web/draw.h"

#include <stdio.h>

static struct status id_of_path(struct request *request, int64_t *id)
{
	const char *text = request_path(request, "id");
	return text_parse_int(text, strlen(text), id) && *id > 0 ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "There is no such letter.");
}

static json_t *row_model(const struct letter_row *row)
{
	static const char *const fates[][2] = { { "delivered", "Letter received" }, { "refused", "Letter refused" }, { "unclaimed", "Not claimed" },
		                                { "unknown_address", "Unknown at this address" } }; /* msgids */
	const char *fate = NULL;
	for (size_t i = 0; i < COUNT(fates); i++)
		if (strcmp(fates[i][0], row->fate) == 0) fate = fates[i][1];
	json_t *out = json_pack("{s:I, s:s, s:s, s:s, s:s, s:I, s:s, s:b, s:s, s:o, s:o, s:o}", "id", (json_int_t)row->action_id, "customer", row->customer_code,
	                        "name", row->customer_name, "city", row->city, "label", row->label, "amount", (json_int_t)row->amount, "currency", row->currency,
	                        "registered", row->channel == CHANNEL_REGISTERED_LETTER, "number", row->number, "deposited", model_day(row->deposited_day),
	                        "delivered", model_day(row->delivered_day), "printed_at", model_instant(row->printed_at));
	json_object_set_new(out, "waiting", json_boolean(row->state == STATE_PLANNED || row->state == STATE_TO_CONFIRM));
	json_object_set_new(out, "fate", *row->fate ? json_string(row->fate) : json_null());
	json_object_set_new(out, "fate_label", fate ? json_string(fate) : json_null());
	json_object_set_new(out, "message", row->outbox_id ? json_integer(row->outbox_id) : json_null());
	json_object_set_new(out, "batch", row->batch_id ? json_integer(row->batch_id) : json_null());
	return out;
}

static struct status letters_show(struct request *request)
{
	struct letter_row *rows;
	size_t count, waiting = 0, followed = 0;
	TRY(letters_list(request->db, request->viewer, request->company.id, request->today, request->arena, &rows, &count));
	json_t *to_post = json_array(), *posted = json_array();
	for (size_t i = 0; i < count; i++) {
		bool waits = rows[i].state == STATE_PLANNED || rows[i].state == STATE_TO_CONFIRM;
		json_array_append_new(waits ? to_post : posted, row_model(&rows[i]));
		waiting += waits, followed += !waits;
	}
	json_t *model = request->model;
	json_object_set_new(model, "letters", to_post);
	json_object_set_new(model, "followed", posted);
	json_object_set_new(model, "waiting", json_integer((json_int_t)waiting));
	json_object_set_new(model, "has_letters", json_boolean(waiting > 0));
	json_object_set_new(model, "has_followed", json_boolean(followed > 0));
	json_object_set_new(model, "post_ready", json_boolean(post_ready(request->settings)));
	int64_t batch = request_int(request, "batch", 0);
	json_object_set_new(model, "print_run", batch > 0 ? json_pack("{s:I}", "id", (json_int_t)batch) : json_null());
	json_object_set_new(model, "currency", json_string(request->company.currency));
	json_object_set_new(model, "live", json_boolean(request->company.live));
	json_object_set_new(model, "empty", waiting ? json_null()
		: json_pack("{s:s, s:s, s:s, s:s, s:s}", "icon", "mailbox", "title", tr(request->lang, "No letter to post"), "text",
		            tr(request->lang, "Letters of the day's plan come here."), "href", "/agenda", "action", tr(request->lang, "Open the agenda")));
	return STATUS_FINE;
}

struct letters_call {
	struct request *request;
	int64_t *ids, id;
	size_t count;
	int32_t day;
	const char *number, *fate, *note;
	const char *name, *bytes;
	size_t len;
	struct letters_print print;
};

static struct status ids_read(struct request *request, struct letters_call *call)
{
	const char *const *fields = request_fields(request, "action");
	size_t room = 0;
	while (fields[room]) room++;
	call->ids = arena_array(request->arena, int64_t, room + 1);
	for (size_t i = 0; i < room; i++) {
		int64_t id;
		bool again = !text_parse_int(fields[i], strlen(fields[i]), &id) || id <= 0;
		for (size_t k = 0; k < call->count && !again; k++) again = call->ids[k] == id;
		if (!again) call->ids[call->count++] = id;
	}
	return call->count ? STATUS_FINE : status_make(STATUS_INVALID, "Tick at least one letter first.");
}

static struct status print_work(struct change *change, void *context)
{
	struct letters_call *call = context;
	return letters_print(change, call->ids, call->count, call->request->arena, &call->print);
}
static struct status post_work(struct change *change, void *context)
{
	struct letters_call *call = context;
	return letter_post(change, call->id, call->day, call->number, call->request->arena);
}
static struct status number_work(struct change *change, void *context)
{
	struct letters_call *call = context;
	return letter_number(change, call->id, call->number);
}
static struct status follow_work(struct change *change, void *context)
{
	struct letters_call *call = context;
	return letter_follow(change, call->id, call->fate, call->day, call->note);
}
static struct status scan_work(struct change *change, void *context)
{
	struct letters_call *call = context;
	return letter_scan(change, call->id, call->name, call->bytes, call->len);
}

/* The PDF is there at once and stays: its address is a page of its own. */
static struct status letters_print_post(struct request *request)
{
	struct letters_call call = { .request = request };
	TRY(ids_read(request, &call));
	TRY(request_change(request, print_work, &call));
	cleanup_text struct text words = { 0 };
	text_addf(&words, tr(request->lang, "Printed: %zu letters, %zu pages, with their posting list."), call.print.printed, call.print.pages);
	for (size_t i = 0; i < call.print.refused_count && i < 3; i++) text_addf(&words, " %s", call.print.refused[i].reason);
	request->notice = arena_strdup(request->arena, text_cstr(&words));
	json_object_set_new(request->model, "batch", json_integer(call.print.batch_id));
	json_object_set_new(request->model, "printed", json_integer((json_int_t)call.print.printed));
	request->redirect = arena_printf(request->arena, "/letters?batch=%lld", (long long)call.print.batch_id);
	return STATUS_FINE;
}

static struct status batch_show(struct request *request)
{
	int64_t id;
	struct attachment file;
	TRY(id_of_path(request, &id));
	TRY(letters_batch(request->db, request->viewer, request->company.id, id, request->arena, &file));
	request->file_type = file.type;
	request->file_name = file.name;
	text_add_bytes(&request->file, file.bytes, file.len);
	return STATUS_FINE;
}

/* Each letter in its own transaction: one that no longer stands does not stop the others (R9). */
static struct status letters_post_all(struct request *request)
{
	struct letters_call call = { .request = request, .day = request->today };
	size_t done = 0, refused = 0;
	const char *first = "";
	TRY(ids_read(request, &call));
	if (request_field(request, "day") && *request_field(request, "day") && !request_day(request, "day", &call.day))
		return status_make(STATUS_INVALID, "“%.40s” is no date: write it as 2025-09-30.", request_field(request, "day"));
	for (size_t i = 0; i < call.count; i++) {
		call.id = call.ids[i];
		struct status status = request_change(request, post_work, &call);
		if (status.code == STATUS_UNAVAILABLE || status.code == STATUS_FORBIDDEN) return status;
		if (status.code && !refused++) first = arena_strdup(request->arena, status.text);
		done += !status.code;
	}
	if (!done) return status_make(STATUS_CONFLICT, "%s", first);
	cleanup_text struct text words = { 0 };
	text_addf(&words, tr(request->lang, "Posted: %zu letters."), done);
	if (refused) text_addf(&words, " %s", first);
	request->notice = arena_strdup(request->arena, text_cstr(&words));
	request->redirect = request_back(request, "/letters");
	return STATUS_FINE;
}

static struct status one(struct request *request, request_work *work, struct letters_call *call, const char *notice)
{
	call->request = request;
	TRY(id_of_path(request, &call->id));
	TRY(request_change(request, work, call));
	request->notice = tr(request->lang, notice);
	request->redirect = request_back(request, "/letters");
	return STATUS_FINE;
}

static struct status number_post(struct request *request)
{
	struct letters_call call = { .number = request_field(request, "number") };
	if (!call.number) call.number = "";
	return one(request, number_work, &call, "Postal number noted: it is printed on the letter.");
}

static struct status follow_post(struct request *request)
{
	struct letters_call call = { .fate = request_field(request, "fate"), .note = request_field(request, "note"), .day = DAY_NONE };
	if (!call.fate) call.fate = "";
	request_day(request, "day", &call.day);
	return one(request, follow_work, &call, "Noted with the letter.");
}

static struct status scan_post(struct request *request)
{
	const struct upload *upload = request_upload(request, "file", 0);
	enum { SCAN_MAX = 10 << 20 };
	if (!upload || upload->size <= 0) return status_make(STATUS_INVALID, "Choose the file of the scan.");
	if (upload->size > SCAN_MAX) return status_make(STATUS_INVALID, "A scan is a file of at most %d MB.", SCAN_MAX >> 20);
	cleanup_file FILE *file = fopen(upload->path, "rbe");
	char *bytes = arena_alloc(request->arena, (size_t)upload->size + 1);
	if (!file || fread(bytes, 1, (size_t)upload->size, file) != (size_t)upload->size)
		return status_make(STATUS_UNAVAILABLE, "The file could not be read. Please send it again.");
	struct letters_call call = { .name = upload->name, .bytes = bytes, .len = (size_t)upload->size };
	return one(request, scan_work, &call, "Scan kept with the letter.");
}

const struct route letters_routes[] = {
	{ "GET", "/letters", RIGHT_COLLECT, letters_show, .template = "letters", .menu = MENU_AGENDA, .summary = "Letters to print, post and follow", .fields = "batch", .live = true },
	{ "POST", "/letters/print", RIGHT_COLLECT, letters_print_post, .menu = MENU_AGENDA, .summary = "Print letters as one PDF with a posting list", .fields = "action[]*" },
	{ "GET", "/letters/batches/{id}", RIGHT_COLLECT, batch_show, .menu = MENU_AGENDA, .summary = "The PDF of a print run" },
	{ "POST", "/letters/posted", RIGHT_COLLECT, letters_post_all, .menu = MENU_AGENDA, .summary = "Letters were taken to the post", .fields = "action[]* day back" },
	{ "POST", "/letters/{id}/number", RIGHT_COLLECT, number_post, .menu = MENU_AGENDA, .summary = "The postal number of a registered letter", .fields = "number* back" },
	{ "POST", "/letters/{id}/follow", RIGHT_COLLECT, follow_post, .menu = MENU_AGENDA, .summary = "What became of a registered letter", .fields = "fate* day* note back" },
	{ "POST", "/letters/{id}/scan", RIGHT_COLLECT, scan_post, .menu = MENU_AGENDA, .summary = "Keep a scan with a letter", .upload = true, .fields = "file* back" },
	{ 0 },
};
