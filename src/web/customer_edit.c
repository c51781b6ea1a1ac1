/* customer_edit — what people change in a customer's file: settings, contacts, note, comment, replies. */
#include "web/customer_page.h"

#include "ledger/preference.h"
#include "web/fields_page.h"

#include "access/user.h"
#include "base/money.h"
#include "dunning/plan_load.h"
#include "ledger/contact.h"
#include "ledger/event.h"
#include "ledger/reply.h"

#include <stdlib.h>
#include <string.h>

static const char *back_to(const struct request *request, const struct customer *customer, const char *tab)
{
	const char *code = request_escape(request, customer->code);
	return request_back(request, tab ? arena_printf(request->arena, "/customers/%s?tab=%s", code, tab)
	                                 : arena_printf(request->arena, "/customers/%s", code));
}

static const char *trimmed(const struct request *request, const char *name)
{
	const char *value = request_field(request, name);
	struct slice slice = slice_trim(slice_of(value ? value : ""));
	return arena_strndup(request->arena, slice.bytes, slice.len);
}

/* --- settings ------------------------------------------------------------------------------------------------------------- */
enum shape { SHAPE_TEXT, SHAPE_BOOL, SHAPE_INT, SHAPE_AMOUNT };
static const struct setting_field {
	const char *form, *field; /* name in the form, field of the ledger */
	enum shape shape;
	enum right right;
} setting_fields[] = {
	{ "scenario", "scenario", SHAPE_TEXT, RIGHT_SCENARIO },
	{ "class", "class", SHAPE_TEXT, RIGHT_COLLECT },
	{ "language", "language", SHAPE_TEXT, RIGHT_COLLECT },
	{ "collector", "collector", SHAPE_TEXT, RIGHT_SCENARIO },
	{ "group", "group", SHAPE_TEXT, RIGHT_COLLECT },
	{ "minimum", "minimum", SHAPE_AMOUNT, RIGHT_SCENARIO },
	{ "credit_limit", "credit_limit", SHAPE_AMOUNT, RIGHT_SCENARIO },
	{ "key_account", "key_account", SHAPE_BOOL, RIGHT_COLLECT },
	{ "terms_days", "terms.days", SHAPE_INT, RIGHT_COLLECT },
	{ "terms_month", "terms.end_of_month", SHAPE_TEXT, RIGHT_COLLECT },
	{ "terms_day", "terms.day", SHAPE_INT, RIGHT_COLLECT },
	{ "payment_means", "payment_means", SHAPE_TEXT, RIGHT_COLLECT },
	{ "email", "email", SHAPE_TEXT, RIGHT_NOTE },
	{ "phone", "phone", SHAPE_TEXT, RIGHT_NOTE },
	{ "address", "address", SHAPE_TEXT, RIGHT_COLLECT },
	{ "postcode", "postcode", SHAPE_TEXT, RIGHT_COLLECT },
	{ "city", "city", SHAPE_TEXT, RIGHT_COLLECT },
	{ "country", "country", SHAPE_TEXT, RIGHT_COLLECT },
	{ "siren", "siren", SHAPE_TEXT, RIGHT_COLLECT },
	{ "payer", "payer", SHAPE_TEXT, RIGHT_COLLECT },
	{ "payer_mode", "payer_mode", SHAPE_TEXT, RIGHT_SCENARIO },
	{ "tags", "tags", SHAPE_TEXT, RIGHT_COLLECT },
	{ "discount_days", "discount.days", SHAPE_INT, RIGHT_COLLECT },
	{ "discount_rate", "discount.rate", SHAPE_TEXT, RIGHT_COLLECT },
	{ "generic", "generic", SHAPE_TEXT, RIGHT_SCENARIO },
};
enum { SETTING_FIELDS = sizeof setting_fields / sizeof *setting_fields };

struct choice {
	const char *code, *label;
};
static const struct choice classes[] = {
	{ "unknown", "Not known: treated as a business" }, { "professional", "Business" }, { "public", "Public body" }, { "consumer", "Consumer" }, { 0 },
};
static const struct choice means[] = {
	{ "", "Not known" }, { "transfer", "Bank transfer" }, { "direct_debit", "Direct debit" }, { "bill", "Bill of exchange" }, { "cheque", "Cheque" },
	{ "card", "Card" }, { 0 },
};

