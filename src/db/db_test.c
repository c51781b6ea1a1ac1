#include "db/db.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/test.h"
#include "db/teststore.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static struct status add_tenant(struct db *db, int64_t id, const char *name)
{
	return db_run(db, "INSERT INTO tenant (id, name, created_at) VALUES ($id, $name, $at)",
	              DB_ARGS(db_int("id", id), db_text("name", name), db_int("at", 0)));
}

static void values_come_back_as_they_went_in(struct store *store)
{
	struct db *db;
	CHECK_OK(store_writer(store, &db));
	CHECK_OK(db_begin(db, DB_WRITE));
	unsigned char bytes[256];
	for (int i = 0; i < 256; i++) bytes[i] = (unsigned char)i;
	CHECK_OK(db_run(db,
	                "INSERT INTO import (tenant_id, company_id, id, at, file_name, format, source, mode, digest, from_day, to_day, state)"
	                " VALUES ($t, 1, $id, $at, $file, 'fec', 'x''$y', 'ledger', $digest, $from, $to, 'active')",
	                DB_ARGS(db_int("t", 1), db_int("id", INT64_MAX), db_int("at", INT64_MIN), db_text("file", "é € 😀 ' \" $1 %"),
	                        db_blob("digest", bytes, sizeof bytes), db_day("from", -5), db_day("to", DAY_NONE))));
	cleanup_rows struct rows *rows = db_query(db, "SELECT id, at, file_name, source, digest, from_day, to_day FROM import WHERE tenant_id = $t",
	                                          DB_ARGS(db_int("t", 1)));
	CHECK(rows_next(rows));
	CHECK(row_int(rows, 0) == INT64_MAX && row_int(rows, 1) == INT64_MIN);
	CHECK_TEXT(row_text(rows, 2), "é € 😀 ' \" $1 %");
	CHECK_TEXT(row_text(rows, 3), "x'$y");
	size_t len;
	const void *blob = row_blob(rows, 4, &len);
	CHECK(len == 256 && memcmp(blob, bytes, 256) == 0);
	CHECK_INT(row_day(rows, 5), -5);
	CHECK(row_null(rows, 6) && row_day(rows, 6) == DAY_NONE);
	CHECK(!rows_next(rows));
	CHECK_OK(rows_status(rows));
	CHECK_OK(db_commit(db));
	store_release(store, db);
}

static void text_sorts_by_code_point(struct store *store)
{
	struct db *db;
	CHECK_OK(store_writer(store, &db));
	CHECK_OK(db_begin(db, DB_WRITE));
	static const char *const names[] = { "b", "B", "é", "a", "Z", "1" };
	for (int i = 0; i < 6; i++) CHECK_OK(add_tenant(db, i + 1, names[i]));
	char order[16] = "";
	cleanup_rows struct rows *rows = db_query(db, "SELECT name FROM tenant ORDER BY name", DB_NO_ARGS);
	while (rows_next(rows)) strncat(order, row_text(rows, 0), 4);
	CHECK_TEXT(order, "1BZabé");
	store_release(store, db);
}

static void a_transaction_left_open_is_rolled_back(struct store *store)
{
	struct db *db;
	CHECK_OK(store_writer(store, &db));
	CHECK_OK(db_begin(db, DB_WRITE));
	CHECK_OK(add_tenant(db, 1, "x"));
	store_release(store, db);
	CHECK_OK(store_reader(store, &db));
	int64_t n = -1;
	CHECK_OK(db_get_int(db, "SELECT COUNT(*) FROM tenant", DB_NO_ARGS, &n, NULL));
	CHECK_INT(n, 0);
	store_release(store, db);
}

