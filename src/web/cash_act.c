/* cash_act — deciding: apply as proposed or as chosen, all that is certain, take back, set aside, keep waiting. */
#include "web/cash_page.h"

#include "base/memory.h"
#include "base/words.h"
#include "cash/fill.h"
#include "ledger/customer.h"
#include "web/item_view.h"

#include <inttypes.h>
#include <string.h>

enum { ITEMS_MAX = 200 };

struct act {
	struct request *request;
	const struct cash_row *row;
	struct cash_wish wishes[ITEMS_MAX];
	size_t wish_count;
	int64_t customer_id, choice;
	const char *difference, *note;
};

static const char *back_to(struct request *request)
{
	return request_back(request, "/cash");
}

/* What happened to a line can be taken back in one click. */
static void done(struct request *request, const struct cash_row *row, const char *notice, bool undo)
{
	request->notice = notice;
	request->redirect = back_to(request);
	if (undo) request->undo = arena_printf(request->arena, "/cash/%" PRId64 "/undo", row->id);
	json_object_set_new(request->model, "line", json_integer(row->id));
}

static struct status apply_choice(struct change *change, void *context)
{
	const struct act *act = context;
	return cash_apply_choice(change, act->row, &act->row->choices[act->choice], false, true);
}

static struct status apply_wishes(struct change *change, void *context)
{
	const struct act *act = context;
	struct cash_filled filled;
	int64_t application;
	TRY(cash_fill(change->db, change->viewer, change->company.id, act->row->id, act->wishes, act->wish_count, act->difference, act->request->arena, &filled));
	return cash_apply(change, &(struct cash_decision){ .line_id = act->row->id, .parts = filled.parts, .part_count = filled.part_count,
	                                                   .differences = filled.differences, .difference_count = filled.difference_count,
	                                                   .customer_id = act->customer_id, .teach = true, .confidence = 1 }, &application);
}

static struct status read_wishes(struct request *request, struct act *act)
{
	const char *const *ids = request_fields(request, "item");
	for (size_t i = 0; ids[i]; i++) {
		int64_t id;
		if (act->wish_count == ITEMS_MAX || !text_parse_int(ids[i], strlen(ids[i]), &id)) return status_make(STATUS_INVALID, "Choose the items again.");
		const char *amount = request_field(request, arena_printf(request->arena, "amount-%" PRId64, id));
		struct cash_wish *wish = &act->wishes[act->wish_count++];
		*wish = (struct cash_wish){ .item_id = id };
		if (amount && *amount && !field_amount(amount, act->row->currency, &wish->amount))
			return status_make(STATUS_INVALID, "“%s” is not an amount. Write it as 1 234,56.", amount);
	}
	const char *code = request_field(request, "customer");
	if (!code || !*code) return STATUS_FINE;
	struct customer customer;
	TRY(customer_find(request->db, request->viewer, request->company.id, code, request->arena, &customer));
	act->customer_id = customer.id;
	return STATUS_FINE;
}

static struct status cash_apply_line(struct request *request)
{
	struct cash_row row;
	struct act *act = arena_make(request->arena, struct act);
	TRY(cash_line_of(request, &row));
	*act = (struct act){ .request = request, .row = &row, .difference = request_field(request, "difference"), .choice = request_int(request, "choice", 0) };
	TRY(read_wishes(request, act));
	bool as_proposed = act->wish_count == 0 && !act->customer_id;
	if (as_proposed && (act->choice < 0 || (size_t)act->choice >= row.choice_count))
		return status_make(STATUS_INVALID, "Tick the items this line pays, or choose the customer whose account takes it.");
	TRY(request_change(request, as_proposed ? apply_choice : apply_wishes, act));
	done(request, &row, tr(request->lang, "The line is applied."), true);
	return STATUS_FINE;
}

static struct status accept(struct request *request, const int64_t *ids, size_t count)
{
	struct cash_day day;
	TRY(cash_apply_certain(request->store, request->viewer, request->company.id, request->today, request->now, false, ids, count, &day));
	cleanup_text struct text amount = { 0 };
	words_amount(&amount, request->lang, day.amount, request->company.currency);
	json_object_set_new(request->model, "applied", json_integer(day.applied));
	json_object_set_new(request->model, "amount", json_integer(day.amount));
	json_object_set_new(request->model, "refused", json_integer(day.refused));
	request->notice = arena_printf(request->arena, tr(request->lang, "%lld lines applied, %s."), (long long)day.applied, text_cstr(&amount));
	request->redirect = back_to(request);
	return STATUS_FINE;
}

static struct status cash_accept(struct request *request)
{
	const char *const *texts = request_fields(request, "line");
	size_t count = 0;
	while (texts[count]) count++;
	if (!count) return status_make(STATUS_INVALID, "Tick at least one line first.");
	int64_t *ids = arena_array(request->arena, int64_t, count);
	for (size_t i = 0; i < count; i++)
		if (!text_parse_int(texts[i], strlen(texts[i]), &ids[i])) return status_make(STATUS_INVALID, "Choose the lines again.");
	return accept(request, ids, count);
}

static struct status cash_certain(struct request *request)
{
	return accept(request, NULL, 0);
}

static struct status undo(struct change *change, void *context)
{
	return cash_undo(change, ((struct act *)context)->row->id);
}
static struct status ignore(struct change *change, void *context)
{
	const struct act *act = context;
	return cash_ignore(change, act->row->id, act->note);
}
static struct status put_waiting(struct change *change, void *context)
{
	const struct act *act = context;
	return cash_wait(change, act->row->id, act->note);
}

static struct status decide(struct request *request, request_work *work, const char *notice, bool can_undo)
{
	struct cash_row row;
	TRY(cash_line_of(request, &row));
	struct act act = { .request = request, .row = &row, .note = request_field(request, "note") };
	TRY(request_change(request, work, &act));
	done(request, &row, notice, can_undo);
	return STATUS_FINE;
}

static struct status cash_undo_line(struct request *request)
{
	return decide(request, undo, tr(request->lang, "Taken back: the line is to be applied again."), false);
}
static struct status cash_ignore_line(struct request *request)
{
	return decide(request, ignore, tr(request->lang, "Set aside: not a customer's payment."), true);
}
static struct status cash_wait_line(struct request *request)
{
	return decide(request, put_waiting, tr(request->lang, "The line waits."), false);
}

const struct route cash_act_routes[] = {
	{ "POST", "/cash/certain", RIGHT_CASH, cash_certain, .menu = MENU_CASH, .summary = "Apply all certain lines", .fields = "back" },
	{ "POST", "/cash/accept", RIGHT_CASH, cash_accept, .menu = MENU_CASH, .summary = "Apply the ticked certain lines", .fields = "line[]* back" },
	{ "POST", "/cash/{line}/apply", RIGHT_CASH, cash_apply_line, .menu = MENU_CASH, .summary = "Apply a line as proposed, or to the items chosen",
	  .fields = "item[] customer difference choice back" },
	{ "POST", "/cash/{line}/undo", RIGHT_CASH, cash_undo_line, .menu = MENU_CASH, .summary = "Take back what was decided of a line", .fields = "back" },
	{ "POST", "/cash/{line}/ignore", RIGHT_CASH, cash_ignore_line, .menu = MENU_CASH, .summary = "Not a customer's payment", .fields = "note back" },
	{ "POST", "/cash/{line}/wait", RIGHT_CASH, cash_wait_line, .menu = MENU_CASH, .summary = "Keep a line in suspense", .fields = "note back" },
	{ 0 },
};
