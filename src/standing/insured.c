#include "standing/insured.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/words.h"
#include "ledger/payment_plan.h"
#include "ledger/together.h"

#include <stdlib.h>
#include <string.h>

enum { ENDS_SOON = 30, ANSWER_AFTER = 7 };

struct insurance {
	struct insurance_policy *policies;
	struct cover_policy *rules;        /* the same, side by side */
	size_t policy_count;
	struct insurer_decision *decisions; /* by customer */
	struct cover_decision *decided;     /* their rules */
	size_t decision_count;
	struct insured_item *marks;         /* by item */
	size_t mark_count;
	struct insurer_notice *notices;     /* by customer */
	size_t notice_count;
	int64_t *abroad;                    /* ids of customers in another country, rising */
	size_t abroad_count;
	int32_t late_days;                  /* closed items matter once they were so late; -1: never */
};

static int by_customer(const void *a, const void *b)
{
	const struct insurer_decision *x = a, *y = b;
	if (x->customer_id != y->customer_id) return x->customer_id < y->customer_id ? -1 : 1;
	return x->rule.id < y->rule.id ? -1 : x->rule.id > y->rule.id;
}

/* Domestic is the company's own country; who has none written is taken to be there. */
static struct status load_abroad(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, struct arena *arena, struct insurance *out)
{
	size_t cap = 0;
	int64_t *list = NULL;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT c.id FROM customer c JOIN company m ON m.tenant_id = c.tenant_id AND m.id = c.company_id WHERE c.tenant_id = $tenant AND c.company_id = $company"
		" AND (CAST($customer AS BIGINT) = 0 OR c.id = $customer) AND c.country <> '' AND c.country <> m.country ORDER BY c.id",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("customer", customer_id)));
	while (rows_next(rows)) {
		GROW(list, out->abroad_count, cap);
		list[out->abroad_count++] = row_int(rows, 0);
	}
	out->abroad = arena_array(arena, int64_t, out->abroad_count + 1);
	if (out->abroad_count) memcpy(out->abroad, list, out->abroad_count * sizeof *list);
	free(list);
	return rows_status(rows);
}

struct status insurance_load(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, struct arena *arena, const struct insurance **out)
{
	struct insurance *insurance = arena_make(arena, struct insurance);
	*out = NULL;
	TRY(insurance_policy_list(db, viewer, company_id, arena, &insurance->policies, &insurance->policy_count));
	if (!insurance->policy_count) return STATUS_FINE;
	insurance->late_days = -1;
	insurance->rules = arena_array(arena, struct cover_policy, insurance->policy_count);
	for (size_t i = 0; i < insurance->policy_count; i++) {
		const struct cover_policy *rule = &insurance->policies[i].rule;
		insurance->rules[i] = *rule;
		if (rule->stop_days && (insurance->late_days < 0 || rule->stop_days < insurance->late_days)) insurance->late_days = rule->stop_days;
		if (rule->discretionary && rule->discretionary_late && (insurance->late_days < 0 || rule->discretionary_late < insurance->late_days))
			insurance->late_days = rule->discretionary_late;
	}
	TRY(cover_decision_list(db, viewer, company_id, customer_id, arena, &insurance->decisions, &insurance->decision_count));
	if (insurance->decision_count) qsort(insurance->decisions, insurance->decision_count, sizeof *insurance->decisions, by_customer);
	insurance->decided = arena_array(arena, struct cover_decision, insurance->decision_count + 1);
	for (size_t i = 0; i < insurance->decision_count; i++) insurance->decided[i] = insurance->decisions[i].rule;
	TRY(insured_list(db, viewer->tenant_id, company_id, arena, &insurance->marks, &insurance->mark_count));
	TRY(insurer_notices(db, viewer->tenant_id, company_id, customer_id, arena, &insurance->notices, &insurance->notice_count));
	TRY(load_abroad(db, viewer, company_id, customer_id, arena, insurance));
	*out = insurance;
	return STATUS_FINE;
}

const struct insurance_policy *insurance_policy_of(const struct insurance *insurance, const struct cover_policy *rule)
{
	return rule ? &insurance->policies[rule - insurance->rules] : NULL;
}

size_t insurance_policies(const struct insurance *insurance, const struct insurance_policy **out)
{
	*out = insurance ? insurance->policies : NULL;
	return insurance ? insurance->policy_count : 0;
}

