/* lifecycle_batch — statuses of invoices on their way through the pipeline: no facts of the books, but what became of invoices
 * (ledger/invoice_status.h). */
#ifndef INTAKE_LIFECYCLE_BATCH_H
#define INTAKE_LIFECYCLE_BATCH_H

#include "intake/batch.h"

/* By the name of a format: "cdar", "peppol-response", "status-list", "chorus-pro"; FORMAT_UNKNOWN: another's. */
enum format_kind lifecycle_kind(const char *format);
struct status lifecycle_batch_read(const struct intake *intake, const char *bytes, size_t len, struct batch *batch, struct intake_result *result);
struct status lifecycle_batch_match(const struct intake *intake, struct db *db, struct batch *batch, struct intake_result *result);
/* `ids` grows by customers who have another due date now. */
struct status lifecycle_batch_apply(struct change *change, const struct batch *batch, int64_t import_id, int64_t **ids, size_t *count);

#endif
