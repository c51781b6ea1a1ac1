/* people — lists of customers and contacts: no facts, but rows that a person may also have made by hand, which stay his.
 *
 * What an import changed of a customer is kept in its report, so that taking it back restores it. */
#ifndef INTAKE_PEOPLE_H
#define INTAKE_PEOPLE_H

#include "intake/batch.h"
#include "ledger/company.h"

/* Contacts that an import added are removed when it is taken back; customers it created stay (they may have been used). */
struct status people_undo(struct change *change, int64_t import_id);

#endif
