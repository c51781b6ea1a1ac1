#include "ledger/payment_plan.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/words.h"
#include "ledger/event.h"
#include "ledger/hold.h"
#include "ledger/limitation_event.h"
#include "ledger/promise.h"

#include <stdlib.h>
#include <string.h>

void payment_plan_split(int64_t total, size_t count, int32_t first, struct plan_part *out)
{
	int64_t each = total / (int64_t)count, rest = total - each * (int64_t)count;
	for (size_t i = 0; i < count; i++) out[i] = (struct plan_part){ .day = day_add_months(first, (int)i), .amount = each + (i == 0 ? rest : 0) };
}

/* --- reading --------------------------------------------------------------------------------------------------------------------- */
static struct payment_plan *find(struct payment_plan *plans, size_t count, int64_t id)
{
	for (size_t i = 0; i < count; i++)
		if (plans[i].id == id) return &plans[i];
	return NULL;
}

static struct status read_parts(struct db *db, const struct viewer *viewer, int64_t company_id, struct payment_plan_filter filter, struct arena *arena,
                                struct payment_plan *plans, size_t count)
{
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT n.plan_id, n.day, n.amount, n.received, n.state, n.settled_day, n.reminded_day FROM plan_instalment n JOIN payment_plan p"
		" ON p.tenant_id = n.tenant_id AND p.company_id = n.company_id AND p.id = n.plan_id WHERE n.tenant_id = $tenant AND n.company_id = $company"
		" AND (CAST($id AS BIGINT) = 0 OR p.id = $id) AND (CAST($customer AS BIGINT) = 0 OR p.customer_id = $customer) ORDER BY n.plan_id, n.rank",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", filter.id), db_int("customer", filter.customer_id)));
	struct payment_plan *plan = NULL;
	while (rows_next(rows)) {
		if (!plan || plan->id != row_int(rows, 0)) plan = find(plans, count, row_int(rows, 0));
		if (!plan) continue;
		if (!plan->parts) plan->parts = arena_array(arena, struct plan_part, PLAN_INSTALMENTS);
		if (plan->part_count == PLAN_INSTALMENTS) continue;
		struct plan_part *part = &plan->parts[plan->part_count++];
		*part = (struct plan_part){ .day = row_day(rows, 1), .amount = row_int(rows, 2), .received = row_int(rows, 3), .state = arena_strdup(arena, row_text(rows, 4)),
			.settled_day = row_day(rows, 5), .reminded_day = row_day(rows, 6) };
		plan->total += part->amount, plan->received += part->received;
		if (plan->next_day == DAY_NONE && strcmp(part->state, "expected") == 0) plan->next_day = part->day;
	}
	return rows_status(rows);
}

