/* assignment_paper — the slip of assigned claims (bordereau, CMF L313-23), to be signed by us; the payee dates it (L313-25). */
#ifndef OUTREACH_ASSIGNMENT_PAPER_H
#define OUTREACH_ASSIGNMENT_PAPER_H

#include "ledger/assignment.h"
#include "outreach/compose.h"

struct status assignment_pdf(struct db *db, const struct viewer *viewer, const struct company *company, int64_t id, int32_t today, struct arena *arena,
                             struct attachment *out);

#endif
