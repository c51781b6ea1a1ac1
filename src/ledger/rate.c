#include "ledger/rate.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/money.h"
#include "base/text.h"
#include "ledger/customer.h"
#include "ledger/event.h"

#include <string.h>

struct status rate_list(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena,
                        struct rate_entered **out, size_t *count)
{
	*out = NULL, *count = 0;
	if (!viewer_sees_company(viewer, company_id)) return status_make(STATUS_NOT_FOUND, "There is no such company.");
	const struct db_arg *args = DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id));
	int64_t total = 0;
	TRY(db_get_int(db, "SELECT COUNT(*) FROM rate WHERE tenant_id = $tenant AND company_id = $company", args, &total, NULL));
	struct rate_entered *rates = arena_array(arena, struct rate_entered, total ? total : 1);
	size_t found = 0;
	cleanup_rows struct rows *rows = db_query(db,
	                                          "SELECT kind, from_day, basis_points FROM rate WHERE tenant_id = $tenant "
	                                          "AND company_id = $company ORDER BY kind, from_day DESC",
	                                          args);
	while (found < (size_t)total && rows_next(rows))
		rates[found++] = (struct rate_entered){ arena_strdup(arena, row_text(rows, 0)), row_day(rows, 1), (int32_t)row_int(rows, 2) };
	TRY(rows_status(rows));
	*out = rates, *count = found;
	return STATUS_FINE;
}

struct status rate_enter(struct change *change, const char *kind, int32_t from_day, const char *percent)
{
	TRY(change_allows(change, RIGHT_SETTINGS));
	static const char *const kinds[] = { "ecb", "legal_professional", "legal_consumer" };
	size_t known = 0;
	while (known < COUNT(kinds) && strcmp(kinds[known], kind) != 0) known++;
	if (known == COUNT(kinds)) return status_make(STATUS_INVALID, "“%s” is no kind of rate.", kind);
	if (from_day == DAY_NONE) return status_make(STATUS_INVALID, "From which day does the rate apply?");
	struct slice text = slice_trim(slice_of(percent));
	const struct db_arg *args = DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id),
	                                    db_text("kind", kind), db_day("day", from_day));
	int64_t basis_points = -1;
	if (text.len) {
		char mark = memchr(text.bytes, ',', text.len) ? ',' : '.';
		if (!amount_parse(text.bytes, text.len, (struct amount_style){ mark, 2 }, &basis_points) || basis_points < 0 || basis_points > 10000)
			return status_make(STATUS_INVALID, "A rate is a percentage between 0 and 100 with at most two decimals, as in 12,15.");
		TRY(db_run(change->db,
		           "INSERT INTO rate (tenant_id, company_id, kind, from_day, basis_points) VALUES ($tenant, $company, $kind, $day, $rate) "
		           "ON CONFLICT (tenant_id, company_id, kind, from_day) DO UPDATE SET basis_points = excluded.basis_points",
		           DB_ARGS(args[0], args[1], args[2], args[3], db_int("rate", basis_points))));
	} else {
		int64_t gone = 0;
		TRY(db_run_count(change->db,
		                 "DELETE FROM rate WHERE tenant_id = $tenant AND company_id = $company AND kind = $kind AND from_day = $day",
		                 args, &gone));
		if (!gone) return status_make(STATUS_INVALID, "Write the rate in percent, as in 2,65.");
	}
	char iso[11];
	day_format(from_day, iso);
	return event_add_json(change, (struct event_new){ .kind = "rate.set" },
	                      json_pack("{s:s,s:s,s:o}", "kind", kind, "day", iso, "basis_points",
	                                basis_points < 0 ? json_null() : json_integer(basis_points)));
}
