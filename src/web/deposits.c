/* deposits — what is asked before a delivery: whom the rules name, a request with its letter, what became of it. */
#include "web/present_page.h"

#include "base/memory.h"
#include "dunning/deposit.h"
#include "ledger/item.h"
#include "outreach/deposit_paper.h"
#include "web/draw.h"
#include "web/item_view.h"

#include <string.h>

enum { RISKS_SHOWN = 30 };

static const struct { const char *code, *label, *tone; } states[] = { /* msgids */
	{ "asked", "Deposit asked for", "info" }, { "received", "Deposit received", "ok" }, { "used", "Deposit deducted", "" }, { "returned", "Deposit given back", "" },
	{ "cancelled", "Deposit dropped", "" } };

static json_t *why_labels(unsigned why)
{
	json_t *list = json_array();
	for (unsigned bit = 1; bit <= DEPOSIT_INSOLVENT; bit <<= 1)
		if (why & bit) json_array_append_new(list, json_string(deposit_why_label(bit)));
	return list;
}

static json_t *row_of(const struct request *request, const struct deposit *one)
{
	json_t *row = json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:s, s:s, s:I, s:s, s:o}", "id", (json_int_t)one->id, "customer", one->customer_code, "name", one->customer_name,
		"state", one->state, "order", one->order_ref, "currency", one->currency, "order_amount", (json_int_t)one->order_amount, "amount", (json_int_t)one->amount, "received",
		(json_int_t)one->received, "note", one->note, "ended_why", one->ended_why, "item_id", (json_int_t)one->used_item, "item", one->item_number, "why", why_labels(one->why));
	bool asked = strcmp(one->state, "asked") == 0;
	json_object_set_new(row, "asked_on", model_day(one->made_day));
	json_object_set_new(row, "due_on", model_day(one->due_day));
	json_object_set_new(row, "received_on", model_day(one->received_day));
	json_object_set_new(row, "used_on", model_day(one->used_day));
	json_object_set_new(row, "late", json_boolean(asked && one->due_day < request->today));
	json_object_set_new(row, "is_asked", json_boolean(asked));
	json_object_set_new(row, "is_received", json_boolean(strcmp(one->state, "received") == 0));
	for (size_t i = 0; i < COUNT(states); i++)
		if (strcmp(states[i].code, one->state) == 0) {
			json_object_set_new(row, "state_label", json_string(states[i].label));
			json_object_set_new(row, "tone", json_string(states[i].tone));
		}
	return row;
}

static struct status deposits_show(struct request *request)
{
	struct deposit *list;
	struct deposit_risk *risks;
	const struct book *book;
	size_t count, risk_count, waiting = 0, late = 0;
	int64_t sum = 0;
	struct customer customer = { 0 };
	const char *code = request_field(request, "customer");
	if (code && *code) TRY(customer_find(request->db, request->viewer, request->company.id, code, request->arena, &customer));
	TRY(deposit_list(request->db, request->viewer, request->company.id, 0, customer.id, request->arena, &list, &count));
	TRY(request_book(request, &book));
	TRY(deposit_risks(request->db, request->viewer, &request->company, request->settings, book, request->today, RISKS_SHOWN, request->arena, &risks, &risk_count));
	json_t *rows = json_array(), *whom = json_array(), *model = request->model;
	for (size_t i = 0; i < count; i++) {
		json_t *row = row_of(request, &list[i]);
		bool asked = strcmp(list[i].state, "asked") == 0;
		waiting += asked, late += json_is_true(json_object_get(row, "late")), sum += asked ? list[i].amount : 0;
		json_array_append_new(rows, row);
	}
	for (size_t i = 0; i < risk_count; i++) {
		struct book_customer who = book_customer(book, risks[i].customer);
		char class[2] = { risks[i].facts.class, 0 };
		json_array_append_new(whom, json_pack("{s:s, s:s, s:I, s:o, s:o}", "customer", who.code, "name", who.name, "outstanding", (json_int_t)risks[i].facts.outstanding, "why",
			why_labels(risks[i].why), "class", *class ? json_string(class) : json_null()));
	}
	json_object_set_new(model, "title", json_string("Deposits"));
	json_object_set_new(model, "currency", json_string(request->company.currency));
	json_object_set_new(model, "deposits", rows);
	json_object_set_new(model, "count", json_integer((json_int_t)count));
	json_object_set_new(model, "waiting", json_integer((json_int_t)waiting));
	json_object_set_new(model, "late_count", json_integer((json_int_t)late));
	json_object_set_new(model, "sum", json_integer(sum));
	json_object_set_new(model, "whom", whom);
	json_object_set_new(model, "whom_count", json_integer((json_int_t)risk_count));
	present_tabs(request, "deposits");
	return STATUS_FINE;
}

/* --- a new one ------------------------------------------------------------------------------------------------------------------ */
static struct status read_amount(const struct request *request, const char *name, int64_t *out)
{
	const char *text = present_words(request, name);
	if (*text && !field_amount(text, request->company.currency, out)) return status_make(STATUS_INVALID, "“%.40s” is not an amount: write it as 1500 or 1500.50.", text);
	return STATUS_FINE;
}

