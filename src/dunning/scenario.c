#include "dunning/scenario.h"

#include "base/memory.h"

static const char *const rank_codes[RANK_COUNT] = { "none", "before_due", "due", "reminder", "follow_up", "firm", "formal_notice" };
static const char *const rank_labels[RANK_COUNT] = { "Task", "Before the due date", "On the due date", "Reminder", "Follow-up",
						     "Firm", "Formal notice" };
static const char *const channel_codes[CHANNEL_COUNT] = { "email", "letter", "registered_letter", "sms", "call", "task", "deposit", "block",
								  "handover" };
static const char *const channel_labels[CHANNEL_COUNT] = { "E-mail", "Letter", "Registered letter", "SMS", "Call", "Task", "Deposit request",
							   "Delivery block proposed", "Hand-over" };
static const char *const sender_codes[SENDER_COUNT] = { "collector", "sales", "escalated" };
static const char *const sender_labels[SENDER_COUNT] = { "The collector in charge", "The sales contact", "Whoever signs late steps" };
static const char *const mode_codes[MODE_COUNT] = { "automatic", "confirm", "manual" };
static const char *const mode_labels[MODE_COUNT] = { "Automatic", "To confirm", "By hand" };

static int code_find(const char *const *codes, int count, const char *code)
{
	for (int i = 0; i < count; i++)
		if (strcmp(codes[i], code) == 0) return i;
	return -1;
}

#define CODE_PAIR(noun, type, codes, labels, count)                                                                    \
	const char *noun##_code(type value) { return codes[value]; }                                                   \
	const char *noun##_label(type value) { return labels[value]; }                                                 \
	bool noun##_parse(const char *code, type *out)                                                                 \
	{                                                                                                              \
		int found = code_find(codes, count, code);                                                             \
		if (found < 0) return false;                                                                           \
		*out = (type)found;                                                                                    \
		return true;                                                                                           \
	}
CODE_PAIR(rank, enum rank, rank_codes, rank_labels, RANK_COUNT)
CODE_PAIR(channel, enum channel, channel_codes, channel_labels, CHANNEL_COUNT)
CODE_PAIR(mode, enum mode, mode_codes, mode_labels, MODE_COUNT)
CODE_PAIR(sender, enum sender, sender_codes, sender_labels, SENDER_COUNT)

/* --- the six that come ready (reference/letters.md section 2) ------------------------------------------------------------
 * "Call + mail" is two steps: the call, then the mail when the call brought nothing, three working days apart at least (one contact a
 * day, never two messages within three working days: ladder rule 1). */
#define MAIL(name, kind, days, heat, text, fr, en)                                                                     \
	{ .code = name, .rank = kind, .offset = days, .tone = heat, .channel = CHANNEL_EMAIL, .mode = MODE_CONFIRM,    \
	  .template = text, .label_fr = fr, .label_en = en }
#define THEN_MAIL(name, kind, heat, text, fr, en)                                                                      \
	{ .code = name, .rank = kind, .from_previous = true, .offset = 3, .tone = heat, .channel = CHANNEL_EMAIL,      \
	  .mode = MODE_CONFIRM, .template = text, .label_fr = fr, .label_en = en }
#define BY_HAND(name, kind, days, heat, how, text, fr, en)                                                             \
	{ .code = name, .rank = kind, .offset = days, .tone = heat, .channel = how, .mode = MODE_MANUAL,               \
	  .template = text, .label_fr = fr, .label_en = en }
/* What a firm letter announces, as the words that follow "Without payment by …,". */
/* A follow-up gives five working days: nothing firm sooner than a week after it. */
#define FIRM(days, how, hand, text, fr, en)                                                                            \
	{ .code = "firm", .rank = RANK_FIRM, .offset = days, .tone = 5, .channel = how, .mode = hand, .template = text, \
	  .min_gap = 7, .label_fr = fr, .label_en = en }
#define FORMAL(days, gap, fr, en)                                                                                      \
	{ .code = "formal_notice", .rank = RANK_FORMAL_NOTICE, .offset = days, .tone = 6,                              \
	  .channel = CHANNEL_REGISTERED_LETTER, .mode = MODE_MANUAL, .template = "formal_notice", .min_gap = gap,      \
	  .label_fr = fr, .label_en = en, .next_fr = "nous vous adresserons une mise en demeure",                      \
	  .next_en = "we will send you a formal notice" }

