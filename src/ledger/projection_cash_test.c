/* Bank lines and the books: counted once, in whatever order and cut they come (contract section 3, Identity). */
#include "ledger/projection.h"

#include "base/memory.h"
#include "base/test.h"

#include <inttypes.h>
#include <stdlib.h>

enum { FEB = 20120 /* 2025-02-01 */ };

static struct fact book(int64_t id, enum item_kind kind, int32_t day, const char *number, int64_t amount, const char *letter)
{
	return (struct fact){ .id = id, .customer_id = 1, .file = 1, .lettered_in = 1, .source = 0, .kind = kind, .posting_day = day,
		              .ledger_day = day, .piece_day = day, .due_day = DAY_NONE, .line = id, .amount = amount,
		              .account = "411000", .number = number, .lettering = letter, .label = "", .applies_to = "",
		              .external_id = "", .extra = "", .currency = "EUR" };
}

static struct fact bank(int64_t id, int64_t application, enum item_kind kind, int32_t day, int64_t amount)
{
	struct fact fact = book(id, kind, day, "VIR", amount, "");
	fact.source = FACT_SOURCE_CASH, fact.application = application, fact.file = fact.lettered_in = 0, fact.account = "411";
	return fact;
}

static struct fact_link link_of(int64_t application, int64_t debit, int64_t credit, int64_t amount)
{
	return (struct fact_link){ .customer_id = 1, .application = application, .debit_id = debit, .credit_id = credit, .amount = amount };
}

static struct projection compute(struct arena *arena, const struct fact *facts, size_t count, const struct fact_link *links,
                                 size_t link_count)
{
	struct projection p;
	projection_compute(&(struct projection_input){ .facts = facts, .fact_count = count, .links = links, .link_count = link_count,
	                                               .company_terms = { .known = true, .days = 30 } }, arena, &p);
	return p;
}

static const struct projected_item *find(const struct projection *p, int64_t id)
{
	for (size_t i = 0; i < p->item_count; i++)
		if (p->items[i].id == id) return &p->items[i];
	return NULL;
}

static int64_t open_of(const struct projection *p, int64_t id)
{
	const struct projected_item *item = find(p, id);
	CHECK(item != NULL);
	return item ? item->open_amount : INT64_MIN;
}

static int64_t balance(const struct projection *p, int32_t day)
{
	int64_t sum = 0;
	for (size_t i = 0; i < p->item_count; i++) {
		const struct projected_item *item = &p->items[i];
		if (item->posting_day > day) continue;
		sum += item->amount;
		for (size_t s = 0; s < p->settlement_count; s++) {
			if (p->settlements[s].day > day) continue;
			if (p->settlements[s].debit_id == item->id) sum -= p->settlements[s].amount;
			if (p->settlements[s].credit_id == item->id) sum += p->settlements[s].amount;
		}
	}
	return sum;
}

static void a_line_settles_what_the_link_says(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct fact facts[] = { book(1, ITEM_INVOICE, FEB, "F1", 10000, ""), book(2, ITEM_INVOICE, FEB, "F2", 5000, ""),
		                bank(3, 1, ITEM_PAYMENT, FEB + 40, -12000) };
	struct fact_link links[] = { link_of(1, 1, 3, 9000), link_of(1, 2, 3, 3000) };
	struct projection p = compute(arena, facts, 3, links, 2);
	CHECK_INT(open_of(&p, 1), 1000);
	CHECK_INT(open_of(&p, 2), 2000);
	CHECK_INT(open_of(&p, 3), 0);
	CHECK_INT(p.settlements[0].day, FEB + 40);
	/* taken back: as if it had never been (pitfall 64, P5) */
	struct projection undone = compute(arena, facts, 2, NULL, 0);
	CHECK_INT(open_of(&undone, 1), 10000);
	CHECK_INT(open_of(&undone, 2), 5000);
	CHECK_INT(undone.settlement_count, 0);
	/* what is left stays on account */
	p = compute(arena, facts, 3, links, 1);
	CHECK_INT(open_of(&p, 3), -3000);
}

