/* company — a company of the tenant, its settings, its business date, and the one door to writing.
 *
 * Whoever changes a company's data does it inside company_begin … company_end: the company's row is locked, one new
 * revision is taken, changed rows carry it (`rev = change.rev`), and at least one event is added (ledger/event.h).
 *
 *     struct change change;
 *     TRY(company_begin(db, viewer, company_id, today, now, &change));     inside a db transaction (store_transact)
 *     … write rows with rev = change.rev …
 *     TRY(event_add(&change, &(struct event_new){ .kind = "hold.set", .customer_id = c, .content = json }));
 *     TRY(company_end(&change));                                           the caller commits
 */
#ifndef LEDGER_COMPANY_H
#define LEDGER_COMPANY_H

#include "access/viewer.h"
#include "base/arena.h"
#include "db/db.h"

struct company {
	int64_t tenant_id, id;
	char code[32], name[200], siren[16], country[4], currency[4], zone[64];
	bool live;
	int64_t rev;
};

struct company_new {
	const char *code, *name, *siren, *currency, *country; /* NULL: derived or the default */
};
/* Creates the tenant 1 when the store has none; the code defaults to letters of the name. */
struct status company_create(struct store *store, const struct viewer *viewer, struct company_new make, int64_t now,
                             struct company *out);
/* code NULL or "": the only company; several without a code is STATUS_INVALID and lists them. */
struct status company_find(struct db *db, const struct viewer *viewer, const char *code, struct company *out);
struct status company_get(struct db *db, const struct viewer *viewer, int64_t id, struct company *out);
/* The company's own fields, by name: "name", "siren", "country", "currency" (while it has no items), "zone". Checked, with an
 * event; anything else goes to setting_set. */
struct change;
struct status company_set(struct change *change, const char *name, const char *value);
/* All the viewer may see, by code. *out lives in the arena. */
struct status company_list(struct db *db, const struct viewer *viewer, struct arena *arena, struct company **out,
                           size_t *count);

/* --- clock ---------------------------------------------------------------------------------------------------------- */
/* The one place where time comes in. today: the company's civil day in its own zone, or the forced one; now: UTC seconds. */
struct clock {
	bool forced;       /* --today */
	int32_t today;     /* when forced */
	int minutes;       /* local time of day when forced: 600 unless --now */
};
int32_t company_today(const struct company *company, const struct clock *clock);
int64_t company_now(const struct company *company, const struct clock *clock);   /* UTC seconds, forced day included */
int company_minutes(const struct company *company, const struct clock *clock);   /* local minutes since midnight */

/* --- settings: src/ledger/setting.h has the rest ------------------------------------------------------------------------- */
#include "ledger/setting.h"

/* --- one change -------------------------------------------------------------------------------------------------------- */
struct change {
	struct db *db;
	const struct viewer *viewer;
	struct company company;
	int64_t rev;    /* the new revision */
	int32_t today;
	int64_t now;
	int events;              /* added so far */
	int64_t event_seq;       /* head of the chain, written by company_end */
	uint8_t event_hash[32];
};
struct status company_begin(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t today, int64_t now,
                            struct change *out);
struct status company_end(struct change *change); /* writes the head of the chain; a change without an event changed nothing */

#endif
