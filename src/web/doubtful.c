/* doubtful — debts that will hardly be paid: those a rule proposes, those decided, one with what may be done of it, losses with their VAT. */
#include "web/doubtful_page.h"

#include "access/user.h"
#include "base/day.h"
#include "base/memory.h"
#include "base/money.h"
#include "base/words.h"
#include "ledger/customer.h"
#include "ledger/item.h"
#include "outreach/doubtful_paper.h"
#include "web/draw.h"
#include "web/item_view.h"
#include "web/legal_page.h"
#include "web/present_page.h"

#include <string.h>

void doubtful_tabs(struct request *request, const char *on)
{
	static const struct { const char *code, *label, *href; } views[] = { /* msgids */ { "debts", "Doubtful", "/doubtful" }, { "provisions", "Provisions", "/doubtful/provisions" },
		{ "losses", "Losses and VAT", "/doubtful/losses" }, { "small", "Small balances", "/doubtful/small" }, { "entries", "Entries for the books", "/doubtful/entries" } };
	json_t *bar = json_array();
	bool all = viewer_may(request->viewer, RIGHT_EXPORT) && request->viewer->portfolio == PORTFOLIO_ALL;
	for (size_t i = 0; i < COUNT(views); i++)
		if (all || strcmp(views[i].code, "entries") != 0)
			json_array_append_new(bar, json_pack("{s:s, s:s, s:b}", "label", views[i].label, "href", views[i].href, "on", strcmp(on, views[i].code) == 0));
	legal_tabs(request, "doubtful");
	json_object_set_new(request->model, "views", bar);
}

struct status doubtful_rate(const char *text, int32_t *out)
{
	int64_t rate = 0;
	*out = -1;
	if (!text || !*text) return STATUS_FINE;
	if (!field_amount(text, "EUR", &rate) || rate < 0 || rate > 10000) return status_make(STATUS_INVALID, "A rate is a percentage between 0 and 100 with at most two decimals, as in 12,15.");
	*out = (int32_t)rate;
	return STATUS_FINE;
}

json_t *doubtful_row(const struct doubtful_case *debt, int32_t today)
{
	const struct doubtful_proof *proof = doubtful_proof_find(debt->proof);
	bool lost = strcmp(debt->state, "lost") == 0, booked = debt->booked_day != DAY_NONE;
	json_t *row = json_pack("{s:I, s:I, s:I, s:s, s:s, s:s, s:s, s:I, s:I, s:s, s:s, s:s, s:o, s:o, s:o, s:i}", "id", (json_int_t)debt->id, "item_id", (json_int_t)debt->item_id, "root",
		(json_int_t)debt->root_id, "number", debt->number, "customer", debt->customer_code, "name", debt->customer_name, "currency", debt->currency, "open", (json_int_t)debt->open,
		"allowance", (json_int_t)debt->allowance, "state", debt->state, "reason", debt->reason, "why", debt->why, "due_date", model_day(debt->due_day), "issue_date",
		model_day(debt->issue_day), "decided_on", model_day(debt->day), "late", today > debt->due_day ? today - debt->due_day : 0);
	json_object_set_new(row, "reason_label", json_string(debt->id ? doubtful_reason_label(debt->reason) : "Moved by the books"));
	json_object_set_new(row, "booked_on", model_day(debt->booked_day));
	json_object_set_new(row, "to_post", json_boolean(!booked && debt->open > 0));
	json_object_set_new(row, "decided", json_boolean(debt->id != 0));
	json_object_set_new(row, "lost", json_boolean(lost));
	json_object_set_new(row, "small", json_boolean(strcmp(debt->state, "small") == 0));
	json_object_set_new(row, "over", json_boolean(debt->open == 0));
	json_object_set_new(row, "vat_rate", json_real(debt->vat / 10000.0));
	json_object_set_new(row, "lost_on", model_day(debt->lost_day));
	json_object_set_new(row, "amount", json_integer(debt->lost_amount));
	json_object_set_new(row, "net", json_integer(debt->lost_amount - debt->lost_vat));
	json_object_set_new(row, "vat", json_integer(debt->lost_vat));
	json_object_set_new(row, "with_vat", json_boolean(debt->lost_vat > 0));
	json_object_set_new(row, "proof_label", json_string(proof ? proof->label : ""));
	json_object_set_new(row, "proof_words", json_string(debt->proof_words));
	json_object_set_new(row, "lost_why", json_string(debt->lost_why));
	json_object_set_new(row, "proof_on", model_day(debt->proof_day));
	json_object_set_new(row, "vat_until", debt->lost_vat > 0 ? model_day(doubtful_vat_until(debt->proof_day)) : json_null());
	json_object_set_new(row, "lost_booked_on", model_day(debt->lost_booked_day));
	json_object_set_new(row, "lost_to_post", json_boolean(lost && debt->lost_booked_day == DAY_NONE && debt->open > 0));
	json_object_set_new(row, "lost_closed", json_boolean(lost && debt->open == 0));
	json_object_set_new(row, "duplicate_on", model_day(debt->duplicate_day));
	json_object_set_new(row, "duplicate_due", json_boolean(debt->lost_vat > 0 && debt->duplicate_day == DAY_NONE));
	return row;
}

