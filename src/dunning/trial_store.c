#include "dunning/trial.h"

#include "base/day.h"
#include "base/memory.h"
#include "ledger/event.h"

#include <stdlib.h>

/* --- who is drawn ---------------------------------------------------------------------------------------------------------------- */
/* By how he pays, and by how much he owes: comparable with comparable. Edges at thirds of those who take part. */
static int amount_order(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

static struct status units_of(struct change *change, const char *scenario_code, struct arena *arena, struct trial_unit **out, size_t *count)
{
	cleanup_plan_data struct plan_data *data = NULL;
	TRY(plan_data_load(change->db, &change->company, change->today, 0, 0, arena, &data));
	const struct book *book = plan_data_book(data);
	size_t customers = book_customers(book);
	*out = arena_array(arena, struct trial_unit, customers + 1);
	int64_t *amounts = arena_array(arena, int64_t, customers + 1), *sorted = arena_array(arena, int64_t, customers + 1);
	*count = 0;
	cleanup_arena struct arena *scratch = arena_new();
	for (size_t c = 0; c < customers; c++) {
		struct plan_view view;
		const struct scenario *scenario;
		bool by_hand;
		arena_reset(scratch);
		if (!plan_data_view(data, c, scratch, &view, &scenario) || !scenario || strcmp(scenario->code, scenario_code) != 0) continue;
		plan_data_profile(data, c, scratch, &by_hand);
		if (by_hand) continue; /* what a person chose is no matter of chance */
		int64_t owes = 0;
		for (size_t i = 0; i < view.item_count; i++)
			if (view.items[i].open > 0) owes += view.items[i].open;
		amounts[*count] = owes, sorted[*count] = owes;
		struct trial_unit *unit = &(*out)[(*count)++];
		*unit = (struct trial_unit){ .customer_id = view.customer_id };
		unit->stratum[0] = view.who.score_class ? view.who.score_class : '-';
	}
	if (*count) qsort(sorted, *count, sizeof *sorted, amount_order);
	for (size_t u = 0; u < *count; u++) {
		int third = amounts[u] > sorted[*count * 2 / 3] ? 3 : amounts[u] > sorted[*count / 3] ? 2 : 1;
		(*out)[u].stratum[1] = (char)('0' + third);
	}
	return STATUS_FINE;
}

static struct status scenario_known(struct change *change, const char *code, struct arena *arena)
{
	const struct scenario *found;
	TRY(scenario_load(change->db, change->company.tenant_id, change->company.id, code ? code : "", arena, &found));
	return found ? STATUS_FINE : status_make(STATUS_INVALID, "There is no published scenario “%.40s”.", code ? code : "");
}

struct status trial_start(struct change *change, const struct trial_new *given, int64_t *id, size_t drawn[2])
{
	if (!viewer_may(change->viewer, RIGHT_SCENARIO)) return status_make(STATUS_FORBIDDEN, "You may not start a trial.");
	cleanup_arena struct arena *arena = arena_new();
	if (!given->name || !*given->name || strlen(given->name) > 120) return status_make(STATUS_INVALID, "Give the trial a name.");
	if (given->days < 30 || given->days > 365) return status_make(STATUS_INVALID, "A trial lasts 30 to 365 days.");
	TRY(scenario_known(change, given->a, arena));
	TRY(scenario_known(change, given->b, arena));
	if (strcmp(given->a, given->b) == 0) return status_make(STATUS_INVALID, "Choose two different scenarios to compare.");
	struct trial *trials;
	size_t trial_count;
	TRY(trial_list(change->db, change->company.tenant_id, change->company.id, arena, &trials, &trial_count));
	for (size_t t = 0; t < trial_count; t++)
		if (trials[t].stopped == DAY_NONE) return status_make(STATUS_CONFLICT, "The trial “%s” still runs: stop it first, so that each can be read.", trials[t].name);
	struct trial_unit *units;
	size_t count;
	TRY(units_of(change, given->a, arena, &units, &count));
	trial_draw(units, count, given->seed);
	drawn[0] = drawn[1] = 0;
	for (size_t u = 0; u < count; u++) drawn[units[u].arm == 'b']++;
	if (drawn[0] < TRIAL_LEAST || drawn[1] < TRIAL_LEAST)
		return status_make(STATUS_INVALID, "Only %zu customers follow this scenario by rule: %d are needed at least, or chance would decide.", count, 2 * TRIAL_LEAST);
	struct db_arg tenant = db_int("tenant", change->company.tenant_id), company = db_int("company", change->company.id);
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "trial", 1, id));
	TRY(db_run(change->db, "INSERT INTO trial (tenant_id, company_id, id, name, scenario_a, scenario_b, seed, started_day, days, by_user, rev) VALUES ($tenant,"
		" $company, $id, $name, $a, $b, $seed, $today, $days, $by, $rev)",
		DB_ARGS(tenant, company, db_int("id", *id), db_text("name", given->name), db_text("a", given->a), db_text("b", given->b),
			db_int("seed", (int64_t)given->seed), db_day("today", change->today), db_int("days", given->days), db_int("by", change->viewer->user_id),
			db_int("rev", change->rev))));
	struct bulk *bulk;
	TRY(bulk_begin(change->db, "trial_member", "tenant_id, company_id, trial_id, customer_id, arm, stratum", &bulk));
	for (size_t u = 0; u < count; u++) {
		const char arm[2] = { units[u].arm, 0 };
		bulk_int(bulk, change->company.tenant_id), bulk_int(bulk, change->company.id), bulk_int(bulk, *id), bulk_int(bulk, units[u].customer_id);
		bulk_cstr(bulk, arm), bulk_cstr(bulk, units[u].stratum);
		struct status status = bulk_row(bulk);
		if (status.code) {
			bulk_abort(bulk);
			return status;
		}
	}
	TRY(bulk_end(bulk));
	return event_add_json(change, (struct event_new){ .kind = "trial.started", .ref = *id },
			      json_pack("{s:s, s:s, s:s, s:I, s:I, s:I}", "name", given->name, "a", given->a, "b", given->b, "seed", (json_int_t)given->seed,
					"customers_a", (json_int_t)drawn[0], "customers_b", (json_int_t)drawn[1]));
}

