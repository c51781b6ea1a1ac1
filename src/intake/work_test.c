#include "intake/work.h"

#include "base/memory.h"
#include "base/test.h"
#include "db/teststore.h"

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- a company and files ------------------------------------------------------------------------------------------------------- */
struct desk {
	struct store *store;
	struct viewer viewer;
	struct company company;
	struct arena *arena;
	struct clock clock;
};

static struct desk desk_new(struct store *store)
{
	struct desk desk = { .store = store, .viewer = viewer_system(1), .arena = arena_new(), .clock = { .forced = true, .today = 20400, .minutes = 600 } };
	desk.viewer.lang = LANG_EN;
	CHECK_OK(company_create(store, &desk.viewer, (struct company_new){ .name = "Test", .code = "TEST" }, 1700000000, &desk.company));
	return desk;
}

static struct intake intake_of(struct desk *desk, const char *name)
{
	return (struct intake){ .store = desk->store, .viewer = &desk->viewer, .company_id = desk->company.id, .today = desk->clock.today,
		                .now = company_now(&desk->company, &desk->clock), .arena = desk->arena,
		                .options = { .file_name = name, .as_of = DAY_NONE } };
}

static struct worker worker_of(struct desk *desk, const char *holder)
{
	return (struct worker){ .store = desk->store, .clock = &desk->clock, .holder = holder, .tenant_id = 1, .company_id = desk->company.id };
}

static int64_t number(struct desk *desk, const char *sql)
{
	struct db *db;
	int64_t out = -1;
	CHECK_OK(store_reader(desk->store, &db));
	CHECK_OK(db_get_int(db, sql, DB_ARGS(db_int("company", desk->company.id)), &out, NULL));
	store_release(desk->store, db);
	return out;
}

static void tell(struct desk *desk, const char *sql)
{
	struct db *db;
	CHECK_OK(store_writer(desk->store, &db));
	CHECK_OK(db_run(db, sql, DB_NO_ARGS));
	store_release(desk->store, db);
}

static struct work_row row_of(struct desk *desk, int64_t draft)
{
	struct db *db;
	struct work_row row = { 0 };
	CHECK_OK(store_reader(desk->store, &db));
	CHECK_OK(work_get(db, &desk->viewer, desk->company.id, draft, desk->arena, &row));
	store_release(desk->store, db);
	return row;
}

static int64_t keep(struct desk *desk, const char *name, const char *bytes, size_t len)
{
	struct intake intake = intake_of(desk, name);
	int64_t draft = 0;
	CHECK_OK(draft_keep_bytes(&intake, bytes, len, &draft));
	return draft;
}

static void ask(struct desk *desk, int64_t draft, enum work_task task)
{
	struct intake intake = intake_of(desk, "");
	CHECK_OK(work_ask(&intake, draft, task, NULL));
}

static bool turn(struct desk *desk, const char *holder)
{
	const struct worker worker = worker_of(desk, holder);
	bool worked = false;
	CHECK_OK(work_turn(&worker, 0, &worked));
	return worked;
}

static void list_of(struct text *out, int from, int rows)
{
	text_add(out, "Customer;Invoice number;Invoice date;Due date;Amount\n");
	for (int i = from; i < from + rows; i++) text_addf(out, "C%03d;F%06d;2025-09-%02d;2025-10-%02d;%d.00\n", i % 300, i, 1 + i % 28, 1 + i % 28, 100 + i % 900);
}

static const char small[] = "Customer;Invoice number;Invoice date;Due date;Amount\nC1;F1;2025-09-01;2025-10-01;100.00\nC2;F2;2025-09-02;2025-10-02;250.50\n";

