/* Electronic invoices into the ledger: each claim once, in whatever order invoice and books come, with its due date and its PDF. */
#include "intake/intake.h"

#include "base/memory.h"
#include "base/test.h"
#include "db/teststore.h"
#include "formats/archive.h"
#include "formats/facturx.h"
#include "formats/testpdf.h"
#include "formats/testzip.h"
#include "ledger/company.h"
#include "ledger/document.h"
#include "ledger/projection_store.h"

#include <stdlib.h>

#define OURS "732829320"
enum { TODAY = 20200 /* 2025-04-22 */ };

struct desk {
	struct store *store;
	struct viewer viewer;
	struct company company;
	struct arena *arena;
	struct intake_options options;
	struct intake_result result;
};

static struct desk desk_new(struct store *store)
{
	struct desk desk = { .store = store, .viewer = viewer_system(1), .arena = arena_new(), .options = { .as_of = DAY_NONE } };
	desk.viewer.lang = LANG_EN;
	CHECK_OK(company_create(store, &desk.viewer, (struct company_new){ .name = "Nous SAS", .code = "NOUS", .siren = OURS }, 1700000000, &desk.company));
	return desk;
}

static void desk_free(struct desk *desk)
{
	bool ok = false;
	const char *detail = "";
	struct db *db;
	CHECK_OK(store_reader(desk->store, &db));
	CHECK_OK(projection_verify(db, desk->company.tenant_id, desk->company.id, desk->arena, &ok, &detail));
	store_release(desk->store, db);
	if (!ok) printf("  %s\n", detail), test_failures++;
	complaints_free(&desk->result.rejected);
	arena_free(desk->arena);
}

static struct intake intake_of(struct desk *desk, const char *name)
{
	struct intake intake = { .store = desk->store, .viewer = &desk->viewer, .company_id = desk->company.id, .today = TODAY, .now = 1700000000,
		                 .arena = desk->arena, .options = desk->options };
	intake.options.file_name = name;
	return intake;
}

static struct status import_bytes(struct desk *desk, const char *name, const char *bytes, size_t len)
{
	struct intake intake = intake_of(desk, name);
	complaints_free(&desk->result.rejected);
	struct status status = intake_import(&intake, bytes, len, &desk->result);
	if (!status.code && !desk->result.refused)
		CHECK_INT(desk->result.lines, desk->result.items_new + desk->result.items_changed + desk->result.items_unchanged + desk->result.rejected.total + desk->result.ignored);
	return status;
}

static int64_t number(struct desk *desk, const char *sql)
{
	struct db *db;
	int64_t value = -1;
	CHECK_OK(store_reader(desk->store, &db));
	CHECK_OK(db_get_int(db, sql, DB_ARGS(db_int("company", desk->company.id)), &value, NULL));
	store_release(desk->store, db);
	return value;
}

static int64_t open_items(struct desk *desk)
{
	return number(desk, "SELECT count(*) FROM item WHERE company_id = $company AND open_amount <> 0 AND withdrawn = 0");
}

static int64_t outstanding(struct desk *desk)
{
	return number(desk, "SELECT COALESCE(sum(open_amount), 0) FROM item WHERE company_id = $company");
}

/* --- documents ---------------------------------------------------------------------------------------------------------------------- */
struct paper {
	const char *number, *issued, *due, *type, *total, *prepaid, *payable, *preceding, *seller, *buyer, *buyer_siren, *buyer_code, *email;
};

