#include "ledger/item.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/text.h"

#include <string.h>

#define SELECT                                                                                                                 \
	"SELECT i.id, i.customer_id, i.amount, i.open_amount, i.origin_id, i.number, i.currency, i.kind, i.issue_day, "         \
	"i.posting_day, i.due_day, i.closed_day, c.collector_id, c.sales_id, c.group_code, c.code FROM item i "                 \
	"JOIN customer c ON c.tenant_id = i.tenant_id AND c.company_id = i.company_id AND c.id = i.customer_id "                \
	"WHERE i.tenant_id = $tenant AND i.company_id = $company AND i.withdrawn = 0 "

static void read_item(struct rows *rows, struct item *out)
{
	*out = (struct item){ .id = row_int(rows, 0),
		              .customer_id = row_int(rows, 1),
		              .amount = row_int(rows, 2),
		              .open = row_int(rows, 3),
		              .origin_id = row_int(rows, 4),
		              .issue_day = row_day(rows, 8),
		              .posting_day = row_day(rows, 9),
		              .due_day = row_day(rows, 10),
		              .closed_day = row_day(rows, 11) };
	snprintf(out->number, sizeof out->number, "%s", row_text(rows, 5));
	snprintf(out->currency, sizeof out->currency, "%s", row_text(rows, 6));
	snprintf(out->kind, sizeof out->kind, "%s", row_text(rows, 7));
	snprintf(out->customer_code, sizeof out->customer_code, "%s", row_text(rows, 15));
}

static bool visible(struct rows *rows, const struct viewer *viewer, int64_t customer_id)
{
	return (!customer_id || row_int(rows, 1) == customer_id) &&
	       viewer_sees_customer(viewer, row_int(rows, 12), row_int(rows, 13), row_text(rows, 14));
}

static struct status find_by_id(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, int64_t id,
                                struct item *out, bool *found)
{
	cleanup_rows struct rows *rows = db_query(
	        db, SELECT "AND i.id = $id",
	        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", id)));
	*found = rows_next(rows) && visible(rows, viewer, customer_id);
	if (*found) read_item(rows, out);
	return rows_status(rows);
}

struct status item_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct item *out)
{
	bool found = false;
	if (viewer_sees_company(viewer, company_id)) TRY(find_by_id(db, viewer, company_id, 0, id, out, &found));
	return found ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "There is no item %lld.", (long long)id);
}

struct status item_find(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, const char *reference,
                        struct item *out)
{
	if (!viewer_sees_company(viewer, company_id)) return status_make(STATUS_NOT_FOUND, "There is no item “%s”.", reference);
	struct slice name = slice_trim(slice_of(reference));
	bool marked = name.len > 1 && name.bytes[0] == '#';
	int64_t id = 0;
	bool number_like = text_parse_int(name.bytes + marked, name.len - marked, &id) && id > 0;
	bool found = false;
	if (!marked) {
		/* what people read on paper comes first: an id is only tried when no item bears this number */
		cleanup_text struct text ids = { 0 };
		size_t hits = 0;
		cleanup_rows struct rows *rows = db_query(
		        db, SELECT "AND i.number = $number ORDER BY i.id",
		        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id),
		                db_text_len("number", name.bytes, name.len)));
		while (rows_next(rows)) {
			if (!visible(rows, viewer, customer_id)) continue;
			if (hits < 12) text_addf(&ids, "%s%lld", hits ? ", " : "", (long long)row_int(rows, 0));
			if (!hits++) read_item(rows, out);
		}
		TRY(rows_status(rows));
		if (hits == 1) return STATUS_FINE;
		if (hits > 1)
			return status_make(STATUS_INVALID, "%zu items bear the number %.*s. Name one by its id: %s%s.", hits, SLICE_PRINT(name),
			                   text_cstr(&ids), hits > 12 ? " …" : "");
	}
	if (number_like) TRY(find_by_id(db, viewer, company_id, customer_id, id, out, &found));
	return found ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "There is no item “%.*s”.", SLICE_PRINT(name));
}

struct status item_list_open(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id,
                             struct arena *arena, struct item **out, size_t *count)
{
	size_t found = 0, cap = 0;
	struct item *list = NULL;
	struct status status;
	{
		cleanup_rows struct rows *rows =
		        db_query(db, SELECT "AND i.customer_id = $customer AND i.open_amount <> 0 ORDER BY i.due_day, i.posting_day, i.number, i.id",
		                 DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id),
		                         db_int("customer", customer_id)));
		while (rows_next(rows)) {
			if (!visible(rows, viewer, 0)) continue;
			GROW(list, found, cap);
			read_item(rows, &list[found++]);
		}
		status = rows_status(rows);
	}
	*out = arena_array(arena, struct item, found ? found : 1);
	if (found) memcpy(*out, list, found * sizeof *list);
	*count = found;
	free(list);
	return status;
}