static const struct scenario ready[] = {
	{ .code = "good_payer", .name_fr = "Bon payeur", .name_en = "Good payer", .count = 4, .steps = {
		MAIL("reminder", RANK_REMINDER, 5, 3, "reminder", "Rappel", "Reminder"),
		BY_HAND("follow_up", RANK_FOLLOW_UP, 12, 4, CHANNEL_CALL, "follow_up", "Relance par téléphone", "Follow-up call"),
		FIRM(22, CHANNEL_EMAIL, MODE_CONFIRM, "firm", "Relance ferme", "Firm reminder"),
		FORMAL(35, 8, "Mise en demeure", "Formal notice"),
	} },
	{ .code = "average", .name_fr = "Moyen", .name_en = "Average", .count = 6, .steps = {
		MAIL("before_due", RANK_BEFORE_DUE, -5, 1, "before_due", "Avant échéance", "Before the due date"),
		MAIL("reminder", RANK_REMINDER, 3, 3, "reminder", "Rappel", "Reminder"),
		BY_HAND("follow_up", RANK_FOLLOW_UP, 10, 4, CHANNEL_CALL, "follow_up", "Relance par téléphone", "Follow-up call"),
		THEN_MAIL("follow_up_mail", RANK_FOLLOW_UP, 4, "follow_up", "Relance écrite", "Written follow-up"),
		FIRM(20, CHANNEL_LETTER, MODE_MANUAL, "firm", "Lettre ferme", "Firm letter"),
		FORMAL(30, 8, "Mise en demeure", "Formal notice"),
	} },
	{ .code = "close_follow_up", .name_fr = "Suivi renforcé", .name_en = "Close follow-up", .count = 9, .steps = {
		MAIL("before_due", RANK_BEFORE_DUE, -10, 1, "before_due", "Avant échéance", "Before the due date"),
		{ .code = "before_due_call", .rank = RANK_BEFORE_DUE, .offset = -3, .tone = 1, .channel = CHANNEL_CALL,
		  .mode = MODE_MANUAL, .template = "before_due", .minimum = 100000, .label_fr = "Appel avant échéance",
		  .label_en = "Call before the due date" },
		MAIL("due", RANK_DUE, 0, 2, "due", "Jour d'échéance", "On the due date"),
		BY_HAND("reminder", RANK_REMINDER, 3, 3, CHANNEL_CALL, "reminder", "Rappel par téléphone", "Reminder call"),
		THEN_MAIL("reminder_mail", RANK_REMINDER, 3, "reminder", "Rappel écrit", "Written reminder"),
		BY_HAND("follow_up", RANK_FOLLOW_UP, 8, 4, CHANNEL_CALL, "follow_up", "Relance par téléphone", "Follow-up call"),
		THEN_MAIL("follow_up_mail", RANK_FOLLOW_UP, 4, "follow_up", "Relance écrite", "Written follow-up"),
		FIRM(15, CHANNEL_LETTER, MODE_MANUAL, "firm", "Lettre ferme", "Firm letter"),
		FORMAL(22, 7, "Mise en demeure", "Formal notice"),
	} },
	{ .code = "key_account", .name_fr = "Grand compte", .name_en = "Key account", .count = 6, .steps = {
		BY_HAND("before_due", RANK_BEFORE_DUE, -15, 1, CHANNEL_CALL, "before_due",
			"Appel : portail, commande, réception", "Call: portal, purchase order, receipt"),
		BY_HAND("reminder", RANK_REMINDER, 5, 3, CHANNEL_CALL, "reminder", "Rappel par téléphone", "Reminder call"),
		THEN_MAIL("reminder_mail", RANK_REMINDER, 3, "reminder", "Rappel avec relevé", "Reminder with statement"),
		MAIL("follow_up", RANK_FOLLOW_UP, 12, 4, "follow_up", "Relance au responsable comptable",
		     "Follow-up to the accounts payable manager"),
		FIRM(25, CHANNEL_TASK, MODE_MANUAL, "", "Rendez-vous avec la direction financière",
			"Meeting with the finance department"),
		FORMAL(40, 8, "Mise en demeure, sur décision", "Formal notice, by decision"),
	} },
	{ .code = "public", .name_fr = "Secteur public", .name_en = "Public sector", .count = 5, .steps = {
		BY_HAND("before_due", RANK_BEFORE_DUE, -15, 1, CHANNEL_TASK, "",
			"Vérifier Chorus : statut, engagement, service fait", "Check Chorus: status, commitment, service done"),
		MAIL("reminder", RANK_REMINDER, 5, 3, "public", "Rappel avec certificat de dépôt",
		     "Reminder with the deposit certificate"),
		BY_HAND("follow_up", RANK_FOLLOW_UP, 15, 4, CHANNEL_LETTER, "public", "Lettre : intérêts dus de plein droit",
			"Letter: interest due by right"),
		FIRM(30, CHANNEL_LETTER, MODE_MANUAL, "public", "Lettre : intérêts et indemnité",
			"Letter: interest and fixed fee"),
		{ .code = "formal_notice", .rank = RANK_FORMAL_NOTICE, .offset = 45, .tone = 6,
		  .channel = CHANNEL_REGISTERED_LETTER, .mode = MODE_MANUAL, .template = "public", .min_gap = 8,
		  .label_fr = "Demande formelle de paiement", .label_en = "Formal request for payment",
		  .next_fr = "nous vous adresserons une demande formelle de paiement",
		  .next_en = "we will send you a formal request for payment" },
	} },
	{ .code = "consumer", .name_fr = "Consommateur", .name_en = "Consumer", .count = 5, .steps = {
		MAIL("before_due", RANK_BEFORE_DUE, -3, 1, "before_due", "Avant échéance", "Before the due date"),
		MAIL("reminder", RANK_REMINDER, 5, 3, "consumer", "Rappel", "Reminder"),
		MAIL("follow_up", RANK_FOLLOW_UP, 15, 4, "consumer", "Relance, facilités proposées", "Follow-up, a plan offered"),
		FIRM(30, CHANNEL_LETTER, MODE_MANUAL, "consumer", "Lettre, médiateur nommé", "Letter, mediator named"),
		FORMAL(45, 8, "Mise en demeure", "Formal notice"),
	} },
};

