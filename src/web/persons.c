/* persons — a person's data: looked up, handed out, erased; what is due by the periods of the settings; the register of erasures. */
#include "web/settings.h"

#include "base/memory.h"
#include "privacy/erase.h"
#include "privacy/export.h"
#include "privacy/keeping.h"

#include <string.h>

enum { ERASURES_SHOWN = 200 };
static const char *const fates[] = { [ERASE_DELETED] = "deleted", [ERASE_EMPTIED] = "emptied", [ERASE_MASKED] = "masked", [ERASE_KEPT] = "kept" };

struct person_work {
	enum subject_kind kind;
	int64_t id, rows;
	const char *reason;
	const struct person_export *export;
	const struct keeping_kind *period;
	struct arena *arena;
	struct erase_plan plan;
};

static struct status person_of(struct request *request, struct person_work *out)
{
	const char *id = request_path(request, "id");
	*out = (struct person_work){ .arena = request->arena };
	if (!subject_parse(request_path(request, "kind"), &out->kind) || !id || !text_parse_int(id, strlen(id), &out->id))
		return status_make(STATUS_NOT_FOUND, "There is no such person.");
	return STATUS_FINE;
}

static const char *person_path(struct request *request, enum subject_kind kind, int64_t id)
{
	return arena_printf(request->arena, "/persons/%s/%lld", subject_code(kind), (long long)id);
}

/* --- one person -------------------------------------------------------------------------------------------------------------------- */

static json_t *parts_json(const struct erase_plan *plan, bool kept)
{
	json_t *rows = json_array();
	for (size_t i = 0; i < plan->count; i++) {
		const struct erase_part *part = &plan->parts[i];
		if ((part->fate == ERASE_KEPT) != kept) continue;
		json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:I, s:s, s:b, s:b, s:b}", "table", part->table, "title", part->title, "fate", fates[part->fate], "rows", (json_int_t)part->rows,
		                                      "why", part->why ? part->why : "", "deleted", part->fate == ERASE_DELETED, "emptied", part->fate == ERASE_EMPTIED, "masked",
		                                      part->fate == ERASE_MASKED));
	}
	return rows;
}

static struct status person_show(struct request *request)
{
	struct person_work work;
	TRY(person_of(request, &work));
	TRY(erase_look(request->db, request->viewer, request->company.id, work.kind, work.id, request->arena, &work.plan));
	struct erasure *erasures;
	size_t count;
	TRY(erasure_list(request->db, request->viewer, request->company.id, work.plan.customer_id ? work.plan.customer_id : -1, 20, request->arena, &erasures, &count));
	json_t *model = request->model, *refusals = json_array();
	for (size_t i = 0; i < work.plan.refusal_count; i++) json_array_append_new(refusals, json_string(work.plan.refusals[i]));
	json_object_set_new(model, "kind", json_string(subject_code(work.kind)));
	json_object_set_new(model, "id", json_integer(work.id));
	json_object_set_new(model, "name", json_string(work.plan.name));
	json_object_set_new(model, "customer", json_string(work.plan.code));
	json_object_set_new(model, "customers", json_integer((json_int_t)work.plan.customers));
	json_object_set_new(model, "several", json_boolean(work.kind != SUBJECT_CUSTOMER && work.plan.customers > 1));
	json_object_set_new(model, "whole", json_boolean(work.kind == SUBJECT_CUSTOMER));
	json_object_set_new(model, "legal_person", json_boolean(work.plan.legal_person));
	json_object_set_new(model, "goes", parts_json(&work.plan, false));
	json_object_set_new(model, "stays", parts_json(&work.plan, true));
	json_object_set_new(model, "rows", json_integer(work.plan.rows));
	json_object_set_new(model, "refusals", refusals);
	json_object_set_new(model, "refused", json_boolean(work.plan.refusal_count > 0));
	json_object_set_new(model, "title", json_string(arena_printf(request->arena, tr(request->lang, "Data about %s"), work.plan.name)));
	return STATUS_FINE;
}

static struct status do_exported(struct change *change, void *context)
{
	struct person_work *work = context;
	return person_exported(change, work->kind, work->id, work->export);
}

