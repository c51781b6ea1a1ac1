/* debtor_page — the model of the customer's own page: amounts and days raw, the template gives them words. */
#include "web/debtor_page.h"
#include "web/settings.h"

#include "base/day.h"
#include "base/memory.h"
#include "outreach/parts.h"
#include "web/draw.h"

#include <sodium.h>

static const char *course_code(enum debtor_course course)
{
	static const char *const codes[] = { [DEBTOR_NOTHING] = "", [DEBTOR_DISPUTED] = "disputed", [DEBTOR_PROMISED] = "promised",
		                             [DEBTOR_SAID_PAID] = "said_paid", [DEBTOR_ON_PLAN] = "plan", [DEBTOR_DEBIT] = "debit" };
	return codes[course];
}

static const char *reason_label(const char *code)
{
	static const struct {
		const char *code, *label;
	} ours[] = { { "already_paid", "Paid already" }, { "credit_expected", "Credit note awaited" }, { "purchase_order", "Purchase order missing" } };
	for (size_t i = 0; i < COUNT(ours); i++)
		if (strcmp(ours[i].code, code) == 0) return ours[i].label;
	return answer_reason_label(code);
}

static json_t *item_model(const struct request *request, const struct debtor_item *item)
{
	json_t *files = json_array();
	for (size_t i = 0; i < item->file_count; i++)
		json_array_append_new(files, json_pack("{s:I, s:s}", "id", (json_int_t)item->files[i].id, "name", item->files[i].name));
	json_t *row = json_pack("{s:I, s:s, s:s, s:o, s:o, s:I, s:I, s:I, s:b, s:s, s:o, s:o, s:s, s:s, s:o}", "id", (json_int_t)item->id, "number",
	                        item->item->number, "kind", item_kind_code(item->item->kind), "issue_date", model_day(item->item->issue_day), "due_date",
	                        model_day(item->item->due_day), "open", (json_int_t)item->item->open, "asked", (json_int_t)item->asked, "days_late",
	                        (json_int_t)item->item->days_late, "picked", item->picked, "course", course_code(item->course), "since",
	                        model_day(item->since), "until", model_day(item->until), "order", item->order, "reason",
	                        item->course == DEBTOR_DISPUTED ? tr(request->lang, reason_label(item->reason)) : "", "files", files);
	json_object_set_new(row, "whose", *item->whose ? json_string(item->whose) : json_null());
	json_object_set_new(row, "credit", json_boolean(item->place == DEBTOR_CREDIT));
	json_object_set_new(row, "disputed_part", item->disputed && item->disputed < item->item->open ? json_integer(item->disputed) : json_null());
	return row;
}

