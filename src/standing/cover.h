/* cover — what a credit insurance policy covers of a customer's items, and by when what must be done to keep it. Pure.
 *
 * An item belongs to the policy in force on its day of delivery (its issue day unless another is known), and to the limit that the
 * insurer had set for that day: a limit reduced or withdrawn later changes nothing of what was delivered before. Items take their part
 * of the limit in order of delivery; what the customer pays makes room for the next ones. Credits not yet allocated pay the oldest first.
 *
 * Days of a policy: its terms, how far they may be extended, until when an overdue item is declared and a claim filed; counted from the
 * due date, or from the end of the longest credit (a policy of the kind "120 days of credit, 30 to declare, 90 to claim").
 *
 *     cover_compute(&account, today, items, count, &total);       fills each item's cover
 */
#ifndef STANDING_COVER_H
#define STANDING_COVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cover_scope { COVER_ALL, COVER_DOMESTIC, COVER_EXPORT };
enum cover_state { COVER_REQUESTED, COVER_GRANTED, COVER_REDUCED, COVER_WITHDRAWN, COVER_REFUSED };
enum cover_counted { COVER_FROM_DUE, COVER_FROM_CREDIT };

struct cover_policy {
	int64_t id;
	char currency[4];
	enum cover_scope scope;
	int32_t from_day, until_day;            /* of deliveries; until DAY_NONE: no end */
	int32_t share_bp, vat_bp;               /* insured share; taken off what is VAT included */
	int64_t deductible, discretionary;
	int32_t discretionary_late;             /* 0: no matter */
	int32_t terms_days, terms_export_days, extension_days;
	enum cover_counted counted;
	int32_t declare_days, claim_days, insolvency_days, stop_days; /* 0: the policy does not ask for it */
	int64_t declare_from;
	bool public_buyers;
};
struct cover_decision {
	int64_t id, policy_id, amount;
	bool temporary;                         /* beside the named limit, from day to day */
	enum cover_state state;
	int32_t from_day, until_day;            /* DAY_NONE: no end */
};
/* In the order of the table of words; the first that fits. */
enum cover_reason {
	COVER_YES, COVER_IN_PART,               /* in part: the limit is used up */
	COVER_NO_POLICY, COVER_CONSUMER, COVER_PUBLIC, COVER_NO_SALE, COVER_CURRENCY, COVER_TERMS, COVER_INSOLVENT, COVER_NO_LIMIT, COVER_WITHDRAWN_LIMIT,
	COVER_REFUSED_LIMIT, COVER_LIMIT_ENDED, COVER_DISCRETION_LOST, COVER_STOPPED, COVER_LIMIT_FULL, COVER_NOT_DECLARED, COVER_NOT_CLAIMED, COVER_REFUSED_CLAIM,
	COVER_REASON_COUNT
};
const char *cover_reason_code(enum cover_reason reason);
const char *cover_reason_label(enum cover_reason reason); /* English msgid */
const char *cover_state_code(enum cover_state state);
bool cover_state_parse(const char *code, enum cover_state *out);

enum cover_duty { DUTY_NONE, DUTY_DECLARE, DUTY_CLAIM, DUTY_INSOLVENCY };
struct cover {
	const struct cover_policy *policy;      /* NULL: none was in force on that day for this customer */
	int64_t limit;                          /* on the day of delivery */
	bool discretionary;
	enum cover_reason reason;
	int64_t exposed;                        /* what is open of it less credits not allocated */
	int64_t covered, indemnity;             /* within the limit; the insured share of that, before the deductible */
	int32_t extend_by, declare_by, claim_by; /* DAY_NONE: nothing is asked */
	enum cover_duty duty;                   /* what is to be done next */
	int32_t duty_by;
	bool suspended;                         /* disputed: paid once the dispute is settled */
};
struct cover_item {
	int64_t id, open;                       /* negative: a credit, which pays the oldest */
	const char *currency;
	bool sale, disputed;                    /* sale: an invoice, or what reopens one */
	int32_t delivered_day, due_day, closed_day; /* closed DAY_NONE: open */
	int32_t extended_until, declared_day, claimed_day, refused_day; /* DAY_NONE: not */
	struct cover cover;                     /* out; of what is open */
};
struct cover_account {
	const struct cover_policy *policies;
	size_t policy_count;
	const struct cover_decision *decisions; /* his, in any order */
	size_t decision_count;
	bool consumer, public_buyer, abroad;
	int32_t insolvency_day, insolvency_told; /* DAY_NONE */
};
struct cover_total {
	int64_t exposed, covered, uncovered;    /* of the policy's currency; uncovered = exposed - covered */
	int64_t indemnity, residual;            /* after share and deductible; residual = exposed - indemnity */
	/* as of today: what a delivery of today would meet */
	const struct cover_policy *policy;
	int64_t limit, used, available;
	enum cover_reason now;                  /* COVER_YES, COVER_LIMIT_FULL, COVER_STOPPED, … */
	bool discretionary;
	int32_t limit_until;                    /* DAY_NONE */
};
/* `currency`: of the figures, the one exposure is told in. Items of another currency are COVER_CURRENCY and in no sum. */
void cover_compute(const struct cover_account *account, const char *currency, int32_t today, struct cover_item *items, size_t count, struct cover_total *out);

/* The limit on a day: by the last decision for it, and the temporary ones beside. */
struct cover_limit {
	int64_t amount;
	enum cover_reason reason;               /* COVER_YES, or why there is none */
	bool discretionary;
	int32_t until_day;
};
struct cover_limit cover_limit_on(const struct cover_account *account, const struct cover_policy *policy, int32_t day);
/* The policy in force for a delivery on that day: one that has a decision of his before one that has not; NULL: none. */
const struct cover_policy *cover_policy_on(const struct cover_account *account, int32_t day);

#endif
