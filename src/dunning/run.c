#include "dunning/run.h"

#include "base/log.h"
#include "base/memory.h"
#include "cash/list.h"
#include "dunning/note.h"
#include "dunning/plan_load.h"
#include "dunning/instalments.h"
#include "dunning/promises.h"
#include "dunning/trial.h"
#include "dunning/why.h"
#include "ledger/dispute_case.h"
#include "ledger/event.h"

#include <stdlib.h>

/* --- the plan of everybody ------------------------------------------------------------------------------------------------------ */
struct planned {
	int64_t customer_id, assigned_to;
	const char *code, *name;
	const struct scenario *scenario;
	struct plan_action action;   /* its items and sentences copied */
	const char *why;             /* JSON */
	struct open_action *open;    /* the stored one it continues; NULL: new */
	int64_t id;
	bool dropped;                /* beyond the day's cap: its items are left out */
};
struct planned_left {
	struct run_left row;
	struct plan_why why;
	const struct scenario *scenario;
};
struct open_action { /* stored, waiting: planned or to_confirm */
	int64_t id, customer_id, amount, priority;
	char step[40], currency[4];
	const char *reason, *why, *template, *next_step, *scenario;
	int64_t scenario_version;
	enum channel channel;
	enum mode mode;
	enum action_state state;
	int32_t plan_day, snoozed_until, next_day;
	int max_days_late;
	bool broken_promise;
	uint64_t items;              /* fingerprint of its items */
	bool kept;
};

struct day_plan {
	struct planned *list;
	size_t count, cap;
	struct planned_left *left;
	size_t left_count, left_cap;
	struct open_action *open;    /* sorted by customer */
	size_t open_count;
	int first_wave_out;          /* first contacts that went out today already */
	struct text words;
};

static void day_plan_free(struct day_plan *day)
{
	free(day->list), free(day->left), free(day->open);
	text_free(&day->words);
}

static uint64_t mix(uint64_t hash, int64_t value)
{
	hash ^= (uint64_t)value + 0x9e3779b97f4a7c15u + (hash << 6) + (hash >> 2);
	hash *= 0xff51afd7ed558ccdu;
	return hash ^ hash >> 33;
}

/* Does not depend on the order of the items. */
static uint64_t item_print(int64_t item_id, const char *role, int64_t amount)
{
	return mix(mix(mix(1, item_id), role[0] * 256 + role[1]), amount);
}

static int open_order(const void *a, const void *b)
{
	const struct open_action *x = a, *y = b;
	if (x->customer_id != y->customer_id) return x->customer_id < y->customer_id ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

static struct status open_load(struct db *db, const struct company *company, int32_t today, struct arena *arena, struct day_plan *day)
{
	size_t cap = 0;
	struct db_arg tenant = db_int("tenant", company->tenant_id), of = db_int("company", company->id),
		      test = db_int("test", !company->live);
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT a.id, a.customer_id, a.amount, a.priority, a.step, a.currency, a.reason, a.why, a.template, a.next_step, a.channel,"
		" a.mode, a.state, a.plan_day, a.snoozed_until, a.next_day, a.max_days_late, a.broken_promise, a.scenario,"
		" a.scenario_version, n.item_id, n.role, n.amount"
		" FROM action a LEFT JOIN action_item n ON n.tenant_id = a.tenant_id AND n.company_id = a.company_id AND n.action_id = a.id"
		" WHERE a.tenant_id = $tenant AND a.company_id = $company AND a.test = $test AND a.state IN ('planned','to_confirm')"
		" ORDER BY a.id", DB_ARGS(tenant, of, test));
	while (rows_next(rows)) {
		if (!day->open_count || day->open[day->open_count - 1].id != row_int(rows, 0)) {
			GROW(day->open, day->open_count, cap);
			struct open_action *open = &day->open[day->open_count++];
			*open = (struct open_action){
				.id = row_int(rows, 0), .customer_id = row_int(rows, 1), .amount = row_int(rows, 2), .priority = row_int(rows, 3),
				.reason = arena_strdup(arena, row_text(rows, 6)), .why = arena_strdup(arena, row_text(rows, 7)),
				.template = arena_strdup(arena, row_text(rows, 8)), .next_step = arena_strdup(arena, row_text(rows, 9)),
				.plan_day = row_day(rows, 13), .snoozed_until = row_day(rows, 14), .next_day = row_day(rows, 15),
				.max_days_late = (int)row_int(rows, 16), .broken_promise = row_int(rows, 17) != 0,
				.scenario = arena_strdup(arena, row_text(rows, 18)), .scenario_version = row_int(rows, 19) };
			snprintf(open->step, sizeof open->step, "%s", row_text(rows, 4));
			snprintf(open->currency, sizeof open->currency, "%s", row_text(rows, 5));
			channel_parse(row_text(rows, 10), &open->channel);
			mode_parse(row_text(rows, 11), &open->mode);
			action_state_parse(row_text(rows, 12), &open->state);
		}
		if (!row_null(rows, 20))
			day->open[day->open_count - 1].items += item_print(row_int(rows, 20), row_text(rows, 21), row_int(rows, 22));
	}
	TRY(rows_status(rows));
	if (day->open_count > 0) qsort(day->open, day->open_count, sizeof *day->open, open_order);
	int64_t out = 0;
	TRY(db_get_int(db, "SELECT COUNT(*) FROM action WHERE tenant_id = $tenant AND company_id = $company AND test = $test"
		" AND plan_day = $today AND state IN ('queued','sending','sent','unknown','done') AND channel NOT IN ('task','block','handover')"
		" AND reason LIKE '%takeover%'", DB_ARGS(tenant, of, test, db_day("today", today)), &out, NULL));
	day->first_wave_out = (int)out;
	return STATUS_FINE;
}

