#include "ledger/projection_rows.h"

#include "base/memory.h"

#include <string.h>

#define TAKE_ROOM(arena, array, count, cap, more, type)                                                                \
	do {                                                                                                           \
		if ((count) + (more) > (cap)) {                                                                        \
			size_t new_cap = ((count) + (more)) * 2 + 16;                                                  \
			type *bigger = arena_array((arena), type, new_cap);                                            \
			if (count) memcpy(bigger, (array), (count) * sizeof(type));                                    \
			(array) = bigger, (cap) = new_cap;                                                             \
		}                                                                                                      \
	} while (0)

void projection_rows_add(struct projection_rows *rows, struct arena *arena, const struct projection *p)
{
	TAKE_ROOM(arena, rows->items, rows->item_count, rows->item_cap, p->item_count, struct projected_item);
	TAKE_ROOM(arena, rows->settlements, rows->settlement_count, rows->settlement_cap, p->settlement_count,
	          struct projected_settlement);
	TAKE_ROOM(arena, rows->restatements, rows->restatement_count, rows->restatement_cap, p->restatement_count,
	          struct projected_restatement);
	if (p->item_count) memcpy(rows->items + rows->item_count, p->items, p->item_count * sizeof *p->items);
	if (p->settlement_count)
		memcpy(rows->settlements + rows->settlement_count, p->settlements, p->settlement_count * sizeof *p->settlements);
	if (p->restatement_count)
		memcpy(rows->restatements + rows->restatement_count, p->restatements, p->restatement_count * sizeof *p->restatements);
	rows->item_count += p->item_count, rows->settlement_count += p->settlement_count;
	rows->restatement_count += p->restatement_count;
}

/* --- reading ------------------------------------------------------------------------------------------------------------- */
#define RANGE_ARGS                                                                                                     \
	DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_int("low", low), db_int("high", high))
#define RANGE " WHERE tenant_id = $tenant AND company_id = $company AND customer_id >= $low AND customer_id <= $high"

static struct status read_items(struct db *db, int64_t tenant, int64_t company, int64_t low, int64_t high, struct arena *arena,
                                struct projection_rows *out)
{
	/* several ranges are read into one: a family of customers */
	size_t withdrawn_cap = out->item_count, withdrawn_count = out->item_count;
	cleanup_rows struct rows *rows = db_scan(db,
		"SELECT customer_id, id, number, kind, account, issue_day, posting_day, due_day, due_source, amount, open_amount,"
		" currency, closed_day, origin_id, withdrawn, label, extra FROM item" RANGE " ORDER BY customer_id, id", RANGE_ARGS);
	while (rows_next(rows)) {
		TAKE_ROOM(arena, out->items, out->item_count, out->item_cap, 1, struct projected_item);
		TAKE_ROOM(arena, out->withdrawn, withdrawn_count, withdrawn_cap, 1, bool);
		out->withdrawn[withdrawn_count++] = row_int(rows, 14) != 0;
		struct projected_item *item = &out->items[out->item_count++];
		*item = (struct projected_item){
			.customer_id = row_int(rows, 0), .id = row_int(rows, 1), .number = arena_strdup(arena, row_text(rows, 2)),
			.account = arena_strdup(arena, row_text(rows, 4)), .issue_day = row_day(rows, 5), .posting_day = row_day(rows, 6),
			.due_day = row_day(rows, 7), .amount = row_int(rows, 9), .open_amount = row_int(rows, 10),
			.currency = arena_strdup(arena, row_text(rows, 11)), .closed_day = row_day(rows, 12), .origin_id = row_int(rows, 13),
			.label = arena_strdup(arena, row_text(rows, 15)), .extra = arena_strdup(arena, row_text(rows, 16)),
		};
		if (!item_kind_parse(row_text(rows, 3), &item->kind) || !due_source_parse(row_text(rows, 8), &item->due_source))
			return status_make(STATUS_INTERNAL, "Item %lld has an unknown kind.", (long long)item->id);
	}
	return rows_status(rows);
}

