#include "dunning/why.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/words.h"

/* What {a}, {b} and {t} stand for in a sentence. */
enum slot { SLOT_NONE, SLOT_NUMBER, SLOT_DAY, SLOT_AMOUNT, SLOT_STEP, SLOT_TEXT };

static const struct {
	const char *code;
	enum slot a, b, text;
	const char *one, *many; /* English msgids; `many` when a is not 1 */
	const char *without;    /* when {b} is an unknown day */
} sentences[] = {
	/* of an action */
	{ "step", SLOT_NONE, SLOT_NONE, SLOT_STEP, "Step of the scenario: {t}.", NULL, NULL },
	{ "overdue", SLOT_NUMBER, SLOT_NUMBER, SLOT_NONE, "{a} overdue item, the oldest by {b} days.", "{a} overdue items, the oldest by {b} days.", NULL },
	{ "pre_due", SLOT_NUMBER, SLOT_NONE, SLOT_NONE, "{a} item falls due soon.", "{a} items fall due soon.", NULL },
	{ "credits", SLOT_NUMBER, SLOT_AMOUNT, SLOT_NONE, "{a} credit deducted: {b}.", "{a} credits deducted: {b}.", NULL },
	{ "members", SLOT_NUMBER, SLOT_NONE, SLOT_NONE, "Asked of the payer for {a} customer.", "Asked of the payer for {a} customers, each with his own credits.", NULL },
	{ "members_netted", SLOT_NUMBER, SLOT_NONE, SLOT_NONE, "Asked of the payer for {a} customer.", "Asked of the payer for {a} customers, the credits of one deducted from the others.", NULL },
	{ "left", SLOT_NUMBER, SLOT_NONE, SLOT_NONE, "{a} item left out, with its reason.", "{a} items left out, each with its reason.", NULL },
	{ "reminded", SLOT_NUMBER, SLOT_DAY, SLOT_STEP, "Reminded once, on {b} ({t}).", "Reminded {a} times, last on {b} ({t}).", NULL },
	{ "reminded_before", SLOT_NONE, SLOT_DAY, SLOT_NONE, "Reminded in another program, last on {b}: goes on from there.", NULL, NULL },
	{ "never_reminded", SLOT_NONE, SLOT_NONE, SLOT_NONE, "Never reminded yet.", NULL, NULL },
	{ "last_contact", SLOT_DAY, SLOT_NUMBER, SLOT_NONE, "Last contact on {a}, {b} working days ago. One contact a day at most.", NULL, NULL },
	{ "broken_promise", SLOT_NONE, SLOT_NONE, SLOT_NONE, "The last promise was not kept.", NULL, NULL },
	{ "takeover", SLOT_NONE, SLOT_NONE, SLOT_NONE, "Already late when first seen: a person says yes to the first contact.", NULL, NULL },
	{ "review", SLOT_NUMBER, SLOT_NONE, SLOT_NONE, "Late by more than {a} days when first seen: review it before anything is sent.", NULL, NULL },
	{ "assumed", SLOT_NONE, SLOT_NONE, SLOT_NONE, "A due date is assumed, or comes from an opening entry: check it.", NULL, NULL },
	{ "unlettered", SLOT_NUMBER, SLOT_NONE, SLOT_NONE, "The account is poorly matched: credits exceed {a} % of what is open.", NULL, NULL },
	{ "no_contact", SLOT_NONE, SLOT_NONE, SLOT_NONE, "No usable address: find a contact first.", NULL, NULL },
	{ "offset", SLOT_AMOUNT, SLOT_NONE, SLOT_NONE, "Also our supplier: we owe {a}. See both balances first.", NULL, NULL },
	{ "generic_proposed", SLOT_NONE, SLOT_NONE, SLOT_NONE, "Looks like a generic account: say first whether it is one.", NULL, NULL },
	{ "doubtful", SLOT_NONE, SLOT_NONE, SLOT_NONE, "Items on a doubtful account (416) are not chased by themselves.", NULL, NULL },
	{ "unpaid_return", SLOT_NONE, SLOT_NONE, SLOT_NONE, "A payment was returned unpaid.", NULL, NULL },
	{ "next", SLOT_DAY, SLOT_NONE, SLOT_STEP, "Next step: {t}, not before {a}.", NULL, NULL },
	{ "own_fault", SLOT_NONE, SLOT_NONE, SLOT_TEXT, "Our own answer or credit note is overdue: nothing firm before it.", NULL, NULL },
	{ "thanks", SLOT_AMOUNT, SLOT_NUMBER, SLOT_NONE, "Was reminded and has paid {a}.", NULL, NULL },
	{ "now", SLOT_NUMBER, SLOT_NONE, SLOT_NONE, "Asked for now by a person: {a} item.", "Asked for now by a person: {a} items.", NULL },
	{ "no_phone", SLOT_NONE, SLOT_NONE, SLOT_NONE, "He does not want to be called: a message instead.", NULL, NULL },
	{ "prefers_email", SLOT_NONE, SLOT_NONE, SLOT_NONE, "He prefers mail: a mail instead of what the scenario says.", NULL, NULL },
	{ "prefers_letter", SLOT_NONE, SLOT_NONE, SLOT_NONE, "He prefers letters: a letter instead of what the scenario says.", NULL, NULL },
	{ "prefers_sms", SLOT_NONE, SLOT_NONE, SLOT_NONE, "He prefers text messages: one instead of what the scenario says.", NULL, NULL },
	/* of an item left out */
	{ "now_no_phone", SLOT_NONE, SLOT_NONE, SLOT_NONE, "He does not want to be telephoned: write to him.", NULL, NULL },
	{ "now_gap", SLOT_DAY, SLOT_DAY, SLOT_NONE, "Heard from us on {b}: the next contact is possible from {a} on.", NULL, NULL },
	{ "now_pressure", SLOT_DAY, SLOT_NUMBER, SLOT_NONE, "This buyer has been contacted {b} times, the most that is allowed: possible from {a} on.", NULL, NULL },
	{ "now_buyer", SLOT_DAY, SLOT_NONE, SLOT_NONE, "Another account or company contacts this buyer today: possible from {a} on.", NULL, NULL },
	{ "now_not_due", SLOT_DAY, SLOT_NONE, SLOT_NONE, "Due on {a} only: not asked for beside late items.", NULL, NULL },
	{ "now_nothing", SLOT_NONE, SLOT_NONE, SLOT_NONE, "Nothing is owed on it.", NULL, NULL },
	{ "stopped_all", SLOT_NONE, SLOT_NONE, SLOT_NONE, "All sending is stopped.", NULL, NULL },
	{ "stopped", SLOT_NONE, SLOT_NONE, SLOT_NONE, "Sending to this customer is stopped.", NULL, NULL },
	{ "payer_stopped", SLOT_NONE, SLOT_NONE, SLOT_NONE, "Sending to the one who pays for him is stopped.", NULL, NULL },
	{ "never", SLOT_NONE, SLOT_NONE, SLOT_NONE, "This customer is never chased.", NULL, NULL },
	{ "excluded", SLOT_NONE, SLOT_NONE, SLOT_NONE, "Excluded by a person.", NULL, NULL },
	{ "generic", SLOT_NONE, SLOT_NONE, SLOT_NONE, "Generic account, never chased.", NULL, NULL },
	{ "insolvency", SLOT_DAY, SLOT_NONE, SLOT_NONE, "Proceedings opened on {a}: earlier claims are declared, not chased.", NULL, NULL },
	{ "time_barred", SLOT_DAY, SLOT_NONE, SLOT_NONE, "Time-barred since {a}.", NULL, NULL },
	{ "dispute", SLOT_NONE, SLOT_NONE, SLOT_NONE, "Disputed in whole.", NULL, NULL },
	{ "promise", SLOT_DAY, SLOT_NONE, SLOT_NONE, "Promised for {a}.", NULL, NULL },
	{ "plan", SLOT_NONE, SLOT_NONE, SLOT_NONE, "On a payment plan.", NULL, NULL },
	{ "hold", SLOT_DAY, SLOT_NONE, SLOT_NONE, "On hold until {a}.", NULL, "On hold until lifted." },
	{ "match_pending", SLOT_NONE, SLOT_NONE, SLOT_NONE, "A bank line that may pay it is waiting.", NULL, NULL },
	{ "direct_debit", SLOT_NONE, SLOT_NONE, SLOT_NONE, "A direct debit is being collected.", NULL, NULL },
	{ "debit_means", SLOT_NONE, SLOT_NONE, SLOT_NONE, "Paid by direct debit: time for it to come in.", NULL, NULL },
	{ "bill", SLOT_DAY, SLOT_NONE, SLOT_NONE, "Covered by a bill maturing on {a}.", NULL, NULL },
	{ "bill_pending", SLOT_NONE, SLOT_NONE, SLOT_NONE, "A bill covers it, and the bank has not answered yet.", NULL, NULL },
	{ "retention", SLOT_DAY, SLOT_NONE, SLOT_NONE, "Retention, released on {a}.", NULL, NULL },
	{ "retention_unknown", SLOT_NONE, SLOT_NONE, SLOT_NONE, "Retention whose date of acceptance is not known.", NULL, NULL },
	{ "ceded", SLOT_NONE, SLOT_NONE, SLOT_NONE, "Assigned with notice: only the assignee may be paid.", NULL, NULL },
	{ "credit_covers", SLOT_AMOUNT, SLOT_NONE, SLOT_NONE, "The account's credits ({a}) cover it.", NULL, NULL },
	{ "replied", SLOT_DAY, SLOT_NONE, SLOT_NONE, "Reply received on {a}.", NULL, NULL },
	{ "no_scenario", SLOT_NONE, SLOT_NONE, SLOT_NONE, "No scenario fits this customer.", NULL, NULL },
	{ "scenario_done", SLOT_DAY, SLOT_NONE, SLOT_NONE, "The scenario's last step was on {a}: decide what follows.", NULL, "The scenario has no step left: decide what follows." },
	{ "in_progress", SLOT_NONE, SLOT_NONE, SLOT_NONE, "A message to this customer is under way.", NULL, NULL },
	{ "pre_due_behind", SLOT_NONE, SLOT_NONE, SLOT_NONE, "Other items of this customer are already late.", NULL, NULL },
	{ "too_soon", SLOT_DAY, SLOT_NONE, SLOT_STEP, "{t} is due on {a}.", NULL, NULL },
	{ "too_soon_firm", SLOT_NUMBER, SLOT_NONE, SLOT_STEP, "{t} claims items at least {a} days late.", NULL, NULL },
	{ "too_soon_notice", SLOT_NONE, SLOT_NONE, SLOT_STEP, "{t} claims only items already reminded.", NULL, NULL },
	{ "too_soon_other", SLOT_NONE, SLOT_NONE, SLOT_STEP, "Another message goes to this customer today.", NULL, NULL },
	{ "again", SLOT_NUMBER, SLOT_NONE, SLOT_STEP, "{t} comes again, {a} times at most.", NULL, NULL },
	{ "condition", SLOT_DAY, SLOT_NONE, SLOT_STEP, "“{t}” is passed over: its conditions do not hold. What follows is due on {a}.", NULL, NULL },
	{ "condition_end", SLOT_NONE, SLOT_NONE, SLOT_STEP, "“{t}” is passed over: its conditions do not hold, and nothing follows it.", NULL, NULL },
	{ "pressure", SLOT_DAY, SLOT_NUMBER, SLOT_STEP, "{t} waits until {a}: this buyer has been contacted {b} times, the most that is allowed.", NULL, NULL },
	{ "buyer_today", SLOT_DAY, SLOT_NONE, SLOT_STEP, "{t} waits until {a}: another account or company contacts this buyer today.", NULL, NULL },
	{ "one_a_day", SLOT_DAY, SLOT_NONE, SLOT_NONE, "One contact a day: proposed again on {a}.", NULL, NULL },
	{ "cap", SLOT_NUMBER, SLOT_NONE, SLOT_NONE, "The day's limit of {a} first contacts is reached; proposed on a following day.", NULL, NULL },
	{ "below", SLOT_AMOUNT, SLOT_NONE, SLOT_NONE, "Below the minimum of {a}.", NULL, NULL },
	{ "above", SLOT_AMOUNT, SLOT_NONE, SLOT_NONE, "Above the maximum of {a}.", NULL, NULL },
	{ "closed_day", SLOT_DAY, SLOT_NONE, SLOT_NONE, "Closed today; the next working day is {a}.", NULL, NULL },
	{ "stale_data", SLOT_DAY, SLOT_NONE, SLOT_NONE, "The last import is of {a}: import first.", NULL, "Nothing was imported yet." },
	{ "suppressed", SLOT_NONE, SLOT_NONE, SLOT_NONE, "The only address is on the suppression list.", NULL, NULL },
};

