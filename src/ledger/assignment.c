#include "ledger/assignment.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/money.h"
#include "base/text.h"
#include "ledger/event.h"
#include "ledger/hold.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define OF_COMPANY(change) db_int("tenant", (change)->company.tenant_id), db_int("company", (change)->company.id)

/* --- pure -------------------------------------------------------------------------------------------------------------------------------- */
static int64_t part(int64_t amount, int64_t of, int64_t in)
{
	__extension__ typedef __int128 wide;
	wide exact = (wide)amount * of;
	return (int64_t)((exact + (exact < 0 ? -in : in) / 2) / in);
}

struct assignment_cost assignment_cost(const struct payee *payee, int64_t amount, int days, int own_bp)
{
	struct assignment_cost cost = { .advanced = amount - part(amount, payee->reserve_bp, 10000), .commission = part(amount, payee->commission_bp, 10000) };
	int64_t waited = days > 0 ? days : 0;
	cost.interest = part(cost.advanced, payee->interest_bp * waited, 10000 * 365);
	cost.total = cost.commission + cost.interest;
	cost.waiting = part(cost.advanced, own_bp * waited, 10000 * 365);
	return cost;
}

/* --- payees ------------------------------------------------------------------------------------------------------------------------------- */
struct status payee_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct payee **out, size_t *count)
{
	enum { MOST = 200 };
	*out = arena_array(arena, struct payee, MOST), *count = 0;
	if (!viewer_sees_company(viewer, company_id)) return status_make(STATUS_NOT_FOUND, "There is no such company.");
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT id, name, address, contract, route, iban, bic, notified, recourse, managed, ended, commission_bp, interest_bp, reserve_bp, rev FROM payee"
		" WHERE tenant_id = $tenant AND company_id = $company AND (CAST($id AS BIGINT) = 0 OR id = $id) ORDER BY ended, name, id LIMIT 200",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", id)));
	while (*count < MOST && rows_next(rows)) {
		struct payee *one = &(*out)[(*count)++];
		*one = (struct payee){ .id = row_int(rows, 0), .name = arena_strdup(arena, row_text(rows, 1)), .address = arena_strdup(arena, row_text(rows, 2)),
			.contract = arena_strdup(arena, row_text(rows, 3)), .notified = row_int(rows, 7) != 0, .recourse = row_int(rows, 8) != 0, .managed = row_int(rows, 9) != 0,
			.ended = row_int(rows, 10) != 0, .commission_bp = (int)row_int(rows, 11), .interest_bp = (int)row_int(rows, 12), .reserve_bp = (int)row_int(rows, 13),
			.rev = row_int(rows, 14) };
		snprintf(one->route, sizeof one->route, "%s", row_text(rows, 4));
		snprintf(one->iban, sizeof one->iban, "%s", row_text(rows, 5));
		snprintf(one->bic, sizeof one->bic, "%s", row_text(rows, 6));
	}
	return rows_status(rows);
}

static struct status get_payee(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct payee *out)
{
	struct payee *list;
	size_t count = 0;
	if (id > 0) TRY(payee_list(db, viewer, company_id, id, arena, &list, &count));
	if (!count) return status_make(STATUS_NOT_FOUND, "There is no bank or factor %lld.", (long long)id);
	*out = list[0];
	return STATUS_FINE;
}

static struct status check_payee(const struct payee *given, char iban[static IBAN_SIZE], char bic[static BIC_SIZE])
{
	const char *const texts[] = { given->name, given->address ? given->address : "", given->contract ? given->contract : "" };
	if (!given->name || !*given->name) return status_make(STATUS_INVALID, "Give the name of the bank or factor.");
	for (size_t i = 0; i < COUNT(texts); i++)
		if (strlen(texts[i]) > 400 || !utf8_valid(texts[i], strlen(texts[i]))) return status_make(STATUS_INVALID, "This text is too long, or not readable: at most %d characters.", 400);
	if (strcmp(given->route, "dailly") != 0 && strcmp(given->route, "factoring") != 0) return status_make(STATUS_INVALID, "Say how: dailly or factoring.");
	iban[0] = 0;
	if (*given->iban && !iban_read(given->iban, iban)) return status_make(STATUS_INVALID, "This IBAN is not right: a character is missing or wrong. Copy it from the bank details.");
	if (given->notified && !*iban) return status_make(STATUS_INVALID, "Debtors who are told must know where to pay: give the IBAN of the bank or factor.");
	if (!bic_read(given->bic, bic)) return status_make(STATUS_INVALID, "A BIC has 8 or 11 characters and starts with six letters.");
	const int rates[] = { given->commission_bp, given->interest_bp, given->reserve_bp };
	for (size_t i = 0; i < COUNT(rates); i++)
		if (rates[i] < 0 || rates[i] > 10000) return status_make(STATUS_INVALID, "These rates are between 0 and 100 %%.");
	return STATUS_FINE;
}

