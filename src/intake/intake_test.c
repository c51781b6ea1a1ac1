#include "intake/intake.h"

#include "base/memory.h"
#include "base/test.h"
#include "db/teststore.h"
#include "ledger/company.h"
#include "ledger/projection_store.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

/* --- a company and files ------------------------------------------------------------------------------------------------------- */
struct desk {
	struct store *store;
	struct viewer viewer;
	struct company company;
	struct arena *arena;
	int32_t today;
	struct intake_options options;
	struct intake_result result;
};

static struct desk desk_new(struct store *store)
{
	struct desk desk = { .store = store, .viewer = viewer_system(1), .arena = arena_new(), .today = 20400 /* 2025-11-08 */,
		             .options = { .as_of = DAY_NONE } };
	desk.viewer.lang = LANG_EN;
	CHECK_OK(company_create(store, &desk.viewer, (struct company_new){ .name = "Test", .code = "TEST" }, 1700000000, &desk.company));
	return desk;
}

static void desk_free(struct desk *desk)
{
	complaints_free(&desk->result.rejected);
	arena_free(desk->arena);
}

static struct intake intake_of(struct desk *desk)
{
	return (struct intake){ .store = desk->store, .viewer = &desk->viewer, .company_id = desk->company.id, .today = desk->today,
		                .now = 1700000000, .arena = desk->arena, .options = desk->options };
}

static struct status import_text(struct desk *desk, const char *name, const char *text)
{
	struct intake intake = intake_of(desk);
	intake.options.file_name = name;
	complaints_free(&desk->result.rejected);
	return intake_import(&intake, text, strlen(text), &desk->result);
}

static const char HEAD[] = "JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|PieceRef|PieceDate|"
			   "EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|Idevise\n";

/* Lines of a ledger, built one entry at a time. */
struct ledger {
	struct text text;
	int entry;
};

static void line(struct ledger *l, const char *journal, int entry, const char *day, const char *account, const char *customer,
                 const char *piece, const char *piece_day, const char *label, int64_t amount, const char *letter)
{
	int64_t cents = amount < 0 ? -amount : amount;
	text_addf(&l->text, "%s|%s|%s%d|%s|%s|x|%s|%s%s|%s|%s|%s|%s%lld,%02lld|%s%lld,%02lld|%s|||\n", journal,
	          strcmp(journal, "AN") == 0 ? "A nouveaux" : journal, journal, entry, day, account, customer, *customer ? "Client " : "",
	          customer, piece, piece_day, label, "", (long long)(amount > 0 ? cents / 100 : 0), (long long)(amount > 0 ? cents % 100 : 0),
	          "", (long long)(amount < 0 ? cents / 100 : 0), (long long)(amount < 0 ? cents % 100 : 0), letter);
}

static void sale(struct ledger *l, const char *day, const char *customer, const char *number, int64_t amount, const char *letter)
{
	int e = ++l->entry;
	if (!l->text.len) text_add(&l->text, HEAD);
	line(l, "VE", e, day, "411000", customer, number, day, "Facture", amount, letter);
	line(l, "VE", e, day, "707000", "", number, day, "Facture", -(amount - amount / 6), "");
	line(l, "VE", e, day, "445710", "", number, day, "TVA", -(amount / 6), "");
}

static void payment(struct ledger *l, const char *day, const char *customer, const char *ref, int64_t amount, const char *letter)
{
	int e = ++l->entry;
	if (!l->text.len) text_add(&l->text, HEAD);
	line(l, "BQ", e, day, "512000", "", ref, day, "Virement", amount, "");
	line(l, "BQ", e, day, "411000", customer, ref, day, "Virement", -amount, letter);
}

static void opening(struct ledger *l, const char *day, const char *customer, const char *ref, int64_t amount, const char *letter)
{
	int e = ++l->entry;
	if (!l->text.len) text_add(&l->text, HEAD);
	line(l, "AN", e, day, "411000", customer, ref, day, "A nouveau", amount, letter);
	line(l, "AN", e, day, "101000", "", ref, day, "A nouveau", -amount, "");
}

static struct status import_ledger(struct desk *desk, const char *name, struct ledger *l)
{
	return import_text(desk, name, text_cstr(&l->text));
}

static int64_t number(struct desk *desk, const char *sql)
{
	struct db *db;
	int64_t value = -1;
	CHECK_OK(store_reader(desk->store, &db));
	CHECK_OK(db_get_int(db, sql, DB_ARGS(db_int("company", desk->company.id)), &value, NULL));
	store_release(desk->store, db);
	return value;
}

static int64_t outstanding(struct desk *desk)
{
	return number(desk, "SELECT COALESCE(sum(open_amount), 0) FROM item WHERE company_id = $company");
}

static int64_t open_of(struct desk *desk, const char *item)
{
	struct db *db;
	int64_t value = -1;
	bool found = false;
	CHECK_OK(store_reader(desk->store, &db));
	CHECK_OK(db_get_int(db, "SELECT sum(open_amount) FROM item WHERE company_id = $company AND number = $number",
	                    DB_ARGS(db_int("company", desk->company.id), db_text("number", item)), &value, &found));
	store_release(desk->store, db);
	return value;
}

static void check_verified(struct desk *desk)
{
	struct db *db;
	bool ok = false;
	const char *detail = "";
	CHECK_OK(store_reader(desk->store, &db));
	CHECK_OK(projection_verify(db, 1, desk->company.id, desk->arena, &ok, &detail));
	store_release(desk->store, db);
	CHECK(ok);
	CHECK_TEXT(detail, "");
	CHECK_INT(number(desk, "SELECT count(*) FROM import WHERE company_id = $company AND state = 'staged'"), 0);
}

static void check_lines(const struct desk *desk)
{
	const struct intake_result *r = &desk->result;
	CHECK_INT(r->lines, r->items_new + r->items_changed + r->items_unchanged + r->rejected.total + r->ignored);
}

/* All that people see of items, free of ids: two stores are the same when it is. */
static char *picture(struct desk *desk)
{
	struct text out = { 0 };
	struct db *db;
	CHECK_OK(store_reader(desk->store, &db));
	struct rows *rows = db_query(db,
		/* a number made of the entry's stays that of the first export */
		"SELECT c.code, CASE WHEN i.number LIKE 'F%' THEN i.number ELSE '' END, i.kind, i.account, i.issue_day, i.posting_day, i.due_day, i.due_source, i.amount, i.open_amount,"
		" COALESCE(i.closed_day, -1) FROM item i JOIN customer c ON c.tenant_id = i.tenant_id AND c.company_id = i.company_id"
		" AND c.id = i.customer_id WHERE i.company_id = $company AND i.withdrawn = 0"
		" ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11", DB_ARGS(db_int("company", desk->company.id)));
	while (rows_next(rows))
		text_addf(&out, "%s %s %s %s %lld %lld %lld %s %lld %lld %lld\n", row_text(rows, 0), row_text(rows, 1), row_text(rows, 2),
		          row_text(rows, 3), (long long)row_int(rows, 4), (long long)row_int(rows, 5), (long long)row_int(rows, 6),
		          row_text(rows, 7), (long long)row_int(rows, 8), (long long)row_int(rows, 9), (long long)row_int(rows, 10));
	CHECK_OK(rows_status(rows));
	rows_close(rows);
	store_release(desk->store, db);
	return text_take(&out);
}