static json_t *choices(const struct choice *list, const char *chosen)
{
	json_t *rows = json_array();
	for (; list->label; list++)
		json_array_append_new(rows, json_pack("{s:s, s:s, s:b}", "code", list->code, "label", list->label, "on", strcmp(list->code, chosen) == 0));
	return rows;
}

/* Amounts are shown as people type them: 5 000,00 without the grouping. */
static const char *amount_typed(const struct request *request, int64_t minor)
{
	int decimals = currency_decimals(request->company.currency);
	int64_t unit = 1;
	for (int i = 0; i < decimals; i++) unit *= 10;
	if (minor < 0) return "";
	if (minor % unit == 0) return arena_printf(request->arena, "%lld", (long long)(minor / unit));
	return arena_printf(request->arena, "%lld%c%0*lld", (long long)(minor / unit), request->lang == LANG_EN ? '.' : ',', decimals,
	                    (long long)(minor % unit));
}

static json_t *settings_form(const struct customer_page *page)
{
	const struct request *request = page->request;
	const struct customer *customer = &page->customer;
	json_t *form = json_object();
	for (size_t i = 0; i < SETTING_FIELDS; i++) {
		const struct setting_field *field = &setting_fields[i];
		const char *value = customer_field_value(customer, field->field, request->arena);
		if (field->shape == SHAPE_AMOUNT)
			value = amount_typed(request, strcmp(field->form, "minimum") == 0 ? customer->minimum : customer->credit_limit);
		if (strcmp(field->form, "terms_day") == 0 && strcmp(value, "0") == 0) value = "";
		if (field->shape == SHAPE_BOOL) json_object_set_new(form, field->form, json_boolean(strcmp(value, "1") == 0));
		else json_object_set_new(form, field->form, *value ? json_string(value) : json_null());
	}
	json_object_set_new(form, "stopped", json_boolean(customer->stopped));
	json_object_set_new(form, "stopped_reason", json_string(customer->stopped_reason));
	json_object_set_new(form, "insolvency_date", model_day(customer->insolvency_day));
	json_object_set_new(form, "insolvency_note", json_string(customer->insolvency_note));
	return form;
}

struct status customer_settings(struct customer_page *page)
{
	struct request *request = page->request;
	const struct customer *customer = &page->customer;
	json_t *form = json_object_get(request->model, "form_again");
	form = form ? json_incref(form) : settings_form(page);
	const char *chosen = json_string_value(json_object_get(form, "scenario"));

	struct preference preference;
	TRY(preference_get(request->db, request->company.tenant_id, request->company.id, customer->id, request->arena, &preference));
	json_object_set_new(request->model, "preference", json_pack("{s:b, s:b, s:b, s:s, s:s, s:s}", "no_phone", preference.no_phone, "copy_sales",
	                    preference.copy_sales, "copy_collector", preference.copy_collector, "hours", preference.hours, "note", preference.note, "channel", preference.channel));
	struct scenario *scenarios;
	size_t count;
	TRY(scenario_load_all(request->db, request->company.tenant_id, request->company.id, request->arena, &scenarios, &count));
	json_t *ladder = json_array();
	json_array_append_new(ladder, json_pack("{s:s, s:s, s:b}", "code", "", "name", tr(request->lang, "By rule"), "on", !chosen));
	for (size_t i = 0; i < count; i++)
		json_array_append_new(ladder, json_pack("{s:s, s:s, s:b}", "code", scenarios[i].code, "name", scenario_name(&scenarios[i], request->lang),
		                                        "on", chosen && strcmp(chosen, scenarios[i].code) == 0));
	json_array_append_new(ladder, json_pack("{s:s, s:s, s:b}", "code", "none", "name", tr(request->lang, "Never chased"), "on",
	                                        chosen && strcmp(chosen, "none") == 0));
	struct user *users;
	TRY(user_list(request->db, request->viewer, request->arena, &users, &count));
	json_t *collectors = json_array();
	for (size_t i = 0; i < count; i++) {
		if (users[i].disabled && users[i].id != customer->collector_id) continue;
		json_array_append_new(collectors, json_pack("{s:I, s:s, s:b}", "id", (json_int_t)users[i].id, "name", *users[i].name ? users[i].name : users[i].email,
		                                            "on", users[i].id == customer->collector_id));
	}
	json_t *settings = json_pack("{s:o, s:o, s:o, s:o, s:o, s:I}", "form", form, "scenarios", ladder, "collectors", collectors, "classes",
	                             choices(classes, customer->class), "means", choices(means, customer->payment_means), "company_days",
	                             (json_int_t)setting_int(request->settings, "terms.days"));
	json_t *own;
	struct status status = fields_inputs(request, CUSTOM_CUSTOMER, customer->id, &own);
	if (status.code) return json_decref(settings), status;
	json_object_set_new(settings, "own_fields", json_array_size(own) ? json_pack("{s:o}", "list", own) : (json_decref(own), json_null()));
	json_t *errors = json_object_get(request->model, "errors");
	json_object_set_new(settings, "errors", errors ? json_incref(errors) : json_null());
	json_object_set_new(request->model, "settings", settings);
	return STATUS_FINE;
}