/* --- behaviours ------------------------------------------------------------------------------------------------------------------ */
static void looks_and_imports(struct store *store)
{
	struct desk desk = desk_new(store);
	CHECK(!turn(&desk, "one"));
	int64_t draft = keep(&desk, "small.csv", small, strlen(small));
	ask(&desk, draft, WORK_LOOK);
	struct intake intake = intake_of(&desk, "");
	CHECK_INT(work_ask(&intake, draft, WORK_LOOK, NULL).code, STATUS_CONFLICT);
	CHECK_INT(row_of(&desk, draft).state, WORK_WAITING);
	CHECK(turn(&desk, "one"));
	CHECK_INT(row_of(&desk, draft).state, WORK_DONE);
	struct db *db;
	struct draft seen;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(draft_get(db, &desk.viewer, desk.company.id, draft, desk.arena, &seen));
	store_release(store, db);
	CHECK_TEXT(json_string_value(json_object_get(seen.preview, "name")), "csv-items");
	CHECK_INT(json_integer_value(json_object_get(json_object_get(json_object_get(seen.preview, "result"), "items"), "new")), 2);
	json_decref(seen.options);
	json_decref(seen.preview);
	CHECK_INT(number(&desk, "SELECT count(*) FROM item WHERE company_id = $company"), 0);

	ask(&desk, draft, WORK_IMPORT);
	CHECK(turn(&desk, "one"));
	struct work_row row = row_of(&desk, draft);
	CHECK_INT(row.state, WORK_DONE);
	CHECK_INT(row.lines, 3);
	CHECK_INT(row.done, 1000);
	CHECK(row.import_id > 0);
	CHECK_INT(number(&desk, "SELECT count(*) FROM item WHERE company_id = $company"), 2);
	CHECK_INT(number(&desk, "SELECT count(*) FROM import_draft WHERE company_id = $company"), 0);
	CHECK_INT(number(&desk, "SELECT count(*) FROM import_draft_part WHERE company_id = $company"), 0);
	CHECK(!turn(&desk, "one"));

	/* the same again says nothing new, and is done with as well */
	draft = keep(&desk, "small.csv", small, strlen(small));
	ask(&desk, draft, WORK_IMPORT);
	CHECK(turn(&desk, "one"));
	CHECK_INT(row_of(&desk, draft).state, WORK_DONE);
	CHECK_INT(row_of(&desk, draft).import_id, 0);
	CHECK_INT(number(&desk, "SELECT count(*) FROM import WHERE company_id = $company"), 1);
	arena_free(desk.arena);
}

static void refused_lines_and_broken_files_are_said(struct store *store)
{
	struct desk desk = desk_new(store);
	static const char bad[] = "Customer;Invoice number;Invoice date;Due date;Amount\nC1;F1;2025-09-01;2025-10-01;100.00\nC2;F2;2025-09-02;2025-10-02;twelve\n"
				  "C3;F3;2025-09-03;2025-10-03;300.00\nC4;F4;2025-09-04;2025-10-04;400.00\nC5;F5;2025-09-05;2025-10-05;500.00\n";
	int64_t draft = keep(&desk, "bad.csv", bad, strlen(bad));
	ask(&desk, draft, WORK_IMPORT);
	CHECK(turn(&desk, "one"));
	CHECK_INT(row_of(&desk, draft).state, WORK_REFUSED);
	CHECK(strstr(row_of(&desk, draft).words, "Nothing was imported") != NULL);
	CHECK_INT(number(&desk, "SELECT count(*) FROM import_draft WHERE company_id = $company"), 1);
	draft = keep(&desk, "x.pdf", "%PDF-1.4 \x01\x02\x03", 12);
	ask(&desk, draft, WORK_IMPORT);
	CHECK(turn(&desk, "one"));
	CHECK_INT(row_of(&desk, draft).state, WORK_FAILED);
	CHECK(row_of(&desk, draft).words[0] != 0);
	CHECK_INT(number(&desk, "SELECT count(*) FROM import WHERE company_id = $company"), 0);
	arena_free(desk.arena);
}

