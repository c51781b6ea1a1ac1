/* The sets of items worth weighing for a line: what its text names, what its payer owes, what makes its amount. Each search is bounded. */
#include "cash/match_inside.h"

#include "cash/subset.h"

#include "base/memory.h"

#include <math.h>

/* --- what is named ------------------------------------------------------------------------------------------------------------- */

static bool add_rank(uint32_t *ranks, size_t *count, size_t max, uint32_t rank)
{
	for (size_t i = 0; i < *count; i++)
		if (ranks[i] == rank) return false;
	if (*count == max) return false;
	ranks[(*count)++] = rank;
	return true;
}

/* Which bearer of a number is meant: one of the payer's, one beside the others that are named, one of that amount. */
static uint32_t meant(const struct search *search, const struct mention *mention)
{
	uint32_t best = NOBODY;
	double best_weight = -1;
	for (size_t i = 0; i < mention->bearer_count; i++) {
		uint32_t rank = mention->bearers[i];
		if (!usable(search, rank)) continue;
		const struct candidate *who = payer_of(&search->payers, search->index->party_of[rank]);
		double weight = who ? who->weight : 0;
		if (value_of(search, rank) == search->target) weight += 2;
		for (size_t m = 0; m < search->named.count; m++)
			for (size_t k = 0; mention->bearer_count > 1 && k < search->named.mentions[m].bearer_count; k++)
				weight += search->named.mentions[m].bearers[k] != rank && search->index->party_of[search->named.mentions[m].bearers[k]] == search->index->party_of[rank] ? 0.5 : 0;
		if (weight > best_weight) best_weight = weight, best = rank;
	}
	return best;
}

enum { WITH_RANGE = 1, WITH_WEAK = 2, WITH_ORDER = 4 };

static size_t named_set(const struct search *search, unsigned with, uint32_t *ranks)
{
	size_t count = 0;
	for (size_t m = 0; m < search->named.count; m++) {
		const struct mention *mention = &search->named.mentions[m];
		if (mention->kind == MENTION_RANGE && !(with & WITH_RANGE)) continue;
		if (mention->weak && !(with & WITH_WEAK)) continue;
		if (mention->kind == MENTION_ORDER) {
			if (!(with & WITH_ORDER) || mention->more) continue;
			for (size_t i = 0; i < mention->bearer_count; i++)
				if (usable(search, mention->bearers[i])) add_rank(ranks, &count, CASH_MENTIONS, mention->bearers[i]);
			continue;
		}
		uint32_t rank = meant(search, mention);
		if (rank != NOBODY) add_rank(ranks, &count, CASH_MENTIONS, rank);
	}
	return count;
}

static int64_t sum_of(const struct search *search, const uint32_t *ranks, size_t count)
{
	int64_t sum = 0;
	for (size_t i = 0; i < count; i++) sum += value_of(search, ranks[i]);
	return sum;
}

/* The set, and what a payer may have done with it: deducted a credit note, left one out, added one he did not name. */
static void around_named(struct search *search, const uint32_t *ranks, size_t count)
{
	if (!count) return;
	option_add(search, ranks, count, SET_NAMED, 0);
	int64_t gap = sum_of(search, ranks, count) - search->target;
	if (gap == 0) return;
	const struct cash_index *index = search->index;
	const struct party *party = &index->parties[index->party_of[ranks[0]]];
	uint32_t *more = arena_array(search->arena, uint32_t, count + 3);
	memcpy(more, ranks, count * sizeof *ranks);
	uint32_t credits[24];
	size_t credit_count = 0, seen = 0;
	for (uint32_t rank = party->first; rank < party->first + party->count && seen < CASH_SCAN; rank++, seen++) {
		if (!usable(search, rank)) continue;
		int64_t value = value_of(search, rank);
		bool inside = false;
		for (size_t i = 0; i < count && !inside; i++) inside = ranks[i] == rank;
		if (inside) continue;
		if (value < 0 && gap > 0) {
			if (value + gap == 0) more[count] = rank, option_add(search, more, count + 1, SET_NAMED, 0);
			for (size_t k = 0; k < credit_count; k++)
				if (value_of(search, credits[k]) + value + gap == 0) more[count] = rank, more[count + 1] = credits[k], option_add(search, more, count + 2, SET_NAMED, 0.7);
			if (credit_count < COUNT(credits)) credits[credit_count++] = rank;
		}
		if (value > 0 && value + gap == 0) more[count] = rank, option_add(search, more, count + 1, SET_FEW, log(party->count + 1.0));
	}
	if (gap > 0 && count > 1) { /* one named that was not paid */
		int64_t *values = arena_array(search->arena, int64_t, count);
		bool positive = true;
		for (size_t i = 0; i < count; i++) values[i] = value_of(search, ranks[i]), positive &= values[i] > 0;
		for (size_t i = 0; i < count; i++)
			if (values[i] == search->target) option_add(search, &ranks[i], 1, SET_NAMED, 0.7);
		struct cash_subsets found = { .limit = CASH_STEPS / 4 };
		if (positive) cash_subset_find(values, count, search->target, search->arena, &found);
		for (size_t s = 0; s < found.count; s++) {
			uint32_t *some = arena_array(search->arena, uint32_t, found.sets[s].count);
			for (size_t i = 0; i < found.sets[s].count; i++) some[i] = ranks[found.sets[s].places[i]];
			option_add(search, some, found.sets[s].count, SET_FEW, 1);
		}
	}
}

