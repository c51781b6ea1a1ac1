#include "ledger/dispute.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/words.h"
#include "ledger/dispute_case.h"
#include "ledger/event.h"

#include <string.h>

static struct status check_note(const char *note)
{
	return strlen(note) <= 4000 && utf8_valid(note, strlen(note)) ? STATUS_FINE
	                                                              : status_make(STATUS_INVALID, "This text is too long, or not readable: at most %d characters.", 4000);
}

struct status dispute_of_item(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t item_id, int64_t *id)
{
	bool found = false;
	TRY(db_get_int(db,
	               "SELECT id FROM dispute WHERE tenant_id = $tenant AND company_id = $company AND item_id = $item "
	               "AND closed_day IS NULL ORDER BY id DESC LIMIT 1",
	               DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("item", item_id)), id, &found));
	return found ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "No dispute is open on this item.");
}

/* One more item of a case that is open: it is of the same customer and currency, and shares its deadline. */
static struct status join_case(struct change *change, int64_t case_id, const struct item *item, int64_t *of, const char **reason, int32_t *due_day)
{
	cleanup_arena struct arena *arena = arena_new();
	struct dispute_case one;
	TRY(dispute_case_get(change->db, change->viewer, change->company.id, case_id, arena, &one));
	if (one.state == CASE_CLOSED) return status_make(STATUS_CONFLICT, "Dispute %lld is closed already.", (long long)one.id);
	if (one.customer_id != item->customer_id) return status_make(STATUS_INVALID, "%s is another customer's.", item->number);
	if (strcmp(one.currency, item->currency) != 0)
		return status_make(STATUS_INVALID, "A dispute is in one currency; these items are in %s and %s.", one.currency, item->currency);
	*of = one.id, *reason = one.kind->code;
	*due_day = one.paused_day == DAY_NONE ? one.due_day : DAY_NONE;
	return STATUS_FINE;
}

struct status dispute_open(struct change *change, const struct dispute_new *given, int64_t *id)
{
	TRY(change_allows(change, RIGHT_COLLECT));
	const char *reason = given->reason && *given->reason ? given->reason : "other", *note = given->note ? given->note : "";
	const char *owner = given->owner ? given->owner : "";
	const struct dispute_kind *kind = dispute_kind(reason);
	if (!kind) {
		cleanup_text struct text list = { 0 };
		for (size_t i = 0; dispute_reasons[i]; i++) text_addf(&list, "%s%s", i ? ", " : "", dispute_reasons[i]);
		return status_make(STATUS_INVALID, "“%s” is no reason for a dispute. There are: %s.", reason, text_cstr(&list));
	}
	TRY(check_note(note));
	TRY(check_note(owner));
	struct item item;
	TRY(item_get(change->db, change->viewer, change->company.id, given->item_id, &item));
	if (item.open <= 0) return status_make(STATUS_CONFLICT, "Nothing is open on %s: there is nothing to dispute.", item.number);
	if (given->amount < 0) return status_make(STATUS_INVALID, "A disputed amount is positive.");
	if (given->amount > item.open) {
		cleanup_text struct text open = { 0 };
		words_amount(&open, lang_spoken(), item.open, item.currency);
		return status_make(STATUS_INVALID, "The disputed amount exceeds what is open on %s, %s.", item.number, text_cstr(&open));
	}
	if (given->due_day != DAY_NONE && given->due_day < change->today)
		return status_make(STATUS_INVALID, "Our deadline to answer is in the past.");
	if (given->credit_expected_day != DAY_NONE && given->credit_expected_day < change->today)
		return status_make(STATUS_INVALID, "The credit note is expected on a day in the past.");
	int64_t open_one = 0;
	struct status none = dispute_of_item(change->db, change->viewer, change->company.id, item.id, &open_one);
	if (!none.code) return status_make(STATUS_CONFLICT, "A dispute is open on %s already.", item.number);
	if (none.code != STATUS_NOT_FOUND) return none;
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "dispute", 1, id));
	int64_t case_id = *id, contested = given->amount ? given->amount : item.open;
	int32_t due_day = given->due_day;
	if (given->case_id) {
		TRY(join_case(change, given->case_id, &item, &case_id, &reason, &due_day));
	} else {
		TRY(dispute_case_make(change, *id, item.customer_id, item.currency, kind, given, &due_day));
	}
	TRY(db_run(change->db,
	           "INSERT INTO dispute (tenant_id, company_id, id, customer_id, item_id, amount, reason, note, owner, opened_day, "
	           "due_day, credit_expected_day, by_user, rev, case_id, contested) VALUES ($tenant, $company, $id, $customer, $item, $amount, "
	           "$reason, $note, $owner, $today, $due, $credit, $by, $rev, $case, $contested)",
	           DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", *id),
	                   db_int("customer", item.customer_id), db_int("item", item.id),
	                   given->amount && given->amount < item.open ? db_int("amount", given->amount) : db_null("amount"),
	                   db_text("reason", reason), db_text("note", note), db_text("owner", owner), db_day("today", change->today),
	                   db_day("due", due_day), db_day("credit", given->credit_expected_day),
	                   db_int("by", change->viewer->user_id), db_int("rev", change->rev), db_int("case", case_id),
	                   db_int("contested", contested))));
	return event_add_json(change, (struct event_new){ .kind = "dispute.opened", .customer_id = item.customer_id, .ref = *id },
	                      json_pack("{s:s,s:s,s:I,s:s,s:[s]}", "reason", reason, "text", note, "amount",
	                                (json_int_t)(given->amount ? given->amount : item.open), "currency", item.currency, "items",
	                                item.number));
}