struct status projection_rows_read(struct db *db, int64_t tenant, int64_t company, int64_t low, int64_t high,
                                   struct arena *arena, struct projection_rows *out)
{
	TRY(read_items(db, tenant, company, low, high, arena, out));
	{
		cleanup_rows struct rows *rows = db_scan(db,
			"SELECT customer_id, debit_id, credit_id, amount, day FROM settlement" RANGE
			" ORDER BY customer_id, debit_id, credit_id", RANGE_ARGS);
		while (rows_next(rows)) {
			TAKE_ROOM(arena, out->settlements, out->settlement_count, out->settlement_cap, 1, struct projected_settlement);
			out->settlements[out->settlement_count++] = (struct projected_settlement){
				row_int(rows, 0), row_int(rows, 1), row_int(rows, 2), row_int(rows, 3), row_day(rows, 4),
			};
		}
		TRY(rows_status(rows));
	}
	cleanup_rows struct rows *rows = db_scan(db,
		"SELECT customer_id, fact_id, item_id FROM restatement" RANGE " ORDER BY customer_id, fact_id", RANGE_ARGS);
	while (rows_next(rows)) {
		TAKE_ROOM(arena, out->restatements, out->restatement_count, out->restatement_cap, 1, struct projected_restatement);
		out->restatements[out->restatement_count++] =
			(struct projected_restatement){ row_int(rows, 0), row_int(rows, 1), row_int(rows, 2) };
	}
	return rows_status(rows);
}

struct status references_load(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct references *out)
{
	size_t cap = 0;
	cleanup_rows struct rows *rows = db_scan(db,
		"SELECT item_id FROM action_item WHERE tenant_id = $tenant AND company_id = $company"
		" UNION SELECT item_id FROM dispute WHERE tenant_id = $tenant AND company_id = $company"
		" UNION SELECT item_id FROM promise_item WHERE tenant_id = $tenant AND company_id = $company"
		" UNION SELECT item_id FROM plan_item WHERE tenant_id = $tenant AND company_id = $company"
		" UNION SELECT item_id FROM hold WHERE tenant_id = $tenant AND company_id = $company"
		" UNION SELECT item_id FROM invoice_status WHERE tenant_id = $tenant AND company_id = $company AND item_id > 0"
		" UNION SELECT item_id FROM document WHERE tenant_id = $tenant AND company_id = $company AND item_id > 0"
		" ORDER BY 1", DB_ARGS(db_int("tenant", tenant), db_int("company", company)));
	while (rows_next(rows)) {
		TAKE_ROOM(arena, out->ids, out->count, cap, 1, int64_t);
		out->ids[out->count++] = row_int(rows, 0);
	}
	out->loaded = true;
	return rows_status(rows);
}

