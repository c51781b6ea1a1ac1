/* assignments — claims assigned to a bank or a factor: the slips, what is still assigned, a new slip from a customer's items, the banks
 * and factors with their terms, the batch and the slip as files, cost against delay. */
#include "web/present_page.h"

#include "base/day.h"
#include "base/memory.h"
#include "ledger/assignment.h"
#include "outreach/assignment_paper.h"
#include "web/draw.h"
#include "web/item_view.h"

#include <stdlib.h>
#include <string.h>

static json_t *rate_json(int basis_points) { return json_real(basis_points / 10000.0); }

static json_t *payee_row(const struct request *request, const struct payee *one)
{
	char commission[16], interest[16], reserve[16];
	snprintf(commission, sizeof commission, "%d.%02d", one->commission_bp / 100, one->commission_bp % 100);
	snprintf(interest, sizeof interest, "%d.%02d", one->interest_bp / 100, one->interest_bp % 100);
	snprintf(reserve, sizeof reserve, "%d.%02d", one->reserve_bp / 100, one->reserve_bp % 100);
	(void)request;
	json_t *row = json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:b, s:b, s:b}", "id", (json_int_t)one->id, "name", one->name, "route", one->route, "route_label",
		strcmp(one->route, "dailly") == 0 ? "Dailly assignment" : "Factoring", "iban", one->iban, "bic", one->bic, "address", one->address, "contract", one->contract, "notified",
		one->notified, "recourse", one->recourse, "managed", one->managed, "ended", one->ended, "factoring", strcmp(one->route, "factoring") == 0);
	json_object_set_new(row, "commission", rate_json(one->commission_bp));
	json_object_set_new(row, "interest", rate_json(one->interest_bp));
	json_object_set_new(row, "reserve", rate_json(one->reserve_bp));
	json_object_set_new(row, "commission_in", json_string(commission));
	json_object_set_new(row, "interest_in", json_string(interest));
	json_object_set_new(row, "reserve_in", json_string(reserve));
	return row;
}

static json_t *slip_row(const struct request *request, const struct assignment *one, bool items)
{
	size_t left = 0;
	json_t *rows = json_array();
	for (size_t i = 0; i < one->item_count; i++) {
		const struct assigned_item *item = &one->items[i];
		bool ours = item->back_day != DAY_NONE;
		left += !ours;
		if (items)
			json_array_append_new(rows, json_pack("{s:I, s:I, s:s, s:s, s:s, s:o, s:I, s:I, s:o, s:s, s:b}", "slip", (json_int_t)one->id, "id", (json_int_t)item->item_id, "number", item->number, "customer",
				item->customer_code, "name", item->customer_name, "due_date", model_day(item->due_day), "amount", (json_int_t)item->amount, "open", (json_int_t)item->open, "back_on",
				model_day(item->back_day), "why", item->back_why, "assigned", !ours && strcmp(one->state, "active") == 0));
	}
	return json_pack("{s:I, s:s, s:o, s:b, s:b, s:b, s:s, s:I, s:I, s:s, s:b, s:b, s:I, s:o}", "id", (json_int_t)one->id, "payee", one->payee_name, "date", model_day(one->day),
		"notified", one->notified, "recourse", one->recourse, "managed", one->managed, "currency", one->currency, "total", (json_int_t)one->total, "open", (json_int_t)one->open,
		"state", one->state, "active", strcmp(one->state, "active") == 0, "today", one->day == request->today, "count", (json_int_t)left, "items", rows);
}

