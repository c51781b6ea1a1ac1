/* A year of 5,000 customers with a random history and a moving clock: invoices, part payments, credits, disputes, promises, holds, replies,
 * returned payments, actions confirmed, refused, lost or skipped; ladders as they come and as people change them (conditions, a last step
 * that comes again, new kinds of steps), every model of where an account stands, payers who are asked for several customers (credits
 * netted or not; one of them stopped, excluded, insolvent), buyers that other companies of the group contact too. Every morning the properties of reference/pitfalls.md hold. Pure: no
 * store, no mail; the transports are a die. ENCOURS_SEED sets the seed, which is printed. */
#include "base/status.h"
#include "base/memory.h"
#include "base/test.h"
#include "dunning/plan.h"

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
enum { CUSTOMERS = 500 }; /* the same year, told to a slower machine */
#else
enum { CUSTOMERS = 5000 };
#endif
enum { DAYS = 365, ITEMS = 80, PASTS = 400, NAMED = 60, MEMBERS = 5 };

static uint64_t seed;
static uint64_t roll(void)
{
	seed += 0x9e3779b97f4a7c15u;
	uint64_t z = seed;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}
static int64_t between(int64_t low, int64_t high) { return low + (int64_t)(roll() % (uint64_t)(high - low + 1)); }
static bool chance(int percent) { return between(1, 100) <= percent; }

struct life {
	struct plan_item items[ITEMS];
	size_t item_count;
	struct plan_past past[PASTS];
	int64_t named[PASTS][NAMED];
	size_t past_count;
	const struct scenario *scenario;
	int32_t replied_day, last_contact;
	int step_before[ITEMS]; /* R3 */
	struct scenario changed; /* a ladder that a person changed */
	struct condition_facts who;
	int32_t others[DAYS];    /* days on which another company of the group contacts him */
	size_t other_count;
	struct plan_member members[MEMBERS]; /* of a payer's view */
	size_t member_count;
	bool netted;
};

static int failures_shown;
#define HOLDS(condition, what)                                                                                         \
	do {                                                                                                           \
		if (!(condition)) {                                                                                    \
			test_failures++;                                                                               \
			if (failures_shown++ < 20) printf("  customer %d day %d (%s): %s\n", customer, today - first_day, life->scenario->code, what); \
		}                                                                                                      \
	} while (0)

static int32_t first_day;

static struct plan_view view_of(struct life *life, struct plan_item *open, int32_t today)
{
	struct plan_view view = { .customer_id = 1, .code = "C", .insolvency_day = DAY_NONE, .minimum = -1, .replied_day = life->replied_day,
				  .address_usable = true, .phone_usable = true, .score = 50, .items = open, .past = life->past,
				  .past_count = life->past_count };
	for (size_t i = 0; i < life->item_count; i++)
		if (life->items[i].open != 0 && life->items[i].posting_day <= today) open[view.item_count++] = life->items[i];
	view.who = life->who;
	view.buyer_days = life->others;
	while (view.buyer_day_count < life->other_count && life->others[view.buyer_day_count] <= today) view.buyer_day_count++;
	view.buyer_today = view.buyer_day_count && life->others[view.buyer_day_count - 1] == today;
	view.members = life->members, view.member_count = life->member_count, view.netted = life->netted;
	return view;
}

/* A ladder as a person may leave it: conditions, another kind of step, a last one that comes again. What the check refuses is left. */
static void change_ladder(struct life *life)
{
	life->changed = *life->scenario;
	for (size_t i = 0; i < life->changed.count; i++) {
		struct step *step = &life->changed.steps[i];
		if (chance(25))
			step->conditions[step->condition_count++] = chance(50)
				? (struct condition){ .fact = FACT_AMOUNT, .compare = COMPARE_AT_LEAST, .number = between(0, 200000) }
				: (struct condition){ .fact = FACT_SCORE, .compare = chance(50) ? COMPARE_AT_MOST : COMPARE_AT_LEAST, .number = between(20, 80) };
		if (chance(10)) step->conditions[step->condition_count++] = (struct condition){ .fact = FACT_ANSWERED, .compare = COMPARE_IS, .number = 0, .group = 1 };
		if (step->rank >= RANK_FOLLOW_UP && step->rank < RANK_FORMAL_NOTICE && chance(15)) {
			step->channel = chance(50) ? CHANNEL_BLOCK : CHANNEL_DEPOSIT;
			step->mode = MODE_MANUAL;
		}
	}
	if (chance(40) && life->changed.count > 2) {
		life->changed.count--; /* without the formal notice */
		struct step *last = &life->changed.steps[life->changed.count - 1];
		last->repeat = (int16_t)between(1, 3), last->repeat_every = (int16_t)between(3, 20);
	}
	if (!scenario_check(&life->changed).code) life->scenario = &life->changed;
}

