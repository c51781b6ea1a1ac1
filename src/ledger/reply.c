#include "ledger/reply.h"

#include "base/day.h"
#include "base/email.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/contact.h"
#include "ledger/event.h"

#include <string.h>

static const struct {
	const char *code, *event;
} kinds[REPLY_KIND_COUNT] = {
	[REPLY_REPLY] = { "reply", "reply.noted" },
	[REPLY_BOUNCE] = { "bounce", "reply.bounced" },
	[REPLY_ABSENCE] = { "absence", "reply.absent" },
};

const char *reply_kind_code(enum reply_kind kind)
{
	return kinds[kind].code;
}

bool reply_kind_parse(const char *code, enum reply_kind *out)
{
	for (int i = 0; code && i < REPLY_KIND_COUNT; i++)
		if (strcmp(kinds[i].code, code) == 0) {
			*out = (enum reply_kind)i;
			return true;
		}
	return false;
}

/* Contacts of this customer that have the address are not written to again; the customer's general address has no row of its
 * own, so it goes on the list of suppressed addresses. */
static struct status mark_address(struct change *change, int64_t customer_id, const char *address)
{
	int64_t tenant = change->company.tenant_id, company = change->company.id, marked = 0, general = 0;
	TRY(db_run_count(change->db,
	                 "UPDATE contact SET bounced_at = $now, rev = $rev WHERE tenant_id = $tenant AND company_id = $company "
	                 "AND customer_id = $customer AND removed = 0 AND LOWER(email) = $address",
	                 DB_ARGS(db_int("now", change->now), db_int("rev", change->rev), db_int("tenant", tenant),
	                         db_int("company", company), db_int("customer", customer_id), db_text("address", address)),
	                 &marked));
	TRY(db_get_int(change->db,
	               "SELECT COUNT(*) FROM customer WHERE tenant_id = $tenant AND company_id = $company AND id = $customer "
	               "AND LOWER(email) = $address",
	               DB_ARGS(db_int("tenant", tenant), db_int("company", company), db_int("customer", customer_id),
	                       db_text("address", address)),
	               &general, NULL));
	if (!marked && !general)
		return status_make(STATUS_NOT_FOUND, "%s is no address of this customer.", address);
	return general ? suppression_add(change->db, tenant, address, "bounce", change->now) : STATUS_FINE;
}

struct status reply_note(struct change *change, const struct reply_new *given, int64_t *id)
{
	TRY(change_allows(change, RIGHT_NOTE));
	const char *text = given->text ? given->text : "";
	if (strlen(text) > 20000 || !utf8_valid(text, strlen(text)))
		return status_make(STATUS_INVALID, "This text is too long, or not readable: at most %d characters.", 20000);
	char address[160] = "";
	if (given->address && *given->address && !email_fold(given->address, address, sizeof address))
		return status_make(STATUS_INVALID, "“%s” is not an e-mail address.", given->address);
	if (given->kind == REPLY_BOUNCE && !*address) return status_make(STATUS_INVALID, "Which address failed?");
	TRY(customer_check(change->db, change->viewer, change->company.id, given->customer_id));
	if (given->kind == REPLY_BOUNCE) TRY(mark_address(change, given->customer_id, address));
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "reply", 1, id));
	/* a bounce and an absence ask nothing of anybody; an answer waits until somebody handled it */
	bool handled = given->kind == REPLY_ABSENCE;
	TRY(db_run(change->db,
	           "INSERT INTO reply (tenant_id, company_id, id, customer_id, at, day, kind, address, text, action_id, handled_at, "
	           "handled_by, rev) VALUES ($tenant, $company, $id, $customer, $now, $today, $kind, $address, $text, $action, $handled, "
	           "$by, $rev)",
	           DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", *id),
	                   db_int("customer", given->customer_id), db_int("now", change->now), db_day("today", change->today),
	                   db_text("kind", kinds[given->kind].code), db_text("address", address), db_text("text", text),
	                   db_int("action", given->action_id), db_int("handled", handled ? change->now : 0),
	                   db_int("by", handled ? change->viewer->user_id : 0), db_int("rev", change->rev))));
	return event_add_json(change, (struct event_new){ .kind = kinds[given->kind].event, .customer_id = given->customer_id, .ref = *id },
	                      json_pack("{s:s,s:s}", "address", address, "text", text));
}

struct status reply_handle(struct change *change, int64_t id)
{
	TRY(change_allows(change, RIGHT_NOTE));
	int64_t customer_id = 0;
	bool found = false;
	TRY(db_get_int(change->db,
	               "SELECT customer_id FROM reply WHERE tenant_id = $tenant AND company_id = $company AND id = $id AND handled_at = 0",
	               DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id)),
	               &customer_id, &found));
	if (!found) return status_make(STATUS_NOT_FOUND, "There is no reply %lld that waits.", (long long)id);
	TRY(customer_check(change->db, change->viewer, change->company.id, customer_id));
	TRY(db_run(change->db,
	           "UPDATE reply SET handled_at = $now, handled_by = $by, rev = $rev WHERE tenant_id = $tenant AND company_id = $company "
	           "AND id = $id",
	           DB_ARGS(db_int("now", change->now), db_int("by", change->viewer->user_id), db_int("rev", change->rev),
	                   db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id))));
	return event_add(change, &(struct event_new){ .kind = "reply.handled", .customer_id = customer_id, .ref = id });
}

struct status reply_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, bool open_only,
                         struct arena *arena, struct reply **out, size_t *count)
{
	*out = NULL, *count = 0;
	if (!viewer_sees_company(viewer, company_id)) return status_make(STATUS_NOT_FOUND, "There is no such company.");
	size_t found = 0, cap = 0;
	struct reply *list = NULL;
	struct status status;
	{
		cleanup_rows struct rows *rows = db_query(
		        db,
		        "SELECT r.id, r.customer_id, r.at, r.day, r.kind, r.address, r.text, r.action_id, r.handled_at, r.handled_by, r.rev, "
		        "c.collector_id, c.sales_id, c.group_code FROM reply r "
		        "JOIN customer c ON c.tenant_id = r.tenant_id AND c.company_id = r.company_id AND c.id = r.customer_id "
		        "WHERE r.tenant_id = $tenant AND r.company_id = $company AND ($customer = 0 OR r.customer_id = $customer) "
		        "AND ($all = 1 OR r.handled_at = 0) ORDER BY r.id DESC",
		        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("customer", customer_id),
		                db_int("all", !open_only)));
		while (rows_next(rows)) {
			if (!viewer_sees_customer(viewer, row_int(rows, 11), row_int(rows, 12), row_text(rows, 13))) continue;
			enum reply_kind kind = REPLY_REPLY;
			reply_kind_parse(row_text(rows, 4), &kind);
			GROW(list, found, cap);
			list[found++] = (struct reply){ .id = row_int(rows, 0),
				                        .customer_id = row_int(rows, 1),
				                        .at = row_int(rows, 2),
				                        .day = row_day(rows, 3),
				                        .kind = kind,
				                        .address = arena_strdup(arena, row_text(rows, 5)),
				                        .text = arena_strdup(arena, row_text(rows, 6)),
				                        .action_id = row_int(rows, 7),
				                        .handled_at = row_int(rows, 8),
				                        .handled_by = row_int(rows, 9),
				                        .rev = row_int(rows, 10) };
		}
		status = rows_status(rows);
	}
	*out = arena_array(arena, struct reply, found ? found : 1);
	if (found) memcpy(*out, list, found * sizeof *list);
	*count = found;
	free(list);
	return status;
}
