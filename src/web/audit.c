/* audit — who did what and when: the event chain, newest first, with filters; its head as the proof of the day. */
#include "web/settings.h"

#include "access/user.h"
#include "base/memory.h"
#include "base/words.h"
#include "ledger/customer.h"
#include "ledger/event.h"
#include "web/timeline.h"

enum { PAGE = 100 };

/* Filters by the first part of an event's kind. */
static const struct {
	const char *code, *label, *prefix;
} kinds[] = {
	{ "imports", "Imports", "import." },      { "messages", "Messages", "action." },      { "promises", "Promises", "promise." },
	{ "disputes", "Disputes", "dispute." },   { "holds", "Holds", "hold." },              { "exclusions", "Exclusions", "exclusion." },
	{ "replies", "Replies", "reply." },       { "customers", "Customers", "customer." },  { "contacts", "Contacts", "contact." },
	{ "settings", "Settings", "setting." },   { "company", "Company", "company." },       { "users", "Accounts", "user." },
	{ "scenarios", "Scenarios", "scenario." }, { "templates", "Templates", "template." }, { "notes", "Comments", "note." },
};

static json_t *who(json_t *names, int64_t user_id)
{
	char key[24];
	snprintf(key, sizeof key, "%lld", (long long)user_id);
	json_t *name = json_object_get(names, key);
	return name ? json_incref(name) : json_null();
}

/* "Payment term in days: 30 → 45" rather than the key's name. */
static void tell_setting(struct request *request, const struct event *event, json_t *entry)
{
	json_t *content = strcmp(event->kind, "setting.changed") == 0 ? json_loads(event->content, 0, NULL) : NULL;
	const char *name = json_string_value(json_object_get(content, "name"));
	const struct setting_key *key = name ? setting_key(name) : NULL;
	if (key) {
		cleanup_text struct text text = { 0 };
		text_add(&text, tr(request->lang, key->help));
		const char *values[2] = { json_string_value(json_object_get(content, "before")), json_string_value(json_object_get(content, "after")) };
		for (int i = 0; i < 2 && values[0] && values[1]; i++) {
			text_add(&text, i ? " → " : "\n");
			if (key->type == SETTING_BOOL)
				text_add(&text, tr(request->lang, strcmp(values[i], "1") == 0 ? "Yes" : "No"));
			else if (key->type == SETTING_AMOUNT)
				words_amount(&text, request->lang, strtoll(values[i], NULL, 10), request->company.currency);
			else
				text_add(&text, *values[i] ? key->choices ? tr(request->lang, values[i]) : values[i] : "–");
		}
		json_object_set_new(entry, "text", json_string(text_cstr(&text)));
	}
	json_decref(content);
}