/* --- the samples ------------------------------------------------------------------------------------------------------------- */
static bool import_sample(struct desk *desk, const char *name)
{
	const char *folder = getenv("ENCOURS_SAMPLES");
	cleanup_text struct text path = { 0 };
	const char *source = getenv("ENCOURS_SOURCE");
	if (folder)
		text_addf(&path, "%s/fec/neolegal/%s", folder, name);
	else
		text_addf(&path, "%s/../shared/samples/fec/neolegal/%s", source ? source : ".", name);
	if (access(text_cstr(&path), R_OK) != 0) {
		printf("  (samples are not on this machine)\n");
		return false;
	}
	struct intake intake = intake_of(desk);
	CHECK_OK(intake_import_path(&intake, text_cstr(&path), &desk->result));
	return true;
}

static void samples_give_the_published_figures(struct store *store)
{
	struct desk desk = desk_new(store);
	if (import_sample(&desk, "111111111FEC20221231.TXT")) {
		CHECK_TEXT(desk.result.encoding, "cp850");
		CHECK_INT(desk.result.lines, 934);
		CHECK_INT(desk.result.items_new, 151);
		CHECK_INT(desk.result.customers_new, 34);
		CHECK_INT(desk.result.rejected.total, 0);
		CHECK_INT(outstanding(&desk), 1441652);
		CHECK_INT(number(&desk, "SELECT count(*) FROM (SELECT customer_id FROM item WHERE company_id = $company GROUP BY customer_id"
		                        " HAVING sum(open_amount) <> 0) x"), 19);
		CHECK_INT(number(&desk, "SELECT sum(debit - credit) FROM account_day WHERE company_id = $company AND account LIKE '411%'"),
		          1441652);
		check_lines(&desk);
		check_verified(&desk);
	}
	desk_free(&desk);
}

static void the_second_sample_too(struct store *store)
{
	struct desk desk = desk_new(store);
	if (import_sample(&desk, "000000000FEC20231231.txt")) {
		CHECK_TEXT(desk.result.encoding, "utf-8");
		CHECK_INT(desk.result.lines, 2102);
		CHECK_INT(desk.result.items_new, 153);
		CHECK_INT(desk.result.customers_new, 4);
		CHECK_INT(outstanding(&desk), 2777170);
		CHECK_INT(desk.result.settlements, 0);
		/* pitfall 95: RECETTE CB and the like are proposed for exclusion, nothing more */
		CHECK_INT(number(&desk, "SELECT count(*) FROM customer WHERE company_id = $company AND generic = 'proposed'"), 4);
		check_lines(&desk);
		check_verified(&desk);
	}
	desk_free(&desk);
}

/* --- pitfalls 67 to 75 --------------------------------------------------------------------------------------------------------- */
static void pitfall_67_and_68_twice_changes_nothing_and_twins_both_live(struct store *store)
{
	struct desk desk = desk_new(store);
	struct ledger l = { 0 };
	sale(&l, "20250110", "C1", "F1", 12000, "");
	payment(&l, "20250201", "C1", "V", 6000, "");
	payment(&l, "20250201", "C1", "V", 6000, ""); /* two real lines, alike in everything */
	CHECK_OK(import_ledger(&desk, "a.txt", &l));
	CHECK_INT(desk.result.items_new, 3);
	CHECK_INT(outstanding(&desk), 0);
	CHECK_OK(import_ledger(&desk, "a.txt", &l));
	CHECK_INT(desk.result.import_id, 0);
	CHECK_INT(desk.result.items_unchanged, 3);
	CHECK_INT(number(&desk, "SELECT count(*) FROM item WHERE company_id = $company"), 3);
	check_lines(&desk);
	check_verified(&desk);
	text_free(&l.text);
	desk_free(&desk);
}

static void pitfall_70_an_older_file_changes_nothing(struct store *store)
{
	struct desk desk = desk_new(store);
	struct ledger older = { 0 }, newer = { 0 };
	sale(&older, "20250110", "C1", "F1", 12000, "");
	sale(&newer, "20250110", "C1", "F1", 12000, "A");
	payment(&newer, "20250301", "C1", "V", 12000, "A");
	CHECK_OK(import_ledger(&desk, "newer.txt", &newer));
	struct status status = import_ledger(&desk, "older.txt", &older);
	CHECK_INT(status.code, STATUS_INVALID);
	CHECK_INT(outstanding(&desk), 0);
	CHECK_INT(number(&desk, "SELECT count(*) FROM import WHERE company_id = $company"), 1);
	check_verified(&desk);
	text_free(&older.text), text_free(&newer.text);
	desk_free(&desk);
}

static void pitfall_72_an_entry_that_does_not_balance_is_refused_whole(struct store *store)
{
	struct desk desk = desk_new(store);
	struct ledger l = { 0 };
	sale(&l, "20250110", "C1", "F1", 12000, "");
	line(&l, "VE", 99, "20250111", "411000", "C1", "F2", "20250111", "Facture", 5000, "");
	line(&l, "VE", 99, "20250111", "707000", "", "F2", "20250111", "Facture", -4000, "");
	CHECK_OK(import_ledger(&desk, "a.txt", &l));
	CHECK(desk.result.refused);
	CHECK_INT(desk.result.import_id, 0);
	CHECK_INT(desk.result.rejected.total, 2);
	CHECK_INT(intake_result_exit(&desk.result), 2);
	CHECK_INT(number(&desk, "SELECT count(*) FROM fact WHERE company_id = $company"), 0);
	check_lines(&desk);
	desk.options.accept_partial = true;
	CHECK_OK(import_ledger(&desk, "a.txt", &l));
	CHECK(!desk.result.refused);
	CHECK_INT(intake_result_exit(&desk.result), 1);
	CHECK_INT(outstanding(&desk), 12000);
	check_lines(&desk);
	check_verified(&desk);
	text_free(&l.text);
	desk_free(&desk);
}

/* A retention of last year carried over is the same one; a customer left out of the opening gets a difference that the book
 * can hold (its ids have 32 bits). */
