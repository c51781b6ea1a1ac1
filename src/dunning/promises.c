#include "dunning/promises.h"

#include "base/memory.h"
#include "ledger/event.h"
#include "ledger/promise.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* --- one payment keeps one promise ------------------------------------------------------------------------------------------------- */
struct told_row {
	struct promise_due due;        /* received: by then, what came on its items in all; then what is left for it */
	int64_t may_come_back;
	int32_t made_day, settled_day; /* settled_day DAY_NONE: expected */
};
struct told_item {
	int64_t promise, item;
};
struct told {
	struct told_row *rows;
	struct told_item *items;       /* by promise */
	size_t count, cap, item_count, item_cap;
};

static void told_add(struct told *list, struct told_row row)
{
	GROW(list->rows, list->count, list->cap);
	list->rows[list->count++] = row;
}

/* Those that were kept, in full or in part, used up some of what came. */
static struct status read_settled(struct db *db, int64_t tenant, int64_t company, int64_t only_customer, int32_t today, struct told *list)
{
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT p.id, p.customer_id, p.day, p.amount, p.currency, p.received, p.settled_day, p.state FROM promise p WHERE p.tenant_id = $tenant"
		" AND p.company_id = $company AND p.state IN ('kept', 'partly_kept') AND p.settled_day >= $since"
		" AND (CAST($customer AS BIGINT) = 0 OR p.customer_id = $customer) ORDER BY p.customer_id, p.id",
		DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_day("since", today - 400), db_int("customer", only_customer)));
	while (rows_next(rows)) {
		struct told_row row = { .due = { .id = row_int(rows, 0), .customer_id = row_int(rows, 1), .day = row_day(rows, 2), .amount = row_int(rows, 3),
					.received = row_int(rows, 5) }, .settled_day = row_day(rows, 6) };
		if (!row.due.received && strcmp(row_text(rows, 7), "kept") == 0) row.due.received = row.due.amount; /* of an earlier build */
		snprintf(row.due.currency, sizeof row.due.currency, "%s", row_text(rows, 4));
		told_add(list, row);
	}
	return rows_status(rows);
}

static struct status read_items(struct db *db, int64_t tenant, int64_t company, int64_t only_customer, int32_t today, struct told *list)
{
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT n.promise_id, n.item_id FROM promise_item n JOIN promise p ON p.tenant_id = n.tenant_id AND p.company_id = n.company_id"
		" AND p.id = n.promise_id WHERE n.tenant_id = $tenant AND n.company_id = $company AND (p.state = 'expected' OR"
		" (p.state IN ('kept', 'partly_kept') AND p.settled_day >= $since)) AND (CAST($customer AS BIGINT) = 0 OR p.customer_id = $customer)"
		" ORDER BY n.promise_id, n.item_id",
		DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_day("since", today - 400), db_int("customer", only_customer)));
	while (rows_next(rows)) {
		GROW(list->items, list->item_count, list->item_cap);
		list->items[list->item_count++] = (struct told_item){ row_int(rows, 0), row_int(rows, 1) };
	}
	return rows_status(rows);
}

static size_t items_of(const struct told *list, int64_t promise)
{
	size_t low = 0, high = list->item_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (list->items[middle].promise < promise) low = middle + 1;
		else high = middle;
	}
	return low;
}

/* About an item in common; two on the account, without items, are about the same money. */
static bool overlap(const struct told *list, const struct told_row *a, const struct told_row *b)
{
	if (a->due.customer_id != b->due.customer_id || strcmp(a->due.currency, b->due.currency) != 0) return false;
	size_t i = items_of(list, a->due.id), k = items_of(list, b->due.id);
	bool left = i < list->item_count && list->items[i].promise == a->due.id, right = k < list->item_count && list->items[k].promise == b->due.id;
	if (!left || !right) return left == right;
	while (i < list->item_count && list->items[i].promise == a->due.id && k < list->item_count && list->items[k].promise == b->due.id) {
		if (list->items[i].item == list->items[k].item) return true;
		if (list->items[i].item < list->items[k].item) i++;
		else k++;
	}
	return false;
}

/* What came since a promise was made is first for those that had it already, then for the earlier ones that wait. */
static void share(struct told *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct told_row *row = &list->rows[i];
		if (row->settled_day != DAY_NONE) continue;
		for (size_t k = 0; k < list->count; k++) {
			const struct told_row *other = &list->rows[k];
			if (k == i || other->due.customer_id != row->due.customer_id) continue;
			if (other->settled_day == DAY_NONE ? k > i : other->settled_day < row->made_day) continue;
			if (!overlap(list, row, other)) continue;
			int64_t used = other->due.received < other->due.amount ? other->due.received : other->due.amount;
			row->due.received -= used > 0 ? used : 0;
		}
		if (row->due.received < 0) row->due.received = 0;
	}
}

