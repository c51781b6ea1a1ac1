/* settings — what the company chose: sections of one table (src/ledger/setting.c), going live with its checklist, the switch that
 * stops all sending, rates that a person enters, and a try of the mail server. */
#include "web/settings.h"

#include "base/memory.h"
#include "base/money.h"
#include "base/words.h"
#include "ledger/golive.h"
#include "ledger/rate.h"
#include "outreach/inbox.h"
#include "outreach/outbox.h"
#include "outreach/mail_login.h"

/* A section shows the company's own fields named, then every setting whose group (before the point) or name is listed. */
static const struct section {
	const char *code, *title, *intro;
	const char *own[6], *groups[10];
} sections[] = {
	{ "company", "Company", "Who writes to your customers. Letters and formal notices need the whole of it.",
	  { "name", "siren", "country", "currency", "zone" }, { "legal", "language" } },
	{ "golive", "Go live", "Whether messages leave, what is worth checking before, and the switch that stops everything.", { 0 }, { 0 } },
	{ "terms", "Terms and figures", "How due dates are found where a file gives none, and how figures are counted.", { 0 },
	  { "terms", "accounts", "opening", "assumed", "quality", "ageing", "import", "stale" } },
	{ "reminders", "Reminders", "What holds for every scenario.", { 0 },
	  { "item_mode", "daily_cap", "contact", "minimum", "firm", "takeover", "reply", "promise", "thanks", "alert" } },
	{ "hours", "Hours and holidays", "Messages leave on working days, within these hours of the company's time zone.", { 0 },
	  { "window", "holidays" } },
	{ "mail", "Mail", "The server that sends for you. Without one the desk shows what would leave.", { 0 }, { "mail", "proof" } },
	{ "inbox", "Mailbox", "The mailbox that answers come to, read by IMAP: each answer finds its customer, and what is nobody's waits for you.", { 0 }, { "inbox" } },
	{ "oauth", "Sign-in by token", "For providers that take no password any more (OAuth 2.0): register the desk there as an application, agree as the mailbox's owner, and enter what the provider gives. Then choose oauth under Mail and Mailbox.", { 0 }, { "oauth" } },
	{ "sms", "Text messages", "A gateway of your choice sends them; its shape is yours to describe. STOP is honoured.", { 0 }, { "sms" } },
	{ "post", "Postal service", "A service that prints and posts letters for you, reached over HTTP.", { 0 }, { "post" } },
	{ "bank", "Bank details", "Where customers pay to. Shown on every reminder.", { 0 }, { "bank" } },
	{ "letters", "Signature and letters", "What stands under a message, and where a printer puts it.", { 0 }, { "signature", "letter" } },
	{ "debtor", "Customer's page", "Each customer's own page behind a personal link: what he owes, how to pay, and his answers.", { 0 }, { "debtor" } },
	{ "personal", "Personal data", "How long each kind of data is kept once what it was for is over. “Personal data” in the menu above shows what is due.", { 0 }, { "retention" } },
	{ "interest", "Late interest and rates", "Computed for every late item; claimed only as you say here.", { 0 }, { "interest", "rebate" } },
	{ "credit", "Credit insurance, deposits, discount", "What is proposed before a delivery, and told to the insurer in time.", { 0 }, { "insurance", "deposit", "discount" } },
};

static const struct own_field {
	const char *name, *label, *help;
} own_fields[] = {
	{ "name", "Name", "" },
	{ "siren", "SIREN", "Nine digits; a SIRET will do." },
	{ "country", "Country", "Two letters, as in FR." },
	{ "currency", "Currency", "It can change while there are no items." },
	{ "zone", "Time zone", "As in Europe/Paris: decides which day it is." },
};

static const struct section *find_section(const char *code)
{
	for (size_t i = 0; code && i < COUNT(sections); i++)
		if (strcmp(sections[i].code, code) == 0) return &sections[i];
	return code && *code ? NULL : &sections[0];
}

