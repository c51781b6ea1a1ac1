/* One set of items weighed against the line: how the sum meets it, what speaks for it, what against. */
#include "cash/match_inside.h"

#include "base/memory.h"

#include <math.h>

bool usable(const struct search *search, uint32_t rank)
{
	const struct cash_index *index = search->index;
	int64_t open = index->open[rank];
	if (open == 0 || open > CASH_AMOUNT_MAX || open < -CASH_AMOUNT_MAX || rank == search->itself) return false;
	const struct cash_item *item = item_at(index, rank);
	if (memcmp(item->currency, search->line->currency, 4) != 0 && strncmp(item->currency, search->line->currency, 3) != 0) return false;
	return !search->line->customer_id || item->customer_id == search->line->customer_id;
}

int64_t cash_granule(int64_t amount)
{
	return amount % 10000 == 0 ? 10000 : amount % 1000 == 0 ? 1000 : amount % 100 == 0 ? 100 : amount % 10 == 0 ? 5 : 1;
}

/* --- how the text names each part --------------------------------------------------------------------------------------------- */

static bool in_set(const struct option *option, uint32_t rank)
{
	size_t low = 0, high = option->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (option->ranks[middle] < rank) low = middle + 1;
		else high = middle;
	}
	return low < option->count && option->ranks[low] == rank;
}

/* As cash_number_in_text, but a run that names another document of the same customer is no slip of this one. */
enum cash_written written_badly(const struct search *search, uint32_t rank, size_t *at)
{
	enum cash_written written = cash_number_in_text(&search->named.runs, item_at(search->index, rank)->number, at);
	if (written == CASH_NOT_WRITTEN || written == CASH_WRITTEN_CUT) return written;
	for (size_t m = 0; m < search->named.count; m++) {
		const struct mention *mention = &search->named.mentions[m];
		if (mention->weak || *at < mention->from || *at > mention->to) continue;
		for (size_t i = 0; i < mention->bearer_count; i++)
			if (search->index->party_of[mention->bearers[i]] == search->index->party_of[rank]) return CASH_NOT_WRITTEN;
	}
	return written;
}

static void count_names(const struct search *search, struct option *option)
{
	const struct named *named = &search->named;
	bool *met = arena_array(search->arena, bool, option->count + 1), *order = arena_array(search->arena, bool, option->count + 1);
	bool *weak = arena_array(search->arena, bool, option->count + 1);
	bool foreign_met[COUNT(named->foreign)] = { false }, ranged = false;
	for (size_t m = 0; m < named->count; m++) {
		const struct mention *mention = &named->mentions[m];
		bool any = false;
		for (size_t i = 0; i < mention->bearer_count; i++) {
			if (!in_set(option, mention->bearers[i])) continue;
			any = true;
			for (size_t k = 0; k < option->count; k++)
				if (option->ranks[k] == mention->bearers[i]) {
					if (mention->kind == MENTION_ORDER) order[k] = true;
					else if (mention->weak) weak[k] = true;
					else met[k] = true;
					if (mention->kind == MENTION_STRUCTURED) option->signals |= CASH_SIGNAL_STRUCTURED;
				}
			ranged |= mention->kind == MENTION_RANGE;
		}
		if (any || (mention->weak && !mention->announced) || mention->kind == MENTION_ORDER || mention->kind == MENTION_RANGE) continue;
		bool elsewhere = false; /* another mention of the same place that is met: RF31FA25… names FA25… too */
		for (size_t other = 0; other < named->count && !elsewhere; other++) {
			if (other == m || named->mentions[other].from > mention->to || named->mentions[other].to < mention->from) continue;
			for (size_t i = 0; i < named->mentions[other].bearer_count; i++) elsewhere |= in_set(option, named->mentions[other].bearers[i]);
		}
		if (!elsewhere) option->contradicted++;
	}
	if (ranged) /* a range means all that lies in it */
		for (size_t m = 0; m < named->count; m++)
			if (named->mentions[m].kind == MENTION_RANGE) {
				bool any = false;
				for (size_t i = 0; i < named->mentions[m].bearer_count; i++) any |= in_set(option, named->mentions[m].bearers[i]);
				option->contradicted += !any;
			}
	bool all_structured = option->signals & CASH_SIGNAL_STRUCTURED;
	for (size_t k = 0; k < option->count; k++) {
		uint32_t rank = option->ranks[k];
		bool credit = search->sign * option->amounts[k] < 0;
		if (met[k]) {
			option->named++;
			continue;
		}
		option->credits += credit;
		all_structured = false;
		if (order[k]) {
			option->signals |= CASH_SIGNAL_REFERENCE;
			option->weaks++; /* below: weighed with the payer */
			continue;
		}
		if (weak[k]) {
			option->weaks++;
			continue;
		}
		if (option->count > 12 || credit) continue;
		size_t at = 0;
		enum cash_written written = written_badly(search, rank, &at);
		if (written == CASH_NOT_WRITTEN || (written == CASH_WRITTEN_SLIP && option->how > HOW_ROUNDING)) continue; /* a slip and another amount: another document */
		option->slips += written == CASH_WRITTEN_SLIP;
		option->tails += written == CASH_WRITTEN_TAIL;
		option->cuts += written == CASH_WRITTEN_CUT;
		option->slip_of = rank;
		for (size_t f = 0; f < named->foreign_count; f++) { /* a slip may lie anywhere in the number, an end is all that is written */
			size_t from = named->foreign[f];
			foreign_met[f] |= written == CASH_WRITTEN_TAIL ? from == at : from <= at + 3 && from + 3 >= at;
		}
	}
	for (size_t f = 0; f < named->foreign_count; f++) option->foreign += !foreign_met[f];
	if (!all_structured && option->signals & CASH_SIGNAL_STRUCTURED && option->count > 1) option->signals &= ~(unsigned)CASH_SIGNAL_STRUCTURED;
}

