/* quality — how far the figures can be trusted: shown after an import and kept on the dashboard.
 *
 *     struct quality quality;
 *     TRY(quality_measure(db, &viewer, company_id, arena, &quality));
 *     json_t *model = quality_json(&quality);
 */
#ifndef INTAKE_QUALITY_H
#define INTAKE_QUALITY_H

#include "access/viewer.h"
#include "base/arena.h"
#include "db/db.h"
#include "intake/terms.h"
#include "ledger/item_kind.h"

#include <jansson.h>

struct quality_generic { /* an account that looks like no debtor: exclusion is proposed, or was answered */
	int64_t customer_id, open;
	const char *code, *name, *answer; /* proposed, accepted, refused */
};

struct quality {
	int64_t items, open_items;
	int64_t credits, credits_settled;          /* amounts of payments and credit notes, and what of them is matched with an item */
	double lettered;                           /* credits_settled / credits; -1: there are no credits */
	int64_t due_count[DUE_SOURCE_COUNT];       /* open items that are owed to us, by where their due date comes from */
	int64_t due_amount[DUE_SOURCE_COUNT];
	int64_t customers, customers_open;         /* all, and those who owe something */
	int64_t without_contact;                   /* of those who owe: no address that works */
	int64_t poorly_lettered;                   /* of those who owe: credits above the share of debits that the setting allows */
	struct terms_proposal *terms;              /* of customers whose terms can be told from what they paid */
	int64_t terms_proposed;
	struct quality_generic *generics;
	size_t generic_count;
	bool has_ledger;                           /* a ledger file is there: the two totals below can be compared */
	int64_t receivables;                       /* open items that come from ledgers */
	int64_t accounts;                          /* balance of the receivable accounts in those ledgers */
	int64_t unposted;                          /* electronic invoices that the books should have and do not (intake/unposted.h) */
	const char *unposted_numbers;
	int32_t last_day;                          /* last posting that is known; DAY_NONE */
	const char *currency;
};
struct status quality_measure(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena,
                              struct quality *out);
json_t *quality_json(const struct quality *quality);

#endif