struct settings_change {
	const struct request *request;
	const struct customer *customer;
	const char *fields[SETTING_FIELDS], *values[SETTING_FIELDS]; /* those that differ */
	size_t count;
	bool stop, insolvency;      /* differ */
	bool stopped;
	int32_t insolvency_day;
	const char *stopped_reason, *insolvency_note;
	const char *failed;         /* the form's field that was refused */
};

static struct status settings_work(struct change *change, void *context)
{
	struct settings_change *work = context;
	for (size_t i = 0; i < work->count; i++) {
		for (size_t k = 0; k < SETTING_FIELDS; k++)
			if (strcmp(setting_fields[k].field, work->fields[i]) == 0) work->failed = setting_fields[k].form;
		TRY(customer_set(change, work->customer->id, work->fields[i], work->values[i]));
	}
	work->failed = "stopped_reason";
	if (work->stop) TRY(customer_stop(change, work->customer->id, work->stopped, work->stopped_reason));
	work->failed = "insolvency_date";
	if (work->insolvency) TRY(customer_insolvency(change, work->customer->id, work->insolvency_day, work->insolvency_note));
	work->failed = NULL;
	return STATUS_FINE;
}

/* The form's value as customer_set takes it; NULL leaves the field alone. */
static const char *settings_value(const struct request *request, const struct customer *customer, const struct setting_field *field,
                                  struct status *status)
{
	if (!viewer_may(request->viewer, field->right)) return NULL;
	const char *value = trimmed(request, field->form);
	if (field->shape == SHAPE_BOOL) return *value ? "1" : "0";
	if (strcmp(field->form, "generic") == 0) {
		/* unticked is a refusal only of what was proposed or accepted */
		if (*value) return "accepted";
		return *customer->generic ? "refused" : "";
	}
	if (!request_field(request, field->form)) return NULL;
	if (field->shape == SHAPE_AMOUNT && *value) {
		int64_t minor;
		if (!field_amount(value, request->company.currency, &minor)) {
			*status = status_make(STATUS_INVALID, "“%.40s” is not an amount: write it as 1500 or 1500.50.", value);
			return NULL;
		}
		return arena_printf(request->arena, "%lld", (long long)minor);
	}
	if (strcmp(field->form, "country") == 0) {
		char *country = arena_strdup(request->arena, value);
		for (char *c = country; *c; c++)
			if (*c >= 'a' && *c <= 'z') *c = (char)(*c - 'a' + 'A');
		return country;
	}
	return value;
}