static char *ubl(const struct paper *p)
{
	char *out = NULL, due[64] = "", before[200] = "", paid[80] = "";
	if (p->due) snprintf(due, sizeof due, "<DueDate>%s</DueDate>", p->due);
	if (p->preceding) snprintf(before, sizeof before, "<BillingReference><InvoiceDocumentReference><ID>%s</ID></InvoiceDocumentReference></BillingReference>", p->preceding);
	if (p->prepaid) snprintf(paid, sizeof paid, "<PrepaidAmount>%s</PrepaidAmount>", p->prepaid);
	if (asprintf(&out,
	             "<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'><ID>%s</ID><IssueDate>%s</IssueDate>%s<InvoiceTypeCode>%s</InvoiceTypeCode>"
	             "<DocumentCurrencyCode>EUR</DocumentCurrencyCode><OrderReference><ID>BC-7</ID></OrderReference>%s"
	             "<AccountingSupplierParty><Party><PartyLegalEntity><RegistrationName>S</RegistrationName><CompanyID schemeID='0002'>%s</CompanyID></PartyLegalEntity></Party></AccountingSupplierParty>"
	             "<AccountingCustomerParty><Party><PartyIdentification><ID>%s</ID></PartyIdentification><PostalAddress><StreetName>1 rue A</StreetName><CityName>Lyon</CityName><PostalZone>69001</PostalZone></PostalAddress>"
	             "<PartyLegalEntity><RegistrationName>%s</RegistrationName><CompanyID schemeID='0002'>%s</CompanyID></PartyLegalEntity><Contact><ElectronicMail>%s</ElectronicMail></Contact></Party></AccountingCustomerParty>"
	             "<LegalMonetaryTotal><TaxInclusiveAmount>%s</TaxInclusiveAmount>%s<PayableAmount>%s</PayableAmount></LegalMonetaryTotal></Invoice>",
	             p->number, p->issued, due, p->type ? p->type : "380", before, p->seller ? p->seller : OURS, p->buyer_code ? p->buyer_code : "", p->buyer ? p->buyer : "Dupont SA",
	             p->buyer_siren ? p->buyer_siren : "404833048", p->email ? p->email : "compta@dupont.example", p->total, paid, p->payable ? p->payable : p->total) < 0)
		abort();
	return out;
}

static struct status import_paper(struct desk *desk, const struct paper *paper)
{
	char *text = ubl(paper);
	struct status status = import_bytes(desk, "facture.xml", text, strlen(text));
	free(text);
	return status;
}

static const struct paper first = { .number = "FA25-001", .issued = "2025-01-31", .due = "2025-03-17", .total = "1200.00" };

static const char books[] =
	"JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|PieceRef|PieceDate|EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|Idevise\n"
	"VE|Ventes|1|20250131|411000|Clients|CDUP|DUPONT|FA25-001|20250131|Facture|1200,00|0,00|||||\n"
	"VE|Ventes|1|20250131|707000|Ventes|||FA25-001|20250131|Facture|0,00|1200,00|||||\n"
	"VE|Ventes|2|20250205|411000|Clients|CMAR|MARTIN|FA25-002|20250205|Facture|500,00|0,00|||||\n"
	"VE|Ventes|2|20250205|707000|Ventes|||FA25-002|20250205|Facture|0,00|500,00|||||\n";

static struct status import_books(struct desk *desk, const char *text)
{
	return import_bytes(desk, "732829320FEC20251231.txt", text, strlen(text));
}

