#include "cash/subset.h"

#include "base/memory.h"

struct search {
	const int64_t *values;
	size_t count;
	int64_t target;
	struct arena *arena;
	struct cash_subsets *out;
	size_t steps;
	uint32_t chosen[CASH_SUBSET_SIZE];
	/* values from large to small, and what remains from each place on */
	uint32_t *order;
	int64_t *rest;
};

static bool step(struct search *search)
{
	if (search->steps < search->out->limit) return search->steps++, true;
	search->out->exhausted = true;
	return false;
}

static int by_place(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	return (a > b) - (a < b);
}

static void found(struct search *search, const uint32_t *places, size_t count, bool run)
{
	struct cash_subsets *out = search->out;
	uint32_t *sorted = arena_array(search->arena, uint32_t, count);
	memcpy(sorted, places, count * sizeof *sorted);
	qsort(sorted, count, sizeof *sorted, by_place);
	for (size_t i = 0; i < out->count; i++)
		if (out->sets[i].count == count && memcmp(out->sets[i].places, sorted, count * sizeof *sorted) == 0) return;
	if (out->count == CASH_SUBSETS) {
		out->more = true;
		return;
	}
	out->sets[out->count++] = (struct cash_subset){ sorted, count, run };
}

static bool full(const struct search *search)
{
	return search->out->more;
}

/* Neighbours: two ends that move on, as all values are positive. */
static void runs(struct search *search)
{
	int64_t sum = 0;
	for (size_t from = 0, to = 0; to < search->count && !full(search);) {
		if (!step(search)) return;
		sum += search->values[to++];
		while (sum > search->target) sum -= search->values[from++];
		if (sum != search->target || to - from < 2) continue;
		uint32_t *places = arena_array(search->arena, uint32_t, to - from);
		for (size_t i = from; i < to; i++) places[i - from] = (uint32_t)i;
		found(search, places, to - from, true);
	}
}

/* All but one or two. */
static void all_but(struct search *search)
{
	int64_t total = 0;
	for (size_t i = 0; i < search->count; i++) total += search->values[i];
	int64_t gap = total - search->target;
	if (gap <= 0 || search->count < 3) return;
	for (size_t i = 0; i < search->count && !full(search); i++) {
		size_t end = search->count > 150 ? i + 1 : search->count; /* pairs of many cost more than they tell */
		for (size_t j = i; j < end && !full(search); j++) { /* j == i: but one */
			if (!step(search)) return;
			if (search->values[i] + (j == i ? 0 : search->values[j]) != gap) continue;
			if (search->count - (j == i ? 1 : 2) < 2) continue;
			uint32_t *places = arena_array(search->arena, uint32_t, search->count);
			size_t count = 0;
			for (size_t k = 0; k < search->count; k++)
				if (k != i && k != j) places[count++] = (uint32_t)k;
			found(search, places, count, false);
		}
	}
}

/* Sets of exactly `size` from `at` on, largest first. */
static void deep(struct search *search, size_t at, size_t depth, size_t size, int64_t left)
{
	if (depth == size) {
		if (left == 0) found(search, search->chosen, size, false);
		return;
	}
	int64_t more = (int64_t)(size - depth);
	for (size_t i = at; i + (size_t)more <= search->count && !full(search); i++) {
		if (!step(search)) return;
		int64_t value = search->values[search->order[i]];
		if (value > left) continue;
		if (search->rest[i] < left || value < left / more) return; /* what follows is smaller still */
		search->chosen[depth] = search->order[i];
		deep(search, i + 1, depth + 1, size, left - value);
		if (search->out->exhausted) return;
	}
}

static int large_first(const void *left, const void *right, void *context)
{
	const int64_t *values = context;
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	return values[a] != values[b] ? (values[a] < values[b]) - (values[a] > values[b]) : (a > b) - (a < b);
}

void cash_subset_find(const int64_t *values, size_t count, int64_t target, struct arena *arena, struct cash_subsets *out)
{
	size_t limit = out->limit;
	*out = (struct cash_subsets){ .limit = limit };
	if (count < 2 || target <= 0) return;
	struct search search = { .values = values, .count = count, .target = target, .arena = arena, .out = out };
	runs(&search);
	search.order = arena_array(arena, uint32_t, count);
	search.rest = arena_array(arena, int64_t, count + 1);
	for (size_t i = 0; i < count; i++) search.order[i] = (uint32_t)i;
	qsort_r(search.order, count, sizeof *search.order, large_first, (void *)values);
	for (size_t i = count; i-- > 0;) search.rest[i] = search.rest[i + 1] + values[search.order[i]];
	if (search.rest[0] < target) return;
	deep(&search, 0, 0, 2, target);
	all_but(&search);
	for (size_t size = 3; size <= CASH_SUBSET_SIZE && size < count && !out->exhausted && !full(&search); size++) deep(&search, 0, 0, size, target);
}
