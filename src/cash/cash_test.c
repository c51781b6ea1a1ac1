/* Bank lines kept once, decisions applied and taken back, what comes back, and the books that post the same money. */
#include "base/memory.h"
#include "base/test.h"
#include "base/text.h"
#include "cash/apply.h"
#include "cash/bank.h"
#include "cash/view.h"
#include "db/teststore.h"
#include "ledger/event.h"
#include "ledger/projection_store.h"

#include <inttypes.h>
#include <string.h>

enum { NOW = 1760000000, TODAY = 20370 /* 2025-10-09 */ };
static struct store *store;
static struct company company;
static struct viewer everybody, anna;
static const struct viewer *acting;
static struct arena *arena;

typedef struct status step(struct change *change, void *context);
struct call {
	step *run;
	void *context;
};
static struct status in_change(struct db *db, void *context)
{
	struct call *call = context;
	struct change change;
	TRY(company_begin(db, acting, company.id, TODAY, NOW, &change));
	TRY(call->run(&change, call->context));
	return company_end(&change);
}
static struct status change(step *run, void *context)
{
	return store_transact(store, in_change, &(struct call){ run, context });
}
static struct status sql(const char *text)
{
	struct db *db = NULL;
	TRY(store_writer(store, &db));
	struct status status = db_begin(db, DB_WRITE);
	if (!status.code) status = db_script(db, text);
	if (!status.code) status = db_commit(db);
	store_release(store, db);
	return status;
}
static int64_t number(const char *text)
{
	struct db *db = NULL;
	int64_t value = -1;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(db_get_int(db, arena_strdup(arena, text), DB_NO_ARGS, &value, NULL));
	store_release(store, db);
	return value;
}
static int64_t open_of(int64_t item)
{
	return number(arena_printf(arena, "SELECT open_amount FROM item WHERE withdrawn = 0 AND id = %" PRId64, item));
}
static void check_books(void)
{
	struct db *db = NULL;
	bool ok = false;
	const char *detail = "";
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(projection_verify(db, company.tenant_id, company.id, arena, &ok, &detail));
	CHECK_TEXT(detail, "");
	CHECK(ok);
	store_release(store, db);
}
static struct status refresh(struct change *c, void *context)
{
	(void)context;
	TRY(projection_refresh(c, NULL, 0));
	return event_add(c, &(struct event_new){ .kind = "note.added" });
}
/* All there is of items and settlements, as text. */
static const char *picture(void)
{
	struct db *db = NULL;
	cleanup_text struct text out = { 0 };
	CHECK_OK(store_reader(store, &db));
	static const char *const queries[] = {
		"SELECT id, number, kind, due_day, amount, open_amount, COALESCE(closed_day, 0) FROM item WHERE withdrawn = 0 ORDER BY id",
		"SELECT debit_id, '', '', credit_id, day, amount, 0 FROM settlement ORDER BY debit_id, credit_id",
	};
	for (size_t q = 0; q < COUNT(queries); q++) {
		cleanup_rows struct rows *rows = db_query(db, queries[q], DB_NO_ARGS);
		while (rows_next(rows))
			text_addf(&out, "%" PRId64 " %s %s %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 "\n", row_int(rows, 0), row_text(rows, 1),
			          row_text(rows, 2), row_int(rows, 3), row_int(rows, 4), row_int(rows, 5), row_int(rows, 6));
		CHECK_OK(rows_status(rows));
	}
	store_release(store, db);
	return arena_strdup(arena, text_cstr(&out));
}

struct importing {
	int64_t id;
	const char *source;
};
static struct status insert_import(struct db *db, void *context)
{
	const struct importing *i = context;
	return db_run(db,
	              "INSERT INTO import (tenant_id, company_id, id, at, file_name, format, source, mode, digest, state)"
	              " VALUES (1, 1, $id, 0, 'f', 'camt.053', $source, 'delta', $digest, 'active')",
	              DB_ARGS(db_int("id", i->id), db_text("source", i->source), db_blob("digest", "d", 1)));
}
static void add_import(int64_t id, const char *source)
{
	CHECK_OK(store_transact(store, insert_import, &(struct importing){ id, source }));
}
static void add_fact(int64_t id, int64_t import, int64_t customer, const char *class, const char *name, int32_t day, int64_t amount)
{
	CHECK_OK(sql(arena_printf(arena, "INSERT INTO fact (tenant_id, company_id, customer_id, id, import_id, line, class, account, journal,"
	                                 " entry, posting_day, number, piece, piece_day, amount, currency, lettering, label, applies_to, external_id)"
	                                 " VALUES (1, 1, %" PRId64 ", %" PRId64 ", %" PRId64 ", %" PRId64 ", '%s', '411000', 'VE', 1, %d, '%s', '%s',"
	                                 " %d, %" PRId64 ", 'EUR', '', '', '', '')", customer, id, import, id, class, day, name, name, day, amount)));
}

