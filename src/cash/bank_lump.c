/* A sum that a bank booked whole, and the payments that it is made of, told by another file: the statement books 5,000.00, its advice
 * (camt.054) or the same days in another format name three payments. The money is there once: as its payments, each of which can be
 * matched, unless somebody decided on the whole sum already. */
#include "cash/bank_inside.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static bool about(int32_t a, int32_t b, bool advice)
{
	int32_t days = a < b ? b - a : a - b;
	return days <= (advice ? BANK_ADVICE_DAYS : 0);
}

/* An advice may be of another account of the bank than the one that it books on; a statement is of its own. */
static bool account_fits(const struct comparing *c, const struct bank_news_line *line, const struct known_line *known, bool advice)
{
	return strcmp(known->currency, line->line->currency) == 0 && (advice || known->account_id == c->accounts[line->account].id);
}

/* --- the payments come after the sum --------------------------------------------------------------------------------------------- */
struct group { /* payments of one sum in the file: lines [first, end) */
	struct bank_news_line *first, *end;
	int64_t sum;
};

/* The next one after `from`, none of whose lines is known; false: there is no more. */
static bool next_group(struct comparing *c, struct bank_news_line **from, struct group *out)
{
	struct bank_news_line *end = c->news->lines + c->news->line_count;
	while (*from < end) {
		struct bank_news_line *first = *from, *line = first;
		bool unknown = true;
		out->sum = 0;
		for (; line < end && line->statement == first->statement && line->line->in_batch == first->line->in_batch && line->line->batch == first->line->batch; line++) {
			unknown &= !line->id || line->revive;
			unknown &= !__builtin_add_overflow(out->sum, line->line->amount, &out->sum);
			if (!first->line->in_batch) {
				line++;
				break;
			}
		}
		*from = line;
		if (!first->line->in_batch || line - first < 2 || !unknown) continue;
		out->first = first, out->end = line;
		return true;
	}
	return false;
}

static struct known_line *sum_of(struct comparing *c, const struct group *group)
{
	struct known_line *best = NULL;
	const struct bank_news_line *line = group->first;
	bool advice = line->statement->advice;
	int32_t day = line->line->booking_day;
	for (size_t k = 0; k < c->known_count; k++) {
		struct known_line *known = &c->known[k];
		if (known->amount != group->sum || known->taken || known->pending || known->advice || known->batch || known->lump_id || known->detailed || !known->present) continue;
		if (!account_fits(c, line, known, advice) || !about(known->day, day, advice)) continue;
		bool nearer = best && abs(known->day - day) < abs(best->day - day);
		if (!best || nearer) best = known;
	}
	return best;
}

static void payments_stand_for(struct comparing *c, const struct group *group, struct known_line *sum)
{
	sum->taken = true;
	struct bank_lump *lump = arena_make(c->arena, struct bank_lump);
	*lump = (struct bank_lump){ .id = sum->id };
	for (struct bank_news_line *line = group->first; line < group->end; line++) {
		if (!sum->open) /* the whole was decided on: its payments say nothing new */
			line->id = sum->id, line->revive = false;
		else
			line->lump = lump;
	}
}

/* --- the sum comes after its payments -------------------------------------------------------------------------------------------- */
static int compare_batches(const void *a, const void *b)
{
	const struct known_line *x = *(struct known_line *const *)a, *y = *(struct known_line *const *)b;
	if (x->import_id != y->import_id) return x->import_id < y->import_id ? -1 : 1;
	if (x->batch != y->batch) return x->batch < y->batch ? -1 : 1;
	return (x > y) - (x < y);
}

struct batch {
	struct known_line **lines;
	size_t count;
	int64_t sum;
	bool taken;
};

static size_t known_batches(struct comparing *c, struct batch **out)
{
	struct known_line **lines = arena_array(c->arena, struct known_line *, c->known_count + 1);
	size_t count = 0, batches = 0;
	for (size_t k = 0; k < c->known_count; k++)
		if (c->known[k].batch) lines[count++] = &c->known[k];
	qsort(lines, count, sizeof *lines, compare_batches);
	*out = arena_array(c->arena, struct batch, count + 1);
	for (size_t i = 0, end; i < count; i = end) {
		struct batch batch = { .lines = lines + i };
		bool whole = true;
		for (end = i; end < count && lines[end]->import_id == lines[i]->import_id && lines[end]->batch == lines[i]->batch; end++) {
			const struct known_line *line = lines[end];
			whole &= line->present && !line->taken && !line->lump_id && !__builtin_add_overflow(batch.sum, line->amount, &batch.sum);
		}
		batch.count = end - i;
		if (whole && batch.count > 1) (*out)[batches++] = batch;
	}
	return batches;
}

static void meet_payments(struct comparing *c, struct bank_news_line *line, struct batch *batches, size_t count)
{
	struct batch *best = NULL;
	for (size_t b = 0; b < count; b++) {
		const struct known_line *first = batches[b].lines[0];
		if (batches[b].taken || batches[b].sum != line->line->amount || !account_fits(c, line, first, first->advice)) continue;
		if (!about(first->day, line->line->booking_day, first->advice)) continue;
		if (!best || abs(first->day - line->line->booking_day) < abs(best->lines[0]->day - line->line->booking_day)) best = &batches[b];
	}
	if (!best) return;
	best->taken = true;
	for (size_t i = 0; i < best->count; i++) best->lines[i]->taken = true;
	if (!best->lines[0]->advice) { /* booked as its payments: nothing new */
		line->id = best->lines[0]->id, line->revive = false;
		return;
	}
	int64_t *ids = arena_array(c->arena, int64_t, best->count);
	for (size_t i = 0; i < best->count; i++) ids[i] = best->lines[i]->id;
	line->lump = arena_make(c->arena, struct bank_lump);
	*line->lump = (struct bank_lump){ .id = line->id, .details = ids, .detail_count = best->count };
	line->whole = true;
}

void bank_meet_lumps(struct comparing *c)
{
	struct group group;
	for (struct bank_news_line *at = c->news->lines; next_group(c, &at, &group);) {
		struct known_line *sum = sum_of(c, &group);
		if (sum) payments_stand_for(c, &group, sum);
	}
	struct batch *batches = NULL;
	size_t count = 0;
	for (size_t i = 0; i < c->news->line_count; i++) {
		struct bank_news_line *line = &c->news->lines[i];
		if ((line->id && !line->revive) || line->line->in_batch || line->line->pending || line->statement->advice) continue;
		if (!batches) count = known_batches(c, &batches);
		if (!count) return;
		meet_payments(c, line, batches, count);
	}
}
