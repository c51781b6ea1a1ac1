/* cover_report — credit insurance as a model: what is covered and what is not, by customer and by item, and what is owed to the insurer.
 *
 *     TRY(cover_report(db, viewer, company_id, as_of, arena, &out));      policies, total, customers, duties by day
 *     TRY(cover_customer(db, viewer, company_id, id, as_of, arena, &out)); one customer: limit, decisions, items with their cover
 */
#ifndef INSIGHT_COVER_REPORT_H
#define INSIGHT_COVER_REPORT_H

#include "standing/insured.h"

/* New references. Without any policy: "policies" is empty and the rest is null. */
struct status cover_report(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t as_of, struct arena *arena, json_t **out);
struct status cover_customer(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, int32_t as_of, struct arena *arena, json_t **out);
json_t *cover_policy_json(const struct insurance_policy *policy, int32_t today);
/* One line for a customer's file: limit, used, uncovered, why; null without a policy. */
struct status cover_line(struct db *db, const struct viewer *viewer, int64_t company_id, const struct book *book, size_t customer, int32_t as_of, struct arena *arena, json_t **out);

/* The same of one open item (its index in the book); null without a policy. */
struct status cover_item(struct db *db, const struct viewer *viewer, int64_t company_id, const struct book *book, size_t item, int32_t as_of, struct arena *arena, json_t **out);

#endif
