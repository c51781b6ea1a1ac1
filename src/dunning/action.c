#include "dunning/action.h"

#include "base/day.h"
#include "base/memory.h"
#include "dunning/action_member.h"
#include "dunning/call.h"
#include "dunning/plan_load.h"
#include "ledger/event.h"

#include <jansson.h>

/* --- reading ------------------------------------------------------------------------------------------------------------------- */
#define ACTION_COLUMNS                                                                                                          \
	"a.id, a.customer_id, a.scenario_version, a.amount, a.priority, a.contact_id, a.assigned_to, a.done_by, c.code, c.name,"   \
	" a.scenario, a.step, a.template, a.recipient, a.language, a.outcome, a.note, a.reason, a.why, a.step_rank, a.channel,"    \
	" a.mode, a.state, a.test, a.currency, a.plan_day, a.snoozed_until, a.done_day, a.next_day, a.next_step, a.max_days_late," \
	" a.broken_promise, a.attempts, a.done_at, a.created_at, a.rev, c.collector_id, c.sales_id, c.group_code"
#define ACTION_FROM                                                                                                             \
	" FROM action a JOIN customer c ON c.tenant_id = a.tenant_id AND c.company_id = a.company_id AND c.id = a.customer_id"     \
	" JOIN company m ON m.tenant_id = a.tenant_id AND m.id = a.company_id"                                                     \
	" WHERE a.tenant_id = $tenant AND a.company_id = $company"

/* His own, and what is asked of his payer for him. */
#define OF_CUSTOMER                                                                                                             \
	"SELECT o.id FROM action o WHERE o.tenant_id = $tenant AND o.company_id = $company AND o.customer_id = $customer UNION"     \
	" SELECT o.action_id FROM action_member o WHERE o.tenant_id = $tenant AND o.company_id = $company AND o.customer_id = $customer"

static void action_row(struct rows *rows, struct arena *arena, struct action *out)
{
	*out = (struct action){
		.id = row_int(rows, 0), .customer_id = row_int(rows, 1), .scenario_version = row_int(rows, 2), .amount = row_int(rows, 3),
		.priority = row_int(rows, 4), .contact_id = row_int(rows, 5), .assigned_to = row_int(rows, 6), .done_by = row_int(rows, 7),
		.customer_code = arena_strdup(arena, row_text(rows, 8)), .customer_name = arena_strdup(arena, row_text(rows, 9)),
		.scenario = arena_strdup(arena, row_text(rows, 10)), .step = arena_strdup(arena, row_text(rows, 11)),
		.template = arena_strdup(arena, row_text(rows, 12)), .recipient = arena_strdup(arena, row_text(rows, 13)),
		.language = arena_strdup(arena, row_text(rows, 14)), .outcome = arena_strdup(arena, row_text(rows, 15)),
		.note = arena_strdup(arena, row_text(rows, 16)), .reason = arena_strdup(arena, row_text(rows, 17)),
		.why = arena_strdup(arena, row_text(rows, 18)), .test = row_int(rows, 23) != 0, .plan_day = row_day(rows, 25),
		.snoozed_until = row_day(rows, 26), .done_day = row_day(rows, 27), .next_day = row_day(rows, 28),
		.next_step = arena_strdup(arena, row_text(rows, 29)), .max_days_late = (int)row_int(rows, 30),
		.broken_promise = row_int(rows, 31) != 0, .attempts = (int)row_int(rows, 32), .done_at = row_int(rows, 33),
		.created_at = row_int(rows, 34), .rev = row_int(rows, 35), .next_fr = "", .next_en = "" };
	int64_t rank = row_int(rows, 19);
	out->rank = rank > 0 && rank < RANK_COUNT ? (enum rank)rank : RANK_NONE;
	out->channel = CHANNEL_TASK, out->mode = MODE_MANUAL, out->state = STATE_CANCELLED;
	channel_parse(row_text(rows, 20), &out->channel);
	mode_parse(row_text(rows, 21), &out->mode);
	action_state_parse(row_text(rows, 22), &out->state);
	snprintf(out->currency, sizeof out->currency, "%s", row_text(rows, 24));
	out->takeover = strstr(out->reason, "takeover") != NULL;
}

static struct status action_items(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct action *actions,
				  size_t count, bool of_day, int32_t day);

