/* Who may have paid: accounts and names learned, names as banks write them, codes and company numbers, and who pays for whom. */
#include "cash/match_inside.h"

#include "base/memory.h"

#include <math.h>

const struct candidate *payer_of(const struct payers *payers, uint32_t party)
{
	for (size_t i = 0; i < payers->count; i++)
		if (payers->list[i].party == party) return &payers->list[i];
	return NULL;
}

static struct candidate *candidate(struct payers *payers, uint32_t party)
{
	struct candidate *known = (struct candidate *)payer_of(payers, party);
	if (known) return known;
	if (payers->count == CASH_CANDIDATES) return NULL;
	payers->list[payers->count] = (struct candidate){ .party = party, .learned = NOBODY, .through = NOBODY };
	return &payers->list[payers->count++];
}

/* --- the account ---------------------------------------------------------------------------------------------------------------- */

static size_t by_account(const struct cash_index *index, const char *iban, struct payers *out)
{
	char plain[CASH_NUMBER_MAX];
	size_t len = cash_canonical(iban ? iban : "", false, plain), shared = 0;
	if (len < 8) return 0;
	uint64_t key = key_of(plain, len, KEY_IBAN);
	uint32_t owners[CASH_CANDIDATES], entries[CASH_CANDIDATES];
	for (uint32_t at = keymap_first(&index->ibans, key); at != KEYMAP_END && shared < CASH_CANDIDATES; at = keymap_next(&index->ibans, at)) {
		uint32_t learned = index->ibans.entries[at].value, party = party_by_id(index, index->view.learned[learned].customer_id);
		bool twice = false;
		for (size_t i = 0; i < shared; i++) twice |= owners[i] == party;
		if (!twice) owners[shared] = party, entries[shared++] = learned;
	}
	for (size_t i = 0; i < shared; i++) {
		struct candidate *one = candidate(out, owners[i]);
		if (!one) break;
		int64_t times = index->view.learned[entries[i]].times;
		one->signals |= shared > 1 ? CASH_SIGNAL_IBAN | CASH_SIGNAL_PAYER : CASH_SIGNAL_IBAN;
		one->learned = entries[i], one->shared = shared;
		one->weight += 4.0 + (times > 2 ? 0.6 : 0) - 0.7 * log((double)shared);
		one->strong = shared == 1;
	}
	return shared;
}

/* --- the name -------------------------------------------------------------------------------------------------------------------- */

enum likeness { UNLIKE, SOMEWHAT, LIKE, SAME };

static enum likeness likeness(const struct cash_name_hit *hit, bool alone)
{
	if (hit->of_name >= 0.98f && hit->of_text >= (alone ? 0.95f : 0.9f)) return SAME;
	if ((hit->of_name >= 0.98f && hit->of_text >= 0.5f) || (hit->of_name >= 0.62f && hit->of_text >= 0.9f) || (hit->of_name >= 0.8f && hit->of_text >= 0.7f)) return LIKE;
	return hit->of_name >= 0.5f ? SOMEWHAT : UNLIKE;
}

/* Candidates for a text that is, or holds, a name. The best likeness counts how many customers share it. */
static enum likeness by_name(const struct cash_index *index, const char *text, bool alone, double trust, struct payers *out, uint32_t *only)
{
	struct cash_name_hit hits[CASH_NAME_HITS];
	size_t count = text && *text ? cash_names_find(index->names, text, alone, hits) : 0;
	enum likeness best = UNLIKE;
	*only = NOBODY;
	for (size_t i = 0; i < count; i++) {
		enum likeness own = likeness(&hits[i], alone);
		if (own > best) best = own;
	}
	size_t shared = 0;
	uint32_t owners[CASH_NAME_HITS];
	float top = count ? hits[0].of_name + hits[0].of_text : 0;
	for (size_t i = 0; i < count; i++) {
		bool close = hits[i].of_name + hits[i].of_text > top - 0.12f, twice = false;
		if (!close || likeness(&hits[i], alone) < SOMEWHAT) continue;
		for (size_t k = 0; k < shared; k++) twice |= owners[k] == hits[i].owner;
		if (!twice) owners[shared++] = hits[i].owner;
	}
	for (size_t i = 0; i < count; i++) {
		enum likeness own = likeness(&hits[i], alone);
		if (own == UNLIKE) continue;
		struct candidate *one = candidate(out, hits[i].owner);
		if (!one) continue;
		if (hits[i].learned != NOBODY && one->learned == NOBODY) one->learned = hits[i].learned;
		if (own >= LIKE && hits[i].learned == NOBODY) one->own_name = true;
		if (one->signals & CASH_SIGNAL_NAME) continue;
		bool close = hits[i].of_name + hits[i].of_text > top - 0.12f;
		double weight = own == SAME ? 4.2 : own == LIKE ? 3.2 : 1.0;
		weight -= close ? 0.8 * log((double)(shared ? shared : 1)) : 1.6;
		if (own == SOMEWHAT && !close) continue;
		one->weight += weight > 0.2 ? weight * trust : 0.2;
		one->exact_name |= own == SAME;
		one->own_name |= own >= LIKE && hits[i].learned == NOBODY;
		if (own >= LIKE && close) one->signals |= CASH_SIGNAL_NAME;
		if (own >= LIKE && close && shared == 1) *only = hits[i].owner;
		if (shared > one->shared) one->shared = shared;
	}
	return best;
}

/* --- codes and company numbers --------------------------------------------------------------------------------------------------- */