static void a_credit_note_pays_with_the_transfer(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct fact facts[] = { book(1, ITEM_INVOICE, FEB, "F1", 10000, ""), book(2, ITEM_CREDIT_NOTE, FEB, "A1", -2000, ""),
		                bank(3, 1, ITEM_PAYMENT, FEB + 40, -8000) };
	struct fact_link links[] = { link_of(1, 1, 2, 2000), link_of(1, 1, 3, 8000) };
	struct projection p = compute(arena, facts, 3, links, 2);
	CHECK_INT(open_of(&p, 1), 0);
	CHECK_INT(open_of(&p, 2), 0);
	CHECK_INT(open_of(&p, 3), 0);
}

static void the_posting_takes_over_and_keeps_the_settlement(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct fact facts[] = { book(1, ITEM_INVOICE, FEB, "F1", 10000, ""), bank(2, 1, ITEM_PAYMENT, FEB + 40, -10000),
		                book(3, ITEM_PAYMENT, FEB + 42, "B9", -10000, "") };
	struct fact_link links[] = { link_of(1, 1, 2, 10000) };
	for (int order = 0; order < 2; order++) { /* the bank first, or the books first: the same store */
		struct projection p = compute(arena, facts, 3, links, 1);
		CHECK(find(&p, 2) == NULL);
		CHECK_INT(open_of(&p, 1), 0);
		CHECK_INT(open_of(&p, 3), 0);
		CHECK_INT(p.restatement_count, 1);
		CHECK_INT(p.restatements[0].fact_id, 2);
		CHECK_INT(p.restatements[0].item_id, 3);
		for (int32_t day = FEB - 1; day < FEB + 60; day++)
			CHECK_INT(balance(&p, day), day < FEB ? 0 : day < FEB + 42 ? 10000 : 0);
		struct fact first = facts[0];
		facts[0] = facts[2], facts[2] = first;
	}
}

static void the_lettering_of_the_books_wins(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct fact facts[] = { book(1, ITEM_INVOICE, FEB, "F1", 10000, ""), book(2, ITEM_INVOICE, FEB, "F2", 10000, "A"),
		                bank(3, 1, ITEM_PAYMENT, FEB + 40, -10000), book(4, ITEM_PAYMENT, FEB + 40, "B9", -10000, "A") };
	struct fact_link links[] = { link_of(1, 1, 3, 10000) };
	struct projection p = compute(arena, facts, 4, links, 1);
	CHECK_INT(open_of(&p, 1), 10000);
	CHECK_INT(open_of(&p, 2), 0);
	CHECK_INT(open_of(&p, 4), 0);
}