/* Dupont owes F1 1000.00, F2 500.00, F3 200.00 and has a credit of 50.00; Martin owes F9 400.00. */
static void set_up(struct store *given)
{
	store = given, everybody = viewer_system(TENANT_FIRST), everybody.lang = LANG_EN, acting = &everybody;
	anna = everybody, anna.user_id = 7;
	arena = arena_new();
	CHECK_OK(company_create(store, &everybody, (struct company_new){ .name = "Essai", .code = "T" }, NOW, &company));
	CHECK_OK(sql("INSERT INTO customer (tenant_id, company_id, id, code, name, created_at) VALUES"
	             " (1, 1, 1, 'C1', 'Dupont', 0), (1, 1, 2, 'C2', 'Martin', 0);"
	             "INSERT INTO counter (tenant_id, company_id, name, value) VALUES (1, 1, 'fact', 100), (1, 1, 'import', 100);"
	             "INSERT INTO user_account (tenant_id, id, email, name, role, created_at) VALUES (1, 7, 'anna@ex.fr', 'Anna', 'collector', 0)"));
	add_import(1, "accounting");
	add_fact(11, 1, 1, "invoice", "F1", TODAY - 60, 100000);
	add_fact(12, 1, 1, "invoice", "F2", TODAY - 50, 50000);
	add_fact(13, 1, 1, "invoice", "F3", TODAY - 10, 20000);
	add_fact(14, 1, 1, "credit_note", "A1", TODAY - 40, -5000);
	add_fact(21, 1, 2, "invoice", "F9", TODAY - 60, 40000);
	CHECK_OK(change(refresh, NULL));
}
static void tear_down(void)
{
	arena_free(arena);
}

/* --- lines ------------------------------------------------------------------------------------------------------------------- */
static struct bank_line line(int32_t day, int64_t amount, const char *reference, const char *text)
{
	return (struct bank_line){ .position = 1, .booking_day = day, .value_day = DAY_NONE, .amount = amount, .currency = "EUR",
		                   .kind = BANK_LINE_TRANSFER, .bank_reference = reference, .end_to_end = "", .structured = "", .mandate = "",
		                   .text = text, .label = "", .payer = "DUPONT SA", .payer_iban = "FR7630006000011234567890189",
		                   .ultimate_payer = "", .return_code = "", .return_text = "" };
}
struct telling {
	struct bank_statement statement;
	struct statement_file file;
	int64_t import_id;
	struct bank_news *news;
	int64_t *customers;
	size_t count;
	int64_t applications;
	struct cash_decision *meanwhile; /* what somebody decides after the file was compared */
};
static struct status tell(struct change *c, void *context)
{
	struct telling *t = context;
	TRY(bank_compare(c->db, 1, 1, &t->file, LANG_EN, arena, &t->news));
	if (t->meanwhile) TRY(cash_apply(c, t->meanwhile, &(int64_t){ 0 }));
	TRY(bank_store(c, t->news, t->import_id));
	return event_add(c, &(struct event_new){ .kind = "import.applied" });
}
static struct bank_news *statement(int64_t import_id, const char *format, struct bank_line *lines, size_t count, int32_t opens, int64_t opening,
                                   int32_t closes, int64_t closing)
{
	struct telling *t = arena_make(arena, struct telling);
	t->import_id = import_id;
	t->statement = (struct bank_statement){ .account = "FR7612345678901234567890123", .account_name = "Essai", .bank = "", .currency = "EUR",
		                                .number = "1", .from_day = DAY_NONE, .to_day = DAY_NONE, .lines = lines, .line_count = count,
		                                .opening = { opens != DAY_NONE, opens, opening }, .closing = { closes != DAY_NONE, closes, closing } };
	t->file = (struct statement_file){ .format = format, .encoding = "utf-8", .statements = &t->statement, .statement_count = 1 };
	add_import(import_id, "bank");
	CHECK_OK(change(tell, t));
	return t->news;
}
/* The same without balances: of any account, or an advice. */
static struct bank_news *told(int64_t import_id, const char *format, const char *account, bool advice, struct bank_line *lines, size_t count)
{
	struct telling *t = arena_make(arena, struct telling);
	t->import_id = import_id;
	t->statement = (struct bank_statement){ .account = account, .account_name = "", .bank = "", .currency = "EUR", .number = "1", .from_day = DAY_NONE,
		                                .to_day = DAY_NONE, .lines = lines, .line_count = count, .advice = advice };
	t->file = (struct statement_file){ .format = format, .encoding = "utf-8", .statements = &t->statement, .statement_count = 1 };
	add_import(import_id, "bank");
	CHECK_OK(change(tell, t));
	return t->news;
}
static struct status forget(struct change *c, void *context)
{
	struct telling *t = context;
	TRY(db_run(c->db, "UPDATE import SET state = 'undone' WHERE id = $id", DB_ARGS(db_int("id", t->import_id))));
	TRY(bank_forget(c, t->import_id, &t->customers, &t->count, &t->applications));
	if (t->count) TRY(projection_refresh(c, t->customers, t->count));
	return event_add(c, &(struct event_new){ .kind = "import.undone" });
}
static int64_t forget_import(int64_t id)
{
	struct telling t = { .import_id = id };
	CHECK_OK(change(forget, &t));
	free(t.customers);
	return t.applications;
}
static int64_t lines_there(void)
{
	return number("SELECT COUNT(*) FROM bank_line WHERE present = 1");
}

