/* imports — files in: drop, what was imported, take back. What lies between stands in import_draft.c. */
#include "web/imports_page.h"

#include "base/memory.h"
#include "intake/push.h"
#include "intake/draft.h"

#include <inttypes.h>

struct intake imports_intake(const struct request *request)
{
	struct viewer *viewer = arena_make(request->arena, struct viewer); /* words in the language of this page */
	*viewer = *request->viewer;
	viewer->lang = request->lang;
	return (struct intake){ .store = request->store, .viewer = viewer, .company_id = request->company.id, .today = request->today,
		.now = request->now, .arena = request->arena, .options = { .as_of = DAY_NONE } };
}

struct status imports_ids(struct request *request, const char *field, int64_t **out, size_t *count)
{
	const char *const *texts = request_fields(request, field);
	size_t n = 0;
	while (texts[n]) n++;
	*out = arena_array(request->arena, int64_t, n + 1);
	for (*count = 0; *count < n; ++*count)
		if (!text_parse_int(texts[*count], strlen(texts[*count]), &(*out)[*count])) return status_make(STATUS_INVALID, "Tick at least one row.");
	return n ? STATUS_FINE : status_make(STATUS_INVALID, "Tick at least one row.");
}

struct status imports_path_id(const struct request *request, int64_t *id)
{
	const char *text = request_path(request, "id");
	if (text && text_parse_int(text, strlen(text), id)) return STATUS_FINE;
	return status_make(STATUS_NOT_FOUND, "There is no such import.");
}

/* --- the list ------------------------------------------------------------------------------------------------------------------ */
static json_t *import_row(const struct intake_row *row)
{
	return json_pack("{s:I, s:o, s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:o, s:o, s:o, s:b}", "id", (json_int_t)row->id, "at", model_instant(row->at), "by",
		row->by, "file", row->file_name, "format", row->format, "source", row->source, "mode", row->mode, "lines", (json_int_t)row->lines, "state",
		row->state, "from", model_day(row->from_day), "to", model_day(row->to_day), "as_of_day", model_day(row->as_of_day), "active",
		strcmp(row->state, "active") == 0);
}

struct status imports_list(struct request *request, size_t limit)
{
	struct intake_row *rows;
	size_t count;
	TRY(intake_list(request->db, request->viewer, request->company.id, limit, request->arena, &rows, &count));
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++) json_array_append_new(list, import_row(&rows[i]));
	json_object_set_new(request->model, "imports", list);
	json_object_set_new(request->model, "has_imports", json_boolean(count > 0));
	if (!json_object_get(request->model, "start")) json_object_set_new(request->model, "start", json_false());
	return STATUS_FINE;
}

/* Files that were dropped and not imported, and lines held aside. */
static struct status waiting_fill(struct request *request)
{
	struct draft *drafts;
	size_t count;
	TRY(draft_list(request->db, request->viewer, request->company.id, request->arena, &drafts, &count));
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *result = json_object_get(drafts[i].preview, "result");
		json_int_t held = json_integer_value(json_object_get(drafts[i].options, "held"));
		json_array_append_new(list, json_pack("{s:I, s:s, s:o, s:o, s:I, s:o}", "id", (json_int_t)drafts[i].id, "file", drafts[i].file_name, "at",
			model_instant(drafts[i].at), "held", held ? json_integer(held) : json_null(), "lines", json_integer_value(json_object_get(result, "lines")),
			"looked", json_boolean(json_is_object(result))));
		json_decref(drafts[i].options);
		json_decref(drafts[i].preview);
	}
	json_object_set_new(request->model, "has_waiting", json_boolean(count > 0));
	json_object_set_new(request->model, "waiting", list);
	return STATUS_FINE;
}

static struct status imports_show(struct request *request)
{
	TRY(waiting_fill(request));
	json_object_set_new(request->model, "error", json_null());
	return imports_list(request, 100);
}

enum { FILES_AT_ONCE = 500 };