struct status dispute_close(struct change *change, int64_t id, const char *outcome, const char *note)
{
	if (!viewer_may(change->viewer, RIGHT_RESOLVE)) TRY(change_allows(change, RIGHT_COLLECT));
	outcome = outcome ? outcome : "", note = note ? note : "";
	TRY(check_note(note));
	int64_t item_id = 0, case_id = 0, contested = 0;
	bool closed = false, found = false;
	{
		cleanup_rows struct rows *rows = db_query(
		        change->db,
		        "SELECT item_id, CASE WHEN closed_day IS NULL THEN 0 ELSE 1 END, case_id, contested FROM dispute WHERE tenant_id = $tenant "
		        "AND company_id = $company AND id = $id",
		        DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id)));
		if (rows_next(rows)) found = true, item_id = row_int(rows, 0), closed = row_int(rows, 1) != 0, case_id = row_int(rows, 2), contested = row_int(rows, 3);
		TRY(rows_status(rows));
	}
	if (!found) return status_make(STATUS_NOT_FOUND, "There is no dispute %lld.", (long long)id);
	if (closed) return status_make(STATUS_CONFLICT, "Dispute %lld is closed already.", (long long)id);
	/* the item may be withdrawn by now: his customer decides who may close */
	cleanup_free char *number = NULL;
	int64_t customer_id = 0;
	TRY(db_get_int(change->db, "SELECT customer_id FROM dispute WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	               DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id)),
	               &customer_id, NULL));
	TRY(customer_check(change->db, change->viewer, change->company.id, customer_id));
	TRY(db_get_text(change->db, "SELECT number FROM item WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	                DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", item_id)),
	                &number));
	TRY(db_run(change->db,
	           "UPDATE dispute SET closed_day = $today, outcome = $outcome, rev = $rev WHERE tenant_id = $tenant "
	           "AND company_id = $company AND id = $id",
	           DB_ARGS(db_day("today", change->today), db_text("outcome", outcome), db_int("rev", change->rev),
	                   db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id))));
	bool given_away = strcmp(outcome, "accepted") == 0 || strcmp(outcome, "written_off") == 0;
	TRY(dispute_case_row_closed(change, case_id, outcome, note, given_away ? contested : 0));
	return event_add_json(change, (struct event_new){ .kind = "dispute.closed", .customer_id = customer_id, .ref = id },
	                      json_pack("{s:s,s:s,s:[s]}", "outcome", outcome, "text", note, "items", number ? number : ""));
}

struct status dispute_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, bool open_only,
                           struct arena *arena, struct dispute **out, size_t *count)
{
	*out = NULL, *count = 0;
	if (!viewer_sees_company(viewer, company_id)) return status_make(STATUS_NOT_FOUND, "There is no such company.");
	size_t found = 0, cap = 0;
	struct dispute *list = NULL;
	struct status status;
	{
		cleanup_rows struct rows *rows = db_query(
		        db,
		        "SELECT d.id, d.customer_id, d.item_id, d.amount, d.by_user, d.rev, d.reason, d.note, d.owner, d.outcome, i.number, "
		        "d.opened_day, d.due_day, d.credit_expected_day, d.closed_day, c.collector_id, c.sales_id, c.group_code, d.case_id "
		        "FROM dispute d JOIN customer c ON c.tenant_id = d.tenant_id AND c.company_id = d.company_id AND c.id = d.customer_id "
		        "LEFT JOIN item i ON i.tenant_id = d.tenant_id AND i.company_id = d.company_id AND i.customer_id = d.customer_id "
		        "AND i.id = d.item_id WHERE d.tenant_id = $tenant AND d.company_id = $company "
		        "AND ($customer = 0 OR d.customer_id = $customer) AND ($all = 1 OR d.closed_day IS NULL) ORDER BY d.id DESC",
		        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("customer", customer_id),
		                db_int("all", !open_only)));
		while (rows_next(rows)) {
			if (!viewer_sees_customer(viewer, row_int(rows, 15), row_int(rows, 16), row_text(rows, 17))) continue;
			GROW(list, found, cap);
			list[found++] = (struct dispute){ .id = row_int(rows, 0),
				                          .case_id = row_int(rows, 18),
				                          .customer_id = row_int(rows, 1),
				                          .item_id = row_int(rows, 2),
				                          .amount = row_int(rows, 3),
				                          .by_user = row_int(rows, 4),
				                          .rev = row_int(rows, 5),
				                          .reason = arena_strdup(arena, row_text(rows, 6)),
				                          .note = arena_strdup(arena, row_text(rows, 7)),
				                          .owner = arena_strdup(arena, row_text(rows, 8)),
				                          .outcome = arena_strdup(arena, row_text(rows, 9)),
				                          .item_number = arena_strdup(arena, row_text(rows, 10)),
				                          .opened_day = row_day(rows, 11),
				                          .due_day = row_day(rows, 12),
				                          .credit_expected_day = row_day(rows, 13),
				                          .closed_day = row_day(rows, 14) };
		}
		status = rows_status(rows);
	}
	*out = arena_array(arena, struct dispute, found ? found : 1);
	if (found) memcpy(*out, list, found * sizeof *list);
	*count = found;
	free(list);
	return status;
}