/* Pitfalls 67-70. */
static void a_line_is_kept_once(struct store *given)
{
	set_up(given);
	struct bank_line first[] = { line(TODAY - 5, 1000, "R1", "VIR A"), line(TODAY - 4, 2000, "", "CHQ 12"), line(TODAY - 4, 2000, "", "CHQ 12"),
		                     line(TODAY - 3, 3000, "R3", "VIR B"), line(TODAY - 3, -700, "R4", "FOURNISSEUR") };
	struct bank_news *news = statement(50, "camt.053", first, 5, TODAY - 6, 0, TODAY - 3, 7300);
	CHECK_INT(news->added, 4); /* the two real twins are both there */
	CHECK_INT(news->aside, 1);
	CHECK_INT(lines_there(), 5);
	/* the same again */
	news = statement(51, "camt.053", first, 5, TODAY - 6, 0, TODAY - 3, 7300);
	CHECK(!news->anything);
	CHECK_INT(news->known, 4);
	CHECK_INT(lines_there(), 5);
	/* overlapping: a third twin is new, the bank gives an old id to another line */
	struct bank_line second[] = { line(TODAY - 4, 2000, "", "CHQ 12"), line(TODAY - 4, 2000, "", "CHQ  12"), line(TODAY - 4, 2000, "", "CHQ 12"),
		                      line(TODAY - 3, 3000, "R3", "VIR B"), line(TODAY - 2, 3000, "R3", "VIR C"), line(TODAY - 2, 3000, "R3", "VIR D") };
	news = statement(52, "camt.053", second, 6, DAY_NONE, 0, DAY_NONE, 0);
	CHECK_INT(news->added, 3);
	CHECK_INT(news->known, 3);
	CHECK_INT(lines_there(), 8);
	/* an older file after a newer one changes nothing; the same days in another format, worded otherwise */
	struct bank_line other[] = { line(TODAY - 5, 1000, "", "VIREMENT SEPA A SARL") };
	news = statement(53, "cfonb120", other, 1, DAY_NONE, 0, DAY_NONE, 0);
	CHECK_INT(news->known, 1);
	CHECK_INT(lines_there(), 8);
	/* taken back: what another import holds stays */
	forget_import(50);
	CHECK_INT(lines_there(), 8);
	forget_import(51);
	CHECK_INT(lines_there(), 7); /* the outgoing one was only in these */
	forget_import(52);
	CHECK_INT(lines_there(), 1);
	news = statement(54, "camt.053", first, 5, TODAY - 6, 0, TODAY - 3, 7300);
	CHECK_INT(news->added, 3);
	CHECK_INT(lines_there(), 5);
	tear_down();
}

/* --- decisions -------------------------------------------------------------------------------------------------------------------- */
struct deciding {
	struct cash_decision decision;
	int64_t id, payment;
};
static struct status apply(struct change *c, void *context)
{
	struct deciding *d = context;
	return cash_apply(c, &d->decision, &d->id);
}
static struct status take_back(struct change *c, void *context)
{
	return cash_undo(c, *(int64_t *)context);
}
static struct status come_back(struct change *c, void *context)
{
	struct deciding *d = context;
	return cash_return(c, d->decision.line_id, d->payment, false, &d->id);
}
static struct status undo(int64_t id)
{
	return change(take_back, &id);
}
/* What counts of lines: those that are there, booked, as text. */
static const char *booked(void)
{
	struct db *db = NULL;
	cleanup_text struct text out = { 0 };
	CHECK_OK(store_reader(store, &db));
	cleanup_rows struct rows *rows = db_query(db, "SELECT amount, text, pending, state FROM bank_line WHERE present = 1 ORDER BY amount, text, id", DB_NO_ARGS);
	while (rows_next(rows))
		text_addf(&out, "%s%" PRId64 " %s%s%s", out.len ? ", " : "", row_int(rows, 0), row_text(rows, 1), row_int(rows, 2) ? " announced" : "",
		          strcmp(row_text(rows, 3), "applied") == 0 ? " applied" : "");
	CHECK_OK(rows_status(rows));
	store_release(store, db);
	return arena_strdup(arena, text_cstr(&out));
}
static const char IBAN[] = "FR7630006000011234567890189";

/* Another format of the same day, which has more of an amount, or fewer: each is there once. */
static void formats_of_a_day_count_once(struct store *given)
{
	set_up(given);
	struct bank_line three[] = { line(TODAY - 5, 5000, "R1", "VIR ALPHA FACTURE 1"), line(TODAY - 5, 5000, "R2", "VIR BETA"), line(TODAY - 5, 5000, "R3", "VIR GAMMA") };
	for (int i = 0; i < 3; i++) three[i].payer = three[i].payer_iban = "";
	told(50, "camt.053", IBAN, false, three, 2); /* at noon two of them */
	struct bank_line other[] = { line(TODAY - 5, 5000, "", "VIREMENT SEPA RECU GAMMA"), line(TODAY - 5, 5000, "", "VIREMENT SEPA RECU BETA"),
		                     line(TODAY - 5, 5000, "", "VIREMENT SEPA RECU ALPHA") };
	for (int i = 0; i < 3; i++) other[i].payer = other[i].payer_iban = "";
	struct bank_news *news = told(51, "cfonb120", IBAN, false, other, 3);
	CHECK_INT(news->added, 1);
	CHECK_TEXT(booked(), "5000 VIR ALPHA FACTURE 1, 5000 VIR BETA, 5000 VIREMENT SEPA RECU GAMMA"); /* who is missing, not who stands first */
	news = told(52, "mt940", IBAN, false, (struct bank_line[]){ other[1] }, 1);
	CHECK_INT(news->known, 1);
	/* of another part of the day */
	struct bank_line later = line(TODAY - 5, 5000, "", "CARTE 4711");
	later.payer = later.payer_iban = "";
	news = told(53, "ofx", IBAN, false, &later, 1);
	CHECK_INT(news->added, 1);
	/* who paid is another one: never the same */
	struct bank_line mine = line(TODAY - 4, 700, "", "A"), his = line(TODAY - 4, 700, "", "B");
	his.payer_iban = "FR7610107001011234567890129";
	told(54, "camt.053", IBAN, false, &mine, 1);
	CHECK_INT(told(55, "mt940", IBAN, false, &his, 1)->added, 1);
	tear_down();
}

