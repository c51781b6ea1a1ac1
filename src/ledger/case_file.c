#include "ledger/case_file.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/customer.h"
#include "ledger/event.h"
#include "ledger/hold.h"
#include "ledger/item.h"

#include <string.h>

enum { WORDS = 1000, ITEMS_MOST = 2000, REFORM = 20544 /* 2026-04-01: décret 2026-96, article 1411 of the code of civil procedure */ };

/* law.md section 8: routes with their limits and the next deadline once sent. */
const struct case_route case_routes[] = {
	{ "bailiff", "Commissaire de justice, amicable", NULL, 0, 0, 0, 0 },
	{ "agency", "Collection agency", NULL, 0, 0, 0, 0 },
	{ "lawyer", "Lawyer", NULL, 0, 0, 0, 0 },
	{ "small_claims", "Simplified small claims (commissaire de justice)", "The debtor’s month to answer ends", 1, 0, 0, 500000 }, /* CPCE L125-1 */
	{ "order_for_payment", "Order for payment", "Serve the order, or it lapses", 3, REFORM, 6, 0 }, /* CPC 1411 */
	{ "summary_order", "Référé-provision", NULL, 0, 0, 0, 0 }, /* CPC 873, 835 */
	{ "writ", "Claim on the merits", NULL, 0, 0, 0, 0 },
	{ 0 },
};
const struct case_stage case_stages[] = {
	{ "prepared", "Prepared" }, { "sent", "Sent" }, { "accepted", "Taken on" }, { "court", "Before the court" }, { "title", "Title obtained" },
	{ "enforcement", "Enforcement" }, { "closed", "Closed" }, { 0 },
};
const struct case_stage case_outcomes[] = {
	{ "recovered", "Recovered" }, { "partly_recovered", "Partly recovered" }, { "settled", "Settled" }, { "irrecoverable", "Irrecoverable" },
	{ "withdrawn", "Withdrawn" }, { 0 },
};

const struct case_route *case_route_find(const char *code)
{
	for (const struct case_route *route = case_routes; code && route->code; route++)
		if (strcmp(route->code, code) == 0) return route;
	return NULL;
}

int32_t case_route_deadline(const struct case_route *route, int32_t begun)
{
	if (!route || !route->months) return DAY_NONE;
	return day_add_months(begun, route->since && begun < route->since ? route->months_before : route->months);
}

static bool among(const struct case_stage *list, const char *code)
{
	for (; list->code; list++)
		if (strcmp(list->code, code) == 0) return true;
	return false;
}

static struct status check_words(const char *words)
{
	if (strlen(words) <= WORDS && utf8_valid(words, strlen(words))) return STATUS_FINE;
	return status_make(STATUS_INVALID, "This text is too long, or not readable: at most %d characters.", WORDS);
}

/* Which part of what was given is refused, for the form that it came from. */
static struct status part(const char **wrong, const char *name, struct status status)
{
	if (wrong && status.code) *wrong = name;
	return status;
}

/* --- opening --------------------------------------------------------------------------------------------------------------------- */

