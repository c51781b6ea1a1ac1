/* recap — what was said in a call, written to the person it was said to, with copies: one click (reference/letters.md, F17).
 *
 *     TRY(recap_make(db, viewer, company_id, action_id, NULL, today, arena, &recap));     what would be sent, and who may get a copy
 *     TRY(recap_send(change, action_id, &edit, arena, &done));                            at most once a call
 *
 * Copies go to persons of the same customer or of our own company only, each shown before sending. */
#ifndef OUTREACH_RECAP_H
#define OUTREACH_RECAP_H

#include "outreach/confirm.h"

enum { RECAP_COPIES = 12 };
struct recap_copy {
	const char *email, *name, *role; /* role: sales, collector, sender, or the contact's */
	bool ours, on;                   /* on: proposed */
};
/* What a person changed; NULL fields as proposed. */
struct recap_edit {
	int64_t contact_id;              /* 0: as proposed */
	const char *points, *ours, *theirs;
	const char *const *copies;       /* addresses, 0-terminated; NULL: those proposed. Any other address is refused */
};
struct recap {
	const struct action *action;
	const char *points, *ours, *theirs;
	struct recap_copy copies[RECAP_COPIES];
	size_t copy_count;
	bool sent;                       /* already; at most one a call */
	struct message message;
	const char *cc;                  /* addresses separated by commas */
	const char *trouble;             /* why nothing can be sent; NULL */
};
struct status recap_make(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t action_id, const struct recap_edit *edit,
                         int32_t today, struct arena *arena, struct recap *out);
struct status recap_send(struct change *change, int64_t action_id, const struct recap_edit *edit, struct arena *arena, struct confirmed *out);

/* A call that reached nobody can leave a message: the reminder of the same items by mail, once (remind_send underneath). */
struct status recap_missed(struct change *change, int64_t action_id, struct arena *arena, struct confirmed *out);

#endif
