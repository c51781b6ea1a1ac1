#include "intake/quality.h"

#include "base/memory.h"
#include "base/test.h"
#include "db/teststore.h"
#include "intake/generic.h"
#include "intake/intake.h"
#include "intake/terms.h"
#include "ledger/company.h"

static int32_t on(const char *iso)
{
	int32_t day = 0;
	CHECK(day_parse(iso, 10, &day));
	return day;
}

static void terms_are_told_from_what_was_paid(void)
{
	static const struct {
		struct terms paid;
		int slack; /* days after the due date, at most */
	} cases[] = { { { true, 30, TERMS_MONTH_NONE, 0 }, 5 }, { { true, 45, TERMS_MONTH_AFTER, 0 }, 4 }, { { true, 60, TERMS_MONTH_NONE, 0 }, 3 } };
	for (size_t c = 0; c < COUNT(cases); c++) {
		struct paid_item items[12];
		for (int i = 0; i < 12; i++) {
			int32_t issue = on("2025-01-05") + i * 9;
			items[i] = (struct paid_item){ issue, terms_due(cases[c].paid, issue) + i % (cases[c].slack + 1), 1000 + i };
		}
		struct terms found;
		double share;
		CHECK(terms_infer(items, COUNT(items), &found, &share));
		CHECK_INT(found.days, cases[c].paid.days);
		CHECK_INT(found.month, cases[c].paid.month);
		CHECK(share > 0.99);
		CHECK(!terms_infer(items, 4, &found, &share)); /* too few to say */
	}
	struct paid_item anyhow[20];
	for (int i = 0; i < 20; i++) anyhow[i] = (struct paid_item){ 20000 + i, 20000 + i + i * 13 % 170, 1000 };
	struct terms found;
	double share;
	CHECK(!terms_infer(anyhow, COUNT(anyhow), &found, &share));
}

static void cash_accounts_are_known_by_their_names(void)
{
	static const struct {
		const char *name;
		bool generic;
	} cases[] = { { "RECETTE CB", true },     { "Clients divers", true }, { "CLIENT COMPTOIR", true }, { "Caisse", true },
		      { "Ventes Internet", true }, { "DUPONT SA", false },     { "Diversey France", false }, { "Caissier & fils", false },
		      { "Web Solutions", false },  { "CBRE", false } };
	for (size_t i = 0; i < COUNT(cases); i++) CHECK_INT(generic_name(cases[i].name, strlen(cases[i].name)), cases[i].generic);
}

static const char BOOKS[] =
	"JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceRef\tPieceDate\t"
	"EcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise\n"
	"VE\tVentes\t1\t20250110\t411000\tx\tC1\tDupont\tF1\t20250110\tF\t120,00\t0,00\tA\t\t\t\t\n"
	"VE\tVentes\t1\t20250110\t707000\tx\t\t\tF1\t20250110\tF\t0,00\t120,00\t\t\t\t\t\n"
	"BQ\tBanque\t2\t20250201\t512000\tx\t\t\tV\t20250201\tV\t100,00\t0,00\t\t\t\t\t\n"
	"BQ\tBanque\t2\t20250201\t411000\tx\tC1\tDupont\tV1\t20250201\tV\t0,00\t100,00\tA\t\t\t\t\n"
	"BQ\tBanque\t3\t20250202\t512000\tx\t\t\tV\t20250202\tV\t60,00\t0,00\t\t\t\t\t\n"
	"BQ\tBanque\t3\t20250202\t411000\tx\tC2\tRECETTE CB\tV2\t20250202\tV\t0,00\t60,00\t\t\t\t\t\n"
	"VE\tVentes\t4\t20250203\t411000\tx\tC2\tRECETTE CB\tF2\t20250203\tF\t75,00\t0,00\t\t\t\t\t\n"
	"VE\tVentes\t4\t20250203\t707000\tx\t\t\tF2\t20250203\tF\t0,00\t75,00\t\t\t\t\t\n";

