/* The parts of a step's form beside its days and its text. */
#include "web/scenario_page.h"

#include "base/memory.h"
#include "ledger/custom.h"

enum { EMPTY_ROWS = 2 };

static json_t *choice(const char *code, const char *label, bool on)
{
	return json_pack("{s:s, s:s, s:b}", "code", code, "label", label, "on", on);
}

/* "field:agence" stands for a field of the company's own. */
static json_t *facts_offered(const struct request *request, const struct custom_fields *fields, const struct condition *chosen)
{
	json_t *out = json_array();
	json_array_append_new(out, choice("", "–", !chosen));
	for (int i = 0; i < FACT_COUNT; i++)
		if (i != FACT_FIELD) json_array_append_new(out, choice(fact_code((enum fact_kind)i), tr(request->lang, fact_label((enum fact_kind)i)), chosen && (int)chosen->fact == i));
	bool known = !chosen || chosen->fact != FACT_FIELD;
	for (size_t f = 0; f < fields->count; f++) {
		if (fields->rows[f].subject != CUSTOM_CUSTOMER) continue;
		bool on = chosen && chosen->fact == FACT_FIELD && strcmp(chosen->field, fields->rows[f].code) == 0;
		known |= on;
		json_array_append_new(out, choice(arena_printf(request->arena, "field:%s", fields->rows[f].code), custom_label(&fields->rows[f], request->lang), on));
	}
	/* one that was taken away since is not lost by opening the form */
	if (!known) json_array_append_new(out, choice(arena_printf(request->arena, "field:%s", chosen->field), chosen->field, true));
	return out;
}

static json_t *condition_row(const struct request *request, const struct custom_fields *fields, const struct condition *condition, bool other_group, size_t number)
{
	json_t *compares = json_array();
	for (int i = 0; i < COMPARE_COUNT; i++)
		json_array_append_new(compares, choice(compare_code((enum compare)i), tr(request->lang, compare_label((enum compare)i)), condition && (int)condition->compare == i));
	cleanup_text struct text value = { 0 };
	if (condition && fact_is_yes_no(condition->fact))
		text_add(&value, tr(request->lang, condition->number ? "yes" : "no"));
	else if (condition)
		condition_value(&value, condition, request->company.currency);
	return json_pack("{s:o, s:o, s:s, s:b, s:i, s:b}", "facts", facts_offered(request, fields, condition), "compares", compares, "value", text_cstr(&value),
			 "or", other_group, "number", (int)number, "first", number == 1);
}

struct status conditions_form(struct request *request, const struct condition *list, size_t count, json_t **out)
{
	struct custom_fields fields;
	TRY(custom_fields_load(request->db, request->company.tenant_id, request->company.id, request->arena, &fields));
	*out = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(*out, condition_row(request, &fields, &list[i], i && list[i].group != list[i - 1].group, i + 1));
	for (size_t i = count; i < CONDITIONS && i < count + EMPTY_ROWS; i++) json_array_append_new(*out, condition_row(request, &fields, NULL, false, i + 1));
	return STATUS_FINE;
}

struct status conditions_take(struct request *request, struct condition list[static CONDITIONS], size_t *count)
{
	const char *const *facts = request_fields(request, "condition_fact"), *const *compares = request_fields(request, "condition_compare"),
	                  *const *values = request_fields(request, "condition_value"), *const *joins = request_fields(request, "condition_join");
	struct condition taken[CONDITIONS] = { 0 };
	size_t made = 0, compare = 0, value = 0, join = 0;
	uint8_t group = 0;
	for (size_t i = 0; facts[i]; i++) {
		const char *with = compares[compare] ? compares[compare++] : "", *text = values[value] ? values[value++] : "",
		           *joined = joins[join] ? joins[join++] : "and";
		if (!*facts[i]) continue;
		if (made == CONDITIONS) return status_make(STATUS_INVALID, "At most %d conditions.", CONDITIONS);
		if (made && strcmp(joined, "or") == 0) group++;
		taken[made].group = group;
		bool own = strncmp(facts[i], "field:", 6) == 0;
		TRY(condition_read(own ? "field" : facts[i], with, text, own ? facts[i] + 6 : "", request->company.currency, &taken[made]));
		made++;
	}
	memcpy(list, taken, sizeof taken);
	*count = made;
	return STATUS_FINE;
}

/* --- who gets it, who signs, how often ------------------------------------------------------------------------------------------- */
/* msgids */
static const struct { const char *code, *label; } roles[] = {
	{ "", "The main contact" }, { "billing", "Accounts payable" }, { "manager", "Manager" }, { "buyer", "Buyer" }, { "other", "Other contact" },
};

