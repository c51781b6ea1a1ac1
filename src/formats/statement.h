/* statement — what a bank says, whatever format it says it in: accounts with their balances, and lines. One file per format
 * (camt.c, cfonb.c, mt940.c, ofx.c, qif.c, bank_csv.c, pain002.c) fills it; intake and cash read it.
 *
 *     struct statement_file *file;
 *     TRY(statement_read(FORMAT_CAMT, bytes, len, (struct statement_options){ .lang = LANG_FR, .currency = "EUR" }, &file));
 *     for (size_t i = 0; i < file->statement_count; i++) … file->statements[i].lines …
 *     statement_file_free(file);
 *
 * All text is UTF-8, trimmed, owned by the file's arena; "" where the bank says nothing.
 */
#ifndef FORMATS_STATEMENT_H
#define FORMATS_STATEMENT_H

#include "base/arena.h"
#include "base/day.h"
#include "base/locale.h"
#include "base/status.h"
#include "formats/complaint.h"
#include "formats/recognise.h"

#include <stdbool.h>
#include <stdint.h>

enum bank_line_kind {
	BANK_LINE_OTHER,
	BANK_LINE_TRANSFER,     /* credit transfer, received or sent */
	BANK_LINE_DIRECT_DEBIT, /* ours collected, or one on our account */
	BANK_LINE_CHEQUE,
	BANK_LINE_BILL,         /* LCR, BOR */
	BANK_LINE_CARD,
	BANK_LINE_RETURN,       /* a transfer, debit, cheque or bill that came back */
	BANK_LINE_FEE,
};

struct bank_line {
	int64_t position;          /* line of the file, from 1; of XML the entry's ordinal */
	int32_t booking_day, value_day; /* value_day may be DAY_NONE */
	int64_t amount;            /* minor units of currency, what comes in positive */
	char currency[4];
	enum bank_line_kind kind;
	bool reversal;             /* the bank takes an earlier entry back */
	bool pending;              /* not booked yet (PDNG, MT942, camt.052): shown, never applied */
	const char *bank_reference; /* the bank's own id of the line: AcctSvcrRef, FITID, reference after //; never trusted to be unique */
	const char *end_to_end;    /* EndToEndId, RCN; NOTPROVIDED becomes "" */
	const char *structured;    /* creditor reference: RF…, national ones as written */
	const char *mandate;
	const char *text;          /* remittance information, pieces joined by a space */
	const char *label;         /* the bank's own wording of the line */
	const char *payer, *payer_iban;  /* the other side: who paid, or whom we paid */
	const char *ultimate_payer;
	const char *return_code, *return_text; /* AC04, MD07…; CFONB's reject code as the bank wrote it */
	int64_t fee;               /* kept back by the bank out of this line, positive */
	int64_t original_amount;   /* before exchange, of original_currency; 0: none */
	char original_currency[4];
	bool in_batch;             /* one of several that the bank booked as one sum: `batch` is that sum's ordinal */
	int64_t batch;
};

struct bank_balance {
	bool known;
	int32_t day;
	int64_t amount;            /* of the statement's currency, in credit positive */
};

struct bank_statement {
	const char *account;       /* IBAN without spaces, or the account as the bank writes it */
	const char *account_name, *bank;
	char currency[4];
	const char *number;
	int32_t from_day, to_day;  /* DAY_NONE where not said */
	struct bank_balance opening, closing;
	struct bank_line *lines;
	size_t line_count;
	bool advice;               /* camt.054, CFONB 240, pain.002: announces or details what a statement books as well. It meets
	                            * the statement's line or gives it its details; the money is never counted twice */
	bool unbalanced;           /* opening + booked lines is not closing: a warning names both sums */
};

struct statement_file {
	struct arena *arena;
	const char *format;        /* "camt.052", "camt.053", "camt.054", "cfonb120", "cfonb240", "mt940", "mt942", "ofx", "qif", "bank-csv", "pain.002" */
	const char *encoding;
	struct bank_statement *statements;
	size_t statement_count;
	struct complaints rejected; /* lines that can't be used, with line, column, value and what was expected */
	const char **warnings;
	size_t warning_count;
};

struct statement_options {
	enum lang lang;
	const char *currency;      /* of the company, where the file names none; NULL: EUR */
	const char *mapping;       /* of a bank's CSV or QIF whose cells do not tell: {"dates":"dmy","decimal_mark":","}; NULL */
};

/* STATUS_INVALID, in words, when the bytes are not that format, hold no statement at all, or only what is no receivables matter
 * (investments). Single lines that can't be used are in `rejected`, and the rest is read. */
struct status statement_read(enum format_kind kind, const char *bytes, size_t len, struct statement_options options,
                             struct statement_file **out);
void statement_file_free(struct statement_file *file);

#endif
