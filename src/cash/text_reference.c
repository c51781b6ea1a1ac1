#include "cash/text_reference.h"

#include "base/day.h"
#include "base/text.h"

#include <string.h>

/* --- runs -------------------------------------------------------------------------------------------------------------------- */

/* A capital letter or digit for what stands at `text`, 0 for anything else; accents fall off. */
static char fold(const unsigned char *text, size_t *step)
{
	static const char latin[] = "AAAAAAACEEEEIIIIDNOOOOO\0OUUUUYTSaaaaaaaceeeeiiiidnooooo\0ouuuuyty";
	*step = 1;
	if (*text < 0x80) {
		char c = (char)*text;
		if (c >= 'a' && c <= 'z') return (char)(c - 32);
		return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : 0;
	}
	if (*text == 0xC3 && text[1] >= 0x80 && text[1] < 0xC0) {
		*step = 2;
		char c = latin[text[1] - 0x80];
		return c >= 'a' ? (char)(c - 32) : c;
	}
	if (*text >= 0xC0)
		while ((text[*step] & 0xC0) == 0x80 && *step < 4) ++*step;
	return 0;
}

void cash_runs_add(struct cash_runs *runs, const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	char before = 0;
	bool open = false;
	size_t first = runs->count;
	while (*at) {
		size_t step;
		char c = fold(at, &step);
		if (!c) {
			char mark = step == 1 && strchr(",-/.+:&;", *at) ? (char)*at : ' ';
			if (!open && runs->count > first && before != ' ') mark = before; /* " - " is a dash */
			before = mark, open = false, at += step;
			continue;
		}
		bool digit = c >= '0' && c <= '9';
		struct cash_run *run = runs->count ? &runs->runs[runs->count - 1] : NULL;
		if (!open || run->digits != digit) {
			if (runs->count == CASH_RUNS) return;
			bool glued = open;
			run = &runs->runs[runs->count++];
			*run = (struct cash_run){ .start = (uint16_t)runs->used, .digits = digit, .glued = glued,
				.before = glued ? 0 : runs->count - 1 == first ? 0 : before ? before : ' ' };
			open = true;
		}
		if (runs->used == CASH_FOLDED) return;
		runs->folded[runs->used++] = c;
		run->len++;
		at += step;
	}
	if (runs->count > first) runs->runs[runs->count - 1].last = true;
}

bool cash_run_is(const struct cash_runs *runs, size_t at, const char *word)
{
	const struct cash_run *run = &runs->runs[at];
	return strlen(word) == run->len && memcmp(runs->folded + run->start, word, run->len) == 0;
}

static bool one_of(const struct cash_runs *runs, size_t at, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (cash_run_is(runs, at, words[i])) return true;
	return false;
}
#define ONE_OF(runs, at, words) one_of((runs), (at), (words), sizeof(words) / sizeof *(words))

static int value(const struct cash_runs *runs, size_t at)
{
	int sum = 0;
	for (size_t i = 0; i < runs->runs[at].len && i < 8; i++) sum = sum * 10 + (runs->folded[runs->runs[at].start + i] - '0');
	return sum;
}

bool cash_luhn(const char *digits, size_t len)
{
	int sum = 0;
	for (size_t i = 0; i < len; i++) {
		int digit = digits[len - 1 - i] - '0', twice = digit * 2;
		sum += i % 2 ? (twice > 9 ? twice - 9 : twice) : digit;
	}
	return sum % 10 == 0;
}

static bool plausible(int year, int month, int day)
{
	if (year < 100) year += 2000;
	return year >= 2010 && year <= 2040 && day_valid(year, month, day);
}

static bool short_run(const struct cash_runs *runs, size_t at, size_t len)
{
	return at < runs->count && runs->runs[at].digits && runs->runs[at].len == len;
}

static void noise(struct cash_runs *runs, size_t from, size_t to, enum cash_noise kind)
{
	for (size_t i = from; i <= to && i < runs->count; i++)
		if (!runs->runs[i].noise) runs->runs[i].noise = kind;
}

static bool date_mark(char c)
{
	return c == '/' || c == '-' || c == '.' || c == ' ';
}

