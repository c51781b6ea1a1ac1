#include "formats/xlsx.h"

#include "base/day.h"
#include "base/test.h"
#include "formats/csv.h"
#include "formats/recognise.h"
#include "formats/testzip.h"

#include <xlsxwriter.h>

/* --- a workbook by hand ----------------------------------------------------------------------------------------------------------- */
#define RELS "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>"
#define TYPE "Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
static const char styles[] =
	"<styleSheet><numFmts><numFmt numFmtId='170' formatCode='dd\\/mm\\/yyyy;@'/><numFmt numFmtId='171' formatCode='00000'/>"
	"<numFmt numFmtId='172' formatCode='#,##0.00\\ \"dym€\"'/><numFmt numFmtId='173' formatCode='[h]:mm'/></numFmts>"
	"<cellStyleXfs><xf numFmtId='14'/></cellStyleXfs>"
	"<cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='170'/><xf numFmtId='171'/><xf numFmtId='172'/><xf numFmtId='173'/><xf numFmtId='4'/></cellXfs></styleSheet>";

static char *workbook(const char *properties, const char *strings, const char *first, const char *second, size_t *len)
{
	char *book = NULL;
	if (asprintf(&book, "<workbook xmlns:r='r'>%s<sheets><sheet name='Notes' sheetId='1' r:id='rId1'/><sheet name='Balance' sheetId='2' r:id='rId2'/></sheets></workbook>", properties) < 0)
		abort();
	char *bytes = testzip((struct testzip_part[]){
		{ "[Content_Types].xml", "<Types/>", 0 },
		{ "_rels/.rels", RELS "<Relationship Id='a' " TYPE "officeDocument' Target='xl/workbook.xml'/></Relationships>", 0 },
		{ "xl/workbook.xml", book, 0 },
		{ "xl/_rels/workbook.xml.rels", RELS "<Relationship Id='rId1' " TYPE "worksheet' Target='worksheets/sheet1.xml'/>"
			"<Relationship Id='rId2' " TYPE "worksheet' Target='/xl/worksheets/sheet2.xml'/><Relationship Id='rId3' " TYPE "styles' Target='styles.xml'/>"
			"<Relationship Id='rId4' " TYPE "sharedStrings' Target='sharedStrings.xml'/></Relationships>", 0 },
		{ "xl/styles.xml", styles, 0 }, { "xl/sharedStrings.xml", strings, 0 },
		{ "xl/worksheets/sheet1.xml", first, 0 }, { "xl/worksheets/sheet2.xml", second, 0 }, { 0 } }, len);
	free(book);
	return bytes;
}

static void expect_text(const char *properties, const char *strings, const char *sheet, const char *want, struct xlsx_notes *notes)
{
	size_t len;
	char *bytes = workbook(properties, strings, sheet, "<worksheet/>", &len);
	struct xlsx *xlsx = NULL;
	struct text text = { 0 };
	CHECK_OK(xlsx_open(bytes, len, &xlsx));
	if (xlsx) CHECK_OK(xlsx_text(xlsx, 0, 0, &text, notes));
	CHECK_TEXT(text_cstr(&text), want);
	text_free(&text);
	xlsx_close(xlsx);
	free(bytes);
}

#define SHEET(rows) "<worksheet><sheetData>" rows "</sheetData></worksheet>"

static void cells_of_every_type_become_text(void)
{
	struct xlsx_notes notes;
	expect_text("", "<sst><si><t>Dupont &amp; fils</t></si><si><r><t>a</t></r><r><t xml:space='preserve'> b</t></r><rPh><t>x</t></rPh></si></sst>",
	            SHEET("<row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='s'><v>1</v></c><c r='D1' t='inlineStr'><is><t>in\nline</t></is></c></row>"
	                  "<row r='3'><c r='A3' t='b'><v>1</v></c><c r='B3' t='e'><v>#N/A</v></c><c r='C3' t='str'><f>A1&amp;B1</f><v>say \"no\"</v></c></row>"
	                  "<row r='4'><c><f>SUM(A1:A3)</f></c><c t='d'><v>2025-01-31T00:00:00</v></c><c t='s'><v>99</v></c></row>"),
	            "Dupont & fils\ta b\t\tin line\n\nTRUE\t#N/A\t\"say \"\"no\"\"\"\n=SUM(A1:A3)\t2025-01-31\n", &notes);
	CHECK_INT(notes.rows, 3);
	CHECK_INT(notes.uncomputed, 1);
}