static void books_cut_the_same_money_otherwise(void)
{
	cleanup_arena struct arena *arena = arena_new();
	/* one transfer, posted by invoice */
	struct fact by_invoice[] = { book(1, ITEM_INVOICE, FEB, "F1", 10000, ""), book(2, ITEM_INVOICE, FEB, "F2", 5000, ""),
		                     bank(3, 1, ITEM_PAYMENT, FEB + 40, -15000), book(4, ITEM_PAYMENT, FEB + 41, "F2", -5000, ""),
		                     book(5, ITEM_PAYMENT, FEB + 41, "F1", -10000, "") };
	struct fact_link links[] = { link_of(1, 1, 3, 10000), link_of(1, 2, 3, 5000) };
	struct projection p = compute(arena, by_invoice, 5, links, 2);
	CHECK(find(&p, 3) == NULL);
	for (int64_t id = 1; id < 6; id++)
		if (id != 3) CHECK_INT(open_of(&p, id), 0);
	/* two cheques, posted as one remittance */
	struct fact remittance[] = { book(1, ITEM_INVOICE, FEB, "F1", 10000, ""), book(2, ITEM_INVOICE, FEB, "F2", 5000, ""),
		                     bank(3, 1, ITEM_PAYMENT, FEB + 40, -10000), bank(4, 2, ITEM_PAYMENT, FEB + 42, -5000),
		                     book(5, ITEM_PAYMENT, FEB + 39, "REM", -15000, "") };
	struct fact_link two[] = { link_of(1, 1, 3, 10000), link_of(2, 2, 4, 5000) };
	p = compute(arena, remittance, 5, two, 2);
	CHECK_INT(p.item_count, 3);
	CHECK_INT(open_of(&p, 1), 0);
	CHECK_INT(open_of(&p, 2), 0);
	CHECK_INT(open_of(&p, 5), 0);
	/* cut differently on each side */
	struct fact crossed[] = { book(1, ITEM_INVOICE, FEB, "F1", 15000, ""), bank(2, 1, ITEM_PAYMENT, FEB + 40, -10000),
		                  bank(3, 2, ITEM_PAYMENT, FEB + 40, -5000), book(4, ITEM_PAYMENT, FEB + 40, "X", -7000, ""),
		                  book(5, ITEM_PAYMENT, FEB + 40, "X", -8000, "") };
	struct fact_link both[] = { link_of(1, 1, 2, 10000), link_of(2, 1, 3, 5000) };
	p = compute(arena, crossed, 5, both, 2);
	CHECK_INT(p.item_count, 3);
	CHECK_INT(balance(&p, FEB + 99), 0);
	CHECK_INT(open_of(&p, 1), 0);
}

/* 100.00 owed, 98.00 came, 2.00 of bank charges let go: the books post 100.00 in one line, or 98.00 and 2.00. */
static void a_difference_goes_with_its_payment(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct fact facts[] = { book(1, ITEM_INVOICE, FEB, "F1", 10000, ""), bank(2, 1, ITEM_PAYMENT, FEB + 40, -9800),
		                bank(3, 1, ITEM_OTHER, FEB + 40, -200), book(4, ITEM_PAYMENT, FEB + 40, "F1", -10000, ""),
		                book(5, ITEM_PAYMENT, FEB + 40, "F1", -200, "") };
	facts[2].difference = true;
	struct fact_link links[] = { link_of(1, 1, 2, 9800), link_of(1, 1, 3, 200) };
	struct projection p = compute(arena, facts, 3, links, 2);
	CHECK_INT(p.item_count, 3);
	CHECK_INT(open_of(&p, 1), 0);
	p = compute(arena, facts, 4, links, 2);
	CHECK_INT(p.item_count, 2);
	CHECK_INT(open_of(&p, 1), 0);
	CHECK_INT(open_of(&p, 4), 0);
	facts[3].amount = -9800;
	p = compute(arena, facts, 5, links, 2);
	CHECK_INT(p.item_count, 3);
	CHECK_INT(open_of(&p, 1), 0);
	CHECK_INT(open_of(&p, 4), 0);
	CHECK_INT(open_of(&p, 5), 0);
}

/* The books are kept weeks later. An invoice is not paid twice: what pays the very one is the same money. Of what shares but the amount
 * a person says it. */
