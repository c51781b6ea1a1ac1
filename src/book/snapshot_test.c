/* Snapshots: what is read back is what was written, and nothing else is ever read back. */
#include "book/snapshot.h"

#include "base/memory.h"
#include "base/test.h"
#include "book/build.h"
#include "book/list.h"
#include "db/teststore.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static uint64_t state = 3141592653589793ull;
static uint64_t rnd(uint64_t below)
{
	state ^= state << 13, state ^= state >> 7, state ^= state << 17;
	return state % below;
}
enum { DAY = 20000 };
static char folder[] = "/tmp/encours-snapshot-XXXXXX";

static const struct book *random_book(size_t items)
{
	struct book_builder *builder = book_builder_new("EUR");
	for (int64_t c = 1; c <= 12; c++) {
		char code[16];
		snprintf(code, sizeof code, "C%02lld", (long long)(c * 5 % 13));
		builder_customer(builder, &(struct book_customer){ .id = 100 - c, .code = code, .name = "Élan", .group_code = c % 3 ? "" : "G",
			.stopped = c == 4, .presented = c == 5, .credit_limit = c == 6 ? 5000 : -1, .insolvency_day = c == 3 ? DAY - 9 : DAY_NONE });
	}
	for (size_t i = 0; i < items; i++) {
		int64_t c = 1 + (int64_t)rnd(12), id = (int64_t)i + 50, amount = (int64_t)rnd(3000) + 1;
		int32_t day = DAY - (int32_t)rnd(400);
		bool payment = rnd(3) == 0;
		char number[16];
		snprintf(number, sizeof number, "F%03u", (unsigned)rnd(300));
		builder_item(builder, &(struct builder_item){ .customer_id = 100 - c, .id = id, .amount = payment ? -500 : amount + 500,
			.kind = payment ? ITEM_PAYMENT : rnd(12) ? ITEM_INVOICE : ITEM_DEPOSIT_REQUEST, .issue_day = day, .posting_day = day,
			.due_day = day + 30, .number = number, .currency = payment || rnd(7) ? "EUR" : "USD",
			.origin_id = rnd(20) ? 0 : 50 });
	}
	const struct book *book = NULL;
	CHECK_OK(builder_book(builder, &book));
	return book;
}

static unsigned char *file_bytes(const char *path, size_t *len)
{
	FILE *file = fopen(path, "rb");
	CHECK(file != NULL);
	fseek(file, 0, SEEK_END);
	*len = (size_t)ftell(file);
	rewind(file);
	unsigned char *bytes = xmalloc(*len + 8);
	CHECK(fread(bytes, 1, *len, file) == *len);
	fclose(file);
	return bytes;
}

/* Everything that a reader may ask; a book that was let in must not lead anywhere it shouldn't. */
static uint64_t use(const struct book *book)
{
	cleanup_arena struct arena *arena = arena_new();
	uint64_t seen = 0;
	struct book_kpi kpi;
	book_kpi(book, (struct book_age_options){ .as_of = DAY }, &kpi);
	seen += (uint64_t)book_outstanding(&kpi.ageing);
	struct book_behaviour behaviour;
	book_behave(book, (struct book_behaviour_options){ .as_of = DAY }, NULL, &behaviour);
	struct item_list list;
	item_list(book, &(struct item_filter){ .as_of = DAY, .text = "F1" }, (struct list_page){ .sort = ITEM_BY_NUMBER, .limit = 20 }, arena, &list);
	for (size_t i = 0; i < book_items(book); i++) {
		struct book_item item = book_item(book, i, DAY);
		struct book_settlement *settled;
		seen += (uint64_t)item.open + strlen(item.number) + book_item_settlements(book, i, arena, &settled) + (uint64_t)item.origin_id;
		(void)book_find_item(book, item.id);
	}
	for (size_t c = 0; c < book_customers(book); c++) {
		struct book_customer customer = book_customer(book, c);
		seen += strlen(customer.code) + strlen(customer.group_code) + (uint64_t)customer.id;
		seen += book_find_customer(book, customer.id);
	}
	return seen;
}

static struct snapshot_key key = { .tenant = 1, .company = 2, .mark = 77, .life = 5, .schema = 3 };

