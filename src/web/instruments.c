/* instruments — bills of exchange and direct debits: the list with the remittances, a new one from ticked items, one with its states,
 * files for the bank; mandates. */
#include "web/present_page.h"

#include "base/day.h"
#include "base/memory.h"
#include "formats/return_reason.h"
#include "ledger/remittance.h"
#include "outreach/parts.h"
#include "outreach/present_paper.h"
#include "web/casework_page.h"
#include "web/draw.h"
#include "web/item_view.h"

#include <string.h>

void present_tabs(struct request *request, const char *on)
{
	static const struct { const char *code, *label, *href; } tabs[] = { /* msgids */ { "bills", "Bills and debits", "/bills" }, { "mandates", "Mandates", "/mandates" },
		{ "retentions", "Retentions", "/retentions" }, { "assignments", "Assigned claims", "/assignments" }, { "set_offs", "Set-off", "/set-offs" },
		{ "deposits", "Deposits", "/deposits" } };
	json_t *bar = json_array();
	for (size_t i = 0; i < COUNT(tabs); i++)
		json_array_append_new(bar, json_pack("{s:s, s:s, s:b}", "label", tabs[i].label, "href", tabs[i].href, "on", strcmp(on, tabs[i].code) == 0));
	casework_tabs(request, "bills");
	json_object_set_new(request->model, "subtabs", bar);
}

struct status present_ids(const struct request *request, const char *name, int64_t *out, size_t most, size_t *count)
{
	const char *const *fields = request_fields(request, name);
	*count = 0;
	for (size_t i = 0; fields[i]; i++) {
		if (!text_parse_int(fields[i], strlen(fields[i]), &out[*count]) || out[*count] <= 0) return status_make(STATUS_INVALID, "“%.40s” is no id.", fields[i]);
		if (++*count == most && fields[i + 1]) return status_make(STATUS_INVALID, "At most %zu at once.", most);
	}
	return STATUS_FINE;
}

const char *present_words(const struct request *request, const char *name)
{
	const char *text = request_field(request, name);
	return text ? text : "";
}

struct status present_day(struct request *request, const char *name, int32_t fallback, int32_t *out)
{
	const char *text = request_field(request, name);
	*out = fallback;
	if (text && *text && !request_day(request, name, out)) return status_make(STATUS_INVALID, "“%.40s” is no date: write it as 2025-09-30.", text);
	return STATUS_FINE;
}

struct status present_items(struct request *request, int64_t *customer_id)
{
	const char *code = request_field(request, "customer");
	struct customer customer;
	struct item *items;
	size_t count;
	*customer_id = 0;
	if (!code || !*code) return status_make(STATUS_INVALID, "Say which customer: open his page first.");
	TRY(customer_find(request->db, request->viewer, request->company.id, code, request->arena, &customer));
	TRY(item_list_open(request->db, request->viewer, request->company.id, customer.id, request->arena, &items, &count));
	const char *const *ticked = request_fields(request, "item");
	json_t *rows = json_array();
	for (size_t i = 0; i < count; i++) {
		char id[24];
		bool on = false;
		snprintf(id, sizeof id, "%lld", (long long)items[i].id);
		for (size_t k = 0; ticked[k]; k++) on |= strcmp(ticked[k], id) == 0;
		json_array_append_new(rows, json_pack("{s:I, s:s, s:s, s:I, s:s, s:o, s:b, s:b}", "id", (json_int_t)items[i].id, "number", items[i].number, "kind", items[i].kind, "open",
			(json_int_t)items[i].open, "currency", items[i].currency, "due_date", model_day(items[i].due_day), "late", items[i].due_day < request->today, "on", on));
	}
	*customer_id = customer.id;
	json_object_set_new(request->model, "items", rows);
	json_object_set_new(request->model, "has_items", json_boolean(count > 0));
	json_object_set_new(request->model, "customer", json_string(customer.code));
	json_object_set_new(request->model, "name", json_string(customer.name));
	json_object_set_new(request->model, "currency", json_string(request->company.currency));
	return STATUS_FINE;
}

/* --- the list ------------------------------------------------------------------------------------------------------------------------ */
static const char *kind_label(const char *kind)
{
	static const struct { const char *code, *label; } kinds[] = { /* msgids */ { "lcr", "Bill of exchange (LCR)" }, { "bor", "Promissory note (BOR)" }, { "debit", "Direct debit" },
		{ "core", "Direct debits CORE" }, { "b2b", "Direct debits B2B" } };
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (strcmp(kinds[i].code, kind) == 0) return kinds[i].label;
	return kind;
}