static struct status add_item(struct change *change, const struct case_file_new *file, int64_t id, int64_t item_id, const char *reason,
                              json_t *numbers, int64_t *principal)
{
	struct item item;
	TRY(item_get(change->db, change->viewer, change->company.id, item_id, &item));
	if (item.customer_id != file->customer_id) return status_make(STATUS_INVALID, "%s is another customer's.", item.number);
	if (item.open <= 0) return status_make(STATUS_CONFLICT, "Nothing is open on %s any more.", item.number);
	if (strcmp(item.currency, file->currency) != 0) return status_make(STATUS_INVALID, "A file has one currency: %s is in %s.", item.number, item.currency);
	if (item.due_day >= change->today) return status_make(STATUS_INVALID, "%s is not due yet: it can't be handed over.", item.number);
	int64_t there = 0;
	TRY(db_get_int(change->db,
	               "SELECT count(*) FROM case_file_item i JOIN case_file f ON f.tenant_id = i.tenant_id AND f.company_id = i.company_id AND f.id = i.file_id"
	               " WHERE i.tenant_id = $tenant AND i.company_id = $company AND i.item_id = $item AND f.closed_day IS NULL",
	               DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("item", item.id)), &there, NULL));
	if (there) return status_make(STATUS_CONFLICT, "%s is in an open file already.", item.number);
	int64_t hold = 0;
	TRY(hold_set(change, &(struct hold_new){ .item_id = item.id, .kind = HOLD_HANDED_OVER, .until_day = DAY_NONE, .reason = reason }, &hold));
	json_array_append_new(numbers, json_string(item.number));
	if (__builtin_add_overflow(*principal, item.open, principal)) return status_make(STATUS_INVALID, "The sum is too large.");
	return db_run(change->db,
	              "INSERT INTO case_file_item (tenant_id, company_id, file_id, item_id, open_amount, hold_id) VALUES ($tenant, $company, $file, $item,"
	              " $open, $hold)",
	              DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("file", id), db_int("item", item.id),
	                      db_int("open", item.open), db_int("hold", hold)));
}

struct status case_file_open(struct change *change, const struct case_file_new *file, int64_t *id)
{
	TRY(change_allows(change, RIGHT_SCENARIO));
	const struct case_route *route = case_route_find(file->route);
	const char *partner = file->partner ? file->partner : "", *email = file->partner_email ? file->partner_email : "";
	if (!route) return part(file->wrong, "route", status_make(STATUS_INVALID, "“%s” is no way to hand a file over.", file->route ? file->route : ""));
	TRY(part(file->wrong, "partner", check_words(partner)));
	TRY(part(file->wrong, "email", check_words(email)));
	TRY(customer_check(change->db, change->viewer, change->company.id, file->customer_id));
	if (!file->item_count) return status_make(STATUS_INVALID, "Tick at least one item first.");
	if (file->item_count > ITEMS_MOST) return status_make(STATUS_INVALID, "A file has at most %d items.", ITEMS_MOST);
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "case_file", 1, id));
	cleanup_arena struct arena *arena = arena_new();
	const char *reason = arena_printf(arena, tr(lang_spoken(), "Handed over: file %lld"), (long long)*id);
	int64_t principal = 0;
	json_t *numbers = json_array();
	for (size_t i = 0; i < file->item_count; i++) {
		struct status status = add_item(change, file, *id, file->items[i], reason, numbers, &principal);
		if (status.code) return json_decref(numbers), part(file->wrong, "items", status);
	}
	if (route->most && strcmp(file->currency, "EUR") == 0 && principal + file->interest > route->most) {
		json_decref(numbers);
		return part(file->wrong, "route", status_make(STATUS_INVALID, "This way is for at most EUR %lld, interest included (CPCE L125-1, R125-1).", (long long)(route->most / 100)));
	}
	struct status status = db_run(change->db,
	           "INSERT INTO case_file (tenant_id, company_id, id, customer_id, route, partner, partner_email, stage, opened_day, currency, principal,"
	           " interest, fee, by_user, at, rev) VALUES ($tenant, $company, $id, $customer, $route, $partner, $email, 'prepared', $today, $currency,"
	           " $principal, $interest, $fee, $by, $at, $rev)",
	           DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", *id),
	                   db_int("customer", file->customer_id), db_text("route", route->code), db_text("partner", partner), db_text("email", email),
	                   db_day("today", change->today), db_text("currency", file->currency), db_int("principal", principal),
	                   db_int("interest", file->interest), db_int("fee", file->fee), db_int("by", change->viewer->user_id), db_int("at", change->now),
	                   db_int("rev", change->rev)));
	if (status.code) return json_decref(numbers), status;
	return event_add_json(change, (struct event_new){ .kind = "case.opened", .customer_id = file->customer_id, .ref = *id },
	                      json_pack("{s:s, s:s, s:I, s:s, s:I, s:I, s:o}", "route", route->code, "partner", partner, "amount", (json_int_t)principal,
	                                "currency", file->currency, "interest", (json_int_t)file->interest, "fee", (json_int_t)file->fee, "items", numbers));
}

