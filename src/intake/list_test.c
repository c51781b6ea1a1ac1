#include "intake/testdesk.h"
#include "privacy/erase.h"

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
static struct status erase_one(struct db *db, void *context)
{
	struct desk *desk = context;
	struct change change;
	struct erase_plan plan;
	TRY(company_begin(db, &desk->viewer, desk->company.id, desk->today, 1700000000, &change));
	TRY(erase(&change, SUBJECT_CUSTOMER, number(desk, "SELECT id FROM customer WHERE company_id = $company AND code = 'KEROUAC'"), "asked", desk->arena, &plan));
	return company_end(&change);
}

/* The next list and the next books name him again: neither brings him back, and the import tells what it left out. */
static void whom_was_erased_does_not_come_back(struct store *store)
{
	struct desk desk = desk_new(store);
	struct ledger l = { 0 };
	sale(&l, "20250110", "KEROUAC", "F1", 12000, "A");
	payment(&l, "20250210", "KEROUAC", "V1", 12000, "A");
	sale(&l, "20250111", "C2", "F2", 12000, "");
	CHECK_OK(import_ledger(&desk, "a.txt", &l));
	CHECK_OK(import_text(&desk, "k.csv", "code client;nom contact;email\nKEROUAC;Jean Roi;jean@roi.fr\nC2;Jean Roi;jean@roi.fr\n"));
	CHECK_OK(store_transact(store, erase_one, &desk));
	check_verified(&desk);
	CHECK_INT(number(&desk, "SELECT count(*) FROM customer WHERE company_id = $company AND name = 'Erased KEROUAC'"), 1);
	/* another list with the same person, at another customer too */
	CHECK_OK(import_text(&desk, "k2.csv", "code client;nom contact;email\nKEROUAC;Jean R.;JEAN@roi.fr\nC3;Jean R.;jean@roi.fr\nC2;Marie;marie@ex.fr\n"));
	CHECK_INT(number(&desk, "SELECT count(*) FROM contact WHERE company_id = $company AND LOWER(email) = 'jean@roi.fr' AND customer_id <> (SELECT id FROM customer WHERE code = 'C2')"), 0);
	CHECK_INT(number(&desk, "SELECT count(*) FROM contact WHERE company_id = $company AND email = 'marie@ex.fr'"), 1);
	bool told = false;
	for (size_t i = 0; i < desk.result.warning_count; i++) told |= strstr(desk.result.warnings[i], "2 persons") != NULL;
	CHECK(told);
	/* the books again, with what was known and something new; a label that names him */
	int e = ++l.entry;
	line(&l, "VE", e, "20251120", "411000", "KEROUAC", "F9", "20251120", "Facture Client Kerouac", 6000, "");
	line(&l, "VE", e, "20251120", "707000", "", "F9", "20251120", "Facture", -6000, "");
	CHECK_OK(import_ledger(&desk, "b.txt", &l));
	CHECK_INT(number(&desk, "SELECT count(*) FROM customer WHERE company_id = $company AND name = 'Erased KEROUAC' AND stopped = 1"), 1);
	CHECK_INT(number(&desk, "SELECT count(*) FROM item WHERE company_id = $company AND number = 'F9' AND label = 'Facture […]'"), 1);
	told = false;
	for (size_t i = 0; i < desk.result.warning_count; i++) told |= strstr(desk.result.warnings[i], "KEROUAC") != NULL;
	CHECK(told);
	check_verified(&desk);
	CHECK_OK(import_ledger(&desk, "b.txt", &l));
	CHECK_INT(desk.result.import_id, 0);
	CHECK_INT(desk.result.items_unchanged, 4);
	text_free(&l.text);
	desk_free(&desk);
}
static void whom_was_erased_does_not_come_back_on_both(void) { teststore_each(whom_was_erased_does_not_come_back); }

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
	/* payments that the books hold, as a list under a name of its own */
	payment(&l, "20250120", "C1", "V1", 12000, ""), payment(&l, "20250121", "C2", "V2", 5000, "");
	desk.options.source = NULL;
	CHECK_OK(import_ledger(&desk, "FEC20251231.txt", &l));
	desk.options.source = "bank export";
	CHECK_OK(import_text(&desk, "payments.csv", "customer,reference,payment date,amount\nC1,XX1,2025-01-20,120.00\nC2,XX2,2025-01-21,50.00\n"));
	CHECK(desk.result.refused && desk.result.needs_yes && strstr(desk.result.reason, "payments") && strstr(desk.result.reason, "accounting"));
	CHECK_OK(import_text(&desk, "payments.csv", "customer,reference,payment date,amount\nC1,XX1,2025-01-22,12.00\nC2,XX2,2025-01-21,50.00\nC2,XX3,2025-01-23,1.00\n"));
	CHECK(!desk.result.refused);
	desk.options.source = "crm";
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

