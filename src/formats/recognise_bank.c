#include "formats/recognise_bank.h"

#include "formats/statement_maker.h"
#include "formats/xml.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { LOOK = 1 << 16 };

static bool within(const char *bytes, size_t len, const char *what)
{
	return memmem(bytes, len < LOOK ? len : LOOK, what, strlen(what)) != NULL;
}

static bool found(enum format_kind kind, const char *name, const char *grounds, struct recognised *out)
{
	*out = (struct recognised){ kind, name, true, grounds };
	return true;
}

bool recognise_bank_xml(const char *bytes, size_t len, enum lang lang, struct recognised *out)
{
	struct xml_root root;
	if (within(bytes, len, "<OFX>") || within(bytes, len, "<?OFX")) return found(FORMAT_OFX, "ofx", tr(lang, "A bank statement in OFX: its element is <OFX>."), out);
	if (!xml_root(bytes, len, &root)) return false;
	if (strstr(root.space, "camt.05") || within(bytes, len, "<BkToCstmr") || within(bytes, len, ":BkToCstmr"))
		return found(FORMAT_CAMT, "camt", tr(lang, "A bank statement in CAMT (ISO 20022): its document is an account statement, report or notification."), out);
	if (strstr(root.space, "pain.002") || within(bytes, len, "<CstmrPmtStsRpt"))
		return found(FORMAT_PAIN002, "pain.002", tr(lang, "A bank's report on payment orders (pain.002): what was refused or came back."), out);
	return false;
}

static bool digits(const char *at, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!isdigit((unsigned char)at[i])) return false;
	return true;
}

static bool any_line(const char *bytes, size_t len, const char *const *starts)
{
	if (len > LOOK) len = LOOK;
	for (; *starts; starts++) {
		size_t n = strlen(*starts);
		for (const char *at = bytes, *end = bytes + len; at && (size_t)(end - at) >= n;) {
			if (strncasecmp(at, *starts, n) == 0) return true;
			at = memchr(at, '\n', (size_t)(end - at));
			at = at ? at + 1 : NULL;
		}
	}
	return false;
}

bool recognise_bank_text(const char *bytes, size_t len, enum lang lang, struct recognised *out)
{
	static const char *const fields[] = { ":20:", ":25:", ":28:", ":28C:", ":60F:", ":60M:", ":61:", ":62F:", ":62M:", ":64:", NULL };
	static const char *const qif[] = { "!Type:", "!Account", "!Option:", "!Clear:", NULL };
	static const char *const ofx[] = { "OFXHEADER", "<OFX>", NULL };
	while (len && strchr(" \t\r\n", *bytes) && *bytes) bytes++, len--;
	/* 01, the account's currency or decimals and the date at their columns */
	if (len >= 40 && bytes[0] == '0' && (bytes[1] == '1' || bytes[1] == '4') && digits(bytes + 2, 5) && digits(bytes + 34, 6)
	    && ((isupper((unsigned char)bytes[16]) && isupper((unsigned char)bytes[17]) && isupper((unsigned char)bytes[18])) || digits(bytes + 19, 1)))
		return found(FORMAT_CFONB, "cfonb", tr(lang, "A bank statement in CFONB 120: records 01, 04, 05 and 07 of 120 characters."), out);
	if (len >= 60 && memcmp(bytes, "31", 2) == 0 && digits(bytes + 2, 6) && digits(bytes + 10, 6) && bytes[16] == 'E')
		return found(FORMAT_CFONB240, "cfonb240", tr(lang, "Returned or received payments in CFONB 240: records 31, 34 and 39 of 240 characters."), out);
	if (any_line(bytes, len, fields))
		return found(FORMAT_MT940, "mt940", tr(lang, "A bank statement in MT940: fields as :20:, :25:, :60F:, :61: at the start of its lines."), out);
	if (any_line(bytes, len, ofx)) return found(FORMAT_OFX, "ofx", tr(lang, "A bank statement in OFX: its element is <OFX>."), out);
	if (any_line(bytes, len, qif)) return found(FORMAT_QIF, "qif", tr(lang, "Movements in QIF: it names its lists by !Type."), out);
	return false;
}

bool recognise_bank_table(const char *bytes, size_t len, const struct encoding_guess *encoding, enum lang lang, struct recognised *out)
{
	const char *grounds = "";
	return bank_csv_like(bytes, len, encoding, &grounds) && found(FORMAT_BANK_CSV, "bank-csv", tr(lang, grounds), out);
}
