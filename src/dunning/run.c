#include "dunning/run_inside.h"

#include "base/log.h"
#include "base/memory.h"
#include "cash/list.h"
#include "dunning/action_member.h"
#include "dunning/deposit.h"
#include "dunning/instalments.h"
#include "dunning/note.h"
#include "dunning/promises.h"
#include "dunning/trial.h"
#include "ledger/dispute_case.h"
#include "ledger/doubtful.h"
#include "ledger/event.h"
#include "ledger/instrument.h"
#include "ledger/retention.h"
#include "standing/insured.h"

#include <stdlib.h>

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
	TRY(bulk_end(bulk));
	int64_t any = 0; /* of one that was a payer's before as well */
	TRY(db_get_int(change->db, "SELECT 1 FROM action_member WHERE tenant_id = $tenant AND company_id = $company LIMIT 1",
		DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id)), &any, &(bool){ false }));
	for (size_t i = 0; i < day->count; i++)
		if (write[i] && (day->list[i].joint || (any && day->list[i].open))) TRY(action_members_write(change, day->list[i].id));
	return STATUS_FINE;
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
static const char *open_fate(const struct open_action *open, const struct day_plan *day, const struct plan_data *data, bool closed)
{
	size_t customer = book_find_customer(plan_data_book(data), open->customer_id);
	const char *reason = customer != SIZE_MAX && plan_data_head(data, customer) != customer ? "payer" : "cleared"; /* another is asked for him now */
	bool first = true;
	for (size_t l = 0; l < day->left_count; l++) {
		const struct run_left *left = &day->left[l].row;
		if (left->account_id != open->customer_id || strcmp(left->currency, open->currency) != 0) continue;
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
	TRY(action_members_drop(change, open->id));
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
		want += run_mix(run_mix(run_mix(2, day->left[l].row.item_id), (int64_t)day->left[l].row.reason), day->left[l].row.amount);
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT item_id, reason, amount FROM left_out WHERE tenant_id = $tenant AND company_id = $company AND day = $day",
		DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id), db_day("day", today)));
	while (rows_next(rows)) {
		enum left_reason reason = LEFT_NONE;
		left_reason_parse(row_text(rows, 1), &reason);
		have += run_mix(run_mix(run_mix(2, row_int(rows, 0)), (int64_t)reason), row_int(rows, 2));
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
	int64_t presented = 0;
	TRY(instrument_settle(&change, &presented));
	int64_t waited = 0;
	TRY(instrument_tasks(&change, &waited));
	int64_t retentions = 0;
	TRY(retention_tasks(&change, &retentions));
	int64_t kept = 0;
	TRY(doubtful_keep(&change, &kept));
	int64_t insurers = 0;
	TRY(insurance_tasks(&change, settings, &insurers));
	int64_t deposits = 0;
	TRY(deposit_tasks(&change, settings, &deposits));
	changed += (size_t)(deposits + credits + instalments + presented + retentions + kept + insurers + waited);

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
		const char *reason = day.open[o].kept ? NULL : open_fate(&day.open[o], &day, data, closed);
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
	TRY(notes_drop(&change, work->today - (int32_t)setting_int(settings, "plan.notes_days")));
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
