#include "formats/remit.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

/* --- characters ------------------------------------------------------------------------------------------------------------------ */
/* U+00C0 to U+017F without their accents; "-" where nothing is near. */
static const char latin[] =
	"AAAAAAACEEEEIIIIDNOOOOO-OUUUUYTsaaaaaaaceeeeiiiidnooooo-ouuuuyty"
	"AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlLlLlNnNnNnnNnOoOoOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";

void remit_plain(struct text *out, const char *text, size_t most)
{
	size_t len = 0;
	for (const unsigned char *p = (const unsigned char *)text; *p && len < most; len++) {
		unsigned code = *p++;
		if (code >= 0xc0) {
			unsigned more = code >= 0xf0 ? 3 : code >= 0xe0 ? 2 : 1;
			code &= 0x3fu >> more;
			for (; more && (*p & 0xc0) == 0x80; more--) code = code << 6 | (*p++ & 0x3fu);
		}
		char c = '-';
		if (code < 0x80) c = (char)code;
		else if (code == 0xa0 || code == 0x202f) c = ' ';
		else if (code == 0x2019) c = '\'';
		else if (code >= 0xc0 && code < 0xc0 + sizeof latin - 1) c = latin[code - 0xc0];
		if (!isalnum((unsigned char)c) && !strchr(" /-?:().,'+", c)) c = '-';
		text_add_char(out, c);
	}
}

/* Left-aligned in `width` characters, capitals. */
static void cell(struct text *out, const char *value, size_t width)
{
	size_t at = out->len;
	remit_plain(out, value, width);
	for (size_t i = at; i < out->len; i++) out->bytes[i] = (char)toupper((unsigned char)out->bytes[i]);
	while (out->len < at + width) text_add_char(out, ' ');
}

static void blank(struct text *out, int width) { text_addf(out, "%*s", width, ""); }

static void short_day(struct text *out, int32_t day)
{
	if (day == DAY_NONE) {
		blank(out, 6);
		return;
	}
	struct civil civil = day_civil(day);
	text_addf(out, "%02d%02d%02d", civil.day, civil.month, civil.year % 100);
}

/* --- CFONB 160 -------------------------------------------------------------------------------------------------------------------- */
static bool french(const char *iban) { return strncmp(iban, "FR", 2) == 0 && strlen(iban) == 27; }

static struct status fits(const struct remit_line *line)
{
	if (line->amount <= 0 || line->amount > INT64_C(99999999999))
		return status_make(STATUS_INVALID, "The amount of %s can't be presented.", line->name);
	return STATUS_FINE;
}

struct status remit_lcr(const struct remit *remit, struct text *out)
{
	int64_t total = 0;
	if (!french(remit->iban)) return status_make(STATUS_INVALID, "Bills are remitted to a French account: give its IBAN in the settings.");
	if (!remit->line_count || remit->line_count > 99999) return status_make(STATUS_INVALID, "A remittance has 1 to %d bills.", 99999);
	text_add(out, "036000000001000000");                     /* the sender's number is not needed for bills */
	blank(out, 6);
	short_day(out, remit->made_day);
	cell(out, remit->creditor, 24);
	cell(out, remit->bank, 24);
	text_add(out, remit->discount ? "1 E" : "3 E");          /* discount; to collect, credit after maturity */
	text_addf(out, "%.21s", remit->iban + 4);                /* bank, branch, account */
	blank(out, 16);
	short_day(out, remit->discount ? remit->value_day : DAY_NONE);
	blank(out, 25);
	cell(out, remit->reference, 11);
	text_add(out, "\r\n");
	for (size_t i = 0; i < remit->line_count; i++) {
		const struct remit_line *line = &remit->lines[i];
		TRY(fits(line));
		if (!french(line->iban)) return status_make(STATUS_INVALID, "%s: a bill is drawn on a French account; his IBAN is missing, or not French.", line->name);
		text_addf(out, "0660%08zu", i + 2);
		blank(out, 8);
		cell(out, line->reference, 10);
		cell(out, line->name, 24);
		cell(out, line->bank, 24);
		text_add(out, line->promissory ? "2" : line->accepted ? "1" : "0");
		blank(out, 2);
		text_addf(out, "%.21s", line->iban + 4);
		text_addf(out, "%012" PRId64, line->amount);
		blank(out, 4);
		short_day(out, line->due_day);
		short_day(out, line->made_day);
		blank(out, 20);
		cell(out, line->reference, 10);
		text_add(out, "\r\n");
		total += line->amount;
	}
	text_addf(out, "0860%08zu", remit->line_count + 2);
	blank(out, 90);
	text_addf(out, "%012" PRId64, total);
	blank(out, 46);
	text_add(out, "\r\n");
	return STATUS_FINE;
}

/* --- pain.008 ----------------------------------------------------------------------------------------------------------------------- */
static void element(struct text *out, const char *name, const char *value, size_t most)
{
	text_addf(out, "<%s>", name);
	cleanup_text struct text plain = { 0 };
	remit_plain(&plain, value, most);
	for (const char *p = text_cstr(&plain); *p; p++) text_add_char(out, *p); /* nothing of the set needs escaping */
	text_addf(out, "</%s>\n", name);
}

static void iso(struct text *out, int32_t day)
{
	char text[11];
	day_format(day, text);
	text_add(out, text);
}

