#include "formats/csv.h"

#include "base/memory.h"
#include "base/test.h"
#include "formats/recognise.h"

struct taken {
	struct text out;
	int64_t rows, amount, disputed;
	int32_t first_settled;
};

static struct status take(void *context, const struct csv_row *row)
{
	struct taken *taken = context;
	char issue[11], due[11], settled[11];
	day_format(row->issue_day, issue), day_format(row->due_day, due), day_format(row->settled_on, settled);
	taken->rows++, taken->amount += row->amount, taken->disputed += row->disputed == 1;
	if (taken->out.len < 4000)
		text_addf(&taken->out, "%" PRId64 " %.*s %s %.*s %" PRId64 " %s %s%s%s\n", row->line, SLICE_PRINT(row->customer_code), csv_kind_name(row->kind),
		          SLICE_PRINT(row->number), row->amount, issue, due, settled[0] ? " paid " : "", settled);
	return STATUS_FINE;
}

static struct csv *look_as(const char *bytes, size_t len, struct csv_options options)
{
	struct csv *csv = NULL;
	struct status status = csv_look(bytes, len, options, &csv);
	if (status.code) printf("  %s\n", status.text), test_failures++;
	return csv;
}

static struct csv *look(const char *text)
{
	return look_as(text, strlen(text), (struct csv_options){ .lang = LANG_EN });
}

static void expect(const char *text, enum csv_what what, const char *rows)
{
	struct csv *csv = look(text);
	if (!csv) return;
	struct taken taken = { 0 };
	CHECK_TEXT(csv_what_name(csv->what), csv_what_name(what));
	CHECK_OK(csv_read(csv, take, &taken));
	CHECK_TEXT(text_cstr(&taken.out), rows);
	for (size_t i = 0; i < csv->rejected.count && strlen(rows); i++)
		printf("  refused %" PRId64 " %s “%s”: %s\n", csv->rejected.rows[i].line, csv->rejected.rows[i].column, csv->rejected.rows[i].value, csv->rejected.rows[i].reason);
	CHECK_INT(csv->data_rows, csv->ignored_rows + csv->rejected.total + taken.rows);
	text_free(&taken.out);
	csv_free(csv);
}

static enum csv_target target(const struct csv *csv, const char *header)
{
	for (size_t i = 0; i < csv->column_count; i++)
		if (strcmp(csv->columns[i].header, header) == 0) return csv->columns[i].target;
	return CSV_TARGETS;
}

static void lists_of_items_are_read_in_french_and_english(void)
{
	expect("Code client;Nom client;N° facture;Date facture;Échéance;Montant TTC;Reste dû\n"
	       "C1;Dupont SA;FA1;31/01/2025;02/03/2025;1 234,56;1 234,56\nC2;Martin;AV2;15/02/2025;15/02/2025;-100,00;-100,00\n",
	       CSV_ITEMS, "2 C1 invoice FA1 123456 2025-01-31 2025-03-02\n3 C2 credit_note AV2 -10000 2025-02-15 2025-02-15\n");
	expect("customer,invoice_number,invoice_date,due_date,amount\nACME,INV-1,2025-01-31,2025-03-02,\"1,234.56\"\n",
	       CSV_ITEMS, "2 ACME invoice INV-1 123456 2025-01-31 2025-03-02\n");
	/* Business Central, cents, types, a credit memo written positive */
	expect("Customer No.\tDocument Type\tDocument No.\tDocument Date\tDue Date\tAmount_cents\nC1\tInvoice\tI1\t2025-01-31\t0001-01-01\t12345\nC1\tCredit Memo\tM1\t2025-02-01\t\t345\n",
	       CSV_ITEMS, "2 C1 invoice I1 12345 2025-01-31 \n3 C1 credit_note M1 -345 2025-02-01 \n");
	/* SAP's trailing minus, bars, rules of dashes and sums */
	expect("|Customer|Reference|Doc. Date|Net due date|Amount in local currency|\n|--------|--------|--------|--------|------|\n"
	       "|C1|R1|31.12.2025|30.01.2026|1.234,56|\n|C1|R2|31.12.2025|30.01.2026|34,56-|\n|*||||1.200,00|\n",
	       CSV_ITEMS, "3 C1 invoice R1 123456 2025-12-31 2026-01-30\n4 C1 credit_note R2 -3456 2025-12-31 2026-01-30\n");
	/* debit and credit, in the forms of older packages */
	expect("compte;pièce;date pièce;échéance;débit;crédit\n411A;F1;310125;280225;100,00;\n411A;V1;310125;;;40,00\n",
	       CSV_ITEMS, "2 411A invoice F1 10000 2025-01-31 2025-02-28\n3 411A credit_note V1 -4000 2025-01-31 \n");
}

