/* plans — payment plans: the list, a new one from ticked items, one with its instalments, its letter and what became of it. */
#include "web/casework_page.h"

#include "access/user.h"
#include "base/day.h"
#include "base/memory.h"
#include "dunning/instalments.h"
#include "ledger/payment_plan.h"
#include "outreach/casework.h"
#include "web/draw.h"
#include "web/item_view.h"

#include <string.h>

static const struct { const char *code, *label, *tone; } states[] = { /* msgids */
	{ "proposed", "Waiting for an answer", "info" }, { "agreed", "Running", "pro" }, { "kept", "Plan kept", "ok" }, { "broken", "Broken", "bad" },
	{ "cancelled", "Plan cancelled", "" },
};

json_t *plan_row(const struct request *request, const struct payment_plan *plan)
{
	size_t paid = 0;
	json_t *parts = json_array(), *items = json_array();
	for (size_t i = 0; i < plan->part_count; i++) {
		const struct plan_part *part = &plan->parts[i];
		paid += strcmp(part->state, "paid") == 0;
		bool late = strcmp(part->state, "expected") == 0 && strcmp(plan->state, "agreed") == 0 && part->day < request->today;
		json_array_append_new(parts, json_pack("{s:I, s:o, s:I, s:I, s:s, s:b, s:o, s:o}", "rank", (json_int_t)i + 1, "date", model_day(part->day), "amount",
		                                       (json_int_t)part->amount, "received", (json_int_t)part->received, "state", part->state, "late", late, "settled_on",
		                                       model_day(part->settled_day), "reminded_on", model_day(part->reminded_day)));
	}
	for (size_t i = 0; i < plan->item_count; i++)
		json_array_append_new(items, json_pack("{s:I, s:s, s:I, s:I, s:o}", "id", (json_int_t)plan->items[i].item_id, "number", plan->items[i].number, "amount",
		                                       (json_int_t)plan->items[i].amount, "open", (json_int_t)plan->items[i].open, "due_date", model_day(plan->items[i].due_day)));
	json_t *row = json_pack("{s:I, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o}", "id", (json_int_t)plan->id, "customer", plan->customer_code, "name",
	                        plan->customer_name, "state", plan->state, "currency", plan->currency, "total", (json_int_t)plan->total, "received",
	                        (json_int_t)plan->received, "principal", (json_int_t)plan->principal, "interest", (json_int_t)plan->interest, "paid_count", (json_int_t)paid,
	                        "part_count", (json_int_t)plan->part_count, "parts", parts, "items", items);
	for (size_t i = 0; i < COUNT(states); i++)
		if (strcmp(states[i].code, plan->state) == 0)
			json_object_set_new(row, "state_label", json_string(states[i].label)), json_object_set_new(row, "tone", json_string(states[i].tone));
	bool late = false;
	for (size_t i = 0; i < plan->part_count; i++) late |= json_is_true(json_object_get(json_array_get(parts, i), "late"));
	json_object_set_new(row, "late", json_boolean(late));
	json_object_set_new(row, "next_on", model_day(plan->next_day));
	json_object_set_new(row, "made_on", model_day(plan->made_day));
	json_object_set_new(row, "agreed_on", model_day(plan->agreed_day));
	json_object_set_new(row, "ended_on", model_day(plan->ended_day));
	json_object_set_new(row, "note", *plan->note ? json_string(plan->note) : json_null());
	json_object_set_new(row, "by_debtor", json_boolean(strcmp(plan->proposed_by, "debtor") == 0));
	json_object_set_new(row, "acknowledged", json_boolean(plan->acknowledged));
	json_object_set_new(row, "interest_kept", json_boolean(plan->interest_kept));
	json_object_set_new(row, "remind", json_boolean(plan->remind));
	json_object_set_new(row, "grace", json_integer(plan->grace_days));
	json_object_set_new(row, "insurer_waits", json_boolean(plan->insurer && plan->insurer_day == DAY_NONE));
	json_object_set_new(row, "insurer_on", model_day(plan->insurer_day));
	return row;
}

