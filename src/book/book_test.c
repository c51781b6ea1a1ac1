/* The book from both stores: against plain SQL on random books, and fresh after writes, also another process's. */
#include "book/book.h"
#include "book/list.h"

#include "base/memory.h"
#include "base/test.h"
#include "db/teststore.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static uint64_t state = 88172645463325252ull;
static uint64_t rnd(uint64_t below)
{
	state ^= state << 13, state ^= state >> 7, state ^= state << 17;
	return state % below;
}

enum { FIRST_DAY = 19000, DAYS = 700, CUSTOMERS = 40, ITEMS = 700 };

static struct status run(struct db *db, const char *sql, const struct db_arg *args)
{
	return db_run(db, sql, args);
}

static struct status add_customer(struct db *db, int64_t id, const char *code, int64_t rev)
{
	return run(db, "INSERT INTO customer (tenant_id, company_id, id, code, name, created_at, ledger_rev, rev) "
	           "VALUES (1, 1, $id, $code, $code, 0, $rev, $rev)", DB_ARGS(db_int("id", id), db_text("code", code), db_int("rev", rev)));
}

static struct status add_item(struct db *db, int64_t customer, int64_t id, const char *kind, int32_t issue, int32_t due, int64_t amount,
                              const char *currency, bool withdrawn)
{
	char number[32];
	snprintf(number, sizeof number, "F%lld", (long long)id);
	return run(db, "INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, "
	           "due_source, amount, open_amount, currency, label, withdrawn) VALUES (1, 1, $customer, $id, $number, $kind, '411', $issue, "
	           "$issue, $due, 'file', $amount, 0, $currency, '', $withdrawn)",
	           DB_ARGS(db_int("customer", customer), db_int("id", id), db_text("number", number), db_text("kind", kind),
	                   db_day("issue", issue), db_day("due", due), db_int("amount", amount), db_text("currency", currency),
	                   db_int("withdrawn", withdrawn)));
}

static struct status settle(struct db *db, int64_t customer, int64_t debit, int64_t credit, int32_t day, int64_t amount)
{
	return run(db, "INSERT INTO settlement (tenant_id, company_id, customer_id, debit_id, credit_id, day, amount) "
	           "VALUES (1, 1, $customer, $debit, $credit, $day, $amount)",
	           DB_ARGS(db_int("customer", customer), db_int("debit", debit), db_int("credit", credit), db_day("day", day),
	                   db_int("amount", amount)));
}

static struct status make_company(struct db *db, void *context)
{
	(void)context;
	TRY(run(db, "INSERT INTO tenant (id, name, created_at) VALUES (1, 't', 0)", DB_NO_ARGS));
	return run(db, "INSERT INTO company (tenant_id, id, code, name, rev, created_at) VALUES (1, 1, 'DEMO', 'Demo', 1, 0)", DB_NO_ARGS);
}

static struct status make_items(struct db *db, void *context)
{
	(void)context;
	int64_t rev;
	TRY(db_get_int(db, "SELECT rev FROM company WHERE tenant_id = 1 AND id = 1", DB_NO_ARGS, &rev, NULL));
	struct { int64_t id, customer, left; int32_t day; bool usd; } items[ITEMS];
	for (int64_t c = 1; c <= CUSTOMERS; c++) {
		char code[16];
		snprintf(code, sizeof code, "C%03lld", (long long)(c * 37 % 101));
		TRY(add_customer(db, c, code, rev));
	}
	for (int i = 0; i < ITEMS; i++) {
		bool credit = rnd(3) == 0;
		int64_t amount = (int64_t)rnd(100000);
		items[i].id = i + 10, items[i].customer = 1 + (int64_t)rnd(CUSTOMERS), items[i].usd = rnd(6) == 0;
		items[i].day = FIRST_DAY + (int32_t)rnd(DAYS), items[i].left = credit ? -amount : amount;
		bool withdrawn = rnd(50) == 0;
		TRY(add_item(db, items[i].customer, items[i].id, credit ? "payment" : "invoice", items[i].day, items[i].day + (int32_t)rnd(90),
		             items[i].left, items[i].usd ? "USD" : "EUR", withdrawn));
		if (withdrawn) items[i].left = 0;
	}
	for (int d = 0; d < ITEMS; d++)
		for (int c = 0; c < ITEMS && items[d].left > 0; c++) {
			if (items[c].left >= 0 || items[c].customer != items[d].customer || items[c].usd != items[d].usd || rnd(3) == 0) continue;
			int64_t most = items[d].left < -items[c].left ? items[d].left : -items[c].left;
			int64_t amount = rnd(2) ? most : 1 + (int64_t)rnd((uint64_t)most);
			items[d].left -= amount, items[c].left += amount;
			TRY(settle(db, items[d].customer, items[d].id, items[c].id, items[d].day > items[c].day ? items[d].day : items[c].day, amount));
		}
	return STATUS_FINE;
}