struct status imports_draft(struct request *request, int64_t *id)
{
	struct draft_upload uploads[FILES_AT_ONCE];
	size_t count = 0, id_count = 0;
	int64_t *ids;
	*id = 0;
	for (const struct upload *upload; count < FILES_AT_ONCE && (upload = request_upload(request, "file", count)) != NULL; count++) {
		if (upload->size == 0 && count == 0 && !request_upload(request, "file", 1)) return STATUS_FINE; /* none was chosen */
		uploads[count] = (struct draft_upload){ upload->path, arena_strdup(request->arena, upload->name && *upload->name ? upload->name : "file") };
	}
	if (count == 0) return STATUS_FINE;
	struct intake intake = imports_intake(request);
	TRY(draft_keep_all(&intake, uploads, count, &ids, &id_count));
	for (size_t i = 0; i < id_count; i++) TRY(imports_work(request, ids[i], WORK_LOOK, NULL));
	*id = id_count == 0 ? 0 : ids[0];
	if (id_count > 1) request->notice = tr(request->lang, "Each file waits here to be looked at.");
	return STATUS_FINE;
}

/* --- a program that means it: imported at once (intake/push.h) -------------------------------------------------------------------- */
static bool flag(const struct request *request, const char *name)
{
	const char *value = request_field(request, name);
	return value && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0 || strcmp(value, "yes") == 0);
}

static struct status imports_push(struct request *request, const char *key)
{
	struct intake intake = imports_intake(request);
	const struct upload *upload = request_upload(request, "file", 0);
	json_t *answer = NULL;
	intake.options.mode = request_field(request, "mode"), intake.options.source = request_field(request, "source");
	intake.options.format = request_field(request, "format"), intake.options.mapping = request_field(request, "mapping");
	intake.options.dry_run = flag(request, "dry_run"), intake.options.yes = flag(request, "yes");
	intake.options.accept_partial = flag(request, "accept_partial");
	if (!request_day(request, "as_of_day", &intake.options.as_of)) intake.options.as_of = DAY_NONE;
	if (upload) intake.options.file_name = upload->name;
	if (upload) TRY(push_import_path(&intake, key, upload->path, &answer));
	else TRY(push_json(&intake, key, request_body(request), &answer));
	const json_t *refused = json_object_get(answer, "refused");
	if (json_is_true(refused) || json_is_string(refused)) request->http_status = 422;
	json_object_update(request->model, answer);
	json_decref(answer);
	return STATUS_FINE;
}

static struct status imports_drop(struct request *request)
{
	int64_t id;
	const char *key = request_key(request);
	if (request->json && (key || request_body(request) || flag(request, "at_once"))) return imports_push(request, key);
	struct status status = imports_draft(request, &id);
	if (!status.code && id == 0) status = status_make(STATUS_INVALID, "%s", tr(request->lang, "Choose a file first."));
	if (status.code == STATUS_INVALID && !request->json) {
		request->http_status = 422;
		request->template = "imports";
		json_object_set_new(request->model, "error", json_string(status.text));
		TRY(waiting_fill(request));
		return imports_list(request, 100);
	}
	TRY(status);
	json_object_set_new(request->model, "draft", json_integer(id));
	if (request->notice && !request->json && !request_int(request, "start", 0))
		request->redirect = "/imports"; /* several: each has its line there */
	else
		request->redirect = arena_printf(request->arena, "/imports/drafts/%" PRId64 "%s", id, request_int(request, "start", 0) ? "?start=1" : "");
	return STATUS_FINE;
}

const char *imports_format_words(const char *name)
{
	static const char *const words[][2] = { { "fec", "FEC" }, { "csv-items", "Invoices and other items" }, { "csv-payments", "Payments" },
		{ "csv-customers", "Customers" }, { "csv-contacts", "Contacts" }, { "xlsx", "Excel workbook" }, { "xlsx-customers", "Customers" }, { "xlsx-contacts", "Contacts" }, { "sage-pnm", "Entries from Sage 100" }, { "sage-mecg", "Entries from Sage 100" },
		{ "ciel-ximport", "Entries from Ciel" }, { "ciel-rimport", "Entries from Sage 50 or Ciel" }, { "ebp", "Entries from EBP" },
		{ "cegid-tra", "Entries from Cegid" }, { "quadra", "Entries from Cegid Quadra" }, { "entry-table", "Accounting entries" },
		{ "ubl", "Electronic invoice (UBL)" }, { "cii", "Electronic invoice (CII)" }, { "facturx", "Electronic invoice (Factur-X)" },
		{ "einvoices", "Electronic invoices" }, { "cdar", "Status of an invoice (CDAR)" }, { "peppol-response", "A buyer’s answer (Peppol)" },
		{ "camt", "Bank statement" }, { "camt.052", "Bank statement" }, { "camt.053", "Bank statement" }, { "camt.054", "Bank statement" },
		{ "cfonb", "Bank statement" }, { "cfonb120", "Bank statement" }, { "cfonb240", "Returns from the bank" }, { "mt940", "Bank statement" },
		{ "mt942", "Bank statement" }, { "ofx", "Bank statement" }, { "qif", "Bank statement" }, { "bank-csv", "Bank statement" },
		{ "pain.002", "Returns from the bank" },
		{ "status-list", "Statuses of invoices" }, { "chorus-pro", "Statuses from Chorus Pro" }, { "bodacc", "Insolvency notices" }, { 0 } };
	for (size_t i = 0; words[i][0]; i++)
		if (strcmp(words[i][0], name) == 0) return words[i][1];
	return "Unknown file";
}