const char *insurance_currency(const struct insurance *insurance) { return insurance->rules[0].currency; }

/* --- one customer ------------------------------------------------------------------------------------------------------------ */
static size_t decisions_of(const struct insurance *insurance, int64_t customer_id, size_t *first)
{
	size_t low = 0, high = insurance->decision_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (insurance->decisions[middle].customer_id < customer_id) low = middle + 1;
		else high = middle;
	}
	size_t count = 0;
	while (low + count < insurance->decision_count && insurance->decisions[low + count].customer_id == customer_id) count++;
	*first = low;
	return count;
}

static const struct insured_item *mark_of(const struct insurance *insurance, int64_t item_id)
{
	size_t low = 0, high = insurance->mark_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (insurance->marks[middle].item_id < item_id) low = middle + 1;
		else high = middle;
	}
	return low < insurance->mark_count && insurance->marks[low].item_id == item_id ? &insurance->marks[low] : NULL;
}

static bool is_abroad(const struct insurance *insurance, int64_t customer_id)
{
	size_t low = 0, high = insurance->abroad_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (insurance->abroad[middle] < customer_id) low = middle + 1;
		else high = middle;
	}
	return low < insurance->abroad_count && insurance->abroad[low] == customer_id;
}

static int32_t insolvency_told(const struct insurance *insurance, int64_t customer_id, int32_t as_of)
{
	for (size_t i = 0; i < insurance->notice_count; i++)
		if (insurance->notices[i].customer_id == customer_id && insurance->notices[i].day <= as_of && strcmp(insurance->notices[i].kind, "insolvency") == 0) return insurance->notices[i].day;
	return DAY_NONE;
}

static int32_t known(int32_t day, int32_t as_of) { return day != DAY_NONE && day <= as_of ? day : DAY_NONE; }

/* As cover.h takes it; what reopens or takes over an item was delivered with that one, and what is noted of that one holds. */
static struct cover_item take(const struct insurance *insurance, const struct book *book, const struct book_item *item, int32_t as_of, const struct insured_item **mark)
{
	static const bool sales[ITEM_KIND_COUNT] = { [ITEM_INVOICE] = true, [ITEM_UNPAID_RETURN] = true, [ITEM_TRANSFER] = true, [ITEM_OPENING] = true, [ITEM_BILL] = true };
	struct cover_item out = { .id = item->id, .open = item->open, .currency = item->currency, .sale = sales[item->kind] && item->amount > 0, .delivered_day = item->issue_day,
		.due_day = item->due_day, .closed_day = item->closed_day, .extended_until = DAY_NONE, .declared_day = DAY_NONE, .claimed_day = DAY_NONE, .refused_day = DAY_NONE };
	*mark = mark_of(insurance, item->id);
	if (item->origin_id) {
		size_t origin = book_find_item(book, item->origin_id);
		if (origin != SIZE_MAX) out.delivered_day = book_item(book, origin, BOOK_FACTS).issue_day;
		if (!*mark) *mark = mark_of(insurance, item->origin_id);
	}
	if (*mark) {
		const struct insured_item *m = *mark;
		if (m->delivered_day != DAY_NONE) out.delivered_day = m->delivered_day;
		if (known(m->extended_day, as_of) != DAY_NONE) out.extended_until = m->extended_until;
		out.declared_day = known(m->declared_day, as_of), out.claimed_day = known(m->claimed_day, as_of), out.refused_day = known(m->refused_day, as_of);
	}
	return out;
}

static void keep(struct insured_account *out, struct cover_item item, const struct insured_item *mark, size_t index)
{
	out->items[out->count] = item, out->marks[out->count] = mark, out->index[out->count++] = index;
}