static void one_of_a_company_after_the_other(struct store *store)
{
	struct desk desk = desk_new(store);
	int64_t first = keep(&desk, "first.csv", small, strlen(small)), second = keep(&desk, "second.csv", small, strlen(small));
	ask(&desk, first, WORK_LOOK);
	ask(&desk, second, WORK_LOOK);
	CHECK_INT(row_of(&desk, first).before, 0);
	CHECK_INT(row_of(&desk, second).before, 1);
	int64_t token;
	bool taken;
	char lease[48];
	snprintf(lease, sizeof lease, "import-work/%" PRId64, desk.company.id);
	CHECK_OK(lease_take(store, 1, lease, "another server", 60, &token, &taken));
	CHECK(taken);
	CHECK(!turn(&desk, "one")); /* the other one has the company */
	CHECK_INT(row_of(&desk, first).state, WORK_WAITING);
	CHECK_OK(lease_drop(store, 1, lease, token));
	CHECK(turn(&desk, "one"));
	CHECK_INT(row_of(&desk, first).state, WORK_DONE);
	CHECK_INT(row_of(&desk, second).state, WORK_WAITING);
	struct intake intake = intake_of(&desk, "");
	CHECK_OK(work_cancel(&intake, second));
	CHECK_INT(row_of(&desk, second).state, WORK_CANCELLED);
	CHECK_INT(work_cancel(&intake, second).code, STATUS_CONFLICT);
	CHECK(!turn(&desk, "one"));
	ask(&desk, second, WORK_LOOK); /* and may be asked for again */
	CHECK(turn(&desk, "two"));
	CHECK_INT(row_of(&desk, second).state, WORK_DONE);
	arena_free(desk.arena);
}

static void *turn_aside(void *context)
{
	turn(context, "aside");
	return NULL;
}

static void cancelled_in_the_middle_changes_nothing(struct store *store)
{
	struct desk desk = desk_new(store);
	cleanup_text struct text big = { 0 };
	list_of(&big, 0, 40000);
	int64_t draft = keep(&desk, "big.csv", big.bytes, big.len);
	ask(&desk, draft, WORK_IMPORT);
	pthread_t thread;
	CHECK_INT(pthread_create(&thread, NULL, turn_aside, &desk), 0);
	for (int i = 0; i < 1000 && row_of(&desk, draft).state == WORK_WAITING; i++) usleep(2000);
	struct intake intake = intake_of(&desk, "");
	CHECK_OK(work_cancel(&intake, draft));
	pthread_join(thread, NULL);
	CHECK_INT(row_of(&desk, draft).state, WORK_CANCELLED);
	CHECK_INT(number(&desk, "SELECT count(*) FROM item WHERE company_id = $company"), 0);
	CHECK_INT(number(&desk, "SELECT count(*) FROM import WHERE company_id = $company AND state = 'active'"), 0);
	CHECK_INT(number(&desk, "SELECT count(*) FROM import_draft WHERE company_id = $company"), 1);
	arena_free(desk.arena);
}

static void a_server_that_stops_gives_it_back(struct store *store)
{
	struct desk desk = desk_new(store);
	cleanup_text struct text big = { 0 };
	list_of(&big, 0, 70000);
	int64_t draft = keep(&desk, "big.csv", big.bytes, big.len);
	ask(&desk, draft, WORK_IMPORT);
	atomic_bool stopping = true;
	struct worker worker = worker_of(&desk, "one");
	worker.stopping = &stopping;
	bool worked = false;
	CHECK_OK(work_turn(&worker, 0, &worked));
	CHECK(worked);
	CHECK_INT(row_of(&desk, draft).state, WORK_WAITING);
	CHECK_INT(number(&desk, "SELECT count(*) FROM import WHERE company_id = $company"), 0);
	CHECK(turn(&desk, "two"));
	CHECK_INT(row_of(&desk, draft).state, WORK_DONE);
	CHECK_INT(number(&desk, "SELECT count(*) FROM item WHERE company_id = $company"), 70000);
	arena_free(desk.arena);
}

