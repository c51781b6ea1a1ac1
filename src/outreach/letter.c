/* A letter for a DL envelope with a window on the right: geometry of reference/letters.md section 4, one address block
 * everywhere: x 110, y 55, 85 x 33 mm, nothing else within 5 mm of it. The statement follows on its own page. */
#include "base/memory.h"
#include "base/words.h"
#include "outreach/statement.h"

struct letter_page {
	const struct compose_facts *facts;
	const char *subject;
	const struct part *parts;
	size_t count;
	struct arena *arena;
};

static const double ADDRESS_X = 110, ADDRESS_Y = 55, ADDRESS_WIDTH = 85, ADDRESS_HEIGHT = 33, FOLD_1 = 99, FOLD_2 = 198, BODY_Y = 106;

/* 10 pt, down to 9 pt before a line wraps. */
static void draw_address(struct paper *paper, const char *address)
{
	double points = 10;
	size_t lines = 1;
	for (const char *c = address; *c; c++) lines += *c == '\n';
	double one = paper_measure(paper, ADDRESS_WIDTH, points, false, "X");
	while (points > 9 && paper_measure(paper, ADDRESS_WIDTH, points, false, address) > one * (double)lines + 0.5) points -= 0.25;
	while (points > 7 && paper_measure(paper, ADDRESS_WIDTH, points, false, address) > ADDRESS_HEIGHT) points -= 0.25;
	paper_text(paper, ADDRESS_X, ADDRESS_Y, ADDRESS_WIDTH, points, PAPER_LEFT, false, address);
}

static void draw_head(struct paper *paper, const struct letter_page *page)
{
	const struct compose_facts *facts = page->facts;
	struct arena *arena = page->arena;
	enum lang lang = facts->lang;
	statement_sender(paper, facts, 10, 35, 9, arena); /* y 10 to 45: clear of the address block */
	draw_address(paper, parts_address(facts, arena));

	cleanup_text struct text references = { 0 }, date = { 0 };
	const char *colon = lang == LANG_FR ? " :" : ":";
	text_addf(&references, "%s%s %s", tr(lang, "Customer"), colon, facts->customer_code);
	if (facts->customer_siren && *facts->customer_siren) text_addf(&references, "\nSIREN%s %s", colon, facts->customer_siren);
	if (facts->channel == CHANNEL_REGISTERED_LETTER) {
		text_addf(&references, "\n%s", tr(lang, "Registered letter with acknowledgement of receipt"));
		if (facts->registered_no && *facts->registered_no) text_addf(&references, " n° %s", facts->registered_no);
	}
	paper_text(paper, PAPER_MARGIN, ADDRESS_Y, 78, 8.5, PAPER_LEFT, false, text_cstr(&references));
	if (facts->sender.city && *facts->sender.city) text_addf(&date, lang == LANG_FR ? "%s, le " : "%s, ", facts->sender.city);
	words_date_long(&date, lang, facts->today);
	paper_text(paper, ADDRESS_X, 96, 80, 10, PAPER_LEFT, false, text_cstr(&date));
	paper_line(paper, 0, FOLD_1, 5, FOLD_1, 0.2, 0.5);
	paper_line(paper, 0, FOLD_2, 5, FOLD_2, 0.2, 0.5);
}

static void draw_bold(struct paper *paper, const char *escaped)
{
	cleanup_text struct text markup = { 0 };
	bool open = false;
	for (const char *c = escaped; *c; c++) {
		if (c[0] == '*' && c[1] == '*' && (open || strstr(c + 2, "**"))) {
			text_add(&markup, open ? "</b>" : "<b>");
			open = !open;
			c++;
		} else {
			text_add_char(&markup, *c);
		}
	}
	paper_paragraph(paper, 10, 3.2, true, text_cstr(&markup));
}

/* The way to his own page, for a telephone's camera. */
static void draw_link(struct paper *paper, const struct compose_facts *facts, struct arena *arena)
{
	if (!facts->answer_link || !*facts->answer_link) return;
	enum { SIZE = 24 };
	paper_room(paper, SIZE + 4);
	double top = paper_y(paper) + 2;
	paper_qr(paper, PAPER_MARGIN, top, SIZE, facts->answer_link);
	paper_text(paper, PAPER_MARGIN + SIZE + 5, top + 4, 135, 9, PAPER_LEFT, false,
	           arena_printf(arena, "%s\n%s", tr(facts->lang, "Answer online: scan this code, or open this address."), facts->answer_link));
	paper_move(paper, top + SIZE + 2);
}

