#include "ledger/hold.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/doubtful_case.h"
#include "ledger/event.h"

#include <string.h>

static const struct {
	const char *code, *set, *lifted; /* events */
} kinds[HOLD_KIND_COUNT] = {
	[HOLD_HOLD] = { "hold", "hold.set", "hold.lifted" },
	[HOLD_EXCLUSION] = { "exclusion", "exclusion.set", "exclusion.lifted" },
	[HOLD_PLAN] = { "plan", "plan.set", "plan.lifted" },
	[HOLD_DIRECT_DEBIT] = { "direct_debit", "direct_debit.set", "direct_debit.lifted" },
	[HOLD_CEDED] = { "ceded", "ceded.set", "ceded.lifted" },
	[HOLD_BILL] = { "bill", "bill.set", "bill.lifted" },
	[HOLD_SET_OFF] = { "set_off", "hold.set", "hold.lifted" },
	[HOLD_LOST] = { "lost", "hold.set", "hold.lifted" },
	[HOLD_HANDED_OVER] = { "handed_over", "hold.set", "hold.lifted" },
	[HOLD_PLATFORM] = { "invoice_status", "hold.set", "hold.lifted" },
};

const char *hold_kind_code(enum hold_kind kind)
{
	return kinds[kind].code;
}

bool hold_kind_parse(const char *code, enum hold_kind *out)
{
	for (int i = 0; code && i < HOLD_KIND_COUNT; i++)
		if (strcmp(kinds[i].code, code) == 0) {
			*out = (enum hold_kind)i;
			return true;
		}
	return false;
}

static struct status allowed(const struct change *change, enum hold_kind kind)
{
	return change_allows(change, kind == HOLD_EXCLUSION ? RIGHT_SCENARIO : RIGHT_COLLECT);
}

static struct status add_event(struct change *change, const char *kind, int64_t customer_id, int64_t id, int32_t until,
                               const char *reason, const char *number)
{
	char iso[11] = "";
	if (until != DAY_NONE) day_format(until, iso);
	json_t *content = json_pack("{s:s,s:s,s:[]}", "until", iso, "text", reason, "items");
	if (*number) json_array_append_new(json_object_get(content, "items"), json_string(number));
	return event_add_json(change, (struct event_new){ .kind = kind, .customer_id = customer_id, .ref = id }, content);
}

/* Ends what is in force of this kind on exactly this item or customer; how many there were. */
static struct status end_those(struct change *change, int64_t customer_id, int64_t item_id, enum hold_kind kind, int64_t *ended)
{
	return db_run_count(change->db,
	                    "UPDATE hold SET lifted_day = $today, rev = $rev WHERE tenant_id = $tenant AND company_id = $company "
	                    "AND customer_id = $customer AND item_id = $item AND kind = $kind AND lifted_day IS NULL "
	                    "AND (until_day IS NULL OR until_day >= $today)",
	                    DB_ARGS(db_day("today", change->today), db_int("rev", change->rev), db_int("tenant", change->company.tenant_id),
	                            db_int("company", change->company.id), db_int("customer", customer_id), db_int("item", item_id),
	                            db_text("kind", kinds[kind].code)),
	                    ended);
}

struct status hold_set(struct change *change, const struct hold_new *given, int64_t *id)
{
	TRY(allowed(change, given->kind));
	const char *reason = given->reason ? given->reason : "";
	if (strlen(reason) > 500 || !utf8_valid(reason, strlen(reason)))
		return status_make(STATUS_INVALID, "This text is too long, or not readable: at most %d characters.", 500);
	if (given->until_day != DAY_NONE && given->until_day < change->today)
		return status_make(STATUS_INVALID, "The last day of the hold is in the past.");
	int64_t customer_id = given->customer_id;
	struct item item = { 0 };
	if (given->item_id) {
		TRY(item_get(change->db, change->viewer, change->company.id, given->item_id, &item));
		if (customer_id && customer_id != item.customer_id)
			return status_make(STATUS_INVALID, "%s is another customer's.", item.number);
		customer_id = item.customer_id;
		if (!item.open) return status_make(STATUS_CONFLICT, "Nothing is open on %s any more.", item.number);
	}
	TRY(customer_check(change->db, change->viewer, change->company.id, customer_id));
	int64_t replaced = 0;
	TRY(end_those(change, customer_id, given->item_id, given->kind, &replaced));
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "hold", 1, id));
	TRY(db_run(change->db,
	           "INSERT INTO hold (tenant_id, company_id, id, customer_id, item_id, kind, from_day, until_day, reason, by_user, rev) "
	           "VALUES ($tenant, $company, $id, $customer, $item, $kind, $today, $until, $reason, $by, $rev)",
	           DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", *id),
	                   db_int("customer", customer_id), db_int("item", given->item_id), db_text("kind", kinds[given->kind].code),
	                   db_day("today", change->today), db_day("until", given->until_day), db_text("reason", reason),
	                   db_int("by", change->viewer->user_id), db_int("rev", change->rev))));
	return add_event(change, kinds[given->kind].set, customer_id, *id, given->until_day, reason, item.number);
}

