/* scenario_publish — before publishing: what leaves in the next 30 days beside today's, to whom, a burst, a text that threatens too much. */
#include "web/scenario_page.h"

#include "base/day.h"
#include "base/memory.h"
#include "dunning/outlook.h"
#include "outreach/threat.h"
#include "web/agenda_page.h"

static const uint8_t *visible_of(void *context, const struct book *book) { return request_selected(context, book); }

static const char *label_of(const struct request *request, const struct scenario *scenario, const char *step)
{
	int at = scenario ? scenario_step(scenario, step) : -1;
	if (at >= 0) return step_label(&scenario->steps[at], request->lang);
	struct action action = { .step = step, .reason = "" };
	return *step ? action_label(&action, request->lang, request->arena) : "";
}

static json_t *days_model(const struct request *request, const struct outlook *outlook)
{
	json_t *out = json_array();
	int64_t most = 1;
	for (int d = 0; d < OUTLOOK_DAYS; d++) {
		if (outlook->days[d].before_contacts > most) most = outlook->days[d].before_contacts;
		if (outlook->days[d].after_contacts > most) most = outlook->days[d].after_contacts;
	}
	for (int d = 0; d < OUTLOOK_DAYS; d++) {
		const struct outlook_day *day = &outlook->days[d];
		if (!day->before_contacts && !day->after_contacts) continue;
		int64_t mails = 0, calls = 0, letters = 0;
		for (int c = 0; c < CHANNEL_COUNT; c++) {
			if (c == CHANNEL_EMAIL || c == CHANNEL_SMS) mails += day->after[c];
			if (c == CHANNEL_CALL || c == CHANNEL_DEPOSIT) calls += day->after[c];
			if (c == CHANNEL_LETTER || c == CHANNEL_REGISTERED_LETTER) letters += day->after[c];
		}
		json_t *row = json_pack("{s:I, s:I, s:I, s:I, s:I, s:b}", "before", (json_int_t)day->before_contacts, "after", (json_int_t)day->after_contacts,
					"mails", (json_int_t)mails, "calls", (json_int_t)calls, "letters", (json_int_t)letters, "burst",
					outlook->burst_day == request->today + d);
		json_object_set_new(row, "date", model_day(request->today + d));
		json_object_set_new(row, "more", json_integer(day->after_contacts - day->before_contacts));
		json_array_append_new(out, row);
	}
	return out;
}

static json_t *changes_model(const struct request *request, const struct outlook *outlook, const struct scenario *before, const struct scenario *after)
{
	json_t *out = json_array();
	for (size_t i = 0; i < outlook->row_count; i++) {
		const struct outlook_row *row = &outlook->rows[i];
		json_t *one = json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:I, s:s}", "customer", row->code, "name", row->name, "before_label",
					label_of(request, before, row->before_step), "after_label", label_of(request, after, row->after_step), "before_count",
					row->before_count, "after_count", row->after_count, "amount", (json_int_t)row->amount, "currency", row->currency);
		json_object_set_new(one, "before_date", model_day(row->before_day));
		json_object_set_new(one, "after_date", model_day(row->after_day));
		json_array_append_new(out, one);
	}
	return out;
}

