/* Any bytes as the fields of a bank line, against a few items: what is proposed adds up and stays within what is open, and what is
 * certain has two signals. First two bytes: the amount; then text, payer, account, references, a line each. */
#include "cash/match.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { DAY = 20300 };
static const struct cash_customer customers[] = {
	{ 1, "C00001", "Dupont SA", "552100554", 0, 700 }, { 2, "C00002", "Menuiserie Martin", "", 1, 0 }, { 3, "C00003", "Établissements Roux et Fils", "", 0, 0 },
	{ 4, "1234", "Martin", "", 4, 0 }, { 5, "", "", "", 99, 0 },
};
static const struct cash_item items[] = {
	{ 1, 1, "FA2500012", "RF97FA2500300", DAY - 40, DAY - 40, DAY - 10, 1000, 1000, "EUR", 20, DAY + 1 },
	{ 2, 1, "FA2500013", "BC4500", DAY - 39, DAY - 39, DAY - 9, 2000, 1500, "EUR", 0, 0 },
	{ 3, 1, "FA2500014", "", DAY - 38, DAY - 38, DAY - 8, 2000, 2000, "EUR", 0, 0 },
	{ 4, 1, "AV2500001", "", DAY - 38, DAY - 38, DAY - 38, -300, -300, "EUR", 0, 0 },
	{ 5, 2, "FA-2025-0123", "", DAY - 30, DAY - 30, DAY, 2500, 2500, "EUR", 0, 0 },
	{ 6, 2, "FA-2025-0124", "", DAY - 30, DAY - 30, DAY, 2500, 2500, "EUR", 0, 0 },
	{ 7, 3, "010125", "", DAY - 30, DAY - 30, DAY, 2500, 2500, "EUR", 0, 0 },
	{ 8, 3, "7", "", DAY - 30, DAY - 30, DAY, 777, 777, "USD", 0, 0 },
	{ 9, 8, "VTE00000001", "", DAY - 30, DAY - 30, DAY, 3000, 3000, "EUR", 0, 0 },
	{ 10, 8, "", "", DAY - 30, DAY - 30, DAY, INT64_MAX, INT64_MAX, "EUR", 0, 0 },
};
static const struct cash_learned learned[] = { { "FR7630004000010000123456789", "DUPONT", 1, 2 }, { "DE89370400440532013000", "TIERS", 2, 1 }, { "DE89370400440532013000", "TIERS", 3, 1 } };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static struct cash_index *index;
	if (!index) {
		static const struct cash_view view = { .items = items, .item_count = COUNT(items), .customers = customers, .customer_count = COUNT(customers), .learned = learned,
			.learned_count = COUNT(learned) };
		index = cash_index_new(&view);
	}
	if (len < 2 || len > 1 << 14) return 0;
	cleanup_free char *text = xstrndup((const char *)bytes + 2, len - 2);
	const char *fields[7] = { "", "", "", "", "", "", "" };
	char *at = text;
	for (size_t i = 0; i < COUNT(fields) && at; i++) {
		fields[i] = at;
		at = strchr(at, '\n');
		if (at) *at++ = 0;
	}
	struct cash_line line = { .day = DAY, .amount = (int64_t)(bytes[0] | (bytes[1] & 63) << 8) * (bytes[1] & 64 ? -1 : 1), .currency = "EUR", .text = fields[0], .payer = fields[1],
		.payer_iban = fields[2], .end_to_end = fields[3], .structured = fields[4], .label = fields[5], .ultimate_payer = fields[6], .fee = bytes[1] & 128 ? 30 : 0 };
	struct cash_settings settings = { .tolerance = 3, .fee_tolerance = 50, .oldest_first = bytes[1] & 32 };
	struct arena *arena = arena_new();
	struct cash_match match;
	cash_match(index, &line, &settings, bytes[0] & 1 ? LANG_FR : LANG_EN, arena, &match);
	if ((match.state == CASH_NONE) != (match.proposal_count == 0) || (match.state == CASH_CERTAIN) != !*match.doubt) abort();
	for (size_t p = 0; p < match.proposal_count; p++) {
		const struct cash_proposal *proposal = &match.proposals[p];
		int64_t sum = proposal->remainder;
		for (size_t i = 0; i < proposal->part_count; i++) {
			int64_t amount = proposal->parts[i].amount, open = items[proposal->parts[i].item_id - 1].open;
			if (amount == 0 || (amount > 0) != (open > 0) || (open > 0 ? amount > open : amount < open)) abort();
			if (strcmp(items[proposal->parts[i].item_id - 1].currency, "EUR") != 0) abort();
			sum += amount;
		}
		for (size_t i = 0; i < proposal->difference_count; i++) sum += proposal->differences[i].amount;
		if (sum != line.amount || !(proposal->confidence >= 0 && proposal->confidence <= 1) || !proposal->reason_count) abort();
		for (size_t i = 0; i < proposal->reason_count; i++)
			if (!utf8_valid(proposal->reasons[i], strlen(proposal->reasons[i]))) abort();
	}
	if (!utf8_valid(match.doubt, strlen(match.doubt))) abort();
	if (match.state == CASH_CERTAIN) {
		unsigned others = CASH_SIGNAL_STRUCTURED | CASH_SIGNAL_NUMBER | CASH_SIGNAL_IBAN | CASH_SIGNAL_NAME | CASH_SIGNAL_PAYER | CASH_SIGNAL_REFERENCE;
		if (!(match.proposals[0].signals & CASH_SIGNAL_AMOUNT) || !(match.proposals[0].signals & others)) abort();
	}
	arena_free(arena);
	return 0;
}