struct status hold_lift(struct change *change, int64_t id)
{
	int64_t customer_id = 0;
	cleanup_free char *number = NULL;
	cleanup_free char *code = NULL;
	bool over = false, found = false;
	{
		cleanup_rows struct rows *rows = db_query(
		        change->db,
		        "SELECT h.customer_id, h.kind, CASE WHEN h.lifted_day IS NOT NULL OR h.until_day < $today THEN 1 ELSE 0 END, i.number "
		        "FROM hold h LEFT JOIN item i ON i.tenant_id = h.tenant_id AND i.company_id = h.company_id "
		        "AND i.customer_id = h.customer_id AND i.id = h.item_id "
		        "WHERE h.tenant_id = $tenant AND h.company_id = $company AND h.id = $id",
		        DB_ARGS(db_day("today", change->today), db_int("tenant", change->company.tenant_id),
		                db_int("company", change->company.id), db_int("id", id)));
		if (rows_next(rows)) {
			found = true, customer_id = row_int(rows, 0), over = row_int(rows, 2) != 0;
			code = xstrdup(row_text(rows, 1));
			number = xstrdup(row_text(rows, 3));
		}
		TRY(rows_status(rows));
	}
	enum hold_kind kind = HOLD_HOLD;
	if (!found || !hold_kind_parse(code, &kind)) return status_make(STATUS_NOT_FOUND, "There is no hold %lld.", (long long)id);
	TRY(allowed(change, kind));
	TRY(customer_check(change->db, change->viewer, change->company.id, customer_id));
	if (over) return status_make(STATUS_CONFLICT, "Hold %lld is over already.", (long long)id);
	TRY(db_run(change->db,
	           "UPDATE hold SET lifted_day = $today, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_day("today", change->today), db_int("rev", change->rev), db_int("tenant", change->company.tenant_id),
	                   db_int("company", change->company.id), db_int("id", id))));
	return add_event(change, kinds[kind].lifted, customer_id, id, DAY_NONE, "", number);
}

struct status hold_lift_of(struct change *change, int64_t customer_id, int64_t item_id, enum hold_kind kind)
{
	TRY(allowed(change, kind));
	struct item item = { 0 };
	if (item_id) {
		TRY(item_get(change->db, change->viewer, change->company.id, item_id, &item));
		customer_id = item.customer_id;
	}
	TRY(customer_check(change->db, change->viewer, change->company.id, customer_id));
	int64_t ended = 0;
	TRY(end_those(change, customer_id, item_id, kind, &ended));
	if (!ended)
		return item_id ? status_make(STATUS_NOT_FOUND, "Nothing of that kind holds %s.", item.number)
		               : status_make(STATUS_NOT_FOUND, "Nothing of that kind holds this customer as a whole.");
	return add_event(change, kinds[kind].lifted, customer_id, 0, DAY_NONE, "", item.number);
}

/* --- by hand ------------------------------------------------------------------------------------------------------------------- */
#define WITHIN " WHERE n.tenant_id = $tenant AND n.company_id = $company AND n.item_id = $item AND "
#define OWNER(items, owner, key)                                                                                                 \
	"SELECT p.id FROM " items " n JOIN " owner " p ON p.tenant_id = n.tenant_id AND p.company_id = n.company_id AND p.id = n." key WITHIN
#define PRESENTED OWNER("instrument_item", "instrument", "instrument_id") "p.state IN ('drawn', 'sent', 'accepted', 'remitted') LIMIT 1"

/* What is under way ends its holds itself: lifted before, its items would be reminded of while the bank, the assignee or the court has
 * them. What stayed of one that is over may be lifted. */