/* Books that end before the day of a list bring its items as lines of their own: what the list closed stays closed, is not left as
 * a credit, and counts once with the payments that the books tell. */
static const char LIST[] = "code client;nom;numero facture;date facture;date echeance;montant ttc;solde\n";
static void list_of(struct desk *desk, int32_t day, const char *rows)
{
	cleanup_text struct text text = { 0 };
	text_addf(&text, "%s%s", LIST, rows);
	desk->options.mode = "stock", desk->options.as_of = day, desk->options.yes = true;
	CHECK_OK(import_text(desk, "list.csv", text_cstr(&text)));
	check_lines(desk);
	desk->options.mode = NULL, desk->options.as_of = DAY_NONE;
}
#define F1 "C1;Client C1;F1;10/01/2025;09/02/2025;100,00;100,00\n"
#define F2 "C1;Client C1;F2;13/01/2025;12/02/2025;50,00;50,00\n"
#define F1_A "C1;Client C1;F1;10/01/2025;09/02/2025;50,00;50,00\n"
#define F1_B "C1;Client C1;F1;10/01/2025;09/03/2025;50,00;50,00\n"
#define LEAST_OPEN "SELECT COALESCE(min(open_amount), 0) FROM item WHERE company_id = $company AND withdrawn = 0"
static void books_that_end_before_a_list_keep_what_it_closed(struct store *store)
{
	enum { UNPAID, UNKNOWN, PAID, PAID_IN_PART, NAMED_IN_PART, OTHERS, NAMED_OTHERS, TWO_DUES, CASES };
	static const char *const words[] = { "unpaid in the books", "not in the books", "paid and lettered", "paid in part, lettered", "paid in part, named",
		                             "another payment of that amount, lettered with another invoice",
		                             "another payment of that amount, named by another invoice", "one number, two lines" };
	static const struct { int64_t outstanding, least; } want[] = {
		[UNPAID] = { 5000, 0 }, [UNKNOWN] = { 5000, 0 }, [PAID] = { 5000, 0 }, [PAID_IN_PART] = { 5000, 0 },
		[NAMED_IN_PART] = { 5000, -4000 }, [OTHERS] = { 5000, 0 },
		[NAMED_OTHERS] = { 5000, -10000 }, [TWO_DUES] = { 5000, 0 },
	};
	for (int i = 0; i < CASES; i++) {
		int failures = test_failures;
		struct desk desk = { .store = store, .viewer = viewer_system(1), .arena = arena_new(), .today = 20400, .options = { .as_of = DAY_NONE } };
		char code[8];
		snprintf(code, sizeof code, "K%d", i);
		CHECK_OK(company_create(store, &desk.viewer, (struct company_new){ .name = "Test", .code = code }, 1700000000, &desk.company));
		list_of(&desk, 20103 /* 2025-01-15 */, i == TWO_DUES ? F1_A F1_B F2 : F1 F2);
		list_of(&desk, 20110 /* 2025-01-22 */, F2);
		CHECK_INT(outstanding(&desk), 5000);
		cleanup_free char *before = picture(&desk);
		struct ledger l = { 0 };
		if (i == OTHERS || i == UNKNOWN) {
			sale(&l, "20250102", "C1", "F0", 10000, "Z");
			payment(&l, "20250104", "C1", "V0", 10000, "Z");
		}
		if (i == NAMED_OTHERS) {
			sale(&l, "20250102", "C1", "F0", 10000, "");
			payment(&l, "20250104", "C1", "F0", 10000, "");
		}
		if (i == TWO_DUES) sale(&l, "20250110", "C1", "F1", 5000, ""), sale(&l, "20250110", "C1", "F1", 5000, "");
		else if (i != UNKNOWN) sale(&l, "20250110", "C1", "F1", 10000, i == PAID || i == PAID_IN_PART ? "A" : "");
		sale(&l, "20250113", "C1", "F2", 5000, "");
		if (i == PAID) payment(&l, "20250117", "C1", "V1", 10000, "A");
		if (i == PAID_IN_PART) payment(&l, "20250117", "C1", "V1", 4000, "A");
		if (i == NAMED_IN_PART) payment(&l, "20250117", "C1", "F1", 4000, "");
		sale(&l, "20250118", "C2", "G1", 100, "");
		CHECK_OK(import_ledger(&desk, "books.txt", &l));
		CHECK(!desk.result.refused);
		CHECK_INT(outstanding(&desk), want[i].outstanding + 100);
		CHECK_INT(number(&desk, LEAST_OPEN), want[i].least);
		check_verified(&desk);
		int64_t books = desk.result.import_id;
		/* books of two days more, which still end before the list: the same */
		sale(&l, "20250120", "C2", "G2", 100, "");
		CHECK_OK(import_ledger(&desk, "books.txt", &l));
		CHECK_INT(outstanding(&desk), want[i].outstanding + 200);
		CHECK_INT(number(&desk, LEAST_OPEN), want[i].least);
		check_verified(&desk);
		/* taken back, both: as before */
		struct intake intake = intake_of(&desk);
		struct intake_undone undone;
		CHECK_OK(intake_undo(&intake, desk.result.import_id, &undone));
		CHECK_OK(intake_undo(&intake, books, &undone));
		cleanup_free char *after = picture(&desk);
		CHECK_TEXT(after, before);
		if (test_failures > failures) printf("  %s\n", words[i]);
		text_free(&l.text);
		desk_free(&desk);
	}
}