static void an_error_in_a_transaction_saves_nothing(struct store *store)
{
	struct db *db;
	CHECK_OK(store_writer(store, &db));
	CHECK_OK(db_begin(db, DB_WRITE));
	CHECK_OK(add_tenant(db, 1, "x"));
	struct status twice = add_tenant(db, 1, "y");
	CHECK_INT(twice.code, STATUS_CONFLICT);
	db_rollback(db);
	int64_t n = -1;
	CHECK_OK(db_get_int(db, "SELECT COUNT(*) FROM tenant", DB_NO_ARGS, &n, NULL));
	CHECK_INT(n, 0);
	struct rows *rows = db_query(db, "SELECT nothing FROM nowhere", DB_NO_ARGS);
	CHECK(!rows_next(rows) && rows_status(rows).code == STATUS_INTERNAL);
	rows_close(rows);
	store_release(store, db);
}

static void a_reader_keeps_its_snapshot(struct store *store)
{
	struct db *reader, *writer;
	int64_t n = -1;
	CHECK_OK(store_reader(store, &reader));
	CHECK_OK(db_begin(reader, DB_READ));
	CHECK_OK(db_get_int(reader, "SELECT COUNT(*) FROM tenant", DB_NO_ARGS, &n, NULL));
	CHECK_OK(store_writer(store, &writer));
	CHECK_OK(db_begin(writer, DB_WRITE));
	CHECK_OK(add_tenant(writer, 1, "x"));
	CHECK_OK(db_commit(writer));
	store_release(store, writer);
	CHECK_OK(db_get_int(reader, "SELECT COUNT(*) FROM tenant", DB_NO_ARGS, &n, NULL));
	CHECK_INT(n, 0);
	CHECK_OK(db_commit(reader));
	CHECK_OK(db_get_int(reader, "SELECT COUNT(*) FROM tenant", DB_NO_ARGS, &n, NULL));
	CHECK_INT(n, 1);
	store_release(store, reader);
}

static struct status take_ten(struct db *db, void *context)
{
	int64_t *sum = context, first;
	(void)sum;
	for (int i = 0; i < 10; i++) TRY(id_take(db, 1, 1, "item", 3, &first));
	return STATUS_FINE;
}

static void *take_in_thread(void *opaque)
{
	for (int i = 0; i < 5; i++) CHECK_OK(store_transact(opaque, take_ten, NULL));
	return NULL;
}

static void ids_are_given_once_under_threads_and_processes(struct store *store)
{
	const char *where = teststore_address(store);
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		struct store *own = NULL;
		if (store_open(where, &own).code) _exit(1);
		take_in_thread(own);
		_exit(test_failures ? 1 : 0);
	}
	pthread_t threads[3];
	for (int i = 0; i < 3; i++) pthread_create(&threads[i], NULL, take_in_thread, store);
	for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
	int outcome = 0;
	waitpid(child, &outcome, 0);
	CHECK_INT(outcome, 0);
	struct db *db;
	CHECK_OK(store_reader(store, &db));
	int64_t value = 0;
	CHECK_OK(db_get_int(db, "SELECT value FROM counter WHERE tenant_id = 1 AND company_id = 1 AND name = 'item'", DB_NO_ARGS, &value, NULL));
	CHECK_INT(value, 4 * 5 * 10 * 3);
	store_release(store, db);
}

