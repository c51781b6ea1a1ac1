/* The book on ten million synthetic items with part payments: median of several runs, beside a plain read of the same bytes in
 * the same run. What they mean stands in docs/performance.md.
 *
 *     book_bench [MILLIONS]            the kernels, in memory (10)
 *     book_bench sql MILLIONS FILE     a SQLite store is filled, then loaded (FILE is made anew)
 *     book_bench load FILE             loaded again
 */
#include "book/book.h"
#include "book/build.h"
#include "book/columns.h"
#include "book/list.h"
#include "book/moment.h"
#include "book/snapshot.h"
#include "standing/standing.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 9, FIRST_DAY = 19000, DAYS = 720, PER_CUSTOMER = 50 };

static uint64_t state = 88172645463325252ull;
static uint64_t rnd(uint64_t below)
{
	state ^= state << 13, state ^= state >> 7, state ^= state << 17;
	return state % below;
}

/* Time of the processor, not of the wall: one thread, no waiting, and neighbours on the machine count less. */
static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int ascending(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;
	return (a > b) - (a < b);
}

/* forget: as on a day not asked before. */
static double median_of(void (*work)(const struct book *), const struct book *book, bool forget, double *best)
{
	double times[ROUNDS];
	for (int i = 0; i < ROUNDS; i++) {
		if (forget) keepsakes_forget(book->blocks[0]);
		double start = seconds();
		work(book);
		times[i] = seconds() - start;
	}
	qsort(times, ROUNDS, sizeof *times, ascending);
	*best = times[0];
	return times[ROUNDS / 2];
}

/* --- the company ------------------------------------------------------------------------------------------------------------ */

/* Invoices over two years: three in four paid at once, one in seven in two parts, the rest still open. Who takes rows. */
struct taker {
	void (*customer)(void *context, int64_t id);
	void (*item)(void *context, const struct builder_item *item);
	void (*settlement)(void *context, int64_t customer, int64_t debit, int64_t credit, int32_t day, int64_t amount);
	void *context;
};

static void invent(size_t items, const struct taker *taker)
{
	int64_t id = 1;
	char number[24];
	for (int64_t customer = 1; (size_t)id <= items; customer++) {
		int32_t habit = (int32_t)rnd(40) - 5;
		taker->customer(taker->context, customer);
		for (int made = 0; made < PER_CUSTOMER;) {
			int64_t amount = 1000 + (int64_t)rnd(1000000), invoice = id++;
			int32_t day = FIRST_DAY + (int32_t)rnd(DAYS), due = day + 30;
			snprintf(number, sizeof number, "FA%09lld", (long long)invoice);
			taker->item(taker->context, &(struct builder_item){ .customer_id = customer, .id = invoice, .amount = amount,
				.kind = ITEM_INVOICE, .issue_day = day, .posting_day = day, .due_day = due, .number = number });
			made++;
			uint64_t fate = rnd(100);
			for (int part = 0, parts = fate < 75 ? 1 : fate < 90 ? 2 : 0; part < parts; part++, made++) {
				int64_t paid = parts == 1 ? amount : part == 0 ? amount / 3 : amount - amount / 3, payment = id++;
				int32_t on = due + habit + 12 * part + (int32_t)rnd(9);
				taker->item(taker->context, &(struct builder_item){ .customer_id = customer, .id = payment, .amount = -paid,
					.kind = ITEM_PAYMENT, .issue_day = on, .posting_day = on, .due_day = on, .number = "VIR" });
				taker->settlement(taker->context, customer, invoice, payment, on > day ? on : day, paid);
			}
		}
	}
}

static void build_customer(void *context, int64_t id)
{
	char code[24];
	snprintf(code, sizeof code, "C%07lld", (long long)id);
	builder_customer(context, &(struct book_customer){ .id = id, .code = code, .name = code, .insolvency_day = DAY_NONE });
}
static void build_item(void *context, const struct builder_item *item)
{
	builder_item(context, item);
}
static void build_settlement(void *context, int64_t customer, int64_t debit, int64_t credit, int32_t day, int64_t amount)
{
	builder_settlement(context, customer, debit, credit, day, amount);
}

