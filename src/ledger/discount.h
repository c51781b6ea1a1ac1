/* discount — the early-payment discount (escompte) that a customer was granted: how much of an invoice, until when, and the VAT in it. Pure.
 *
 * It is a share of the invoice, VAT included, for who pays within so many days of its issue. The VAT of what is taken is given back with
 * it (CGI 267 II 1°: a discount is no part of the taxable amount) where the company regularises it: what is left of it is the charge.
 *
 *     discount_of(120000, issued, &terms, &out);      2 % within 10 days: 24.00, of which VAT at 20 % 4.00; 1 176.00 to pay */
#ifndef LEDGER_DISCOUNT_H
#define LEDGER_DISCOUNT_H

#include <stdbool.h>
#include <stdint.h>

struct settings;
struct discount_terms {
	int64_t rate, days;    /* hundredths of a percent; after the issue */
	int32_t vat;           /* of the amounts, basis points; 0: not regularised */
};
struct discount {
	int64_t amount;        /* taken off, VAT included */
	int64_t vat, charge;   /* amount = vat + charge */
	int64_t to_pay;
	int32_t until;         /* last day */
};
/* False when none is granted on it. */
bool discount_of(int64_t amount, int32_t issue_day, const struct discount_terms *terms, struct discount *out);
int64_t discount_vat(int64_t amount, int32_t vat); /* contained in it; of the sign of the amount */
int32_t discount_vat_rate(const struct settings *settings); /* setting discount.vat; 0: not regularised */

#endif
