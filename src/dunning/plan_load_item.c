#include "dunning/plan_load_inside.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/zone.h"
#include "cash/list.h"
#include "ledger/hold.h"

static int mark_order(const void *a, const void *b)
{
	const struct item_mark *x = a, *y = b;
	return x->item < y->item ? -1 : x->item > y->item;
}

const struct item_mark *mark_find(const struct item_mark *marks, size_t count, int64_t item)
{
	struct item_mark key = { .item = item };
	return count ? bsearch(&key, marks, count, sizeof key, mark_order) : NULL;
}

struct status load_disputes(struct load *load)
{
	struct plan_data *data = load->data;
	size_t cap = 0;
	struct bind_row *list = NULL;
	cleanup_rows struct rows *rows = db_query(load->db,
		FOR(load->only, "SELECT customer_id, item_id, amount, due_day, credit_expected_day FROM dispute WHERE tenant_id = $tenant"
		" AND company_id = $company AND closed_day IS NULL AND opened_day <= $today", SCOPE("customer_id"), ""),
		LOAD_ARGS(load, db_day("today", load->today)));
	uint32_t at;
	while (rows_next(rows)) {
		struct person *person = person_of(load, row_int(rows, 0), &at);
		if (!person) continue;
		bool late = (!row_null(rows, 3) && row_day(rows, 3) < load->today) ||
			    (!row_null(rows, 4) && row_day(rows, 4) < load->today);
		if (late) person->own_fault = true;
		GROW(list, data->dispute_count, cap);
		list[data->dispute_count++] = (struct bind_row){ .customer = at, .item = row_int(rows, 1),
			.amount = row_null(rows, 2) ? -1 : row_int(rows, 2), .kind = late ? 'o' : '-' };
	}
	data->disputes = arena_array(load->arena, struct bind_row, data->dispute_count + 1);
	if (data->dispute_count) memcpy(data->disputes, list, data->dispute_count * sizeof *list);
	free(list);
	return rows_status(rows);
}

struct status load_promises(struct load *load)
{
	struct plan_data *data = load->data;
	size_t cap = 0, broken_count = 0, broken_cap = 0, made_count = 0, made_cap = 0;
	struct bind_row *list = NULL;
	struct item_mark *broken = NULL;
	int32_t *made = NULL;
	cleanup_rows struct rows *rows = db_query(load->db,
		FOR(load->only, "SELECT p.customer_id, COALESCE(i.item_id, 0), p.day, p.amount, p.state, p.settled_day, p.made_day FROM promise p"
		" LEFT JOIN promise_item i ON i.tenant_id = p.tenant_id AND i.company_id = p.company_id AND i.promise_id = p.id"
		" WHERE p.tenant_id = $tenant AND p.company_id = $company AND (p.state = 'expected' OR (p.state IN ('broken','partly_kept')"
		" AND p.settled_day >= $since))", SCOPE("p.customer_id"), ""),
		LOAD_ARGS(load, db_day("since", load->today - 60)));
	uint32_t at;
	while (rows_next(rows)) {
		struct person *person = person_of(load, row_int(rows, 0), &at);
		if (!person) continue;
		if (strcmp(row_text(rows, 4), "expected") != 0) {
			if (row_day(rows, 5) > person->broken_day) person->broken_day = row_day(rows, 5);
			GROW(broken, broken_count, broken_cap);
			broken[broken_count++] = (struct item_mark){ .item = row_int(rows, 1), .value = row_day(rows, 5) };
			continue;
		}
		GROW(list, data->promise_count, cap);
		GROW(made, made_count, made_cap);
		made[made_count++] = row_day(rows, 6);
		list[data->promise_count++] = (struct bind_row){ .customer = at, .item = row_int(rows, 1), .day = row_day(rows, 2),
								 .amount = row_int(rows, 3) };
	}
	TRY(rows_status(rows));
	/* a payment plan that was missed is a word not kept as well */
	cleanup_rows struct rows *plans = db_query(load->db,
		FOR(load->only, "SELECT customer_id, ended_day FROM payment_plan WHERE tenant_id = $tenant AND company_id = $company AND state = 'broken'"
		" AND ended_day >= $since", SCOPE("customer_id"), ""), LOAD_ARGS(load, db_day("since", load->today - 60)));
	while (rows_next(plans)) {
		struct person *person = person_of(load, row_int(plans, 0), &at);
		if (person && row_day(plans, 1) > person->broken_day) person->broken_day = row_day(plans, 1);
	}
	/* whoever broke a promise on an item is not believed for the others he made on it before: the scenario resumes at once */
	if (broken_count) qsort(broken, broken_count, sizeof *broken, mark_order);
	size_t believed = 0;
	for (size_t i = 0; i < data->promise_count; i++) {
		bool kept = true;
		const struct item_mark *mark = list[i].item ? mark_find(broken, broken_count, list[i].item) : NULL;
		while (mark && mark > broken && mark[-1].item == list[i].item) mark--;
		for (; mark && mark < broken + broken_count && mark->item == list[i].item; mark++) kept &= mark->value < made[i];
		if (kept) list[believed++] = list[i];
	}
	data->promise_count = believed;
	free(broken), free(made);
	data->promises = arena_array(load->arena, struct bind_row, data->promise_count + 1);
	if (data->promise_count) memcpy(data->promises, list, data->promise_count * sizeof *list);
	free(list);
	return rows_status(rows);
}

