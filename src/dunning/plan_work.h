/* plan_work — what the parts of plan_day() share: sheets of a customer's items, and his accounts by currency. Only plan.c,
 * plan_item.c and plan_account.c include this. */
#ifndef DUNNING_PLAN_WORK_H
#define DUNNING_PLAN_WORK_H

#include "dunning/plan.h"

enum concern { CONCERN_NONE, CONCERN_OVERDUE, CONCERN_PRE_DUE };

struct naming { /* which past action named which item: sorted by item, then in order of day */
	int64_t item;
	uint32_t past;
};

struct sheet { /* per item */
	enum concern concern;
	enum left_reason reason;
	int next;          /* index of the step it would hear next; -1: the ladder is done */
	bool again;        /* that step once more: the last one repeats */
	int32_t until;     /* of its reason */
	struct plan_why detail;
	bool takeover;     /* old when first seen, and nobody was told yet */
	bool covered;      /* in an action of today that is out, done or refused already */
	bool handed;       /* in an action of this plan */
};

struct work {
	const struct plan_view *view;
	const struct scenario *scenario;
	const struct plan_settings *settings;
	int32_t today;
	struct arena *arena;
	struct plan *plan;
	size_t action_room;
	struct naming *namings;
	size_t naming_count;
	struct sheet *sheets;
	int32_t last_contact; /* of the customer, in any currency; DAY_NONE */
	bool contact_today;   /* he has heard from us today, or a message is under way */
	int32_t contact_from; /* the pressure on this buyer allows no contact before this day; DAY_NONE: none so far */
	const char *contact_why; /* then: "pressure", "buyer_today" */
};

/* What named an item, or the one it takes over (a returned payment, a transfer), in order of day. */
struct plan_walk {
	const struct work *work;
	size_t own, own_end, origin, origin_end;
};

/* plan_item.c: what is known of each item, its next step, what keeps it out by itself */
void plan_work_start(struct work *work);
void plan_sort_out(struct work *work);
void plan_item_block(struct work *work, size_t index); /* leaves it out when something of its own keeps it out */
bool plan_past_under_way(const struct plan_past *past);
bool plan_past_out(const struct plan_past *past);
struct plan_walk plan_walk_start(const struct work *work, const struct plan_item *item);
const struct plan_past *plan_walk_next(struct plan_walk *walk);
bool plan_item_own_fault(const struct work *work, size_t index); /* our answer about it, or to its customer, is overdue */
bool plan_item_reminded(const struct work *work, size_t index);
int32_t plan_item_last_notice(const struct work *work, size_t index);
bool plan_item_named_by(const struct work *work, size_t index, const char *step);
int32_t plan_days_late(const struct work *work, const struct plan_item *item);
void plan_leave(struct work *work, size_t index, enum left_reason reason, int32_t until, const char *code, int64_t a, int64_t b, const char *text);

/* Whose credits cover whose items: one pool for a customer by himself; of a payer's view one for each member, or one for all where
 * they are netted (an insolvent member keeps his own: nothing is set off against what he owes, C. com. L622-7). */
struct pool {
	int64_t credits, positive; /* credits <= 0 */
	int64_t asked;             /* scratch of plan_account_ask */
	bool any;
};

/* plan_account.c: one account, a customer's items of one currency, and its candidate for the day */
struct account {
	char currency[4];
	int64_t payee_id;          /* to whom it is paid: a message never mixes two */
	int64_t credits;           /* of all pools; <= 0 */
	struct pool *pools;        /* plan_pools() of them */
	size_t *items;             /* those of it that concern the day, in order */
	size_t count;
	bool under_way;            /* a message of it is queued, leaving, or of unknown outcome */
	/* the candidate of the day */
	bool ready;
	int step;
	size_t lead;
	int32_t day;               /* since when the step has been waiting */
	int64_t amount;
	bool *claimed;             /* per entry of items */
	bool *covered;             /* per entry of items: the credits of its pool leave nothing of it to ask */
	unsigned reasons;
	bool review, pre_due;
};
bool plan_account_has(const struct account *account, const struct plan_item *item); /* of its currency and payee */
struct account plan_account_start(const struct work *work, const struct plan_item *first);
void plan_account_add(const struct work *work, struct account *account, size_t index); /* an item to its pool's sums */
size_t plan_pools(const struct plan_view *view);
size_t plan_pool(const struct plan_view *view, const struct plan_item *item);
/* What is asked by the items claimed, their pools' credits taken off. A pool that is covered asks nothing: of several, its items are
 * taken out of `claimed` and marked `covered`; the one of a customer by himself may come out at 0 or less. */
int64_t plan_account_ask(const struct work *work, struct account *account);
/* Whether a credit is taken off what the account claims; `account` as plan_account_ask left it. */
bool plan_credit_counts(const struct work *work, const struct account *account, const struct plan_item *item);
const struct plan_member *plan_member(const struct plan_view *view, const struct plan_item *item, struct plan_member *own);
bool plan_member_out(const struct plan_view *view, const struct plan_item *item); /* he is stopped, excluded, or no customer at all */
int64_t plan_item_claim(const struct plan_item *item);
bool plan_item_free(const struct work *work, size_t index, enum concern concern);
void plan_leave_all(struct work *work, const struct account *account, enum concern concern, enum left_reason reason, int32_t until, const char *code, int64_t a, int64_t b, const char *text);
void plan_account(struct work *work, struct account *account);
/* Whether the conditions of a step hold for him, of an amount and lateness. */
bool plan_step_fits(const struct work *work, const struct step *step, int64_t amount, int32_t late);
enum channel plan_channel(const struct plan_view *view, const struct step *step);
unsigned plan_account_reasons(const struct work *work, const struct account *account);

#endif
