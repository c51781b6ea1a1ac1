/* Who pays for others is asked for all of them at once: one view of the payer and of those he pays for, each still a customer of his
 * own (plan.h, struct plan_member).
 *
 * He is written to as the payer: his address, preferences, scenario, score. All that was sent to any of them is the past of the view,
 * so that nobody hears twice, whoever was written to before; a reply of one holds all. A payer in insolvency proceedings pays for nobody: those he
 * paid for are chased by themselves again. */
#include "dunning/plan_load_inside.h"

#include "base/day.h"
#include "base/memory.h"

#include <stdlib.h>

enum payer_mode plan_payer_mode(const struct plan_data *data, size_t payer)
{
	const struct person *person = &data->people[payer];
	return person->payer_mode >= 0 ? (enum payer_mode)person->payer_mode : data->settings.payers;
}

static bool pays_for_others(enum payer_mode mode, int32_t insolvency_day, int32_t today)
{
	return mode != PAYER_APART && (insolvency_day == DAY_NONE || insolvency_day > today);
}

struct status load_scope(struct load *load)
{
	struct plan_data *data = load->data;
	if (!load->only) return STATUS_FINE;
	cleanup_rows struct rows *rows = db_query(load->db,
		"SELECT h.id, h.payer_mode, h.insolvency_day, (SELECT COUNT(*) FROM customer m WHERE m.tenant_id = h.tenant_id AND m.company_id = h.company_id"
		" AND m.payer_id = h.id AND m.payer_id > 0) FROM customer c JOIN customer h ON h.tenant_id = c.tenant_id AND h.company_id = c.company_id"
		" AND h.id = CASE WHEN c.payer_id > 0 THEN c.payer_id ELSE c.id END WHERE c.tenant_id = $tenant AND c.company_id = $company AND c.id = $customer",
		DB_ARGS(db_int("tenant", load->company->tenant_id), db_int("company", load->company->id), db_int("customer", load->only)));
	if (rows_next(rows) && row_int(rows, 3)) {
		enum payer_mode mode = data->settings.payers;
		payer_mode_parse(row_text(rows, 1), &mode);
		if (pays_for_others(mode, row_day(rows, 2), load->today)) load->only = row_int(rows, 0), load->group = true;
	}
	data->only = book_find_customer(data->book, load->only);
	return rows_status(rows);
}

static int group_order(const void *a, const void *b)
{
	const struct group_row *x = a, *y = b;
	if (x->head != y->head) return x->head < y->head ? -1 : 1;
	if ((x->member == x->head) != (y->member == y->head)) return x->member == x->head ? -1 : 1;
	return x->member < y->member ? -1 : x->member > y->member;
}

void load_groups(struct load *load)
{
	struct plan_data *data = load->data;
	size_t count = book_customers(data->book), cap = 0;
	struct group_row *list = NULL;
	data->heads = arena_array(load->arena, uint32_t, count + 1);
	for (size_t c = 0; c < count; c++) data->heads[c] = NO_HEAD;
	for (size_t c = 0; c < count; c++) {
		size_t payer = data->people[c].payer_id ? book_find_customer(data->book, data->people[c].payer_id) : SIZE_MAX;
		if (payer == SIZE_MAX || payer == c || data->people[payer].payer_id) continue;
		if (!pays_for_others(plan_payer_mode(data, payer), book_customer(data->book, payer).insolvency_day, data->today)) continue;
		for (int own = data->heads[payer] == NO_HEAD ? 1 : 0; own >= 0; own--) {
			GROW(list, data->group_count, cap);
			list[data->group_count++] = (struct group_row){ (uint32_t)payer, (uint32_t)(own ? payer : c) };
		}
		data->heads[payer] = data->heads[c] = (uint32_t)payer;
	}
	data->groups = arena_array(load->arena, struct group_row, data->group_count + 1);
	if (data->group_count) {
		memcpy(data->groups, list, data->group_count * sizeof *list);
		qsort(data->groups, data->group_count, sizeof *list, group_order);
	}
	free(list);
}

static int item_order(const void *a, const void *b)
{
	const struct plan_item *x = a, *y = b;
	if (x->due_day != y->due_day) return x->due_day < y->due_day ? -1 : 1;
	if (x->posting_day != y->posting_day) return x->posting_day < y->posting_day ? -1 : 1;
	int number = strcmp(x->number, y->number);
	if (number) return number;
	return x->id < y->id ? -1 : x->id > y->id;
}

