/* limitation_load — the noted events of a company's items, as the rule of limitation takes them. */
#ifndef DUNNING_LIMITATION_LOAD_H
#define DUNNING_LIMITATION_LOAD_H

#include "db/db.h"
#include "dunning/limitation.h"
#include "ledger/limitation_event.h"

struct limitation_notes {
	const struct limitation_note *list; /* by item and day */
	size_t count;
};
struct status limitation_notes_load(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct limitation_notes *out);
/* Those of an item: *first is the first of them; their number, which is 0 for most. */
size_t limitation_notes_of(const struct limitation_notes *notes, int64_t item_id, const struct limitation_note **first);
/* `out` has room for `count`; only those known on `as_of`. How many were written. */
size_t limitation_events(const struct limitation_note *notes, size_t count, int32_t as_of, struct limitation_event *out);

#endif
