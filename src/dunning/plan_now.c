/* A message that a person asks for now, about items of his choice: the same reasons as in the plan of the day keep an item out. */
#include "dunning/plan_work.h"

#include "base/day.h"
#include "base/memory.h"

static bool chosen(const int64_t *ids, size_t count, int64_t id)
{
	for (size_t i = 0; i < count; i++)
		if (ids[i] == id) return true;
	return false;
}

struct stop {
	enum left_reason reason;
	int32_t until;
	const char *code;
	int64_t a, b;
};

/* What keeps the whole customer from being written to now. */
static struct stop stop_of(const struct work *work, enum channel channel)
{
	const struct plan_view *view = work->view;
	const struct plan_settings *settings = work->settings;
	const struct calendar *calendar = &settings->calendar;
	if (view->replied_day != DAY_NONE && view->replied_day <= work->today) {
		int32_t until = calendar_add(calendar, view->replied_day, settings->reply_days);
		if (work->today <= until) return (struct stop){ LEFT_REPLIED, until, "replied", view->replied_day, 0 };
	}
	for (size_t p = 0; p < view->past_count; p++)
		if (plan_past_under_way(&view->past[p])) return (struct stop){ LEFT_IN_PROGRESS, DAY_NONE, "in_progress", 0, 0 };
	if (work->contact_today) {
		int32_t next = calendar_add(calendar, work->today, 1);
		return (struct stop){ LEFT_TOO_SOON, next, "one_a_day", next, 0 };
	}
	if (work->last_contact != DAY_NONE) {
		int32_t next = calendar_add(calendar, work->last_contact, settings->gap_days > 0 ? settings->gap_days : 1);
		if (work->today < next) return (struct stop){ LEFT_TOO_SOON, next, "now_gap", next, work->last_contact };
	}
	if (work->contact_from != DAY_NONE && work->contact_from > work->today) { /* the buyer hears enough of us, over all accounts */
		int32_t next = calendar_next(calendar, work->contact_from);
		bool other = work->contact_why && strcmp(work->contact_why, "buyer_today") == 0;
		return (struct stop){ LEFT_TOO_SOON, next, other ? "now_buyer" : "now_pressure", next, settings->contacts_max };
	}
	if (!calendar_works(calendar, work->today)) {
		int32_t next = calendar_next(calendar, work->today);
		return (struct stop){ LEFT_CLOSED_DAY, next, "closed_day", next, 0 };
	}
	if (settings->stale) return (struct stop){ LEFT_STALE_DATA, DAY_NONE, "stale_data", settings->last_import, 0 };
	if (channel == CHANNEL_EMAIL && !view->address_usable && view->address_suppressed) return (struct stop){ LEFT_SUPPRESSED, DAY_NONE, "suppressed", 0, 0 };
	if (view->no_phone && (channel == CHANNEL_CALL || channel == CHANNEL_SMS)) return (struct stop){ LEFT_SUPPRESSED, DAY_NONE, "now_no_phone", 0, 0 };
	return (struct stop){ LEFT_NONE, DAY_NONE, "", 0, 0 };
}

/* Reminder or follow-up, by where the oldest item stands; before the due date a courtesy. */
static enum rank rank_of(const struct work *work, size_t lead, bool late)
{
	if (!late) return work->view->items[lead].due_day == work->today ? RANK_DUE : RANK_BEFORE_DUE;
	int next = work->sheets[lead].next;
	if (!work->scenario) return RANK_REMINDER;
	if (next < 0) return RANK_FOLLOW_UP;
	enum rank rank = work->scenario->steps[next].rank;
	return rank <= RANK_REMINDER ? RANK_REMINDER : RANK_FOLLOW_UP;
}

static void claim(struct work *work, const struct account *account, bool late, enum channel channel)
{
	const struct plan_view *view = work->view;
	struct plan_action *action = arena_make(work->arena, struct plan_action);
	*action = (struct plan_action){ .channel = channel, .mode = MODE_CONFIRM, .state = STATE_TO_CONFIRM, .next_day = DAY_NONE,
	                                .amount = account->amount, .max_days_late = -INT16_MAX };
	snprintf(action->step, sizeof action->step, "%s", PLAN_NOW);
	snprintf(action->currency, sizeof action->currency, "%s", account->currency);
	action->rank = rank_of(work, account->lead, late);
	action->reasons = plan_account_reasons(work, account);
	action->broken_promise = view->broken_promise && action->rank >= RANK_REMINDER;
	action->items = arena_array(work->arena, struct plan_action_item, view->item_count + 1);
	action->why = arena_array(work->arena, struct plan_why, 4);
	size_t credits = 0;
	int64_t credit_sum = 0;
	for (size_t n = 0; n < account->count; n++) {
		if (!account->claimed[n]) continue;
		size_t index = account->items[n];
		int32_t days = plan_days_late(work, &view->items[index]);
		action->items[action->item_count++] =
			(struct plan_action_item){ index, view->items[index].id, PLAN_CLAIMED, plan_item_claim(&view->items[index]) };
		work->sheets[index].handed = true;
		if (days > action->max_days_late) action->max_days_late = (int16_t)(days > INT16_MAX ? INT16_MAX : days);
	}
	action->why[action->why_count++] = (struct plan_why){ .code = "now", .a = (int64_t)action->item_count, .text = "" };
	for (size_t i = 0; i < view->item_count; i++)
		if (plan_credit_counts(work, account, &view->items[i])) {
			action->items[action->item_count++] =
				(struct plan_action_item){ i, view->items[i].id, PLAN_CREDIT, view->items[i].open };
			credits++, credit_sum += view->items[i].open;
		}
	if (credits) action->why[action->why_count++] = (struct plan_why){ .code = "credits", .a = (int64_t)credits, .b = credit_sum, .text = "" };
	action->priority = account->amount;
	work->plan->actions = action, work->plan->action_count = 1;
}