/* --- how the sum meets the line --------------------------------------------------------------------------------------------------- */

static void differ(struct option *option, enum cash_difference_kind kind, int64_t item_id, int64_t amount)
{
	if (amount && option->difference_count < COUNT(option->differences))
		option->differences[option->difference_count++] = (struct cash_difference){ kind, item_id, amount };
}

/* The discounts allowed on that day, of the whole set or of one item; true when they make the gap. */
static bool by_discount(const struct search *search, struct option *option, int64_t gap)
{
	const struct cash_index *index = search->index;
	int64_t all = 0, tolerance = search->settings->tolerance;
	size_t with = 0;
	if (search->sign < 0 || gap <= 0) return false;
	for (size_t i = 0; i < option->count; i++) {
		const struct cash_item *item = item_at(index, option->ranks[i]);
		if (item->discount <= 0 || item->discount >= index->open[option->ranks[i]] || search->line->day > item->discount_until || index->open[option->ranks[i]] != item->amount) continue;
		if (__builtin_add_overflow(all, item->discount, &all)) return false;
		with++;
		if (item->discount == gap && option->count > 1) {
			differ(option, CASH_DISCOUNT, item->id, -gap);
			return true;
		}
	}
	if (!with || gap < all - tolerance || gap > all + tolerance || with > COUNT(option->differences) - 1) return false;
	uint32_t last = option->ranks[0];
	for (size_t i = 0; i < option->count; i++) {
		const struct cash_item *item = item_at(index, option->ranks[i]);
		if (item->discount <= 0 || item->discount >= index->open[option->ranks[i]] || search->line->day > item->discount_until || index->open[option->ranks[i]] != item->amount) continue;
		differ(option, CASH_DISCOUNT, item->id, -item->discount);
		last = option->ranks[i];
	}
	differ(option, CASH_ROUNDING, item_at(index, last)->id, all - gap);
	return true;
}

/* The discounts of the set that are no longer allowed make the gap. */
static bool too_late(const struct search *search, const struct option *option, int64_t gap)
{
	int64_t all = 0;
	for (size_t i = 0; i < option->count; i++) {
		const struct cash_item *item = item_at(search->index, option->ranks[i]);
		if (item->discount > 0 && item->discount < CASH_AMOUNT_MAX && search->line->day > item->discount_until) all += item->discount;
	}
	return all > 0 && gap >= all - search->settings->tolerance && gap <= all + search->settings->tolerance;
}

/* Pays old ones first; the last that is reached is paid in part. False when credits make that senseless. */
static bool in_part(const struct search *search, struct option *option, int64_t gap)
{
	for (size_t i = option->count; i-- > 0 && gap > 0;) {
		int64_t value = search->sign * option->amounts[i];
		if (value <= 0) return false;
		int64_t cut = gap < value ? gap : value;
		option->amounts[i] -= search->sign * cut, gap -= cut;
	}
	size_t kept = 0;
	for (size_t i = 0; i < option->count; i++)
		if (option->amounts[i]) option->ranks[kept] = option->ranks[i], option->amounts[kept++] = option->amounts[i];
	option->count = kept;
	return gap == 0 && kept > 0;
}

