/* truth — which source is right about a field of customers: the e-mail of the CRM's list, the terms of the accounting's.
 *
 * For a field the company may put its sources in an order. A source that stands lower leaves what a higher one said; of sources that
 * stand nowhere, the last word counts. What a rule of assignment set stays as long as the rule is there: the next list does not undo it.
 * What a person set stays in any case (customer.hand_made).
 */
#ifndef INTAKE_TRUTH_H
#define INTAKE_TRUTH_H

#include "base/arena.h"
#include "ledger/company.h"

/* What lists say of customers, as orders name it: "email", "address" (with postcode and city), "terms"… */
struct truth_field {
	const char *name, *label; /* English msgid */
};
const struct truth_field *truth_fields(size_t *count);

struct truth;
struct status truth_load(struct db *db, int64_t tenant, int64_t company, const char *source, struct arena *arena, struct truth **out);
/* Whether the source may set this column of that customer. */
bool truth_may(const struct truth *truth, int64_t customer_id, const char *column);
/* Notes whose word it is, where an order is kept for that column. */
struct status truth_note(struct change *change, const struct truth *truth, int64_t customer_id, const char *column);

/* The order of a field: sources separated by commas, "" for none. */
struct status truth_order(struct db *db, int64_t tenant, int64_t company, const char *field, struct arena *arena, const char **out);
struct status truth_order_set(struct change *change, const char *field, const char *sources);
/* Sources that files came from so far. */
struct status truth_sources(struct db *db, int64_t tenant, int64_t company, struct arena *arena, const char ***out, size_t *count);

#endif
