/* customer_merge — two customers that are one: an invoice made him known by his name, the books know him by an account.
 *
 * The facts stay where they are and are computed under the one he was merged into (ledger/projection_store.h); what persons and
 * the desk did goes over: contacts, actions, promises, disputes, holds, replies, messages, documents. What the other one does not
 * know (SIREN, address, e-mail) he takes over.
 */
#ifndef LEDGER_CUSTOMER_MERGE_H
#define LEDGER_CUSTOMER_MERGE_H

#include "ledger/company.h"

/* The caller refreshes the projection of both and adds what it tells. STATUS_CONFLICT when one of them is merged already. */
struct status customer_merge(struct change *change, int64_t from, int64_t into);

#endif
