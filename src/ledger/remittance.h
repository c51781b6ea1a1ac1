/* remittance — bills and direct debits handed to the bank together, and the file that it gets (formats/remit.h).
 *
 * What is ticked is remitted or nothing: one file, one kind (lcr with bor; core; b2b), one day of collection for debits. The file is
 * kept as it was written, so that it can be fetched again byte for byte. */
#ifndef LEDGER_REMITTANCE_H
#define LEDGER_REMITTANCE_H

#include "ledger/instrument.h"

enum { REMITTANCE_LINES = 2000 };
struct remittance {
	int64_t id, count, total, by_user, at, rev;
	const char *kind, *iban, *currency, *file_name;
	bool discount;
	int32_t made_day, value_day;
};
struct remittance_new {
	const int64_t *instruments;
	size_t count;
	bool discount;          /* bills */
	int made_minutes;       /* local time of day, for the file */
};
/* Wants RIGHT_CASH. */
struct status remittance_make(struct change *change, const struct remittance_new *given, int64_t *id);
struct status remittance_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct remittance **out,
                              size_t *count);
/* bytes live in the arena. Wants RIGHT_CASH: account numbers are in it. */
struct status remittance_file(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct remittance *out,
                              const char **bytes, size_t *len);

#endif