/* The currency's code goes with each account: amounts in it are worded by it. */
static json_t *account_model(const struct request *request, const struct debtor_view *view, const struct debtor_account *account)
{
	json_t *due = json_array(), *underway = json_array(), *later = json_array();
	int64_t due_sum = 0, credit_sum = 0, disputed = 0, promised = 0, dues = 0, credits = 0;
	for (size_t i = 0; i < account->count; i++) {
		const struct debtor_item *item = &account->items[i];
		json_t *list = item->place == DEBTOR_UNDERWAY ? underway : item->place == DEBTOR_LATER ? later : due;
		json_array_append_new(list, item_model(request, item));
		if (item->place == DEBTOR_DUE && item->picked) dues++, due_sum += item->asked;
		if (item->place == DEBTOR_CREDIT && item->picked) credits++, credit_sum += item->asked;
		disputed += item->place == DEBTOR_UNDERWAY && item->course == DEBTOR_DISPUTED;
		promised += item->place == DEBTOR_UNDERWAY && item->course != DEBTOR_DISPUTED;
	}
	json_t *out = json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "currency", account->currency, "asked",
	                        (json_int_t)(view->page->insolvent ? 0 : account->asked), "due_total", (json_int_t)account->due, "later_total",
	                        (json_int_t)account->later, "credits_total", (json_int_t)account->credits, "balance", (json_int_t)account->balance,
	                        "picked_count", (json_int_t)account->picked, "due_picked", (json_int_t)dues, "due_sum", (json_int_t)due_sum,
	                        "credit_picked", (json_int_t)credits, "credit_sum", (json_int_t)credit_sum);
	json_object_set_new(out, "disputed_count", json_integer(disputed));
	json_object_set_new(out, "promised_count", json_integer(promised));
	json_object_set_new(out, "has_due", json_boolean(json_array_size(due) > 0));
	json_object_set_new(out, "has_underway", json_boolean(json_array_size(underway) > 0));
	json_object_set_new(out, "later_count", json_integer((json_int_t)json_array_size(later)));
	json_object_set_new(out, "due", due);
	json_object_set_new(out, "underway", underway);
	json_object_set_new(out, "later", later);
	json_object_set_new(out, "ceded", json_boolean(account->ceded));
	json_t *elsewhere = json_array();
	for (size_t i = 0; i < account->elsewhere_count; i++)
		json_array_append_new(elsewhere, json_pack("{s:s, s:s, s:s, s:I, s:I}", "payee", account->elsewhere[i].name, "iban_words", parts_iban(account->elsewhere[i].iban, request->arena),
			"bic", account->elsewhere[i].bic, "amount", (json_int_t)account->elsewhere[i].amount, "count", (json_int_t)account->elsewhere[i].count));
	json_object_set_new(out, "elsewhere", elsewhere);
	const char *pay = debtor_pay_url(request->settings, view->page, account, request->arena);
	json_object_set_new(out, "pay_url", *pay ? json_string(pay) : json_null());
	return out;
}

/* Where to pay: of the first account (the company's currency); nothing for who may not pay. */
static json_t *payment_model(const struct request *request, const struct debtor_view *view)
{
	const struct debtor_account *account = &view->page->accounts[0];
	const struct compose_sender *sender = &account->sender;
	struct compose_facts facts;
	char reference[26];
	if (view->page->insolvent || !*sender->iban) return json_null();
	debtor_account_facts(view->page, account, request->arena, &facts);
	compose_reference(view->page->customer.code, reference);
	const char *epc = account->asked > 0 ? parts_epc(&facts, request->arena) : NULL;
	return json_pack("{s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:o}", "currency", account->currency, "amount", (json_int_t)account->asked, "payee",
	                 *sender->payee ? sender->payee : sender->name, "iban", sender->iban, "iban_words", parts_iban(sender->iban, request->arena),
	                 "bic", sender->bic ? sender->bic : "", "reference", reference, "qr", draw_qr(epc));
}

static json_t *choices(const struct request *request, const char *const *codes, const char *(*label)(const char *), const char *chosen)
{
	json_t *out = json_array();
	for (; *codes; codes++)
		json_array_append_new(out, json_pack("{s:s, s:s, s:b}", "code", *codes, "label", tr(request->lang, label(*codes)), "on",
		                                     chosen && strcmp(chosen, *codes) == 0));
	return out;
}

static void put_field(const struct request *request, json_t *form, const char *name)
{
	const char *value = request_field(request, name);
	json_object_set_new(form, name, json_string(value ? value : ""));
}