static void draw_totals(struct paper *paper, const struct compose_facts *facts, struct arena *arena)
{
	const char *const *cells;
	size_t rows = parts_totals(facts, arena, &cells);
	const struct paper_column columns[] = { { "", 125, PAPER_LEFT }, { "", 45, PAPER_RIGHT } };
	paper_table(paper, columns, 2, cells, rows, 1, 9.5);
	paper_move(paper, paper_y(paper) + 3);
}

/* The code alone, with what it asks below it: beside the bank details it stands already (statement_payment). */
static void draw_payment_code(struct paper *paper, const struct compose_facts *facts, struct arena *arena)
{
	enum { SIZE = 30 };
	const char *epc = parts_epc(facts, arena);
	if (!epc) {
		paper_paragraph(paper, 9.5, 4, false, parts_payment(facts, arena));
		return;
	}
	paper_room(paper, SIZE + 10);
	double top = paper_y(paper) + 1;
	paper_qr(paper, PAPER_MARGIN, top, SIZE, epc);
	paper_move(paper, top + SIZE + 1);
	paper_paragraph(paper, 8, 3.2, false, tr(facts->lang, "QR code to pay by transfer"));
}

/* Under a payment plan's letter: what the customer signs. A sum that somebody acknowledges is written by his own hand, in words too
 * (C. civ. 1376). */
static void draw_acknowledgement(struct paper *paper, const struct compose_facts *facts, struct arena *arena)
{
	enum { HEIGHT = 62 };
	enum lang lang = facts->lang;
	int64_t total = 0;
	for (size_t i = 0; i < facts->instalment_count; i++) total += facts->instalments[i].amount;
	cleanup_text struct text sum = { 0 }, interest = { 0 };
	words_amount(&sum, lang, total, facts->currency);
	words_amount(&interest, lang, facts->plan.interest, facts->currency);
	if (facts->plan.interest > 0)
		paper_paragraph(paper, 10, 3, false, arena_printf(arena, facts->plan.interest_kept
			? tr(lang, "The instalments include late interest of %s to this day.")
			: tr(lang, "Late interest of %s to this day is waived if every instalment is paid on its day."), text_cstr(&interest)));
	paper_room(paper, HEIGHT);
	double top = paper_y(paper) + 2;
	paper_line(paper, PAPER_MARGIN, top, PAPER_MARGIN + 170, top, 0.3, 0.3);
	paper_move(paper, top + 3);
	paper_paragraph(paper, 10.5, 2.5, true, arena_printf(arena, "<b>%s</b>", tr(lang, "Agreement and acknowledgement of debt")));
	paper_paragraph(paper, 10, 3, false, arena_printf(arena, tr(lang, "I, the undersigned, acting for %s, acknowledge owing %s the sum of %s for the invoices named above, and undertake to pay it by the instalments above. A missed instalment makes all that is left due at once."),
		facts->customer_name, facts->sender.name, text_cstr(&sum)));
	paper_paragraph(paper, 10, 3.5, false, tr(lang, "The sum in figures and in words, by the hand of who signs: ………………………………………………………………………………………"));
	double y = paper_y(paper);
	paper_text(paper, PAPER_MARGIN, y, 80, 10, PAPER_LEFT, false, tr(lang, "Name and function: ……………………………\nDate: ……………………………"));
	paper_text(paper, PAPER_MARGIN + 90, y, 80, 10, PAPER_LEFT, false, tr(lang, "Signature and stamp:"));
	paper_move(paper, y + 24);
}

