/* item — one item: its facts, what settled it, what was done about it, and why it was or was not chased today. */
#include "web/customer_page.h"
#include "web/fields_page.h"

#include "dunning/action.h"
#include "dunning/run.h"
#include "insight/cover_report.h"
#include "ledger/customer.h"
#include "ledger/discount.h"
#include "ledger/dispute.h"
#include "ledger/document.h"
#include "ledger/document_kind.h"
#include "web/draw.h"
#include "web/invoice_status_view.h"
#include "web/legal_page.h"

#include <string.h>

static json_t *settlement_rows(const struct report_context *context, size_t index)
{
	struct book_settlement *settlements;
	size_t count = book_item_settlements(context->book, index, context->arena, &settlements);
	json_t *rows = json_array();
	for (size_t i = 0; i < count; i++) {
		if (settlements[i].day > context->as_of) continue;
		size_t other = settlements[i].debit == index ? settlements[i].credit : settlements[i].debit;
		struct book_item item = book_item(context->book, other, context->as_of);
		json_array_append_new(rows, json_pack("{s:I, s:s, s:s, s:o, s:I, s:s}", "id", (json_int_t)item.id, "number", item.number, "value",
		                                      item_kind_code(item.kind), "date", model_day(settlements[i].day), "amount",
		                                      (json_int_t)settlements[i].amount, "currency", item.currency));
	}
	return rows;
}

/* Every action that claimed it, newest first. */
static struct status history_rows(struct request *request, const struct book_customer *customer, int64_t item_id, json_t **out)
{
	struct action *actions;
	size_t count;
	*out = json_array();
	struct action_filter filter = { .day = DAY_NONE, .customer_id = customer->id, .items = true };
	struct status status = action_list(request->db, request->viewer, request->company.id, &filter, request->arena, &actions, &count);
	for (size_t i = 0; !status.code && i < count; i++) {
		const struct action *action = &actions[i];
		bool about = false;
		for (size_t k = 0; k < action->item_count; k++) about |= action->items[k].item_id == item_id;
		if (!about) continue;
		int32_t day = action->done_day != DAY_NONE ? action->done_day : action->plan_day;
		if (day > request->as_of) continue;
		json_t *row = json_pack("{s:I, s:s, s:s, s:o, s:I, s:s, s:s}", "id", (json_int_t)action->id, "label",
		                        action_label(action, request->lang, request->arena), "state", action_state_code(action->state), "date", model_day(day),
		                        "amount", (json_int_t)action->amount, "currency", action->currency, "note", action->note);
		json_object_set_new(row, "test", json_boolean(action->test));
		size_t at = 0;
		while (at < json_array_size(*out) && strcmp(json_string_value(json_object_get(json_array_get(*out, at), "date")), json_string_value(json_object_get(row, "date"))) > 0) at++;
		json_array_insert_new(*out, at, row);
	}
	if (status.code) json_decref(*out), *out = NULL;
	return status;
}

struct status item_page(struct request *request, int64_t item_id, const struct limitation_refusal *refused)
{
	struct report_context context;
	TRY(view_context(request, &context));
	size_t index = book_find_item(context.book, item_id);
	const uint8_t *selected = request_selected(request, context.book);
	struct book_item item = { .customer = SIZE_MAX };
	if (index != SIZE_MAX) item = book_item(context.book, index, request->as_of);
	if (item.customer == SIZE_MAX || (selected && !selected[item.customer])) return status_make(STATUS_NOT_FOUND, "There is no such item, or it is not in your portfolio.");
	struct book_customer customer = book_customer(context.book, item.customer);

	json_t *model = request->model, *row = item_view(&context, index);
	json_object_set_new(model, "item", row);
	json_object_set_new(model, "title", json_string(item.number));
	json_object_set_new(model, "currency", json_string(item.currency));
	json_object_set_new(model, "not_yet", json_boolean(!item.exists && !item.withdrawn));
	json_object_set_new(model, "paid", json_integer(item.amount - item.open));
	json_object_set_new(model, "bar", draw_bar((const int64_t[]){ item.amount - item.open, item.open }, (const char *const[]){ "f-ok", "a2" }, 2, 0));
	json_object_set_new(model, "settlements", settlement_rows(&context, index));
	json_object_set_new(row, "value", json_string(item_kind_code(item.kind)));
	size_t origin = item.origin_id ? book_find_item(context.book, item.origin_id) : SIZE_MAX;
	json_object_set_new(model, "origin", origin == SIZE_MAX ? json_null() : json_pack("{s:I, s:s}", "id", (json_int_t)item.origin_id, "number",
	                                                                                 book_item(context.book, origin, request->as_of).number));
	json_t *history;
	TRY(history_rows(request, &customer, item.id, &history));
	json_object_set_new(model, "history", history);

