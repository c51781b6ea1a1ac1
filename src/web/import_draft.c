/* import_draft — a file that waits: what it is taken for, its columns, what would come of it, and importing it. */
#include "web/imports_page.h"

#include "base/memory.h"
#include "formats/csv.h"
#include "web/server.h"

#include <inttypes.h>

static json_t *choices(const struct request *request, const char *chosen, const char *const (*options)[2])
{
	json_t *rows = json_array();
	for (; (*options)[1]; options++)
		json_array_append_new(rows, json_pack("{s:s, s:s, s:b}", "code", (*options)[0], "words", tr(request->lang, (*options)[1]), "on",
			strcmp((*options)[0], chosen) == 0));
	return rows;
}

/* Adds to each column what its select boxes offer. */
static void columns_fill(const struct request *request, json_t *columns, const json_t *own)
{
	static const char *const orders[][2] = { { "", "Which order?" }, { "dmy", "Day, month, year" }, { "mdy", "Month, day, year" }, { "ymd", "Year, month, day" },
		{ "serial", "Excel day number" }, { 0 } };
	static const char *const marks[][2] = { { "", "Which mark?" }, { ",", "Comma: 1 234,56" }, { ".", "Point: 1,234.56" }, { 0 } };
	size_t index;
	json_t *column;
	json_array_foreach(columns, index, column) {
		const char *target = json_string_value(json_object_get(column, "target"));
		json_t *targets = json_array();
		for (int t = 0; t < CSV_FIELD; t++)
			json_array_append_new(targets, json_pack("{s:s, s:s, s:b}", "code", csv_target_name((enum csv_target)t), "words",
				tr(request->lang, csv_target_words((enum csv_target)t)), "on", strcmp(target, csv_target_name((enum csv_target)t)) == 0));
		size_t o;
		json_t *field;
		json_array_foreach(own, o, field) {
			const char *code = json_string_value(json_object_get(field, "code"));
			json_array_append_new(targets, json_pack("{s:s, s:O, s:b}", "code", code, "words", json_object_get(field, "words"), "on", strcmp(target, code) == 0));
		}
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

/* --- work under way ---------------------------------------------------------------------------------------------------------------- */
static const char *work_address(struct request *request, int64_t id)
{
	return arena_printf(request->arena, "/imports/drafts/%" PRId64 "%s", id, request_int(request, "start", 0) ? "?start=1" : "");
}

static void work_model(struct request *request, const struct work_row *row)
{
	bool reading = row->doing && strcmp(row->doing, "Reading the file") == 0 && row->lines > 0;
	/* reading is the first two fifths of the whole (intake.h) */
	int64_t read = reading ? row->lines * (row->done < 400 ? row->done : 400) / 400 : 0;
	json_object_set_new(request->model, "work", json_pack("{s:s, s:b, s:b, s:b, s:i, s:i, s:s?, s:I, s:o, s:i, s:s, s:b, s:b, s:I}", "state", work_state_code(row->state), "waiting",
		row->state == WORK_WAITING, "running", row->state == WORK_RUNNING, "ended", !work_open(row), "done", row->done, "percent", row->done / 10, "doing",
		row->doing && *row->doing ? row->doing : NULL, "lines", (json_int_t)row->lines, "read", reading ? json_integer(read) : json_null(), "before", row->before, "words",
		row->words ? row->words : "", "importing", row->task == WORK_IMPORT, "interrupted", row->state == WORK_INTERRUPTED, "import", (json_int_t)row->import_id));
}

struct seeing {
	const struct request *request;
	int64_t id;
};

static struct status see(struct db *db, void *context)
{
	const struct seeing *seeing = context;
	return work_seen(db, seeing->request->viewer, seeing->request->company.id, seeing->id);
}

struct status imports_work(struct request *request, int64_t draft_id, enum work_task task, const json_t *options)
{
	struct intake intake = imports_intake(request);
	struct work_row row;
	TRY(work_ask(&intake, draft_id, task, options));
	db_rollback(request->db); /* what follows sees it */
	TRY(db_begin(request->db, DB_READ));
	TRY(work_get(request->db, request->viewer, request->company.id, draft_id, request->arena, &row));
	if (row.size > WORK_SMALL) return STATUS_FINE;
	const struct worker worker = { .store = request->store, .clock = &request->clock, .holder = exchange_of(request)->id,
		.tenant_id = request->company.tenant_id, .company_id = request->company.id };
	bool worked;
	TRY(work_turn(&worker, draft_id, &worked));
	lang_speak(request->lang);
	return request_transact(request, see, &(struct seeing){ request, draft_id });
}

/* Where a file that was imported leads. */
static struct status work_ended(struct request *request, const struct work_row *row)
{
	bool start = request_int(request, "start", 0) != 0;
	if (row->import_id == 0) {
		request->notice = tr(request->lang, "Nothing new: everything in this file is known already.");
		request->redirect = start ? "/start/quality" : "/imports";
		return STATUS_FINE;
	}
	request->notice = tr(request->lang, "The file is imported.");
	if (viewer_may(request->viewer, RIGHT_IMPORT)) request->undo = arena_printf(request->arena, "/imports/%" PRId64 "/undo", row->import_id);
	request->redirect = start ? "/start/quality" : arena_printf(request->arena, "/imports/%" PRId64, row->import_id);
	return STATUS_FINE;
}

/* The page of a draft while something is done with it, or after it was imported; *shown false: it waits for its reader. */
static struct status work_show(struct request *request, int64_t id, bool *shown)
{
	struct work_row row;
	json_object_set_new(request->model, "work", json_null());
	struct status status = work_get(request->db, request->viewer, request->company.id, id, request->arena, &row);
	if (status.code == STATUS_NOT_FOUND) return STATUS_FINE; /* the draft itself says what is wrong */
	TRY(status);
	bool open = work_open(&row);
	if (!open && request->fragment) { /* what asked every second: the whole page has news */
		exchange_reply_header(exchange_of(request), "HX-Redirect", work_address(request, id));
		*shown = true;
	} else if (!open && !row.seen && !request->json) {
		TRY(request_transact(request, see, &(struct seeing){ request, id }));
	}
	if (row.state == WORK_DONE && row.task == WORK_IMPORT && !request->fragment && !request->json) {
		*shown = true;
		return work_ended(request, &row);
	}
	work_model(request, &row);
	struct draft draft;
	if (!open && !*shown) {
		status = draft_get(request->db, request->viewer, request->company.id, id, request->arena, &draft);
		bool dropped = status.code == STATUS_NOT_FOUND && row.state == WORK_CANCELLED;
		if (dropped) request->redirect = "/imports";
		bool looked = !status.code && json_object_size(draft.preview) > 0;
		if (!status.code) json_decref(draft.options), json_decref(draft.preview);
		if (looked) return STATUS_FINE;
		if (status.code && !dropped && !(request->json && row.state == WORK_DONE)) return status;
	}
	*shown = true;
	request->template = request->fragment ? "import_progress" : "import_work";
	json_object_set_new(request->model, "id", json_integer(id));
	json_object_set_new(request->model, "title", json_string(row.file_name));
	json_object_set_new(request->model, "file", json_string(row.file_name));
	json_object_set_new(request->model, "kilobytes", json_integer((row.size + 1023) / 1024));
	json_object_set_new(request->model, "start", json_boolean(request_int(request, "start", 0) != 0));
	return STATUS_FINE;
}

json_t *imports_news(struct request *request)
{
	struct work_row *rows;
	size_t count;
	if (!request->viewer || !request->company.id) return json_null();
	struct status status = work_news(request->db, request->viewer, request->company.id, request->arena, &rows, &count);
	if (status.code || count == 0) return json_null(); /* the page itself stands */
	size_t which = 0;
	while (which + 1 < count && rows[which].state != WORK_RUNNING) which++;
	if (rows[which].state != WORK_RUNNING) which = 0;
	const struct work_row *row = &rows[which];
	return json_pack("{s:I, s:s, s:s, s:b, s:b, s:b, s:b, s:i, s:i}", "id", (json_int_t)row->draft_id, "file", row->file_name, "state", work_state_code(row->state),
		"open", work_open(row), "waiting", row->state == WORK_WAITING, "fine", row->state == WORK_DONE, "importing", row->task == WORK_IMPORT, "percent",
		row->done / 10, "others", (int)count - 1);
}

/* --- the file and its columns ---------------------------------------------------------------------------------------------------------- */
/* Refused lines with their cells, and what was mended already. */
static void mending_fill(struct request *request, const struct draft *draft)
{
	json_t *preview = draft->preview, *rejected = json_object_get(json_object_get(preview, "result"), "rejected"), *row, *line, *cell;
	size_t r, l, c;
	json_array_foreach(rejected, r, row) {
		json_object_set_new(row, "cells", json_array());
		json_array_foreach(json_object_get(preview, "refused_lines"), l, line) {
			if (json_integer_value(json_object_get(line, "line")) != json_integer_value(json_object_get(row, "line"))) continue;
			json_array_foreach(json_object_get(line, "cells"), c, cell)
				json_object_set_new(cell, "field", json_string(arena_printf(request->arena, "mend-%" PRId64 "-%zu", (int64_t)json_integer_value(json_object_get(line, "line")), c)));
			json_object_set(row, "cells", json_object_get(line, "cells"));
		}
		json_object_set_new(row, "has_cells", json_boolean(json_array_size(json_object_get(row, "cells")) > 0));
	}
	json_t *rows = json_array(), *mended, *value;
	const char *number, *column;
	json_object_foreach(json_object_get(draft->options, "mended"), number, mended) {
		json_object_foreach(json_object_get(mended, "cells"), column, value) {
			size_t index = strtoul(column, NULL, 10);
			const char *header = json_string_value(json_object_get(json_array_get(json_object_get(preview, "columns"), index), "header"));
			const char *by = json_string_value(json_object_get(mended, "by"));
			json_array_append_new(rows, json_pack("{s:s, s:s, s:O, s:s}", "line", number, "column", header ? header : column, "to", value, "by", by ? by : ""));
		}
	}
	json_object_set_new(request->model, "mended_count", json_integer((json_int_t)json_array_size(rows)));
	json_object_set_new(request->model, "mended", rows);
	json_object_set_new(request->model, "mendable", json_boolean(json_array_size(json_object_get(preview, "refused_lines")) > 0));
	json_int_t held = json_integer_value(json_object_get(draft->options, "held"));
	json_object_set_new(request->model, "held", held ? json_integer(held) : json_null());
}

static struct status draft_show(struct request *request)
{
	int64_t id;
	struct draft draft;
	bool shown = false;
	TRY(imports_path_id(request, &id));
	TRY(work_show(request, id, &shown));
	if (shown) return STATUS_FINE;
	TRY(draft_get(request->db, request->viewer, request->company.id, id, request->arena, &draft));
	json_t *model = request->model, *preview = draft.preview, *result = json_object_get(preview, "result");
	const char *name = json_string_value(json_object_get(preview, "name"));
	const char *mode = json_string_value(json_object_get(draft.options, "mode")), *as_of = json_string_value(json_object_get(draft.options, "as_of"));
	static const char *const modes[][2] = { { "", "As recognised" }, { "stock", "All that is open: what is absent is closed" },
		{ "delta", "Only what is in the file changes" }, { 0 } };
	static const char *const whats[][2] = { { "csv-items", "Invoices and other items" }, { "csv-payments", "Payments" }, { "csv-customers", "Customers" },
		{ "csv-contacts", "Contacts" }, { 0 } };
	columns_fill(request, json_object_get(preview, "columns"), json_object_get(preview, "own_fields"));
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
	json_object_set_new(model, "format_name", json_string(imports_format_words(name ? name : "")));
	json_object_set_new(model, "is_list", json_boolean(json_array_size(json_object_get(preview, "columns")) > 0));
	json_object_set_new(model, "is_items", json_boolean(name && strcmp(name, "csv-items") == 0));
	json_object_set_new(model, "sure", json_integer(sure));
	json_object_set_new(model, "doubtful", json_integer(doubtful));
	json_object_set_new(model, "unused", json_integer(ignored));
	json_object_set_new(model, "modes", choices(request, mode ? mode : "", modes));
	json_object_set_new(model, "whats", choices(request, name ? name : "", whats));
	const char *order = json_string_value(json_object_get(preview, "bank_dates"));
	static const char *const bank_orders[][2] = { { "", "As the file shows" }, { "dmy", "Day, month, year" }, { "mdy", "Month, day, year" }, { "ymd", "Year, month, day" }, { 0 } };
	json_object_set_new(model, "bank_orders", order ? choices(request, order, bank_orders) : json_array());
	json_object_set_new(model, "has_bank_orders", json_boolean(order != NULL));
	json_object_set_new(model, "as_of_day", as_of ? json_string(as_of) : json_null());
	json_object_set_new(model, "flipped", json_boolean(json_is_true(json_object_get(json_object_get(draft.options, "mapping"), "credits_positive"))));
	const char *source = json_string_value(json_object_get(draft.options, "source"));
	json_object_set_new(model, "source", json_string(source ? source : ""));
	json_object_set_new(model, "refused", json_integer(refused));
	json_object_set_new(model, "importable", json_boolean(json_is_object(result) && json_is_null(json_object_get(preview, "problem"))));
	json_object_set_new(model, "taken", json_integer(json_integer_value(json_object_get(result, "lines")) - refused));
	json_object_set_new(model, "change", json_integer(json_integer_value(json_object_get(result, "open_after")) - json_integer_value(json_object_get(result, "open_before"))));
	json_object_set_new(model, "start", json_boolean(request_int(request, "start", 0) != 0));
	mending_fill(request, &draft);
	json_object_update_missing(model, preview);
	json_decref(draft.options);
	json_decref(draft.preview);
	return imports_list(request, 5);
}

/* What the person chose: column by column, mode, date, what the file holds. Fields are target-N, dates-N, decimal-N. */
static struct status draft_map(struct request *request)
{
	int64_t id;
	struct draft draft;
	TRY(imports_path_id(request, &id));
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
	const char *order = request_field(request, "dates");
	if (order && *order) json_object_set_new(mapping, "dates", json_string(order));
	const char *source = request_field(request, "source");
	json_t *options = json_pack("{s:s, s:s, s:O}", "mode", mode ? mode : "", "as_of", as_of ? as_of : "", "mapping", mapping);
	if (source) json_object_set_new(options, "source", json_string(source));
	struct intake intake = imports_intake(request);
	struct status status = imports_work(request, id, WORK_LOOK, options);
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
	request->redirect = work_address(request, id);
	return STATUS_FINE;
}

/* Cells of refused lines as the person mended them: fields mend-LINE-COLUMN; "forget" LINE takes a mending back. */
static struct status draft_mend(struct request *request)
{
	int64_t id;
	struct draft draft;
	TRY(imports_path_id(request, &id));
	TRY(draft_get(request->db, request->viewer, request->company.id, id, request->arena, &draft));
	json_t *before = json_object_get(draft.options, "mended"), *mended = before ? json_deep_copy(before) : json_object(), *line, *cell;
	size_t l, c;
	json_array_foreach(json_object_get(draft.preview, "refused_lines"), l, line) {
		const char *number = arena_printf(request->arena, "%" PRId64, (int64_t)json_integer_value(json_object_get(line, "line")));
		json_array_foreach(json_object_get(line, "cells"), c, cell) {
			const char *said = request_field(request, arena_printf(request->arena, "mend-%s-%zu", number, c));
			const char *was = json_string_value(json_object_get(cell, "value"));
			if (!said || !was || strcmp(said, was) == 0 || strlen(said) > 1000) continue;
			json_t *of_line = json_object_get(mended, number);
			if (!of_line) json_object_set_new(mended, number, of_line = json_pack("{s:{}, s:s}", "cells", "by", ""));
			json_object_set_new(json_object_get(of_line, "cells"), arena_printf(request->arena, "%zu", c), json_string(said));
			json_object_set_new(of_line, "by", json_string(request->viewer->name[0] ? request->viewer->name : request->viewer->email));
		}
	}
	const char *forget = request_field(request, "forget");
	if (forget) json_object_del(mended, forget);
	json_t *options = json_pack("{s:o}", "mended", mended);
	struct status status = imports_work(request, id, WORK_LOOK, options);
	json_decref(options);
	json_decref(draft.options);
	json_decref(draft.preview);
	TRY(status);
	request->redirect = work_address(request, id);
	return STATUS_FINE;
}

/* Read by a mapping that was kept, as far as its columns are there. */
static struct status draft_as(struct request *request)
{
	int64_t id;
	json_t *mapping = NULL;
	const char *name = request_field(request, "name");
	TRY(imports_path_id(request, &id));
	struct intake intake = imports_intake(request);
	TRY(mapping_get(request->db, &intake, name ? name : "", &mapping));
	json_t *options = json_pack("{s:o}", "mapping", mapping);
	struct status status = imports_work(request, id, WORK_LOOK, options);
	json_decref(options);
	TRY(status);
	request->redirect = work_address(request, id);
	return STATUS_FINE;
}

/* Imported at once, or asked for: the page of the draft tells how it goes. */
static struct status draft_go(struct request *request)
{
	int64_t id;
	struct work_row row;
	TRY(imports_path_id(request, &id));
	json_t *options = json_pack("{s:b, s:b}", "accept_partial", request_int(request, "accept_partial", 0) != 0, "yes", request_int(request, "yes", 0) != 0);
	struct status status = imports_work(request, id, WORK_IMPORT, options);
	json_decref(options);
	TRY(status);
	TRY(work_get(request->db, request->viewer, request->company.id, id, request->arena, &row));
	json_t *result = json_loads(row.result, 0, NULL);
	if (result) json_object_update(request->model, result);
	json_decref(result);
	if (row.state == WORK_DONE) return work_ended(request, &row);
	if (row.state == WORK_REFUSED || row.state == WORK_FAILED) {
		if (request->json) return status_make(STATUS_INVALID, "%s", row.words);
		request->notice = row.words;
	}
	work_model(request, &row);
	request->redirect = work_address(request, id);
	return STATUS_FINE;
}

/* Interrupted or cancelled: from the start. */
static struct status draft_again(struct request *request)
{
	int64_t id;
	TRY(imports_path_id(request, &id));
	TRY(imports_work(request, id, WORK_LOOK, NULL));
	request->redirect = work_address(request, id);
	return STATUS_FINE;
}

static struct status draft_cancel(struct request *request)
{
	int64_t id;
	TRY(imports_path_id(request, &id));
	struct intake intake = imports_intake(request);
	TRY(work_cancel(&intake, id));
	request->notice = tr(request->lang, "Cancelled. Nothing was changed.");
	request->redirect = work_address(request, id);
	return STATUS_FINE;
}

/* What the shell shows of it on every page, asked for again while something runs. */
static struct status draft_news(struct request *request)
{
	if (request->fragment) request->template = "import_chip";
	json_t *news = imports_news(request);
	json_object_set_new(request->model, "id", json_null());
	json_object_set_new(request->model, "open", json_false());
	if (json_is_object(news)) json_object_update(request->model, news);
	json_decref(news);
	return STATUS_FINE;
}

static struct status draft_leave(struct request *request)
{
	int64_t id;
	TRY(imports_path_id(request, &id));
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
	TRY(imports_path_id(request, &id));
	TRY(draft_get(request->db, request->viewer, request->company.id, id, request->arena, &draft));
	rejected_file(request, json_object_get(json_object_get(draft.preview, "result"), "rejected"), "refused.csv");
	json_decref(draft.options);
	json_decref(draft.preview);
	return STATUS_FINE;
}

const struct route import_draft_routes[] = {
	{ "GET", "/imports/drafts/{id}", RIGHT_IMPORT, draft_show, .template = "import_draft", .menu = MENU_IMPORTS, .summary = "A file that waits: what it is and what would come of it", .live = true, .fields = "start" },
	{ "POST", "/imports/drafts/{id}", RIGHT_IMPORT, draft_map, .menu = MENU_IMPORTS, .summary = "Say what its columns mean", .fields = "what mode as_of_day credits_positive save_as sheet source dates start" },
	{ "POST", "/imports/drafts/{id}/import", RIGHT_IMPORT, draft_go, .menu = MENU_IMPORTS, .summary = "Import it", .fields = "accept_partial yes start" },
	{ "POST", "/imports/drafts/{id}/mend", RIGHT_IMPORT, draft_mend, .menu = MENU_IMPORTS, .summary = "Mend cells of refused lines: fields mend-LINE-COLUMN", .fields = "forget start" },
	{ "POST", "/imports/drafts/{id}/as", RIGHT_IMPORT, draft_as, .menu = MENU_IMPORTS, .summary = "Read it by a mapping that was kept", .fields = "name* start" },
	{ "POST", "/imports/drafts/{id}/cancel", RIGHT_IMPORT, draft_cancel, .menu = MENU_IMPORTS, .summary = "Stop working on it: nothing is changed", .fields = "start" },
	{ "POST", "/imports/drafts/{id}/again", RIGHT_IMPORT, draft_again, .menu = MENU_IMPORTS, .summary = "Look at it again, after an interruption", .fields = "start" },
	{ "GET", "/imports/news", RIGHT_IMPORT, draft_news, .summary = "Files of mine that are worked on, or done with and not seen", .live = true },
	{ "POST", "/imports/drafts/{id}/drop", RIGHT_IMPORT, draft_leave, .menu = MENU_IMPORTS, .summary = "Forget it", .fields = "start" },
	{ "GET", "/imports/drafts/{id}/refused.csv", RIGHT_IMPORT, draft_rejected, .menu = MENU_IMPORTS, .summary = "Its refused lines as CSV", .live = true },
	{ 0 },
};
