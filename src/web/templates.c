/* templates — the texts of mails and letters: the list, editing one with its preview on a customer, a try to oneself. */
#include "web/messages.h"

#include "base/memory.h"
#include "outreach/confirm.h"
#include "outreach/outbox.h"

enum { CUSTOMERS_OFFERED = 40 };

static struct status templates_show(struct request *request)
{
	size_t count;
	int64_t changed = 0;
	const struct template_kind *kinds = template_kinds(&count);
	json_t *rows = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *languages = json_array();
		for (int lang = LANG_FR; lang <= LANG_EN; lang++) {
			struct template_text text;
			struct status status = template_load(request->db, request->viewer->tenant_id, request->company.id, kinds[i].code, (enum lang)lang,
			                                     request->arena, &text);
			if (status.code) {
				json_decref(languages);
				json_decref(rows);
				return status;
			}
			changed += text.changed;
			json_array_append_new(languages, json_pack("{s:s,s:s,s:s,s:b,s:o}", "language", lang_code((enum lang)lang), "name",
			                                           lang == LANG_FR ? "French" : "English", "subject", text.subject, "changed", text.changed,
			                                           "updated_at", model_instant(text.updated_at)));
		}
		json_array_append_new(rows, json_pack("{s:s,s:s,s:s,s:b,s:o}", "code", kinds[i].code, "label", kinds[i].label, "help", kinds[i].help, "letter",
		                                      kinds[i].letter, "languages", languages));
	}
	json_object_set_new(request->model, "templates", rows);
	json_object_set_new(request->model, "changed", json_integer(changed));
	return STATUS_FINE;
}

/* The text named by the address: as stored, or with what the form holds. */
static struct status read_text(struct request *request, bool form, struct template_text *out)
{
	const char *code = request_path(request, "code");
	enum lang lang = lang_parse(request_field(request, "language"), request->lang);
	TRY(template_load(request->db, request->viewer->tenant_id, request->company.id, code, lang, request->arena, out));
	if (!form) return STATUS_FINE;
	const char *subject = request_field(request, "subject"), *body = request_field(request, "body");
	if (!subject || !body) return status_make(STATUS_INVALID, "Give the subject and the text.");
	out->subject = subject;
	char *lines = arena_strdup(request->arena, body), *to = lines; /* browsers send CRLF from a text area */
	for (const char *from = body; *from; from++)
		if (!(*from == '\r' && from[1] == '\n')) *to++ = *from;
	*to = 0;
	out->body = lines;
	return STATUS_FINE;
}

static struct status fill_customers(struct request *request, const char **chosen)
{
	struct facts_customer *customers;
	size_t count;
	TRY(facts_customers(request->db, request->viewer, request->company.id, request->today, CUSTOMERS_OFFERED, request->arena, &customers, &count));
	const char *wanted = request_field(request, "customer");
	json_t *rows = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(rows, json_pack("{s:s,s:s}", "code", customers[i].code, "name", customers[i].name));
	json_object_set_new(request->model, "customers", rows);
	*chosen = wanted && *wanted ? wanted : count ? customers[0].code : "";
	json_object_set_new(request->model, "customer", json_string(*chosen));
	return STATUS_FINE;
}

/* Variables with a value, then what has none here. */
static void fill_values(struct request *request, json_t *values)
{
	static const char *const lists[] = { "variables", "missing", "tests", "blocks" };
	json_t *parts[4], *value;
	size_t i;
	for (int part = 0; part < 4; part++) json_object_set_new(request->model, lists[part], parts[part] = json_array());
	json_array_foreach(values, i, value) {
		const char *kind = json_string_value(json_object_get(value, "kind"));
		int part = strcmp(kind, "test") == 0 ? 2 : strcmp(kind, "block") == 0 ? 3 : json_is_null(json_object_get(value, "value"));
		json_array_append(parts[part], value);
	}
	json_decref(values);
}

static struct status fill_preview(struct request *request, const struct template_text *text)
{
	const char *customer;
	TRY(fill_customers(request, &customer));
	struct message message = { 0 };
	json_t *values = NULL;
	struct status status = template_check(text, NULL);
	if (!status.code && !*customer) status = status_make(STATUS_NOT_FOUND, "Import items first: a text is tried on a customer.");
	if (!status.code)
		status = confirm_sample(request->db, request->viewer, request->company.id, text, customer, request->today, false, request->arena, &message, &values);
	else if (*customer) { /* the variables still have their values while the text has a mistake */
		struct template_text shipped;
		struct status ignored = template_shipped(text->code, text->lang, request->arena, &shipped);
		if (!ignored.code)
			ignored = confirm_sample(request->db, request->viewer, request->company.id, &shipped, customer, request->today, false, request->arena,
			                         &message, &values);
		(void)ignored.code; /* told above already, by the text's own mistake */
	}
	fill_values(request, values);
	if (status.code == STATUS_INTERNAL || status.code == STATUS_UNAVAILABLE || status.code == STATUS_BUSY) return status;
	json_object_set_new(request->model, "refused", status.code ? json_string(status.text) : json_null());
	json_object_set_new(request->model, "preview",
	                    status.code ? json_null()
	                                : json_pack("{s:s,s:s,s:s,s:s,s:s}", "subject", message.subject, "text", message.text, "html", message.html_body,
	                                            "recipient", message.recipient, "language", lang_code(message.lang)));
	return STATUS_FINE;
}