/* The same question in SQL, as the contract words it: one row per customer with something. */
static const char ageing_sql[] =
	"WITH moved AS ("
	"  SELECT i.customer_id AS customer_id, i.due_day AS due_day, i.amount"
	"    - COALESCE((SELECT SUM(s.amount) FROM settlement s WHERE s.tenant_id = 1 AND s.company_id = 1 "
	"        AND s.customer_id = i.customer_id AND s.debit_id = i.id AND s.day <= $d), 0)"
	"    + COALESCE((SELECT SUM(s.amount) FROM settlement s WHERE s.tenant_id = 1 AND s.company_id = 1 "
	"        AND s.customer_id = i.customer_id AND s.credit_id = i.id AND s.day <= $d), 0) AS amount_open"
	"  FROM item i WHERE i.tenant_id = 1 AND i.company_id = 1 AND i.withdrawn = 0 AND i.kind <> 'deposit_request'"
	"    AND i.currency = $currency AND i.posting_day <= $d) "
	"SELECT customer_id,"
	" CAST(SUM(CASE WHEN amount_open > 0 AND $d - due_day <= 0 THEN amount_open ELSE 0 END) AS BIGINT),"
	" CAST(SUM(CASE WHEN amount_open > 0 AND $d - due_day BETWEEN 1 AND 30 THEN amount_open ELSE 0 END) AS BIGINT),"
	" CAST(SUM(CASE WHEN amount_open > 0 AND $d - due_day BETWEEN 31 AND 60 THEN amount_open ELSE 0 END) AS BIGINT),"
	" CAST(SUM(CASE WHEN amount_open > 0 AND $d - due_day BETWEEN 61 AND 90 THEN amount_open ELSE 0 END) AS BIGINT),"
	" CAST(SUM(CASE WHEN amount_open > 0 AND $d - due_day > 90 THEN amount_open ELSE 0 END) AS BIGINT),"
	" CAST(SUM(CASE WHEN amount_open < 0 THEN amount_open ELSE 0 END) AS BIGINT) "
	"FROM moved GROUP BY customer_id ORDER BY customer_id";

static void compare_with_sql(struct store *store, int32_t as_of, const char *currency)
{
	cleanup_book const struct book *book = NULL;
	CHECK_OK(book_get(store, 1, 1, &book));
	if (!book) return;
	struct book_ageing *rows = xcalloc(book_customers(book) + 1, sizeof *rows), sum = { 0 }, total;
	book_age(book, (struct book_age_options){ .as_of = as_of, .currency = currency }, rows, &total);
	struct db *db;
	CHECK_OK(store_reader(store, &db));
	struct rows *query = db_query(db, ageing_sql, DB_ARGS(db_day("d", as_of), db_text("currency", currency)));
	while (rows_next(query)) {
		size_t index = book_find_customer(book, row_int(query, 0));
		CHECK(index != SIZE_MAX);
		if (index == SIZE_MAX) continue;
		for (int k = 0; k < BOOK_BUCKETS; k++) {
			CHECK_INT(rows[index].bucket[k], row_int(query, 1 + k));
			sum.bucket[k] += row_int(query, 1 + k);
		}
		CHECK_INT(rows[index].unallocated, row_int(query, 6));
		sum.unallocated += row_int(query, 6);
	}
	CHECK_OK(rows_status(query));
	rows_close(query);
	store_release(store, db);
	for (int k = 0; k < BOOK_BUCKETS; k++) CHECK_INT(total.bucket[k], sum.bucket[k]);
	CHECK_INT(total.unallocated, sum.unallocated);
	free(rows);
}