static struct status plans_show(struct request *request)
{
	struct payment_plan *plans;
	size_t count, running = 0, waiting = 0, insurers = 0;
	TRY(payment_plan_list(request->db, request->viewer, request->company.id, (struct payment_plan_filter){ 0 }, request->arena, &plans, &count));
	json_t *rows = json_array();
	int64_t rest = 0;
	for (size_t i = 0; i < count; i++) {
		json_array_append_new(rows, plan_row(request, &plans[i]));
		running += strcmp(plans[i].state, "agreed") == 0;
		waiting += strcmp(plans[i].state, "proposed") == 0;
		insurers += plans[i].insurer && plans[i].insurer_day == DAY_NONE && strcmp(plans[i].state, "cancelled") != 0;
		if (strcmp(plans[i].state, "agreed") == 0 && strcmp(plans[i].currency, request->company.currency) == 0) rest += plans[i].total - plans[i].received;
	}
	json_t *model = request->model;
	json_object_set_new(model, "title", json_string("Payment plans"));
	json_object_set_new(model, "currency", json_string(request->company.currency));
	json_object_set_new(model, "plans", rows);
	json_object_set_new(model, "running", json_integer((json_int_t)running));
	json_object_set_new(model, "waiting", json_integer((json_int_t)waiting));
	json_object_set_new(model, "insurers", json_integer((json_int_t)insurers));
	json_object_set_new(model, "rest", json_integer(rest));
	json_object_set_new(model, "empty", count ? json_null() : json_pack("{s:s, s:s, s:s, s:s, s:s}", "icon", "calendar-due", "title", tr(request->lang, "No payment plan yet"), "text",
		tr(request->lang, "Tick a customer's items in a list and propose instalments: while the plan is kept, nobody reminds of them."), "href", "/items", "action",
		tr(request->lang, "Choose items")));
	casework_tabs(request, "plans");
	return STATUS_FINE;
}

/* --- a new one ------------------------------------------------------------------------------------------------------------------------ */
struct draft {
	struct request *request;
	int64_t ids[PLAN_ITEMS], customer_id, principal, interest, count;
	size_t item_count;
	const char *customer_code, *customer_name, *currency;
	struct plan_part parts[PLAN_INSTALMENTS];
	bool keep;
	int32_t first;
	json_t *items;
	int64_t made;
};

/* The ticked items: all of one customer; with the late interest that they bear today. */
static struct status read_items(struct request *request, struct draft *out)
{
	const struct book *book;
	TRY(request_book(request, &book));
	const uint8_t *selected = request_selected(request, book);
	const char *const *ids = request_fields(request, "item");
	out->items = json_array();
	size_t customer = SIZE_MAX;
	for (size_t i = 0; ids[i]; i++) {
		int64_t id;
		size_t index = text_parse_int(ids[i], strlen(ids[i]), &id) ? book_find_item(book, id) : SIZE_MAX;
		struct book_item item = { 0 };
		if (index != SIZE_MAX) item = book_item(book, index, request->today);
		if (index == SIZE_MAX || !item.exists || (selected && !selected[item.customer]))
			return status_make(STATUS_NOT_FOUND, "One of the items is not there any more. Load the list again.");
		if (customer != SIZE_MAX && item.customer != customer) return status_make(STATUS_INVALID, "A payment plan is one customer's: tick his items only.");
		if (out->item_count == PLAN_ITEMS) return status_make(STATUS_INVALID, "A payment plan has at most %d items.", PLAN_ITEMS);
		customer = item.customer;
		out->ids[out->item_count++] = id;
		out->principal += item.open > 0 ? item.open : 0;
		out->currency = arena_strdup(request->arena, item.currency);
		json_array_append_new(out->items, json_pack("{s:I, s:s, s:I, s:o}", "id", (json_int_t)id, "number", item.number, "open", (json_int_t)item.open, "due_date",
		                                            model_day(item.due_day)));
	}
	if (!out->item_count) return status_make(STATUS_INVALID, "Tick at least one item first.");
	struct instalments_base base;
	TRY(instalments_of(request->db, request->viewer, request->company.id, out->ids, out->item_count, request->today, request->arena, &base));
	out->interest = base.interest;
	struct book_customer who = book_customer(book, customer);
	out->customer_id = who.id;
	out->customer_code = arena_strdup(request->arena, who.code), out->customer_name = arena_strdup(request->arena, who.name);
	return STATUS_FINE;
}

