/* values — what a list says of the fields that the company defined for itself (ledger/custom.h), for customers and for items.
 *
 * They are no facts: kept beside customers and items under the import that said them, so that taking it back takes them back. What
 * a person wrote stays. An empty cell says nothing. */
#ifndef INTAKE_VALUES_H
#define INTAKE_VALUES_H

#include "formats/csv.h"
#include "intake/batch.h"

/* How a list of this company is to be looked at: its language, the mapping (may be NULL), its own fields. Lives in the intake's arena. */
struct csv_options values_options(const struct intake *intake, const char *mapping);
/* Takes a row's values; *fits false: one of them can't be, the row is among csv->rejected. */
struct status values_take(const struct intake *intake, struct batch *batch, struct csv *csv, const struct csv_row *row, uint32_t customer, bool *fits);
/* Which of them are news, once customers and rows have their ids; counted as changed where nothing else of the row is. */
struct status values_match(const struct intake *intake, struct db *db, struct batch *batch, struct intake_result *result);
struct status values_apply(struct change *change, const struct batch *batch, int64_t import_id);

#endif
