/* instrument_risk — what was presented and is not good for certain, though the books hold it paid: a bill remitted (discounted above all)
 * until the bank has paid it, a direct debit while it may be refunded. Still our risk on the customer, beside his outstanding. */
#ifndef LEDGER_INSTRUMENT_RISK_H
#define LEDGER_INSTRUMENT_RISK_H

#include "ledger/instrument.h"

struct instrument_risk {
	int64_t customer_id, amount;
};
/* By customer; customer_id 0: all whom the viewer may see. In one currency. *out lives in the arena. */
struct status instrument_risks(struct db *db, const struct viewer *viewer, int64_t company_id, const char *currency, int64_t customer_id, int32_t today,
                               struct arena *arena, struct instrument_risk **out, size_t *count);
int64_t instrument_risk_find(const struct instrument_risk *list, size_t count, int64_t customer_id); /* 0: none */

#endif
