#include "dunning/priority.h"
#include "dunning/plan.h"

#include "base/day.h"
#include "base/memory.h"
#include "dunning/plan_work.h"

/* --- building actions --------------------------------------------------------------------------------------------------------- */
static struct plan_action *plan_add(struct work *work, const char *step, enum channel channel, enum mode mode, const char *currency)
{
	struct plan *plan = work->plan;
	if (plan->action_count == work->action_room) {
		work->action_room = work->action_room ? work->action_room * 2 : 2;
		struct plan_action *grown = arena_array(work->arena, struct plan_action, work->action_room);
		for (size_t i = 0; i < plan->action_count; i++) grown[i] = plan->actions[i];
		plan->actions = grown;
	}
	struct plan_action *action = &plan->actions[plan->action_count++];
	*action = (struct plan_action){ .channel = channel, .mode = mode, .next_day = DAY_NONE };
	snprintf(action->step, sizeof action->step, "%s", step);
	snprintf(action->currency, sizeof action->currency, "%s", currency);
	action->state = mode == MODE_CONFIRM ? STATE_TO_CONFIRM : STATE_PLANNED;
	action->why = arena_array(work->arena, struct plan_why, 16);
	return action;
}

static void because(struct plan_action *action, const char *code, int64_t a, int64_t b, const char *text)
{
	if (action->why_count < 16)
		action->why[action->why_count++] = (struct plan_why){ .code = code, .a = a, .b = b, .text = text ? text : "" };
}

static int64_t weight_of(const struct work *work, int64_t amount, int32_t late)
{
	struct priority priority = priority_of(amount, work->view->score, late);
	return priority_value(&priority);
}

/* How many customers it claims of. */
static size_t action_members(const struct plan_view *view, const struct plan_action *action)
{
	size_t count = 0;
	for (size_t m = 0; m < view->member_count; m++) {
		bool any = false;
		for (size_t n = 0; n < action->item_count; n++)
			any |= action->items[n].role == PLAN_CLAIMED && view->items[action->items[n].item].member == m;
		count += any;
	}
	return count;
}

static void action_items_fill(struct work *work, const struct account *account, struct plan_action *action)
{
	const struct plan_view *view = work->view;
	bool statement = action->rank >= RANK_FIRM;
	action->items = arena_array(work->arena, struct plan_action_item, view->item_count);
	int32_t latest = -INT16_MAX;
	size_t claimed = 0, left = 0;
	for (size_t n = 0; n < account->count; n++) {
		size_t index = account->items[n];
		const struct plan_item *item = &view->items[index];
		if (account->claimed[n]) {
			action->items[action->item_count++] =
				(struct plan_action_item){ index, item->id, PLAN_CLAIMED, plan_item_claim(item) };
			work->sheets[index].handed = true;
			if (plan_days_late(work, item) > latest) latest = plan_days_late(work, item);
			claimed++;
		} else if (work->sheets[index].reason != LEFT_NONE) {
			left++;
		}
	}
	size_t credits = 0;
	int64_t credit_sum = 0;
	for (size_t i = 0; i < view->item_count; i++)
		if (plan_credit_counts(work, account, &view->items[i])) {
			action->items[action->item_count++] =
				(struct plan_action_item){ i, view->items[i].id, PLAN_CREDIT, view->items[i].open };
			credits++, credit_sum += view->items[i].open;
		}
	for (size_t i = 0; statement && i < view->item_count; i++) {
		const struct plan_item *item = &view->items[i];
		const struct sheet *sheet = &work->sheets[i];
		if (item->open <= 0 || sheet->handed || !plan_account_has(account, item) || plan_member_out(view, item)) continue;
		bool free = sheet->reason == LEFT_NONE || sheet->reason == LEFT_TOO_SOON || sheet->reason == LEFT_IN_PROGRESS;
		if (free && item->kind != ITEM_DEPOSIT_REQUEST)
			action->items[action->item_count++] =
				(struct plan_action_item){ i, item->id, PLAN_STATEMENT, plan_item_claim(item) };
	}
	action->amount = account->amount;
	action->max_days_late = (int16_t)(latest > INT16_MAX ? INT16_MAX : latest);
	action->priority = weight_of(work, action->amount, latest);
	because(action, account->pre_due ? "pre_due" : "overdue", (int64_t)claimed, latest, NULL);
	size_t members = action_members(view, action);
	if (members > 1) because(action, view->netted ? "members_netted" : "members", (int64_t)members, 0, NULL);
	if (credits) because(action, "credits", (int64_t)credits, credit_sum, NULL);
	if (left) because(action, "left", (int64_t)left, 0, NULL);
}

