/* bind — promise, dispute and hold: from ticked items of a list, or a whole customer; and ending them. */
#include "web/customer_page.h"

#include "ledger/dispute.h"
#include "ledger/dispute_case.h"
#include "ledger/hold.h"
#include "ledger/promise.h"
#include "outreach/casework.h"
#include "web/casework_page.h"

#include <stdlib.h>
#include <string.h>

enum what { WHAT_PROMISE, WHAT_DISPUTE, WHAT_HOLD };
static const char *const codes[] = { "promise", "dispute", "hold" };

struct bound_item {
	int64_t id, customer_id, open;
	const char *currency;
};
struct bind {
	struct request *request;
	enum what what;
	struct bound_item *items; /* none: the whole customer */
	size_t count, customers;
	int64_t sum, customer_id;
	const char *customer_name, *back;
	/* read from the form */
	int64_t amount;
	int32_t day;
	const char *note, *reason;
	/* what was made, for the undo */
	int64_t made[16];
	size_t made_count, unconfirmed;
};

/* The items that were ticked: each must be the viewer's to see. */
static struct status bind_items(struct request *request, struct bind *out)
{
	const struct book *book;
	TRY(request_book(request, &book));
	const uint8_t *selected = request_selected(request, book);
	const char *const *ids = request_fields(request, "item");
	size_t count = 0;
	while (ids[count]) count++;
	out->items = arena_array(request->arena, struct bound_item, count + 1);
	for (size_t i = 0; i < count; i++) {
		int64_t id;
		size_t index = text_parse_int(ids[i], strlen(ids[i]), &id) ? book_find_item(book, id) : SIZE_MAX;
		struct book_item item = { 0 };
		if (index != SIZE_MAX) item = book_item(book, index, request->today);
		if (index == SIZE_MAX || !item.exists || (selected && !selected[item.customer]))
			return status_make(STATUS_NOT_FOUND, "One of the items is not there any more. Load the list again.");
		struct book_customer customer = book_customer(book, item.customer);
		bool known = false;
		for (size_t k = 0; k < out->count; k++) known |= out->items[k].customer_id == customer.id;
		if (!known) out->customers++;
		out->items[out->count++] = (struct bound_item){ id, customer.id, item.open, arena_strdup(request->arena, item.currency) };
		out->sum += item.open;
		out->customer_id = customer.id;
		out->customer_name = arena_strdup(request->arena, customer.name);
	}
	if (count == 0) return status_make(STATUS_INVALID, "Tick at least one item first.");
	if (out->customers > 1) out->customer_id = 0, out->customer_name = NULL;
	return STATUS_FINE;
}

static struct status bind_read(struct request *request, enum what what, bool whole_customer, struct bind *out)
{
	*out = (struct bind){ .request = request, .what = what, .day = DAY_NONE };
	if (whole_customer) {
		struct customer customer;
		TRY(customer_of(request, &customer));
		out->customer_id = customer.id, out->customer_name = customer.name, out->customers = 1;
		out->back = request_back(request, arena_printf(request->arena, "/customers/%s", request_escape(request, customer.code)));
		return STATUS_FINE;
	}
	TRY(bind_items(request, out));
	out->back = request_back(request, "/items");
	return STATUS_FINE;
}

static struct status bind_model(struct bind *bind, const char *problem, const char *field)
{
	struct request *request = bind->request;
	json_t *model = request->model, *items = json_array(), *list = json_array();
	for (size_t i = 0; i < bind->count; i++) json_array_append_new(items, json_pack("{s:I}", "id", (json_int_t)bind->items[i].id));
	const char *reason = request_field(request, "reason");
	json_t *blockages = json_array();
	size_t kind_count;
	const struct dispute_kind *kinds = dispute_kinds(&kind_count);
	for (size_t i = 0; i < kind_count; i++)
		json_array_append_new(kinds[i].blockage ? blockages : list, json_pack("{s:s, s:s, s:b}", "code", kinds[i].code, "label", kinds[i].label, "on",
		                                                                      reason && strcmp(reason, kinds[i].code) == 0));
	json_object_set_new(model, "grace", json_integer(setting_int(request->settings, "promise.grace_days")));
	json_object_set_new(model, "confirm", json_boolean(setting_bool(request->settings, "promise.confirm")));
	json_object_set_new(model, "what", json_string(codes[bind->what]));
	json_object_set_new(model, "items", items);
	json_object_set_new(model, "reasons", list);
	json_object_set_new(model, "blockages", blockages);
	json_object_set_new(model, "people", bind->what == WHAT_DISPUTE ? casework_people(request, request_int(request, "owner", 0)) : json_null());
	json_object_set_new(model, "count", json_integer((json_int_t)bind->count));
	json_object_set_new(model, "sum", json_integer(bind->sum));
	json_object_set_new(model, "currency", json_string(bind->count ? bind->items[0].currency : request->company.currency));
	json_object_set_new(model, "customer_name", bind->customer_name ? json_string(bind->customer_name) : json_null());
	json_object_set_new(model, "customers", bind->customers > 1 ? json_integer((json_int_t)bind->customers) : json_null());
	json_object_set_new(model, "action", json_string(request->path));
	json_object_set_new(model, "back", json_string(bind->back));
	json_object_set_new(model, "form", form_again(request, (const char *const[]){ "date", "amount", "note", "owner_email", NULL }));
	json_object_set_new(model, "errors", problem && field ? json_pack("{s:s}", field, problem) : json_null());
	json_object_set_new(model, "problem", problem && !field ? json_string(problem) : json_null());
	request->template = "bind";
	if (problem) request->http_status = 422;
	return STATUS_FINE;
}