struct status step_more_form(struct request *request, const struct scenario *scenario, size_t index, json_t *form)
{
	const struct step *step = &scenario->steps[index];
	json_t *recipients = json_array(), *fallbacks = json_array(), *senders = json_array(), *conditions;
	for (size_t i = 0; i < COUNT(roles); i++) {
		json_array_append_new(recipients, choice(roles[i].code, tr(request->lang, roles[i].label), strcmp(step->recipient, roles[i].code) == 0));
		json_array_append_new(fallbacks, choice(roles[i].code, tr(request->lang, roles[i].label), strcmp(step->fallback, roles[i].code) == 0));
	}
	json_array_append_new(fallbacks, choice("none", tr(request->lang, "Nobody: a person finds one"), strcmp(step->fallback, "none") == 0));
	for (int i = 0; i < SENDER_COUNT; i++)
		json_array_append_new(senders, choice(sender_code((enum sender)i), tr(request->lang, sender_label((enum sender)i)), (int)step->sender == i));
	json_object_set_new(form, "recipients", recipients);
	json_object_set_new(form, "fallbacks", fallbacks);
	json_object_set_new(form, "senders", senders);
	json_object_set_new(form, "copy_sales", json_boolean(step->copy_sales));
	json_object_set_new(form, "copy_collector", json_boolean(step->copy_collector));
	json_object_set_new(form, "repeat", json_integer(step->repeat));
	json_object_set_new(form, "repeat_every", json_integer(step->repeat_every));
	json_object_set_new(form, "may_repeat", json_boolean(index + 1 == scenario->count && step->rank >= RANK_REMINDER && step->rank != RANK_FORMAL_NOTICE));
	TRY(conditions_form(request, step->conditions, step->condition_count, &conditions));
	json_object_set_new(form, "conditions", conditions);
	return STATUS_FINE;
}

struct status step_more_take(struct request *request, struct step *step)
{
	const char *field;
	if ((field = request_field(request, "recipient"))) snprintf(step->recipient, sizeof step->recipient, "%s", field);
	if ((field = request_field(request, "fallback"))) snprintf(step->fallback, sizeof step->fallback, "%s", field);
	if ((field = request_field(request, "sender")) && !sender_parse(field, &step->sender)) return status_make(STATUS_INVALID, "Choose who signs.");
	/* boxes that are not ticked are not sent: the form says that it holds them */
	if (request_field(request, "people")) {
		step->copy_sales = request_field(request, "copy_sales") != NULL;
		step->copy_collector = request_field(request, "copy_collector") != NULL;
	}
	int64_t repeat = request_int(request, "repeat", step->repeat), every = request_int(request, "repeat_every", step->repeat_every);
	if (repeat < 0 || repeat > 12 || every < 0 || every > 365) return status_make(STATUS_INVALID, "A step comes again at most 12 times, within 365 days.");
	step->repeat = (int16_t)repeat, step->repeat_every = repeat ? (int16_t)every : 0;
	if (request_fields(request, "condition_fact")[0]) TRY(conditions_take(request, step->conditions, &step->condition_count));
	return STATUS_FINE;
}

const char *step_more_words(const struct request *request, const struct step *step)
{
	cleanup_text struct text words = { 0 };
	if (step->condition_count) {
		text_addf(&words, "%s ", tr(request->lang, "Only if:"));
		conditions_words(&words, request->lang, step->conditions, step->condition_count, request->company.currency);
	}
#define PART(condition, ...) do { if (condition) { if (words.len) text_add(&words, " · "); text_addf(&words, __VA_ARGS__); } } while (0)
	for (size_t i = 1; i < COUNT(roles); i++) PART(strcmp(step->recipient, roles[i].code) == 0, "%s", tr(request->lang, roles[i].label));
	PART(step->copy_sales, "%s", tr(request->lang, "copy to sales"));
	PART(step->copy_collector, "%s", tr(request->lang, "copy to the collector"));
	PART(step->sender != SENDER_COLLECTOR, "%s", tr(request->lang, sender_label(step->sender)));
	if (step->repeat) {
		if (words.len) text_add(&words, " · ");
		text_addf(&words, "%s × %d (%d %s)", tr(request->lang, "comes again"), step->repeat, step->repeat_every, tr(request->lang, "days"));
	}
#undef PART
	return arena_strdup(request->arena, text_cstr(&words));
}