const struct scenario *scenario_ready_all(size_t *count)
{
	*count = COUNT(ready);
	return ready;
}

const struct scenario *scenario_ready(const char *code)
{
	for (size_t i = 0; i < COUNT(ready); i++)
		if (strcmp(ready[i].code, code) == 0) return &ready[i];
	return NULL;
}

const char *profile_scenario(const struct profile_facts *facts)
{
	if (facts->by_hand_scenario && facts->by_hand_scenario[0]) return facts->by_hand_scenario;
	if (facts->by_hand_profile && facts->by_hand_profile[0]) return facts->by_hand_profile;
	if (strcmp(facts->class, "public") == 0) return "public";
	if (strcmp(facts->class, "consumer") == 0) return "consumer";
	if (facts->key_account) return "key_account";
	switch (facts->score_class) {
	case 'A': return "good_payer";
	case 'C':
	case 'D': return "close_follow_up";
	default: return "average"; /* B, and those without a history */
	}
}

const char *scenario_name(const struct scenario *scenario, enum lang lang)
{
	return lang == LANG_FR ? scenario->name_fr : scenario->name_en;
}

const char *step_label(const struct step *step, enum lang lang)
{
	return lang == LANG_FR ? step->label_fr : step->label_en;
}

const char *step_next(const struct step *step, enum lang lang)
{
	return lang == LANG_FR ? step->next_fr : step->next_en;
}

int scenario_step(const struct scenario *scenario, const char *code)
{
	for (size_t i = 0; i < scenario->count; i++)
		if (strcmp(scenario->steps[i].code, code) == 0) return (int)i;
	return -1;
}

