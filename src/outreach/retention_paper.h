/* retention_paper — the letter that asks for the release of a retention (loi 71-584, art. 2). */
#ifndef OUTREACH_RETENTION_PAPER_H
#define OUTREACH_RETENTION_PAPER_H

#include "ledger/retention.h"
#include "outreach/compose.h"

/* STATUS_CONFLICT while its day is not known. */
struct status retention_pdf(struct db *db, const struct viewer *viewer, const struct company *company, int64_t item_id, int32_t today, struct arena *arena, struct attachment *out);

#endif
