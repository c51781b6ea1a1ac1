#include "formats/recognise.h"

#include "formats/csv.h"
#include "formats/einvoice.h"
#include "formats/encoding.h"
#include "formats/entry_file.h"
#include "formats/fec_header.h"
#include "formats/lifecycle.h"
#include "formats/notice.h"
#include "formats/recognise_bank.h"
#include "formats/table.h"
#include "formats/unzip.h"
#include "formats/xlsx.h"

#include <stdlib.h>
#include <string.h>

static bool starts(const char *bytes, size_t len, const char *what)
{
	return len >= strlen(what) && memcmp(bytes, what, strlen(what)) == 0;
}

static struct recognised is(enum format_kind kind, const char *name, bool readable, const char *grounds)
{
	return (struct recognised){ kind, name, readable, grounds };
}

static bool of_a_bank(const char *bytes, size_t len, const struct encoding_guess *guess, enum lang lang, struct recognised *out)
{
	if (len && bytes[0] == '<' && recognise_bank_xml(bytes, len, lang, out)) return true; /* of UTF-16 */
	return recognise_bank_text(bytes, len, lang, out) || recognise_bank_table(bytes, len, guess, lang, out);
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
	bool chorus = false;
	enum format_kind entries = FORMAT_UNKNOWN;
	if (memchr(bytes, 0, len))
		found.grounds = tr(lang, "This is not a text file: it holds zero bytes.");
	else if (fec_header_read(bytes, len, dialect, &guess, lang, arena, &header, &line).code == STATUS_OK)
		found = is(FORMAT_FEC, "fec", true, tr(lang, "Its first line names the columns of a FEC: JournalCode, EcritureDate, CompteNum…"));
	else if ((entries = entry_file_recognise(bytes, len)) != FORMAT_UNKNOWN)
		found = is(entries, entry_file_format(entries), true, entry_file_grounds(entries, lang));
	else if (lifecycle_like_list(bytes, len, &guess, &chorus))
		found = chorus ? is(FORMAT_STATUS_LIST, "chorus-pro", true, tr(lang, "A list of invoices sent to public buyers with their statuses, as Chorus Pro exports it."))
		               : is(FORMAT_STATUS_LIST, "status-list", true, tr(lang, "A list of invoices with what became of them: numbers and statuses."));
	else if (!of_a_bank(bytes, len, &guess, lang, &found) && dialect.separator)
		found = is(FORMAT_CSV, "csv", true, tr(lang, "A table as text, with its columns named in a header."));
	free(converted);
	return found;
}

/* ZIP is the outside of many things; what is inside tells which. */
static struct recognised container(const char *bytes, size_t len, enum lang lang)
{
	struct unzip *zip = NULL;
	if (unzip_open(bytes, len, &zip).code) return is(FORMAT_ZIP, "zip", false, tr(lang, "A ZIP archive that is damaged or cut off."));
	bool excel = unzip_find(zip, "xl/workbook.xml") >= 0, binary = unzip_find(zip, "xl/workbook.bin") >= 0;
	bool office = unzip_find(zip, "[Content_Types].xml") >= 0, open = unzip_find(zip, "content.xml") >= 0 && unzip_find(zip, "mimetype") >= 0;
	for (size_t i = 0; i < unzip_count(zip) && office && !excel; i++) excel = strncmp(unzip_member(zip, i)->name, "xl/work", 7) == 0 && !binary;
	unzip_close(zip);
	if (binary) return is(FORMAT_XLS, "xlsb", false, tr(lang, "A binary Excel workbook (.xlsb). Save it as .xlsx and drop that file."));
	if (excel) {
		if (csv_workbook_fec(bytes, len, lang, NULL, NULL).code == STATUS_OK)
			return is(FORMAT_FEC, "fec", true, tr(lang, "An Excel workbook; the first line of a sheet names the columns of a FEC."));
		return is(FORMAT_XLSX, "xlsx", true, tr(lang, "An Excel workbook."));
	}
	if (open) return is(FORMAT_UNKNOWN, "ods", false, tr(lang, "An OpenDocument file. Save the sheet as .xlsx or CSV and drop that file."));
	if (office) return is(FORMAT_UNKNOWN, "office", false, tr(lang, "An Office document without sheets: nothing to import."));
	return is(FORMAT_ZIP, "zip", true, tr(lang, "A ZIP archive: each file inside is looked at."));
}

enum { HEAD_LOOKED = 1 << 16 };

struct recognised recognise(const char *bytes, size_t len, enum lang lang, struct arena *arena)
{
	if (len == 0) return is(FORMAT_UNKNOWN, "", false, tr(lang, "The file is empty."));
	if (starts(bytes, len, "PK\x03\x04") || starts(bytes, len, "PK\x05\x06")) return container(bytes, len, lang);
	bool locked = false;
	if (xlsx_is_ole(bytes, len, &locked))
		return is(FORMAT_XLS, "xls", false, locked ? tr(lang, "A workbook locked by a password. Open it in Excel, remove the password, save it and drop it again.")
		                                           : tr(lang, "An old Excel workbook (.xls). Save it as .xlsx or CSV and drop that file."));
	if (starts(bytes, len, "%PDF")) return is(FORMAT_PDF, "facturx", true, tr(lang, "A PDF: the electronic invoice that it carries is read, else it is kept for the item that it shows."));
	size_t at = starts(bytes, len, "\xEF\xBB\xBF") ? 3 : 0;
	while (at < len && (bytes[at] == ' ' || bytes[at] == '\n' || bytes[at] == '\r')) at++;
	if (notice_like(bytes, len)) return is(FORMAT_BODACC, "bodacc", true, tr(lang, "Notices of collective proceedings, as the official gazette publishes them (BODACC)."));
	if (at < len && bytes[at] == '<') {
		const char *syntax = einvoice_syntax(bytes, len);
		if (syntax && strcmp(syntax, "ubl") == 0) return is(FORMAT_UBL, "ubl", true, tr(lang, "An electronic invoice in UBL: its root is Invoice or CreditNote."));
		if (syntax) return is(FORMAT_CII, "cii", true, tr(lang, "An electronic invoice in CII (UN/CEFACT), as in Factur-X and ZUGFeRD."));
		enum format_kind kind;
		if (lifecycle_like_xml(bytes, len, &kind))
			return kind == FORMAT_CDAR ? is(kind, "cdar", true, tr(lang, "A message of an invoicing platform on what became of an invoice (CDAR)."))
			                           : is(kind, "peppol-response", true, tr(lang, "A buyer’s answer to an electronic invoice (UBL ApplicationResponse, Peppol)."));
		struct recognised bank;
		if (recognise_bank_xml(bytes + at, len - at, lang, &bank)) return bank;
		if (memmem(bytes, len < HEAD_LOOKED ? len : HEAD_LOOKED, "<!DOCTYPE", 9))
			return is(FORMAT_XML, "xml", false, tr(lang, "An XML file with a document type (DOCTYPE) of its own. For safety such files are not read; ask for one without."));
		return is(FORMAT_XML, "xml", false, tr(lang, "An XML file. Ask for the FEC as text with tabs or bars, or for a CSV export."));
	}
	return text_file(bytes, len, lang, arena);
}
