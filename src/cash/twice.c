#include "cash/twice.h"

#include "base/memory.h"
#include "ledger/customer.h"
#include "ledger/event.h"
#include "ledger/projection_store.h"

#include <string.h>

enum { DAYS_APART = 120 }; /* further apart, equal amounts are habit */

/* Neither gave way to another one, no file of the bank stands behind the books' line, nobody said yet what they are. */
#define PAIRS                                                                                                          \
	"SELECT f.id, p.id, a.line_id, b.customer_id, b.amount, b.posting_day, p.posting_day, b.currency, c.code, c.name, p.number, l.text, l.label" \
	" FROM cash_fact f JOIN cash_application a ON a.tenant_id = f.tenant_id AND a.company_id = f.company_id AND a.id = f.application_id"  \
	" AND a.state = 'active' JOIN item b ON b.tenant_id = f.tenant_id AND b.company_id = f.company_id AND b.id = f.id AND b.withdrawn = 0" \
	" JOIN item p ON p.tenant_id = b.tenant_id AND p.company_id = b.company_id AND p.customer_id = b.customer_id AND p.kind = 'payment'"  \
	" AND p.amount = b.amount AND p.currency = b.currency AND p.withdrawn = 0 AND p.id <> b.id AND p.posting_day >= b.posting_day - $apart" \
	" AND p.posting_day <= b.posting_day + $apart JOIN customer c ON c.tenant_id = b.tenant_id AND c.company_id = b.company_id"          \
	" AND c.id = b.customer_id JOIN bank_line l ON l.tenant_id = a.tenant_id AND l.company_id = a.company_id AND l.id = a.line_id"       \
	" WHERE f.tenant_id = $tenant AND f.company_id = $company AND f.class = 'payment'"                                                   \
	" AND NOT EXISTS (SELECT 1 FROM cash_fact o WHERE o.tenant_id = p.tenant_id AND o.company_id = p.company_id"                         \
	" AND o.customer_id = p.customer_id AND o.id = p.id) AND NOT EXISTS (SELECT 1 FROM restatement r WHERE r.tenant_id = p.tenant_id"    \
	" AND r.company_id = p.company_id AND r.customer_id = p.customer_id AND r.item_id = p.id)"                                           \
	" AND NOT EXISTS (SELECT 1 FROM cash_application k WHERE k.tenant_id = a.tenant_id AND k.company_id = a.company_id"                   \
	" AND k.returns_id = a.id AND k.state = 'active')"                                                                                   \
	" AND NOT EXISTS (SELECT 1 FROM cash_posting s WHERE s.tenant_id = f.tenant_id AND s.company_id = f.company_id AND s.cash_id = f.id" \
	" AND s.fact_id = p.id)"
#define OF(viewer, company) db_int("tenant", (viewer)->tenant_id), db_int("company", company), db_int("apart", DAYS_APART)

static int32_t apart(const struct cash_twice_row *row)
{
	return row->bank_day < row->book_day ? row->book_day - row->bank_day : row->bank_day - row->book_day;
}

static int nearest(const void *a, const void *b)
{
	const struct cash_twice_row *x = a, *y = b;
	if (apart(x) != apart(y)) return apart(x) < apart(y) ? -1 : 1;
	if (x->cash_id != y->cash_id) return x->cash_id < y->cash_id ? -1 : 1;
	return (x->item_id > y->item_id) - (x->item_id < y->item_id);
}