static void seek_named(struct search *search)
{
	static const unsigned ways[] = { WITH_RANGE, 0, WITH_RANGE | WITH_WEAK, WITH_WEAK, WITH_ORDER, WITH_ORDER | WITH_WEAK };
	size_t explicit_count = 0;
	for (size_t w = 0; w < COUNT(ways); w++) {
		uint32_t ranks[CASH_MENTIONS];
		size_t count = named_set(search, ways[w], ranks);
		around_named(search, ranks, count);
		if (ways[w] == WITH_WEAK) explicit_count = count;
	}
	for (size_t m = 0; m < search->named.count && m < 24; m++) {
		const struct mention *mention = &search->named.mentions[m];
		if (mention->kind == MENTION_RANGE) continue;
		/* each bearer of a number on its own, and each number of several */
		if (mention->bearer_count > 1 || explicit_count > 1)
			for (size_t i = 0; i < mention->bearer_count; i++)
				if (usable(search, mention->bearers[i]) && (mention->bearer_count > 1 || value_of(search, mention->bearers[i]) == search->target))
					option_add(search, &mention->bearers[i], 1, SET_NAMED, 0);
	}
}

/* --- what a payer owes ----------------------------------------------------------------------------------------------------------- */

struct scope {
	uint32_t ranks[CASH_SCOPE], debits[CASH_SCOPE], credits[32];
	int64_t values[CASH_SCOPE];
	size_t count, debit_count, credit_count;
	int64_t debit_sum, credit_sum; /* credit_sum ≤ 0 */
};

static void scope_add(struct search *search, struct scope *scope, uint32_t party_place)
{
	const struct party *party = &search->index->parties[party_place];
	size_t seen = 0;
	for (uint32_t rank = party->first; rank < party->first + party->count && seen < CASH_SCAN; rank++, seen++) {
		if (!usable(search, rank)) continue;
		int64_t value = value_of(search, rank);
		if (scope->count < CASH_SCOPE) scope->ranks[scope->count++] = rank;
		if (value > 0 && scope->debit_count < CASH_SCOPE) {
			scope->values[scope->debit_count] = value, scope->debit_sum += value;
			scope->debits[scope->debit_count++] = rank;
		}
		if (value < 0 && scope->credit_count < COUNT(scope->credits)) scope->credit_sum += value, scope->credits[scope->credit_count++] = rank;
	}
}

/* An item alone whose open amount meets the line, give or take what is allowed. */
static void seek_singles(struct search *search, const struct scope *scope)
{
	double combinations = log((double)scope->count + 1);
	size_t equal = 0, near = 0;
	for (size_t i = 0; i < scope->count; i++) {
		uint32_t rank = scope->ranks[i];
		int64_t gap = value_of(search, rank) - search->target;
		const struct cash_item *item = item_at(search->index, rank);
		int64_t tolerance = search->settings->tolerance;
		bool discount = gap > 0 && item->discount > 0 && gap >= item->discount - tolerance && gap <= item->discount + tolerance && search->line->day <= item->discount_until;
		bool fee = gap > 0 && (gap == search->line->fee || (gap <= search->settings->fee_tolerance && gap < search->target / 20 && near < 4));
		near += fee;
		if (gap == 0 && equal < 8) equal++, option_add(search, &rank, 1, SET_SINGLE, combinations);
		else if (discount || (gap && gap <= tolerance && gap >= -tolerance) || fee) option_add(search, &rank, 1, SET_SINGLE, combinations);
	}
}

static size_t within(const struct search *search, const struct scope *scope, int32_t from, int32_t to, bool credits, uint32_t *out)
{
	size_t count = 0;
	for (size_t i = 0; i < scope->count; i++) {
		const struct cash_item *item = item_at(search->index, scope->ranks[i]);
		bool credit = value_of(search, scope->ranks[i]) < 0;
		if (credit ? !credits || item->posting_day > to : item->due_day < from || item->due_day > to) continue;
		out[count++] = scope->ranks[i];
	}
	return count;
}

