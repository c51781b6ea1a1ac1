#include "dunning/plan_work.h"

#include "base/day.h"

int64_t plan_item_claim(const struct plan_item *item) { return item->open - item->disputed; }

bool plan_account_has(const struct account *account, const struct plan_item *item)
{
	return strcmp(item->currency, account->currency) == 0 && item->payee_id == account->payee_id;
}

bool plan_item_free(const struct work *work, size_t index, enum concern concern)
{
	const struct sheet *sheet = &work->sheets[index];
	return sheet->concern == concern && sheet->reason == LEFT_NONE && !sheet->handed;
}

void plan_leave_all(struct work *work, const struct account *account, enum concern concern, enum left_reason reason, int32_t until,
		      const char *code, int64_t a, int64_t b, const char *text)
{
	for (size_t n = 0; n < account->count; n++)
		if (plan_item_free(work, account->items[n], concern)) plan_leave(work, account->items[n], reason, until, code, a, b, text);
}

static int64_t account_sum(const struct work *work, const struct account *account, enum concern concern, size_t *count)
{
	int64_t sum = 0;
	*count = 0;
	for (size_t n = 0; n < account->count; n++)
		if (plan_item_free(work, account->items[n], concern))
			sum += plan_item_claim(&work->view->items[account->items[n]]), ++*count;
	return sum;
}

/* The day a step is due for an item: its offset, on a working day, with every gap kept; the pressure on the buyer apart. */
static int32_t step_day_alone(const struct work *work, size_t index, int step_index)
{
	const struct plan_item *item = &work->view->items[index];
	const struct step *step = &work->scenario->steps[step_index];
	const struct plan_settings *settings = work->settings;
	int32_t last = plan_item_last_notice(work, index);
	int32_t day = item->due_day + step->offset;
	if (step->from_previous) day = last != DAY_NONE ? last + step->offset : item->due_day;
	if (work->sheets[index].again && work->sheets[index].next == step_index) day = last != DAY_NONE ? last + step->repeat_every : day;
	if (work->view->broken_promise && day > work->today) day = work->today;
	if (last == DAY_NONE && step->rank >= RANK_REMINDER && item->issue_day + settings->issue_gap > day)
		day = item->issue_day + settings->issue_gap; /* issued and mailed with a due date already past */
	if (step->rank >= RANK_FIRM && item->due_day + settings->firm_min_late > day) day = item->due_day + settings->firm_min_late;
	int32_t contact = settings->per_item ? last : work->last_contact;
	if (contact != DAY_NONE) {
		if (step->min_gap && contact + step->min_gap > day) day = contact + step->min_gap;
		int32_t gap = calendar_add(&settings->calendar, contact, settings->gap_days > 0 ? settings->gap_days : 1);
		if (gap > day) day = gap;
	}
	return calendar_next(&settings->calendar, day);
}

/* A contact waits while the buyer has heard enough, or hears from another of us today; a task of our own does not. */
static bool pressed(const struct work *work, const struct step *step)
{
	return work->contact_from != DAY_NONE && work->contact_from > work->today && channel_is_contact(step->channel);
}

static int32_t step_day(const struct work *work, size_t index, int step_index)
{
	int32_t day = step_day_alone(work, index, step_index);
	if (!pressed(work, &work->scenario->steps[step_index]) || day >= work->contact_from) return day;
	return calendar_next(&work->settings->calendar, work->contact_from);
}

/* Where an account that keeps its step stands: after the highest notice since its oldest late item is late. */
static int step_kept(const struct work *work, const struct account *account, size_t oldest)
{
	const struct scenario *scenario = work->scenario;
	int at = -1;
	for (size_t p = 0; p < work->view->past_count; p++) {
		const struct plan_past *past = &work->view->past[p];
		if (!plan_past_out(past) || !past->contact || past->rank < RANK_REMINDER || strcmp(past->currency, account->currency) != 0) continue;
		if (past->done_day <= work->view->items[oldest].due_day || past->done_day < scenario->restart_day) continue;
		int position = scenario_step(scenario, past->step);
		if (position < 0 || scenario->steps[position].rank != past->rank)
			for (size_t i = 0; i < scenario->count; i++)
				if (scenario->steps[i].rank <= past->rank) position = (int)i;
		if (position > at) at = position;
	}
	return at >= 0 && at + 1 < (int)scenario->count ? at + 1 : -1;
}