static bool referred(const struct references *references, int64_t id)
{
	size_t low = 0, high = references->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (references->ids[middle] < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < references->count && references->ids[low] == id;
}

/* --- differences ----------------------------------------------------------------------------------------------------------- */
/* But for what is open and since when. */
static bool same_claim(const struct projected_item *a, const struct projected_item *b)
{
	return a->id == b->id && a->amount == b->amount && a->origin_id == b->origin_id && a->kind == b->kind
	       && a->due_source == b->due_source && a->issue_day == b->issue_day && a->posting_day == b->posting_day
	       && a->due_day == b->due_day
	       && strcmp(a->number, b->number) == 0 && strcmp(a->account, b->account) == 0 && strcmp(a->label, b->label) == 0
	       && strcmp(a->extra, b->extra) == 0 && strcmp(a->currency, b->currency) == 0;
}

static bool same_item(const struct projected_item *a, const struct projected_item *b)
{
	return a->open_amount == b->open_amount && a->closed_day == b->closed_day && same_claim(a, b);
}

static bool same_settlement(const struct projected_settlement *a, const struct projected_settlement *b)
{
	return a->debit_id == b->debit_id && a->credit_id == b->credit_id && a->amount == b->amount && a->day == b->day;
}

/* What is to be deleted and written, gathered over a range of customers. */
struct plan {
	const struct projected_item **item_gone, **item_new, **item_changed, **item_settled; /* item_settled: nothing else changed */
	const struct projected_settlement **settlement_gone, **settlement_new;
	const struct projected_restatement **restatement_gone, **restatement_new;
	size_t item_gone_count, item_new_count, item_changed_count, item_settled_count, settlement_gone_count, settlement_new_count;
	size_t restatement_gone_count, restatement_new_count;
	const struct projected_item **withdraw;
	size_t withdraw_count;
};

static int64_t compare_keys(int64_t customer_a, int64_t x, int64_t y, int64_t customer_b, int64_t z, int64_t w)
{
	if (customer_a != customer_b) return customer_a < customer_b ? -1 : 1;
	if (x != z) return x < z ? -1 : 1;
	return (y > w) - (y < w);
}

/* The same item stands under another customer now: two who were made one. */
static bool elsewhere(const struct projection_rows *fresh, int64_t id)
{
	for (size_t i = 0; i < fresh->item_count; i++)
		if (fresh->items[i].id == id) return true;
	return false;
}

static void plan_items(struct plan *plan, const struct projection_rows *stored, const struct projection_rows *fresh,
                       struct references *references, struct projection_outcome *outcome)
{
	size_t s = 0, f = 0;
	while (s < stored->item_count || f < fresh->item_count) {
		const struct projected_item *old = s < stored->item_count ? &stored->items[s] : NULL;
		const struct projected_item *new = f < fresh->item_count ? &fresh->items[f] : NULL;
		int64_t order = !old ? 1 : !new ? -1 : compare_keys(old->customer_id, old->id, 0, new->customer_id, new->id, 0);
		bool was_withdrawn = old && order <= 0 && stored->withdrawn[s];
		if (order <= 0 && !was_withdrawn) outcome->open_before += old->open_amount;
		if (order >= 0) outcome->open_after += new->open_amount;
		if (order == 0) {
			if (was_withdrawn || !same_item(old, new)) {
				if (was_withdrawn || !same_claim(old, new))
					plan->item_changed[plan->item_changed_count++] = new;
				else
					plan->item_settled[plan->item_settled_count++] = new;
				if (!was_withdrawn && old->open_amount != 0 && new->open_amount == 0) outcome->closed++;
			}
			s++, f++;
		} else if (order > 0) {
			plan->item_new[plan->item_new_count++] = new;
			f++;
		} else {
			if (was_withdrawn) {
				/* stays */
			} else if (referred(references, old->id) && !elsewhere(fresh, old->id)) {
				plan->withdraw[plan->withdraw_count++] = old;
				outcome->withdrawn++;
			} else {
				plan->item_gone[plan->item_gone_count++] = old;
				outcome->withdrawn++;
			}
			s++;
		}
	}
}

static void plan_settlements(struct plan *plan, const struct projection_rows *stored, const struct projection_rows *fresh)
{
	size_t s = 0, f = 0;
	while (s < stored->settlement_count || f < fresh->settlement_count) {
		const struct projected_settlement *old = s < stored->settlement_count ? &stored->settlements[s] : NULL;
		const struct projected_settlement *new = f < fresh->settlement_count ? &fresh->settlements[f] : NULL;
		int64_t order = !old ? 1 : !new ? -1 : compare_keys(old->customer_id, old->debit_id, old->credit_id, new->customer_id,
		                                                    new->debit_id, new->credit_id);
		if (order < 0 || (order == 0 && !same_settlement(old, new)))
			plan->settlement_gone[plan->settlement_gone_count++] = old;
		if (order > 0 || (order == 0 && !same_settlement(old, new)))
			plan->settlement_new[plan->settlement_new_count++] = new;
		s += order <= 0, f += order >= 0;
	}
}

static void plan_restatements(struct plan *plan, const struct projection_rows *stored, const struct projection_rows *fresh)
{
	size_t s = 0, f = 0;
	while (s < stored->restatement_count || f < fresh->restatement_count) {
		const struct projected_restatement *old = s < stored->restatement_count ? &stored->restatements[s] : NULL;
		const struct projected_restatement *new = f < fresh->restatement_count ? &fresh->restatements[f] : NULL;
		int64_t order = !old ? 1 : !new ? -1 : compare_keys(old->customer_id, old->fact_id, 0, new->customer_id, new->fact_id, 0);
		bool other = order == 0 && old->item_id != new->item_id;
		if (order < 0 || other) plan->restatement_gone[plan->restatement_gone_count++] = old;
		if (order > 0 || other) plan->restatement_new[plan->restatement_new_count++] = new;
		s += order <= 0, f += order >= 0;
	}
}

const char *projection_rows_compare(const struct projection_rows *stored, const struct projection_rows *fresh,
                                    struct arena *arena)
{
	size_t s = 0, f = 0;
	while (s < stored->item_count || f < fresh->item_count) {
		const struct projected_item *old = s < stored->item_count ? &stored->items[s] : NULL;
		const struct projected_item *new = f < fresh->item_count ? &fresh->items[f] : NULL;
		int64_t order = !old ? 1 : !new ? -1 : compare_keys(old->customer_id, old->id, 0, new->customer_id, new->id, 0);
		if (order > 0) return arena_printf(arena, "item %lld is missing", (long long)new->id);
		if (order < 0 && !stored->withdrawn[s]) return arena_printf(arena, "item %lld comes from no line", (long long)old->id);
		if (order == 0 && (stored->withdrawn[s] || !same_item(old, new)))
			return arena_printf(arena, "item %lld (%s) is not what its lines give", (long long)new->id, new->number);
		s += order <= 0, f += order >= 0;
	}
	if (stored->settlement_count != fresh->settlement_count) return "the number of settlements differs";
	for (size_t i = 0; i < stored->settlement_count; i++)
		if (stored->settlements[i].customer_id != fresh->settlements[i].customer_id
		    || !same_settlement(&stored->settlements[i], &fresh->settlements[i]))
			return arena_printf(arena, "the settlement of item %lld by %lld is not what the lines give",
			                    (long long)stored->settlements[i].debit_id, (long long)stored->settlements[i].credit_id);
	return NULL;
}

/* --- writing ------------------------------------------------------------------------------------------------------------------ */
#define CHANGE_ARGS(change) db_int("tenant", (change)->company.tenant_id), db_int("company", (change)->company.id)

static struct status delete_gone(struct change *change, const struct plan *plan)
{
	for (size_t i = 0; i < plan->item_gone_count; i++)
		TRY(db_run(change->db,
		           "DELETE FROM item WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer AND id = $id",
		           DB_ARGS(CHANGE_ARGS(change), db_int("customer", plan->item_gone[i]->customer_id),
		                   db_int("id", plan->item_gone[i]->id))));
	for (size_t i = 0; i < plan->withdraw_count; i++)
		TRY(db_run(change->db,
		           "UPDATE item SET withdrawn = 1, open_amount = 0, closed_day = $today, rev = $rev"
		           " WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer AND id = $id",
		           DB_ARGS(CHANGE_ARGS(change), db_int("customer", plan->withdraw[i]->customer_id),
		                   db_int("id", plan->withdraw[i]->id), db_day("today", change->today), db_int("rev", change->rev))));
	for (size_t i = 0; i < plan->settlement_gone_count; i++)
		TRY(db_run(change->db,
		           "DELETE FROM settlement WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer"
		           " AND debit_id = $debit AND credit_id = $credit",
		           DB_ARGS(CHANGE_ARGS(change), db_int("customer", plan->settlement_gone[i]->customer_id),
		                   db_int("debit", plan->settlement_gone[i]->debit_id),
		                   db_int("credit", plan->settlement_gone[i]->credit_id))));
	for (size_t i = 0; i < plan->restatement_gone_count; i++)
		TRY(db_run(change->db,
		           "DELETE FROM restatement WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer"
		           " AND fact_id = $fact",
		           DB_ARGS(CHANGE_ARGS(change), db_int("customer", plan->restatement_gone[i]->customer_id),
		                   db_int("fact", plan->restatement_gone[i]->fact_id))));
	return STATUS_FINE;
}

#define ITEM_KEY     "tenant_id, company_id, customer_id, id"
#define ITEM_CHANGES                                                                                                   \
	"number, kind, account, issue_day, posting_day, due_day, due_source, amount, open_amount, currency, closed_day,"       \
	" origin_id, withdrawn, label, extra, rev"

static void put_key(struct change *change, struct bulk *bulk, const struct projected_item *item)
{
	bulk_int(bulk, change->company.tenant_id), bulk_int(bulk, change->company.id);
	bulk_int(bulk, item->customer_id), bulk_int(bulk, item->id);
}

static struct status put_items(struct change *change, struct bulk *bulk, const struct projected_item *const *items, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct projected_item *item = items[i];
		put_key(change, bulk, item);
		bulk_cstr(bulk, item->number), bulk_cstr(bulk, item_kind_code(item->kind)), bulk_cstr(bulk, item->account);
		bulk_day(bulk, item->issue_day), bulk_day(bulk, item->posting_day), bulk_day(bulk, item->due_day);
		bulk_cstr(bulk, due_source_code(item->due_source));
		bulk_int(bulk, item->amount), bulk_int(bulk, item->open_amount), bulk_cstr(bulk, item->currency);
		bulk_day(bulk, item->closed_day), bulk_int(bulk, item->origin_id), bulk_int(bulk, 0);
		bulk_cstr(bulk, item->label), bulk_cstr(bulk, item->extra), bulk_int(bulk, change->rev);
		struct status status = bulk_row(bulk);
		if (status.code) return bulk_abort(bulk), status;
	}
	return bulk_end(bulk);
}

