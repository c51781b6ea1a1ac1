/* statuses — what platforms and public buyers said of invoices: what a person has to do about it, what came last, and what we have
 * to tell them: money collected. */
#include "web/web.h"

#include "intake/intake.h"
#include "ledger/collected.h"
#include "ledger/invoice_status.h"
#include "web/imports_page.h"
#include "web/invoice_status_view.h"

#include <inttypes.h>

enum { STATUSES_SHOWN = 100, BATCHES_SHOWN = 20 };

json_t *invoice_status_view(const struct request *request, const struct invoice_status *status)
{
	static const char *const tones[LIFECYCLE_CODES] = { [LIFECYCLE_APPROVED] = "ok", [LIFECYCLE_COLLECTED] = "ok", [LIFECYCLE_SERVICE_DONE] = "ok", [LIFECYCLE_ORDERED] = "ok",
		[LIFECYCLE_BOOKED] = "ok", [LIFECYCLE_PAYMENT_SENT] = "ok", [LIFECYCLE_REFUSED] = "bad", [LIFECYCLE_REJECTED] = "bad", [LIFECYCLE_TO_RECYCLE] = "bad",
		[LIFECYCLE_DISPUTED] = "bad", [LIFECYCLE_PARTLY] = "warn", [LIFECYCLE_SUSPENDED] = "warn", [LIFECYCLE_AVAILABLE] = "info" };
	static const char *const todo[LIFECYCLE_CODES] = { /* msgids */
		[LIFECYCLE_REFUSED] = "Send a credit note, then a new invoice.", [LIFECYCLE_REJECTED] = "It never reached the buyer: put it right and send it again.",
		[LIFECYCLE_TO_RECYCLE] = "Put the addressee right (SIRET, service, order number) and send it again under the same number.",
		[LIFECYCLE_SUSPENDED] = "Send the buyer what is missing.", [LIFECYCLE_DISPUTED] = "Answer the buyer.", [LIFECYCLE_PARTLY] = "Answer the buyer about the part that is contested." };
	const char *reason = lifecycle_reason_words(status->reason_code), *todo_words = todo[status->code];
	cleanup_text struct text why = { 0 };
	const char *said[] = { reason ? tr(request->lang, reason) : status->reason_code, status->reason, status->note };
	for (size_t i = 0; i < 3; i++)
		if (*said[i]) text_addf(&why, "%s%s", why.len ? " · " : "", said[i]);
	bool other = status->code == LIFECYCLE_OTHER;
	return json_pack("{s:I, s:s, s:s, s:s, s:o, s:s, s:s, s:s, s:o, s:s, s:o, s:b, s:b, s:o}", "id", (json_int_t)status->id, "number", status->number, "code",
		lifecycle_name(status->code), "label", other ? status->said : tr(request->lang, lifecycle_words(status->code)), "item",
		status->item_id ? json_integer(status->item_id) : json_null(), "tone", tones[status->code] ? tones[status->code] : "", "format", status->format, "customer",
		status->customer_code, "customer_name", *status->customer_name ? json_string(status->customer_name) : json_null(), "why", text_cstr(&why), "date",
		model_day(status->day), "unknown", other, "open_task", strcmp(status->task, "open") == 0, "todo", todo_words ? json_string(tr(request->lang, todo_words)) : json_null());
}

static struct status fill_list(struct request *request, const char *name, bool tasks)
{
	struct invoice_status *list;
	size_t count;
	json_t *rows = json_array();
	json_object_set_new(request->model, name, rows);
	TRY(invoice_status_list(request->db, request->viewer, request->company.id, 0, 0, tasks, tasks ? 500 : STATUSES_SHOWN, request->arena, &list, &count));
	for (size_t i = 0; i < count; i++) json_array_append_new(rows, invoice_status_view(request, &list[i]));
	json_object_set_new(request->model, arena_printf(request->arena, "has_%s", name), json_boolean(count > 0));
	return STATUS_FINE;
}

