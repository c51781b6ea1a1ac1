/* quality — how far the figures can be trusted, and what to do about it: generic accounts, payment terms, contacts. */
#include "web/imports_page.h"

#include "base/memory.h"
#include "intake/contactless.h"
#include "intake/quality.h"
#include "intake/terms.h"
#include "ledger/contact.h"
#include "ledger/customer.h"

#include <inttypes.h>

enum { CONTACTS_SHOWN = 200 };

struct status quality_fill(struct request *request)
{
	struct quality quality;
	TRY(quality_measure(request->db, request->viewer, request->company.id, request->arena, &quality));
	const struct terms_proposal *proposals = quality.terms;
	size_t count = (size_t)quality.terms_proposed;
	json_t *model = request->model, *measured = quality_json(&quality), *terms = json_array(), *proposed = json_array();
	json_object_update(model, measured);
	for (size_t i = 0; i < count; i++)
		json_array_append_new(terms, json_pack("{s:I, s:s, s:s, s:i, s:s, s:i, s:I, s:f}", "id", (json_int_t)proposals[i].customer_id, "customer",
			proposals[i].code, "name", proposals[i].name, "days", proposals[i].terms.days, "month", terms_month_code(proposals[i].terms.month), "day",
			proposals[i].terms.day_of_month, "paid_items", (json_int_t)proposals[i].paid_items, "share", proposals[i].share));
	json_object_set_new(model, "terms", terms);
	json_object_set_new(model, "has_terms", json_boolean(count > 0));
	int64_t generic_open = 0, answered = 0;
	for (size_t i = 0; i < quality.generic_count; i++) {
		if (strcmp(quality.generics[i].answer, "proposed") != 0) {
			answered++;
			continue;
		}
		generic_open += quality.generics[i].open;
		json_array_append(proposed, json_array_get(json_object_get(measured, "generic_accounts"), i));
	}
	json_object_set_new(model, "generic_count", json_integer((json_int_t)json_array_size(proposed)));
	json_object_set_new(model, "generic_open", json_integer(generic_open));
	json_object_set_new(model, "generic_answered", json_integer(answered));
	json_object_set_new(model, "generic_proposed", proposed);
	int64_t known = 0;
	for (int i = 0; i < DUE_SOURCE_COUNT; i++)
		if (i != DUE_ASSUMED && i != DUE_OPENING) known += quality.due_count[i];
	json_object_set_new(model, "due_known", json_integer(known));
	json_object_set_new(model, "due_assumed", json_integer(quality.due_count[DUE_ASSUMED]));
	json_object_set_new(model, "due_opening", json_integer(quality.due_count[DUE_OPENING]));
	json_object_set_new(model, "due_opening_amount", json_integer(quality.due_amount[DUE_OPENING]));
	json_object_set_new(model, "well_lettered", json_boolean(quality.lettered >= 0.8 && quality.poorly_lettered == 0));
	json_object_set_new(model, "has_credits", json_boolean(quality.lettered >= 0));
	json_object_set_new(model, "equal", json_boolean(quality.has_ledger && quality.receivables == quality.accounts));
	json_object_set_new(model, "with_contact", json_integer(quality.customers_open - quality.without_contact));
	json_object_set_new(model, "empty_store", json_boolean(quality.items == 0));
	json_decref(measured);
	return STATUS_FINE;
}

static struct status quality_show(struct request *request)
{
	return quality_fill(request);
}

/* --- answers in bulk -------------------------------------------------------------------------------------------------------------- */
struct answer {
	const int64_t *ids;
	size_t count;
	const char *word;
	int64_t confirmed;
};

static struct status answer_generic(struct change *change, void *context)
{
	const struct answer *answer = context;
	for (size_t i = 0; i < answer->count; i++) TRY(customer_set(change, answer->ids[i], "generic", answer->word));
	return STATUS_FINE;
}

static struct status quality_generic_answer(struct request *request)
{
	struct answer answer = { 0 };
	int64_t *ids;
	const char *word = request_field(request, "answer");
	if (!word || (strcmp(word, "accepted") != 0 && strcmp(word, "refused") != 0)) return status_make(STATUS_INVALID, "Answer accepted or refused.");
	TRY(imports_ids(request, "customer", &ids, &answer.count));
	answer.ids = ids, answer.word = word;
	TRY(request_change(request, answer_generic, &answer));
	json_object_set_new(request->model, "answered", json_integer((json_int_t)answer.count));
	request->notice = tr(request->lang, *word == 'a' ? "Left out of reminders; they stay in balances and reports." : "They are followed like every customer.");
	request->redirect = request_back(request, "/quality");
	return STATUS_FINE;
}

static struct status confirm_terms(struct change *change, void *context)
{
	struct answer *answer = context;
	return terms_confirm(change, answer->ids, answer->count, &answer->confirmed);
}

static struct status quality_terms(struct request *request)
{
	struct answer answer = { 0 };
	int64_t *ids;
	TRY(imports_ids(request, "customer", &ids, &answer.count));
	answer.ids = ids;
	TRY(request_change(request, confirm_terms, &answer));
	json_object_set_new(request->model, "confirmed", json_integer(answer.confirmed));
	request->notice = tr(request->lang, "The payment terms are set and due dates follow them.");
	request->redirect = request_back(request, "/quality");
	return STATUS_FINE;
}

