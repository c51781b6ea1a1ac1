#include "privacy/keeping.h"

#include "base/memory.h"
#include "ledger/customer.h"
#include "ledger/event.h"
#include "privacy/erase_inside.h"

#include <string.h>

enum { PERSONS_MOST = 200, NAMES_MOST = 20 };

/* Nothing that began before is open any more: what it was for is over. */
#define OVER(day)                                                                                                                                   \
	" AND NOT EXISTS (SELECT 1 FROM item i WHERE i.tenant_id = t.tenant_id AND i.company_id = t.company_id AND i.customer_id = t.customer_id AND i.open_amount <> 0" \
	" AND i.withdrawn = 0 AND i.issue_day <= " day ") AND NOT EXISTS (SELECT 1 FROM dispute_case d WHERE d.tenant_id = t.tenant_id AND d.company_id = t.company_id"  \
	" AND d.customer_id = t.customer_id AND d.state <> 'closed') AND NOT EXISTS (SELECT 1 FROM case_file f WHERE f.tenant_id = t.tenant_id"      \
	" AND f.company_id = t.company_id AND f.customer_id = t.customer_id AND f.stage <> 'closed')"
#define AT(column)  "t.customer_id > 0 AND t." column " > 0 AND t." column " < $before_at" OVER("t." column " / 86400")
#define DAY(column) "t.customer_id > 0 AND t." column " < $before" OVER("t." column)

static const struct keeping_kind kinds[] = { /* msgids */
	{ "exchanges", "retention.exchanges", "Messages, answers, notes and calls", "They prove what was claimed and agreed as long as a claim may be contested: five years (C. com. L110-4)." },
	{ "contacts", "retention.contacts", "Contacts of customers without activity", "Three years after the last exchange (CNIL, commercial management)." },
	{ "customers", "retention.customers", "Consumers without activity", "Five years after the last invoice or exchange; the books stay." },
	{ "payers", "retention.payers", "Learned payers", "An account number that nobody paid with for so long teaches nothing any more." },
	{ "mandates", "retention.mandates", "Account numbers of ended mandates", "A debit may be contested for thirteen months (CMF L133-24)." },
	{ "links", "retention.links", "Links to the customer's page, and their visits", "Technical traces: one year at most." },
	{ "mail", "retention.mail", "Mail set aside that belongs to no customer", "Not needed once it was set aside." },
	{ "notifications", "retention.notifications", "Notifications to colleagues", "Read, or too old to matter." },
	{ "lists", "retention.lists", "Original files of lists of customers and contacts", "Needed only to take an import back." },
	{ "users", "retention.users", "Closed accounts of colleagues", "One year after the account was closed; who did what stays under a number." },
	{ "vouchers", "retention.vouchers", "Original files and documents of the books", "Ten years after the end of the year (C. com. L123-22)." },
};
/* What goes without asking for a person. */
static const struct piece {
	const char *kind, *table, *condition;
	bool gone;
} pieces[] = {
	{ "exchanges", "outbox", AT("queued_at") " AND t.state NOT IN ('queued', 'sending', 'unknown')", false },
	{ "exchanges", "reply", AT("at") " AND (t.handled_at > 0 OR t.kind <> 'reply')", false },
	{ "exchanges", "inbox_message", AT("received_at") " AND t.state <> 'waiting'", false },
	{ "exchanges", "answer", AT("at") " AND t.state <> 'waiting'", false },
	{ "exchanges", "action", AT("created_at") " AND t.state NOT IN ('queued', 'sending')", false },
	{ "exchanges", "task", AT("done_at"), false },
	{ "exchanges", "question", AT("asked_at"), false },
	{ "exchanges", "dispute_message", AT("at"), false },
	{ "exchanges", "dispute_case", DAY("closed_day"), false },
	{ "exchanges", "dispute", DAY("closed_day"), false },
	{ "exchanges", "promise", DAY("made_day") " AND t.state <> 'expected'", false },
	{ "exchanges", "payment_plan", DAY("ended_day"), false },
	{ "exchanges", "hold", DAY("lifted_day"), false },
	{ "exchanges", "left_out", DAY("day"), true },
	{ "exchanges", "plan_note", DAY("day"), true },
	{ "exchanges", "document", AT("at") " AND t.item_id = 0 AND (t.outbox_id > 0 OR t.reply_id > 0 OR t.inbox_id > 0)", true },
	{ "payers", "cash_payer", "t.last_day < $before", true },
	{ "mandates", "mandate", "t.ended_day < $before", false },
	{ "links", "debtor_link", "t.expires_at < $before_at", true },
	{ "mail", "inbox_message", "t.customer_id = 0 AND t.state = 'dismissed' AND t.received_at < $before_at", false },
	{ "notifications", "notification", "t.at < $before_at", true },
	{ "lists", "import_file", "EXISTS (SELECT 1 FROM import i WHERE i.tenant_id = t.tenant_id AND i.company_id = t.company_id AND i.id = t.import_id AND i.at < $before_at AND"
	  " (i.format LIKE '%-customers' OR i.format LIKE '%-contacts'))", true },
	{ "vouchers", "import_file", "EXISTS (SELECT 1 FROM import i WHERE i.tenant_id = t.tenant_id AND i.company_id = t.company_id AND i.id = t.import_id AND i.at < $before_at AND"
	  " COALESCE(i.to_day, i.as_of_day, i.at / 86400) < $before)", true },
	{ "vouchers", "document", AT("at"), true },
};

