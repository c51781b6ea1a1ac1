/* interest — a customer's late interest: what accrued, what was claimed, paid or waived; notes. */
#include "web/legal_page.h"

#include "base/memory.h"
#include "dunning/interest_ledger.h"
#include "outreach/interest_paper.h"
#include "web/customer_page.h"
#include "web/item_view.h"

#include <string.h>

/* What was refused of a form on the page of a customer's interest: of one of its notes, or of the claim (note 0). */
struct refused_note {
	struct refusal refusal;
	int64_t note;
	const char *what; /* pay waive cancel */
};

static const char *page_of(struct request *request, const char *code)
{
	return arena_printf(request->arena, "/customers/%s/interest", request_escape(request, code));
}

static struct status interest_page(struct request *request, const char *code, const struct refused_note *refused)
{
	struct customer customer;
	const char *const *ticked = request_fields(request, "item");
	struct interest_entry *entries;
	struct interest_note *notes;
	size_t count, note_count;
	TRY(customer_find(request->db, request->viewer, request->company.id, code, request->arena, &customer));
	TRY(interest_ledger(request->db, request->viewer, &request->company, customer.id, request->as_of, request->arena, &entries, &count));
	TRY(interest_note_list(request->db, request->viewer, request->company.id, customer.id, request->arena, &notes, &note_count));
	json_t *rows = json_array(), *list = json_array(), *model = request->model;
	int64_t accrued = 0, left = 0;
	bool unconfirmed = false;
	for (size_t i = count; i-- > 0;) {
		const struct interest_entry *entry = &entries[i];
		unconfirmed |= entry->accrued.rate_unconfirmed;
		accrued += entry->accrued.interest + entry->accrued.fee, left += entry->interest + entry->fee;
		json_array_append_new(rows, json_pack("{s:I, s:s, s:o, s:I, s:I, s:I, s:I, s:I, s:b, s:b}", "id", (json_int_t)entry->item_id, "number", entry->number, "due_date",
			model_day(entry->due_day), "days", (json_int_t)entry->accrued.days, "accrued", (json_int_t)(entry->accrued.interest + entry->accrued.fee), "claimed",
			(json_int_t)(entry->claimed_interest + entry->claimed_fee), "interest", (json_int_t)entry->interest, "fee", (json_int_t)entry->fee, "can",
			entry->interest + entry->fee > 0, "open", entry->open > 0));
		bool on = entry->open > 0;
		if (refused && !refused->note) {
			on = false;
			for (size_t k = 0; ticked[k]; k++) {
				int64_t id;
				on |= text_parse_int(ticked[k], strlen(ticked[k]), &id) && id == entry->item_id;
			}
		}
		json_object_set_new(json_array_get(rows, json_array_size(rows) - 1), "on", json_boolean(on));
	}
	int64_t claimed = 0, paid = 0, waived = 0;
	for (size_t i = 0; i < note_count; i++) {
		const struct interest_note *note = &notes[i];
		int64_t rest = note->cancelled ? 0 : note->interest + note->fee - note->paid - note->waived;
		if (!note->cancelled) claimed += note->interest + note->fee, paid += note->paid, waived += note->waived;
		json_array_append_new(list, json_pack("{s:I, s:s, s:o, s:I, s:I, s:I, s:I, s:b, s:b, s:b}", "id", (json_int_t)note->id, "number", note->number, "day",
			model_day(note->day), "total", (json_int_t)(note->interest + note->fee), "paid", (json_int_t)note->paid, "waived", (json_int_t)note->waived, "rest",
			(json_int_t)rest, "cancelled", note->cancelled, "open", rest > 0, "fresh", rest > 0 && !note->paid && !note->waived));
		json_t *row = json_array_get(list, i);
		bool its = refused && refused->note == note->id;
		json_object_set_new(row, "refused", json_boolean(its));
		static const char *const deeds[] = { "pay", "waive", "cancel" };
		for (size_t k = 0; k < COUNT(deeds); k++) {
			bool this = its && strcmp(refused->what, deeds[k]) == 0;
			json_object_set_new(row, arena_printf(request->arena, "%s_error", deeds[k]), this ? json_string(refused->refusal.text) : json_null());
		}
		const char *sent = its ? request_field(request, strcmp(refused->what, "pay") == 0 ? "amount" : "reason") : NULL;
		json_object_set_new(row, "sent", sent ? json_string(sent) : json_null());
	}
	json_object_set_new(model, "rows", rows);
	json_object_set_new(model, "count", json_integer((json_int_t)count));
	json_object_set_new(model, "notes", list);
	json_object_set_new(model, "has_notes", json_boolean(note_count > 0));
	json_object_set_new(model, "accrued", json_integer(accrued));
	json_object_set_new(model, "claimed", json_integer(claimed));
	json_object_set_new(model, "paid", json_integer(paid));
	json_object_set_new(model, "waived", json_integer(waived));
	json_object_set_new(model, "left", json_integer(left));
	json_object_set_new(model, "order", json_string(interest_order_label(interest_order_parse(setting_text(request->settings, "interest.order")))));
	json_object_set_new(model, "unconfirmed", json_boolean(unconfirmed));
	json_object_set_new(model, "insolvent", json_boolean(customer.insolvency_day != DAY_NONE)); /* declared, not claimed */
	json_object_set_new(model, "customer", json_string(customer.code));
	json_object_set_new(model, "name", json_string(customer.name));
	json_object_set_new(model, "currency", json_string(request->company.currency));
	json_object_set_new(model, "title", json_string("Late interest"));
	json_object_set_new(model, "problem", refused && !refused->note ? json_string(refused->refusal.text) : json_null());
	if (refused) request->http_status = 422;
	request->template = "interest";
	request->here = page_of(request, customer.code);
	return STATUS_FINE;
}

