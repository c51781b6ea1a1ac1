#include "formats/entry_file.h"

#include "base/memory.h"
#include "base/test.h"
#include "formats/fec.h"

static struct text shown;

/* Recognised, written out, read by the FEC's rules: one line per receivable line. */
static const char *read_as(enum format_kind expected, const char *bytes, size_t len)
{
	struct entry_file *entries = NULL;
	struct fec *fec = NULL;
	text_clear(&shown);
	CHECK_INT(entry_file_recognise(bytes, len), expected);
	struct status status = entry_file_read(expected, bytes, len, (struct entry_file_options){ .lang = LANG_EN, .currency = "EUR" }, &entries);
	if (status.code) return text_addf(&shown, "refused: %s", status.text), text_cstr(&shown);
	status = fec_read(entries->fec.bytes, entries->fec.len, (struct fec_options){ .lang = LANG_EN, .header_above = true }, &fec);
	if (status.code) {
		entry_file_free(entries);
		return text_addf(&shown, "refused: %s", status.text), text_cstr(&shown);
	}
	for (size_t i = 0; i < fec->line_count; i++) {
		const struct fec_line *line = &fec->lines[i];
		const struct fec_customer *customer = &fec->customers[line->customer];
		char day[11] = "-", due[11] = "-";
		day_format(line->posting_day, day);
		if (line->due_day != DAY_NONE) day_format(line->due_day, due);
		text_addf(&shown, "%" PRIu32 " %.*s/%.*s %s %.*s %s %s %" PRId64 " %.*s\n", line->line, SLICE_PRINT(customer->code),
		          SLICE_PRINT(customer->name), fec_kind_name(line->kind), SLICE_PRINT(spot_text(line->number)), day, due, line->amount,
		          SLICE_PRINT(spot_text(line->lettering)));
	}
	for (size_t i = 0; i < fec->rejected.count; i++) {
		const struct complaint *row = &fec->rejected.rows[i];
		text_addf(&shown, "line %" PRId64 " %s “%s”: %s\n", row->line, row->column, row->value, row->reason);
	}
	fec_free(fec);
	entry_file_free(entries);
	return text_cstr(&shown);
}

static void sage_pnm_gives_its_items(void)
{
	static const char file[] =
		"BREVENT INDUSTRIE             \r\n"
		/* journal date nature account         X auxiliary     reference    label                     P due   S amount              N piece */
		"VE 150125FC411000       XDUPONT       FA25-001     Facture Dupont            140225D             1200.00N0000123                          \r\n"
		"VE 150125FC701000       G             FA25-001     Facture Dupont                  C             1000.00N0000123                          \r\n"
		"VE 150125FC701000       AREGION       FA25-001     Facture Dupont                  C             1000.00N0000123                          \r\n"
		"VE 150125FC445710       G             FA25-001     Facture Dupont                  C              200.00N0000123                          \r\n"
		"BQ 200225RC512000       G             VIR          Virement Dupont                 D             1200.00N0000200                          \r\n"
		"BQ 200225RC411000       XDUPONT       VIR          Virement Dupont                 C             1200.00N0000200                          \r\n";
	CHECK_TEXT(read_as(FORMAT_SAGE_PNM, file, sizeof file - 1),
	           "2 DUPONT/ invoice FA25-001 2025-01-15 2025-02-14 120000 \n7 DUPONT/ payment VIR 2025-02-20 - -120000 \n");
}

static void a_cell_that_cant_be_read_is_named_with_its_line(void)
{
	static const char file[] =
		"BREVENT INDUSTRIE             \r\n"
		"VE 150125FC411000       XDUPONT       FA25-001     Facture Dupont            140225D             1200.00N0000123                          \r\n"
		"VE 150125FC701000       G             FA25-001     Facture Dupont                  C             1200.00N0000123                          \r\n"
		"VE 160125FC411000       XDURAND       FA25-002     Facture Durand            140225D             12o0.00N0000124                          \r\n"
		"VE 160125FC701000       G             FA25-002     Facture Durand                  C             1200.00N0000124                          \r\n"
		"VE 170125FC411000       XMARTIN       FA25-003     Facture Martin            140225D              100.00N0000125                          \r\n"
		"VE 170125FC701000       G             FA25-003     Facture Martin                  C              100.00N0000125                          \r\n";
	const char *text = read_as(FORMAT_SAGE_PNM, file, sizeof file - 1);
	CHECK(strstr(text, "line 4 Debit “12o0.00”") != NULL);
	CHECK(strstr(text, "2 DUPONT/ invoice FA25-001") != NULL);
}

static void a_line_without_a_side_is_refused(void)
{
	static const char file[] = "##Fichier\tRImport\n##DebFmt\tSepDec=.\n##Section\tMvt\n"
	                           "1\tVE\t15/01/2025\t411DUP\tDUPONT SA\t1200.00\tX\tB\tFacture\tFA25-001\tF\t\n"
	                           "1\tVE\t15/01/2025\t706000\tVentes\t1200.00\tC\tB\tFacture\tFA25-001\tF\t\n";
	CHECK(strstr(read_as(FORMAT_CIEL_RIMPORT, file, sizeof file - 1), "line 4 Debit “1200.00 X”") != NULL);
}

