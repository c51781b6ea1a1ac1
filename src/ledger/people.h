/* people — accounts changed, written into the audit trail of every company they may see. */
#ifndef LEDGER_PEOPLE_H
#define LEDGER_PEOPLE_H

#include "access/user.h"
#include "ledger/company.h"

/* kind: user.added, user.changed, user.disabled, user.enabled, user.reset. Does nothing while there is no company. */
struct status people_record(struct store *store, const struct viewer *viewer, const char *kind, const struct user *user, int64_t now);

#endif
