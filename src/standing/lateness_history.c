#include "standing/lateness_history.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

static const double half_lives[MEMORIES] = { 90, 365, 1500 }; /* days */
static const double FAST = 0.6;                                /* of the past remains in `fast` with each payment */

double history_clamp(double days)
{
	return days < -90 ? -90 : days > 180 ? 180 : days;
}

double history_effect(const struct effects *effects, const struct lateness_invoice *invoice)
{
	return effects->disputed[invoice->disputed + 1] + effects->sending[invoice->sending] + effects->country[invoice->country];
}

static double log_amount(int64_t amount)
{
	return log1p(amount < 0 ? -(double)amount : (double)amount);
}

static double mean_or(double sum, double weight, double otherwise)
{
	return weight > 0 ? sum / weight : otherwise;
}

/* The customer's own past drawn towards everybody's: by how little there is of his. */
static double shrunk(double sum, double weight, double everybody, double pull)
{
	return (sum + pull * everybody) / (weight + pull);
}

double history_features(const struct history *history, const struct lateness_invoice *invoice, float features[FOREST_FEATURES])
{
	const struct effects *effects = history->effects;
	const struct past *past = &history->pasts[invoice->customer], *all = &history->everybody;
	const struct memory *own = &past->memory[effects->memory], *every = &all->memory[effects->memory];
	double effect = history_effect(effects, invoice), every_mean = mean_or(every->sum, every->weight, 0);
	double usual = shrunk(own->sum, own->weight, every_mean, effects->pull);
	double every_square = mean_or(every->squares, every->weight, 100);
	double spread = shrunk(own->squares, own->weight, every_square, effects->pull) - usual * usual;
	double amount = log_amount(invoice->amount), every_amount = all->issued ? all->amounts / all->issued : amount;
	double dispute_share = shrunk(past->disputed, past->told, mean_or(all->disputed, all->told, 0), 5);
	double lately = past->settled ? past->fast : usual;
	double terms = (double)invoice->due_day - invoice->issue_day;
	struct civil issue = day_civil(invoice->issue_day), due = day_civil(invoice->due_day);
	const double values[] = { usual + effect, usual,
		shrunk(own->late, own->weight, mean_or(every->late, every->weight, 0.5), effects->pull), lately, lately - usual,
		sqrt(spread > 0 ? spread : 0), log1p(past->settled), invoice->disputed, dispute_share, amount,
		amount - shrunk(past->amounts, past->issued, every_amount, 2), terms, issue.month, day_weekday(invoice->issue_day),
		day_weekday(invoice->due_day), due.day, effects->sending[invoice->sending], effects->country[invoice->country],
		past->open, past->overdue };
	_Static_assert(COUNT(values) == FOREST_FEATURES, "each feature has its value");
	for (int f = 0; f < FOREST_FEATURES; f++) features[f] = (float)values[f];
	return usual + effect;
}

static void fade(struct past *past, int32_t day)
{
	if (past->last_day < day && past->settled)
		for (int m = 0; m < MEMORIES; m++) {
			double kept = exp2(-(double)(day - past->last_day) / half_lives[m]);
			struct memory *memory = &past->memory[m];
			memory->weight *= kept, memory->sum *= kept, memory->squares *= kept, memory->late *= kept;
		}
	if (day > past->last_day || !past->settled) past->last_day = day;
}

static void learn_payment(struct past *past, const struct lateness_invoice *invoice, double days)
{
	fade(past, invoice->settled_day);
	for (int m = 0; m < MEMORIES; m++) {
		struct memory *memory = &past->memory[m];
		memory->weight += 1, memory->sum += days, memory->squares += days * days;
		memory->late += invoice->settled_day > invoice->due_day;
	}
	past->fast = past->settled++ ? past->fast * FAST + days * (1 - FAST) : days;
	if (invoice->disputed >= 0) past->told += 1, past->disputed += invoice->disputed;
}

