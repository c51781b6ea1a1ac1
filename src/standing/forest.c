#include "standing/forest.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BINS = 64, DEPTH_MAX = 24, TREES = 96, LEAF = 12, SAMPLE = 40000, EDGES_FROM = 20000, KEPT = 16 };

/* A leaf has left == 0 and its cases in days[first .. first + count). */
struct node {
	uint8_t feature, edge;         /* bins up to the edge go left */
	int32_t left, right;
	uint32_t first, count;
};
struct tree {
	struct node *nodes;
	int16_t *days;                 /* bin × 2, + 1 when it still lasts */
	size_t nodes_count, nodes_cap, days_count;
};
struct forest {
	float edges[FOREST_FEATURES][BINS - 1];
	int edges_count[FOREST_FEATURES];
	float hazard[FOREST_SPAN];     /* of all cases: the share over on each day, of those that lasted until then */
	struct tree *trees;
	int trees_count;
};

static const float EVERYBODY = 0.02F; /* weight of all cases beside those of the leaves */

/* What one tree is grown from. */
struct growing {
	const struct forest *forest;
	const uint8_t *bins;           /* case × FOREST_FEATURES */
	const struct forest_case *cases;
	const float *pulled;           /* by case: the days as splits weigh them; NAN while it lasts */
	uint32_t *drawn;               /* cases of this tree, moved about as nodes split */
	uint32_t leaf;
	uint64_t chance;
	struct tree *tree;
};