static bool in_section(const struct section *section, const char *name)
{
	size_t group = strcspn(name, ".");
	for (size_t i = 0; i < COUNT(section->groups) && section->groups[i]; i++)
		if (strlen(section->groups[i]) == group && memcmp(section->groups[i], name, group) == 0) return true;
	return false;
}

static const char *own_value(const struct company *company, const char *name)
{
	if (strcmp(name, "name") == 0) return company->name;
	if (strcmp(name, "siren") == 0) return company->siren;
	if (strcmp(name, "country") == 0) return company->country;
	if (strcmp(name, "currency") == 0) return company->currency;
	return company->zone;
}

/* --- the model --------------------------------------------------------------------------------------------------------------- */
/* Amounts as people type them, with their decimals: digits alone would be minor units. */
static const char *typed_amount(const struct request *request, int64_t minor)
{
	int decimals = currency_decimals(request->company.currency);
	int64_t unit = 1;
	for (int i = 0; i < decimals; i++) unit *= 10;
	if (!decimals) return arena_printf(request->arena, "%lld", (long long)minor);
	return arena_printf(request->arena, "%lld%c%0*lld", (long long)(minor / unit), request->lang == LANG_EN ? '.' : ',', decimals,
	                    (long long)(minor % unit));
}

static json_t *choices_of(const struct setting_key *key, const char *value)
{
	json_t *rows = json_array();
	for (const char *p = key->choices; p && *p;) {
		size_t len = strcspn(p, "|");
		json_array_append_new(rows, json_pack("{s:s%,s:b}", "code", p, len, "on", strlen(value) == len && memcmp(p, value, len) == 0));
		p += len + (p[len] == '|');
	}
	return rows;
}

static json_t *setting_field(struct request *request, const struct setting_key *key, json_t *errors)
{
	static const char *const shapes[] = { [SETTING_TEXT] = "text", [SETTING_INT] = "number", [SETTING_BOOL] = "bool",
		                              [SETTING_AMOUNT] = "amount", [SETTING_DATE] = "date", [SETTING_LIST] = "text",
		                              [SETTING_SECRET] = "secret" };
	const char *shape = key->choices ? "choice" : key->long_text ? "lines" : shapes[key->type];
	const char *value = setting_text(request->settings, key->name), *given = request_field(request, key->name);
	const char *shown = key->type == SETTING_SECRET   ? ""
	                    : errors && given              ? given
	                    : key->type == SETTING_AMOUNT ? typed_amount(request, setting_int(request->settings, key->name))
	                                                  : value;
	json_t *error = errors ? json_object_get(errors, key->name) : NULL;
	json_t *field = json_pack("{s:s,s:s,s:s,s:s,s:b,s:b,s:o}", "name", key->name, "label", key->help, "shape", shape, "value", shown, "on",
	                          key->type == SETTING_BOOL && strcmp(value, "1") == 0, "kept", key->type == SETTING_SECRET && *value, "choices",
	                          choices_of(key, value));
	json_object_set_new(field, "low", key->type == SETTING_INT ? json_integer(key->low) : json_null());
	json_object_set_new(field, "high", key->type == SETTING_INT ? json_integer(key->high) : json_null());
	json_object_set_new(field, "help", json_null());
	json_object_set_new(field, "error", error ? json_incref(error) : json_null());
	return field;
}

static json_t *own_field(struct request *request, const struct own_field *own, json_t *errors)
{
	const char *given = request_field(request, own->name);
	json_t *error = errors ? json_object_get(errors, own->name) : NULL;
	return json_pack("{s:s,s:s,s:s,s:s,s:b,s:b,s:[],s:n,s:n,s:o,s:o}", "name", own->name, "label", own->label, "shape", "text", "value",
	                 errors && given ? given : own_value(&request->company, own->name), "on", 0, "kept", 0, "choices", "low", "high", "help",
	                 *own->help ? json_string(own->help) : json_null(), "error", error ? json_incref(error) : json_null());
}