struct status load_holds(struct load *load)
{
	struct plan_data *data = load->data;
	size_t cap = 0;
	struct bind_row *list = NULL;
	cleanup_rows struct rows *rows = db_query(load->db,
		FOR(load->only, "SELECT customer_id, item_id, kind, until_day FROM hold WHERE tenant_id = $tenant AND company_id = $company"
		" AND lifted_day IS NULL AND from_day <= $today AND (until_day IS NULL OR until_day >= $today)", SCOPE("customer_id"), ""),
		LOAD_ARGS(load, db_day("today", load->today)));
	uint32_t at;
	while (rows_next(rows)) {
		enum hold_kind kind = HOLD_HOLD; /* of a kind not known here: held all the same */
		if (!person_of(load, row_int(rows, 0), &at)) continue;
		hold_kind_parse(row_text(rows, 2), &kind);
		GROW(list, data->hold_count, cap);
		list[data->hold_count++] = (struct bind_row){ .customer = at, .item = row_int(rows, 1), .kind = (char)kind, .day = row_day(rows, 3) };
	}
	data->holds = arena_array(load->arena, struct bind_row, data->hold_count + 1);
	if (data->hold_count) memcpy(data->holds, list, data->hold_count * sizeof *list);
	free(list);
	return rows_status(rows);
}

/* What went out, was done, passed over, or is under way, in rows by customer, then action. */
static struct status past_rows(struct load *load, struct rows *query)
{
	struct plan_data *data = load->data;
	cleanup_rows struct rows *rows = query;
	size_t cap = 0, count = 0, items = 0, items_cap = 0;
	struct past_row *list = NULL;
	int64_t *ids = NULL;
	size_t *first = NULL, first_cap = 0;
	int64_t last = 0, last_customer = 0;
	uint32_t at;
	while (rows_next(rows)) {
		if (!person_of(load, row_int(rows, 0), &at)) continue;
		if (row_int(rows, 1) != last || row_int(rows, 0) != last_customer) {
			last = row_int(rows, 1), last_customer = row_int(rows, 0);
			GROW(list, count, cap);
			if (count == first_cap) first = xrealloc(first, first_cap = cap, sizeof *first);
			first[count] = items;
			enum channel channel = CHANNEL_TASK;
			enum action_state state = STATE_DONE;
			channel_parse(row_text(rows, 5), &channel);
			action_state_parse(row_text(rows, 6), &state);
			int32_t plan_day = row_day(rows, 9), done_day = row_day(rows, 10);
			/* confirmed in test mode on an earlier day: it would have left (run.c writes it so) */
			if (state == STATE_QUEUED && !load->company->live && plan_day < load->today) state = STATE_SENT, done_day = plan_day;
			int64_t rank = row_int(rows, 4);
			list[count++] = (struct past_row){ at, {
				.id = last, .scenario = arena_strdup(load->arena, row_text(rows, 2)),
				.step = arena_strdup(load->arena, row_text(rows, 3)),
				.rank = rank >= 0 && rank < RANK_COUNT ? (enum rank)rank : RANK_NONE, .channel = channel, .state = state,
				.skipped = state == STATE_CANCELLED, .takeover = strstr(row_text(rows, 7), "takeover") != NULL,
				.no_contact = strstr(row_text(rows, 7), "no_contact") != NULL,
				.contact = channel_is_contact(channel) && state != STATE_CANCELLED,
				.plan_day = plan_day, .done_day = done_day } };
			snprintf(list[count - 1].past.currency, 4, "%s", row_text(rows, 11));
		}
		if (row_int(rows, 12)) {
			GROW(ids, items, items_cap);
			ids[items++] = row_int(rows, 12);
			list[count - 1].past.item_count++;
		}
	}
	int64_t *kept = arena_array(load->arena, int64_t, items + 1);
	if (items) memcpy(kept, ids, items * sizeof *kept);
	struct past_row *all = arena_array(load->arena, struct past_row, data->past_count + count + 1);
	if (data->past_count) memcpy(all, data->pasts, data->past_count * sizeof *all);
	if (count) memcpy(all + data->past_count, list, count * sizeof *list);
	for (size_t i = 0; i < count; i++) all[data->past_count + i].past.items = kept + first[i];
	data->pasts = all, data->past_count += count; /* load_items_sort puts them in order */
	free(list), free(ids), free(first);
	return rows_status(rows);
}

