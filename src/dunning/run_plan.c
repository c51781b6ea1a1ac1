#include "dunning/run_inside.h"

#include "base/memory.h"

#include <stdlib.h>

void day_plan_free(struct day_plan *day)
{
	free(day->list), free(day->left), free(day->open);
	text_free(&day->words);
}

uint64_t run_mix(uint64_t hash, int64_t value)
{
	hash ^= (uint64_t)value + 0x9e3779b97f4a7c15u + (hash << 6) + (hash >> 2);
	hash *= 0xff51afd7ed558ccdu;
	return hash ^ hash >> 33;
}

/* Does not depend on the order of the items. */
uint64_t item_print(int64_t item_id, const char *role, int64_t amount)
{
	return run_mix(run_mix(run_mix(1, item_id), role[0] * 256 + role[1]), amount);
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

static void left_add(struct day_plan *day, int64_t account_id, const struct book_customer *who, const struct plan_item *item, enum left_reason reason,
		     int32_t until, struct plan_why why, const struct scenario *scenario, struct arena *arena)
{
	GROW(day->left, day->left_count, day->left_cap);
	struct planned_left *left = &day->left[day->left_count++];
	*left = (struct planned_left){
		.row = { .customer_id = who->id, .item_id = item->id, .amount = item->open, .customer_code = who->code,
			 .customer_name = who->name, .item = item->number, .reason = reason, .due_day = item->due_day, .until = until,
			 .account_id = account_id },
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
					.scenario = scenario, .action = *from, .joint = view.member_count > 1 };
		to->action.items = arena_array(arena, struct plan_action_item, from->item_count + 1);
		if (from->item_count) memcpy(to->action.items, from->items, from->item_count * sizeof *from->items);
		text_clear(&day->words);
		why_list_text(&day->words, from->why, from->why_count);
		to->why = arena_strdup(arena, text_cstr(&day->words));
		to->action.why = NULL;
		to->open = open_find(day, who.id, from->step, from->currency);
		if (to->open) to->open->kept = true, to->id = to->open->id;
	}
	for (size_t l = 0; l < plan.left_count; l++) {
		const struct plan_item *item = &view.items[plan.left[l].item];
		struct book_customer member = who;
		if (view.member_count) member = book_customer(plan_data_book(data), book_find_customer(plan_data_book(data), view.members[item->member].customer_id));
		left_add(day, who.id, &member, item, plan.left[l].reason, plan.left[l].until, plan.left[l].detail, scenario, arena);
	}
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
	for (size_t n = 0; n < one->action.item_count; n++) {
		if (one->action.items[n].role != PLAN_CLAIMED) continue;
		struct book_item known = book_item(plan_data_book(data), book_find_item(plan_data_book(data), one->action.items[n].item_id), DAY_MAX);
		struct plan_item item = { .id = known.id, .number = known.number, .open = one->action.items[n].amount, .due_day = known.due_day };
		snprintf(item.currency, sizeof item.currency, "%s", known.currency);
		struct book_customer who = book_customer(plan_data_book(data), known.customer);
		left_add(day, one->customer_id, &who, &item, LEFT_TOO_SOON, until, why, one->scenario, arena);
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

int left_order(const void *a, const void *b)
{
	const struct planned_left *x = a, *y = b;
	if (x->row.reason != y->row.reason) return x->row.reason < y->row.reason ? -1 : 1;
	int code = strcmp(x->row.customer_code, y->row.customer_code);
	if (code) return code;
	if (x->row.due_day != y->row.due_day) return x->row.due_day < y->row.due_day ? -1 : 1;
	return x->row.item_id < y->row.item_id ? -1 : x->row.item_id > y->row.item_id;
}

struct status day_plan_make(struct db *db, const struct company *company, int32_t today, const struct plan_data *data,
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

enum action_state planned_state(const struct planned *one, int32_t today)
{
	/* put off by a person: it waits, whatever the plan would start with */
	if (one->open && one->open->snoozed_until != DAY_NONE && one->open->snoozed_until > today) return STATE_PLANNED;
	return one->action.state;
}