static void judge_dates(struct cash_runs *runs, size_t i)
{
	const struct cash_run *run = &runs->runs[i];
	bool two = run->len <= 2;
	if (two && i + 2 < runs->count && runs->runs[i + 1].digits && runs->runs[i + 2].digits && runs->runs[i + 1].len <= 2
	    && date_mark(runs->runs[i + 1].before) && runs->runs[i + 1].before == runs->runs[i + 2].before && !runs->runs[i].glued
	    && (runs->runs[i + 2].len == 2 || runs->runs[i + 2].len == 4) && plausible(value(runs, i + 2), value(runs, i + 1), value(runs, i)))
		noise(runs, i, i + 2, CASH_NOISE_DATE);
	if (run->len == 4 && short_run(runs, i + 1, 2) && short_run(runs, i + 2, 2) && plausible(value(runs, i), value(runs, i + 1), value(runs, i + 2)))
		noise(runs, i, i + 2, CASH_NOISE_DATE);
	if (two && short_run(runs, i + 1, 4) && runs->runs[i + 1].before == '/' && plausible(value(runs, i + 1), value(runs, i), 1)
	    && !runs->runs[i].glued)
		noise(runs, i, i + 1, CASH_NOISE_DATE);
	if (run->glued || (i && !runs->runs[i - 1].digits && run->before && run->before != ' ' && run->before != ':')) return; /* FA010225, FA-010225 are none */
	int all = run->len <= 8 ? value(runs, i) : 0;
	if (run->len == 8 && (plausible(all % 10000, all / 10000 % 100, all / 1000000) || plausible(all / 10000, all / 100 % 100, all % 100)))
		noise(runs, i, i, CASH_NOISE_DATE);
	if (run->len == 6 && (plausible(all % 100, all / 100 % 100, all / 10000) || plausible(all / 10000, all / 100 % 100, all % 100) || plausible(all % 10000, all / 10000, 1)))
		noise(runs, i, i, CASH_NOISE_DATE);
}

void cash_runs_judge(struct cash_runs *runs)
{
	static const char *const announces[] = { "FACTURE", "FACTURES", "FACT", "FACTS", "FAC", "FCT", "FCTS", "FACTU", "FT", "INVOICE", "INV", "AVOIR", "AV", "FA", "F", "PIECE", "RGLTFACT" };
	static const char *const between[] = { "N", "NO", "NR", "NUM", "NUMERO", "VOTRE", "VOS", "NOTRE", "S", "O" };
	static const char *const phones[] = { "TEL", "TELEPHONE", "PORT", "PHONE", "FAX" };
	static const char *const companies[] = { "SIREN", "SIRET", "RCS", "TVA", "NAF", "APE", "CP", "BP", "CEDEX" };
	static const char *const accounts[] = { "IBAN", "RIB", "COMPTE", "RUM", "MANDAT", "BIC", "CARTE", "ICS" };
	static const char *const money[] = { "EUR", "EUROS", "EURO", "TTC", "HT", "USD" };
	static const char *const dates[] = { "DU", "LE", "DATE", "ECHEANCE", "ECH" }; /* FACTURE 261212 is a number, FACTURE DU 261212 a date */
	for (size_t i = 0; i < runs->count; i++) {
		struct cash_run *run = &runs->runs[i];
		if (!run->digits) continue;
		size_t word = i;
		while (word && runs->runs[word - 1].digits && i - word < 5) word--;
		const char *bytes = runs->folded + run->start;
		if (word && ONE_OF(runs, word - 1, phones)) noise(runs, i, i, CASH_NOISE_PHONE);
		if (word && ONE_OF(runs, word - 1, companies)) noise(runs, i, i, CASH_NOISE_COMPANY);
		if (word && ONE_OF(runs, word - 1, accounts)) noise(runs, i, i, CASH_NOISE_ACCOUNT);
		if (word == i && i && run->len >= 4 && run->len <= 8 && ONE_OF(runs, i - 1, dates) && (run->len != 4 || value(runs, i) / 100 <= 31)) judge_dates(runs, i);
		if (i + 1 < runs->count && runs->runs[i + 1].start && ONE_OF(runs, i + 1, money)) {
			noise(runs, i, i, CASH_NOISE_AMOUNT);
			if (run->len == 2 && i && (run->before == ',' || run->before == '.') && runs->runs[i - 1].digits) noise(runs, i - 1, i, CASH_NOISE_AMOUNT);
		}
		judge_dates(runs, i);
		/* 06 12 34 56 78, 0612345678, +33 6 12 34 56 78 */
		if (run->len == 10 && bytes[0] == '0' && bytes[1] != '0') noise(runs, i, i, CASH_NOISE_PHONE);
		if (run->len == 2 && bytes[0] == '0' && bytes[1] != '0' && short_run(runs, i + 1, 2) && short_run(runs, i + 2, 2) && short_run(runs, i + 3, 2) && short_run(runs, i + 4, 2))
			noise(runs, i, i + 4, CASH_NOISE_PHONE);
		if (run->len == 2 && memcmp(bytes, "33", 2) == 0 && run->before == '+') noise(runs, i, i + 5, CASH_NOISE_PHONE);
		if ((run->len == 9 || run->len == 14) && !run->glued && cash_luhn(bytes, run->len)) noise(runs, i, i, CASH_NOISE_COMPANY);
		if (short_run(runs, i, 3) && short_run(runs, i + 1, 3) && short_run(runs, i + 2, 3) && runs->runs[i + 1].before == ' ' && runs->runs[i + 2].before == ' ') {
			char nine[9];
			for (size_t k = 0; k < 3; k++) memcpy(nine + 3 * k, runs->folded + runs->runs[i + k].start, 3);
			if (cash_luhn(nine, 9)) noise(runs, i, i + 2, CASH_NOISE_COMPANY);
		}
		/* an IBAN: two letters, two digits or more glued, long */
		if (run->glued && i && runs->runs[i - 1].len == 2 && run->len >= 12) noise(runs, i, i, CASH_NOISE_ACCOUNT);
	}
	for (size_t i = 0; i < runs->count; i++) {
		if (!runs->runs[i].digits) continue;
		size_t word = i;
		for (size_t back = 0; word && back < 3 && !runs->runs[word - 1].digits; back++) {
			word--;
			if (ONE_OF(runs, word, dates)) {
				runs->runs[i].dated = back == 0;
				break;
			}
			if (ONE_OF(runs, word, announces)) {
				runs->runs[i].owed_word = true;
				break;
			}
			if (!ONE_OF(runs, word, between) && !(back == 0 && runs->runs[word].len <= 4)) break; /* FACT N° FC 123: a prefix */
		}
	}
}

