/* cash — bank lines at left, grouped by how sure their match is; at right the chosen line, ready to be applied, split or set aside. */
#include "web/cash_page.h"

#include "base/memory.h"
#include "base/words.h"
#include "cash/bank.h"
#include "ledger/setting.h"
#include "web/draw.h"

#include <inttypes.h>
#include <string.h>

enum { PAGE_LINES = 100, CANDIDATES = 60, FOUND_CUSTOMERS = 8 };

/* --- the frame ----------------------------------------------------------------------------------------------------------------- */
json_t *cash_tabs(const struct request *request, const char *on)
{
	static const struct {
		const char *code, *label, *href;
		enum right right;
	} tabs[] = {
		{ "open", "To apply", "/cash", RIGHT_READ },          { "applied", "Applied", "/cash?state=applied", RIGHT_READ },
		{ "ignored", "Set aside", "/cash?state=ignored", RIGHT_READ }, { "accounts", "Bank accounts", "/cash/accounts", RIGHT_READ },
		{ "credits", "Free credits", "/cash/credits", RIGHT_READ },
		{ "discounts", "Discounts", "/cash/discounts", RIGHT_READ },
		{ "payers", "Known payers", "/cash/payers", RIGHT_CASH }, { "lettering", "Back to the books", "/cash/lettering", RIGHT_EXPORT },
	};
	json_t *out = json_array();
	for (size_t i = 0; i < COUNT(tabs); i++)
		if (viewer_may(request->viewer, tabs[i].right))
			json_array_append_new(out, json_pack("{s:s, s:s, s:b}", "label", tabs[i].label, "href", tabs[i].href, "on", strcmp(tabs[i].code, on) == 0));
	return out;
}

struct status cash_read(struct request *request, const struct cash_filter *filter, struct cash_list *out)
{
	struct viewer viewer = *request->viewer;
	viewer.lang = request->lang; /* reasons are words of this page */
	return cash_list(request->db, &viewer, request->company.id, request->today, filter, request->arena, out);
}

struct status cash_line_of(struct request *request, struct cash_row *out)
{
	const char *text = request_path(request, "line");
	int64_t id = 0;
	struct cash_list list;
	if (!text || !text_parse_int(text, strlen(text), &id)) return status_make(STATUS_NOT_FOUND, "There is no such bank line.");
	TRY(cash_read(request, &(struct cash_filter){ .line_id = id }, &list));
	*out = list.rows[0];
	return STATUS_FINE;
}

/* --- rows ------------------------------------------------------------------------------------------------------------------------ */
static json_t *numbers_json(const struct request *request, const struct cash_choice *choice)
{
	cleanup_text struct text out = { 0 };
	for (size_t i = 0; i < choice->item_count && i < 3; i++) text_addf(&out, "%s%s", i ? " · " : "", choice->items[i].number);
	if (choice->item_count > 3) text_addf(&out, " +%zu", choice->item_count - 3);
	if (choice->remainder && !choice->item_count) text_add(&out, tr(request->lang, "on account"));
	return json_string(text_cstr(&out));
}

static json_t *row_json(const struct request *request, const struct cash_row *row, int64_t chosen)
{
	const struct cash_choice *choice = row->choice_count ? &row->choices[0] : NULL;
	bool sure = row->state == LINE_CERTAIN || row->state == LINE_APPLIED;
	json_t *out = cash_row_json(row);
	json_object_set_new(out, "title", json_string(choice && choice->customer_id ? choice->customer_name : *row->payer ? row->payer : tr(request->lang, "Unknown")));
	json_object_set_new(out, "numbers", choice ? numbers_json(request, choice) : json_string(""));
	json_object_set_new(out, "percent", choice && row->state < LINE_NONE ? json_integer((json_int_t)(choice->confidence * 100 + 0.5)) : json_null());
	json_object_set_new(out, "class", json_string(sure ? "t-ok" : row->state == LINE_PROPOSED || row->state == LINE_TIE ? "t-warn" : "t-bad"));
	json_object_set_new(out, "reason", json_string(choice && choice->reason_count ? choice->reasons[0] : row->doubt));
	json_object_set_new(out, "several", json_boolean(row->state == LINE_TIE));
	json_object_set_new(out, "certain", json_boolean(row->state == LINE_CERTAIN));
	json_object_set_new(out, "current", json_boolean(row->id == chosen));
	char id[24];
	snprintf(id, sizeof id, "%" PRId64, row->id);
	json_object_set_new(out, "href", page_link(request, "line", id));
	return out;
}

