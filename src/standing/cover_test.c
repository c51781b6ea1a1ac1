/* Credit insurance as rules: which limit holds for which delivery, what is left of it, by when what is told (market.md 3, no. 4). */
#include "base/day.h"
#include "base/memory.h"
#include "base/test.h"
#include "standing/cover.h"

#include <stdlib.h>

static int32_t on(const char *iso)
{
	int32_t day = DAY_NONE;
	CHECK(day_parse(iso, strlen(iso), &day));
	return day;
}

static struct cover_policy usual(void)
{
	return (struct cover_policy){ .id = 1, .currency = "EUR", .from_day = on("2025-01-01"), .until_day = DAY_NONE, .share_bp = 9000, .terms_days = 90, .extension_days = 60,
		                      .declare_days = 90, .claim_days = 180, .insolvency_days = 10, .discretionary_late = 30 };
}

static struct cover_item sold(int64_t id, const char *issued, const char *due, int64_t open)
{
	return (struct cover_item){ .id = id, .open = open, .currency = "EUR", .sale = true, .delivered_day = on(issued), .due_day = on(due), .closed_day = DAY_NONE,
		                    .extended_until = DAY_NONE, .declared_day = DAY_NONE, .claimed_day = DAY_NONE, .refused_day = DAY_NONE };
}
#define DECISION(id_, state_, amount_, from_) { .id = id_, .policy_id = 1, .amount = amount_, .state = state_, .from_day = on(from_), .until_day = DAY_NONE }

static struct cover_account account_of(const struct cover_policy *policy, const struct cover_decision *decisions, size_t count)
{
	return (struct cover_account){ policy, 1, decisions, count, .insolvency_day = DAY_NONE, .insolvency_told = DAY_NONE };
}

/* A limit of 50 000 reduced to 20 000 on 1 March and withdrawn on 1 May: what was delivered before keeps what held on its day. */
static void later_decisions_change_nothing_of_before(void)
{
	const struct cover_policy policy = usual();
	const struct cover_decision decisions[] = { DECISION(3, COVER_WITHDRAWN, 0, "2026-05-01"), DECISION(1, COVER_GRANTED, 5000000, "2025-06-01"),
		                                    DECISION(2, COVER_REDUCED, 2000000, "2026-03-01") };
	const struct cover_account account = account_of(&policy, decisions, 3);
	struct cover_item items[] = { sold(1, "2026-02-10", "2026-04-11", 4500000), sold(2, "2026-03-15", "2026-05-14", 1000000), sold(3, "2026-05-10", "2026-06-30", 700000) };
	struct cover_total total;
	cover_compute(&account, "EUR", on("2026-05-12"), items, 3, &total);
	CHECK_INT(items[0].cover.covered, 4500000);
	CHECK_INT(items[0].cover.limit, 5000000);
	CHECK_INT(items[1].cover.reason, COVER_LIMIT_FULL); /* 45 000 of 20 000 are taken */
	CHECK_INT(items[2].cover.reason, COVER_WITHDRAWN_LIMIT);
	CHECK_INT(total.exposed, 6200000);
	CHECK_INT(total.covered, 4500000);
	CHECK_INT(total.uncovered, 1700000);
	CHECK_INT(total.indemnity, 4050000);
	CHECK_INT(total.now, COVER_WITHDRAWN_LIMIT);
	CHECK_INT(total.available, 0);

	/* he pays 30 000 of the first: it makes room under the limit of the second's day */
	items[0].open = 1500000;
	cover_compute(&account, "EUR", on("2026-05-12"), items, 3, &total);
	CHECK_INT(items[1].cover.covered, 500000);
	CHECK_INT(items[1].cover.reason, COVER_IN_PART);
	/* the same by a credit not allocated: it pays the oldest due */
	struct cover_item netted[] = { sold(1, "2026-02-10", "2026-04-11", 4500000), sold(2, "2026-03-15", "2026-05-14", 1000000), sold(3, "2026-04-20", "2026-04-20", -3000000) };
	netted[2].sale = false;
	cover_compute(&account, "EUR", on("2026-05-12"), netted, 3, &total);
	CHECK_INT(netted[0].cover.exposed, 1500000);
	CHECK_INT(netted[1].cover.covered, 500000);
	CHECK_INT(total.exposed, 2500000);
}

