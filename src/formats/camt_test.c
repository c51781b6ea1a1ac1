#include "formats/statement.h"

#include "base/memory.h"
#include "base/test.h"
#include "base/text.h"

static struct statement_file *read_xml(const char *xml)
{
	struct statement_file *file = NULL;
	struct status status = statement_read(FORMAT_CAMT, xml, strlen(xml), (struct statement_options){ .lang = LANG_EN }, &file);
	if (status.code) printf("  %s\n", status.text), test_failures++;
	return file;
}

#define DOCUMENT(version, message, statement, ...) "<?xml version='1.0' encoding='UTF-8'?>\n<Document xmlns='urn:iso:std:iso:20022:tech:xsd:" version "'><" message "><GrpHdr><MsgId>1</MsgId></GrpHdr><" statement ">" \
	"<Id>S-1</Id><Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id><Ccy>EUR</Ccy></Acct>" __VA_ARGS__ "</" statement "></" message "></Document>"
#define STATEMENT(...) DOCUMENT("camt.053.001.08", "BkToCstmrStmt", "Stmt", __VA_ARGS__)
#define BALANCE(code, amount, side, day) "<Bal><Tp><CdOrPrtry><Cd>" code "</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>" amount "</Amt><CdtDbtInd>" side "</CdtDbtInd><Dt><Dt>" day "</Dt></Dt></Bal>"
#define ENTRY(amount, side, ...) "<Ntry><Amt Ccy='EUR'>" amount "</Amt><CdtDbtInd>" side "</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-01-02</Dt></BookgDt><ValDt><DtTm>2026-01-03T00:00:00+01:00</DtTm></ValDt>" __VA_ARGS__ "</Ntry>"

static void an_entry_gives_its_line(void)
{
	struct statement_file *file = read_xml(STATEMENT(BALANCE("OPBD", "100.00", "CRDT", "2026-01-01") BALANCE("CLBD", "1100.00", "CRDT", "2026-01-02") BALANCE("CLAV", "5.00", "CRDT", "2026-01-02")
		ENTRY("1000", "CRDT", "<AcctSvcrRef>BNK1</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>"
			"<NtryDtls><TxDtls><Refs><EndToEndId>E2E-1</EndToEndId><MndtId>M-1</MndtId></Refs>"
			"<RltdPties><Dbtr><Pty><Nm>Dupont SA</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>FR14 2004 1010 0505 0001 3M02 606</IBAN></Id></DbtrAcct><UltmtDbtr><Pty><Nm>Filiale</Nm></Pty></UltmtDbtr>"
			"<Cdtr><Pty><Nm>Nous</Nm></Pty></Cdtr></RltdPties>"
			"<RmtInf><Ustrd>Facture FA1</Ustrd><Ustrd>et FA2</Ustrd><Strd><CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls><AddtlNtryInf>VIR SEPA</AddtlNtryInf>")));
	CHECK_TEXT(file->format, "camt.053");
	CHECK_INT(file->warning_count, 0);
	const struct bank_statement *s = &file->statements[0];
	CHECK_TEXT(s->account, "FR7630006000011234567890189");
	CHECK_TEXT(s->number, "S-1");
	CHECK(s->opening.known && s->closing.known && !s->unbalanced);
	CHECK_INT(s->closing.amount, 110000);
	const struct bank_line *line = &s->lines[0];
	CHECK_INT(s->line_count, 1);
	CHECK_INT(line->amount, 100000);
	CHECK_INT(line->kind, BANK_LINE_TRANSFER);
	CHECK_INT(line->booking_day, day_from_civil(2026, 1, 2));
	CHECK_INT(line->value_day, day_from_civil(2026, 1, 3));
	CHECK_TEXT(line->payer, "Dupont SA");
	CHECK_TEXT(line->payer_iban, "FR1420041010050500013M02606");
	CHECK_TEXT(line->ultimate_payer, "Filiale");
	CHECK_TEXT(line->text, "Facture FA1 et FA2");
	CHECK_TEXT(line->structured, "RF18539007547034");
	CHECK_TEXT(line->end_to_end, "E2E-1");
	CHECK_TEXT(line->mandate, "M-1");
	CHECK_TEXT(line->bank_reference, "BNK1");
	CHECK_TEXT(line->label, "VIR SEPA");
	CHECK(!line->pending && !line->in_batch);
	statement_file_free(file);
}

