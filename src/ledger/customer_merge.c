#include "ledger/customer_merge.h"

#include "base/memory.h"
#include "base/text.h"
#include "ledger/customer.h"
#include "ledger/customer_merge_rows.h"
#include "ledger/event.h"
#include "ledger/projection_store.h"

#include <stdlib.h>
#include <string.h>

#define OF_COMPANY(change) db_int("tenant", (change)->company.tenant_id), db_int("company", (change)->company.id)

static struct status gather(struct change *change, const char *sql, int64_t from, json_t **out)
{
	*out = json_array();
	cleanup_rows struct rows *rows = db_query(change->db, sql, DB_ARGS(OF_COMPANY(change), db_int("from", from)));
	while (rows_next(rows)) json_array_append_new(*out, json_integer(row_int(rows, 0)));
	return rows_status(rows);
}

static struct status move(struct change *change, int64_t from, int64_t into, json_t *noted)
{
	const struct db_arg *args = DB_ARGS(OF_COMPANY(change), db_int("from", from), db_int("into", into), db_int("rev", change->rev));
	json_t *ids;
	/* who was made one with him before goes along */
	TRY(gather(change, "SELECT id FROM customer WHERE tenant_id = $tenant AND company_id = $company AND merged_into = $from ORDER BY id", from, &ids));
	json_object_set_new(noted, "merged", ids);
	TRY(db_run(change->db, "UPDATE customer SET merged_into = $into, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND merged_into = $from", args));
	TRY(gather(change, "SELECT id FROM customer WHERE tenant_id = $tenant AND company_id = $company AND payer_id = $from ORDER BY id", from, &ids));
	json_object_set_new(noted, "paid_for", ids);
	TRY(db_run(change->db, "UPDATE customer SET payer_id = CASE WHEN id = $into THEN 0 ELSE $into END, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND payer_id = $from", args));
	TRY(merge_rows_over(change, from, into, noted));
	/* one main contact */
	return db_run(change->db,
	              "UPDATE contact SET main = 0, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $into AND main = 1"
	              " AND id > (SELECT min(m.id) FROM contact m WHERE m.tenant_id = $tenant AND m.company_id = $company AND m.customer_id = $into"
	              " AND m.main = 1 AND m.removed = 0)",
	              DB_ARGS(OF_COMPANY(change), db_int("into", into), db_int("rev", change->rev)));
}

static struct status merge(struct change *change, int64_t from, int64_t into, int64_t *id)
{
	int64_t changed = 0;
	TRY(db_run_count(change->db,
	                 "UPDATE customer SET merged_into = $into, rev = $rev, ledger_rev = $rev WHERE tenant_id = $tenant AND company_id = $company"
	                 " AND id = $from AND merged_into = 0 AND id <> $into AND EXISTS (SELECT 1 FROM customer o WHERE o.tenant_id = $tenant"
	                 " AND o.company_id = $company AND o.id = $into AND o.merged_into = 0)",
	                 DB_ARGS(OF_COMPANY(change), db_int("from", from), db_int("into", into), db_int("rev", change->rev)), &changed));
	if (changed != 1) return status_make(STATUS_CONFLICT, "These two customers can't be made one: one of them is part of another already.");
	json_t *noted = json_object();
	struct status status = move(change, from, into, noted);
	cleanup_free char *text = json_dumps(noted, JSON_COMPACT);
	json_decref(noted);
	TRY(status);
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "customer_merge", 1, id));
	TRY(db_run(change->db,
	           "INSERT INTO customer_merge (tenant_id, company_id, id, from_id, into_id, at, by_user, moved, state, rev)"
	           " VALUES ($tenant, $company, $id, $from, $into, $at, $user, $moved, 'active', $rev)",
	           DB_ARGS(OF_COMPANY(change), db_int("id", *id), db_int("from", from), db_int("into", into), db_int("at", change->now),
	                   db_int("user", change->viewer->user_id), db_text("moved", text), db_int("rev", change->rev))));
	return event_add_json(change, (struct event_new){ .kind = "customer.merged", .customer_id = into, .ref = from }, json_pack("{s:I}", "from", (json_int_t)from));
}

struct status customer_merge(struct change *change, int64_t from, int64_t into)
{
	int64_t id;
	return merge(change, from, into, &id);
}