static struct open_action *open_find(struct day_plan *day, int64_t customer_id, const char *step, const char *currency)
{
	size_t low = 0, high = day->open_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (day->open[middle].customer_id < customer_id)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < day->open_count && day->open[low].customer_id == customer_id; low++)
		if (!day->open[low].kept && strcmp(day->open[low].step, step) == 0 && strcmp(day->open[low].currency, currency) == 0)
			return &day->open[low];
	return NULL;
}

static void left_add(struct day_plan *day, const struct book_customer *who, const struct plan_item *item, enum left_reason reason,
		     int32_t until, struct plan_why why, const struct scenario *scenario, struct arena *arena)
{
	GROW(day->left, day->left_count, day->left_cap);
	struct planned_left *left = &day->left[day->left_count++];
	*left = (struct planned_left){
		.row = { .customer_id = who->id, .item_id = item->id, .amount = item->open, .customer_code = who->code,
			 .customer_name = who->name, .item = item->number, .reason = reason, .due_day = item->due_day, .until = until },
		.why = why, .scenario = scenario };
	left->why.text = why.text && why.text[0] ? arena_strdup(arena, why.text) : "";
	snprintf(left->row.currency, sizeof left->row.currency, "%s", item->currency);
}

static void customer_plan(struct day_plan *day, const struct plan_data *data, size_t customer, int32_t today, struct arena *scratch,
			  struct arena *arena)
{
	struct plan_view view;
	const struct scenario *scenario;
	struct plan plan;
	if (!plan_data_view(data, customer, scratch, &view, &scenario)) return;
	plan_day(&view, scenario, plan_data_settings(data), today, scratch, &plan);
	struct book_customer who = book_customer(plan_data_book(data), customer);
	for (size_t a = 0; a < plan.action_count; a++) {
		const struct plan_action *from = &plan.actions[a];
		GROW(day->list, day->count, day->cap);
		struct planned *to = &day->list[day->count++];
		*to = (struct planned){ .customer_id = who.id, .assigned_to = who.collector_id, .code = who.code, .name = who.name,
					.scenario = scenario, .action = *from };
		to->action.items = arena_array(arena, struct plan_action_item, from->item_count + 1);
		if (from->item_count) memcpy(to->action.items, from->items, from->item_count * sizeof *from->items);
		text_clear(&day->words);
		why_list_text(&day->words, from->why, from->why_count);
		to->why = arena_strdup(arena, text_cstr(&day->words));
		to->action.why = NULL;
		to->open = open_find(day, who.id, from->step, from->currency);
		if (to->open) to->open->kept = true, to->id = to->open->id;
	}
	for (size_t l = 0; l < plan.left_count; l++)
		left_add(day, &who, &view.items[plan.left[l].item], plan.left[l].reason, plan.left[l].until, plan.left[l].detail, scenario, arena);
}

static int planned_order(const void *a, const void *b)
{
	const struct planned *x = a, *y = b;
	if (x->action.priority != y->action.priority) return x->action.priority > y->action.priority ? -1 : 1;
	int code = strcmp(x->code, y->code);
	return code ? code : strcmp(x->action.step, y->action.step);
}

/* A whole action gives way: its items are left out, each with why. */
static void planned_drop(struct day_plan *day, struct planned *one, const struct plan_data *data, int32_t until, struct plan_why why,
			 struct arena *arena)
{
	one->dropped = true;
	if (one->open) one->open->kept = false;
	one->open = NULL;
	struct book_customer who = book_customer(plan_data_book(data), book_find_customer(plan_data_book(data), one->customer_id));
	for (size_t n = 0; n < one->action.item_count; n++) {
		if (one->action.items[n].role != PLAN_CLAIMED) continue;
		struct book_item known = book_item(plan_data_book(data), book_find_item(plan_data_book(data), one->action.items[n].item_id), DAY_MAX);
		struct plan_item item = { .id = known.id, .number = known.number, .open = one->action.items[n].amount, .due_day = known.due_day };
		snprintf(item.currency, sizeof item.currency, "%s", known.currency);
		left_add(day, &who, &item, LEFT_TOO_SOON, until, why, one->scenario, arena);
	}
}

/* First contacts on old debts: so many a day; those proposed already keep their place, then by priority. */
static void plan_cap(struct day_plan *day, const struct plan_data *data, struct arena *arena)
{
	int room = plan_data_cap(data) - day->first_wave_out;
	for (size_t i = 0; i < day->count; i++) {
		struct planned *one = &day->list[i];
		if (one->action.first_wave && channel_is_contact(one->action.channel) && one->open) room--;
	}
	for (size_t i = 0; i < day->count; i++) {
		struct planned *one = &day->list[i];
		if (!one->action.first_wave || channel_is_task(one->action.channel) || one->open) continue;
		if (room-- > 0) continue;
		planned_drop(day, one, data, DAY_NONE, (struct plan_why){ .code = "cap", .a = plan_data_cap(data), .text = "" }, arena);
	}
}

