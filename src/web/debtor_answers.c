/* debtor_answers — the desk's side of the customer's page: seeing it as he does (without answering for him), his links, what he
 * answered and a person's yes or no to it, questions to colleagues without an account. */
#include "web/customer_page.h"
#include "web/debtor_page.h"

#include "base/day.h"
#include "base/memory.h"
#include "outreach/question.h"

/* --- models ---------------------------------------------------------------------------------------------------------------- */
json_t *answer_model(const struct request *request, const struct answer *answer)
{
	static const struct {
		const char *state, *label, *tone;
	} states[] = { { "waiting", "Waits for a person", "warn" }, { "done", "Took effect", "ok" }, { "accepted", "Accepted", "ok" }, { "refused", "Refused", "bad" } };
	const char *label = "", *tone = "";
	for (size_t i = 0; i < COUNT(states); i++)
		if (strcmp(states[i].state, answer->state) == 0) label = states[i].label, tone = states[i].tone;
	json_t *items = json_array(), *files = json_array();
	int64_t total = 0;
	for (size_t i = 0; i < answer->count; i++) {
		const struct answer_item *item = &answer->items[i];
		if (i == 0 || strcmp(item->currency, answer->items[0].currency) == 0) total += item->amount;
		json_array_append_new(items, json_pack("{s:I, s:s, s:I, s:s, s:s, s:I}", "id", (json_int_t)item->id, "number", item->number, "amount",
		                                       (json_int_t)item->amount, "currency", item->currency, "effect", item->effect, "effect_id",
		                                       (json_int_t)item->effect_id));
	}
	for (size_t i = 0; i < answer->file_count; i++)
		json_array_append_new(files, json_pack("{s:I, s:s, s:I}", "id", (json_int_t)answer->files[i].id, "name", answer->files[i].name, "size",
		                                       (json_int_t)answer->files[i].len));
	json_t *row = json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:s}", "id", (json_int_t)answer->id, "kind",
	                        answer_kind_code(answer->kind), "kind_label", tr(request->lang, answer_kind_label(answer->kind)), "words", answer->words,
	                        "text", answer->text, "state", answer->state, "state_label", tr(request->lang, label), "tone", tone, "waits",
	                        tr(request->lang, answer_waits_label(answer->waits)), "at", model_instant(answer->at), "due_date",
	                        model_day(answer->due_day), "settled_at", model_instant(answer->settled_at), "outcome", answer->outcome);
	json_object_set_new(row, "waiting", json_boolean(strcmp(answer->state, "waiting") == 0));
	json_object_set_new(row, "owner", json_string(answer->owner));
	json_object_set_new(row, "recipient", json_string(answer->recipient));
	json_object_set_new(row, "customer", json_string(answer->customer_code));
	json_object_set_new(row, "name", json_string(answer->customer_name));
	json_object_set_new(row, "items", items);
	json_object_set_new(row, "has_items", json_boolean(answer->count > 0));
	json_object_set_new(row, "total", json_integer(total));
	json_object_set_new(row, "files", files);
	json_object_set_new(row, "has_files", json_boolean(answer->file_count > 0));
	json_object_set_new(row, "bank", answer->bank_line ? json_pack("{s:I, s:I, s:o, s:b}", "line", (json_int_t)answer->bank_line, "amount",
	                                                              (json_int_t)answer->bank_amount, "date", model_day(answer->bank_day), "whole",
	                                                              answer->bank_amount >= total)
	                                                  : json_null());
	return row;
}

static json_t *link_model(const struct debtor_link *link)
{
	static const char *const labels[] = { [DEBTOR_LINK_GOOD] = "Valid", [DEBTOR_LINK_EXPIRED] = "Expired", [DEBTOR_LINK_REVOKED] = "Revoked" };
	static const char *const tones[] = { [DEBTOR_LINK_GOOD] = "ok", [DEBTOR_LINK_EXPIRED] = "", [DEBTOR_LINK_REVOKED] = "bad" };
	return json_pack("{s:I, s:s, s:s, s:b, s:s, s:s, s:b, s:o, s:o, s:o}", "id", (json_int_t)link->id, "recipient", link->recipient, "maker",
	                 link->maker, "letter", link->action_id > 0, "state_label", labels[link->state], "tone", tones[link->state], "good",
	                 link->state == DEBTOR_LINK_GOOD, "made_at", model_instant(link->made_at), "expires_at", model_instant(link->expires_at),
	                 "seen_at", model_instant(link->seen_at));
}

