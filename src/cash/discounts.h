/* discounts — the early-payment discounts that were let go: of which invoice, in time or too late, with the VAT to take back. */
#ifndef CASH_DISCOUNTS_H
#define CASH_DISCOUNTS_H

#include "access/viewer.h"
#include "base/arena.h"
#include "db/db.h"
#include "ledger/discount.h"

struct discount_taken {
	int64_t item_id, application_id, amount, vat, charge, invoice; /* invoice: its amount; amount > 0: taken by the customer */
	const char *customer_code, *customer_name, *number;
	char currency[4];
	int32_t day, until;    /* of the payment; DAY_NONE: no terms are known */
	bool late;
};
/* Decisions that stand, by day of payment. *out lives in the arena. */
struct status discounts_taken(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t from, int32_t to, struct arena *arena, struct discount_taken **out, size_t *count);

#endif
