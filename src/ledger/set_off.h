/* set_off — what a customer who is also our supplier owes us, against what we owe him (compensation, C. civ. 1347 to 1348-2).
 *
 *   proposed (letter) ─► agreed (he answered, or the law's conditions are met and it was invoked) ─► settled (the books have it)
 *                   └──► dropped
 *
 * Nothing is netted by the program: a person proposes, with both sides' documents; until the books have the entry the items are held,
 * and nothing of what is owed changes here. Legal set-off takes mutual money debts, certain, liquid and due (1347-1): both sides due
 * on the day; else it needs an agreement (1348-2). After an insolvency judgment only connected debts (C. com. L622-7). */
#ifndef LEDGER_SET_OFF_H
#define LEDGER_SET_OFF_H

#include "ledger/item.h"
#include "ledger/customer.h"

enum { SET_OFF_LINES = 100 };
struct set_off_debt { /* of ours */
	const char *number;
	int32_t due_day;
	int64_t amount;
};
struct set_off_item { /* of his */
	int64_t item_id, amount, open;
	const char *number;
	int32_t due_day;
};
struct set_off {
	int64_t id, customer_id, amount, by_user, rev;
	const char *customer_code, *customer_name, *state, *note;
	char currency[4];
	bool agreed, connected;
	int32_t made_day, effect_day, answered_day, ended_day;
	struct set_off_item *items;
	size_t item_count;
	struct set_off_debt *debts;
	size_t debt_count;
};
struct set_off_new {
	int64_t customer_id;
	const int64_t *items;
	size_t item_count;
	const struct set_off_debt *debts;
	size_t debt_count;
	bool agreed;      /* by agreement: what is not due yet may be in it */
	bool connected;   /* connected debts: the only ones after an insolvency judgment */
	const char *note;
};
/* The smaller of both sides, first to first by due day; *effect: the day on which the last of what is taken fell due. Pure. */
int64_t set_off_amount(const struct set_off_item *items, size_t item_count, const struct set_off_debt *debts, size_t debt_count, int32_t *effect);

/* RIGHT_COLLECT proposes and drops; RIGHT_CASH says that the books have it. */
struct status set_off_propose(struct change *change, const struct set_off_new *given, int64_t *id);
struct status set_off_agree(struct change *change, int64_t id);
struct status set_off_settled(struct change *change, int64_t id);
struct status set_off_cancel(struct change *change, int64_t id);
/* id, customer_id 0: any; newest first. *out lives in the arena. */
struct status set_off_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, int64_t customer_id, struct arena *arena, struct set_off **out,
                           size_t *count);

#endif