static struct status read_held(struct db *db, const struct viewer *viewer, int64_t company_id, struct payment_plan_filter filter, struct arena *arena,
                               struct payment_plan *plans, size_t count)
{
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT n.plan_id, n.item_id, n.amount, COALESCE(i.open_amount, 0), i.number, i.due_day, (SELECT COUNT(*) FROM plan_item m"
		" WHERE m.tenant_id = n.tenant_id AND m.company_id = n.company_id AND m.plan_id = n.plan_id) FROM plan_item n JOIN payment_plan p"
		" ON p.tenant_id = n.tenant_id AND p.company_id = n.company_id AND p.id = n.plan_id LEFT JOIN item i ON i.tenant_id = n.tenant_id"
		" AND i.company_id = n.company_id AND i.id = n.item_id WHERE n.tenant_id = $tenant AND n.company_id = $company"
		" AND (CAST($id AS BIGINT) = 0 OR p.id = $id) AND (CAST($customer AS BIGINT) = 0 OR p.customer_id = $customer) ORDER BY n.plan_id, i.due_day, n.item_id",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", filter.id), db_int("customer", filter.customer_id)));
	struct payment_plan *plan = NULL;
	while (rows_next(rows)) {
		if (!plan || plan->id != row_int(rows, 0)) plan = find(plans, count, row_int(rows, 0));
		if (!plan) continue;
		if (!plan->items) plan->items = arena_array(arena, struct plan_held, (size_t)row_int(rows, 6) + 1);
		plan->items[plan->item_count++] = (struct plan_held){ .item_id = row_int(rows, 1), .amount = row_int(rows, 2), .open = row_int(rows, 3),
			.number = arena_strdup(arena, row_text(rows, 4)), .due_day = row_day(rows, 5) };
	}
	return rows_status(rows);
}

static bool is_open(const struct payment_plan *plan) { return strcmp(plan->state, "proposed") == 0 || strcmp(plan->state, "agreed") == 0; }

static int plan_order(const void *left, const void *right)
{
	const struct payment_plan *a = left, *b = right;
	if (is_open(a) != is_open(b)) return is_open(a) ? -1 : 1;
	int32_t x = is_open(a) ? a->next_day : -a->made_day, y = is_open(b) ? b->next_day : -b->made_day;
	if (x != y) return x < y ? -1 : 1;
	return a->id < b->id ? -1 : a->id > b->id;
}

struct status payment_plan_list(struct db *db, const struct viewer *viewer, int64_t company_id, struct payment_plan_filter filter, struct arena *arena,
                                struct payment_plan **out, size_t *count)
{
	*out = arena_array(arena, struct payment_plan, 1), *count = 0;
	if (!viewer_sees_company(viewer, company_id)) return status_make(STATUS_NOT_FOUND, "There is no such company.");
	struct payment_plan *list = NULL;
	size_t cap = 0;
	struct status status;
	{
		cleanup_rows struct rows *rows = db_query(db,
			"SELECT p.id, p.customer_id, p.state, p.proposed_by, p.currency, p.principal, p.interest, p.interest_kept, p.waived_by, p.grace_days, p.remind,"
			" p.note, p.made_day, p.agreed_day, p.acknowledged, p.insurer, p.insurer_day, p.ended_day, p.ended_why, p.by_user, p.rev, c.code, c.name,"
			" c.collector_id, c.sales_id, c.group_code FROM payment_plan p JOIN customer c ON c.tenant_id = p.tenant_id AND c.company_id = p.company_id"
			" AND c.id = p.customer_id WHERE p.tenant_id = $tenant AND p.company_id = $company AND (CAST($id AS BIGINT) = 0 OR p.id = $id)"
			" AND (CAST($customer AS BIGINT) = 0 OR p.customer_id = $customer) AND (CAST($open AS BIGINT) = 0 OR p.state IN ('proposed', 'agreed'))"
			" ORDER BY p.id",
			DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", filter.id), db_int("customer", filter.customer_id),
			        db_int("open", filter.open_only)));
		while (rows_next(rows)) {
			if (!viewer_sees_customer(viewer, row_int(rows, 23), row_int(rows, 24), row_text(rows, 25))) continue;
			GROW(list, *count, cap);
			list[(*count)++] = (struct payment_plan){ .id = row_int(rows, 0), .customer_id = row_int(rows, 1), .state = arena_strdup(arena, row_text(rows, 2)),
				.proposed_by = arena_strdup(arena, row_text(rows, 3)), .currency = arena_strdup(arena, row_text(rows, 4)), .principal = row_int(rows, 5),
				.interest = row_int(rows, 6), .interest_kept = row_int(rows, 7) != 0, .waived_by = row_int(rows, 8), .grace_days = (int)row_int(rows, 9),
				.remind = row_int(rows, 10) != 0, .note = arena_strdup(arena, row_text(rows, 11)), .made_day = row_day(rows, 12), .agreed_day = row_day(rows, 13),
				.acknowledged = row_int(rows, 14) != 0, .insurer = row_int(rows, 15) != 0, .insurer_day = row_day(rows, 16), .ended_day = row_day(rows, 17),
				.ended_why = arena_strdup(arena, row_text(rows, 18)), .by_user = row_int(rows, 19), .rev = row_int(rows, 20),
				.customer_code = arena_strdup(arena, row_text(rows, 21)), .customer_name = arena_strdup(arena, row_text(rows, 22)), .next_day = DAY_NONE };
		}
		status = rows_status(rows);
	}
	*out = arena_array(arena, struct payment_plan, *count + 1);
	if (*count) memcpy(*out, list, *count * sizeof *list);
	free(list);
	TRY(status);
	TRY(read_parts(db, viewer, company_id, filter, arena, *out, *count));
	TRY(read_held(db, viewer, company_id, filter, arena, *out, *count));
	qsort(*out, *count, sizeof **out, plan_order);
	return STATUS_FINE;
}