void insured_account(const struct insurance *insurance, const struct book *book, size_t customer, int32_t as_of, const char *currency, struct arena *arena,
                     struct insured_account *out)
{
	struct book_customer who = book_customer(book, customer);
	struct book_item *items = arena_array_raw(arena, struct book_item, who.item_count + 1);
	bool disputes = book_has_disputes(book);
	*out = (struct insured_account){ .items = arena_array_raw(arena, struct cover_item, who.item_count + 1), .marks = arena_array_raw(arena, const struct insured_item *, who.item_count + 1),
		                         .index = arena_array_raw(arena, size_t, who.item_count + 1) };
	book_customer_items(book, customer, as_of, items);
	for (int pass = 0; pass < 2; pass++) { /* what is owed; then credits, and what was late enough to matter at a later delivery */
		for (size_t i = 0; i < who.item_count; i++) {
			const struct book_item *item = &items[i];
			const struct insured_item *mark;
			if (!item->exists || item->outside || (pass == 0) != (item->open > 0)) continue;
			if (item->open == 0 && (insurance->late_days < 0 || item->amount <= 0 || item->closed_day == DAY_NONE || item->closed_day - item->due_day <= insurance->late_days)) continue;
			struct cover_item one = take(insurance, book, item, as_of, &mark);
			if (disputes && pass == 0) one.disputed = book_item_bound(book, who.first_item + i, as_of, item->open).disputed > 0;
			keep(out, one, mark, who.first_item + i);
		}
		if (pass == 0) out->open = out->count;
	}
	size_t first, decided = decisions_of(insurance, who.id, &first);
	struct cover_account account = { .policies = insurance->rules, .policy_count = insurance->policy_count, .decisions = insurance->decided + first, .decision_count = decided,
		.consumer = strcmp(who.class, "consumer") == 0, .public_buyer = strcmp(who.class, "public") == 0, .abroad = is_abroad(insurance, who.id),
		.insolvency_day = who.insolvency_day != DAY_NONE && who.insolvency_day <= as_of ? who.insolvency_day : DAY_NONE, .insolvency_told = insolvency_told(insurance, who.id, as_of) };
	cover_compute(&account, currency, as_of, out->items, out->count, &out->total);
}

/* --- what is owed to the insurer ------------------------------------------------------------------------------------------------ */
static const struct {
	const char *code, *label;
} duties[INSURER_DUTY_KINDS] = { /* msgids */
	[INSURER_DECLARE] = { "declare", "Declare overdue" },           [INSURER_CLAIM] = { "claim", "File the claim" },
	[INSURER_INSOLVENCY] = { "insolvency", "Tell of the insolvency" }, [INSURER_PLAN] = { "plan", "Tell of the payment plan" },
	[INSURER_LIMIT_ENDS] = { "limit_ends", "Limit ends: ask again" },  [INSURER_ANSWER] = { "answer", "Limit asked for, no answer" },
};
const char *insurer_duty_code(enum insurer_duty_kind kind) { return duties[kind].code; }
const char *insurer_duty_label(enum insurer_duty_kind kind) { return duties[kind].label; }

struct listing {
	const struct insurance *insurance;
	const struct book *book;
	struct arena *arena;
	struct insurer_duty *list;
	size_t count, cap;
	int32_t today;
};

static void add_duty(struct listing *l, struct insurer_duty duty)
{
	GROW(l->list, l->count, l->cap);
	l->list[l->count++] = duty;
}

/* The items of one customer with the same thing to do, as one. */
static void item_duties(struct listing *l, size_t customer, const struct insured_account *account)
{
	static const enum insurer_duty_kind of[] = { [DUTY_DECLARE] = INSURER_DECLARE, [DUTY_CLAIM] = INSURER_CLAIM, [DUTY_INSOLVENCY] = INSURER_INSOLVENCY };
	for (enum cover_duty wanted = DUTY_DECLARE; wanted <= DUTY_INSOLVENCY; wanted++) {
		struct insurer_duty duty = { .kind = of[wanted], .customer = customer, .by = DAY_NONE };
		int64_t *ids = NULL;
		for (size_t i = 0; i < account->open; i++) {
			const struct cover *cover = &account->items[i].cover;
			if (cover->duty != wanted) continue;
			if (!ids) ids = arena_array(l->arena, int64_t, account->open);
			ids[duty.item_count++] = account->items[i].id;
			duty.amount += cover->exposed;
			if (duty.by == DAY_NONE || cover->duty_by < duty.by) duty.by = cover->duty_by, duty.policy = insurance_policy_of(l->insurance, cover->policy);
		}
		duty.items = ids;
		if (duty.item_count) add_duty(l, duty);
	}
}