/* What we owe those whose items it claims. */
static int64_t owed_to(const struct work *work, const struct plan_action *action)
{
	const struct plan_view *view = work->view;
	if (!view->member_count) return view->supplier_balance;
	int64_t sum = 0;
	for (size_t m = 0; m < view->member_count; m++)
		for (size_t n = 0; n < action->item_count; n++)
			if (action->items[n].role == PLAN_CLAIMED && view->items[action->items[n].item].member == m) {
				sum += view->members[m].supplier_balance;
				break;
			}
	return sum;
}

static void action_reasons_say(struct work *work, struct plan_action *action, size_t lead)
{
	static const struct {
		enum yes_reason reason;
		const char *code;
	} says[] = {
		{ YES_TAKEOVER, "takeover" },         { YES_ASSUMED_DUE_DATE, "assumed" },    { YES_UNLETTERED, "unlettered" },
		{ YES_NO_CONTACT, "no_contact" },     { YES_OFFSET, "offset" },               { YES_GENERIC_ACCOUNT, "generic_proposed" },
		{ YES_DOUBTFUL, "doubtful" },         { YES_UNPAID_RETURN, "unpaid_return" },
	};
	int times = 0;
	const struct plan_past *last = NULL;
	struct plan_walk walk = plan_walk_start(work, &work->view->items[lead]);
	for (const struct plan_past *past; (past = plan_walk_next(&walk));)
		if (plan_past_out(past) && past->contact && past->rank != RANK_NONE) times++, last = past;
	if (last)
		because(action, *last->step ? "reminded" : "reminded_before", times, last->done_day, last->step);
	else if (action->rank > RANK_DUE)
		because(action, "never_reminded", 0, 0, NULL);
	if (work->last_contact != DAY_NONE)
		because(action, "last_contact", work->last_contact,
			calendar_between(&work->settings->calendar, work->last_contact, work->today), NULL);
	if (action->broken_promise) because(action, "broken_promise", 0, 0, NULL);
	for (size_t i = 0; i < COUNT(says); i++)
		if (action->reasons & (unsigned)says[i].reason)
			because(action, says[i].code,
				says[i].reason == YES_OFFSET ? owed_to(work, action) : work->settings->unlettered_percent, 0, NULL);
}

/* The step that really follows, and when at the earliest: a letter announces nothing else (ladder rule 9). */
static void action_next(struct work *work, struct plan_action *action, int step_index, size_t lead)
{
	const struct scenario *scenario = work->scenario;
	int next = step_index + 1;
	while (next < (int)scenario->count &&
	       ((scenario->steps[next].minimum && action->amount < scenario->steps[next].minimum) ||
		(scenario->steps[next].maximum && action->amount > scenario->steps[next].maximum) ||
		!plan_step_fits(work, &scenario->steps[next], action->amount, action->max_days_late)))
		next++;
	if (next >= (int)scenario->count || action->rank <= RANK_DUE) return;
	const struct step *step = &scenario->steps[next];
	const struct calendar *calendar = &work->settings->calendar;
	int32_t day = step->from_previous ? work->today + step->offset : work->view->items[lead].due_day + step->offset;
	if (step->min_gap && work->today + step->min_gap > day) day = work->today + step->min_gap;
	int32_t gap = calendar_add(calendar, work->today, work->settings->gap_days > 0 ? work->settings->gap_days : 1);
	if (gap > day) day = gap;
	snprintf(action->next_step, sizeof action->next_step, "%s", step->code);
	action->next_day = calendar_next(calendar, day);
	because(action, "next", action->next_day, 0, step->code);
}

/* The way a step goes to this customer: the scenario's, unless he does not want it or prefers another (ledger/preference.h). A formal
 * notice is what the law says it is; what is firm is not said in a text message. */
