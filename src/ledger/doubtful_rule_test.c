/* Doubtful debts: which, how much, which entries (reference/law.md section 10), by hand and at random. */
#include "base/day.h"
#include "base/memory.h"
#include "base/test.h"
#include "ledger/doubtful_rule.h"

static int32_t on(const char *iso)
{
	int32_t day = DAY_NONE;
	CHECK(day_parse(iso, strlen(iso), &day));
	return day;
}
static const struct doubtful_accounts accounts = { .doubtful = "416000", .loss = "654000", .vat = "445710", .vat_waiting = "445870", .provision = "491000", .charge = "681740",
	.release = "781740", .small_loss = "658000", .small_gain = "758000", .supplier = "401000" };

static void the_reasons(void)
{
	struct doubtful_terms terms = { .days = 180, .dispute_days = 90 };
	struct doubtful_view view = { .open = 120000, .issue_day = on("2025-01-15"), .due_day = on("2025-02-14"), .insolvency_day = DAY_NONE };
	CHECK(doubtful_reason(&view, &terms, on("2025-08-12")) == NULL); /* 179 days */
	CHECK_TEXT(doubtful_reason(&view, &terms, on("2025-08-13")), "age");
	view.disputed = true;
	CHECK(doubtful_reason(&view, &terms, on("2025-05-14")) == NULL);
	CHECK_TEXT(doubtful_reason(&view, &terms, on("2025-05-15")), "dispute");
	view.handed_over = true;
	CHECK_TEXT(doubtful_reason(&view, &terms, on("2025-02-15")), "handed_over");
	CHECK(doubtful_reason(&view, &terms, on("2025-02-14")) == NULL); /* due today */
	view.insolvency_day = on("2025-02-01");
	CHECK_TEXT(doubtful_reason(&view, &terms, on("2025-02-10")), "insolvency"); /* not due yet */
	CHECK(doubtful_reason(&view, &terms, on("2025-01-31")) == NULL);
	view.issue_day = on("2025-02-02"), view.handed_over = view.disputed = false; /* delivered after the opening */
	CHECK(doubtful_reason(&view, &terms, on("2025-02-20")) == NULL);
	view.not_due_by_nature = true, view.insolvency_day = DAY_NONE;
	CHECK(doubtful_reason(&view, &terms, on("2026-12-31")) == NULL);
	view.not_due_by_nature = false, terms.days = 0;
	CHECK(doubtful_reason(&view, &terms, on("2026-12-31")) == NULL); /* never by age */
	terms.days = 1, view.open = 0;
	CHECK(doubtful_reason(&view, &terms, on("2026-12-31")) == NULL);
}

static void the_rates(void)
{
	struct doubtful_terms terms = { .insolvency = 5000, .liquidation = 10000, .handed_over = 5000, .dispute = 2500, .ages = { { 180, 2500 }, { 365, 5000 }, { 730, 10000 } }, .age_count = 3 };
	struct doubtful_view view = { .open = 1, .issue_day = on("2025-01-01"), .due_day = on("2025-01-31"), .insolvency_day = DAY_NONE };
	const char *rule;
	CHECK_INT(provision_rate(&view, &terms, on("2025-07-29"), &rule), 0);
	CHECK_TEXT(rule, "none");
	CHECK_INT(provision_rate(&view, &terms, on("2025-07-30"), &rule), 2500);
	CHECK_TEXT(rule, "age");
	view.disputed = true; /* the same rate: the stage says why */
	CHECK_INT(provision_rate(&view, &terms, on("2025-07-30"), &rule), 2500);
	CHECK_TEXT(rule, "dispute");
	view.insolvency_day = on("2025-03-01");
	CHECK_INT(provision_rate(&view, &terms, on("2025-07-30"), &rule), 5000);
	CHECK_TEXT(rule, "insolvency");
	CHECK_INT(provision_rate(&view, &terms, on("2025-02-28"), &rule), 2500); /* before the judgment */
	view.liquidation = true;
	CHECK_INT(provision_rate(&view, &terms, on("2025-07-30"), &rule), 10000);
	CHECK_TEXT(rule, "liquidation");
	CHECK_INT(doubtful_vat(120000, 2000), 20000);
	CHECK_INT(doubtful_vat(10550, 550), 550);
	CHECK_INT(doubtful_vat(100, 0), 0);
	CHECK_INT(provision_amount(100000, 5000), 50000);
	CHECK_INT(provision_amount(-100, 5000), 0);
	CHECK_INT(doubtful_vat_until(on("2024-03-10")), on("2026-12-31"));
	struct { int64_t base; int32_t rate; } matrix[] = { { 10000000, 0 }, { 4000000, 200 }, { 2000000, 1000 }, { 1000000, 3000 }, { 500000, 6000 } };
	int64_t sum = 0;
	for (size_t i = 0; i < COUNT(matrix); i++) sum += provision_amount(matrix[i].base, matrix[i].rate);
	CHECK_INT(sum, 880000); /* law.md: 8 800 */
}