static void many_rows_go_in_and_out(struct store *store)
{
	enum { MANY = 100000 };
	struct db *db;
	CHECK_OK(store_writer(store, &db));
	CHECK_OK(db_begin(db, DB_WRITE));
	struct bulk *bulk;
	CHECK_OK(bulk_begin(db, "settlement", "tenant_id, company_id, customer_id, debit_id, credit_id, day, amount", &bulk));
	for (int i = 0; i < MANY; i++) {
		bulk_int(bulk, 1), bulk_int(bulk, 1), bulk_int(bulk, i / 50), bulk_int(bulk, i), bulk_int(bulk, -i), bulk_day(bulk, i % 3000), bulk_int(bulk, i);
		CHECK_OK(bulk_row(bulk));
	}
	CHECK_OK(bulk_end(bulk));
	CHECK_OK(db_commit(db));
	int64_t sum = 0, count = 0;
	struct rows *rows = db_scan(db, "SELECT amount FROM settlement WHERE tenant_id = $t ORDER BY debit_id", DB_ARGS(db_int("t", 1)));
	while (rows_next(rows)) sum += row_int(rows, 0), count++;
	CHECK_OK(rows_status(rows));
	rows_close(rows);
	CHECK_INT(count, MANY);
	CHECK_INT(sum, (int64_t)MANY * (MANY - 1) / 2);
	/* a scan left half-way leaves the connection usable */
	rows = db_scan(db, "SELECT amount FROM settlement", DB_NO_ARGS);
	CHECK(rows_next(rows));
	rows_close(rows);
	CHECK_OK(db_get_int(db, "SELECT COUNT(*) FROM settlement", DB_NO_ARGS, &count, NULL));
	CHECK_INT(count, MANY);
	CHECK_OK(db_begin(db, DB_WRITE));
	CHECK_OK(bulk_begin(db, "settlement", "tenant_id, company_id, customer_id, debit_id, credit_id, day, amount", &bulk));
	bulk_int(bulk, 2), bulk_int(bulk, 1), bulk_int(bulk, 1), bulk_int(bulk, 1), bulk_int(bulk, 1), bulk_day(bulk, 1), bulk_int(bulk, 1);
	CHECK_OK(bulk_row(bulk));
	bulk_abort(bulk);
	store_release(store, db);
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(db_get_int(db, "SELECT COUNT(*) FROM settlement WHERE tenant_id = 2", DB_NO_ARGS, &count, NULL));
	CHECK_INT(count, 0);
	store_release(store, db);
}

static int64_t number_of(struct db *db, const char *sql)
{
	int64_t value = 0;
	CHECK_OK(db_get_int(db, sql, DB_NO_ARGS, &value, NULL));
	return value;
}

static void many_rows_are_changed(struct store *store)
{
	enum { MANY = 3000 };
	struct db *db;
	struct bulk *bulk;
	CHECK_OK(store_writer(store, &db));
	CHECK_OK(db_begin(db, DB_WRITE));
	CHECK_OK(bulk_begin(db, "settlement", "tenant_id, company_id, customer_id, debit_id, credit_id, day, amount", &bulk));
	for (int i = 0; i < MANY; i++) {
		bulk_int(bulk, 7), bulk_int(bulk, 1), bulk_int(bulk, 1), bulk_int(bulk, i), bulk_int(bulk, 1), bulk_day(bulk, 1), bulk_int(bulk, 1000);
		CHECK_OK(bulk_row(bulk));
	}
	CHECK_OK(bulk_end(bulk));
	/* every other row, and as many that are not there */
	CHECK_OK(bulk_begin_change(db, "settlement", "tenant_id, company_id, customer_id, debit_id, credit_id", "amount", &bulk));
	for (int i = 0; i < MANY; i++) {
		bulk_int(bulk, 7), bulk_int(bulk, 1), bulk_int(bulk, 1), bulk_int(bulk, i * 2), bulk_int(bulk, 1), bulk_int(bulk, 2000 + i * 2);
		CHECK_OK(bulk_row(bulk));
	}
	CHECK_OK(bulk_end(bulk));
	CHECK_INT(number_of(db, "SELECT COUNT(*) FROM settlement WHERE tenant_id = 7"), MANY);
	CHECK_INT(number_of(db, "SELECT COUNT(*) FROM settlement WHERE tenant_id = 7 AND amount = 2000 + debit_id"), MANY / 2);
	CHECK_INT(number_of(db, "SELECT COUNT(*) FROM settlement WHERE tenant_id = 7 AND amount = 1000 AND day = 1"), MANY / 2);
	db_rollback(db);
	store_release(store, db);
}