static struct status write_items(struct change *change, const struct plan *plan)
{
	if (plan->item_new_count == 0) return STATUS_FINE;
	struct bulk *bulk;
	TRY(bulk_begin(change->db, "item", ITEM_KEY ", " ITEM_CHANGES, &bulk));
	return put_items(change, bulk, plan->item_new, plan->item_new_count);
}

/* What most imports change of known items is what is open and since when: no index holds that. */
static struct status settle_items(struct change *change, const struct plan *plan)
{
	if (plan->item_settled_count == 0) return STATUS_FINE;
	struct bulk *bulk;
	TRY(bulk_begin_change(change->db, "item", ITEM_KEY, "open_amount, closed_day, rev", &bulk));
	for (size_t i = 0; i < plan->item_settled_count; i++) {
		put_key(change, bulk, plan->item_settled[i]);
		bulk_int(bulk, plan->item_settled[i]->open_amount), bulk_day(bulk, plan->item_settled[i]->closed_day);
		bulk_int(bulk, change->rev);
		struct status status = bulk_row(bulk);
		if (status.code) return bulk_abort(bulk), status;
	}
	return bulk_end(bulk);
}

static struct status change_items(struct change *change, const struct plan *plan)
{
	TRY(settle_items(change, plan));
	if (plan->item_changed_count == 0) return STATUS_FINE;
	struct bulk *bulk;
	TRY(bulk_begin_change(change->db, "item", ITEM_KEY, ITEM_CHANGES, &bulk));
	return put_items(change, bulk, plan->item_changed, plan->item_changed_count);
}