/* --- checking ------------------------------------------------------------------------------------------------------------- */
static bool code_valid(const char *code)
{
	if (!code[0]) return false;
	for (const char *c = code; *c; c++)
		if (!((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '_')) return false;
	return true;
}

static bool role_known(const char *role, bool fallback)
{
	static const char *const roles[] = { "", "billing", "manager", "buyer", "other" };
	for (size_t i = 0; i < COUNT(roles); i++)
		if (strcmp(roles[i], role) == 0) return true;
	return fallback && strcmp(role, "none") == 0;
}

static struct status step_people_check(const struct step *step, int at)
{
	if (!role_known(step->recipient, false))
		return status_make(STATUS_INVALID, "Step %d: “%s” is no role of a contact.", at, step->recipient);
	if (!role_known(step->fallback, true))
		return status_make(STATUS_INVALID, "Step %d: “%s” is no role of a contact.", at, step->fallback);
	return STATUS_FINE;
}

struct status scenario_check(const struct scenario *scenario)
{
	bool reminded = false;
	enum rank before = RANK_NONE;
	int last_offset = INT16_MIN;
	if (scenario->count == 0) return status_make(STATUS_INVALID, "A scenario needs at least one step.");
	if (scenario->count > SCENARIO_STEPS)
		return status_make(STATUS_INVALID, "A scenario has at most %d steps.", SCENARIO_STEPS);
	if (scenario->minimum < 0) return status_make(STATUS_INVALID, "The minimum of a scenario can't be negative.");
	for (size_t i = 0; i < scenario->count; i++) {
		const struct step *step = &scenario->steps[i];
		int at = (int)i + 1;
		if (!code_valid(step->code))
			return status_make(STATUS_INVALID, "Step %d: its code takes small letters, digits and _ only.", at);
		if (scenario_step(scenario, step->code) != (int)i)
			return status_make(STATUS_INVALID, "Step %d: the code “%s” is already used by another step.", at, step->code);
		if (step->rank == RANK_NONE) return status_make(STATUS_INVALID, "Step %d: choose what kind of step it is.", at);
		if (step->rank < before)
			return status_make(STATUS_INVALID, "Step %d (%s) comes after a firmer one. Put the steps in order.", at,
					   rank_code(step->rank));
		if (step->from_previous && i == 0)
			return status_make(STATUS_INVALID, "Step 1 has no previous step to count from.");
		if (step->from_previous && step->offset < 0)
			return status_make(STATUS_INVALID, "Step %d: days after the previous step can't be negative.", at);
		if (!step->from_previous) {
			if (step->rank == RANK_BEFORE_DUE && step->offset >= 0)
				return status_make(STATUS_INVALID, "Step %d is before the due date: its days must be negative.", at);
			if (step->rank == RANK_DUE && step->offset != 0)
				return status_make(STATUS_INVALID, "Step %d is on the due date: its offset must be 0.", at);
			if (step->rank >= RANK_REMINDER && step->offset < 1)
				return status_make(STATUS_INVALID, "Step %d comes after the due date: its days must be 1 or more.", at);
			if (step->offset < last_offset)
				return status_make(STATUS_INVALID, "Step %d comes earlier than the step before it.", at);
			last_offset = step->offset;
		}
		if (step->rank >= RANK_FIRM && !reminded)
			return status_make(STATUS_INVALID,
					   "Step %d: nothing firm before a reminder. Add a reminder or a follow-up first.", at);
		if (step->rank == RANK_REMINDER || step->rank == RANK_FOLLOW_UP) reminded = true;
		if (step->mode == MODE_AUTOMATIC && !channel_needs_address(step->channel))
			return status_make(STATUS_INVALID, "Step %d: only mails and SMS can be automatic.", at);
		if (step->mode == MODE_CONFIRM && !channel_needs_address(step->channel))
			return status_make(STATUS_INVALID, "Step %d: calls, letters and tasks are done by hand.", at);
		if (step->mode == MODE_MANUAL && channel_needs_address(step->channel))
			return status_make(STATUS_INVALID, "Step %d: a mail or an SMS is automatic or to confirm.", at);
		if (channel_needs_address(step->channel) && !step->template[0])
			return status_make(STATUS_INVALID, "Step %d: choose the text to send.", at);
		if (step->minimum < 0 || step->maximum < 0 || (step->maximum && step->maximum < step->minimum))
			return status_make(STATUS_INVALID, "Step %d: the maximum amount is under the minimum.", at);
		if (step->min_gap < 0) return status_make(STATUS_INVALID, "Step %d: the days between contacts can't be negative.", at);
		TRY(step_people_check(step, at));
		if (step->repeat && i + 1 < scenario->count)
			return status_make(STATUS_INVALID, "Step %d: only the last step may come again.", at);
		if (step->repeat && step->rank == RANK_FORMAL_NOTICE)
			return status_make(STATUS_INVALID, "Step %d: a formal notice is given once. Decide what follows it instead.", at);
		if (step->repeat && step->rank < RANK_REMINDER)
			return status_make(STATUS_INVALID, "Step %d: only a step after the due date may come again.", at);
		if (step->repeat && (step->repeat < 0 || step->repeat > 12 || step->repeat_every < 3))
			return status_make(STATUS_INVALID, "Step %d: it may come again at most 12 times, 3 days apart at least.", at);
		if ((step->channel == CHANNEL_BLOCK || step->channel == CHANNEL_DEPOSIT || step->channel == CHANNEL_HANDOVER) && step->rank < RANK_FOLLOW_UP)
			return status_make(STATUS_INVALID, "Step %d: a deposit, a delivery block or a hand-over comes after a reminder.", at);
		before = step->rank;
	}
	if (scenario->steps[scenario->count - 1].rank < RANK_REMINDER)
		return status_make(STATUS_INVALID, "A scenario needs a step after the due date.");
	return STATUS_FINE;
}

/* --- JSON ------------------------------------------------------------------------------------------------------------------- */
static const char *const midway_codes[] = { "step", "rank", "restart" };

const char *midway_code(enum midway midway)
{
	return midway_codes[midway];
}

bool midway_parse(const char *code, enum midway *out)
{
	for (int i = 0; code && i <= MIDWAY_RESTART; i++)
		if (strcmp(midway_codes[i], code) == 0) return *out = (enum midway)i, true;
	return false;
}

/* What most steps do not have is written only where it is there. */
static void step_more_to_json(const struct step *s, json_t *out)
{
	if (s->recipient[0]) json_object_set_new(out, "recipient", json_string(s->recipient));
	if (s->fallback[0]) json_object_set_new(out, "fallback", json_string(s->fallback));
	if (s->copy_sales) json_object_set_new(out, "copy_sales", json_true());
	if (s->copy_collector) json_object_set_new(out, "copy_collector", json_true());
	if (s->sender) json_object_set_new(out, "sender", json_string(sender_code(s->sender)));
	if (s->condition_count) json_object_set_new(out, "conditions", conditions_to_json(s->conditions, s->condition_count));
	if (s->repeat) {
		json_object_set_new(out, "repeat", json_integer(s->repeat));
		json_object_set_new(out, "repeat_every", json_integer(s->repeat_every));
	}
}

json_t *scenario_to_json(const struct scenario *scenario)
{
	json_t *steps = json_array();
	for (size_t i = 0; i < scenario->count; i++) {
		const struct step *s = &scenario->steps[i];
		json_array_append_new(steps,
			json_pack("{s:s, s:s, s:b, s:i, s:i, s:s, s:s, s:s, s:I, s:I, s:i, s:s, s:s, s:s, s:s}",
				  "code", s->code, "rank", rank_code(s->rank), "from_previous", s->from_previous,
				  "offset", s->offset, "tone", s->tone, "channel", channel_code(s->channel),
				  "mode", mode_code(s->mode), "template", s->template,
				  "minimum", (json_int_t)s->minimum, "maximum", (json_int_t)s->maximum, "min_gap", s->min_gap,
				  "label_fr", s->label_fr, "label_en", s->label_en, "next_fr", s->next_fr, "next_en", s->next_en));
		step_more_to_json(s, json_array_get(steps, i));
	}
	json_t *json = json_pack("{s:I, s:o}", "minimum", (json_int_t)scenario->minimum, "steps", steps);
	if (scenario->restart_day) json_object_set_new(json, "restart_day", json_integer(scenario->restart_day));
	if (scenario->rank_day) json_object_set_new(json, "rank_day", json_integer(scenario->rank_day));
	return json;
}

static struct status field_text(const json_t *step, const char *name, char *out, size_t size, int at)
{
	const json_t *value = json_object_get(step, name);
	if (!value || json_is_null(value)) {
		out[0] = 0;
		return STATUS_FINE;
	}
	if (!json_is_string(value)) return status_make(STATUS_INVALID, "Step %d: “%s” is not a text.", at, name);
	if (json_string_length(value) >= size)
		return status_make(STATUS_INVALID, "Step %d: “%s” is longer than %zu characters.", at, name, size - 1);
	snprintf(out, size, "%s", json_string_value(value));
	return STATUS_FINE;
}

static struct status field_int(const json_t *step, const char *name, int64_t low, int64_t high, int64_t *out, int at)
{
	const json_t *value = json_object_get(step, name);
	*out = 0;
	if (!value || json_is_null(value)) return STATUS_FINE;
	if (!json_is_integer(value) || json_integer_value(value) < low || json_integer_value(value) > high)
		return status_make(STATUS_INVALID, "Step %d: “%s” must be a whole number from %lld to %lld.", at, name,
				   (long long)low, (long long)high);
	*out = json_integer_value(value);
	return STATUS_FINE;
}

static struct status step_more_from_json(const json_t *from, struct step *step, int at)
{
	char code[40], where[16];
	int64_t number;
	TRY(field_text(from, "recipient", step->recipient, sizeof step->recipient, at));
	TRY(field_text(from, "fallback", step->fallback, sizeof step->fallback, at));
	step->copy_sales = json_is_true(json_object_get(from, "copy_sales"));
	step->copy_collector = json_is_true(json_object_get(from, "copy_collector"));
	TRY(field_text(from, "sender", code, sizeof code, at));
	if (code[0] && !sender_parse(code, &step->sender)) return status_make(STATUS_INVALID, "Step %d: “%s” is nobody who signs.", at, code);
	TRY(field_int(from, "repeat", 0, 12, &number, at));
	step->repeat = (int16_t)number;
	TRY(field_int(from, "repeat_every", 0, 365, &number, at));
	step->repeat_every = (int16_t)number;
	snprintf(where, sizeof where, "Step %d", at);
	return conditions_from_json(json_object_get(from, "conditions"), where, step->conditions, &step->condition_count);
}

struct status scenario_from_json(const json_t *json, struct scenario *out)
{
	const json_t *steps = json_object_get(json, "steps");
	if (!json_is_array(steps)) return status_make(STATUS_INVALID, "A scenario has a list of steps.");
	if (json_array_size(steps) > SCENARIO_STEPS)
		return status_make(STATUS_INVALID, "A scenario has at most %d steps.", SCENARIO_STEPS);
	struct scenario read = *out;
	memset(read.steps, 0, sizeof read.steps);
	read.count = json_array_size(steps);
	int64_t number;
	TRY(field_int(json, "minimum", 0, INT64_MAX / 2, &number, 0));
	read.minimum = number;
	TRY(field_int(json, "restart_day", 0, INT32_MAX, &number, 0));
	read.restart_day = (int32_t)number;
	TRY(field_int(json, "rank_day", 0, INT32_MAX, &number, 0));
	read.rank_day = (int32_t)number;
	for (size_t i = 0; i < read.count; i++) {
		const json_t *from = json_array_get(steps, i);
		struct step *step = &read.steps[i];
		int at = (int)i + 1;
		char code[40];
		TRY(field_text(from, "code", step->code, sizeof step->code, at));
		TRY(field_text(from, "rank", code, sizeof code, at));
		if (!rank_parse(code, &step->rank))
			return status_make(STATUS_INVALID, "Step %d: “%s” is no kind of step.", at, code);
		TRY(field_text(from, "channel", code, sizeof code, at));
		if (!channel_parse(code, &step->channel))
			return status_make(STATUS_INVALID, "Step %d: “%s” is no channel.", at, code);
		TRY(field_text(from, "mode", code, sizeof code, at));
		if (!mode_parse(code, &step->mode)) return status_make(STATUS_INVALID, "Step %d: “%s” is no mode.", at, code);
		step->from_previous = json_is_true(json_object_get(from, "from_previous"));
		TRY(field_int(from, "offset", -365, 3650, &number, at));
		step->offset = (int16_t)number;
		TRY(field_int(from, "tone", 0, 6, &number, at));
		step->tone = (int16_t)number;
		TRY(field_int(from, "min_gap", 0, 365, &number, at));
		step->min_gap = (int16_t)number;
		TRY(field_int(from, "minimum", 0, INT64_MAX / 2, &step->minimum, at));
		TRY(field_int(from, "maximum", 0, INT64_MAX / 2, &step->maximum, at));
		TRY(field_text(from, "template", step->template, sizeof step->template, at));
		TRY(field_text(from, "label_fr", step->label_fr, sizeof step->label_fr, at));
		TRY(field_text(from, "label_en", step->label_en, sizeof step->label_en, at));
		TRY(field_text(from, "next_fr", step->next_fr, sizeof step->next_fr, at));
		TRY(field_text(from, "next_en", step->next_en, sizeof step->next_en, at));
		TRY(step_more_from_json(from, step, at));
	}
	*out = read;
	return STATUS_FINE;
}