/* --- contacts ---------------------------------------------------------------------------------------------------------------------- */
static struct status contacts_fill(struct request *request, const char *error)
{
	struct contactless *rows;
	size_t count;
	int64_t total;
	TRY(contactless_list(request->db, request->viewer, request->company.id, CONTACTS_SHOWN, request->arena, &rows, &count, &total));
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++) {
		/* what was typed stays when something is wrong */
		const char *email = request_field(request, arena_printf(request->arena, "email-%" PRId64, rows[i].id));
		const char *name = request_field(request, arena_printf(request->arena, "name-%" PRId64, rows[i].id));
		const char *phone = request_field(request, arena_printf(request->arena, "phone-%" PRId64, rows[i].id));
		json_array_append_new(list, json_pack("{s:I, s:s, s:s, s:I, s:s, s:s, s:s}", "id", (json_int_t)rows[i].id, "customer", rows[i].code, "name",
			rows[i].name, "open", (json_int_t)rows[i].open, "email", email ? email : "", "person", name ? name : "", "phone", phone ? phone : ""));
	}
	const char *pasted = request_field(request, "lines");
	json_object_set_new(request->model, "customers", list);
	json_object_set_new(request->model, "total", json_integer(total));
	json_object_set_new(request->model, "lines", json_string(error && pasted ? pasted : ""));
	json_object_set_new(request->model, "error", error ? json_string(error) : json_null());
	return STATUS_FINE;
}

static struct status contacts_show(struct request *request)
{
	return contacts_fill(request, NULL);
}

struct typed {
	struct request *request;
	int64_t ids[CONTACTS_SHOWN];
	size_t count;
};

static struct status add_contacts(struct change *change, void *context)
{
	struct typed *typed = context;
	const struct request *request = typed->request;
	for (size_t i = 0; i < typed->count; i++) {
		struct contact_new contact = { .email = request_field(request, arena_printf(request->arena, "email-%" PRId64, typed->ids[i])),
			.name = request_field(request, arena_printf(request->arena, "name-%" PRId64, typed->ids[i])),
			.phone = request_field(request, arena_printf(request->arena, "phone-%" PRId64, typed->ids[i])) };
		int64_t id;
		TRY(contact_add(change, typed->ids[i], &contact, &id));
	}
	return STATUS_FINE;
}

static struct status contacts_save(struct request *request)
{
	struct typed *typed = arena_make(request->arena, struct typed);
	typed->request = request;
	int64_t *ids;
	size_t count;
	struct status status = imports_ids(request, "customer", &ids, &count);
	for (size_t i = 0; !status.code && i < count && typed->count < CONTACTS_SHOWN; i++) {
		const char *email = request_field(request, arena_printf(request->arena, "email-%" PRId64, ids[i]));
		const char *phone = request_field(request, arena_printf(request->arena, "phone-%" PRId64, ids[i]));
		if ((email && *email) || (phone && *phone)) typed->ids[typed->count++] = ids[i];
	}
	if (!status.code && typed->count == 0) status = status_make(STATUS_INVALID, "%s", tr(request->lang, "Type at least one address."));
	if (!status.code) status = request_change(request, add_contacts, typed);
	if ((status.code == STATUS_INVALID || status.code == STATUS_CONFLICT) && !request->json) {
		request->http_status = 422;
		request->template = "quality_contacts";
		return contacts_fill(request, status.text);
	}
	TRY(status);
	json_object_set_new(request->model, "added", json_integer((json_int_t)typed->count));
	request->notice = tr(request->lang, "The contacts are added.");
	request->redirect = "/quality/contacts";
	return STATUS_FINE;
}

static struct status contacts_pasted(struct request *request)
{
	const char *lines = request_field(request, "lines");
	struct intake intake = imports_intake(request);
	intake.options.file_name = tr(request->lang, "Pasted contacts");
	struct intake_result result = { 0 };
	struct status status = lines && *lines ? contacts_paste(&intake, lines, &result)
	                                       : status_make(STATUS_INVALID, "%s", tr(request->lang, "Paste lines of customer code and e-mail address, as copied from a spreadsheet."));
	if (!status.code && result.refused) status = status_make(STATUS_INVALID, "%s", result.reason);
	if (status.code == STATUS_INVALID && !request->json) {
		request->http_status = 422;
		request->template = "quality_contacts";
		return contacts_fill(request, status.text);
	}
	TRY(status);
	json_t *said = intake_result_json(&result);
	json_object_update(request->model, said);
	json_decref(said);
	complaints_free(&result.rejected);
	request->notice = tr(request->lang, result.import_id ? "The contacts are added." : "Nothing new: everything in this file is known already.");
	request->redirect = result.import_id && result.rejected.total ? arena_printf(request->arena, "/imports/%" PRId64, result.import_id) : "/quality/contacts";
	return STATUS_FINE;
}

const struct route quality_routes[] = {
	{ "GET", "/quality", RIGHT_IMPORT, quality_show, .template = "quality", .menu = MENU_IMPORTS, .summary = "Quality of the books" },
	{ "POST", "/quality/generic", RIGHT_SCENARIO, quality_generic_answer, .menu = MENU_IMPORTS, .summary = "Answer on generic accounts", .fields = "customer[]* answer* back" },
	{ "POST", "/quality/terms", RIGHT_SCENARIO, quality_terms, .menu = MENU_IMPORTS, .summary = "Confirm payment terms", .fields = "customer[]* back" },
	{ "GET", "/quality/contacts", RIGHT_NOTE, contacts_show, .template = "quality_contacts", .menu = MENU_IMPORTS, .summary = "Customers without contact" },
	{ "POST", "/quality/contacts", RIGHT_NOTE, contacts_save, .template = "quality_contacts", .menu = MENU_IMPORTS, .summary = "Add contacts typed in the grid", .fields = "customer[]*" },
	{ "POST", "/quality/contacts/paste", RIGHT_IMPORT, contacts_pasted, .template = "quality_contacts", .menu = MENU_IMPORTS, .summary = "Add pasted contacts", .fields = "lines*" },
	{ 0 },
};
