/* assistant — first steps of a new company: who it is, its file, how far that can be trusted, how reminders will go. */
#include "web/imports_page.h"

#include "access/session.h"
#include "base/memory.h"
#include "dunning/plan_load.h"
#include "dunning/run.h"
#include "web/server.h"

/* The session goes on with the company just made: the next file is of its books, not of those the person came from. */
struct company_entry {
	const struct session *session;
	int64_t company_id;
};

static struct status company_enter(struct db *db, void *context)
{
	const struct company_entry *entry = context;
	return session_set_company(db, entry->session, entry->company_id);
}

static struct status start_company(struct request *request)
{
	if (request->company.id && !request_int(request, "new", 0)) {
		json_object_set_new(request->model, "done", json_true());
		json_object_set_new(request->model, "company_name", json_string(request->company.name));
		json_object_set_new(request->model, "siren", json_string(request->company.siren));
	} else {
		const char *name = request_field(request, "name"), *siren = request_field(request, "siren");
		json_object_set_new(request->model, "done", json_false());
		json_object_set_new(request->model, "company_name", json_string(name ? name : ""));
		json_object_set_new(request->model, "siren", json_string(siren ? siren : ""));
	}
	json_object_set_new(request->model, "step", json_string("1"));
	if (!json_object_get(request->model, "error")) json_object_set_new(request->model, "error", json_null());
	return STATUS_FINE;
}

static struct status start_make(struct request *request)
{
	struct company company;
	const char *country = request_field(request, "country"), *currency = request_field(request, "currency");
	struct status status = company_create(request->store, request->viewer, (struct company_new){ .name = request_field(request, "name"),
		.siren = request_field(request, "siren"), .currency = currency && *currency ? currency : NULL, .country = country && *country ? country : NULL },
		request->now, &company);
	if ((status.code == STATUS_INVALID || status.code == STATUS_CONFLICT) && !request->json) {
		request->http_status = 422;
		request->template = "start";
		json_object_set_new(request->model, "error", json_string(status.text));
		request->company.id = 0;
		return start_company(request);
	}
	TRY(status);
	struct exchange *x = exchange_of(request);
	if (x->has_session) TRY(request_transact(request, company_enter, &(struct company_entry){ &x->session, company.id }));
	json_object_set_new(request->model, "company", json_string(company.code));
	request->redirect = "/start/file";
	return STATUS_FINE;
}

static struct status start_file(struct request *request)
{
	struct intake_row *rows;
	size_t count;
	TRY(intake_list(request->db, request->viewer, request->company.id, 1, request->arena, &rows, &count));
	json_object_set_new(request->model, "start", json_true());
	json_object_set_new(request->model, "step", json_string("2"));
	json_object_set_new(request->model, "has_import", json_boolean(count > 0));
	json_object_set_new(request->model, "file", count ? json_string(rows[0].file_name) : json_null());
	return STATUS_FINE;
}

static struct status start_quality(struct request *request)
{
	json_object_set_new(request->model, "start", json_true());
	json_object_set_new(request->model, "step", json_string("3"));
	return quality_fill(request);
}

/* --- scenario ------------------------------------------------------------------------------------------------------------------------ */
static const char *scenario_line(const struct request *request, const struct scenario *scenario)
{
	cleanup_text struct text out = { 0 };
	for (size_t i = 0; i < scenario->count && i < 6; i++)
		text_addf(&out, "%s%s", i ? " · " : "", request->lang == LANG_FR ? scenario->steps[i].label_fr : scenario->steps[i].label_en);
	return arena_strdup(request->arena, text_cstr(&out));
}

/* Who follows which scenario, and what the first day would bring: the plan itself, not an estimate. */
static struct status start_scenario(struct request *request)
{
	size_t ready_count;
	const struct scenario *ready = scenario_ready_all(&ready_count);
	int64_t *customers = arena_array(request->arena, int64_t, ready_count + 1), followed = 0;
	cleanup_plan_data struct plan_data *data = NULL;
	TRY(plan_data_load(request->db, &request->company, request->today, 0, 0, request->arena, &data));
	cleanup_arena struct arena *scratch = arena_new();
	for (size_t c = 0; c < plan_data_customers(data); c++) {
		struct plan_view view;
		const struct scenario *scenario = NULL;
		arena_reset(scratch);
		if (!plan_data_view(data, c, scratch, &view, &scenario) || !scenario) continue;
		followed++;
		for (size_t i = 0; i < ready_count; i++) customers[i] += strcmp(ready[i].code, scenario->code) == 0;
	}
	struct run_result plan;
	TRY(run_day(request->store, request->viewer, request->company.id, request->today, request->now, &(struct run_options){ .dry_run = true },
	            request->arena, &plan));
	int64_t reviewed = 0;
	for (size_t i = 0; i < plan.action_count; i++) reviewed += plan.actions[i].channel == CHANNEL_TASK;
	json_t *rows = json_array();
	for (size_t i = 0; i < ready_count; i++)
		json_array_append_new(rows, json_pack("{s:s, s:s, s:I, s:s, s:i}", "code", ready[i].code, "name", request->lang == LANG_FR ? ready[i].name_fr : ready[i].name_en,
			"customers", (json_int_t)customers[i], "steps", scenario_line(request, &ready[i]), "step_count", (int)ready[i].count));
	json_object_set_new(request->model, "step", json_string("4"));
	json_object_set_new(request->model, "scenarios", rows);
	json_object_set_new(request->model, "followed", json_integer(followed));
	json_object_set_new(request->model, "actions", json_integer((json_int_t)plan.action_count));
	json_object_set_new(request->model, "tasks", json_integer(reviewed));
	json_object_set_new(request->model, "left_out", json_integer((json_int_t)plan.left_count));
	return STATUS_FINE;
}

const struct route start_routes[] = {
	{ "GET", "/start", RIGHT_SETTINGS, start_company, .template = "start", .summary = "First steps: company", .no_company = true, .live = true, .fields = "new" },
	{ "POST", "/start", RIGHT_SETTINGS, start_make, .template = "start", .summary = "Make the company", .no_company = true, .fields = "name* siren currency country" },
	{ "GET", "/start/file", RIGHT_IMPORT, start_file, .template = "start_file", .summary = "First steps: file" },
	{ "GET", "/start/quality", RIGHT_IMPORT, start_quality, .template = "start_quality", .summary = "First steps: quality" },
	{ "GET", "/start/scenario", RIGHT_SCENARIO, start_scenario, .template = "start_scenario", .summary = "First steps: scenario" },
	{ 0 },
};