/* What is kept of blocks, less who is a later block's, against a walk over the segments (a selection of everybody is walked). */
static void kept_is_what_a_walk_finds(struct store *store, int32_t as_of)
{
	cleanup_book const struct book *book = NULL;
	cleanup_arena struct arena *arena = arena_new();
	CHECK_OK(book_get(store, 1, 1, &book));
	if (!book) return;
	size_t customers = book_customers(book);
	uint8_t *everybody = arena_array(arena, uint8_t, customers + 1);
	memset(everybody, 1, customers);
	struct book_age_options whole = { .as_of = as_of }, walked = { .as_of = as_of, .selected = everybody };
	struct book_ageing aged, aged_walked;
	book_age(book, whole, NULL, &aged), book_age(book, walked, NULL, &aged_walked);
	CHECK(memcmp(&aged, &aged_walked, sizeof aged) == 0);
	struct book_kpi kpi, kpi_walked;
	book_kpi(book, whole, &kpi), book_kpi(book, walked, &kpi_walked);
	CHECK_INT(book_outstanding(&kpi.ageing), book_outstanding(&kpi_walked.ageing));
	CHECK_INT(kpi.sales_365, kpi_walked.sales_365);
	CHECK_INT(kpi.sales_90, kpi_walked.sales_90);
	CHECK_INT(kpi.outstanding_90, kpi_walked.outstanding_90);
	CHECK(kpi.countback_days_num == kpi_walked.countback_days_num && kpi.countback_days_den == kpi_walked.countback_days_den);
	CHECK(kpi.countback_min == kpi_walked.countback_min);
	const int32_t days[3] = { as_of - 200, as_of - 31, as_of };
	struct book_point points[3], points_walked[3];
	book_history(book, whole, days, 3, points), book_history(book, walked, days, 3, points_walked);
	CHECK(memcmp(points, points_walked, sizeof points) == 0);
	CHECK_INT(points[2].outstanding, book_outstanding(&aged));
	int64_t sales[400], sales_ahead[401];
	book_daily_sales(book, whole, as_of - 399, COUNT(sales), sales);
	book_daily_sales(book, whole, as_of - 399, COUNT(sales_ahead), sales_ahead); /* a day more than what is kept */
	CHECK(memcmp(sales, sales_ahead, sizeof sales) == 0);

	struct book_behaviour *rows = arena_array(arena, struct book_behaviour, customers + 1), one;
	struct book_late *late;
	book_behave(book, (struct book_behaviour_options){ .as_of = as_of }, rows, NULL);
	book_lateness(book, (struct book_behaviour_options){ .as_of = as_of }, arena, &late);
	struct book_opens *opens = book_opens(book, as_of);
	int64_t count = 0, with = 0;
	for (size_t c = 0; c < customers; c++) {
		book_behave(book, (struct book_behaviour_options){ .as_of = as_of, .customer = c + 1 }, NULL, &one);
		CHECK(rows[c].settled == one.settled && rows[c].days_late == one.days_late && rows[c].late_weight == one.late_weight &&
		      rows[c].invoiced == one.invoiced && rows[c].first_day == one.first_day && rows[c].on_time == one.on_time);
		CHECK(late[c].weight == one.late_weight && late[c].sum == one.days_late);
		for (size_t i = 1; i < late[c].count; i++) CHECK(late[c].days[i - 1] <= late[c].days[i]);
		struct book_customer who = book_customer(book, c);
		struct book_item *items = arena_array(arena, struct book_item, who.item_count + 1);
		book_customer_items(book, c, as_of, items);
		const struct book_open *open;
		size_t open_count = book_opens_of(opens, c, NULL, &open), at = 0;
		for (size_t i = 0; i < who.item_count; i++) {
			if (items[i].outside || items[i].open == 0) continue;
			CHECK(at < open_count && open[at].id == items[i].id && open[at].open == items[i].open && open[at].due_day == items[i].due_day);
			at++;
		}
		CHECK_INT(open_count, at);
		open_count = book_opens_of(opens, c, "EUR", &open);
		count += (int64_t)open_count, with += open_count > 0;
	}
	book_opens_free(opens);
	CHECK_INT(kpi.open_items, count);
	CHECK_INT(kpi.customers, with);
	struct item_list list;
	item_list(book, &(struct item_filter){ .as_of = as_of, .state = LIST_OPEN, .currency = "EUR" }, (struct list_page){ .limit = 10 }, arena, &list);
	CHECK_INT(list.total, count);
	CHECK_INT(list.open, book_outstanding(&aged));
}

