/* cases — files handed over: their register, one of them, handing a customer's items over, the sealed bundle. */
#include "web/legal_page.h"

#include "base/memory.h"
#include "dunning/handover.h"
#include "outreach/court_paper.h"
#include "web/customer_page.h"
#include "web/draw.h"
#include "web/item_view.h"

#include <string.h>

static const char *stage_label(const struct case_stage *list, const char *code)
{
	for (; list->code; list++)
		if (strcmp(list->code, code) == 0) return list->label;
	return code;
}

static json_t *file_row(const struct request *request, const struct case_file *file)
{
	const struct case_route *route = case_route_find(file->route);
	json_t *row = json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:s, s:b, s:s}", "id", (json_int_t)file->id, "customer",
		file->customer_code, "name", file->customer_name, "route", file->route, "way", route ? route->label : file->route, "partner", file->partner, "email",
		file->partner_email, "reference", file->reference, "stage", file->stage, "stage_label", stage_label(case_stages, file->stage), "principal",
		(json_int_t)file->principal, "interest", (json_int_t)file->interest, "fee", (json_int_t)file->fee, "costs", (json_int_t)file->costs, "recovered",
		(json_int_t)file->recovered, "open", (json_int_t)file->open, "currency", file->currency, "bundled", file->bundled, "deadline_text", file->deadline_text);
	bool closed = file->closed_day != DAY_NONE;
	json_object_set_new(row, "sheet", json_boolean(court_paper_for(file->route)));
	json_object_set_new(row, "opened_on", model_day(file->opened_day));
	json_object_set_new(row, "deadline", model_day(file->deadline_day));
	json_object_set_new(row, "late", json_boolean(file->deadline_day != DAY_NONE && file->deadline_day < request->today));
	json_object_set_new(row, "closed", json_boolean(closed));
	json_object_set_new(row, "closed_on", model_day(file->closed_day));
	json_object_set_new(row, "outcome", json_string(file->outcome));
	json_object_set_new(row, "outcome_label", json_string(*file->outcome ? stage_label(case_outcomes, file->outcome) : ""));
	return row;
}

static struct status cases_show(struct request *request)
{
	struct case_file *files;
	size_t count;
	bool all = request_field(request, "all") != NULL;
	TRY(case_file_list(request->db, request->viewer, request->company.id, 0, !all, request->arena, &files, &count));
	json_t *rows = json_array();
	int64_t open = 0, costs = 0, recovered = 0;
	for (size_t i = 0; i < count; i++) {
		json_array_append_new(rows, file_row(request, &files[i]));
		if (strcmp(files[i].currency, request->company.currency) == 0) open += files[i].open, costs += files[i].costs, recovered += files[i].recovered;
	}
	json_t *model = request->model;
	json_object_set_new(model, "files", rows);
	json_object_set_new(model, "count", json_integer((json_int_t)count));
	json_object_set_new(model, "all", json_boolean(all));
	json_object_set_new(model, "open", json_integer(open));
	json_object_set_new(model, "costs", json_integer(costs));
	json_object_set_new(model, "recovered", json_integer(recovered));
	json_object_set_new(model, "currency", json_string(request->company.currency));
	json_object_set_new(model, "others", page_link(request, "all", all ? NULL : "1"));
	legal_tabs(request, "cases");
	return STATUS_FINE;
}