/* law.md: 1 200 VAT included, doubtful; 50 % of what is before VAT; lost. */
static void the_entries_of_the_law(void)
{
	struct book_line lines[BOOK_LINES];
	CHECK_INT(doubtful_transfer_lines(&accounts, "411000", 120000, lines), 2);
	CHECK_TEXT(lines[0].account, "416000");
	CHECK_INT(lines[0].amount, 120000);
	CHECK(lines[0].person && lines[1].person);
	CHECK_TEXT(lines[1].account, "411000");
	CHECK_INT(lines[1].amount, -120000);
	CHECK_INT(doubtful_provision_lines(&accounts, provision_amount(120000 - doubtful_vat(120000, 2000), 5000), lines), 2);
	CHECK_TEXT(lines[0].account, "681740");
	CHECK_INT(lines[0].amount, 50000);
	CHECK(!lines[0].person);
	CHECK_TEXT(lines[1].account, "491000");
	CHECK_INT(lines[1].amount, -50000);
	CHECK_INT(doubtful_loss_lines(&accounts, "416000", 120000, 20000, false, lines), 3);
	CHECK_TEXT(lines[0].account, "654000");
	CHECK_INT(lines[0].amount, 100000);
	CHECK_TEXT(lines[1].account, "445710");
	CHECK_INT(lines[1].amount, 20000);
	CHECK_TEXT(lines[2].account, "416000");
	CHECK_INT(lines[2].amount, -120000);
	CHECK(lines[2].person);
	CHECK_INT(doubtful_provision_lines(&accounts, -50000, lines), 2);
	CHECK_TEXT(lines[0].account, "491000");
	CHECK_INT(lines[0].amount, 50000);
	CHECK_TEXT(lines[1].account, "781740");
	CHECK_INT(lines[1].amount, -50000);
	CHECK_INT(doubtful_loss_lines(&accounts, "416000", 120000, 20000, true, lines), 3);
	CHECK_TEXT(lines[1].account, "445870"); /* on receipts: it was never due */
	CHECK_INT(doubtful_loss_lines(&accounts, "416000", 120000, 0, false, lines), 2);
	CHECK_INT(lines[0].amount, 120000);
	CHECK_INT(doubtful_loss_lines(&accounts, "416000", 100, 101, false, lines), 0);
	CHECK_INT(doubtful_small_lines(&accounts, "411000", -3, lines), 2);
	CHECK_TEXT(lines[0].account, "411000");
	CHECK_INT(lines[0].amount, 3);
	CHECK_TEXT(lines[1].account, "758000");
	CHECK_INT(doubtful_small_lines(&accounts, "411000", 0, lines), 0);
}

/* Whatever the amount and the rate: each entry balances, VAT and net are the whole, no provision is above its base. */
static void they_always_balance(void)
{
	uint64_t seed = 20250928;
	for (int i = 0; i < 20000; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		int64_t amount = (int64_t)(seed >> (4 + seed % 50)) + 1;
		int32_t rate = (int32_t)((seed >> 20) % 10001);
		struct book_line lines[BOOK_LINES];
		int64_t vat = doubtful_vat(amount, rate), base = amount - vat, provision = provision_amount(base, (int32_t)((seed >> 33) % 10001));
		CHECK(vat >= 0 && base >= 0 && provision >= 0 && provision <= base);
		size_t count = doubtful_transfer_lines(&accounts, "411000", amount, lines);
		CHECK(book_lines_balance(lines, count));
		count = doubtful_loss_lines(&accounts, "416000", amount, vat, i % 2, lines);
		CHECK(book_lines_balance(lines, count));
		for (int sign = -1; provision && sign < 2; sign += 2) {
			count = doubtful_provision_lines(&accounts, sign * provision, lines);
			CHECK(book_lines_balance(lines, count));
			count = doubtful_small_lines(&accounts, "411000", sign * amount, lines);
			CHECK(book_lines_balance(lines, count));
		}
		count = doubtful_set_off_lines(&accounts, "411000", amount, lines);
		CHECK(book_lines_balance(lines, count));
	}
	struct book_line off[] = { { "411", true, 5 }, { "416", true, -4 } }, wide[] = { { "a", false, INT64_MAX }, { "b", false, 1 }, { "c", false, INT64_MIN } };
	CHECK(!book_lines_balance(off, 2) && !book_lines_balance(wide, 3) && !book_lines_balance(off, 0));
}

static void the_stages(void)
{
	char good[] = "insolvency:50.00,liquidation:100.00", twice[] = "dispute:5.00,", bad[] = "age:5.00", high[] = "dispute:101.00", empty[] = "";
	CHECK_OK(doubtful_stages_check(good));
	CHECK_OK(doubtful_stages_check(empty));
	CHECK_INT(doubtful_stages_check(twice).code, STATUS_INVALID);
	CHECK_INT(doubtful_stages_check(bad).code, STATUS_INVALID);
	CHECK_INT(doubtful_stages_check(high).code, STATUS_INVALID);
}

TESTS({ "why a debt is doubtful, the strongest first", the_reasons }, { "provisions by stage and age, VAT, last day to take it back", the_rates },
	{ "the entries of law.md 10", the_entries_of_the_law }, { "every entry balances", they_always_balance }, { "stages of the settings", the_stages }, )