static const char *tone(const struct instrument *one, int32_t today)
{
	if (instrument_matured(one, today) || strcmp(one->state, "refused") == 0) return "warn";
	return strcmp(one->state, "paid") == 0 ? "ok" : strcmp(one->state, "unpaid") == 0 ? "bad" : strcmp(one->state, "cancelled") == 0 ? "" : "info";
}

static bool remittable(const struct instrument *one)
{
	bool debit = strcmp(one->kind, "debit") == 0;
	return strcmp(one->state, "accepted") == 0 || (strcmp(one->state, "drawn") == 0 && (debit ? one->sent_day != DAY_NONE : !one->to_accept));
}

static json_t *row_of(const struct request *request, const struct instrument *one)
{
	char reference[INSTRUMENT_REFERENCE];
	instrument_reference(one->id, reference);
	json_t *items = json_array();
	for (size_t i = 0; i < one->item_count; i++)
		json_array_append_new(items, json_pack("{s:I, s:s, s:I, s:I, s:o}", "id", (json_int_t)one->items[i].item_id, "number", one->items[i].number, "amount",
			(json_int_t)one->items[i].amount, "open", (json_int_t)one->items[i].open, "due_date", model_day(one->items[i].due_day)));
	const struct return_reason *reason = return_reason_find(one->back_code);
	int32_t wait = one->chased_day != DAY_NONE ? one->chased_day : one->sent_day;
	bool sent = strcmp(one->state, "sent") == 0, debit = strcmp(one->kind, "debit") == 0;
	int32_t risk = instrument_risk_until(one, false);
	json_t *row = json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:i, s:o}", "id", (json_int_t)one->id, "reference", reference, "kind", one->kind, "kind_label",
		kind_label(one->kind), "state", one->state, "state_label", instrument_state_label(one, request->today), "tone", tone(one, request->today), "customer",
		one->customer_code, "name", one->customer_name, "amount", (json_int_t)one->amount, "attempt", one->attempt, "items", items);
	json_object_set_new(row, "currency", json_string(one->currency));
	json_object_set_new(row, "due_on", model_day(one->due_day));
	json_object_set_new(row, "made_on", model_day(one->made_day));
	json_object_set_new(row, "sent_on", model_day(one->sent_day));
	json_object_set_new(row, "chased_on", model_day(one->chased_day));
	json_object_set_new(row, "accepted_on", model_day(one->accepted_day));
	json_object_set_new(row, "remitted_on", model_day(one->remitted_day));
	json_object_set_new(row, "paid_on", model_day(one->paid_day));
	json_object_set_new(row, "back_on", model_day(one->back_day));
	json_object_set_new(row, "risk_until", strcmp(one->state, "paid") == 0 && risk != DAY_NONE && risk >= request->today ? model_day(risk) : json_null());
	json_object_set_new(row, "back_code", *one->back_code ? json_string(one->back_code) : json_null());
	json_object_set_new(row, "back_words", reason ? json_string(reason->words) : json_null());
	json_object_set_new(row, "back_advice", reason ? json_string(reason->advice) : json_null());
	json_object_set_new(row, "why", *one->ended_why ? json_string(one->ended_why) : json_null());
	json_object_set_new(row, "note", *one->note ? json_string(one->note) : json_null());
	json_object_set_new(row, "iban", *one->iban ? json_string(one->iban) : json_null());
	json_object_set_new(row, "iban_words", *one->iban ? json_string(parts_iban(one->iban, request->arena)) : json_null());
	json_object_set_new(row, "debit", json_boolean(debit));
	json_object_set_new(row, "to_accept", json_boolean(one->to_accept));
	json_object_set_new(row, "discounted", json_boolean(one->discounted));
	json_object_set_new(row, "remittance", one->remittance_id ? json_integer(one->remittance_id) : json_null());
	json_object_set_new(row, "before", one->before_id ? json_integer(one->before_id) : json_null());
	json_object_set_new(row, "matured", json_boolean(instrument_matured(one, request->today)));
	json_object_set_new(row, "remittable", json_boolean(remittable(one)));
	json_object_set_new(row, "not_returned", json_boolean(sent && request->today - wait >= setting_int(request->settings, "bill.chase_days")));
	json_object_set_new(row, "can_send", json_boolean(strcmp(one->state, "drawn") == 0 && one->sent_day == DAY_NONE && (debit || one->to_accept)));
	json_object_set_new(row, "can_accept", json_boolean(!debit && (sent || strcmp(one->state, "drawn") == 0)));
	json_object_set_new(row, "can_cancel", json_boolean(instrument_under_way(one) && strcmp(one->state, "remitted") != 0));
	json_object_set_new(row, "at_bank", json_boolean(strcmp(one->state, "remitted") == 0));
	json_object_set_new(row, "may_come_back", json_boolean(strcmp(one->state, "remitted") == 0 || strcmp(one->state, "paid") == 0));
	return row;
}

