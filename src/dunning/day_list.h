/* day_list — a day's actions and left-outs, light: what counts, orders and sums need of each, kept in memory by revision.
 *
 * Thousands of actions, each with its sentences and items, are read only as far as a page shows them (action_read, left_out_read);
 * this is the rest. The first list of a day is one pass over an index; after a change only the actions with a newer revision are
 * read. Nothing here is narrowed to a portfolio: whoever shows it narrows by his book.
 *
 *     cleanup_day_list const struct day_list *list = NULL;
 *     TRY(day_list_get(db, tenant, company, day, &list));
 *     for (size_t i = 0; i < list->count; i++) use(&list->actions[i]);
 */
#ifndef DUNNING_DAY_LIST_H
#define DUNNING_DAY_LIST_H

#include "book/book.h"
#include "dunning/action.h"
#include "dunning/run.h"

struct day_action {
	int64_t id, customer_id, amount, priority, assigned_to;
	int32_t snoozed_until;   /* DAY_NONE: not put off */
	uint8_t channel, state;  /* enum channel, enum action_state */
	bool no_contact;         /* it is a task to find an address */
	char currency[4];
};
struct day_left {
	int64_t customer_id, item_id, amount;
	uint64_t detail;         /* equal for equal words of one reason */
	int32_t until;
	enum left_reason reason;
};
struct day_list {
	const struct day_action *actions; /* highest priority first, then by id */
	size_t count;
	const struct day_left *left;      /* by reason, then customer and item */
	size_t left_count;
	bool planned;                     /* the day was run, by anybody */
};
/* At least as new as the snapshot that db reads in. */
struct status day_list_get(struct db *db, int64_t tenant, int64_t company, int32_t day, const struct day_list **out);
void day_list_release(const struct day_list *list);
void day_list_release_at(const struct day_list **list);
#define cleanup_day_list [[gnu::cleanup(day_list_release_at)]]

/* A person still has to do something with it today. */
bool day_action_waits(const struct day_action *action, int32_t today);

/* What of the overdue of `currency` the day's actions claim, by what is open of it in the book on that day. */
struct day_claimed {
	int64_t amount, items;
};
struct status day_list_claimed(struct db *db, int64_t tenant, int64_t company, int32_t day, const struct book *book, const uint8_t *selected,
                               const char *currency, struct day_claimed *out);

#endif
