#include "dunning/deposit.h"

#include "base/memory.h"
#include "base/money.h"
#include "base/text.h"
#include "base/words.h"
#include "dunning/action.h"
#include "ledger/event.h"
#include "ledger/item.h"
#include "ledger/together.h"
#include "standing/insured.h"
#include "standing/standing.h"

#include <stdlib.h>
#include <string.h>

#define OF_COMPANY(change) db_int("tenant", (change)->company.tenant_id), db_int("company", (change)->company.id)

/* --- the rule ---------------------------------------------------------------------------------------------------------------------- */
static const struct {
	unsigned bit;
	const char *code, *label;
} reasons[] = { /* msgids */
	{ DEPOSIT_SCORE, "score", "Pays badly" },
	{ DEPOSIT_LIMIT, "limit", "Beyond his credit limit" },
	{ DEPOSIT_UNCOVERED, "uncovered", "Beyond what the insurer covers" },
	{ DEPOSIT_INSOLVENT, "insolvent", "Collective proceedings" },
};

const char *deposit_why_label(unsigned bit)
{
	for (size_t i = 0; i < COUNT(reasons); i++)
		if (reasons[i].bit == bit) return reasons[i].label;
	return "";
}

const char *deposit_why_codes(unsigned why, struct arena *arena)
{
	cleanup_text struct text out = { 0 };
	for (size_t i = 0; i < COUNT(reasons); i++)
		if (why & reasons[i].bit) text_addf(&out, "%s%s", out.len ? "," : "", reasons[i].code);
	return out.len ? arena_strdup(arena, text_cstr(&out)) : "";
}

unsigned deposit_why_parse(const char *codes)
{
	unsigned why = 0;
	for (size_t i = 0; i < COUNT(reasons); i++) {
		size_t len = strlen(reasons[i].code);
		for (const char *at = strstr(codes, reasons[i].code); at; at = strstr(at + 1, reasons[i].code))
			if ((at == codes || at[-1] == ',') && (!at[len] || at[len] == ',')) why |= reasons[i].bit;
	}
	return why;
}

static void at_least(struct deposit_advice *out, int64_t amount, unsigned why)
{
	if (amount <= 0) return;
	out->why |= why;
	if (amount > out->amount) out->amount = amount;
}

/* What of an order goes beyond a limit that `taken` stands under already. */
static int64_t beyond(int64_t limit, int64_t taken, int64_t order)
{
	int64_t free = limit - (taken > 0 ? taken : 0);
	return free <= 0 ? order : order > free ? order - free : 0;
}

void deposit_advise(const struct deposit_facts *facts, const struct deposit_rules *rules, struct deposit_advice *out)
{
	*out = (struct deposit_advice){ 0 };
	int32_t share = facts->class == 'D' ? rules->percent_d : facts->class == 'C' ? rules->percent_c : 0;
	at_least(out, round_div((__int128)facts->order * share, 100), DEPOSIT_SCORE);
	if (facts->insolvent) at_least(out, round_div((__int128)facts->order * rules->percent_insolvent, 100), DEPOSIT_INSOLVENT);
	if (rules->over_limit && facts->credit_limit >= 0) at_least(out, beyond(facts->credit_limit, facts->outstanding, facts->order), DEPOSIT_LIMIT);
	if (rules->uncovered && facts->insured) at_least(out, beyond(facts->cover_available, 0, facts->order), DEPOSIT_UNCOVERED);
	if (out->amount > facts->order) out->amount = facts->order;
}

struct deposit_rules deposit_rules_of(const struct settings *settings)
{
	return (struct deposit_rules){ .percent_c = (int32_t)setting_int(settings, "deposit.class_c"), .percent_d = (int32_t)setting_int(settings, "deposit.class_d"),
		.percent_insolvent = (int32_t)setting_int(settings, "deposit.insolvent"), .over_limit = setting_bool(settings, "deposit.over_limit"),
		.uncovered = setting_bool(settings, "deposit.uncovered") };
}

