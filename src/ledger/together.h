/* together — people at work on one customer: comments that call a colleague, tasks with an owner and a day, who follows whom, what each
 * should know, and a portfolio that changes hands.
 *
 *     TRY(comment_add(&change, customer, "@claire peux-tu rappeler ?", &called));     claire is told, if she may see him
 *     TRY(task_add(&change, &(struct task_new){ .customer_id = c, .owner_id = u, .due_day = d, .text = "…" }, &id));
 *
 * A notification holds no more than its reader may see: who does not see the customer is not told of him, and the list is narrowed
 * again when it is read, since portfolios change. Nobody is told of what he did himself.
 */
#ifndef LEDGER_TOGETHER_H
#define LEDGER_TOGETHER_H

#include "access/user.h"
#include "ledger/customer.h"

/* --- colleagues ----------------------------------------------------------------------------------------------------------------- */
/* Those who see this customer and may log in; *handles: how each is called in a comment, "claire.lefort". */
struct colleague {
	int64_t id;
	const char *name, *handle;
};
struct status colleague_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, struct arena *arena,
                             struct colleague **out, size_t *count);
/* A comment in the timeline; each @handle in it is told. *called: how many were. */
struct status comment_add(struct change *change, int64_t customer_id, const char *text, int *called);

/* --- tasks ------------------------------------------------------------------------------------------------------------------------ */
struct task {
	int64_t id, customer_id, owner_id, by_user, created_at, done_at, done_by;
	int32_t due_day;
	const char *text, *outcome, *owner, *customer_code, *customer_name;
};
struct task_new {
	int64_t customer_id, owner_id;
	int32_t due_day;
	const char *text;
};
/* The owner must see the customer; he is told. */
struct status task_add(struct change *change, const struct task_new *task, int64_t *id);
struct status task_done(struct change *change, int64_t id, const char *outcome);
/* Another day, another owner; DAY_NONE and 0 leave it. */
struct status task_move(struct change *change, int64_t id, int32_t due_day, int64_t owner_id);
/* customer_id, owner_id 0: any. Open ones by day, then done ones. */
struct status task_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, int64_t owner_id, bool open_only,
                        struct arena *arena, struct task **out, size_t *count);
struct status task_due(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t today, int64_t *count); /* of the viewer */

/* --- following ---------------------------------------------------------------------------------------------------------------------- */
struct status watch_set(struct change *change, int64_t customer_id, bool on);
struct status watch_is(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, bool *on);

/* --- what somebody should know ---------------------------------------------------------------------------------------------------------- */
struct notification {
	int64_t id, company_id, at, customer_id, ref, by_user, seen_at;
	const char *kind, *text, *by, *customer_code, *customer_name; /* kind: mention task reply watch handover feed */
};
/* Tells the customer's collector and those who follow him; each once. */
struct status notify_customer(struct change *change, int64_t customer_id, const char *kind, int64_t ref, const char *text);
/* Tells those who have a right in this company, of something that is no customer's. */
struct status notify_entitled(struct change *change, enum right right, const char *kind, int64_t ref, const char *text);
struct status notification_list(struct db *db, const struct viewer *viewer, int64_t company_id, bool unseen_only, size_t limit, struct arena *arena,
                                struct notification **out, size_t *count);
struct status notification_count(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t *count); /* unseen */
/* id 0: all of the viewer's. In a transaction without a revision: it changes nothing of the company's. */
struct status notification_seen(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, int64_t now);

/* --- a portfolio that changes hands --------------------------------------------------------------------------------------------------- */
/* All customers whose collector is `from` go to `to`, with their open tasks and the actions that wait for him; each customer's timeline
 * tells of it, with the note. *count: customers. */
struct status portfolio_hand(struct change *change, int64_t from, int64_t to, const char *note, int64_t *count);

#endif
