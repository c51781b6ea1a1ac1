/* What each receivable line is, by the contract's order: retention, opening, transfer, sale, bank, other. */
#include "formats/fec_inside.h"

#include "base/memory.h"

#include <string.h>

const char *fec_kind_name(enum fec_kind kind)
{
	static const char *const names[] = { "retention", "opening", "transfer", "invoice", "credit_note", "payment", "unpaid_return", "other" };
	return names[kind];
}

static bool starts_with(struct slice text, const char *start)
{
	size_t len = strlen(start);
	return text.len >= len && memcmp(text.bytes, start, len) == 0;
}

static bool equal(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.bytes, b.bytes, a.len) == 0);
}

struct candidate {
	uint32_t entry, line;
};

static int by_entry_and_line(const void *a, const void *b)
{
	const struct candidate *left = a, *right = b;
	if (left->entry != right->entry) return left->entry < right->entry ? -1 : 1;
	return left->line < right->line ? -1 : left->line > right->line;
}

/* How well a credit and a debit of one amount belong together: one customer and one piece, one customer, one piece, neither. */
static int nearness(const struct fec_line *a, const struct fec_line *b)
{
	return (a->customer == b->customer ? 2 : 0) + (!spot_empty(a->piece) && equal(spot_text(a->piece), spot_text(b->piece)) ? 1 : 0);
}

/* Pairs the lines of one entry, nearest first, in the order of the file. An entry with very many lines (a year's end moving
 * all doubtful customers at once) pairs within a window, so that the work stays in proportion. */
enum { PAIR_WINDOW = 2000 };
static void pair_up(struct fec *fec, const struct candidate *lines, size_t count)
{
	for (int wanted = 3; wanted >= 0; wanted--)
		for (size_t i = 0; i < count; i++) {
			struct fec_line *one = &fec->lines[lines[i].line];
			if (one->pair >= 0 || one->amount == 0) continue;
			size_t stop = count - i > PAIR_WINDOW ? i + PAIR_WINDOW : count;
			for (size_t j = i + 1; j < stop; j++) {
				struct fec_line *other = &fec->lines[lines[j].line];
				if (other->pair >= 0 || other->amount != -one->amount || nearness(one, other) != wanted) continue;
				one->pair = (int32_t)lines[j].line, other->pair = (int32_t)lines[i].line;
				break;
			}
		}
}

void fec_classify(struct fec *fec, const struct entries *entries)
{
	struct candidate *candidates = NULL;
	size_t count = 0, cap = 0;
	for (size_t i = 0; i < fec->line_count; i++) {
		struct fec_line *line = &fec->lines[i];
		const struct entry *entry = &entries->entries[line->entry];
		const struct slice account = fec->accounts[line->account].number;
		bool sale = entry->flags & ENTRY_SALE, bank = entry->flags & ENTRY_BANK;
		line->pair = -1;
		line->bill = starts_with(account, "413");
		line->opening = fec->journals[line->journal].opening;
		if (line->opening)
			line->kind = FEC_OPENING;
		else if (line->amount > 0 && sale)
			line->kind = FEC_INVOICE;
		else if (line->amount < 0 && sale && !bank)
			line->kind = FEC_CREDIT_NOTE;
		else if (bank && line->amount != 0)
			line->kind = line->amount < 0 ? FEC_PAYMENT : FEC_UNPAID_RETURN;
		else
			line->kind = FEC_OTHER;
		if (line->kind != FEC_OPENING && entry->receivables == entry->count && entry->count > 1) {
			GROW(candidates, count, cap);
			candidates[count++] = (struct candidate){ line->entry, (uint32_t)i };
		}
		if (starts_with(account, "4117")) line->kind = FEC_RETENTION;
	}
	if (count) qsort(candidates, count, sizeof *candidates, by_entry_and_line);
	for (size_t from = 0, to; from < count; from = to) {
		for (to = from; to < count && candidates[to].entry == candidates[from].entry;) to++;
		pair_up(fec, candidates + from, to - from);
		for (size_t i = from; i < to; i++) {
			struct fec_line *line = &fec->lines[candidates[i].line];
			if (line->pair >= 0 && line->kind != FEC_RETENTION) line->kind = FEC_TRANSFER;
		}
	}
	free(candidates);
}
