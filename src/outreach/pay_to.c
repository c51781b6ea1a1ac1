#include "outreach/pay_to.h"

#include "base/memory.h"
#include "ledger/assignment.h"

#include <stdlib.h>
#include <string.h>

static int order(const void *a, const void *b)
{
	const struct assigned_to *x = a, *y = b;
	return x->item_id < y->item_id ? -1 : x->item_id > y->item_id;
}

static int64_t payee_of(const struct assigned_to *list, size_t count, int64_t item)
{
	struct assigned_to key = { .item_id = item };
	const struct assigned_to *found = count ? bsearch(&key, list, count, sizeof key, order) : NULL;
	return found ? found->payee_id : 0;
}

/* Whose items the message is about. */
static struct status choose(const struct compose_facts *facts, const struct assigned_to *list, size_t count, bool strict, int64_t *out)
{
	bool any = false, claims = false;
	*out = 0;
	for (size_t i = 0; i < facts->item_count; i++) claims |= facts->items[i].role == PLAN_CLAIMED;
	for (size_t i = 0; i < facts->item_count; i++) {
		const struct compose_item *item = &facts->items[i];
		if (item->role == PLAN_PAID || (claims ? item->role != PLAN_CLAIMED : item->amount <= 0)) continue;
		int64_t payee = payee_of(list, count, item->id);
		if (any && payee != *out && strict && claims)
			return status_make(STATUS_CONFLICT, "%s is assigned to a third party, other items of this message are not: they are not paid to the same account.", item->number);
		if (!any || payee == 0) *out = payee;
		any = true;
	}
	return STATUS_FINE;
}

static const struct payee *find(const struct payee *payees, size_t count, int64_t id)
{
	for (size_t i = 0; i < count; i++)
		if (payees[i].id == id) return &payees[i];
	return NULL;
}

struct status pay_to(struct db *db, const struct company *company, bool strict, struct arena *arena, struct compose_facts *facts)
{
	struct viewer system = viewer_system(company->tenant_id);
	struct assigned_to *list;
	struct payee *payees;
	size_t count, payee_count, kept = 0;
	int64_t chosen;
	facts->sender.iban = facts->own_iban, facts->sender.bic = facts->own_bic, facts->sender.payee = facts->own_payee;
	facts->elsewhere = NULL, facts->elsewhere_count = 0;
	TRY(assigned_of(db, company->tenant_id, company->id, facts->member_count ? facts->members[0].id : facts->customer_id, facts->currency, arena, &list, &count));
	for (size_t m = 1; m < facts->member_count; m++) {
		struct assigned_to *more, *all;
		size_t added;
		TRY(assigned_of(db, company->tenant_id, company->id, facts->members[m].id, facts->currency, arena, &more, &added));
		if (!added) continue;
		all = arena_array(arena, struct assigned_to, count + added);
		if (count) memcpy(all, list, count * sizeof *all);
		memcpy(all + count, more, added * sizeof *all);
		list = all, count += added;
	}
	if (facts->member_count > 1 && count) qsort(list, count, sizeof *list, order);
	if (!count) return STATUS_FINE;
	TRY(payee_list(db, &system, company->id, 0, arena, &payees, &payee_count));
	TRY(choose(facts, list, count, strict, &chosen));
	struct compose_item *items = arena_array(arena, struct compose_item, facts->item_count + 1);
	for (size_t i = 0; i < facts->item_count; i++) {
		const struct compose_item *item = &facts->items[i];
		if (item->role == PLAN_PAID || payee_of(list, count, item->id) == chosen) items[kept++] = *item;
		else facts->ceded_left_out = true;
	}
	facts->items = items, facts->item_count = kept;
	if (chosen) {
		const struct payee *payee = find(payees, payee_count, chosen);
		if (!payee || !*payee->iban) return status_make(STATUS_CONFLICT, "Where these assigned items are paid is not known: give the IBAN of the bank or factor.");
		bool notified = false;
		for (size_t i = 0; i < count; i++) notified |= list[i].payee_id == chosen && list[i].notified;
		facts->sender.iban = payee->iban, facts->sender.bic = payee->bic;
		facts->assigned = true;
		if (notified) facts->sender.payee = payee->name; /* confidential: the account agreed, in our name */
	} else {
		facts->assigned = false;
	}
	struct compose_elsewhere *others = arena_array(arena, struct compose_elsewhere, payee_count + 1);
	size_t other_count = 0;
	for (size_t p = 0; p < payee_count; p++) {
		struct compose_elsewhere one = { .name = payees[p].name, .iban = payees[p].iban, .bic = payees[p].bic };
		if (payees[p].id == chosen) continue;
		for (size_t i = 0; i < count; i++)
			if (list[i].payee_id == payees[p].id && list[i].notified) one.amount += list[i].open, one.count++;
		if (one.count) others[other_count++] = one;
	}
	facts->elsewhere = others, facts->elsewhere_count = other_count;
	if (other_count) facts->ceded_left_out = true;
	/* nothing of ours is left beside what is paid to others: no account of ours either */
	bool ours = false;
	for (size_t i = 0; i < kept; i++) ours |= items[i].amount > 0;
	if (!chosen && other_count && !ours) facts->sender.iban = facts->sender.bic = "";
	return STATUS_FINE;
}