static void openings_of_a_retention_and_of_nobody(struct store *store)
{
	struct desk desk = desk_new(store);
	struct ledger first = { 0 }, second = { 0 };
	sale(&first, "20240110", "C2", "F9", 120000, "");
	line(&first, "VE", 90, "20240115", "411000", "C1", "F1", "20240115", "Facture F1", 950000, "");
	line(&first, "VE", 90, "20240115", "411700", "C1", "F1", "20240115", "Retenue de garantie", 50000, "");
	line(&first, "VE", 90, "20240115", "707000", "", "F1", "20240115", "Facture F1", -1000000, "");
	payment(&second, "20250201", "C3", "VIR", 100, "");
	line(&second, "AN", 1, "20250101", "411000", "C1", "F1", "20240115", "A nouveau F1", 950000, "");
	line(&second, "AN", 1, "20250101", "411700", "C1", "F1", "20240115", "A nouveau F1", 50000, "Z");
	line(&second, "AN", 1, "20250101", "110000", "", "AN", "20250101", "A nouveaux", -1000000, "");
	line(&second, "BQ", 91, "20250120", "512000", "", "VIR", "20250120", "VIR retenue", 50000, "");
	line(&second, "BQ", 91, "20250120", "411700", "C1", "VIR", "20250120", "VIR retenue", -50000, "Z");
	CHECK_OK(import_ledger(&desk, "1.txt", &first));
	CHECK_OK(import_ledger(&desk, "2.txt", &second));
	CHECK_INT(desk.result.rejected.total, 0);
	CHECK_INT(outstanding(&desk), 950000 - 100);
	CHECK_INT(number(&desk, "SELECT count(*) FROM item WHERE company_id = $company AND kind = 'retention'"), 2);
	CHECK_INT(number(&desk, "SELECT count(*) FROM item WHERE company_id = $company AND kind = 'retention' AND open_amount <> 0"), 0);
	CHECK_INT(number(&desk, "SELECT count(*) FROM item WHERE company_id = $company AND kind = 'opening'"), 1);
	CHECK(number(&desk, "SELECT max(id) FROM item WHERE company_id = $company") < INT64_C(4294967296));
	check_verified(&desk);
	text_free(&first.text), text_free(&second.text);
	desk_free(&desk);
}

static void what_was_refused_is_not_taken_for_gone(struct store *store)
{
	struct desk desk = desk_new(store);
	struct ledger first = { 0 }, second = { 0 };
	sale(&first, "20250110", "C1", "F1", 12000, "");
	sale(&first, "20250111", "C1", "F2", 5000, "");
	CHECK_OK(import_ledger(&desk, "first.txt", &first));
	sale(&second, "20250110", "C1", "F1", 12000, "");
	line(&second, "VE", 99, "20250111", "411000", "C1", "F2", "20250111", "Facture F2", 5000, "");
	line(&second, "VE", 99, "20250111", "707000", "", "F2", "20250111", "Facture F2", -4000, "");
	sale(&second, "20250120", "C1", "F3", 700, "");
	desk.options.accept_partial = true;
	CHECK_OK(import_ledger(&desk, "second.txt", &second));
	CHECK_INT(desk.result.rejected.total, 2);
	CHECK_INT(desk.result.items_withdrawn, 0);
	CHECK_INT(outstanding(&desk), 17700);
	check_verified(&desk);
	text_free(&first.text), text_free(&second.text);
	desk_free(&desk);
}

static void what_was_refused_is_not_taken_for_paid(struct store *store)
{
	struct desk desk = desk_new(store);
	cleanup_text struct text good = { 0 }, bad = { 0 };
	for (int i = 0; i < 8; i++) {
		if (i == 0) text_add(&good, "code client;nom;numero facture;date facture;date echeance;montant ttc;solde\n");
		text_addf(&good, "C1;Dupont;F%d;%02d/01/2025;%02d/02/2025;100,00;100,00\n", i, 10 + i, 10 + i);
	}
	text_add(&bad, text_cstr(&good));
	char *row = strstr(bad.bytes, "F7;17/01/2025");
	CHECK(row != NULL);
	memcpy(row + 3, "99", 2); /* a day that is none: the row is refused */
	desk.options.mode = "stock", desk.options.as_of = 20100;
	CHECK_OK(import_text(&desk, "s1.csv", text_cstr(&good)));
	desk.options.as_of = 20107, desk.options.accept_partial = true;
	CHECK_OK(import_text(&desk, "s2.csv", text_cstr(&bad)));
	CHECK_INT(desk.result.rejected.total, 1);
	CHECK_INT(outstanding(&desk), 80000);
	check_verified(&desk);
	desk_free(&desk);
}

struct stopping {
	int calls, stop_at;
};

static bool die(void *context, double done, const char *what)
{
	(void)done, (void)what;
	struct stopping *stopping = context;
	if (stopping->calls++ >= stopping->stop_at) _exit(9); /* as kill -9 would: nothing is cleaned up */
	return true;
}

static void big_ledger(struct ledger *l)
{
	static const char *const months[] = { "01", "02", "03", "04", "05", "06" };
	for (int i = 0; i < 600; i++) {
		char customer[16], invoice[16], day[16], letter[16];
		snprintf(customer, sizeof customer, "C%03d", i % 37);
		snprintf(invoice, sizeof invoice, "FA25-%04d", i);
		snprintf(day, sizeof day, "2025%s%02d", months[i % 6], 1 + i % 28);
		snprintf(letter, sizeof letter, "%s%d", i % 3 ? "L" : "", i % 3 ? i : 0);
		sale(l, day, customer, invoice, 10000 + i * 7, i % 3 ? letter : "");
		snprintf(day, sizeof day, "202507%02d", 1 + i % 28);
		if (i % 3) payment(l, day, customer, "VIR", 10000 + i * 7 - (i % 5 == 0 ? 100 : 0), letter);
	}
}

static void pitfall_75_and_p10_killed_in_the_middle_leaves_all_or_nothing(struct store *store)
{
	struct desk desk = desk_new(store);
	struct ledger l = { 0 };
	big_ledger(&l);
	const char *where = teststore_address(store);
	fflush(stdout);
	for (int stop_at = 0; stop_at < 6; stop_at++) {
		pid_t child = fork();
		if (child == 0) {
			struct store *own = NULL;
			struct stopping stopping = { .stop_at = stop_at };
			if (store_open(where, &own).code) _exit(8);
			desk.store = own;
			desk.options.progress = die, desk.options.progress_context = &stopping;
			struct status status = import_ledger(&desk, "big.txt", &l);
			_exit(status.code ? 7 : 0);
		}
		int outcome = 0;
		waitpid(child, &outcome, 0);
		CHECK(WIFEXITED(outcome) && (WEXITSTATUS(outcome) == 9 || WEXITSTATUS(outcome) == 0));
		int64_t items = number(&desk, "SELECT count(*) FROM item WHERE company_id = $company");
		CHECK(items == 0 || items == 1000);
		CHECK_INT(number(&desk, "SELECT count(*) FROM import WHERE company_id = $company AND state = 'active'"), items ? 1 : 0);
		/* the dead one's turn runs out by itself; the test does not wait for it */
		struct db *db;
		CHECK_OK(store_writer(store, &db));
		CHECK_OK(db_run(db, "UPDATE lease SET until_at = 0", DB_NO_ARGS));
		store_release(store, db);
		if (items) break;
	}
	CHECK_OK(import_ledger(&desk, "big.txt", &l));
	CHECK_INT(number(&desk, "SELECT count(*) FROM item WHERE company_id = $company"), 1000);
	CHECK_INT(number(&desk, "SELECT count(*) FROM fact WHERE company_id = $company"), 1000);
	check_verified(&desk);
	text_free(&l.text);
	desk_free(&desk);
}