static struct status remittances_model(struct request *request)
{
	struct remittance *list;
	size_t count;
	TRY(remittance_list(request->db, request->viewer, request->company.id, 0, request->arena, &list, &count));
	json_t *rows = json_array();
	for (size_t i = 0; i < count && i < 50; i++)
		json_array_append_new(rows, json_pack("{s:I, s:s, s:s, s:b, s:o, s:o, s:I, s:I, s:s, s:s}", "id", (json_int_t)list[i].id, "kind", list[i].kind, "kind_label",
			kind_label(list[i].kind), "discount", list[i].discount, "made_on", model_day(list[i].made_day), "value_on", model_day(list[i].value_day), "count",
			(json_int_t)list[i].count, "total", (json_int_t)list[i].total, "currency", list[i].currency, "file", list[i].file_name));
	json_object_set_new(request->model, "has_remittances", json_boolean(count > 0));
	json_object_set_new(request->model, "remittances", rows);
	return STATUS_FINE;
}

static struct status list_model(struct request *request, const char *problem)
{
	struct instrument *list;
	size_t count, under_way = 0, waiting = 0, missing = 0, ready = 0;
	int64_t presented = 0, risk = 0;
	TRY(instrument_list(request->db, request->viewer, request->company.id, (struct instrument_filter){ 0 }, request->arena, &list, &count));
	json_t *rows = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *row = row_of(request, &list[i]);
		json_array_append_new(rows, row);
		under_way += instrument_under_way(&list[i]);
		if (instrument_under_way(&list[i])) presented += list[i].amount;
		waiting += instrument_matured(&list[i], request->today);
		missing += json_is_true(json_object_get(row, "not_returned"));
		ready += json_is_true(json_object_get(row, "remittable"));
		/* closed in the books, and not of good end yet: a bill at the bank, a debit that may be refunded */
		if ((strcmp(list[i].state, "remitted") == 0 && list[i].left == 0) || !json_is_null(json_object_get(row, "risk_until"))) risk += list[i].amount;
	}
	json_t *model = request->model;
	json_object_set_new(model, "title", json_string("Bills and debits"));
	json_object_set_new(model, "currency", json_string("EUR"));
	json_object_set_new(model, "instruments", rows);
	TRY(remittances_model(request));
	json_object_set_new(model, "under_way", json_integer((json_int_t)under_way));
	json_object_set_new(model, "presented", json_integer(presented));
	json_object_set_new(model, "risk", json_integer(risk));
	json_object_set_new(model, "waiting", json_integer((json_int_t)waiting));
	json_object_set_new(model, "missing", json_integer((json_int_t)missing));
	json_object_set_new(model, "ready", json_integer((json_int_t)ready));
	json_object_set_new(model, "problem", problem ? json_string(problem) : json_null());
	json_object_set_new(model, "empty", count ? json_null() : json_pack("{s:s, s:s, s:s, s:s, s:s}", "icon", "file-invoice", "title", tr(request->lang, "No bill and no direct debit yet"),
		"text", tr(request->lang, "Open a customer and present his items: nobody reminds of them until the bank has answered."), "href", "/customers", "action",
		tr(request->lang, "Choose a customer")));
	request->template = "bills";
	if (problem) request->http_status = 422;
	present_tabs(request, "bills");
	return STATUS_FINE;
}
static struct status bills_show(struct request *request) { return list_model(request, NULL); }

/* --- a new one -------------------------------------------------------------------------------------------------------------------------- */
struct drawing {
	struct instrument_new new;
	int64_t items[INSTRUMENT_ITEMS], id;
};
static struct status do_draw(struct change *change, void *context)
{
	struct drawing *drawing = context;
	return instrument_draw(change, &drawing->new, &drawing->id);
}

