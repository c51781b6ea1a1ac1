/* set_offs — what is set off against what we owe a customer who is also our supplier: the list, a new one, one with its letter. */
#include "web/present_page.h"

#include "base/day.h"
#include "base/memory.h"
#include "ledger/set_off.h"
#include "outreach/set_off_paper.h"
#include "web/draw.h"
#include "web/item_view.h"

#include <string.h>

enum { ROWS = 6 }; /* of the form */

static const struct { const char *code, *label, *tone; } states[] = { /* msgids */
	{ "proposed", "Set-off proposed", "info" }, { "agreed", "Agreed, to be booked", "pro" }, { "settled", "Booked", "ok" }, { "cancelled", "Set-off dropped", "" } };

static json_t *row_of(const struct set_off *one)
{
	json_t *items = json_array(), *debts = json_array();
	int64_t his = 0, ours = 0;
	for (size_t i = 0; i < one->item_count; i++) {
		his += one->items[i].amount;
		json_array_append_new(items, json_pack("{s:I, s:s, s:o, s:I}", "id", (json_int_t)one->items[i].item_id, "number", one->items[i].number, "due_date",
			model_day(one->items[i].due_day), "amount", (json_int_t)one->items[i].amount));
	}
	for (size_t i = 0; i < one->debt_count; i++) {
		ours += one->debts[i].amount;
		json_array_append_new(debts, json_pack("{s:s, s:o, s:I}", "number", one->debts[i].number, "due_date", model_day(one->debts[i].due_day), "amount", (json_int_t)one->debts[i].amount));
	}
	json_t *row = json_pack("{s:I, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:b, s:b, s:o, s:o, s:s, s:o, s:o}", "id", (json_int_t)one->id, "customer", one->customer_code, "name",
		one->customer_name, "state", one->state, "currency", one->currency, "amount", (json_int_t)one->amount, "his", (json_int_t)his, "ours", (json_int_t)ours, "agreed", one->agreed,
		"connected", one->connected, "made_on", model_day(one->made_day), "effect_on", model_day(one->effect_day), "note", one->note, "items", items, "debts", debts);
	for (size_t i = 0; i < COUNT(states); i++)
		if (strcmp(states[i].code, one->state) == 0) {
			json_object_set_new(row, "state_label", json_string(states[i].label));
			json_object_set_new(row, "tone", json_string(states[i].tone));
		}
	json_object_set_new(row, "open_one", json_boolean(strcmp(one->state, "proposed") == 0 || strcmp(one->state, "agreed") == 0));
	return row;
}

static struct status set_offs_show(struct request *request)
{
	struct set_off *list;
	size_t count, waiting = 0;
	TRY(set_off_list(request->db, request->viewer, request->company.id, 0, 0, request->arena, &list, &count));
	json_t *rows = json_array(), *model = request->model;
	for (size_t i = 0; i < count; i++) {
		waiting += strcmp(list[i].state, "proposed") == 0;
		json_array_append_new(rows, row_of(&list[i]));
	}
	json_object_set_new(model, "title", json_string("Set-off"));
	json_object_set_new(model, "set_offs", rows);
	json_object_set_new(model, "waiting", json_integer((json_int_t)waiting));
	json_object_set_new(model, "empty", count ? json_null() : json_pack("{s:s, s:s, s:s, s:s, s:s}", "icon", "arrows-exchange", "title", tr(request->lang, "No set-off yet"), "text",
		tr(request->lang, "Open a customer who is also your supplier, and set off what you owe each other."), "href", "/customers", "action", tr(request->lang, "Choose a customer")));
	present_tabs(request, "set_offs");
	return STATUS_FINE;
}

