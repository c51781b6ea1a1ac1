#include "ledger/golive.h"

#include "base/day.h"
#include "base/memory.h"
#include "base/zone.h"
#include "ledger/customer.h"
#include "ledger/event.h"

#include <string.h>

struct status golive_set(struct change *change, bool live)
{
	TRY(change_allows(change, RIGHT_SETTINGS));
	struct company *company = &change->company;
	if (company->live == live) return STATUS_FINE;
	const struct db_arg *args = DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id));
	int64_t dropped = 0;
	if (live) {
		/* attachments and messages first: they are found through the actions */
		static const char *const statements[] = {
			"DELETE FROM document WHERE tenant_id = $tenant AND company_id = $company AND outbox_id IN (SELECT id FROM outbox "
			"WHERE tenant_id = $tenant AND company_id = $company AND state = 'simulated')",
			"DELETE FROM outbox WHERE tenant_id = $tenant AND company_id = $company AND state = 'simulated'",
			"DELETE FROM call_attempt WHERE tenant_id = $tenant AND company_id = $company AND action_id IN (SELECT id FROM action "
			"WHERE tenant_id = $tenant AND company_id = $company AND test = 1)",
			"DELETE FROM letter WHERE tenant_id = $tenant AND company_id = $company AND action_id IN (SELECT id FROM action "
			"WHERE tenant_id = $tenant AND company_id = $company AND test = 1)",
			"DELETE FROM document WHERE tenant_id = $tenant AND company_id = $company AND outbox_id IN (SELECT o.id FROM outbox o "
			"JOIN action a ON a.tenant_id = o.tenant_id AND a.company_id = o.company_id AND a.id = o.action_id AND a.test = 1 "
			"WHERE o.tenant_id = $tenant AND o.company_id = $company)",
			"DELETE FROM outbox WHERE tenant_id = $tenant AND company_id = $company AND action_id IN (SELECT id FROM action "
			"WHERE tenant_id = $tenant AND company_id = $company AND test = 1)",
			/* what was written about disputes, promises and plans never left: their owners are told anew */
			"UPDATE outbox SET state = 'cancelled' WHERE tenant_id = $tenant AND company_id = $company AND state = 'held' AND about <> ''",
			"UPDATE dispute_case SET reminded_day = NULL, escalated_day = NULL WHERE tenant_id = $tenant AND company_id = $company"
			" AND state <> 'closed'",
			"DELETE FROM action_item WHERE tenant_id = $tenant AND company_id = $company AND action_id IN (SELECT id FROM action "
			"WHERE tenant_id = $tenant AND company_id = $company AND test = 1)",
		};
		for (size_t i = 0; i < COUNT(statements); i++) TRY(db_run(change->db, statements[i], args));
		TRY(db_run(change->db, "DELETE FROM action_member WHERE tenant_id = $tenant AND company_id = $company AND action_id IN (SELECT id FROM action "
			"WHERE tenant_id = $tenant AND company_id = $company AND test = 1)", args));
		TRY(db_run(change->db, "DELETE FROM action_approval WHERE tenant_id = $tenant AND company_id = $company", args));
		TRY(db_run(change->db, "DELETE FROM buyer_contact WHERE tenant_id = $tenant AND company_id = $company AND test = 1", args));
		TRY(db_run(change->db, "DELETE FROM plan_note WHERE tenant_id = $tenant AND company_id = $company", args));
		TRY(db_run_count(change->db, "DELETE FROM action WHERE tenant_id = $tenant AND company_id = $company AND test = 1", args,
		                 &dropped));
	}
	TRY(db_run(change->db, "UPDATE company SET live = $live WHERE tenant_id = $tenant AND id = $company",
	           DB_ARGS(db_int("live", live), db_int("tenant", company->tenant_id), db_int("company", company->id))));
	company->live = live;
	return event_add_json(change, (struct event_new){ .kind = live ? "company.live" : "company.test" },
	                      json_pack("{s:I}", "dropped", (json_int_t)dropped));
}