static struct status check_owner(struct change *change, enum hold_kind kind, int64_t item_id)
{
	static const char *const owners[HOLD_KIND_COUNT] = {
		[HOLD_BILL] = PRESENTED, [HOLD_DIRECT_DEBIT] = PRESENTED,
		[HOLD_CEDED] = OWNER("assignment_item", "assignment", "assignment_id") "n.back_day IS NULL AND p.state = 'active' LIMIT 1",
		[HOLD_HANDED_OVER] = OWNER("case_file_item", "case_file", "file_id") "p.closed_day IS NULL LIMIT 1",
		[HOLD_SET_OFF] = OWNER("set_off_item", "set_off", "set_off_id") "p.state IN ('proposed', 'agreed') LIMIT 1",
		[HOLD_LOST] = "SELECT n.id FROM doubtful n" WITHIN "n.state IN ('lost', 'small') LIMIT 1",
	};
	int64_t owner = 0;
	bool found = false;
	if (!owners[kind]) return STATUS_FINE;
	if (kind == HOLD_LOST) TRY(doubtful_root(change->db, change->company.tenant_id, change->company.id, item_id, &item_id));
	TRY(db_get_int(change->db, owners[kind],
	               DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("item", item_id)), &owner, &found));
	if (!found) return STATUS_FINE;
	switch (kind) {
	case HOLD_BILL: return status_make(STATUS_CONFLICT, "Bill %lld holds it: withdraw that one, or say what the bank answered.", (long long)owner);
	case HOLD_DIRECT_DEBIT: return status_make(STATUS_CONFLICT, "Direct debit %lld holds it: withdraw that one, or say what the bank answered.", (long long)owner);
	case HOLD_CEDED: return status_make(STATUS_CONFLICT, "Assignment %lld holds it: have the claim given back first.", (long long)owner);
	case HOLD_LOST: return status_make(STATUS_CONFLICT, "It is written off: take that back first.");
	case HOLD_HANDED_OVER: return status_make(STATUS_CONFLICT, "File %lld, handed over, holds it: close that one first.", (long long)owner);
	default: return status_make(STATUS_CONFLICT, "Set-off %lld holds it: end that one first.", (long long)owner);
	}
}

struct status hold_lift_by_hand(struct change *change, int64_t id)
{
	enum hold_kind kind = HOLD_KIND_COUNT;
	int64_t item = 0;
	{
		cleanup_rows struct rows *rows = db_query(change->db, "SELECT kind, item_id FROM hold WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
		        DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id)));
		if (rows_next(rows) && hold_kind_parse(row_text(rows, 0), &kind)) item = row_int(rows, 1);
		TRY(rows_status(rows));
	}
	if (kind != HOLD_KIND_COUNT) TRY(check_owner(change, kind, item));
	return hold_lift(change, id);
}

struct status hold_lift_of_by_hand(struct change *change, int64_t customer_id, int64_t item_id, enum hold_kind kind)
{
	if (item_id) TRY(check_owner(change, kind, item_id));
	return hold_lift_of(change, customer_id, item_id, kind);
}

struct status hold_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, int32_t day,
                        struct arena *arena, struct hold **out, size_t *count)
{
	*out = NULL, *count = 0;
	if (!viewer_sees_company(viewer, company_id)) return status_make(STATUS_NOT_FOUND, "There is no such company.");
	size_t found = 0, cap = 0;
	struct hold *list = NULL;
	struct status status;
	{
		cleanup_rows struct rows *rows = db_query(
		        db,
		        "SELECT h.id, h.customer_id, h.item_id, h.by_user, h.rev, h.kind, h.from_day, h.until_day, h.lifted_day, h.reason, "
		        "i.number, c.collector_id, c.sales_id, c.group_code FROM hold h "
		        "JOIN customer c ON c.tenant_id = h.tenant_id AND c.company_id = h.company_id AND c.id = h.customer_id "
		        "LEFT JOIN item i ON i.tenant_id = h.tenant_id AND i.company_id = h.company_id AND i.customer_id = h.customer_id "
		        "AND i.id = h.item_id WHERE h.tenant_id = $tenant AND h.company_id = $company "
		        "AND ($customer = 0 OR h.customer_id = $customer) AND ($all = 1 OR (h.from_day <= $day "
		        "AND (h.until_day IS NULL OR h.until_day >= $day) AND (h.lifted_day IS NULL OR h.lifted_day > $day))) "
		        "ORDER BY h.id DESC",
		        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("customer", customer_id),
		                db_int("all", day == DAY_NONE), db_int("day", day)));
		while (rows_next(rows)) {
			if (!viewer_sees_customer(viewer, row_int(rows, 11), row_int(rows, 12), row_text(rows, 13))) continue;
			enum hold_kind kind = HOLD_HOLD;
			hold_kind_parse(row_text(rows, 5), &kind);
			GROW(list, found, cap);
			list[found++] = (struct hold){ .id = row_int(rows, 0),
				                       .customer_id = row_int(rows, 1),
				                       .item_id = row_int(rows, 2),
				                       .by_user = row_int(rows, 3),
				                       .rev = row_int(rows, 4),
				                       .kind = kind,
				                       .from_day = row_day(rows, 6),
				                       .until_day = row_day(rows, 7),
				                       .lifted_day = row_day(rows, 8),
				                       .reason = arena_strdup(arena, row_text(rows, 9)),
				                       .item_number = arena_strdup(arena, row_text(rows, 10)) };
		}
		status = rows_status(rows);
	}
	*out = arena_array(arena, struct hold, found ? found : 1);
	if (found) memcpy(*out, list, found * sizeof *list);
	*count = found;
	free(list);
	return status;
}
