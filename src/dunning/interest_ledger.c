#include "dunning/interest_ledger.h"

#include "base/memory.h"

#include <string.h>

static int entry_order(const void *a, const void *b)
{
	const struct interest_entry *x = a, *y = b;
	if (x->due_day != y->due_day) return x->due_day < y->due_day ? -1 : 1;
	return (x->item_id > y->item_id) - (x->item_id < y->item_id);
}

struct status interest_ledger(struct db *db, const struct viewer *viewer, const struct company *company, int64_t customer_id, int32_t as_of,
                              struct arena *arena, struct interest_entry **out, size_t *count)
{
	cleanup_claims struct claims *claims = NULL;
	cleanup_book const struct book *book = NULL;
	struct interest_line *claimed;
	size_t claimed_count;
	*out = NULL, *count = 0;
	TRY(interest_claimed(db, viewer->tenant_id, company->id, customer_id, arena, &claimed, &claimed_count));
	TRY(book_get(db_store(db), viewer->tenant_id, company->id, &book));
	TRY(claims_load(db, viewer, company->id, arena, &claims));
	const uint8_t *selected = book_select(book, viewer, arena);
	for (size_t c = 0; c < book_customers(book); c++) {
		struct book_customer who = book_customer(book, c);
		if (who.id != customer_id || (selected && !selected[c])) continue;
		*out = arena_array(arena, struct interest_entry, who.item_count + 1);
		for (size_t i = who.first_item; i < who.first_item + who.item_count; i++) {
			struct book_item item = book_item(book, i, as_of);
			struct interest_entry *entry = &(*out)[*count];
			if (!item.exists || strcmp(item.currency, company->currency) != 0 || !claims_interest_of(claims, i, as_of, arena, &entry->accrued)) continue;
			entry->item_id = item.id, entry->open = item.open, entry->number = arena_strdup(arena, item.number), entry->due_day = item.due_day;
			for (size_t k = 0; k < claimed_count; k++)
				if (claimed[k].item_id == item.id) entry->claimed_interest = claimed[k].interest, entry->claimed_fee = claimed[k].fee;
			entry->interest = entry->accrued.interest > entry->claimed_interest ? entry->accrued.interest - entry->claimed_interest : 0;
			entry->fee = entry->accrued.fee > entry->claimed_fee ? entry->accrued.fee - entry->claimed_fee : 0;
			(*count)++;
		}
	}
	if (*count) qsort(*out, *count, sizeof **out, entry_order);
	return STATUS_FINE;
}
