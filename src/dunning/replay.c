#include "dunning/replay.h"

#include "base/day.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

enum { BEFORE_DUE = 15, FOLLOWED = 180, PASTS = 260, OPEN_MOST = 120, RESAMPLES = 400 };

static double luck(uint64_t seed, uint64_t a, uint64_t b)
{
	uint64_t z = seed ^ a * 0x9e3779b97f4a7c15u ^ b * 0xc2b2ae3d27d4eb4fu;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (double)((z ^ z >> 31) >> 11) / 9007199254740992.0;
}

int replay_bucket(int32_t late)
{
	static const int32_t edges[REPLAY_BUCKETS - 1] = { 0, 7, 15, 30, 60, 90 };
	int bucket = 0;
	while (bucket < REPLAY_BUCKETS - 1 && late > edges[bucket]) bucket++;
	return bucket;
}

/* --- learning -------------------------------------------------------------------------------------------------------------- */
/* The days on which an invoice could be paid, and whether it was: each day once. `tell` gets them. */
struct exposure {
	int64_t days[REPLAY_BUCKETS][2], paid[REPLAY_BUCKETS][2];
};

static void expose(const struct replay_invoice *invoice, const struct replay_contact *contacts, size_t first, size_t end, int32_t from, int32_t to,
		   struct exposure *out)
{
	int32_t day = invoice->due_day - BEFORE_DUE;
	if (day < invoice->issue_day) day = invoice->issue_day;
	if (day < from) day = from;
	int32_t last = invoice->due_day + FOLLOWED;
	if (last > to) last = to;
	size_t at = first;
	int32_t heard = INT32_MIN;
	for (; day <= last; day++) {
		while (at < end && contacts[at].day < day) heard = contacts[at++].day;
		bool recent = heard != INT32_MIN && day - heard <= REPLAY_WINDOW && heard >= invoice->issue_day;
		int bucket = replay_bucket(day - invoice->due_day);
		out->days[bucket][recent]++;
		if (invoice->paid_day != DAY_NONE && day >= invoice->paid_day) {
			out->paid[bucket][recent]++;
			return;
		}
	}
}

void replay_learn(const struct replay_invoice *invoices, size_t count, const struct replay_contact *contacts, size_t contact_count,
		  size_t customers, int32_t from, int32_t to, struct arena *arena, struct replay_model *out)
{
	*out = (struct replay_model){ .factor = arena_array(arena, double, customers + 1) };
	struct exposure all = { 0 };
	struct exposure *each = xcalloc(customers + 1, sizeof *each);
	size_t first = 0;
	double days = 0, amount = 0;
	for (size_t i = 0; i < count; i++) {
		const struct replay_invoice *invoice = &invoices[i];
		while (first < contact_count && contacts[first].customer < invoice->customer) first++;
		size_t end = first;
		while (end < contact_count && contacts[end].customer == invoice->customer) end++;
		struct exposure one = { 0 };
		expose(invoice, contacts, first, end, from, to, &one);
		for (int b = 0; b < REPLAY_BUCKETS; b++)
			for (int r = 0; r < 2; r++) {
				all.days[b][r] += one.days[b][r], all.paid[b][r] += one.paid[b][r];
				each[invoice->customer].days[b][r] += one.days[b][r], each[invoice->customer].paid[b][r] += one.paid[b][r];
			}
		int32_t until = invoice->paid_day != DAY_NONE && invoice->paid_day <= to ? invoice->paid_day : to;
		days += (double)(until - invoice->due_day) * (double)invoice->amount, amount += (double)invoice->amount;
	}
	out->observed_days = amount > 0 ? days / amount : 0;
	for (int b = 0; b < REPLAY_BUCKETS; b++) {
		double plain = ((double)all.paid[b][0] + 0.5) / ((double)all.days[b][0] + 25);
		out->hazard[b][0] = plain;
		/* little seen after contacts at this lateness: drawn to what is seen without */
		out->hazard[b][1] = ((double)all.paid[b][1] + 40 * plain) / ((double)all.days[b][1] + 40);
		out->payments += all.paid[b][0] + all.paid[b][1];
		if (b > 0) out->after_contact += all.paid[b][1];
	}
	for (size_t c = 0; c < customers; c++) {
		double paid = 5, expected = 5;
		for (int b = 0; b < REPLAY_BUCKETS; b++)
			for (int r = 0; r < 2; r++) paid += (double)each[c].paid[b][r], expected += (double)each[c].days[b][r] * out->hazard[b][r];
		out->factor[c] = paid / expected;
	}
	free(each);
}