/* --- canonical forms --------------------------------------------------------------------------------------------------------- */

static size_t canonical(const char *text, bool strip, bool digits_only, char out[static CASH_NUMBER_MAX])
{
	size_t used = 0, run = 0; /* run: digits of this run written so far */
	bool in_digits = false, zero = false;
	for (const unsigned char *at = (const unsigned char *)text; *at && used < CASH_NUMBER_MAX - 1;) {
		size_t step;
		char c = fold(at, &step);
		at += step;
		bool digit = c >= '0' && c <= '9';
		if (in_digits && !digit && run == 0 && zero) out[used++] = '0'; /* a run of zeros only is a zero */
		if (!digit) in_digits = false, zero = false, run = 0;
		if (!c || (digits_only && !digit)) continue;
		if (digit) in_digits = true;
		if (strip && digit && run == 0 && c == '0') {
			zero = true;
			continue;
		}
		if (used >= CASH_NUMBER_MAX - 1) break;
		run += digit;
		out[used++] = c;
	}
	if (in_digits && run == 0 && zero && used < CASH_NUMBER_MAX - 1) out[used++] = '0';
	out[used] = 0;
	return used;
}

size_t cash_canonical(const char *text, bool strip, char out[static CASH_NUMBER_MAX])
{
	return canonical(text, strip, false, out);
}

size_t cash_canonical_digits(const char *text, bool strip, char out[static CASH_NUMBER_MAX])
{
	return canonical(text, strip, true, out);
}

size_t cash_piece(const struct cash_runs *runs, size_t from, size_t to, size_t skip, bool strip, char out[static CASH_NUMBER_MAX])
{
	size_t used = 0;
	for (size_t i = from; i <= to; i++) {
		const struct cash_run *run = &runs->runs[i];
		size_t start = i == from ? skip : 0;
		if (strip && run->digits)
			while (start + 1 < run->len && runs->folded[run->start + start] == '0') start++;
		if (used + run->len - start >= CASH_NUMBER_MAX) return 0;
		memcpy(out + used, runs->folded + run->start + start, run->len - start);
		used += run->len - start;
	}
	out[used] = 0;
	return used;
}

