#include "cash/match_inside.h"

#include "base/memory.h"

#include <math.h>

const char *cash_state_code(enum cash_state state)
{
	static const char *const codes[] = { [CASH_NONE] = "none", [CASH_TIE] = "tie", [CASH_PROPOSED] = "proposed", [CASH_CERTAIN] = "certain" };
	return codes[state];
}

/* --- what is certain --------------------------------------------------------------------------------------------------------------- */

static bool exact(const struct option *option)
{
	return option->count && option->how <= HOW_ROUNDING;
}

static bool known_payer(const struct option *option)
{
	return option->who && option->who->weight >= 1.0;
}

/* Named to the last part: another reading must be named as well, or be what a known payer owes. */
static enum doubt doubt_named(const struct search *search, const struct option *top)
{
	for (size_t i = 0; i < search->count; i++) {
		const struct option *other = &search->options[i];
		if (other == top || !exact(other) || other->key == top->key) continue;
		if (other->named == other->count && other->contradicted <= top->contradicted) return fabs(other->score - top->score) < 0.4 ? DOUBT_TIE : DOUBT_OTHER_SET;
		bool elsewhere = other->who && other->party != top->party && other->count == 1 && other->how == HOW_EXACT && (other->who->strong || other->who->weight >= 1.5);
		if (elsewhere && (!top->who || (other->who->strong && !top->who->strong))) return DOUBT_OTHER_SET; /* a slip that hits somebody else's number */
	}
	return top->how == HOW_ROUNDING && !top->who && !(top->signals & CASH_SIGNAL_STRUCTURED) ? DOUBT_PAYER : DOUBT_NONE;
}

/* Whether the amount is a simple share of another document of his: half of it, a third, thirty per cent. */
static bool share_of_another(const struct search *search, const struct option *top)
{
	static const struct { int64_t part, of; } shares[] = { { 1, 2 }, { 1, 3 }, { 2, 3 }, { 1, 4 }, { 3, 4 }, { 3, 10 }, { 2, 5 } };
	const struct party *party = &search->index->parties[top->party];
	size_t seen = 0;
	for (uint32_t rank = party->first; rank < party->first + party->count && seen < CASH_SCOPE; rank++, seen++) {
		if (!usable(search, rank) || value_of(search, rank) <= search->target || rank == top->ranks[0]) continue;
		for (size_t i = 0; i < COUNT(shares); i++) {
			int64_t off = value_of(search, rank) * shares[i].part - search->target * shares[i].of;
			if (off <= shares[i].of && off >= -shares[i].of) return true;
		}
	}
	return false;
}

