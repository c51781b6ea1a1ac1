/* together — working together on a customer: comments that call a colleague, tasks, following, files, what one should know, the
 * situation before a visit, a portfolio that changes hands. */
#include "web/together_page.h"

#include "base/memory.h"
#include "ledger/dispute_kind.h"
#include "ledger/dispute.h"
#include "ledger/document.h"
#include "ledger/event.h"
#include "ledger/promise.h"
#include "ledger/reply.h"
#include "ledger/together.h"
#include "outreach/digest.h"
#include "web/customer_page.h"
#include "web/people.h"

#include <fcntl.h>
#include <unistd.h>

enum { NOTICES = 100, FILE_MAX = 15 << 20 };

static struct status id_of_path(struct request *request, int64_t *id)
{
	const char *text = request_path(request, "id");
	return text && text_parse_int(text, strlen(text), id) ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "There is nothing of that number.");
}

static const char *given(struct request *request, const char *name)
{
	const char *text = request_field(request, name);
	return text ? text : "";
}

static const char *customer_page_of(struct request *request, const struct customer *customer, const char *tab)
{
	return arena_printf(request->arena, "/customers/%s%s", request_escape(request, customer->code), tab);
}

/* --- comments, tasks, following ------------------------------------------------------------------------------------------------- */
struct doing {
	int64_t id, customer_id, owner_id;
	const char *text;
	int32_t day;
	bool on;
	int called;
};

static struct status comment_work(struct change *change, void *context)
{
	struct doing *doing = context;
	return comment_add(change, doing->customer_id, doing->text, &doing->called);
}

static struct status comment_save(struct request *request)
{
	struct customer customer;
	TRY(customer_of(request, &customer));
	struct doing doing = { .customer_id = customer.id, .text = given(request, "text") };
	TRY(request_change(request, comment_work, &doing));
	json_object_set_new(request->model, "called", json_integer(doing.called));
	request->notice = doing.called ? arena_printf(request->arena, "%s (%d)", tr(request->lang, "Comment added. Colleagues told"), doing.called) : tr(request->lang, "Comment added.");
	request->redirect = request_back(request, customer_page_of(request, &customer, "?tab=timeline"));
	return STATUS_FINE;
}

static struct status task_work(struct change *change, void *context)
{
	struct doing *doing = context;
	return task_add(change, &(struct task_new){ doing->customer_id, doing->owner_id ? doing->owner_id : change->viewer->user_id, doing->day, doing->text }, &doing->id);
}

static struct status task_save(struct request *request)
{
	struct customer customer;
	TRY(customer_of(request, &customer));
	struct doing doing = { .customer_id = customer.id, .owner_id = request_int(request, "owner", 0), .text = given(request, "text"), .day = request->today };
	if (*given(request, "date") && !request_day(request, "date", &doing.day)) doing.day = DAY_NONE;
	TRY(request_change(request, task_work, &doing));
	json_object_set_new(request->model, "task", json_integer(doing.id));
	request->notice = tr(request->lang, "The task is given.");
	request->redirect = request_back(request, customer_page_of(request, &customer, "?tab=timeline"));
	return STATUS_FINE;
}

static struct status done_work(struct change *change, void *context)
{
	const struct doing *doing = context;
	return task_done(change, doing->id, doing->text);
}

static struct status task_end(struct request *request)
{
	struct doing doing = { .text = given(request, "note") };
	TRY(id_of_path(request, &doing.id));
	TRY(request_change(request, done_work, &doing));
	request->notice = tr(request->lang, "Task done.");
	request->redirect = request_back(request, "/tasks");
	return STATUS_FINE;
}

static struct status move_work(struct change *change, void *context)
{
	const struct doing *doing = context;
	return task_move(change, doing->id, doing->day, doing->owner_id);
}

static struct status task_moved(struct request *request)
{
	struct doing doing = { .owner_id = request_int(request, "owner", 0), .day = DAY_NONE };
	TRY(id_of_path(request, &doing.id));
	if (*given(request, "date") && !request_day(request, "date", &doing.day)) return status_make(STATUS_INVALID, "The day of a task is today or later, within two years.");
	TRY(request_change(request, move_work, &doing));
	request->notice = tr(request->lang, "The task is changed.");
	request->redirect = request_back(request, "/tasks");
	return STATUS_FINE;
}