/* Which items the step would claim from, and for how much. */
static int64_t step_claim(const struct work *work, const struct account *account, int step_index, bool *claimed)
{
	const struct step *step = &work->scenario->steps[step_index];
	int64_t sum = account->credits;
	for (size_t n = 0; n < account->count; n++) {
		size_t index = account->items[n];
		const struct plan_item *item = &work->view->items[index];
		claimed[n] = plan_item_free(work, index, CONCERN_OVERDUE);
		if (!claimed[n]) continue;
		if (step->rank >= RANK_FIRM && plan_days_late(work, item) < work->settings->firm_min_late) claimed[n] = false;
		if (step->rank == RANK_FORMAL_NOTICE && !plan_item_reminded(work, index)) claimed[n] = false;
		if (work->settings->per_item &&
		    (work->sheets[index].next != step_index || step_day(work, index, step_index) > work->today))
			claimed[n] = false;
		if (claimed[n]) sum += plan_item_claim(item);
	}
	return sum;
}

unsigned plan_account_reasons(const struct work *work, const struct account *account)
{
	const struct plan_view *view = work->view;
	unsigned reasons = 0;
	for (size_t n = 0; n < account->count; n++) {
		if (!account->claimed[n]) continue;
		const struct plan_item *item = &view->items[account->items[n]];
		if (work->sheets[account->items[n]].takeover) reasons |= YES_TAKEOVER;
		if (item->due_source == DUE_ASSUMED || item->due_source == DUE_OPENING) reasons |= YES_ASSUMED_DUE_DATE;
		if (item->doubtful) reasons |= YES_DOUBTFUL;
		if (item->kind == ITEM_UNPAID_RETURN && !plan_item_named_by(work, account->items[n], "unpaid_return") &&
		    work->today - item->posting_day <= 30)
			reasons |= YES_UNPAID_RETURN;
	}
	/* contract section 3: negative open amounts over a share of the positive ones */
	if (account->positive > 0 &&
	    (__int128)-account->credits * 100 > (__int128)account->positive * work->settings->unlettered_percent)
		reasons |= YES_UNLETTERED;
	if (view->supplier_balance > 0) reasons |= YES_OFFSET;
	if (view->generic_proposed) reasons |= YES_GENERIC_ACCOUNT;
	return reasons;
}

