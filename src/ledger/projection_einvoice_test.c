/* Electronic invoices and the books: one claim, in whatever order they come. */
#include "ledger/projection.h"

#include "base/memory.h"
#include "base/test.h"

enum { FEB = 20120 /* 2025-02-01 */ };

static struct fact book(int64_t id, enum item_kind kind, int32_t day, const char *number, int64_t amount, const char *letter)
{
	return (struct fact){ .id = id, .customer_id = 1, .file = 1, .lettered_in = 1, .kind = kind, .posting_day = day, .ledger_day = day,
		              .piece_day = day, .due_day = DAY_NONE, .line = id, .amount = amount, .account = "411000", .number = number,
		              .lettering = letter, .label = "", .applies_to = "", .external_id = "", .extra = "", .currency = "EUR" };
}

static struct fact document(int64_t id, int32_t day, const char *number, int64_t amount, int32_t due, const char *extra)
{
	struct fact fact = book(id, amount < 0 ? ITEM_CREDIT_NOTE : ITEM_INVOICE, day, number, amount, "");
	fact.source = 1, fact.file = fact.lettered_in = 2, fact.einvoice = true, fact.due_day = due, fact.extra = extra, fact.account = "411";
	return fact;
}

static struct projection compute(struct arena *arena, const struct fact *facts, size_t count, int32_t books_from)
{
	struct projection p;
	projection_compute(&(struct projection_input){ .facts = facts, .fact_count = count, .books_from = books_from,
	                                               .company_terms = { .known = true, .days = 30 } }, arena, &p);
	return p;
}

static const struct projected_item *find(const struct projection *p, int64_t id)
{
	for (size_t i = 0; i < p->item_count; i++)
		if (p->items[i].id == id) return &p->items[i];
	return NULL;
}

static void the_posting_stands_and_learns_when_it_is_due(void)
{
	for (int order = 0; order < 2; order++) { /* whichever was there first */
		cleanup_arena struct arena *arena = arena_new();
		int64_t d = order ? 1 : 2, b = order ? 2 : 1;
		struct fact facts[] = { document(d, FEB, "FA-2025/001", 120000, FEB + 45, "{\"purchase_order\":\"BC1\"}"), book(b, ITEM_INVOICE, FEB + 3, "fa2025001", 120000, ""),
			                document(9, FEB, "FA-2025/002", 5000, FEB + 45, "") };
		struct projection p = compute(arena, facts, 3, DAY_NONE);
		CHECK_INT(p.item_count, 2);
		const struct projected_item *item = find(&p, b), *other = find(&p, 9);
		if (!item || !other) continue;
		CHECK_INT(item->due_day, FEB + 45);
		CHECK_INT(item->due_source, DUE_FILE);
		CHECK_TEXT(item->extra, "{\"purchase_order\":\"BC1\"}");
		CHECK_INT(item->open_amount, 120000);
		CHECK_INT(p.restatement_count, 1);
		CHECK_INT(p.restatements[0].fact_id, d);
		CHECK_INT(p.restatements[0].item_id, b);
	}
}

static void what_the_books_say_stands_over_the_document(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct fact posting = book(1, ITEM_INVOICE, FEB, "F1", 120000, "A"), paid = book(2, ITEM_PAYMENT, FEB + 20, "VIR", -120000, "A");
	posting.due_day = FEB + 10, posting.extra = "{\"purchase_order\":\"ours\"}";
	struct fact closing = document(4, FEB, "F1", -20000, DAY_NONE, ""); /* paid before it was issued, says the document */
	closing.closing = true, closing.kind = ITEM_OTHER, closing.applies_to = "#3";
	struct fact facts[] = { posting, paid, document(3, FEB, "F1", 120000, FEB + 45, "{\"contract\":\"M\",\"purchase_order\":\"theirs\"}"), closing };
	struct projection p = compute(arena, facts, 4, DAY_NONE);
	CHECK_INT(p.item_count, 2);
	const struct projected_item *item = find(&p, 1);
	if (!item) return;
	CHECK_INT(item->due_day, FEB + 10);
	CHECK_INT(item->open_amount, 0);
	CHECK_TEXT(item->extra, "{\"contract\":\"M\",\"purchase_order\":\"ours\"}");
	CHECK_INT(p.settlement_count, 1);
}

