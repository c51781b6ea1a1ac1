/* handover — what is handed over of a customer's account, with its interest and fees on that day: before case_file_open. */
#ifndef DUNNING_HANDOVER_H
#define DUNNING_HANDOVER_H

#include "dunning/claims.h"
#include "ledger/case_file.h"

struct handover_item { /* one that may be handed over */
	int64_t id, open, interest, fee;
	const char *number;
	int32_t due_day;
	bool disputed, taken; /* taken: in an open file already */
};
/* A customer's overdue items of the currency (NULL: the company's). */
struct status handover_items(struct db *db, const struct viewer *viewer, const struct company *company, int64_t customer_id, const char *currency,
                             int32_t today, struct arena *arena, struct handover_item **out, size_t *count);
/* Fills items, currency, interest and fee of a new file: of these items, or (count 0) of all that are neither disputed nor taken. */
struct status handover_prepare(struct db *db, const struct viewer *viewer, const struct company *company, const int64_t *items, size_t count,
                               int32_t today, struct arena *arena, struct case_file_new *out);

#endif