/* --- the list ---------------------------------------------------------------------------------------------------------------------------- */
static struct status list_model(struct request *request, const char *problem)
{
	struct report_context context;
	struct doubtful_proposal *proposed;
	struct doubtful_case *cases;
	size_t proposed_count, count, doubtful = 0;
	int64_t sum, open = 0, allowance = 0;
	TRY(view_context(request, &context));
	TRY(doubtful_proposals(&context, &proposed, &proposed_count, &sum));
	TRY(doubtful_cases(request->db, request->viewer, &request->company, request->as_of, (struct doubtful_filter){ 0 }, request->arena, &cases, &count));
	json_t *rows = json_array(), *debts = json_array(), *model = request->model;
	for (size_t i = 0; i < proposed_count && i < DOUBTFUL_MOST; i++)
		json_array_append_new(rows, json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:I, s:o, s:i}", "id", (json_int_t)proposed[i].item_id, "number", proposed[i].number, "customer",
			proposed[i].customer_code, "name", proposed[i].customer_name, "reason", proposed[i].reason, "reason_label", doubtful_reason_label(proposed[i].reason), "open",
			(json_int_t)proposed[i].open, "due_date", model_day(proposed[i].due_day), "late", proposed[i].late > 0 ? proposed[i].late : 0));
	for (size_t i = 0; i < count; i++) {
		if (strcmp(cases[i].state, "lost") == 0 || strcmp(cases[i].state, "small") == 0) continue;
		if (!cases[i].open && !cases[i].allowance) continue;
		if (strcmp(cases[i].currency, request->company.currency) == 0) open += cases[i].open, allowance += cases[i].allowance;
		if (doubtful++ < DOUBTFUL_MOST) json_array_append_new(debts, doubtful_row(&cases[i], request->today));
	}
	json_object_set_new(model, "title", json_string("Doubtful debts"));
	json_object_set_new(model, "currency", json_string(request->company.currency));
	json_object_set_new(model, "proposals", rows);
	json_object_set_new(model, "proposed", json_integer((json_int_t)proposed_count));
	json_object_set_new(model, "proposed_sum", json_integer(sum));
	json_object_set_new(model, "debts", debts);
	json_object_set_new(model, "count", json_integer((json_int_t)doubtful));
	json_object_set_new(model, "open", json_integer(open));
	json_object_set_new(model, "allowance", json_integer(allowance));
	json_object_set_new(model, "cut", json_boolean(proposed_count > DOUBTFUL_MOST || doubtful > DOUBTFUL_MOST));
	json_object_set_new(model, "problem", problem ? json_string(problem) : json_null());
	json_object_set_new(model, "empty", proposed_count || doubtful ? json_null() : json_pack("{s:s, s:s, s:s}", "icon", "circle-check", "title", tr(request->lang, "No doubtful debt"), "text",
		tr(request->lang, "No debt is late for so long, disputed, handed over or in a collective procedure that it should be held to be doubtful.")));
	request->template = "doubtful";
	if (problem) request->http_status = 422;
	doubtful_tabs(request, "debts");
	return STATUS_FINE;
}
static struct status doubtful_show(struct request *request) { return list_model(request, NULL); }