static void a_batch_is_its_details_or_one_line(void)
{
	struct statement_file *file = read_xml(STATEMENT(
		ENTRY("30", "CRDT", "<NtryDtls><Btch><NbOfTxs>2</NbOfTxs></Btch><TxDtls><Amt Ccy='EUR'>10</Amt><RmtInf><Ustrd>A</Ustrd></RmtInf></TxDtls><TxDtls><AmtDtls><TxAmt><Amt Ccy='EUR'>20.00</Amt></TxAmt></AmtDtls><RmtInf><Ustrd>B</Ustrd></RmtInf></TxDtls></NtryDtls>")
		ENTRY("28.50", "CRDT", "<Chrgs><Rcrd><Amt Ccy='EUR'>1.50</Amt></Rcrd></Chrgs><NtryDtls><TxDtls><Amt Ccy='EUR'>10</Amt></TxDtls><TxDtls><Amt Ccy='EUR'>20</Amt></TxDtls></NtryDtls>")
		ENTRY("99", "CRDT", "<NtryDtls><TxDtls><Refs><EndToEndId>X</EndToEndId></Refs><RmtInf><Ustrd>A</Ustrd></RmtInf></TxDtls><TxDtls><Refs><EndToEndId>Y</EndToEndId></Refs><RmtInf><Ustrd>B</Ustrd></RmtInf></TxDtls></NtryDtls>")
		ENTRY("7", "DBIT", "<NtryDtls><Btch><NbOfTxs>3</NbOfTxs></Btch></NtryDtls>")));
	const struct bank_statement *s = &file->statements[0];
	CHECK_INT(s->line_count, 7);
	CHECK(s->lines[0].in_batch && s->lines[1].in_batch && s->lines[0].batch == s->lines[1].batch);
	CHECK_INT(s->lines[0].amount, 1000);
	CHECK_INT(s->lines[1].amount, 2000);
	CHECK_TEXT(s->lines[1].text, "B");
	CHECK_INT(s->lines[2].amount + s->lines[3].amount + s->lines[4].amount, 2850);
	CHECK_INT(s->lines[4].kind, BANK_LINE_FEE);
	CHECK_INT(s->lines[4].amount, -150);
	CHECK_INT(s->lines[5].amount, 9900);
	CHECK_TEXT(s->lines[5].text, "A B");
	CHECK_TEXT(s->lines[5].end_to_end, "");
	CHECK_INT(s->lines[6].amount, -700);
	CHECK_INT(s->lines[2].position, 2);
	CHECK_INT(file->warning_count, 1);
	CHECK(strstr(file->warnings[0], "sum: 1."));
	statement_file_free(file);
}

static void returns_name_their_reason_and_whose_payment_it_was(void)
{
	struct statement_file *file = read_xml(STATEMENT(
		ENTRY("450.07", "DBIT", "<BkTxCd><Domn><Fmly><Cd>IDDT</Cd><SubFmlyCd>UPDD</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>FA99</EndToEndId><MndtId>RUM9</MndtId></Refs>"
			"<RltdPties><Dbtr><Nm>Martin</Nm></Dbtr><Cdtr><Nm>Nous</Nm></Cdtr><CdtrAcct><Id><IBAN>FR7630006000011234567890189</IBAN></Id></CdtrAcct></RltdPties>"
			"<RtrInf><Rsn><Cd>AM04</Cd></Rsn><AddtlInf>PROVISION INSUFFISANTE</AddtlInf></RtrInf></TxDtls></NtryDtls>")
		ENTRY("5", "DBIT", "<RvslInd>true</RvslInd>")));
	const struct bank_line *line = &file->statements[0].lines[0];
	CHECK_INT(line->amount, -45007);
	CHECK_INT(line->kind, BANK_LINE_RETURN);
	CHECK_TEXT(line->return_code, "AM04");
	CHECK_TEXT(line->return_text, "PROVISION INSUFFISANTE");
	CHECK_TEXT(line->payer, "Martin");
	CHECK_TEXT(line->mandate, "RUM9");
	CHECK(line[1].reversal && line[1].amount == -500);
	statement_file_free(file);
}

