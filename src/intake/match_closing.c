/* What lists closed, when books that end before that day come.
 *
 * A list closed an item on its day, cause unknown. The file ends earlier, so it does not stand for that day: the closing holds.
 * But it may bring what the closing stood for (the item is lettered, a payment of that amount is new): then the closing goes, or
 * the money would count twice. And it may bring the item itself anew, under its own line, in place of the list's: then the closing
 * is told again of that line, for what is open of it; one whose item is there no longer goes, or it would stand as a credit of
 * nobody's money. */
#include "base/memory.h"
#include "intake/match.h"

#include <stdlib.h>
#include <string.h>

struct closing {
	const struct fact *fact;
	const struct stored_fact *stored;
	size_t row;        /* that its item is now; NONE */
	bool replaced;     /* the list's own line is gone: another one stands for it */
	bool gone;
};
#define NO_SUCH SIZE_MAX

static int64_t same_side(int64_t amount, int64_t like) /* how much of it lies on that side */
{
	return (amount > 0) == (like > 0) ? (amount > 0 ? amount : -amount) : 0;
}

/* What is open of a row by the word of its file: of a lettered one what is left of its group, else its amount less the payments that
 * bear its number. */
static int64_t open_of(const struct closing_side *side, size_t at)
{
	const struct batch_row *row = &side->rows[at];
	bool lettered = !spot_empty(row->lettering);
	int64_t sum = 0;
	for (size_t i = 0; i < side->count; i++) {
		const struct batch_row *other = &side->rows[i];
		bool counts = i == at;
		if (lettered)
			counts |= spot_order(other->lettering, row->lettering) == 0 && spot_order(other->account, row->account) == 0;
		else
			counts |= spot_empty(other->lettering) && !spot_empty(row->number) && spot_order(other->number, row->number) == 0
			          && (other->amount > 0) != (row->amount > 0);
		if (counts && __builtin_add_overflow(sum, other->amount, &sum)) return 0;
	}
	int64_t whole = same_side(row->amount, row->amount), open = same_side(sum, row->amount);
	return open < whole ? open : whole;
}

/* What was open of the same item by the books that stood when the list spoke. */
static int64_t open_before(const struct closing_side *side, const struct stored_fact *met)
{
	const struct fact *fact = &met->fact;
	bool lettered = *fact->lettering != 0;
	int64_t sum = 0;
	for (size_t i = 0; i < side->stored_count; i++) {
		const struct fact *other = &side->stored[i].fact;
		bool counts = &side->stored[i] == met;
		if (!side->stored[i].active || other->applies_to[0] == '#') continue; /* gone, or itself a closing */
		if (lettered)
			counts |= strcmp(other->lettering, fact->lettering) == 0 && strcmp(other->account, fact->account) == 0;
		else
			counts |= !*other->lettering && *fact->number && strcmp(other->number, fact->number) == 0 && (other->amount > 0) != (fact->amount > 0);
		if (counts && __builtin_add_overflow(sum, other->amount, &sum)) return 0;
	}
	int64_t whole = same_side(fact->amount, fact->amount), open = same_side(sum, fact->amount);
	return open < whole ? open : whole;
}

/* What the lettering of the file pays of a row and did not before: so much of what the list closed is explained. */
static int64_t paid_by_lettering(const struct closing_side *side, const struct closing *closing)
{
	const struct stored_fact *met = closing->row == NO_SUCH || closing->replaced ? NULL : side->met[closing->row];
	if (!met || !met->active || spot_empty(side->rows[closing->row].lettering)) return 0;
	int64_t paid = open_before(side, met) - open_of(side, closing->row);
	return paid > 0 ? paid : 0;
}

static bool stands_already(const struct closing *closings, size_t count, size_t row)
{
	for (size_t c = 0; c < count; c++)
		if (closings[c].row == row) return true;
	return false;
}

/* The line of the file that stands for a line which a list brought: of the same number, of the same amount first, and each for one
 * while there are several. */