static struct status watch_work(struct change *change, void *context)
{
	const struct doing *doing = context;
	return watch_set(change, doing->customer_id, doing->on);
}

static struct status watch_save(struct request *request)
{
	struct customer customer;
	TRY(customer_of(request, &customer));
	struct doing doing = { .customer_id = customer.id, .on = request_int(request, "on", 1) == 1 };
	struct status status = request_change(request, watch_work, &doing);
	if (status.code != STATUS_CONFLICT) TRY(status); /* so already: as asked */
	request->notice = tr(request->lang, doing.on ? "You follow this customer: answers and comments reach you." : "You no longer follow this customer.");
	request->redirect = request_back(request, customer_page_of(request, &customer, "?tab=timeline"));
	return STATUS_FINE;
}

static json_t *tasks_model(struct request *request, const struct task *tasks, size_t count)
{
	json_t *out = json_array();
	for (size_t i = 0; i < count; i++) {
		const struct task *t = &tasks[i];
		json_array_append_new(out, json_pack("{s:I,s:s,s:s,s:s,s:o,s:b,s:b,s:o,s:s,s:s}", "id", (json_int_t)t->id, "text", t->text, "owner", t->owner, "outcome", t->outcome, "due", model_day(t->due_day),
		                                     "late", !t->done_at && t->due_day < request->today, "mine", t->owner_id == request->viewer->user_id, "done_at", model_instant(t->done_at), "customer",
		                                     t->customer_code, "customer_name", t->customer_name));
	}
	return out;
}

static struct status tasks_show(struct request *request)
{
	struct task *tasks;
	size_t count;
	bool all = request_int(request, "all", 0) == 1;
	TRY(task_list(request->db, request->viewer, request->company.id, 0, all ? 0 : request->viewer->user_id, true, request->arena, &tasks, &count));
	json_object_set_new(request->model, "tasks", tasks_model(request, tasks, count));
	json_object_set_new(request->model, "has_tasks", json_boolean(count > 0));
	json_object_set_new(request->model, "all", json_boolean(all));
	return STATUS_FINE;
}

struct status together_due(struct request *request)
{
	struct task *tasks;
	size_t count, due = 0;
	TRY(task_list(request->db, request->viewer, request->company.id, 0, request->viewer->user_id, true, request->arena, &tasks, &count));
	while (due < count && tasks[due].due_day <= request->today) due++;
	json_object_set_new(request->model, "due_tasks", tasks_model(request, tasks, due));
	json_object_set_new(request->model, "has_due_tasks", json_boolean(due > 0));
	json_object_set_new(request->model, "open_tasks", count ? json_integer((json_int_t)count) : json_null());
	return STATUS_FINE;
}

struct status together_fill(struct request *request, int64_t customer_id)
{
	struct task *tasks;
	struct colleague *colleagues;
	size_t task_count, colleague_count;
	bool watching = false;
	TRY(task_list(request->db, request->viewer, request->company.id, customer_id, 0, true, request->arena, &tasks, &task_count));
	TRY(colleague_list(request->db, request->viewer, request->company.id, customer_id, request->arena, &colleagues, &colleague_count));
	TRY(watch_is(request->db, request->viewer, request->company.id, customer_id, &watching));
	json_t *people = json_array();
	for (size_t i = 0; i < colleague_count; i++)
		json_array_append_new(people, json_pack("{s:I,s:s,s:s,s:b}", "id", (json_int_t)colleagues[i].id, "name", colleagues[i].name, "handle", colleagues[i].handle, "me",
		                                        colleagues[i].id == request->viewer->user_id));
	json_object_set_new(request->model, "tasks", tasks_model(request, tasks, task_count));
	json_object_set_new(request->model, "has_tasks", json_boolean(task_count > 0));
	json_object_set_new(request->model, "colleagues", people);
	json_object_set_new(request->model, "watching", json_boolean(watching));
	return STATUS_FINE;
}

