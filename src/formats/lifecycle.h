/* lifecycle — what became of invoices that were sent electronically: who received, approved, contested, suspended, refused or is
 * paying them, as platforms and public buyers tell it.
 *
 *     struct lifecycle_file *file;
 *     TRY(lifecycle_read(FORMAT_CDAR, bytes, len, (struct lifecycle_options){ .lang = lang }, &file));
 *     … file->rows[i].number, .code, .day …
 *     lifecycle_free(file);
 *
 * Three shapes: CDAR (UN/CEFACT Cross Domain Acknowledgement and Response: the French reform's messages, codes 200 to 213), UBL
 * ApplicationResponse (Peppol Invoice Response and Message Level Response), and lists as CSV: any platform's, and the export of
 * invoices sent on Chorus Pro. A status brings dates and words, never money. A word that is not known is kept as it was written.
 */
#ifndef FORMATS_LIFECYCLE_H
#define FORMATS_LIFECYCLE_H

#include "formats/complaint.h"
#include "formats/encoding.h"
#include "formats/recognise.h"

#include "base/day.h"
#include "base/status.h"

enum { LIFECYCLE_SIZE_MAX = 64 << 20, LIFECYCLE_ROWS_MAX = 500000 };

enum lifecycle_code {
	LIFECYCLE_OTHER,          /* a word of its own: no effect */
	LIFECYCLE_DEPOSITED,      /* 200 */
	LIFECYCLE_ISSUED,         /* 201, on its way */
	LIFECYCLE_RECEIVED,       /* 202 */
	LIFECYCLE_AVAILABLE,      /* 203: the buyer can read it; of a public buyer his time to pay begins */
	LIFECYCLE_TAKEN_OVER,     /* 204 */
	LIFECYCLE_APPROVED,       /* 205 */
	LIFECYCLE_PARTLY,         /* 206: a part is contested */
	LIFECYCLE_DISPUTED,       /* 207 */
	LIFECYCLE_SUSPENDED,      /* 208: documents are missing */
	LIFECYCLE_COMPLETED,      /* 209: they were sent */
	LIFECYCLE_REFUSED,        /* 210: credit note and new invoice */
	LIFECYCLE_PAYMENT_SENT,   /* 211 */
	LIFECYCLE_COLLECTED,      /* 212: ours to say */
	LIFECYCLE_REJECTED,       /* 213: never delivered, to issue again */
	LIFECYCLE_TO_RECYCLE,     /* Chorus Pro: wrong addressee, the same number again */
	LIFECYCLE_SERVICE_DONE,   /* Chorus Pro: "service fait" */
	LIFECYCLE_ORDERED,        /* Chorus Pro: "mandatée" */
	LIFECYCLE_WITH_ACCOUNTANT, /* Chorus Pro: made available to the public accountant */
	LIFECYCLE_BOOKED,         /* Chorus Pro: "comptabilisée" */
	LIFECYCLE_CODES
};
const char *lifecycle_name(enum lifecycle_code code);  /* "payment_sent", as stored */
const char *lifecycle_words(enum lifecycle_code code); /* English msgid: "Payment sent" */
enum lifecycle_code lifecycle_parse(const char *name); /* LIFECYCLE_OTHER when unknown */
int lifecycle_number(enum lifecycle_code code);        /* 211; 0: the reform has none */
/* By what a list or a message writes: "Mise à disposition", "MISE_A_DISPOSITION", "210", "fr:210", "En litige". */
enum lifecycle_code lifecycle_of_words(const char *bytes, size_t len);
/* A reason code in words (English msgid); NULL: none known. */
const char *lifecycle_reason_words(const char *code);
/* What a reason is about, as disputes name it: "price", "purchase_order"…; "other". */
const char *lifecycle_reason_subject(const char *code);

struct lifecycle_status {
	int64_t line;                /* of the file; of XML that of the reference */
	enum lifecycle_code code;
	const char *said;            /* as written */
	const char *number;          /* of the invoice */
	const char *reason_code, *reason, *note;
	const char *seller_siren, *buyer_siren, *buyer_siret; /* digits, "" where not said */
	int32_t issue_day;           /* of the invoice; DAY_NONE */
	int32_t day;                 /* of the status; DAY_NONE: not said */
	int minutes;                 /* of that day, for the order of several; -1: not said */
	int64_t contested;           /* minor units, of a partial approval or a dispute; 0: not said */
	char currency[4];            /* of `contested` */
	const char *message;         /* the message's own id */
};
struct lifecycle_options {
	enum lang lang;
	const char *currency; /* of the company, for amounts that name none; NULL: EUR */
};
struct lifecycle_file {
	struct arena *arena;
	const char *format;   /* "cdar", "peppol-response", "status-list", "chorus-pro" */
	const char *encoding;
	struct lifecycle_status *rows;
	size_t count, cap;
	int64_t lines;        /* read, refused ones included */
	struct complaints rejected;
};
struct status lifecycle_read(enum format_kind kind, const char *bytes, size_t len, struct lifecycle_options options, struct lifecycle_file **out);
void lifecycle_free(struct lifecycle_file *file);

/* For recognise.c. */
bool lifecycle_like_xml(const char *bytes, size_t len, enum format_kind *kind);
/* A list whose columns are an invoice number and a status, and whose statuses are of this kind; *chorus: Chorus Pro's. Text without
 * byte order mark, not UTF-16. */
bool lifecycle_like_list(const char *bytes, size_t len, const struct encoding_guess *encoding, bool *chorus);

/* --- inside: lifecycle_xml.c, lifecycle_list.c ------------------------------------------------------------------------------------ */
struct lifecycle_status *lifecycle_add(struct lifecycle_file *file); /* texts empty, days DAY_NONE */
struct status lifecycle_xml_read(enum format_kind kind, const char *bytes, size_t len, struct lifecycle_options options, struct lifecycle_file *file);
struct status lifecycle_list_read(const char *bytes, size_t len, struct lifecycle_options options, struct lifecycle_file *file);
/* SIREN and SIRET out of whatever names a French company: digits with spaces, a VAT number, "SIREN_SIRET". */
void lifecycle_take_company(struct arena *arena, const char *text, const char **siren, const char **siret);

#endif
