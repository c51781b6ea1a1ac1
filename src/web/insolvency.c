/* insolvency — customers in a collective procedure: what is lost by which day, what to declare and to whom, the draft to sign. */
#include "web/legal_page.h"

#include "base/memory.h"
#include "outreach/declaration.h"
#include "outreach/facts.h"
#include "outreach/reclaim.h"
#include "web/customer_page.h"
#include "web/draw.h"
#include "web/item_view.h"

#include <string.h>

static const struct { const char *code, *label; } kinds[] = {
	{ "safeguard", "Safeguard" }, { "receivership", "Receivership" }, { "liquidation", "Judicial liquidation" },
};

static const char *kind_label(const char *code)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].code, code) == 0) return kinds[i].label;
	return "Collective procedure";
}

static void put_deadlines(const struct request *request, json_t *row, const struct insolvency_file *file)
{
	bool declared = file->declared_day != DAY_NONE;
	json_object_set_new(row, "kind_label", json_string(kind_label(file->kind)));
	json_object_set_new(row, "court", json_string(file->court));
	json_object_set_new(row, "published_on", model_day(file->published_day));
	json_object_set_new(row, "declare_by", model_day(file->declare_by));
	json_object_set_new(row, "reclaim_by", file->retention_of_title ? model_day(file->reclaim_by) : json_null());
	json_object_set_new(row, "relief_by", model_day(file->relief_by));
	json_object_set_new(row, "declared", json_boolean(declared));
	json_object_set_new(row, "declared_on", model_day(file->declared_day));
	json_object_set_new(row, "late", json_boolean(!declared && file->declare_by != DAY_NONE && file->declare_by < request->today));
	json_object_set_new(row, "left", json_integer(file->declare_by != DAY_NONE && file->declare_by >= request->today ? file->declare_by - request->today : 0));
}

static struct status insolvency_list_show(struct request *request)
{
	const struct book *book;
	TRY(request_book(request, &book));
	const uint8_t *selected = request_selected(request, book);
	json_t *rows = json_array();
	json_object_set_new(request->model, "rows", rows);
	int64_t undeclared = 0;
	for (size_t c = 0; c < book_customers(book); c++) {
		struct book_customer who = book_customer(book, c);
		if (who.insolvency_day == DAY_NONE || who.insolvency_day > request->as_of || (selected && !selected[c])) continue;
		int64_t before = 0, after = 0;
		for (size_t i = who.first_item; i < who.first_item + who.item_count; i++) {
			struct book_item item = book_item(book, i, request->as_of);
			if (!item.exists || item.outside || strcmp(item.currency, request->company.currency) != 0) continue;
			if (item.issue_day <= who.insolvency_day) before += item.open;
			else after += item.open;
		}
		struct insolvency_file file;
		TRY(insolvency_file_get(request->db, request->viewer, request->company.id, who.id, request->arena, &file));
		json_t *row = json_pack("{s:s, s:s, s:o, s:I, s:I}", "customer", who.code, "name", who.name, "judgment_on", model_day(who.insolvency_day), "before",
		                        (json_int_t)before, "after", (json_int_t)after);
		put_deadlines(request, row, &file);
		if (file.declared_day == DAY_NONE) undeclared++;
		json_array_append_new(rows, row);
	}
	json_object_set_new(request->model, "count", json_integer((json_int_t)json_array_size(rows)));
	json_object_set_new(request->model, "undeclared", json_integer(undeclared));
	json_object_set_new(request->model, "currency", json_string(request->company.currency));
	legal_tabs(request, "insolvency");
	return STATUS_FINE;
}

static const char *words(const struct request *request, const char *name)
{
	const char *text = request_field(request, name);
	return text ? text : "";
}

static struct status insolvency_page(struct request *request, const struct refusal *refused)
{
	struct customer customer;
	struct declaration declaration;
	TRY(customer_of(request, &customer));
	TRY(declaration_make(request->db, request->viewer, &request->company, customer.id, request->as_of, request->arena, &declaration));
	const struct insolvency_file *file = &declaration.file;
	json_t *model = request->model, *rows = json_array(), *choices = json_array();
	for (size_t i = 0; i < declaration.count; i++) {
		const struct declaration_item *item = &declaration.items[i];
		json_array_append_new(rows, json_pack("{s:I, s:s, s:o, s:o, s:I, s:I, s:b}", "id", (json_int_t)item->id, "number", item->number, "issue_date",
			model_day(item->issue_day), "due_date", model_day(item->due_day), "open", (json_int_t)item->open, "interest", (json_int_t)item->interest, "before", item->before));
	}
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		json_array_append_new(choices, json_pack("{s:s, s:s, s:b}", "code", kinds[i].code, "label", kinds[i].label, "on",
		                                           strcmp(kinds[i].code, refused ? words(request, "kind") : file->kind) == 0));
	json_t *one = json_pack("{s:s, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:s, s:s, s:s, s:b, s:b, s:I, s:I, s:I, s:o}", "kind", file->kind, "judgment_on",
		model_day(declaration.customer.insolvency_day), "due", (json_int_t)declaration.due, "to_come", (json_int_t)declaration.to_come, "interest",
		(json_int_t)declaration.interest, "credits", (json_int_t)declaration.credits, "total", (json_int_t)declaration.total, "after", (json_int_t)declaration.after,
		"trustee", file->trustee, "proof", file->declared_proof, "note", file->note, "abroad", file->abroad, "retention", file->retention_of_title, "declared_amount",
		(json_int_t)file->declared, "admitted", (json_int_t)file->admitted, "dividends", (json_int_t)file->dividends, "admitted_on", model_day(file->admitted_day));
	put_deadlines(request, one, file);
	json_object_set_new(model, "file", one);
	json_object_set_new(model, "kinds", choices);
	json_object_set_new(model, "items", rows);
	json_object_set_new(model, "has_items", json_boolean(declaration.count > 0));
	json_object_set_new(model, "customer", json_string(customer.code));
	json_object_set_new(model, "name", json_string(customer.name));
	json_object_set_new(model, "currency", json_string(request->company.currency));
	json_object_set_new(model, "title", json_string(customer.name));
	form_refused(request, refused, (const char *const[]){ "court", "trustee", "published", "abroad", "retention", "declared_on", "declared", "proof", "admitted",
		"admitted_on", "dividends", "note", NULL });
	request->template = "insolvency";
	return STATUS_FINE;
}

