#include "formats/statement.h"

#include "base/memory.h"
#include "base/test.h"

static struct statement_file *read_text(const char *text)
{
	struct statement_file *file = NULL;
	struct status status = statement_read(FORMAT_OFX, text, strlen(text), (struct statement_options){ .lang = LANG_EN }, &file);
	if (status.code) printf("  %s\n", status.text), test_failures++;
	return file;
}

#define SGML "OFXHEADER:100\nDATA:OFXSGML\nCHARSET:1252\n\n<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS></SONRS></SIGNONMSGSRSV1>\n<BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR\n" \
	"<BANKACCTFROM><BANKID>30006<ACCTID>FR76 3000 6000 0112 3456 7890 189<ACCTTYPE>CHECKING</BANKACCTFROM>\n<BANKTRANLIST><DTSTART>20260101<DTEND>20260131\n"
#define END "</BANKTRANLIST><LEDGERBAL><BALAMT>1234,56<DTASOF>20260131</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"

static void a_statement_of_sgml_is_read(void)
{
	struct statement_file *file = read_text(SGML "<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260102120000[+1:CET]<TRNAMT>+1200,50<FITID>F1<NAME>VIR SEPA SOCI\xC9T\xC9 &amp; FILS<MEMO>FACTURE FA1 &#8364;</STMTTRN>\n"
		"<STMTTRN><TRNTYPE>CHECK<DTPOSTED>20260103<DTAVAIL>20260105<TRNAMT>-3,00<FITID>F2<CHECKNUM>0000077<NAME>CHEQUE</STMTTRN>\n" END);
	CHECK_TEXT(file->encoding, "windows-1252");
	CHECK_INT(file->warning_count, 0);
	const struct bank_statement *s = &file->statements[0];
	CHECK_TEXT(s->account, "FR7630006000011234567890189");
	CHECK(!s->opening.known && s->closing.known);
	CHECK_INT(s->closing.amount, 123456);
	CHECK_INT(s->from_day, day_from_civil(2026, 1, 1));
	CHECK_INT(s->line_count, 2);
	CHECK_INT(s->lines[0].amount, 120050);
	CHECK_INT(s->lines[0].booking_day, day_from_civil(2026, 1, 2));
	CHECK_TEXT(s->lines[0].label, "VIR SEPA SOCIÉTÉ & FILS");
	CHECK_TEXT(s->lines[0].text, "FACTURE FA1 €");
	CHECK_TEXT(s->lines[0].bank_reference, "F1");
	CHECK_INT(s->lines[0].kind, BANK_LINE_TRANSFER);
	CHECK_INT(s->lines[0].position, 9);
	CHECK_INT(s->lines[1].kind, BANK_LINE_CHEQUE);
	CHECK_TEXT(s->lines[1].text, "0000077");
	CHECK_INT(s->lines[1].value_day, day_from_civil(2026, 1, 5));
	statement_file_free(file);
}

static void a_card_in_xml_is_read(void)
{
	struct statement_file *file = read_text("<?xml version=\"1.0\"?><?OFX OFXHEADER=\"200\"?>\n<OFX><CREDITCARDMSGSRSV1><CCSTMTTRNRS><CCSTMTRS><CURDEF>USD</CURDEF><CCACCTFROM><ACCTID>4111</ACCTID></CCACCTFROM><BANKTRANLIST>"
		"<STMTTRN><TRNTYPE>DEBIT</TRNTYPE><DTPOSTED>20260102</DTPOSTED><TRNAMT>-16.85</TRNAMT><FITID>1</FITID><NAME><![CDATA[ALDI <STORE>  ]]></NAME><MEMO></MEMO></STMTTRN>"
		"<STMTTRN><TRNTYPE>HOLD</TRNTYPE><DTPOSTED>20260103</DTPOSTED><TRNAMT>-1,016.85</TRNAMT><FITID>2</FITID><PAYEE><NAME>Jo</NAME></PAYEE><CURRENCY><CURRATE>1.1</CURRATE><CURSYM>CHF</CURSYM></CURRENCY></STMTTRN>"
		"</BANKTRANLIST><LEDGERBAL><BALAMT> </BALAMT></LEDGERBAL></CCSTMTRS></CCSTMTTRNRS></CREDITCARDMSGSRSV1></OFX>");
	const struct bank_statement *s = &file->statements[0];
	CHECK_TEXT(s->currency, "USD");
	CHECK(!s->closing.known);
	CHECK_INT(s->lines[0].amount, -1685);
	CHECK_TEXT(s->lines[0].label, "ALDI <STORE>");
	CHECK_INT(s->lines[0].kind, BANK_LINE_CARD);
	CHECK_INT(s->lines[1].amount, -101685);
	CHECK_TEXT(s->lines[1].currency, "CHF");
	CHECK_TEXT(s->lines[1].payer, "Jo");
	CHECK(s->lines[1].pending);
	statement_file_free(file);
}

static void damaged_movements_are_listed_with_their_line(void)
{
	struct statement_file *file = read_text(SGML "<STMTTRN><TRNTYPE>CREDIT<TRNAMT>1.00<FITID>1</STMTTRN>\n<STMTTRN><DTPOSTED>20260230<TRNAMT>1.00</STMTTRN>\n<STMTTRN><DTPOSTED>20260202\n<TRNAMT>$120</STMTTRN>\n"
		"<STMTTRN><DTPOSTED>20260202<TRNAMT>NaN</STMTTRN><STMTTRN><DTPOSTED>00000000<TRNAMT>1.00</STMTTRN><STMTTRN><DTPOSTED>20260202<TRNAMT>5.00");
	CHECK_INT(file->rejected.total, 5);
	CHECK_INT(file->rejected.rows[0].line, 9);
	CHECK_INT(file->rejected.rows[2].line, 12);
	CHECK_TEXT(file->rejected.rows[2].value, "$120");
	CHECK_INT(file->statements[0].line_count, 1); /* the last one, cut off */
	CHECK_INT(file->warning_count, 1);
	statement_file_free(file);
}

static void refused(const char *text, const char *part)
{
	struct statement_file *file = NULL;
	struct status status = statement_read(FORMAT_OFX, text, strlen(text), (struct statement_options){ .lang = LANG_EN }, &file);
	CHECK_INT(status.code, STATUS_INVALID);
	if (!strstr(status.text, part)) printf("  “%s” lacks “%s”\n", status.text, part), test_failures++;
}

static void what_is_no_bank_statement_is_refused_in_words(void)
{
	refused("<OFX><INVSTMTMSGSRSV1><INVSTMTRS><STMTTRN><DTPOSTED>20260101<TRNAMT>5</STMTTRN></INVSTMTRS></OFX>", "investment");
	refused("<OFX><SONRS><STATUS><CODE>15500<SEVERITY>ERROR<MESSAGE>Wrong password</STATUS></SONRS></OFX>", "Wrong password");
	refused("<OFX><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS></SONRS></OFX>", "only the sign-on");
	refused("<html>", "no OFX");
}

TESTS({ "a statement of SGML is read", a_statement_of_sgml_is_read }, { "a card in XML is read", a_card_in_xml_is_read },
      { "damaged movements are listed with their line", damaged_movements_are_listed_with_their_line },
      { "what is no bank statement is refused in words", what_is_no_bank_statement_is_refused_in_words }, )
