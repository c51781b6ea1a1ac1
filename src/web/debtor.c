/* debtor — what a customer sees and does on his own page. The link in the path is the only key: no session, no cookie, nothing of
 * another customer, nothing for a search engine, and nobody may ask without end. */
#include "web/debtor_page.h"
#include "web/settings.h"

#include "base/day.h"
#include "base/memory.h"
#include "outreach/parts.h"
#include "outreach/question.h"
#include "web/server.h"

#include <fcntl.h>
#include <unistd.h>

/* Most requests a minute: a person ticks and looks again; a program that guesses gets nowhere. */
enum { ADDRESS_MINUTE = 240, LINK_MINUTE = 120, UNKNOWN_MINUTE = 10, ANSWERS_MINUTE = 12, BODY = 26 << 20 };

struct visit {
	struct debtor_link link;
	struct viewer system;
	struct debtor_page page;
	const char *self, *lang_mark;
};

static struct status too_many(struct request *request)
{
	request->http_status = 429;
	return status_make(STATUS_BUSY, "That was a lot at once. Please wait a minute, then go on.");
}

static void remember_lang(struct request *request, const struct debtor_link *link, const char **mark)
{
	const char *asked = request_field(request, "lang");
	bool chosen = asked && (strcmp(asked, "fr") == 0 || strcmp(asked, "en") == 0);
	request->lang = chosen ? lang_parse(asked, LANG_FR) : link->lang;
	lang_speak(request->lang);
	*mark = chosen && request->lang != link->lang ? arena_printf(request->arena, "?lang=%s", lang_code(request->lang)) : "";
}

/* Who holds the link, may he ask now, and whose account is it. */
static struct status enter(struct request *request, struct visit *visit)
{
	const char *token = request_path(request, "token"), *address = request_address(request);
	*visit = (struct visit){ .self = "", .lang_mark = "" };
	if (!request_throttle(request, arena_printf(request->arena, "address %s", address), ADDRESS_MINUTE)) return too_many(request);
	struct status status = debtor_link_find(request->db, token, &request->clock, request->arena, &visit->link);
	if (status.code == STATUS_NOT_FOUND) { /* a guess: few of them are let through, whatever they look like */
		if (!request_throttle(request, arena_printf(request->arena, "unknown %s", address), UNKNOWN_MINUTE)) return too_many(request);
		return status;
	}
	TRY(status);
	struct debtor_link *link = &visit->link;
	if (!request_throttle(request, arena_printf(request->arena, "link %lld %lld %lld", (long long)link->tenant_id, (long long)link->company_id,
	                                            (long long)link->id), LINK_MINUTE))
		return too_many(request);
	visit->system = viewer_system(link->tenant_id);
	TRY(company_get(request->db, &visit->system, link->company_id, &request->company));
	TRY(settings_load(request->db, link->tenant_id, link->company_id, request->arena, &request->settings));
	request->today = request->as_of = company_today(&request->company, &request->clock);
	request->now = company_now(&request->company, &request->clock);
	remember_lang(request, link, &visit->lang_mark);
	if (link->state != DEBTOR_LINK_GOOD) {
		request->http_status = 410;
		const char *help = setting_text(request->settings, "debtor.help");
		if (!*help) help = setting_text(request->settings, "legal.phone");
		return link->state == DEBTOR_LINK_EXPIRED
		               ? status_make(STATUS_NOT_FOUND, "This link of %s has expired. Our next message brings a new one. %s", request->company.name, help)
		               : status_make(STATUS_NOT_FOUND, "This link of %s is no longer valid. Please use the one in our latest message. %s", request->company.name, help);
	}
	visit->self = arena_printf(request->arena, "/r/%s", token);
	struct exchange *x = exchange_of(request);
	if (debtor_link_stale(link, request->now)) errands_touch_link(x->server->errands, link, request->now);
	return STATUS_FINE;
}

static struct status enter_account(struct request *request, struct visit *visit)
{
	TRY(enter(request, visit));
	if (visit->link.question_id) return status_make(STATUS_NOT_FOUND, "This link opens one question only.");
	TRY(debtor_page_load(request->db, &request->company, request->settings, visit->link.customer_id, request->today, request->arena, &visit->page));
	if (strcmp(visit->page.customer.generic, "accepted") == 0) return status_make(STATUS_NOT_FOUND, "This account has no page.");
	return STATUS_FINE;
}

