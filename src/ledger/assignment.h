/* assignment — claims assigned to a bank (cession Dailly, CMF L313-23 to -35) or a factor: to whom they are paid, and who reminds.
 *
 *   payee       the bank or factor with its account, its terms, and how it works: notified to the debtors or confidential, with or
 *               without recourse, reminded by it or by us in its name
 *   assignment  one slip: items of one currency, assigned on one day, under the payee's terms of that day
 *
 * Notified, and the payee reminds: a hold of kind ceded keeps each item out of every message of ours. Notified, and we remind: the
 * message is the payee's account only, never ours. Confidential: reminders go on, to the account agreed with the payee ("" ours).
 * A claim given back (définancement) is ours again with its history. Never our IBAN beside a claim assigned with notice. */
#ifndef LEDGER_ASSIGNMENT_H
#define LEDGER_ASSIGNMENT_H

#include "base/iban.h"
#include "base/text.h"
#include "ledger/item.h"
#include "ledger/customer.h"

enum { ASSIGNMENT_ITEMS = 2000 };
struct payee {
	int64_t id, rev;
	const char *name, *address, *contract;
	char route[12] /* dailly factoring */, iban[IBAN_SIZE], bic[BIC_SIZE];
	bool notified, recourse, managed, ended;
	int commission_bp, interest_bp, reserve_bp; /* basis points: of the amount; a year on what is advanced; kept back */
};
struct assigned_item {
	int64_t item_id, customer_id, amount, open;
	const char *number, *customer_code, *customer_name, *siren, *city;
	int32_t issue_day, due_day, notified_day, back_day; /* DAY_NONE: not */
	const char *back_why;
};
struct assignment {
	int64_t id, payee_id, total, open /* of what is still assigned */, rev;
	int32_t day;
	bool notified, recourse, managed;
	const char *payee_name, *state /* active cancelled */;
	char currency[4];
	struct assigned_item *items;
	size_t item_count;
};

/* --- pure: what it costs against what waiting costs ------------------------------------------------------------------------------------- */
struct assignment_cost {
	int64_t advanced, commission, interest, total;
	int64_t waiting;     /* what the same days without the money cost at our own rate */
};
/* days: until the money would have come. own_bp: our cost of money a year. Half away from zero, once a figure. */
struct assignment_cost assignment_cost(const struct payee *payee, int64_t amount, int days, int own_bp);

/* --- payees: RIGHT_SETTINGS, as bank details are ------------------------------------------------------------------------------------------ */
struct status payee_save(struct change *change, const struct payee *given, int64_t *id); /* given->id 0: a new one */
struct status payee_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct payee **out, size_t *count);

/* --- slips: RIGHT_CASH --------------------------------------------------------------------------------------------------------------------- */
struct status assignment_make(struct change *change, int64_t payee_id, const int64_t *items, size_t count, int64_t *id);
/* The debtors were told of a confidential one: from now on only the payee is paid. */
struct status assignment_notify(struct change *change, int64_t id);
struct status assignment_back(struct change *change, int64_t id, int64_t item_id, const char *why);
struct status assignment_cancel(struct change *change, int64_t id);
/* Newest first, with their items, narrowed to the portfolio. *out lives in the arena. */
struct status assignment_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct assignment **out,
                              size_t *count);
/* The batch for the factor: one line an item (docs/formats.md). */
void assignment_csv(const struct assignment *one, const struct payee *payee, struct text *out);

/* --- who is paid ---------------------------------------------------------------------------------------------------------------------------- */
/* For a customer's items: which are assigned now and to whom, where the payee's account counts. Ascending by item. */
struct assigned_to {
	int64_t item_id, payee_id, open;
	bool notified;
};
struct status assigned_of(struct db *db, int64_t tenant_id, int64_t company_id, int64_t customer_id, const char *currency, struct arena *arena, struct assigned_to **out,
                          size_t *count);

#endif
