#include "dunning/instalments.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/words.h"
#include "dunning/claims.h"
#include "dunning/plan_load.h"
#include "ledger/event.h"
#include "ledger/interest_note.h"

#include <string.h>

enum plan_outcome instalments_judge(struct plan_part *parts, size_t count, int64_t firm, int64_t doubtful, const struct calendar *calendar, int grace,
                                    int32_t today)
{
	int64_t due = 0;
	bool all = true, broken = false;
	for (size_t i = 0; i < count; i++) {
		int64_t left = firm - due;
		due += parts[i].amount;
		parts[i].received = left <= 0 ? 0 : left < parts[i].amount ? left : parts[i].amount;
		bool paid = firm >= due, missed = !paid && firm + doubtful < due && today > calendar_add(calendar, parts[i].day, grace);
		parts[i].state = paid ? "paid" : missed ? "missed" : "expected";
		all &= paid;
		broken |= missed;
	}
	return all ? PLAN_KEPT : broken ? PLAN_BROKEN : PLAN_RUNNING;
}

/* What came for a plan's items since it was made; with what may come back apart. */
static struct status received(struct change *change, const struct payment_plan *plan, int64_t *firm, int64_t *doubtful)
{
	const struct db_arg *args = DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("plan", plan->id),
	                                    db_int("customer", plan->customer_id), db_day("made", plan->made_day), db_day("today", change->today),
	                                    db_text("currency", plan->currency));
#define MAY_COME_BACK                                                                                                         \
	"EXISTS (SELECT 1 FROM cash_fact f JOIN cash_application a ON a.tenant_id = f.tenant_id AND a.company_id = f.company_id"     \
	" AND a.id = f.application_id AND a.state = 'active' LEFT JOIN restatement r ON r.tenant_id = f.tenant_id"                  \
	" AND r.company_id = f.company_id AND r.customer_id = f.customer_id AND r.fact_id = f.id WHERE f.tenant_id = c.tenant_id"   \
	" AND f.company_id = c.company_id AND f.customer_id = c.customer_id AND f.collected_day >= $today"                          \
	" AND COALESCE(r.item_id, f.id) = c.id)"
	cleanup_rows struct rows *rows = db_query(change->db,
		/* on its items; what came back is off again */
		"SELECT s.amount, CASE WHEN " MAY_COME_BACK " THEN 1 ELSE 0 END FROM plan_item n JOIN settlement s ON s.tenant_id = n.tenant_id"
		" AND s.company_id = n.company_id AND s.customer_id = $customer AND s.debit_id = n.item_id JOIN item c ON c.tenant_id = s.tenant_id"
		" AND c.company_id = s.company_id AND c.customer_id = s.customer_id AND c.id = s.credit_id WHERE n.tenant_id = $tenant"
		" AND n.company_id = $company AND n.plan_id = $plan AND s.day >= $made AND s.day <= $today"
		" UNION ALL SELECT -b.amount, 0 FROM plan_item n JOIN item b ON b.tenant_id = n.tenant_id AND b.company_id = n.company_id"
		" AND b.customer_id = $customer AND b.origin_id = n.item_id WHERE n.tenant_id = $tenant AND n.company_id = $company AND n.plan_id = $plan"
		" AND b.kind = 'unpaid_return' AND b.withdrawn = 0 AND b.posting_day >= $made AND b.posting_day <= $today"
		/* on his account, not yet on an item */
		" UNION ALL SELECT -c.open_amount, CASE WHEN " MAY_COME_BACK " THEN 1 ELSE 0 END FROM item c WHERE c.tenant_id = $tenant"
		" AND c.company_id = $company AND c.customer_id = $customer AND c.kind = 'payment' AND c.withdrawn = 0 AND c.open_amount < 0"
		" AND c.currency = $currency AND c.posting_day >= $made AND c.posting_day <= $today", args);
	*firm = *doubtful = 0;
	while (rows_next(rows)) *(row_int(rows, 1) ? doubtful : firm) += row_int(rows, 0);
	if (*firm < 0) *firm = 0;
	return rows_status(rows);
}

static struct status store_part(struct change *change, const struct payment_plan *plan, size_t rank, const struct plan_part *now, const struct plan_part *before)
{
	TRY(db_run(change->db,
	           "UPDATE plan_instalment SET received = $received, state = $state, settled_day = $settled WHERE tenant_id = $tenant AND company_id = $company"
	           " AND plan_id = $plan AND rank = $rank",
	           DB_ARGS(db_int("received", now->received), db_text("state", now->state),
	                   db_day("settled", strcmp(now->state, "expected") == 0 ? DAY_NONE : before->settled_day != DAY_NONE ? before->settled_day : change->today),
	                   db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("plan", plan->id),
	                   db_int("rank", (int64_t)rank + 1))));
	if (strcmp(now->state, before->state) == 0 || strcmp(now->state, "paid") != 0) return STATUS_FINE;
	char day[11];
	day_format(now->day, day);
	return event_add_json(change, (struct event_new){ .kind = "plan.instalment", .customer_id = plan->customer_id, .ref = plan->id },
	                      json_pack("{s:I,s:s,s:s}", "amount", (json_int_t)now->amount, "currency", plan->currency, "date", day));
}

