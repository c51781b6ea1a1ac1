/* interest — late interest and the fixed fee of an item, exactly (reference/law.md sections 1.3 and 3). Pure.
 *
 *     struct interest result;
 *     interest_compute(&claim, rates, as_of, arena, &result);
 *
 * Simple interest on 365 days; the day of a payment still counts on the old balance; days belong to the half-year they fall in;
 * segments are exact, the total is rounded once, half away from zero. */
#ifndef DUNNING_INTEREST_H
#define DUNNING_INTEREST_H

#include "base/arena.h"
#include "base/day.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rate_kind { RATE_ECB, RATE_LEGAL_PROFESSIONAL, RATE_LEGAL_CONSUMER, RATE_KIND_COUNT };
struct rate {
	int32_t from_day;
	int32_t basis_points;
};
/* Rates of one kind in order of day: those known (rates.c) and those a person entered, which win on the same day. */
struct rates {
	const struct rate *of[RATE_KIND_COUNT];
	size_t count[RATE_KIND_COUNT];
	/* first day from which nothing is known: a half-year that starts on or after it uses the last rate and says so */
	int32_t unknown_from[RATE_KIND_COUNT];
};
const struct rates *rates_known(void);
/* ECB: in force on the 1st of January or July that opens the half-year of `day`. Legal: of that half-year. *confirmed is false when
 * the last known one is used in its place. */
int32_t rate_on(const struct rates *rates, enum rate_kind kind, int32_t day, bool *confirmed);
int32_t half_year_start(int32_t day);

enum debtor_class { DEBTOR_PROFESSIONAL, DEBTOR_PUBLIC, DEBTOR_CONSUMER, DEBTOR_UNKNOWN };
enum debtor_class debtor_class_parse(const char *code);

/* What a part payment pays first. The creditor may agree to the principal first, the usage between professionals; else the interest goes
 * before it (C. civ. 1343-1); or the fixed fee, then the interest, then the principal. */
enum interest_order { ORDER_PRINCIPAL, ORDER_INTEREST, ORDER_INDEMNITY };
enum interest_order interest_order_parse(const char *code); /* "principal", "interest", "indemnity" */
const char *interest_order_label(enum interest_order order); /* English msgid */

struct interest_payment {
	int32_t day;
	int64_t amount;
	bool aside;                     /* of a note of late interest: no part of what the books say is paid */
};
void interest_payments_sort(struct interest_payment *payments, size_t count); /* by day, as a claim wants them */
struct interest_claim {
	int64_t amount;                 /* VAT included */
	int32_t due_day;
	enum debtor_class debtor;       /* unknown counts as professional: computed, not claimed */
	int32_t clause_basis_points;    /* the contract's rate; 0: none, ECB + 10 points */
	int32_t notice_day;             /* consumer: formal notice, interest from the next day; DAY_NONE: none, no interest */
	int32_t stop_day;               /* insolvency judgment: nothing accrues from that day; DAY_NONE */
	enum interest_order order;
	bool fee_once;                  /* false: the fee of its invoice is counted on another item (instalments) */
	int64_t fee;                    /* minor units in the item's currency: 4000; 0 when none applies */
	const struct interest_payment *payments; /* in order of day, credits of any kind */
	size_t payment_count;
};
struct interest_segment {
	int32_t from, to;               /* inclusive */
	int32_t days;
	int64_t base;
	int32_t basis_points;
	bool confirmed;
};
struct interest {
	int64_t principal, paid, open, interest, fee, total;
	int32_t days;                   /* late, to as_of or the day it was paid */
	int64_t to_interest, to_fee;    /* of the payments, by the order; 0 where the principal goes first */
	int64_t left;                   /* principal that bears interest still: above `open` by what went to interest and fee */
	bool rate_unconfirmed, below_floor; /* below_floor: the clause is under three times the legal rate, the floor was used */
	struct interest_segment *segments;
	size_t segment_count;
};
/* False when nothing accrued (paid in time, not due). *out lives in the arena. */
bool interest_compute(const struct interest_claim *claim, const struct rates *rates, int32_t as_of, struct arena *arena,
                      struct interest *out);
/* "194.5479452055": minor units would be 19454.7945205479; this prints minor units with 10 decimals. */
void interest_segment_exact(const struct interest_segment *segment, char *out, size_t size);

#endif
