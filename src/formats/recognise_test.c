#include "formats/recognise.h"

#include "base/memory.h"
#include "base/test.h"
#include "base/text.h"

#include <dirent.h>
#include <stdlib.h>

static enum format_kind kind_of(const char *bytes, size_t len)
{
	cleanup_arena struct arena *arena = arena_new();
	struct recognised found = recognise(bytes, len, LANG_EN, arena);
	CHECK(found.grounds && *found.grounds);
	return found.kind;
}

static void banks_formats_are_told_by_their_content(void)
{
	static const struct {
		enum format_kind kind;
		const char *text;
	} files[] = {
		{ FORMAT_CAMT, "<?xml version=\"1.0\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt/></Document>" },
		{ FORMAT_CAMT, "\xEF\xBB\xBF\n<d:Document><d:BkToCstmrDbtCdtNtfctn/></d:Document>" },
		{ FORMAT_PAIN002, "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:pain.002.001.10'><CstmrPmtStsRpt/></Document>" },
		{ FORMAT_CFONB, "0130004    00841EUR2 00010130055  311225                                                  0000000152345F                \n" },
		{ FORMAT_CFONB240, "3100000181050126E    300040084100010130055                                                        \n" },
		{ FORMAT_MT940, ":20:X\n:25:FR76\n:28C:1\n:60F:C260101EUR1,\n" },
		{ FORMAT_MT940, "{1:F01BANK}{4:\n:20:X\n:25:1\n" },
		{ FORMAT_MT940, "ABNANL2A\n940\nABNANL2A\n:20:X\n:25:1\n" },
		{ FORMAT_OFX, "OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><SIGNONMSGSRSV1>" },
		{ FORMAT_OFX, "<?xml version=\"1.0\"?><?OFX OFXHEADER=\"200\"?><OFX></OFX>" },
		{ FORMAT_QIF, "!Type:Bank\nD1/1'26\nT5\n^\n" },
		{ FORMAT_BANK_CSV, "Date;Date de valeur;Libelle;Debit;Credit\n31/01/2026;31/01/2026;VIR;;5,00\n" },
		{ FORMAT_BANK_CSV, "Compte;00010130055\nSolde;5,00\n\nDate;Libelle;Montant\n31/01/2026;VIR;5,00\n" },
		{ FORMAT_BANK_CSV, "Date,Description,Amount,Balance\n2026-01-31,Transfer,5.00,10.00\n" },
		/* and these are not a bank's */
		{ FORMAT_CSV, "Code client;Nom;N facture;Date;Echeance;Montant TTC;Restant du\nC1;Dupont;FA1;01/01/2026;31/01/2026;10,00;10,00\n" },
		{ FORMAT_CSV, "Client;Date;Montant;Libelle;Reference\nC1;31/01/2026;10,00;VIR;FA1\n" },
		{ FORMAT_CSV, "customer,invoice,date,amount,description\nC1,F1,2026-01-01,5.00,x\n" },
		{ FORMAT_FEC, "JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|PieceRef|PieceDate|EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|Idevise\n"
			"VE|Ventes|1|20260101|411000|Clients|C|D|F|20260101|Facture|12,00|0,00||||||\n" },
		{ FORMAT_XML, "<?xml version='1.0'?><something/>" },
		{ FORMAT_UNKNOWN, "hello\nworld\n" },
		{ FORMAT_UNKNOWN, "" },
	};
	for (size_t i = 0; i < COUNT(files); i++) {
		enum format_kind kind = kind_of(files[i].text, strlen(files[i].text));
		if (kind != files[i].kind) printf("  %.60s\n", files[i].text);
		CHECK_INT(kind, files[i].kind);
	}
	cleanup_text struct text wide = { 0 };
	text_add_bytes(&wide, "\xFF\xFE", 2);
	for (const char *at = files[0].text; *at; at++) text_add_bytes(&wide, (char[]){ *at, 0 }, 2);
	CHECK_INT(kind_of(wide.bytes, wide.len), FORMAT_CAMT);
}

static void walk(const char *folder, const char *part, enum format_kind kind, int *met)
{
	char path[512];
	snprintf(path, sizeof path, "../shared/samples/%s", folder);
	DIR *dir = opendir(path);
	if (!dir) return;
	for (struct dirent *entry; (entry = readdir(dir));) {
		if (entry->d_name[0] == '.' || !strstr(entry->d_name, part) || strstr(entry->d_name, "-expected")) continue;
		snprintf(path, sizeof path, "../shared/samples/%s/%s", folder, entry->d_name);
		cleanup_file FILE *file = fopen(path, "rb");
		if (!file) continue;
		enum { LIMIT = 2 << 20 };
		cleanup_free char *bytes = xmalloc(LIMIT);
		size_t len = fread(bytes, 1, LIMIT, file);
		enum format_kind found = kind_of(bytes, len), want = strstr(entry->d_name, ".240-") ? FORMAT_CFONB240 : kind;
		/* neither a field nor a line of a statement is in these two */
		if (strstr(entry->d_name, "invalid_statement") || strstr(entry->d_name, "empty_non_swift")) want = FORMAT_UNKNOWN;
		if (found != want) printf("  %s\n", path);
		CHECK_INT(found, want);
		++*met;
	}
	closedir(dir);
}

static void samples_are_recognised(void)
{
	int met = 0;
	walk("bank/camt-genkgo", ".xml", FORMAT_CAMT, &met);
	walk("bank/cfonb-silarhi", ".txt", FORMAT_CFONB, &met);
	walk("bank/mt940-jejik", ".sta", FORMAT_MT940, &met);
	walk("bank/mt940-cmxl", ".sta", FORMAT_MT940, &met);
	walk("bank/mt940-self-provided", ".sta", FORMAT_MT940, &met);
	walk("bank/ofx-ofxparse", ".ofx", FORMAT_OFX, &met);
	walk("bank/ofx-ofxparse-damaged", ".ofx", FORMAT_OFX, &met);
	walk("bank/qif-quiffen", ".qif", FORMAT_QIF, &met);
	walk("fec", "FEC", FORMAT_FEC, &met);
	walk("payment-history/ibm", ".csv", FORMAT_CSV, &met);
	printf("  %d samples\n", met);
}

TESTS({ "banks' formats are told by their content", banks_formats_are_told_by_their_content }, { "samples are recognised", samples_are_recognised }, )
