/* scenarios — the ladders: who follows which, their steps on a line, a plain form for each step, the coming days, publishing. */
#include "web/agenda_page.h"
#include "web/scenario_page.h"

#include "base/memory.h"
#include "outreach/template.h"

#include <stdlib.h>

enum { AHEAD_DAYS = 30, AHEAD_CUSTOMERS = 300 };

static const char *const channel_icons[CHANNEL_COUNT] = { "mail", "mailbox", "mailbox", "device-mobile-message", "phone", "checkbox",
							  "building-bank", "lock", "gavel" };
static const char *const channel_kinds[CHANNEL_COUNT] = { "mail", "letter", "letter", "sms", "call", "task", "task", "task", "task" };
static const char *const channel_tones[CHANNEL_COUNT] = { "info", "warn", "warn", "pro", "ok", "mute", "mute", "mute", "mute" };

/* --- the line ---------------------------------------------------------------------------------------------------------------------- */
/* A step's day from the due date; one that counts from the step before adds its own. */
static int step_offset(const struct scenario *scenario, size_t index)
{
	int day = 0;
	for (size_t i = 0; i <= index; i++)
		day = scenario->steps[i].from_previous ? day + scenario->steps[i].offset : scenario->steps[i].offset;
	return day;
}

static const char *offset_words(const struct request *request, int offset)
{
	const char *letter = request->lang == LANG_FR ? "J" : "D";
	if (offset == 0) return letter;
	return arena_printf(request->arena, "%s%s%d", letter, offset < 0 ? "−" : "+", abs(offset));
}

static const char *step_title(const struct request *request, const struct step *step)
{
	const char *label = step_label(step, request->lang);
	return *label ? label : tr(request->lang, rank_label(step->rank));
}

/* Circles on an axis from the first step to the last: server-made SVG, coordinates only. */
static json_t *timeline_model(const struct request *request, const struct scenario *scenario, int chosen)
{
	int first = 0, last = 1;
	for (size_t i = 0; i < scenario->count; i++) {
		int day = step_offset(scenario, i);
		if (day < first) first = day;
		if (day > last) last = day;
	}
	const double left = 60, right = 1090, span = last - first;
	json_t *steps = json_array();
	double before_up = -200, before_down = -200;
	for (size_t i = 0; i < scenario->count; i++) {
		const struct step *step = &scenario->steps[i];
		int day = step_offset(scenario, i);
		double x = left + (day - first) / span * (right - left);
		bool up = i % 2 == 0;
		double *before = up ? &before_up : &before_down;
		if (x < *before + 34) x = *before + 34; /* circles of close days stand side by side */
		*before = x;
		json_t *row = json_pack("{s:f, s:b, s:s, s:s, s:s, s:b, s:s, s:s}", "x", x, "up", up, "tone", channel_tones[step->channel], "when",
					offset_words(request, day), "label", step_title(request, step), "current", (int)i == chosen, "anchor",
					x < 130 ? "start" : x > 1020 ? "end" : "middle", "icon", channel_icons[step->channel]);
		json_object_set_new(row, "code", json_string(step->code));
		json_object_set_new(row, "scenario", json_string(scenario->code));
		json_object_set_new(row, "href", json_string(arena_printf(request->arena, "/scenarios?code=%s&step=%s", request_escape(request, scenario->code),
									  request_escape(request, step->code))));
		json_object_set_new(row, "icon_x", json_real(x - 8));
		json_object_set_new(row, "text_x", json_real(x < 130 ? x - 16 : x > 1020 ? x + 16 : x));
		json_array_append_new(steps, row);
	}
	return json_pack("{s:o, s:f, s:f, s:s, s:s}", "steps", steps, "day", (right - left) / span, "due", left + (0 - first) / span * (right - left), "from", offset_words(request, first),
			 "to", offset_words(request, last));
}

