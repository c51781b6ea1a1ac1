#include "dunning/plan_load_inside.h"

#include "base/day.h"
#include "ledger/hold.h"

#include <limits.h>

/* First row of a customer in rows sorted by customer (its first field is the customer's index in every row type). */
static size_t first_of(const void *rows, size_t count, size_t size, size_t customer)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		uint32_t at;
		memcpy(&at, (const char *)rows + middle * size, sizeof at);
		if (at < customer)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Whether that action is in this customer's own past. */
static bool past_of(const struct plan_data *data, int64_t customer_id, int64_t action_id)
{
	size_t customer = book_find_customer(data->book, customer_id);
	for (size_t p = first_of(data->pasts, data->past_count, sizeof *data->pasts, customer);
	     p < data->past_count && data->pasts[p].customer == customer; p++)
		if (data->pasts[p].past.id == action_id) return true;
	return false;
}

/* Of several holds the day told is that of the reason told (the order of plan_item_block), and the last of its kind. */
static void bind_holds(const struct plan_data *data, size_t customer, struct plan_item *item)
{
	static const int order[HOLD_KIND_COUNT] = { [HOLD_EXCLUSION] = 0, [HOLD_PLAN] = 1, [HOLD_HOLD] = 2, [HOLD_PLATFORM] = 2, [HOLD_HANDED_OVER] = 2,
		[HOLD_SET_OFF] = 2, [HOLD_LOST] = 2, [HOLD_DIRECT_DEBIT] = 3, [HOLD_BILL] = 4, [HOLD_CEDED] = 5 };
	int told = INT_MAX;
	for (size_t h = first_of(data->holds, data->hold_count, sizeof *data->holds, customer);
	     h < data->hold_count && data->holds[h].customer == customer; h++) {
		const struct bind_row *hold = &data->holds[h];
		enum hold_kind kind = (enum hold_kind)hold->kind;
		if (hold->item && hold->item != item->id) continue;
		bool longer = item->hold_until != DAY_NONE && (hold->day == DAY_NONE || hold->day > item->hold_until);
		if (order[kind] < told || (order[kind] == told && longer)) told = order[kind], item->hold_until = hold->day;
		switch (kind) {
		case HOLD_EXCLUSION: item->excluded = true; break;
		case HOLD_PLAN: item->plan = true; break;
		case HOLD_DIRECT_DEBIT: item->direct_debit = true; break;
		case HOLD_BILL: item->bill = true; break;
		case HOLD_CEDED: item->ceded = true; break;
		default: item->hold = true;
		}
	}
}

static void bind_items(const struct plan_data *data, size_t customer, const struct book_customer *who, struct plan_item *items,
		       size_t count)
{
	for (size_t d = first_of(data->disputes, data->dispute_count, sizeof *data->disputes, customer);
	     d < data->dispute_count && data->disputes[d].customer == customer; d++)
		for (size_t i = 0; i < count; i++)
			if (items[i].id == data->disputes[d].item && items[i].open > 0) {
				int64_t part = data->disputes[d].amount < 0 ? items[i].open : data->disputes[d].amount;
				items[i].disputed = items[i].disputed + part < items[i].open ? items[i].disputed + part : items[i].open;
				items[i].own_fault |= data->disputes[d].kind == 'o';
			}
	for (size_t p = first_of(data->promises, data->promise_count, sizeof *data->promises, customer);
	     p < data->promise_count && data->promises[p].customer == customer; p++) {
		int64_t rest = data->promises[p].amount;
		for (size_t i = 0; i < count; i++) {
			bool named = data->promises[p].item == items[i].id;
			/* a promise on the account covers its oldest late items, up to its amount */
			bool covered = data->promises[p].item == 0 && items[i].open > 0 && items[i].due_day < data->today && rest > 0;
			if (covered) rest -= items[i].open;
			if ((named || covered) && (items[i].promise_day == DAY_NONE || items[i].promise_day < data->promises[p].day))
				items[i].promise_day = data->promises[p].day;
		}
	}
	for (size_t i = 0; i < count; i++) bind_holds(data, customer, &items[i]);
	enum debtor_class debtor = debtor_class_parse(who->class);
	for (size_t i = 0; i < count; i++) {
		const struct item_mark *mark = mark_find(data->accounts, data->account_count, items[i].id);
		if (mark) items[i].doubtful = mark->value == 416, items[i].on_bill = mark->value == 413;
		mark = mark_find(data->payees, data->payee_count, items[i].id);
		if (mark) items[i].payee_id = mark->value;
		items[i].match_pending = id_within(data->pending, data->pending_count, items[i].id);
		mark = mark_find(data->seen, data->seen_count, items[i].id);
		if (mark) items[i].first_seen = mark->value;
		if (items[i].open > 0 && data->today - items[i].due_day > 365) {
			struct limitation_claim claim = { .due_day = items[i].due_day, .issue_day = items[i].issue_day,
							  .debtor = debtor, .right_day = DAY_NONE };
			const struct limitation_note *note;
			struct limitation_event events[LIMITATION_EVENTS_MOST];
			size_t noted = limitation_notes_of(&data->limitation, items[i].id, &note);
			claim.events = events;
			claim.event_count = limitation_events(note, noted < LIMITATION_EVENTS_MOST ? noted : LIMITATION_EVENTS_MOST, data->today, events);
			items[i].barred_from = limitation_compute(&claim).barred_from;
		}
	}
}

