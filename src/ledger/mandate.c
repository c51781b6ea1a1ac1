#include "ledger/mandate.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/event.h"

#include <string.h>

int32_t mandate_lapses(const struct mandate *mandate)
{
	return day_add_months(mandate->last_used_day != DAY_NONE ? mandate->last_used_day : mandate->signed_day, 36) + 1;
}

bool mandate_usable(const struct mandate *mandate, int32_t day)
{
	return mandate->ended_day == DAY_NONE && mandate->signed_day <= day && day < mandate_lapses(mandate);
}

struct status mandate_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, int64_t id, struct arena *arena,
                           struct mandate **out, size_t *count)
{
	*out = arena_array(arena, struct mandate, 1), *count = 0;
	if (!viewer_sees_company(viewer, company_id)) return status_make(STATUS_NOT_FOUND, "There is no such company.");
	struct mandate *list = NULL;
	size_t cap = 0;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT m.id, m.customer_id, m.rum, m.scheme, m.iban, m.bic, m.debtor, m.signed_day, m.last_used_day, m.ended_day, m.ended_why, m.by_user, m.rev,"
		" c.code, c.name, c.collector_id, c.sales_id, c.group_code FROM mandate m JOIN customer c ON c.tenant_id = m.tenant_id"
		" AND c.company_id = m.company_id AND c.id = m.customer_id WHERE m.tenant_id = $tenant AND m.company_id = $company"
		" AND (CAST($customer AS BIGINT) = 0 OR m.customer_id = $customer) AND (CAST($id AS BIGINT) = 0 OR m.id = $id)"
		" ORDER BY CASE WHEN m.ended_day IS NULL THEN 0 ELSE 1 END, c.code, m.signed_day DESC, m.id DESC",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("customer", customer_id), db_int("id", id)));
	while (rows_next(rows)) {
		if (!viewer_sees_customer(viewer, row_int(rows, 15), row_int(rows, 16), row_text(rows, 17))) continue;
		GROW(list, *count, cap);
		struct mandate *one = &list[(*count)++];
		*one = (struct mandate){ .id = row_int(rows, 0), .customer_id = row_int(rows, 1), .rum = arena_strdup(arena, row_text(rows, 2)),
			.debtor = arena_strdup(arena, row_text(rows, 6)), .signed_day = row_day(rows, 7), .last_used_day = row_day(rows, 8), .ended_day = row_day(rows, 9),
			.ended_why = arena_strdup(arena, row_text(rows, 10)), .by_user = row_int(rows, 11), .rev = row_int(rows, 12),
			.customer_code = arena_strdup(arena, row_text(rows, 13)), .customer_name = arena_strdup(arena, row_text(rows, 14)) };
		snprintf(one->scheme, sizeof one->scheme, "%s", row_text(rows, 3));
		snprintf(one->iban, sizeof one->iban, "%s", row_text(rows, 4));
		snprintf(one->bic, sizeof one->bic, "%s", row_text(rows, 5));
	}
	struct mandate *kept = arena_array(arena, struct mandate, *count + 1);
	if (*count) memcpy(kept, list, *count * sizeof *list);
	free(list);
	*out = kept;
	return rows_status(rows);
}

struct status mandate_current(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, int32_t day, struct arena *arena,
                              struct mandate *out)
{
	struct mandate *list;
	size_t count;
	TRY(mandate_list(db, viewer, company_id, customer_id, 0, arena, &list, &count));
	for (size_t i = 0; i < count; i++)
		if (mandate_usable(&list[i], day)) {
			*out = list[i];
			return STATUS_FINE;
		}
	if (count && list[0].ended_day == DAY_NONE && day >= mandate_lapses(&list[0]))
		return status_make(STATUS_CONFLICT, "The mandate %s of %s was not used for 36 months and has lapsed: have a new one signed.", list[0].rum, list[0].customer_name);
	return status_make(STATUS_CONFLICT, "This customer has no mandate in use: note the one that he signed first.");
}

static struct status tell(struct change *change, const char *kind, int64_t customer_id, int64_t id, const char *rum, const char *text)
{
	return event_add_json(change, (struct event_new){ .kind = kind, .customer_id = customer_id, .ref = id }, json_pack("{s:s,s:s}", "what", rum, "text", text));
}