static json_t *step_model(const struct request *request, const struct scenario *scenario, size_t index, const char *code, int chosen)
{
	const struct step *step = &scenario->steps[index];
	json_t *row = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:i, s:i, s:s, s:I, s:I, s:i, s:i}", "code", step->code, "when",
		offset_words(request, step_offset(scenario, index)), "label", step_title(request, step), "rank", rank_code(step->rank),
		"rank_label", rank_label(step->rank), "channel", channel_code(step->channel), "channel_label", channel_label(step->channel),
		"from_previous", step->from_previous, "offset", step->offset, "tone", step->tone, "template", step->template, "minimum",
		(json_int_t)step->minimum, "maximum", (json_int_t)step->maximum, "min_gap", step->min_gap, "number", (int)index + 1);
	json_object_set_new(row, "mode", json_string(mode_code(step->mode)));
	json_object_set_new(row, "mode_label", json_string(mode_label(step->mode)));
	json_object_set_new(row, "icon", json_string(channel_icons[step->channel]));
	json_object_set_new(row, "kind", json_string(channel_kinds[step->channel]));
	json_object_set_new(row, "label_fr", json_string(step->label_fr));
	json_object_set_new(row, "label_en", json_string(step->label_en));
	json_object_set_new(row, "next_fr", json_string(step->next_fr));
	json_object_set_new(row, "next_en", json_string(step->next_en));
	json_object_set_new(row, "current", json_boolean((int)index == chosen));
	json_object_set_new(row, "more", json_string(step_more_words(request, step)));
	json_object_set_new(row, "href", json_string(arena_printf(request->arena, "/scenarios?code=%s&step=%s", request_escape(request, code),
								      request_escape(request, step->code))));
	return row;
}

static json_t *choices(const char *const *codes, const char *const *labels, size_t count, const char *chosen)
{
	json_t *out = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(out, json_pack("{s:s, s:s, s:b}", "code", codes[i], "label", labels[i], "on", strcmp(codes[i], chosen) == 0));
	return out;
}

static json_t *form_model(const struct request *request, const struct scenario *scenario, size_t index, const char *code)
{
	const struct step *step = &scenario->steps[index];
	json_t *form = step_model(request, scenario, index, code, (int)index);
	const char *ranks[RANK_COUNT], *rank_words[RANK_COUNT], *channels[CHANNEL_COUNT], *channel_words[CHANNEL_COUNT], *modes[MODE_COUNT],
		*mode_words[MODE_COUNT];
	for (int i = 1; i < RANK_COUNT; i++) ranks[i - 1] = rank_code((enum rank)i), rank_words[i - 1] = rank_label((enum rank)i);
	for (int i = 0; i < CHANNEL_COUNT; i++)
		channels[i] = channel_code((enum channel)i), channel_words[i] = channel_label((enum channel)i);
	for (int i = 0; i < MODE_COUNT; i++) modes[i] = mode_code((enum mode)i), mode_words[i] = mode_label((enum mode)i);
	json_object_set_new(form, "ranks", choices(ranks, rank_words, RANK_COUNT - 1, rank_code(step->rank)));
	json_object_set_new(form, "channels", choices(channels, channel_words, CHANNEL_COUNT, channel_code(step->channel)));
	json_object_set_new(form, "modes", choices(modes, mode_words, MODE_COUNT, mode_code(step->mode)));
	size_t kinds;
	const struct template_kind *kind = template_kinds(&kinds);
	json_t *templates = json_array();
	for (size_t i = 0; i < kinds; i++)
		json_array_append_new(templates, json_pack("{s:s, s:s, s:b}", "code", kind[i].code, "label", kind[i].label, "on", strcmp(kind[i].code, step->template) == 0));
	/* one that a company named otherwise before is not lost by opening the form */
	if (step->template[0] && !template_kind(step->template))
		json_array_append_new(templates, json_pack("{s:s, s:s, s:b}", "code", step->template, "label", step->template, "on", 1));
	json_object_set_new(form, "templates", templates);
	json_object_set_new(form, "preview", template_kind(step->template) ? json_string(step->template) : json_null());
	json_object_set_new(form, "last", json_boolean(index + 1 == scenario->count));
	json_object_set_new(form, "removable", json_boolean(scenario->count > 1));
	json_object_set_new(form, "announces", index + 1 < scenario->count && step_next(&scenario->steps[index + 1], request->lang)[0]
		? json_string(step_next(&scenario->steps[index + 1], request->lang)) : json_null());
	return form;
}

