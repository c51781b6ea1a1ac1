/* einvoice — one electronic invoice or credit note (EN 16931), whichever syntax it is written in: UBL 2.1 (Peppol BIS, XRechnung),
 * UN/CEFACT CII (Factur-X, ZUGFeRD 1 and 2).
 *
 *     struct einvoice *invoice;
 *     TRY(einvoice_read(bytes, len, &invoice));          words with line and column when it can't be used
 *     … invoice->number, invoice->due_day, invoice->payable …
 *     einvoice_free(invoice);
 *
 * Which path fills which field is a table (ubl.c, cii.c). Nothing is computed: amounts are those of the document, in minor units
 * of its currency, with the document's own sign; einvoice_is_credit says which way they count.
 */
#ifndef FORMATS_EINVOICE_H
#define FORMATS_EINVOICE_H

#include "base/arena.h"
#include "base/day.h"
#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

enum { EINVOICE_LIST_MAX = 200, EINVOICE_SIZE_MAX = 64 << 20 };

struct einvoice_party {
	const char *name, *trading_name;
	const char *siren, *siret;     /* 9 and 14 digits, whatever field they were found in */
	const char *vat_number;        /* FR44732829320, without spaces */
	const char *code;              /* what the other side calls him: BT-29, BT-46 */
	const char *legal_id;          /* registration as written */
	const char *address, *postcode, *city, *country; /* address: lines */
	const char *contact, *email, *phone;
	const char *endpoint, *endpoint_scheme;
};

struct einvoice_list {
	const char **texts;
	size_t count, cap;
};
struct einvoice_instalment {
	int32_t due_day;
	int64_t amount;
	bool has_amount;
};

struct einvoice {
	struct arena *arena;
	const char *syntax;            /* "ubl", "cii" */
	const char *profile, *process; /* customization and process ids */
	const char *number;
	int type;                      /* UNTDID 1001: 380 invoice, 381 credit note, 384 corrected, 386 prepayment, 389 self-billed… */
	bool credit_note_document;     /* the root is a CreditNote */
	int32_t issue_day, due_day, delivery_day; /* DAY_NONE where not said */
	const char *terms, *currency;
	bool has_net, has_tax, has_grand, has_prepaid, has_payable, has_rounding;
	int64_t net, tax, grand, prepaid, payable, rounding;
	struct einvoice_party seller, buyer, payee;
	const char *buyer_reference, *purchase_order, *sales_order, *contract, *delivery_note;
	const char *payment_means, *iban, *bic, *remittance, *mandate;
	struct einvoice_list preceding; /* numbers of the invoices that it corrects */
	struct einvoice_list notes;     /* as written; UBL's "#PMD#…" becomes "PMD: …" as in CII */
	struct einvoice_instalment *instalments; /* several due dates: each with its part; 0 or 1 due date: none */
	size_t instalment_count, instalment_cap;
	int64_t line_count;
};

/* Text fields are "" where the document says nothing. STATUS_INVALID says in words what is wrong, with line and column. */
struct status einvoice_read(const char *bytes, size_t len, struct einvoice **out);
void einvoice_free(struct einvoice *invoice); /* NULL is fine */

/* By its root, for recognising: "ubl", "cii", NULL. */
const char *einvoice_syntax(const char *bytes, size_t len);
/* It lowers what the buyer owes: a credit note by its type, or an invoice of a negative amount. */
bool einvoice_is_credit(const struct einvoice *invoice);
/* For the ledger, debit positive: the whole amount, and how much of it is settled before it was issued (same sign). */
void einvoice_amounts(const struct einvoice *invoice, int64_t *amount, int64_t *settled);

#endif