static unsigned char *written(const struct book *book, size_t *len)
{
	char path[64];
	snprintf(path, sizeof path, "%s/one.book", folder);
	CHECK_OK(snapshot_write(path, &key, book));
	struct book *back = NULL;
	snapshot_read(path, &key, &back);
	CHECK(back != NULL);
	book_release(back);
	unsigned char *bytes = file_bytes(path, len);
	unlink(path);
	return bytes;
}

static const struct book *settled_book(void)
{
	struct book_builder *builder = book_builder_new("EUR");
	builder_customer(builder, &(struct book_customer){ .id = 1, .code = "A", .name = "A", .insolvency_day = DAY_NONE });
	builder_customer(builder, &(struct book_customer){ .id = 2, .code = "B", .name = "B", .insolvency_day = DAY_NONE });
	for (int64_t id = 1; id <= 40; id++)
		builder_item(builder, &(struct builder_item){ .customer_id = 1 + id % 2, .id = id, .amount = id % 4 < 2 ? 900 : -300,
			.kind = id % 4 < 2 ? ITEM_INVOICE : ITEM_PAYMENT, .issue_day = DAY - 60 + (int32_t)id, .posting_day = DAY - 60 + (int32_t)id,
			.due_day = DAY - 30, .number = id % 3 ? "F1" : "", .origin_id = id == 9 ? 1 : 0 });
	for (int64_t id = 1; id <= 36; id += 4) {
		builder_settlement(builder, 2, id, id + 2, DAY - 20, 300);
		builder_settlement(builder, 1, id + 3, id + 1, DAY - 10, 200);
	}
	const struct book *book = NULL;
	struct status status = builder_book(builder, &book);
	CHECK_OK(status);
	return book;
}

static void read_back_is_the_same(void)
{
	for (int round = 0; round < 6; round++) {
		cleanup_book const struct book *book = round ? random_book(rnd(900)) : settled_book();
		size_t len;
		cleanup_free unsigned char *bytes = written(book, &len);
		cleanup_book const struct book *back = snapshot_parse(bytes, len, &key);
		CHECK(back != NULL);
		if (!back) continue;
		CHECK_INT(book_items(back), book_items(book));
		CHECK_INT(book_customers(back), book_customers(book));
		CHECK(use(back) == use(book));
		for (size_t i = 0; i < book_items(book); i++) {
			struct book_item a = book_item(book, i, DAY), b = book_item(back, i, DAY);
			CHECK(a.id == b.id && a.open == b.open && a.closed_day == b.closed_day && a.origin_id == b.origin_id && a.kind == b.kind);
			CHECK_TEXT(b.number, a.number);
			CHECK_TEXT(b.currency, a.currency);
		}
		for (size_t c = 0; c < book_customers(book); c++) {
			struct book_customer a = book_customer(book, c), b = book_customer(back, c);
			CHECK_TEXT(b.code, a.code);
			CHECK_TEXT(b.name, a.name);
			CHECK(a.id == b.id && a.stopped == b.stopped && a.credit_limit == b.credit_limit && a.insolvency_day == b.insolvency_day);
		}
	}
}

static void damaged_is_refused(void)
{
	cleanup_book const struct book *book = random_book(60);
	size_t len;
	cleanup_free unsigned char *bytes = written(book, &len);
	for (size_t at = 0; at < len; at++) {
		unsigned char was = bytes[at];
		bytes[at] ^= (unsigned char)(1u << rnd(8));
		CHECK(snapshot_parse(bytes, len, &key) == NULL); /* every single byte counts */
		bytes[at] = was;
	}
	for (size_t cut = 0; cut < len; cut += 1 + rnd(40)) CHECK(snapshot_parse(bytes, cut, &key) == NULL);
	cleanup_free unsigned char *longer = xcalloc(1, len + 8);
	memcpy(longer, bytes, len);
	CHECK(snapshot_parse(longer, len + 8, &key) == NULL);
	for (int round = 0; round < 200; round++) { /* two words in each other's place */
		size_t a = 8 * rnd(len / 8), b = 8 * rnd(len / 8);
		if (memcmp(bytes + a, bytes + b, 8) == 0) continue;
		memcpy(longer, bytes, len);
		memcpy(longer + a, bytes + b, 8), memcpy(longer + b, bytes + a, 8);
		CHECK(snapshot_parse(longer, len, &key) == NULL);
	}
}