#define QUIET                                                                                                                                        \
	" AND c.created_at < $before_at AND NOT EXISTS (SELECT 1 FROM item i WHERE i.tenant_id = c.tenant_id AND i.company_id = c.company_id AND i.customer_id = c.id" \
	" AND (i.open_amount <> 0 OR i.posting_day >= $before)) AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.tenant_id = c.tenant_id AND o.company_id = c.company_id" \
	" AND o.customer_id = c.id AND o.queued_at >= $before_at) AND NOT EXISTS (SELECT 1 FROM reply r WHERE r.tenant_id = c.tenant_id AND r.company_id = c.company_id" \
	" AND r.customer_id = c.id AND r.at >= $before_at)"
/* Persons: each is erased as if he had asked, if nothing stands against it. */
static const struct persons {
	const char *kind;
	enum subject_kind subject;
	const char *sql;
} persons[] = {
	{ "contacts", SUBJECT_CONTACT,
	  "SELECT k.id, k.name, c.code FROM contact k JOIN customer c ON c.tenant_id = k.tenant_id AND c.company_id = k.company_id AND c.id = k.customer_id"
	  " WHERE k.tenant_id = $tenant AND k.company_id = $company AND (k.name <> '' OR k.email <> '' OR k.phone <> '')" QUIET
	  /* he goes everywhere at once: not while he is asked for another who is active */
	  " AND (k.email = '' OR LOWER(k.email) NOT IN (SELECT LOWER(o.email) FROM contact o JOIN customer c ON c.tenant_id = o.tenant_id AND c.company_id = o.company_id AND c.id = o.customer_id"
	  " WHERE o.tenant_id = $tenant AND o.company_id = $company AND o.removed = 0 AND o.email <> '' AND NOT (1 = 1" QUIET "))) ORDER BY k.id" },
	{ "customers", SUBJECT_CUSTOMER,
	  "SELECT c.id, c.name, c.code FROM customer c WHERE c.tenant_id = $tenant AND c.company_id = $company AND c.class = 'consumer' AND c.merged_into = 0" QUIET
	  " AND NOT EXISTS (SELECT 1 FROM erasure e WHERE e.tenant_id = c.tenant_id AND e.company_id = c.company_id AND e.subject = 'customer' AND e.customer_id = c.id AND e.lifted_day IS NULL)"
	  " ORDER BY c.id" },
	{ "users", SUBJECT_USER,
	  "SELECT u.id, u.name, u.email FROM user_account u WHERE u.tenant_id = $tenant AND CAST($company AS BIGINT) > 0 AND CAST($before AS BIGINT) > 0 AND u.disabled = 1 AND u.disabled_at > 0"
	  " AND u.disabled_at < $before_at AND u.email NOT LIKE 'erased-%' ORDER BY u.id" },
};

const struct keeping_kind *keeping_kinds(size_t *count)
{
	*count = COUNT(kinds);
	return kinds;
}
const struct keeping_kind *keeping_kind(const char *code)
{
	for (size_t i = 0; code && i < COUNT(kinds); i++)
		if (strcmp(kinds[i].code, code) == 0) return &kinds[i];
	return NULL;
}

