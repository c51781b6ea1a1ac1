#include "cash/names.h"

#include "cash/keymap.h"

#include "base/memory.h"
#include "base/text.h"

#include <math.h>

enum { WORD_MAX = 32, STEPS = 6000, PREFIXED = 24, TALLY = 2048 };

struct word {
	char text[WORD_MAX];
	uint32_t df, first; /* postings: first of df */
	float weight;
};
struct entry {
	uint32_t owner, learned, first_word, word_count;
	float weight;
};
struct cash_names {
	struct keymap ids; /* word → its place */
	struct word *words;
	uint32_t word_count, word_cap;
	struct entry *entries;
	uint32_t entry_count, entry_cap;
	uint32_t *entry_words, entry_word_count, entry_word_cap;
	uint32_t *postings, *sorted; /* sorted: places of words, by text */
};

/* Words that tell nobody apart. */
static const char *const legal[] = { "sarl", "sas", "sasu", "sa", "eurl", "snc", "sci", "scop", "scp", "selarl", "ste", "societe", "soc", "ets", "etablissements",
	"etablissement", "entreprise", "et", "de", "la", "le", "les", "du", "des", "d", "l", "m", "mr", "mme", "monsieur", "madame", "mlle", "ou", "cie",
	"compagnie", "inc", "ltd", "gmbh", "bv", "nv", "spa", "srl", "ag", "the", "and" };
/* Words of banks and payers around a name. */
static const char *const banking[] = { "vir", "virement", "virt", "sepa", "recu", "recue", "en", "votre", "faveur", "inst", "instantane", "motif", "ref", "fact",
	"facture", "factures", "fac", "fct", "reglement", "regl", "rgt", "rglt", "paiement", "solde", "merci", "fournisseur", "tel", "siren", "siret", "client", "nos", "vos",
	"v", "n", "no", "num", "compensation", "remise", "cheque", "cheques", "chq", "nb", "acompte", "remboursement", "emis", "prlv", "echeance", "cde", "commande",
	"bc", "tva", "eur", "frais", "a", "au", "notprovided", "avoir", "av", "payment", "invoice", "transfer", "from", "vers", "par", "pour", "notre", "libelle",
	"donneur", "ordre", "dordre", "id", "reference", "date", "fa", "f", "vte", "avc", "fc", "inv", "rf", "o", "s" };

static bool listed(const char *word, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(word, list[i]) == 0) return true;
	return false;
}

/* Splits a normalised text in place; words longer than the room are cut. */
static size_t split(char *text, const char **out, size_t max)
{
	size_t count = 0;
	for (char *at = text; *at && count < max;) {
		char *end = strchr(at, ' ');
		if (end) *end = 0;
		if (strlen(at) >= WORD_MAX) at[WORD_MAX - 1] = 0;
		out[count++] = at;
		if (!end) break;
		at = end + 1;
	}
	return count;
}

static uint32_t word_id(const struct cash_names *names, const char *word)
{
	uint32_t at = keymap_first(&names->ids, key_of(word, strlen(word), 7));
	return at == KEYMAP_END ? KEYMAP_END : names->ids.entries[at].value;
}

struct cash_names *cash_names_new(void)
{
	struct cash_names *names = xcalloc(1, sizeof *names);
	keymap_make(&names->ids, 1 << 16);
	return names;
}

void cash_names_free(struct cash_names *names)
{
	if (!names) return;
	keymap_free(&names->ids);
	free(names->words), free(names->entries), free(names->entry_words), free(names->postings), free(names->sorted);
	free(names);
}