/* Steps before and on the due date are no rungs of the ladder: they lapse. */
static int rung(const struct scenario *scenario, int step)
{
	int lapsed = -1;
	for (size_t i = 0; i < scenario->count; i++)
		if (scenario->steps[i].rank <= RANK_DUE) lapsed = (int)i;
	return step > lapsed ? step - lapsed : 0;
}

static void morning_happens(struct life *life, int32_t today)
{
	if (life->item_count < ITEMS - 2 && chance(6)) {
		struct plan_item *item = &life->items[life->item_count++];
		*item = (struct plan_item){ .id = (int64_t)life->item_count, .number = "F", .open = between(1000, 500000), .issue_day = today,
					    .posting_day = today, .due_day = today + (int32_t)between(0, 60), .first_seen = today,
					    .due_source = chance(10) ? DUE_ASSUMED : DUE_TERMS, .hold_until = DAY_NONE,
					    .promise_day = DAY_NONE, .barred_from = DAY_NONE };
		snprintf(item->currency, 4, "%s", chance(10) ? "USD" : "EUR");
		if (chance(12)) {
			item->open = -item->open / 3 - 1;
			item->kind = ITEM_CREDIT_NOTE;
			item->due_day = today;
		}
		if (life->member_count) item->member = (uint32_t)between(0, (int64_t)life->member_count - 1);
		life->step_before[life->item_count - 1] = -1;
	}
	for (size_t m = 0; m < life->member_count; m++) { /* what befalls one of them befalls him alone */
		struct plan_member *member = &life->members[m];
		if (m > 0 && chance(1) && chance(20)) member->stopped = !member->stopped;
		if (m > 0 && chance(1) && chance(5)) member->never = !member->never;
		if (m > 0 && chance(1) && chance(5) && member->insolvency_day == DAY_NONE) member->insolvency_day = today;
		if (chance(1) && chance(10)) member->own_fault = !member->own_fault;
	}
	for (size_t i = 0; i < life->item_count; i++) {
		struct plan_item *item = &life->items[i];
		if (item->open <= 0) {
			if (item->open < 0 && chance(3)) item->open = 0; /* allocated or refunded */
			continue;
		}
		if (today > item->due_day && chance(3)) item->open = chance(60) ? 0 : item->open - item->open / 3;
		if (chance(1)) item->disputed = chance(60) ? item->open : item->open / 2;
		if (item->disputed && chance(10)) item->disputed = 0;
		if (item->disputed > item->open) item->disputed = item->open;
		if (chance(1)) item->promise_day = today + (int32_t)between(1, 10);
		if (chance(1)) item->hold = true;
		if (item->hold && chance(15)) item->hold = false;
		/* a payment that comes back: the item of before under a new id, at its old due date */
		if (item->open == 0 && life->item_count < ITEMS - 2 && chance(2)) {
			struct plan_item *back = &life->items[life->item_count++];
			*back = *item;
			back->id = (int64_t)life->item_count, back->open = 5000, back->kind = ITEM_UNPAID_RETURN, back->origin_id = item->id;
			back->posting_day = today, back->disputed = 0, back->hold = false, back->promise_day = DAY_NONE;
			life->step_before[life->item_count - 1] = -1;
		}
	}
	if (chance(1)) life->replied_day = today;
}

static const struct plan_item *find(const struct plan_view *view, int64_t id)
{
	for (size_t i = 0; i < view->item_count; i++)
		if (view->items[i].id == id) return &view->items[i];
	return NULL;
}