static bool meets(const struct search *search, struct option *option)
{
	int64_t sum = 0;
	for (size_t i = 0; i < option->count; i++)
		if (__builtin_add_overflow(sum, search->sign * option->amounts[i], &sum)) return false;
	int64_t gap = option->gap = sum - search->target, tolerance = search->settings->tolerance;
	uint32_t large = option->ranks[0];
	for (size_t i = 1; i < option->count; i++)
		if (search->sign * option->amounts[i] > value_of(search, large)) large = option->ranks[i];
	int64_t on = item_at(search->index, large)->id;
	option->how = HOW_EXACT;
	if (gap == 0) return true;
	if (by_discount(search, option, gap)) return option->how = HOW_DISCOUNT, true;
	if (search->sign > 0 && gap > 0 && gap == search->line->fee) return differ(option, CASH_FEE, on, -gap), option->how = HOW_FEE_STATED, true;
	if (gap <= tolerance && gap >= -tolerance) return differ(option, CASH_ROUNDING, on, -search->sign * gap), option->how = HOW_ROUNDING, true;
	if (search->sign < 0 || search->line->customer_id) {
		if (!search->line->customer_id) return false;
		if (gap < 0) return option->how = HOW_OVER, option->remainder = -search->sign * gap, true;
		option->how = HOW_PART;
		return in_part(search, option, gap);
	}
	if (gap > 0) {
		const struct cash_customer *customer = search->index->parties[option->party].known;
		if (customer && customer->owed_by_us > 0 && gap == customer->owed_by_us) return differ(option, CASH_SETOFF, on, -gap), option->how = HOW_SETOFF, true;
		if (too_late(search, option, gap)) return option->how = HOW_PART, option->late = true, in_part(search, option, gap);
		if (gap <= search->settings->fee_tolerance && gap * 4 < sum) return differ(option, CASH_FEE, on, -gap), option->how = HOW_FEE_GUESSED, true;
		option->how = HOW_PART;
		return in_part(search, option, gap);
	}
	option->how = HOW_OVER, option->remainder = -gap;
	return true;
}

/* --- the weight --------------------------------------------------------------------------------------------------------------------- */

static void weigh(const struct search *search, struct option *option)
{
	double amount = log((double)search->target / (double)cash_granule(search->target) + 1) - option->combinations;
	if (amount > 6) amount = 6;
	if (amount < 0) amount = 0;
	bool known = option->named || option->slips || option->tails || option->cuts;
	if (option->set == SET_NAMED && option->named + option->credits == option->count) amount = 6;
	switch (option->how) {
	case HOW_EXACT: break;
	case HOW_DISCOUNT: amount -= 0.4; break;
	case HOW_FEE_STATED: amount -= 0.3; break;
	case HOW_ROUNDING: amount -= 1.8; break;
	case HOW_SETOFF: amount -= 0.8; break;
	case HOW_FEE_GUESSED: amount = known ? 1.2 : amount / 4; break;
	case HOW_PART: amount = option->late ? 1.5 : known ? 0.4 : -0.6; break;
	case HOW_OVER: amount = known ? 0.2 : -2; break;
	case HOW_ACCOUNT: amount = 0; break;
	}
	double names = 0;
	if (option->count) {
		double of_order = option->signals & CASH_SIGNAL_REFERENCE ? 3.0 : 1.5;
		names = (5.0 * (double)option->named + of_order * (double)option->weaks + 3.2 * (double)option->slips + 2.4 * (double)option->tails + 2.2 * (double)option->cuts)
		        / (double)option->count;
		if (option->credits && option->named + option->credits >= option->count) names = 4.6;
	}
	double who = option->who ? option->who->weight : 0;
	if (who > 7) who = 7;
	double set = 0;
	switch (option->set) {
	case SET_NAMED: case SET_SINGLE: break;
	case SET_ALL: set = -0.4; break;
	case SET_DUE: set = -0.6; break;
	case SET_RUN: set = -1.2; break;
	case SET_FEW: set = -1.6 - 0.25 * (double)option->count; break;
	case SET_ACCOUNT: set = -1.5; break;
	case SET_OLDEST: set = -1.0; break;
	}
	if (option->several_parties && option->named < option->count) set -= 1.2;
	if (search->named.on_account && option->how != HOW_ACCOUNT && !option->named) set -= 3;
	if (option->how == HOW_ACCOUNT && search->named.on_account) set += 2.5;
	if (option->how == HOW_ACCOUNT && search->named.foreign_count) set += 1.5;
	double against = 3.6 * (double)option->contradicted + 2.4 * (double)option->foreign;
	if (option->how == HOW_ACCOUNT) against = 1.2 * (double)option->contradicted;
	option->score = amount + names + who + set - against;
	/* early ones before late ones, where all else is equal: too little to part a tie */
	if (option->count) {
		const struct cash_item *first = item_at(search->index, option->ranks[0]);
		option->score -= 1e-6 * (double)first->due_day;
	}
}

