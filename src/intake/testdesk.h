/* testdesk — a company in a store of a test, files made for it line by line, and what is looked at afterwards; for the tests of intake. */
#ifndef INTAKE_TESTDESK_H
#define INTAKE_TESTDESK_H

#include "base/memory.h"
#include "base/test.h"
#include "db/teststore.h"
#include "intake/intake.h"
#include "ledger/company.h"
#include "ledger/projection_store.h"

#include <stdlib.h>

struct desk {
	struct store *store;
	struct viewer viewer;
	struct company company;
	struct arena *arena;
	int32_t today;
	struct intake_options options;
	struct intake_result result;
};

[[maybe_unused]] static struct desk desk_new(struct store *store)
{
	struct desk desk = { .store = store, .viewer = viewer_system(1), .arena = arena_new(), .today = 20400 /* 2025-11-08 */,
		             .options = { .as_of = DAY_NONE } };
	desk.viewer.lang = LANG_EN;
	CHECK_OK(company_create(store, &desk.viewer, (struct company_new){ .name = "Test", .code = "TEST" }, 1700000000, &desk.company));
	return desk;
}

[[maybe_unused]] static void desk_free(struct desk *desk)
{
	complaints_free(&desk->result.rejected);
	arena_free(desk->arena);
}

[[maybe_unused]] static struct intake intake_of(struct desk *desk)
{
	return (struct intake){ .store = desk->store, .viewer = &desk->viewer, .company_id = desk->company.id, .today = desk->today,
		                .now = 1700000000, .arena = desk->arena, .options = desk->options };
}

[[maybe_unused]] static struct status import_text(struct desk *desk, const char *name, const char *text)
{
	struct intake intake = intake_of(desk);
	intake.options.file_name = name;
	complaints_free(&desk->result.rejected);
	return intake_import(&intake, text, strlen(text), &desk->result);
}

[[maybe_unused]] static const char HEAD[] = "JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|PieceRef|PieceDate|"
			   "EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|Idevise\n";

/* Lines of a ledger, built one entry at a time. */
struct ledger {
	struct text text;
	int entry;
};

[[maybe_unused]] static void line(struct ledger *l, const char *journal, int entry, const char *day, const char *account, const char *customer,
                 const char *piece, const char *piece_day, const char *label, int64_t amount, const char *letter)
{
	int64_t cents = amount < 0 ? -amount : amount;
	text_addf(&l->text, "%s|%s|%s%d|%s|%s|x|%s|%s%s|%s|%s|%s|%s%lld,%02lld|%s%lld,%02lld|%s|||\n", journal,
	          strcmp(journal, "AN") == 0 ? "A nouveaux" : journal, journal, entry, day, account, customer, *customer ? "Client " : "",
	          customer, piece, piece_day, label, "", (long long)(amount > 0 ? cents / 100 : 0), (long long)(amount > 0 ? cents % 100 : 0),
	          "", (long long)(amount < 0 ? cents / 100 : 0), (long long)(amount < 0 ? cents % 100 : 0), letter);
}

[[maybe_unused]] static void sale(struct ledger *l, const char *day, const char *customer, const char *number, int64_t amount, const char *letter)
{
	int e = ++l->entry;
	if (!l->text.len) text_add(&l->text, HEAD);
	line(l, "VE", e, day, "411000", customer, number, day, "Facture", amount, letter);
	line(l, "VE", e, day, "707000", "", number, day, "Facture", -(amount - amount / 6), "");
	line(l, "VE", e, day, "445710", "", number, day, "TVA", -(amount / 6), "");
}

[[maybe_unused]] static void payment(struct ledger *l, const char *day, const char *customer, const char *ref, int64_t amount, const char *letter)
{
	int e = ++l->entry;
	if (!l->text.len) text_add(&l->text, HEAD);
	line(l, "BQ", e, day, "512000", "", ref, day, "Virement", amount, "");
	line(l, "BQ", e, day, "411000", customer, ref, day, "Virement", -amount, letter);
}

[[maybe_unused]] static void opening(struct ledger *l, const char *day, const char *customer, const char *ref, int64_t amount, const char *letter)
{
	int e = ++l->entry;
	if (!l->text.len) text_add(&l->text, HEAD);
	line(l, "AN", e, day, "411000", customer, ref, day, "A nouveau", amount, letter);
	line(l, "AN", e, day, "101000", "", ref, day, "A nouveau", -amount, "");
}

[[maybe_unused]] static struct status import_ledger(struct desk *desk, const char *name, struct ledger *l)
{
	return import_text(desk, name, text_cstr(&l->text));
}

[[maybe_unused]] static int64_t number(struct desk *desk, const char *sql)
{
	struct db *db;
	int64_t value = -1;
	CHECK_OK(store_reader(desk->store, &db));
	CHECK_OK(db_get_int(db, sql, DB_ARGS(db_int("company", desk->company.id)), &value, NULL));
	store_release(desk->store, db);
	return value;
}

[[maybe_unused]] static int64_t outstanding(struct desk *desk)
{
	return number(desk, "SELECT COALESCE(sum(open_amount), 0) FROM item WHERE company_id = $company");
}

[[maybe_unused]] static int64_t open_of(struct desk *desk, const char *item)
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

[[maybe_unused]] static void check_verified(struct desk *desk)
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

[[maybe_unused]] static void check_lines(const struct desk *desk)
{
	const struct intake_result *r = &desk->result;
	CHECK_INT(r->lines, r->items_new + r->items_changed + r->items_unchanged + r->rejected.total + r->ignored);
}

/* All that people see of items, free of ids: two stores are the same when it is. */
[[maybe_unused]] static char *picture(struct desk *desk)
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

[[maybe_unused]] static void big_ledger(struct ledger *l)
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

#define ON_BOTH(behaviour)                                                                                             \
	static void behaviour##_on_both(void) { teststore_each(behaviour); }

#endif
