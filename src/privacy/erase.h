/* erase — a person's data goes, and the books, the chain of events and what the law wants kept stand.
 *
 * What goes, by the map (privacy/map.h): of a customer all that was said and noted, addresses, bank details, what the history says of
 * him; of a contact his name, addresses and numbers wherever they stand, and his row; of an account its name, address, sessions and
 * tokens. What stays: amounts, dates, numbers; wordings of the books without the name; original files and invoices, as vouchers. The
 * answer lists both. A row of `erasure` and an event say that it was done; digests keep the next import from bringing him back.
 *
 * Something may stand against it: money still owed, an open dispute or file, a message on its way. Then nothing is changed, and the
 * refusals say what.
 *
 *     TRY(erase_look(db, viewer, company_id, kind, id, arena, &plan));     what would go and stay, or what stands against it
 *     TRY(erase(&change, kind, id, "asked", arena, &plan));                the same, done
 */
#ifndef PRIVACY_ERASE_H
#define PRIVACY_ERASE_H

#include "base/day.h"
#include "privacy/map.h"
#include "privacy/subject.h"

enum erase_fate { ERASE_DELETED, ERASE_EMPTIED, ERASE_MASKED, ERASE_KEPT };
struct erase_part {
	const char *table, *title; /* English msgid */
	enum erase_fate fate;
	const char *why;           /* of what is kept; English msgid */
	int64_t rows;
};
struct erase_plan {
	const char *name, *code;   /* before */
	enum subject_kind kind;
	int64_t id;
	int64_t customer_id;       /* whose file it is in; 0: an account */
	size_t customers;          /* a contact at so many */
	bool legal_person;
	struct erase_part *parts;
	size_t count;
	int64_t rows, events;      /* changed or gone; of the history, whose content goes */
	const char **refusals;     /* in words; any: nothing is done */
	size_t refusal_count;
	int64_t erasure_id;        /* once done */
};
struct status erase_look(struct db *db, const struct viewer *viewer, int64_t company_id, enum subject_kind kind, int64_t id, struct arena *arena,
                         struct erase_plan *out);
/* reason: "asked" (the person did), "ended" (its period is over). STATUS_CONFLICT with the first refusal. Projections are refreshed where
 * words of the books changed. */
struct status erase(struct change *change, enum subject_kind kind, int64_t id, const char *reason, struct arena *arena, struct erase_plan *out);

/* --- the register ----------------------------------------------------------------------------------------------------------------- */
struct erasure {
	int64_t id, customer_id, ref_id, by_user, rows, events, at;
	const char *subject, *reason, *code; /* code: the customer's, "" */
	int32_t day, lifted_day;
};
/* Newest first. */
struct status erasure_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id /* 0: all */, size_t most, struct arena *arena,
                           struct erasure **out, size_t *count);
/* The person may be known again: lists name him, his file is open. STATUS_CONFLICT when it was lifted already. */
struct status erasure_lift(struct change *change, int64_t id);

/* --- imports ------------------------------------------------------------------------------------------------------------------------ */
/* A file named an erased customer again, as `name`: its wordings lose the name too. *items: of that import and later than the erasure;
 * *day: of the erasure, DAY_NONE: he was not erased. */
struct status erase_again(struct change *change, int64_t customer_id, const char *name, int64_t import_id, struct arena *arena, int32_t *day, int64_t *items);

#endif
