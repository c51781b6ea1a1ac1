/* pay_to — whose account a message names. A claim assigned with notice is paid to the bank or factor only (CMF L313-28): our IBAN
 * never stands beside it. One message has one payee; items of another are left out of it and told apart, with where to pay them. */
#ifndef OUTREACH_PAY_TO_H
#define OUTREACH_PAY_TO_H

#include "ledger/company.h"
#include "outreach/compose.h"

/* Leaves in facts->items those of one payee, sets the sender's IBAN, BIC and payee to his, and lists the others in facts->elsewhere.
 * strict: what is claimed must be one payee's: STATUS_CONFLICT in words. Otherwise our own items go before. */
struct status pay_to(struct db *db, const struct company *company, bool strict, struct arena *arena, struct compose_facts *facts);

#endif