static void an_account_is_known_by_its_number(struct store *given)
{
	set_up(given);
	struct bank_line one[] = { line(TODAY - 5, 1000, "", "VIR A") };
	told(50, "camt.053", IBAN, false, one, 1);
	static const char *const names[] = { "12345678901", "3000600001 12345678901", "3000600001123456789 0189", "30006/12345678901" };
	for (size_t i = 0; i < COUNT(names); i++) CHECK_INT(told(51 + (int64_t)i, "mt940", names[i], false, one, 1)->known, 1);
	CHECK_INT(number("SELECT COUNT(*) FROM bank_account"), 1);
	/* another one, or another bank's: no */
	CHECK_INT(told(60, "mt940", "12345678902", false, one, 1)->added, 1);
	CHECK_INT(told(61, "mt940", "20041/12345678901", false, one, 1)->added, 1);
	CHECK_INT(told(62, "mt940", "901", false, one, 1)->added, 1);
	/* the number first, its IBAN later */
	CHECK_INT(told(63, "ofx", "532013000", false, one, 1)->added, 1);
	CHECK_INT(told(64, "camt.053", "DE89370400440532013000", false, one, 1)->known, 1);
	/* two accounts that end alike: a bare number says nothing */
	CHECK_INT(told(65, "camt.053", "FR7610107001011234567890129", false, one, 1)->added, 1);
	tear_down();
}

/* A sum that the statement books whole, and its payments from elsewhere, in either order: the money is there once. */
static void a_sum_and_its_payments_are_the_same_money(struct store *given)
{
	set_up(given);
	struct bank_line whole[] = { line(TODAY - 5, 155000, "L1", "VIREMENTS RECUS 3 OPERATIONS") };
	struct bank_line parts[] = { line(TODAY - 5, 100000, "P1", "F1"), line(TODAY - 5, 50000, "P2", "F2"), line(TODAY - 5, 5000, "P3", "Y") };
	for (int i = 0; i < 3; i++) parts[i].in_batch = true, parts[i].batch = 1, parts[i].position = i + 1;
	static const char in_parts[] = "5000 Y, 50000 F2, 100000 F1";
	static const char announced[] = "5000 Y announced, 50000 F2 announced, 100000 F1 announced";
	static const char as_sum[] = "155000 VIREMENTS RECUS 3 OPERATIONS";
	/* the statement, then its advice */
	told(50, "camt.053", IBAN, false, whole, 1);
	told(51, "camt.054", IBAN, true, parts, 3);
	CHECK_TEXT(booked(), in_parts);
	/* each again, and in other formats */
	CHECK(!told(52, "camt.054", IBAN, true, parts, 3)->anything);
	CHECK(!told(53, "camt.053", IBAN, false, whole, 1)->anything);
	CHECK(!told(54, "cfonb120", IBAN, false, whole, 1)->anything);
	CHECK_TEXT(booked(), in_parts);
	const struct cash_part part[] = { { .item_id = 11, .amount = 100000 } };
	struct deciding d = { .decision = { .line_id = number("SELECT id FROM bank_line WHERE text = 'F1'"), .parts = part, .part_count = 1 } };
	CHECK_OK(change(apply, &d));
	CHECK_INT(open_of(11), 0);
	/* the advice taken back: the sum again, and nothing applied; given again: its payments */
	CHECK_INT(forget_import(51) + forget_import(52), 1);
	CHECK_INT(open_of(11), 100000);
	CHECK_TEXT(booked(), as_sum);
	told(55, "camt.054", IBAN, true, parts, 3);
	CHECK_TEXT(booked(), in_parts);
	CHECK_OK(change(apply, &d));
	/* all statements taken back: only announced, nothing applied */
	CHECK_INT(forget_import(50) + forget_import(53) + forget_import(54), 1);
	CHECK_INT(open_of(11), 100000);
	CHECK_TEXT(booked(), announced);
	/* the statement after its advice */
	struct bank_news *news = told(56, "camt.053", IBAN, false, whole, 1);
	CHECK(news->anything);
	CHECK_TEXT(booked(), in_parts);
	CHECK_OK(change(apply, &d));
	forget_import(56);
	forget_import(55);
	CHECK_TEXT(booked(), "");
	check_books();
	/* decided as a whole: the payments say nothing new, however they come */
	told(57, "camt.053", IBAN, false, whole, 1);
	const struct cash_part both[] = { { .item_id = 11, .amount = 100000 }, { .item_id = 12, .amount = 50000 }, { .item_id = 13, .amount = 5000 } };
	struct deciding all = { .decision = { .line_id = number("SELECT id FROM bank_line WHERE present = 1"), .parts = both, .part_count = 3 } };
	CHECK_OK(change(apply, &all));
	told(58, "camt.054", IBAN, true, parts, 3);
	told(59, "cfonb120", IBAN, false, parts, 3);
	CHECK_TEXT(booked(), "155000 VIREMENTS RECUS 3 OPERATIONS applied");
	CHECK_INT(open_of(11), 0);
	/* … and while they are read: they are told again, once the decision is known */
	CHECK_INT(forget_import(57) + forget_import(58) + forget_import(59), 1);
	told(67, "camt.053", IBAN, false, whole, 1), add_import(68, "bank");
	all.decision.line_id = number("SELECT id FROM bank_line WHERE present = 1");
	struct telling late = { .import_id = 68, .meanwhile = &all.decision, .statement = { .account = IBAN, .account_name = "", .bank = "", .currency = "EUR", .number = "1",
		                .from_day = DAY_NONE, .to_day = DAY_NONE, .lines = parts, .line_count = 3, .advice = true } };
	late.file = (struct statement_file){ .format = "camt.054", .encoding = "utf-8", .statements = &late.statement, .statement_count = 1 };
	CHECK_INT(change(tell, &late).code, STATUS_CONFLICT);
	forget_import(67), forget_import(68);
	/* a statement that names the payments, then the sum in another format */
	told(70, "camt.053", IBAN, false, parts, 3);
	CHECK(!told(71, "cfonb120", IBAN, false, whole, 1)->anything);
	CHECK_TEXT(booked(), in_parts);
	check_books();
	tear_down();
}

