#include "dunning/now.h"

#include "base/day.h"
#include "base/memory.h"
#include "dunning/action_member.h"
#include "dunning/plan_load.h"
#include "dunning/why.h"
#include "ledger/event.h"

static const char *detail_words(const struct plan_why *why, const struct scenario *scenario, const char *currency, enum lang lang,
                                struct arena *arena)
{
	cleanup_text struct text words = { 0 };
	why_words(&words, lang, why, scenario, currency);
	return arena_strdup(arena, text_cstr(&words));
}

static void action_fill(const struct plan_action *from, const struct plan_view *view, const struct book_customer *who,
                        const struct scenario *scenario, const struct company *company, int32_t today, const struct book *book,
                        struct arena *arena, struct action *out)
{
	char reason[160];
	cleanup_text struct text why = { 0 };
	yes_reasons_format(from->reasons, reason, sizeof reason);
	why_list_text(&why, from->why, from->why_count);
	*out = (struct action){
		.customer_id = view->customer_id, .scenario_version = scenario ? scenario->version : 0, .amount = from->amount,
		.priority = from->priority, .assigned_to = who->collector_id, .customer_code = arena_strdup(arena, who->code),
		.customer_name = arena_strdup(arena, who->name), .scenario = scenario ? arena_strdup(arena, scenario->code) : "",
		.step = PLAN_NOW, .template = "", .recipient = "", .language = "fr", .outcome = "", .note = "",
		.reason = arena_strdup(arena, reason), .why = arena_strdup(arena, text_cstr(&why)), .rank = from->rank, .channel = from->channel,
		.mode = from->mode, .state = from->state, .test = !company->live, .plan_day = today, .snoozed_until = DAY_NONE,
		.done_day = DAY_NONE, .next_day = DAY_NONE, .next_step = "", .next_fr = "", .next_en = "",
		.takeover = (from->reasons & YES_TAKEOVER) != 0, .broken_promise = from->broken_promise, .max_days_late = from->max_days_late,
		.item_count = from->item_count };
	snprintf(out->currency, sizeof out->currency, "%s", from->currency);
	out->items = arena_array(arena, struct action_item, out->item_count + 1);
	for (size_t n = 0; n < out->item_count; n++) {
		size_t index = book_find_item(book, from->items[n].item_id);
		struct book_item item = { .number = "" };
		if (index != SIZE_MAX) item = book_item(book, index, today);
		out->items[n] = (struct action_item){ .item_id = from->items[n].item_id, .amount = from->items[n].amount, .role = from->items[n].role,
		                                      .number = arena_strdup(arena, item.number), .kind = item.kind, .issue_day = item.issue_day,
		                                      .due_day = item.due_day, .total = item.amount, .open = item.open,
		                                      .customer_id = item.number && index != SIZE_MAX ? book_customer(book, item.customer).id : 0 };
	}
}

static struct status everybody_seen(const struct viewer *viewer, const struct book *book, struct action *action)
{
	for (size_t n = 0; n < action->item_count; n++) {
		size_t index = book_find_customer(book, action->items[n].customer_id);
		if (index == SIZE_MAX) continue;
		struct book_customer who = book_customer(book, index);
		action->partial |= !viewer_sees_customer(viewer, who.collector_id, who.sales_id, who.group_code);
		action->others += who.id != action->customer_id;
	}
	return action_whole(action);
}

struct status now_propose(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, const int64_t *items,
                          size_t count, enum channel channel, int32_t today, struct arena *arena, struct now_proposal *out)
{
	*out = (struct now_proposal){ 0 };
	struct company *company = arena_make(arena, struct company);
	TRY(company_get(db, viewer, company_id, company));
	cleanup_plan_data struct plan_data *data = NULL;
	TRY(plan_data_load(db, company, today, customer_id, 0, arena, &data));
	size_t customer = book_find_customer(plan_data_book(data), customer_id);
	if (customer != SIZE_MAX) customer = plan_data_head(data, customer); /* the one who pays for him is asked */
	struct plan_view view;
	const struct scenario *scenario;
	struct plan plan;
	if (customer == SIZE_MAX || !plan_data_view(data, customer, arena, &view, &scenario)) return STATUS_FINE;
	struct book_customer who = book_customer(plan_data_book(data), customer);
	if (!viewer_sees_customer(viewer, who.collector_id, who.sales_id, who.group_code))
		return status_make(STATUS_NOT_FOUND, "One of the items is not there any more. Load the list again.");
	plan_now(&view, scenario, plan_data_settings(data), today, items, count, channel, arena, &plan);
	if (plan.action_count) {
		out->action = arena_make(arena, struct action);
		action_fill(&plan.actions[0], &view, &who, scenario, company, today, plan_data_book(data), arena, out->action);
		TRY(everybody_seen(viewer, plan_data_book(data), out->action));
	}
	out->left = arena_array(arena, struct run_left, plan.left_count + 1);
	for (size_t l = 0; l < plan.left_count; l++) {
		const struct plan_item *item = &view.items[plan.left[l].item];
		struct run_left *left = &out->left[out->left_count++];
		struct book_customer whose = who;
		if (view.member_count) whose = book_customer(plan_data_book(data), book_find_customer(plan_data_book(data), view.members[item->member].customer_id));
		*left = (struct run_left){ .customer_id = whose.id, .item_id = item->id, .amount = item->open,
		                           .customer_code = arena_strdup(arena, whose.code), .customer_name = arena_strdup(arena, whose.name),
		                           .item = arena_strdup(arena, item->number), .reason = plan.left[l].reason, .due_day = item->due_day,
		                           .until = plan.left[l].until,
		                           .detail = detail_words(&plan.left[l].detail, scenario, item->currency, viewer->lang, arena) };
		snprintf(left->currency, sizeof left->currency, "%s", item->currency);
	}
	return STATUS_FINE;
}

