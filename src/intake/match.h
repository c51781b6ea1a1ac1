/* match — for each row of a batch the stored fact that it says again: for ledger files by contract section 3 "Modes" (match.c),
 * for lists of open items and payments by id, number or content (match_list.c). */
#ifndef INTAKE_MATCH_H
#define INTAKE_MATCH_H

#include "intake/batch.h"

/* Modes stock and delta: the rows of one customer against his stored facts. In mode stock adds closing rows for what is gone. */
void match_list(struct batch *batch, int64_t customer_id, struct batch_row *rows, size_t count,
                const struct stored_fact *stored, size_t stored_count, uint32_t source);
void batch_add_gone(struct batch *batch, const struct stored_fact *fact); /* copies what is needed of it */
/* Ids outside any transaction of the import. */
struct status intake_take_ids(const struct intake *intake, const char *name, int64_t count, int64_t *first);

#endif