/* By payer and amount: he is known, nobody else answers to it, and no other set of his makes the amount. */
static enum doubt doubt_unnamed(const struct search *search, const struct option *top)
{
	if (!top->who) return DOUBT_AMOUNT_ONLY;
	if (top->slips) return DOUBT_SLIP;
	bool order = top->signals & CASH_SIGNAL_REFERENCE && top->named + top->weaks == top->count;
	bool written = top->tails + top->cuts + top->named == top->count || order;
	/* Several answer to the name, but an amount so much his own is owed by one of them only. */
	double odds = log((double)search->target / (double)cash_granule(search->target)) - top->combinations;
	bool among_few = !search->payers.contradiction && top->who->signals & (CASH_SIGNAL_NAME | CASH_SIGNAL_IBAN) && top->who->weight >= 1.5 && top->how == HOW_EXACT
	                 && odds - 2 * log((double)(top->who->shared ? top->who->shared : 1)) >= 6.5;
	if (!top->who->strong && !(top->count == 1 && ((written && top->who->weight >= 2.5) || among_few))) return DOUBT_PAYER;
	if (top->several_parties) return DOUBT_PAYER;
	if (search->named.on_account) return DOUBT_ADVANCE;
	if (top->foreign) return DOUBT_FOREIGN;
	bool credit_inside = top->named && top->credits && top->named + top->credits == top->count;
	if (top->how == HOW_ROUNDING || top->how == HOW_FEE_STATED) return written ? DOUBT_NONE : DOUBT_CHANCE;
	if (top->named && !written && !credit_inside) return DOUBT_SOME;
	/* A credit note that nobody named: its amount must be one that no part payment would leave by chance. */
	if (credit_inside) {
		int64_t deducted = 0;
		size_t credits = 0;
		for (size_t i = 0; i < top->count; i++)
			if (search->sign * top->amounts[i] < 0) deducted -= search->sign * top->amounts[i], credits++;
		if (log((double)deducted / (double)cash_granule(deducted)) - (double)credits < 6) return DOUBT_CHANCE;
	}
	/* 180.00 is owed by many: name and account must both be his. */
	bool both = top->who->own_name && top->who->signals & CASH_SIGNAL_IBAN;
	if (cash_granule(search->target) >= 1000 && !both && !written && !search->line->customer_id && top->count == 1) return DOUBT_ROUND;
	if (top->round && !written && !search->line->customer_id && top->count == 1) return DOUBT_ROUND;
	for (size_t i = 0; i < top->count; i++)
		if (item_at(search->index, top->ranks[i])->posting_day > search->line->day) return DOUBT_CHANCE;
	for (size_t i = 0; i < search->count; i++) {
		const struct option *other = &search->options[i];
		if (other == top || !known_payer(other)) continue;
		if (other->late && top->how == HOW_DISCOUNT && !written) return DOUBT_OTHER_SET; /* his discount, or that of one whose time is over */
		if (!exact(other)) continue;
		if (credit_inside && !other->named) continue;
		bool simple = other->count <= 2 || other->set == SET_ALL || other->set == SET_DUE || other->set == SET_RUN || other->set == SET_NAMED;
		if (!simple && top->count == 1) continue;
		if (other->how == HOW_ROUNDING && written) continue;
		return fabs(other->score - top->score) < 0.3 && other->how == top->how ? DOUBT_TIE : DOUBT_OTHER_SET;
	}
	bool himself = top->who->own_name || top->who->signals & (CASH_SIGNAL_IBAN | CASH_SIGNAL_ACCOUNT);
	if (top->count > 1 && !credit_inside && !written) {
		if (!himself || (top->set == SET_FEW && search->incomplete) || odds < (top->set == SET_ALL ? 6.0 : top->set == SET_FEW ? 9.0 : 7.0)) return DOUBT_CHANCE;
	} else if (!himself && !written && odds < 5) {
		return DOUBT_CHANCE;
	}
	if (top->count == 1 && !written && !credit_inside && search->sign > 0 && share_of_another(search, top)) return DOUBT_SHARE;
	return DOUBT_NONE;
}

/* A number that another open item bears too, of the same amount, on an account that is as likely. */
static bool borne_twice(const struct search *search, const struct option *top)
{
	for (size_t m = 0; m < search->named.count; m++) {
		const struct mention *mention = &search->named.mentions[m];
		uint32_t ours = NOBODY;
		for (size_t i = 0; i < mention->bearer_count && ours == NOBODY; i++)
			for (size_t k = 0; k < top->count && ours == NOBODY; k++)
				if (top->ranks[k] == mention->bearers[i]) ours = mention->bearers[i];
		for (size_t i = 0; i < mention->bearer_count && ours != NOBODY; i++) {
			uint32_t other = mention->bearers[i];
			bool inside = false;
			for (size_t k = 0; k < top->count; k++) inside |= top->ranks[k] == other;
			if (inside || !usable(search, other) || value_of(search, other) != value_of(search, ours)) continue;
			const struct candidate *his = payer_of(&search->payers, search->index->party_of[other]), *own = payer_of(&search->payers, search->index->party_of[ours]);
			if (search->index->party_of[other] == search->index->party_of[ours] || (his ? his->weight : 0) > (own ? own->weight : 0) - 1.5) return true;
		}
	}
	return false;
}

