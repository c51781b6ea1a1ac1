/* What a text names: numbers as printed, in pieces, shortened to what differs, spelt as a range; references; and numbers that look
 * like ours but are not open. */
#include "cash/match_inside.h"

#include "base/memory.h"

/* Every item that bears the key; none twice. */
static bool bearers_add(const struct cash_index *index, const struct keymap *map, uint64_t key, struct mention *mention)
{
	bool any = false;
	size_t steps = 0;
	for (uint32_t at = keymap_first(map, key); at != KEYMAP_END && steps < 64; at = keymap_next(map, at), steps++) {
		uint32_t rank = map->entries[at].value;
		if (index->open[rank] == 0) continue;
		bool twice = false;
		for (size_t i = 0; i < mention->bearer_count; i++) twice |= mention->bearers[i] == rank;
		if (twice) continue;
		any = true;
		if (mention->bearer_count == CASH_BEARERS) {
			mention->more = true;
			break;
		}
		mention->bearers[mention->bearer_count++] = rank;
	}
	return any;
}

static bool crosses_field(const struct cash_runs *runs, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (runs->runs[i].last) return true;
	return false;
}

/* A number that starts at run `from`: the longest piece that is one. */
static bool number_at(const struct cash_index *index, const struct cash_runs *runs, size_t from, struct mention *out)
{
	const struct cash_run *first = &runs->runs[from];
	size_t end = from + CASH_PIECE_RUNS < runs->count ? from + CASH_PIECE_RUNS : runs->count;
	for (size_t to = end; to-- > from;) {
		if (crosses_field(runs, from, to) || (to + 1 < runs->count && !runs->runs[to].digits && runs->runs[to + 1].digits && runs->runs[to + 1].glued)) continue;
		size_t digits = 0, letters = 0, noisy = 0, pieces = 0;
		for (size_t i = from; i <= to; i++) {
			const struct cash_run *run = &runs->runs[i];
			if (run->digits) digits += run->len, noisy += run->noise != CASH_NOISE_NONE, pieces++;
			else letters += run->len;
		}
		if (digits < 2 || digits > 24) continue;
		for (size_t skip = 0; skip < (first->digits ? 1u : first->len); skip++) {
			if (!first->digits && first->len - skip > 8) continue;
			for (int strip = 0; strip < 2; strip++) {
				char piece[CASH_NUMBER_MAX];
				size_t len = cash_piece(runs, from, to, skip, strip, piece);
				if (len < 4 && !(len == 3 && letters)) continue;
				*out = (struct mention){ .kind = MENTION_NUMBER, .from = (uint16_t)from, .to = (uint16_t)to };
				bool lettered = letters > skip || (!first->digits && skip == 0);
				bool any = bearers_add(index, &index->numbers, key_of(piece, len, KEY_NUMBER), out);
				if (!lettered || first->digits) {
					const char *bare = piece;
					size_t bare_len = len;
					while (bare_len > 1 && *bare == '0') bare++, bare_len--;
					bool pure = true;
					for (size_t i = 0; i < bare_len; i++) pure &= bare[i] >= '0' && bare[i] <= '9';
					if (pure && bare_len >= 4) any |= bearers_add(index, &index->numbers, key_of(bare, bare_len, KEY_DIGITS), out);
					if (any && pure) out->weak = bare_len < 5;
				}
				if (!any) continue;
				if (lettered && digits < 3) out->weak = true;
				if (noisy && !(lettered && runs->runs[from + 1].glued)) out->weak = true;
				out->announced = runs->runs[from].owed_word || (to > from && runs->runs[from + 1].owed_word);
				if (strip && runs->runs[to].last && digits < 5) out->weak = true; /* may be cut */
				if (pieces > 2 && !lettered) out->weak = out->weak || digits < 6;
				return true;
			}
		}
	}
	return false;
}

/* --- shortened numbers and ranges ---------------------------------------------------------------------------------------------- */