void cash_names_add(struct cash_names *names, const char *name, uint32_t owner, uint32_t learned)
{
	size_t len = strlen(name);
	cleanup_free char *text = text_normalise(name, len > 200 ? 200 : len);
	const char *words[CASH_NAME_WORDS];
	size_t count = split(text, words, CASH_NAME_WORDS), kept = 0;
	for (size_t i = 0; i < count; i++)
		if (!listed(words[i], legal, COUNT(legal))) kept++;
	struct entry entry = { .owner = owner, .learned = learned, .first_word = names->entry_word_count };
	for (size_t i = 0; i < count; i++) {
		if (kept && listed(words[i], legal, COUNT(legal))) continue;
		uint32_t id = word_id(names, words[i]);
		if (id == KEYMAP_END) {
			GROW(names->words, names->word_count, names->word_cap);
			id = names->word_count++;
			names->words[id] = (struct word){ 0 };
			snprintf(names->words[id].text, WORD_MAX, "%s", words[i]);
			keymap_add(&names->ids, key_of(words[i], strlen(words[i]), 7), id);
		}
		bool twice = false;
		for (uint32_t k = entry.first_word; k < names->entry_word_count; k++) twice |= names->entry_words[k] == id;
		if (twice) continue;
		names->words[id].df++;
		GROW(names->entry_words, names->entry_word_count, names->entry_word_cap);
		names->entry_words[names->entry_word_count++] = id;
	}
	entry.word_count = names->entry_word_count - entry.first_word;
	if (!entry.word_count) return;
	GROW(names->entries, names->entry_count, names->entry_cap);
	names->entries[names->entry_count++] = entry;
}

static int by_text(const void *left, const void *right, void *context)
{
	const struct cash_names *names = context;
	return strcmp(names->words[*(const uint32_t *)left].text, names->words[*(const uint32_t *)right].text);
}

void cash_names_ready(struct cash_names *names)
{
	names->postings = xmalloc((names->entry_word_count + 1) * sizeof *names->postings);
	names->sorted = xmalloc((names->word_count + 1) * sizeof *names->sorted);
	uint32_t first = 0;
	for (uint32_t i = 0; i < names->word_count; i++) {
		struct word *word = &names->words[i];
		double rarity = log((double)(names->entry_count + 2) / (word->df + 0.5));
		word->weight = (float)(rarity < 0.3 ? 0.3 : rarity);
		word->first = first, first += word->df, word->df = 0;
		names->sorted[i] = i;
	}
	for (uint32_t i = 0; i < names->entry_count; i++) {
		struct entry *entry = &names->entries[i];
		for (uint32_t k = 0; k < entry->word_count; k++) {
			struct word *word = &names->words[names->entry_words[entry->first_word + k]];
			names->postings[word->first + word->df++] = i;
			entry->weight += word->weight;
		}
	}
	qsort_r(names->sorted, names->word_count, sizeof *names->sorted, by_text, names);
}

/* --- finding ------------------------------------------------------------------------------------------------------------------- */

struct wanted {
	uint32_t word;
	float share; /* 1 the word itself, less when shortened */
	size_t from; /* the place of the text's word */
};

static size_t wanted_of(const struct cash_names *names, const char *const *words, size_t count, struct wanted *out, size_t max)
{
	size_t found = 0;
	for (size_t i = 0; i < count; i++) {
		uint32_t id = word_id(names, words[i]);
		if (id != KEYMAP_END && found < max) out[found++] = (struct wanted){ id, 1, i };
		size_t len = strlen(words[i]);
		if (len < 4 && !(i + 1 == count && len >= 2 && id == KEYMAP_END)) continue;
		uint32_t low = 0, high = names->word_count;
		while (low < high) {
			uint32_t middle = low + (high - low) / 2;
			if (strcmp(names->words[names->sorted[middle]].text, words[i]) < 0) low = middle + 1;
			else high = middle;
		}
		for (uint32_t k = low, n = 0; k < names->word_count && n < PREFIXED && found < max; k++, n++) {
			const struct word *word = &names->words[names->sorted[k]];
			if (strncmp(word->text, words[i], len) != 0) break;
			if (word->text[len]) out[found++] = (struct wanted){ names->sorted[k], id == KEYMAP_END ? 0.85f : 0.4f, i };
		}
	}
	return found;
}

static int rarest_first(const void *left, const void *right, void *context)
{
	const struct cash_names *names = context;
	const struct wanted *a = left, *b = right;
	uint32_t x = names->words[a->word].df, y = names->words[b->word].df;
	return x != y ? (x > y) - (x < y) : (a->word > b->word) - (a->word < b->word);
}

