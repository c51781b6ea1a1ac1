#include "ledger/instrument.h"

#include "base/calendar.h"
#include "base/day.h"
#include "base/memory.h"
#include "base/text.h"
#include "formats/return_reason.h"
#include "ledger/event.h"
#include "ledger/hold.h"

#include <stdlib.h>
#include <string.h>

/* --- pure ------------------------------------------------------------------------------------------------------------------------ */
static bool is(const struct instrument *one, const char *state) { return strcmp(one->state, state) == 0; }
static bool debit(const struct instrument *one) { return strcmp(one->kind, "debit") == 0; }
static enum hold_kind hold_of(const struct instrument *one) { return debit(one) ? HOLD_DIRECT_DEBIT : HOLD_BILL; }

bool instrument_under_way(const struct instrument *one) { return is(one, "drawn") || is(one, "sent") || is(one, "accepted") || is(one, "remitted"); }
bool instrument_matured(const struct instrument *one, int32_t today) { return is(one, "remitted") && one->due_day < today; }

int32_t instrument_risk_until(const struct instrument *one, bool unauthorised)
{
	static const struct calendar banks = { 0 };
	if (!debit(one)) return DAY_NONE;
	int32_t day = one->paid_day != DAY_NONE ? one->paid_day : one->due_day;
	if (unauthorised) return day_add_months(day, 13);
	return strcmp(one->scheme, "b2b") == 0 ? calendar_add(&banks, day, 3) : day + 56;
}

struct status instrument_again_allowed(const char *code, int attempt, int most, bool corrected)
{
	const struct return_reason *reason = return_reason_find(code);
	if (attempt > most) return status_make(STATUS_CONFLICT, "It was presented %d times already, the most that is allowed: ask for another means of payment.", attempt);
	if (reason && reason->retry == RETURN_NEVER) return status_make(STATUS_CONFLICT, "After “%s” it is not presented again. %s", tr(lang_spoken(), reason->words), tr(lang_spoken(), reason->advice));
	if (reason && reason->retry == RETURN_RETRY) return STATUS_FINE;
	if (corrected) return STATUS_FINE;
	return status_make(STATUS_CONFLICT, "Say first that what came back was put right: %s", reason ? tr(lang_spoken(), reason->advice) : tr(lang_spoken(), "the bank gave no reason."));
}

void instrument_reference(int64_t id, char out[static INSTRUMENT_REFERENCE])
{
	snprintf(out, INSTRUMENT_REFERENCE, "EN%08u", (unsigned)(id % 100000000) % 100000000u);
}

const char *instrument_state_label(const struct instrument *one, int32_t today)
{
	static const struct { const char *state, *label; } labels[] = { /* msgids */
		{ "drawn", "Bill drawn" }, { "sent", "Sent for acceptance" }, { "accepted", "Bill accepted" }, { "refused", "Acceptance refused" },
		{ "remitted", "At the bank" }, { "paid", "Paid by the bank" }, { "unpaid", "Returned unpaid" }, { "cancelled", "Bill withdrawn by us" },
		{ "matured", "Matured: the bank has not answered" }, { "planned", "Debit planned" }, { "told", "Debit announced" } };
	const char *state = instrument_matured(one, today) ? "matured" : is(one, "drawn") && debit(one) ? one->sent_day != DAY_NONE ? "told" : "planned" : one->state;
	for (size_t i = 0; i < COUNT(labels); i++)
		if (strcmp(labels[i].state, state) == 0) return labels[i].label;
	return one->state;
}

/* --- reading ---------------------------------------------------------------------------------------------------------------------- */
#define NARROWED                                                                                                                \
	" AND (CAST($id AS BIGINT) = 0 OR p.id = $id) AND (CAST($customer AS BIGINT) = 0 OR p.customer_id = $customer)"             \
	" AND (CAST($remittance AS BIGINT) = 0 OR p.remittance_id = $remittance)"                                                   \
	" AND (CAST($open AS BIGINT) = 0 OR p.state IN ('drawn', 'sent', 'accepted', 'remitted'))"                                  \
	" AND (CAST($watched AS BIGINT) = 0 OR p.state IN ('drawn', 'sent', 'accepted', 'remitted') OR (p.state = 'paid' AND p.paid_day >= $watched)) "
#define NARROW_ARGS                                                                                                             \
	DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", filter.id), db_int("customer", filter.customer_id), \
	        db_int("remittance", filter.remittance_id), db_int("open", filter.open_only), db_int("watched", filter.watched_from))

