/* remit — what we hand to the bank so that it brings money in: bills as CFONB 160 (LCR), direct debits as pain.008.
 *
 *     struct remit remit = { .reference = "REM12", .creditor = "Brévent Industrie", .iban = "FR76…", .made_day = today, … };
 *     TRY(remit_lcr(&remit, &out));          160 characters a record, CR LF, ASCII
 *     TRY(remit_debits(&remit, &out));       pain.008.001.08, one PmtInf per sequence type
 *
 * Pure. A value that the format has no place for is refused with its drawee's name; nothing is cut silently but names. */
#ifndef FORMATS_REMIT_H
#define FORMATS_REMIT_H

#include "base/day.h"
#include "base/status.h"
#include "base/text.h"

struct remit_line {
	const char *reference;  /* of the instrument: comes back on the statement (EndToEndId; 10 characters of a bill) */
	const char *name, *iban, *bic, *bank; /* the drawee, his account and his bank's name ("" not known) */
	int64_t amount;         /* cents */
	int32_t due_day, made_day; /* of a bill: maturity, creation */
	const char *text;       /* to the drawee: the invoices */
	/* bills */
	bool accepted, promissory; /* accepted LCR; BOR */
	/* debits */
	const char *rum;
	int32_t signed_day;
	bool first;             /* FRST: nothing was debited under the mandate yet */
};
struct remit {
	const char *reference, *creditor, *iban, *bic, *bank;
	const char *creditor_id; /* ICS */
	bool b2b, discount;
	int32_t made_day, value_day; /* value_day: collection asked for */
	int made_minutes;
	const struct remit_line *lines;
	size_t line_count;
};
struct status remit_lcr(const struct remit *remit, struct text *out);
struct status remit_debits(const struct remit *remit, struct text *out);
/* Only what the national and SEPA character sets have: accents off, the rest "-". At most `most` characters. */
void remit_plain(struct text *out, const char *text, size_t most);

#endif
