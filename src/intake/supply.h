/* supply — the facts of a company's very first import, given to the projection from the rows in memory: they were written a moment
 * ago, and reading them back was a fifteenth of the import. Later imports meet what is stored, and read it. */
#ifndef INTAKE_SUPPLY_H
#define INTAKE_SUPPLY_H

#include "intake/batch.h"
#include "ledger/projection_store.h"

struct supply {
	struct projection_supply projection;
	const struct batch *batch;
	const struct batch_customer **customers; /* the new ones, by id */
	size_t count;
	int64_t import_id;
};

/* NULL where anything else is known of the company's ledger, or rows are not all that the import brings. */
const struct projection_supply *supply_open(struct supply *supply, const struct batch *batch, int64_t import_id, bool first_import,
                                            struct arena *arena);

#endif