/* --- who follows it, and the coming days ------------------------------------------------------------------------------------------------ */
struct following {
	int64_t customers, outstanding;
};

static struct status coming_model(struct request *request, const struct scenario *shown, struct scenario *all, size_t count,
				  struct following *following, json_t **out)
{
	cleanup_plan_data struct plan_data *data = NULL;
	TRY(plan_data_load(request->db, &request->company, request->today, 0, 0, request->arena, &data));
	const struct book *book = plan_data_book(data);
	const uint8_t *selected = request_selected(request, book);
	int64_t per_day[AHEAD_DAYS][CHANNEL_COUNT] = { { 0 } };
	size_t looked = 0;
	cleanup_arena struct arena *scratch = arena_new();
	for (size_t c = 0; c < book_customers(book); c++) {
		if (selected && !selected[c]) continue;
		struct plan_view view;
		const struct scenario *his;
		arena_reset(scratch);
		if (!plan_data_view(data, c, scratch, &view, &his) || !his) continue;
		struct book_ageing ageing;
		book_age(book, (struct book_age_options){ .as_of = request->today, .customer = 1 + c }, NULL, &ageing);
		for (size_t s = 0; s < count; s++)
			if (strcmp(all[s].code, his->code) == 0) following[s].customers++, following[s].outstanding += book_outstanding(&ageing);
		if (strcmp(his->code, shown->code) != 0 || looked >= AHEAD_CUSTOMERS) continue;
		looked++;
		struct plan_coming *coming;
		size_t coming_count;
		plan_ahead(&view, shown, plan_data_settings(data), request->today, AHEAD_DAYS, scratch, &coming, &coming_count);
		for (size_t i = 0; i < coming_count; i++) per_day[coming[i].day - request->today][coming[i].channel]++;
	}
	*out = json_array();
	for (int d = 0; d < AHEAD_DAYS; d++) {
		json_t *parts = json_array();
		int64_t total = 0;
		for (int c = 0; c < CHANNEL_COUNT; c++) {
			if (!per_day[d][c]) continue;
			total += per_day[d][c];
			json_array_append_new(parts, json_pack("{s:s, s:s, s:I, s:s}", "icon", channel_icons[c], "kind", channel_kinds[c], "count",
							       (json_int_t)per_day[d][c], "label", channel_label((enum channel)c)));
		}
		if (!total) {
			json_decref(parts);
			continue;
		}
		json_t *row = json_pack("{s:o, s:I}", "parts", parts, "total", (json_int_t)total);
		json_object_set_new(row, "date", model_day(request->today + d));
		json_array_append_new(*out, row);
	}
	json_object_set_new(request->model, "sampled", json_boolean(looked >= AHEAD_CUSTOMERS));
	return STATUS_FINE;
}

static struct status scenario_shown(struct request *request, struct scenario *all, size_t count, const char *code,
				    const struct scenario **shown, bool *draft)
{
	*shown = NULL;
	for (size_t i = 0; i < count; i++)
		if (strcmp(all[i].code, code) == 0) *shown = &all[i];
	const struct scenario *own;
	TRY(scenario_load_draft(request->db, request->viewer->tenant_id, request->company.id, code, request->arena, &own));
	*draft = own != NULL;
	if (own) *shown = own;
	return *shown ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "There is no scenario “%.40s”.", code);
}

