#include "intake/generic.h"

#include "base/memory.h"

#include <string.h>

/* Whole words of a normalised name; one that ends in a star is a beginning. */
static const char *const words[] = {
	"comptoir*", "passage", "recette*", "caisse", "caisses", "cb", "clients divers", "client divers", "divers clients", "divers",
	"ventes internet", "vente internet", "site internet", "site web", "boutique en ligne", "web shop", "webshop", "eshop",
	"especes", "ticket*", "anonyme*", "sundry", "walk in", "stripe", "paypal", "sumup", "intragroupe", "intra groupe",
	"intercompany", "ventes directes",
};

bool generic_name(const char *name, size_t len)
{
	cleanup_free char *plain = text_normalise(name, len);
	size_t plain_len = strlen(plain);
	for (size_t i = 0; i < COUNT(words); i++) {
		size_t word_len = strlen(words[i]);
		bool open = words[i][word_len - 1] == '*';
		if (open) word_len--;
		for (size_t at = 0; at + word_len <= plain_len; at++) {
			if (at > 0 && plain[at - 1] != ' ') continue;
			if (memcmp(plain + at, words[i], word_len) != 0) continue;
			if (open || at + word_len == plain_len || plain[at + word_len] == ' ') return true;
		}
	}
	return false;
}

/* Same-day sale and payment, again and again: takings, not credit. */
enum { SAME_DAY_LEAST = 20, SAME_DAY_PERCENT = 90 };

struct takings {
	uint32_t sales, same_day;
	int32_t last_sale_day;
	int64_t last_sale;
};

void generic_propose(struct batch *batch)
{
	cleanup_free struct takings *takings = xcalloc(batch->customer_count + 1, sizeof *takings);
	for (size_t i = 0; i < batch->row_count; i++) {
		const struct batch_row *row = &batch->rows[i];
		struct takings *t = &takings[row->customer];
		if (row->kind == ITEM_INVOICE) {
			t->sales++, t->last_sale_day = row->posting_day, t->last_sale = row->amount;
		} else if (row->kind == ITEM_PAYMENT && t->sales && row->posting_day == t->last_sale_day && row->amount == -t->last_sale) {
			t->same_day++;
		}
	}
	for (size_t i = 0; i < batch->customer_count; i++) {
		struct batch_customer *customer = &batch->customers[i];
		customer->generic = generic_name(customer->name.bytes, customer->name.len)
		                    || (takings[i].sales >= SAME_DAY_LEAST
		                        && takings[i].same_day * 100 >= takings[i].sales * SAME_DAY_PERCENT);
	}
}