enum channel plan_channel(const struct plan_view *view, const struct step *step)
{
	enum channel channel = step->channel;
	if (channel != CHANNEL_EMAIL && channel != CHANNEL_LETTER && channel != CHANNEL_SMS && channel != CHANNEL_CALL) return channel;
	if (step->rank == RANK_FORMAL_NOTICE) return channel == CHANNEL_CALL && view->no_phone ? CHANNEL_EMAIL : channel;
	bool by_sms = view->prefers && view->preferred == CHANNEL_SMS;
	if (view->prefers && !(by_sms && (view->no_phone || !view->phone_usable || step->rank >= RANK_FIRM))) return view->preferred;
	return view->no_phone && (channel == CHANNEL_CALL || channel == CHANNEL_SMS) ? CHANNEL_EMAIL : channel;
}

static const char *channel_why(const struct plan_view *view, enum channel channel)
{
	if (!view->prefers || channel != view->preferred) return "no_phone";
	return channel == CHANNEL_LETTER ? "prefers_letter" : channel == CHANNEL_SMS ? "prefers_sms" : "prefers_email";
}

static void account_act(struct work *work, struct account *account)
{
	if (account->review) {
		struct plan_action *action = plan_add(work, "review", CHANNEL_TASK, MODE_MANUAL, account->currency);
		action->reasons = account->reasons;
		action->first_wave = false;
		action_items_fill(work, account, action);
		because(action, "review", work->settings->review_after, 0, NULL);
		action_reasons_say(work, action, account->lead);
		return;
	}
	const struct step *step = &work->scenario->steps[account->step];
	struct plan_action *action = plan_add(work, step->code, step->channel, step->mode, account->currency);
	action->rank = step->rank;
	snprintf(action->template, sizeof action->template, "%s", step->template);
	action->reasons = account->reasons;
	action->broken_promise = work->view->broken_promise && step->rank >= RANK_REMINDER;
	if (work->sheets[account->lead].again && work->sheets[account->lead].next == account->step) because(action, "again", step->repeat, 0, step->code);
	action->first_wave = (account->reasons & YES_TAKEOVER) != 0;
	enum channel channel = plan_channel(work->view, step);
	if (channel != step->channel) {
		action->channel = channel, action->mode = channel_needs_address(channel) ? MODE_CONFIRM : MODE_MANUAL;
		if (step->channel == CHANNEL_SMS) action->template[0] = 0; /* the text of a text message is for nothing else */
		because(action, channel_why(work->view, channel), 0, 0, NULL);
	}
	bool reachable = action->channel == CHANNEL_SMS ? work->view->phone_usable : work->view->address_usable;
	if (channel_needs_address(action->channel) && !reachable) {
		action->reasons |= YES_NO_CONTACT;
		action->channel = CHANNEL_TASK;
		action->mode = MODE_MANUAL;
	}
	if (action->reasons && action->mode == MODE_AUTOMATIC) action->mode = MODE_CONFIRM;
	action->state = action->mode == MODE_CONFIRM ? STATE_TO_CONFIRM : STATE_PLANNED;
	because(action, "step", step->offset, step->from_previous, step->code);
	action_items_fill(work, account, action);
	action_reasons_say(work, action, account->lead);
	action_next(work, action, account->step, account->lead);
	if (action->reasons & YES_UNPAID_RETURN || action->broken_promise) action->priority += action->priority / 2;
	/* items late that this step does not claim are in its statement, and go on at the step of their own age */
	for (size_t n = 0; n < account->count; n++) {
		size_t index = account->items[n];
		if (!plan_item_free(work, index, CONCERN_OVERDUE) && !plan_item_free(work, index, CONCERN_PRE_DUE)) continue;
		if (account->covered[n])
			plan_leave(work, index, LEFT_CREDIT_COVERS, DAY_NONE, "credit_covers",
				   account->pools[plan_pool(work->view, &work->view->items[index])].credits, 0, NULL);
		else if (step->rank >= RANK_FIRM && plan_item_own_fault(work, index))
			plan_leave(work, index, LEFT_OWN_FAULT, DAY_NONE, "own_fault", 0, 0, NULL);
		else if (step->rank >= RANK_FIRM && plan_days_late(work, &work->view->items[index]) < work->settings->firm_min_late)
			plan_leave(work, index, LEFT_TOO_SOON, work->view->items[index].due_day + work->settings->firm_min_late,
			      "too_soon_firm", work->settings->firm_min_late, 0, step->code);
		else if (step->rank == RANK_FORMAL_NOTICE)
			plan_leave(work, index, LEFT_TOO_SOON, DAY_NONE, "too_soon_notice", 0, 0, step->code);
		else
			plan_leave(work, index, LEFT_TOO_SOON, DAY_NONE, "too_soon_other", 0, 0, step->code);
	}
}