static void by_code(const struct cash_index *index, const struct named *named, struct payers *out)
{
	const struct cash_runs *runs = &named->runs;
	for (size_t from = 0; from < runs->count; from++)
		for (size_t to = from; to < runs->count && to < from + 3; to++) {
			char piece[CASH_NUMBER_MAX];
			size_t len = cash_piece(runs, from, to, 0, false, piece);
			if (len < 4 || (to > from && runs->runs[to - 1].last)) break;
			bool digits = true;
			for (size_t i = 0; i < len; i++) digits &= piece[i] <= '9';
			uint64_t family = digits && (len == 9 || len == 14) ? KEY_SIREN : KEY_CODE;
			if (family == KEY_CODE && len > 4 && runs->runs[to].len < 2 && digits) continue;
			uint32_t at = keymap_first(&index->codes, key_of(piece, family == KEY_SIREN ? 9 : len, family));
			if (at == KEYMAP_END) continue;
			if (digits && family == KEY_CODE && len < 6) continue; /* 12345 may be anything */
			struct candidate *one = candidate(out, index->codes.entries[at].value);
			if (!one || one->signals & CASH_SIGNAL_REFERENCE) continue;
			one->signals |= CASH_SIGNAL_REFERENCE;
			one->weight += 3.5;
		}
}

/* --- all of them ------------------------------------------------------------------------------------------------------------------ */

static bool related(const struct cash_index *index, uint32_t one, uint32_t other)
{
	return index->parties[one].payer == other || index->parties[other].payer == one;
}

void payers_find(const struct cash_index *index, const struct cash_line *line, const struct named *named, struct payers *out)
{
	out->count = 0, out->contradiction = false;
	if (line->customer_id) {
		uint32_t party = party_by_id(index, line->customer_id);
		if (party == NOBODY) return;
		struct candidate *one = candidate(out, party);
		*one = (struct candidate){ .party = party, .weight = 5, .signals = CASH_SIGNAL_ACCOUNT, .strong = true, .learned = NOBODY, .through = NOBODY, .shared = 1 };
		return;
	}
	size_t by_iban = by_account(index, line->payer_iban, out);
	uint32_t named_only, ultimate_only = NOBODY, told_only = NOBODY, own_iban = by_iban == 1 ? out->list[0].party : NOBODY;
	bool given = line->payer && *line->payer;
	enum likeness best;
	if (given) {
		best = by_name(index, line->payer, true, 1, out, &named_only);
	} else {
		/* one text holds the name and all the rest */
		const char *text = line->text && *line->text ? line->text : line->label;
		best = by_name(index, text, false, 0.95, out, &named_only);
		if (best < LIKE && text != line->label && line->label && strcmp(line->label, text) != 0) best = by_name(index, line->label, false, 0.95, out, &named_only);
	}
	if (line->ultimate_payer && *line->ultimate_payer) by_name(index, line->ultimate_payer, true, 1, out, &ultimate_only);
	if (given && line->text && *line->text) { /* a third party who says for whom: CLIENT DUPONT */
		struct payers told = { .count = 0 };
		if (by_name(index, line->text, false, 0.8, &told, &told_only) >= LIKE)
			for (size_t i = 0; i < told.count; i++) {
				if (!(told.list[i].signals & CASH_SIGNAL_NAME) || payer_of(out, told.list[i].party)) continue;
				struct candidate *one = candidate(out, told.list[i].party);
				if (one) *one = told.list[i];
			}
	}
	by_code(index, named, out);
	/* one customer answers to the name, and no account says otherwise */
	if (named_only != NOBODY) {
		struct candidate *one = (struct candidate *)payer_of(out, named_only);
		if (one) one->strong = true;
		if (own_iban != NOBODY && own_iban != named_only && !related(index, own_iban, named_only)) out->contradiction = true;
	}
	if (ultimate_only != NOBODY) {
		struct candidate *one = (struct candidate *)payer_of(out, ultimate_only);
		if (one) one->strong = true, one->weight += 1;
	}
	if (ultimate_only == NOBODY && told_only != NOBODY && told_only != named_only && named_only == NOBODY) {
		struct candidate *one = (struct candidate *)payer_of(out, told_only);
		if (one && one->signals & CASH_SIGNAL_IBAN) one->strong = true;
	}
	if (out->contradiction)
		for (size_t i = 0; i < out->count; i++) out->list[i].strong = false;
	/* the companies a holding pays for */
	size_t direct = out->count;
	for (size_t i = 0; i < direct; i++) {
		struct candidate *payer = &out->list[i];
		if (payer->weight < 2) continue;
		uint32_t place = payer->party;
		size_t steps = 0;
		for (uint32_t at = keymap_first(&index->members, key_of((const char *)&(int64_t){ place }, sizeof(int64_t), KEY_MEMBER)); at != KEYMAP_END && steps < 64;
		     at = keymap_next(&index->members, at), steps++) {
			uint32_t member = index->members.entries[at].value;
			struct candidate *one = (struct candidate *)payer_of(out, member);
			double weight = payer->weight;
			bool fresh = !one;
			if (!one) one = candidate(out, member);
			if (!one) break;
			one->signals |= CASH_SIGNAL_PAYER;
			one->through = place;
			if (fresh) one->weight = weight - 1.2, one->shared = 2;
		}
	}
	for (size_t i = 1; i < out->count; i++) /* heaviest first; places settle what is equal */
		for (size_t j = i; j && (out->list[j].weight > out->list[j - 1].weight || (out->list[j].weight == out->list[j - 1].weight && out->list[j].party < out->list[j - 1].party)); j--) {
			struct candidate swap = out->list[j];
			out->list[j] = out->list[j - 1], out->list[j - 1] = swap;
		}
}