static struct status read_items(struct db *db, const struct viewer *viewer, int64_t company_id, struct instrument_filter filter, struct arena *arena,
                                struct instrument *list, size_t count)
{
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT n.instrument_id, n.item_id, n.amount, COALESCE(i.open_amount, 0), i.number, i.due_day, (SELECT COUNT(*) FROM instrument_item m"
		" WHERE m.tenant_id = n.tenant_id AND m.company_id = n.company_id AND m.instrument_id = n.instrument_id) FROM instrument_item n JOIN instrument p"
		" ON p.tenant_id = n.tenant_id AND p.company_id = n.company_id AND p.id = n.instrument_id LEFT JOIN item i ON i.tenant_id = n.tenant_id"
		" AND i.company_id = n.company_id AND i.customer_id = p.customer_id AND i.id = n.item_id WHERE n.tenant_id = $tenant AND n.company_id = $company" NARROWED
		"ORDER BY n.instrument_id, i.due_day, n.item_id", NARROW_ARGS);
	size_t at = 0; /* both by id */
	while (rows_next(rows)) {
		while (at < count && list[at].id < row_int(rows, 0)) at++;
		if (at == count || list[at].id != row_int(rows, 0)) continue;
		struct instrument *one = &list[at];
		if (!one->items) one->items = arena_array(arena, struct instrument_item, (size_t)row_int(rows, 6) + 1);
		one->items[one->item_count++] = (struct instrument_item){ .item_id = row_int(rows, 1), .amount = row_int(rows, 2), .open = row_int(rows, 3),
			.number = arena_strdup(arena, row_text(rows, 4)), .due_day = row_day(rows, 5) };
		one->open += row_int(rows, 3);
		if (row_int(rows, 3) > 0) one->left += row_int(rows, 3);
	}
	return rows_status(rows);
}

static int order(const void *left, const void *right)
{
	const struct instrument *a = left, *b = right;
	if (instrument_under_way(a) != instrument_under_way(b)) return instrument_under_way(a) ? -1 : 1;
	if (a->due_day != b->due_day) return (a->due_day < b->due_day) == instrument_under_way(a) ? -1 : 1;
	return a->id < b->id ? -1 : a->id > b->id;
}

struct status instrument_list(struct db *db, const struct viewer *viewer, int64_t company_id, struct instrument_filter filter, struct arena *arena,
                              struct instrument **out, size_t *count)
{
	*out = arena_array(arena, struct instrument, 1), *count = 0;
	if (!viewer_sees_company(viewer, company_id)) return status_make(STATUS_NOT_FOUND, "There is no such company.");
	struct instrument *list = NULL;
	size_t cap = 0;
	struct status status;
	{
		cleanup_rows struct rows *rows = db_query(db,
			"SELECT p.id, p.customer_id, p.kind, p.state, p.to_accept, p.currency, p.amount, p.made_day, p.due_day, p.sent_day, p.chased_day, p.accepted_day,"
			" p.remittance_id, p.remitted_day, p.discounted, p.paid_day, p.back_day, p.back_code, p.ended_why, p.mandate_id, p.iban, p.attempt, p.before_id,"
			" p.note, p.by_user, p.rev, c.code, c.name, c.collector_id, c.sales_id, c.group_code, COALESCE(m.scheme, ''), p.tasked_day FROM instrument p JOIN customer c"
			" ON c.tenant_id = p.tenant_id AND c.company_id = p.company_id AND c.id = p.customer_id LEFT JOIN mandate m ON m.tenant_id = p.tenant_id"
			" AND m.company_id = p.company_id AND m.id = p.mandate_id WHERE p.tenant_id = $tenant AND p.company_id = $company" NARROWED "ORDER BY p.id",
			NARROW_ARGS);
		while (rows_next(rows)) {
			if (!viewer_sees_customer(viewer, row_int(rows, 28), row_int(rows, 29), row_text(rows, 30))) continue;
			GROW(list, *count, cap);
			struct instrument *one = &list[(*count)++];
			*one = (struct instrument){ .id = row_int(rows, 0), .customer_id = row_int(rows, 1), .to_accept = row_int(rows, 4) != 0, .amount = row_int(rows, 6),
				.made_day = row_day(rows, 7), .due_day = row_day(rows, 8), .sent_day = row_day(rows, 9), .chased_day = row_day(rows, 10),
				.accepted_day = row_day(rows, 11), .remittance_id = row_int(rows, 12), .remitted_day = row_day(rows, 13), .discounted = row_int(rows, 14) != 0,
				.paid_day = row_day(rows, 15), .back_day = row_day(rows, 16), .back_code = arena_strdup(arena, row_text(rows, 17)),
				.ended_why = arena_strdup(arena, row_text(rows, 18)), .mandate_id = row_int(rows, 19), .attempt = (int)row_int(rows, 21),
				.before_id = row_int(rows, 22), .note = arena_strdup(arena, row_text(rows, 23)), .by_user = row_int(rows, 24), .rev = row_int(rows, 25), .tasked_day = row_day(rows, 32),
				.customer_code = arena_strdup(arena, row_text(rows, 26)), .customer_name = arena_strdup(arena, row_text(rows, 27)) };
			snprintf(one->kind, sizeof one->kind, "%s", row_text(rows, 2));
			snprintf(one->state, sizeof one->state, "%s", row_text(rows, 3));
			snprintf(one->currency, sizeof one->currency, "%s", row_text(rows, 5));
			snprintf(one->iban, sizeof one->iban, "%s", row_text(rows, 20));
			snprintf(one->scheme, sizeof one->scheme, "%s", row_text(rows, 31));
		}
		status = rows_status(rows);
	}
	struct instrument *kept = arena_array(arena, struct instrument, *count + 1);
	if (*count) memcpy(kept, list, *count * sizeof *list);
	free(list);
	*out = kept;
	TRY(status);
	TRY(read_items(db, viewer, company_id, filter, arena, kept, *count));
	if (*count) qsort(kept, *count, sizeof *kept, order);
	return STATUS_FINE;
}

