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
	int64_t payer_id;       /* another customer who pays for him: holding, factor; 0: nobody */
	const char *payer_code; /* "" */
	const char *payer_mode; /* of one who pays for others: apart together netted (payer_group.h); "": the company's */
	const char *tags;       /* separated by commas */
	int64_t discount_days, discount_rate; /* paid so soon after its issue, an invoice is less by so many hundredths of a percent */
};
/* Texts live in the arena. STATUS_NOT_FOUND also when he is not in the viewer's portfolio. */
struct status customer_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena,
                           struct customer *out);
struct status customer_find(struct db *db, const struct viewer *viewer, int64_t company_id, const char *code, struct arena *arena,
                            struct customer *out);
/* All whom the viewer may see, by id; those who were made one with another are left out. */
struct status customer_all(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena, struct customer **out,
                           size_t *count);
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
/* Fields of the company's own are named field.<code> (custom.h).
 * Checks and sets one field, remembers that a person did, adds an event; terms recompute his due dates. An empty value goes back
 * to "not set". Amounts: digits are minor units, "12,50" is decimal. collector and sales: an account's address. */
struct status customer_set(struct change *change, int64_t id, const char *field, const char *value);
/* The same for who is no person, a rule: the field does not become a person's, no event is added; *changed says whether anything
 * did. over_hand: also a field that a person set. Values of fields of the company's own ("field.sector") too. */
struct status customer_assign(struct change *change, int64_t id, const char *field, const char *value, bool over_hand, bool *changed);
/* Whether a value could be set, for anybody. */
struct status customer_value_check(struct change *change, const char *field, const char *value);
/* Whether a person set this column. */
bool customer_by_hand(const char *hand_made, const char *column);
const char *customer_field_column(const char *field); /* "terms.days": "terms_days"; a field of the company's own: itself */
bool customer_field_moves_dates(const char *field);   /* due dates come from it: refresh the projection */
/* Whether one of his tags is this one, case ignored. */
bool customer_tagged(const char *tags, const char *tag);
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