/* --- its life ----------------------------------------------------------------------------------------------------------------------- */

static struct status take(struct change *change, int64_t id, struct arena *arena, struct case_file *out)
{
	TRY(change_allows(change, RIGHT_SCENARIO));
	TRY(case_file_get(change->db, change->viewer, change->company.id, id, arena, out));
	return out->closed_day == DAY_NONE ? STATUS_FINE : status_make(STATUS_CONFLICT, "This file is closed.");
}

struct status case_file_step(struct change *change, int64_t id, const struct case_file_step *step)
{
	cleanup_arena struct arena *arena = arena_new();
	struct case_file file;
	TRY(take(change, id, arena, &file));
	const char *stage = step->stage && *step->stage ? step->stage : file.stage;
	if (!among(case_stages, stage) || strcmp(stage, "closed") == 0) return part(step->wrong, "stage", status_make(STATUS_INVALID, "“%s” is no stage of a file.", stage));
	const char *reference = step->reference ? step->reference : file.reference, *partner = step->partner ? step->partner : file.partner;
	const char *note = step->note ? step->note : "", *text = step->deadline_given ? step->deadline_text ? step->deadline_text : "" : file.deadline_text;
	int32_t deadline = step->deadline_given ? step->deadline_day : file.deadline_day;
	const struct case_route *route = case_route_find(file.route);
	/* the law's own deadline starts when it is sent (small claims) or when the order is made */
	const char *starts = strcmp(file.route, "order_for_payment") == 0 ? "title" : "sent";
	if (!step->deadline_given && route && route->months && strcmp(stage, starts) == 0 && strcmp(stage, file.stage) != 0) {
		deadline = case_route_deadline(route, change->today);
		text = tr(lang_spoken(), route->first_step);
	}
	TRY(part(step->wrong, "reference", check_words(reference)));
	TRY(part(step->wrong, "partner", check_words(partner)));
	TRY(part(step->wrong, "note", check_words(note)));
	TRY(part(step->wrong, "deadline_text", check_words(text)));
	int64_t costs;
	if (__builtin_add_overflow(file.costs, step->cost, &costs) || costs < 0)
		return part(step->wrong, "cost", status_make(STATUS_INVALID, "The costs of a file can't be less than nothing."));
	TRY(db_run(change->db,
	           "UPDATE case_file SET stage = $stage, reference = $reference, partner = $partner, deadline_day = $deadline, deadline_text = $text,"
	           " costs = $costs, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_text("stage", stage), db_text("reference", reference), db_text("partner", partner), db_day("deadline", deadline),
	                   db_text("text", text), db_int("costs", costs), db_int("rev", change->rev), db_int("tenant", change->company.tenant_id),
	                   db_int("company", change->company.id), db_int("id", id))));
	char day[11] = "";
	if (deadline != DAY_NONE) day_format(deadline, day);
	return event_add_json(change, (struct event_new){ .kind = "case.step", .customer_id = file.customer_id, .ref = id },
	                      json_pack("{s:s, s:s, s:s, s:I, s:s, s:s}", "stage", stage, "reference", reference, "text", note, "amount",
	                                (json_int_t)step->cost, "currency", file.currency, "until", day));
}