static void a_row_that_can_not_be_written_ends_the_bulk(struct store *store)
{
	struct db *db;
	struct bulk *bulk;
	CHECK_OK(store_writer(store, &db));
	CHECK_OK(db_begin(db, DB_WRITE));
	CHECK_OK(bulk_begin(db, "settlement", "tenant_id, company_id, customer_id, debit_id, credit_id, day, amount", &bulk));
	struct status status = STATUS_FINE;
	for (int i = 0; i < 5000 && !status.code; i++) {
		bulk_int(bulk, 8), bulk_int(bulk, 1), bulk_int(bulk, 1), bulk_int(bulk, i == 10 ? 9 : i), bulk_int(bulk, 1);
		bulk_day(bulk, 1), bulk_int(bulk, 1);
		status = bulk_row(bulk);
	}
	if (status.code)
		bulk_abort(bulk);
	else
		status = bulk_end(bulk);
	CHECK_INT(status.code, STATUS_CONFLICT);
	db_rollback(db);
	CHECK_INT(number_of(db, "SELECT COUNT(*) FROM settlement WHERE tenant_id = 8"), 0);
	store_release(store, db);
}

static void a_lease_has_one_holder_and_a_rising_token(struct store *store)
{
	int64_t first, second, third;
	bool taken;
	CHECK_OK(lease_take(store, 1, "run", "a", 60, &first, &taken));
	CHECK(taken);
	CHECK_OK(lease_take(store, 1, "run", "b", 60, &second, &taken));
	CHECK(!taken);
	CHECK_OK(lease_drop(store, 1, "run", first));
	CHECK_OK(lease_take(store, 1, "run", "b", 60, &second, &taken));
	CHECK(taken && second > first);
	struct db *db;
	CHECK_OK(store_writer(store, &db));
	CHECK_OK(db_begin(db, DB_WRITE));
	CHECK_INT(lease_check(db, 1, "run", first).code, STATUS_CONFLICT);
	CHECK_OK(lease_check(db, 1, "run", second));
	store_release(store, db);
	/* one that ran out goes to the next; its old holder is fenced off */
	CHECK_OK(lease_take(store, 1, "run", "b", -1, &second, &taken));
	CHECK_OK(lease_take(store, 1, "run", "a", 60, &third, &taken));
	CHECK(taken && third > second);
}

static int64_t count_tenants(struct store *store)
{
	struct db *db;
	int64_t n = -1;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(db_get_int(db, "SELECT COUNT(*) FROM tenant", DB_NO_ARGS, &n, NULL));
	store_release(store, db);
	return n;
}

static void a_backup_restores_into_either_store(void)
{
	for (int from = DB_SQLITE; from <= DB_POSTGRESQL; from++)
		for (int to = DB_SQLITE; to <= DB_POSTGRESQL; to++) {
			struct store *source = teststore_open((enum db_kind)from), *target = teststore_open((enum db_kind)to);
			struct db *db;
			CHECK_OK(store_writer(source, &db));
			CHECK_OK(add_tenant(db, 1, "été"));
			CHECK_OK(db_run(db, "INSERT INTO document (tenant_id, company_id, id, customer_id, name, type, digest, bytes, at) VALUES (1, 1, 1, 1, 'a', 'b', $d, $b, 0)",
			                DB_ARGS(db_blob("d", "", 0), db_blob("b", "\0\1\xff", 3))));
			store_release(source, db);
			char file[64];
			snprintf(file, sizeof file, "/tmp/encours-backup-%d.db", (int)getpid());
			CHECK_OK(store_backup(source, file));
			CHECK_OK(store_hold(target));
			CHECK_INT(store_restore(teststore_address(target), file).code, STATUS_CONFLICT);
			store_unhold(target);
			CHECK_INT(count_tenants(target), 0);
			/* as after a restore: connections opened before are let go */
			char *where = xstrdup(teststore_address(target));
			CHECK_OK(store_restore(where, file));
			struct store *again = NULL;
			CHECK_OK(store_open(where, &again));
			CHECK_INT(count_tenants(again), 1);
			CHECK_OK(store_reader(again, &db));
			cleanup_free char *name = NULL;
			CHECK_OK(db_get_text(db, "SELECT name FROM tenant", DB_NO_ARGS, &name));
			CHECK_TEXT(name, "été");
			struct rows *rows = db_query(db, "SELECT digest, bytes FROM document", DB_NO_ARGS);
			CHECK(rows_next(rows));
			size_t len, bytes_len;
			row_blob(rows, 0, &len);
			CHECK(len == 0 && memcmp(row_blob(rows, 1, &bytes_len), "\0\1\xff", 3) == 0 && bytes_len == 3);
			rows_close(rows);
			store_release(again, db);
			store_close(again);
			free(where);
			unlink(file);
			teststore_close(source);
			teststore_close(target);
		}
}