static void payments_name_what_they_pay(void)
{
	struct csv *csv = look("payment_id,invoice_id,payment_date,amount\nP1,7,2025-02-20,100.00\nP2,\"8;9\",2025-02-21,-5.00\n");
	struct taken taken = { 0 };
	CHECK_INT(csv->what, CSV_PAYMENTS);
	CHECK_INT(target(csv, "invoice_id"), CSV_APPLIES_ID);
	CHECK_OK(csv_read(csv, take, &taken));
	CHECK_TEXT(text_cstr(&taken.out), "2  payment  -10000   paid 2025-02-20\n3  unpaid_return  500   paid 2025-02-21\n");
	text_free(&taken.out);
	csv_free(csv);
	expect("Date règlement;Client;Factures payées;Montant\n20/02/2025;C1;FA1, FA2;100,00\n", CSV_PAYMENTS, "2 C1 payment  -10000   paid 2025-02-20\n");
}

static void customers_and_contacts_are_told_apart(void)
{
	expect("Code;Raison sociale;Adresse;CP;Ville;SIRET;E-mail\nC1;Dupont;1 rue X;75001;Paris;73282932000074;a@b.fr\n", CSV_CUSTOMERS, "2 C1 invoice  0  \n");
	struct csv *csv = look("Code client;Contact;Fonction;Mail;Tél\nC1;Anne;Compta;anne@dupont.fr;0102030405\nC2;Bob;;pas une adresse;\n");
	struct taken taken = { 0 };
	CHECK_INT(csv->what, CSV_CONTACTS);
	CHECK_OK(csv_read(csv, take, &taken));
	CHECK_INT(taken.rows, 1);
	CHECK_INT(csv->rejected.total, 1);
	CHECK_TEXT(csv->rejected.rows[0].column, "Mail");
	CHECK_TEXT(csv->rejected.rows[0].value, "pas une adresse");
	text_free(&taken.out);
	csv_free(csv);
}

static void an_undecided_column_is_asked_for_never_guessed(void)
{
	struct csv *csv = look("customer,invoice no,invoice date,amount\nA,1,2025-01-31,\"1,234\"\nB,2,2025-01-31,\"5,678\"\n");
	struct status status = csv_ready(csv);
	CHECK_INT(status.code, STATUS_INVALID);
	CHECK_TEXT(status.text, "Column “amount”: Is 1,234 one thousand or one unit? No amount of the column tells. Say it in the mapping.");
	csv_free(csv);
	csv = look("customer,invoice no,invoice date,amount\nA,1,01/02/2025,12.50\nB,2,03/04/2025,5\n");
	status = csv_ready(csv);
	CHECK_TEXT(status.text, "Column “invoice date”: Day or month first? No date of the file tells. Say it in the mapping.");
	/* a person answers, and the answer can be stored */
	const char *mapping = "{\"what\":\"csv-items\",\"columns\":{\"invoice date\":{\"target\":\"issue_date\",\"dates\":\"mdy\"}}}";
	csv_free(csv);
	const char *text = "customer,invoice no,invoice date,amount\nA,1,01/02/2025,12.50\nB,2,03/04/2025,5\n";
	csv = look_as(text, strlen(text), (struct csv_options){ .lang = LANG_EN, .mapping = mapping });
	struct taken taken = { 0 };
	CHECK_OK(csv_read(csv, take, &taken));
	CHECK_TEXT(text_cstr(&taken.out), "2 A invoice 1 1250 2025-01-02 \n3 B invoice 2 500 2025-03-04 \n");
	CHECK(strstr(csv_mapping_json(csv), "\"invoice date\": {\"dates\": \"mdy\", \"target\": \"issue_date\"}") != NULL);
	text_free(&taken.out);
	csv_free(csv);
	/* French headers: day first, and said so */
	expect("client;n° facture;date facture;montant\nA;1;01/02/2025;12,50\n", CSV_ITEMS, "2 A invoice 1 1250 2025-02-01 \n");
	/* another column of the same file decides */
	expect("customer,invoice no,invoice date,due date,amount\nA,1,01/02/2025,01/31/2025,12.50\n", CSV_ITEMS, "2 A invoice 1 1250 2025-01-02 2025-01-31\n");
}