struct status instrument_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct instrument *out)
{
	struct instrument *list;
	size_t count = 0;
	if (id > 0) TRY(instrument_list(db, viewer, company_id, (struct instrument_filter){ .id = id }, arena, &list, &count));
	if (!count) return status_make(STATUS_NOT_FOUND, "There is no bill or direct debit %lld, or it is not in your portfolio.", (long long)id);
	*out = list[0];
	return STATUS_FINE;
}

/* --- writing ----------------------------------------------------------------------------------------------------------------------- */
#define OF_COMPANY(change) db_int("tenant", (change)->company.tenant_id), db_int("company", (change)->company.id)

static struct status tell(struct change *change, const struct instrument *one, const char *what, const char *text)
{
	json_t *numbers = json_array();
	for (size_t i = 0; i < one->item_count; i++) json_array_append_new(numbers, json_string(one->items[i].number));
	char kind[40], due[11];
	snprintf(kind, sizeof kind, "%s.%s", debit(one) ? "debit" : "bill", what);
	day_format(one->due_day, due);
	return event_add_json(change, (struct event_new){ .kind = kind, .customer_id = one->customer_id, .ref = one->id },
	                      json_pack("{s:I,s:s,s:s,s:s,s:o}", "amount", (json_int_t)one->amount, "currency", one->currency, "date", due, "text", text ? text : "", "items",
	                                numbers));
}

