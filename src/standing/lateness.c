#include "standing/lateness.h"

#include "base/memory.h"
#include "standing/lateness_history.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { KNOTS = 20, CALIBRATE_FROM = 80, CALIBRATE_MOST = 5000, CASES_MOST = 200000, SHIFT_MOST = 300, ROUNDS = 8,
       GIVEN_TREES = 48, FEW = 20000 /* invoices, for which three times the trees cost nothing */, GIVEN_SAMPLE = 20000, TRIAL_TREES = 24, TRIAL_SAMPLE = 10000 };

struct lateness_model {
	struct effects effects;
	struct history history;
	struct forest *rest, *days;            /* of what remains after the expectation; of the days late themselves */
	double share;                          /* of `rest` in the curve */
	double levels[KNOTS + 1];              /* how often what happened lay below i / KNOTS of the curve */
	bool calibrated;
};

static bool known(const struct lateness_invoice *invoice, int32_t before)
{
	return invoice->issue_day < before && invoice->settled_day != DAY_NONE && invoice->settled_day < before;
}

static int32_t days_late(const struct lateness_invoice *invoice)
{
	return invoice->settled_day - invoice->due_day;
}

/* --- effects ---------------------------------------------------------------------------------------------------------------------- */
struct sum {
	double days;
	size_t count;
};

/* By turns: each customer's mean of what the effects leave, each effect's mean of what customer and others leave. All are drawn
 * towards nothing by how few cases they have. */
static void fit_effects(struct effects *effects, const struct lateness_invoice *invoices, size_t count, size_t customers, int32_t before)
{
	cleanup_free struct sum *sums = xcalloc(customers + 1, sizeof *sums);
	double all = 0, squares = 0;
	size_t n = 0, several = 0;
	*effects = (struct effects){ .pull = 4, .memory = MEMORIES - 1 };
	for (size_t i = 0; i < count; i++)
		if (known(&invoices[i], before)) all += history_clamp(days_late(&invoices[i])), n++;
	if (n) all /= (double)n;
	for (int round = 0; round < ROUNDS; round++) {
		memset(sums, 0, customers * sizeof *sums);
		for (size_t i = 0; i < count; i++) {
			const struct lateness_invoice *one = &invoices[i];
			if (!known(one, before)) continue;
			sums[one->customer].days += history_clamp(days_late(one)) - all - history_effect(effects, one);
			sums[one->customer].count++;
		}
		struct sum disputed[3] = { 0 }, sending[LATENESS_KINDS] = { 0 }, country[LATENESS_KINDS] = { 0 };
		squares = 0;
		for (size_t i = 0; i < count; i++) {
			const struct lateness_invoice *one = &invoices[i];
			if (!known(one, before)) continue;
			const struct sum *own = &sums[one->customer];
			double rest = history_clamp(days_late(one)) - all - history_effect(effects, one) - own->days / ((double)own->count + 2);
			squares += rest * rest;
			disputed[one->disputed + 1].days += rest, disputed[one->disputed + 1].count++;
			sending[one->sending].days += rest, sending[one->sending].count++;
			country[one->country].days += rest, country[one->country].count++;
		}
		for (int k = 0; k < 3; k++) effects->disputed[k] += disputed[k].days / ((double)disputed[k].count + 10);
		for (int k = 0; k < LATENESS_KINDS; k++) {
			effects->sending[k] += sending[k].days / ((double)sending[k].count + 20) / 2;
			effects->country[k] += country[k].days / ((double)country[k].count + 100) / 2;
		}
	}
	/* how much customers differ against how much one customer's payments do */
	double between = 0, inverse = 0;
	for (size_t c = 0; c < customers; c++) {
		if (sums[c].count < 2) continue;
		double mean = sums[c].days / (double)sums[c].count;
		between += mean * mean, inverse += 1.0 / (double)sums[c].count, several++;
	}
	if (several < 2 || n < 10) return;
	double within = squares / (double)n;
	between = between / (double)several - within * inverse / (double)several;
	effects->pull = between > 0 ? within / between : 20;
	if (effects->pull < 0.5) effects->pull = 0.5;
	if (effects->pull > 20) effects->pull = 20;
}