static void fill(const struct insurance *insurance, const struct book *book, size_t customer, const struct standing *standing, int32_t today, struct arena *arena, struct deposit_facts *out)
{
	struct book_customer who = book_customer(book, customer);
	out->outstanding = book_outstanding(&standing->ageing), out->credit_limit = who.credit_limit;
	out->class = standing->score.known ? standing->score.class : 0;
	out->insolvent = who.insolvency_day != DAY_NONE && who.insolvency_day <= today;
	if (!insurance || strcmp(insurance_currency(insurance), book_currency(book)) != 0) return;
	struct insured_account account;
	insured_account(insurance, book, customer, today, insurance_currency(insurance), arena, &account);
	out->insured = account.total.now != COVER_CONSUMER && account.total.now != COVER_PUBLIC && account.total.now != COVER_NO_POLICY;
	out->cover_available = account.total.available;
}

struct status deposit_facts_of(struct db *db, const struct viewer *viewer, const struct company *company, const struct settings *settings, const struct book *book, size_t customer,
                               int64_t order, int32_t today, struct arena *arena, struct deposit_facts *out)
{
	const struct insurance *insurance;
	*out = (struct deposit_facts){ .order = order, .credit_limit = -1 };
	if (customer == SIZE_MAX) return STATUS_FINE;
	TRY(insurance_load(db, viewer, company->id, book_customer(book, customer).id, arena, &insurance));
	struct standing standing = standing_one(book, customer, (struct standing_options){ .as_of = today, .poor_percent = (int)setting_int(settings, "quality.poorly_lettered") });
	fill(insurance, book, customer, &standing, today, arena, out);
	return STATUS_FINE;
}

static int most_outstanding(const void *a, const void *b)
{
	const struct deposit_risk *x = a, *y = b;
	if (x->facts.outstanding != y->facts.outstanding) return x->facts.outstanding > y->facts.outstanding ? -1 : 1;
	return x->customer < y->customer ? -1 : x->customer > y->customer;
}

struct status deposit_risks(struct db *db, const struct viewer *viewer, const struct company *company, const struct settings *settings, const struct book *book, int32_t today,
                            size_t most, struct arena *arena, struct deposit_risk **out, size_t *count)
{
	enum { ANY_ORDER = 100 };
	const struct insurance *insurance;
	struct deposit_rules rules = deposit_rules_of(settings);
	struct standing *standings;
	const uint8_t *selected = book_select(book, viewer, arena);
	size_t customers = book_customers(book);
	cleanup_arena struct arena *scratch = arena_new();
	TRY(insurance_load(db, viewer, company->id, 0, arena, &insurance));
	standing_all(book, (struct standing_options){ .as_of = today, .selected = selected, .poor_percent = (int)setting_int(settings, "quality.poorly_lettered") }, arena, &standings);
	struct deposit_risk *list = arena_array_raw(arena, struct deposit_risk, customers + 1);
	*count = 0;
	for (size_t c = 0; c < customers; c++) {
		if ((selected && !selected[c]) || book_outstanding(&standings[c].ageing) <= 0) continue;
		struct deposit_risk one = { .customer = c, .facts = { .order = ANY_ORDER, .credit_limit = -1 } };
		struct deposit_advice advice;
		fill(insurance, book, c, &standings[c], today, scratch, &one.facts);
		deposit_advise(&one.facts, &rules, &advice);
		one.why = advice.why;
		/* a limit or cover that is used up asks of everybody: here only who is late or known to pay badly */
		if (advice.why && (book_overdue(&standings[c].ageing) > 0 || (advice.why & (DEPOSIT_SCORE | DEPOSIT_INSOLVENT | DEPOSIT_LIMIT)))) list[(*count)++] = one;
		arena_reset(scratch);
	}
	if (*count) qsort(list, *count, sizeof *list, most_outstanding);
	if (*count > most) *count = most;
	*out = list;
	return STATUS_FINE;
}