struct status customer_merge_by_hand(struct change *change, int64_t from, int64_t into, int64_t *id)
{
	TRY(change_allows(change, RIGHT_SCENARIO));
	TRY(customer_check(change->db, change->viewer, change->company.id, from));
	TRY(customer_check(change->db, change->viewer, change->company.id, into));
	if (from == into) return status_make(STATUS_INVALID, "A customer can't be made one with himself.");
	TRY(merge(change, from, into, id));
	return projection_refresh(change, (const int64_t[]){ from, into }, 2);
}

struct status customer_unmerge(struct change *change, int64_t id)
{
	TRY(change_allows(change, RIGHT_SCENARIO));
	int64_t from = 0, into = 0, later = 0;
	cleanup_free char *moved = NULL;
	{
		cleanup_rows struct rows *rows = db_query(change->db,
			"SELECT from_id, into_id, moved FROM customer_merge WHERE tenant_id = $tenant AND company_id = $company AND id = $id AND state = 'active'",
			DB_ARGS(OF_COMPANY(change), db_int("id", id)));
		if (rows_next(rows)) from = row_int(rows, 0), into = row_int(rows, 1), moved = xstrdup(row_text(rows, 2));
		TRY(rows_status(rows));
	}
	if (!from) return status_make(STATUS_NOT_FOUND, "There is no such merge, or it was taken back already.");
	TRY(customer_check(change->db, change->viewer, change->company.id, into));
	if (strcmp(moved, "{}") == 0) return status_make(STATUS_CONFLICT, "What this merge had moved was erased with the customer’s data: it can’t be taken back.");
	TRY(db_get_int(change->db, "SELECT COUNT(*) FROM customer WHERE tenant_id = $tenant AND company_id = $company AND id = $into AND merged_into > 0",
	               DB_ARGS(OF_COMPANY(change), db_int("into", into)), &later, NULL));
	if (later) return status_make(STATUS_CONFLICT, "The one he went into was made one with another since: take that back first.");
	json_t *noted = json_loads(moved, 0, NULL), *value;
	size_t k;
	struct status status = merge_rows_back(change, from, into, noted);
	json_array_foreach(json_object_get(noted, "paid_for"), k, value)
		if (!status.code)
			status = db_run(change->db, "UPDATE customer SET payer_id = $from, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id AND (payer_id = $into OR (id = $into AND payer_id = 0))",
			                DB_ARGS(OF_COMPANY(change), db_int("from", from), db_int("into", into), db_int("id", json_integer_value(value)), db_int("rev", change->rev)));
	json_array_foreach(json_object_get(noted, "merged"), k, value)
		if (!status.code)
			status = db_run(change->db, "UPDATE customer SET merged_into = $from, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id AND merged_into = $into",
			                DB_ARGS(OF_COMPANY(change), db_int("from", from), db_int("into", into), db_int("id", json_integer_value(value)), db_int("rev", change->rev)));
	json_decref(noted);
	TRY(status);
	TRY(db_run(change->db, "UPDATE customer SET merged_into = 0, rev = $rev, ledger_rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $from AND merged_into = $into",
	           DB_ARGS(OF_COMPANY(change), db_int("from", from), db_int("into", into), db_int("rev", change->rev))));
	TRY(db_run(change->db,
	           "UPDATE customer_merge SET state = 'undone', undone_at = $at, undone_by = $user, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(OF_COMPANY(change), db_int("at", change->now), db_int("user", change->viewer->user_id), db_int("id", id), db_int("rev", change->rev))));
	TRY(event_add_json(change, (struct event_new){ .kind = "customer.unmerged", .customer_id = into, .ref = from }, json_pack("{s:I}", "from", (json_int_t)from)));
	return projection_refresh(change, (const int64_t[]){ from, into }, 2);
}

struct status customer_distinct(struct change *change, int64_t one, int64_t other)
{
	TRY(change_allows(change, RIGHT_SCENARIO));
	TRY(customer_check(change->db, change->viewer, change->company.id, one));
	TRY(customer_check(change->db, change->viewer, change->company.id, other));
	if (one == other) return status_make(STATUS_INVALID, "Name two customers.");
	TRY(db_run(change->db,
	           "INSERT INTO customer_distinct (tenant_id, company_id, low_id, high_id, at, by_user) VALUES ($tenant, $company, $low, $high, $at, $user)"
	           " ON CONFLICT (tenant_id, company_id, low_id, high_id) DO NOTHING",
	           DB_ARGS(OF_COMPANY(change), db_int("low", one < other ? one : other), db_int("high", one < other ? other : one), db_int("at", change->now),
	                   db_int("user", change->viewer->user_id))));
	return event_add_json(change, (struct event_new){ .kind = "customer.distinct", .customer_id = one, .ref = other }, json_pack("{s:I}", "other", (json_int_t)other));
}

/* --- lists ------------------------------------------------------------------------------------------------------------------------ */
struct status customer_merges(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena, struct customer_merged **out, size_t *count)
{
	enum { MOST = 200 };
	*out = arena_array(arena, struct customer_merged, MOST + 1), *count = 0;
	if (!viewer_sees_company(viewer, company_id)) return STATUS_FINE;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT m.id, m.at, m.by_user, m.from_id, m.into_id, f.code, f.name, t.code, t.name, m.moved, t.collector_id, t.sales_id, t.group_code"
		" FROM customer_merge m JOIN customer f ON f.tenant_id = m.tenant_id AND f.company_id = m.company_id AND f.id = m.from_id"
		" JOIN customer t ON t.tenant_id = m.tenant_id AND t.company_id = m.company_id AND t.id = m.into_id"
		" WHERE m.tenant_id = $tenant AND m.company_id = $company AND m.state = 'active' ORDER BY m.id DESC",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id)));
	while (rows_next(rows) && *count < MOST) {
		if (!viewer_sees_customer(viewer, row_int(rows, 10), row_int(rows, 11), row_text(rows, 12))) continue;
		struct customer_merged *one = &(*out)[(*count)++];
		*one = (struct customer_merged){ row_int(rows, 0), row_int(rows, 1), row_int(rows, 2), row_int(rows, 3), row_int(rows, 4), arena_strdup(arena, row_text(rows, 5)),
			arena_strdup(arena, row_text(rows, 6)), arena_strdup(arena, row_text(rows, 7)), arena_strdup(arena, row_text(rows, 8)), 0 };
		json_t *noted = json_loads(row_text(rows, 9), 0, NULL), *ids;
		const char *table;
		json_object_foreach(json_object_get(noted, "rows"), table, ids) one->moved += json_array_size(ids);
		json_decref(noted);
	}
	return rows_status(rows);
}

