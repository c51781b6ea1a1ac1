/* insured — a company's customers under its credit insurance: each one's cover as of a day, and what is owed to the insurer by when.
 *
 *     TRY(insurance_load(db, viewer, company_id, 0, arena, &insurance));                 NULL when there is no policy
 *     insured_account(insurance, book, customer_index, as_of, currency, arena, &account);
 *     TRY(insurance_duties(db, viewer, company_id, insurance, book, selected, today, arena, &duties, &count, &sum));
 */
#ifndef STANDING_INSURED_H
#define STANDING_INSURED_H

#include "book/book.h"
#include "standing/insurance.h"

struct insurance;
/* What is stored of it, once; customer_id 0: of all. Lives in the arena. */
struct status insurance_load(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, struct arena *arena, const struct insurance **out);
const struct insurance_policy *insurance_policy_of(const struct insurance *insurance, const struct cover_policy *rule); /* NULL stays NULL */
size_t insurance_policies(const struct insurance *insurance, const struct insurance_policy **out);
const char *insurance_currency(const struct insurance *insurance); /* of the newest policy */

struct insured_account {
	struct cover_item *items;          /* what is open first, by due day; credits and what was late before after them */
	const struct insured_item **marks; /* beside them; NULL: nothing is noted */
	size_t *index;                     /* in the book */
	size_t count, open;                /* open: those with something owed */
	struct cover_total total;
};
void insured_account(const struct insurance *insurance, const struct book *book, size_t customer, int32_t as_of, const char *currency, struct arena *arena,
                     struct insured_account *out);

enum insurer_duty_kind { INSURER_DECLARE, INSURER_CLAIM, INSURER_INSOLVENCY, INSURER_PLAN, INSURER_LIMIT_ENDS, INSURER_ANSWER, INSURER_DUTY_KINDS };
const char *insurer_duty_code(enum insurer_duty_kind kind);
const char *insurer_duty_label(enum insurer_duty_kind kind); /* English msgid */
struct insurer_duty {
	enum insurer_duty_kind kind;
	size_t customer;                   /* index in the book */
	const struct insurance_policy *policy; /* NULL: any */
	int32_t by;                        /* the first of them; DAY_NONE: without delay */
	int64_t amount, ref;               /* what is exposed of the items; ref: a plan or a decision */
	const int64_t *items;
	size_t item_count;
};
struct insured_sum {
	int64_t exposed, covered, uncovered, indemnity, residual;
	size_t customers;                  /* with something open */
};
struct insured_customer {
	size_t customer;
	struct cover_total total;
};
/* By day; those without one first. rows (may be NULL): each customer with something open, the most uncovered first. */
struct insurance_view {
	struct insurer_duty *duties;
	size_t duty_count;
	struct insured_customer *rows;
	size_t row_count;
	struct insured_sum sum;
};
struct status insurance_view(struct db *db, const struct viewer *viewer, int64_t company_id, const struct insurance *insurance, const struct book *book,
                             const uint8_t *selected, int32_t today, const char *currency, struct arena *arena, struct insurance_view *out);

/* A task for the customer's collector before each day owed to the insurer, once for each day; *changed counts. */
struct status insurance_tasks(struct change *change, const struct settings *settings, int64_t *changed);

#endif
