/* learned — what people's decisions teach: this account, or this name, pays for that customer. Visible and erasable
 * (cash_payer_list, cash_payer_forget in apply.h); matching weighs it and never acts on it alone. */
#ifndef CASH_LEARNED_H
#define CASH_LEARNED_H

#include "ledger/company.h"

/* A person applied a line of this payer to that customer: once more for him, once less for others it was thought to pay for. */
struct status payer_teach(struct change *change, const char *iban, const char *name, int64_t customer_id);
/* It was taken back: once less; `only_unlearn`: the decision had taught it, so that is all. Otherwise the program was wrong. */
struct status payer_contradict(struct change *change, const char *iban, const char *name, int64_t customer_id, bool only_unlearn);

#endif
