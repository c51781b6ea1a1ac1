/* What comes back: a rejected debit, an unpaid cheque or bill, and the payment that it undoes. */
#include "cash/match_inside.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/words.h"

#include <math.h>

enum { OTHERS = 5, MONTHS = 14, KEPT = 48 };

struct came_in {
	const struct cash_payment *payment;
	unsigned signals;
	int64_t fee;
	double score;
	bool number, name;
};

/* Whether a word of `words` (references, numbers) stands in the text as a whole run of runs. */
static bool named_by(const struct cash_runs *runs, const char *words, size_t least)
{
	for (size_t left = 32; words && *words && left; left--) {
		size_t len = strcspn(words, " ");
		char word[CASH_NUMBER_MAX], wanted[CASH_NUMBER_MAX];
		if (len && len < sizeof word) {
			memcpy(word, words, len), word[len] = 0;
			size_t wanted_len = cash_canonical(word, true, wanted), digits = 0;
			for (size_t i = 0; i < wanted_len; i++) digits += wanted[i] <= '9';
			for (size_t from = 0; from < runs->count && wanted_len >= least && digits; from++)
				for (size_t to = from; to < runs->count && to < from + 8; to++) {
					char piece[CASH_NUMBER_MAX];
					size_t piece_len = cash_piece(runs, from, to, 0, true, piece);
					if (!piece_len || piece_len > wanted_len) break;
					if (piece_len == wanted_len && memcmp(piece, wanted, wanted_len) == 0) return true;
				}
		}
		words += len;
		words += strspn(words, " ");
	}
	return false;
}

static bool same_account(const char *one, const char *other)
{
	char a[CASH_NUMBER_MAX], b[CASH_NUMBER_MAX];
	size_t len = cash_canonical(one ? one : "", false, a);
	return len >= 8 && len == cash_canonical(other ? other : "", false, b) && memcmp(a, b, len) == 0;
}

/* All words of the name, legal forms aside, stand in the text. */
static bool name_in(const char *name, const char *text)
{
	if (!name || !*name || !text || !*text) return false;
	struct cash_names *names = cash_names_new();
	struct cash_name_hit hits[CASH_NAME_HITS];
	cash_names_add(names, name, 0, NOBODY);
	cash_names_ready(names);
	bool found = cash_names_find(names, text, false, hits) > 0 && hits[0].of_name >= 0.8f;
	cash_names_free(names);
	return found;
}

static void keep_best(struct came_in *list, size_t *count, const struct came_in *one)
{
	size_t at = *count < KEPT ? (*count)++ : KEPT;
	if (at == KEPT && one->score <= list[KEPT - 1].score) return;
	if (at == KEPT) at--;
	while (at && (one->score > list[at - 1].score || (one->score == list[at - 1].score && one->payment->id < list[at - 1].payment->id))) list[at] = list[at - 1], at--;
	list[at] = *one;
}

