#include "cash/learned.h"

#include "base/memory.h"
#include "cash/apply.h"
#include "ledger/customer.h"
#include "ledger/event.h"

#include <string.h>

#define OF(change) db_int("tenant", (change)->company.tenant_id), db_int("company", (change)->company.id)

static struct status find(struct change *change, const char *iban, const char *name, int64_t customer_id, int64_t *id)
{
	bool found = false;
	*id = 0;
	return db_get_int(change->db,
	                  "SELECT id FROM cash_payer WHERE tenant_id = $tenant AND company_id = $company AND iban = $iban AND name = $name"
	                  " AND customer_id = $customer",
	                  DB_ARGS(OF(change), db_text("iban", iban), db_text("name", name), db_int("customer", customer_id)), id, &found);
}

static struct status add(struct change *change, int64_t id, int64_t times)
{
	return db_run(change->db,
	              "UPDATE cash_payer SET times = times + $times, last_day = $today, by_user = $by, rev = $rev WHERE tenant_id = $tenant"
	              " AND company_id = $company AND id = $id",
	              DB_ARGS(OF(change), db_int("id", id), db_int("times", times), db_day("today", change->today),
	                      db_int("by", change->viewer->user_id), db_int("rev", change->rev)));
}

static struct status insert(struct change *change, const char *iban, const char *name, int64_t customer_id, int64_t times)
{
	int64_t id = 0;
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "cash_payer", 1, &id));
	return db_run(change->db,
	              "INSERT INTO cash_payer (tenant_id, company_id, id, iban, name, customer_id, times, last_day, by_user, rev) VALUES ($tenant,"
	              " $company, $id, $iban, $name, $customer, $times, $today, $by, $rev)",
	              DB_ARGS(OF(change), db_int("id", id), db_text("iban", iban), db_text("name", name), db_int("customer", customer_id),
	                      db_int("times", times), db_day("today", change->today), db_int("by", change->viewer->user_id),
	                      db_int("rev", change->rev)));
}

struct status payer_teach(struct change *change, const char *iban, const char *name, int64_t customer_id)
{
	int64_t id = 0;
	if (!*iban && !*name) return STATUS_FINE;
	TRY(db_run(change->db,
	           "UPDATE cash_payer SET times = times - 1, rev = $rev WHERE tenant_id = $tenant AND company_id = $company"
	           " AND iban = $iban AND name = $name AND customer_id <> $customer AND times > 0",
	           DB_ARGS(OF(change), db_text("iban", iban), db_text("name", name), db_int("customer", customer_id), db_int("rev", change->rev))));
	TRY(find(change, iban, name, customer_id, &id));
	return id ? add(change, id, 1) : insert(change, iban, name, customer_id, 1);
}

struct status payer_contradict(struct change *change, const char *iban, const char *name, int64_t customer_id, bool only_unlearn)
{
	int64_t id = 0;
	if (!*iban && !*name) return STATUS_FINE;
	TRY(find(change, iban, name, customer_id, &id));
	if (id) return add(change, id, -1);
	return only_unlearn ? STATUS_FINE : insert(change, iban, name, customer_id, -1);
}

struct status cash_payer_list(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena,
                              struct cash_payer **out, size_t *count)
{
	*out = arena_array(arena, struct cash_payer, 1), *count = 0;
	if (!viewer_sees_company(viewer, company_id)) return STATUS_FINE;
	size_t cap = 0;
	struct cash_payer *list = NULL;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT p.id, p.customer_id, p.times, p.by_user, p.iban, p.name, c.code, c.name, COALESCE(u.name, ''), COALESCE(u.email, ''),"
		" p.last_day, c.collector_id, c.sales_id, c.group_code FROM cash_payer p JOIN customer c ON c.tenant_id = p.tenant_id"
		" AND c.company_id = p.company_id AND c.id = p.customer_id LEFT JOIN user_account u ON u.tenant_id = p.tenant_id AND u.id = p.by_user"
		" WHERE p.tenant_id = $tenant AND p.company_id = $company ORDER BY p.name, p.iban, p.id",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id)));
	while (rows_next(rows)) {
		if (!viewer_sees_customer(viewer, row_int(rows, 11), row_int(rows, 12), row_text(rows, 13))) continue;
		GROW(list, *count, cap);
		list[(*count)++] = (struct cash_payer){
			.id = row_int(rows, 0), .customer_id = row_int(rows, 1), .times = row_int(rows, 2), .by_user = row_int(rows, 3),
			.iban = arena_strdup(arena, row_text(rows, 4)), .name = arena_strdup(arena, row_text(rows, 5)),
			.customer_code = arena_strdup(arena, row_text(rows, 6)), .customer_name = arena_strdup(arena, row_text(rows, 7)),
			.by = arena_strdup(arena, row_text(rows, 8)[0] ? row_text(rows, 8) : row_text(rows, 9)), .last_day = row_day(rows, 10),
		};
	}
	*out = arena_array(arena, struct cash_payer, *count + 1);
	if (*count) memcpy(*out, list, *count * sizeof *list);
	free(list);
	return rows_status(rows);
}

struct status cash_payer_forget(struct change *change, int64_t id)
{
	int64_t customer_id = 0, changed = 0;
	bool found = false;
	TRY(change_allows(change, RIGHT_CASH));
	TRY(db_get_int(change->db, "SELECT customer_id FROM cash_payer WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	               DB_ARGS(OF(change), db_int("id", id)), &customer_id, &found));
	if (!found) return status_make(STATUS_NOT_FOUND, "This payer is not known any more.");
	TRY(customer_check(change->db, change->viewer, change->company.id, customer_id));
	TRY(db_run_count(change->db, "DELETE FROM cash_payer WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	                 DB_ARGS(OF(change), db_int("id", id)), &changed));
	return event_add_json(change, (struct event_new){ .kind = "payer.forgotten", .customer_id = customer_id, .ref = id }, json_object());
}
