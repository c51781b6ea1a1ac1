/* fec_header — which column of a FEC holds which field, by the names in its first line: the law's names in any order and case,
 * with accents or quotes, and the extra columns that packages add. */
#ifndef FORMATS_FEC_HEADER_H
#define FORMATS_FEC_HEADER_H

#include "base/locale.h"
#include "base/status.h"
#include "formats/encoding.h"
#include "formats/table.h"

enum fec_field {
	FEC_JOURNAL, FEC_JOURNAL_LABEL, FEC_ENTRY, FEC_POSTING_DAY, FEC_ACCOUNT, FEC_ACCOUNT_LABEL, FEC_CUSTOMER, FEC_CUSTOMER_LABEL,
	FEC_PIECE, FEC_PIECE_DAY, FEC_LABEL, FEC_DEBIT, FEC_CREDIT, FEC_AMOUNT, FEC_SENSE, FEC_LETTERING, FEC_LETTERED_DAY,
	FEC_CURRENCY_AMOUNT, FEC_CURRENCY, FEC_DUE_DAY, FEC_FIELDS
};

struct fec_header {
	int columns[FEC_FIELDS];       /* -1: not there */
	const char *names[FEC_FIELDS]; /* as written, for complaints; NULL where not there */
	int count;                     /* columns of the header, a trailing separator not counted */
	int last_needed;               /* the last column that a line can't do without */
};

/* True when these cells are the first line of a FEC: journal, account, posting date and amounts under the law's names. */
bool fec_header_match(const struct table *table, const struct encoding_guess *guess, struct arena *arena, struct fec_header *out);

/* Looks for it in the first lines. */
struct status fec_header_read(const char *bytes, size_t len, struct table_dialect dialect, const struct encoding_guess *guess,
                              enum lang lang, struct arena *arena, struct fec_header *out, int64_t *line);

#endif
