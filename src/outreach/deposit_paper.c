#include "outreach/deposit_paper.h"

#include "base/memory.h"
#include "base/words.h"
#include "outreach/facts.h"
#include "outreach/paper.h"
#include "outreach/parts.h"

struct sheet {
	const struct deposit *one;
	const struct compose_facts *facts;
	struct arena *arena;
	enum lang lang;
};

static const char *money_of(const struct sheet *x, int64_t minor)
{
	cleanup_text struct text out = { 0 };
	words_amount(&out, x->lang, minor, x->one->currency);
	return arena_strdup(x->arena, text_cstr(&out));
}
static const char *day_of(const struct sheet *x, int32_t day)
{
	cleanup_text struct text out = { 0 };
	words_date_long(&out, x->lang, day);
	return arena_strdup(x->arena, text_cstr(&out));
}

static void draw(struct paper *paper, void *context)
{
	const struct sheet *x = context;
	const struct deposit *one = x->one;
	enum lang lang = x->lang;
	enum { COLUMNS = 2, ROWS = 3 };
	const struct paper_column columns[COLUMNS] = { { tr(lang, "Your order"), 110, PAPER_LEFT }, { one->order_ref, 60, PAPER_RIGHT } };
	const char *const cells[ROWS * COLUMNS] = { tr(lang, "Amount of the order, VAT included"), money_of(x, one->order_amount), tr(lang, "Left to pay on delivery or by its invoice"),
		money_of(x, one->order_amount - one->amount), tr(lang, "Deposit asked for"), money_of(x, one->amount) };
	paper_text(paper, PAPER_MARGIN, PAPER_MARGIN, 80, 9, PAPER_LEFT, false, parts_sender(x->facts, x->arena));
	paper_text(paper, 110, 55, 85, 10, PAPER_LEFT, false, parts_address(x->facts, x->arena));
	paper_move(paper, 96);
	paper_paragraph(paper, 10, 3, false, arena_printf(x->arena, "%s, %s", x->facts->sender.city, day_of(x, x->facts->today)));
	paper_paragraph(paper, 13, 4, false, arena_printf(x->arena, tr(lang, "Deposit for your order %s"), one->order_ref));
	paper_paragraph(paper, 10, 4, false, arena_printf(x->arena, tr(lang, "Thank you for your order. We will take it in hand on receipt of a deposit of %s, by %s."), money_of(x, one->amount), day_of(x, one->due_day)));
	paper_table(paper, columns, COLUMNS, cells, ROWS, 1, 10);
	paper_move(paper, paper_y(paper) + 4);
	paper_paragraph(paper, 10, 4, false, parts_payment(x->facts, x->arena));
	paper_paragraph(paper, 10, 4, false, tr(lang, "Your payment is followed by a deposit invoice with its VAT; it is deducted from the final invoice. This request is not an invoice."));
	paper_paragraph(paper, 10, 3, false, parts_signature(x->facts, x->arena));
}

struct status deposit_pdf(struct db *db, const struct viewer *viewer, const struct company *company, int64_t id, int32_t today, struct arena *arena, struct attachment *out)
{
	const struct settings *settings;
	struct deposit *list;
	struct compose_facts facts;
	size_t count = 0;
	TRY(settings_load(db, company->tenant_id, company->id, arena, &settings));
	if (id > 0) TRY(deposit_list(db, viewer, company->id, id, 0, arena, &list, &count));
	if (!count) return status_make(STATUS_NOT_FOUND, "There is no deposit %lld, or it is not in your portfolio.", (long long)id);
	TRY(facts_of_customer(db, viewer, company, settings, list[0].customer_code, "reminder", today, arena, &facts));
	/* a deposit is ours, whatever of his older invoices is paid to a bank or factor */
	if (facts.own_iban) facts.sender.iban = facts.own_iban, facts.sender.bic = facts.own_bic, facts.sender.payee = facts.own_payee;
	struct sheet sheet = { &list[0], &facts, arena, facts.lang };
	const char *title = arena_printf(arena, tr(facts.lang, "Deposit for your order %s"), list[0].order_ref);
	*out = (struct attachment){ .name = arena_printf(arena, "%s-%lld.pdf", facts.lang == LANG_FR ? "acompte" : "deposit", (long long)id), .type = "application/pdf" };
	return paper_make(draw, &sheet, &(struct paper_about){ .title = title, .author = facts.sender.name, .reference = title, .lang = facts.lang, .today = today }, arena, &out->bytes,
	                  &out->len);
}