bool cash_counter(const char *number, size_t *start, size_t *len)
{
	size_t best = 0, best_len = 0;
	for (size_t i = 0; number[i];) {
		size_t n = strspn(number + i, "0123456789");
		if (n >= 3) best = i, best_len = n;
		if (n < 3 && n > best_len) best = i, best_len = n;
		i += n ? n : 1;
	}
	*start = best, *len = best_len;
	return best_len > 0;
}

/* --- numbers written badly ----------------------------------------------------------------------------------------------------- */

/* One character wrong, missing, too many, or two neighbours exchanged. */
static bool one_slip(const char *a, size_t a_len, const char *b, size_t b_len)
{
	if (a_len < b_len) {
		const char *text = a;
		size_t len = a_len;
		a = b, a_len = b_len, b = text, b_len = len;
	}
	if (a_len - b_len > 1) return false;
	size_t same = 0;
	while (same < b_len && a[same] == b[same]) same++;
	if (a_len == b_len) {
		if (same == a_len) return false;
		if (memcmp(a + same + 1, b + same + 1, a_len - same - 1) == 0) return true;
		return same + 1 < a_len && a[same] == b[same + 1] && a[same + 1] == b[same] && memcmp(a + same + 2, b + same + 2, a_len - same - 2) == 0;
	}
	return memcmp(a + same + 1, b + same, b_len - same) == 0;
}

enum cash_written cash_number_in_text(const struct cash_runs *runs, const char *number, size_t *at)
{
	char full[CASH_NUMBER_MAX], digits[CASH_NUMBER_MAX], piece[CASH_NUMBER_MAX];
	size_t full_len = cash_canonical(number, false, full), digits_len = cash_canonical_digits(number, false, digits);
	const char *bare = digits;
	while (digits_len > 1 && *bare == '0') bare++, digits_len--;
	size_t counter, counter_len;
	cash_counter(number, &counter, &counter_len);
	while (counter_len > 1 && number[counter] == '0') counter++, counter_len--;
	enum cash_written best = CASH_NOT_WRITTEN;
	for (size_t i = 0; i < runs->count; i++) {
		const struct cash_run *run = &runs->runs[i];
		/* cut: the field ends within the number */
		if (best < CASH_WRITTEN_CUT || best == CASH_NOT_WRITTEN)
			for (size_t to = i; to < runs->count && to < i + CASH_PIECE_RUNS; to++) {
				if (!runs->runs[to].last) continue;
				size_t len = cash_piece(runs, i, to, 0, false, piece);
				if (len >= 4 && len < full_len && memcmp(piece, full, len) == 0 && runs->runs[to].digits) {
					if (best < CASH_WRITTEN_CUT) best = CASH_WRITTEN_CUT, *at = to;
				}
				break;
			}
		if (!run->digits || (run->noise && !run->owed_word)) continue;
		for (size_t to = i; to < runs->count && to < i + 3 && runs->runs[to].digits && (to == i || !runs->runs[to].noise); to++) {
			size_t len = cash_piece(runs, i, to, 0, false, piece), zero = 0;
			while (zero + 1 < len && piece[zero] == '0') zero++;
			const char *own = piece + zero;
			size_t own_len = len - zero;
			bool year = to == i && run->len == 4 && memcmp(own, "20", 2) == 0;
			if (own_len >= 3 && !year && own_len < digits_len && memcmp(own, bare + digits_len - own_len, own_len) == 0 && best < CASH_WRITTEN_TAIL) {
				best = CASH_WRITTEN_TAIL, *at = i;
			}
			if (own_len + 1 >= 5 && digits_len >= 5 && one_slip(own, own_len, bare, digits_len)) {
				*at = i;
				return CASH_WRITTEN_SLIP;
			}
			/* the counting run alone: 012345 of FC/012345/25 */
			if (to == i && !year && counter_len >= 3 && counter_len == own_len && memcmp(own, number + counter, own_len) == 0 && best < CASH_WRITTEN_TAIL)
				best = CASH_WRITTEN_TAIL, *at = i;
		}
	}
	return best;
}

bool cash_rf_valid(const char *text, size_t len)
{
	if (len < 5 || len > 25 || text[0] != 'R' || text[1] != 'F') return false;
	int rest = 0;
	for (size_t i = 0; i < len; i++) {
		char c = text[(i + 4) % len];
		if (c >= '0' && c <= '9')
			rest = (rest * 10 + (c - '0')) % 97;
		else if (c >= 'A' && c <= 'Z')
			rest = (rest * 100 + (c - 'A' + 10)) % 97;
		else
			return false;
	}
	return rest == 1;
}