static void killed_in_the_middle_another_one_goes_on(struct store *store)
{
	struct desk desk = desk_new(store);
	cleanup_text struct text big = { 0 };
	list_of(&big, 0, 20000);
	int64_t draft = keep(&desk, "big.csv", big.bytes, big.len);
	ask(&desk, draft, WORK_IMPORT);
	const char *where = teststore_address(store);
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		struct store *own = NULL;
		bool worked = false;
		if (store_open(where, &own).code) _exit(8);
		struct worker worker = worker_of(&desk, "the dead one");
		worker.store = own;
		struct status status = work_turn(&worker, 0, &worked);
		_exit(status.code ? 7 : 0);
	}
	for (int i = 0; i < 2000 && row_of(&desk, draft).state == WORK_WAITING; i++) usleep(1000);
	usleep(50000);
	kill(child, SIGKILL);
	int outcome = 0;
	waitpid(child, &outcome, 0);
	CHECK(WIFSIGNALED(outcome));
	CHECK_INT(row_of(&desk, draft).state, WORK_RUNNING);
	CHECK(!turn(&desk, "one")); /* its lease holds for a while */
	tell(&desk, "UPDATE lease SET until_at = 0");
	CHECK(turn(&desk, "one"));
	CHECK_INT(row_of(&desk, draft).state, WORK_DONE);
	CHECK_INT(number(&desk, "SELECT count(*) FROM item WHERE company_id = $company"), 20000);
	CHECK_INT(number(&desk, "SELECT count(*) FROM import WHERE company_id = $company"), 1);

	/* one that takes its workers down is not tried for ever */
	list_of(&big, 20000, 100);
	draft = keep(&desk, "killer.csv", big.bytes, big.len);
	ask(&desk, draft, WORK_IMPORT);
	tell(&desk, "UPDATE import_work SET state = 'running', tries = 3 WHERE state = 'waiting'");
	CHECK(!turn(&desk, "one"));
	CHECK_INT(row_of(&desk, draft).state, WORK_INTERRUPTED);
	CHECK_INT(number(&desk, "SELECT count(*) FROM item WHERE company_id = $company"), 20000);
	CHECK_INT(number(&desk, "SELECT count(*) FROM import_draft WHERE company_id = $company"), 1); /* and can be started again */
	arena_free(desk.arena);
}

static void news_are_told_once(struct store *store)
{
	struct desk desk = desk_new(store);
	int64_t draft = keep(&desk, "small.csv", small, strlen(small));
	ask(&desk, draft, WORK_IMPORT);
	struct work_row *rows;
	size_t count;
	struct db *db;
	for (int round = 0; round < 3; round++) {
		CHECK_OK(store_writer(store, &db));
		CHECK_OK(work_news(db, &desk.viewer, desk.company.id, desk.arena, &rows, &count));
		CHECK_INT((int64_t)count, round < 2 ? 1 : 0);
		if (round == 1) CHECK_OK(work_seen(db, &desk.viewer, desk.company.id, draft));
		store_release(store, db);
		if (round == 0) CHECK(turn(&desk, "one"));
	}
	CHECK_OK(store_reader(store, &db));
	desk.viewer.rights = RIGHT_READ;
	CHECK_INT(work_list(db, &desk.viewer, desk.company.id, desk.arena, &rows, &count).code, STATUS_FORBIDDEN);
	store_release(store, db);
	arena_free(desk.arena);
}

static struct draft draft_of(struct desk *desk, int64_t id)
{
	struct db *db;
	struct draft draft = { 0 };
	CHECK_OK(store_reader(desk->store, &db));
	CHECK_OK(draft_get(db, &desk->viewer, desk->company.id, id, desk->arena, &draft));
	store_release(desk->store, db);
	return draft;
}

static void drop(struct draft *draft)
{
	json_decref(draft->options);
	json_decref(draft->preview);
}

static void ask_with(struct desk *desk, int64_t draft, enum work_task task, json_t *options)
{
	struct intake intake = intake_of(desk, "");
	CHECK_OK(work_ask(&intake, draft, task, options));
	json_decref(options);
	CHECK(turn(desk, "one"));
}

static const char flawed[] = "Customer;Invoice number;Invoice date;Due date;Amount\nC1;F1;2025-09-01;2025-10-01;100.00\nC2;F2;2025-09-02;2025-10-99;200.00\n"
			     "C3;F3;2025-09-03;2025-10-03;300.00\nC4;F4;2025-09-04;2025-10-04;four\nC5;F5;2025-09-05;2025-10-05;500.00\n";

