/* customer — who owes: his fields, and what people decide about him.
 *
 *     struct customer customer;
 *     TRY(customer_find(db, viewer, company_id, "C00012", &customer));          narrowed to the viewer's portfolio
 *     TRY(customer_set(&change, customer.id, "terms.days", "45"));              a field that a person sets is his: an import
 *                                                                                leaves it (hand_made)
 */
#ifndef LEDGER_CUSTOMER_H
#define LEDGER_CUSTOMER_H

#include "access/viewer.h"
#include "base/arena.h"
#include "db/db.h"
#include "ledger/company.h"

#include <jansson.h>

struct customer {
	int64_t id, collector_id, sales_id, credit_limit /* -1: none */, supplier_balance, minimum /* -1: the scenario's */;
	int64_t terms_days /* -1: the company's */, terms_day, merged_into, rev;
	const char *code, *name, *group_code, *siren, *vat_number, *class, *profile, *scenario;
	const char *address, *postcode, *city, *country, *language, *phone, *email, *salesperson;
	const char *terms_month, *payment_means, *generic, *stopped_reason, *insolvency_note, *note, *hand_made;
	bool key_account, stopped;
	int32_t insolvency_day; /* DAY_NONE: none */
};
/* Texts live in the arena. STATUS_NOT_FOUND also when he is not in the viewer's portfolio. */
struct status customer_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena,
                           struct customer *out);
struct status customer_find(struct db *db, const struct viewer *viewer, int64_t company_id, const char *code, struct arena *arena,
                            struct customer *out);
/* Only whether he exists for the viewer: STATUS_NOT_FOUND otherwise. */
struct status customer_check(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id);

/* --- fields ------------------------------------------------------------------------------------------------------------ */
struct customer_field {
	const char *name;      /* "terms.days" */
	const char *help;      /* English msgid */
	const char *choices;   /* "a|b|c", or NULL; "" among them means empty is fine */
	enum right right;      /* that setting it takes */
};
const struct customer_field *customer_fields(size_t *count);
/* Checks and sets one field, remembers that a person did, adds an event; terms recompute his due dates. An empty value goes back
 * to "not set". Amounts: digits are minor units, "12,50" is decimal. collector and sales: an account's address. */
struct status customer_set(struct change *change, int64_t id, const char *field, const char *value);
/* The value as customer_set takes it; borrowed or in the arena. */
const char *customer_field_value(const struct customer *customer, const char *field, struct arena *arena);

/* --- switches that hold every message ------------------------------------------------------------------------------------ */
struct status customer_stop(struct change *change, int64_t id, bool stopped, const char *reason);
/* day: opening judgment; DAY_NONE withdraws it. */
struct status customer_insolvency(struct change *change, int64_t id, int32_t day, const char *note);

/* --- a note in the timeline ------------------------------------------------------------------------------------------------ */
/* items: ids it is about, may be none. */
struct status note_add(struct change *change, int64_t customer_id, const char *text, const int64_t *items, size_t count);

/* STATUS_FORBIDDEN in words unless the change's viewer has the right. */
struct status change_allows(const struct change *change, enum right right);

#endif