static bool lookup_counter(const struct cash_index *index, const char *number, size_t start, size_t len, const char *counter, struct mention *out)
{
	char whole[96], plain[CASH_NUMBER_MAX];
	int used = snprintf(whole, sizeof whole, "%.*s%s%s", (int)start, number, counter, number + start + len);
	if (used < 0 || (size_t)used >= sizeof whole) return false;
	size_t plain_len = cash_canonical(whole, false, plain);
	return bearers_add(index, &index->numbers, key_of(plain, plain_len, KEY_NUMBER), out);
}

static bool shares_party(const struct cash_index *index, const struct mention *one, const struct mention *other)
{
	for (size_t i = 0; i < one->bearer_count; i++)
		for (size_t j = 0; j < other->bearer_count; j++)
			if (index->party_of[one->bearers[i]] == index->party_of[other->bearers[j]]) return true;
	return false;
}

static bool is_to(const struct cash_runs *runs, size_t at)
{
	return cash_run_is(runs, at, "A") || cash_run_is(runs, at, "AU") || cash_run_is(runs, at, "TO");
}

static void spell_range(const struct cash_index *index, struct named *named, size_t one, size_t other)
{
	const char *low = item_at(index, named->mentions[one].bearers[0])->number, *high = item_at(index, named->mentions[other].bearers[0])->number;
	size_t start, len, start_high, len_high;
	if (!cash_counter(low, &start, &len) || !cash_counter(high, &start_high, &len_high) || start != start_high || len != len_high || len > 17) return;
	long long from = strtoll(low + start, NULL, 10), to = strtoll(high + start, NULL, 10);
	if (to <= from || to - from > CASH_RANGE) return;
	for (long long n = from + 1; n < to && named->count < CASH_MENTIONS; n++) {
		char counter[32];
		snprintf(counter, sizeof counter, "%0*lld", (int)len, n);
		struct mention between = { .kind = MENTION_RANGE, .from = named->mentions[one].from, .to = named->mentions[one].to };
		if (lookup_counter(index, low, start, len, counter, &between) && shares_party(index, &named->mentions[one], &between))
			named->mentions[named->count++] = between, named->spelt = true;
	}
}

/* "FA2500012, 13 et 17", "FA2500012 à 15": what follows a number and only says what differs. */
static size_t follow(const struct cash_index *index, struct named *named, size_t first)
{
	const struct cash_runs *runs = &named->runs;
	const char *number = item_at(index, named->mentions[first].bearers[0])->number;
	size_t start, len, at = named->mentions[first].to, before = first;
	if (runs->runs[at].last || !cash_counter(number, &start, &len)) return at + 1;
	bool range = false;
	size_t words = 0;
	for (size_t next = at + 1; next < runs->count && named->count < CASH_MENTIONS; next++) {
		const struct cash_run *run = &runs->runs[next];
		if (!run->digits) {
			if (is_to(runs, next)) range = true;
			else if (!cash_run_is(runs, next, "ET") && !cash_run_is(runs, next, "AND") && !cash_run_is(runs, next, "N")) break;
			if (++words > 2 || run->last) break;
			continue;
		}
		if (run->noise || run->len > len || len >= 24 || (next + 1 < runs->count && runs->runs[next + 1].glued)) break;
		if (run->before == '-' && words == 0) range = true; /* or a list: the amount tells */
		char counter[32];
		memcpy(counter, number + start, len);
		memcpy(counter + len - run->len, runs->folded + run->start, run->len);
		counter[len] = 0;
		struct mention more = { .kind = MENTION_SHORT, .from = (uint16_t)next, .to = (uint16_t)next };
		if (!lookup_counter(index, number, start, len, counter, &more) || !shares_party(index, &named->mentions[first], &more)) break;
		named->mentions[named->count] = more;
		size_t here = named->count++;
		if (range) spell_range(index, named, before, here);
		before = here, range = false, words = 0, at = next;
		if (run->last) break;
	}
	return at + 1;
}

