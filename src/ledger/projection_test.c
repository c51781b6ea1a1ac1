#include "ledger/projection.h"

#include "base/memory.h"
#include "base/test.h"

#include <inttypes.h>
#include <stdlib.h>

/* --- building facts ---------------------------------------------------------------------------------------------------------- */
enum { YEAR_1 = 19723 /* 2024-01-01 */, YEAR_2 = 20089 /* 2025-01-01 */ };

static int32_t on(const char *iso)
{
	int32_t day = 0;
	CHECK(day_parse(iso, 10, &day));
	return day;
}

static struct fact fact(int64_t id, enum item_kind kind, const char *day, const char *number, int64_t amount, const char *letter)
{
	int32_t posting = on(day);
	return (struct fact){ .id = id, .customer_id = 1, .file = 1, .lettered_in = 1, .kind = kind, .posting_day = posting,
		              .ledger_day = posting, .piece_day = posting, .due_day = DAY_NONE, .line = id, .amount = amount,
		              .account = "411000", .number = number, .lettering = letter, .label = "", .applies_to = "",
		              .external_id = "", .extra = "", .currency = "EUR" };
}

static struct projection compute(struct arena *arena, const struct fact *facts, size_t count, const struct known_opening *openings,
                                 size_t opening_count)
{
	struct projection p;
	projection_compute(&(struct projection_input){ .facts = facts, .fact_count = count,
	                                               .company_terms = { .known = true, .days = 30 }, .openings = openings,
	                                               .opening_count = opening_count }, arena, &p);
	return p;
}

static const struct projected_item *item(const struct projection *p, int64_t id)
{
	static const struct projected_item none = { .number = "none", .account = "", .label = "", .currency = "" };
	for (size_t i = 0; i < p->item_count; i++)
		if (p->items[i].id == id) return &p->items[i];
	CHECK_INT(id, 0); /* the item is not there */
	return &none;
}

static int64_t open_as_of(const struct projection *p, const struct projected_item *it, int32_t day)
{
	if (it->posting_day > day) return 0;
	int64_t open = it->amount;
	for (size_t i = 0; i < p->settlement_count; i++) {
		const struct projected_settlement *s = &p->settlements[i];
		if (s->day > day) continue;
		if (s->debit_id == it->id) open -= s->amount;
		if (s->credit_id == it->id) open += s->amount;
	}
	return open;
}

static int64_t balance(const struct projection *p, int32_t day)
{
	int64_t sum = 0;
	for (size_t i = 0; i < p->item_count; i++) sum += open_as_of(p, &p->items[i], day);
	return sum;
}