static struct status read_draft(struct request *request, struct draft *out)
{
	*out = (struct draft){ .request = request, .first = day_add_months(request->today, 1), .currency = request->company.currency };
	TRY(read_items(request, out));
	out->count = request_int(request, "count", 3);
	const char *first = request_field(request, "first"), *interest = request_field(request, "interest");
	out->keep = interest && strcmp(interest, "keep") == 0;
	if (first && *first && !day_parse(first, strlen(first), &out->first)) return status_make(STATUS_INVALID, "“%.40s” is no date: write it as 2025-09-30.", first);
	if (out->count < 1 || out->count > PLAN_INSTALMENTS) return status_make(STATUS_INVALID, "A payment plan has 1 to %d instalments.", PLAN_INSTALMENTS);
	if (out->first < request->today) return status_make(STATUS_INVALID, "An instalment is today or later.");
	payment_plan_split(out->principal + (out->keep ? out->interest : 0), (size_t)out->count, out->first, out->parts);
	/* what a person changed in the rows stands */
	const char *const *days = request_fields(request, "day"), *const *amounts = request_fields(request, "amount");
	size_t rows = 0;
	while (days[rows] && amounts[rows]) rows++;
	if (!rows || request_field(request, "recompute")) return STATUS_FINE;
	out->count = 0;
	for (size_t i = 0; i < rows && i < PLAN_INSTALMENTS; i++) {
		if (!*days[i] && !*amounts[i]) continue;
		struct plan_part *part = &out->parts[out->count++];
		*part = (struct plan_part){ 0 };
		if (!day_parse(days[i], strlen(days[i]), &part->day)) return status_make(STATUS_INVALID, "“%.40s” is no date: write it as 2025-09-30.", days[i]);
		if (!field_amount(amounts[i], out->currency, &part->amount))
			return status_make(STATUS_INVALID, "“%.40s” is not an amount: write it as 1500 or 1500.50.", amounts[i]);
	}
	return STATUS_FINE;
}

static struct status draft_model(struct draft *draft, const char *problem)
{
	struct request *request = draft->request;
	json_t *model = request->model, *parts = json_array();
	int64_t sum = 0;
	for (int64_t i = 0; i < draft->count && i < PLAN_INSTALMENTS; i++) {
		sum += draft->parts[i].amount;
		json_array_append_new(parts, json_pack("{s:I, s:o, s:I}", "rank", (json_int_t)i + 1, "date", model_day(draft->parts[i].day), "amount",
		                                       (json_int_t)draft->parts[i].amount));
	}
	json_object_set_new(model, "title", json_string("Payment plan"));
	json_object_set_new(model, "items", draft->items ? draft->items : json_array());
	json_object_set_new(model, "parts", parts);
	json_object_set_new(model, "customer", draft->customer_code ? json_string(draft->customer_code) : json_null());
	json_object_set_new(model, "name", draft->customer_name ? json_string(draft->customer_name) : json_null());
	json_object_set_new(model, "currency", json_string(draft->currency));
	json_object_set_new(model, "principal", json_integer(draft->principal));
	json_object_set_new(model, "interest_amount", draft->interest ? json_integer(draft->interest) : json_null());
	json_object_set_new(model, "keep", json_boolean(draft->keep));
	json_object_set_new(model, "total", json_integer(draft->principal + (draft->keep ? draft->interest : 0)));
	json_object_set_new(model, "sum", json_integer(sum));
	json_object_set_new(model, "count", json_integer(draft->count));
	json_object_set_new(model, "first", model_day(draft->first));
	json_object_set_new(model, "back", json_string(request_back(request, "/items")));
	json_object_set_new(model, "form", form_again(request, (const char *const[]){ "note", NULL }));
	json_object_set_new(model, "problem", problem ? json_string(problem) : json_null());
	request->template = "plan_new";
	if (problem) request->http_status = 422;
	casework_tabs(request, "plans");
	return STATUS_FINE;
}

static struct status plan_form(struct request *request)
{
	struct draft *draft = arena_make(request->arena, struct draft);
	struct status status = read_draft(request, draft);
	if (status.code && (status.code != STATUS_INVALID || request->json || !draft->item_count)) return status;
	return draft_model(draft, status.code ? status.text : NULL);
}