/* --- what is measured --------------------------------------------------------------------------------------------------------- */

enum { AS_OF = FIRST_DAY + DAYS - 60 };
static struct book_ageing *rows;
static struct book_behaviour *behaviours;
static volatile int64_t sink;

static int64_t sum_words(const void *bytes, size_t len)
{
	const int64_t *restrict words = bytes;
	int64_t sum = 0;
	for (size_t i = 0; i < len / 8; i++) sum += words[i];
	return sum;
}

/* The bytes that the ageing kernel needs, read in order and nothing else: the limit. */
static void read_same_bytes(const struct book *book)
{
	const struct block *b = book->blocks[0];
	sink = sum_words(b->amount, b->items * 8) + sum_words(b->posting, b->items * 4) + sum_words(b->due, b->items * 4) +
	       sum_words(b->settled, b->settlements * 8) + sum_words(b->settled_day, b->settlements * 4) +
	       sum_words(b->settled_due, b->settlements * 4);
}
static void age_rows(const struct book *book)
{
	struct book_ageing total;
	book_age(book, (struct book_age_options){ .as_of = AS_OF }, rows, &total);
	sink = book_outstanding(&total);
}
static void age_net(const struct book *book)
{
	struct book_ageing total;
	book_age(book, (struct book_age_options){ .as_of = AS_OF, .basis = BASIS_NET }, rows, &total);
	sink = book_outstanding(&total);
}
static void age_total(const struct book *book)
{
	struct book_ageing total;
	book_age(book, (struct book_age_options){ .as_of = AS_OF }, NULL, &total);
	sink = book_outstanding(&total);
}
static void kpi(const struct book *book)
{
	struct book_kpi out;
	book_kpi(book, (struct book_age_options){ .as_of = AS_OF }, &out);
	sink = out.sales_365;
}
static void behave(const struct book *book)
{
	struct book_behaviour out;
	book_behave(book, (struct book_behaviour_options){ .as_of = AS_OF }, behaviours, &out);
	sink = out.settled;
}
static void history(const struct book *book)
{
	int32_t days[13];
	struct book_point points[13];
	for (int i = 0; i < 13; i++) days[i] = AS_OF - 30 * (12 - i);
	book_history(book, (struct book_age_options){ 0 }, days, 13, points);
	sink = points[12].outstanding;
}
static void first_page(const struct book *book)
{
	cleanup_arena struct arena *arena = arena_new();
	struct item_list list;
	item_list(book, &(struct item_filter){ .as_of = AS_OF, .state = LIST_OVERDUE },
	          (struct list_page){ .sort = ITEM_BY_OPEN, .descending = true, .limit = 50 }, arena, &list);
	sink = list.open;
}
static void customers_page(const struct book *book)
{
	cleanup_arena struct arena *arena = arena_new();
	struct customer_list list;
	customer_list(book, (struct standing_options){ .as_of = AS_OF }, &(struct customer_filter){ .overdue = true },
	              (struct list_page){ .sort = CUSTOMER_BY_OVERDUE, .descending = true, .limit = 50 }, arena, &list);
	sink = list.overdue;
}

