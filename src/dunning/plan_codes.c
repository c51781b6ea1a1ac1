/* The words of the plan: codes as in contract section 4, labels as message ids. */
#include "base/memory.h"
#include "dunning/plan.h"

static const struct {
	const char *code, *label;
} left_reasons[LEFT_COUNT] = {
	[LEFT_NONE] = { "", "" },
	[LEFT_STOPPED] = { "stopped", "Sending stopped" },
	[LEFT_EXCLUDED] = { "excluded", "Excluded" },
	[LEFT_GENERIC_ACCOUNT] = { "generic_account", "Generic account" },
	[LEFT_INSOLVENCY] = { "insolvency", "Insolvency proceedings" },
	[LEFT_TIME_BARRED] = { "time_barred", "Time-barred" },
	[LEFT_DISPUTE] = { "dispute", "Dispute" },
	[LEFT_OWN_FAULT] = { "own_fault", "Our answer is overdue" },
	[LEFT_PROMISE] = { "promise", "Promise" },
	[LEFT_PLAN] = { "plan", "Payment plan" },
	[LEFT_HOLD] = { "hold", "On hold" },
	[LEFT_MATCH_PENDING] = { "match_pending", "Bank line waiting" },
	[LEFT_DIRECT_DEBIT] = { "direct_debit", "Direct debit" },
	[LEFT_BILL] = { "bill", "Bill of exchange" },
	[LEFT_RETENTION] = { "retention", "Retention" },
	[LEFT_CEDED] = { "ceded", "Assigned" },
	[LEFT_CREDIT_COVERS] = { "credit_covers", "Covered by credits" },
	[LEFT_REPLIED] = { "replied", "Reply received" },
	[LEFT_NO_SCENARIO] = { "no_scenario", "No scenario" },
	[LEFT_SCENARIO_DONE] = { "scenario_done", "Scenario finished" },
	[LEFT_IN_PROGRESS] = { "in_progress", "In progress" },
	[LEFT_TOO_SOON] = { "too_soon", "Too soon" },
	[LEFT_BELOW_MINIMUM] = { "below_minimum", "Below the minimum" },
	[LEFT_ABOVE_MAXIMUM] = { "above_maximum", "Above the maximum" },
	[LEFT_CLOSED_DAY] = { "closed_day", "Closed day" },
	[LEFT_STALE_DATA] = { "stale_data", "Data too old" },
	[LEFT_SUPPRESSED] = { "suppressed", "Address suppressed" },
};

const char *left_reason_code(enum left_reason reason) { return left_reasons[reason].code; }
const char *left_reason_label(enum left_reason reason) { return left_reasons[reason].label; }

bool left_reason_parse(const char *code, enum left_reason *out)
{
	for (int i = LEFT_NONE + 1; i < LEFT_COUNT; i++)
		if (strcmp(left_reasons[i].code, code) == 0) {
			*out = (enum left_reason)i;
			return true;
		}
	return false;
}

static const struct {
	const char *code, *label;
} yes_reasons[YES_COUNT] = {
	{ "takeover", "Old debt taken over" },
	{ "assumed_due_date", "Due date assumed" },
	{ "unlettered", "Account poorly matched" },
	{ "no_contact", "No usable address" },
	{ "offset", "Also our supplier" },
	{ "generic_account", "Generic account?" },
	{ "doubtful", "Doubtful account (416)" },
	{ "unpaid_return", "Returned payment" },
};

static int yes_index(enum yes_reason one)
{
	for (int i = 0; i < YES_COUNT; i++)
		if ((unsigned)one == 1u << i) return i;
	return 0;
}

const char *yes_reason_code(enum yes_reason one) { return yes_reasons[yes_index(one)].code; }
const char *yes_reason_label(enum yes_reason one) { return yes_reasons[yes_index(one)].label; }

void yes_reasons_format(unsigned reasons, char *out, size_t size)
{
	size_t len = 0;
	out[0] = 0;
	for (int i = 0; i < YES_COUNT && len < size; i++)
		if (reasons & 1u << i)
			len += (size_t)snprintf(out + len, size - len, "%s%s", len ? "," : "", yes_reasons[i].code);
}

static const char *const state_codes[STATE_COUNT] = { "planned", "to_confirm", "queued", "sending", "sent",
						      "unknown", "failed",     "done",   "cancelled" };
const char *action_state_code(enum action_state state) { return state_codes[state]; }
bool action_state_parse(const char *code, enum action_state *out)
{
	for (int i = 0; i < STATE_COUNT; i++)
		if (strcmp(state_codes[i], code) == 0) {
			*out = (enum action_state)i;
			return true;
		}
	return false;
}

const char *plan_role_code(enum plan_role role)
{
	static const char *const codes[] = { "claimed", "credit", "statement", "paid" };
	return codes[role];
}

struct plan_settings plan_settings_default(void)
{
	return (struct plan_settings){
		.last_import = DAY_NONE, .takeover_day = DAY_NONE, .gap_days = 3, .reply_days = 2, .promise_grace = 2,
		.firm_min_late = 8, .issue_gap = 5, .unlettered_percent = 20, .review_after = 90, .debit_days = 5,
	};
}

const char *promise_state_code(enum promise_state state)
{
	static const char *const codes[] = { "expected", "partly_kept", "kept", "broken", "cancelled" };
	return codes[state];
}

enum promise_state promise_judge(const struct calendar *calendar, int grace, int32_t promise_day, int64_t promised, int64_t received,
				 int32_t today)
{
	if (received >= promised) return PROMISE_KEPT;
	if (today <= calendar_add(calendar, promise_day, grace)) return PROMISE_EXPECTED;
	return received > 0 ? PROMISE_PARTLY_KEPT : PROMISE_BROKEN;
}

static const char *const payer_modes[PAYER_MODES] = { "apart", "together", "netted" };
const char *payer_mode_code(enum payer_mode mode) { return payer_modes[mode]; }
bool payer_mode_parse(const char *code, enum payer_mode *out)
{
	for (int i = 0; i < PAYER_MODES; i++)
		if (strcmp(payer_modes[i], code) == 0) {
			*out = (enum payer_mode)i;
			return true;
		}
	return false;
}