static void cells_that_do_not_fit_their_column_are_refused_with_their_line(void)
{
	struct csv *csv = look("client;n° facture;date facture;montant;devise\nA;1;31/01/2025;1.355,90;EUR\nA;2;31/01/2025;1355.9;EUR\nA;3;2025-13-01;5,00;EUR\n"
	                       "A;4;31/01/2025;(110,70);EUR\nA;5;31/01/2025;1,00;XXQ\n;6;31/01/2025;1,00;\nA;7;31/01/2025;;\nA;8;31/01/2025;500;JPY\n");
	struct taken taken = { 0 };
	CHECK_OK(csv_read(csv, take, &taken));
	CHECK_TEXT(text_cstr(&taken.out), "2 A invoice 1 135590 2025-01-31 \n5 A credit_note 4 -11070 2025-01-31 \n9 A invoice 8 500 2025-01-31 \n");
	CHECK_INT(csv->rejected.total, 5);
	static const struct {
		int64_t line;
		const char *column, *value;
	} refused[] = { { 3, "montant", "1355.9" }, { 4, "date facture", "2025-13-01" }, { 6, "devise", "XXQ" }, { 7, "client", "" }, { 8, "montant", "" } };
	for (size_t i = 0; i < COUNT(refused) && i < csv->rejected.count; i++) {
		CHECK_INT(csv->rejected.rows[i].line, refused[i].line);
		CHECK_TEXT(csv->rejected.rows[i].column, refused[i].column);
		CHECK_TEXT(csv->rejected.rows[i].value, refused[i].value);
	}
	text_free(&taken.out);
	csv_free(csv);
	csv = look("invoice,customer,invoice date,amount in cents\nF1,A,2025-01-31,1250\nF2,A,2025-01-31,12.50\n");
	taken = (struct taken){ 0 };
	CHECK_OK(csv_read(csv, take, &taken));
	CHECK_INT(taken.amount, 1250);
	CHECK_TEXT(csv->rejected.rows[0].reason, "The column is in cents: whole numbers only.");
	text_free(&taken.out);
	csv_free(csv);
}

static void totals_titles_and_group_heads_are_no_items(void)
{
	expect("Balance âgée au 30/09/2025\n\nPièce;Date pièce;Échéance;Solde\nDUPONT SA;;;\nF1;31/01/2025;02/03/2025;10,00\nF2;31/01/2025;02/03/2025;20,00\n"
	       "Total DUPONT SA;;;30,00\nTOTAL ENERGIES;;;\nF3;31/01/2025;02/03/2025;5,00\nPièce;Date pièce;Échéance;Solde\nTOTAL GENERAL;;;35,00\n",
	       CSV_ITEMS, "5 DUPONT SA invoice F1 1000 2025-01-31 2025-03-02\n6 DUPONT SA invoice F2 2000 2025-01-31 2025-03-02\n"
	                  "9 TOTAL ENERGIES invoice F3 500 2025-01-31 2025-03-02\n");
	struct csv *csv = look("Client;Pièce;Date pièce;Échéance;Solde\nDUPONT SA;;;;\n;F1;31/01/2025;02/03/2025;10,00\n;F2;31/01/2025;02/03/2025;20,00\n"
	                       "Total DUPONT SA;;;;30,00\nTotal Energies;F3;31/01/2025;02/03/2025;5,00\nTOTAL GENERAL;;;;35,00\n");
	struct taken taken = { 0 };
	CHECK_OK(csv_read(csv, take, &taken));
	CHECK_TEXT(text_cstr(&taken.out), "3 DUPONT SA invoice F1 1000 2025-01-31 2025-03-02\n4 DUPONT SA invoice F2 2000 2025-01-31 2025-03-02\n"
	                                  "6 Total Energies invoice F3 500 2025-01-31 2025-03-02\n");
	CHECK_INT(csv->ignored_rows, 3);
	text_free(&taken.out);
	csv_free(csv);
}