/* --- pitfalls 82 to 84 ----------------------------------------------------------------------------------------------------------- */
static void first_year(struct ledger *l)
{
	sale(l, "20241015", "C1", "F1", 120000, "");
	sale(l, "20241115", "C1", "F2", 60000, "A");
	payment(l, "20241201", "C1", "V1", 20000, "A");
	sale(l, "20241120", "C2", "F3", 30000, "B");
	payment(l, "20241220", "C2", "V2", 30000, "B");
	sale(l, "20241201", "C3", "F4", 50000, "");
}

static void second_year(struct ledger *l)
{
	l->entry = 500;
	opening(l, "20250101", "C1", "F1", 120000, "A");
	opening(l, "20250101", "C1", "AN", 40000, "B");
	opening(l, "20250101", "C3", "AN", 45000, "");
	payment(l, "20250110", "C1", "V3", 120000, "A");
	payment(l, "20250111", "C1", "V4", 10000, "B");
	sale(l, "20250115", "C2", "F5", 9900, "");
}

static void two_years_in_either_order_give_the_same_store(struct store *store)
{
	struct ledger first = { 0 }, second = { 0 };
	first_year(&first), second_year(&second);
	struct desk one = desk_new(store);
	CHECK_OK(import_ledger(&one, "1.txt", &first));
	CHECK_OK(import_ledger(&one, "2.txt", &second));
	CHECK(one.result.warning_count > 0); /* C3: 450,00 restated, 500,00 at the close */
	CHECK_INT(open_of(&one, "F1"), 0);
	CHECK_INT(open_of(&one, "F2"), 30000);
	CHECK_INT(outstanding(&one), 30000 + 45000 + 9900);
	cleanup_free char *forward = picture(&one);
	check_verified(&one);

	struct desk two = one; /* another company of the same store */
	two.arena = arena_new();
	two.result = (struct intake_result){ 0 };
	CHECK_OK(company_create(store, &two.viewer, (struct company_new){ .name = "Other", .code = "OTHER" }, 1700000000, &two.company));
	CHECK_OK(import_ledger(&two, "2.txt", &second));
	CHECK_INT(outstanding(&two), 120000 + 40000 + 45000 - 130000 + 9900); /* pitfall 82: items of their own until then */
	CHECK_INT(number(&two, "SELECT count(*) FROM item WHERE company_id = $company AND due_source = 'opening' AND due_day = 20089"), 3);
	CHECK_OK(import_ledger(&two, "1.txt", &first));
	cleanup_free char *backward = picture(&two);
	CHECK_TEXT(backward, forward);
	check_verified(&two);

	struct intake intake = intake_of(&one); /* the first year taken back: the openings are items again; and back once more */
	struct intake_undone undone;
	CHECK_OK(intake_undo(&intake, 1, &undone));
	check_verified(&one);
	CHECK_INT(outstanding(&one), 84900);
	CHECK_OK(import_ledger(&one, "1.txt", &first));
	cleanup_free char *again = picture(&one);
	CHECK_TEXT(again, forward);
	text_free(&first.text), text_free(&second.text);
	desk_free(&one), desk_free(&two);
}

static void pitfall_83_a_returned_payment_reopens(struct store *store)
{
	struct desk desk = desk_new(store);
	struct ledger l = { 0 };
	sale(&l, "20250115", "CDUP", "FA25-001", 120000, "A");
	payment(&l, "20250220", "CDUP", "VIR", 120000, "A");
	line(&l, "BQ", 77, "20250305", "411000", "CDUP", "FA25-001", "20250305", "IMPAYE FA25-001", 120000, "B");
	line(&l, "BQ", 77, "20250305", "512000", "", "FA25-001", "20250305", "IMPAYE FA25-001", -120000, "");
	line(&l, "OD", 78, "20250630", "416000", "CDUP", "FA25-001", "20250630", "Passage en douteux", 120000, "");
	line(&l, "OD", 78, "20250630", "411000", "CDUP", "FA25-001", "20250630", "Passage en douteux", -120000, "B");
	CHECK_OK(import_ledger(&desk, "a.txt", &l));
	CHECK_INT(desk.result.items_new, 5);
	CHECK_INT(outstanding(&desk), 120000);
	/* 2025-02-14, its own due date: on the return and on the doubtful account (pitfall 84) */
	CHECK_INT(number(&desk, "SELECT count(*) FROM item WHERE company_id = $company AND due_day = 20133 AND due_source = 'original'"), 2);
	CHECK_INT(number(&desk, "SELECT open_amount FROM item WHERE company_id = $company AND kind = 'transfer' AND account = '416000'"), 120000);
	CHECK_INT(number(&desk, "SELECT count(*) FROM item WHERE company_id = $company AND kind = 'payment'"), 1);
	check_verified(&desk);
	text_free(&l.text);
	desk_free(&desk);
}

/* --- re-export of the running year ------------------------------------------------------------------------------------------------ */
static void a_weekly_export_replaces_lettering_and_withdraws_what_is_gone(struct store *store)
{
	struct desk desk = desk_new(store);
	struct ledger one = { 0 }, two = { 0 };
	sale(&one, "20250110", "C1", "F1", 12000, "");
	sale(&one, "20250112", "C1", "F2", 500, "");
	sale(&one, "20250112", "C2", "F3", 77000, "");
	payment(&one, "20250120", "C1", "V1", 12000, "");
	two.entry = 40; /* renumbered: an entry number is no identity */
	sale(&two, "20250112", "C2", "F3", 77000, "");
	sale(&two, "20250110", "C1", "F1", 12000, "AA");
	payment(&two, "20250120", "C1", "V1", 12000, "AA");
	sale(&two, "20250210", "C3", "F4", 100, "");
	CHECK_OK(import_ledger(&desk, "1.txt", &one));
	int64_t kept = number(&desk, "SELECT id FROM item WHERE company_id = $company AND number = 'F1'");
	CHECK_OK(import_ledger(&desk, "2.txt", &two));
	CHECK_INT(desk.result.items_new, 1);
	CHECK_INT(desk.result.items_changed, 2);
	CHECK_INT(desk.result.items_unchanged, 1);
	CHECK_INT(desk.result.items_withdrawn, 1);
	CHECK_INT(desk.result.items_closed, 2);
	CHECK_INT(open_of(&desk, "F1"), 0);
	CHECK_INT(number(&desk, "SELECT id FROM item WHERE company_id = $company AND number = 'F1'"), kept);
	CHECK_INT(outstanding(&desk), 77100);
	check_lines(&desk);
	check_verified(&desk);
	struct intake intake = intake_of(&desk);
	struct intake_undone undone;
	CHECK_INT(intake_undo(&intake, 1, &undone).code, STATUS_CONFLICT); /* the second builds on it */
	CHECK_OK(intake_undo(&intake, 2, &undone)); /* P5 */
	CHECK_INT(outstanding(&desk), 77500);
	CHECK_INT(open_of(&desk, "F1"), 12000);
	CHECK_INT(number(&desk, "SELECT id FROM item WHERE company_id = $company AND number = 'F1'"), kept);
	check_verified(&desk);
	text_free(&one.text), text_free(&two.text);
	desk_free(&desk);
}