static struct status settle(struct change *change, const struct payment_plan *plan, const struct calendar *calendar, int grace, struct arena *arena,
                            int64_t *changed, enum plan_outcome *now)
{
	int64_t firm, doubtful, open = 0, rest = 0;
	TRY(received(change, plan, &firm, &doubtful));
	struct plan_part *parts = arena_array(arena, struct plan_part, plan->part_count + 1);
	for (size_t i = 0; i < plan->part_count; i++) parts[i] = plan->parts[i];
	enum plan_outcome outcome = instalments_judge(parts, plan->part_count, firm, doubtful, calendar, grace, change->today);
	for (size_t i = 0; i < plan->item_count; i++) open += plan->items[i].open > 0 ? plan->items[i].open : 0;
	if (!open && !doubtful && !plan->interest_kept) outcome = PLAN_KEPT; /* nothing is owed any more, however it came */
	*now = outcome;
	size_t missed = 0;
	for (size_t i = 0; i < plan->part_count; i++) {
		rest += parts[i].amount - parts[i].received;
		if (!missed && strcmp(parts[i].state, "missed") == 0) missed = i + 1;
		if (parts[i].received == plan->parts[i].received && strcmp(parts[i].state, plan->parts[i].state) == 0) continue;
		TRY(store_part(change, plan, i, &parts[i], &plan->parts[i]));
		++*changed;
	}
	TRY(instalments_follow_interest(change, plan, firm, outcome));
	if (outcome == PLAN_RUNNING) return STATUS_FINE;
	++*changed;
	char day[11] = "";
	if (missed) day_format(parts[missed - 1].day, day);
	return payment_plan_end(change, plan, outcome == PLAN_KEPT, day, rest);
}

struct status instalments_settle(struct change *change, const struct calendar *calendar, int64_t *changed)
{
	cleanup_arena struct arena *arena = arena_new();
	struct payment_plan *plans;
	size_t count;
	*changed = 0;
	TRY(payment_plan_list(change->db, change->viewer, change->company.id, (struct payment_plan_filter){ .open_only = true }, arena, &plans, &count));
	for (size_t i = 0; i < count; i++)
		if (strcmp(plans[i].state, "agreed") == 0) TRY(settle(change, &plans[i], calendar, plans[i].grace_days, arena, changed, &(enum plan_outcome){ 0 }));
	return STATUS_FINE;
}

struct status instalments_accelerate(struct change *change, int64_t plan_id)
{
	cleanup_arena struct arena *arena = arena_new();
	struct payment_plan plan;
	TRY(change_allows(change, RIGHT_COLLECT));
	TRY(payment_plan_get(change->db, change->viewer, change->company.id, plan_id, arena, &plan));
	if (strcmp(plan.state, "agreed") != 0) return status_make(STATUS_CONFLICT, "Payment plan %lld is not running.", (long long)plan_id);
	const struct settings *settings = NULL;
	TRY(settings_load(change->db, change->company.tenant_id, change->company.id, arena, &settings));
	struct calendar calendar = calendar_of(settings, change->company.country, arena);
	int64_t changed = 0;
	enum plan_outcome outcome = PLAN_RUNNING;
	TRY(settle(change, &plan, &calendar, 0, arena, &changed, &outcome));
	return outcome == PLAN_BROKEN ? STATUS_FINE : status_make(STATUS_CONFLICT, "No instalment of payment plan %lld is late.", (long long)plan_id);
}

struct status instalments_of(struct db *db, const struct viewer *viewer, int64_t company_id, const int64_t *items, size_t count, int32_t today,
                             struct arena *arena, struct instalments_base *out)
{
	cleanup_book const struct book *book = NULL;
	cleanup_claims struct claims *claims = NULL;
	*out = (struct instalments_base){ 0 };
	TRY(book_get(db_store(db), viewer->tenant_id, company_id, &book));
	struct interest_line *claimed = NULL;
	size_t claimed_count = 0;
	TRY(claims_load(db, viewer, company_id, arena, &claims));
	const uint8_t *selected = book_select(book, viewer, arena);
	for (size_t i = 0; i < count; i++) {
		size_t index = book_find_item(book, items[i]);
		struct book_item item = { .customer = SIZE_MAX };
		if (index != SIZE_MAX) item = book_item(book, index, today);
		if (item.customer == SIZE_MAX || !item.exists || (selected && !selected[item.customer]))
			return status_make(STATUS_NOT_FOUND, "One of the items is not there any more. Load the list again.");
		int64_t customer = book_customer(book, item.customer).id;
		if (out->customer_id && out->customer_id != customer) return status_make(STATUS_INVALID, "A payment plan is one customer's: tick his items only.");
		if (out->currency && strcmp(out->currency, item.currency) != 0)
			return status_make(STATUS_INVALID, "A payment plan is in one currency; these items are in %s and %s.", out->currency, item.currency);
		if (!out->customer_id) TRY(interest_claimed(db, viewer->tenant_id, company_id, customer, arena, &claimed, &claimed_count));
		out->customer_id = customer, out->currency = arena_strdup(arena, item.currency);
		if (item.open > 0 && __builtin_add_overflow(out->principal, item.open, &out->principal)) return status_make(STATUS_INVALID, "These amounts are too large.");
		struct interest interest;
		if (!claims_interest_of(claims, index, today, arena, &interest)) continue;
		for (size_t k = 0; k < claimed_count; k++)
			if (claimed[k].item_id == items[i]) interest.interest -= claimed[k].interest;
		if (interest.interest > 0) out->interest += interest.interest;
	}
	return STATUS_FINE;
}