struct buyer_place {
	int64_t buyer;
	bool open;    /* proposed before: it keeps its place */
	size_t index; /* in order of priority */
};
static int buyer_place_order(const void *a, const void *b)
{
	const struct buyer_place *x = a, *y = b;
	if (x->buyer != y->buyer) return x->buyer < y->buyer ? -1 : 1;
	if (x->open != y->open) return x->open ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* Several accounts of one buyer: one contact a day; what weighs most goes first, the others say what they wait for. */
static void plan_buyers(struct day_plan *day, const struct plan_data *data, int32_t today, struct arena *arena)
{
	struct buyer_place *places = xcalloc(day->count + 1, sizeof *places);
	size_t count = 0;
	for (size_t i = 0; i < day->count; i++) {
		const struct planned *one = &day->list[i];
		if (one->dropped || !channel_is_contact(one->action.channel)) continue;
		if (one->open && one->open->snoozed_until != DAY_NONE && one->open->snoozed_until > today) continue;
		int64_t buyer = plan_data_buyer(data, book_find_customer(plan_data_book(data), one->customer_id));
		places[count++] = (struct buyer_place){ buyer, one->open != NULL, i };
	}
	if (count) qsort(places, count, sizeof *places, buyer_place_order);
	int32_t tomorrow = calendar_add(&plan_data_settings(data)->calendar, today, 1);
	for (size_t p = 1; p < count; p++)
		if (places[p].buyer == places[p - 1].buyer) {
			struct planned *one = &day->list[places[p].index];
			const char *step = arena_strdup(arena, one->action.step);
			planned_drop(day, one, data, tomorrow, (struct plan_why){ .code = "buyer_today", .a = tomorrow, .text = step }, arena);
		}
	free(places);
}

static int left_order(const void *a, const void *b)
{
	const struct planned_left *x = a, *y = b;
	if (x->row.reason != y->row.reason) return x->row.reason < y->row.reason ? -1 : 1;
	int code = strcmp(x->row.customer_code, y->row.customer_code);
	if (code) return code;
	if (x->row.due_day != y->row.due_day) return x->row.due_day < y->row.due_day ? -1 : 1;
	return x->row.item_id < y->row.item_id ? -1 : x->row.item_id > y->row.item_id;
}

static struct status day_plan_make(struct db *db, const struct company *company, int32_t today, const struct plan_data *data,
				   struct arena *arena, struct day_plan *day)
{
	TRY(open_load(db, company, today, arena, day));
	struct arena *scratch = arena_new();
	for (size_t c = 0; c < plan_data_customers(data); c++) {
		customer_plan(day, data, c, today, scratch, arena);
		arena_reset(scratch);
	}
	arena_free(scratch);
	if (day->count) qsort(day->list, day->count, sizeof *day->list, planned_order);
	plan_cap(day, data, arena);
	plan_buyers(day, data, today, arena);
	if (day->left_count) qsort(day->left, day->left_count, sizeof *day->left, left_order);
	return STATUS_FINE;
}

/* --- test mode ------------------------------------------------------------------------------------------------------------------------ */
/* What was confirmed in test mode would have left on its day: the plan of a later day goes on as if it had, so that the clock can be
 * moved to see the steps that follow. plan_load reads it so; here it is written, before anything is planned. */
static struct status simulate_sent(struct change *change, struct arena *arena, size_t *count)
{
	*count = 0;
	if (change->company.live) return STATUS_FINE;
	const struct db_arg *args = DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id),
					    db_day("today", change->today));
	int64_t *ids = NULL, *customers = NULL;
	int64_t waiting = 0;
	TRY(db_get_int(change->db, "SELECT COUNT(*) FROM action WHERE tenant_id = $tenant AND company_id = $company AND test = 1"
		" AND state = 'queued' AND plan_day < $today", args, &waiting, NULL));
	if (!waiting) return STATUS_FINE;
	ids = arena_array(arena, int64_t, (size_t)waiting), customers = arena_array(arena, int64_t, (size_t)waiting);
	struct rows *rows = db_query(change->db, "SELECT id, customer_id FROM action WHERE tenant_id = $tenant AND company_id = $company"
		" AND test = 1 AND state = 'queued' AND plan_day < $today ORDER BY id", args);
	while (*count < (size_t)waiting && rows_next(rows)) ids[*count] = row_int(rows, 0), customers[(*count)++] = row_int(rows, 1);
	struct status status = rows_status(rows);
	rows_close(rows);
	TRY(status);
	TRY(db_run(change->db, "UPDATE action SET state = 'sent', done_day = plan_day, done_at = $now, rev = $rev WHERE tenant_id = $tenant"
		" AND company_id = $company AND test = 1 AND state = 'queued' AND plan_day < $today",
		DB_ARGS(db_int("now", change->now), db_int("rev", change->rev), db_int("tenant", change->company.tenant_id),
			db_int("company", change->company.id), db_day("today", change->today))));
	for (size_t i = 0; i < *count; i++)
		TRY(event_add(change, &(struct event_new){ .kind = "action.simulated", .customer_id = customers[i], .ref = ids[i],
							   .content = "{\"test\":true}" }));
	return STATUS_FINE;
}

/* --- storing it --------------------------------------------------------------------------------------------------------------------- */
static enum action_state planned_state(const struct planned *one, int32_t today)
{
	/* put off by a person: it waits, whatever the plan would start with */
	if (one->open && one->open->snoozed_until != DAY_NONE && one->open->snoozed_until > today) return STATE_PLANNED;
	return one->action.state;
}

static bool planned_same(const struct planned *one, int32_t today, const char *reason)
{
	const struct open_action *open = one->open;
	uint64_t items = 0;
	for (size_t n = 0; n < one->action.item_count; n++)
		items += item_print(one->action.items[n].item_id, plan_role_code(one->action.items[n].role), one->action.items[n].amount);
	bool snoozed = open->snoozed_until != DAY_NONE && open->snoozed_until > today;
	return open->plan_day == today && open->amount == one->action.amount && open->priority == one->action.priority &&
	       open->channel == one->action.channel && open->mode == one->action.mode && open->state == planned_state(one, today) &&
	       (snoozed || open->snoozed_until == DAY_NONE) && open->next_day == one->action.next_day && open->items == items &&
	       open->max_days_late == one->action.max_days_late && open->broken_promise == one->action.broken_promise &&
	       strcmp(open->reason, reason) == 0 && strcmp(open->why, one->why) == 0 && strcmp(open->next_step, one->action.next_step) == 0 &&
	       strcmp(open->template, one->action.template) == 0 && strcmp(open->scenario, one->scenario ? one->scenario->code : "") == 0 &&
	       open->scenario_version == (one->scenario ? one->scenario->version : 0);
}

