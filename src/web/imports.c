/* imports — files in: drop, what it is taken for, its columns, what would come of it, import, take back. */
#include "web/imports_page.h"

#include "base/memory.h"
#include "formats/csv.h"
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

static struct status path_id(const struct request *request, int64_t *id)
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

static struct status list_fill(struct request *request, size_t limit)
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

static struct status imports_show(struct request *request)
{
	json_object_set_new(request->model, "error", json_null());
	return list_fill(request, 100);
}

struct status imports_draft(struct request *request, int64_t *id)
{
	const struct upload *upload = request_upload(request, "file", 0);
	*id = 0;
	if (!upload || upload->size == 0) return STATUS_FINE;
	struct intake intake = imports_intake(request);
	intake.options.file_name = arena_strdup(request->arena, upload->name && *upload->name ? upload->name : "file");
	return draft_make(&intake, upload->path, id);
}

static struct status imports_drop(struct request *request)
{
	int64_t id;
	struct status status = imports_draft(request, &id);
	if (!status.code && id == 0) status = status_make(STATUS_INVALID, "%s", tr(request->lang, "Choose a file first."));
	if (status.code == STATUS_INVALID && !request->json) {
		request->http_status = 422;
		request->template = "imports";
		json_object_set_new(request->model, "error", json_string(status.text));
		return list_fill(request, 100);
	}
	TRY(status);
	json_object_set_new(request->model, "draft", json_integer(id));
	request->redirect = arena_printf(request->arena, "/imports/drafts/%" PRId64 "%s", id, request_int(request, "start", 0) ? "?start=1" : "");
	return STATUS_FINE;
}

/* --- a file that waits --------------------------------------------------------------------------------------------------------- */
static json_t *choices(const struct request *request, const char *chosen, const char *const (*options)[2])
{
	json_t *rows = json_array();
	for (; (*options)[1]; options++)
		json_array_append_new(rows, json_pack("{s:s, s:s, s:b}", "code", (*options)[0], "words", tr(request->lang, (*options)[1]), "on",
			strcmp((*options)[0], chosen) == 0));
	return rows;
}

/* Adds to each column what its select boxes offer. */
static void columns_fill(const struct request *request, json_t *columns)
{
	static const char *const orders[][2] = { { "", "Which order?" }, { "dmy", "Day, month, year" }, { "mdy", "Month, day, year" }, { "ymd", "Year, month, day" },
		{ "serial", "Excel day number" }, { 0 } };
	static const char *const marks[][2] = { { "", "Which mark?" }, { ",", "Comma: 1 234,56" }, { ".", "Point: 1,234.56" }, { 0 } };
	size_t index;
	json_t *column;
	json_array_foreach(columns, index, column) {
		const char *target = json_string_value(json_object_get(column, "target"));
		json_t *targets = json_array();
		for (int t = 0; t < CSV_TARGETS; t++)
			json_array_append_new(targets, json_pack("{s:s, s:s, s:b}", "code", csv_target_name((enum csv_target)t), "words",
				tr(request->lang, csv_target_words((enum csv_target)t)), "on", strcmp(target, csv_target_name((enum csv_target)t)) == 0));
		json_object_set_new(column, "targets", targets);
		json_int_t confidence = json_integer_value(json_object_get(column, "confidence"));
		json_object_set_new(column, "sure", json_boolean(confidence >= 80 && !json_is_string(json_object_get(column, "doubt"))));
		json_object_set_new(column, "known", json_boolean(confidence > 0));
		json_object_set_new(column, "orders", json_is_true(json_object_get(column, "is_day")) ?
			choices(request, json_string_value(json_object_get(column, "dates")), orders) : json_null());
		json_object_set_new(column, "marks", json_is_true(json_object_get(column, "is_amount")) ?
			choices(request, json_string_value(json_object_get(column, "decimal")), marks) : json_null());
	}
}

