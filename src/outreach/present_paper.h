/* present_paper — what is written about bills and direct debits: the bill itself to be accepted, the word that a debit is coming,
 * the reminder of a bill that did not come back (letters.md F14). */
#ifndef OUTREACH_PRESENT_PAPER_H
#define OUTREACH_PRESENT_PAPER_H

#include "ledger/instrument.h"
#include "outreach/compose.h"

/* The bill with what C. com. L511-1 asks of it (L512-1 for a BOR), ready to be accepted or signed. */
struct status present_bill_pdf(struct db *db, const struct viewer *viewer, const struct company *company, int64_t id, int32_t today, struct arena *arena,
                               struct attachment *out);
/* Mails a bill for acceptance with the bill, or announces a debit: amount, day, mandate, creditor identifier. STATUS_INVALID without
 * a usable address; then it is told by other means and noted (instrument_send). */
struct status present_tell(struct change *change, int64_t id, struct arena *arena);
/* Mails the reminder of a bill not returned, with a duplicate. Asks for the paper, never for the money. */
struct status present_chase(struct change *change, int64_t id, struct arena *arena);

#endif