static struct status open_update(struct change *change, const struct planned *one, const char *reason)
{
	bool snoozed = one->open->snoozed_until != DAY_NONE && one->open->snoozed_until > change->today;
	const struct db_arg *key = DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id),
					   db_int("id", one->id));
	TRY(db_run(change->db,
		"UPDATE action SET plan_day = $today, amount = $amount, priority = $priority, channel = $channel, mode = $mode, state = $state,"
		" snoozed_until = $snooze, next_step = $next, next_day = $next_day, max_days_late = $late, broken_promise = $broken,"
		" reason = $reason, why = $why, template = $template, scenario = $scenario, scenario_version = $version, step_rank = $rank,"
		" rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
		DB_ARGS(db_day("today", change->today), db_int("amount", one->action.amount), db_int("priority", one->action.priority),
			db_text("channel", channel_code(one->action.channel)), db_text("mode", mode_code(one->action.mode)),
			db_text("state", action_state_code(planned_state(one, change->today))),
			db_day("snooze", snoozed ? one->open->snoozed_until : DAY_NONE), db_text("next", one->action.next_step),
			db_day("next_day", one->action.next_day), db_int("late", one->action.max_days_late),
			db_int("broken", one->action.broken_promise), db_text("reason", reason), db_text("why", one->why),
			db_text("template", one->action.template), db_text("scenario", one->scenario ? one->scenario->code : ""),
			db_int("version", one->scenario ? one->scenario->version : 0), db_int("rank", one->action.rank),
			db_int("rev", change->rev), db_int("tenant", change->company.tenant_id), db_int("company", change->company.id),
			db_int("id", one->id))));
	return db_run(change->db, "DELETE FROM action_item WHERE tenant_id = $tenant AND company_id = $company AND action_id = $id", key);
}

static struct status items_insert(struct change *change, const struct day_plan *day, const bool *write)
{
	struct bulk *bulk;
	TRY(bulk_begin(change->db, "action_item", "tenant_id, company_id, action_id, item_id, role, amount", &bulk));
	for (size_t i = 0; i < day->count; i++) {
		if (!write[i]) continue;
		const struct plan_action *action = &day->list[i].action;
		for (size_t n = 0; n < action->item_count; n++) {
			bulk_int(bulk, change->company.tenant_id), bulk_int(bulk, change->company.id), bulk_int(bulk, day->list[i].id);
			bulk_int(bulk, action->items[n].item_id), bulk_cstr(bulk, plan_role_code(action->items[n].role));
			bulk_int(bulk, action->items[n].amount);
			struct status status = bulk_row(bulk);
			if (status.code) {
				bulk_abort(bulk);
				return status;
			}
		}
	}
	return bulk_end(bulk);
}

static struct status actions_insert(struct change *change, struct day_plan *day, bool *write, int64_t created)
{
	int64_t id = 0;
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "action", created, &id));
	struct bulk *bulk;
	TRY(bulk_begin(change->db, "action",
		"tenant_id, company_id, id, customer_id, plan_day, scenario, scenario_version, step, step_rank, channel, mode, state, test,"
		" currency, amount, priority, reason, why, template, assigned_to, next_step, next_day, max_days_late, broken_promise,"
		" created_at, rev", &bulk));
	for (size_t i = 0; i < day->count; i++) {
		struct planned *one = &day->list[i];
		if (one->dropped || one->open) continue;
		char reason[160];
		yes_reasons_format(one->action.reasons, reason, sizeof reason);
		one->id = id++;
		write[i] = true;
		bulk_int(bulk, change->company.tenant_id), bulk_int(bulk, change->company.id), bulk_int(bulk, one->id);
		bulk_int(bulk, one->customer_id), bulk_day(bulk, change->today);
		bulk_cstr(bulk, one->scenario ? one->scenario->code : ""), bulk_int(bulk, one->scenario ? one->scenario->version : 0);
		bulk_cstr(bulk, one->action.step), bulk_int(bulk, one->action.rank), bulk_cstr(bulk, channel_code(one->action.channel));
		bulk_cstr(bulk, mode_code(one->action.mode)), bulk_cstr(bulk, action_state_code(one->action.state));
		bulk_int(bulk, !change->company.live), bulk_cstr(bulk, one->action.currency), bulk_int(bulk, one->action.amount);
		bulk_int(bulk, one->action.priority), bulk_cstr(bulk, reason), bulk_cstr(bulk, one->why);
		bulk_cstr(bulk, one->action.template), bulk_int(bulk, one->assigned_to), bulk_cstr(bulk, one->action.next_step);
		bulk_day(bulk, one->action.next_day), bulk_int(bulk, one->action.max_days_late);
		bulk_int(bulk, one->action.broken_promise), bulk_int(bulk, change->now), bulk_int(bulk, change->rev);
		struct status status = bulk_row(bulk);
		if (status.code) {
			bulk_abort(bulk);
			return status;
		}
	}
	return bulk_end(bulk);
}

/* Why the plan no longer wants an open action; NULL when it only waits: for a working day, fresh data, or a message under way. Such
 * an action is left as it is, outside the day's plan, and goes on when the reason is gone. */
static const char *open_fate(const struct open_action *open, const struct day_plan *day, bool closed)
{
	const char *reason = "cleared";
	bool first = true;
	for (size_t l = 0; l < day->left_count; l++) {
		const struct run_left *left = &day->left[l].row;
		if (left->customer_id != open->customer_id || strcmp(left->currency, open->currency) != 0) continue;
		if (left->reason == LEFT_CLOSED_DAY || left->reason == LEFT_STALE_DATA || left->reason == LEFT_IN_PROGRESS) return NULL;
		if (first) reason = left_reason_code(left->reason), first = false;
	}
	/* tasks of our own and thanks are not planned on a closed day either */
	bool beside = strcmp(open->step, "own_fault") == 0 || strcmp(open->step, "thanks") == 0 || strcmp(open->step, "unpaid_return") == 0;
	return closed && beside ? NULL : reason;
}

