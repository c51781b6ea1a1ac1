/* holds — what keeps items and customers out of reminders today, until when and why. */
#include "web/casework_page.h"

#include "base/day.h"
#include "base/memory.h"
#include "ledger/hold.h"
#include "web/draw.h"

#include <string.h>

static const char *kind_label(enum hold_kind kind)
{
	static const struct { enum hold_kind kind; const char *label; } labels[] = { /* msgids */ { HOLD_HOLD, "On hold" }, { HOLD_EXCLUSION, "Exclusion" },
		{ HOLD_PLAN, "Payment plan" }, { HOLD_DIRECT_DEBIT, "Direct debit under way" }, { HOLD_BILL, "Bill under way" }, { HOLD_CEDED, "Assigned to a third party" },
		{ HOLD_HANDED_OVER, "Handed over" }, { HOLD_SET_OFF, "Set-off" }, { HOLD_LOST, "Written off" } };
	for (size_t i = 0; i < COUNT(labels); i++)
		if (labels[i].kind == kind) return labels[i].label;
	return "Platform";
}

static struct status holds_show(struct request *request)
{
	struct hold *holds;
	size_t count, shown = 0, counts[HOLD_KIND_COUNT] = { 0 };
	const struct book *book;
	const char *wanted = request_field(request, "kind");
	enum hold_kind kind = HOLD_KIND_COUNT;
	if (wanted && *wanted && !hold_kind_parse(wanted, &kind)) return status_make(STATUS_INVALID, "There is no kind of hold “%.40s”.", wanted);
	TRY(request_book(request, &book));
	TRY(hold_list(request->db, request->viewer, request->company.id, 0, request->as_of, request->arena, &holds, &count));
	int64_t sum = 0;
	json_t *rows = json_array(), *kinds = json_array();
	size_t soon = 0;
	for (size_t i = 0; i < count; i++) {
		const struct hold *hold = &holds[i];
		counts[hold->kind]++;
		if (kind != HOLD_KIND_COUNT && hold->kind != kind) continue;
		size_t customer = book_find_customer(book, hold->customer_id), item = hold->item_id ? book_find_item(book, hold->item_id) : SIZE_MAX;
		struct book_customer who = { .code = "", .name = "" };
		if (customer != SIZE_MAX) who = book_customer(book, customer);
		int64_t open = 0;
		if (item != SIZE_MAX) {
			struct book_item one = book_item(book, item, request->as_of);
			open = one.exists && strcmp(one.currency, request->company.currency) == 0 ? one.open : 0;
		}
		sum += open;
		shown++;
		soon += hold->until_day != DAY_NONE && hold->until_day - request->today <= 7;
		json_array_append_new(rows, json_pack("{s:I, s:s, s:s, s:s, s:s, s:I, s:s, s:s, s:o, s:o, s:o, s:b}", "id", (json_int_t)hold->id, "kind", hold_kind_code(hold->kind),
		                                      "kind_label", kind_label(hold->kind), "customer", who.code, "name", who.name, "item_id", (json_int_t)hold->item_id, "item",
		                                      hold->item_id ? hold->item_number : "", "reason", hold->reason, "from", model_day(hold->from_day), "until",
		                                      model_day(hold->until_day), "open", hold->item_id ? json_integer(open) : json_null(), "may_lift",
		                                      viewer_may(request->viewer, hold->kind == HOLD_EXCLUSION ? RIGHT_SCENARIO : RIGHT_COLLECT) && !request->past &&
		                                              hold->kind != HOLD_PLAN));
	}
	json_array_append_new(kinds, json_pack("{s:s, s:I, s:b, s:o}", "label", "All holds", "count", (json_int_t)count, "on", kind == HOLD_KIND_COUNT, "href",
	                                       page_link(request, "kind", NULL)));
	for (int k = 0; k < HOLD_KIND_COUNT; k++)
		if (counts[k])
			json_array_append_new(kinds, json_pack("{s:s, s:I, s:b, s:o}", "label", kind_label((enum hold_kind)k), "count", (json_int_t)counts[k], "on", (int)kind == k,
			                                       "href", page_link(request, "kind", hold_kind_code((enum hold_kind)k))));
	json_t *model = request->model;
	json_object_set_new(model, "title", json_string("Holds"));
	json_object_set_new(model, "currency", json_string(request->company.currency));
	json_object_set_new(model, "holds", rows);
	json_object_set_new(model, "kinds", kinds);
	json_object_set_new(model, "count", json_integer((json_int_t)shown));
	json_object_set_new(model, "soon", json_integer((json_int_t)soon));
	json_object_set_new(model, "sum", json_integer(sum));
	json_object_set_new(model, "empty", shown ? json_null() : json_pack("{s:s, s:s, s:s, s:s, s:s}", "icon", "player-play", "title", tr(request->lang, "Nothing is held"), "text",
		tr(request->lang, "Tick items in a list, or open a customer, to hold their reminders until a day, with a reason."), "href", "/items", "action", tr(request->lang, "Choose items")));
	casework_tabs(request, "holds");
	return STATUS_FINE;
}

const struct route holds_routes[] = {
	{ "GET", "/holds", RIGHT_READ, holds_show, .template = "holds", .menu = MENU_DISPUTES, .summary = "What is held, until when and why", .fields = "kind" },
	{ 0 },
};
