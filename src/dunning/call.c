#include "dunning/call.h"

#include "base/memory.h"
#include "base/zone.h"

/* msgids */
static const struct late_reason reasons[] = {
	{ "approval", "Waiting for approval", "1" },      { "purchase_order", "No purchase order", "2" },
	{ "not_received", "Invoice not received", "3" },  { "cash", "Cash problem", "4" },
	{ "payment_run", "Next payment run", "5" },       { "dispute", "Something is contested", "6" },
	{ "document", "A document is missing", "7" },     { "offset", "Wants to set off", "8" },
	{ "said_paid", "Says it is paid", "9" },          { "other", "Some other reason", "0" },
};

const struct late_reason *late_reason_list(size_t *count)
{
	*count = COUNT(reasons);
	return reasons;
}

const struct late_reason *late_reason_find(const char *code)
{
	for (size_t i = 0; i < COUNT(reasons); i++)
		if (strcmp(reasons[i].code, code) == 0) return &reasons[i];
	return NULL;
}

const char *late_reason_of_outcome(const char *outcome)
{
	static const struct {
		const char *outcome, *reason;
	} said[] = {
		{ "approver", "approval" }, { "po_missing", "purchase_order" }, { "resent", "not_received" }, { "plan", "cash" },
		{ "insolvency", "cash" },   { "dispute", "dispute" },           { "offset", "offset" },       { "search_bank", "said_paid" },
	};
	for (size_t i = 0; outcome && i < COUNT(said); i++)
		if (strcmp(said[i].outcome, outcome) == 0) return said[i].reason;
	return "";
}

bool call_reached(const char *outcome)
{
	static const char *const missed[] = { "na", "voicemail", "wrong_number" };
	for (size_t i = 0; i < COUNT(missed); i++)
		if (strcmp(missed[i], outcome) == 0) return false;
	return true;
}

/* --- writing ---------------------------------------------------------------------------------------------------------------------- */
struct status call_record(struct change *change, const struct action *action, const char *outcome)
{
	if (!outcome || !*outcome) return STATUS_FINE;
	int64_t id;
	int32_t day;
	int minute;
	zone_civil(change->company.zone, change->now, &day, &minute);
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "call", 1, &id));
	return db_run(change->db,
	        "INSERT INTO call_attempt (tenant_id, company_id, customer_id, id, action_id, at, day, minute, outcome, reached, reason, by_user) "
	        "VALUES ($tenant, $company, $customer, $id, $action, $at, $day, $minute, $outcome, $reached, $reason, $user)",
	        DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("customer", action->customer_id),
	                db_int("id", id), db_int("action", action->id), db_int("at", change->now), db_day("day", change->today),
	                db_int("minute", minute), db_text("outcome", outcome), db_int("reached", call_reached(outcome)),
	                db_text("reason", late_reason_of_outcome(outcome)), db_int("user", change->viewer->user_id)));
}

#define LAST_ATTEMPT                                                                                                           \
	"id = (SELECT MAX(id) FROM call_attempt WHERE tenant_id = $tenant AND company_id = $company AND action_id = $action AND undone = 0)"

struct status call_undo(struct change *change, int64_t action_id)
{
	return db_run(change->db,
	        "UPDATE call_attempt SET undone = 1 WHERE tenant_id = $tenant AND company_id = $company AND action_id = $action AND " LAST_ATTEMPT,
	        DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("action", action_id)));
}

struct status call_reason_set(struct change *change, int64_t action_id, const char *reason)
{
	if (!late_reason_find(reason)) return status_make(STATUS_INVALID, "“%.40s” is no reason for a late payment.", reason);
	struct action *action;
	cleanup_arena struct arena *arena = arena_new();
	TRY(action_get(change->db, change->viewer, change->company.id, action_id, arena, &action)); /* may he see it at all */
	return db_run(change->db,
	        "UPDATE call_attempt SET reason = $reason WHERE tenant_id = $tenant AND company_id = $company AND action_id = $action AND " LAST_ATTEMPT,
	        DB_ARGS(db_text("reason", reason), db_int("tenant", change->company.tenant_id), db_int("company", change->company.id),
	                db_int("action", action_id)));
}

