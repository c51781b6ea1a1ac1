/* recognise — what kind of file this is, by its content and never by its name, with the grounds in words.
 *
 *     struct recognised found = recognise(bytes, len, lang, arena);
 *     if (found.kind == FORMAT_FEC) …
 */
#ifndef FORMATS_RECOGNISE_H
#define FORMATS_RECOGNISE_H

#include "base/arena.h"
#include "base/locale.h"

#include <stdbool.h>

enum format_kind {
	FORMAT_UNKNOWN,
	FORMAT_FEC,
	FORMAT_CSV, /* some delimited text with a header: csv_look says more */
	FORMAT_CEGID_TRA, FORMAT_CIEL_RIMPORT, FORMAT_CIEL_XIMPORT, FORMAT_EBP, FORMAT_ENTRY_TABLE, FORMAT_QUADRA, FORMAT_SAGE_MECG, FORMAT_SAGE_PNM, /* entry_file.h */
	FORMAT_XLSX, FORMAT_XLS, FORMAT_ZIP, FORMAT_PDF, FORMAT_XML,
	/* of banks: statement.h reads them */
	FORMAT_CAMT, FORMAT_CFONB, FORMAT_CFONB240, FORMAT_MT940, FORMAT_OFX, FORMAT_QIF, FORMAT_BANK_CSV, FORMAT_PAIN002,
	FORMAT_CDAR, FORMAT_PEPPOL_RESPONSE, FORMAT_STATUS_LIST, FORMAT_BODACC /* notice.h */, /* statuses of invoices that were sent: lifecycle.h */
	FORMAT_UBL, FORMAT_CII, /* einvoice.h; FORMAT_PDF may carry one: facturx.h */
};
struct recognised {
	enum format_kind kind;
	const char *name;     /* "fec", "csv", "xlsx"… */
	bool readable;        /* an importer of this build takes it */
	const char *grounds;  /* in words: what shows it, and for those that can't be read what to do instead */
};
struct recognised recognise(const char *bytes, size_t len, enum lang lang, struct arena *arena);

#endif
