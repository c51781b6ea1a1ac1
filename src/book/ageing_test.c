/* Worked examples of the KPI reference, and every kernel against a slow, obvious version on random books. */
#include "book/book.h"

#include "base/memory.h"
#include "base/test.h"
#include "book/build.h"

#include <math.h>
#include <stdlib.h>

static int32_t day(const char *iso)
{
	int32_t out = 0;
	CHECK(day_parse(iso, strlen(iso), &out));
	return out;
}

struct example {
	struct book_builder *builder;
	int64_t next_id;
};
static struct example example_new(void)
{
	struct example example = { book_builder_new("EUR"), 1 };
	builder_customer(example.builder, &(struct book_customer){ .id = 1, .code = "C1", .name = "Un", .insolvency_day = DAY_NONE });
	return example;
}
static int64_t example_add(struct example *example, enum item_kind kind, const char *issue, const char *due, int64_t amount)
{
	builder_item(example->builder, &(struct builder_item){ .customer_id = 1, .id = example->next_id, .amount = amount,
		.kind = kind, .issue_day = day(issue), .posting_day = day(issue), .due_day = day(due), .number = "F" });
	return example->next_id++;
}
static const struct book *example_book(struct example *example)
{
	const struct book *book = NULL;
	CHECK_OK(builder_book(example->builder, &book));
	return book;
}

static void ageing_gross_and_net(void)                       /* KPI reference section 2 */
{
	struct example e = example_new();
	example_add(&e, ITEM_INVOICE, "2025-09-01", "2025-12-31", 120000);
	example_add(&e, ITEM_INVOICE, "2025-09-01", "2025-12-30", 300000);
	example_add(&e, ITEM_INVOICE, "2025-09-01", "2025-12-01", 60000);
	example_add(&e, ITEM_INVOICE, "2025-09-01", "2025-11-30", 240000);
	example_add(&e, ITEM_INVOICE, "2025-09-01", "2025-09-30", 90000);
	example_add(&e, ITEM_CREDIT_NOTE, "2025-12-05", "2025-12-05", -30000);
	example_add(&e, ITEM_PAYMENT, "2025-12-06", "2025-12-06", -50000);
	cleanup_book const struct book *book = example_book(&e);
	struct book_ageing gross, net;
	book_age(book, (struct book_age_options){ .as_of = day("2025-12-31") }, NULL, &gross);
	static const int64_t want_gross[] = { 120000, 360000, 240000, 0, 90000 }, want_net[] = { 120000, 360000, 240000, 0, 10000 };
	for (int k = 0; k < BOOK_BUCKETS; k++) CHECK_INT(gross.bucket[k], want_gross[k]);
	CHECK_INT(gross.unallocated, -80000);
	CHECK_INT(book_outstanding(&gross), 730000);
	CHECK_INT(book_overdue(&gross), 690000);
	CHECK(!book_poorly_lettered(&gross, 20));            /* 9.88 % */
	CHECK(book_poorly_lettered(&gross, 9));
	book_age(book, (struct book_age_options){ .as_of = day("2025-12-31"), .basis = BASIS_NET }, NULL, &net);
	for (int k = 0; k < BOOK_BUCKETS; k++) CHECK_INT(net.bucket[k], want_net[k]);
	CHECK_INT(net.unallocated, 0);
	CHECK_INT(book_outstanding(&net), 730000);
	CHECK_INT(book_overdue(&net), 610000);
}

static void edges_are_settable(void)
{
	struct example e = example_new();
	example_add(&e, ITEM_INVOICE, "2025-01-01", "2025-01-31", 100);
	cleanup_book const struct book *book = example_book(&e);
	struct book_ageing aged;
	book_age(book, (struct book_age_options){ .as_of = day("2025-02-20"), .edges = { 15, 45, 75 } }, NULL, &aged);
	CHECK_INT(aged.bucket[2], 100);
	book_age(book, (struct book_age_options){ .as_of = day("2025-02-15"), .edges = { 15, 45, 75 } }, NULL, &aged);
	CHECK_INT(aged.bucket[1], 100);
	book_age(book, (struct book_age_options){ .as_of = day("2025-01-31") }, NULL, &aged);
	CHECK_INT(aged.bucket[0], 100);                      /* due today is not overdue */
}