static void limit_duties(struct listing *l, size_t customer, const struct cover_total *total)
{
	size_t first, count = decisions_of(l->insurance, book_customer(l->book, customer).id, &first);
	if (total->limit_until != DAY_NONE && total->limit_until >= l->today && total->limit_until <= l->today + ENDS_SOON && total->exposed > 0)
		add_duty(l, (struct insurer_duty){ .kind = INSURER_LIMIT_ENDS, .customer = customer, .by = total->limit_until, .amount = total->exposed,
		                                   .policy = insurance_policy_of(l->insurance, total->policy) });
	const struct insurer_decision *asked = NULL; /* the last request, unless something came after it */
	for (size_t i = first; i < first + count; i++) asked = l->insurance->decisions[i].rule.state == COVER_REQUESTED ? &l->insurance->decisions[i] : NULL;
	if (asked && asked->rule.from_day + ANSWER_AFTER <= l->today)
		add_duty(l, (struct insurer_duty){ .kind = INSURER_ANSWER, .customer = customer, .by = DAY_NONE, .amount = asked->rule.amount, .ref = asked->rule.id });
}

static struct status plan_duties(struct listing *l, struct db *db, const struct viewer *viewer, int64_t company_id)
{
	struct payment_plan *plans;
	size_t count;
	TRY(payment_plan_list(db, viewer, company_id, (struct payment_plan_filter){ .open_only = true }, l->arena, &plans, &count));
	for (size_t i = 0; i < count; i++) {
		size_t customer = book_find_customer(l->book, plans[i].customer_id);
		if (strcmp(plans[i].state, "agreed") != 0 || plans[i].insurer_day != DAY_NONE || customer == SIZE_MAX) continue;
		if (!plans[i].insurer) { /* nobody ticked that he is to be told: is any of it covered? */
			struct insured_account account;
			bool covered = false;
			insured_account(l->insurance, l->book, customer, l->today, plans[i].currency, l->arena, &account);
			for (size_t k = 0; k < account.open && !covered; k++)
				for (size_t n = 0; n < plans[i].item_count && !covered; n++)
					covered = plans[i].items[n].item_id == account.items[k].id && account.items[k].cover.covered > 0;
			if (!covered) continue;
		}
		add_duty(l, (struct insurer_duty){ .kind = INSURER_PLAN, .customer = customer, .by = DAY_NONE, .amount = plans[i].total - plans[i].received, .ref = plans[i].id });
	}
	return STATUS_FINE;
}

static int by_day(const void *a, const void *b)
{
	const struct insurer_duty *x = a, *y = b;
	if (x->by != y->by) return x->by < y->by ? -1 : 1; /* DAY_NONE is below all */
	if (x->amount != y->amount) return x->amount > y->amount ? -1 : 1;
	if (x->customer != y->customer) return x->customer < y->customer ? -1 : 1;
	return (int)x->kind - (int)y->kind;
}
static int by_uncovered(const void *a, const void *b)
{
	const struct insured_customer *x = a, *y = b;
	if (x->total.uncovered != y->total.uncovered) return x->total.uncovered > y->total.uncovered ? -1 : 1;
	return x->customer < y->customer ? -1 : x->customer > y->customer;
}

struct status insurance_view(struct db *db, const struct viewer *viewer, int64_t company_id, const struct insurance *insurance, const struct book *book,
                             const uint8_t *selected, int32_t today, const char *currency, struct arena *arena, struct insurance_view *out)
{
	*out = (struct insurance_view){ 0 };
	struct listing listing = { .insurance = insurance, .book = book, .arena = arena, .today = today };
	size_t customers = book_customers(book);
	struct book_opens *opens = book_opens(book, today);
	cleanup_arena struct arena *scratch = arena_new();
	out->rows = arena_array_raw(arena, struct insured_customer, customers + 1);
	for (size_t c = 0; c < customers; c++) {
		const struct book_open *rows;
		if (selected && !selected[c]) continue;
		bool owes = false;
		size_t count = book_opens_of(opens, c, currency, &rows);
		for (size_t i = 0; i < count && !owes; i++) owes = rows[i].open > 0;
		struct insured_account account = { 0 };
		if (owes) {
			insured_account(insurance, book, c, today, currency, scratch, &account);
			out->rows[out->row_count++] = (struct insured_customer){ c, account.total };
			out->sum.exposed += account.total.exposed, out->sum.covered += account.total.covered, out->sum.uncovered += account.total.uncovered;
			out->sum.indemnity += account.total.indemnity, out->sum.residual += account.total.residual;
			item_duties(&listing, c, &account);
		}
		account.total.limit_until = owes ? account.total.limit_until : DAY_NONE;
		limit_duties(&listing, c, &account.total);
		arena_reset(scratch);
	}
	book_opens_free(opens);
	out->sum.customers = out->row_count;
	struct status status = plan_duties(&listing, db, viewer, company_id);
	if (listing.count) qsort(listing.list, listing.count, sizeof *listing.list, by_day);
	if (out->row_count) qsort(out->rows, out->row_count, sizeof *out->rows, by_uncovered);
	out->duties = arena_array(arena, struct insurer_duty, listing.count + 1);
	if (listing.count) memcpy(out->duties, listing.list, listing.count * sizeof *listing.list);
	out->duty_count = listing.count;
	free(listing.list);
	return status;
}