static struct status form_model(struct request *request, const char *problem)
{
	int64_t customer_id;
	struct mandate mandate;
	json_t *model = request->model;
	TRY(present_items(request, &customer_id));
	const char *kind = request_field(request, "kind");
	struct status status = mandate_current(request->db, request->viewer, request->company.id, customer_id, request->today, request->arena, &mandate);
	json_object_set_new(model, "mandate", status.code ? json_null() : json_pack("{s:s, s:s, s:s}", "rum", mandate.rum, "scheme", mandate.scheme, "iban", mandate.iban));
	int32_t debit_day = request->today + (int32_t)setting_int(request->settings, "debit.notice_days");
	json_object_set_new(model, "kind_debit", json_boolean(kind ? strcmp(kind, "debit") == 0 : !status.code));
	json_object_set_new(model, "kind_bor", json_boolean(kind && strcmp(kind, "bor") == 0));
	json_object_set_new(model, "earliest", model_day(debit_day));
	json_object_set_new(model, "form", form_again(request, (const char *const[]){ "due", "iban", "note", NULL }));
	json_object_set_new(model, "title", json_string("Draw a bill or a direct debit"));
	json_object_set_new(model, "problem", problem ? json_string(problem) : json_null());
	request->template = "bill_new";
	if (problem) request->http_status = 422;
	present_tabs(request, "bills");
	return STATUS_FINE;
}
static struct status bill_form(struct request *request) { return form_model(request, NULL); }

static struct status bill_save(struct request *request)
{
	struct drawing *drawing = arena_make(request->arena, struct drawing);
	struct customer customer;
	const char *code = request_field(request, "customer");
	if (!code || !*code) return status_make(STATUS_INVALID, "Say which customer: open his page first.");
	TRY(customer_find(request->db, request->viewer, request->company.id, code, request->arena, &customer));
	drawing->new = (struct instrument_new){ .customer_id = customer.id, .items = drawing->items, .kind = request_field(request, "kind"), .iban = request_field(request, "iban"),
		.note = request_field(request, "note"), .to_accept = request_field(request, "to_accept") != NULL };
	struct status status = present_ids(request, "item", drawing->items, INSTRUMENT_ITEMS, &drawing->new.item_count);
	if (!status.code) status = present_day(request, "due", DAY_NONE, &drawing->new.due_day);
	if (!status.code) status = request_change(request, do_draw, drawing);
	if (status.code) {
		bool words = status.code == STATUS_INVALID || status.code == STATUS_CONFLICT;
		return words && !request->json ? form_model(request, status.text) : status;
	}
	request->notice = tr(request->lang, "Drawn: nobody reminds of these items until the bank has answered.");
	request->redirect = arena_printf(request->arena, "/bills/%lld", (long long)drawing->id);
	json_object_set_new(request->model, "id", json_integer(drawing->id));
	return STATUS_FINE;
}

/* --- one of them -------------------------------------------------------------------------------------------------------------------------- */
static struct status show(struct request *request, const char *problem)
{
	struct instrument one;
	TRY(instrument_get(request->db, request->viewer, request->company.id, request_int(request, "id", 0), request->arena, &one));
	json_t *row = row_of(request, &one), *reasons = json_array();
	bool may_again = strcmp(one.state, "unpaid") == 0;
	if (may_again) {
		int most = 1 + (int)setting_int(request->settings, "debit.again");
		struct status plain = instrument_again_allowed(one.back_code, one.attempt, most, false), put_right = instrument_again_allowed(one.back_code, one.attempt, most, true);
		json_object_set_new(row, "again", json_boolean(!put_right.code));
		json_object_set_new(row, "again_corrected", json_boolean(!put_right.code && plain.code));
		json_object_set_new(row, "again_never", put_right.code ? json_string(arena_strdup(request->arena, put_right.text)) : json_null());
	}
	bool debit = strcmp(one.kind, "debit") == 0;
	for (size_t i = 0; i < return_reason_count(); i++) {
		const struct return_reason *reason = return_reason_at(i);
		const char *code = debit ? reason->iso : reason->cfonb;
		if (*code) json_array_append_new(reasons, json_pack("{s:s, s:s}", "code", code, "words", reason->words));
	}
	json_object_update(request->model, row);
	json_decref(row);
	json_object_set_new(request->model, "reasons", reasons);
	json_object_set_new(request->model, "title", json_string(kind_label(one.kind)));
	json_object_set_new(request->model, "problem", problem ? json_string(problem) : json_null());
	request->template = "bill";
	if (problem) request->http_status = 422;
	present_tabs(request, "bills");
	return STATUS_FINE;
}
static struct status bill_show(struct request *request) { return show(request, NULL); }