static struct status person_hand_out(struct request *request)
{
	struct person_work work;
	struct person_export export;
	TRY(person_of(request, &work));
	TRY(person_export(request->db, request->viewer, &request->company, work.kind, work.id, request->today, request->now, request->arena, &export));
	work.export = &export;
	struct status status = request_change(request, do_exported, &work);
	if (!status.code) {
		request->file_type = "application/zip", request->file_name = export.name;
		text_add_bytes(&request->file, export.zip.bytes, export.zip.len);
	}
	text_free(&export.zip);
	return status;
}

static struct status do_erase(struct change *change, void *context)
{
	struct person_work *work = context;
	return erase(change, work->kind, work->id, work->reason, work->arena, &work->plan);
}

static struct status person_erase(struct request *request)
{
	struct person_work work;
	TRY(person_of(request, &work));
	const char *confirm = request_field(request, "confirm");
	work.reason = request_field(request, "reason");
	if (!work.reason) work.reason = "asked";
	if (!confirm || strcmp(confirm, "1") != 0) return status_make(STATUS_INVALID, "Tick that it may go for good: an erasure can't be taken back.");
	TRY(request_change(request, do_erase, &work));
	json_object_set_new(request->model, "erasure", json_integer(work.plan.erasure_id));
	json_object_set_new(request->model, "rows", json_integer(work.plan.rows));
	request->notice = arena_printf(request->arena, tr(request->lang, "Erased: %lld places. What the law wants kept stays, without the name."), (long long)work.plan.rows);
	request->redirect = "/persons";
	return STATUS_FINE;
}

/* --- all of it: search, periods, register ------------------------------------------------------------------------------------------- */

static json_t *due_json(struct request *request, const struct keeping_row *row)
{
	json_t *names = json_array();
	for (size_t i = 0; i < row->name_count; i++) json_array_append_new(names, json_string(row->names[i]));
	(void)request;
	return json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:b, s:I, s:o, s:o}", "code", row->kind->code, "what", row->kind->title, "basis", row->kind->basis, "setting", row->kind->setting, "months",
	                 (json_int_t)row->months, "rows", (json_int_t)row->rows, "due", row->rows > 0, "held_back", (json_int_t)row->refused, "before", model_day(row->before), "names", names);
}

static struct status persons_show(struct request *request)
{
	const char *words = request_field(request, "who");
	struct keeping_row *due;
	struct erasure *erasures;
	size_t count;
	json_t *model = request->model;
	if (words && *words) {
		enum subject_kind kind;
		int64_t id;
		struct status status = subject_find(request->db, request->viewer, request->company.id, words, request->arena, &kind, &id);
		if (!status.code && !request->json) {
			request->redirect = person_path(request, kind, id);
			return STATUS_FINE;
		}
		if (status.code && status.code != STATUS_NOT_FOUND) return status;
		if (!status.code) json_object_set_new(model, "found", json_pack("{s:s, s:I}", "kind", subject_code(kind), "id", (json_int_t)id));
		else json_object_set_new(model, "unknown", json_string(tr(request->lang, "Nobody of that code or address is known here.")));
	}
	json_object_set_new(model, "who", json_string(words ? words : ""));
	TRY(keeping_due(request->db, request->viewer, request->company.id, request->today, request->arena, &due, &count));
	json_t *periods = json_array(), *register_rows = json_array();
	int64_t all = 0;
	for (size_t i = 0; i < count; i++) json_array_append_new(periods, due_json(request, &due[i])), all += due[i].rows;
	TRY(erasure_list(request->db, request->viewer, request->company.id, 0, ERASURES_SHOWN, request->arena, &erasures, &count));
	for (size_t i = 0; i < count; i++) {
		const struct erasure *e = &erasures[i];
		const struct keeping_kind *kind = strcmp(e->subject, "retention") == 0 ? keeping_kind(e->reason) : NULL;
		json_array_append_new(register_rows, json_pack("{s:I, s:s, s:s, s:s, s:s, s:I, s:I, s:b, s:b, s:o, s:o}", "id", (json_int_t)e->id, "subject", e->subject, "reason", e->reason, "what",
			kind ? kind->title : "", "customer", e->code, "rows", (json_int_t)e->rows, "events", (json_int_t)e->events, "asked", strcmp(e->reason, "asked") == 0, "may_lift",
			e->lifted_day == DAY_NONE && !kind && strcmp(e->subject, "user") != 0, "day", model_day(e->day), "lifted_on", model_day(e->lifted_day)));
	}
	json_object_set_new(model, "periods", periods);
	json_object_set_new(model, "due", json_integer(all));
	json_object_set_new(model, "erasures", register_rows);
	json_object_set_new(model, "has_erasures", json_boolean(count > 0));
	json_object_set_new(model, "automatic", json_boolean(setting_bool(request->settings, "retention.automatic")));
	return STATUS_FINE;
}