struct status payment_plan_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct payment_plan *out)
{
	struct payment_plan *list;
	size_t count = 0;
	if (id > 0) TRY(payment_plan_list(db, viewer, company_id, (struct payment_plan_filter){ .id = id }, arena, &list, &count));
	if (!count) return status_make(STATUS_NOT_FOUND, "There is no payment plan %lld, or it is not in your portfolio.", (long long)id);
	*out = list[0];
	return STATUS_FINE;
}

/* --- writing ----------------------------------------------------------------------------------------------------------------------- */
static struct status tell(struct change *change, const struct payment_plan *plan, const char *kind, int64_t amount, const char *text)
{
	json_t *numbers = json_array();
	for (size_t i = 0; i < plan->item_count; i++) json_array_append_new(numbers, json_string(plan->items[i].number));
	return event_add_json(change, (struct event_new){ .kind = kind, .customer_id = plan->customer_id, .ref = plan->id },
	                      json_pack("{s:I,s:s,s:s,s:o}", "amount", (json_int_t)amount, "currency", plan->currency, "text", text ? text : "", "items", numbers));
}

static struct status check_parts(const struct payment_plan_new *given, int32_t today, int64_t total, const char *currency)
{
	if (given->part_count == 0 || given->part_count > PLAN_INSTALMENTS)
		return status_make(STATUS_INVALID, "A payment plan has 1 to %d instalments.", PLAN_INSTALMENTS);
	int64_t sum = 0;
	for (size_t i = 0; i < given->part_count; i++) {
		if (given->parts[i].amount <= 0) return status_make(STATUS_INVALID, "An instalment is above zero.");
		if (given->parts[i].day == DAY_NONE || given->parts[i].day < today) return status_make(STATUS_INVALID, "An instalment is today or later.");
		if (i && given->parts[i].day <= given->parts[i - 1].day) return status_make(STATUS_INVALID, "Give the instalments in order of their days.");
		if (__builtin_add_overflow(sum, given->parts[i].amount, &sum)) return status_make(STATUS_INVALID, "These amounts are too large.");
	}
	if (sum == total) return STATUS_FINE;
	cleanup_text struct text is = { 0 }, should = { 0 };
	words_amount(&is, lang_spoken(), sum, currency);
	words_amount(&should, lang_spoken(), total, currency);
	return status_make(STATUS_INVALID, "The instalments sum to %s; it should be %s.", text_cstr(&is), text_cstr(&should));
}

static struct status not_planned(struct change *change, const struct item *item)
{
	int64_t other = 0;
	bool found = false;
	TRY(db_get_int(change->db,
	               "SELECT p.id FROM plan_item n JOIN payment_plan p ON p.tenant_id = n.tenant_id AND p.company_id = n.company_id AND p.id = n.plan_id"
	               " WHERE n.tenant_id = $tenant AND n.company_id = $company AND n.item_id = $item AND p.state IN ('proposed', 'agreed') LIMIT 1",
	               DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("item", item->id)), &other, &found));
	return found ? status_make(STATUS_CONFLICT, "%s is in payment plan %lld already: cancel that one first.", item->number, (long long)other) : STATUS_FINE;
}

