#include "formats/recognise.h"

#include "formats/encoding.h"
#include "formats/entry_file.h"
#include "formats/fec_header.h"
#include "formats/table.h"

#include <stdlib.h>
#include <string.h>

static bool starts(const char *bytes, size_t len, const char *what)
{
	return len >= strlen(what) && memcmp(bytes, what, strlen(what)) == 0;
}

static bool within(const char *bytes, size_t len, const char *what)
{
	return memmem(bytes, len < 8192 ? len : 8192, what, strlen(what)) != NULL;
}

static struct recognised is(enum format_kind kind, const char *name, bool readable, const char *grounds)
{
	return (struct recognised){ kind, name, readable, grounds };
}

static struct recognised text_file(const char *bytes, size_t len, enum lang lang, struct arena *arena)
{
	struct encoding_guess guess = encoding_guess(bytes, len);
	char *converted = NULL;
	if (guess.encoding == ENCODING_UTF16_LE || guess.encoding == ENCODING_UTF16_BE) {
		encoding_convert_utf16(bytes, len, guess.encoding == ENCODING_UTF16_BE, &converted, &len);
		bytes = converted;
		guess = (struct encoding_guess){ .encoding = ENCODING_UTF8 };
	}
	bytes += guess.mark_len, len -= guess.mark_len;
	struct recognised found = is(FORMAT_UNKNOWN, "", false, tr(lang, "Neither columns nor any known format were found."));
	struct table_dialect dialect = table_sniff(bytes, len);
	struct fec_header header;
	int64_t line;
	enum format_kind entries = FORMAT_UNKNOWN;
	if (memchr(bytes, 0, len))
		found.grounds = tr(lang, "This is not a text file: it holds zero bytes.");
	else if (fec_header_read(bytes, len, dialect, &guess, lang, arena, &header, &line).code == STATUS_OK)
		found = is(FORMAT_FEC, "fec", true, tr(lang, "Its first line names the columns of a FEC: JournalCode, EcritureDate, CompteNum…"));
	else if ((entries = entry_file_recognise(bytes, len)) != FORMAT_UNKNOWN)
		found = is(entries, entry_file_format(entries), true, entry_file_grounds(entries, lang));
	else if (len >= 120 && bytes[0] == '0' && bytes[1] == '1' && within(bytes, len, "EUR") && dialect.separator == 0)
		found = is(FORMAT_CFONB, "cfonb", false, tr(lang, "A bank statement (CFONB). Bank statements are not read yet."));
	else if (starts(bytes, len, ":20:") || within(bytes, len, "\n:60F:"))
		found = is(FORMAT_MT940, "mt940", false, tr(lang, "A bank statement (MT940). Bank statements are not read yet."));
	else if (dialect.separator)
		found = is(FORMAT_CSV, "csv", true, tr(lang, "A table as text, with its columns named in a header."));
	free(converted);
	return found;
}

struct recognised recognise(const char *bytes, size_t len, enum lang lang, struct arena *arena)
{
	if (len == 0) return is(FORMAT_UNKNOWN, "", false, tr(lang, "The file is empty."));
	if (starts(bytes, len, "PK\x03\x04")) {
		if (within(bytes, len, "xl/") || within(bytes, len, "[Content_Types].xml"))
			return is(FORMAT_XLSX, "xlsx", false, tr(lang, "An Excel workbook. Save the sheet as CSV and drop that file."));
		return is(FORMAT_ZIP, "zip", false, tr(lang, "A ZIP archive. Unpack it and drop the file inside."));
	}
	if (starts(bytes, len, "\xD0\xCF\x11\xE0")) return is(FORMAT_XLS, "xls", false, tr(lang, "An old Excel workbook. Save the sheet as CSV and drop that file."));
	if (starts(bytes, len, "%PDF")) return is(FORMAT_PDF, "pdf", false, tr(lang, "A PDF. Ask the accounting package for a FEC or CSV export instead."));
	size_t at = starts(bytes, len, "\xEF\xBB\xBF") ? 3 : 0;
	while (at < len && (bytes[at] == ' ' || bytes[at] == '\n' || bytes[at] == '\r')) at++;
	if (starts(bytes + at, len - at, "OFXHEADER") || within(bytes, len, "<OFX>")) return is(FORMAT_OFX, "ofx", false, tr(lang, "A bank statement (OFX). Bank statements are not read yet."));
	if (at < len && bytes[at] == '<') {
		if (within(bytes, len, "camt.05")) return is(FORMAT_CAMT, "camt", false, tr(lang, "A bank statement (CAMT). Bank statements are not read yet."));
		return is(FORMAT_XML, "xml", false, tr(lang, "An XML file. Ask for the FEC as text with tabs or bars, or for a CSV export."));
	}
	return text_file(bytes, len, lang, arena);
}
