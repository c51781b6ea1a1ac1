/* forgotten — addresses and numbers of persons whose data was erased, as keyed digests: enough to know one again, not to read it.
 *
 * Lists, invoices and platforms go on naming them. An import leaves such a contact out and says so; a person who adds one by hand is
 * told, and can lift the erasure first (privacy/erase.h). The key is the company's own; nothing is shared between companies.
 */
#ifndef LEDGER_FORGOTTEN_H
#define LEDGER_FORGOTTEN_H

#include "base/day.h"
#include "ledger/company.h"

struct forgotten_who {
	int64_t customer_id; /* a name alone counts at that customer's */
	const char *name, *email, *phone; /* NULL and "" are left out */
};
struct status forgotten_add(struct change *change, int64_t erasure_id, const struct forgotten_who *who);
/* Whether anything was erased here at all, asked once before many questions. */
struct status forgotten_any(struct db *db, int64_t tenant, int64_t company, bool *any);
/* Whether this address was erased, or, of who has none, this number, else this name; and when (DAY_NONE: no). */
struct status forgotten_find(struct db *db, int64_t tenant, int64_t company, const struct forgotten_who *who, int32_t *day);
/* They may be known again. */
struct status forgotten_lift(struct change *change, int64_t erasure_id);
/* Digits with the country in front, as one number is written in several ways: "06 12 34 56 78" is "33612345678". Cut at size. */
void forgotten_digits(const char *phone, char *out, size_t size);

#endif
