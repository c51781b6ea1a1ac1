#include "ledger/terms.h"

#include <string.h>

int32_t terms_due(struct terms terms, int32_t issue_day)
{
	int32_t due = issue_day;
	switch (terms.month) {
	case TERMS_MONTH_NONE: due = issue_day + terms.days; break;
	case TERMS_MONTH_AFTER: due = day_month_end(issue_day + terms.days); break;
	case TERMS_MONTH_BEFORE: due = day_month_end(issue_day) + terms.days; break;
	}
	if (terms.day_of_month <= 0) return due;
	int32_t start = day_month_start(due);
	for (int month = 0; month < 2; month++, start = day_add_months(start, 1)) {
		int32_t end = day_month_end(start), day = start + terms.day_of_month - 1;
		if (day > end) day = end;
		if (day >= due) return day;
	}
	return due;
}

const char *terms_month_code(enum terms_month month)
{
	static const char *const codes[] = { "none", "after", "before" };
	return codes[month];
}

bool terms_month_parse(const char *code, enum terms_month *out)
{
	for (enum terms_month month = TERMS_MONTH_NONE; month <= TERMS_MONTH_BEFORE; month++) {
		if (strcmp(terms_month_code(month), code) != 0) continue;
		*out = month;
		return true;
	}
	return false;
}