	struct document *documents;
	size_t document_count;
	json_t *files = json_array();
	TRY(document_list(request->db, request->viewer, request->company.id, customer.id, item.id, request->arena, &documents, &document_count));
	for (size_t i = 0; i < document_count; i++)
		json_array_append_new(files, json_pack("{s:I, s:s, s:o, s:s, s:o}", "id", (json_int_t)documents[i].id, "name", documents[i].name, "at", model_instant(documents[i].at), "kind",
		                                       documents[i].kind, "kind_label", document_kind_find(documents[i].kind) ? json_string(document_kind_find(documents[i].kind)->label) : json_null()));
	json_object_set_new(model, "documents", files);
	json_object_set_new(model, "left", json_null());
	if (!request->past) {
		struct run_left *left;
		size_t count;
		TRY(left_out_of(request->db, request->viewer, request->company.id, customer.id, request->today, request->arena, &left, &count));
		for (size_t i = 0; i < count; i++)
			if (left[i].item_id == item.id)
				json_object_set_new(model, "left", json_pack("{s:s, s:s, s:o}", "label", left_reason_label(left[i].reason), "detail", left[i].detail,
				                                             "until", model_day(left[i].until)));
	}
	json_t *own, *inputs;
	TRY(fields_values(request, CUSTOM_ITEM, item.id, &own));
	json_object_set_new(model, "fields", own);
	if (!request->json) {
		TRY(fields_inputs(request, CUSTOM_ITEM, item.id, &inputs));
		json_object_set_new(model, "own_fields", json_array_size(inputs) ? json_pack("{s:o}", "list", inputs) : (json_decref(inputs), json_null()));
	}
	struct invoice_status *said;
	size_t said_count;
	json_t *statuses = json_array();
	json_object_set_new(model, "statuses", statuses);
	TRY(invoice_status_list(request->db, request->viewer, request->company.id, item.id, 0, false, 0, request->arena, &said, &said_count));
	for (size_t i = 0; i < said_count; i++)
		if (said[i].day <= request->as_of) json_array_append_new(statuses, invoice_status_view(request, &said[i]));
	json_object_set_new(model, "has_statuses", json_boolean(json_array_size(statuses) > 0));
	TRY(limitation_of_item(request, &context, index, customer.id, refused));
	struct discount discount;
	struct customer terms;
	bool granted = false;
	if (item.kind == ITEM_INVOICE && item.exists) {
		TRY(customer_get(request->db, request->viewer, request->company.id, customer.id, request->arena, &terms));
		granted = discount_of(item.amount, item.issue_day, &(struct discount_terms){ terms.discount_rate, terms.discount_days, discount_vat_rate(request->settings) }, &discount);
	}
	json_object_set_new(model, "discount", !granted ? json_null() : json_pack("{s:I, s:I, s:I, s:I, s:o, s:b}", "amount", (json_int_t)discount.amount, "vat", (json_int_t)discount.vat, "charge",
		(json_int_t)discount.charge, "to_pay", (json_int_t)discount.to_pay, "until", model_day(discount.until), "over", request->as_of > discount.until || item.open < item.amount));
	json_t *cover;
	TRY(cover_item(request->db, request->viewer, request->company.id, context.book, index, request->as_of, request->arena, &cover));
	json_object_set_new(model, "cover", cover);
	int64_t dispute = 0;
	struct status status = dispute_of_item(request->db, request->viewer, request->company.id, item.id, &dispute);
	if (status.code && status.code != STATUS_NOT_FOUND) return status;
	json_object_set_new(model, "dispute", dispute ? json_integer(dispute) : json_null());
	request->template = "item";
	request->here = arena_printf(request->arena, "/items/%lld", (long long)item.id);
	return STATUS_FINE;
}

static struct status item_show(struct request *request) { return item_page(request, request_int(request, "id", 0), NULL); }

const struct route item_routes[] = {
	{ "GET", "/items/{id}", RIGHT_READ, item_show, .template = "item", .menu = MENU_ITEMS, .summary = "An item" },
	{ 0 },
};
