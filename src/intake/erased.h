/* erased — customers whose data was erased and whom a file names again: their new lines lose the name too, and the import tells of those
 * who have new items, since nobody is reminded of them until a person lifts the erasure (privacy/erase.h). */
#ifndef INTAKE_ERASED_H
#define INTAKE_ERASED_H

#include "intake/batch.h"
#include "ledger/company.h"

struct status erased_again(struct change *change, const struct intake *intake, const struct batch *batch, int64_t import_id, struct intake_result *result);

#endif
