/* Items that wait for a line: what is kept of them is never behind what was written. */
#include "base/memory.h"
#include "cash/list.h"
#include "ledger/event.h"
#include "ledger/testcompany.h"

static size_t waiting(void)
{
	struct db *db = NULL;
	cleanup_arena struct arena *arena = arena_new();
	int64_t *ids;
	size_t count = 0;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(cash_pending(db, &company, today, arena, &ids, &count));
	store_release(store, db);
	return count;
}

static struct status look_and_leave(struct change *change, void *context)
{
	cleanup_arena struct arena *arena = arena_new();
	int64_t *ids;
	TRY(cash_pending(change->db, &change->company, today, arena, &ids, context));
	return status_make(STATUS_CONFLICT, "Nothing changed.");
}

#define LINE "INSERT INTO bank_line (tenant_id, company_id, id, account_id, import_id, position, occurrence, booking_day, amount, currency, kind, text) VALUES "
static struct status line_comes(struct change *change, void *context)
{
	(void)context;
	TRY(db_run(change->db, LINE "(1, 1, 2, 1, 1, 2, 1, 20440, 30000, 'EUR', 'transfer', 'FACTURE FA2025-0018')", DB_NO_ARGS));
	return event_add(change, &(struct event_new){ .kind = "import.applied" });
}

static struct status import_comes(struct change *change, void *context)
{
	(void)context;
	TRY(db_run(change->db, "INSERT INTO import (tenant_id, company_id, id, at, file_name, format, source, mode, digest, state)"
	                       " VALUES (1, 1, 1, 0, 'f', 'camt.053', 'bank', 'delta', $digest, 'active')", DB_ARGS(db_blob("digest", "d", 1))));
	return event_add(change, &(struct event_new){ .kind = "import.applied" });
}

/* A run that finds nothing new takes its revision back: the statement that comes then bears its number. */
static void what_waits_is_never_of_a_revision_taken_back(struct store *given)
{
	store = given, everybody = viewer_system(TENANT_FIRST), today = 20442;
	CHECK_OK(company_create(store, &everybody, (struct company_new){ .name = "Essai", .code = "T" }, NOW, &company));
	CHECK_OK(sql("INSERT INTO customer (tenant_id, company_id, id, code, name, class, country, created_at) VALUES (1, 1, 1, 'C1', 'Dupont', 'professional', 'FR', 0);"
	             "INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, amount, open_amount, currency, label)"
	             " VALUES (1, 1, 1, 11, 'FA2025-0017', 'invoice', '411000', 20380, 20380, 20410, 'terms', 40000, 40000, 'EUR', ''),"
	             " (1, 1, 1, 12, 'FA2025-0018', 'invoice', '411000', 20380, 20380, 20410, 'terms', 30000, 30000, 'EUR', '');"
	             "INSERT INTO bank_account (tenant_id, company_id, id, account, currency) VALUES (1, 1, 1, 'FR7630006000011234567890189', 'EUR');"
	             LINE "(1, 1, 1, 1, 1, 1, 1, 20440, 40000, 'EUR', 'transfer', 'FACTURE FA2025-0017')"));
	CHECK_OK(change(import_comes, NULL));
	size_t count = 0;
	CHECK_INT(waiting(), 1);
	CHECK_INT(change(look_and_leave, &count).code, STATUS_CONFLICT);
	CHECK_INT(count, 1);
	CHECK_OK(change(line_comes, NULL));
	CHECK_INT(waiting(), 2);
	CHECK_INT(waiting(), 2); /* as kept */
}

static void what_waits_both(void) { teststore_each(what_waits_is_never_of_a_revision_taken_back); }

TESTS({ "what waits is never of a revision taken back", what_waits_both }, )