struct status payment_plan_propose(struct change *change, const struct payment_plan_new *given, int64_t *id)
{
	TRY(change_allows(change, RIGHT_COLLECT));
	TRY(customer_check(change->db, change->viewer, change->company.id, given->customer_id));
	const char *note = given->note ? given->note : "";
	if (strlen(note) > 4000 || !utf8_valid(note, strlen(note)))
		return status_make(STATUS_INVALID, "This text is too long, or not readable: at most %d characters.", 4000);
	if (given->item_count == 0 || given->item_count > PLAN_ITEMS) return status_make(STATUS_INVALID, "Tick at least one item first.");
	if (given->interest < 0) return status_make(STATUS_INVALID, "The amount is above zero.");
	cleanup_arena struct arena *arena = arena_new();
	struct item *items = arena_array(arena, struct item, given->item_count);
	int64_t principal = 0;
	for (size_t i = 0; i < given->item_count; i++) {
		TRY(item_get(change->db, change->viewer, change->company.id, given->items[i], &items[i]));
		if (items[i].customer_id != given->customer_id) return status_make(STATUS_INVALID, "%s is another customer's.", items[i].number);
		if (items[i].open <= 0) return status_make(STATUS_CONFLICT, "Nothing is open on %s any more.", items[i].number);
		if (strcmp(items[i].currency, items[0].currency) != 0)
			return status_make(STATUS_INVALID, "A payment plan is in one currency; these items are in %s and %s.", items[0].currency, items[i].currency);
		for (size_t k = 0; k < i; k++)
			if (items[k].id == items[i].id) return status_make(STATUS_INVALID, "%s is named twice.", items[i].number);
		TRY(not_planned(change, &items[i]));
		if (__builtin_add_overflow(principal, items[i].open, &principal)) return status_make(STATUS_INVALID, "These amounts are too large.");
	}
	TRY(check_parts(given, change->today, principal + (given->interest_kept ? given->interest : 0), items[0].currency));
	const struct settings *settings = NULL;
	TRY(settings_load(change->db, change->company.tenant_id, change->company.id, arena, &settings));
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "payment_plan", 1, id));
	struct db_arg tenant = db_int("tenant", change->company.tenant_id), company = db_int("company", change->company.id), plan = db_int("id", *id);
	TRY(db_run(change->db,
	           "INSERT INTO payment_plan (tenant_id, company_id, id, customer_id, state, proposed_by, currency, principal, interest, interest_kept, waived_by,"
	           " grace_days, remind, note, made_day, insurer, by_user, rev) VALUES ($tenant, $company, $id, $customer, 'proposed', $by_whom, $currency,"
	           " $principal, $interest, $kept, $waived, $grace, $remind, $note, $today, $insurer, $by, $rev)",
	           DB_ARGS(tenant, company, plan, db_int("customer", given->customer_id), db_text("by_whom", given->by_debtor ? "debtor" : "us"),
	                   db_text("currency", items[0].currency), db_int("principal", principal), db_int("interest", given->interest),
	                   db_int("kept", given->interest > 0 && given->interest_kept),
	                   db_int("waived", given->interest > 0 && !given->interest_kept ? change->viewer->user_id : 0),
	                   db_int("grace", setting_int(settings, "plan.grace_days")), db_int("remind", given->remind), db_text("note", note),
	                   db_day("today", change->today), db_int("insurer", given->insurer), db_int("by", change->viewer->user_id), db_int("rev", change->rev))));
	json_t *numbers = json_array();
	struct status status = STATUS_FINE;
	for (size_t i = 0; i < given->item_count && !status.code; i++) {
		json_array_append_new(numbers, json_string(items[i].number));
		status = db_run(change->db, "INSERT INTO plan_item (tenant_id, company_id, plan_id, item_id, amount) VALUES ($tenant, $company, $id, $item, $amount)",
		                DB_ARGS(tenant, company, plan, db_int("item", items[i].id), db_int("amount", items[i].open)));
	}
	for (size_t i = 0; i < given->part_count && !status.code; i++)
		status = db_run(change->db, "INSERT INTO plan_instalment (tenant_id, company_id, plan_id, rank, day, amount) VALUES ($tenant, $company, $id, $rank, $day, $amount)",
		                DB_ARGS(tenant, company, plan, db_int("rank", (int64_t)i + 1), db_day("day", given->parts[i].day), db_int("amount", given->parts[i].amount)));
	if (status.code) {
		json_decref(numbers);
		return status;
	}
	return event_add_json(change, (struct event_new){ .kind = "plan.proposed", .customer_id = given->customer_id, .ref = *id },
	                      json_pack("{s:I,s:s,s:s,s:o}", "amount", (json_int_t)(principal + (given->interest_kept ? given->interest : 0)), "currency",
	                                items[0].currency, "text", note, "items", numbers));
}

