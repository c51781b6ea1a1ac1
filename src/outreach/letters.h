/* letters — paper: printed together as one PDF with its posting list, posted by a person at most once, registered ones followed.
 *
 *   planned  → printed   the very PDF is kept with the customer, its outbox row waits (held) until somebody posts it
 *            → posted    the last check first (paid, disputed, promised since? then it stays); the action is done, the row sent
 *   registered: number, deposit, receipt or what became of it, scans
 *
 *     TRY(letters_print(change, ids, count, arena, &print));     one transaction: the PDF, its batch, what could not be printed and why
 *     TRY(letter_post(change, id, day, "2C…"));                  one transaction a letter */
#ifndef OUTREACH_LETTERS_H
#define OUTREACH_LETTERS_H

#include "outreach/confirm.h"

enum { LETTERS_MAX = 200 };

struct letter_row {
	int64_t action_id, outbox_id, batch_id, amount, printed_at, document_id;
	const char *customer_code, *customer_name, *city, *label, *number, *fate, *note;
	char currency[4];
	enum channel channel;
	enum action_state state;
	int32_t deposited_day, delivered_day; /* DAY_NONE: not yet */
	size_t scans;
};
/* Letters to print or post (today's plan), then registered ones whose receipt is awaited; the viewer's portfolio only. */
struct status letters_list(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t today, struct arena *arena,
                           struct letter_row **out, size_t *count);

struct letters_refused {
	int64_t action_id;
	const char *customer_name, *reason;
};
struct letters_print {
	int64_t batch_id;
	size_t printed, pages;
	struct attachment pdf;               /* posting list, then each letter with pages of its own count */
	struct letters_refused *refused;
	size_t refused_count;
};
/* STATUS_INVALID when none can be printed. Printed again, a letter takes the place of its first print. */
struct status letters_print(struct change *change, const int64_t *ids, size_t count, struct arena *arena, struct letters_print *out);
/* The PDF of a print run, as it was. */
struct status letters_batch(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t batch_id, struct arena *arena,
                            struct attachment *out);

/* A person took it to the post. number: of a registered letter, "" none. STATUS_CONFLICT when it was posted already, or no longer stands. */
struct status letter_post(struct change *change, int64_t action_id, int32_t day, const char *number, struct arena *arena);
/* Registered: its postal number before it is printed; afterwards what became of it: delivered refused unclaimed unknown_address. */
struct status letter_number(struct change *change, int64_t action_id, const char *number);
struct status letter_follow(struct change *change, int64_t action_id, const char *fate, int32_t day, const char *note);
/* A scan (deposit slip, receipt): kept with the letter's own file. PDF, PNG or JPEG by its bytes, at most 10 MB. */
struct status letter_scan(struct change *change, int64_t action_id, const char *name, const char *bytes, size_t len);
bool letter_number_fits(const char *number); /* letters, digits, blanks; at most 30 */

#endif