static bool makes_target(const struct search *search, const uint32_t *ranks, size_t count)
{
	int64_t gap = sum_of(search, ranks, count) - search->target;
	return count > 1 && gap <= search->settings->tolerance && gap >= -search->settings->tolerance;
}

/* All of it, all that was due, all of a month: what people pay who do not choose. */
static void seek_natural(struct search *search, const struct scope *scope)
{
	uint32_t ranks[CASH_SCOPE];
	for (int credits = 0; credits < 2; credits++) {
		size_t count = within(search, scope, DAY_MIN, DAY_MAX, credits, ranks);
		if (makes_target(search, ranks, count)) option_add(search, ranks, count, SET_ALL, 1);
		count = within(search, scope, DAY_MIN, search->line->day, credits, ranks);
		if (makes_target(search, ranks, count)) option_add(search, ranks, count, SET_DUE, 1.5);
		int32_t month = day_month_start(search->line->day);
		for (int back = -2; back < 6; back++) {
			int32_t from = day_add_months(month, -back), to = day_month_end(from);
			count = within(search, scope, from, to, credits, ranks);
			if (makes_target(search, ranks, count)) option_add(search, ranks, count, SET_DUE, 3);
			count = within(search, scope, DAY_MIN, to, credits, ranks);
			if (makes_target(search, ranks, count)) option_add(search, ranks, count, SET_DUE, 3);
		}
	}
}

/* Logarithm of how many sets of up to k of n there are. */
static double log_choose(size_t n, size_t k)
{
	double sum = 0, term = 1;
	for (size_t j = 1; j <= k && j <= n && sum < 1e200; j++) term *= (double)(n - j + 1) / (double)j, sum += term;
	return log(sum + 1);
}

static void seek_sums(struct search *search, const struct scope *scope, const uint32_t *credits, size_t credit_count, size_t limit)
{
	int64_t target = search->target - sum_of(search, credits, credit_count);
	if (target > scope->debit_sum) return;
	double paid_with = log((double)scope->credit_count + 1);
	if (credit_count) /* one invoice less the credits */
		for (size_t i = 0, n = 0; i < scope->debit_count && n < 4; i++) {
			if (scope->values[i] != target) continue;
			uint32_t ranks[33] = { scope->debits[i] };
			memcpy(ranks + 1, credits, credit_count * sizeof *credits);
			option_add(search, ranks, credit_count + 1, SET_FEW, log((double)scope->debit_count) + paid_with), n++;
		}
	struct cash_subsets found = { .limit = limit };
	cash_subset_find(scope->values, scope->debit_count, target, search->arena, &found);
	search->incomplete |= found.exhausted;
	for (size_t s = 0; s < found.count; s++) {
		const struct cash_subset *set = &found.sets[s];
		uint32_t *ranks = arena_array(search->arena, uint32_t, set->count + credit_count);
		for (size_t i = 0; i < set->count; i++) ranks[i] = scope->debits[set->places[i]];
		if (credit_count) memcpy(ranks + set->count, credits, credit_count * sizeof *credits);
		double combinations = set->run ? log(2.0 * (double)scope->debit_count) : log_choose(scope->debit_count, set->count);
		option_add(search, ranks, set->count + credit_count, set->run ? SET_RUN : SET_FEW, combinations + paid_with);
	}
}

/* Numbers written with a slip, cut or short, among the payer's own. */
static void seek_written(struct search *search, const struct scope *scope)
{
	const struct cash_runs *runs = &search->named.runs;
	bool digits = false;
	for (size_t i = 0; i < runs->count && !digits; i++) digits = (runs->runs[i].digits && !runs->runs[i].noise && runs->runs[i].len >= 3) || runs->runs[i].last;
	if (!digits) return;
	uint32_t ranks[16];
	size_t count = 0;
	for (size_t i = 0; i < scope->debit_count && i < 120 && count < COUNT(ranks); i++) {
		size_t at;
		enum cash_written written = written_badly(search, scope->debits[i], &at);
		if (written == CASH_NOT_WRITTEN) continue;
		ranks[count++] = scope->debits[i];
		option_add(search, &scope->debits[i], 1, SET_SINGLE, log((double)scope->debit_count + 1));
	}
	if (count > 1) option_add(search, ranks, count, SET_FEW, log((double)scope->debit_count + 1));
}

static void seek_oldest(struct search *search, const struct scope *scope)
{
	int64_t sum = 0;
	size_t count = 0;
	while (count < scope->debit_count && sum < search->target) sum += scope->values[count++];
	if (count && sum >= search->target) option_add(search, scope->debits, count, SET_OLDEST, log((double)scope->debit_count + 1));
}