static struct status list_model(struct request *request, const char *problem)
{
	struct assignment *slips;
	struct payee *payees;
	size_t count, payee_count;
	TRY(assignment_list(request->db, request->viewer, request->company.id, 0, request->arena, &slips, &count));
	TRY(payee_list(request->db, request->viewer, request->company.id, 0, request->arena, &payees, &payee_count));
	json_t *rows = json_array(), *banks = json_array(), *model = request->model;
	int64_t open = 0;
	for (size_t i = 0; i < count; i++) {
		json_array_append_new(rows, slip_row(request, &slips[i], false));
		if (strcmp(slips[i].currency, request->company.currency) == 0) open += slips[i].open;
	}
	for (size_t i = 0; i < payee_count; i++) json_array_append_new(banks, payee_row(request, &payees[i]));
	json_object_set_new(model, "title", json_string("Assigned claims"));
	json_object_set_new(model, "currency", json_string(request->company.currency));
	json_object_set_new(model, "slips", rows);
	json_object_set_new(model, "has_slips", json_boolean(count > 0));
	json_object_set_new(model, "payees", banks);
	json_object_set_new(model, "has_payees", json_boolean(payee_count > 0));
	json_object_set_new(model, "open", json_integer(open));
	json_object_set_new(model, "problem", problem ? json_string(problem) : json_null());
	request->template = "assignments";
	if (problem) request->http_status = 422;
	present_tabs(request, "assignments");
	return STATUS_FINE;
}
static struct status assignments_show(struct request *request) { return list_model(request, NULL); }

/* --- one slip, with what it costs ------------------------------------------------------------------------------------------------------- */
static int rate_of(const char *text) { return (int)(strtod(text, NULL) * 100 + 0.5); }

static struct status show(struct request *request, const char *problem)
{
	struct assignment *slips;
	struct payee *payees;
	size_t count = 0, payee_count = 0;
	int64_t id = request_int(request, "id", 0);
	if (id > 0) TRY(assignment_list(request->db, request->viewer, request->company.id, id, request->arena, &slips, &count));
	if (!count) return status_make(STATUS_NOT_FOUND, "There is no assignment %lld.", (long long)id);
	TRY(payee_list(request->db, request->viewer, request->company.id, slips[0].payee_id, request->arena, &payees, &payee_count));
	json_t *row = slip_row(request, &slips[0], true), *costs = json_array();
	int own = rate_of(setting_text(request->settings, "dispute.funds_rate"));
	static const int delays[] = { 30, 45, 60, 90, 120 };
	for (size_t i = 0; payee_count && i < COUNT(delays); i++) {
		struct assignment_cost cost = assignment_cost(&payees[0], slips[0].total, delays[i], own);
		json_array_append_new(costs, json_pack("{s:i, s:I, s:I, s:I, s:I, s:I}", "days", delays[i], "advanced", (json_int_t)cost.advanced, "commission", (json_int_t)cost.commission,
			"interest", (json_int_t)cost.interest, "total", (json_int_t)cost.total, "waiting", (json_int_t)cost.waiting));
	}
	json_object_update(request->model, row);
	json_decref(row);
	json_object_set_new(request->model, "costs", costs);
	json_object_set_new(request->model, "own_rate", rate_json(own));
	json_object_set_new(request->model, "title", json_string("Assigned claims"));
	json_object_set_new(request->model, "problem", problem ? json_string(problem) : json_null());
	request->template = "assignment";
	if (problem) request->http_status = 422;
	present_tabs(request, "assignments");
	return STATUS_FINE;
}
static struct status assignment_show(struct request *request) { return show(request, NULL); }

/* --- acts ------------------------------------------------------------------------------------------------------------------------------- */
struct assigning {
	struct payee payee;
	int64_t ids[ASSIGNMENT_ITEMS], payee_id, id, item;
	size_t count;
	const char *why;
};
static struct status do_payee(struct change *change, void *context) { return payee_save(change, &((struct assigning *)context)->payee, &((struct assigning *)context)->id); }
static struct status do_make(struct change *change, void *context)
{
	struct assigning *a = context;
	return assignment_make(change, a->payee_id, a->ids, a->count, &a->id);
}
static struct status do_notify(struct change *change, void *context) { return assignment_notify(change, ((struct assigning *)context)->id); }
static struct status do_cancel(struct change *change, void *context) { return assignment_cancel(change, ((struct assigning *)context)->id); }
static struct status do_back(struct change *change, void *context)
{
	struct assigning *a = context;
	return assignment_back(change, a->id, a->item, a->why);
}

static struct status percent_field(const struct request *request, const char *name, int *out)
{
	const char *text = present_words(request, name);
	char *end, copy[20];
	*out = 0;
	if (!*text) return STATUS_FINE;
	snprintf(copy, sizeof copy, "%s", text);
	for (char *c = copy; *c; c++)
		if (*c == ',') *c = '.';
	double value = strtod(copy, &end);
	if (*end || strlen(text) >= sizeof copy || !(value >= 0 && value <= 100)) return status_make(STATUS_INVALID, "“%.20s” is not a percentage between 0 and 100.", text);
	*out = (int)(value * 100 + 0.5);
	return STATUS_FINE;
}