/* --- deciding ---------------------------------------------------------------------------------------------------------------------------- */
struct deciding {
	struct doubtful_new *list;
	size_t count;
	int64_t id;
};
static struct status do_decide(struct change *change, void *context)
{
	struct deciding *deciding = context;
	for (size_t i = 0; i < deciding->count; i++) TRY(doubtful_decide(change, &deciding->list[i], &deciding->id));
	return STATUS_FINE;
}

static struct status debt_model(struct request *request, int64_t item_id, const char *problem);

static bool worded(struct request *request, struct status status)
{
	return !request->json && (status.code == STATUS_INVALID || status.code == STATUS_CONFLICT);
}

/* With a reason: that one. Without: each by the rule that proposes it. */
static struct status read_decisions(struct request *request, struct deciding *deciding)
{
	int64_t ids[DOUBTFUL_MOST];
	const char *reason = present_words(request, "reason"), *why = present_words(request, "why");
	int32_t vat;
	TRY(present_ids(request, "item", ids, DOUBTFUL_MOST, &deciding->count));
	TRY(doubtful_rate(request_field(request, "vat"), &vat));
	if (!deciding->count) return status_make(STATUS_INVALID, "Tick at least one item.");
	deciding->list = arena_array(request->arena, struct doubtful_new, deciding->count);
	struct doubtful_proposal *proposed = NULL;
	size_t proposed_count = 0;
	if (!*reason) {
		struct report_context context;
		int64_t sum;
		TRY(view_context(request, &context));
		TRY(doubtful_proposals(&context, &proposed, &proposed_count, &sum));
	}
	for (size_t i = 0; i < deciding->count; i++) {
		const char *by_rule = reason;
		for (size_t k = 0; k < proposed_count && !*by_rule; k++)
			if (proposed[k].item_id == ids[i]) by_rule = proposed[k].reason;
		if (!*by_rule) return status_make(STATUS_CONFLICT, "No rule proposes item %lld any more: say why it is doubtful.", (long long)ids[i]);
		deciding->list[i] = (struct doubtful_new){ .item_id = ids[i], .reason = by_rule, .why = why, .vat = vat };
	}
	return STATUS_FINE;
}

static struct status decide(struct request *request)
{
	struct deciding deciding = { 0 };
	bool alone = request_field(request, "alone") != NULL;
	struct status status = read_decisions(request, &deciding);
	if (!status.code) status = request_change(request, do_decide, &deciding);
	if (status.code && worded(request, status)) return alone ? debt_model(request, request_int(request, "item", 0), status.text) : list_model(request, status.text);
	TRY(status);
	request->notice = arena_printf(request->arena, tr(request->lang, "Held to be doubtful: %zu. The entries wait for the books."), deciding.count);
	if (deciding.count == 1) request->undo = arena_printf(request->arena, "/doubtful/%lld/cancel", (long long)deciding.id);
	json_object_set_new(request->model, "id", json_integer(deciding.id));
	json_object_set_new(request->model, "count", json_integer((json_int_t)deciding.count));
	request->redirect = alone ? arena_printf(request->arena, "/doubtful/debts/%lld", (long long)deciding.list[0].item_id) : "/doubtful";
	return STATUS_FINE;
}