static struct status set_state(struct change *change, int64_t id, const char *state, const char *why)
{
	return db_run(change->db,
	              "UPDATE instrument SET state = $state, ended_why = $why, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	              DB_ARGS(db_text("state", state), db_text("why", why ? why : ""), db_int("rev", change->rev), OF_COMPANY(change), db_int("id", id)));
}

static struct status free_items(struct change *change, const struct instrument *one)
{
	for (size_t i = 0; i < one->item_count; i++) {
		struct status status = hold_lift_of(change, one->customer_id, one->items[i].item_id, hold_of(one));
		if (status.code && status.code != STATUS_NOT_FOUND) return status; /* lifted by hand, or withdrawn */
	}
	return STATUS_FINE;
}

static struct status hold_item(struct change *change, const struct instrument *one, int64_t item_id, int32_t until)
{
	char reference[INSTRUMENT_REFERENCE];
	int64_t hold;
	instrument_reference(one->id, reference);
	return hold_set(change, &(struct hold_new){ .customer_id = one->customer_id, .item_id = item_id, .kind = hold_of(one), .until_day = until, .reason = reference }, &hold);
}

/* Nothing presents an item twice, and what was assigned with notice is not ours to collect. */
static struct status may_present(struct change *change, const struct item *item)
{
	int64_t other = 0;
	bool found = false;
	TRY(db_get_int(change->db,
	               "SELECT p.id FROM instrument_item n JOIN instrument p ON p.tenant_id = n.tenant_id AND p.company_id = n.company_id AND p.id = n.instrument_id"
	               " WHERE n.tenant_id = $tenant AND n.company_id = $company AND n.item_id = $item AND p.state IN ('drawn', 'sent', 'accepted', 'remitted') LIMIT 1",
	               DB_ARGS(OF_COMPANY(change), db_int("item", item->id)), &other, &found));
	if (found) return status_make(STATUS_CONFLICT, "%s is presented already (no. %lld): cancel that one first.", item->number, (long long)other);
	TRY(db_get_int(change->db,
	               "SELECT id FROM hold WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer AND kind = 'ceded' AND item_id IN (0, $item)"
	               " AND lifted_day IS NULL AND from_day <= $today AND (until_day IS NULL OR until_day >= $today) LIMIT 1",
	               DB_ARGS(OF_COMPANY(change), db_int("customer", item->customer_id), db_int("item", item->id), db_day("today", change->today)), &other, &found));
	/* assigned, and we go on reminding: in whoever's name, it is paid to the payee's account */
	if (!found)
		TRY(db_get_int(change->db,
		               "SELECT a.id FROM assignment_item n JOIN assignment a ON a.tenant_id = n.tenant_id AND a.company_id = n.company_id AND a.id = n.assignment_id"
		               " AND a.state = 'active' JOIN payee p ON p.tenant_id = a.tenant_id AND p.company_id = a.company_id AND p.id = a.payee_id WHERE"
		               " n.tenant_id = $tenant AND n.company_id = $company AND n.item_id = $item AND n.back_day IS NULL AND (a.notified = 1 OR p.iban <> '') LIMIT 1",
		               DB_ARGS(OF_COMPANY(change), db_int("item", item->id)), &other, &found));
	return found ? status_make(STATUS_CONFLICT, "%s is assigned to a third party: it is not ours to collect.", item->number) : STATUS_FINE;
}

/* What came back of the presentation before: its items, or what the books opened again in their place. */
static struct status items_again(struct change *change, const struct instrument *before, int64_t *items, size_t *count)
{
	cleanup_rows struct rows *rows = db_query(change->db,
		"SELECT i.id FROM instrument_item n JOIN item i ON i.tenant_id = n.tenant_id AND i.company_id = n.company_id AND i.customer_id = $customer"
		" AND (i.id = n.item_id OR i.origin_id = n.item_id) WHERE n.tenant_id = $tenant AND n.company_id = $company AND n.instrument_id = $id"
		" AND i.open_amount > 0 AND i.withdrawn = 0 GROUP BY i.id ORDER BY i.id",
		DB_ARGS(OF_COMPANY(change), db_int("id", before->id), db_int("customer", before->customer_id)));
	*count = 0;
	while (*count < INSTRUMENT_ITEMS && rows_next(rows)) items[(*count)++] = row_int(rows, 0);
	return rows_status(rows);
}

static struct status check_new(struct change *change, const struct instrument_new *given, const struct settings *settings, struct arena *arena, struct instrument *one)
{
	const char *kind = given->kind ? given->kind : "", *note = given->note ? given->note : "";
	if (strcmp(kind, "lcr") != 0 && strcmp(kind, "bor") != 0 && strcmp(kind, "debit") != 0)
		return status_make(STATUS_INVALID, "Say what is presented: lcr, bor or debit.");
	snprintf(one->kind, sizeof one->kind, "%s", kind);
	if (strlen(note) > 1000 || !utf8_valid(note, strlen(note))) return status_make(STATUS_INVALID, "This text is too long, or not readable: at most %d characters.", 1000);
	one->note = note, one->due_day = given->due_day;
	if (given->due_day == DAY_NONE || given->due_day < change->today) return status_make(STATUS_INVALID, "Its day is today or later.");
	if (given->due_day > change->today + 730) return status_make(STATUS_INVALID, "Its day is within two years.");
	one->to_accept = strcmp(kind, "lcr") == 0 && given->to_accept;
	snprintf(one->state, sizeof one->state, "%s", strcmp(kind, "bor") == 0 ? "accepted" : "drawn");
	if (debit(one)) {
		struct mandate mandate;
		TRY(mandate_current(change->db, change->viewer, change->company.id, given->customer_id, given->due_day, arena, &mandate));
		int notice = (int)setting_int(settings, "debit.notice_days");
		if (given->due_day < change->today + notice && !given->before_id) {
			char earliest[11];
			day_format(change->today + notice, earliest);
			return status_make(STATUS_INVALID, "The customer is told %d days before (a setting): %s at the earliest.", notice, earliest);
		}
		one->mandate_id = mandate.id;
		snprintf(one->iban, sizeof one->iban, "%s", mandate.iban);
	} else if (given->iban && *given->iban && !iban_read(given->iban, one->iban)) {
		return status_make(STATUS_INVALID, "This IBAN is not right: a character is missing or wrong. Copy it from the bank details.");
	}
	return STATUS_FINE;
}

struct status instrument_draw(struct change *change, const struct instrument_new *given, int64_t *id)
{
	TRY(change_allows(change, RIGHT_COLLECT));
	TRY(customer_check(change->db, change->viewer, change->company.id, given->customer_id));
	cleanup_arena struct arena *arena = arena_new();
	const struct settings *settings = NULL;
	struct instrument one = { .customer_id = given->customer_id, .attempt = 1, .before_id = given->before_id }, before = { 0 };
	int64_t again[INSTRUMENT_ITEMS];
	const int64_t *ids = given->items;
	size_t count = given->item_count;
	TRY(settings_load(change->db, change->company.tenant_id, change->company.id, arena, &settings));
	if (given->before_id) {
		TRY(instrument_get(change->db, change->viewer, change->company.id, given->before_id, arena, &before));
		if (before.customer_id != given->customer_id) return status_make(STATUS_INVALID, "That presentation is another customer's.");
		if (!is(&before, "unpaid")) return status_make(STATUS_CONFLICT, "Only what came back is presented again.");
		TRY(instrument_again_allowed(before.back_code, before.attempt, 1 + (int)setting_int(settings, "debit.again"), given->corrected));
		one.attempt = before.attempt + 1;
		if (!count) TRY(items_again(change, &before, again, &count));
		if (!given->item_count) ids = again;
	}
	if (!count || count > INSTRUMENT_ITEMS) return status_make(STATUS_INVALID, "Tick 1 to %d open items.", INSTRUMENT_ITEMS);
	TRY(check_new(change, given, settings, arena, &one));
	struct item *items = arena_array(arena, struct item, count);
	one.items = arena_array(arena, struct instrument_item, count);
	for (size_t i = 0; i < count; i++) {
		TRY(item_get(change->db, change->viewer, change->company.id, ids[i], &items[i]));
		if (items[i].customer_id != given->customer_id) return status_make(STATUS_INVALID, "%s is another customer's.", items[i].number);
		if (items[i].open == 0) return status_make(STATUS_CONFLICT, "Nothing is open on %s any more.", items[i].number);
		for (size_t k = 0; k < i; k++)
			if (items[k].id == items[i].id) return status_make(STATUS_INVALID, "%s is named twice.", items[i].number);
		if (strcmp(items[i].currency, "EUR") != 0) return status_make(STATUS_INVALID, "%s is in %s: bills and direct debits are in euros.", items[i].number, items[i].currency);
		TRY(may_present(change, &items[i]));
		if (__builtin_add_overflow(one.amount, items[i].open, &one.amount)) return status_make(STATUS_INVALID, "These amounts are too large.");
		one.items[one.item_count++] = (struct instrument_item){ .item_id = items[i].id, .amount = items[i].open, .number = items[i].number };
	}
	if (one.amount <= 0) return status_make(STATUS_INVALID, "The credits among these items cover what is owed: nothing is left to present.");
	snprintf(one.currency, sizeof one.currency, "EUR");
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "instrument", 1, id));
	one.id = *id;
	TRY(db_run(change->db,
	           "INSERT INTO instrument (tenant_id, company_id, id, customer_id, kind, state, to_accept, currency, amount, made_day, due_day, accepted_day,"
	           " mandate_id, iban, attempt, before_id, note, by_user, rev) VALUES ($tenant, $company, $id, $customer, $kind, $state, $accept, $currency, $amount,"
	           " $today, $due, $accepted, $mandate, $iban, $attempt, $before, $note, $by, $rev)",
	           DB_ARGS(OF_COMPANY(change), db_int("id", *id), db_int("customer", one.customer_id), db_text("kind", one.kind), db_text("state", one.state),
	                   db_int("accept", one.to_accept), db_text("currency", one.currency), db_int("amount", one.amount), db_day("today", change->today),
	                   db_day("due", one.due_day), db_day("accepted", is(&one, "accepted") ? change->today : DAY_NONE), db_int("mandate", one.mandate_id),
	                   db_text("iban", one.iban), db_int("attempt", one.attempt), db_int("before", one.before_id), db_text("note", one.note),
	                   db_int("by", change->viewer->user_id), db_int("rev", change->rev))));
	for (size_t i = 0; i < one.item_count; i++) {
		TRY(db_run(change->db,
		           "INSERT INTO instrument_item (tenant_id, company_id, instrument_id, item_id, amount) VALUES ($tenant, $company, $id, $item, $amount)",
		           DB_ARGS(OF_COMPANY(change), db_int("id", *id), db_int("item", one.items[i].item_id), db_int("amount", one.items[i].amount))));
		if (one.items[i].amount > 0) TRY(hold_item(change, &one, one.items[i].item_id, DAY_NONE));
	}
	return tell(change, &one, "drawn", "");
}

