#include "dunning/plan.h"

#include "base/day.h"
#include "base/memory.h"

/* --- what is known of one customer while his day is planned --------------------------------------------------------------- */
enum concern { CONCERN_NONE, CONCERN_OVERDUE, CONCERN_PRE_DUE };

struct naming { /* which past action named which item: sorted by item, then in order of day */
	int64_t item;
	uint32_t past;
};

struct sheet { /* per item */
	enum concern concern;
	enum left_reason reason;
	int next;          /* index of the step it would hear next; -1: the ladder is done */
	int32_t until;     /* of its reason */
	struct plan_why detail;
	bool takeover;     /* old when first seen, and nobody was told yet */
	bool covered;      /* in an action of today that is out, done or refused already */
	bool handed;       /* in an action of this plan */
};

struct work {
	const struct plan_view *view;
	const struct scenario *scenario;
	const struct plan_settings *settings;
	int32_t today;
	struct arena *arena;
	struct plan *plan;
	size_t action_room;
	struct naming *namings;
	size_t naming_count;
	struct sheet *sheets;
	int32_t last_contact; /* of the customer, in any currency; DAY_NONE */
	bool contact_today;   /* he has heard from us today, or a message is under way */
};

static int naming_order(const void *a, const void *b)
{
	const struct naming *x = a, *y = b;
	if (x->item != y->item) return x->item < y->item ? -1 : 1;
	return x->past < y->past ? -1 : x->past > y->past;
}

static bool past_under_way(const struct plan_past *past)
{
	return past->state == STATE_QUEUED || past->state == STATE_SENDING || past->state == STATE_UNKNOWN;
}

static bool past_out(const struct plan_past *past)
{
	return past->state == STATE_SENT || past->state == STATE_DONE;
}

static void work_index(struct work *work)
{
	const struct plan_view *view = work->view;
	size_t count = 0;
	for (size_t p = 0; p < view->past_count; p++) count += view->past[p].item_count;
	work->namings = arena_array(work->arena, struct naming, count + 1);
	bool sorted = true;
	for (size_t p = 0; p < view->past_count; p++)
		for (size_t i = 0; i < view->past[p].item_count; i++) {
			work->namings[work->naming_count] = (struct naming){ view->past[p].items[i], (uint32_t)p };
			if (work->naming_count && naming_order(&work->namings[work->naming_count - 1], &work->namings[work->naming_count]) > 0)
				sorted = false;
			work->naming_count++;
		}
	if (!sorted) qsort(work->namings, work->naming_count, sizeof *work->namings, naming_order);
}

/* Past actions that named this id: the first one and how many. */
static size_t namings_of(const struct work *work, int64_t id, size_t *count)
{
	size_t low = 0, high = work->naming_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (work->namings[middle].item < id)
			low = middle + 1;
		else
			high = middle;
	}
	size_t end = low;
	while (end < work->naming_count && work->namings[end].item == id) end++;
	*count = end - low;
	return low;
}

/* Calls `each` for what named the item or the one it takes over (a returned payment, a transfer), in order of day. */
struct past_walk {
	const struct work *work;
	size_t own, own_end, origin, origin_end;
};
static struct past_walk past_walk_start(const struct work *work, const struct plan_item *item)
{
	struct past_walk walk = { .work = work };
	size_t count;
	walk.own = namings_of(work, item->id, &count), walk.own_end = walk.own + count;
	if (item->origin_id) walk.origin = namings_of(work, item->origin_id, &count), walk.origin_end = walk.origin + count;
	return walk;
}
static const struct plan_past *past_walk_next(struct past_walk *walk)
{
	const struct naming *namings = walk->work->namings;
	const struct plan_past *past = walk->work->view->past;
	bool own = walk->own < walk->own_end, origin = walk->origin < walk->origin_end;
	if (!own && !origin) return NULL;
	if (own && origin) own = namings[walk->own].past <= namings[walk->origin].past;
	return &past[namings[own ? walk->own++ : walk->origin++].past];
}

/* Where a past action stands in this ladder: the same step, or, after a change of scenario, the last one of its rank (a changed
 * scenario never restarts the ladder by itself). -1: outside. */
static int past_position(const struct plan_past *past, const struct scenario *scenario)
{
	if (past->rank == RANK_NONE || past->no_contact) return -1;
	int exact = scenario_step(scenario, past->step);
	if (exact >= 0 && scenario->steps[exact].rank == past->rank) return exact;
	int position = -1;
	for (size_t i = 0; i < scenario->count; i++)
		if (scenario->steps[i].rank <= past->rank) position = (int)i;
	return position;
}

/* A step that an item may leave out on its way up: conditions on the amount, or a day that has lapsed. */
static bool step_optional(const struct step *step, enum rank towards)
{
	return step->minimum > 0 || step->maximum > 0 || (step->rank <= RANK_DUE && towards > step->rank) ||
	       (step->rank == RANK_BEFORE_DUE && towards == RANK_BEFORE_DUE);
}