/* --- one debt ------------------------------------------------------------------------------------------------------------------------------ */
static void add_people(struct request *request, const struct doubtful_case *debt, json_t *row)
{
	const struct { const char *key; int64_t id; } people[] = { { "by", debt->by_user }, { "lost_by", debt->lost_by } };
	for (size_t i = 0; i < COUNT(people); i++) {
		struct user user;
		bool known = people[i].id && !user_get(request->db, request->viewer, people[i].id, &user).code;
		json_object_set_new(row, people[i].key, known ? json_string(*user.name ? user.name : user.email) : json_null());
	}
}

static struct status debt_model(struct request *request, int64_t item_id, const char *problem)
{
	struct item item;
	struct doubtful_case *list;
	struct report_context context;
	size_t count;
	int64_t root;
	json_t *model = request->model, *reasons = json_array(), *proofs = json_array();
	TRY(item_get(request->db, request->viewer, request->company.id, item_id, &item));
	TRY(doubtful_root(request->db, request->company.tenant_id, request->company.id, item_id, &root));
	TRY(doubtful_cases(request->db, request->viewer, &request->company, request->today, (struct doubtful_filter){ .root_id = root }, request->arena, &list, &count));
	struct customer who;
	TRY(customer_get(request->db, request->viewer, request->company.id, item.customer_id, request->arena, &who));
	struct doubtful_case none = { .root_id = root, .item_id = item.id, .number = item.number, .customer_code = who.code, .customer_name = who.name, .open = item.open, .due_day = item.due_day,
		.issue_day = item.issue_day, .booked_day = DAY_NONE, .day = DAY_NONE, .lost_day = DAY_NONE, .proof_day = DAY_NONE, .duplicate_day = DAY_NONE, .lost_booked_day = DAY_NONE, .state = "", .reason = "", .why = "",
		.lost_why = "", .proof = "", .proof_words = "" };
	snprintf(none.currency, sizeof none.currency, "%s", item.currency);
	const struct doubtful_case *debt = count ? &list[0] : &none;
	json_t *row = doubtful_row(debt, request->today);
	add_people(request, debt, row);
	json_object_update(model, row);
	json_decref(row);
	TRY(view_context(request, &context));
	struct doubtful_proposal *proposed;
	int64_t sum;
	size_t proposed_count;
	const char *by_rule = "";
	TRY(doubtful_proposals(&context, &proposed, &proposed_count, &sum));
	for (size_t i = 0; i < proposed_count; i++)
		if (proposed[i].item_id == item.id) by_rule = proposed[i].reason;
	for (const struct doubtful_word *reason = doubtful_reasons; reason->code; reason++)
		json_array_append_new(reasons, json_pack("{s:s, s:s, s:b}", "code", reason->code, "label", reason->label, "on", strcmp(reason->code, *by_rule ? by_rule : "other") == 0));
	for (const struct doubtful_proof *proof = doubtful_proofs; proof->code; proof++)
		json_array_append_new(proofs, json_pack("{s:s, s:s, s:b}", "code", proof->code, "label", proof->label, "vat", proof->vat));
	json_object_set_new(model, "reasons", reasons);
	json_object_set_new(model, "proofs", proofs);
	json_object_set_new(model, "followed", json_boolean(count > 0));
	json_object_set_new(model, "may_decide", json_boolean(!debt->id && debt->open > 0));
	json_object_set_new(model, "may_lose", json_boolean(debt->open > 0 && (!debt->id || strcmp(debt->state, "doubtful") == 0)));
	json_object_set_new(model, "may_cancel", json_boolean(debt->id && strcmp(debt->state, "doubtful") == 0));
	json_object_set_new(model, "may_restore", json_boolean(debt->id && strcmp(debt->state, "doubtful") != 0 && (debt->open != 0 || debt->loss_waits) && debt->lost_booked_day == DAY_NONE &&
		viewer_may(request->viewer, strcmp(debt->state, "small") == 0 ? RIGHT_CASH : RIGHT_SCENARIO)));
	json_object_set_new(model, "title", json_string(debt->number));
	json_object_set_new(model, "problem", problem ? json_string(problem) : json_null());
	request->template = "doubtful_debt";
	if (problem) request->http_status = 422;
	doubtful_tabs(request, "debts");
	return STATUS_FINE;
}
static struct status debt_show(struct request *request) { return debt_model(request, request_int(request, "id", 0), NULL); }

