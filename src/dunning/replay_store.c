/* What a replay is made of: invoices from the book, contacts from the actions that went out. */
#include "dunning/replay.h"

#include "base/day.h"
#include "base/memory.h"

#include <stdlib.h>

struct contact_list {
	struct replay_contact *rows;
	size_t count;
};

static int contact_order(const void *a, const void *b)
{
	const struct replay_contact *x = a, *y = b;
	if (x->customer != y->customer) return x->customer < y->customer ? -1 : 1;
	return x->day < y->day ? -1 : x->day > y->day;
}

static struct status contacts_of(struct db *db, const struct company *company, const struct book *book, int32_t from, int32_t to, struct contact_list *out)
{
	size_t cap = 0;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT customer_id, done_day FROM action WHERE tenant_id = $tenant AND company_id = $company AND test = $test AND state IN ('sent','done')"
		" AND channel NOT IN ('task','block','handover') AND step_rank > 0 AND done_day >= $from AND done_day <= $to",
		DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id), db_int("test", !company->live), db_day("from", from), db_day("to", to)));
	while (rows_next(rows)) {
		size_t customer = book_find_customer(book, row_int(rows, 0));
		if (customer == SIZE_MAX) continue;
		GROW(out->rows, out->count, cap);
		out->rows[out->count++] = (struct replay_contact){ (uint32_t)customer, row_day(rows, 1) };
	}
	if (out->count) qsort(out->rows, out->count, sizeof *out->rows, contact_order);
	return rows_status(rows);
}

static int invoice_order(const void *a, const void *b)
{
	const struct replay_invoice *x = a, *y = b;
	if (x->customer != y->customer) return x->customer < y->customer ? -1 : 1;
	if (x->issue_day != y->issue_day) return x->issue_day < y->issue_day ? -1 : 1;
	if (x->due_day != y->due_day) return x->due_day < y->due_day ? -1 : 1;
	return x->amount < y->amount ? -1 : x->amount > y->amount;
}

/* Those that could be paid within the year: issued before its end, not paid before its start. */
static size_t invoices_of(const struct book *book, int32_t from, int32_t to, struct replay_invoice **out)
{
	struct replay_invoice *list = NULL;
	size_t count = 0, cap = 0, most = 0;
	for (size_t c = 0; c < book_customers(book); c++)
		if (book_customer(book, c).item_count > most) most = book_customer(book, c).item_count;
	struct book_item *items = xcalloc(most + 1, sizeof *items);
	for (size_t c = 0; c < book_customers(book); c++) {
		size_t have = book_customer(book, c).item_count;
		book_customer_items(book, c, to, items);
		for (size_t i = 0; i < have; i++) {
			const struct book_item *item = &items[i];
			if (!item->exists || item->outside || item->kind != ITEM_INVOICE || item->amount <= 0 || item->issue_day > to || item->due_day < from - 180) continue;
			if (item->closed_day != DAY_NONE && item->closed_day < from) continue;
			GROW(list, count, cap);
			list[count++] = (struct replay_invoice){ (uint32_t)c, item->issue_day, item->due_day, item->closed_day, item->amount };
		}
	}
	free(items);
	if (count) qsort(list, count, sizeof *list, invoice_order);
	*out = list;
	return count;
}

static void observed(const struct replay_invoice *list, size_t count, const uint8_t *looked, struct replay *out)
{
	for (int m = 0; m < REPLAY_MONTHS; m++) {
		int32_t day = out->from + (out->to - out->from) * (m + 1) / REPLAY_MONTHS;
		out->month_end[m] = day;
		for (size_t i = 0; i < count; i++)
			if (looked[list[i].customer] && list[i].issue_day <= day && list[i].due_day < day && (list[i].paid_day == DAY_NONE || list[i].paid_day > day))
				out->observed_month[m] += (double)list[i].amount;
	}
}

struct status replay_make(struct db *db, const struct company *company, const struct scenario *in_force, const struct scenario *draft,
			  int32_t today, const uint8_t *(*visible)(void *context, const struct book *book), void *context,
			  struct arena *arena, struct replay **out)
{
	struct replay *replay = arena_make(arena, struct replay);
	*replay = (struct replay){ .from = today - 365, .to = today - 1 };
	*out = replay;
	cleanup_plan_data struct plan_data *data = NULL;
	TRY(plan_data_load(db, company, today, 0, 0, arena, &data));
	const struct book *book = plan_data_book(data);
	const uint8_t *selected = visible ? visible(context, book) : NULL;
	struct contact_list contacts = { 0 };
	struct status status = contacts_of(db, company, book, replay->from - REPLAY_WINDOW, replay->to, &contacts);
	if (status.code) {
		free(contacts.rows);
		return status;
	}
	struct replay_invoice *invoices;
	size_t count = invoices_of(book, replay->from, replay->to, &invoices), customers = book_customers(book);
	struct replay_model model;
	replay_learn(invoices, count, contacts.rows, contacts.count, customers, replay->from, replay->to, arena, &model);
	free(contacts.rows);
	replay->payments = model.payments, replay->after_contact = model.after_contact;
	replay->known = model.after_contact >= REPLAY_LEAST;

	/* who follows it now, every n-th of many */
	uint8_t *looked = arena_array(arena, uint8_t, customers + 1);
	struct replay_life *before = xcalloc(REPLAY_CUSTOMERS, sizeof *before), *after = xcalloc(REPLAY_CUSTOMERS, sizeof *after);
	cleanup_arena struct arena *scratch = arena_new(), *inner = arena_new();
	size_t stride = 1, seen = 0;
	double days = 0, amount = 0;
	for (int pass = 0; pass < 2; pass++) {
		size_t first = 0;
		for (size_t c = 0; c < customers; c++) {
			struct plan_view view;
			const struct scenario *his;
			while (first < count && invoices[first].customer < c) first++;
			size_t end = first;
			while (end < count && invoices[end].customer == c) end++;
			if ((selected && !selected[c]) || end == first) continue;
			arena_reset(scratch);
			if (!plan_data_view(data, c, scratch, &view, &his) || !his || strcmp(his->code, draft->code) != 0) continue;
			if (pass == 0) {
				replay->customers++;
				continue;
			}
			if (seen++ % stride || replay->looked == REPLAY_CUSTOMERS) continue;
			looked[c] = 1;
			replay->invoices += (int64_t)(end - first);
			for (size_t i = first; i < end; i++) {
				int32_t until = invoices[i].paid_day != DAY_NONE ? invoices[i].paid_day : replay->to;
				if (invoices[i].due_day >= replay->to && invoices[i].paid_day == DAY_NONE) continue;
				days += (double)(until - invoices[i].due_day) * (double)invoices[i].amount, amount += (double)invoices[i].amount;
			}
			if (in_force)
				replay_live(&model, &view, c, invoices + first, end - first, in_force, plan_data_settings(data), replay->from, replay->to, 11, inner,
					    &before[replay->looked]);
			replay_live(&model, &view, c, invoices + first, end - first, draft, plan_data_settings(data), replay->from, replay->to, 11, inner,
				    &after[replay->looked]);
			replay->looked++;
		}
		stride = replay->customers > REPLAY_CUSTOMERS ? (replay->customers + REPLAY_CUSTOMERS - 1) / REPLAY_CUSTOMERS : 1;
	}
	replay->observed_days = amount > 0 ? days / amount : 0;
	observed(invoices, count, looked, replay);
	replay_compare(before, after, replay->looked, 17, replay);
	free(invoices), free(before), free(after);
	return STATUS_FINE;
}
