#include "ledger/set_off.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/doubtful_rule.h"
#include "ledger/event.h"
#include "ledger/hold.h"

#include <stdlib.h>
#include <string.h>

#define OF_COMPANY(change) db_int("tenant", (change)->company.tenant_id), db_int("company", (change)->company.id)

/* --- pure --------------------------------------------------------------------------------------------------------------------------------- */
int64_t set_off_amount(const struct set_off_item *items, size_t item_count, const struct set_off_debt *debts, size_t debt_count, int32_t *effect)
{
	int64_t his = 0, ours = 0;
	for (size_t i = 0; i < item_count; i++)
		if (__builtin_add_overflow(his, items[i].amount, &his)) return -1;
	for (size_t i = 0; i < debt_count; i++)
		if (__builtin_add_overflow(ours, debts[i].amount, &ours)) return -1;
	int64_t amount = his < ours ? his : ours;
	*effect = DAY_NONE;
	/* both sides in order: what is beyond the amount plays no part in the day */
	int64_t left = amount;
	for (size_t i = 0; i < item_count && left > 0; left -= items[i].amount, i++)
		if (*effect == DAY_NONE || items[i].due_day > *effect) *effect = items[i].due_day;
	left = amount;
	for (size_t i = 0; i < debt_count && left > 0; left -= debts[i].amount, i++)
		if (*effect == DAY_NONE || debts[i].due_day > *effect) *effect = debts[i].due_day;
	return amount;
}

/* --- reading -------------------------------------------------------------------------------------------------------------------------------- */
static struct set_off *find(struct set_off *list, size_t count, int64_t id)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].id == id) return &list[i];
	return NULL;
}

static struct status read_sides(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct set_off *list, size_t count)
{
	const struct db_arg *args = DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", id));
	{
		cleanup_rows struct rows *rows = db_query(db,
			"SELECT n.set_off_id, n.item_id, n.amount, COALESCE(i.open_amount, 0), COALESCE(i.number, ''), i.due_day FROM set_off_item n LEFT JOIN item i"
			" ON i.tenant_id = n.tenant_id AND i.company_id = n.company_id AND i.id = n.item_id WHERE n.tenant_id = $tenant AND n.company_id = $company"
			" AND (CAST($id AS BIGINT) = 0 OR n.set_off_id = $id) ORDER BY n.set_off_id, i.due_day, n.item_id", args);
		while (rows_next(rows)) {
			struct set_off *one = find(list, count, row_int(rows, 0));
			if (!one) continue;
			if (!one->items) one->items = arena_array(arena, struct set_off_item, SET_OFF_LINES);
			if (one->item_count == SET_OFF_LINES) continue;
			one->items[one->item_count++] = (struct set_off_item){ row_int(rows, 1), row_int(rows, 2), row_int(rows, 3), arena_strdup(arena, row_text(rows, 4)), row_day(rows, 5) };
		}
		TRY(rows_status(rows));
	}
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT set_off_id, number, due_day, amount FROM set_off_debt WHERE tenant_id = $tenant AND company_id = $company"
		" AND (CAST($id AS BIGINT) = 0 OR set_off_id = $id) ORDER BY set_off_id, rank", args);
	while (rows_next(rows)) {
		struct set_off *one = find(list, count, row_int(rows, 0));
		if (!one) continue;
		if (!one->debts) one->debts = arena_array(arena, struct set_off_debt, SET_OFF_LINES);
		if (one->debt_count == SET_OFF_LINES) continue;
		one->debts[one->debt_count++] = (struct set_off_debt){ arena_strdup(arena, row_text(rows, 1)), row_day(rows, 2), row_int(rows, 3) };
	}
	return rows_status(rows);
}

