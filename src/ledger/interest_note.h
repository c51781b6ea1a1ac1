/* interest_note — late interest and fixed fees claimed from a customer (C. com. L441-10, D441-5): note, its lines, what was paid or waived.
 *
 * Never part of an invoice: it survives the payment of the principal, and no invoice changes for it. Amounts are minor units.
 */
#ifndef LEDGER_INTEREST_NOTE_H
#define LEDGER_INTEREST_NOTE_H

#include "ledger/company.h"

struct interest_line {
	int64_t item_id, interest, fee;
};
struct interest_note {
	int64_t id, customer_id, interest, fee, paid, waived, by_user, at;
	const char *number;
	char currency[4];
	int32_t day, settled_day;
	bool cancelled;
};
struct interest_note_new {
	int64_t customer_id;
	const char *currency;
	const struct interest_line *lines; /* each with something to claim */
	size_t count;
};
/* Wants RIGHT_COLLECT. Numbers follow each other without a gap within the company. */
struct status interest_note_make(struct change *change, const struct interest_note_new *note, int64_t *id);
/* Part or all of what is left; amount > 0. */
struct status interest_note_pay(struct change *change, int64_t id, int64_t amount, const char *text);
/* A person gives it up, and says why. amount 0: all that is left. */
struct status interest_note_waive(struct change *change, int64_t id, int64_t amount, const char *why);
/* By the program, for the payment plan that it was given up or claimed for: while nothing of it was paid. Its lines may be claimed again. */
struct status interest_note_withdraw(struct change *change, int64_t id, const char *why);
/* Only while nothing of it was paid or waived. */
struct status interest_note_cancel(struct change *change, int64_t id, const char *why);

struct status interest_note_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, struct arena *arena,
                                 struct interest_note **out, size_t *count); /* newest first */
struct status interest_note_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct interest_note *out);
struct status interest_note_lines(struct db *db, int64_t tenant, int64_t company, int64_t id, struct arena *arena, struct interest_line **out, size_t *count);
/* What notes in force claim of each item of a customer, by item. */
struct status interest_claimed(struct db *db, int64_t tenant, int64_t company, int64_t customer_id, struct arena *arena, struct interest_line **out, size_t *count);
/* What was paid or waived on the notes in force, shared over their lines; day: when the note was settled, else its own. By item. */
struct interest_settled {
	int64_t item_id, amount;
	int32_t day;
};
struct status interest_settled(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct interest_settled **out, size_t *count);

#endif
