/* templates — the texts of mails and letters: the list, editing one with its preview on a customer, a try to oneself. */
#include "web/messages.h"

#include "base/memory.h"
#include "outreach/confirm.h"
#include "outreach/outbox.h"

enum { CUSTOMERS_OFFERED = 40 };

static json_t *language_row(const char *tag, bool chosen, enum lang reader)
{
	const char *name = language_name(tag);
	if (strcmp(tag, "fr") == 0 || strcmp(tag, "en") == 0) name = tr(reader, *tag == 'f' ? "French" : "English");
	return json_pack("{s:s, s:s, s:b}", "language", tag, "name", *name ? name : tag, "chosen", chosen);
}

/* Those that a text can be looked at in: the two, and others that the company has or its customers read. */
static struct status fill_languages(struct request *request, const char *chosen)
{
	struct template_language *others;
	size_t count;
	bool seen = strcmp(chosen, "fr") == 0 || strcmp(chosen, "en") == 0;
	TRY(template_languages(request->db, request->viewer->tenant_id, request->company.id, request->arena, &others, &count));
	json_t *rows = json_array(), *common = json_array();
	json_array_append_new(rows, language_row("fr", strcmp(chosen, "fr") == 0, request->lang));
	json_array_append_new(rows, language_row("en", strcmp(chosen, "en") == 0, request->lang));
	for (size_t i = 0; i < count; i++) {
		bool this = strcmp(others[i].tag, chosen) == 0;
		seen |= this;
		json_array_append_new(rows, language_row(others[i].tag, this, request->lang));
	}
	if (!seen && *chosen) json_array_append_new(rows, language_row(chosen, true, request->lang));
	static const char *const offered[] = { "de", "es", "it", "nl", "pt", "pl", "ro", "cs", "sv", "da", "hu", "el", "tr", "ar", "zh", "ja" };
	for (size_t i = 0; i < COUNT(offered); i++) json_array_append_new(common, language_row(offered[i], false, request->lang));
	json_object_set_new(request->model, "languages", rows);
	json_object_set_new(request->model, "offered", common);
	json_object_set_new(request->model, "fallback", json_string(tr(request->lang, lang_parse(setting_text(request->settings, "language.fallback"), LANG_EN) == LANG_FR ? "French" : "English")));
	return STATUS_FINE;
}

static struct status templates_show(struct request *request)
{
	size_t count, other_count;
	int64_t changed = 0;
	const struct template_kind *kinds = template_kinds(&count);
	struct template_language *others;
	TRY(template_languages(request->db, request->viewer->tenant_id, request->company.id, request->arena, &others, &other_count));
	json_t *rows = json_array(), *wanted = json_array();
	json_object_set_new(request->model, "templates", rows);
	json_object_set_new(request->model, "wanted", wanted);
	for (size_t i = 0; i < count; i++) {
		json_t *languages = json_array(), *more = json_array();
		json_array_append_new(rows, json_pack("{s:s,s:s,s:s,s:b,s:o,s:o}", "code", kinds[i].code, "label", kinds[i].label, "help", kinds[i].help, "letter",
		                                      kinds[i].letter, "languages", languages, "others", more));
		for (size_t l = 0; l < 2 + other_count; l++) {
			const char *tag = l == 0 ? "fr" : l == 1 ? "en" : others[l - 2].tag;
			struct template_text text;
			if (l >= 2 && !others[l - 2].texts) continue;
			struct status status = template_get(request->db, request->viewer->tenant_id, request->company.id, kinds[i].code, tag,
			                                    setting_words(request->settings, tag), request->arena, &text);
			if (status.code == STATUS_NOT_FOUND) continue;
			TRY(status);
			changed += text.changed;
			json_t *row = language_row(tag, false, request->lang);
			json_object_set_new(row, "subject", json_string(text.subject));
			json_object_set_new(row, "changed", json_boolean(text.changed));
			json_object_set_new(row, "updated_at", model_instant(text.updated_at));
			json_array_append_new(l < 2 ? languages : more, row);
		}
	}
	for (size_t l = 0; l < other_count; l++) {
		json_t *row = language_row(others[l].tag, false, request->lang);
		json_object_set_new(row, "texts", json_integer((json_int_t)others[l].texts));
		json_object_set_new(row, "of", json_integer((json_int_t)count));
		json_object_set_new(row, "customers", json_integer((json_int_t)others[l].customers));
		json_object_set_new(row, "contacts", json_integer((json_int_t)others[l].contacts));
		json_array_append_new(wanted, row);
	}
	json_object_set_new(request->model, "changed", json_integer((json_int_t)changed));
	return fill_languages(request, "");
}