static const char *format_words(const char *name)
{
	static const char *const words[][2] = { { "fec", "FEC" }, { "csv-items", "Invoices and other items" }, { "csv-payments", "Payments" },
		{ "csv-customers", "Customers" }, { "csv-contacts", "Contacts" }, { "xlsx", "Excel workbook" }, { 0 } };
	for (size_t i = 0; words[i][0]; i++)
		if (strcmp(words[i][0], name) == 0) return words[i][1];
	return "Unknown file";
}

static struct status draft_show(struct request *request)
{
	int64_t id;
	struct draft draft;
	TRY(path_id(request, &id));
	TRY(draft_get(request->db, request->viewer, request->company.id, id, request->arena, &draft));
	json_t *model = request->model, *preview = draft.preview, *result = json_object_get(preview, "result");
	const char *name = json_string_value(json_object_get(preview, "name"));
	const char *mode = json_string_value(json_object_get(draft.options, "mode")), *as_of = json_string_value(json_object_get(draft.options, "as_of"));
	static const char *const modes[][2] = { { "", "As recognised" }, { "stock", "All that is open: what is absent is closed" },
		{ "delta", "Only what is in the file changes" }, { 0 } };
	static const char *const whats[][2] = { { "csv-items", "Invoices and other items" }, { "csv-payments", "Payments" }, { "csv-customers", "Customers" },
		{ "csv-contacts", "Contacts" }, { 0 } };
	columns_fill(request, json_object_get(preview, "columns"));
	json_int_t sure = 0, doubtful = 0, ignored = 0, refused = json_integer_value(json_object_get(result, "rejected_count"));
	size_t index;
	json_t *column;
	json_array_foreach(json_object_get(preview, "columns"), index, column) {
		if (!json_is_true(json_object_get(column, "known")))
			ignored++;
		else
			*(json_is_true(json_object_get(column, "sure")) ? &sure : &doubtful) += 1;
	}
	json_object_set_new(model, "id", json_integer(id));
	json_object_set_new(model, "title", json_string(draft.file_name));
	json_object_set_new(model, "file", json_string(draft.file_name));
	json_object_set_new(model, "kilobytes", json_integer((draft.size + 1023) / 1024));
	json_object_set_new(model, "format_name", json_string(format_words(name ? name : "")));
	json_object_set_new(model, "is_list", json_boolean(json_array_size(json_object_get(preview, "columns")) > 0));
	json_object_set_new(model, "is_items", json_boolean(name && strcmp(name, "csv-items") == 0));
	json_object_set_new(model, "sure", json_integer(sure));
	json_object_set_new(model, "doubtful", json_integer(doubtful));
	json_object_set_new(model, "unused", json_integer(ignored));
	json_object_set_new(model, "modes", choices(request, mode ? mode : "", modes));
	json_object_set_new(model, "whats", choices(request, name ? name : "", whats));
	json_object_set_new(model, "as_of_day", as_of ? json_string(as_of) : json_null());
	json_object_set_new(model, "flipped", json_boolean(json_is_true(json_object_get(json_object_get(draft.options, "mapping"), "credits_positive"))));
	json_object_set_new(model, "refused", json_integer(refused));
	json_object_set_new(model, "importable", json_boolean(json_is_object(result) && json_is_null(json_object_get(preview, "problem"))));
	json_object_set_new(model, "taken", json_integer(json_integer_value(json_object_get(result, "lines")) - refused));
	json_object_set_new(model, "change", json_integer(json_integer_value(json_object_get(result, "open_after")) - json_integer_value(json_object_get(result, "open_before"))));
	json_object_set_new(model, "start", json_boolean(request_int(request, "start", 0) != 0));
	json_object_update_missing(model, preview);
	json_decref(draft.options);
	json_decref(draft.preview);
	return list_fill(request, 5);
}