/* --- what an invoice becomes ------------------------------------------------------------------------------------------------------------- */
static void an_invoice_becomes_an_item_with_its_customer(struct store *store)
{
	struct desk desk = desk_new(store);
	CHECK_OK(import_paper(&desk, &first));
	CHECK_TEXT(desk.result.format, "ubl");
	CHECK_TEXT(desk.result.source, "einvoice");
	CHECK_INT(desk.result.items_new, 1);
	CHECK_INT(desk.result.customers_new, 1);
	CHECK_INT(outstanding(&desk), 120000);
	CHECK_INT(number(&desk, "SELECT count(*) FROM item WHERE company_id = $company AND due_day = 20164 AND due_source = 'file' AND kind = 'invoice'"), 1); /* 2025-03-17 */
	CHECK_INT(number(&desk, "SELECT count(*) FROM customer WHERE company_id = $company AND code = '404833048' AND name = 'Dupont SA' AND siren = '404833048' AND city = 'Lyon'"), 1);
	CHECK_INT(number(&desk, "SELECT count(*) FROM contact WHERE company_id = $company AND email = 'compta@dupont.example'"), 1);
	CHECK_INT(number(&desk, "SELECT count(*) FROM item WHERE company_id = $company AND extra LIKE '%BC-7%'"), 1);
	CHECK_OK(import_paper(&desk, &first)); /* the same again changes nothing */
	CHECK_INT(desk.result.import_id, 0);
	CHECK_INT(desk.result.items_unchanged, 1);
	/* another invoice of the same customer; a credit note that settles the first in part; a deposit paid before */
	CHECK_OK(import_paper(&desk, &(struct paper){ .number = "FA25-003", .issued = "2025-02-10", .total = "300.00", .prepaid = "100.00", .payable = "200.00" }));
	CHECK_INT(desk.result.customers_new, 0);
	CHECK_INT(outstanding(&desk), 140000);
	CHECK_OK(import_paper(&desk, &(struct paper){ .number = "AV25-1", .type = "381", .issued = "2025-02-12", .total = "200.00", .preceding = "FA25-001" }));
	CHECK_INT(outstanding(&desk), 120000);
	CHECK_INT(number(&desk, "SELECT open_amount FROM item WHERE company_id = $company AND number = 'FA25-001'"), 100000);
	CHECK_INT(number(&desk, "SELECT amount FROM item WHERE company_id = $company AND number = 'AV25-1'"), -20000);
	desk_free(&desk);
}

static void the_books_come_after_the_invoice(struct store *store)
{
	struct desk desk = desk_new(store);
	struct db *db;
	struct intake_undone undone;
	CHECK_OK(import_paper(&desk, &first));
	/* he was reminded of it meanwhile */
	CHECK_OK(store_writer(store, &db));
	CHECK_OK(db_run(db, "INSERT INTO action_item (tenant_id, company_id, action_id, item_id, role, amount)"
	                    " SELECT tenant_id, company_id, 1, id, 'claimed', amount FROM item WHERE company_id = $company AND number = 'FA25-001'",
	                DB_ARGS(db_int("company", desk.company.id))));
	store_release(store, db);
	CHECK_OK(import_books(&desk, books));
	CHECK_INT(open_items(&desk), 2);
	CHECK_INT(outstanding(&desk), 170000);
	CHECK_INT(number(&desk, "SELECT count(*) FROM item WHERE company_id = $company AND number = 'FA25-001'"), 1);
	/* of the books' customer, due as the document says, with what was done about it */
	CHECK_INT(number(&desk, "SELECT count(*) FROM item i JOIN customer c ON c.tenant_id = i.tenant_id AND c.company_id = i.company_id AND c.id = i.customer_id WHERE i.company_id = $company"
	                        " AND i.number = 'FA25-001' AND c.code = 'CDUP' AND i.due_day = 20164 AND i.due_source = 'file' AND c.siren = '404833048'"), 1);
	CHECK_INT(number(&desk, "SELECT count(*) FROM action_item a JOIN item i ON i.tenant_id = a.tenant_id AND i.company_id = a.company_id AND i.id = a.item_id"
	                        " WHERE a.company_id = $company AND i.withdrawn = 0 AND i.number = 'FA25-001'"), 1);
	CHECK_INT(number(&desk, "SELECT count(*) FROM contact t JOIN customer c ON c.tenant_id = t.tenant_id AND c.company_id = t.company_id AND c.id = t.customer_id"
	                        " WHERE t.company_id = $company AND c.code = 'CDUP' AND t.main = 1"), 1);
	int64_t books_import = desk.result.import_id;
	CHECK_OK(import_paper(&desk, &first));
	CHECK_INT(desk.result.import_id, 0);
	CHECK_OK(import_books(&desk, books));
	CHECK_INT(desk.result.import_id, 0);
	/* the next invoice of that company finds him */
	CHECK_OK(import_paper(&desk, &(struct paper){ .number = "FA25-009", .issued = "2025-03-01", .total = "50.00" }));
	CHECK_INT(desk.result.customers_new, 0);
	CHECK_INT(number(&desk, "SELECT count(DISTINCT customer_id) FROM item WHERE company_id = $company"), 2);
	CHECK_INT(desk.result.warning_count, 0); /* later than the last sale of the books: not posted yet */
	CHECK_OK(import_paper(&desk, &(struct paper){ .number = "FA25-000", .issued = "2025-01-10", .total = "10.00" }));
	CHECK_INT(desk.result.warning_count, 1);
	CHECK(desk.result.warning_count && strstr(desk.result.warnings[0], "FA25-000")); /* forgotten in the books */
	CHECK_INT(number(&desk, "SELECT count(*) FROM item WHERE company_id = $company AND number = 'FA25-000'"), 1);
	struct intake intake = intake_of(&desk, "");
	CHECK_OK(intake_undo(&intake, desk.result.import_id, &undone));
	/* the books taken back: the document stands again, and what was done about it */
	CHECK_OK(intake_undo(&intake, books_import, &undone));
	CHECK_INT(outstanding(&desk), 125000);
	CHECK_INT(number(&desk, "SELECT count(*) FROM action_item a JOIN item i ON i.tenant_id = a.tenant_id AND i.company_id = a.company_id AND i.id = a.item_id"
	                        " WHERE a.company_id = $company AND i.withdrawn = 0 AND i.number = 'FA25-001' AND i.open_amount = 120000"), 1);
	desk_free(&desk);
}