static void renumbered_entries_are_no_change(struct store *store)
{
	struct desk desk = desk_new(store);
	struct ledger one = { 0 }, two = { .entry = 70 };
	sale(&one, "20250110", "C1", "F1", 12000, "A");
	payment(&one, "20250120", "C1", "", 12000, "A"); /* no reference: its number is made of the entry's */
	sale(&two, "20250110", "C1", "F1", 12000, "A");
	payment(&two, "20250120", "C1", "", 12000, "A");
	CHECK_OK(import_ledger(&desk, "1.txt", &one));
	CHECK_OK(import_ledger(&desk, "2.txt", &two));
	CHECK_INT(desk.result.import_id, 0);
	CHECK_INT(desk.result.items_unchanged, 2);
	CHECK_INT(number(&desk, "SELECT count(*) FROM item WHERE company_id = $company AND number = 'BQ-BQ2'"), 1);
	text_free(&one.text), text_free(&two.text);
	desk_free(&desk);
}

static void a_re_export_equals_a_fresh_import(struct store *store)
{
	struct desk desk = desk_new(store);
	struct ledger one = { 0 }, two = { 0 };
	for (int i = 0; i < 120; i++) {
		char customer[8], invoice[16], letter[8];
		snprintf(customer, sizeof customer, "C%d", i % 7), snprintf(invoice, sizeof invoice, "F%d", i % 40);
		snprintf(letter, sizeof letter, "%c", 'A' + i % 5);
		if (i % 11) sale(&one, "20250110", customer, invoice, 1000 + i % 9, i % 2 ? letter : "");
		if (i % 3 == 0) payment(&one, "20250110", customer, "V", 700 + i % 4, i % 2 ? letter : "");
		if (i % 13) sale(&two, "20250110", customer, invoice, 1000 + i % 9, i % 3 ? letter : "");
		if (i % 4 == 0) payment(&two, "20250110", customer, "V", 700 + i % 4, i % 2 ? letter : "");
		if (i % 5 == 0) sale(&two, "20250210", customer, invoice, 50, letter);
	}
	CHECK_OK(import_ledger(&desk, "1.txt", &one));
	desk.options.yes = true;
	CHECK_OK(import_ledger(&desk, "2.txt", &two));
	check_verified(&desk);
	cleanup_free char *after = picture(&desk);
	struct desk fresh = desk;
	fresh.arena = arena_new(), fresh.result = (struct intake_result){ 0 };
	CHECK_OK(company_create(store, &fresh.viewer, (struct company_new){ .name = "Fresh", .code = "FRESH" }, 1700000000, &fresh.company));
	CHECK_OK(import_ledger(&fresh, "2.txt", &two));
	cleanup_free char *clean = picture(&fresh);
	CHECK_TEXT(after, clean);
	text_free(&one.text), text_free(&two.text);
	desk_free(&desk), desk_free(&fresh);
}

static void a_file_that_takes_away_half_needs_a_yes(struct store *store)
{
	struct desk desk = desk_new(store);
	struct ledger one = { 0 }, two = { 0 };
	sale(&one, "20250110", "C1", "F1", 60000, "");
	sale(&one, "20250112", "C2", "F2", 40000, "");
	sale(&two, "20250112", "C2", "F2", 40000, "");
	CHECK_OK(import_ledger(&desk, "1.txt", &one));
	CHECK_OK(import_ledger(&desk, "2.txt", &two));
	CHECK(desk.result.refused && desk.result.needs_yes);
	CHECK_INT(intake_result_exit(&desk.result), 2);
	CHECK_INT(outstanding(&desk), 100000);
	check_verified(&desk);
	desk.options.yes = true, desk.options.dry_run = true;
	CHECK_OK(import_ledger(&desk, "2.txt", &two));
	CHECK(desk.result.dry_run && desk.result.items_withdrawn == 1);
	CHECK_INT(outstanding(&desk), 100000);
	desk.options.dry_run = false;
	CHECK_OK(import_ledger(&desk, "2.txt", &two));
	CHECK_INT(outstanding(&desk), 40000);
	check_verified(&desk);
	text_free(&one.text), text_free(&two.text);
	desk_free(&desk);
}

/* --- lists ------------------------------------------------------------------------------------------------------------------------ */
/* Ledger entries of Business Central: payments say what is left of them, too. */
static void a_payment_that_is_used_up_is_no_free_credit(struct store *store)
{
	struct desk desk = desk_new(store);
	CHECK_OK(import_text(&desk, "entries.csv",
	                     "Entry No.,Posting Date,Document Date,Document Type,Document No.,Customer No.,Amount,Remaining Amount,Due Date\n"
	                     "1,2025-01-15,2025-01-15,Invoice,INV1,C1,500.00,200.00,2025-02-14\n2,2025-01-21,2025-01-21,Payment,G1,C1,-300.00,0.00,2025-01-21\n"
	                     "3,2025-01-22,2025-01-22,Payment,G2,C1,-50.00,-20.00,2025-01-22\n"));
	CHECK_INT(desk.result.rejected.total, 0);
	CHECK_INT(desk.result.open_after, 18000);
	desk_free(&desk);
}

