/* invoice_status — what platforms and buyers said of invoices that were sent, and what follows from it.
 *
 * A status is a fact: kept once however often it is told, there as long as one active import holds it. What follows is computed
 * from all statuses of the item, in the order of their days (pure: invoice_standing), and put right whenever one comes or goes:
 *
 *     refused, rejected, to send again   no reminder, a task: issue it again
 *     in dispute, partly approved        a dispute with the buyer's reason
 *     suspended                          held until completed; of a public buyer the clock stops
 *     payment sent                       a few days of peace
 *     made available (Chorus Pro)        the public buyer's time to pay begins: the due date follows
 *     approved and what comes after      noted; ends what stood before
 *
 * What a person decided stays: a dispute that he closed is not opened again by the same status, his own dispute is not touched.
 *
 * Everything that writes runs inside company_begin … company_end, as the program's own deed: whoever may import may bring statuses.
 */
#ifndef LEDGER_INVOICE_STATUS_H
#define LEDGER_INVOICE_STATUS_H

#include "formats/lifecycle.h"
#include "ledger/company.h"

struct invoice_status {
	int64_t id, import_id, customer_id, item_id, contested, handled_at, handled_by;
	enum lifecycle_code code;
	const char *number, *said, *reason_code, *reason, *note, *currency, *format, *task, *customer_code, *customer_name;
	int32_t day;
	int minutes; /* -1: not said */
};

/* --- what follows (pure) ------------------------------------------------------------------------------------------------------------ */
enum invoice_binding { BINDING_NONE, BINDING_DISPUTE, BINDING_HOLD };
struct invoice_standing {
	enum invoice_binding binding;
	const struct invoice_status *cause;  /* of the binding; NULL */
	int32_t until_day;                   /* of a hold; DAY_NONE: until something changes */
	int32_t due_day;                     /* DAY_NONE: the statuses give none */
};
struct invoice_terms {
	bool public_buyer;      /* Chorus Pro: made available → due */
	int days;               /* that he has: 30, hospitals 50 */
	int payment_pause;      /* days of peace after "payment sent" */
};
/* Statuses of one item in the order in which they came about. CCP R2192-27 to -29: when what was missing is there, he has 30 days
 * again, or what was left of his time if that is more. */
struct invoice_standing invoice_standing(const struct invoice_status *statuses, size_t count, struct invoice_terms terms);

/* --- bringing them ------------------------------------------------------------------------------------------------------------------- */
struct invoice_status_plan {
	const struct lifecycle_status **rows; /* to be kept: not known yet */
	int64_t *known;                       /* ids of those that are, to be said again by this import */
	size_t row_count, known_count;
	int64_t told_again;                   /* of this file, more than once in it too */
};
/* Which of a file's statuses are new. Those of other sellers are left out by the caller. */
struct status invoice_status_compare(struct db *db, int64_t tenant, int64_t company, const struct lifecycle_status *const *rows, size_t count, struct arena *arena,
                                     struct invoice_status_plan *out);
/* Keeps them under an import, ties them to items; *ids grows by customers whose items have another due date now. */
struct status invoice_status_store(struct change *change, const struct invoice_status_plan *plan, const char *format, int64_t import_id, int32_t fallback_day,
                                   int64_t **ids, size_t *count);
struct status invoice_status_undo(struct change *change, int64_t import_id, int64_t **ids, size_t *count);
/* Those whose invoice was not known, after items have come; the same. */
struct status invoice_status_tie(struct change *change, int64_t **ids, size_t *count);
/* What the file's row speaks of: 0, none, or several that can't be told apart (*several). */
struct status invoice_status_find(struct db *db, int64_t tenant, int64_t company, const struct lifecycle_status *row, int64_t *item_id, int64_t *customer_id,
                                  bool *several);

/* --- reading --------------------------------------------------------------------------------------------------------------------------- */
/* Newest first. item_id, customer_id 0: any; tasks: only what waits for a person. Narrowed to the portfolio; what is tied to no
 * customer is shown to whoever may import. */
struct status invoice_status_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t item_id, int64_t customer_id, bool tasks, size_t limit,
                                  struct arena *arena, struct invoice_status **out, size_t *count);
/* The task of a status is done (or is not, after all). Needs RIGHT_COLLECT. */
struct status invoice_status_handle(struct change *change, int64_t id, bool done);
struct status invoice_status_tasks(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t *count);

#endif
