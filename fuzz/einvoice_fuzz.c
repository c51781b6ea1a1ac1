/* Any bytes as an e-invoice: words, or fields that hold together. */
#include "formats/einvoice.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void text_checked(const char *text)
{
	if (!text || !utf8_valid(text, strlen(text))) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (len > 1 << 17) return 0;
	struct einvoice *invoice = NULL;
	struct status status = einvoice_read((const char *)bytes, len, &invoice);
	if (status.code) {
		if (!status.text[0]) abort();
		return 0;
	}
	text_checked(invoice->number), text_checked(invoice->terms), text_checked(invoice->buyer.name), text_checked(invoice->buyer.address);
	text_checked(invoice->seller.vat_number), text_checked(invoice->iban), text_checked(invoice->remittance);
	for (size_t i = 0; i < invoice->notes.count; i++) text_checked(invoice->notes.texts[i]);
	if (!*invoice->number || strlen(invoice->currency) != 3 || invoice->issue_day == DAY_NONE) abort();
	int64_t amount, settled, parts = 0;
	einvoice_amounts(invoice, &amount, &settled);
	if (amount >= 0 ? settled < 0 || settled > amount : settled > 0 || settled < amount) abort();
	if (einvoice_is_credit(invoice) ? amount > 0 : amount < 0) abort();
	for (size_t i = 0; i < invoice->instalment_count; i++) parts += invoice->instalments[i].amount;
	if (invoice->instalment_count && parts != invoice->payable) abort();
	if (*invoice->buyer.siren && strlen(invoice->buyer.siren) != 9) abort();
	einvoice_free(invoice);
	return 0;
}
