/* export — everything of a company as CSV files and documents, readable without Encours.
 *
 * One file per subject, UTF-8 with a byte order mark (spreadsheets then read accents), semicolons never: commas, decimal points,
 * ISO dates, RFC 3339 instants, words as codes. A text that a spreadsheet would take for a formula gets an apostrophe before it.
 * Passwords, sessions and tokens are not exported. */
#ifndef INSIGHT_EXPORT_H
#define INSIGHT_EXPORT_H

#include "base/text.h"
#include "ledger/company.h"

struct export_count {
	int64_t files, rows;
};
/* Writes into an existing folder. */
struct status export_tables(struct db *db, const struct company *company, const char *folder, struct export_count *count);
/* Attachments that were sent, as documents/<id>-<name>. */
struct status export_documents(struct db *db, const struct company *company, const char *folder, struct export_count *count);
/* A name that is safe as a file's: letters, digits, dots, dashes; never hidden, never a path. */
void export_name(const char *name, struct text *out);
struct status export_write(const char *folder, const char *name, const char *bytes, size_t len);

#endif