/* What the person chose: column by column, mode, date, what the file holds. Fields are target-N, dates-N, decimal-N. */
static struct status draft_map(struct request *request)
{
	int64_t id;
	struct draft draft;
	TRY(path_id(request, &id));
	TRY(draft_get(request->db, request->viewer, request->company.id, id, request->arena, &draft));
	json_t *columns = json_object(), *column;
	size_t index;
	json_array_foreach(json_object_get(draft.preview, "columns"), index, column) {
		const char *header = json_string_value(json_object_get(column, "header"));
		const char *target = request_field(request, arena_printf(request->arena, "target-%zu", index));
		const char *dates = request_field(request, arena_printf(request->arena, "dates-%zu", index));
		const char *decimal = request_field(request, arena_printf(request->arena, "decimal-%zu", index));
		if (!header || !*header || !target) continue;
		json_t *said = json_pack("{s:s}", "target", target);
		if (dates && *dates) json_object_set_new(said, "dates", json_string(dates));
		if (decimal && *decimal) json_object_set_new(said, "decimal", json_string(decimal));
		json_object_set_new(columns, header, said);
	}
	const char *what = request_field(request, "what"), *mode = request_field(request, "mode"), *as_of = request_field(request, "as_of_day");
	const char *sheet = request_field(request, "sheet"), *read = json_string_value(json_object_get(draft.preview, "sheet"));
	if (sheet && read && strcmp(sheet, read) != 0) json_object_clear(columns), what = ""; /* another sheet has columns of its own */
	json_t *mapping = json_pack("{s:s, s:b, s:o}", "what", what ? what : "", "credits_positive", request_int(request, "credits_positive", 0) != 0, "columns", columns);
	if (sheet && *sheet) json_object_set_new(mapping, "sheet", json_string(sheet));
	json_t *options = json_pack("{s:s, s:s, s:O}", "mode", mode ? mode : "", "as_of", as_of ? as_of : "", "mapping", mapping);
	struct intake intake = imports_intake(request);
	struct status status = draft_change(&intake, id, options);
	const char *name = request_field(request, "save_as");
	if (!status.code && name && *name) {
		cleanup_text struct text header = { 0 };
		json_array_foreach(json_object_get(draft.preview, "columns"), index, column) text_addf(&header, "%s\n", json_string_value(json_object_get(column, "header")));
		char *text = json_dumps(mapping, JSON_SORT_KEYS);
		status = mapping_save(&intake, name, text_cstr(&header), text);
		free(text);
		request->notice = tr(request->lang, "The columns are kept under this name.");
	}
	json_decref(options);
	json_decref(mapping);
	json_decref(draft.options);
	json_decref(draft.preview);
	TRY(status);
	request->redirect = arena_printf(request->arena, "/imports/drafts/%" PRId64 "%s", id, request_int(request, "start", 0) ? "?start=1" : "");
	return STATUS_FINE;
}

static struct status draft_go(struct request *request)
{
	int64_t id;
	TRY(path_id(request, &id));
	struct intake intake = imports_intake(request);
	struct intake_result result;
	TRY(draft_import(&intake, id, request_int(request, "accept_partial", 0) != 0, request_int(request, "yes", 0) != 0, &result));
	json_t *said = intake_result_json(&result);
	json_object_update(request->model, said);
	json_decref(said);
	complaints_free(&result.rejected);
	bool start = request_int(request, "start", 0) != 0;
	if (result.refused) {
		request->notice = arena_strdup(request->arena, result.reason);
		request->redirect = arena_printf(request->arena, "/imports/drafts/%" PRId64 "%s", id, start ? "?start=1" : "");
		return request->json ? status_make(STATUS_INVALID, "%s", result.reason) : STATUS_FINE;
	}
	if (result.import_id == 0) {
		request->notice = tr(request->lang, "Nothing new: everything in this file is known already.");
		request->redirect = start ? "/start/quality" : "/imports";
		return STATUS_FINE;
	}
	request->notice = tr(request->lang, "The file is imported.");
	if (viewer_may(request->viewer, RIGHT_IMPORT)) request->undo = arena_printf(request->arena, "/imports/%" PRId64 "/undo", result.import_id);
	request->redirect = start ? "/start/quality" : arena_printf(request->arena, "/imports/%" PRId64, result.import_id);
	return STATUS_FINE;
}

static struct status draft_forget(struct request *request)
{
	int64_t id;
	TRY(path_id(request, &id));
	struct intake intake = imports_intake(request);
	TRY(draft_drop(&intake, id));
	request->redirect = request_int(request, "start", 0) ? "/start/file" : "/imports";
	return STATUS_FINE;
}

