/* The draw and the figures: pure. */
#include "dunning/trial.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

enum { REPLICATES = 600 };

static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static size_t below(uint64_t *state, size_t limit) { return (size_t)(next_random(state) % limit); }

static int unit_order(const void *a, const void *b)
{
	const struct trial_unit *x = a, *y = b;
	int stratum = strcmp(x->stratum, y->stratum);
	if (stratum) return stratum;
	return x->customer_id < y->customer_id ? -1 : x->customer_id > y->customer_id;
}

void trial_draw(struct trial_unit *units, size_t count, uint64_t seed)
{
	if (count) qsort(units, count, sizeof *units, unit_order);
	size_t placed = 0;
	for (size_t from = 0; from < count;) {
		size_t to = from;
		while (to < count && strcmp(units[to].stratum, units[from].stratum) == 0) to++;
		size_t *order = xcalloc(to - from, sizeof *order);
		for (size_t i = 0; i < to - from; i++) order[i] = from + i;
		for (size_t i = to - from; i > 1; i--) {
			size_t other = below(&seed, i), kept = order[i - 1];
			order[i - 1] = order[other], order[other] = kept;
		}
		/* who is one too many in a stratum goes to the side whose turn it is over all strata */
		for (size_t i = 0; i < to - from; i++) units[order[i]].arm = placed++ % 2 ? 'b' : 'a';
		free(order);
		from = to;
	}
}

/* Mean days to payment within the horizon: the area under the share still unpaid. */
static double mean_days(const double *events, const double *leaves)
{
	double at_risk = 0, unpaid = 1, area = 0;
	for (int d = 0; d <= TRIAL_HORIZON; d++) at_risk += events[d] + leaves[d];
	if (at_risk <= 0) return NAN;
	for (int d = 0; d < TRIAL_HORIZON; d++) {
		if (at_risk > 0) unpaid *= 1 - events[d] / at_risk;
		area += unpaid;
		at_risk -= events[d] + leaves[d];
	}
	return area;
}

static void arms_days(const struct trial_unit *units, const struct trial_invoice *invoices, size_t count, const double *weight, double out[2])
{
	double events[2][TRIAL_HORIZON + 1] = { { 0 } }, leaves[2][TRIAL_HORIZON + 1] = { { 0 } };
	for (size_t i = 0; i < count; i++) {
		int side = units[invoices[i].unit].arm == 'b';
		int32_t days = invoices[i].days < 0 ? 0 : invoices[i].days > TRIAL_HORIZON ? TRIAL_HORIZON : invoices[i].days;
		double w = weight ? weight[invoices[i].unit] : 1;
		bool event = invoices[i].paid && days < TRIAL_HORIZON;
		(event ? events : leaves)[side][days] += w;
	}
	for (int side = 0; side < 2; side++) out[side] = mean_days(events[side], leaves[side]);
}

static int double_order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

/* Two shares differ clearly: beyond 2.58 standard errors (99 %), and not over a handful. */
static bool clearly_more(size_t x, size_t n, size_t y, size_t m)
{
	if (x + y < 8 || !n || !m) return false;
	double p = (double)(x + y) / (double)(n + m), error = sqrt(p * (1 - p) * (1.0 / (double)n + 1.0 / (double)m));
	return error > 0 && fabs((double)x / (double)n - (double)y / (double)m) > 2.58 * error;
}

void trial_measure(const struct trial_unit *units, size_t unit_count, const struct trial_invoice *invoices, size_t invoice_count,
		   const bool *disputed, const bool *complained, int32_t day, int32_t days, uint64_t seed, struct trial_result *out)
{
	*out = (struct trial_result){ .difference = NAN, .low = NAN, .high = NAN, .low99 = NAN, .high99 = NAN };
	size_t *members[2] = { xcalloc(unit_count + 1, sizeof(size_t)), xcalloc(unit_count + 1, sizeof(size_t)) };
	for (size_t u = 0; u < unit_count; u++) {
		int side = units[u].arm == 'b';
		struct trial_arm *arm = &out->arm[side];
		members[side][arm->customers++] = u;
		arm->disputes += disputed && disputed[u], arm->complaints += complained && complained[u];
	}
	for (size_t i = 0; i < invoice_count; i++) {
		struct trial_arm *arm = &out->arm[units[invoices[i].unit].arm == 'b'];
		arm->invoices++, arm->paid += invoices[i].paid;
	}
	double means[2];
	arms_days(units, invoices, invoice_count, NULL, means);
	out->arm[0].days = means[0], out->arm[1].days = means[1];
	if (out->arm[0].paid && out->arm[1].paid) {
		out->difference = means[1] - means[0];
		double *differences = xcalloc(REPLICATES, sizeof *differences), *weight = xcalloc(unit_count + 1, sizeof *weight);
		size_t made = 0;
		seed ^= 0x7f4a7c159e3779b9u;
		for (int r = 0; r < REPLICATES; r++) {
			memset(weight, 0, unit_count * sizeof *weight);
			for (int side = 0; side < 2; side++)
				for (size_t n = 0; n < out->arm[side].customers; n++) weight[members[side][below(&seed, out->arm[side].customers)]] += 1;
			arms_days(units, invoices, invoice_count, weight, means);
			if (!isnan(means[0]) && !isnan(means[1])) differences[made++] = means[1] - means[0];
		}
		qsort(differences, made, sizeof *differences, double_order);
		if (made > 100) {
			out->low = differences[made * 25 / 1000], out->high = differences[made * 975 / 1000];
			out->low99 = differences[made * 5 / 1000], out->high99 = differences[made * 995 / 1000];
		}
		free(differences), free(weight);
	}
	free(members[0]), free(members[1]);
	const struct trial_arm *a = &out->arm[0], *b = &out->arm[1];
	out->harm = clearly_more(a->disputes, a->customers, b->disputes, b->customers) ||
		    clearly_more(a->complaints, a->customers, b->complaints, b->customers);
	bool clear = a->paid >= TRIAL_PAID && b->paid >= TRIAL_PAID && !isnan(out->low99) && (out->low99 > 0 || out->high99 < 0);
	out->state = out->harm ? TRIAL_HARM : clear ? TRIAL_CLEAR : day >= days ? TRIAL_OVER : TRIAL_RUNS;
}