/* It keeps no item, so that each item is in one place only; the reason stays. */
static struct status open_cancel(struct change *change, const struct open_action *open, const char *reason)
{
	TRY(db_run(change->db, "DELETE FROM action_item WHERE tenant_id = $tenant AND company_id = $company AND action_id = $id",
		DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", open->id))));
	return db_run(change->db, "UPDATE action SET state = 'cancelled', reason = $reason, amount = 0, plan_day = $today, rev = $rev"
		" WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
		DB_ARGS(db_text("reason", reason), db_day("today", change->today), db_int("rev", change->rev),
			db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", open->id)));
}

static struct status left_store(struct change *change, const struct day_plan *day)
{
	TRY(db_run(change->db, "DELETE FROM left_out WHERE tenant_id = $tenant AND company_id = $company AND day = $day",
		DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_day("day", change->today))));
	struct bulk *bulk;
	TRY(bulk_begin(change->db, "left_out", "tenant_id, company_id, day, customer_id, item_id, reason, detail, amount, until_day", &bulk));
	for (size_t l = 0; l < day->left_count; l++) {
		const struct planned_left *left = &day->left[l];
		json_t *why = json_pack("[s, I, I, s, s, I]", left->why.code, (json_int_t)left->why.a, (json_int_t)left->why.b, left->why.text,
					left->scenario ? left->scenario->code : "",
					(json_int_t)(left->scenario ? left->scenario->version : 0));
		char *text = json_dumps(why, JSON_COMPACT);
		json_decref(why);
		bulk_int(bulk, change->company.tenant_id), bulk_int(bulk, change->company.id), bulk_day(bulk, change->today);
		bulk_int(bulk, left->row.customer_id), bulk_int(bulk, left->row.item_id), bulk_cstr(bulk, left_reason_code(left->row.reason));
		bulk_cstr(bulk, text), bulk_int(bulk, left->row.amount), bulk_day(bulk, left->row.until);
		struct status status = bulk_row(bulk);
		free(text);
		if (status.code) {
			bulk_abort(bulk);
			return status;
		}
	}
	return bulk_end(bulk);
}

/* Whether the stored left-outs of the day are these already. */
static struct status left_same(struct db *db, const struct company *company, int32_t today, const struct day_plan *day, bool *same)
{
	uint64_t want = 0, have = 0;
	size_t count = 0;
	for (size_t l = 0; l < day->left_count; l++)
		want += mix(mix(mix(2, day->left[l].row.item_id), (int64_t)day->left[l].row.reason), day->left[l].row.amount);
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT item_id, reason, amount FROM left_out WHERE tenant_id = $tenant AND company_id = $company AND day = $day",
		DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id), db_day("day", today)));
	while (rows_next(rows)) {
		enum left_reason reason = LEFT_NONE;
		left_reason_parse(row_text(rows, 1), &reason);
		have += mix(mix(mix(2, row_int(rows, 0)), (int64_t)reason), row_int(rows, 2));
		count++;
	}
	*same = count == day->left_count && have == want;
	return rows_status(rows);
}

struct run_work {
	const struct viewer *viewer;
	int64_t company_id;
	int32_t today;
	int64_t now, created, cancelled;
	struct arena *arena;
	bool unchanged;
};

static struct status notes_of_day(struct change *change, const struct day_plan *day, struct arena *arena)
{
	struct plan_note *list = arena_array(arena, struct plan_note, day->count + 1);
	size_t count = 0;
	for (size_t i = 0; i < day->count; i++) {
		const struct planned *one = &day->list[i];
		if (one->dropped) continue;
		char reason[160];
		yes_reasons_format(one->action.reasons, reason, sizeof reason);
		list[count++] = (struct plan_note){ one->customer_id, one->id, &one->action, one->scenario, arena_strdup(arena, reason), one->why };
	}
	return notes_write(change, list, count);
}

/* Everybody's profile by rule, anew; what a person chose is left. */
static struct status profiles_of_day(struct change *change, const struct plan_data *data, struct arena *arena, size_t *changed)
{
	size_t count = plan_data_customers(data);
	struct profile_now *list = arena_array(arena, struct profile_now, count + 1);
	cleanup_arena struct arena *scratch = arena_new();
	for (size_t c = 0; c < count; c++) {
		bool by_hand;
		const struct profile_rule *rule = plan_data_profile(data, c, scratch, &by_hand);
		list[c] = (struct profile_now){ book_customer(plan_data_book(data), c).id, by_hand || !rule ? NULL : rule->profile };
		arena_reset(scratch);
	}
	return profiles_settle(change, list, count, arena, changed);
}

static struct status run_store(struct db *db, void *context)
{
	struct run_work *work = context;
	struct change change;
	work->created = work->cancelled = 0;
	work->unchanged = false;
	TRY(company_begin(db, work->viewer, work->company_id, work->today, work->now, &change));

	struct promise_due *promises;
	size_t promise_count, changed = 0, simulated = 0;
	TRY(simulate_sent(&change, work->arena, &simulated));
	const struct settings *settings;
	TRY(settings_load(db, change.company.tenant_id, change.company.id, work->arena, &settings));
	struct calendar calendar = calendar_of(settings, change.company.country, work->arena);
	TRY(promises_judge(db, change.company.tenant_id, change.company.id, 0, &calendar, (int)setting_int(settings, "promise.grace_days"),
			   work->today, work->arena, &promises, &promise_count));
	TRY(promises_settle(&change, promises, promise_count));
	int64_t credits = 0;
	TRY(dispute_find_credits(&change, &credits));
	int64_t instalments = 0;
	TRY(instalments_settle(&change, &calendar, &instalments));
	changed += (size_t)(credits + instalments);