struct status action_list(struct db *db, const struct viewer *viewer, int64_t company_id, const struct action_filter *filter,
                          struct arena *arena, struct action **out, size_t *count)
{
	*out = NULL;
	*count = 0;
	if (!viewer_sees_company(viewer, company_id)) return STATUS_FINE;
	struct db_arg tenant = db_int("tenant", viewer->tenant_id), company = db_int("company", company_id);
	struct db_arg day = db_day("day", filter->day), customer = db_int("customer", filter->customer_id);
	/* a live company's list has no action of its test; what belongs to another state of it is history */
	struct rows *rows =
		filter->customer_id && filter->day != DAY_NONE
			? db_query(db, "SELECT " ACTION_COLUMNS ACTION_FROM " AND a.test = 1 - m.live AND a.id IN (" OF_CUSTOMER ")"
				" AND a.plan_day = $day ORDER BY a.priority DESC, a.id", DB_ARGS(tenant, company, customer, day))
		: filter->customer_id
			? db_query(db, "SELECT " ACTION_COLUMNS ACTION_FROM " AND a.test = 1 - m.live AND a.id IN (" OF_CUSTOMER ")"
				" ORDER BY a.priority DESC, a.id", DB_ARGS(tenant, company, customer))
		: filter->day != DAY_NONE
			? db_query(db, "SELECT " ACTION_COLUMNS ACTION_FROM " AND a.test = 1 - m.live AND a.plan_day = $day"
				" ORDER BY a.priority DESC, a.id", DB_ARGS(tenant, company, day))
			: db_query(db, "SELECT " ACTION_COLUMNS ACTION_FROM " AND a.test = 1 - m.live ORDER BY a.priority DESC, a.id",
				DB_ARGS(tenant, company));
	size_t cap = 0;
	struct action *list = NULL;
	while (rows_next(rows)) {
		if (!viewer_sees_customer(viewer, row_int(rows, 36), row_int(rows, 37), row_text(rows, 38))) continue;
		if (filter->assigned_to && row_int(rows, 6) != filter->assigned_to) continue;
		enum action_state state;
		if (filter->states && (!action_state_parse(row_text(rows, 22), &state) || !(filter->states & 1u << state))) continue;
		GROW(list, *count, cap);
		action_row(rows, arena, &list[(*count)++]);
	}
	struct status status = rows_status(rows);
	rows_close(rows);
	*out = arena_array(arena, struct action, *count + 1);
	if (*count) memcpy(*out, list, *count * sizeof *list);
	free(list);
	if (!status.code && filter->items && *count)
		status = action_items(db, viewer->tenant_id, company_id, arena, *out, *count, filter->day != DAY_NONE && !filter->customer_id,
				      filter->day);
	if (!status.code) status = action_members_narrow(db, viewer, company_id, *out, *count, arena);
	return status;
}

struct status action_waiting(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t day, int32_t today, int64_t *count)
{
	*count = 0;
	if (!viewer_sees_company(viewer, company_id)) return STATUS_FINE;
	const struct db_arg *args = DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_day("day", day),
	                                    db_day("today", today));
#define WAITING                                                                                                                 \
	" WHERE a.tenant_id = $tenant AND a.company_id = $company AND a.plan_day = $day AND a.test ="                                 \
	" (SELECT 1 - m.live FROM company m WHERE m.tenant_id = $tenant AND m.id = $company)"                                        \
	" AND a.state IN ('planned', 'to_confirm', 'failed', 'unknown') AND COALESCE(a.snoozed_until, $today) <= $today" /* OR would gather ids of both halves first */
	if (viewer->portfolio == PORTFOLIO_ALL)
		return db_get_int(db, "SELECT COUNT(*) FROM action a" WAITING, args, count, NULL);
	cleanup_rows struct rows *rows = db_query(db, "SELECT c.collector_id, c.sales_id, c.group_code FROM action a JOIN customer c"
		" ON c.tenant_id = a.tenant_id AND c.company_id = a.company_id AND c.id = a.customer_id" WAITING, args);
#undef WAITING
	while (rows_next(rows)) *count += viewer_sees_customer(viewer, row_int(rows, 0), row_int(rows, 1), row_text(rows, 2));
	return rows_status(rows);
}

#define ITEM_COLUMNS "n.action_id, n.item_id, n.amount, n.role, i.number, i.kind, i.issue_day, i.due_day, i.amount, i.open_amount, i.customer_id"
#define ITEM_FROM                                                                                                               \
	" JOIN item i ON i.tenant_id = n.tenant_id AND i.company_id = n.company_id AND i.id = n.item_id"                           \
	" WHERE n.tenant_id = $tenant AND n.company_id = $company"

static void item_row(struct rows *rows, struct arena *arena, struct action_item *out)
{
	const char *role = row_text(rows, 3);
	*out = (struct action_item){ .item_id = row_int(rows, 1), .amount = row_int(rows, 2),
		.role = strcmp(role, "claimed") == 0 ? PLAN_CLAIMED : strcmp(role, "credit") == 0 ? PLAN_CREDIT :
			strcmp(role, "statement") == 0 ? PLAN_STATEMENT : PLAN_PAID,
		.number = arena_strdup(arena, row_text(rows, 4)), .issue_day = row_day(rows, 6), .due_day = row_day(rows, 7),
		.total = row_int(rows, 8), .open = row_int(rows, 9), .customer_id = row_int(rows, 10) };
	item_kind_parse(row_text(rows, 5), &out->kind);
}