static struct status write_settlements(struct change *change, const struct plan *plan)
{
	if (plan->settlement_new_count == 0) return STATUS_FINE;
	struct bulk *bulk;
	TRY(bulk_begin(change->db, "settlement", "tenant_id, company_id, customer_id, debit_id, credit_id, day, amount", &bulk));
	for (size_t i = 0; i < plan->settlement_new_count; i++) {
		const struct projected_settlement *row = plan->settlement_new[i];
		bulk_int(bulk, change->company.tenant_id), bulk_int(bulk, change->company.id);
		bulk_int(bulk, row->customer_id), bulk_int(bulk, row->debit_id), bulk_int(bulk, row->credit_id);
		bulk_day(bulk, row->day), bulk_int(bulk, row->amount);
		struct status status = bulk_row(bulk);
		if (status.code) return bulk_abort(bulk), status;
	}
	return bulk_end(bulk);
}

static struct status write_restatements(struct change *change, const struct plan *plan)
{
	for (size_t i = 0; i < plan->restatement_new_count; i++)
		TRY(db_run(change->db,
		           "INSERT INTO restatement (tenant_id, company_id, customer_id, fact_id, item_id)"
		           " VALUES ($tenant, $company, $customer, $fact, $item)",
		           DB_ARGS(CHANGE_ARGS(change), db_int("customer", plan->restatement_new[i]->customer_id),
		                   db_int("fact", plan->restatement_new[i]->fact_id),
		                   db_int("item", plan->restatement_new[i]->item_id))));
	return STATUS_FINE;
}

