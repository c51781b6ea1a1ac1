/* statement_batch — a bank's statement on its way through the pipeline: no facts of the books, but lines, balances and accounts
 * (cash/bank.h). What people decide of the lines afterwards brings the facts. */
#ifndef INTAKE_STATEMENT_BATCH_H
#define INTAKE_STATEMENT_BATCH_H

#include "formats/recognise.h"
#include "intake/batch.h"
#include "ledger/company.h"

/* By the name of a format ("camt", "camt.053", "cfonb", "cfonb120", "mt940"…); FORMAT_UNKNOWN: not a bank's. */
enum format_kind statement_kind(const char *format);
struct status statement_batch_read(const struct intake *intake, const char *bytes, size_t len, struct batch *batch, struct intake_result *result);
struct status statement_batch_match(const struct intake *intake, struct db *db, struct batch *batch, struct intake_result *result);
struct status statement_batch_apply(struct change *change, const struct batch *batch, int64_t import_id);
/* Lines that only this import held are gone, and what was decided of them. `ids` grows by the customers to recompute. */
struct status statement_batch_undo(struct change *change, int64_t import_id, int64_t **ids, size_t *count, int64_t *applications);

#endif
