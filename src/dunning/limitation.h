/* limitation — the day a claim becomes time-barred (reference/law.md section 6). Pure; only confirmed events count. */
#ifndef DUNNING_LIMITATION_H
#define DUNNING_LIMITATION_H

#include "dunning/interest.h"

enum limitation_effect { EFFECT_NONE, EFFECT_INTERRUPTS, EFFECT_SUSPENDS };
enum limitation_kind {
	LIMIT_ACKNOWLEDGED,  /* the debtor's own written words admitting the debt, a signed plan */
	LIMIT_PAYMENT_NAMED, /* a payment that itself names the invoice */
	LIMIT_COURT,         /* claim, served order, enforcement act, declaration in a collective procedure */
	LIMIT_DEMAND,        /* our written demand, letter, registered notice, call: counts for public bodies only */
	LIMIT_ALLOCATION,    /* a payment somebody allocated: no effect */
	LIMIT_SUSPENSION,    /* from day to until: mediation, conciliation… */
	LIMIT_KIND_COUNT
};
const char *limitation_kind_code(enum limitation_kind kind);
bool limitation_kind_parse(const char *code, enum limitation_kind *out);

struct limitation_event {
	int32_t day, until;    /* until: LIMIT_SUSPENSION and a court case's end; DAY_NONE */
	enum limitation_kind kind;
	bool confirmed;
	enum limitation_effect effect; /* filled by limitation_compute */
};
struct limitation_claim {
	int32_t due_day, issue_day;
	enum debtor_class debtor;
	bool carriage;         /* carriage of goods: one year from delivery */
	int32_t right_day;     /* public body: performance; carriage: delivery; DAY_NONE: the issue day */
	int years;             /* by contract between professionals (1 to 10); 0: by law */
	struct limitation_event *events; /* in order of day */
	size_t event_count;
};
struct limitation {
	int32_t starts, last_day, barred_from; /* barred_from = last_day + 1 */
	int32_t warning_from;  /* class unknown: the consumer's two years, as a warning; DAY_NONE */
	char period[24];       /* "5 years" */
};
struct limitation limitation_compute(struct limitation_claim *claim);

#endif