static double countback_of(const struct book *book, const char *as_of, bool *min)
{
	struct book_kpi kpi;
	book_kpi(book, (struct book_age_options){ .as_of = day(as_of) }, &kpi);
	*min = kpi.countback_min;
	return (double)kpi.countback_days_num / (double)kpi.countback_days_den;
}

static void dso_of_the_reference(void)                       /* data set D1: sections 1 and 4 */
{
	struct example e = example_new();
	static const struct { const char *issue; int64_t amount; } sales[] = {
		{ "2025-07-10", 12000000 }, { "2025-08-10", 6000000 }, { "2025-09-10", 15000000 }, { "2025-10-10", 18000000 },
		{ "2025-11-10", 14400000 }, { "2025-12-10", 16800000 },
	};
	int64_t ids[6];
	for (int i = 0; i < 6; i++) ids[i] = example_add(&e, ITEM_INVOICE, sales[i].issue, i < 4 ? "2025-12-01" : "2026-01-15", sales[i].amount);
	/* settled down to 96 000 overdue and 288 000 not due at the end of the year */
	int64_t paid = example_add(&e, ITEM_PAYMENT, "2025-12-20", "2025-12-20", -43800000);
	static const int64_t part[] = { 12000000, 6000000, 15000000, 8400000, 2400000 };
	for (int i = 0; i < 5; i++) builder_settlement(e.builder, 1, ids[i], paid, day("2025-12-20"), part[i]);
	cleanup_book const struct book *book = example_book(&e);
	struct book_kpi kpi;
	book_kpi(book, (struct book_age_options){ .as_of = day("2025-12-31") }, &kpi);
	CHECK_INT(book_outstanding(&kpi.ageing), 38400000);
	CHECK_INT(book_overdue(&kpi.ageing), 9600000);
	CHECK_INT(kpi.ageing.bucket[0], 28800000);
	CHECK_INT(kpi.sales_365, 82200000);
	CHECK_INT(kpi.customers, 1);
	CHECK_INT(kpi.open_items, 3);
	bool min;
	CHECK(fabs(countback_of(book, "2025-12-31", &min) - 73.40) < 0.005 && !min);
}

static void countback_divalto(void)                          /* section 1: 82.43; and beyond known history */
{
	struct example e = example_new();
	example_add(&e, ITEM_INVOICE, "2025-11-30", "2025-12-30", 120000);
	example_add(&e, ITEM_INVOICE, "2025-10-03", "2025-12-30", 80000);
	example_add(&e, ITEM_INVOICE, "2025-09-20", "2025-12-30", 70000);
	example_add(&e, ITEM_OTHER, "2025-11-20", "2025-11-20", -20000);
	cleanup_book const struct book *book = example_book(&e);
	bool min;
	CHECK(fabs(countback_of(book, "2025-11-30", &min) - 82.43) < 0.005 && !min);

	e = example_new();                                   /* 9 000 outstanding against 2 700 of known sales */
	example_add(&e, ITEM_INVOICE, "2025-11-30", "2025-12-30", 120000);
	example_add(&e, ITEM_INVOICE, "2025-10-03", "2025-12-30", 80000);
	example_add(&e, ITEM_INVOICE, "2025-09-20", "2025-12-30", 70000);
	example_add(&e, ITEM_OPENING, "2025-01-01", "2025-01-01", 630000);
	cleanup_book const struct book *beyond = example_book(&e);
	CHECK(fabs(countback_of(beyond, "2025-11-30", &min) - 91) < 0.005 && min); /* 30 + 31 + 30 */

	e = example_new();                                   /* nothing outstanding: 0; a month of credit notes raises the rest */
	example_add(&e, ITEM_INVOICE, "2025-09-10", "2025-12-30", 100000);
	example_add(&e, ITEM_CREDIT_NOTE, "2025-10-10", "2025-10-10", -20000);
	cleanup_book const struct book *credit = example_book(&e);
	/* 800 at 31 October: October −200 → 1 000 remain, 31 days; September covers them whole: 30 days */
	CHECK(fabs(countback_of(credit, "2025-10-31", &min) - 61) < 0.005 && !min);
	CHECK(countback_of(credit, "2025-01-31", &min) == 0 && !min);
}