static enum doubt doubt_of(const struct search *search, const struct option *top)
{
	switch (top->how) {
	case HOW_ACCOUNT: return DOUBT_ACCOUNT;
	case HOW_PART: return DOUBT_PART;
	case HOW_OVER: return DOUBT_OVER;
	case HOW_FEE_GUESSED: return DOUBT_FEE;
	case HOW_SETOFF: return DOUBT_SETOFF;
	case HOW_EXACT: case HOW_DISCOUNT: case HOW_FEE_STATED: case HOW_ROUNDING: break;
	}
	if (top->set == SET_OLDEST) return DOUBT_OLDEST;
	if (top->contradicted) return DOUBT_CONTRADICTED;
	if (borne_twice(search, top)) return DOUBT_TIE;
	return top->named == top->count ? doubt_named(search, top) : doubt_unnamed(search, top);
}

static size_t ties_of(const struct search *search, const struct option *top)
{
	size_t ties = 1;
	for (size_t i = 0; i < search->count; i++) {
		const struct option *other = &search->options[i];
		if (other != top && other->how == top->how && other->count && fabs(other->score - top->score) < 0.12) ties++;
	}
	return ties;
}

/* --- confidence ----------------------------------------------------------------------------------------------------------------------- */

/* Evidence of the options against each other and against "something else"; what that share meant on invented statements is in the
 * tables (bench/cash_bench calibrate, tuning seeds). */
static const double something_else = 4.5;
struct knot {
	double raw, right;
};
static const struct knot of_proposed[] = { { 0, 0 }, { 0.11, 0.39 }, { 0.23, 0.55 }, { 0.35, 0.71 }, { 0.61, 0.76 }, { 0.90, 0.91 }, { 0.964, 0.963 }, { 0.991, 0.988 }, { 1, 0.999 } };
static const struct knot of_tie[] = { { 0, 0 }, { 0.11, 0.32 }, { 0.19, 0.50 }, { 0.31, 0.58 }, { 0.44, 0.65 }, { 0.50, 0.69 }, { 1, 0.75 } };
static const struct knot of_certain[] = { { 0, 0.99 }, { 0.9, 0.999 }, { 1, 0.9999 } };

static double meant(const struct knot *table, size_t count, double raw)
{
	for (size_t i = 1; i < count; i++) {
		if (raw > table[i].raw) continue;
		double along = (raw - table[i - 1].raw) / (table[i].raw - table[i - 1].raw);
		return table[i - 1].right + along * (table[i].right - table[i - 1].right);
	}
	return table[count - 1].right;
}

/* The first by its table; the others share what it leaves, as they did before. */
static void calibrate(struct search *search, enum cash_state state)
{
	double first = search->options[0].confidence;
	double shown = state == CASH_CERTAIN ? meant(of_certain, COUNT(of_certain), first) : state == CASH_TIE ? meant(of_tie, COUNT(of_tie), first) : meant(of_proposed, COUNT(of_proposed), first);
	for (size_t i = 1; i < search->count; i++) {
		double share = first < 1 ? search->options[i].confidence / (1 - first) * (1 - shown) : 0;
		search->options[i].confidence = share < shown ? share : shown;
	}
	search->options[0].confidence = shown;
}

static void trust(struct search *search)
{
	double top = something_else;
	for (size_t i = 0; i < search->count; i++) top = search->options[i].score + 0.02 > top ? search->options[i].score + 0.02 : top;
	double all = exp(something_else - top);
	for (size_t i = 0; i < search->count; i++) all += exp(search->options[i].score + 0.02 - top);
	for (size_t i = 0; i < search->count; i++) search->options[i].confidence = exp(search->options[i].score + 0.02 - top) / all;
}

/* --- a line --------------------------------------------------------------------------------------------------------------------------- */