/* --- making them ------------------------------------------------------------------------------------------------------------ */
static void made(struct bind *bind, int64_t id)
{
	if (bind->made_count < sizeof bind->made / sizeof *bind->made) bind->made[bind->made_count++] = id;
}

/* Each promise is confirmed in the same change; one customer without an address is no reason to lose what he promised. */
static struct status confirm_made(struct change *change, struct bind *bind)
{
	if (!request_field(bind->request, "confirm")) return STATUS_FINE;
	for (size_t i = 0; i < bind->made_count; i++) {
		struct status status = casework_confirm_promise(change, bind->made[i], bind->request->arena);
		if (status.code == STATUS_INVALID) bind->unconfirmed++;
		else if (status.code) return status;
	}
	return STATUS_FINE;
}

static struct status promise_work(struct change *change, struct bind *bind)
{
	const char *means = request_field(bind->request, "means");
	if (bind->count == 0) {
		int64_t id;
		TRY(promise_make(change, &(struct promise_new){ .customer_id = bind->customer_id, .amount = bind->amount, .day = bind->day, .means = means, .note = bind->note }, &id));
		made(bind, id);
		return confirm_made(change, bind);
	}
	/* one promise a customer, in the order they were ticked */
	bool *taken = arena_array(bind->request->arena, bool, bind->count);
	int64_t *ids = arena_array(bind->request->arena, int64_t, bind->count);
	for (size_t i = 0; i < bind->count; i++) {
		if (taken[i]) continue;
		size_t count = 0;
		for (size_t k = i; k < bind->count; k++)
			if (bind->items[k].customer_id == bind->items[i].customer_id) taken[k] = true, ids[count++] = bind->items[k].id;
		int64_t id;
		TRY(promise_make(change, &(struct promise_new){ .customer_id = bind->items[i].customer_id, .items = ids, .item_count = count,
		                                               .amount = bind->customers == 1 ? bind->amount : 0, .day = bind->day, .means = means, .note = bind->note }, &id));
		made(bind, id);
	}
	return confirm_made(change, bind);
}

/* One case a customer and currency: ticked items are about the same thing. */
static struct status dispute_work(struct change *change, struct bind *bind)
{
	struct request *request = bind->request;
	int64_t *cases = arena_array(request->arena, int64_t, bind->count + 1);
	for (size_t i = 0; i < bind->count; i++) {
		int64_t of = 0;
		for (size_t k = 0; k < i && !of; k++)
			if (bind->items[k].customer_id == bind->items[i].customer_id && strcmp(bind->items[k].currency, bind->items[i].currency) == 0) of = cases[k];
		TRY(dispute_open(change, &(struct dispute_new){ .item_id = bind->items[i].id, .amount = bind->count == 1 ? bind->amount : 0, .reason = bind->reason,
		                                               .note = bind->note, .case_id = of, .owner_id = request_int(request, "owner", 0),
		                                               .owner_email = request_field(request, "owner_email"), .due_day = bind->day,
		                                               .credit_expected_day = DAY_NONE }, &cases[i]));
		made(bind, cases[i]);
		if (of) cases[i] = of;
	}
	return STATUS_FINE;
}

