/* plan_desk — one customer being told about, for tests of the plan: `start`, `item`, `sent`, then `day` plans, `step_today` and `fate` look. */
#ifndef DUNNING_PLAN_DESK_H
#define DUNNING_PLAN_DESK_H

#include "base/status.h"
#include "base/test.h"
#include "dunning/plan.h"

static int32_t on(const char *iso)
{
	int32_t day = DAY_NONE;
	CHECK(day_parse(iso, strlen(iso), &day));
	return day;
}

/* One customer being told about: filled by the helpers, planned by `day`. Amounts in cents. */
static struct desk {
	struct arena *arena;
	struct plan_item items[16];
	struct plan_past past[32];
	int64_t named[32][8];
	struct plan_payment payments[4];
	struct plan_view view;
	struct plan_settings settings;
	struct scenario scenario;
	struct plan plan;
} desk;

static void start(const char *scenario)
{
	if (desk.arena) arena_free(desk.arena);
	memset(&desk, 0, sizeof desk);
	desk.arena = arena_new();
	desk.scenario = *scenario_ready(scenario);
	desk.settings = plan_settings_default();
	desk.view = (struct plan_view){ .customer_id = 1, .code = "C1", .insolvency_day = DAY_NONE, .minimum = -1, .replied_day = DAY_NONE,
					.address_usable = true, .phone_usable = true, .score = -1, .items = desk.items, .past = desk.past,
					.payments = desk.payments };
}

static struct plan_item *item(const char *number, int64_t open, const char *due)
{
	struct plan_item *one = &desk.items[desk.view.item_count++];
	*one = (struct plan_item){ .id = (int64_t)desk.view.item_count, .number = number, .currency = "EUR", .open = open, .due_day = on(due),
				   .issue_day = on(due) - 30, .posting_day = on(due) - 30, .first_seen = DAY_NONE, .hold_until = DAY_NONE,
				   .promise_day = DAY_NONE, .barred_from = DAY_NONE, .due_source = DUE_TERMS };
	if (open < 0) one->kind = ITEM_CREDIT_NOTE, one->due_source = DUE_ISSUE;
	return one;
}

/* A step that went out on a day for the items numbered (from 1). */
[[maybe_unused]] static struct plan_past *sent(const char *step, const char *day, int first, int last)
{
	int at = scenario_step(&desk.scenario, step);
	size_t p = desk.view.past_count++;
	enum channel channel = at >= 0 ? desk.scenario.steps[at].channel : CHANNEL_EMAIL;
	desk.past[p] = (struct plan_past){ .id = (int64_t)p + 1, .scenario = desk.scenario.code, .step = step,
		.rank = at >= 0 ? desk.scenario.steps[at].rank : RANK_NONE, .channel = channel,
		.state = channel == CHANNEL_EMAIL ? STATE_SENT : STATE_DONE, .contact = channel != CHANNEL_TASK, .plan_day = on(day),
		.done_day = on(day), .currency = "EUR", .items = desk.named[p] };
	for (int i = first; i <= last; i++) desk.named[p][desk.past[p].item_count++] = i;
	return &desk.past[p];
}

static void day(const char *today)
{
	plan_day(&desk.view, &desk.scenario, &desk.settings, on(today), desk.arena, &desk.plan);
}

/* The first action of the plan; an empty one when there is none. */
static const struct plan_action *action(void)
{
	static const struct plan_action none = { .next_day = DAY_NONE };
	return desk.plan.action_count ? desk.plan.actions : &none;
}

static const char *step_today(void) { return action()->step; }

/* What became of an item: "claimed", "statement", a left_out code, both joined by +, or "". */
[[maybe_unused]] static const char *fate(int number)
{
	static char out[80];
	out[0] = 0;
	for (size_t a = 0; a < desk.plan.action_count; a++)
		for (size_t i = 0; i < desk.plan.actions[a].item_count; i++)
			if (desk.plan.actions[a].items[i].item_id == number)
				snprintf(out + strlen(out), sizeof out - strlen(out), "%s%s", out[0] ? "+" : "",
					 plan_role_code(desk.plan.actions[a].items[i].role));
	for (size_t l = 0; l < desk.plan.left_count; l++)
		if (desk.items[desk.plan.left[l].item].id == number)
			snprintf(out + strlen(out), sizeof out - strlen(out), "%s%s", out[0] ? "+" : "",
				 left_reason_code(desk.plan.left[l].reason));
	return out;
}

[[maybe_unused]] static const char *reasons(void)
{
	static char out[120];
	yes_reasons_format(action()->reasons, out, sizeof out);
	return out;
}

#endif