/* --- what was imported ----------------------------------------------------------------------------------------------------------- */
static struct status import_find(struct request *request, int64_t *id, struct intake_row *out)
{
	struct intake_row *rows;
	size_t count;
	TRY(imports_path_id(request, id));
	TRY(intake_list(request->db, request->viewer, request->company.id, 0, request->arena, &rows, &count));
	for (size_t i = 0; i < count; i++)
		if (rows[i].id == *id) return *out = rows[i], STATUS_FINE;
	return status_make(STATUS_NOT_FOUND, "There is no such import.");
}

static struct status import_show(struct request *request)
{
	int64_t id;
	struct intake_row row;
	TRY(import_find(request, &id, &row));
	json_t *model = import_row(&row), *report = json_loads(row.report, 0, NULL);
	json_object_update(request->model, model);
	json_decref(model);
	json_object_set_new(request->model, "title", json_string(row.file_name));
	json_object_set_new(request->model, "format_name", json_string(imports_format_words(row.format)));
	json_object_set_new(request->model, "has_report", json_boolean(json_is_object(report)));
	json_t *mended = json_object_get(report, "mended");
	json_object_set_new(request->model, "mended", mended ? json_incref(mended) : json_array());
	json_object_set_new(request->model, "result", report ? report : json_null());
	return STATUS_FINE;
}

static struct status import_file(struct request *request)
{
	int64_t id;
	struct intake_row row;
	char *bytes;
	size_t len;
	TRY(import_find(request, &id, &row));
	TRY(intake_original(request->db, request->viewer, request->company.id, id, &bytes, &len));
	text_add_bytes(&request->file, bytes, len);
	free(bytes);
	request->file_type = "application/octet-stream";
	request->file_name = arena_strdup(request->arena, row.file_name);
	return STATUS_FINE;
}

static struct status import_back(struct request *request)
{
	int64_t id;
	TRY(imports_path_id(request, &id));
	struct intake intake = imports_intake(request);
	struct intake_undone undone;
	TRY(intake_undo(&intake, id, &undone));
	json_object_set_new(request->model, "import", json_integer(id));
	json_object_set_new(request->model, "customers", json_integer(undone.customers));
	json_object_set_new(request->model, "withdrawn", json_integer(undone.withdrawn));
	request->notice = tr(request->lang, "The import is taken back.");
	request->redirect = "/imports";
	return STATUS_FINE;
}

const struct route imports_routes[] = {
	{ "GET", "/imports", RIGHT_IMPORT, imports_show, .template = "imports", .menu = MENU_IMPORTS, .summary = "Imports" },
	{ "POST", "/imports", RIGHT_IMPORT, imports_drop, .template = "imports", .menu = MENU_IMPORTS, .summary = "Drop a file; with a key (Idempotency-Key), at_once, or rows as JSON: import it", .upload = true, .fields = "file start key at_once format mode source mapping as_of_day accept_partial yes dry_run" },
	{ "GET", "/imports/{id}", RIGHT_IMPORT, import_show, .template = "import", .menu = MENU_IMPORTS, .summary = "An import and its result" },
	{ "GET", "/imports/{id}/file", RIGHT_IMPORT, import_file, .menu = MENU_IMPORTS, .summary = "The original file" },
	{ "POST", "/imports/{id}/undo", RIGHT_IMPORT, import_back, .menu = MENU_IMPORTS, .summary = "Take an import back" },
	{ 0 },
};