static void what_is_no_backup_is_refused(void)
{
	struct store *target = teststore_open(DB_SQLITE);
	char file[64];
	snprintf(file, sizeof file, "/tmp/encours-nobackup-%d", (int)getpid());
	FILE *out = fopen(file, "w");
	fputs("this is no store, but it is long enough to look like one at first sight\n", out);
	fclose(out);
	CHECK_INT(store_restore(teststore_address(target), file).code, STATUS_INVALID);
	CHECK_INT(store_restore(teststore_address(target), "/nowhere/at/all").code, STATUS_INVALID);
	struct store *bad = NULL;
	CHECK_INT(store_open(file, &bad).code, STATUS_UNAVAILABLE);
	unlink(file);
	teststore_close(target);
}

/* SQLite goes by what estimate.c says: one customer's rows are found by the index of customers, not by reading everybody's. */
static void an_index_by_customer_is_worth_something(void)
{
	static const struct {
		const char *sql, *plan;
	} cases[] = {
		{ "EXPLAIN QUERY PLAN SELECT * FROM contact WHERE tenant_id = 1 AND company_id = 1 AND customer_id = 7", "INDEX contact_customer" },
		{ "EXPLAIN QUERY PLAN SELECT * FROM action WHERE tenant_id = 1 AND company_id = 1 AND customer_id = 7", "INDEX action_customer" },
		{ "EXPLAIN QUERY PLAN SELECT * FROM action WHERE tenant_id = 1 AND company_id = 1 AND id = 7", "PRIMARY KEY" },
		{ "EXPLAIN QUERY PLAN SELECT * FROM customer WHERE tenant_id = 1 AND company_id = 1", "PRIMARY KEY" },
		{ "EXPLAIN QUERY PLAN SELECT * FROM action WHERE tenant_id = 1 AND company_id = 1 AND rev > 7 AND rev <= 9", "INDEX action_rev" },
		{ "EXPLAIN QUERY PLAN SELECT step FROM action WHERE tenant_id = 1 AND company_id = 1"
		  " AND state IN ('planned', 'to_confirm', 'queued', 'sending') AND customer_id IN (1, 2)", "INDEX action_waiting" },
		{ "EXPLAIN QUERY PLAN SELECT i.number FROM customer c JOIN item i ON i.tenant_id = c.tenant_id AND i.company_id = c.company_id"
		  " AND i.customer_id = c.id WHERE c.tenant_id = 1 AND c.company_id = 1 AND c.ledger_rev > 5", "INDEX customer_ledger_rev" },
	};
	struct store *store = teststore_open(DB_SQLITE);
	struct db *db;
	CHECK_OK(store_reader(store, &db));
	for (size_t i = 0; i < COUNT(cases); i++) {
		cleanup_rows struct rows *rows = db_query(db, cases[i].sql, DB_NO_ARGS);
		CHECK(rows_next(rows));
		if (!strstr(row_text(rows, 3), cases[i].plan)) printf("  %s: %s\n", cases[i].sql, row_text(rows, 3));
		CHECK(strstr(row_text(rows, 3), cases[i].plan) != NULL);
	}
	store_release(store, db);
	teststore_close(store);
}

/* A large import drops indexes of items and makes them anew: their estimates go with them. */
static struct status make_index_anew(struct db *db, void *context)
{
	const bool *told = context;
	char *sql = NULL;
	TRY(db_get_text(db, "SELECT sql FROM sqlite_master WHERE name = 'item_number'", DB_NO_ARGS, &sql));
	struct status status = db_script(db, "DROP INDEX item_number");
	if (!status.code) status = db_script(db, sql);
	free(sql);
	return status.code || !*told ? status : db_estimate(db);
}