struct losing {
	struct doubtful_loss loss;
	int64_t id;
	const char *why;
	int32_t day;
};
static struct status do_lose(struct change *change, void *context) { return doubtful_lose(change, &((struct losing *)context)->loss, &((struct losing *)context)->id); }
static struct status do_cancel(struct change *change, void *context) { return doubtful_cancel(change, ((struct losing *)context)->id, ((struct losing *)context)->why); }
static struct status do_restore(struct change *change, void *context) { return doubtful_restore(change, ((struct losing *)context)->id, ((struct losing *)context)->why); }
static struct status do_sent(struct change *change, void *context) { return doubtful_duplicate_sent(change, ((struct losing *)context)->id, ((struct losing *)context)->day); }

static struct status lose(struct request *request)
{
	struct losing losing = { .loss = { .item_id = request_int(request, "id", 0), .proof = request_field(request, "proof"), .proof_words = request_field(request, "proof_words"),
	                                   .why = request_field(request, "why"), .keep_vat = request_field(request, "keep_vat") != NULL } };
	struct status status = present_day(request, "proof_day", DAY_NONE, &losing.loss.proof_day);
	if (!status.code) status = doubtful_rate(request_field(request, "vat"), &losing.loss.vat);
	if (!status.code) status = request_change(request, do_lose, &losing);
	if (status.code) return worded(request, status) ? debt_model(request, losing.loss.item_id, status.text) : status;
	request->notice = tr(request->lang, "Written off; its entries wait for the books.");
	request->undo = arena_printf(request->arena, "/doubtful/%lld/restore", (long long)losing.id);
	request->redirect = arena_printf(request->arena, "/doubtful/debts/%lld", (long long)losing.loss.item_id);
	json_object_set_new(request->model, "id", json_integer(losing.id));
	return STATUS_FINE;
}

static struct status on_decision(struct request *request, request_work *work, const char *notice, const char *back)
{
	struct losing losing = { .id = request_int(request, "id", 0), .why = request_field(request, "why"), .day = request->today };
	struct status status = present_day(request, "day", request->today, &losing.day);
	if (!status.code) status = request_change(request, work, &losing);
	TRY(status);
	request->notice = tr(request->lang, notice);
	request->redirect = request_back(request, back);
	return STATUS_FINE;
}
static struct status cancel_it(struct request *request) { return on_decision(request, do_cancel, "Taken back, with its entry.", "/doubtful"); }
static struct status restore_it(struct request *request) { return on_decision(request, do_restore, "Taken back, with its entries.", "/doubtful/losses"); }
static struct status sent_it(struct request *request) { return on_decision(request, do_sent, "Noted: the duplicate was sent.", "/doubtful/losses"); }