/* What the ladder says of the oldest item (or of each item, where the company chases per item). */
static void account_ladder(struct work *work, struct account *account)
{
	const struct scenario *scenario = work->scenario;
	size_t lead = SIZE_MAX, oldest = SIZE_MAX;
	int next = -1;
	for (size_t n = 0; n < account->count; n++) {
		size_t index = account->items[n];
		if (!plan_item_free(work, index, CONCERN_OVERDUE)) continue;
		int step = work->sheets[index].next;
		if (work->settings->highest && !work->settings->per_item) {
			if (lead == SIZE_MAX || step > next) lead = index, next = step;
			if (oldest == SIZE_MAX) oldest = index;
			continue;
		}
		if (!work->settings->per_item) {
			lead = index, next = step;
			break;
		}
		bool reached = step_day(work, index, step) <= work->today;
		if (lead == SIZE_MAX || (reached && (step > next || step_day(work, lead, next) > work->today)))
			lead = index, next = step;
	}
	if (lead == SIZE_MAX) return;
	if (oldest != SIZE_MAX && work->settings->keep_step) {
		int kept = step_kept(work, account, oldest);
		if (kept > next) lead = oldest, next = kept;
	}

	enum left_reason passed = LEFT_NONE;
	int64_t passed_bound = 0;
	const char *passed_step = NULL; /* passed over because its conditions don't hold */
	for (; next < (int)scenario->count; next++) {
		const struct step *step = &scenario->steps[next];
		int32_t day = step_day(work, lead, next);
		if (day > work->today) {
			if (pressed(work, step) && step_day_alone(work, lead, next) <= work->today)
				plan_leave_all(work, account, CONCERN_OVERDUE, LEFT_TOO_SOON, day, work->contact_why, day,
					  work->settings->contacts_max, step->code);
			else if (passed_step)
				plan_leave_all(work, account, CONCERN_OVERDUE, LEFT_TOO_SOON, day, "condition", day, 0, passed_step);
			else if (passed == LEFT_NONE)
				plan_leave_all(work, account, CONCERN_OVERDUE, LEFT_TOO_SOON, day, "too_soon", day,
					  work->last_contact, step->code);
			else
				plan_leave_all(work, account, CONCERN_OVERDUE, passed, DAY_NONE,
					  passed == LEFT_BELOW_MINIMUM ? "below" : "above", passed_bound, 0, step->code);
			return;
		}
		int64_t amount = step_claim(work, account, next, account->claimed);
		bool any = false;
		for (size_t n = 0; n < account->count; n++) any |= account->claimed[n];
		if (!any) {
			plan_leave_all(work, account, CONCERN_OVERDUE, LEFT_TOO_SOON, DAY_NONE, "too_soon_firm", work->settings->firm_min_late,
				  0, step->code);
			return;
		}
		if (amount <= 0) {
			for (size_t n = 0; n < account->count; n++)
				if (account->claimed[n])
					plan_leave(work, account->items[n], LEFT_CREDIT_COVERS, DAY_NONE, "credit_covers", account->credits,
					      0, NULL);
			plan_leave_all(work, account, CONCERN_OVERDUE, LEFT_TOO_SOON, DAY_NONE, "too_soon_firm",
				  work->settings->firm_min_late, 0, step->code);
			return;
		}
		int64_t minimum = work->view->minimum >= 0 ? work->view->minimum
				  : scenario->minimum      ? scenario->minimum
							   : work->settings->minimum;
		if (minimum && amount < minimum) {
			plan_leave_all(work, account, CONCERN_OVERDUE, LEFT_BELOW_MINIMUM, DAY_NONE, "below", minimum, amount, NULL);
			return;
		}
		if ((step->minimum && amount < step->minimum) || (step->maximum && amount > step->maximum)) {
			/* the step is not for this amount: the next one, at its own time */
			passed = step->minimum && amount < step->minimum ? LEFT_BELOW_MINIMUM : LEFT_ABOVE_MAXIMUM;
			passed_bound = passed == LEFT_BELOW_MINIMUM ? step->minimum : step->maximum;
			continue;
		}
		if (!plan_step_fits(work, step, amount, plan_days_late(work, &work->view->items[lead]))) {
			passed_step = step->code;
			continue;
		}
		account->ready = true;
		account->step = next;
		account->lead = lead;
		account->day = day;
		account->amount = amount;
		account->reasons = plan_account_reasons(work, account);
		return;
	}
	if (passed_step)
		plan_leave_all(work, account, CONCERN_OVERDUE, LEFT_SCENARIO_DONE, DAY_NONE, "condition_end", 0, 0, passed_step);
	else
		plan_leave_all(work, account, CONCERN_OVERDUE, passed, DAY_NONE, passed == LEFT_BELOW_MINIMUM ? "below" : "above", passed_bound,
			  0, NULL);
}