static struct status fill_collected(struct request *request)
{
	struct collected_line *lines;
	struct collected_batch *batches;
	size_t count, batch_count;
	int64_t sum = 0;
	json_t *rows = json_array(), *files = json_array();
	json_object_set_new(request->model, "collected", rows);
	json_object_set_new(request->model, "collected_files", files);
	TRY(collected_due(request->db, request->viewer, request->company.id, request->today, request->arena, &lines, &count));
	TRY(collected_batches(request->db, request->viewer, request->company.id, BATCHES_SHOWN, request->arena, &batches, &batch_count));
	for (size_t i = 0; i < count; i++) {
		if (strcmp(lines[i].currency, request->company.currency) == 0) sum += lines[i].amount;
		if (i < STATUSES_SHOWN)
			json_array_append_new(rows, json_pack("{s:I, s:s, s:s, s:s, s:o, s:I, s:s, s:b}", "item", (json_int_t)lines[i].item_id, "number", lines[i].number, "customer",
				lines[i].customer_code, "customer_name", lines[i].customer_name, "date", model_day(lines[i].day), "amount", (json_int_t)lines[i].amount, "currency",
				lines[i].currency, "taken_back", lines[i].amount < 0));
	}
	for (size_t i = 0; i < batch_count; i++)
		json_array_append_new(files, json_pack("{s:I, s:o, s:I, s:I}", "id", (json_int_t)batches[i].id, "at", model_instant(batches[i].at), "lines", (json_int_t)batches[i].lines,
			"amount", (json_int_t)batches[i].amount));
	json_object_set_new(request->model, "collected_count", json_integer((json_int_t)count));
	json_object_set_new(request->model, "collected_sum", json_integer(sum));
	json_object_set_new(request->model, "has_collected", json_boolean(count > 0));
	json_object_set_new(request->model, "has_files", json_boolean(batch_count > 0));
	return STATUS_FINE;
}

static struct status statuses_show(struct request *request)
{
	json_object_set_new(request->model, "currency", json_string(request->company.currency));
	TRY(fill_list(request, "tasks", true));
	TRY(fill_list(request, "statuses", false));
	bool may = viewer_may(request->viewer, RIGHT_EXPORT) && request->viewer->portfolio == PORTFOLIO_ALL;
	json_object_set_new(request->model, "sees_collected", json_boolean(may));
	if (may) return fill_collected(request);
	json_object_set_new(request->model, "has_collected", json_false());
	json_object_set_new(request->model, "has_files", json_false());
	return STATUS_FINE;
}

struct handling {
	int64_t id;
	bool done;
};

static struct status handle(struct change *change, void *context)
{
	const struct handling *handling = context;
	return invoice_status_handle(change, handling->id, handling->done);
}

static struct status answer(struct request *request, bool done)
{
	struct handling handling = { .done = done };
	TRY(imports_path_id(request, &handling.id));
	TRY(request_change(request, handle, &handling));
	request->notice = tr(request->lang, done ? "Done." : "It waits for you again.");
	if (done) request->undo = arena_printf(request->arena, "/statuses/%" PRId64 "/reopen", handling.id);
	request->redirect = request_back(request, "/statuses");
	return STATUS_FINE;
}

static struct status statuses_done(struct request *request)
{
	return answer(request, true);
}

static struct status statuses_reopen(struct request *request)
{
	return answer(request, false);
}

struct writing {
	struct arena *arena;
	int64_t batch;
};

static struct status write_collected(struct change *change, void *context)
{
	struct writing *writing = context;
	return collected_write(change, writing->arena, &writing->batch);
}

static struct status collected_make(struct request *request)
{
	struct writing writing = { .arena = request->arena };
	TRY(request_change(request, write_collected, &writing));
	json_object_set_new(request->model, "batch", json_integer(writing.batch));
	request->notice = tr(request->lang, "The file is written. Give it to your invoicing platform.");
	request->redirect = "/statuses#collected";
	return STATUS_FINE;
}

static struct status collected_get(struct request *request)
{
	int64_t id;
	const char *text = request_path(request, "id"), *format = request_field(request, "format");
	bool cdar = format && strcmp(format, "cdar") == 0;
	if (!text || !text_parse_int(text, strlen(text), &id)) return status_make(STATUS_NOT_FOUND, "There is no such file.");
	TRY(collected_file(request->db, request->viewer, request->company.id, id, cdar ? COLLECTED_CDAR : COLLECTED_CSV, &request->file));
	request->file_type = cdar ? "application/zip" : "text/csv; charset=utf-8";
	request->file_name = arena_printf(request->arena, "encaissees-%s-%" PRId64 ".%s", request->company.code, id, cdar ? "zip" : "csv");
	return STATUS_FINE;
}

const struct route statuses_routes[] = {
	{ "GET", "/statuses", RIGHT_READ, statuses_show, .template = "statuses", .menu = MENU_ITEMS, .summary = "What platforms and buyers said of invoices" },
	{ "POST", "/statuses/{id}/done", RIGHT_COLLECT, statuses_done, .menu = MENU_ITEMS, .summary = "What a status asks for is done", .fields = "back" },
	{ "POST", "/statuses/{id}/reopen", RIGHT_COLLECT, statuses_reopen, .menu = MENU_ITEMS, .summary = "It is not done after all", .fields = "back" },
	{ "POST", "/collected", RIGHT_CASH, collected_make, .menu = MENU_ITEMS, .summary = "Write what was collected since the last file" },
	{ "GET", "/collected/{id}", RIGHT_EXPORT, collected_get, .menu = MENU_ITEMS, .summary = "The file of what was collected", .fields = "format" },
	{ 0 },
};
