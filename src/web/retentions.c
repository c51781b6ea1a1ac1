/* retentions — money kept back on works: until when, what releases it. */
#include "web/present_page.h"

#include "base/day.h"
#include "base/memory.h"
#include "ledger/retention.h"
#include "outreach/retention_paper.h"
#include "web/draw.h"

#include <string.h>

static struct status model_of(struct request *request, const char *problem)
{
	struct retention *list;
	size_t count, unknown = 0, soon = 0;
	int64_t sum = 0;
	const char *code = request_field(request, "customer");
	struct customer customer = { 0 };
	if (code && *code) TRY(customer_find(request->db, request->viewer, request->company.id, code, request->arena, &customer));
	TRY(retention_list(request->db, request->viewer, request->company.id, customer.id, request->arena, &list, &count));
	json_t *rows = json_array(), *model = request->model;
	for (size_t i = 0; i < count; i++) {
		const struct retention *one = &list[i];
		bool due = one->known && one->due_day <= request->today, near = one->known && !due && one->due_day - request->today <= 30;
		unknown += !one->known, soon += near || due;
		if (strcmp(one->currency, request->company.currency) == 0) sum += one->open;
		json_array_append_new(rows, json_pack("{s:I, s:s, s:s, s:s, s:I, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:s, s:b, s:b, s:b}", "id", (json_int_t)one->item_id, "number",
			one->number, "customer", one->customer_code, "name", one->customer_name, "open", (json_int_t)one->open, "currency", one->currency, "posted_on",
			model_day(one->posting_day), "due_on", one->known ? model_day(one->due_day) : json_null(), "accepted_on", model_day(one->accepted_day), "guarantee_on",
			model_day(one->guarantee_day), "opposed_on", model_day(one->opposed_day), "claimed_on", model_day(one->claimed_day), "guarantee", one->guarantee, "opposed_why",
			one->opposed_why, "due", due, "near", near, "unknown", !one->known));
		json_object_set_new(json_array_get(rows, json_array_size(rows) - 1), "too_much", json_boolean(retention_too_much(one)));
		json_object_set_new(json_array_get(rows, json_array_size(rows) - 1), "printable", json_boolean(one->known && one->opposed_day == DAY_NONE));
	}
	json_object_set_new(model, "title", json_string("Retentions"));
	json_object_set_new(model, "currency", json_string(request->company.currency));
	json_object_set_new(model, "retentions", rows);
	json_object_set_new(model, "count", json_integer((json_int_t)count));
	json_object_set_new(model, "sum", json_integer(sum));
	json_object_set_new(model, "unknown_count", json_integer((json_int_t)unknown));
	json_object_set_new(model, "soon", json_integer((json_int_t)soon));
	json_object_set_new(model, "problem", problem ? json_string(problem) : json_null());
	json_object_set_new(model, "empty", count ? json_null() : json_pack("{s:s, s:s, s:s}", "icon", "building", "title", tr(request->lang, "No retention is open"), "text",
		tr(request->lang, "What is posted on account 4117 stands here, until one year after the acceptance of the works.")));
	request->template = "retentions";
	if (problem) request->http_status = 422;
	present_tabs(request, "retentions");
	return STATUS_FINE;
}
static struct status retentions_show(struct request *request) { return model_of(request, NULL); }

struct noting {
	int64_t id;
	int32_t day;
	const char *words;
};
static struct status do_accept(struct change *change, void *context) { return retention_accept(change, ((struct noting *)context)->id, ((struct noting *)context)->day); }
static struct status do_claim(struct change *change, void *context) { return retention_claimed(change, ((struct noting *)context)->id); }
static struct status do_guarantee(struct change *change, void *context)
{
	struct noting *noting = context;
	return retention_guarantee(change, noting->id, noting->day, noting->words);
}
static struct status do_oppose(struct change *change, void *context)
{
	struct noting *noting = context;
	return retention_oppose(change, noting->id, noting->day, noting->words);
}

static struct status act(struct request *request, request_work *work)
{
	struct noting noting = { .id = request_int(request, "id", 0), .words = present_words(request, "words") };
	struct status status = present_day(request, "day", request->today, &noting.day);
	if (!status.code) status = request_change(request, work, &noting);
	if (status.code) {
		bool words = status.code == STATUS_INVALID || status.code == STATUS_CONFLICT;
		return words && !request->json ? model_of(request, status.text) : status;
	}
	request->notice = tr(request->lang, "Noted.");
	request->redirect = "/retentions";
	return STATUS_FINE;
}
static struct status accept_it(struct request *request) { return act(request, do_accept); }
static struct status guarantee_it(struct request *request) { return act(request, do_guarantee); }
static struct status oppose_it(struct request *request) { return act(request, do_oppose); }
static struct status claim_it(struct request *request) { return act(request, do_claim); }

static struct status letter(struct request *request)
{
	struct attachment file;
	TRY(retention_pdf(request->db, request->viewer, &request->company, request_int(request, "id", 0), request->today, request->arena, &file));
	request->file_type = file.type, request->file_name = file.name;
	text_add_bytes(&request->file, file.bytes, file.len);
	return STATUS_FINE;
}

const struct route retentions_routes[] = {
	{ "GET", "/retentions", RIGHT_READ, retentions_show, .template = "retentions", .menu = MENU_DISPUTES, .summary = "Retentions on works", .fields = "customer" },
	{ "GET", "/retentions/{id}/letter.pdf", RIGHT_READ, letter, .menu = MENU_DISPUTES, .summary = "The letter that asks for the release of a retention" },
	{ "POST", "/retentions/{id}/accept", RIGHT_COLLECT, accept_it, .template = "retentions", .menu = MENU_DISPUTES, .summary = "The works were accepted", .fields = "day" },
	{ "POST", "/retentions/{id}/guarantee", RIGHT_COLLECT, guarantee_it, .template = "retentions", .menu = MENU_DISPUTES, .summary = "A bank guarantee replaces a retention",
	  .fields = "day words*" },
	{ "POST", "/retentions/{id}/oppose", RIGHT_COLLECT, oppose_it, .template = "retentions", .menu = MENU_DISPUTES, .summary = "An opposition to the release came", .fields = "day words*" },
	{ "POST", "/retentions/{id}/claim", RIGHT_COLLECT, claim_it, .template = "retentions", .menu = MENU_DISPUTES, .summary = "The release was asked for" },
	{ 0 },
};
