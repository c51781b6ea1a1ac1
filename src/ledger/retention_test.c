/* Retentions: their day from the acceptance (law.md 1.4), a guarantee, an opposition, the task before. */
#include "base/memory.h"
#include "ledger/retention.h"
#include "ledger/testcompany.h"

struct what {
	int64_t item;
	int32_t day;
	const char *words;
};
static struct status accept_works(struct change *c, void *x) { return retention_accept(c, ((struct what *)x)->item, ((struct what *)x)->day); }
static struct status guarantee(struct change *c, void *x) { return retention_guarantee(c, ((struct what *)x)->item, ((struct what *)x)->day, ((struct what *)x)->words); }
static struct status oppose(struct change *c, void *x) { return retention_oppose(c, ((struct what *)x)->item, ((struct what *)x)->day, ((struct what *)x)->words); }
static struct status tasks(struct change *c, void *x) { return retention_tasks(c, x); }
static int64_t tasked(void)
{
	int64_t changed = 0;
	CHECK_OK(change(tasks, &changed));
	return changed;
}

/* Facts of a ledger file: two retentions on 4117 and an invoice. */
static void set_up(struct store *given)
{
	store = given, everybody = viewer_system(TENANT_FIRST), today = on("2025-06-02");
	CHECK_OK(company_create(store, &everybody, (struct company_new){ .name = "Essai", .code = "T" }, NOW, &company));
	struct db *db = NULL;
	CHECK_OK(store_writer(store, &db));
	CHECK_OK(db_begin(db, DB_WRITE));
	CHECK_OK(db_run(db, "INSERT INTO import (tenant_id, company_id, id, at, file_name, format, source, mode, state, digest, from_day, to_day) VALUES (1, 1, 1, 0, 'f', 'fec',"
	                    " 'accounting', 'ledger', 'active', $digest, 20000, 20200)", DB_ARGS(db_blob("digest", "d", 1))));
	CHECK_OK(db_commit(db));
	store_release(store, db);
	CHECK_OK(sql("INSERT INTO customer (tenant_id, company_id, id, code, name, class, created_at, collector_id) VALUES (1, 1, 1, 'C1', 'Dupont', 'professional', 0, 3);"
	             "INSERT INTO user_account (tenant_id, id, email, name, role, created_at) VALUES (1, 3, 'c@t.fr', 'Claire', 'collector', 0);"
	             "INSERT INTO fact (tenant_id, company_id, customer_id, id, import_id, line, class, account, journal, entry, posting_day, number, piece, amount, currency, lettering,"
	             " label, applies_to, external_id) VALUES (1, 1, 1, 21, 1, 1, 'retention', '4117', 'VE', 1, 20100, 'RG1', 'RG1', 5000, 'EUR', '', '', '', ''),"
	             " (1, 1, 1, 22, 1, 2, 'retention', '4117', 'VE', 2, 20110, 'RG2', 'RG2', 7000, 'EUR', '', '', '', '');"
	             "INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, "
	             "due_source, amount, open_amount, currency, label) VALUES "
	             "(1, 1, 1, 21, 'RG1', 'retention', '4117', 20100, 20100, 20465, 'retention', 5000, 5000, 'EUR', ''),"
	             "(1, 1, 1, 22, 'RG2', 'retention', '4117', 20110, 20110, 20475, 'retention', 7000, 7000, 'EUR', ''),"
	             "(1, 1, 1, 23, 'F1', 'invoice', '411', 20110, 20110, 20140, 'terms', 7000, 7000, 'EUR', '')"));
}

static void released_one_year_after_acceptance(struct store *given)
{
	CHECK_INT(retention_due(on("2025-05-16")), on("2026-05-16"));
	CHECK_INT(retention_due(on("2024-02-29")), on("2025-02-28"));
	CHECK(!retention_too_much(&(struct retention){ .amount = 6000, .of_amount = 120000 }) && retention_too_much(&(struct retention){ .amount = 6001, .of_amount = 120000 }));
	CHECK(!retention_too_much(&(struct retention){ .amount = 6001 })); /* not known of what */
	set_up(given);
	struct what what = { 21, on("2025-06-03"), "" };
	CHECK_INT(change(accept_works, &what).code, STATUS_INVALID); /* tomorrow */
	what.item = 23, what.day = on("2025-05-16");
	CHECK_INT(change(accept_works, &what).code, STATUS_INVALID); /* an invoice */
	what.item = 21;
	CHECK_OK(change(accept_works, &what));
	CHECK_INT(number("SELECT due_day FROM platform_due WHERE item_id = 21"), on("2026-05-16"));
	CHECK_INT(number("SELECT due_day FROM item WHERE id = 21"), on("2026-05-16"));
	CHECK_INT(number("SELECT COUNT(*) FROM item WHERE id = 21 AND due_source = 'file'"), 1);
	CHECK_INT(number("SELECT COUNT(*) FROM item WHERE id = 22 AND due_source = 'retention'"), 1); /* its acceptance is not known */
	/* a task 30 days before, once */
	today = on("2026-04-15");
	CHECK_INT(tasked(), 0);
	today = on("2026-04-16");
	CHECK_INT(tasked(), 1);
	CHECK_INT(tasked(), 0);
	CHECK_INT(number("SELECT COUNT(*) FROM task WHERE owner_id = 3 AND customer_id = 1"), 1);
}

static void guaranteed_or_opposed(struct store *given)
{
	set_up(given);
	struct what what = { 22, on("2025-05-20"), "" };
	CHECK_INT(change(guarantee, &what).code, STATUS_INVALID); /* which one? */
	what.words = "BNP, caution 42";
	CHECK_OK(change(guarantee, &what));
	CHECK_INT(number("SELECT due_day FROM item WHERE id = 22"), on("2025-05-20")); /* released at once */
	what = (struct what){ 21, on("2025-02-01"), "" };
	CHECK_OK(change(accept_works, &what));
	what.day = on("2025-05-30");
	CHECK_INT(change(oppose, &what).code, STATUS_INVALID); /* without reasons */
	what.words = "réserves non levées";
	CHECK_OK(change(oppose, &what));
	CHECK_INT(number("SELECT COUNT(*) FROM hold WHERE item_id = 21 AND kind = 'hold' AND lifted_day IS NULL"), 1);
	today = on("2026-03-01"), what.day = on("2026-02-15");
	CHECK_INT(change(oppose, &what).code, STATUS_CONFLICT); /* after the year */
	today = on("2026-01-15");
	CHECK_INT(tasked(), 0); /* opposed: nobody is sent to ask for it */
}

static void released_both(void) { teststore_each(released_one_year_after_acceptance); }
static void guaranteed_both(void) { teststore_each(guaranteed_or_opposed); }

TESTS({ "a retention is due one year after acceptance; a task 30 days before", released_both }, { "a bank guarantee releases it, an opposition keeps it", guaranteed_both }, )