static int action_by_id(const void *a, const void *b)
{
	const struct action *const *x = a, *const *y = b;
	return (*x)->id < (*y)->id ? -1 : (*x)->id > (*y)->id;
}

static int item_order(const void *a, const void *b)
{
	const struct action_item *x = a, *y = b;
	if (x->role != y->role) return x->role < y->role ? -1 : 1;
	if (x->due_day != y->due_day) return x->due_day < y->due_day ? -1 : 1;
	return x->item_id < y->item_id ? -1 : x->item_id > y->item_id;
}

/* Items of many actions in one query when they are those of a day, else one by one. */
static struct status action_items(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct action *actions,
				  size_t count, bool of_day, int32_t day)
{
	struct action **sorted = arena_array(arena, struct action *, count + 1);
	for (size_t i = 0; i < count; i++) sorted[i] = &actions[i];
	qsort(sorted, count, sizeof *sorted, action_by_id);
	size_t at = 0, cap = 0;
	struct action_item *list = NULL;
	struct status status = STATUS_FINE;
	for (size_t turn = 0; turn < (of_day ? 1 : count) && !status.code; turn++) {
		struct rows *rows = of_day
			? db_query(db, "SELECT " ITEM_COLUMNS " FROM action a JOIN action_item n ON n.tenant_id = a.tenant_id"
				" AND n.company_id = a.company_id AND n.action_id = a.id" ITEM_FROM
				" AND a.plan_day = $day ORDER BY n.action_id",
				DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_day("day", day)))
			: db_query(db, "SELECT " ITEM_COLUMNS " FROM action_item n" ITEM_FROM " AND n.action_id = $id",
				DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_int("id", sorted[turn]->id)));
		size_t have = 0;
		int64_t current = 0;
		bool more;
		do {
			more = rows_next(rows);
			if (current && (!more || row_int(rows, 0) != current)) {
				while (at < count && sorted[at]->id < current) at++;
				if (at < count && sorted[at]->id == current) {
					qsort(list, have, sizeof *list, item_order);
					sorted[at]->items = arena_array(arena, struct action_item, have);
					memcpy(sorted[at]->items, list, have * sizeof *list);
					sorted[at]->item_count = have;
				}
				have = 0;
			}
			if (!more) break;
			current = row_int(rows, 0);
			GROW(list, have, cap);
			item_row(rows, arena, &list[have++]);
		} while (more);
		status = rows_status(rows);
		rows_close(rows);
	}
	free(list);
	return status;
}