static struct status propose_work(struct change *change, void *context)
{
	struct draft *draft = context;
	const struct request *request = draft->request;
	return payment_plan_propose(change, &(struct payment_plan_new){ .customer_id = draft->customer_id, .items = draft->ids, .item_count = draft->item_count,
	                            .parts = draft->parts, .part_count = (size_t)draft->count, .interest = draft->interest, .interest_kept = draft->keep,
	                            .by_debtor = request_field(request, "by_debtor") != NULL, .remind = request_field(request, "remind") != NULL,
	                            .insurer = request_field(request, "insurer") != NULL, .note = request_field(request, "note") }, &draft->made);
}

static struct status plan_save(struct request *request)
{
	struct draft *draft = arena_make(request->arena, struct draft);
	struct status status = read_draft(request, draft);
	bool asked = request_field(request, "count") || request_fields(request, "day")[0]; /* the bar of a list only brings the items */
	if (!status.code && !asked && request->json) status = status_make(STATUS_INVALID, "A payment plan has 1 to %d instalments.", PLAN_INSTALMENTS);
	if (!status.code && (!asked || request_field(request, "recompute"))) return draft_model(draft, NULL);
	if (!status.code) status = request_change(request, propose_work, draft);
	if (status.code) {
		bool words = (status.code == STATUS_INVALID || status.code == STATUS_CONFLICT) && draft->item_count;
		return words && !request->json ? draft_model(draft, status.text) : status;
	}
	json_decref(draft->items);
	request->notice = tr(request->lang, "Payment plan proposed: print or send its letter.");
	request->undo = arena_printf(request->arena, "/plans/%lld/cancel?undo=1", (long long)draft->made);
	request->redirect = arena_printf(request->arena, "/plans/%lld", (long long)draft->made);
	json_object_set_new(request->model, "id", json_integer(draft->made));
	return STATUS_FINE;
}

/* --- one of them ------------------------------------------------------------------------------------------------------------------------- */
static struct status show(struct request *request, const char *problem)
{
	struct payment_plan plan;
	TRY(payment_plan_get(request->db, request->viewer, request->company.id, request_int(request, "id", 0), request->arena, &plan));
	json_t *row = plan_row(request, &plan);
	json_object_update(request->model, row);
	json_decref(row);
	struct user user;
	struct viewer system = viewer_system(request->viewer->tenant_id);
	bool named = plan.waived_by && !user_get(request->db, &system, plan.waived_by, &user).code;
	json_object_set_new(request->model, "waived_by", named ? json_string(*user.name ? user.name : user.email) : json_null());
	int32_t missed;
	bool day = plan.ended_why[0] && day_parse(plan.ended_why, strlen(plan.ended_why), &missed);
	json_object_set_new(request->model, "missed_on", day ? model_day(missed) : json_null());
	json_object_set_new(request->model, "why", !day && plan.ended_why[0] ? json_string(plan.ended_why) : json_null());
	json_object_set_new(request->model, "open_plan", json_boolean(strcmp(plan.state, "proposed") == 0 || strcmp(plan.state, "agreed") == 0));
	json_object_set_new(request->model, "title", json_string("Payment plan"));
	json_object_set_new(request->model, "problem", problem ? json_string(problem) : json_null());
	request->template = "plan";
	request->here = arena_printf(request->arena, "/plans/%lld", (long long)plan.id);
	if (problem) request->http_status = 422;
	casework_tabs(request, "plans");
	return STATUS_FINE;
}

static struct status plan_show(struct request *request) { return show(request, NULL); }

static struct status plan_letter(struct request *request)
{
	struct attachment file;
	TRY(casework_plan_letter(request->db, request->viewer, request->company.id, request_int(request, "id", 0), request->today, request->arena, &file));
	request->file_type = file.type;
	text_add_bytes(&request->file, file.bytes, file.len);
	return STATUS_FINE;
}