/* The text named by the address: as stored, or with what the form holds. One of a new language begins as the one it stands for now. */
static struct status read_text(struct request *request, bool form, struct template_text *out)
{
	const char *code = request_path(request, "code"), *asked = request_field(request, "language");
	char tag[LANGUAGE_TAG];
	snprintf(tag, sizeof tag, "%s", lang_code(request->lang));
	if (asked && *asked && !language_tag(asked, tag))
		return status_make(STATUS_INVALID, "“%s” is no language. Write its code: fr, en, de, pt-BR…", asked);
	enum lang words = setting_words(request->settings, tag);
	struct status status = template_get(request->db, request->viewer->tenant_id, request->company.id, code, tag, words, request->arena, out);
	bool fresh = status.code == STATUS_NOT_FOUND && template_kind(code);
	if (fresh) {
		status = template_load(request->db, request->viewer->tenant_id, request->company.id, code, tag, words, request->arena, out);
		json_object_set_new(request->model, "begun_from", language_row(out->language, false, request->lang));
		snprintf(out->language, sizeof out->language, "%s", tag);
		out->changed = false, out->updated_at = 0;
	}
	json_object_set_new(request->model, "fresh", json_boolean(fresh));
	TRY(status);
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

/* Variables with a value, then what has none here; with what stands for each in a text. */
static void fill_values(struct request *request, json_t *values)
{
	static const char *const lists[] = { "variables", "missing", "tests", "blocks" };
	json_t *parts[4], *value;
	size_t i;
	for (int part = 0; part < 4; part++) json_object_set_new(request->model, lists[part], parts[part] = json_array());
	json_array_foreach(values, i, value) {
		const char *kind = json_string_value(json_object_get(value, "kind")), *name = json_string_value(json_object_get(value, "name"));
		int part = strcmp(kind, "test") == 0 ? 2 : strcmp(kind, "block") == 0 ? 3 : json_is_null(json_object_get(value, "value"));
		json_object_set_new(value, "insert", json_sprintf(part == 2 ? "{{#%s}}{{/%s}}" : "{{%s}}", name, name));
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
	struct viewer viewer = *request->viewer; /* words in the language of this page */
	viewer.lang = request->lang;
	struct status status = template_check(text, NULL);
	if (!status.code && !*customer) status = status_make(STATUS_NOT_FOUND, "Import items first: a text is tried on a customer.");
	if (!status.code)
		status = confirm_sample(request->db, &viewer, request->company.id, text, customer, request->today, false, request->arena, &message, &values);
	else if (*customer) { /* the variables still have their values while the text has a mistake */
		struct template_text shipped;
		struct status ignored = template_shipped(text->code, text->lang, request->arena, &shipped);
		memcpy(shipped.language, text->language, sizeof shipped.language);
		if (!ignored.code)
			ignored = confirm_sample(request->db, &viewer, request->company.id, &shipped, customer, request->today, false, request->arena,
			                         &message, &values);
		(void)ignored.code; /* told above already, by the text's own mistake */
	}
	fill_values(request, values);
	if (status.code == STATUS_INTERNAL || status.code == STATUS_UNAVAILABLE || status.code == STATUS_BUSY) return status;
	json_object_set_new(request->model, "refused", status.code ? json_string(status.text) : json_null());
	json_object_set_new(request->model, "preview",
	                    status.code ? json_null()
	                                : json_pack("{s:s,s:s,s:s,s:s,s:s}", "subject", message.subject, "text", message.text, "html", message.html_body,
	                                            "recipient", message.recipient, "language", message.language));
	return STATUS_FINE;
}

/* Where the mistake is: the part, and of the text its line with a mark under the place. */
static json_t *place_of(const struct template_text *text, const struct template_problem *problem, struct arena *arena)
{
	if (!problem->problem.line) return json_null();
	const char *line = problem->in_subject ? text->subject : text->body;
	for (int i = 1; i < problem->problem.line && strchr(line, '\n'); i++) line = strchr(line, '\n') + 1;
	enum { BEFORE = 30, SHOWN = 80 };
	size_t len = strcspn(line, "\n"), from = 0, at = 0;
	for (int column = 1; column < problem->problem.column && at < len; column++) /* characters to bytes */
		do at++;
		while (at < len && ((unsigned char)line[at] & 0xC0) == 0x80);
	if (at > BEFORE) from = at - BEFORE;
	while (from < at && ((unsigned char)line[from] & 0xC0) == 0x80) from++;
	size_t end = len - from > SHOWN ? from + SHOWN : len;
	while (end > at && end < len && ((unsigned char)line[end] & 0xC0) == 0x80) end--;
	cleanup_text struct text mark = { 0 };
	for (size_t i = from; i < at; i++)
		if (((unsigned char)line[i] & 0xC0) != 0x80) text_add_char(&mark, ' ');
	text_add(&mark, "^");
	return json_pack("{s:s, s:i, s:i, s:s, s:s}", "part", problem->in_subject ? "subject" : "body", "line", problem->problem.line, "column",
	                 problem->problem.column, "words", arena_strndup(arena, line + from, end - from), "mark", text_cstr(&mark));
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
	struct template_problem problem;
	const struct status checked = template_check(text, &problem);
	json_object_set_new(model, "place", checked.code ? place_of(text, &problem, request->arena) : json_null());
	json_object_set_new(model, "language", json_string(text->language));
	json_t *language = language_row(text->language, true, request->lang);
	json_object_set(model, "language_name", json_object_get(language, "name"));
	json_decref(language);
	enum lang own;
	json_object_set_new(model, "borrowed", json_boolean(!language_words(text->language, text->lang, &own)));
	if (!json_object_get(model, "begun_from")) json_object_set_new(model, "begun_from", json_null());
	json_object_set_new(model, "shipped", json_boolean(strcmp(text->language, "fr") == 0 || strcmp(text->language, "en") == 0));
	json_object_set_new(model, "with_values", json_boolean(request_int(request, "values", 0) == 1));
	TRY(fill_languages(request, text->language));
	json_object_set_new(model, "subject", json_string(text->subject));
	json_object_set_new(model, "body", json_string(text->body));
	json_object_set_new(model, "changed", json_boolean(text->changed));
	json_object_set_new(model, "updated_at", model_instant(text->updated_at));
	json_object_set_new(model, "error", error ? json_string(error) : json_null());
	int files;
	TRY(template_files(request->db, request->viewer->tenant_id, request->company.id, text->code, &files));
	bool usual = files == TEMPLATE_FILES_USUAL;
	if (usual) files = FILE_PDF | (setting_bool(request->settings, "mail.invoices") ? FILE_INVOICES : 0);
	json_object_set_new(model, "files", json_pack("{s:b, s:b, s:b, s:b, s:b}", "pdf", (files & FILE_PDF) != 0, "xlsx", (files & FILE_XLSX) != 0, "csv", (files & FILE_CSV) != 0,
	                                              "invoices", (files & FILE_INVOICES) != 0, "usual", usual));
	json_object_set_new(model, "attach_mb", json_integer(setting_int(request->settings, "mail.attach_mb")));
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

struct choice {
	const char *code;
	int files;
};

static struct status files_work(struct change *change, void *context)
{
	const struct choice *choice = context;
	return template_files_set(change, choice->code, choice->files);
}

static const char *address(struct request *request, const struct template_text *text)
{
	const char *customer = request_field(request, "customer");
	return arena_printf(request->arena, "/templates/%s?language=%s&customer=%s", text->code, text->language,
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
	return template_reset(change, text->code, text->language);
}

static struct status template_back(struct request *request)
{
	struct template_text text;
	TRY(read_text(request, false, &text));
	TRY(request_change(request, reset_work, &text));
	bool own = strcmp(text.language, "fr") != 0 && strcmp(text.language, "en") != 0;
	request->notice = tr(request->lang, own ? "The text of this language is removed." : "The text is as shipped again.");
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

static struct status files_store(struct request *request)
{
	struct template_text text;
	TRY(read_text(request, false, &text));
	struct choice choice = { text.code, FILES_CHOSEN };
	if (request_int(request, "pdf", 0) == 1) choice.files |= FILE_PDF;
	if (request_int(request, "xlsx", 0) == 1) choice.files |= FILE_XLSX;
	if (request_int(request, "csv", 0) == 1) choice.files |= FILE_CSV;
	if (request_int(request, "invoices", 0) == 1) choice.files |= FILE_INVOICES;
	if (request_int(request, "usual", 0) == 1) choice.files = TEMPLATE_FILES_USUAL;
	TRY(request_change(request, files_work, &choice));
	request->notice = tr(request->lang, "The attachments of this text are saved.");
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
	  .summary = "Preview a text without saving it", .live = true, .fields = "language* subject* body* customer values" },
	{ "POST", "/templates/{code}/reset", RIGHT_SCENARIO, template_back, .menu = MENU_TEMPLATES, .summary = "Put a text back as shipped",
	  .fields = "language* customer" },
	{ "POST", "/templates/{code}/files", RIGHT_SCENARIO, files_store, .menu = MENU_TEMPLATES, .summary = "Choose what a text carries as attachments",
	  .fields = "language customer pdf xlsx csv invoices usual" },
	{ "POST", "/templates/{code}/try", RIGHT_SCENARIO, template_try, .template = "template", .menu = MENU_TEMPLATES, .summary = "Send a text to oneself",
	  .fields = "language* subject* body* customer" },
	{ 0 },
};