static void account_pre_due(struct work *work, struct account *account)
{
	size_t lead = SIZE_MAX;
	for (size_t n = 0; n < account->count && lead == SIZE_MAX; n++)
		if (plan_item_free(work, account->items[n], CONCERN_PRE_DUE)) lead = account->items[n];
	if (lead == SIZE_MAX) return;
	int step_index = work->sheets[lead].next;
	const struct step *step = &work->scenario->steps[step_index];
	int32_t wait = DAY_NONE;
	if (work->last_contact != DAY_NONE) {
		wait = calendar_add(&work->settings->calendar, work->last_contact,
				    work->settings->gap_days > 0 ? work->settings->gap_days : 1);
		if (step->min_gap && work->last_contact + step->min_gap > wait) wait = work->last_contact + step->min_gap;
	}
	if (pressed(work, step)) {
		int32_t from = calendar_next(&work->settings->calendar, work->contact_from);
		plan_leave_all(work, account, CONCERN_PRE_DUE, LEFT_TOO_SOON, from, work->contact_why, from, work->settings->contacts_max, step->code);
		return;
	}
	if (wait != DAY_NONE && wait > work->today) {
		plan_leave_all(work, account, CONCERN_PRE_DUE, LEFT_TOO_SOON, wait, "too_soon", wait, work->last_contact, step->code);
		return;
	}
	int64_t amount = account->credits;
	for (size_t n = 0; n < account->count; n++) {
		size_t index = account->items[n];
		account->claimed[n] = plan_item_free(work, index, CONCERN_PRE_DUE) && work->sheets[index].next == step_index;
		if (account->claimed[n]) amount += plan_item_claim(&work->view->items[index]);
	}
	if (amount <= 0) {
		plan_leave_all(work, account, CONCERN_PRE_DUE, LEFT_CREDIT_COVERS, DAY_NONE, "credit_covers", account->credits, 0, NULL);
		return;
	}
	int64_t minimum = work->view->minimum >= 0 ? work->view->minimum
			  : work->scenario->minimum ? work->scenario->minimum
						    : work->settings->minimum;
	if (minimum && amount < minimum) {
		plan_leave_all(work, account, CONCERN_PRE_DUE, LEFT_BELOW_MINIMUM, DAY_NONE, "below", minimum, amount, NULL);
		return;
	}
	account->ready = account->pre_due = true;
	account->step = step_index;
	account->lead = lead;
	account->day = work->today;
	account->amount = amount;
	account->reasons = plan_account_reasons(work, account);
}

/* Whether the account's oldest item is an old debt that a person must look at first (over 90 days at take-over). */
static bool account_review(struct work *work, struct account *account)
{
	for (size_t n = 0; n < account->count; n++) {
		size_t index = account->items[n];
		if (!plan_item_free(work, index, CONCERN_OVERDUE)) continue;
		const struct plan_item *item = &work->view->items[index];
		if (!work->sheets[index].takeover || plan_days_late(work, item) <= work->settings->review_after) continue;
		if (plan_item_named_by(work, index, "review")) continue;
		account->amount = account->credits;
		for (size_t m = 0; m < account->count; m++) {
			account->claimed[m] = plan_item_free(work, account->items[m], CONCERN_OVERDUE);
			if (account->claimed[m]) account->amount += plan_item_claim(&work->view->items[account->items[m]]);
		}
		account->ready = account->review = true;
		account->lead = account->items[0];
		for (size_t m = 0; m < account->count; m++)
			if (account->claimed[m]) {
				account->lead = account->items[m];
				break;
			}
		account->day = work->today;
		account->reasons = plan_account_reasons(work, account) | YES_TAKEOVER;
		return true;
	}
	return false;
}