struct status promises_judge(struct db *db, int64_t tenant, int64_t company, int64_t only_customer, const struct calendar *calendar,
                             int grace, int32_t today, struct arena *arena, struct promise_due **out, size_t *count)
{
	/* with items: what payments settled of them since the promise was made, less what came back; on the account: payments posted since.
	 * A debit, a bill or a cheque that may come back keeps no promise yet, and breaks none. */
#define MAY_COME_BACK                                                                                                  \
	"EXISTS (SELECT 1 FROM cash_fact f JOIN cash_application a ON a.tenant_id = f.tenant_id AND a.company_id = f.company_id"             \
	" AND a.id = f.application_id AND a.state = 'active' LEFT JOIN restatement r ON r.tenant_id = f.tenant_id"                           \
	" AND r.company_id = f.company_id AND r.customer_id = f.customer_id AND r.fact_id = f.id WHERE f.tenant_id = c.tenant_id"            \
	" AND f.company_id = c.company_id AND f.customer_id = c.customer_id AND f.collected_day >= $today"                                   \
	" AND COALESCE(r.item_id, f.id) = c.id)"
#define OF_ITEMS(more)                                                                                                 \
	"(SELECT COALESCE(SUM(s.amount), 0) FROM promise_item n"                                                                            \
	" JOIN settlement s ON s.tenant_id = n.tenant_id AND s.company_id = n.company_id AND s.customer_id = p.customer_id"                  \
	" AND s.debit_id = n.item_id JOIN item c ON c.tenant_id = s.tenant_id AND c.company_id = s.company_id"                               \
	" AND c.customer_id = s.customer_id AND c.id = s.credit_id WHERE n.tenant_id = p.tenant_id AND n.company_id = p.company_id"          \
	" AND n.promise_id = p.id AND c.kind = 'payment' AND s.day >= p.made_day AND s.day <= $today" more ")"
#define OF_ACCOUNT(more)                                                                                               \
	"(SELECT COALESCE(SUM(-c.amount), 0) FROM item c WHERE c.tenant_id = p.tenant_id AND c.company_id = p.company_id"                    \
	" AND c.customer_id = p.customer_id AND c.kind = 'payment' AND c.withdrawn = 0 AND c.currency = p.currency"                          \
	" AND c.posting_day >= p.made_day AND c.posting_day <= $today" more ")"
#define CAME_BACK                                                                                                      \
	"(SELECT COALESCE(SUM(b.amount), 0) FROM promise_item n JOIN item b ON b.tenant_id = n.tenant_id AND b.company_id = n.company_id"    \
	" AND b.customer_id = p.customer_id AND b.origin_id = n.item_id WHERE n.tenant_id = p.tenant_id AND n.company_id = p.company_id"     \
	" AND n.promise_id = p.id AND b.kind = 'unpaid_return' AND b.withdrawn = 0 AND b.posting_day >= p.made_day AND b.posting_day <= $today)"
#define HAS_ITEMS                                                                                                      \
	"EXISTS (SELECT 1 FROM promise_item n WHERE n.tenant_id = p.tenant_id AND n.company_id = p.company_id AND n.promise_id = p.id)"
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT p.id, p.customer_id, p.day, p.amount, p.currency,"
		" CASE WHEN " HAS_ITEMS " THEN " OF_ITEMS("") " - " CAME_BACK " ELSE " OF_ACCOUNT("") " END,"
		" CASE WHEN " HAS_ITEMS " THEN " OF_ITEMS(" AND " MAY_COME_BACK) " ELSE " OF_ACCOUNT(" AND " MAY_COME_BACK) " END, p.made_day"
		" FROM promise p WHERE p.tenant_id = $tenant AND p.company_id = $company AND p.state = 'expected'"
		" AND (CAST($customer AS BIGINT) = 0 OR p.customer_id = $customer) ORDER BY p.customer_id, p.day, p.id",
		DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_day("today", today), db_int("customer", only_customer)));
	struct told list = { 0 };
	while (rows_next(rows)) {
		struct told_row row = { .due = { .id = row_int(rows, 0), .customer_id = row_int(rows, 1), .day = row_day(rows, 2), .amount = row_int(rows, 3),
					.received = row_int(rows, 5) }, .may_come_back = row_int(rows, 6), .made_day = row_day(rows, 7), .settled_day = DAY_NONE };
		snprintf(row.due.currency, sizeof row.due.currency, "%s", row_text(rows, 4));
		told_add(&list, row);
	}
	struct status status = rows_status(rows);
	if (!status.code && list.count) status = read_settled(db, tenant, company, only_customer, today, &list);
	if (!status.code && list.count) status = read_items(db, tenant, company, only_customer, today, &list);
	*out = arena_array(arena, struct promise_due, list.count + 1);
	*count = 0;
	if (!status.code) {
		share(&list);
		for (size_t i = 0; i < list.count; i++) {
			struct promise_due due = list.rows[i].due;
			if (list.rows[i].settled_day != DAY_NONE) continue;
			due.state = promise_judge(calendar, grace, due.day, due.amount, due.received, today);
			if (due.state == PROMISE_EXPECTED || (list.rows[i].may_come_back > 0 && due.received >= due.amount)) continue;
			(*out)[(*count)++] = due;
		}
	}
	free(list.rows), free(list.items);
	return status;
}