	size_t trials = 0; /* what a stop rule ends today, nobody follows today */
	TRY(trials_of_day(&change, work->arena, &trials));
	cleanup_plan_data struct plan_data *data = NULL;
	TRY(plan_data_load(db, &change.company, work->today, 0, 0, work->arena, &data));
	[[gnu::cleanup(day_plan_free)]] struct day_plan day = { 0 };
	TRY(day_plan_make(db, &change.company, work->today, data, work->arena, &day));

	size_t profiles = 0;
	TRY(profiles_of_day(&change, data, work->arena, &profiles));

	bool *write = arena_array(work->arena, bool, day.count + 1);
	for (size_t i = 0; i < day.count; i++) {
		struct planned *one = &day.list[i];
		if (one->dropped) continue;
		if (!one->open) {
			work->created++;
			continue;
		}
		char reason[160];
		yes_reasons_format(one->action.reasons, reason, sizeof reason);
		if (planned_same(one, work->today, reason)) continue;
		TRY(open_update(&change, one, reason));
		write[i] = true;
		changed++;
	}
	bool closed = !calendar_works(&calendar, work->today);
	for (size_t o = 0; o < day.open_count; o++) {
		const char *reason = day.open[o].kept ? NULL : open_fate(&day.open[o], &day, closed);
		if (!reason) continue;
		TRY(open_cancel(&change, &day.open[o], reason));
		work->cancelled++;
	}
	bool same_left;
	TRY(left_same(db, &change.company, work->today, &day, &same_left));
	int64_t ran = 0;
	TRY(db_get_int(db, "SELECT COUNT(*) FROM run WHERE tenant_id = $tenant AND company_id = $company AND day = $day",
		DB_ARGS(db_int("tenant", change.company.tenant_id), db_int("company", change.company.id), db_day("day", work->today)), &ran, NULL));
	if (!work->created && !work->cancelled && !changed && !simulated && !profiles && !trials && !promise_count && same_left && ran) {
		/* nothing is new: nothing is written, not even a revision */
		work->unchanged = true;
		return status_make(STATUS_CONFLICT, "Nothing changed.");
	}
	if (work->created) TRY(actions_insert(&change, &day, write, work->created));
	TRY(items_insert(&change, &day, write));
	if (!same_left) TRY(left_store(&change, &day));
	TRY(notes_of_day(&change, &day, work->arena));
	TRY(db_run(db,
		"INSERT INTO run (tenant_id, company_id, day, first_at, last_at, created, rev)"
		" VALUES ($tenant, $company, $day, $now, $now, $created, $rev)"
		" ON CONFLICT (tenant_id, company_id, day) DO UPDATE SET last_at = $now, created = run.created + $created, rev = $rev",
		DB_ARGS(db_int("tenant", change.company.tenant_id), db_int("company", change.company.id), db_day("day", work->today),
			db_int("now", work->now), db_int("created", work->created), db_int("rev", change.rev))));
	char content[160];
	snprintf(content, sizeof content, "{\"created\":%lld,\"changed\":%zu,\"cancelled\":%lld,\"left_out\":%zu}", (long long)work->created,
		 changed, (long long)work->cancelled, day.left_count);
	TRY(event_add(&change, &(struct event_new){ .kind = "run.done", .content = content }));
	return company_end(&change);
}

/* --- automatic actions: each in its own transaction, so that one failure stops nobody else (R9) ------------------------------------ */
struct queue_work {
	const struct run_options *options;
	const struct viewer *viewer;
	int64_t company_id, action_id, now;
	int32_t today;
	char reason[sizeof(((struct status *)0)->text)];
};

static struct status queue_one(struct db *db, void *context)
{
	struct queue_work *work = context;
	struct change change;
	TRY(company_begin(db, work->viewer, work->company_id, work->today, work->now, &change));
	TRY(work->options->queue(&change, work->action_id, work->options->context));
	return company_end(&change);
}

static struct status queue_failed(struct db *db, void *context)
{
	struct queue_work *work = context;
	struct change change;
	TRY(company_begin(db, work->viewer, work->company_id, work->today, work->now, &change));
	TRY(action_moved(&change, work->action_id, STATE_FAILED, work->reason));
	return company_end(&change);
}

static struct status queue_automatic(struct store *store, const struct viewer *viewer, int64_t company_id, int32_t today, int64_t now,
				     const struct run_options *options, struct arena *arena)
{
	struct db *db;
	TRY(store_reader(store, &db));
	struct action *actions;
	size_t count;
	struct action_filter filter = { .day = today, .states = 1u << STATE_PLANNED };
	struct status status = action_list(db, viewer, company_id, &filter, arena, &actions, &count);
	store_release(store, db);
	TRY(status);
	for (size_t i = 0; i < count; i++) {
		if (actions[i].mode != MODE_AUTOMATIC || !channel_needs_address(actions[i].channel)) continue;
		if (actions[i].snoozed_until != DAY_NONE && actions[i].snoozed_until > today) continue;
		struct queue_work work = { options, viewer, company_id, actions[i].id, now, today, "" };
		status = store_transact(store, queue_one, &work);
		if (!status.code) continue;
		if (status.code == STATUS_UNAVAILABLE) return status;
		log_line(LOG_WARNING, "run: action=%lld not queued: %s", (long long)actions[i].id, status.text);
		snprintf(work.reason, sizeof work.reason, "%s", status.text);
		TRY(store_transact(store, queue_failed, &work));
	}
	return STATUS_FINE;
}

/* --- results ------------------------------------------------------------------------------------------------------------------------ */
static const char *left_words(struct arena *arena, enum lang lang, const struct plan_why *why, const struct scenario *scenario,
			      const char *currency)
{
	cleanup_text struct text words = { 0 };
	why_words(&words, lang, why, scenario, currency);
	return arena_strdup(arena, text_cstr(&words));
}

