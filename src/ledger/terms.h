/* terms — payment terms, and the due date they give (reference: C. com. L441-10, both readings of "end of month").
 *
 *     terms_due((struct terms){ .days = 45, .month = TERMS_MONTH_AFTER }, issue)     45 jours, fin de mois
 */
#ifndef LEDGER_TERMS_H
#define LEDGER_TERMS_H

#include "base/day.h"

enum terms_month {
	TERMS_MONTH_NONE,   /* issue + days */
	TERMS_MONTH_AFTER,  /* end of month of (issue + days) */
	TERMS_MONTH_BEFORE, /* end of month of issue, then + days */
};

struct terms {
	bool known; /* false: the customer has none of his own */
	int days;
	enum terms_month month;
	int day_of_month; /* then the next such day, that day itself included; the last of a shorter month; 0: none */
};

int32_t terms_due(struct terms terms, int32_t issue_day);
const char *terms_month_code(enum terms_month month); /* "none", "after", "before" */
bool terms_month_parse(const char *code, enum terms_month *out);

#endif