static void a_late_posting_is_the_same_money(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct fact facts[] = { book(1, ITEM_INVOICE, FEB, "F1", 10000, "A"), bank(2, 1, ITEM_PAYMENT, FEB + 20, -10000), book(3, ITEM_PAYMENT, FEB + 95, "B9", -10000, "A"),
		                book(4, ITEM_INVOICE, FEB, "F4", 10000, "") };
	struct fact_link links[] = { link_of(1, 1, 2, 10000) };
	struct projection p = compute(arena, facts, 4, links, 1);
	CHECK(find(&p, 2) == NULL);
	CHECK_INT(balance(&p, FEB + 99), 10000);
	CHECK_INT(open_of(&p, 1), 0);
	CHECK_INT(open_of(&p, 4), 10000);
	/* by its number */
	facts[0].lettering = facts[2].lettering = "", facts[2].number = "F1";
	p = compute(arena, facts, 4, links, 1);
	CHECK(find(&p, 2) == NULL);
	CHECK_INT(open_of(&p, 1), 0);
	/* posted weeks before, it may be one that came back: never by itself */
	facts[2].posting_day = FEB + 2;
	p = compute(arena, facts, 4, links, 1);
	CHECK(find(&p, 2) != NULL);
	/* the bank's own payment came back: what the books post of it is not taken for half of it */
	struct fact back[] = { book(1, ITEM_INVOICE, FEB, "F1", 10000, ""), bank(2, 1, ITEM_PAYMENT, FEB + 20, -10000), bank(3, 2, ITEM_UNPAID_RETURN, FEB + 24, 10000),
		               book(4, ITEM_PAYMENT, FEB + 60, "F1", -10000, "A"), book(5, ITEM_UNPAID_RETURN, FEB + 60, "REJET", 10000, "A") };
	back[2].reopens = 1;
	p = compute(arena, back, 5, links, 1);
	CHECK_INT(balance(&p, FEB + 99), 10000);
	/* this month's, that the bank told on its day, takes its own posting first */
	facts[2].posting_day = FEB + 50, facts[3] = bank(4, 2, ITEM_PAYMENT, FEB + 50, -10000);
	p = compute(arena, facts, 4, links, 1);
	CHECK(find(&p, 4) == NULL);
	CHECK(find(&p, 2) != NULL);
	/* only the amount: two payments, until a person says that they are one */
	facts[2].number = "B9", facts[3] = book(4, ITEM_INVOICE, FEB, "F4", 10000, "");
	p = compute(arena, facts, 4, links, 1);
	CHECK_INT(balance(&p, FEB + 99), 0);
	struct fact_posting said[] = { { 2, 3, true } };
	struct projection_input input = { .facts = facts, .fact_count = 4, .links = links, .link_count = 1, .postings = said, .posting_count = 1,
		                          .company_terms = { .known = true, .days = 30 } };
	projection_compute(&input, arena, &p);
	CHECK(find(&p, 2) == NULL);
	CHECK_INT(open_of(&p, 1), 0);
	CHECK_INT(open_of(&p, 4), 10000);
	CHECK_INT(balance(&p, FEB + 99), 10000);
	/* or that they are not, whatever the books say */
	said[0].same = false, facts[2].number = "F1";
	projection_compute(&input, arena, &p);
	CHECK(find(&p, 2) != NULL);
	facts[2].posting_day = FEB + 21;
	projection_compute(&input, arena, &p);
	CHECK(find(&p, 2) != NULL);
	/* cut by invoice, months later */
	struct fact cut[] = { book(1, ITEM_INVOICE, FEB, "F1", 10000, "A"), book(2, ITEM_INVOICE, FEB, "F2", 5000, "B"), bank(3, 1, ITEM_PAYMENT, FEB + 20, -15000),
		              book(4, ITEM_PAYMENT, FEB + 80, "X", -10000, "A"), book(5, ITEM_PAYMENT, FEB + 80, "X", -5000, "B") };
	struct fact_link both[] = { link_of(1, 1, 3, 10000), link_of(1, 2, 3, 5000) };
	p = compute(arena, cut, 5, both, 2);
	CHECK(find(&p, 3) == NULL);
	CHECK_INT(balance(&p, FEB + 99), 0);
}

static void another_months_payment_is_another_one(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct fact facts[] = { book(1, ITEM_INVOICE, FEB, "F1", 10000, "A"), book(2, ITEM_PAYMENT, FEB + 5, "B1", -10000, "A"),
		                book(3, ITEM_INVOICE, FEB + 28, "F2", 10000, ""), bank(4, 1, ITEM_PAYMENT, FEB + 33, -10000) };
	struct fact_link links[] = { link_of(1, 3, 4, 10000) };
	struct projection p = compute(arena, facts, 4, links, 1);
	CHECK_INT(p.item_count, 4);
	CHECK_INT(open_of(&p, 3), 0);
}