/* --- the page ---------------------------------------------------------------------------------------------------------------- */
static struct status fill_portal(struct request *request, const struct customer *customer)
{
	struct debtor_link *links;
	struct answer *answers;
	struct question *questions;
	size_t link_count, answer_count, question_count;
	TRY(debtor_link_list(request->db, request->viewer, request->company.id, customer->id, request->now, request->arena, &links, &link_count));
	TRY(answer_list(request->db, request->viewer, request->company.id, customer->id, 0, false, request->arena, &answers, &answer_count));
	TRY(question_list(request->db, request->viewer, request->company.id, customer->id, false, request->arena, &questions, &question_count));
	json_t *model = request->model, *link_rows = json_array(), *answer_rows = json_array(), *question_rows = json_array();
	bool any_good = false;
	for (size_t i = 0; i < link_count; i++) {
		any_good = any_good || links[i].state == DEBTOR_LINK_GOOD;
		json_array_append_new(link_rows, link_model(&links[i]));
	}
	for (size_t i = 0; i < answer_count; i++) json_array_append_new(answer_rows, answer_model(request, &answers[i]));
	for (size_t i = 0; i < question_count; i++)
		json_array_append_new(question_rows, json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:b}", "id", (json_int_t)questions[i].id, "address",
		                                               questions[i].address, "text", questions[i].text, "item", questions[i].item_number, "answer",
		                                               questions[i].answer, "answered_name", questions[i].answered_name, "asked_at",
		                                               model_instant(questions[i].asked_at), "answered_at", model_instant(questions[i].answered_at),
		                                               "due_date", model_day(questions[i].due_day), "open",
		                                               !questions[i].answered_at && !questions[i].closed_at));
	json_object_set_new(model, "title", json_string(customer->name));
	json_object_set_new(model, "customer", json_string(customer->code));
	json_object_set_new(model, "name", json_string(customer->name));
	json_object_set_new(model, "links", link_rows);
	json_object_set_new(model, "has_links", json_boolean(link_count > 0));
	json_object_set_new(model, "any_good", json_boolean(any_good));
	json_object_set_new(model, "answers", answer_rows);
	json_object_set_new(model, "has_answers", json_boolean(answer_count > 0));
	json_object_set_new(model, "questions", question_rows);
	json_object_set_new(model, "has_questions", json_boolean(question_count > 0));
	json_object_set_new(model, "address", json_string(debtor_link_base(request->settings)));
	json_object_set_new(model, "days", json_integer(setting_int(request->settings, "debtor.days")));
	if (!json_object_get(model, "given")) json_object_set_new(model, "given", json_null());
	return STATUS_FINE;
}

static struct status portal_show(struct request *request)
{
	struct customer customer;
	TRY(customer_of(request, &customer));
	return fill_portal(request, &customer);
}

/* What he sees, as of now; nothing on it can be sent. */
static struct status preview_show(struct request *request)
{
	struct customer customer;
	struct debtor_page page;
	TRY(customer_of(request, &customer));
	TRY(payer_group_seen(request->db, request->viewer, &request->company, request->settings, customer.id, request->today, request->arena));
	TRY(debtor_page_load(request->db, &request->company, request->settings, customer.id, request->today, request->arena, &page));
	const char *asked = request_field(request, "lang");
	request->lang = asked && *asked ? lang_parse(asked, page.facts.lang) : page.facts.lang; /* his language, not the reader's */
	lang_speak(request->lang);
	request->frame = "debtor_layout";
	json_object_set_new(request->model, "back", json_string(arena_printf(request->arena, "/customers/%s/portal", request_escape(request, customer.code))));
	return debtor_model(request, &(struct debtor_view){ .page = &page, .self = "", .lang_mark = "", .preview = true });
}

static struct status house_show(struct request *request)
{
	request->file_type = "text/css; charset=utf-8";
	text_addf(&request->file, ":root { --house: %s }\n", setting_text(request->settings, "debtor.colour"));
	return STATUS_FINE;
}

/* --- links ------------------------------------------------------------------------------------------------------------------- */
struct linking {
	struct arena *arena;
	int64_t customer_id, id, revoked;
	const char *url;
};

static struct status give_work(struct change *change, void *context)
{
	struct linking *linking = context;
	return debtor_link_give(change, linking->customer_id, linking->arena, &linking->url);
}

/* The link is shown once, on the page that answers: it is kept nowhere. */
static struct status link_give(struct request *request)
{
	struct customer customer;
	TRY(customer_of(request, &customer));
	struct linking linking = { .arena = request->arena, .customer_id = customer.id };
	TRY(request_change(request, give_work, &linking));
	json_object_set_new(request->model, "given", json_string(linking.url));
	return fill_portal(request, &customer);
}

static struct status revoke_work(struct change *change, void *context)
{
	struct linking *linking = context;
	return debtor_link_revoke(change, linking->customer_id, linking->id, &linking->revoked);
}

static const char *portal_of(const struct request *request, const char *code)
{
	return arena_printf(request->arena, "/customers/%s/portal", request_escape(request, code));
}

static struct status link_revoke(struct request *request)
{
	struct customer customer;
	TRY(customer_of(request, &customer));
	struct linking linking = { .customer_id = customer.id, .id = request_int(request, "id", 0) };
	TRY(request_change(request, revoke_work, &linking));
	request->notice = tr(request->lang, linking.revoked == 1 ? "The link no longer opens the page." : "These links no longer open the page.");
	request->redirect = portal_of(request, customer.code);
	return STATUS_FINE;
}

