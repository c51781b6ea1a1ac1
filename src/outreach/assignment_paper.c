#include "outreach/assignment_paper.h"

#include "base/memory.h"
#include "base/words.h"
#include "outreach/paper.h"

#include <string.h>

struct sheet {
	const struct company *company;
	const struct settings *settings;
	const struct assignment *one;
	const struct payee *payee;
	struct arena *arena;
};

static const char *money_of(const struct sheet *x, int64_t minor)
{
	cleanup_text struct text out = { 0 };
	words_amount(&out, LANG_FR, minor, x->one->currency);
	return arena_strdup(x->arena, text_cstr(&out));
}

static const char *day_of(const struct sheet *x, int32_t day)
{
	cleanup_text struct text out = { 0 };
	words_date(&out, LANG_FR, day);
	return arena_strdup(x->arena, text_cstr(&out));
}

/* A French deed: its words are the law's, whatever the reader's language. */
static void draw(struct paper *paper, void *context)
{
	enum { COLUMNS = 5 };
	const struct sheet *x = context;
	const struct assignment *one = x->one;
	bool dailly = strcmp(x->payee->route, "dailly") == 0;
	paper_move(paper, PAPER_MARGIN);
	paper_paragraph(paper, 15, 3, false, dailly ? "Acte de cession de créances professionnelles" : "Bordereau de créances remises à l’affactureur");
	paper_paragraph(paper, 10, 4, false, dailly ? "Soumis aux dispositions des articles L. 313-23 à L. 313-34 du code monétaire et financier."
	                                            : "Subrogation conventionnelle (articles 1346-1 et suivants du code civil), aux conditions du contrat d’affacturage.");
	const char *form = setting_text(x->settings, "legal.form"), *capital = setting_text(x->settings, "legal.capital");
	paper_paragraph(paper, 10, 2, false, arena_printf(x->arena, "Cédant : %s%s%s%s%s, SIREN %s, %s %s %s.", x->company->name, *form ? ", " : "", form, *capital ? " au capital de " : "", capital,
		*x->company->siren ? x->company->siren : "—", setting_text(x->settings, "legal.address"), setting_text(x->settings, "legal.postcode"), setting_text(x->settings, "legal.city")));
	paper_paragraph(paper, 10, 2, false, arena_printf(x->arena, "Cessionnaire (bénéficiaire) : %s%s%s.%s%s", x->payee->name, *x->payee->address ? ", " : "", x->payee->address,
		*x->payee->contract ? " Contrat : " : "", x->payee->contract));
	paper_paragraph(paper, 10, 2, false, arena_printf(x->arena, "Bordereau n° %lld du %s. Cession %s, %s recours contre le cédant.", (long long)one->id, day_of(x, one->day),
		one->notified ? "notifiée aux débiteurs" : "non notifiée", one->recourse ? "avec" : "sans"));
	paper_paragraph(paper, 10, 3, false, "Désignation des créances cédées, avec leurs débiteurs, leur lieu de paiement, leur montant et leur échéance :");
	const struct paper_column columns[COLUMNS] = { { "Débiteur", 62, PAPER_LEFT }, { "Lieu de paiement", 34, PAPER_LEFT }, { "Facture", 30, PAPER_LEFT }, { "Échéance", 20, PAPER_LEFT },
		{ "Montant", 24, PAPER_RIGHT } };
	const char **cells = arena_array(x->arena, const char *, (one->item_count + 1) * COLUMNS);
	size_t at = 0, rows = 0;
	int64_t total = 0;
	for (size_t i = 0; i < one->item_count; i++) {
		const struct assigned_item *item = &one->items[i];
		if (item->back_day != DAY_NONE) continue;
		cells[at++] = *item->siren ? arena_printf(x->arena, "%s (SIREN %s)", item->customer_name, item->siren) : item->customer_name;
		cells[at++] = *item->city ? item->city : "—";
		cells[at++] = item->number, cells[at++] = day_of(x, item->due_day), cells[at++] = money_of(x, item->amount);
		total += item->amount, rows++;
	}
	cells[at++] = "Total", cells[at++] = "", cells[at++] = "", cells[at++] = "", cells[at++] = money_of(x, total);
	paper_table(paper, columns, COLUMNS, cells, rows + 1, 1, 8.5);
	paper_move(paper, paper_y(paper) + 6);
	paper_room(paper, 40);
	paper_paragraph(paper, 10, 2, false, arena_printf(x->arena, "Pour %s, nom, qualité et signature :", x->company->name));
	paper_move(paper, paper_y(paper) + 18);
	paper_paragraph(paper, 9, 2, false, dailly ? "Date apposée par le cessionnaire lors de la remise du bordereau (art. L. 313-25) :" : "Date de la remise :");
}

struct status assignment_pdf(struct db *db, const struct viewer *viewer, const struct company *company, int64_t id, int32_t today, struct arena *arena,
                             struct attachment *out)
{
	const struct settings *settings;
	struct assignment *list;
	struct payee *payees;
	size_t count = 0, payee_count = 0;
	TRY(settings_load(db, company->tenant_id, company->id, arena, &settings));
	if (id > 0) TRY(assignment_list(db, viewer, company->id, id, arena, &list, &count));
	if (!count) return status_make(STATUS_NOT_FOUND, "There is no assignment %lld.", (long long)id);
	TRY(payee_list(db, viewer, company->id, list[0].payee_id, arena, &payees, &payee_count));
	if (!payee_count) return status_make(STATUS_NOT_FOUND, "There is no bank or factor %lld.", (long long)list[0].payee_id);
	struct sheet sheet = { company, settings, &list[0], &payees[0], arena };
	const char *title = arena_printf(arena, "Bordereau n° %lld", (long long)id);
	*out = (struct attachment){ .name = arena_printf(arena, "bordereau-%lld.pdf", (long long)id), .type = "application/pdf" };
	return paper_make(draw, &sheet, &(struct paper_about){ .title = title, .author = company->name, .reference = title, .lang = LANG_FR, .today = today }, arena, &out->bytes,
	                  &out->len);
}