static int64_t id_of(void *context) { return request_int(context, "id", 0); }
static struct status agree_work(struct change *change, void *context)
{
	return instalments_agree(change, id_of(context), request_field(context, "acknowledged") != NULL);
}
static struct status acknowledge_work(struct change *change, void *context) { return payment_plan_acknowledge(change, id_of(context)); }
static struct status accelerate_work(struct change *change, void *context) { return instalments_accelerate(change, id_of(context)); }
static struct status insurer_work(struct change *change, void *context) { return payment_plan_insurer_told(change, id_of(context)); }
static struct status cancel_work(struct change *change, void *context) { return instalments_cancel(change, id_of(context), request_field(context, "note")); }
static struct status send_work(struct change *change, void *context)
{
	struct request *request = context;
	return casework_send_plan(change, id_of(context), request->arena);
}

static struct status act(struct request *request, request_work *work, const char *notice)
{
	struct status status = request_change(request, work, request);
	if (status.code) {
		bool words = status.code == STATUS_INVALID || status.code == STATUS_CONFLICT;
		return words && !request->json ? show(request, status.text) : status;
	}
	request->notice = tr(request->lang, notice);
	request->redirect = request_back(request, arena_printf(request->arena, "/plans/%lld", (long long)request_int(request, "id", 0)));
	return STATUS_FINE;
}

static struct status plan_agreed(struct request *request) { return act(request, agree_work, "Agreed: nobody reminds of these items while the plan is kept."); }
static struct status plan_acknowledged(struct request *request) { return act(request, acknowledge_work, "Noted."); }
static struct status plan_insurer(struct request *request) { return act(request, insurer_work, "Noted."); }
static struct status plan_accelerated(struct request *request)
{
	return act(request, accelerate_work, "The plan is broken: all that is left is due at once, and the reminders resume.");
}
static struct status plan_cancelled(struct request *request) { return act(request, cancel_work, "Cancelled: its items are chased again."); }
static struct status plan_sent(struct request *request) { return act(request, send_work, "Letter written: it leaves with the next messages."); }

const struct route plans_routes[] = {
	{ "GET", "/plans", RIGHT_READ, plans_show, .template = "plans", .menu = MENU_DISPUTES, .summary = "Payment plans" },
	{ "GET", "/items/plan", RIGHT_COLLECT, plan_form, .template = "plan_new", .menu = MENU_DISPUTES, .summary = "Propose a payment plan", .fields = "item[] count first interest" },
	{ "POST", "/items/plan", RIGHT_COLLECT, plan_save, .template = "plan_new", .menu = MENU_DISPUTES, .summary = "Propose a payment plan on items",
	  .fields = "item[]* count first interest day[] amount[] remind insurer by_debtor note" },
	{ "GET", "/plans/{id}", RIGHT_READ, plan_show, .template = "plan", .menu = MENU_DISPUTES, .summary = "A payment plan" },
	{ "GET", "/plans/{id}/letter.pdf", RIGHT_READ, plan_letter, .menu = MENU_DISPUTES, .summary = "The letter of a payment plan, to be signed" },
	{ "POST", "/plans/{id}/send", RIGHT_COLLECT, plan_sent, .template = "plan", .menu = MENU_DISPUTES, .summary = "Mail the letter of a payment plan" },
	{ "POST", "/plans/{id}/agree", RIGHT_COLLECT, plan_agreed, .template = "plan", .menu = MENU_DISPUTES, .summary = "The customer agreed to a payment plan", .fields = "acknowledged" },
	{ "POST", "/plans/{id}/acknowledge", RIGHT_COLLECT, plan_acknowledged, .template = "plan", .menu = MENU_DISPUTES, .summary = "The signed acknowledgement of debt came back" },
	{ "POST", "/plans/{id}/insurer", RIGHT_COLLECT, plan_insurer, .template = "plan", .menu = MENU_DISPUTES, .summary = "The credit insurer was told of a payment plan" },
	{ "POST", "/plans/{id}/accelerate", RIGHT_COLLECT, plan_accelerated, .template = "plan", .menu = MENU_DISPUTES,
	  .summary = "An instalment is late: all that is left of a payment plan is due at once" },
	{ "POST", "/plans/{id}/cancel", RIGHT_COLLECT, plan_cancelled, .template = "plan", .menu = MENU_DISPUTES, .summary = "Cancel a payment plan", .fields = "note" },
	{ 0 },
};