/* In this state of the company, test or live. An action that names items of several customers is in the past of each of them. */
struct status load_past(struct load *load)
{
#define PAST(of, from)                                                                                                         \
	"SELECT " of ", a.id, a.scenario, a.step, a.step_rank, a.channel, a.state, a.reason, a.outcome, a.plan_day, a.done_day, a.currency," \
	" COALESCE(i.item_id, 0) FROM " from " LEFT JOIN action_item i ON i.tenant_id = a.tenant_id AND i.company_id = a.company_id"      \
	" AND i.action_id = a.id AND i.role = 'claimed' WHERE a.tenant_id = $tenant AND a.company_id = $company AND a.test = $test"       \
	" AND a.id <> $except AND (a.state IN ('queued','sending','sent','unknown','failed','done') OR (a.state = 'cancelled' AND a.outcome = 'skipped'))"
	struct db_arg test = db_int("test", !load->company->live), except = db_int("except", load->except);
	TRY(past_rows(load, db_query(load->db, FOR(load->only, PAST("a.customer_id", "action a"), SCOPE("a.customer_id"),
		" ORDER BY a.customer_id, COALESCE(a.done_day, a.plan_day), a.id"), LOAD_ARGS(load, test, except))));
	return past_rows(load, db_query(load->db, FOR(load->only, PAST("m.customer_id", "action_member m JOIN action a"
		" ON a.tenant_id = m.tenant_id AND a.company_id = m.company_id AND a.id = m.action_id"), SCOPE("m.customer_id"),
		" ORDER BY m.customer_id, COALESCE(a.done_day, a.plan_day), a.id"), LOAD_ARGS(load, test, except)));
#undef PAST
}

/* Reminders that another program sent before (intake/levels.h): each counts as one that went out, so that the ladder goes on from
 * there. One of a customer named what was late on its day; without a day of its own it is as old as the import that told it. */