/* The holds that it set on its items. */
static struct status holds_of(struct change *change, int64_t id, struct arena *arena, int64_t **out, size_t *count)
{
	*out = arena_array(arena, int64_t, ITEMS_MOST), *count = 0;
	cleanup_rows struct rows *rows = db_query(change->db,
		"SELECT hold_id FROM case_file_item WHERE tenant_id = $tenant AND company_id = $company AND file_id = $id AND hold_id > 0 ORDER BY item_id",
		DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id)));
	while (*count < ITEMS_MOST && rows_next(rows)) (*out)[(*count)++] = row_int(rows, 0);
	return rows_status(rows);
}

struct status case_file_close(struct change *change, int64_t id, const char *outcome, const char *note)
{
	cleanup_arena struct arena *arena = arena_new();
	struct case_file file;
	TRY(take(change, id, arena, &file));
	note = note ? note : "";
	if (!outcome || !among(case_outcomes, outcome)) return status_make(STATUS_INVALID, "Say how it ended: recovered, partly_recovered, settled, irrecoverable or withdrawn.");
	TRY(check_words(note));
	int64_t *holds;
	size_t count;
	TRY(holds_of(change, id, arena, &holds, &count));
	for (size_t i = 0; i < count; i++) {
		/* only ours: one that a person set meanwhile stays; over when a person lifted it */
		struct status status = hold_lift(change, holds[i]);
		if (status.code && status.code != STATUS_NOT_FOUND && status.code != STATUS_CONFLICT) return status;
	}
	TRY(db_run(change->db,
	           "UPDATE case_file SET stage = 'closed', outcome = $outcome, closed_day = $today, deadline_day = NULL, deadline_text = '', rev = $rev"
	           " WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_text("outcome", outcome), db_day("today", change->today), db_int("rev", change->rev),
	                   db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id))));
	return event_add_json(change, (struct event_new){ .kind = "case.closed", .customer_id = file.customer_id, .ref = id },
	                      json_pack("{s:s, s:s}", "outcome", outcome, "text", note));
}

struct status case_file_bundled(struct change *change, int64_t id, const unsigned char digest[static 32], const char *head)
{
	cleanup_arena struct arena *arena = arena_new();
	struct case_file file;
	TRY(case_file_get(change->db, change->viewer, change->company.id, id, arena, &file));
	TRY(change_allows(change, RIGHT_SCENARIO));
	TRY(db_run(change->db,
	           "UPDATE case_file SET bundle_head = $head, bundle_digest = $digest, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_text("head", head), db_blob("digest", digest, 32), db_int("rev", change->rev), db_int("tenant", change->company.tenant_id),
	                   db_int("company", change->company.id), db_int("id", id))));
	char hex[65];
	for (int i = 0; i < 32; i++) snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	return event_add_json(change, (struct event_new){ .kind = "case.bundled", .customer_id = file.customer_id, .ref = id },
	                      json_pack("{s:s, s:s}", "sha256", hex, "head", head));
}

/* --- reading -------------------------------------------------------------------------------------------------------------------------- */

