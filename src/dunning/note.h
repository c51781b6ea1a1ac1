/* note — what each day's plan said of its actions, kept as it stood: for "why" on any past day.
 *
 * An action that waits goes on from day to day and is told anew each day; its note of a day stays. What was left out of that day's plan
 * is kept in left_out. Together they answer "why was this (not) chased on that day" from what was known then.
 *
 *     json_t *why;
 *     TRY(why_on_day(db, viewer, company_id, customer_id, day, arena, &why)); */
#ifndef DUNNING_NOTE_H
#define DUNNING_NOTE_H

#include "dunning/run.h"

struct plan_note {
	int64_t customer_id, action_id;
	const struct plan_action *action;
	const struct scenario *scenario; /* NULL: outside a ladder */
	const char *reason, *why;        /* codes; JSON list of sentences */
};
/* Replaces the notes of the change's day of what still waits; what went out keeps the note it left with. */
struct status notes_write(struct change *change, const struct plan_note *list, size_t count);
/* Drops what was kept of days before `from`: notes and left-outs. What was sent or done stays, as actions and events. */
struct status notes_drop(struct change *change, int32_t from);

/* {"date","customer","name","ran","kept","actions":[{"action","step","label","channel","amount","currency","items":[{"item","item_id"}],
 *  "reasons":[…],"why":["…"],"became"}],"left_out":[{"item","item_id","amount","currency","reason","label","detail","until"}]}
 * `ran` false: no plan was made on that day; it is computed now, with what is known now. `kept` false: that
 * day's plan is older than plan.notes_days: only what was sent or done is told. `became`: a state as words, "" while it
 * waits. In the viewer's language and for what he may see. New reference. */
struct status why_on_day(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, int32_t day,
                         struct arena *arena, json_t **out);

#endif