static struct status find(struct request *request, struct customer *customer)
{
	const char *code = request_field(request, "customer");
	if (!code || !*code) return status_make(STATUS_INVALID, "Say which customer: open his page first.");
	return customer_find(request->db, request->viewer, request->company.id, code, request->arena, customer);
}

static struct status advise(struct request *request, const struct customer *customer, int64_t order, struct deposit_facts *facts, struct deposit_advice *advice)
{
	const struct book *book;
	struct deposit_rules rules = deposit_rules_of(request->settings);
	TRY(request_book(request, &book));
	TRY(deposit_facts_of(request->db, request->viewer, &request->company, request->settings, book, book_find_customer(book, customer->id), order, request->today, request->arena, facts));
	deposit_advise(facts, &rules, advice);
	return STATUS_FINE;
}

static struct status form_model(struct request *request, const char *problem)
{
	struct customer customer;
	struct deposit_facts facts;
	struct deposit_advice advice;
	int64_t order = 0;
	TRY(find(request, &customer));
	struct status amount = read_amount(request, "order_amount", &order);
	if (amount.code && !problem) problem = arena_strdup(request->arena, amount.text);
	TRY(advise(request, &customer, order, &facts, &advice));
	char class[2] = { facts.class, 0 };
	json_t *model = request->model;
	json_object_set_new(model, "title", json_string("Ask for a deposit"));
	json_object_set_new(model, "customer", json_string(customer.code));
	json_object_set_new(model, "name", json_string(customer.name));
	json_object_set_new(model, "currency", json_string(request->company.currency));
	json_object_set_new(model, "action", json_integer(request_int(request, "action", 0)));
	json_object_set_new(model, "facts", json_pack("{s:I, s:o, s:o, s:o, s:b}", "outstanding", (json_int_t)facts.outstanding, "limit", facts.credit_limit >= 0 ? json_integer(facts.credit_limit) : json_null(),
		"cover", facts.insured ? json_integer(facts.cover_available) : json_null(), "class", *class ? json_string(class) : json_null(), "insolvent", facts.insolvent));
	json_object_set_new(model, "ordered", order > 0 ? json_integer(order) : json_null());
	json_object_set_new(model, "advice", order > 0 ? json_pack("{s:I, s:o, s:s, s:b}", "amount", (json_int_t)advice.amount, "why", why_labels(advice.why), "codes",
		deposit_why_codes(advice.why, request->arena), "any", advice.amount > 0) : json_null());
	json_object_set_new(model, "proposed", advice.amount > 0 ? json_integer(advice.amount) : json_null());
	json_object_set_new(model, "due", model_day(request->today + (int32_t)setting_int(request->settings, "deposit.days")));
	json_object_set_new(model, "form", form_again(request, (const char *const[]){ "order", "order_amount", "amount", "due", "note", NULL }));
	json_object_set_new(model, "problem", problem ? json_string(problem) : json_null());
	request->template = "deposit_new";
	if (problem) request->http_status = 422;
	present_tabs(request, "deposits");
	return STATUS_FINE;
}
static struct status deposit_form(struct request *request) { return form_model(request, NULL); }

struct asking {
	struct deposit_new new;
	int64_t id, amount, item;
	int32_t day;
	const char *why;
};
static struct status do_ask(struct change *change, void *context)
{
	struct asking *asking = context;
	return deposit_ask(change, &asking->new, &asking->id);
}
static struct status do_received(struct change *change, void *context)
{
	const struct asking *asking = context;
	return deposit_received(change, asking->id, asking->day, asking->amount);
}
static struct status do_used(struct change *change, void *context)
{
	const struct asking *asking = context;
	return deposit_used(change, asking->id, asking->item);
}
static struct status do_returned(struct change *change, void *context)
{
	const struct asking *asking = context;
	return deposit_returned(change, asking->id, asking->why);
}
static struct status do_cancel(struct change *change, void *context)
{
	const struct asking *asking = context;
	return deposit_cancel(change, asking->id, asking->why);
}

static struct status deposit_save(struct request *request)
{
	struct asking asking = { .new = { .order_ref = present_words(request, "order"), .note = present_words(request, "note"), .action_id = request_int(request, "action", 0) } };
	struct customer customer;
	struct deposit_facts facts;
	struct deposit_advice advice;
	TRY(find(request, &customer));
	asking.new.customer_id = customer.id;
	struct status status = read_amount(request, "order_amount", &asking.new.order_amount);
	if (!status.code) status = read_amount(request, "amount", &asking.new.amount);
	if (!status.code) status = present_day(request, "due", request->today + (int32_t)setting_int(request->settings, "deposit.days"), &asking.new.due_day);
	if (!status.code) status = advise(request, &customer, asking.new.order_amount, &facts, &advice);
	if (!status.code) asking.new.why = advice.why, status = request_change(request, do_ask, &asking);
	if (status.code) return (status.code == STATUS_INVALID || status.code == STATUS_CONFLICT) && !request->json ? form_model(request, status.text) : status;
	json_object_set_new(request->model, "id", json_integer(asking.id));
	request->notice = tr(request->lang, "Asked for: print or send its letter.");
	request->redirect = arena_printf(request->arena, "/deposits/%lld", (long long)asking.id);
	return STATUS_FINE;
}