static int64_t *ticked(const struct request *request, size_t *count)
{
	const char *const *values = request_fields(request, "item");
	size_t given = 0;
	while (values[given]) given++;
	int64_t *ids = arena_array(request->arena, int64_t, given + 1);
	*count = 0;
	for (size_t i = 0; i < given && *count < ANSWER_ITEMS; i++)
		if (text_parse_int(values[i], strlen(values[i]), &ids[*count])) (*count)++;
	return ids;
}

/* Ticks as they were sent; without any form, what is asked. */
static void pick(const struct request *request, struct debtor_page *page)
{
	if (!request_field(request, "picked")) return;
	size_t count;
	int64_t *ids = ticked(request, &count);
	for (size_t i = 0; i < page->account_count; i++) debtor_account_pick(&page->accounts[i], ids, count);
}

static struct status show(struct request *request, struct visit *visit, const char *kind, const char *trouble)
{
	pick(request, &visit->page);
	return debtor_model(request, &(struct debtor_view){ .page = &visit->page, .self = visit->self, .lang_mark = visit->lang_mark,
	                                                    .expires_at = visit->link.expires_at, .kind = kind, .trouble = trouble });
}

/* --- looking ------------------------------------------------------------------------------------------------------------------ */
static struct status show_question(struct request *request, struct visit *visit);

static struct status debtor_show(struct request *request)
{
	struct visit visit;
	TRY(enter(request, &visit));
	if (visit.link.question_id) return show_question(request, &visit);
	TRY(enter_account(request, &visit));
	int64_t received = request_int(request, "received", 0);
	struct answer answer;
	if (received > 0 && !answer_of_link(request->db, &visit.link, received, request->arena, &answer).code)
		json_object_set_new(request->model, "received", answer_model(request, &answer));
	return show(request, &visit, NULL, NULL);
}

/* Other ticks: amount and QR code follow. A part of the page for a script, the whole of it without. */
static struct status debtor_select(struct request *request)
{
	struct visit visit;
	TRY(enter_account(request, &visit));
	if (request->fragment) request->template = "debtor_pay";
	return show(request, &visit, request_field(request, "kind"), NULL);
}

static struct status statement_show(struct request *request)
{
	struct visit visit;
	struct compose_facts facts;
	struct attachment file;
	TRY(enter_account(request, &visit));
	facts = visit.page.facts;
	size_t account = 0;
	for (size_t i = 1; i < visit.page.account_count; i++)
		if (request_field(request, "currency") && strcmp(request_field(request, "currency"), visit.page.accounts[i].currency) == 0) account = i;
	debtor_account_facts(&visit.page, &visit.page.accounts[account], request->arena, &facts);
	facts.lang = request->lang;
	if (!facts.item_count) return status_make(STATUS_NOT_FOUND, "Nothing is open on this account: there is no statement to print.");
	TRY(statement_pdf(&facts, request->arena, &file));
	request->file_type = file.type, request->file_name = file.name;
	text_add_bytes(&request->file, file.bytes, file.len);
	return STATUS_FINE;
}

static struct status document_show(struct request *request)
{
	struct visit visit;
	struct attachment file;
	TRY(enter_account(request, &visit));
	TRY(debtor_document(request->db, &visit.page, visit.link.tenant_id, visit.link.company_id, request_int(request, "id", 0), request->arena, &file));
	request->file_type = file.type, request->file_name = file.name;
	text_add_bytes(&request->file, file.bytes, file.len);
	return STATUS_FINE;
}

/* The house's colour as a style sheet of its own: the page may hold no style. */
static struct status house_show(struct request *request)
{
	struct visit visit;
	TRY(enter(request, &visit));
	request->file_type = "text/css; charset=utf-8";
	const char *colour = setting_text(request->settings, "debtor.colour");
	text_addf(&request->file, ":root { --house: %s }\n", strlen(colour) == 7 ? colour : "#1d3d6f");
	return STATUS_FINE;
}

static struct status logo_show(struct request *request)
{
	struct visit visit;
	TRY(enter(request, &visit));
	return logo_send(request, visit.link.tenant_id, visit.link.company_id);
}

/* --- answering ------------------------------------------------------------------------------------------------------------------- */
static struct status admit(struct request *request)
{
	struct visit visit;
	TRY(enter(request, &visit));
	return request_throttle(request, arena_printf(request->arena, "answers %lld %lld", (long long)visit.link.tenant_id, (long long)visit.link.id),
	                        ANSWERS_MINUTE)
	               ? STATUS_FINE
	               : too_many(request);
}