struct acting {
	struct request *request;
	int64_t id, made;
	int32_t day;
	const char *words;
	bool corrected;
};
static struct status do_send(struct change *change, void *context) { return present_tell(change, ((struct acting *)context)->id, ((struct acting *)context)->request->arena); }
static struct status do_noted(struct change *change, void *context) { return instrument_send(change, ((struct acting *)context)->id); }
static struct status do_chase(struct change *change, void *context) { return present_chase(change, ((struct acting *)context)->id, ((struct acting *)context)->request->arena); }
static struct status do_accept(struct change *change, void *context) { return instrument_accept(change, ((struct acting *)context)->id, ((struct acting *)context)->day); }
static struct status do_refuse(struct change *change, void *context) { return instrument_refuse(change, ((struct acting *)context)->id, ((struct acting *)context)->words); }
static struct status do_cancel(struct change *change, void *context) { return instrument_cancel(change, ((struct acting *)context)->id, ((struct acting *)context)->words); }
static struct status do_paid(struct change *change, void *context) { return instrument_paid(change, ((struct acting *)context)->id, ((struct acting *)context)->day); }
static struct status do_back(struct change *change, void *context)
{
	struct acting *acting = context;
	return instrument_back(change, acting->id, acting->words, acting->day);
}
static struct status do_again(struct change *change, void *context)
{
	struct acting *acting = context;
	struct instrument one;
	TRY(instrument_get(change->db, change->viewer, change->company.id, acting->id, acting->request->arena, &one));
	return instrument_draw(change, &(struct instrument_new){ .customer_id = one.customer_id, .kind = one.kind, .iban = one.iban, .due_day = acting->day,
	                                                        .before_id = one.id, .corrected = acting->corrected }, &acting->made);
}

static struct status act(struct request *request, request_work *work, const char *words, const char *notice)
{
	struct acting acting = { .request = request, .id = request_int(request, "id", 0), .words = present_words(request, words), .corrected = request_field(request, "corrected") != NULL };
	struct status status = present_day(request, "day", request->today, &acting.day);
	if (!status.code) status = request_change(request, work, &acting);
	if (status.code) {
		bool said = status.code == STATUS_INVALID || status.code == STATUS_CONFLICT;
		return said && !request->json ? show(request, status.text) : status;
	}
	request->notice = tr(request->lang, notice);
	request->redirect = arena_printf(request->arena, "/bills/%lld", (long long)(acting.made ? acting.made : acting.id));
	json_object_set_new(request->model, "id", json_integer(acting.made ? acting.made : acting.id));
	return STATUS_FINE;
}

static struct status bill_send(struct request *request) { return act(request, do_send, "note", "Letter written: it leaves with the next messages."); }
static struct status bill_noted(struct request *request) { return act(request, do_noted, "note", "Noted."); }
static struct status bill_chase(struct request *request) { return act(request, do_chase, "note", "Letter written: it leaves with the next messages."); }
static struct status bill_accept(struct request *request) { return act(request, do_accept, "note", "Noted."); }
static struct status bill_refuse(struct request *request) { return act(request, do_refuse, "note", "Noted: its items are chased again."); }
static struct status bill_cancel(struct request *request) { return act(request, do_cancel, "note", "Withdrawn: its items are chased again."); }
static struct status bill_paid(struct request *request) { return act(request, do_paid, "note", "Noted."); }
static struct status bill_back(struct request *request) { return act(request, do_back, "code", "Noted: its items are due since their own day."); }
static struct status bill_again(struct request *request) { return act(request, do_again, "note", "Drawn: nobody reminds of these items until the bank has answered."); }

static struct status bill_paper(struct request *request)
{
	struct attachment file;
	TRY(present_bill_pdf(request->db, request->viewer, &request->company, request_int(request, "id", 0), request->today, request->arena, &file));
	request->file_type = file.type, request->file_name = file.name;
	text_add_bytes(&request->file, file.bytes, file.len);
	return STATUS_FINE;
}