static void sage_mecg_blocks_are_entries(void)
{
	static const char file[] =
		"#FLG 000\n#VER 14\n#DEV EUR\n"
		"#MECG\nVE\n150125\n150125\n123\nFA25-001\n\n411000\n\nDUPONT\n\nFacture Dupont\n\n140225\n0,000000\n0,00\n0\n0\n1200,00\nAA\n"
		"#MECG\nVE\n150125\n150125\n123\nFA25-001\n\n701000\n\n\n\nFacture Dupont\n\n\n0,000000\n0,00\n0\n1\n1000,00\n\n"
		"#MECG\nVE\n150125\n150125\n123\nFA25-001\n\n445710\n\n\n\nFacture Dupont\n\n\n0,000000\n0,00\n0\n1\n200,00\n\n#FIN\n";
	CHECK_TEXT(read_as(FORMAT_SAGE_MECG, file, sizeof file - 1), "4 DUPONT/ invoice FA25-001 2025-01-15 2025-02-14 120000 AA\n");
}

static void ciel_ximport_in_dos_letters(void)
{
	/* movement, journal, day, due day, piece, account, label, amount, side, lettering, analytic, account label, euro */
	static const char file[] =
		"    1VE2025011520250214FA25-001    411DUP     Facture Ren\x82                   1200.00D                  CLIENT REN\x82                        1\r\n"
		"    1VE2025011520250214FA25-001    706000     Facture Ren\x82                   1000.00C                  Ventes                            1\r\n"
		"    1VE2025011520250214FA25-001    445710     Facture Ren\x82                    200.00C                  TVA collect\x82" "e                     1\r\n\x1A";
	CHECK_TEXT(read_as(FORMAT_CIEL_XIMPORT, file, sizeof file - 1),
	           "1 411DUP/CLIENT RENé invoice FA25-001 2025-01-15 2025-02-14 120000 \n");
}

static void ciel_rimport_says_its_decimal_mark(void)
{
	static const char file[] =
		"##Fichier\tRImport\n##DebFmt\tSepDec=.\n##Section\tTiers\nDUP\tDupont\n##Section\tMvt\n"
		"1\tVE\t15/01/2025\t411DUP\tDUPONT SA\t1200.00\tD\tB\tFacture\tFA25-001\tF\t14/02/2025\n"
		"1\tVE\t15/01/2025\t706000\tVentes\t1200.00\tC\tB\tFacture\tFA25-001\tF\t\n";
	CHECK_TEXT(read_as(FORMAT_CIEL_RIMPORT, file, sizeof file - 1),
	           "6 411DUP/DUPONT SA invoice FA25-001 2025-01-15 2025-02-14 120000 \n");
}

static void ebp_without_a_header(void)
{
	static const char file[] = "1,15012025,VE,411DUP,,\"Facture, n\xB0 1\",\"FA25-001\",0000001200.00,D,14022025,EUR\r\n"
	                           "2,15012025,VE,706000,,\"Facture\",\"FA25-001\",0000001000.00,C,,EUR\r\n"
	                           "3,15012025,VE,445710,,\"Facture\",\"FA25-001\",0000000200.00,C,,EUR\r\n";
	CHECK_TEXT(read_as(FORMAT_EBP, file, sizeof file - 1), "1 411DUP/ invoice FA25-001 2025-01-15 2025-02-14 120000 \n");
}

static void a_table_with_accounts_that_are_no_customers(void)
{
	static const char ebp[] = "Journal;Date;Compte;Libell\xC3\xA9;D\xC3\xA9" "bit;Cr\xC3\xA9" "dit;N\xC2\xB0 pi\xC3\xA8" "ce;\xC3\x89" "ch\xC3\xA9" "ance\n"
	                          "VE;15/01/2025;411DUP;Dupont SA;1 200,00;;FA25-001;14/02/2025\nVE;15/01/2025;706000;Ventes;;1 200,00;FA25-001;\n";
	CHECK_TEXT(read_as(FORMAT_ENTRY_TABLE, ebp, sizeof ebp - 1), "2 411DUP/ invoice FA25-001 2025-01-15 2025-02-14 120000 \n");
	static const char sage[] = "JO_Num;EC_Date;EC_Piece;EC_RefPiece;CG_Num;CT_Num;EC_Intitule;EC_Echeance;EC_Sens;EC_Montant;EC_Lettrage\n"
	                           "VE;150125;123;FA25-001;411000;DUPONT;Facture;140225;0;1200,00;AA\nVE;150125;123;FA25-001;701000;;Facture;;1;1200,00;\n";
	CHECK_TEXT(read_as(FORMAT_ENTRY_TABLE, sage, sizeof sage - 1), "2 DUPONT/ invoice FA25-001 2025-01-15 2025-02-14 120000 AA\n");
	static const char doubtful[] = "Journal,Date,Account,Debit,Credit\nSA,03/04/2025,411D,12.00,\nSA,03/04/2025,706000,,12.00\n";
	CHECK(strstr(read_as(FORMAT_ENTRY_TABLE, doubtful, sizeof doubtful - 1), "refused: Whether day or month") != NULL);
}