/* What was refused on the page of a file: of the form of its steps, or of its end. */
static struct status case_page(struct request *request, const struct refusal *refused, bool closing)
{
	const char *stage_sent = refused && !closing ? request_field(request, "stage") : NULL, *outcome_sent = refused && closing ? request_field(request, "outcome") : NULL;
	struct case_file file;
	struct case_file_item *items;
	size_t count;
	const struct book *book;
	TRY(case_file_get(request->db, request->viewer, request->company.id, request_int(request, "id", 0), request->arena, &file));
	TRY(case_file_items(request->db, request->viewer->tenant_id, request->company.id, file.id, request->arena, &items, &count));
	TRY(request_book(request, &book));
	json_t *rows = json_array(), *stages = json_array(), *outcomes = json_array();
	for (size_t i = 0; i < count; i++) {
		size_t index = book_find_item(book, items[i].item_id);
		if (index == SIZE_MAX) continue;
		struct book_item item = book_item(book, index, request->as_of);
		json_array_append_new(rows, json_pack("{s:I, s:s, s:o, s:I, s:I}", "id", (json_int_t)item.id, "number", item.number, "due_date", model_day(item.due_day),
		                                      "open_then", (json_int_t)items[i].open_then, "open", (json_int_t)item.open));
	}
	for (const struct case_stage *stage = case_stages; strcmp(stage->code, "closed") != 0; stage++)
		json_array_append_new(stages, json_pack("{s:s, s:s, s:b}", "code", stage->code, "label", stage->label, "on",
		                                          strcmp(stage->code, stage_sent ? stage_sent : file.stage) == 0));
	for (const struct case_stage *outcome = case_outcomes; outcome->code; outcome++)
		json_array_append_new(outcomes, json_pack("{s:s, s:s, s:b}", "code", outcome->code, "label", outcome->label, "on", outcome_sent && strcmp(outcome->code, outcome_sent) == 0));
	form_refused(request, refused, (const char *const[]){ "reference", "partner", "note", "deadline", "deadline_text", "cost", NULL });
	json_object_set_new(request->model, "closing", json_boolean(refused && closing));
	request->template = "case";
	request->here = arena_printf(request->arena, "/cases/%lld", (long long)file.id);
	json_object_set_new(request->model, "file", file_row(request, &file));
	json_object_set_new(request->model, "items", rows);
	json_object_set_new(request->model, "stages", stages);
	json_object_set_new(request->model, "outcomes", outcomes);
	json_object_set_new(request->model, "currency", json_string(file.currency));
	json_object_set_new(request->model, "title", json_string(arena_printf(request->arena, tr(request->lang, "File %lld: %s"), (long long)file.id, file.customer_name)));
	return STATUS_FINE;
}

static struct status case_show(struct request *request) { return case_page(request, NULL, false); }

/* --- handing over ------------------------------------------------------------------------------------------------------------------ */

static bool sent(const char *const *values, int64_t id)
{
	int64_t one;
	for (size_t i = 0; values[i]; i++)
		if (text_parse_int(values[i], strlen(values[i]), &one) && one == id) return true;
	return false;
}

static struct status handover_page(struct request *request, const struct refusal *refused)
{
	const char *const *ticked = request_fields(request, "item");
	const char *route_sent = refused ? request_field(request, "route") : NULL;
	struct customer customer;
	struct handover_item *items;
	size_t count;
	TRY(customer_of(request, &customer));
	TRY(handover_items(request->db, request->viewer, &request->company, customer.id, NULL, request->today, request->arena, &items, &count));
	json_t *rows = json_array(), *routes = json_array();
	int64_t sum = 0, interest = 0, fee = 0;
	for (size_t i = 0; i < count; i++) {
		bool on = refused ? sent(ticked, items[i].id) : !items[i].disputed && !items[i].taken;
		if (on) sum += items[i].open, interest += items[i].interest, fee += items[i].fee;
		json_array_append_new(rows, json_pack("{s:I, s:s, s:o, s:I, s:I, s:I, s:b, s:b, s:b}", "id", (json_int_t)items[i].id, "number", items[i].number, "due_date",
			model_day(items[i].due_day), "open", (json_int_t)items[i].open, "interest", (json_int_t)items[i].interest, "fee", (json_int_t)items[i].fee,
			"on", on, "disputed", items[i].disputed, "taken", items[i].taken));
	}
	for (const struct case_route *route = case_routes; route->code; route++)
		json_array_append_new(routes, json_pack("{s:s, s:s, s:b, s:b}", "code", route->code, "label", route->label, "beyond",
		                                        route->most && strcmp(request->company.currency, "EUR") == 0 && sum + interest > route->most, "on",
		                                        route_sent && strcmp(route->code, route_sent) == 0));
	form_refused(request, refused, (const char *const[]){ "partner", "email", NULL });
	request->template = "handover";
	json_t *model = request->model;
	json_object_set_new(model, "customer", json_string(customer.code));
	json_object_set_new(model, "name", json_string(customer.name));
	json_object_set_new(model, "items", rows);
	json_object_set_new(model, "count", json_integer((json_int_t)count));
	json_object_set_new(model, "routes", routes);
	json_object_set_new(model, "sum", json_integer(sum));
	json_object_set_new(model, "interest", json_integer(interest));
	json_object_set_new(model, "fee", json_integer(fee));
	json_object_set_new(model, "currency", json_string(request->company.currency));
	json_object_set_new(model, "title", json_string("Hand over"));
	return STATUS_FINE;
}