struct status payee_save(struct change *change, const struct payee *given, int64_t *id)
{
	TRY(change_allows(change, RIGHT_SETTINGS));
	cleanup_arena struct arena *arena = arena_new();
	char iban[IBAN_SIZE], bic[BIC_SIZE];
	struct payee before;
	TRY(check_payee(given, iban, bic));
	*id = given->id;
	if (*id) TRY(get_payee(change->db, change->viewer, change->company.id, *id, arena, &before));
	else TRY(id_take(change->db, change->company.tenant_id, change->company.id, "payee", 1, id));
	TRY(db_run(change->db, "DELETE FROM payee WHERE tenant_id = $tenant AND company_id = $company AND id = $id", DB_ARGS(OF_COMPANY(change), db_int("id", *id))));
	TRY(db_run(change->db,
	           "INSERT INTO payee (tenant_id, company_id, id, name, route, address, iban, bic, contract, notified, recourse, managed, commission_bp, interest_bp,"
	           " reserve_bp, ended, rev) VALUES ($tenant, $company, $id, $name, $route, $address, $iban, $bic, $contract, $notified, $recourse, $managed, $commission,"
	           " $interest, $reserve, $ended, $rev)",
	           DB_ARGS(OF_COMPANY(change), db_int("id", *id), db_text("name", given->name), db_text("route", given->route), db_text("address", given->address ? given->address : ""),
	                   db_text("iban", iban), db_text("bic", bic), db_text("contract", given->contract ? given->contract : ""), db_int("notified", given->notified),
	                   db_int("recourse", given->recourse), db_int("managed", given->managed), db_int("commission", given->commission_bp),
	                   db_int("interest", given->interest_bp), db_int("reserve", given->reserve_bp), db_int("ended", given->ended), db_int("rev", change->rev))));
	return event_add_json(change, (struct event_new){ .kind = "payee.saved", .ref = *id }, json_pack("{s:s,s:s,s:s}", "what", given->name, "iban", iban, "text", given->route));
}

/* --- reading -------------------------------------------------------------------------------------------------------------------------------- */
static struct assignment *find(struct assignment *list, size_t count, int64_t id)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].id == id) return &list[i];
	return NULL;
}

static struct status read_items(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct assignment *list, size_t count)
{
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT n.assignment_id, n.item_id, i.customer_id, n.amount, COALESCE(i.open_amount, 0), i.number, c.code, c.name, c.siren, c.city, i.issue_day, i.due_day,"
		" n.notified_day, n.back_day, n.back_why, c.collector_id, c.sales_id, c.group_code, (SELECT COUNT(*) FROM assignment_item m WHERE m.tenant_id = n.tenant_id"
		" AND m.company_id = n.company_id AND m.assignment_id = n.assignment_id) FROM assignment_item n JOIN item i ON i.tenant_id = n.tenant_id"
		" AND i.company_id = n.company_id AND i.id = n.item_id JOIN customer c ON c.tenant_id = i.tenant_id AND c.company_id = i.company_id AND c.id = i.customer_id"
		" WHERE n.tenant_id = $tenant AND n.company_id = $company AND (CAST($id AS BIGINT) = 0 OR n.assignment_id = $id)"
		" ORDER BY n.assignment_id, c.code, i.due_day, n.item_id",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", id)));
	struct assignment *one = NULL;
	while (rows_next(rows)) {
		if (!viewer_sees_customer(viewer, row_int(rows, 15), row_int(rows, 16), row_text(rows, 17))) continue;
		if (!one || one->id != row_int(rows, 0)) one = find(list, count, row_int(rows, 0));
		if (!one) continue;
		if (!one->items) one->items = arena_array(arena, struct assigned_item, (size_t)row_int(rows, 18) + 1);
		struct assigned_item *item = &one->items[one->item_count++];
		*item = (struct assigned_item){ .item_id = row_int(rows, 1), .customer_id = row_int(rows, 2), .amount = row_int(rows, 3), .open = row_int(rows, 4),
			.number = arena_strdup(arena, row_text(rows, 5)), .customer_code = arena_strdup(arena, row_text(rows, 6)), .customer_name = arena_strdup(arena, row_text(rows, 7)),
			.siren = arena_strdup(arena, row_text(rows, 8)), .city = arena_strdup(arena, row_text(rows, 9)), .issue_day = row_day(rows, 10), .due_day = row_day(rows, 11),
			.notified_day = row_day(rows, 12), .back_day = row_day(rows, 13), .back_why = arena_strdup(arena, row_text(rows, 14)) };
		if (item->back_day == DAY_NONE && strcmp(one->state, "active") == 0 && item->open > 0) one->open += item->open;
	}
	return rows_status(rows);
}

