/* lifecycle_write — what we have to say ourselves: money received for an invoice (status 212, "Encaissée"), as a CDAR message.
 *
 *     lifecycle_write_collected(&(struct lifecycle_collected){ .number = "FA1", … }, &out);
 *
 * One message an invoice and payment. A taking back has a negative amount. The rate of VAT is written where one rate holds for the
 * whole invoice; else the platform splits the amount, which knows the invoice. Parties and addresses are those of the platform's
 * account: it fills sender and recipient in.
 */
#ifndef FORMATS_LIFECYCLE_WRITE_H
#define FORMATS_LIFECYCLE_WRITE_H

#include "base/day.h"
#include "base/text.h"

struct lifecycle_collected {
	const char *message;   /* its id, once and for all */
	const char *number, *seller_siren, *buyer_siren; /* buyer "" where not known */
	const char *vat_rate;  /* "20", "5.5"; "" not known */
	int32_t issue_day, day /* of the payment */, written_day;
	int written_minutes;
	int64_t amount;        /* minor units, with tax */
	const char *currency;
};
void lifecycle_write_collected(const struct lifecycle_collected *collected, struct text *out);

#endif
