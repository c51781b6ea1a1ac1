/* cash_more — bank accounts with their balances, who pays for whom, free credits matched by hand, the lettering for the books. */
#include "web/cash_page.h"

#include "base/memory.h"
#include "base/words.h"
#include "cash/bank.h"
#include "cash/free.h"
#include "cash/lettering.h"
#include "cash/twice.h"
#include "web/draw.h"

#include <inttypes.h>

#include <string.h>

static struct status accounts_show(struct request *request)
{
	struct bank_account_row *rows;
	size_t count;
	TRY(bank_account_list(request->db, request->viewer, request->company.id, request->arena, &rows, &count));
	json_object_set_new(request->model, "accounts", bank_accounts_json(rows, count));
	json_object_set_new(request->model, "has_rows", json_boolean(count > 0));
	json_object_set_new(request->model, "tabs", cash_tabs(request, "accounts"));
	json_object_set_new(request->model, "empty", count ? json_null()
		: json_pack("{s:s, s:s, s:s, s:s, s:s}", "icon", "building-bank", "title", tr(request->lang, "No bank account yet"), "text",
	                tr(request->lang, "An account appears with its first statement."), "href", "/imports", "action",
	                tr(request->lang, "Import a statement")));
	return STATUS_FINE;
}

static struct status payers_show(struct request *request)
{
	struct cash_payer *rows;
	size_t count;
	TRY(cash_payer_list(request->db, request->viewer, request->company.id, request->arena, &rows, &count));
	json_object_set_new(request->model, "payers", cash_payers_json(rows, count));
	json_object_set_new(request->model, "has_rows", json_boolean(count > 0));
	json_object_set_new(request->model, "tabs", cash_tabs(request, "payers"));
	json_object_set_new(request->model, "empty", count ? json_null()
		: json_pack("{s:s, s:s, s:s, s:n, s:s}", "icon", "user-check", "title", tr(request->lang, "Nothing learned yet"), "text",
	                tr(request->lang, "Each line you apply teaches who pays for whom."), "href", "action", ""));
	return STATUS_FINE;
}

static struct status forget(struct change *change, void *context)
{
	return cash_payer_forget(change, *(int64_t *)context);
}

static struct status payer_forget(struct request *request)
{
	const char *text = request_path(request, "id");
	int64_t id = 0;
	if (!text || !text_parse_int(text, strlen(text), &id)) return status_make(STATUS_NOT_FOUND, "This payer is not known any more.");
	TRY(request_change(request, forget, &id));
	json_object_set_new(request->model, "forgotten", json_integer(id));
	request->notice = tr(request->lang, "This payer is forgotten.");
	request->redirect = "/cash/payers";
	return STATUS_FINE;
}

/* --- free credits ---------------------------------------------------------------------------------------------------------------- */
enum { CREDITS_SHOWN = 200 };

static struct status credits_show(struct request *request)
{
	bool oldest = request_int(request, "oldest", 0) == 1;
	struct viewer viewer = *request->viewer;
	struct cash_free list;
	viewer.lang = request->lang;
	TRY(cash_free_list(request->db, &viewer, request->company.id, request->today, oldest, request->arena, &list));
	json_t *model = request->model, *json = cash_free_json(&list), *rows = json_object_get(json, "credits");
	size_t matched = 0, index;
	json_t *row;
	for (size_t i = 0; i < list.count; i++) matched += list.rows[i].item_count > 0 && list.rows[i].state != LINE_TIE;
	while (!request->json && json_array_size(rows) > CREDITS_SHOWN) json_array_remove(rows, json_array_size(rows) - 1);
	json_array_foreach(rows, index, row) {
		const char *state = json_string_value(json_object_get(row, "state"));
		bool ready = json_array_size(json_object_get(row, "items")) > 0 && strcmp(state, "tie") != 0;
		json_object_set_new(row, "ready", json_boolean(ready));
		json_object_set_new(row, "sure", json_boolean(strcmp(state, "certain") == 0));
		json_object_set_new(row, "percent", ready ? json_integer((json_int_t)(json_real_value(json_object_get(row, "confidence")) * 100 + 0.5)) : json_null());
		json_t *reason = json_array_get(json_object_get(row, "reasons"), 0);
		json_object_set_new(row, "reason", reason ? json_incref(reason) : json_string(""));
	}
	json_object_update(model, json);
	json_decref(json);
	struct cash_twice_row *twice;
	size_t twice_count;
	TRY(cash_twice_list(request->db, &viewer, request->company.id, request->arena, &twice, &twice_count));
	json_object_set_new(model, "twice", cash_twice_json(twice, twice_count));
	json_object_set_new(model, "has_twice", json_boolean(twice_count > 0));
	json_object_set_new(model, "tabs", cash_tabs(request, "credits"));
	json_object_set_new(model, "oldest", json_boolean(oldest));
	json_object_set_new(model, "oldest_href", page_link(request, "oldest", oldest ? NULL : "1"));
	json_object_set_new(model, "credit_count", json_integer((json_int_t)list.count));
	json_object_set_new(model, "matched_count", json_integer((json_int_t)matched));
	json_object_set_new(model, "more", json_integer(list.count > CREDITS_SHOWN ? (json_int_t)(list.count - CREDITS_SHOWN) : 0));
	json_object_set_new(model, "has_balances", json_boolean(list.balance_count > 0));
	json_object_set_new(model, "has_matches", json_boolean(list.manual_count > 0));
	json_object_set_new(model, "empty", list.count ? json_null()
		: json_pack("{s:s, s:s, s:s, s:n, s:s}", "icon", "circle-check", "title", tr(request->lang, "No free credit"), "text",
	                tr(request->lang, "Every payment and credit note settles something."), "href", "action", ""));
	return STATUS_FINE;
}