/* What a transfer or a returned payment took over is no surer than it was: a due date assumed of the first item, or set by an
 * opening entry, wants a person's yes on the last as well. */
static enum due_source due_source_of(const struct book_item *all, size_t count, const struct book_item *item)
{
	enum { HOPS = 16 }; /* 411 to 413, returned, to 416… */
	const struct book_item *at = item;
	for (int hop = 0; hop < HOPS && at->due_source == DUE_ORIGINAL && at->origin_id; hop++) {
		size_t i = 0;
		while (i < count && all[i].id != at->origin_id)
			i++;
		if (i == count) break;
		at = &all[i];
	}
	return at->due_source == DUE_ASSUMED || at->due_source == DUE_OPENING ? at->due_source : item->due_source;
}

/* What the buyer heard from others: his own actions are his past already. */
static void view_buyers(const struct plan_data *data, const struct person *person, const struct book_customer *who, struct arena *scratch,
			struct plan_view *view)
{
	if (!person->siren || !data->buyer_count) return;
	size_t low = 0, high = data->buyer_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (data->buyers[middle].siren < person->siren)
			low = middle + 1;
		else
			high = middle;
	}
	size_t end = low;
	while (end < data->buyer_count && data->buyers[end].siren == person->siren) end++;
	int32_t *days = arena_array(scratch, int32_t, end - low + 1);
	size_t count = 0;
	for (size_t b = low; b < end; b++) {
		if (data->buyers[b].company_id == data->company->id && data->buyers[b].action_id && past_of(data, who->id, data->buyers[b].action_id)) continue;
		if (data->buyers[b].day == data->today) view->buyer_today = true;
		if (data->buyers[b].action_id && (!count || days[count - 1] != data->buyers[b].day)) days[count++] = data->buyers[b].day;
	}
	view->buyer_days = days, view->buyer_day_count = count;
}

static void view_fields(const struct plan_data *data, int64_t customer_id, struct arena *scratch, struct condition_facts *facts)
{
	if (!data->fields.count) return;
	struct condition_field *list = arena_array(scratch, struct condition_field, data->fields.count);
	for (size_t f = 0; f < data->fields.count; f++)
		if (data->fields.rows[f].subject == CUSTOM_CUSTOMER)
			list[facts->field_count++] = (struct condition_field){ data->fields.rows[f].code,
				custom_value_of(&data->values, customer_id, data->fields.rows[f].id), &data->fields.rows[f] };
	facts->fields = list;
}

static struct condition_facts facts_of(const struct plan_data *data, size_t customer, const struct book_customer *who, struct arena *scratch)
{
	const struct person *person = &data->people[customer];
	struct condition_facts facts = { .score = person->score, .score_class = person->score_class, .debtor = who->class,
		.group = who->group_code, .language = person->language[0] ? person->language : data->company_language, .key_account = who->key_account,
		.history = person->history, .promises_broken = person->promises_broken, .promises_kept = person->promises_kept,
		.disputes = person->disputes, .average_late = person->average_late };
	view_fields(data, who->id, scratch, &facts);
	return facts;
}

/* What a person chose, else the trial he is in, else the rules. */
static const char *scenario_of(const struct plan_data *data, size_t customer, const struct book_customer *who, const struct condition_facts *facts)
{
	if (who->scenario[0]) return who->scenario;
	if (who->profile[0]) return profile_scenario_of(data->rules, who->profile);
	struct trial_row key = { .customer = (uint32_t)customer };
	const struct trial_row *trial = data->trial_count ? bsearch(&key, data->trials, data->trial_count, sizeof key, trial_order) : NULL;
	if (trial) return trial->scenario;
	const struct profile_rule *rule = profile_by_rules(data->rules, facts);
	return rule ? rule->scenario : "";
}