static struct status form_model(struct request *request, const char *problem)
{
	int64_t customer_id;
	struct customer customer;
	TRY(present_items(request, &customer_id));
	TRY(customer_get(request->db, request->viewer, request->company.id, customer_id, request->arena, &customer));
	const char *const *numbers = request_fields(request, "number"), *const *dues = request_fields(request, "due"), *const *amounts = request_fields(request, "amount");
	json_t *rows = json_array();
	for (size_t i = 0, said = 0; i < ROWS; i++) {
		bool more = said == i && numbers[i] && dues[i] && amounts[i];
		said += more;
		json_array_append_new(rows, json_pack("{s:I, s:s, s:s, s:s}", "rank", (json_int_t)i + 1, "number", more ? numbers[i] : "", "due", more ? dues[i] : "", "amount",
			more ? amounts[i] : ""));
	}
	json_object_set_new(request->model, "rows", rows);
	json_object_set_new(request->model, "owed", customer.supplier_balance > 0 ? json_integer(customer.supplier_balance) : json_null());
	json_object_set_new(request->model, "insolvent", json_boolean(customer.insolvency_day != DAY_NONE));
	json_object_set_new(request->model, "title", json_string("Set off"));
	json_object_set_new(request->model, "problem", problem ? json_string(problem) : json_null());
	request->template = "set_off_new";
	if (problem) request->http_status = 422;
	present_tabs(request, "set_offs");
	return STATUS_FINE;
}
static struct status set_off_form(struct request *request) { return form_model(request, NULL); }

struct setting {
	struct set_off_new new;
	struct set_off_debt debts[SET_OFF_LINES];
	int64_t items[SET_OFF_LINES], id;
};
static struct status do_propose(struct change *change, void *context)
{
	struct setting *setting = context;
	return set_off_propose(change, &setting->new, &setting->id);
}

static struct status read_debts(const struct request *request, struct setting *setting)
{
	const char *const *numbers = request_fields(request, "number"), *const *dues = request_fields(request, "due"), *const *amounts = request_fields(request, "amount");
	for (size_t i = 0; numbers[i] && dues[i] && amounts[i]; i++) {
		if (!*numbers[i] && !*dues[i] && !*amounts[i]) continue;
		if (setting->new.debt_count == SET_OFF_LINES) return status_make(STATUS_INVALID, "At most %d at once.", SET_OFF_LINES);
		struct set_off_debt *debt = &setting->debts[setting->new.debt_count++];
		*debt = (struct set_off_debt){ .number = numbers[i], .due_day = DAY_NONE };
		if (*dues[i] && !day_parse(dues[i], strlen(dues[i]), &debt->due_day)) return status_make(STATUS_INVALID, "“%.40s” is no date: write it as 2025-09-30.", dues[i]);
		if (!field_amount(amounts[i], request->company.currency, &debt->amount)) return status_make(STATUS_INVALID, "“%.40s” is not an amount: write it as 1500 or 1500.50.", amounts[i]);
	}
	setting->new.debts = setting->debts;
	return STATUS_FINE;
}

static struct status set_off_save(struct request *request)
{
	struct setting *setting = arena_make(request->arena, struct setting);
	struct customer customer;
	const char *code = request_field(request, "customer");
	if (!code || !*code) return status_make(STATUS_INVALID, "Say which customer: open his page first.");
	TRY(customer_find(request->db, request->viewer, request->company.id, code, request->arena, &customer));
	setting->new = (struct set_off_new){ .customer_id = customer.id, .items = setting->items, .agreed = request_field(request, "agreed") != NULL,
		.connected = request_field(request, "connected") != NULL, .note = request_field(request, "note") };
	struct status status = present_ids(request, "item", setting->items, SET_OFF_LINES, &setting->new.item_count);
	if (!status.code) status = read_debts(request, setting);
	if (!status.code) status = request_change(request, do_propose, setting);
	if (status.code) {
		bool words = status.code == STATUS_INVALID || status.code == STATUS_CONFLICT;
		return words && !request->json ? form_model(request, status.text) : status;
	}
	request->notice = tr(request->lang, "Proposed: print its letter. Nobody reminds of these items meanwhile.");
	request->redirect = arena_printf(request->arena, "/set-offs/%lld", (long long)setting->id);
	json_object_set_new(request->model, "id", json_integer(setting->id));
	return STATUS_FINE;
}

