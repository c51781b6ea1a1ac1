/* court_paper — the sheet of an order for payment (injonction de payer) or of simplified small claims: all that the form asks for in its
 * order, what is missing named, the limits and days of the way (reference: law.md section 8). Always in French: it is a French court's. */
#ifndef OUTREACH_COURT_PAPER_H
#define OUTREACH_COURT_PAPER_H

#include "outreach/bundle.h"

bool court_paper_for(const char *route); /* order_for_payment, small_claims */
/* *out: "injonction-de-payer.pdf" or "petites-creances.pdf". */
struct status court_paper(const struct bundle_facts *facts, struct arena *arena, struct attachment *out);

#endif