/* --- learning --------------------------------------------------------------------------------------------------------------------- */
struct collecting {
	const struct lateness_invoice *invoices;
	int32_t before;
	size_t step, heard, count;
	struct forest_case *rest, *days;
};

static int32_t whole(double days)
{
	days = days < -SHIFT_MOST ? -SHIFT_MOST : days > SHIFT_MOST ? SHIFT_MOST : days;
	return (int32_t)floor(days + 0.5);
}

static void collect(void *context, size_t index, const float features[FOREST_FEATURES], double expected)
{
	struct collecting *c = context;
	const struct lateness_invoice *one = &c->invoices[index];
	if (c->heard++ % c->step) return;
	bool lasting = !known(one, c->before);
	int32_t days = (lasting ? c->before - 1 : one->settled_day) - one->due_day;
	struct forest_case *rest = &c->rest[c->count], *raw = &c->days[c->count];
	memcpy(rest->features, features, sizeof rest->features);
	*raw = *rest;
	rest->lasting = raw->lasting = lasting;
	rest->days = days - whole(expected), raw->days = days;
	c->count++;
}

static void replay(struct lateness_model *model, const struct lateness_invoice *invoices, size_t count, size_t customers, int32_t before,
                   history_take *take, void *context)
{
	free(model->history.pasts);
	model->history = (struct history){ .effects = &model->effects, .pasts = xcalloc(customers + 1, sizeof *model->history.pasts) };
	history_replay(&model->history, invoices, count, before, take, context);
}

static struct lateness_model *learn(const struct lateness_invoice *invoices, size_t count, size_t customers, int32_t before,
                                    struct forest_options options)
{
	size_t settled = 0, issued = 0;
	for (size_t i = 0; i < count; i++) settled += known(&invoices[i], before), issued += invoices[i].issue_day < before;
	if (settled < LATENESS_ENOUGH) return NULL;
	struct lateness_model *model = xcalloc(1, sizeof *model);
	fit_effects(&model->effects, invoices, count, customers, before);
	replay(model, invoices, count, customers, before, NULL, NULL);
	for (int m = 0; m < MEMORIES; m++)
		if (model->history.errors[m] < model->history.errors[model->effects.memory]) model->effects.memory = m;
	struct collecting c = { .invoices = invoices, .before = before, .step = issued / CASES_MOST + 1 };
	cleanup_free struct forest_case *rest = xcalloc(issued / c.step + 1, sizeof *rest), *days = xcalloc(issued / c.step + 1, sizeof *days);
	c.rest = rest, c.days = days;
	replay(model, invoices, count, customers, before, collect, &c);
	model->rest = forest_grow(rest, c.count, options);
	model->days = forest_grow(days, c.count, options);
	model->share = 0.5;
	for (int k = 0; k <= KNOTS; k++) model->levels[k] = (double)k / KNOTS;
	return model;
}

/* --- the curve -------------------------------------------------------------------------------------------------------------------- */
static double beyond_of(const struct forest_curve *curve, int32_t index)
{
	return index < 0 ? 1 : curve->beyond[index < FOREST_SPAN ? index : FOREST_SPAN - 1];
}

static double level_of(const struct lateness_model *model, double level)
{
	double at = level * KNOTS;
	int knot = at >= KNOTS ? KNOTS - 1 : (int)at;
	double part = at - knot;
	return model->levels[knot] * (1 - part) + model->levels[knot + 1] * part;
}

struct both {
	struct forest_curve rest, days;
	int32_t shift;
};