static void of_another_is_refused(void)
{
	cleanup_book const struct book *book = random_book(30);
	size_t len;
	cleanup_free unsigned char *bytes = written(book, &len);
	struct snapshot_key other[] = { key, key, key, key, key, key };
	other[0].tenant++, other[1].company++, other[2].mark++, other[3].life++, other[4].schema++, other[5].mark = 0;
	for (size_t i = 0; i < COUNT(other); i++) CHECK(snapshot_parse(bytes, len, &other[i]) == NULL);
	cleanup_book const struct book *own = snapshot_parse(bytes, len, &key);
	CHECK(own != NULL);
}

/* Bytes changed and sealed anew: refused, or a book that can be used without harm (the sanitizers watch). */
static void forged_does_no_harm(void)
{
	cleanup_book const struct book *book = settled_book();
	size_t len;
	cleanup_free unsigned char *bytes = written(book, &len), *forged = xmalloc(len);
	int refused = 0;
	for (int round = 0; round < 4000; round++) {
		memcpy(forged, bytes, len);
		for (uint64_t n = 1 + rnd(3); n > 0; n--) {
			size_t at = 16 + 4 * rnd((len - 16) / 4 - 1);
			uint32_t value = rnd(2) ? (uint32_t)rnd(60) : (uint32_t)rnd(UINT32_MAX);
			memcpy(forged + at, &value, 4);
		}
		snapshot_seal(forged, len, NULL);
		cleanup_book const struct book *back = snapshot_parse(forged, len, &key);
		if (back) use(back);
		else refused++;
	}
	CHECK(refused > 400);
}

/* --- with a store -------------------------------------------------------------------------------------------------------------- */

static struct status run_text(struct db *db, void *context)
{
	return db_script(db, context);
}

static void sql(struct store *store, const char *text)
{
	CHECK_OK(store_transact(store, run_text, (void *)(uintptr_t)text));
}

static void fill(struct store *store)
{
	sql(store, "INSERT INTO tenant (id, name, created_at) VALUES (1, 't', 0);"
	    "INSERT INTO company (tenant_id, id, code, name, rev, created_at) VALUES (1, 1, 'DEMO', 'Demo', 1, 0);");
	for (int i = 1; i <= 30; i++) {
		char text[600];
		snprintf(text, sizeof text, "INSERT INTO customer (tenant_id, company_id, id, code, name, created_at, ledger_rev, rev) VALUES "
		         "(1, 1, %d, 'C%02d', 'x', 0, 1, 1); INSERT INTO item (tenant_id, company_id, customer_id, id, number, kind, account, issue_day,"
		         " posting_day, due_day, due_source, amount, open_amount, currency, label) VALUES (1, 1, %d, %d, 'F', 'invoice', '411', 19000,"
		         " 19000, 19030, 'file', 100, 100, 'EUR', '');", i, i, i, i);
		sql(store, text);
	}
}

/* One customer's item gets another amount, as an import would: with a new revision. */
static void change(struct store *store, int customer, int amount)
{
	char text[400];
	snprintf(text, sizeof text, "UPDATE company SET rev = rev + 1; UPDATE item SET amount = %d WHERE customer_id = %d;"
	         "UPDATE customer SET ledger_rev = (SELECT rev FROM company) WHERE id = %d", amount, customer, customer);
	sql(store, text);
}

static int64_t outstanding(struct store *store)
{
	cleanup_book const struct book *book = NULL;
	CHECK_OK(book_get(store, 1, 1, &book));
	struct book_ageing total = { 0 };
	if (book) book_age(book, (struct book_age_options){ .as_of = DAY }, NULL, &total);
	return book_outstanding(&total);
}

/* What a fresh start makes of the store at this address. */
static int64_t started_anew(const char *address)
{
	struct store *store = NULL;
	CHECK_OK(store_open(address, &store));
	int64_t found = outstanding(store);
	store_close(store); /* writes its snapshot */
	return found;
}