/* Of a payer's action: each of those he pays for is asked for no more than he owes, and is out whole where he is out. */
static void check_members(int customer, const struct life *life, const struct plan_view *view, const struct plan_action *action, int32_t today)
{
	int64_t claimed[MEMBERS] = { 0 }, credits[MEMBERS] = { 0 }, balance[MEMBERS] = { 0 }, pool = 0, pool_balance = 0;
	bool any = false;
	for (size_t i = 0; i < view->item_count; i++)
		if (strcmp(view->items[i].currency, action->currency) == 0) balance[view->items[i].member] += view->items[i].open;
	for (size_t n = 0; n < action->item_count; n++) {
		const struct plan_action_item *part = &action->items[n];
		const struct plan_item *item = find(view, part->item_id);
		if (!item) continue;
		const struct plan_member *member = &life->members[item->member];
		HOLDS(!member->stopped && !member->never, "a member who is stopped or excluded is in it");
		HOLDS(part->role != PLAN_CLAIMED || member->insolvency_day == DAY_NONE || item->issue_day > member->insolvency_day,
		      "claims of an insolvent member what must be declared");
		HOLDS(part->role != PLAN_CLAIMED || !member->own_fault || action->rank < RANK_FIRM, "firm about a member whom we owe an answer");
		if (part->role == PLAN_CLAIMED) claimed[item->member] += part->amount;
		if (part->role == PLAN_CREDIT) credits[item->member] += part->amount;
	}
	for (size_t m = 0; m < life->member_count; m++) {
		bool own = !life->netted || life->members[m].insolvency_day != DAY_NONE;
		bool out = life->members[m].stopped || life->members[m].never;
		if (own && !out) {
			HOLDS(claimed[m] > 0 || credits[m] == 0, "credits of a member cover another's items");
			HOLDS(claimed[m] + credits[m] >= 0 && (claimed[m] == 0 || claimed[m] + credits[m] > 0), "a member is asked for less than nothing");
			HOLDS(claimed[m] == 0 || claimed[m] + credits[m] <= balance[m], "R11: asks more of a member than his balance");
		} else if (!out) {
			pool += claimed[m] + credits[m], pool_balance += balance[m], any |= claimed[m] > 0;
		}
	}
	HOLDS(!any || pool <= pool_balance, "R11: asks more than the balance of those netted");
	(void)today;
}

/* On how many days he heard from us or another company of the group, in (since, today). */
static int heard_in(const struct life *life, int32_t since, int32_t today)
{
	int count = 0;
	for (int32_t day = since + 1; day < today; day++) {
		bool heard = false;
		for (size_t o = 0; o < life->other_count; o++) heard |= life->others[o] == day;
		for (size_t p = life->past_count; p-- > 0 && !heard;)
			heard |= life->past[p].contact && life->past[p].state != STATE_FAILED && life->past[p].done_day == day;
		count += heard;
	}
	return count;
}