/* --- files ------------------------------------------------------------------------------------------------------------------------- */
struct filing {
	struct document_new new;
	int64_t id, item_id;
	const char *kind;
};
static struct status file_work(struct change *change, void *context)
{
	struct filing *filing = context;
	return document_keep(change, &filing->new, &filing->id);
}
static struct status mark_work(struct change *change, void *context)
{
	const struct filing *filing = context;
	return document_mark(change, filing->id, filing->kind, filing->item_id);
}

static struct status file_save(struct request *request)
{
	struct customer customer;
	TRY(customer_of(request, &customer));
	const struct upload *upload = request_upload(request, "file", 0);
	if (!upload || upload->size == 0) return status_make(STATUS_INVALID, "Choose a file first.");
	if (upload->size > FILE_MAX) return status_make(STATUS_INVALID, "“%s” is over %d MB.", upload->name, FILE_MAX >> 20);
	cleanup_fd int fd = open(upload->path, O_RDONLY | O_CLOEXEC);
	char *bytes = arena_alloc(request->arena, (size_t)upload->size + 1);
	int64_t at = 0;
	for (ssize_t got; fd >= 0 && at < upload->size && (got = pread(fd, bytes + at, (size_t)(upload->size - at), at)) > 0;) at += got;
	if (fd < 0 || at < upload->size) return status_make(STATUS_UNAVAILABLE, "The file could not be read. Please send it again.");
	const char *slash = strrchr(upload->name, '/');
	const char *kind = request_field(request, "kind");
	struct filing filing = { .new = { .customer_id = customer.id, .item_id = request_int(request, "item", 0), .kind = kind && *kind ? kind : NULL,
	                                  .name = slash ? slash + 1 : upload->name, .type = "application/octet-stream", .bytes = bytes, .len = (size_t)upload->size } };
	if (!*filing.new.name || strlen(filing.new.name) > 200) filing.new.name = "document";
	TRY(request_change(request, file_work, &filing));
	json_object_set_new(request->model, "id", json_integer(filing.id));
	request->notice = tr(request->lang, "The file is kept with the customer.");
	request->redirect = request_back(request, customer_page_of(request, &customer, "?tab=documents"));
	return STATUS_FINE;
}

/* What a document is, and whose: of an item, or of the customer alone. */
static struct status file_marked(struct request *request)
{
	struct filing filing = { .id = request_int(request, "id", 0), .kind = request_field(request, "kind"), .item_id = request_int(request, "item", 0) };
	TRY(request_change(request, mark_work, &filing));
	request->notice = tr(request->lang, "Noted.");
	request->redirect = request_back(request, "/customers");
	return STATUS_FINE;
}

/* --- what one should know ----------------------------------------------------------------------------------------------------------------- */
static struct status notices_show(struct request *request)
{
	static const struct {
		const char *kind, *label, *icon;
	} kinds[] = { /* msgids */ { "mention", "You were called", "at" }, { "task", "A task", "checkbox" }, { "reply", "An answer came", "message-reply" }, { "watch", "A comment", "message-circle" },
		      { "handover", "A portfolio was handed to you", "users" }, { "feed", "Nothing comes from a feed any more", "clock" } };
	struct notification *list;
	size_t count;
	TRY(notification_list(request->db, request->viewer, request->company.id, false, NOTICES, request->arena, &list, &count));
	json_t *rows = json_array();
	int64_t unseen = 0;
	for (size_t i = 0; i < count; i++) {
		const struct notification *n = &list[i];
		size_t k = 0;
		while (k + 1 < COUNT(kinds) && strcmp(kinds[k].kind, n->kind) != 0) k++;
		const char *href = strcmp(n->kind, "reply") == 0 && n->ref ? arena_printf(request->arena, "/replies/%lld", (long long)n->ref)
		                   : strcmp(n->kind, "feed") == 0  ? "/imports/feeds"
		                   : *n->customer_code             ? arena_printf(request->arena, "/customers/%s?tab=timeline", request_escape(request, n->customer_code))
		                                                   : "/customers";
		json_array_append_new(rows, json_pack("{s:I,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:o,s:b}", "id", (json_int_t)n->id, "kind", n->kind, "label", kinds[k].label, "icon", kinds[k].icon, "text", n->text,
		                                      "by", n->by, "customer_name", n->customer_name, "href", href, "at", model_instant(n->at), "fresh", n->seen_at == 0));
		unseen += n->seen_at == 0;
	}
	json_object_set_new(request->model, "notices", rows);
	json_object_set_new(request->model, "has_notices", json_boolean(count > 0));
	json_object_set_new(request->model, "unseen", json_integer(unseen));
	bool wanted = false;
	TRY(digest_wanted(request->db, request->viewer, &wanted));
	json_object_set_new(request->model, "digest", json_boolean(wanted));
	return STATUS_FINE;
}