static int past_order(const void *a, const void *b)
{
	const struct plan_past *x = a, *y = b;
	int32_t dx = x->done_day != DAY_NONE ? x->done_day : x->plan_day, dy = y->done_day != DAY_NONE ? y->done_day : y->plan_day;
	if (dx != dy) return dx < dy ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

void plan_group_view(const struct plan_data *data, const struct plan_view *parts, size_t count, bool netted, int32_t broken_day, struct arena *scratch,
                     struct plan_view *out)
{
	size_t items = 0, pasts = 0, payments = 0;
	for (size_t m = 0; m < count; m++) items += parts[m].item_count, pasts += parts[m].past_count, payments += parts[m].payment_count;
	*out = parts[0];
	struct plan_member *members = arena_array(scratch, struct plan_member, count);
	struct plan_item *all = arena_array(scratch, struct plan_item, items + 1);
	struct plan_past *past = arena_array(scratch, struct plan_past, pasts + 1);
	struct plan_payment *paid = arena_array(scratch, struct plan_payment, payments + 1);
	items = pasts = payments = 0;
	for (size_t m = 0; m < count; m++) {
		const struct plan_view *part = &parts[m];
		members[m] = (struct plan_member){
			.customer_id = part->customer_id, .code = part->code, .name = book_customer(data->book, book_find_customer(data->book, part->customer_id)).name,
			.stopped = part->stopped, .never = part->never, .generic = part->generic, .generic_proposed = part->generic_proposed,
			.pays_by_debit = part->pays_by_debit, .own_fault = part->own_fault, .supplier_balance = part->supplier_balance,
			.insolvency_day = part->insolvency_day != DAY_NONE && part->insolvency_day <= data->today ? part->insolvency_day : DAY_NONE };
		for (size_t i = 0; i < part->item_count; i++) all[items] = part->items[i], all[items++].member = (uint32_t)m;
		for (size_t p = 0; p < part->past_count; p++) past[pasts++] = part->past[p];
		bool silent = part->stopped || part->never || part->generic || members[m].insolvency_day != DAY_NONE;
		for (size_t p = 0; p < part->payment_count && !silent; p++) paid[payments++] = part->payments[p];
		if (m == 0) continue;
		if (part->replied_day > out->replied_day) out->replied_day = part->replied_day;
		out->who.amount += part->who.amount;
		if (part->who.days_late > out->who.days_late) out->who.days_late = part->who.days_late;
		out->who.promises_broken += part->who.promises_broken, out->who.promises_kept += part->who.promises_kept;
		out->who.disputes += part->who.disputes;
	}
	if (items) qsort(all, items, sizeof *all, item_order);
	if (pasts) qsort(past, pasts, sizeof *past, past_order);
	size_t kept = 0; /* one that named several of them is in the past of each */
	for (size_t p = 0; p < pasts; p++)
		if (!kept || !past[p].id || past[p].id != past[kept - 1].id) past[kept++] = past[p];
	out->items = all, out->item_count = items;
	out->past = past, out->past_count = kept;
	out->payments = paid, out->payment_count = payments;
	out->members = members, out->member_count = count, out->netted = netted;
	out->broken_promise = plan_promise_broken(out, broken_day);
}

size_t plan_data_head(const struct plan_data *data, size_t customer)
{
	return data->heads[customer] == NO_HEAD ? customer : data->heads[customer];
}

size_t plan_data_pays_for(const struct plan_data *data, size_t customer, struct arena *arena, size_t **out)
{
	int64_t id = book_customer(data->book, customer).id;
	size_t count = 1, all = book_customers(data->book);
	for (size_t c = 0; c < all; c++) count += data->people[c].payer_id == id;
	*out = arena_array(arena, size_t, count);
	(*out)[0] = customer;
	if (count == 1 || data->people[customer].payer_id) return 0;
	for (size_t c = 0, at = 1; c < all; c++)
		if (data->people[c].payer_id == id) (*out)[at++] = c;
	return count;
}

bool plan_data_view_as(const struct plan_data *data, const size_t *customers, size_t count, bool netted, struct arena *scratch, struct plan_view *view,
                       const struct scenario **scenario)
{
	if (count == 1) return plan_view_alone(data, customers[0], scratch, view, scenario);
	struct group_row *group = arena_array(scratch, struct group_row, count);
	for (size_t m = 0; m < count; m++) group[m] = (struct group_row){ (uint32_t)customers[0], (uint32_t)customers[m] };
	return plan_view_group(data, group, count, netted, scratch, view, scenario);
}

size_t plan_data_payers(const struct plan_data *data, size_t limit, struct arena *arena, size_t **out)
{
	size_t count = 0;
	*out = arena_array(arena, size_t, limit + 1);
	for (size_t c = 0; c < book_customers(data->book) && count < limit; c++) {
		size_t payer = data->people[c].payer_id ? book_find_customer(data->book, data->people[c].payer_id) : SIZE_MAX;
		bool known = payer == SIZE_MAX;
		for (size_t p = 0; p < count && !known; p++) known = (*out)[p] == payer;
		if (!known) (*out)[count++] = payer;
	}
	return count;
}
