#include "cash/discounts.h"

#include "base/day.h"
#include "base/memory.h"
#include "ledger/setting.h"

#include <stdlib.h>
#include <string.h>

struct status discounts_taken(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t from, int32_t to, struct arena *arena, struct discount_taken **out, size_t *count)
{
	*out = arena_array(arena, struct discount_taken, 1), *count = 0;
	if (!viewer_sees_company(viewer, company_id)) return status_make(STATUS_NOT_FOUND, "There is no such company.");
	if (to < from) return status_make(STATUS_INVALID, "The period ends before it begins.");
	const struct settings *settings;
	struct discount_taken *list = NULL;
	size_t cap = 0;
	TRY(settings_load(db, viewer->tenant_id, company_id, arena, &settings));
	int32_t vat = discount_vat_rate(settings);
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT k.debit_id, x.application_id, x.amount, x.currency, x.posting_day, COALESCE(i.number, x.number), COALESCE(i.amount, 0), i.issue_day, c.code, c.name, c.discount_days,"
		" c.discount_rate, c.collector_id, c.sales_id, c.group_code FROM cash_fact x JOIN cash_application a ON a.tenant_id = x.tenant_id AND a.company_id = x.company_id"
		" AND a.id = x.application_id AND a.state = 'active' JOIN customer c ON c.tenant_id = x.tenant_id AND c.company_id = x.company_id AND c.id = x.customer_id"
		" LEFT JOIN cash_link k ON k.tenant_id = x.tenant_id AND k.company_id = x.company_id AND k.application_id = x.application_id AND k.credit_id = x.id"
		" LEFT JOIN item i ON i.tenant_id = x.tenant_id AND i.company_id = x.company_id AND i.id = k.debit_id"
		" WHERE x.tenant_id = $tenant AND x.company_id = $company AND x.difference = 'discount' AND x.posting_day >= $from AND x.posting_day <= $to"
		" ORDER BY x.posting_day, x.id",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_day("from", from), db_day("to", to)));
	while (rows_next(rows)) {
		if (!viewer_sees_customer(viewer, row_int(rows, 12), row_int(rows, 13), row_text(rows, 14))) continue;
		GROW(list, *count, cap);
		struct discount_taken *one = &list[(*count)++];
		int64_t taken = -row_int(rows, 2);
		*one = (struct discount_taken){ .item_id = row_int(rows, 0), .application_id = row_int(rows, 1), .amount = taken, .vat = discount_vat(taken, vat), .invoice = row_int(rows, 6),
			.day = row_day(rows, 4), .until = DAY_NONE, .number = arena_strdup(arena, row_text(rows, 5)), .customer_code = arena_strdup(arena, row_text(rows, 8)),
			.customer_name = arena_strdup(arena, row_text(rows, 9)) };
		one->charge = taken - one->vat;
		if (row_int(rows, 11) > 0 && !row_null(rows, 7)) one->until = row_day(rows, 7) + (int32_t)row_int(rows, 10);
		one->late = one->until != DAY_NONE && one->day > one->until;
		snprintf(one->currency, sizeof one->currency, "%s", row_text(rows, 3));
	}
	*out = arena_array(arena, struct discount_taken, *count + 1);
	if (*count) memcpy(*out, list, *count * sizeof *list);
	free(list);
	return rows_status(rows);
}
