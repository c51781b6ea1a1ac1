#include "formats/statement.h"

#include "base/memory.h"
#include "base/test.h"

static struct statement_file *read_xml(const char *xml)
{
	struct statement_file *file = NULL;
	struct status status = statement_read(FORMAT_PAIN002, xml, strlen(xml), (struct statement_options){ .lang = LANG_EN }, &file);
	if (status.code) printf("  %s\n", status.text), test_failures++;
	return file;
}

#define REPORT(orders, group, ...) "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:pain.002.001.10'><CstmrPmtStsRpt><GrpHdr><MsgId>STS-1</MsgId><CreDtTm>2026-01-05T08:00:00</CreDtTm></GrpHdr>" \
	"<OrgnlGrpInfAndSts><OrgnlMsgId>M</OrgnlMsgId><OrgnlMsgNmId>" orders "</OrgnlMsgNmId><GrpSts>" group "</GrpSts></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts>" __VA_ARGS__ "</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
#define TRANSACTION(id, status, amount) "<TxInfAndSts><OrgnlEndToEndId>" id "</OrgnlEndToEndId>" status "<OrgnlTxRef><Amt><InstdAmt Ccy='EUR'>" amount "</InstdAmt></Amt><ReqdColltnDt>2026-01-04</ReqdColltnDt>" \
	"<MndtRltdInf><MndtId>RUM1</MndtId></MndtRltdInf><RmtInf><Ustrd>FA1</Ustrd></RmtInf><Dbtr><Pty><Nm>Martin</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>FR1420041010050500013M02606</IBAN></Id></DbtrAcct>" \
	"<Cdtr><Pty><Nm>Nous</Nm></Pty></Cdtr><CdtrAcct><Id><IBAN>FR7630006000011234567890189</IBAN></Id></CdtrAcct></OrgnlTxRef></TxInfAndSts>"
#define REFUSED(code) "<TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>" code "</Cd></Rsn><AddtlInf>words</AddtlInf></StsRsnInf>"

static void refused_debits_are_lines_of_kind_return(void)
{
	struct statement_file *file = read_xml(REPORT("pain.008.001.08", "PART", TRANSACTION("E1", REFUSED("AM04"), "450.07") TRANSACTION("E2", "<TxSts>ACSC</TxSts>", "10.00") TRANSACTION("E3", REFUSED("MD06"), "20")));
	CHECK_INT(file->statement_count, 1);
	const struct bank_statement *s = &file->statements[0];
	CHECK(s->advice);
	CHECK_TEXT(s->account, "FR7630006000011234567890189");
	CHECK_INT(s->line_count, 2);
	CHECK_INT(s->lines[0].amount, -45007);
	CHECK_INT(s->lines[0].kind, BANK_LINE_RETURN);
	CHECK_TEXT(s->lines[0].return_code, "AM04");
	CHECK_TEXT(s->lines[0].return_text, "words");
	CHECK_TEXT(s->lines[0].end_to_end, "E1");
	CHECK_TEXT(s->lines[0].mandate, "RUM1");
	CHECK_TEXT(s->lines[0].payer, "Martin");
	CHECK_TEXT(s->lines[0].payer_iban, "FR1420041010050500013M02606");
	CHECK_TEXT(s->lines[0].text, "FA1");
	CHECK_INT(s->lines[0].booking_day, day_from_civil(2026, 1, 5));
	CHECK_INT(s->lines[0].value_day, day_from_civil(2026, 1, 4));
	CHECK_INT(s->lines[1].position, 3);
	statement_file_free(file);
}

static void a_reason_given_for_all_is_each_ones(void)
{
	struct statement_file *file = read_xml(REPORT("pain.001.001.09", "RJCT", "<PmtInfSts>RJCT</PmtInfSts><StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf>" TRANSACTION("E1", "", "5")));
	const struct bank_line *line = &file->statements[0].lines[0];
	CHECK_INT(line->amount, 500); /* our transfer: the money is with us again */
	CHECK_TEXT(line->return_code, "FF01");
	CHECK_TEXT(line->payer, "Nous");
	statement_file_free(file);
}

static void what_says_nothing_refused_or_nothing_usable(void)
{
	struct statement_file *file = read_xml(REPORT("pain.008.001.02", "ACCP", TRANSACTION("E1", "<TxSts>ACCP</TxSts>", "5")));
	CHECK_INT(file->statements[0].line_count, 0);
	CHECK_INT(file->warning_count, 1);
	statement_file_free(file);
	file = read_xml(REPORT("pain.008.001.02", "PART", TRANSACTION("E1", REFUSED("AC04"), "1e3") TRANSACTION("E2", REFUSED("AC04"), "")));
	CHECK_INT(file->rejected.total, 2);
	statement_file_free(file);
	struct statement_file *none = NULL;
	struct status status = statement_read(FORMAT_PAIN002, "<Document/>", 11, (struct statement_options){ 0 }, &none);
	CHECK_INT(status.code, STATUS_INVALID);
	CHECK(strstr(status.text, "pain.002") && !none);
}

TESTS({ "refused debits are lines of kind return", refused_debits_are_lines_of_kind_return }, { "a reason given for all is each one's", a_reason_given_for_all_is_each_ones },
      { "what says nothing refused, or nothing usable", what_says_nothing_refused_or_nothing_usable }, )
