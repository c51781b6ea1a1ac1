#include "outreach/declaration.h"

#include "base/memory.h"
#include "base/words.h"
#include "book/book.h"
#include "dunning/claims.h"
#include "outreach/paper.h"
#include "outreach/parts.h"

#include <string.h>

struct status declaration_make(struct db *db, const struct viewer *viewer, const struct company *company, int64_t customer_id, int32_t today,
                               struct arena *arena, struct declaration *out)
{
	*out = (struct declaration){ 0 };
	cleanup_book const struct book *book = NULL;
	cleanup_claims struct claims *claims = NULL;
	TRY(customer_get(db, viewer, company->id, customer_id, arena, &out->customer));
	if (out->customer.insolvency_day == DAY_NONE) return status_make(STATUS_CONFLICT, "No insolvency is noted at this customer.");
	TRY(insolvency_file_get(db, viewer, company->id, customer_id, arena, &out->file));
	TRY(book_get(db_store(db), viewer->tenant_id, company->id, &book));
	TRY(claims_load(db, viewer, company->id, arena, &claims));
	int32_t judgment = out->customer.insolvency_day;
	for (size_t c = 0; c < book_customers(book); c++) {
		struct book_customer who = book_customer(book, c);
		if (who.id != customer_id) continue;
		out->items = arena_array(arena, struct declaration_item, who.item_count + 1);
		for (size_t i = who.first_item; i < who.first_item + who.item_count; i++) {
			struct book_item item = book_item(book, i, today);
			if (!item.exists || item.outside || !item.open || strcmp(item.currency, company->currency) != 0) continue;
			bool before = item.issue_day <= judgment;
			if (item.open < 0) {
				if (before) out->credits -= item.open;
				continue;
			}
			struct declaration_item *one = &out->items[out->count++];
			*one = (struct declaration_item){ .id = item.id, .open = item.open, .number = arena_strdup(arena, item.number), .issue_day = item.issue_day,
				                          .due_day = item.due_day, .before = before, .due = item.due_day <= judgment };
			if (!before) {
				out->after += item.open;
				continue;
			}
			struct interest interest;
			if (claims_interest_of(claims, i, judgment, arena, &interest)) one->interest = interest.interest;
			out->interest += one->interest;
			if (one->due) out->due += item.open;
			else out->to_come += item.open;
		}
	}
	out->total = out->due + out->to_come + out->interest - out->credits;
	if (out->total < 0) out->total = 0;
	return STATUS_FINE;
}

/* --- the draft ------------------------------------------------------------------------------------------------------------------- */

struct draft {
	const struct declaration *declaration;
	const struct compose_facts *facts;
	struct arena *arena;
	enum lang lang;
	int32_t today;
};

static const char *money_of(const struct draft *x, int64_t minor)
{
	cleanup_text struct text out = { 0 };
	words_amount(&out, x->lang, minor, x->facts->currency);
	return arena_strdup(x->arena, text_cstr(&out));
}

static const char *day_of(const struct draft *x, int32_t day)
{
	cleanup_text struct text out = { 0 };
	if (day == DAY_NONE) return "…………";
	words_date(&out, x->lang, day);
	return arena_strdup(x->arena, text_cstr(&out));
}

static const char *kind_words(const struct draft *x)
{
	const char *kind = x->declaration->file.kind;
	return tr(x->lang, strcmp(kind, "safeguard") == 0 ? "Safeguard" : strcmp(kind, "receivership") == 0 ? "Receivership" : strcmp(kind, "liquidation") == 0
	                                                                                                          ? "Judicial liquidation" : "Collective procedure");
}

static void rows(struct paper *paper, const struct draft *x)
{
	enum { COLUMNS = 6 };
	const struct declaration *d = x->declaration;
	const struct paper_column columns[COLUMNS] = {
		{ tr(x->lang, "Number"), 42, PAPER_LEFT }, { tr(x->lang, "Date"), 24, PAPER_LEFT }, { tr(x->lang, "Due date"), 24, PAPER_LEFT },
		{ tr(x->lang, "Due on the judgment"), 28, PAPER_RIGHT }, { tr(x->lang, "To fall due"), 26, PAPER_RIGHT }, { tr(x->lang, "Interest"), 26, PAPER_RIGHT },
	};
	const char **cells = arena_array(x->arena, const char *, (d->count + 1) * COLUMNS);
	size_t at = 0, count = 0;
	for (size_t i = 0; i < d->count; i++) {
		const struct declaration_item *item = &d->items[i];
		if (!item->before) continue;
		cells[at++] = item->number, cells[at++] = day_of(x, item->issue_day), cells[at++] = day_of(x, item->due_day);
		cells[at++] = item->due ? money_of(x, item->open) : "", cells[at++] = item->due ? "" : money_of(x, item->open), cells[at++] = money_of(x, item->interest);
		count++;
	}
	cells[at++] = tr(x->lang, "Total"), cells[at++] = "", cells[at++] = "", cells[at++] = money_of(x, d->due), cells[at++] = money_of(x, d->to_come);
	cells[at++] = money_of(x, d->interest);
	paper_table(paper, columns, COLUMNS, cells, count + 1, 1, 8.5);
}

