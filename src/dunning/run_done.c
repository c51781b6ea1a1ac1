#include "dunning/run.h"

struct status run_done(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t day, bool *out)
{
	int64_t at = 0;
	return db_get_int(db, "SELECT last_at FROM run WHERE tenant_id = $tenant AND company_id = $company AND day = $day",
	                  DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_day("day", day)), &at, out);
}