static struct status scenarios_show(struct request *request)
{
	struct scenario *all;
	size_t count;
	TRY(scenario_load_all(request->db, request->viewer->tenant_id, request->company.id, request->arena, &all, &count));
	const char *code = request_field(request, "code"), *step = request_field(request, "step");
	if (!code || !*code) code = "average";
	const struct scenario *shown;
	bool draft;
	TRY(scenario_shown(request, all, count, code, &shown, &draft));
	int chosen = step ? scenario_step(shown, step) : -1;
	if (chosen < 0) chosen = 0;
	json_t *model = request->model, *tabs = json_array(), *steps = json_array(), *coming;
	struct following *following = arena_array(request->arena, struct following, count);
	TRY(coming_model(request, shown, all, count, following, &coming));
	for (size_t i = 0; i < count; i++)
		json_array_append_new(tabs, json_pack("{s:s, s:s, s:I, s:I, s:b, s:s}", "code", all[i].code, "name", scenario_name(&all[i], request->lang),
			"customers", (json_int_t)following[i].customers, "steps", (json_int_t)all[i].count, "on", strcmp(all[i].code, code) == 0, "href",
			arena_printf(request->arena, "/scenarios?code=%s", request_escape(request, all[i].code))));
	for (size_t i = 0; i < shown->count; i++) json_array_append_new(steps, step_model(request, shown, i, code, chosen));
	for (size_t i = 0; i < count; i++)
		if (strcmp(all[i].code, code) == 0) {
			json_object_set_new(model, "customers", json_integer(following[i].customers));
			json_object_set_new(model, "outstanding", json_integer(following[i].outstanding));
			json_object_set_new(model, "version", json_integer(all[i].version));
		}
	json_object_set_new(model, "code", json_string(code));
	json_object_set_new(model, "scenario_code", json_string(code));
	json_object_set_new(model, "name", json_string(scenario_name(shown, request->lang)));
	json_object_set_new(model, "draft", json_boolean(draft));
	json_object_set_new(model, "draft_version", draft ? json_integer(shown->version) : json_null());
	json_object_set_new(model, "minimum", json_integer(shown->minimum));
	json_object_set_new(model, "scenarios", tabs);
	json_object_set_new(model, "steps", steps);
	json_t *form = form_model(request, shown, (size_t)chosen, code);
	json_object_set_new(model, "form", form);
	TRY(step_more_form(request, shown, (size_t)chosen, form));
	json_object_set_new(model, "timeline", timeline_model(request, shown, chosen));
	json_object_set_new(model, "has_coming", json_boolean(json_array_size(coming) > 0));
	json_object_set_new(model, "coming", coming);
	json_object_set_new(model, "trouble", json_null());
	return STATUS_FINE;
}

/* --- changing it: always a draft, published as a whole ----------------------------------------------------------------------------------- */
static struct status draft_work(struct change *change, void *context) { return scenario_draft(change, context); }

static struct status draft_take(struct request *request, struct scenario *out)
{
	struct scenario *all;
	size_t count;
	TRY(scenario_load_all(request->db, request->viewer->tenant_id, request->company.id, request->arena, &all, &count));
	const struct scenario *shown;
	bool draft;
	TRY(scenario_shown(request, all, count, request_path(request, "code"), &shown, &draft));
	*out = *shown;
	return STATUS_FINE;
}

static struct status draft_keep(struct request *request, struct scenario *draft, const char *step, const char *notice)
{
	TRY(request_change(request, draft_work, draft));
	request->notice = tr(request->lang, notice);
	request->redirect = arena_printf(request->arena, "/scenarios?code=%s&step=%s", request_escape(request, draft->code),
					 request_escape(request, step));
	return STATUS_FINE;
}

static void text_field(const struct request *request, const char *name, char *out, size_t size)
{
	const char *text = request_field(request, name);
	if (text) snprintf(out, size, "%s", text);
}

static struct status amount_field(const struct request *request, const char *name, int64_t *out)
{
	const char *text = request_field(request, name);
	if (!text) return STATUS_FINE;
	*out = 0;
	if (*text && !field_amount(text, request->company.currency, out)) return status_make(STATUS_INVALID, "“%.40s” is not an amount.", text);
	return STATUS_FINE;
}