static void books_are_measured(struct store *store)
{
	struct viewer viewer = viewer_system(1);
	struct company company;
	cleanup_arena struct arena *arena = arena_new();
	CHECK_OK(company_create(store, &viewer, (struct company_new){ .name = "Test", .code = "TEST" }, 1700000000, &company));
	struct intake_result result;
	CHECK_OK(intake_import(&(struct intake){ .store = store, .viewer = &viewer, .company_id = company.id, .today = on("2025-03-01"),
	                                         .now = 1700000000, .arena = arena }, BOOKS, strlen(BOOKS), &result));
	struct db *db;
	struct quality q;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(quality_measure(db, &viewer, company.id, arena, &q));
	store_release(store, db);
	CHECK_INT(q.items, 4);
	CHECK_INT(q.open_items, 3);
	CHECK_INT(q.credits, 16000);
	CHECK_INT(q.credits_settled, 10000);
	CHECK_INT(q.due_count[DUE_ASSUMED], 2);
	CHECK_INT(q.due_amount[DUE_ASSUMED], 9500);
	CHECK_INT(q.customers, 2);
	CHECK_INT(q.without_contact, 2);
	CHECK_INT(q.poorly_lettered, 1);
	CHECK_INT(q.generic_count, 1);
	CHECK(q.has_ledger);
	CHECK_INT(q.receivables, 3500);
	CHECK_INT(q.accounts, 3500);
	CHECK_INT(q.last_day, on("2025-02-03"));
	json_t *json = quality_json(&q);
	CHECK_INT(json_integer_value(json_object_get(json, "accounts_difference")), 0);
	json_decref(json);
	complaints_free(&result.rejected);
}

struct confirming {
	const struct viewer *viewer;
	int64_t company, confirmed;
};

static struct status confirm(struct db *db, void *context)
{
	struct confirming *c = context;
	struct change change;
	int64_t customer = 0;
	TRY(company_begin(db, c->viewer, c->company, 20400, 1700000000, &change));
	TRY(db_get_int(db, "SELECT id FROM customer WHERE code = 'C1'", DB_NO_ARGS, &customer, NULL));
	TRY(terms_confirm(&change, &customer, 1, &c->confirmed));
	return company_end(&change);
}

static void proposed_terms_are_confirmed(struct store *store)
{
	struct viewer viewer = viewer_system(1);
	struct company company;
	cleanup_arena struct arena *arena = arena_new();
	cleanup_text struct text text = { 0 };
	CHECK_OK(company_create(store, &viewer, (struct company_new){ .name = "Test", .code = "TEST" }, 1700000000, &company));
	text_add_bytes(&text, BOOKS, (size_t)(strstr(BOOKS, "VE\t") - BOOKS));
	for (int i = 0; i < 8; i++) {
		struct civil issue = day_civil(on("2025-01-06") + i * 7), paid = day_civil(on("2025-01-06") + i * 7 + 61);
		text_addf(&text, "VE\tV\t%d\t%04d%02d%02d\t411000\tx\tC1\tDupont\tF%d\t\tF\t10,00\t0,00\tL%d\t\t\t\t\n", i * 2, issue.year,
		          issue.month, issue.day, i, i);
		text_addf(&text, "VE\tV\t%d\t%04d%02d%02d\t707000\tx\t\t\tF%d\t\tF\t0,00\t10,00\t\t\t\t\t\n", i * 2, issue.year, issue.month,
		          issue.day, i);
		text_addf(&text, "BQ\tB\t%d\t%04d%02d%02d\t512000\tx\t\t\tV%d\t\tV\t10,00\t0,00\t\t\t\t\t\n", i * 2 + 1, paid.year, paid.month,
		          paid.day, i);
		text_addf(&text, "BQ\tB\t%d\t%04d%02d%02d\t411000\tx\tC1\tDupont\tV%d\t\tV\t0,00\t10,00\tL%d\t\t\t\t\n", i * 2 + 1, paid.year,
		          paid.month, paid.day, i, i);
	}
	struct intake_result result;
	CHECK_OK(intake_import(&(struct intake){ .store = store, .viewer = &viewer, .company_id = company.id, .today = 20400,
	                                         .now = 1700000000, .arena = arena }, text.bytes, text.len, &result));
	CHECK_INT(result.settlements, 8);
	struct confirming confirming = { &viewer, company.id, 0 };
	CHECK_OK(store_transact(store, confirm, &confirming));
	CHECK_INT(confirming.confirmed, 1);
	struct db *db;
	int64_t due = 0;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(db_get_int(db, "SELECT min(due_day) FROM item WHERE due_source = 'terms'", DB_NO_ARGS, &due, NULL));
	CHECK_INT(due, on("2025-01-06") + 60);
	store_release(store, db);
	complaints_free(&result.rejected);
}

static void books_are_measured_on_both(void) { teststore_each(books_are_measured); }
static void proposed_terms_are_confirmed_on_both(void) { teststore_each(proposed_terms_are_confirmed); }

TESTS({ "terms are told from what was paid", terms_are_told_from_what_was_paid },
      { "cash accounts are known by their names", cash_accounts_are_known_by_their_names },
      { "books are measured", books_are_measured_on_both },
      { "proposed terms are confirmed", proposed_terms_are_confirmed_on_both })
