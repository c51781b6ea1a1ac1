/* Random books, exported again and again as they grow: whatever the way there, the store is that of one fresh import (P5, P9). */
#include "intake/intake.h"

#include "base/memory.h"
#include "base/test.h"
#include "db/teststore.h"
#include "ledger/company.h"
#include "ledger/projection_store.h"

#include <inttypes.h>
#include <stdlib.h>

static uint64_t seed = 2463534242u;

static uint32_t random_below(uint32_t limit)
{
	seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
	return (uint32_t)(seed >> 33) % limit;
}

enum entry_kind { SALE, CREDIT_NOTE, PAYMENT, RETURN, TRANSFER, WRITE_OFF, ENTRY_KINDS };
struct entry {
	enum entry_kind kind;
	int32_t day;
	int customer, number;
	int64_t amount;
	char letter, other_letter; /* 0: none */
};
struct books {
	struct entry entries[400];
	int count;
};

static void add_entries(struct books *books, int32_t from, int32_t to, int count)
{
	for (int i = 0; i < count && books->count < (int)COUNT(books->entries); i++)
		books->entries[books->count++] = (struct entry){
			.kind = (enum entry_kind)(random_below(3) ? random_below(3) : random_below(ENTRY_KINDS)),
			.day = from + (int32_t)random_below((uint32_t)(to - from)), .customer = (int)random_below(5),
			.number = (int)random_below(20), .amount = 100 * (1 + random_below(6)),
			.letter = random_below(2) ? (char)('A' + random_below(4)) : 0, .other_letter = random_below(3) ? 0 : 'A',
		};
}

/* People letter, correct and delete between two exports. */
static void disturb(struct books *books)
{
	for (int i = 0; i < books->count; i++) {
		if (random_below(6) == 0) books->entries[i].letter = random_below(3) ? (char)('A' + random_below(4)) : 0;
		if (random_below(40) == 0) books->entries[i].amount += 100;
		if (random_below(40) == 0) books->entries[i] = books->entries[--books->count];
	}
}

static void add_line(struct text *out, const char *journal, int entry, int32_t day, const char *account, const struct entry *e,
                     const char *piece, int64_t amount, char letter)
{
	struct civil c = day_civil(day);
	char date[48], customer[32] = "", letters[2] = { letter, 0 };
	snprintf(date, sizeof date, "%04d%02d%02d", c.year, c.month, c.day);
	if (*account == '4') snprintf(customer, sizeof customer, "C%d|Client %d", e->customer, e->customer);
	else snprintf(customer, sizeof customer, "|");
	int64_t cents = amount < 0 ? -amount : amount;
	text_addf(out, "%s|%s|%d|%s|%s|x|%s|%s|%s|%s|%" PRId64 ",%02d|%" PRId64 ",%02d|%s|||\n", journal, journal, entry, date, account,
	          customer, piece, date, piece, amount > 0 ? cents / 100 : 0, (int)(amount > 0 ? cents % 100 : 0),
	          amount < 0 ? cents / 100 : 0, (int)(amount < 0 ? cents % 100 : 0), letters);
}

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	return (x->day > y->day) - (x->day < y->day);
}

static char *export_books(struct books *books)
{
	struct text out = { 0 };
	text_add(&out, "JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|PieceRef|PieceDate|"
	               "EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|Idevise\n");
	qsort(books->entries, (size_t)books->count, sizeof *books->entries, compare_entries);
	int shift = (int)random_below(1000) + 1; /* packages renumber their entries between two exports */
	for (int i = 0; i < books->count; i++) {
		const struct entry *e = &books->entries[i];
		char piece[24];
		snprintf(piece, sizeof piece, "FA25-%03d", e->number);
		int n = shift + i;
		switch (e->kind) {
		case SALE:
			add_line(&out, "VE", n, e->day, "411000", e, piece, e->amount, e->letter);
			add_line(&out, "VE", n, e->day, "707000", e, piece, -e->amount, 0);
			break;
		case CREDIT_NOTE:
			add_line(&out, "VE", n, e->day, "411000", e, piece, -e->amount, e->letter);
			add_line(&out, "VE", n, e->day, "707000", e, piece, e->amount, 0);
			break;
		case PAYMENT:
			add_line(&out, "BQ", n, e->day, "512000", e, "VIR", e->amount, 0);
			add_line(&out, "BQ", n, e->day, "411000", e, "VIR", -e->amount, e->letter);
			break;
		case RETURN:
			add_line(&out, "BQ", n, e->day, "411000", e, piece, e->amount, e->letter);
			add_line(&out, "BQ", n, e->day, "512000", e, piece, -e->amount, 0);
			break;
		case TRANSFER:
			add_line(&out, "OD", n, e->day, "416000", e, piece, e->amount, e->other_letter);
			add_line(&out, "OD", n, e->day, "411000", e, piece, -e->amount, e->letter);
			break;
		default:
			add_line(&out, "OD", n, e->day, "654000", e, piece, e->amount, 0);
			add_line(&out, "OD", n, e->day, "411000", e, piece, -e->amount, e->letter);
			break;
		}
	}
	return text_take(&out);
}