static void limits_of_a_day(void)
{
	struct cover_policy policy = usual();
	struct cover_decision decisions[] = { DECISION(1, COVER_GRANTED, 1000000, "2026-01-01"), DECISION(2, COVER_REQUESTED, 9000000, "2026-02-01"),
		                              { .id = 3, .policy_id = 1, .amount = 500000, .temporary = true, .state = COVER_GRANTED, .from_day = on("2026-03-01"), .until_day = on("2026-03-31") },
		                              DECISION(4, COVER_GRANTED, 4000000, "2026-06-01") };
	decisions[0].until_day = on("2026-05-31");
	struct cover_account account = account_of(&policy, decisions, 3);
	CHECK_INT(cover_limit_on(&account, &policy, on("2025-12-31")).reason, COVER_NO_LIMIT);
	CHECK_INT(cover_limit_on(&account, &policy, on("2026-02-15")).amount, 1000000); /* what is only asked for is no limit */
	CHECK_INT(cover_limit_on(&account, &policy, on("2026-03-31")).amount, 1500000);
	CHECK_INT(cover_limit_on(&account, &policy, on("2026-04-01")).amount, 1000000);
	CHECK_INT(cover_limit_on(&account, &policy, on("2026-06-01")).reason, COVER_LIMIT_ENDED);
	decisions[3].policy_id = 2; /* another policy's */
	account.decision_count = 4;
	CHECK_INT(cover_limit_on(&account, &policy, on("2026-06-01")).reason, COVER_LIMIT_ENDED);
	/* a withdrawal ends the temporary one that came before it */
	decisions[3] = (struct cover_decision){ .id = 4, .policy_id = 1, .state = COVER_WITHDRAWN, .from_day = on("2026-03-10"), .until_day = DAY_NONE };
	CHECK_INT(cover_limit_on(&account, &policy, on("2026-03-09")).amount, 1500000);
	CHECK_INT(cover_limit_on(&account, &policy, on("2026-03-10")).amount, 0);
	CHECK_INT(cover_limit_on(&account, &policy, on("2026-03-10")).reason, COVER_WITHDRAWN_LIMIT);
	/* without a decision of his: what the policy grants without asking */
	policy.discretionary = 700000;
	account.decision_count = 0;
	CHECK(cover_limit_on(&account, &policy, on("2026-03-10")).discretionary);
	CHECK_INT(cover_limit_on(&account, &policy, on("2026-03-10")).amount, 700000);
	/* a refused customer has no discretionary limit either */
	decisions[0] = (struct cover_decision){ .id = 1, .policy_id = 1, .state = COVER_REFUSED, .from_day = on("2026-03-01"), .until_day = DAY_NONE };
	account.decision_count = 1;
	CHECK_INT(cover_limit_on(&account, &policy, on("2026-03-10")).reason, COVER_REFUSED_LIMIT);
}

static enum cover_reason only(const struct cover_account *account, struct cover_item item, const char *today)
{
	struct cover_total total;
	cover_compute(account, "EUR", on(today), &item, 1, &total);
	CHECK_INT(total.covered + total.uncovered, total.exposed);
	return item.cover.reason;
}

