#include "ledger/payer_group.h"

#include "base/memory.h"
#include "ledger/customer.h"

#include <string.h>

#define MEMBER "m.id, m.code, m.name, m.class"

static struct payer_member member_of(struct rows *rows, struct arena *arena)
{
	return (struct payer_member){ row_int(rows, 0), arena_strdup(arena, row_text(rows, 1)), arena_strdup(arena, row_text(rows, 2)),
		                      arena_strdup(arena, row_text(rows, 3)) };
}

struct status payer_group_load(struct db *db, const struct company *company, const struct settings *settings, int64_t customer_id, int32_t today,
                               struct arena *arena, struct payer_group *out)
{
	const struct db_arg *args = DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id), db_int("customer", customer_id));
	bool asked = false;
	*out = (struct payer_group){ .members = arena_array(arena, struct payer_member, 1) };
	cleanup_rows struct rows *own = db_query(db, "SELECT " MEMBER ", m.payer_mode, m.insolvency_day, m.payer_id FROM customer m WHERE m.tenant_id = $tenant"
		" AND m.company_id = $company AND m.id = $customer", args);
	if (rows_next(own)) {
		out->members[out->count++] = member_of(own, arena);
		const char *mode = row_text(own, 4)[0] ? row_text(own, 4) : setting_text(settings, "engine.payer");
		out->netted = strcmp(mode, "netted") == 0;
		asked = (out->netted || strcmp(mode, "together") == 0) && !row_int(own, 6) && (row_null(own, 5) || row_day(own, 5) > today);
	}
	TRY(rows_status(own));
	if (!asked) return STATUS_FINE;
	struct payer_member *list = NULL;
	size_t cap = 0, count = 0;
	struct rows *rows = db_query(db, "SELECT " MEMBER ", m.insolvency_day, m.generic FROM customer m WHERE m.tenant_id = $tenant AND m.company_id = $company"
		" AND m.payer_id = $customer AND m.payer_id > 0 AND m.merged_into = 0 ORDER BY m.code", args);
	while (rows_next(rows)) {
		if ((!row_null(rows, 4) && row_day(rows, 4) <= today) || strcmp(row_text(rows, 5), "accepted") == 0) continue;
		GROW(list, count, cap);
		list[count++] = member_of(rows, arena);
	}
	struct status status = rows_status(rows);
	rows_close(rows);
	struct payer_member *all = arena_array(arena, struct payer_member, count + 1);
	all[0] = out->members[0];
	if (count) memcpy(all + 1, list, count * sizeof *list);
	free(list);
	out->members = all, out->count = count + 1;
	return status;
}

struct status payer_group_asked(struct db *db, const struct company *company, const struct settings *settings, int64_t customer_id, int32_t today,
                                int64_t *out)
{
	*out = customer_id;
	cleanup_rows struct rows *rows = db_query(db, "SELECT h.id, h.payer_mode, h.insolvency_day FROM customer m JOIN customer h ON h.tenant_id = m.tenant_id"
		" AND h.company_id = m.company_id AND h.id = m.payer_id WHERE m.tenant_id = $tenant AND m.company_id = $company AND m.id = $customer"
		" AND m.payer_id > 0 AND h.payer_id = 0",
		DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id), db_int("customer", customer_id)));
	if (rows_next(rows)) {
		const char *mode = row_text(rows, 1)[0] ? row_text(rows, 1) : setting_text(settings, "engine.payer");
		if (strcmp(mode, "apart") != 0 && (row_null(rows, 2) || row_day(rows, 2) > today)) *out = row_int(rows, 0);
	}
	return rows_status(rows);
}

struct status payer_members_read(struct db *db, const struct company *company, const int64_t *ids, size_t count, struct arena *arena,
                                 struct payer_member **out, size_t *out_count)
{
	*out = arena_array(arena, struct payer_member, count + 1), *out_count = 0;
	for (size_t i = 0; i < count; i++) {
		cleanup_rows struct rows *rows = db_query(db, "SELECT " MEMBER " FROM customer m WHERE m.tenant_id = $tenant AND m.company_id = $company AND m.id = $customer",
			DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id), db_int("customer", ids[i])));
		if (rows_next(rows)) (*out)[(*out_count)++] = member_of(rows, arena);
		TRY(rows_status(rows));
	}
	return STATUS_FINE;
}

struct status payer_group_seen(struct db *db, const struct viewer *viewer, const struct company *company, const struct settings *settings,
                               int64_t customer_id, int32_t today, struct arena *arena)
{
	struct payer_group group;
	TRY(payer_group_load(db, company, settings, customer_id, today, arena, &group));
	for (size_t m = 1; m < group.count; m++) {
		struct status status = customer_check(db, viewer, company->id, group.members[m].id);
		if (status.code == STATUS_NOT_FOUND)
			return status_make(STATUS_CONFLICT, "%s pays for customers who are not all in your portfolio: his page shows their items too.", group.members[0].name);
		TRY(status);
	}
	return STATUS_FINE;
}