struct status promises_settle(struct change *change, const struct promise_due *due, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int64_t changed;
		TRY(db_run_count(change->db,
			"UPDATE promise SET state = $state, received = $received, settled_day = $today, rev = $rev WHERE tenant_id = $tenant"
			" AND company_id = $company AND id = $id AND state = 'expected'",
			DB_ARGS(db_text("state", promise_state_code(due[i].state)), db_int("received", due[i].received), db_day("today", change->today),
				db_int("rev", change->rev), db_int("tenant", change->company.tenant_id),
				db_int("company", change->company.id), db_int("id", due[i].id)), &changed));
		if (!changed) continue;
		const char *kind = due[i].state == PROMISE_KEPT ? "promise.kept" :
				   due[i].state == PROMISE_BROKEN ? "promise.broken" : "promise.partly_kept";
		char day[11];
		day_format(due[i].day, day);
		json_t *content = json_pack("{s:I, s:I, s:s, s:s}", "amount", (json_int_t)due[i].amount, "received",
					    (json_int_t)due[i].received, "currency", due[i].currency, "date", day);
		char *text = json_dumps(content, JSON_COMPACT);
		json_decref(content);
		struct status status = event_add(change, &(struct event_new){ .kind = kind, .customer_id = due[i].customer_id,
									      .ref = due[i].id, .content = text });
		free(text);
		TRY(status);
	}
	return STATUS_FINE;
}

/* --- on a call --------------------------------------------------------------------------------------------------------------------- */
struct status promises_of_action(struct change *change, const struct action *action, const int64_t *items, size_t item_count, int64_t amount,
                                 int32_t day, const char *note, struct arena *arena)
{
	const struct action_item **taken = arena_array(arena, const struct action_item *, action->item_count + 1);
	int64_t *ids = arena_array(arena, int64_t, action->item_count + 1), rest = amount, id;
	size_t count = 0;
	for (size_t i = 0; i < action->item_count; i++) {
		bool named = !item_count;
		for (size_t k = 0; k < item_count && !named; k++) named = items[k] == action->items[i].item_id;
		if (named && action->items[i].role == PLAN_CLAIMED) taken[count++] = &action->items[i];
	}
	if (!action->others || !count) {
		for (size_t i = 0; i < count; i++) ids[i] = taken[i]->item_id;
		return promise_make(change, &(struct promise_new){ .customer_id = action->customer_id, .items = ids, .item_count = count, .amount = amount,
			.day = day, .note = note }, &id);
	}
	for (size_t from = 0; from < count; from++) {
		if (!taken[from]) continue;
		int64_t customer = taken[from]->customer_id, open = 0;
		size_t his = 0;
		bool last = true;
		for (size_t i = from; i < count; i++) {
			if (!taken[i]) continue;
			if (taken[i]->customer_id != customer) {
				last = false;
				continue;
			}
			if (__builtin_add_overflow(open, taken[i]->open, &open)) return status_make(STATUS_INVALID, "These amounts are too large.");
			ids[his++] = taken[i]->item_id, taken[i] = NULL;
		}
		int64_t part = last || rest < open ? rest : open; /* too much is the last one's, and refused there */
		TRY(promise_make(change, &(struct promise_new){ .customer_id = customer, .items = ids, .item_count = his, .amount = part, .day = day, .note = note }, &id));
		rest -= part;
		if (amount && rest <= 0) return STATUS_FINE;
	}
	return STATUS_FINE;
}
