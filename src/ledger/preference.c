#include "ledger/preference.h"

#include "base/memory.h"
#include "ledger/event.h"

#include <string.h>

struct status preference_get(struct db *db, int64_t tenant, int64_t company, int64_t customer_id, struct arena *arena, struct preference *out)
{
	*out = (struct preference){ .hours = "", .note = "", .channel = "" };
	cleanup_rows struct rows *rows = db_query(db,
	        "SELECT no_phone, copies, hours, note, channel FROM preference WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer",
	        DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_int("customer", customer_id)));
	if (rows_next(rows)) {
		out->no_phone = row_int(rows, 0) != 0;
		out->copy_sales = strstr(row_text(rows, 1), "sales") != NULL;
		out->copy_collector = strstr(row_text(rows, 1), "collector") != NULL;
		out->hours = arena_strdup(arena, row_text(rows, 2));
		out->note = arena_strdup(arena, row_text(rows, 3));
		out->channel = arena_strdup(arena, row_text(rows, 4));
	}
	return rows_status(rows);
}

/* "09:00-12:00" or "09:00-12:00,14:00-16:00" */
static bool hours_fit(const char *hours)
{
	for (const char *p = hours; *p;) {
		static const char shape[] = "00:00-00:00";
		size_t len = strcspn(p, ",");
		if (len != strlen(shape)) return false;
		for (size_t i = 0; i < len; i++)
			if (shape[i] == '0' ? p[i] < '0' || p[i] > '9' : p[i] != shape[i]) return false;
		if (memcmp(p, "24:00", 5) > 0 || memcmp(p + 6, "24:00", 5) > 0 || memcmp(p, p + 6, 5) >= 0 || p[3] > '5' || p[9] > '5') return false;
		p += len + (p[len] == ',');
	}
	return strlen(hours) <= 60;
}

struct status preference_set(struct change *change, int64_t customer_id, const struct preference *preference)
{
	if (!hours_fit(preference->hours)) return status_make(STATUS_INVALID, "Write the hours as 09:00-12:30,14:00-17:30, in order.");
	const char *channel = preference->channel ? preference->channel : "";
	if (*channel && strcmp(channel, "email") != 0 && strcmp(channel, "letter") != 0 && strcmp(channel, "sms") != 0)
		return status_make(STATUS_INVALID, "A customer prefers email, letter or sms.");
	const char *copies = preference->copy_sales && preference->copy_collector ? "sales,collector" : preference->copy_sales ? "sales"
	                     : preference->copy_collector ? "collector" : "";
	TRY(db_run(change->db,
	        "INSERT INTO preference (tenant_id, company_id, customer_id, hours, no_phone, copies, note, channel, rev) VALUES ($tenant, $company, $customer, $hours, "
	        "$no_phone, $copies, $note, $channel, $rev) ON CONFLICT (tenant_id, company_id, customer_id) DO UPDATE SET hours = excluded.hours, "
	        "no_phone = excluded.no_phone, copies = excluded.copies, note = excluded.note, channel = excluded.channel, rev = excluded.rev",
	        DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("customer", customer_id),
	                db_text("hours", preference->hours), db_int("no_phone", preference->no_phone), db_text("copies", copies),
	                db_text("note", preference->note), db_text("channel", channel), db_int("rev", change->rev))));
	return event_add_json(change, (struct event_new){ .kind = "preference.changed", .customer_id = customer_id },
	                      json_pack("{s:b, s:s, s:s, s:s}", "no_phone", preference->no_phone, "copies", copies, "hours", preference->hours, "channel", channel));
}

static int minute_of(const char *at)
{
	return ((at[0] - '0') * 10 + at[1] - '0') * 60 + (at[3] - '0') * 10 + at[4] - '0';
}

bool preference_open(const char *hours, int minutes)
{
	if (!hours || !*hours || !hours_fit(hours)) return true;
	for (const char *p = hours; *p; p += strcspn(p, ","), p += *p == ',')
		if (minutes >= minute_of(p) && minutes < minute_of(p + 6)) return true;
	return false;
}

struct status preference_hours(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct preference_hours **out, size_t *count)
{
	size_t cap = 16;
	struct preference_hours *list = arena_array(arena, struct preference_hours, cap);
	*count = 0;
	cleanup_rows struct rows *rows = db_query(db, "SELECT customer_id, hours FROM preference WHERE tenant_id = $tenant AND company_id = $company AND hours <> '' ORDER BY customer_id",
	                                          DB_ARGS(db_int("tenant", tenant), db_int("company", company)));
	while (rows_next(rows)) {
		if (*count == cap) {
			struct preference_hours *more = arena_array(arena, struct preference_hours, cap * 2);
			memcpy(more, list, cap * sizeof *list);
			list = more, cap *= 2;
		}
		list[(*count)++] = (struct preference_hours){ row_int(rows, 0), arena_strdup(arena, row_text(rows, 1)) };
	}
	*out = list;
	return rows_status(rows);
}