static void draw(struct paper *paper, void *context)
{
	const struct letter_page *page = context;
	bool linked = false;
	const struct compose_facts *facts = page->facts;
	struct arena *arena = page->arena;
	draw_head(paper, page);
	paper_move(paper, BODY_Y);
	cleanup_text struct text subject = { 0 };
	text_addf(&subject, "<b>%s%s ", tr(facts->lang, "Subject"), facts->lang == LANG_FR ? " :" : ":");
	mustache_escape(&subject, page->subject, strlen(page->subject));
	text_add(&subject, "</b>");
	paper_paragraph(paper, 10, 5, true, text_cstr(&subject));
	for (size_t i = 0; i < page->count; i++) {
		switch (page->parts[i].kind) {
		case PART_PARAGRAPH: draw_bold(paper, page->parts[i].text); break;
		case PART_INVOICE_TABLE: statement_rows(paper, facts, ROWS_CLAIMED, arena); break;
		case PART_STATEMENT_TABLE: statement_rows(paper, facts, ROWS_STATEMENT, arena); break;
		case PART_OVERDUE_TABLE: statement_rows(paper, facts, ROWS_OVERDUE, arena); break;
		case PART_NOT_DUE_TABLE: statement_rows(paper, facts, ROWS_NOT_DUE, arena); break;
		case PART_CREDITS_TABLE: statement_rows(paper, facts, ROWS_CREDITS, arena); break;
		case PART_INTEREST_TABLE: statement_interest(paper, facts, arena); break;
		case PART_TOTALS: draw_totals(paper, facts, arena); break;
		case PART_QR: draw_payment_code(paper, facts, arena); break;
		case PART_ANSWER: draw_link(paper, facts, arena), linked = true; break;
		case PART_INSTALMENT_TABLE: {
			const char *const *cells;
			size_t rows = parts_instalments(facts, arena, &cells);
			const struct paper_column columns[] = { { tr(facts->lang, "Instalment"), 40, PAPER_LEFT }, { tr(facts->lang, "Date"), 80, PAPER_LEFT },
				                                { tr(facts->lang, "Amount"), 50, PAPER_RIGHT } };
			paper_table(paper, columns, 3, cells, rows, 1, 9.5);
			paper_move(paper, paper_y(paper) + 3);
			break;
		}
		case PART_PAYMENT: statement_payment(paper, facts, arena); break;
		case PART_SENDER: paper_paragraph(paper, 10, 3.2, false, parts_sender(facts, arena)); break;
		case PART_ADDRESS: paper_paragraph(paper, 10, 3.2, false, parts_address(facts, arena)); break;
		case PART_SIGNATURE:
			paper_room(paper, 30); /* room to sign */
			paper_paragraph(paper, 10, 3.2, false, parts_signature(facts, arena));
			break;
		}
	}
	if (facts->plan.made) draw_acknowledgement(paper, facts, arena);
	if (!linked) draw_link(paper, facts, arena);
	paper_new_page(paper);
	statement_draw(paper, facts, arena);
}

struct letter_drawing {
	struct letter_page page;
	struct paper_about about;
};

struct status letter_drawing(const struct compose_facts *facts, const struct template_text *text, int offset_x_mm, int offset_y_mm,
                             struct arena *arena, struct letter_drawing **out)
{
	if (!facts->customer_city || !*facts->customer_city)
		return status_make(STATUS_INVALID, "No letter is made without the customer's address: his city is missing.");
	struct letter_drawing *drawing = arena_make(arena, struct letter_drawing);
	struct letter_page *page = &drawing->page;
	*page = (struct letter_page){ .facts = facts, .arena = arena };
	struct part *parts;
	TRY(template_check(text, NULL));
	TRY(parts_subject(facts, text, arena, &page->subject));
	TRY(parts_fill(facts, text, MUSTACHE_MARKUP, arena, &parts, &page->count));
	page->parts = parts;
	drawing->about = (struct paper_about){ .title = page->subject, .author = facts->sender.name, .lang = facts->lang, .today = facts->today,
	                                       .reference = arena_printf(arena, "%s · %s", facts->sender.name, facts->customer_code),
	                                       .offset_x = offset_x_mm, .offset_y = offset_y_mm };
	*out = drawing;
	return STATUS_FINE;
}

struct paper_part letter_part(struct letter_drawing *drawing)
{
	return (struct paper_part){ draw, &drawing->page, drawing->about };
}

struct status letter_pdf(const struct compose_facts *facts, const struct template_text *text, int offset_x_mm, int offset_y_mm,
                         struct arena *arena, struct attachment *out)
{
	struct letter_drawing *drawing;
	char day[11];
	TRY(letter_drawing(facts, text, offset_x_mm, offset_y_mm, arena, &drawing));
	day_format(facts->today, day);
	TRY(paper_make(draw, &drawing->page, &drawing->about, arena, &out->bytes, &out->len));
	cleanup_free char *code = text_normalise(facts->customer_code, strlen(facts->customer_code));
	for (char *c = code; *c; c++)
		if (*c == ' ') *c = '-';
	out->name = arena_printf(arena, "%s-%s-%s.pdf", facts->lang == LANG_FR ? "lettre" : "letter", *code ? code : "account", day);
	out->type = "application/pdf";
	return STATUS_FINE;
}