/* Two places of one company, one SIREN: its invoices made one customer known; in the books each place has an account. */
static void one_siren_may_be_two_accounts(struct store *store)
{
	static const char two[] = "JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|PieceRef|PieceDate|EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|Idevise\n"
		"VE|Ventes|1|20250131|411000|Clients|LYON|DUPONT LYON|L-1|20250131|Facture|100,00|0,00|||||\n"
		"VE|Ventes|1|20250131|707000|Ventes|||L-1|20250131|Facture|0,00|100,00|||||\n"
		"VE|Ventes|2|20250205|411000|Clients|PARIS|DUPONT PARIS|P-1|20250205|Facture|200,00|0,00|||||\n"
		"VE|Ventes|2|20250205|707000|Ventes|||P-1|20250205|Facture|0,00|200,00|||||\n";
	struct desk desk = desk_new(store);
	struct intake_undone undone;
	CHECK_OK(import_paper(&desk, &(struct paper){ .number = "L-1", .issued = "2025-01-31", .due = "2025-03-17", .total = "100.00" }));
	CHECK_OK(import_paper(&desk, &(struct paper){ .number = "P-1", .issued = "2025-02-05", .due = "2025-03-18", .total = "200.00" }));
	CHECK_OK(import_paper(&desk, &(struct paper){ .number = "X-1", .issued = "2025-02-06", .total = "400.00" })); /* not in the books yet */
	CHECK_INT(number(&desk, "SELECT count(*) FROM customer WHERE company_id = $company"), 1);
	CHECK_OK(import_books(&desk, two));
	CHECK_INT(outstanding(&desk), 70000);
	CHECK_INT(open_items(&desk), 3);
	CHECK_INT(number(&desk, "SELECT count(*) FROM item i JOIN customer c ON c.tenant_id = i.tenant_id AND c.company_id = i.company_id AND c.id = i.customer_id WHERE i.company_id = $company"
	                        " AND (i.number = 'L-1' AND c.code = 'LYON' AND i.due_day = 20164 OR i.number = 'P-1' AND c.code = 'PARIS' AND i.due_day = 20165) AND i.open_amount > 0"), 2);
	int64_t books_import = desk.result.import_id;
	for (int again = 0; again < 2; again++) { /* the first time it tells who that account is, then nothing */
		CHECK_OK(import_paper(&desk, &(struct paper){ .number = "P-1", .issued = "2025-02-05", .due = "2025-03-18", .total = "200.00" }));
		CHECK_INT(desk.result.items_unchanged, 1);
	}
	CHECK_INT(desk.result.import_id, 0);
	CHECK_INT(number(&desk, "SELECT count(*) FROM customer WHERE company_id = $company AND code = 'PARIS' AND siren = '404833048'"), 1);
	CHECK_OK(import_books(&desk, two));
	CHECK_INT(desk.result.import_id, 0);
	CHECK_INT(outstanding(&desk), 70000);
	struct intake intake = intake_of(&desk, "");
	CHECK_OK(intake_undo(&intake, books_import, &undone));
	CHECK_INT(outstanding(&desk), 70000); /* the documents stand */
	CHECK_INT(open_items(&desk), 3);
	desk_free(&desk);
}

