/* collected — money received for invoices, told to the invoicing platform: each part of an invoice once, and taken back when its
 * payment comes back or its matching is undone.
 *
 *     TRY(collected_due(db, viewer, company_id, today, arena, &lines, &n));    what is to be told now
 *     TRY(collected_write(&change, arena, &batch));                            the same, remembered as told
 *     TRY(collected_file(db, viewer, company_id, batch, COLLECTED_CDAR, arena, &text));   as often as wanted
 *
 * What was received for an invoice is the sum of the payments that settle it (also after a return or a transfer to another account),
 * less what came back; payments that may still come back by themselves (bills, direct debits) wait until their time is over. Only
 * the difference to what was told is told: a bank line that becomes a posting in the books changes nothing. In scope are electronic
 * invoices and those that a platform spoke of; all of them where the company says so (setting collected.all).
 */
#ifndef LEDGER_COLLECTED_H
#define LEDGER_COLLECTED_H

#include "base/text.h"
#include "ledger/company.h"

struct collected_line {
	int64_t customer_id, item_id, amount /* negative: taken back */;
	const char *number, *customer_code, *customer_name, *buyer_siren, *payment, *vat_rate, *currency;
	int32_t issue_day, day;
};
/* By customer, item, day. Needs RIGHT_EXPORT. */
struct status collected_due(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t today, struct arena *arena, struct collected_line **out,
                            size_t *count);
/* Remembers what is due as told, as one batch; STATUS_CONFLICT when there is nothing to tell. */
struct status collected_write(struct change *change, struct arena *arena, int64_t *batch);

struct collected_batch {
	int64_t id, at, by_user, lines, amount; /* amount: in the company's currency only */
};
/* Newest first. */
struct status collected_batches(struct db *db, const struct viewer *viewer, int64_t company_id, size_t limit, struct arena *arena, struct collected_batch **out,
                                size_t *count);
enum collected_format { COLLECTED_CSV, COLLECTED_CDAR /* a ZIP of messages */ };
/* The file of a batch: the same bytes each time. STATUS_NOT_FOUND. */
struct status collected_file(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t batch, enum collected_format format, struct text *out);

#endif
