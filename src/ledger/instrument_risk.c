#include "ledger/instrument_risk.h"

#include "base/day.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* A CORE debit may be refunded for eight weeks, a B2B one comes back within three banking days (law.md 1.4): five days with a weekend. */
enum { CORE_DAYS = 56, B2B_DAYS = 5 };

struct status instrument_risks(struct db *db, const struct viewer *viewer, int64_t company_id, const char *currency, int64_t customer_id, int32_t today,
                               struct arena *arena, struct instrument_risk **out, size_t *count)
{
	struct instrument_risk *list = NULL;
	size_t cap = 0;
	*out = arena_array(arena, struct instrument_risk, 1), *count = 0;
	if (!viewer_sees_company(viewer, company_id)) return STATUS_FINE;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT p.customer_id, CAST(SUM(p.amount) AS BIGINT), c.collector_id, c.sales_id, c.group_code FROM instrument p JOIN customer c ON c.tenant_id = p.tenant_id"
		" AND c.company_id = p.company_id AND c.id = p.customer_id LEFT JOIN mandate m ON m.tenant_id = p.tenant_id AND m.company_id = p.company_id AND m.id = p.mandate_id"
		" WHERE p.tenant_id = $tenant AND p.company_id = $company AND p.currency = $currency AND (CAST($customer AS BIGINT) = 0 OR p.customer_id = $customer)"
		" AND ((p.state = 'remitted' AND NOT EXISTS (SELECT 1 FROM instrument_item n JOIN item i ON i.tenant_id = n.tenant_id AND i.company_id = n.company_id"
		" AND i.customer_id = p.customer_id AND i.id = n.item_id WHERE n.tenant_id = p.tenant_id AND n.company_id = p.company_id AND n.instrument_id = p.id AND i.open_amount > 0))"
		" OR (p.state = 'paid' AND p.kind = 'debit' AND p.paid_day <= $today AND p.paid_day + CASE WHEN m.scheme = 'b2b' THEN CAST($b2b AS BIGINT) ELSE CAST($core AS BIGINT) END >= $today))"
		" GROUP BY p.customer_id, c.collector_id, c.sales_id, c.group_code ORDER BY p.customer_id",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_text("currency", currency), db_int("customer", customer_id), db_day("today", today),
		        db_int("b2b", B2B_DAYS), db_int("core", CORE_DAYS)));
	while (rows_next(rows)) {
		if (!viewer_sees_customer(viewer, row_int(rows, 2), row_int(rows, 3), row_text(rows, 4))) continue;
		GROW(list, *count, cap);
		list[(*count)++] = (struct instrument_risk){ row_int(rows, 0), row_int(rows, 1) };
	}
	struct status status = rows_status(rows);
	*out = arena_array(arena, struct instrument_risk, *count + 1);
	if (*count) memcpy(*out, list, *count * sizeof *list);
	free(list);
	return status;
}

int64_t instrument_risk_find(const struct instrument_risk *list, size_t count, int64_t customer_id)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (list[middle].customer_id < customer_id) low = middle + 1;
		else high = middle;
	}
	return low < count && list[low].customer_id == customer_id ? list[low].amount : 0;
}