static double wall(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Written to and read from a file that the machine's memory still holds. */
static void measure_snapshot(const struct book *book)
{
	const char *folder = getenv("TMPDIR");
	char path[512];
	snprintf(path, sizeof path, "%s/encours-bench-%d.book", folder ? folder : "/tmp", (int)getpid());
	struct snapshot_key key = { .tenant = 1, .company = 1, .mark = 1 };
	double start = seconds(), clock = wall(), times[5];
	if (snapshot_write(path, &key, book).code) abort();
	printf("\nsnapshot written: %.2f s of the processor, %.2f s of the wall\n", seconds() - start, wall() - clock);
	for (int i = 0; i < 5; i++) {
		struct book *back;
		start = seconds(), clock = wall();
		snapshot_read(path, &key, &back);
		times[i] = seconds() - start;
		printf("snapshot read: %.2f s of the processor, %.2f s of the wall\n", times[i], wall() - clock);
		if (!back) abort();
		book_release(back);
	}
	qsort(times, 5, sizeof *times, ascending);
	struct stat about;
	stat(path, &about);
	printf("snapshot: %.0f MB; median %.1f million items/s of the processor\n", (double)about.st_size / 1e6, (double)book_items(book) / times[2] / 1e6);
	unlink(path);
}

static void measure_kernels(size_t items)
{
	struct book_builder *builder = book_builder_new("EUR");
	invent(items, &(struct taker){ build_customer, build_item, build_settlement, builder });
	const struct book *book = NULL;
	double start = seconds();
	if (builder_book(builder, &book).code) abort();
	double built = seconds() - start;
	const struct block *block = book->blocks[0];
	printf("%zu items, %zu settlements, %zu customers\n", block->items, block->settlements, book_customers(book));
	printf("clustered and sorted in %.2f s; %.1f bytes an item\n\n", built, (double)book_bytes(book) / (double)block->items);
	rows = xcalloc(book_customers(book), sizeof *rows);
	behaviours = xcalloc(book_customers(book), sizeof *behaviours);
	static const struct { const char *name; void (*work)(const struct book *); } works[] = {
		{ "plain read of the same bytes", read_same_bytes }, { "ageing per customer, past day", age_rows },
		{ "ageing per customer, net", age_net }, { "ageing, totals only", age_total }, { "key figures", kpi },
		{ "behaviour per customer", behave }, { "thirteen months of DSO", history },
		{ "page of overdue items by amount", first_page }, { "page of customers by overdue", customers_page },
	};
	double read = 0, best;
	size_t bytes = block->items * 16 + block->settlements * 16;
	printf("%-34s %10s %10s %8s %10s\n", "", "median ms", "best ms", "ratio", "again ms");
	for (size_t i = 0; i < COUNT(works); i++) {
		double median = median_of(works[i].work, book, true, &best), again = median_of(works[i].work, book, false, &(double){ 0 });
		if (i == 0) read = median;
		printf("%-34s %10.2f %10.2f %8.2f %10.2f\n", works[i].name, median * 1e3, best * 1e3, median / read, again * 1e3);
	}
	printf("\nwith what is kept of one day: %.1f bytes an item\n", (double)book_bytes(book) / (double)block->items);
	printf("plain read: %.1f GB/s\n", (double)bytes / read / 1e9);
	measure_snapshot(book);
	book_release(book);
	free(rows), free(behaviours);
}

/* --- from a store -------------------------------------------------------------------------------------------------------------- */

struct filler {
	struct bulk *items, *customers;
	FILE *settlements; /* one table at a time: settlements wait in a file */
	struct status status;
};

static void keep(struct filler *filler, struct status status)
{
	if (!filler->status.code) filler->status = status;
}
static void no_customer(void *context, int64_t id)
{
	(void)context, (void)id;
}
static void fill_item(void *context, const struct builder_item *item)
{
	struct filler *filler = context;
	struct bulk *bulk = filler->items;
	bulk_int(bulk, 1), bulk_int(bulk, 1), bulk_int(bulk, item->customer_id), bulk_int(bulk, item->id), bulk_cstr(bulk, item->number);
	bulk_cstr(bulk, item_kind_code(item->kind)), bulk_cstr(bulk, "411000"), bulk_day(bulk, item->issue_day), bulk_day(bulk, item->posting_day);
	bulk_day(bulk, item->due_day), bulk_cstr(bulk, "file"), bulk_int(bulk, item->amount), bulk_int(bulk, item->amount), bulk_cstr(bulk, "EUR");
	bulk_cstr(bulk, "Facture de vente");
	keep(filler, bulk_row(bulk));
}
static void fill_settlement(void *context, int64_t customer, int64_t debit, int64_t credit, int32_t day, int64_t amount)
{
	struct { int64_t customer, debit, credit, amount, day; } row = { customer, debit, credit, amount, day };
	struct filler *filler = context;
	if (fwrite(&row, sizeof row, 1, filler->settlements) != 1) keep(filler, status_make(STATUS_UNAVAILABLE, "The temporary file is full."));
}

static struct status fill(struct db *db, void *context)
{
	const size_t *items = context;
	struct filler filler = { .settlements = tmpfile() };
	TRY(db_run(db, "INSERT INTO tenant (id, name, created_at) VALUES (1, 't', 0)", DB_NO_ARGS));
	TRY(db_run(db, "INSERT INTO company (tenant_id, id, code, name, rev, created_at) VALUES (1, 1, 'BENCH', 'Bench', 1, 0)", DB_NO_ARGS));
	TRY(bulk_begin(db, "item", "tenant_id, company_id, customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, "
	               "amount, open_amount, currency, label", &filler.items));
	invent(*items, &(struct taker){ no_customer, fill_item, fill_settlement, &filler });
	keep(&filler, bulk_end(filler.items));
	TRY(filler.status);
	rewind(filler.settlements);
	struct { int64_t customer, debit, credit, amount, day; } row;
	struct bulk *bulk;
	int64_t customers = 0;
	TRY(bulk_begin(db, "settlement", "tenant_id, company_id, customer_id, debit_id, credit_id, day, amount", &bulk));
	while (fread(&row, sizeof row, 1, filler.settlements) == 1) {
		bulk_int(bulk, 1), bulk_int(bulk, 1), bulk_int(bulk, row.customer), bulk_int(bulk, row.debit), bulk_int(bulk, row.credit);
		bulk_int(bulk, row.day), bulk_int(bulk, row.amount);
		keep(&filler, bulk_row(bulk));
		if (row.customer > customers) customers = row.customer;
	}
	fclose(filler.settlements);
	keep(&filler, bulk_end(bulk));
	TRY(bulk_begin(db, "customer", "tenant_id, company_id, id, code, name, created_at, ledger_rev, rev", &bulk));
	for (int64_t id = 1; id <= customers; id++) {
		char code[24];
		snprintf(code, sizeof code, "C%07lld", (long long)id);
		bulk_int(bulk, 1), bulk_int(bulk, 1), bulk_int(bulk, id), bulk_cstr(bulk, code), bulk_cstr(bulk, code), bulk_int(bulk, 0);
		bulk_int(bulk, 1), bulk_int(bulk, 1);
		keep(&filler, bulk_row(bulk));
	}
	keep(&filler, bulk_end(bulk));
	return filler.status;
}

static int measure_load(const char *path)
{
	for (int round = 0; round < 3; round++) {
		struct store *store = NULL;
		cleanup_book const struct book *book = NULL;
		struct status status = store_open(path, &store);
		double start = seconds();
		if (!status.code) status = book_get(store, 1, 1, &book);
		if (status.code) return fprintf(stderr, "%s\n", status.text), 1;
		double took = seconds() - start;
		printf("book of %zu items and %zu settlements from SQL in %.2f s: %.2f million items/s\n", book_items(book),
		       book->blocks[0]->settlements, took, (double)book_items(book) / took / 1e6);
		store_close(store);
	}
	return 0;
}

static int measure_store(size_t items, const char *path)
{
	struct store *store = NULL;
	remove(path);
	struct status status = store_open(path, &store);
	double start = seconds();
	if (!status.code) status = store_transact(store, fill, &items);
	if (status.code) return fprintf(stderr, "%s\n", status.text), 1;
	printf("stored in %.1f s\n", seconds() - start);
	store_close(store);
	return measure_load(path);
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "load") == 0) return measure_load(argv[2]);
	bool sql = argc == 4 && strcmp(argv[1], "sql") == 0;
	const char *given = sql ? argv[2] : argc > 1 ? argv[1] : "10";
	double millions = strtod(given, NULL);
	if (millions <= 0 || millions > 100 || argc > 4 || (argc > 2 && !sql))
		return fprintf(stderr, "usage: book_bench [MILLIONS] | sql MILLIONS FILE | load FILE\n"), 2;
	if (sql) return measure_store((size_t)(millions * 1e6), argv[3]);
	measure_kernels((size_t)(millions * 1e6));
	return 0;
}
