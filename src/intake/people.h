/* people — lists of customers and contacts: no facts, but fields of customers and rows of contacts.
 *
 * What a person set by hand stays his (customer.hand_made). Names of customers that an accounting file brings are handled with
 * its rows; this is for lists that say more: terms, SIREN, class, address, language, limit, e-mail addresses. */
#ifndef INTAKE_PEOPLE_H
#define INTAKE_PEOPLE_H

#include "formats/csv.h"
#include "intake/batch.h"
#include "ledger/company.h"

/* Fills batch->people and the customers that rows name. */
struct status people_read(const struct intake *intake, struct csv *csv, struct batch *batch, struct intake_result *result);
/* What an invoice says of its buyer: fills what nobody said yet, and gives an address to a customer who has none. */
struct people_hint {
	uint32_t customer; /* index in the batch */
	const char *siren, *vat_number, *address, *postcode, *city, *country, *contact_name, *email, *phone; /* "": not said */
};
void people_hint(struct batch *batch, const struct people_hint *hint);
/* Customers were found to be one: indexes in the batch change. */
void people_renumber(struct batch *batch, const uint32_t *map);
/* How many rows say something new: counted into the result (new, changed, unchanged), which tells whether there is anything to do. */
struct status people_match(const struct intake *intake, struct db *db, struct batch *batch, struct intake_result *result,
                           bool *anything);
struct status people_apply(struct change *change, const struct intake *intake, const struct batch *batch, int64_t import_id,
                           int64_t **touched, size_t *count); /* whose terms changed: malloc'd */
/* Contacts that an import added are removed when it is taken back, and fields of customers known before are again what they were, unless
 * they were changed since; customers it created stay. `touched` (malloc'd) grows by those whose terms came back. */
struct status people_undo(struct change *change, int64_t import_id, int64_t **touched, size_t *count);

#endif