static void slot_add(struct text *out, enum lang lang, enum slot slot, int64_t value, const char *word, const struct scenario *scenario,
		     const char *currency)
{
	switch (slot) {
	case SLOT_NUMBER: words_number(out, lang, value); break;
	case SLOT_DAY: words_date(out, lang, (int32_t)value); break;
	case SLOT_AMOUNT: words_amount(out, lang, value, currency); break;
	case SLOT_STEP: {
		int at = scenario ? scenario_step(scenario, word) : -1;
		text_add(out, at >= 0 ? step_label(&scenario->steps[at], lang) : word);
		break;
	}
	case SLOT_TEXT: text_add(out, word); break;
	case SLOT_NONE: break;
	}
}

void why_words(struct text *out, enum lang lang, const struct plan_why *why, const struct scenario *scenario, const char *currency)
{
	for (size_t i = 0; i < COUNT(sentences); i++) {
		if (strcmp(sentences[i].code, why->code) != 0) continue;
		const char *english = sentences[i].one;
		if (sentences[i].many) english = trn(lang, (long)why->a, sentences[i].one, sentences[i].many);
		if (sentences[i].without && sentences[i].a == SLOT_DAY && why->a == DAY_NONE) english = sentences[i].without;
		for (const char *c = sentences[i].many ? english : tr(lang, english); *c; c++) {
			if (strncmp(c, "{a}", 3) == 0)
				slot_add(out, lang, sentences[i].a, why->a, why->text, scenario, currency), c += 2;
			else if (strncmp(c, "{b}", 3) == 0)
				slot_add(out, lang, sentences[i].b, why->b, why->text, scenario, currency), c += 2;
			else if (strncmp(c, "{t}", 3) == 0)
				slot_add(out, lang, sentences[i].text, 0, why->text, scenario, currency), c += 2;
			else
				text_add_char(out, *c);
		}
		return;
	}
	text_add(out, why->code);
}

