#include "outreach/reclaim.h"

#include "base/memory.h"
#include "base/words.h"
#include "outreach/paper.h"
#include "outreach/parts.h"

#include <string.h>

struct claim {
	const struct declaration *declaration;
	const struct compose_facts *facts;
	struct arena *arena;
	int32_t today;
};

static const char *money_of(const struct claim *x, int64_t minor)
{
	cleanup_text struct text out = { 0 };
	words_amount(&out, LANG_FR, minor, x->facts->currency);
	return arena_strdup(x->arena, text_cstr(&out));
}

static const char *day_of(const struct claim *x, int32_t day)
{
	cleanup_text struct text out = { 0 };
	if (day == DAY_NONE) return "…………";
	words_date(&out, LANG_FR, day);
	return arena_strdup(x->arena, text_cstr(&out));
}

static bool claimed(const struct declaration_item *item) { return item->before && item->open > 0; }

static void rows(struct paper *paper, const struct claim *x)
{
	enum { COLUMNS = 4 };
	const struct declaration *d = x->declaration;
	const struct paper_column columns[COLUMNS] = { { "Facture", 50, PAPER_LEFT }, { "Date", 30, PAPER_LEFT }, { "Marchandises livrées (désignation, bon de livraison)", 60, PAPER_LEFT },
		{ "Prix restant dû", 30, PAPER_RIGHT } };
	const char **cells = arena_array(x->arena, const char *, (d->count + 1) * COLUMNS);
	size_t at = 0;
	int64_t sum = 0;
	for (size_t i = 0; i < d->count; i++) {
		const struct declaration_item *item = &d->items[i];
		if (!claimed(item)) continue;
		sum += item->open;
		cells[at++] = item->number, cells[at++] = day_of(x, item->issue_day), cells[at++] = "…………………………", cells[at++] = money_of(x, item->open);
	}
	cells[at++] = "Total", cells[at++] = "", cells[at++] = "", cells[at++] = money_of(x, sum);
	paper_table(paper, columns, COLUMNS, cells, at / COLUMNS, 1, 8.5);
	paper_move(paper, paper_y(paper) + 2);
}

static void draw(struct paper *paper, void *context)
{
	const struct claim *x = context;
	const struct declaration *d = x->declaration;
	const struct insolvency_file *file = &d->file;
	paper_text(paper, PAPER_MARGIN, PAPER_MARGIN, 80, 9, PAPER_LEFT, false, parts_sender(x->facts, x->arena));
	paper_text(paper, 110, 55, 85, 10, PAPER_LEFT, false, *file->trustee ? file->trustee : "[Administrateur judiciaire, à défaut mandataire judiciaire ou liquidateur, avec son adresse]");
	cleanup_text struct text date = { 0 };
	if (*x->facts->sender.city) text_addf(&date, "%s, le ", x->facts->sender.city);
	words_date_long(&date, LANG_FR, x->today);
	paper_text(paper, 110, 86, 80, 10, PAPER_LEFT, false, text_cstr(&date));
	paper_text(paper, PAPER_MARGIN, 86, 80, 9.5, PAPER_LEFT, true, "<b>Lettre recommandée avec accusé de réception</b>");
	paper_move(paper, 97);
	paper_paragraph(paper, 13, 3, true, "<b>Revendication de marchandises vendues avec réserve de propriété</b>");
	paper_paragraph(paper, 10, 3, false, arena_printf(x->arena, "%s%s%s\nTribunal : %s. Jugement du %s, publié au BODACC le %s.", d->customer.name, *d->customer.siren ? ", SIREN " : "", d->customer.siren,
		*file->court ? file->court : "…………", day_of(x, d->customer.insolvency_day), day_of(x, file->published_day)));
	paper_paragraph(paper, 10, 3, false, "Maître,");
	paper_paragraph(paper, 10, 3, false, "Les marchandises ci-dessous ont été livrées avant le jugement sous une clause de réserve de propriété convenue par écrit au plus tard à la livraison. Leur prix n’est pas payé. En application des articles L624-9, L624-16 et R624-13 du code de commerce, nous en revendiquons la propriété, pour celles qui existent en nature au jour de l’ouverture, et le prix ou la part de prix des autres s’il n’a pas été payé à cette date (L624-18).");
	rows(paper, x);
	paper_paragraph(paper, 10, 3, false, "Nous vous demandons de bien vouloir :\n• nous faire connaître votre acquiescement dans le mois de la réception de la présente ; à défaut, nous saisirons le juge-commissaire dans le mois qui suit ;\n• nous communiquer l’inventaire de ces marchandises et veiller à ce qu’elles ne soient ni utilisées ni revendues ;\n• nous dire si vous entendez en payer le prix pour les conserver (L624-16, dernier alinéa).");
	if (file->reclaim_by != DAY_NONE)
		paper_paragraph(paper, 10, 3, false, arena_printf(x->arena, "La présente est adressée dans le délai de trois mois de la publication, qui expire le %s. Notre créance est déclarée par ailleurs.", day_of(x, file->reclaim_by)));
	paper_room(paper, 44); /* the signature stays with what is signed */
	paper_paragraph(paper, 10, 4, false, "Pièces : conditions de vente portant la clause de réserve de propriété et leur acceptation, commandes, bons de livraison, factures.");
	paper_paragraph(paper, 10, 2, false, arena_printf(x->arena, "%s\n%s\n%s", x->facts->sender.name, x->facts->sender.signatory_name, x->facts->sender.signatory_title));
}

struct status reclaim_pdf(const struct declaration *declaration, const struct compose_facts *facts, int32_t today, struct arena *arena, struct attachment *out)
{
	size_t count = 0;
	if (!declaration->file.retention_of_title) return status_make(STATUS_CONFLICT, "Say first, in the file, that goods were sold under retention of title.");
	for (size_t i = 0; i < declaration->count; i++) count += claimed(&declaration->items[i]);
	if (!count) return status_make(STATUS_CONFLICT, "Nothing from before the judgment is open at this customer.");
	struct claim claim = { declaration, facts, arena, today };
	const char *title = arena_printf(arena, "Revendication, %s", declaration->customer.name);
	out->name = arena_printf(arena, "revendication-%s.pdf", declaration->customer.code), out->type = "application/pdf";
	return paper_make(draw, &claim, &(struct paper_about){ .title = title, .author = facts->sender.name, .reference = title, .lang = LANG_FR, .today = today }, arena,
	                  &out->bytes, &out->len);
}