struct status set_off_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, int64_t customer_id, struct arena *arena, struct set_off **out,
                           size_t *count)
{
	*out = arena_array(arena, struct set_off, 1), *count = 0;
	if (!viewer_sees_company(viewer, company_id)) return status_make(STATUS_NOT_FOUND, "There is no such company.");
	struct set_off *list = NULL;
	size_t cap = 0;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT s.id, s.customer_id, s.state, s.currency, s.amount, s.agreed, s.connected, s.made_day, s.effect_day, s.answered_day, s.ended_day, s.note, s.by_user, s.rev,"
		" c.code, c.name, c.collector_id, c.sales_id, c.group_code FROM set_off s JOIN customer c ON c.tenant_id = s.tenant_id AND c.company_id = s.company_id"
		" AND c.id = s.customer_id WHERE s.tenant_id = $tenant AND s.company_id = $company AND (CAST($id AS BIGINT) = 0 OR s.id = $id)"
		" AND (CAST($customer AS BIGINT) = 0 OR s.customer_id = $customer) ORDER BY s.id DESC",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", id), db_int("customer", customer_id)));
	while (rows_next(rows)) {
		if (!viewer_sees_customer(viewer, row_int(rows, 16), row_int(rows, 17), row_text(rows, 18))) continue;
		GROW(list, *count, cap);
		struct set_off *one = &list[(*count)++];
		*one = (struct set_off){ .id = row_int(rows, 0), .customer_id = row_int(rows, 1), .state = arena_strdup(arena, row_text(rows, 2)), .amount = row_int(rows, 4),
			.agreed = row_int(rows, 5) != 0, .connected = row_int(rows, 6) != 0, .made_day = row_day(rows, 7), .effect_day = row_day(rows, 8),
			.answered_day = row_day(rows, 9), .ended_day = row_day(rows, 10), .note = arena_strdup(arena, row_text(rows, 11)), .by_user = row_int(rows, 12),
			.rev = row_int(rows, 13), .customer_code = arena_strdup(arena, row_text(rows, 14)), .customer_name = arena_strdup(arena, row_text(rows, 15)) };
		snprintf(one->currency, sizeof one->currency, "%s", row_text(rows, 3));
	}
	struct set_off *kept = arena_array(arena, struct set_off, *count + 1);
	if (*count) memcpy(kept, list, *count * sizeof *list);
	free(list);
	*out = kept;
	TRY(rows_status(rows));
	return read_sides(db, viewer, company_id, id, arena, kept, *count);
}

/* --- writing ----------------------------------------------------------------------------------------------------------------------------------- */
static struct status tell(struct change *change, const struct set_off *one, const char *kind)
{
	json_t *numbers = json_array();
	for (size_t i = 0; i < one->item_count; i++) json_array_append_new(numbers, json_string(one->items[i].number));
	return event_add_json(change, (struct event_new){ .kind = kind, .customer_id = one->customer_id, .ref = one->id },
	                      json_pack("{s:I,s:s,s:s,s:o}", "amount", (json_int_t)one->amount, "currency", one->currency, "text", one->note, "items", numbers));
}

static struct status check_debts(const struct set_off_new *given)
{
	if (!given->debt_count || given->debt_count > SET_OFF_LINES) return status_make(STATUS_INVALID, "Name at least one invoice of his that we owe.");
	for (size_t i = 0; i < given->debt_count; i++) {
		const struct set_off_debt *debt = &given->debts[i];
		if (!*debt->number || strlen(debt->number) > 80 || !utf8_valid(debt->number, strlen(debt->number))) return status_make(STATUS_INVALID, "Each of his invoices has its number.");
		if (debt->amount <= 0) return status_make(STATUS_INVALID, "The amount is above zero.");
		if (debt->due_day == DAY_NONE) return status_make(STATUS_INVALID, "Each of his invoices has its due date.");
	}
	return STATUS_FINE;
}

static struct status not_twice(struct change *change, const struct item *item)
{
	int64_t other = 0;
	bool found = false;
	TRY(db_get_int(change->db,
	               "SELECT s.id FROM set_off_item n JOIN set_off s ON s.tenant_id = n.tenant_id AND s.company_id = n.company_id AND s.id = n.set_off_id"
	               " WHERE n.tenant_id = $tenant AND n.company_id = $company AND n.item_id = $item AND s.state IN ('proposed', 'agreed') LIMIT 1",
	               DB_ARGS(OF_COMPANY(change), db_int("item", item->id)), &other, &found));
	if (found) return status_make(STATUS_CONFLICT, "%s is in set-off %lld already: drop that one first.", item->number, (long long)other);
	TRY(db_get_int(change->db,
	               "SELECT a.id FROM assignment_item n JOIN assignment a ON a.tenant_id = n.tenant_id AND a.company_id = n.company_id AND a.id = n.assignment_id"
	               " WHERE n.tenant_id = $tenant AND n.company_id = $company AND n.item_id = $item AND n.back_day IS NULL AND a.state = 'active' LIMIT 1",
	               DB_ARGS(OF_COMPANY(change), db_int("item", item->id)), &other, &found));
	return found ? status_make(STATUS_CONFLICT, "%s is assigned to a third party: it is not ours to set off.", item->number) : STATUS_FINE;
}

static int by_due(const void *a, const void *b)
{
	const struct set_off_item *x = a, *y = b;
	if (x->due_day != y->due_day) return x->due_day < y->due_day ? -1 : 1;
	return x->item_id < y->item_id ? -1 : x->item_id > y->item_id;
}
static int debt_by_due(const void *a, const void *b)
{
	const struct set_off_debt *x = a, *y = b;
	return x->due_day < y->due_day ? -1 : x->due_day > y->due_day;
}

