/* generic — accounts that are no debtor: cash sales, sundry customers, web shop, card takings, the group's own companies
 * (reference: formats 1.9). They stay in balances and reports; leaving them out of reminders is proposed, and a person answers. */
#ifndef INTAKE_GENERIC_H
#define INTAKE_GENERIC_H

#include "intake/batch.h"

/* Whether a name, or the labels of a customer's lines, say so: "RECETTE CB", "CLIENTS DIVERS", "COMPTOIR". */
bool generic_name(const char *name, size_t len);
/* Marks the customers of a batch whose name says so, or most of whose sales are paid the same day in cash-like daily totals. */
void generic_propose(struct batch *batch);

#endif