/* Reasons of the whole account, in the contract's order, then its candidate for the day. */
void plan_account(struct work *work, struct account *account)
{
	const struct plan_view *view = work->view;
	const struct plan_settings *settings = work->settings;
	size_t overdue, pre_due;
	int64_t sum = account_sum(work, account, CONCERN_OVERDUE, &overdue);
	account_sum(work, account, CONCERN_PRE_DUE, &pre_due);
	if (overdue && sum + account->credits <= 0) {
		plan_leave_all(work, account, CONCERN_OVERDUE, LEFT_CREDIT_COVERS, DAY_NONE, "credit_covers", account->credits, sum, NULL);
		overdue = 0;
		/* what covers late items is not there for others: no courtesy mail either (a payment never adds an item, R7) */
		plan_leave_all(work, account, CONCERN_PRE_DUE, LEFT_IN_PROGRESS, DAY_NONE, "pre_due_behind", 0, 0, NULL);
		pre_due = 0;
	}
	if (!overdue && !pre_due) return;
	if (view->replied_day != DAY_NONE && view->replied_day <= work->today) {
		int32_t until = calendar_add(&settings->calendar, view->replied_day, settings->reply_days);
		if (work->today <= until) {
			plan_leave_all(work, account, CONCERN_OVERDUE, LEFT_REPLIED, until, "replied", view->replied_day, 0, NULL);
			plan_leave_all(work, account, CONCERN_PRE_DUE, LEFT_REPLIED, until, "replied", view->replied_day, 0, NULL);
			return;
		}
	}
	if (!work->scenario) {
		plan_leave_all(work, account, CONCERN_OVERDUE, LEFT_NO_SCENARIO, DAY_NONE, "no_scenario", 0, 0, NULL);
		return;
	}
	bool left = false;
	for (size_t n = 0; n < account->count; n++) {
		size_t index = account->items[n];
		if (!plan_item_free(work, index, CONCERN_OVERDUE)) continue;
		if (work->sheets[index].next < 0)
			plan_leave(work, index, LEFT_SCENARIO_DONE, DAY_NONE, "scenario_done", plan_item_last_notice(work, index), 0, NULL);
		else
			left = true;
	}
	if (account->under_way) {
		plan_leave_all(work, account, CONCERN_OVERDUE, LEFT_IN_PROGRESS, DAY_NONE, "in_progress", 0, 0, NULL);
		plan_leave_all(work, account, CONCERN_PRE_DUE, LEFT_IN_PROGRESS, DAY_NONE, "in_progress", 0, 0, NULL);
		return;
	}
	if (left) {
		/* one message lists all: nothing about items not yet due while others are late */
		plan_leave_all(work, account, CONCERN_PRE_DUE, LEFT_IN_PROGRESS, DAY_NONE, "pre_due_behind", 0, 0, NULL);
		if (!account_review(work, account)) account_ladder(work, account);
	} else {
		account_pre_due(work, account);
	}
	if (!account->ready) return;

	/* what stops the candidate: closed day, stale data, an address that must not be used */
	enum left_reason stop = LEFT_NONE;
	struct plan_why detail = { .text = "" };
	int32_t until = DAY_NONE;
	if (!calendar_works(&settings->calendar, work->today)) {
		stop = LEFT_CLOSED_DAY;
		until = calendar_next(&settings->calendar, work->today);
		detail = (struct plan_why){ .code = "closed_day", .a = until, .text = "" };
	} else if (settings->stale) {
		stop = LEFT_STALE_DATA;
		detail = (struct plan_why){ .code = "stale_data", .a = settings->last_import, .text = "" };
	} else if (!account->review) {
		enum channel channel = plan_channel(view, &work->scenario->steps[account->step]);
		if (channel == CHANNEL_EMAIL && !view->address_usable && view->address_suppressed) {
			stop = LEFT_SUPPRESSED;
			detail = (struct plan_why){ .code = "suppressed", .text = "" };
		}
	}
	if (stop == LEFT_NONE) return;
	account->ready = false;
	for (size_t n = 0; n < account->count; n++) {
		size_t index = account->items[n];
		if (plan_item_free(work, index, CONCERN_OVERDUE) || plan_item_free(work, index, CONCERN_PRE_DUE))
			plan_leave(work, index, stop, until, detail.code, detail.a, detail.b, detail.text);
	}
}