static struct status handover_show(struct request *request) { return handover_page(request, NULL); }

struct acting {
	struct case_file_new file;
	struct case_file_step step;
	const char *outcome, *note, *head;
	const unsigned char *digest;
	int64_t id;
};
static struct status do_open(struct change *change, void *context)
{
	struct acting *acting = context;
	return case_file_open(change, &acting->file, &acting->id);
}
static struct status do_step(struct change *change, void *context)
{
	struct acting *acting = context;
	return case_file_step(change, acting->id, &acting->step);
}
static struct status do_close(struct change *change, void *context)
{
	struct acting *acting = context;
	return case_file_close(change, acting->id, acting->outcome, acting->note);
}
static struct status do_bundled(struct change *change, void *context)
{
	struct acting *acting = context;
	return case_file_bundled(change, acting->id, acting->digest, acting->head);
}

static struct status handover_open(struct request *request)
{
	struct customer customer;
	TRY(customer_of(request, &customer));
	struct acting acting = { .file = { .customer_id = customer.id, .route = request_field(request, "route"), .partner = request_field(request, "partner"),
	                                   .partner_email = request_field(request, "email") } };
	const char *const *ids = request_fields(request, "item");
	size_t count = 0;
	while (ids[count]) count++;
	int64_t *items = arena_array(request->arena, int64_t, count + 1);
	for (size_t i = 0; i < count; i++)
		if (!text_parse_int(ids[i], strlen(ids[i]), &items[i])) return status_make(STATUS_NOT_FOUND, "One of the items is not there any more. Load the list again.");
	const char *field = NULL;
	struct refusal refused;
	struct status status = STATUS_FINE;
	acting.file.wrong = &field;
	if (!count) status = status_make(STATUS_INVALID, "Tick at least one item first."), field = "items";
	if (!status.code) status = handover_prepare(request->db, request->viewer, &request->company, items, count, request->today, request->arena, &acting.file);
	if (!status.code) status = request_change(request, do_open, &acting);
	if (status.code) return form_refusal(request, status, field, &refused) ? handover_page(request, &refused) : status;
	json_object_set_new(request->model, "id", json_integer(acting.id));
	request->notice = tr(request->lang, "The file is open. Our own reminders leave its items alone.");
	request->redirect = arena_printf(request->arena, "/cases/%lld", (long long)acting.id);
	return STATUS_FINE;
}

static struct status back_to(struct request *request, int64_t id, const char *notice)
{
	request->notice = tr(request->lang, notice);
	request->redirect = arena_printf(request->arena, "/cases/%lld", (long long)id);
	return STATUS_FINE;
}

/* Reads the form of a step; *field: which part can't be read. */
static struct status read_step(struct request *request, struct case_file_step *step, const char **field)
{
	const char *deadline = request_field(request, "deadline"), *cost = request_field(request, "cost");
	*step = (struct case_file_step){ .stage = request_field(request, "stage"), .reference = request_field(request, "reference"),
		.partner = request_field(request, "partner"), .note = request_field(request, "note"), .deadline_text = request_field(request, "deadline_text"),
		.deadline_day = DAY_NONE, .deadline_given = deadline && *deadline, .wrong = field };
	if (step->deadline_given && !request_day(request, "deadline", &step->deadline_day)) {
		*field = "deadline";
		return status_make(STATUS_INVALID, "“%.40s” is not a date written YYYY-MM-DD.", deadline);
	}
	struct case_file file;
	TRY(case_file_get(request->db, request->viewer, request->company.id, request_int(request, "id", 0), request->arena, &file));
	if (cost && *cost && !field_amount(cost, file.currency, &step->cost)) {
		*field = "cost";
		return status_make(STATUS_INVALID, "“%.40s” is not an amount: write it as 1500 or 1500.50.", cost);
	}
	return STATUS_FINE;
}