static size_t row_in_place_of(const struct closing_side *side, const struct fact *fact, const struct closing *before, size_t before_count)
{
	size_t found = NO_SUCH, same = NO_SUCH;
	for (size_t i = 0; i < side->count; i++) {
		const struct batch_row *row = &side->rows[i];
		if ((row->amount > 0) != (fact->amount > 0) || strcmp(row->currency, fact->currency) != 0) continue;
		if (!slice_equal(spot_text(row->number), fact->number)) continue;
		bool free = !stands_already(before, before_count, i);
		if (row->amount == fact->amount && free) return i;
		if (row->amount == fact->amount && same == NO_SUCH) same = i;
		if (found == NO_SUCH || (free && stands_already(before, before_count, found))) found = i;
	}
	return same != NO_SUCH ? same : found;
}

static void find_item(const struct batch *batch, const struct closing_side *side, struct closing *closing, const struct closing *before, size_t before_count)
{
	int64_t id = strtoll(closing->fact->applies_to + 1, NULL, 10);
	closing->row = NO_SUCH;
	for (size_t i = 0; i < side->count; i++)
		if (side->rows[i].fact_id == id && side->met[i]) {
			closing->row = i;
			return;
		}
	for (size_t i = 0; i < side->stored_count; i++) {
		const struct fact *fact = &side->stored[i].fact;
		if (fact->id != id) continue;
		/* outside the days of the file it stays what it was */
		if (side->stored[i].active && (fact->ledger_day < batch->from_day || fact->ledger_day > batch->to_day || batch->partial)) return;
		closing->replaced = true;
		closing->row = row_in_place_of(side, fact, before, before_count);
		return;
	}
}

static bool brings_money(const struct batch_row *row, int64_t sign, int32_t until)
{
	return (row->state == ROW_NEW || (row->state == ROW_CHANGED && row->revived)) && row->posting_day <= until
	       && (sign > 0 ? row->amount > 0 : row->amount < 0);
}

/* The item is lettered now, and was not when the list spoke of it: the payment within its group explains this one, and no other. */
static void explain_by_lettering(const struct closing_side *side, struct closing *closing, bool *used)
{
	if (closing->row == NO_SUCH) return;
	const struct batch_row *row = &side->rows[closing->row];
	const struct stored_fact *met = side->met[closing->row];
	if (spot_empty(row->lettering) || (!closing->replaced && met && slice_equal(spot_text(row->lettering), met->fact.lettering))) return;
	if (open_of(side, closing->row)) return;
	closing->gone = true;
	for (size_t i = 0; i < side->count; i++)
		if (!used[i] && !spot_empty(side->rows[i].lettering) && side->rows[i].amount == closing->fact->amount) {
			used[i] = true;
			return;
		}
}

/* It bears the number of an item of the file, and of another one than was closed: subscriptions have one amount every month. */
static bool names_another(const struct closing_side *side, const struct batch_row *money, const struct closing *closing)
{
	bool own = closing->row != NO_SUCH ? spot_order(side->rows[closing->row].number, money->number) == 0 : slice_equal(spot_text(money->number), closing->fact->number);
	if (own || spot_empty(money->number)) return false;
	for (size_t i = 0; i < side->count; i++) {
		const struct batch_row *row = &side->rows[i];
		if ((row->amount > 0) != (money->amount > 0) && spot_order(row->number, money->number) == 0) return true;
	}
	return false;
}

static bool together(const struct fact *fact, const struct fact *first)
{
	return fact->file == first->file && (fact->amount > 0) == (first->amount > 0) && strcmp(fact->currency, first->currency) == 0;
}

/* … than all that were closed with the first one. */
static bool names_others(const struct closing_side *side, const struct batch_row *money, const struct closing *first, size_t count)
{
	for (size_t k = 0; k < count; k++)
		if (together(first[k].fact, first->fact) && !names_another(side, money, &first[k])) return false;
	return true;
}