/* --- tasks ---------------------------------------------------------------------------------------------------------------------------- */
static struct status note_tasked(struct change *change, int64_t item_id, const char *what)
{
	TRY(db_run(change->db, "INSERT INTO insured_item (tenant_id, company_id, item_id, rev) VALUES ($tenant, $company, $item, $rev) ON CONFLICT DO NOTHING",
	           DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("item", item_id), db_int("rev", change->rev))));
	return db_run(change->db, "UPDATE insured_item SET tasked = $what, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND item_id = $item",
	              DB_ARGS(db_text("what", what), db_int("rev", change->rev), db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("item", item_id)));
}

static struct status one_task(struct change *change, const struct insurance *insurance, const struct book *book, const struct insurer_duty *duty, enum lang lang, struct arena *arena,
                              int64_t *changed)
{
	struct book_customer who = book_customer(book, duty->customer);
	char by[11];
	day_format(duty->by, by);
	const char *what = arena_printf(arena, "%s %s", insurer_duty_code(duty->kind), by);
	bool fresh = false;
	for (size_t i = 0; i < duty->item_count; i++) {
		const struct insured_item *mark = mark_of(insurance, duty->items[i]);
		if (mark && strcmp(mark->tasked, what) == 0) continue;
		fresh = true;
		TRY(note_tasked(change, duty->items[i], what));
	}
	if (!fresh) return STATUS_FINE;
	++*changed;
	if (!who.collector_id) return STATUS_FINE; /* nobody in charge: the page of credit insurance shows it */
	cleanup_text struct text amount = { 0 }, day = { 0 };
	words_amount(&amount, lang, duty->amount, duty->policy ? duty->policy->rule.currency : book_currency(book));
	words_date(&day, lang, duty->by);
	const char *money = text_cstr(&amount), *date = text_cstr(&day), *text;
	if (duty->kind == INSURER_DECLARE) text = arena_printf(arena, tr(lang, "Declare %s overdue to the credit insurer by %s."), money, date);
	else if (duty->kind == INSURER_CLAIM) text = arena_printf(arena, tr(lang, "File the claim for %s with the credit insurer by %s."), money, date);
	else text = arena_printf(arena, tr(lang, "Tell the credit insurer of the insolvency by %s: %s are at stake."), date, money);
	int64_t task;
	struct status status = task_add(change, &(struct task_new){ .customer_id = who.id, .owner_id = who.collector_id, .due_day = change->today,
		.text = text }, &task);
	if (status.code && status.code != STATUS_INVALID && status.code != STATUS_NOT_FOUND && status.code != STATUS_FORBIDDEN) return status; /* whoever left gets no task */
	return STATUS_FINE;
}

struct status insurance_tasks(struct change *change, const struct settings *settings, int64_t *changed)
{
	cleanup_arena struct arena *arena = arena_new();
	cleanup_book const struct book *book = NULL;
	const struct insurance *insurance;
	struct insurance_view view;
	int32_t ahead = (int32_t)setting_int(settings, "insurance.task_days");
	enum lang lang = lang_parse(setting_text(settings, "language"), LANG_FR);
	*changed = 0;
	TRY(insurance_load(change->db, change->viewer, change->company.id, 0, arena, &insurance));
	if (!insurance) return STATUS_FINE;
	TRY(book_get(db_store(change->db), change->company.tenant_id, change->company.id, &book));
	TRY(insurance_view(change->db, change->viewer, change->company.id, insurance, book, NULL, change->today, insurance_currency(insurance), arena, &view));
	for (size_t i = 0; i < view.duty_count; i++) {
		const struct insurer_duty *duty = &view.duties[i];
		if (duty->kind > INSURER_INSOLVENCY || duty->by > change->today + ahead || duty->by < change->today) continue;
		TRY(one_task(change, insurance, book, duty, lang, arena, changed));
	}
	return STATUS_FINE;
}
