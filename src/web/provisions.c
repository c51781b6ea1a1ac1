/* provisions — by how much doubtful debts are written down at a closing; small balances; the entries that wait for the books. */
#include "web/doubtful_page.h"

#include "base/day.h"
#include "base/memory.h"
#include "web/draw.h"
#include "web/item_view.h"
#include "web/present_page.h"

#include <string.h>

static bool worded(struct request *request, struct status status)
{
	return !request->json && (status.code == STATUS_INVALID || status.code == STATUS_CONFLICT);
}

static const char *percent(struct request *request, int32_t rate)
{
	return arena_printf(request->arena, "%d%s%02d", (int)(rate / 100), request->lang == LANG_FR ? "," : ".", (int)(rate % 100));
}

/* --- a closing ------------------------------------------------------------------------------------------------------------------------------ */
static struct status closing_model(struct request *request, const char *problem)
{
	struct provision_line *lines;
	struct provision_closing *closings;
	size_t count, closing_count, moving = 0;
	int64_t base = 0, was = 0, amount = 0, up = 0, down = 0;
	int32_t day;
	char iso[11];
	json_t *rows = json_array(), *past = json_array(), *model = request->model;
	TRY(present_day(request, "day", request->as_of, &day));
	if (day > request->today) return status_make(STATUS_INVALID, "A closing is of today or before.");
	TRY(provision_propose(request->db, request->viewer, &request->company, day, request->arena, &lines, &count));
	TRY(provision_closings(request->db, request->viewer, request->company.id, request->arena, &closings, &closing_count));
	for (size_t i = 0; i < count; i++) {
		const struct provision_line *line = &lines[i];
		int64_t change = line->amount - line->was;
		base += line->base, was += line->was, amount += line->amount, moving += change != 0;
		*(change > 0 ? &up : &down) += change;
		if (i >= DOUBTFUL_MOST) continue;
		json_t *row = doubtful_row(line->debt, day);
		json_object_set_new(row, "open", json_integer(line->open));
		json_object_set_new(row, "base", json_integer(line->base));
		json_object_set_new(row, "has_base", json_boolean(line->base > 0));
		json_object_set_new(row, "rate", json_string(percent(request, line->rate)));
		json_object_set_new(row, "rule", json_string(line->rule));
		json_object_set_new(row, "rule_label", json_string(provision_rule_label(line->rule)));
		json_object_set_new(row, "alone", json_boolean(line->alone));
		json_object_set_new(row, "was", json_integer(line->was));
		json_object_set_new(row, "wanted", json_integer(line->amount));
		json_object_set_new(row, "change", json_integer(change));
		json_object_set_new(row, "moves", json_boolean(change != 0));
		json_array_append_new(rows, row);
	}
	for (size_t i = 0; i < closing_count; i++)
		json_array_append_new(past, json_pack("{s:o, s:I, s:I, s:I, s:b}", "date", model_day(closings[i].day), "count", (json_int_t)closings[i].count, "change",
			(json_int_t)closings[i].change, "allowance", (json_int_t)closings[i].allowance, "last", closings[i].last));
	day_format(day, iso);
	json_object_set_new(model, "title", json_string("Provisions"));
	json_object_set_new(model, "day", json_string(iso));
	json_object_set_new(model, "currency", json_string(request->company.currency));
	json_object_set_new(model, "lines", rows);
	json_object_set_new(model, "count", json_integer((json_int_t)count));
	json_object_set_new(model, "cut", json_boolean(count > DOUBTFUL_MOST));
	json_object_set_new(model, "moving", json_integer((json_int_t)moving));
	json_object_set_new(model, "base", json_integer(base));
	json_object_set_new(model, "was", json_integer(was));
	json_object_set_new(model, "wanted", json_integer(amount));
	json_object_set_new(model, "charge", json_integer(up));
	json_object_set_new(model, "release", json_integer(-down));
	json_object_set_new(model, "closings", past);
	json_object_set_new(model, "has_closings", json_boolean(closing_count > 0));
	json_object_set_new(model, "whole", json_boolean(request->viewer->portfolio == PORTFOLIO_ALL));
	json_object_set_new(model, "export", json_string(arena_printf(request->arena, "/reports?report=provisions&as_of=%s", iso)));
	json_object_set_new(model, "problem", problem ? json_string(problem) : json_null());
	json_object_set_new(model, "empty", count ? json_null() : json_pack("{s:s, s:s, s:s}", "icon", "circle-check", "title", tr(request->lang, "Nothing to write down"), "text",
		tr(request->lang, "No debt is held to be doubtful on this day, and none is written down.")));
	request->template = "doubtful_provisions";
	if (problem) request->http_status = 422;
	doubtful_tabs(request, "provisions");
	return STATUS_FINE;
}
static struct status closing_show(struct request *request) { return closing_model(request, NULL); }