static void sum_of(const struct remit *remit, bool first, size_t *count, int64_t *sum)
{
	*count = 0, *sum = 0;
	for (size_t i = 0; i < remit->line_count; i++)
		if (remit->lines[i].first == first) ++*count, *sum += remit->lines[i].amount;
}

static void agent(struct text *out, const char *name, const char *bic)
{
	if (*bic) text_addf(out, "<%s><FinInstnId><BICFI>%s</BICFI></FinInstnId></%s>\n", name, bic, name);
	else text_addf(out, "<%s><FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId></%s>\n", name, name);
}

static void one_debit(struct text *out, const struct remit_line *line)
{
	text_add(out, "<DrctDbtTxInf>\n<PmtId>\n");
	element(out, "EndToEndId", line->reference, 35);
	text_addf(out, "</PmtId>\n<InstdAmt Ccy=\"EUR\">%" PRId64 ".%02" PRId64 "</InstdAmt>\n<DrctDbtTx><MndtRltdInf>\n", line->amount / 100, line->amount % 100);
	element(out, "MndtId", line->rum, 35);
	text_add(out, "<DtOfSgntr>");
	iso(out, line->signed_day);
	text_add(out, "</DtOfSgntr>\n</MndtRltdInf></DrctDbtTx>\n");
	agent(out, "DbtrAgt", line->bic);
	text_add(out, "<Dbtr>\n");
	element(out, "Nm", line->name, 70);
	text_addf(out, "</Dbtr>\n<DbtrAcct><Id><IBAN>%s</IBAN></Id></DbtrAcct>\n<RmtInf>\n", line->iban);
	element(out, "Ustrd", line->text, 140);
	text_add(out, "</RmtInf>\n</DrctDbtTxInf>\n");
}

struct status remit_debits(const struct remit *remit, struct text *out)
{
	if (!remit->line_count) return status_make(STATUS_INVALID, "Tick at least one direct debit first.");
	if (!*remit->iban) return status_make(STATUS_INVALID, "Give the IBAN of our account in the settings.");
	if (!*remit->creditor_id) return status_make(STATUS_INVALID, "Give the creditor identifier (ICS) in the settings.");
	int64_t total = 0;
	for (size_t i = 0; i < remit->line_count; i++) {
		const struct remit_line *line = &remit->lines[i];
		TRY(fits(line));
		if (!*line->iban || !*line->rum || line->signed_day == DAY_NONE) return status_make(STATUS_INVALID, "%s has no mandate that is whole.", line->name);
		total += line->amount;
	}
	text_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.008.001.08\">\n<CstmrDrctDbtInitn>\n<GrpHdr>\n");
	element(out, "MsgId", remit->reference, 35);
	text_add(out, "<CreDtTm>");
	iso(out, remit->made_day);
	text_addf(out, "T%02d:%02d:00</CreDtTm>\n<NbOfTxs>%zu</NbOfTxs>\n<CtrlSum>%" PRId64 ".%02" PRId64 "</CtrlSum>\n<InitgPty>\n", remit->made_minutes / 60,
	          remit->made_minutes % 60, remit->line_count, total / 100, total % 100);
	element(out, "Nm", remit->creditor, 70);
	text_add(out, "</InitgPty>\n</GrpHdr>\n");
	for (int first = 1; first >= 0; first--) {
		size_t count;
		int64_t sum;
		sum_of(remit, first, &count, &sum);
		if (!count) continue;
		cleanup_text struct text id = { 0 };
		text_addf(&id, "%s-%s", remit->reference, first ? "FRST" : "RCUR");
		text_add(out, "<PmtInf>\n");
		element(out, "PmtInfId", text_cstr(&id), 35);
		text_addf(out, "<PmtMtd>DD</PmtMtd>\n<NbOfTxs>%zu</NbOfTxs>\n<CtrlSum>%" PRId64 ".%02" PRId64 "</CtrlSum>\n", count, sum / 100, sum % 100);
		text_addf(out, "<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl><LclInstrm><Cd>%s</Cd></LclInstrm><SeqTp>%s</SeqTp></PmtTpInf>\n<ReqdColltnDt>",
		          remit->b2b ? "B2B" : "CORE", first ? "FRST" : "RCUR");
		iso(out, remit->value_day);
		text_add(out, "</ReqdColltnDt>\n<Cdtr>\n");
		element(out, "Nm", remit->creditor, 70);
		text_addf(out, "</Cdtr>\n<CdtrAcct><Id><IBAN>%s</IBAN></Id></CdtrAcct>\n", remit->iban);
		agent(out, "CdtrAgt", remit->bic);
		text_add(out, "<ChrgBr>SLEV</ChrgBr>\n<CdtrSchmeId><Id><PrvtId><Othr>\n");
		element(out, "Id", remit->creditor_id, 35);
		text_add(out, "<SchmeNm><Prtry>SEPA</Prtry></SchmeNm>\n</Othr></PrvtId></Id></CdtrSchmeId>\n");
		for (size_t i = 0; i < remit->line_count; i++)
			if (remit->lines[i].first == first) one_debit(out, &remit->lines[i]);
		text_add(out, "</PmtInf>\n");
	}
	text_add(out, "</CstmrDrctDbtInitn>\n</Document>\n");
	return STATUS_FINE;
}
