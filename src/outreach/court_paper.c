#include "outreach/court_paper.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/words.h"
#include "outreach/paper.h"

#include <string.h>

struct sheet {
	const struct bundle_facts *facts;
	struct arena *arena;
	bool order, consumer; /* an order for payment; small claims otherwise */
};

static const char *money_of(const struct sheet *x, int64_t minor)
{
	cleanup_text struct text out = { 0 };
	words_amount(&out, LANG_FR, minor, x->facts->file.currency);
	return arena_strdup(x->arena, text_cstr(&out));
}

static const char *day_of(const struct sheet *x, int32_t day)
{
	cleanup_text struct text out = { 0 };
	if (day == DAY_NONE) return "…………";
	words_date(&out, LANG_FR, day);
	return arena_strdup(x->arena, text_cstr(&out));
}

/* What stands in a field, or that it is to be filled in. */
static const char *or_gap(const char *value) { return value && *value ? value : "à compléter : …………………………"; }

static void heading(struct paper *paper, const char *words)
{
	paper_room(paper, 24);
	paper_move(paper, paper_y(paper) + 3);
	paper_text(paper, PAPER_MARGIN, paper_y(paper), 170, 11.5, PAPER_LEFT, true, words);
	paper_line(paper, PAPER_MARGIN, paper_y(paper) + 5.6, PAPER_MARGIN + 170, paper_y(paper) + 5.6, 0.2, 0.6);
	paper_move(paper, paper_y(paper) + 7.5);
}

/* One field of the form: its name on the left, what goes there on the right. */
static void field(struct paper *paper, const char *name, const char *value)
{
	paper_room(paper, 8);
	bool total = strcmp(name, "Total") == 0; /* the one sum that is asked for */
	double top = paper_y(paper), left = paper_text(paper, PAPER_MARGIN, top, 52, 9, PAPER_LEFT, total, total ? "<b>Total demandé</b>" : name);
	double right = paper_text(paper, PAPER_MARGIN + 56, top, 114, 9.5, PAPER_LEFT, false, value);
	paper_move(paper, top + (left > right ? left : right) + 1.2);
}

static const char *address_of(const struct sheet *x, const char *address, const char *postcode, const char *city)
{
	if (!*address || !*city) return or_gap("");
	return arena_printf(x->arena, "%s\n%s %s", address, postcode, city);
}

static const char *court_of(const struct sheet *x)
{
	const char *city = x->facts->customer.city;
	const char *where = *city ? arena_printf(x->arena, " dans le ressort duquel se trouve %s", city) : "";
	if (!x->order) return arena_printf(x->arena, "Commissaire de justice du ressort de la cour d’appel du domicile ou de l’établissement du débiteur%s%s", *city ? ", à " : "", city);
	return arena_printf(x->arena, x->consumer ? "Tribunal judiciaire (ou juge des contentieux de la protection pour un loyer ou un crédit) du domicile du débiteur,%s" : "Président du tribunal de commerce, ou du tribunal des activités économiques, du siège du débiteur,%s", *where ? where : " à compléter");
}

static void parties(struct paper *paper, const struct sheet *x)
{
	const struct compose_sender *us = &x->facts->statement.sender;
	const struct customer *who = &x->facts->customer;
	heading(paper, x->order ? "<b>1. Juridiction</b>" : "<b>1. À qui s’adresser</b>");
	field(paper, x->order ? "Juridiction (CPC 1406)" : "Commissaire (CPCE R125-1)", court_of(x));
	if (x->order) field(paper, "Formulaire", x->consumer ? "Cerfa 12948 (tribunal judiciaire) ; 16040 (juge des contentieux de la protection)" : "Cerfa 12946, ou en ligne : tribunaldigital.fr");
	else field(paper, "En ligne", "credicys.fr");
	heading(paper, "<b>2. Créancier</b>");
	field(paper, "Dénomination", or_gap(us->name));
	field(paper, "Forme, capital", *us->form ? arena_printf(x->arena, "%s%s%s", us->form, *us->capital ? " au capital de " : "", us->capital) : or_gap(""));
	field(paper, "SIREN, registre", *us->siren ? arena_printf(x->arena, "%s%s%s", us->siren, *us->rcs ? " · " : "", us->rcs) : or_gap(us->rcs));
	field(paper, "Siège", address_of(x, us->address, us->postcode, us->city));
	field(paper, "Représentant légal", *us->signatory_name ? arena_printf(x->arena, "%s%s%s", us->signatory_name, *us->signatory_title ? ", " : "", us->signatory_title) : or_gap(""));
	heading(paper, "<b>3. Débiteur</b>");
	field(paper, x->consumer ? "Nom et prénoms" : "Dénomination", or_gap(who->name));
	if (!x->consumer) field(paper, "SIREN", or_gap(who->siren));
	field(paper, x->consumer ? "Domicile" : "Siège", address_of(x, who->address, who->postcode, who->city));
	if (*who->email || *who->phone) field(paper, "Courriel, téléphone", arena_printf(x->arena, "%s%s%s", who->email, *who->email && *who->phone ? " · " : "", who->phone));
}