/* --- reading ------------------------------------------------------------------------------------------------------------------------- */
struct status deposit_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, int64_t customer_id, struct arena *arena, struct deposit **out, size_t *count)
{
	*out = arena_array(arena, struct deposit, 1), *count = 0;
	if (!viewer_sees_company(viewer, company_id)) return status_make(STATUS_NOT_FOUND, "There is no such company.");
	struct deposit *list = NULL;
	size_t cap = 0;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT d.id, d.customer_id, d.state, d.order_ref, d.order_amount, d.amount, d.received, d.currency, d.why, d.made_day, d.due_day, d.received_day, d.used_day, d.used_item,"
		" d.ended_why, d.action_id, d.tasked_day, d.note, d.by_user, c.code, c.name, c.collector_id, c.sales_id, c.group_code,"
		" COALESCE((SELECT MAX(i.number) FROM item i WHERE i.tenant_id = d.tenant_id AND i.company_id = d.company_id AND i.customer_id = d.customer_id AND i.id = d.used_item), '')"
		" FROM deposit d JOIN customer c ON c.tenant_id = d.tenant_id AND c.company_id = d.company_id AND c.id = d.customer_id WHERE d.tenant_id = $tenant AND d.company_id = $company"
		" AND (CAST($id AS BIGINT) = 0 OR d.id = $id) AND (CAST($customer AS BIGINT) = 0 OR d.customer_id = $customer)"
		" ORDER BY CASE d.state WHEN 'asked' THEN 0 WHEN 'received' THEN 1 ELSE 2 END, d.due_day, d.id",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", id), db_int("customer", customer_id)));
	while (rows_next(rows)) {
		if (!viewer_sees_customer(viewer, row_int(rows, 21), row_int(rows, 22), row_text(rows, 23))) continue;
		GROW(list, *count, cap);
		struct deposit *one = &list[(*count)++];
		*one = (struct deposit){ .id = row_int(rows, 0), .customer_id = row_int(rows, 1), .state = arena_strdup(arena, row_text(rows, 2)), .order_ref = arena_strdup(arena, row_text(rows, 3)),
			.order_amount = row_int(rows, 4), .amount = row_int(rows, 5), .received = row_int(rows, 6), .why = deposit_why_parse(row_text(rows, 8)), .made_day = row_day(rows, 9),
			.due_day = row_day(rows, 10), .received_day = row_day(rows, 11), .used_day = row_day(rows, 12), .used_item = row_int(rows, 13),
			.ended_why = arena_strdup(arena, row_text(rows, 14)), .action_id = row_int(rows, 15), .tasked_day = row_day(rows, 16), .note = arena_strdup(arena, row_text(rows, 17)),
			.by_user = row_int(rows, 18), .customer_code = arena_strdup(arena, row_text(rows, 19)), .customer_name = arena_strdup(arena, row_text(rows, 20)),
			.item_number = arena_strdup(arena, row_text(rows, 24)) };
		snprintf(one->currency, sizeof one->currency, "%s", row_text(rows, 7));
	}
	struct deposit *kept = arena_array(arena, struct deposit, *count + 1);
	if (*count) memcpy(kept, list, *count * sizeof *list);
	free(list);
	*out = kept;
	return rows_status(rows);
}

/* --- writing ------------------------------------------------------------------------------------------------------------------------- */
static struct status tell(struct change *change, const char *kind, int64_t customer_id, int64_t id, int64_t amount, const char *currency, const char *order, const char *text)
{
	return event_add_json(change, (struct event_new){ .kind = kind, .customer_id = customer_id, .ref = id },
	                      json_pack("{s:I,s:s,s:s,s:s}", "amount", (json_int_t)amount, "currency", currency, "what", order, "text", text));
}

static struct status check_words(const char *words, size_t most)
{
	if (strlen(words) > most || !utf8_valid(words, strlen(words))) return status_make(STATUS_INVALID, "This text is too long, or not readable: at most %zu characters.", most);
	return STATUS_FINE;
}

static struct status step_done(struct change *change, int64_t action_id, int64_t customer_id, struct arena *arena)
{
	struct action *action;
	TRY(action_get(change->db, change->viewer, change->company.id, action_id, arena, &action));
	if (action->customer_id != customer_id || action->channel != CHANNEL_DEPOSIT) return status_make(STATUS_INVALID, "Action %lld is no deposit request for this customer.", (long long)action_id);
	if (action->state == STATE_DONE) return STATUS_FINE;
	return action_done(change, action_id, "", "");
}

