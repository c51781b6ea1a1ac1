#include "ledger/discount.h"

#include "base/money.h"
#include "ledger/setting.h"

#include <string.h>

int64_t discount_vat(int64_t amount, int32_t vat)
{
	return vat > 0 ? amount - round_div((__int128)amount * 10000, 10000 + vat) : 0;
}

bool discount_of(int64_t amount, int32_t issue_day, const struct discount_terms *terms, struct discount *out)
{
	*out = (struct discount){ 0 };
	if (amount <= 0 || terms->rate <= 0 || terms->rate >= 10000) return false;
	out->amount = round_div((__int128)amount * terms->rate, 10000);
	out->vat = discount_vat(out->amount, terms->vat), out->charge = out->amount - out->vat;
	out->to_pay = amount - out->amount;
	out->until = issue_day + (int32_t)terms->days;
	return out->amount > 0;
}

int32_t discount_vat_rate(const struct settings *settings)
{
	int64_t vat = 0;
	const char *rate = setting_text(settings, "discount.vat");
	if (*rate && amount_parse(rate, strlen(rate), (struct amount_style){ '.', 2 }, &vat) && vat > 0 && vat <= 5000) return (int32_t)vat;
	return 0;
}
