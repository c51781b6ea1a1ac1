#include "ledger/rebate.h"

#include "base/money.h"
#include "base/text.h"

#include <string.h>

bool rebate_read(const char *text, struct rebate_step out[static REBATE_STEPS], size_t *count)
{
	*count = 0;
	while (*text) {
		size_t len = strcspn(text, ","), cut = strcspn(text, ":");
		int64_t at = 0, percent = 0;
		if (*count == REBATE_STEPS || cut >= len || !text_parse_int(text, cut, &at) || at < 0 || (*count && at <= out[*count - 1].at)) return false;
		if (!amount_parse(text + cut + 1, len - cut - 1, (struct amount_style){ '.', 2 }, &percent) || percent < 0 || percent > 10000) return false;
		out[(*count)++] = (struct rebate_step){ at, (int32_t)percent };
		text += len;
		if (*text && !*++text) return false; /* a comma at the end */
	}
	return true;
}

struct status rebate_check(char *value)
{
	struct rebate_step steps[REBATE_STEPS];
	size_t count;
	return rebate_read(value, steps, &count) ? STATUS_FINE
	                                         : status_make(STATUS_INVALID, "Write growing steps as 0:0.00,100000:1.00 (at most %d): from where, and the percentage.", REBATE_STEPS);
}

void rebate_compute(const struct rebate_terms *terms, int64_t sales, __int128 late, int64_t settled, struct rebate *out)
{
	*out = (struct rebate){ .weight = -1 };
	if (sales > 0) out->net = round_div((__int128)sales * 10000, 10000 + terms->vat);
	for (size_t i = 0; i < terms->tier_count; i++)
		if ((__int128)terms->tiers[i].at * terms->unit <= out->net) out->rate = terms->tiers[i].basis_points;
	out->full = round_div((__int128)out->net * out->rate, 10000);
	if (settled <= 0) return;
	out->weight = 0;
	for (size_t i = terms->weight_count; i-- > 0;)
		if (late <= (__int128)terms->weights[i].at * settled) out->weight = terms->weights[i].basis_points;
	out->amount = round_div((__int128)out->net * out->rate * out->weight, 100000000);
}