static void the_invoice_comes_after_the_books(struct store *store)
{
	struct desk desk = desk_new(store);
	struct intake_undone undone;
	CHECK_OK(import_books(&desk, books));
	int64_t id = number(&desk, "SELECT id FROM item WHERE company_id = $company AND number = 'FA25-001'");
	CHECK_OK(import_paper(&desk, &first)); /* the buyer's name is written otherwise: the invoice tells who he is */
	CHECK_INT(desk.result.customers_new, 0);
	CHECK_INT(outstanding(&desk), 170000);
	CHECK_INT(open_items(&desk), 2);
	CHECK_INT(number(&desk, "SELECT id FROM item WHERE company_id = $company AND number = 'FA25-001'"), id);
	CHECK_INT(number(&desk, "SELECT due_day FROM item WHERE company_id = $company AND number = 'FA25-001'"), 20164);
	CHECK_INT(number(&desk, "SELECT count(*) FROM customer WHERE company_id = $company AND code = 'CDUP' AND name = 'DUPONT' AND siren = '404833048' AND city = 'Lyon'"), 1);
	int64_t import_id = desk.result.import_id;
	CHECK_OK(import_paper(&desk, &first));
	CHECK_INT(desk.result.import_id, 0);
	struct intake intake = intake_of(&desk, "");
	CHECK_OK(intake_undo(&intake, import_id, &undone));
	CHECK_INT(outstanding(&desk), 170000);
	CHECK_INT(number(&desk, "SELECT count(*) FROM item WHERE company_id = $company AND number = 'FA25-001' AND due_source = 'assumed'"), 1);
	desk_free(&desk);
}

static void what_is_paid_in_the_books_is_paid(struct store *store)
{
	struct desk desk = desk_new(store);
	CHECK_OK(import_paper(&desk, &first));
	CHECK_OK(import_books(&desk,
		"JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|PieceRef|PieceDate|EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|Idevise\n"
		"VE|Ventes|1|20250131|411000|Clients|CDUP|DUPONT|FA25-001|20250131|Facture|1200,00|0,00|A||||\n"
		"VE|Ventes|1|20250131|707000|Ventes|||FA25-001|20250131|Facture|0,00|1200,00|||||\n"
		"BQ|Banque|2|20250310|512000|Banque|||VIR|20250310|Virement|1200,00|0,00|||||\n"
		"BQ|Banque|2|20250310|411000|Clients|CDUP|DUPONT|VIR|20250310|Virement|0,00|1200,00|A||||\n"));
	CHECK_INT(outstanding(&desk), 0);
	CHECK_INT(open_items(&desk), 0);
	desk_free(&desk);
}