/* A cell that a spreadsheet would run is written as text. */
static void cell_add(struct text *out, const char *text, bool last)
{
	bool formula = text[0] && strchr("=+-@\t\r", text[0]);
	text_add_char(out, '"');
	if (formula) text_add_char(out, '\'');
	for (; *text; text++) {
		if (*text == '"') text_add_char(out, '"');
		text_add_char(out, *text);
	}
	text_add(out, last ? "\"\r\n" : "\";");
}

static void rejected_file(struct request *request, const json_t *rejected, const char *name)
{
	const char *heads[] = { "Line", "Column", "Value", "Reason" };
	text_add(&request->file, "\xEF\xBB\xBF");
	for (size_t i = 0; i < 4; i++) cell_add(&request->file, tr(request->lang, heads[i]), i == 3);
	size_t index;
	json_t *row;
	json_array_foreach(rejected, index, row) {
		cell_add(&request->file, arena_printf(request->arena, "%" PRId64, (int64_t)json_integer_value(json_object_get(row, "line"))), false);
		cell_add(&request->file, json_string_value(json_object_get(row, "column")), false);
		cell_add(&request->file, json_string_value(json_object_get(row, "value")), false);
		cell_add(&request->file, json_string_value(json_object_get(row, "reason")), true);
	}
	request->file_type = "text/csv; charset=utf-8";
	request->file_name = name;
}

static struct status draft_rejected(struct request *request)
{
	int64_t id;
	struct draft draft;
	TRY(path_id(request, &id));
	TRY(draft_get(request->db, request->viewer, request->company.id, id, request->arena, &draft));
	rejected_file(request, json_object_get(json_object_get(draft.preview, "result"), "rejected"), "refused.csv");
	json_decref(draft.options);
	json_decref(draft.preview);
	return STATUS_FINE;
}

/* --- what was imported ----------------------------------------------------------------------------------------------------------- */
static struct status import_find(struct request *request, int64_t *id, struct intake_row *out)
{
	struct intake_row *rows;
	size_t count;
	TRY(path_id(request, id));
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
	json_object_set_new(request->model, "format_name", json_string(format_words(row.format)));
	json_object_set_new(request->model, "has_report", json_boolean(json_is_object(report)));
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
	TRY(path_id(request, &id));
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
	{ "POST", "/imports", RIGHT_IMPORT, imports_drop, .template = "imports", .menu = MENU_IMPORTS, .summary = "Drop a file", .upload = true, .fields = "file* start" },
	{ "GET", "/imports/drafts/{id}", RIGHT_IMPORT, draft_show, .template = "import_draft", .menu = MENU_IMPORTS, .summary = "A file that waits: what it is and what would come of it", .live = true, .fields = "start" },
	{ "POST", "/imports/drafts/{id}", RIGHT_IMPORT, draft_map, .menu = MENU_IMPORTS, .summary = "Say what its columns mean", .fields = "what mode as_of_day credits_positive save_as sheet start" },
	{ "POST", "/imports/drafts/{id}/import", RIGHT_IMPORT, draft_go, .menu = MENU_IMPORTS, .summary = "Import it", .fields = "accept_partial yes start" },
	{ "POST", "/imports/drafts/{id}/drop", RIGHT_IMPORT, draft_forget, .menu = MENU_IMPORTS, .summary = "Forget it", .fields = "start" },
	{ "GET", "/imports/drafts/{id}/refused.csv", RIGHT_IMPORT, draft_rejected, .menu = MENU_IMPORTS, .summary = "Its refused lines as CSV", .live = true },
	{ "GET", "/imports/{id}", RIGHT_IMPORT, import_show, .template = "import", .menu = MENU_IMPORTS, .summary = "An import and its result" },
	{ "GET", "/imports/{id}/file", RIGHT_IMPORT, import_file, .menu = MENU_IMPORTS, .summary = "The original file" },
	{ "POST", "/imports/{id}/undo", RIGHT_IMPORT, import_back, .menu = MENU_IMPORTS, .summary = "Take an import back" },
	{ 0 },
};