struct matching {
	bool oldest;
	int64_t *ids, application, amount;
	size_t count;
};

static struct status match_credits(struct change *change, void *context)
{
	struct matching *m = context;
	return cash_free_match(change, m->oldest, m->ids, m->count, &m->application, &m->amount);
}

static struct status credits_match(struct request *request)
{
	const char *const *texts = request_fields(request, "credit");
	struct matching m = { .oldest = request_int(request, "oldest", 0) == 1 };
	while (texts[m.count]) m.count++;
	m.ids = arena_array(request->arena, int64_t, m.count + 1);
	for (size_t i = 0; i < m.count; i++)
		if (!text_parse_int(texts[i], strlen(texts[i]), &m.ids[i])) return status_make(STATUS_INVALID, "Choose the lines again.");
	TRY(request_change(request, match_credits, &m));
	cleanup_text struct text amount = { 0 };
	words_amount(&amount, request->lang, m.amount, request->company.currency);
	json_object_set_new(request->model, "match", json_integer(m.application));
	json_object_set_new(request->model, "amount", json_integer(m.amount));
	request->notice = arena_printf(request->arena, tr(request->lang, "%s matched by hand."), text_cstr(&amount));
	request->undo = arena_printf(request->arena, "/cash/matches/%" PRId64 "/undo", m.application);
	request->redirect = "/cash/credits";
	return STATUS_FINE;
}

struct answering {
	int64_t cash, item;
	bool same;
};

static struct status answer_twice(struct change *change, void *context)
{
	struct answering *a = context;
	return cash_twice_decide(change, a->cash, a->item, a->same);
}

static struct status twice_decide(struct request *request)
{
	const char *answer = request_field(request, "answer");
	struct answering a = { .cash = request_int(request, "payment", 0), .item = request_int(request, "item", 0), .same = answer && strcmp(answer, "same") == 0 };
	if (!a.same && (!answer || strcmp(answer, "another") != 0)) return status_make(STATUS_INVALID, "Say whether it is the same money (same) or another payment (another).");
	TRY(request_change(request, answer_twice, &a));
	json_object_set_new(request->model, "payment", json_integer(a.cash));
	json_object_set_new(request->model, "item", json_integer(a.item));
	json_object_set_new(request->model, "same", json_boolean(a.same));
	request->notice = a.same ? tr(request->lang, "Counted once: the books’ line stands for both.") : tr(request->lang, "Two payments: both count.");
	request->redirect = "/cash/credits";
	return STATUS_FINE;
}

static struct status unsettle(struct change *change, void *context)
{
	return cash_unsettle(change, *(int64_t *)context);
}

static struct status match_undo(struct request *request)
{
	const char *text = request_path(request, "id");
	int64_t id = 0;
	if (!text || !text_parse_int(text, strlen(text), &id)) return status_make(STATUS_NOT_FOUND, "There is no such manual match.");
	TRY(request_change(request, unsettle, &id));
	json_object_set_new(request->model, "undone", json_integer(id));
	request->notice = tr(request->lang, "The manual match is taken back.");
	request->redirect = "/cash/credits";
	return STATUS_FINE;
}

