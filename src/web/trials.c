/* trials — two scenarios compared on customers drawn at random: started, looked at, stopped; and the last year replayed with a draft. */
#include "web/scenario_page.h"

#include "base/day.h"
#include "base/memory.h"
#include "dunning/replay.h"
#include "dunning/trial.h"

#include <math.h>

static json_t *number_or_null(double value) { return isnan(value) ? json_null() : json_real(round(value * 10) / 10); }

static const char *name_of(const struct request *request, const struct scenario *all, size_t count, const char *code)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(all[i].code, code) == 0) return scenario_name(&all[i], request->lang);
	return code;
}

static json_t *arm_model(const struct trial_arm *arm, const char *name)
{
	json_t *out = json_pack("{s:s, s:I, s:I, s:I, s:I, s:I}", "name", name, "customers", (json_int_t)arm->customers, "invoices", (json_int_t)arm->invoices,
				"paid", (json_int_t)arm->paid, "disputes", (json_int_t)arm->disputes, "complaints", (json_int_t)arm->complaints);
	json_object_set_new(out, "days", number_or_null(arm->days));
	return out;
}

static const char *verdict(const struct trial *trial, const struct trial_result *result)
{
	if (trial->stopped != DAY_NONE) {
		static const struct { const char *code, *words; } reasons[] = {
			{ "person", "Stopped by a person." }, { "time", "Over: its days have passed." }, { "clear", "Stopped: the difference is beyond doubt." },
			{ "harm", "Stopped: one side brought clearly more disputes or complaints." },
		};
		for (size_t i = 0; i < COUNT(reasons); i++)
			if (strcmp(reasons[i].code, trial->stop_reason) == 0) return reasons[i].words;
	}
	if (isnan(result->difference)) return "It runs; nothing is paid yet on both sides.";
	return result->low <= 0 && result->high >= 0 ? "It runs; no difference can be told from chance so far." : "It runs; a difference shows, not yet beyond doubt.";
}

static struct status trials_show(struct request *request)
{
	struct trial *trials;
	struct scenario *all;
	size_t count, scenario_count;
	TRY(trial_list(request->db, request->viewer->tenant_id, request->company.id, request->arena, &trials, &count));
	TRY(scenario_load_all(request->db, request->viewer->tenant_id, request->company.id, request->arena, &all, &scenario_count));
	json_t *list = json_array(), *choices = json_array();
	bool running = false;
	for (size_t t = 0; t < count; t++) {
		struct trial_result result;
		TRY(trial_read(request->db, &request->company, &trials[t], request->today, request->arena, &result));
		bool runs = trials[t].stopped == DAY_NONE;
		running |= runs;
		json_t *row = json_pack("{s:I, s:s, s:I, s:I, s:b, s:s, s:o, s:o}", "id", (json_int_t)trials[t].id, "name", trials[t].name, "seed", (json_int_t)trials[t].seed,
					"days", (json_int_t)trials[t].days, "runs", runs, "verdict", tr(request->lang, verdict(&trials[t], &result)), "a",
					arm_model(&result.arm[0], name_of(request, all, scenario_count, trials[t].a)), "b",
					arm_model(&result.arm[1], name_of(request, all, scenario_count, trials[t].b)));
		json_object_set_new(row, "started", model_day(trials[t].started));
		json_object_set_new(row, "ends", model_day(trials[t].started + trials[t].days));
		json_object_set_new(row, "stopped", model_day(trials[t].stopped));
		json_object_set_new(row, "difference", number_or_null(result.difference));
		json_object_set_new(row, "low", number_or_null(result.low));
		json_object_set_new(row, "high", number_or_null(result.high));
		json_array_append_new(list, row);
	}
	for (size_t i = 0; i < scenario_count; i++)
		json_array_append_new(choices, json_pack("{s:s, s:s}", "code", all[i].code, "name", scenario_name(&all[i], request->lang)));
	json_object_set_new(request->model, "trials", list);
	json_object_set_new(request->model, "running", json_boolean(running));
	json_object_set_new(request->model, "choices", choices);
	return STATUS_FINE;
}

struct starting {
	struct trial_new given;
	int64_t id;
	size_t drawn[2];
};
static struct status start_work(struct change *change, void *context)
{
	struct starting *starting = context;
	return trial_start(change, &starting->given, &starting->id, starting->drawn);
}
static struct status stop_work(struct change *change, void *context) { return trial_stop(change, *(const int64_t *)context, "person"); }

static struct status trial_post(struct request *request)
{
	struct starting starting = { .given = { .name = request_field(request, "name"), .a = request_field(request, "a"), .b = request_field(request, "b"),
		.days = (int32_t)request_int(request, "days", 90), .seed = (uint64_t)request_int(request, "seed", request->now) } };
	TRY(request_change(request, start_work, &starting));
	request->notice = tr(request->lang, "The trial has begun: each customer follows the scenario he drew.");
	request->redirect = "/scenarios/trials";
	return STATUS_FINE;
}