const struct profile_rule *plan_data_profile(const struct plan_data *data, size_t customer, struct arena *scratch, bool *by_hand)
{
	struct book_customer who = book_customer(data->book, customer);
	struct plan_view view;
	const struct scenario *scenario;
	*by_hand = who.profile[0] || who.scenario[0];
	struct condition_facts facts = plan_view_alone(data, customer, scratch, &view, &scenario) ? view.who : facts_of(data, customer, &who, scratch);
	return profile_by_rules(data->rules, &facts);
}

int64_t plan_data_buyer(const struct plan_data *data, size_t customer)
{
	const struct person *person = &data->people[customer];
	if (person->payer_id) {
		size_t payer = book_find_customer(data->book, person->payer_id);
		if (payer != SIZE_MAX && data->people[payer].siren) return data->people[payer].siren;
		return -person->payer_id;
	}
	return person->siren ? person->siren : -book_customer(data->book, customer).id;
}

/* He who pays is held or excluded as a whole: he is not written to about the others either. */
static void bind_payer_holds(const struct plan_data *data, size_t payer, struct plan_item *items, size_t count)
{
	for (size_t h = first_of(data->holds, data->hold_count, sizeof *data->holds, payer);
	     h < data->hold_count && data->holds[h].customer == payer; h++) {
		const struct bind_row *hold = &data->holds[h];
		bool excluded = hold->kind == HOLD_EXCLUSION;
		if (hold->item || (!excluded && hold->kind != HOLD_HOLD)) continue;
		for (size_t i = 0; i < count; i++) {
			struct plan_item *item = &items[i];
			bool told = item->excluded || (!excluded && item->plan);
			bool longer = !item->hold || (item->hold_until != DAY_NONE && (hold->day == DAY_NONE || hold->day > item->hold_until));
			if (!told && (excluded || longer)) item->hold_until = hold->day;
			*(excluded ? &item->excluded : &item->hold) = true;
		}
	}
}

/* Everything known of one customer by himself; *owes: something is open; *paid: he may be thanked.
 * payer: in whose view, SIZE_MAX: by himself. */
static void view_make(const struct plan_data *data, size_t customer, size_t payer, struct arena *scratch, struct plan_view *view, bool *owes, bool *paid)
{
	struct book_customer who = book_customer(data->book, customer);
	const struct person *person = &data->people[customer];
	size_t payment = first_of(data->payments, data->payment_count, sizeof *data->payments, customer);
	*paid = payment < data->payment_count && data->payments[payment].customer == customer, *owes = false;
	struct book_item *all = arena_array(scratch, struct book_item, who.item_count + 1);
	if (who.item_count) book_customer_items(data->book, customer, data->today, all);
	struct plan_item *items = arena_array(scratch, struct plan_item, who.item_count + 1);
	size_t count = 0;
	for (size_t i = 0; i < who.item_count; i++) {
		if (!all[i].exists || all[i].outside || all[i].open == 0) continue;
		*owes |= all[i].open > 0;
		items[count] = (struct plan_item){
			.id = all[i].id, .number = all[i].number, .open = all[i].open, .issue_day = all[i].issue_day,
			.posting_day = all[i].posting_day, .due_day = all[i].due_day, .first_seen = DAY_NONE, .kind = all[i].kind,
			.due_source = due_source_of(all, who.item_count, &all[i]), .origin_id = all[i].origin_id, .hold_until = DAY_NONE,
			.promise_day = DAY_NONE, .barred_from = DAY_NONE };
		snprintf(items[count].currency, sizeof items[count].currency, "%s", all[i].currency);
		count++;
	}
	*view = (struct plan_view){
		.customer_id = who.id, .code = who.code, .stopped = who.stopped, .generic = strcmp(who.generic, "accepted") == 0,
		.generic_proposed = strcmp(who.generic, "proposed") == 0, .insolvency_day = who.insolvency_day,
		.supplier_balance = who.supplier_balance, .minimum = person->minimum, .pays_by_debit = person->by_debit,
		.own_fault = person->own_fault, .replied_day = person->replied_day, .address_usable = person->address,
		.address_suppressed = person->suppressed, .phone_usable = person->phone, .no_phone = person->no_phone, .prefers = person->prefers, .preferred = person->preferred, .score = person->score,
		.items = items, .item_count = count };
	if (!*owes && !*paid && payer == SIZE_MAX) return; /* nothing to plan: the rest is not looked for */
	bind_items(data, customer, &who, items, count);
	if (payer != SIZE_MAX && payer != customer) bind_payer_holds(data, payer, items, count);
	view->who = facts_of(data, customer, &who, scratch);
	for (size_t i = 0; i < count; i++) {
		if (items[i].open <= 0 || items[i].due_day >= data->today) continue;
		if (strcmp(items[i].currency, data->company->currency) == 0) view->who.amount += items[i].open;
		if (data->today - items[i].due_day > view->who.days_late) view->who.days_late = data->today - items[i].due_day;
	}
	view_buyers(data, person, &who, scratch, view);

	size_t past = first_of(data->pasts, data->past_count, sizeof *data->pasts, customer), past_end = past;
	while (past_end < data->past_count && data->pasts[past_end].customer == customer) past_end++;
	struct plan_past *history = arena_array(scratch, struct plan_past, past_end - past + 1);
	for (size_t p = past; p < past_end; p++) history[view->past_count++] = data->pasts[p].past;
	view->past = history;
	view->broken_promise = plan_promise_broken(view, person->broken_day);

	size_t payments_end = payment;
	while (payments_end < data->payment_count && data->payments[payments_end].customer == customer) payments_end++;
	struct plan_payment *received = arena_array(scratch, struct plan_payment, payments_end - payment + 1);
	for (size_t p = payment; p < payments_end; p++) received[view->payment_count++] = data->payments[p].payment;
	view->payments = received;
	view->never = strcmp(scenario_of(data, customer, &who, &view->who), "none") == 0;
}