static void ask(const struct lateness_model *model, const struct lateness_invoice *invoice, struct both *out)
{
	float features[FOREST_FEATURES];
	out->shift = whole(history_features(&model->history, invoice, features));
	forest_curve(model->rest, features, &out->rest);
	forest_curve(model->days, features, &out->days);
}

static double both_beyond(const struct both *both, double share, int32_t days)
{
	return share * beyond_of(&both->rest, days - both->shift - FOREST_LOW) + (1 - share) * beyond_of(&both->days, days - FOREST_LOW);
}

void lateness_curve(const struct lateness_model *model, const struct lateness_invoice *invoice, struct lateness_curve *out)
{
	struct both both;
	ask(model, invoice, &both);
	int32_t reach = both.shift < 0 ? -both.shift : both.shift;
	out->first = FOREST_LOW + (both.shift < 0 ? both.shift : 0);
	out->count = (size_t)(FOREST_SPAN + reach);
	for (size_t i = 0; i < out->count; i++)
		out->beyond[i] = (float)(1 - level_of(model, 1 - both_beyond(&both, model->share, out->first + (int32_t)i)));
}

double lateness_beyond(const struct lateness_curve *curve, int32_t days)
{
	if (days < curve->first) return 1;
	size_t at = (size_t)((int64_t)days - curve->first);
	return (double)curve->beyond[at < curve->count ? at : curve->count - 1];
}

int32_t lateness_at(const struct lateness_curve *curve, double share, int32_t already)
{
	double left = already < curve->first ? 1 : lateness_beyond(curve, already);
	if (left < 0.001) return DAY_NONE;
	double wanted = left * (1 - share);
	size_t low = 0, high = curve->count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if ((double)curve->beyond[middle] <= wanted + 1e-7) high = middle;
		else low = middle + 1;
	}
	return low < curve->count ? curve->first + (int32_t)low : DAY_NONE;
}

/* --- the levels of the curve ------------------------------------------------------------------------------------------------------- */
static int day_compare(const void *left, const void *right)
{
	int32_t a = *(const int32_t *)left, b = *(const int32_t *)right;
	return (a > b) - (a < b);
}

static int level_compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;
	return (a > b) - (a < b);
}

/* The issue days that are asked about: the last quarter of the invoices, less those too young for nine in ten to be settled. */
static bool trial_days(const struct lateness_invoice *invoices, size_t count, int32_t before, int32_t *from, int32_t *until)
{
	cleanup_free int32_t *issues = xcalloc(count + 1, sizeof *issues), *waits = xcalloc(count + 1, sizeof *waits);
	size_t issued = 0, settled = 0;
	for (size_t i = 0; i < count; i++) {
		if (invoices[i].issue_day < before) issues[issued++] = invoices[i].issue_day;
		if (known(&invoices[i], before)) waits[settled++] = invoices[i].settled_day - invoices[i].issue_day;
	}
	if (settled < 4 * CALIBRATE_FROM) return false;
	qsort(issues, issued, sizeof *issues, day_compare);
	qsort(waits, settled, sizeof *waits, day_compare);
	*from = issues[issued * 3 / 4], *until = before - 1 - waits[settled * 9 / 10];
	return *from <= *until;
}

/* Where what happened lies on the curve, from 0 to 1; in the middle of its day. */
static double place_of(const struct both *both, double share, int32_t days, bool lasting)
{
	double above = both_beyond(both, share, days), below = lasting ? 0 : both_beyond(both, share, days - 1);
	return 1 - (above + below) / 2;
}

enum { SHARES = 5 };

static double miss(const struct both *both, double share, int32_t days, bool lasting)
{
	double sum = 0;
	for (int32_t day = -60; day <= 120; day += 2) {
		if (lasting && day > days) break;
		double off = both_beyond(both, share, day) - (days > day);
		sum += off * off;
	}
	return sum;
}