static struct status fill_golive(struct request *request)
{
	struct golive_check *checks = NULL;
	size_t count = 0, missing = 0;
	TRY(golive_checks(request->db, &request->company, request->today, request->arena, &checks, &count));
	json_t *rows = json_array();
	for (size_t i = 0; i < count; i++) {
		json_array_append_new(rows, json_pack("{s:s,s:s,s:b,s:o}", "code", checks[i].code, "words", checks[i].words, "ok", checks[i].ok, "missing",
		                                      checks[i].ok || !checks[i].missing ? json_null() : json_integer(checks[i].missing)));
		missing += !checks[i].ok;
	}
	json_object_set_new(request->model, "golive",
	                    json_pack("{s:b,s:b,s:o,s:I,s:I,s:I}", "live", request->company.live, "stopped",
	                              setting_bool(request->settings, "stop_all"), "checks", rows, "missing", (json_int_t)missing, "count",
	                              (json_int_t)count, "daily_cap", (json_int_t)setting_int(request->settings, "daily_cap")));
	return STATUS_FINE;
}

static struct status fill_rates(struct request *request)
{
	static const struct {
		const char *code, *label;
	} kinds[] = { { "ecb", "ECB refinancing rate" },
		      { "legal_professional", "Legal interest, professional creditor" },
		      { "legal_consumer", "Legal interest, other creditors" } };
	struct rate_entered *entered = NULL;
	size_t count = 0;
	TRY(rate_list(request->db, request->viewer, request->company.id, request->arena, &entered, &count));
	json_t *rows = json_array(), *names = json_array();
	for (size_t k = 0; k < COUNT(kinds); k++) {
		json_array_append_new(names, json_pack("{s:s,s:s}", "code", kinds[k].code, "label", kinds[k].label));
		for (size_t i = 0; i < count; i++) {
			if (strcmp(entered[i].kind, kinds[k].code) != 0) continue;
			cleanup_text struct text percent = { 0 };
			words_percent(&percent, request->lang, entered[i].basis_points / 10000.0, 2);
			json_array_append_new(rows, json_pack("{s:s,s:s,s:o,s:f,s:s}", "kind", kinds[k].code, "label", kinds[k].label, "from",
			                                      model_day(entered[i].from_day), "ratio", entered[i].basis_points / 10000.0, "percent",
			                                      text_cstr(&percent)));
		}
	}
	json_object_set_new(request->model, "rates", json_pack("{s:o,s:o}", "kinds", names, "rows", rows));
	return STATUS_FINE;
}

static struct status fill_inbox(struct request *request)
{
	struct inbox_state state;
	TRY(inbox_state(request->db, request->viewer, request->company.id, request->settings, request->now, request->arena, &state));
	json_object_set_new(request->model, "inbox",
	                    json_pack("{s:b,s:b,s:s,s:o,s:o,s:o,s:I}", "on", state.on, "late", state.late, "error", state.error, "checked_at", model_instant(state.checked_at),
	                              "received_at", model_instant(state.received_at), "next_at", model_instant(state.error[0] ? state.next_at : 0), "failures",
	                              (json_int_t)state.failures));
	return STATUS_FINE;
}