static void check_plan(int customer, struct life *life, const struct plan_view *view, const struct plan *plan,
		       const struct plan_settings *settings, int32_t today)
{
	int contacts = 0;
	for (size_t a = 0; a < plan->action_count; a++) {
		const struct plan_action *action = &plan->actions[a];
		int64_t sum = 0, balance = 0;
		for (size_t i = 0; i < view->item_count; i++)
			if (strcmp(view->items[i].currency, action->currency) == 0) balance += view->items[i].open;
		for (size_t n = 0; n < action->item_count; n++) {
			const struct plan_action_item *part = &action->items[n];
			if (part->role != PLAN_CLAIMED && part->role != PLAN_CREDIT) continue;
			const struct plan_item *item = find(view, part->item_id);
			HOLDS(item && strcmp(item->currency, action->currency) == 0, "E38: an item of another currency");
			sum += part->amount;
			if (part->role == PLAN_CREDIT) continue;
			HOLDS(part->amount == item->open - item->disputed && part->amount > 0, "R1: claims what is cleared or disputed");
			HOLDS(!item->hold, "R1: claims what is on hold");
			HOLDS(item->due_day < today || (action->rank >= RANK_BEFORE_DUE && action->rank <= RANK_DUE), "R1: claims what is not due");
			HOLDS(item->promise_day == DAY_NONE || today > calendar_add(&settings->calendar, item->promise_day, 2), "R1: claims what is promised");
			HOLDS(action->rank < RANK_FIRM || today - item->due_day >= 8, "firm claims an item under 8 days late");
			if (action->mode == MODE_AUTOMATIC) HOLDS(item->due_source != DUE_ASSUMED, "85: automatic on an assumed due date");
		}
		HOLDS(sum == action->amount, "R5: the total is not the sum of its rows");
		if (life->member_count)
			check_members(customer, life, view, action, today);
		else
			HOLDS(action->amount <= balance || action->item_count == 0, "R11: asks more than the balance");
		HOLDS(action->amount > 0 || action->item_count == 0, "asks nothing");
		if (channel_is_contact(action->channel)) {
			contacts++;
			HOLDS(settings->per_item || life->last_contact == DAY_NONE || calendar_between(&settings->calendar, life->last_contact, today) >= 3, "R4: too soon after the last contact");
			HOLDS(calendar_works(&settings->calendar, today), "a contact on a closed day");
			HOLDS(!view->buyer_today, "a second company on one day");
			HOLDS(!settings->contacts_max || heard_in(life, today - settings->contacts_days, today) < settings->contacts_max, "R4: beyond the budget");
			int at = scenario_step(life->scenario, action->step);
			if (at >= 0 && life->scenario->steps[at].condition_count && action->rank > RANK_DUE) {
				struct condition_facts facts = life->who;
				facts.amount = action->amount, facts.days_late = action->max_days_late;
				facts.answered = life->replied_day != DAY_NONE && life->last_contact != DAY_NONE && life->replied_day >= life->last_contact;
				HOLDS(at >= 0 && conditions_hold(life->scenario->steps[at].conditions, life->scenario->steps[at].condition_count, &facts), "a step whose conditions do not hold");
			}
			if (action->next_step[0] && action->rank > RANK_DUE) {
				int next = scenario_step(life->scenario, action->next_step);
				HOLDS(next > at, "ladder rule 9: announces a step that does not follow");
			}
		}
	}
	HOLDS(contacts <= 1, "two contacts on one day");
	/* R8: each overdue item in exactly one place */
	for (size_t i = 0; i < view->item_count; i++) {
		const struct plan_item *item = &view->items[i];
		if (item->open <= 0) continue;
		int places = 0;
		for (size_t a = 0; a < plan->action_count; a++)
			for (size_t n = 0; n < plan->actions[a].item_count; n++)
				places += plan->actions[a].items[n].item_id == item->id && plan->actions[a].items[n].role == PLAN_CLAIMED;
		for (size_t l = 0; l < plan->left_count; l++) places += view->items[plan->left[l].item].id == item->id;
		for (size_t p = 0; p < view->past_count; p++)
			if (view->past[p].plan_day == today)
				for (size_t n = 0; n < view->past[p].item_count; n++) places += view->past[p].items[n] == item->id;
		HOLDS(places == 1 || (places == 0 && item->due_day >= today), "R8: an item is nowhere, or twice");
	}
}

static int64_t asked(const struct plan *plan, const char *currency)
{
	int64_t sum = 0;
	for (size_t a = 0; a < plan->action_count; a++)
		if (strcmp(plan->actions[a].currency, currency) == 0) sum += plan->actions[a].amount;
	return sum;
}

/* Of one of those he pays for. */
static int64_t asked_of(const struct plan *plan, const struct plan_view *view, const char *currency, uint32_t member)
{
	int64_t sum = 0;
	for (size_t a = 0; a < plan->action_count; a++)
		for (size_t n = 0; n < plan->actions[a].item_count && strcmp(plan->actions[a].currency, currency) == 0; n++)
			if ((plan->actions[a].items[n].role == PLAN_CLAIMED || plan->actions[a].items[n].role == PLAN_CREDIT) &&
			    view->items[plan->actions[a].items[n].item].member == member)
				sum += plan->actions[a].items[n].amount;
	return sum;
}

static int64_t asked_netted(const struct plan *plan, const struct plan_view *view, const struct life *life)
{
	int64_t sum = 0;
	for (size_t m = 0; m < life->member_count; m++)
		if (life->members[m].insolvency_day == DAY_NONE) sum += asked_of(plan, view, "EUR", (uint32_t)m);
	return sum;
}

static bool same_plan(const struct plan *a, const struct plan *b)
{
	if (a->action_count != b->action_count || a->left_count != b->left_count) return false;
	for (size_t i = 0; i < a->action_count; i++)
		if (strcmp(a->actions[i].step, b->actions[i].step) != 0 || a->actions[i].amount != b->actions[i].amount ||
		    a->actions[i].item_count != b->actions[i].item_count)
			return false;
	for (size_t i = 0; i < a->left_count; i++)
		if (a->left[i].item != b->left[i].item || a->left[i].reason != b->left[i].reason) return false;
	return true;
}