static json_t *groups_json(const struct request *request, const struct cash_list *list, size_t offset, int64_t chosen)
{
	static const struct {
		enum cash_line_state state;
		const char *label;
	} groups[] = { { LINE_CERTAIN, "Certain" },   { LINE_PROPOSED, "To check" }, { LINE_TIE, "Several readings" },
		       { LINE_NONE, "No match" }, { LINE_APPLIED, "Applied" },   { LINE_IGNORED, "Set aside" } };
	json_t *out = json_array();
	size_t at = 0;
	for (size_t g = 0; g < COUNT(groups); g++) {
		json_t *rows = json_array();
		int64_t count = 0, amount = 0;
		for (size_t i = 0; i < list->count; i++) {
			const struct cash_row *row = &list->rows[i];
			if (row->state != groups[g].state) continue;
			count++;
			if (strcmp(row->currency, list->currency) == 0) amount += row->amount;
			if (at >= offset && at < offset + PAGE_LINES) json_array_append_new(rows, row_json(request, row, chosen));
			at++;
		}
		if (json_array_size(rows))
			json_array_append_new(out, json_pack("{s:s, s:I, s:I, s:o}", "label", groups[g].label, "count", (json_int_t)count, "amount",
			                                     (json_int_t)amount, "rows", rows));
		else
			json_decref(rows);
	}
	return out;
}

/* --- the chosen line ---------------------------------------------------------------------------------------------------------------- */
static json_t *candidate_json(const struct cash_row_item *item, int64_t line_id, bool ticked, int64_t amount, bool reopens)
{
	return json_pack("{s:s, s:I, s:s, s:s, s:I, s:o, s:b, s:I, s:I, s:b}", "number", item->number, "item_id", (json_int_t)item->item_id, "customer",
	                 item->customer_code, "name", item->customer_name, "open", (json_int_t)item->open, "due_date", model_day(item->due_day), "ticked",
	                 ticked, "amount", (json_int_t)amount, "line", (json_int_t)line_id, "reopens", reopens);
}

/* What the customer has open besides, so that a line can be split or moved. */
static void add_candidates(struct request *request, const struct book *book, size_t customer, const struct cash_row *row, json_t *items)
{
	struct book_customer who = book_customer(book, customer);
	struct book_item *all = arena_array(request->arena, struct book_item, who.item_count + 1);
	size_t shown = 0;
	book_customer_items(book, customer, request->today, all);
	for (size_t i = 0; i < who.item_count && shown < CANDIDATES; i++) {
		bool known = false;
		if (!all[i].exists || all[i].outside || all[i].open == 0 || strcmp(all[i].currency, row->currency) != 0) continue;
		size_t index;
		json_t *item;
		json_array_foreach(items, index, item) known |= json_integer_value(json_object_get(item, "item_id")) == all[i].id;
		if (known) continue;
		struct cash_row_item candidate = { .item_id = all[i].id, .number = arena_strdup(request->arena, all[i].number),
			                           .customer_code = arena_strdup(request->arena, who.code), .customer_name = arena_strdup(request->arena, who.name),
			                           .open = all[i].open, .due_day = all[i].due_day };
		json_array_append_new(items, candidate_json(&candidate, row->id, false, 0, false));
		shown++;
	}
}

static bool finds(const char *text, const struct book_customer *who)
{
	return text_holds_fold(who->code, text) || text_holds_fold(who->name, text);
}

/* "Other customer": by code, else those whose name holds the words. */
static size_t find_customer(struct request *request, const struct book *book, const char *text, json_t *found)
{
	const uint8_t *selected = request_selected(request, book);
	size_t exact = book_find_customer_code(book, text);
	if (exact != SIZE_MAX && (!selected || selected[exact])) return exact;
	size_t count = 0, last = SIZE_MAX;
	for (size_t i = 0; i < book_customers(book) && count < FOUND_CUSTOMERS; i++) {
		struct book_customer who = book_customer(book, i);
		if ((selected && !selected[i]) || !finds(text, &who)) continue;
		json_array_append_new(found, json_pack("{s:s, s:s, s:o}", "code", who.code, "name", who.name, "href", page_link(request, "customer", who.code)));
		last = i, count++;
	}
	return count == 1 ? last : SIZE_MAX;
}

