/* now — a message that a person asks for about items he ticked: what would be asked, what is left out and why, and making it.
 *
 *     TRY(now_propose(db, viewer, company_id, customer_id, ids, count, CHANNEL_EMAIL, today, arena, &proposal));   a reading function, for the preview
 *     TRY(now_make(change, customer_id, ids, count, CHANNEL_EMAIL, expected, arena, &action_id));                  then outreach confirms that action
 */
#ifndef DUNNING_NOW_H
#define DUNNING_NOW_H

#include "dunning/run.h"

struct now_proposal {
	struct action *action;       /* as it would be made, with its items; id 0. NULL: nothing can be asked for now */
	struct run_left *left;       /* of the items asked for, those that are not in it, with the reason in the viewer's language */
	size_t left_count;
};
/* channel: email, letter, sms or call. Items that are not the customer's, or closed, are left without a word. */
struct status now_propose(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, const int64_t *items,
                          size_t count, enum channel channel, int32_t today, struct arena *arena, struct now_proposal *out);
/* Makes the action (to_confirm) and takes back the customer's other open contacts in that currency: nobody hears twice. `expected`: the
 * amount that was looked at, -1 for none. STATUS_CONFLICT when nothing stands, or the amount is another one by now. */
struct status now_make(struct change *change, int64_t customer_id, const int64_t *items, size_t count, enum channel channel, int64_t expected,
                       struct arena *arena, int64_t *action_id);

#endif