/* Lower case, without accents and legal forms: "Sté Dupont & Fils SARL" gives "dupont fils". */
static const char *plain_name(struct arena *arena, const char *name)
{
	static const char *const forms[] = { "sarl", "sas", "sasu", "sa", "eurl", "sci", "snc", "ste", "societe", "ets", "etablissements", "gmbh", "ltd", "llc", "srl", "bv", "nv", "spa" };
	cleanup_free char *plain = text_normalise(name, strlen(name));
	cleanup_text struct text out = { 0 };
	for (const char *at = plain; *at;) {
		size_t len = strcspn(at, " ");
		bool form = false;
		for (size_t i = 0; i < COUNT(forms); i++) form |= strlen(forms[i]) == len && memcmp(at, forms[i], len) == 0;
		if (!form) text_addf(&out, "%s%.*s", out.len ? " " : "", (int)len, at);
		at += len + (at[len] == ' ');
	}
	return arena_strdup(arena, text_cstr(&out));
}

struct keyed {
	const char *key;
	const struct customer *customer;
};

static int by_key(const void *a, const void *b)
{
	const struct keyed *x = a, *y = b;
	int order = strcmp(x->key, y->key);
	return order ? order : (x->customer->id > y->customer->id) - (x->customer->id < y->customer->id);
}

struct pair {
	int64_t low, high;
};

static int by_pair(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	return x->low != y->low ? (x->low > y->low) - (x->low < y->low) : (x->high > y->high) - (x->high < y->high);
}

struct twins {
	struct customer_twin *rows;
	size_t count, most;
	struct pair *apart; /* said to be two, or listed already; sorted up to `said` */
	size_t said;
};