/* The one named, in one of the states; `what` it can't be otherwise. */
static struct status get_in(struct change *change, int64_t id, const char *states, struct arena *arena, struct instrument *out)
{
	TRY(change_allows(change, RIGHT_COLLECT));
	TRY(instrument_get(change->db, change->viewer, change->company.id, id, arena, out));
	char wanted[20];
	snprintf(wanted, sizeof wanted, " %s ", out->state);
	if (strstr(states, wanted)) return STATUS_FINE;
	return status_make(STATUS_CONFLICT, "No. %lld can't be changed so: %s.", (long long)id, tr(lang_spoken(), instrument_state_label(out, change->today)));
}

static struct status set_day(struct change *change, int64_t id, const char *sql, int32_t day)
{
	return db_run(change->db, sql, DB_ARGS(db_day("day", day), db_int("rev", change->rev), OF_COMPANY(change), db_int("id", id)));
}
#define SET(column) "UPDATE instrument SET " column " = $day, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id"

static struct status check_words(const char *why)
{
	if (strlen(why) > 1000 || !utf8_valid(why, strlen(why))) return status_make(STATUS_INVALID, "This text is too long, or not readable: at most %d characters.", 1000);
	return STATUS_FINE;
}

struct status instrument_send(struct change *change, int64_t id)
{
	cleanup_arena struct arena *arena = arena_new();
	struct instrument one;
	TRY(get_in(change, id, " drawn ", arena, &one));
	if (!debit(&one) && !one.to_accept) return status_make(STATUS_CONFLICT, "This bill is not submitted to acceptance.");
	if (one.sent_day != DAY_NONE) return status_make(STATUS_CONFLICT, "The customer was told already.");
	TRY(set_day(change, id, SET("sent_day"), change->today));
	if (!debit(&one)) TRY(set_state(change, id, "sent", ""));
	return tell(change, &one, debit(&one) ? "told" : "sent", "");
}