/* errors: by name of the field, borrowed; NULL when the page is only shown. */
static struct status fill(struct request *request, const struct section *section, json_t *errors)
{
	json_t *tabs = json_array(), *fields = json_array();
	for (size_t i = 0; i < COUNT(sections); i++)
		json_array_append_new(tabs, json_pack("{s:s,s:s,s:b}", "code", sections[i].code, "title", sections[i].title, "on", &sections[i] == section));
	for (size_t i = 0; i < COUNT(own_fields); i++)
		for (size_t j = 0; j < COUNT(section->own) && section->own[j]; j++)
			if (strcmp(section->own[j], own_fields[i].name) == 0) json_array_append_new(fields, own_field(request, &own_fields[i], errors));
	size_t count = 0;
	const struct setting_key *keys = setting_keys(&count);
	for (size_t i = 0; i < count; i++)
		if (in_section(section, keys[i].name)) json_array_append_new(fields, setting_field(request, &keys[i], errors));
	json_object_set_new(request->model, "sections", tabs);
	json_object_set_new(request->model, "section", json_string(section->code));
	json_object_set_new(request->model, "heading", json_string(section->title));
	json_object_set_new(request->model, "intro", json_string(section->intro));
	json_object_set_new(request->model, "has_form", json_boolean(json_array_size(fields) > 0));
	json_object_set_new(request->model, "fields", fields);
	json_object_set_new(request->model, "error", errors && json_object_get(errors, "") ? json_incref(json_object_get(errors, "")) : json_null());
	json_object_set_new(request->model, "title", json_string(tr(request->lang, section->title)));
	json_object_set_new(request->model, "golive", json_null());
	json_object_set_new(request->model, "rates", json_null());
	json_object_set_new(request->model, "mail", json_null());
	json_object_set_new(request->model, "inbox", json_null());
	bool letters = strcmp(section->code, "letters") == 0;
	json_object_set_new(request->model, "has_logo_form", json_boolean(letters));
	if (letters) TRY(logo_model(request, request->company.tenant_id, request->company.id, "/portal/logo.png"));
	if (strcmp(section->code, "inbox") == 0) TRY(fill_inbox(request));
	if (strcmp(section->code, "golive") == 0) TRY(fill_golive(request));
	if (strcmp(section->code, "interest") == 0) TRY(fill_rates(request));
	if (strcmp(section->code, "mail") == 0)
		json_object_set_new(request->model, "mail", json_pack("{s:b,s:s}", "ready", mail_ready(request->settings), "to", request->viewer->email));
	return STATUS_FINE;
}

struct status settings_again(struct request *request, const char *code, const char *trouble)
{
	json_t *errors = json_pack("{s:s}", "", trouble);
	request->http_status = 422;
	struct status status = fill(request, find_section(code), errors);
	json_decref(errors);
	return status;
}

static struct status settings_show(struct request *request)
{
	const struct section *section = find_section(request_field(request, "section"));
	if (!section) return status_make(STATUS_NOT_FOUND, "There is no such section of the settings.");
	return fill(request, section, NULL);
}

/* --- saving --------------------------------------------------------------------------------------------------------------------- */
struct save {
	const struct section *section;
	struct {
		const char *name, *value;
	} fields[80];
	size_t count;
	const char *failed; /* the field that the store refused */
};

static struct status save_work(struct change *change, void *context)
{
	struct save *save = context;
	for (size_t i = 0; i < save->count; i++) {
		save->failed = save->fields[i].name;
		TRY(company_set(change, save->fields[i].name, save->fields[i].value));
	}
	return STATUS_FINE;
}

/* What the form says of one setting, as setting_read takes it; NULL: not in the form, left as it is. */
static const char *form_value(struct request *request, const struct setting_key *key)
{
	const char *given = request_field(request, key->name);
	if (key->type == SETTING_BOOL) {
		/* an unticked box sends nothing: the hidden field beside it says that it was there */
		const char *there = request_field(request, arena_printf(request->arena, "%s.there", key->name));
		return given ? given : there ? "0" : NULL;
	}
	if (key->type == SETTING_SECRET) {
		if (request_field(request, arena_printf(request->arena, "%s.forget", key->name))) return "";
		return given && *given ? given : NULL; /* left empty: kept */
	}
	if (key->type == SETTING_AMOUNT && given && !request->json) {
		/* a person's 15 is 15 €: digits alone would be read as minor units */
		struct slice text = slice_trim(slice_of(given));
		if (text.len && strspn(text.bytes, "0123456789") >= text.len && currency_decimals(request->company.currency) > 0)
			return arena_printf(request->arena, "%.*s,%0*d", SLICE_PRINT(text), currency_decimals(request->company.currency), 0);
	}
	return given;
}

