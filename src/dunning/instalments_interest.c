/* The late interest of an agreed plan in the ledger of interest (ledger/interest_note.h): claimed by a note on the day of the agreement,
 * paid as the instalments bring it in the company's order, or given up at once for the plan; what was given up for a plan that is broken
 * or dropped may be claimed again. */
#include "dunning/instalments.h"

#include "base/memory.h"
#include "base/money.h"
#include "dunning/interest_ledger.h"
#include "ledger/event.h"
#include "ledger/setting.h"

#include <string.h>

#define OF_COMPANY(change) db_int("tenant", (change)->company.tenant_id), db_int("company", (change)->company.id)

/* Shares of a total by weight: each what is due up to it less what was given before, so that they sum to it exactly. Pure. */
void instalments_share(int64_t total, const int64_t *weights, size_t count, int64_t *out)
{
	__int128 all = 0, upto = 0;
	for (size_t i = 0; i < count; i++) all += weights[i] > 0 ? weights[i] : 0;
	int64_t given = 0;
	for (size_t i = 0; i < count; i++) {
		upto += weights[i] > 0 ? weights[i] : 0;
		int64_t due = all == 0 ? (i + 1 == count ? total : 0) : upto == all ? total : all <= INT64_MAX ? round_div(upto * total, (int64_t)all) : given;
		out[i] = due - given, given = due;
	}
}

/* By what each item bore on the day of the plan, less what was claimed of it before. */
static struct status claim(struct change *change, const struct payment_plan *plan, struct arena *arena, int64_t *note)
{
	struct interest_entry *entries;
	size_t count, lines = 0;
	int64_t *weights = arena_array(arena, int64_t, plan->item_count + 1), *shares = arena_array(arena, int64_t, plan->item_count + 1);
	struct interest_line *list = arena_array(arena, struct interest_line, plan->item_count + 1);
	TRY(interest_ledger(change->db, change->viewer, &change->company, plan->customer_id, plan->made_day, arena, &entries, &count));
	for (size_t i = 0; i < plan->item_count; i++)
		for (size_t k = 0; k < count; k++)
			if (entries[k].item_id == plan->items[i].item_id) weights[i] = entries[k].interest;
	instalments_share(plan->interest, weights, plan->item_count, shares);
	for (size_t i = 0; i < plan->item_count; i++)
		if (shares[i] > 0) list[lines++] = (struct interest_line){ plan->items[i].item_id, shares[i], 0 };
	TRY(interest_note_make(change, &(struct interest_note_new){ .customer_id = plan->customer_id, .currency = plan->currency, .lines = list, .count = lines }, note));
	return db_run(change->db, "UPDATE interest_note SET plan_id = $plan WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	              DB_ARGS(db_int("plan", plan->id), OF_COMPANY(change), db_int("id", *note)));
}

struct status instalments_agree(struct change *change, int64_t id, bool acknowledged)
{
	cleanup_arena struct arena *arena = arena_new();
	struct payment_plan plan;
	int64_t note;
	TRY(payment_plan_agree(change, id, acknowledged));
	TRY(payment_plan_get(change->db, change->viewer, change->company.id, id, arena, &plan));
	if (plan.interest <= 0 || strcmp(plan.currency, change->company.currency) != 0) return STATUS_FINE;
	TRY(claim(change, &plan, arena, &note));
	if (plan.interest_kept) return STATUS_FINE;
	return interest_note_waive(change, note, 0, arena_printf(arena, tr(lang_spoken(), "Given up for payment plan %lld"), (long long)id));
}

static struct status note_of(struct change *change, int64_t plan_id, struct arena *arena, struct interest_note *out, bool *found)
{
	int64_t id = 0;
	TRY(db_get_int(change->db, "SELECT id FROM interest_note WHERE tenant_id = $tenant AND company_id = $company AND plan_id = $plan AND cancelled = 0 ORDER BY id DESC LIMIT 1",
	               DB_ARGS(OF_COMPANY(change), db_int("plan", plan_id)), &id, found));
	return *found ? interest_note_get(change->db, change->viewer, change->company.id, id, arena, out) : STATUS_FINE;
}

/* Whatever came first pays the principal, unless the company's order says the interest. */
static int64_t interest_part(int64_t received, const struct payment_plan *plan, enum interest_order order)
{
	int64_t part = order == ORDER_PRINCIPAL ? received - plan->principal : received;
	return part < 0 ? 0 : part > plan->interest ? plan->interest : part;
}

struct status instalments_follow_interest(struct change *change, const struct payment_plan *plan, int64_t received, enum plan_outcome outcome)
{
	cleanup_arena struct arena *arena = arena_new();
	struct interest_note note;
	const struct settings *settings;
	bool found = false;
	if (plan->interest <= 0) return STATUS_FINE;
	TRY(note_of(change, plan->id, arena, &note, &found));
	if (!found) return STATUS_FINE;
	if (!plan->interest_kept) return outcome == PLAN_BROKEN ? interest_note_withdraw(change, note.id, tr(lang_spoken(), "The plan that it was given up for is broken")) : STATUS_FINE;
	TRY(settings_load(change->db, change->company.tenant_id, change->company.id, arena, &settings));
	int64_t left = note.interest + note.fee - note.paid - note.waived;
	int64_t due = outcome == PLAN_KEPT ? left : interest_part(received, plan, interest_order_parse(setting_text(settings, "interest.order"))) - note.paid;
	if (due > left) due = left;
	return due > 0 ? interest_note_pay(change, note.id, due, arena_printf(arena, tr(lang_spoken(), "Payment plan %lld"), (long long)plan->id)) : STATUS_FINE;
}

struct status instalments_cancel(struct change *change, int64_t id, const char *why)
{
	cleanup_arena struct arena *arena = arena_new();
	struct interest_note note;
	bool found = false;
	TRY(payment_plan_cancel(change, id, why));
	TRY(note_of(change, id, arena, &note, &found));
	return found && !note.paid ? interest_note_withdraw(change, note.id, tr(lang_spoken(), "Its payment plan was dropped")) : STATUS_FINE;
}
