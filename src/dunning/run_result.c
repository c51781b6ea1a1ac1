#include "dunning/run_inside.h"

#include "base/memory.h"

#include <stdlib.h>

static const char *left_words(struct arena *arena, enum lang lang, const struct plan_why *why, const struct scenario *scenario,
			      const char *currency)
{
	cleanup_text struct text words = { 0 };
	why_words(&words, lang, why, scenario, currency);
	return arena_strdup(arena, text_cstr(&words));
}

static bool sees(const struct viewer *viewer, const struct book *book, int64_t customer_id)
{
	size_t index = viewer->portfolio == PORTFOLIO_ALL ? SIZE_MAX : book_find_customer(book, customer_id);
	if (index == SIZE_MAX) return true;
	struct book_customer who = book_customer(book, index);
	return viewer_sees_customer(viewer, who.collector_id, who.sales_id, who.group_code);
}

/* Of a payer's action only what the viewer sees (action_member.h, for what is not in the store). */
static void narrow(const struct viewer *viewer, const struct book *book, struct action *action)
{
	size_t kept = 0;
	int64_t amount = 0;
	for (size_t n = 0; n < action->item_count; n++) {
		if (!sees(viewer, book, action->items[n].customer_id)) continue;
		if (action->items[n].role == PLAN_CLAIMED || action->items[n].role == PLAN_CREDIT) amount += action->items[n].amount;
		action->items[kept++] = action->items[n];
	}
	if (kept == action->item_count) return;
	action->item_count = kept, action->amount = amount, action->partial = true;
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
				.issue_day = item.issue_day, .due_day = item.due_day, .total = item.amount, .open = item.open,
				.customer_id = index != SIZE_MAX ? book_customer(plan_data_book(data), item.customer).id : 0 };
			action->others += action->items[n].customer_id != action->customer_id; /* more than none is what counts */
		}
		narrow(viewer, plan_data_book(data), action);
		out->created += !one->open;
	}
	out->left = arena_array(arena, struct run_left, day->left_count + 1);
	for (size_t l = 0; l < day->left_count; l++) {
		const struct planned_left *from = &day->left[l];
		if (!sees(viewer, plan_data_book(data), from->row.customer_id)) continue;
		struct run_left *left = &out->left[out->left_count++];
		*left = from->row;
		left->customer_code = arena_strdup(arena, from->row.customer_code);
		left->customer_name = arena_strdup(arena, from->row.customer_name);
		left->item = arena_strdup(arena, from->row.item);
		left->detail = left_words(arena, viewer->lang, &from->why, from->scenario, left->currency);
	}
}

struct status plan_only(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, int32_t today,
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
