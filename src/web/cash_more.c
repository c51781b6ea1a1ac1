/* cash_more — bank accounts with their balances, and who pays for whom. */
#include "web/cash_page.h"

#include "base/memory.h"
#include "cash/bank.h"

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

const struct route cash_more_routes[] = {
	{ "GET", "/cash/accounts", RIGHT_READ, accounts_show, .template = "cash_accounts", .menu = MENU_CASH, .summary = "Bank accounts and their balances" },
	{ "GET", "/cash/payers", RIGHT_CASH, payers_show, .template = "cash_payers", .menu = MENU_CASH, .summary = "Who pays for whom, as people taught" },
	{ "POST", "/cash/payers/{id}/forget", RIGHT_CASH, payer_forget, .menu = MENU_CASH, .summary = "Forget a payer" },
	{ 0 },
};