/* Pitfall 65: the settlement stays on record, the claim is open again on its old due date; the books' line then stands for it. */
static void what_comes_back_is_due_on_the_old_day(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct fact facts[] = { book(1, ITEM_INVOICE, FEB, "F1", 10000, ""), bank(2, 1, ITEM_PAYMENT, FEB + 20, -10000),
		                bank(3, 2, ITEM_UNPAID_RETURN, FEB + 25, 10000), book(4, ITEM_UNPAID_RETURN, FEB + 27, "REJET", 10000, "") };
	facts[2].reopens = 1, facts[2].number = "F1";
	struct fact_link links[] = { link_of(1, 1, 2, 10000) };
	for (size_t count = 3; count < 5; count++) {
		struct projection p = compute(arena, facts, count, links, 1);
		const struct projected_item *back = find(&p, count == 3 ? 3 : 4);
		CHECK(back != NULL);
		if (!back) return;
		CHECK_INT(p.item_count, 3);
		CHECK_INT(back->due_day, FEB + 30);
		CHECK_INT(back->due_source, DUE_ORIGINAL);
		CHECK_INT(back->origin_id, 1);
		CHECK_INT(back->open_amount, 10000);
		CHECK_INT(open_of(&p, 1), 0);
		CHECK_INT(p.settlement_count, 1);
		CHECK_INT(balance(&p, FEB + 60), 10000);
	}
}

static void two_items_of_the_books_may_be_matched_by_hand(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct fact facts[] = { book(1, ITEM_INVOICE, FEB, "F1", 10000, ""), book(2, ITEM_PAYMENT, FEB + 9, "B", -10000, ""),
		                book(3, ITEM_INVOICE, FEB, "F2", 10000, "") };
	struct fact_link links[] = { link_of(1, 3, 2, 6000) };
	struct projection p = compute(arena, facts, 3, links, 1);
	CHECK_INT(open_of(&p, 3), 4000);
	CHECK_INT(open_of(&p, 2), -4000);
	CHECK_INT(open_of(&p, 1), 10000);
	/* the books letter it otherwise afterwards: theirs stands, the decision takes what is left */
	facts[0].lettering = facts[1].lettering = "A";
	p = compute(arena, facts, 3, links, 1);
	CHECK_INT(open_of(&p, 1), 0);
	CHECK_INT(open_of(&p, 3), 10000);
	CHECK_INT(open_of(&p, 2), 0);
}

static void a_claim_that_moved_is_paid_where_it_is(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct fact facts[] = { book(1, ITEM_INVOICE, FEB, "F1", 10000, ""), book(2, ITEM_TRANSFER, FEB + 50, "F1", -10000, ""),
		                book(3, ITEM_TRANSFER, FEB + 50, "F1", 10000, ""), bank(4, 1, ITEM_PAYMENT, FEB + 60, -10000) };
	facts[1].pair = facts[2].pair = 7, facts[2].account = "416000";
	struct fact_link links[] = { link_of(1, 1, 4, 10000) };
	struct projection p = compute(arena, facts, 4, links, 1);
	CHECK_INT(open_of(&p, 3), 0);
	CHECK_INT(open_of(&p, 4), 0);
}

/* --- never lost, never doubled ------------------------------------------------------------------------------------------------ */
static uint64_t seed = 88172645463325252u;
static uint32_t below(uint32_t limit)
{
	seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
	return (uint32_t)(seed >> 33) % limit;
}

/* Payments of a few weeks. The bank told them up to one day, people applied them; the books posted them up to another day, one by
 * one, cut by invoice, or several as one sum, a few days around. Whatever is known of each: it counts once. */
