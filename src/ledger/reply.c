#include "ledger/reply.h"

#include "base/day.h"
#include "base/email.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/contact.h"
#include "ledger/event.h"

#include <string.h>

static const struct {
	const char *code, *event, *label; /* msgids */
	bool quiet;                       /* asks nothing of anybody */
} kinds[REPLY_KIND_COUNT] = {
	[REPLY_REPLY] = { "reply", "reply.noted", "Answer" },
	[REPLY_BOUNCE] = { "bounce", "reply.bounced", "Address failed" },
	[REPLY_ABSENCE] = { "absence", "reply.absent", "Absence message", .quiet = true },
	[REPLY_UNDELIVERED] = { "undelivered", "reply.undelivered", "Message not delivered" },
	[REPLY_AUTOMATIC] = { "automatic", "reply.automatic", "Automatic answer", .quiet = true },
	[REPLY_COMPLAINT] = { "complaint", "reply.complained", "Complaint about our mail" },
};

static const struct reply_word topics[] = {
	/* msgids */
	{ "promise", "I will pay" },          { "paid", "I have paid" },       { "dispute", "I disagree" },
	{ "document", "A document is missing" }, { "contact", "Wrong contact" }, { "credit", "Credit note awaited" },
	{ "plan", "Instalments proposed" },
};
static const struct reply_word outcomes[] = {
	/* msgids */
	{ "promise", "Promise noted" },       { "paid", "Paid, says the debtor" }, { "dispute", "Dispute opened" },
	{ "document", "Document sent" },      { "contact", "Contact changed" },    { "answered", "Answered" },
	{ "plan", "Instalments agreed" },     { "nothing", "Nothing to do" },      { "other", "Other" },
};

const struct reply_word *reply_topics(size_t *count)
{
	return *count = COUNT(topics), topics;
}

const struct reply_word *reply_outcomes(size_t *count)
{
	return *count = COUNT(outcomes), outcomes;
}

const char *reply_word_label(const struct reply_word *words, size_t count, const char *code)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(words[i].code, code) == 0) return words[i].label;
	return NULL;
}

const char *reply_kind_label(enum reply_kind kind)
{
	return kinds[kind].label;
}

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
static struct status mark_address(struct change *change, int64_t customer_id, const char *address, const char *reason)
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
	return general ? suppression_add(change->db, tenant, address, reason, change->now) : STATUS_FINE;
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static struct status check_new(const struct reply_new *given, char *address, size_t size)
{
	const char *text = or_empty(given->text);
	if (strlen(text) > 20000 || !utf8_valid(text, strlen(text)))
		return status_make(STATUS_INVALID, "This text is too long, or not readable: at most %d characters.", 20000);
	if (given->address && *given->address && !email_fold(given->address, address, size))
		return status_make(STATUS_INVALID, "“%s” is not an e-mail address.", given->address);
	bool fails = given->kind == REPLY_BOUNCE || given->kind == REPLY_COMPLAINT;
	if (fails && !*address) return status_make(STATUS_INVALID, "Which address failed?");
	const char *topic = or_empty(given->topic);
	if (*topic && !reply_word_label(topics, COUNT(topics), topic)) return status_make(STATUS_INVALID, "Nobody knows what “%s” is about.", topic);
	return STATUS_FINE;
}

struct status reply_note(struct change *change, const struct reply_new *given, int64_t *id)
{
	char address[160] = "";
	TRY(change_allows(change, RIGHT_NOTE));
	TRY(check_new(given, address, sizeof address));
	TRY(customer_check(change->db, change->viewer, change->company.id, given->customer_id));
	if (given->kind == REPLY_BOUNCE) TRY(mark_address(change, given->customer_id, address, "bounce"));
	if (given->kind == REPLY_COMPLAINT) TRY(mark_address(change, given->customer_id, address, "complaint"));
	TRY(id_take(change->db, change->company.tenant_id, change->company.id, "reply", 1, id));
	bool handled = kinds[given->kind].quiet; /* an answer waits until somebody handled it */
	TRY(db_run(change->db,
	           "INSERT INTO reply (tenant_id, company_id, id, customer_id, at, day, kind, address, text, action_id, handled_at, "
	           "handled_by, source, topic, detail, subject, name, outbox_id, inbox_id, back_day, rev) VALUES ($tenant, $company, $id, $customer, "
	           "$now, $day, $kind, $address, $text, $action, $handled, $by, $source, $topic, $detail, $subject, $name, $outbox, $inbox, $back, $rev)",
	           DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", *id),
	                   db_int("customer", given->customer_id), db_int("now", change->now),
	                   db_day("day", given->day > 0 ? given->day : change->today), db_text("kind", kinds[given->kind].code),
	                   db_text("address", address), db_text("text", or_empty(given->text)), db_int("action", given->action_id),
	                   db_int("handled", handled ? change->now : 0), db_int("by", handled ? change->viewer->user_id : 0),
	                   db_text("source", given->source ? given->source : "hand"), db_text("topic", or_empty(given->topic)),
	                   db_text("detail", or_empty(given->detail)), db_text("subject", or_empty(given->subject)), db_text("name", or_empty(given->name)),
	                   db_int("outbox", given->outbox_id), db_int("inbox", given->inbox_id),
	                   db_day("back", given->back_day > 0 ? given->back_day : DAY_NONE), db_int("rev", change->rev))));
	json_t *content = json_pack("{s:s,s:s}", "address", address, "text", or_empty(given->text));
	if (*or_empty(given->source)) json_object_set_new(content, "source", json_string(given->source));
	if (*or_empty(given->topic)) json_object_set_new(content, "topic", json_string(given->topic));
	if (*or_empty(given->subject)) json_object_set_new(content, "subject", json_string(given->subject));
	if (*or_empty(given->name)) json_object_set_new(content, "name", json_string(given->name));
	return event_add_json(change, (struct event_new){ .kind = kinds[given->kind].event, .customer_id = given->customer_id, .ref = *id }, content);
}