static struct status step_save(struct request *request)
{
	struct scenario *draft = arena_make(request->arena, struct scenario);
	TRY(draft_take(request, draft));
	const char *code = request_path(request, "step");
	int at = scenario_step(draft, code);
	if (at < 0) return status_make(STATUS_NOT_FOUND, "This step is not there any more. Load the scenario again.");
	struct step *step = &draft->steps[at];
	const char *field;
	if ((field = request_field(request, "rank")) && !rank_parse(field, &step->rank)) return status_make(STATUS_INVALID, "Choose what kind of step it is.");
	if ((field = request_field(request, "channel")) && !channel_parse(field, &step->channel)) return status_make(STATUS_INVALID, "Choose how it is done.");
	if ((field = request_field(request, "mode")) && !mode_parse(field, &step->mode)) return status_make(STATUS_INVALID, "Choose who says yes.");
	int64_t offset = request_int(request, "offset", step->offset), gap = request_int(request, "min_gap", step->min_gap);
	if (offset < -365 || offset > 3650 || gap < 0 || gap > 365) return status_make(STATUS_INVALID, "The days of a step are between −365 and 3650.");
	step->offset = (int16_t)offset, step->min_gap = (int16_t)gap;
	if (request_field(request, "from")) step->from_previous = strcmp(request_field(request, "from"), "previous") == 0;
	TRY(amount_field(request, "minimum", &step->minimum));
	TRY(amount_field(request, "maximum", &step->maximum));
	const char *text = request_field(request, "template");
	if (text && *text && !template_kind(text) && strcmp(text, step->template) != 0) return status_make(STATUS_INVALID, "There is no text “%s”.", text);
	text_field(request, "template", step->template, sizeof step->template);
	text_field(request, "label_fr", step->label_fr, sizeof step->label_fr);
	text_field(request, "label_en", step->label_en, sizeof step->label_en);
	text_field(request, "next_fr", step->next_fr, sizeof step->next_fr);
	text_field(request, "next_en", step->next_en, sizeof step->next_en);
	/* what is done by hand, and what is sent: the mode follows the channel unless it fits */
	if (!channel_needs_address(step->channel)) step->mode = MODE_MANUAL;
	else if (step->mode == MODE_MANUAL) step->mode = MODE_CONFIRM;
	TRY(step_more_take(request, step));
	return draft_keep(request, draft, code, "Kept as a draft; publish it for it to count.");
}

/* By so many days, from the line: never beyond its neighbours, so that what is left is a ladder. */
static struct status step_move(struct request *request)
{
	struct scenario *draft = arena_make(request->arena, struct scenario);
	TRY(draft_take(request, draft));
	const char *code = request_path(request, "step");
	int at = scenario_step(draft, code);
	if (at < 0) return status_make(STATUS_NOT_FOUND, "This step is not there any more. Load the scenario again.");
	int64_t by = request_int(request, "by", 0), offset = draft->steps[at].offset + by;
	if (by < -3650 || by > 3650 || offset < -365 || offset > 3650) return status_make(STATUS_INVALID, "The days of a step are between −365 and 3650.");
	draft->steps[at].offset = (int16_t)offset;
	return draft_keep(request, draft, code, "Moved in the draft; publish it for it to count.");
}

static struct status scenario_copy(struct request *request)
{
	struct scenario *draft = arena_make(request->arena, struct scenario);
	TRY(draft_take(request, draft));
	const char *fr = request_field(request, "name_fr"), *en = request_field(request, "name_en");
	if (!fr || !*fr || !en || !*en) return status_make(STATUS_INVALID, "A scenario needs a name in both languages.");
	struct scenario *all;
	size_t count;
	TRY(scenario_load_all(request->db, request->viewer->tenant_id, request->company.id, request->arena, &all, &count));
	/* its code comes from its English name: small letters, digits and _ */
	char base[32], code[40];
	size_t len = 0;
	cleanup_free char *plain = text_normalise(en, strlen(en));
	for (const char *c = plain; *c && len + 1 < sizeof base; c++) base[len++] = *c == ' ' ? '_' : *c;
	base[len] = 0;
	if (!len) snprintf(base, sizeof base, "scenario");
	snprintf(code, sizeof code, "%s", base);
	for (int n = 2; n < 100; n++) {
		bool taken = false;
		const struct scenario *own;
		for (size_t i = 0; i < count; i++) taken |= strcmp(all[i].code, code) == 0;
		TRY(scenario_load_draft(request->db, request->viewer->tenant_id, request->company.id, code, request->arena, &own));
		if (!taken && !own) break;
		snprintf(code, sizeof code, "%s_%d", base, n);
	}
	snprintf(draft->code, sizeof draft->code, "%s", code);
	snprintf(draft->name_fr, sizeof draft->name_fr, "%s", fr);
	snprintf(draft->name_en, sizeof draft->name_en, "%s", en);
	draft->version = 0, draft->restart_day = draft->rank_day = 0;
	return draft_keep(request, draft, draft->steps[0].code, "A draft of the new scenario is there: change it, publish it, then give it to customers by rule or by hand.");
}