/* --- files for the bank ------------------------------------------------------------------------------------------------------------------- */
struct remitting {
	struct remittance_new new;
	int64_t ids[REMITTANCE_LINES], id;
};
static struct status do_remit(struct change *change, void *context)
{
	struct remitting *remitting = context;
	return remittance_make(change, &remitting->new, &remitting->id);
}
static struct status bills_remit(struct request *request)
{
	struct remitting *remitting = arena_make(request->arena, struct remitting);
	remitting->new = (struct remittance_new){ .instruments = remitting->ids, .discount = request_field(request, "discount") != NULL,
		.made_minutes = company_minutes(&request->company, &request->clock) };
	struct status status = present_ids(request, "id", remitting->ids, REMITTANCE_LINES, &remitting->new.count);
	if (!status.code) status = request_change(request, do_remit, remitting);
	if (status.code) {
		bool words = status.code == STATUS_INVALID || status.code == STATUS_CONFLICT;
		return words && !request->json ? list_model(request, status.text) : status;
	}
	request->notice = tr(request->lang, "File written: fetch it below and give it to the bank.");
	request->redirect = "/bills";
	json_object_set_new(request->model, "id", json_integer(remitting->id));
	return STATUS_FINE;
}

static struct status remittance_show(struct request *request)
{
	struct remittance one;
	const char *bytes;
	size_t len;
	TRY(remittance_file(request->db, request->viewer, request->company.id, request_int(request, "id", 0), request->arena, &one, &bytes, &len));
	request->file_type = strcmp(one.kind, "lcr") == 0 ? "text/plain; charset=us-ascii" : "application/xml";
	request->file_name = one.file_name;
	text_add_bytes(&request->file, bytes, len);
	return STATUS_FINE;
}

const struct route instruments_routes[] = {
	{ "GET", "/bills", RIGHT_READ, bills_show, .template = "bills", .menu = MENU_DISPUTES, .summary = "Bills of exchange and direct debits" },
	{ "GET", "/bills/new", RIGHT_COLLECT, bill_form, .template = "bill_new", .menu = MENU_DISPUTES, .summary = "Draw a bill or a direct debit", .fields = "customer* kind item[]" },
	{ "POST", "/bills", RIGHT_COLLECT, bill_save, .template = "bill_new", .menu = MENU_DISPUTES, .summary = "Draw a bill or a direct debit from items",
	  .fields = "customer* item[]* kind* due* to_accept iban note" },
	{ "POST", "/bills/remit", RIGHT_CASH, bills_remit, .template = "bills", .menu = MENU_DISPUTES, .summary = "Write the file for the bank", .fields = "id[]* discount" },
	{ "GET", "/bills/remittances/{id}", RIGHT_CASH, remittance_show, .menu = MENU_DISPUTES, .summary = "A remittance's file, as it was written" },
	{ "GET", "/bills/{id}", RIGHT_READ, bill_show, .template = "bill", .menu = MENU_DISPUTES, .summary = "A bill or a direct debit" },
	{ "GET", "/bills/{id}/bill.pdf", RIGHT_READ, bill_paper, .menu = MENU_DISPUTES, .summary = "The bill to be accepted, as a PDF" },
	{ "POST", "/bills/{id}/send", RIGHT_COLLECT, bill_send, .template = "bill", .menu = MENU_DISPUTES, .summary = "Mail a bill for acceptance, or announce a debit" },
	{ "POST", "/bills/{id}/noted", RIGHT_COLLECT, bill_noted, .template = "bill", .menu = MENU_DISPUTES, .summary = "Sent by other means" },
	{ "POST", "/bills/{id}/chase", RIGHT_COLLECT, bill_chase, .template = "bill", .menu = MENU_DISPUTES, .summary = "Ask for a bill that did not come back" },
	{ "POST", "/bills/{id}/accept", RIGHT_COLLECT, bill_accept, .template = "bill", .menu = MENU_DISPUTES, .summary = "A bill came back accepted", .fields = "day" },
	{ "POST", "/bills/{id}/refuse", RIGHT_COLLECT, bill_refuse, .template = "bill", .menu = MENU_DISPUTES, .summary = "Acceptance was refused", .fields = "note" },
	{ "POST", "/bills/{id}/cancel", RIGHT_COLLECT, bill_cancel, .template = "bill", .menu = MENU_DISPUTES, .summary = "Withdraw a bill or a direct debit", .fields = "note" },
	{ "POST", "/bills/{id}/paid", RIGHT_COLLECT, bill_paid, .template = "bill", .menu = MENU_DISPUTES, .summary = "The bank paid it", .fields = "day" },
	{ "POST", "/bills/{id}/unpaid", RIGHT_COLLECT, bill_back, .template = "bill", .menu = MENU_DISPUTES, .summary = "The bank returned it unpaid", .fields = "code day" },
	{ "POST", "/bills/{id}/again", RIGHT_COLLECT, bill_again, .template = "bill", .menu = MENU_DISPUTES, .summary = "Present again what came back", .fields = "day* corrected" },
	{ 0 },
};