void cash_match_return(const struct cash_payment *payments, size_t payment_count, const struct cash_line *line, const struct cash_settings *settings, enum lang lang,
                       struct arena *arena, struct cash_return *out)
{
	*out = (struct cash_return){ .state = CASH_NONE };
	if (line->amount >= 0 || line->amount < -CASH_AMOUNT_MAX) return;
	int64_t taken = -line->amount;
	int32_t first_day = day_add_months(line->day, -MONTHS);
	struct cash_runs *runs = arena_make(arena, struct cash_runs);
	const char *fields[] = { line->text, line->label, line->end_to_end, line->structured };
	for (size_t i = 0; i < COUNT(fields); i++)
		if (fields[i] && (i == 0 || !fields[0] || strcmp(fields[i], fields[0]) != 0)) cash_runs_add(runs, fields[i]);
	cash_runs_judge(runs);
	struct came_in best[KEPT];
	size_t count = 0;
	for (size_t i = 0; i < payment_count; i++) {
		const struct cash_payment *payment = &payments[i];
		if (payment->day > line->day || payment->day < first_day || payment->amount <= 0 || strncmp(payment->currency, line->currency, 3) != 0) continue;
		int64_t fee = taken - payment->amount;
		bool amount = fee == 0, with_fee = fee > 0 && (fee == line->fee || (fee <= settings->fee_tolerance && fee * 2 < payment->amount));
		if (!amount && !with_fee && fee != 0) continue; /* a part of a payment does not come back */
		struct came_in one = { .payment = payment, .fee = fee, .score = amount ? 4 : fee == line->fee ? 3.5 : 1 };
		if (amount || fee == line->fee) one.signals |= CASH_SIGNAL_AMOUNT;
		if (named_by(runs, payment->references, 5)) one.signals |= CASH_SIGNAL_STRUCTURED, one.score += 5;
		if (named_by(runs, payment->numbers, 4)) one.signals |= CASH_SIGNAL_NUMBER, one.score += 4, one.number = true;
		if (same_account(payment->payer_iban, line->payer_iban)) one.signals |= CASH_SIGNAL_IBAN, one.score += 3;
		one.score += line->day - payment->day <= 14 ? 0.3 : line->day - payment->day <= 60 ? 0.1 : 0;
		keep_best(best, &count, &one);
	}
	/* names are compared for the few that are left */
	for (size_t i = 0; i < count; i++) {
		const struct cash_payment *payment = best[i].payment;
		const char *texts[] = { line->payer, line->text, line->label };
		for (size_t k = 0; k < COUNT(texts) && !best[i].name; k++) best[i].name = name_in(payment->customer_name, texts[k]) || name_in(payment->payer, texts[k]);
		if (best[i].name) best[i].signals |= CASH_SIGNAL_NAME, best[i].score += 2.5;
	}
	for (size_t i = 1; i < count; i++)
		for (size_t k = i; k && best[k].score > best[k - 1].score; k--) {
			struct came_in swap = best[k];
			best[k] = best[k - 1], best[k - 1] = swap;
		}
	if (!count) return;
	const struct came_in *top = &best[0];
	bool rival = count > 1 && best[1].score > top->score - 0.5;
	bool named = top->signals & (CASH_SIGNAL_STRUCTURED | CASH_SIGNAL_NUMBER);
	bool rival_named = count > 1 && best[1].signals & (CASH_SIGNAL_STRUCTURED | CASH_SIGNAL_NUMBER) && best[1].signals & CASH_SIGNAL_AMOUNT;
	out->state = named && top->signals & CASH_SIGNAL_AMOUNT && !rival && !rival_named ? CASH_CERTAIN : rival ? CASH_TIE : CASH_PROPOSED;
	out->payment_id = top->payment->id, out->fee = top->fee, out->signals = top->signals;
	double all = exp(3.0);
	for (size_t i = 0; i < count; i++) all += exp(best[i].score);
	out->confidence = exp(top->score) / all;
	int64_t *others = arena_array(arena, int64_t, OTHERS);
	for (size_t i = 1; i < count && out->other_count < OTHERS; i++) others[out->other_count++] = best[i].payment->id;
	out->others = others;
	out->reasons = arena_array(arena, const char *, 6);
	const char *name = top->payment->customer_name ? top->payment->customer_name : "";
	cleanup_text struct text amount = { 0 };
	words_amount(&amount, lang, top->fee, line->currency);
	if (top->signals & CASH_SIGNAL_STRUCTURED) out->reasons[out->reason_count++] = tr(lang, "The text carries the payment's reference");
	if (top->signals & CASH_SIGNAL_NUMBER) out->reasons[out->reason_count++] = tr(lang, "The text names a document that the payment settled");
	if (top->fee == 0) out->reasons[out->reason_count++] = tr(lang, "The same amount came in before");
	else out->reasons[out->reason_count++] = arena_printf(arena, tr(lang, "The amount came in before; the bank took %s more"), text_cstr(&amount));
	if (top->signals & CASH_SIGNAL_IBAN) out->reasons[out->reason_count++] = tr(lang, "The same bank account");
	if (top->name) out->reasons[out->reason_count++] = arena_printf(arena, tr(lang, "The text names %s"), name);
}