/* --- due dates --------------------------------------------------------------------------------------------------------------- */
/* reference/law.md 1.2 */
static void terms_give_the_days_of_the_law_page(void)
{
	static const struct {
		const char *issue, *after45, *before45, *net60, *net30;
	} cases[] = {
		{ "2024-01-15", "2024-02-29", "2024-03-16", "2024-03-15", "2024-02-14" },
		{ "2025-01-15", "2025-03-31", "2025-03-17", "2025-03-16", "2025-02-14" },
		{ "2025-01-31", "2025-03-31", "2025-03-17", "2025-04-01", "2025-03-02" },
		{ "2025-02-10", "2025-03-31", "2025-04-14", "2025-04-11", "2025-03-12" },
		{ "2025-04-10", "2025-05-31", "2025-06-14", "2025-06-09", "2025-05-10" },
		{ "2025-04-17", "2025-06-30", "2025-06-14", "2025-06-16", "2025-05-17" },
		{ "2025-12-20", "2026-02-28", "2026-02-14", "2026-02-18", "2026-01-19" },
		{ "2026-09-30", "2026-11-30", "2026-11-14", "2026-11-29", "2026-10-30" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		int32_t issue = on(cases[i].issue);
		CHECK_INT(terms_due((struct terms){ .days = 45, .month = TERMS_MONTH_AFTER }, issue), on(cases[i].after45));
		CHECK_INT(terms_due((struct terms){ .days = 45, .month = TERMS_MONTH_BEFORE }, issue), on(cases[i].before45));
		CHECK_INT(terms_due((struct terms){ .days = 60 }, issue), on(cases[i].net60));
		CHECK_INT(terms_due((struct terms){ .days = 30 }, issue), on(cases[i].net30));
	}
	/* "30 jours fin de mois le 15": end of month of issue + 30, then the next 15th */
	CHECK_INT(terms_due((struct terms){ .days = 30, .month = TERMS_MONTH_AFTER, .day_of_month = 15 }, on("2025-01-20")), on("2025-03-15"));
	CHECK_INT(terms_due((struct terms){ .days = 0, .day_of_month = 31 }, on("2025-02-28")), on("2025-02-28"));
	CHECK_INT(terms_due((struct terms){ .days = 0, .day_of_month = 10 }, on("2025-02-10")), on("2025-02-10"));
}

static void a_due_date_comes_from_the_first_source_known(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct fact facts[] = {
		fact(1, ITEM_INVOICE, "2025-01-10", "F1", 1000, ""), fact(2, ITEM_INVOICE, "2025-01-10", "F2", 1000, ""),
		fact(3, ITEM_PAYMENT, "2025-01-11", "V", -500, ""),  fact(4, ITEM_OPENING, "2025-01-01", "O", 700, ""),
		fact(5, ITEM_OPENING, "2025-01-01", "O2", 700, ""),  fact(6, ITEM_RETENTION, "2025-01-10", "R", 50, ""),
		fact(7, ITEM_INVOICE, "2025-01-10", "F7", 10, ""),
	};
	facts[1].due_day = on("2025-01-20");
	facts[4].piece_day = on("2024-11-30");
	facts[5].account = "411700";
	facts[6].customer_id = 2;
	const struct party party = { .customer_id = 2, .terms = { .known = true, .days = 45, .month = TERMS_MONTH_AFTER } };
	struct projection p;
	projection_compute(&(struct projection_input){ .facts = facts, .fact_count = COUNT(facts), .parties = &party, .party_count = 1,
	                                               .company_terms = { .known = true, .days = 30 } }, arena, &p);
	static const struct {
		int64_t id;
		const char *due;
		enum due_source source;
	} want[] = { { 1, "2025-02-09", DUE_ASSUMED }, { 2, "2025-01-20", DUE_FILE },      { 3, "2025-01-11", DUE_ISSUE },
		     { 4, "2025-01-01", DUE_OPENING }, { 5, "2024-12-30", DUE_ASSUMED },   { 6, "2026-01-10", DUE_RETENTION },
		     { 7, "2025-02-28", DUE_TERMS } };
	for (size_t i = 0; i < COUNT(want); i++) {
		CHECK_INT(item(&p, want[i].id)->due_day, on(want[i].due));
		CHECK_INT(item(&p, want[i].id)->due_source, want[i].source);
	}
}

/* --- the example of reference/formats.md section 1 ----------------------------------------------------------------------------- */
static void dupont_is_paid_returned_and_doubtful(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct fact facts[] = {
		fact(1, ITEM_INVOICE, "2025-01-15", "FA25-001", 120000, "A"),
		fact(2, ITEM_PAYMENT, "2025-02-20", "VIR", -120000, "A"),
		fact(3, ITEM_UNPAID_RETURN, "2025-03-05", "FA25-001", 120000, "B"),
		fact(4, ITEM_TRANSFER, "2025-06-30", "FA25-001", 120000, ""),
		fact(5, ITEM_TRANSFER, "2025-06-30", "FA25-001", -120000, "B"),
	};
	facts[3].account = "416000";
	facts[3].pair = facts[4].pair = 4;
	struct projection p = compute(arena, facts, COUNT(facts), NULL, 0);
	CHECK_INT(p.item_count, 5);
	CHECK_INT(item(&p, 1)->due_day, on("2025-02-14"));
	CHECK_INT(item(&p, 1)->due_source, DUE_ASSUMED);
	CHECK_INT(balance(&p, on("2025-02-20")), 0);
	CHECK_INT(open_as_of(&p, item(&p, 3), on("2025-03-05")), 120000);
	CHECK_INT(item(&p, 3)->due_day, on("2025-02-14"));
	CHECK_INT(item(&p, 3)->due_source, DUE_ORIGINAL);
	CHECK_INT(item(&p, 3)->origin_id, 1);
	CHECK_INT(on("2025-03-05") - item(&p, 3)->due_day, 19);
	CHECK_INT(item(&p, 4)->due_day, on("2025-02-14"));
	CHECK_INT(item(&p, 4)->origin_id, 3);
	CHECK_TEXT(item(&p, 4)->number, "FA25-001");
	CHECK_INT(on("2025-06-30") - item(&p, 4)->due_day, 136);
	CHECK_INT(balance(&p, on("2025-06-30")), 120000);
}

static void a_return_finds_what_it_reopens_in_its_label_or_by_amount(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct fact facts[] = {
		fact(1, ITEM_INVOICE, "2025-01-15", "FA25-001", 120000, "A"), fact(2, ITEM_INVOICE, "2025-01-25", "FA25-002", 50000, "B"),
		fact(3, ITEM_PAYMENT, "2025-02-20", "V1", -120000, "A"),      fact(4, ITEM_PAYMENT, "2025-02-20", "V2", -50000, "B"),
		fact(5, ITEM_UNPAID_RETURN, "2025-03-05", "BQ-12", 120000, ""), fact(6, ITEM_UNPAID_RETURN, "2025-03-05", "BQ-13", 50000, ""),
		fact(7, ITEM_UNPAID_RETURN, "2025-03-05", "BQ-14", 7700, ""),
	};
	facts[4].label = "REJET PRLV (FA25-001).";
	struct projection p = compute(arena, facts, COUNT(facts), NULL, 0);
	CHECK_INT(item(&p, 5)->origin_id, 1);
	CHECK_INT(item(&p, 6)->origin_id, 2);
	CHECK_INT(item(&p, 6)->due_day, on("2025-02-24"));
	CHECK_INT(item(&p, 7)->origin_id, 0);
	CHECK_INT(item(&p, 7)->due_day, on("2025-03-05"));
}

/* --- lettering --------------------------------------------------------------------------------------------------------------- */
static void credits_settle_debits_first_to_first(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct fact facts[] = {
		fact(1, ITEM_INVOICE, "2025-01-10", "F1", 100, "A"), fact(2, ITEM_INVOICE, "2025-01-20", "F2", 100, "A"),
		fact(3, ITEM_PAYMENT, "2025-02-01", "V1", -150, "A"), fact(4, ITEM_INVOICE, "2025-01-20", "F3", 30, "a"),
		fact(5, ITEM_PAYMENT, "2025-02-01", "V2", -30, "A"),  fact(6, ITEM_INVOICE, "2025-01-05", "F4", 500, "A"),
	};
	facts[5].account = "416000"; /* another account: another group */
	struct projection p = compute(arena, facts, COUNT(facts), NULL, 0);
	CHECK_INT(item(&p, 1)->open_amount, 0);
	CHECK_INT(item(&p, 2)->open_amount, 20);
	CHECK_INT(item(&p, 4)->open_amount, 30); /* "a" is not "A" */
	CHECK_INT(item(&p, 6)->open_amount, 500);
	CHECK_INT(item(&p, 1)->closed_day, on("2025-02-01"));
	CHECK_INT(p.settlement_count, 3);
	CHECK_INT(open_as_of(&p, item(&p, 2), on("2025-01-31")), 100);
}

static void nothing_is_settled_across_customers_or_currencies(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct fact facts[] = { fact(1, ITEM_INVOICE, "2025-01-10", "F1", 100, "A"), fact(2, ITEM_PAYMENT, "2025-02-01", "V1", -100, "A"),
		                fact(3, ITEM_PAYMENT, "2025-02-01", "V2", -100, "A") };
	facts[1].customer_id = 2;
	facts[2].currency = "USD";
	facts[2].applies_to = "F1";
	struct projection p = compute(arena, facts, COUNT(facts), NULL, 0);
	CHECK_INT(p.settlement_count, 0);
	CHECK_INT(item(&p, 1)->open_amount, 100);
}

static void a_payment_settles_what_it_names(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct fact facts[] = { fact(1, ITEM_INVOICE, "2025-01-10", "F1", 100, ""), fact(2, ITEM_INVOICE, "2025-01-12", "F2", 100, ""),
		                fact(3, ITEM_PAYMENT, "2025-01-05", "V1", -150, ""), fact(4, ITEM_PAYMENT, "2025-02-05", "V2", -90, "") };
	facts[1].external_id = "id-2";
	facts[2].applies_to = "F1\nid-2";
	facts[3].applies_to = "id-2";
	struct projection p = compute(arena, facts, COUNT(facts), NULL, 0);
	CHECK_INT(item(&p, 1)->open_amount, 0);
	CHECK_INT(item(&p, 1)->closed_day, on("2025-01-10")); /* paid before it was issued: the later of the two days */
	CHECK_INT(item(&p, 2)->open_amount, 0);
	CHECK_INT(item(&p, 4)->open_amount, -40); /* an overpayment stays his */
}

/* --- transfers --------------------------------------------------------------------------------------------------------------- */
static void an_unlettered_transfer_keeps_the_age(void) /* pitfall 84 */
{
	cleanup_arena struct arena *arena = arena_new();
	struct fact facts[] = {
		fact(1, ITEM_INVOICE, "2025-01-15", "F1", 120000, ""), fact(2, ITEM_INVOICE, "2025-01-16", "F2", 120000, ""),
		fact(3, ITEM_TRANSFER, "2025-08-30", "OD-1", -120000, ""), fact(4, ITEM_TRANSFER, "2025-08-30", "OD-1", 120000, ""),
		fact(5, ITEM_TRANSFER, "2025-08-30", "F2", -120000, ""),   fact(6, ITEM_TRANSFER, "2025-08-30", "F2", 120000, ""),
	};
	facts[2].pair = facts[3].pair = 3, facts[4].pair = facts[5].pair = 5;
	facts[3].account = facts[5].account = "416000";
	facts[3].customer_id = 2; /* the doubtful account may be another customer's code */
	struct projection p = compute(arena, facts, COUNT(facts), NULL, 0);
	CHECK_INT(item(&p, 1)->open_amount, 0);
	CHECK_INT(item(&p, 2)->open_amount, 0);
	CHECK_TEXT(item(&p, 4)->number, "F1");
	CHECK_INT(item(&p, 4)->due_day, on("2025-02-14"));
	CHECK_INT(item(&p, 4)->issue_day, on("2025-01-15"));
	CHECK_INT(item(&p, 4)->origin_id, 1);
	CHECK_INT(item(&p, 6)->origin_id, 2);
	CHECK_INT(balance(&p, on("2025-08-30")), 240000);
}

static void a_retention_closes_its_part_of_the_original(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct fact facts[] = { fact(1, ITEM_INVOICE, "2025-01-15", "F1", 10000, ""), fact(2, ITEM_RETENTION, "2025-01-31", "F1", 500, ""),
		                fact(3, ITEM_TRANSFER, "2025-01-31", "F1", -500, "") };
	facts[1].account = "411700", facts[1].pair = facts[2].pair = 2;
	struct projection p = compute(arena, facts, COUNT(facts), NULL, 0);
	CHECK_INT(item(&p, 1)->open_amount, 9500);
	CHECK_INT(item(&p, 2)->due_day, on("2026-01-31"));
	CHECK_INT(item(&p, 2)->due_source, DUE_RETENTION);
	CHECK_INT(item(&p, 2)->origin_id, 1);
}

/* --- openings ---------------------------------------------------------------------------------------------------------------- */
static struct fact second_year(struct fact f)
{
	f.file = f.lettered_in = 2;
	return f;
}

static void opening_lines_give_way_to_the_items_they_restate(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct fact facts[] = {
		fact(1, ITEM_INVOICE, "2024-10-15", "F1", 1000, ""), fact(2, ITEM_INVOICE, "2024-11-15", "F2", 2000, "A"),
		fact(3, ITEM_PAYMENT, "2024-12-01", "V1", -500, "A"),
		second_year(fact(4, ITEM_OPENING, "2025-01-01", "F1", 1000, "A")),
		second_year(fact(5, ITEM_OPENING, "2025-01-01", "AN-1", 1500, "B")), /* by amount: its number is lost */
		second_year(fact(6, ITEM_PAYMENT, "2025-01-20", "V2", -1000, "A")),
		second_year(fact(7, ITEM_PAYMENT, "2025-01-21", "V3", -1500, "B")),
	};
	const struct known_opening known = { .day = YEAR_2, .until = INT32_MAX };
	struct projection p = compute(arena, facts, COUNT(facts), &known, 1);
	CHECK_INT(p.item_count, 5);
	CHECK_INT(p.restatement_count, 2);
	CHECK_INT(p.difference_count, 0);
	CHECK_INT(item(&p, 1)->closed_day, on("2025-01-20"));
	CHECK_INT(item(&p, 2)->closed_day, on("2025-01-21"));
	CHECK_INT(balance(&p, on("2025-01-01")), 2500);
	struct projection alone = compute(arena, facts + 3, 4, NULL, 0); /* without the year before they are items */
	CHECK_INT(alone.item_count, 4);
	CHECK_INT(item(&alone, 4)->due_source, DUE_OPENING);
	CHECK_INT(item(&alone, 4)->open_amount, 0);
}

static void a_difference_of_the_opening_is_one_item(void)
{
	cleanup_arena struct arena *arena = arena_new();
	struct fact facts[] = {
		fact(1, ITEM_INVOICE, "2024-10-15", "F1", 1000, ""), fact(2, ITEM_INVOICE, "2024-11-15", "F2", 2000, ""),
		second_year(fact(3, ITEM_OPENING, "2025-01-01", "AN", 2900, "")),
		fact(4, ITEM_INVOICE, "2024-11-15", "G1", 700, ""), /* another customer: closing 700, no opening line */
	};
	facts[3].customer_id = 2;
	const struct known_opening known = { .day = YEAR_2, .until = INT32_MAX };
	struct projection p = compute(arena, facts, COUNT(facts), &known, 1);
	CHECK_INT(p.difference_count, 2);
	CHECK_INT(item(&p, 3)->amount, -100);
	CHECK_INT(item(&p, 3)->kind, ITEM_OPENING);
	CHECK_INT(p.differences[0].opening, 2900);
	CHECK_INT(p.differences[0].closing, 3000);
	CHECK_INT(p.differences[1].customer_id, 2);
	CHECK_INT(balance(&p, YEAR_2), 2900);
	CHECK_INT(balance(&p, YEAR_2 - 1), 3700);
}

static void which_openings_have_their_year_before(void)
{
	cleanup_arena struct arena *arena = arena_new();
	static const int32_t first[] = { YEAR_1 }, second[] = { YEAR_2 };
	struct ledger_file files[] = { { 7, 0, YEAR_2, YEAR_2 + 90, second, 1 }, { 9, 0, YEAR_1, YEAR_2 - 1, first, 1 },
		                       { 8, 0, YEAR_2, YEAR_2 + 40, second, 1 }, { 5, 1, YEAR_1, YEAR_2 - 1, first, 1 } };
	struct known_opening *known;
	size_t count;
	projection_known_openings(files, 1, arena, &known, &count);
	CHECK_INT(count, 0);
	projection_known_openings(files, COUNT(files), arena, &known, &count);
	CHECK_INT(count, 1); /* once, however many exports of the second year came */
	CHECK_INT(known[0].day, YEAR_2);
	CHECK_INT(projection_lettering_file(files, COUNT(files), 0, YEAR_2 + 10), 8);
	CHECK_INT(projection_lettering_file(files, COUNT(files), 0, YEAR_2 + 60), 7);
}

/* --- properties over random histories ---------------------------------------------------------------------------------------- */
static uint64_t seed = 88172645463325252u;

static uint32_t random_below(uint32_t limit)
{
	seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
	return (uint32_t)(seed >> 33) % limit;
}

static size_t random_history(struct fact *facts, size_t limit)
{
	static const char *const codes[] = { "", "", "A", "B", "C", "b" };
	static const char *const numbers[] = { "F1", "F2", "F3", "F4", "F5", "F6", "AN" };
	static const enum item_kind debits[] = { ITEM_INVOICE, ITEM_INVOICE, ITEM_UNPAID_RETURN, ITEM_OTHER, ITEM_TRANSFER };
	static const enum item_kind credits[] = { ITEM_PAYMENT, ITEM_PAYMENT, ITEM_CREDIT_NOTE, ITEM_OTHER };
	size_t count = 2 + random_below((uint32_t)limit - 3);
	for (size_t i = 0; i < count; i++) {
		struct fact f = fact((int64_t)i + 1, ITEM_OTHER, "2024-06-01", numbers[random_below(7)], 0, codes[random_below(6)]);
		f.posting_day = f.ledger_day = YEAR_1 + 200 + (int32_t)random_below(400);
		f.piece_day = random_below(3) ? f.posting_day - (int32_t)random_below(20) : DAY_NONE;
		f.amount = (int64_t)(1 + random_below(9)) * (random_below(2) ? 1 : -1);
		f.kind = f.amount > 0 ? debits[random_below(5)] : credits[random_below(4)];
		f.customer_id = 1 + random_below(2);
		if (random_below(5) == 0) f.account = "416000";
		if (random_below(6) == 0) f.currency = "USD";
		if (random_below(4) == 0) f.applies_to = numbers[random_below(7)];
		if (f.posting_day >= YEAR_2) {
			f = second_year(f);
			if (random_below(4) == 0) f.kind = ITEM_OPENING, f.posting_day = f.ledger_day = YEAR_2;
		}
		facts[i] = f;
		if (f.kind != ITEM_TRANSFER) continue;
		if (i + 1 == count) {
			facts[i].kind = ITEM_OTHER;
			break;
		}
		facts[i].pair = (int64_t)i + 1; /* its other half follows */
		facts[i + 1] = facts[i];
		i++;
		facts[i].id = facts[i].line = (int64_t)i + 1;
		facts[i].amount = -facts[i].amount;
		facts[i].customer_id = 1 + random_below(2);
		facts[i].lettering = codes[random_below(6)];
	}
	return count;
}

static void shuffle(struct fact *facts, size_t count)
{
	for (size_t i = count; i > 1; i--) {
		size_t k = random_below((uint32_t)i);
		struct fact f = facts[k];
		facts[k] = facts[i - 1], facts[i - 1] = f;
	}
}

/* P1, P3, P4, P6 and the contract's identity, as of every day. */
static void check_invariants(const struct fact *facts, size_t count, const struct projection *p, const struct known_opening *known)
{
	for (size_t i = 0; i < p->settlement_count; i++) {
		const struct projected_settlement *s = &p->settlements[i];
		const struct projected_item *d = item(p, s->debit_id), *c = item(p, s->credit_id);
		CHECK(s->amount > 0 && d->amount > 0 && c->amount < 0);
		CHECK(d->customer_id == c->customer_id && strcmp(d->currency, c->currency) == 0);
		CHECK_INT(s->day, d->posting_day > c->posting_day ? d->posting_day : c->posting_day);
	}
	for (size_t i = 0; i < p->item_count; i++) {
		const struct projected_item *it = &p->items[i];
		CHECK(it->amount >= 0 ? it->open_amount >= 0 && it->open_amount <= it->amount
		                      : it->open_amount <= 0 && it->open_amount >= it->amount);
		CHECK_INT(open_as_of(p, it, INT32_MAX - 1), it->open_amount);
		CHECK((it->open_amount == 0) == (it->closed_day != DAY_NONE));
	}
	for (int32_t day = YEAR_1 + 190; day < YEAR_1 + 620; day += 7)
		for (int64_t customer = 1; customer <= 2; customer++)
			for (int usd = 0; usd < 2; usd++) {
				const char *currency = usd ? "USD" : "EUR";
				int64_t open = 0, sum = 0;
				for (size_t i = 0; i < p->item_count; i++)
					if (p->items[i].customer_id == customer && strcmp(p->items[i].currency, currency) == 0)
						open += open_as_of(p, &p->items[i], day);
				for (size_t i = 0; i < count; i++) {
					bool restates = known && facts[i].kind == ITEM_OPENING && facts[i].ledger_day >= known->day;
					if (facts[i].customer_id == customer && strcmp(facts[i].currency, currency) == 0
					    && facts[i].posting_day <= day && !restates)
						sum += facts[i].amount;
				}
				for (size_t i = 0; i < p->difference_count; i++)
					if (p->differences[i].customer_id == customer && p->differences[i].day <= day
					    && strcmp(p->differences[i].currency, currency) == 0)
						sum += p->differences[i].opening - p->differences[i].closing;
				CHECK_INT(open, sum);
			}
}

static bool same_projection(const struct projection *a, const struct projection *b)
{
	if (a->item_count != b->item_count || a->settlement_count != b->settlement_count) return false;
	for (size_t i = 0; i < a->item_count; i++) {
		const struct projected_item *x = &a->items[i], *y = &b->items[i];
		if (x->id != y->id || x->open_amount != y->open_amount || x->due_day != y->due_day || x->origin_id != y->origin_id
		    || x->due_source != y->due_source || strcmp(x->number, y->number) != 0 || x->closed_day != y->closed_day)
			return false;
	}
	for (size_t i = 0; i < a->settlement_count; i++) {
		const struct projected_settlement *x = &a->settlements[i], *y = &b->settlements[i];
		if (x->debit_id != y->debit_id || x->credit_id != y->credit_id || x->amount != y->amount || x->day != y->day) return false;
	}
	return true;
}

static void random_histories_hold_what_must_always_hold(void)
{
	printf("  seed %" PRIu64 "\n", seed);
	const struct known_opening known = { .day = YEAR_2, .until = INT32_MAX };
	for (int round = 0; round < 3000 && test_failures == 0; round++) {
		cleanup_arena struct arena *arena = arena_new();
		struct fact facts[40];
		size_t count = random_history(facts, COUNT(facts));
		bool with_year = random_below(2);
		struct projection p = compute(arena, facts, count, &known, with_year);
		check_invariants(facts, count, &p, with_year ? &known : NULL);
		for (int again = 0; again < 3; again++) { /* P9: the order in which facts come says nothing */
			shuffle(facts, count);
			struct projection q = compute(arena, facts, count, &known, with_year);
			CHECK(same_projection(&p, &q));
		}
	}
}

/* Slow and obvious: each credit cent in order takes the next debit cent of its group. */
static void lettering_equals_cent_by_cent(void)
{
	for (int round = 0; round < 2000 && test_failures == 0; round++) {
		cleanup_arena struct arena *arena = arena_new();
		struct fact facts[40];
		size_t count = random_history(facts, COUNT(facts));
		for (size_t i = 0; i < count; i++) {
			facts[i].applies_to = "", facts[i].pair = 0;
			if (facts[i].kind == ITEM_TRANSFER) facts[i].kind = ITEM_OTHER;
		}
		struct projection p = compute(arena, facts, count, NULL, 0);
		int64_t left[COUNT(facts)];
		for (size_t i = 0; i < count; i++) left[i] = facts[i].amount;
		while (true) {
			size_t best_d = count, best_c = count;
			for (size_t c = 0; c < count && best_c == count; c++) {
				size_t credit = count, debit = count;
				/* the first credit by (posting, line) of some group that still has a debit */
				for (size_t i = 0; i < count; i++) {
					if (left[i] >= 0 || !*facts[i].lettering) continue;
					if (credit != count
					    && (facts[i].posting_day > facts[credit].posting_day
					        || (facts[i].posting_day == facts[credit].posting_day && facts[i].line > facts[credit].line)))
						continue;
					size_t first = count;
					for (size_t k = 0; k < count; k++) {
						if (left[k] <= 0 || facts[k].customer_id != facts[i].customer_id
						    || facts[k].lettered_in != facts[i].lettered_in || strcmp(facts[k].lettering, facts[i].lettering) != 0
						    || strcmp(facts[k].account, facts[i].account) != 0 || strcmp(facts[k].currency, facts[i].currency) != 0)
							continue;
						if (first == count || facts[k].posting_day < facts[first].posting_day
						    || (facts[k].posting_day == facts[first].posting_day && facts[k].line < facts[first].line))
							first = k;
					}
					if (first != count) credit = i, debit = first;
				}
				best_c = credit, best_d = debit;
				break;
			}
			if (best_c == count) break;
			left[best_c]++, left[best_d]--;
		}
		for (size_t i = 0; i < count; i++) CHECK_INT(item(&p, facts[i].id)->open_amount, left[i]);
	}
}

TESTS({ "terms give the days of the law page", terms_give_the_days_of_the_law_page },
      { "a due date comes from the first source known", a_due_date_comes_from_the_first_source_known },
      { "Dupont is paid, returned and doubtful", dupont_is_paid_returned_and_doubtful },
      { "a return finds what it reopens in its label or by amount", a_return_finds_what_it_reopens_in_its_label_or_by_amount },
      { "credits settle debits first to first", credits_settle_debits_first_to_first },
      { "nothing is settled across customers or currencies", nothing_is_settled_across_customers_or_currencies },
      { "a payment settles what it names", a_payment_settles_what_it_names },
      { "an unlettered transfer keeps the age", an_unlettered_transfer_keeps_the_age },
      { "a retention closes its part of the original", a_retention_closes_its_part_of_the_original },
      { "opening lines give way to the items they restate", opening_lines_give_way_to_the_items_they_restate },
      { "a difference of the opening is one item", a_difference_of_the_opening_is_one_item },
      { "which openings have their year before", which_openings_have_their_year_before },
      { "random histories hold what must always hold", random_histories_hold_what_must_always_hold },
      { "lettering equals cent by cent", lettering_equals_cent_by_cent })
