#include "outreach/interest_paper.h"

#include "base/memory.h"
#include "base/words.h"
#include "ledger/customer.h"
#include "outreach/facts.h"
#include "outreach/paper.h"
#include "outreach/parts.h"

#include <string.h>

struct sheet_of_note {
	const struct interest_note *note;
	const struct interest_line *lines;
	size_t count;
	const struct interest_entry **entries; /* of each line; NULL: the item is not in the book any more */
	const struct compose_facts *facts;
	struct arena *arena;
	enum lang lang;
	enum interest_order order;
};

static const char *money_of(const struct sheet_of_note *x, int64_t minor)
{
	cleanup_text struct text out = { 0 };
	words_amount(&out, x->lang, minor, x->note->currency);
	return arena_strdup(x->arena, text_cstr(&out));
}

static const char *day_of(const struct sheet_of_note *x, int32_t day)
{
	cleanup_text struct text out = { 0 };
	words_date(&out, x->lang, day);
	return arena_strdup(x->arena, text_cstr(&out));
}

static void claimed(struct paper *paper, const struct sheet_of_note *x)
{
	enum { COLUMNS = 5 };
	const struct paper_column columns[COLUMNS] = {
		{ tr(x->lang, "Number"), 50, PAPER_LEFT }, { tr(x->lang, "Due date"), 30, PAPER_LEFT }, { tr(x->lang, "Days late"), 26, PAPER_RIGHT },
		{ tr(x->lang, "Interest"), 32, PAPER_RIGHT }, { tr(x->lang, "Fixed fee"), 32, PAPER_RIGHT },
	};
	const char **cells = arena_array(x->arena, const char *, (x->count + 1) * COLUMNS);
	size_t at = 0;
	for (size_t i = 0; i < x->count; i++) {
		const struct interest_entry *entry = x->entries[i];
		cells[at++] = entry ? entry->number : arena_printf(x->arena, "#%lld", (long long)x->lines[i].item_id);
		cells[at++] = entry ? day_of(x, entry->due_day) : "", cells[at++] = entry ? arena_printf(x->arena, "%d", entry->accrued.days) : "";
		cells[at++] = money_of(x, x->lines[i].interest), cells[at++] = money_of(x, x->lines[i].fee);
	}
	cells[at++] = tr(x->lang, "Total"), cells[at++] = "", cells[at++] = "", cells[at++] = money_of(x, x->note->interest), cells[at++] = money_of(x, x->note->fee);
	paper_table(paper, columns, COLUMNS, cells, x->count + 1, 1, 8.5);
}

static void computed(struct paper *paper, const struct sheet_of_note *x)
{
	enum { COLUMNS = 6 };
	const struct paper_column columns[COLUMNS] = {
		{ tr(x->lang, "Number"), 44, PAPER_LEFT }, { tr(x->lang, "From"), 26, PAPER_LEFT },  { tr(x->lang, "To"), 26, PAPER_LEFT },
		{ tr(x->lang, "Days"), 18, PAPER_RIGHT },  { tr(x->lang, "Base"), 32, PAPER_RIGHT }, { tr(x->lang, "Rate"), 24, PAPER_RIGHT },
	};
	size_t rows = 0, at = 0;
	bool before = false, unknown = false;
	for (size_t i = 0; i < x->count; i++)
		if (x->entries[i]) rows += x->entries[i]->accrued.segment_count, unknown |= x->entries[i]->accrued.rate_unconfirmed,
			before |= x->entries[i]->accrued.interest > x->lines[i].interest;
	if (!rows) return;
	const char **cells = arena_array(x->arena, const char *, rows * COLUMNS);
	for (size_t i = 0; i < x->count; i++)
		for (size_t s = 0; x->entries[i] && s < x->entries[i]->accrued.segment_count; s++) {
			const struct interest_segment *segment = &x->entries[i]->accrued.segments[s];
			cleanup_text struct text rate = { 0 };
			words_percent(&rate, x->lang, segment->basis_points / 10000.0, 2);
			cells[at++] = x->entries[i]->number, cells[at++] = day_of(x, segment->from), cells[at++] = day_of(x, segment->to);
			cells[at++] = arena_printf(x->arena, "%d", segment->days), cells[at++] = money_of(x, segment->base);
			cells[at++] = arena_strdup(x->arena, text_cstr(&rate));
		}
	paper_room(paper, 30);
	paper_paragraph(paper, 11, 2, false, tr(x->lang, "How the interest was computed"));
	paper_paragraph(paper, 9, 2, false, tr(x->lang, "Base × days × rate ÷ 365, on what remained due, each half-year at its rate (C. com. L441-10)."));
	paper_table(paper, columns, COLUMNS, cells, rows, 0, 8);
	if (x->order != ORDER_PRINCIPAL) paper_paragraph(paper, 9, 2, false, tr(x->lang, interest_order_label(x->order)));
	if (before) paper_paragraph(paper, 9, 2, false, tr(x->lang, "What earlier notes claimed was deducted."));
	if (unknown) paper_paragraph(paper, 9, 2, false, tr(x->lang, "The rate of the current half-year is not known yet: the last one was used."));
}

