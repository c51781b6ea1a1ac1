/* The statement of account: what is asked, the account's other items, their totals, how to pay, and how late interest was
 * computed. Its rows and sums are those of the mail (reference/pitfalls.md 47). */
#include "base/memory.h"
#include "base/words.h"
#include "outreach/paper.h"
#include "outreach/parts.h"
#include "outreach/statement.h"

static const char *words_of(const struct compose_facts *facts, int64_t minor, struct arena *arena)
{
	cleanup_text struct text words = { 0 };
	words_amount(&words, facts->lang, minor, facts->currency);
	return arena_strdup(arena, text_cstr(&words));
}

static void heading(struct paper *paper, const char *words)
{
	paper_room(paper, 28);
	paper_text(paper, PAPER_MARGIN, paper_y(paper), 170, 11, PAPER_LEFT, false, words);
	paper_move(paper, paper_y(paper) + 6.5);
}

void statement_rows(struct paper *paper, const struct compose_facts *facts, enum part_rows wanted, struct arena *arena)
{
	enum lang lang = facts->lang;
	struct part_row *rows;
	size_t count = parts_rows(facts, wanted, arena, &rows);
	enum { COLUMNS = 7 };
	const struct paper_column columns[COLUMNS] = {
		{ tr(lang, "Number"), 40, PAPER_LEFT },    { tr(lang, "Date"), 25, PAPER_LEFT },     { tr(lang, "Due date"), 25, PAPER_LEFT },
		{ tr(lang, "Days late"), 14, PAPER_RIGHT }, { tr(lang, "Amount"), 23, PAPER_RIGHT }, { tr(lang, "Paid"), 20, PAPER_RIGHT },
		{ tr(lang, "Open"), 23, PAPER_RIGHT },
	};
	const char **cells = arena_array(arena, const char *, count * COLUMNS), **sums = arena_array(arena, const char *, count);
	for (size_t i = 0; i < count; i++) {
		const struct part_row *row = &rows[i];
		const char **cell = cells + i * COLUMNS;
		bool total = i + 1 == count;
		cell[0] = total ? tr(lang, "Total") : *row->remark ? arena_printf(arena, "%s\n%s", row->number, row->remark) : row->number;
		sums[i] = row->sum;
		cell[1] = row->issue, cell[2] = row->due, cell[3] = row->late, cell[4] = row->amount, cell[5] = row->paid, cell[6] = row->open;
	}
	paper_table_carried(paper, columns, COLUMNS, cells, count, 1, 8,
	                    &(struct paper_carry){ tr(lang, "Carried forward"), tr(lang, "Brought forward"), sums, COLUMNS - 1 });
}

void statement_payment(struct paper *paper, const struct compose_facts *facts, struct arena *arena)
{
	const char *epc = parts_epc(facts, arena), *lines = parts_payment(facts, arena);
	double height = paper_measure(paper, 130, 9.5, false, lines);
	if (epc && height < 30) height = 30;
	paper_room(paper, height);
	double top = paper_y(paper);
	paper_text(paper, PAPER_MARGIN, top, 130, 9.5, PAPER_LEFT, false, lines);
	if (epc) paper_qr(paper, PAPER_WIDTH - PAPER_MARGIN - 26, top, 26, epc);
	paper_move(paper, top + height + 4);
}

void statement_interest(struct paper *paper, const struct compose_facts *facts, struct arena *arena)
{
	enum lang lang = facts->lang;
	const char *const *cells;
	size_t rows = parts_interest_rows(facts, arena, &cells);
	if (!rows) return;
	const struct paper_column columns[PARTS_INTEREST_COLUMNS] = {
		{ tr(lang, "Number"), 40, PAPER_LEFT }, { tr(lang, "From"), 26, PAPER_LEFT },  { tr(lang, "To"), 26, PAPER_LEFT },
		{ tr(lang, "Days"), 18, PAPER_RIGHT },  { tr(lang, "Base"), 34, PAPER_RIGHT }, { tr(lang, "Rate"), 26, PAPER_RIGHT },
	};
	heading(paper, tr(lang, "Late interest: how it is computed"));
	paper_table(paper, columns, PARTS_INTEREST_COLUMNS, cells, rows, 1, 8);
	paper_paragraph(paper, 8, 3, false, tr(lang, "Amount × rate × days ÷ 365, each item rounded once at the end."));
}