/* What became of an action: sent, refused, lost into unknown, skipped, or left for another day. */
static void evening_acts(int customer, struct life *life, const struct plan *plan, int32_t today)
{
	for (size_t a = 0; a < plan->action_count && life->past_count < PASTS; a++) {
		const struct plan_action *action = &plan->actions[a];
		if (chance(30)) continue; /* nobody got to it: proposed again tomorrow */
		struct plan_past *past = &life->past[life->past_count];
		*past = (struct plan_past){ .id = (int64_t)life->past_count + 1, .scenario = life->scenario->code, .rank = action->rank,
					    .channel = action->channel, .plan_day = today, .done_day = today, .items = life->named[life->past_count],
					    .takeover = (action->reasons & YES_TAKEOVER) != 0, .contact = channel_is_contact(action->channel) };
		int at = scenario_step(life->scenario, action->step);
		past->step = at >= 0 ? life->scenario->steps[at].code : strcmp(action->step, "review") == 0 ? "review" : "unpaid_return";
		snprintf(past->currency, 4, "%s", action->currency);
		bool message = channel_needs_address(action->channel);
		past->state = message ? STATE_SENT : STATE_DONE;
		if (message && chance(5)) past->state = STATE_FAILED, past->done_day = DAY_NONE, past->contact = false;
		else if (message && chance(3)) past->state = STATE_UNKNOWN;
		else if (chance(5)) past->state = STATE_CANCELLED, past->skipped = true, past->contact = false;
		for (size_t n = 0; n < action->item_count && past->item_count < NAMED; n++)
			if (action->items[n].role == PLAN_CLAIMED) life->named[life->past_count][past->item_count++] = action->items[n].item_id;
		life->past_count++;
		if (past->contact) {
			HOLDS(life->last_contact != today, "two contacts on one day");
			life->last_contact = today;
		}
	}
	/* a person settles what is unknown, some days later */
	for (size_t p = 0; p < life->past_count; p++)
		if (life->past[p].state == STATE_UNKNOWN && chance(30)) life->past[p].state = chance(50) ? STATE_SENT : STATE_FAILED;
	/* what turned out never to have left is no contact */
	life->last_contact = DAY_NONE;
	for (size_t p = 0; p < life->past_count; p++)
		if (life->past[p].contact && life->past[p].state != STATE_FAILED && life->past[p].done_day > life->last_contact)
			life->last_contact = life->past[p].done_day;
}

static void steps_rise_by_one(int customer, struct life *life, int32_t today)
{
	struct plan_view view = { .items = life->items, .item_count = life->item_count, .past = life->past, .past_count = life->past_count };
	for (size_t i = 0; i < life->item_count; i++) {
		if (life->items[i].open <= 0) continue;
		int now = rung(life->scenario, plan_item_step(&view, i, life->scenario)), before = life->step_before[i];
		bool taken_over = false, optional = false;
		for (size_t p = 0; p < life->past_count; p++)
			if (life->past[p].takeover || life->past[p].rank == RANK_FORMAL_NOTICE)
				for (size_t n = 0; n < life->past[p].item_count; n++)
					taken_over |= life->past[p].items[n] == life->items[i].id || life->past[p].items[n] == life->items[i].origin_id;
		for (size_t s = 0; s < life->scenario->count; s++)
			optional |= life->scenario->steps[s].rank >= RANK_REMINDER && (life->scenario->steps[s].minimum || life->scenario->steps[s].maximum || life->scenario->steps[s].condition_count);
		if (before >= 0) {
			HOLDS(now >= before, "R3: a step fell");
			HOLDS(now <= before + 1 || taken_over || optional, "R3: a step rose by more than one");
		}
		life->step_before[i] = now;
	}
}

