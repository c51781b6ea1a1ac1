/* rate — rates a person entered, beside those the program knows (src/dunning/rates.c): the next half-year's, usually. */
#ifndef LEDGER_RATE_H
#define LEDGER_RATE_H

#include "base/arena.h"
#include "ledger/company.h"

struct rate_entered {
	const char *kind; /* ecb: ECB refinancing; legal_professional, legal_consumer: legal interest of a half-year */
	int32_t from_day, basis_points;
};
/* By kind and day, newest first. */
struct status rate_list(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena,
                        struct rate_entered **out, size_t *count);
/* percent: "2,65". A rate of the same kind and day is replaced; empty takes it back. */
struct status rate_enter(struct change *change, const char *kind, int32_t from_day, const char *percent);

#endif