static struct status keep(void *context, const struct csv_row *row)
{
	*(struct csv_row *)context = *row;
	return STATUS_FINE;
}

static void payment_terms_are_understood(void)
{
	static const struct {
		const char *text;
		int days, day;
		const char *month;
	} cases[] = { { "30 jours", 30, 0, "none" }, { "30 jours fin de mois", 30, 0, "after" }, { "45 j FDM", 45, 0, "after" },
		{ "fin de mois + 30", 30, 0, "before" }, { "30 jours fin de mois le 10", 30, 10, "after" }, { "Net 60", 60, 0, "none" },
		{ "Comptant", 0, 0, "none" }, { "à réception", 0, 0, "none" }, { "30", 30, 0, "none" }, { "fin de mois", 0, 0, "before" },
		{ "virement", -1, 0, "none" } };
	for (size_t i = 0; i < COUNT(cases); i++) {
		cleanup_text struct text text = { 0 };
		text_addf(&text, "Code client;Raison sociale;Conditions de règlement\nC1;Dupont SA;%s\n", cases[i].text);
		struct csv *csv = look(text_cstr(&text));
		struct csv_row seen = { 0 };
		CHECK_INT(csv->what, CSV_CUSTOMERS);
		CHECK_OK(csv_read(csv, keep, &seen));
		CHECK_INT(seen.terms_days, cases[i].days);
		CHECK_INT(seen.terms_day, cases[i].day);
		CHECK_TEXT(seen.terms_month, cases[i].month);
		csv_free(csv);
	}
}

static void other_formats_are_recognised_and_named(void)
{
	struct arena *arena = arena_new();
	static const struct {
		const char *bytes;
		enum format_kind kind;
		bool readable;
	} cases[] = {
		{ "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tDebit\tCredit\nVE\t\t1\t20250101\t411\t1\t0\n", FORMAT_FEC, true },
		{ "client;montant\nA;1\n", FORMAT_CSV, true }, { "PK\x03\x04....xl/workbook.xml", FORMAT_ZIP, false }, { "%PDF-1.7", FORMAT_PDF, true },
		{ "<?xml version=\"1.0\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\">", FORMAT_CAMT, true },
		{ "OFXHEADER:100\n", FORMAT_OFX, true }, { ":20:X\n:25:Y\n:60F:C\n", FORMAT_MT940, true }, { "hello\n", FORMAT_UNKNOWN, false }, { "", FORMAT_UNKNOWN, false },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct recognised found = recognise(cases[i].bytes, strlen(cases[i].bytes), LANG_EN, arena);
		CHECK_INT(found.kind, cases[i].kind);
		CHECK(found.readable == cases[i].readable);
		CHECK(found.grounds && *found.grounds);
	}
	arena_free(arena);
}