static void who_and_what_is_not_insured(void)
{
	struct cover_policy policy = usual();
	const struct cover_decision decisions[] = { DECISION(1, COVER_GRANTED, 1000000, "2025-02-01") };
	struct cover_account account = account_of(&policy, decisions, 1);
	const char *today = "2026-03-01";
	CHECK_INT(only(&account, sold(1, "2026-02-01", "2026-03-15", 1000), today), COVER_YES);
	CHECK_INT(only(&account, sold(1, "2024-12-31", "2025-01-30", 1000), today), COVER_NO_POLICY);
	CHECK_INT(only(&account, sold(1, "2026-01-01", "2026-04-02", 1000), today), COVER_TERMS); /* 91 days */
	CHECK_INT(only(&account, sold(1, "2026-01-01", "2026-04-01", 1000), today), COVER_YES);
	struct cover_item interest = sold(1, "2026-02-01", "2026-03-01", 1000);
	interest.sale = false;
	CHECK_INT(only(&account, interest, today), COVER_NO_SALE);
	snprintf(policy.currency, sizeof policy.currency, "USD");
	CHECK_INT(only(&account, sold(1, "2026-02-01", "2026-03-15", 1000), today), COVER_CURRENCY);
	snprintf(policy.currency, sizeof policy.currency, "EUR");
	account.consumer = true;
	CHECK_INT(only(&account, sold(1, "2026-02-01", "2026-03-15", 1000), today), COVER_CONSUMER);
	account.consumer = false, account.public_buyer = true;
	CHECK_INT(only(&account, sold(1, "2026-02-01", "2026-03-15", 1000), today), COVER_PUBLIC);
	policy.public_buyers = true;
	CHECK_INT(only(&account, sold(1, "2026-02-01", "2026-03-15", 1000), today), COVER_YES);
	account.public_buyer = false, account.insolvency_day = on("2026-02-01");
	CHECK_INT(only(&account, sold(1, "2026-02-02", "2026-03-15", 1000), today), COVER_INSOLVENT);
	CHECK_INT(only(&account, sold(1, "2026-02-01", "2026-03-15", 1000), "2026-02-05"), COVER_YES);
	account.insolvency_day = DAY_NONE;
	/* export: other terms, other policies */
	policy.terms_export_days = 150, account.abroad = true;
	CHECK_INT(only(&account, sold(1, "2026-01-01", "2026-05-31", 1000), today), COVER_YES);
	policy.scope = COVER_DOMESTIC;
	CHECK_INT(only(&account, sold(1, "2026-01-01", "2026-05-31", 1000), today), COVER_NO_POLICY);
}

/* 120 days of credit, then 30 to declare, 60 more to ask for its intervention; what is delivered after is not covered (market.md X2). */
static void days_of_a_policy_by_credit(void)
{
	struct cover_policy policy = usual();
	policy.counted = COVER_FROM_CREDIT, policy.terms_days = 120, policy.terms_export_days = 180, policy.declare_days = 30, policy.claim_days = 90, policy.stop_days = 60;
	const struct cover_decision decisions[] = { DECISION(1, COVER_GRANTED, 1000000, "2025-02-01") };
	struct cover_account account = account_of(&policy, decisions, 1);
	struct cover_item items[] = { sold(1, "2026-01-01", "2026-01-31", 300000), sold(2, "2026-04-02", "2026-05-02", 100000), sold(3, "2026-04-01", "2026-05-01", 100000) };
	struct cover_total total;
	cover_compute(&account, "EUR", on("2026-05-05"), items, 3, &total);
	CHECK_INT(items[0].cover.extend_by, on("2026-05-01")); /* 120 days */
	CHECK_INT(items[0].cover.declare_by, on("2026-05-31"));
	CHECK_INT(items[0].cover.claim_by, on("2026-07-30"));
	CHECK_INT(items[0].cover.duty, DUTY_DECLARE);
	CHECK_INT(items[0].cover.duty_by, on("2026-05-31"));
	CHECK_INT(items[1].cover.reason, COVER_STOPPED); /* the first was 61 days late */
	CHECK_INT(items[2].cover.reason, COVER_YES);     /* 60 days */
	CHECK_INT(total.now, COVER_STOPPED);
	/* the day is the last one, the next is too late */
	CHECK_INT(only(&account, items[0], "2026-05-31"), COVER_YES);
	CHECK_INT(only(&account, items[0], "2026-06-01"), COVER_NOT_DECLARED);
	items[0].declared_day = on("2026-05-20");
	CHECK_INT(only(&account, items[0], "2026-07-30"), COVER_YES);
	CHECK_INT(only(&account, items[0], "2026-07-31"), COVER_NOT_CLAIMED);
	items[0].claimed_day = on("2026-07-01");
	CHECK_INT(only(&account, items[0], "2026-09-30"), COVER_YES);
	items[0].refused_day = on("2026-09-01");
	CHECK_INT(only(&account, items[0], "2026-09-30"), COVER_REFUSED_CLAIM);
	account.abroad = true;
	cover_compute(&account, "EUR", on("2026-05-05"), items, 3, &total);
	CHECK_INT(items[2].cover.declare_by, on("2026-10-28"));
}