/* --- tasks and thanks beside the ladder ------------------------------------------------------------------------------------------ */
static bool past_recent(const struct work *work, const char *step, int days)
{
	for (size_t p = 0; p < work->view->past_count; p++) {
		const struct plan_past *past = &work->view->past[p];
		if (strcmp(past->step, step) != 0 || (past->state != STATE_DONE && !past->skipped)) continue;
		if (past->done_day != DAY_NONE && work->today - past->done_day <= days) return true;
	}
	return false;
}

/* A returned payment alerts the same day, whatever the ladder waits for. */
static void alert_returns(struct work *work)
{
	const struct plan_view *view = work->view;
	if (!calendar_works(&work->settings->calendar, work->today)) return;
	for (size_t i = 0; i < view->item_count; i++) {
		const struct plan_item *item = &view->items[i];
		struct sheet *sheet = &work->sheets[i];
		if (item->kind != ITEM_UNPAID_RETURN || item->open <= 0 || sheet->covered || sheet->handed) continue;
		if (work->today - item->posting_day > 30 || plan_item_named_by(work, i, "unpaid_return")) continue;
		bool waits = sheet->reason == LEFT_NONE || sheet->reason == LEFT_REPLIED || sheet->reason >= LEFT_NO_SCENARIO;
		if (!waits) continue;
		struct account one = plan_account_start(work, item);
		for (size_t c = 0; c < view->item_count; c++)
			if (plan_account_has(&one, &view->items[c])) plan_account_add(work, &one, c);
		one.items[0] = i, one.claimed[0] = true, one.count = 1;
		one.amount = plan_account_ask(work, &one);
		if (one.amount <= 0) continue;
		struct plan_action *action = plan_add(work, "unpaid_return", CHANNEL_TASK, MODE_MANUAL, item->currency);
		snprintf(action->template, sizeof action->template, "unpaid_return");
		action->reasons = YES_UNPAID_RETURN;
		one.pre_due = item->due_day >= work->today;
		action_items_fill(work, &one, action);
		action_reasons_say(work, action, i);
		action->priority += action->priority / 2;
		return; /* one alert a day; the next return has its own tomorrow */
	}
}

static void remind_ourselves(struct work *work)
{
	if (!calendar_works(&work->settings->calendar, work->today) || past_recent(work, "own_fault", 7)) return;
	for (size_t i = 0; i < work->view->item_count; i++) {
		if (work->sheets[i].reason != LEFT_OWN_FAULT) continue;
		struct plan_action *action =
			plan_add(work, "own_fault", CHANNEL_TASK, MODE_MANUAL, work->view->items[i].currency);
		action->priority = weight_of(work, work->view->items[i].open, plan_days_late(work, &work->view->items[i]));
		because(action, "own_fault", 0, 0, work->view->items[i].number);
		return;
	}
}

/* Thanks to a customer who was reminded and has paid (by a payment, never by a disappearance from a file). */
static void thank(struct work *work)
{
	const struct plan_view *view = work->view;
	const struct plan_settings *settings = work->settings;
	if (view->payment_count == 0 || work->plan->action_count > 0 || work->contact_today) return;
	if (settings->stop_all || view->stopped || view->never || view->generic || view->generic_proposed ||
	    view->insolvency_day != DAY_NONE || settings->stale || !view->address_usable ||
	    !calendar_works(&settings->calendar, work->today))
		return;
	if (work->last_contact != DAY_NONE &&
	    work->today < calendar_add(&settings->calendar, work->last_contact, settings->gap_days > 0 ? settings->gap_days : 1))
		return;
	if (work->contact_from != DAY_NONE && work->contact_from > work->today) return; /* he hears enough of us */
	struct plan_action *action = NULL;
	int64_t sum = 0;
	for (size_t i = 0; i < view->payment_count; i++) {
		const struct plan_payment *payment = &view->payments[i];
		if (!payment->closed || (action && strcmp(action->currency, payment->currency) != 0)) continue;
		bool reopened = false;
		for (size_t n = 0; n < view->item_count; n++)
			if (view->items[n].kind == ITEM_UNPAID_RETURN && view->items[n].origin_id == payment->item_id) reopened = true;
		if (reopened) continue;
		if (!action) {
			action = plan_add(work, "thanks", CHANNEL_EMAIL, MODE_CONFIRM, payment->currency);
			snprintf(action->template, sizeof action->template, "thanks");
			action->items = arena_array(work->arena, struct plan_action_item, view->payment_count);
		}
		action->items[action->item_count++] =
			(struct plan_action_item){ SIZE_MAX, payment->item_id, PLAN_PAID, payment->amount };
		sum += payment->amount;
	}
	if (action) because(action, "thanks", sum, (int64_t)action->item_count, NULL);
}

