/* insolvency_file — what is followed of a customer's collective procedure: to whom and by when claims are declared, what was admitted.
 *
 * The opening day is the customer's (customer.h): it stops the reminders. Here is the rest: kind, court, publication, trustee, the
 * declaration with its proof, what was admitted and paid. Amounts are minor units of the company's currency.
 */
#ifndef LEDGER_INSOLVENCY_FILE_H
#define LEDGER_INSOLVENCY_FILE_H

#include "ledger/company.h"

struct insolvency_file {
	const char *kind;            /* safeguard receivership liquidation, or "" */
	const char *court, *trustee, *declared_proof, *note;
	int32_t published_day, declared_day, admitted_day; /* DAY_NONE: not known, not done */
	bool abroad, retention_of_title;
	int64_t declared, admitted, dividends;
	const char **wrong;          /* set: NULL, or told which part was refused, by its name in the API (published, declared_on, proof …) */
	/* from the law: DAY_NONE while the publication is not known */
	int32_t declare_by;          /* 2 months after publication, 4 for a creditor abroad (R622-24, CPC 642) */
	int32_t reclaim_by;          /* goods under retention of title: 3 months (L624-9, L624-16) */
	int32_t relief_by;           /* relevé de forclusion: 6 months (L622-26) */
};
/* Days that follow from the publication; pure. */
void insolvency_deadlines(struct insolvency_file *file);
/* The customer's, empty when nothing was written yet; what the gazette published fills what a person left out. */
struct status insolvency_file_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, struct arena *arena,
                                  struct insolvency_file *out);
/* Wants RIGHT_COLLECT, and an opening day at the customer. Writes the whole. */
struct status insolvency_file_set(struct change *change, int64_t customer_id, const struct insolvency_file *file);

#endif