static struct status read_upload(const struct request *request, const struct upload *upload, struct answer_file *out)
{
	if (upload->size > ANSWER_FILE_MAX) return status_make(STATUS_INVALID, "“%s” is over %d MB.", upload->name, ANSWER_FILE_MAX >> 20);
	cleanup_fd int fd = open(upload->path, O_RDONLY | O_CLOEXEC);
	char *bytes = arena_alloc(request->arena, (size_t)upload->size + 1);
	int64_t read_so_far = 0;
	while (fd >= 0 && read_so_far < upload->size) {
		ssize_t got = pread(fd, bytes + read_so_far, (size_t)(upload->size - read_so_far), read_so_far);
		if (got <= 0) break;
		read_so_far += got;
	}
	if (fd < 0 || read_so_far < upload->size) return status_make(STATUS_UNAVAILABLE, "The file could not be read. Please send it again.");
	*out = (struct answer_file){ .name = upload->name, .bytes = bytes, .len = (size_t)upload->size };
	return STATUS_FINE;
}

struct answering {
	struct visit *visit;
	struct answer_new answer;
	struct answer_done done;
	struct arena *arena;
	enum lang lang;
};

static struct status answer_work(struct change *change, void *context)
{
	struct answering *answering = context;
	lang_speak(answering->lang);
	return debtor_answer(change, &answering->visit->link, &answering->answer, answering->arena, &answering->done);
}

static struct status read_answer(struct request *request, struct answering *answering)
{
	struct answer_new *answer = &answering->answer;
	const char *code = request_field(request, "kind");
	if (!answer_kind_parse(code, &answer->kind)) return status_make(STATUS_INVALID, "Choose what you want to tell us.");
	static const char *const days[ANSWER_KIND_COUNT] = { [ANSWER_PROMISE] = "promise_on", [ANSWER_PAID] = "paid_on", [ANSWER_INSTALMENTS] = "plan_on" };
	answer->day = DAY_NONE;
	if (days[answer->kind]) request_day(request, days[answer->kind], &answer->day);
	/* credits that are ticked are deducted; what is answered for are the invoices */
	size_t count;
	int64_t *ids = ticked(request, &count), *kept = arena_array(request->arena, int64_t, count + 1);
	for (size_t i = 0; i < count; i++) {
		bool credit = false;
		for (size_t a = 0; a < answering->visit->page.account_count; a++)
			for (size_t k = 0; k < answering->visit->page.accounts[a].count; k++) {
				const struct debtor_item *item = &answering->visit->page.accounts[a].items[k];
				credit = credit || (item->id == ids[i] && item->place == DEBTOR_CREDIT);
			}
		if (!credit) kept[answer->count++] = ids[i];
	}
	answer->items = kept;
	answer->text = request_field(request, arena_printf(request->arena, "text_%s", code));
	answer->reference = request_field(request, "reference"), answer->reason = request_field(request, "reason");
	answer->paper = request_field(request, "paper"), answer->name = request_field(request, "name");
	answer->email = request_field(request, "email"), answer->phone = request_field(request, "phone");
	answer->parts = request_int(request, "parts", 0);
	answer->key = request_field(request, "key");
	struct answer_file *files = arena_array(request->arena, struct answer_file, ANSWER_FILES + 1);
	const char *field = arena_printf(request->arena, "file_%s", code);
	for (const struct upload *upload; (upload = request_upload(request, field, answer->file_count));) {
		if (answer->file_count >= ANSWER_FILES) return status_make(STATUS_INVALID, "Please send at most %d files at once.", ANSWER_FILES);
		TRY(read_upload(request, upload, &files[answer->file_count++]));
	}
	answer->files = files;
	return STATUS_FINE;
}

static struct status debtor_answer_do(struct request *request)
{
	struct visit visit;
	TRY(enter_account(request, &visit));
	if (visit.page.insolvent) return status_make(STATUS_CONFLICT, "Proceedings are open on this account: please write to us.");
	struct answering answering = { .visit = &visit, .arena = request->arena, .lang = request->lang };
	struct status status = read_answer(request, &answering);
	request->viewer = &visit.system; /* for the change alone: it is the program that writes, by the link's word */
	if (!status.code) status = request_change(request, answer_work, &answering);
	request->viewer = NULL;
	if (status.code == STATUS_INVALID || status.code == STATUS_CONFLICT) { /* the page again, with what he gave, and why not */
		if (request->json) return status;
		request->http_status = status_http(status.code);
		request->template = "debtor";
		TRY(debtor_page_load(request->db, &request->company, request->settings, visit.link.customer_id, request->today, request->arena, &visit.page));
		return show(request, &visit, request_field(request, "kind"), status.text);
	}
	TRY(status);
	json_object_set_new(request->model, "answer", json_integer(answering.done.id));
	json_object_set_new(request->model, "again", json_boolean(answering.done.again));
	request->redirect = arena_printf(request->arena, "%s?received=%lld%s%s", visit.self, (long long)answering.done.id, *visit.lang_mark ? "&" : "",
	                                 *visit.lang_mark ? visit.lang_mark + 1 : "");
	return STATUS_FINE;
}