struct booking {
	int32_t day;
	struct provision_choice *choices;
	size_t count;
	bool in_books;
	int64_t moved;
};
static struct status do_book(struct change *change, void *context)
{
	struct booking *booking = context;
	return provision_book(change, booking->day, booking->choices, booking->count, booking->in_books, &booking->moved);
}
static struct status do_reopen(struct change *change, void *context) { return provision_take_back(change, ((struct booking *)context)->day, &((struct booking *)context)->moved); }

static struct status read_choices(struct request *request, struct booking *booking)
{
	const char *const *roots = request_fields(request, "root"), *const *rates = request_fields(request, "rate");
	size_t count = 0;
	while (roots[count] && rates[count]) count++;
	booking->choices = arena_array(request->arena, struct provision_choice, count + 1);
	for (size_t i = 0; i < count; i++) {
		struct provision_choice *choice = &booking->choices[booking->count];
		if (!text_parse_int(roots[i], strlen(roots[i]), &choice->root_id)) return status_make(STATUS_INVALID, "“%.40s” is no id.", roots[i]);
		TRY(doubtful_rate(rates[i], &choice->rate));
		if (choice->rate < 0) continue; /* left empty: by rule */
		choice->why = present_words(request, "why");
		booking->count++;
	}
	return STATUS_FINE;
}

static struct status book(struct request *request)
{
	struct booking booking = { .in_books = request_field(request, "in_books") != NULL };
	struct status status = present_day(request, "day", request->today, &booking.day);
	if (!status.code) status = read_choices(request, &booking);
	if (!status.code) status = request_change(request, do_book, &booking);
	if (status.code) return worded(request, status) ? closing_model(request, status.text) : status;
	char iso[11];
	day_format(booking.day, iso);
	request->notice = arena_printf(request->arena, tr(request->lang, "Movements booked: %lld."), (long long)booking.moved);
	request->undo = arena_printf(request->arena, "/doubtful/provisions/%s/take-back", iso);
	request->redirect = arena_printf(request->arena, "/doubtful/provisions?day=%s", iso);
	json_object_set_new(request->model, "count", json_integer(booking.moved));
	return STATUS_FINE;
}

static struct status reopen(struct request *request)
{
	struct booking booking = { 0 };
	const char *day = request_path(request, "day");
	if (!day || !day_parse(day, strlen(day), &booking.day)) return status_make(STATUS_NOT_FOUND, "There is no closing of that day.");
	TRY(request_change(request, do_reopen, &booking));
	request->notice = arena_printf(request->arena, tr(request->lang, "Movements taken back: %lld."), (long long)booking.moved);
	request->redirect = "/doubtful/provisions";
	json_object_set_new(request->model, "count", json_integer(booking.moved));
	return STATUS_FINE;
}

/* --- small balances --------------------------------------------------------------------------------------------------------------------------- */
static struct status small_model(struct request *request, const char *problem)
{
	struct report_context context;
	struct doubtful_proposal *proposed;
	struct doubtful_case *cases;
	size_t proposed_count, count, gone = 0;
	int64_t sum;
	json_t *rows = json_array(), *past = json_array(), *model = request->model;
	TRY(view_context(request, &context));
	TRY(small_proposals(&context, &proposed, &proposed_count, &sum));
	TRY(doubtful_cases(request->db, request->viewer, &request->company, request->as_of, (struct doubtful_filter){ 0 }, request->arena, &cases, &count));
	for (size_t i = 0; i < proposed_count && i < DOUBTFUL_MOST; i++)
		json_array_append_new(rows, json_pack("{s:I, s:s, s:s, s:s, s:I, s:o, s:b}", "id", (json_int_t)proposed[i].item_id, "number", proposed[i].number, "customer",
			proposed[i].customer_code, "name", proposed[i].customer_name, "open", (json_int_t)proposed[i].open, "due_date", model_day(proposed[i].due_day), "ours",
			proposed[i].open < 0));
	for (size_t i = 0; i < count; i++)
		if (strcmp(cases[i].state, "small") == 0 && gone++ < DOUBTFUL_MOST) json_array_append_new(past, doubtful_row(&cases[i], request->today));
	const struct settings *settings = context.settings ? context.settings : settings_default(request->arena);
	json_object_set_new(model, "title", json_string("Small balances"));
	json_object_set_new(model, "currency", json_string(request->company.currency));
	json_object_set_new(model, "most", json_integer(setting_int(settings, "small.most")));
	json_object_set_new(model, "proposals", rows);
	json_object_set_new(model, "proposed", json_integer((json_int_t)proposed_count));
	json_object_set_new(model, "proposed_sum", json_integer(sum));
	json_object_set_new(model, "gone", past);
	json_object_set_new(model, "gone_count", json_integer((json_int_t)gone));
	json_object_set_new(model, "cut", json_boolean(proposed_count > DOUBTFUL_MOST || gone > DOUBTFUL_MOST));
	json_object_set_new(model, "problem", problem ? json_string(problem) : json_null());
	json_object_set_new(model, "empty", proposed_count || gone ? json_null() : json_pack("{s:s, s:s, s:s}", "icon", "circle-check", "title", tr(request->lang, "No small balance"), "text",
		tr(request->lang, "Nothing so small stays open. The limit is in the settings.")));
	request->template = "doubtful_small";
	if (problem) request->http_status = 422;
	doubtful_tabs(request, "small");
	return STATUS_FINE;
}
static struct status small_show(struct request *request) { return small_model(request, NULL); }