struct status load_taken(struct load *load)
{
	struct plan_data *data = load->data;
	int64_t any = 0;
	TRY(db_get_int(load->db, FOR(load->only, "SELECT COUNT(*) FROM level_taken l WHERE l.tenant_id = $tenant AND l.company_id = $company", SCOPE("l.customer_id"), ""),
	               LOAD_NO_ARGS(load), &any, NULL));
	if (!any) return STATUS_FINE;
	cleanup_rows struct rows *rows = db_query(load->db,
		FOR(load->only, "SELECT l.customer_id, l.import_id, l.item_id, l.level, l.day, i.at, COALESCE(t.id, 0), COALESCE(t.currency, ''), COALESCE(t.due_day, 0) FROM level_taken l"
		" JOIN import i ON i.tenant_id = l.tenant_id AND i.company_id = l.company_id AND i.id = l.import_id AND i.state = 'active'"
		" LEFT JOIN item t ON t.tenant_id = l.tenant_id AND t.company_id = l.company_id AND t.customer_id = l.customer_id AND t.open_amount > 0"
		" AND t.amount > 0 AND (t.id = l.item_id OR l.item_id = 0) WHERE l.tenant_id = $tenant AND l.company_id = $company",
		SCOPE("l.customer_id"), " ORDER BY l.customer_id, l.import_id, l.item_id, t.currency, t.id"), LOAD_NO_ARGS(load));
	static const enum rank ranks[] = { RANK_NONE, RANK_REMINDER, RANK_FOLLOW_UP, RANK_FIRM, RANK_FORMAL_NOTICE };
	struct past_row *list = NULL;
	size_t count = 0, cap = 0;
	while (rows_next(rows)) {
		uint32_t at;
		int64_t level = row_int(rows, 3), item = row_int(rows, 6);
		if (!person_of(load, row_int(rows, 0), &at) || level < 1 || level > 4 || !item) continue;
		int32_t day = row_day(rows, 4);
		int minutes;
		if (day == DAY_NONE) zone_civil(load->company->zone, row_int(rows, 5), &day, &minutes);
		if (day > load->today) continue;
		if (!row_int(rows, 2) && row_day(rows, 8) >= day) continue;
		GROW(list, count, cap);
		int64_t *ids = arena_array(load->arena, int64_t, 1);
		ids[0] = item;
		/* no plan of ours had it: the day's plan is not done with the item because of it */
		list[count] = (struct past_row){ at, { .scenario = "", .step = "", .rank = ranks[level], .channel = CHANNEL_EMAIL, .state = STATE_DONE, .takeover = true, .contact = true,
			.plan_day = DAY_NONE, .done_day = day, .items = ids, .item_count = 1 } };
		snprintf(list[count++].past.currency, 4, "%s", row_text(rows, 7));
	}
	struct status status = rows_status(rows);
	if (!status.code && count) {
		struct past_row *all = arena_array(load->arena, struct past_row, data->past_count + count);
		if (data->past_count) memcpy(all, data->pasts, data->past_count * sizeof *all);
		memcpy(all + data->past_count, list, count * sizeof *list);
		data->pasts = all, data->past_count += count; /* load_items_sort puts them in order */
	}
	free(list);
	return status;
}

/* Whether an action already thanked for the item: planned ones that nobody acted on don't count. */
static struct status was_thanked(const struct load *load, int64_t item_id, bool *out)
{
	int64_t id;
	return db_get_int(load->db,
		"SELECT b.id FROM action_item t JOIN action b ON b.tenant_id = t.tenant_id AND b.company_id = t.company_id AND b.id = t.action_id"
		" WHERE t.tenant_id = $tenant AND t.company_id = $company AND t.item_id = $item AND t.role = 'paid' AND b.test = $test"
		" AND b.id <> $except AND (b.state NOT IN ('planned','to_confirm','cancelled') OR (b.state = 'cancelled' AND b.outcome = 'skipped'))"
		" LIMIT 1",
		load_args(load, false, DB_ARGS(db_int("item", item_id), db_int("test", !load->company->live), db_int("except", load->except))),
		&id, out);
}