static struct status period_of(struct request *request, struct person_work *out)
{
	*out = (struct person_work){ .arena = request->arena, .period = keeping_kind(request_path(request, "kind")) };
	return out->period ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "There is no such kind of data.");
}

static struct status period_show(struct request *request)
{
	struct person_work work;
	struct keeping_row *due;
	size_t count;
	TRY(period_of(request, &work));
	TRY(keeping_due(request->db, request->viewer, request->company.id, request->today, request->arena, &due, &count));
	for (size_t i = 0; i < count; i++)
		if (due[i].kind == work.period) json_object_set_new(request->model, "period", due_json(request, &due[i]));
	json_object_set_new(request->model, "title", json_string(work.period->title));
	return STATUS_FINE;
}

static struct status do_period(struct change *change, void *context)
{
	struct person_work *work = context;
	return keeping_erase(change, work->period, work->arena, &work->rows);
}

static struct status period_erase(struct request *request)
{
	struct person_work work;
	const char *confirm = request_field(request, "confirm");
	TRY(period_of(request, &work));
	if (!confirm || strcmp(confirm, "1") != 0) return status_make(STATUS_INVALID, "Tick that it may go for good: an erasure can't be taken back.");
	TRY(request_change(request, do_period, &work));
	json_object_set_new(request->model, "rows", json_integer(work.rows));
	request->notice = arena_printf(request->arena, tr(request->lang, "Erased: %lld places."), (long long)work.rows);
	request->redirect = "/persons";
	return STATUS_FINE;
}

static struct status do_lift(struct change *change, void *context)
{
	struct person_work *work = context;
	return erasure_lift(change, work->id);
}

static struct status erasure_lifted(struct request *request)
{
	struct person_work work = { 0 };
	const char *id = request_path(request, "id");
	if (!id || !text_parse_int(id, strlen(id), &work.id)) return status_make(STATUS_NOT_FOUND, "There is nothing of that number.");
	TRY(request_change(request, do_lift, &work));
	request->notice = tr(request->lang, "The erasure is lifted: this person may be known again.");
	request->redirect = "/persons";
	return STATUS_FINE;
}

const struct route persons_routes[] = {
	{ "GET", "/persons", RIGHT_PERSONAL, persons_show, .template = "persons", .menu = MENU_SETTINGS, .summary = "Personal data: periods, what is due, what was erased", .fields = "who" },
	{ "GET", "/persons/{kind}/{id}", RIGHT_PERSONAL, person_show, .template = "person", .menu = MENU_SETTINGS,
	  .summary = "What is held about a person (customer, contact, answer, user), and what an erasure would do" },
	{ "POST", "/persons/{kind}/{id}/export", RIGHT_PERSONAL, person_hand_out, .menu = MENU_SETTINGS, .summary = "A person's data as a ZIP" },
	{ "POST", "/persons/{kind}/{id}/erase", RIGHT_PERSONAL, person_erase, .menu = MENU_SETTINGS, .summary = "Erase a person's data", .fields = "reason confirm*" },
	{ "GET", "/retention/{kind}", RIGHT_PERSONAL, period_show, .template = "retention", .menu = MENU_SETTINGS, .summary = "What is due to be erased of one kind" },
	{ "POST", "/retention/{kind}", RIGHT_PERSONAL, period_erase, .menu = MENU_SETTINGS, .summary = "Erase what is due of one kind", .fields = "confirm*" },
	{ "POST", "/erasures/{id}/lift", RIGHT_PERSONAL, erasure_lifted, .menu = MENU_SETTINGS, .summary = "Let an erased person be known again" },
	{ 0 }
};
