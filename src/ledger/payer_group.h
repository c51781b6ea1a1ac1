/* payer_group — for whom a customer pays and is asked: himself and the customers that name him as their payer.
 *
 * Together, he gets one message and one page for all of them; netted, the credits of one cover the items of another. Apart (the usual
 * way), or while he is insolvent, there is no group: each is asked by himself. The plan's own view of it is dunning/plan_group.c. */
#ifndef LEDGER_PAYER_GROUP_H
#define LEDGER_PAYER_GROUP_H

#include "base/arena.h"
#include "ledger/company.h"
#include "ledger/setting.h"

struct payer_member {
	int64_t id;
	const char *code, *name, *class;
};
struct payer_group {
	struct payer_member *members; /* he himself first */
	size_t count;                 /* 1: he is asked for nobody else */
	bool netted;
};
/* Members in insolvency proceedings and generic accounts are left out: nothing is asked of the first, several customers stand behind
 * the second. Whoever's payer is asked for him is a group of one. */
struct status payer_group_load(struct db *db, const struct company *company, const struct settings *settings, int64_t customer_id, int32_t today,
                               struct arena *arena, struct payer_group *out);
/* Who is asked for him: his payer where that one is asked for all, else he himself. */
struct status payer_group_asked(struct db *db, const struct company *company, const struct settings *settings, int64_t customer_id, int32_t today,
                                int64_t *out);
/* STATUS_CONFLICT in words where the viewer does not see all of them: what is theirs is not shown through their payer. */
struct status payer_group_seen(struct db *db, const struct viewer *viewer, const struct company *company, const struct settings *settings,
                               int64_t customer_id, int32_t today, struct arena *arena);
/* Those of customers by their ids, in this order; who is gone is left out. */
struct status payer_members_read(struct db *db, const struct company *company, const int64_t *ids, size_t count, struct arena *arena,
                                 struct payer_member **out, size_t *out_count);

#endif