static void days_of_a_policy_by_due_date(void)
{
	struct cover_policy policy = usual();
	policy.declare_from = 50000;
	const struct cover_decision decisions[] = { DECISION(1, COVER_GRANTED, 1000000, "2025-02-01") };
	struct cover_account account = account_of(&policy, decisions, 1);
	struct cover_item items[] = { sold(1, "2026-01-01", "2026-01-31", 40000), sold(2, "2026-02-01", "2026-03-03", 20000) };
	struct cover_total total;
	cover_compute(&account, "EUR", on("2026-03-03"), items, 2, &total); /* due today is not overdue: 400.00 only, below the threshold */
	CHECK_INT(items[0].cover.duty, DUTY_NONE);
	CHECK_INT(items[0].cover.extend_by, on("2026-04-01"));
	cover_compute(&account, "EUR", on("2026-03-04"), items, 2, &total);
	CHECK_INT(items[0].cover.duty, DUTY_DECLARE);
	CHECK_INT(items[0].cover.duty_by, on("2026-05-01"));
	CHECK_INT(items[1].cover.duty_by, on("2026-06-01"));
	/* an extension moves all that counts from it */
	items[0].extended_until = on("2026-03-31");
	cover_compute(&account, "EUR", on("2026-03-04"), items, 2, &total);
	CHECK_INT(items[0].cover.duty, DUTY_NONE);
	CHECK_INT(items[0].cover.declare_by, on("2026-06-29"));
	CHECK_INT(items[0].cover.claim_by, on("2026-09-27"));
	items[0].extended_until = DAY_NONE, items[0].declared_day = on("2026-04-01");
	cover_compute(&account, "EUR", on("2026-04-02"), items, 2, &total);
	CHECK_INT(items[0].cover.duty, DUTY_CLAIM);
	CHECK_INT(items[0].cover.duty_by, on("2026-07-30"));
	/* proceedings: the insurer is told within ten days, and the claim filed */
	account.insolvency_day = on("2026-04-10");
	cover_compute(&account, "EUR", on("2026-04-12"), items, 2, &total);
	CHECK_INT(items[0].cover.duty, DUTY_INSOLVENCY);
	CHECK_INT(items[0].cover.duty_by, on("2026-04-20"));
	account.insolvency_told = on("2026-04-12");
	cover_compute(&account, "EUR", on("2026-04-12"), items, 2, &total);
	CHECK_INT(items[0].cover.duty, DUTY_CLAIM);
	CHECK_INT(items[0].cover.duty_by, on("2026-04-20"));
}

static void share_vat_deductible_and_disputes(void)
{
	struct cover_policy policy = usual();
	policy.vat_bp = 2000, policy.deductible = 50000;
	const struct cover_decision decisions[] = { DECISION(1, COVER_GRANTED, 10000000, "2025-02-01") };
	const struct cover_account account = account_of(&policy, decisions, 1);
	struct cover_item items[] = { sold(1, "2026-02-01", "2026-03-03", 1200000) };
	struct cover_total total;
	items[0].disputed = true;
	cover_compute(&account, "EUR", on("2026-03-01"), items, 1, &total);
	CHECK_INT(items[0].cover.covered, 1000000); /* without VAT */
	CHECK_INT(items[0].cover.indemnity, 900000);
	CHECK(items[0].cover.suspended);
	CHECK_INT(total.uncovered, 200000);
	CHECK_INT(total.indemnity, 850000);
	CHECK_INT(total.residual, 350000);
	CHECK_INT(total.available, 9000000);
	/* the discretionary limit is not for who was late at delivery */
	policy.discretionary = 300000;
	struct cover_account unnamed = account_of(&policy, NULL, 0);
	struct cover_item two[] = { sold(1, "2026-01-01", "2026-01-31", 100000), sold(2, "2026-03-03", "2026-04-02", 100000), sold(3, "2026-03-02", "2026-04-01", 100000) };
	cover_compute(&unnamed, "EUR", on("2026-03-10"), two, 3, &total);
	CHECK_INT(two[1].cover.reason, COVER_DISCRETION_LOST);
	CHECK_INT(two[2].cover.reason, COVER_YES);
	/* paid since, but after that delivery: it was lost all the same; paid before: it was not */
	two[0].open = 0, two[0].closed_day = on("2026-03-05");
	cover_compute(&unnamed, "EUR", on("2026-03-10"), two, 3, &total);
	CHECK_INT(two[1].cover.reason, COVER_DISCRETION_LOST);
	two[0].closed_day = on("2026-03-03");
	cover_compute(&unnamed, "EUR", on("2026-03-10"), two, 3, &total);
	CHECK_INT(two[1].cover.reason, COVER_YES);
}