static int item_step(const struct work *work, size_t index, const struct scenario *scenario)
{
	int at = -1;
	struct past_walk walk = past_walk_start(work, &work->view->items[index]);
	for (const struct plan_past *past; (past = past_walk_next(&walk));) {
		if (!past_out(past) && !past->skipped) continue;
		int position = past_position(past, scenario);
		if (position <= at) continue;
		if (past->takeover) {
			at = position;
			continue;
		}
		/* one notice raises an item by one step at most (R3), whatever step the account stood at */
		int up = at + 1;
		while (up < position && step_optional(&scenario->steps[up], scenario->steps[position].rank)) up++;
		at = up;
	}
	return at;
}

static void work_start(struct work *work)
{
	work_index(work);
	work->last_contact = DAY_NONE;
	for (size_t p = 0; p < work->view->past_count; p++) {
		const struct plan_past *past = &work->view->past[p];
		if (past->skipped || past->state == STATE_FAILED || past->state == STATE_CANCELLED) continue;
		if (past->contact || past_under_way(past)) {
			int32_t day = past->done_day != DAY_NONE ? past->done_day : past->plan_day;
			if (day > work->last_contact) work->last_contact = day;
			if (day == work->today || past->state == STATE_QUEUED || past->state == STATE_SENDING)
				work->contact_today = true;
		}
	}
}

int plan_item_step(const struct plan_view *view, size_t item, const struct scenario *scenario)
{
	struct arena *arena = arena_new();
	struct work work = { .view = view, .arena = arena };
	work_index(&work);
	int step = item_step(&work, item, scenario);
	arena_free(arena);
	return step;
}

/* Whether a sent reminder, follow-up or firm letter named it: what a formal notice may claim (ladder rule 4). */
static bool item_reminded(const struct work *work, size_t index)
{
	struct past_walk walk = past_walk_start(work, &work->view->items[index]);
	for (const struct plan_past *past; (past = past_walk_next(&walk));)
		if (past_out(past) && past->contact && !past->skipped && past->rank >= RANK_REMINDER && past->rank <= RANK_FIRM)
			return true;
	return false;
}

static int32_t item_last_notice(const struct work *work, size_t index)
{
	int32_t day = DAY_NONE;
	struct past_walk walk = past_walk_start(work, &work->view->items[index]);
	for (const struct plan_past *past; (past = past_walk_next(&walk));)
		if ((past_out(past) || past->skipped) && past->rank != RANK_NONE && past->done_day > day) day = past->done_day;
	return day;
}

static bool item_named_by(const struct work *work, size_t index, const char *step)
{
	struct past_walk walk = past_walk_start(work, &work->view->items[index]);
	for (const struct plan_past *past; (past = past_walk_next(&walk));)
		if (strcmp(past->step, step) == 0 && (past->state == STATE_DONE || past->skipped)) return true;
	return false;
}

/* --- the next step of an item ------------------------------------------------------------------------------------------------ */
static int32_t days_late(const struct work *work, const struct plan_item *item) { return work->today - item->due_day; }

/* Items already late when Encours first sees them (ladder rule 5). */
static bool item_taken_over(const struct work *work, size_t index)
{
	const struct plan_item *item = &work->view->items[index];
	bool late = (work->settings->takeover_day != DAY_NONE && item->due_day < work->settings->takeover_day) ||
		    (item->first_seen != DAY_NONE && item->due_day < item->first_seen);
	if (!late) return false;
	struct past_walk walk = past_walk_start(work, item);
	for (const struct plan_past *past; (past = past_walk_next(&walk));)
		if (past_out(past) && past->contact && past->rank != RANK_NONE) return false;
	return true;
}

/* The last step that may be a first contact. */
static int step_before_firm(const struct scenario *scenario)
{
	int found = -1;
	for (size_t i = 0; i < scenario->count; i++)
		if (scenario->steps[i].rank == RANK_REMINDER || scenario->steps[i].rank == RANK_FOLLOW_UP) found = (int)i;
	return found;
}

/* An old debt enters by its age: its first mail of the follow-up rank (it has the opening for a take-over), else the first step of it. */
static int step_for_takeover(const struct scenario *scenario, int32_t late)
{
	enum rank rank = late <= 10 ? RANK_REMINDER : RANK_FOLLOW_UP;
	int found = -1;
	for (size_t i = 0; i < scenario->count; i++) {
		if (scenario->steps[i].rank != rank) continue;
		if (scenario->steps[i].channel == CHANNEL_EMAIL) return (int)i;
		if (found < 0) found = (int)i;
	}
	return found >= 0 ? found : step_before_firm(scenario);
}

