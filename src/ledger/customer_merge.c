#include "ledger/customer_merge.h"

#include "base/memory.h"
#include "ledger/event.h"

#define OVER(table) "UPDATE " table " SET customer_id = $into, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $from"

/* What one knows and the other doesn't; an address goes as a whole. */
static const char take_sql[] =
	"UPDATE customer SET rev = $rev,"
	" siren = CASE WHEN customer.siren = '' THEN o.siren ELSE customer.siren END,"
	" vat_number = CASE WHEN customer.vat_number = '' THEN o.vat_number ELSE customer.vat_number END,"
	" email = CASE WHEN customer.email = '' THEN o.email ELSE customer.email END,"
	" phone = CASE WHEN customer.phone = '' THEN o.phone ELSE customer.phone END,"
	" address = CASE WHEN customer.address || customer.postcode || customer.city = '' THEN o.address ELSE customer.address END,"
	" postcode = CASE WHEN customer.address || customer.postcode || customer.city = '' THEN o.postcode ELSE customer.postcode END,"
	" city = CASE WHEN customer.address || customer.postcode || customer.city = '' THEN o.city ELSE customer.city END,"
	" country = CASE WHEN customer.country = '' THEN o.country ELSE customer.country END"
	" FROM customer o WHERE customer.tenant_id = $tenant AND customer.company_id = $company AND customer.id = $into"
	" AND o.tenant_id = $tenant AND o.company_id = $company AND o.id = $from";

struct status customer_merge(struct change *change, int64_t from, int64_t into)
{
	static const char *const moves[] = { OVER("contact"), OVER("action"), OVER("promise"), OVER("dispute"), OVER("hold"), OVER("reply"),
		OVER("answer"), OVER("question"), OVER("outbox"), OVER("task"), OVER("inbox_message"), OVER("invoice_status"), OVER("insolvency_notice"),
		OVER("dispute_case"), OVER("dispute_message"), OVER("payment_plan") };
	int64_t changed = 0;
	TRY(db_run_count(change->db,
	                 "UPDATE customer SET merged_into = $into, rev = $rev, ledger_rev = $rev WHERE tenant_id = $tenant AND company_id = $company"
	                 " AND id = $from AND merged_into = 0 AND id <> $into AND EXISTS (SELECT 1 FROM customer o WHERE o.tenant_id = $tenant"
	                 " AND o.company_id = $company AND o.id = $into AND o.merged_into = 0)",
	                 DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("from", from),
	                         db_int("into", into), db_int("rev", change->rev)), &changed));
	if (changed != 1) return status_make(STATUS_CONFLICT, "These two customers can't be made one: one of them is part of another already.");
	TRY(db_run(change->db, take_sql,
	           DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("from", from),
	                   db_int("into", into), db_int("rev", change->rev))));
	for (size_t i = 0; i < COUNT(moves); i++)
		TRY(db_run(change->db, moves[i],
		           DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("from", from), db_int("into", into),
		                   db_int("rev", change->rev))));
	TRY(db_run(change->db, "UPDATE document SET customer_id = $into WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $from",
	           DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("from", from), db_int("into", into))));
	static const char *const followers[] = {
		"UPDATE watch SET customer_id = $into WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $from AND NOT EXISTS"
		" (SELECT 1 FROM watch w WHERE w.tenant_id = $tenant AND w.company_id = $company AND w.customer_id = $into AND w.user_id = watch.user_id)",
		"DELETE FROM watch WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $from AND CAST($into AS BIGINT) > 0",
		"UPDATE debtor_link SET customer_id = $into WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $from",
		"UPDATE notification SET customer_id = $into WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $from",
	};
	for (size_t i = 0; i < COUNT(followers); i++)
		TRY(db_run(change->db, followers[i],
		           DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("from", from), db_int("into", into))));
	/* one main contact */
	TRY(db_run(change->db,
	           "UPDATE contact SET main = 0, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $into AND main = 1"
	           " AND id > (SELECT min(m.id) FROM contact m WHERE m.tenant_id = $tenant AND m.company_id = $company AND m.customer_id = $into"
	           " AND m.main = 1 AND m.removed = 0)",
	           DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("into", into), db_int("rev", change->rev))));
	char content[64];
	snprintf(content, sizeof content, "{\"from\":%lld}", (long long)from);
	return event_add(change, &(struct event_new){ .kind = "customer.merged", .customer_id = into, .ref = from, .content = content });
}
