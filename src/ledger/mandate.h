/* mandate — a customer's authority to debit his account: its reference (RUM), signature, CORE or B2B, account, end.
 *
 * One is in use at a time, the newest signed. It lapses 36 months after it was last used (EPC rulebooks), or after its signature. */
#ifndef LEDGER_MANDATE_H
#define LEDGER_MANDATE_H

#include "base/iban.h"
#include "ledger/customer.h"

struct mandate {
	int64_t id, customer_id, by_user, rev;
	const char *rum, *debtor, *ended_why, *customer_code, *customer_name;
	char scheme[8] /* core b2b */, iban[IBAN_SIZE], bic[BIC_SIZE];
	int32_t signed_day, last_used_day, ended_day; /* DAY_NONE: never, not */
};
struct mandate_new {
	int64_t customer_id;
	const char *rum, *scheme, *iban, *bic, *debtor;
	int32_t signed_day;
};
int32_t mandate_lapses(const struct mandate *mandate); /* first day on which it can't be used any more; pure */
bool mandate_usable(const struct mandate *mandate, int32_t day);

/* A consumer's is never B2B. The one in use before ends. */
struct status mandate_add(struct change *change, const struct mandate_new *mandate, int64_t *id);
struct status mandate_end(struct change *change, int64_t id, const char *why);
/* customer_id 0: all of the portfolio; id 0: any. Those in use first. *out lives in the arena. */
struct status mandate_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, int64_t id, struct arena *arena,
                           struct mandate **out, size_t *count);
/* The one to use on that day: STATUS_CONFLICT in words when there is none. */
struct status mandate_current(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, int32_t day, struct arena *arena,
                              struct mandate *out);

#endif