/* The plan as a result, without the store: for a dry run and for one customer. */
static void result_from_plan(const struct day_plan *day, const struct company *company, const struct viewer *viewer,
			     const struct plan_data *data, int32_t today, struct action *out_today, size_t out_count, struct arena *arena,
			     struct run_result *out)
{
	out->actions = arena_array(arena, struct action, day->count + out_count + 1);
	for (size_t i = 0; i < out_count; i++)
		if (out_today[i].state != STATE_PLANNED && out_today[i].state != STATE_TO_CONFIRM)
			out->actions[out->action_count++] = out_today[i];
	for (size_t i = 0; i < day->count; i++) {
		const struct planned *one = &day->list[i];
		if (one->dropped) continue;
		struct action *action = &out->actions[out->action_count++];
		char reason[160];
		yes_reasons_format(one->action.reasons, reason, sizeof reason);
		*action = (struct action){
			.id = one->id, .customer_id = one->customer_id, .scenario_version = one->scenario ? one->scenario->version : 0,
			.amount = one->action.amount, .priority = one->action.priority, .assigned_to = one->assigned_to,
			.customer_code = arena_strdup(arena, one->code), .customer_name = arena_strdup(arena, one->name),
			.scenario = one->scenario ? arena_strdup(arena, one->scenario->code) : "",
			.step = arena_strdup(arena, one->action.step), .template = arena_strdup(arena, one->action.template), .recipient = "",
			.language = "fr", .outcome = "", .note = "", .reason = arena_strdup(arena, reason), .why = one->why,
			.rank = one->action.rank, .channel = one->action.channel, .mode = one->action.mode,
			.state = planned_state(one, today), .test = !company->live, .plan_day = today,
			.snoozed_until = one->open ? one->open->snoozed_until : DAY_NONE, .done_day = DAY_NONE,
			.next_day = one->action.next_day, .next_step = arena_strdup(arena, one->action.next_step), .next_fr = "", .next_en = "",
			.takeover = (one->action.reasons & YES_TAKEOVER) != 0, .broken_promise = one->action.broken_promise,
			.max_days_late = one->action.max_days_late, .item_count = one->action.item_count };
		snprintf(action->currency, sizeof action->currency, "%s", one->action.currency);
		action->items = arena_array(arena, struct action_item, action->item_count + 1);
		for (size_t n = 0; n < action->item_count; n++) {
			size_t index = book_find_item(plan_data_book(data), one->action.items[n].item_id);
			struct book_item item = { .number = "" };
			if (index != SIZE_MAX) item = book_item(plan_data_book(data), index, today);
			action->items[n] = (struct action_item){ .item_id = one->action.items[n].item_id, .amount = one->action.items[n].amount,
				.role = one->action.items[n].role, .number = arena_strdup(arena, item.number), .kind = item.kind,
				.issue_day = item.issue_day, .due_day = item.due_day, .total = item.amount, .open = item.open };
		}
		out->created += !one->open;
	}
	out->left = arena_array(arena, struct run_left, day->left_count + 1);
	for (size_t l = 0; l < day->left_count; l++) {
		const struct planned_left *from = &day->left[l];
		struct run_left *left = &out->left[out->left_count++];
		*left = from->row;
		left->customer_code = arena_strdup(arena, from->row.customer_code);
		left->customer_name = arena_strdup(arena, from->row.customer_name);
		left->item = arena_strdup(arena, from->row.item);
		left->detail = left_words(arena, viewer->lang, &from->why, from->scenario, left->currency);
	}
}

static struct status plan_only(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, int32_t today,
			       struct arena *arena, struct run_result *out)
{
	struct company company;
	TRY(company_get(db, viewer, company_id, &company));
	cleanup_plan_data struct plan_data *data = NULL;
	TRY(plan_data_load(db, &company, today, customer_id, 0, arena, &data));
	[[gnu::cleanup(day_plan_free)]] struct day_plan day = { 0 };
	TRY(day_plan_make(db, &company, today, data, arena, &day));
	struct action *already;
	size_t count;
	struct action_filter filter = { .day = today, .customer_id = customer_id, .items = true };
	TRY(action_list(db, viewer, company_id, &filter, arena, &already, &count));
	out->day = today;
	result_from_plan(&day, &company, viewer, data, today, already, count, arena, out);
	return STATUS_FINE;
}

struct status run_preview(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, int32_t today,
                          struct arena *arena, struct run_result *out)
{
	*out = (struct run_result){ 0 };
	return plan_only(db, viewer, company_id, customer_id, today, arena, out);
}

struct status left_out_list(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t day, struct arena *arena,
                            struct run_left **out, size_t *count)
{
	return left_out_of(db, viewer, company_id, 0, day, arena, out, count);
}

#define LEFT_OUT                                                                                                                \
	"SELECT l.customer_id, l.item_id, l.amount, c.code, c.name, i.number, l.detail, i.currency, l.reason, i.due_day, l.until_day,"  \
	" c.collector_id, c.sales_id, c.group_code FROM left_out l"                                                                  \
	" JOIN customer c ON c.tenant_id = l.tenant_id AND c.company_id = l.company_id AND c.id = l.customer_id"                     \
	" JOIN item i ON i.tenant_id = l.tenant_id AND i.company_id = l.company_id AND i.customer_id = l.customer_id AND i.id = l.item_id" \
	" WHERE l.tenant_id = $tenant AND l.company_id = $company AND l.day = $day"

struct left_reading {
	const struct viewer *viewer;
	struct arena *arena;
	struct scenario *scenarios;
	size_t scenario_count;
	struct planned_left *list;
	size_t count, cap;
};