/* Books run to the end of a year. */
static int32_t before_of(const struct keeping_kind *kind, int64_t months, int32_t today)
{
	int32_t day = day_add_months(today, -(int)months);
	if (strcmp(kind->code, "vouchers") != 0) return day;
	struct civil civil = day_civil(day);
	return day_from_civil(civil.year, 1, 1);
}

struct person_due {
	int64_t id;
	const char *name, *code;
};
static struct status read_persons(struct erasing *e, const struct persons *which, struct arena *arena, struct person_due **out, size_t *count)
{
	size_t found = 0;
	*out = arena_array(arena, struct person_due, PERSONS_MOST);
	cleanup_rows struct rows *rows = db_query(e->db, which->sql,
		DB_ARGS(db_int("tenant", e->tenant), db_int("company", e->company), db_day("before", e->before), db_int("before_at", (int64_t)e->before * 86400)));
	while (found < PERSONS_MOST && rows_next(rows))
		(*out)[found++] = (struct person_due){ row_int(rows, 0), arena_strdup(arena, row_text(rows, 1)), arena_strdup(arena, row_text(rows, 2)) };
	*count = found;
	return rows_status(rows);
}

static struct status pieces_of(struct erasing *e, const struct keeping_kind *kind)
{
	for (size_t i = 0; i < COUNT(pieces); i++) {
		if (strcmp(pieces[i].kind, kind->code) != 0) continue;
		const struct personal_table *table = personal_table(pieces[i].table);
		if (pieces[i].gone) TRY(erase_delete(e, table, pieces[i].condition, 0));
		else TRY(erase_empty(e, table, pieces[i].condition, (const char *const[]){ table->names, strcmp(pieces[i].table, "action") == 0 ? NULL : table->words }, 0));
	}
	return STATUS_FINE;
}

/* The history of the same time: a customer's events whose claims are over. */
static struct status old_events(struct erasing *e)
{
	struct old {
		int64_t customer, seq;
	} *list = NULL;
	size_t count = 0, cap = 0;
	struct status status;
	{
		cleanup_rows struct rows *rows = db_query(e->db,
			"SELECT t.customer_id, t.seq FROM event t WHERE t.tenant_id = $tenant AND t.company_id = $company AND t.content IS NOT NULL AND t.kind <> 'customer.erased'"
			" AND t.kind NOT LIKE 'limitation.%' AND t.kind NOT LIKE 'interest.%' AND t.kind NOT LIKE 'case.%' AND " DAY("day") " ORDER BY 1, 2",
			DB_ARGS(db_int("tenant", e->tenant), db_int("company", e->company), db_day("before", e->before)));
		while (rows_next(rows)) {
			GROW(list, count, cap);
			list[count++] = (struct old){ row_int(rows, 0), row_int(rows, 1) };
		}
		status = rows_status(rows);
	}
	e->plan->events += (int64_t)count;
	for (size_t i = 0, next; i < count && e->change && !status.code; i = next) {
		for (next = i; next < count && list[next].customer == list[i].customer;) next++;
		int64_t *seqs = arena_array(e->arena, int64_t, next - i);
		for (size_t k = i; k < next; k++) seqs[k - i] = list[k].seq;
		status = event_erase(e->change, list[i].customer, seqs, next - i, json_pack("{s:s}", "reason", "ended"));
	}
	free(list);
	return status;
}