static void a_year_of_all_customers(void)
{
	const char *given = getenv("ENCOURS_SEED");
	seed = given ? strtoull(given, NULL, 10) : 20260115;
	printf("  seed %llu\n", (unsigned long long)seed);
	first_day = day_from_civil(2026, 1, 1);
	struct arena *arena = arena_new();
	struct life *life = xmalloc(sizeof *life);
	size_t count, plans = 0, actions = 0;
	const struct scenario *all = scenario_ready_all(&count);
	for (int customer = 0; customer < CUSTOMERS; customer++) {
		memset(life, 0, sizeof *life);
		life->scenario = &all[roll() % count];
		life->replied_day = life->last_contact = DAY_NONE;
		struct plan_settings settings = plan_settings_default();
		settings.takeover_day = first_day + 20;
		settings.per_item = chance(10);
		settings.highest = chance(20), settings.keep_step = chance(50);
		if (chance(30)) settings.contacts_max = (int)between(2, 5), settings.contacts_days = 30;
		life->who = (struct condition_facts){ .score = (int)between(-1, 100), .debtor = "professional", .group = "", .language = "fr", .average_late = INT32_MIN };
		if (life->who.score < 0) life->who.score = -1;
		if (chance(40)) change_ladder(life);
		if (chance(25)) {
			life->member_count = (size_t)between(2, MEMBERS), life->netted = chance(50);
			for (size_t m = 0; m < life->member_count; m++)
				life->members[m] = (struct plan_member){ .customer_id = (int64_t)m + 1, .code = "M", .name = "M", .insolvency_day = DAY_NONE,
									 .supplier_balance = chance(10) ? 1000 : 0 };
		}
		if (chance(20))
			for (int32_t day = first_day; day < first_day + DAYS; day++)
				if (chance(4)) life->others[life->other_count++] = day;
		for (int32_t today = first_day; today < first_day + DAYS; today++) {
			morning_happens(life, today);
			struct plan_item open[ITEMS];
			struct plan_view view = view_of(life, open, today);
			struct plan plan, again, more;
			plan_day(&view, life->scenario, &settings, today, arena, &plan);
			check_plan(customer, life, &view, &plan, &settings, today);
			plan_day(&view, life->scenario, &settings, today, arena, &again);
			HOLDS(same_plan(&plan, &again), "R6: a second plan differs");
			if (view.item_count && view.item_count < ITEMS && chance(10)) { /* R7: a payment more */
				struct plan_item richer[ITEMS];
				memcpy(richer, open, view.item_count * sizeof *open);
				struct plan_view paid = view;
				richer[paid.item_count] = (struct plan_item){ .id = 9999, .number = "P", .open = -between(100, 100000), .issue_day = today,
					.posting_day = today, .due_day = today, .kind = ITEM_PAYMENT, .due_source = DUE_ISSUE, .first_seen = DAY_NONE,
					.hold_until = DAY_NONE, .promise_day = DAY_NONE, .barred_from = DAY_NONE };
				snprintf(richer[paid.item_count++].currency, 4, "EUR");
				paid.items = richer;
				uint32_t payer = life->member_count ? (uint32_t)between(0, (int64_t)life->member_count - 1) : 0;
				richer[paid.item_count - 1].member = payer;
				plan_day(&paid, life->scenario, &settings, today, arena, &more);
				if (life->member_count && !life->netted) /* whoever pays all of his own gives way to the next of them */
					HOLDS(asked_of(&more, &paid, "EUR", payer) <= asked_of(&plan, &view, "EUR", payer), "R7: a payment raised what is asked of its member");
				else if (!life->member_count)
					HOLDS(asked(&more, "EUR") <= asked(&plan, "EUR"), "R7: a payment raised what is asked");
				else if (life->members[payer].insolvency_day == DAY_NONE)
					HOLDS(asked_netted(&more, &paid, life) <= asked_netted(&plan, &view, life), "R7: a payment raised what is asked of those netted");
			}
			evening_acts(customer, life, &plan, today);
			/* the same day once more, after what was done: nothing new for who was contacted, nothing vanishes */
			view = view_of(life, open, today);
			plan_day(&view, life->scenario, &settings, today, arena, &again);
			for (size_t a = 0; a < again.action_count && life->last_contact == today; a++)
				HOLDS(!channel_is_contact(again.actions[a].channel), "R2: a second contact on the day of one");
			steps_rise_by_one(customer, life, today);
			plans += 3, actions += plan.action_count;
			arena_reset(arena);
		}
	}
	free(life);
	arena_free(arena);
	printf("  %zu plans, %zu actions\n", plans, actions);
	CHECK(actions > 10 * CUSTOMERS);
}

TESTS({ "a year of 5,000 customers (of 500 under a sanitizer)", a_year_of_all_customers })