static void refused_lines_are_mended_or_held_aside(struct store *store)
{
	struct desk desk = desk_new(store);
	int64_t draft = keep(&desk, "flawed.csv", flawed, strlen(flawed));
	ask_with(&desk, draft, WORK_LOOK, NULL);
	struct draft seen = draft_of(&desk, draft);
	json_t *lines = json_object_get(seen.preview, "refused_lines");
	CHECK_INT((int64_t)json_array_size(lines), 2);
	const json_t *cell = json_array_get(json_object_get(json_array_get(lines, 0), "cells"), 3);
	CHECK_TEXT(json_string_value(json_object_get(cell, "value")), "2025-10-99");
	CHECK(json_is_true(json_object_get(cell, "wrong")));
	drop(&seen);

	/* one of them is mended; the other one is held aside */
	ask_with(&desk, draft, WORK_LOOK, json_pack("{s:{s:{s:{s:s}, s:s}}}", "mended", "3", "cells", "3", "2025-10-09", "by", "Claire"));
	seen = draft_of(&desk, draft);
	CHECK_INT(json_integer_value(json_object_get(json_object_get(seen.preview, "result"), "rejected_count")), 1);
	drop(&seen);
	ask_with(&desk, draft, WORK_IMPORT, json_pack("{s:b}", "accept_partial", 1));
	struct work_row row = row_of(&desk, draft);
	CHECK_INT(row.state, WORK_DONE);
	CHECK_INT(number(&desk, "SELECT count(*) FROM item WHERE company_id = $company"), 4);
	CHECK_INT(number(&desk, "SELECT due_day FROM item WHERE company_id = $company AND number = 'F2'"), 20370 /* 2025-10-09 */);
	CHECK(strstr(row.result, "\"to\":\"2025-10-09\"") != NULL && strstr(row.result, "\"from\":\"2025-10-99\"") != NULL && strstr(row.result, "Claire") != NULL);
	CHECK_INT(number(&desk, "SELECT count(*) FROM event WHERE company_id = $company AND kind = 'import.applied' AND content LIKE '%2025-10-09%Claire%'"), 1);
	char *original;
	size_t len;
	struct db *db;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(intake_original(db, &desk.viewer, desk.company.id, row.import_id, &original, &len));
	store_release(store, db);
	CHECK_INT((int64_t)len, (int64_t)strlen(flawed));
	CHECK(memcmp(original, flawed, len) == 0); /* the file is as it came */
	free(original);

	int64_t held = number(&desk, "SELECT max(id) FROM import_draft WHERE company_id = $company");
	seen = draft_of(&desk, held);
	CHECK_TEXT(seen.file_name, "flawed.csv (refused lines)");
	CHECK_INT(json_integer_value(json_object_get(seen.options, "held")), row.import_id);
	CHECK_INT(json_integer_value(json_object_get(json_object_get(seen.preview, "result"), "lines")), 1);
	drop(&seen);
	desk.clock.today += 10; /* later than any file is kept */
	keep(&desk, "another.csv", small, strlen(small));
	ask_with(&desk, held, WORK_LOOK, json_pack("{s:{s:{s:{s:s}, s:s}}}", "mended", "2", "cells", "4", "400.00", "by", "Claire"));
	ask_with(&desk, held, WORK_IMPORT, NULL);
	CHECK_INT(row_of(&desk, held).state, WORK_DONE);
	CHECK_INT(number(&desk, "SELECT count(*) FROM item WHERE company_id = $company AND open_amount > 0"), 5);
	CHECK_INT(number(&desk, "SELECT open_amount FROM item WHERE company_id = $company AND number = 'F4'"), 40000);
	arena_free(desk.arena);
}

