/* action_member — an action that names items of several customers: asked of one who pays for others (plan_group.c).
 *
 * The action is its payer's; a row of action_member for each of the others makes it part of their past too. Whoever does not see one of
 * them sees what is left without his items, and neither the message nor a button: a part of a message is not sent. */
#ifndef DUNNING_ACTION_MEMBER_H
#define DUNNING_ACTION_MEMBER_H

#include "dunning/action.h"

/* Writes its other customers anew, from its items. */
struct status action_members_write(struct change *change, int64_t action_id);
struct status action_members_drop(struct change *change, int64_t action_id);
/* Of actions that were read: how many other customers each names, and, where the viewer does not see all of them, only what he sees
 * (`partial`, amount and items). */
struct status action_members_narrow(struct db *db, const struct viewer *viewer, int64_t company_id, struct action *actions, size_t count,
                                    struct arena *arena);
/* STATUS_CONFLICT in words where it names somebody whom the viewer does not see. */
struct status action_whole(const struct action *action);
struct action_hidden {
	int64_t *ids; /* ascending */
	size_t count;
};
/* All actions that name somebody whom he does not see: for lists of what they left behind. */
struct status action_hidden_read(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena, struct action_hidden *out);
bool action_hidden(const struct action_hidden *hidden, int64_t action_id);
/* The same of one action: of what it left behind, a message or a letter. */
struct status action_seen_whole(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t action_id, bool *whole);

#endif