static struct status hold_work(struct change *change, struct bind *bind)
{
	int64_t id;
	if (bind->count == 0) {
		TRY(hold_set(change, &(struct hold_new){ .customer_id = bind->customer_id, .kind = HOLD_HOLD, .until_day = bind->day, .reason = bind->note }, &id));
		made(bind, id);
		return STATUS_FINE;
	}
	for (size_t i = 0; i < bind->count; i++) {
		TRY(hold_set(change, &(struct hold_new){ .customer_id = bind->items[i].customer_id, .item_id = bind->items[i].id, .kind = HOLD_HOLD,
		                                        .until_day = bind->day, .reason = bind->note }, &id));
		made(bind, id);
	}
	return STATUS_FINE;
}

static struct status bind_work(struct change *change, void *context)
{
	struct bind *bind = context;
	bind->made_count = bind->unconfirmed = 0; /* a repeated transaction starts anew */
	switch (bind->what) {
	case WHAT_PROMISE: return promise_work(change, bind);
	case WHAT_DISPUTE: return dispute_work(change, bind);
	default: return hold_work(change, bind);
	}
}

/* The address that takes back what was made; NULL when it was too much for one address. */
static const char *undo_address(const struct bind *bind)
{
	static const char *const kinds[] = { "promises", "disputes", "holds" };
	static const char *const verbs[] = { "cancel", "close", "lift" };
	if (bind->made_count != 1 && !(bind->what == WHAT_DISPUTE && bind->customers == 1)) return NULL;
	if (bind->what == WHAT_DISPUTE && !viewer_may(bind->request->viewer, RIGHT_RESOLVE)) return NULL;
	return arena_printf(bind->request->arena, "/%s/%lld/%s?undo=1", kinds[bind->what], (long long)bind->made[0], verbs[bind->what]);
}

static struct status bind_save(struct request *request, enum what what, bool whole_customer)
{
	struct bind bind;
	TRY(bind_read(request, what, whole_customer, &bind));
	const char *field = NULL, *amount = request_field(request, "amount"), *date = request_field(request, "date"), *note = request_field(request, "note");
	struct status status = STATUS_FINE;
	bind.note = note ? note : "";
	bind.reason = request_field(request, "reason");
	if (date && *date && !day_parse(date, strlen(date), &bind.day)) {
		field = "date";
		status = status_make(STATUS_INVALID, "“%.40s” is no date: write it as 2025-09-30.", date);
	} else if (what == WHAT_PROMISE && bind.day == DAY_NONE) {
		field = "date";
		status = status_make(STATUS_INVALID, "Which day is the payment promised for?");
	} else if (amount && *amount && !field_amount(amount, request->company.currency, &bind.amount)) {
		field = "amount";
		status = status_make(STATUS_INVALID, "“%.40s” is not an amount: write it as 1500 or 1500.50.", amount);
	} else if (amount && *amount && bind.amount <= 0) {
		field = "amount";
		status = status_make(STATUS_INVALID, "The amount is above zero.");
	} else if (what == WHAT_DISPUTE && bind.amount && bind.count > 1) {
		field = "amount";
		status = status_make(STATUS_INVALID, "A contested amount belongs to one item: tick only that one, or leave the amount empty.");
	} else if (what == WHAT_PROMISE && bind.amount && bind.customers > 1) {
		field = "amount";
		status = status_make(STATUS_INVALID, "An amount belongs to one customer: tick his items only, or leave the amount empty.");
	}
	if (!status.code) status = request_change(request, bind_work, &bind);
	if (status.code) {
		bool words = status.code == STATUS_INVALID || status.code == STATUS_CONFLICT;
		return words && !request->json ? bind_model(&bind, status.text, field) : status;
	}
	static const char *const done[] = { "Promise noted: reminders of these items wait.", "Dispute opened: the contested part is not asked for.",
	                                    "Held: no reminder until it is lifted or over." };
	request->notice = tr(request->lang, bind.unconfirmed ? "Promise noted; no address to confirm it to." : done[what]);
	request->undo = undo_address(&bind);
	request->redirect = bind.back;
	json_t *ids = json_array();
	for (size_t i = 0; i < bind.made_count; i++) json_array_append_new(ids, json_integer(bind.made[i]));
	json_object_set_new(request->model, "ids", ids);
	return STATUS_FINE;
}

static struct status bind_form(struct request *request, enum what what, bool whole_customer)
{
	struct bind bind;
	TRY(bind_read(request, what, whole_customer, &bind));
	return bind_model(&bind, NULL, NULL);
}