struct status keeping_due(struct db *db, const struct viewer *viewer, int64_t company_id, int32_t today, struct arena *arena, struct keeping_row **out, size_t *count)
{
	const struct settings *settings;
	if (!viewer_may(viewer, RIGHT_PERSONAL)) return status_make(STATUS_FORBIDDEN, "Only an administrator or a credit manager may do this with a person's data.");
	TRY(settings_load(db, viewer->tenant_id, company_id, arena, &settings));
	*out = arena_array(arena, struct keeping_row, COUNT(kinds));
	*count = COUNT(kinds);
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct keeping_row *row = &(*out)[i];
		struct erase_plan plan = { .parts = arena_array(arena, struct erase_part, ERASE_PARTS) };
		*row = (struct keeping_row){ .kind = &kinds[i], .months = setting_int(settings, kinds[i].setting), .names = arena_array(arena, const char *, NAMES_MOST) };
		row->before = before_of(&kinds[i], row->months, today);
		struct erasing e = { .db = db, .tenant = viewer->tenant_id, .company = company_id, .plan = &plan, .arena = arena, .before = row->before };
		TRY(pieces_of(&e, &kinds[i]));
		if (i == 0) TRY(old_events(&e));
		row->rows = plan.rows + plan.events;
		for (size_t k = 0; k < COUNT(persons); k++) {
			struct person_due *due;
			size_t found;
			if (strcmp(persons[k].kind, kinds[i].code) != 0 || (persons[k].subject == SUBJECT_USER && !viewer_may(viewer, RIGHT_USERS))) continue;
			TRY(read_persons(&e, &persons[k], arena, &due, &found));
			for (size_t p = 0; p < found; p++) {
				struct subject subject;
				struct erase_plan against = { 0 };
				struct status status = subject_load(db, viewer, company_id, persons[k].subject, due[p].id, arena, &subject);
				if (status.code == STATUS_NOT_FOUND) continue;
				TRY(status);
				status = erase_refusals(db, viewer, company_id, &subject, arena, &against);
				subject_free(&subject);
				TRY(status);
				if (against.refusal_count) row->refused++;
				else if (row->rows++, row->name_count < NAMES_MOST)
					row->names[row->name_count++] = arena_printf(arena, "%s%s%s", due[p].name, *due[p].name && *due[p].code ? ", " : "", due[p].code);
			}
		}
	}
	return STATUS_FINE;
}

struct status keeping_erase(struct change *change, const struct keeping_kind *kind, struct arena *arena, int64_t *rows)
{
	const struct settings *settings;
	*rows = 0;
	TRY(change_allows(change, RIGHT_PERSONAL));
	TRY(settings_load(change->db, change->company.tenant_id, change->company.id, arena, &settings));
	struct erase_plan plan = { .parts = arena_array(arena, struct erase_part, ERASE_PARTS) };
	struct erasing e = { .db = change->db, .change = change, .tenant = change->company.tenant_id, .company = change->company.id, .plan = &plan, .arena = arena,
		             .before = before_of(kind, setting_int(settings, kind->setting), change->today) };
	TRY(pieces_of(&e, kind));
	if (kind == &kinds[0]) TRY(old_events(&e));
	int64_t persons_gone = 0;
	for (size_t k = 0; k < COUNT(persons); k++) {
		struct person_due *due;
		size_t found;
		if (strcmp(persons[k].kind, kind->code) != 0 || (persons[k].subject == SUBJECT_USER && !viewer_may(change->viewer, RIGHT_USERS))) continue;
		TRY(read_persons(&e, &persons[k], arena, &due, &found));
		for (size_t p = 0; p < found; p++) {
			struct erase_plan one;
			struct status status = erase(change, persons[k].subject, due[p].id, "ended", arena, &one);
			if (status.code == STATUS_CONFLICT || status.code == STATUS_NOT_FOUND) continue; /* something stands against it; or he went with another */
			TRY(status);
			persons_gone++;
		}
	}
	*rows = plan.rows + plan.events + persons_gone;
	if (!plan.rows && !plan.events) return STATUS_FINE;
	int64_t id;
	TRY(id_take(change->db, e.tenant, e.company, "erasure", 1, &id));
	TRY(db_run(change->db,
	           "INSERT INTO erasure (tenant_id, company_id, id, subject, reason, day, at, by_user, row_count, events, rev) VALUES ($tenant, $company, $id, 'retention', $kind, $day, $at, $user,"
	           " $rows, $events, $rev)",
	           DB_ARGS(db_int("tenant", e.tenant), db_int("company", e.company), db_int("id", id), db_text("kind", kind->code), db_day("day", change->today), db_int("at", change->now),
	                   db_int("user", change->viewer->user_id), db_int("rows", plan.rows), db_int("events", plan.events), db_int("rev", change->rev))));
	return event_add_json(change, (struct event_new){ .kind = "retention.erased", .ref = id }, json_pack("{s:s, s:I}", "kind", kind->code, "rows", (json_int_t)plan.rows));
}