/* Whatever the history: nothing is covered beyond the exposure, nor beyond the highest limit; parts sum up; order of input is no matter. */
static void random_accounts(void)
{
	srand(7);
	for (int round = 0; round < 400; round++) {
		struct cover_policy policy = usual();
		policy.discretionary = rand() % 2 ? 200000 : 0, policy.stop_days = rand() % 2 ? 45 : 0;
		struct cover_decision decisions[4];
		struct cover_item items[12], turned[12];
		int64_t highest = policy.discretionary, temporary = 0, exposed = 0;
		size_t decided = (size_t)rand() % 5, count = 1 + (size_t)rand() % 12;
		for (size_t i = 0; i < decided; i++) {
			decisions[i] = (struct cover_decision){ .id = (int64_t)i, .policy_id = 1, .amount = rand() % 500000, .state = (enum cover_state)(rand() % 5), .temporary = rand() % 4 == 0,
				.from_day = on("2026-01-01") + rand() % 120, .until_day = DAY_NONE };
			if (decisions[i].temporary) decisions[i].until_day = decisions[i].from_day + 30, temporary += decisions[i].amount;
			else if (decisions[i].amount > highest) highest = decisions[i].amount;
		}
		for (size_t i = 0; i < count; i++) {
			items[i] = sold((int64_t)i + 1, "2026-01-01", "2026-01-01", rand() % 6 ? rand() % 200000 : -(rand() % 100000));
			items[i].delivered_day += rand() % 150, items[i].due_day = items[i].delivered_day + 30;
		}
		for (size_t i = 0; i < count; i++) turned[i] = items[count - 1 - i];
		struct cover_account account = account_of(&policy, decisions, decided);
		struct cover_total total, other;
		cover_compute(&account, "EUR", on("2026-06-15"), items, count, &total);
		cover_compute(&account, "EUR", on("2026-06-15"), turned, count, &other);
		int64_t covered = 0;
		for (size_t i = 0; i < count; i++) {
			CHECK(items[i].cover.covered >= 0 && items[i].cover.covered <= items[i].cover.exposed);
			CHECK_INT(items[i].cover.covered, turned[count - 1 - i].cover.covered);
			covered += items[i].cover.covered, exposed += items[i].cover.exposed;
		}
		CHECK_INT(covered, total.covered);
		CHECK_INT(exposed, total.exposed);
		CHECK(total.covered <= highest + temporary);
		CHECK_INT(total.covered, other.covered);
		CHECK_INT(total.residual, total.exposed - total.indemnity);
	}
}

TESTS({ "later decisions change nothing of what was delivered before", later_decisions_change_nothing_of_before }, { "limits of a day", limits_of_a_day },
      { "who and what is not insured", who_and_what_is_not_insured }, { "days of a policy by credit", days_of_a_policy_by_credit },
      { "days of a policy by due date", days_of_a_policy_by_due_date }, { "share, VAT, deductible and disputes", share_vat_deductible_and_disputes },
      { "random accounts", random_accounts })