/* The rate that runs now, as it is asked for: of the last segment of the last item that has one. */
static const char *rate_of(const struct sheet *x)
{
	for (size_t i = x->facts->item_count; i-- > 0;) {
		const struct interest *interest = &x->facts->items[i].interest;
		if (!interest->segment_count) continue;
		cleanup_text struct text rate = { 0 };
		words_percent(&rate, LANG_FR, interest->segments[interest->segment_count - 1].basis_points / 10000.0, 2);
		return arena_strdup(x->arena, text_cstr(&rate));
	}
	return "";
}

static void claim(struct paper *paper, const struct sheet *x)
{
	const struct bundle_facts *facts = x->facts;
	enum { COLUMNS = 6 };
	const struct paper_column columns[COLUMNS] = { { "Facture", 40, PAPER_LEFT }, { "Date", 24, PAPER_LEFT }, { "Échéance", 24, PAPER_LEFT }, { "Montant TTC", 28, PAPER_RIGHT },
		{ "Reste dû", 28, PAPER_RIGHT }, { "Intérêts", 26, PAPER_RIGHT } };
	const char **cells = arena_array(x->arena, const char *, (facts->item_count + 1) * COLUMNS);
	size_t at = 0;
	int64_t amount = 0;
	for (size_t i = 0; i < facts->item_count; i++) {
		const struct bundle_item *item = &facts->items[i];
		amount += item->amount;
		cells[at++] = item->number, cells[at++] = day_of(x, item->issue_day), cells[at++] = day_of(x, item->due_day), cells[at++] = money_of(x, item->amount);
		cells[at++] = money_of(x, item->open), cells[at++] = money_of(x, item->interest.interest);
	}
	cells[at++] = "Total", cells[at++] = "", cells[at++] = "", cells[at++] = money_of(x, amount), cells[at++] = money_of(x, facts->principal), cells[at++] = money_of(x, facts->interest);
	heading(paper, "<b>4. Créance</b>");
	paper_table(paper, columns, COLUMNS, cells, facts->item_count + 1, 1, 8.5);
	paper_move(paper, paper_y(paper) + 2);
	field(paper, "Principal", money_of(x, facts->principal));
	const char *rate = rate_of(x);
	field(paper, "Intérêts", arena_printf(x->arena, "%s arrêtés au %s%s%s%s, calcul joint ; à parfaire jusqu’au paiement", money_of(x, facts->interest), day_of(x, facts->today),
		*rate ? ", taux en cours " : "", rate, *rate ? (x->consumer ? " (taux légal, C. civ. 1231-6)" : " (C. com. L441-10)") : ""));
	if (!x->consumer) field(paper, "Indemnité forfaitaire", arena_printf(x->arena, "%s (40 € par facture, C. com. D441-5)", money_of(x, facts->fee)));
	field(paper, "Clause pénale, frais accessoires", "Néant, sauf à compléter. Les frais d’un tiers sans titre restent au créancier (CPCE L111-8).");
	field(paper, "Total", money_of(x, facts->principal + facts->interest + facts->fee));
	heading(paper, "<b>5. Fondement</b>");
	paper_paragraph(paper, 9.5, 1.5, false, arena_printf(x->arena, "Créance de nature contractuelle, d’un montant déterminé%s : prix de marchandises livrées ou de prestations exécutées, facturées aux dates ci-dessus et impayées à leur échéance.",
		x->order ? " (CPC 1405)" : ""));
	paper_paragraph(paper, 9.5, 1.5, false, facts->notice_day != DAY_NONE ? arena_printf(x->arena, "Mise en demeure du %s restée sans effet.", day_of(x, facts->notice_day))
	                                                                      : "Mise en demeure : date et preuve d’envoi à compléter.");
}

static void exhibits(struct paper *paper, const struct sheet *x)
{
	const struct bundle_facts *facts = x->facts;
	enum { COLUMNS = 3, SHOWN = 200 };
	size_t rows = facts->exhibit_count < SHOWN ? facts->exhibit_count : SHOWN;
	heading(paper, x->order ? "<b>6. Bordereau des pièces</b> (CPC 1407)" : "<b>6. Pièces</b>");
	const struct paper_column columns[COLUMNS] = { { "N°", 10, PAPER_LEFT }, { "Pièce", 90, PAPER_LEFT }, { "Fichier du dossier", 70, PAPER_LEFT } };
	const char **cells = arena_array(x->arena, const char *, rows * COLUMNS + 1);
	for (size_t i = 0; i < rows; i++) {
		cells[COLUMNS * i] = arena_printf(x->arena, "%zu", i + 1);
		cells[COLUMNS * i + 1] = facts->exhibits[i].label, cells[COLUMNS * i + 2] = facts->exhibits[i].name;
	}
	if (rows) paper_table(paper, columns, COLUMNS, cells, rows, 0, 8.5);
	else paper_paragraph(paper, 9.5, 2, false, "Aucune pièce n’est au dossier.");
}