static void others_invoices_are_refused_in_words(struct store *store)
{
	struct desk desk = desk_new(store);
	struct status status = import_paper(&desk, &(struct paper){ .number = "F1", .issued = "2025-01-31", .total = "10.00", .seller = "552100554", .buyer_siren = OURS });
	CHECK_INT(status.code, STATUS_INVALID);
	CHECK(strstr(status.text, "it is a purchase, not a receivable") != NULL);
	CHECK_OK(import_paper(&desk, &(struct paper){ .number = "F1", .issued = "2025-01-31", .total = "10.00", .seller = "552100554" }));
	CHECK(desk.result.refused && desk.result.needs_yes);
	CHECK_INT(outstanding(&desk), 0);
	desk.options.yes = true;
	CHECK_OK(import_paper(&desk, &(struct paper){ .number = "F1", .issued = "2025-01-31", .total = "10.00", .seller = "552100554" }));
	CHECK_INT(outstanding(&desk), 1000);
	status = import_bytes(&desk, "x.xml", "<Invoice><ID>1</ID>", 19);
	CHECK_INT(status.code, STATUS_INVALID);
	desk_free(&desk);
}

static void customers_are_told_apart(struct store *store)
{
	struct desk desk = desk_new(store);
	static const char list[] = "Code client;Nom client;SIREN;Ville;Email\nC1;Dupont SA;404833048;Lyon;direction@dupont.example\nC2;Durand;;Paris;\nC3;Petit;;Nice;\nC4;Petit;;Metz;\n";
	CHECK_OK(import_bytes(&desk, "clients.csv", list, sizeof list - 1));
	/* by SIREN: the address that is known stays, none is added */
	CHECK_OK(import_paper(&desk, &(struct paper){ .number = "A1", .issued = "2025-01-31", .total = "10.00", .buyer = "DUPONT" }));
	/* by name; by two of one name nobody is meant; by a name whose SIREN is another, nobody */
	CHECK_OK(import_paper(&desk, &(struct paper){ .number = "A2", .issued = "2025-01-31", .total = "10.00", .buyer = "DURAND", .buyer_siren = "552100554" }));
	CHECK_INT(desk.result.customers_new, 0);
	CHECK_OK(import_paper(&desk, &(struct paper){ .number = "A3", .issued = "2025-01-31", .total = "10.00", .buyer = "Petit", .buyer_siren = "356000000" }));
	CHECK_INT(desk.result.customers_new, 1);
	CHECK_OK(import_paper(&desk, &(struct paper){ .number = "A4", .issued = "2025-01-31", .total = "10.00", .buyer = "Durand", .buyer_siren = "732829320", .seller = "732829320" }));
	CHECK_INT(desk.result.customers_new, 1);
	CHECK_INT(number(&desk, "SELECT count(*) FROM item i JOIN customer c ON c.tenant_id = i.tenant_id AND c.company_id = i.company_id AND c.id = i.customer_id"
	                        " WHERE i.company_id = $company AND ((i.number = 'A1' AND c.code = 'C1') OR (i.number = 'A2' AND c.code = 'C2'))"), 2);
	CHECK_INT(number(&desk, "SELECT count(*) FROM contact t JOIN customer c ON c.tenant_id = t.tenant_id AND c.company_id = t.company_id AND c.id = t.customer_id"
	                        " WHERE t.company_id = $company AND c.code = 'C1'"), 0);
	desk_free(&desk);
}