struct status assignment_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct assignment **out,
                              size_t *count)
{
	*out = arena_array(arena, struct assignment, 1), *count = 0;
	if (!viewer_sees_company(viewer, company_id)) return status_make(STATUS_NOT_FOUND, "There is no such company.");
	struct assignment *list = NULL;
	size_t cap = 0;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT a.id, a.payee_id, a.day, a.notified, a.recourse, a.managed, a.currency, a.total, a.state, a.rev, p.name FROM assignment a LEFT JOIN payee p"
		" ON p.tenant_id = a.tenant_id AND p.company_id = a.company_id AND p.id = a.payee_id WHERE a.tenant_id = $tenant AND a.company_id = $company"
		" AND (CAST($id AS BIGINT) = 0 OR a.id = $id) ORDER BY a.id DESC",
		DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", id)));
	while (rows_next(rows)) {
		GROW(list, *count, cap);
		struct assignment *one = &list[(*count)++];
		*one = (struct assignment){ .id = row_int(rows, 0), .payee_id = row_int(rows, 1), .day = row_day(rows, 2), .notified = row_int(rows, 3) != 0,
			.recourse = row_int(rows, 4) != 0, .managed = row_int(rows, 5) != 0, .total = row_int(rows, 7), .state = arena_strdup(arena, row_text(rows, 8)),
			.rev = row_int(rows, 9), .payee_name = arena_strdup(arena, row_text(rows, 10)) };
		snprintf(one->currency, sizeof one->currency, "%s", row_text(rows, 6));
	}
	struct assignment *kept = arena_array(arena, struct assignment, *count + 1);
	if (*count) memcpy(kept, list, *count * sizeof *list);
	free(list);
	*out = kept;
	TRY(rows_status(rows));
	return read_items(db, viewer, company_id, id, arena, kept, *count);
}

static struct status get(struct change *change, int64_t id, struct arena *arena, struct assignment *out)
{
	struct assignment *list;
	size_t count = 0;
	TRY(change_allows(change, RIGHT_CASH));
	if (id > 0) TRY(assignment_list(change->db, change->viewer, change->company.id, id, arena, &list, &count));
	if (!count) return status_make(STATUS_NOT_FOUND, "There is no assignment %lld.", (long long)id);
	*out = list[0];
	return strcmp(out->state, "active") == 0 ? STATUS_FINE : status_make(STATUS_CONFLICT, "Assignment %lld was taken back already.", (long long)id);
}

struct status assigned_of(struct db *db, int64_t tenant_id, int64_t company_id, int64_t customer_id, const char *currency, struct arena *arena, struct assigned_to **out,
                          size_t *count)
{
	struct assigned_to *list = NULL;
	size_t cap = 0;
	*count = 0;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT i.id, a.payee_id, i.open_amount, a.notified FROM item i JOIN assignment_item n ON n.tenant_id = i.tenant_id AND n.company_id = i.company_id"
		" AND n.item_id = i.id AND n.back_day IS NULL JOIN assignment a ON a.tenant_id = n.tenant_id AND a.company_id = n.company_id AND a.id = n.assignment_id"
		" AND a.state = 'active' JOIN payee p ON p.tenant_id = a.tenant_id AND p.company_id = a.company_id AND p.id = a.payee_id"
		" WHERE i.tenant_id = $tenant AND i.company_id = $company AND i.customer_id = $customer AND i.currency = $currency AND i.open_amount <> 0"
		" AND i.withdrawn = 0 AND (a.notified = 1 OR p.iban <> '') ORDER BY i.id, a.id DESC",
		DB_ARGS(db_int("tenant", tenant_id), db_int("company", company_id), db_int("customer", customer_id), db_text("currency", currency)));
	while (rows_next(rows)) {
		if (*count && list[*count - 1].item_id == row_int(rows, 0)) continue;
		GROW(list, *count, cap);
		list[(*count)++] = (struct assigned_to){ row_int(rows, 0), row_int(rows, 1), row_int(rows, 2), row_int(rows, 3) != 0 };
	}
	*out = arena_array(arena, struct assigned_to, *count + 1);
	if (*count) memcpy(*out, list, *count * sizeof *list);
	free(list);
	return rows_status(rows);
}

