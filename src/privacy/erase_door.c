/* What stands against an erasure, and the doors: look, erase, the register, lifting, files that name somebody again. */
#include "base/memory.h"
#include "base/words.h"
#include "ledger/customer.h"
#include "ledger/event.h"
#include "ledger/forgotten.h"
#include "privacy/erase_inside.h"

#include <string.h>

#define OF(tenant, company) db_int("tenant", tenant), db_int("company", company)
enum { REFUSALS = 24 };

static void refuse(struct erase_plan *plan, const char *words)
{
	for (size_t i = 0; i < plan->refusal_count; i++)
		if (strcmp(plan->refusals[i], words) == 0) return;
	if (plan->refusal_count < REFUSALS) plan->refusals[plan->refusal_count++] = words;
}

/* --- what stands against it ------------------------------------------------------------------------------------------------------- */

/* Each a count of rows of a customer. */
static const struct {
	const char *sql, *words; /* English msgid with %lld */
} bound[] = { /* msgids */
	{ "SELECT COUNT(*) FROM dispute_case WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer AND state <> 'closed'", "A dispute is open (%lld): close it first." },
	{ "SELECT COUNT(*) FROM case_file WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer AND stage <> 'closed'",
	  "A file is handed over (%lld): what was written is needed to claim the debt. Close it first." },
	{ "SELECT COUNT(*) FROM payment_plan WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer AND state IN ('proposed', 'agreed')",
	  "A payment plan is running (%lld)." },
	{ "SELECT COUNT(*) FROM promise WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer AND state = 'expected'", "A promise is expected (%lld)." },
	{ "SELECT COUNT(*) FROM instrument WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer AND state NOT IN ('paid', 'unpaid', 'cancelled')",
	  "A bill or a direct debit is under way (%lld)." },
	{ "SELECT COUNT(*) FROM set_off WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer AND state IN ('proposed', 'agreed')", "A set-off is under way (%lld)." },
	{ "SELECT COUNT(*) FROM interest_note WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer AND cancelled = 0 AND settled_day IS NULL",
	  "Late interest was claimed and is neither paid nor waived (%lld)." },
	{ "SELECT COUNT(*) FROM deposit WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer AND state IN ('asked', 'received')",
	  "A deposit is asked for, or received and not yet used (%lld)." },
	{ "SELECT COUNT(*) FROM customer WHERE tenant_id = $tenant AND company_id = $company AND payer_id = $customer AND merged_into = 0",
	  "He pays for other customers (%lld): name another payer for them first." },
	{ "SELECT COUNT(*) FROM reply WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer AND kind = 'reply' AND handled_at = 0",
	  "An answer waits to be handled (%lld)." },
};
static const char leaving[] = "SELECT COUNT(*) FROM outbox WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer AND state IN ('queued', 'sending', 'unknown')";

static struct status owed(struct db *db, int64_t tenant, int64_t company, const struct subject *subject, struct arena *arena, struct erase_plan *plan)
{
	for (size_t i = 0; i < subject->customer_count; i++) {
		cleanup_rows struct rows *rows = db_query(db,
			"SELECT currency, SUM(CASE WHEN open_amount > 0 THEN open_amount ELSE 0 END), SUM(CASE WHEN open_amount < 0 THEN -open_amount ELSE 0 END) FROM item"
			" WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer AND withdrawn = 0 AND open_amount <> 0 GROUP BY currency ORDER BY currency",
			DB_ARGS(OF(tenant, company), db_int("customer", subject->customers[i])));
		while (rows_next(rows)) {
			cleanup_text struct text due = { 0 }, ours = { 0 };
			words_amount(&due, lang_spoken(), row_int(rows, 1), row_text(rows, 0)), words_amount(&ours, lang_spoken(), row_int(rows, 2), row_text(rows, 0));
			if (row_int(rows, 1)) refuse(plan, arena_printf(arena, tr(lang_spoken(), "%s is still owed: the data is needed until it is paid or given up."), text_cstr(&due)));
			if (row_int(rows, 2)) refuse(plan, arena_printf(arena, tr(lang_spoken(), "%s is still to be given back or set against an invoice."), text_cstr(&ours)));
		}
		TRY(rows_status(rows));
	}
	return STATUS_FINE;
}

static struct status refuse_counted(struct db *db, int64_t tenant, int64_t company, int64_t customer, const char *sql, const char *words, struct arena *arena, struct erase_plan *plan)
{
	int64_t rows = 0;
	TRY(db_get_int(db, sql, DB_ARGS(OF(tenant, company), db_int("customer", customer)), &rows, NULL));
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	if (rows) refuse(plan, arena_printf(arena, tr(lang_spoken(), words), (long long)rows));
#pragma GCC diagnostic pop
	return STATUS_FINE;
}

