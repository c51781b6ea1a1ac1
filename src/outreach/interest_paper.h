/* interest_paper — a note of late interest on A4: what is claimed of each invoice, and how it was computed, line by line. */
#ifndef OUTREACH_INTEREST_PAPER_H
#define OUTREACH_INTEREST_PAPER_H

#include "dunning/interest_ledger.h"
#include "outreach/compose.h"

/* The computation shown is the one to the note's day: the same data give the same paper. */
struct status interest_note_pdf(struct db *db, const struct viewer *viewer, const struct company *company, const struct settings *settings, int64_t note_id,
                                struct arena *arena, struct attachment *out);

#endif