/* --- writing --------------------------------------------------------------------------------------------------------------------------------- */
static struct status tell(struct change *change, const struct assignment *one, const char *kind, const struct assigned_item *item, const char *text)
{
	json_t *numbers = json_array();
	json_array_append_new(numbers, json_string(item->number));
	return event_add_json(change, (struct event_new){ .kind = kind, .customer_id = item->customer_id, .ref = one->id },
	                      json_pack("{s:I,s:s,s:s,s:s,s:o}", "amount", (json_int_t)item->open, "currency", one->currency, "what", one->payee_name, "text", text, "items", numbers));
}

static struct status free_to_assign(struct change *change, const struct item *item)
{
	int64_t other = 0;
	bool found = false;
	TRY(db_get_int(change->db,
	               "SELECT a.id FROM assignment_item n JOIN assignment a ON a.tenant_id = n.tenant_id AND a.company_id = n.company_id AND a.id = n.assignment_id"
	               " WHERE n.tenant_id = $tenant AND n.company_id = $company AND n.item_id = $item AND n.back_day IS NULL AND a.state = 'active' LIMIT 1",
	               DB_ARGS(OF_COMPANY(change), db_int("item", item->id)), &other, &found));
	if (found) return status_make(STATUS_CONFLICT, "%s is assigned already (slip %lld): a claim is assigned once.", item->number, (long long)other);
	TRY(db_get_int(change->db,
	               "SELECT p.id FROM instrument_item n JOIN instrument p ON p.tenant_id = n.tenant_id AND p.company_id = n.company_id AND p.id = n.instrument_id"
	               " WHERE n.tenant_id = $tenant AND n.company_id = $company AND n.item_id = $item AND p.state IN ('drawn', 'sent', 'accepted', 'remitted') LIMIT 1",
	               DB_ARGS(OF_COMPANY(change), db_int("item", item->id)), &other, &found));
	if (found) return status_make(STATUS_CONFLICT, "%s is presented already (no. %lld): cancel that one first.", item->number, (long long)other);
	/* a message that is written already names our account */
	TRY(db_get_int(change->db,
	               "SELECT a.id FROM action_item n JOIN action a ON a.tenant_id = n.tenant_id AND a.company_id = n.company_id AND a.id = n.action_id"
	               " WHERE n.tenant_id = $tenant AND n.company_id = $company AND n.item_id = $item AND a.test = $test AND a.state IN ('queued', 'sending') LIMIT 1",
	               DB_ARGS(OF_COMPANY(change), db_int("item", item->id), db_int("test", !change->company.live)), &other, &found));
	return found ? status_make(STATUS_CONFLICT, "A message about %s is about to leave, with our account in it: cancel it in Messages, or assign it once it has left.", item->number)
	             : STATUS_FINE;
}

static struct status hold_item(struct change *change, const struct payee *payee, int64_t item_id)
{
	int64_t hold;
	return hold_set(change, &(struct hold_new){ .item_id = item_id, .kind = HOLD_CEDED, .until_day = DAY_NONE, .reason = payee->name }, &hold);
}

