/* limitation — claims by the day they become time-barred, the events that move it, and the acts that really interrupt it. */
#include "web/legal_page.h"

#include "access/user.h"
#include "base/memory.h"
#include "dunning/limitation_report.h"
#include "ledger/document.h"
#include "ledger/limitation_event.h"
#include "web/draw.h"
#include "web/item_view.h"

#include <string.h>

enum { ROWS_SHOWN = 500, MONTHS_AHEAD = 12 };

void legal_tabs(struct request *request, const char *on)
{
	static const struct { const char *code, *label, *href; } tabs[] = { { "limitation", "Limitation", "/limitation" },
		{ "insolvency", "Collective procedures", "/insolvency" }, { "insurance", "Credit insurance", "/insurance" }, { "cases", "Files handed over", "/cases" },
		{ "doubtful", "Doubtful debts", "/doubtful" } };
	json_t *list = json_array();
	for (size_t i = 0; i < COUNT(tabs); i++)
		json_array_append_new(list, json_pack("{s:s, s:s, s:b}", "label", tabs[i].label, "href", tabs[i].href, "on", strcmp(tabs[i].code, on) == 0));
	json_object_set_new(request->model, "tabs", list);
}

/* A year, half a year: how far the last warning that is behind us is from the day. */
static const char *warning_tone(int months)
{
	return months < 0 ? "" : months <= 1 ? "bad" : months <= 6 ? "warn" : "info";
}

static const char *event_label(const char *kind)
{
	for (const struct limitation_event_kind *known = limitation_event_kinds; known->code; known++)
		if (strcmp(known->code, kind) == 0) return known->label;
	return strcmp(kind, "allocation") == 0 ? "A payment applied by us" : "Our own reminder";
}

/* What the page adds to a row of the report. */
static void dress(struct request *request, json_t *row, int32_t today)
{
	const char *iso = json_string_value(json_object_get(row, "barred_from"));
	int32_t barred = DAY_NONE;
	if (!iso || !day_parse(iso, strlen(iso), &barred)) return;
	int months = limitation_warning(barred, today);
	json_object_set_new(row, "barred", json_boolean(months == 0));
	json_object_set_new(row, "left", json_integer(barred > today ? barred - today : 0));
	json_object_set_new(row, "tone", json_string(warning_tone(months)));
	size_t i;
	json_t *event;
	json_array_foreach(json_object_get(row, "events"), i, event) {
		const char *effect = json_string_value(json_object_get(event, "effect"));
		bool noted = json_object_get(event, "id") != NULL, confirmed = json_is_true(json_object_get(event, "confirmed"));
		struct user user;
		int64_t by = json_integer_value(json_object_get(event, "by"));
		json_object_set_new(event, "label", json_string(event_label(json_string_value(json_object_get(event, "kind")))));
		json_object_set_new(event, "acts", json_boolean(strcmp(effect, "none") != 0));
		json_object_set_new(event, "suspends", json_boolean(strcmp(effect, "suspends") == 0));
		json_object_set_new(event, "to_confirm", json_boolean(noted && !confirmed));
		json_object_set_new(event, "noted", json_boolean(noted));
		bool known = by && !user_get(request->db, request->viewer, by, &user).code;
		json_object_set_new(event, "person", known ? json_string(*user.name ? user.name : user.email) : json_null());
	}
}