struct status deposit_ask(struct change *change, const struct deposit_new *given, int64_t *id)
{
	enum { AHEAD = 366 };
	cleanup_arena struct arena *arena = arena_new();
	const char *order = given->order_ref ? given->order_ref : "", *note = given->note ? given->note : "";
	int64_t same = 0;
	TRY(change_allows(change, RIGHT_COLLECT));
	TRY(customer_check(change->db, change->viewer, change->company.id, given->customer_id));
	TRY(check_words(order, 80));
	TRY(check_words(note, 500));
	if (!*order) return status_make(STATUS_INVALID, "Name the order that the deposit is for: its number or date.");
	if (given->order_amount <= 0) return status_make(STATUS_INVALID, "Give the amount of the order, above zero.");
	if (given->amount <= 0 || given->amount > given->order_amount) return status_make(STATUS_INVALID, "The deposit is above zero and at most the order.");
	if (given->due_day == DAY_NONE || given->due_day < change->today || given->due_day > change->today + AHEAD) return status_make(STATUS_INVALID, "Give the day by which it is to be paid: today or later, within a year.");
	TRY(db_get_int(change->db, "SELECT COUNT(*) FROM deposit WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer AND order_ref = $order AND state IN ('asked', 'received')",
	               DB_ARGS(OF_COMPANY(change), db_int("customer", given->customer_id), db_text("order", order)), &same, NULL));
	if (same) return status_make(STATUS_CONFLICT, "A deposit for the order %s was asked for already.", order);
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "deposit", 1, id));
	TRY(db_run(change->db,
	           "INSERT INTO deposit (tenant_id, company_id, id, customer_id, state, order_ref, order_amount, amount, currency, why, made_day, due_day, action_id, note, by_user, rev)"
	           " VALUES ($tenant, $company, $id, $customer, 'asked', $order, $order_amount, $amount, $currency, $why, $today, $due, $action, $note, $by, $rev)",
	           DB_ARGS(OF_COMPANY(change), db_int("id", *id), db_int("customer", given->customer_id), db_text("order", order), db_int("order_amount", given->order_amount),
	                   db_int("amount", given->amount), db_text("currency", change->company.currency), db_text("why", deposit_why_codes(given->why, arena)), db_day("today", change->today),
	                   db_day("due", given->due_day), db_int("action", given->action_id), db_text("note", note), db_int("by", change->viewer->user_id), db_int("rev", change->rev))));
	if (given->action_id) TRY(step_done(change, given->action_id, given->customer_id, arena));
	return tell(change, "deposit.asked", given->customer_id, *id, given->amount, change->company.currency, order, note);
}

static struct status get(struct change *change, int64_t id, const char *state, struct arena *arena, struct deposit *out)
{
	struct deposit *list;
	size_t count = 0;
	if (id > 0) TRY(deposit_list(change->db, change->viewer, change->company.id, id, 0, arena, &list, &count));
	if (!count) return status_make(STATUS_NOT_FOUND, "There is no deposit %lld, or it is not in your portfolio.", (long long)id);
	*out = list[0];
	return strstr(state, out->state) ? STATUS_FINE : status_make(STATUS_CONFLICT, "Deposit %lld can't be changed so any more.", (long long)id);
}