json_t *why_to_json(const struct plan_why *why)
{
	return json_pack("[s, I, I, s]", why->code, (json_int_t)why->a, (json_int_t)why->b, why->text);
}

static void number_add(struct text *out, int64_t value)
{
	char digits[24];
	size_t at = sizeof digits;
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	do digits[--at] = (char)('0' + rest % 10); while (rest /= 10);
	if (value < 0) digits[--at] = '-';
	text_add_bytes(out, digits + at, sizeof digits - at);
}

static void quoted_add(struct text *out, const char *text)
{
	text_add_char(out, '"');
	for (const char *c = text; *c; c++) {
		if (*c == '"' || *c == '\\') text_add_char(out, '\\');
		if ((unsigned char)*c >= ' ') text_add_char(out, *c);
	}
	text_add_char(out, '"');
}

void why_list_text(struct text *out, const struct plan_why *list, size_t count)
{
	text_add_char(out, '[');
	for (size_t i = 0; i < count; i++) {
		text_add(out, i ? ",[" : "[");
		quoted_add(out, list[i].code);
		text_add_char(out, ',');
		number_add(out, list[i].a);
		text_add_char(out, ',');
		number_add(out, list[i].b);
		text_add_char(out, ',');
		quoted_add(out, list[i].text);
		text_add_char(out, ']');
	}
	text_add_char(out, ']');
}

bool why_from_json(const json_t *json, struct arena *arena, struct plan_why *out)
{
	const char *code = json_string_value(json_array_get(json, 0)), *text = json_string_value(json_array_get(json, 3));
	if (!code || !text) return false;
	*out = (struct plan_why){ .code = arena_strdup(arena, code), .a = json_integer_value(json_array_get(json, 1)),
				  .b = json_integer_value(json_array_get(json, 2)), .text = arena_strdup(arena, text) };
	return true;
}