struct seeing {
	const struct request *request;
	int64_t id;
};

static struct status seen_work(struct db *db, void *context)
{
	const struct seeing *seeing = context;
	return notification_seen(db, seeing->request->viewer, seeing->request->company.id, seeing->id, seeing->request->now);
}

static struct status notices_seen(struct request *request)
{
	struct seeing seeing = { request, request_int(request, "id", 0) };
	TRY(request_transact(request, seen_work, &seeing));
	request->redirect = request_back(request, "/notifications");
	return STATUS_FINE;
}

static struct status digest_work(struct db *db, void *context)
{
	struct request *request = context;
	return digest_want(db, request->viewer, request_int(request, "on", 1) == 1);
}

static struct status digest_save(struct request *request)
{
	TRY(request_transact(request, digest_work, request));
	request->redirect = "/notifications";
	return STATUS_FINE;
}

static const char *beginning(struct request *request, const char *text)
{
	size_t len = strlen(text);
	if (len <= 300) return text;
	for (len = 300; len && ((unsigned char)text[len] & 0xc0) == 0x80;) len--;
	return arena_printf(request->arena, "%.*s…", (int)len, text);
}

/* --- before a visit ------------------------------------------------------------------------------------------------------------------------- */
static struct status visit_show(struct request *request)
{
	struct customer_page page = { .request = request };
	struct dispute *disputes;
	struct promise *promises;
	struct reply *replies;
	size_t dispute_count, promise_count, reply_count;
	json_t *model = request->model, *contested = json_array(), *promised = json_array(), *said = json_array();
	json_object_set_new(model, "disputes", contested);
	json_object_set_new(model, "promises", promised);
	json_object_set_new(model, "replies", said);
	TRY(customer_of(request, &page.customer));
	TRY(view_context(request, &page.context));
	page.index = book_find_customer(page.context.book, page.customer.id);
	TRY(customer_head(&page));
	TRY(dispute_list(request->db, request->viewer, request->company.id, page.customer.id, true, request->arena, &disputes, &dispute_count));
	TRY(promise_list(request->db, request->viewer, request->company.id, page.customer.id, true, request->arena, &promises, &promise_count));
	TRY(reply_list(request->db, request->viewer, request->company.id, page.customer.id, false, request->arena, &replies, &reply_count));
	int64_t ask = json_integer_value(json_object_get(model, "overdue")); /* what he contests is not asked for */
	for (size_t i = 0; i < dispute_count; i++) {
		size_t at = book_find_item(page.context.book, disputes[i].item_id);
		struct book_item item = at != SIZE_MAX ? book_item(page.context.book, at, request->as_of) : (struct book_item){ 0 };
		if (at != SIZE_MAX && item.due_day < request->as_of) ask -= disputes[i].amount && disputes[i].amount < item.open ? disputes[i].amount : item.open;
	}
	json_object_set_new(model, "ask", ask > 0 ? json_integer(ask) : json_null());
	for (size_t i = 0; i < dispute_count && i < 5; i++)
		json_array_append_new(contested, json_pack("{s:s,s:s,s:o,s:s}", "item", disputes[i].item_number, "reason", dispute_label(disputes[i].reason), "due", model_day(disputes[i].due_day), "note", disputes[i].note));
	for (size_t i = 0; i < promise_count && i < 5; i++)
		json_array_append_new(promised, json_pack("{s:o,s:I,s:s,s:b}", "day", model_day(promises[i].day), "amount", (json_int_t)promises[i].amount, "currency", promises[i].currency, "late",
		                                          promises[i].day < request->today));
	for (size_t i = 0; i < reply_count && json_array_size(said) < 2; i++)
		if (replies[i].kind == REPLY_REPLY)
			json_array_append_new(said, json_pack("{s:I,s:o,s:s,s:s}", "id", (json_int_t)replies[i].id, "at", model_instant(replies[i].at), "text",
			                                      beginning(request, replies[i].text), "from",
			                                      *replies[i].name ? replies[i].name : replies[i].address));
	json_object_set_new(model, "has_disputes", json_boolean(dispute_count > 0));
	json_object_set_new(model, "has_promises", json_boolean(promise_count > 0));
	json_object_set_new(model, "has_replies", json_boolean(json_array_size(said) > 0));
	json_object_set_new(model, "calm", json_boolean(json_integer_value(json_object_get(model, "overdue")) <= 0 && !dispute_count && !promise_count));
	return STATUS_FINE;
}