static void equals_plain_sql(struct store *store)
{
	CHECK_OK(store_transact(store, make_company, NULL));
	for (int round = 0; round < 3; round++) {
		CHECK_OK(store_transact(store, make_items, NULL));
		for (int probe = 0; probe < 4; probe++)
			compare_with_sql(store, FIRST_DAY + (int32_t)rnd(DAYS + 60), probe == 3 ? "USD" : "EUR");
		struct db *db;
		CHECK_OK(store_writer(store, &db));
		CHECK_OK(db_begin(db, DB_WRITE));
		CHECK_OK(db_script(db, "DELETE FROM item; DELETE FROM settlement; DELETE FROM customer; UPDATE company SET rev = rev + 1"));
		CHECK_OK(db_commit(db));
		store_release(store, db);
	}
}

/* One random change, as the ledger makes them: a customer gets an invoice, a payment, or loses an item. */
static struct status change_something(struct db *db, void *context)
{
	int64_t *next_id = context, rev;
	TRY(run(db, "UPDATE company SET rev = rev + 1 WHERE tenant_id = 1 AND id = 1", DB_NO_ARGS));
	TRY(db_get_int(db, "SELECT rev FROM company WHERE tenant_id = 1 AND id = 1", DB_NO_ARGS, &rev, NULL));
	int64_t customer = 1 + (int64_t)rnd(CUSTOMERS + 3), id = (*next_id)++;
	char code[16];
	snprintf(code, sizeof code, "N%03lld", (long long)customer);
	if (customer > CUSTOMERS)
		TRY(run(db, "INSERT INTO customer (tenant_id, company_id, id, code, name, created_at, rev) VALUES (1, 1, $id, $code, 'x', 0, $rev) "
		        "ON CONFLICT DO NOTHING", DB_ARGS(db_int("id", customer), db_text("code", code), db_int("rev", rev))));
	int32_t day = FIRST_DAY + (int32_t)rnd(DAYS);
	switch (rnd(3)) {
	case 0: TRY(add_item(db, customer, id, "invoice", day, day + 30, (int64_t)rnd(50000), "EUR", false)); break;
	case 1:
		TRY(add_item(db, customer, id, "invoice", day, day + 30, 10000, "EUR", false));
		TRY(add_item(db, customer, id + 100000, "payment", day + 9, day + 9, -6000, "EUR", false));
		TRY(settle(db, customer, id, id + 100000, day + 9, 6000));
		break;
	default:
		TRY(run(db, "DELETE FROM settlement WHERE tenant_id = 1 AND company_id = 1 AND customer_id = $c", DB_ARGS(db_int("c", customer))));
		TRY(run(db, "DELETE FROM item WHERE tenant_id = 1 AND company_id = 1 AND customer_id = $c", DB_ARGS(db_int("c", customer))));
	}
	return run(db, "UPDATE customer SET ledger_rev = $rev WHERE tenant_id = 1 AND company_id = 1 AND id = $c",
	           DB_ARGS(db_int("rev", rev), db_int("c", customer)));
}