static void what_is_not_booked_or_only_announced_says_so(void)
{
	struct statement_file *file = read_xml(DOCUMENT("camt.053.001.02", "BkToCstmrStmt", "Stmt",
		"<Ntry><Amt Ccy='EUR'>5</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>PDNG</Sts><ValDt><Dt>2026-01-05</Dt></ValDt></Ntry>"));
	CHECK(file->statements[0].lines[0].pending && !file->statements[0].advice);
	CHECK_INT(file->statements[0].lines[0].booking_day, day_from_civil(2026, 1, 5));
	statement_file_free(file);
	file = read_xml(DOCUMENT("camt.052.001.13", "BkToCstmrAcctRpt", "Rpt", ENTRY("5", "CRDT", "")));
	CHECK(file->statements[0].lines[0].pending);
	CHECK_TEXT(file->format, "camt.052");
	statement_file_free(file);
	file = read_xml(DOCUMENT("camt.054.001.08", "BkToCstmrDbtCdtNtfctn", "Ntfctn", ENTRY("5", "CRDT", "")));
	CHECK(file->statements[0].advice && !file->statements[0].lines[0].pending);
	CHECK_TEXT(file->format, "camt.054");
	statement_file_free(file);
}

static void exchange_and_charges_are_kept(void)
{
	struct statement_file *file = read_xml(STATEMENT(
		ENTRY("980.000", "CRDT", "<AmtDtls><InstdAmt><Amt Ccy='USD'>1080.00</Amt></InstdAmt></AmtDtls><Chrgs><TtlChrgsAndTaxAmt Ccy='EUR'>15.00</TtlChrgsAndTaxAmt><Rcrd><Amt Ccy='EUR'>10</Amt></Rcrd><Rcrd><Amt Ccy='EUR'>5</Amt></Rcrd></Chrgs>"
			"<NtryDtls><TxDtls><RmtInf><Ustrd>x</Ustrd></RmtInf></TxDtls></NtryDtls>")));
	const struct bank_line *line = &file->statements[0].lines[0];
	CHECK_INT(line->amount, 98000);
	CHECK_INT(line->original_amount, 108000);
	CHECK_TEXT(line->original_currency, "USD");
	CHECK_INT(line->fee, 1500);
	statement_file_free(file);
}

static void an_entry_that_cannot_be_used_is_listed(void)
{
	struct statement_file *file = read_xml(STATEMENT("\n" ENTRY("NaN", "CRDT", "") "\n" ENTRY("1.005", "CRDT", "") "\n" ENTRY("1", "", "") "\n" ENTRY("99999999999999999999", "CRDT", "") "\n"
		"<Ntry><Amt Ccy='EUR'>5</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2026-02-30</Dt></BookgDt></Ntry>\n"
		"<Ntry><Amt Ccy='EUR'>5</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>9999-12-31</Dt></BookgDt></Ntry>\n" ENTRY("5", "CRDT", "")));
	CHECK_INT(file->rejected.total, 6);
	CHECK_INT(file->statements[0].line_count, 1);
	CHECK_INT(file->rejected.rows[0].line, 3);
	CHECK_TEXT(file->rejected.rows[0].value, "NaN");
	CHECK_TEXT(file->rejected.rows[4].column, "BookgDt");
	CHECK_INT(file->statements[0].lines[0].position, 7);
	statement_file_free(file);
}

static void refused(const char *xml, const char *part)
{
	struct statement_file *file = NULL;
	struct status status = statement_read(FORMAT_CAMT, xml, strlen(xml), (struct statement_options){ .lang = LANG_EN }, &file);
	CHECK_INT(status.code, STATUS_INVALID);
	CHECK(file == NULL);
	if (!strstr(status.text, part)) printf("  “%s” lacks “%s”\n", status.text, part), test_failures++;
}

static void what_is_no_statement_is_refused_in_words(void)
{
	refused("<Document><CstmrCdtTrfInitn/></Document>", "no account statement");
	refused("<Document><BkToCstmrStmt><GrpHdr/></BkToCstmrStmt></Document>", "no statement");
	refused("<Document><BkToCstmrStmt><Stmt><Ntry>", "breaks off inside <Ntry>");
	refused("Date;Montant", "Line 1, column ");
	refused("", "empty");
	cleanup_text struct text deep = { 0 };
	text_add(&deep, "<Document><BkToCstmrStmt><Stmt><Ntry>");
	for (int i = 0; i < 10000; i++) text_add(&deep, "<NtryDtls>");
	refused(text_cstr(&deep), "deeper than 64");
}

TESTS({ "an entry gives its line", an_entry_gives_its_line }, { "a batch is its details, or one line", a_batch_is_its_details_or_one_line },
      { "returns name their reason and whose payment it was", returns_name_their_reason_and_whose_payment_it_was },
      { "what is not booked or only announced says so", what_is_not_booked_or_only_announced_says_so }, { "exchange and charges are kept", exchange_and_charges_are_kept },
      { "an entry that cannot be used is listed", an_entry_that_cannot_be_used_is_listed }, { "what is no statement is refused in words", what_is_no_statement_is_refused_in_words }, )