static void pitfall_91_absent_from_a_stock_is_closed_without_a_cause(struct store *store)
{
	struct desk desk = desk_new(store);
	desk.options.mode = "stock";
	static const char head[] = "code client;nom;numero facture;date facture;date echeance;montant ttc;solde\n";
	char text[600];
	desk.options.as_of = 20100;
	snprintf(text, sizeof text, "%sC1;Dupont;F1;10/01/2025;09/02/2025;100,00;100,00\nC1;Dupont;F2;13/01/2025;12/02/2025;50,00;30,00\n"
	                            "C2;Durand;F3;13/01/2025;12/02/2025;80,00;80,00\n", head);
	CHECK_OK(import_text(&desk, "s1.csv", text));
	CHECK_INT(outstanding(&desk), 21000);
	CHECK_INT(open_of(&desk, "F2"), 3000 + 0);
	check_lines(&desk);
	desk.options.as_of = 20107;
	snprintf(text, sizeof text, "%sC1;Dupont;F2;13/01/2025;12/02/2025;50,00;10,00\nC2;Durand;F3;13/01/2025;12/02/2025;80,00;80,00\n", head);
	CHECK_OK(import_text(&desk, "s2.csv", text));
	CHECK_INT(outstanding(&desk), 9000);
	CHECK_INT(number(&desk, "SELECT closed_day FROM item WHERE company_id = $company AND number = 'F1' AND kind = 'invoice'"), 20107);
	CHECK_INT(number(&desk, "SELECT count(*) FROM item WHERE company_id = $company AND kind = 'payment'"), 0);
	CHECK_INT(number(&desk, "SELECT count(*) FROM item WHERE company_id = $company AND kind = 'other' AND amount < 0"), 3);
	int64_t id = number(&desk, "SELECT id FROM item WHERE company_id = $company AND number = 'F1' AND kind = 'invoice'");
	check_verified(&desk);
	CHECK_OK(import_text(&desk, "s2.csv", text));
	CHECK_INT(desk.result.import_id, 0);
	desk.options.as_of = 20114; /* it comes back: open again, the same item with its old due date */
	snprintf(text, sizeof text, "%sC1;Dupont;F1;10/01/2025;09/02/2025;100,00;100,00\nC1;Dupont;F2;13/01/2025;12/02/2025;50,00;10,00\n"
	                            "C2;Durand;F3;13/01/2025;12/02/2025;80,00;80,00\n", head);
	CHECK_OK(import_text(&desk, "s3.csv", text));
	CHECK_INT(outstanding(&desk), 19000);
	CHECK_INT(number(&desk, "SELECT id FROM item WHERE company_id = $company AND number = 'F1' AND kind = 'invoice'"), id);
	check_verified(&desk);
	desk.options.as_of = 20110;
	CHECK_INT(import_text(&desk, "old.csv", text).code, STATUS_INVALID);
	desk_free(&desk);
}

static void a_list_of_invoices_and_one_of_payments(struct store *store)
{
	struct desk desk = desk_new(store);
	static const char invoices[] = "client,nom,numero,date facture,echeance,montant\n"
				       "C1,Dupont,F1,2025-01-10,2025-02-09,100.00\nC1,Dupont,F2,2025-01-20,2025-02-19,200.00\n"
				       "C2,Durand,F1,2025-01-10,2025-02-09,300.00\n";
	static const char payments[] = "client,reference,date paiement,montant,facture\n"
				       "C1,V1,2025-02-10,150.00,F1\nC2,V2,2025-02-10,120.00,F1\n";
	desk.options.mode = "delta";
	CHECK_OK(import_text(&desk, "invoices.csv", invoices));
	CHECK_INT(desk.result.items_new, 3);
	check_lines(&desk);
	desk.options.format = "csv-payments";
	CHECK_OK(import_text(&desk, "payments.csv", payments));
	CHECK_INT(desk.result.items_new, 2);
	check_lines(&desk);
	CHECK_INT(outstanding(&desk), 60000 - 27000);
	CHECK_INT(number(&desk, "SELECT i.open_amount FROM item i JOIN customer c ON c.id = i.customer_id AND c.company_id = i.company_id"
	                        " WHERE i.company_id = $company AND i.number = 'F1' AND c.code = 'C2'"), 18000);
	CHECK_INT(open_of(&desk, "V1"), -5000); /* what is over stays his */
	CHECK_OK(import_text(&desk, "payments.csv", payments));
	CHECK_INT(desk.result.import_id, 0);
	desk.options.format = NULL;
	CHECK_OK(import_text(&desk, "invoices.csv", invoices));
	CHECK_INT(desk.result.import_id, 0);
	CHECK_INT(desk.result.items_unchanged, 3);
	check_verified(&desk);
	desk_free(&desk);
}

static void customers_and_contacts_leave_what_a_person_set(struct store *store)
{
	struct desk desk = desk_new(store);
	struct ledger l = { 0 };
	sale(&l, "20250110", "C1", "F1", 12000, "");
	CHECK_OK(import_ledger(&desk, "a.txt", &l));
	struct db *db;
	CHECK_OK(store_writer(store, &db));
	CHECK_OK(db_run(db, "UPDATE customer SET name = 'By hand', hand_made = 'name,siren' WHERE company_id = $company",
	                DB_ARGS(db_int("company", desk.company.id))));
	store_release(store, db);
	CHECK_OK(import_text(&desk, "c.csv", "code client;nom;siren;delai de paiement;ville\nC1;Dupont SA;732829320;60 jours;Lyon\nC9;Neuf;;;Paris\n"));
	CHECK_INT(desk.result.customers_new, 1);
	CHECK_INT(desk.result.customers_changed, 1);
	check_lines(&desk);
	CHECK_INT(number(&desk, "SELECT count(*) FROM customer WHERE company_id = $company AND code = 'C1' AND name = 'By hand'"
	                        " AND siren = '' AND city = 'Lyon' AND terms_days = 60"), 1);
	/* terms of his own: the due date moves, and says where it comes from */
	CHECK_INT(number(&desk, "SELECT due_day FROM item WHERE company_id = $company AND due_source = 'terms'"), 20098 + 60);
	CHECK_OK(import_text(&desk, "k.csv", "code client;nom contact;email\nC1;Anne;anne@example.com\n"));
	CHECK_INT(number(&desk, "SELECT count(*) FROM contact WHERE company_id = $company AND removed = 0"), 1);
	CHECK_OK(import_text(&desk, "k.csv", "code client;nom contact;email\nC1;Anne;anne@example.com\n"));
	CHECK_INT(desk.result.import_id, 0);
	check_verified(&desk);
	text_free(&l.text);
	desk_free(&desk);
}

static void a_withdrawn_item_that_was_reminded_stays_as_a_row(struct store *store)
{
	struct desk desk = desk_new(store);
	struct ledger one = { 0 }, two = { 0 };
	sale(&one, "20250110", "C1", "F1", 1000, "");
	sale(&one, "20250112", "C1", "F2", 9000, "");
	sale(&two, "20250112", "C1", "F2", 9000, "");
	CHECK_OK(import_ledger(&desk, "1.txt", &one));
	struct db *db;
	CHECK_OK(store_writer(store, &db));
	CHECK_OK(db_run(db, "INSERT INTO action_item (tenant_id, company_id, action_id, item_id, role, amount)"
	                    " SELECT tenant_id, company_id, 1, id, 'claimed', amount FROM item WHERE company_id = $company AND number = 'F1'",
	                DB_ARGS(db_int("company", desk.company.id))));
	store_release(store, db);
	CHECK_OK(import_ledger(&desk, "2.txt", &two));
	CHECK_INT(number(&desk, "SELECT withdrawn FROM item WHERE company_id = $company AND number = 'F1'"), 1);
	CHECK_INT(outstanding(&desk), 9000);
	check_verified(&desk);
	desk.options.yes = true;
	CHECK_OK(import_ledger(&desk, "1.txt", &one)); /* back again */
	CHECK_INT(number(&desk, "SELECT withdrawn FROM item WHERE company_id = $company AND number = 'F1'"), 0);
	CHECK_INT(outstanding(&desk), 10000);
	check_verified(&desk);
	text_free(&one.text), text_free(&two.text);
	desk_free(&desk);
}