static struct status settings_refused(struct request *request, const struct customer *customer, const char *field, struct status status)
{
	if (request->json || !field || status.code == STATUS_FORBIDDEN || status.code == STATUS_INTERNAL) return status;
	const char *names[SETTING_FIELDS + 5] = { "stopped", "stopped_reason", "insolvency_date", "insolvency_note" };
	for (size_t i = 0; i < SETTING_FIELDS; i++) names[4 + i] = setting_fields[i].form;
	json_object_set_new(request->model, "form_again", form_again(request, names));
	if (!json_object_get(request->model, "errors")) json_object_set_new(request->model, "errors", json_pack("{s:s}", field, status.text));
	request->template = "customer";
	request->http_status = 422;
	struct customer_page page = { .request = request, .customer = *customer };
	TRY(view_context(request, &page.context));
	page.index = book_find_customer(page.context.book, customer->id);
	customer_tabs(&page, "settings");
	TRY(customer_head(&page));
	return customer_settings(&page);
}

static struct status settings_save(struct request *request)
{
	struct customer customer;
	TRY(customer_of(request, &customer));
	struct settings_change work = { .request = request, .customer = &customer, .insolvency_day = DAY_NONE };
	for (size_t i = 0; i < SETTING_FIELDS; i++) {
		struct status status = STATUS_FINE;
		const struct setting_field *field = &setting_fields[i];
		const char *value = settings_value(request, &customer, field, &status);
		if (status.code) return settings_refused(request, &customer, field->form, status);
		if (!value) continue;
		const char *present = customer_field_value(&customer, field->field, request->arena);
		bool nothing = (!*value || strcmp(value, "0") == 0) && (!*present || strcmp(present, "0") == 0);
		if (nothing || strcmp(value, present) == 0) continue;
		work.fields[work.count] = field->field, work.values[work.count++] = value;
	}
	work.stopped = request_field(request, "stopped") != NULL && *request_field(request, "stopped");
	work.stopped_reason = trimmed(request, "stopped_reason");
	work.stop = work.stopped != customer.stopped;
	request_day(request, "insolvency_date", &work.insolvency_day);
	work.insolvency_note = trimmed(request, "insolvency_note");
	work.insolvency = work.insolvency_day != customer.insolvency_day ||
	                  (work.insolvency_day != DAY_NONE && strcmp(work.insolvency_note, customer.insolvency_note) != 0);
	/* fields of the company's own: checked first, so that nothing is half saved */
	struct custom_fields own;
	TRY(custom_fields_load(request->db, request->company.tenant_id, request->company.id, request->arena, &own));
	for (size_t i = 0; i < own.count; i++) {
		const char *name = arena_printf(request->arena, "field.%s", own.rows[i].code), *text = request_field(request, name), *read;
		if (own.rows[i].subject != CUSTOM_CUSTOMER || !text) continue;
		struct status status = custom_read(&own.rows[i], text, request->arena, &read);
		if (status.code) return settings_refused(request, &customer, name, status);
	}
	size_t set = 0;
	bool changes = work.count || work.stop || work.insolvency;
	if (changes) {
		struct status status = request_change(request, settings_work, &work);
		if (status.code) return settings_refused(request, &customer, work.failed, status);
	}
	TRY(fields_save(request, CUSTOM_CUSTOMER, customer.id, &set));
	if (changes || set) {
		request->notice = tr(request->lang, "Settings saved.");
	} else {
		request->notice = tr(request->lang, "Nothing was changed.");
	}
	request->redirect = back_to(request, &customer, "settings");
	return STATUS_FINE;
}

/* --- contacts ---------------------------------------------------------------------------------------------------------------- */
static struct status contact_form(struct request *request)
{
	struct customer customer;
	TRY(customer_of(request, &customer));
	json_t *model = request->model;
	int64_t id = request_int(request, "id", 0);
	json_object_set_new(model, "customer", json_string(customer.code));
	json_object_set_new(model, "customer_name", json_string(customer.name));
	json_object_set_new(model, "id", id ? json_integer(id) : json_null());
	if (!json_object_get(model, "errors")) json_object_set_new(model, "errors", json_null());
	if (json_object_get(model, "form")) return STATUS_FINE;
	struct contact contact = { .name = "", .email = "", .phone = "", .role = "billing", .language = "" };
	if (id) {
		TRY(contact_get(request->db, request->viewer, request->company.id, id, request->arena, &contact));
		if (contact.customer_id != customer.id) return status_make(STATUS_NOT_FOUND, "This customer has no such contact.");
	}
	json_object_set_new(model, "form", json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "name", contact.name, "email", contact.email, "phone",
	                    contact.phone, "role", contact.role, "language", contact.language, "main", contact.main));
	return STATUS_FINE;
}