static struct status limitation_show(struct request *request)
{
	struct report_context context;
	TRY(view_context(request, &context));
	int64_t months = request_int(request, "months", MONTHS_AHEAD);
	if (months < 1 || months > 120) months = MONTHS_AHEAD;
	struct limitation_filter filter = { .as_of = request->as_of, .before = day_add_months(request->as_of, (int)months) + 1 };
	json_t *out, *row, *shown = json_array();
	TRY(limitation_report(request->db, request->viewer, request->company.id, &filter, request->arena, &out));
	json_t *rows = json_object_get(out, "rows");
	size_t i, barred = 0;
	int64_t at_stake = 0;
	json_array_foreach(rows, i, row) {
		dress(request, row, request->as_of);
		size_t item = book_find_item(context.book, json_integer_value(json_object_get(row, "item_id")));
		if (item != SIZE_MAX) json_object_set_new(row, "name", json_string(book_customer(context.book, book_item(context.book, item, request->as_of).customer).name));
		if (json_is_true(json_object_get(row, "barred"))) barred++;
		else if (strcmp(json_string_value(json_object_get(row, "currency")), request->company.currency) == 0)
			at_stake += json_integer_value(json_object_get(row, "open"));
		if (i < ROWS_SHOWN) json_array_append(shown, row);
	}
	json_t *model = request->model;
	json_object_set_new(model, "rows", shown);
	json_object_set_new(model, "count", json_integer((json_int_t)json_array_size(rows)));
	json_object_set_new(model, "barred", json_integer((json_int_t)barred));
	json_object_set_new(model, "soon", json_integer((json_int_t)(json_array_size(rows) - barred)));
	json_object_set_new(model, "at_stake", json_integer(at_stake));
	json_object_set_new(model, "cut", json_boolean(json_array_size(rows) > ROWS_SHOWN));
	json_object_set_new(model, "currency", json_string(request->company.currency));
	json_decref(out);
	json_t *spans = json_array();
	static const int choices[] = { 1, 3, 6, 12, 60 };
	for (size_t c = 0; c < COUNT(choices); c++) {
		char text[8];
		snprintf(text, sizeof text, "%d", choices[c]);
		json_array_append_new(spans, json_pack("{s:i, s:b, s:o}", "months", choices[c], "on", choices[c] == months, "href", page_link(request, "months", text)));
	}
	json_object_set_new(model, "spans", spans);
	legal_tabs(request, "limitation");
	return STATUS_FINE;
}

struct status limitation_of_item(struct request *request, const struct report_context *context, size_t index, int64_t customer_id,
                                 const struct limitation_refusal *refused)
{
	struct book_item item = book_item(context->book, index, request->as_of);
	struct limitation_filter filter = { .customer_id = customer_id, .item_id = item.id, .as_of = request->as_of, .before = DAY_NONE };
	json_t *out, *kinds = json_array(), *files = json_array();
	TRY(limitation_report(request->db, request->viewer, request->company.id, &filter, request->arena, &out));
	json_t *row = json_array_get(json_object_get(out, "rows"), 0);
	json_object_set_new(request->model, "limitation", json_null());
	if (!row && refused) return json_decref(out), json_decref(kinds), json_decref(files), status_make(STATUS_CONFLICT, "%s", refused->refusal.text);
	if (row) {
		dress(request, row, request->as_of);
		const char *kind_sent = refused ? request_field(request, "kind") : NULL;
		int64_t document_sent = refused ? request_int(request, "document", 0) : 0;
		form_refused(request, refused && !refused->event_id ? &refused->refusal : NULL, (const char *const[]){ "date", "until", "proof", "confirm", NULL });
		size_t e;
		json_t *event;
		json_array_foreach(json_object_get(row, "events"), e, event) {
			bool its = refused && refused->event_id && json_integer_value(json_object_get(event, "id")) == refused->event_id;
			json_object_set_new(event, "error", its ? json_string(refused->refusal.text) : json_null());
			if (its) request->http_status = 422;
		}
		for (const struct limitation_event_kind *kind = limitation_event_kinds; kind->code; kind++)
			json_array_append_new(kinds, json_pack("{s:s, s:s, s:b}", "code", kind->code, "label", kind->label, "on", kind_sent && strcmp(kind_sent, kind->code) == 0));
		struct document *documents;
		size_t count;
		struct status status = document_list(request->db, request->viewer, request->company.id, customer_id, 0, request->arena, &documents, &count);
		for (size_t i = 0; !status.code && i < count; i++)
			json_array_append_new(files, json_pack("{s:I, s:s, s:b}", "id", (json_int_t)documents[i].id, "name", documents[i].name, "on", documents[i].id == document_sent));
		json_object_set(row, "kinds", kinds);
		json_object_set(row, "files", files);
		json_object_set_new(row, "has_files", json_boolean(json_array_size(files) > 0));
		json_object_set(request->model, "limitation", row);
		if (status.code) return json_decref(out), json_decref(kinds), json_decref(files), status;
	}
	json_decref(out), json_decref(kinds), json_decref(files);
	return STATUS_FINE;
}