bool plan_promise_broken(const struct plan_view *view, int32_t broken_day)
{
	if (broken_day == DAY_NONE) return false;
	for (size_t p = 0; p < view->past_count; p++)
		if (view->past[p].contact && view->past[p].rank >= RANK_REMINDER && view->past[p].done_day != DAY_NONE && view->past[p].done_day >= broken_day)
			return false;
	return true;
}

static void scenario_find(const struct plan_data *data, size_t customer, const struct plan_view *view, const struct scenario **scenario)
{
	struct book_customer who = book_customer(data->book, customer);
	const char *code = scenario_of(data, customer, &who, &view->who);
	*scenario = NULL;
	for (size_t s = 0; s < data->scenario_count; s++)
		if (strcmp(data->scenarios[s].code, code) == 0) *scenario = &data->scenarios[s];
}

bool plan_view_alone(const struct plan_data *data, size_t customer, struct arena *scratch, struct plan_view *view, const struct scenario **scenario)
{
	bool owes, paid;
	view_make(data, customer, SIZE_MAX, scratch, view, &owes, &paid);
	if (owes || paid) scenario_find(data, customer, view, scenario);
	return owes || paid;
}

bool plan_view_group(const struct plan_data *data, const struct group_row *group, size_t count, bool netted, struct arena *scratch,
		     struct plan_view *view, const struct scenario **scenario)
{
	bool owes, paid, any = false;
	struct plan_view *parts = arena_array(scratch, struct plan_view, count + 1);
	int32_t broken = DAY_NONE;
	for (size_t m = 0; m < count; m++) {
		size_t member = group[m].member;
		view_make(data, member, group[0].head, scratch, &parts[m], &owes, &paid);
		if (data->people[member].broken_day > broken) broken = data->people[member].broken_day;
		any |= owes || paid;
	}
	if (!any) return false;
	plan_group_view(data, parts, count, netted, broken, scratch, view);
	scenario_find(data, group[0].head, view, scenario);
	return true;
}

bool plan_data_view(const struct plan_data *data, size_t customer, struct arena *scratch, struct plan_view *view,
                    const struct scenario **scenario)
{
	if (data->only != SIZE_MAX && customer != data->only) return false;
	uint32_t head = data->heads[customer];
	if (head == NO_HEAD) return book_customer(data->book, customer).item_count && plan_view_alone(data, customer, scratch, view, scenario);
	if (head != customer) return false;
	size_t first = 0, count = 0;
	while (first < data->group_count && data->groups[first].head != head) first++;
	while (first + count < data->group_count && data->groups[first + count].head == head) count++;
	return plan_view_group(data, data->groups + first, count, plan_payer_mode(data, head) == PAYER_NETTED, scratch, view, scenario);
}
