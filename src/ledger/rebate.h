/* rebate — the yearly rebate (remise de fin d'année) weighted by how a customer pays: a rate by turnover, of which a share by his average
 * days late. A figure for the negotiation; nothing is owed by it. Pure.
 *
 *     rebate_read("0:0.00,100000:1.00", tiers, &count)       from 100 000 of turnover before VAT on: 1 %
 *     rebate_read("0:100,15:50", weights, &count)            at most 0 days late: all of it; at most 15: half; later: nothing
 */
#ifndef LEDGER_REBATE_H
#define LEDGER_REBATE_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { REBATE_STEPS = 12 };
struct rebate_step {
	int64_t at;            /* turnover in whole units, or days late */
	int32_t basis_points;
};
/* Growing steps "at:percent"; false when it is not that. An empty text has none. */
bool rebate_read(const char *text, struct rebate_step out[static REBATE_STEPS], size_t *count);
struct status rebate_check(char *value); /* of a setting */

struct rebate_terms {
	struct rebate_step tiers[REBATE_STEPS], weights[REBATE_STEPS];
	size_t tier_count, weight_count;
	int64_t unit;          /* minor units of one */
	int32_t vat;           /* basis points taken off the sales, which are VAT included */
};
struct rebate {
	int64_t net;           /* sales before VAT */
	int32_t rate, weight;  /* basis points; weight -1: how he pays is not known */
	int64_t full, amount;  /* paid in time; as he pays (0 while not known) */
};
/* Average days late as late ÷ settled; settled 0: not known. */
void rebate_compute(const struct rebate_terms *terms, int64_t sales, __int128 late, int64_t settled, struct rebate *out);

#endif