/* The form with what he gave, so that nothing is lost when something could not be taken; and the number that makes it one answer. */
static json_t *form_model(struct request *request, const struct debtor_view *view)
{
	static const char *const names[] = { "paid_on", "reference", "text_dispute", "text_paid", "text_document", "text_credit", "text_contact",
		                             "text_instalments", "text_promise", "name", "email", "phone", "parts" };
	json_t *form = json_object();
	for (size_t i = 0; i < COUNT(names); i++) put_field(request, form, names[i]);
	enum answer_kind kind = ANSWER_PROMISE;
	answer_kind_parse(view->kind, &kind);
	json_t *kinds = json_array();
	static const char *const icons[ANSWER_KIND_COUNT] = {
		[ANSWER_PROMISE] = "calendar-check", [ANSWER_PAID] = "circle-check", [ANSWER_DISPUTE] = "message-report", [ANSWER_DOCUMENT] = "file-search",
		[ANSWER_CREDIT] = "receipt-refund", [ANSWER_CONTACT] = "user-question", [ANSWER_INSTALMENTS] = "calendar-dollar",
	};
	for (int i = 0; i < ANSWER_KIND_COUNT; i++)
		json_array_append_new(kinds, json_pack("{s:s, s:s, s:s, s:b}", "code", answer_kind_code((enum answer_kind)i), "label",
		                                       tr(request->lang, answer_kind_label((enum answer_kind)i)), "icon", icons[i], "on", i == (int)kind));
	json_object_set_new(form, "kinds", kinds);
	json_object_set_new(form, "reasons", choices(request, answer_reasons, answer_reason_label, request_field(request, "reason")));
	json_object_set_new(form, "papers", choices(request, answer_papers, answer_paper_label, request_field(request, "paper")));
	int32_t last = debtor_last_day(request->settings, request->company.country, request->today, request->arena), day = DAY_NONE;
	json_object_set_new(form, "first_day", model_day(request->today));
	json_object_set_new(form, "last_day", model_day(last));
	json_object_set_new(form, "promise_on", model_day(request_day(request, "promise_on", &day) ? day : last < request->today + 7 ? last : request->today + 7));
	json_object_set_new(form, "plan_on", model_day(request_day(request, "plan_on", &day) ? day : request->today + 14));
	json_object_set_new(form, "plan_last", model_day(request->today + 92));
	if (!*json_string_value(json_object_get(form, "parts"))) json_object_set_new(form, "parts", json_string("3"));
	uint8_t random[16];
	char key[33];
	randombytes_buf(random, sizeof random);
	sodium_bin2hex(key, sizeof key, random, sizeof random);
	json_object_set_new(form, "key", json_string(key));
	return form;
}

struct status debtor_model(struct request *request, const struct debtor_view *view)
{
	json_t *model = request->model;
	const struct debtor_page *page = view->page;
	json_object_set_new(model, "title", json_string(request->company.name));
	json_object_set_new(model, "lang", json_string(lang_code(request->lang)));
	json_object_set_new(model, "self", json_string(view->self));
	json_object_set_new(model, "lang_mark", json_string(view->lang_mark));
	json_object_set_new(model, "preview", json_boolean(view->preview));
	json_object_set_new(model, "house", json_string(view->preview ? "/portal/house.css" : arena_printf(request->arena, "%s/house.css", view->self)));
	TRY(logo_model(request, request->company.tenant_id, request->company.id, view->preview ? "/portal/logo.png" : arena_printf(request->arena, "%s/logo.png", view->self)));
	json_object_set_new(model, "company", json_string(request->company.name));
	json_object_set_new(model, "customer", json_string(page->customer.code));
	json_object_set_new(model, "customer_name", json_string(page->customer.name));
	json_object_set_new(model, "today", model_day(request->today));
	json_object_set_new(model, "insolvent", json_boolean(page->insolvent));
	char initial[8] = "";
	for (size_t i = 0; i < 4 && request->company.name[i] && (i == 0 || (request->company.name[i] & 0xC0) == 0x80); i++) initial[i] = request->company.name[i];
	json_object_set_new(model, "initial", json_string(initial));
	json_t *accounts = json_array();
	for (size_t i = 0; i < page->account_count; i++) {
		json_t *account = account_model(request, view, &page->accounts[i]);
		json_object_set_new(account, "first", json_boolean(i == 0));
		json_array_append_new(accounts, account);
	}
	json_object_set_new(model, "accounts", accounts);
	json_object_set_new(model, "payment", payment_model(request, view));
	json_object_set_new(model, "form", form_model(request, view));
	json_object_set_new(model, "trouble", view->trouble ? json_string(view->trouble) : json_null());
	const char *help = setting_text(request->settings, "debtor.help"), *phone = setting_text(request->settings, "legal.phone");
	json_object_set_new(model, "help", json_string(*help ? help : phone));
	json_object_set_new(model, "until", model_instant(view->expires_at));
	if (!json_object_get(model, "received")) json_object_set_new(model, "received", json_null());
	return STATUS_FINE;
}