static void find_numbers(const struct cash_index *index, struct named *named)
{
	const struct cash_runs *runs = &named->runs;
	size_t last = SIZE_MAX; /* the number named before */
	for (size_t i = 0; i < runs->count && named->count < CASH_MENTIONS;) {
		struct mention mention;
		if (!number_at(index, runs, i, &mention)) {
			i++;
			continue;
		}
		named->mentions[named->count] = mention;
		size_t here = named->count++;
		if (last != SIZE_MAX) { /* FA2500012 à FA2500015 */
			size_t end = named->mentions[last].to;
			bool word = mention.from == end + 2 && is_to(runs, end + 1), dash = mention.from == end + 1 && runs->runs[mention.from].before == '-';
			if ((word || dash) && !crosses_field(runs, end, mention.from)) spell_range(index, named, last, here);
		}
		last = here;
		i = follow(index, named, here);
	}
}

/* --- references ----------------------------------------------------------------------------------------------------------------- */

static void add_whole(const struct cash_index *index, struct named *named, const char *text, bool structured)
{
	char plain[CASH_NUMBER_MAX];
	size_t len = cash_canonical(text, false, plain);
	if (len < 5 || named->count == CASH_MENTIONS) return;
	struct mention mention = { .kind = MENTION_STRUCTURED, .from = UINT16_MAX, .to = UINT16_MAX };
	bool any = bearers_add(index, &index->references, key_of(plain, len, KEY_REFERENCE), &mention);
	if (!any && cash_rf_valid(plain, len)) any = bearers_add(index, &index->numbers, key_of(plain + 4, len - 4, KEY_NUMBER), &mention);
	size_t letters = 0;
	for (size_t i = 0; i < len; i++) letters += plain[i] >= 'A';
	if (!any && !letters && len >= 6) { /* digits only: unless they may be a date, a phone or a company number */
		struct cash_runs alone = { .count = 0 };
		cash_runs_add(&alone, text);
		cash_runs_judge(&alone);
		for (size_t i = 0; i < alone.count; i++) mention.weak |= alone.runs[i].noise != CASH_NOISE_NONE && !structured;
		if (mention.weak) mention.kind = MENTION_NUMBER;
	}
	if (!any && (letters || len >= 6)) any = bearers_add(index, &index->numbers, key_of(plain, len, KEY_NUMBER), &mention);
	if (any) named->mentions[named->count++] = mention;
}

static void find_references(const struct cash_index *index, struct named *named)
{
	const struct cash_runs *runs = &named->runs;
	for (size_t from = 0; from < runs->count && named->count < CASH_MENTIONS; from++) {
		bool rf = runs->runs[from].len == 2 && cash_run_is(runs, from, "RF");
		for (size_t to = from + CASH_PIECE_RUNS < runs->count ? from + CASH_PIECE_RUNS : runs->count; to-- > from;) {
			char piece[CASH_NUMBER_MAX];
			size_t digits = 0;
			for (size_t i = from; i <= to; i++) digits += runs->runs[i].digits ? runs->runs[i].len : 0;
			size_t len = digits >= 3 && !crosses_field(runs, from, to) ? cash_piece(runs, from, to, 0, false, piece) : 0;
			if (len < 5) continue;
			struct mention mention = { .kind = MENTION_ORDER, .from = (uint16_t)from, .to = (uint16_t)to };
			bool any = bearers_add(index, &index->references, key_of(piece, len, KEY_REFERENCE), &mention);
			bool valid = rf && cash_rf_valid(piece, len);
			if (!any && valid) any = bearers_add(index, &index->numbers, key_of(piece + 4, len - 4, KEY_NUMBER), &mention);
			if (!any) continue;
			if (valid) mention.kind = MENTION_STRUCTURED;
			for (size_t i = from; i <= to; i++) mention.weak |= mention.kind == MENTION_ORDER && runs->runs[i].noise;
			named->mentions[named->count++] = mention;
			from = to;
			break;
		}
	}
}

