#include "dunning/promises.h"

#include "base/memory.h"
#include "ledger/event.h"

#include <jansson.h>

struct status promises_judge(struct db *db, int64_t tenant, int64_t company, int64_t only_customer, const struct calendar *calendar,
                             int grace, int32_t today, struct arena *arena, struct promise_due **out, size_t *count)
{
	/* with items: what payments settled of them since the promise was made, less what came back; on the account: payments posted since.
	 * A debit, a bill or a cheque that may come back keeps no promise yet, and breaks none. */
#define MAY_COME_BACK                                                                                                  \
	"EXISTS (SELECT 1 FROM cash_fact f JOIN cash_application a ON a.tenant_id = f.tenant_id AND a.company_id = f.company_id"             \
	" AND a.id = f.application_id AND a.state = 'active' LEFT JOIN restatement r ON r.tenant_id = f.tenant_id"                           \
	" AND r.company_id = f.company_id AND r.customer_id = f.customer_id AND r.fact_id = f.id WHERE f.tenant_id = c.tenant_id"            \
	" AND f.company_id = c.company_id AND f.customer_id = c.customer_id AND f.collected_day >= $today"                                   \
	" AND COALESCE(r.item_id, f.id) = c.id)"
#define OF_ITEMS(more)                                                                                                 \
	"(SELECT COALESCE(SUM(s.amount), 0) FROM promise_item n"                                                                            \
	" JOIN settlement s ON s.tenant_id = n.tenant_id AND s.company_id = n.company_id AND s.customer_id = p.customer_id"                  \
	" AND s.debit_id = n.item_id JOIN item c ON c.tenant_id = s.tenant_id AND c.company_id = s.company_id"                               \
	" AND c.customer_id = s.customer_id AND c.id = s.credit_id WHERE n.tenant_id = p.tenant_id AND n.company_id = p.company_id"          \
	" AND n.promise_id = p.id AND c.kind = 'payment' AND s.day >= p.made_day AND s.day <= $today" more ")"
#define OF_ACCOUNT(more)                                                                                               \
	"(SELECT COALESCE(SUM(-c.amount), 0) FROM item c WHERE c.tenant_id = p.tenant_id AND c.company_id = p.company_id"                    \
	" AND c.customer_id = p.customer_id AND c.kind = 'payment' AND c.withdrawn = 0 AND c.currency = p.currency"                          \
	" AND c.posting_day >= p.made_day AND c.posting_day <= $today" more ")"
#define CAME_BACK                                                                                                      \
	"(SELECT COALESCE(SUM(b.amount), 0) FROM promise_item n JOIN item b ON b.tenant_id = n.tenant_id AND b.company_id = n.company_id"    \
	" AND b.customer_id = p.customer_id AND b.origin_id = n.item_id WHERE n.tenant_id = p.tenant_id AND n.company_id = p.company_id"     \
	" AND n.promise_id = p.id AND b.kind = 'unpaid_return' AND b.withdrawn = 0 AND b.posting_day >= p.made_day AND b.posting_day <= $today)"
#define HAS_ITEMS                                                                                                      \
	"EXISTS (SELECT 1 FROM promise_item n WHERE n.tenant_id = p.tenant_id AND n.company_id = p.company_id AND n.promise_id = p.id)"
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT p.id, p.customer_id, p.day, p.amount, p.currency,"
		" CASE WHEN " HAS_ITEMS " THEN " OF_ITEMS("") " - " CAME_BACK " ELSE " OF_ACCOUNT("") " END,"
		" CASE WHEN " HAS_ITEMS " THEN " OF_ITEMS(" AND " MAY_COME_BACK) " ELSE " OF_ACCOUNT(" AND " MAY_COME_BACK) " END"
		" FROM promise p WHERE p.tenant_id = $tenant AND p.company_id = $company AND p.state = 'expected'"
		" AND (CAST($customer AS BIGINT) = 0 OR p.customer_id = $customer) ORDER BY p.id",
		DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_day("today", today), db_int("customer", only_customer)));
	size_t cap = 0;
	struct promise_due *list = NULL;
	*count = 0;
	while (rows_next(rows)) {
		struct promise_due due = { .id = row_int(rows, 0), .customer_id = row_int(rows, 1), .day = row_day(rows, 2),
					   .amount = row_int(rows, 3), .received = row_int(rows, 5) };
		snprintf(due.currency, sizeof due.currency, "%s", row_text(rows, 4));
		due.state = promise_judge(calendar, grace, due.day, due.amount, due.received, today);
		if (due.state == PROMISE_EXPECTED || (row_int(rows, 6) > 0 && due.received >= due.amount)) continue;
		GROW(list, *count, cap);
		list[(*count)++] = due;
	}
	*out = arena_array(arena, struct promise_due, *count + 1);
	if (*count) memcpy(*out, list, *count * sizeof *list);
	free(list);
	return rows_status(rows);
}

struct status promises_settle(struct change *change, const struct promise_due *due, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int64_t changed;
		TRY(db_run_count(change->db,
			"UPDATE promise SET state = $state, settled_day = $today, rev = $rev WHERE tenant_id = $tenant"
			" AND company_id = $company AND id = $id AND state = 'expected'",
			DB_ARGS(db_text("state", promise_state_code(due[i].state)), db_day("today", change->today),
				db_int("rev", change->rev), db_int("tenant", change->company.tenant_id),
				db_int("company", change->company.id), db_int("id", due[i].id)), &changed));
		if (!changed) continue;
		const char *kind = due[i].state == PROMISE_KEPT ? "promise.kept" :
				   due[i].state == PROMISE_BROKEN ? "promise.broken" : "promise.partly_kept";
		char day[11];
		day_format(due[i].day, day);
		json_t *content = json_pack("{s:I, s:I, s:s, s:s}", "amount", (json_int_t)due[i].amount, "received",
					    (json_int_t)due[i].received, "currency", due[i].currency, "date", day);
		char *text = json_dumps(content, JSON_COMPACT);
		json_decref(content);
		struct status status = event_add(change, &(struct event_new){ .kind = kind, .customer_id = due[i].customer_id,
									      .ref = due[i].id, .content = text });
		free(text);
		TRY(status);
	}
	return STATUS_FINE;
}