struct status action_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena,
                         struct action **out)
{
	*out = arena_make(arena, struct action);
	cleanup_rows struct rows *rows = db_query(db, "SELECT " ACTION_COLUMNS ACTION_FROM " AND a.id = $id",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", id)));
	bool found = viewer_sees_company(viewer, company_id) && rows_next(rows) &&
		     viewer_sees_customer(viewer, row_int(rows, 36), row_int(rows, 37), row_text(rows, 38));
	if (found) action_row(rows, arena, *out);
	TRY(rows_status(rows));
	if (!found) return status_make(STATUS_NOT_FOUND, "There is no action %lld.", (long long)id);
	const struct scenario *scenario;
	TRY(scenario_load_version(db, viewer->tenant_id, company_id, (*out)->scenario, (*out)->scenario_version, arena, &scenario));
	int own = scenario ? scenario_step(scenario, (*out)->step) : -1;
	if (own >= 0) (*out)->of_step = &scenario->steps[own];
	int next = scenario && (*out)->next_step[0] ? scenario_step(scenario, (*out)->next_step) : -1;
	if (next >= 0) (*out)->next_fr = scenario->steps[next].next_fr, (*out)->next_en = scenario->steps[next].next_en;
	TRY(action_items(db, viewer->tenant_id, company_id, arena, *out, 1, false, DAY_NONE));
	return action_members_narrow(db, viewer, company_id, *out, 1, arena);
}

struct status action_read(struct db *db, const struct viewer *viewer, int64_t company_id, const int64_t *ids, size_t count,
                          struct arena *arena, struct action **out)
{
	*out = arena_array(arena, struct action, count + 1);
	if (!viewer_sees_company(viewer, company_id)) return STATUS_FINE;
	for (size_t from = 0; from < count; from += DB_SOME) {
		size_t some = count - from < DB_SOME ? count - from : DB_SOME;
		struct db_arg args[DB_SOME + 3] = { db_int("tenant", viewer->tenant_id), db_int("company", company_id) };
		db_some(args + 2, ids + from, some);
		cleanup_rows struct rows *rows = db_query(db, "SELECT " ACTION_COLUMNS ACTION_FROM " AND a.id IN (" DB_SOME_NAMES ")", args);
		while (rows_next(rows)) {
			if (!viewer_sees_customer(viewer, row_int(rows, 36), row_int(rows, 37), row_text(rows, 38))) continue;
			for (size_t i = from; i < from + some; i++)
				if (ids[i] == row_int(rows, 0)) action_row(rows, arena, &(*out)[i]);
		}
		TRY(rows_status(rows));
	}
	return action_members_narrow(db, viewer, company_id, *out, count, arena);
}

/* --- acting ---------------------------------------------------------------------------------------------------------------------- */
static const struct {
	const char *code, *label;
	bool again; /* nobody was reached: it comes back */
} outcomes[] = {
	{ "promise", "Promise", false },           { "dispute", "Dispute", false },
	{ "resent", "Invoice sent again", false }, { "approver", "Waiting for approval", false },
	{ "po_missing", "Purchase order missing", false }, { "plan", "Payment plan asked for", false },
	{ "offset", "Wants to set off", false },   { "check_in_post", "Cheque in the post", false },
	{ "payment_sent", "Payment sent", false }, { "contact", "Another contact", false },
	{ "search_bank", "Says it is paid", false }, { "refusal", "Refusal", false },
	{ "wrong_number", "Wrong number", false }, { "insolvency", "Insolvency", false },
	{ "call_back", "Call back", true },        { "na", "No answer", true },
	{ "voicemail", "Voicemail", true },        { "release", "May be reminded", false },
	{ "other", "Other", false },
};
enum { CALL_ATTEMPTS = 3 };

static int outcome_index(const char *code)
{
	for (size_t i = 0; i < COUNT(outcomes); i++)
		if (strcmp(outcomes[i].code, code) == 0) return (int)i;
	return -1;
}

bool action_outcome_known(const char *code) { return outcome_index(code) >= 0; }

const char *action_outcome_label(const char *code)
{
	int at = outcome_index(code);
	return at >= 0 ? outcomes[at].label : code;
}

static bool waiting(const struct action *action)
{
	return action->state == STATE_PLANNED || action->state == STATE_TO_CONFIRM;
}

static struct status not_waiting(const struct action *action)
{
	return status_make(STATUS_CONFLICT, "Action %lld of %s is “%s” already. Reload the agenda.", (long long)action->id,
			   action->customer_name, action_state_code(action->state));
}

static struct status customer_event(struct change *change, const struct action *action, int64_t customer_id, const char *kind,
				    const char *extra_key, const char *extra)
{
	json_t *items = json_array();
	int64_t amount = 0;
	for (size_t i = 0; i < action->item_count; i++) {
		const struct action_item *item = &action->items[i];
		if (customer_id != item->customer_id && action->others) continue;
		if (item->role == PLAN_CLAIMED) json_array_append_new(items, json_string(item->number));
		if (item->role == PLAN_CLAIMED || item->role == PLAN_CREDIT) amount += item->amount;
	}
	bool own = customer_id == action->customer_id;
	json_t *content = json_pack("{s:s, s:s, s:I, s:s, s:o}", "step", action->step, "channel", channel_code(action->channel), "amount",
				    (json_int_t)(own ? action->amount : amount), "currency", action->currency, "items", items);
	if (own && action->others) json_object_set_new(content, "others", json_integer((json_int_t)action->others));
	if (!own) json_object_set_new(content, "payer", json_string(action->customer_code));
	if (extra && extra[0]) json_object_set_new(content, extra_key, json_string(extra));
	if (action->note[0]) json_object_set_new(content, "note", json_string(action->note));
	if (action->test) json_object_set_new(content, "test", json_true());
	char *text = json_dumps(content, JSON_COMPACT);
	json_decref(content);
	struct status status = event_add(change, &(struct event_new){ .kind = kind, .customer_id = customer_id, .ref = action->id, .content = text });
	free(text);
	return status;
}

/* Each customer it names has it in his own timeline, with his own items. */
static struct status action_event(struct change *change, const struct action *action, const char *kind, const char *extra_key,
				  const char *extra)
{
	TRY(customer_event(change, action, action->customer_id, kind, extra_key, extra));
	for (size_t i = 0; action->others && i < action->item_count; i++) {
		bool told = action->items[i].customer_id == action->customer_id;
		for (size_t k = 0; k < i; k++) told |= action->items[k].customer_id == action->items[i].customer_id;
		if (!told) TRY(customer_event(change, action, action->items[i].customer_id, kind, extra_key, extra));
	}
	return STATUS_FINE;
}

static struct status action_write(struct change *change, const struct action *action)
{
	return db_run(change->db,
		"UPDATE action SET state = $state, plan_day = $plan, snoozed_until = $snooze, outcome = $outcome, note = $note,"
		" reason = $reason, attempts = $attempts, done_at = $at, done_day = $day, done_by = $by, contact_id = $contact,"
		" recipient = $recipient, language = $language, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
		DB_ARGS(db_text("state", action_state_code(action->state)), db_day("plan", action->plan_day),
			db_day("snooze", action->snoozed_until), db_text("outcome", action->outcome), db_text("note", action->note),
			db_text("reason", action->reason), db_int("attempts", action->attempts), db_int("at", action->done_at),
			db_day("day", action->done_day), db_int("by", action->done_by), db_int("contact", action->contact_id),
			db_text("recipient", action->recipient), db_text("language", action->language), db_int("rev", change->rev),
			db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", action->id)));
}

/* Takes an action for a change: reads it as the viewer may, in the transaction that changes it. */
static struct status action_take(struct change *change, int64_t id, struct arena *arena, struct action **out)
{
	TRY(action_get(change->db, change->viewer, change->company.id, id, arena, out));
	return action_whole(*out);
}

struct status action_check(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, int32_t today,
                           struct arena *arena, bool *stands, const char **reason)
{
	*stands = false;
	*reason = "";
	struct action *action;
	struct company company;
	TRY(action_get(db, viewer, company_id, id, arena, &action));
	TRY(company_get(db, viewer, company_id, &company));
	cleanup_plan_data struct plan_data *data = NULL;
	TRY(plan_data_load(db, &company, today, action->customer_id, id, arena, &data));
	if (action->test != !company.live) {
		*reason = "test";
		return STATUS_FINE;
	}
	size_t customer = book_find_customer(plan_data_book(data), action->customer_id); /* planned with his payer since: no view of his own */
	struct plan_view view;
	const struct scenario *scenario;
	struct plan plan = { 0 };
	if (customer == SIZE_MAX || !plan_data_view(data, customer, arena, &view, &scenario)) {
		*reason = "cleared";
		return STATUS_FINE;
	}
	if (strcmp(action->step, PLAN_NOW) == 0) { /* asked for by a person: the items he chose */
		int64_t *ids = arena_array(arena, int64_t, action->item_count + 1);
		size_t count = 0;
		for (size_t i = 0; i < action->item_count; i++)
			if (action->items[i].role == PLAN_CLAIMED) ids[count++] = action->items[i].item_id;
		plan_now(&view, scenario, plan_data_settings(data), today, ids, count, action->channel, arena, &plan);
	} else {
		plan_day(&view, scenario, plan_data_settings(data), today, arena, &plan);
	}
	for (size_t p = 0; p < plan.action_count; p++) {
		const struct plan_action *now = &plan.actions[p];
		if (strcmp(now->step, action->step) != 0 || strcmp(now->currency, action->currency) != 0) continue;
		size_t same = 0, wanted = 0, offered = 0;
		for (size_t i = 0; i < action->item_count; i++) {
			if (action->items[i].role == PLAN_STATEMENT) continue;
			wanted++;
			for (size_t n = 0; n < now->item_count; n++)
				if (now->items[n].item_id == action->items[i].item_id && now->items[n].role == action->items[i].role &&
				    now->items[n].amount == action->items[i].amount)
					same++;
		}
		for (size_t n = 0; n < now->item_count; n++) offered += now->items[n].role != PLAN_STATEMENT;
		/* fewer than what could be asked is fine (a person took an item out); a credit left out is not */
		bool credits_kept = now->amount - action->amount >= 0 || offered == wanted;
		if (same == wanted && credits_kept) {
			*stands = true;
			return STATUS_FINE;
		}
	}
	*reason = "cleared";
	for (size_t i = 0; i < action->item_count; i++)
		for (size_t l = 0; l < plan.left_count; l++)
			if (view.items[plan.left[l].item].id == action->items[i].item_id && action->items[i].role == PLAN_CLAIMED) {
				*reason = left_reason_code(plan.left[l].reason);
				return STATUS_FINE;
			}
	for (size_t p = 0; p < plan.action_count; p++)
		if (strcmp(plan.actions[p].currency, action->currency) == 0) *reason = "changed";
	return STATUS_FINE;
}

/* --- one contact of a buyer a day, over all companies of the tenant ------------------------------------------------------------- */
/* Written with what happens, taken back with what turns out not to have. The key is the rule: of two companies that send at the same
 * moment, one is refused. What a person did by hand has happened, whatever the rule says: `happened`. */
static struct status buyer_note(struct change *change, const struct action *action, bool contact, bool happened)
{
	struct db_arg tenant = db_int("tenant", change->company.tenant_id), company = db_int("company", change->company.id), id = db_int("id", action->id);
	TRY(db_run(change->db, "DELETE FROM buyer_contact WHERE tenant_id = $tenant AND company_id = $company AND action_id = $id", DB_ARGS(tenant, company, id)));
	if (!contact || !channel_is_contact(action->channel)) return STATUS_FINE;
	struct db_arg customer = db_int("customer", action->customer_id), test = db_int("test", action->test), today = db_day("today", change->today);
	TRY(db_run(change->db,
		"INSERT INTO buyer_contact (tenant_id, siren, test, day, company_id, action_id) SELECT tenant_id, siren, CAST($test AS BIGINT),"
		" CAST($today AS BIGINT), company_id, CAST($id AS BIGINT) FROM customer WHERE tenant_id = $tenant AND company_id = $company"
		" AND id = $customer AND siren <> '' ON CONFLICT DO NOTHING", DB_ARGS(tenant, company, id, customer, test, today)));
	if (happened) return STATUS_FINE;
	int64_t other = 0;
	TRY(db_get_int(change->db,
		"SELECT b.action_id FROM buyer_contact b JOIN customer c ON c.tenant_id = b.tenant_id AND c.siren = b.siren WHERE c.tenant_id = $tenant"
		" AND c.company_id = $company AND c.id = $customer AND c.siren <> '' AND b.test = $test AND b.day = $today"
		" AND NOT (b.company_id = $company AND b.action_id = $id)", DB_ARGS(tenant, company, id, customer, test, today), &other, &(bool){ false }));
	if (other)
		return status_make(STATUS_CONFLICT, "%s was contacted today already, by another account or company. Plan the day again.", action->customer_name);
	return STATUS_FINE;
}

/* --- two persons for a formal notice ------------------------------------------------------------------------------------------------ */
struct status action_approval(struct db *db, const struct viewer *viewer, int64_t company_id, const struct action *action, struct arena *arena,
			      bool *wanted, int64_t *by)
{
	const struct settings *settings;
	*wanted = false, *by = 0;
	if (action->rank != RANK_FORMAL_NOTICE) return STATUS_FINE;
	TRY(settings_load(db, viewer->tenant_id, company_id, arena, &settings));
	*wanted = setting_bool(settings, "formal_notice.two_persons");
	if (!*wanted) return STATUS_FINE;
	return db_get_int(db, "SELECT user_id FROM action_approval WHERE tenant_id = $tenant AND company_id = $company AND action_id = $id"
		" AND amount = $amount AND user_id <> $me ORDER BY at",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", action->id), db_int("amount", action->amount),
			db_int("me", viewer->user_id)), by, &(bool){ false });
}

static struct status approved(struct change *change, const struct action *action, struct arena *arena)
{
	bool wanted;
	int64_t by;
	TRY(action_approval(change->db, change->viewer, change->company.id, action, arena, &wanted, &by));
	if (!wanted || by) return STATUS_FINE;
	return status_make(STATUS_CONFLICT, "A formal notice needs the yes of a second person: somebody else must approve this one first, for this amount.");
}

struct status action_approve(struct change *change, int64_t id)
{
	if (!viewer_may(change->viewer, RIGHT_COLLECT)) return status_make(STATUS_FORBIDDEN, "You may not approve a formal notice.");
	if (!change->viewer->user_id) return status_make(STATUS_FORBIDDEN, "A formal notice is approved by a person.");
	cleanup_arena struct arena *arena = arena_new();
	struct action *action;
	TRY(action_take(change, id, arena, &action));
	if (!waiting(action)) return not_waiting(action);
	if (action->rank != RANK_FORMAL_NOTICE) return status_make(STATUS_INVALID, "Only a formal notice is approved.");
	TRY(db_run(change->db, "INSERT INTO action_approval (tenant_id, company_id, action_id, user_id, at, day, amount) VALUES ($tenant, $company, $id, $me,"
		" $now, $today, $amount) ON CONFLICT (tenant_id, company_id, action_id, user_id) DO UPDATE SET at = $now, day = $today, amount = $amount",
		DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id),
			db_int("me", change->viewer->user_id), db_int("now", change->now), db_day("today", change->today), db_int("amount", action->amount))));
	return action_event(change, action, "action.approved", NULL, NULL);
}