struct status trial_stop(struct change *change, int64_t id, const char *reason)
{
	if (!viewer_may(change->viewer, RIGHT_SCENARIO)) return status_make(STATUS_FORBIDDEN, "You may not stop a trial.");
	int64_t changed = 0;
	TRY(db_run_count(change->db, "UPDATE trial SET stopped_day = $today, stop_reason = $reason, rev = $rev WHERE tenant_id = $tenant AND company_id = $company"
		" AND id = $id AND stopped_day IS NULL", DB_ARGS(db_day("today", change->today), db_text("reason", reason), db_int("rev", change->rev),
		db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id)), &changed));
	if (!changed) return status_make(STATUS_CONFLICT, "This trial does not run any more.");
	return event_add_json(change, (struct event_new){ .kind = "trial.stopped", .ref = id }, json_pack("{s:s}", "reason", reason));
}

struct status trial_list(struct db *db, int64_t tenant, int64_t company, struct arena *arena, struct trial **out, size_t *count)
{
	size_t cap = 0;
	struct trial *list = NULL;
	*count = 0;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT id, name, scenario_a, scenario_b, seed, started_day, days, stopped_day, stop_reason FROM trial WHERE tenant_id = $tenant"
		" AND company_id = $company ORDER BY id DESC", DB_ARGS(db_int("tenant", tenant), db_int("company", company)));
	while (rows_next(rows)) {
		GROW(list, *count, cap);
		list[(*count)++] = (struct trial){ .id = row_int(rows, 0), .name = arena_strdup(arena, row_text(rows, 1)), .a = arena_strdup(arena, row_text(rows, 2)),
			.b = arena_strdup(arena, row_text(rows, 3)), .seed = (uint64_t)row_int(rows, 4), .started = row_day(rows, 5), .days = (int32_t)row_int(rows, 6),
			.stopped = row_day(rows, 7), .stop_reason = arena_strdup(arena, row_text(rows, 8)) };
	}
	*out = arena_array(arena, struct trial, *count + 1);
	if (*count) memcpy(*out, list, *count * sizeof *list);
	free(list);
	return rows_status(rows);
}

/* --- what came of it --------------------------------------------------------------------------------------------------------------- */
static struct status members_of(struct db *db, const struct company *company, int64_t id, struct arena *arena, struct trial_unit **out, size_t *count)
{
	int64_t total = 0;
	struct db_arg tenant = db_int("tenant", company->tenant_id), of = db_int("company", company->id), trial = db_int("trial", id);
	TRY(db_get_int(db, "SELECT COUNT(*) FROM trial_member WHERE tenant_id = $tenant AND company_id = $company AND trial_id = $trial",
		DB_ARGS(tenant, of, trial), &total, NULL));
	*out = arena_array(arena, struct trial_unit, (size_t)total + 1);
	*count = 0;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT customer_id, arm, stratum FROM trial_member WHERE tenant_id = $tenant AND company_id = $company AND trial_id = $trial ORDER BY customer_id",
		DB_ARGS(tenant, of, trial));
	while (*count < (size_t)total && rows_next(rows)) {
		struct trial_unit *unit = &(*out)[(*count)++];
		*unit = (struct trial_unit){ .customer_id = row_int(rows, 0), .arm = row_text(rows, 1)[0] };
		snprintf(unit->stratum, sizeof unit->stratum, "%s", row_text(rows, 2));
	}
	return rows_status(rows);
}