static void settle(struct history *history, const struct lateness_invoice *invoice)
{
	struct past *past = &history->pasts[invoice->customer];
	double days = history_clamp((double)invoice->settled_day - invoice->due_day) - history_effect(history->effects, invoice);
	if (invoice->settled_day >= invoice->issue_day) {
		past->open--;
		past->overdue -= invoice->settled_day > invoice->due_day;
	}
	learn_payment(past, invoice, days);
	learn_payment(&history->everybody, invoice, days);
}

/* What each memory would have expected, against what came. */
static void note_errors(struct history *history, const struct lateness_invoice *invoice, int32_t known_before)
{
	const struct past *past = &history->pasts[invoice->customer], *all = &history->everybody;
	if (past->settled < 3 || invoice->settled_day == DAY_NONE || invoice->settled_day >= known_before) return;
	double days = history_clamp((double)invoice->settled_day - invoice->due_day) - history_effect(history->effects, invoice);
	for (int m = 0; m < MEMORIES; m++) {
		double every = mean_or(all->memory[m].sum, all->memory[m].weight, 0);
		history->errors[m] += fabs(days - shrunk(past->memory[m].sum, past->memory[m].weight, every, history->effects->pull));
	}
}

/* --- days in order ------------------------------------------------------------------------------------------------------------ */
struct dated {
	int32_t day;
	uint32_t index;
};

static int dated_compare(const void *left, const void *right)
{
	const struct dated *a = left, *b = right;
	return a->day != b->day ? (a->day < b->day ? -1 : 1) : (a->index > b->index) - (a->index < b->index);
}

void history_replay(struct history *history, const struct lateness_invoice *invoices, size_t count, int32_t known_before,
                    history_take *take, void *context)
{
	cleanup_free struct dated *issues = xcalloc(count + 1, sizeof *issues), *settles = xcalloc(count + 1, sizeof *settles),
		*dues = xcalloc(count + 1, sizeof *dues);
	size_t issued = 0, settled = 0, due = 0, next_settle = 0, next_due = 0;
	for (size_t i = 0; i < count; i++) {
		const struct lateness_invoice *one = &invoices[i];
		if (one->issue_day >= known_before) continue;
		bool known = one->settled_day != DAY_NONE && one->settled_day < known_before;
		issues[issued++] = (struct dated){ one->issue_day, (uint32_t)i };
		if (known) settles[settled++] = (struct dated){ one->settled_day, (uint32_t)i };
		/* overdue from the day after its due day (or its issue, if that is later) until it is settled */
		int32_t from = one->due_day < one->issue_day ? one->issue_day : one->due_day + 1;
		bool ever = !known || (one->settled_day > one->due_day && one->settled_day >= one->issue_day);
		if (ever && from < known_before) dues[due++] = (struct dated){ from, (uint32_t)i };
	}
	qsort(issues, issued, sizeof *issues, dated_compare);
	qsort(settles, settled, sizeof *settles, dated_compare);
	qsort(dues, due, sizeof *dues, dated_compare);
	for (size_t i = 0; i <= issued; i++) {
		int32_t day = i < issued ? issues[i].day : known_before;
		/* a day's due come before its payments: what was paid on that day was open until then */
		while (next_settle < settled || next_due < due) {
			int32_t settle_day = next_settle < settled ? settles[next_settle].day : INT32_MAX;
			int32_t due_day = next_due < due ? dues[next_due].day : INT32_MAX;
			if (due_day >= day && settle_day >= day) break;
			if (due_day <= settle_day) history->pasts[invoices[dues[next_due++].index].customer].overdue++;
			else settle(history, &invoices[settles[next_settle++].index]);
		}
		if (i == issued) break;
		const struct lateness_invoice *one = &invoices[issues[i].index];
		struct past *past = &history->pasts[one->customer];
		fade(past, day);
		fade(&history->everybody, day);
		if (take) {
			float features[FOREST_FEATURES];
			double expected = history_features(history, one, features);
			take(context, issues[i].index, features, expected);
		}
		note_errors(history, one, known_before);
		double amount = log_amount(one->amount);
		past->issued++, past->amounts += amount;
		history->everybody.issued++, history->everybody.amounts += amount;
		/* one that was settled before it was issued was never open */
		if (one->settled_day == DAY_NONE || one->settled_day >= one->issue_day) past->open++;
	}
}