static int64_t estimates_of(struct store *store, const char *index)
{
	struct db *db;
	int64_t count = -1;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(db_get_int(db, "SELECT COUNT(*) FROM sqlite_stat1 WHERE idx = $index", DB_ARGS(db_text("index", index)), &count, NULL));
	store_release(store, db);
	return count;
}

static void an_index_made_anew_is_estimated_again(void)
{
	struct store *store = teststore_open(DB_SQLITE);
	bool told = true;
	CHECK_OK(store_transact(store, make_index_anew, &told));
	CHECK_INT(estimates_of(store, "item_number"), 1);
	told = false; /* a store that an earlier build left so is put right when it is opened */
	CHECK_OK(store_transact(store, make_index_anew, &told));
	CHECK_INT(estimates_of(store, "item_number"), 0);
	struct store *again = NULL;
	CHECK_OK(store_open(store_where(store), &again));
	CHECK_INT(estimates_of(again, "item_number"), 1);
	store_close(again);
	teststore_close(store);
}

static void some_ids_in_one_statement(struct store *store)
{
	struct db *db;
	const int64_t ids[] = { 5, 9, 9, 40 };
	CHECK_OK(store_writer(store, &db));
	CHECK_OK(db_begin(db, DB_WRITE));
	for (int i = 1; i <= 50; i++)
		CHECK_OK(db_run(db, "INSERT INTO counter (tenant_id, company_id, name, value) VALUES (1, $id, 'x', $id)", DB_ARGS(db_int("id", i))));
	for (size_t count = 1; count <= COUNT(ids); count++) {
		struct db_arg args[DB_SOME + 2] = { db_int("tenant", 1) };
		int64_t sum;
		db_some(args + 1, ids, count);
		CHECK_OK(db_get_int(db, "SELECT SUM(value) FROM counter WHERE tenant_id = $tenant AND company_id IN (" DB_SOME_NAMES ")", args, &sum, NULL));
		CHECK_INT(sum, count == 1 ? 5 : count < 4 ? 14 : 54);
	}
	db_rollback(db);
	store_release(store, db);
}

#define BOTH(name)                                                                                                     \
	static void name##_on_both(void)                                                                               \
	{                                                                                                              \
		teststore_each(name);                                                                                  \
	}
BOTH(values_come_back_as_they_went_in)
BOTH(text_sorts_by_code_point)
BOTH(a_transaction_left_open_is_rolled_back)
BOTH(an_error_in_a_transaction_saves_nothing)
BOTH(a_reader_keeps_its_snapshot)
BOTH(ids_are_given_once_under_threads_and_processes)
BOTH(many_rows_go_in_and_out)
BOTH(many_rows_are_changed)
BOTH(a_row_that_can_not_be_written_ends_the_bulk)
BOTH(a_lease_has_one_holder_and_a_rising_token)
BOTH(some_ids_in_one_statement)

TESTS({ "values come back as they went in", values_come_back_as_they_went_in_on_both },
      { "text sorts by code point", text_sorts_by_code_point_on_both },
      { "a transaction left open is rolled back", a_transaction_left_open_is_rolled_back_on_both },
      { "an error in a transaction saves nothing", an_error_in_a_transaction_saves_nothing_on_both },
      { "a reader keeps its snapshot", a_reader_keeps_its_snapshot_on_both },
      { "ids are given once under threads and processes", ids_are_given_once_under_threads_and_processes_on_both },
      { "many rows go in and out", many_rows_go_in_and_out_on_both },
      { "many rows are changed", many_rows_are_changed_on_both },
      { "a row that can't be written ends the bulk", a_row_that_can_not_be_written_ends_the_bulk_on_both },
      { "a lease has one holder and a rising token", a_lease_has_one_holder_and_a_rising_token_on_both },
      { "some ids in one statement", some_ids_in_one_statement_on_both },
      { "an index by customer is worth something", an_index_by_customer_is_worth_something },
      { "an index made anew is estimated again", an_index_made_anew_is_estimated_again },
      { "a backup restores into either store", a_backup_restores_into_either_store },
      { "what is no backup is refused", what_is_no_backup_is_refused }, )