struct status assignment_make(struct change *change, int64_t payee_id, const int64_t *ids, size_t count, int64_t *id)
{
	TRY(change_allows(change, RIGHT_CASH));
	cleanup_arena struct arena *arena = arena_new();
	struct payee payee;
	TRY(get_payee(change->db, change->viewer, change->company.id, payee_id, arena, &payee));
	if (payee.ended) return status_make(STATUS_CONFLICT, "The contract with %s is over.", payee.name);
	if (!count || count > ASSIGNMENT_ITEMS) return status_make(STATUS_INVALID, "Tick 1 to %d open items.", ASSIGNMENT_ITEMS);
	struct item *items = arena_array(arena, struct item, count);
	int64_t total = 0;
	for (size_t i = 0; i < count; i++) {
		TRY(item_get(change->db, change->viewer, change->company.id, ids[i], &items[i]));
		for (size_t k = 0; k < i; k++)
			if (items[k].id == items[i].id) return status_make(STATUS_INVALID, "%s is named twice.", items[i].number);
		if (items[i].open <= 0) return status_make(STATUS_CONFLICT, "Nothing is owed on %s any more.", items[i].number);
		if (strcmp(items[i].currency, items[0].currency) != 0) return status_make(STATUS_INVALID, "A slip is in one currency: these items are in %s and %s.", items[0].currency, items[i].currency);
		TRY(free_to_assign(change, &items[i]));
		if (__builtin_add_overflow(total, items[i].open, &total)) return status_make(STATUS_INVALID, "These amounts are too large.");
	}
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "assignment", 1, id));
	TRY(db_run(change->db,
	           "INSERT INTO assignment (tenant_id, company_id, id, payee_id, day, notified, recourse, managed, currency, total, state, by_user, at, rev) VALUES ($tenant,"
	           " $company, $id, $payee, $today, $notified, $recourse, $managed, $currency, $total, 'active', $by, $at, $rev)",
	           DB_ARGS(OF_COMPANY(change), db_int("id", *id), db_int("payee", payee.id), db_day("today", change->today), db_int("notified", payee.notified),
	                   db_int("recourse", payee.recourse), db_int("managed", payee.managed), db_text("currency", items[0].currency), db_int("total", total),
	                   db_int("by", change->viewer->user_id), db_int("at", change->now), db_int("rev", change->rev))));
	struct assignment one = { .id = *id, .payee_name = payee.name };
	snprintf(one.currency, sizeof one.currency, "%s", items[0].currency);
	for (size_t i = 0; i < count; i++) {
		TRY(db_run(change->db,
		           "INSERT INTO assignment_item (tenant_id, company_id, assignment_id, item_id, amount, notified_day) VALUES ($tenant, $company, $id, $item, $amount, $notified)",
		           DB_ARGS(OF_COMPANY(change), db_int("id", *id), db_int("item", items[i].id), db_int("amount", items[i].open),
		                   db_day("notified", payee.notified ? change->today : DAY_NONE))));
		if (payee.notified && !payee.managed) TRY(hold_item(change, &payee, items[i].id));
		TRY(tell(change, &one, "claim.assigned", &(struct assigned_item){ .customer_id = items[i].customer_id, .open = items[i].open, .number = items[i].number }, ""));
	}
	return STATUS_FINE;
}

static struct status release(struct change *change, const struct assigned_item *item)
{
	struct status status = hold_lift_of(change, item->customer_id, item->item_id, HOLD_CEDED);
	return status.code == STATUS_NOT_FOUND ? STATUS_FINE : status;
}

