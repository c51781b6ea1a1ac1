/* doubtful_paper — the duplicate of unpaid invoices that taking their VAT back wants (CGI 272-1): a statement per customer with the
 * words of the law, of one loss or of all of his whose VAT is taken back. */
#ifndef OUTREACH_DOUBTFUL_PAPER_H
#define OUTREACH_DOUBTFUL_PAPER_H

#include "ledger/doubtful.h"
#include "outreach/compose.h"

/* id 0: all of the customer's (by his code, which is not looked at with an id). STATUS_CONFLICT when no VAT is taken back. */
struct status doubtful_pdf(struct db *db, const struct viewer *viewer, const struct company *company, int64_t id, const char *customer_code, int32_t today, struct arena *arena,
                           struct attachment *out);

#endif