static int id_order(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

bool id_within(const int64_t *ids, size_t count, int64_t id)
{
	return count && bsearch(&id, ids, count, sizeof id, id_order) != NULL;
}

struct status load_cash(struct load *load)
{
	struct plan_data *data = load->data;
	TRY(cash_pending(load->db, load->company, load->today, load->arena, &data->pending, &data->pending_count));
	return cash_uncollected(load->db, load->company, load->today, load->arena, &data->uncollected, &data->uncollected_count);
}

/* What payments of the last days settled of a closed item since it was claimed; the day is that of the first of them. */
static bool payment_of(const struct load *load, int64_t item_id, int32_t claimed_day, struct plan_payment *out)
{
	const struct book *book = load->data->book;
	size_t index = book_find_item(book, item_id);
	if (index == SIZE_MAX) return false;
	struct book_item item = book_item(book, index, DAY_MAX);
	if (item.open != 0 || item.withdrawn || item.outside) return false;
	struct book_settlement *settled;
	size_t count = book_item_settlements(book, index, load->arena, &settled);
	int64_t first = INT64_MAX;
	*out = (struct plan_payment){ .item_id = item_id, .number = item.number, .closed = true };
	for (size_t s = 0; s < count; s++) {
		if (settled[s].debit != index || settled[s].day <= load->today - 10 || settled[s].day > load->today || settled[s].day < claimed_day)
			continue;
		struct book_item credit = book_item(book, settled[s].credit, BOOK_FACTS);
		if (credit.kind != ITEM_PAYMENT || id_within(load->data->uncollected, load->data->uncollected_count, credit.id)) continue;
		out->amount += settled[s].amount;
		if (credit.id < first) first = credit.id, out->day = settled[s].day;
	}
	snprintf(out->currency, 4, "%s", item.currency);
	return first != INT64_MAX;
}

static int payment_order(const void *a, const void *b)
{
	const struct payment_row *x = a, *y = b;
	if (x->customer != y->customer) return x->customer < y->customer ? -1 : 1;
	return x->payment.item_id < y->payment.item_id ? -1 : x->payment.item_id > y->payment.item_id;
}

/* Payments of the last days on items that somebody was reminded of and not thanked for yet: from what went out (load_past) and the
 * book, in memory; the store is asked about the few that were paid. */
struct status load_payments(struct load *load)
{
	struct plan_data *data = load->data;
	if (!data->thanks) return STATUS_FINE;
	size_t cap = 0, count = 0, kept = 0;
	struct payment_row *list = NULL;
	for (size_t p = 0; p < data->past_count; p++) {
		const struct plan_past *past = &data->pasts[p].past;
		if ((past->state != STATE_SENT && past->state != STATE_DONE) || channel_is_task(past->channel) || (int)past->rank < 2 ||
		    past->plan_day < load->today - 120 || past->done_day == DAY_NONE)
			continue;
		for (size_t i = 0; i < past->item_count; i++) {
			struct payment_row row = { .customer = data->pasts[p].customer };
			if (!payment_of(load, past->items[i], past->done_day, &row.payment)) continue;
			GROW(list, count, cap);
			list[count++] = row;
		}
	}
	/* claimed several times: the earliest claim saw most of it */
	if (count) qsort(list, count, sizeof *list, payment_order);
	struct status status = STATUS_FINE;
	for (size_t p = 0; p < count && !status.code; p++) {
		bool thanked = false;
		if (kept && list[kept - 1].payment.item_id == list[p].payment.item_id) {
			if (list[p].payment.amount > list[kept - 1].payment.amount) list[kept - 1] = list[p];
			continue;
		}
		status = was_thanked(load, list[p].payment.item_id, &thanked);
		if (!thanked) list[kept++] = list[p];
	}
	data->payment_count = kept;
	data->payments = arena_array(load->arena, struct payment_row, kept + 1);
	if (kept) memcpy(data->payments, list, kept * sizeof *list);
	free(list);
	return status;
}

static struct status load_marks(struct load *load, struct rows *rows, bool account, struct item_mark **out, size_t *count)
{
	size_t cap = 0;
	struct item_mark *list = NULL;
	*count = 0;
	while (rows_next(rows)) {
		struct item_mark mark = { .item = row_int(rows, 0) };
		if (account)
			mark.value = strncmp(row_text(rows, 1), "413", 3) == 0 ? 413 : strncmp(row_text(rows, 1), "416", 3) == 0 ? 416 : 0;
		else
			zone_civil(load->company->zone, row_int(rows, 1), &mark.value, NULL);
		GROW(list, *count, cap);
		list[(*count)++] = mark;
	}
	*out = arena_array(load->arena, struct item_mark, *count + 1);
	if (*count) memcpy(*out, list, *count * sizeof *list);
	free(list);
	qsort(*out, *count, sizeof **out, mark_order);
	return rows_status(rows);
}

/* Assigned items that we may remind of: whose account their message names (ledger/assignment.h). */
static struct status load_assigned(struct load *load)
{
	struct plan_data *data = load->data;
	size_t cap = 0;
	struct item_mark *list = NULL;
	cleanup_rows struct rows *rows = db_query(load->db,
		FOR(load->only, "SELECT i.id, a.payee_id FROM assignment a JOIN assignment_item n ON n.tenant_id = a.tenant_id AND n.company_id = a.company_id"
		" AND n.assignment_id = a.id AND n.back_day IS NULL JOIN payee p ON p.tenant_id = a.tenant_id AND p.company_id = a.company_id AND p.id = a.payee_id"
		" JOIN item i ON i.tenant_id = n.tenant_id AND i.company_id = n.company_id AND i.id = n.item_id AND i.open_amount <> 0"
		" WHERE a.tenant_id = $tenant AND a.company_id = $company AND a.state = 'active' AND (a.notified = 1 OR p.iban <> '')", SCOPE("i.customer_id"), ""),
		LOAD_NO_ARGS(load));
	while (rows_next(rows)) {
		GROW(list, data->payee_count, cap);
		list[data->payee_count++] = (struct item_mark){ .item = row_int(rows, 0), .value = (int32_t)row_int(rows, 1) };
	}
	data->payees = arena_array(load->arena, struct item_mark, data->payee_count + 1);
	if (data->payee_count) {
		memcpy(data->payees, list, data->payee_count * sizeof *list);
		qsort(data->payees, data->payee_count, sizeof *list, mark_order);
	}
	free(list);
	return rows_status(rows);
}

struct status load_items(struct load *load)
{
	struct plan_data *data = load->data;
	cleanup_rows struct rows *accounts = db_query(load->db,
		FOR(load->only, "SELECT m.id, m.account FROM (SELECT tenant_id, company_id, customer_id, id, account FROM item WHERE account >= '413' AND account < '417'"
		" AND open_amount <> 0 UNION ALL SELECT tenant_id, company_id, customer_id, item_id, '416' FROM doubtful WHERE state <> 'cancelled') m"
		" WHERE m.tenant_id = $tenant AND m.company_id = $company", SCOPE("m.customer_id"), ""),
		LOAD_NO_ARGS(load));
	TRY(load_marks(load, accounts, true, &data->accounts, &data->account_count));
	TRY(load_assigned(load));
	if (data->settings.takeover_day == DAY_NONE || data->settings.takeover_day >= load->today) return STATUS_FINE;
	/* items that came in after the start, already late */
	cleanup_rows struct rows *seen = db_query(load->db,
		FOR(load->only, "SELECT i.id, m.at FROM import m JOIN fact f ON f.tenant_id = m.tenant_id AND f.company_id = m.company_id"
		" AND f.import_id = m.id JOIN item i ON i.tenant_id = f.tenant_id AND i.company_id = f.company_id"
		" AND i.customer_id = f.customer_id AND i.id = f.id WHERE m.tenant_id = $tenant AND m.company_id = $company"
		" AND m.state = 'active' AND m.at >= $since AND i.open_amount > 0 AND i.due_day < $today", SCOPE("f.customer_id"), ""),
		LOAD_ARGS(load, db_int("since", zone_instant(load->company->zone, data->settings.takeover_day + 1, 0)),
			  db_day("today", load->today)));
	return load_marks(load, seen, false, &data->seen, &data->seen_count);
}

static int bind_order(const void *a, const void *b)
{
	const struct bind_row *x = a, *y = b;
	if (x->customer != y->customer) return x->customer < y->customer ? -1 : 1;
	if (x->item != y->item) return x->item < y->item ? -1 : 1;
	return x->day < y->day ? -1 : x->day > y->day;
}

static int past_order(const void *a, const void *b)
{
	const struct past_row *x = a, *y = b;
	if (x->customer != y->customer) return x->customer < y->customer ? -1 : 1;
	int32_t dx = x->past.done_day != DAY_NONE ? x->past.done_day : x->past.plan_day;
	int32_t dy = y->past.done_day != DAY_NONE ? y->past.done_day : y->past.plan_day;
	if (dx != dy) return dx < dy ? -1 : 1;
	return x->past.id < y->past.id ? -1 : x->past.id > y->past.id;
}

/* By customer, as the view looks for them. */
void load_items_sort(struct plan_data *data)
{
	qsort(data->disputes, data->dispute_count, sizeof *data->disputes, bind_order);
	qsort(data->promises, data->promise_count, sizeof *data->promises, bind_order);
	qsort(data->holds, data->hold_count, sizeof *data->holds, bind_order);
	qsort(data->pasts, data->past_count, sizeof *data->pasts, past_order);
	size_t kept = 0; /* one that named two of them who are one customer since */
	for (size_t p = 0; p < data->past_count; p++)
		if (!kept || !data->pasts[p].past.id || data->pasts[p].past.id != data->pasts[kept - 1].past.id || data->pasts[p].customer != data->pasts[kept - 1].customer)
			data->pasts[kept++] = data->pasts[p];
	data->past_count = kept;
	qsort(data->payments, data->payment_count, sizeof *data->payments, payment_order);
}