static struct status detail_json(struct request *request, const struct cash_row *row, json_t **out)
{
	const struct book *book;
	TRY(request_book(request, &book));
	const struct cash_choice *choice = row->choice_count ? &row->choices[0] : NULL;
	int64_t alternative = request_int(request, "choice", 0);
	if (alternative > 0 && (size_t)alternative < row->choice_count) choice = &row->choices[alternative];
	const char *text = request_field(request, "customer");
	json_t *items = json_array(), *found = json_array(), *others = json_array(), *reasons = json_array();
	size_t customer = text && *text ? find_customer(request, book, text, found) : choice ? book_find_customer(book, choice->customer_id) : SIZE_MAX;
	bool moved = text && *text, open = row->state < LINE_APPLIED && !row->pending;
	int64_t allocated = 0;
	for (size_t i = 0; choice && !moved && i < choice->item_count; i++) {
		allocated += choice->items[i].amount;
		json_array_append_new(items, candidate_json(&choice->items[i], row->id, true, choice->items[i].amount, row->amount < 0));
	}
	if (open && customer != SIZE_MAX && row->amount > 0) add_candidates(request, book, customer, row, items);
	for (size_t i = 0; choice && !moved && i < choice->reason_count; i++) json_array_append_new(reasons, json_string(choice->reasons[i]));
	for (size_t i = 1; open && i < row->choice_count; i++) {
		char number[24];
		snprintf(number, sizeof number, "%zu", i);
		json_array_append_new(others, json_pack("{s:s, s:o, s:o, s:I, s:b}", "name", row->choices[i].customer_name, "numbers",
		                                        numbers_json(request, &row->choices[i]), "href", page_link(request, "choice", number), "percent",
		                                        (json_int_t)(row->choices[i].confidence * 100 + 0.5), "on", (int64_t)i == alternative));
	}
	json_t *detail = row_json(request, row, row->id);
	int64_t lacking = 0;
	for (size_t i = 0; choice && !moved && i < choice->difference_count; i++) lacking -= choice->differences[i].amount;
	json_object_set_new(detail, "has_candidates", json_boolean(json_array_size(items) > 0));
	json_object_set_new(detail, "has_why", json_boolean(json_array_size(reasons) > 0));
	json_object_set_new(detail, "has_others", json_boolean(json_array_size(others) > 0));
	json_object_set_new(detail, "candidates", items);
	json_object_set_new(detail, "found", found);
	json_object_set_new(detail, "others", others);
	json_object_set_new(detail, "why", reasons);
	json_object_set_new(detail, "open_line", json_boolean(open));
	json_object_set_new(detail, "money_back", json_boolean(row->amount < 0));
	json_object_set_new(detail, "as_proposed", json_boolean(choice && !moved && alternative == 0 && row->state != LINE_TIE));
	json_object_set_new(detail, "choice", json_integer(alternative));
	json_object_set_new(detail, "allocated", json_integer(allocated - lacking));
	json_object_set_new(detail, "rest", json_integer(row->amount - allocated + lacking));
	json_object_set_new(detail, "lacking", lacking ? json_integer(lacking) : json_null());
	json_object_set_new(detail, "customer_asked", json_string(text ? text : ""));
	json_object_set_new(detail, "customer_code", customer == SIZE_MAX ? json_null() : json_string(book_customer(book, customer).code));
	json_object_set_new(detail, "customer_label", customer == SIZE_MAX ? json_null() : json_string(book_customer(book, customer).name));
	json_object_set_new(detail, "tolerance", json_integer(setting_int(request->settings, "cash.tolerance")));
	json_object_set_new(detail, "decided", json_boolean(row->state == LINE_APPLIED || row->state == LINE_IGNORED));
	if (row->waiting_day != DAY_NONE) json_object_set_new(detail, "waiting_days", json_integer(request->today - row->waiting_day));
	else json_object_set_new(detail, "waiting_days", json_null());
	*out = detail;
	return STATUS_FINE;
}

/* The line to show at right: the one asked for, else the first that needs a person. */
static const struct cash_row *chosen_row(const struct request *request, const struct cash_list *list)
{
	int64_t asked = request_int(request, "line", 0);
	static const enum cash_line_state order[] = { LINE_PROPOSED, LINE_TIE, LINE_NONE, LINE_CERTAIN, LINE_APPLIED, LINE_IGNORED };
	for (size_t i = 0; asked && i < list->count; i++)
		if (list->rows[i].id == asked) return &list->rows[i];
	for (size_t o = 0; o < COUNT(order); o++)
		for (size_t i = 0; i < list->count; i++)
			if (list->rows[i].state == order[o]) return &list->rows[i];
	return NULL;
}

static json_t *sum_json(struct cash_sum a, struct cash_sum b)
{
	return json_pack("{s:I, s:I}", "count", (json_int_t)(a.count + b.count), "amount", (json_int_t)(a.amount + b.amount));
}