/* What was said and done about one item goes over to another: an opening line and the item that it restates are one claim. */
static struct status move_references(struct change *change, int64_t from, int64_t to)
{
	static const char *const moves[] = {
		"UPDATE action_item SET item_id = $to WHERE tenant_id = $tenant AND company_id = $company AND item_id = $from"
		" AND NOT EXISTS (SELECT 1 FROM action_item o WHERE o.tenant_id = $tenant AND o.company_id = $company"
		" AND o.action_id = action_item.action_id AND o.item_id = $to)",
		"UPDATE promise_item SET item_id = $to WHERE tenant_id = $tenant AND company_id = $company AND item_id = $from"
		" AND NOT EXISTS (SELECT 1 FROM promise_item o WHERE o.tenant_id = $tenant AND o.company_id = $company"
		" AND o.promise_id = promise_item.promise_id AND o.item_id = $to)",
		"UPDATE dispute SET item_id = $to, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND item_id = $from",
		"UPDATE hold SET item_id = $to, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND item_id = $from",
		"UPDATE invoice_status SET item_id = $to, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND item_id = $from",
		"UPDATE document SET item_id = $to WHERE tenant_id = $tenant AND company_id = $company AND item_id = $from",
		"UPDATE invoice_status_effect SET item_id = $to WHERE tenant_id = $tenant AND company_id = $company AND item_id = $from",
		"UPDATE collected_report SET item_id = $to WHERE tenant_id = $tenant AND company_id = $company AND item_id = $from",
		"UPDATE platform_due SET item_id = $to WHERE tenant_id = $tenant AND company_id = $company AND item_id = $from"
		" AND NOT EXISTS (SELECT 1 FROM platform_due o WHERE o.tenant_id = $tenant AND o.company_id = $company AND o.item_id = $to)",
		"UPDATE plan_item SET item_id = $to WHERE tenant_id = $tenant AND company_id = $company AND item_id = $from"
		" AND NOT EXISTS (SELECT 1 FROM plan_item o WHERE o.tenant_id = $tenant AND o.company_id = $company"
		" AND o.plan_id = plan_item.plan_id AND o.item_id = $to)",
	};
	for (size_t i = 0; i < COUNT(moves); i++) {
		const struct db_arg *args = i < 2 || i > 4 ? DB_ARGS(CHANGE_ARGS(change), db_int("from", from), db_int("to", to))
		                                  : DB_ARGS(CHANGE_ARGS(change), db_int("from", from), db_int("to", to),
		                                            db_int("rev", change->rev));
		TRY(db_run(change->db, moves[i], args));
	}
	return STATUS_FINE;
}