static void amounts_that_differ_are_one_claim_all_the_same(void)
{
	cleanup_arena struct arena *arena = arena_new();
	/* net of a deposit in the books; and in two instalments */
	struct fact facts[] = { book(1, ITEM_INVOICE, FEB, "F1", 100000, ""), document(2, FEB, "F1", 120000, FEB + 30, ""),
		                book(3, ITEM_INVOICE, FEB, "F2", 60000, ""), book(4, ITEM_INVOICE, FEB, "F2", 40000, ""), document(5, FEB, "F2", 100000, FEB + 30, "") };
	struct projection p = compute(arena, facts, 5, DAY_NONE);
	CHECK_INT(p.item_count, 3);
	CHECK(find(&p, 2) == NULL && find(&p, 5) == NULL);
}

static void another_year_customer_sign_or_currency_is_another_claim(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct fact other = document(4, FEB, "F1", 120000, FEB + 30, ""), dollars = document(5, FEB, "F1", 120000, FEB + 30, "");
	other.customer_id = 2, dollars.currency = "USD";
	struct fact facts[] = { book(1, ITEM_INVOICE, FEB - 365, "F1", 120000, ""), document(2, FEB, "F1", 120000, FEB + 30, ""),
		                document(3, FEB, "F1", -5000, FEB, ""), dollars, other };
	struct projection p = compute(arena, facts, 5, DAY_NONE);
	CHECK_INT(p.item_count, 5);
}

static void payments_of_the_same_number_are_no_posting(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct fact facts[] = { book(1, ITEM_PAYMENT, FEB + 5, "F1", -120000, ""), document(2, FEB, "F1", 120000, FEB + 30, ""), document(3, FEB, "AV1", -5000, DAY_NONE, "") };
	struct projection p = compute(arena, facts, 3, DAY_NONE);
	CHECK_INT(p.item_count, 3);
}

static void an_opening_line_restates_an_invoice_of_years_ago(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct fact line = book(1, ITEM_OPENING, FEB, "F1", 80000, ""); /* 400.00 were paid since */
	line.opening = true;
	struct fact facts[] = { line, document(2, FEB - 400, "F1", 120000, FEB - 370, ""), document(3, FEB - 300, "F2", 7000, FEB - 270, "") };
	struct projection p = compute(arena, facts, 3, FEB);
	CHECK_INT(p.item_count, 1); /* F2 was paid before the books begin: they don't open with it */
	const struct projected_item *item = find(&p, 1);
	if (!item) return;
	CHECK_INT(item->open_amount, 80000);
	CHECK_INT(item->due_day, FEB - 370);
}

static void a_document_that_came_twice_counts_once(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct fact again = document(3, FEB, "F1", 120000, FEB + 30, "");
	again.file = 3;
	struct fact facts[] = { document(2, FEB, "F1", 120000, FEB + 30, ""), again, document(4, FEB, "F9", 100, FEB, ""), document(5, FEB, "F9", 100, FEB + 30, "") };
	struct projection p = compute(arena, facts, 4, DAY_NONE);
	CHECK_INT(p.item_count, 3); /* instalments of F9 are two */
	CHECK(find(&p, 2) && !find(&p, 3));
}

TESTS({ "the posting stands, and learns when it is due", the_posting_stands_and_learns_when_it_is_due },
      { "what the books say stands over the document", what_the_books_say_stands_over_the_document },
      { "amounts that differ are one claim all the same", amounts_that_differ_are_one_claim_all_the_same },
      { "another year, customer, sign or currency is another claim", another_year_customer_sign_or_currency_is_another_claim },
      { "payments of the same number are no posting", payments_of_the_same_number_are_no_posting },
      { "an opening line restates an invoice of years ago", an_opening_line_restates_an_invoice_of_years_ago },
      { "a document that came twice counts once", a_document_that_came_twice_counts_once }, )