static struct status payee_write(struct request *request)
{
	struct assigning *a = arena_make(request->arena, struct assigning);
	a->payee = (struct payee){ .id = request_int(request, "payee", 0), .name = present_words(request, "name"), .address = present_words(request, "address"),
		.contract = present_words(request, "contract"), .notified = request_field(request, "notified") != NULL, .recourse = request_field(request, "recourse") != NULL,
		.managed = request_field(request, "managed") != NULL, .ended = request_field(request, "ended") != NULL };
	snprintf(a->payee.route, sizeof a->payee.route, "%s", present_words(request, "route"));
	char iban[IBAN_SIZE];
	const char *written = present_words(request, "iban"), *bic = present_words(request, "bic");
	struct status status = *written && !iban_read(written, iban)
		? status_make(STATUS_INVALID, "This IBAN is not right: a character is missing or wrong. Copy it from the bank details.") : STATUS_FINE;
	if (!status.code && *written) snprintf(a->payee.iban, sizeof a->payee.iban, "%s", iban);
	if (!status.code && !bic_read(bic, a->payee.bic)) status = status_make(STATUS_INVALID, "A BIC has 8 or 11 characters and starts with six letters.");
	if (!status.code) status = percent_field(request, "commission", &a->payee.commission_bp);
	if (!status.code) status = percent_field(request, "interest", &a->payee.interest_bp);
	if (!status.code) status = percent_field(request, "reserve", &a->payee.reserve_bp);
	if (!status.code) status = request_change(request, do_payee, a);
	if (status.code) {
		bool words = status.code == STATUS_INVALID || status.code == STATUS_CONFLICT;
		return words && !request->json ? list_model(request, status.text) : status;
	}
	request->notice = tr(request->lang, "Noted.");
	request->redirect = "/assignments";
	json_object_set_new(request->model, "id", json_integer(a->id));
	return STATUS_FINE;
}

static struct status form_model(struct request *request, const char *problem)
{
	int64_t customer_id;
	struct payee *payees;
	size_t count;
	json_t *banks = json_array();
	TRY(present_items(request, &customer_id));
	TRY(payee_list(request->db, request->viewer, request->company.id, 0, request->arena, &payees, &count));
	for (size_t i = 0; i < count; i++)
		if (!payees[i].ended) json_array_append_new(banks, payee_row(request, &payees[i]));
	json_object_set_new(request->model, "has_payees", json_boolean(json_array_size(banks) > 0));
	json_object_set_new(request->model, "payees", banks);
	json_object_set_new(request->model, "title", json_string("Assign claims"));
	json_object_set_new(request->model, "problem", problem ? json_string(problem) : json_null());
	request->template = "assignment_new";
	if (problem) request->http_status = 422;
	present_tabs(request, "assignments");
	return STATUS_FINE;
}
static struct status assignment_form(struct request *request) { return form_model(request, NULL); }

static struct status assignment_save(struct request *request)
{
	struct assigning *a = arena_make(request->arena, struct assigning);
	a->payee_id = request_int(request, "payee", 0);
	struct status status = present_ids(request, "item", a->ids, ASSIGNMENT_ITEMS, &a->count);
	if (!status.code) status = request_change(request, do_make, a);
	if (status.code) {
		bool words = (status.code == STATUS_INVALID || status.code == STATUS_CONFLICT) && request_field(request, "customer");
		return words && !request->json ? form_model(request, status.text) : status;
	}
	request->notice = tr(request->lang, "Assigned: print the slip, and send the batch.");
	request->redirect = arena_printf(request->arena, "/assignments/%lld", (long long)a->id);
	json_object_set_new(request->model, "id", json_integer(a->id));
	return STATUS_FINE;
}