/* --- noting what moves it ------------------------------------------------------------------------------------------------------- */

struct noting {
	struct limitation_note note;
	const char *words;
	bool confirm;
	int64_t id;
};

static struct status do_note(struct change *change, void *context)
{
	struct noting *noting = context;
	return limitation_note_add(change, &noting->note, noting->confirm, &noting->id);
}
static struct status do_confirm(struct change *change, void *context)
{
	struct noting *noting = context;
	return limitation_note_confirm(change, noting->id, noting->words);
}
static struct status do_remove(struct change *change, void *context)
{
	struct noting *noting = context;
	return limitation_note_remove(change, noting->id, noting->words);
}

static struct status note_event(struct request *request)
{
	const char *field = NULL, *until = request_field(request, "until");
	struct noting noting = { .note = { .item_id = request_int(request, "id", 0), .kind = request_field(request, "kind"), .proof = request_field(request, "proof"),
	                                   .document_id = request_int(request, "document", 0), .day = DAY_NONE, .until_day = DAY_NONE, .wrong = &field },
		                 .confirm = request_field(request, "confirm") != NULL };
	struct status status = STATUS_FINE;
	struct limitation_refusal refused = { .event_id = 0 };
	if (!request_day(request, "date", &noting.note.day)) field = "date", status = status_make(STATUS_INVALID, "Give the day it happened: not after today.");
	else if (until && *until && !request_day(request, "until", &noting.note.until_day))
		field = "until", status = status_make(STATUS_INVALID, "“%.40s” is not a date written YYYY-MM-DD.", until);
	if (!status.code) status = request_change(request, do_note, &noting);
	if (status.code) return form_refusal(request, status, field, &refused.refusal) ? item_page(request, noting.note.item_id, &refused) : status;
	json_object_set_new(request->model, "id", json_integer(noting.id));
	request->notice = tr(request->lang, noting.confirm ? "It counts from now on." : "Noted. It counts once it is confirmed.");
	request->redirect = request_back(request, arena_printf(request->arena, "/items/%lld", (long long)noting.note.item_id));
	return STATUS_FINE;
}

/* "item": whose page the form stands on; it comes back when the form is refused. */
static struct status on_event(struct request *request, request_work *work, const char *field, const char *notice)
{
	struct noting noting = { .id = request_int(request, "id", 0), .words = request_field(request, field) };
	struct status status = request_change(request, work, &noting);
	struct limitation_refusal refused = { .event_id = noting.id };
	int64_t item = request_int(request, "item", 0);
	if (status.code) return item && form_refusal(request, status, field, &refused.refusal) ? item_page(request, item, &refused) : status;
	request->notice = tr(request->lang, notice);
	request->redirect = request_back(request, "/limitation");
	return STATUS_FINE;
}
static struct status confirm_event(struct request *request) { return on_event(request, do_confirm, "proof", "It counts from now on."); }
static struct status remove_event(struct request *request) { return on_event(request, do_remove, "reason", "Taken back."); }

const struct route limitation_routes[] = {
	{ "GET", "/limitation", RIGHT_READ, limitation_show, .template = "limitation", .menu = MENU_LEGAL, .summary = "Claims by the day they become time-barred",
	  .fields = "as_of months" },
	{ "POST", "/items/{id}/limitation", RIGHT_COLLECT, note_event, .menu = MENU_LEGAL, .summary = "Note what interrupts or suspends the limitation of an item",
	  .fields = "kind* date* until proof document confirm back" },
	{ "POST", "/limitation/{id}/confirm", RIGHT_COLLECT, confirm_event, .menu = MENU_LEGAL, .summary = "Confirm an event of limitation", .fields = "proof item back" },
	{ "POST", "/limitation/{id}/remove", RIGHT_COLLECT, remove_event, .menu = MENU_LEGAL, .summary = "Take an event of limitation back", .fields = "reason* item back" },
	{ 0 },
};