static void the_original_is_kept_byte_for_byte(struct store *store)
{
	struct desk desk = desk_new(store);
	struct ledger l = { 0 };
	big_ledger(&l);
	CHECK_OK(import_ledger(&desk, "big.txt", &l));
	struct db *db;
	cleanup_free char *bytes = NULL;
	size_t len = 0;
	struct intake_row *rows = NULL;
	size_t count = 0;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(intake_original(db, &desk.viewer, desk.company.id, desk.result.import_id, &bytes, &len));
	CHECK_OK(intake_list(db, &desk.viewer, desk.company.id, 0, desk.arena, &rows, &count));
	store_release(store, db);
	CHECK_INT(len, l.text.len);
	CHECK(bytes && len == l.text.len && memcmp(bytes, l.text.bytes, len) == 0);
	CHECK_INT(count, 1);
	CHECK_TEXT(rows[0].state, "active");
	check_verified(&desk);
	text_free(&l.text);
	desk_free(&desk);
}

/* What version 0.1 kept is a zlib stream in parts. */
struct older {
	struct desk *desk;
	const unsigned char *bytes;
	size_t len;
};

static struct status keep_as_earlier(struct db *db, void *context)
{
	const struct older *older = context;
	TRY(db_run(db, "DELETE FROM import_file WHERE company_id = $company", DB_ARGS(db_int("company", older->desk->company.id))));
	for (size_t at = 0, part = 0; at < older->len; at += 100, part++)
		TRY(db_run(db, "INSERT INTO import_file (tenant_id, company_id, import_id, part, bytes) VALUES (1, $company, $import, $part, $bytes)",
		           DB_ARGS(db_int("company", older->desk->company.id), db_int("import", older->desk->result.import_id),
		                   db_int("part", (int64_t)part),
		                   db_blob("bytes", older->bytes + at, older->len - at < 100 ? older->len - at : 100))));
	return STATUS_FINE;
}

static void an_original_kept_by_an_earlier_version_is_read(struct store *store)
{
	struct desk desk = desk_new(store);
	struct ledger l = { 0 };
	big_ledger(&l);
	CHECK_OK(import_ledger(&desk, "big.txt", &l));
	uLongf packed_len = compressBound(l.text.len);
	cleanup_free unsigned char *packed = xmalloc(packed_len);
	CHECK_INT(compress2(packed, &packed_len, (const unsigned char *)l.text.bytes, l.text.len, 1), Z_OK);
	CHECK_OK(store_transact(store, keep_as_earlier, &(struct older){ &desk, packed, packed_len }));
	struct db *db;
	cleanup_free char *bytes = NULL;
	size_t len = 0;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(intake_original(db, &desk.viewer, desk.company.id, desk.result.import_id, &bytes, &len));
	CHECK(bytes && len == l.text.len && memcmp(bytes, l.text.bytes, len) == 0);
	free(bytes), bytes = NULL;
	store_release(store, db);
	CHECK_OK(store_transact(store, keep_as_earlier, &(struct older){ &desk, packed, packed_len / 2 })); /* torn */
	CHECK_OK(store_reader(store, &db));
	CHECK_INT(intake_original(db, &desk.viewer, desk.company.id, desk.result.import_id, &bytes, &len).code, STATUS_UNAVAILABLE);
	store_release(store, db);
	text_free(&l.text);
	desk_free(&desk);
}

/* A list under the books' source would close what the books brought, or count it twice: only the user knows where it is from. */
static void books_and_lists_of_one_source_are_asked_about(struct store *store)
{
	static const char open_items[] = "customer,number,issue date,due date,amount,open amount\nC9,N1,2025-03-01,2025-04-01,50.00,50.00\n";
	struct desk desk = desk_new(store);
	struct ledger l = { 0 };
	big_ledger(&l);
	CHECK_OK(import_ledger(&desk, "big.txt", &l));
	int64_t outstanding = desk.result.open_after, items = number(&desk, "SELECT count(*) FROM item WHERE company_id = $company");
	CHECK_OK(import_text(&desk, "open.csv", open_items));
	CHECK(desk.result.refused && desk.result.needs_yes && strstr(desk.result.reason, "big.txt"));
	CHECK_INT(number(&desk, "SELECT count(*) FROM item WHERE company_id = $company"), items);
	/* customers say nothing of items */
	CHECK_OK(import_text(&desk, "people.csv", "customer code,customer name,address,postcode,city\nC9,Nine,1 rue A,75001,Paris\n"));
	CHECK(!desk.result.refused);
	/* from elsewhere: a source of its own; the books stay as they are */
	desk.options.source = "shop";
	CHECK_OK(import_text(&desk, "open.csv", open_items));
	CHECK(!desk.result.refused);
	CHECK_INT(desk.result.open_after, outstanding + 5000);
	desk.options.source = NULL;
	/* the same package, said once: from then on nothing is asked, and the guard on what it closes still stands */
	desk.options.yes = true;
	CHECK_OK(import_text(&desk, "payments.csv", "customer,reference,payment date,amount,invoice number\nC9,P1,2025-05-01,10.00,N9\n"));
	CHECK(!desk.result.refused);
	desk.options.yes = false;
	CHECK_OK(import_text(&desk, "open.csv", open_items));
	CHECK(desk.result.refused && desk.result.needs_yes && !strstr(desk.result.reason, "accounting package"));
	check_verified(&desk);
	text_free(&l.text);
	desk_free(&desk);
}

static void books_after_a_list_of_one_source_are_asked_about(struct store *store)
{
	struct desk desk = desk_new(store);
	struct ledger l = { 0 };
	big_ledger(&l);
	CHECK_OK(import_text(&desk, "items.csv", "customer,number,issue date,due date,amount\nC9,N1,2025-03-01,2025-04-01,50.00\n"));
	CHECK(!desk.result.refused);
	CHECK_OK(import_ledger(&desk, "big.txt", &l));
	CHECK(desk.result.refused && desk.result.needs_yes && strstr(desk.result.reason, "items.csv"));
	desk.options.source = "books";
	CHECK_OK(import_ledger(&desk, "big.txt", &l));
	CHECK(!desk.result.refused);
	CHECK_INT(number(&desk, "SELECT open_amount FROM item WHERE company_id = $company AND number = 'N1'"), 5000);
	check_verified(&desk);
	text_free(&l.text);
	desk_free(&desk);
}