static void behaviour_of_the_reference(void)                 /* section 3: 52.47, 4.82, 0.647059 */
{
	static const struct { int64_t amount; const char *issued, *due, *paid; } rows[] = {
		{ 120000, "2025-01-10", "2025-02-09", "2025-02-20" }, { 600000, "2025-01-15", "2025-03-16", "2025-03-10" },
		{ 240000, "2025-02-01", "2025-03-03", "2025-04-02" }, { 60000, "2025-02-10", "2025-03-12", "2025-03-12" },
	};
	struct example e = example_new();
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t invoice = example_add(&e, ITEM_INVOICE, rows[i].issued, rows[i].due, rows[i].amount);
		int64_t payment = example_add(&e, ITEM_PAYMENT, rows[i].paid, rows[i].paid, -rows[i].amount);
		builder_settlement(e.builder, 1, invoice, payment, day(rows[i].paid), rows[i].amount);
	}
	/* a settlement by credit note, and one older than a year, are no behaviour */
	int64_t invoice = example_add(&e, ITEM_INVOICE, "2024-01-10", "2024-02-09", 500000);
	int64_t payment = example_add(&e, ITEM_PAYMENT, "2024-03-20", "2024-03-20", -400000);
	int64_t credit = example_add(&e, ITEM_CREDIT_NOTE, "2025-03-20", "2025-03-20", -100000);
	builder_settlement(e.builder, 1, invoice, payment, day("2024-03-20"), 400000);
	builder_settlement(e.builder, 1, invoice, credit, day("2025-03-20"), 100000);
	cleanup_book const struct book *book = example_book(&e);
	struct book_behaviour total, row;
	book_behave(book, (struct book_behaviour_options){ .as_of = day("2025-06-30") }, &row, &total);
	CHECK_INT(total.settled, 1020000);
	CHECK_INT(row.settled, 1020000);
	CHECK(fabs((double)total.days_to_pay / (double)total.settled - 52.47) < 0.005);
	CHECK(fabs((double)total.days_late / (double)total.late_weight - 4.82) < 0.005);
	CHECK(fabs((double)total.on_time / (double)total.late_weight - 0.647059) < 5e-7);
	CHECK_INT(total.first_day, day("2024-01-10"));
	book_behave(book, (struct book_behaviour_options){ .as_of = day("2025-06-30"), .no_lateness = 1u << DUE_FILE }, &row, &total);
	CHECK_INT(total.late_weight, 0);                     /* left out of lateness, still in days to pay */
	CHECK_INT(total.settled, 1020000);
}

/* --- random books against a slow version ------------------------------------------------------------------------------------ */

static uint64_t state = 88172645463325252ull;
static uint64_t rnd(uint64_t below)
{
	state ^= state << 13, state ^= state >> 7, state ^= state << 17;
	return state % below;
}

struct slow_item {
	int64_t id, customer, amount, left;
	int32_t issue, posting, due;
	enum item_kind kind;
	enum due_source source;
	bool usd, withdrawn;
};
struct slow_settlement {
	size_t debit, credit;
	int32_t day;
	int64_t amount;
};
struct slow {
	struct slow_item items[600];
	struct slow_settlement settlements[900];
	size_t items_count, settlements_count, customers;
};
enum { FIRST_DAY = 19000, DAYS = 900 };