static struct status refuse_user(struct db *db, const struct viewer *viewer, const struct subject *subject, struct arena *arena, struct erase_plan *plan)
{
	int64_t files = 0;
	if (subject->id == viewer->user_id) refuse(plan, tr(lang_spoken(), "This is your own account: another administrator has to do it."));
	if (!subject->disabled) refuse(plan, tr(lang_spoken(), "The account is still in use: disable it first."));
	TRY(db_get_int(db, "SELECT COUNT(*) FROM customer WHERE tenant_id = $tenant AND (collector_id = $user OR sales_id = $user)",
	               DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("user", subject->id)), &files, NULL));
	if (files) refuse(plan, arena_printf(arena, tr(lang_spoken(), "This colleague still has %lld customers: hand them over first."), (long long)files));
	return STATUS_FINE;
}

struct status erase_refusals(struct db *db, const struct viewer *viewer, int64_t company, const struct subject *subject, struct arena *arena, struct erase_plan *plan)
{
	plan->refusals = arena_array(arena, const char *, REFUSALS);
	if (subject->kind == SUBJECT_USER) return refuse_user(db, viewer, subject, arena, plan);
	bool whole = subject->kind == SUBJECT_CUSTOMER;
	int64_t erased = 0;
	if (whole) {
		TRY(db_get_int(db, "SELECT COUNT(*) FROM erasure WHERE tenant_id = $tenant AND company_id = $company AND subject = 'customer' AND customer_id = $customer AND lifted_day IS NULL",
		               DB_ARGS(OF(viewer->tenant_id, company), db_int("customer", subject->id)), &erased, NULL));
		if (erased) refuse(plan, tr(lang_spoken(), "This customer's data was erased already."));
		TRY(owed(db, viewer->tenant_id, company, subject, arena, plan));
	}
	for (size_t i = 0; i < subject->customer_count; i++) {
		for (size_t k = 0; k < COUNT(bound); k++)
			if (whole || strstr(bound[k].sql, "case_file")) TRY(refuse_counted(db, viewer->tenant_id, company, subject->customers[i], bound[k].sql, bound[k].words, arena, plan));
		if (whole) TRY(refuse_counted(db, viewer->tenant_id, company, subject->customers[i], leaving, "A message is on its way, or nobody said whether it left (%lld).", arena, plan));
	}
	if (!whole) { /* a message to him that is about to leave */
		cleanup_rows struct rows *rows = db_query(db, "SELECT recipient, cc, copies FROM outbox WHERE tenant_id = $tenant AND company_id = $company AND state IN ('queued', 'sending', 'unknown')",
		                                          DB_ARGS(OF(viewer->tenant_id, company)));
		while (rows_next(rows))
			for (int k = 0; k < 3; k++)
				if (mask_text(subject->mask, row_text(rows, k), NULL)) refuse(plan, tr(lang_spoken(), "A message to this person is on its way, or nobody said whether it left."));
		TRY(rows_status(rows));
	}
	return STATUS_FINE;
}

/* --- the doors ----------------------------------------------------------------------------------------------------------------------- */

static void begin(const struct subject *subject, struct arena *arena, struct erase_plan *plan)
{
	*plan = (struct erase_plan){ .name = subject->name, .code = subject->code, .kind = subject->kind, .id = subject->id, .legal_person = subject->legal_person,
		                     .customer_id = subject->customer_count ? subject->customers[0] : 0, .customers = subject->customer_count,
		                     .parts = arena_array(arena, struct erase_part, ERASE_PARTS) };
}

struct status erase_look(struct db *db, const struct viewer *viewer, int64_t company_id, enum subject_kind kind, int64_t id, struct arena *arena, struct erase_plan *out)
{
	struct subject subject;
	TRY(subject_load(db, viewer, company_id, kind, id, arena, &subject));
	begin(&subject, arena, out);
	struct erasing e = { .db = db, .tenant = viewer->tenant_id, .company = company_id, .subject = &subject, .plan = out, .arena = arena };
	struct status status = erase_refusals(db, viewer, company_id, &subject, arena, out);
	if (!status.code) status = erase_everything(&e, NULL);
	subject_free(&subject);
	return status;
}

static struct status forget(struct change *change, const struct subject *subject, int64_t erasure)
{
	if (subject->kind == SUBJECT_USER) return STATUS_FINE;
	if (subject->kind == SUBJECT_CUSTOMER) TRY(forgotten_add(change, erasure, &(struct forgotten_who){ subject->id, NULL, subject->email, subject->phone }));
	for (size_t i = 0; i < subject->contact_count; i++) {
		const struct subject_contact *contact = &subject->contacts[i];
		TRY(forgotten_add(change, erasure, &(struct forgotten_who){ contact->customer_id, contact->name, contact->email, contact->phone }));
	}
	return STATUS_FINE;
}

