#include "dunning/plan_work.h"

#include "base/day.h"

int64_t plan_item_claim(const struct plan_item *item) { return item->open - item->disputed; }

bool plan_account_has(const struct account *account, const struct plan_item *item)
{
	return strcmp(item->currency, account->currency) == 0 && item->payee_id == account->payee_id;
}

/* --- whose credits cover whose items ------------------------------------------------------------------------------------- */
const struct plan_member *plan_member(const struct plan_view *view, const struct plan_item *item, struct plan_member *own)
{
	if (view->member_count) return &view->members[item->member];
	*own = (struct plan_member){ view->customer_id, view->code, "", view->stopped, view->never, view->generic, view->generic_proposed,
				     view->pays_by_debit, view->own_fault, view->insolvency_day, view->supplier_balance };
	return own;
}

bool plan_member_out(const struct plan_view *view, const struct plan_item *item)
{
	if (!view->member_count) return false;
	const struct plan_member *member = &view->members[item->member];
	return member->stopped || member->never || member->generic || item->excluded;
}

size_t plan_pools(const struct plan_view *view) { return view->member_count + 1; }

size_t plan_pool(const struct plan_view *view, const struct plan_item *item)
{
	if (!view->member_count) return 0;
	return view->netted && view->members[item->member].insolvency_day == DAY_NONE ? 0 : (size_t)item->member + 1;
}

struct account plan_account_start(const struct work *work, const struct plan_item *first)
{
	struct account account = { .payee_id = first->payee_id };
	snprintf(account.currency, sizeof account.currency, "%s", first->currency);
	account.items = arena_array(work->arena, size_t, work->view->item_count);
	account.claimed = arena_array(work->arena, bool, work->view->item_count);
	account.covered = arena_array(work->arena, bool, work->view->item_count);
	account.pools = arena_array(work->arena, struct pool, plan_pools(work->view));
	return account;
}

void plan_account_add(const struct work *work, struct account *account, size_t index)
{
	const struct plan_item *item = &work->view->items[index];
	struct pool *pool = &account->pools[plan_pool(work->view, item)];
	if (plan_member_out(work->view, item)) return;
	if (item->open < 0)
		account->credits += item->open, pool->credits += item->open;
	else
		pool->positive += item->open;
}

int64_t plan_account_ask(const struct work *work, struct account *account)
{
	const struct plan_view *view = work->view;
	size_t pools = plan_pools(view);
	for (size_t p = 0; p < pools; p++) account->pools[p].asked = account->pools[p].credits, account->pools[p].any = false;
	for (size_t n = 0; n < account->count; n++) {
		const struct plan_item *item = &view->items[account->items[n]];
		struct pool *pool = &account->pools[plan_pool(view, item)];
		account->covered[n] = false;
		if (account->claimed[n]) pool->asked += plan_item_claim(item), pool->any = true;
	}
	if (!view->member_count) return account->pools[0].asked;
	int64_t sum = 0;
	for (size_t n = 0; n < account->count; n++) {
		struct pool *pool = &account->pools[plan_pool(view, &view->items[account->items[n]])];
		if (account->claimed[n] && pool->asked <= 0) account->claimed[n] = false, account->covered[n] = true;
	}
	for (size_t p = 0; p < pools; p++) {
		account->pools[p].any &= account->pools[p].asked > 0;
		if (account->pools[p].any) sum += account->pools[p].asked;
	}
	return sum;
}

bool plan_credit_counts(const struct work *work, const struct account *account, const struct plan_item *item)
{
	if (item->open >= 0 || !plan_account_has(account, item)) return false;
	return !work->view->member_count || (!plan_member_out(work->view, item) && account->pools[plan_pool(work->view, item)].any);
}