struct letting {
	int64_t ids[DOUBTFUL_MOST], id;
	size_t count;
	const char *why;
};
static struct status do_let_go(struct change *change, void *context)
{
	struct letting *letting = context;
	for (size_t i = 0; i < letting->count; i++) TRY(doubtful_let_go(change, letting->ids[i], letting->why, &letting->id));
	return STATUS_FINE;
}

static struct status let_go(struct request *request)
{
	struct letting *letting = arena_make(request->arena, struct letting);
	letting->why = present_words(request, "why");
	struct status status = present_ids(request, "item", letting->ids, DOUBTFUL_MOST, &letting->count);
	if (!status.code && !letting->count) status = status_make(STATUS_INVALID, "Tick at least one item.");
	if (!status.code) status = request_change(request, do_let_go, letting);
	if (status.code) return worded(request, status) ? small_model(request, status.text) : status;
	request->notice = arena_printf(request->arena, tr(request->lang, "Balances let go: %zu. The entries wait for the books."),
		letting->count);
	if (letting->count == 1) request->undo = arena_printf(request->arena, "/doubtful/%lld/restore", (long long)letting->id);
	request->redirect = "/doubtful/small";
	json_object_set_new(request->model, "count", json_integer((json_int_t)letting->count));
	return STATUS_FINE;
}

/* --- entries ----------------------------------------------------------------------------------------------------------------------------------- */
static struct status entries_model(struct request *request, const char *problem)
{
	struct book_entry *entries;
	struct book_file *files;
	size_t count, file_count;
	int64_t total = 0;
	json_t *rows = json_array(), *past = json_array(), *model = request->model;
	TRY(book_entry_list(request->db, request->viewer, request->company.id, (struct book_entry_filter){ .waiting = true }, request->arena, &entries, &count));
	TRY(book_entry_files(request->db, request->viewer, request->company.id, request->arena, &files, &file_count));
	for (size_t i = 0; i < count; i++) {
		const struct book_entry *entry = &entries[i];
		json_t *lines = json_array();
		if (__builtin_add_overflow(total, entry->total, &total)) return status_make(STATUS_INVALID, "The sum is too large.");
		if (i >= DOUBTFUL_MOST) {
			json_decref(lines);
			continue;
		}
		for (size_t k = 0; k < entry->count; k++)
			json_array_append_new(lines, json_pack("{s:s, s:I, s:I, s:b}", "account", entry->lines[k].account, "debit", (json_int_t)(entry->lines[k].amount > 0 ? entry->lines[k].amount : 0),
				"credit", (json_int_t)(entry->lines[k].amount < 0 ? -entry->lines[k].amount : 0), "is_debit", entry->lines[k].amount > 0));
		json_array_append_new(rows, json_pack("{s:I, s:o, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:o}", "id", (json_int_t)entry->id, "date", model_day(entry->day), "kind", entry->kind,
			"kind_label", book_entry_kind_label(entry->kind), "number", entry->number, "label", entry->label, "customer", entry->customer_code, "name", entry->customer_name, "total",
			(json_int_t)entry->total, "currency", entry->currency, "lines", lines));
	}
	for (size_t i = 0; i < file_count; i++)
		json_array_append_new(past, json_pack("{s:I, s:I, s:o}", "id", (json_int_t)files[i].id, "count", (json_int_t)files[i].count, "date", model_day(files[i].day)));
	json_object_set_new(model, "title", json_string("Entries for the books"));
	json_object_set_new(model, "currency", json_string(request->company.currency));
	json_object_set_new(model, "entries", rows);
	json_object_set_new(model, "count", json_integer((json_int_t)count));
	json_object_set_new(model, "total", json_integer(total));
	json_object_set_new(model, "cut", json_boolean(count > DOUBTFUL_MOST));
	json_object_set_new(model, "files", past);
	json_object_set_new(model, "has_files", json_boolean(file_count > 0));
	json_object_set_new(model, "problem", problem ? json_string(problem) : json_null());
	json_object_set_new(model, "empty", count || file_count ? json_null() : json_pack("{s:s, s:s, s:s}", "icon", "circle-check", "title", tr(request->lang, "No entry for the books"), "text",
		tr(request->lang, "What is held to be doubtful, written down, written off or set off asks for its entry here.")));
	request->template = "doubtful_entries";
	if (problem) request->http_status = 422;
	doubtful_tabs(request, "entries");
	return STATUS_FINE;
}
static struct status entries_show(struct request *request) { return entries_model(request, NULL); }

