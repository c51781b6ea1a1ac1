/* score — the behaviour score of a customer, 0 to 100 (100 is safe), from the parts that are known, and its class.
 *
 * Weighted mean of the known parts, the weights of the unknown ones spread over the others. Without lateness and overdue
 * share there is no score. From a ledger alone four parts are known: lateness, overdue share, trend and age; an absence of
 * disputes or rejects says nothing of a company that records no dispute, or of a customer who sends his transfers. The class is that of the raw value: 79.996 shows as 80.00 and is B. (Contract section 3; the
 * parts are those of the KPI reference, section 7.)
 */
#ifndef STANDING_SCORE_H
#define STANDING_SCORE_H

#include "book/book.h"

enum score_part {
	SCORE_LATENESS, SCORE_OVERDUE, SCORE_TREND, SCORE_PROMISES, SCORE_REJECTS, SCORE_DISPUTES, SCORE_AGE, SCORE_RATING,
	SCORE_PARTS
};
struct score_line {
	bool known;
	double value;        /* 0..100 */
	int weight;          /* of 100, before spreading */
	double contribution; /* points of the score it brings: value × weight ÷ known weights */
};
struct score {
	bool known;
	double value;        /* raw */
	char class;          /* 'A' 'B' 'C' 'D'; 0 when there is no score */
	struct score_line parts[SCORE_PARTS];
};
const char *score_part_code(enum score_part part);  /* "lateness" */
const char *score_part_name(enum score_part part);  /* English msgid: "Average days late" */
char score_class(double raw);

/* From parts already known: .known and .value of each are read, the rest is filled in. */
void score_compute(struct score *score);
/* From a customer's figures as of a day. */
struct score_facts {
	struct book_ageing gross;
	struct book_behaviour behaviour;
	int32_t as_of;
	double rating;       /* entered by a person, 0..100; < 0: none */
	bool presented;      /* we present his payments (direct debit, bill): they can come back */
	bool disputes_kept;  /* the company records disputes: none then says something */
};
struct score score_of(const struct score_facts *facts);

#endif