/* The same books, and the same list, under a name of their own would count twice: somebody must say that they are others. */
static void the_same_under_another_source_is_asked_about(struct store *store)
{
	struct desk desk = desk_new(store);
	struct ledger l = { 0 };
	sale(&l, "20250110", "C1", "F1", 12000, "");
	sale(&l, "20250111", "C2", "F2", 24000, "");
	CHECK_OK(import_ledger(&desk, "FEC20251231.txt", &l));
	desk.options.source = "other";
	CHECK_OK(import_ledger(&desk, "FEC20251231.txt", &l));
	CHECK(desk.result.refused && desk.result.needs_yes && strstr(desk.result.reason, "accounting") && strstr(desk.result.reason, "twice"));
	static const char list[] = "customer,number,issue date,due date,amount\nC1,F1,2025-01-10,2025-02-10,120.00\nC2,F2,2025-01-11,2025-02-11,240.00\n";
	desk.options.source = "crm";
	CHECK_OK(import_text(&desk, "items.csv", list));
	CHECK(desk.result.refused && desk.result.needs_yes);
	CHECK_INT(number(&desk, "SELECT sum(open_amount) FROM item WHERE company_id = $company"), 36000);
	/* other numbers are other invoices */
	CHECK_OK(import_text(&desk, "items.csv", "customer,number,issue date,due date,amount\nC1,G1,2025-01-10,2025-02-10,120.00\nC2,F2,2025-01-11,2025-02-11,241.00\n"));
	CHECK(!desk.result.refused);
	desk.options.yes = true;
	desk.options.source = "other";
	CHECK_OK(import_ledger(&desk, "FEC20251231.txt", &l));
	CHECK(!desk.result.refused); /* they said yes */
	text_free(&l.text);
	desk_free(&desk);
}

#define ON_BOTH(behaviour)                                                                                             \
	static void behaviour##_on_both(void) { teststore_each(behaviour); }
ON_BOTH(samples_give_the_published_figures)
ON_BOTH(the_second_sample_too)
ON_BOTH(pitfall_67_and_68_twice_changes_nothing_and_twins_both_live)
ON_BOTH(pitfall_70_an_older_file_changes_nothing)
ON_BOTH(pitfall_72_an_entry_that_does_not_balance_is_refused_whole)
ON_BOTH(pitfall_75_and_p10_killed_in_the_middle_leaves_all_or_nothing)
ON_BOTH(two_years_in_either_order_give_the_same_store)
ON_BOTH(pitfall_83_a_returned_payment_reopens)
ON_BOTH(a_weekly_export_replaces_lettering_and_withdraws_what_is_gone)
ON_BOTH(renumbered_entries_are_no_change)
ON_BOTH(a_re_export_equals_a_fresh_import)
ON_BOTH(a_file_that_takes_away_half_needs_a_yes)
ON_BOTH(openings_of_a_retention_and_of_nobody)
ON_BOTH(what_was_refused_is_not_taken_for_gone)
ON_BOTH(what_was_refused_is_not_taken_for_paid)
ON_BOTH(a_payment_that_is_used_up_is_no_free_credit)
ON_BOTH(pitfall_91_absent_from_a_stock_is_closed_without_a_cause)
ON_BOTH(a_list_of_invoices_and_one_of_payments)
ON_BOTH(customers_and_contacts_leave_what_a_person_set)
ON_BOTH(a_withdrawn_item_that_was_reminded_stays_as_a_row)
ON_BOTH(the_original_is_kept_byte_for_byte)
ON_BOTH(an_original_kept_by_an_earlier_version_is_read)
ON_BOTH(books_and_lists_of_one_source_are_asked_about)
ON_BOTH(books_after_a_list_of_one_source_are_asked_about)
ON_BOTH(the_same_under_another_source_is_asked_about)

TESTS({ "samples give the published figures", samples_give_the_published_figures_on_both },
      { "the second sample too", the_second_sample_too_on_both },
      { "pitfalls 67, 68: twice changes nothing, twins both live", pitfall_67_and_68_twice_changes_nothing_and_twins_both_live_on_both },
      { "pitfall 70: an older file changes nothing", pitfall_70_an_older_file_changes_nothing_on_both },
      { "pitfall 72: an entry that does not balance is refused whole", pitfall_72_an_entry_that_does_not_balance_is_refused_whole_on_both },
      { "openings of a retention and of nobody", openings_of_a_retention_and_of_nobody_on_both },
      { "what was refused is not taken for gone", what_was_refused_is_not_taken_for_gone_on_both },
      { "what was refused is not taken for paid", what_was_refused_is_not_taken_for_paid_on_both },
      { "pitfall 75, P10: killed in the middle leaves all or nothing",
        pitfall_75_and_p10_killed_in_the_middle_leaves_all_or_nothing_on_both },
      { "pitfall 82: two years in either order give the same store", two_years_in_either_order_give_the_same_store_on_both },
      { "pitfalls 83, 84: a returned payment reopens, a transfer keeps its age", pitfall_83_a_returned_payment_reopens_on_both },
      { "a weekly export replaces lettering and withdraws what is gone",
        a_weekly_export_replaces_lettering_and_withdraws_what_is_gone_on_both },
      { "renumbered entries are no change", renumbered_entries_are_no_change_on_both },
      { "a re-export equals a fresh import", a_re_export_equals_a_fresh_import_on_both },
      { "a file that takes away half needs a yes", a_file_that_takes_away_half_needs_a_yes_on_both },
      { "a payment that is used up is no free credit", a_payment_that_is_used_up_is_no_free_credit_on_both },
      { "pitfall 91: absent from a stock is closed without a cause", pitfall_91_absent_from_a_stock_is_closed_without_a_cause_on_both },
      { "a list of invoices and one of payments", a_list_of_invoices_and_one_of_payments_on_both },
      { "customers and contacts leave what a person set", customers_and_contacts_leave_what_a_person_set_on_both },
      { "a withdrawn item that was reminded stays as a row", a_withdrawn_item_that_was_reminded_stays_as_a_row_on_both },
      { "the original is kept byte for byte", the_original_is_kept_byte_for_byte_on_both },
      { "an original kept by an earlier version is read", an_original_kept_by_an_earlier_version_is_read_on_both },
      { "books and lists of one source are asked about", books_and_lists_of_one_source_are_asked_about_on_both },
      { "books after a list of one source are asked about", books_after_a_list_of_one_source_are_asked_about_on_both },
      { "the same under another source is asked about", the_same_under_another_source_is_asked_about_on_both })