/* --- numbers of ours that are not open ------------------------------------------------------------------------------------------- */

static bool mentioned(const struct named *named, size_t run)
{
	for (size_t i = 0; i < named->count; i++)
		if (named->mentions[i].from <= run && run <= named->mentions[i].to) return true;
	return false;
}

static void find_foreign(const struct cash_index *index, struct named *named)
{
	const struct cash_runs *runs = &named->runs;
	for (size_t i = 0; i < runs->count && named->foreign_count < COUNT(named->foreign); i++) {
		const struct cash_run *run = &runs->runs[i];
		bool may_be_date = run->noise == CASH_NOISE_DATE && !run->dated && run->len >= 6; /* or a number, where ours look so */
		if (!run->digits || (run->noise && !may_be_date) || mentioned(named, i)) continue;
		if (i && runs->runs[i - 1].digits && runs->runs[i - 1].before != 0 && named->foreign_count && named->foreign[named->foreign_count - 1] == i - 1 && !run->last) continue;
		bool foreign = run->owed_word && run->len >= 3 && !run->dated;
		size_t letters = i && !runs->runs[i - 1].digits && runs->runs[i - 1].len <= 8 && !runs->runs[i - 1].last ? runs->runs[i - 1].len : 0;
		for (size_t to = i; !foreign && to < i + 3 && to < runs->count && runs->runs[to].digits && !(to > i && runs->runs[to - 1].last); to++) {
			char piece[CASH_NUMBER_MAX];
			size_t digits = 0;
			for (size_t k = i; k <= to; k++) digits += runs->runs[k].len;
			if (digits < 3 || digits > 24) continue;
			for (size_t own = 0; own <= letters && !foreign; own++) {
				/* all the letters, or the last of more where they are glued: FACTFA2500123 */
				if (own && own < letters && own < 2 && runs->folded[runs->runs[i - 1].start] != 'N') continue;
				size_t len = own ? cash_piece(runs, i - 1, to, letters - own, false, piece) : cash_piece(runs, i, to, 0, false, piece);
				if (len < 4 || (!own && digits < 6)) continue;
				for (size_t off = 0; off < 3 && !foreign; off++) /* one digit too many or too few is as good */
					if (off == 0 || own || digits >= 8) foreign = keymap_first(&index->shapes, shape_key(piece, len, off == 2 ? digits + 1 : digits - off)) != KEYMAP_END;
			}
		}
		if (foreign) named->foreign[named->foreign_count++] = (uint16_t)i;
	}
}

void mentions_find(const struct cash_index *index, const struct cash_line *line, struct named *named)
{
	named->count = named->foreign_count = 0, named->on_account = named->spelt = false;
	named->runs.count = named->runs.used = 0;
	const char *text = line->text ? line->text : "", *label = line->label ? line->label : "";
	cash_runs_add(&named->runs, text);
	if (strcmp(text, label) != 0) cash_runs_add(&named->runs, label);
	if (line->structured && *line->structured) cash_runs_add(&named->runs, line->structured);
	cash_runs_judge(&named->runs);
	static const char *const advance[] = { "ACOMPTE", "ACOMPTES", "ACPTE", "ACPT", "PROVISION", "AVANCE", "ADVANCE", "PREPAYMENT", "ARRHES", "DEPOSIT" };
	for (size_t i = 0; i < named->runs.count; i++)
		for (size_t k = 0; k < COUNT(advance); k++) named->on_account |= cash_run_is(&named->runs, i, advance[k]);
	if (line->structured) add_whole(index, named, line->structured, true);
	if (line->end_to_end) add_whole(index, named, line->end_to_end, false);
	find_references(index, named);
	find_numbers(index, named);
	find_foreign(index, named);
}