static void missing(struct paper *paper, const struct sheet *x)
{
	const struct bundle_facts *facts = x->facts;
	heading(paper, "<b>7. Ce qui manque</b>");
	if (!facts->missing_count) paper_paragraph(paper, 9.5, 1, false, "Rien de ce que le formulaire demande ; relire avant de signer.");
	for (size_t i = 0; i < facts->missing_count; i++) paper_paragraph(paper, 9.5, 0.8, false, arena_printf(x->arena, "☐ %s", facts->missing[i]));
}

static void limits(struct paper *paper, const struct sheet *x)
{
	const struct bundle_facts *facts = x->facts;
	heading(paper, "<b>8. Limites et délais</b>");
	if (x->order) {
		int32_t serve = case_route_deadline(facts->route, facts->today);
		paper_paragraph(paper, 9.5, 1, false, arena_printf(x->arena, "• L’ordonnance doit être signifiée dans les trois mois, sinon elle est caduque (six mois si elle est antérieure au 1er avril 2026) : rendue aujourd’hui, avant le %s.", day_of(x, serve)));
		paper_paragraph(paper, 9.5, 1, false, "• Opposition : un mois à compter de la signification à personne (CPC 1416). Sans avis d’opposition, exécution possible deux mois après la signification.");
		paper_paragraph(paper, 9.5, 1, false, "• En cas d’opposition, indiquer dès la requête la juridiction à laquelle l’affaire sera renvoyée (CPC 1408) : ……………………");
		paper_paragraph(paper, 9.5, 1, false, "• La requête seule n’interrompt pas la prescription : la signification de l’ordonnance, oui.");
	} else {
		int64_t asked = facts->principal + facts->interest, most = facts->route ? facts->route->most : 0;
		bool euro = strcmp(facts->file.currency, "EUR") == 0;
		paper_paragraph(paper, 9.5, 1, false, arena_printf(x->arena, "• Au plus %s, intérêts compris (CPCE L125-1, R125-1) ; demandé ici : %s%s.", money_of(x, most), money_of(x, asked),
			euro && asked > most ? " : la limite est dépassée, choisir une autre voie" : ""));
		paper_paragraph(paper, 9.5, 1, false, "• Le débiteur a un mois pour répondre à l’invitation. Son accord donne un titre exécutoire ; son silence ou son refus met fin à la procédure.");
		paper_paragraph(paper, 9.5, 1, false, "• Les frais sont à la charge du créancier. L’accord suspend la prescription ; un échec tient lieu de tentative de conciliation préalable (CPC 750-1).");
	}
	if (facts->barred_from != DAY_NONE) {
		bool near = facts->barred_from <= day_add_months(facts->today, 6);
		paper_paragraph(paper, 9.5, 1, true, arena_printf(x->arena, near ? "• <b>Prescription : première créance prescrite à compter du %s.</b>" : "• Prescription : première créance prescrite à compter du %s.", day_of(x, facts->barred_from)));
	}
}

static void draw(struct paper *paper, void *context)
{
	const struct sheet *x = context;
	const struct bundle_facts *facts = x->facts;
	paper_move(paper, PAPER_MARGIN);
	paper_text(paper, PAPER_MARGIN, paper_y(paper), 170, 16, PAPER_LEFT, true, x->order ? "<b>Requête en injonction de payer</b>" : "<b>Recouvrement simplifié d’une petite créance</b>");
	paper_move(paper, paper_y(paper) + 8);
	paper_paragraph(paper, 9.5, 2, false, arena_printf(x->arena, "Données préparées au %s pour le dossier %lld, à reporter sur le formulaire et à relire avant signature.", day_of(x, facts->today), (long long)facts->file.id));
	parties(paper, x);
	claim(paper, x);
	exhibits(paper, x);
	missing(paper, x);
	limits(paper, x);
	paper_room(paper, 34);
	paper_move(paper, paper_y(paper) + 4);
	paper_paragraph(paper, 9.5, 3, false, arena_printf(x->arena, "Le soussigné demande %s au débiteur de payer les sommes ci-dessus et certifie sincères les renseignements donnés.", x->order ? "qu’il soit enjoint" : "qu’il soit proposé"));
	const char *city = facts->statement.sender.city;
	paper_paragraph(paper, 9.5, 2, false, arena_printf(x->arena, "Fait à %s, le ……………………        Signature :", *city ? city : "…………………"));
}

bool court_paper_for(const char *route) { return strcmp(route, "order_for_payment") == 0 || strcmp(route, "small_claims") == 0; }

struct status court_paper(const struct bundle_facts *facts, struct arena *arena, struct attachment *out)
{
	bool order = strcmp(facts->file.route, "order_for_payment") == 0;
	struct sheet sheet = { facts, arena, order, strcmp(facts->customer.class, "consumer") == 0 };
	const char *title = arena_printf(arena, "%s, %s", order ? "Requête en injonction de payer" : "Petite créance", facts->customer.name);
	out->name = order ? "injonction-de-payer.pdf" : "petites-creances.pdf", out->type = "application/pdf";
	return paper_make(draw, &sheet, &(struct paper_about){ .title = title, .author = facts->statement.sender.name, .reference = title, .lang = LANG_FR, .today = facts->today },
	                  arena, &out->bytes, &out->len);
}
