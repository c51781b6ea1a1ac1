/* item — one stored item (ledger/projection_store.h writes them), found by what people call it. */
#ifndef LEDGER_ITEM_H
#define LEDGER_ITEM_H

#include "access/viewer.h"
#include "base/arena.h"
#include "base/status.h"
#include "db/db.h"

struct item {
	int64_t id, customer_id, amount, open, origin_id;
	char number[128], currency[4], kind[20], customer_code[64];
	int32_t issue_day, posting_day, due_day, closed_day;
};

/* By its number, or its id ("1234", or "#1234" which is always an id). A number that several items bear is STATUS_INVALID and
 * lists their ids; `customer_id` (0: any) narrows. Withdrawn items, and customers outside the viewer's portfolio, are not found. */
struct status item_find(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, const char *reference,
                        struct item *out);
struct status item_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct item *out);
/* A customer's items with something open, by due day, posting day, number, id. *out lives in the arena. */
struct status item_list_open(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id,
                             struct arena *arena, struct item **out, size_t *count);

#endif
