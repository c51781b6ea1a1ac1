/* The index of a bundle: what a lawyer or a clerk reads first, on A4. */
#include "outreach/bundle.h"

#include "base/memory.h"
#include "base/words.h"
#include "outreach/paper.h"
#include "outreach/parts.h"

#include <string.h>

struct index {
	const struct bundle_facts *facts;
	struct arena *arena;
};

static const char *money_of(const struct index *x, int64_t minor)
{
	cleanup_text struct text out = { 0 };
	words_amount(&out, x->facts->lang, minor, x->facts->file.currency);
	return arena_strdup(x->arena, text_cstr(&out));
}

static const char *day_of(const struct index *x, int32_t day)
{
	cleanup_text struct text out = { 0 };
	if (day == DAY_NONE) return "–";
	words_date(&out, x->facts->lang, day);
	return arena_strdup(x->arena, text_cstr(&out));
}

static void heading(struct paper *paper, const char *words)
{
	paper_room(paper, 24);
	paper_move(paper, paper_y(paper) + 3);
	paper_text(paper, PAPER_MARGIN, paper_y(paper), 170, 12, PAPER_LEFT, false, words);
	paper_move(paper, paper_y(paper) + 7);
}

static void line_if(struct text *out, const char *before, const char *value)
{
	if (value && *value) text_addf(out, "%s%s%s", out->len ? "\n" : "", before, value);
}

static const char *place(const struct index *x, const char *postcode, const char *city)
{
	return arena_printf(x->arena, "%s%s%s", postcode ? postcode : "", postcode && *postcode && city && *city ? " " : "", city ? city : "");
}

/* Creditor on the left, debtor on the right. */
static void parties(struct paper *paper, const struct index *x)
{
	const struct bundle_facts *facts = x->facts;
	const struct compose_sender *us = &facts->statement.sender;
	const struct customer *who = &facts->customer;
	enum lang lang = facts->lang;
	cleanup_text struct text left = { 0 }, right = { 0 };
	line_if(&left, "", us->name);
	line_if(&left, "", us->form);
	line_if(&left, tr(lang, "Share capital: "), us->capital);
	line_if(&left, "SIREN ", us->siren);
	line_if(&left, "", us->rcs);
	line_if(&left, "", us->address);
	line_if(&left, "", place(x, us->postcode, us->city));
	line_if(&right, "", who->name);
	line_if(&right, "SIREN ", who->siren);
	line_if(&right, "", who->address);
	line_if(&right, "", place(x, who->postcode, who->city));
	line_if(&right, "", who->country);
	line_if(&right, "", who->phone);
	line_if(&right, "", who->email);
	double top = paper_y(paper);
	paper_text(paper, PAPER_MARGIN, top, 80, 8.5, PAPER_LEFT, false, tr(lang, "Creditor"));
	paper_text(paper, PAPER_MARGIN + 90, top, 80, 8.5, PAPER_LEFT, false, tr(lang, "Debtor"));
	double a = paper_text(paper, PAPER_MARGIN, top + 5, 80, 10, PAPER_LEFT, false, text_cstr(&left));
	double b = paper_text(paper, PAPER_MARGIN + 90, top + 5, 80, 10, PAPER_LEFT, false, text_cstr(&right));
	paper_move(paper, top + 5 + (a > b ? a : b) + 4);
}

static void claim(struct paper *paper, const struct index *x)
{
	const struct bundle_facts *facts = x->facts;
	enum lang lang = facts->lang;
	enum { COLUMNS = 7 };
	const struct paper_column columns[COLUMNS] = {
		{ tr(lang, "Number"), 36, PAPER_LEFT }, { tr(lang, "Date"), 21, PAPER_LEFT }, { tr(lang, "Due date"), 21, PAPER_LEFT },
		{ tr(lang, "Amount"), 26, PAPER_RIGHT }, { tr(lang, "Open"), 26, PAPER_RIGHT }, { tr(lang, "Interest"), 20, PAPER_RIGHT },
		{ tr(lang, "Time-barred from"), 20, PAPER_RIGHT },
	};
	const char **cells = arena_array(x->arena, const char *, (facts->item_count + 1) * COLUMNS);
	size_t at = 0;
	int64_t amount = 0;
	for (size_t i = 0; i < facts->item_count; i++) {
		const struct bundle_item *item = &facts->items[i];
		amount += item->amount;
		cells[at++] = item->number, cells[at++] = day_of(x, item->issue_day), cells[at++] = day_of(x, item->due_day);
		cells[at++] = money_of(x, item->amount), cells[at++] = money_of(x, item->open), cells[at++] = money_of(x, item->interest.interest);
		cells[at++] = day_of(x, item->barred_from);
	}
	cells[at++] = tr(lang, "Total"), cells[at++] = "", cells[at++] = "", cells[at++] = money_of(x, amount), cells[at++] = money_of(x, facts->principal);
	cells[at++] = money_of(x, facts->interest), cells[at++] = "";
	heading(paper, tr(lang, "The claim"));
	paper_table(paper, columns, COLUMNS, cells, facts->item_count + 1, 1, 8);
	paper_paragraph(paper, 10, 2, false, arena_printf(x->arena, tr(lang, "Principal %s, late interest %s, fixed recovery fee %s: %s in all."), money_of(x, facts->principal),
		money_of(x, facts->interest), money_of(x, facts->fee), money_of(x, facts->principal + facts->interest + facts->fee)));
}