static struct status show(struct request *request, const char *problem)
{
	struct set_off *list;
	size_t count = 0;
	int64_t id = request_int(request, "id", 0);
	if (id > 0) TRY(set_off_list(request->db, request->viewer, request->company.id, id, 0, request->arena, &list, &count));
	if (!count) return status_make(STATUS_NOT_FOUND, "There is no set-off %lld, or it is not in your portfolio.", (long long)id);
	json_t *row = row_of(&list[0]);
	json_object_update(request->model, row);
	json_decref(row);
	json_object_set_new(request->model, "title", json_string("Set-off"));
	json_object_set_new(request->model, "problem", problem ? json_string(problem) : json_null());
	request->template = "set_off";
	if (problem) request->http_status = 422;
	present_tabs(request, "set_offs");
	return STATUS_FINE;
}
static struct status set_off_show(struct request *request) { return show(request, NULL); }

static struct status do_agree(struct change *change, void *context) { return set_off_agree(change, request_int(context, "id", 0)); }
static struct status do_settle(struct change *change, void *context) { return set_off_settled(change, request_int(context, "id", 0)); }
static struct status do_cancel(struct change *change, void *context) { return set_off_cancel(change, request_int(context, "id", 0)); }
static struct status act(struct request *request, request_work *work, const char *notice)
{
	struct status status = request_change(request, work, request);
	if (status.code) {
		bool words = status.code == STATUS_INVALID || status.code == STATUS_CONFLICT;
		return words && !request->json ? show(request, status.text) : status;
	}
	request->notice = tr(request->lang, notice);
	request->redirect = arena_printf(request->arena, "/set-offs/%lld", (long long)request_int(request, "id", 0));
	return STATUS_FINE;
}
static struct status agree_it(struct request *request) { return act(request, do_agree, "Noted: book it, then say so here."); }
static struct status settle_it(struct request *request) { return act(request, do_settle, "Noted: what is left on these items is chased again."); }
static struct status cancel_it(struct request *request) { return act(request, do_cancel, "Dropped: its items are chased again."); }

static struct status set_off_letter(struct request *request)
{
	struct attachment file;
	TRY(set_off_pdf(request->db, request->viewer, &request->company, request_int(request, "id", 0), request->today, request->arena, &file));
	request->file_type = file.type, request->file_name = file.name;
	text_add_bytes(&request->file, file.bytes, file.len);
	return STATUS_FINE;
}

const struct route set_offs_routes[] = {
	{ "GET", "/set-offs", RIGHT_READ, set_offs_show, .template = "set_offs", .menu = MENU_DISPUTES, .summary = "Set-off with customers who are also suppliers" },
	{ "GET", "/set-offs/new", RIGHT_COLLECT, set_off_form, .template = "set_off_new", .menu = MENU_DISPUTES, .summary = "Propose a set-off", .fields = "customer* item[]" },
	{ "POST", "/set-offs", RIGHT_COLLECT, set_off_save, .template = "set_off_new", .menu = MENU_DISPUTES, .summary = "Propose a set-off of a customer's items",
	  .fields = "customer* item[]* number[]* due[]* amount[]* agreed connected note" },
	{ "GET", "/set-offs/{id}", RIGHT_READ, set_off_show, .template = "set_off", .menu = MENU_DISPUTES, .summary = "A set-off" },
	{ "GET", "/set-offs/{id}/letter.pdf", RIGHT_READ, set_off_letter, .menu = MENU_DISPUTES, .summary = "The letter of a set-off" },
	{ "POST", "/set-offs/{id}/agree", RIGHT_COLLECT, agree_it, .template = "set_off", .menu = MENU_DISPUTES, .summary = "A set-off was agreed or invoked" },
	{ "POST", "/set-offs/{id}/settled", RIGHT_CASH, settle_it, .template = "set_off", .menu = MENU_DISPUTES, .summary = "The books have a set-off" },
	{ "POST", "/set-offs/{id}/cancel", RIGHT_COLLECT, cancel_it, .template = "set_off", .menu = MENU_DISPUTES, .summary = "Drop a set-off" },
	{ 0 },
};
