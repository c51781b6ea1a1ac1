#include "intake/unposted.h"

#include "base/day.h"
#include "base/text.h"

struct status unposted_documents(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct unposted *out)
{
	enum { NAMED = 5 };
	int64_t last = 0;
	*out = (struct unposted){ .numbers = "" };
	/* how far their sales reach: whoever posts a month later has not forgotten its invoices */
	TRY(db_get_int(db, "SELECT COALESCE(MAX(d.day), 0) FROM account_day d JOIN import m ON m.tenant_id = d.tenant_id AND m.company_id = d.company_id AND m.id = d.import_id"
	                   " WHERE d.tenant_id = $tenant AND d.company_id = $company AND m.state = 'active' AND m.mode = 'ledger' AND d.account >= '70' AND d.account < '71'",
	               DB_ARGS(db_int("tenant", tenant), db_int("company", company)), &last, NULL));
	if (!last) return STATUS_FINE;
	/* mostly there is none, and a planner that is not told so begins with the items */
	int64_t any = 0;
	TRY(db_get_int(db, "SELECT COUNT(*) FROM import WHERE tenant_id = $tenant AND company_id = $company AND state = 'active'"
	                   " AND format IN ('ubl', 'cii', 'facturx', 'einvoices')",
	               DB_ARGS(db_int("tenant", tenant), db_int("company", company)), &any, NULL));
	if (!any) return STATUS_FINE;
	cleanup_text struct text names = { 0 };
	/* one that the books have too gave way to their line, and is no item of its own any more (projection_einvoice.c) */
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT i.number FROM import m JOIN fact f ON f.tenant_id = m.tenant_id AND f.company_id = m.company_id AND f.import_id = m.id"
		" JOIN item i ON i.tenant_id = f.tenant_id AND i.company_id = f.company_id AND i.id = f.id"
		" WHERE m.tenant_id = $tenant AND m.company_id = $company AND m.state = 'active' AND m.format IN ('ubl', 'cii', 'facturx', 'einvoices')"
		" AND i.withdrawn = 0 AND i.open_amount <> 0 AND i.posting_day <= $last ORDER BY i.posting_day, i.number",
		DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_int("last", last)));
	while (rows_next(rows))
		if (out->count++ < NAMED) text_addf(&names, "%s%s", names.len ? ", " : "", row_text(rows, 0));
	if (out->count > NAMED) text_add(&names, " …");
	out->numbers = arena_strdup(arena, text_cstr(&names));
	return rows_status(rows);
}