static void dates_are_known_by_their_style_in_both_epochs(void)
{
	struct xlsx_notes notes;
	const char *rows = SHEET("<row><c s='1'><v>45688</v></c><c s='2'><v>45688.75</v></c><c s='0'><v>45688</v></c><c s='5'><v>1.5</v></c><c s='1'><v>59</v></c>"
	                         "<c s='1'><v>61</v></c><c s='1'><v>0</v></c></row>");
	expect_text("", "<sst/>", rows, "2025-01-31\t2025-01-31\t45688\t1.50\t1900-02-28\t1900-03-01\t0\n", &notes);
	expect_text("<workbookPr date1904='1'/>", "<sst/>", SHEET("<row><c s='1'><v>44226</v></c></row>"), "2025-01-31\t\n", &notes);
}

static void numbers_are_to_the_cent_without_dust(void)
{
	struct xlsx_notes notes;
	expect_text("", "<sst/>", SHEET("<row><c><v>1234.5600000000001</v></c><c><v>0.30000000000000004</v></c><c><v>-0.10000000000582</v></c><c><v>1.2345E4</v></c>"
		"<c><v>1234.567</v></c><c><v>12.5</v></c><c><v>73282932000074</v></c><c s='3'><v>1000</v></c><c s='4'><v>118.8996</v></c><c><v>118.8996</v></c>"
		"<c><v>-0</v></c><c><v>99999999999.99</v></c><c><v>2.9999999999999996</v></c><c s='6'><v>-1500</v></c></row>"),
		"1234.56\t0.30\t-0.10\t12345\t1234.5670\t12.50\t73282932000074\t01000\t118.90\t118.8996\t0\t99999999999.99\t3\t-1500\n", &notes);
}

static void true_amounts_and_dates_follow_those_typed_as_text(void)
{
	struct xlsx_notes notes;
	expect_text("", "<sst><si><t>1 234,50</t></si><si><t>25/12/2025</t></si></sst>",
	            SHEET("<row><c t='s'><v>0</v></c><c t='s'><v>1</v></c></row><row><c><v>12.3</v></c><c s='1'><v>45688</v></c></row>"),
	            "1 234,50\t25/12/2025\n12,30\t31/01/2025\n", &notes);
}

static void merged_and_hidden_cells_are_not_lost(void)
{
	struct xlsx_notes notes;
	expect_text("", "<sst/>",
	            "<worksheet><sheetData><row r='1'><c r='A1' t='str'><v>DUPONT</v></c><c r='B1'><v>1</v></c></row><row r='2' hidden='1'><c r='A2'/><c r='B2'><v>2</v></c></row>"
	            "<row r='3'><c r='B3'><v>3</v></c></row><row r='4'><c r='B4'><v>4</v></c></row></sheetData><mergeCells><mergeCell ref='A1:A3'/><mergeCell ref='C1:D1'/></mergeCells></worksheet>",
	            "DUPONT\t1\nDUPONT\t2\nDUPONT\t3\n\t4\n", &notes);
	CHECK_INT(notes.hidden_rows, 1);
}

/* --- as a list ------------------------------------------------------------------------------------------------------------------------ */
struct taken {
	struct text out;
};

static struct status take(void *context, const struct csv_row *row)
{
	struct taken *taken = context;
	char issue[11], due[11];
	day_format(row->issue_day, issue), day_format(row->due_day, due);
	text_addf(&taken->out, "%" PRId64 " %.*s %.*s %" PRId64 " %s %s\n", row->line, SLICE_PRINT(row->customer_code), SLICE_PRINT(row->number), row->amount, issue, due);
	return STATUS_FINE;
}

