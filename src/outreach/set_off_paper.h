/* set_off_paper — the letter that invokes or proposes a set-off, with both sides' documents (C. civ. 1347 to 1348-2). */
#ifndef OUTREACH_SET_OFF_PAPER_H
#define OUTREACH_SET_OFF_PAPER_H

#include "ledger/set_off.h"
#include "outreach/compose.h"

struct status set_off_pdf(struct db *db, const struct viewer *viewer, const struct company *company, int64_t id, int32_t today, struct arena *arena, struct attachment *out);

#endif
