#include "dunning/plan_work.h"

#include "base/day.h"
#include "base/memory.h"

/* --- what is known of one customer while his day is planned --------------------------------------------------------------- */

static int naming_order(const void *a, const void *b)
{
	const struct naming *x = a, *y = b;
	if (x->item != y->item) return x->item < y->item ? -1 : 1;
	return x->past < y->past ? -1 : x->past > y->past;
}

bool plan_past_under_way(const struct plan_past *past)
{
	return past->state == STATE_QUEUED || past->state == STATE_SENDING || past->state == STATE_UNKNOWN;
}

bool plan_past_out(const struct plan_past *past)
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

struct plan_walk plan_walk_start(const struct work *work, const struct plan_item *item)
{
	struct plan_walk walk = { .work = work };
	size_t count;
	walk.own = namings_of(work, item->id, &count), walk.own_end = walk.own + count;
	if (item->origin_id) walk.origin = namings_of(work, item->origin_id, &count), walk.origin_end = walk.origin + count;
	return walk;
}
const struct plan_past *plan_walk_next(struct plan_walk *walk)
{
	const struct naming *namings = walk->work->namings;
	const struct plan_past *past = walk->work->view->past;
	bool own = walk->own < walk->own_end, origin = walk->origin < walk->origin_end;
	if (!own && !origin) return NULL;
	if (own && origin) own = namings[walk->own].past <= namings[walk->origin].past;
	return &past[namings[own ? walk->own++ : walk->origin++].past];
}

/* Where a past action stands in this ladder: the same step, or, after a change of scenario, the last one of its rank (a changed
 * scenario never restarts the ladder by itself: whoever published it decides that). -1: outside. */
static int past_position(const struct plan_past *past, const struct scenario *scenario)
{
	if (past->rank == RANK_NONE || past->no_contact) return -1;
	int32_t day = past->done_day != DAY_NONE ? past->done_day : past->plan_day;
	if (day < scenario->restart_day && past->rank != RANK_FORMAL_NOTICE) return -1;
	int exact = day < scenario->rank_day ? -1 : scenario_step(scenario, past->step);
	if (exact >= 0 && scenario->steps[exact].rank == past->rank) return exact;
	int position = -1;
	for (size_t i = 0; i < scenario->count; i++)
		if (scenario->steps[i].rank <= past->rank) position = (int)i;
	return position;
}

/* A step that an item may plan_leave out on its way up: conditions on the amount, or a day that has lapsed. */
static bool step_optional(const struct step *step, enum rank towards)
{
	return step->minimum > 0 || step->maximum > 0 || step->condition_count > 0 || (step->rank <= RANK_DUE && towards > step->rank) ||
	       (step->rank == RANK_BEFORE_DUE && towards == RANK_BEFORE_DUE);
}