static void starts_from_the_snapshot(struct store *store)
{
	const char *address = teststore_address(store);
	fill(store);
	CHECK_INT(started_anew(address), 3000);
	/* without a revision nobody sees a change: the old figure shows that the file was read */
	sql(store, "UPDATE item SET amount = 900 WHERE customer_id = 1");
	CHECK_INT(started_anew(address), 3000);
	change(store, 2, 150);                                       /* one that has a revision is brought forward */
	CHECK_INT(started_anew(address), 3050);
	sql(store, "UPDATE company SET rev = rev + 1; DELETE FROM item WHERE customer_id = 3; DELETE FROM customer WHERE id = 3");
	CHECK_INT(started_anew(address), 2950);
	setenv("ENCOURS_CACHE", "none", 1);
	CHECK_INT(started_anew(address), 3750);                      /* the store itself, with the 900 */
	setenv("ENCOURS_CACHE", folder, 1);
	cleanup_free char *path = snapshot_path(store, 1, 1);
	CHECK(truncate(path, 1000) == 0);
	CHECK_INT(started_anew(address), 3750);                      /* cut short: read from the store, and written anew */
	struct stat about;
	CHECK(stat(path, &about) == 0 && about.st_size > 1000 && (about.st_mode & 077) == 0);
}

static void another_life_is_not_met(struct store *store)
{
	char backup[64];
	cleanup_free char *address = xstrdup(teststore_address(store));
	snprintf(backup, sizeof backup, "%s/backup.db", folder);
	unlink(backup);
	fill(store);
	CHECK_OK(store_backup(store, backup));
	for (int i = 0; i < 5; i++) change(store, 10 + i, 5000);     /* a life that is then undone */
	CHECK_INT(started_anew(address), 3000 + 5 * 4900);
	struct store *again = NULL;
	CHECK_OK(store_restore(address, backup));
	CHECK_OK(store_open(address, &again));
	for (int i = 0; i < 8; i++) change(again, 20 + i, 200);      /* the revision passes that of the other life's file */
	CHECK_INT(outstanding(again), 3000 + 8 * 100);
	store_close(again);
	/* and a backup that was taken after the writing knows the file, but a restored store begins anew all the same */
	CHECK_INT(started_anew(address), 3000 + 8 * 100);
	CHECK_OK(store_open(address, &again));
	CHECK_OK(store_backup(again, backup));
	change(again, 1, 700);
	store_close(again);
	CHECK_INT(started_anew(address), 3000 + 8 * 100 + 600);
	CHECK_OK(store_restore(address, backup));
	CHECK_OK(store_open(address, &again));
	change(again, 2, 300);
	store_close(again);
	CHECK_INT(started_anew(address), 3000 + 8 * 100 + 200);
}

static void on_both(void (*behaviour)(struct store *store))
{
	setenv("ENCOURS_CACHE", folder, 1);
	snapshot_least_items = 1;
	teststore_each(behaviour);
	snapshot_least_items = 50000;
	setenv("ENCOURS_CACHE", "none", 1);
}

static void make_folder(void)
{
	CHECK(mkdtemp(folder) != NULL);
}

static void starts_from_the_snapshot_on_both(void) { on_both(starts_from_the_snapshot); }
static void another_life_is_not_met_on_both(void) { on_both(another_life_is_not_met); }

static void remove_folder(void)
{
	DIR *dir = opendir(folder);
	CHECK(dir != NULL);
	for (struct dirent *entry; (entry = readdir(dir));) {
		char path[400];
		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		CHECK(strstr(entry->d_name, ".new") == NULL); /* nothing half-written is left */
		unlink(path);
	}
	closedir(dir);
	CHECK(rmdir(folder) == 0);
}

TESTS({ "a folder for them", make_folder }, { "read back is the same", read_back_is_the_same }, { "damaged is refused", damaged_is_refused },
      { "of another is refused", of_another_is_refused }, { "forged does no harm", forged_does_no_harm },
      { "starts from the snapshot", starts_from_the_snapshot_on_both }, { "another life is not met", another_life_is_not_met_on_both },
      { "and away with it", remove_folder })