static struct status cash_show(struct request *request)
{
	const char *state = request_field(request, "state");
	struct cash_list list;
	struct cash_filter filter = { .state = state && *state ? state : request->json ? NULL : "open" };
	TRY(cash_read(request, &filter, &list));
	json_t *model = request->model;
	if (request->json) {
		json_t *json = cash_list_json(&list);
		json_object_update(model, json);
		json_decref(json);
		return STATUS_FINE;
	}
	int64_t offset = request_int(request, "offset", 0);
	const struct cash_row *row = chosen_row(request, &list);
	const struct cash_sum none = { 0 }, *sums = list.sums;
	json_t *detail = json_null();
	if (row) TRY(detail_json(request, row, &detail));
	json_object_set_new(model, "tabs", cash_tabs(request, strcmp(filter.state, "applied") == 0 || strcmp(filter.state, "ignored") == 0 ? filter.state : "open"));
	json_object_set_new(model, "groups", groups_json(request, &list, offset > 0 ? (size_t)offset : 0, row ? row->id : 0));
	json_object_set_new(model, "detail", detail);
	json_object_set_new(model, "currency", json_string(list.currency));
	json_object_set_new(model, "certain", sum_json(sums[LINE_CERTAIN], none));
	json_object_set_new(model, "check", sum_json(sums[LINE_PROPOSED], sums[LINE_TIE]));
	json_object_set_new(model, "none", sum_json(sums[LINE_NONE], none));
	json_object_set_new(model, "waiting", sum_json(list.waiting, none));
	json_object_set_new(model, "oldest", list.waiting_since == DAY_NONE ? json_null() : json_integer(request->today - list.waiting_since));
	json_t *ages = json_array();
	for (int i = 0; i < CASH_AGES; i++)
		if (list.ages[i].count)
			json_array_append_new(ages, json_pack("{s:o, s:o, s:I, s:I}", "from", i ? json_integer(cash_age_edges[i - 1]) : json_null(), "to",
			                                      i < CASH_AGES - 1 ? json_integer(cash_age_edges[i]) : json_null(), "count", (json_int_t)list.ages[i].count, "amount",
			                                      (json_int_t)list.ages[i].amount));
	json_object_set_new(model, "has_ages", json_boolean(json_array_size(ages) > 0));
	json_object_set_new(model, "ages", ages);
	int64_t count = 0, amount = 0, certain = 0;
	for (size_t i = 0; i < list.count; i++) certain += list.rows[i].state == LINE_CERTAIN;
	json_object_set_new(model, "certain_count", json_integer(certain)); /* with what comes back */
	for (int s = LINE_CERTAIN; s <= LINE_NONE; s++) count += sums[s].count, amount += sums[s].amount;
	json_object_set_new(model, "open_count", json_integer(count));
	json_object_set_new(model, "open_amount", json_integer(amount));
	json_object_set_new(model, "is_open", json_boolean(strcmp(filter.state, "open") == 0));
	json_object_set_new(model, "pager", page_pager(request, offset > 0 ? (size_t)offset : 0, PAGE_LINES, list.count));
	json_object_set_new(model, "empty", list.count ? json_null()
		: json_pack("{s:s, s:s, s:s, s:s, s:s}", "icon", "building-bank", "title", tr(request->lang, "No bank line here"), "text",
	                tr(request->lang, "Import a bank statement: CAMT, CFONB, MT940, OFX or your bank's CSV."), "href", "/imports", "action",
	                tr(request->lang, "Import a statement")));
	return STATUS_FINE;
}

static struct status line_show(struct request *request)
{
	struct cash_row row;
	TRY(cash_line_of(request, &row));
	if (request->json) {
		json_t *json = cash_row_json(&row);
		json_object_update(request->model, json);
		json_decref(json);
		return STATUS_FINE;
	}
	json_t *detail;
	TRY(detail_json(request, &row, &detail));
	json_object_set_new(request->model, "detail", detail);
	json_object_set_new(request->model, "currency", json_string(row.currency));
	json_object_set_new(request->model, "tabs", cash_tabs(request, "open"));
	return STATUS_FINE;
}

const struct route cash_routes[] = {
	{ "GET", "/cash", RIGHT_READ, cash_show, .template = "cash", .menu = MENU_CASH, .summary = "Bank lines, with what is proposed for each",
	  .fields = "state line choice customer offset" },
	{ "GET", "/cash/{line}", RIGHT_READ, line_show, .template = "cash_line", .menu = MENU_CASH, .summary = "One bank line", .fields = "choice customer" },
	{ 0 },
};