static void fresh_after_each_write(struct store *store)
{
	CHECK_OK(store_transact(store, make_company, NULL));
	CHECK_OK(store_transact(store, make_items, NULL));
	int64_t next_id = 5000;
	for (int i = 0; i < 40; i++) {
		CHECK_OK(store_transact(store, change_something, &next_id));
		if (rnd(3) == 0) continue; /* several changes at once */
		compare_with_sql(store, FIRST_DAY + DAYS + 20, "EUR");
		kept_is_what_a_walk_finds(store, FIRST_DAY + DAYS + 20);
		if (i % 4 == 0) kept_is_what_a_walk_finds(store, FIRST_DAY + (int32_t)rnd(DAYS));
	}
	compare_with_sql(store, FIRST_DAY + DAYS / 2, "EUR");
}

static void readers_keep_their_book(struct store *store)
{
	CHECK_OK(store_transact(store, make_company, NULL));
	CHECK_OK(store_transact(store, make_items, NULL));
	cleanup_book const struct book *before = NULL;
	CHECK_OK(book_get(store, 1, 1, &before));
	struct book_ageing was, is;
	struct book_age_options options = { .as_of = FIRST_DAY + DAYS };
	book_age(before, options, NULL, &was);
	int64_t next_id = 5000;
	for (int i = 0; i < 20; i++) {
		CHECK_OK(store_transact(store, change_something, &next_id));
		cleanup_book const struct book *now = NULL;
		CHECK_OK(book_get(store, 1, 1, &now));
		CHECK(now != before && book_rev(now) > book_rev(before));
	}
	book_age(before, options, NULL, &is);
	CHECK(memcmp(&was, &is, sizeof was) == 0);
	cleanup_book const struct book *one = NULL, *two = NULL;
	CHECK_OK(book_get(store, 1, 1, &one));
	CHECK_OK(book_get(store, 1, 1, &two));
	CHECK(one == two); /* nothing changed: the same book */
}

static void another_process_writes(struct store *store)
{
	CHECK_OK(store_transact(store, make_company, NULL));
	CHECK_OK(store_transact(store, make_items, NULL));
	compare_with_sql(store, FIRST_DAY + DAYS, "EUR");
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		struct store *own = NULL;
		int64_t next_id = 7000;
		bool ok = !store_open(teststore_address(store), &own).code;
		for (int i = 0; i < 5 && ok; i++) ok = !store_transact(own, change_something, &next_id).code;
		_exit(ok ? 0 : 1);
	}
	int how = 0;
	CHECK(waitpid(child, &how, 0) == child && WIFEXITED(how) && WEXITSTATUS(how) == 0);
	cleanup_book const struct book *book = NULL;
	CHECK_OK(book_get(store, 1, 1, &book));
	CHECK_INT(book ? book_rev(book) : 0, 6);
	compare_with_sql(store, FIRST_DAY + DAYS, "EUR");
}

struct reading {
	struct store *store;
	int64_t wrong;
};
static void *read_on(void *context)
{
	struct reading *reading = context;
	int64_t last = 0;
	for (int i = 0; i < 60; i++) {
		cleanup_book const struct book *book = NULL;
		if (book_get(reading->store, 1, 1, &book).code || book_rev(book) < last) {
			reading->wrong++;
			continue;
		}
		last = book_rev(book);
		struct book_ageing net, gross;
		book_age(book, (struct book_age_options){ .as_of = FIRST_DAY + DAYS }, NULL, &gross);
		book_age(book, (struct book_age_options){ .as_of = FIRST_DAY + DAYS, .basis = BASIS_NET }, NULL, &net);
		reading->wrong += book_outstanding(&gross) != book_outstanding(&net);
	}
	return NULL;
}