/* --- losses -------------------------------------------------------------------------------------------------------------------------------- */
static struct status losses_show(struct request *request)
{
	struct doubtful_case *cases;
	size_t count, lost = 0, duplicates = 0;
	int64_t net = 0, vat = 0;
	json_t *rows = json_array(), *model = request->model;
	TRY(doubtful_cases(request->db, request->viewer, &request->company, request->as_of, (struct doubtful_filter){ 0 }, request->arena, &cases, &count));
	for (size_t i = 0; i < count; i++) {
		if (strcmp(cases[i].state, "lost") != 0 || cases[i].lost_day > request->as_of) continue;
		net += cases[i].lost_amount - cases[i].lost_vat, vat += cases[i].lost_vat;
		duplicates += cases[i].lost_vat > 0 && cases[i].duplicate_day == DAY_NONE;
		if (lost++ < DOUBTFUL_MOST) json_array_append_new(rows, doubtful_row(&cases[i], request->today));
	}
	json_object_set_new(model, "title", json_string("Losses and VAT"));
	json_object_set_new(model, "currency", json_string(request->company.currency));
	json_object_set_new(model, "losses", rows);
	json_object_set_new(model, "count", json_integer((json_int_t)lost));
	json_object_set_new(model, "net", json_integer(net));
	json_object_set_new(model, "vat", json_integer(vat));
	json_object_set_new(model, "duplicates", json_integer((json_int_t)duplicates));
	json_object_set_new(model, "cut", json_boolean(lost > DOUBTFUL_MOST));
	json_object_set_new(model, "empty", lost ? json_null() : json_pack("{s:s, s:s, s:s}", "icon", "circle-check", "title", tr(request->lang, "No debt was written off"), "text",
		tr(request->lang, "A debt is written off from its own page, with what proves that it is lost.")));
	doubtful_tabs(request, "losses");
	return STATUS_FINE;
}

static struct status duplicate_pdf(struct request *request)
{
	struct attachment file;
	TRY(doubtful_pdf(request->db, request->viewer, &request->company, request_int(request, "id", 0), request_field(request, "customer"), request->today, request->arena, &file));
	request->file_type = file.type, request->file_name = file.name;
	text_add_bytes(&request->file, file.bytes, file.len);
	return STATUS_FINE;
}

const struct route doubtful_routes[] = {
	{ "GET", "/doubtful", RIGHT_READ, doubtful_show, .template = "doubtful", .menu = MENU_LEGAL, .summary = "Doubtful debts: proposed by rule, decided, moved by the books", .fields = "as_of" },
	{ "POST", "/doubtful", RIGHT_SCENARIO, decide, .template = "doubtful", .menu = MENU_LEGAL, .summary = "Hold debts to be doubtful", .fields = "item[]* reason why vat alone" },
	{ "GET", "/doubtful/debts/{id}", RIGHT_READ, debt_show, .template = "doubtful_debt", .menu = MENU_LEGAL, .summary = "One debt: what was decided of it, and what may be" },
	{ "POST", "/doubtful/debts/{id}/lose", RIGHT_SCENARIO, lose, .template = "doubtful_debt", .menu = MENU_LEGAL, .summary = "Write a debt off",
	  .fields = "proof* proof_day proof_words why vat keep_vat" },
	{ "POST", "/doubtful/{id}/cancel", RIGHT_SCENARIO, cancel_it, .menu = MENU_LEGAL, .summary = "A debt is no longer held to be doubtful", .fields = "why back" },
	{ "POST", "/doubtful/{id}/restore", RIGHT_CASH, restore_it, .menu = MENU_LEGAL, .summary = "Take a write-off back", .fields = "why back" },
	{ "POST", "/doubtful/{id}/duplicate", RIGHT_COLLECT, sent_it, .menu = MENU_LEGAL, .summary = "The duplicate of an unpaid invoice was sent", .fields = "day back" },
	{ "GET", "/doubtful/losses", RIGHT_READ, losses_show, .template = "doubtful_losses", .menu = MENU_LEGAL, .summary = "Lost debts, with the VAT to take back", .fields = "as_of" },
	{ "GET", "/doubtful/{id}/duplicate.pdf", RIGHT_READ, duplicate_pdf, .menu = MENU_LEGAL, .summary = "The duplicate of an unpaid invoice (CGI 272)" },
	{ "GET", "/doubtful/duplicates.pdf", RIGHT_READ, duplicate_pdf, .menu = MENU_LEGAL, .summary = "The duplicates of a customer's unpaid invoices, as one statement", .fields = "customer*" },
	{ 0 },
};