/* --- a colleague's question ------------------------------------------------------------------------------------------------------ */


static struct status show_question(struct request *request, struct visit *visit)
{
	struct question question;
	TRY(question_of_link(request->db, &visit->link, request->arena, &question));
	json_t *model = request->model;
	request->template = "debtor_question";
	json_object_set_new(model, "title", json_string(request->company.name));
	json_object_set_new(model, "lang", json_string(lang_code(request->lang)));
	json_object_set_new(model, "self", json_string(visit->self));
	json_object_set_new(model, "lang_mark", json_string(visit->lang_mark));
	json_object_set_new(model, "preview", json_false());
	json_object_set_new(model, "house", json_string(arena_printf(request->arena, "%s/house.css", visit->self)));
	json_object_set_new(model, "company", json_string(request->company.name));
	json_object_set_new(model, "customer", json_string(question.customer_code));
	json_object_set_new(model, "customer_name", json_string(question.customer_name));
	json_object_set_new(model, "initial", json_string("?"));
	json_object_set_new(model, "logo", json_null());
	json_object_set_new(model, "asker", json_string(question.asker));
	json_object_set_new(model, "item", json_string(question.item_number));
	json_object_set_new(model, "text", json_string(question.text));
	json_object_set_new(model, "due_date", model_day(question.due_day));
	json_object_set_new(model, "open", json_boolean(!question.answered_at && !question.closed_at));
	json_object_set_new(model, "answered", model_instant(question.answered_at));
	json_object_set_new(model, "answer", json_string(question.answer));
	return STATUS_FINE;
}

struct replying {
	const struct debtor_link *link;
	const char *answer, *name;
};

static struct status reply_work(struct change *change, void *context)
{
	const struct replying *replying = context;
	return question_answer(change, replying->link, replying->answer, replying->name);
}

static struct status question_reply(struct request *request)
{
	struct visit visit;
	TRY(enter(request, &visit));
	if (!visit.link.question_id) return status_make(STATUS_NOT_FOUND, "This link opens no question.");
	struct replying replying = { &visit.link, request_field(request, "answer"), request_field(request, "name") };
	request->viewer = &visit.system;
	struct status status = request_change(request, reply_work, &replying);
	request->viewer = NULL;
	TRY(status);
	request->redirect = arena_printf(request->arena, "%s%s", visit.self, visit.lang_mark);
	return STATUS_FINE;
}

const struct route debtor_routes[] = {
	{ "GET", "/r/{token}", RIGHT_NONE, debtor_show, .template = "debtor", .summary = "A customer's own page", .public_page = true, .no_company = true,
	  .by_link = true, .live = true },
	{ "POST", "/r/{token}", RIGHT_NONE, debtor_select, .template = "debtor", .summary = "The page for other items ticked", .public_page = true,
	  .no_company = true, .by_link = true, .fields = "item[] picked" },
	{ "POST", "/r/{token}/answer", RIGHT_NONE, debtor_answer_do, .template = "debtor", .summary = "A customer answers", .public_page = true,
	  .no_company = true, .by_link = true, .upload = true, .admit = admit, .body_limit = BODY,
	  .fields = "kind* item[] key promise_on paid_on reference reason paper name email phone parts plan_on" },
	{ "POST", "/r/{token}/reply", RIGHT_NONE, question_reply, .summary = "A colleague answers a question", .public_page = true, .no_company = true,
	  .by_link = true, .fields = "answer* name" },
	{ "GET", "/r/{token}/statement.pdf", RIGHT_NONE, statement_show, .summary = "His statement as PDF", .public_page = true, .no_company = true, .by_link = true },
	{ "GET", "/r/{token}/documents/{id}", RIGHT_NONE, document_show, .summary = "A document of his account", .public_page = true, .no_company = true, .by_link = true },
	{ "GET", "/r/{token}/logo.png", RIGHT_NONE, logo_show, .summary = "The logo of the house", .public_page = true, .no_company = true, .by_link = true },
	{ "GET", "/r/{token}/house.css", RIGHT_NONE, house_show, .summary = "The colours of the house", .public_page = true, .no_company = true, .by_link = true },
	{ 0 },
};