struct status instrument_chased(struct change *change, int64_t id)
{
	cleanup_arena struct arena *arena = arena_new();
	struct instrument one;
	TRY(get_in(change, id, " sent ", arena, &one));
	TRY(set_day(change, id, SET("chased_day"), change->today));
	return tell(change, &one, "chased", "");
}

struct status instrument_accept(struct change *change, int64_t id, int32_t day)
{
	cleanup_arena struct arena *arena = arena_new();
	struct instrument one;
	TRY(get_in(change, id, " drawn sent ", arena, &one));
	if (debit(&one)) return status_make(STATUS_INVALID, "A direct debit is not accepted: its mandate is.");
	if (day == DAY_NONE || day < one.made_day || day > change->today) return status_make(STATUS_INVALID, "It came back accepted between the day it was drawn and today.");
	TRY(set_day(change, id, SET("accepted_day"), day));
	TRY(set_state(change, id, "accepted", ""));
	return tell(change, &one, "accepted", "");
}

struct status instrument_refuse(struct change *change, int64_t id, const char *why)
{
	cleanup_arena struct arena *arena = arena_new();
	struct instrument one;
	why = why ? why : "";
	TRY(check_words(why));
	TRY(get_in(change, id, " sent ", arena, &one));
	TRY(free_items(change, &one));
	TRY(set_state(change, id, "refused", why));
	return tell(change, &one, "refused", why);
}

struct status instrument_cancel(struct change *change, int64_t id, const char *why)
{
	cleanup_arena struct arena *arena = arena_new();
	struct instrument one;
	why = why ? why : "";
	TRY(check_words(why));
	TRY(get_in(change, id, " drawn sent accepted ", arena, &one));
	TRY(free_items(change, &one));
	TRY(set_state(change, id, "cancelled", why));
	return tell(change, &one, "cancelled", why);
}

struct status instrument_remitted(struct change *change, const struct instrument *one, int64_t remittance_id, bool discount)
{
	TRY(db_run(change->db,
	           "UPDATE instrument SET state = 'remitted', remittance_id = $remittance, remitted_day = $today, discounted = $discount, rev = $rev"
	           " WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_int("remittance", remittance_id), db_day("today", change->today), db_int("discount", discount), db_int("rev", change->rev), OF_COMPANY(change),
	                   db_int("id", one->id))));
	if (one->mandate_id)
		TRY(db_run(change->db, "UPDATE mandate SET last_used_day = $day, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
		           DB_ARGS(db_day("day", one->due_day), db_int("rev", change->rev), OF_COMPANY(change), db_int("id", one->mandate_id))));
	return tell(change, one, discount ? "discounted" : "remitted", "");
}

static struct status end_paid(struct change *change, const struct instrument *one, int32_t day)
{
	static const struct calendar banks = { 0 };
	TRY(set_day(change, one->id, SET("paid_day"), day));
	TRY(set_state(change, one->id, "paid", ""));
	for (size_t i = 0; i < one->item_count; i++) /* the books follow: nobody is reminded meanwhile */
		if (one->items[i].open > 0) TRY(hold_item(change, one, one->items[i].item_id, calendar_add(&banks, change->today, 10)));
	return tell(change, one, "paid", "");
}