static void the_sheet_that_is_a_list_is_read_with_its_rows(void)
{
	size_t len;
	char *bytes = workbook("", "<sst><si><t>Code client</t></si><si><t>N° facture</t></si><si><t>Date facture</t></si><si><t>Échéance</t></si><si><t>Montant TTC</t></si></sst>",
		SHEET("<row><c t='str'><v>Lisez-moi</v></c></row><row><c t='str'><v>Export du mois</v></c></row>"),
		SHEET("<row r='1'><c r='B1' t='str'><v>Balance au 31/12/2025</v></c></row>"
		      "<row r='4'><c r='B4' t='s'><v>0</v></c><c t='s'><v>1</v></c><c t='s'><v>2</v></c><c t='s'><v>3</v></c><c t='s'><v>4</v></c></row>"
		      "<row r='5'><c r='B5' t='str'><v>C1</v></c><c t='str'><v>FA1</v></c><c s='1'><v>45688</v></c><c s='1'><v>45718</v></c><c s='4'><v>1234.56</v></c></row>"
		      "<row r='6'><c r='B6' t='str'><v>C2</v></c><c t='str'><v>FA2</v></c><c s='1'><v>45689</v></c><c s='1'><v>45719</v></c><c t='str'><v>douze</v></c></row>"
		      "<row r='8'><c r='B8' t='str'><v>C3</v></c><c t='str'><v>FA3</v></c><c s='1'><v>45689</v></c><c/><c><v>7</v></c></row>"),
		&len);
	cleanup_arena struct arena *arena = arena_new();
	struct recognised found = recognise(bytes, len, LANG_EN, arena);
	CHECK_TEXT(found.name, "xlsx");
	CHECK(found.readable);
	struct csv *csv = NULL;
	CHECK_OK(csv_look(bytes, len, (struct csv_options){ .lang = LANG_EN }, &csv));
	if (!csv) return;
	struct taken taken = { 0 };
	CHECK_TEXT(csv->sheet, "Balance");
	CHECK_INT(csv->sheet_count, 2);
	CHECK_OK(csv_read(csv, take, &taken));
	CHECK_TEXT(text_cstr(&taken.out), "5 C1 FA1 123456 2025-01-31 2025-03-02\n8 C3 FA3 700 2025-02-01 \n");
	CHECK_INT(csv->rejected.total, 1);
	if (csv->rejected.count) {
		CHECK_INT(csv->rejected.rows[0].line, 6);
		CHECK_TEXT(csv->rejected.rows[0].column, "Montant TTC (F)");
	}
	/* the mapping keeps the sheet; a sheet that is not there is named */
	struct csv *again = NULL;
	CHECK_OK(csv_look(bytes, len, (struct csv_options){ .lang = LANG_EN, .mapping = csv_mapping_json(csv) }, &again));
	if (again) CHECK_TEXT(again->sheet, "Balance");
	csv_free(again), again = NULL;
	struct status status = csv_look(bytes, len, (struct csv_options){ .lang = LANG_EN, .mapping = "{\"sheet\":\"Janvier\"}" }, &again);
	CHECK_TEXT(status.text, "The workbook has no sheet “Janvier”.");
	text_free(&taken.out);
	csv_free(csv);
	free(bytes);
}

static void what_excel_writes_is_read_back(void)
{
	char path[] = "/tmp/xlsx_test_XXXXXX";
	int fd = mkstemp(path);
	lxw_workbook *book = workbook_new(path);
	lxw_worksheet *sheet = workbook_add_worksheet(book, "Factures");
	lxw_format *date = workbook_add_format(book);
	format_set_num_format(date, "dd/mm/yyyy");
	static const char *const heads[] = { "Customer No.", "Document No.", "Document Date", "Due Date", "Amount" };
	for (lxw_col_t c = 0; c < 5; c++) worksheet_write_string(sheet, 0, c, heads[c], NULL);
	for (lxw_row_t row = 1; row <= 200; row++) {
		char number[16];
		snprintf(number, sizeof number, "INV-%u", row);
		worksheet_write_string(sheet, row, 0, "ACME", NULL);
		worksheet_write_string(sheet, row, 1, number, NULL);
		worksheet_write_datetime(sheet, row, 2, &(lxw_datetime){ 2025, 1, 1 + (int)(row % 28), 0, 0, 0 }, date);
		worksheet_write_datetime(sheet, row, 3, &(lxw_datetime){ 2025, 2, 1 + (int)(row % 28), 0, 0, 0 }, date);
		worksheet_write_number(sheet, row, 4, row * 0.01 + 0.1, NULL);
	}
	workbook_close(book);
	struct text bytes = { 0 };
	char piece[4096];
	for (ssize_t n; (n = read(fd, piece, sizeof piece)) > 0;) text_add_bytes(&bytes, piece, (size_t)n);
	close(fd), unlink(path);
	struct csv *csv = NULL;
	CHECK_OK(csv_look(bytes.bytes, bytes.len, (struct csv_options){ .lang = LANG_EN }, &csv));
	if (csv) {
		struct taken taken = { 0 };
		CHECK_OK(csv_read(csv, take, &taken));
		CHECK(strncmp(text_cstr(&taken.out), "2 ACME INV-1 11 2025-01-02 2025-02-02\n", 38) == 0);
		CHECK(strstr(text_cstr(&taken.out), "201 ACME INV-200 210 2025-01-05 2025-02-05\n") != NULL);
		CHECK_INT(csv->rejected.total, 0);
		text_free(&taken.out);
	}
	csv_free(csv);
	text_free(&bytes);
}