struct status action_queue(struct change *change, int64_t id, const char *recipient, int64_t contact_id, const char *language)
{
	struct arena *arena = arena_new();
	struct action *action;
	struct status status = action_take(change, id, arena, &action);
	bool stands = false;
	const char *reason = "";
	if (!status.code && !waiting(action) && action->state != STATE_FAILED) status = not_waiting(action);
	bool letter = action && (action->channel == CHANNEL_LETTER || action->channel == CHANNEL_REGISTERED_LETTER);
	if (!status.code && !channel_needs_address(action->channel) && !letter) /* a letter goes to a postal service */
		status = status_make(STATUS_INVALID, "Action %lld is a %s: mark it as done instead.", (long long)id, channel_code(action->channel));
	if (!status.code)
		status = action_check(change->db, change->viewer, change->company.id, id, change->today, arena, &stands, &reason);
	if (!status.code) status = approved(change, action, arena);
	if (!status.code && !stands)
		status = status_make(STATUS_CONFLICT, "Nothing was sent to %s: the action no longer stands (%s). Plan the day again.",
				     action->customer_name, reason);
	if (!status.code) {
		bool automatic = action->mode == MODE_AUTOMATIC && change->viewer->user_id == 0;
		action->state = STATE_QUEUED;
		action->plan_day = change->today;
		action->snoozed_until = DAY_NONE;
		action->recipient = recipient, action->contact_id = contact_id, action->language = language;
		action->done_by = change->viewer->user_id;
		status = action_write(change, action);
		if (!status.code) status = buyer_note(change, action, true, false);
		if (!status.code) status = action_event(change, action, automatic ? "action.queued" : "action.confirmed", "to", recipient);
	}
	arena_free(arena);
	return status;
}