static void draw(struct paper *paper, void *context)
{
	const struct draft *x = context;
	const struct declaration *d = x->declaration;
	const struct insolvency_file *file = &d->file;
	enum lang lang = x->lang;
	double top = PAPER_MARGIN;
	paper_text(paper, PAPER_MARGIN, top, 80, 9, PAPER_LEFT, false, parts_sender(x->facts, x->arena));
	paper_text(paper, 110, 55, 85, 10, PAPER_LEFT, false, *file->trustee ? file->trustee : tr(lang, "[Mandataire judiciaire or liquidateur, with his address]"));
	paper_move(paper, 96);
	cleanup_text struct text date = { 0 };
	if (*x->facts->sender.city) text_addf(&date, lang == LANG_FR ? "%s, le " : "%s, ", x->facts->sender.city);
	words_date_long(&date, lang, x->today);
	paper_text(paper, 110, paper_y(paper), 80, 10, PAPER_LEFT, false, text_cstr(&date));
	paper_move(paper, paper_y(paper) + 8);
	paper_text(paper, PAPER_MARGIN, paper_y(paper), 170, 13, PAPER_LEFT, false, tr(lang, "Declaration of claims"));
	paper_move(paper, paper_y(paper) + 8);
	paper_paragraph(paper, 10, 3, false, arena_printf(x->arena, "%s : %s%s%s", kind_words(x), d->customer.name, *d->customer.siren ? ", SIREN " : "", d->customer.siren));
	paper_paragraph(paper, 10, 3, false, arena_printf(x->arena, tr(lang, "Court: %s. Judgment of %s, published in the BODACC on %s."), *file->court ? file->court : "…………",
		day_of(x, d->customer.insolvency_day), day_of(x, file->published_day)));
	paper_paragraph(paper, 10, 3, false, tr(lang, "Under articles L622-24 and R622-23 of the Code de commerce, we declare the claims below, whose cause is before the judgment."));
	rows(paper, x);
	if (d->credits) paper_paragraph(paper, 10, 2, false, arena_printf(x->arena, tr(lang, "Credits to deduct: %s."), money_of(x, d->credits)));
	paper_paragraph(paper, 11, 3, true, arena_printf(x->arena, "<b>%s</b>", arena_printf(x->arena, tr(lang, "Amount declared: %s."), money_of(x, d->total))));
	paper_paragraph(paper, 10, 2, false, tr(lang, "Late interest was computed up to the judgment, on what remained due, at the rate of each half-year (L441-10); it stops on that day (L622-28)."));
	paper_paragraph(paper, 10, 2, false, file->retention_of_title ? tr(lang, "Security: retention of title on the goods delivered; their return is claimed separately (L624-9, L624-16).")
	                                                             : tr(lang, "Security or privilege: none."));
	paper_paragraph(paper, 10, 2, false, tr(lang, "These claims are not before a court, unless said otherwise in the exhibits."));
	paper_paragraph(paper, 10, 2, false, tr(lang, "Exhibits: the invoices listed, the statement of account, the orders and delivery notes."));
	paper_room(paper, 24); /* the signature stays with what is signed */
	paper_paragraph(paper, 10, 4, false, tr(lang, "Certified sincere."));
	paper_paragraph(paper, 10, 2, false, arena_printf(x->arena, "%s\n%s\n%s", x->facts->sender.name, x->facts->sender.signatory_name, x->facts->sender.signatory_title));
}

struct status declaration_pdf(const struct declaration *declaration, const struct compose_facts *facts, enum lang lang, int32_t today, struct arena *arena,
                              struct attachment *out)
{
	struct draft draft = { declaration, facts, arena, lang, today };
	const char *title = arena_printf(arena, "%s, %s", tr(lang, "Declaration of claims"), declaration->customer.name);
	out->name = arena_printf(arena, "declaration-de-creances-%s.pdf", declaration->customer.code), out->type = "application/pdf";
	return paper_make(draw, &draft, &(struct paper_about){ .title = title, .author = facts->sender.name, .reference = title, .lang = lang, .today = today }, arena,
	                  &out->bytes, &out->len);
}