static struct status set_state(struct change *change, int64_t id, const char *state, int32_t agreed, int32_t ended, const char *why)
{
	return db_run(change->db,
	              "UPDATE payment_plan SET state = $state, agreed_day = COALESCE($agreed, agreed_day), ended_day = $ended, ended_why = $why, rev = $rev"
	              " WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	              DB_ARGS(db_text("state", state), db_day("agreed", agreed), db_day("ended", ended), db_text("why", why), db_int("rev", change->rev),
	                      db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id)));
}

/* Promises on these items give way: what was promised is in the plan now. */
static struct status drop_promises(struct change *change, const struct payment_plan *plan, struct arena *arena)
{
	struct promise *promises;
	size_t count;
	TRY(promise_list(change->db, change->viewer, change->company.id, plan->customer_id, true, arena, &promises, &count));
	for (size_t p = 0; p < count; p++) {
		bool about = false;
		for (size_t i = 0; i < promises[p].item_count; i++)
			for (size_t k = 0; k < plan->item_count; k++) about |= promises[p].items[i] == plan->items[k].item_id;
		if (about) TRY(promise_cancel(change, promises[p].id, ""));
	}
	return STATUS_FINE;
}

struct status payment_plan_agree(struct change *change, int64_t id, bool acknowledged)
{
	cleanup_arena struct arena *arena = arena_new();
	struct payment_plan plan;
	TRY(change_allows(change, RIGHT_COLLECT));
	TRY(payment_plan_get(change->db, change->viewer, change->company.id, id, arena, &plan));
	if (strcmp(plan.state, "proposed") != 0) return status_make(STATUS_CONFLICT, "Payment plan %lld is not waiting for an answer any more.", (long long)id);
	for (size_t i = 0; i < plan.item_count; i++)
		if (plan.items[i].open != plan.items[i].amount)
			return status_make(STATUS_CONFLICT, "What is open on %s has changed since: cancel this plan and propose another.", plan.items[i].number);
	TRY(drop_promises(change, &plan, arena));
	for (size_t i = 0; i < plan.item_count; i++) {
		int64_t hold;
		TRY(hold_set(change, &(struct hold_new){ .customer_id = plan.customer_id, .item_id = plan.items[i].item_id, .kind = HOLD_PLAN, .until_day = DAY_NONE,
		                                         .reason = plan.note }, &hold));
	}
	TRY(set_state(change, id, "agreed", change->today, DAY_NONE, ""));
	if (acknowledged) TRY(payment_plan_acknowledge(change, id));
	return tell(change, &plan, "plan.agreed", plan.total, "");
}