static int ascending(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	return (a > b) - (a < b);
}

static void keep(struct search *search, struct option *option)
{
	uint64_t key = key_of((const char *)&option->remainder, sizeof option->remainder, 99);
	if (option->count) {
		key = key_of((const char *)option->ranks, option->count * sizeof *option->ranks, key);
		key = key_of((const char *)option->amounts, option->count * sizeof *option->amounts, key);
	} else {
		key ^= option->party;
	}
	option->key = key;
	size_t weakest = 0;
	for (size_t i = 0; i < search->count; i++) {
		if (search->options[i].key == key) {
			if (option->score > search->options[i].score) search->options[i] = *option;
			return;
		}
		if (search->options[i].score < search->options[weakest].score) weakest = i;
	}
	if (search->count < CASH_OPTIONS) search->options[search->count++] = *option;
	else if (option->score > search->options[weakest].score) search->options[weakest] = *option;
}

void option_add(struct search *search, const uint32_t *ranks, size_t count, enum set_kind set, double combinations)
{
	if (!count) return;
	const struct cash_index *index = search->index;
	struct option option = { .count = count, .set = set, .combinations = combinations, .slip_of = NOBODY };
	option.ranks = arena_array(search->arena, uint32_t, count);
	option.amounts = arena_array(search->arena, int64_t, count);
	memcpy(option.ranks, ranks, count * sizeof *ranks);
	qsort(option.ranks, count, sizeof *option.ranks, ascending);
	option.party = index->party_of[option.ranks[0]];
	for (size_t i = 0; i < count; i++) {
		option.amounts[i] = index->open[option.ranks[i]];
		if (search->sign * option.amounts[i] > 0) option.party = index->party_of[option.ranks[i]];
	}
	option.party = index->party_of[option.ranks[0]];
	for (size_t i = 1; i < count; i++) option.several_parties |= index->party_of[option.ranks[i]] != option.party;
	if (!meets(search, &option)) return;
	if (option.several_parties && (option.how == HOW_PART || option.how == HOW_OVER || option.how == HOW_SETOFF) && set != SET_NAMED) return;
	count_names(search, &option);
	/* the payer of all of them */
	const struct candidate *who = payer_of(&search->payers, option.party);
	for (size_t i = 1; i < option.count && who && option.several_parties; i++) {
		const struct candidate *other = payer_of(&search->payers, index->party_of[option.ranks[i]]);
		if (!other) who = NULL;
		else if (other->weight < who->weight) who = other;
	}
	option.who = who;
	if (who) option.signals |= who->signals & (CASH_SIGNAL_IBAN | CASH_SIGNAL_NAME | CASH_SIGNAL_PAYER | CASH_SIGNAL_REFERENCE | CASH_SIGNAL_ACCOUNT);
	if (option.named == option.count) option.signals |= CASH_SIGNAL_NUMBER;
	if (option.how <= HOW_ROUNDING) option.signals |= CASH_SIGNAL_AMOUNT;
	if (set == SET_OLDEST) option.signals |= CASH_SIGNAL_OLDEST;
	option.round = search->target % 10000 == 0;
	weigh(search, &option);
	keep(search, &option);
}

void option_account(struct search *search, uint32_t party)
{
	struct option option = { .how = HOW_ACCOUNT, .set = SET_ACCOUNT, .party = party, .remainder = search->target, .slip_of = NOBODY };
	option.who = payer_of(&search->payers, party);
	if (option.who) option.signals = option.who->signals & (CASH_SIGNAL_IBAN | CASH_SIGNAL_NAME | CASH_SIGNAL_PAYER | CASH_SIGNAL_REFERENCE);
	for (size_t m = 0; m < search->named.count; m++) option.contradicted += !search->named.mentions[m].weak;
	weigh(search, &option);
	keep(search, &option);
}