static uint64_t draw(uint64_t *chance) /* splitmix64 */
{
	uint64_t z = *chance += UINT64_C(0x9E3779B97F4A7C15);
	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

static int float_compare(const void *left, const void *right)
{
	float a = *(const float *)left, b = *(const float *)right;
	return (a > b) - (a < b);
}

/* Edges at even shares of the values of up to EDGES_FROM cases. */
static void set_edges(struct forest *forest, const struct forest_case *cases, size_t count)
{
	size_t step = count / EDGES_FROM + 1, taken = 0;
	cleanup_free float *values = xcalloc(count / step + 1, sizeof *values);
	for (int f = 0; f < FOREST_FEATURES; f++) {
		taken = 0;
		for (size_t i = 0; i < count; i += step) values[taken++] = cases[i].features[f];
		qsort(values, taken, sizeof *values, float_compare);
		int edges = 0;
		for (int b = 1; b < BINS; b++) {
			float value = values[(size_t)b * (taken - 1) / BINS];
			if (value < values[taken - 1] && (edges == 0 || value > forest->edges[f][edges - 1])) forest->edges[f][edges++] = value;
		}
		forest->edges_count[f] = edges;
	}
}

static uint8_t bin_of(const struct forest *forest, int feature, float value)
{
	int low = 0, high = forest->edges_count[feature];
	while (low < high) {
		int middle = (low + high) / 2;
		if (value > forest->edges[feature][middle]) low = middle + 1;
		else high = middle;
	}
	return (uint8_t)low;
}

/* Splits are judged on days drawn together at the ends, lest one very late case decides everything. */
static float pull(int32_t days)
{
	return days > 0 ? 30 * log1pf((float)days / 30) : -30 * log1pf((float)-days / 30);
}

struct split {
	double gain;
	int feature, edge;
};

static void try_feature(const struct growing *g, uint32_t first, uint32_t count, int feature, struct split *best)
{
	uint32_t n[BINS] = { 0 }, all_n = 0;
	double sum[BINS] = { 0 }, all = 0;
	for (uint32_t i = first; i < first + count; i++) {
		uint32_t one = g->drawn[i];
		float days = g->pulled[one];
		if (isnan(days)) continue;
		int bin = g->bins[(size_t)one * FOREST_FEATURES + (size_t)feature];
		n[bin]++, sum[bin] += days;
		all_n++, all += days;
	}
	uint32_t left_n = 0;
	double left = 0;
	for (int edge = 0; edge < g->forest->edges_count[feature]; edge++) {
		left_n += n[edge], left += sum[edge];
		uint32_t right_n = all_n - left_n;
		if (left_n < g->leaf || right_n < g->leaf || n[edge] == 0) continue;
		double right = all - left, gain = left * left / left_n + right * right / right_n - all * all / all_n;
		if (gain > best->gain * (1 + 1e-9) + 1e-6) *best = (struct split){ gain, feature, edge };
	}
}

static int32_t add_node(struct tree *tree)
{
	GROW(tree->nodes, tree->nodes_count, tree->nodes_cap);
	tree->nodes[tree->nodes_count] = (struct node){ 0 };
	return (int32_t)tree->nodes_count++;
}

static int32_t day_bin(int32_t days)
{
	int32_t bin = days - FOREST_LOW;
	return bin < 0 ? 0 : bin >= FOREST_SPAN ? FOREST_SPAN - 1 : bin;
}

static int day_compare(const void *left, const void *right)
{
	return *(const int16_t *)left - *(const int16_t *)right;
}

/* A leaf of many keeps KEPT of them, evenly over their order: a curve is asked for a million times, and reads every case. */
static void make_leaf(struct growing *g, int32_t at, uint32_t first, uint32_t count)
{
	struct tree *tree = g->tree;
	int16_t *days = tree->days + tree->days_count;
	for (uint32_t i = 0; i < count; i++) {
		const struct forest_case *one = &g->cases[g->drawn[first + i]];
		days[i] = (int16_t)(day_bin(one->days) * 2 + one->lasting);
	}
	qsort(days, count, sizeof *days, day_compare);
	uint32_t kept = count < KEPT ? count : KEPT;
	for (uint32_t i = 0; i < kept; i++) days[i] = days[(2 * i + 1) * (uint64_t)count / (2 * kept)];
	tree->nodes[at].first = (uint32_t)tree->days_count, tree->nodes[at].count = kept;
	tree->days_count += kept;
}

static void grow_node(struct growing *g, int32_t at, uint32_t first, uint32_t count, int depth)
{
	struct split best = { 0 };
	bool tried[FOREST_FEATURES] = { false };
	if (depth < DEPTH_MAX && count >= 2 * g->leaf) {
		for (int i = 0; i < (FOREST_FEATURES + 1) / 2; i++) {
			int feature = (int)(draw(&g->chance) % FOREST_FEATURES);
			if (!tried[feature]) try_feature(g, first, count, feature, &best);
			tried[feature] = true;
		}
	}
	if (best.gain <= 0) {
		make_leaf(g, at, first, count);
		return;
	}
	uint32_t left = first, right = first + count;
	while (left < right) {
		uint32_t one = g->drawn[left];
		if (g->bins[(size_t)one * FOREST_FEATURES + (size_t)best.feature] <= best.edge) left++;
		else g->drawn[left] = g->drawn[--right], g->drawn[right] = one;
	}
	int32_t children[2] = { add_node(g->tree), add_node(g->tree) };
	struct node *node = &g->tree->nodes[at];
	node->feature = (uint8_t)best.feature, node->edge = (uint8_t)best.edge, node->left = children[0], node->right = children[1];
	grow_node(g, children[0], first, left - first, depth + 1);
	grow_node(g, children[1], left, first + count - left, depth + 1);
}

static void set_hazard(struct forest *forest, const struct forest_case *cases, size_t count)
{
	cleanup_free size_t *over = xcalloc(FOREST_SPAN, sizeof *over), *lasting = xcalloc(FOREST_SPAN, sizeof *lasting);
	for (size_t i = 0; i < count; i++) (cases[i].lasting ? lasting : over)[day_bin(cases[i].days)]++;
	size_t at_risk = count;
	for (int i = 0; i < FOREST_SPAN; i++) {
		forest->hazard[i] = over[i] ? (float)over[i] / (float)at_risk : 0;
		at_risk -= over[i] + lasting[i];
	}
}

struct forest *forest_grow(const struct forest_case *cases, size_t count, struct forest_options options)
{
	struct forest *forest = xcalloc(1, sizeof *forest);
	forest->trees_count = options.trees ? options.trees : TREES;
	forest->trees = xcalloc((size_t)forest->trees_count, sizeof *forest->trees);
	size_t sample = count * 2 / 3 + 1, limit = options.sample ? (size_t)options.sample : SAMPLE;
	if (sample > limit) sample = limit;
	set_edges(forest, cases, count);
	set_hazard(forest, cases, count);
	cleanup_free uint8_t *bins = xcalloc(count, FOREST_FEATURES);
	for (size_t i = 0; i < count; i++)
		for (int f = 0; f < FOREST_FEATURES; f++) bins[i * FOREST_FEATURES + (size_t)f] = bin_of(forest, f, cases[i].features[f]);
	cleanup_free uint32_t *drawn = xcalloc(count, sizeof *drawn);
	cleanup_free float *pulled = xcalloc(count, sizeof *pulled);
	for (size_t i = 0; i < count; i++) drawn[i] = (uint32_t)i, pulled[i] = cases[i].lasting ? NAN : pull(cases[i].days);
	struct growing g = { .forest = forest, .bins = bins, .cases = cases, .pulled = pulled, .drawn = drawn,
		.leaf = (uint32_t)(options.leaf ? options.leaf : LEAF), .chance = options.seed + 1 };
	for (int t = 0; t < forest->trees_count; t++) {
		for (size_t i = 0; i < sample; i++) {
			size_t other = i + (size_t)(draw(&g.chance) % (count - i));
			uint32_t one = drawn[other];
			drawn[other] = drawn[i], drawn[i] = one;
		}
		g.tree = &forest->trees[t];
		g.tree->days = xcalloc(sample, sizeof *g.tree->days);
		grow_node(&g, add_node(g.tree), 0, (uint32_t)sample, 0);
	}
	return forest;
}

void forest_free(struct forest *forest)
{
	if (!forest) return;
	for (int t = 0; t < forest->trees_count; t++) free(forest->trees[t].nodes), free(forest->trees[t].days);
	free(forest->trees);
	free(forest);
}

void forest_curve(const struct forest *forest, const float features[FOREST_FEATURES], struct forest_curve *out)
{
	float counts[2 * FOREST_SPAN] = { 0 }; /* over, and lasting, by day */
	uint8_t bins[FOREST_FEATURES];
	for (int f = 0; f < FOREST_FEATURES; f++) bins[f] = bin_of(forest, f, features[f]);
	for (int t = 0; t < forest->trees_count; t++) {
		const struct tree *tree = &forest->trees[t];
		const struct node *node = tree->nodes;
		while (node->left) node = &tree->nodes[bins[node->feature] <= node->edge ? node->left : node->right];
		float weight = 1.0f / (float)node->count;
		for (uint32_t i = node->first; i < node->first + node->count; i++) counts[tree->days[i]] += weight;
	}
	/* where its like were hardly seen (only recent cases, that still last), the day goes as for everybody */
	float remain = 1, at_risk = (float)forest->trees_count, everybody = at_risk * EVERYBODY;
	for (int i = 0; i < FOREST_SPAN; i++) {
		float over = counts[2 * i] + everybody * forest->hazard[i];
		if (over > 0) remain *= over < at_risk + everybody ? 1 - over / (at_risk + everybody) : 0;
		at_risk -= counts[2 * i] + counts[2 * i + 1];
		if (at_risk < 0) at_risk = 0;
		out->beyond[i] = remain < 1e-5f ? 0 : remain;
	}
}
