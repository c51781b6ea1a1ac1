#include "dunning/handover.h"

#include "base/memory.h"

#include <string.h>

static struct status mark_disputed(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, struct handover_item *items, size_t count)
{
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT item_id FROM dispute WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer AND closed_day IS NULL",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("customer", customer_id)));
	while (rows_next(rows))
		for (size_t i = 0; i < count; i++)
			if (items[i].id == row_int(rows, 0)) items[i].disputed = true;
	return rows_status(rows);
}

static struct status mark_taken(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, struct handover_item *items, size_t count)
{
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT i.item_id FROM case_file f JOIN case_file_item i ON i.tenant_id = f.tenant_id AND i.company_id = f.company_id AND i.file_id = f.id"
		" WHERE f.tenant_id = $tenant AND f.company_id = $company AND f.customer_id = $customer AND f.closed_day IS NULL",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("customer", customer_id)));
	while (rows_next(rows))
		for (size_t i = 0; i < count; i++)
			if (items[i].id == row_int(rows, 0)) items[i].taken = true;
	return rows_status(rows);
}

struct status handover_items(struct db *db, const struct viewer *viewer, const struct company *company, int64_t customer_id, const char *currency,
                             int32_t today, struct arena *arena, struct handover_item **out, size_t *count)
{
	cleanup_claims struct claims *claims = NULL;
	cleanup_book const struct book *book = NULL;
	*out = NULL, *count = 0;
	TRY(book_get(db_store(db), viewer->tenant_id, company->id, &book));
	TRY(claims_load(db, viewer, company->id, arena, &claims));
	const uint8_t *selected = book_select(book, viewer, arena);
	for (size_t c = 0; c < book_customers(book); c++) {
		struct book_customer who = book_customer(book, c);
		if (who.id != customer_id || (selected && !selected[c])) continue;
		*out = arena_array(arena, struct handover_item, who.item_count + 1);
		for (size_t i = who.first_item; i < who.first_item + who.item_count; i++) {
			struct book_item item = book_item(book, i, today);
			if (!item.exists || item.outside || item.open <= 0 || item.due_day >= today || strcmp(item.currency, currency ? currency : company->currency) != 0) continue;
			struct interest interest = { 0 };
			if (!claims_interest_of(claims, i, today, arena, &interest)) interest = (struct interest){ 0 };
			(*out)[(*count)++] = (struct handover_item){ .id = item.id, .open = item.open, .interest = interest.interest, .fee = interest.fee,
				.number = arena_strdup(arena, item.number), .due_day = item.due_day };
		}
	}
	TRY(mark_disputed(db, viewer, company->id, customer_id, *out, *count));
	return mark_taken(db, viewer, company->id, customer_id, *out, *count);
}

struct status handover_prepare(struct db *db, const struct viewer *viewer, const struct company *company, const int64_t *items, size_t count,
                               int32_t today, struct arena *arena, struct case_file_new *out)
{
	struct handover_item *all;
	size_t all_count, kept = 0;
	TRY(handover_items(db, viewer, company, out->customer_id, out->currency, today, arena, &all, &all_count));
	int64_t *chosen = arena_array(arena, int64_t, all_count + 1);
	out->interest = out->fee = 0;
	for (size_t i = 0; i < all_count; i++) {
		bool wanted = count == 0 && !all[i].disputed && !all[i].taken;
		for (size_t k = 0; k < count; k++) wanted |= items[k] == all[i].id;
		if (!wanted) continue;
		chosen[kept++] = all[i].id;
		out->interest += all[i].interest, out->fee += all[i].fee;
	}
	if (kept < count) return status_make(STATUS_INVALID, "Only overdue items of one currency can be handed over.");
	if (!kept) return status_make(STATUS_CONFLICT, "Nothing overdue of this customer can be handed over.");
	out->items = chosen, out->item_count = kept;
	out->currency = out->currency ? out->currency : arena_strdup(arena, company->currency);
	return STATUS_FINE;
}