struct status action_moved(struct change *change, int64_t id, enum action_state to, const char *why)
{
	struct arena *arena = arena_new();
	struct action *action;
	struct status status = action_take(change, id, arena, &action);
	if (!status.code) {
		action->state = to;
		if (why && why[0] && to != STATE_SENT) action->reason = why;
		if (to == STATE_SENT || to == STATE_UNKNOWN || to == STATE_SENDING) {
			action->done_day = change->today;
			action->done_at = change->now;
		} else if (to == STATE_QUEUED || to == STATE_FAILED) {
			action->done_day = DAY_NONE; /* nothing was sent: no date is written */
			action->done_at = 0;
		}
		status = action_write(change, action);
		/* queued and sending claim the day; what is sent or unknown has it from the moment it left */
		if (!status.code && to != STATE_SENT && to != STATE_UNKNOWN)
			status = buyer_note(change, action, to == STATE_SENDING || to == STATE_QUEUED, false);
	}
	const char *kind = to == STATE_SENT ? "action.sent" : to == STATE_FAILED ? "action.failed" : to == STATE_UNKNOWN ? "action.unknown"
			   : to == STATE_CANCELLED ? "action.cancelled" : NULL;
	if (!status.code && kind) status = action_event(change, action, kind, "why", why);
	arena_free(arena);
	return status;
}