static void read_by_many_while_written(struct store *store)
{
	CHECK_OK(store_transact(store, make_company, NULL));
	CHECK_OK(store_transact(store, make_items, NULL));
	pthread_t threads[3];
	struct reading readings[3];
	for (int i = 0; i < 3; i++) {
		readings[i] = (struct reading){ store, 0 };
		CHECK(pthread_create(&threads[i], NULL, read_on, &readings[i]) == 0);
	}
	int64_t next_id = 5000;
	for (int i = 0; i < 20; i++) CHECK_OK(store_transact(store, change_something, &next_id));
	for (int i = 0; i < 3; i++) {
		pthread_join(threads[i], NULL);
		CHECK_INT(readings[i].wrong, 0);
	}
	compare_with_sql(store, FIRST_DAY + DAYS, "EUR");
}

static struct status edit_customer(struct db *db, void *context)
{
	(void)context;
	TRY(run(db, "UPDATE company SET rev = rev + 1 WHERE tenant_id = 1 AND id = 1", DB_NO_ARGS));
	return run(db, "UPDATE customer SET name = 'Renommé', code = 'ZZZ', payment_means = 'bill', "
	           "rev = (SELECT rev FROM company WHERE tenant_id = 1 AND id = 1) WHERE tenant_id = 1 AND company_id = 1 AND id = 3", DB_NO_ARGS);
}

static struct status drop_customer(struct db *db, void *context)
{
	(void)context;
	TRY(run(db, "UPDATE company SET rev = rev + 1 WHERE tenant_id = 1 AND id = 1", DB_NO_ARGS));
	TRY(run(db, "DELETE FROM settlement WHERE tenant_id = 1 AND company_id = 1 AND customer_id = 5", DB_NO_ARGS));
	TRY(run(db, "DELETE FROM item WHERE tenant_id = 1 AND company_id = 1 AND customer_id = 5", DB_NO_ARGS));
	return run(db, "DELETE FROM customer WHERE tenant_id = 1 AND company_id = 1 AND id = 5", DB_NO_ARGS);
}

static void customers_follow(struct store *store)
{
	CHECK_OK(store_transact(store, make_company, NULL));
	CHECK_OK(store_transact(store, make_items, NULL));
	compare_with_sql(store, FIRST_DAY + DAYS, "EUR");
	CHECK_OK(store_transact(store, edit_customer, NULL));
	cleanup_book const struct book *book = NULL;
	CHECK_OK(book_get(store, 1, 1, &book));
	size_t index = book_find_customer(book, 3);
	CHECK_INT(index, CUSTOMERS - 1); /* in order of code */
	CHECK_TEXT(book_customer(book, index).name, "Renommé");
	CHECK(book_customer(book, index).presented);
	CHECK_INT(book_find_customer_code(book, "ZZZ"), index);
	compare_with_sql(store, FIRST_DAY + DAYS, "EUR");
	CHECK_OK(store_transact(store, drop_customer, NULL));
	book_release(book);
	CHECK_OK(book_get(store, 1, 1, &book));
	CHECK_INT(book_customers(book), CUSTOMERS - 1);
	CHECK(book_find_customer(book, 5) == SIZE_MAX);
	compare_with_sql(store, FIRST_DAY + DAYS, "EUR");
}

static struct status script(struct db *db, void *context)
{
	return db_script(db, context);
}