static void a_kept_mapping_is_applied_to_the_same_header(struct store *store)
{
	struct desk desk = desk_new(store);
	struct intake intake = intake_of(&desk, "");
	static const char odd[] = "Kunde;Beleg;Datum;Zahlbar;Saldo\nC1;F1;01/09/2025;01/10/2025;100,00\nC2;F2;02/09/2025;02/10/2025;200,00\nC3;F3;13/09/2025;13/10/2025;300,00\n";
	static const char mapping[] = "{\"what\":\"csv-items\",\"columns\":{\"Kunde\":{\"target\":\"customer_code\"},\"Beleg\":{\"target\":\"number\"},"
				      "\"Datum\":{\"target\":\"issue_date\",\"dates\":\"dmy\"},\"Zahlbar\":{\"target\":\"due_date\",\"dates\":\"dmy\"},"
				      "\"Saldo\":{\"target\":\"amount\",\"decimal\":\",\"}}}";
	CHECK_OK(mapping_save(&intake, "Our books", "Kunde\nBeleg\nDatum\nZahlbar\nSaldo\n", mapping));
	int64_t draft = keep(&desk, "odd.csv", odd, strlen(odd));
	ask_with(&desk, draft, WORK_LOOK, NULL);
	struct draft seen = draft_of(&desk, draft);
	CHECK_TEXT(json_string_value(json_object_get(seen.preview, "as_last")), "Our books");
	CHECK_TEXT(json_string_value(json_object_get(json_array_get(json_object_get(seen.preview, "columns"), 1), "target")), "number");
	CHECK_INT(json_integer_value(json_object_get(json_object_get(json_object_get(seen.preview, "result"), "items"), "new")), 3);
	drop(&seen);

	/* not quite the same: said, and not guessed */
	static const char other[] = "Kunde;Beleg;Datum;Zahlbar;Betrag;Filiale\nC1;F1;01/09/2025;01/10/2025;100,00;A\nC2;F2;02/09/2025;02/10/2025;200,00;B\n";
	draft = keep(&desk, "other.csv", other, strlen(other));
	ask_with(&desk, draft, WORK_LOOK, NULL);
	seen = draft_of(&desk, draft);
	CHECK(json_is_null(json_object_get(seen.preview, "as_last")));
	const json_t *differs = json_object_get(seen.preview, "differs");
	CHECK_TEXT(json_string_value(json_object_get(differs, "name")), "Our books");
	CHECK_TEXT(json_string_value(json_array_get(json_object_get(differs, "gone"), 0)), "Saldo");
	CHECK_INT((int64_t)json_array_size(json_object_get(differs, "gone")), 1);
	CHECK_TEXT(json_string_value(json_array_get(json_object_get(differs, "added"), 1)), "Filiale");
	CHECK(json_object_get(seen.options, "mapping") == NULL);
	drop(&seen);
	draft = keep(&desk, "small.csv", small, strlen(small));
	ask_with(&desk, draft, WORK_LOOK, NULL);
	seen = draft_of(&desk, draft);
	CHECK(json_is_null(json_object_get(seen.preview, "as_last")) && json_is_null(json_object_get(seen.preview, "differs")));
	drop(&seen);
	arena_free(desk.arena);
}

static void refused_lines_are_mended_or_held_aside_on_both(void) { teststore_each(refused_lines_are_mended_or_held_aside); }
static void a_kept_mapping_is_applied_to_the_same_header_on_both(void) { teststore_each(a_kept_mapping_is_applied_to_the_same_header); }
static void looks_and_imports_on_both(void) { teststore_each(looks_and_imports); }
static void refused_lines_and_broken_files_are_said_on_both(void) { teststore_each(refused_lines_and_broken_files_are_said); }
static void one_of_a_company_after_the_other_on_both(void) { teststore_each(one_of_a_company_after_the_other); }
static void cancelled_in_the_middle_changes_nothing_on_both(void) { teststore_each(cancelled_in_the_middle_changes_nothing); }
static void a_server_that_stops_gives_it_back_on_both(void) { teststore_each(a_server_that_stops_gives_it_back); }
static void killed_in_the_middle_another_one_goes_on_on_both(void) { teststore_each(killed_in_the_middle_another_one_goes_on); }
static void news_are_told_once_on_both(void) { teststore_each(news_are_told_once); }

TESTS({ "refused lines are mended or held aside", refused_lines_are_mended_or_held_aside_on_both },
      { "a kept mapping is applied to the same header", a_kept_mapping_is_applied_to_the_same_header_on_both },
      { "looks, imports, and is done with it", looks_and_imports_on_both },
      { "refused lines and broken files are said", refused_lines_and_broken_files_are_said_on_both },
      { "one of a company after the other", one_of_a_company_after_the_other_on_both },
      { "cancelled in the middle, nothing is changed", cancelled_in_the_middle_changes_nothing_on_both },
      { "a server that stops gives its work back", a_server_that_stops_gives_it_back_on_both },
      { "killed in the middle: another one goes on", killed_in_the_middle_another_one_goes_on_on_both },
      { "news are told once", news_are_told_once_on_both })