struct status action_skip(struct change *change, int64_t id, const char *note)
{
	struct arena *arena = arena_new();
	struct action *action;
	struct status status = action_take(change, id, arena, &action);
	if (!status.code && !waiting(action) && action->state != STATE_FAILED) status = not_waiting(action);
	if (!status.code) {
		action->state = STATE_CANCELLED;
		action->outcome = "skipped";
		action->note = note ? note : "";
		action->plan_day = change->today;
		action->done_day = change->today, action->done_at = change->now, action->done_by = change->viewer->user_id;
		status = action_write(change, action);
		if (!status.code) status = action_event(change, action, "action.skipped", NULL, NULL);
	}
	arena_free(arena);
	return status;
}

struct status action_assign(struct change *change, int64_t id, int64_t user_id)
{
	cleanup_arena struct arena *arena = arena_new();
	struct action *action;
	cleanup_free char *email = NULL;
	TRY(action_take(change, id, arena, &action));
	if (!waiting(action)) return not_waiting(action);
	if (user_id) {
		TRY(db_get_text(change->db, "SELECT email FROM user_account WHERE tenant_id = $tenant AND id = $id AND disabled = 0",
		                DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("id", user_id)), &email));
		if (!email) return status_make(STATUS_NOT_FOUND, "There is no such account.");
	}
	TRY(db_run(change->db, "UPDATE action SET assigned_to = $user, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_int("user", user_id), db_int("rev", change->rev), db_int("tenant", change->company.tenant_id),
	                   db_int("company", change->company.id), db_int("id", id))));
	return action_event(change, action, "action.assigned", "to", email ? email : "");
}