/* Under its own field a refusal need not say which key it is about. */
static struct status in_form_words(const struct setting_key *key, struct status status)
{
	if (key->type == SETTING_INT)
		return status_make(STATUS_INVALID, "A whole number from %lld to %lld.", (long long)key->low, (long long)key->high);
	if (key->type == SETTING_AMOUNT) return status_make(STATUS_INVALID, "An amount, as in 12,50.");
	return status;
}

static struct status settings_save(struct request *request)
{
	const struct section *section = find_section(request_field(request, "section"));
	if (!section) return status_make(STATUS_NOT_FOUND, "There is no such section of the settings.");
	struct save save = { .section = section };
	json_t *errors = json_object();
	for (size_t j = 0; j < COUNT(section->own) && section->own[j]; j++) {
		const char *given = request_field(request, section->own[j]);
		if (given) save.fields[save.count].name = section->own[j], save.fields[save.count++].value = given;
	}
	size_t count = 0;
	const struct setting_key *keys = setting_keys(&count);
	for (size_t i = 0; i < count && save.count < COUNT(save.fields); i++) {
		const char *value = in_section(section, keys[i].name) ? form_value(request, &keys[i]) : NULL;
		if (!value) continue;
		cleanup_free char *stored = NULL;
		struct status status = setting_read(&keys[i], request->company.currency, value, &stored);
		if (status.code) status = in_form_words(&keys[i], status);
		if (status.code) json_object_set_new(errors, keys[i].name, json_string(status.text));
		save.fields[save.count].name = keys[i].name, save.fields[save.count++].value = value;
	}
	struct status status = STATUS_FINE;
	if (json_object_size(errors)) {
		status = status_make(STATUS_INVALID, "Nothing was saved: see the fields marked below.");
		json_object_set_new(errors, "", json_string(status.text));
	} else {
		status = request_change(request, save_work, &save);
		if (status.code == STATUS_INVALID || status.code == STATUS_CONFLICT) json_object_set_new(errors, save.failed ? save.failed : "", json_string(status.text));
	}
	if (json_object_size(errors) && !request->json) {
		request->http_status = 422;
		status = fill(request, section, errors);
		json_decref(errors);
		return status;
	}
	json_decref(errors);
	TRY(status);
	request->notice = tr(request->lang, "The settings are saved.");
	request->redirect = arena_printf(request->arena, "/settings?section=%s", section->code);
	return STATUS_FINE;
}

/* --- going live, the switch, rates, a try of the mail -------------------------------------------------------------------------------- */
static struct status live_work(struct change *change, void *context)
{
	return golive_set(change, *(const bool *)context);
}

static struct status settings_golive(struct request *request)
{
	bool live = request_int(request, "live", 0) == 1;
	TRY(request_change(request, live_work, &live));
	request->notice = tr(request->lang, live ? "You are live: confirmed messages leave from now on." : "Back in test mode: nothing leaves.");
	request->redirect = "/settings?section=golive";
	return STATUS_FINE;
}

static struct status stop_work(struct change *change, void *context)
{
	return setting_change(change, "stop_all", *(const bool *)context ? "1" : "0");
}

static struct status settings_stop(struct request *request)
{
	bool on = request_int(request, "on", 0) == 1;
	TRY(request_change(request, stop_work, &on));
	request->notice = tr(request->lang, on ? "All sending is stopped. Nothing leaves until you allow it again." : "Sending is allowed again.");
	request->redirect = request_back(request, "/settings?section=golive");
	return STATUS_FINE;
}

struct rate_call {
	const char *kind, *percent;
	int32_t from;
};

static struct status rate_work(struct change *change, void *context)
{
	const struct rate_call *call = context;
	return rate_enter(change, call->kind, call->from, call->percent);
}