/* --- PDF files and archives ---------------------------------------------------------------------------------------------------------------- */
static void a_pdf_is_kept_with_its_item(struct store *store)
{
	struct desk desk = desk_new(store);
	cleanup_text struct text pdf = { 0 }, plain = { 0 };
	char *xml = ubl(&first);
	struct intake_undone undone;
	testpdf(&pdf, "Facture", (struct testpdf_attachment[]){ { "factur-x.xml", xml }, { 0 } }, false);
	CHECK_OK(import_bytes(&desk, "FA25-001.pdf", pdf.bytes, pdf.len));
	CHECK_TEXT(desk.result.format, "facturx");
	CHECK_INT(number(&desk, "SELECT count(*) FROM document d JOIN item i ON i.tenant_id = d.tenant_id AND i.company_id = d.company_id AND i.id = d.item_id"
	                        " WHERE d.company_id = $company AND i.number = 'FA25-001' AND d.name = 'FA25-001.pdf'"), 1);
	CHECK_OK(import_bytes(&desk, "FA25-001.pdf", pdf.bytes, pdf.len));
	CHECK_INT(desk.result.import_id, 0);
	/* the books come: it goes over to their item */
	CHECK_OK(import_books(&desk, books));
	CHECK_INT(number(&desk, "SELECT count(*) FROM document d JOIN item i ON i.tenant_id = d.tenant_id AND i.company_id = d.company_id AND i.id = d.item_id AND i.customer_id = d.customer_id"
	                        " WHERE d.company_id = $company AND i.number = 'FA25-001' AND i.withdrawn = 0"), 1);
	/* one without invoice inside belongs to the item that its name, or its text, shows */
	testpdf(&plain, "Notre facture FA25-002 du 5 fevrier", NULL, false);
	CHECK_OK(import_bytes(&desk, "scan.pdf", plain.bytes, plain.len));
	CHECK_INT(desk.result.ignored, 1);
	CHECK_INT(number(&desk, "SELECT count(*) FROM document d JOIN item i ON i.tenant_id = d.tenant_id AND i.company_id = d.company_id AND i.id = d.item_id"
	                        " WHERE d.company_id = $company AND i.number = 'FA25-002'"), 1);
	struct intake intake = intake_of(&desk, "");
	CHECK_OK(intake_undo(&intake, desk.result.import_id, &undone));
	CHECK_INT(number(&desk, "SELECT count(*) FROM document WHERE company_id = $company"), 1);
	text_clear(&plain);
	testpdf(&plain, "Menu du jour 2025", NULL, false);
	CHECK_INT(import_bytes(&desk, "menu.pdf", plain.bytes, plain.len).code, STATUS_INVALID);
	free(xml);
	desk_free(&desk);
}

static void an_archive_is_imported_in_order(struct store *store)
{
	struct desk desk = desk_new(store);
	char *one = ubl(&first), *two = ubl(&(struct paper){ .number = "FA25-008", .issued = "2025-02-20", .total = "80.00" }), *bought;
	bought = ubl(&(struct paper){ .number = "X1", .issued = "2025-02-20", .total = "80.00", .seller = "552100554", .buyer_siren = OURS });
	cleanup_text struct text pdf = { 0 };
	size_t len, count = 0, inner_len;
	testpdf(&pdf, "Facture", (struct testpdf_attachment[]){ { "factur-x.xml", one }, { 0 } }, false);
	char *inner = testzip((struct testzip_part[]){ { "a.txt", "x", 0 }, { 0 } }, &inner_len);
	char *zip = testzip((struct testzip_part[]){ { "factures/1.xml", one, 0 }, { "factures/1.pdf", pdf.bytes, pdf.len }, { "factures/2.xml", two, 0 }, { "achats/3.xml", bought, 0 },
		{ "__MACOSX/._1.xml", "junk", 0 }, { "../../etc/passwd", "root", 0 }, { "dedans.zip", inner, inner_len },
		{ "732829320FEC20251231.txt", books, 0 }, { "clients.csv", "Code client;Nom client;SIREN;Ville\nCDUP;DUPONT;404833048;Lyon\n", 0 }, { 0 } }, &len);
	struct intake intake = intake_of(&desk, "tout.zip");
	struct intake_result *results = NULL;
	CHECK_OK(intake_import_all(&intake, zip, len, &results, &count));
	CHECK_INT(count, 5);
	static const char *const formats[] = { "csv-customers", "fec", "einvoices" };
	for (size_t i = 0; i < 3 && i < count; i++) {
		CHECK_TEXT(results[i].format, formats[i]);
		CHECK(!results[i].refused);
	}
	CHECK(count == 5 && results[3].refused && results[4].refused);
	if (count == 5) CHECK_INT(results[2].lines, 4);
	CHECK_INT(outstanding(&desk), 178000);
	CHECK_INT(open_items(&desk), 3);
	CHECK_INT(number(&desk, "SELECT count(*) FROM customer WHERE company_id = $company"), 2);
	CHECK_INT(number(&desk, "SELECT count(*) FROM document d JOIN item i ON i.tenant_id = d.tenant_id AND i.company_id = d.company_id AND i.id = d.item_id"
	                        " WHERE d.company_id = $company AND i.number = 'FA25-001'"), 1);
	for (size_t i = 0; i < count; i++) complaints_free(&results[i].rejected);
	CHECK_OK(intake_import_all(&intake, zip, len, &results, &count)); /* again: nothing new */
	for (size_t i = 0; i < count; i++) {
		CHECK_INT(results[i].import_id, 0);
		complaints_free(&results[i].rejected);
	}
	free(one), free(two), free(bought), free(zip), free(inner);
	desk_free(&desk);
}