static struct status interest_show(struct request *request) { return interest_page(request, request_path(request, "code"), NULL); }

struct acting {
	struct interest_note_new note;
	int64_t id, amount;
	const char *words;
};
static struct status do_make(struct change *change, void *context)
{
	struct acting *acting = context;
	return interest_note_make(change, &acting->note, &acting->id);
}
static struct status do_pay(struct change *change, void *context)
{
	struct acting *acting = context;
	return interest_note_pay(change, acting->id, acting->amount, acting->words);
}
static struct status do_waive(struct change *change, void *context)
{
	struct acting *acting = context;
	return interest_note_waive(change, acting->id, acting->amount, acting->words);
}
static struct status do_cancel(struct change *change, void *context)
{
	struct acting *acting = context;
	return interest_note_cancel(change, acting->id, acting->words);
}

static struct status interest_claim(struct request *request)
{
	struct customer customer;
	struct interest_entry *entries;
	size_t count, kept = 0;
	TRY(customer_of(request, &customer));
	TRY(interest_ledger(request->db, request->viewer, &request->company, customer.id, request->today, request->arena, &entries, &count));
	struct interest_line *lines = arena_array(request->arena, struct interest_line, count + 1);
	const char *const *ids = request_fields(request, "item");
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; ids[k]; k++) {
			int64_t id;
			if (!text_parse_int(ids[k], strlen(ids[k]), &id) || id != entries[i].item_id || entries[i].interest + entries[i].fee == 0) continue;
			lines[kept++] = (struct interest_line){ id, entries[i].interest, entries[i].fee };
			break;
		}
	struct acting acting = { .note = { customer.id, request->company.currency, lines, kept } };
	struct refused_note refused = { .what = "" };
	struct status status = ids[0] ? request_change(request, do_make, &acting) : status_make(STATUS_INVALID, "Tick at least one item first.");
	if (status.code) return form_refusal(request, status, NULL, &refused.refusal) ? interest_page(request, customer.code, &refused) : status;
	json_object_set_new(request->model, "id", json_integer(acting.id));
	request->notice = tr(request->lang, "The note is made. No invoice changed.");
	request->redirect = page_of(request, customer.code);
	return STATUS_FINE;
}

/* Back to the customer of the note. */
static struct status on_note(struct request *request, request_work *work, const char *what, const char *notice)
{
	bool pay = strcmp(what, "pay") == 0, cancel = strcmp(what, "cancel") == 0;
	const char *field = pay ? "note" : "reason", *text = cancel ? NULL : request_field(request, "amount");
	struct acting acting = { .id = request_int(request, "id", 0), .words = request_field(request, field) };
	struct interest_note note;
	struct customer customer;
	struct refused_note refused = { .note = acting.id, .what = what };
	TRY(interest_note_get(request->db, request->viewer, request->company.id, acting.id, request->arena, &note));
	TRY(customer_get(request->db, request->viewer, request->company.id, note.customer_id, request->arena, &customer));
	struct status status = STATUS_FINE;
	if (text && *text && !field_amount(text, note.currency, &acting.amount))
		status = status_make(STATUS_INVALID, "“%.40s” is not an amount: write it as 1500 or 1500.50.", text);
	if (!status.code) status = request_change(request, work, &acting);
	if (status.code) return form_refusal(request, status, NULL, &refused.refusal) ? interest_page(request, customer.code, &refused) : status;
	request->notice = tr(request->lang, notice);
	request->redirect = page_of(request, customer.code);
	return STATUS_FINE;
}
static struct status interest_paid(struct request *request) { return on_note(request, do_pay, "pay", "Noted."); }
static struct status interest_waived(struct request *request) { return on_note(request, do_waive, "waive", "Given up."); }
static struct status interest_cancelled(struct request *request) { return on_note(request, do_cancel, "cancel", "The note is cancelled."); }

static struct status interest_pdf(struct request *request)
{
	struct attachment file;
	TRY(interest_note_pdf(request->db, request->viewer, &request->company, request->settings, request_int(request, "id", 0), request->arena, &file));
	request->file_type = file.type, request->file_name = file.name;
	text_add_bytes(&request->file, file.bytes, file.len);
	return STATUS_FINE;
}

const struct route interest_routes[] = {
	{ "GET", "/customers/{code}/interest", RIGHT_READ, interest_show, .template = "interest", .menu = MENU_CUSTOMERS, .summary = "A customer's late interest" },
	{ "POST", "/customers/{code}/interest", RIGHT_COLLECT, interest_claim, .menu = MENU_CUSTOMERS, .summary = "Claim late interest by a note", .fields = "items[]" },
	{ "GET", "/interest/{id}/note.pdf", RIGHT_READ, interest_pdf, .menu = MENU_CUSTOMERS, .summary = "A note of late interest as PDF" },
	{ "POST", "/interest/{id}/pay", RIGHT_COLLECT, interest_paid, .menu = MENU_CUSTOMERS, .summary = "Late interest was paid", .fields = "amount* note" },
	{ "POST", "/interest/{id}/waive", RIGHT_COLLECT, interest_waived, .menu = MENU_CUSTOMERS, .summary = "Late interest is given up", .fields = "amount reason*" },
	{ "POST", "/interest/{id}/cancel", RIGHT_COLLECT, interest_cancelled, .menu = MENU_CUSTOMERS, .summary = "A note of late interest is taken back", .fields = "reason*" },
	{ 0 },
};