/* --- living again ------------------------------------------------------------------------------------------------------------ */
struct again {
	struct plan_item items[OPEN_MOST];
	const struct replay_invoice *of[OPEN_MOST];
	size_t open;
	struct plan_past past[PASTS];
	int64_t *named[PASTS];
	size_t past_count;
};

static void enters(struct again *again, const struct replay_invoice *invoice, size_t number, const char *currency)
{
	if (again->open == OPEN_MOST) return;
	size_t at = again->open++;
	while (at > 0 && again->items[at - 1].due_day > invoice->due_day) {
		again->items[at] = again->items[at - 1], again->of[at] = again->of[at - 1];
		at--;
	}
	again->of[at] = invoice;
	again->items[at] = (struct plan_item){ .id = (int64_t)number + 1, .number = "", .open = invoice->amount, .issue_day = invoice->issue_day,
		.posting_day = invoice->issue_day, .due_day = invoice->due_day, .first_seen = DAY_NONE, .hold_until = DAY_NONE, .promise_day = DAY_NONE,
		.barred_from = DAY_NONE, .due_source = DUE_TERMS };
	snprintf(again->items[at].currency, sizeof again->items[at].currency, "%s", currency);
}

static bool contacted(struct again *again, const struct plan *plan, const struct scenario *scenario, int32_t day, struct replay_life *out)
{
	bool any = false;
	for (size_t a = 0; a < plan->action_count && again->past_count < PASTS; a++) {
		const struct plan_action *action = &plan->actions[a];
		struct plan_past *past = &again->past[again->past_count];
		int64_t *named = xcalloc(action->item_count + 1, sizeof *named);
		int at = scenario_step(scenario, action->step);
		*past = (struct plan_past){ .scenario = scenario->code, .step = at >= 0 ? scenario->steps[at].code : "review", .rank = action->rank,
			.channel = action->channel, .state = STATE_DONE, .contact = channel_is_contact(action->channel), .plan_day = day, .done_day = day,
			.takeover = (action->reasons & YES_TAKEOVER) != 0, .items = named };
		snprintf(past->currency, sizeof past->currency, "%s", action->currency);
		for (size_t n = 0; n < action->item_count; n++)
			if (action->items[n].role == PLAN_CLAIMED) named[past->item_count++] = action->items[n].item_id;
		again->named[again->past_count++] = named;
		if (!past->contact) continue;
		any = true;
		out->contacts++, out->calls += action->channel == CHANNEL_CALL, out->mails += channel_needs_address(action->channel);
	}
	return any;
}

void replay_live(const struct replay_model *model, const struct plan_view *view, size_t customer, const struct replay_invoice *invoices,
		 size_t count, const struct scenario *scenario, const struct plan_settings *settings, int32_t from, int32_t to, uint64_t seed,
		 struct arena *scratch, struct replay_life *out)
{
	struct plan_settings fresh = *settings;
	fresh.stale = fresh.stop_all = false, fresh.takeover_day = DAY_NONE, fresh.contacts_max = 0;
	struct scenario ladder = *scenario;
	ladder.restart_day = ladder.rank_day = 0; /* a choice of today says nothing of last year */
	for (int life = 0; life < REPLAY_TIMES; life++) {
		struct again *again = xcalloc(1, sizeof *again);
		size_t next = 0;
		int32_t heard = INT32_MIN, month = 0;
		for (int32_t day = from; day <= to; day++) {
			for (; next < count && invoices[next].issue_day <= day; next++) enters(again, &invoices[next], next, view->items ? view->items[0].currency : "EUR");
			/* the plan looks at him on working days, when something is late or about to be */
			bool near = false;
			for (size_t i = 0; i < again->open; i++) near |= day >= again->items[i].due_day - 30;
			if (near && calendar_works(&fresh.calendar, day)) {
				struct plan_view now = *view;
				struct plan plan;
				now.items = again->items, now.item_count = again->open, now.past = again->past, now.past_count = again->past_count;
				now.payment_count = 0, now.replied_day = DAY_NONE, now.broken_promise = now.own_fault = false, now.buyer_day_count = 0,
				now.buyer_today = now.stopped = now.never = false, now.address_usable = now.phone_usable = true;
				plan_day(&now, &ladder, &fresh, day, scratch, &plan);
				if (contacted(again, &plan, &ladder, day, out)) heard = day;
				arena_reset(scratch);
			}
			for (size_t i = 0; i < again->open;) {
				const struct replay_invoice *invoice = again->of[i];
				int32_t late = day - invoice->due_day;
				bool recent = heard != INT32_MIN && day > heard && day - heard <= REPLAY_WINDOW && heard >= invoice->issue_day;
				double chance = late < -BEFORE_DUE ? 0 : model->hazard[replay_bucket(late)][recent] * model->factor[customer];
				if (luck(seed, (uint64_t)again->items[i].id << 8 | (uint64_t)life, (uint64_t)day) >= (chance > 0.9 ? 0.9 : chance)) {
					i++;
					continue;
				}
				out->amount_days += (double)late * (double)invoice->amount, out->amount += (double)invoice->amount;
				again->open--;
				for (size_t n = i; n < again->open; n++) again->items[n] = again->items[n + 1], again->of[n] = again->of[n + 1];
			}
			if (month < REPLAY_MONTHS && day == from + (to - from) * (month + 1) / REPLAY_MONTHS) {
				for (size_t i = 0; i < again->open; i++)
					if (again->items[i].due_day < day) out->overdue_month[month] += (double)again->items[i].open;
				month++;
			}
		}
		for (size_t i = 0; i < again->open; i++) {
			if (again->items[i].due_day >= to) continue;
			out->overdue_end += (double)again->items[i].open;
			out->amount_days += (double)(to - again->items[i].due_day) * (double)again->items[i].open, out->amount += (double)again->items[i].open;
		}
		for (size_t p = 0; p < again->past_count; p++) free(again->named[p]);
		free(again);
	}
}