static bool rum_written(const char *rum)
{
	size_t len = strlen(rum);
	for (size_t i = 0; i < len; i++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-?:().,'+ ", rum[i])) return false;
	return len > 0 && len <= 35;
}

struct status mandate_add(struct change *change, const struct mandate_new *given, int64_t *id)
{
	TRY(change_allows(change, RIGHT_COLLECT));
	cleanup_arena struct arena *arena = arena_new();
	struct customer who;
	char iban[IBAN_SIZE], bic[BIC_SIZE];
	const char *debtor = given->debtor ? given->debtor : "", *scheme = given->scheme ? given->scheme : "core", *rum = given->rum ? given->rum : "";
	TRY(customer_get(change->db, change->viewer, change->company.id, given->customer_id, arena, &who));
	if (!rum_written(rum)) return status_make(STATUS_INVALID, "The reference of a mandate (RUM) has 1 to 35 letters, digits or signs as in A-1/2.");
	if (strcmp(scheme, "core") != 0 && strcmp(scheme, "b2b") != 0) return status_make(STATUS_INVALID, "A mandate is CORE or B2B.");
	if (strcmp(scheme, "b2b") == 0 && strcmp(who.class, "consumer") == 0) return status_make(STATUS_INVALID, "A consumer's mandate is CORE, never B2B.");
	if (!iban_read(given->iban ? given->iban : "", iban))
		return status_make(STATUS_INVALID, "This IBAN is not right: a character is missing or wrong. Copy it from the bank details.");
	if (!bic_read(given->bic ? given->bic : "", bic)) return status_make(STATUS_INVALID, "A BIC has 8 or 11 characters and starts with six letters.");
	if (given->signed_day == DAY_NONE || given->signed_day > change->today) return status_make(STATUS_INVALID, "Give the day on which the mandate was signed: today or before.");
	if (strlen(debtor) > 140 || !utf8_valid(debtor, strlen(debtor))) return status_make(STATUS_INVALID, "This text is too long, or not readable: at most %d characters.", 140);
	int64_t same = 0;
	TRY(db_get_int(change->db, "SELECT COUNT(*) FROM mandate WHERE tenant_id = $tenant AND company_id = $company AND rum = $rum",
	               DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_text("rum", rum)), &same, NULL));
	if (same) return status_make(STATUS_CONFLICT, "There is a mandate %s already: a reference is used once.", rum);
	TRY(db_run(change->db,
	           "UPDATE mandate SET ended_day = $today, ended_why = $why, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer"
	           " AND ended_day IS NULL",
	           DB_ARGS(db_day("today", change->today), db_text("why", rum), db_int("rev", change->rev), db_int("tenant", change->company.tenant_id),
	                   db_int("company", change->company.id), db_int("customer", given->customer_id))));
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "mandate", 1, id));
	TRY(db_run(change->db,
	           "INSERT INTO mandate (tenant_id, company_id, id, customer_id, rum, scheme, iban, bic, debtor, signed_day, by_user, rev) VALUES ($tenant, $company,"
	           " $id, $customer, $rum, $scheme, $iban, $bic, $debtor, $signed, $by, $rev)",
	           DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", *id), db_int("customer", given->customer_id),
	                   db_text("rum", rum), db_text("scheme", scheme), db_text("iban", iban), db_text("bic", bic), db_text("debtor", debtor),
	                   db_day("signed", given->signed_day), db_int("by", change->viewer->user_id), db_int("rev", change->rev))));
	return tell(change, "mandate.added", given->customer_id, *id, rum, scheme);
}

struct status mandate_end(struct change *change, int64_t id, const char *why)
{
	TRY(change_allows(change, RIGHT_COLLECT));
	cleanup_arena struct arena *arena = arena_new();
	struct mandate *list;
	size_t count = 0;
	why = why ? why : "";
	if (id > 0) TRY(mandate_list(change->db, change->viewer, change->company.id, 0, id, arena, &list, &count));
	if (!count) return status_make(STATUS_NOT_FOUND, "There is no mandate %lld, or it is not in your portfolio.", (long long)id);
	if (list[0].ended_day != DAY_NONE) return status_make(STATUS_CONFLICT, "The mandate %s is over already.", list[0].rum);
	if (strlen(why) > 500 || !utf8_valid(why, strlen(why))) return status_make(STATUS_INVALID, "This text is too long, or not readable: at most %d characters.", 500);
	int64_t under_way = 0;
	TRY(db_get_int(change->db,
	               "SELECT COUNT(*) FROM instrument WHERE tenant_id = $tenant AND company_id = $company AND mandate_id = $id AND state = 'drawn'",
	               DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id)), &under_way, NULL));
	if (under_way) return status_make(STATUS_CONFLICT, "A direct debit under this mandate is announced: cancel it first.");
	TRY(db_run(change->db, "UPDATE mandate SET ended_day = $today, ended_why = $why, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_day("today", change->today), db_text("why", why), db_int("rev", change->rev), db_int("tenant", change->company.tenant_id),
	                   db_int("company", change->company.id), db_int("id", id))));
	return tell(change, "mandate.ended", list[0].customer_id, id, list[0].rum, why);
}