/* Credits taken off what the account claims, for the words. */
static int64_t credits_of(const struct work *work, const struct account *account, size_t index)
{
	return account->pools[plan_pool(work->view, &work->view->items[index])].credits;
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

static bool account_free(const struct work *work, const struct account *account, enum concern concern)
{
	for (size_t n = 0; n < account->count; n++)
		if (plan_item_free(work, account->items[n], concern)) return true;
	return false;
}

/* Leaves out what is late and covered by the credits of its pool; whether there was any. */
static bool account_covered(struct work *work, struct account *account)
{
	size_t pools = plan_pools(work->view);
	bool any = false;
	for (size_t p = 0; p < pools; p++) account->pools[p].asked = 0, account->pools[p].any = false;
	for (size_t n = 0; n < account->count; n++) {
		size_t index = account->items[n];
		struct pool *pool = &account->pools[plan_pool(work->view, &work->view->items[index])];
		if (!plan_item_free(work, index, CONCERN_OVERDUE)) continue;
		pool->any = true, pool->asked += plan_item_claim(&work->view->items[index]);
	}
	for (size_t n = 0; n < account->count; n++) {
		size_t index = account->items[n];
		const struct pool *pool = &account->pools[plan_pool(work->view, &work->view->items[index])];
		if (!pool->any || pool->asked + pool->credits > 0 || !plan_item_free(work, index, CONCERN_OVERDUE)) continue;
		plan_leave(work, index, LEFT_CREDIT_COVERS, DAY_NONE, "credit_covers", pool->credits, pool->asked, NULL);
		any = true;
	}
	return any;
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
static int64_t step_claim(const struct work *work, struct account *account, int step_index)
{
	const struct step *step = &work->scenario->steps[step_index];
	bool *claimed = account->claimed;
	for (size_t n = 0; n < account->count; n++) {
		size_t index = account->items[n];
		const struct plan_item *item = &work->view->items[index];
		claimed[n] = plan_item_free(work, index, CONCERN_OVERDUE);
		if (!claimed[n]) continue;
		if (step->rank >= RANK_FIRM && plan_days_late(work, item) < work->settings->firm_min_late) claimed[n] = false;
		if (step->rank == RANK_FORMAL_NOTICE && !plan_item_reminded(work, index)) claimed[n] = false;
		if (step->rank >= RANK_FIRM && plan_item_own_fault(work, index)) claimed[n] = false; /* whatever another item's step is */
		if (work->settings->per_item &&
		    (work->sheets[index].next != step_index || step_day(work, index, step_index) > work->today))
			claimed[n] = false;
	}
	return plan_account_ask(work, account);
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
		struct plan_member own;
		const struct plan_member *member = plan_member(view, item, &own);
		if (member->supplier_balance > 0) reasons |= YES_OFFSET;
		if (member->generic_proposed) reasons |= YES_GENERIC_ACCOUNT;
		if (item->kind == ITEM_UNPAID_RETURN && !plan_item_named_by(work, account->items[n], "unpaid_return") &&
		    work->today - item->posting_day <= 30)
			reasons |= YES_UNPAID_RETURN;
	}
	/* contract section 3: negative open amounts over a share of the positive ones */
	for (size_t p = 0; p < plan_pools(view); p++) {
		const struct pool *pool = &account->pools[p];
		if (pool->positive > 0 && (pool->any || !view->member_count) &&
		    (__int128)-pool->credits * 100 > (__int128)pool->positive * work->settings->unlettered_percent)
			reasons |= YES_UNLETTERED;
	}
	return reasons;
}

static void account_ladder(struct work *work, struct account *account);

/* Of several members, the one whose item leads has nothing left to ask at this step: the others go on without what is covered. */
static bool lead_covered(struct work *work, struct account *account, size_t lead)
{
	bool covered = false;
	for (size_t n = 0; n < account->count; n++) covered |= account->items[n] == lead && account->covered[n];
	if (!covered) return false;
	const struct plan_view *view = work->view;
	size_t pool = plan_pool(view, &view->items[lead]);
	for (size_t n = 0; n < account->count; n++) {
		size_t index = account->items[n];
		if (account->covered[n])
			plan_leave(work, index, LEFT_CREDIT_COVERS, DAY_NONE, "credit_covers", credits_of(work, account, index), 0, NULL);
		else if (plan_pool(view, &view->items[index]) == pool && plan_item_free(work, index, CONCERN_OVERDUE)) /* no younger one instead of it (R7) */
			plan_leave(work, index, LEFT_TOO_SOON, DAY_NONE, "too_soon_firm", work->settings->firm_min_late, 0, NULL);
	}
	account_ladder(work, account);
	return true;
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
		int64_t amount = step_claim(work, account, next);
		if (lead_covered(work, account, lead)) return;
		bool any = false;
		for (size_t n = 0; n < account->count; n++) any |= account->claimed[n] || account->covered[n];
		if (!any) {
			for (size_t n = 0; n < account->count && step->rank >= RANK_FIRM; n++)
				if (plan_item_free(work, account->items[n], CONCERN_OVERDUE) && plan_item_own_fault(work, account->items[n]))
					plan_leave(work, account->items[n], LEFT_OWN_FAULT, DAY_NONE, "own_fault", 0, 0, NULL);
			plan_leave_all(work, account, CONCERN_OVERDUE, LEFT_TOO_SOON, DAY_NONE, "too_soon_firm", work->settings->firm_min_late,
				  0, step->code);
			return;
		}
		if (amount <= 0) {
			for (size_t n = 0; n < account->count; n++)
				if (account->claimed[n] || account->covered[n])
					plan_leave(work, account->items[n], LEFT_CREDIT_COVERS, DAY_NONE, "credit_covers",
						   credits_of(work, account, account->items[n]), 0, NULL);
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
	for (size_t n = 0; n < account->count; n++) {
		size_t index = account->items[n];
		account->claimed[n] = plan_item_free(work, index, CONCERN_PRE_DUE) && work->sheets[index].next == step_index;
	}
	int64_t amount = plan_account_ask(work, account);
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
		for (size_t m = 0; m < account->count; m++) account->claimed[m] = plan_item_free(work, account->items[m], CONCERN_OVERDUE);
		account->amount = plan_account_ask(work, account);
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
	if (account_covered(work, account))
		/* what covers late items is not there for others: no courtesy mail either (a payment never adds an item, R7) */
		plan_leave_all(work, account, CONCERN_PRE_DUE, LEFT_IN_PROGRESS, DAY_NONE, "pre_due_behind", 0, 0, NULL);
	if (!account_free(work, account, CONCERN_OVERDUE) && !account_free(work, account, CONCERN_PRE_DUE)) return;
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