/* Asks a model that does not know them about the invoices of the last quarter; sets the share of its forests and the levels. */
static void calibrate(struct lateness_model *model, const struct lateness_invoice *invoices, size_t count, size_t customers, int32_t before)
{
	int32_t from, until;
	if (!trial_days(invoices, count, before, &from, &until)) return;
	struct lateness_model *trial = learn(invoices, count, customers, from, (struct forest_options){ .trees = TRIAL_TREES, .sample = TRIAL_SAMPLE });
	if (!trial) return;
	size_t asked = 0;
	for (size_t i = 0; i < count; i++) asked += invoices[i].issue_day >= from && invoices[i].issue_day <= until;
	size_t step = asked / CALIBRATE_MOST + 1, heard = 0, n = 0;
	double misses[SHARES] = { 0 };
	cleanup_free double *places = xcalloc((asked / step + 1) * SHARES, sizeof *places);
	for (size_t i = 0; i < count; i++) {
		const struct lateness_invoice *one = &invoices[i];
		if (one->issue_day < from || one->issue_day > until || heard++ % step) continue;
		bool lasting = !known(one, before);
		int32_t days = (lasting ? before - 1 : one->settled_day) - one->due_day;
		struct both both;
		ask(trial, one, &both);
		for (int s = 0; s < SHARES; s++) {
			double share = (double)s / (SHARES - 1);
			misses[s] += miss(&both, share, days, lasting);
			places[(size_t)s * (asked / step + 1) + n] = place_of(&both, share, days, lasting);
		}
		n++;
	}
	lateness_free(trial);
	if (n < CALIBRATE_FROM) return;
	int best = SHARES / 2;
	for (int s = 0; s < SHARES; s++)
		if (misses[s] < misses[best]) best = s;
	model->share = (double)best / (SHARES - 1);
	double *own = places + (size_t)best * (asked / step + 1);
	qsort(own, n, sizeof *own, level_compare);
	size_t below = 0;
	double trust = (double)n / ((double)n + CALIBRATE_FROM); /* a few hundred say only roughly where a level lies */
	for (int k = 1; k < KNOTS; k++) {
		double level = (double)k / KNOTS;
		while (below < n && own[below] <= level) below++;
		model->levels[k] = trust * (double)below / (double)n + (1 - trust) * level;
	}
	model->calibrated = true;
}

struct lateness_model *lateness_learn(const struct lateness_invoice *invoices, size_t count, size_t customers, int32_t known_before)
{
	struct lateness_model *model =
		learn(invoices, count, customers, known_before, (struct forest_options){ .trees = count < FEW ? 3 * GIVEN_TREES : GIVEN_TREES, .sample = GIVEN_SAMPLE });
	if (model) calibrate(model, invoices, count, customers, known_before);
	return model;
}

void lateness_free(struct lateness_model *model)
{
	if (!model) return;
	forest_free(model->rest);
	forest_free(model->days);
	free(model->history.pasts);
	free(model);
}

bool lateness_calibrated(const struct lateness_model *model)
{
	return model->calibrated;
}

/* One that is later than all before has no day of its own: the end of the curve. */
static int32_t at_or_end(const struct lateness_curve *curve, double share, int32_t already)
{
	int32_t day = lateness_at(curve, share, already);
	return day != DAY_NONE ? day : curve->first + (int32_t)curve->count - 1;
}

void lateness_predict(const struct lateness_model *model, const struct lateness_invoice *invoice, struct lateness *out)
{
	struct lateness_curve curve;
	lateness_curve(model, invoice, &curve);
	*out = (struct lateness){ .p_late = lateness_beyond(&curve, 0), .p10 = at_or_end(&curve, 0.1, INT32_MIN),
		.p50 = at_or_end(&curve, 0.5, INT32_MIN), .p90 = at_or_end(&curve, 0.9, INT32_MIN), .when_late = at_or_end(&curve, 0.5, 0) };
	if (lateness_beyond(&curve, 0) < 0.001 || out->when_late < 1) out->when_late = 1;
}