/* The account with most to ask for is written about; another currency waits for its own day. */
static void accounts_claim(struct work *work, const int64_t *ids, size_t count, bool late, enum channel channel)
{
	const struct plan_view *view = work->view;
	struct account best = { 0 };
	for (size_t i = 0; i < view->item_count; i++) {
		const struct plan_item *first = &view->items[i];
		if (!chosen(ids, count, first->id) || !plan_item_free(work, i, late ? CONCERN_OVERDUE : CONCERN_PRE_DUE)) continue;
		bool seen = false;
		for (size_t k = 0; k < i; k++)
			seen |= strcmp(view->items[k].currency, first->currency) == 0 && view->items[k].payee_id == first->payee_id && chosen(ids, count, view->items[k].id) &&
				plan_item_free(work, k, late ? CONCERN_OVERDUE : CONCERN_PRE_DUE);
		if (seen) continue;
		struct account account = plan_account_start(work, first);
		account.lead = i;
		for (size_t k = 0; k < view->item_count; k++) {
			const struct plan_item *item = &view->items[k];
			if (!plan_account_has(&account, item) || item->kind == ITEM_DEPOSIT_REQUEST) continue;
			plan_account_add(work, &account, k);
			if (!chosen(ids, count, item->id) || !plan_item_free(work, k, late ? CONCERN_OVERDUE : CONCERN_PRE_DUE)) continue;
			account.claimed[account.count] = true, account.items[account.count++] = k;
		}
		account.amount = plan_account_ask(work, &account);
		for (size_t n = 0; n < account.count; n++)
			if (account.covered[n] || account.amount <= 0)
				plan_leave(work, account.items[n], LEFT_CREDIT_COVERS, DAY_NONE, "credit_covers",
					   account.pools[plan_pool(view, &view->items[account.items[n]])].credits, 0, NULL);
		if (account.amount > 0 && (!best.ready || account.amount > best.amount)) best = account, best.ready = true;
	}
	if (best.ready) claim(work, &best, late, channel);
}

void plan_now(const struct plan_view *view, const struct scenario *scenario, const struct plan_settings *settings, int32_t today,
              const int64_t *items, size_t count, enum channel channel, struct arena *arena, struct plan *out)
{
	struct work work = {
		.view = view, .scenario = scenario, .settings = settings, .today = today, .arena = arena, .plan = out,
		.sheets = arena_array(arena, struct sheet, view->item_count + 1),
	};
	*out = (struct plan){ 0 };
	plan_work_start(&work);
	plan_sort_out(&work);
	struct stop stop = stop_of(&work, channel);
	bool late = false;
	for (size_t i = 0; i < view->item_count; i++) {
		const struct plan_item *item = &view->items[i];
		struct sheet *sheet = &work.sheets[i];
		if (!chosen(items, count, item->id)) continue;
		if (sheet->concern == CONCERN_NONE) { /* not within reach of a step, or in an action of today: a person wants it all the same */
			sheet->concern = item->due_day < today ? CONCERN_OVERDUE : CONCERN_PRE_DUE;
			plan_item_block(&work, i);
		}
		if (item->open <= 0 || item->kind == ITEM_DEPOSIT_REQUEST)
			plan_leave(&work, i, LEFT_CREDIT_COVERS, DAY_NONE, "now_nothing", 0, 0, NULL);
		else if (sheet->reason == LEFT_NONE && stop.reason != LEFT_NONE)
			plan_leave(&work, i, stop.reason, stop.until, stop.code, stop.a, stop.b, NULL);
		late |= plan_item_free(&work, i, CONCERN_OVERDUE);
	}
	for (size_t i = 0; late && i < view->item_count; i++)
		if (chosen(items, count, view->items[i].id) && plan_item_free(&work, i, CONCERN_PRE_DUE))
			plan_leave(&work, i, LEFT_TOO_SOON, view->items[i].due_day, "now_not_due", view->items[i].due_day, 0, NULL);
	accounts_claim(&work, items, count, late, channel);

	int32_t next = calendar_add(&settings->calendar, today, 1);
	out->left = arena_array(arena, struct plan_left, view->item_count + 1);
	for (size_t i = 0; i < view->item_count; i++) {
		struct sheet *sheet = &work.sheets[i];
		if (sheet->handed || !chosen(items, count, view->items[i].id)) continue;
		if (sheet->reason == LEFT_NONE) plan_leave(&work, i, LEFT_TOO_SOON, next, "one_a_day", next, 0, NULL);
		out->left[out->left_count++] = (struct plan_left){ .item = i, .reason = sheet->reason, .until = sheet->until, .detail = sheet->detail };
	}
}
