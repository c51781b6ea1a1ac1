/* The files for the bank: every zone of a bill's records at its place, a direct debit's tree. */
#include "base/memory.h"
#include "base/test.h"
#include "formats/remit.h"

#include <string.h>

#define CHECK_FAILS(expr, wanted, words)                                                                                        \
	do {                                                                                                                    \
		struct status failed = (expr);                                                                                  \
		CHECK_INT(failed.code, wanted);                                                                                 \
		CHECK(strstr(failed.text, words));                                                                              \
	} while (0)

static int32_t on(const char *iso)
{
	int32_t day = DAY_NONE;
	CHECK(day_parse(iso, strlen(iso), &day));
	return day;
}

static struct remit_line bill(void)
{
	return (struct remit_line){ .reference = "EN00000012", .name = "Garage Müller & Fils Œuvres du Léman", .iban = "FR1420041010050500013M02606", .bic = "", .bank = "La Banque Postale",
		.amount = 123456, .due_day = on("2026-03-31"), .made_day = on("2026-02-01"), .text = "FA1", .accepted = true, .rum = "", .signed_day = DAY_NONE };
}

static void check_zone(const char *record, int from, int to, const char *wanted)
{
	char found[161] = "";
	memcpy(found, record + from - 1, (size_t)(to - from + 1));
	CHECK_TEXT(found, wanted);
}

static void cfonb_160(void)
{
	struct remit_line lines[2] = { bill(), bill() };
	lines[1].promissory = true, lines[1].amount = 1, lines[1].reference = "EN00000013";
	struct remit remit = { .reference = "REM7", .creditor = "Brévent Industrie SAS", .iban = "FR7630006000011234567890189", .bic = "", .bank = "Crédit", .creditor_id = "",
		.made_day = on("2026-02-03"), .value_day = DAY_NONE, .lines = lines, .line_count = 2 };
	cleanup_text struct text out = { 0 };
	CHECK_OK(remit_lcr(&remit, &out));
	CHECK_INT(out.len, 4 * 162);
	const char *header = text_cstr(&out), *first = header + 162, *second = first + 162, *last = second + 162;
	for (int r = 0; r < 4; r++) CHECK(memcmp(header + r * 162 + 160, "\r\n", 2) == 0);
	check_zone(header, 1, 18, "036000000001000000");
	check_zone(header, 25, 30, "030226");
	check_zone(header, 31, 54, "BREVENT INDUSTRIE SAS   ");
	check_zone(header, 79, 81, "3 E");
	check_zone(header, 82, 102, "300060000112345678901");
	check_zone(header, 150, 160, "REM7       ");
	check_zone(first, 1, 12, "066000000002");
	check_zone(first, 21, 30, "EN00000012");
	check_zone(first, 31, 54, "GARAGE MULLER - FILS OUV");
	check_zone(first, 79, 79, "1"); /* accepted */
	check_zone(first, 82, 102, "20041010050500013M026");
	check_zone(first, 103, 114, "000000123456");
	check_zone(first, 119, 130, "310326010226");
	check_zone(first, 151, 160, "EN00000012");
	check_zone(second, 79, 79, "2"); /* a BOR */
	check_zone(last, 1, 12, "086000000004");
	check_zone(last, 103, 114, "000000123457");
	/* discount: its value day stands in the header */
	text_clear(&out);
	remit.discount = true, remit.value_day = on("2026-02-05");
	CHECK_OK(remit_lcr(&remit, &out));
	check_zone(text_cstr(&out), 79, 81, "1 E");
	check_zone(text_cstr(&out), 119, 124, "050226");
	/* what the format has no place for is refused, with the drawee's name */
	lines[1].iban = "DE89370400440532013000";
	CHECK_FAILS(remit_lcr(&remit, &out), STATUS_INVALID, "Garage");
	lines[1].iban = bill().iban, lines[1].amount = 0;
	CHECK_FAILS(remit_lcr(&remit, &out), STATUS_INVALID, "Garage");
	remit.line_count = 0;
	CHECK_FAILS(remit_lcr(&remit, &out), STATUS_INVALID, "1 to");
}

static int count_of(const char *text, const char *part)
{
	int count = 0;
	for (const char *p = text; (p = strstr(p, part)); p += strlen(part)) count++;
	return count;
}

static void pain_008(void)
{
	struct remit_line lines[3];
	for (int i = 0; i < 3; i++) {
		lines[i] = bill();
		lines[i].rum = "RUM-1", lines[i].signed_day = on("2025-12-01"), lines[i].first = i == 0, lines[i].bic = i ? "PSSTFRPPXXX" : "";
		lines[i].text = "FA1 <&> \"FA2\" é";
	}
	struct remit remit = { .reference = "REM8", .creditor = "Brévent & Cie", .iban = "FR7630006000011234567890189", .bic = "AGRIFRPP", .bank = "", .creditor_id = "FR72ZZZ123456",
		.made_day = on("2026-02-03"), .made_minutes = 605, .value_day = on("2026-02-20"), .lines = lines, .line_count = 3 };
	cleanup_text struct text out = { 0 };
	CHECK_OK(remit_debits(&remit, &out));
	const char *xml = text_cstr(&out);
	CHECK(strstr(xml, "pain.008.001.08"));
	CHECK(strstr(xml, "<CreDtTm>2026-02-03T10:05:00</CreDtTm>"));
	CHECK(strstr(xml, "<NbOfTxs>3</NbOfTxs>\n<CtrlSum>3703.68</CtrlSum>"));
	CHECK_INT(count_of(xml, "<PmtInf>"), 2); /* FRST apart from RCUR */
	CHECK(strstr(xml, "<SeqTp>FRST</SeqTp>") && strstr(xml, "<NbOfTxs>1</NbOfTxs>\n<CtrlSum>1234.56</CtrlSum>"));
	CHECK(strstr(xml, "<NbOfTxs>2</NbOfTxs>\n<CtrlSum>2469.12</CtrlSum>"));
	CHECK_INT(count_of(xml, "<ReqdColltnDt>2026-02-20</ReqdColltnDt>"), 2);
	CHECK_INT(count_of(xml, "<MndtId>RUM-1</MndtId>"), 3);
	CHECK(strstr(xml, "<Id>NOTPROVIDED</Id>") && strstr(xml, "<BICFI>PSSTFRPPXXX</BICFI>"));
	CHECK(strstr(xml, "<Nm>Brevent - Cie</Nm>") && strstr(xml, "<Ustrd>FA1 --- -FA2- e</Ustrd>"));
	CHECK(strstr(xml, "<Cd>CORE</Cd>"));
	remit.b2b = true;
	text_clear(&out);
	CHECK_OK(remit_debits(&remit, &out));
	CHECK(strstr(text_cstr(&out), "<Cd>B2B</Cd>"));
	lines[2].rum = "";
	CHECK_FAILS(remit_debits(&remit, &out), STATUS_INVALID, "mandate");
	lines[2].rum = "R", remit.creditor_id = "";
	CHECK_FAILS(remit_debits(&remit, &out), STATUS_INVALID, "ICS");
}

TESTS({ "a remittance of bills, zone by zone (CFONB 160)", cfonb_160 }, { "direct debits: one block a sequence type, sums, characters (pain.008)", pain_008 })