/* 2,466 invoices that somebody else wrote: samples/README.md, payment-history. */
static void a_history_with_american_dates_gives_its_known_figures(void)
{
	char path[1024];
	snprintf(path, sizeof path, "%s/../shared/samples/payment-history/ibm/WA_Fn-UseC_-Accounts-Receivable.csv", getenv("ENCOURS_SOURCE") ? getenv("ENCOURS_SOURCE") : ".");
	cleanup_file FILE *file = fopen(path, "rb");
	if (!file) return;
	enum { LIMIT = 1 << 20 };
	cleanup_free char *bytes = xmalloc(LIMIT);
	size_t len = fread(bytes, 1, LIMIT, file);
	struct csv *csv = look_as(bytes, len, (struct csv_options){ .lang = LANG_EN });
	CHECK_INT(csv->what, CSV_ITEMS);
	CHECK_INT(target(csv, "customerID"), CSV_CUSTOMER_CODE);
	CHECK_INT(target(csv, "invoiceNumber"), CSV_NUMBER);
	CHECK_INT(target(csv, "InvoiceDate"), CSV_ISSUE_DAY);
	CHECK_INT(target(csv, "DueDate"), CSV_DUE_DAY);
	CHECK_INT(target(csv, "InvoiceAmount"), CSV_AMOUNT);
	CHECK_INT(target(csv, "SettledDate"), CSV_SETTLED_ON);
	CHECK_INT(target(csv, "Disputed"), CSV_DISPUTED);
	CHECK_INT(target(csv, "DaysLate"), CSV_DAYS_LATE);
	CHECK_INT(target(csv, "DaysToSettle"), CSV_IGNORED);
	CHECK_INT(target(csv, "PaperlessDate"), CSV_IGNORED);
	struct taken taken = { 0 };
	CHECK_OK(csv_read(csv, take, &taken));
	CHECK_INT(taken.rows, 2466);
	CHECK_INT(taken.amount, 14770318);
	CHECK_INT(taken.disputed, 561);
	CHECK_INT(csv->rejected.total, 0);
	CHECK(strncmp(text_cstr(&taken.out), "2 0379-NEVHP invoice 611365 5594 2013-01-02 2013-02-01 paid 2013-01-15\n", 70) == 0);
	text_free(&taken.out);
	csv_free(csv);
}

static void a_sure_header_stays_where_half_of_its_values_are_bad(void)
{
	struct csv *csv = look("Code client;Numéro facture;Date facture;Date échéance;Montant TTC\nC1;F1;10/01/2025;39/02/2025;100,00\nC1;F2;20/01/2025;19/02/2025;12O,00\n"
	                       "C1;F3;20/01/2025;bientôt;30,00\n");
	CHECK_INT(target(csv, "Date échéance"), CSV_DUE_DAY);
	CHECK_INT(target(csv, "Montant TTC"), CSV_AMOUNT);
	CHECK(csv->columns[3].doubt != NULL);
	struct taken taken = { 0 };
	CHECK_OK(csv_read(csv, take, &taken));
	CHECK_INT(taken.rows, 0);
	CHECK_INT(csv->rejected.total, 3);
	CHECK_TEXT(csv->rejected.rows[0].value, "39/02/2025");
	CHECK_TEXT(csv->rejected.rows[1].value, "12O,00");
	text_free(&taken.out);
	csv_free(csv);
}