ON_BOTH(books_that_end_before_a_list_keep_what_it_closed)
ON_BOTH(a_payment_that_is_used_up_is_no_free_credit)
ON_BOTH(pitfall_91_absent_from_a_stock_is_closed_without_a_cause)
ON_BOTH(a_list_of_invoices_and_one_of_payments)
ON_BOTH(customers_and_contacts_leave_what_a_person_set)
ON_BOTH(books_and_lists_of_one_source_are_asked_about)
ON_BOTH(books_after_a_list_of_one_source_are_asked_about)
ON_BOTH(the_same_under_another_source_is_asked_about)

TESTS({ "books that end before a list keep what it closed", books_that_end_before_a_list_keep_what_it_closed_on_both },
      { "a payment that is used up is no free credit", a_payment_that_is_used_up_is_no_free_credit_on_both },
      { "pitfall 91: absent from a stock is closed without a cause", pitfall_91_absent_from_a_stock_is_closed_without_a_cause_on_both },
      { "a list of invoices and one of payments", a_list_of_invoices_and_one_of_payments_on_both },
      { "whom was erased does not come back", whom_was_erased_does_not_come_back_on_both },
      { "customers and contacts leave what a person set", customers_and_contacts_leave_what_a_person_set_on_both },
      { "books and lists of one source are asked about", books_and_lists_of_one_source_are_asked_about_on_both },
      { "books after a list of one source are asked about", books_after_a_list_of_one_source_are_asked_about_on_both },
      { "the same under another source is asked about", the_same_under_another_source_is_asked_about_on_both })
