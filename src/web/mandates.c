/* mandates — the authorities to debit customers' accounts: the list, a new one, its end. */
#include "web/present_page.h"

#include "base/day.h"
#include "base/memory.h"
#include "ledger/mandate.h"
#include "web/draw.h"
#include "web/item_view.h"

#include <string.h>

static struct status model_of(struct request *request, const char *problem)
{
	struct mandate *list;
	size_t count, used = 0;
	const char *code = request_field(request, "customer");
	struct customer customer = { 0 };
	if (code && *code) TRY(customer_find(request->db, request->viewer, request->company.id, code, request->arena, &customer));
	TRY(mandate_list(request->db, request->viewer, request->company.id, customer.id, 0, request->arena, &list, &count));
	json_t *rows = json_array();
	for (size_t i = 0; i < count; i++) {
		bool usable = mandate_usable(&list[i], request->today), ended = list[i].ended_day != DAY_NONE;
		used += usable;
		json_array_append_new(rows, json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:b, s:b, s:s}", "id", (json_int_t)list[i].id, "rum", list[i].rum, "scheme",
			list[i].scheme, "iban", list[i].iban, "customer", list[i].customer_code, "name", list[i].customer_name, "debtor", list[i].debtor, "signed_on",
			model_day(list[i].signed_day), "used_on", model_day(list[i].last_used_day), "ended_on", model_day(list[i].ended_day), "lapses_on",
			model_day(mandate_lapses(&list[i])), "usable", usable, "lapsed", !usable && !ended, "why", list[i].ended_why));
		json_object_set_new(json_array_get(rows, i), "scheme_label", json_string(strcmp(list[i].scheme, "b2b") == 0 ? "B2B" : "CORE"));
	}
	json_t *model = request->model;
	json_object_set_new(model, "title", json_string("Mandates"));
	json_object_set_new(model, "mandates", rows);
	json_object_set_new(model, "used", json_integer((json_int_t)used));
	json_object_set_new(model, "customer", customer.id ? json_string(customer.code) : json_null());
	json_object_set_new(model, "name", customer.id ? json_string(customer.name) : json_null());
	json_object_set_new(model, "form", form_again(request, (const char *const[]){ "rum", "iban", "bic", "debtor", "signed", NULL }));
	json_object_set_new(model, "problem", problem ? json_string(problem) : json_null());
	json_object_set_new(model, "empty", count ? json_null() : json_pack("{s:s, s:s, s:s, s:s, s:s}", "icon", "signature", "title", tr(request->lang, "No mandate yet"), "text",
		tr(request->lang, "Open a customer and note the mandate that he signed: without one nothing is debited."), "href", "/customers", "action", tr(request->lang, "Choose a customer")));
	request->template = "mandates";
	if (problem) request->http_status = 422;
	present_tabs(request, "mandates");
	return STATUS_FINE;
}
static struct status mandates_show(struct request *request) { return model_of(request, NULL); }

struct noting {
	struct mandate_new new;
	int64_t id;
	const char *why;
};
static struct status do_add(struct change *change, void *context)
{
	struct noting *noting = context;
	return mandate_add(change, &noting->new, &noting->id);
}
static struct status do_end(struct change *change, void *context)
{
	struct noting *noting = context;
	return mandate_end(change, noting->id, noting->why);
}

static struct status done(struct request *request, struct status status, const char *notice)
{
	if (status.code) {
		bool words = status.code == STATUS_INVALID || status.code == STATUS_CONFLICT;
		return words && !request->json ? model_of(request, status.text) : status;
	}
	request->notice = tr(request->lang, notice);
	const char *code = request_field(request, "customer");
	request->redirect = code && *code ? arena_printf(request->arena, "/mandates?customer=%s", request_escape(request, code)) : "/mandates";
	return STATUS_FINE;
}

static struct status mandate_save(struct request *request)
{
	struct noting noting = { .new = { .rum = present_words(request, "rum"), .scheme = present_words(request, "scheme"), .iban = present_words(request, "iban"),
	                                  .bic = present_words(request, "bic"), .debtor = present_words(request, "debtor") } };
	struct customer customer;
	const char *code = request_field(request, "customer");
	if (!code || !*code) return status_make(STATUS_INVALID, "Say which customer: open his page first.");
	TRY(customer_find(request->db, request->viewer, request->company.id, code, request->arena, &customer));
	noting.new.customer_id = customer.id;
	struct status status = present_day(request, "signed", DAY_NONE, &noting.new.signed_day);
	if (!status.code) status = request_change(request, do_add, &noting);
	if (!status.code) json_object_set_new(request->model, "id", json_integer(noting.id));
	return done(request, status, "Mandate noted.");
}

static struct status mandate_over(struct request *request)
{
	struct noting noting = { .id = request_int(request, "id", 0), .why = present_words(request, "why") };
	return done(request, request_change(request, do_end, &noting), "Noted: nothing is debited under it any more.");
}

const struct route mandates_routes[] = {
	{ "GET", "/mandates", RIGHT_COLLECT, mandates_show, .template = "mandates", .menu = MENU_DISPUTES, .summary = "Direct debit mandates", .fields = "customer" },
	{ "POST", "/mandates", RIGHT_COLLECT, mandate_save, .template = "mandates", .menu = MENU_DISPUTES, .summary = "Note a mandate that a customer signed",
	  .fields = "customer* rum* scheme* iban* bic debtor signed*" },
	{ "POST", "/mandates/{id}/end", RIGHT_COLLECT, mandate_over, .template = "mandates", .menu = MENU_DISPUTES, .summary = "End a mandate", .fields = "why customer" },
	{ 0 },
};