static bool has_item(const struct projection_rows *rows, int64_t customer_id, int64_t id)
{
	size_t low = 0, high = rows->item_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct projected_item *item = &rows->items[middle];
		if (compare_keys(item->customer_id, item->id, 0, customer_id, id, 0) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < rows->item_count && rows->items[low].customer_id == customer_id && rows->items[low].id == id;
}

static struct status move_restated(struct change *change, const struct plan *plan, const struct projection_rows *fresh,
                                   const struct references *references, bool *moved)
{
	for (size_t i = 0; i < plan->restatement_gone_count; i++) {
		const struct projected_restatement *row = plan->restatement_gone[i];
		if (!referred(references, row->item_id) || has_item(fresh, row->customer_id, row->item_id)) continue;
		if (!has_item(fresh, row->customer_id, row->fact_id)) continue;
		TRY(move_references(change, row->item_id, row->fact_id));
		*moved = true;
	}
	for (size_t i = 0; i < plan->restatement_new_count; i++) {
		const struct projected_restatement *row = plan->restatement_new[i];
		if (!referred(references, row->fact_id) || has_item(fresh, row->customer_id, row->fact_id)) continue;
		TRY(move_references(change, row->fact_id, row->item_id));
		*moved = true;
	}
	return STATUS_FINE;
}

/* --- the same claim under another id ------------------------------------------------------------------------------------------ */
/* Books take the place of a list, or an export dates an entry anew: the line is another fact, the invoice is not. */
static bool same_invoice(const struct projected_item *a, const struct projected_item *b)
{
	return a->customer_id == b->customer_id && a->kind == b->kind && a->issue_day == b->issue_day && (a->amount < 0) == (b->amount < 0)
	       && a->number[0] && strcmp(a->number, b->number) == 0 && strcmp(a->currency, b->currency) == 0;
}

/* What is bound to items that go (disputes, promises, holds, reminders) goes over to those that come in their place. */
static struct status move_to_twins(struct change *change, const struct projection_rows *stored, const struct projection_rows *fresh,
                                   const struct references *references, struct arena *arena, bool *moved)
{
	if (references->count == 0) return STATUS_FINE;
	const struct projected_item **gone = arena_array(arena, const struct projected_item *, stored->item_count + 1);
	const struct projected_item **come = arena_array(arena, const struct projected_item *, fresh->item_count + 1);
	size_t gone_count = 0, come_count = 0, s = 0, f = 0;
	while (s < stored->item_count || f < fresh->item_count) {
		const struct projected_item *old = s < stored->item_count ? &stored->items[s] : NULL;
		const struct projected_item *new = f < fresh->item_count ? &fresh->items[f] : NULL;
		int64_t order = !old ? 1 : !new ? -1 : compare_keys(old->customer_id, old->id, 0, new->customer_id, new->id, 0);
		if (order < 0 && !stored->withdrawn[s] && referred(references, old->id)) gone[gone_count++] = old;
		if (order > 0 || (order == 0 && stored->withdrawn[s])) come[come_count++] = new;
		s += order <= 0, f += order >= 0;
	}
	for (size_t g = 0, first = 0; g < gone_count; g++) { /* both by customer */
		while (first < come_count && (!come[first] || come[first]->customer_id < gone[g]->customer_id)) first++;
		size_t best = SIZE_MAX;
		for (size_t c = first; c < come_count && (!come[c] || come[c]->customer_id == gone[g]->customer_id); c++) {
			if (!come[c] || !same_invoice(gone[g], come[c])) continue;
			if (best == SIZE_MAX || (come[c]->amount == gone[g]->amount && come[best]->amount != gone[g]->amount)) best = c;
		}
		if (best == SIZE_MAX) continue;
		TRY(move_references(change, gone[g]->id, come[best]->id));
		*moved = true;
		come[best] = NULL;
	}
	return STATUS_FINE;
}

static struct status mark_customer(struct change *change, int64_t customer_id)
{
	return db_run(change->db,
	              "UPDATE customer SET ledger_rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id"
	              " AND ledger_rev <> $rev",
	              DB_ARGS(CHANGE_ARGS(change), db_int("id", customer_id), db_int("rev", change->rev)));
}

static struct status mark_customers(struct change *change, const int64_t *customers, size_t count, const struct plan *plan,
                                    struct projection_outcome *outcome)
{
	size_t in = 0, ic = 0, is = 0, ig = 0, w = 0, sn = 0, sg = 0;
	for (size_t i = 0; i < count; i++) {
		int64_t id = customers[i];
		bool changed = false;
#define PASS(rows, at, n)                                                                                              \
	for (; (at) < (n) && (rows)[at]->customer_id <= id; (at)++) changed |= (rows)[at]->customer_id == id
		PASS(plan->item_new, in, plan->item_new_count);
		PASS(plan->item_changed, ic, plan->item_changed_count);
		PASS(plan->item_settled, is, plan->item_settled_count);
		PASS(plan->item_gone, ig, plan->item_gone_count);
		PASS(plan->withdraw, w, plan->withdraw_count);
		PASS(plan->settlement_new, sn, plan->settlement_new_count);
		PASS(plan->settlement_gone, sg, plan->settlement_gone_count);
#undef PASS
		if (!changed) continue;
		outcome->customers++;
		TRY(mark_customer(change, id));
	}
	return STATUS_FINE;
}

struct status projection_rows_write(struct change *change, const int64_t *customers, size_t count,
                                    const struct projection_rows *stored, const struct projection_rows *fresh,
                                    struct references *references, struct arena *kept, struct arena *arena,
                                    struct projection_outcome *outcome)
{
	struct plan plan = {
		.item_gone = arena_array(arena, const struct projected_item *, stored->item_count + 1),
		.item_new = arena_array(arena, const struct projected_item *, fresh->item_count + 1),
		.item_changed = arena_array(arena, const struct projected_item *, fresh->item_count + 1),
		.item_settled = arena_array(arena, const struct projected_item *, fresh->item_count + 1),
		.withdraw = arena_array(arena, const struct projected_item *, stored->item_count + 1),
		.settlement_gone = arena_array(arena, const struct projected_settlement *, stored->settlement_count + 1),
		.settlement_new = arena_array(arena, const struct projected_settlement *, fresh->settlement_count + 1),
		.restatement_gone = arena_array(arena, const struct projected_restatement *, stored->restatement_count + 1),
		.restatement_new = arena_array(arena, const struct projected_restatement *, fresh->restatement_count + 1),
	};
	if (stored->item_count && !references->loaded)
		TRY(references_load(change->db, change->company.tenant_id, change->company.id, kept, references));
	plan_restatements(&plan, stored, fresh);
	bool moved = false;
	TRY(move_restated(change, &plan, fresh, references, &moved));
	TRY(move_to_twins(change, stored, fresh, references, arena, &moved));
	if (moved) {
		*references = (struct references){ 0 };
		TRY(references_load(change->db, change->company.tenant_id, change->company.id, kept, references));
	}
	plan_items(&plan, stored, fresh, references, outcome);
	plan_settlements(&plan, stored, fresh);
	outcome->settlements += (int64_t)fresh->settlement_count;
	TRY(delete_gone(change, &plan));
	TRY(change_items(change, &plan));
	TRY(write_items(change, &plan));
	TRY(write_settlements(change, &plan));
	TRY(write_restatements(change, &plan));
	return mark_customers(change, customers, count, &plan, outcome);
}