static void slow_make(struct slow *slow)
{
	*slow = (struct slow){ .customers = 1 + rnd(12), .items_count = rnd(600) };
	for (size_t i = 0; i < slow->items_count; i++) {
		struct slow_item *item = &slow->items[i];
		*item = (struct slow_item){ .id = (int64_t)(1000 + i * 7 % 4001), .customer = (int64_t)(1 + rnd(slow->customers)),
			.kind = (enum item_kind)rnd(ITEM_KIND_COUNT), .source = (enum due_source)rnd(DUE_SOURCE_COUNT),
			.issue = FIRST_DAY + (int32_t)rnd(DAYS), .usd = rnd(5) == 0, .withdrawn = rnd(40) == 0 };
		item->posting = item->issue + (int32_t)rnd(4);
		item->due = item->issue + (int32_t)rnd(120) - 5;
		int64_t size = (int64_t)rnd(100000);
		bool credit = item->kind == ITEM_PAYMENT || item->kind == ITEM_CREDIT_NOTE || (item->kind >= ITEM_OPENING && rnd(2));
		item->amount = item->left = credit ? -size : size;
	}
	for (int tries = 0; tries < 3000 && slow->items_count > 1 && slow->settlements_count < 900; tries++) {
		size_t d = rnd(slow->items_count), c = rnd(slow->items_count);
		struct slow_item *debit = &slow->items[d], *credit = &slow->items[c];
		if (debit->left <= 0 || credit->left >= 0 || debit->customer != credit->customer || debit->usd != credit->usd) continue;
		if (debit->withdrawn || credit->withdrawn || debit->kind == ITEM_DEPOSIT_REQUEST || credit->kind == ITEM_DEPOSIT_REQUEST) continue;
		bool twice = false;
		for (size_t s = 0; s < slow->settlements_count; s++)
			twice |= slow->settlements[s].debit == d && slow->settlements[s].credit == c;
		if (twice) continue;
		int64_t most = debit->left < -credit->left ? debit->left : -credit->left;
		int64_t amount = rnd(2) ? most : 1 + (int64_t)rnd((uint64_t)most);
		debit->left -= amount, credit->left += amount;
		slow->settlements[slow->settlements_count++] = (struct slow_settlement){ d, c,
			debit->posting > credit->posting ? debit->posting : credit->posting, amount };
	}
}

static const struct book *slow_book(const struct slow *slow)
{
	struct book_builder *builder = book_builder_new("EUR");
	for (size_t c = 0; c < slow->customers; c++) {
		char code[32];
		snprintf(code, sizeof code, "C%02zu", slow->customers - c); /* codes the other way round than ids */
		builder_customer(builder, &(struct book_customer){ .id = (int64_t)c + 1, .code = code, .name = code,
			.insolvency_day = DAY_NONE });
	}
	for (size_t i = 0; i < slow->items_count; i++) {
		const struct slow_item *item = &slow->items[i];
		char number[16];
		snprintf(number, sizeof number, "N%u", (unsigned)(i * 7919 % 50));
		builder_item(builder, &(struct builder_item){ .customer_id = item->customer, .id = item->id, .amount = item->amount,
			.issue_day = item->issue, .posting_day = item->posting, .due_day = item->due, .kind = item->kind,
			.due_source = item->source, .withdrawn = item->withdrawn, .number = number, .currency = item->usd ? "USD" : "EUR",
			.origin_id = i % 9 == 0 ? item->id + 1 : 0 });
	}
	for (size_t s = 0; s < slow->settlements_count; s++) {
		const struct slow_settlement *one = &slow->settlements[s];
		builder_settlement(builder, slow->items[one->debit].customer, slow->items[one->debit].id, slow->items[one->credit].id,
		                   one->day, one->amount);
	}
	const struct book *book = NULL;
	CHECK_OK(builder_book(builder, &book));
	return book;
}

static int64_t slow_open(const struct slow *slow, size_t i, int32_t as_of)
{
	const struct slow_item *item = &slow->items[i];
	if (item->posting > as_of || item->withdrawn) return 0;
	int64_t open = item->amount;
	for (size_t s = 0; s < slow->settlements_count; s++) {
		const struct slow_settlement *one = &slow->settlements[s];
		if (one->day > as_of) continue;
		if (one->debit == i) open -= one->amount;
		if (one->credit == i) open += one->amount;
	}
	return open;
}