struct status cash_twice_list(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena,
                              struct cash_twice_row **out, size_t *count)
{
	struct cash_twice_row *rows_read = NULL;
	size_t cap = 0, kept = 0;
	*out = NULL, *count = 0;
	if (!viewer_may(viewer, RIGHT_READ) || !viewer_sees_company(viewer, company_id)) return STATUS_FINE;
	{
		cleanup_rows struct rows *rows = db_query(db, PAIRS " ORDER BY f.id, p.id", DB_ARGS(OF(viewer, company_id)));
		while (rows_next(rows)) {
			GROW(rows_read, *count, cap);
			struct cash_twice_row *row = &rows_read[(*count)++];
			*row = (struct cash_twice_row){
				.cash_id = row_int(rows, 0), .item_id = row_int(rows, 1), .line_id = row_int(rows, 2), .customer_id = row_int(rows, 3),
				.amount = -row_int(rows, 4), .bank_day = row_day(rows, 5), .book_day = row_day(rows, 6),
				.customer_code = arena_strdup(arena, row_text(rows, 8)), .customer_name = arena_strdup(arena, row_text(rows, 9)),
				.number = arena_strdup(arena, row_text(rows, 10)), .text = arena_strdup(arena, row_text(rows, *row_text(rows, 11) ? 11 : 12)),
			};
			snprintf(row->currency, sizeof row->currency, "%s", row_text(rows, 7));
		}
		struct status status = rows_status(rows);
		if (status.code) return free(rows_read), status;
	}
	*out = arena_array(arena, struct cash_twice_row, *count + 1);
	if (*count) qsort(rows_read, *count, sizeof *rows_read, nearest);
	for (size_t i = 0; i < *count; i++) {
		bool seen = false;
		for (size_t k = 0; k < kept && !seen; k++) seen = (*out)[k].cash_id == rows_read[i].cash_id || (*out)[k].item_id == rows_read[i].item_id;
		struct status hidden = customer_check(db, viewer, company_id, rows_read[i].customer_id);
		if (!seen && !hidden.code) (*out)[kept++] = rows_read[i];
	}
	*count = kept;
	free(rows_read);
	return STATUS_FINE;
}

json_t *cash_twice_json(const struct cash_twice_row *rows, size_t count)
{
	json_t *out = json_array();
	for (size_t i = 0; i < count; i++) {
		const struct cash_twice_row *row = &rows[i];
		char bank[11], book[11];
		day_format(row->bank_day, bank), day_format(row->book_day, book);
		json_array_append_new(out, json_pack("{s:I, s:I, s:I, s:s, s:s, s:I, s:s, s:s, s:s, s:s, s:s}", "payment", (json_int_t)row->cash_id, "item_id",
			(json_int_t)row->item_id, "line", (json_int_t)row->line_id, "customer", row->customer_code, "customer_name", row->customer_name, "amount",
			(json_int_t)row->amount, "currency", row->currency, "bank_date", bank, "books_date", book, "number", row->number, "text", row->text));
	}
	return out;
}

struct status cash_twice_decide(struct change *change, int64_t cash_id, int64_t item_id, bool same)
{
	int64_t customer = 0, amount = 0;
	int32_t bank_day = DAY_NONE, book_day = DAY_NONE;
	TRY(change_allows(change, RIGHT_CASH));
	{
		cleanup_rows struct rows *rows = db_query(change->db, PAIRS " AND f.id = $cash AND p.id = $item",
		                                          DB_ARGS(OF(change->viewer, change->company.id), db_int("cash", cash_id), db_int("item", item_id)));
		if (rows_next(rows)) customer = row_int(rows, 3), amount = -row_int(rows, 4), bank_day = row_day(rows, 5), book_day = row_day(rows, 6);
		TRY(rows_status(rows));
	}
	if (!customer) return status_make(STATUS_CONFLICT, "These two are no question any more: one of them changed, or somebody has answered. Nothing was changed.");
	TRY(customer_check(change->db, change->viewer, change->company.id, customer));
	TRY(db_run(change->db,
	           "INSERT INTO cash_posting (tenant_id, company_id, cash_id, fact_id, same, by_user, at) VALUES ($tenant, $company, $cash, $item, $same, $by, $at)",
	           DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("cash", cash_id), db_int("item", item_id),
	                   db_int("same", same), db_int("by", change->viewer->user_id), db_int("at", change->now))));
	char bank[11], book[11];
	day_format(bank_day, bank), day_format(book_day, book);
	TRY(event_add_json(change, (struct event_new){ .kind = same ? "cash.same" : "cash.another", .customer_id = customer, .ref = item_id },
	                   json_pack("{s:I, s:s, s:s}", "amount", (json_int_t)amount, "bank", bank, "books", book)));
	return projection_refresh(change, &customer, 1);
}