static struct status insolvency_show(struct request *request) { return insolvency_page(request, NULL); }

struct setting_file {
	int64_t customer_id;
	struct insolvency_file file;
};
static struct status do_set(struct change *change, void *context)
{
	struct setting_file *setting = context;
	return insolvency_file_set(change, setting->customer_id, &setting->file);
}

/* Days and amounts of the form; *field: which can't be read. */
static struct status read_file(struct request *request, struct insolvency_file *file, const char **field)
{
	const struct { const char *name; int32_t *day; } days[] = { { "published", &file->published_day }, { "declared_on", &file->declared_day }, { "admitted_on", &file->admitted_day } };
	const struct { const char *name; int64_t *amount; } amounts[] = { { "declared", &file->declared }, { "admitted", &file->admitted }, { "dividends", &file->dividends } };
	for (size_t i = 0; i < COUNT(days); i++) {
		*field = days[i].name, *days[i].day = DAY_NONE;
		const char *text = words(request, days[i].name);
		if (*text && !request_day(request, days[i].name, days[i].day)) return status_make(STATUS_INVALID, "“%.40s” is not a date written YYYY-MM-DD.", text);
	}
	for (size_t i = 0; i < COUNT(amounts); i++) {
		*field = amounts[i].name;
		const char *text = words(request, amounts[i].name);
		if (*text && !field_amount(text, request->company.currency, amounts[i].amount))
			return status_make(STATUS_INVALID, "“%.40s” is not an amount: write it as 1500 or 1500.50.", text);
	}
	*field = NULL;
	return STATUS_FINE;
}

static struct status insolvency_save(struct request *request)
{
	const char *field = NULL;
	struct customer customer;
	struct refusal refused;
	TRY(customer_of(request, &customer));
	struct setting_file setting = { customer.id, { .kind = words(request, "kind"), .court = words(request, "court"), .trustee = words(request, "trustee"),
	                                               .declared_proof = words(request, "proof"), .note = words(request, "note"), .wrong = &field,
	                                               .abroad = request_field(request, "abroad") != NULL, .retention_of_title = request_field(request, "retention") != NULL } };
	struct status status = read_file(request, &setting.file, &field);
	if (!status.code) status = request_change(request, do_set, &setting);
	/* without a collective procedure there is no page to come back to */
	if (status.code) return customer.insolvency_day != DAY_NONE && form_refusal(request, status, field, &refused) ? insolvency_page(request, &refused) : status;
	request->notice = tr(request->lang, "Noted.");
	request->redirect = arena_printf(request->arena, "/customers/%s/insolvency", request_escape(request, customer.code));
	return STATUS_FINE;
}

/* What goes to the trustee: the declaration of claims, or the claim for goods. */
static struct status paper_of(struct request *request, bool goods)
{
	struct customer customer;
	struct declaration declaration;
	struct compose_facts facts;
	struct attachment file;
	TRY(customer_of(request, &customer));
	TRY(declaration_make(request->db, request->viewer, &request->company, customer.id, request->today, request->arena, &declaration));
	TRY(facts_of_customer(request->db, request->viewer, &request->company, request->settings, customer.code, "reminder", request->today, request->arena, &facts));
	if (goods) TRY(reclaim_pdf(&declaration, &facts, request->today, request->arena, &file));
	else TRY(declaration_pdf(&declaration, &facts, LANG_FR /* a French court's */, request->today, request->arena, &file));
	request->file_type = file.type, request->file_name = file.name;
	text_add_bytes(&request->file, file.bytes, file.len);
	return STATUS_FINE;
}
static struct status declaration_show(struct request *request) { return paper_of(request, false); }
static struct status reclaim_show(struct request *request) { return paper_of(request, true); }

const struct route insolvency_routes[] = {
	{ "GET", "/insolvency", RIGHT_READ, insolvency_list_show, .template = "insolvency_list", .menu = MENU_LEGAL, .summary = "Customers in a collective procedure" },
	{ "GET", "/customers/{code}/insolvency", RIGHT_READ, insolvency_show, .template = "insolvency", .menu = MENU_LEGAL, .summary = "A customer's collective procedure" },
	{ "POST", "/customers/{code}/insolvency", RIGHT_COLLECT, insolvency_save, .menu = MENU_LEGAL, .summary = "Note what is known of a collective procedure",
	  .fields = "kind court trustee published abroad retention declared_on declared proof admitted admitted_on dividends note" },
	{ "GET", "/customers/{code}/insolvency/declaration.pdf", RIGHT_COLLECT, declaration_show, .menu = MENU_LEGAL, .summary = "The declaration of claims, as a draft" },
	{ "GET", "/customers/{code}/insolvency/reclaim.pdf", RIGHT_COLLECT, reclaim_show, .menu = MENU_LEGAL, .summary = "The claim for goods under retention of title, as a draft" },
	{ 0 },
};