static struct status fill(struct request *request, const struct template_text *text, const char *error)
{
	const struct template_kind *kind = template_kind(text->code);
	json_t *model = request->model;
	json_object_set_new(model, "title", json_string(kind->label));
	json_object_set_new(model, "code", json_string(text->code));
	json_object_set_new(model, "label", json_string(kind->label));
	json_object_set_new(model, "help", json_string(kind->help));
	json_object_set_new(model, "letter", json_boolean(kind->letter));
	json_object_set_new(model, "language", json_string(lang_code(text->lang)));
	json_object_set_new(model, "subject", json_string(text->subject));
	json_object_set_new(model, "body", json_string(text->body));
	json_object_set_new(model, "changed", json_boolean(text->changed));
	json_object_set_new(model, "updated_at", model_instant(text->updated_at));
	json_object_set_new(model, "error", error ? json_string(error) : json_null());
	json_object_set_new(model, "mail_ready", json_boolean(mail_ready(request->settings)));
	json_object_set_new(model, "own_address", json_string(request->viewer->email));
	return fill_preview(request, text);
}

static struct status template_show(struct request *request)
{
	struct template_text text;
	TRY(read_text(request, false, &text));
	return fill(request, &text, NULL);
}

/* What the form holds, without saving it: the whole page, or its preview alone while somebody types. */
static struct status template_preview(struct request *request)
{
	struct template_text text;
	TRY(read_text(request, true, &text));
	if (request->fragment) request->template = "template_preview";
	return fill(request, &text, NULL);
}

static struct status save_work(struct change *change, void *context)
{
	return template_save(change, context);
}

static const char *address(struct request *request, const struct template_text *text)
{
	const char *customer = request_field(request, "customer");
	return arena_printf(request->arena, "/templates/%s?language=%s&customer=%s", text->code, lang_code(text->lang),
	                    request_escape(request, customer ? customer : ""));
}

static struct status template_store(struct request *request)
{
	struct template_text text;
	TRY(read_text(request, true, &text));
	struct status status = request_change(request, save_work, &text);
	if (status.code == STATUS_INVALID && !request->json) {
		request->http_status = 422;
		request->template = "template";
		return fill(request, &text, status.text);
	}
	TRY(status);
	request->notice = tr(request->lang, "The text is saved.");
	request->redirect = address(request, &text);
	return STATUS_FINE;
}

static struct status reset_work(struct change *change, void *context)
{
	const struct template_text *text = context;
	return template_reset(change, text->code, text->lang);
}

static struct status template_back(struct request *request)
{
	struct template_text text;
	TRY(read_text(request, false, &text));
	TRY(request_change(request, reset_work, &text));
	request->notice = tr(request->lang, "The text is as shipped again.");
	request->redirect = address(request, &text);
	return STATUS_FINE;
}

static struct status template_try(struct request *request)
{
	struct template_text text;
	struct message message;
	const char *customer;
	TRY(read_text(request, true, &text));
	TRY(fill_customers(request, &customer));
	struct status status = request->viewer->email[0] ? template_check(&text, NULL) : status_make(STATUS_INVALID, "Your account has no address.");
	if (!status.code)
		status = confirm_sample(request->db, request->viewer, request->company.id, &text, customer, request->today, true, request->arena, &message, NULL);
	if (!status.code) status = mail_try(request->settings, &request->company, &message, request->viewer->email, request->now);
	if (status.code && status.code != STATUS_INTERNAL && !request->json) {
		request->http_status = status_http(status.code);
		request->template = "template";
		return fill(request, &text, status.text);
	}
	TRY(status);
	request->notice = tr(request->lang, "The server accepted the message: look into your mailbox.");
	request->redirect = address(request, &text);
	return STATUS_FINE;
}

const struct route templates_routes[] = {
	{ "GET", "/templates", RIGHT_SCENARIO, templates_show, .template = "templates", .menu = MENU_TEMPLATES, .summary = "Texts" },
	{ "GET", "/templates/{code}", RIGHT_SCENARIO, template_show, .template = "template", .menu = MENU_TEMPLATES, .summary = "A text, with its preview",
	  .fields = "language customer" },
	{ "POST", "/templates/{code}", RIGHT_SCENARIO, template_store, .template = "template", .menu = MENU_TEMPLATES, .summary = "Save a text",
	  .fields = "language* subject* body* customer" },
	{ "POST", "/templates/{code}/preview", RIGHT_SCENARIO, template_preview, .template = "template", .menu = MENU_TEMPLATES,
	  .summary = "Preview a text without saving it", .live = true, .fields = "language* subject* body* customer" },
	{ "POST", "/templates/{code}/reset", RIGHT_SCENARIO, template_back, .menu = MENU_TEMPLATES, .summary = "Put a text back as shipped",
	  .fields = "language* customer" },
	{ "POST", "/templates/{code}/try", RIGHT_SCENARIO, template_try, .template = "template", .menu = MENU_TEMPLATES, .summary = "Send a text to oneself",
	  .fields = "language* subject* body* customer" },
	{ 0 },
};