static void what_is_damaged_in_an_archive_is_named(struct store *store)
{
	struct desk desk = desk_new(store);
	char *one = ubl(&first);
	size_t len;
	char *zip = testzip((struct testzip_part[]){ { "1.xml", one, 0 }, { "2.xml", "<Invoice><ID>2</ID><IssueDate>2025-13-01</IssueDate></Invoice>", 0 }, { 0 } }, &len);
	CHECK_OK(import_bytes(&desk, "z.zip", zip, len));
	CHECK(desk.result.refused);
	CHECK_INT(desk.result.rejected.total, 1);
	if (desk.result.rejected.count) CHECK_TEXT(desk.result.rejected.rows[0].column, "2.xml");
	CHECK_INT(outstanding(&desk), 0);
	desk.options.accept_partial = true;
	CHECK_OK(import_bytes(&desk, "z.zip", zip, len));
	CHECK_INT(outstanding(&desk), 120000);
	free(zip), free(one);
	desk_free(&desk);
}

#define ON_BOTH(behaviour)                                                                                             \
	static void behaviour##_on_both(void) { teststore_each(behaviour); }
ON_BOTH(an_invoice_becomes_an_item_with_its_customer)
ON_BOTH(the_books_come_after_the_invoice)
ON_BOTH(one_siren_may_be_two_accounts)
ON_BOTH(the_invoice_comes_after_the_books)
ON_BOTH(what_is_paid_in_the_books_is_paid)
ON_BOTH(others_invoices_are_refused_in_words)
ON_BOTH(customers_are_told_apart)
ON_BOTH(a_pdf_is_kept_with_its_item)
ON_BOTH(an_archive_is_imported_in_order)
ON_BOTH(what_is_damaged_in_an_archive_is_named)

static const struct test tests[] = {
	{ "an invoice becomes an item with its customer", an_invoice_becomes_an_item_with_its_customer_on_both },
	{ "the books come after the invoice", the_books_come_after_the_invoice_on_both },
	{ "one SIREN may be two accounts", one_siren_may_be_two_accounts_on_both },
	{ "the invoice comes after the books", the_invoice_comes_after_the_books_on_both },
	{ "what is paid in the books is paid", what_is_paid_in_the_books_is_paid_on_both },
	{ "others' invoices are refused in words", others_invoices_are_refused_in_words_on_both },
	{ "customers are told apart", customers_are_told_apart_on_both },
	{ "a PDF is kept with its item", a_pdf_is_kept_with_its_item_on_both },
	{ "an archive is imported in order", an_archive_is_imported_in_order_on_both },
	{ "what is damaged in an archive is named", what_is_damaged_in_an_archive_is_named_on_both },
};

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], FACTURX_CHILD) == 0) return facturx_child();
	return test_run(tests, COUNT(tests), argc > 1 ? argv[1] : NULL);
}