static struct status read_files(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, int64_t id, bool open_only,
                                struct arena *arena, struct case_file **out, size_t *count)
{
	size_t cap = 0;
	struct case_file *list = NULL;
	*out = NULL, *count = 0;
	if (!viewer_sees_company(viewer, company_id)) return STATUS_FINE;
	{
		cleanup_rows struct rows *rows = db_query(db,
			"SELECT f.id, f.customer_id, f.principal, f.interest, f.fee, f.costs, f.by_user, f.at, f.rev, c.code, c.name, f.route, f.partner,"
			" f.partner_email, f.reference, f.stage, f.deadline_text, f.outcome, f.bundle_head, f.currency, f.opened_day, f.deadline_day, f.closed_day,"
			" (SELECT SUM(CASE WHEN x.open_amount > 0 THEN x.open_amount ELSE 0 END) FROM case_file_item i JOIN item x ON x.tenant_id = i.tenant_id"
			" AND x.company_id = i.company_id AND x.id = i.item_id AND x.customer_id = f.customer_id WHERE i.tenant_id = f.tenant_id"
			" AND i.company_id = f.company_id AND i.file_id = f.id) FROM case_file f JOIN customer c ON c.tenant_id = f.tenant_id"
			" AND c.company_id = f.company_id AND c.id = f.customer_id WHERE f.tenant_id = $tenant AND f.company_id = $company"
			" AND ($customer = 0 OR f.customer_id = $customer) AND ($id = 0 OR f.id = $id) AND ($open = 0 OR f.closed_day IS NULL) ORDER BY f.id DESC",
			DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("customer", customer_id), db_int("id", id),
			        db_int("open", open_only)));
		while (rows_next(rows)) {
			GROW(list, *count, cap);
			struct case_file *file = &list[(*count)++];
			*file = (struct case_file){ .id = row_int(rows, 0), .customer_id = row_int(rows, 1), .principal = row_int(rows, 2), .interest = row_int(rows, 3),
				.fee = row_int(rows, 4), .costs = row_int(rows, 5), .by_user = row_int(rows, 6), .at = row_int(rows, 7), .rev = row_int(rows, 8),
				.customer_code = arena_strdup(arena, row_text(rows, 9)), .customer_name = arena_strdup(arena, row_text(rows, 10)),
				.route = arena_strdup(arena, row_text(rows, 11)), .partner = arena_strdup(arena, row_text(rows, 12)),
				.partner_email = arena_strdup(arena, row_text(rows, 13)), .reference = arena_strdup(arena, row_text(rows, 14)),
				.stage = arena_strdup(arena, row_text(rows, 15)), .deadline_text = arena_strdup(arena, row_text(rows, 16)),
				.outcome = arena_strdup(arena, row_text(rows, 17)), .bundle_head = arena_strdup(arena, row_text(rows, 18)),
				.opened_day = row_day(rows, 20), .deadline_day = row_day(rows, 21), .closed_day = row_day(rows, 22), .open = row_int(rows, 23) };
			snprintf(file->currency, sizeof file->currency, "%s", row_text(rows, 19));
			file->bundled = *file->bundle_head != 0;
			file->recovered = file->principal > file->open ? file->principal - file->open : 0;
		}
		struct status status = rows_status(rows);
		if (status.code) return free(list), status;
	}
	size_t kept = 0;
	*out = arena_array(arena, struct case_file, *count + 1);
	for (size_t i = 0; i < *count; i++) {
		struct status seen = customer_check(db, viewer, company_id, list[i].customer_id);
		if (!seen.code) (*out)[kept++] = list[i];
		else if (seen.code != STATUS_NOT_FOUND) return free(list), seen;
	}
	*count = kept;
	free(list);
	return STATUS_FINE;
}

struct status case_file_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, bool open_only,
                             struct arena *arena, struct case_file **out, size_t *count)
{
	return read_files(db, viewer, company_id, customer_id, 0, open_only, arena, out, count);
}

struct status case_file_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct case_file *out)
{
	struct case_file *list;
	size_t count;
	if (id <= 0) return status_make(STATUS_NOT_FOUND, "There is no such file.");
	TRY(read_files(db, viewer, company_id, 0, id, false, arena, &list, &count));
	if (count == 0) return status_make(STATUS_NOT_FOUND, "There is no such file.");
	*out = list[0];
	return STATUS_FINE;
}

struct status case_file_items(struct db *db, int64_t tenant, int64_t company, int64_t id, struct arena *arena, struct case_file_item **out, size_t *count)
{
	*out = arena_array(arena, struct case_file_item, ITEMS_MOST), *count = 0;
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT item_id, open_amount FROM case_file_item WHERE tenant_id = $tenant AND company_id = $company AND file_id = $id ORDER BY item_id",
		DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_int("id", id)));
	while (*count < ITEMS_MOST && rows_next(rows)) (*out)[(*count)++] = (struct case_file_item){ row_int(rows, 0), row_int(rows, 1) };
	return rows_status(rows);
}