static struct status trial_stop_post(struct request *request)
{
	int64_t id = 0;
	const char *text = request_path(request, "id");
	if (!text_parse_int(text, strlen(text), &id)) return status_make(STATUS_NOT_FOUND, "There is no such trial.");
	TRY(request_change(request, stop_work, &id));
	request->notice = tr(request->lang, "The trial is stopped: everybody follows his profile's scenario again.");
	request->redirect = "/scenarios/trials";
	return STATUS_FINE;
}

/* --- the last year, with the draft ------------------------------------------------------------------------------------------------ */
static const uint8_t *visible_of(void *context, const struct book *book) { return request_selected(context, book); }

static struct status replay_show(struct request *request)
{
	const char *code = request_path(request, "code");
	const struct scenario *in_force;
	struct scenario *draft = arena_make(request->arena, struct scenario);
	const struct scenario *own;
	TRY(scenario_load(request->db, request->viewer->tenant_id, request->company.id, code, request->arena, &in_force));
	TRY(scenario_load_draft(request->db, request->viewer->tenant_id, request->company.id, code, request->arena, &own));
	if (!own && !in_force) return status_make(STATUS_NOT_FOUND, "There is no scenario “%.40s”.", code);
	*draft = own ? *own : *in_force;
	struct replay *replay;
	TRY(replay_make(request->db, &request->company, in_force, draft, request->today, visible_of, request, request->arena, &replay));
	json_t *model = request->model, *months = json_array();
	for (int m = 0; m < REPLAY_MONTHS; m++) {
		json_t *row = json_pack("{s:I, s:I, s:I}", "observed", (json_int_t)replay->observed_month[m], "before", (json_int_t)replay->overdue_month[0][m], "after",
					(json_int_t)replay->overdue_month[1][m]);
		json_object_set_new(row, "date", model_day(replay->month_end[m]));
		json_array_append_new(months, row);
	}
	json_object_set_new(model, "code", json_string(code));
	json_object_set_new(model, "name", json_string(scenario_name(draft, request->lang)));
	json_object_set_new(model, "draft", json_boolean(own != NULL));
	json_object_set_new(model, "from", model_day(replay->from));
	json_object_set_new(model, "to", model_day(replay->to));
	json_object_set_new(model, "customers", json_integer((json_int_t)replay->customers));
	json_object_set_new(model, "looked", json_integer((json_int_t)replay->looked));
	json_object_set_new(model, "sampled", json_boolean(replay->looked < replay->customers));
	json_object_set_new(model, "invoices", json_integer(replay->invoices));
	json_object_set_new(model, "after_contact", json_integer(replay->after_contact));
	json_object_set_new(model, "known", json_boolean(replay->known && replay->looked > 0));
	json_object_set_new(model, "some", json_boolean(replay->looked > 0));
	json_object_set_new(model, "days", number_or_null(replay->days.value));
	json_object_set_new(model, "days_low", number_or_null(replay->days.low));
	json_object_set_new(model, "days_high", number_or_null(replay->days.high));
	json_object_set_new(model, "overdue", json_integer((json_int_t)replay->overdue.value));
	json_object_set_new(model, "overdue_low", json_integer((json_int_t)replay->overdue.low));
	json_object_set_new(model, "overdue_high", json_integer((json_int_t)replay->overdue.high));
	json_object_set_new(model, "observed_days", number_or_null(replay->observed_days));
	json_object_set_new(model, "replayed_days", number_or_null(replay->replayed_days));
	static const char *const names[] = { "before", "after" };
	for (int s = 0; s < 2; s++) {
		json_object_set_new(model, arena_printf(request->arena, "contacts_%s", names[s]), json_integer((json_int_t)llround(replay->contacts[s])));
		json_object_set_new(model, arena_printf(request->arena, "calls_%s", names[s]), json_integer((json_int_t)llround(replay->calls[s])));
		json_object_set_new(model, arena_printf(request->arena, "mails_%s", names[s]), json_integer((json_int_t)llround(replay->mails[s])));
	}
	json_object_set_new(model, "months", months);
	return STATUS_FINE;
}

const struct route trials_routes[] = {
	{ "GET", "/scenarios/trials", RIGHT_SCENARIO, trials_show, .template = "trials", .menu = MENU_SCENARIOS, .summary = "Trials of scenarios" },
	{ "POST", "/scenarios/trials", RIGHT_SCENARIO, trial_post, .fields = "name* a* b* days seed", .summary = "Start a trial of two scenarios" },
	{ "POST", "/scenarios/trials/{id}/stop", RIGHT_SCENARIO, trial_stop_post, .summary = "Stop a trial" },
	{ "GET", "/scenarios/{code}/replay", RIGHT_SCENARIO, replay_show, .template = "scenario_replay", .menu = MENU_SCENARIOS,
	  .summary = "The last year replayed with a scenario" },
	{ 0 },
};