static int item_next_overdue(const struct work *work, size_t index)
{
	const struct scenario *scenario = work->scenario;
	const struct plan_item *item = &work->view->items[index];
	int at = item_step(work, index, scenario);
	if (work->sheets[index].takeover && at < 0) return step_for_takeover(scenario, days_late(work, item));
	int next = at + 1;
	/* steps before and on the due date lapse: not sent late, not caught up (ladder rule 2) */
	while (next < (int)scenario->count && scenario->steps[next].rank <= RANK_DUE) next++;
	/* a first contact is never firm: steps that a person passed over reminded nobody */
	if (next < (int)scenario->count && scenario->steps[next].rank >= RANK_FIRM && !item_reminded(work, index))
		return step_before_firm(scenario);
	return next < (int)scenario->count ? next : -1;
}

/* The latest step before or on the due date whose day has come and that the item has not heard; -1: none within reach. */
static int item_next_pre_due(const struct work *work, size_t index)
{
	const struct scenario *scenario = work->scenario;
	const struct plan_item *item = &work->view->items[index];
	if (scenario->count == 0 || scenario->steps[0].rank > RANK_DUE) return -1;
	if (scenario->steps[0].offset < 0 && work->today < item->due_day + scenario->steps[0].offset) return -1;
	int at = item_step(work, index, scenario), found = -1;
	for (int i = at + 1; i < (int)scenario->count && scenario->steps[i].rank <= RANK_DUE; i++) {
		const struct step *step = &scenario->steps[i];
		if (step->rank == RANK_DUE) {
			if (work->today == item->due_day) found = i;
			continue;
		}
		if (work->today >= item->due_day) continue; /* lapsed */
		int32_t day = item->due_day + step->offset;
		if (step->from_previous) {
			int32_t last = item_last_notice(work, index);
			if (last == DAY_NONE) continue;
			day = last + step->offset;
		}
		if (work->today < calendar_next(&work->settings->calendar, day)) continue;
		if ((step->minimum && item->open < step->minimum) || (step->maximum && item->open > step->maximum)) continue;
		found = i;
	}
	return found;
}

/* --- what keeps an item out, by itself ---------------------------------------------------------------------------------------- */
static void leave(struct work *work, size_t index, enum left_reason reason, int32_t until, const char *code, int64_t a, int64_t b,
		  const char *text)
{
	struct sheet *sheet = &work->sheets[index];
	sheet->reason = reason;
	sheet->until = until;
	sheet->detail = (struct plan_why){ .code = code, .a = a, .b = b, .text = text ? text : "" };
}

static void item_block(struct work *work, size_t index)
{
	const struct plan_view *view = work->view;
	const struct plan_item *item = &view->items[index];
	const struct calendar *calendar = &work->settings->calendar;
	const struct sheet *sheet = &work->sheets[index];
	int32_t today = work->today;
	bool firm_next = work->scenario && sheet->next >= 0 && work->scenario->steps[sheet->next].rank >= RANK_FIRM;

	if (work->settings->stop_all) {
		leave(work, index, LEFT_STOPPED, DAY_NONE, "stopped_all", 0, 0, NULL);
	} else if (view->stopped) {
		leave(work, index, LEFT_STOPPED, DAY_NONE, "stopped", 0, 0, NULL);
	} else if (view->never) {
		leave(work, index, LEFT_EXCLUDED, DAY_NONE, "never", 0, 0, NULL);
	} else if (item->excluded) {
		leave(work, index, LEFT_EXCLUDED, item->hold_until, "excluded", 0, 0, NULL);
	} else if (view->generic) {
		leave(work, index, LEFT_GENERIC_ACCOUNT, DAY_NONE, "generic", 0, 0, NULL);
	} else if (view->insolvency_day != DAY_NONE && view->insolvency_day <= today && item->issue_day <= view->insolvency_day) {
		/* L622-7, L622-21: earlier claims are declared, not chased; those after the judgment are paid when due (L622-17) */
		leave(work, index, LEFT_INSOLVENCY, DAY_NONE, "insolvency", view->insolvency_day, 0, NULL);
	} else if (item->barred_from != DAY_NONE && today >= item->barred_from) {
		leave(work, index, LEFT_TIME_BARRED, DAY_NONE, "time_barred", item->barred_from, 0, NULL);
	} else if (item->disputed >= item->open) {
		leave(work, index, LEFT_DISPUTE, DAY_NONE, "dispute", 0, 0, NULL);
	} else if ((view->own_fault || item->own_fault) && firm_next) {
		leave(work, index, LEFT_OWN_FAULT, DAY_NONE, "own_fault", 0, 0, NULL);
	} else if (item->promise_day != DAY_NONE && today <= calendar_add(calendar, item->promise_day, work->settings->promise_grace)) {
		leave(work, index, LEFT_PROMISE, calendar_add(calendar, item->promise_day, work->settings->promise_grace), "promise",
		      item->promise_day, 0, NULL);
	} else if (item->plan) {
		leave(work, index, LEFT_PLAN, item->hold_until, "plan", 0, 0, NULL);
	} else if (item->hold) {
		leave(work, index, LEFT_HOLD, item->hold_until, "hold", item->hold_until, 0, NULL);
	} else if (item->match_pending) {
		leave(work, index, LEFT_MATCH_PENDING, DAY_NONE, "match_pending", 0, 0, NULL);
	} else if (item->direct_debit) {
		leave(work, index, LEFT_DIRECT_DEBIT, item->hold_until, "direct_debit", 0, 0, NULL);
	} else if (view->pays_by_debit && item->kind != ITEM_UNPAID_RETURN &&
		   today <= calendar_add(calendar, item->due_day, work->settings->debit_days)) {
		leave(work, index, LEFT_DIRECT_DEBIT, calendar_add(calendar, item->due_day, work->settings->debit_days), "debit_means",
		      0, 0, NULL);
	} else if ((item->kind == ITEM_BILL || item->on_bill) &&
		   today <= calendar_add(calendar, item->due_day, work->settings->debit_days)) {
		leave(work, index, LEFT_BILL, calendar_add(calendar, item->due_day, work->settings->debit_days), "bill", item->due_day,
		      0, NULL);
	} else if (item->kind == ITEM_RETENTION && (item->due_source == DUE_RETENTION || item->due_day >= today)) {
		leave(work, index, LEFT_RETENTION, item->due_source == DUE_RETENTION ? DAY_NONE : item->due_day,
		      item->due_source == DUE_RETENTION ? "retention_unknown" : "retention", item->due_day, 0, NULL);
	} else if (item->ceded) {
		leave(work, index, LEFT_CEDED, DAY_NONE, "ceded", 0, 0, NULL);
	}
}