static struct status mark(struct change *change, int64_t id, const char *sql, const char *event)
{
	cleanup_arena struct arena *arena = arena_new();
	struct payment_plan plan;
	TRY(change_allows(change, RIGHT_COLLECT));
	TRY(payment_plan_get(change->db, change->viewer, change->company.id, id, arena, &plan));
	TRY(db_run(change->db, sql, DB_ARGS(db_day("today", change->today), db_int("rev", change->rev), db_int("tenant", change->company.tenant_id),
	                                    db_int("company", change->company.id), db_int("id", id))));
	return tell(change, &plan, event, plan.total, "");
}

/* The signed words admit the debt (C. civ. 2240): noted at each item, and without effect until a person confirms it there. */
static struct status note_admission(struct change *change, int64_t id)
{
	cleanup_arena struct arena *arena = arena_new();
	struct payment_plan plan;
	TRY(payment_plan_get(change->db, change->viewer, change->company.id, id, arena, &plan));
	if (plan.acknowledged) return STATUS_FINE;
	const char *proof = arena_printf(arena, tr(lang_spoken(), "Signed agreement of payment plan %lld"), (long long)id);
	for (size_t i = 0; i < plan.item_count; i++) {
		int64_t event;
		struct limitation_note note = { .item_id = plan.items[i].item_id, .kind = "acknowledged", .day = change->today, .until_day = DAY_NONE, .proof = proof };
		struct status status = limitation_note_add(change, &note, false, &event);
		if (status.code && status.code != STATUS_CONFLICT) return status; /* an item with too many events already keeps those */
	}
	return STATUS_FINE;
}

struct status payment_plan_acknowledge(struct change *change, int64_t id)
{
	TRY(change_allows(change, RIGHT_COLLECT));
	TRY(note_admission(change, id));
	return mark(change, id, "UPDATE payment_plan SET acknowledged = 1, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id"
	                        " AND made_day <= $today", "plan.acknowledged");
}

struct status payment_plan_insurer_told(struct change *change, int64_t id)
{
	return mark(change, id, "UPDATE payment_plan SET insurer_day = $today, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	            "plan.insurer_told");
}

static struct status free_items(struct change *change, const struct payment_plan *plan)
{
	for (size_t i = 0; i < plan->item_count; i++) {
		struct status status = hold_lift_of(change, plan->customer_id, plan->items[i].item_id, HOLD_PLAN);
		if (status.code && status.code != STATUS_NOT_FOUND) return status; /* somebody lifted it by hand */
	}
	return STATUS_FINE;
}

struct status payment_plan_cancel(struct change *change, int64_t id, const char *why)
{
	cleanup_arena struct arena *arena = arena_new();
	struct payment_plan plan;
	why = why ? why : "";
	TRY(change_allows(change, RIGHT_COLLECT));
	TRY(payment_plan_get(change->db, change->viewer, change->company.id, id, arena, &plan));
	if (strlen(why) > 1000 || !utf8_valid(why, strlen(why)))
		return status_make(STATUS_INVALID, "This text is too long, or not readable: at most %d characters.", 1000);
	if (!is_open(&plan)) return status_make(STATUS_CONFLICT, "Payment plan %lld is over already.", (long long)id);
	if (strcmp(plan.state, "agreed") == 0) TRY(free_items(change, &plan));
	TRY(set_state(change, id, "cancelled", DAY_NONE, change->today, why));
	return tell(change, &plan, "plan.cancelled", plan.total, why);
}

struct status payment_plan_end(struct change *change, const struct payment_plan *plan, bool kept, const char *why, int64_t rest)
{
	TRY(free_items(change, plan));
	TRY(set_state(change, plan->id, kept ? "kept" : "broken", DAY_NONE, change->today, why));
	return tell(change, plan, kept ? "plan.kept" : "plan.missed", rest, why);
}

struct status payment_plan_reminded(struct change *change, int64_t id, int rank)
{
	return db_run(change->db,
	              "UPDATE plan_instalment SET reminded_day = $today WHERE tenant_id = $tenant AND company_id = $company AND plan_id = $id AND rank = $rank",
	              DB_ARGS(db_day("today", change->today), db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id),
	                      db_int("rank", rank)));
}
