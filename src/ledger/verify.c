#include "ledger/verify.h"

#include "ledger/event.h"
#include "ledger/projection_store.h"

static struct status check_chain(struct db *db, int64_t tenant, int64_t company, struct arena *arena, bool *ok, const char **detail)
{
	int64_t count = 0, broken_at = 0, seq = 0;
	char head[EVENT_HEX];
	TRY(event_verify(db, tenant, company, &count, &broken_at));
	TRY(event_head(db, tenant, company, &seq, head));
	*ok = broken_at == 0;
	*detail = *ok ? arena_printf(arena, tr(lang_spoken(), "%lld events, head %s"), (long long)count, head)
	              : arena_printf(arena, tr(lang_spoken(), "event %lld does not fit the chain: it was changed, removed or added outside Encours"),
	                             (long long)broken_at);
	return STATUS_FINE;
}

/* What refers to something refers to something that is there. */
static struct status check_references(struct db *db, int64_t tenant, int64_t company, struct arena *arena, bool *ok, const char **detail)
{
	static const struct {
		const char *words, *sql;
	} checks[] = {
#define OF(table, column, target)                                                                                              \
	"SELECT COUNT(*) FROM " table " t WHERE t.tenant_id = $tenant AND t.company_id = $company AND t." column " <> 0 "          \
	"AND NOT EXISTS (SELECT 1 FROM " target " x WHERE x.tenant_id = t.tenant_id AND x.company_id = t.company_id AND x.id = t." column ")"
		{ "items without customer", OF("item", "customer_id", "customer") },
		{ "contacts without customer", OF("contact", "customer_id", "customer") },
		{ "disputes without item", OF("dispute", "item_id", "item") },
		{ "disputes without a case", OF("dispute", "case_id", "dispute_case") },
		{ "conversations without a dispute", OF("dispute_message", "case_id", "dispute_case") },
		{ "holds without item", OF("hold", "item_id", "item") },
		{ "doubtful debts without item", OF("doubtful", "item_id", "item") },
		{ "provisions without item", OF("provision", "item_id", "item") },
		{ "promised items that are missing", OF("promise_item", "item_id", "item") },
		{ "items of payment plans that are missing", OF("plan_item", "item_id", "item") },
		{ "actions without customer", OF("action", "customer_id", "customer") },
		{ "items of actions that are missing", OF("action_item", "item_id", "item") },
		{ "messages without action", OF("outbox", "action_id", "action") },
		{ "statuses without item", OF("invoice_status", "item_id", "item") },
		{ "replies without customer", OF("reply", "customer_id", "customer") },
		{ "mails without customer", OF("inbox_message", "customer_id", "customer") },
		{ "tasks without customer", OF("task", "customer_id", "customer") },
#undef OF
	};
	*ok = true, *detail = "";
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
		int64_t lost = 0;
		TRY(db_get_int(db, checks[i].sql, DB_ARGS(db_int("tenant", tenant), db_int("company", company)), &lost, NULL));
		if (!lost) continue;
		*ok = false;
		*detail = arena_printf(arena, "%s%s%lld %s", *detail, **detail ? ", " : "", (long long)lost,
		                       tr(lang_spoken(), checks[i].words));
	}
	return STATUS_FINE;
}

/* Entries asked of the books balance, each by itself. */
static struct status check_entries(struct db *db, int64_t tenant, int64_t company, struct arena *arena, bool *ok, const char **detail)
{
	int64_t off = 0;
	TRY(db_get_int(db,
	               "SELECT COUNT(*) FROM (SELECT e.id FROM book_entry e LEFT JOIN book_entry_line l ON l.tenant_id = e.tenant_id AND l.company_id = e.company_id AND l.entry_id = e.id"
	               " WHERE e.tenant_id = $tenant AND e.company_id = $company GROUP BY e.id HAVING COUNT(l.rank) < 2 OR SUM(l.amount) <> 0) x",
	               DB_ARGS(db_int("tenant", tenant), db_int("company", company)), &off, NULL));
	*ok = off == 0;
	*detail = off ? arena_printf(arena, tr(lang_spoken(), "%lld entries for the books do not balance"), (long long)off) : "";
	return STATUS_FINE;
}

const struct verify_line verify_ledger[] = {
	{ "event_chain", check_chain },
	{ "projection", projection_verify },
	{ "references", check_references },
	{ "book_entries", check_entries },
	{ 0 },
};