/* --- reading ------------------------------------------------------------------------------------------------------------------------ */
struct status call_reasons(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, int32_t today,
                           struct arena *arena, struct call_reason **out, size_t *count)
{
	*out = arena_array(arena, struct call_reason, COUNT(reasons) + 1);
	*count = 0;
	if (!viewer_sees_company(viewer, company_id)) return STATUS_FINE;
	cleanup_rows struct rows *rows = db_query(db,
	        "SELECT t.reason, COUNT(*) AS times, MAX(t.day) AS last_day FROM call_attempt t WHERE t.tenant_id = $tenant AND t.company_id = $company "
	        "AND t.customer_id = $customer AND t.undone = 0 AND t.reason <> '' AND t.day > $since AND t.day <= $today "
	        "GROUP BY t.reason ORDER BY times DESC, last_day DESC, t.reason",
	        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("customer", customer_id),
	                db_day("since", today - 730), db_day("today", today)));
	while (*count < COUNT(reasons) && rows_next(rows)) {
		const struct late_reason *known = late_reason_find(row_text(rows, 0));
		if (known) (*out)[(*count)++] = (struct call_reason){ known->code, known->label, (int)row_int(rows, 1), row_day(rows, 2) };
	}
	return rows_status(rows);
}

const char *call_reason_words(const struct call_reason *reason, enum lang lang, struct arena *arena)
{
	static const char *const french[] = { "", "Déjà dit une fois", "Deuxième fois", "Troisième fois", "Quatrième fois", "Cinquième fois" };
	static const char *const english[] = { "", "Said once before", "Second time", "Third time", "Fourth time", "Fifth time" };
	/* the words lead to the reason in the middle of a sentence: its first letter is small */
	char *label = arena_strdup(arena, tr(lang, reason->label));
	if (label[0] >= 'A' && label[0] <= 'Z') label[0] = (char)(label[0] - 'A' + 'a');
	const char *colon = lang == LANG_FR ? "\u00a0:" : ":";
	if (reason->times < (int)COUNT(french))
		return arena_printf(arena, "%s%s %s", (lang == LANG_FR ? french : english)[reason->times], colon, label);
	return arena_printf(arena, lang == LANG_FR ? "%dᵉ fois%s %s" : "%d times%s %s", reason->times, colon, label);
}

int call_best_hour(const int reached[static 24], const int tried[static 24])
{
	int best = -1, calls = 0;
	for (int hour = 0; hour < 24; hour++) {
		calls += tried[hour];
		if (!reached[hour]) continue;
		int missed = tried[hour] - reached[hour], least = best < 0 ? 0 : tried[best] - reached[best];
		if (best < 0 || reached[hour] > reached[best] || (reached[hour] == reached[best] && missed < least)) best = hour;
	}
	return calls >= 2 ? best : -1;
}

struct status call_hours(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t today, struct arena *arena,
                         struct call_hour **out, size_t *count)
{
	*count = 0, *out = arena_array(arena, struct call_hour, 1);
	if (!viewer_sees_company(viewer, company_id)) return STATUS_FINE;
	/* 3600 s of an hour are 60 minutes: whole division in both stores */
	struct rows *rows = db_query(db,
	        "SELECT customer_id, minute / 60 AS hour, SUM(reached), COUNT(*) FROM call_attempt WHERE tenant_id = $tenant AND company_id = $company "
	        "AND undone = 0 AND day > $since AND day <= $today GROUP BY customer_id, minute / 60 ORDER BY customer_id",
	        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_day("since", today - 365), db_day("today", today)));
	struct call_hour *list = NULL;
	size_t cap = 0;
	int reached[24] = { 0 }, tried[24] = { 0 };
	int64_t current = 0;
	bool more;
	do {
		more = rows_next(rows);
		if (current && (!more || row_int(rows, 0) != current)) {
			int best = call_best_hour(reached, tried);
			if (best >= 0) {
				GROW(list, *count, cap);
				list[(*count)++] = (struct call_hour){ current, best, reached[best], tried[best] };
			}
			memset(reached, 0, sizeof reached), memset(tried, 0, sizeof tried);
		}
		if (!more) break;
		current = row_int(rows, 0);
		int64_t hour = row_int(rows, 1);
		if (hour >= 0 && hour < 24) reached[hour] = (int)row_int(rows, 2), tried[hour] = (int)row_int(rows, 3);
	} while (more);
	struct status status = rows_status(rows);
	rows_close(rows);
	*out = arena_array(arena, struct call_hour, *count + 1);
	if (*count) memcpy(*out, list, *count * sizeof *list);
	free(list);
	return status;
}