static void interest(struct paper *paper, const struct index *x)
{
	const struct bundle_facts *facts = x->facts;
	enum lang lang = facts->lang;
	size_t rows = 0, at = 0;
	bool unconfirmed = false;
	for (size_t i = 0; i < facts->item_count; i++) rows += facts->items[i].interest.segment_count, unconfirmed |= facts->items[i].interest.rate_unconfirmed;
	if (!rows) return;
	enum { COLUMNS = 6 };
	const struct paper_column columns[COLUMNS] = {
		{ tr(lang, "Number"), 40, PAPER_LEFT }, { tr(lang, "From"), 26, PAPER_LEFT },  { tr(lang, "To"), 26, PAPER_LEFT },
		{ tr(lang, "Days"), 18, PAPER_RIGHT },  { tr(lang, "Base"), 34, PAPER_RIGHT }, { tr(lang, "Rate"), 26, PAPER_RIGHT },
	};
	const char **cells = arena_array(x->arena, const char *, rows * COLUMNS);
	for (size_t i = 0; i < facts->item_count; i++)
		for (size_t s = 0; s < facts->items[i].interest.segment_count; s++) {
			const struct interest_segment *segment = &facts->items[i].interest.segments[s];
			cleanup_text struct text rate = { 0 };
			words_percent(&rate, lang, segment->basis_points / 10000.0, 2);
			cells[at++] = facts->items[i].number, cells[at++] = day_of(x, segment->from), cells[at++] = day_of(x, segment->to);
			cells[at++] = arena_printf(x->arena, "%d", segment->days), cells[at++] = money_of(x, segment->base);
			cells[at++] = arena_strdup(x->arena, text_cstr(&rate));
		}
	heading(paper, tr(lang, "How the interest was computed"));
	paper_paragraph(paper, 9, 2, false, tr(lang, "Base × days × rate ÷ 365, on what remained due, each half-year at its rate (C. com. L441-10)."));
	paper_table(paper, columns, COLUMNS, cells, rows, 0, 8);
	if (unconfirmed) paper_paragraph(paper, 9, 2, false, tr(lang, "The rate of the current half-year is not known yet: the last one was used."));
}

static void steps(struct paper *paper, const struct index *x)
{
	const struct bundle_facts *facts = x->facts;
	if (!facts->step_count) return;
	enum { COLUMNS = 2, SHOWN = 400 };
	const struct paper_column columns[COLUMNS] = { { tr(facts->lang, "Date"), 24, PAPER_LEFT }, { tr(facts->lang, "What was done"), 146, PAPER_LEFT } };
	size_t first = facts->step_count > SHOWN ? facts->step_count - SHOWN : 0, rows = facts->step_count - first;
	const char **cells = arena_array(x->arena, const char *, rows * COLUMNS);
	for (size_t i = 0; i < rows; i++) {
		cells[COLUMNS * i] = day_of(x, facts->steps[first + i].day);
		/* a step's words on one line: the whole is in its own file */
		char *words = arena_strdup(x->arena, facts->steps[first + i].words);
		for (char *c = words; *c; c++)
			if (*c == '\n' || *c == '\r' || *c == '\t') *c = ' ';
		size_t len = strlen(words);
		if (len > 180) {
			for (len = 180; len && ((unsigned char)words[len] & 0xc0) == 0x80;) len--;
			words = arena_printf(x->arena, "%.*s…", (int)len, words);
		}
		cells[COLUMNS * i + 1] = words;
	}
	heading(paper, tr(facts->lang, "What was done"));
	paper_table(paper, columns, COLUMNS, cells, rows, 0, 8);
}