static struct status visit_note(struct request *request)
{
	static const struct {
		const char *code, *words;
	} quick[] = { /* msgids */ { "seen", "Visited: nothing to report." }, { "pays", "Visited: he says he will pay." }, { "contests", "Visited: he contests something." }, { "absent", "Visited: nobody there." } };
	struct customer customer;
	TRY(customer_of(request, &customer));
	const char *code = given(request, "quick"), *more = given(request, "text"), *words = NULL;
	for (size_t i = 0; i < COUNT(quick); i++)
		if (strcmp(quick[i].code, code) == 0) words = tr(request->lang, quick[i].words);
	struct doing doing = { .customer_id = customer.id, .text = words && *more ? arena_printf(request->arena, "%s %s", words, more) : words ? words : more };
	TRY(request_change(request, comment_work, &doing));
	request->notice = tr(request->lang, "Noted.");
	request->redirect = customer_page_of(request, &customer, "/visit");
	return STATUS_FINE;
}

/* --- a portfolio changes hands ------------------------------------------------------------------------------------------------------------------ */
static struct status handover_fill(struct request *request, const char *problem)
{
	struct user *users;
	size_t count;
	struct viewer system = viewer_system(request->viewer->tenant_id);
	TRY(user_list(request->db, &system, request->arena, &users, &count));
	json_t *from = json_array(), *to = json_array();
	json_object_set_new(request->model, "from", from);
	json_object_set_new(request->model, "to", to);
	int64_t chosen_from = request_int(request, "from", 0), chosen_to = request_int(request, "to", 0);
	for (size_t i = 0; i < count; i++) {
		int64_t customers = 0;
		TRY(db_get_int(request->db, "SELECT COUNT(*) FROM customer WHERE tenant_id = $tenant AND company_id = $company AND collector_id = $user AND merged_into = 0",
		               DB_ARGS(db_int("tenant", request->viewer->tenant_id), db_int("company", request->company.id), db_int("user", users[i].id)), &customers, NULL));
		const char *name = *users[i].name ? users[i].name : users[i].email;
		if (customers) json_array_append_new(from, json_pack("{s:I,s:s,s:I,s:b}", "id", (json_int_t)users[i].id, "name", name, "count", (json_int_t)customers, "on", users[i].id == chosen_from));
		if (!users[i].disabled && (role_rights(users[i].role) & RIGHT_COLLECT)) json_array_append_new(to, json_pack("{s:I,s:s,s:b}", "id", (json_int_t)users[i].id, "name", name, "on", users[i].id == chosen_to));
	}
	json_object_set_new(request->model, "has_from", json_boolean(json_array_size(from) > 0));
	json_object_set_new(request->model, "problem", problem ? json_string(problem) : json_null());
	return STATUS_FINE;
}