static int item_step(const struct work *work, size_t index, const struct scenario *scenario)
{
	int at = -1;
	struct plan_walk walk = plan_walk_start(work, &work->view->items[index]);
	for (const struct plan_past *past; (past = plan_walk_next(&walk));) {
		if (!plan_past_out(past) && !past->skipped) continue;
		int position = past_position(past, scenario);
		if (position <= at) continue;
		/* whoever was given formal notice of an item is not reminded of it again as if it were an oversight */
		if (past->takeover || (past->rank == RANK_FORMAL_NOTICE && !past->skipped)) {
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

static int day_order(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
	return x < y ? -1 : x > y;
}

/* The pressure on a buyer: how often he heard from this account, and from others of the tenant he has; the day it allows again. */
static void pressure(struct work *work)
{
	const struct plan_view *view = work->view;
	const struct plan_settings *settings = work->settings;
	work->contact_from = DAY_NONE, work->contact_why = "";
	if (settings->contacts_max > 0 && view->past_count + view->buyer_day_count >= (size_t)settings->contacts_max) {
		int32_t *days = arena_array(work->arena, int32_t, view->past_count + view->buyer_day_count), since = work->today - settings->contacts_days;
		size_t count = 0, kept = 0;
		for (size_t p = 0; p < view->past_count; p++) {
			const struct plan_past *past = &view->past[p];
			bool heard = past->contact && !past->skipped && past->state != STATE_FAILED && past->state != STATE_CANCELLED;
			int32_t day = past->done_day != DAY_NONE ? past->done_day : past->plan_day;
			if (heard && day > since) days[count++] = day;
		}
		for (size_t d = 0; d < view->buyer_day_count; d++)
			if (view->buyer_days[d] > since) days[count++] = view->buyer_days[d];
		if (count) qsort(days, count, sizeof *days, day_order);
		for (size_t d = 0; d < count; d++)
			if (d == 0 || days[d] != days[kept - 1]) days[kept++] = days[d];
		if (kept >= (size_t)settings->contacts_max) {
			work->contact_from = days[kept - (size_t)settings->contacts_max] + settings->contacts_days;
			work->contact_why = "pressure";
		}
	}
	int32_t tomorrow = calendar_add(&settings->calendar, work->today, 1);
	if (view->buyer_today && tomorrow > work->contact_from) work->contact_from = tomorrow, work->contact_why = "buyer_today";
}

bool plan_step_fits(const struct work *work, const struct step *step, int64_t amount, int32_t late)
{
	if (!step->condition_count) return true;
	struct condition_facts facts = work->view->who;
	facts.amount = amount, facts.days_late = late;
	facts.answered = work->view->replied_day != DAY_NONE && work->last_contact != DAY_NONE && work->view->replied_day >= work->last_contact;
	return conditions_hold(step->conditions, step->condition_count, &facts);
}

void plan_work_start(struct work *work)
{
	work_index(work);
	work->last_contact = DAY_NONE;
	for (size_t p = 0; p < work->view->past_count; p++) {
		const struct plan_past *past = &work->view->past[p];
		if (past->skipped || past->state == STATE_FAILED || past->state == STATE_CANCELLED) continue;
		if (past->contact || plan_past_under_way(past)) {
			int32_t day = past->done_day != DAY_NONE ? past->done_day : past->plan_day;
			if (day > work->last_contact) work->last_contact = day;
			if (day == work->today || past->state == STATE_QUEUED || past->state == STATE_SENDING)
				work->contact_today = true;
		}
	}
	pressure(work);
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

static bool written(enum channel channel)
{
	return channel < CHANNEL_CALL;
}

/* Whether this ladder has a written step before firm; one of calls only is reminded of by calls. */
static bool scenario_writes(const struct scenario *scenario)
{
	for (size_t i = 0; i < scenario->count; i++)
		if ((scenario->steps[i].rank == RANK_REMINDER || scenario->steps[i].rank == RANK_FOLLOW_UP) && written(scenario->steps[i].channel))
			return true;
	return false;
}

/* Whether a sent reminder, follow-up or firm letter named it: what may be claimed by a formal notice (ladder rule 4), and what a firm
 * letter may refer to. A call that reached nobody, or of which nothing is written, is not enough. */
bool plan_item_reminded(const struct work *work, size_t index)
{
	bool by_call = !scenario_writes(work->scenario);
	struct plan_walk walk = plan_walk_start(work, &work->view->items[index]);
	for (const struct plan_past *past; (past = plan_walk_next(&walk));)
		if (plan_past_out(past) && past->contact && !past->skipped && past->rank >= RANK_REMINDER && (past->rank <= RANK_FIRM || past->takeover) &&
		    (by_call || written(past->channel)))
			return true;
	return false;
}

int32_t plan_item_last_notice(const struct work *work, size_t index)
{
	int32_t day = DAY_NONE;
	struct plan_walk walk = plan_walk_start(work, &work->view->items[index]);
	for (const struct plan_past *past; (past = plan_walk_next(&walk));)
		if ((plan_past_out(past) || past->skipped) && past->rank != RANK_NONE && past->done_day > day) day = past->done_day;
	return day;
}

bool plan_item_named_by(const struct work *work, size_t index, const char *step)
{
	struct plan_walk walk = plan_walk_start(work, &work->view->items[index]);
	for (const struct plan_past *past; (past = plan_walk_next(&walk));)
		if (strcmp(past->step, step) == 0 && (past->state == STATE_DONE || past->skipped)) return true;
	return false;
}

/* --- the next step of an item ------------------------------------------------------------------------------------------------ */
int32_t plan_days_late(const struct work *work, const struct plan_item *item) { return work->today - item->due_day; }

/* Items already late when Encours first sees them (ladder rule 5). */
static bool item_taken_over(const struct work *work, size_t index)
{
	const struct plan_item *item = &work->view->items[index];
	bool late = (work->settings->takeover_day != DAY_NONE && item->due_day < work->settings->takeover_day) ||
		    /* what came back or was moved was known before it did, under the item it takes over */
		    (item->first_seen != DAY_NONE && !item->origin_id && item->due_day < item->first_seen);
	if (!late) return false;
	struct plan_walk walk = plan_walk_start(work, item);
	for (const struct plan_past *past; (past = plan_walk_next(&walk));)
		if (plan_past_out(past) && past->contact && past->rank != RANK_NONE) return false;
	return true;
}

/* The last step that may be a first contact: a written one where there is one. */
static int step_before_firm(const struct scenario *scenario)
{
	int found = -1;
	bool writes = scenario_writes(scenario);
	for (size_t i = 0; i < scenario->count; i++)
		if ((scenario->steps[i].rank == RANK_REMINDER || scenario->steps[i].rank == RANK_FOLLOW_UP) &&
		    (!writes || written(scenario->steps[i].channel)))
			found = (int)i;
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

/* How often the last step has come for it: sent, done or passed over. */
static int times_of(const struct work *work, size_t index, const struct step *step)
{
	int times = 0;
	struct plan_walk walk = plan_walk_start(work, &work->view->items[index]);
	for (const struct plan_past *past; (past = plan_walk_next(&walk));)
		times += (plan_past_out(past) || past->skipped) && past->rank == step->rank && strcmp(past->step, step->code) == 0;
	return times;
}

static int item_next_overdue(const struct work *work, size_t index)
{
	const struct scenario *scenario = work->scenario;
	const struct plan_item *item = &work->view->items[index];
	int at = item_step(work, index, scenario);
	if (work->sheets[index].takeover && at < 0) return step_for_takeover(scenario, plan_days_late(work, item));
	int next = at + 1;
	/* steps before and on the due date lapse: not sent late, not caught up (ladder rule 2) */
	while (next < (int)scenario->count && scenario->steps[next].rank <= RANK_DUE) next++;
	/* a first contact is never firm: steps that a person passed over reminded nobody */
	if (next < (int)scenario->count && scenario->steps[next].rank >= RANK_FIRM && !plan_item_reminded(work, index))
		return step_before_firm(scenario);
	if (next < (int)scenario->count || !scenario->count) return next < (int)scenario->count ? next : -1;
	const struct step *last = &scenario->steps[scenario->count - 1];
	if (!last->repeat || times_of(work, index, last) > last->repeat) return -1;
	work->sheets[index].again = true;
	return next - 1;
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
			int32_t last = plan_item_last_notice(work, index);
			if (last == DAY_NONE) continue;
			day = last + step->offset;
		}
		if (work->today < calendar_next(&work->settings->calendar, day)) continue;
		if ((step->minimum && item->open < step->minimum) || (step->maximum && item->open > step->maximum)) continue;
		if (!plan_step_fits(work, step, item->open, 0)) continue;
		found = i;
	}
	return found;
}

bool plan_item_own_fault(const struct work *work, size_t index)
{
	struct plan_member own;
	return work->view->items[index].own_fault || plan_member(work->view, &work->view->items[index], &own)->own_fault;
}

/* --- what keeps an item out, by itself ---------------------------------------------------------------------------------------- */
void plan_leave(struct work *work, size_t index, enum left_reason reason, int32_t until, const char *code, int64_t a, int64_t b,
		  const char *text)
{
	struct sheet *sheet = &work->sheets[index];
	sheet->reason = reason;
	sheet->until = until;
	sheet->detail = (struct plan_why){ .code = code, .a = a, .b = b, .text = text ? text : "" };
}

void plan_item_block(struct work *work, size_t index)
{
	const struct plan_view *view = work->view;
	const struct plan_item *item = &view->items[index];
	const struct calendar *calendar = &work->settings->calendar;
	const struct sheet *sheet = &work->sheets[index];
	int32_t today = work->today;
	struct plan_member own;
	const struct plan_member *member = plan_member(view, item, &own);
	bool firm_next = work->scenario && sheet->next >= 0 && work->scenario->steps[sheet->next].rank >= RANK_FIRM;

	if (work->settings->stop_all) {
		plan_leave(work, index, LEFT_STOPPED, DAY_NONE, "stopped_all", 0, 0, NULL);
	} else if (view->stopped || member->stopped) {
		plan_leave(work, index, LEFT_STOPPED, DAY_NONE, member->stopped ? "stopped" : "payer_stopped", 0, 0, NULL);
	} else if (view->never || member->never) {
		plan_leave(work, index, LEFT_EXCLUDED, DAY_NONE, "never", 0, 0, NULL);
	} else if (item->excluded) {
		plan_leave(work, index, LEFT_EXCLUDED, item->hold_until, "excluded", 0, 0, NULL);
	} else if (view->generic || member->generic) {
		plan_leave(work, index, LEFT_GENERIC_ACCOUNT, DAY_NONE, "generic", 0, 0, NULL);
	} else if (member->insolvency_day != DAY_NONE && member->insolvency_day <= today && item->issue_day <= member->insolvency_day) {
		/* L622-7, L622-21: earlier claims are declared, not chased; those after the judgment are paid when due (L622-17) */
		plan_leave(work, index, LEFT_INSOLVENCY, DAY_NONE, "insolvency", member->insolvency_day, 0, NULL);
	} else if (item->barred_from != DAY_NONE && today >= item->barred_from) {
		plan_leave(work, index, LEFT_TIME_BARRED, DAY_NONE, "time_barred", item->barred_from, 0, NULL);
	} else if (item->disputed >= item->open) {
		plan_leave(work, index, LEFT_DISPUTE, DAY_NONE, "dispute", 0, 0, NULL);
	} else if (plan_item_own_fault(work, index) && firm_next) {
		plan_leave(work, index, LEFT_OWN_FAULT, DAY_NONE, "own_fault", 0, 0, NULL);
	} else if (item->promise_day != DAY_NONE && today <= calendar_add(calendar, item->promise_day, work->settings->promise_grace)) {
		plan_leave(work, index, LEFT_PROMISE, calendar_add(calendar, item->promise_day, work->settings->promise_grace), "promise",
		      item->promise_day, 0, NULL);
	} else if (item->plan) {
		plan_leave(work, index, LEFT_PLAN, item->hold_until, "plan", 0, 0, NULL);
	} else if (item->hold) {
		plan_leave(work, index, LEFT_HOLD, item->hold_until, "hold", item->hold_until, 0, NULL);
	} else if (item->match_pending) {
		plan_leave(work, index, LEFT_MATCH_PENDING, DAY_NONE, "match_pending", 0, 0, NULL);
	} else if (item->direct_debit) {
		plan_leave(work, index, LEFT_DIRECT_DEBIT, item->hold_until, "direct_debit", 0, 0, NULL);
	} else if (member->pays_by_debit && item->kind != ITEM_UNPAID_RETURN &&
		   today <= calendar_add(calendar, item->due_day, work->settings->debit_days)) {
		plan_leave(work, index, LEFT_DIRECT_DEBIT, calendar_add(calendar, item->due_day, work->settings->debit_days), "debit_means",
		      0, 0, NULL);
	} else if (item->bill) {
		plan_leave(work, index, LEFT_BILL, item->hold_until, "bill_pending", 0, 0, NULL);
	} else if ((item->kind == ITEM_BILL || item->on_bill) &&
		   today <= calendar_add(calendar, item->due_day, work->settings->debit_days)) {
		plan_leave(work, index, LEFT_BILL, calendar_add(calendar, item->due_day, work->settings->debit_days), "bill", item->due_day,
		      0, NULL);
	} else if (item->kind == ITEM_RETENTION && (item->due_source == DUE_RETENTION || item->due_day >= today)) {
		plan_leave(work, index, LEFT_RETENTION, item->due_source == DUE_RETENTION ? DAY_NONE : item->due_day,
		      item->due_source == DUE_RETENTION ? "retention_unknown" : "retention", item->due_day, 0, NULL);
	} else if (item->ceded) {
		plan_leave(work, index, LEFT_CEDED, DAY_NONE, "ceded", 0, 0, NULL);
	}
}

void plan_sort_out(struct work *work)
{
	const struct plan_view *view = work->view;
	for (size_t p = 0; p < view->past_count; p++) {
		const struct plan_past *past = &view->past[p];
		bool settled = plan_past_under_way(past) || plan_past_out(past) || past->state == STATE_FAILED || past->skipped;
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
		plan_item_block(work, i);
	}
}