static struct status act(struct request *request, request_work *work, const char *notice)
{
	struct assigning *a = arena_make(request->arena, struct assigning);
	a->id = request_int(request, "id", 0), a->item = request_int(request, "item", 0), a->why = present_words(request, "why");
	struct status status = request_change(request, work, a);
	if (status.code) {
		bool words = status.code == STATUS_INVALID || status.code == STATUS_CONFLICT;
		return words && !request->json ? show(request, status.text) : status;
	}
	request->notice = tr(request->lang, notice);
	request->redirect = arena_printf(request->arena, "/assignments/%lld", (long long)a->id);
	return STATUS_FINE;
}
static struct status notify_it(struct request *request) { return act(request, do_notify, "Noted: from now on only the bank or factor is paid."); }
static struct status back_it(struct request *request) { return act(request, do_back, "Noted: the claim is ours again, with its history."); }
static struct status cancel_it(struct request *request) { return act(request, do_cancel, "Slip taken back: its claims are ours."); }

static struct status batch_csv(struct request *request)
{
	struct assignment *slips;
	struct payee *payees;
	size_t count = 0, payee_count = 0;
	int64_t id = request_int(request, "id", 0);
	if (id > 0) TRY(assignment_list(request->db, request->viewer, request->company.id, id, request->arena, &slips, &count));
	if (!count) return status_make(STATUS_NOT_FOUND, "There is no assignment %lld.", (long long)id);
	TRY(payee_list(request->db, request->viewer, request->company.id, slips[0].payee_id, request->arena, &payees, &payee_count));
	if (!payee_count) return status_make(STATUS_NOT_FOUND, "There is no bank or factor %lld.", (long long)slips[0].payee_id);
	request->file_type = "text/csv; charset=utf-8";
	request->file_name = arena_printf(request->arena, "slip-%lld.csv", (long long)id);
	assignment_csv(&slips[0], &payees[0], &request->file);
	return STATUS_FINE;
}

static struct status slip_pdf(struct request *request)
{
	struct attachment file;
	TRY(assignment_pdf(request->db, request->viewer, &request->company, request_int(request, "id", 0), request->today, request->arena, &file));
	request->file_type = file.type, request->file_name = file.name;
	text_add_bytes(&request->file, file.bytes, file.len);
	return STATUS_FINE;
}

const struct route assignments_routes[] = {
	{ "GET", "/assignments", RIGHT_READ, assignments_show, .template = "assignments", .menu = MENU_DISPUTES, .summary = "Claims assigned to a bank or a factor" },
	{ "GET", "/assignments/new", RIGHT_CASH, assignment_form, .template = "assignment_new", .menu = MENU_DISPUTES, .summary = "Assign a customer's items", .fields = "customer* item[]" },
	{ "POST", "/assignments", RIGHT_CASH, assignment_save, .template = "assignment_new", .menu = MENU_DISPUTES, .summary = "Assign items to a bank or a factor",
	  .fields = "payee* item[]* customer" },
	{ "POST", "/assignments/payee", RIGHT_SETTINGS, payee_write, .template = "assignments", .menu = MENU_DISPUTES, .summary = "Note a bank or factor and its terms",
	  .fields = "payee name* route* address iban bic contract notified recourse managed ended commission interest reserve" },
	{ "GET", "/assignments/{id}", RIGHT_READ, assignment_show, .template = "assignment", .menu = MENU_DISPUTES, .summary = "A slip of assigned claims" },
	{ "GET", "/assignments/{id}/batch.csv", RIGHT_CASH, batch_csv, .menu = MENU_DISPUTES, .summary = "The batch for the factor, as a file" },
	{ "GET", "/assignments/{id}/slip.pdf", RIGHT_CASH, slip_pdf, .menu = MENU_DISPUTES, .summary = "The slip to be signed" },
	{ "POST", "/assignments/{id}/notify", RIGHT_CASH, notify_it, .template = "assignment", .menu = MENU_DISPUTES, .summary = "The debtors were told of an assignment" },
	{ "POST", "/assignments/{id}/back", RIGHT_CASH, back_it, .template = "assignment", .menu = MENU_DISPUTES, .summary = "A claim was given back", .fields = "item* why" },
	{ "POST", "/assignments/{id}/cancel", RIGHT_CASH, cancel_it, .template = "assignment", .menu = MENU_DISPUTES, .summary = "Take a slip back on its day" },
	{ 0 },
};
