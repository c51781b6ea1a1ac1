/* insurer_folder — what a credit insurer asks for with a declaration or a claim, as one ZIP: a declaration (PDF) with the policy, the buyer,
 * the limit on each day of delivery, each item with its cover and days, what was decided and done; the same items as CSV; the statement,
 * the items' documents, every message and answer.
 *
 *     TRY(insurer_folder(db, viewer, &company, settings, customer_id, today, now, arena, &bundle));
 *
 * In it are the items that are overdue; all that is open once proceedings are open, or while nothing is overdue. */
#ifndef OUTREACH_INSURER_FOLDER_H
#define OUTREACH_INSURER_FOLDER_H

#include "outreach/bundle.h"

struct status insurer_folder(struct db *db, const struct viewer *viewer, const struct company *company, const struct settings *settings, int64_t customer_id, int32_t today,
                             int64_t now, struct arena *arena, struct bundle *out);

#endif