static void add_twins(struct twins *twins, struct keyed *list, size_t count, bool siren, struct arena *arena)
{
	qsort(list, count, sizeof *list, by_key);
	for (size_t i = 0; i + 1 < count && twins->count < twins->most; i++) {
		if (!*list[i].key || strcmp(list[i].key, list[i + 1].key) != 0) continue;
		const struct customer *a = list[i].customer, *b = list[i + 1].customer;
		const struct pair pair = { a->id < b->id ? a->id : b->id, a->id < b->id ? b->id : a->id };
		if (twins->said && bsearch(&pair, twins->apart, twins->said, sizeof pair, by_pair)) continue;
		/* two SIRENs are two companies, whatever their names */
		if (!siren && *a->siren && *b->siren && strcmp(a->siren, b->siren) != 0) continue;
		bool again = false;
		for (size_t k = 0; k < twins->count; k++)
			again |= (twins->rows[k].one_id == pair.low && twins->rows[k].other_id == pair.high) || (twins->rows[k].one_id == pair.high && twins->rows[k].other_id == pair.low);
		if (again) continue;
		twins->rows[twins->count++] = (struct customer_twin){ a->id, b->id, a->code, a->name, b->code, b->name, siren ? a->siren : "",
			siren ? "" : arena_printf(arena, "%s %s", a->postcode, a->city) };
	}
}

/* What tells two of them alike, of those who have a SIREN or an address; the rest of a customer is not read. */
static struct status load_comparable(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena, struct customer **out, size_t *count)
{
	struct customer *list = NULL;
	size_t cap = 0;
	*count = 0, *out = NULL;
	if (!viewer_sees_company(viewer, company_id)) return STATUS_FINE;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT id, code, name, siren, postcode, city, collector_id, sales_id, group_code FROM customer WHERE tenant_id = $tenant"
		" AND company_id = $company AND merged_into = 0 AND (siren <> '' OR postcode <> '') ORDER BY id",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id)));
	while (rows_next(rows)) {
		if (!viewer_sees_customer(viewer, row_int(rows, 6), row_int(rows, 7), row_text(rows, 8))) continue;
		GROW(list, *count, cap);
		list[(*count)++] = (struct customer){ .id = row_int(rows, 0), .code = arena_strdup(arena, row_text(rows, 1)),
			.name = arena_strdup(arena, row_text(rows, 2)), .siren = arena_strdup(arena, row_text(rows, 3)),
			.postcode = arena_strdup(arena, row_text(rows, 4)), .city = arena_strdup(arena, row_text(rows, 5)) };
	}
	*out = arena_array(arena, struct customer, *count + 1);
	if (*count) memcpy(*out, list, *count * sizeof *list);
	free(list);
	return rows_status(rows);
}

struct status customer_twins(struct db *db, const struct viewer *viewer, int64_t company_id, size_t most, struct arena *arena, struct customer_twin **out,
                             size_t *count)
{
	struct customer *customers;
	size_t all, cap = 0;
	struct pair *apart = NULL;
	struct twins twins = { .rows = arena_array(arena, struct customer_twin, most + 1), .most = most };
	TRY(load_comparable(db, viewer, company_id, arena, &customers, &all));
	struct rows *rows = db_query(db, "SELECT low_id, high_id FROM customer_distinct WHERE tenant_id = $tenant AND company_id = $company ORDER BY low_id, high_id",
	                             DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id)));
	while (rows_next(rows)) {
		GROW(apart, twins.said, cap);
		apart[twins.said++] = (struct pair){ row_int(rows, 0), row_int(rows, 1) };
	}
	struct status status = rows_status(rows);
	rows_close(rows);
	twins.apart = apart;
	struct keyed *list = arena_array(arena, struct keyed, all + 1);
	size_t kept = 0;
	for (size_t i = 0; i < all; i++)
		if (*customers[i].siren) list[kept++] = (struct keyed){ customers[i].siren, &customers[i] };
	if (!status.code) add_twins(&twins, list, kept, true, arena);
	kept = 0;
	for (size_t i = 0; i < all; i++) {
		const char *name = *customers[i].postcode ? plain_name(arena, customers[i].name) : "";
		if (*name) list[kept++] = (struct keyed){ arena_printf(arena, "%s/%s", name, customers[i].postcode), &customers[i] };
	}
	if (!status.code) add_twins(&twins, list, kept, false, arena);
	free(apart);
	*out = twins.rows, *count = twins.count;
	return status;
}
