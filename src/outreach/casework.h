/* casework — what is written about disputes, promises and plans: to our own people, and to the customer.
 *
 * The owner of a dispute is reminded in place of the customer: when it is given to him, on the working day before his answer is due,
 * and every second working day once it is late; then his manager hears of it. At most one message a day and case, decided by a pure
 * rule, through the outbox. Such a message is internal: it is no contact with the customer. */
#ifndef OUTREACH_CASEWORK_H
#define OUTREACH_CASEWORK_H

#include "base/calendar.h"
#include "ledger/dispute_case.h"
#include "ledger/payment_plan.h"
#include "outreach/compose.h"

enum casework_letter { CASEWORK_NOTHING, CASEWORK_GIVEN, CASEWORK_SOON, CASEWORK_LATE, CASEWORK_ESCALATED };
/* What is due about a case today. Pure. */
enum casework_letter casework_due(const struct dispute_case *one, const struct calendar *calendar, int escalate_days, int32_t today);

struct casework_result {
	int owners, managers, debtors;
	int failed;                /* told in the log, the others go on */
};
/* The day's messages of one company; safe to repeat. */
struct status casework_day(struct store *store, const struct viewer *viewer, int64_t company_id, int32_t today, int64_t now, struct arena *arena,
                           struct casework_result *out);

/* Mail to the customer about a dispute, in the conversation with him; STATUS_INVALID without a usable address. */
struct status casework_write_debtor(struct change *change, int64_t case_id, const char *text, struct arena *arena);
/* Confirms a promise to the customer, asking for his written word (letters.md F8). STATUS_INVALID without a usable address. */
struct status casework_confirm_promise(struct change *change, int64_t promise_id, struct arena *arena);

/* The agreement of a payment plan with its acknowledgement of debt (letters.md F11), to be signed; a reading function. */
struct status casework_plan_letter(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t plan_id, int32_t today, struct arena *arena,
                                   struct attachment *out);
/* Mails it; the letter as it went is kept with the customer's documents. */
struct status casework_send_plan(struct change *change, int64_t plan_id, struct arena *arena);

/* What an instalment is due today: a word some days before it, and one when its day has passed without it. At most these two. Pure. */
enum casework_call { CASEWORK_QUIET, CASEWORK_AHEAD, CASEWORK_PAST };
enum casework_call casework_instalment(const struct plan_part *part, const struct calendar *calendar, int ahead_days, int32_t today);

/* Tells the customer that his claim is handled, by whom and until when (letters.md F10). */
struct status casework_acknowledge(struct change *change, int64_t case_id, struct arena *arena);

#endif