/* How far an entry and the text cover each other. */
static struct cash_name_hit covered(const struct cash_names *names, const struct entry *entry, const struct wanted *wanted, size_t wanted_count, const float *text_weight,
                                    size_t text_count)
{
	float best[CASH_NAME_WORDS] = { 0 }, seen = 0, of_text = 0, all = 0;
	for (uint32_t k = 0; k < entry->word_count; k++) {
		uint32_t id = names->entry_words[entry->first_word + k];
		float share = 0;
		size_t from = 0;
		for (size_t i = 0; i < wanted_count; i++)
			if (wanted[i].word == id && wanted[i].share > share) share = wanted[i].share, from = wanted[i].from;
		if (share > 0) {
			seen += share * names->words[id].weight;
			if (share > best[from]) best[from] = share;
		}
	}
	for (size_t i = 0; i < text_count; i++) all += text_weight[i], of_text += best[i] > 0 ? text_weight[i] : 0;
	return (struct cash_name_hit){ entry->owner, entry->learned, entry->weight > 0 ? seen / entry->weight : 0, all > 0 ? of_text / all : 0 };
}

static bool better(const struct cash_name_hit *a, const struct cash_name_hit *b)
{
	float x = a->of_name + a->of_text, y = b->of_name + b->of_text;
	return x != y ? x > y : a->owner != b->owner ? a->owner < b->owner : a->learned < b->learned;
}

size_t cash_names_find(const struct cash_names *names, const char *text, bool alone, struct cash_name_hit out[static CASH_NAME_HITS])
{
	size_t len = strlen(text);
	cleanup_free char *folded = text_normalise(text, len > 400 ? 400 : len);
	const char *all[64], *words[CASH_NAME_WORDS];
	size_t count = 0;
	for (size_t i = 0, n = split(folded, all, 64); i < n && count < CASH_NAME_WORDS; i++) {
		size_t digits = 0;
		for (const char *c = all[i]; *c; c++) digits += *c >= '0' && *c <= '9';
		if (digits > 1 || listed(all[i], legal, COUNT(legal)) || (!alone && listed(all[i], banking, COUNT(banking)))) continue;
		bool twice = false;
		for (size_t k = 0; k < count; k++) twice |= strcmp(words[k], all[i]) == 0;
		if (!twice) words[count++] = all[i];
	}
	if (!count) return 0;
	struct wanted wanted[CASH_NAME_WORDS * 6];
	size_t wanted_count = wanted_of(names, words, count, wanted, COUNT(wanted));
	float text_weight[CASH_NAME_WORDS], unknown = (float)log((double)(names->entry_count + 2));
	for (size_t i = 0; i < count; i++) text_weight[i] = alone ? unknown : unknown / 2;
	for (size_t i = 0; i < wanted_count; i++) { /* a known word counts by its weight; a shortened one by the heaviest it may be */
		float weight = names->words[wanted[i].word].weight;
		if (wanted[i].share >= 1) text_weight[wanted[i].from] = weight;
	}
	qsort_r(wanted, wanted_count, sizeof *wanted, rarest_first, (void *)names);
	struct {
		uint32_t entry; /* place + 1; 0: free */
		float weight;
	} tally[TALLY] = { 0 };
	size_t steps = 0, filled = 0;
	for (size_t i = 0; i < wanted_count && steps < STEPS; i++) {
		const struct word *word = &names->words[wanted[i].word];
		for (uint32_t k = 0; k < word->df && steps < STEPS; k++, steps++) {
			uint32_t entry = names->postings[word->first + k] + 1, at = entry * 2654435761u >> 21;
			while (tally[at].entry && tally[at].entry != entry) at = (at + 1) % TALLY;
			if (!tally[at].entry) {
				if (filled == TALLY / 2) continue;
				tally[at].entry = entry, filled++;
			}
			tally[at].weight += wanted[i].share * word->weight;
		}
	}
	size_t found = 0;
	for (size_t i = 0; i < TALLY; i++) {
		if (!tally[i].entry) continue;
		const struct entry *entry = &names->entries[tally[i].entry - 1];
		if (tally[i].weight < 0.45f * entry->weight) continue;
		struct cash_name_hit hit = covered(names, entry, wanted, wanted_count, text_weight, count);
		size_t at = found < CASH_NAME_HITS ? found++ : CASH_NAME_HITS;
		if (at == CASH_NAME_HITS && !better(&hit, &out[CASH_NAME_HITS - 1])) continue;
		if (at == CASH_NAME_HITS) at--;
		while (at && better(&hit, &out[at - 1])) out[at] = out[at - 1], at--;
		out[at] = hit;
	}
	return found;
}