static struct status end_back(struct change *change, const struct instrument *one, const char *code, int32_t day)
{
	TRY(db_run(change->db, "UPDATE instrument SET back_day = $day, back_code = $code, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_day("day", day), db_text("code", code), db_int("rev", change->rev), OF_COMPANY(change), db_int("id", one->id))));
	TRY(set_state(change, one->id, "unpaid", ""));
	TRY(free_items(change, one));
	const struct return_reason *reason = return_reason_find(code);
	return tell(change, one, "unpaid", reason ? reason->words : code);
}

struct status instrument_paid(struct change *change, int64_t id, int32_t day)
{
	cleanup_arena struct arena *arena = arena_new();
	struct instrument one;
	TRY(get_in(change, id, " remitted ", arena, &one));
	if (day == DAY_NONE || day > change->today || (day < one.due_day && !one.discounted))
		return status_make(STATUS_INVALID, "The bank pays from its day on, and not after today.");
	return end_paid(change, &one, day);
}

struct status instrument_back(struct change *change, int64_t id, const char *code, int32_t day)
{
	cleanup_arena struct arena *arena = arena_new();
	struct instrument one;
	code = code ? code : "";
	TRY(get_in(change, id, " remitted paid ", arena, &one));
	if (*code && !return_reason_find(code)) return status_make(STATUS_INVALID, "“%.10s” is no reason that banks give: AM04, MD06, 20, 75… or nothing.", code);
	if (day == DAY_NONE || day > change->today || day < one.remitted_day) return status_make(STATUS_INVALID, "It came back between the day it was remitted and today.");
	return end_back(change, &one, code, day);
}

/* --- what the books and the bank say ------------------------------------------------------------------------------------------------- */
/* A rejection that names our reference (pain.002, CFONB 240, camt), or a returned payment of its items. */
static struct status seek_back(struct change *change, const struct instrument *one, bool *found, int32_t *day, char code[static 12])
{
	char reference[INSTRUMENT_REFERENCE];
	instrument_reference(one->id, reference);
	*found = false;
	{
		cleanup_rows struct rows *rows = db_query(change->db,
			"SELECT booking_day, return_code FROM bank_line WHERE tenant_id = $tenant AND company_id = $company AND end_to_end = $reference AND return_code <> ''"
			" AND booking_day >= $from AND booking_day <= $today ORDER BY booking_day, id LIMIT 1",
			DB_ARGS(OF_COMPANY(change), db_text("reference", reference), db_day("from", one->remitted_day), db_day("today", change->today)));
		if (rows_next(rows)) *found = true, *day = row_day(rows, 0), snprintf(code, 12, "%s", row_text(rows, 1));
		TRY(rows_status(rows));
	}
	if (*found) return STATUS_FINE;
	cleanup_rows struct rows *rows = db_query(change->db,
		"SELECT b.posting_day, COALESCE((SELECT l.return_code FROM cash_fact f JOIN cash_application a ON a.tenant_id = f.tenant_id AND a.company_id = f.company_id"
		" AND a.id = f.application_id JOIN bank_line l ON l.tenant_id = a.tenant_id AND l.company_id = a.company_id AND l.id = a.line_id"
		" WHERE f.tenant_id = b.tenant_id AND f.company_id = b.company_id AND f.id = b.id LIMIT 1), '') FROM instrument_item n JOIN item b"
		" ON b.tenant_id = n.tenant_id AND b.company_id = n.company_id AND b.customer_id = $customer AND b.origin_id = n.item_id"
		" WHERE n.tenant_id = $tenant AND n.company_id = $company AND n.instrument_id = $id AND b.kind = 'unpaid_return' AND b.withdrawn = 0"
		" AND b.posting_day >= $from AND b.posting_day <= $today ORDER BY b.posting_day, b.id LIMIT 1",
		DB_ARGS(OF_COMPANY(change), db_int("id", one->id), db_int("customer", one->customer_id), db_day("from", one->remitted_day), db_day("today", change->today)));
	if (rows_next(rows)) *found = true, *day = row_day(rows, 0), snprintf(code, 12, "%s", row_text(rows, 1));
	return rows_status(rows);
}

/* Items that took over from its own, 411 to 413: presented as they were, and held. */
static struct status follow(struct change *change, struct instrument *one, struct arena *arena, int64_t *changed)
{
	struct instrument_item came[INSTRUMENT_ITEMS];
	size_t count = 0;
	{
		cleanup_rows struct rows *rows = db_query(change->db,
			"SELECT i.id, i.open_amount, i.number, i.due_day FROM instrument_item n JOIN item i ON i.tenant_id = n.tenant_id AND i.company_id = n.company_id"
			" AND i.customer_id = $customer AND i.origin_id = n.item_id WHERE n.tenant_id = $tenant AND n.company_id = $company AND n.instrument_id = $id"
			" AND i.kind IN ('transfer', 'bill') AND i.withdrawn = 0 AND i.open_amount > 0 AND i.account LIKE '413%' AND i.posting_day >= $made"
			" AND NOT EXISTS (SELECT 1 FROM instrument_item m WHERE m.tenant_id = n.tenant_id AND m.company_id = n.company_id AND m.instrument_id = n.instrument_id"
			" AND m.item_id = i.id) ORDER BY i.id",
			DB_ARGS(OF_COMPANY(change), db_int("id", one->id), db_int("customer", one->customer_id), db_day("made", one->made_day)));
		while (count < INSTRUMENT_ITEMS && rows_next(rows))
			came[count++] = (struct instrument_item){ .item_id = row_int(rows, 0), .amount = row_int(rows, 1), .open = row_int(rows, 1),
				.number = arena_strdup(arena, row_text(rows, 2)), .due_day = row_day(rows, 3) };
		TRY(rows_status(rows));
	}
	if (!count) return STATUS_FINE;
	struct instrument_item *all = arena_array(arena, struct instrument_item, one->item_count + count);
	if (one->item_count) memcpy(all, one->items, one->item_count * sizeof *all);
	for (size_t i = 0; i < count; i++) {
		TRY(db_run(change->db, "INSERT INTO instrument_item (tenant_id, company_id, instrument_id, item_id, amount) VALUES ($tenant, $company, $id, $item, $amount)",
		           DB_ARGS(OF_COMPANY(change), db_int("id", one->id), db_int("item", came[i].item_id), db_int("amount", came[i].amount))));
		if (instrument_under_way(one)) TRY(hold_item(change, one, came[i].item_id, DAY_NONE));
		all[one->item_count++] = came[i], one->open += came[i].open, one->left += came[i].open;
	}
	one->items = all;
	++*changed;
	return STATUS_FINE;
}

static struct status settled_day(struct change *change, const struct instrument *one, int32_t *day)
{
	int64_t last = 0;
	bool found = false;
	TRY(db_get_int(change->db,
	               "SELECT COALESCE(MAX(s.day), 0) FROM instrument_item n JOIN settlement s ON s.tenant_id = n.tenant_id AND s.company_id = n.company_id"
	               " AND s.customer_id = $customer AND s.debit_id = n.item_id WHERE n.tenant_id = $tenant AND n.company_id = $company AND n.instrument_id = $id",
	               DB_ARGS(OF_COMPANY(change), db_int("id", one->id), db_int("customer", one->customer_id)), &last, &found));
	*day = last ? (int32_t)last : change->today;
	return STATUS_FINE;
}

static struct status settle(struct change *change, struct instrument *one, struct arena *arena, int64_t *changed)
{
	bool back = false;
	int32_t day = change->today;
	char code[12] = "";
	TRY(follow(change, one, arena, changed));
	if (is(one, "remitted") || is(one, "paid")) TRY(seek_back(change, one, &back, &day, code));
	if (back) {
		++*changed;
		return end_back(change, one, code, day);
	}
	if (!instrument_under_way(one) || one->left > 0) return STATUS_FINE;
	TRY(settled_day(change, one, &day));
	/* the books put a bill to its bank account before its day, or discounted it: the bank has not answered yet */
	if (is(one, "remitted") && (change->today < one->due_day || (one->discounted && change->today <= one->due_day + 10))) return STATUS_FINE;
	++*changed;
	if (is(one, "remitted")) return end_paid(change, one, day);
	TRY(free_items(change, one));
	TRY(set_state(change, one->id, "cancelled", "paid by other means"));
	return tell(change, one, "cancelled", "paid by other means");
}

/* --- which of many anything was said of -------------------------------------------------------------------------------------------------- */
struct said {
	int64_t *ids;
	size_t count, cap;
};
static int id_order(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}
static bool was_said(const struct said *said, int64_t id) { return said->count && bsearch(&id, said->ids, said->count, sizeof id, id_order); }

static void add_said(struct said *said, int64_t id)
{
	GROW(said->ids, said->count, said->cap);
	said->ids[said->count++] = id;
}

/* Instruments whose reference came back on a statement: "EN" and their number. */
static struct status gather_returns(struct change *change, struct said *out)
{
	cleanup_rows struct rows *rows = db_query(change->db,
		"SELECT DISTINCT end_to_end FROM bank_line WHERE tenant_id = $tenant AND company_id = $company AND return_code <> '' AND end_to_end LIKE 'EN%'",
		DB_ARGS(OF_COMPANY(change)));
	while (rows_next(rows)) {
		const char *reference = row_text(rows, 0);
		int64_t id;
		if (text_parse_int(reference + 2, strlen(reference + 2), &id)) add_said(out, id);
	}
	return rows_status(rows);
}

/* Items that something took over from, or reopened, at customers with something under way or lately paid. */
static struct status gather_origins(struct change *change, int32_t from, struct said *out)
{
	cleanup_rows struct rows *rows = db_query(change->db,
		"SELECT DISTINCT b.origin_id FROM (SELECT DISTINCT customer_id FROM instrument WHERE tenant_id = $tenant AND company_id = $company AND (state IN ('drawn', 'sent', 'accepted', 'remitted')"
		" OR (state = 'paid' AND paid_day >= $from))) w JOIN item b ON b.tenant_id = $tenant AND b.company_id = $company AND b.customer_id = w.customer_id"
		" WHERE b.origin_id <> 0 AND b.withdrawn = 0", DB_ARGS(OF_COMPANY(change), db_day("from", from)));
	while (rows_next(rows)) add_said(out, row_int(rows, 0));
	return rows_status(rows);
}

/* With 100,000 of them, of which 34,000 are watched, what each one asked the store took minutes: now only those ask that a statement, a
 * transfer or a returned payment names, or of which nothing is owed any more (docs/performance.md). */
struct status instrument_settle(struct change *change, int64_t *changed)
{
	cleanup_arena struct arena *arena = arena_new();
	struct instrument *list;
	struct said returned = { 0 }, origins = { 0 };
	size_t count;
	int32_t from = day_add_months(change->today, -13); /* a debit that was paid may come back for 13 months */
	*changed = 0;
	TRY(instrument_list(change->db, change->viewer, change->company.id, (struct instrument_filter){ .watched_from = from }, arena, &list, &count));
	if (!count) return STATUS_FINE;
	struct status status = gather_returns(change, &returned);
	if (!status.code) status = gather_origins(change, from, &origins);
	if (returned.count) qsort(returned.ids, returned.count, sizeof *returned.ids, id_order);
	if (origins.count) qsort(origins.ids, origins.count, sizeof *origins.ids, id_order);
	for (size_t i = 0; i < count && !status.code; i++) {
		bool named = was_said(&returned, list[i].id) || (instrument_under_way(&list[i]) && list[i].left <= 0);
		for (size_t k = 0; k < list[i].item_count && !named; k++) named = was_said(&origins, list[i].items[k].item_id);
		if (named) status = settle(change, &list[i], arena, changed);
	}
	free(returned.ids), free(origins.ids);
	return status;
}