static struct status step_add(struct request *request)
{
	struct scenario *draft = arena_make(request->arena, struct scenario);
	TRY(draft_take(request, draft));
	int after = scenario_step(draft, request_field(request, "after") ? request_field(request, "after") : "");
	if (after < 0) after = (int)draft->count - 1;
	if (draft->count >= SCENARIO_STEPS) return status_make(STATUS_INVALID, "A scenario has at most %d steps.", SCENARIO_STEPS);
	size_t at = (size_t)after + 1;
	for (size_t i = draft->count; i > at; i--) draft->steps[i] = draft->steps[i - 1];
	draft->count++;
	struct step *step = &draft->steps[at];
	*step = draft->steps[after];
	step->next_fr[0] = step->next_en[0] = 0;
	step->minimum = step->maximum = 0;
	char base[40];
	snprintf(base, sizeof base, "%s", draft->steps[after].code);
	for (int n = 2; n < 100; n++) {
		snprintf(step->code, sizeof step->code, "%.30s_%d", base, n);
		if (scenario_step(draft, step->code) == (int)at) break;
	}
	return draft_keep(request, draft, step->code, "A step was added to the draft; set its days and its text.");
}

static struct status step_remove(struct request *request)
{
	struct scenario *draft = arena_make(request->arena, struct scenario);
	TRY(draft_take(request, draft));
	int at = scenario_step(draft, request_path(request, "step"));
	if (at < 0) return status_make(STATUS_NOT_FOUND, "This step is not there any more. Load the scenario again.");
	for (size_t i = (size_t)at; i + 1 < draft->count; i++) draft->steps[i] = draft->steps[i + 1];
	draft->count--;
	return draft_keep(request, draft, draft->count ? draft->steps[at ? at - 1 : 0].code : "", "The step was taken out of the draft.");
}

static struct status discard_work(struct change *change, void *context) { return scenario_discard(change, context); }

static struct status discard_post(struct request *request)
{
	TRY(request_change(request, discard_work, (void *)(uintptr_t)request_path(request, "code")));
	request->notice = tr(request->lang, "The draft was dropped.");
	request->redirect = arena_printf(request->arena, "/scenarios?code=%s", request_escape(request, request_path(request, "code")));
	return STATUS_FINE;
}

const struct route scenarios_routes[] = {
	{ "GET", "/scenarios", RIGHT_READ, scenarios_show, .template = "scenarios", .menu = MENU_SCENARIOS, .summary = "Scenarios", .fields = "code step" },
	{ "POST", "/scenarios/{code}/copy", RIGHT_SCENARIO, scenario_copy, .summary = "A new scenario from this one, as a draft", .fields = "name_fr* name_en*" },
	{ "POST", "/scenarios/{code}/steps", RIGHT_SCENARIO, step_add, .summary = "Add a step to the draft of a scenario", .fields = "after" },
	{ "POST", "/scenarios/{code}/steps/{step}", RIGHT_SCENARIO, step_save, .summary = "Change a step in the draft of a scenario",
	  .fields = "rank offset from channel mode template minimum maximum min_gap label_fr label_en next_fr next_en recipient fallback sender people copy_sales copy_collector"
	            " repeat repeat_every condition_fact[] condition_compare[] condition_value[] condition_join[]" },
	{ "POST", "/scenarios/{code}/steps/{step}/move", RIGHT_SCENARIO, step_move, .summary = "Move a step of the draft by days", .fields = "by*" },
	{ "POST", "/scenarios/{code}/steps/{step}/remove", RIGHT_SCENARIO, step_remove, .summary = "Take a step out of the draft of a scenario" },
	{ "POST", "/scenarios/{code}/discard", RIGHT_SCENARIO, discard_post, .summary = "Drop the draft of a scenario" },
	{ 0 },
};