static struct status write_down(struct change *change, const struct subject *subject, const char *reason, const struct erase_plan *plan)
{
	json_t *kept = json_object();
	for (size_t i = 0; i < plan->count; i++)
		if (plan->parts[i].fate == ERASE_KEPT) json_object_set_new(kept, plan->parts[i].table, json_integer(plan->parts[i].rows));
	cleanup_free char *text = json_dumps(kept, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(kept);
	return db_run(change->db,
	              "INSERT INTO erasure (tenant_id, company_id, id, subject, customer_id, ref_id, reason, day, at, by_user, row_count, events, kept, rev)"
	              " VALUES ($tenant, $company, $id, $subject, $customer, $ref, $reason, $day, $at, $user, $rows, $events, $kept, $rev)",
	              DB_ARGS(OF(change->company.tenant_id, change->company.id), db_int("id", plan->erasure_id), db_text("subject", subject_code(subject->kind)),
	                      db_int("customer", plan->customer_id), db_int("ref", subject->id), db_text("reason", reason), db_day("day", change->today), db_int("at", change->now),
	                      db_int("user", change->viewer->user_id), db_int("rows", plan->rows), db_int("events", plan->events), db_text("kept", text), db_int("rev", change->rev)));
}

static struct status erase_subject(struct change *change, const struct subject *subject, const char *reason, struct arena *arena, struct erase_plan *out)
{
	int64_t tenant = change->company.tenant_id, company = change->company.id;
	TRY(erase_refusals(change->db, change->viewer, company, subject, arena, out));
	if (out->refusal_count) return status_make(STATUS_CONFLICT, "%s", out->refusals[0]);
	TRY(id_take(change->db, tenant, company, "erasure", 1, &out->erasure_id));
	TRY(forget(change, subject, out->erasure_id)); /* before the addresses go */
	struct erasing e = { .db = change->db, .change = change, .tenant = tenant, .company = company, .subject = subject, .plan = out, .arena = arena };
	json_t *content = json_pack("{s:I, s:s, s:s}", "erasure", (json_int_t)out->erasure_id, "subject", subject_code(subject->kind), "reason", reason);
	struct status status = erase_everything(&e, content);
	json_decref(content);
	if (!status.code) status = write_down(change, subject, reason, out);
	return status;
}

struct status erase(struct change *change, enum subject_kind kind, int64_t id, const char *reason, struct arena *arena, struct erase_plan *out)
{
	struct subject subject;
	if (strcmp(reason, "asked") != 0 && strcmp(reason, "ended") != 0) return status_make(STATUS_INVALID, "Say why: asked (the person did), or ended (the period is over).");
	TRY(change_allows(change, RIGHT_PERSONAL));
	TRY(subject_load(change->db, change->viewer, change->company.id, kind, id, arena, &subject));
	begin(&subject, arena, out);
	struct status status = erase_subject(change, &subject, reason, arena, out);
	subject_free(&subject);
	return status;
}

/* --- the register ----------------------------------------------------------------------------------------------------------------- */

struct status erasure_list(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t customer_id, size_t most, struct arena *arena, struct erasure **out, size_t *count)
{
	size_t found = 0;
	if (!viewer_may(viewer, RIGHT_PERSONAL)) return status_make(STATUS_FORBIDDEN, "Only an administrator or a credit manager may do this with a person's data.");
	struct erasure *list = arena_array(arena, struct erasure, most + 1);
	cleanup_rows struct rows *rows = db_query(db,
		"SELECT e.id, e.customer_id, e.ref_id, e.by_user, e.row_count, e.events, e.at, e.subject, e.reason, COALESCE(c.code, ''), e.day, e.lifted_day FROM erasure e"
		" LEFT JOIN customer c ON c.tenant_id = e.tenant_id AND c.company_id = e.company_id AND c.id = e.customer_id WHERE e.tenant_id = $tenant AND e.company_id = $company"
		" AND (e.customer_id = $customer OR CAST($customer AS BIGINT) = 0) ORDER BY e.id DESC",
		DB_ARGS(OF(viewer->tenant_id, company_id), db_int("customer", customer_id)));
	while (found < most && rows_next(rows))
		list[found++] = (struct erasure){ .id = row_int(rows, 0), .customer_id = row_int(rows, 1), .ref_id = row_int(rows, 2), .by_user = row_int(rows, 3), .rows = row_int(rows, 4),
			                          .events = row_int(rows, 5), .at = row_int(rows, 6), .subject = arena_strdup(arena, row_text(rows, 7)),
			                          .reason = arena_strdup(arena, row_text(rows, 8)), .code = arena_strdup(arena, row_text(rows, 9)), .day = row_day(rows, 10),
			                          .lifted_day = row_day(rows, 11) };
	*out = list, *count = found;
	return rows_status(rows);
}

struct status erasure_lift(struct change *change, int64_t id)
{
	bool found = false, customer = false;
	int64_t customer_id = 0;
	TRY(change_allows(change, RIGHT_PERSONAL));
	{
		cleanup_rows struct rows *rows = db_query(change->db, "SELECT subject, customer_id FROM erasure WHERE tenant_id = $tenant AND company_id = $company AND id = $id AND lifted_day IS NULL"
		                                                      " AND subject IN ('customer', 'contact', 'answer')",
		                                          DB_ARGS(OF(change->company.tenant_id, change->company.id), db_int("id", id)));
		if (rows_next(rows)) found = true, customer = strcmp(row_text(rows, 0), "customer") == 0, customer_id = row_int(rows, 1);
		TRY(rows_status(rows));
	}
	if (!found) return status_make(STATUS_CONFLICT, "There is no such erasure, or it was lifted already.");
	TRY(db_run(change->db, "UPDATE erasure SET lifted_day = $day, rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(OF(change->company.tenant_id, change->company.id), db_int("id", id), db_day("day", change->today), db_int("rev", change->rev))));
	TRY(forgotten_lift(change, id));
	if (customer)
		TRY(db_run(change->db, "UPDATE customer SET stopped = CASE WHEN hand_made LIKE '%' || $stopped THEN 1 ELSE 0 END,"
		           " stopped_reason = CASE WHEN hand_made LIKE '%' || $stopped THEN stopped_reason ELSE '' END, hand_made = '', rev = $rev WHERE tenant_id = $tenant AND company_id = $company AND id = $customer",
		           DB_ARGS(OF(change->company.tenant_id, change->company.id), db_int("customer", customer_id), db_text("stopped", ERASED_STOPPED), db_int("rev", change->rev))));
	return event_add_json(change, (struct event_new){ .kind = "erasure.lifted", .customer_id = customer_id, .ref = id }, json_object());
}

/* --- imports ------------------------------------------------------------------------------------------------------------------------ */

struct status erase_again(struct change *change, int64_t customer_id, const char *name, int64_t import_id, struct arena *arena, int32_t *day, int64_t *items)
{
	static const char *const books[] = { "fact", "fact_change", "item" };
	int64_t tenant = change->company.tenant_id, company = change->company.id;
	*day = DAY_NONE, *items = 0;
	{
		cleanup_rows struct rows *rows = db_query(change->db,
			"SELECT MAX(e.day) FROM erasure e WHERE e.tenant_id = $tenant AND e.company_id = $company AND e.subject = 'customer' AND e.lifted_day IS NULL AND (e.customer_id = $customer OR"
			" EXISTS (SELECT 1 FROM customer c WHERE c.tenant_id = e.tenant_id AND c.company_id = e.company_id AND c.id = $customer AND c.merged_into = e.customer_id))",
			DB_ARGS(OF(tenant, company), db_int("customer", customer_id)));
		if (rows_next(rows)) *day = row_day(rows, 0);
		TRY(rows_status(rows));
	}
	if (*day == DAY_NONE) return STATUS_FINE;
	TRY(db_get_int(change->db, "SELECT COUNT(*) FROM fact WHERE tenant_id = $tenant AND company_id = $company AND customer_id = $customer AND import_id = $import AND posting_day > $day",
	               DB_ARGS(OF(tenant, company), db_int("customer", customer_id), db_int("import", import_id), db_day("day", *day)), items, NULL));
	cleanup_mask struct mask *mask = mask_new();
	mask_whole(mask, name);
	if (mask_empty(mask)) return STATUS_FINE;
	struct erase_plan plan = { .parts = arena_array(arena, struct erase_part, ERASE_PARTS) };
	struct subject subject = { .kind = SUBJECT_CUSTOMER, .id = customer_id, .mask = mask };
	struct erasing e = { .db = change->db, .change = change, .tenant = tenant, .company = company, .subject = &subject, .plan = &plan, .arena = arena };
	for (size_t i = 0; i < COUNT(books); i++) {
		const struct personal_table *table = personal_table(books[i]);
		TRY(erase_mask(&e, table, table->customer, (const char *const[]){ table->words, NULL }, customer_id));
	}
	return STATUS_FINE;
}