static void random_histories_count_everything_once(void)
{
	for (int round = 0; round < 3000; round++) {
		cleanup_arena struct arena *arena = arena_new();
		struct fact facts[64];
		struct fact_link links[24];
		size_t count = 0, link_count = 0;
		int64_t id = 1, expected = 0;
		int n = 1 + (int)below(9);
		int32_t bank_until = FEB + (int32_t)below(60), books_until = FEB + (int32_t)below(60);
		int64_t pending_sum = 0;
		int32_t pending_day = 0;
		for (int i = 0; i < n; i++) {
			int64_t amount = 1000000 * (1 + below(3)) + (1 << i); /* sums tell which payments they are made of */
			int32_t day = FEB + (int32_t)below(50);
			bool told = day <= bank_until, posted = day <= books_until;
			int64_t invoice = id++;
			facts[count++] = book(invoice, ITEM_INVOICE, FEB - 30, "F", amount, "");
			expected += amount;
			if (told || posted) expected -= amount;
			if (told) {
				int64_t payment = id++;
				facts[count++] = bank(payment, 100 + i, ITEM_PAYMENT, day, -amount);
				links[link_count++] = link_of(100 + i, invoice, payment, amount);
			}
			if (!posted) continue;
			int32_t on = day - 2 + (int32_t)below(6);
			switch (below(told ? 3 : 1)) {
			case 0:
				facts[count++] = book(id++, ITEM_PAYMENT, on, "B", -amount, below(3) ? "" : "Z");
				break;
			case 1:
				facts[count++] = book(id++, ITEM_PAYMENT, on, "B", -(amount - 300), "");
				facts[count++] = book(id++, ITEM_PAYMENT, on, "B", -300, "");
				break;
			default: /* waits for the next one of about that day */
				if (pending_sum && abs(pending_day - day) > 4) {
					facts[count++] = book(id++, ITEM_PAYMENT, pending_day, "REM", -pending_sum, "");
					pending_sum = 0;
				}
				if (!pending_sum) pending_day = day;
				pending_sum += amount;
				break;
			}
		}
		if (pending_sum) facts[count++] = book(id++, ITEM_PAYMENT, pending_day, "REM", -pending_sum, "");
		for (size_t i = count; i > 1; i--) { /* in any order */
			size_t k = below((uint32_t)i);
			struct fact swap = facts[i - 1];
			facts[i - 1] = facts[k], facts[k] = swap;
		}
		struct projection p = compute(arena, facts, count, links, link_count);
		CHECK_INT(balance(&p, FEB + 400), expected);
		for (size_t i = 0; i < p.item_count; i++) {
			const struct projected_item *item = &p.items[i];
			CHECK(item->amount > 0 ? item->open_amount >= 0 && item->open_amount <= item->amount
			                       : item->open_amount <= 0 && item->open_amount >= item->amount);
		}
	}
}

TESTS({ "a line settles what the link says", a_line_settles_what_the_link_says },
      { "a credit note pays with the transfer", a_credit_note_pays_with_the_transfer },
      { "the posting takes over and keeps the settlement", the_posting_takes_over_and_keeps_the_settlement },
      { "the lettering of the books wins", the_lettering_of_the_books_wins },
      { "books cut the same money otherwise", books_cut_the_same_money_otherwise },
      { "a difference goes with its payment", a_difference_goes_with_its_payment },
      { "a late posting is the same money", a_late_posting_is_the_same_money },
      { "another month's payment is another one", another_months_payment_is_another_one },
      { "what comes back is due on the old day", what_comes_back_is_due_on_the_old_day },
      { "two items of the books may be matched by hand", two_items_of_the_books_may_be_matched_by_hand },
      { "a claim that moved is paid where it is", a_claim_that_moved_is_paid_where_it_is },
      { "random histories count everything once", random_histories_count_everything_once })