/* --- comparing ------------------------------------------------------------------------------------------------------------------ */
static int double_order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static void effect_of(const struct replay_life *before, const struct replay_life *after, size_t count, const size_t *pick, double *days, double *overdue)
{
	double sum[2] = { 0 }, amount[2] = { 0 }, end[2] = { 0 };
	for (size_t n = 0; n < count; n++) {
		size_t c = pick ? pick[n] : n;
		sum[0] += before[c].amount_days, amount[0] += before[c].amount, end[0] += before[c].overdue_end;
		sum[1] += after[c].amount_days, amount[1] += after[c].amount, end[1] += after[c].overdue_end;
	}
	*days = amount[0] > 0 && amount[1] > 0 ? sum[1] / amount[1] - sum[0] / amount[0] : 0;
	*overdue = (end[1] - end[0]) / REPLAY_TIMES;
}

void replay_compare(const struct replay_life *before, const struct replay_life *after, size_t count, uint64_t seed, struct replay *out)
{
	effect_of(before, after, count, NULL, &out->days.value, &out->overdue.value);
	double amount = 0, days = 0;
	for (size_t c = 0; c < count; c++) {
		days += before[c].amount_days, amount += before[c].amount;
		out->contacts[0] += before[c].contacts / REPLAY_TIMES, out->contacts[1] += after[c].contacts / REPLAY_TIMES;
		out->calls[0] += before[c].calls / REPLAY_TIMES, out->calls[1] += after[c].calls / REPLAY_TIMES;
		out->mails[0] += before[c].mails / REPLAY_TIMES, out->mails[1] += after[c].mails / REPLAY_TIMES;
		for (int m = 0; m < REPLAY_MONTHS; m++)
			out->overdue_month[0][m] += before[c].overdue_month[m] / REPLAY_TIMES, out->overdue_month[1][m] += after[c].overdue_month[m] / REPLAY_TIMES;
	}
	out->replayed_days = amount > 0 ? days / amount : 0;
	size_t *pick = xcalloc(count + 1, sizeof *pick);
	double many_days[RESAMPLES], many_overdue[RESAMPLES];
	for (int r = 0; r < RESAMPLES; r++) {
		for (size_t n = 0; n < count; n++) pick[n] = (size_t)(luck(seed, (uint64_t)r, (uint64_t)n) * (double)count);
		effect_of(before, after, count, pick, &many_days[r], &many_overdue[r]);
	}
	qsort(many_days, RESAMPLES, sizeof *many_days, double_order);
	qsort(many_overdue, RESAMPLES, sizeof *many_overdue, double_order);
	out->days.low = many_days[RESAMPLES / 10], out->days.high = many_days[RESAMPLES * 9 / 10];
	out->overdue.low = many_overdue[RESAMPLES / 10], out->overdue.high = many_overdue[RESAMPLES * 9 / 10];
	free(pick);
}
