/* instalments — payment plans that were agreed, judged against what came.
 *
 * What settles a plan's items since it was made counts, and payments of the customer that stand on his account since then: first
 * for the first instalment. A direct debit or cheque that may come back pays none yet, and breaks none. Past its grace in working
 * days, an instalment that is not whole breaks the plan: all that is left is due at once, and the scenario resumes for its items. */
#ifndef DUNNING_INSTALMENTS_H
#define DUNNING_INSTALMENTS_H

#include "base/calendar.h"
#include "ledger/payment_plan.h"

enum plan_outcome { PLAN_RUNNING, PLAN_KEPT, PLAN_BROKEN };
/* Fills received and state of each part ("expected", "paid", "missed"). firm: what came for good; doubtful: what may come back.
 * Pure. */
enum plan_outcome instalments_judge(struct plan_part *parts, size_t count, int64_t firm, int64_t doubtful, const struct calendar *calendar, int grace,
                                    int32_t today);
/* Judges every agreed plan of the company and stores what changed; *changed counts. */
struct status instalments_settle(struct change *change, const struct calendar *calendar, int64_t *changed);
/* Declares all that is left due at once, by a person, when an instalment is past its day (its grace is not waited for): the plan is
 * broken. STATUS_CONFLICT when none is late. */
struct status instalments_accelerate(struct change *change, int64_t plan_id);

/* payment_plan_agree and _cancel with the plan's late interest in the ledger of interest: claimed by a note, or given up at once
 * (instalments_interest.c). */
struct status instalments_agree(struct change *change, int64_t id, bool acknowledged);
struct status instalments_cancel(struct change *change, int64_t id, const char *why);
/* What its instalments brought of it, so far; what was given up for a plan that is broken may be claimed again. */
struct status instalments_follow_interest(struct change *change, const struct payment_plan *plan, int64_t received, enum plan_outcome outcome);
void instalments_share(int64_t total, const int64_t *weights, size_t count, int64_t *out); /* pure: sums to the total */

/* What a plan on these items starts from: all of one customer and currency, with the late interest that they bear today and that no
 * note has claimed. */
struct instalments_base {
	int64_t customer_id, principal, interest;
	const char *currency;
};
struct status instalments_of(struct db *db, const struct viewer *viewer, int64_t company_id, const int64_t *items, size_t count, int32_t today,
                             struct arena *arena, struct instalments_base *out);

#endif