static struct status promise_form(struct request *request) { return bind_form(request, WHAT_PROMISE, false); }
static struct status promise_save(struct request *request) { return bind_save(request, WHAT_PROMISE, false); }
static struct status dispute_form(struct request *request) { return bind_form(request, WHAT_DISPUTE, false); }
static struct status dispute_save(struct request *request) { return bind_save(request, WHAT_DISPUTE, false); }
static struct status hold_form(struct request *request) { return bind_form(request, WHAT_HOLD, false); }
static struct status hold_save(struct request *request) { return bind_save(request, WHAT_HOLD, false); }
static struct status customer_hold_form(struct request *request) { return bind_form(request, WHAT_HOLD, true); }
static struct status customer_hold_save(struct request *request) { return bind_save(request, WHAT_HOLD, true); }
static struct status customer_promise_form(struct request *request) { return bind_form(request, WHAT_PROMISE, true); }
static struct status customer_promise_save(struct request *request) { return bind_save(request, WHAT_PROMISE, true); }

/* --- ending them ---------------------------------------------------------------------------------------------------------------- */
struct ending {
	enum what what;
	int64_t id;
	const char *outcome, *note;
};

static struct status end_work(struct change *change, void *context)
{
	const struct ending *end = context;
	switch (end->what) {
	case WHAT_PROMISE: return promise_cancel(change, end->id, end->note);
	case WHAT_DISPUTE: return dispute_case_close(change, end->id, &(struct dispute_closing){ .outcome = end->outcome, .note = end->note, .granted = -1 });
	default: return hold_lift_by_hand(change, end->id);
	}
}

static struct status end(struct request *request, enum what what)
{
	const char *outcome = request_field(request, "outcome"), *note = request_field(request, "note");
	struct ending work = { what, request_int(request, "id", 0), outcome ? outcome : "", note ? note : "" };
	TRY(request_change(request, end_work, &work));
	static const char *const done[] = { "Promise cancelled.", "Dispute closed.", "Hold lifted." };
	bool undo = request_field(request, "undo") != NULL;
	request->notice = tr(request->lang, undo ? "Undone." : done[what]);
	request->redirect = request_back(request, "/items");
	return STATUS_FINE;
}

static struct status promise_end(struct request *request) { return end(request, WHAT_PROMISE); }
static struct status hold_end(struct request *request) { return end(request, WHAT_HOLD); }

const struct route bind_routes[] = {
	{ "GET", "/items/promise", RIGHT_COLLECT, promise_form, .template = "bind", .menu = MENU_ITEMS, .summary = "Note a promise", .fields = "item[]" },
	{ "POST", "/items/promise", RIGHT_COLLECT, promise_save, .template = "bind", .menu = MENU_ITEMS, .summary = "Note a promise on items",
	  .fields = "item[]* date* amount note means confirm" },
	{ "GET", "/items/dispute", RIGHT_COLLECT, dispute_form, .template = "bind", .menu = MENU_ITEMS, .summary = "Open a dispute", .fields = "item[]" },
	{ "POST", "/items/dispute", RIGHT_COLLECT, dispute_save, .template = "bind", .menu = MENU_ITEMS, .summary = "Open disputes on items",
	  .fields = "item[]* reason* amount date note owner owner_email" },
	{ "GET", "/items/hold", RIGHT_COLLECT, hold_form, .template = "bind", .menu = MENU_ITEMS, .summary = "Hold reminders", .fields = "item[]" },
	{ "POST", "/items/hold", RIGHT_COLLECT, hold_save, .template = "bind", .menu = MENU_ITEMS, .summary = "Hold reminders of items",
	  .fields = "item[]* date note*" },
	{ "GET", "/customers/{code}/hold", RIGHT_COLLECT, customer_hold_form, .template = "bind", .menu = MENU_CUSTOMERS, .summary = "Hold a customer's reminders" },
	{ "POST", "/customers/{code}/hold", RIGHT_COLLECT, customer_hold_save, .template = "bind", .menu = MENU_CUSTOMERS,
	  .summary = "Hold all reminders of a customer", .fields = "date note*" },
	{ "GET", "/customers/{code}/promise", RIGHT_COLLECT, customer_promise_form, .template = "bind", .menu = MENU_CUSTOMERS, .summary = "Note a customer's promise" },
	{ "POST", "/customers/{code}/promise", RIGHT_COLLECT, customer_promise_save, .template = "bind", .menu = MENU_CUSTOMERS,
	  .summary = "Note a promise of a customer", .fields = "date* amount note" },
	{ "POST", "/promises/{id}/cancel", RIGHT_COLLECT, promise_end, .menu = MENU_CUSTOMERS, .summary = "Cancel a promise", .fields = "note" },
	{ "POST", "/holds/{id}/lift", RIGHT_COLLECT, hold_end, .menu = MENU_CUSTOMERS, .summary = "Lift a hold" },
	{ 0 },
};