static void items_sort_out(struct work *work)
{
	const struct plan_view *view = work->view;
	for (size_t p = 0; p < view->past_count; p++) {
		const struct plan_past *past = &view->past[p];
		bool settled = past_under_way(past) || past_out(past) || past->state == STATE_FAILED || past->skipped;
		if (past->plan_day != work->today || !settled) continue;
		for (size_t i = 0; i < view->item_count; i++)
			for (size_t n = 0; n < past->item_count; n++)
				if (past->items[n] == view->items[i].id) work->sheets[i].covered = true;
	}
	for (size_t i = 0; i < view->item_count; i++) {
		const struct plan_item *item = &view->items[i];
		struct sheet *sheet = &work->sheets[i];
		sheet->next = -1;
		sheet->until = DAY_NONE;
		if (item->open <= 0 || item->kind == ITEM_DEPOSIT_REQUEST || sheet->covered) continue;
		if (item->due_day < work->today) {
			sheet->concern = CONCERN_OVERDUE;
			sheet->takeover = item_taken_over(work, i);
			if (work->scenario) sheet->next = item_next_overdue(work, i);
		} else if (work->scenario) {
			sheet->next = item_next_pre_due(work, i);
			if (sheet->next < 0) continue;
			sheet->concern = CONCERN_PRE_DUE;
		} else {
			continue;
		}
		item_block(work, i);
	}
}

/* --- one account: a customer's items of one currency ---------------------------------------------------------------------------- */
struct account {
	char currency[4];
	int64_t credits, positive; /* credits <= 0 */
	size_t *items;             /* those of it that concern the day, in order */
	size_t count;
	bool under_way;            /* a message of it is queued, leaving, or of unknown outcome */
	/* the candidate of the day */
	bool ready;
	int step;
	size_t lead;
	int32_t day;               /* since when the step has been waiting */
	int64_t amount;
	bool *claimed;             /* per entry of items */
	unsigned reasons;
	bool review, pre_due;
};

static int64_t item_claim(const struct plan_item *item) { return item->open - item->disputed; }

static bool free_item(const struct work *work, size_t index, enum concern concern)
{
	const struct sheet *sheet = &work->sheets[index];
	return sheet->concern == concern && sheet->reason == LEFT_NONE && !sheet->handed;
}

static void leave_all(struct work *work, const struct account *account, enum concern concern, enum left_reason reason, int32_t until,
		      const char *code, int64_t a, int64_t b, const char *text)
{
	for (size_t n = 0; n < account->count; n++)
		if (free_item(work, account->items[n], concern)) leave(work, account->items[n], reason, until, code, a, b, text);
}

static int64_t account_sum(const struct work *work, const struct account *account, enum concern concern, size_t *count)
{
	int64_t sum = 0;
	*count = 0;
	for (size_t n = 0; n < account->count; n++)
		if (free_item(work, account->items[n], concern))
			sum += item_claim(&work->view->items[account->items[n]]), ++*count;
	return sum;
}