struct status golive_checks(struct db *db, const struct company *company, int32_t today, struct arena *arena,
                            struct golive_check **out, size_t *count)
{
	const struct settings *settings = NULL;
	TRY(settings_load(db, company->tenant_id, company->id, arena, &settings));
	const struct db_arg *args = DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id), db_int("today", today));
	const struct db_arg *timeless = DB_ARGS(db_int("tenant", company->tenant_id), db_int("company", company->id));
	int64_t items = 0, last_import = 0, silent = 0, assumed = 0, users = 0;
	TRY(db_get_int(db, "SELECT COUNT(*) FROM item WHERE tenant_id = $tenant AND company_id = $company AND open_amount > 0", timeless,
	               &items, NULL));
	TRY(db_get_int(db, "SELECT COALESCE(MAX(at), 0) FROM import WHERE tenant_id = $tenant AND company_id = $company AND state = 'active'",
	               timeless, &last_import, NULL));
	/* customers with something overdue that no address leads to */
	TRY(db_get_int(db,
	               "SELECT COUNT(DISTINCT i.customer_id) FROM item i JOIN customer c ON c.tenant_id = i.tenant_id "
	               "AND c.company_id = i.company_id AND c.id = i.customer_id AND c.generic <> 'accepted' "
	               "WHERE i.tenant_id = $tenant AND i.company_id = $company AND i.open_amount > 0 AND i.due_day < $today "
	               "AND c.email = '' AND NOT EXISTS (SELECT 1 FROM contact k WHERE k.tenant_id = i.tenant_id "
	               "AND k.company_id = i.company_id AND k.customer_id = i.customer_id AND k.removed = 0 AND k.email <> '' "
	               "AND k.bounced_at = 0)",
	               args, &silent, NULL));
	TRY(db_get_int(db,
	               "SELECT COUNT(*) FROM item WHERE tenant_id = $tenant AND company_id = $company AND open_amount > 0 "
	               "AND due_day < $today AND due_source IN ('assumed', 'opening')",
	               args, &assumed, NULL));
	TRY(db_get_int(db, "SELECT COUNT(*) FROM user_account WHERE tenant_id = $tenant AND disabled = 0",
	               DB_ARGS(db_int("tenant", company->tenant_id)), &users, NULL));
	int32_t last_day = 0;
	zone_civil(company->zone, last_import, &last_day, NULL);
	int64_t age = last_import ? today - last_day : 0;
	bool identity = *setting_text(settings, "legal.address") && *setting_text(settings, "legal.city") && *company->siren;
	bool mail = *setting_text(settings, "mail.host") && *setting_text(settings, "mail.from");
	const struct golive_check checks[] = {
		{ "items", "Open items are imported", items > 0, 0 },
		{ "fresh", "The last import is recent", last_import && age <= setting_int(settings, "stale.days"), age },
		{ "due_dates", "Overdue items have due dates of their own, not assumed ones", assumed == 0 && items > 0, assumed },
		{ "contacts", "Every customer with overdue items has an address", silent == 0 && items > 0, silent },
		{ "identity", "Legal identity and address of the company", identity, 0 },
		{ "bank", "IBAN that customers pay to", *setting_text(settings, "bank.iban") != 0, 0 },
		{ "mail", "A mail server and a sender's address", mail, 0 },
		{ "reply", "An address for replies", *setting_text(settings, "mail.reply_to") || *setting_text(settings, "mail.from"), 0 },
		{ "users", "An account for whoever confirms the messages", users > 0, 0 },
		{ "stop", "The switch that stops all sending is off", !setting_bool(settings, "stop_all"), 0 },
	};
	*out = arena_array(arena, struct golive_check, COUNT(checks));
	memcpy(*out, checks, sizeof checks);
	*count = COUNT(checks);
	return STATUS_FINE;
}