/* The ladder's own message about the same account would be a second one: it gives way. */
static struct status others_give_way(struct change *change, int64_t customer_id, const char *currency)
{
	const struct db_arg *args = DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id),
	                                    db_int("customer", customer_id), db_int("test", !change->company.live), db_text("currency", currency));
	TRY(db_run(change->db,
	        "DELETE FROM action_item WHERE tenant_id = $tenant AND company_id = $company AND action_id IN (SELECT id FROM action "
	        "WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer AND test = $test AND currency = $currency "
	        "AND state IN ('planned', 'to_confirm') AND channel <> 'task')", args));
	TRY(db_run(change->db,
	        "DELETE FROM action_member WHERE tenant_id = $tenant AND company_id = $company AND action_id IN (SELECT id FROM action "
	        "WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer AND test = $test AND currency = $currency "
	        "AND state IN ('planned', 'to_confirm') AND channel <> 'task')", args));
	return db_run(change->db,
	        "UPDATE action SET state = 'cancelled', reason = 'reminded_now', amount = 0, plan_day = $today, rev = $rev WHERE tenant_id = $tenant "
	        "AND company_id = $company AND customer_id = $customer AND test = $test AND currency = $currency "
	        "AND state IN ('planned', 'to_confirm') AND channel <> 'task'",
	        DB_ARGS(db_day("today", change->today), db_int("rev", change->rev), db_int("tenant", change->company.tenant_id),
	                db_int("company", change->company.id), db_int("customer", customer_id), db_int("test", !change->company.live),
	                db_text("currency", currency)));
}

/* A printed letter lies on somebody's desk, or is in the post already: taking its action back would not take back the paper. */
static struct status no_letter_out(struct change *change, int64_t customer_id, const char *name)
{
	int64_t printed = 0;
	TRY(db_get_int(change->db,
	        "SELECT COUNT(*) FROM action a JOIN letter l ON l.tenant_id = a.tenant_id AND l.company_id = a.company_id AND l.action_id = a.id "
	        "WHERE a.tenant_id = $tenant AND a.company_id = $company AND a.customer_id = $customer AND l.printed_at > 0 AND a.test = $test "
	        "AND a.state IN ('planned', 'to_confirm')",
	        DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("customer", customer_id),
	                db_int("test", !change->company.live)), &printed, NULL));
	return printed ? status_make(STATUS_CONFLICT, "A letter to %s is printed and not posted yet: post it, or pass it over first.", name) : STATUS_FINE;
}

struct status now_make(struct change *change, int64_t customer_id, const int64_t *items, size_t count, enum channel channel, int64_t expected,
                       struct arena *arena, int64_t *action_id)
{
	struct now_proposal proposal;
	TRY(now_propose(change->db, change->viewer, change->company.id, customer_id, items, count, channel, change->today, arena, &proposal));
	const struct action *action = proposal.action;
	if (!action && proposal.left_count)
		return status_make(STATUS_CONFLICT, "Nothing was sent to %s: %s", proposal.left[0].customer_name, proposal.left[0].detail);
	if (!action) return status_make(STATUS_CONFLICT, "Nothing was sent: these items are paid by now.");
	if (expected >= 0 && expected != action->amount)
		return status_make(STATUS_CONFLICT, "The amounts of %s have changed. Look at the message again.", action->customer_name);
	customer_id = action->customer_id;
	TRY(no_letter_out(change, customer_id, action->customer_name));
	TRY(others_give_way(change, customer_id, action->currency));
	for (size_t i = 0; action->others && i < action->item_count; i++)
		if (action->items[i].customer_id != customer_id) TRY(others_give_way(change, action->items[i].customer_id, action->currency));
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "action", 1, action_id));
	TRY(db_run(change->db,
	        "INSERT INTO action (tenant_id, company_id, id, customer_id, plan_day, scenario, scenario_version, step, step_rank, channel, mode, "
	        "state, test, currency, amount, priority, reason, why, assigned_to, max_days_late, broken_promise, created_at, rev) VALUES ($tenant, "
	        "$company, $id, $customer, $today, $scenario, $version, $step, $rank, $channel, $mode, $state, $test, $currency, $amount, $priority, "
	        "$reason, $why, $assigned, $late, $broken, $now, $rev)",
	        DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", *action_id),
	                db_int("customer", customer_id), db_day("today", change->today), db_text("scenario", action->scenario),
	                db_int("version", action->scenario_version), db_text("step", action->step), db_int("rank", action->rank),
	                db_text("channel", channel_code(action->channel)), db_text("mode", mode_code(action->mode)),
	                db_text("state", action_state_code(action->state)), db_int("test", action->test), db_text("currency", action->currency),
	                db_int("amount", action->amount), db_int("priority", action->priority), db_text("reason", action->reason),
	                db_text("why", action->why), db_int("assigned", action->assigned_to), db_int("late", action->max_days_late),
	                db_int("broken", action->broken_promise), db_int("now", change->now), db_int("rev", change->rev))));
	for (size_t i = 0; i < action->item_count; i++)
		TRY(db_run(change->db,
		        "INSERT INTO action_item (tenant_id, company_id, action_id, item_id, role, amount) "
		        "VALUES ($tenant, $company, $action, $item, $role, $amount)",
		        DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("action", *action_id),
		                db_int("item", action->items[i].item_id), db_text("role", plan_role_code(action->items[i].role)),
		                db_int("amount", action->items[i].amount))));
	return action->others ? action_members_write(change, *action_id) : STATUS_FINE;
}
