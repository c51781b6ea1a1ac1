/* insolvency_file: the days that the law gives (reference/law.md section 9), and what is refused. */
#include "ledger/insolvency_file.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/test.h"
#include "db/teststore.h"

enum { NOW = 1760000000, TODAY = 20600 /* 2026-05-27 */ };

static int32_t on(const char *iso)
{
	int32_t day = DAY_NONE;
	CHECK(day_parse(iso, strlen(iso), &day));
	return day;
}

static void deadlines(void)
{
	struct insolvency_file file = { .published_day = on("2026-03-10") };
	insolvency_deadlines(&file);
	CHECK_INT(file.declare_by, on("2026-05-11")); /* 10 May 2026 is a Sunday */
	CHECK_INT(file.reclaim_by, on("2026-06-10"));
	CHECK_INT(file.relief_by, on("2026-09-10"));
	file = (struct insolvency_file){ .published_day = on("2025-12-31") };
	insolvency_deadlines(&file);
	CHECK_INT(file.declare_by, on("2026-03-02")); /* 28 February 2026 is a Saturday */
	file = (struct insolvency_file){ .published_day = on("2026-03-10"), .abroad = true };
	insolvency_deadlines(&file);
	CHECK_INT(file.declare_by, on("2026-07-10"));
	file = (struct insolvency_file){ .published_day = DAY_NONE };
	insolvency_deadlines(&file);
	CHECK_INT(file.declare_by, DAY_NONE);
}

static struct company company;
static struct viewer everybody;
struct call {
	int64_t customer;
	const struct insolvency_file *file;
};
static struct status set(struct db *db, void *context)
{
	struct call *call = context;
	struct change change;
	TRY(company_begin(db, &everybody, company.id, TODAY, NOW, &change));
	TRY(insolvency_file_set(&change, call->customer, call->file));
	return company_end(&change);
}

static void kept_and_refused(struct store *store)
{
	everybody = viewer_system(TENANT_FIRST);
	CHECK_OK(company_create(store, &everybody, (struct company_new){ .name = "Essai", .code = "T" }, NOW, &company));
	struct db *db = NULL;
	CHECK_OK(store_writer(store, &db));
	CHECK_OK(db_begin(db, DB_WRITE));
	CHECK_OK(db_script(db, "INSERT INTO customer (tenant_id, company_id, id, code, name, created_at, insolvency_day) VALUES (1, 1, 1, 'C1', 'Dupont', 0, 20500),"
	                       " (1, 1, 2, 'C2', 'Martin', 0, NULL);"));
	CHECK_OK(db_commit(db));
	store_release(store, db);
	struct insolvency_file file = { .kind = "liquidation", .court = "TC Annecy", .trustee = "Me X\n74000 Annecy", .declared_proof = "LRAR 1A", .note = "",
		                        .published_day = 20510, .declared_day = 20540, .declared = 120000, .admitted_day = DAY_NONE, .retention_of_title = true };
	CHECK_OK(store_transact(store, set, &(struct call){ 1, &file }));
	CHECK_OK(store_transact(store, set, &(struct call){ 1, &file })); /* written again, it is one */
	CHECK_INT(store_transact(store, set, &(struct call){ 2, &file }).code, STATUS_CONFLICT);
	struct insolvency_file bad = file;
	bad.published_day = 20499;
	CHECK_INT(store_transact(store, set, &(struct call){ 1, &bad }).code, STATUS_INVALID);
	bad = file, bad.declared_proof = "";
	CHECK_INT(store_transact(store, set, &(struct call){ 1, &bad }).code, STATUS_INVALID);
	bad = file, bad.kind = "bankruptcy";
	CHECK_INT(store_transact(store, set, &(struct call){ 1, &bad }).code, STATUS_INVALID);
	bad = file, bad.declared_day = DAY_NONE, bad.admitted = 5;
	CHECK_INT(store_transact(store, set, &(struct call){ 1, &bad }).code, STATUS_INVALID);
	cleanup_arena struct arena *arena = arena_new();
	struct insolvency_file got;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(insolvency_file_get(db, &everybody, company.id, 1, arena, &got));
	store_release(store, db);
	CHECK_TEXT(got.kind, "liquidation");
	CHECK_TEXT(got.trustee, "Me X\n74000 Annecy");
	CHECK_INT(got.declared, 120000);
	CHECK_INT(got.declared_day, 20540);
	CHECK(got.retention_of_title && !got.abroad);
	CHECK_INT(got.admitted_day, DAY_NONE);
}

static void kept_and_refused_both(void) { teststore_each(kept_and_refused); }

TESTS({ "deadlines of the law", deadlines }, { "kept, and what is refused", kept_and_refused_both }, )