/* --- back to the books ---------------------------------------------------------------------------------------------------------------- */
static struct status read_period(struct request *request, int32_t *from, int32_t *to)
{
	struct civil today = day_civil(request->today);
	*from = day_from_civil(today.year, today.month, 1), *to = request->today;
	const char *given_from = request_field(request, "from"), *given_to = request_field(request, "to");
	if (given_from && *given_from && !request_day(request, "from", from)) return status_make(STATUS_INVALID, "“%s” is not a date.", given_from);
	if (given_to && *given_to && !request_day(request, "to", to)) return status_make(STATUS_INVALID, "“%s” is not a date.", given_to);
	return STATUS_FINE;
}

static struct status lettering_show(struct request *request)
{
	int32_t from, to;
	struct lettering lettering;
	TRY(read_period(request, &from, &to));
	TRY(cash_lettering(request->db, request->viewer, request->company.id, from, to, request->arena, &lettering));
	json_t *model = request->model;
	json_object_set_new(model, "tabs", cash_tabs(request, "lettering"));
	json_object_set_new(model, "from", model_day(from));
	json_object_set_new(model, "to", model_day(to));
	json_object_set_new(model, "entries", json_integer(lettering.entries));
	json_object_set_new(model, "lettered", json_integer(lettering.lettered));
	json_object_set_new(model, "any", json_boolean(lettering.count > 0));
	return STATUS_FINE;
}

static struct status lettering_export(struct request *request)
{
	int32_t from, to;
	struct lettering lettering;
	char a[11], b[11];
	const char *format = request_field(request, "format");
	bool fec = format && strcmp(format, "fec") == 0;
	if (format && *format && !fec && strcmp(format, "csv") != 0) return status_make(STATUS_INVALID, "The lettering is exported as csv or fec.");
	TRY(read_period(request, &from, &to));
	TRY(cash_lettering(request->db, request->viewer, request->company.id, from, to, request->arena, &lettering));
	day_format(from, a), day_format(to, b);
	if (fec) cash_lettering_fec(&lettering, &request->file);
	else cash_lettering_csv(&lettering, request->lang, &request->file);
	request->file_type = fec ? "text/plain; charset=utf-8" : "text/csv; charset=utf-8";
	request->file_name = arena_printf(request->arena, "%s-%s-%s.%s", fec ? "journal" : "lettrage", a, b, fec ? "txt" : "csv");
	return STATUS_FINE;
}

const struct route cash_more_routes[] = {
	{ "GET", "/cash/credits", RIGHT_READ, credits_show, .template = "cash_credits", .menu = MENU_CASH, .summary = "Credits that settle nothing yet, and what they would",
	  .fields = "oldest" },
	{ "POST", "/cash/credits/match", RIGHT_CASH, credits_match, .menu = MENU_CASH, .summary = "Match the ticked credits as proposed", .fields = "credit[]* oldest" },
	{ "POST", "/cash/twice", RIGHT_CASH, twice_decide, .menu = MENU_CASH, .summary = "Say whether a payment of the bank and one of the books are the same money",
	  .fields = "payment item answer" },
	{ "POST", "/cash/matches/{id}/undo", RIGHT_CASH, match_undo, .menu = MENU_CASH, .summary = "Take a manual match back" },
	{ "GET", "/cash/lettering", RIGHT_EXPORT, lettering_show, .template = "cash_lettering", .menu = MENU_CASH, .summary = "What goes back to the books",
	  .fields = "from to" },
	{ "GET", "/cash/lettering/export", RIGHT_EXPORT, lettering_export, .menu = MENU_CASH, .summary = "Entries and lettering of a period as a file",
	  .fields = "from to format" },
	{ "GET", "/cash/accounts", RIGHT_READ, accounts_show, .template = "cash_accounts", .menu = MENU_CASH, .summary = "Bank accounts and their balances" },
	{ "GET", "/cash/payers", RIGHT_CASH, payers_show, .template = "cash_payers", .menu = MENU_CASH, .summary = "Who pays for whom, as people taught" },
	{ "POST", "/cash/payers/{id}/forget", RIGHT_CASH, payer_forget, .menu = MENU_CASH, .summary = "Forget a payer" },
	{ 0 },
};