static bool slow_counts(const struct slow_item *item, bool usd)
{
	return item->usd == usd && !item->withdrawn && item->kind != ITEM_DEPOSIT_REQUEST;
}

static struct book_ageing slow_age(const struct slow *slow, int64_t customer, int32_t as_of, bool usd)
{
	struct book_ageing out = { 0 };
	for (size_t i = 0; i < slow->items_count; i++) {
		const struct slow_item *item = &slow->items[i];
		if (!slow_counts(item, usd) || (customer && item->customer != customer)) continue;
		int64_t open = slow_open(slow, i, as_of);
		int late = as_of - item->due;
		if (open < 0) out.unallocated += open;
		else out.bucket[late <= 0 ? 0 : late <= 30 ? 1 : late <= 60 ? 2 : late <= 90 ? 3 : 4] += open;
	}
	return out;
}

/* Item by item, as the contract says it. */
static struct book_ageing slow_net(const struct slow *slow, int64_t customer, int32_t as_of, bool usd)
{
	struct book_ageing gross = slow_age(slow, customer, as_of, usd);
	int64_t credit = -gross.unallocated;
	for (int k = BOOK_BUCKETS - 1; k >= 0; k--) {
		int64_t covered = credit < gross.bucket[k] ? credit : gross.bucket[k];
		gross.bucket[k] -= covered, credit -= covered;
	}
	gross.unallocated = -credit;
	return gross;
}

