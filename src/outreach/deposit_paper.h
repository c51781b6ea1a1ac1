/* deposit_paper — the request for a deposit as a letter: which order, how much of it, by when, to which account. */
#ifndef OUTREACH_DEPOSIT_PAPER_H
#define OUTREACH_DEPOSIT_PAPER_H

#include "dunning/deposit.h"
#include "outreach/compose.h"

struct status deposit_pdf(struct db *db, const struct viewer *viewer, const struct company *company, int64_t id, int32_t today, struct arena *arena, struct attachment *out);

#endif
