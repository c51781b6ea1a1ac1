#include "outreach/parts.h"

#include "base/memory.h"
#include "base/words.h"
#include "ledger/discount.h"

/* The rows of every table of a message, a letter and a statement: the same ones, so that their sums are the same. */

static const char *amount_words(const struct compose_facts *facts, int64_t minor, struct arena *arena)
{
	cleanup_text struct text words = { 0 };
	words_amount(&words, facts->lang, minor, facts->currency);
	return arena_strdup(arena, text_cstr(&words));
}

static const char *day_words(const struct compose_facts *facts, int32_t day, struct arena *arena)
{
	cleanup_text struct text words = { 0 };
	words_date_long(&words, facts->lang, day);
	return arena_strdup(arena, text_cstr(&words));
}

const char *parts_remark(const struct compose_facts *facts, const struct compose_item *item, struct arena *arena)
{
	enum lang lang = facts->lang;
	struct discount discount;
	if (item->kind == ITEM_INVOICE && item->open == item->amount && item->asked == item->open &&
	    discount_of(item->amount, item->issue_day, &(struct discount_terms){ facts->discount_rate, facts->discount_days, 0 }, &discount) && facts->today <= discount.until)
		return arena_printf(arena, tr(lang, "early-payment discount until %s: %s to pay"), day_words(facts, discount.until, arena), amount_words(facts, discount.to_pay, arena));
	if (item->role == PLAN_CLAIMED && item->asked < item->open)
		return arena_printf(arena, "%s %s", tr(lang, "without the part in dispute:"), amount_words(facts, item->open - item->asked, arena));
	switch (item->kind) {
	case ITEM_CREDIT_NOTE: return tr(lang, "Credit note");
	case ITEM_PAYMENT: return tr(lang, "Payment not allocated");
	case ITEM_UNPAID_RETURN: return tr(lang, "Returned payment");
	case ITEM_RETENTION: return tr(lang, "Retention");
	case ITEM_BILL: return tr(lang, "Bill");
	case ITEM_DEPOSIT_REQUEST: return tr(lang, "Deposit request");
	default: return item->amount < 0 ? tr(lang, "Credit") : "";
	}
}

/* Credits are those of the whole account; the amount of an item that is claimed is what is asked of it. */
static bool shown(const struct compose_facts *facts, const struct compose_item *item, enum part_rows rows)
{
	bool asked = item->role == PLAN_CLAIMED || item->role == PLAN_CREDIT, account = asked || item->role == PLAN_STATEMENT;
	switch (rows) {
	case ROWS_CLAIMED: return asked;
	case ROWS_STATEMENT: return item->role == PLAN_STATEMENT;
	case ROWS_OVERDUE: return account && item->amount > 0 && item->due_day < facts->today;
	case ROWS_NOT_DUE: return account && item->amount > 0 && item->due_day >= facts->today;
	case ROWS_CREDITS: return account && item->amount < 0;
	}
	return false;
}

/* Whose an item is, where the message lists those of several customers; on the last of a customer what they come to. */
static const char *whose(const struct compose_facts *facts, size_t index, enum part_rows wanted, const char *remark, struct arena *arena)
{
	const struct compose_item *item = &facts->items[index];
	size_t at = 0, rows = 0;
	int64_t sum = 0;
	bool last = true;
	if (facts->member_count < 2) return remark;
	while (at < facts->member_count && facts->members[at].id != item->customer_id) at++;
	if (at == facts->member_count) return remark;
	for (size_t i = 0; i < facts->item_count; i++) {
		const struct compose_item *other = &facts->items[i];
		if (other->customer_id != item->customer_id || !shown(facts, other, wanted)) continue;
		sum += other->role == PLAN_CLAIMED || other->role == PLAN_CREDIT ? other->asked : other->open, rows++;
		last &= i <= index;
	}
	const char *name = arena_printf(arena, "%s · %s", facts->members[at].name, facts->members[at].code);
	if (*remark) name = arena_printf(arena, "%s · %s", name, remark);
	if (!last || rows < 2) return name;
	return arena_printf(arena, "%s · %s %s", name, tr(facts->lang, "together"), amount_words(facts, sum, arena));
}

bool parts_has_rows(const struct compose_facts *facts, enum part_rows rows)
{
	for (size_t i = 0; i < facts->item_count; i++)
		if (shown(facts, &facts->items[i], rows)) return true;
	return false;
}