static void a_missing_statement_is_told(struct store *given)
{
	set_up(given);
	struct bank_line one[] = { line(TODAY - 9, 1000, "R1", "A") }, three[] = { line(TODAY - 3, 500, "R9", "C") };
	CHECK_INT(statement(50, "camt.053", one, 1, TODAY - 10, 0, TODAY - 9, 1000)->warning_count, 0);
	struct bank_news *news = statement(51, "camt.053", three, 1, TODAY - 4, 1800, TODAY - 3, 2300);
	CHECK_INT(news->warning_count, 1);
	if (news->warning_count)
		CHECK_TEXT(news->warnings[0], "FR7612345678901234567890123, 05/10/2025: the statement opens at €18.00, the one before closed at €10.00. "
		                              "A statement may be missing.");
	struct bank_account_row *rows;
	size_t count;
	struct db *db;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(bank_account_list(db, &everybody, 1, arena, &rows, &count));
	store_release(store, db);
	CHECK_INT(count, 1);
	CHECK(rows[0].known && rows[0].gap);
	CHECK_INT(rows[0].balance, 2300);
	CHECK_INT(rows[0].balance_day, TODAY - 3);
	CHECK_INT(rows[0].gap_amount, 800);
	tear_down();
}

/* --- what is decided -------------------------------------------------------------------------------------------------------------- */
/* One bank line; ids count from 1. */
static void one_line(int64_t import_id, struct bank_line row)
{
	statement(import_id, "camt.053", &row, 1, DAY_NONE, 0, DAY_NONE, 0);
}

static void a_payment_settles_and_is_taken_back(struct store *given)
{
	set_up(given);
	one_line(50, line(TODAY - 2, 145000, "R1", "F1 F2 A1"));
	const char *before = picture();
	const struct cash_part parts[] = { { .item_id = 11, .amount = 100000 }, { .item_id = 12, .amount = 50000 }, { .item_id = 14, .amount = -5000 } };
	struct deciding d = { .decision = { .line_id = 1, .parts = parts, .part_count = 3, .teach = true } };
	CHECK_OK(change(apply, &d));
	CHECK_INT(open_of(11), 0);
	CHECK_INT(open_of(12), 0);
	CHECK_INT(open_of(14), 0);
	CHECK_INT(number("SELECT SUM(open_amount) FROM item WHERE customer_id = 1"), 20000);
	CHECK_INT(number("SELECT posting_day FROM item WHERE kind = 'payment'"), TODAY - 2);
	CHECK_INT(number("SELECT times FROM cash_payer WHERE customer_id = 1"), 1);
	check_books();
	/* the second of two people hears it, and nothing moves (pitfall 58) */
	acting = &anna;
	struct status second = change(apply, &d);
	acting = &everybody;
	CHECK_INT(second.code, STATUS_CONFLICT);
	CHECK_TEXT(second.text, "This line is applied already. Nothing was changed.");
	/* pitfall 64, P5 */
	CHECK_OK(undo(1));
	CHECK_TEXT(picture(), before);
	CHECK_INT(number("SELECT times FROM cash_payer WHERE customer_id = 1"), 0);
	check_books();
	CHECK_INT(undo(1).code, STATUS_CONFLICT);
	acting = &anna;
	CHECK_OK(change(apply, &d));
	acting = &everybody;
	CHECK_TEXT(change(apply, &d).text, "Anna has applied this line meanwhile. Nothing was changed.");
	check_books();
	tear_down();
}

static void all_of_a_decision_or_none(struct store *given)
{
	set_up(given);
	one_line(50, line(TODAY - 2, 145000, "R1", "F1"));
	const char *before = picture();
	const struct cash_part beyond[] = { { .item_id = 11, .amount = 100000 }, { .item_id = 12, .amount = 50001 } };
	const struct cash_part twice[] = { { .item_id = 11, .amount = 1 }, { .item_id = 11, .amount = 1 } };
	const struct cash_part much[] = { { .item_id = 11, .amount = 100000 }, { .item_id = 12, .amount = 50000 } };
	const struct cash_part wrong_sign[] = { { .item_id = 11, .amount = -5 } }, credits[] = { { .item_id = 14, .amount = -5000 } };
	static const struct {
		enum status_code code;
		const char *words;
	} expected[] = { { STATUS_CONFLICT, "Only €500.00 is open on F2. Nothing was changed." }, { STATUS_INVALID, "F1 is named twice." },
		         { STATUS_INVALID, "The parts come to €1,500.00, the line to €1,450.00." },
		         { STATUS_CONFLICT, "Only €1,000.00 is open on F1. Nothing was changed." },
		         { STATUS_INVALID, "Say which items this line pays, or whose account it goes to." } };
	const struct cash_decision tries[] = { { .line_id = 1, .parts = beyond, .part_count = 2 }, { .line_id = 1, .parts = twice, .part_count = 2 },
		                               { .line_id = 1, .parts = much, .part_count = 2 }, { .line_id = 1, .parts = wrong_sign, .part_count = 1 },
		                               { .line_id = 1 } };
	for (size_t i = 0; i < COUNT(tries); i++) {
		struct deciding d = { .decision = tries[i] };
		struct status status = change(apply, &d);
		CHECK_INT(status.code, expected[i].code);
		CHECK_TEXT(status.text, expected[i].words);
		CHECK_TEXT(picture(), before);
	}
	/* a credit with money: all of it goes on account */
	struct deciding d = { .decision = { .line_id = 1, .parts = credits, .part_count = 1 } };
	CHECK_OK(change(apply, &d));
	CHECK_INT(number("SELECT SUM(open_amount) FROM item WHERE customer_id = 1"), 170000 - 5000 - 145000);
	check_books();
	tear_down();
}