struct writing {
	int64_t id, count;
};
static struct status do_write(struct change *change, void *context) { return book_entry_write(change, &((struct writing *)context)->id, &((struct writing *)context)->count); }

static struct status write_file(struct request *request)
{
	struct writing writing = { 0 };
	struct status status = request_change(request, do_write, &writing);
	if (status.code) return worded(request, status) ? entries_model(request, status.text) : status;
	request->notice = arena_printf(request->arena, tr(request->lang, "File %lld is written (%lld entries): download it below."), (long long)writing.id, (long long)writing.count);
	request->redirect = "/doubtful/entries";
	json_object_set_new(request->model, "file", json_integer(writing.id));
	json_object_set_new(request->model, "count", json_integer(writing.count));
	return STATUS_FINE;
}

static struct status entries_file(struct request *request)
{
	struct book_entry *entries;
	const struct settings *settings;
	size_t count = 0;
	int64_t id = request_int(request, "id", 0);
	const char *format = request_field(request, "format");
	bool csv = format && strcmp(format, "csv") == 0;
	if (format && *format && !csv && strcmp(format, "fec") != 0) return status_make(STATUS_INVALID, "Entries are written as csv or fec.");
	TRY(settings_load(request->db, request->company.tenant_id, request->company.id, request->arena, &settings));
	if (id > 0) TRY(book_entry_list(request->db, request->viewer, request->company.id, (struct book_entry_filter){ .file_id = id }, request->arena, &entries, &count));
	if (!count) return status_make(STATUS_NOT_FOUND, "There is no such file of entries.");
	if (csv) book_entry_csv(entries, count, settings, request->lang, &request->file);
	else book_entry_fec(entries, count, settings, &request->file);
	request->file_type = csv ? "text/csv; charset=utf-8" : "text/plain; charset=utf-8";
	request->file_name = arena_printf(request->arena, "%s-ecritures-%lld.%s", request->company.code, (long long)id, csv ? "csv" : "txt");
	return STATUS_FINE;
}

const struct route provisions_routes[] = {
	{ "GET", "/doubtful/provisions", RIGHT_READ, closing_show, .template = "doubtful_provisions", .menu = MENU_LEGAL, .summary = "Provisions that the closing of a day asks for",
	  .fields = "day as_of" },
	{ "POST", "/doubtful/provisions", RIGHT_CASH, book, .template = "doubtful_provisions", .menu = MENU_LEGAL, .summary = "Book the provisions of a closing",
	  .fields = "day* root[] rate[] why in_books" },
	{ "POST", "/doubtful/provisions/{day}/take-back", RIGHT_CASH, reopen, .menu = MENU_LEGAL, .summary = "Take the provisions of a closing back" },
	{ "GET", "/doubtful/small", RIGHT_READ, small_show, .template = "doubtful_small", .menu = MENU_LEGAL, .summary = "Balances too small to follow", .fields = "as_of" },
	{ "POST", "/doubtful/small", RIGHT_CASH, let_go, .template = "doubtful_small", .menu = MENU_LEGAL, .summary = "Let small balances go", .fields = "item[]* why" },
	{ "GET", "/doubtful/entries", RIGHT_EXPORT, entries_show, .template = "doubtful_entries", .menu = MENU_LEGAL, .summary = "Entries that wait for the books, and their files" },
	{ "POST", "/doubtful/entries", RIGHT_EXPORT, write_file, .template = "doubtful_entries", .menu = MENU_LEGAL, .summary = "Write the entries that wait into a file" },
	{ "GET", "/doubtful/entries/{id}/file", RIGHT_EXPORT, entries_file, .menu = MENU_LEGAL, .summary = "A file of entries for the books", .fields = "format" },
	{ 0 },
};