/* The day a step is due for an item: its offset, on a working day, with every gap kept. */
static int32_t step_day(const struct work *work, size_t index, int step_index)
{
	const struct plan_item *item = &work->view->items[index];
	const struct step *step = &work->scenario->steps[step_index];
	const struct plan_settings *settings = work->settings;
	int32_t last = item_last_notice(work, index);
	int32_t day = item->due_day + step->offset;
	if (step->from_previous) day = last != DAY_NONE ? last + step->offset : item->due_day;
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

/* Which items the step would claim from, and for how much. */
static int64_t step_claim(const struct work *work, const struct account *account, int step_index, bool *claimed)
{
	const struct step *step = &work->scenario->steps[step_index];
	int64_t sum = account->credits;
	for (size_t n = 0; n < account->count; n++) {
		size_t index = account->items[n];
		const struct plan_item *item = &work->view->items[index];
		claimed[n] = free_item(work, index, CONCERN_OVERDUE);
		if (!claimed[n]) continue;
		if (step->rank >= RANK_FIRM && days_late(work, item) < work->settings->firm_min_late) claimed[n] = false;
		if (step->rank == RANK_FORMAL_NOTICE && !item_reminded(work, index)) claimed[n] = false;
		if (work->settings->per_item &&
		    (work->sheets[index].next != step_index || step_day(work, index, step_index) > work->today))
			claimed[n] = false;
		if (claimed[n]) sum += item_claim(item);
	}
	return sum;
}

static unsigned account_reasons(const struct work *work, const struct account *account)
{
	const struct plan_view *view = work->view;
	unsigned reasons = 0;
	for (size_t n = 0; n < account->count; n++) {
		if (!account->claimed[n]) continue;
		const struct plan_item *item = &view->items[account->items[n]];
		if (work->sheets[account->items[n]].takeover) reasons |= YES_TAKEOVER;
		if (item->due_source == DUE_ASSUMED || item->due_source == DUE_OPENING) reasons |= YES_ASSUMED_DUE_DATE;
		if (item->doubtful) reasons |= YES_DOUBTFUL;
		if (item->kind == ITEM_UNPAID_RETURN && !item_named_by(work, account->items[n], "unpaid_return") &&
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
	size_t lead = SIZE_MAX;
	int next = -1;
	for (size_t n = 0; n < account->count; n++) {
		size_t index = account->items[n];
		if (!free_item(work, index, CONCERN_OVERDUE)) continue;
		int step = work->sheets[index].next;
		if (!work->settings->per_item) {
			lead = index, next = step;
			break;
		}
		bool reached = step_day(work, index, step) <= work->today;
		if (lead == SIZE_MAX || (reached && (step > next || step_day(work, lead, next) > work->today)))
			lead = index, next = step;
	}
	if (lead == SIZE_MAX) return;

	enum left_reason passed = LEFT_NONE;
	int64_t passed_bound = 0;
	for (; next < (int)scenario->count; next++) {
		const struct step *step = &scenario->steps[next];
		int32_t day = step_day(work, lead, next);
		if (day > work->today) {
			if (passed == LEFT_NONE)
				leave_all(work, account, CONCERN_OVERDUE, LEFT_TOO_SOON, day - 1, "too_soon", day,
					  work->last_contact, step->code);
			else
				leave_all(work, account, CONCERN_OVERDUE, passed, DAY_NONE,
					  passed == LEFT_BELOW_MINIMUM ? "below" : "above", passed_bound, 0, step->code);
			return;
		}
		int64_t amount = step_claim(work, account, next, account->claimed);
		bool any = false;
		for (size_t n = 0; n < account->count; n++) any |= account->claimed[n];
		if (!any) {
			leave_all(work, account, CONCERN_OVERDUE, LEFT_TOO_SOON, DAY_NONE, "too_soon_firm", work->settings->firm_min_late,
				  0, step->code);
			return;
		}
		if (amount <= 0) {
			for (size_t n = 0; n < account->count; n++)
				if (account->claimed[n])
					leave(work, account->items[n], LEFT_CREDIT_COVERS, DAY_NONE, "credit_covers", account->credits,
					      0, NULL);
			leave_all(work, account, CONCERN_OVERDUE, LEFT_TOO_SOON, DAY_NONE, "too_soon_firm",
				  work->settings->firm_min_late, 0, step->code);
			return;
		}
		int64_t minimum = work->view->minimum >= 0 ? work->view->minimum
				  : scenario->minimum      ? scenario->minimum
							   : work->settings->minimum;
		if (minimum && amount < minimum) {
			leave_all(work, account, CONCERN_OVERDUE, LEFT_BELOW_MINIMUM, DAY_NONE, "below", minimum, amount, NULL);
			return;
		}
		if ((step->minimum && amount < step->minimum) || (step->maximum && amount > step->maximum)) {
			/* the step is not for this amount: the next one, at its own time */
			passed = step->minimum && amount < step->minimum ? LEFT_BELOW_MINIMUM : LEFT_ABOVE_MAXIMUM;
			passed_bound = passed == LEFT_BELOW_MINIMUM ? step->minimum : step->maximum;
			continue;
		}
		account->ready = true;
		account->step = next;
		account->lead = lead;
		account->day = day;
		account->amount = amount;
		account->reasons = account_reasons(work, account);
		return;
	}
	leave_all(work, account, CONCERN_OVERDUE, passed, DAY_NONE, passed == LEFT_BELOW_MINIMUM ? "below" : "above", passed_bound, 0,
		  NULL);
}

static void account_pre_due(struct work *work, struct account *account)
{
	size_t lead = SIZE_MAX;
	for (size_t n = 0; n < account->count && lead == SIZE_MAX; n++)
		if (free_item(work, account->items[n], CONCERN_PRE_DUE)) lead = account->items[n];
	if (lead == SIZE_MAX) return;
	int step_index = work->sheets[lead].next;
	const struct step *step = &work->scenario->steps[step_index];
	int32_t wait = DAY_NONE;
	if (work->last_contact != DAY_NONE) {
		wait = calendar_add(&work->settings->calendar, work->last_contact,
				    work->settings->gap_days > 0 ? work->settings->gap_days : 1);
		if (step->min_gap && work->last_contact + step->min_gap > wait) wait = work->last_contact + step->min_gap;
	}
	if (wait != DAY_NONE && wait > work->today) {
		leave_all(work, account, CONCERN_PRE_DUE, LEFT_TOO_SOON, wait - 1, "too_soon", wait, work->last_contact, step->code);
		return;
	}
	int64_t amount = account->credits;
	for (size_t n = 0; n < account->count; n++) {
		size_t index = account->items[n];
		account->claimed[n] = free_item(work, index, CONCERN_PRE_DUE) && work->sheets[index].next == step_index;
		if (account->claimed[n]) amount += item_claim(&work->view->items[index]);
	}
	if (amount <= 0) {
		leave_all(work, account, CONCERN_PRE_DUE, LEFT_CREDIT_COVERS, DAY_NONE, "credit_covers", account->credits, 0, NULL);
		return;
	}
	int64_t minimum = work->view->minimum >= 0 ? work->view->minimum
			  : work->scenario->minimum ? work->scenario->minimum
						    : work->settings->minimum;
	if (minimum && amount < minimum) {
		leave_all(work, account, CONCERN_PRE_DUE, LEFT_BELOW_MINIMUM, DAY_NONE, "below", minimum, amount, NULL);
		return;
	}
	account->ready = account->pre_due = true;
	account->step = step_index;
	account->lead = lead;
	account->day = work->today;
	account->amount = amount;
	account->reasons = account_reasons(work, account);
}

/* Whether the account's oldest item is an old debt that a person must look at first (over 90 days at take-over). */
static bool account_review(struct work *work, struct account *account)
{
	for (size_t n = 0; n < account->count; n++) {
		size_t index = account->items[n];
		if (!free_item(work, index, CONCERN_OVERDUE)) continue;
		const struct plan_item *item = &work->view->items[index];
		if (!work->sheets[index].takeover || days_late(work, item) <= work->settings->review_after) continue;
		if (item_named_by(work, index, "review")) continue;
		account->amount = account->credits;
		for (size_t m = 0; m < account->count; m++) {
			account->claimed[m] = free_item(work, account->items[m], CONCERN_OVERDUE);
			if (account->claimed[m]) account->amount += item_claim(&work->view->items[account->items[m]]);
		}
		account->ready = account->review = true;
		account->lead = account->items[0];
		for (size_t m = 0; m < account->count; m++)
			if (account->claimed[m]) {
				account->lead = account->items[m];
				break;
			}
		account->day = work->today;
		account->reasons = account_reasons(work, account) | YES_TAKEOVER;
		return true;
	}
	return false;
}

/* Reasons of the whole account, in the contract's order, then its candidate for the day. */
static void account_plan(struct work *work, struct account *account)
{
	const struct plan_view *view = work->view;
	const struct plan_settings *settings = work->settings;
	size_t overdue, pre_due;
	int64_t sum = account_sum(work, account, CONCERN_OVERDUE, &overdue);
	account_sum(work, account, CONCERN_PRE_DUE, &pre_due);
	if (overdue && sum + account->credits <= 0) {
		leave_all(work, account, CONCERN_OVERDUE, LEFT_CREDIT_COVERS, DAY_NONE, "credit_covers", account->credits, sum, NULL);
		overdue = 0;
	}
	if (!overdue && !pre_due) return;
	if (view->replied_day != DAY_NONE && view->replied_day <= work->today) {
		int32_t until = calendar_add(&settings->calendar, view->replied_day, settings->reply_days);
		if (work->today <= until) {
			leave_all(work, account, CONCERN_OVERDUE, LEFT_REPLIED, until, "replied", view->replied_day, 0, NULL);
			leave_all(work, account, CONCERN_PRE_DUE, LEFT_REPLIED, until, "replied", view->replied_day, 0, NULL);
			return;
		}
	}
	if (!work->scenario) {
		leave_all(work, account, CONCERN_OVERDUE, LEFT_NO_SCENARIO, DAY_NONE, "no_scenario", 0, 0, NULL);
		return;
	}
	bool left = false;
	for (size_t n = 0; n < account->count; n++) {
		size_t index = account->items[n];
		if (!free_item(work, index, CONCERN_OVERDUE)) continue;
		if (work->sheets[index].next < 0)
			leave(work, index, LEFT_SCENARIO_DONE, DAY_NONE, "scenario_done", item_last_notice(work, index), 0, NULL);
		else
			left = true;
	}
	if (account->under_way) {
		leave_all(work, account, CONCERN_OVERDUE, LEFT_IN_PROGRESS, DAY_NONE, "in_progress", 0, 0, NULL);
		leave_all(work, account, CONCERN_PRE_DUE, LEFT_IN_PROGRESS, DAY_NONE, "in_progress", 0, 0, NULL);
		return;
	}
	if (left) {
		/* one message lists all: nothing about items not yet due while others are late */
		leave_all(work, account, CONCERN_PRE_DUE, LEFT_IN_PROGRESS, DAY_NONE, "pre_due_behind", 0, 0, NULL);
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
		until = calendar_next(&settings->calendar, work->today) - 1;
		detail = (struct plan_why){ .code = "closed_day", .a = until + 1, .text = "" };
	} else if (settings->stale) {
		stop = LEFT_STALE_DATA;
		detail = (struct plan_why){ .code = "stale_data", .a = settings->last_import, .text = "" };
	} else if (!account->review) {
		enum channel channel = work->scenario->steps[account->step].channel;
		if (channel == CHANNEL_EMAIL && !view->address_usable && view->address_suppressed) {
			stop = LEFT_SUPPRESSED;
			detail = (struct plan_why){ .code = "suppressed", .text = "" };
		}
	}
	if (stop == LEFT_NONE) return;
	account->ready = false;
	for (size_t n = 0; n < account->count; n++) {
		size_t index = account->items[n];
		if (free_item(work, index, CONCERN_OVERDUE) || free_item(work, index, CONCERN_PRE_DUE))
			leave(work, index, stop, until, detail.code, detail.a, detail.b, detail.text);
	}
}

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

/* Amount at stake, weighed by its age and by the customer's risk. */
static int64_t priority_of(const struct work *work, int64_t amount, int32_t late)
{
	int score = work->view->score < 0 ? 60 : work->view->score;
	__int128 weight = (__int128)amount * (30 + (late > 180 ? 180 : late < 0 ? 0 : late)) * (150 - score) / 3000;
	return weight > INT64_MAX ? INT64_MAX : (int64_t)weight;
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
				(struct plan_action_item){ index, item->id, PLAN_CLAIMED, item_claim(item) };
			work->sheets[index].handed = true;
			if (days_late(work, item) > latest) latest = days_late(work, item);
			claimed++;
		} else if (work->sheets[index].reason != LEFT_NONE) {
			left++;
		}
	}
	size_t credits = 0;
	for (size_t i = 0; i < view->item_count; i++)
		if (view->items[i].open < 0 && strcmp(view->items[i].currency, account->currency) == 0) {
			action->items[action->item_count++] =
				(struct plan_action_item){ i, view->items[i].id, PLAN_CREDIT, view->items[i].open };
			credits++;
		}
	for (size_t i = 0; statement && i < view->item_count; i++) {
		const struct plan_item *item = &view->items[i];
		const struct sheet *sheet = &work->sheets[i];
		if (item->open <= 0 || sheet->handed || strcmp(item->currency, account->currency) != 0) continue;
		bool free = sheet->reason == LEFT_NONE || sheet->reason == LEFT_TOO_SOON || sheet->reason == LEFT_IN_PROGRESS;
		if (free && item->kind != ITEM_DEPOSIT_REQUEST)
			action->items[action->item_count++] =
				(struct plan_action_item){ i, item->id, PLAN_STATEMENT, item_claim(item) };
	}
	action->amount = account->amount;
	action->max_days_late = (int16_t)(latest > INT16_MAX ? INT16_MAX : latest);
	action->priority = priority_of(work, action->amount, latest);
	because(action, account->pre_due ? "pre_due" : "overdue", (int64_t)claimed, latest, NULL);
	if (credits) because(action, "credits", (int64_t)credits, account->credits, NULL);
	if (left) because(action, "left", (int64_t)left, 0, NULL);
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
	struct past_walk walk = past_walk_start(work, &work->view->items[lead]);
	for (const struct plan_past *past; (past = past_walk_next(&walk));)
		if (past_out(past) && past->contact && past->rank != RANK_NONE) times++, last = past;
	if (last)
		because(action, "reminded", times, last->done_day, last->step);
	else if (action->rank > RANK_DUE)
		because(action, "never_reminded", 0, 0, NULL);
	if (work->last_contact != DAY_NONE)
		because(action, "last_contact", work->last_contact,
			calendar_between(&work->settings->calendar, work->last_contact, work->today), NULL);
	if (action->broken_promise) because(action, "broken_promise", 0, 0, NULL);
	for (size_t i = 0; i < COUNT(says); i++)
		if (action->reasons & (unsigned)says[i].reason)
			because(action, says[i].code,
				says[i].reason == YES_OFFSET ? work->view->supplier_balance : work->settings->unlettered_percent, 0, NULL);
}

/* The step that really follows, and when at the earliest: a letter announces nothing else (ladder rule 9). */
static void action_next(struct work *work, struct plan_action *action, int step_index, size_t lead)
{
	const struct scenario *scenario = work->scenario;
	int next = step_index + 1;
	while (next < (int)scenario->count &&
	       ((scenario->steps[next].minimum && action->amount < scenario->steps[next].minimum) ||
		(scenario->steps[next].maximum && action->amount > scenario->steps[next].maximum)))
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
	action->first_wave = (account->reasons & YES_TAKEOVER) != 0;
	bool reachable = step->channel == CHANNEL_SMS ? work->view->phone_usable : work->view->address_usable;
	if (channel_needs_address(step->channel) && !reachable) {
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
		if (!free_item(work, index, CONCERN_OVERDUE) && !free_item(work, index, CONCERN_PRE_DUE)) continue;
		if (step->rank >= RANK_FIRM && days_late(work, &work->view->items[index]) < work->settings->firm_min_late)
			leave(work, index, LEFT_TOO_SOON, work->view->items[index].due_day + work->settings->firm_min_late - 1,
			      "too_soon_firm", work->settings->firm_min_late, 0, step->code);
		else if (step->rank == RANK_FORMAL_NOTICE)
			leave(work, index, LEFT_TOO_SOON, DAY_NONE, "too_soon_notice", 0, 0, step->code);
		else
			leave(work, index, LEFT_TOO_SOON, DAY_NONE, "too_soon_other", 0, 0, step->code);
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
		if (work->today - item->posting_day > 30 || item_named_by(work, i, "unpaid_return")) continue;
		bool waits = sheet->reason == LEFT_NONE || sheet->reason == LEFT_REPLIED || sheet->reason >= LEFT_NO_SCENARIO;
		if (!waits) continue;
		int64_t credits = 0;
		for (size_t c = 0; c < view->item_count; c++)
			if (view->items[c].open < 0 && strcmp(view->items[c].currency, item->currency) == 0) credits += view->items[c].open;
		if (item_claim(item) + credits <= 0) continue;
		struct plan_action *action = plan_add(work, "unpaid_return", CHANNEL_TASK, MODE_MANUAL, item->currency);
		snprintf(action->template, sizeof action->template, "unpaid_return");
		action->reasons = YES_UNPAID_RETURN;
		struct account one = { .count = 1, .credits = credits, .amount = item_claim(item) + credits };
		size_t items[1] = { i };
		bool claimed[1] = { true };
		snprintf(one.currency, sizeof one.currency, "%s", item->currency);
		one.items = items, one.claimed = claimed, one.pre_due = item->due_day >= work->today;
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
		action->priority = priority_of(work, work->view->items[i].open, days_late(work, &work->view->items[i]));
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
		while (a < count && strcmp(accounts[a].currency, view->items[i].currency) != 0) a++;
		if (a == count) {
			if (count == LIMIT) continue; /* R8 is kept below: such items are left as no_scenario */
			accounts[count] = (struct account){ 0 };
			snprintf(accounts[count].currency, sizeof accounts[count].currency, "%s", view->items[i].currency);
			accounts[count].items = arena_array(work->arena, size_t, view->item_count);
			accounts[count].claimed = arena_array(work->arena, bool, view->item_count);
			count++;
		}
		struct account *account = &accounts[a];
		if (view->items[i].open < 0)
			account->credits += view->items[i].open;
		else
			account->positive += view->items[i].open;
		if (work->sheets[i].concern != CONCERN_NONE) account->items[account->count++] = i;
	}
	struct account *first = NULL;
	for (size_t a = 0; a < count; a++) {
		struct account *account = &accounts[a];
		if (account->count == 0) continue;
		for (size_t p = 0; p < view->past_count; p++)
			if (past_under_way(&view->past[p]) && strcmp(view->past[p].currency, account->currency) == 0)
				account->under_way = true;
		account_plan(work, account);
		if (account->ready && !account->review && (!first || account->day < first->day ||
							   (account->day == first->day && strcmp(account->currency, first->currency) < 0)))
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
		leave_all(work, account, CONCERN_OVERDUE, LEFT_TOO_SOON, next - 1, "one_a_day", next, 0, NULL);
		leave_all(work, account, CONCERN_PRE_DUE, LEFT_TOO_SOON, next - 1, "one_a_day", next, 0, NULL);
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
	work_start(&work);
	items_sort_out(&work);
	accounts_plan(&work);
	alert_returns(&work);
	remind_ourselves(&work);
	thank(&work);

	out->left = arena_array(arena, struct plan_left, view->item_count + 1);
	for (size_t i = 0; i < view->item_count; i++) {
		struct sheet *sheet = &work.sheets[i];
		if (sheet->concern == CONCERN_NONE || sheet->handed) continue;
		if (sheet->reason == LEFT_NONE) leave(&work, i, LEFT_NO_SCENARIO, DAY_NONE, "no_scenario", 0, 0, NULL);
		out->left[out->left_count++] =
			(struct plan_left){ .item = i, .reason = sheet->reason, .until = sheet->until, .detail = sheet->detail };
	}
}