/* Two rows, one of them bad, and none good: the column was taken for none, and the file for a list of customers. */
static void an_amount_column_stays_whatever_its_cells_hold(void)
{
	static const struct {
		const char *text;
		int64_t rows, refused;
	} cases[] = {
		{ "customer,number,issue date,amount\nC1,F1,2025-01-02,12.50\nC2,F2,2025-01-03,abc\n", 1, 1 },
		{ "customer,number,issue date,amount\nC1,F1,2025-01-02,twelve\nC2,F2,2025-01-03,abc\n", 0, 2 },
		{ "Client;Numéro;Date facture;Montant\nC1;F1;02/01/2025;12,50\nC2;F2;13/01/2025;abc\nC3;F3;14/01/2025;n.c.\n", 1, 2 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct csv *csv = look(cases[i].text);
		struct taken taken = { 0 };
		CHECK_INT(csv->what, CSV_ITEMS);
		CHECK_INT(csv->columns[3].target, CSV_AMOUNT);
		CHECK(csv->columns[3].doubt != NULL);
		CHECK_OK(csv_read(csv, take, &taken));
		CHECK_INT(taken.rows, cases[i].rows);
		CHECK_INT(csv->rejected.total, cases[i].refused);
		const struct complaint *last = &csv->rejected.rows[csv->rejected.count - 1];
		CHECK_INT(last->line, cases[i].rows + cases[i].refused + 1);
		CHECK_TEXT(last->column, csv->columns[3].header);
		CHECK_TEXT(last->value, i == 2 ? "n.c." : "abc");
		CHECK(last->reason && *last->reason);
		text_free(&taken.out);
		csv_free(csv);
	}
}

static void drafts_and_cancelled_documents_are_left_out(void)
{
	expect("Numéro,Nom d'affichage du partenaire de la facture,Date de facturation,Date d'échéance,Total signé,Montant dû signé,Statut\n"
	       "FAC/1,Azure,2025-01-15,2025-02-14,1200.00,1200.00,Comptabilisé\n/,Azure,2025-01-22,2025-02-22,120.00,120.00,Brouillon\n",
	       CSV_ITEMS, "2 Azure invoice FAC/1 120000 2025-01-15 2025-02-14\n");
}

static void the_total_of_an_aged_print_is_what_is_open(void)
{
	struct csv *csv = look("Invoice Date,Due Date,Invoice Number,Current,< 1 Month,1 Month,2 Months,Older,Total\nBayside Club,,,,,,,,\n"
	                       "15 Jan 2025,14 Feb 2025,INV-0021,0.00,0.00,234.00,0.00,0.00,234.00\nTotal Bayside Club,,,0.00,0.00,234.00,0.00,0.00,234.00\n");
	CHECK_INT(target(csv, "Total"), CSV_OPEN);
	CHECK_INT(target(csv, "Due Date"), CSV_DUE_DAY);
	CHECK(csv->grouped);
	csv_free(csv);
}

static void mended_cells_are_read_instead(void)
{
	static const char text[] = "Customer;Number;Date;Due;Amount\nC1;F1;01/09/2025;01/10/2025;100,00\nC2;F2;02/09/2025;32/10/2025;douze\n"
				   "C3;F3;03/09/2025;03/10/2025;300,00\nC4;F4;13/09/2025;13/10/2025;400,00\nC5;F5;23/09/2025;23/10/2025;\"1 500,00\"\n";
	struct csv *csv = look(text);
	if (!csv) return;
	struct taken taken = { 0 };
	CHECK_OK(csv_read(csv, take, &taken));
	CHECK_INT(taken.rows, 4);
	CHECK_INT(csv->rejected.total, 1);
	struct csv_line *lines;
	CHECK_OK(csv_lines(csv, (const int64_t[]){ 3, 9 }, 2, false, csv->arena, &lines));
	CHECK(lines[0].found && !lines[1].found);
	CHECK_TEXT(lines[0].cells[3], "32/10/2025");
	struct text list = { 0 };
	csv_list_text(csv, lines, 2, &list);
	CHECK_TEXT(text_cstr(&list), "Customer;Number;Date;Due;Amount\nC2;F2;02/09/2025;32/10/2025;douze\n");
	text_free(&list);
	text_free(&taken.out);
	csv_free(csv);

	csv = look_as(text, strlen(text), (struct csv_options){ .lang = LANG_EN,
		.mended = "{\"3\": {\"cells\": {\"3\": \" 31/10/2025 \", \"4\": \"12,00\", \"99\": \"x\"}, \"by\": \"Claire\"}, \"1\": {\"cells\": {\"0\": \"no header\"}}, \"x\": 4}" });
	taken = (struct taken){ 0 };
	CHECK_OK(csv_read(csv, take, &taken));
	CHECK_INT(csv->rejected.total, 0);
	CHECK_INT(taken.amount, 10000 + 1200 + 30000 + 40000 + 150000);
	CHECK(strstr(text_cstr(&taken.out), "3 C2 invoice F2 1200 2025-09-02 2025-10-31") != NULL);
	CHECK_OK(csv_lines(csv, (const int64_t[]){ 3 }, 1, true, csv->arena, &lines));
	CHECK_TEXT(lines[0].cells[3], "31/10/2025");
	text_free(&taken.out);
	csv_free(csv);
	csv = look_as(text, strlen(text), (struct csv_options){ .lang = LANG_EN, .mended = "nonsense" });
	CHECK_INT(csv_read(csv, take, &taken).code, STATUS_INVALID);
	csv_free(csv);
}

static struct status take_none(void *context, const struct csv_row *row)
{
	(void)row, ++*(int *)context;
	return STATUS_FINE;
}

/* A download that stopped: said; lines that leave out their last cells, or have no end of line, are nothing to speak of. */
static void a_file_that_was_cut(void)
{
	static const struct {
		const char *text;
		size_t warnings;
	} cases[] = {
		{ "Client;Facture;Date facture;Montant TTC;Devise\nC1;F1;14/10/2025;8,00;EUR\nC2;F2;15/10/2025;9,0", 1 },
		{ "Client;Facture;Date facture;Montant TTC;Devise\nC1;F1;14/10/2025;8,00;EUR\nC2;F2;15/10/2025;9,00;EUR", 0 },
		{ "Client;Facture;Date facture;Montant TTC;Devise\nC1;F1;14/10/2025;8,00\nC2;F2;15/10/2025;9,00", 0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct csv *csv = look(cases[i].text);
		int taken = 0;
		CHECK_OK(csv_read(csv, take_none, &taken));
		CHECK_INT(taken, 2);
		CHECK_INT(csv->warning_count, cases[i].warnings);
		csv_free(csv);
	}
}

/* The levels that another program's reminders had reached; limits are no amounts that are owed. */
static void levels_and_limits(void)
{
	struct csv *csv = look("Code client;N° facture;Niveau de relance;Date dernière relance\nC1;F1;2;14/10/2025\nC2;;Mise en demeure;\nC3;F3;R1;\nC4;F4;;\nC5;F5;12;\nC6;F6;?!;\n");
	CHECK_INT(csv->what, CSV_CUSTOMERS);
	CHECK_INT(target(csv, "N° facture"), CSV_NUMBER);
	CHECK_INT(target(csv, "Niveau de relance"), CSV_LEVEL);
	CHECK_INT(target(csv, "Date dernière relance"), CSV_LEVEL_DAY);
	csv_free(csv);
	csv = look("Code client;Nom;Encours autorisé\nC1;Dupont;8 000,00\nC2;Durand;1 000,00\n");
	CHECK_INT(csv->what, CSV_CUSTOMERS);
	CHECK_INT(target(csv, "Encours autorisé"), CSV_CREDIT_LIMIT);
	csv_free(csv);
	csv = look("Code client;Numéro facture;Date facture;Encours autorisé;Reste dû\nC1;F1;14/10/2025;8 000,00;120,00\n");
	CHECK_INT(csv->what, CSV_ITEMS);
	CHECK_INT(target(csv, "Encours autorisé"), CSV_IGNORED);
	CHECK_INT(target(csv, "Reste dû"), CSV_OPEN);
	csv_free(csv);
}

TESTS({ "a file that was cut", a_file_that_was_cut }, { "levels and limits", levels_and_limits }, { "mended cells are read instead of what stands there", mended_cells_are_read_instead },
      { "lists of items are read in French and English", lists_of_items_are_read_in_french_and_english },
      { "payments name what they pay", payments_name_what_they_pay },
      { "customers and contacts are told apart", customers_and_contacts_are_told_apart },
      { "an undecided column is asked for, never guessed", an_undecided_column_is_asked_for_never_guessed },
      { "cells that do not fit their column are refused with their line", cells_that_do_not_fit_their_column_are_refused_with_their_line },
      { "totals, titles and group heads are no items", totals_titles_and_group_heads_are_no_items },
      { "payment terms are understood", payment_terms_are_understood },
      { "other formats are recognised and named", other_formats_are_recognised_and_named },
      { "a sure header stays where half of its values are bad", a_sure_header_stays_where_half_of_its_values_are_bad },
      { "an amount column stays whatever its cells hold", an_amount_column_stays_whatever_its_cells_hold },
      { "drafts and cancelled documents are left out", drafts_and_cancelled_documents_are_left_out },
      { "the total of an aged print is what is open", the_total_of_an_aged_print_is_what_is_open },
      { "a history with American dates gives its known figures", a_history_with_american_dates_gives_its_known_figures }, )