/* Pitfall 59: a difference within tolerance is one write-off, beyond it stays open; one payment for two customers; on account. */
static void differences_and_what_is_left(struct store *given)
{
	set_up(given);
	one_line(50, line(TODAY - 2, 99600, "R1", "F1"));
	one_line(51, line(TODAY - 2, 70000, "R2", "F2 F9"));
	one_line(52, line(TODAY - 1, 12300, "R3", "acompte"));
	const struct cash_part f1[] = { { .item_id = 11, .amount = 100000 } }, short_of[] = { { .item_id = 11, .amount = 99600 } };
	const struct cash_difference small[] = { { CASH_ROUNDING, 11, -400 } }, big[] = { { CASH_ROUNDING, 11, -501 } };
	struct deciding d = { .decision = { .line_id = 1, .parts = f1, .part_count = 1, .differences = big, .difference_count = 1 } };
	CHECK_INT(change(apply, &d).code, STATUS_CONFLICT);
	d.decision.differences = small;
	CHECK_OK(change(apply, &d));
	CHECK_INT(open_of(11), 0);
	CHECK_INT(number("SELECT COUNT(*) FROM item WHERE kind = 'other' AND amount = -400 AND open_amount = 0"), 1);
	check_books();
	CHECK_OK(undo(1));
	struct deciding rest = { .decision = { .line_id = 1, .parts = short_of, .part_count = 1 } };
	CHECK_OK(change(apply, &rest));
	CHECK_INT(open_of(11), 400);
	const struct cash_part two[] = { { .item_id = 12, .amount = 30000 }, { .item_id = 21, .amount = 40000 } };
	struct deciding both = { .decision = { .line_id = 2, .parts = two, .part_count = 2 } };
	CHECK_OK(change(apply, &both));
	CHECK_INT(open_of(12), 20000);
	CHECK_INT(open_of(21), 0);
	CHECK_INT(number("SELECT COUNT(*) FROM item WHERE kind = 'payment'"), 3);
	struct deciding account = { .decision = { .line_id = 3, .customer_id = 2 } };
	CHECK_OK(change(apply, &account));
	CHECK_INT(number("SELECT SUM(open_amount) FROM item WHERE customer_id = 2"), -12300);
	check_books();
	CHECK_OK(undo(2));
	CHECK_INT(open_of(21), 40000);
	check_books();
	tear_down();
}

/* Pitfall 65. */
static void what_comes_back_is_open_again(struct store *given)
{
	set_up(given);
	struct bank_line paid = line(TODAY - 6, 150000, "R1", "F1 F2"), back = line(TODAY - 1, -151200, "R2", "REJET PRLV");
	paid.kind = BANK_LINE_DIRECT_DEBIT, back.return_code = "AM04";
	one_line(50, paid);
	one_line(51, back);
	const struct cash_part parts[] = { { .item_id = 11, .amount = 100000 }, { .item_id = 12, .amount = 50000 } };
	struct deciding d = { .decision = { .line_id = 1, .parts = parts, .part_count = 2 } };
	CHECK_OK(change(apply, &d));
	CHECK_INT(number("SELECT collected_day FROM cash_fact WHERE class = 'payment'"), TODAY - 6 + 56);
	const char *paid_picture = picture();
	struct deciding r = { .decision = { .line_id = 2 }, .payment = d.id };
	CHECK_OK(change(come_back, &r));
	CHECK_INT(open_of(11), 0); /* the settlement stays on record */
	CHECK_INT(number("SELECT COUNT(*) FROM item WHERE kind = 'unpaid_return'"), 2);
	CHECK_INT(number("SELECT due_day FROM item WHERE kind = 'unpaid_return' AND number = 'F1'"), TODAY - 60 + 30);
	CHECK_INT(number("SELECT open_amount FROM item WHERE kind = 'unpaid_return' AND number = 'F2' AND due_source = 'original'"), 50000);
	CHECK_INT(number("SELECT COUNT(*) FROM item WHERE kind = 'unpaid_return' AND label = 'Insufficient funds (AM04)'"), 2);
	CHECK_INT(number("SELECT fees FROM cash_application WHERE returns_id > 0"), 1200);
	check_books();
	CHECK_INT(change(come_back, &r).code, STATUS_CONFLICT);
	CHECK_TEXT(undo(1).text, "This payment came back by line 2. Take that one back first.");
	CHECK_OK(undo(2));
	CHECK_TEXT(picture(), paid_picture);
	CHECK_OK(undo(1));
	check_books();
	tear_down();
}