static void exhibits(struct paper *paper, const struct index *x)
{
	const struct bundle_facts *facts = x->facts;
	enum lang lang = facts->lang;
	heading(paper, tr(lang, "List of exhibits"));
	if (!facts->exhibit_count) {
		paper_paragraph(paper, 10, 2, false, tr(lang, "None."));
		return;
	}
	enum { COLUMNS = 4 };
	const struct paper_column columns[COLUMNS] = { { tr(lang, "No."), 10, PAPER_LEFT }, { tr(lang, "What it is"), 66, PAPER_LEFT },
		{ tr(lang, "File"), 66, PAPER_LEFT }, { tr(lang, "SHA-256 begins"), 28, PAPER_LEFT } };
	const char **cells = arena_array(x->arena, const char *, facts->exhibit_count * COLUMNS);
	for (size_t i = 0; i < facts->exhibit_count; i++) {
		cells[COLUMNS * i] = arena_printf(x->arena, "%zu", i + 1);
		cells[COLUMNS * i + 1] = facts->exhibits[i].label, cells[COLUMNS * i + 2] = facts->exhibits[i].name;
		cells[COLUMNS * i + 3] = arena_printf(x->arena, "%.12s", facts->exhibits[i].sha256);
	}
	paper_table(paper, columns, COLUMNS, cells, facts->exhibit_count, 0, 8);
}

/* law.md section 8. */
static const char *route_words(const struct index *x)
{
	enum lang lang = x->facts->lang;
	const char *code = x->facts->file.route;
	if (strcmp(code, "order_for_payment") == 0)
		return tr(lang, "Order for payment (CPC 1405 to 1422): before the president of the court of the debtor’s seat, without a lawyer or a hearing. The order must be served within three months, or it lapses; the debtor has one month from service to oppose it. The request alone does not interrupt the limitation: the service of the order does.");
	if (strcmp(code, "small_claims") == 0)
		return tr(lang, "Simplified small claims (CPCE L125-1): at most EUR 5,000, interest included; a commissaire de justice of the debtor’s area invites him, who has one month. His agreement gives a title; silence or refusal ends it. The costs are the creditor’s.");
	if (strcmp(code, "summary_order") == 0) return tr(lang, "Référé-provision (CPC 873, 835): the claim must not be seriously contestable.");
	if (strcmp(code, "writ") == 0) return tr(lang, "Claim on the merits (CPC 54, 56): a lawyer is compulsory above EUR 10,000. The writ interrupts the limitation.");
	return tr(lang, "Amicable recovery (CPCE R124-1 to R124-7): a written mandate; the costs stay the creditor’s. It does not interrupt the limitation.");
}

static void draw(struct paper *paper, void *context)
{
	const struct index *x = context;
	const struct bundle_facts *facts = x->facts;
	enum lang lang = facts->lang;
	paper_move(paper, PAPER_MARGIN);
	paper_text(paper, PAPER_MARGIN, paper_y(paper), 170, 18, PAPER_LEFT, false, arena_printf(x->arena, tr(lang, "File %lld: %s"), (long long)facts->file.id, facts->customer.name));
	paper_move(paper, paper_y(paper) + 10);
	cleanup_text struct text sub = { 0 };
	text_addf(&sub, "%s", tr(lang, facts->route ? facts->route->label : facts->file.route));
	if (*facts->file.partner) text_addf(&sub, " · %s", facts->file.partner);
	if (*facts->file.reference) text_addf(&sub, " · %s", facts->file.reference);
	text_addf(&sub, " · %s", day_of(x, facts->today));
	paper_paragraph(paper, 10, 4, false, text_cstr(&sub));
	parties(paper, x);
	claim(paper, x);
	if (facts->missing_count) {
		heading(paper, tr(lang, "What is missing"));
		for (size_t i = 0; i < facts->missing_count; i++) paper_paragraph(paper, 10, 1, false, arena_printf(x->arena, "☐ %s", facts->missing[i]));
	}
	heading(paper, tr(lang, "The way chosen"));
	paper_paragraph(paper, 10, 2, false, route_words(x));
	interest(paper, x);
	steps(paper, x);
	exhibits(paper, x);
	heading(paper, tr(lang, "Proof"));
	paper_paragraph(paper, 9, 2, false, arena_printf(x->arena, tr(lang, "Every event about this customer is in preuve/chaine.jsonl, each chained to the one before by its digest; python3 preuve/verifier.py checks it without Encours. Head %lld of the chain: %s."),
		(long long)facts->head_seq, facts->head));
}

struct status bundle_index(const struct bundle_facts *facts, struct arena *arena, struct attachment *out)
{
	struct index index = { facts, arena };
	const char *title = arena_printf(arena, tr(facts->lang, "File %lld: %s"), (long long)facts->file.id, facts->customer.name);
	out->name = "00-dossier.pdf", out->type = "application/pdf";
	return paper_make(draw, &index, &(struct paper_about){ .title = title, .author = facts->statement.sender.name, .reference = title, .lang = facts->lang, .today = facts->today },
	                  arena, &out->bytes, &out->len);
}