/* New money of that amount, which pays nothing else by its lettering or its number. */
static void explain_by_amount(const struct closing_side *side, struct closing *closings, size_t closing_count, bool *used)
{
	const struct batch_row *rows = side->rows;
	for (size_t c = 0; c < closing_count; c++) { /* one payment for one closing */
		const struct fact *fact = closings[c].fact;
		for (size_t i = 0; i < side->count && !closings[c].gone; i++)
			if (!used[i] && spot_empty(rows[i].lettering) && rows[i].amount == fact->amount && brings_money(&rows[i], fact->amount, fact->posting_day)
			    && strcmp(rows[i].currency, fact->currency) == 0 && !names_another(side, &rows[i], &closings[c]))
				closings[c].gone = used[i] = true;
	}
	for (size_t c = 0; c < closing_count; c++) { /* one payment for all that a list closed */
		const struct fact *first = closings[c].fact;
		int64_t total = 0;
		bool found = false;
		for (size_t k = c; k < closing_count; k++) {
			const struct fact *fact = closings[k].fact;
			if (together(fact, first) && !closings[k].gone && __builtin_add_overflow(total, fact->amount, &total)) total = 0;
		}
		for (size_t i = 0; i < side->count && !closings[c].gone && !found; i++)
			if (!used[i] && spot_empty(rows[i].lettering) && rows[i].amount == total && brings_money(&rows[i], total, first->posting_day)
			    && strcmp(rows[i].currency, first->currency) == 0 && !names_others(side, &rows[i], closings + c, closing_count - c))
				found = used[i] = true;
		for (size_t k = c; k < closing_count && found; k++) {
			const struct fact *fact = closings[k].fact;
			if (together(fact, first)) closings[k].gone = true;
		}
	}
}

/* What still holds, told of the line that its item is now, for what is open of it. */
static void tell_again(struct batch *batch, const struct closing_side *side, struct closing *closings, size_t closing_count)
{
	int64_t *told = xcalloc(side->count + 1, sizeof *told), *explained = xcalloc(side->count + 1, sizeof *explained); /* by row */
	for (size_t c = 0; c < closing_count; c++) {
		struct closing *closing = &closings[c];
		if (closing->gone || (closing->row == NO_SUCH && !closing->replaced)) continue;
		const struct fact *fact = closing->fact;
		int64_t whole = fact->amount > 0 ? fact->amount : -fact->amount, part = 0;
		if (closing->row != NO_SUCH) {
			int64_t open = open_of(side, closing->row) - told[closing->row], paid = paid_by_lettering(side, closing) - explained[closing->row];
			paid = paid < whole ? paid : whole;
			explained[closing->row] += paid;
			part = open < whole - paid ? open : whole - paid;
			if (part < 0) part = 0;
			told[closing->row] += part;
			if (!closing->replaced && part == whole) continue; /* it stands as it is */
		}
		closing->gone = true;
		if (!part) continue;
		const struct batch_row *row = &side->rows[closing->row];
		batch_add_settling(batch, (struct batch_settling){
			.row = (uint32_t)(row - batch->rows), .line = row->line, .payment = fact->kind == ITEM_PAYMENT, .posting_day = fact->posting_day,
			.amount = fact->amount > 0 ? part : -part, .account = spot_text(row->account), .number = spot_text(row->number), .currency = row->currency,
		});
	}
	free(told), free(explained);
}

void match_closings(struct batch *batch, const struct closing_side *side)
{
	struct closing *closings = NULL;
	size_t closing_count = 0;
	for (size_t i = 0; i < side->stored_count; i++) {
		const struct fact *fact = &side->stored[i].fact;
		bool told = side->stored[i].active && fact->source == side->source && fact->applies_to[0] == '#';
		if (!told || fact->ledger_day <= batch->to_day) continue;
		struct closing closing = { .fact = fact, .stored = &side->stored[i] };
		find_item(batch, side, &closing, closings, closing_count);
		if (!closing.replaced && fact->ledger_day > side->year_end) continue;
		if (!closings) closings = xcalloc(side->stored_count, sizeof *closings);
		closings[closing_count++] = closing;
	}
	if (!closing_count) return;
	bool *used = xcalloc(side->count + 1, sizeof *used);
	for (size_t c = 0; c < closing_count; c++) explain_by_lettering(side, &closings[c], used);
	explain_by_amount(side, closings, closing_count, used);
	tell_again(batch, side, closings, closing_count);
	for (size_t c = 0; c < closing_count; c++)
		if (closings[c].gone) batch_add_gone(batch, closings[c].stored);
	free(closings), free(used);
}