struct status deposit_received(struct change *change, int64_t id, int32_t day, int64_t amount)
{
	cleanup_arena struct arena *arena = arena_new();
	struct deposit one;
	TRY(change_allows(change, RIGHT_CASH));
	TRY(get(change, id, "asked", arena, &one));
	if (day == DAY_NONE || day > change->today || day < one.made_day) return status_make(STATUS_INVALID, "It came between the day it was asked for and today.");
	if (amount <= 0 || amount > one.order_amount) return status_make(STATUS_INVALID, "The deposit is above zero and at most the order.");
	TRY(db_run(change->db, "UPDATE deposit SET state = 'received', received = $amount, received_day = $day, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_int("amount", amount), db_day("day", day), db_int("rev", change->rev), OF_COMPANY(change), db_int("id", id))));
	return tell(change, "deposit.received", one.customer_id, id, amount, one.currency, one.order_ref, "");
}

struct status deposit_used(struct change *change, int64_t id, int64_t item_id)
{
	cleanup_arena struct arena *arena = arena_new();
	struct deposit one;
	struct item item;
	TRY(change_allows(change, RIGHT_CASH));
	TRY(get(change, id, "received", arena, &one));
	TRY(item_get(change->db, change->viewer, change->company.id, item_id, &item));
	if (item.customer_id != one.customer_id) return status_make(STATUS_INVALID, "%s is another customer's.", item.number);
	if (item.amount <= 0) return status_make(STATUS_INVALID, "%s is nothing that the customer owes.", item.number);
	TRY(db_run(change->db, "UPDATE deposit SET state = 'used', used_day = $today, used_item = $item, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_day("today", change->today), db_int("item", item_id), db_int("rev", change->rev), OF_COMPANY(change), db_int("id", id))));
	return tell(change, "deposit.used", one.customer_id, id, one.received, one.currency, one.order_ref, item.number);
}

struct status deposit_cancel(struct change *change, int64_t id, const char *why)
{
	cleanup_arena struct arena *arena = arena_new();
	struct deposit one;
	why = why ? why : "";
	TRY(change_allows(change, RIGHT_COLLECT));
	TRY(check_words(why, 500));
	TRY(get(change, id, "asked", arena, &one));
	TRY(db_run(change->db, "UPDATE deposit SET state = 'cancelled', ended_why = $why, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_text("why", why), db_int("rev", change->rev), OF_COMPANY(change), db_int("id", id))));
	return tell(change, "deposit.cancelled", one.customer_id, id, one.amount, one.currency, one.order_ref, why);
}

struct status deposit_returned(struct change *change, int64_t id, const char *why)
{
	cleanup_arena struct arena *arena = arena_new();
	struct deposit one;
	why = why ? why : "";
	TRY(change_allows(change, RIGHT_CASH));
	TRY(check_words(why, 500));
	TRY(get(change, id, "received", arena, &one));
	if (!*why) return status_make(STATUS_INVALID, "Say why it was given back.");
	TRY(db_run(change->db, "UPDATE deposit SET state = 'returned', ended_why = $why, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_text("why", why), db_int("rev", change->rev), OF_COMPANY(change), db_int("id", id))));
	return tell(change, "deposit.returned", one.customer_id, id, one.received, one.currency, one.order_ref, why);
}

struct status deposit_tasks(struct change *change, const struct settings *settings, int64_t *changed)
{
	cleanup_arena struct arena *arena = arena_new();
	struct deposit *list;
	size_t count;
	enum lang lang = lang_parse(setting_text(settings, "language"), LANG_FR);
	*changed = 0;
	TRY(deposit_list(change->db, change->viewer, change->company.id, 0, 0, arena, &list, &count));
	for (size_t i = 0; i < count; i++) {
		const struct deposit *one = &list[i];
		if (strcmp(one->state, "asked") != 0 || one->tasked_day != DAY_NONE || one->due_day >= change->today) continue;
		struct customer who;
		int64_t task;
		TRY(customer_get(change->db, change->viewer, change->company.id, one->customer_id, arena, &who));
		TRY(db_run(change->db, "UPDATE deposit SET tasked_day = $today, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
		           DB_ARGS(db_day("today", change->today), db_int("rev", change->rev), OF_COMPANY(change), db_int("id", one->id))));
		++*changed;
		if (!who.collector_id) continue; /* nobody in charge: the list of deposits shows it */
		cleanup_text struct text amount = { 0 };
		words_amount(&amount, lang, one->amount, one->currency);
		struct status status = task_add(change, &(struct task_new){ .customer_id = one->customer_id, .owner_id = who.collector_id, .due_day = change->today,
			.text = arena_printf(arena, tr(lang, "The deposit of %s for the order %s has not come: hold the delivery, or ask again."), text_cstr(&amount), one->order_ref) }, &task);
		if (status.code && status.code != STATUS_INVALID && status.code != STATUS_NOT_FOUND && status.code != STATUS_FORBIDDEN) return status; /* whoever left gets no task */
	}
	return STATUS_FINE;
}