static struct status left_rows(struct rows *query, struct left_reading *reading)
{
	cleanup_rows struct rows *rows = query;
	struct arena *arena = reading->arena;
	while (rows_next(rows)) {
		if (!viewer_sees_customer(reading->viewer, row_int(rows, 11), row_int(rows, 12), row_text(rows, 13))) continue;
		GROW(reading->list, reading->count, reading->cap);
		struct planned_left *left = &reading->list[reading->count++];
		*left = (struct planned_left){ .row = {
			.customer_id = row_int(rows, 0), .item_id = row_int(rows, 1), .amount = row_int(rows, 2),
			.customer_code = arena_strdup(arena, row_text(rows, 3)), .customer_name = arena_strdup(arena, row_text(rows, 4)),
			.item = arena_strdup(arena, row_text(rows, 5)), .due_day = row_day(rows, 9), .until = row_day(rows, 10) } };
		snprintf(left->row.currency, sizeof left->row.currency, "%s", row_text(rows, 7));
		left_reason_parse(row_text(rows, 8), &left->row.reason);
		json_error_t error;
		json_t *json = json_loads(row_text(rows, 6), 0, &error);
		const char *code = json_string_value(json_array_get(json, 4));
		const struct scenario *scenario = NULL;
		for (size_t s = 0; code && s < reading->scenario_count; s++)
			if (strcmp(reading->scenarios[s].code, code) == 0) scenario = &reading->scenarios[s];
		left->row.detail = why_from_json(json, arena, &left->why)
			? left_words(arena, reading->viewer->lang, &left->why, scenario, left->row.currency) : "";
		json_decref(json);
	}
	return rows_status(rows);
}

static struct status left_begin(struct db *db, const struct viewer *viewer, int64_t company_id, struct arena *arena, struct left_reading *out)
{
	*out = (struct left_reading){ .viewer = viewer, .arena = arena };
	return scenario_load_all(db, viewer->tenant_id, company_id, arena, &out->scenarios, &out->scenario_count);
}

static void left_end(struct left_reading *reading, struct run_left **out, size_t *count)
{
	if (reading->count) qsort(reading->list, reading->count, sizeof *reading->list, left_order);
	*out = arena_array(reading->arena, struct run_left, reading->count + 1);
	for (size_t l = 0; l < reading->count; l++) (*out)[l] = reading->list[l].row;
	*count = reading->count;
	free(reading->list);
}

struct status left_out_of(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, int32_t day,
                          struct arena *arena, struct run_left **out, size_t *count)
{
	*count = 0;
	*out = arena_array(arena, struct run_left, 1);
	if (!viewer_sees_company(viewer, company_id)) return STATUS_FINE;
	struct left_reading reading;
	TRY(left_begin(db, viewer, company_id, arena, &reading));
	struct db_arg tenant = db_int("tenant", viewer->tenant_id), company = db_int("company", company_id), of_day = db_day("day", day);
	struct status status = left_rows(customer_id
		? db_query(db, LEFT_OUT " AND l.customer_id = $customer", DB_ARGS(tenant, company, of_day, db_int("customer", customer_id)))
		: db_query(db, LEFT_OUT, DB_ARGS(tenant, company, of_day)), &reading);
	left_end(&reading, out, count);
	return status;
}

struct status left_out_read(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t day, const int64_t *customers,
                            size_t customer_count, struct arena *arena, struct run_left **out, size_t *count)
{
	*count = 0;
	*out = arena_array(arena, struct run_left, 1);
	if (!viewer_sees_company(viewer, company_id)) return STATUS_FINE;
	struct left_reading reading;
	TRY(left_begin(db, viewer, company_id, arena, &reading));
	struct status status = STATUS_FINE;
	for (size_t c = 0; c < customer_count && !status.code; c += DB_SOME) {
		struct db_arg args[DB_SOME + 4] = { db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_day("day", day) };
		db_some(args + 3, customers + c, customer_count - c);
		status = left_rows(db_query(db, LEFT_OUT " AND l.customer_id IN (" DB_SOME_NAMES ")", args), &reading);
	}
	left_end(&reading, out, count);
	return status;
}
#undef LEFT_OUT

struct status run_done(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t day, bool *out)
{
	int64_t at;
	return db_get_int(db, "SELECT first_at FROM run WHERE tenant_id = $tenant AND company_id = $company AND day = $day",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_day("day", day)), &at, out);
}

struct status run_day(struct store *store, const struct viewer *viewer, int64_t company_id, int32_t today, int64_t now,
                      const struct run_options *options, struct arena *arena, struct run_result *out)
{
	*out = (struct run_result){ .day = today };
	struct db *db;
	if (options->dry_run) {
		TRY(store_reader(store, &db));
		struct status status = db_begin(db, DB_READ);
		if (!status.code) status = plan_only(db, viewer, company_id, 0, today, arena, out);
		store_release(store, db);
		return status;
	}
	/* what is certain is applied first, where the company lets it be, so that nobody is asked for what has come */
	struct viewer program = viewer_system(viewer->tenant_id);
	struct cash_day cash;
	program.lang = viewer->lang;
	TRY(cash_apply_certain(store, &program, company_id, today, now, true, NULL, 0, &cash));
	struct run_work work = { .viewer = viewer, .company_id = company_id, .today = today, .now = now, .arena = arena };
	struct status status = store_transact(store, run_store, &work);
	if (status.code && !work.unchanged) return status;
	out->created = work.created;
	out->cancelled = work.cancelled;
	if (options->queue) TRY(queue_automatic(store, viewer, company_id, today, now, options, arena));
	TRY(store_reader(store, &db));
	struct action_filter filter = { .day = today, .items = true };
	status = action_list(db, viewer, company_id, &filter, arena, &out->actions, &out->action_count);
	if (!status.code) status = left_out_list(db, viewer, company_id, today, arena, &out->left, &out->left_count);
	store_release(store, db);
	return status;
}