static struct status audit_show(struct request *request)
{
	const char *kind = request_field(request, "kind"), *code = request_field(request, "customer");
	struct event_filter filter = { .by_user = request_int(request, "user", -1), .before_seq = request_int(request, "before", 0),
		                       .from = DAY_NONE, .to = DAY_NONE, .limit = PAGE + 1 };
	json_t *filters = json_array(), *people = json_array(), *names = json_object(), *rows = json_array();
	json_object_set_new(request->model, "kinds", filters);
	json_object_set_new(request->model, "people", people);
	json_object_set_new(request->model, "events", rows);
	for (size_t i = 0; i < COUNT(kinds); i++) {
		bool on = kind && strcmp(kind, kinds[i].code) == 0;
		if (on) filter.kind = kinds[i].prefix;
		json_array_append_new(filters, json_pack("{s:s,s:s,s:b}", "code", kinds[i].code, "label", kinds[i].label, "on", on));
	}
	if (!request_day(request, "from", &filter.from)) filter.from = DAY_NONE;
	if (!request_day(request, "to", &filter.to)) filter.to = DAY_NONE;
	struct status status = STATUS_FINE;
	struct customer customer = { .code = "" };
	if (code && *code) {
		status = customer_find(request->db, request->viewer, request->company.id, code, request->arena, &customer);
		filter.customer_id = customer.id;
	}
	struct user *users = NULL;
	struct event *events = NULL;
	size_t user_count = 0, count = 0;
	if (!status.code) status = user_list(request->db, request->viewer, request->arena, &users, &user_count);
	for (size_t i = 0; i < user_count; i++) {
		char key[24];
		const char *name = *users[i].name ? users[i].name : users[i].email;
		snprintf(key, sizeof key, "%lld", (long long)users[i].id);
		json_object_set_new(names, key, json_string(name));
		json_array_append_new(people, json_pack("{s:I,s:s,s:b}", "id", (json_int_t)users[i].id, "name", name, "on", filter.by_user == users[i].id));
	}
	if (!status.code) status = event_search(request->db, request->viewer, request->company.id, filter, request->arena, &events, &count);
	/* codes of the customers on this page, each looked up once */
	json_t *codes = json_object();
	for (size_t i = 0; !status.code && i < count && i < PAGE; i++) {
		json_t *entry = timeline_entry(request, &events[i]);
		tell_setting(request, &events[i], entry);
		json_object_set_new(entry, "by", who(names, events[i].by_user));
		json_object_set_new(entry, "customer", json_null());
		json_object_set_new(entry, "erased", json_boolean(!*events[i].content));
		if (events[i].customer_id) {
			char key[24];
			snprintf(key, sizeof key, "%lld", (long long)events[i].customer_id);
			if (!json_object_get(codes, key)) {
				struct customer about;
				struct status found = customer_get(request->db, request->viewer, request->company.id, events[i].customer_id, request->arena, &about);
				json_object_set_new(codes, key, found.code ? json_null() : json_pack("{s:s,s:s}", "code", about.code, "name", about.name));
			}
			json_object_set(entry, "customer", json_object_get(codes, key));
		}
		json_array_append_new(rows, entry);
	}
	json_decref(codes);
	json_decref(names);
	TRY(status);
	int64_t seq = 0;
	char head[EVENT_HEX];
	TRY(event_head(request->db, request->viewer->tenant_id, request->company.id, &seq, head));
	const char *older = NULL;
	if (count > PAGE) {
		char from[11] = "", to[11] = "";
		if (filter.from != DAY_NONE) day_format(filter.from, from);
		if (filter.to != DAY_NONE) day_format(filter.to, to);
		older = arena_printf(request->arena, "/audit?kind=%s&user=%lld&customer=%s&from=%s&to=%s&before=%lld",
		                     kind ? request_escape(request, kind) : "", (long long)filter.by_user, request_escape(request, customer.code), from, to,
		                     (long long)events[PAGE - 1].seq);
	}
	json_object_set_new(request->model, "older", older ? json_string(older) : json_null());
	json_object_set_new(request->model, "head", json_pack("{s:I,s:s}", "seq", (json_int_t)seq, "hash", head));
	json_object_set_new(request->model, "kind", json_string(kind ? kind : ""));
	json_object_set_new(request->model, "user", json_integer(filter.by_user));
	json_object_set_new(request->model, "program", json_boolean(filter.by_user == 0));
	json_object_set_new(request->model, "customer_code", json_string(customer.code));
	json_object_set_new(request->model, "from", model_day(filter.from));
	json_object_set_new(request->model, "to", model_day(filter.to));
	json_object_set_new(request->model, "filtered", json_boolean(filter.kind || filter.by_user >= 0 || filter.customer_id || filter.from != DAY_NONE ||
	                                                               filter.to != DAY_NONE || filter.before_seq));
	return STATUS_FINE;
}

struct check {
	int64_t count, broken_at;
};

static struct status audit_verify(struct request *request)
{
	struct check check = { 0 };
	TRY(event_verify(request->db, request->viewer->tenant_id, request->company.id, &check.count, &check.broken_at));
	request->notice = check.broken_at
	                          ? arena_printf(request->arena, tr(request->lang, "Event %lld does not fit the chain: it was changed, removed or added outside Encours."),
	                                         (long long)check.broken_at)
	                          : arena_printf(request->arena, tr(request->lang, "The chain is whole: %lld events fit."), (long long)check.count);
	json_object_set_new(request->model, "ok", json_boolean(check.broken_at == 0));
	json_object_set_new(request->model, "events", json_integer(check.count));
	json_object_set_new(request->model, "broken_at", check.broken_at ? json_integer(check.broken_at) : json_null());
	request->redirect = "/audit";
	return STATUS_FINE;
}

const struct route audit_routes[] = {
	{ "GET", "/audit", RIGHT_AUDIT, audit_show, .template = "audit", .menu = MENU_AUDIT, .summary = "Audit log",
	  .fields = "kind user customer from to before" },
	{ "POST", "/audit/verify", RIGHT_AUDIT, audit_verify, .menu = MENU_AUDIT, .summary = "Check the event chain" },
	{ 0 },
};