/* --- the day ------------------------------------------------------------------------------------------------------------------ */
static void accounts_plan(struct work *work)
{
	const struct plan_view *view = work->view;
	enum { LIMIT = 32 }; /* currencies of one customer */
	struct account accounts[LIMIT];
	size_t count = 0;
	for (size_t i = 0; i < view->item_count; i++) {
		if (view->items[i].kind == ITEM_DEPOSIT_REQUEST) continue;
		size_t a = 0;
		while (a < count && !plan_account_has(&accounts[a], &view->items[i])) a++;
		if (a == count) {
			if (count == LIMIT) continue; /* R8 is kept below: such items are left as no_scenario */
			accounts[count++] = plan_account_start(work, &view->items[i]);
		}
		struct account *account = &accounts[a];
		plan_account_add(work, account, i);
		if (work->sheets[i].concern != CONCERN_NONE) account->items[account->count++] = i;
	}
	struct account *first = NULL;
	for (size_t a = 0; a < count; a++) {
		struct account *account = &accounts[a];
		if (account->count == 0) continue;
		for (size_t p = 0; p < view->past_count; p++)
			if (plan_past_under_way(&view->past[p]) && strcmp(view->past[p].currency, account->currency) == 0)
				account->under_way = true;
		plan_account(work, account);
		if (account->ready && !account->review && (!first || account->day < first->day ||
							   (account->day == first->day && (strcmp(account->currency, first->currency) < 0 ||
												   (strcmp(account->currency, first->currency) == 0 && account->payee_id < first->payee_id)))))
			first = account;
	}
	for (size_t a = 0; a < count; a++) {
		struct account *account = &accounts[a];
		if (!account->ready) continue;
		/* one contact a day: another currency waits; a review is a task of our own */
		if (account->review || (account == first && !work->contact_today)) {
			account_act(work, account);
			continue;
		}
		int32_t next = calendar_add(&work->settings->calendar, work->today, 1);
		plan_leave_all(work, account, CONCERN_OVERDUE, LEFT_TOO_SOON, next, "one_a_day", next, 0, NULL);
		plan_leave_all(work, account, CONCERN_PRE_DUE, LEFT_TOO_SOON, next, "one_a_day", next, 0, NULL);
	}
}

void plan_day(const struct plan_view *view, const struct scenario *scenario, const struct plan_settings *settings, int32_t today,
	      struct arena *arena, struct plan *out)
{
	struct work work = {
		.view = view, .scenario = scenario, .settings = settings, .today = today, .arena = arena, .plan = out,
		.sheets = arena_array(arena, struct sheet, view->item_count + 1),
	};
	*out = (struct plan){ 0 };
	plan_work_start(&work);
	plan_sort_out(&work);
	accounts_plan(&work);
	alert_returns(&work);
	remind_ourselves(&work);
	thank(&work);

	out->left = arena_array(arena, struct plan_left, view->item_count + 1);
	for (size_t i = 0; i < view->item_count; i++) {
		struct sheet *sheet = &work.sheets[i];
		if (sheet->concern == CONCERN_NONE || sheet->handed) continue;
		if (sheet->reason == LEFT_NONE) plan_leave(&work, i, LEFT_NO_SCENARIO, DAY_NONE, "no_scenario", 0, 0, NULL);
		out->left[out->left_count++] =
			(struct plan_left){ .item = i, .reason = sheet->reason, .until = sheet->until, .detail = sheet->detail };
	}
}