/* A logo as high as wide stands beside the words, a wide one above them. Never below y + height: the address begins there. */
double statement_sender(struct paper *paper, const struct compose_facts *facts, double y, double height, double points, struct arena *arena)
{
	const double width = 85, side = 16, above = 9, gap = 3;
	const char *words = parts_sender(facts, arena);
	const struct logo *logo = facts->sender.logo;
	double x = PAPER_MARGIN, top = y, room = width, drawn = 0, high = 0;
	if (logo && logo->width <= logo->height * 2) {
		high = paper_picture(paper, x, y, side, side, logo->bytes, logo->len, &drawn);
		if (high > 0) x += drawn + gap, room -= drawn + gap;
	} else if (logo) {
		high = paper_picture(paper, x, y, 60, above, logo->bytes, logo->len, &drawn);
		if (high > 0) top += high + 1.5;
	}
	while (points > 6 && paper_measure(paper, room, points, false, words) > y + height - top) points -= 0.25;
	double end = top + paper_text(paper, x, top, room, points, PAPER_LEFT, false, words);
	return (end > y + high ? end : y + high) - y;
}

struct statement_page {
	const struct compose_facts *facts;
	struct arena *arena;
};

void statement_draw(struct paper *paper, const struct compose_facts *facts, struct arena *arena)
{
	enum lang lang = facts->lang;
	double top = paper_y(paper);
	double left = statement_sender(paper, facts, top, 60, 9, arena);
	const char *whom = facts->customer_city && *facts->customer_city ? parts_address(facts, arena) : facts->customer_name;
	double right = paper_text(paper, 110, top, 80, 9, PAPER_LEFT, false, whom);
	paper_move(paper, top + (left > right ? left : right) + 10);

	cleanup_text struct text title = { 0 }, line = { 0 };
	words_date_long(&title, lang, facts->today);
	paper_text(paper, PAPER_MARGIN, paper_y(paper), 170, 15, PAPER_LEFT, false,
	           arena_printf(arena, lang == LANG_FR ? "Relevé de compte au %s" : "Statement of account at %s", text_cstr(&title)));
	paper_move(paper, paper_y(paper) + 8);
	paper_paragraph(paper, 9.5, 5, false, arena_printf(arena, lang == LANG_FR ? "Client %s, %s" : "Customer %s, %s", facts->customer_code, facts->customer_name));

	int64_t balance = 0;
	bool claimed = parts_has_role(facts, PLAN_CLAIMED), others = parts_has_role(facts, PLAN_STATEMENT);
	for (size_t i = 0; i < facts->item_count; i++) balance += facts->items[i].role == PLAN_PAID ? 0 : facts->items[i].open;
	if (claimed) {
		heading(paper, facts->rank == RANK_BEFORE_DUE || facts->rank == RANK_DUE ? tr(lang, "Items falling due") : tr(lang, "Items to be paid"));
		statement_rows(paper, facts, ROWS_CLAIMED, arena);
	}
	if (others) {
		heading(paper, claimed ? tr(lang, "Other items of the account, for information") : tr(lang, "Items of the account"));
		statement_rows(paper, facts, ROWS_STATEMENT, arena);
	}
	text_addf(&line, "<b>%s%s %s</b>", tr(lang, "Balance of the account"), lang == LANG_FR ? " :" : ":", words_of(facts, balance, arena));
	paper_paragraph(paper, 10.5, 4, true, text_cstr(&line));
	for (size_t i = 0; i < facts->elsewhere_count; i++) {
		const struct compose_elsewhere *other = &facts->elsewhere[i];
		paper_paragraph(paper, 9, 2, false, arena_printf(arena, tr(lang, "%s of assigned invoices are paid to %s only: IBAN %s."), words_of(facts, other->amount, arena), other->name,
		                                                parts_iban(other->iban, arena)));
	}
	if (facts->ceded_left_out && !facts->elsewhere_count) paper_paragraph(paper, 8, 4, false, tr(lang, "Items assigned to a bank or a factor are not shown here: they are paid to it."));
	statement_payment(paper, facts, arena);
	statement_interest(paper, facts, arena);
}

static void draw(struct paper *paper, void *context)
{
	struct statement_page *page = context;
	statement_draw(paper, page->facts, page->arena);
}

struct status statement_pdf(const struct compose_facts *facts, struct arena *arena, struct attachment *out)
{
	struct statement_page page = { facts, arena };
	bool french = facts->lang == LANG_FR;
	struct paper_about about = { .title = french ? "Relevé de compte" : "Statement of account", .author = facts->sender.name, .lang = facts->lang,
	                             .reference = arena_printf(arena, "%s · %s", facts->sender.name, facts->customer_code), .today = facts->today };
	TRY(paper_make(draw, &page, &about, arena, &out->bytes, &out->len));
	out->name = statement_name(facts, "pdf", arena);
	out->type = "application/pdf";
	return STATUS_FINE;
}