static struct status handover_show(struct request *request)
{
	return handover_fill(request, NULL);
}

struct handing {
	int64_t from, to, count;
	const char *note;
};

static struct status hand_work(struct change *change, void *context)
{
	struct handing *handing = context;
	return portfolio_hand(change, handing->from, handing->to, handing->note, &handing->count);
}

static struct status handover_save(struct request *request)
{
	struct handing handing = { .from = request_int(request, "from", 0), .to = request_int(request, "to", 0), .note = given(request, "note") };
	struct status status = request_change(request, hand_work, &handing);
	if ((status.code == STATUS_INVALID || status.code == STATUS_NOT_FOUND) && !request->json) {
		request->http_status = status_http(status.code);
		request->template = "portfolio_hand";
		return handover_fill(request, status.text);
	}
	TRY(status);
	json_object_set_new(request->model, "customers", json_integer(handing.count));
	request->notice = arena_printf(request->arena, "%s (%lld)", tr(request->lang, "The portfolio is handed over. Customers"), (long long)handing.count);
	request->redirect = "/customers";
	return STATUS_FINE;
}

const struct route together_routes[] = {
	{ "POST", "/customers/{code}/comment", RIGHT_NOTE, comment_save, .menu = MENU_CUSTOMERS, .summary = "Add a comment; @name calls a colleague", .fields = "text* back" },
	{ "POST", "/customers/{code}/tasks", RIGHT_NOTE, task_save, .menu = MENU_CUSTOMERS, .summary = "Give a task", .fields = "text* owner date back" },
	{ "POST", "/customers/{code}/watch", RIGHT_NOTE, watch_save, .menu = MENU_CUSTOMERS, .summary = "Follow a customer, or no longer", .fields = "on back" },
	{ "POST", "/customers/{code}/files", RIGHT_NOTE, file_save, .menu = MENU_CUSTOMERS, .summary = "Keep a file with a customer", .upload = true, .fields = "file* kind item back" },
	{ "POST", "/documents/{id}/kind", RIGHT_NOTE, file_marked, .menu = MENU_CUSTOMERS, .summary = "Say what a document is", .fields = "kind item back" },
	{ "GET", "/customers/{code}/visit", RIGHT_READ, visit_show, .template = "visit", .menu = MENU_CUSTOMERS, .summary = "A customer's situation before a visit" },
	{ "POST", "/customers/{code}/visit", RIGHT_NOTE, visit_note, .menu = MENU_CUSTOMERS, .summary = "Note a visit", .fields = "quick text" },
	{ "GET", "/tasks", RIGHT_READ, tasks_show, .template = "tasks", .menu = MENU_AGENDA, .summary = "Tasks given", .fields = "all" },
	{ "POST", "/tasks/{id}/done", RIGHT_NOTE, task_end, .menu = MENU_AGENDA, .summary = "A task is done", .fields = "note back" },
	{ "POST", "/tasks/{id}/move", RIGHT_NOTE, task_moved, .menu = MENU_AGENDA, .summary = "Change a task's day or owner", .fields = "date owner back" },
	{ "GET", "/notifications", RIGHT_SELF, notices_show, .template = "notifications", .menu = MENU_ACCOUNT, .summary = "What I should know", .live = true },
	{ "POST", "/notifications/seen", RIGHT_SELF, notices_seen, .menu = MENU_ACCOUNT, .summary = "Notifications are seen", .fields = "id back" },
	{ "POST", "/notifications/digest", RIGHT_SELF, digest_save, .menu = MENU_ACCOUNT, .summary = "Want the daily mail, or not", .fields = "on" },
	{ "GET", "/portfolio/handover", RIGHT_SCENARIO, handover_show, .template = "portfolio_hand", .menu = MENU_CUSTOMERS, .summary = "Hand a portfolio over" },
	{ "POST", "/portfolio/handover", RIGHT_SCENARIO, handover_save, .template = "portfolio_hand", .menu = MENU_CUSTOMERS, .summary = "Hand a portfolio over to a colleague",
	  .fields = "from* to* note" },
	{ 0 },
};
