#include "dunning/action_member.h"

#include "base/memory.h"

#include <stdlib.h>

#define OF_ACTION(change, action_id)                                                                                           \
	DB_ARGS(db_int("tenant", (change)->company.tenant_id), db_int("company", (change)->company.id), db_int("action", action_id))

struct status action_members_drop(struct change *change, int64_t action_id)
{
	return db_run(change->db, "DELETE FROM action_member WHERE tenant_id = $tenant AND company_id = $company AND action_id = $action",
		OF_ACTION(change, action_id));
}

struct status action_members_write(struct change *change, int64_t action_id)
{
	TRY(action_members_drop(change, action_id));
	return db_run(change->db,
		"INSERT INTO action_member (tenant_id, company_id, customer_id, action_id) SELECT DISTINCT n.tenant_id, n.company_id, i.customer_id, n.action_id"
		" FROM action a JOIN action_item n ON n.tenant_id = a.tenant_id AND n.company_id = a.company_id AND n.action_id = a.id"
		" JOIN item i ON i.tenant_id = n.tenant_id AND i.company_id = n.company_id AND i.id = n.item_id WHERE a.tenant_id = $tenant"
		" AND a.company_id = $company AND a.id = $action AND i.customer_id <> a.customer_id", OF_ACTION(change, action_id));
}

static int action_by_id(const void *a, const void *b)
{
	const struct action *const *x = a, *const *y = b;
	return (*x)->id < (*y)->id ? -1 : (*x)->id > (*y)->id;
}

static struct action *action_find(struct action **sorted, size_t count, int64_t id)
{
	struct action key = { .id = id }, *of = &key;
	struct action **found = count ? bsearch(&of, sorted, count, sizeof *sorted, action_by_id) : NULL;
	return found ? *found : NULL;
}

/* What is left of it for this viewer: items of customers he sees, and their sum. */
static struct status narrow_items(struct db *db, const struct viewer *viewer, int64_t company_id, struct action *action, struct arena *arena)
{
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT n.item_id, n.role, n.amount, c.collector_id, c.sales_id, c.group_code FROM action_item n JOIN item i ON i.tenant_id = n.tenant_id"
		" AND i.company_id = n.company_id AND i.id = n.item_id JOIN customer c ON c.tenant_id = i.tenant_id AND c.company_id = i.company_id"
		" AND c.id = i.customer_id WHERE n.tenant_id = $tenant AND n.company_id = $company AND n.action_id = $action",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("action", action->id)));
	size_t seen_count = 0, cap = 0, kept = 0;
	int64_t *seen = NULL, amount = 0;
	while (rows_next(rows)) {
		if (!viewer_sees_customer(viewer, row_int(rows, 3), row_int(rows, 4), row_text(rows, 5))) continue;
		GROW(seen, seen_count, cap);
		seen[seen_count++] = row_int(rows, 0);
		if (strcmp(row_text(rows, 1), "claimed") == 0 || strcmp(row_text(rows, 1), "credit") == 0) amount += row_int(rows, 2);
	}
	struct action_item *items = arena_array(arena, struct action_item, action->item_count + 1);
	for (size_t n = 0; n < action->item_count; n++)
		for (size_t s = 0; s < seen_count; s++)
			if (seen[s] == action->items[n].item_id) {
				items[kept++] = action->items[n];
				break;
			}
	free(seen);
	action->items = items, action->item_count = kept, action->amount = amount, action->partial = true;
	return rows_status(rows);
}

struct status action_members_narrow(struct db *db, const struct viewer *viewer, int64_t company_id, struct action *actions, size_t count,
                                    struct arena *arena)
{
	if (!count) return STATUS_FINE;
	struct action **sorted = arena_array(arena, struct action *, count);
	for (size_t i = 0; i < count; i++) sorted[i] = &actions[i];
	qsort(sorted, count, sizeof *sorted, action_by_id);
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT m.action_id, c.collector_id, c.sales_id, c.group_code FROM action_member m JOIN customer c ON c.tenant_id = m.tenant_id"
		" AND c.company_id = m.company_id AND c.id = m.customer_id WHERE m.tenant_id = $tenant AND m.company_id = $company"
		" AND m.action_id >= $first AND m.action_id <= $last",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("first", sorted[0]->id),
			db_int("last", sorted[count - 1]->id)));
	while (rows_next(rows)) {
		struct action *action = row_int(rows, 0) ? action_find(sorted, count, row_int(rows, 0)) : NULL;
		if (!action) continue;
		action->others++;
		if (!viewer_sees_customer(viewer, row_int(rows, 1), row_int(rows, 2), row_text(rows, 3))) action->partial = true;
	}
	TRY(rows_status(rows));
	for (size_t i = 0; i < count; i++)
		if (actions[i].partial) TRY(narrow_items(db, viewer, company_id, &actions[i], arena));
	return STATUS_FINE;
}

struct status action_whole(const struct action *action)
{
	if (!action->partial) return STATUS_FINE;
	return status_make(STATUS_CONFLICT, "%s is asked for customers who are not all in your portfolio: somebody who sees all of them decides about this message.",
			   action->customer_name);
}

static int by_id(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

struct status action_hidden_read(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena, struct action_hidden *out)
{
	*out = (struct action_hidden){ 0 };
	if (viewer->portfolio == PORTFOLIO_ALL) return STATUS_FINE;
	size_t cap = 0;
	int64_t *list = NULL;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT m.action_id, c.collector_id, c.sales_id, c.group_code FROM action_member m JOIN customer c ON c.tenant_id = m.tenant_id"
		" AND c.company_id = m.company_id AND c.id = m.customer_id WHERE m.tenant_id = $tenant AND m.company_id = $company",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id)));
	while (rows_next(rows)) {
		if (viewer_sees_customer(viewer, row_int(rows, 1), row_int(rows, 2), row_text(rows, 3))) continue;
		GROW(list, out->count, cap);
		list[out->count++] = row_int(rows, 0);
	}
	out->ids = arena_array(arena, int64_t, out->count + 1);
	if (out->count) {
		memcpy(out->ids, list, out->count * sizeof *list);
		qsort(out->ids, out->count, sizeof *list, by_id);
	}
	free(list);
	return rows_status(rows);
}

bool action_hidden(const struct action_hidden *hidden, int64_t action_id)
{
	return action_id && hidden->count && bsearch(&action_id, hidden->ids, hidden->count, sizeof action_id, by_id);
}

struct status action_seen_whole(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t action_id, bool *whole)
{
	*whole = true;
	if (!action_id || viewer->portfolio == PORTFOLIO_ALL) return STATUS_FINE;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT c.collector_id, c.sales_id, c.group_code FROM action_member m JOIN customer c ON c.tenant_id = m.tenant_id"
		" AND c.company_id = m.company_id AND c.id = m.customer_id WHERE m.tenant_id = $tenant AND m.company_id = $company AND m.action_id = $action",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("action", action_id)));
	while (rows_next(rows))
		if (!viewer_sees_customer(viewer, row_int(rows, 0), row_int(rows, 1), row_text(rows, 2))) *whole = false;
	return rows_status(rows);
}
