/* fec — the fichier des écritures comptables (LPF A47 A-1) read into receivable lines.
 *
 * The whole file is given as bytes (map it: nothing is copied as long as it is UTF-8); what comes back is bounded by its
 * receivable lines and its entries. Every rule of the contract's section 3 that one file can decide is decided here: entries,
 * customers, numbers, kinds, transfers. What needs the store (due dates by terms, what an unpaid return reopens, opening
 * lines of a known year) is left to intake.
 *
 *     struct fec *fec;
 *     TRY(fec_read(bytes, len, (struct fec_options){ .lang = LANG_FR }, &fec));
 *     for (size_t i = 0; i < fec->line_count; i++) use(&fec->lines[i], &fec->customers[fec->lines[i].customer]);
 *     fec_free(fec);
 *
 * Slices point into `bytes` or into the fec: both must live as long as they are used. All text is valid UTF-8, trimmed,
 * inner spaces kept.
 */
#ifndef FORMATS_FEC_H
#define FORMATS_FEC_H

#include "base/day.h"
#include "base/money.h"
#include "base/status.h"
#include "base/spot.h"
#include "base/text.h"
#include "formats/complaint.h"

struct fec_options {
	enum lang lang;                   /* of complaints, warnings and the status */
	const char *currency;             /* of the ledger; NULL: EUR */
	const char *const *receivable;    /* account prefixes, NULL-terminated; NULL: 411 413 416 (4191 4196 4198 418 never) */
	const char *const *opening_codes; /* journal codes, NULL-terminated; NULL: AN RAN ANO AD */
	bool header_above;                /* the header was put above the file: its first line of entries is line 1 (entry_file.h) */
	/* Called now and then with the bytes read so far; returning false stops with STATUS_CONFLICT. May be NULL. */
	bool (*progress)(void *context, size_t done, size_t total);
	void *progress_context;
};

/* The contract's kinds that a ledger line can have, first that fits. */
enum fec_kind {
	FEC_RETENTION,     /* on 4117 */
	FEC_OPENING,       /* in an opening journal */
	FEC_TRANSFER,      /* one half of a pair inside an entry of receivable lines only */
	FEC_INVOICE,       /* debit with 70x or 4457x */
	FEC_CREDIT_NOTE,   /* credit with 70x or 4457x and no 51x 53x 58x */
	FEC_PAYMENT,       /* credit with 51x 53x 58x */
	FEC_UNPAID_RETURN, /* debit with 51x 53x 58x */
	FEC_OTHER,
};
const char *fec_kind_name(enum fec_kind kind); /* "invoice", as in the contract */

enum fec_number_source { FEC_NUMBER_PIECE, FEC_NUMBER_LABEL, FEC_NUMBER_ENTRY };

struct fec_customer {
	struct slice code, name;
	bool collective; /* no CompAuxNum on his lines: the account itself stands for the customer */
};

struct fec_journal {
	struct slice code, label;
	bool opening;
	bool numbered; /* false: EcritureNum is empty or one value throughout, entries are runs that sum to zero */
	int32_t from_day, to_day; /* first and last EcritureDate; DAY_NONE when none could be read */
};

struct fec_account {
	struct slice number, label;
	bool receivable;
};

struct fec_line {           /* one receivable line, in the order of the file; millions of them: kept small */
	uint32_t line;      /* in the file, from 1 with the header */
	uint32_t entry;     /* lines of one entry share it; from 1 */
	uint32_t customer, account, journal; /* indexes */
	int32_t posting_day;                 /* EcritureDate */
	int32_t piece_day;                   /* PieceDate; DAY_NONE when empty */
	int32_t due_day;                     /* of an extra column (DateEcheance…); DAY_NONE when there is none */
	int32_t lettered_day;                /* DateLet, as told; never a payment date; DAY_NONE */
	int64_t amount;                      /* debit − credit, minor units of the ledger's currency */
	int64_t currency_amount;             /* Montantdevise, minor units of `currency`, with the sign of `amount` */
	char currency[4];                    /* Idevise; "" when empty or the ledger's own */
	enum fec_kind kind : 8;
	enum fec_number_source number_source : 8;
	bool opening;              /* of an opening journal, whatever its kind (a retention carried over is both) */
	bool bill;                 /* on 413 */
	int32_t pair;              /* transfers (and the retention they make): index of the other half in lines; -1: none */
	struct spot number;       /* the item's number by the contract's rule */
	struct spot piece;        /* PieceRef as written, placeholder or not */
	struct spot entry_number; /* EcritureNum */
	struct spot label;        /* EcritureLib */
	struct spot label_number; /* an invoice number of this file's shapes found in the label; empty when there is none */
	struct spot lettering;    /* EcritureLet; compared as written, within customer and account */
};

struct fec_account_day { /* all lines of the file that were accepted, receivable or not */
	uint32_t account;
	int32_t day;
	int64_t debit, credit;
};

struct fec {
	struct fec_line *lines;
	struct fec_customer *customers; /* in order of first appearance; only those with receivable lines */
	struct fec_journal *journals;
	struct fec_account *accounts;
	struct fec_account_day *account_days; /* by account number, then day */
	size_t line_count, customer_count, journal_count, account_count, account_day_count;
	int64_t data_lines;                    /* lines below the header that are not blank */
	int64_t ignored_lines;                 /* accepted, but no receivable: data_lines = line_count + ignored + rejected.total */
	int64_t debit, credit;                 /* totals of the columns over all lines that could be read */
	int64_t receivable_balance;            /* of lines[] */
	int32_t from_day, to_day;              /* first and last EcritureDate; DAY_NONE when there is no line */
	int32_t fiscal_from, fiscal_to;        /* the fiscal year as far as the file shows it: whole months from the first entry
	                                          outside opening journals (or the one day of an opening journal) to the last entry */
	bool has_due_column;
	const char *encoding;                  /* "utf-8", "windows-1252", "iso-8859-15", "cp850", "utf-16"… */
	char separator;
	struct complaints rejected;            /* each line of an entry that does not balance is one row */
	const char **warnings;                 /* in words */
	size_t warning_count;

	struct arena *arena; /* owner of all text that is not in the file's bytes */
	char *converted;     /* the file as UTF-8 when it was UTF-16 */
};

/* STATUS_INVALID, in words, when the bytes are no FEC or hold no line at all. Rows that can't be used are no failure: they
 * are in `rejected`, and the caller decides (contract: all or nothing unless --accept-partial). *out: free with fec_free. */
struct status fec_read(const char *bytes, size_t len, struct fec_options options, struct fec **out);
/* The first `count` lines were taken over and are not looked at again: their memory goes back while the rest is taken. */
void fec_lines_taken(struct fec *fec, size_t count);
void fec_drop_lines(struct fec *fec); /* once they were taken over: their texts stay */
void fec_free(struct fec *fec); /* NULL is fine */

#endif
