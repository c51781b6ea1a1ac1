/* How fast the bank's formats are read: an invented statement of each in memory, processor time of reading it.
 *
 *     ninja -C build bench/formats_bench && build/bench/formats_bench [movements, 100000]
 */
#include "base/memory.h"
#include "base/text.h"
#include "formats/statement.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void pad(struct text *out, size_t to)
{
	while (out->len % 121 < to) text_add_char(out, ' ');
}

static void cfonb_head(struct text *out, const char *kind, const char *operation)
{
	text_addf(out, "%s30004    00841EUR2 00010130055%s020126", kind, operation);
}

static void cfonb_amount(struct text *out, int64_t amount)
{
	pad(out, 90);
	text_addf(out, "%013" PRId64 "%c", amount / 10, "{ABCDEFGHI"[amount % 10]);
}

static void cfonb(struct text *out, int64_t i, int64_t amount, int64_t sum)
{
	if (i < 0) {
		cfonb_head(out, sum ? "07" : "01", "  ");
		cfonb_amount(out, sum);
		pad(out, 120), text_add_char(out, '\n');
		return;
	}
	cfonb_head(out, "04", "05"), text_addf(out, "  020126VIR SEPA CLIENT %" PRId64, i % 5000);
	cfonb_amount(out, amount), text_addf(out, "FA%08" PRId64, i), pad(out, 120), text_add_char(out, '\n');
	cfonb_head(out, "05", "05"), text_addf(out, "     NPYCLIENT %" PRId64 " SARL", i % 5000), pad(out, 120), text_add_char(out, '\n');
	cfonb_head(out, "05", "05"), text_addf(out, "     LCCFACTURE FA2026-%08" PRId64, i), pad(out, 120), text_add_char(out, '\n');
}

static void camt(struct text *out, int64_t i, int64_t amount, int64_t sum)
{
	if (i < 0) {
		text_add(out, sum ? "</Stmt></BkToCstmrStmt></Document>" : "<?xml version=\"1.0\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><Stmt>"
			"<Id>1</Id><Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id><Ccy>EUR</Ccy></Acct>");
		return;
	}
	text_addf(out, "<Ntry><Amt Ccy=\"EUR\">%" PRId64 ".%02d</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-01-02</Dt></BookgDt><ValDt><Dt>2026-01-02</Dt></ValDt>"
		"<AcctSvcrRef>BNK%" PRId64 "</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs>"
		"<EndToEndId>E2E%" PRId64 "</EndToEndId></Refs><RltdPties><Dbtr><Pty><Nm>CLIENT %" PRId64 " SARL</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>FR7630006000011234567890189</IBAN></Id></DbtrAcct>"
		"</RltdPties><RmtInf><Ustrd>FACTURE FA2026-%08" PRId64 "</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n", amount / 100, (int)(amount % 100), i, i, i % 5000, i);
}

static void mt940(struct text *out, int64_t i, int64_t amount, int64_t sum)
{
	if (i < 0)
		text_addf(out, sum ? ":62F:C260102EUR%" PRId64 ",%02d\n-\n" : ":20:X\n:25:FR7630006000011234567890189\n:28C:1\n:60F:C260101EUR%" PRId64 ",%02d\n", sum / 100, (int)(sum % 100));
	else
		text_addf(out, ":61:2601020102C%" PRId64 ",%02dNTRFE2E%" PRId64 "//BNK%" PRId64 "\n:86:105?00VIREMENT?20EREF+E2E%" PRId64 "?21SVWZ+FACTURE FA2026-%08" PRId64
			"?31DE89370400440532013000?32CLIENT %" PRId64 " SARL\n", amount / 100, (int)(amount % 100), i, i, i, i, i % 5000);
}

static void ofx(struct text *out, int64_t i, int64_t amount, int64_t sum)
{
	if (i < 0)
		text_add(out, sum ? "</BANKTRANLIST></STMTRS></OFX>\n" : "OFXHEADER:100\n\n<OFX><STMTRS><CURDEF>EUR<BANKACCTFROM><ACCTID>1</BANKACCTFROM><BANKTRANLIST>\n");
	else
		text_addf(out, "<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260102<TRNAMT>%" PRId64 ".%02d<FITID>F%" PRId64 "<NAME>VIR CLIENT %" PRId64 " SARL<MEMO>FACTURE FA2026-%08" PRId64 "</STMTTRN>\n",
			amount / 100, (int)(amount % 100), i, i % 5000, i);
}

static void qif(struct text *out, int64_t i, int64_t amount, int64_t sum)
{
	(void)sum;
	if (i >= 0)
		text_addf(out, "D%02d/01/2026\nT%" PRId64 ",%02d\nPVIR CLIENT %" PRId64 " SARL\nMFACTURE FA2026-%08" PRId64 "\n^\n", (int)(i % 28) + 1, amount / 100, (int)(amount % 100), i % 5000, i);
	else
		text_add(out, "!Type:Bank\n");
}

static void bank_csv(struct text *out, int64_t i, int64_t amount, int64_t sum)
{
	if (i >= 0)
		text_addf(out, "31/01/2026;31/01/2026;VIR SEPA CLIENT %" PRId64 " SARL FA2026-%08" PRId64 ";;%" PRId64 ",%02d;%" PRId64 ",%02d\n", i % 5000, i, amount / 100, (int)(amount % 100), sum / 100,
			(int)(sum % 100));
	else if (!sum)
		text_add(out, "Date;Date de valeur;Libelle;Debit;Credit;Solde\n");
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		enum format_kind kind;
		void (*write)(struct text *out, int64_t i, int64_t amount, int64_t sum);
	} formats[] = { { "camt.053", FORMAT_CAMT, camt }, { "cfonb120", FORMAT_CFONB, cfonb }, { "mt940", FORMAT_MT940, mt940 }, { "ofx", FORMAT_OFX, ofx }, { "qif", FORMAT_QIF, qif },
			{ "bank-csv", FORMAT_BANK_CSV, bank_csv } };
	int64_t count = argc > 1 ? strtoll(argv[1], NULL, 10) : 100000;
	for (size_t f = 0; f < COUNT(formats); f++) {
		cleanup_text struct text out = { 0 };
		int64_t sum = 0;
		formats[f].write(&out, -1, 0, 0);
		for (int64_t i = 0; i < count; i++) {
			int64_t amount = 100 + i * 7919 % 500000;
			sum += amount;
			formats[f].write(&out, i, amount, sum);
		}
		formats[f].write(&out, -1, 0, sum);
		struct statement_file *file = NULL;
		clock_t from = clock();
		struct status status = statement_read(formats[f].kind, text_cstr(&out), out.len, (struct statement_options){ .lang = LANG_EN }, &file);
		double seconds = (double)(clock() - from) / CLOCKS_PER_SEC;
		if (status.code || file->statements[0].line_count != (size_t)count || file->rejected.total || file->warning_count) {
			printf("%s: %s\n", formats[f].name, status.code ? status.text : file->warning_count ? file->warnings[0] : "lines are missing");
			return 1;
		}
		printf("%-9s %8" PRId64 " movements %7.1f MB %6.2f s %6.0f MB/s\n", formats[f].name, count, (double)out.len / 1e6, seconds, (double)out.len / 1e6 / seconds);
		statement_file_free(file);
	}
	return 0;
}