/* --- one ------------------------------------------------------------------------------------------------------------------------ */
static struct status show(struct request *request, const char *problem)
{
	struct deposit *list;
	struct item *items;
	size_t count = 0, item_count;
	int64_t id = request_int(request, "id", 0);
	if (id > 0) TRY(deposit_list(request->db, request->viewer, request->company.id, id, 0, request->arena, &list, &count));
	if (!count) return status_make(STATUS_NOT_FOUND, "There is no deposit %lld, or it is not in your portfolio.", (long long)id);
	json_t *row = row_of(request, &list[0]), *invoices = json_array();
	json_object_update(request->model, row);
	json_decref(row);
	TRY(item_list_open(request->db, request->viewer, request->company.id, list[0].customer_id, request->arena, &items, &item_count));
	for (size_t i = 0; i < item_count; i++)
		if (items[i].amount > 0) json_array_append_new(invoices, json_pack("{s:I, s:s}", "item_id", (json_int_t)items[i].id, "number", items[i].number));
	json_object_set_new(request->model, "title", json_string("Deposit"));
	json_object_set_new(request->model, "invoices", invoices);
	json_object_set_new(request->model, "problem", problem ? json_string(problem) : json_null());
	request->template = "deposit";
	if (problem) request->http_status = 422;
	present_tabs(request, "deposits");
	return STATUS_FINE;
}
static struct status deposit_show(struct request *request) { return show(request, NULL); }

static struct status act(struct request *request, request_work *work, const char *notice)
{
	struct asking asking = { .id = request_int(request, "id", 0), .item = request_int(request, "item", 0), .why = present_words(request, "why") };
	struct status status = present_day(request, "day", request->today, &asking.day);
	if (!status.code) status = read_amount(request, "amount", &asking.amount);
	if (!status.code) status = request_change(request, work, &asking);
	if (status.code) return (status.code == STATUS_INVALID || status.code == STATUS_CONFLICT) && !request->json ? show(request, status.text) : status;
	request->notice = tr(request->lang, notice);
	request->redirect = arena_printf(request->arena, "/deposits/%lld", (long long)asking.id);
	return STATUS_FINE;
}
static struct status received_it(struct request *request) { return act(request, do_received, "Noted: the delivery may go."); }
static struct status used_it(struct request *request) { return act(request, do_used, "Noted."); }
static struct status returned_it(struct request *request) { return act(request, do_returned, "Noted."); }
static struct status cancel_it(struct request *request) { return act(request, do_cancel, "Dropped."); }

static struct status deposit_letter(struct request *request)
{
	struct attachment file;
	TRY(deposit_pdf(request->db, request->viewer, &request->company, request_int(request, "id", 0), request->today, request->arena, &file));
	request->file_type = file.type, request->file_name = file.name;
	text_add_bytes(&request->file, file.bytes, file.len);
	return STATUS_FINE;
}

const struct route deposits_routes[] = {
	{ "GET", "/deposits", RIGHT_READ, deposits_show, .template = "deposits", .menu = MENU_DISPUTES, .summary = "Deposits asked for, and from whom to ask one", .fields = "customer" },
	{ "GET", "/deposits/new", RIGHT_COLLECT, deposit_form, .template = "deposit_new", .menu = MENU_DISPUTES, .summary = "What the rules propose for an order", .fields = "customer* order_amount order action" },
	{ "POST", "/deposits", RIGHT_COLLECT, deposit_save, .template = "deposit_new", .menu = MENU_DISPUTES, .summary = "Ask for a deposit", .fields = "customer* order* order_amount* amount* due action note" },
	{ "GET", "/deposits/{id}", RIGHT_READ, deposit_show, .template = "deposit", .menu = MENU_DISPUTES, .summary = "A deposit" },
	{ "GET", "/deposits/{id}/letter.pdf", RIGHT_READ, deposit_letter, .menu = MENU_DISPUTES, .summary = "The request for a deposit" },
	{ "POST", "/deposits/{id}/received", RIGHT_CASH, received_it, .template = "deposit", .menu = MENU_DISPUTES, .summary = "A deposit came", .fields = "amount* day" },
	{ "POST", "/deposits/{id}/used", RIGHT_CASH, used_it, .template = "deposit", .menu = MENU_DISPUTES, .summary = "A deposit was deducted from an invoice", .fields = "item*" },
	{ "POST", "/deposits/{id}/returned", RIGHT_CASH, returned_it, .template = "deposit", .menu = MENU_DISPUTES, .summary = "A deposit was given back", .fields = "why*" },
	{ "POST", "/deposits/{id}/cancel", RIGHT_COLLECT, cancel_it, .template = "deposit", .menu = MENU_DISPUTES, .summary = "A deposit is no longer asked for", .fields = "why" },
	{ 0 },
};