struct status reply_handle(struct change *change, int64_t id, const char *how, const char *note)
{
	TRY(change_allows(change, RIGHT_NOTE));
	int64_t customer_id = 0;
	bool found = false;
	how = or_empty(how), note = or_empty(note);
	if (*how && !reply_word_label(outcomes, COUNT(outcomes), how)) return status_make(STATUS_INVALID, "Say what was done with it, from the list.");
	if (strlen(note) > 2000 || !utf8_valid(note, strlen(note)))
		return status_make(STATUS_INVALID, "This text is too long, or not readable: at most %d characters.", 2000);
	TRY(db_get_int(change->db,
	               "SELECT customer_id FROM reply WHERE tenant_id = $tenant AND company_id = $company AND id = $id AND handled_at = 0",
	               DB_ARGS(db_int("tenant", change->company.tenant_id), db_int("company", change->company.id), db_int("id", id)),
	               &customer_id, &found));
	if (!found) return status_make(STATUS_NOT_FOUND, "There is no reply %lld that waits.", (long long)id);
	TRY(customer_check(change->db, change->viewer, change->company.id, customer_id));
	TRY(db_run(change->db,
	           "UPDATE reply SET handled_at = $now, handled_by = $by, handled_how = $how, handled_note = $note, rev = $rev "
	           "WHERE tenant_id = $tenant AND company_id = $company AND id = $id",
	           DB_ARGS(db_int("now", change->now), db_int("by", change->viewer->user_id), db_text("how", how), db_text("note", note),
	                   db_int("rev", change->rev), db_int("tenant", change->company.tenant_id), db_int("company", change->company.id),
	                   db_int("id", id))));
	return event_add_json(change, (struct event_new){ .kind = "reply.handled", .customer_id = customer_id, .ref = id },
	                      json_pack("{s:s,s:s}", "how", how, "note", note));
}

#define COLUMNS                                                                                                                              \
	"r.id, r.customer_id, r.at, r.day, r.kind, r.address, r.text, r.action_id, r.handled_at, r.handled_by, r.rev, "                      \
	"c.collector_id, c.sales_id, c.group_code, r.source, r.topic, r.detail, r.subject, r.name, r.outbox_id, r.inbox_id, r.back_day, "    \
	"r.handled_how, r.handled_note FROM reply r "                                                                                        \
	"JOIN customer c ON c.tenant_id = r.tenant_id AND c.company_id = r.company_id AND c.id = r.customer_id "                             \
	"WHERE r.tenant_id = $tenant AND r.company_id = $company "

static bool may_see(const struct viewer *viewer, struct rows *rows)
{
	return viewer_sees_customer(viewer, row_int(rows, 11), row_int(rows, 12), row_text(rows, 13));
}

static struct reply read_row(struct rows *rows, struct arena *arena)
{
	struct reply reply = { .id = row_int(rows, 0), .customer_id = row_int(rows, 1), .at = row_int(rows, 2), .day = row_day(rows, 3),
		               .action_id = row_int(rows, 7), .handled_at = row_int(rows, 8), .handled_by = row_int(rows, 9), .rev = row_int(rows, 10),
		               .outbox_id = row_int(rows, 19), .inbox_id = row_int(rows, 20), .back_day = row_day(rows, 21) };
	reply_kind_parse(row_text(rows, 4), &reply.kind);
	const char **texts[] = { &reply.address, &reply.text, &reply.source, &reply.topic, &reply.detail, &reply.subject, &reply.name,
		                 &reply.handled_how, &reply.handled_note };
	static const int columns[] = { 5, 6, 14, 15, 16, 17, 18, 22, 23 };
	for (size_t i = 0; i < COUNT(texts); i++) *texts[i] = arena_strdup(arena, row_text(rows, columns[i]));
	return reply;
}

struct status reply_get(struct db *db, const struct viewer *viewer, int64_t company_id, int64_t id, struct arena *arena, struct reply *out)
{
	cleanup_rows struct rows *rows = db_query(db, "SELECT " COLUMNS "AND r.id = $id",
	        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("id", id)));
	bool found = viewer_sees_company(viewer, company_id) && rows_next(rows) && may_see(viewer, rows);
	if (found) *out = read_row(rows, arena);
	TRY(rows_status(rows));
	return found ? STATUS_FINE : status_make(STATUS_NOT_FOUND, "There is no reply %lld.", (long long)id);
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
		cleanup_rows struct rows *rows = db_query(db,
		        "SELECT " COLUMNS "AND ($customer = 0 OR r.customer_id = $customer) AND ($all = 1 OR r.handled_at = 0) ORDER BY r.id DESC",
		        DB_ARGS(db_int("tenant", viewer->tenant_id), db_int("company", company_id), db_int("customer", customer_id),
		                db_int("all", !open_only)));
		while (rows_next(rows)) {
			if (!may_see(viewer, rows)) continue;
			GROW(list, found, cap);
			list[found++] = read_row(rows, arena);
		}
		status = rows_status(rows);
	}
	*out = arena_array(arena, struct reply, found ? found : 1);
	if (found) memcpy(*out, list, found * sizeof *list);
	*count = found;
	free(list);
	return status;
}