struct contact_change {
	int64_t customer_id, id;
	bool remove;
	struct contact_new contact;
};

static struct status contact_work(struct change *change, void *context)
{
	struct contact_change *work = context;
	if (work->remove) return contact_remove(change, work->id);
	if (work->id) return contact_set(change, work->id, &work->contact);
	return contact_add(change, work->customer_id, &work->contact, &work->id);
}

static struct status contact_save(struct request *request)
{
	struct customer customer;
	TRY(customer_of(request, &customer));
	const char *remove = request_field(request, "remove"), *main = request_field(request, "main");
	struct contact_change work = {
		.customer_id = customer.id, .id = request_int(request, "id", 0), .remove = remove && *remove,
		.contact = { trimmed(request, "name"), trimmed(request, "email"), trimmed(request, "phone"), trimmed(request, "role"),
		             trimmed(request, "language"), .main = main && *main },
	};
	if (!*work.contact.role) work.contact.role = "billing";
	if (work.id) {
		struct contact contact;
		TRY(contact_get(request->db, request->viewer, request->company.id, work.id, request->arena, &contact));
		if (contact.customer_id != customer.id) return status_make(STATUS_NOT_FOUND, "This customer has no such contact.");
	}
	struct status status = STATUS_FINE;
	if (!work.remove && !*work.contact.name && !*work.contact.email && !*work.contact.phone)
		status = status_make(STATUS_INVALID, "Give at least a name, an address or a telephone number.");
	if (!status.code) status = request_change(request, contact_work, &work);
	if ((status.code == STATUS_INVALID || status.code == STATUS_CONFLICT) && !request->json) {
		json_t *form = form_again(request, (const char *const[]){ "name", "email", "phone", "role", "language", "main", NULL });
		json_object_set_new(request->model, "form", form);
		json_object_set_new(request->model, "errors", json_pack("{s:s}", "email", status.text));
		request->template = "contact";
		request->http_status = 422;
		return contact_form(request);
	}
	TRY(status);
	request->notice = tr(request->lang, work.remove ? "Contact removed." : "Contact saved.");
	request->redirect = back_to(request, &customer, "contacts");
	return STATUS_FINE;
}

/* --- note, comment, reply --------------------------------------------------------------------------------------------------------- */
static struct status customer_small_form(struct request *request)
{
	struct customer customer;
	TRY(customer_of(request, &customer));
	json_object_set_new(request->model, "customer", json_string(customer.code));
	json_object_set_new(request->model, "customer_name", json_string(customer.name));
	json_object_set_new(request->model, "text", json_string(customer.note));
	struct contact *contacts;
	size_t count;
	TRY(contact_list(request->db, request->viewer, request->company.id, customer.id, request->arena, &contacts, &count));
	json_t *rows = json_array();
	for (size_t i = 0; i < count; i++) json_array_append_new(rows, json_pack("{s:s}", "email", contacts[i].email));
	if (*customer.email) json_array_append_new(rows, json_pack("{s:s}", "email", customer.email));
	json_object_set_new(request->model, "contacts", rows);
	return STATUS_FINE;
}

struct words_change {
	int64_t customer_id;
	const char *text;
	struct reply_new reply;
};

static struct status note_work(struct change *change, void *context)
{
	const struct words_change *work = context;
	return customer_set(change, work->customer_id, "note", work->text);
}

static struct status note_save(struct request *request)
{
	struct customer customer;
	TRY(customer_of(request, &customer));
	struct words_change work = { customer.id, trimmed(request, "text"), { 0 } };
	if (strcmp(work.text, customer.note) != 0) TRY(request_change(request, note_work, &work));
	request->notice = tr(request->lang, *work.text ? "Note pinned." : "Note taken away.");
	request->redirect = back_to(request, &customer, NULL);
	return STATUS_FINE;
}