static int unit_by_customer(const void *a, const void *b)
{
	const struct trial_unit *x = a, *y = b;
	return x->customer_id < y->customer_id ? -1 : x->customer_id > y->customer_id;
}

/* Which members have one: of disputes opened, or complaints received, from the start to a day. */
static struct status marked(struct db *db, const struct company *company, const char *query, int32_t from, int32_t to, const struct trial_unit *units,
			    size_t count, bool *out)
{
	cleanup_rows struct rows *rows = db_query(db, query, DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id),
		db_day("from", from), db_day("to", to)));
	while (rows_next(rows)) {
		struct trial_unit key = { .customer_id = row_int(rows, 0) };
		const struct trial_unit *found = count ? bsearch(&key, units, count, sizeof key, unit_by_customer) : NULL;
		if (found) out[found - units] = true;
	}
	return rows_status(rows);
}

struct status trial_read(struct db *db, const struct company *company, const struct trial *trial, int32_t today, struct arena *arena,
			 struct trial_result *out)
{
	struct trial_unit *units;
	size_t count, invoices = 0, cap = 0;
	int32_t last = trial->stopped != DAY_NONE && trial->stopped < today ? trial->stopped : today;
	TRY(members_of(db, company, trial->id, arena, &units, &count));
	bool *disputed = arena_array(arena, bool, count + 1), *complained = arena_array(arena, bool, count + 1);
	TRY(marked(db, company, "SELECT DISTINCT customer_id FROM dispute WHERE tenant_id = $tenant AND company_id = $company AND opened_day >= $from"
		" AND opened_day <= $to", trial->started, last, units, count, disputed));
	TRY(marked(db, company, "SELECT DISTINCT customer_id FROM reply WHERE tenant_id = $tenant AND company_id = $company AND kind = 'complained' AND day >= $from"
		" AND day <= $to", trial->started, last, units, count, complained));
	const struct book *book;
	TRY(book_get(db_store(db), company->tenant_id, company->id, &book));
	struct trial_invoice *list = NULL;
	cleanup_arena struct arena *scratch = arena_new();
	for (size_t u = 0; u < count; u++) {
		size_t customer = book_find_customer(book, units[u].customer_id);
		if (customer == SIZE_MAX) continue;
		size_t have = book_customer(book, customer).item_count;
		arena_reset(scratch);
		struct book_item *items = arena_array(scratch, struct book_item, have + 1);
		book_customer_items(book, customer, last, items);
		for (size_t i = 0; i < have; i++) {
			const struct book_item *item = &items[i];
			if (!item->exists || item->outside || item->kind != ITEM_INVOICE || item->amount <= 0 || item->due_day < trial->started || item->due_day > last) continue;
			bool paid = item->closed_day != DAY_NONE;
			GROW(list, invoices, cap);
			list[invoices++] = (struct trial_invoice){ (uint32_t)u, (paid ? item->closed_day : last) - item->due_day, paid };
		}
	}
	book_release(book);
	trial_measure(units, count, list, invoices, disputed, complained, last - trial->started, trial->days, trial->seed, out);
	if (trial->stopped != DAY_NONE) out->state = TRIAL_STOPPED;
	free(list);
	return STATUS_FINE;
}

struct status trials_of_day(struct change *change, struct arena *arena, size_t *ended)
{
	struct trial *trials;
	size_t count;
	*ended = 0;
	TRY(trial_list(change->db, change->company.tenant_id, change->company.id, arena, &trials, &count));
	for (size_t t = 0; t < count; t++) {
		if (trials[t].stopped != DAY_NONE || trials[t].started >= change->today) continue;
		struct trial_result result;
		TRY(trial_read(change->db, &change->company, &trials[t], change->today, arena, &result));
		static const char *const reasons[] = { [TRIAL_OVER] = "time", [TRIAL_CLEAR] = "clear", [TRIAL_HARM] = "harm" };
		if (result.state == TRIAL_RUNS) continue;
		struct viewer program = viewer_system(change->company.tenant_id);
		const struct viewer *asked = change->viewer;
		change->viewer = &program; /* the rule ends it, not who happens to plan the day */
		struct status status = trial_stop(change, trials[t].id, reasons[result.state]);
		change->viewer = asked;
		TRY(status);
		++*ended;
	}
	return STATUS_FINE;
}
