/* question — asked of somebody in the house who has no account: a salesman, the warehouse. He gets it by mail with a link of his own
 * that opens this question and nothing else; what he answers comes back into the customer's timeline.
 *
 *     TRY(question_ask(&change, &(struct question_new){ .customer_id = c, .address = "depot@…", .text = "Was it delivered?" }, arena, &id));
 *     TRY(question_answer(&change, &link, "Yes, on the 3rd", "Marie"));
 */
#ifndef OUTREACH_QUESTION_H
#define OUTREACH_QUESTION_H

#include "outreach/debtor_link.h"

struct question {
	int64_t id, customer_id, item_id, dispute_id, asked_at, asked_by, answered_at, closed_at;
	int32_t due_day;
	const char *customer_code, *customer_name, *item_number, *address, *text, *answer, *answered_name, *asker;
};
struct question_new {
	int64_t customer_id, item_id, dispute_id; /* item, dispute: 0 none */
	const char *address, *text;
	int32_t due_day;                          /* DAY_NONE: in three working days */
};
/* Takes RIGHT_NOTE. STATUS_CONFLICT without an address under which this desk is reached. */
struct status question_ask(struct change *change, const struct question_new *question, struct arena *arena, int64_t *id);
/* The question about a dispute that somebody was asked and that is not closed; 0: none. The owner of a dispute who has no account is
 * reminded by it (casework.h): the same question, each mail with a link of its own. */
struct status question_of_dispute(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t dispute_id, const char *address, int64_t *id);
struct status question_remind(struct change *change, int64_t id, const char *text, struct arena *arena);
/* Once: a second answer adds to the first. */
struct status question_answer(struct change *change, const struct debtor_link *link, const char *answer, const char *name);
struct status question_close(struct change *change, int64_t id);
struct status question_of_link(struct db *db, const struct debtor_link *link, struct arena *arena, struct question *out);
/* customer_id 0: all in the portfolio; newest first, at most 200. */
struct status question_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, bool open_only,
                            struct arena *arena, struct question **out, size_t *count);

#endif
