/* presets — what the columns of programs mean: those that ship, and the company's own; copied, edited as text, removed. */
#include "web/imports_page.h"

#include "base/memory.h"
#include "intake/preset_store.h"

#include <string.h>

static const char *kind_words(enum csv_what what)
{
	static const char *const words[] = { "", "Invoices and other items", "Payments", "Customers", "Contacts" };
	return words[what];
}

static struct status presets_show(struct request *request)
{
	struct preset_row *rows;
	size_t count;
	TRY(preset_list(request->db, request->company.tenant_id, request->company.id, request->arena, &rows, &count));
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:I, s:b, s:b}", "code", rows[i].code, "name", rows[i].preset.name, "what", csv_what_name(rows[i].preset.what),
			"kind", kind_words(rows[i].preset.what), "columns", (json_int_t)rows[i].preset.count, "shipped", rows[i].shipped, "own", rows[i].own));
	json_object_set_new(request->model, "presets", list);
	json_object_set_new(request->model, "title", json_string(tr(request->lang, "Presets of programs")));
	return STATUS_FINE;
}

/* What may stand on the right of a column, with its words. */
static json_t *meanings(const struct request *request)
{
	json_t *list = json_array();
	for (int i = 0; i < CSV_FIELD; i++)
		json_array_append_new(list, json_pack("{s:s, s:s}", "code", csv_target_name((enum csv_target)i), "words", tr(request->lang, csv_target_words((enum csv_target)i))));
	return list;
}

static struct status form_model(struct request *request, const char *code, const char *text, const char *name, bool own, bool shipped)
{
	json_t *form = json_pack("{s:s, s:s, s:b, s:b}", "code", code, "text", text, "own", own, "shipped", shipped);
	json_object_set_new(request->model, "preset", form);
	json_object_set_new(request->model, "meanings", meanings(request));
	if (!json_object_get(request->model, "error")) json_object_set_new(request->model, "error", json_null());
	json_object_set_new(request->model, "title", json_string(name));
	return STATUS_FINE;
}

static struct status preset_show(struct request *request)
{
	struct preset_row row;
	const char *code = request_path(request, "code");
	TRY(preset_get(request->db, request->company.tenant_id, request->company.id, code, request->arena, &row));
	return form_model(request, row.code, row.text, row.preset.name, row.own, row.shipped);
}

static struct status preset_new(struct request *request)
{
	static const char text[] = "name: \nwhat: csv-items\n* Code client = customer_code\n* N° facture = number\nDate = issue_date, dmy\n* Échéance = due_date, dmy\nReste dû = open\n";
	return form_model(request, "", text, tr(request->lang, "A preset of your own"), false, false);
}

static struct status preset_put(struct request *request)
{
	const char *code = request_field(request, "code"), *text = request_field(request, "text");
	struct intake intake = imports_intake(request);
	if (!text) text = "";
	cleanup_text struct text unix_lines = { 0 }; /* a form sends CR LF */
	for (const char *at = text; *at; at++)
		if (*at != '\r') text_add_char(&unix_lines, *at);
	struct status status = preset_save(&intake, code ? code : "", text_cstr(&unix_lines), unix_lines.len);
	if (status.code == STATUS_INVALID && !request->json) {
		json_object_set_new(request->model, "error", json_string(status.text));
		request->template = "preset";
		request->http_status = 422;
		return form_model(request, code ? code : "", text, tr(request->lang, "A preset of your own"), false, false);
	}
	TRY(status);
	request->notice = arena_printf(request->arena, tr(request->lang, "The preset %s is kept: files with its columns are read by it."), code);
	json_object_set_new(request->model, "preset", json_string(code));
	request->redirect = "/imports/presets";
	return STATUS_FINE;
}

static struct status preset_drop(struct request *request)
{
	const char *code = request_path(request, "code");
	struct intake intake = imports_intake(request);
	TRY(preset_remove(&intake, code));
	json_object_set_new(request->model, "removed", json_string(code));
	request->notice = tr(request->lang, "The preset is removed.");
	request->redirect = "/imports/presets";
	return STATUS_FINE;
}

const struct route presets_routes[] = {
	{ "GET", "/imports/presets", RIGHT_IMPORT, presets_show, .template = "presets", .menu = MENU_IMPORTS, .summary = "What the columns of programs mean: presets that ship, and your own" },
	{ "POST", "/imports/presets", RIGHT_IMPORT, preset_put, .template = "preset", .menu = MENU_IMPORTS, .summary = "Keep a preset of your own", .fields = "code* text*" },
	{ "GET", "/imports/presets/new", RIGHT_IMPORT, preset_new, .template = "preset", .menu = MENU_IMPORTS, .summary = "A new preset" },
	{ "GET", "/imports/presets/{code}", RIGHT_IMPORT, preset_show, .template = "preset", .menu = MENU_IMPORTS, .summary = "A preset, as text" },
	{ "POST", "/imports/presets/{code}/remove", RIGHT_IMPORT, preset_drop, .menu = MENU_IMPORTS, .summary = "Remove a preset of your own" },
	{ 0 },
};