struct status set_off_propose(struct change *change, const struct set_off_new *given, int64_t *id)
{
	TRY(change_allows(change, RIGHT_COLLECT));
	cleanup_arena struct arena *arena = arena_new();
	struct customer who;
	const char *note = given->note ? given->note : "";
	struct set_off one = { .customer_id = given->customer_id, .agreed = given->agreed, .connected = given->connected, .note = note };
	TRY(customer_get(change->db, change->viewer, change->company.id, given->customer_id, arena, &who));
	if (strlen(note) > 1000 || !utf8_valid(note, strlen(note))) return status_make(STATUS_INVALID, "This text is too long, or not readable: at most %d characters.", 1000);
	if (!given->item_count || given->item_count > SET_OFF_LINES) return status_make(STATUS_INVALID, "Tick 1 to %d open items.", SET_OFF_LINES);
	TRY(check_debts(given));
	one.items = arena_array(arena, struct set_off_item, given->item_count);
	one.debts = arena_array(arena, struct set_off_debt, given->debt_count);
	for (size_t i = 0; i < given->item_count; i++) {
		struct item item;
		TRY(item_get(change->db, change->viewer, change->company.id, given->items[i], &item));
		if (item.customer_id != given->customer_id) return status_make(STATUS_INVALID, "%s is another customer's.", item.number);
		if (item.open <= 0) return status_make(STATUS_CONFLICT, "Nothing is owed on %s any more.", item.number);
		if (i == 0) snprintf(one.currency, sizeof one.currency, "%s", item.currency);
		if (strcmp(item.currency, one.currency) != 0) return status_make(STATUS_INVALID, "A set-off is in one currency.");
		for (size_t k = 0; k < i; k++)
			if (one.items[k].item_id == item.id) return status_make(STATUS_INVALID, "%s is named twice.", item.number);
		if (!given->agreed && item.due_day > change->today) return status_make(STATUS_CONFLICT, "%s is not due yet: legal set-off takes debts that are due (C. civ. 1347-1); by agreement it can be in it.", item.number);
		/* earlier claims of a customer in proceedings: only connected ones (C. com. L622-7) */
		if (who.insolvency_day != DAY_NONE && who.insolvency_day <= change->today && item.issue_day <= who.insolvency_day && !given->connected)
			return status_make(STATUS_CONFLICT, "Proceedings are open: of earlier claims only connected ones are set off (C. com. L622-7).");
		TRY(not_twice(change, &item));
		one.items[one.item_count++] = (struct set_off_item){ item.id, item.open, item.open, arena_strdup(arena, item.number), item.due_day };
	}
	for (size_t i = 0; i < given->debt_count; i++) {
		one.debts[one.debt_count++] = given->debts[i];
		if (!given->agreed && given->debts[i].due_day > change->today)
			return status_make(STATUS_CONFLICT, "%s is not due yet: legal set-off takes debts that are due (C. civ. 1347-1); by agreement it can be in it.", given->debts[i].number);
	}
	qsort(one.items, one.item_count, sizeof *one.items, by_due);
	qsort(one.debts, one.debt_count, sizeof *one.debts, debt_by_due);
	one.amount = set_off_amount(one.items, one.item_count, one.debts, one.debt_count, &one.effect_day);
	if (one.amount <= 0) return status_make(STATUS_INVALID, "These amounts are too large.");
	if (given->agreed) one.effect_day = change->today; /* 1348-2: the day of the agreement */
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "set_off", 1, id));
	one.id = *id;
	TRY(db_run(change->db,
	           "INSERT INTO set_off (tenant_id, company_id, id, customer_id, state, currency, amount, agreed, connected, made_day, effect_day, note, by_user, rev) VALUES"
	           " ($tenant, $company, $id, $customer, 'proposed', $currency, $amount, $agreed, $connected, $today, $effect, $note, $by, $rev)",
	           DB_ARGS(OF_COMPANY(change), db_int("id", *id), db_int("customer", one.customer_id), db_text("currency", one.currency), db_int("amount", one.amount),
	                   db_int("agreed", one.agreed), db_int("connected", one.connected), db_day("today", change->today), db_day("effect", one.effect_day), db_text("note", note),
	                   db_int("by", change->viewer->user_id), db_int("rev", change->rev))));
	for (size_t i = 0; i < one.item_count; i++) {
		int64_t hold;
		TRY(db_run(change->db, "INSERT INTO set_off_item (tenant_id, company_id, set_off_id, item_id, amount) VALUES ($tenant, $company, $id, $item, $amount)",
		           DB_ARGS(OF_COMPANY(change), db_int("id", *id), db_int("item", one.items[i].item_id), db_int("amount", one.items[i].amount))));
		TRY(hold_set(change, &(struct hold_new){ .item_id = one.items[i].item_id, .kind = HOLD_SET_OFF, .until_day = DAY_NONE,
		                                         .reason = arena_printf(arena, tr(lang_spoken(), "Set-off %lld"), (long long)*id) }, &hold));
	}
	for (size_t i = 0; i < one.debt_count; i++)
		TRY(db_run(change->db, "INSERT INTO set_off_debt (tenant_id, company_id, set_off_id, rank, number, due_day, amount) VALUES ($tenant, $company, $id, $rank, $number, $due, $amount)",
		           DB_ARGS(OF_COMPANY(change), db_int("id", *id), db_int("rank", (int64_t)i + 1), db_text("number", one.debts[i].number), db_day("due", one.debts[i].due_day),
		                   db_int("amount", one.debts[i].amount))));
	return tell(change, &one, "setoff.proposed");
}

