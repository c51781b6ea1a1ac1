/* levels — how far another program's reminders had come, by customer or by invoice: the engine goes on from there instead of beginning
 * again (dunning/plan_load_item.c reads them as reminders that were sent).
 *
 * A level counts under the import that said it, so that taking it back takes it back. A level that is known already is no news. */
#ifndef INTAKE_LEVELS_H
#define INTAKE_LEVELS_H

#include "formats/csv.h"
#include "intake/batch.h"

/* Of a row of items, or of a list of customers; one that names a number speaks of that invoice. */
void levels_take(struct batch *batch, const struct csv_row *row, uint32_t customer);
/* Which of them are news, once customers and rows have their ids. */
struct status levels_match(const struct intake *intake, struct db *db, struct batch *batch, struct intake_result *result);
struct status levels_apply(struct change *change, const struct batch *batch, int64_t import_id);
struct status levels_undo(struct change *change, int64_t import_id);

#endif
