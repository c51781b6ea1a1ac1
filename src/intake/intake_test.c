#include "intake/testdesk.h"

#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

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

/* --- the original ---------------------------------------------------------------------------------------------------------------- */
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

ON_BOTH(samples_give_the_published_figures)
ON_BOTH(the_second_sample_too)
ON_BOTH(pitfall_67_and_68_twice_changes_nothing_and_twins_both_live)
ON_BOTH(pitfall_70_an_older_file_changes_nothing)
ON_BOTH(pitfall_72_an_entry_that_does_not_balance_is_refused_whole)
ON_BOTH(pitfall_75_and_p10_killed_in_the_middle_leaves_all_or_nothing)
ON_BOTH(openings_of_a_retention_and_of_nobody)
ON_BOTH(what_was_refused_is_not_taken_for_gone)
ON_BOTH(what_was_refused_is_not_taken_for_paid)
ON_BOTH(the_original_is_kept_byte_for_byte)
ON_BOTH(an_original_kept_by_an_earlier_version_is_read)

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
      { "the original is kept byte for byte", the_original_is_kept_byte_for_byte_on_both },
      { "an original kept by an earlier version is read", an_original_kept_by_an_earlier_version_is_read_on_both })