struct status assignment_notify(struct change *change, int64_t id)
{
	cleanup_arena struct arena *arena = arena_new();
	struct assignment one;
	struct payee payee;
	TRY(get(change, id, arena, &one));
	if (one.notified) return status_make(STATUS_CONFLICT, "The debtors know of it already.");
	TRY(get_payee(change->db, change->viewer, change->company.id, one.payee_id, arena, &payee));
	if (!*payee.iban) return status_make(STATUS_INVALID, "Debtors who are told must know where to pay: give the IBAN of the bank or factor.");
	TRY(db_run(change->db, "UPDATE assignment SET notified = 1, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_int("rev", change->rev), OF_COMPANY(change), db_int("id", id))));
	TRY(db_run(change->db, "UPDATE assignment_item SET notified_day = $today WHERE tenant_id = $tenant AND company_id = $company AND assignment_id = $id AND back_day IS NULL",
	           DB_ARGS(db_day("today", change->today), OF_COMPANY(change), db_int("id", id))));
	for (size_t i = 0; i < one.item_count; i++) {
		if (one.items[i].back_day != DAY_NONE) continue;
		if (!one.managed && one.items[i].open > 0) TRY(hold_item(change, &payee, one.items[i].item_id));
		TRY(tell(change, &one, "claim.notified", &one.items[i], ""));
	}
	return one.item_count ? STATUS_FINE : status_make(STATUS_CONFLICT, "Nothing is left of assignment %lld.", (long long)id);
}

struct status assignment_back(struct change *change, int64_t id, int64_t item_id, const char *why)
{
	cleanup_arena struct arena *arena = arena_new();
	struct assignment one;
	why = why ? why : "";
	if (strlen(why) > 500 || !utf8_valid(why, strlen(why))) return status_make(STATUS_INVALID, "This text is too long, or not readable: at most %d characters.", 500);
	TRY(get(change, id, arena, &one));
	for (size_t i = 0; i < one.item_count; i++) {
		if (one.items[i].item_id != item_id) continue;
		if (one.items[i].back_day != DAY_NONE) return status_make(STATUS_CONFLICT, "%s was given back already.", one.items[i].number);
		TRY(db_run(change->db,
		           "UPDATE assignment_item SET back_day = $today, back_why = $why WHERE tenant_id = $tenant AND company_id = $company AND assignment_id = $id AND item_id = $item",
		           DB_ARGS(db_day("today", change->today), db_text("why", why), OF_COMPANY(change), db_int("id", id), db_int("item", item_id))));
		TRY(release(change, &one.items[i]));
		return tell(change, &one, "claim.back", &one.items[i], why);
	}
	return status_make(STATUS_NOT_FOUND, "This item is not in assignment %lld.", (long long)id);
}

struct status assignment_cancel(struct change *change, int64_t id)
{
	cleanup_arena struct arena *arena = arena_new();
	struct assignment one;
	TRY(get(change, id, arena, &one));
	if (one.day != change->today) return status_make(STATUS_CONFLICT, "A slip is taken back on its own day only; later its claims are given back one by one.");
	TRY(db_run(change->db, "UPDATE assignment SET state = 'cancelled', rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_int("rev", change->rev), OF_COMPANY(change), db_int("id", id))));
	for (size_t i = 0; i < one.item_count; i++) {
		if (one.items[i].back_day != DAY_NONE) continue;
		TRY(release(change, &one.items[i]));
		TRY(tell(change, &one, "claim.back", &one.items[i], ""));
	}
	return STATUS_FINE;
}

/* --- the batch for the factor ------------------------------------------------------------------------------------------------------------------- */
/* Quoted; what a spreadsheet would take for a formula is text. */
static void cell(struct text *out, const char *value, char after)
{
	text_add_char(out, '"');
	if (*value && strchr("=+-@\t\r", *value)) text_add_char(out, '\'');
	for (; *value; value++) {
		if (*value == '"') text_add_char(out, '"');
		text_add_char(out, *value == '\n' || *value == '\r' ? ' ' : *value);
	}
	text_add_char(out, '"');
	text_add(out, after == '\n' ? "\r\n" : ";");
}

static void iso(struct text *out, int32_t day)
{
	char text[11] = "";
	if (day != DAY_NONE) day_format(day, text);
	text_addf(out, "%s;", text);
}

void assignment_csv(const struct assignment *one, const struct payee *payee, struct text *out)
{
	int decimals = currency_decimals(one->currency);
	int64_t unit = 1;
	for (int i = 0; i < decimals; i++) unit *= 10;
	text_add(out, "slip;date;payee;contract;debtor;name;siren;city;invoice;issued;due;currency;amount\r\n");
	for (size_t i = 0; i < one->item_count; i++) {
		const struct assigned_item *item = &one->items[i];
		if (item->back_day != DAY_NONE) continue;
		text_addf(out, "%lld;", (long long)one->id);
		iso(out, one->day);
		cell(out, payee->name, ';'), cell(out, payee->contract, ';'), cell(out, item->customer_code, ';'), cell(out, item->customer_name, ';');
		cell(out, item->siren, ';'), cell(out, item->city, ';'), cell(out, item->number, ';');
		iso(out, item->issue_day), iso(out, item->due_day);
		text_addf(out, "%s;", one->currency);
		if (decimals) text_addf(out, "%" PRId64 ".%0*" PRId64 "\r\n", item->amount / unit, decimals, item->amount % unit);
		else text_addf(out, "%" PRId64 "\r\n", item->amount);
	}
}