static bool same_ageing(const struct book_ageing *a, const struct book_ageing *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

static void ageing_equals_the_slow_version(void)
{
	static struct slow slow;
	for (int round = 0; round < 60; round++) {
		slow_make(&slow);
		cleanup_book const struct book *book = slow_book(&slow);
		for (int probe = 0; probe < 4; probe++) {
			int32_t as_of = FIRST_DAY - 10 + (int32_t)rnd(DAYS + 150);
			bool usd = rnd(3) == 0;
			struct book_ageing rows[16], total, want_total = { 0 };
			struct book_age_options options = { .as_of = as_of, .currency = usd ? "USD" : NULL,
				.basis = probe % 2 ? BASIS_NET : BASIS_GROSS };
			book_age(book, options, rows, &total);
			for (size_t c = 0; c < slow.customers; c++) {
				int64_t id = book_customer(book, c).id;
				struct book_ageing want = probe % 2 ? slow_net(&slow, id, as_of, usd) : slow_age(&slow, id, as_of, usd);
				CHECK(same_ageing(&rows[c], &want));
				for (int k = 0; k < BOOK_BUCKETS; k++) want_total.bucket[k] += want.bucket[k];
				want_total.unallocated += want.unallocated;
				struct book_ageing alone;
				options.customer = c + 1;
				book_age(book, options, NULL, &alone);
				options.customer = 0;
				CHECK(same_ageing(&alone, &want));
			}
			CHECK(same_ageing(&total, &want_total));
		}
	}
}

static void items_equal_the_slow_version(void)
{
	static struct slow slow;
	for (int round = 0; round < 20; round++) {
		slow_make(&slow);
		cleanup_book const struct book *book = slow_book(&slow);
		int32_t as_of = FIRST_DAY + (int32_t)rnd(DAYS + 50);
		cleanup_free int64_t *open = xmalloc((book_items(book) + 1) * sizeof *open);
		cleanup_free int32_t *closed = xmalloc((book_items(book) + 1) * sizeof *closed);
		book_open_amounts(book, as_of, open, closed);
		CHECK_INT(book_items(book), slow.items_count);
		for (size_t i = 0; i < slow.items_count; i++) {
			size_t index = book_find_item(book, slow.items[i].id);
			CHECK(index != SIZE_MAX);
			if (index == SIZE_MAX) continue;
			struct book_item item = book_item(book, index, as_of);
			CHECK_INT(item.id, slow.items[i].id);
			CHECK_INT(item.amount, slow.items[i].amount);
			CHECK_INT(item.open, slow_open(&slow, i, as_of));
			CHECK_INT(open[index], item.open);
			CHECK_INT(item.exists ? closed[index] : DAY_NONE, item.closed_day);
			CHECK_INT(item.due_day, slow.items[i].due);
			CHECK(item.kind == slow.items[i].kind && item.due_source == slow.items[i].source);
			CHECK_INT(item.origin_id, i % 9 == 0 ? item.id + 1 : 0);
			CHECK_TEXT(item.currency, slow.items[i].usd ? "USD" : "EUR");
			CHECK_INT(book_customer(book, item.customer).id, slow.items[i].customer);
		}
		CHECK(book_find_item(book, 999999) == SIZE_MAX && book_find_item(book, -1) == SIZE_MAX);
		for (size_t c = 0; c < slow.customers; c++) {
			struct book_customer customer = book_customer(book, c);
			struct book_item items[600];
			book_customer_items(book, c, as_of, items);
			for (size_t i = 0; i < customer.item_count; i++) {
				struct book_item one = book_item(book, customer.first_item + i, as_of);
				CHECK_INT(items[i].id, one.id);
				CHECK_INT(items[i].open, one.open);
				CHECK_INT(items[i].closed_day, one.closed_day);
				CHECK_INT(items[i].customer, c);
			}
		}
	}
}

static void figures_equal_the_slow_version(void)
{
	static struct slow slow;
	for (int round = 0; round < 40; round++) {
		slow_make(&slow);
		cleanup_book const struct book *book = slow_book(&slow);
		int32_t as_of = FIRST_DAY + (int32_t)rnd(DAYS + 50), points[13];
		struct book_kpi kpi;
		book_kpi(book, (struct book_age_options){ .as_of = as_of }, &kpi);
		struct book_ageing want = slow_age(&slow, 0, as_of, false), before = slow_age(&slow, 0, as_of - 90, false);
		CHECK(same_ageing(&kpi.ageing, &want));
		CHECK_INT(kpi.outstanding_90, book_outstanding(&before));
		int64_t sales = 0, sales_90 = 0, open_items = 0;
		for (size_t i = 0; i < slow.items_count; i++) {
			const struct slow_item *item = &slow.items[i];
			if (!slow_counts(item, false)) continue;
			open_items += slow_open(&slow, i, as_of) != 0;
			if (item->kind > ITEM_CREDIT_NOTE || item->posting > as_of || item->issue > as_of) continue;
			if (item->issue > as_of - 365) sales += item->amount;
			if (item->issue > as_of - 90) sales_90 += item->amount;
		}
		CHECK_INT(kpi.sales_365, sales);
		CHECK_INT(kpi.sales_90, sales_90);
		CHECK_INT(kpi.open_items, open_items);
		CHECK(kpi.countback_days_num >= 0);

		struct book_point history[13];
		for (int k = 0; k < 13; k++) points[k] = as_of - 30 * (12 - k) - (int32_t)rnd(2);
		points[12] = as_of;
		book_history(book, (struct book_age_options){ 0 }, points, 13, history);
		for (int k = 0; k < 13; k++) {
			struct book_kpi at;
			book_kpi(book, (struct book_age_options){ .as_of = points[k] }, &at);
			CHECK_INT(history[k].outstanding, book_outstanding(&at.ageing));
			CHECK_INT(history[k].not_due, at.ageing.bucket[0]);
			CHECK_INT(history[k].unallocated, at.ageing.unallocated);
			CHECK_INT(history[k].sales_365, at.sales_365);
		}

		struct book_behaviour behaviour, slow_one = { 0 };
		unsigned leave = 1u << DUE_ASSUMED;
		book_behave(book, (struct book_behaviour_options){ .as_of = as_of, .no_lateness = leave }, NULL, &behaviour);
		for (size_t s = 0; s < slow.settlements_count; s++) {
			const struct slow_settlement *one = &slow.settlements[s];
			const struct slow_item *debit = &slow.items[one->debit];
			if (debit->usd || debit->kind != ITEM_INVOICE || slow.items[one->credit].kind != ITEM_PAYMENT) continue;
			if (one->day > as_of || one->day <= as_of - 365) continue;
			slow_one.settled += one->amount;
			slow_one.days_to_pay += (__int128)one->amount * (one->day - debit->issue);
			if (debit->source == DUE_ASSUMED) continue;
			slow_one.late_weight += one->amount;
			slow_one.days_late += (__int128)one->amount * (one->day - debit->due);
			slow_one.on_time += one->day <= debit->due ? one->amount : 0;
		}
		CHECK_INT(behaviour.settled, slow_one.settled);
		CHECK_INT(behaviour.late_weight, slow_one.late_weight);
		CHECK_INT(behaviour.days_to_pay, slow_one.days_to_pay);
		CHECK_INT(behaviour.days_late, slow_one.days_late);
		CHECK_INT(behaviour.on_time, slow_one.on_time);
	}
}

static void invariants_of_dso(void)                          /* KPI reference section 11 */
{
	static struct slow slow;
	for (int round = 0; round < 40; round++) {
		slow_make(&slow);
		cleanup_book const struct book *book = slow_book(&slow);
		int32_t as_of = FIRST_DAY + (int32_t)rnd(DAYS);
		struct book_ageing gross, net;
		book_age(book, (struct book_age_options){ .as_of = as_of }, NULL, &gross);
		book_age(book, (struct book_age_options){ .as_of = as_of, .basis = BASIS_NET }, NULL, &net);
		CHECK_INT(book_outstanding(&gross), book_outstanding(&net));
		CHECK(book_positive(&net) <= book_positive(&gross));
	}
	/* the section 2 set on sales of 73 000: 6.00 + 34.50 − 4.00 = 36.50 */
	int64_t not_due = 120000, overdue = 690000, unallocated = -80000, sales = 7300000;
	CHECK_INT((not_due + overdue + unallocated) * 36500 / sales, 3650);
	CHECK_INT(not_due * 36500 / sales + overdue * 36500 / sales + unallocated * 36500 / sales, 3650);

	/* equal sales per day and no more outstanding than known: countback is the simple DSO */
	struct example e = example_new();
	char iso[11];
	for (int32_t d = day("2025-01-01"); d <= day("2025-12-31"); d++) {
		day_format(d, iso);
		example_add(&e, ITEM_INVOICE, iso, "2026-03-01", 10000);
	}
	example_add(&e, ITEM_OTHER, "2025-12-31", "2025-12-31", -10000 * 305);
	cleanup_book const struct book *book = example_book(&e);
	bool min;
	CHECK(fabs(countback_of(book, "2025-12-31", &min) - 60) < 1e-9 && !min);
}

static void a_transfer_changes_nothing(void)
{
	struct example e = example_new();
	int64_t invoice = example_add(&e, ITEM_INVOICE, "2025-03-01", "2025-03-31", 50000);
	cleanup_book const struct book *before = example_book(&e);
	e = example_new();
	invoice = example_add(&e, ITEM_INVOICE, "2025-03-01", "2025-03-31", 50000);
	builder_item(e.builder, &(struct builder_item){ .customer_id = 1, .id = 50, .amount = -50000, .kind = ITEM_TRANSFER,
		.issue_day = day("2025-09-01"), .posting_day = day("2025-09-01"), .due_day = day("2025-09-01") });
	builder_item(e.builder, &(struct builder_item){ .customer_id = 1, .id = 51, .amount = 50000, .kind = ITEM_TRANSFER,
		.issue_day = day("2025-03-01"), .posting_day = day("2025-09-01"), .due_day = day("2025-03-31"), .origin_id = 1 });
	builder_settlement(e.builder, 1, invoice, 50, day("2025-09-01"), 50000);
	cleanup_book const struct book *after = example_book(&e);
	struct book_kpi a, b;
	book_kpi(before, (struct book_age_options){ .as_of = day("2025-09-30") }, &a);
	book_kpi(after, (struct book_age_options){ .as_of = day("2025-09-30") }, &b);
	CHECK(same_ageing(&a.ageing, &b.ageing));
	CHECK_INT(a.sales_365, b.sales_365);
	CHECK(a.countback_days_num * b.countback_days_den == b.countback_days_num * a.countback_days_den);
}

static void a_settlement_of_nothing_is_refused(void)
{
	struct example e = example_new();
	example_add(&e, ITEM_INVOICE, "2025-03-01", "2025-03-31", 50000);
	builder_settlement(e.builder, 1, 1, 77, day("2025-09-01"), 50000);
	const struct book *book = NULL;
	CHECK(builder_book(e.builder, &book).code == STATUS_INTERNAL);
}

static void disputes_and_promises_are_intervals(void)
{
	struct example e = example_new();
	int64_t invoice = example_add(&e, ITEM_INVOICE, "2025-03-01", "2025-03-31", 50000);
	int64_t other = example_add(&e, ITEM_INVOICE, "2025-03-01", "2025-03-31", 20000);
	int64_t paid = example_add(&e, ITEM_PAYMENT, "2025-06-13", "2025-06-13", -12000);
	builder_settlement(e.builder, 1, other, paid, day("2025-06-13"), 12000);
	builder_dispute(e.builder, 1, invoice, 30000, day("2025-04-10"), day("2025-05-10"));
	builder_promise(e.builder, &(struct builder_promise){ .customer_id = 1, .item_id = other, .amount = 20000,
		.made_day = day("2025-06-01"), .day = day("2025-06-11"), .settled_day = day("2025-06-16") });
	cleanup_book const struct book *book = example_book(&e);
	static const struct { const char *day; int64_t disputed, promised; } cases[] = {
		{ "2025-04-09", 0, 0 }, { "2025-04-10", 30000, 0 }, { "2025-05-09", 30000, 0 }, { "2025-05-10", 0, 0 },
		{ "2025-06-01", 0, 20000 }, { "2025-06-13", 0, 8000 }, { "2025-06-16", 0, 0 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct book_kpi kpi;
		book_kpi(book, (struct book_age_options){ .as_of = day(cases[i].day) }, &kpi);
		CHECK_INT(kpi.disputed, cases[i].disputed);
		CHECK_INT(kpi.promised, cases[i].promised);
	}
	/* Wednesday 11 June and two working days: paid on Friday 13 counts, 12 000 of 20 000 */
	struct book_behaviour behaviour;
	book_behave(book, (struct book_behaviour_options){ .as_of = day("2025-06-30") }, NULL, &behaviour);
	CHECK_INT(behaviour.promised, 20000);
	CHECK_INT(behaviour.kept, 12000);
	size_t index = book_find_item(book, other);
	CHECK(book_item_bound(book, index, day("2025-06-20"), 8000).broken);
	CHECK_INT(book_item_bound(book, index, day("2025-06-02"), 20000).promised_day, day("2025-06-11"));
}

TESTS({ "ageing gross and net", ageing_gross_and_net }, { "edges are settable", edges_are_settable },
      { "dso of the reference", dso_of_the_reference }, { "countback, Divalto and beyond history", countback_divalto },
      { "behaviour of the reference", behaviour_of_the_reference },
      { "ageing equals the slow version", ageing_equals_the_slow_version },
      { "items equal the slow version", items_equal_the_slow_version },
      { "figures equal the slow version", figures_equal_the_slow_version }, { "invariants of dso", invariants_of_dso },
      { "a transfer changes nothing", a_transfer_changes_nothing },
      { "a settlement of nothing is refused", a_settlement_of_nothing_is_refused },
      { "disputes and promises are intervals", disputes_and_promises_are_intervals })