/* --- answers ------------------------------------------------------------------------------------------------------------------ */
static struct status answer_show(struct request *request)
{
	struct answer answer;
	TRY(answer_get(request->db, request->viewer, request->company.id, request_int(request, "id", 0), request->arena, &answer));
	json_object_set_new(request->model, "title", json_string(answer.customer_name));
	json_object_set_new(request->model, "answer", answer_model(request, &answer));
	return STATUS_FINE;
}

struct settling {
	struct arena *arena;
	int64_t id;
	const char *note;
	bool accept;
};

static struct status settle_work(struct change *change, void *context)
{
	const struct settling *settling = context;
	return settling->accept ? answer_accept(change, settling->id, settling->note, settling->arena)
	                        : answer_refuse(change, settling->id, settling->note, settling->arena);
}

static struct status settle(struct request *request, bool accept)
{
	const char *note = request_field(request, "note");
	struct settling settling = { request->arena, request_int(request, "id", 0), note ? note : "", accept };
	TRY(request_change(request, settle_work, &settling));
	request->notice = tr(request->lang, accept ? "The answer took effect." : "The answer was refused.");
	request->redirect = request_back(request, arena_printf(request->arena, "/answers/%lld", (long long)settling.id));
	return STATUS_FINE;
}

static struct status accept_do(struct request *request)
{
	return settle(request, true);
}

static struct status refuse_do(struct request *request)
{
	return settle(request, false);
}

/* --- questions ----------------------------------------------------------------------------------------------------------------- */
struct asking {
	struct arena *arena;
	struct question_new question;
	int64_t id;
};

static struct status ask_work(struct change *change, void *context)
{
	struct asking *asking = context;
	return question_ask(change, &asking->question, asking->arena, &asking->id);
}

static struct status question_do(struct request *request)
{
	struct customer customer;
	TRY(customer_of(request, &customer));
	struct asking asking = { .arena = request->arena,
	                         .question = { .customer_id = customer.id, .item_id = request_int(request, "item", 0), .dispute_id = request_int(request, "dispute", 0),
	                                       .address = request_field(request, "address"), .text = request_field(request, "text"), .due_day = DAY_NONE } };
	request_day(request, "due", &asking.question.due_day);
	TRY(request_change(request, ask_work, &asking));
	request->notice = tr(request->lang, "The question is on its way; the answer comes back here.");
	request->redirect = request_back(request, portal_of(request, customer.code));
	return STATUS_FINE;
}

static struct status close_work(struct change *change, void *context)
{
	return question_close(change, *(const int64_t *)context);
}

static struct status question_close_do(struct request *request)
{
	int64_t id = request_int(request, "id", 0);
	TRY(request_change(request, close_work, &id));
	request->redirect = request_back(request, "/agenda");
	return STATUS_FINE;
}

const struct route debtor_answers_routes[] = {
	{ "GET", "/customers/{code}/portal", RIGHT_READ, portal_show, .template = "customer_portal", .menu = MENU_CUSTOMERS, .live = true,
	  .summary = "A customer's own page: links, answers, questions" },
	{ "GET", "/customers/{code}/portal/preview", RIGHT_READ, preview_show, .template = "debtor", .menu = MENU_CUSTOMERS, .live = true,
	  .summary = "A customer's own page as he sees it", .fields = "lang" },
	{ "GET", "/portal/house.css", RIGHT_READ, house_show, .menu = MENU_CUSTOMERS, .live = true, .summary = "The colours of the house" },
	{ "POST", "/customers/{code}/portal/links", RIGHT_COLLECT, link_give, .template = "customer_portal", .menu = MENU_CUSTOMERS,
	  .summary = "Make a personal link to hand over" },
	{ "POST", "/customers/{code}/portal/revoke", RIGHT_COLLECT, link_revoke, .menu = MENU_CUSTOMERS, .summary = "Revoke a customer's links", .fields = "id" },
	{ "POST", "/customers/{code}/portal/questions", RIGHT_NOTE, question_do, .menu = MENU_CUSTOMERS, .summary = "Ask a colleague who has no account",
	  .fields = "address* text* item dispute due back" },
	{ "POST", "/questions/{id}/close", RIGHT_NOTE, question_close_do, .menu = MENU_CUSTOMERS, .summary = "Withdraw a question", .fields = "back" },
	{ "GET", "/answers/{id}", RIGHT_READ, answer_show, .template = "answer", .menu = MENU_AGENDA, .summary = "A customer's answer" },
	{ "POST", "/answers/{id}/accept", RIGHT_COLLECT, accept_do, .menu = MENU_AGENDA, .summary = "Accept a customer's answer", .fields = "note back" },
	{ "POST", "/answers/{id}/refuse", RIGHT_COLLECT, refuse_do, .menu = MENU_AGENDA, .summary = "Refuse a customer's answer", .fields = "note back" },
	{ 0 },
};