size_t parts_rows(const struct compose_facts *facts, enum part_rows wanted, struct arena *arena, struct part_row **out)
{
	struct part_row *rows = arena_array(arena, struct part_row, facts->item_count + 1);
	size_t count = 0;
	int64_t total = 0;
	for (size_t i = 0; i < facts->item_count; i++) {
		const struct compose_item *item = &facts->items[i];
		if (!shown(facts, item, wanted)) continue;
		int64_t open = item->role == PLAN_CLAIMED || item->role == PLAN_CREDIT ? item->asked : item->open;
		total += open;
		struct part_row *row = &rows[count++];
		row->number = item->number;
		row->issue = day_words(facts, item->issue_day, arena);
		row->due = item->amount < 0 ? "" : day_words(facts, item->due_day, arena);
		row->late = item->days_late > 0 && item->amount > 0 ? arena_printf(arena, "%d", item->days_late) : "";
		row->amount = amount_words(facts, item->amount, arena);
		row->paid = item->amount == item->open ? "" : amount_words(facts, item->amount - item->open, arena);
		row->open = amount_words(facts, open, arena);
		row->remark = whose(facts, i, wanted, parts_remark(facts, item, arena), arena);
		row->sum = amount_words(facts, total, arena);
	}
	rows[count] = (struct part_row){ "", "", "", "", "", "", amount_words(facts, total, arena), "" };
	*out = rows;
	return count + 1;
}

size_t parts_instalments(const struct compose_facts *facts, struct arena *arena, const char *const **cells)
{
	const char **out = arena_array(arena, const char *, (facts->instalment_count + 1) * 3);
	int64_t total = 0;
	for (size_t i = 0; i < facts->instalment_count; i++) {
		out[i * 3] = arena_printf(arena, "%zu", i + 1);
		out[i * 3 + 1] = day_words(facts, facts->instalments[i].day, arena);
		out[i * 3 + 2] = amount_words(facts, facts->instalments[i].amount, arena);
		total += facts->instalments[i].amount;
	}
	out[facts->instalment_count * 3] = tr(facts->lang, "Total");
	out[facts->instalment_count * 3 + 1] = "";
	out[facts->instalment_count * 3 + 2] = amount_words(facts, total, arena);
	*cells = out;
	return facts->instalment_count + 1;
}

size_t parts_totals(const struct compose_facts *facts, struct arena *arena, const char *const **cells)
{
	int64_t claimed = 0, credits = 0, interest = parts_interest(facts), fee = parts_fee(facts);
	for (size_t i = 0; i < facts->item_count; i++) {
		const struct compose_item *item = &facts->items[i];
		if (item->role == PLAN_CLAIMED) claimed += item->asked;
		if (item->role == PLAN_CREDIT) credits += item->asked;
	}
	const struct {
		const char *label;
		int64_t amount;
		bool there;
	} lines[] = { { "Items to be paid", claimed, true }, { "Credits deducted", credits, credits != 0 }, { "Late interest", interest, interest > 0 },
		      { "Fixed fee", fee, fee > 0 }, { "Total", claimed + credits + interest + fee, true } };
	const char **out = arena_array(arena, const char *, COUNT(lines) * 2);
	size_t count = 0;
	for (size_t i = 0; i < COUNT(lines); i++) {
		if (!lines[i].there) continue;
		out[count * 2] = tr(facts->lang, lines[i].label);
		out[count++ * 2 + 1] = amount_words(facts, lines[i].amount, arena);
	}
	*cells = out;
	return count;
}

size_t parts_interest_rows(const struct compose_facts *facts, struct arena *arena, const char *const **out)
{
	size_t rows = 0, at = 0;
	for (size_t i = 0; i < facts->item_count; i++)
		if (facts->items[i].role == PLAN_CLAIMED && facts->items[i].interest) rows += facts->items[i].interest->segment_count;
	*out = NULL;
	if (!facts->claims_interest || !rows) return 0;
	enum { COLUMNS = PARTS_INTEREST_COLUMNS };
	const char **cells = arena_array(arena, const char *, (rows + 1) * COLUMNS);
	for (size_t i = 0; i < facts->item_count; i++) {
		const struct interest *interest = facts->items[i].role == PLAN_CLAIMED ? facts->items[i].interest : NULL;
		for (size_t s = 0; interest && s < interest->segment_count; s++, at++) {
			const struct interest_segment *segment = &interest->segments[s];
			const char **cell = cells + at * COLUMNS;
			cleanup_text struct text rate = { 0 }, from = { 0 }, to = { 0 };
			words_percent(&rate, facts->lang, segment->basis_points / 10000.0, 2);
			words_date(&from, facts->lang, segment->from), words_date(&to, facts->lang, segment->to);
			cell[0] = facts->items[i].number;
			cell[1] = arena_strdup(arena, text_cstr(&from)), cell[2] = arena_strdup(arena, text_cstr(&to));
			cell[3] = arena_printf(arena, "%d", segment->days);
			cell[4] = amount_words(facts, segment->base, arena);
			cell[5] = arena_strdup(arena, text_cstr(&rate));
		}
	}
	const char **total = cells + at * COLUMNS;
	for (int i = 0; i < COLUMNS; i++) total[i] = "";
	total[0] = tr(facts->lang, "Late interest");
	total[5] = amount_words(facts, parts_interest(facts), arena);
	*out = cells;
	return rows + 1;
}