/* What the books are asked once it is agreed: his debts against ours, item by item up to the amount, in the order of their days. */
static struct status ask_books(struct change *change, const struct set_off *one, struct arena *arena)
{
	const struct settings *settings;
	struct doubtful_accounts accounts;
	struct book_line lines[BOOK_LINES];
	enum lang lang;
	int64_t left = one->amount, entry;
	if (strcmp(one->currency, change->company.currency) != 0) return STATUS_FINE; /* at a rate of the books' own */
	TRY(settings_load(change->db, change->company.tenant_id, change->company.id, arena, &settings));
	TRY(book_entry_lang(change, arena, &lang));
	doubtful_accounts_read(settings, &accounts);
	for (size_t i = 0; i < one->item_count && left > 0; i++) {
		const struct set_off_item *item = &one->items[i];
		int64_t amount = item->amount < left ? item->amount : left;
		cleanup_free char *account = NULL;
		TRY(db_get_text(change->db, "SELECT account FROM item WHERE tenant_id = $tenant AND company_id = $company AND id = $id", DB_ARGS(OF_COMPANY(change), db_int("id", item->item_id)), &account));
		size_t count = account && *account ? doubtful_set_off_lines(&accounts, account, amount, lines) : 0;
		if (count)
			TRY(book_entry_add(change, &(struct book_entry_new){ .kind = "set_off", .subject_id = one->id, .customer_id = one->customer_id, .item_id = item->item_id, .day = one->effect_day,
			                   .number = item->number, .label = arena_printf(arena, tr(lang, "Set-off %lld, %s"), (long long)one->id, item->number), .currency = one->currency, .lines = lines,
			                   .count = count }, &entry));
		left -= amount;
	}
	return STATUS_FINE;
}

static struct status move(struct change *change, int64_t id, enum right right, const char *from, const char *to, const char *event)
{
	cleanup_arena struct arena *arena = arena_new();
	struct set_off *list;
	size_t count = 0;
	TRY(change_allows(change, right));
	if (id > 0) TRY(set_off_list(change->db, change->viewer, change->company.id, id, 0, arena, &list, &count));
	if (!count) return status_make(STATUS_NOT_FOUND, "There is no set-off %lld, or it is not in your portfolio.", (long long)id);
	if (!strstr(from, list[0].state)) return status_make(STATUS_CONFLICT, "Set-off %lld can't be changed so any more.", (long long)id);
	bool agreed = strcmp(to, "agreed") == 0;
	TRY(db_run(change->db,
	           "UPDATE set_off SET state = $state, answered_day = COALESCE($answered, answered_day), ended_day = $ended, rev = $rev WHERE tenant_id = $tenant"
	           " AND company_id = $company AND id = $id",
	           DB_ARGS(db_text("state", to), db_day("answered", agreed ? change->today : DAY_NONE), db_day("ended", agreed ? DAY_NONE : change->today), db_int("rev", change->rev),
	                   OF_COMPANY(change), db_int("id", id))));
	if (agreed) TRY(ask_books(change, &list[0], arena));
	if (strcmp(to, "cancelled") == 0) TRY(book_entry_take_back(change, "set_off", id));
	for (size_t i = 0; !agreed && i < list[0].item_count; i++) {
		struct status status = hold_lift_of(change, list[0].customer_id, list[0].items[i].item_id, HOLD_SET_OFF);
		if (status.code && status.code != STATUS_NOT_FOUND) return status;
	}
	return tell(change, &list[0], event);
}

struct status set_off_agree(struct change *change, int64_t id) { return move(change, id, RIGHT_COLLECT, "proposed", "agreed", "setoff.agreed"); }
struct status set_off_settled(struct change *change, int64_t id) { return move(change, id, RIGHT_CASH, "agreed", "settled", "setoff.settled"); }
struct status set_off_cancel(struct change *change, int64_t id) { return move(change, id, RIGHT_COLLECT, "proposed agreed", "cancelled", "setoff.cancelled"); }