/* Fills a line of blanks at a column, from 1. */
static void at(char *line, int column, const char *text)
{
	memcpy(line + column - 1, text, strlen(text));
}

static void tra_line(struct text *out, const char *account, const char *auxiliary, const char *due, const char *side, const char *amount)
{
	char line[223];
	memset(line, ' ', 222);
	line[222] = 0;
	at(line, 1, "VEN"), at(line, 4, "15012025"), at(line, 12, "FC"), at(line, 14, account);
	if (*auxiliary) at(line, 31, "X"), at(line, 32, auxiliary);
	at(line, 49, "FA25-001"), at(line, 84, "Facture"), at(line, 119, "VIR"), at(line, 122, due), at(line, 130, side);
	at(line, 131 + 20 - (int)strlen(amount), amount), at(line, 151, "N"), at(line, 152, "00000123"), at(line, 160, "EUR");
	text_add(out, line), text_add(out, "\r\n");
}

static void cegid_tra_knows_its_third_parties(void)
{
	cleanup_text struct text file = { 0 };
	text_add(&file, "***S5CLIJRLSTD\r\n***EXO0010101202531122025OUV\r\n");
	text_add(&file, "***CAEDUP              DUPONT SA                          CLIX411000           \r\n");
	tra_line(&file, "411000", "DUP", "14022025", "D", "1200,00");
	tra_line(&file, "706000", "", "01011900", "C", "1000,00");
	tra_line(&file, "445710", "", "01011900", "C", "200,00");
	CHECK_TEXT(read_as(FORMAT_CEGID_TRA, file.bytes, file.len), "4 DUP/DUPONT SA invoice FA25-001 2025-01-15 2025-02-14 120000 \n");
}

static void quadra_line(struct text *out, const char *account, const char *day, const char *side, const char *cents, const char *due)
{
	char line[193];
	memset(line, ' ', 192);
	line[192] = 0;
	at(line, 1, "M"), at(line, 2, account), at(line, 10, "VE"), at(line, 12, "000"), at(line, 15, day), at(line, 22, "Facture FA25-001");
	at(line, 42, side), at(line, 43, cents), at(line, 64, due), at(line, 111, "VEN"), at(line, 149, "FA25-001");
	text_add(out, line), text_add(out, "\r\n");
}

static void quadra_customers_stand_on_411(void)
{
	cleanup_text struct text file = { 0 };
	text_add(&file, "C9DUPONT DUPONT SA                     \r\n");
	quadra_line(&file, "9DUPONT", "150125", "D", "+000000120000", "140225");
	quadra_line(&file, "706000", "150125", "C", "+000000120000", "");
	CHECK_TEXT(read_as(FORMAT_QUADRA, file.bytes, file.len), "2 9DUPONT/DUPONT SA invoice FA25-001 2025-01-15 2025-02-14 120000 \n");
}

static void tables_and_fecs_are_none_of_these(void)
{
	static const char *const files[] = {
		"", "\n", "a", "JournalCode|JournalLib|EcritureNum\nVE|Ventes|1\n", "Client;Numéro;Échéance;Montant\nDUP;FA1;14/02/2025;12,00\n",
		"1,2,3,4,5,6,7,8,9\n1,2,3,4,5,6,7,8,9\n", "Mandat\nMontant\nCoût\n", "#comment\nx\n", "***\n", "MMMM\nCCCC\n",
	};
	for (size_t i = 0; i < COUNT(files); i++) CHECK_INT(entry_file_recognise(files[i], strlen(files[i])), FORMAT_UNKNOWN);
}

TESTS(
	{ "Sage PNM: items with their due dates, analytic lines left out", sage_pnm_gives_its_items },
	{ "a cell that can't be read is named with its line", a_cell_that_cant_be_read_is_named_with_its_line },
	{ "a line that is neither debit nor credit is refused", a_line_without_a_side_is_refused },
	{ "Sage #MECG: blocks are entries", sage_mecg_blocks_are_entries },
	{ "Ciel XIMPORT: fixed columns in DOS letters", ciel_ximport_in_dos_letters },
	{ "Ciel RImport: says its decimal mark", ciel_rimport_says_its_decimal_mark },
	{ "EBP: commas without a header", ebp_without_a_header },
	{ "a table with a header, told by accounts that are no customers'", a_table_with_accounts_that_are_no_customers },
	{ "Cegid TRA: third parties by name", cegid_tra_knows_its_third_parties },
	{ "Quadra: customers stand on 411", quadra_customers_stand_on_411 },
	{ "tables and FECs are none of these", tables_and_fecs_are_none_of_these },
)