/* Names change a hundred times, one customer each; whoever holds an older book reads the older names on. */
static void names_change_in_place(struct store *store)
{
	CHECK_OK(store_transact(store, make_company, NULL));
	CHECK_OK(store_transact(store, make_items, NULL));
	cleanup_book const struct book *first = NULL;
	CHECK_OK(book_get(store, 1, 1, &first));
	char old_name[64];
	snprintf(old_name, sizeof old_name, "%s", book_customer(first, book_find_customer(first, 4)).name);
	for (int i = 0; i < 150; i++) {
		char sql[300];
		snprintf(sql, sizeof sql, "UPDATE company SET rev = rev + 1; UPDATE customer SET name = 'Nom %d', rev = (SELECT rev FROM company)"
		         " WHERE id = %d", i, 4 + i % 2);
		CHECK_OK(store_transact(store, script, sql));
		cleanup_book const struct book *book = NULL;
		CHECK_OK(book_get(store, 1, 1, &book));
		char name[32];
		snprintf(name, sizeof name, "Nom %d", i);
		CHECK_TEXT(book_customer(book, book_find_customer(book, 4 + i % 2)).name, name);
		if (i % 50 == 0) compare_with_sql(store, FIRST_DAY + DAYS, "EUR");
	}
	CHECK_TEXT(book_customer(first, book_find_customer(first, 4)).name, old_name);
	/* one is merged into another, comes back; one goes and another comes in the same change */
	CHECK_OK(store_transact(store, script, "UPDATE company SET rev = rev + 1; UPDATE customer SET merged_into = 5, rev = (SELECT rev FROM company)"
	                        " WHERE id = 4"));
	cleanup_book const struct book *merged = NULL;
	CHECK_OK(book_get(store, 1, 1, &merged));
	CHECK(book_find_customer(merged, 4) == SIZE_MAX);
	CHECK_INT(book_customers(merged), CUSTOMERS - 1);
	CHECK_OK(store_transact(store, script, "UPDATE company SET rev = rev + 1; UPDATE customer SET merged_into = 0, rev = (SELECT rev FROM company)"
	                        " WHERE id = 4"));
	cleanup_book const struct book *back = NULL;
	CHECK_OK(book_get(store, 1, 1, &back));
	CHECK_INT(book_customers(back), CUSTOMERS);
	compare_with_sql(store, FIRST_DAY + DAYS, "EUR");
	CHECK_OK(store_transact(store, drop_customer, NULL));
	CHECK_OK(store_transact(store, script, "INSERT INTO customer (tenant_id, company_id, id, code, name, created_at, rev) VALUES (1, 1, 900, 'A0', 'x',"
	                        " 0, (SELECT rev FROM company))"));
	cleanup_book const struct book *last = NULL;
	CHECK_OK(book_get(store, 1, 1, &last));
	CHECK_INT(book_customers(last), CUSTOMERS);
	CHECK_INT(book_find_customer_code(last, "A0"), 0);
	CHECK(book_find_customer(last, 5) == SIZE_MAX);
	compare_with_sql(store, FIRST_DAY + DAYS, "EUR");
}

static void unknown_company(struct store *store)
{
	const struct book *book = NULL;
	CHECK(book_get(store, 1, 99, &book).code == STATUS_NOT_FOUND);
	CHECK_OK(store_transact(store, make_company, NULL));
	CHECK_OK(book_get(store, 1, 1, &book)); /* nothing in it yet */
	CHECK(book && book_items(book) == 0 && book_customers(book) == 0);
	struct book_kpi kpi;
	book_kpi(book, (struct book_age_options){ .as_of = 20000 }, &kpi);
	CHECK_INT(book_outstanding(&kpi.ageing), 0);
	book_release(book);
}

#define ON_BOTH(behaviour) static void behaviour##_on_both(void) { teststore_each(behaviour); }
ON_BOTH(equals_plain_sql)
ON_BOTH(fresh_after_each_write)
ON_BOTH(readers_keep_their_book)
ON_BOTH(another_process_writes)
ON_BOTH(read_by_many_while_written)
ON_BOTH(customers_follow)
ON_BOTH(names_change_in_place)
ON_BOTH(unknown_company)

TESTS({ "equals plain SQL", equals_plain_sql_on_both }, { "fresh after each write", fresh_after_each_write_on_both },
      { "readers keep their book", readers_keep_their_book_on_both }, { "another process writes", another_process_writes_on_both },
      { "read by many while written", read_by_many_while_written_on_both }, { "customers follow", customers_follow_on_both },
      { "names change in place", names_change_in_place_on_both }, { "unknown or empty company", unknown_company_on_both })