struct status action_snooze(struct change *change, int64_t id, int32_t until)
{
	if (until <= change->today) return status_make(STATUS_INVALID, "Choose a day after today.");
	if (until > change->today + 366) return status_make(STATUS_INVALID, "An action can be put off by a year at most.");
	struct arena *arena = arena_new();
	struct action *action;
	struct status status = action_take(change, id, arena, &action);
	if (!status.code && !waiting(action)) status = not_waiting(action);
	if (!status.code) {
		char day[11];
		day_format(until, day);
		action->state = STATE_PLANNED;
		action->snoozed_until = until;
		status = action_write(change, action);
		if (!status.code) status = action_event(change, action, "action.snoozed", "until", day);
	}
	arena_free(arena);
	return status;
}

struct status action_done(struct change *change, int64_t id, const char *outcome, const char *note)
{
	int known = outcome && outcome[0] ? outcome_index(outcome) : 0;
	if (known < 0) return status_make(STATUS_INVALID, "“%s” is no outcome. Known: promise, dispute, na, voicemail, call_back, other…", outcome);
	struct arena *arena = arena_new();
	struct action *action;
	struct status status = action_take(change, id, arena, &action);
	if (!status.code && !waiting(action)) status = not_waiting(action);
	if (!status.code && channel_needs_address(action->channel))
		status = status_make(STATUS_INVALID, "Action %lld is a message: confirm or skip it.", (long long)id);
	if (!status.code) status = approved(change, action, arena);
	if (!status.code) {
		bool again = outcome && outcome[0] && outcomes[known].again && action->attempts + 1 < CALL_ATTEMPTS;
		if (outcome && outcome[0] && outcomes[known].again) action->attempts++;
		action->outcome = outcome ? outcome : "";
		if (note) action->note = note;
		action->done_by = change->viewer->user_id;
		if (again) {
			const struct settings *settings;
			status = settings_load(change->db, change->company.tenant_id, change->company.id, arena, &settings);
			if (!status.code) {
				struct calendar calendar = calendar_of(settings, change->company.country, arena);
				action->state = STATE_PLANNED;
				action->snoozed_until = calendar_add(&calendar, change->today, 1);
			}
		} else {
			action->state = STATE_DONE;
			action->plan_day = change->today;
			action->done_day = change->today, action->done_at = change->now;
		}
		if (!status.code) status = action_write(change, action);
		/* what reached nobody is no contact */
		if (!status.code) status = buyer_note(change, action, action->state == STATE_DONE && !again, true);
		if (!status.code && action->channel == CHANNEL_CALL) status = call_record(change, action, outcome);
		if (!status.code) status = action_event(change, action, "action.done", "outcome", outcome);
	}
	arena_free(arena);
	return status;
}

struct status action_reopen(struct change *change, int64_t id)
{
	struct arena *arena = arena_new();
	struct action *action;
	struct status status = action_take(change, id, arena, &action);
	bool skipped = !status.code && action->state == STATE_CANCELLED && strcmp(action->outcome, "skipped") == 0;
	bool done = !status.code && action->state == STATE_DONE;
	bool snoozed = !status.code && action->state == STATE_PLANNED && action->snoozed_until != DAY_NONE;
	if (!status.code && !skipped && !done && !snoozed) status = not_waiting(action);
	if (!status.code && (skipped || done) && action->done_day != change->today)
		status = status_make(STATUS_CONFLICT, "Only what was done today can be undone.");
	if (!status.code) {
		action->state = action->mode == MODE_CONFIRM ? STATE_TO_CONFIRM : STATE_PLANNED;
		action->outcome = "";
		if (snoozed && action->attempts) action->attempts--;
		action->snoozed_until = DAY_NONE, action->done_day = DAY_NONE, action->done_at = 0, action->done_by = 0;
		status = action_write(change, action);
		if (!status.code) status = buyer_note(change, action, false, true);
		if (!status.code && action->channel == CHANNEL_CALL) status = call_undo(change, id);
		if (!status.code) status = action_event(change, action, "action.reopened", NULL, NULL);
	}
	arena_free(arena);
	return status;
}

const char *action_label(const struct action *action, enum lang lang, struct arena *arena)
{
	static const struct {
		const char *step, *label;
	} outside[] = {
		{ "review", "Review an old debt" },       { "unpaid_return", "Returned payment" },
		{ "own_fault", "Our answer is overdue" }, { "thanks", "Thank-you message" },
	};
	for (size_t i = 0; i < COUNT(outside); i++)
		if (strcmp(outside[i].step, action->step) == 0) return tr(lang, outside[i].label);
	if (strstr(action->reason, "no_contact"))
		return arena_printf(arena, "%s · %s", tr(lang, "Find an address"), tr(lang, rank_label(action->rank)));
	return arena_printf(arena, "%s · %s", tr(lang, rank_label(action->rank)), tr(lang, channel_label(action->channel)));
}