struct desk {
	struct store *store;
	struct viewer viewer;
	struct company company;
	int64_t last_import;
};

static void import(struct desk *desk, const char *text)
{
	cleanup_arena struct arena *arena = arena_new();
	struct intake_result r;
	CHECK_OK(intake_import(&(struct intake){ .store = desk->store, .viewer = &desk->viewer, .company_id = desk->company.id,
	                                         .today = 20400, .now = 1700000000, .arena = arena,
	                                         .options = { .yes = true, .format = "fec", .as_of = DAY_NONE } },
	                       text, strlen(text), &r));
	CHECK_INT(r.lines, r.items_new + r.items_changed + r.items_unchanged + r.rejected.total + r.ignored);
	CHECK_INT(r.rejected.total, 0);
	CHECK(!r.refused);
	desk->last_import = r.import_id;
	complaints_free(&r.rejected);
}

static char *picture(const struct desk *desk)
{
	struct text out = { 0 };
	struct db *db;
	CHECK_OK(store_reader(desk->store, &db));
	struct rows *rows = db_query(db,
		/* numbers made of entry numbers stay those of the first export: not compared */
		"SELECT c.code, CASE WHEN i.number LIKE 'FA%' THEN i.number ELSE '' END, i.kind, i.account, i.issue_day, i.posting_day, i.due_day, i.due_source, i.amount, i.open_amount,"
		" COALESCE(i.closed_day, -1) FROM item i JOIN customer c ON c.tenant_id = i.tenant_id AND c.company_id = i.company_id"
		" AND c.id = i.customer_id WHERE i.company_id = $company AND i.withdrawn = 0 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11",
		DB_ARGS(db_int("company", desk->company.id)));
	while (rows_next(rows)) {
		for (int i = 0; i < 11; i++) text_addf(&out, "%s ", row_text(rows, i));
		text_add_char(&out, '\n');
	}
	CHECK_OK(rows_status(rows));
	rows_close(rows);
	store_release(desk->store, db);
	return text_take(&out);
}

static void verify(const struct desk *desk)
{
	cleanup_arena struct arena *arena = arena_new();
	struct db *db;
	bool ok = false;
	const char *detail = "";
	CHECK_OK(store_reader(desk->store, &db));
	CHECK_OK(projection_verify(db, 1, desk->company.id, arena, &ok, &detail));
	store_release(desk->store, db);
	CHECK(ok);
	CHECK_TEXT(detail, "");
}

static struct desk desk_new(struct store *store, const char *code)
{
	struct desk desk = { .store = store, .viewer = viewer_system(1) };
	CHECK_OK(company_create(store, &desk.viewer, (struct company_new){ .name = code, .code = code }, 1700000000, &desk.company));
	return desk;
}

static void growing_books_equal_a_fresh_import(struct store *store)
{
	printf("  seed %" PRIu64 "\n", seed);
	for (int round = 0; round < 4 && test_failures == 0; round++) {
		char code[16];
		snprintf(code, sizeof code, "R%d", round);
		struct desk desk = desk_new(store, code);
		struct books *books = xcalloc(1, sizeof *books);
		for (int week = 0; week < 6; week++) {
			add_entries(books, 20089, 20089 + 7 * (week + 1), 25);
			books->entries[books->count++] = (struct entry){ SALE, 20089 + 7 * (week + 1), 0, 0, 100, 0, 0 }; /* it never ends earlier */
			if (week) disturb(books);
			books->entries[books->count++] = (struct entry){ SALE, 20089 + 7 * (week + 1), 0, 1, 100, 0, 0 };
			cleanup_free char *file = export_books(books);
			cleanup_free char *before = picture(&desk);
			import(&desk, file);
			verify(&desk);
			cleanup_free char *after = picture(&desk);
			if (random_below(2) && desk.last_import) { /* taken back and given again: as if nothing had been */
				cleanup_arena struct arena *arena = arena_new();
				struct intake_undone undone;
				CHECK_OK(intake_undo(&(struct intake){ .store = store, .viewer = &desk.viewer, .company_id = desk.company.id,
				                                       .today = 20400, .now = 1700000000, .arena = arena }, desk.last_import, &undone));
				cleanup_free char *undone_picture = picture(&desk);
				CHECK_TEXT(undone_picture, before);
				verify(&desk);
				import(&desk, file);
				cleanup_free char *again = picture(&desk);
				CHECK_TEXT(again, after);
			}
			if (week % 3 != 2) continue;
			snprintf(code, sizeof code, "F%d-%d", round, week);
			struct desk fresh = desk_new(store, code);
			import(&fresh, file);
			cleanup_free char *clean = picture(&fresh);
			CHECK_TEXT(after, clean);
			import(&desk, file); /* and once more changes nothing */
			CHECK_INT(desk.last_import, 0);
		}
		free(books);
	}
}

static void growing_books_equal_a_fresh_import_on_both(void)
{
	teststore_each(growing_books_equal_a_fresh_import);
}

TESTS({ "growing books equal a fresh import, with things taken back in between", growing_books_equal_a_fresh_import_on_both })
