#include "intake/people.h"

struct status people_undo(struct change *change, int64_t import_id)
{
	return db_run(change->db,
	              "UPDATE contact SET removed = 1, rev = $rev WHERE tenant_id = $tenant AND company_id = $company"
	              " AND import_id = $id AND removed = 0",
	              DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id),
	                      db_int("id", import_id), db_int("rev", change->rev)));
}