static void seek_payer(struct search *search, const struct candidate *who, struct scope *scope, size_t limit)
{
	scope->count = scope->debit_count = scope->credit_count = 0, scope->debit_sum = scope->credit_sum = 0;
	scope_add(search, scope, who->party);
	seek_singles(search, scope);
	seek_natural(search, scope);
	if (search->sign > 0 || search->line->customer_id) seek_written(search, scope);
	if (limit) {
		seek_sums(search, scope, NULL, 0, limit);
		for (size_t i = 0; i < scope->credit_count && i < 6; i++) seek_sums(search, scope, &scope->credits[i], 1, limit / 4);
		if (scope->credit_count > 1) seek_sums(search, scope, scope->credits, scope->credit_count, limit / 4);
	}
	if (scope->debit_count == 1 && search->sign > 0) option_add(search, scope->debits, 1, SET_SINGLE, 0);
	if (search->settings->oldest_first && (who->strong || search->line->customer_id)) seek_oldest(search, scope);
	if (search->sign > 0 && !search->line->customer_id && who->weight >= 1.8) option_account(search, who->party);
}

/* One payer for several customers: their items together. */
static void seek_group(struct search *search, struct scope *scope)
{
	size_t members = 0;
	scope->count = scope->debit_count = scope->credit_count = 0, scope->debit_sum = scope->credit_sum = 0;
	for (size_t i = 0; i < search->payers.count && members < 12; i++) {
		const struct candidate *who = &search->payers.list[i];
		bool pays = false;
		for (size_t k = 0; k < search->payers.count; k++) pays |= search->payers.list[k].through == who->party;
		if (!(who->signals & CASH_SIGNAL_PAYER) && !pays) continue;
		members++;
		scope_add(search, scope, who->party);
		if (scope->debit_count > 200) break;
	}
	if (members < 2) return;
	seek_sums(search, scope, NULL, 0, CASH_STEPS / 2);
}

/* Anybody's item of that amount. */
static void seek_amount(struct search *search)
{
	const struct cash_index *index = search->index;
	size_t steps = 0, added = 0;
	double combinations = log((double)index->item_count + 1);
	for (uint32_t at = keymap_first(&index->amounts, amount_key(search->sign * search->target, search->line->currency)); at != KEYMAP_END && steps < 128;
	     at = keymap_next(&index->amounts, at), steps++) {
		uint32_t rank = index->amounts.entries[at].value;
		if (!usable(search, rank) || value_of(search, rank) != search->target) continue;
		search->same_amount++;
		if (payer_of(&search->payers, index->party_of[rank]) && search->payers.count) continue;
		if (added < 24) added++, option_add(search, &rank, 1, SET_SINGLE, combinations);
	}
}

void options_seek(struct search *search)
{
	struct scope *scope = arena_make(search->arena, struct scope);
	seek_named(search);
	seek_amount(search);
	bool settled = false; /* named to the cent: sums need not be sought */
	for (size_t i = 0; i < search->count; i++)
		settled |= search->options[i].how == HOW_EXACT && search->options[i].named == search->options[i].count && !search->options[i].contradicted;
	for (size_t i = 0; i < search->payers.count && i < 12; i++)
		seek_payer(search, &search->payers.list[i], scope, settled ? 0 : i < 2 ? CASH_STEPS : i < 5 ? CASH_STEPS / 4 : 0);
	if (!settled && search->sign > 0) seek_group(search, scope);
	/* a number of somebody who is no candidate: his account, too */
	for (size_t m = 0; m < search->named.count && m < 8 && search->sign > 0 && !search->line->customer_id; m++) {
		const struct mention *mention = &search->named.mentions[m];
		if (mention->weak || mention->bearer_count != 1) continue;
		uint32_t party = search->index->party_of[mention->bearers[0]];
		bool seen = payer_of(&search->payers, party) != NULL;
		for (size_t k = 0; k < m && !seen; k++) seen = search->named.mentions[k].bearer_count && search->index->party_of[search->named.mentions[k].bearers[0]] == party;
		if (seen || settled) continue;
		struct candidate unknown = { .party = party };
		seek_payer(search, &unknown, scope, CASH_STEPS / 8);
	}
}

static int best_first(const void *left, const void *right)
{
	const struct option *a = left, *b = right;
	if (a->score != b->score) return a->score > b->score ? -1 : 1;
	return (a->key > b->key) - (a->key < b->key);
}

void options_rank(struct search *search)
{
	qsort(search->options, search->count, sizeof *search->options, best_first);
}