static struct status case_step(struct request *request)
{
	const char *field = NULL;
	struct refusal refused;
	struct acting acting = { .id = request_int(request, "id", 0) };
	struct status status = read_step(request, &acting.step, &field);
	if (!status.code) status = request_change(request, do_step, &acting);
	if (status.code) return form_refusal(request, status, field, &refused) ? case_page(request, &refused, false) : status;
	return back_to(request, acting.id, "Noted.");
}

static struct status case_close(struct request *request)
{
	struct refusal refused;
	struct acting acting = { .id = request_int(request, "id", 0), .outcome = request_field(request, "outcome"), .note = request_field(request, "note") };
	struct status status = request_change(request, do_close, &acting);
	if (status.code) return form_refusal(request, status, NULL, &refused) ? case_page(request, &refused, true) : status;
	return back_to(request, acting.id, "The file is closed. What is still open may be reminded of again.");
}

static struct status case_bundle(struct request *request)
{
	struct bundle bundle;
	int64_t id = request_int(request, "id", 0);
	struct status status = bundle_make(request->db, request->viewer, &request->company, request->settings, id, request->today, request->now, request->arena, &bundle);
	if (!status.code) status = request_change(request, do_bundled, &(struct acting){ .id = id, .digest = bundle.digest, .head = bundle.head });
	if (!status.code) {
		request->file_type = "application/zip", request->file_name = bundle.name;
		text_add_bytes(&request->file, bundle.zip.bytes, bundle.zip.len);
	}
	text_free(&bundle.zip);
	return status;
}

static struct status case_sheet(struct request *request)
{
	struct attachment sheet;
	TRY(bundle_sheet(request->db, request->viewer, &request->company, request->settings, request_int(request, "id", 0), request->today, request->arena, &sheet));
	request->file_type = sheet.type;
	text_add_bytes(&request->file, sheet.bytes, sheet.len);
	return STATUS_FINE;
}

const struct route cases_routes[] = {
	{ "GET", "/cases", RIGHT_READ, cases_show, .template = "cases", .menu = MENU_LEGAL, .summary = "Files handed over", .fields = "all" },
	{ "GET", "/cases/{id}", RIGHT_READ, case_show, .template = "case", .menu = MENU_LEGAL, .summary = "A file handed over" },
	{ "POST", "/cases/{id}/step", RIGHT_SCENARIO, case_step, .menu = MENU_LEGAL, .summary = "What became of a file",
	  .fields = "stage reference partner note deadline deadline_text cost" },
	{ "POST", "/cases/{id}/close", RIGHT_SCENARIO, case_close, .menu = MENU_LEGAL, .summary = "End a file", .fields = "outcome* note" },
	{ "POST", "/cases/{id}/bundle", RIGHT_SCENARIO, case_bundle, .menu = MENU_LEGAL, .summary = "The sealed bundle of a file, as a ZIP" },
	{ "GET", "/cases/{id}/sheet.pdf", RIGHT_SCENARIO, case_sheet, .menu = MENU_LEGAL, .summary = "What the form of an order for payment or of small claims asks for" },
	{ "GET", "/customers/{code}/handover", RIGHT_SCENARIO, handover_show, .template = "handover", .menu = MENU_CUSTOMERS, .summary = "What can be handed over" },
	{ "POST", "/customers/{code}/handover", RIGHT_SCENARIO, handover_open, .menu = MENU_CUSTOMERS, .summary = "Hand items over", .fields = "route* partner email items[]" },
	{ 0 },
};