/* The books post it later, at once, cut by invoice; and once they have, taking the bank's decision back leaves their payment free. */
static void the_books_post_the_same_money(struct store *given)
{
	set_up(given);
	one_line(50, line(TODAY - 6, 150000, "R1", "F1 F2"));
	const struct cash_part parts[] = { { .item_id = 11, .amount = 100000 }, { .item_id = 12, .amount = 50000 } };
	struct deciding d = { .decision = { .line_id = 1, .parts = parts, .part_count = 2 } };
	CHECK_OK(change(apply, &d));
	add_import(2, "accounting");
	add_fact(31, 2, 1, "payment", "F1", TODAY - 5, -100000);
	add_fact(32, 2, 1, "payment", "F2", TODAY - 5, -50000);
	CHECK_OK(change(refresh, NULL));
	CHECK_INT(open_of(11), 0);
	CHECK_INT(open_of(12), 0);
	CHECK_INT(number("SELECT COUNT(*) FROM item WHERE kind = 'payment' AND open_amount = 0"), 2);
	CHECK_INT(number("SELECT SUM(amount) FROM item WHERE kind = 'payment'"), -150000);
	check_books();
	CHECK_OK(undo(1));
	CHECK_INT(open_of(11), 100000);
	CHECK_INT(number("SELECT SUM(open_amount) FROM item WHERE kind = 'payment'"), -150000);
	check_books();
	/* the other order: it is known when the line is applied */
	CHECK_OK(change(apply, &d));
	CHECK_INT(number("SELECT SUM(open_amount) FROM item WHERE customer_id = 1"), 15000);
	CHECK_INT(open_of(11), 0);
	check_books();
	/* the statement is taken back: the decision goes with it */
	CHECK_INT(forget_import(50), 1);
	CHECK_INT(open_of(11), 100000);
	check_books();
	tear_down();
}

static struct status settle(struct change *c, void *context)
{
	static const struct cash_pair pairs[] = { { 13, 14, 3000 }, { 11, 14, 2000 } };
	return cash_settle(c, pairs, 2, context);
}
static struct status unsettle(struct change *c, void *context)
{
	return cash_unsettle(c, *(int64_t *)context);
}
static void items_are_matched_by_hand(struct store *given)
{
	set_up(given);
	const char *before = picture();
	int64_t id = 0;
	CHECK_OK(change(settle, &id));
	CHECK_INT(open_of(13), 17000);
	CHECK_INT(open_of(11), 98000);
	CHECK_INT(open_of(14), 0);
	check_books();
	CHECK_INT(change(settle, &(int64_t){ 0 }).code, STATUS_CONFLICT);
	CHECK_OK(change(unsettle, &id));
	CHECK_TEXT(picture(), before);
	tear_down();
}

struct aside {
	int64_t line;
	const char *text;
	bool wait;
};
static struct status put_aside(struct change *c, void *context)
{
	const struct aside *a = context;
	return a->wait ? cash_wait(c, a->line, a->text) : cash_ignore(c, a->line, a->text);
}
static void a_line_is_set_aside_or_waits(struct store *given)
{
	set_up(given);
	one_line(50, line(TODAY - 6, 8000, "R1", "REMBOURSEMENT TVA"));
	CHECK_OK(change(put_aside, &(struct aside){ 1, "TVA", false }));
	CHECK_INT(number("SELECT COUNT(*) FROM bank_line WHERE state = 'ignored' AND reason = 'TVA'"), 1);
	CHECK_OK(undo(1));
	CHECK_OK(change(put_aside, &(struct aside){ 1, "demander au client", true }));
	CHECK_INT(number("SELECT waiting_day FROM bank_line WHERE state = 'open'"), TODAY);
	struct viewer reader = everybody;
	reader.rights = role_rights(ROLE_READER), acting = &reader;
	CHECK_INT(change(put_aside, &(struct aside){ 1, "", false }).code, STATUS_FORBIDDEN);
	acting = &everybody;
	tear_down();
}

static void money_not_decided_is_aged(struct store *given)
{
	static const int32_t days[] = { TODAY, TODAY - 7, TODAY - 8, TODAY - 60, TODAY - 61 };
	set_up(given);
	for (size_t i = 0; i < COUNT(days); i++) {
		static const char *const texts[] = { "a", "b", "c", "d", "e" };
		one_line(50 + (int64_t)i, line(days[i], 1000 + (int64_t)i, texts[i], "?"));
	}
	struct db *db = NULL;
	struct cash_list list;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(cash_list(db, &everybody, company.id, TODAY, &(struct cash_filter){ .state = "open" }, arena, &list));
	store_release(store, db);
	CHECK_INT(list.ages[0].count, 2);
	CHECK_INT(list.ages[0].amount, 2001);
	CHECK_INT(list.ages[1].count, 1);
	CHECK_INT(list.ages[2].count, 1);
	CHECK_INT(list.ages[3].amount, 1004);
	struct cash_list again; /* from what the first one put in order */
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(cash_list(db, &everybody, company.id, TODAY, &(struct cash_filter){ .state = "open" }, arena, &again));
	store_release(store, db);
	CHECK_INT(again.count, list.count);
	for (size_t i = 0; i < list.count && i < again.count; i++) CHECK(again.rows[i].id == list.rows[i].id && again.rows[i].state == list.rows[i].state);
	tear_down();
}

