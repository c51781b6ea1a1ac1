/* notice_batch — notices of the gazette on their way through the pipeline: no facts of the books, but what became of customers
 * (ledger/insolvency_notice.h). */
#ifndef INTAKE_NOTICE_BATCH_H
#define INTAKE_NOTICE_BATCH_H

#include "intake/batch.h"

#define NOTICE_FORMAT "bodacc"
struct status notice_batch_read(const struct intake *intake, const char *bytes, size_t len, struct batch *batch, struct intake_result *result);
struct status notice_batch_match(const struct intake *intake, struct db *db, struct batch *batch, struct intake_result *result);
struct status notice_batch_apply(struct change *change, const struct batch *batch, int64_t import_id);

#endif