static struct status settings_rate(struct request *request)
{
	const char *kind = request_field(request, "kind"), *percent = request_field(request, "rate");
	struct rate_call call = { kind ? kind : "", percent ? percent : "", DAY_NONE };
	if (!request_day(request, "from", &call.from)) call.from = DAY_NONE;
	struct status status = request_change(request, rate_work, &call);
	if (status.code == STATUS_INVALID && !request->json) {
		json_t *errors = json_pack("{s:s}", "", status.text);
		request->http_status = 422;
		request->template = "settings";
		status = fill(request, find_section("interest"), errors);
		json_decref(errors);
		return status;
	}
	TRY(status);
	request->notice = tr(request->lang, *call.percent ? "The rate is entered." : "The rate is taken back.");
	request->redirect = "/settings?section=interest";
	return STATUS_FINE;
}

static struct status settings_mail_try(struct request *request)
{
	const char *to = request_field(request, "to");
	struct status status = mail_ready(request->settings)
	                               ? STATUS_FINE
	                               : status_make(STATUS_INVALID, "Enter the mail server and the sender's address first, and save.");
	if (!status.code) status = mail_login_ready(request->settings, "mail");
	struct smtp_server server = mail_server(request->settings);
	if (!status.code) status = smtp_test(&server);
	if (!status.code && to && *to) {
		const char *words = tr(request->lang, "This message shows that Encours can send through your mail server.");
		struct message message = { .lang = request->lang, .subject = tr(request->lang, "The mail settings work"), .text = words,
			                   .html = arena_printf(request->arena, "<!doctype html><html lang=\"%s\"><body><p>%s</p></body></html>",
			                                        lang_code(request->lang), words) };
		status = mail_try(request->settings, &request->company, &message, to, request->now);
	}
	if (status.code && !request->json) {
		json_t *errors = json_pack("{s:s}", "", status.text);
		request->http_status = status_http(status.code);
		request->template = "settings";
		status = fill(request, find_section("mail"), errors);
		json_decref(errors);
		return status;
	}
	TRY(status);
	request->notice = tr(request->lang, to && *to ? "The server accepted the message: look into your mailbox." : "The server answers and lets us in.");
	request->redirect = "/settings?section=mail";
	return STATUS_FINE;
}

static struct status settings_inbox_try(struct request *request)
{
	int64_t messages = 0;
	struct status status = inbox_try(request->settings, &messages);
	if (status.code && !request->json) {
		json_t *errors = json_pack("{s:s}", "", status.text);
		request->http_status = status_http(status.code);
		request->template = "settings";
		status = fill(request, find_section("inbox"), errors);
		json_decref(errors);
		return status;
	}
	TRY(status);
	json_object_set_new(request->model, "messages", json_integer(messages));
	request->notice = arena_printf(request->arena, "%s (%lld)", tr(request->lang, "The mailbox lets us in. Messages in the folder"), (long long)messages);
	request->redirect = "/settings?section=inbox";
	return STATUS_FINE;
}

const struct route settings_routes[] = {
	{ "GET", "/settings", RIGHT_SETTINGS, settings_show, .template = "settings", .menu = MENU_SETTINGS, .summary = "Settings", .fields = "section" },
	{ "POST", "/settings", RIGHT_SETTINGS, settings_save, .template = "settings", .menu = MENU_SETTINGS, .summary = "Change settings of one section",
	  .fields = "section*" },
	{ "POST", "/settings/live", RIGHT_SETTINGS, settings_golive, .menu = MENU_SETTINGS, .summary = "Go live, or back to test mode", .fields = "live*" },
	{ "POST", "/settings/stop", RIGHT_SETTINGS, settings_stop, .menu = MENU_SETTINGS, .summary = "Stop all sending, or allow it again", .fields = "on* back" },
	{ "POST", "/settings/rate", RIGHT_SETTINGS, settings_rate, .menu = MENU_SETTINGS, .summary = "Enter a rate", .fields = "kind* from* rate" },
	{ "POST", "/settings/mail", RIGHT_SETTINGS, settings_mail_try, .menu = MENU_SETTINGS, .summary = "Try the mail server", .fields = "to" },
	{ "POST", "/settings/inbox", RIGHT_SETTINGS, settings_inbox_try, .menu = MENU_SETTINGS, .summary = "Try the mailbox" },
	{ 0 },
};