static void a_fec_saved_as_a_workbook_is_a_fec(void)
{
	size_t len, text_len = 0;
	char *text = NULL;
	char *bytes = workbook("", "<sst/>", "<worksheet/>",
		SHEET("<row><c t='str'><v>JournalCode</v></c><c t='str'><v>JournalLib</v></c><c t='str'><v>EcritureNum</v></c><c t='str'><v>EcritureDate</v></c><c t='str'><v>CompteNum</v></c>"
		      "<c t='str'><v>CompteLib</v></c><c t='str'><v>CompAuxNum</v></c><c t='str'><v>CompAuxLib</v></c><c t='str'><v>PieceRef</v></c><c t='str'><v>PieceDate</v></c>"
		      "<c t='str'><v>EcritureLib</v></c><c t='str'><v>Debit</v></c><c t='str'><v>Credit</v></c></row>"), &len);
	cleanup_arena struct arena *arena = arena_new();
	CHECK_TEXT(recognise(bytes, len, LANG_EN, arena).name, "fec");
	CHECK_OK(csv_workbook_fec(bytes, len, LANG_EN, &text, &text_len));
	CHECK(text && strncmp(text, "JournalCode\tJournalLib\tEcritureNum", 34) == 0);
	free(text), free(bytes);
}

/* --- what can't be read ---------------------------------------------------------------------------------------------------------------- */
static void expect_refused(char *bytes, size_t len, const char *words)
{
	struct xlsx *xlsx = NULL;
	struct text text = { 0 };
	struct xlsx_notes notes;
	struct status status = xlsx_open(bytes, len, &xlsx);
	if (!status.code) status = xlsx_text(xlsx, 0, 0, &text, &notes);
	CHECK_INT(status.code, STATUS_INVALID);
	if (!strstr(status.text, words)) printf("  %s\n", status.text), test_failures++;
	text_free(&text);
	xlsx_close(xlsx);
	free(bytes);
}

static void what_cannot_be_read_is_said_in_words(void)
{
	size_t len;
	static const char ole[] = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1..........";
	static const char locked[] = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1....E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0";
	expect_refused(memcpy(xmalloc(sizeof ole), ole, sizeof ole), sizeof ole, "old Excel workbook (.xls)");
	expect_refused(memcpy(xmalloc(sizeof locked), locked, sizeof locked), sizeof locked, "locked by a password");
	expect_refused(xstrdup("PK\x03\x04 and nothing"), 16, "damaged or cut off");
	char *bytes = testzip((struct testzip_part[]){ { "xl/workbook.bin", "x", 0 }, { 0 } }, &len);
	expect_refused(bytes, len, ".xlsb");
	bytes = testzip((struct testzip_part[]){ { "a.txt", "x", 0 }, { 0 } }, &len);
	expect_refused(bytes, len, "holds no Excel workbook");
	bytes = workbook("", "<sst/>", "<!DOCTYPE x [<!ENTITY a 'b'>]><worksheet/>", "<worksheet/>", &len);
	expect_refused(bytes, len, "document type declaration");
	bytes = workbook("", "<sst/>", "<worksheet><sheetData><row>", "<worksheet/>", &len);
	expect_refused(bytes, len, "breaks at line 1");
	bytes = workbook("", "<sst/>", SHEET("<row><c r='XFD1' t='str'><v>x</v></c></row>"), "<worksheet/>", &len);
	expect_refused(bytes, len, "more than 512 columns");
	/* cut anywhere: words, never a crash */
	bytes = workbook("", "<sst/>", SHEET("<row><c><v>1</v></c></row>"), "<worksheet/>", &len);
	for (size_t cut = 0; cut < len; cut += 7) {
		struct xlsx *xlsx = NULL;
		if (xlsx_open(bytes, cut, &xlsx).code == STATUS_OK) xlsx_close(xlsx);
	}
	free(bytes);
}

static void columns_have_letters(void)
{
	char out[4];
	xlsx_column_letters(0, out);
	CHECK_TEXT(out, "A");
	xlsx_column_letters(25, out);
	CHECK_TEXT(out, "Z");
	xlsx_column_letters(26, out);
	CHECK_TEXT(out, "AA");
	xlsx_column_letters(701, out);
	CHECK_TEXT(out, "ZZ");
	xlsx_column_letters(702, out);
	CHECK_TEXT(out, "AAA");
}

TESTS({ "cells of every type become text", cells_of_every_type_become_text },
      { "dates are known by their style, in both epochs", dates_are_known_by_their_style_in_both_epochs },
      { "numbers are to the cent, without dust", numbers_are_to_the_cent_without_dust },
      { "true amounts and dates follow those typed as text", true_amounts_and_dates_follow_those_typed_as_text },
      { "merged and hidden cells are not lost", merged_and_hidden_cells_are_not_lost },
      { "the sheet that is a list is read, with its rows", the_sheet_that_is_a_list_is_read_with_its_rows },
      { "what Excel writes is read back", what_excel_writes_is_read_back },
      { "a FEC saved as a workbook is a FEC", a_fec_saved_as_a_workbook_is_a_fec },
      { "what can't be read is said in words", what_cannot_be_read_is_said_in_words }, { "columns have letters", columns_have_letters }, )