static struct status reply_work(struct change *change, void *context)
{
	const struct words_change *work = context;
	int64_t id;
	return reply_note(change, &work->reply, &id);
}

static struct status reply_save(struct request *request)
{
	struct customer customer;
	TRY(customer_of(request, &customer));
	enum reply_kind kind;
	const char *code = request_field(request, "kind");
	if (!code || !reply_kind_parse(code, &kind)) return status_make(STATUS_INVALID, "Say whether it is an answer, a refused address or an absence.");
	struct words_change work = { .customer_id = customer.id, .reply = { .customer_id = customer.id, .kind = kind,
	                             .address = trimmed(request, "address"), .text = trimmed(request, "text") } };
	TRY(request_change(request, reply_work, &work));
	request->notice = tr(request->lang, kind == REPLY_REPLY ? "Reply noted: reminders pause for two working days."
	                                    : kind == REPLY_BOUNCE ? "Noted: this address is not used again." : "Absence noted.");
	request->redirect = back_to(request, &customer, "timeline");
	return STATUS_FINE;
}

struct preferring {
	int64_t customer_id;
	struct preference preference;
};
static struct status prefer(struct change *change, void *context)
{
	struct preferring *preferring = context;
	return preference_set(change, preferring->customer_id, &preferring->preference);
}

static struct status preferences_save(struct request *request)
{
	struct customer customer;
	TRY(customer_of(request, &customer));
	const char *hours = request_field(request, "hours"), *note = request_field(request, "note"), *channel = request_field(request, "channel");
	struct preferring preferring = { customer.id, { .no_phone = request_int(request, "no_phone", 0) == 1,
		.copy_sales = request_int(request, "copy_sales", 0) == 1, .copy_collector = request_int(request, "copy_collector", 0) == 1,
		.hours = hours ? hours : "", .note = note ? note : "", .channel = channel ? channel : "" } };
	TRY(request_change(request, prefer, &preferring));
	request->notice = tr(request->lang, "Preferences kept.");
	request->redirect = arena_printf(request->arena, "/customers/%s?tab=settings", request_escape(request, customer.code));
	return STATUS_FINE;
}

const struct route customer_edit_routes[] = {
	{ "POST", "/customers/{code}/preferences", RIGHT_COLLECT, preferences_save, .menu = MENU_CUSTOMERS, .summary = "How a customer wants to be spoken to",
	  .fields = "no_phone hours note channel copy_sales copy_collector" },
	{ "POST", "/customers/{code}/settings", RIGHT_COLLECT, settings_save, .menu = MENU_CUSTOMERS, .summary = "Change a customer's settings",
	  .fields = "scenario class language collector group minimum credit_limit key_account terms_days terms_month terms_day payment_means email phone "
	            "address postcode city country siren payer payer_mode tags discount_days discount_rate field.CODE generic stopped stopped_reason insolvency_date "
	            "insolvency_note" },
	{ "GET", "/customers/{code}/contact", RIGHT_NOTE, contact_form, .template = "contact", .menu = MENU_CUSTOMERS, .summary = "A contact", .fields = "id" },
	{ "POST", "/customers/{code}/contact", RIGHT_NOTE, contact_save, .menu = MENU_CUSTOMERS, .summary = "Add, change or remove a contact",
	  .fields = "id name email phone role language main remove" },
	{ "GET", "/customers/{code}/note", RIGHT_NOTE, customer_small_form, .template = "note", .menu = MENU_CUSTOMERS, .summary = "Pinned note" },
	{ "POST", "/customers/{code}/note", RIGHT_NOTE, note_save, .menu = MENU_CUSTOMERS, .summary = "Pin a note to a customer's file", .fields = "text" },
	{ "GET", "/customers/{code}/reply", RIGHT_NOTE, customer_small_form, .template = "reply", .menu = MENU_CUSTOMERS, .summary = "Note a reply" },
	{ "POST", "/customers/{code}/reply", RIGHT_NOTE, reply_save, .menu = MENU_CUSTOMERS, .summary = "Note a reply by hand",
	  .fields = "kind* address text" },
	{ 0 },
};
