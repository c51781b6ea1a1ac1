#include "outreach/doubtful_paper.h"

#include "base/memory.h"
#include "base/words.h"
#include "ledger/customer.h"
#include "outreach/facts.h"
#include "outreach/paper.h"
#include "outreach/parts.h"

#include <string.h>

struct sheet {
	const struct doubtful_case **losses;
	size_t count;
	int64_t net, vat;
	const struct compose_facts *facts;
	struct arena *arena;
	enum lang lang;
};

static const char *money_of(const struct sheet *x, enum lang lang, int64_t minor)
{
	cleanup_text struct text out = { 0 };
	words_amount(&out, lang, minor, x->losses[0]->currency);
	return arena_strdup(x->arena, text_cstr(&out));
}

static const char *day_of(const struct sheet *x, int32_t day)
{
	cleanup_text struct text out = { 0 };
	words_date(&out, x->lang, day);
	return arena_strdup(x->arena, text_cstr(&out));
}

/* As the law words it, in French whatever the letter's language (BOI-TVA-DED-40-10-20). */
static const char *words_of_the_law(const struct sheet *x, int64_t net, int64_t vat)
{
	return arena_printf(x->arena,
		"Facture demeurée impayée pour la somme de %s (prix net) et pour la somme de %s (TVA correspondante) qui ne peut faire l’objet d’une déduction (article 272 du CGI).",
		money_of(x, LANG_FR, net), money_of(x, LANG_FR, vat));
}

static void draw(struct paper *paper, void *context)
{
	enum { COLUMNS = 5 };
	const struct sheet *x = context;
	enum lang lang = x->lang;
	const struct paper_column columns[COLUMNS] = { { tr(lang, "Number"), 46, PAPER_LEFT }, { tr(lang, "Invoice date"), 30, PAPER_LEFT }, { tr(lang, "Before VAT"), 32, PAPER_RIGHT },
		{ tr(lang, "VAT"), 30, PAPER_RIGHT }, { tr(lang, "Remains unpaid"), 32, PAPER_RIGHT } };
	paper_text(paper, PAPER_MARGIN, PAPER_MARGIN, 80, 9, PAPER_LEFT, false, parts_sender(x->facts, x->arena));
	paper_text(paper, 110, 55, 85, 10, PAPER_LEFT, false, parts_address(x->facts, x->arena));
	paper_move(paper, 96);
	cleanup_text struct text day = { 0 };
	words_date_long(&day, lang, x->facts->today);
	paper_paragraph(paper, 10, 3, false, arena_printf(x->arena, "%s, %s", x->facts->sender.city, text_cstr(&day)));
	paper_paragraph(paper, 13, 3, false, x->count == 1 ? tr(lang, "Duplicate of an unpaid invoice") : tr(lang, "Duplicate of unpaid invoices: statement"));
	paper_paragraph(paper, 10, 4, false, tr(lang, "The invoices below remain unpaid and their loss is final. This duplicate is sent to you as article 272 of the CGI requires: "
	                                              "the VAT in them can’t be deducted by you, or what was deducted is to be paid back."));
	const char **cells = arena_array(x->arena, const char *, (x->count + 1) * COLUMNS);
	size_t at = 0;
	for (size_t i = 0; i < x->count; i++) {
		const struct doubtful_case *loss = x->losses[i];
		cells[at++] = loss->number, cells[at++] = day_of(x, loss->issue_day), cells[at++] = money_of(x, lang, loss->lost_amount - loss->lost_vat);
		cells[at++] = money_of(x, lang, loss->lost_vat), cells[at++] = money_of(x, lang, loss->lost_amount);
	}
	cells[at++] = tr(lang, "Total"), cells[at++] = "", cells[at++] = money_of(x, lang, x->net), cells[at++] = money_of(x, lang, x->vat);
	cells[at++] = money_of(x, lang, x->net + x->vat);
	paper_table(paper, columns, COLUMNS, cells, x->count + 1, 1, 9);
	for (size_t i = 0; i < x->count; i++)
		paper_paragraph(paper, 10, 3, false, arena_printf(x->arena, "%s – %s", x->losses[i]->number,
			words_of_the_law(x, x->losses[i]->lost_amount - x->losses[i]->lost_vat, x->losses[i]->lost_vat)));
	if (x->count > 1) paper_paragraph(paper, 10, 3, false, arena_printf(x->arena, tr(lang, "In all: %s before VAT and %s of VAT."), money_of(x, lang, x->net), money_of(x, lang, x->vat)));
	paper_paragraph(paper, 10, 3, false, tr(lang, "This does not release you from the debt: what you pay later is due with its VAT."));
	paper_paragraph(paper, 10, 3, false, parts_signature(x->facts, x->arena));
}

struct status doubtful_pdf(struct db *db, const struct viewer *viewer, const struct company *company, int64_t id, const char *customer_code, int32_t today, struct arena *arena,
                           struct attachment *out)
{
	const struct settings *settings;
	struct doubtful_case *list;
	struct compose_facts facts;
	size_t count = 0;
	struct doubtful_filter filter = { .id = id };
	TRY(settings_load(db, company->tenant_id, company->id, arena, &settings));
	if (!id) {
		struct customer who;
		TRY(customer_find(db, viewer, company->id, customer_code ? customer_code : "", arena, &who));
		filter.customer_id = who.id;
	}
	TRY(doubtful_cases(db, viewer, company, today, filter, arena, &list, &count));
	if (id && !count) return status_make(STATUS_NOT_FOUND, "There is no such decision on a doubtful debt, or it is not in your portfolio.");
	struct sheet sheet = { .losses = arena_array(arena, const struct doubtful_case *, count + 1), .facts = &facts, .arena = arena };
	for (size_t i = 0; i < count; i++) {
		if (strcmp(list[i].state, "lost") != 0 || list[i].lost_vat <= 0) continue;
		sheet.losses[sheet.count++] = &list[i];
		sheet.net += list[i].lost_amount - list[i].lost_vat, sheet.vat += list[i].lost_vat;
	}
	if (!sheet.count) return status_make(STATUS_CONFLICT, "No VAT is taken back: no duplicate is needed.");
	TRY(facts_of_customer(db, viewer, company, settings, sheet.losses[0]->customer_code, "reminder", today, arena, &facts));
	sheet.lang = facts.lang;
	const char *title = tr(facts.lang, "Duplicate of unpaid invoices: statement"), *code = sheet.losses[0]->customer_code;
	*out = (struct attachment){ .name = arena_printf(arena, "duplicata-%lld.pdf", (long long)(id ? id : sheet.losses[0]->customer_id)), .type = "application/pdf" };
	return paper_make(draw, &sheet, &(struct paper_about){ .title = title, .author = facts.sender.name, .reference = code, .lang = facts.lang, .today = today }, arena, &out->bytes,
	                  &out->len);
}