static void draw(struct paper *paper, void *context)
{
	const struct sheet_of_note *x = context;
	enum lang lang = x->lang;
	paper_text(paper, PAPER_MARGIN, PAPER_MARGIN, 80, 9, PAPER_LEFT, false, parts_sender(x->facts, x->arena));
	paper_text(paper, 110, 55, 85, 10, PAPER_LEFT, false, parts_address(x->facts, x->arena));
	paper_move(paper, 96);
	paper_text(paper, PAPER_MARGIN, paper_y(paper), 170, 14, PAPER_LEFT, false, arena_printf(x->arena, tr(lang, "Note of late interest %s"), x->note->number));
	paper_move(paper, paper_y(paper) + 8);
	paper_paragraph(paper, 10, 4, false, arena_printf(x->arena, tr(lang, "Computed up to %s. Late interest and the fixed fee for recovery costs are due without a reminder (C. com. L441-10, D441-5)."),
		day_of(x, x->note->day)));
	claimed(paper, x);
	paper_paragraph(paper, 11, 4, true, arena_printf(x->arena, "<b>%s</b>", arena_printf(x->arena, tr(lang, "To pay: %s."), money_of(x, x->note->interest + x->note->fee))));
	paper_paragraph(paper, 10, 4, false, parts_payment(x->facts, x->arena));
	paper_paragraph(paper, 9, 4, false, tr(lang, "Late interest and the fixed fee are compensation: no VAT is due on them. They alter no invoice."));
	computed(paper, x);
}

struct status interest_note_pdf(struct db *db, const struct viewer *viewer, const struct company *company, const struct settings *settings, int64_t note_id,
                                struct arena *arena, struct attachment *out)
{
	struct interest_note note;
	struct customer customer;
	struct compose_facts facts;
	struct interest_line *lines;
	struct interest_entry *entries;
	size_t count, entry_count;
	TRY(interest_note_get(db, viewer, company->id, note_id, arena, &note));
	TRY(interest_note_lines(db, viewer->tenant_id, company->id, note_id, arena, &lines, &count));
	TRY(customer_get(db, viewer, company->id, note.customer_id, arena, &customer));
	TRY(facts_of_customer(db, viewer, company, settings, customer.code, "reminder", note.day, arena, &facts));
	TRY(interest_ledger(db, viewer, company, note.customer_id, note.day, arena, &entries, &entry_count));
	const struct interest_entry **of = arena_array(arena, const struct interest_entry *, count + 1);
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < entry_count; k++)
			if (entries[k].item_id == lines[i].item_id) of[i] = &entries[k];
	struct sheet_of_note sheet = { &note, lines, count, of, &facts, arena, facts.lang, interest_order_parse(setting_text(settings, "interest.order")) };
	const char *title = arena_printf(arena, tr(facts.lang, "Note of late interest %s"), note.number);
	out->name = arena_printf(arena, "%s.pdf", note.number), out->type = "application/pdf";
	return paper_make(draw, &sheet, &(struct paper_about){ .title = title, .author = facts.sender.name, .reference = title, .lang = facts.lang, .today = note.day }, arena,
	                  &out->bytes, &out->len);
}