/* Who pays for whom, and what his terms take off for an early payment, reach the matcher. */
static void payers_and_discounts_are_known(struct store *given)
{
	set_up(given);
	CHECK_OK(sql("UPDATE customer SET payer_id = 2, discount_days = 10, discount_rate = 250 WHERE id = 1"));
	CHECK_OK(change(refresh, NULL));
	struct db *db = NULL;
	CHECK_OK(store_reader(store, &db));
	cleanup_view struct view view = { .db = db, .tenant = company.tenant_id, .company = company.id, .today = TODAY, .lang = LANG_EN, .arena = arena };
	CHECK_OK(view_open(&view));
	CHECK_OK(view_load_matching(&view));
	size_t discounted = 0, plain = 0;
	for (size_t i = 0; i < view.matching.item_count; i++) {
		const struct cash_item *item = &view.matching.items[i];
		if (item->customer_id == 1 && item->amount > 0) {
			CHECK_INT(item->discount, (item->amount * 250 + 5000) / 10000);
			CHECK_INT(item->discount_until, item->issue_day + 10);
			discounted++;
		} else {
			CHECK_INT(item->discount, 0);
			plain++;
		}
	}
	CHECK(discounted > 0 && plain > 0);
	for (size_t i = 0; i < view.matching.customer_count; i++)
		CHECK_INT(view.matching.customers[i].payer_id, view.matching.customers[i].id == 1 ? 2 : 0);
	store_release(store, db);
	tear_down();
}

/* The item that a line is proposed to settle; 0: none. */
static int64_t proposed(int64_t line_id)
{
	struct db *db = NULL;
	struct cash_list list;
	int64_t item = 0;
	CHECK_OK(store_reader(store, &db));
	CHECK_OK(cash_list(db, &everybody, company.id, TODAY, &(struct cash_filter){ .state = "open" }, arena, &list));
	for (size_t i = 0; i < list.count; i++)
		if (list.rows[i].id == line_id && list.rows[i].choice_count && list.rows[i].choices[0].item_count) item = list.rows[i].choices[0].items[0].item_id;
	store_release(store, db);
	return item;
}

/* What matching keeps from one answer to the next is never behind what was written since. */
static void what_is_kept_follows_what_is_written(struct store *given)
{
	set_up(given);
	one_line(50, line(TODAY - 2, 40000, "R1", "FACTURE F9 MARTIN"));
	one_line(51, line(TODAY - 2, 20000, "R2", "COMMANDE PO778899"));
	CHECK_INT(proposed(1), 21);
	int64_t by_amount = proposed(2);
	CHECK_OK(change(refresh, NULL)); /* a revision that moves nothing */
	CHECK_INT(proposed(1), 21);
	CHECK_INT(proposed(2), by_amount);
	CHECK_OK(sql("UPDATE fact SET amount = 30000 WHERE id = 13"));
	CHECK_OK(change(refresh, NULL));
	CHECK_INT(proposed(2), 0);
	/* no more than its purchase order, which the book does not hold */
	CHECK_OK(sql("UPDATE fact SET extra = '{\"purchase_order\":\"PO778899\"}' WHERE id = 13"));
	CHECK_OK(change(refresh, NULL));
	CHECK_INT(proposed(2), 13);
	/* the item is paid */
	const struct cash_part part = { .item_id = 21, .amount = 40000 };
	struct deciding d = { .decision = { .line_id = 1, .parts = &part, .part_count = 1, .teach = true } };
	one_line(52, line(TODAY - 1, 40000, "R3", "FACTURE F9 MARTIN"));
	CHECK_OK(change(apply, &d));
	CHECK_INT(proposed(3), 0);
	CHECK_OK(undo(1));
	CHECK_OK(sql("UPDATE bank_line SET present = 0 WHERE id = 3"));
	CHECK_OK(change(refresh, NULL));
	CHECK_INT(proposed(1), 21);
	tear_down();
}

#define ON_BOTH(name)                                                                                                  \
	static void name##_on_both(void)                                                                               \
	{                                                                                                              \
		teststore_each(name);                                                                                  \
	}
ON_BOTH(formats_of_a_day_count_once)
ON_BOTH(an_account_is_known_by_its_number)
ON_BOTH(a_sum_and_its_payments_are_the_same_money)
ON_BOTH(a_line_is_kept_once)
ON_BOTH(a_missing_statement_is_told)
ON_BOTH(a_payment_settles_and_is_taken_back)
ON_BOTH(all_of_a_decision_or_none)
ON_BOTH(differences_and_what_is_left)
ON_BOTH(what_comes_back_is_open_again)
ON_BOTH(the_books_post_the_same_money)
ON_BOTH(items_are_matched_by_hand)
ON_BOTH(a_line_is_set_aside_or_waits)
ON_BOTH(payers_and_discounts_are_known)
ON_BOTH(money_not_decided_is_aged)
ON_BOTH(what_is_kept_follows_what_is_written)

TESTS({ "a line is kept once", a_line_is_kept_once_on_both }, { "formats of a day count once", formats_of_a_day_count_once_on_both },
      { "an account is known by its number", an_account_is_known_by_its_number_on_both },
      { "a sum and its payments are the same money", a_sum_and_its_payments_are_the_same_money_on_both }, { "a missing statement is told", a_missing_statement_is_told_on_both },
      { "a payment settles and is taken back", a_payment_settles_and_is_taken_back_on_both },
      { "all of a decision or none", all_of_a_decision_or_none_on_both },
      { "differences and what is left", differences_and_what_is_left_on_both },
      { "what comes back is open again", what_comes_back_is_open_again_on_both },
      { "the books post the same money", the_books_post_the_same_money_on_both },
      { "items are matched by hand", items_are_matched_by_hand_on_both },
      { "a line is set aside or waits", a_line_is_set_aside_or_waits_on_both },
      { "payers and discounts are known", payers_and_discounts_are_known_on_both },
      { "money not decided is aged", money_not_decided_is_aged_on_both }, { "what is kept follows what is written", what_is_kept_follows_what_is_written_on_both })