static struct status review_show(struct request *request)
{
	const char *code = request_path(request, "code"), *chosen = request_field(request, "midway");
	enum midway midway = MIDWAY_STEP;
	if (chosen && !midway_parse(chosen, &midway)) return status_make(STATUS_INVALID, "Choose what becomes of those who are midway.");
	const struct scenario *in_force, *draft;
	TRY(scenario_load(request->db, request->viewer->tenant_id, request->company.id, code, request->arena, &in_force));
	TRY(scenario_load_draft(request->db, request->viewer->tenant_id, request->company.id, code, request->arena, &draft));
	if (!draft) return status_make(STATUS_NOT_FOUND, "There is no draft of “%s” to publish.", code);
	struct outlook *outlook;
	TRY(outlook_make(request->db, &request->company, in_force, draft, midway, request->today, visible_of, request, request->arena, &outlook));
	struct status threats = threats_check(request->db, request->company.tenant_id, request->company.id, draft);
	if (threats.code && threats.code != STATUS_INVALID) return threats;
	json_t *model = request->model, *ways = json_array();
	/* msgids */
	static const char *const words[] = { "keep their step", "go on at the step of the same rank", "start again at the first step" };
	for (int i = 0; i <= MIDWAY_RESTART; i++)
		json_array_append_new(ways, json_pack("{s:s, s:s, s:b}", "code", midway_code((enum midway)i), "label", tr(request->lang, words[i]), "on", (int)midway == i));
	json_object_set_new(model, "code", json_string(code));
	json_object_set_new(model, "name", json_string(scenario_name(draft, request->lang)));
	json_object_set_new(model, "version", json_integer(draft->version));
	json_object_set_new(model, "midway", json_string(midway_code(midway)));
	json_object_set_new(model, "ways", ways);
	json_object_set_new(model, "customers", json_integer((json_int_t)outlook->customers));
	json_object_set_new(model, "looked", json_integer((json_int_t)outlook->looked));
	json_object_set_new(model, "sampled", json_boolean(outlook->looked < outlook->customers));
	json_object_set_new(model, "under_way", json_integer((json_int_t)outlook->midway));
	json_object_set_new(model, "changed", json_integer((json_int_t)outlook->changed));
	json_object_set_new(model, "before_contacts", json_integer(outlook->before_contacts));
	json_object_set_new(model, "after_contacts", json_integer(outlook->after_contacts));
	json_object_set_new(model, "burst", outlook->burst_day == DAY_NONE ? json_null() : model_day(outlook->burst_day));
	json_object_set_new(model, "burst_contacts", json_integer(outlook->burst_contacts));
	json_object_set_new(model, "usual_contacts", json_integer(outlook->usual_contacts));
	json_object_set_new(model, "days", days_model(request, outlook));
	json_object_set_new(model, "rows", changes_model(request, outlook, in_force, draft));
	json_object_set_new(model, "more_rows", json_boolean(outlook->changed > outlook->row_count));
	json_object_set_new(model, "has_rows", json_boolean(outlook->row_count > 0));
	json_object_set_new(model, "trouble", threats.code ? json_string(threats.text) : json_null());
	return STATUS_FINE;
}

struct publishing {
	const char *code;
	enum midway midway;
};
static struct status publish_work(struct change *change, void *context)
{
	const struct publishing *publishing = context;
	cleanup_arena struct arena *arena = arena_new();
	const struct scenario *draft;
	TRY(scenario_load_draft(change->db, change->company.tenant_id, change->company.id, publishing->code, arena, &draft));
	if (draft) TRY(threats_check(change->db, change->company.tenant_id, change->company.id, draft));
	return scenario_publish(change, publishing->code, publishing->midway);
}

static struct status publish_post(struct request *request)
{
	struct publishing publishing = { .code = request_path(request, "code") };
	const char *midway = request_field(request, "midway");
	if (midway && !midway_parse(midway, &publishing.midway)) return status_make(STATUS_INVALID, "Choose what becomes of those who are midway.");
	TRY(request_change(request, publish_work, &publishing));
	request->notice = tr(request->lang, publishing.midway == MIDWAY_RESTART ? "Published: the next plan follows it, from the first step."
	                                                                          : "Published: the next plan follows it. No one goes back to the first step.");
	request->redirect = arena_printf(request->arena, "/scenarios?code=%s", request_escape(request, request_path(request, "code")));
	return STATUS_FINE;
}

const struct route scenario_publish_routes[] = {
	{ "GET", "/scenarios/{code}/publish", RIGHT_SCENARIO, review_show, .template = "scenario_publish", .menu = MENU_SCENARIOS, .fields = "midway",
	  .summary = "What a draft would change in the next 30 days" },
	{ "POST", "/scenarios/{code}/publish", RIGHT_SCENARIO, publish_post, .fields = "midway", .summary = "Publish the draft of a scenario" },
	{ 0 },
};
