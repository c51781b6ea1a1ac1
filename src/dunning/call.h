/* call — what calls taught: why a customer pays late, as a code, how often he said so, and at what hour he is reached.
 *
 * One row an attempt (table call_attempt), written with the outcome by action_done(); a call that is taken up again is not counted.
 *
 *     TRY(call_reason_set(change, action_id, "approval"));                    a reason said beside the outcome
 *     TRY(call_reasons(db, viewer, company, customer, today, arena, &rows, &count));   most often first
 */
#ifndef DUNNING_CALL_H
#define DUNNING_CALL_H

#include "dunning/action.h"

/* Why an invoice is not paid on time, as the customer says. `key`: the one key of it in call mode. */
struct late_reason {
	const char *code, *label, *key; /* label: English msgid */
};
const struct late_reason *late_reason_list(size_t *count);
const struct late_reason *late_reason_find(const char *code); /* NULL when there is none */
/* The reason that an outcome says by itself: "approver" is "approval"; "" for most. */
const char *late_reason_of_outcome(const char *outcome);
bool call_reached(const char *outcome); /* somebody answered */

/* Within company_begin … company_end, by action_done() and action_reopen(). */
struct status call_record(struct change *change, const struct action *action, const char *outcome);
struct status call_undo(struct change *change, int64_t action_id);
/* Of the action's last attempt. STATUS_INVALID for an unknown code. */
struct status call_reason_set(struct change *change, int64_t action_id, const char *reason);

struct call_reason {
	const char *code, *label;
	int times;
	int32_t last_day;
};
/* Reasons of the last two years, most often first, then the latest. */
struct status call_reasons(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, int32_t today,
                           struct arena *arena, struct call_reason **out, size_t *count);
/* "Third time: waiting for approval." in the reader's language; "" for none. */
const char *call_reason_words(const struct call_reason *reason, enum lang lang, struct arena *arena);

/* The hour of the day at which he was reached most often, of at least two calls; -1: nothing is known. For several customers at once. */
struct call_hour {
	int64_t customer_id;
	int hour, reached, tried; /* 10: from 10:00 to 11:00 */
};
struct status call_hours(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t today, struct arena *arena,
                         struct call_hour **out, size_t *count); /* by customer id */
/* Pure: the best of attempts (hour 0–23, reached) of one customer; -1 for none. Most often reached, of these the least often missed. */
int call_best_hour(const int reached[static 24], const int tried[static 24]);

#endif
