/* verify — what must always hold of a company's data, checked on demand: `encours verify`, after a restore, after imports.
 *
 * A check is a function and a line: those of the ledger in src/ledger/verify.c, those of rooms above it in src/cli/verify.c. */
#ifndef LEDGER_VERIFY_H
#define LEDGER_VERIFY_H

#include "base/arena.h"
#include "db/db.h"

/* Fills *ok, and *detail in words (arena or literal, English msgid where it is fixed); a status is for a store that can't be read. */
typedef struct status verify_function(struct db *db, int64_t tenant, int64_t company, struct arena *arena, bool *ok,
                                      const char **detail);
struct verify_line {
	const char *name; /* "event_chain" */
	verify_function *check;
};
extern const struct verify_line verify_ledger[]; /* ends with { 0 } */

#endif