static void propose(const struct search *search, const struct option *option, struct arena *arena, struct cash_proposal *out)
{
	*out = (struct cash_proposal){ .customer_id = search->index->parties[option->party].id, .part_count = option->count, .difference_count = option->difference_count,
		.remainder = option->remainder, .confidence = option->confidence, .signals = option->signals };
	out->parts = arena_array(arena, struct cash_part, option->count + 1);
	for (size_t i = 0; i < option->count; i++) {
		const struct cash_item *item = item_at(search->index, option->ranks[i]);
		out->parts[i] = (struct cash_part){ item->id, item->customer_id, option->amounts[i] };
	}
	out->differences = arena_array(arena, struct cash_difference, option->difference_count + 1);
	memcpy(out->differences, option->differences, option->difference_count * sizeof *out->differences);
}

void cash_match(const struct cash_index *index, const struct cash_line *line, const struct cash_settings *settings, enum lang lang, struct arena *arena, struct cash_match *out)
{
	*out = (struct cash_match){ .state = CASH_NONE, .doubt = "" };
	cleanup_arena struct arena *scratch = arena_new();
	struct search *search = arena_make(scratch, struct search);
	search->index = index, search->line = line, search->settings = settings, search->arena = scratch, search->lang = lang;
	search->sign = line->amount < 0 ? -1 : 1;
	search->itself = NOBODY;
	if (line->amount == 0 || line->amount > CASH_AMOUNT_MAX || line->amount < -CASH_AMOUNT_MAX) {
		out->doubt = doubt_words(search, DOUBT_NOTHING, NULL, 0);
		return;
	}
	search->target = line->amount < 0 ? -line->amount : line->amount;
	if (line->item_id) {
		uint32_t at = keymap_first(&index->ids, key_of((const char *)&line->item_id, sizeof line->item_id, KEY_ITEM));
		if (at != KEYMAP_END) search->itself = index->ids.entries[at].value;
	}
	mentions_find(index, line, &search->named);
	payers_find(index, line, &search->named, &search->payers);
	options_seek(search);
	options_rank(search);
	trust(search);
	if (search->count == 0 || search->options[0].confidence < 0.03) {
		out->doubt = arena_strdup(arena, doubt_words(search, DOUBT_NOTHING, NULL, 0));
		return;
	}
	struct option *top = &search->options[0];
	enum doubt doubt = doubt_of(search, top);
	size_t ties = ties_of(search, top);
	if (doubt != DOUBT_NONE && ties > 1 && exact(top)) doubt = DOUBT_TIE;
	if (doubt == DOUBT_TIE && settings->oldest_first && top->set != SET_ACCOUNT) {
		bool same_party = true;
		for (size_t i = 0; i < search->count; i++)
			if (fabs(search->options[i].score - top->score) < 0.12) same_party &= search->options[i].party == top->party;
		if (same_party && top->who && top->who->strong) doubt = DOUBT_OLDEST, top->signals |= CASH_SIGNAL_OLDEST;
	}
	out->state = doubt == DOUBT_NONE ? CASH_CERTAIN : doubt == DOUBT_TIE ? CASH_TIE : CASH_PROPOSED;
	bool alone = top->who && top->count;
	for (size_t i = 1; i < search->count && alone; i++) alone = !(exact(&search->options[i]) && search->options[i].party == top->party);
	if (alone && exact(top)) top->signals |= CASH_SIGNAL_ONLY;
	while (search->options[search->count - 1].confidence < 0.01) search->count--; /* weak ones could raise a doubt, but are not worth a look */
	out->proposal_count = search->count < CASH_ALTERNATIVES + 1 ? search->count : CASH_ALTERNATIVES;
	out->proposals = arena_array(arena, struct cash_proposal, out->proposal_count);
	calibrate(search, out->state);
	for (size_t i = 0; i < out->proposal_count; i++) {
		propose(search, &search->options[i], arena, &out->proposals[i]);
		search->arena = arena;
		reasons_write(search, &search->options[i], &out->proposals[i]);
		search->arena = scratch;
	}
	out->doubt = doubt == DOUBT_NONE ? "" : arena_strdup(arena, doubt_words(search, doubt, top, ties));
}
